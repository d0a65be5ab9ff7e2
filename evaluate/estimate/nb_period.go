package estimate

import "math"

// Period is a negative binomial model of before and after. The Estimate's interval is the robust one.
type Period struct {
	Estimate
	Intercept      float64 // log of the rate before
	SEModel        float64 // of the log ratio, as if before and after were of different people
	Theta, SETheta float64
	LogLikelihood  float64
}

// NegativeBinomialPeriod reports the ratio of the rate after to the rate before in a negative binomial model with the
// period as its one covariate.
//
//	log μᵢₚ = log tᵢₚ + β₀ + β₁p,  Var = μ + μ²/θ,  R = exp β₁
//
// with p 0 before and 1 after, and tᵢₚ a person's time in each.
//
// The interval is exp(β₁ ± t·SE) at 95% with people as clusters and t of G-1 degrees of freedom, since before and
// after are of the same people: the model's own standard error takes them for others and is too wide for people who are
// much the same in both.
//
// Where everybody's time is equal R is [RatioRobust]'s. It says nothing about regression to the mean.
//
// Special cases are:
//   - refused like [RatioRobust], ZERO_AFTER with value 0
//   - counts that vary no more than chance: refused with NO_OVERDISPERSION; [RatioRobust] needs no such model
//   - a fit that runs away: refused with SEPARATION
//
// Hilbe, Negative Binomial Regression, 2011.
func NegativeBinomialPeriod(cells []Cell) Period {
	cells = Canonical(cells)
	p := Period{Estimate: begin(cells, "robust over people, t")}
	if p.Refused != nil {
		return p
	}
	var rows []Observation
	for _, c := range cells {
		rows = append(rows, Observation{c.Before, c.TimeBefore, []float64{0}, c.People}, Observation{c.After, c.TimeAfter, []float64{1}, c.People})
	}
	m, refused := newModel([]string{"after"}, rows)
	if refused == nil {
		refused = m.negativeBinomial()
	}
	if refused != nil {
		p.Refused = refused
		return p
	}
	_, information := m.thetaScore()
	p.Intercept, p.SEModel, p.Theta, p.SETheta, p.LogLikelihood = m.beta[0], roots(m.inverse)[1], m.theta, 1/math.Sqrt(information), m.negativeBinomialLog()
	// A person's part in the log ratio: their scores before and after, through the information.
	people, squares := 0.0, 0.0
	for i, c := range cells {
		before, after := m.score(2*i), m.score(2*i+1)
		l := float64(m.inverse.At(1, 0)*(before+after)) + float64(m.inverse.At(1, 1)*after)
		squares += float64(float64(c.People) * l * l)
		people += float64(c.People)
	}
	if p.onLog(math.Exp(m.beta[1]), math.Sqrt(squares*people/(people-1)), people-1); p.Refused != nil {
		return p
	}
	p.Warnings = shaky(cells, pooled(Sum(cells)))
	return p
}
