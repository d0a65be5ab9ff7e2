package estimate

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NegativeBinomialRegression reports how a count goes with covariates, among people who are not paired and differ by more
// than chance.
//
//	Var(yᵢ) = μᵢ + μᵢ²/θ,  log μᵢ = log tᵢ + β₀ + Σ βⱼxᵢⱼ
//
// with yᵢ a person's events in the time tᵢ. β and θ are found in turn, each by maximum likelihood with the other held,
// until neither moves.
//
// The standard errors of the model are those of the information about β; SETheta is that of the observed information
// about θ. SERobust stands beside them.
//
// NegativeBinomialRegression compares groups as they are; it does not make them alike. For the same people before and
// after see [NegativeBinomialPeriod].
//
// Special cases are:
//   - refused like [PoissonRegression]
//   - counts that vary no more than chance: refused with NO_OVERDISPERSION, since θ has no end
//
// Hilbe, Negative Binomial Regression, 2011; Venables and Ripley, Modern Applied Statistics with S, 2002.
func NegativeBinomialRegression(names []string, rows []Observation) Regression {
	m, refused := newModel(names, inOrder(rows))
	if refused == nil {
		refused = m.negativeBinomial()
	}
	if refused != nil {
		return Regression{Refused: refused}
	}
	r := Regression{
		Names: append([]string{Intercept}, names...), Coefficients: m.beta, SEModel: roots(m.inverse), SERobust: m.robust(), LogLikelihood: m.negativeBinomialLog(),
		Theta: m.theta,
	}
	_, information := m.thetaScore()
	r.SETheta = 1 / math.Sqrt(information)
	r.LROverPoisson = 2 * (r.LogLikelihood - m.poisson)
	return r
}

// negativeBinomial fits coefficients and shape in turn, from the Poisson fit.
func (m *model) negativeBinomial() *Refusal {
	if refused := m.coefficients(); refused != nil {
		return refused
	}
	m.poisson = m.poissonLog()
	over, squares := 0.0, 0.0
	for i, r := range m.rows {
		y, w := float64(r.Count), float64(r.People)
		over += float64(w * ((y-m.mu[i])*(y-m.mu[i]) - y))
		squares += float64(w * m.mu[i] * m.mu[i])
	}
	if over <= 1e-9*squares { // what rounding leaves of nothing
		return Refuse(NoOverdispersion)
	}
	m.theta = squares / over
	for range 500 {
		before := m.theta
		m.shape()
		if refused := m.coefficients(); refused != nil {
			return refused
		}
		if m.theta > 1e9 { // the likelihood still rises towards the Poisson model
			return Refuse(NoOverdispersion)
		}
		if math.Abs(m.theta-before) <= 1e-12*m.theta {
			return nil
		}
	}
	return nil // as near as the numbers allow
}

// shape finds θ for the fitted counts at hand, by Newton steps in its log, halved where they would lose likelihood.
func (m *model) shape() {
	for range 100 {
		score, information := m.thetaScore()
		slope, curve := m.theta*score, float64(m.theta*m.theta*information)-m.theta*score
		step := slope / curve
		if !(curve > 0) || math.Abs(step) > 2 {
			step = math.Copysign(min(2, math.Abs(slope)), slope)
		}
		was, at := m.theta, m.negativeBinomialLog()
		for {
			m.theta = was * math.Exp(step)
			if math.Abs(step) < 1e-9 || m.negativeBinomialLog() >= at {
				break
			}
			step /= 2
		}
		if math.Abs(step) < 1e-13 {
			return
		}
	}
}

// manyTerms is up to how many terms a sum over events is added up, which keeps its digits for a large θ; a longer one is a
// difference of gamma functions.
const manyTerms = 1000

// thetaScore is the slope of the log likelihood in θ, and the observed information.
//
//	Σ [Σ_{k<y} 1/(θ+k) - log(1+μ/θ) + (μ-y)/(θ+μ)]
func (m *model) thetaScore() (score, information float64) {
	for i, r := range m.rows {
		y, mu, w := float64(r.Count), m.mu[i], float64(r.People)
		first, second := 0.0, 0.0
		if r.Count > manyTerms {
			first, second = mathext.Digamma(m.theta+y)-mathext.Digamma(m.theta), mathext.Zeta(2, m.theta)-mathext.Zeta(2, m.theta+y)
		} else {
			for k := range r.Count {
				part := 1 / (m.theta + float64(k))
				first += part
				second += float64(part * part)
			}
		}
		sum := m.theta + mu
		score += float64(w * (first - math.Log1p(mu/m.theta) + (mu-y)/sum))
		information += float64(w * (second - mu/(m.theta*sum) + (mu-y)/(sum*sum)))
	}
	return score, information
}

// negativeBinomialLog is the log likelihood, in a form that keeps its digits for a large θ.
//
//	Σ [Σ_{k<y} log(1+k/θ) + y log μ - (y+θ) log(1+μ/θ) - log y!]
func (m *model) negativeBinomialLog() float64 {
	sum := 0.0
	for i, r := range m.rows {
		y, mu := float64(r.Count), m.mu[i]
		factorial, _ := math.Lgamma(y + 1)
		part := -float64((y+m.theta)*math.Log1p(mu/m.theta)) - factorial
		if y > 0 {
			part += float64(y * math.Log(mu))
		}
		if r.Count > manyTerms {
			above, _ := math.Lgamma(m.theta + y)
			below, _ := math.Lgamma(m.theta)
			part += above - below - float64(y*math.Log(m.theta))
		} else {
			for k := range r.Count {
				part += math.Log1p(float64(k) / m.theta)
			}
		}
		sum += float64(float64(r.People) * part)
	}
	return sum
}
