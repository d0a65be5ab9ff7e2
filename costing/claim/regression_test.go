package claim

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// TestFallAfter holds the formula against a million people whose rates are drawn: those over the threshold, and what they do next.
func TestFallAfter(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million people")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		mean, shape, keep float64
		k                 int
		ratio             float64
	}{{0.5, 0.35, 1, 3, 1}, {1, 1.5, 1, 4, 1}, {1, 0.5, 0.5, 3, 1}, {0.8, 0.5, 1, 3, 2}, {1.2, 0.75, 1, 3, 0.5}} {
		gamma := distuv.Gamma{Alpha: c.shape, Beta: c.shape / c.mean, Src: rng}
		poisson := func(mean float64) float64 { return distuv.Poisson{Lambda: max(mean, 1e-12), Src: rng}.Rand() }
		var before, after float64
		chosen := 0
		for range 1_000_000 {
			rate := gamma.Rand()
			// The time of choosing, in two halves, so that a shorter window can be its end.
			early, late := poisson(rate*(1-math.Min(c.ratio, 1))), poisson(rate*math.Min(c.ratio, 1))
			if int(early+late) < c.k {
				continue
			}
			chosen++
			before += late
			if c.ratio > 1 {
				before += poisson(rate * (c.ratio - 1))
			}
			after += poisson(c.ratio * (c.mean + c.keep*(rate-c.mean)))
		}
		drawn, got := 100*(1-after/before), fallAfter(c.mean, c.shape, c.keep, c.k, c.ratio)
		// Counts of some thousands: four standard errors of a ratio of two overdispersed counts are under 3 points.
		if chosen < 5000 || math.Abs(drawn-got) > 3 {
			t.Errorf("%+v: the formula says %.1f%%, %d people drawn fall by %.1f%%", c, got, chosen, drawn)
		}
	}
}

// TestTail holds the sums against the probabilities of small cases, far in the tail too.
func TestTail(t *testing.T) {
	for _, c := range []struct{ mean, shape float64 }{{0.5, 0.2}, {2, 1}, {7, 1.5}} {
		p := func(b int) float64 {
			lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
			return math.Exp(lg(c.shape+float64(b)) - lg(c.shape) - lg(float64(b)+1) + c.shape*math.Log(c.shape/(c.shape+c.mean)) + float64(b)*math.Log(c.mean/(c.shape+c.mean)))
		}
		for _, k := range []int{0, 1, 5, 40, 150} {
			sum, weighted := 0.0, 0.0
			for b := k; b < 4000; b++ {
				sum, weighted = sum+p(b), weighted+float64(b)*p(b)
			}
			chance, above := tail(c.mean, c.shape, k)
			if math.Abs(chance-sum) > 1e-9*sum+1e-15 && math.Abs(chance/sum-1) > 1e-6 || math.Abs(above/(weighted/sum)-1) > 1e-6 {
				t.Errorf("%+v, k %d: %g, %g; want %g, %g", c, k, chance, above, sum, weighted/sum)
			}
		}
	}
}

// TestPopulationMean finds the mean that those chosen came from.
func TestPopulationMean(t *testing.T) {
	for _, shape := range shapes {
		for _, mean := range []float64{0.3, 1, 4} {
			_, above := tail(mean, shape, 5)
			got, ok := populationMean(above, shape, 5, 1)
			if !ok || math.Abs(got/mean-1) > 1e-6 {
				t.Errorf("shape %g: %g for %g (%v)", shape, got, mean, ok)
			}
		}
	}
	if _, ok := populationMean(3, 0.5, 5, 1); ok {
		t.Error("people with five events or more had a mean of 3")
	}
}
