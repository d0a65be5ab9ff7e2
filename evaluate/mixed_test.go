package evaluate_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/evaluate"
	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/engine/memory"
	"averted/evaluate/estimate"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// mixed runs a study from files, given with the rest of its study file.
func mixed(t *testing.T, e engine.Engine, files map[string]string, lines string) (*evaluate.Found, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(lines, "opt_out") {
		lines += "opt_out: {not_applicable: synthetic data}\n"
	}
	plan, err := study.Parse("study.yaml", dir, []byte("averted: 1\ntitle: mixed\ndate: 2022-01-01\nseed: 1\n"+lines))
	if err != nil {
		return nil, err
	}
	return evaluate.Run(t.Context(), plan, e, nil)
}

func practices(n int) string {
	var b strings.Builder
	b.WriteString("surgery,clients,pre,post\n")
	for i := range n {
		fmt.Fprintf(&b, "Surgery %d,%d,%d,%d\n", i, 20+i, 30+i%7, 24+i%5)
	}
	return b.String()
}

const totalsStudy = `totals: [{file: t.csv, columns: {practice: surgery, people: clients}, windows: {12 months: {ae: {before: pre, after: post}}}, died_or_left: 3}]
activities: {ae: {}}
`

// TestTotals wants the practice to be what is one of many: the interval is R's of the same counts as people, with ten or
// more, and there is none with fewer.
func TestTotals(t *testing.T) {
	for _, n := range []int{1, 9, 10, 43} {
		found, err := mixed(t, memory.Engine{}, map[string]string{"t.csv": practices(n)}, totalsStudy)
		if err != nil {
			t.Fatal(err)
		}
		before, after, people := int64(0), int64(0), int64(0)
		var cells []estimate.Cell
		for i := range n {
			before, after, people = before+int64(30+i%7), after+int64(24+i%5), people+int64(20+i)
			cells = append(cells, estimate.Cell{Before: int64(30 + i%7), After: int64(24 + i%5), TimeBefore: 1, TimeAfter: 1, People: 1})
		}
		want := estimate.RatioRobust(estimate.Canonical(cells), estimate.Robust{})
		for _, e := range found.Estimates {
			if e.Behind.People != people || e.Behind.Before != before || e.Behind.After != after {
				t.Errorf("%d practices, %s: %+v", n, e.Method, e.Behind)
			}
			few := slices.ContainsFunc(e.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.FewUnits })
			if e.Value == nil || few != (n < 10) || (e.Low == nil) != (n < 10) || e.Refused != nil {
				t.Errorf("%d practices, %s: value %v, low %v, warned %v, refused %v", n, e.Method, e.Value, e.Low, few, e.Refused)
			}
			if e.Method == "rate_ratio" && *e.Value != float64(after)/float64(before) {
				t.Errorf("%d practices: %g", n, *e.Value)
			}
			if e.Method == "ratio_robust" && (n < 10 || *e.Low != *want.Low || *e.High != *want.High) {
				t.Errorf("%d practices: %g to %g, want %g to %g", n, *e.Low, *e.High, *want.Low, *want.High)
			}
			if strings.Contains(e.Interval, "person") || e.Low != nil && !strings.Contains(e.Interval, "practice") {
				t.Errorf("the interval is said to be %q", e.Interval)
			}
		}
	}
}

// TestTotalsUnknownDeaths wants the warning where nobody says how many died.
func TestTotalsUnknownDeaths(t *testing.T) {
	found, err := mixed(t, memory.Engine{}, map[string]string{"t.csv": practices(12)}, strings.Replace(totalsStudy, "died_or_left: 3", "died_or_left: unknown", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found.Estimates {
		if !slices.ContainsFunc(e.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.DeathsUnknown }) {
			t.Errorf("%s is not warned of", e.Method)
		}
	}
}

func TestTotalsProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"twice":    {practices(3) + "Surgery 1,5,5,5\n", "t.csv:5: surgery: the practice of row 3 stands here again"},
		"no name":  {practices(3) + ",5,5,5\n", "t.csv:5: surgery: this row has no practice"},
		"no count": {practices(3) + "Surgery 9,5,some,5\n", "t.csv:5: pre: want a whole number"},
	} {
		_, err := mixed(t, memory.Engine{}, map[string]string{"t.csv": c.text}, totalsStudy)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// people is a study of people with A&E attendances, and ready counts of calls.
func peopleAndCounts() (files map[string]string, lines string) {
	var people, ae, calls strings.Builder
	people.WriteString("id,referred,arm\n")
	ae.WriteString("id,day\n")
	calls.WriteString("id,pre,post\n")
	for i := range 30 {
		fmt.Fprintf(&people, "P%02d,2019-01-01,%s\n", i, []string{"yes", "no"}[i%2])
		fmt.Fprintf(&ae, "P%02d,2018-06-%02d\nP%02d,2019-06-%02d\n", i, 1+i%28, i, 1+i%28)
		if i < 25 {
			fmt.Fprintf(&calls, "P%02d,%d,%d\n", i, 4+i%3, 2+i%4)
		}
	}
	calls.WriteString("X99,100,100\n")
	return map[string]string{"people.csv": people.String(), "ae.csv": ae.String(), "calls.csv": calls.String()}, `people: {file: people.csv, columns: {person: id, index: referred, arm: arm}, arms: {service: ["yes"], comparison: ["no"]}}
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, complete: {from: 2017-01-01, to: 2021-12-31}}]
counts: {file: calls.csv, columns: {person: id}, windows: {12 months: {calls: {before: pre, after: post}}}, died_or_left: 0}
activities: {ae: {}, calls: {}}
windows: [6 months, 12 months]
`
}

// TestCountsOfPeople wants the people table to say who is in ready counts, and in which arm.
func TestCountsOfPeople(t *testing.T) {
	files, lines := peopleAndCounts()
	found, err := mixed(t, memory.Engine{}, files, lines)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, e := range found.Estimates {
		if e.Method == "rate_ratio" && e.FollowUp == found.FollowUp(e.Activity) && e.On == "" {
			got[e.Activity+" "+e.Window+" "+string(e.Arm)] = e.Behind.People
		}
	}
	want := map[string]int64{"ae 6 months service": 15, "ae 6 months comparison": 15, "ae 6 months all": 30, "ae 12 months service": 15, "ae 12 months comparison": 15, "ae 12 months all": 30,
		"calls 12 months service": 13, "calls 12 months comparison": 12, "calls 12 months all": 25}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	for _, q := range found.Quality {
		if q.Table == "counts" && (q.Unmatched != 1 || q.Used != 25) {
			t.Errorf("%+v", q)
		}
	}
}

// TestOptOut wants a list of those to remove, and one of those to keep, to take out the same people, everywhere.
func TestOptOut(t *testing.T) {
	files, lines := peopleAndCounts()
	var kept strings.Builder
	kept.WriteString("id\n")
	for i := range 30 {
		if i != 3 && i != 4 {
			fmt.Fprintf(&kept, "P%02d\n", i)
		}
	}
	files["remove.csv"], files["keep.csv"] = "id\nP03\nP04\nQ77\n", kept.String()
	var flows []string
	for _, list := range []string{"remove: remove.csv", "keep: keep.csv"} {
		found, err := mixed(t, memory.Engine{}, files, lines+"opt_out: {"+list+", date: 2021-12-20}\n")
		if err != nil {
			t.Fatal(err)
		}
		flows = append(flows, fmt.Sprint(found.Flow))
		for _, e := range found.Estimates {
			if want := map[string]int64{"ae": 28, "calls": 23}[e.Activity]; e.Arm == tally.All && e.Behind.People != want {
				t.Errorf("%s: %s of %d people, want %d", list, e.Activity, e.Behind.People, want)
			}
		}
		if !slices.ContainsFunc(found.Flow, func(b cohort.Box) bool { return b.Step == cohort.StepOptOut && b.Out == 2 }) {
			t.Errorf("%s: no box for the two", list)
		}
	}
	if flows[0] != flows[1] {
		t.Errorf("the flows differ:\n%s\n%s", flows[0], flows[1])
	}
}

// TestFlowAddsUp wants every step to be the one above less those who left.
func TestFlowAddsUp(t *testing.T) {
	files, lines := peopleAndCounts()
	files["people.csv"] += "P01,2019-01-01,no\nP02,2018-01-01,yes\n,2019-01-01,no\nP40,,no\nP41,2016-06-01,no\nP42,2021-06-01,yes\n"
	found, err := mixed(t, memory.Engine{}, files, lines+"set_aside: {rows: 10, people: 10}\n"+"opt_out: {not_applicable: synthetic data}\n")
	if err == nil || !strings.Contains(err.Error(), "index_rule: first") {
		t.Fatalf("%v, %v", found, err)
	}
	lines = strings.Replace(lines, `comparison: ["no"]}}`, `comparison: ["no"]}, index_rule: last}`, 1)
	found, err = mixed(t, memory.Engine{}, files, lines+"set_aside: {rows: 10, people: 10}\n")
	if err != nil {
		t.Fatal(err)
	}
	above, left := map[string]int64{}, int64(0)
	for _, b := range found.Flow {
		if b.Step == cohort.StepLinked || b.Step == cohort.StepCounted {
			continue
		}
		at := b.Window + string(b.Arm)
		if _, seen := above[at]; !seen && b.Window != "" {
			above[at] = above[string(b.Arm)]
		}
		if before, ok := above[at]; ok && before-b.Out != b.People {
			t.Errorf("%s %s %s: %d less %d is not %d", b.Window, b.Arm, b.Step, before, b.Out, b.People)
		}
		above[at] = b.People
		if b.Window == "" {
			left += b.Out
		}
	}
	if left != 3 { // a copy, a further index day, and no identifier
		t.Errorf("%d rows left before windows", left)
	}
}

func TestSeries(t *testing.T) {
	files, lines := peopleAndCounts()
	files["months.csv"] = "month,n\n01/02/2018,10\n01/01/2018,9\n01/03/2018,11\n"
	const series = "series: {file: months.csv, columns: {month: month, count: n}, dates: dd/mm/yyyy, start: 2018-02-01}\n"
	found, err := mixed(t, memory.Engine{}, files, lines+series)
	if err != nil || len(found.Series) != 3 || found.Series[0].Count != 9 || found.Series[2].Month.String() != "2018-03" {
		t.Errorf("%+v, %v", found, err)
	}
	files["months.csv"] = strings.Replace(files["months.csv"], "01/02/2018,10\n", "", 1)
	if _, err := mixed(t, memory.Engine{}, files, lines+series); err == nil || !strings.Contains(err.Error(), "no row for the month after 2018-01") {
		t.Error(err)
	}
}

// touching is an engine during whose count a file changes.
type touching struct{ memory.Engine }

func (e touching) Tally(ctx context.Context, plan *study.Plan, people *cohort.Cohort, files *source.Files) (*engine.Counted, error) {
	counted, err := e.Engine.Tally(ctx, plan, people, files)
	text, failed := os.ReadFile(plan.Path("ae.csv"))
	if failed == nil {
		failed = os.WriteFile(plan.Path("ae.csv"), append(text, "P01,2019-01-05\n"...), 0o600)
	}
	return counted, errors.Join(err, failed)
}

// TestChangedInput wants a run to stop whose files are not what they were.
func TestChangedInput(t *testing.T) {
	files, lines := peopleAndCounts()
	_, err := mixed(t, touching{}, files, lines)
	var rejected *source.Rejected
	if !errors.As(err, &rejected) || !strings.Contains(err.Error(), "ae.csv: the file changed while it was being read") {
		t.Error(err)
	}
}

// TestPracticeOfFiles gives people the practice whose file they stand in.
func TestPracticeOfFiles(t *testing.T) {
	files, lines := peopleAndCounts()
	ae := strings.SplitAfter(files["ae.csv"], "\n")
	delete(files, "ae.csv")
	files["Elm.csv"], files["Oak.csv"] = ae[0]+strings.Join(ae[1:31], ""), ae[0]+strings.Join(ae[31:], "")+"P00,2018-02-02\n"
	lines = strings.Replace(lines, "{file: ae.csv, activity: ae, columns: {person: id, date: day}", `{file: "[EO]*.csv", activity: ae, columns: {person: id, date: day, practice: "@file"}`, 1)
	found, err := mixed(t, memory.Engine{}, files, lines)
	if err != nil {
		t.Fatal(err)
	}
	of := map[int]int64{}
	for _, c := range found.Tallies[0].Cells {
		of[c.Practice] += c.People
	}
	if of[-1] != 1 || of[0] != 14 || of[1] != 15 { // P00 stands in both files, and is of neither practice
		t.Errorf("%v", of)
	}
}
