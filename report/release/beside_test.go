package release_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/window"
	"averted/report/release"
	"averted/report/result"
)

// divided is a study of events told by sex and locality, of people who use much or little at random.
func divided(t *testing.T, random *rand.Rand, people int) (*result.Result, *release.Released) {
	t.Helper()
	index := window.Date(2018, 6, 1)
	var rows, ae strings.Builder
	rows.WriteString("id,referred,sex,place,died\n")
	ae.WriteString("id,day\n")
	for i := range people {
		died := ""
		if random.IntN(30) == 0 {
			died = (index + window.Day(random.IntN(360))).String()
		}
		sex := "F"
		if random.IntN(people) < 5 {
			sex = "M"
		}
		fmt.Fprintf(&rows, "P%d,%s,%s,Place %d,%s\n", i, index, sex, random.IntN(1+people/12), died)
		for range random.IntN(4) * random.IntN(4) {
			away := random.IntN(730) - 365
			if away >= 0 {
				away++
			}
			fmt.Fprintf(&ae, "P%d,%s\n", i, index+window.Day(away))
		}
	}
	return made(t, t.TempDir(), map[string]string{"people.csv": rows.String(), "ae.csv": ae.String()}, "local", "follow_up: "+[]string{"observed", "complete"}[random.IntN(2)]+`
people:
  file: people.csv
  columns: {person: id, index: referred, sex: sex, locality: place, died: died}
set_aside: {rows: 100, people: 100}
subgroups: [sex, locality]
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, duplicates: keep, complete: {from: 2015-01-01, to: 2019-12-31, empty: [`+everyMonth()+`]}}]
`)
}

// TestBesideTellsNoMore: what stands beside the lead has its counts or rounded ones; other methods leave only beside an
// exact lead; no level or stage is hidden alone.
func TestBesideTellsNoMore(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	tests, hiddenStages, hiddenLevels, shownLevels := 0, 0, 0, 0
	for range 40 {
		exact, safe := divided(t, random, 20+random.IntN(200))
		fives := func(what string, n *int64) {
			if n != nil && (*n%5 != 0 || *n > 0 && *n < 8 && *n != 5) {
				t.Errorf("%s shows %d", what, *n)
			}
		}
		tens := func(what string, n *int64) {
			if n != nil && *n%10 != 0 {
				t.Errorf("%s shows %d", what, *n)
			}
		}
		stages := map[string][2]int{}
		for i, e := range safe.Estimates {
			was := exact.Estimates[i]
			if e.UsersBefore != nil || e.TopBefore != nil || e.TopChange != nil || e.Changed != nil {
				t.Fatal("internal fields leave")
			}
			switch {
			case e.Stage != "":
				fives(e.Stage, e.After)
				n := stages[e.Window+e.FollowUp]
				if e.Value == nil {
					n[0]++
				} else {
					n[1]++
				}
				stages[e.Window+e.FollowUp] = n
				if was.After != nil && *was.UsersAfter > 0 && *was.UsersAfter < 8 && e.After != nil {
					t.Errorf("a stage shows events of %d people", *was.UsersAfter)
				}
			case slices.Contains([]string{"sign_test", "wilcoxon"}, e.Method):
				tests++
				if e.Value != nil || e.Low != nil || e.P != nil && *e.P < 0.001 {
					t.Errorf("%s leaves a share", e.Method)
				}
			case e.Method == "quasi_poisson":
				if e.Value != nil || e.P != nil {
					t.Error("quasi-Poisson leaves")
				}
			case e.Method == "nb_period":
				lead := leadOf(t, &safe.Result, e.Window, "", e.Arm, e.FollowUp)
				rounded := lead.Before == nil || lead.After == nil || *lead.Before != *was.Before || *lead.After != *was.After
				if e.Value != nil && (lead.Before == nil || lead.After == nil) {
					t.Errorf("%s leaves beside a lead that is hidden", e.Method)
				}
				if rounded && e.P != nil {
					t.Errorf("the p-value of %s leaves beside a lead that is rounded", e.Method)
				}
				for _, x := range []*float64{e.Value, e.Low, e.High} {
					if rounded && x != nil && math.Abs(100**x-math.Round(100**x)) > 1e-9 {
						t.Errorf("%s leaves %g beside a lead that is rounded", e.Method, *x)
					}
				}
			}
		}
		for at, n := range stages {
			if n[0] > 0 && n[1] > 0 {
				t.Errorf("%s: %d stages are hidden and %d are not", at, n[0], n[1])
			}
			hiddenStages += n[0]
		}
		for i, d := range safe.Subgroups {
			hidden := 0
			was := map[string]result.Estimate{}
			for _, e := range exact.Subgroups[i].Levels {
				was[e.Subgroup] = e
			}
			for _, e := range d.Levels {
				tens(e.Subgroup+" people", e.People)
				tens(e.Subgroup+" before", e.Before)
				tens(e.Subgroup+" after", e.After)
				if e.People == nil {
					hidden++
					if !strings.HasSuffix(e.Subgroup, ": [c]") {
						t.Errorf("the name of a hidden level leaves: %s", e.Subgroup)
					}
				} else if w := was[e.Subgroup]; *w.People < 8 || *w.UsersBefore < 8 && *w.Before > 0 || *w.UsersAfter < 8 && *w.After > 0 {
					t.Errorf("%s of %d people is shown", e.Subgroup, *w.People)
				}
			}
			lead := leadOf(t, &safe.Result, d.Window, "", d.Arm, d.FollowUp)
			if hidden < len(d.Levels) && (hidden > 0 || lead.People == nil || lead.Before == nil || lead.After == nil) {
				t.Errorf("%d of %d levels of %s are hidden, and the lead shows %v, %v, %v", hidden, len(d.Levels), d.By, lead.People, lead.Before, lead.After)
			}
			if hidden > 0 && d.P != nil {
				t.Errorf("the test of %s tells of a hidden level", d.By)
			}
			hiddenLevels += hidden
			shownLevels += len(d.Levels) - hidden
		}
		for _, c := range safe.Concentration {
			if c.Thin != nil || c.Top != nil && *c.Top < 8 {
				t.Errorf("concentration tells of %v", c.Top)
			}
		}
	}
	if tests == 0 || hiddenStages == 0 || hiddenLevels == 0 || shownLevels == 0 {
		t.Errorf("tests %d, hidden stages %d, hidden levels %d, shown levels %d: the test tests nothing", tests, hiddenStages, hiddenLevels, shownLevels)
	}
}

// TestFewChanged: where fewer than eight people changed no interval leaves, of any method, nor of the money: its width would
// tell how many.
func TestFewChanged(t *testing.T) {
	for _, profile := range []string{"local", "nhs-england"} {
		var subjects []subject
		for i := range 100 {
			s := subject{arm: "s", events: []int{-200, -30, 50, 300}}
			if i < 3 {
				s.events = s.events[:3]
			}
			subjects = append(subjects, s)
		}
		exact, safe := fromEvents(t, t.TempDir(), profile, "complete", subjects)
		seen := 0
		for i, e := range safe.Estimates {
			if was := exact.Estimates[i]; was.Low != nil && *was.Changed > 0 && *was.Changed < 8 {
				seen++
				if e.Low != nil || e.High != nil || e.P != nil {
					t.Errorf("%s: %s of %s leaves %v to %v", profile, e.Method, e.Window, e.Low, e.High)
				}
			}
		}
		for _, l := range safe.Bill.Lines {
			if l.Window == "12 months" && (l.AvertedLow != nil || l.GrossLow != nil) {
				t.Errorf("%s: the bill leaves %v", profile, *l.AvertedLow)
			}
		}
		for _, x := range safe.Bill.Totals {
			if x.Window == "12 months" && x.GrossLow != nil {
				t.Errorf("%s: the total leaves %v", profile, *x.GrossLow)
			}
		}
		if seen < 5 {
			t.Errorf("%s: %d estimates of few who changed", profile, seen)
		}
	}
}
