package evaluate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// around writes a study of people with an index day each, whose events lie so many days from it.
func around(t *testing.T, extra string, people map[string][]int) *study.Plan {
	t.Helper()
	dir := t.TempDir()
	index := window.Date(2019, 6, 1)
	var p, e strings.Builder
	p.WriteString("id,referred,started,died,seen\n")
	e.WriteString("id,day\n")
	for id, days := range people {
		died := ""
		if strings.HasPrefix(id, "dies") {
			died = (index + 60).String()
		}
		fmt.Fprintf(&p, "%s,%s,%s,%s,\n", id, index, index+20, died)
		for _, away := range days {
			fmt.Fprintf(&e, "%s,%s\n", id, index+window.Day(away))
		}
	}
	for name, text := range map[string]string{"people.csv": p.String(), "ae.csv": e.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Parse("study.yaml", dir, []byte(`averted: 1
title: t
date: 2022-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
people: {file: people.csv, columns: {person: id, index: referred, start: started, died: died}}
activities: {ae: {}}
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, complete: {from: 2018-01-01, to: 2021-12-31, empty: [2018-12, 2019-01, 2019-03, 2019-04]}}]
`+extra))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func find(t *testing.T, found *evaluate.Found, window, washout string, followUp study.FollowUp) evaluate.Estimate {
	t.Helper()
	for _, e := range found.Estimates {
		if e.Method == "rate_ratio" && e.Window == window && e.Washout == washout && e.FollowUp == followUp && e.On == "" {
			return e
		}
	}
	t.Fatalf("no estimate of %s %s %s", window, washout, followUp)
	return evaluate.Estimate{}
}

// TestRunUp wants a washout of 30 days beside the lead, unasked, when the last 30 days before the index day ran
// at more than twice the earlier rate, and not when they didn't.
func TestRunUp(t *testing.T) {
	busy, calm := map[string][]int{}, map[string][]int{}
	for i := range 40 {
		busy[fmt.Sprint("P", i)] = []int{-300 + i, -10, -5, 0, 15, 40 + i}
		calm[fmt.Sprint("P", i)] = []int{-300 + i, -200, -100, 40 + i}
	}
	found, err := evaluate.Run(t.Context(), around(t, "", busy), memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	lead, washed := find(t, found, "12 months", "", study.Observed), find(t, found, "12 months", "30 days", study.Observed)
	if lead.Behind.Before != 120 || washed.Behind.Before != 40 || lead.Behind.After != 80 || washed.Behind.After != 80 {
		t.Errorf("before %d and %d, after %d and %d", lead.Behind.Before, washed.Behind.Before, lead.Behind.After, washed.Behind.After)
	}
	parts := map[string]int64{}
	for _, a := range found.Around {
		parts[string(a.Part)] = a.Events
	}
	if parts["index day"] != 40 || parts["between the index day and the start of the service"] != 40 || parts["last 30 days before the index day"] != 80 {
		t.Errorf("%v", parts)
	}
	found, err = evaluate.Run(t.Context(), around(t, "", calm), memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(found.Estimates, func(e evaluate.Estimate) bool { return e.Washout != "" }) {
		t.Error("a washout without a run-up")
	}
}

// TestLostHeavyUsers lets heavy users die: the lead keeps 1, both follow-ups stand side by side, and where
// they part the warning is there.
func TestLostHeavyUsers(t *testing.T) {
	people := map[string][]int{}
	for i := range 60 {
		people[fmt.Sprint("P", i)] = []int{-100 - i, 50 + i}
	}
	for i := range 12 { // who die after 60 of 365 days, their use rising at the end
		people[fmt.Sprint("dies", i)] = []int{-300, -200, -100, -50 - i, 20, 30, 40, 50, 59}
	}
	found, err := evaluate.Run(t.Context(), around(t, "windows: [12 months]\n", people), memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	observed, complete := find(t, found, "12 months", "", study.Observed), find(t, found, "12 months", "", study.Watched)
	if *complete.Value != 1 || complete.Behind.People != 60 || observed.Behind.People != 72 {
		t.Errorf("watched throughout: %g of %d people; observed: %d", *complete.Value, complete.Behind.People, observed.Behind.People)
	}
	expected := 60.0 + 12*4*60.0/365
	if d := observed.Behind.Expected - expected; d > 1e-9 || d < -1e-9 {
		t.Errorf("expected %g, want %g", observed.Behind.Expected, expected)
	}
	warned := func(e evaluate.Estimate) bool {
		return slices.ContainsFunc(e.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.IncompleteFollowUp })
	}
	if !warned(observed) || !warned(complete) {
		t.Error("no INCOMPLETE_FOLLOW_UP")
	}
	if l := found.Lost[0]; l.People != 12 || l.Before != 48 {
		t.Errorf("%+v", l)
	}
}

// TestDeathsUnknown wants the warning on ready counts without days that don't say how many died or left.
func TestDeathsUnknown(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "counts.csv"), []byte("id,pre,post\nP1,3,1\nP2,1,2\nP3,4,4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for extra, want := range map[string]bool{"": true, ", died_or_left: 0": false} {
		plan, err := study.Parse("study.yaml", dir, []byte(`{averted: 1, title: t, date: 2022-01-01, seed: 1, opt_out: {not_applicable: synthetic data}, activities: {ae: {}},
counts: {file: counts.csv, columns: {person: id}, windows: {12 months: {ae: {before: pre, after: post}}}`+extra+`}}`))
		if err != nil {
			t.Fatal(err)
		}
		found, err := evaluate.Run(t.Context(), plan, memory.Engine{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range found.Estimates {
			if got := slices.ContainsFunc(e.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.DeathsUnknown }); got != want {
				t.Errorf("%q, %s: warned %v, want %v", extra, e.Method, got, want)
			}
		}
	}
}

// TestOverlaps lets two files feed one activity over the same days: two hospitals are taken, the same rows
// twice are refused, and the same rows on days that don't meet count once.
func TestOverlaps(t *testing.T) {
	people := map[string][]int{}
	for i := range 20 {
		people[fmt.Sprint("P", i)] = []int{-100 - i, -30, 50 + i, 90}
	}
	const two = `windows: [6 months]
washout: {before: 1 days, after: 0 days}
`
	for _, c := range []struct {
		name, other, first, second string
		refused                    bool
		before                     int64
	}{
		{"another hospital", "id,day\nP1,2019-05-20\nP2,2019-05-21\n", "2021-12-31", "2018-01-01", false, 42},
		{"the same rows", "", "2021-12-31", "2018-01-01", true, 0},
		{"the same rows, days that don't meet", "", "2019-05-31", "2019-06-01", false, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := around(t, two, people)
			text, err := os.ReadFile(plan.Path("ae.csv"))
			if err != nil {
				t.Fatal(err)
			}
			if c.other != "" {
				text = []byte(c.other)
			}
			if err := os.WriteFile(plan.Path("ae2.csv"), text, 0o600); err != nil {
				t.Fatal(err)
			}
			other := plan.Events[0]
			other.File = "ae2.csv"
			end, start := window.Day(0), window.Day(0)
			if err := end.UnmarshalText([]byte(c.first)); err != nil {
				t.Fatal(err)
			}
			if err := start.UnmarshalText([]byte(c.second)); err != nil {
				t.Fatal(err)
			}
			plan.Events[0].Complete = &study.Complete{From: other.Complete.From, To: &end, Empty: other.Complete.Empty}
			other.Complete = &study.Complete{From: &start, To: other.Complete.To, Empty: other.Complete.Empty}
			plan.Events = append(plan.Events, other)
			found, err := evaluate.Run(t.Context(), plan, memory.Engine{}, nil)
			if c.refused {
				if err == nil || !strings.Contains(err.Error(), "A115") {
					t.Errorf("not refused: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if e := find(t, found, "6 months", "", study.Observed); e.Behind.Before != c.before {
				t.Errorf("%d before, want %d", e.Behind.Before, c.before)
			}
		})
	}
}
