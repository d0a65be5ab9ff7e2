package release_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/costing"
	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/study"
	"averted/report"
	"averted/report/release"
	"averted/report/result"

	"pgregory.net/rapid"
)

// person is one row of a study of ready counts.
type person struct {
	arm           string
	before, after int
}

// control runs a study of ready counts through a release profile.
func control(t *testing.T, profile string, people []person) (*result.Result, *release.Released) {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("id,arm,pre,post\n")
	comparison := "[]"
	for i, p := range people {
		fmt.Fprintf(&b, "P%d,%s,%d,%d\n", i, p.arm, p.before, p.after)
		if p.arm == "c" {
			comparison = "[c]"
		}
	}
	for name, text := range map[string]string{"counts.csv": b.String(),
		"prices.csv": "activity,unit,price_year,value_gbp,source,licence\nae,attendance,2018/19,115,made up for a test,none\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Parse("study.yaml", dir, []byte(`averted: 1
title: t
date: 2020-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
counts:
  file: counts.csv
  columns: {person: id, arm: arm}
  arms: {service: [s], comparison: `+comparison+`}
  windows: {12 months: {ae: {before: pre, after: post}}}
  died_or_left: 0
activities: {ae: {label: A&E attendances, price: ae}}
prices: {file: prices.csv, price_year: 2018/19}
release: {profile: `+profile+`}
`))
	if err != nil {
		t.Fatal(err)
	}
	prices, err := costing.Prices(plan)
	if err != nil {
		t.Fatal(err)
	}
	found, err := evaluate.Run(t.Context(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	exact := report.Assemble(found, costing.Price(found, prices), prices)
	safe, err := release.Control(exact)
	if err != nil {
		t.Fatal(err)
	}
	return exact, safe
}

func many(n int, arm string) []person {
	var list []person
	for i := range n {
		list = append(list, person{arm, 1 + i%4, 1 + (i*7)%3})
	}
	return list
}

func find(t *testing.T, r *result.Result, method, arm string) result.Estimate {
	t.Helper()
	for _, e := range r.Estimates {
		if e.Method == method && e.Arm == arm {
			return e
		}
	}
	t.Fatalf("no %s of %s", method, arm)
	return result.Estimate{}
}

func TestLocalKeepsWholeCohorts(t *testing.T) {
	exact, safe := control(t, "local", many(83, "s"))
	a, b := find(t, exact, "rate_ratio", "service"), find(t, &safe.Result, "rate_ratio", "service")
	if *a.Value != *b.Value || *a.Before != *b.Before || *a.People != *b.People || len(b.Hidden) > 0 {
		t.Errorf("83 people who all contribute: %v became %v", *a.Value, b)
	}
	if *exact.Bill.Totals[0].Gross != *safe.Bill.Totals[0].Gross {
		t.Error("the total changed")
	}
}

// TestRounded wants counts to the nearest 5 and everything else worked out from them: under nhs-england
// always, under local below 50 people.
func TestRounded(t *testing.T) {
	for _, c := range []struct {
		profile string
		people  int
	}{{"nhs-england", 83}, {"local", 49}} {
		exact, safe := control(t, c.profile, many(c.people, "s"))
		e, was := find(t, &safe.Result, "percent_change", "service"), find(t, exact, "percent_change", "service")
		for _, n := range []*int64{e.People, e.Before, e.After} {
			if n == nil || *n%5 != 0 {
				t.Fatalf("%s: a count is not rounded: %v", c.profile, n)
			}
		}
		if *e.Value != math.Round(100*(float64(*e.After)/float64(*e.Before)-1)) || *e.Low != math.Round(*e.Low) {
			t.Errorf("%s: %g%% of %d and %d", c.profile, *e.Value, *e.Before, *e.After)
		}
		if math.Abs(*e.Low-*was.Low) > 4 || math.Abs(*e.High-*was.High) > 4 {
			t.Errorf("%s: the interval moved from %g, %g to %g, %g", c.profile, *was.Low, *was.High, *e.Low, *e.High)
		}
		line := safe.Bill.Lines[0]
		if *line.Averted != float64(*line.Before-*line.After) || *line.Gross != int64(*line.Averted)*11500 || *safe.Bill.Totals[0].Gross != *line.Gross {
			t.Errorf("%s: the bill is not made of released counts: %+v", c.profile, line)
		}
		if p := find(t, &safe.Result, "paired_t", "service"); p.P != nil || !slices.Contains(p.Hidden, "p") {
			t.Errorf("%s: an exact p-value beside rounded counts", c.profile)
		}
	}
}

// TestHidden wants event counts hidden behind which fewer than eight people stand, or one with over half,
// and counts of no events shown.
func TestHidden(t *testing.T) {
	few := make([]person, 60)
	heavy := many(60, "s")
	heavy[0].before = 1000
	for i := range few {
		few[i] = person{"s", 0, 1}
		if i < 7 {
			few[i].before = 9
		}
	}
	for name, people := range map[string][]person{"seven people": few, "one with over half": heavy} {
		for _, profile := range []string{"local", "nhs-england"} {
			_, safe := control(t, profile, people)
			e := find(t, &safe.Result, "rate_ratio", "service")
			if e.Before != nil || e.Value != nil || e.Expected != nil || !slices.Contains(e.Hidden, "before") || !slices.Contains(e.Hidden, "value") || e.After == nil {
				t.Errorf("%s, %s: %+v", name, profile, e)
			}
			if l := safe.Bill.Lines[0]; l.Gross != nil || safe.Bill.Totals[0].Gross != nil {
				t.Errorf("%s, %s: pounds give the count back", name, profile)
			}
		}
	}
	none := make([]person, 60)
	for i := range none {
		none[i] = person{"s", 2 + i%3, 0}
	}
	_, safe := control(t, "nhs-england", none)
	if e := find(t, &safe.Result, "rate_ratio", "service"); e.After == nil || *e.After != 0 {
		t.Error("a count of nothing is hidden")
	}
}

// TestSmallArm wants the sum of both arms rounded where one arm is exact and the other is not.
func TestSmallArm(t *testing.T) {
	_, safe := control(t, "local", append(many(83, "s"), many(13, "c")...))
	if e := find(t, &safe.Result, "rate_ratio", "service"); *e.People != 83 {
		t.Error("the large arm was rounded")
	}
	if e := find(t, &safe.Result, "rate_ratio", "all"); *e.People%5 != 0 {
		t.Errorf("83 and %d people are shown exactly, so 13 can be worked out", *e.People)
	}
}

// TestNothingInternal looks for internal fields in what may leave.
func TestNothingInternal(t *testing.T) {
	_, safe := control(t, "local", many(83, "s"))
	text, err := json.Marshal(safe)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"users_before", "users_after", "top_before", "top_after", `"users"`, `"most"`, `"quality"`} {
		if strings.Contains(string(text), field) {
			t.Errorf("%s leaves", field)
		}
	}
}

func TestUnknownProfile(t *testing.T) {
	exact, _ := control(t, "local", many(60, "s"))
	exact.Study.Profile = "none"
	if _, err := release.Control(exact); err == nil {
		t.Error("an unknown profile releases")
	}
}

// TestFlowDifferences makes random people flows and wants no two boxes of a chain to differ by 1 to 7 under
// the local profile, nor any that left to be 1 to 7.
func TestFlowDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exact := &result.Result{Study: result.Study{Profile: "local", HideBelow: 8}}
		add := func(step, window, arm string, people, out int64) {
			exact.Flow = append(exact.Flow, result.Box{Step: step, Window: window, Arm: arm, People: &people, Out: &out})
		}
		for _, arm := range []string{"service", "comparison"} {
			people := int64(rapid.IntRange(60, 4000).Draw(t, "people"))
			add("people", "", arm, people, 0)
			for _, window := range []string{"6 months", "12 months"} {
				left := people
				for step := range 5 {
					out := min(left, int64(rapid.SampledFrom([]int{0, 1, 3, 7, 8, 9, 40}).Draw(t, "out")))
					left -= out
					add(fmt.Sprint("step ", step), window, arm, left, out)
				}
			}
		}
		safe, err := release.Control(exact)
		if err != nil {
			t.Fatal(err)
		}
		last := map[string]*int64{}
		for _, b := range safe.Flow {
			if b.Window == "" {
				last[b.Arm+"6 months"], last[b.Arm+"12 months"] = b.People, b.People
				continue
			}
			if b.People == nil {
				continue
			}
			key := b.Arm + b.Window
			if above := last[key]; above != nil {
				if d := *above - *b.People; d > 0 && d < 8 && *b.People >= 50 {
					t.Fatalf("%s, %s: boxes %d and %d differ by %d", key, b.Step, *above, *b.People, d)
				}
			}
			if b.Out != nil && *b.Out > 0 && *b.Out < 8 && *b.People >= 50 {
				t.Fatalf("%s, %s: %d left", key, b.Step, *b.Out)
			}
			last[key] = b.People
		}
	})
}
