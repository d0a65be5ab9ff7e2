package expect

import (
	"math"

	"averted/evaluate/estimate"
)

// Boundary is where the likelihood of a truncated negative binomial has its maximum.
type Boundary string

// The boundaries.
const (
	Inside    Boundary = "none"
	LogSeries Boundary = "log-series" // θ → 0
	Poisson   Boundary = "poisson"    // θ → ∞
)

// Truncated is an expectation from the cohort's own counts before, cut off below the rule's threshold.
type Truncated struct {
	Expectation
	Boundary      Boundary
	Beta, Theta   float64 // rate and shape of the gamma of people's rates; of a Poisson Beta is 0 and Lambda tells
	Lambda        float64 // the rate of everybody, at the Poisson boundary
	LogLikelihood float64
	LogSeries     float64 // the log likelihood at θ → 0
}

// FewForRTM is how many people [TruncatedNegativeBinomial] needs to say something of use.
const FewForRTM = 100

// TruncatedNegativeBinomial reports how many events a cohort chosen by at least k events before would have had after, from
// its own counts: how steeply they fall off above k tells how much of them was chance.
//
//	bᵢ ~ negative binomial, shape θ, probability β/(β + t_bᵢ), given bᵢ ≥ k
//	eᵢ = trend·t_aᵢ·(θ + bᵢ)/(β + t_bᵢ),  R = A/E
//
// β and θ by maximum likelihood. Where the maximum lies at θ → 0 (which is common and does no harm) the counts are a
// truncated log-series and eᵢ = trend·t_aᵢ·bᵢ/(β + t_bᵢ); at θ → ∞ they are a truncated Poisson and eᵢ = trend·t_aᵢ·λ.
//
// The interval is exp(log R ± t·SE), 95%, t of n-1 degrees of freedom, from Lᵢ = (aᵢ - R·eᵢ)/A - g'H⁻¹sᵢ, with g the
// slopes of log E, H the information and sᵢ the scores: what is not known of β and θ is in it.
//
// For want of anything else: it takes rates to be gamma and to stay as they are, and the rule to have been just "at least k
// in this very window". It never leads.
//
// Special cases are:
//   - k below 1: BAD_INPUT; somebody with fewer than k: BELOW_THRESHOLD; everybody with just k: NO_SPREAD_ABOVE_THRESHOLD
//   - counts of some hundreds above the line, or times as unlike, whose tail can't be added up: BAD_INPUT
//   - no events after: ZERO_AFTER, value 0; fewer than two people: TOO_FEW_PERSONS
//   - fewer than 100 people: SMALL_N_FOR_RTM; a boundary: THETA_BOUNDARY; always STABLE_RATE_ASSUMED; without a trend NO_TREND
//
// Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, on both limits; methods.md section 14 for its coverage.
func TruncatedNegativeBinomial(cells []estimate.Cell, k int64, trend Trend) Truncated {
	cells = estimate.Canonical(cells)
	x := Truncated{Expectation: begin(cells, trend)}
	if x.Refused != nil && x.Refused.Code != estimate.ZeroAfter {
		return x
	}
	spread := false
	for _, c := range cells {
		switch {
		case k < 1:
			x.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "a threshold is at least 1"}
		case c.Before < k:
			x.Refused = estimate.Refuse(estimate.BelowThreshold)
		}
		spread = spread || c.Before > k
	}
	if x.Refused == nil && !spread {
		x.Refused = estimate.Refuse(estimate.NoSpreadAboveThreshold)
	}
	if x.Refused != nil {
		if x.Refused.Code != estimate.ZeroAfter {
			x.Value = nil
		}
		return x
	}
	f := fitTruncated(cells, k)
	if !f.summed() {
		x.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "the counts are so large, or the times so unlike, that what lies above them can't be added up"}
		return x
	}
	x.Boundary, x.LogLikelihood, x.LogSeries = f.boundary, f.at, f.logSeries
	switch f.boundary {
	case Poisson:
		x.Lambda, x.Theta = math.Exp(f.p[0]), math.Inf(1)
	case LogSeries:
		x.Beta = math.Exp(f.p[0])
	default:
		x.Beta, x.Theta = math.Exp(f.p[0]), math.Exp(f.p[1])
	}
	x.Warnings = append(trend.warnings(), stableRate())
	s := estimate.Sum(cells)
	if s.People < FewForRTM {
		x.Warnings = append(x.Warnings, estimate.Warning{Code: estimate.SmallNForRTM, Text: "fewer than 100 people say little of how counts fall off above the threshold: the limits lie a quarter off either way, or more; reference people would cure it"})
	}
	if f.boundary != Inside {
		x.Warnings = append(x.Warnings, estimate.Warning{Code: estimate.ThetaBoundary, Text: "the counts above the threshold don't tell how people's rates are spread (the fit lies at its boundary), so nothing is said of the population that they came from"})
	}
	factor := trend.factor()
	people, e, expected := make([]int64, len(cells)), make([]float64, len(cells)), 0.0
	for i, c := range cells {
		people[i], e[i] = c.People, factor*f.expects(c)
		expected += float64(float64(c.People) * e[i])
	}
	// what a person's count tells of the parameters, and they of E
	pull := solve(f.information(), f.slopes(expected, factor))
	r := float64(s.After) / expected
	l := make([]float64, len(cells))
	i, known := 0, f.knows(f.p)
	f.each(f.p, func(c estimate.Cell, of series) {
		l[i] = (float64(c.After) - float64(r*e[i])) / float64(s.After)
		for j, score := range f.score(c, f.p, of, known) {
			l[i] -= float64(pull[j] * score)
		}
		i++
	})
	x.set(s, expected, people, l, 0)
	return x
}
