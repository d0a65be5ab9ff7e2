package release_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/estimate/expect"
	"averted/evaluate/window"
	"averted/report/result"
)

// TestAnywayTellsNoMore: a method of what would have come anyway has the lead's counts or none, its ratio to two decimals,
// and leaves only where enough people stand behind what it rests on; what follows from it is worked out from what is shown.
func TestAnywayTellsNoMore(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 9))
	shown, hidden, partial := 0, 0, 0
	for range 30 {
		index := window.Date(2018, 6, 1)
		var rows, registered, ae strings.Builder
		rows.WriteString("id,referred,joined\n")
		registered.WriteString("id,joined\n")
		ae.WriteString("id,day\n")
		people := 25 + random.IntN(300)
		few := random.IntN(20) // who joined too late for an earlier window
		for i := range people {
			joined := "2010-01-01"
			if i < few {
				joined = "2017-05-01"
			}
			fmt.Fprintf(&rows, "P%d,%s,%s\n", i, index, joined)
			fmt.Fprintf(&registered, "P%d,2010-01-01\n", i)
			for range 3 + random.IntN(4) {
				fmt.Fprintf(&ae, "P%d,%s\n", i, index-1-window.Day(random.IntN(360)))
			}
			for range random.IntN(6) {
				fmt.Fprintf(&ae, "P%d,%s\n", i, index+1+window.Day(random.IntN(360)))
			}
			for range random.IntN(3) {
				fmt.Fprintf(&ae, "P%d,%s\n", i, index-370-window.Day(random.IntN(700)))
			}
		}
		for i := range 20 + random.IntN(400) {
			fmt.Fprintf(&registered, "R%d,2010-01-01\n", i)
			for range random.IntN(9) {
				fmt.Fprintf(&ae, "R%d,%s\n", i, window.Date(2015, 1, 1)+window.Day(random.IntN(900)))
			}
		}
		exact, safe := made(t, t.TempDir(), map[string]string{"people.csv": rows.String(), "registered.csv": registered.String(), "ae.csv": ae.String()}, "local", `
people: {file: people.csv, columns: {person: id, index: referred, joined: joined}}
selection: {threshold: {activity: ae, at_least: 3, within: 12 months}, when: fixed_date}
reference: {who: before_service, people: {file: registered.csv, columns: {person: id, joined: joined}}, from: 2016-01-10}
set_aside: {rows: 100, people: 100}
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, duplicates: keep, complete: {from: 2014-12-01, to: 2019-12-31, empty: [`+everyMonth()+`]}}]
`)
		for _, a := range safe.Anyway {
			leads := 0
			for _, tells := range []string{"at least two", "there were no events", "everybody", "nobody had"} {
				if strings.Contains(a.Why, tells) {
					t.Errorf("why nothing leads tells how few there are: %s", a.Why)
				}
			}
			for _, e := range safe.Estimates {
				if e.Activity == a.Activity && e.Window == a.Window && e.Leads {
					leads++
					if e.Method != a.Leads || e.Value == nil {
						t.Errorf("%s leads, and %q is said to", e.Method, a.Leads)
					}
				}
			}
			if (leads == 1) != (a.Leads != "") || leads > 1 {
				t.Errorf("%d methods lead, and %q is said to", leads, a.Leads)
			}
		}
		for i, e := range safe.Estimates {
			was := exact.Estimates[i]
			if !slices.Contains(expect.Order, e.Method) && !slices.Contains(expect.Models, e.Method) {
				continue
			}
			lead := leadOf(t, &safe.Result, e.Window, "", e.Arm, e.FollowUp)
			if slices.Contains([]string{"TOO_FEW_PERSONS", "NO_EVENTS", "ZERO_BEFORE", "ZERO_AFTER", "ZERO_VARIANCE", "NO_SPREAD_ABOVE_THRESHOLD"}, e.Refused) {
				t.Errorf("%s: why it is refused tells how few there are: %s", e.Method, e.Refused)
			}
			if e.Trend != nil && (e.People == nil || e.Value == nil) || (e.Method == expect.NameBayes || e.Method == expect.NameTruncated) && e.Low != nil {
				t.Errorf("%s leaves %+v", e.Method, e)
			}
			if was.Changed != nil && *was.Changed > 0 && *was.Changed < 8 && e.Low != nil {
				t.Errorf("%s leaves an interval of %d people who changed", e.Method, *was.Changed)
			}
			if e.Thin != nil || e.UsersBefore != nil {
				t.Fatal("internal fields leave")
			}
			if apart := people64(exact) - *was.People; apart > 0 && apart < 8 && e.People != nil {
				t.Errorf("%s tells of %d people beside a lead of %d", e.Method, *e.People, people64(exact))
			}
			if e.Value == nil {
				hidden++
				if e.Low != nil || e.Expected != nil || e.RuleAlone != nil || e.Leads && was.Value != nil {
					t.Errorf("%s is hidden and leaves %+v", e.Method, e)
				}
				continue
			}
			shown++
			if *was.Thin || math.Abs(100**e.Value-math.Round(100**e.Value)) > 1e-9 {
				t.Errorf("%s leaves %g, thin %v", e.Method, *e.Value, *was.Thin)
			}
			if e.Reference != nil && *e.Reference%5 != 0 {
				t.Errorf("%s tells of %d reference people", e.Method, *e.Reference)
			}
			if e.Before != nil && *e.Before != *lead.Before || e.People != nil && *e.People != *lead.People && *e.People%5 != 0 {
				t.Errorf("%s has other counts than the lead", e.Method)
			}
			if e.Expected != nil && (math.Abs(*e.Expected**e.Value-float64(*lead.After)) > 1e-6 || math.Abs(100*(*e.Expected / *lead.Expected - 1)-*e.RuleAlone) > 0.5+1e-9) {
				t.Errorf("%s: %g × %g is not %d", e.Method, *e.Expected, *e.Value, *lead.After)
			}
			if was.Method == expect.NameEarly && *was.People != people64(exact) {
				partial++
				if apart := people64(exact) - *was.People; apart < 8 {
					t.Errorf("%d people without an earlier window can be told", apart)
				}
			}
		}
	}
	if shown < 40 || hidden < 5 || partial == 0 {
		t.Errorf("shown %d, hidden %d, of a part %d", shown, hidden, partial)
	}
}

// people64 is the people of the lead.
func people64(r *result.Result) int64 {
	for _, e := range r.Estimates {
		if e.Method == "rate_ratio" && e.Window == "12 months" && e.On == "" && e.Washout == "" {
			return *e.People
		}
	}
	return 0
}
