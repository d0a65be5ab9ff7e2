package estimate_test

import (
	"testing"

	"averted/evaluate/estimate"
)

// BenchmarkBootstrap draws a million people in few cells, and two thousand one by one. The ratio says what
// cells are worth.
func BenchmarkBootstrap(b *testing.B) {
	var few, many []estimate.Cell
	for i := range int64(100) {
		few = append(few, estimate.Cell{Before: i % 10, After: i / 10, TimeBefore: 1, TimeAfter: 1, People: 10_000})
	}
	for i := range int64(2_000) {
		many = append(many, estimate.Cell{Before: i % 50, After: i / 50, TimeBefore: 1, TimeAfter: 1, People: 1})
	}
	perPerson := map[string]float64{}
	for _, c := range []struct {
		name   string
		cells  []estimate.Cell
		people float64
	}{{"2000-people-one-by-one", many, 2_000}, {"million-people-in-100-cells", few, 1_000_000}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				estimate.RateRatio(c.cells, estimate.Draws{Seed: 1, Stream: "bench"})
			}
			perPerson[c.name] = b.Elapsed().Seconds() / float64(b.N) / c.people
			if one := perPerson["2000-people-one-by-one"]; one > 0 {
				b.ReportMetric(one/perPerson[c.name], "one-by-one/this")
			}
		})
	}
}
