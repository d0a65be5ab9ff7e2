// Package cohort says who is in: it reads the people, checks them, and counts who leaves at which step
// and why, from rows read to people analysed.
package cohort

import (
	"context"
	"errors"
	"fmt"
	"math"
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
	Born     int // year, 0 if it is not known
	Life     window.Life
	Start    *window.Day // when the service began for them, if it did
	Windows  []window.Placed
	Levels   []int    // places in Cohort.Groups, parallel to it
	Traits   []string // parallel to the plan's; "" where it is not known
}

// Cohort is the people of a study.
type Cohort struct {
	People    []Person // those with consent who did not opt out, in the order of their identifiers
	Practices []string // sorted
	Groups    []tally.Group
	Feeds     window.Set
	Flow      []Box
	Whole     int // of Flow, the boxes before windows matter
	Quality   source.Quality
	Rows      int // rows read
	Further   int // further rows of one person, which the index rule set aside
	Drawn     int // comparison people whose index day was drawn
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
func Read(ctx context.Context, plan *study.Plan, files *source.Files) (*Cohort, error) {
	var problems source.Problems
	r := &reader{plan: plan, files: files, problems: &problems, first: map[string]int{}, rowsSeen: map[uint64]bool{}, further: map[string]int{}}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	if err := r.optOut(ctx); err != nil {
		return nil, err
	}
	if !problems.Any() {
		r.settle()
	}
	if !problems.Any() {
		if err := r.practicesOfEvents(ctx); err != nil {
			return nil, err
		}
	}
	r.levels()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(r.people, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	c := &Cohort{Feeds: plan.Feeds(), Rows: int(r.quality.Rows), Further: int(r.quality.Ruled), Quality: r.quality}
	c.People, c.Practices = r.people, r.practices()
	c.draw(plan)
	c.divide(plan, r)
	c.place(plan)
	c.flow(plan, r)
	return c, nil
}

type reader struct {
	plan     *study.Plan
	files    *source.Files
	problems *source.Problems
	quality  source.Quality
	rows     *source.Rows
	further  map[string]int // rows that the index rule set aside, by person
	first    map[string]int // person: place in people
	people   []Person
	rowsSeen map[uint64]bool // by their content
	tied     []bool          // another row has the same index day, parallel to people
	consent  []bool          // parallel to people
	out      map[string]bool
	dates    [colReason + 1]*source.DateColumn
	refused  map[tally.Arm]int64
	opted    map[tally.Arm]int64
	labels   map[string]string // practice by person
	want     []string          // the columns that are read
	sex      map[string]string // by person, where the study divides by it
	locality map[string]string
	cleaned  int64
}

func (r *reader) read(ctx context.Context) (err error) {
	people := r.plan.People
	c := people.Columns
	named := []string{c.Person, c.Index, c.Start, c.Arm, c.Practice, c.Joined, c.Died, c.Left, c.Consent, c.BirthYear, c.Sex, c.Locality, c.Reason}
	at := make([]int, len(named))
	var want []string
	for i, name := range named {
		at[i] = -1
		if name == "" || i == colReason || i == colSex && !r.plan.Divides(study.Sex) || i == colLocality && !r.plan.Divides(study.Locality) { // only what is used is read
			continue
		}
		if at[i] = slices.Index(want, name); at[i] < 0 {
			at[i] = len(want)
			want = append(want, name)
		}
	}
	for _, name := range traitColumns(r.plan) {
		if !slices.Contains(want, name) {
			want = append(want, name)
		}
	}
	r.want = want
	r.labels, r.sex, r.locality = map[string]string{}, map[string]string{}, map[string]string{}
	r.rows, err = r.files.Open(ctx, people.Table, "people", want, r.problems, &r.quality)
	if err != nil || r.rows == nil {
		return err
	}
	defer func() { err = errors.Join(err, r.rows.Close()) }()
	for _, column := range []int{colIndex, colStart, colJoined, colDied, colLeft} {
		if at[column] >= 0 {
			r.dates[column] = r.rows.Dates(at[column], people.Dates, *r.plan.Date)
		}
	}
	ids := r.rows.Identifiers(at[colPerson])
	for {
		more, err := r.rows.Next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		ids.See()
		r.row(at)
	}
	ids.Done(r.problems)
	for _, d := range r.dates {
		if d != nil {
			d.Notes(&r.quality)
		}
	}
	if r.cleaned > 0 {
		r.quality.Note("LABELS_CLEANED", "names of practices held control characters, tags or the start of a formula, which were taken out")
	}
	return nil
}

func (r *reader) row(at []int) {
	field := func(column int) string {
		if at[column] < 0 {
			return ""
		}
		return r.rows.Field(at[column])
	}
	wrong := func(column int, code, text, cure string) { r.rows.Problem(at[column], code, text, cure) }
	id := field(colPerson)
	if id == "" || source.Missing(id) {
		r.quality.Set(source.NoPerson)
		return
	}
	p := Person{ID: strings.Clone(id), Practice: -1, Arm: tally.Service}
	p.Life.Index, p.Start = r.day(colIndex), r.day(colStart)
	p.Life.Joined, p.Life.Died, p.Life.Left = r.day(colJoined), r.day(colDied), r.day(colLeft)
	if arms := r.plan.People.Arms; arms != nil {
		arm, ok := ArmOf(arms, field(colArm))
		if !ok {
			wrong(colArm, "A106", "people.arms gives this text no arm; every text must mean service or comparison", "")
		}
		p.Arm = arm
	}
	p.Traits = traits(r.plan, func(column string) string { return r.rows.Field(slices.Index(r.want, column)) })
	if year := field(colBirthYear); year != "" {
		if whole, zeros, ok := strings.Cut(year, "."); ok && strings.Trim(zeros, "0") == "" { // as a program writes it that keeps it as a fraction
			year = whole
		}
		n, err := strconv.Atoi(year)
		if err != nil || n < 1850 || n > 2200 {
			wrong(colBirthYear, "A105", "want a year of four digits, or nothing", "")
		}
		p.Born = n
	}
	consent := true
	if r.plan.People.Columns.Consent != "" {
		switch strings.ToLower(field(colConsent)) {
		case "yes", "y", "true", "1":
		case "no", "n", "false", "0", "":
			consent = false
		default:
			wrong(colConsent, "A105", "want yes or no; nothing means no", "")
		}
	}
	label, changed := Label(field(colPractice))
	if changed {
		r.cleaned++
	}
	if r.rowsSeen[r.rows.Content()] {
		r.quality.Set(source.Copy)
		return
	}
	r.rowsSeen[r.rows.Content()] = true
	if before, twice := r.first[p.ID]; twice {
		r.again(before, p, strings.Clone(label), field(colSex), field(colLocality), wrong)
		r.consent[before] = r.consent[before] && consent
		return
	}
	r.divides(p.ID, field(colSex), field(colLocality))
	r.first[p.ID] = len(r.people)
	r.people = append(r.people, p)
	r.tied = append(r.tied, false)
	r.labels[p.ID] = strings.Clone(label)
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
func (r *reader) again(before int, p Person, label, sex, locality string, wrong func(column int, code, text, cure string)) {
	rule := r.plan.People.IndexRule
	if rule == "" {
		wrong(colPerson, "A107", "DUPLICATE_ID: a person has two rows; first takes the one with the earliest index day, last the latest", "index_rule: first")
		return
	}
	r.further[p.ID]++
	old := r.people[before].Life.Index
	switch {
	case p.Life.Index == nil && old == nil, p.Life.Index != nil && old != nil && *p.Life.Index == *old:
		r.tied[before] = true
		return
	case p.Life.Index == nil || old != nil && (rule == "first") == (*old < *p.Life.Index):
		return
	}
	r.people[before], r.labels[p.ID], r.tied[before] = p, label, false
	r.divides(p.ID, sex, locality)
}

func (r *reader) day(column int) *window.Day {
	if r.dates[column] == nil {
		return nil
	}
	day, outcome := r.dates[column].Day()
	if outcome != source.DayRead {
		return nil
	}
	return &day
}

// settle checks the table as a whole and lets those go who gave no consent or opted out.
func (r *reader) settle() {
	file, columns := r.plan.People.File, r.plan.People.Columns
	gone, rows := r.quality.Gone(), r.quality.Rows
	if over(gone, rows, r.plan.SetAside.Rows) {
		r.problems.Add(source.Problem{File: file, Name: columns.Person, Code: "A108",
			Text: fmt.Sprintf("%d of %d rows would be set aside (%s), more than %v%%", gone, rows, Reasons(r.quality), r.plan.SetAside.Rows),
			Cure: Allowance(gone, rows, 0, 0, r.plan)})
	}
	for _, tied := range r.tied {
		if tied {
			r.problems.Add(source.Problem{File: file, Name: columns.Index, Code: "A107",
				Text: "DUPLICATE_ID: a person has two rows that differ and have the same index day, so index_rule: can't choose between them"})
			break
		}
	}
	if want := r.plan.People.ReferredTotal; want > 0 && want != len(r.people) {
		r.problems.Add(source.Problem{File: file, Code: "A109", At: "people", Cure: fmt.Sprintf("referred_total: %d", len(r.people)),
			Text: fmt.Sprintf("people.referred_total says %d people were referred, the rows have %d", want, len(r.people))})
	}
	r.refused, r.opted = map[tally.Arm]int64{}, map[tally.Arm]int64{}
	var people []Person
	for i, p := range r.people {
		switch {
		case !r.consent[i]:
			r.refused[p.Arm]++
		case r.out[p.ID]:
			r.opted[p.Arm]++
		default:
			people = append(people, p)
		}
	}
	r.people = people
	r.quality.Used, r.quality.People = rows-gone, int64(len(people))
	for _, p := range people { // nobody who is out is told of
		r.quality.Ruled += int64(r.further[p.ID])
	}
}

// over reports whether a part is more than so many percent of a whole.
func over(part, whole int64, percent float64) bool {
	return part > 0 && float64(part)*100 > percent*float64(whole)
}

// Reasons writes why rows were set aside, with counts.
func Reasons(q source.Quality) string {
	var list []string
	for _, why := range source.Asides {
		if n := q.Aside[why]; n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, why))
		}
	}
	return strings.Join(list, "; ")
}

// mostAside is the share of rows above which no setting is offered that would let them go.
const mostAside = 0.2

// Allowance is the line of the study file that would let so much be set aside.
func Allowance(rows, ofRows, people, ofPeople int64, plan *study.Plan) string {
	if float64(rows) > mostAside*float64(ofRows) {
		return "" // the table is wrong, not the setting
	}
	share := func(part, whole int64, least float64) float64 {
		if whole == 0 {
			return least
		}
		return max(least, math.Ceil(1000*float64(part)/float64(whole))/10)
	}
	return fmt.Sprintf("set_aside: {rows: %v, people: %v}", share(rows, ofRows, plan.SetAside.Rows), share(people, ofPeople, plan.SetAside.People))
}

// practices is the sorted list of practices, with people pointed at their places in it.
func (r *reader) practices() []string {
	var list []string
	for _, p := range r.people {
		if label := r.labels[p.ID]; label != "" {
			list = append(list, label)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	for i, p := range r.people {
		if at, ok := slices.BinarySearch(list, r.labels[p.ID]); ok {
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
