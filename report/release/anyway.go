package release

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"
	"averted/report/result"
)

// anyway reports whether a method is one of what would have come anyway.
func anyway(method string) bool {
	return slices.Contains(expect.Order, method) || slices.Contains(expect.Models, method)
}

// anyway is what may leave of a method of what would have come anyway. It has the lead's released counts, and its ratio to two
// decimals, from which follow the events that would have come and what the rule alone would have done. Where few people
// stand behind what it rests on (the reference people's events, the earlier window's), or make the difference to the lead,
// none of it leaves.
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
			if !c.thinChange(exact) {
				e.Low, e.High = printed(exact.Low), printed(exact.High)
			}
		case *lead.Expected > 0 && *lead.After > 0:
			apart := figures(*exact.Value/(float64(*lead.After) / *lead.Expected), 2)
			c.ratio(&e, exact, float64(*shown.After) / *shown.Expected * apart, false)
		}
	}
	if e.Value != nil && *e.Value > 0 && all {
		events := float64(*e.After) / *e.Value
		alone := 100 * (events / *shown.Expected - 1)
		e.Expected, e.RuleAlone = &events, &alone
	} else if e.Value != nil && exact.RuleAlone != nil && !all {
		alone := math.Round(*exact.RuleAlone)
		e.RuleAlone = &alone
	}
	if e.Reference != nil {
		e.Reference = c.round(*e.Reference)
	}
	if e.Trend != nil {
		trend := figures(*e.Trend, 3)
		e.Trend = &trend
	}
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool {
		switch estimate.Code(code) {
		case estimate.NoTrend, estimate.StableRateAssumed, estimate.ThetaBoundary, estimate.FutureCondition, estimate.SparseBand:
			return false
		case estimate.SmallNForRTM:
			return e.People == nil || *e.People >= expect.FewForRTM
		}
		return !slices.Contains(shown.Warnings, code)
	})
	if e.Value == nil {
		e.Warnings = []string{}
		if exact.Refused == "" { // it is hidden
			e.Leads = false
		}
	}
	if e.Low == nil {
		e.Interval = ""
	}
	e.Hidden = gone(e, exact)
	if exact.Value == nil { // refused: there is nothing to hide
		e.Hidden = slices.DeleteFunc(e.Hidden, func(name string) bool { return name == "expected" })
	}
	return e
}
