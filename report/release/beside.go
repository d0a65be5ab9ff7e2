package release

import (
	"cmp"
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
	hide := func(name string, gone bool) {
		if gone && !slices.Contains(e.Hidden, name) {
			e.Hidden = append(e.Hidden, name)
		}
	}
	e.People, e.Before, e.After, e.Expected, e.DaysBefore, e.DaysAfter = shown.People, shown.Before, shown.After, shown.Expected, shown.DaysBefore, shown.DaysAfter
	hide("people", e.People == nil)
	hide("before", e.Before == nil)
	hide("after", e.After == nil)
	hide("expected", e.Expected == nil)
	hide("days_before", e.DaysBefore == nil && exact.DaysBefore != nil)
	hide("days_after", e.DaysAfter == nil && exact.DaysAfter != nil)
	e.Value, e.Low, e.High, e.P = nil, nil, nil, nil
	counts := e.People != nil && e.Before != nil && e.After != nil
	switch exactly := c.exactly(keyOf(e)); {
	case e.Method == "smallest_fall" && counts:
		e.Value = whole(exact.Value)
	case exactly && (e.Method == "sign_test" || e.Method == "wilcoxon"):
		e.P = roundP(exact.P)
	case !exactly && counts && exact.Value != nil && e.Method != "smallest_fall":
		if lead := c.lead(keyOf(e)); *e.Expected > 0 && *lead.Expected > 0 && *lead.After > 0 {
			apart := figures(*exact.Value/(float64(*lead.After) / *lead.Expected), 2) // from the lead: 1 where watch is equal
			ratio(&e, exact, float64(*e.After) / *e.Expected * apart, false)
		}
	case exactly:
		e.Value, e.Low, e.High, e.P = cut(exact.Value, 2), cut(exact.Low, 2), cut(exact.High, 2), roundP(exact.P)
	}
	hide("value", e.Value == nil && (exact.Value != nil || !counts))
	hide("low", e.Low == nil && exact.Low != nil)
	hide("high", e.High == nil && exact.High != nil)
	hide("p", e.P == nil && exact.P != nil)
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool { return !slices.Contains(shown.Warnings, code) })
	if !c.exactly(keyOf(e)) { // why a quantity is refused can tell how many people there are
		e.Refused, e.Why = "", ""
	}
	if e.Low == nil {
		e.Interval = ""
	}
	return e
}

func whole(x *float64) *float64 {
	if x == nil {
		return nil
	}
	r := math.Round(*x)
	return &r
}

// roundP is a p-value to one figure.
func roundP(p *float64) *float64 {
	if p == nil {
		return nil
	}
	r := figures(*p, 1)
	return &r
}

// stage is a part of the window after: its events to the nearest 5, its ratio worked out from them. Who is in a stage and
// not in another is who died or left in between: the people are those of the whole window or none.
func (c *control) stage(e, exact result.Estimate) result.Estimate {
	_, _, e.After, e.Expected = c.rounded(exact)
	e.People, e.Before, e.DaysBefore, e.DaysAfter, e.P = nil, nil, nil, nil, nil
	if shown := c.shown(keyOf(e)); shown != nil {
		e.People, e.Before = shown.People, shown.Before
	}
	e.Value, e.Low, e.High = nil, nil, nil
	if exact.Value != nil && e.After != nil && e.Expected != nil && *e.Expected > 0 && e.People != nil && e.Before != nil {
		ratio(&e, exact, float64(*e.After) / *e.Expected, false)
	}
	return hideStage(e, exact)
}

func hideStage(e, exact result.Estimate) result.Estimate {
	e.Hidden = nil
	for _, f := range []struct {
		name string
		gone bool
	}{
		{"people", e.People == nil}, {"before", e.Before == nil}, {"after", e.After == nil}, {"expected", e.Expected == nil},
		{"days_before", exact.DaysBefore != nil}, {"days_after", exact.DaysAfter != nil}, {"value", e.Value == nil}, {"low", e.Low == nil && exact.Low != nil},
		{"high", e.High == nil && exact.High != nil}, {"p", exact.P != nil},
	} {
		if f.gone {
			e.Hidden = append(e.Hidden, f.name)
		}
	}
	if e.Value == nil {
		e.Refused, e.Why, e.Interval, e.Warnings = "", "", "", []string{}
	}
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool { return code == string(estimate.SmallN) })
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

// concentrations are shares in whole percent, of eight people or more of whom none has over half.
func (c *control) concentrations(exact []result.Concentration) []result.Concentration {
	list := slices.Clone(exact)
	for i := range list {
		x := &list[i]
		x.MostOfTop = nil
		if x.Refused != "" {
			x.Refused, x.Why, x.Hidden = "", "", []string{"top", "share_before", "share_after", "share_averted", "rate_ratio_of_rest"} // it tells how few there are
			continue
		}
		if !c.exactly(key{activity: x.Activity, window: x.Window, arm: x.Arm, followUp: x.FollowUp}) || *exact[i].MostOfTop > 0.5 || *x.Top < c.hideBelow {
			x.Top, x.ShareBefore, x.ShareAfter, x.ShareAverted, x.Rest = nil, nil, nil, nil, nil
			x.Hidden = []string{"top", "share_before", "share_after", "share_averted", "rate_ratio_of_rest"}
			continue
		}
		x.ShareBefore, x.ShareAfter, x.ShareAverted = whole(x.ShareBefore), whole(x.ShareAfter), whole(x.ShareAverted)
		if x.Rest != nil {
			r := math.Round(100**x.Rest) / 100
			x.Rest = &r
		}
	}
	return list
}

// divisions are subgroups to the nearest 5, with the figures that follow from those. A level that is hidden alone would
// follow from the others and the whole, so the smallest of the others is hidden too.
func (c *control) divisions(exact []result.Division) []result.Division {
	list := slices.Clone(exact)
	for i, d := range exact {
		x := &list[i]
		x.Levels = make([]result.Estimate, len(d.Levels))
		var gone []int
		for k, e := range d.Levels {
			if x.Levels[k] = c.level(e, false); x.Levels[k].People == nil || x.Levels[k].Before == nil || x.Levels[k].After == nil {
				gone = append(gone, k)
				x.Levels[k] = c.level(e, true)
			}
		}
		if len(gone) == 1 && len(d.Levels) > 1 {
			others := slices.DeleteFunc(slices.Collect(places(len(d.Levels))), func(k int) bool { return k == gone[0] })
			least := slices.MinFunc(others, func(a, b int) int { return cmp.Compare(*d.Levels[a].People, *d.Levels[b].People) })
			x.Levels[least] = c.level(d.Levels[least], true)
			gone = append(gone, least)
		}
		x.Q, x.Wald, x.PWald = nil, nil, nil
		x.P, x.PHolm, x.PBH = roundP(x.P), roundP(x.PHolm), roundP(x.PBH)
		x.Hidden = []string{"q", "wald", "p_wald"}
		if len(gone) > 0 {
			x.P, x.PHolm, x.PBH, x.DF = nil, nil, nil, nil
			x.Refused, x.Why = "", ""
			x.Hidden = append(x.Hidden, "p", "p_holm", "p_bh", "df")
		}
	}
	return list
}

func places(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// level is what may leave of one subgroup; nothing if all is hidden.
func (c *control) level(e result.Estimate, all bool) result.Estimate {
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange = nil, nil, nil, nil, nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	e.Value, e.Low, e.High, e.P, e.DaysBefore, e.DaysAfter = nil, nil, nil, nil, nil, nil
	e.People, e.Before, e.After, e.Expected = nil, nil, nil, nil
	if all { // a level of few people may be a name
		by, _, _ := strings.Cut(e.Subgroup, ": ")
		e.Subgroup = by + ": [c]"
	} else {
		e.People, e.Before, e.After, e.Expected = c.rounded(exact)
		if exact.Value != nil && e.People != nil && e.Before != nil && *e.Before > 0 && e.After != nil {
			point := float64(*e.After) / float64(*e.Before)
			if exact.DaysBefore != nil && exact.DaysAfter != nil && *exact.DaysAfter > 0 {
				point *= figures(float64(*exact.DaysBefore)/float64(*exact.DaysAfter), 2)
			}
			ratio(&e, exact, point, false)
		}
	}
	return hideStage(e, exact)
}
