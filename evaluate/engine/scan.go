package engine

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Event is a row of an events table that can be used, of a person in the study.
type Event struct {
	Person   int32      // place in Layout.People
	Activity int32      // place in Plan.Activities
	Day, End window.Day // End is Day where no end is known
	HasID    bool
	ID       uint64 // hash of the event id; good in this run only
	Content  uint64 // hash of the whole row; good in this run only
	File     int32  // place in the table's files
	Row      int32
	Pence    int64 // what it cost, of activities that are priced event by event
}

// Table is what reading one events table found.
type Table struct {
	Quality source.Quality
	found   []bool         // parallel to Layout.People: a row of theirs is there, whatever becomes of it
	loosely []bool         // a row is there whose identifier is theirs but for case, blanks, hyphens and leading zeros
	touched map[int32]bool // people with a row set aside
	months  map[month]int64
}

type month struct {
	activity int
	month    window.Month
}

// Scan reads the i-th events table row by row and hands every row that can be used to keep. All engines read this way,
// so that they can't differ in what they refuse.
func Scan(ctx context.Context, plan *study.Plan, layout *Layout, files *source.Files, i int, problems *source.Problems, keep func(Event) error) (t *Table, err error) {
	s := &scanner{plan: plan, layout: layout, events: plan.Events[i], keep: keep, problems: problems, seed: maphash.MakeSeed(),
		table: &Table{found: make([]bool, len(layout.People)), loosely: make([]bool, len(layout.People)), touched: map[int32]bool{}, months: map[month]int64{}}}
	e := s.events
	want, where := columns(e)
	s.rows, err = files.Open(ctx, e.Table, fmt.Sprintf("events[%d]", i+1), want, problems, &s.table.Quality)
	if err != nil || s.rows == nil {
		return s.table, err
	}
	defer func() { err = errors.Join(err, s.rows.Close()) }()
	column := func(name string) int { return slices.Index(want, name) }
	s.person, s.date, s.end, s.event, s.kind = column(e.Columns.Person), column(e.Columns.Date), column(e.Columns.End), column(e.Columns.Event), column(e.Activity.Column)
	s.dates = s.rows.Dates(s.date, e.Dates, *plan.Date)
	if s.end >= 0 {
		s.ends = s.rows.Dates(s.end, e.Dates, *plan.Date)
	}
	s.code, s.price = column(e.Columns.Code), column(e.Columns.Price)
	s.activities = activityOf(plan, e)
	s.fed = e.Complete.Days()
	for _, name := range where {
		s.filters = append(s.filters, filter{name, column(name), e.Where[name], e.WhereNot[name], map[string]bool{}})
	}
	ids := s.rows.Identifiers(s.person)
	for {
		more, err := s.rows.Next()
		if err != nil {
			return s.table, err
		}
		if !more {
			break
		}
		if s.out() {
			s.table.Quality.LeftOut++
			continue
		}
		ids.See()
		if err := s.row(); err != nil {
			return s.table, err
		}
	}
	ids.Done(problems)
	for _, f := range s.filters {
		for i, text := range f.yes {
			if e.Layout == "" && !f.met[text] { // a layout's list is of all that there can be
				// The text itself may be a person's, and this note is released.
				s.table.Quality.Note("WHERE_UNMET", fmt.Sprintf("no row has text %d of those that where: names for %s", i+1, f.name))
			}
		}
	}
	s.dates.Notes(&s.table.Quality)
	if s.ends != nil {
		s.ends.Notes(&s.table.Quality)
	}
	return s.table, nil
}

// scanner reads one events table.
type scanner struct {
	plan                           *study.Plan
	layout                         *Layout
	events                         study.Events
	keep                           func(Event) error
	problems                       *source.Problems
	table                          *Table
	rows                           *source.Rows
	seed                           maphash.Seed
	person, date, end, event, kind int
	code, price                    int
	dates, ends                    *source.DateColumn
	activities                     map[string]int
	filters                        []filter
	fed                            window.Set
}

type filter struct {
	name     string
	column   int
	yes, not []string
	met      map[string]bool // texts of yes that stand in some row
}

// out reports whether where: or where_not: leaves the row out.
func (s *scanner) out() bool {
	return slices.ContainsFunc(s.filters, func(f filter) bool {
		text := s.rows.Field(f.column)
		if slices.Contains(f.yes, text) && !f.met[text] {
			f.met[strings.Clone(text)] = true
		}
		return len(f.yes) > 0 && !slices.Contains(f.yes, text) || slices.Contains(f.not, text)
	})
}

func (s *scanner) row() error {
	q := &s.table.Quality
	id := s.rows.Field(s.person)
	if id == "" || source.Missing(id) {
		q.Set(source.NoPerson)
		return nil
	}
	text := ""
	if s.kind >= 0 {
		text = s.rows.Field(s.kind)
	}
	activity, mapped := s.activities[text]
	if !mapped {
		q.Unmapped++
		return nil
	}
	person, known := s.layout.Place(id)
	aside := func(why source.Aside) error {
		q.Set(why)
		if known {
			s.table.touched[person] = true
		}
		return nil
	}
	day, outcome := s.dates.Day()
	switch {
	case outcome == source.DayWrong: // the run stops
		return nil
	case outcome == source.DayMissing:
		return aside(source.NoDate)
	case day > *s.plan.Date:
		return aside(source.Future)
	}
	s.table.months[month{activity, window.MonthOf(day)}]++
	if !known {
		q.Unmatched++
		if at, ok := s.layout.Loosely(id); ok {
			s.table.loosely[at] = true
		}
		return nil
	}
	s.table.found[person] = true
	of := s.layout.People[person]
	year, _, _ := day.Calendar()
	switch {
	case of.Born > year:
		return aside(source.BeforeBirth)
	case of.Died != nil && day > *of.Died:
		return aside(source.AfterDeath)
	}
	event := Event{Person: person, Activity: int32(activity), Day: day, End: day, Content: s.rows.Content()}
	if s.ends != nil {
		end, outcome := s.ends.Day()
		switch {
		case outcome == source.DayWrong:
			return nil
		case outcome == source.DayRead && end > *s.plan.Date:
			return aside(source.Future)
		case outcome == source.DayRead && end < day:
			return aside(source.Backwards)
		case outcome == source.DayRead:
			event.End = end
		case s.plan.Nights(activity):
			q.Note("NIGHTS_OPEN", "stays without an end count no nights")
		}
	}
	if s.event >= 0 && s.rows.Field(s.event) != "" && !source.Missing(s.rows.Field(s.event)) {
		event.HasID, event.ID = true, maphash.String(s.seed, s.rows.Field(s.event))
	}
	_, row := s.rows.Place()
	s.amount(&event)
	event.File, event.Row = int32(len(q.Files)-1), int32(row)
	q.Used++
	if !s.fed.Contains(day) {
		q.Outside++
	}
	return s.keep(event)
}

// amount gives an event its price, where its activity is priced event by event.
func (s *scanner) amount(event *Event) {
	by, codes := s.plan.PricedBy(int(event.Activity))
	wrong := func(column, text string) {
		_, row := s.rows.Place()
		s.problems.Add(source.Problem{File: s.table.Quality.Files[len(s.table.Quality.Files)-1].Name, Row: row, Name: column, Code: "A149", Text: text})
	}
	switch {
	case by == study.ByCode && s.code >= 0 && codes != nil: // without a price table there is nothing to look up
		pence, ok := codes[s.rows.Field(s.code)]
		if !ok {
			wrong(s.events.Columns.Code, "the price table has no price for this code in the price year")
		}
		event.Pence = pence
	case by == study.ByRecord && s.price >= 0:
		pence, err := source.Pence(s.rows.Field(s.price))
		if err != nil {
			wrong(s.events.Columns.Price, err.Error())
		}
		event.Pence = pence
	}
}

// columns is the columns of an events file that are read, and those of them that where: and where_not: look at.
func columns(e study.Events) (want, where []string) {
	where = slices.Sorted(maps.Keys(e.Where))
	for _, name := range slices.Sorted(maps.Keys(e.WhereNot)) {
		if !slices.Contains(where, name) {
			where = append(where, name)
		}
	}
	for _, name := range append([]string{e.Columns.Person, e.Columns.Date, e.Columns.End, e.Columns.Event, e.Columns.Practice, e.Columns.Code, e.Columns.Price, e.Activity.Column}, where...) {
		if name != "" && !slices.Contains(want, name) {
			want = append(want, name)
		}
	}
	return want, where
}

// activityOf maps the texts of the activity column to places in Plan.Activities; without such a column
// the one text is "".
func activityOf(plan *study.Plan, e study.Events) map[string]int {
	if e.Activity.Column == "" {
		return map[string]int{"": plan.Activities.Find(e.Activity.Name)}
	}
	places := map[string]int{}
	for name, texts := range e.Activity.Values {
		for _, text := range texts {
			places[strings.TrimSpace(text)] = plan.Activities.Find(name)
		}
	}
	return places
}
