package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Bootstrapped is what replicates of a ratio of sums tell of it.
type Bootstrapped struct {
	Mean, SE                      float64
	Z0, Acceleration              float64 // bias (0 without BCa) and skewness, as BCa corrects for them
	AlphaLow, AlphaHigh           float64 // the quantiles that BCa takes
	PercentileLow, PercentileHigh float64
	BCaLow, BCaHigh               *float64 // nil where every replicate lies on one side of the ratio
	Warnings                      []Warning
}

// BCa reports the percentile interval of replicates of A/B and, beside it, the one that is corrected for bias and
// skewness (BCa). Replicates are sums, numerator first, as [Resample] gives them.
//
//	z₀ = Φ⁻¹(#{t* < t}/B),  a = Σ nᵢLᵢ³ / (6 (Σ nᵢLᵢ²)^1.5),  Lᵢ = aᵢ/A - eᵢ/E
//	α = Φ(z₀ + (z₀ + z)/(1 - a(z₀ + z)))
//
// In simulations BCa covered no better than the percentile interval and worse with heavy tails, so it is offered and
// doesn't lead.
//
// Special cases are:
//   - refused like [RateRatio]
//   - over 1% of the replicates without events before: refused with TOO_MANY_UNDEFINED
//   - every replicate on one side of the ratio: BCa has no value
//   - BCa asks for a quantile beyond the replicates: BCA_EXTREME
//
// Efron and Tibshirani, An Introduction to the Bootstrap, 1993; Davison and Hinkley, Bootstrap Methods and their
// Application, 1997.
func BCa(cells []Cell, sums [][]float64, level float64) (Bootstrapped, *Refusal) {
	cells = Canonical(cells)
	var b Bootstrapped
	if refused := check(cells); refused != nil {
		return b, refused
	}
	s := Sum(cells)
	contribution := own(s)
	if clusterSE(cells, contribution, false) < negligible {
		return b, Refuse(ZeroVariance)
	}
	ratios, refused := ratiosOf(sums)
	if refused == nil {
		b.PercentileLow, b.PercentileHigh, refused = Percentile(sums, level)
	}
	if refused != nil {
		return b, refused
	}
	estimate := float64(s.After) / s.Expected
	below, _ := slices.BinarySearch(ratios, estimate)
	defined := ratios[:len(ratios)-infinite(ratios)]
	b.Mean, b.SE = stat.MeanStdDev(defined, nil)
	alpha := (1 - level) / 2
	squares, cubes := 0.0, 0.0
	for _, c := range cells {
		l := contribution(c)
		squares += float64(float64(c.People) * l * l)
		cubes += float64(float64(c.People) * l * l * l)
	}
	b.Acceleration = cubes / (6 * math.Pow(squares, 1.5))
	if below == 0 || below == len(ratios) {
		return b, nil
	}
	b.Z0 = distuv.UnitNormal.Quantile(float64(below) / float64(len(ratios)))
	corrected := func(p float64) float64 {
		z := b.Z0 + distuv.UnitNormal.Quantile(p)
		return distuv.UnitNormal.CDF(b.Z0 + z/(1-float64(b.Acceleration*z)))
	}
	b.AlphaLow, b.AlphaHigh = corrected(alpha), corrected(1-alpha)
	b.BCaLow, b.BCaHigh = finite(Quantile(ratios, b.AlphaLow)), finite(Quantile(ratios, b.AlphaHigh))
	size := float64(len(ratios))
	if (size+1)*b.AlphaLow < 1 || (size+1)*b.AlphaHigh > size {
		b.Warnings = []Warning{{BCaExtreme, "the corrected interval asks for a quantile beyond the replicates; the percentile interval stands"}}
	}
	return b, nil
}

func infinite(sorted []float64) int {
	n := 0
	for n < len(sorted) && math.IsInf(sorted[len(sorted)-1-n], 1) {
		n++
	}
	return n
}
