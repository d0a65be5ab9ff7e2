package estimate

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// binomialLog is the log of the probability of x successes in n trials.
func binomialLog(x, n int64, p float64) float64 {
	if p <= 0 || p >= 1 {
		if p <= 0 && x == 0 || p >= 1 && x == n {
			return 0
		}
		return math.Inf(-1)
	}
	return LogChoose(n, x) + float64(float64(x)*math.Log(p)) + float64(float64(n-x)*math.Log1p(-p))
}

// LogChoose is the log of the number of ways to take k of n.
func LogChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// binomialAtMost is the probability of x successes or fewer in n trials.
func binomialAtMost(x, n int64, p float64) float64 {
	switch {
	case x < 0:
		return 0
	case x >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-x), float64(x+1), 1-p)
}

// binomialOver is the probability of more than x successes in n trials.
func binomialOver(x, n int64, p float64) float64 {
	switch {
	case x < 0:
		return 1
	case x >= n:
		return 0
	}
	return mathext.RegIncBeta(float64(x+1), float64(n-x), p)
}

// alike is by how much two probabilities may differ and still count as one, in R's two-sided tests.
const alike = 1 + 1e-7

// binomialTwoSided is R's two-sided p-value: the probability of everything that is no likelier than x.
func binomialTwoSided(x, n int64, p float64) float64 {
	mean := float64(n) * p
	if float64(x) == mean {
		return 1
	}
	limit := binomialLog(x, n, p) + math.Log(alike)
	likely := func(k int64) bool { return binomialLog(k, n, p) > limit }
	// Beyond the mean on the other side probabilities fall, so the first that is no likelier is found by halving.
	if float64(x) < mean {
		low, high := int64(math.Ceil(mean)), n+1
		for low < high {
			if middle := low + (high-low)/2; likely(middle) {
				low = middle + 1
			} else {
				high = middle
			}
		}
		return min(1, binomialAtMost(x, n, p)+binomialOver(low-1, n, p))
	}
	low, high := int64(-1), int64(math.Floor(mean))
	for low < high {
		if middle := high - (high-low)/2; likely(middle) {
			high = middle - 1
		} else {
			low = middle
		}
	}
	return min(1, binomialAtMost(low, n, p)+binomialOver(x-1, n, p))
}

// clopperPearson is the exact interval of a share: x of n.
//
// Clopper and Pearson, Biometrika 1934.
func clopperPearson(x, n int64, level float64) (low, high float64) {
	alpha := (1 - level) / 2
	high = 1
	if x > 0 {
		low = betaQuantile(alpha, float64(x), float64(n-x+1))
	}
	if x < n {
		high = 1 - betaQuantile(alpha, float64(n-x), float64(x+1))
	}
	return low, high
}

// betaQuantile is the quantile of a beta distribution, polished with Newton steps on its distribution function.
func betaQuantile(p, a, b float64) float64 {
	x := mathext.InvRegIncBeta(a, b, p)
	for range 3 {
		density := math.Exp(float64((a-1)*math.Log(x)) + float64((b-1)*math.Log1p(-x)) - mathext.Lbeta(a, b))
		step := (mathext.RegIncBeta(a, b, x) - p) / density
		if next := x - step; next > 0 && next < 1 {
			x = next
		}
	}
	return x
}
