// Package cohort says who is in: it reads the people, checks them, and counts who leaves at which step
// and why, from rows read to people analysed.
package cohort

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Person is one person who takes part. The identifier stays in here and in the engine.
type Person struct {
	ID       string
	Arm      tally.Arm
	Practice int // place in Cohort.Practices, -1 for none
	Life     window.Life
	Start    *window.Day // when the service began for them, if it did
	Windows  []window.Placed
}

// Cohort is the people of a study.
type Cohort struct {
	People    []Person // those with consent, in the order of the file
	Practices []string // sorted
	Feeds     window.Set
	Flow      []Box
	Rows      int // rows read
	Further   int // further rows of one person, which the index rule set aside
}

// Box is one step of the people flow.
type Box struct {
	Step   string    `json:"step"`
	Window string    `json:"window"` // "" for steps before windows matter
	Arm    tally.Arm `json:"arm"`
	People int64     `json:"people"`
	Out    int64     `json:"out"` // how many left at this step
	Why    string    `json:"why"` // the reason they left
}

// columns of the people table, in the order in which they are read.
const (
	colPerson = iota
	colIndex
	colStart
	colArm
	colPractice
	colJoined
	colDied
	colLeft
	colConsent
	colBirthYear
	colSex
	colLocality
	colReason
)

// Read reads the people of a plan and places their windows. The error is *[source.Rejected] if the rows
// can't be used.
func Read(plan *study.Plan) (*Cohort, error) {
	var problems source.Problems
	r := &reader{plan: plan, problems: &problems, first: map[string]int{}}
	if err := r.read(); err != nil {
		return nil, err
	}
	if !problems.Any() {
		r.settle()
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	c := &Cohort{Feeds: plan.Feeds(), Rows: r.rows, Further: r.further}
	c.People, c.Practices = r.people, r.practices()
	c.place(plan)
	c.flow(plan, r)
	return c, nil
}

type reader struct {
	plan     *study.Plan
	problems *source.Problems
	rows     int
	aside    int
	further  int            // rows that the index rule set aside
	first    map[string]int // person: place in people
	people   []Person
	labels   []string // practice label, parallel to people
	consent  []bool   // parallel to people
	refused  map[tally.Arm]int64
}

func (r *reader) read() (err error) {
	c := r.plan.People.Columns
	named := []string{c.Person, c.Index, c.Start, c.Arm, c.Practice, c.Joined, c.Died, c.Left, c.Consent, c.BirthYear, c.Sex, c.Locality, c.Reason}
	at := make([]int, len(named))
	var want []string
	for i, name := range named {
		at[i] = -1
		if name == "" {
			continue
		}
		if at[i] = slices.Index(want, name); at[i] < 0 {
			at[i] = len(want)
			want = append(want, name)
		}
	}
	file, err := source.Open(r.plan.Path(r.plan.People.File), r.plan.People.File, want, r.problems)
	if err != nil || file == nil {
		return err
	}
	defer func() { _ = file.Close() }() // opened for reading
	field := func(column int) string {
		if at[column] < 0 {
			return ""
		}
		return file.Field(at[column])
	}
	for {
		more, err := file.Next(r.problems)
		if err != nil || !more {
			return err
		}
		r.rows++
		r.row(file.Row(), field)
	}
}

func (r *reader) row(row int, field func(int) string) {
	id := field(colPerson)
	if id == "" {
		r.aside++
		return
	}
	c := r.plan.People.Columns
	p := Person{ID: strings.Clone(id), Practice: -1, Arm: tally.Service}
	p.Life.Index = r.day(row, c.Index, field(colIndex))
	p.Start = r.day(row, c.Start, field(colStart))
	p.Life.Joined = r.day(row, c.Joined, field(colJoined))
	p.Life.Died = r.day(row, c.Died, field(colDied))
	p.Life.Left = r.day(row, c.Left, field(colLeft))
	if arms := r.plan.People.Arms; arms != nil {
		arm, ok := ArmOf(arms, field(colArm))
		if !ok {
			r.add(row, c.Arm, "A106", "people.arms gives this text no arm; every text must mean service or comparison")
		}
		p.Arm = arm
	}
	if year := field(colBirthYear); year != "" {
		if n, err := strconv.Atoi(year); err != nil || n < 1850 || n > 2200 {
			r.add(row, c.BirthYear, "A105", "want a year of four digits, or nothing")
		}
	}
	consent := true
	if c.Consent != "" {
		switch strings.ToLower(field(colConsent)) {
		case "yes", "y", "true", "1":
		case "no", "n", "false", "0", "":
			consent = false
		default:
			r.add(row, c.Consent, "A105", "want yes or no; nothing means no")
		}
	}
	if before, twice := r.first[p.ID]; twice {
		r.again(row, before, p, strings.Clone(field(colPractice)))
		r.consent[before] = r.consent[before] && consent
		return
	}
	r.first[p.ID] = len(r.people)
	r.people = append(r.people, p)
	r.labels = append(r.labels, strings.Clone(field(colPractice)))
	r.consent = append(r.consent, consent)
}

// ArmOf is the arm that a text means.
func ArmOf(arms *study.Arms, text string) (tally.Arm, bool) {
	switch {
	case slices.Contains(arms.Service, text):
		return tally.Service, true
	case slices.Contains(arms.Comparison, text):
		return tally.Comparison, true
	}
	return tally.Service, false
}

// again handles a second row of one person.
func (r *reader) again(row, before int, p Person, label string) {
	rule := r.plan.People.IndexRule
	if rule == "" {
		r.add(row, r.plan.People.Columns.Person, "A107", "DUPLICATE_ID: a person has two rows; declare index_rule: first (or last) in people to take one")
		return
	}
	r.further++
	old := r.people[before].Life.Index
	if p.Life.Index == nil || (old != nil && (rule == "first") == (*old <= *p.Life.Index)) {
		return
	}
	r.people[before], r.labels[before] = p, label
}

func (r *reader) day(row int, column, text string) *window.Day {
	if text == "" {
		return nil
	}
	day, ok := window.ParseDay(source.DayText(text))
	if !ok {
		r.add(row, column, "A104", "want a date as YYYY-MM-DD")
		return nil
	}
	return &day
}

func (r *reader) add(row int, column, code, text string) {
	r.problems.Add(source.Problem{File: r.plan.People.File, Row: row, Name: column, Code: code, Text: text})
}

// settle checks the table as a whole and lets those without consent go.
func (r *reader) settle() {
	file := r.plan.People.File
	if r.rows == 0 {
		r.problems.Add(source.Problem{File: file, Code: "A101", Text: "there is a header and no row"})
	}
	if r.aside*100 > r.rows {
		r.problems.Add(source.Problem{File: file, Name: r.plan.People.Columns.Person, Code: "A108",
			Text: fmt.Sprintf("%d of %d rows have no identifier, more than 1%%", r.aside, r.rows)})
	}
	if want := r.plan.People.ReferredTotal; want > 0 && want != len(r.people) {
		r.problems.Add(source.Problem{File: file, Code: "A109",
			Text: fmt.Sprintf("people.referred_total says %d people were referred, the rows have %d", want, len(r.people))})
	}
	r.refused = map[tally.Arm]int64{}
	var people []Person
	var labels []string
	for i, p := range r.people {
		if !r.consent[i] {
			r.refused[p.Arm]++
			continue
		}
		people, labels = append(people, p), append(labels, r.labels[i])
	}
	r.people, r.labels = people, labels
}

// practices is the sorted list of practices, with people pointed at their places in it.
func (r *reader) practices() []string {
	var list []string
	for _, label := range r.labels {
		if label != "" {
			list = append(list, label)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	for i, label := range r.labels {
		if at, ok := slices.BinarySearch(list, label); ok {
			r.people[i].Practice = at
		}
	}
	return list
}

func (c *Cohort) place(plan *study.Plan) {
	for i := range c.People {
		p := &c.People[i]
		p.Windows = make([]window.Placed, len(plan.Windows))
		for w, length := range plan.Windows {
			p.Windows[w] = window.Place(plan.Rule(length), c.Feeds, p.Life)
		}
	}
}
