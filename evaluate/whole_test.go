package evaluate_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/source"
	"averted/evaluate/study"
)

// served is people of two arms: so many connected, so many not, each with a line of further columns.
func served(header string, connected, others int, line func(i int, on bool) string) string {
	var b strings.Builder
	b.WriteString("id,day,on," + header + "\n")
	for i := range connected + others {
		on := i < connected
		fmt.Fprintf(&b, "p%03d,2020-03-01,%s,%s\n", i, map[bool]string{true: "yes", false: "no"}[on], line(i, on))
	}
	return b.String()
}

const bothArms = "people: {file: people.csv, columns: {person: id, index: day, arm: on%s}, arms: {service: [\"yes\"], comparison: [\"no\"]}}\n"

// told is what a study of words alone finds.
func told(t *testing.T, files map[string]string, lines string) *evaluate.Found {
	t.Helper()
	found, err := mixed(t, memory.Engine{}, files, lines)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// problem is the code of the first problem of a study whose data can't be used.
func problem(t *testing.T, files map[string]string, lines string) string {
	t.Helper()
	_, err := mixed(t, memory.Engine{}, files, lines)
	var rejected *source.Rejected
	var invalid *study.Invalid
	switch {
	case errors.As(err, &rejected):
		return rejected.Problems.All()[0].Code
	case errors.As(err, &invalid):
		return invalid.Problems.All()[0].Code
	}
	t.Fatalf("no problem: %v", err)
	return ""
}

// TestOutcomesAreOfTheService leaves comparison people's answers out: what changed is told of the service's people.
func TestOutcomesAreOfTheService(t *testing.T) {
	people := served("x", 40, 60, func(int, bool) string { return "" })
	answers := "id,first,again\n"
	for i := range 100 {
		after := "bad"
		if i < 30 {
			after = "good"
		}
		answers += fmt.Sprintf("p%03d,bad,%s\n", i, after)
	}
	found := told(t, map[string]string{"people.csv": people, "answers.csv": answers}, fmt.Sprintf(bothArms, "")+
		"profile: {}\noutcomes: [{label: a, instrument: states, file: answers.csv, columns: {person: id, before: first, after: again}, states: {bad: [bad], good: [good]}}]\n")
	a := found.Outcomes[0].Areas[0]
	if both, _ := a.People(); both != 40 || a.Table[0][1] != 30 {
		t.Errorf("%d people, %v", both, a.Table)
	}
}

// TestStagesAndTraits counts how far people came and what they are, with spellings of one text together and levels of few as one.
func TestStagesAndTraits(t *testing.T) {
	sources := []string{"GP", "gp", "Hospital"}
	people := served("reached,followed,from,why", 40, 60, func(i int, on bool) string {
		from := sources[i%3]
		if i < 3 {
			from = "Mrs Jones next door"
		}
		reached := "no"
		if i%2 == 0 || on {
			reached = "2020-03-05"
		}
		return fmt.Sprintf("%s,%s,%s,debt; Debt;isolation", reached, map[bool]string{true: "yes", false: ""}[i < 25], from)
	})
	lines := fmt.Sprintf(bothArms, ", contacted: reached, followed_up: followed, source: from, reason: why") + "profile: {}\n"
	p := told(t, map[string]string{"people.csv": people}, lines).Profile
	want := map[string]int64{"referred": 100, "contacted": 70, "connected": 40, "followed up": 25}
	for _, s := range p.Stages {
		if s.People != want[s.Name] {
			t.Errorf("%s: %d, want %d", s.Name, s.People, want[s.Name])
		}
	}
	for _, table := range p.Tables {
		for _, l := range table.Levels {
			if strings.Contains(l.Name, "Jones") || l.Name == "gp" || l.Name == "Debt" && table.By == study.Reason && len(table.Levels) != 2 {
				t.Errorf("%s: a level %q", table.By, l.Name)
			}
		}
	}
	if len(p.Reasons) != 0 { // everybody has both
		t.Errorf("pairs of reasons that everybody has: %v", p.Reasons)
	}
	people = strings.Replace(people, "2020-03-05", "DNA", 1)
	if code := problem(t, map[string]string{"people.csv": people}, lines); code != "A105" {
		t.Errorf("a contact that is neither a day nor yes or no: %s", code)
	}
}

// TestDose counts contacts up to the landmark day, of those still there then.
func TestDose(t *testing.T) {
	people := "id,day,begun,died\n"
	contacts := "id,day\n"
	for i := range 40 {
		died := ""
		if i == 39 {
			died = "2020-04-01"
		}
		people += fmt.Sprintf("p%03d,2020-03-01,2020-03-01,%s\n", i, died)
		for k := range i % 8 {
			contacts += fmt.Sprintf("p%03d,2020-03-%02d\n", i, 1+k)
		}
		contacts += fmt.Sprintf("p%03d,2020-12-01\n", i) // long after
	}
	found := told(t, map[string]string{"people.csv": people, "contacts.csv": contacts},
		"people: {file: people.csv, columns: {person: id, index: day, start: begun, died: died}}\nprofile: {contacts: {file: contacts.csv, columns: {person: id, date: day}}}\n")
	table := found.Profile.Tables[len(found.Profile.Tables)-1]
	got := []int64{table.People}
	for _, l := range table.Levels {
		got = append(got, l.People)
	}
	if fmt.Sprint(got) != "[39 5 10 15 9]" { // 40 people, the last of whom (with seven contacts) died
		t.Errorf("people by dose: %v", got)
	}
	if n := len(found.Profile.Contacts.Months); n != 10 || found.Profile.Contacts.Months[0].NewPeople != 35 || found.Profile.Contacts.Months[9].NewPeople != 5 {
		t.Errorf("%d months, %+v", n, found.Profile.Contacts.Months)
	}
}

// TestQuestionnaires scores sheets by arithmetic alone, and leaves those that aren't whole.
func TestQuestionnaires(t *testing.T) {
	header := func(n int) string {
		text := "id"
		for _, side := range []string{"a", "b"} {
			for i := range n {
				text += fmt.Sprintf(",%s%d", side, i+1)
			}
		}
		return text + "\n"
	}
	names := func(side string, n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("%s%d", side, i+1))
		}
		return strings.Join(list, ", ")
	}
	for _, c := range []struct {
		instrument    string
		n             int
		first, second []string
		before, after []float64 // of each score
	}{
		{"phq9", 9, strings.Split("3,3,3,2,1,0,1,2,0", ","), strings.Split("1,1,1,1,1,0,0,0,0", ","), []float64{15}, []float64{5}},
		{"swemwbs", 7, strings.Split("3,3,3,3,3,3,3", ","), strings.Split("4,4,4,3,4,4,3", ","), []float64{19.25}, []float64{23.21}},
		{"ons4", 4, strings.Split("5,6,7,8", ","), strings.Split("6,6,8,4", ","), []float64{5, 6, 7, 8}, []float64{6, 6, 8, 4}},
		{"dejonggierveld6", 6, strings.Split("3,2,1,1,2,3", ","), strings.Split("1,1,1,3,3,3", ","), []float64{4}, []float64{0}},
		{"ucla3", 3, strings.Split("3,2,3", ","), strings.Split("1,1,2", ","), []float64{8}, []float64{4}},
	} {
		sheet := header(c.n) + "p1," + strings.Join(c.first, ",") + "," + strings.Join(c.second, ",") + "\n" +
			"p2,," + strings.Join(c.first[1:], ",") + "," + strings.Join(c.second, ",") + "\n" // an item is missing
		found := told(t, map[string]string{"sheet.csv": sheet}, fmt.Sprintf("outcomes: [{instrument: %s, file: sheet.csv, columns: {person: id}, items: {before: [%s], after: [%s]}}]\n", c.instrument, names("a", c.n), names("b", c.n)))
		for i, s := range found.Outcomes[0].Scores {
			if len(s.Pairs) < 1 || math.Abs(s.Pairs[0].Before-c.before[i]) > 1e-9 || math.Abs(s.Pairs[0].After-c.after[i]) > 1e-9 {
				t.Errorf("%s, score %d: %v, want %g and %g", c.instrument, i+1, s.Pairs, c.before[i], c.after[i])
			}
			if len(c.before) == 1 && (len(s.Pairs) != 1 || s.Unscored != 1) {
				t.Errorf("%s: a sheet that isn't whole: %d scored, %d not", c.instrument, len(s.Pairs), s.Unscored)
			}
		}
	}
	ready := "outcomes: [{instrument: swemwbs, file: sheet.csv, columns: {person: id, before: x, after: y}}]\n"
	if code := problem(t, map[string]string{"sheet.csv": "id,x,y\np1,21,24.11\n"}, ready); code != "A153" {
		t.Errorf("a raw sum as a metric score: %s", code)
	}
	if found := told(t, map[string]string{"sheet.csv": "id,x,y\np1,19.25,24.11\n"}, ready); len(found.Outcomes[0].Scores[0].Pairs) != 1 {
		t.Error("a metric score is not taken")
	}
}

// TestByItself tells what of a score comes by itself only where people came as is said.
func TestByItself(t *testing.T) {
	sheet := "id,x,y\n"
	for i := range 40 {
		sheet += fmt.Sprintf("p%d,%d,%d\n", i, 10+i%5, 14+i%7)
	}
	line := "outcomes: [{instrument: score, range: [0, 50], better: higher, file: sheet.csv, columns: {person: id, before: x, after: y}, chosen: {below: %d, mean: 20, correlation: 0.6, source: s}}]\n"
	if by := told(t, map[string]string{"sheet.csv": sheet}, fmt.Sprintf(line, 15)).Outcomes[0].Scores[0].ByItself; by == nil || math.Abs(*by-3.2) > 1e-9 { // 0.4 of 20 less 12
		t.Errorf("by itself: %v", by)
	}
	if by := told(t, map[string]string{"sheet.csv": sheet}, fmt.Sprintf(line, 12)).Outcomes[0].Scores[0].ByItself; by != nil {
		t.Errorf("people who did not come so: %v", *by)
	}
}

// TestWordsProblems wants the code of what can't be used.
func TestWordsProblems(t *testing.T) {
	people := served("sex", 40, 60, func(i int, _ bool) string { return []string{"F", "M"}[i%2] })
	population := fmt.Sprintf(bothArms, ", sex: sex") + "profile: {population: {file: area.csv, columns: {trait: t, level: l, people: n}, source: s}}\n"
	states := "outcomes: [{instrument: states, file: a.csv, columns: {person: id, before: x, after: y}, states: {bad: [bad], good: [good]}}]\n"
	survey := "surveys: [{title: t, file: s.csv, questions: {q: {answers: [\"no\", \"yes\"], favourable: [\"yes\"]}}}]\n"
	for what, c := range map[string]struct {
		files map[string]string
		lines string
		code  string
	}{
		"a level without its people":   {map[string]string{"people.csv": people, "area.csv": "t,l,n\nsex,F,500\n"}, population, "A151"},
		"a trait that isn't told":      {map[string]string{"people.csv": people, "area.csv": "t,l,n\nheight,F,500\n"}, population, "A151"},
		"a level twice":                {map[string]string{"people.csv": people, "area.csv": "t,l,n\nsex,F,500\nsex,M,400\nsex,f,1\n"}, population, "A107"},
		"a text of no state":           {map[string]string{"a.csv": "id,x,y\np1,bad,fine\n"}, states, "A152"},
		"a person twice":               {map[string]string{"a.csv": "id,x,y\np1,bad,good\np1,bad,bad\n"}, states, "A107"},
		"an answer that isn't listed":  {map[string]string{"s.csv": "q\nmaybe\n"}, survey, "A154"},
		"a quotation without consent":  {nil, "quotes: [{text: t, by: b, consent: spoken}]\n", "A150"},
		"all answers are favourable":   {nil, "surveys: [{title: t, source: s, questions: {q: {answers: [a, b], favourable: [a, b], counts: [1, 2]}}}]\n", "A005"},
		"avoidable without a list":     {map[string]string{"people.csv": people, "ae.csv": "id,day\np000,2020-01-01\n"}, fmt.Sprintf(bothArms, "") + "activities: {ae: {label: Avoidable A&E attendances}}\nevents: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, complete: {from: 2018-01-01, to: 2021-12-31}}]\n", "A155"},
		"a questionnaire nobody knows": {nil, "outcomes: [{instrument: my own, file: a.csv, columns: {person: id, before: x, after: y}}]\n", "A007"},
	} {
		if code := problem(t, c.files, c.lines); code != c.code {
			t.Errorf("%s: %s, want %s", what, code, c.code)
		}
	}
}
