package outcome

import (
	"math"

	"averted/evaluate/estimate"
)

// Response is how large a change of a score is against how much scores vary.
type Response struct {
	People            int64
	estimate.Estimate         // mean change over its own standard deviation
	Glass             float64 // over the standard deviation before
	Average           float64 // over the mean of both standard deviations
}

// ResponseMean reports the standardised response mean of a score: its mean change over the standard deviation of the
// changes, so that scores of different ranges can be set side by side.
//
//	SRM = d̄/s(d),  SE = √(1/n + SRM²/2n)
//
// The interval is SRM ± z·SE at 95%. Beside it stand the mean change over the standard deviation before (Glass) and over
// the mean of both.
//
// It says how large a change is against chance differences between people, not whether it matters to anybody; see
// [ReliableChange].
//
// Special cases are:
//   - fewer than two people: refused with TOO_FEW_PERSONS
//   - everybody changed alike, or everybody was alike before: refused with ZERO_VARIANCE
//   - a value that is no number: refused with BAD_INPUT
//
// Liang, Fossel and Larson, Medical Care 1990; Glass, McGaw and Smith, Meta-analysis in Social Research, 1981.
func ResponseMean(pairs []estimate.Pair) Response {
	var r Response
	d, ok := moments(pairs, func(p estimate.Pair) float64 { return p.After - p.Before })
	before, _ := moments(pairs, func(p estimate.Pair) float64 { return p.Before })
	after, _ := moments(pairs, func(p estimate.Pair) float64 { return p.After })
	r.People = int64(d.n)
	switch {
	case !ok:
		r.Estimate = refused(estimate.BadInput)
		return r
	case d.n < 2:
		r.Estimate = refused(estimate.TooFewPersons)
		return r
	case d.sd == 0 || before.sd == 0:
		r.Estimate = refused(estimate.ZeroVariance)
		return r
	}
	srm := d.mean / d.sd
	se := math.Sqrt(1/d.n + float64(srm*srm)/(2*d.n))
	half := float64(z * se)
	r.Estimate = estimate.Estimate{Level: 0.95, Interval: "standardised response mean, normal", Value: finite(srm), Low: finite(srm - half), High: finite(srm + half), SE: finite(se)}
	r.Glass, r.Average = d.mean/before.sd, d.mean/((before.sd+after.sd)/2)
	return r
}

type summary struct{ n, mean, sd float64 }

// moments is the number, mean and standard deviation of what of gives of each pair; false where one is no number.
func moments(pairs []estimate.Pair, of func(estimate.Pair) float64) (summary, bool) {
	var s summary
	sum := 0.0
	for _, p := range pairs {
		v := of(p)
		if math.IsNaN(v) || math.IsInf(v, 0) || p.People < 0 {
			return summary{}, false
		}
		s.n += float64(p.People)
		sum += float64(float64(p.People) * v)
	}
	if s.n == 0 {
		return s, true
	}
	s.mean = sum / s.n
	squares := 0.0
	for _, p := range pairs {
		off := of(p) - s.mean
		squares += float64(float64(p.People) * off * off)
	}
	if s.n > 1 {
		if s.sd = math.Sqrt(squares / (s.n - 1)); s.sd < 1e-9*max(1, math.Abs(s.mean)) {
			s.sd = 0
		}
	}
	return s, true
}

// ByItself reports by how much the mean score of people who came because it was bad would change without any service, by
// regression to the mean alone.
//
//	change = -(1 - ρ)(x̄ - μ)
//
// with x̄ their own first mean, μ the population's, and ρ the correlation of two measurements as far apart, of people left
// alone. It has no interval, and leaves natural recovery out, which comes on top.
//
// Galton, Journal of the Anthropological Institute 1886; Barnett, van der Pols and Dobson, International Journal of
// Epidemiology 2005.
func ByItself(first, population, correlation float64) float64 {
	return -(1 - correlation) * (first - population)
}

// Better says which way a score is better.
type Better string

// The ways.
const (
	Higher Better = "higher"
	Lower  Better = "lower"
)

// Reliable is who changed by more than a questionnaire's own error.
type Reliable struct {
	People        int64
	SDBefore      float64
	SEM           float64 // standard error of measurement
	SDiff         float64 // of the difference of two scores
	Needed        float64 // change that is reliable
	Improved      int64
	Worsened      int64
	Unchanged     int64
	MeanIndex     float64 // of all people, above 0 for better
	ImprovedShare Share
	WorsenedShare Share
	Refused       *estimate.Refusal
}

// ReliableChange reports how many people changed by more than the error of measurement alone would often make.
//
//	SEM = s_b √(1 - r),  S_diff = √2 SEM,  RCI = (after - before)/S_diff
//
// with s_b the standard deviation before and r the questionnaire's reliability; a change is reliable if |RCI| is above
// 1.959964. Shares have Wilson's interval.
//
// By error alone one person in forty improves reliably and one worsens. Who is chosen because their score is bad gets
// better by regression to the mean, reliably or not, so the share is no effect without people to compare with.
//
// Special cases are:
//   - a reliability not between 0 and 1: refused with BAD_INPUT
//   - fewer than two people: refused with TOO_FEW_PERSONS
//   - everybody was alike before: refused with ZERO_VARIANCE
//
// Jacobson and Truax, Journal of Consulting and Clinical Psychology 1991.
func ReliableChange(pairs []estimate.Pair, reliability float64, better Better) Reliable {
	var r Reliable
	before, ok := moments(pairs, func(p estimate.Pair) float64 { return p.Before })
	change, changed := moments(pairs, func(p estimate.Pair) float64 { return p.After - p.Before })
	r.People = int64(before.n)
	switch {
	case !ok || !changed || !(reliability > 0 && reliability < 1):
		r.Refused = estimate.Refuse(estimate.BadInput)
	case before.n < 2:
		r.Refused = estimate.Refuse(estimate.TooFewPersons)
	case before.sd == 0:
		r.Refused = estimate.Refuse(estimate.ZeroVariance)
	}
	if r.Refused != nil {
		return r
	}
	sign := 1.0
	if better == Lower {
		sign = -1
	}
	r.SDBefore = before.sd
	r.SEM = float64(before.sd * math.Sqrt(1-reliability))
	r.SDiff = float64(math.Sqrt2 * r.SEM)
	r.Needed = float64(z * r.SDiff)
	for _, p := range pairs {
		switch index := sign * (p.After - p.Before) / r.SDiff; {
		case index > z:
			r.Improved += p.People
		case index < -z:
			r.Worsened += p.People
		default:
			r.Unchanged += p.People
		}
	}
	r.MeanIndex = sign * change.mean / r.SDiff
	r.ImprovedShare, r.WorsenedShare = Wilson(r.Improved, r.People), Wilson(r.Worsened, r.People)
	return r
}
