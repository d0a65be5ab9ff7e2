package estimate

import "math"

// SmallestFall reports the smallest fall that these people's data could have told from no change, in percent: 100(1 - r),
// where r solves
//
//	-log r = (t_{0.975} + t_{0.8})·SE(r),  SE(r)² = max(SE²/2, SE² + 1/(E·r) - 1/A)
//
// with SE and the degrees of freedom of t those of a robust estimate of the ratio ([OwnRateRobust], or [RatioClustered] where
// that leads), and A and E the events after and expected: with fewer events after, chance weighs more. A true fall of that
// size is told from nothing by a 95% interval in 80% of studies like this one. SE is taken from the data, so no guess about how
// people vary is needed.
//
// Where the interval includes no change, it says whether the study could have seen a change worth having. It says nothing
// of the change that was found: "power" at the value found is a restatement of the p-value.
//
// Special cases are:
//   - refused as the estimate is
//   - no fall that leaves one event could have been told: refused with TOO_FEW_PERSONS
//
// Bloom, Evaluation Review 1995, whose standard error doesn't follow the fall.
func SmallestFall(robust Estimate, s Sums) Estimate {
	e := Estimate{Level: 0.95, Refused: robust.Refused, Warnings: robust.Warnings}
	if e.Refused != nil {
		return e
	}
	q, variance := QuantileT(0.975, *robust.DF)+QuantileT(0.8, *robust.DF), float64(*robust.SE**robust.SE)
	told := func(fall float64) bool { // whether a fall, as a log, is as large as what can be told after it
		after := s.Expected * math.Exp(-fall)
		return fall >= q*math.Sqrt(max(variance/2, variance+1/after-1/float64(s.After)))
	}
	// The smallest: what can be told grows with the fall too, so that every size is looked at, from none to that of one event
	// left.
	const steps = 2000
	most := math.Log(s.Expected)
	at := 1
	for at <= steps && !told(most*float64(at)/steps) {
		at++
	}
	if most <= 0 || at > steps {
		e.Refused = &Refusal{TooFewPersons, "no fall that leaves an event could have been told from these people's data: there are too few of them, or of their events"}
		return e
	}
	low, high := most*float64(at-1)/steps, most*float64(at)/steps
	for range 100 {
		if middle := (low + high) / 2; told(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	e.Value = number(100 * (1 - math.Exp(-high)))
	return e
}
