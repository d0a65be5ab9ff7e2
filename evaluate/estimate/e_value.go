package estimate

import "math"

// EValue reports how strongly something unmeasured would have to go with both the service and the use to explain a
// ratio away, of the ratio and of its interval's limit nearer to 1.
//
//	E = R + √(R(R-1)),  R replaced by 1/R below 1
//
// The limit's is 1 where the interval includes 1. It is for comparisons with people without the service; it does not
// speak of regression to the mean.
//
// Special cases are:
//   - a ratio or a limit not above 0, or a ratio outside its limits: refused with BAD_INPUT
//
// VanderWeele and Ding, Annals of Internal Medicine 2017.
func EValue(ratio, low, high float64) (value, limit float64, refused *Refusal) {
	if !(low > 0) || !(low <= ratio) || !(ratio <= high) || high > 1e100 || low < 1e-100 {
		return 0, 0, Refuse(BadInput)
	}
	of := func(r float64) float64 {
		if r < 1 {
			r = 1 / r
		}
		return r + math.Sqrt(r*(r-1))
	}
	switch {
	case low <= 1 && high >= 1:
		limit = 1
	case ratio < 1:
		limit = of(high)
	default:
		limit = of(low)
	}
	return of(ratio), limit, nil
}
