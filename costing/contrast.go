package costing

import (
	"math"
	"slices"

	"averted/evaluate"
	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat/distuv"
)

// Contrast is the cost of averted events against comparison people, with the closed interval of methods.md 9.4.
type Contrast struct {
	Factor    []float64 // by activity: the comparison people's rate after over their rate before
	Expected  []float64 // events after of the service's people, had theirs gone so
	Observed  []float64
	Averted   []float64
	Total     float64 // pounds
	SE        float64
	Low, High float64
}

// groups are the sums over both groups that a contrast is made of. Times are of people, and so the same for every activity.
type groups struct {
	people                  float64 // of the service
	before, after           []float64
	beforeTime, afterTime   float64
	cBefore, cAfter         []float64 // of comparison people, by weight
	cBeforeTime, cAfterTime float64
}

// values is what one person brings to the sums, in the order in which [sumsOf] reads them.
func values(p evaluate.JointPerson, k int) []float64 {
	v := make([]float64, 0, 4*k+5)
	side := func(cells []estimate.Cell, in bool, weight float64, of func(estimate.Cell) float64) {
		for a := range k {
			if !in {
				v = append(v, 0)
				continue
			}
			v = append(v, weight*of(cells[a]))
		}
	}
	before := func(c estimate.Cell) float64 { return float64(c.Before) }
	after := func(c estimate.Cell) float64 { return float64(c.After) }
	side(p.Service, p.InService, 1, before)
	side(p.Service, p.InService, 1, after)
	side(p.Comparison, p.InComparison, p.Weight, before)
	side(p.Comparison, p.InComparison, p.Weight, after)
	var rest [5]float64
	if p.InService {
		rest[0], rest[1], rest[2] = 1, p.Service[0].TimeBefore, p.Service[0].TimeAfter
	}
	if p.InComparison {
		rest[3], rest[4] = p.Weight*p.Comparison[0].TimeBefore, p.Weight*p.Comparison[0].TimeAfter
	}
	return append(v, rest[:]...)
}

func sumsOf(v []float64, k int) groups {
	rest := v[4*k:]
	return groups{people: rest[0], before: v[:k], after: v[k : 2*k], beforeTime: rest[1], afterTime: rest[2], cBefore: v[2*k : 3*k], cAfter: v[3*k : 4*k], cBeforeTime: rest[3], cAfterTime: rest[4]}
}

// averted is the events averted of one activity, scaled to n of the service's people; false where it has no value.
func (g groups) averted(a int, n float64) (factor, expected, observed float64, ok bool) {
	if g.cBefore[a] == 0 || g.beforeTime == 0 || g.cAfterTime == 0 || g.people == 0 {
		return 0, 0, 0, false
	}
	factor = g.cAfter[a] / g.cAfterTime / (g.cBefore[a] / g.cBeforeTime)
	scale := n / g.people
	return factor, scale * g.before[a] / g.beforeTime * g.afterTime * factor, scale * g.after[a], true
}

// Against reports the cost of what the service's people averted against comparison people, activities together.
//
//	f_k = (A0_k/T0_a)/(B0_k/T0_b),  E_k = f_k·B1_k·T1_a/T1_b,  total = Σ c_k(E_k - A1_k)
//
// with B, A events before and after, T the time watched, 1 for the service, 0 for comparison people by their weight, and c the
// unit costs in pounds. The interval is total ± t·SE at 95%, SE² = n/(n-1) Σ L², over the n people of either group, with each
// person's contribution to the total: through the own counts, and through the factors, which are not taken as known.
//
// It is as right as the comparison is: see [averted/evaluate/estimate/trend.DifferenceInDifferences].
//
// Special cases are:
//   - comparison people without events before in some priced activity: refused with ZERO_CELL, as the error
//   - fewer than two people: TOO_FEW_PERSONS
func Against(j *evaluate.Joint, unitCost []float64) (Contrast, error) {
	var c Contrast
	k := len(j.Activities)
	if len(j.People) < 2 {
		return c, estimate.Refuse(estimate.TooFewPersons)
	}
	sum := make([]float64, 4*k+5)
	for _, p := range j.People {
		for i, v := range values(p, k) {
			sum[i] += v
		}
	}
	g := sumsOf(sum, k)
	for a := range k {
		factor, expected, observed, ok := g.averted(a, g.people)
		if !ok {
			return c, estimate.Refuse(estimate.ZeroCell)
		}
		c.Factor, c.Expected, c.Observed, c.Averted = append(c.Factor, factor), append(c.Expected, expected), append(c.Observed, observed), append(c.Averted, expected-observed)
		c.Total += unitCost[a] * (expected - observed)
	}
	squares := 0.0
	for _, p := range j.People {
		l := 0.0
		for a := range k {
			if p.InService {
				s := p.Service[a]
				share := float64(s.Before)/g.before[a] + s.TimeAfter/g.afterTime - s.TimeBefore/g.beforeTime
				l += unitCost[a] * (float64(c.Expected[a]*(share-1/g.people)) - (float64(s.After) - c.Observed[a]/g.people))
			}
			if o := p.Comparison; p.InComparison && g.cAfter[a] > 0 {
				share := float64(o[a].After)/g.cAfter[a] - o[a].TimeAfter/g.cAfterTime - float64(o[a].Before)/g.cBefore[a] + o[a].TimeBefore/g.cBeforeTime
				l += unitCost[a] * c.Expected[a] * p.Weight * share
			}
		}
		squares += float64(l * l)
	}
	n := float64(len(j.People))
	c.SE = math.Sqrt(squares * n / (n - 1))
	half := float64(distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975) * c.SE)
	c.Low, c.High = c.Total-half, c.Total+half
	return c, nil
}

// ResampledAgainst draws people of both groups with replacement, every activity of a person along, and works the comparison
// people's factors out again in every draw. byPractice draws whole practices in place of people. It returns nil where chance
// can't be measured: fewer than two units, or over one draw in a hundred without a value.
func ResampledAgainst(j *evaluate.Joint, unitCost []UnitCost, draws estimate.Draws, byPractice bool) *Intervals {
	k := len(j.Activities)
	var rows [][]float64
	if byPractice {
		at := map[int]int{}
		for _, p := range j.People {
			place, ok := at[p.Practice]
			if !ok {
				place = len(rows)
				at[p.Practice] = place
				rows = append(rows, make([]float64, 4*k+5))
			}
			for i, v := range values(p, k) {
				rows[place][i] += v
			}
		}
		if len(rows) < estimate.FewestClusters {
			return nil
		}
	} else {
		for _, p := range j.People {
			rows = append(rows, values(p, k))
		}
	}
	slices.SortFunc(rows, slices.Compare[[]float64])
	var weights []int64
	var joined [][]float64 // people alike are one row
	service := 0.0
	for _, row := range rows {
		service += row[4*k]
		if last := len(joined) - 1; last >= 0 && slices.Equal(joined[last], row) {
			weights[last]++
			continue
		}
		joined, weights = append(joined, row), append(weights, 1)
	}
	if len(joined) < 2 {
		return nil
	}
	sums := estimate.Resample(weights, joined, draws)
	averted := make([][]float64, 0, len(sums))
	for _, s := range sums {
		g, one := sumsOf(s, k), make([]float64, k)
		whole := true
		for a := range k {
			_, expected, observed, ok := g.averted(a, service)
			one[a], whole = expected-observed, whole && (ok || unitCost[a].Mean == 0)
		}
		if whole {
			averted = append(averted, one)
		}
	}
	if 100*(len(sums)-len(averted)) > len(sums) {
		return nil
	}
	return intervals(averted, unitCost, Gamma, draws)
}
