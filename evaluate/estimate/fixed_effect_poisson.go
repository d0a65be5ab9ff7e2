package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// WithinPeople is a rate ratio within people, with the interval of its model beside the robust one of the Estimate.
type WithinPeople struct {
	Estimate
	People, Informative int64 // informative: with an event
	SEModel             float64
	LowModel, HighModel float64
	LogLikelihood       float64
}

// FixedEffectPoisson reports the rate ratio that compares each person with himself.
//
//	aᵢ | nᵢ ~ Binomial(nᵢ, pᵢ),  pᵢ = R·t_aᵢ/(R·t_aᵢ + t_bᵢ),  nᵢ = aᵢ + bᵢ
//
// with aᵢ and bᵢ a person's events after and before in the times t_aᵢ and t_bᵢ. What sets people apart for good drops
// out by conditioning on nᵢ; people without events tell nothing. R solves Σ (aᵢ - nᵢpᵢ) = 0.
//
// The interval is exp(log R ± z·SE) at 95% with SE² = Σ sᵢ²/H², sᵢ = aᵢ - nᵢpᵢ, H = Σ nᵢpᵢ(1-pᵢ), people being
// the clusters. The model's own, SE² = 1/H, stands beside it: it takes events as independent within a person and is too
// narrow.
//
// Where t_a/t_b is the same for all, R and the robust SE are those of [RatioRobust] without its small-sample factor. Where
// it isn't the two weigh people differently: this one by their events, that one by their time. It says nothing about
// regression to the mean.
//
// Special cases are:
//   - refused like [RatioRobust], ZERO_AFTER with value 0
//
// Cameron and Trivedi, Regression Analysis of Count Data, 2013, chapter 9; Wooldridge, Journal of Econometrics 1999.
func FixedEffectPoisson(cells []Cell) WithinPeople {
	cells = Canonical(cells)
	s := Sum(cells)
	w := WithinPeople{Estimate: begin(cells, "robust over people, normal"), People: s.People}
	if w.Refused != nil {
		return w
	}
	share := func(c Cell, beta float64) float64 {
		return 1 / (1 + float64(c.TimeBefore/c.TimeAfter*math.Exp(-beta)))
	}
	score := func(beta float64) (sum, information float64) {
		for _, c := range cells {
			n, p := float64(c.Before+c.After), share(c, beta)
			sum += float64(float64(c.People) * (float64(c.After) - float64(n*p)))
			information += float64(float64(c.People) * n * p * (1 - p))
		}
		return sum, information
	}
	beta := math.Log(float64(s.After) / s.TimeAfter / (float64(s.Before) / s.TimeBefore))
	for range 100 {
		sum, information := score(beta)
		step := max(-2, min(2, sum/information))
		beta += step
		if math.Abs(step) < 1e-14*max(1, math.Abs(beta)) {
			break
		}
	}
	_, information := score(beta)
	squares := 0.0
	for _, c := range cells {
		n, p := c.Before+c.After, share(c, beta)
		if n == 0 {
			continue
		}
		w.Informative += c.People
		r := float64(c.After) - float64(float64(n)*p)
		squares += float64(float64(c.People) * r * r)
		w.LogLikelihood += float64(float64(c.People) * binomialLog(c.After, n, p))
	}
	z := distuv.UnitNormal.Quantile(0.975)
	w.SEModel = 1 / math.Sqrt(information)
	w.LowModel, w.HighModel = math.Exp(beta-float64(z*w.SEModel)), math.Exp(beta+float64(z*w.SEModel))
	if w.onLog(math.Exp(beta), math.Sqrt(squares)/information, math.Inf(1)); w.Refused != nil {
		return w
	}
	w.Warnings = shaky(cells, pooled(s))
	return w
}
