package evaluate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// who is one person of a made study; days of events are counted from the index day.
type who struct {
	id, arm, sex      string
	index, start, out *window.Day
	events            []window.Day
}

const feed = "complete: {from: 2014-01-01, to: 2020-12-31}"

// comparing writes a study of people and events, and runs it.
func comparing(t *testing.T, people []who, arms bool, more string) *evaluate.Found {
	t.Helper()
	day := func(d *window.Day) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	var rows, events strings.Builder
	rows.WriteString("id,index,start,arm,sex,left\n")
	events.WriteString("id,date\n")
	for _, p := range people {
		fmt.Fprintf(&rows, "%s,%s,%s,%s,%s,%s\n", p.id, day(p.index), day(p.start), p.arm, p.sex, day(p.out))
		for _, e := range p.events {
			fmt.Fprintf(&events, "%s,%s\n", p.id, e)
		}
	}
	arm := ""
	if arms {
		arm = "\n  arms: {service: [s], comparison: [c]}"
	}
	text := fmt.Sprintf(`averted: 1
title: Made
date: 2021-06-01
seed: 3
people:
  file: people.csv
  columns: {person: id, index: index, start: start, %ssex: sex, left: left}%s
events:
  - {file: ae.csv, activity: ae, columns: {person: id, date: date}, duplicates: keep, %s}
activities: {ae: {label: A&E}}
windows: [6 months, 12 months]
selection: {rule: referred}
opt_out: {not_applicable: synthetic data}
%s
`, map[bool]string{true: "arm: arm, "}[arms], arm, feed, more)
	dir := t.TempDir()
	for name, text := range map[string]string{"people.csv": rows.String(), "ae.csv": events.String(), "study.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Read(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := evaluate.Run(context.Background(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// staggered is people who all get the service, at times that go with nothing; it cuts their use to a half from that day on.
func staggered(n int) []who {
	r := rand.New(rand.NewPCG(9, 9))
	var people []who
	for i := range n {
		index := window.Date(2016, 1, 1) + window.Day(r.IntN(3*365))
		p := who{id: fmt.Sprintf("P%04d", i), index: &index, start: &index, sex: []string{"F", "M"}[i%2]}
		rate := r.ExpFloat64() * 4 / 365
		for d := window.Date(2014, 1, 1); d <= window.Date(2020, 12, 31); d++ {
			if mu := rate; d > index && r.Float64() < mu/2 || d <= index && r.Float64() < mu {
				p.events = append(p.events, d)
			}
		}
		people = append(people, p)
	}
	return people
}

func contrastOf(t *testing.T, f *evaluate.Found, method, window string) evaluate.Estimate {
	t.Helper()
	at := slices.IndexFunc(f.Estimates, func(e evaluate.Estimate) bool {
		return e.Method == method && e.Window == window && e.Compared != nil
	})
	if at < 0 {
		t.Fatalf("no %s", method)
	}
	return f.Estimates[at]
}

// TestStaggered compares people with those of the service who had not begun: each stands for comparison on a day of their own,
// drawn from the days of those who came before them. Until their own service began that gives the true half; kept whatever
// happens later, the difference is too small, since many of the others have the service by then; and what is never drawn is a
// day on which they had it.
func TestStaggered(t *testing.T) {
	people := staggered(1500)
	const more = "comparison: {who: random_order, later: true}\nmonths: {reference: last}"
	found := comparing(t, people, false, more)
	kept, until := contrastOf(t, found, trend.NameMatched, "12 months"), contrastOf(t, found, trend.NameCensored, "12 months")
	if *until.Low > 0.5 || *until.High < 0.5 || *until.Value < 0.42 || *until.Value > 0.58 {
		t.Errorf("until their own service: %g (%g to %g), want a half", *until.Value, *until.Low, *until.High)
	}
	if *kept.Value <= *until.Value {
		t.Errorf("kept whatever happens later: %g, until their own service %g", *kept.Value, *until.Value)
	}
	m := found.Matchings[0]
	if m.Drawn == 0 || m.Served != 0 || m.Pool < 800 {
		t.Errorf("%d days drawn, %d who had the service, %d to choose from", m.Drawn, m.Served, m.Pool)
	}
	// The month just after the index day, when hardly anybody of the others has begun.
	for _, months := range found.Months {
		if months.Arm != evaluate.Contrast {
			continue
		}
		if months.Refused != nil || *months.PreTrend.P < 0.001 {
			t.Errorf("months: %v, before them p = %v", months.Refused, months.PreTrend.P)
		}
		for _, p := range months.Points {
			if p.Month == 0 && (*p.Value < 0.35 || *p.Value > 0.75) {
				t.Errorf("the first month: %g", *p.Value)
			}
		}
	}
	// The order of rows changes nothing; a person more moves nobody's day, though they may be matched.
	reversed := slices.Clone(people)
	slices.Reverse(reversed)
	if again := contrastOf(t, comparing(t, reversed, false, more), trend.NameMatched, "12 months"); *again.Value != *kept.Value || *again.Low != *kept.Low {
		t.Error("the order of rows changes the figure")
	}
}

// TestDrawnIndex gives comparison people without an index day one of the service's, of their own sex where that must agree;
// who had the service by that day is none.
func TestDrawnIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var people []who
	add := func(n int, arm string, index func(i int) *window.Day, start *window.Day) {
		for i := range n {
			p := who{id: fmt.Sprintf("%s%04d", arm, len(people)), arm: arm, sex: []string{"F", "M"}[i%2], index: index(i), start: start}
			for d := window.Date(2014, 1, 1); d <= window.Date(2020, 12, 31); d++ {
				if r.Float64() < 3.0/365 {
					p.events = append(p.events, d)
				}
			}
			people = append(people, p)
		}
	}
	women, men := window.Date(2016, 3, 1), window.Date(2017, 9, 1)
	add(120, "s", func(i int) *window.Day { return []*window.Day{&women, &men}[i%2] }, nil)
	add(300, "c", func(int) *window.Day { return nil }, nil)
	early := window.Date(2015, 1, 1)
	add(20, "c", func(int) *window.Day { return nil }, &early)
	found := comparing(t, people, true, "comparison: {exact: [sex], who: same_rule}")
	m := found.Matchings[0]
	if m.Drawn != 320 || m.Served != 20 || m.Pool != 300 || m.Service != 120 {
		t.Errorf("%+v", m)
	}
	lead := contrastOf(t, found, trend.NameMatched, "12 months")
	if *lead.Low > 1 || *lead.High < 1 || !lead.Compared.Leads {
		t.Errorf("nothing was done: %g (%g to %g)", *lead.Value, *lead.Low, *lead.High)
	}
	if found.Plan.Comparison.Ratio != 1 || found.Plan.Comparison.Caliper != 0.2 || !slices.Equal(found.Plan.Comparison.Use, []string{"ae"}) {
		t.Errorf("the defaults are not filled in: %+v", *found.Plan.Comparison)
	}
	// Without days of the service in a stratum nobody gets one.
	for i := range people {
		if people[i].arm == "s" {
			people[i].sex = "F"
		}
	}
	if m := comparing(t, people, true, "comparison: {exact: [sex]}").Matchings[0]; m.Drawn != 160 {
		t.Errorf("%d drawn, want the women alone", m.Drawn)
	}
	// Own days alone: nobody without one is left.
	if m := comparing(t, append(slices.Clone(people), who{id: "x1", arm: "c", sex: "F", index: &women, events: people[0].events}, who{id: "x2", arm: "c", sex: "F", index: &women, events: people[1].events}), true, "comparison: {own_index_day: true, replace: true, caliper: 5}").Matchings[0]; m.Drawn != 0 || m.Pool != 2 {
		t.Errorf("%d drawn, %d to choose from", m.Drawn, m.Pool)
	}
}

// TestNeverServed warns of a study that leaves out comparison people who had the service later.
func TestNeverServed(t *testing.T) {
	people := staggered(200)
	index := window.Date(2016, 6, 1)
	for i := range people {
		people[i].index, people[i].arm, people[i].sex = &index, "s", []string{"F", "M"}[i/2%2]
		if i%2 == 0 {
			people[i].arm = "c"
		}
		if i%2 == 1 || i%3 == 0 {
			people[i].start = nil
		}
	}
	found := comparing(t, people, true, "comparison: {never_served: true, caliper: 2}")
	e := contrastOf(t, found, trend.NameMatched, "12 months")
	if !strings.Contains(fmt.Sprint(e.Warnings), "FUTURE_CONDITION") {
		t.Errorf("no warning: %v, %+v", e.Refused, found.Matchings[0])
	}
	if m := found.Matchings[0]; m.Served == 0 {
		t.Error("nobody was left out")
	}
}
