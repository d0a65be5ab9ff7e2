//go:build cgo

package duckdb

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/engine/memory"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// BenchmarkEngines counts one million events of 20,000 people. The figure to look at is the ratio of the
// memory engine to DuckDB on the same machine at the same time, not the seconds.
func BenchmarkEngines(b *testing.B) {
	plan := largeStudy(b, 20_000, 1_000_000)
	files := source.NewFiles(plan.Path("."), nil)
	b.Cleanup(func() { _ = files.Close() })
	people, err := cohort.Read(b.Context(), plan, files)
	if err != nil {
		b.Fatal(err)
	}
	perRun := map[string]float64{}
	for _, e := range []engine.Engine{memory.Engine{}, Engine{}} {
		b.Run(e.Name(), func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Tally(b.Context(), plan, people, files); err != nil {
					b.Fatal(err)
				}
			}
			perRun[e.Name()] = b.Elapsed().Seconds() / float64(b.N)
			if other := perRun["memory"]; e.Name() == "duckdb" && other > 0 {
				b.ReportMetric(other/perRun["duckdb"], "memory/duckdb")
			}
		})
	}
}

func largeStudy(b *testing.B, people, events int) *study.Plan {
	b.Helper()
	dir := b.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	write := func(name, header string, rows int, row func(i int) string) {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriter(file)
		fmt.Fprintln(w, header)
		for i := range rows {
			fmt.Fprintln(w, row(i))
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
	}
	from := window.Date(2015, 1, 1)
	write("people.csv", "id,referred", people, func(i int) string {
		return fmt.Sprintf("P%06d,%s", i, from+400+window.Day(random.IntN(600)))
	})
	write("ae.csv", "id,day,kind,site", events, func(int) string {
		return fmt.Sprintf("P%06d,%s,1,%04d", random.IntN(people*2), from+window.Day(random.IntN(1461)), random.IntN(9999))
	})
	plan, err := study.Parse("study.yaml", dir, []byte(`{averted: 1, title: large, date: 2022-01-01, seed: 1, opt_out: {not_applicable: synthetic data}, set_aside: {rows: 100, people: 100},
people: {file: people.csv, columns: {person: id, index: referred}}, activities: {ae: {}},
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, where: {kind: ["1"]}, complete: {from: 2015-01-01, to: 2018-12-31}}]}`))
	if err != nil {
		b.Fatal(err)
	}
	return plan
}
