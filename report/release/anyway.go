package release

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/grade"
	"averted/report/result"
)

// designed are refusals that tell of the study and not of how many people there are.
var designed = []estimate.Code{estimate.BadInput, estimate.HistoryTooShort, estimate.EmptyBand, estimate.BelowThreshold}

// anyway is what may leave of a method of what would have come anyway. It has the lead's released counts, and its ratio to two
// decimals, from which follow the events that would have come and what the rule alone would have done. Where few people
// stand behind what it rests on (the reference people's events, the earlier window's), or make the difference to the lead,
// none of it leaves: not the trend either, which is of those people's own days, nor why it is refused, which can tell how few
// they are. Models that are linear in people's counts leave without an interval: beside the robust ones it would be one more
// equation in the sums of squares of people's counts.
func (c *control) anyway(e result.Estimate) result.Estimate {
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange, e.Thin = nil, nil, nil, nil, nil, nil, nil
	e.Value, e.Low, e.High, e.P, e.Expected, e.RuleAlone = nil, nil, nil, nil, nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	k := keyOf(e)
	shown, lead := c.shown(k), c.lead(k)
	e.People, e.Before, e.After, e.DaysBefore, e.DaysAfter = shown.People, shown.Before, shown.After, shown.DaysBefore, shown.DaysAfter
	counts := e.People != nil && e.Before != nil && e.After != nil && shown.Expected != nil && *shown.Expected > 0
	all := *exact.People == *lead.People
	near := c.few(*lead.People-*exact.People) || !all && c.few(*exact.People)
	if !all { // those without an earlier window are not among them
		e.People, e.Before, e.After, e.DaysBefore, e.DaysAfter = c.round(*exact.People), nil, nil, nil, nil
	}
	if near {
		e.People = nil
	}
	if exact.Value != nil && counts && !near && !*exact.Thin {
		switch {
		case c.exactly(k):
			e.Value = printed(exact.Value)
			if !c.thinChange(exact) && e.Method != expect.NameBayes && e.Method != expect.NameTruncated {
				e.Low, e.High = printed(exact.Low), printed(exact.High)
			}
		case *lead.Expected > 0 && *lead.After > 0:
			apart := figures(*exact.Value/(float64(*lead.After) / *lead.Expected), 2)
			c.ratio(&e, exact, float64(*shown.After) / *shown.Expected * apart, false)
			if e.Method == expect.NameBayes || e.Method == expect.NameTruncated {
				e.Low, e.High = nil, nil
			}
		}
	}
	if e.Value != nil && *e.Value > 0 && all {
		events := float64(*e.After) / *e.Value
		alone := math.Round(100 * (events / *shown.Expected - 1))
		e.Expected, e.RuleAlone = &events, &alone
	}
	if e.Reference != nil {
		e.Reference = c.round(*e.Reference)
	}
	if e.Value == nil || e.People == nil || e.Reference == nil && exact.Reference != nil {
		e.Trend = nil
	}
	if e.Refused != "" && !slices.Contains(designed, estimate.Code(e.Refused)) {
		e.Refused, e.Why = "", ""
	}
	if e.Trend != nil {
		trend := figures(*e.Trend, 3)
		e.Trend = &trend
	}
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool {
		switch estimate.Code(code) {
		case estimate.NoTrend, estimate.StableRateAssumed, estimate.ThetaBoundary, estimate.FutureCondition, estimate.SparseBand:
			return false
		case estimate.SmallN, estimate.DominantPerson, estimate.HeavyTail, estimate.NoOverdispersion:
			return !c.exactly(k) && !slices.Contains(shown.Warnings, code)
		case estimate.SmallNForRTM:
			return e.People == nil || *e.People >= expect.FewForRTM
		}
		return !slices.Contains(shown.Warnings, code)
	})
	if e.Value == nil {
		e.Warnings = []string{}
		e.Leads = false
	}
	if e.Low == nil {
		e.Interval = ""
	}
	e.Hidden = gone(e, exact)
	if exact.Value == nil && e.Refused != "" { // there is nothing to hide
		e.Hidden = slices.DeleteFunc(e.Hidden, func(name string) bool { return name == "expected" })
	}
	return e
}

// anyways says which method leads of those that are shown. Where the one that does is hidden, and where the reason why none
// does is, it says that too few people stand behind it.
func (c *control) anyways(exact []result.Anyway, shown []result.Estimate) []result.Anyway {
	list := slices.Clone(exact)
	for i := range list {
		a := &list[i]
		for j, e := range shown {
			of := e.Activity == a.Activity && e.Window == a.Window && e.Arm == a.Arm && e.FollowUp == a.FollowUp
			switch {
			case !of:
			case a.Leads != "" && e.Method == a.Leads && !e.Leads:
				a.Leads, a.Tried, a.Why = "", e.Method, expect.TooFew
			case a.Leads == "" && a.Tried == e.Method && c.exact.Estimates[j].Refused != e.Refused: // the reason is hidden
				a.Why = expect.TooFew
			}
		}
	}
	return list
}

// graded is the grade of what is shown: without an allowance that is shown there is none.
func (c *control) graded(exact result.Grade, list []result.Anyway, shown []result.Estimate) result.Grade {
	for _, e := range shown {
		for i, a := range list {
			if e.Primary && e.Activity == a.Activity && e.Window == a.Window && e.Arm == a.Arm && a.Leads == "" && c.exact.Anyway[i].Leads != "" && exact.Level == 2 {
				g := grade.Of(grade.Evidence{Design: grade.BeforeAfter})
				return result.Grade{Level: g.Level, Why: g.Why}
			}
		}
	}
	return exact
}
