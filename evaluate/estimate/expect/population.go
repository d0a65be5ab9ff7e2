package expect

import (
	"cmp"
	"math"
	"slices"

	"averted/evaluate/estimate"
)

// Population is how a population uses a service: everybody who could have been chosen, those without an event too.
type Population struct {
	People       int64
	Mean         float64 // events a person in one unit of time
	Theta        float64 // shape of the gamma that people's rates follow: small is a long tail; +Inf is none
	Variance     float64 // of the count
	ThetaMoments float64 // from mean and variance; +Inf if they don't vary more than chance

	VarLogMean    float64 // variance of the log of Mean; 0 if Mean is known
	SETheta       float64 // standard error of Theta; 0 if it is known
	LogLikelihood float64
	Warnings      []estimate.Warning
}

// NegativeBinomialPopulation reports the mean and the dispersion of a population's counts in a window like the one before.
//
//	yᵢ ~ negative binomial, mean μ, Var = μ + μ²/θ
//
// by maximum likelihood; ThetaMoments is μ²/(s² - μ), and Var(log μ) = (1/μ + 1/θ)/N.
//
// The people are all who could have been chosen, zeros included; those who were chosen alone give another population.
//
// Special cases are:
//   - a negative count: refused with BAD_INPUT; fewer than two people: TOO_FEW_PERSONS; no events: NO_EVENTS
//   - counts that vary no more than chance: Theta is +Inf, with the warning NO_OVERDISPERSION; then everybody's
//     expectation is the mean
//
// Venables and Ripley, Modern Applied Statistics with S, 2002.
func NegativeBinomialPopulation(counts map[int64]int64) (Population, *estimate.Refusal) {
	var p Population
	var rows []estimate.Observation
	sum, squares := 0.0, 0.0
	for count, people := range counts {
		if count < 0 || people < 0 {
			return p, estimate.Refuse(estimate.BadInput)
		}
		p.People += people
	}
	for count := range counts {
		rows = append(rows, estimate.Observation{Count: count, Time: 1, People: counts[count]})
	}
	sortRows(rows)
	for _, r := range rows {
		sum += float64(float64(r.Count) * float64(r.People))
	}
	switch {
	case p.People < 2:
		return p, estimate.Refuse(estimate.TooFewPersons)
	case sum == 0:
		return p, estimate.Refuse(estimate.NoEvents)
	}
	n := float64(p.People)
	p.Mean = sum / n
	for _, r := range rows {
		squares += float64(float64(r.People) * (float64(r.Count) - p.Mean) * (float64(r.Count) - p.Mean))
	}
	p.Variance = squares / (n - 1)
	p.ThetaMoments = math.Inf(1)
	if p.Variance > p.Mean {
		p.ThetaMoments = float64(p.Mean*p.Mean) / (p.Variance - p.Mean)
	}
	fit := estimate.NegativeBinomialRegression(nil, rows)
	switch {
	case fit.Refused != nil && fit.Refused.Code == estimate.NoOverdispersion:
		p.Theta = math.Inf(1)
		p.Warnings = []estimate.Warning{NoSpread()}
	case fit.Refused != nil:
		return p, fit.Refused
	default:
		p.Mean, p.Theta, p.SETheta, p.LogLikelihood = math.Exp(fit.Coefficients[0]), fit.Theta, fit.SETheta, fit.LogLikelihood
	}
	p.VarLogMean = (1/p.Mean + 1/p.Theta) / n
	return p, nil
}

// NoSpread warns of a population whose people don't differ.
func NoSpread() estimate.Warning {
	return estimate.Warning{Code: estimate.NoOverdispersion, Text: "the population's counts vary no more than chance, so everybody is expected to have the mean"}
}

func sortRows(rows []estimate.Observation) {
	slices.SortFunc(rows, func(a, b estimate.Observation) int { return cmp.Compare(a.Count, b.Count) })
}
