package release_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/evaluate/engine/memory"
	"averted/evaluate/study"
	"averted/evaluate/window"
	"averted/report"
	"averted/report/release"
	"averted/report/result"

	"pgregory.net/rapid"
)

// subject is one person of a study of events: where their events lie, in days from the index day; when they
// died, in days after it, 0 if they lived; and how long before it they joined, 0 for always.
type subject struct {
	arm          string
	events       []int
	died, joined int
}

// tester is what testing.T and rapid.T share.
type tester interface {
	Helper()
	Fatal(...any)
}

// fromEvents runs a study of events through a release profile.
func fromEvents(t tester, dir, profile, followUp string, subjects []subject) (*result.Result, *release.Released) {
	t.Helper()
	index := window.Date(2018, 6, 1)
	var people, ae strings.Builder
	people.WriteString("id,referred,arm,died,joined\n")
	ae.WriteString("id,day\n")
	comparison := "[]"
	for i, s := range subjects {
		died, joined := "", ""
		if s.died > 0 {
			died = (index + window.Day(s.died)).String()
		}
		if s.joined > 0 {
			joined = (index - window.Day(s.joined)).String()
		}
		if s.arm == "c" {
			comparison = "[c]"
		}
		fmt.Fprintf(&people, "P%d,%s,%s,%s,%s\n", i, index, s.arm, died, joined)
		for _, away := range s.events {
			fmt.Fprintf(&ae, "P%d,%s\n", i, index+window.Day(away))
		}
	}
	return made(t, dir, map[string]string{"people.csv": people.String(), "ae.csv": ae.String()}, profile, `people:
  file: people.csv
  columns: {person: id, index: referred, arm: arm, died: died, joined: joined}
  arms: {service: [s], comparison: `+comparison+`}
set_aside: {rows: 100, people: 100}
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, duplicates: keep, complete: {from: 2015-01-01, to: 2019-12-31, empty: [`+everyMonth()+`]}}]
follow_up: `+followUp+`
`)
}

// everyMonth lists the months from 2015 to 2019: the events of these studies stand where a test needs them.
func everyMonth() string {
	var months []string
	for m := (window.Month{Year: 2015, Month: 1}); m.Year < 2020; m = m.Next() {
		months = append(months, m.String())
	}
	return strings.Join(months, ", ")
}

// made runs a study of A&E attendances at £115 from files and the lines of its study file that name them.
func made(t tester, dir string, files map[string]string, profile, lines string) (*result.Result, *release.Released) {
	t.Helper()
	files["prices.csv"] = "activity,unit,price_year,value_gbp,source,licence\nae,attendance,2018/19,115,made up for a test,none\n"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Parse("study.yaml", dir, []byte(`averted: 1
title: t
date: 2020-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
activities: {ae: {label: A&E attendances, price: ae}}
prices: {file: prices.csv, price_year: 2018/19}
release: {profile: `+profile+`}
`+lines))
	if err != nil {
		t.Fatal(err)
	}
	exact, safe, err := report.Make(context.Background(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return exact, safe
}

// group is n people with an event a month on each side, more or less, some near the index day.
func group(n int, arm string) []subject {
	var list []subject
	for i := range n {
		list = append(list, subject{arm: arm, events: []int{-340 + i%30, -250 - i%40, -100 + i%50, -20, 40 + i%90, 200 + i%80, 300}[i%3:]})
	}
	return list
}

// leadOf is the lead of some people.
func leadOf(t tester, r *result.Result, window, on, arm, followUp string) result.Estimate {
	t.Helper()
	for _, e := range r.Estimates {
		if e.Method == "rate_ratio" && e.Window == window && e.On == on && e.Arm == arm && e.FollowUp == followUp && e.Washout == "" {
			return e
		}
	}
	t.Fatal(fmt.Sprint("no lead of ", window, on, arm, followUp))
	return result.Estimate{}
}

// TestOnlyTheLeadIsExact wants everything that stands beside exact leading figures rounded under local, so that
// no difference of two exact ones tells of a few people.
func TestOnlyTheLeadIsExact(t *testing.T) {
	people := group(120, "s")
	for i := range 3 { // three who die, one of them a heavy user
		people = append(people, subject{arm: "s", died: 100, events: []int{-300, -200, -100 - i, 20}})
	}
	exact, safe := fromEvents(t, t.TempDir(), "local", "complete", people)
	was, now := leadOf(t, exact, "12 months", "", "service", "complete"), leadOf(t, &safe.Result, "12 months", "", "service", "complete")
	if *was.Before != *now.Before || *now.People != 120 || len(now.Hidden) > 0 {
		t.Errorf("the lead is not exact: %+v", now)
	}
	rounded := func(what string, n *int64) {
		if n != nil && *n%5 != 0 {
			t.Errorf("%s: %d is exact", what, *n)
		}
	}
	for _, e := range safe.Estimates { // three more people make the observed: hidden, since rounded they could be told
		if e.FollowUp == "observed" && (e.People != nil || e.Before != nil || e.DaysAfter != nil) {
			t.Errorf("observed: %+v", e)
		}
		if e.FollowUp != "complete" || e.On != "" || e.Washout != "" {
			what := fmt.Sprint(e.Method, " ", e.Window, e.On, e.Washout, e.FollowUp)
			rounded(what, e.People)
			rounded(what, e.Before)
			rounded(what, e.After)
			if e.P != nil {
				t.Errorf("%s: an exact p-value", what)
			}
		}
	}
	for _, a := range safe.Around {
		rounded(a.Part, a.Events)
		if a.Days != nil {
			t.Errorf("%s: days tell how many people there are", a.Part)
		}
	}
	for _, l := range safe.Lost {
		rounded("lost", l.People)
		rounded("lost before", l.Before)
		rounded("lost after", l.After)
	}
	for _, b := range safe.Flow {
		switch b.Step {
		case "rows read", "people":
		case "watched throughout":
			if *b.People != *leadOf(t, &safe.Result, b.Window, "", "service", "complete").People {
				t.Errorf("the box %s differs from its estimate", b.Step)
			}
		default:
			rounded(b.Step, b.People)
		}
	}
}

// TestWindowsApart wants the shorter window rounded where a few people make the difference to the longer one.
func TestWindowsApart(t *testing.T) {
	for name, c := range map[string]struct {
		people []subject
		exact  bool
	}{
		"many between": {group(120, "s"), true},
		"three people": {append(group(80, "s")[:80], subject{arm: "s", joined: 250, events: []int{-30, 30}}, subject{arm: "s", joined: 250, events: []int{-30, 30}}, subject{arm: "s", joined: 250, events: []int{-30, 30}}), false},
		"two users": {func() []subject {
			var list []subject
			for i := range 90 {
				list = append(list, subject{arm: "s", events: []int{-50 - i, -20, 30 + i, 60}})
			}
			list[0].events, list[1].events, list[2].events = append(list[0].events, -300), append(list[1].events, -280), append(list[2].events, -170)
			return list
		}(), false},
	} {
		t.Run(name, func(t *testing.T) {
			exact, safe := fromEvents(t, t.TempDir(), "local", "complete", c.people)
			was, now := leadOf(t, exact, "6 months", "", "service", "complete"), leadOf(t, &safe.Result, "6 months", "", "service", "complete")
			if got := len(now.Hidden) == 0 && *was.Before == *now.Before && *was.People == *now.People && *now.Value == *was.Value; got != c.exact {
				t.Errorf("exact: %v, want %v: %+v, was %d people", got, c.exact, now, *was.People)
			}
		})
	}
}

// TestNearTheLead wants no count near an exact leading figure from which a few people can be told.
func TestNearTheLead(t *testing.T) {
	boxes := func(r *result.Result, step string) (n []*int64) {
		for _, b := range r.Flow {
			if b.Step == step {
				n = append(n, b.People)
			}
		}
		return n
	}
	t.Run("one died before the end", func(t *testing.T) {
		people := append(group(61, "s"), subject{arm: "s", died: 100, events: []int{-200, -100, -50}})
		_, safe := fromEvents(t, t.TempDir(), "local", "complete", people)
		if lead := leadOf(t, &safe.Result, "12 months", "", "service", "complete"); *lead.People != 61 {
			t.Fatalf("%+v", lead)
		}
		for _, n := range boxes(&safe.Result, "people") {
			if n != nil {
				t.Errorf("%d people, 61 of them watched throughout", *n)
			}
		}
		for _, b := range safe.Flow {
			if b.Step == "linked to any activity" && b.People != nil {
				t.Error("who is linked is told")
			}
		}
	})
	t.Run("observed leads, one died", func(t *testing.T) {
		people := append(group(61, "s"), subject{arm: "s", died: 100, events: []int{-200, -100, -50}})
		_, safe := fromEvents(t, t.TempDir(), "local", "observed", people)
		lead := leadOf(t, &safe.Result, "12 months", "", "service", "observed")
		if *lead.Expected != math.Trunc(*lead.Expected) || lead.DaysAfter != nil || *lead.People%5 != 0 {
			t.Errorf("the time lost is told: %g, %v, %d", *lead.Expected, lead.DaysAfter, *lead.People)
		}
	})
	t.Run("one event in the last 30 days", func(t *testing.T) {
		var people []subject
		for i := range 60 {
			people = append(people, subject{arm: "s", events: []int{-300 + i, -200, -100, 50 + i, 150}})
		}
		people[0].events = append(people[0].events, -10)
		_, safe := fromEvents(t, t.TempDir(), "local", "observed", people)
		for _, a := range safe.Around {
			if strings.HasPrefix(a.Part, "earlier") && a.Events != nil {
				t.Errorf("before less earlier is the one event: %d", *a.Events)
			}
		}
	})
	t.Run("three people changed", func(t *testing.T) {
		var people []subject
		for i := range 62 {
			s := subject{arm: "s", events: []int{-100 - i, 100 + i}}
			if i < 3 {
				s.events = s.events[:1]
			}
			people = append(people, s)
		}
		_, safe := fromEvents(t, t.TempDir(), "local", "complete", people)
		if lead := leadOf(t, &safe.Result, "12 months", "", "service", "complete"); lead.After == nil || *lead.After%5 != 0 {
			t.Errorf("exact limits tell that three changed: %+v", lead)
		}
	})
	t.Run("few lost are no zero", func(t *testing.T) {
		people := group(120, "s")
		for i := range 3 {
			people = append(people, subject{arm: "s", died: 90 + i, events: []int{-200, -100, -50}})
		}
		for _, profile := range []string{"local", "nhs-england"} {
			_, safe := fromEvents(t, t.TempDir(), profile, "observed", people)
			for _, l := range safe.Lost {
				if l.People != nil {
					t.Errorf("%s: %d were lost, says the release; it was 3", profile, *l.People)
				}
			}
		}
	})
	t.Run("limits to the last bit", func(t *testing.T) {
		_, safe := fromEvents(t, t.TempDir(), "local", "complete", group(120, "s"))
		for _, e := range safe.Estimates {
			if e.Low != nil && math.Abs(*e.Low*1000-math.Round(*e.Low*1000)) > 1e-6 {
				t.Errorf("%s: %v", e.Method, *e.Low)
			}
		}
	})
}

// TestRobustKeepsItsOwnRatio wants the pooled ratio of rounded figures worked out from its own rates, not from the
// lead's expectation.
func TestRobustKeepsItsOwnRatio(t *testing.T) {
	var people []subject
	for i := range 100 {
		s := subject{arm: "s", events: []int{-300 + i, -200, -30, 40, 100 + i, 250}}
		if i%2 == 0 { // heavy users die early
			s = subject{arm: "s", died: 36, events: []int{-300, -280, -260, -240, -200, -150, -100, -50, -40 - i%10, 30}}
		}
		people = append(people, s)
	}
	exact, safe := fromEvents(t, t.TempDir(), "nhs-england", "observed", people)
	for i, e := range exact.Estimates {
		if e.Method == "ratio_robust" && e.FollowUp == "observed" && e.Window == "12 months" {
			if got := safe.Estimates[i]; math.Abs(*got.Value-*e.Value) > 0.02 || math.Abs(*got.Low-*e.Low) > 0.03 {
				t.Errorf("released %g (%g), exact %g (%g)", *got.Value, *got.Low, *e.Value, *e.Low)
			}
		}
	}
}

// TestNoSmallCount releases random studies and looks, in every block, for a count from 1 to 7.
func TestNoSmallCount(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var people []subject
		for _, arm := range []string{"s", "c"} {
			for range rapid.SampledFrom([]int{1, 3, 9, 30, 70}).Draw(t, arm) {
				s := subject{arm: arm, died: rapid.SampledFrom([]int{0, 0, 0, 0, 50, 300}).Draw(t, "died"), joined: rapid.SampledFrom([]int{0, 0, 0, 250}).Draw(t, "joined")}
				for range rapid.IntRange(0, 3).Draw(t, "events") {
					s.events = append(s.events, rapid.IntRange(-360, 360).Draw(t, "day"))
				}
				people = append(people, s)
			}
		}
		people[0].events = append(people[0].events, -50, 50) // somebody is linked, watched and included
		people[0].died, people[0].joined = 0, 0
		last := len(people) - 1
		people[last].died, people[last].joined = 0, 0
		_, safe := fromEvents(t, dir, rapid.SampledFrom([]string{"local", "nhs-england"}).Draw(t, "profile"), rapid.SampledFrom([]string{"complete", "observed"}).Draw(t, "follow-up"), people)
		small := func(what string, counts ...*int64) {
			for _, n := range counts {
				if n != nil && *n > 0 && *n < 8 {
					t.Fatalf("%s: %d", what, *n)
				}
			}
		}
		for _, e := range safe.Estimates {
			small("estimate", e.People, e.Before, e.After, e.ComparisonPeople, e.ComparisonBefore, e.ComparisonAfter)
			if e.People == nil && (e.Value != nil || e.Refused != "" || len(e.Warnings) > 0 || e.DaysBefore != nil) {
				t.Fatalf("hidden people are told of: %+v", e)
			}
		}
		for _, m := range safe.Matching {
			small("matching", m.Service, m.Pool, m.Matched, m.Used)
		}
		for _, m := range safe.Months {
			small("months", m.People)
			for _, p := range m.Points {
				if p.Events != nil && *p.Events > 0 && *p.Events < 8 && *p.Events != 5 {
					t.Fatalf("a month of %g events", *p.Events)
				}
			}
		}
		for _, b := range safe.Flow {
			small("flow "+b.Step, b.People, b.Out)
		}
		for _, l := range safe.Lost {
			small("lost", l.People, l.Before, l.After)
		}
		for _, a := range safe.Around {
			small(a.Part, a.Events, a.Days)
		}
	})
}
