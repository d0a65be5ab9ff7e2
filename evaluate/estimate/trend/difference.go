// Package trend holds the methods that compare people over time with others, or a series of months with what it was about
// to be: methods.md sections 5.4 to 7.
package trend

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"averted/evaluate/estimate"
)

// Person is people who are alike, in the group of the service, in that of comparison people, or in both at different times.
// Weight is how much each counts as a comparison person: 1 where nobody is matched.
type Person struct {
	N                       int64
	InService, InComparison bool
	Weight                  float64
	Service, Comparison     estimate.Cell // their own People are not looked at
	Cluster                 int           // the practice whose people change together, for [OverClusters]
}

// Canonical sorts people, so that no result depends on their order, and leaves those out who are in neither group or count
// for nothing.
func Canonical(people []Person) []Person {
	sorted := slices.DeleteFunc(slices.Clone(people), func(p Person) bool { return p.N == 0 || !p.InService && !p.inComparison() })
	slices.SortFunc(sorted, func(a, b Person) int {
		return cmp.Or(yes(a.InService, b.InService), yes(a.InComparison, b.InComparison), cmp.Compare(a.Weight, b.Weight), cell(a.Service, b.Service), cell(a.Comparison, b.Comparison), cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.N, b.N))
	})
	return sorted
}

func (p Person) inComparison() bool { return p.InComparison && p.Weight != 0 }

func cell(a, b estimate.Cell) int {
	return cmp.Or(cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After), cmp.Compare(a.TimeBefore, b.TimeBefore), cmp.Compare(a.TimeAfter, b.TimeAfter))
}

func yes(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// group adds one group up.
type group struct{ people, before, after, timeBefore, timeAfter float64 }

func (g *group) add(n int64, weight float64, c estimate.Cell) {
	w := float64(float64(n) * weight)
	g.people += float64(n)
	g.before += float64(w * float64(c.Before))
	g.after += float64(w * float64(c.After))
	g.timeBefore += float64(w * c.TimeBefore)
	g.timeAfter += float64(w * c.TimeAfter)
}

// ratio is the group's rate after over its rate before.
func (g group) ratio() float64 { return g.after / g.timeAfter / (g.before / g.timeBefore) }

// influence is what each of people alike contributes to the log of the group's ratio.
func (g group) influence(c estimate.Cell) float64 {
	return (float64(c.After)-g.after/g.timeAfter*c.TimeAfter)/g.after - (float64(c.Before)-g.before/g.timeBefore*c.TimeBefore)/g.before
}

func wrong(c estimate.Cell) bool {
	return c.Before < 0 || c.After < 0 || !estimate.IsTime(c.TimeBefore) || !estimate.IsTime(c.TimeAfter)
}

// refuse looks for the refusals that every comparison of two groups shares.
func refuse(people []Person) (service, comparison group, refused *estimate.Refusal) {
	for _, p := range people {
		if p.N < 0 || p.InService && wrong(p.Service) || p.InComparison && (wrong(p.Comparison) || !(p.Weight >= 0)) {
			return service, comparison, estimate.Refuse(estimate.BadInput)
		}
		if p.InService {
			service.add(p.N, 1, p.Service)
		}
		if p.inComparison() {
			comparison.add(p.N, p.Weight, p.Comparison)
		}
	}
	switch {
	case service.before+service.after+comparison.before+comparison.after == 0:
		refused = estimate.Refuse(estimate.NoEvents)
	case service.people < 2 || comparison.people < 2:
		refused = estimate.Refuse(estimate.TooFewPersons)
	case service.before == 0 || service.after == 0 || comparison.before == 0 || comparison.after == 0:
		refused = estimate.Refuse(estimate.ZeroCell)
	}
	return service, comparison, refused
}

// Difference is a ratio of rate ratios: its estimate, and what it is made of.
type Difference struct {
	estimate.Estimate
	Service, Comparison           int64   // people
	RatioService, RatioComparison float64 // after over before
	Expected                      float64 // events after of the service's people, had theirs gone as the comparison's did
}

// DifferenceInDifferences reports how much more the rate of the service's people changed than that of comparison people.
//
//	R = R₁/R₀,  R_g = (A_g/T_g,after)/(B_g/T_g,before)
//
// with A, B the events and T the time of a group; comparison people count by their weight.
//
// The interval is exp(log R ± t·SE) at 95% over people, from each person's
//
//	L = ±w((a − λ_after·t_after)/A − (b − λ_before·t_before)/B)
//
// with λ the group's rates, + for the service, − for the comparison, and their sum for one who is in both groups at
// different times. It is the robust interval of the interaction in a Poisson model of group and period with an offset.
//
// It takes both groups to have been on the same way, as ratios, but for the service: levels that differ much can't go the
// same way both as ratios and as differences. It is not right where people were chosen for their use before and the
// comparison people were not; match them first.
//
// Special cases are:
//   - a group without events in a window: refused with ZERO_CELL
//   - nobody had any: NO_EVENTS; fewer than two people in a group: TOO_FEW_PERSONS
//   - few people, or one who decides the interval: SMALL_N, DOMINANT_PERSON, HEAVY_TAIL
//
// Wooldridge, Econometric Analysis of Cross Section and Panel Data, 2010.
func DifferenceInDifferences(people []Person) Difference {
	people = Canonical(people)
	d := Difference{Estimate: estimate.Estimate{Level: 0.95, Interval: estimate.OverPeople}}
	service, comparison, refused := refuse(people)
	d.Service, d.Comparison = int64(service.people), int64(comparison.people)
	if d.Refused = refused; refused != nil {
		return d
	}
	d.RatioService, d.RatioComparison = service.ratio(), comparison.ratio()
	d.Expected = service.before / service.timeBefore * service.timeAfter * d.RatioComparison
	n, l := make([]int64, len(people)), make([]float64, len(people))
	for i, p := range people {
		n[i], l[i] = p.N, p.influence(service, comparison)
	}
	d.Estimate = estimate.FromInfluence(d.RatioService/d.RatioComparison, n, l, 0)
	return d
}

// influence is what each of people alike contributes to the log of the ratio of both groups' ratios.
func (p Person) influence(service, comparison group) (l float64) {
	if p.InService {
		l += service.influence(p.Service)
	}
	if p.inComparison() {
		l -= float64(p.Weight * comparison.influence(p.Comparison))
	}
	return l
}

// OverClusters is [DifferenceInDifferences] with an interval over clusters: practices whose people change together. People's
// contributions are added up within a cluster first; t has G − 1 degrees of freedom over G clusters.
//
// Special cases are:
//   - refused like [DifferenceInDifferences]; fewer than 10 clusters in a group: TOO_FEW_PERSONS
func OverClusters(people []Person) estimate.Estimate {
	people = Canonical(people)
	service, comparison, refused := refuse(people)
	e := estimate.Estimate{Level: 0.95, Refused: refused}
	if refused != nil {
		return e
	}
	sums, own, theirs := map[int]float64{}, map[int]bool{}, map[int]bool{}
	for _, p := range people {
		if p.Cluster >= 0 { // below 0 are those of no cluster, who are one together
			own[p.Cluster] = own[p.Cluster] || p.InService
			theirs[p.Cluster] = theirs[p.Cluster] || p.inComparison()
		}
		sums[p.Cluster] += float64(float64(p.N) * p.influence(service, comparison))
	}
	if filled(own) < estimate.FewestClusters || filled(theirs) < estimate.FewestClusters {
		e.Refused = estimate.Refuse(estimate.TooFewPersons)
		return e
	}
	l := slices.Sorted(maps.Values(sums)) // their order changes nothing
	e = estimate.FromInfluence(service.ratio()/comparison.ratio(), slices.Repeat([]int64{1}, len(l)), l, 0)
	e.Interval, e.Warnings = estimate.OverPractices, nil
	return e
}

func filled(of map[int]bool) int {
	n := 0
	for _, in := range of {
		if in {
			n++
		}
	}
	return n
}

// Linear is a difference of mean changes: its estimate, and what it is made of.
type Linear struct {
	estimate.Estimate
	ChangeService, ChangeComparison float64 // mean, after less before
	WelchSE, WelchDF                float64
	WelchLow, WelchHigh, WelchP     float64
}

// LinearDifference reports how many more events a person the service's people changed by than comparison people.
//
//	D = mean₁(a − b) − mean₀(a − b)
//
// comparison people counting by their weight. It needs windows as long for everybody.
//
// The interval is D ± t·SE at 95% over people, from L = ±w(d − mean)/Σw; Welch's stands beside where nobody is weighted.
//
// It takes both groups to have been on the same way, as differences. Where they began at different levels that and
// [DifferenceInDifferences] can't both hold.
//
// Special cases are:
//   - fewer than two people in a group: refused with TOO_FEW_PERSONS
//   - windows of different length: BAD_INPUT
//   - everybody of a group changed alike: ZERO_VARIANCE
func LinearDifference(people []Person) Linear {
	people = Canonical(people)
	d := Linear{Estimate: estimate.Estimate{Level: 0.95, Interval: estimate.OverPeople}}
	var service, comparison changes
	for _, p := range people {
		if p.InService && unequal(p.Service) || p.inComparison() && unequal(p.Comparison) {
			d.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "windows are not as long after as before for everybody"}
			return d
		}
		if p.InService {
			service.add(p.N, 1, p.Service)
		}
		if p.inComparison() {
			comparison.add(p.N, p.Weight, p.Comparison)
		}
	}
	if service.people < 2 || comparison.people < 2 {
		d.Refused = estimate.Refuse(estimate.TooFewPersons)
		return d
	}
	d.ChangeService, d.ChangeComparison = service.mean(), comparison.mean()
	n, squares, own, theirs := 0.0, 0.0, 0.0, 0.0
	for _, p := range people {
		l := 0.0
		if p.InService {
			off := change(p.Service) - service.mean()
			l += off / service.weight
			own += float64(float64(p.N) * off * off)
		}
		if p.inComparison() {
			off := change(p.Comparison) - comparison.mean()
			l -= p.Weight * off / comparison.weight
			theirs += float64(float64(p.N) * off * off)
		}
		n += float64(p.N)
		squares += float64(float64(p.N) * l * l)
	}
	value, se := d.ChangeService-d.ChangeComparison, math.Sqrt(squares*n/(n-1))
	d.Value = &value
	if !(se > 1e-12) {
		d.Refused = estimate.Refuse(estimate.ZeroVariance)
		return d
	}
	within(&d.Estimate, value, se, n-1)
	v1, v0 := own/(service.people-1)/service.people, theirs/(comparison.people-1)/comparison.people
	d.WelchSE = math.Sqrt(v1 + v0)
	d.WelchDF = (v1 + v0) * (v1 + v0) / (v1*v1/(service.people-1) + v0*v0/(comparison.people-1))
	half := estimate.QuantileT(0.975, d.WelchDF) * d.WelchSE
	d.WelchLow, d.WelchHigh, d.WelchP = value-half, value+half, estimate.TwoSidedT(value/d.WelchSE, d.WelchDF)
	if n < estimate.FewPeople {
		d.Warnings = append(d.Warnings, estimate.FewInCohort())
	}
	return d
}

func unequal(c estimate.Cell) bool { return c.TimeBefore != c.TimeAfter }

func change(c estimate.Cell) float64 { return float64(c.After - c.Before) }

type changes struct{ people, weight, sum float64 }

func (g *changes) add(n int64, weight float64, c estimate.Cell) {
	w := float64(float64(n) * weight)
	g.people += float64(n)
	g.weight += w
	g.sum += float64(w * change(c))
}

func (g changes) mean() float64 { return g.sum / g.weight }

// within gives an estimate the interval value ± t·SE.
func within(e *estimate.Estimate, value, se, df float64) {
	t, p := value/se, estimate.TwoSidedT(value/se, df)
	low, high := value-float64(estimate.QuantileT(0.975, df)*se), value+float64(estimate.QuantileT(0.975, df)*se)
	e.Value, e.SE, e.DF, e.Statistic, e.P, e.Low, e.High = &value, &se, &df, &t, &p, &low, &high
}
