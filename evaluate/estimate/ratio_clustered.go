package estimate

import (
	"fmt"
	"math"
	"slices"
)

// FewestClusters is how many practices an interval over practices needs.
const FewestClusters = 10

// OverPractices is what an interval over practices is called.
const OverPractices = "robust over practices, t"

// RatioClustered reports [RateRatio]'s ratio with a robust interval over practices in place of people. Cells of one
// practice are one list; people without a practice are one together, which is not counted among the practices there must
// be.
//
//	R = A/E,  SE² = G/(G-1) Σ_g (Σ_{i in g} Lᵢ)²,  Lᵢ = aᵢ/A - eᵢ/E
//
// over G practices. The interval is exp(log R ± t·SE) at 95%, with t of G-1 degrees of freedom.
//
// A surgery that changes how it books, or opens a telephone line, changes the contacts of all its people at once: then
// people are not independent, and an interval over people is too narrow. Beside it, the wider is shown.
//
// Special cases are:
//   - refused like [RatioRobust]; fewer than 10 practices: refused with TOO_FEW_PERSONS, the ratio as value
//
// Liang and Zeger, Biometrika 1986; Cameron and Miller, Journal of Human Resources 2015.
func RatioClustered(practices [][]Cell, without []Cell) Estimate {
	all := slices.Clone(without)
	for _, cells := range practices {
		all = append(all, cells...)
	}
	all = Canonical(all)
	e := begin(all, OverPractices)
	if e.Refused != nil {
		return e
	}
	s := Sum(all)
	value := float64(s.After) / s.Expected
	e.Value = number(value)
	filled := Filled(practices)
	if filled < FewestClusters {
		e.Refused = &Refusal{TooFewPersons, fmt.Sprintf("an interval over practices needs at least %d of them", FewestClusters)}
		return e
	}
	var parts []float64 // sorted, so that the order of practices changes nothing
	for _, cells := range append(slices.Clone(practices), without) {
		part := Sum(Canonical(cells))
		l := float64(part.After)/float64(s.After) - part.Expected/s.Expected
		parts = append(parts, float64(l*l))
	}
	slices.Sort(parts)
	squares := 0.0
	for _, part := range parts {
		squares += part
	}
	g := float64(filled + Filled([][]Cell{without}))
	e.onLog(value, math.Sqrt(squares*g/(g-1)), g-1)
	return e
}

// Filled is how many lists have people.
func Filled(lists [][]Cell) int {
	n := 0
	for _, cells := range lists {
		if Sum(cells).People > 0 {
			n++
		}
	}
	return n
}
