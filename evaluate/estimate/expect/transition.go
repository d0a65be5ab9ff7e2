package expect

import (
	"fmt"
	"slices"

	"averted/evaluate/estimate"
)

// Banded is an expectation from reference people with as many events before.
type Banded struct {
	Expectation
	Bands    []Band
	Distinct int64 // people: of the cohort, of the reference, and of both once
}

// Band is people whose counts before lie from Lower up to the next band.
type Band struct {
	Lower             int64
	Cohort, Reference int64   // people
	MeanAfter         float64 // events after of a reference person, a unit of time
}

// FewestInBand is how many reference people a band needs for its mean to be worth something.
const FewestInBand = 20

// Transition reports how many events a cohort would have had after, if its people had gone on like reference people with as
// many events before: no model of why people fall back, nor of how they differ.
//
//	E = trend Σ_j m_j·t_aj,  m_j = Y_j/T_j
//
// with bands j of the count by which people are chosen, Y_j the events after of the reference people of the band in the
// time T_j, and t_aj the time after of the cohort's people of the band. With equal windows m_j is the mean.
//
// The interval is exp(log(A/E) ± t·SE), 95%, t of n-1 degrees of freedom over the n people of either group, with
//
//	L = (aᵢ - R·trend·m_j·t_aᵢ)/A  for a person of the cohort,  L = -trend·t_aj·(y_r - m_j·t_r)/(T_j·E)  for one of the reference
//
// and, for a person of both, their sum.
//
// It is the method to use where the whole population's data are at hand. It does not help where people were referred
// because of something that their count before does not show: a crisis that has just begun, say.
//
// Special cases are:
//   - no lower edges: [Bands] makes them
//   - a count below the lowest edge: refused with BELOW_THRESHOLD; a band with people of the cohort and none of the
//     reference: EMPTY_BAND
//   - a band of the cohort with fewer than 20 reference people: SPARSE_BAND; without a trend: NO_TREND
//   - else refused like [EmpiricalBayes]
func Transition(people []People, trend Trend, lower []int64) Banded {
	people = Canonical(people)
	x := Banded{Expectation: begin(Cohort(people), trend)}
	for _, p := range people {
		if x.Refused == nil && p.InReference && (!estimate.IsTime(p.Reference.TimeAfter) || p.Reference.After < 0) {
			x.Value, x.Refused = nil, estimate.Refuse(estimate.BadInput)
		}
	}
	if x.Refused != nil {
		return x
	}
	x.Warnings = trend.warnings()
	x.byBand(people, trend, lower, FewestInBand, func(s Seen) float64 { return s.TimeAfter }, func(s Seen) []part {
		return []part{{s.Chosen, float64(s.After), s.TimeAfter}}
	})
	return x
}

// part is what a reference person adds above and below the line of the mean of the band that a count lies in.
type part struct {
	count        int64
	above, below float64
}

// byBand expects of each person of the cohort their time after, as time gives it, times the mean of the band of their count:
//
//	E = trend Σ_j m_j·t_aj,  m_j = Y_j/D_j
//
// Y_j and D_j being sums of what the reference people's parts add. The contributions of people to log(A/E) are those that
// [Transition] tells.
func (x *Banded) byBand(people []People, trend Trend, lower []int64, fewest int64, time func(Seen) float64, parts func(Seen) []part) {
	bands, refused := cut(people, lower, fewest)
	if x.Refused = refused; refused != nil {
		return
	}
	x.Bands = bands
	s, factor := estimate.Sum(Cohort(people)), trend.factor()
	after, below := make([]float64, len(bands)), make([]float64, len(bands))
	for _, p := range people {
		if p.InCohort {
			after[band(bands, p.Cohort.Chosen)] += float64(float64(p.N) * time(p.Cohort))
		}
		if !p.InReference {
			continue
		}
		for _, q := range parts(p.Reference) {
			if j := band(bands, q.count); j >= 0 {
				bands[j].MeanAfter += float64(float64(p.N) * q.above)
				below[j] += float64(float64(p.N) * q.below)
			}
		}
	}
	expected, sparse := 0.0, false
	for j := range bands {
		x.Reference += bands[j].Reference
		if bands[j].Reference > 0 {
			bands[j].MeanAfter /= below[j]
		}
		expected += float64(factor * after[j] * bands[j].MeanAfter)
		sparse = sparse || bands[j].Cohort > 0 && bands[j].Reference < FewestInBand
	}
	if sparse {
		x.Warnings = append(x.Warnings, estimate.Warning{Code: estimate.SparseBand, Text: fmt.Sprintf("fewer than %d reference people had as many events before as some of the cohort; more reference people would cure it", FewestInBand)})
	}
	r := float64(s.After) / expected
	var ns []int64
	var ls []float64
	for _, p := range people {
		l, counts := 0.0, p.InCohort
		if p.InCohort {
			l += (float64(p.Cohort.After) - float64(r*factor*bands[band(bands, p.Cohort.Chosen)].MeanAfter*time(p.Cohort))) / float64(s.After)
		}
		if p.InReference {
			for _, q := range parts(p.Reference) {
				if j := band(bands, q.count); j >= 0 && below[j] > 0 {
					counts = true
					l -= factor * after[j] * (q.above - float64(bands[j].MeanAfter*q.below)) / below[j] / expected
				}
			}
		}
		if counts {
			ns, ls = append(ns, p.N), append(ls, l)
			x.Distinct += p.N
		}
	}
	x.set(s, expected, ns, ls, 0)
}

// band is the place of the band that a count lies in, -1 below all.
func band(bands []Band, count int64) int {
	at, found := slices.BinarySearchFunc(bands, count, func(b Band, c int64) int {
		switch {
		case b.Lower < c:
			return -1
		case b.Lower > c:
			return 1
		}
		return 0
	})
	if found {
		return at
	}
	return at - 1
}

// cut puts people into bands, refused where one of the cohort has nobody to be set against.
func cut(people []People, lower []int64, fewest int64) ([]Band, *estimate.Refusal) {
	if lower == nil {
		lower = Bands(people, fewest)
	}
	var bands []Band
	for i, edge := range lower {
		if i > 0 && edge <= lower[i-1] {
			return nil, &estimate.Refusal{Code: estimate.BadInput, Text: "bands are given by their lower edges, rising"}
		}
		bands = append(bands, Band{Lower: edge})
	}
	for _, p := range people {
		if p.InCohort {
			j := band(bands, p.Cohort.Chosen)
			if j < 0 {
				return nil, &estimate.Refusal{Code: estimate.BelowThreshold, Text: "somebody of the cohort has fewer events than the lowest band"}
			}
			bands[j].Cohort += p.N
		}
		if j := band(bands, p.Reference.Chosen); p.InReference && j >= 0 {
			bands[j].Reference += p.N
		}
	}
	for _, b := range bands {
		if b.Cohort > 0 && b.Reference == 0 {
			return nil, estimate.Refuse(estimate.EmptyBand)
		}
	}
	return bands, nil
}

// fewestOnTop is how many reference people the top band must have to be one of its own.
const fewestOnTop = 5

// Bands is lower edges for [Transition]: from the lowest count of the cohort upwards, a band ends as soon as it has so many
// reference people; what is left at the top is a band too if it has 5, and else belongs to the one below. The last edge
// lies above the highest count of the cohort, so that reference people with more than that tell of nobody.
func Bands(people []People, fewest int64) []int64 {
	reference := map[int64]int64{}
	var counts []int64
	least, most, none := int64(0), int64(0), true
	for _, p := range people {
		if p.InReference {
			reference[p.Reference.Chosen] += p.N
			counts = append(counts, p.Reference.Chosen)
		}
		if p.InCohort {
			if none || p.Cohort.Chosen < least {
				least = p.Cohort.Chosen
			}
			if none || p.Cohort.Chosen > most {
				most = p.Cohort.Chosen
			}
			none = false
		}
	}
	if none {
		return nil
	}
	slices.Sort(counts)
	edges, in := []int64{least}, int64(0)
	for _, c := range slices.Compact(counts) {
		switch {
		case c < least || c > most:
			continue
		case in >= fewest:
			edges, in = append(edges, c), 0
		}
		in += reference[c]
	}
	if in < fewestOnTop && len(edges) > 1 {
		edges = edges[:len(edges)-1]
	}
	return append(edges, most+1)
}
