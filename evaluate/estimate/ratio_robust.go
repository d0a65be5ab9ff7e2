package estimate

import (
	"math"
)

// Robust says how [RatioRobust] makes its interval. The zero value is the default.
type Robust struct {
	Level       float64 // 0 means 0.95
	Uncorrected bool    // leave out the small-sample factor G/(G-1): CR0
	Normal      bool    // normal quantiles in place of t with G-1 degrees of freedom
}

// RatioRobust reports the ratio of the pooled rate after to the pooled rate before.
//
//	R = (A/T_a)/(B/T_b)
//
// with A and B the events after and before, T_a and T_b the time watched, summed over people.
//
// The interval is exp(log R ± t·SE) at 95%, with t of G-1 degrees of freedom over G people and
//
//	SE² = G/(G-1) Σ Lᵢ²,  Lᵢ = (aᵢ - (A/T_a) t_aᵢ)/A - (bᵢ - (B/T_b) t_bᵢ)/B
//
// people being the clusters. It is the generalised estimating equation for Poisson counts with a log link,
// an offset and independence, and needs no iteration. Options give the normal quantile and leave the
// factor out (geepack's default).
//
// RatioRobust says nothing about regression to the mean, and when people who are lost use more than
// others it invents a fall; [RateRatio] does not.
//
// Special cases are:
//   - no events at all: refused with NO_EVENTS; one person: TOO_FEW_PERSONS
//   - no events before: refused with ZERO_BEFORE
//   - no events after: refused with ZERO_AFTER, value 0
//   - everybody changed alike: refused with ZERO_VARIANCE, the ratio as value
//   - fewer than 50 people: SMALL_N; one person with over 20% of the events on a side or over 30% of
//     Σ Lᵢ²: DOMINANT_PERSON; else, fewer than 15 people's worth of variance: HEAVY_TAIL
//
// Liang and Zeger, Biometrika 1986; Zou, American Journal of Epidemiology 2004.
func RatioRobust(cells []Cell, options Robust) Estimate {
	cells = Canonical(cells)
	s := Sum(cells)
	rateBefore, rateAfter := float64(s.Before)/s.TimeBefore, float64(s.After)/s.TimeAfter
	return ratio(cells, rateAfter/rateBefore, pooled(s), options)
}

// pooled is a person's contribution to the log of the pooled ratio.
func pooled(s Sums) func(Cell) float64 {
	a, b := float64(s.After), float64(s.Before)
	return func(c Cell) float64 {
		return (float64(c.After)-float64(a/s.TimeAfter*c.TimeAfter))/a - (float64(c.Before)-float64(b/s.TimeBefore*c.TimeBefore))/b
	}
}

// own is a person's contribution to the log of A/E.
func own(s Sums) func(Cell) float64 {
	return func(c Cell) float64 { return float64(c.After)/float64(s.After) - c.Expected()/s.Expected }
}

// ratio is the estimate of a ratio with a robust interval, from people's contributions to its log.
func ratio(cells []Cell, value float64, contribution func(Cell) float64, options Robust) Estimate {
	level := options.Level
	if level == 0 {
		level = 0.95
	}
	name, df := "robust over people, t", float64(Sum(cells).People-1)
	if options.Normal {
		name, df = "robust over people, normal", math.Inf(1)
	}
	e := begin(cells, name)
	if e.Level = level; !(level > 0 && level < 1) {
		e.Value, e.Refused = nil, &Refusal{BadInput, "a level lies between 0 and 1"}
	}
	if e.Refused != nil {
		return e
	}
	if e.onLog(value, clusterSE(cells, contribution, !options.Uncorrected), df); e.Refused != nil {
		return e
	}
	e.Warnings = shaky(cells, contribution)
	return e
}
