package expect

import (
	"fmt"

	"averted/evaluate/estimate"
)

// FewestToShare is how many reference people a band of [Robbins] has: its mean is over their number, which comes by chance
// too, and with N of them is too large by a part of 1/N.
const FewestToShare = 100

// Robbins reports how many events a cohort would have had after, from how many people of the population had one event more
// than each: people's rates may follow any distribution.
//
// If counts are Poisson given a person's rate, whatever the rates, the mean rate of those with b events is
// (b+1)·f(b+1)/f(b), f being the share of the population with so many. In bands j of counts, since single ones are unsteady,
//
//	E = trend Σ_j m_j·t_aj/t,  m_j = Σ_{b in j} (b+1)·N_{b+1} / Σ_{b in j} N_b
//
// with N_b the reference people who had b events in a window like the one before, of length t, and t_aj the time after of
// the cohort's people of the band. No window after of the reference people is looked at.
//
// The interval is exp(log(A/E) ± t·SE), 95%, t of n-1 degrees of freedom over the n people of either group, with
// L = (aᵢ - R·trend·m_j)/A for the cohort, L = -trend·n_j·(x·[x-1 in j] - m_j·[x in j])/(N_j·E) summed over bands for a
// reference person with x events, and their sum for a person of both.
//
// Like [EmpiricalBayes] it takes each person's rate to stay as it is, so it never leads; it does not need the rates to be
// gamma. It needs windows before of one length.
//
// Special cases are:
//   - no lower edges: [Bands] makes them, of 100 reference people each
//   - times before that are not all alike: refused with BAD_INPUT
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
	length := cohort[0].TimeBefore
	for _, p := range people {
		if p.InCohort && p.Cohort.TimeBefore != length || p.InReference && p.Reference.TimeBefore != length {
			x.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "this needs windows before of one length, watched throughout"}
			return x
		}
		if p.InReference && p.Reference.Chosen < 0 {
			x.Refused = estimate.Refuse(estimate.BadInput)
			return x
		}
	}
	bands, refused := cut(people, lower, FewestToShare)
	if x.Refused = refused; refused != nil {
		return x
	}
	x.Bands = bands
	s, factor := estimate.Sum(cohort), trend.factor()
	x.Warnings = append(trend.warnings(), stableRate())
	windows := make([]float64, len(bands)) // after, of the cohort's people
	for _, p := range people {             // with x events a person tells of those who had x-1
		if p.InCohort {
			windows[band(bands, p.Cohort.Chosen)] += float64(float64(p.N) * p.Cohort.TimeAfter / length)
		}
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
		expected += float64(factor * windows[j] * bands[j].MeanAfter)
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
			l += (float64(p.Cohort.After) - float64(r*factor*bands[band(bands, p.Cohort.Chosen)].MeanAfter*p.Cohort.TimeAfter/length)) / float64(s.After)
		}
		if j := band(bands, p.Reference.Chosen-1); p.InReference && j >= 0 && bands[j].Reference > 0 {
			counts = true
			l -= factor * windows[j] * float64(p.Reference.Chosen) / float64(bands[j].Reference) / expected
		}
		if j := band(bands, p.Reference.Chosen); p.InReference && j >= 0 {
			counts = true
			l += factor * windows[j] * bands[j].MeanAfter / float64(bands[j].Reference) / expected
		}
		if counts {
			ns, ls = append(ns, p.N), append(ls, l)
			x.Distinct += p.N
		}
	}
	x.set(s, expected, ns, ls, 0)
	return x
}
