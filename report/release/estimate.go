package release

import (
	"math"
	"slices"
	"strings"

	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/report/result"
)

// estimate is what may leave of an estimate.
func (c *control) estimate(e result.Estimate) result.Estimate {
	k := keyOf(e)
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange = nil, nil, nil, nil, nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	if c.exactly(k) || c.sameAsLead(k, exact) {
		return trim(e)
	}
	e.People, e.Before, e.After, e.Expected = c.counts(exact)
	if whole := (key{activity: k.activity, window: k.on, arm: k.arm, followUp: k.followUp}); k.on != "" && c.exactly(whole) && *c.lead(whole).People == *exact.People {
		e.People = exact.People // the very people of an exact lead
	}
	e.DaysBefore, e.DaysAfter = days(e.People, exact.DaysBefore, *exact.People), days(e.People, exact.DaysAfter, *exact.People)
	if c.lostFew(k) { // the time that is missing would tell of them
		e.DaysBefore, e.DaysAfter = nil, nil
	}
	c.derive(&e, exact)
	e.P = nil
	if c.exact.Kind(e.Activity) == study.KindTotals {
		sayTotals(&e)
	} else {
		say(&e)
	}
	e.Hidden = gone(e, exact)
	return e
}

// gone lists the fields of an estimate that do not leave: hidden, not refused.
func gone(e, exact result.Estimate) []string {
	var names []string
	for _, f := range []struct {
		name string
		gone bool
	}{
		{"people", e.People == nil}, {"before", e.Before == nil}, {"after", e.After == nil}, {"expected", e.Expected == nil},
		{"days_before", e.DaysBefore == nil && exact.DaysBefore != nil}, {"days_after", e.DaysAfter == nil && exact.DaysAfter != nil},
		{"value", e.Value == nil && (exact.Value != nil || e.Refused == "")}, {"low", e.Low == nil && exact.Low != nil},
		{"high", e.High == nil && exact.High != nil}, {"p", e.P == nil && exact.P != nil},
		{"rule_alone", e.RuleAlone == nil && exact.RuleAlone != nil}, {"reference_people", e.Reference == nil && exact.Reference != nil}, {"trend", e.Trend == nil && exact.Trend != nil},
	} {
		if f.gone {
			names = append(names, f.name)
		}
	}
	return names
}

// sameAsLead reports whether a figure beside an exact lead is of the very same counts: nobody was lost, say. It then tells no
// more than the lead, and that there is no difference.
func (c *control) sameAsLead(k key, exact result.Estimate) bool {
	lead := k
	lead.on, lead.washout, lead.followUp = "", "", c.exact.FollowUp(k.activity)
	if lead == k || k.washout != "" || !c.exactly(lead) {
		return false
	}
	l := c.lead(lead)
	return *l.People == *exact.People && *l.Before == *exact.Before && *l.After == *exact.After && *l.Expected == *exact.Expected
}

// thinChange reports whether so few people changed that the width of an interval would tell how many.
func (c *control) thinChange(exact result.Estimate) bool {
	return exact.Changed != nil && c.thin(*exact.Changed, *exact.TopChange)
}

// sayTotals leaves the words of totals as they are, unless their figures are hidden: they tell of practices, not of
// people.
func sayTotals(e *result.Estimate) {
	if e.People == nil || e.Before == nil || e.After == nil {
		e.Warnings, e.Refused, e.Why, e.Interval = []string{}, "", "", ""
	}
}

// lostFew reports whether an observed figure differs from people watched throughout by a few people.
func (c *control) lostFew(k key) bool {
	if k.on != "" {
		k.window, k.on = k.on, ""
	}
	o, w := c.lead(k.watched(observed)), c.lead(k.watched(complete))
	return k.followUp == observed && o != nil && w != nil && c.few(*o.People-*w.People)
}

// trim cuts the limits of an exact estimate to what people read: to the last bit they would give sums of squares of
// people's counts away.
func trim(e result.Estimate) result.Estimate {
	decimals := 2
	if e.Method == "percent_change" {
		decimals = 0
	}
	e.Low, e.High = cut(e.Low, decimals), cut(e.High, decimals)
	if e.Method == "ratio_robust" || e.Method == "paired_t" { // one more decimal of both would give sums of squares away
		e.Value, e.Low, e.High = printed(e.Value), printed(e.Low), printed(e.High)
	}
	e.P = roundP(e.P)
	return e
}

// cut keeps one decimal more than is printed, and so that the same is printed: -21.46 is cut to -21.4, since -21.5
// would be printed as 22.
func cut(x *float64, printed int) *float64 {
	if x == nil {
		return nil
	}
	scale := math.Pow(10, float64(printed))
	n := math.Round(*x * scale * 10)
	if math.Round(n/10) != math.Round(*x*scale) {
		n -= math.Copysign(1, *x)
	}
	r := n / (scale * 10)
	return &r
}

// say leaves of an estimate's words only what its released counts say: a refusal or a warning can tell how
// many people there are.
func say(e *result.Estimate) {
	e.Interval = strings.TrimSuffix(e.Interval, estimate.Illustrative)
	hidden := e.People == nil || e.Before == nil || e.After == nil
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool { return code == string(estimate.SmallN) || hidden })
	switch {
	case hidden:
		e.Refused, e.Why, e.Interval = "", "", ""
	case e.Low != nil && *e.People < estimate.FewPeople:
		e.Warnings = append(e.Warnings, string(estimate.SmallN))
		if *e.People < estimate.VeryFewPeople {
			e.Interval += estimate.Illustrative
		}
	}
}

// counts are the released people, events before and after, and expected events of the people of an estimate
// that is not exact. Both arms together are, under local, the sum of what is released of each arm, and are
// hidden where either arm is: so they tell nothing that the arms don't.
func (c *control) counts(e result.Estimate) (people, before, after *int64, expected *float64) {
	k := keyOf(e)
	s, o := c.lead(k.of(service)), c.lead(k.of(comparison))
	if k.arm == all && s != nil && o != nil {
		sp, sb, sa, se := c.armCounts(*s)
		op, ob, oa, oe := c.armCounts(*o)
		if c.local {
			if se != nil && oe != nil {
				sum := *se + *oe
				expected = &sum
			}
			return add(sp, op), add(sb, ob), add(sa, oa), expected
		}
		people, before, after, expected = c.rounded(e)
		hide := func(n **int64, a, b *int64) {
			if a == nil || b == nil {
				*n = nil
			}
		}
		hide(&people, sp, op)
		hide(&before, sb, ob)
		hide(&after, sa, oa)
		if before == nil {
			expected = nil
		}
		return people, before, after, expected
	}
	return c.armCounts(e)
}

// armCounts are the released counts of one arm.
func (c *control) armCounts(e result.Estimate) (people, before, after *int64, expected *float64) {
	if c.exactly(keyOf(e)) {
		return e.People, e.Before, e.After, e.Expected
	}
	people, before, after, expected = c.rounded(e)
	nearPeople, nearBefore, nearAfter := c.near(keyOf(e))
	if nearPeople {
		people = nil
	}
	if nearBefore {
		before, expected = nil, nil
	}
	if nearAfter {
		after = nil
	}
	return people, before, after, expected
}

// rounded are counts to the nearest 5, hidden where too few people stand behind them.
func (c *control) rounded(e result.Estimate) (people, before, after *int64, expected *float64) {
	people = c.round(*e.People)
	if people == nil {
		return nil, nil, nil, nil
	}
	if c.behind(*e.Before, *e.UsersBefore, *e.TopBefore) {
		before = c.round(*e.Before)
	}
	if c.behind(*e.After, *e.UsersAfter, *e.TopAfter) {
		after = c.round(*e.After)
	}
	if before != nil {
		x := float64(*before)
		if *e.Expected != float64(*e.Before) {
			x = 5 * math.Round(*e.Expected/5)
		}
		expected = &x
	}
	return people, before, after, expected
}

func add(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}

// days are released people × the mean days to three figures.
func days(people, exact *int64, of int64) *int64 {
	if people == nil || exact == nil || of == 0 {
		return nil
	}
	n := int64(math.Round(float64(*people) * figures(float64(*exact)/float64(of), 3)))
	return &n
}

// derive works the estimate out again from released counts: whole percents, and the interval's true width
// on the log scale, to two figures, round the released point.
func (c *control) derive(e *result.Estimate, exact result.Estimate) {
	e.Value, e.Low, e.High = nil, nil, nil
	if exact.Value == nil || e.After == nil || e.Before == nil || e.Expected == nil || e.People == nil || *e.Expected == 0 || *e.Before == 0 || *e.People == 0 {
		return
	}
	switch e.Method {
	case "paired_t":
		perPerson(e)
		return
	case "ratio_robust":
		point := float64(*e.After) / float64(*e.Before)
		if e.DaysBefore != nil && e.DaysAfter != nil && *e.DaysBefore > 0 && *e.DaysAfter > 0 {
			point *= float64(*e.DaysBefore) / float64(*e.DaysAfter)
		}
		c.ratio(e, exact, point, false)
	case "percent_change":
		c.ratio(e, exact, float64(*e.After) / *e.Expected, true)
	default:
		c.ratio(e, exact, float64(*e.After) / *e.Expected, false)
	}
}

// perPerson is the mean change of released counts, to two decimals. Its interval would tell how few people changed.
func perPerson(e *result.Estimate) {
	value := math.Round(100*float64(*e.After-*e.Before)/float64(*e.People)) / 100
	e.Value = &value
}

func (c *control) ratio(e *result.Estimate, exact result.Estimate, point float64, percent bool) {
	of := func(x float64) float64 { // an exact figure as a ratio
		if percent {
			return 1 + x/100
		}
		return x
	}
	shown := func(r float64) *float64 { // in whole percents
		x := math.Round(100 * (r - 1))
		if !percent {
			x = (100 + x) / 100
		}
		return &x
	}
	e.Value = shown(point)
	if exact.Low == nil || of(*exact.Low) <= 0 || point == 0 || c.thinChange(exact) {
		return
	}
	below := figures(math.Log(of(*exact.Value)/of(*exact.Low)), 2)
	above := figures(math.Log(of(*exact.High)/of(*exact.Value)), 2)
	e.Low, e.High = shown(point*math.Exp(-below)), shown(point*math.Exp(above))
}

// figures rounds to so many significant figures.
func figures(x float64, n int) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, float64(n-1)-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}
