package release

import (
	"math"

	"averted/report/result"
)

// bill is what may leave of a bill: every line from released counts, and every total the sum of its
// released lines, since an exact total with public prices would give the counts back.
func (c *control) bill(exact *result.Bill) *result.Bill {
	if exact == nil {
		return nil
	}
	b := *exact
	b.Lines, b.Totals, b.Accounts = nil, nil, nil
	for _, l := range exact.Lines {
		b.Lines = append(b.Lines, c.line(l))
	}
	b.Cost = c.cost(exact.Cost, b.Lines)
	for _, t := range exact.Totals {
		b.Totals = append(b.Totals, c.total(t, exact, b.Lines))
	}
	b.Accounts = c.accounts(exact, &b)
	return &b
}

func lineKey(l result.Line) key {
	return key{activity: l.Activity, window: l.Window, arm: l.Arm, followUp: l.FollowUp}
}

func (c *control) line(l result.Line) result.Line {
	exact := l
	if !own(l.Basis) {
		return c.otherwise(l)
	}
	e := c.shown(lineKey(l)) // the same counts, released the same way
	if !c.exactly(lineKey(l)) {
		l.People, l.Before, l.Expected, l.After = e.People, e.Before, e.Expected, e.After
		l.Averted, l.AvertedLow, l.AvertedHigh, l.Gross, l.GrossLow, l.GrossHigh, l.Payable, l.Cashable = nil, nil, nil, nil, nil, nil, nil, nil
		if e.Expected != nil && e.After != nil {
			averted := *e.Expected - float64(*e.After)
			l.Averted = &averted
			if e.Low != nil && e.High != nil {
				c.spread(&l, exact)
			}
		}
	} else {
		c.spread(&l, exact) // to the last bit limits would tell more
	}
	c.amounts(&l, exact)
	l.Hidden = hiddenOf(l, exact)
	if exact.ByEvent {
		return c.byEvent(l, exact)
	}
	l.RoundedBy, l.AvertedBy = c.roundedBy(l), c.eventsOff(l)
	return l
}

// outward is a part of an interval to two figures and never less, so that a total's is not narrower than its parts'.
func outward(pence int64) int64 {
	return int64(math.Round(up(float64(pence))))
}

func (c *control) total(t result.Total, exact *result.Bill, lines []result.Line) result.Total {
	if len(t.Missing) > 0 { // there is none
		return t
	}
	shown, wide, sum, off := true, true, int64(0), int64(0)
	for i, l := range lines {
		if l.Window != t.Window || l.Arm != t.Arm || l.Basis != t.Basis || !exact.Lines[i].Priced() {
			continue
		}
		if l.Gross == nil {
			shown = false
			continue
		}
		sum += *l.Gross
		off += l.RoundedBy
		wide = wide && (l.GrossLow != nil || exact.Lines[i].GrossLow == nil)
	}
	if !shown {
		t.Gross, t.GrossLow, t.GrossHigh = nil, nil, nil
		t.Hidden = []string{"gross", "gross_low", "gross_high"}
		return t
	}
	if low, high, one := alone(t, exact, lines); one {
		t.Gross, t.GrossLow, t.GrossHigh, t.RoundedBy = &sum, low, high, off
		if low == nil {
			t.Hidden = []string{"gross_low", "gross_high"}
		}
		return t
	}
	was := *t.Gross
	t.Gross, t.RoundedBy = &sum, off
	if t.GrossLow != nil && !wide { // a part's interval would tell how few changed, and so would the whole's
		t.GrossLow, t.GrossHigh, t.Hidden = nil, nil, []string{"gross_low", "gross_high"}
	} else if t.GrossLow != nil { // as wide as it was, and as what leaves may be off
		low := sum - outward(was-*t.GrossLow) - off
		high := sum + outward(*t.GrossHigh-was) + off
		t.GrossLow, t.GrossHigh = &low, &high
	}
	return t
}

// alone is the limits of the one priced line of a total, where there is one only: one amount has one interval.
func alone(t result.Total, exact *result.Bill, lines []result.Line) (low, high *int64, one bool) {
	priced := 0
	for i, l := range lines {
		if l.Window == t.Window && l.Arm == t.Arm && l.Basis == t.Basis && exact.Lines[i].Priced() {
			priced++
			low, high = l.GrossLow, l.GrossHigh
		}
	}
	return low, high, priced == 1 && t.GrossLow != nil
}
