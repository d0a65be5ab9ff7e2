package match

import (
	"math"
	"slices"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Score is a fitted propensity score. Coefficients and SE are the intercept's first, then parallel to the covariates;
// Linear is parallel to the people.
type Score struct {
	People, Service  int
	Coefficients, SE []float64
	LogLikelihood    float64
	Deviance         float64
	AUC              float64   // the share of pairs of one of the service's people and a comparison person that it puts in order
	SD               float64   // of the linear predictor: the root of the mean of both groups' variances
	Linear           []float64 // predictor
	MeanService      float64   // fitted probability
	MeanComparison   float64
	Covariate        string // the one because of which it is refused
	Refused          *estimate.Refusal
	Warnings         []estimate.Warning
}

// Fitting stops when the deviance moves by less than this share of it.
const still = 1e-12

const (
	mostSteps   = 100
	leastPivot  = 1e-7 // what others leave of a covariate's variance
	farOut      = 15.0 // a linear predictor of which nothing is known any more
	certain     = 1e-6 // of a fitted probability
	fewTreated  = 10   // of the service's people for each covariate
	unsureByFar = 5.0  // standard errors of a linear predictor that no data of one kind have
)

// Propensity reports how likely each person was to be of the service, given what was known of them before.
//
//	logit P(service) = β₀ + Σ βⱼxⱼ
//
// by maximum likelihood, fitted by iterated weighted least squares from 0 on centred and scaled covariates. The standard
// errors are those of the information.
//
// A score tells of what it is given and of nothing else: always give use in two separate windows before the index day, and
// nothing from after it.
//
// Special cases are:
//   - a covariate that is constant, or made up of others: refused with COLLINEAR, naming it
//   - a covariate that tells the groups apart without fail, so that its coefficient has no end: refused with SEPARATION,
//     naming it
//   - a covariate that is no number: refused with BAD_INPUT
//   - nobody in a group: refused with TOO_FEW_PERSONS
//   - fewer than 10 of the service's people for each covariate: TOO_MANY_COVARIATES
//
// Rosenbaum and Rubin, Biometrika, 1983.
func Propensity(names []string, people []Person) Score {
	s := Score{People: len(people)}
	for _, p := range people {
		if p.Service {
			s.Service++
		}
		if len(p.Covariates) != len(names) || slices.ContainsFunc(p.Covariates, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
			s.Refused = estimate.Refuse(estimate.BadInput)
			return s
		}
	}
	if s.Service < 2 || s.People-s.Service < 2 {
		s.Refused = estimate.Refuse(estimate.TooFewPersons)
		return s
	}
	f := newFit(people, len(names))
	if at := f.dependent(); at >= 0 {
		return s.refuse(estimate.Collinear, names[at])
	}
	converged := f.run()
	if at, yes := f.separated(people, converged); yes {
		return s.refuse(estimate.Separation, names[at])
	}
	f.tell(&s, people)
	if s.Service < fewTreated*len(names) {
		s.Warnings = append(s.Warnings, estimate.Warning{Code: estimate.TooManyCovariates, Text: "there are fewer than 10 of the service's people for each covariate; fewer covariates would cure it"})
	}
	return s
}

func (s Score) refuse(code estimate.Code, covariate string) Score {
	text := covariate + " doesn't vary, or is made up of other traits, so its part can't be told; leave it out"
	if code == estimate.Separation {
		text = covariate + " tells the groups apart without fail, so nobody is comparable by it; leave it out, and say who is left out"
	}
	return Score{People: s.People, Service: s.Service, Covariate: covariate, Refused: &estimate.Refusal{Code: code, Text: text}}
}

// fit is a logistic regression being fitted, on covariates with mean 0 and standard deviation 1, a column of ones first.
type fit struct {
	n, p     int
	rows     []float64 // n × p
	service  []bool
	mean, sd []float64 // of the covariates
	beta     []float64
	eta      []float64
	inverse  *mat.SymDense // of the information at the last step
	deviance float64
}

func newFit(people []Person, covariates int) *fit {
	n, p := len(people), covariates+1
	f := &fit{n: n, p: p, rows: make([]float64, n*p), service: make([]bool, n), mean: make([]float64, covariates), sd: make([]float64, covariates), beta: make([]float64, p), eta: make([]float64, n)}
	for j := range covariates {
		for _, q := range people {
			f.mean[j] += q.Covariates[j] / float64(n)
		}
		sum, most := 0.0, 0.0
		for _, q := range people {
			d := q.Covariates[j] - f.mean[j]
			sum += float64(d * d)
			most = max(most, math.Abs(q.Covariates[j]))
		}
		if f.sd[j] = math.Sqrt(sum / float64(n)); f.sd[j] <= 1e-12*most {
			f.sd[j] = 0 // what rounding leaves of a constant
		}
	}
	for i, q := range people {
		f.service[i], f.rows[i*p] = q.Service, 1
		for j, x := range q.Covariates {
			if f.sd[j] > 0 {
				f.rows[i*p+j+1] = (x - f.mean[j]) / f.sd[j]
			}
		}
	}
	return f
}

// dependent is the first covariate that is constant or made up of those before it, -1 if none is.
func (f *fit) dependent() int {
	c := make([]float64, f.p*f.p)
	for i := range f.n {
		f.outer(c, i, 1/float64(f.n))
	}
	for j := range f.p {
		for k := range j { // of the lower triangle, by Cholesky
			for l := range k {
				c[j*f.p+k] -= float64(c[j*f.p+l] * c[k*f.p+l])
			}
			c[j*f.p+k] /= c[k*f.p+k]
		}
		pivot := c[j*f.p+j]
		for l := range j {
			pivot -= float64(c[j*f.p+l] * c[j*f.p+l])
		}
		if pivot < leastPivot {
			return j - 1
		}
		c[j*f.p+j] = math.Sqrt(pivot)
	}
	return -1
}

// outer adds a row's products, times a weight, to the lower triangle.
func (f *fit) outer(into []float64, i int, weight float64) {
	row := f.rows[i*f.p : (i+1)*f.p]
	for j, x := range row {
		w := float64(weight * x)
		for k := range j + 1 {
			into[j*f.p+k] += float64(w * row[k])
		}
	}
}

// run fits the coefficients, and reports whether they came to rest.
func (f *fit) run() bool {
	f.deviance = f.deviated()
	for range mostSteps {
		information, score := make([]float64, f.p*f.p), make([]float64, f.p)
		for i := range f.n {
			mu := logistic(f.eta[i])
			f.outer(information, i, max(mu*(1-mu), 1e-300))
			residual := -mu
			if f.service[i] {
				residual = logistic(-f.eta[i]) // 1 - mu, with its digits
			}
			for j := range f.p {
				score[j] += float64(residual * f.rows[i*f.p+j])
			}
		}
		inverse := invert(information, f.p)
		if inverse == nil {
			return false
		}
		f.inverse = inverse
		step := make([]float64, f.p)
		for j := range f.p {
			for k := range f.p {
				step[j] += float64(inverse.At(j, k) * score[k])
			}
		}
		was, before := slices.Clone(f.beta), f.deviance
		for { // a step that loses likelihood is halved
			for j := range f.beta {
				f.beta[j] = was[j] + step[j]
			}
			f.predict()
			if f.deviance = f.deviated(); !(f.deviance > before*(1+1e-9)) || !slices.ContainsFunc(step, func(s float64) bool { return math.Abs(s) > 1e-12 }) {
				break
			}
			for j := range step {
				step[j] /= 2
			}
		}
		if math.Abs(f.deviance-before) <= still*(math.Abs(f.deviance)+0.1) && small(step) {
			return true
		}
	}
	return false
}

// small reports whether no coefficient moved by much: the deviance is flat at its least.
func small(step []float64) bool {
	return !slices.ContainsFunc(step, func(s float64) bool { return math.Abs(s) > 1e-9 })
}

func (f *fit) predict() {
	for i := range f.n {
		f.eta[i] = 0
		for j, b := range f.beta {
			f.eta[i] += float64(b * f.rows[i*f.p+j])
		}
	}
}

func (f *fit) deviated() float64 {
	sum := 0.0
	for i, eta := range f.eta {
		if f.service[i] {
			eta = -eta
		}
		sum += 2 * softplus(eta)
	}
	return sum
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// softplus is log(1 + exp(x)).
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// invert is the inverse of a symmetric matrix whose lower triangle is given, nil if it has none.
func invert(lower []float64, p int) *mat.SymDense {
	full := mat.NewSymDense(p, nil)
	for j := range p {
		for k := range j + 1 {
			full.SetSym(j, k, lower[j*p+k])
		}
	}
	var l mat.Cholesky
	if !l.Factorize(full) {
		return nil
	}
	inverse := mat.NewSymDense(p, nil)
	if condition, ok := l.InverseTo(inverse).(mat.Condition); ok && math.IsInf(float64(condition), 1) {
		return nil
	}
	return inverse
}

// separated reports whether a covariate tells the groups apart without fail, and its place: coefficients without an end
// push somebody's linear predictor far out, to where those who are like them are all of one group, and leave it unknown
// by far. A predictor that is far out because few are like somebody has a standard error like any other.
func (f *fit) separated(people []Person, converged bool) (int, bool) {
	worst, most := -1, 0.0
	for i, eta := range f.eta {
		if math.Abs(eta) > most {
			worst, most = i, math.Abs(eta)
		}
	}
	if converged && most <= farOut {
		return -1, false
	}
	found := !converged
	for i, eta := range f.eta {
		mu := logistic(eta)
		if found || mu > certain && mu < 1-certain || math.Abs(eta) <= farOut {
			continue
		}
		found = (mu > 0.5) == f.service[i] && f.unsure(i) > unsureByFar && f.oneGroup(people, i)
	}
	if !found {
		return -1, false
	}
	at, part := 0, -1.0
	for j := 1; j < f.p; j++ {
		if c := math.Abs(f.beta[j] * f.rows[worst*f.p+j]); c > part {
			at, part = j-1, c
		}
	}
	return at, true
}

// unsure is the standard error of somebody's linear predictor.
func (f *fit) unsure(i int) float64 {
	if f.inverse == nil {
		return math.Inf(1)
	}
	row, sum := f.rows[i*f.p:(i+1)*f.p], 0.0
	for j := range f.p {
		for k := range f.p {
			sum += float64(row[j] * f.inverse.At(j, k) * row[k])
		}
	}
	return math.Sqrt(sum)
}

// oneGroup reports whether everybody with somebody's covariates is of their group.
func (f *fit) oneGroup(people []Person, i int) bool {
	return !slices.ContainsFunc(people, func(q Person) bool {
		return q.Service != people[i].Service && slices.Equal(q.Covariates, people[i].Covariates)
	})
}

// tell puts what was fitted back on the data's own scale.
func (f *fit) tell(s *Score, people []Person) {
	p := f.p
	back := make([]float64, p*p) // β = back · fitted
	back[0] = 1
	for j := range p - 1 {
		back[(j+1)*p+j+1] = 1 / f.sd[j]
		back[j+1] = -f.mean[j] / f.sd[j]
	}
	s.Coefficients, s.SE = make([]float64, p), make([]float64, p)
	for j := range p {
		variance := 0.0
		for k := range p {
			s.Coefficients[j] += float64(back[j*p+k] * f.beta[k])
			for l := range p {
				variance += float64(back[j*p+k] * f.inverse.At(k, l) * back[j*p+l])
			}
		}
		s.SE[j] = math.Sqrt(variance)
	}
	s.Deviance, s.LogLikelihood, s.Linear = f.deviance, -f.deviance/2, f.eta
	var scores [2][]float64
	for i, q := range people {
		group, mean := 0, &s.MeanComparison
		if q.Service {
			group, mean = 1, &s.MeanService
		}
		scores[group] = append(scores[group], f.eta[i])
		*mean += logistic(f.eta[i])
	}
	s.MeanService /= float64(len(scores[1]))
	s.MeanComparison /= float64(len(scores[0]))
	s.SD = math.Sqrt((stat.Variance(scores[0], nil) + stat.Variance(scores[1], nil)) / 2)
	s.AUC = auc(scores[1], scores[0])
}

// auc is the share of pairs in which the first is larger; equal ones count half. Scores are rounded, so that people who are
// alike are equal.
func auc(service, comparison []float64) float64 {
	sorted := make([]float64, len(comparison))
	for i, x := range comparison {
		sorted[i] = round9(x)
	}
	slices.Sort(sorted)
	sum := 0.0
	for _, x := range service {
		x = round9(x)
		below, _ := slices.BinarySearch(sorted, x)
		above, _ := slices.BinarySearchFunc(sorted, x, func(v, x float64) int {
			if v <= x {
				return -1
			}
			return 1
		})
		sum += float64(below) + float64(above-below)/2
	}
	return sum / float64(len(service)) / float64(len(comparison))
}
