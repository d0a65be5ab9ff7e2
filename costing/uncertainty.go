package costing

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/tally"

	"gonum.org/v1/gonum/stat/distuv"
)

// Person is people who are alike in all activities at once: Expected and After are parallel to the
// activities.
type Person struct {
	Expected, After []float64
	People          int64
}

// People is the joint cells of one window and arm.
func People(t *tally.Tally, w int, arm tally.Arm, complete bool) []Person {
	return peopleWith(t, w, arm, complete, nil)
}

// peopleWith is [People] with, behind the activities, the pounds of those whose events were priced one by one.
func peopleWith(t *tally.Tally, w int, arm tally.Arm, complete bool, given []int) []Person {
	var cells []tally.Cell
	for _, c := range t.Cells {
		if arm.Has(c.Arm) && c.Windows[w].Told(complete) {
			cells = append(cells, tally.Cell{Windows: c.Windows[w : w+1], People: c.People})
		}
	}
	var people []Person
	for _, c := range tally.Compress(cells) {
		s := c.Windows[0]
		p := Person{People: c.People}
		for a := range s.Before {
			p.Expected = append(p.Expected, estimate.CellOf(s, a, c.People).Expected())
			p.After = append(p.After, float64(s.After[a]))
		}
		for _, a := range given {
			p.Expected = append(p.Expected, penceOf(s, a).Expected()/100)
			p.After = append(p.After, float64(s.PenceAfter[a])/100)
		}
		people = append(people, p)
	}
	return people
}

// Practices is [People] with each practice's people as one: what moves together where a practice changes for all of
// them. People without a practice are one together. It is nil where there are fewer than ten.
func Practices(t *tally.Tally, w int, arm tally.Arm, complete bool) []Person {
	return practicesWith(t, w, arm, complete, nil)
}

func practicesWith(t *tally.Tally, w int, arm tally.Arm, complete bool, given []int) []Person {
	last := -1
	for _, c := range t.Cells {
		last = max(last, c.Practice)
	}
	list := make([]Person, last+2)
	for _, c := range t.Cells {
		if s := c.Windows[w]; arm.Has(c.Arm) && s.Told(complete) {
			p := &list[c.Practice+1]
			if p.People = 1; p.After == nil {
				p.Expected, p.After = make([]float64, len(s.Before)+len(given)), make([]float64, len(s.Before)+len(given))
			}
			for i, a := range given {
				p.Expected[len(s.Before)+i] += float64(float64(c.People) * penceOf(s, a).Expected() / 100)
				p.After[len(s.Before)+i] += float64(c.People*s.PenceAfter[a]) / 100
			}
			for a := range s.Before {
				p.Expected[a] += float64(float64(c.People) * estimate.CellOf(s, a, c.People).Expected())
				p.After[a] += float64(c.People * s.After[a])
			}
		}
	}
	none := list[0]
	list = slices.DeleteFunc(list[1:], func(p Person) bool { return p.People == 0 })
	if len(list) < estimate.FewestClusters {
		return nil
	}
	if none.People > 0 {
		list = append(list, none)
	}
	return list
}

// Avoidance is the cost of averted events with the closed interval of methods.md 9.1.
type Avoidance struct {
	People        int64
	Averted       []float64 // events, by activity
	Pounds        []float64 // by activity
	Total         float64   // pounds
	SE            float64
	BootstrapSE   float64 // what the bootstrap's would be with endless draws
	IndependentSE float64 // what adding the activities' own variances would give: not used
	Low, High     float64
}

// Closed reports the cost of averted events with its closed interval.
//
//	D_i = Σ_k c_k (e_ik f_k - a_ik),  total = Σ D_i,  SE² = n/(n-1) Σ (D_i - D̄)²
//
// with c_k the unit costs in pounds and f_k factors on what was expected (nil: 1). The interval is total ±
// t·SE at 95% with n-1 degrees of freedom; factors are taken as known.
//
// Special cases are:
//   - one person: refused with TOO_FEW_PERSONS, as the error
func Closed(people []Person, unitCost, factor []float64) (Avoidance, error) {
	k := len(unitCost)
	a := Avoidance{Averted: make([]float64, k), Pounds: make([]float64, k)}
	difference := func(p Person, i int) float64 {
		f := 1.0
		if factor != nil {
			f = factor[i]
		}
		return float64(p.Expected[i]*f) - p.After[i]
	}
	for _, p := range people {
		a.People += p.People
		for i := range unitCost {
			a.Averted[i] += float64(float64(p.People) * difference(p, i))
		}
	}
	n := float64(a.People)
	if n < 2 {
		return a, &estimate.Refusal{Code: estimate.TooFewPersons, Text: "an interval over people needs at least two"}
	}
	for i, c := range unitCost {
		a.Pounds[i] = c * a.Averted[i]
		a.Total += a.Pounds[i]
	}
	squares, apart := 0.0, 0.0
	for _, p := range people {
		d := 0.0
		for i, c := range unitCost {
			di := float64(c*difference(p, i)) - a.Pounds[i]/n
			d += di
			apart += float64(float64(p.People) * di * di)
		}
		squares += float64(float64(p.People) * d * d)
	}
	a.BootstrapSE = math.Sqrt(squares)
	a.SE = math.Sqrt(squares * n / (n - 1))
	a.IndependentSE = math.Sqrt(apart * n / (n - 1))
	half := float64(distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975) * a.SE)
	a.Low, a.High = a.Total-half, a.Total+half
	return a, nil
}

// Intervals are the 95% percentile intervals of one joint bootstrap.
type Intervals struct {
	Draws    int
	Total    [2]float64 // pounds
	Totals   []float64  // of the draws, sorted
	Mean, SE float64    // of the total, over the draws
	Averted  [][2]float64
	Pounds   [][2]float64 // by activity
}

// Resampled draws people with replacement and takes every activity of a person along; prices that have a standard error are
// drawn too. It returns nil where chance can't be measured: fewer than two people, or all alike.
func Resampled(people []Person, costs []UnitCost, draws estimate.Draws) *Intervals {
	return ResampledFrom(people, costs, Gamma, draws)
}

// ResampledFrom is [Resampled] with prices drawn from a distribution.
func ResampledFrom(people []Person, costs []UnitCost, of Distribution, draws estimate.Draws) *Intervals {
	if len(people) < 2 { // one cell: everybody is alike
		return nil
	}
	k := len(people[0].After)
	weights := make([]int64, len(people))
	values := make([][]float64, len(people))
	for i, p := range people {
		weights[i] = p.People
		values[i] = make([]float64, k)
		for a := range k {
			values[i][a] = p.Expected[a] - p.After[a]
		}
	}
	return intervals(estimate.Resample(weights, values, draws), costs, of, draws)
}
