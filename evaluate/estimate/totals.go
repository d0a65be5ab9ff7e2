package estimate

// Summary is the description of a cohort's use before and after: totals, not an estimate of anything.
type Summary struct {
	Sums
	ZeroBefore, ZeroAfter int64    // people without an event on a side
	MaxBefore, MaxAfter   int64    // the most one person had; internal
	TopBefore             *float64 // share of the events before that one person has; internal, nil without events
	RateRatio             *float64 // pooled; nil without events before
	ChangeTotal           *float64 // percent change of the totals, which is fair only if the time is equal
	ChangeRate            *float64 // percent change of the pooled rates
}

// Totals reports a cohort's events before and after, the change of their total and of their rate:
//
//	100(A/B - 1)  and  100((A/T_a)/(B/T_b) - 1)
//
// There is no interval; see [RatioRobust]. The mean of individual percentages is not offered: it has no
// value for people without events before.
//
// Special cases are:
//   - no events before, a negative count or a time not above 0: the changes are nil
func Totals(cells []Cell) Summary {
	cells = Canonical(cells)
	t := Summary{Sums: Sum(cells)}
	for _, c := range cells {
		if c.Before == 0 {
			t.ZeroBefore += c.People
		}
		if c.After == 0 {
			t.ZeroAfter += c.People
		}
		t.MaxBefore, t.MaxAfter = max(t.MaxBefore, c.Before), max(t.MaxAfter, c.After)
	}
	if refused := check(cells); t.Before == 0 || refused != nil && refused.Code == BadInput {
		return t
	}
	a, b := float64(t.After), float64(t.Before)
	rate := a / t.TimeAfter / (b / t.TimeBefore)
	t.TopBefore, t.RateRatio = number(float64(t.MaxBefore)/b), number(rate)
	t.ChangeTotal, t.ChangeRate = number(100*(a/b-1)), number(100*(rate-1))
	return t
}
