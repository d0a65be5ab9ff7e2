package claim

import (
	"fmt"
	"math"
	"sort"

	"averted/report/number"
)

// shapes are the plausible dispersions of use in a population: the shape of the negative binomial, from use that a few people
// make to use that is spread. It is an assumption of ours; docs/claims.md says why these.
var shapes = []float64{0.2, 0.35, 0.5, 0.75, 1, 1.5}

// populationRates is from where to where an average person's events a year may lie, where the count before isn't printed: an
// assumption of ours.
var populationRates = map[string]span{ae: {0.3, 0.6}, admission: {0.1, 0.35}, gp: {4, 8}, gpSurgery: {3, 6}, ambulance: {0.1, 0.25}, outpat: {1, 2}}

// kept is from where to where the share may lie that people keep, afterwards, of what sets their rate apart from the population's: 1
// where rates are steady, half where use comes in crises. In a German panel without any service, people with five doctor visits or
// more kept 0.58 and 0.69 of what steady rates would have given (docs/methods/what-would-have-come-anyway.md).
var kept = []float64{0.5, 1}

const assumed = "use spread as a negative binomial of shape 0.2 to 1.5 among all who might have been chosen, who keep from half to all of what sets them apart: assumptions of ours; a few who always use very much fall less"

// tail is P(b ≥ k) and E(b | b ≥ k) of a negative binomial with a mean and a shape.
func tail(mean, shape float64, k int) (chance, above float64) {
	// With b ~ Poisson(λ) and λ ~ gamma(shape, mean), terms follow p(b+1) = p(b)·q·(shape+b)/(b+1), q = mean/(mean+shape).
	q := mean / (mean + shape)
	p := math.Pow(1-q, shape)
	below, first := 0.0, 0.0
	for b := range k {
		below, first = below+p, first+float64(b)*p
		p *= q * (shape + float64(b)) / float64(b+1)
	}
	if chance = 1 - below; chance > 1e-9 {
		return chance, (mean - first) / chance
	}
	// Far in the tail the differences are lost: sum the terms above, which fall by q or faster.
	sum, weighted := 0.0, 0.0
	for b := k; b < k+100000; b++ {
		sum, weighted = sum+p, weighted+float64(b)*p
		p *= q * (shape + float64(b)) / float64(b+1)
		if p < 1e-18*sum {
			break
		}
	}
	if sum == 0 {
		return 0, float64(k)
	}
	return sum, weighted / sum
}

// fallAfter is the fall, in percent, of people with k events or more in the time of choosing, compared over a window that is
// ratio times as long, with no service: before holds the time of choosing, or the end of it.
//
//	E(λ | b ≥ k) = (θ + E(b | b ≥ k)) / (θ/μ + 1),  after = μ + ρ·(E(λ | b ≥ k) − μ)
//
// per time of choosing, with ρ what people keep of what sets them apart. Hauer, Observational Before-After Studies in Road Safety, 1997.
func fallAfter(mean, shape, keep float64, k int, ratio float64) float64 {
	_, chosen := tail(mean, shape, k)
	rate := (shape + chosen) / (shape/mean + 1)
	before := chosen * math.Min(ratio, 1)
	if ratio > 1 {
		before += (ratio - 1) * rate
	}
	return 100 * (1 - ratio*(mean+keep*(rate-mean))/before)
}

// thresholdFall is the fall that people over a threshold show with no service, over the plausible shapes. With a mean before of
// those chosen, the population's is what gives it; without, it is what an area's may be.
func thresholdFall(t Threshold, r *Claim, mean float64) (fall span, how string, ok bool) {
	how = fmt.Sprintf("%d or more %s", t.AtLeast, words(t.Activity))
	if t.Within != "" {
		how += " within " + t.Within
	}
	within, over := days(firstOf(t.Within, r.Is.Window)), days(firstOf(r.Is.Window, t.Within))
	if within == 0 || over == 0 {
		within, over = 365, 365
	}
	ratio := over / within
	fall = span{math.Inf(1), math.Inf(-1)}
	take := func(mean, shape float64) {
		for _, keep := range kept {
			f := fallAfter(mean, shape, keep, t.AtLeast, ratio)
			fall = span{math.Min(fall.low, f), math.Max(fall.high, f)}
		}
	}
	for _, shape := range shapes {
		if mean > 0 {
			m, found := populationMean(mean, shape, t.AtLeast, ratio)
			if !found {
				return span{}, how, false
			}
			take(m, shape)
			continue
		}
		rates, known := populationRates[Meaning(t.Activity)]
		if !known {
			return span{}, how, false
		}
		take(rates.low*within/365, shape)
		take(rates.high*within/365, shape)
	}
	if mean == 0 {
		how += fmt.Sprintf(" in an area with %s a person a year, an assumption of ours", between(populationRates[Meaning(t.Activity)], number.Plain))
	}
	return fall, how, true
}

// populationMean is the population's mean for which those over the threshold have a mean before, in the window compared.
func populationMean(mean, shape float64, k int, ratio float64) (float64, bool) {
	before := func(m float64) float64 {
		_, chosen := tail(m, shape, k)
		b := chosen * math.Min(ratio, 1)
		if ratio > 1 {
			b += (ratio - 1) * (shape + chosen) / (shape/m + 1)
		}
		return b
	}
	low, high := 1e-6, 1.0
	if before(low) >= mean {
		// Only a mean at the threshold itself, as everybody has just what it takes.
		return low, before(low) <= mean*1.02+1e-9
	}
	for before(high) < mean && high < 1e6 {
		high *= 2
	}
	for range 100 {
		if mid := math.Sqrt(low * high); before(mid) < mean {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Sqrt(low * high), true
}

// topFall is the fall of the first so many of a population by an activity.
func topFall(t Top, r *Claim, population float64) (fall span, how string, ok bool) {
	rates, known := populationRates[Meaning(t.By)]
	share := float64(t.N) / population
	if !known || share <= 0 || share >= 1 {
		return span{}, "", false
	}
	within, over := days(firstOf(t.Within, r.Is.Window)), days(firstOf(r.Is.Window, t.Within))
	if within == 0 || over == 0 {
		within, over = 365, 365
	}
	fall = span{math.Inf(1), math.Inf(-1)}
	for _, shape := range shapes {
		for _, rate := range []float64{rates.low, rates.high} {
			mean := rate * within / 365
			k := 1 + sort.Search(mostEvents-1, func(i int) bool { chance, _ := tail(mean, shape, i+1); return chance <= share })
			for _, keep := range kept {
				f := fallAfter(mean, shape, keep, k, over/within)
				fall = span{math.Min(fall.low, f), math.Max(fall.high, f)}
			}
		}
	}
	return fall, fmt.Sprintf("being the top %s of %s by %s, in an area with %s a person a year, an assumption of ours", count(float64(t.N)), count(population), words(t.By), between(rates, number.Plain)), true
}
