package estimate

import "math"

// SmallestFall reports the smallest fall that these people's data could have told from no change, in percent.
//
//	100(1 - exp(-(t_{0.975} + t_{0.8})·SE))
//
// with SE the robust standard error of log R over n people ([OwnRateRobust]) and t of n-1 degrees of freedom: a true fall
// of that size is told from nothing by a 95% interval in 80% of studies like this one. SE is taken from the data, so no
// guess about how people vary is needed.
//
// Where the interval includes no change, it says whether the study could have seen a change worth having. It says nothing
// of the change that was found: "power" at the value found is a restatement of the p-value.
//
// Special cases are:
//   - refused like [RateRatio]
//
// Bloom, Evaluation Review 1995.
func SmallestFall(cells []Cell) Estimate {
	robust := OwnRateRobust(cells)
	e := Estimate{Level: 0.95, Refused: robust.Refused, Warnings: robust.Warnings}
	if e.Refused != nil {
		return e
	}
	df := *robust.DF
	e.Value = number(100 * (1 - math.Exp(-float64((quantileT(0.975, df)+quantileT(0.8, df))**robust.SE))))
	return e
}
