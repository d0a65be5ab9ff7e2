package profile

import (
	"math"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat/distuv"
)

// Together is people by whether they have each of two things.
type Together struct{ Both, First, Second, Neither int64 }

// Add counts one person.
func (t *Together) Add(first, second bool) {
	switch {
	case first && second:
		t.Both++
	case first:
		t.First++
	case second:
		t.Second++
	default:
		t.Neither++
	}
}

// Association is how far two things go together.
type Association struct {
	Together
	estimate.Estimate         // phi
	Most              float64 // that phi could be with these margins
	ChiSquare, P      float64 // p of chi-square
	PFisher           float64
}

// Phi reports how far two yes-or-no things go together, as two reasons for referral: Pearson's correlation of 0 and 1.
//
//	φ = (ad - bc)/√((a+b)(c+d)(a+c)(b+d)),  χ² = nφ²
//
// with a people who have both, b and c who have one, and d neither. With shares p₁ ≤ p₂ it can be no more than
// √(p₁(1-p₂)/(p₂(1-p₁))), which for a rare reason is far below 1: show φ over that.
//
// The interval is Fisher's, tanh(atanh φ ± z/√(n-3)), and rough. The p-values are those of χ² without correction, and of
// Fisher's exact test, two-sided.
//
// φ of many pairs of reasons needs its p-values adjusted ([estimate.Holm]). It does not say that one brings the other.
//
// Special cases are:
//   - everybody has one of the things, or nobody: refused with CONSTANT
//   - fewer than four people: refused an interval with TOO_FEW_PERSONS
//   - a negative count: refused with BAD_INPUT
//
// Yule, Journal of the Royal Statistical Society 1912; Fisher, Metron 1921.
func Phi(t Together) Association {
	r := Association{Together: t, Estimate: estimate.Estimate{Level: 0.95, Interval: "Fisher's z, rough"}}
	if min(t.Both, t.First, t.Second, t.Neither) < 0 {
		r.Refused = estimate.Refuse(estimate.BadInput)
		return r
	}
	a, b, c, d := float64(t.Both), float64(t.First), float64(t.Second), float64(t.Neither)
	n := a + b + c + d
	product := math.Sqrt(a+b) * math.Sqrt(c+d) * math.Sqrt(a+c) * math.Sqrt(b+d)
	if product == 0 {
		r.Refused = estimate.Refuse(estimate.Constant)
		return r
	}
	phi := (float64(a*d) - float64(b*c)) / product
	r.Value = &phi
	p1, p2 := min(a+b, a+c)/n, max(a+b, a+c)/n
	r.Most = math.Sqrt(p1 * (1 - p2) / (p2 * (1 - p1)))
	r.ChiSquare = float64(n * phi * phi)
	r.P = distuv.ChiSquared{K: 1}.Survival(r.ChiSquare)
	r.PFisher = fisher(t)
	if n < 4 {
		r.Refused = estimate.Refuse(estimate.TooFewPersons)
		return r
	}
	half := distuv.UnitNormal.Quantile(0.975) / math.Sqrt(n-3)
	middle := math.Atanh(max(-1, min(1, phi)))
	low, high := math.Tanh(middle-half), math.Tanh(middle+half)
	if math.IsInf(middle, 0) { // they always go together, or never
		low, high = phi, phi
	}
	r.Low, r.High = &low, &high
	return r
}

// fisher is the two-sided p-value of Fisher's exact test: the probability of every table with these margins that is no
// likelier than the one seen, as R has it.
func fisher(t Together) float64 {
	row, column, n := t.Both+t.First, t.Both+t.Second, t.Both+t.First+t.Second+t.Neither
	log := func(k int64) float64 {
		return estimate.LogChoose(row, k) + estimate.LogChoose(n-row, column-k) - estimate.LogChoose(n, column)
	}
	seen := log(t.Both)
	p := 0.0
	for k := max(0, row+column-n); k <= min(row, column); k++ {
		if l := log(k); l <= seen+1e-7 {
			p += math.Exp(l)
		}
	}
	return min(1, p)
}
