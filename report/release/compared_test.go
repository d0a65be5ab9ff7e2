package release_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/window"
	"averted/report/release"
	"averted/report/result"
)

// twoArms makes a random study with comparison people, a trait that few have, and some who are lost.
func twoArms(t *testing.T, random *rand.Rand, profile string) (*result.Result, *release.Released) {
	t.Helper()
	index := window.Date(2018, 6, 1)
	var people, ae strings.Builder
	people.WriteString("id,referred,arm,died,score,rare\n")
	ae.WriteString("id,day\n")
	add := func(n int, arm string, busy int) {
		rare := random.IntN(14)
		for i := range n {
			died := ""
			if random.IntN(25) == 0 {
				died = (index + 1 + window.Day(random.IntN(360))).String()
			}
			id := fmt.Sprintf("%s%d", arm, i)
			fmt.Fprintf(&people, "%s,%s,%s,%s,%d,%d\n", id, index, arm, died, random.IntN(10), map[bool]int{true: 1}[i < rare])
			for range random.IntN(busy) {
				fmt.Fprintf(&ae, "%s,%s\n", id, index-1-window.Day(random.IntN(730)))
			}
			for range random.IntN(busy) {
				fmt.Fprintf(&ae, "%s,%s\n", id, index+1+window.Day(random.IntN(360)))
			}
			if i == 0 && random.IntN(4) == 0 { // one who dominates
				for d := range 300 {
					fmt.Fprintf(&ae, "%s,%s\n", id, index-1-window.Day(d))
				}
			}
		}
	}
	add(10+random.IntN(180), "s", 2+random.IntN(8))
	add(10+random.IntN(400), "c", 2+random.IntN(8))
	return made(t, t.TempDir(), map[string]string{"people.csv": people.String(), "ae.csv": ae.String()}, profile, `
people: {file: people.csv, columns: {person: id, index: referred, arm: arm, died: died, covariates: {score: score, rare: rare}}, arms: {service: [s], comparison: [c]}}
set_aside: {rows: 100, people: 100}
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, duplicates: keep, complete: {from: 2015-01-01, to: 2019-12-31, empty: [`+everyMonth()+`]}}]
comparison: {who: same_rule, caliper: 1}
`)
}

// TestComparedTellsNoMore: of comparisons, months and balance only rounded figures leave, worked out from one another where they
// follow; nothing that few people stand behind, and no internal field.
func TestComparedTellsNoMore(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 11))
	shown, hidden, nears, monthsShown, monthsHidden, rare, nearMonths := 0, 0, 0, 0, 0, 0, 0
	whole := func(x *float64) bool { return x == nil || math.Abs(*x*100-math.Round(*x*100)) < 1e-9 }
	for k := range 40 {
		exact, safe := twoArms(t, random, []string{"local", "nhs-england"}[k%2])
		for i, e := range safe.Estimates {
			x := exact.Estimates[i]
			if !e.Compared {
				continue
			}
			if e.Thin != nil || e.ComparisonInternal != nil || e.UsersBefore != nil || e.TopAfter != nil || e.Changed != nil || e.P != nil || e.DaysBefore != nil || e.DaysAfter != nil {
				t.Fatalf("an internal figure leaves: %+v", e)
			}
			if *x.Thin && (e.Value != nil || e.People != nil || e.ComparisonAfter != nil || len(e.Warnings) > 0 || e.Why != "" || e.Leads) {
				t.Fatalf("few people are told of: %+v", e)
			}
			if e.Value == nil {
				hidden++
				continue
			}
			shown++
			near := false
			for k, of := range [][2]*int64{{e.People, x.People}, {e.ComparisonPeople, x.ComparisonPeople}, {e.Before, x.Before}, {e.After, x.After}, {e.ComparisonBefore, x.ComparisonBefore}, {e.ComparisonAfter, x.ComparisonAfter}} {
				if of[0] == nil {
					near = true
					if close := []bool{false, fewLeft(exact, x), x.ComparisonInternal.NearService, x.ComparisonInternal.NearService, x.ComparisonInternal.NearComparison, x.ComparisonInternal.NearComparison}[k]; !close {
						t.Fatalf("a count is hidden that tells of nobody: %+v", e)
					}
					continue
				}
				if k >= 4 && x.ComparisonInternal.NearComparison || (k == 2 || k == 3) && x.ComparisonInternal.NearService {
					t.Fatalf("%d tells what few people have: %+v", *of[0], e)
				}
				if d := *of[0] - *of[1]; d < -9 || d > 9 || *of[0]%5 != 0 {
					t.Fatalf("%d is told for %d", *of[0], *of[1])
				}
			}
			nears += map[bool]int{true: 1}[near]
			if !whole(e.Value) || !whole(e.Low) || !whole(e.High) || !whole(e.ServiceChange) || !whole(e.ComparisonChange) || !whole(e.EValue) {
				t.Fatalf("more than two decimals: %+v", e)
			}
			if trend.OfEvents(e.Method) {
				if want := float64(*e.After-*e.Before)/float64(*e.People) - float64(*e.ComparisonAfter-*e.ComparisonBefore)/float64(*e.ComparisonPeople); math.Abs(*e.Value-want) > 0.011 {
					t.Fatalf("%s: %g is told, released counts make %g", e.Method, *e.Value, want)
				}
				continue
			}
			switch {
			case near && math.Abs(*e.Value-*x.Value) > 0.0051:
				t.Fatalf("%s: %g is told for %g", e.Method, *e.Value, *x.Value)
			case !near && (math.Abs(*e.ServiceChange / *e.ComparisonChange - *e.Value) > 0.03**e.Value+0.01 || math.Abs(math.Log(*e.Value / *x.Value)) > 0.4):
				t.Fatalf("%s: %g is told for %g, of %g and %g", e.Method, *e.Value, *x.Value, *e.ServiceChange, *e.ComparisonChange)
			}
			if e.After != nil && math.Abs(float64(*e.After) / *e.Expected - *e.Value) > 1e-9 {
				t.Fatalf("%d of %g is not %g", *e.After, *e.Expected, *e.Value)
			}
			if e.EValue != nil {
				value, _, _ := estimate.EValue(*e.Value, *e.Low, *e.High)
				if math.Abs(value-*e.EValue) > 0.0051 {
					t.Fatalf("the E-value is of figures that are not shown: %g, %g", value, *e.EValue)
				}
			}
		}
		for i, m := range safe.Months {
			x := exact.Months[i]
			for _, e := range exact.Estimates {
				if side := e.ComparisonInternal; x.Arm == "" && e.Window == "12 months" && e.Method == trend.NameMatched && e.Refused == "" && (side.NearService || side.NearComparison) {
					nearMonths++
					if slices.ContainsFunc(m.Points, func(p result.Point) bool { return p.Events != nil || p.Rate != nil || p.ComparisonRate != nil }) {
						t.Fatalf("events of all but a few leave: %+v", m)
					}
				}
			}
			thin := slices.ContainsFunc(x.Points, func(p result.Point) bool { return *p.Thin })
			for j, p := range m.Points {
				if p.Thin != nil || p.ComparisonEvents != nil || p.Days != nil || m.PreTrend != nil {
					t.Fatalf("an internal figure of a month leaves: %+v", p)
				}
				switch {
				case thin && (p.Events != nil || p.Rate != nil || p.ComparisonRate != nil || p.Value != nil || m.P != nil):
					t.Fatalf("a month of few people leaves: %+v", p)
				case thin || len(m.Hidden) > 0:
					monthsHidden++
				default:
					monthsShown++
					if math.Mod(*p.Events, 5) != 0 || math.Abs(*p.Events-*x.Points[j].Events) > 2.5 || !whole(p.Value) || !whole(p.Low) || !whole(p.High) {
						t.Fatalf("%+v is told for %+v", p, x.Points[j])
					}
				}
			}
		}
		for i, m := range safe.Matching {
			for _, of := range [][2]*int64{{m.Service, exact.Matching[i].Service}, {m.Pool, exact.Matching[i].Pool}, {m.Matched, exact.Matching[i].Matched}, {m.Used, exact.Matching[i].Used}} {
				if of[0] != nil && of[1] != nil && (*of[0]%5 != 0 || *of[0] > 0 && *of[1] < 8) {
					t.Fatalf("%d is told for %d", *of[0], *of[1])
				}
			}
			if m.Share != nil && math.Mod(*m.Share, 10) != 0 {
				t.Fatalf("the share %g", *m.Share)
			}
			if x := exact.Matching[i]; x.Matched != nil {
				for _, left := range []int64{*x.Service - *x.Matched, *x.Pool - *x.Used} {
					if left > 0 && left < 8 && (m.Matched != nil || m.Used != nil || m.Share != nil) {
						t.Fatalf("%d who are left over can be told", left)
					}
				}
			}
			for j, b := range m.Balance {
				x := exact.Matching[i].Balance[j]
				if b.Internal != nil || !whole(b.SMD) || !whole(b.MatchedSMD) {
					t.Fatalf("%+v", b)
				}
				if b.Name == "rare" && x.Internal.Everybody {
					rare++
					if b.MeanService != nil || b.SMD != nil || b.MatchedSMD != nil || b.MatchedComparison != nil {
						t.Fatalf("a trait of few people: %+v", b)
					}
				}
			}
		}
	}
	if shown < 20 || hidden < 20 || nears < 5 || shown-nears < 5 || monthsShown < 20 || monthsHidden < 20 || rare < 5 || nearMonths < 5 {
		t.Errorf("%d shown, %d of them without counts, %d hidden, %d and %d months, %d traits of few: the test looks at nothing", shown, nears, hidden, monthsShown, monthsHidden, rare)
	}
}

// fewLeft reports whether the service's people in a comparison are a few from those of a leading figure.
func fewLeft(exact *result.Result, x result.Estimate) bool {
	return slices.ContainsFunc(exact.Estimates, func(e result.Estimate) bool {
		d := *x.People
		if e.People != nil {
			d -= *e.People
		}
		return e.Method == "rate_ratio" && e.Arm == "service" && e.Window == x.Window && e.On == "" && d != 0 && d > -8 && d < 8
	})
}

// TestSeriesTellsNoMore: where a month has few events nothing fitted leaves, since the fit's equations give the sums of the counts, and
// those the month; where none has, what is fitted is in whole events.
func TestSeriesTellsNoMore(t *testing.T) {
	for _, profile := range []string{"local", "nhs-england"} {
		for _, least := range []int64{0, 9} {
			random := rand.New(rand.NewPCG(7, uint64(least)))
			rows := strings.Builder{}
			rows.WriteString("month,n\n")
			for m := range 30 {
				n := least + random.Int64N(30)
				if m == 4 {
					n = max(least, 3)
				}
				fmt.Fprintf(&rows, "%d-%02d,%d\n", 2018+m/12, 1+m%12, n)
			}
			exact, safe := made(t, t.TempDir(), map[string]string{"series.csv": rows.String()}, profile, `
series: {file: series.csv, activity: ae, columns: {month: month, count: n}, start: 2019-07-01, level_only: true, harmonics: 0}
`)
			i, x := safe.Interrupted, exact.Interrupted
			if x.Refused != "" || len(i.Points) != len(x.Points) {
				t.Fatalf("%s: %+v", profile, x)
			}
			if few := least == 0; few != slices.Contains(i.Hidden, "fitted") || few != (i.Dispersion == nil) || few != (i.ACF1 == nil) || few != (len(i.Terms) == 0) || few != (i.Expected == nil) {
				t.Fatalf("%s, from %d: %+v", profile, least, i)
			}
			for k, p := range i.Points {
				switch {
				case least == 0 && (p.Fitted != nil || p.Expected != nil || k == 4 && p.Count != nil):
					t.Fatalf("%+v leaves", p)
				case least > 0 && (math.Mod(*p.Fitted, 1) != 0 || math.Mod(*p.Count, 5) != 0 || math.Abs(*p.Fitted-*x.Points[k].Fitted) > 0.5):
					t.Fatalf("%+v is told for %+v", p, x.Points[k])
				}
			}
			ratio := slices.IndexFunc(safe.Estimates, func(e result.Estimate) bool { return e.Method == trend.NameSeries })
			if e := safe.Estimates[ratio]; e.Value == nil || math.Abs(*e.Value-*exact.Estimates[ratio].Value) > 0.0051 {
				t.Fatalf("%s: %+v", profile, e)
			}
		}
	}
}
