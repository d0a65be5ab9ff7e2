package release_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// person is one row of a study of ready counts.
type person struct {
	arm           string
	before, after int
}

// control runs a study of ready counts through a release profile.
func control(t *testing.T, profile string, people []person) (*result.Result, *release.Released) {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,arm,pre,post\n")
	comparison := "[]"
	for i, p := range people {
		fmt.Fprintf(&b, "P%d,%s,%d,%d\n", i, p.arm, p.before, p.after)
		if p.arm == "c" {
			comparison = "[c]"
		}
	}
	return made(t, t.TempDir(), map[string]string{"counts.csv": b.String()}, profile, `counts:
  file: counts.csv
  columns: {person: id, arm: arm}
  arms: {service: [s], comparison: `+comparison+`}
  windows: {12 months: {ae: {before: pre, after: post}}}
  died_or_left: 0
`)
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
			if e.Refused != "" || len(e.Warnings) > 0 || e.Before != nil || e.Value != nil || e.Expected != nil || !slices.Contains(e.Hidden, "before") || !slices.Contains(e.Hidden, "value") || e.After == nil {
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

// TestSmallArm wants nothing of both arms together that the arms don't tell: their sum where one is rounded,
// nothing where one is hidden.
func TestSmallArm(t *testing.T) {
	for _, c := range []struct{ service, comparison int }{{83, 13}, {33, 23}, {13, 13}, {57, 48}} {
		_, safe := control(t, "local", append(many(c.service, "s"), many(c.comparison, "c")...))
		s, o, both := find(t, &safe.Result, "rate_ratio", "service"), find(t, &safe.Result, "rate_ratio", "comparison"), find(t, &safe.Result, "rate_ratio", "all")
		if *both.People != *s.People+*o.People || *both.Before != *s.Before+*o.Before || *both.After != *s.After+*o.After {
			t.Errorf("%+v: together %d people, apart %d and %d", c, *both.People, *s.People, *o.People)
		}
		if exact := *s.People == int64(c.service); exact != (c.service >= 50) {
			t.Errorf("%+v: %d people", c, *s.People)
		}
	}
	for _, profile := range []string{"local", "nhs-england"} {
		_, safe := control(t, profile, append(many(60, "s"), many(5, "c")...))
		for _, arm := range []string{"comparison", "all"} {
			e := find(t, &safe.Result, "rate_ratio", arm)
			if e.People != nil || e.Before != nil || e.Value != nil || e.Refused != "" || len(e.Warnings) > 0 || e.Interval != "" {
				t.Errorf("%s, %s: %+v", profile, arm, e)
			}
		}
		for _, b := range safe.Flow {
			if b.Arm != "service" && b.People != nil {
				t.Errorf("%s: the box %s of %s says %d", profile, b.Step, b.Arm, *b.People)
			}
		}
		for _, w := range safe.Warnings {
			if w.Arm != "service" {
				t.Errorf("%s: a warning of hidden people: %+v", profile, w)
			}
		}
	}
}

// TestWordsTellNoNumber wants warnings that go by released counts: 48 and 52 people both read 50.
func TestWordsTellNoNumber(t *testing.T) {
	var said [2]result.Estimate
	for i, n := range []int{48, 52} {
		_, safe := control(t, "nhs-england", many(n, "s"))
		said[i] = find(t, &safe.Result, "rate_ratio", "service")
	}
	if !slices.Equal(said[0].Warnings, said[1].Warnings) || said[0].Interval != said[1].Interval {
		t.Errorf("%v, %v", said[0].Warnings, said[1].Warnings)
	}
	_, safe := control(t, "nhs-england", many(9, "s"))
	if e := find(t, &safe.Result, "rate_ratio", "service"); strings.Contains(e.Interval, "illustrative") {
		t.Errorf("10 people, fewer than 10: %s", e.Interval)
	}
}

// TestNothingInternal looks for internal fields in what may leave.
func TestNothingInternal(t *testing.T) {
	_, safe := control(t, "local", many(83, "s"))
	text, err := json.Marshal(safe)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"users_before", "users_after", "top_before", "top_after", "top_change", `"changed"`, `"died_or_left"`, `"apart"`, `"users"`, `"most"`, `"internal"`} {
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

// TestCutPrintsTheSame wants limits that were cut to print as the exact ones do.
func TestCutPrintsTheSame(t *testing.T) {
	exact, safe := control(t, "local", many(83, "s"))
	for i, e := range exact.Estimates {
		decimals := 2
		if e.Method == "percent_change" || e.Method == "smallest_fall" {
			decimals = 0
		}
		for _, pair := range [][2]*float64{{e.Low, safe.Estimates[i].Low}, {e.High, safe.Estimates[i].High}, {e.Value, safe.Estimates[i].Value}} {
			if pair[0] == nil || pair[1] == nil || e.Stage != "" { // stages are rounded
				continue
			}
			if a, b := number.Fixed(*pair[0], decimals), number.Fixed(*pair[1], decimals); a != b {
				t.Errorf("%s: printed %s, exact %s", e.Method, b, a)
			}
		}
	}
}
