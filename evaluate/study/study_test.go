package study_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"averted/evaluate/study"
)

const good = `averted: 1
title: A study
date: 2020-01-01
seed: 7
opt_out: {not_applicable: synthetic data}
people:
  file: people.csv
  columns: {person: id, index: referred}
events:
  - file: ae.csv
    activity: ae
    columns: {person: id, date: day}
    complete: {from: 2018-01-01, to: 2019-12-31}
activities:
  ae: {label: A&E attendances}
`

// wrong is the lines of what is wrong with a study file.
func wrong(t *testing.T, text string) string {
	t.Helper()
	_, err := study.Parse("study.yaml", ".", []byte(text))
	var invalid *study.Invalid
	if err != nil && !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	if err == nil {
		return ""
	}
	return strings.Join(invalid.Problems.Lines(), "\n")
}

func TestDefaultsAreVisible(t *testing.T) {
	plan, err := study.Parse("study.yaml", ".", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"windows":["6 months","12 months"]`, `"index_day":"exclude"`, `"follow_up":"observed"`, `"washout":{"before":"0 days","after":"0 days"}`,
		`"primary":{"activity":"ae","window":"12 months","method":"rate_ratio","arm":"service"}`, `"profile":"local"`, `"hide_below":8`, `"trend":{"value":1,"source":"none used"}`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the canonical form lacks %s:\n%s", want, text)
		}
	}
}

// TestCanonical wants one hash however the same study is written, another if it says something else, and a
// canonical form that reads back to itself.
func TestCanonical(t *testing.T) {
	read := func(text string) *study.Plan {
		plan, err := study.Parse("study.yaml", ".", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	a := read(good)
	if b := read(strings.Replace(good, "seed: 7", "seed:   7   # a comment", 1) + "index_day: exclude\n"); a.Hash() != b.Hash() {
		t.Error("a comment and a default written out change the hash")
	}
	if b := read(strings.Replace(good, "seed: 7", "seed: 8", 1)); a.Hash() == b.Hash() {
		t.Error("another seed has the same hash")
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if b := read(string(text)); a.Hash() != b.Hash() {
		t.Error("the canonical form is another study")
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", "title:", "titel:", `study.yaml:2: titel: no such key; did you mean "title"? [A002]`},
		{"unknown key deep down", "complete:", "complet:", `study.yaml:13: events[1].complet: no such key; did you mean "complete"? [A002]`},
		{"key twice", "seed: 7", "seed: 7\nseed: 8", "study.yaml:5: "},
		{"no date", "date: 2020-01-01\n", "", "study.yaml: date: give the date printed on the report, as YYYY-MM-DD [A005]"},
		{"bad date", "date: 2020-01-01", "date: 2020-02-30", "study.yaml:3: date: want a date as YYYY-MM-DD [A003]"},
		{"bad number", "seed: 7", "seed: x", "study.yaml:4: seed: want a whole number, not negative [A003]"},
		{"unknown activity", "activity: ae", "activity: ea", `study.yaml:11: events[1].activity: activities does not name this; did you mean "ae"? [A007]`},
		{"file outside", "file: ae.csv", "file: ../ae.csv", "study.yaml:10: events[1].file: a study's files lie in its own folder"},
		{"absolute file", "file: ae.csv", "file: /ae.csv", "study.yaml:10: events[1].file: a study's files lie"},
		{"feed the wrong way round", "to: 2019-12-31", "to: 2017-12-31", "study.yaml:13: events[1].complete: the feed ends before it begins [A007]"},
		{"bad window", "seed: 7", "seed: 7\nwindows: [12 moons]", "study.yaml:5: windows[1]: want a length"},
		{"newer", "averted: 1", "averted: 2", "study.yaml:1: averted: this is a newer form"},
		{"no opt-out", "opt_out: {not_applicable: synthetic data}\n", "", "study.yaml: opt_out: say what was done"},
		{"trend without a source", "seed: 7", "seed: 7\ntrend: {value: 0.97}", "study.yaml:5: trend.source: say where the trend comes from"},
		{"trend of nothing", "seed: 7", "seed: 7\ntrend: {value: -1, source: area}", "study.yaml:5: trend.value: want the population's rate"},
		{"trend of zero", "seed: 7", "seed: 7\ntrend: {value: 0, source: area}", "study.yaml:5: trend.value: want the population's rate"},
		{"trend in percent", "seed: 7", "seed: 7\ntrend: {value: 95, source: area}", "study.yaml:5: trend.value: want the population's rate"},
		{"two trends", "seed: 7", "seed: 7\ntrend: {value: 0.97, source: area, series: {file: x.csv, columns: {month: m, count: n}}}", "study.yaml:5: trend: give numbers or a series"},
		{"rule and threshold", "seed: 7", "seed: 7\nselection: {rule: referred, threshold: {activity: ae, at_least: 5, within: 12 months}}", "study.yaml:5: selection: give one of"},
		{"threshold of none", "seed: 7", "seed: 7\nselection: {threshold: {activity: ae, within: 12 months}, when: fixed_date}", "study.yaml:5: selection.threshold.at_least: want a number of events from 1"},
		{"threshold over no time", "seed: 7", "seed: 7\nselection: {threshold: {activity: ae, at_least: 3}}", "study.yaml:5: selection.threshold.within: say over how long"},
		{"top list crossed", "seed: 7", "seed: 7\nselection: {top: {n: 20, by: risk_score}, when: first_crossing}", "study.yaml:5: selection.when: a top list is taken on a fixed date"},
		{"reference of nothing", "seed: 7", "seed: 7\nreference: {who: elsewhere}", "study.yaml:5: reference: give people:"},
		{"reference of nobody", "seed: 7", "seed: 7\nreference: {people: {file: x.csv, columns: {person: id}}, from: 2017-01-01}", "study.yaml:5: reference.who: want one of"},
		{"reference at no time", "seed: 7", "seed: 7\nreference: {who: elsewhere, people: {file: x.csv, columns: {person: id}}}", "study.yaml:5: reference.from: say on which day"},
		{"counts beside events", "seed: 7", "seed: 7\nreference: {who: elsewhere, counts: {file: x.csv, columns: {person: id}, windows: {12 months: {ae: {before: b, after: a}}}}}", "study.yaml:5: reference.counts: ready counts of reference people"},
		{"population without dispersion", "seed: 7", "seed: 7\nreference: {population: {mean: 0.6, source: area}}", "study.yaml:5: reference.population: give a mean above 0"},
		{"totals", "seed: 7", "seed: 7\ntotals: [{file: x.csv}]", "study.yaml:5: totals[1].columns.people: name the column"},
		{"lower limit", "seed: 7", "seed: 7\nrelease: {hide_below: 3}", "study.yaml:5: release.hide_below: below 8 only with the agreement"},
		{"price without prices", "{label: A&E attendances}", "{price: ae}", "study.yaml:15: activities.ae.price: no prices: key"},
		{"anchor", "seed: 7", "seed: &s 7", "study.yaml:4: seed: anchors, aliases and tags are not read"},
		{"not YAML", "title: A study", "title: [A study", "study.yaml:"},
		{"empty value", "title: A study", "title:", "study.yaml:2: title: this key has no value"},
		{"nothing feeds", "activities:", "activities:\n  gp: {}", "study.yaml:15: activities.gp: no events, counts, totals or series feed this activity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := wrong(t, strings.Replace(good, c.from, c.to, 1)); !strings.Contains(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// TestAllProblemsAtOnce wants every problem of a file in one go, in order.
func TestAllProblemsAtOnce(t *testing.T) {
	got := wrong(t, strings.NewReplacer("title:", "titel:", "seed: 7", "seed: x", "complete:", "complet:").Replace(good))
	lines := strings.Split(got, "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "study.yaml:2:") || !strings.HasPrefix(lines[1], "study.yaml:4:") || !strings.HasPrefix(lines[2], "study.yaml:13:") {
		t.Errorf("got:\n%s", got)
	}
}

// TestDocs parses every fenced block of the study file's reference.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "study.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for i, b := range blocks {
		whole := b[1]
		if !strings.HasPrefix(whole, "averted:") { // a part: set into the study above in place of its own key
			key, _, _ := strings.Cut(whole, ":")
			base := good
			for _, k := range regexp.MustCompile(`(?m)^\w+:`).FindAllString(whole, -1) {
				base = regexp.MustCompile(`(?m)^`+k+`.*\n(^[ #].*\n)*`).ReplaceAllString(base, "")
			}
			whole = base + whole
			if key == "totals" {
				whole = strings.Replace(whole, "  ae: {label", "  gp_surgery: {}\n  ae: {label", 1)
			}
			if key == "counts" {
				whole = regexp.MustCompile(`(?m)^(people|events):.*\n(^[ #].*\n)*`).ReplaceAllString(whole, "")
				if !strings.Contains(b[1], "activities:") {
					whole = strings.Replace(whole, "ae: {label", "seizure: {label", 1)
				}
			}
		}
		if got := wrong(t, whole); got != "" {
			t.Errorf("block %d:\n%s\n%s", i+1, got, whole)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("a: [b, {c: d}]\n? x\n: y\n")
	f.Add("<<: *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := study.Parse("study.yaml", ".", []byte(text))
		var invalid *study.Invalid
		if (plan == nil) == (err == nil) || err != nil && !errors.As(err, &invalid) {
			t.Fatalf("%v, %v", plan, err)
		}
		if invalid != nil {
			lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1 // YAML ends lines with either
			for _, p := range invalid.Problems.All() {
				if p.Row < 0 || p.Row > lines {
					t.Fatalf("row %d of %d", p.Row, lines)
				}
			}
		}
	})
}
