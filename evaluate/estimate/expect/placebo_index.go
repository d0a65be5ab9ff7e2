package expect

import "averted/evaluate/estimate"

// Placebo is an expectation from the same rule where there was no service.
type Placebo struct {
	Expectation
	Actual, Fell float64 // the cohort's ratio, and that of the people whom the rule chose without a service
	Distinct     int64   // people: of the cohort, of the reference, and of both once
	Overlap      int64   // of both
}

// PlaceboIndex reports the change of a cohort over that of people whom the same rule chose at a date, or in an area, with
// no service.
//
//	R_adj = R/R_p/trend
//
// with R and R_p the pooled rate ratios of the cohort and of the reference people, and trend the population's ratio between
// the cohort's windows over that between the reference people's.
//
// The interval is exp(log R_adj ± t·SE), 95%, t of n-1 degrees of freedom over the n people of either group,
// SE² = n/(n-1) Σ(Lᵢ - L_pᵢ)², with the contributions of [estimate.RatioRobust]; of a person in both groups they are added.
//
// Reference people are everybody whom the rule chose; nobody is left out because they were referred later, which would
// choose people by what came after (it made 2.10 of 1.00 in a trial).
//
// Special cases are:
//   - refused like [estimate.RatioRobust] of either group; the refusal says of which
//   - without a trend: NO_TREND. It matters here: 0.65 without and 0.84 with it, where the truth was 1
func PlaceboIndex(people []People, trend Trend) Placebo { return placebo(people, trend, pooled) }

// RuleReplay reports the change of a cohort over that of people on whom the rule of referral was played again where there
// was no service: see [Rule.Replay].
//
//	R_adj = R/R_p/trend,  R = A/E,  R_p = A_p/E_p
//
// It is [PlaceboIndex] with the leading ratio of methods.md 2.0 in place of the pooled one, so that percent, events and
// pounds agree with the lead's: E = Σ bᵢ·t_aᵢ/t_bᵢ at people's own earlier rates, and what would have come anyway is
// E·R_p·trend. The interval is made in the same way, with Lᵢ = aᵢ/A - eᵢ/E.
//
// Special cases are those of [PlaceboIndex].
func RuleReplay(people []People, trend Trend) Placebo { return placebo(people, trend, ownRate) }

// ratio is a ratio of after to before with people's contributions to its log.
type ratio func(estimate.Sums) (value float64, l func(estimate.Cell) float64)

func pooled(s estimate.Sums) (float64, func(estimate.Cell) float64) {
	a, b := float64(s.After), float64(s.Before)
	return a / s.TimeAfter / (b / s.TimeBefore), func(c estimate.Cell) float64 {
		return (float64(c.After)-float64(a/s.TimeAfter*c.TimeAfter))/a - (float64(c.Before)-float64(b/s.TimeBefore*c.TimeBefore))/b
	}
}

func ownRate(s estimate.Sums) (float64, func(estimate.Cell) float64) {
	return float64(s.After) / s.Expected, func(c estimate.Cell) float64 {
		return float64(c.After)/float64(s.After) - c.Expected()/s.Expected
	}
}

func placebo(people []People, trend Trend, of ratio) Placebo {
	people = Canonical(people)
	cohort, reference := Cohort(people), Reference(people)
	x := Placebo{Expectation: begin(cohort, trend)}
	s, p := estimate.Sum(cohort), estimate.Sum(reference)
	x.Reference = p.People
	if x.Refused == nil && s.Before == 0 {
		x.Refused = estimate.Refuse(estimate.ZeroBefore)
	}
	if x.Refused != nil {
		return x
	}
	if x.Refused = refusedWith(begin(reference, 0).Refused, "the reference people"); x.Refused == nil && p.Before == 0 {
		x.Refused = refusedWith(estimate.Refuse(estimate.ZeroBefore), "the reference people")
	}
	if x.Refused != nil {
		return x
	}
	actual, l := of(s)
	fell, lp := of(p)
	x.Actual, x.Fell = actual, fell
	x.Warnings = trend.warnings()
	ns, ls := make([]int64, len(people)), make([]float64, len(people))
	for i, q := range people {
		ns[i] = q.N
		if q.InCohort {
			ls[i] += l(q.Cohort.cell(1))
		}
		if q.InReference {
			ls[i] -= lp(q.Reference.cell(1))
		}
		x.Distinct += q.N
		if q.InCohort && q.InReference {
			x.Overlap += q.N
		}
	}
	x.set(s, float64(s.After)/actual*fell*trend.factor(), ns, ls, 0)
	x.RuleAlone = fell * trend.factor()
	return x
}
