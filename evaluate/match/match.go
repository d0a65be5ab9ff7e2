// Package match finds comparison people who were like the service's people before: by the score of a logistic regression,
// within strata that must agree, and says how alike the two groups then are. It never sees what happened after.
package match

import (
	"cmp"
	"math"
	"slices"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat"
)

// Person is what was known of one person before their index day. Covariates are parallel to the names given.
type Person struct {
	Service    bool
	Covariates []float64
	Stratum    int // only people of one stratum are matched
	ID         int // who stands in the list twice, of the service and for comparison, is never matched with themselves; 0 is nobody else
}

// Options are how comparison people are matched; the zero value is one for each, without replacement, within the caliper
// that Austin (2011) found best.
type Options struct {
	Ratio     int     // comparison people for each of the service's; 0 is 1
	Caliper   float64 // in standard deviations of the score; 0 is 0.2
	NoCaliper bool
	Replace   bool // a comparison person may stand for several
}

// DefaultCaliper is the caliper in standard deviations of the score.
const DefaultCaliper = 0.2

// Set is one of the service's people with the comparison people who stand for them: places in the list of people, in
// the order in which they were found.
type Set struct {
	Service    int
	Comparison []int
}

// Matched is who stands for whom.
type Matched struct {
	Sets          []Set // in the order of the service's people; who found nobody has none
	Service       int   // people
	Used          int   // comparison people who stand for somebody
	Pairs         int
	Caliper       float64 // in units of the score; +Inf is none
	SD            float64 // of the score: the root of the mean of both groups' variances
	TotalDistance float64
	MaxDistance   float64
	Refused       *estimate.Refusal
	Warnings      []estimate.Warning
}

// Matched without half of the service's people is of nobody's use; without a tenth it is of other people than the cohort.
const (
	fewestMatched = 0.5
	mostUnmatched = 0.1
)

// Nearest gives each of the service's people the comparison people nearest to them.
//
//	x = the linear predictor of the propensity score
//
// The service's people choose in order of falling x, in rounds: everybody a first, then everybody a second one. A round
// takes, of the comparison people of one's stratum who stand for nobody yet, the one with the least |xᵢ − xⱼ|, if it is no
// more than the caliper, 0.2·sqrt((s₁² + s₀²)/2) of the two groups' x. With replacement everybody takes the nearest at
// once. Scores that order people and distances are rounded to 9 decimals, and among equals the one goes first who stands
// first in the list: with whole-numbered covariates exact ties between different people are common.
//
// Nearest makes people alike in what is known of them and in nothing else; see [Balance].
//
// Special cases are:
//   - fewer than half of the service's people find anybody: refused with NO_MATCH, with the counts
//   - more than a tenth don't: UNMATCHED
//   - with replacement, somebody with over a twentieth of the weight: REUSED_CONTROL
//   - scores that are not numbers, or as many as people: refused with BAD_INPUT
//
// Austin, Pharmaceutical Statistics, 2011.
func Nearest(people []Person, x []float64, o Options) Matched {
	m := Matched{Caliper: math.Inf(1)}
	if len(x) != len(people) || slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		m.Refused = estimate.Refuse(estimate.BadInput)
		return m
	}
	var service []int
	var scores [2][]float64
	pools := map[int]*pool{}
	for i, p := range people {
		group := 0
		if p.Service {
			service, group = append(service, i), 1
		} else {
			if pools[p.Stratum] == nil {
				pools[p.Stratum] = &pool{}
			}
			pools[p.Stratum].rows = append(pools[p.Stratum].rows, i)
		}
		scores[group] = append(scores[group], x[i])
	}
	m.Service = len(service)
	if len(scores[0]) < 2 || len(scores[1]) < 2 {
		m.Refused = estimate.Refuse(estimate.TooFewPersons)
		return m
	}
	m.SD = math.Sqrt((stat.Variance(scores[0], nil) + stat.Variance(scores[1], nil)) / 2)
	if !o.NoCaliper {
		if o.Caliper == 0 {
			o.Caliper = DefaultCaliper
		}
		m.Caliper = o.Caliper * m.SD
	}
	for _, p := range pools {
		p.sort(x)
	}
	order := slices.Clone(service)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(round9(x[b]), round9(x[a])) })
	found := make(map[int][]int, len(order))
	ratio := max(o.Ratio, 1)
	if o.Replace {
		for _, i := range order {
			if p := pools[people[i].Stratum]; p != nil {
				found[i] = p.nearest(people, i, x[i], m.Caliper, ratio)
			}
		}
	} else {
		for round := range ratio {
			for _, i := range order {
				p := pools[people[i].Stratum]
				if p == nil || len(found[i]) < round {
					continue
				}
				if j := p.take(people, i, x[i], m.Caliper); j >= 0 {
					found[i] = append(found[i], j)
				}
			}
		}
	}
	m.tell(service, found, x)
	return m
}

// tell sums the sets up.
func (m *Matched) tell(service []int, found map[int][]int, x []float64) {
	weight := map[int]float64{}
	for _, i := range service {
		list := found[i]
		if len(list) == 0 {
			continue
		}
		m.Sets = append(m.Sets, Set{i, list})
		for _, j := range list {
			d := math.Abs(x[i] - x[j])
			m.Pairs++
			m.TotalDistance += d
			m.MaxDistance = max(m.MaxDistance, d)
			weight[j] += 1 / float64(len(list))
		}
	}
	m.Used = len(weight)
	switch share := float64(len(m.Sets)) / float64(m.Service); {
	case share < fewestMatched:
		m.Refused = estimate.Refuse(estimate.NoMatch)
	case share < 1-mostUnmatched:
		m.Warnings = append(m.Warnings, estimate.Warning{Code: estimate.Unmatched, Text: "over a tenth of the service's people have no comparison person like them, so the comparison is of the others; more comparison people, or a wider caliper, would cure it"})
	}
	for _, w := range weight {
		if w > 0.05*float64(len(m.Sets)) && len(weight) < m.Pairs {
			m.Warnings = append(m.Warnings, estimate.Warning{Code: estimate.ReusedControl, Text: "one comparison person has over a twentieth of the weight; more comparison people would cure it"})
			break
		}
	}
}

// Weights are how much each person counts: 1 for the service's people who are matched, and for a comparison person the sum
// over their sets of one over the set's comparison people. Parallel to the people.
func (m Matched) Weights(people int) []float64 {
	w := make([]float64, people)
	for _, s := range m.Sets {
		w[s.Service] = 1
		for _, j := range s.Comparison {
			w[j] += 1 / float64(len(s.Comparison))
		}
	}
	return w
}

func round9(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// pool is the comparison people of one stratum, those with one score together, by rising score.
type pool struct {
	rows   []int
	scores []float64 // distinct
	of     [][]int   // rows with each score that are free, in order
	left   []int     // the place of the next score to the left, oneself if somebody is free there
	right  []int
}

func (p *pool) sort(x []float64) {
	slices.SortStableFunc(p.rows, func(a, b int) int { return cmp.Compare(x[a], x[b]) }) // rows rise already
	for _, row := range p.rows {
		if last := len(p.scores) - 1; last < 0 || p.scores[last] != x[row] {
			p.scores, p.of = append(p.scores, x[row]), append(p.of, nil)
		}
		last := len(p.of) - 1
		p.of[last] = append(p.of[last], row)
	}
	p.left, p.right = make([]int, len(p.scores)), make([]int, len(p.scores))
	for i := range p.scores {
		p.left[i], p.right[i] = i, i
	}
}

// next follows a chain to the first place with somebody free, -1 or len(scores) if there is none.
func (p *pool) next(chain []int, at int) int {
	end := at
	for end >= 0 && end < len(chain) && chain[end] != end {
		end = chain[end]
	}
	for at >= 0 && at < len(chain) && chain[at] != at {
		at, chain[at] = chain[at], end
	}
	return end
}

// distance is how far a place is from a score, rounded; +Inf beyond the ends.
func (p *pool) distance(x float64, at int) float64 {
	if at < 0 || at >= len(p.scores) {
		return math.Inf(1)
	}
	return round9(math.Abs(p.scores[at] - x))
}

// first is the place, among the free rows with one score, of the first who is somebody else than the i-th person; -1 if there is none.
func (p *pool) first(people []Person, i, at int) int {
	return slices.IndexFunc(p.of[at], func(row int) bool { return others(people, i, row) })
}

// others reports whether two rows are of different people.
func others(people []Person, i, row int) bool {
	return people[i].ID == 0 || people[row].ID != people[i].ID
}

// other follows a chain to the first place with somebody free who is somebody else.
func (p *pool) other(people []Person, i int, chain []int, at, step int) int {
	for at = p.next(chain, at); at >= 0 && at < len(p.scores) && p.first(people, i, at) < 0; {
		at = p.next(chain, at+step)
	}
	return at
}

// take takes the free row nearest to a score out, -1 if none is within the caliper.
func (p *pool) take(people []Person, i int, x, caliper float64) int {
	start, _ := slices.BinarySearch(p.scores, x)
	l, r := p.other(people, i, p.left, start-1, -1), p.other(people, i, p.right, start, 1)
	least := min(p.distance(x, l), p.distance(x, r))
	if math.IsInf(least, 1) || least > caliper {
		return -1
	}
	best, row := -1, -1
	look := func(at int) {
		if of := p.of[at][p.first(people, i, at)]; row < 0 || of < row {
			best, row = at, of
		}
	}
	for ; p.distance(x, l) == least; l = p.other(people, i, p.left, l-1, -1) {
		look(l)
	}
	for ; p.distance(x, r) == least; r = p.other(people, i, p.right, r+1, 1) {
		look(r)
	}
	at := slices.Index(p.of[best], row)
	if at == 0 {
		p.of[best] = p.of[best][1:]
	} else {
		p.of[best] = slices.Delete(slices.Clone(p.of[best]), at, at+1)
	}
	if len(p.of[best]) == 0 {
		p.left[best], p.right[best] = best-1, best+1
	}
	return row
}

// nearest is the k rows nearest to a score, of all.
func (p *pool) nearest(people []Person, i int, x, caliper float64, k int) []int {
	type near struct {
		distance float64
		row      int
	}
	var list []near
	start, _ := slices.BinarySearch(p.scores, x)
	l, r := start-1, start
	for {
		dl, dr := p.distance(x, l), p.distance(x, r)
		d := min(dl, dr)
		if math.IsInf(d, 1) || d > caliper || len(list) >= k && d > list[len(list)-1].distance {
			break
		}
		at := l
		if dr < dl {
			at = r
			r++
		} else {
			l--
		}
		of := 0
		for _, row := range p.of[at] {
			if of == k {
				break
			}
			if others(people, i, row) {
				list = append(list, near{d, row})
				of++
			}
		}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.row, b.row)) })
	var rows []int
	for _, n := range list[:min(k, len(list))] {
		rows = append(rows, n.row)
	}
	return rows
}
