package estimate_test

import (
	"math"
	"strings"
	"testing"

	"averted/evaluate/estimate"
)

// TestFallByDeaths holds the formula against what it must be: half of the share that dies where all use alike, half of all use where
// the dying use nearly all, and more the more die and the more they use; and against people counted one by one.
func TestFallByDeaths(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	for _, d := range []float64{0.01, 0.04, 0.3, 1} {
		if got := estimate.FallByDeaths(d, 1); !near(got, 50*d) {
			t.Errorf("%g die, using what others do: %g", d, got)
		}
	}
	if got := estimate.FallByDeaths(0.04, 1e12); math.Abs(got-50) > 1e-6 {
		t.Errorf("all use is theirs: %g", got)
	}
	if estimate.FallByDeaths(0, 3) != 0 || estimate.FallByDeaths(0.08, 3) <= estimate.FallByDeaths(0.08, 1) || estimate.FallByDeaths(0.12, 3) <= estimate.FallByDeaths(0.08, 3) {
		t.Error("it doesn't rise with deaths and with use")
	}
	// A thousand people, 96 of whom use three a month and die in the middle of month 1, 2, ... of 12; the others use one.
	const people, dying, use = 1000, 96, 3
	before, after := 0.0, 0.0
	for i := range people {
		rate, watched := 1.0, 12.0
		if i < dying {
			rate, watched = use, float64(i%12)+0.5
		}
		before, after = before+12*rate, after+watched*rate
	}
	if got, want := estimate.FallByDeaths(dying/float64(people), use), 100*(1-after/before); !near(got, want) {
		t.Errorf("%g, counted %g", got, want)
	}
	if got := estimate.FallsByDeaths(); !strings.HasPrefix(got, "2 to 6% if 4% died, ") || strings.Count(got, "died") != 3 {
		t.Error(got)
	}
}
