package match

import (
	"math"

	"averted/evaluate/estimate"
)

// Covariate is how alike two groups are in one covariate, before and after matching. A figure is nil where it has no value.
type Covariate struct {
	Name                            string
	MeanService, MeanComparison     float64
	SD                              float64 // of everybody: the root of the mean of both groups' variances before matching
	SMD                             *float64
	VarianceRatio                   *float64 // of the service's people over the comparison people; nil of a covariate of 0 and 1
	MatchedService, MatchedCompared float64  // means after matching
	MatchedSMD                      *float64
	MatchedVarianceRatio            *float64
}

// Above Unlike a covariate is not balanced; above FarUnlike nothing is told of the matched people.
const (
	Unlike    = 0.1
	FarUnlike = 0.25
)

// OtherPeople is the difference in earlier use, before matching, from which the two groups come from different populations:
// the matched then regress to another mean.
const OtherPeople = 0.5

// Balance reports how alike the service's people and the comparison people are, before and after matching.
//
//	SMD = (mean₁ − mean₀)/s,  s = sqrt((v₁ + v₀)/2)
//
// with the variances v of everybody (n − 1; p(1 − p) of a covariate of 0 and 1) also after matching, where means are weighted
// by w: see [Matched.Weights]. The variance ratio is v₁/v₀, after matching of
//
//	v = Σw/((Σw)² − Σw²) · Σ w(x − mean)²
//
// There is no p-value: balance is a property of these people, and tests grow calmer as people are left out.
//
// Special cases are:
//   - a covariate that doesn't vary: no SMD, or 0 if the means are the same
//   - nobody left of a group: no figures after matching
//
// Austin, Statistics in Medicine, 2009.
func Balance(names []string, people []Person, weights []float64) []Covariate {
	list := make([]Covariate, 0, len(names))
	for j, name := range names {
		before, after := [2]moments{}, [2]moments{}
		binary := true
		for i, p := range people {
			x, group := p.Covariates[j], 0
			if p.Service {
				group = 1
			}
			binary = binary && (x == 0 || x == 1)
			before[group].add(x, 1)
			after[group].add(x, weights[i])
		}
		for i, p := range people {
			group := 0
			if p.Service {
				group = 1
			}
			before[group].spread(p.Covariates[j], 1)
			after[group].spread(p.Covariates[j], weights[i])
		}
		c := Covariate{Name: name, MeanService: before[1].mean(), MeanComparison: before[0].mean(), MatchedService: after[1].mean(), MatchedCompared: after[0].mean()}
		v := [2]float64{before[0].variance(), before[1].variance()}
		if binary {
			v = [2]float64{c.MeanComparison * (1 - c.MeanComparison), c.MeanService * (1 - c.MeanService)}
		}
		c.SD = math.Sqrt((v[0] + v[1]) / 2)
		c.SMD = standardised(c.MeanService-c.MeanComparison, c.SD)
		if after[0].weight > 0 && after[1].weight > 0 {
			c.MatchedSMD = standardised(c.MatchedService-c.MatchedCompared, c.SD)
		}
		if !binary {
			c.VarianceRatio = over(before[1].variance(), before[0].variance())
			c.MatchedVarianceRatio = over(after[1].variance(), after[0].variance())
		}
		list = append(list, c)
	}
	return list
}

// Unbalanced are the warnings of covariates after matching.
func Unbalanced(list []Covariate) []estimate.Warning {
	most := 0.0
	for _, c := range list {
		if c.MatchedSMD != nil {
			most = max(most, math.Abs(*c.MatchedSMD))
		}
	}
	if most <= Unlike {
		return nil
	}
	return []estimate.Warning{{Code: estimate.Imbalance, Text: "the matched people still differ in what was known of them before, by over a tenth of a standard deviation; more comparison people, or a narrower caliper, would cure it"}}
}

// TooUnlike reports whether matched people differ so much that nothing should be told of them.
func TooUnlike(list []Covariate) bool {
	for _, c := range list {
		if c.MatchedSMD != nil && math.Abs(*c.MatchedSMD) > FarUnlike || c.SMD == nil && c.MatchedService != c.MatchedCompared { // each group of one kind, of another
			return true
		}
	}
	return false
}

// moments sum one group up, in two goes.
type moments struct{ weight, squares, sum, spreads float64 }

func (m *moments) add(x, w float64) {
	m.weight += w
	m.squares += float64(w * w)
	m.sum += float64(w * x)
}

func (m *moments) mean() float64 {
	if m.weight == 0 {
		return 0
	}
	return m.sum / m.weight
}

func (m *moments) spread(x, w float64) {
	d := x - m.mean()
	m.spreads += float64(w * d * d)
}

func (m *moments) variance() float64 {
	down := float64(m.weight*m.weight) - m.squares
	if !(down > 0) {
		return 0
	}
	return m.weight / down * m.spreads
}

func standardised(difference, sd float64) *float64 {
	switch {
	case sd > 0:
		difference /= sd
	case difference != 0:
		return nil
	}
	return &difference
}

func over(a, b float64) *float64 {
	if !(b > 0) {
		return nil
	}
	r := a / b
	return &r
}
