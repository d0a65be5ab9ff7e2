package estimate

// ExactConditional reports the pooled rate ratio with the exact interval of two Poisson counts.
//
//	R = (A/T_a)/(B/T_b),  A ~ Binomial(A + B, p),  p = R·T_a/(R·T_a + T_b)
//
// with A and B the events after and before, T_a and T_b the time watched.
//
// The interval is that of Clopper and Pearson for p at 95%, turned back into R; the p-value is R's two-sided rule.
// Both take events as independent within a person and everybody's ratio as the same.
//
// People differ in how they change, so the interval is too narrow (in simulations 48 to 81% in place of 95%): it
// stands in only where [RateRatio] is refused for want of events or people, and beside it for comparison.
//
// Special cases are:
//   - no events at all: refused with NO_EVENTS
//   - no events after: value 0, the lower limit 0
//   - no events before: the value and the upper limit have no end, and are nil; the lower limit stands
//
// Clopper and Pearson, Biometrika 1934.
func ExactConditional(cells []Cell) Estimate {
	if r := check(cells); r != nil && r.Code == BadInput {
		return Estimate{Level: 0.95, Interval: exactName, Refused: r}
	}
	s := Sum(Canonical(cells))
	if s.Before+s.After == 0 {
		return Estimate{Level: 0.95, Interval: exactName, Refused: Refuse(NoEvents)}
	}
	return ExactRatio(s.After, s.Before, s.TimeAfter, s.TimeBefore)
}

const exactName = "exact, events taken as independent"

// ExactRatio is [ExactConditional] of two counts, first over second, in their times: two groups of people that are not
// paired, say.
func ExactRatio(first, second int64, timeFirst, timeSecond float64) Estimate {
	e := Estimate{Level: 0.95, Interval: exactName}
	switch {
	case first < 0 || second < 0 || !IsTime(timeFirst) || !IsTime(timeSecond):
		e.Refused = Refuse(BadInput)
		return e
	case first+second == 0:
		e.Refused = Refuse(NoEvents)
		return e
	}
	odds := func(p float64) float64 { return p / (1 - p) * timeSecond / timeFirst }
	low, high := clopperPearson(first, first+second, e.Level)
	e.Low = number(odds(low))
	if second > 0 {
		e.Value, e.High = number(float64(first)/timeFirst/(float64(second)/timeSecond)), number(odds(high))
	}
	e.P = number(binomialTwoSided(first, first+second, timeFirst/(timeFirst+timeSecond)))
	return e
}
