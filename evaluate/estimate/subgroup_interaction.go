package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Subgroup is one level of what people are divided by.
type Subgroup struct {
	Level string
	Estimate
	People, Before, After int64
	Small                 bool // too few for the test
}

// Fewer people in a subgroup than FewInSubgroup, or fewer events in a window than FewEvents, and it is shown without a
// test.
const (
	FewInSubgroup = 20
	FewEvents     = 10
)

// Interaction is whether a change differs between subgroups.
type Interaction struct {
	Subgroups []Subgroup
	Q         float64 // with DF degrees of freedom
	DF        int
	P         float64
	Wald      float64 // of period × subgroup in one model
	PWald     float64
	Refused   *Refusal
}

// SubgroupInteraction reports the ratio of each subgroup and whether they differ by more than chance.
//
//	Q = Σ w_g(l_g - l̄)²,  w_g = 1/SE_g²,  l_g = log R_g
//
// with R_g and SE_g the ratio and robust standard error of subgroup g on its own people; Q has G-1 degrees of freedom.
// Wald is the same from one model of all people with period × subgroup, whose small-sample factor is n/(n-1) over all.
// The ratio of each is that of [RatioRobust].
//
// That one subgroup "is significant" and another isn't says nothing of a difference between them: only the interaction
// does. Subgroups with fewer than 20 people, or fewer than 10 events in a window, are shown without a test.
//
// Special cases are:
//   - fewer than two subgroups that can be tested: refused with TOO_FEW_PERSONS
//   - a negative count, or a time not above 0: refused with BAD_INPUT
//   - a subgroup too small for the test: SMALL_SUBGROUP on it
//
// Cochran, Biometrics 1954; Altman and Bland, British Medical Journal 2003.
func SubgroupInteraction(levels []string, cells [][]Cell) Interaction {
	var i Interaction
	var logs, ses, pooledSEs []float64
	all := int64(0)
	for _, list := range cells {
		if r := check(Canonical(list)); r != nil && r.Code == BadInput {
			return Interaction{Refused: r}
		}
		all += Sum(list).People
	}
	for g, list := range cells {
		list = Canonical(list)
		s := Sum(list)
		sub := Subgroup{Level: levels[g], Estimate: RatioRobust(list, Robust{}), People: s.People, Before: s.Before, After: s.After}
		if sub.Small = s.People < FewInSubgroup || s.Before < FewEvents || s.After < FewEvents; sub.Small {
			sub.Warnings = append(sub.Warnings, Warning{SmallSubgroup, "fewer than 20 people or 10 events in a window: shown without a test; more people would cure it"})
		}
		i.Subgroups = append(i.Subgroups, sub)
		if sub.Small || sub.Refused != nil {
			continue
		}
		m := float64(all)
		logs, ses = append(logs, math.Log(*sub.Value)), append(ses, *sub.SE)
		pooledSEs = append(pooledSEs, clusterSE(list, pooled(s), false)*math.Sqrt(m/(m-1)))
	}
	if len(logs) < 2 {
		i.Refused = &Refusal{TooFewPersons, "fewer than two subgroups have enough people and events to be tested against each other"}
		return i
	}
	i.DF = len(logs) - 1
	i.Q, i.Wald = heterogeneity(logs, ses), heterogeneity(logs, pooledSEs)
	chi := distuv.ChiSquared{K: float64(i.DF)}
	i.P, i.PWald = chi.Survival(i.Q), chi.Survival(i.Wald)
	return i
}

// heterogeneity is the weighted sum of squares of values about their weighted mean.
func heterogeneity(values, ses []float64) float64 {
	weights, sum := 0.0, 0.0
	for k, v := range values {
		w := 1 / (ses[k] * ses[k])
		weights += w
		sum += float64(w * v)
	}
	q := 0.0
	for k, v := range values {
		d := v - sum/weights
		q += float64(d * d / (ses[k] * ses[k]))
	}
	return q
}
