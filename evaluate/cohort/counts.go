package cohort

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// mostCounted is the largest count, or number of days, that is believed of one person.
const mostCounted = 1_000_000

// mostTotal is the largest total of a practice, or of a month, that is believed.
const mostTotal = 1_000_000_000

// Ready is what ready counts, or totals, hold.
type Ready struct {
	Tally   *tally.Tally
	Quality []source.Quality
	Flow    []Box
}

// ReadCounts reads the ready counts of a plan. people, if not nil, says who is in: rows of others are passed over. The error is *[source.Rejected] if rows can't be used.
func ReadCounts(ctx context.Context, plan *study.Plan, files *source.Files, people *Cohort) (*Ready, error) {
	var problems source.Problems
	r := newCountsReader(plan, files, people, &problems)
	if err := r.optOut(ctx); err != nil {
		return nil, err
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	r.settle()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	r.practices()
	t := ready(plan, study.KindCounts, plan.Counts.Windows)
	t.Timed, t.Cells = r.plan.Counts.Timed(), tally.Compress(r.cells)
	found := &Ready{Tally: t, Quality: []source.Quality{r.quality}}
	if people != nil {
		found.Flow = []Box{{Step: StepCounted, Arm: Arms(plan)[len(Arms(plan))-1], People: int64(len(r.cells))}}
	} else {
		found.Flow = r.flow(t)
	}
	return found, nil
}

// ready is an empty tally of ready counts.
func ready(plan *study.Plan, kind string, windows study.CountsWindows) *tally.Tally {
	t := &tally.Tally{Kind: kind}
	for _, a := range plan.Of(kind) {
		if _, ok := windows[0].Columns[a.Name]; ok {
			t.Activities = append(t.Activities, a.Name)
		}
	}
	for _, w := range plan.Windows {
		if slices.ContainsFunc(windows, func(c study.CountsWindow) bool { return c.Window == w }) {
			t.Windows = append(t.Windows, w.String())
		}
	}
	return t
}

type countsReader struct {
	plan     *study.Plan
	files    *source.Files
	rows     *source.Rows
	problems *source.Problems
	quality  source.Quality
	want     []string
	seen     map[string]int // person: row
	alike    map[uint64]bool
	known    map[string]*Person
	joined   bool
	out      func(id string) bool
	opted    int64
	cells    []tally.Cell
	labels   []string // of practices, parallel to cells where they stand in the counts
	ids      []string // parallel to cells
	traits   [][]string
}

func newCountsReader(plan *study.Plan, files *source.Files, people *Cohort, problems *source.Problems) *countsReader {
	r := &countsReader{plan: plan, files: files, problems: problems, seen: map[string]int{}, alike: map[uint64]bool{}, known: map[string]*Person{}}
	if people != nil {
		for i := range people.People {
			r.known[people.People[i].ID] = &people.People[i]
		}
	}
	r.joined = people != nil
	return r
}

func (r *countsReader) columns(length window.Length) (study.CountsWindow, bool) {
	i := slices.IndexFunc(r.plan.Counts.Windows, func(w study.CountsWindow) bool { return w.Window == length })
	if i < 0 {
		return study.CountsWindow{}, false
	}
	return r.plan.Counts.Windows[i], true
}

// optOut reads the list of a study that has no people table.
func (r *countsReader) optOut(ctx context.Context) error {
	if r.joined {
		r.out = func(string) bool { return false }
		return nil
	}
	var err error
	r.out, err = optedOut(ctx, r.plan, r.files, r.problems)
	return err
}

func (r *countsReader) read(ctx context.Context) (err error) {
	c := r.plan.Counts
	want := []string{c.Columns.Person, c.Columns.Practice, c.Columns.Arm}
	for _, w := range c.Windows {
		for _, a := range r.plan.Of(study.KindCounts) {
			p := w.Columns[a.Name]
			want = append(want, p.Before, p.After, p.DaysBefore, p.DaysAfter)
		}
	}
	if !r.joined {
		want = append(want, traitColumns(r.plan)...)
	}
	r.want = distinct(want...)
	r.rows, err = r.files.Open(ctx, c.Table, "counts", r.want, r.problems, &r.quality)
	if err != nil || r.rows == nil {
		return err
	}
	defer func() { err = errors.Join(err, r.rows.Close()) }()
	ids := r.rows.Identifiers(slices.Index(r.want, c.Columns.Person))
	for {
		more, err := r.rows.Next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		ids.See()
		r.row()
	}
	ids.Done(r.problems)
	return nil
}

// distinct is the columns that are named, each once, in order.
func distinct(names ...string) []string {
	var list []string
	for _, name := range names {
		if name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

func (r *countsReader) row() {
	c := r.plan.Counts
	column := func(name string) int { return slices.Index(r.want, name) }
	field := func(name string) string { return r.rows.Field(column(name)) }
	add := func(name, code, text string) { r.rows.Problem(column(name), code, text, "") }
	id := field(c.Columns.Person)
	if id == "" || source.Missing(id) {
		r.quality.Set(source.NoPerson)
		return
	}
	if r.alike[r.rows.Content()] {
		r.quality.Set(source.Copy)
		return
	}
	r.alike[r.rows.Content()] = true
	_, at := r.rows.Place()
	if first, twice := r.seen[id]; twice {
		add(c.Columns.Person, "A107", fmt.Sprintf("DUPLICATE_ID: the person of row %d stands here again", first))
		return
	}
	r.seen[strings.Clone(id)] = at
	cell := tally.Cell{Arm: tally.Service, Practice: -1, People: 1}
	switch person := r.known[id]; {
	case r.joined && person == nil:
		r.quality.Unmatched++
		return
	case r.joined:
		cell.Arm, cell.Practice = person.Arm, person.Practice
	case c.Arms != nil:
		arm, ok := ArmOf(c.Arms, field(c.Columns.Arm))
		if !ok {
			add(c.Columns.Arm, "A106", "counts.arms gives this text no arm; every text must mean service or comparison")
		}
		cell.Arm = arm
	}
	if r.out(id) {
		r.opted++
		r.quality.Unmatched++ // they are not of the study
		return
	}
	if c.Columns.Practice != "" && !r.joined {
		label, _ := Label(field(c.Columns.Practice))
		r.labels = append(r.labels, strings.Clone(label))
	}
	for _, length := range r.plan.Windows {
		if w, ok := r.columns(length); ok {
			cell.Windows = append(cell.Windows, r.window(w, field, add))
		}
	}
	of := r.known[id]
	if of != nil {
		r.traits = append(r.traits, of.Traits)
	} else {
		r.traits = append(r.traits, traits(r.plan, field))
	}
	r.quality.Used++
	r.cells, r.ids = append(r.cells, cell), append(r.ids, strings.Clone(id))
}

// window reads the counts of one person in one window.
func (r *countsReader) window(w study.CountsWindow, field func(string) string, add func(name, code, text string)) tally.Seen {
	seen := tally.Seen{In: true, Complete: true, DaysBefore: 1, DaysAfter: 1}
	activities := r.plan.Of(study.KindCounts)
	for i, a := range activities {
		p := w.Columns[a.Name]
		seen.Before = append(seen.Before, whole(p.Before, mostCounted, field, add))
		seen.After = append(seen.After, whole(p.After, mostCounted, field, add))
		if i == 0 && p.DaysBefore != "" {
			seen.DaysBefore, seen.DaysAfter = whole(p.DaysBefore, mostCounted, field, add), whole(p.DaysAfter, mostCounted, field, add)
			days := int64(w.Window.Days())
			if w.Window.Equal() && (seen.DaysBefore > days || seen.DaysAfter > days) {
				add(p.DaysAfter, "A114", "more days watched than the window has")
			}
			seen.In = seen.DaysBefore > 0 && seen.DaysAfter > 0
			seen.Complete = seen.In && seen.DaysBefore == days && seen.DaysAfter == days
		}
	}
	if seen.In {
		return seen
	}
	for a := range seen.Before {
		if seen.DaysBefore == 0 && seen.Before[a] > 0 || seen.DaysAfter == 0 && seen.After[a] > 0 {
			add(w.Columns[activities[a].Name].After, "A114", "events in a window of no days")
		}
	}
	return tally.Seen{Before: make([]int64, len(activities)), After: make([]int64, len(activities))}
}

// thousands is a whole number with commas between its thousands.
var thousands = regexp.MustCompile(`^\d{1,3}(,\d{3})+$`)

// whole reads a count: a whole number, also as a spreadsheet or a database writes one that it keeps as a fraction.
func whole(column string, most int64, field func(string) string, add func(name, code, text string)) int64 {
	text := field(column)
	if number, zeros, ok := strings.Cut(text, "."); ok && number != "" && strings.Trim(zeros, "0") == "" {
		text = number
	}
	if thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > most {
		add(column, "A113", "want a whole number from 0 to "+map[int64]string{mostCounted: "a million", mostTotal: "a billion"}[most])
		return 0
	}
	return n
}

// practices points cells at the places of their practices among all, sorted.
func (r *countsReader) practices() {
	list := slices.DeleteFunc(slices.Clone(r.labels), func(l string) bool { return l == "" })
	slices.Sort(list)
	list = slices.Compact(list)
	for i, label := range r.labels {
		if at, ok := slices.BinarySearch(list, label); ok {
			r.cells[i].Practice = at
		}
	}
}

func (r *countsReader) settle() {
	file, c := r.plan.Counts.File, r.plan.Counts
	if r.problems.Any() {
		return
	}
	if gone := r.quality.Gone(); over(gone, r.quality.Rows, r.plan.SetAside.Rows) {
		r.problems.Add(source.Problem{File: file, Name: c.Columns.Person, Code: "A108", Cure: Allowance(gone, r.quality.Rows, 0, 0, r.plan),
			Text: fmt.Sprintf("%d of %d rows would be set aside (%s), more than %v%%", gone, r.quality.Rows, Reasons(r.quality), r.plan.SetAside.Rows)})
	}
	if n := c.DiedOrLeft; n != nil && *n > len(r.cells) {
		r.problems.Add(source.Problem{File: file, Code: "A109", Text: "counts.died_or_left says that more people died or left than there are rows"})
	}
	if r.joined && len(r.known) > 0 && len(r.cells) == 0 {
		r.problems.Add(source.Problem{File: file, Name: c.Columns.Person, Code: "A112", Text: "no person of the people table stands here: are the identifiers of one kind?"})
	}
}

func (r *countsReader) flow(t *tally.Tally) []Box {
	arms := Arms(r.plan)
	all := arms[len(arms)-1]
	rows := r.quality.Rows
	flow := []Box{{Step: StepRows, Arm: all, People: rows}}
	for _, out := range []struct {
		step string
		n    int64
		why  string
	}{
		{"rows with an identifier", r.quality.Aside[source.NoPerson], string(source.NoPerson)},
		{"rows that are no copies", r.quality.Aside[source.Copy], string(source.Copy)},
		{StepOptOut, r.opted, "opted out"},
	} {
		if out.n > 0 {
			rows -= out.n
			flow = append(flow, Box{Step: out.step, Arm: all, People: rows, Out: out.n, Why: out.why})
		}
	}
	for w, label := range t.Windows {
		for _, arm := range arms {
			people, in, complete := int64(0), int64(0), int64(0)
			for _, c := range t.Cells {
				if !arm.Has(c.Arm) {
					continue
				}
				people += c.People
				if c.Windows[w].In {
					in += c.People
				}
				if c.Windows[w].Complete {
					complete += c.People
				}
			}
			flow = append(flow,
				Box{Step: StepAnalysed, Window: label, Arm: arm, People: in, Out: people - in, Why: "no day watched before or after"})
			if t.Timed {
				flow = append(flow, Box{Step: StepWatched, Window: label, Arm: arm, People: complete, Out: in - complete, Why: "not watched for the whole window"})
			}
		}
	}
	return flow
}
