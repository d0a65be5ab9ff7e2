// Package estimatetest holds what must be true of every method of before and after, whatever its formula.
package estimatetest

import (
	"math"
	"slices"
	"testing"

	"averted/evaluate/estimate"
)

// Method is a method with its resampling, if any, already fixed.
type Method func([]estimate.Cell) estimate.Estimate

// Cells is a cohort that every method can estimate.
var Cells = []estimate.Cell{
	{Before: 0, After: 0, TimeBefore: 1, TimeAfter: 1, People: 31}, {Before: 1, After: 0, TimeBefore: 1, TimeAfter: 1, People: 20},
	{Before: 0, After: 1, TimeBefore: 1, TimeAfter: 1, People: 12}, {Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1, People: 10},
	{Before: 1, After: 3, TimeBefore: 1, TimeAfter: 1, People: 4}, {Before: 5, After: 2, TimeBefore: 1, TimeAfter: 1, People: 6},
	{Before: 9, After: 6, TimeBefore: 1, TimeAfter: 1, People: 2}, {Before: 4, After: 4, TimeBefore: 1, TimeAfter: 1, People: 5},
}

// Invariants checks that splitting a cell, reordering, and writing people out one by one change nothing,
// that a caller's cells stay as they are, and that doubling everybody keeps the value and narrows the
// interval.
func Invariants(t *testing.T, method Method) {
	t.Helper()
	given := slices.Clone(Cells)
	want := method(given)
	if !slices.Equal(given, Cells) {
		t.Error("the caller's cells were changed")
	}
	if want.Refused != nil || want.Value == nil || want.Low == nil || want.High == nil {
		t.Fatalf("no estimate of an ordinary cohort: %+v", want.Refused)
	}
	if !(*want.Low < *want.Value && *want.Value < *want.High) {
		t.Errorf("%g is not inside %g to %g", *want.Value, *want.Low, *want.High)
	}
	split := slices.Clone(Cells)
	split[3].People = 4
	split = append(split, estimate.Cell{Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1, People: 6})
	Same(t, "a cell split in two", method(split), want)
	reversed := slices.Clone(Cells)
	slices.Reverse(reversed)
	Same(t, "another order", method(reversed), want)
	var each []estimate.Cell
	for _, c := range Cells {
		for range c.People {
			c.People = 1
			each = append(each, c)
		}
	}
	Same(t, "people one by one", method(each), want)
	doubled := slices.Clone(Cells)
	for i := range doubled {
		doubled[i].People *= 2
	}
	twice := method(doubled)
	if !near(*twice.Value, *want.Value) {
		t.Errorf("everybody twice: value %g, want %g", *twice.Value, *want.Value)
	}
	if *twice.High-*twice.Low >= *want.High-*want.Low {
		t.Error("everybody twice: the interval is no narrower")
	}
}

// SwapInverts checks that swapping before and after turns a ratio into its inverse, with its interval.
func SwapInverts(t *testing.T, method Method) {
	t.Helper()
	swapped := slices.Clone(Cells)
	for i, c := range swapped {
		swapped[i].Before, swapped[i].After = c.After, c.Before
	}
	a, b := method(Cells), method(swapped)
	if !near(*a.Value**b.Value, 1) || math.Abs(math.Log(*a.Low**b.High)) > 0.02 || math.Abs(math.Log(*a.High**b.Low)) > 0.02 {
		t.Errorf("swapped: %g (%g to %g), not the inverse of %g (%g to %g)", *b.Value, *b.Low, *b.High, *a.Value, *a.Low, *a.High)
	}
}

// Same checks that two estimates are one, to the last bit.
func Same(t *testing.T, what string, got, want estimate.Estimate) {
	t.Helper()
	if *got.Value != *want.Value || *got.Low != *want.Low || *got.High != *want.High {
		t.Errorf("%s: %g (%g to %g), want %g (%g to %g)", what, *got.Value, *got.Low, *got.High, *want.Value, *want.Low, *want.High)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }
