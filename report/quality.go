package report

import (
	"fmt"
	"strings"

	"averted/evaluate"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/report/number"
	"averted/report/result"
)

// Quality says what each table held.
func Quality(found *evaluate.Found) []result.Table {
	list := []result.Table{}
	people := int64(0)
	for _, q := range found.Quality {
		if q.Table == "people" {
			people = q.People
		}
	}
	for _, q := range found.Quality {
		t := result.Table{Table: q.Table, Holds: holds(found.Plan, q.Table), Complete: complete(found.Plan, q.Table), Why: []string{}, Remarks: []string{}, Internal: rows(q)}
		t.About, t.SetAside, t.LeftOut = roughly(q), setAside(q, found.Plan.SetAside.Rows), share(q.LeftOut+q.Unmapped, q.Rows)
		for _, why := range source.Asides {
			if q.Aside[why] > 0 && t.SetAside != number.Hidden {
				t.Why = append(t.Why, string(why))
			}
		}
		if strings.HasPrefix(q.Table, "events") {
			t.People = most(q.People, people)
		}
		if q.Merged > 0 {
			t.Remarks = append(t.Remarks, "rows of one admission were merged into spells")
		}
		if q.Ruled > 0 && q.Table == "people" {
			t.Remarks = append(t.Remarks, "of several index days of one person one was taken, as index_rule says")
		} else if q.Ruled > 0 {
			t.Remarks = append(t.Remarks, "of rows with one event id one was taken, as event_rule says")
		}
		for _, n := range q.Notes {
			t.Remarks = append(t.Remarks, n.Text)
		}
		list = append(list, t)
	}
	return list
}

func rows(q source.Quality) *result.Rows {
	r := &result.Rows{Rows: q.Rows, Used: q.Used, LeftOut: q.LeftOut, Unmapped: q.Unmapped, Unmatched: q.Unmatched, Outside: q.Outside,
		Merged: q.Merged, Ruled: q.Ruled, Aside: map[string]int64{}, People: q.People, Touched: q.Touched, Files: []result.File{}}
	for why, n := range q.Aside {
		r.Aside[string(why)] = n
	}
	for _, f := range q.Files {
		r.Files = append(r.Files, result.File{Name: f.Name, Form: string(f.Form), Rows: f.Rows, SHA256: f.SHA256, Notes: append([]string{}, f.Notes...)})
	}
	for _, m := range q.Months {
		r.Months = append(r.Months, result.MonthRows(m))
	}
	return r
}

// holds is what a table has: the labels of its activities.
func holds(plan *study.Plan, table string) string {
	var labels []string
	for _, a := range plan.Activities {
		in := table == "counts" && plan.KindOf(a.Name) == study.KindCounts
		for i, e := range plan.Events {
			in = in || table == fmt.Sprintf("events[%d]", i+1) && e.Feeds(a.Name)
		}
		for i, t := range plan.Totals {
			_, has := t.Windows[0].Columns[a.Name]
			in = in || table == fmt.Sprintf("totals[%d]", i+1) && has
		}
		if in {
			labels = append(labels, a.Label)
		}
	}
	switch {
	case table == "people":
		return "people"
	case table == "series":
		return "a monthly series"
	case table == "profile.population":
		return "the area's people"
	case table == "profile.contacts":
		return "the service's contacts"
	case table == "profile.onward":
		return "referrals onward"
	}
	for i, o := range plan.Outcomes {
		if table == fmt.Sprintf("outcomes[%d]", i+1) {
			return o.Label
		}
	}
	for i, s := range plan.Surveys {
		if table == fmt.Sprintf("surveys[%d]", i+1) {
			return s.Title
		}
	}
	return strings.Join(labels, ", ")
}

// complete is the days for which an events table holds everything.
func complete(plan *study.Plan, table string) string {
	for i, e := range plan.Events {
		if table != fmt.Sprintf("events[%d]", i+1) {
			continue
		}
		text := fmt.Sprintf("%s to %s", e.Complete.From, e.Complete.To)
		for _, m := range e.Complete.Except {
			text += fmt.Sprintf(", except %s", m)
		}
		return text
	}
	return ""
}

// The words that follow stand for at least eight numbers of rows or people each, so that none tells of a few.
const atLeast = 8

// roughly is how many rows a table has, to two figures, and under a thousand not told. It isn't told of tables whose
// rows are people: beside an exact number of people it would say how many rows are others.
func roughly(q source.Quality) string {
	if q.Rows >= 10 && (q.Table == "series" || strings.HasPrefix(q.Table, "totals")) { // months and practices are no people
		return number.Count(q.Rows)
	}
	events := strings.HasPrefix(q.Table, "events") || q.Table == "profile.contacts" || q.Table == "profile.onward"
	if !events || q.Rows < 1000 {
		return number.Hidden
	}
	unit := int64(1)
	for q.Rows/unit >= 100 {
		unit *= 10
	}
	return "about " + number.Count((q.Rows+unit/2)/unit*unit)
}

// setAside says whether rows were set aside. limit is the percentage above which the run would have stopped: where that is
// a few rows, it isn't told.
func setAside(q source.Quality, limit float64) string {
	most := limit * float64(q.Rows) / 100
	switch {
	case q.Table == "series" || strings.HasPrefix(q.Table, "totals"): // every row counts
		return "none"
	case most < atLeast:
		return number.Hidden
	case q.Gone() == 0:
		return "none"
	}
	return fmt.Sprintf("some, at most %v%%", limit)
}

// share is a part of the rows in words.
func share(part, whole int64) string {
	switch {
	case whole < 100*atLeast || part > 0 && part < atLeast:
		return number.Hidden
	case part == 0:
		return "none"
	case part*20 <= whole:
		return "up to 5%"
	case part*4 <= whole:
		return "5 to 25%"
	}
	return "over 25%"
}

// most is how many of the people were found, in words.
func most(part, whole int64) string {
	switch {
	case whole < 4*atLeast || part < atLeast || whole-part < atLeast && part != whole:
		return number.Hidden
	case part*4 <= whole:
		return "up to a quarter"
	case part*2 <= whole:
		return "a quarter to half"
	case part*4 <= whole*3:
		return "half to three quarters"
	}
	return "over three quarters"
}
