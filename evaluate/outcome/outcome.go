// Package outcome tells what changed for people in their own words and scores: states before and after (not managing,
// getting support, managing), questionnaires, and surveys. Like the methods of [averted/evaluate/estimate] its own take
// counts and pairs of values, give a number with its interval or the reason why there is none, and know no names.
package outcome

import (
	"math"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat/distuv"
)

// z is the normal quantile of a 95% interval.
var z = distuv.UnitNormal.Quantile(0.975)

// finite is a number that an estimate may carry; nil for NaN and infinities.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// refused is an estimate that has no value.
func refused(code estimate.Code) estimate.Estimate {
	return estimate.Estimate{Level: 0.95, Refused: estimate.Refuse(code)}
}

// Share is a share of people with its interval.
type Share struct {
	Count, Of int64
	estimate.Estimate
}

// Wilson reports a share of people.
//
//	p = x/n
//
// The interval is Wilson's score interval at 95%, without a correction for continuity, at the middle m and half the
// width h:
//
//	m = (p + z²/2n)/(1 + z²/n),  h = z √(p(1-p)/n + z²/4n²)/(1 + z²/n)
//
// It stays between 0 and 1 and has a width where nobody, or everybody, is counted. It says how far the share would move
// with other people of the same kind, not how it differs from people who did not answer.
//
// Special cases are:
//   - nobody to be a share of, a negative count, or more than everybody: refused with BAD_INPUT
//
// Wilson, Journal of the American Statistical Association 1927; Brown, Cai and DasGupta, Statistical Science 2001.
func Wilson(count, of int64) Share {
	s := Share{Count: count, Of: of, Estimate: estimate.Estimate{Level: 0.95, Interval: "Wilson score"}}
	if of <= 0 || count < 0 || count > of {
		s.Refused = estimate.Refuse(estimate.BadInput)
		return s
	}
	n := float64(of)
	p := float64(count) / n
	low, high := wilson(p, n)
	s.Value, s.Low, s.High = finite(p), finite(low), finite(high)
	return s
}

func wilson(p, n float64) (low, high float64) {
	square := float64(z * z)
	scale := 1 + square/n
	middle := (p + square/(2*n)) / scale
	half := float64(z*math.Sqrt(float64(p*(1-p))/n+square/(4*float64(n*n)))) / scale
	low, high = middle-half, middle+half
	if p == 0 { // exactly, not but for rounding
		low = 0
	}
	if p == 1 {
		high = 1
	}
	return low, high
}
