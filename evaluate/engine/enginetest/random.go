package enginetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"

	"github.com/google/go-cmp/cmp"
)

// Agree runs two engines on random studies, good and bad, and wants the same of both.
func Agree(t *testing.T, judge, e engine.Engine, studies int) {
	accepted := 0
	defer func() {
		if 3*accepted < studies {
			t.Errorf("%d of %d studies were accepted: too few to tell", accepted, studies)
		}
	}()
	for seed := range uint64(studies) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			plan := randomStudy(t, seed)
			files := open(t, plan.Path("."), e)
			people, err := cohort.Read(t.Context(), plan, files)
			if err != nil {
				t.Fatal(err)
			}
			want, wantErr := judge.Tally(t.Context(), plan, people, files)
			got, gotErr := e.Tally(t.Context(), plan, people, files)
			if text(wantErr) != text(gotErr) {
				t.Fatalf("errors differ:\n%v\n%v", wantErr, gotErr)
			}
			if wantErr == nil {
				accepted++
				sound(t, plan, want.Tally)
				for _, q := range want.Quality {
					if sum := q.Used + q.LeftOut + q.Unmapped + q.Unmatched + q.Gone(); sum != q.Rows {
						t.Errorf("%s: %d rows read, %d told of: %+v", q.Table, q.Rows, sum, q)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s and %s differ:\n%s", judge.Name(), e.Name(), diff)
			}
		})
	}
}

func text(err error) string {
	var rejected *source.Rejected
	if errors.As(err, &rejected) {
		return err.Error()
	}
	if err != nil {
		return "failure: " + err.Error()
	}
	return ""
}

// randomStudy writes a study with two arms, three activities, odd but legal CSV and, one time in four, a
// row that can't be used.
func randomStudy(t *testing.T, seed uint64) *study.Plan {
	r := rand.New(rand.NewPCG(seed, 20190326))
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	dir := t.TempDir()
	from := window.Date(2017, 1, 1)
	day := func() window.Day { return from + window.Day(r.IntN(1500)) }
	maybe := func(p float64) string {
		if r.Float64() < p {
			return day().String()
		}
		return ""
	}
	var people, ae, gp, stays strings.Builder
	end := pick("\n", "\r\n")
	ae.WriteString(pick("", "\ufeff") + `person,id,"note, or not",kind,date,cost` + end)
	gp.WriteString("date,mode,person" + end)
	people.WriteString("person,index,joined,died,left,arm,practice" + end)
	stays.WriteString("person,in,out,how,id" + end)
	n := 20 + r.IntN(60)
	rows := 0
	for i := range n {
		fmt.Fprintf(&people, "P%d,%s,%s,%s,%s,%s,%s%s", i, maybe(.95), maybe(.1), maybe(.1), maybe(.1), pick("yes", "no"), pick("a", "b", "c", ""), end)
		for range r.IntN(25) {
			if rows++; seed%8 == 5 && r.IntN(60) == 0 {
				rows-- // an event id that stands twice
			}
			fmt.Fprintf(&ae, "%s,E%d,%s,%s,%s,%s%s", pick("", " ", "\t")+fmt.Sprintf("P%d", i+r.IntN(2)), rows,
				pick("", `"a ""quoted"" word"`, `"two`+"\n"+`lines"`, "é"), pick("1", "2", " 1 ", "é"), day().String()+pick("", "T10:00", " 23:59:59"), pick("115", "£99.50", "0", "12.3", "1000.00"), end)
			fmt.Fprintf(&gp, "%s,%s,P%d%s", day(), pick("surgery", "phone", "email", ""), i, end)
			if r.IntN(10) == 0 {
				fmt.Fprintf(&gp, "%s,phone,P%d%s", pick("", "1900-01-01", "2023-05-05"), i, end) // set aside
			}
		}
		// Stays that lie in each other, touch, follow closely, have one id, or are copies.
		for at := day(); r.IntN(6) > 0; at += window.Day(r.IntN(200)) {
			for range 1 + r.IntN(3) {
				fmt.Fprintf(&stays, "P%d,%s,%s,%s,S%d%s", i, at, pick((at+window.Day(r.IntN(12))).String(), "", (at-1).String()), pick("planned", "urgent"), r.IntN(400), end)
				if r.IntN(8) == 0 {
					fmt.Fprintf(&stays, "P%d,%s,%s,urgent,S%d%s", i, at, at+3, i, end)
				}
				at += window.Day(r.IntN(14))
			}
		}
		if r.IntN(40) == 0 {
			gp.WriteString(end) // a blank line
		}
	}
	if seed%8 == 2 {
		gp.WriteString("2019-01-01,phone,P1" + map[string]string{"\n": "\r\n", "\r\n": "\n"}[end]) // mixed line ends
	}
	if seed%8 == 6 {
		blank := gp.String()
		gp.Reset()
		gp.WriteString(end + blank) // a blank line above the header
	}
	if seed%4 == 3 {
		bad := []string{"2019-02-30,phone,P1", "2019-01-01,phone", `2019-01-01,"phone,P1`, "2019-01-01,phone,P1,more", "soon,phone,P2", `2019-01-01,ph"one,P1`, "2019-01-01,ph\xe9ne,P1"}
		gp.WriteString(bad[r.IntN(len(bad))] + end)
	}
	for name, b := range map[string]*strings.Builder{"people.csv": &people, "ae.csv": &ae, "gp.csv": &gp, "stays.csv": &stays} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yaml := fmt.Sprintf(`averted: 1
title: random
date: 2022-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
people:
  file: people.csv
  columns: {person: person, index: index, joined: joined, died: died, left: left, arm: arm, practice: practice, sex: arm}
  arms: {service: ["yes"], comparison: ["no"]}
windows: [%s, %s]
subgroups: [sex]
set_aside: {rows: %s, people: 100}
index_day: %s
washout: {before: %d days, after: %d days}
prices: {table: national-cost-collection, price_year: 2016/17}
activities: {ae: {%s}, surgery: {}, phone: {}, planned: {unit: spell}, urgent: {unit: spell}}
events:
  - {file: ae.csv, activity: ae, columns: {person: person, date: date, price: cost%s}, where: {kind: ["1"%s]}, complete: {from: 2017-01-01, to: 2020-12-31%s}}
  - {file: gp.csv, activity: {column: mode, values: {surgery: [surgery], phone: [phone]}}, columns: {person: person, date: date}, complete: {from: 2017-02-01, to: 2020-10-31}%s}
  - {file: stays.csv, activity: {column: how, values: {planned: [planned], urgent: [urgent]}}, columns: {person: person, date: in%s}, complete: {from: 2017-01-01, to: 2020-12-31}%s}
`, pick("30 days", "6 months", "3 calendar months"), pick("12 months", "8 weeks"), pick("100", "100", "100", "1"), pick("exclude", "after"), r.IntN(40), r.IntN(20), pick("price: {by: record}", "price: {by: record}", ""),
		pick("", ", event: id"), pick("", `, "2"`, `, é`), pick("", ", except: [2018-05]", ", except: [2019-01, 2019-03]"),
		pick("", ", duplicates: keep"), pick(", end: out", ", end: out, event: id", ", event: id"),
		pick(", spells: merge", ", spells: merge, merge_gap_days: 2", ", spells: as_given", ", spells: as_given, duplicates: keep", ""))
	yaml = strings.Replace(yaml, "event: id}, complete: {from: 2017-01-01, to: 2020-12-31}, spells", "event: id}"+pick(", event_rule: first", ", event_rule: last", "")+", complete: {from: 2017-01-01, to: 2020-12-31}, spells", 1)
	plan, err := study.Parse("study.yaml", dir, []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
