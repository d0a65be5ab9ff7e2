package estimate_test

import (
	"math"
	"runtime"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/estimatetest"
)

func lead(cells []estimate.Cell) estimate.Estimate {
	return estimate.RateRatio(cells, estimate.Draws{Seed: 7, Stream: "test"})
}

func robust(cells []estimate.Cell) estimate.Estimate {
	return estimate.RatioRobust(cells, estimate.Robust{})
}

func pairedT(cells []estimate.Cell) estimate.Estimate {
	pairs, refused := estimate.Pairs(cells)
	if refused != nil {
		return estimate.Estimate{Refused: refused}
	}
	return estimate.PairedT(pairs)
}

func TestInvariants(t *testing.T) {
	for name, method := range map[string]estimatetest.Method{
		"rate ratio": lead, "robust": robust, "own rate, robust": estimate.OwnRateRobust, "paired t": pairedT,
		"exact": estimate.ExactConditional, "quasi-Poisson": estimate.QuasiPoisson, "signs": signs,
		"fixed effects":     func(c []estimate.Cell) estimate.Estimate { return estimate.FixedEffectPoisson(c).Estimate },
		"negative binomial": func(c []estimate.Cell) estimate.Estimate { return estimate.NegativeBinomialPeriod(c).Estimate },
		"Poisson weights": func(c []estimate.Cell) estimate.Estimate {
			return estimate.RateRatio(c, estimate.Draws{Seed: 7, Stream: "test", Poisson: true})
		},
	} {
		t.Run(name, func(t *testing.T) { estimatetest.Invariants(t, method) })
	}
	t.Run("swap", func(t *testing.T) {
		estimatetest.SwapInverts(t, robust)
		estimatetest.SwapInverts(t, lead)
		estimatetest.SwapInverts(t, estimate.ExactConditional)
		estimatetest.SwapInverts(t, estimate.QuasiPoisson)
		estimatetest.SwapInverts(t, func(c []estimate.Cell) estimate.Estimate { return estimate.FixedEffectPoisson(c).Estimate })
		estimatetest.SwapInverts(t, func(c []estimate.Cell) estimate.Estimate { return estimate.NegativeBinomialPeriod(c).Estimate })
	})
}

func signs(cells []estimate.Cell) estimate.Estimate {
	pairs, refused := estimate.Pairs(cells)
	if refused != nil {
		return estimate.Estimate{Refused: refused}
	}
	return estimate.SignTest(pairs).Estimate
}

// TestEqualWatchIsOneNumber checks that the lead, its robust form and the pooled ratio agree where the
// watch is equal, and that the lead's time has no unit.
func TestEqualWatchIsOneNumber(t *testing.T) {
	a, b, c := lead(estimatetest.Cells), robust(estimatetest.Cells), estimate.OwnRateRobust(estimatetest.Cells)
	if math.Abs(*a.Value-*b.Value) > 1e-12 || math.Abs(*c.Low-*b.Low) > 1e-12 {
		t.Errorf("%g, %g; %g, %g", *a.Value, *b.Value, *b.Low, *c.Low)
	}
	days := append([]estimate.Cell(nil), estimatetest.Cells...)
	for i := range days {
		days[i].TimeBefore, days[i].TimeAfter = 365, 365
	}
	estimatetest.Same(t, "days", lead(days), a)
}

// TestUnequalWatch checks A/E by hand: 4 events in 10 days give an expectation of 2 in 5 days.
func TestUnequalWatch(t *testing.T) {
	s := estimate.Sum([]estimate.Cell{
		{Before: 4, After: 1, TimeBefore: 10, TimeAfter: 5, People: 3}, {Before: 2, After: 3, TimeBefore: 10, TimeAfter: 10, People: 2},
	})
	if s.Expected != 10 || s.After != 9 || s.Before != 16 {
		t.Errorf("%+v", s)
	}
}

func TestCoresChangeNothing(t *testing.T) {
	many := runtime.GOMAXPROCS(8)
	a := lead(estimatetest.Cells)
	runtime.GOMAXPROCS(1)
	b := lead(estimatetest.Cells)
	runtime.GOMAXPROCS(many)
	estimatetest.Same(t, "one core", b, a)
}

func TestStreamsAreTheirOwn(t *testing.T) {
	a := estimate.RateRatio(estimatetest.Cells, estimate.Draws{Seed: 7, Stream: "a"})
	b := estimate.RateRatio(estimatetest.Cells, estimate.Draws{Seed: 7, Stream: "b"})
	c := estimate.RateRatio(estimatetest.Cells, estimate.Draws{Seed: 8, Stream: "a"})
	if *a.Low == *b.Low && *a.High == *b.High || *a.Low == *c.Low && *a.High == *c.High {
		t.Error("two streams or two seeds give the same draws")
	}
}

// TestDrawsByCellAndByPersonAgree compares the moments of both ways of drawing with what the multinomial
// has.
func TestDrawsByCellAndByPersonAgree(t *testing.T) {
	few := []int64{600, 300, 100}                 // by cell
	values := [][]float64{{0, 1}, {1, 2}, {5, 4}} // two sums
	var each []int64                              // by person
	var eachValues [][]float64
	for c, m := range few {
		for range m {
			each, eachValues = append(each, 1), append(eachValues, values[c])
		}
	}
	for name, sums := range map[string][][]float64{
		"cell": estimate.Resample(few, values, estimate.Draws{Seed: 1, Stream: "x"}), "person": estimate.Resample(each, eachValues, estimate.Draws{Seed: 1, Stream: "x"}),
	} {
		mean, square := 0.0, 0.0
		for _, s := range sums {
			mean += s[0]
			square += s[0] * s[0]
		}
		n := float64(len(sums))
		mean /= n
		variance := square/n - mean*mean
		// Σ m v = 800; n Var(v) = 1000 (2.8 - 0.64) = 2160, and a run of 9,999 is off by 4.5 of its own SD.
		if math.Abs(mean-800) > 4.5*math.Sqrt(2160/n) || math.Abs(variance-2160) > 4.5*2160*math.Sqrt(2/n) {
			t.Errorf("by %s: mean %g, variance %g; want 800, 2160", name, mean, variance)
		}
	}
}

func TestRefusals(t *testing.T) {
	one := func(b, a, n int64) []estimate.Cell {
		return []estimate.Cell{{Before: b, After: a, TimeBefore: 1, TimeAfter: 1, People: n}}
	}
	for _, c := range []struct {
		name  string
		cells []estimate.Cell
		want  estimate.Code
	}{
		{"nothing", one(0, 0, 9), estimate.NoEvents}, {"nobody", nil, estimate.NoEvents}, {"one person", one(3, 2, 1), estimate.TooFewPersons},
		{"none before", one(0, 2, 9), estimate.ZeroBefore}, {"none after", one(2, 0, 9), estimate.ZeroAfter}, {"all alike", one(2, 1, 9), estimate.ZeroVariance},
		{"negative", one(-1, 1, 9), estimate.BadInput}, {"no time", []estimate.Cell{{Before: 1, After: 1, TimeBefore: 0, TimeAfter: 1, People: 2}}, estimate.BadInput},
		{"time is NaN", []estimate.Cell{{Before: 1, After: 1, TimeBefore: math.NaN(), TimeAfter: 1, People: 2}}, estimate.BadInput},
		{"rare before", append(one(0, 1, 9), one(1, 0, 1)...), estimate.TooManyUndefined},
	} {
		e := lead(c.cells)
		if e.Refused == nil || e.Refused.Code != c.want || e.Low != nil || e.High != nil {
			t.Errorf("%s: %v, want %s and no interval", c.name, e.Refused, c.want)
		}
		if e.Value != nil && (math.IsNaN(*e.Value) || math.IsInf(*e.Value, 0)) {
			t.Errorf("%s: value %g", c.name, *e.Value)
		}
	}
}
