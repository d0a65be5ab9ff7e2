package estimate

import "math"

// SmallestFall reports the smallest fall that these people's data could have told from no change, in percent: 100(1 - r),
// where r solves
//
//	-log r = (t_{0.975} + t_{0.8})·SE(r),  SE(r)² = max(SE²/2, SE² + 1/(E·r) - 1/A)
//
// with SE the robust standard error of log R over n people ([OwnRateRobust]), t of n-1 degrees of freedom, and A and E the
// events after and expected: with fewer events after, chance weighs more. A true fall of that size is told from nothing by a
// 95% interval in 80% of studies like this one. SE is taken from the data, so no guess about how people vary is needed.
//
// Where the interval includes no change, it says whether the study could have seen a change worth having. It says nothing
// of the change that was found: "power" at the value found is a restatement of the p-value.
//
// Special cases are:
//   - refused like [RateRatio]
//   - no fall could have been told, not even to nothing: refused with TOO_FEW_PERSONS
//
// Bloom, Evaluation Review 1995, whose standard error doesn't follow the fall.
func SmallestFall(cells []Cell) Estimate {
	robust := OwnRateRobust(cells)
	e := Estimate{Level: 0.95, Refused: robust.Refused, Warnings: robust.Warnings}
	if e.Refused != nil {
		return e
	}
	s := Sum(Canonical(cells))
	q, variance := quantileT(0.975, *robust.DF)+quantileT(0.8, *robust.DF), float64(*robust.SE**robust.SE)
	needed := func(r float64) float64 { // the fall, as a log, that can be told where the events after are E·r
		return q * math.Sqrt(max(variance/2, variance+1/float64(s.Expected*r)-1/float64(s.After)))
	}
	// At no change more is needed than there is; where one event is left it must be less, and between them they cross.
	low, high := 1/s.Expected, 1.0
	if s.Expected <= 1 || needed(low) > -math.Log(low) {
		e.Refused = &Refusal{TooFewPersons, "no fall could have been told from these people's data, not even to nothing: there are too few of them, or of their events"}
		return e
	}
	for range 200 {
		if middle := (low + high) / 2; needed(middle) > -math.Log(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	e.Value = number(100 * (1 - low))
	return e
}
