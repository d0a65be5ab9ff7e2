package release

import (
	"math"
	"slices"
	"strings"

	"averted/evaluate/estimate"
	"averted/report/result"
)

// classical reports whether an estimate is of the lead or its close kin, whose figures follow from released counts.
func classical(method string) bool {
	return slices.Contains([]string{"rate_ratio", "percent_change", "ratio_robust", "paired_t"}, method)
}

// beside is what may leave of what stands beside the lead. It has the lead's released counts. Other methods are functions
// of sums of squares of people's counts: where the lead is exact they leave cut to what people read, and else as the
// width of their interval around the released point, as the lead itself does; tests leave their p-value alone, beside an
// exact lead.
func (c *control) beside(e result.Estimate) result.Estimate {
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange = nil, nil, nil, nil, nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	if e.Stage != "" {
		return c.stage(e, exact)
	}
	shown := c.shown(keyOf(e))
	e.People, e.Before, e.After, e.Expected, e.DaysBefore, e.DaysAfter = shown.People, shown.Before, shown.After, shown.Expected, shown.DaysBefore, shown.DaysAfter
	e.Value, e.Low, e.High, e.P = nil, nil, nil, nil
	counts := e.People != nil && e.Before != nil && e.After != nil
	switch exactly := c.exactly(keyOf(e)); {
	case e.Method == "smallest_fall" && counts:
		if !c.thinChange(exact) {
			e.Value = whole(exact.Value)
		}
	case e.Method == "quasi_poisson": // with the robust interval it would give the sums of squares of people's counts on each side
	case exactly && (e.Method == "sign_test" || e.Method == "wilcoxon"):
		e.P = roundP(exact.P)
	case e.Method == "exact_conditional" && counts && *e.After == 0 && *e.Before > 0:
		nothingAfter(&e)
	case !exactly && counts && exact.Value != nil && !slices.Contains([]string{"smallest_fall", "sign_test", "wilcoxon"}, e.Method):
		if lead := c.lead(keyOf(e)); *e.Expected > 0 && *lead.Expected > 0 && *lead.After > 0 {
			apart := figures(*exact.Value/(float64(*lead.After) / *lead.Expected), 2) // from the lead: 1 where watch is equal
			c.ratio(&e, exact, float64(*e.After) / *e.Expected * apart, false)
		}
	case exactly:
		e.Value, e.Low, e.High, e.P = printed(exact.Value), printed(exact.Low), printed(exact.High), roundP(exact.P)
	}
	if exact.Refused != "" && exact.Refused != shown.Refused && !c.exactly(keyOf(e)) { // why it is refused can tell how many people there are
		e.Refused, e.Why = "", ""
	}
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool { return !slices.Contains(shown.Warnings, code) })
	if e.Low == nil {
		e.Interval = ""
	}
	e.Hidden = gone(e, exact)
	return e
}

// nothingAfter is the exact ratio and its upper limit of released counts, where there was nothing after.
func nothingAfter(e *result.Estimate) {
	x := estimate.ExactRatio(0, *e.Before, 1, 1)
	if x.High == nil || *e.Expected == 0 {
		return
	}
	zero, high := 0.0, math.Ceil(100**x.High*float64(*e.Before) / *e.Expected)/100
	e.Value, e.Low, e.High = &zero, &zero, &high
}

func whole(x *float64) *float64 {
	if x == nil {
		return nil
	}
	r := math.Round(*x)
	return &r
}

// printed is a figure to the two decimals that are printed.
func printed(x *float64) *float64 {
	if x == nil {
		return nil
	}
	r := math.Round(100**x) / 100
	return &r
}

// leastP is the smallest p-value that leaves: it stands for any below. Of tests that count people a smaller one would tell
// how many didn't change.
const leastP = 0.001

// roundP is a p-value to one figure.
func roundP(p *float64) *float64 {
	if p == nil {
		return nil
	}
	r := max(leastP, figures(*p, 1))
	return &r
}

// stage is a part of the window after: its events to the nearest 5, its ratio worked out from them. Who is in a stage and
// not in another is who died or left in between: the people are those of the whole window or none. Both arms together are the
// sum of what is released of each.
func (c *control) stage(e, exact result.Estimate) result.Estimate {
	e.People, e.Before, e.After, e.Expected, e.DaysBefore, e.DaysAfter, e.P = nil, nil, nil, nil, nil, nil, nil
	e.Value, e.Low, e.High = nil, nil, nil
	if shown := c.shown(keyOf(e)); shown != nil && shown.After != nil && shown.Expected != nil {
		e.People, e.Before = shown.People, shown.Before
		e.After, e.Expected = c.staged(exact)
	}
	if exact.Value != nil && e.After != nil && e.Expected != nil && *e.Expected > 0 && e.People != nil && e.Before != nil {
		c.ratio(&e, exact, float64(*e.After) / *e.Expected, false)
	}
	return hideStage(e, exact)
}

// staged is the released events after and expected of a stage.
func (c *control) staged(exact result.Estimate) (after *int64, expected *float64) {
	s, o := c.sameStage(exact, service), c.sameStage(exact, comparison)
	if exact.Arm != all || s == nil || o == nil {
		_, _, after, expected = c.rounded(exact)
		return after, expected
	}
	_, _, sa, se := c.rounded(*s)
	_, _, oa, oe := c.rounded(*o)
	if se != nil && oe != nil {
		sum := *se + *oe
		expected = &sum
	}
	return add(sa, oa), expected
}

// sameStage finds the exact stage of another arm.
func (c *control) sameStage(e result.Estimate, arm string) *result.Estimate {
	for i, o := range c.exact.Estimates {
		if o.Stage == e.Stage && o.Arm == arm && keyOf(o).of("") == keyOf(e).of("") {
			return &c.exact.Estimates[i]
		}
	}
	return nil
}

// hideStage names what is hidden of a stage or a level, and takes its words away with its figure.
func hideStage(e, exact result.Estimate) result.Estimate {
	if e.Value == nil {
		e.Refused, e.Why, e.Interval, e.Warnings = "", "", "", []string{}
	}
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool { return code == string(estimate.SmallN) })
	e.Hidden = gone(e, exact)
	return e
}

// stages hides all stages of a window where one of them is hidden: the others and the whole would give it back.
func (c *control) stages(list []result.Estimate) {
	hidden := map[key]bool{}
	for i, e := range list {
		if e.Stage != "" && (e.After == nil || c.exact.Estimates[i].Value == nil) {
			hidden[keyOf(e)] = true
		}
	}
	for i, e := range list {
		if e.Stage != "" && hidden[keyOf(e)] {
			e.After, e.Expected, e.Value, e.Low, e.High = nil, nil, nil, nil, nil
			list[i] = hideStage(e, c.exact.Estimates[i])
		}
	}
}

// concentrations are shares in whole percent, where enough people stand behind every count of the top's and of the rest's.
func (c *control) concentrations(exact []result.Concentration) []result.Concentration {
	list := slices.Clone(exact)
	for i := range list {
		x := &list[i]
		x.Thin = nil
		// Why it is refused tells how few there are.
		if x.Refused != "" || !c.exactly(key{activity: x.Activity, window: x.Window, arm: x.Arm, followUp: x.FollowUp}) || *exact[i].Thin || *x.Top < c.hideBelow {
			x.Top, x.ShareBefore, x.ShareAfter, x.ShareAverted, x.Rest, x.Refused, x.Why = nil, nil, nil, nil, nil, "", ""
			x.Hidden = []string{"top", "share_before", "share_after", "share_averted", "rate_ratio_of_rest"}
			continue
		}
		x.ShareBefore, x.ShareAfter, x.ShareAverted = whole(x.ShareBefore), whole(x.ShareAfter), whole(x.ShareAverted)
		x.Rest = printed(x.Rest)
	}
	return list
}

// divisions are subgroups to the nearest 10, with the figures that follow from those. A level of few people is not listed:
// how many they are is not more than what rounding leaves open. Where another's events can't be shown, or the whole's can't,
// nothing of the division is: the levels and the whole would give the rest away.
func (c *control) divisions(exact []result.Division) []result.Division {
	list := make([]result.Division, len(exact))
	anyGone := false
	for i, d := range exact {
		list[i] = c.division(d)
		anyGone = anyGone || d.P != nil && list[i].P == nil
	}
	for i := range list { // adjusted p-values are made of all the others
		if anyGone && list[i].PHolm != nil {
			list[i].PHolm, list[i].PBH = nil, nil
			list[i].Hidden = append(list[i].Hidden, "p_holm", "p_bh")
		}
	}
	return list
}

func (c *control) division(d result.Division) result.Division {
	shown := c.shown(key{activity: d.Activity, window: d.Window, arm: d.Arm, followUp: d.FollowUp})
	show := shown != nil && shown.People != nil && shown.Before != nil && shown.After != nil
	var levels []result.Estimate
	for _, e := range d.Levels {
		if c.few(*e.People) || *e.People == 0 {
			continue
		}
		levels = append(levels, e)
		show = show && c.behind(*e.Before, *e.UsersBefore, *e.TopBefore) && c.behind(*e.After, *e.UsersAfter, *e.TopAfter)
	}
	d.Levels = []result.Estimate{}
	for _, e := range levels {
		d.Levels = append(d.Levels, c.level(e, !show))
	}
	d.Q, d.Wald, d.PWald, d.DF = nil, nil, nil, nil
	d.P, d.PHolm, d.PBH = roundP(d.P), roundP(d.PHolm), roundP(d.PBH)
	d.Hidden = []string{"q", "df", "wald", "p_wald"}
	// Which levels were tested is whether they have 20 people: a rounded 20 would be told to be less or not.
	if !show || d.Refused != string(estimate.Bundled) && slices.ContainsFunc(d.Levels, atLimit) {
		d.P, d.PHolm, d.PBH = nil, nil, nil
		d.Refused, d.Why = "", ""
		d.Hidden = append(d.Hidden, "p", "p_holm", "p_bh")
	}
	return d
}

// atLimit reports whether a rounded level may have too few people or events for the test, or not.
func atLimit(e result.Estimate) bool {
	return e.People != nil && *e.People == estimate.FewInSubgroup || e.Before != nil && *e.Before == estimate.FewEvents || e.After != nil && *e.After == estimate.FewEvents
}

// level is what may leave of one subgroup; nothing if all is hidden.
func (c *control) level(e result.Estimate, all bool) result.Estimate {
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange = nil, nil, nil, nil, nil, nil
	e.Value, e.Low, e.High, e.P, e.DaysBefore, e.DaysAfter = nil, nil, nil, nil, nil, nil
	e.People, e.Before, e.After, e.Expected, e.Warnings = nil, nil, nil, nil, []string{}
	if !strings.HasPrefix(e.Interval, estimate.OverPractices) { // why there is none can tell how few there are
		e.Refused, e.Why = "", ""
	}
	if all { // and its name may be one
		by, _, _ := strings.Cut(e.Subgroup, ": ")
		e.Subgroup, e.Refused, e.Why = by+": [c]", "", ""
	} else {
		e.People, e.Before, e.After = tens(exact.People), tens(exact.Before), tens(exact.After)
		expected := 10 * math.Round(*exact.Expected/10)
		e.Expected = &expected
		if exact.Value != nil && *e.Before > 0 {
			point := float64(*e.After) / float64(*e.Before)
			if exact.DaysBefore != nil && exact.DaysAfter != nil && *exact.DaysAfter > 0 {
				point *= figures(float64(*exact.DaysBefore)/float64(*exact.DaysAfter), 2)
			}
			c.ratio(&e, exact, point, false)
		}
	}
	e = hideStage(e, exact)
	if e.Value != nil && (*e.People < estimate.FewInSubgroup || *e.Before < estimate.FewEvents || *e.After < estimate.FewEvents) {
		e.Warnings = append(e.Warnings, string(estimate.SmallSubgroup)) // by released counts, as other warnings are
	}
	return e
}

// tens is a count to the nearest 10.
func tens(n *int64) *int64 {
	r := (*n + 5) / 10 * 10
	return &r
}
