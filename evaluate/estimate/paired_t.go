package estimate

import "math"

// PairedT reports the mean change for each person, after less before.
//
//	d̄ = Σ (aᵢ - bᵢ)/n
//
// with n people, each having bᵢ before and aᵢ after: events in windows of one length, or a score.
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
//   - a value that is no number: refused with BAD_INPUT
//
// Student, Biometrika 1908.
func PairedT(pairs []Pair) Estimate {
	e := Estimate{Level: 0.95, Interval: "paired t over people"}
	changes, refused := differences(pairs)
	if refused != nil {
		e.Refused = refused
		return e
	}
	n, sum := 0.0, 0.0
	for _, c := range changes {
		n += float64(c.people)
		sum += float64(float64(c.people) * c.by)
	}
	if n < 2 {
		e.Refused = Refuse(TooFewPersons)
		return e
	}
	mean, squares := sum/n, 0.0
	for _, c := range changes {
		d := c.by - mean
		squares += float64(float64(c.people) * d * d)
	}
	e.Value = number(mean)
	sd := math.Sqrt(squares / (n - 1))
	if sd < negligible {
		e.Refused = Refuse(ZeroVariance)
		return e
	}
	se := sd / math.Sqrt(n)
	t := mean / se
	half := float64(QuantileT(0.975, n-1) * se)
	e.SE, e.Statistic, e.DF, e.P = number(se), number(t), number(n-1), number(TwoSidedT(t, n-1))
	e.Low, e.High = number(mean-half), number(mean+half)
	e.Warnings = smallN(int64(n))
	return e
}
