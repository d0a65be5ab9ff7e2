package outcome

import (
	"math"

	"averted/evaluate/estimate"
)

// Area is the states of people in one target area, or by one indicator of it.
type Area struct {
	Area, Indicator string
	States          []string    // from the worst to the best
	Table           Transitions // of people asked twice
	OnlyFirst       []int64     // of people not asked again, by their first state
}

// People is how many were asked twice, and how many only at first.
func (a Area) People() (both, first int64) {
	for _, n := range a.OnlyFirst {
		first += n
	}
	return a.Table.People(), first
}

// Shift is what became of one state.
type Shift struct {
	Reduction
	Moved Moved
	// Had all who were not asked again left the state, or come into it, the relative reduction among everybody asked at
	// first would be these.
	Most, Least *float64
}

// Shift tells what became of one state, by its place.
func (a Area) Shift(state int) Shift {
	p := a.Table.In(state)
	s := Shift{Reduction: StateReduction(p), Moved: McNemar(p)}
	_, gone := a.People()
	if x1 := float64(p.Before() + a.OnlyFirst[state]); x1 > 0 {
		s.Most = finite(100 * (1 - float64(p.After())/x1))
		s.Least = finite(100 * (1 - float64(p.After()+gone)/x1))
	}
	return s
}

// manyGone is the share of people without a second answer above which it is warned of.
const manyGone = 0.2

// FollowedUp warns where over a fifth of the people asked at first have no second answer.
func FollowedUp(both, first int64) []estimate.Warning {
	if first == 0 || float64(first) <= manyGone*float64(both+first) {
		return nil
	}
	return []estimate.Warning{{Code: estimate.MissingFollowUp, Text: "over a fifth of those asked at first have no second answer: what is told is of the others; asking them too would cure it"}}
}

// Scored is one questionnaire's scores.
type Scored struct {
	Name        string // of one item told by itself, "" for the score
	Pairs       []estimate.Pair
	FirstOnly   []float64 // first scores of people without a second
	Unscored    int64     // people whose first sheet lacks an item, or has an answer that can't be
	Better      Better
	Least, Most float64
}

// Top is the largest share that one person has of all change, or of how far first or second scores lie from their commonest
// value, in squares; and Differ how many people, at least, differ from the commonest.
func (s Scored) Top() (top float64, differ int64) {
	differ = math.MaxInt64
	share := func(of func(estimate.Pair) float64, power float64) {
		sum, most := 0.0, 0.0
		for _, p := range s.Pairs {
			d := math.Pow(math.Abs(of(p)), power)
			sum += float64(d * float64(p.People))
			most = max(most, d)
		}
		if sum > 0 {
			top = max(top, most/sum)
		}
	}
	share(func(p estimate.Pair) float64 { return p.After - p.Before }, 1)
	for _, of := range []func(estimate.Pair) float64{func(p estimate.Pair) float64 { return p.Before }, func(p estimate.Pair) float64 { return p.After }} {
		count := map[float64]int64{}
		all := int64(0)
		for _, p := range s.Pairs {
			count[of(p)] += p.People
			all += p.People
		}
		commonest, n := 0.0, int64(0)
		for v, k := range count {
			if k > n || k == n && v < commonest {
				commonest, n = v, k
			}
		}
		differ = min(differ, all-n)
		share(func(p estimate.Pair) float64 { return of(p) - commonest }, 2)
	}
	return top, differ
}

// Spread is the number, mean and standard deviation of values.
type Spread struct {
	N        int64
	Mean, SD float64
}

func spread(values []float64) Spread {
	s := Spread{N: int64(len(values))}
	for _, v := range values {
		s.Mean += v
	}
	if s.N == 0 {
		return s
	}
	s.Mean /= float64(s.N)
	for _, v := range values {
		s.SD += float64((v - s.Mean) * (v - s.Mean))
	}
	if s.N > 1 {
		s.SD = math.Sqrt(s.SD / float64(s.N-1))
	} else {
		s.SD = 0
	}
	return s
}

// Spreads is the first and second scores of people who have both, and the first of those who have no second.
func (s Scored) Spreads() (before, after, gone Spread) {
	var first, second []float64
	for _, p := range s.Pairs {
		for range p.People {
			first, second = append(first, p.Before), append(second, p.After)
		}
	}
	return spread(first), spread(second), spread(s.FirstOnly)
}

// Completers reports how the first scores of people who were asked again differ from those of people who were not.
//
//	d = x̄₁ - x̄₂,  SE² = s₁²/n₁ + s₂²/n₂
//
// The interval is Welch's, 95%. A difference says that completers are not everybody; none does not say that they are.
//
// Special cases are:
//   - fewer than two people in either group: refused with TOO_FEW_PERSONS
//   - everybody alike: refused with ZERO_VARIANCE
//
// Welch, Biometrika 1947.
func (s Scored) Completers() estimate.Estimate {
	a, _, b := s.Spreads()
	e := estimate.Estimate{Level: 0.95, Interval: "Welch's t"}
	if a.N < 2 || b.N < 2 {
		e.Refused = estimate.Refuse(estimate.TooFewPersons)
		return e
	}
	va, vb := a.SD*a.SD/float64(a.N), b.SD*b.SD/float64(b.N)
	if va+vb == 0 {
		e.Refused = estimate.Refuse(estimate.ZeroVariance)
		return e
	}
	df := (va + vb) * (va + vb) / (va*va/float64(a.N-1) + vb*vb/float64(b.N-1))
	se := math.Sqrt(va + vb)
	d := a.Mean - b.Mean
	half := float64(estimate.QuantileT(0.975, df) * se)
	e.Value, e.Low, e.High, e.SE, e.DF = finite(d), finite(d-half), finite(d+half), finite(se), finite(df)
	return e
}

// Answers is what was answered to one question, parallel to what can be answered.
type Answers struct {
	Label      string
	Answers    []string
	Favourable []bool
	Counts     []int64
}

// N is how many answered, and how many of them favourably.
func (a Answers) N() (n, favourable int64) {
	for i, k := range a.Counts {
		n += k
		if a.Favourable[i] {
			favourable += k
		}
	}
	return n, favourable
}
