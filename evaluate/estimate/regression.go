package estimate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Observation is people who are alike in a regression of counts: each had Count events in Time. Covariates are parallel
// to the model's names.
type Observation struct {
	Count      int64
	Time       float64
	Covariates []float64
	People     int64
}

// Regression is a fitted regression of counts with a log link. Coefficients are on the log scale, the intercept first;
// everything in lists is parallel to Names.
type Regression struct {
	Names         []string
	Coefficients  []float64
	SEModel       []float64
	SERobust      []float64  // HC0
	Inverse       *mat.Dense // of the coefficients' information, (X'WX)⁻¹; of a Poisson model alone
	LogLikelihood float64
	Deviance      float64
	Dispersion    float64 // Pearson's, over n - p
	Theta         float64 // the negative binomial's shape; 0 in a Poisson model
	SETheta       float64
	LROverPoisson float64 // twice what the log likelihood gains over the Poisson model
	Refused       *Refusal
}

// Intercept is the name of a regression's first coefficient.
const Intercept = "Intercept"

// model is a regression of counts being fitted: rows, a column of ones first.
type model struct {
	rows  []Observation
	p     int // coefficients
	beta  []float64
	mu    []float64
	theta float64 // +Inf: Poisson

	inverse *mat.Dense // of the coefficients' information, at the last step
	poisson float64    // log likelihood of the Poisson fit that a negative binomial one began with
}

// newModel looks at the rows: refused with BAD_INPUT or NO_EVENTS.
func newModel(names []string, rows []Observation) (*model, *Refusal) {
	events, people := int64(0), int64(0)
	for _, r := range rows {
		if r.Count < 0 || r.People < 0 || !IsTime(r.Time) || len(r.Covariates) != len(names) {
			return nil, Refuse(BadInput)
		}
		for _, x := range r.Covariates {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, Refuse(BadInput)
			}
		}
		events += r.Count * r.People
		people += r.People
	}
	m := &model{rows: rows, p: len(names) + 1, theta: math.Inf(1)}
	switch {
	case events == 0:
		return nil, Refuse(NoEvents)
	case people <= int64(m.p):
		return nil, Refuse(TooFewPersons)
	case len(rows) < m.p: // fewer kinds of people than coefficients
		return nil, Refuse(Collinear)
	}
	m.mu = make([]float64, len(rows))
	for i, r := range rows {
		m.mu[i] = float64(r.Count) + 0.1
	}
	return m, nil
}

// inOrder sorts rows, so that no result depends on their order.
func inOrder(rows []Observation) []Observation {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b Observation) int {
		return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.Time, b.Time), slices.Compare(a.Covariates, b.Covariates), cmp.Compare(a.People, b.People))
	})
	return sorted
}

// x is a row's value of a coefficient's column.
func (m *model) x(row, column int) float64 {
	if column == 0 {
		return 1
	}
	return m.rows[row].Covariates[column-1]
}

// weight is the information that one of a row's people brings about log mu.
func (m *model) weight(row int) float64 { return m.mu[row] / (1 + m.mu[row]/m.theta) }

// Fitting stops when no coefficient moves by more than this share of its size.
const still = 1e-13

// beyond is a log of events that no real count has: a coefficient that makes one is on its way to infinity.
const beyond = 30

// coefficients fits the coefficients for the shape at hand, by iterated weighted least squares on a QR decomposition with
// columns scaled to one length.
func (m *model) coefficients() *Refusal {
	n, shortened := len(m.rows), 0
	for range 200 {
		design, response := mat.NewDense(n, m.p, nil), mat.NewVecDense(n, nil)
		for i, r := range m.rows {
			root := math.Sqrt(m.weight(i) * float64(r.People))
			working := math.Log(m.mu[i]/r.Time) + (float64(r.Count)-m.mu[i])/m.mu[i]
			response.SetVec(i, root*working)
			for j := range m.p {
				design.Set(i, j, root*m.x(i, j))
			}
		}
		scale := scaled(design)
		var qr mat.QR
		qr.Factorize(design)
		var r mat.Dense
		qr.RTo(&r)
		for j := range m.p {
			if !(math.Abs(r.At(j, j)) > 1e-9) {
				return Refuse(Collinear)
			}
		}
		m.invert(&r, scale)
		var solved mat.VecDense
		if err := qr.SolveVecTo(&solved, false, response); err != nil {
			return Refuse(Collinear)
		}
		moved := m.beta == nil
		next := make([]float64, m.p)
		for j := range next {
			next[j] = solved.AtVec(j) / scale[j]
			moved = moved || math.Abs(next[j]-m.beta[j]) > still*max(1, math.Abs(next[j]))
		}
		for !m.reaches(next) { // a step too far is halved; coefficients without an end use that up
			if shortened++; m.beta == nil || shortened > 200 {
				return Refuse(Separation)
			}
			for j := range next {
				next[j] = (next[j] + m.beta[j]) / 2
			}
		}
		m.beta = next
		if !moved {
			return nil
		}
	}
	return nil // as near as the numbers allow
}

// reaches sets the fitted counts of coefficients, and reports whether all are counts that could be.
func (m *model) reaches(beta []float64) bool {
	for i, r := range m.rows {
		eta := 0.0
		for j := range m.p {
			eta += float64(m.x(i, j) * beta[j])
		}
		if math.IsNaN(eta) || math.Abs(eta) > beyond && (r.Count == 0 || eta > 0) {
			return false
		}
		m.mu[i] = r.Time * math.Exp(eta)
	}
	return true
}

// scaled divides each column by its length, and returns the lengths.
func scaled(design *mat.Dense) []float64 {
	n, p := design.Dims()
	lengths := make([]float64, p)
	for j := range lengths {
		lengths[j] = mat.Norm(design.ColView(j), 2)
		if lengths[j] == 0 {
			lengths[j] = 1
		}
		for i := range n {
			design.Set(i, j, design.At(i, j)/lengths[j])
		}
	}
	return lengths
}

// invert keeps (X'WX)⁻¹ = D⁻¹R⁻¹R⁻ᵀD⁻¹, with R of the decomposition of the scaled columns and D their lengths: so no digits
// are lost by squaring.
func (m *model) invert(r *mat.Dense, scale []float64) {
	inverse := mat.NewDense(m.p, m.p, nil) // of R
	for k := range m.p {
		for j := k; j >= 0; j-- {
			sum := 0.0
			if j == k {
				sum = 1
			}
			for i := j + 1; i <= k; i++ {
				sum -= float64(r.At(j, i) * inverse.At(i, k))
			}
			inverse.Set(j, k, sum/r.At(j, j))
		}
	}
	m.inverse = mat.NewDense(m.p, m.p, nil)
	m.inverse.Mul(inverse, inverse.T())
	for j := range m.p {
		for k := range m.p {
			m.inverse.Set(j, k, m.inverse.At(j, k)/scale[j]/scale[k])
		}
	}
}

// score is what one of a row's people adds to the score of log mu.
func (m *model) score(row int) float64 {
	return (float64(m.rows[row].Count) - m.mu[row]) / (1 + m.mu[row]/m.theta)
}

// robust is the standard errors with each row's people as clusters of their own: HC0.
func (m *model) robust() []float64 {
	meat := mat.NewDense(m.p, m.p, nil)
	for i, r := range m.rows {
		s := m.score(i)
		for j := range m.p {
			for k := range m.p {
				meat.Set(j, k, meat.At(j, k)+float64(float64(r.People)*s*s*m.x(i, j)*m.x(i, k)))
			}
		}
	}
	var both mat.Dense
	both.Product(m.inverse, meat, m.inverse)
	return roots(&both)
}

// roots is the square roots of a diagonal.
func roots(m *mat.Dense) []float64 {
	n, _ := m.Dims()
	list := make([]float64, n)
	for j := range list {
		list[j] = math.Sqrt(m.At(j, j))
	}
	return list
}

// poissonLog is the log likelihood of the fitted counts as Poisson.
func (m *model) poissonLog() float64 {
	sum := 0.0
	for i, r := range m.rows {
		factorial, _ := math.Lgamma(float64(r.Count + 1))
		sum += float64(float64(r.People) * (float64(float64(r.Count)*math.Log(m.mu[i])) - m.mu[i] - factorial))
	}
	return sum
}
