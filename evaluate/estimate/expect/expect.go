// Package expect holds the methods for what would have come anyway: people who are chosen because they used much fall back
// afterwards with no service at all. Each method says how many events the cohort would have had after without the service,
// and sets what was seen against it. One file a method; what may lead is in lead.go.
package expect

import (
	"cmp"
	"math"
	"slices"

	"averted/evaluate/estimate"
)

// People is people who are alike: of the cohort, of the reference people, or of both. Nobody of the reference had the
// service before the end of their window after.
type People struct {
	InCohort, InReference bool
	Cohort, Reference     Seen
	N                     int64
}

// Seen is what was seen of each of them: Chosen is the count that people are chosen by, which is not always of the events
// counted in Before and After. Times are in the caller's unit; windows without days have 1 and 1.
type Seen struct {
	Chosen                int64
	Before, After         int64
	TimeBefore, TimeAfter float64
}

func (s Seen) cell(people int64) estimate.Cell {
	return estimate.Cell{Before: s.Before, After: s.After, TimeBefore: s.TimeBefore, TimeAfter: s.TimeAfter, People: people}
}

// Trend is the population's own rate ratio between the two windows that a method sets against each other. The zero value
// is none given: it is taken as 1, with the warning NO_TREND.
type Trend float64

func (t Trend) factor() float64 {
	if t == 0 {
		return 1
	}
	return float64(t)
}

func (t Trend) warnings() []estimate.Warning {
	if t != 0 {
		return nil
	}
	return []estimate.Warning{{Code: estimate.NoTrend, Text: "no trend of the population is given between these windows, so it is taken that everybody's use would have stayed the same; trend: in the study file would cure it, with value:, early: and reference:, or with a series that covers the windows"}}
}

// Expectation is what would have come anyway. Its estimate is of A/E, the events after as a share of those expected.
type Expectation struct {
	estimate.Estimate
	Naive     float64 // the cohort's pooled rate ratio, with no allowance; 0 without events before
	Observed  int64   // A: events after
	Expected  float64 // E: events after that would have come without the service
	RuleAlone float64 // the rate ratio that is expected without the service: E's rate over the rate before
	Cohort    int64   // people
	Reference int64   // people
}

// Canonical sorts people and joins those that are alike, so that no result depends on their order; who is of neither group is
// left out.
func Canonical(people []People) []People {
	sorted := slices.DeleteFunc(slices.Clone(people), func(p People) bool { return p.N == 0 || !p.InCohort && !p.InReference })
	for i := range sorted { // what is not theirs doesn't tell them apart
		if !sorted[i].InCohort {
			sorted[i].Cohort = Seen{}
		}
		if !sorted[i].InReference {
			sorted[i].Reference = Seen{}
		}
	}
	slices.SortFunc(sorted, compare)
	var joined []People
	for _, p := range sorted {
		if last := len(joined) - 1; last >= 0 && compare(joined[last], p) == 0 && joined[last].N > 0 && p.N > 0 {
			joined[last].N += p.N
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

func compare(a, b People) int {
	return cmp.Or(cmp.Compare(a.groups(), b.groups()), a.Cohort.compare(b.Cohort), a.Reference.compare(b.Reference))
}

// groups orders those of neither group, the reference, the cohort, and both.
func (p People) groups() (n int) {
	if p.InCohort {
		n = 2
	}
	if p.InReference {
		n++
	}
	return n
}

func (s Seen) compare(o Seen) int {
	return cmp.Or(cmp.Compare(s.Chosen, o.Chosen), cmp.Compare(s.Before, o.Before), cmp.Compare(s.After, o.After),
		cmp.Compare(s.TimeBefore, o.TimeBefore), cmp.Compare(s.TimeAfter, o.TimeAfter))
}

// Cohort is the cells of the people of the cohort.
func Cohort(people []People) []estimate.Cell {
	var cells []estimate.Cell
	for _, p := range people {
		if p.InCohort {
			cells = append(cells, p.Cohort.cell(p.N))
		}
	}
	return estimate.Canonical(cells)
}

// Reference is the cells of the reference people.
func Reference(people []People) []estimate.Cell {
	var cells []estimate.Cell
	for _, p := range people {
		if p.InReference {
			cells = append(cells, p.Reference.cell(p.N))
		}
	}
	return estimate.Canonical(cells)
}

// begin is an expectation with what is known of the cohort, refused where a ratio of its events after has no value.
func begin(cells []estimate.Cell, trend Trend) Expectation {
	s := estimate.Sum(cells)
	x := Expectation{Observed: s.After, Cohort: s.People}
	x.Level = 0.95
	if s.Before > 0 {
		x.Naive = float64(s.After) / s.TimeAfter / (float64(s.Before) / s.TimeBefore)
	}
	for _, c := range cells {
		if c.Before < 0 || c.After < 0 || c.People < 0 || !estimate.IsTime(c.TimeBefore) || !estimate.IsTime(c.TimeAfter) {
			x.Refused = estimate.Refuse(estimate.BadInput)
			return x
		}
	}
	switch {
	case !(trend >= 0) || math.IsInf(float64(trend), 0):
		x.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "a trend is a ratio above 0"}
	case s.People < 2:
		x.Refused = estimate.Refuse(estimate.TooFewPersons)
	case s.After == 0 && s.Before == 0:
		x.Refused = estimate.Refuse(estimate.NoEvents)
	case s.After == 0:
		zero := 0.0
		x.Value, x.Refused = &zero, estimate.Refuse(estimate.ZeroAfter)
	}
	return x
}

// set gives an expectation its E, its ratio, and the interval from people's contributions to log(A/E); known is the
// variance of what other people than these told.
func (x *Expectation) set(s estimate.Sums, expected float64, people []int64, l []float64, known float64) {
	if !(expected > 0) || math.IsInf(expected, 0) {
		x.Refused = &estimate.Refusal{Code: estimate.ZeroBefore, Text: "nothing would have been expected, so a ratio to it has no value"}
		return
	}
	x.Expected = expected
	if s.Before > 0 {
		x.RuleAlone = expected / s.TimeAfter / (float64(s.Before) / s.TimeBefore)
	}
	warnings := x.Warnings
	x.Estimate = estimate.FromInfluence(float64(s.After)/expected, people, l, known)
	x.Warnings = append(x.Warnings, warnings...)
	if x.Refused == nil && s.People < estimate.FewPeople && !slices.ContainsFunc(x.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.SmallN }) {
		x.Warnings = append(x.Warnings, estimate.FewInCohort())
	}
}

// refusedWith is why a group of people has no ratio, told of them.
func refusedWith(refused *estimate.Refusal, of string) *estimate.Refusal {
	if refused == nil {
		return nil
	}
	return &estimate.Refusal{Code: refused.Code, Text: "of " + of + ", " + refused.Text}
}
