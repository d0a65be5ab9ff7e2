package profile

import (
	"math"
	"slices"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Unit is a practice, say: what was observed of it, and what would have been expected.
type Unit struct {
	Observed int64
	Expected float64
	Before   int64 // the count that the expectation is made from; 0 where it is known from elsewhere
}

// uncertain is by how much the variance of what is observed grows since the expectation is made from a count too: by its own
// variance.
func (u Unit) uncertain() float64 {
	if u.Before <= 0 {
		return 1
	}
	return 1 + u.Expected/float64(u.Before)
}

// Limits are an interval.
type Limits struct{ Low, High float64 }

// Placed is one unit in the funnel.
type Placed struct {
	Unit
	Ratio         float64 // observed over expected
	Interval      Limits  // exact, 95%
	Poisson       Limits  // within which 95 of 100 units lie by chance alone
	PoissonFar    Limits  // 99.8 of 100
	Z, Winsorised float64
	Additive      Limits // 95%, with the spread between units; equal to Poisson where there is none
	AdditiveFar   Limits
	Multiple      Limits // 95%, with the limits stretched instead
	ZAdditive     float64
	Outside       bool // beyond the 99.8% limits that lead
}

// Funnel is units on a funnel plot.
type Funnel struct {
	Units     []Placed
	Phi       float64 // mean of squared z, winsorised
	Tau2      float64 // variance between units of the root of the ratio
	Dispersed bool    // units differ by more than chance
	Warnings  []estimate.Warning
	Refused   *estimate.Refusal
}

// PracticeFunnel reports which units lie further from what was expected of them than chance, and the ordinary spread
// between units, would put them.
//
//	z = 2(√O - √E)/√k,  k = 1 + E/B,  φ = mean of z² with z winsorised at the 10th and 90th percentile
//	τ² = (Iφ - (I-1))/(Σw - Σw²/Σw), w = 4E/k, where Iφ > I-1, of I units
//	additive limits (1 ± z√(k/4E + τ²))²,  multiplicative (1 ± z√(kφ)/2√E)²
//
// where the expectation is made from a count B of the same unit before, as in a before-and-after study; k is 1 where it is known from elsewhere, and
// the limits of chance alone are then Poisson.
//
// The additive limits lead: practices differ in more than chance, and a small and a large one by as much. The Poisson
// limits are those of chance alone. Each unit's own interval is exact: Poisson, or of two counts.
//
// A funnel is no ranking: among many, some lie near the edge by chance, and the best of them is not the best surgery. One that had
// a bad year before looks good after by regression to the mean.
//
// Special cases are:
//   - fewer than ten units: FEW_UNITS, Poisson limits lead
//   - an expectation not above 0, a negative count or no unit: refused with BAD_INPUT
//
// Spiegelhalter, Statistics in Medicine 2005; Quality and Safety in Health Care 2005; Spiegelhalter and others, Journal of
// the Royal Statistical Society A 2012.
func PracticeFunnel(units []Unit) Funnel {
	var f Funnel
	if len(units) == 0 {
		f.Refused = estimate.Refuse(estimate.BadInput)
		return f
	}
	var scores []float64
	for _, u := range units {
		if u.Observed < 0 || !(u.Expected > 0) || math.IsInf(u.Expected, 0) {
			return Funnel{Refused: estimate.Refuse(estimate.BadInput)}
		}
		p := Placed{Unit: u, Ratio: float64(u.Observed) / u.Expected, Z: 2 * (math.Sqrt(float64(u.Observed)) - math.Sqrt(u.Expected)) / math.Sqrt(u.uncertain())}
		p.Interval = ExactRatio(u)
		if u.Before > 0 {
			sd := math.Sqrt(u.uncertain() / (4 * u.Expected))
			p.Poisson, p.PoissonFar = onRoot(z95*sd), onRoot(z998*sd)
		} else {
			p.Poisson = Limits{PoissonLimit(u.Expected, 0.025), PoissonLimit(u.Expected, 0.975)}
			p.PoissonFar = Limits{PoissonLimit(u.Expected, 0.001), PoissonLimit(u.Expected, 0.999)}
		}
		f.Units = append(f.Units, p)
		scores = append(scores, p.Z)
	}
	slices.Sort(scores)
	low, high := quantile(scores, 0.1), quantile(scores, 0.9)
	sum, weights, squares := 0.0, 0.0, 0.0
	for i := range f.Units {
		p := &f.Units[i]
		p.Winsorised = min(max(p.Z, low), high)
		sum += float64(p.Winsorised * p.Winsorised)
		w := 4 * p.Expected / p.uncertain()
		weights += w
		squares += float64(w * w)
	}
	n := float64(len(units))
	f.Phi = sum / n
	few := len(units) < fewUnits
	if few {
		f.Warnings = append(f.Warnings, estimate.Warning{Code: estimate.FewUnits, Text: "fewer than ten units say nothing of how much units differ, so the limits are those of chance alone; more units would cure it"})
	}
	if n*f.Phi > n-1 {
		f.Dispersed = true
		f.Tau2 = (n*f.Phi - (n - 1)) / (weights - squares/weights)
	}
	if len(units) == 1 {
		f.Dispersed, f.Tau2 = false, 0
	}
	for i := range f.Units {
		p := &f.Units[i]
		sd := math.Sqrt(p.uncertain()/(4*p.Expected) + f.Tau2)
		p.Additive, p.AdditiveFar = onRoot(z95*sd), onRoot(z998*sd)
		p.Multiple = onRoot(z95 * math.Sqrt(f.Phi*p.uncertain()) / (2 * math.Sqrt(p.Expected)))
		p.ZAdditive = (math.Sqrt(p.Ratio) - 1) / sd
		lead := p.AdditiveFar
		if few || !f.Dispersed {
			p.Additive, p.AdditiveFar = p.Poisson, p.PoissonFar
			lead = p.PoissonFar
		}
		p.Outside = p.Ratio < lead.Low || p.Ratio > lead.High
	}
	return f
}

// LimitsAt is the additive limits of a unit, with the standard deviation tau between units on the root scale, at the normal quantile of p.
func LimitsAt(u Unit, tau, p float64) Limits {
	return onRoot(distuv.UnitNormal.Quantile(p) * math.Sqrt(u.uncertain()/(4*u.Expected)+float64(tau*tau)))
}

// fewUnits is below how many units nothing is said of how they differ.
const fewUnits = 10

var z95, z998 = distuv.UnitNormal.Quantile(0.975), distuv.UnitNormal.Quantile(0.999)

// onRoot is limits about 1 on the scale of the root of the ratio, none below 0.
func onRoot(half float64) Limits {
	low, high := max(0, 1-half), 1+half
	return Limits{float64(low * low), float64(high * high)}
}

// quantile is R's type 7 of sorted values, which gonum has not.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + float64((at-float64(i))*(sorted[i+1]-sorted[i]))
}

// PoissonLimit is the ratio to an expectation below which a share p of counts lies by chance alone, by interpolation
// between the counts on both sides; at least 0.
//
// Spiegelhalter, Statistics in Medicine 2005, A.1.1.
func PoissonLimit(expected, p float64) float64 {
	atMost := func(r float64) float64 {
		if r < 0 {
			return 0
		}
		return mathext.GammaIncRegComp(r+1, expected)
	}
	low, high := -1.0, math.Ceil(expected+12*math.Sqrt(expected)+30)
	for high-low > 1 {
		if middle := math.Floor((low + high) / 2); atMost(middle) >= p {
			high = middle
		} else {
			low = middle
		}
	}
	r := high
	log, _ := math.Lgamma(r + 1)
	exactly := math.Exp(float64(r*math.Log(expected)) - expected - log)
	return max(0, r-(atMost(r)-p)/exactly) / expected
}

// ExactRatio is the exact 95% interval of observed over expected: Poisson where the expectation is known, and of the share of two counts
// where it is made from one.
//
// Garwood, Biometrika 1936; Clopper and Pearson, Biometrika 1934.
func ExactRatio(u Unit) Limits {
	var l Limits
	if u.Before > 0 {
		scale := float64(u.Before) / u.Expected
		e := estimate.ExactConditional([]estimate.Cell{{Before: u.Before, After: u.Observed, TimeBefore: 1, TimeAfter: 1, People: 1}})
		l = Limits{0, math.Inf(1)}
		if e.Low != nil {
			l.Low = *e.Low * scale
		}
		if e.High != nil {
			l.High = *e.High * scale
		}
		return l
	}
	if u.Observed > 0 {
		l.Low = gammaQuantile(float64(u.Observed), 0.025) / u.Expected
	}
	l.High = gammaQuantile(float64(u.Observed)+1, 0.975) / u.Expected
	return l
}

// gammaQuantile is the quantile of a gamma distribution of scale 1, polished with Newton steps.
func gammaQuantile(shape, p float64) float64 {
	x := mathext.GammaIncRegInv(shape, p)
	log, _ := math.Lgamma(shape)
	for range 4 {
		density := math.Exp(float64((shape-1)*math.Log(x)) - x - log)
		if next := x - (mathext.GammaIncReg(shape, x)-p)/density; next > 0 && !math.IsNaN(next) {
			x = next
		}
	}
	return x
}
