package estimate

import "math"

// PoissonRegression reports how a count goes with covariates, among people who are not paired.
//
//	log E[yᵢ] = log tᵢ + β₀ + Σ βⱼxᵢⱼ
//
// with yᵢ a person's events in the time tᵢ.
//
// Its standard errors are robust (HC0); the model's own, which take counts to vary by chance alone, stand beside them and
// are far too small for use of health care.
//
// PoissonRegression compares groups as they are; it does not make them alike. See [NegativeBinomialRegression].
//
// Special cases are:
//   - no events: refused with NO_EVENTS; no more people than coefficients: TOO_FEW_PERSONS
//   - a covariate made up of others: refused with COLLINEAR
//   - a group in which nobody has an event: refused with SEPARATION
//   - a negative count, a time not above 0, a covariate that is no number: refused with BAD_INPUT
//
// Wooldridge, Journal of Econometrics 1999; Zou, American Journal of Epidemiology 2004.
func PoissonRegression(names []string, rows []Observation) Regression {
	m, refused := newModel(names, inOrder(rows))
	if refused == nil {
		refused = m.coefficients()
	}
	if refused != nil {
		return Regression{Refused: refused}
	}
	r := Regression{Names: append([]string{Intercept}, names...), Coefficients: m.beta, SEModel: roots(m.inverse), SERobust: m.robust(), Inverse: m.inverse, LogLikelihood: m.poissonLog()}
	people := 0.0
	for i, row := range m.rows {
		y, mu, w := float64(row.Count), m.mu[i], float64(row.People)
		part := mu - y
		if y > 0 {
			part += float64(y * math.Log(y/mu))
		}
		r.Deviance += float64(2 * w * part)
		r.Dispersion += float64(w * (y - mu) * (y - mu) / mu)
		people += w
	}
	r.Dispersion /= people - float64(m.p)
	return r
}
