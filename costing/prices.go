package costing

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat/distuv"
)

// UnitCost is a price with its standard error, in pounds. SE 0 is a price that is taken as known: none is made up.
type UnitCost struct {
	Mean, SE float64
	Name     string // of the price: one price varies alike wherever it is used
}

// Distribution is what a unit cost is drawn from.
type Distribution string

// The distributions. Costs are never below nothing and run out to the high side, which a normal one doesn't.
const (
	Gamma     Distribution = "gamma" // the default
	Lognormal Distribution = "lognormal"
)

// GammaParameters are shape and scale of the gamma distribution with a mean and a standard error: m²/s², s²/m.
//
// Briggs, Claxton and Sculpher, Decision Modelling for Health Economic Evaluation, 2006.
func GammaParameters(mean, se float64) (shape, scale float64) {
	return mean * mean / (se * se), se * se / mean
}

// LognormalParameters are the mean and the standard deviation of the logarithm: sdlog = √log(1+s²/m²), log m - sdlog²/2.
func LognormalParameters(mean, se float64) (meanLog, sdLog float64) {
	sdLog = math.Sqrt(math.Log1p(se * se / (mean * mean)))
	return math.Log(mean) - sdLog*sdLog/2, sdLog
}

// Draw draws a price n times, by its name and the seed alone, so that it varies alike wherever it is used. A price without a
// standard error is itself each time.
func (u UnitCost) Draw(of Distribution, seed uint64, n int) []float64 {
	list := make([]float64, n)
	if !(u.SE > 0) || !(u.Mean > 0) {
		for i := range list {
			list[i] = u.Mean
		}
		return list
	}
	key := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte("unit_cost|"+u.Name), seed))
	source := rand.NewPCG(binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:16]))
	var draw func() float64
	if of == Lognormal {
		mean, sd := LognormalParameters(u.Mean, u.SE)
		draw = distuv.LogNormal{Mu: mean, Sigma: sd, Src: source}.Rand
	} else {
		shape, scale := GammaParameters(u.Mean, u.SE)
		draw = distuv.Gamma{Alpha: shape, Beta: 1 / scale, Src: source}.Rand
	}
	for i := range list {
		list[i] = draw()
	}
	return list
}

// Moments are the exact mean and standard deviation of events averted × unit costs, in pounds.
type Moments struct {
	Mean, SD           float64
	Quantities, Prices float64 // the standard deviation were the other taken as known
}

// MomentsOf reports how uncertain a total is, from people and from prices.
//
//	mean = Σ q_k m_k,  Var = m'Cm + Σ s_k²(C_kk + q_k²)
//
// with q the events averted, C the bootstrap covariance of their totals (people move all their activities together), m and s
// the prices and their standard errors, which vary apart from people and from each other.
//
// Special cases are:
//   - nobody: TOO_FEW_PERSONS, as the error
func MomentsOf(people []Person, costs []UnitCost) (Moments, error) {
	var m Moments
	k, n := len(costs), 0.0
	q := make([]float64, k)
	for _, p := range people {
		n += float64(p.People)
		for a := range k {
			q[a] += float64(float64(p.People) * (p.Expected[a] - p.After[a]))
		}
	}
	if n < 2 {
		return m, estimate.Refuse(estimate.TooFewPersons)
	}
	quantities, prices, both := 0.0, 0.0, 0.0
	own := make([]float64, k) // C_kk
	for _, p := range people {
		d := 0.0
		for a, c := range costs {
			x := p.Expected[a] - p.After[a] - q[a]/n
			d += float64(c.Mean * x)
			own[a] += float64(float64(p.People) * x * x)
		}
		quantities += float64(float64(p.People) * d * d)
	}
	for a, c := range costs {
		m.Mean += float64(c.Mean * q[a])
		prices += float64(c.SE * c.SE * q[a] * q[a])
		both += float64(c.SE * c.SE * own[a])
	}
	m.Quantities, m.Prices, m.SD = math.Sqrt(quantities), math.Sqrt(prices), math.Sqrt(quantities+prices+both)
	return m, nil
}

// intervals turns draws of events averted, by activity, into intervals of events and of pounds, prices drawn beside them.
func intervals(averted [][]float64, costs []UnitCost, of Distribution, draws estimate.Draws) *Intervals {
	found := &Intervals{Draws: len(averted)}
	column := make([]float64, len(averted))
	for a := range costs {
		for r, s := range averted {
			column[r] = s[a]
		}
		slices.Sort(column)
		found.Averted = append(found.Averted, limits(column))
	}
	prices := make([][]float64, len(costs))
	for a, c := range costs {
		prices[a] = c.Draw(of, draws.Seed, len(averted))
	}
	for a := range costs {
		for r, s := range averted {
			column[r] = prices[a][r] * s[a]
		}
		slices.Sort(column)
		found.Pounds = append(found.Pounds, limits(column))
	}
	for r, s := range averted {
		column[r] = 0
		for a := range costs {
			column[r] += float64(prices[a][r] * s[a])
		}
	}
	slices.Sort(column)
	found.Total, found.Totals = limits(column), column
	mean, squares := 0.0, 0.0
	for _, d := range column {
		mean += d / float64(len(column))
	}
	for _, d := range column {
		squares += float64((d - mean) * (d - mean))
	}
	found.Mean, found.SE = mean, math.Sqrt(squares/float64(len(column)-1))
	return found
}

func limits(sorted []float64) [2]float64 {
	return [2]float64{estimate.Quantile(sorted, 0.025), estimate.Quantile(sorted, 0.975)}
}

// Above is the share of the draws in which a share of the total is at least an amount of pounds.
func (i *Intervals) Above(share, pounds float64) float64 {
	n := 0
	for _, t := range i.Totals {
		if float64(share*t) >= pounds {
			n++
		}
	}
	return float64(n) / float64(len(i.Totals))
}
