package estimate

import (
	"cmp"
	"math"
	"slices"
)

// Enumerated is the whole bootstrap distribution of a ratio.
type Enumerated struct {
	Resamples         int     // different ones
	Undefined         float64 // probability of no events before
	Low, High         float64 // the smallest ratios that 2.5% and 97.5% of the distribution do not pass
	BelowLow, AtLow   float64 // the distribution just below and at them
	BelowHigh, AtHigh float64
	BelowEstimate     float64
	Mean, SD          float64
	Refused           *Refusal
}

// mostResamples is how many different resamples are enumerated.
const mostResamples = 1_000_000

// Enumerate reports the bootstrap distribution of A/E with endless draws: every way of drawing as many people with
// replacement, with its probability.
//
//	P(m₁..m_C) = n!/Π m_c! · Π (n_c/n)^m_c
//
// Resamples without events before are left out. Where there are none such, the limits are what [RateRatio]'s come to as draws
// grow. It is for few people, where draws are coarse; no number of
// draws repairs few people.
//
// Special cases are:
//   - refused like [RateRatio]
//   - over a million different resamples: refused with BAD_INPUT
//   - over 1% of the probability without events before: refused with TOO_MANY_UNDEFINED
//
// Efron and Tibshirani, An Introduction to the Bootstrap, 1993.
func Enumerate(cells []Cell) Enumerated {
	cells = Canonical(cells)
	var e Enumerated
	if e.Refused = check(cells); e.Refused != nil {
		return e
	}
	s := Sum(cells)
	if clusterSE(cells, own(s), false) < negligible {
		e.Refused = Refuse(ZeroVariance)
		return e
	}
	n, c := s.People, int64(len(cells))
	if LogChoose(n+c-1, c-1) > math.Log(mostResamples+0.5) {
		e.Refused = &Refusal{BadInput, "there are more than a million different resamples; draw them"}
		return e
	}
	type point struct{ ratio, p float64 }
	var points []point
	factorial := func(k int64) float64 { x, _ := math.Lgamma(float64(k + 1)); return x }
	var walk func(cell int, left int64, after, expected, log float64)
	walk = func(cell int, left int64, after, expected, log float64) {
		here := cells[cell]
		share := math.Log(float64(here.People) / float64(n))
		first := int64(0)
		if cell == len(cells)-1 {
			first = left
		}
		for m := first; m <= left; m++ {
			a, x := after+float64(float64(m)*float64(here.After)), expected+float64(float64(m)*here.Expected())
			p := log - factorial(m) + float64(float64(m)*share)
			switch {
			case cell < len(cells)-1:
				walk(cell+1, left-m, a, x, p)
				continue
			case x == 0:
				e.Undefined += math.Exp(p)
			default:
				points = append(points, point{a / x, math.Exp(p)})
			}
			e.Resamples++
		}
	}
	walk(0, n, 0, 0, factorial(n))
	if e.Undefined > 0.01 {
		e.Refused = Refuse(TooManyUndefined)
		return e
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.ratio, b.ratio) })
	total := 0.0
	for _, p := range points {
		total += p.p
	}
	squares := 0.0
	for i := range points {
		points[i].p /= total
		e.Mean += float64(points[i].p * points[i].ratio)
		squares += float64(points[i].p * points[i].ratio * points[i].ratio)
	}
	e.SD = math.Sqrt(squares - float64(e.Mean*e.Mean))
	// Ratios that differ by rounding alone are one, and a sum of probabilities that misses a limit by rounding meets it.
	const rounding = 1e-12
	limit := func(alpha float64) (value, below, at float64) {
		sum := 0.0
		for _, p := range points {
			if sum += p.p; sum >= alpha-rounding {
				value = p.ratio
				break
			}
		}
		for _, p := range points {
			if p.ratio < value-rounding {
				below += p.p
			}
			if p.ratio <= value+rounding {
				at += p.p
			}
		}
		return value, below, at
	}
	e.Low, e.BelowLow, e.AtLow = limit(0.025)
	e.High, e.BelowHigh, e.AtHigh = limit(0.975)
	for _, p := range points {
		if p.ratio < float64(s.After)/s.Expected-rounding {
			e.BelowEstimate += p.p
		}
	}
	return e
}
