package trend

import (
	"cmp"
	"math"
	"slices"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Stretch is the events of one person in one month, or quarter, and the days they were watched in it.
type Stretch struct {
	Events int64
	Days   float64
}

// Path is people who are alike, month by month, in the group of the service, of comparison people, or in both at different
// times. Weight is how much each counts as a comparison person.
type Path struct {
	N                   int64
	Weight              float64
	Service, Comparison []Stretch // parallel to the months; nil where they are not in the group
}

// Point is one month around the index day. Value is its ratio to the reference months, over that of the comparison people
// where there are some.
type Point struct {
	Month int
	estimate.Estimate
	Events, ComparisonEvents float64 // of comparison people by their weight
	Days, ComparisonDays     float64
	Users, ComparisonUsers   int64 // people with an event
	Most, ComparisonMost     int64 // events of one person
}

// Months is a course of months around the index day.
type Months struct {
	Months    []int // all of them, in order: below 0 before the index day, from 0 after
	Reference []int
	People    int64
	Compared  bool // with comparison people
	Points    []Point
	Rates     []Point // of all months, the reference too: counts and days alone
	// Whether the months before differ from the reference: a Wald test, only told with comparison people.
	PreTrend   estimate.Estimate
	PreTrendDF int
	Zero       []int // months without events in a group
	Refused    *estimate.Refusal
}

// PowerCaveat has to stand beside every test of the months before.
const PowerCaveat = "that no difference is found in the months before is no proof that there was none: such a test often misses one as large as the change itself"

// EventStudy reports how the rate went month by month around the index day, against reference months before it, and against
// the same of comparison people where there are some.
//
//	β_m = log((Y₁m/T₁m)/(Y₁r/T₁r)) − the same of comparison people
//
// with Y the events and T the days of a group in month m, and r the reference months together. Months are below 0 before the
// index day and from 0 after. Each comparison person's months run around their own index day, or the one drawn for them, so
// that people who started at different times are never set against people who already had the service.
//
// The interval is exp(β ± t·SE) at 95% over people, from L_m = ±w((y_m − λ_m·t_m)/Y_m − (y_r − λ_r·t_r)/Y_r); it is the
// robust interval of the interaction of group and month in a Poisson model with an offset. The test of the months before the
// reference, or of those before the index day where the reference is earlier, is Wald's β'V⁻¹β.
//
// Don't take the month before the index day as the only reference where it led to the referral: it is a peak, and every
// other month looks low beside it, before and after.
//
// Special cases are:
//   - months without events in a group: refused with ZERO_CELL, with the months; see [Quarters]
//   - fewer than two people in a group: TOO_FEW_PERSONS; nobody had an event: NO_EVENTS
//   - months that hang together: the test alone is refused with SINGULAR
//
// Roth, American Economic Review: Insights, 2022, on what such tests miss; Sun and Abraham, Journal of Econometrics, 2021, on
// people who start at different times.
func EventStudy(months []int, paths []Path, reference []int) Months {
	m := Months{Months: months, Reference: reference}
	paths = slices.DeleteFunc(slices.Clone(paths), func(p Path) bool { return p.N == 0 || p.Service == nil && !p.compared() })
	slices.SortFunc(paths, comparePaths)
	service, comparison := newSums(len(months)), newSums(len(months))
	for _, p := range paths {
		if p.N < 0 || p.Service != nil && !service.fits(p.Service) || p.Comparison != nil && (!comparison.fits(p.Comparison) || !(p.Weight >= 0)) {
			m.Refused = estimate.Refuse(estimate.BadInput)
			return m
		}
		m.People += p.N
		if p.Service != nil {
			service.add(p.N, 1, p.Service)
		}
		if p.compared() {
			comparison.add(p.N, p.Weight, p.Comparison)
		}
	}
	m.Compared = comparison.people > 0
	in := func(month int) bool { return slices.Contains(reference, month) }
	service.pool(months, in)
	comparison.pool(months, in)
	for i, month := range months {
		point := Point{Month: month, Events: service.events[i], Days: service.days[i], Users: service.users[i], Most: service.most[i], ComparisonMost: comparison.most[i], ComparisonEvents: comparison.events[i], ComparisonDays: comparison.days[i], ComparisonUsers: comparison.users[i]}
		m.Rates = append(m.Rates, point)
		if service.events[i] == 0 && !in(month) || m.Compared && comparison.events[i] == 0 && !in(month) {
			m.Zero = append(m.Zero, month)
		}
		if !in(month) {
			m.Points = append(m.Points, point)
		}
	}
	if service.reference.events == 0 || m.Compared && comparison.reference.events == 0 {
		m.Zero = append(m.Zero, reference...)
		slices.Sort(m.Zero)
	}
	switch {
	case service.total() == 0 && comparison.total() == 0:
		m.Refused = estimate.Refuse(estimate.NoEvents)
	case service.people < 2 || m.Compared && comparison.people < 2:
		m.Refused = estimate.Refuse(estimate.TooFewPersons)
	case len(m.Zero) > 0:
		m.Refused = estimate.Refuse(estimate.ZeroCell)
	}
	if m.Refused != nil {
		for i := range m.Points {
			m.Points[i].Estimate = estimate.Estimate{Level: 0.95, Refused: m.Refused}
		}
		return m
	}
	m.estimate(paths, service, comparison)
	return m
}

// estimate fills the points in, and tests the months before.
func (m *Months) estimate(paths []Path, service, comparison *sums) {
	var at []int // places of the points among all months
	for _, p := range m.Points {
		at = append(at, slices.Index(m.Months, p.Month))
	}
	influence := make([][]float64, len(at)) // by point, over paths
	people := make([]int64, len(paths))
	for k := range influence {
		influence[k] = make([]float64, len(paths))
	}
	for i, p := range paths {
		people[i] = p.N
		if p.Service != nil {
			service.influence(p.Service, 1, at, i, influence)
		}
		if p.compared() {
			comparison.influence(p.Comparison, -p.Weight, at, i, influence)
		}
	}
	beta := make([]float64, len(at))
	for k, month := range at {
		ratio := service.over(month)
		if m.Compared {
			ratio /= comparison.over(month)
		}
		beta[k] = math.Log(ratio)
		m.Points[k].Estimate = estimate.FromInfluence(ratio, people, influence[k], 0)
	}
	m.test(people, influence, beta)
}

// test is Wald's of the months before the reference; where the reference ends before the last month before the index day,
// of all other months before that.
func (m *Months) test(people []int64, influence [][]float64, beta []float64) {
	m.PreTrend = estimate.Estimate{Level: 0.95, Interval: "Wald's test, chi-squared"}
	var before []int
	for k, p := range m.Points {
		if p.Month < 0 {
			before = append(before, k)
		}
	}
	m.PreTrendDF = len(before)
	if len(before) == 0 {
		m.PreTrend.Refused = estimate.Refuse(estimate.TooFewPoints)
		return
	}
	n := 0.0
	for _, k := range people {
		n += float64(k)
	}
	v := mat.NewSymDense(len(before), nil)
	b := mat.NewVecDense(len(before), nil)
	for r, k := range before {
		b.SetVec(r, beta[k])
		for c := range r + 1 {
			sum := 0.0
			for i := range people {
				sum += float64(float64(people[i]) * influence[k][i] * influence[before[c]][i])
			}
			v.SetSym(r, c, sum*n/(n-1))
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(v) || factor.Cond() > 1e12 {
		m.PreTrend.Refused = estimate.Refuse(estimate.Singular)
		return
	}
	var solved mat.VecDense
	if err := factor.SolveVecTo(&solved, b); err != nil {
		m.PreTrend.Refused = estimate.Refuse(estimate.Singular)
		return
	}
	wald, df := mat.Dot(b, &solved), float64(len(before))
	p := distuv.ChiSquared{K: df}.Survival(wald)
	m.PreTrend.Statistic, m.PreTrend.DF, m.PreTrend.P = &wald, &df, &p
}

// Quarters joins every three months of paths, so that months without events can be told of too: months -3 to -1 are quarter
// -1, months 0 to 2 quarter 0.
func Quarters(months []int, paths []Path) ([]int, []Path) {
	quarter := func(month int) int { return int(math.Floor(float64(month) / 3)) }
	var quarters []int
	for _, month := range months {
		if q := quarter(month); !slices.Contains(quarters, q) {
			quarters = append(quarters, q)
		}
	}
	join := func(list []Stretch) []Stretch {
		if list == nil {
			return nil
		}
		joined := make([]Stretch, len(quarters))
		for i, s := range list {
			into := &joined[slices.Index(quarters, quarter(months[i]))]
			into.Events += s.Events
			into.Days += s.Days
		}
		return joined
	}
	joined := make([]Path, len(paths))
	for i, p := range paths {
		joined[i] = Path{p.N, p.Weight, join(p.Service), join(p.Comparison)}
	}
	return quarters, joined
}

func (p Path) compared() bool { return p.Comparison != nil && p.Weight != 0 }

func comparePaths(a, b Path) int {
	stretch := func(x, y Stretch) int { return cmp.Or(cmp.Compare(x.Events, y.Events), cmp.Compare(x.Days, y.Days)) }
	return cmp.Or(slices.CompareFunc(a.Service, b.Service, stretch), slices.CompareFunc(a.Comparison, b.Comparison, stretch), cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.N, b.N))
}

// sums are the months of one group added up.
type sums struct {
	people       int64
	events, days []float64
	users, most  []int64
	in           []bool // of the reference
	reference    struct{ events, days float64 }
}

func newSums(months int) *sums {
	return &sums{events: make([]float64, months), days: make([]float64, months), users: make([]int64, months), most: make([]int64, months), in: make([]bool, months)}
}

// fits reports whether somebody's months are ones that can be reckoned with.
func (s *sums) fits(list []Stretch) bool {
	return len(list) == len(s.events) && !slices.ContainsFunc(list, func(m Stretch) bool {
		return m.Events < 0 || !(m.Days >= 0 && m.Days < 1e100) || m.Days == 0 && m.Events > 0
	})
}

func (s *sums) add(n int64, weight float64, list []Stretch) {
	s.people += n
	w := float64(float64(n) * weight)
	for i, m := range list {
		s.events[i] += float64(w * float64(m.Events))
		s.days[i] += float64(w * m.Days)
		if m.Events > 0 && n > 0 {
			s.users[i] += n
			s.most[i] = max(s.most[i], m.Events)
		}
	}
}

func (s *sums) total() float64 {
	sum := 0.0
	for _, e := range s.events {
		sum += e
	}
	return sum
}

func (s *sums) pool(months []int, in func(int) bool) {
	for i, month := range months {
		if s.in[i] = in(month); s.in[i] {
			s.reference.events += s.events[i]
			s.reference.days += s.days[i]
		}
	}
}

// over is a month's rate over that of the reference.
func (s *sums) over(month int) float64 {
	return s.events[month] / s.days[month] / (s.reference.events / s.reference.days)
}

// influence adds what one of people alike contributes to the log of each point's ratio.
func (s *sums) influence(list []Stretch, sign float64, at []int, path int, into [][]float64) {
	events, days := 0.0, 0.0
	for i, m := range list {
		if s.in[i] {
			events += float64(m.Events)
			days += m.Days
		}
	}
	reference := (events - s.reference.events/s.reference.days*days) / s.reference.events
	for k, month := range at {
		own := (float64(list[month].Events) - s.events[month]/s.days[month]*list[month].Days) / s.events[month]
		into[k][path] += float64(sign * (own - reference))
	}
}
