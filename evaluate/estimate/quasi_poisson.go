package estimate

import "math"

// QuasiPoisson reports the pooled rate ratio with the interval of a Poisson model whose variance is scaled to the data.
//
//	R = (A/T_a)/(B/T_b),  SE² = φ(1/A + 1/B),  φ = Σ (y - μ)²/μ / (2n - 2)
//
// with y a person's events in one window, μ what the pooled rate gives in the time watched, and the sum over both
// windows of n people.
//
// The interval is exp(log R ± t·SE) at 95% with 2n-2 degrees of freedom. It takes a person's two windows for two
// people, so it is too wide where people are much the same in both, and no guide where they aren't; it is what many
// published reports use, and stands beside [RateRatio] for comparison only.
//
// Special cases are:
//   - refused like [RatioRobust], ZERO_AFTER with value 0
//
// McCullagh and Nelder, Generalized Linear Models, 1989.
func QuasiPoisson(cells []Cell) Estimate {
	cells = Canonical(cells)
	s := Sum(cells)
	e := begin(cells, "quasi-Poisson, t")
	if e.Refused != nil {
		return e
	}
	a, b := float64(s.After), float64(s.Before)
	pearson := 0.0
	add := func(count int64, expected float64, people int64) {
		d := float64(count) - expected
		pearson += float64(float64(people) * d * d / expected)
	}
	for _, c := range cells {
		add(c.Before, b/s.TimeBefore*c.TimeBefore, c.People)
		add(c.After, a/s.TimeAfter*c.TimeAfter, c.People)
	}
	df := 2*float64(s.People) - 2
	if e.onLog(a/s.TimeAfter/(b/s.TimeBefore), math.Sqrt(pearson/df*(1/a+1/b)), df); e.Refused != nil {
		return e
	}
	e.Warnings = shaky(cells, pooled(s))
	return e
}
