package expect

import (
	"fmt"

	"averted/evaluate/estimate"
)

// Robbins reports how many events a cohort would have had after, from how many people of the population had one event more
// than each: people's rates may follow any distribution.
//
// If counts are Poisson given a person's rate, whatever the rates, the mean rate of those with b events is
// (b+1)·f(b+1)/f(b), f being the share of the population with so many. In bands j of counts, since single ones are unsteady,
//
//	E = trend Σ_j n_j·m_j,  m_j = Σ_{b in j} (b+1)·N_{b+1} / Σ_{b in j} N_b
//
// with N_b the reference people who had b events in a window like the one before. No window after is looked at.
//
// The interval is exp(log(A/E) ± t·SE), 95%, t of n-1 degrees of freedom over the n people of either group, with
// L = (aᵢ - R·trend·m_j)/A for the cohort, L = -trend·n_j·(x·[x-1 in j] - m_j·[x in j])/(N_j·E) summed over bands for a
// reference person with x events, and their sum for a person of both.
//
// Like [EmpiricalBayes] it takes each person's rate to stay as it is, so it never leads; it does not need the rates to be
// gamma. It needs windows of one length.
//
// Special cases are:
//   - times that are not all alike: refused with BAD_INPUT
//   - else refused and warned of like [Transition]; always STABLE_RATE_ASSUMED
//
// Robbins, Third Berkeley Symposium on Mathematical Statistics and Probability, 1956.
func Robbins(people []People, trend Trend, lower []int64) Banded {
	people = Canonical(people)
	cohort := Cohort(people)
	x := Banded{Expectation: begin(cohort, trend)}
	if x.Refused != nil {
		return x
	}
	for _, p := range people {
		of := []Seen{p.Cohort, p.Reference}
		for i, in := range []bool{p.InCohort, p.InReference} {
			if in && (of[i].TimeBefore != cohort[0].TimeBefore || i == 0 && of[i].TimeAfter != cohort[0].TimeBefore) {
				x.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "this needs windows of one length, watched throughout"}
				return x
			}
			if in && i == 1 && of[i].Chosen < 0 {
				x.Refused = estimate.Refuse(estimate.BadInput)
				return x
			}
		}
	}
	bands, refused := cut(people, lower)
	if x.Refused = refused; refused != nil {
		return x
	}
	x.Bands = bands
	s, factor := estimate.Sum(cohort), trend.factor()
	x.Warnings = append(trend.warnings(), stableRate())
	for _, p := range people { // with x events a person tells of those who had x-1
		if j := band(bands, p.Reference.Chosen-1); p.InReference && j >= 0 {
			bands[j].MeanAfter += float64(float64(p.N) * float64(p.Reference.Chosen))
		}
		if p.InReference && band(bands, p.Reference.Chosen) >= 0 {
			x.Reference += p.N
		}
	}
	expected, sparse := 0.0, false
	for j := range bands {
		if bands[j].Reference > 0 {
			bands[j].MeanAfter /= float64(bands[j].Reference)
		}
		expected += float64(factor * float64(bands[j].Cohort) * bands[j].MeanAfter)
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
			l += (float64(p.Cohort.After) - float64(r*factor*bands[band(bands, p.Cohort.Chosen)].MeanAfter)) / float64(s.After)
		}
		if j := band(bands, p.Reference.Chosen-1); p.InReference && j >= 0 && bands[j].Reference > 0 {
			counts = true
			l -= factor * float64(bands[j].Cohort) * float64(p.Reference.Chosen) / float64(bands[j].Reference) / expected
		}
		if j := band(bands, p.Reference.Chosen); p.InReference && j >= 0 {
			counts = true
			l += factor * float64(bands[j].Cohort) * bands[j].MeanAfter / float64(bands[j].Reference) / expected
		}
		if counts {
			ns, ls = append(ns, p.N), append(ls, l)
			x.Distinct += p.N
		}
	}
	x.set(s, expected, ns, ls, 0)
	return x
}
