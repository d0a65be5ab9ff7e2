package trend

import (
	"math"

	"averted/evaluate/estimate"
)

// Pair is what somebody had before and after: events, or any other amount.
type Pair struct{ Before, After float64 }

func (p Pair) change() float64 { return p.After - p.Before }

// Set is one of the service's people with those who stand for them: places in a list of comparison people.
type Set struct {
	Service    Pair
	Comparison []int
}

// Matched is the difference in matched sets, as events a person and as a ratio.
type Matched struct {
	estimate.Estimate                   // of events a person
	Ratio             estimate.Estimate // of ratios of after to before; refused with ZERO_CELL where a group had none
	Sets              int
	ChangeService     float64 // mean, after less before
	ChangeCompared    float64
	SEPersons         float64 // over people, for comparison people who stand in several sets
}

// MatchedDifference reports how many more events a person the service's people changed by than those matched to them, and
// the same as a ratio.
//
//	D_j = (a − b) − mean over the set's comparison people of (a − b),  ATT = mean D
//	R = (A₁/B₁)/(A₀/B₀), comparison people counting 1/k in a set of k
//
// Without replacement the interval is ATT ± t·sd(D)/√J over the J sets, and that of R is over sets too, from
// L = a/A₁ − b/B₁ − Σ(a/A₀ − b/B₀)/k. With replacement sets share people: the interval is over people,
//
//	Var = Σ₁(d − mean)²/J² + Σ₀ w²(d − mean_w)²/(Σw)²
//
// and R has none here: see [DifferenceInDifferences]. Matching with replacement is never bootstrapped.
//
// It is right where both groups come from one population and were chosen alike; matched on their use before, people of
// another population fall back to another mean. It needs windows as long for everybody.
//
// Special cases are:
//   - no sets: refused with NO_MATCH; one: TOO_FEW_PERSONS
//   - everybody changed alike: ZERO_VARIANCE
//   - a group without events in a window: the ratio is refused with ZERO_CELL
//   - fewer than 50 sets: SMALL_N
//
// Abadie and Imbens, Econometrica, 2008, on why not to bootstrap; Daw and Hatfield, Health Services Research, 2018.
func MatchedDifference(sets []Set, comparison []Pair, replaced bool) Matched {
	m := Matched{Sets: len(sets), Estimate: estimate.Estimate{Level: 0.95, Interval: "over matched sets, t"}}
	m.Ratio = estimate.Estimate{Level: 0.95, Interval: m.Interval}
	if len(sets) < 2 {
		m.Refused = estimate.Refuse(estimate.TooFewPersons)
		if len(sets) == 0 {
			m.Refused = estimate.Refuse(estimate.NoMatch)
		}
		m.Ratio.Refused = m.Refused
		return m
	}
	j := float64(len(sets))
	weight, differences := make([]float64, len(comparison)), make([]float64, len(sets))
	var a1, b1, a0, b0, att float64
	for i, s := range sets {
		k := float64(len(s.Comparison))
		mean := 0.0
		for _, c := range s.Comparison {
			weight[c] += 1 / k
			mean += comparison[c].change() / k
			a0 += comparison[c].After / k
			b0 += comparison[c].Before / k
		}
		a1 += s.Service.After
		b1 += s.Service.Before
		m.ChangeService += s.Service.change() / j
		m.ChangeCompared += mean / j
		differences[i] = s.Service.change() - mean
		att += differences[i] / j
	}
	squares, own, theirs := 0.0, 0.0, 0.0
	for i, s := range sets {
		squares += float64((differences[i] - att) * (differences[i] - att))
		own += float64((s.Service.change() - m.ChangeService) * (s.Service.change() - m.ChangeService))
	}
	for c, w := range weight {
		off := w * (comparison[c].change() - m.ChangeCompared)
		theirs += float64(off * off)
	}
	m.SEPersons = math.Sqrt(own/(j*j) + theirs/(j*j)) // Σw is J
	se, df := math.Sqrt(squares/(j-1)/j), j-1
	if replaced {
		se, m.Interval = m.SEPersons, estimate.OverPeople
	}
	m.Value = &att
	if !(se > 1e-12) {
		m.Refused = estimate.Refuse(estimate.ZeroVariance)
	} else {
		within(&m.Estimate, att, se, df)
	}
	if len(sets) < estimate.FewPeople {
		m.Warnings = append(m.Warnings, estimate.FewInCohort())
	}
	switch {
	case !(a1 > 0 && b1 > 0 && a0 > 0 && b0 > 0):
		m.Ratio.Refused = estimate.Refuse(estimate.ZeroCell)
	case replaced:
		value := a1 / b1 / (a0 / b0)
		m.Ratio.Value = &value
		m.Ratio.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "sets share comparison people, so they are no sample of their own: the interval over people is that of the person-time comparison"}
	default:
		l, n := make([]float64, len(sets)), make([]int64, len(sets))
		for i, s := range sets {
			n[i], l[i] = 1, s.Service.After/a1-s.Service.Before/b1
			for _, c := range s.Comparison {
				l[i] -= (comparison[c].After/a0 - comparison[c].Before/b0) / float64(len(s.Comparison))
			}
		}
		m.Ratio = estimate.FromInfluence(a1/b1/(a0/b0), n, l, 0)
		m.Ratio.Interval = "over matched sets, t"
	}
	return m
}
