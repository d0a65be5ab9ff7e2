package trend

import (
	"fmt"
	"math"
	"slices"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Month is one month of a series: its number counted from any first one, its calendar month from 1 to 12, its events, and
// those who could have had them (1 where that is not known).
type Month struct {
	Time     int
	Calendar int
	Count    int64
	Exposure float64
}

// Interruption is what is fitted to a series.
type Interruption struct {
	FirstPost int // the first month with the service, as Time
	Level     bool
	Slope     bool
	Harmonics int // pairs of sine and cosine over the year
	Lag       int // of Newey and West, in months; 0 is 12
}

func (o Interruption) lag() int {
	if o.Lag == 0 {
		return 12
	}
	return o.Lag
}

// names are the columns of the design after the intercept.
func (o Interruption) names() []string {
	list := []string{"time"}
	if o.Level {
		list = append(list, "level")
	}
	if o.Slope {
		list = append(list, "slope")
	}
	for h := range o.Harmonics {
		list = append(list, fmt.Sprintf("sin%d", h+1), fmt.Sprintf("cos%d", h+1))
	}
	return list
}

// row is a month's row of the design, the intercept's 1 first: with the service, or as it would be without.
func (o Interruption) row(m Month, service bool) []float64 {
	list := []float64{1, float64(m.Time)}
	post := 0.0
	if service && m.Time >= o.FirstPost {
		post = 1
	}
	if o.Level {
		list = append(list, post)
	}
	if o.Slope {
		list = append(list, post*float64(m.Time-o.FirstPost))
	}
	for h := range o.Harmonics {
		angle := 2 * math.Pi * float64(h+1) * float64(m.Calendar) / 12
		list = append(list, math.Sin(angle), math.Cos(angle))
	}
	return list
}

// Figure is a quantity of a fitted series with two standard errors, on its own scale or the log one. SE is the larger of
// them; Low and High are at 95%, by t with DF degrees of freedom.
type Figure struct {
	Value, Quasi, NeweyWest float64
	SE, DF, Low, High, P    float64
}

func figure(value, quasi, neweyWest, df float64) Figure {
	f := Figure{Value: value, Quasi: quasi, NeweyWest: neweyWest, SE: max(quasi, neweyWest), DF: df}
	f.Low, f.High, f.P = value-float64(estimate.QuantileT(0.975, df)*f.SE), value+float64(estimate.QuantileT(0.975, df)*f.SE), estimate.TwoSidedT(value/f.SE, df)
	return f
}

// Series is a fitted interrupted series. Terms are on the log scale.
type Series struct {
	Names          []string
	Terms          []Figure
	SEPoisson      []float64
	SERobust       []float64 // HC0
	N, Before      int
	Dispersion     float64 // Pearson's
	Deviance       float64
	LogLikelihood  float64 // as Poisson
	Fitted         []float64
	Counterfactual []float64 // of all months; the same as fitted before the start
	Observed       int64     // events from the start on
	Expected       float64   // the counterfactual from the start on
	Averted        Figure    // events from the start on
	Change         Figure    // log of events over those expected, from the start on
	ACF1           float64   // of Pearson's residuals
	DurbinWatson   float64
	LjungBox       float64 // over 12 months
	PLjungBox      float64
	Refused        *estimate.Refusal
	Warnings       []estimate.Warning

	o     Interruption
	month []Month
	fit   *fitted
}

// fitted is what the figures of a series are worked out from.
type fitted struct {
	beta    []float64
	inverse *mat.Dense // (X'WX)⁻¹
	rows    [][]float64
	mu      []float64
	phi     float64 // at least 1
}

// The least months of a series, before and after, with a slope or a season and with a level alone; and for a season.
const (
	leastBefore, leastAfter           = 12, 6
	leastBeforeLevel, leastAfterLevel = 8, 3
	leastForSeason                    = 24
	ljungBoxLags                      = 12
)

// InterruptedSeries reports how a monthly series changed when the service began, and how many events it then had less than
// it was about to have.
//
//	log μ_t = log N_t + β₀ + β₁t + β₂D_t + β₃D_t(t − T₀) + Σ_h s_h sin(2πhm_t/12) + c_h cos(2πhm_t/12)
//
// with N the exposure, D = 1 from the first month T₀ with the service, and m the calendar month: exp(β₂) is the change of
// level at T₀, β₃ that of the slope. The counterfactual is the same without β₂ and β₃.
//
// Each figure has two standard errors: quasi-Poisson, with Pearson's dispersion φ = χ²/(n − p), 1 at least; and Newey and
// West's, with Bartlett weights over 12 months. The larger of the two is shown, with t of n − p degrees of freedom: neither
// alone is right for both overdispersed and autocorrelated months, and the second is too small in short series.
//
// One series can't tell the service from anything else that began then: see [InterruptedWithControl].
//
// Special cases are:
//   - fewer than 12 months before or 6 after (8 and 3 with a level alone), 24 for a season, or more terms than a quarter of
//     the months: refused with TOO_FEW_POINTS
//   - no events: NO_EVENTS; months that can't tell the terms apart: COLLINEAR
//   - residuals that hang together (Ljung and Box over 12 months, p < 0.05): AUTOCORRELATION
//
// Lopez Bernal, Cummins and Gasparrini, International Journal of Epidemiology, 2017; Newey and West, Econometrica, 1987.
func InterruptedSeries(months []Month, o Interruption) Series {
	months = slices.Clone(months)
	slices.SortFunc(months, func(a, b Month) int { return a.Time - b.Time })
	s := Series{o: o, month: months, N: len(months)}
	for _, m := range months {
		if m.Time < o.FirstPost {
			s.Before++
		}
		if m.Count < 0 || !estimate.IsTime(m.Exposure) || m.Calendar < 1 || m.Calendar > 12 {
			s.Refused = estimate.Refuse(estimate.BadInput)
			return s
		}
	}
	for i := 1; i < len(months); i++ {
		if months[i].Time == months[i-1].Time {
			s.Refused = estimate.Refuse(estimate.BadInput)
			return s
		}
	}
	before, after := leastBefore, leastAfter
	if !o.Slope && o.Harmonics == 0 {
		before, after = leastBeforeLevel, leastAfterLevel
	}
	p := len(o.names()) + 1
	if s.Before < before || s.N-s.Before < after || 4*p > s.N || o.Harmonics > 0 && s.N < leastForSeason {
		s.Refused = estimate.Refuse(estimate.TooFewPoints)
		return s
	}
	observations := make([]estimate.Observation, s.N)
	for i, m := range months {
		observations[i] = estimate.Observation{Count: m.Count, Time: m.Exposure, Covariates: o.row(m, true)[1:], People: 1}
	}
	r := estimate.PoissonRegression(o.names(), observations)
	if s.Refused = r.Refused; s.Refused != nil {
		return s
	}
	s.Names, s.Dispersion, s.Deviance, s.LogLikelihood, s.SEPoisson, s.SERobust = append([]string{"intercept"}, o.names()...), r.Dispersion, r.Deviance, r.LogLikelihood, r.SEModel, r.SERobust
	s.fit = newFitted(months, o, r)
	for j, b := range s.fit.beta {
		s.Terms = append(s.Terms, s.figure(b, s.only(j)))
	}
	s.without()
	s.residuals()
	return s
}

func newFitted(months []Month, o Interruption, r estimate.Regression) *fitted {
	f := &fitted{beta: r.Coefficients, inverse: r.Inverse, phi: max(r.Dispersion, 1)}
	for _, m := range months {
		row := o.row(m, true)
		f.rows, f.mu = append(f.rows, row), append(f.mu, m.Exposure*math.Exp(dot(row, f.beta)))
	}
	return f
}

// only is the gradient of one coefficient.
func (s *Series) only(j int) []float64 {
	g := make([]float64, len(s.fit.beta))
	g[j] = 1
	return g
}

// figure is a quantity with this gradient in the coefficients.
func (s *Series) figure(value float64, gradient []float64) Figure {
	return figure(value, math.Sqrt(s.fit.quasi(gradient)), math.Sqrt(hac(s.fit.influence(s.month, gradient), s.o.lag())), float64(s.N-len(s.fit.beta)))
}

// quasi is the quasi-Poisson variance of a quantity.
func (f *fitted) quasi(gradient []float64) float64 {
	g := mat.NewVecDense(len(gradient), gradient)
	return f.phi * mat.Inner(g, f.inverse, g)
}

// influence is what each month contributes to a quantity: g'(X'WX)⁻¹x(y − μ).
func (f *fitted) influence(months []Month, gradient []float64) []float64 {
	var v mat.VecDense
	v.MulVec(f.inverse, mat.NewVecDense(len(gradient), gradient))
	list := make([]float64, len(months))
	for i, m := range months {
		for j, x := range f.rows[i] {
			list[i] += float64(v.AtVec(j) * x)
		}
		list[i] *= float64(m.Count) - f.mu[i]
	}
	return list
}

// hac is Newey and West's variance of a sum of contributions: Γ₀ + 2Σ(1 − l/(L+1))Γ_l.
func hac(u []float64, lag int) float64 {
	sum := 0.0
	for l := range min(lag, len(u)-1) + 1 {
		gamma := 0.0
		for t := l; t < len(u); t++ {
			gamma += float64(u[t] * u[t-l])
		}
		if l > 0 {
			gamma *= 2 * (1 - float64(l)/float64(lag+1))
		}
		sum += gamma
	}
	return max(sum, 0)
}

// without sums up what the months from the start on would have been without the service.
func (s *Series) without() {
	f := s.fit
	p := len(f.beta)
	averted, change := make([]float64, p), make([]float64, p)
	with := 0.0
	s.Fitted, s.Counterfactual = f.mu, slices.Clone(f.mu)
	bare := make([][]float64, s.N)
	for i, m := range s.month {
		if m.Time < s.o.FirstPost {
			continue
		}
		bare[i] = s.o.row(m, false)
		s.Counterfactual[i] = m.Exposure * math.Exp(dot(bare[i], f.beta))
		s.Observed += m.Count
		s.Expected += s.Counterfactual[i]
		with += f.mu[i]
	}
	for i, m := range s.month {
		if m.Time < s.o.FirstPost {
			continue
		}
		for j := range p {
			averted[j] += float64(s.Counterfactual[i]*bare[i][j]) - float64(f.mu[i]*f.rows[i][j])
			change[j] += float64(f.mu[i]*f.rows[i][j])/with - float64(s.Counterfactual[i]*bare[i][j])/s.Expected
		}
	}
	s.Averted = s.figure(s.Expected-with, averted)
	s.Change = s.figure(math.Log(with/s.Expected), change)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// EffectAt is the log of the ratio of events to those expected, so many months after the start.
func (s *Series) EffectAt(months int) Figure {
	g := make([]float64, len(s.fit.beta))
	for j, name := range s.Names {
		switch name {
		case "level":
			g[j] = 1
		case "slope":
			g[j] = float64(months)
		}
	}
	return s.figure(dot(g, s.fit.beta), g)
}

// residuals looks whether what is left over hangs together from month to month.
func (s *Series) residuals() {
	r := make([]float64, s.N)
	mean, squares := 0.0, 0.0
	for i, m := range s.month {
		r[i] = (float64(m.Count) - s.fit.mu[i]) / math.Sqrt(s.fit.mu[i])
		mean += r[i] / float64(s.N)
		squares += float64(r[i] * r[i])
		if i > 0 {
			s.DurbinWatson += float64((r[i] - r[i-1]) * (r[i] - r[i-1]))
		}
	}
	if squares <= 1e-18*float64(s.N) {
		return // nothing is left over
	}
	s.DurbinWatson /= squares
	n := float64(s.N)
	correlation := func(lag int) float64 {
		above, below := 0.0, 0.0
		for i := range r {
			below += float64((r[i] - mean) * (r[i] - mean))
			if i >= lag {
				above += float64((r[i] - mean) * (r[i-lag] - mean))
			}
		}
		return above / below
	}
	s.ACF1 = correlation(1)
	lags := min(ljungBoxLags, s.N-1)
	for k := 1; k <= lags; k++ {
		c := correlation(k)
		s.LjungBox += n * (n + 2) * c * c / (n - float64(k))
	}
	if s.PLjungBox = (distuv.ChiSquared{K: float64(lags)}).Survival(s.LjungBox); s.PLjungBox < 0.05 {
		s.Warnings = append(s.Warnings, estimate.Warning{Code: estimate.Autocorrelation, Text: "what the model leaves over hangs together from month to month, so intervals may be too narrow"})
	}
}
