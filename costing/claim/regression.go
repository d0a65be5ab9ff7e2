package claim

import (
	"cmp"
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

// kept is what share people may keep, afterwards, of what sets their rate apart from the population's: 1 where rates are steady, a
// fifth where use comes in crises. In a German panel without any service, people with five doctor visits or more came to 0.69 and 0.58
// of what steady rates would have given, which with the panel's own means is a share of about a quarter to a half.
var kept = []float64{0.2, 0.4, 0.6, 0.8, 1}

const assumed = "use spread as a negative binomial of shape 0.2 to 1.5 among all who might have been chosen, all on one day, who keep from a fifth to all of what sets them apart: assumptions of ours"

// falls are the falls that choosing makes, over all assumptions, and the median of them.
type falls struct {
	span
	middling float64
}

func fallsOf(list []float64) falls {
	sort.Float64s(list)
	return falls{span{list[0], list[len(list)-1]}, list[len(list)/2]}
}

// nearest is how far above the line the mean of those chosen must lie, as a share of it, for people who were chosen on one day: just at
// the line they came in as they reached it.
const nearest = 1.1

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
		if p == 0 || p < 1e-18*sum {
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

// lengths are how long the time of choosing and the window compared are, a year each where neither is stated.
func lengths(within, window string) (choosing, compared float64) {
	choosing, compared = days(cmp.Or(within, window)), days(cmp.Or(window, within))
	if choosing == 0 || compared == 0 {
		return 365, 365
	}
	return choosing, compared
}

// thresholdFall is the fall that people over a threshold show with no service, over the plausible shapes. With a mean before of
// those chosen, the population's is what gives it; without, it is what an area's may be.
func thresholdFall(t Threshold, window string, mean float64) (fall falls, how string, ok bool) {
	how = fmt.Sprintf("%d or more %s", t.AtLeast, words(t.Activity))
	if t.Within != "" {
		how += " within " + t.Within
	}
	within, over := lengths(t.Within, window)
	ratio := over / within
	var list []float64
	take := func(mean, shape float64) {
		for _, keep := range kept {
			list = append(list, fallAfter(mean, shape, keep, t.AtLeast, ratio))
		}
	}
	rates, known := populationRates[Meaning(t.Activity)]
	for _, shape := range shapes {
		if mean > 0 {
			m, found := populationMean(mean, shape, t.AtLeast, ratio)
			if !found || ratio >= 1 && mean < nearest*float64(t.AtLeast) {
				return falls{}, how, false
			}
			take(m, shape)
			continue
		}
		if !known {
			return falls{}, how, false
		}
		take(rates.low*within/365, shape)
		take(rates.high*within/365, shape)
	}
	if mean == 0 {
		how += fmt.Sprintf(" in an area with %s a person a year, an assumption of ours", between(rates, number.Plain))
	}
	return fallsOf(list), how, true
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

// topFall is the fall of the first so many of a population by an activity. With a mean before of those chosen, the line they were over,
// and the population's mean, are those that give it and their share; without, the population's is what an area's may be.
func topFall(t Top, window string, population, mean float64) (fall falls, how string, ok bool) {
	rates, known := populationRates[Meaning(t.By)]
	share := float64(t.N) / population
	if share <= 0 || share >= 1 || mean == 0 && !known {
		return falls{}, "", false
	}
	within, over := lengths(t.Within, window)
	ratio := over / within
	how = fmt.Sprintf("being the top %s of %s by %s", count(float64(t.N)), count(population), words(t.By))
	var list []float64
	take := func(mean, shape float64, k int) {
		for _, keep := range kept {
			list = append(list, fallAfter(mean, shape, keep, k, ratio))
		}
	}
	for _, shape := range shapes {
		if mean == 0 {
			for _, rate := range []float64{rates.low, rates.high} {
				m := rate * within / 365
				take(m, shape, 1+sort.Search(mostEvents-1, func(i int) bool { chance, _ := tail(m, shape, i+1); return chance <= share }))
			}
			continue
		}
		best, line, from := math.Inf(1), 0, 0.0
		for k := 1; k < mostEvents && float64(k) <= mean/math.Max(1, ratio); k++ {
			m, found := populationMean(mean, shape, k, ratio)
			if !found {
				continue
			}
			chance, _ := tail(m, shape, k)
			if off := math.Abs(math.Log(math.Max(chance, 1e-12) / share)); off < best {
				best, line, from = off, k, m
			}
		}
		if line > 0 {
			take(from, shape, line)
		}
	}
	if len(list) == 0 {
		return falls{}, how, false
	}
	if mean == 0 {
		how += fmt.Sprintf(", in an area with %s a person a year, an assumption of ours", between(rates, number.Plain))
	}
	return fallsOf(list), how, true
}
