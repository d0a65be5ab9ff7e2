package expect

import (
	"math"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat/distuv"
)

// Bayes is an empirical Bayes expectation, with Hauer's form of the ratio beside it.
type Bayes struct {
	Expectation
	SESampling, SEPopulation float64 // the parts of the standard error of log(A/E)
	PosteriorVariance        float64 // V: sum of the variances of people's expectations
	Hauer                    float64 // (A/E)/(1 + V/E²)
	HauerSE                  float64
	HauerLow, HauerHigh      float64 // 95%, normal
	ByMean, ByTheta          float64 // slopes of log E in log mean and log theta
}

// EmpiricalBayes reports how many events a cohort would have had after, each person's own count drawn towards the mean of
// the population that they were chosen from.
//
// With rates gamma (shape θ, mean μ a unit of time) and counts Poisson given the rate,
//
//	eᵢ = trend·t_aᵢ·(θ + bᵢ)/(θ/μ + t_bᵢ),  R = A/E,  E = Σ eᵢ
//
// The interval is exp(log R ± t·SE), 95%, t of n-1 degrees of freedom, SE² = n/(n-1) Σ(aᵢ - R·eᵢ)²/A² and beside it what
// is not known of the population: (dlogE/dlogμ)²·Var(log μ) + (dlogE/dlogθ)²·(se_θ/θ)².
//
// Choosing people by their count before does not bias eᵢ: that is the point. But it takes each person's rate to stay as it
// is, and rates to be gamma. It expects too little fall where use comes in crises, and too much where a few people are
// always heavy users; so it never leads. See [Transition] and [RuleReplay].
//
// Special cases are:
//   - no events at all: NO_EVENTS; no events after: ZERO_AFTER, value 0; one person: TOO_FEW_PERSONS
//   - a mean or a theta that is not above 0: BAD_INPUT; theta may be +Inf, then everybody has the mean
//   - always the warning STABLE_RATE_ASSUMED; without a trend NO_TREND
//
// Hauer, Observational Before-After Studies in Road Safety, 1997; Robbins, Third Berkeley Symposium, 1956.
func EmpiricalBayes(cells []estimate.Cell, of Population, trend Trend) Bayes {
	cells = estimate.Canonical(cells)
	b := Bayes{Expectation: begin(cells, trend)}
	b.Reference = of.People
	if !(of.Mean > 0) || math.IsInf(of.Mean, 0) || !(of.Theta > 0) || !(of.VarLogMean >= 0) || !(of.SETheta >= 0) {
		b.Value, b.Refused = nil, &estimate.Refusal{Code: estimate.BadInput, Text: "the population's mean and dispersion are above 0"}
	}
	if b.Refused != nil {
		return b
	}
	b.Warnings = append(append(trend.warnings(), of.Warnings...), stableRate())
	s := estimate.Sum(cells)
	expected := 0.0
	e := make([]float64, len(cells))
	for i, c := range cells {
		var variance, byMean, byTheta float64
		e[i], variance, byMean, byTheta = of.expects(c, trend.factor())
		n := float64(c.People)
		expected += float64(n * e[i])
		b.PosteriorVariance += float64(n * variance)
		b.ByMean += float64(n * byMean)
		b.ByTheta += float64(n * byTheta)
	}
	b.ByMean /= expected
	b.ByTheta /= expected
	ratio := float64(s.After) / expected
	people, l := make([]int64, len(cells)), make([]float64, len(cells))
	for i, c := range cells {
		people[i], l[i] = c.People, (float64(c.After)-float64(ratio*e[i]))/float64(s.After)
		b.SESampling += float64(float64(c.People) * l[i] * l[i])
	}
	n := float64(s.People)
	b.SESampling = math.Sqrt(b.SESampling * n / (n - 1))
	known := float64(b.ByMean * b.ByMean * of.VarLogMean)
	if !math.IsInf(of.Theta, 1) {
		known += float64(b.ByTheta * b.ByTheta * (of.SETheta / of.Theta) * (of.SETheta / of.Theta))
	}
	b.SEPopulation = math.Sqrt(known)
	b.set(s, expected, people, l, known)
	spread := 1 + b.PosteriorVariance/float64(expected*expected)
	b.Hauer = ratio / spread
	b.HauerSE = b.Hauer * math.Sqrt(1/float64(s.After)+b.PosteriorVariance/float64(expected*expected)) / spread
	z := distuv.UnitNormal.Quantile(0.975)
	b.HauerLow, b.HauerHigh = b.Hauer-float64(z*b.HauerSE), b.Hauer+float64(z*b.HauerSE)
	return b
}

// expects is a person's expected events after, its variance, and its slopes in log mean and log theta.
func (p Population) expects(c estimate.Cell, trend float64) (e, variance, byMean, byTheta float64) {
	t := trend * c.TimeAfter
	if math.IsInf(p.Theta, 1) {
		return t * p.Mean, 0, t * p.Mean, 0
	}
	b, rate := float64(c.Before), p.Theta/p.Mean
	under := rate + c.TimeBefore
	e = t * (p.Theta + b) / under
	return e, t * t * (p.Theta + b) / (under * under), e * rate / under, t * p.Theta * (c.TimeBefore - b/p.Mean) / (under * under)
}

func stableRate() estimate.Warning {
	return estimate.Warning{Code: estimate.StableRateAssumed, Text: "a model: the fall that it expects is too large if a few people are always heavy users, and too small if use comes in crises; which of the two can't be told"}
}
