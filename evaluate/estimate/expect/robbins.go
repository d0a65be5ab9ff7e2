package expect

import "averted/evaluate/estimate"

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
		switch {
		case p.InCohort && p.Cohort.TimeBefore != length || p.InReference && p.Reference.TimeBefore != length:
			x.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "this needs windows before of one length, watched throughout"}
			return x
		case p.InReference && p.Reference.Chosen < 0:
			x.Refused = estimate.Refuse(estimate.BadInput)
			return x
		}
	}
	x.Warnings = append(trend.warnings(), stableRate())
	x.byBand(people, trend, lower, FewestToShare, func(s Seen) float64 { return s.TimeAfter / length }, func(s Seen) []part {
		return []part{{s.Chosen - 1, float64(s.Chosen), 0}, {s.Chosen, 0, 1}} // with x events a person tells of those who had x-1
	})
	return x
}
