package claim

import (
	"fmt"
	"math"
	"slices"

	"averted/report/number"
)

// baselines works out the counts before.
func (c *checker) baselines() {
	var all []worked
	done := map[string]bool{}
	for _, t := range c.of("avoidance") {
		r := c.alike(t, "reduction", "")
		if t.Is.Activity == "" || r == nil || r.Says.Unit != Percent || r.Says.Low <= 0 {
			continue
		}
		p := c.priceOf(t.Is.Activity)
		prices := p.candidates()
		if len(prices) == 0 {
			continue
		}
		share := span{r.Says.Low / 100, r.Says.High / 100}
		var before []span
		for _, price := range prices {
			events, ok := t.wide().over(price)
			if !ok {
				continue
			}
			b, ok := events.over(share)
			if ok {
				before = append(before, b)
			}
		}
		if len(before) == 0 {
			continue
		}
		claims := []*Claim{t, r}
		text := func(i int) string {
			events := t.Says.Value / middle(prices[i])
			return fmt.Sprintf("%s ÷ %s ÷ %s = %s before (%s)", t.Says.Text, pounds(middle(prices[i])), r.Says.Text, count(events/(r.Says.Value/100)), between(before[i], count))
		}
		printed := c.counted(t, "before")
		if printed != nil {
			c.crowded(printed)
			list := ids(append(claims, printed)...)
			fits := slices.IndexFunc(before, func(b span) bool { return b.meets(printed.span()) })
			switch {
			case fits >= 0:
				c.holds(list, "%s; printed is %s", text(fits), printed.Says.Text)
			case p.stated != nil && c.ofExpected(t):
				c.untold(list, "what was expected without the service", "Against what are the events averted?", "%s, printed is %s: with comparison people or an adjustment, the percentage may be of what was expected", text(0), printed.Says.Text)
			case p.stated != nil:
				c.fails(list, "Which of the price, the percentage and the count before is right?", "%s, printed is %s", text(0), printed.Says.Text)
			default:
				c.untold(list, "the price of one "+one(t.Is.Activity), "Which price was used?", "%s, and no whole price gives the %s that is printed", text(0), printed.Says.Text)
			}
			continue
		}
		sure := p.stated != nil || len(p.totals) > 1
		if sure {
			if c.believable(t, before[0], text(0), claims) {
				c.holds(ids(claims...), "%s%s", text(0), c.aHead(t, before[0]))
			}
		} else {
			var readings []string
			for i := range before {
				readings = append(readings, fmt.Sprintf("%s at %s", count(middle(before[i])), pounds(middle(prices[i]))))
			}
			c.untold(ids(claims...), "the count before", "What was the count before?", "%s and %s leave the count before open: %s", t.Says.Text, r.Says.Text, some(readings, 8))
		}
		if !done[normal(t.Is.Activity)] {
			done[normal(t.Is.Activity)] = true
			all = append(all, worked{t.Is.Activity, claims, before, sure})
		}
	}
	for _, b := range c.of("count") {
		if b.Is.When == "before" && b.Is.Unit == "" && !b.ofComparison() && !slices.ContainsFunc(all, func(w worked) bool { return same(w.activity, b.Is.Activity) }) {
			all = append(all, worked{b.Is.Activity, []*Claim{b}, []span{b.span()}, true})
			c.crowded(b)
		}
	}
	for _, a := range all {
		for _, b := range all {
			if Meaning(a.activity) == ae && Meaning(b.activity) == admission && agree(a.claims[0].Is.Window, b.claims[0].Is.Window) && c.together(a.claims[0], b.claims[0]) {
				c.parity(a, b)
			}
		}
	}
}

// worked is the counts before that an activity's figures allow, one a reading of its price.
type worked struct {
	activity string
	claims   []*Claim
	before   []span
	sure     bool // the count or the price is printed, or several totals allow these prices alone
}

// parity holds A&E attendances against admissions, over every reading.
func (c *checker) parity(a, b worked) {
	if !a.sure || !b.sure {
		return
	}
	all := span{math.Inf(1), math.Inf(-1)}
	for _, x := range a.before {
		for _, y := range b.before {
			if ratio, ok := x.over(y); ok {
				all = span{min(all.low, ratio.low), max(all.high, ratio.high)}
			}
		}
	}
	if all.high < 0 || a.before[0].low < 100 {
		return
	}
	best, _ := a.before[0].over(b.before[0])
	two := func(x float64) string { return number.Fixed(x, 2) }
	list := ids(append(slices.Clone(a.claims), b.claims...)...)
	text := fmt.Sprintf("A&E attendances before are %s times admissions before (%s)", two(middle(a.before[0])/middle(b.before[0])), between(best, two))
	if len(a.before)*len(b.before) > 1 {
		text += fmt.Sprintf("; by every reading of the prices at most %s times", two(all.high))
	}
	const usual = "Attendances are usually several times admissions"
	switch {
	case best.low <= 1.1 && best.high >= 0.9 && best.high-best.low < 0.4 && all.high <= 1.25:
		c.fails(list, "Does the A&E line count all attendances, or those that ended in an admission, which the admissions line counts too?", "%s. %s: counts this equal suggest that one event stands in both lines and is paid for twice", text, usual)
	case best.high < 1.5:
		c.untold(list, "which attendances and which admissions are counted", "Which admissions are counted, emergency ones or planned ones too, and which attendances?", "%s. %s, unless planned admissions are counted too", text, usual)
	default:
		c.holds(list, "%s", text)
	}
}

func middle(s span) float64 { return (s.low + s.high) / 2 }

// aHead is the rate a person that a count before means.
func (c *checker) aHead(t *Claim, before span) string {
	n, what := c.file.people(t)
	if n == 0 || t.Is.Unit != "" {
		return ""
	}
	return fmt.Sprintf(", %s for each of the %s %s", about(middle(before)/n), count(n), what)
}

// crowded finds printed counts before that are beyond belief.
func (c *checker) crowded(b *Claim) {
	if each := c.beyondBelief(b, b.span(), b.Says.Value); each != "" {
		c.fails(ids(b), "Of how many people, and over which time, is "+b.Says.Text+"?", "%s is %s", said(b), each)
	}
}

// believable reports whether a count before that was worked out can be believed, and says so where it can't.
func (c *checker) believable(t *Claim, before span, text string, claims []*Claim) bool {
	each := c.beyondBelief(t, before, middle(before))
	if each == "" || t.Is.Unit != "" {
		return true
	}
	c.fails(ids(claims...), "Which of the price, the percentage and the pounds is right?", "%s, which is %s", text, each)
	return false
}

// beyondBelief is how many a year each person would have of a count, where that is more than can be believed; else "".
func (c *checker) beyondBelief(of *Claim, within span, value float64) string {
	n, what := c.file.people(of)
	most, ok := mostAHead(of.Is.Activity)
	years := days(of.Is.Window) / 365
	if n == 0 || !ok || years == 0 || within.low/n/years <= most {
		return ""
	}
	return fmt.Sprintf("%s a year for each of the %s %s; more than %s is beyond belief, by an assumption of ours", about(value/n/years), count(n), what, count(most))
}
