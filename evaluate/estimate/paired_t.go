package estimate

import "math"

// PairedT reports the mean change in events for each person, after less before.
//
//	d̄ = Σ (aᵢ - bᵢ)/n
//
// with n people, each having bᵢ events before and aᵢ after, in windows of one length.
//
// The interval is d̄ ± t·s/√n at 95%, with t of n-1 degrees of freedom and s the standard deviation of
// the differences.
//
// PairedT describes a change in contacts, not an effect; with windows of unequal length it has no
// meaning, so it takes people watched throughout only.
//
// Special cases are:
//   - one person: refused with TOO_FEW_PERSONS
//   - everybody changed by the same number: refused with ZERO_VARIANCE, the difference as value
//   - somebody's times before and after differ: refused with BAD_INPUT
//
// Student, Biometrika 1908.
func PairedT(cells []Cell) Estimate {
	cells = Canonical(cells)
	e := Estimate{Level: 0.95, Interval: "paired t over people"}
	n, sum := 0.0, 0.0
	for _, c := range cells {
		if c.Before < 0 || c.After < 0 || c.TimeBefore != c.TimeAfter {
			e.Refused = refuse(BadInput)
			return e
		}
		n += float64(c.People)
		sum += float64(float64(c.People) * float64(c.After-c.Before))
	}
	if n < 2 {
		e.Refused = refuse(TooFewPersons)
		return e
	}
	mean, squares := sum/n, 0.0
	for _, c := range cells {
		d := float64(c.After-c.Before) - mean
		squares += float64(float64(c.People) * d * d)
	}
	e.Value = number(mean)
	sd := math.Sqrt(squares / (n - 1))
	if sd < negligible {
		e.Refused = refuse(ZeroVariance)
		return e
	}
	se := sd / math.Sqrt(n)
	t := mean / se
	half := float64(quantileT(0.975, n-1) * se)
	e.SE, e.Statistic, e.DF, e.P = number(se), number(t), number(n-1), number(twoSidedT(t, n-1))
	e.Low, e.High = number(mean-half), number(mean+half)
	e.Warnings = smallN(int64(n))
	return e
}
