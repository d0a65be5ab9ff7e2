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

// mostCounted is the largest count, or number of days, that is believed of one person.
const mostCounted = 1_000_000

// ReadCounts reads a study of ready counts: its tally needs no engine. The error is *[source.Rejected]
// if rows can't be used.
func ReadCounts(plan *study.Plan) (*Cohort, *tally.Tally, error) {
	var problems source.Problems
	r := &countsReader{plan: plan, problems: &problems, seen: map[string]int{}}
	if err := r.read(); err != nil {
		return nil, nil, err
	}
	if !problems.Any() && r.rows == 0 {
		problems.Add(source.Problem{File: plan.Counts.File, Code: "A101", Text: "there is a header and no row"})
	}
	if n := plan.Counts.DiedOrLeft; n != nil && *n > r.rows && !problems.Any() {
		problems.Add(source.Problem{File: plan.Counts.File, Code: "A109", Text: "counts.died_or_left says that more people died or left than there are rows"})
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	t := &tally.Tally{Timed: r.timed(), Cells: tally.Compress(r.cells)}
	for _, a := range plan.Activities {
		t.Activities = append(t.Activities, a.Name)
	}
	for _, w := range plan.Windows {
		t.Windows = append(t.Windows, w.String())
	}
	return &Cohort{Rows: r.rows, Flow: r.flow(t)}, t, nil
}

type countsReader struct {
	plan     *study.Plan
	problems *source.Problems
	want     []string
	seen     map[string]int // person: row
	rows     int
	cells    []tally.Cell
}

func (r *countsReader) window(length window.Length) study.CountsWindow {
	i := slices.IndexFunc(r.plan.Counts.Windows, func(w study.CountsWindow) bool { return w.Window == length })
	return r.plan.Counts.Windows[i]
}

// timed reports whether days watched are given: for all windows or for none, as study checks.
func (r *countsReader) timed() bool {
	return r.window(r.plan.Windows[0]).Columns[r.plan.Activities[0].Name].DaysBefore != ""
}

func (r *countsReader) read() (err error) {
	c := r.plan.Counts
	for _, name := range []string{c.Columns.Person, c.Columns.Arm} {
		r.wants(name)
	}
	for _, w := range c.Windows {
		for _, a := range r.plan.Activities {
			p := w.Columns[a.Name]
			for _, name := range []string{p.Before, p.After, p.DaysBefore, p.DaysAfter} {
				r.wants(name)
			}
		}
	}
	file, err := source.Open(r.plan.Path(c.File), c.File, r.want, r.problems)
	if err != nil || file == nil {
		return err
	}
	defer func() { _ = file.Close() }() // opened for reading
	for {
		more, err := file.Next(r.problems)
		if err != nil || !more {
			return err
		}
		r.rows++
		r.row(file)
	}
}

func (r *countsReader) wants(name string) {
	if name != "" && !slices.Contains(r.want, name) {
		r.want = append(r.want, name)
	}
}

func (r *countsReader) row(file *source.CSV) {
	c := r.plan.Counts
	field := func(name string) string { return file.Field(slices.Index(r.want, name)) }
	add := func(column, code, text string) {
		r.problems.Add(source.Problem{File: c.File, Row: file.Row(), Name: column, Code: code, Text: text})
	}
	id := field(c.Columns.Person)
	if id == "" {
		add(c.Columns.Person, "A108", "this row has no identifier")
		return
	}
	if first, twice := r.seen[id]; twice {
		add(c.Columns.Person, "A107", fmt.Sprintf("DUPLICATE_ID: the person of row %d stands here again", first))
		return
	}
	r.seen[strings.Clone(id)] = file.Row()
	cell := tally.Cell{Arm: tally.Service, Practice: -1, People: 1}
	if c.Arms != nil {
		arm, ok := ArmOf(c.Arms, field(c.Columns.Arm))
		if !ok {
			add(c.Columns.Arm, "A106", "counts.arms gives this text no arm; every text must mean service or comparison")
		}
		cell.Arm = arm
	}
	whole := func(column string) int64 {
		n, err := strconv.ParseInt(field(column), 10, 64)
		if err != nil || n < 0 || n > mostCounted {
			add(column, "A113", "want a whole number from 0 to a million")
			return 0
		}
		return n
	}
	for _, length := range r.plan.Windows {
		w := r.window(length)
		seen := tally.Seen{In: true, Complete: true, DaysBefore: 1, DaysAfter: 1}
		for i, a := range r.plan.Activities {
			p := w.Columns[a.Name]
			seen.Before = append(seen.Before, whole(p.Before))
			seen.After = append(seen.After, whole(p.After))
			if i == 0 && p.DaysBefore != "" {
				seen.DaysBefore, seen.DaysAfter = whole(p.DaysBefore), whole(p.DaysAfter)
				days := int64(length.Days())
				if length.Equal() && (seen.DaysBefore > days || seen.DaysAfter > days) {
					add(p.DaysAfter, "A114", "more days watched than the window has")
				}
				seen.In = seen.DaysBefore > 0 && seen.DaysAfter > 0
				seen.Complete = seen.In && seen.DaysBefore == days && seen.DaysAfter == days
			}
		}
		if !seen.In {
			for a := range seen.Before {
				if seen.DaysBefore == 0 && seen.Before[a] > 0 || seen.DaysAfter == 0 && seen.After[a] > 0 {
					add(w.Columns[r.plan.Activities[a].Name].After, "A114", "events in a window of no days")
				}
			}
			seen = tally.Seen{Before: make([]int64, len(r.plan.Activities)), After: make([]int64, len(r.plan.Activities))}
		}
		cell.Windows = append(cell.Windows, seen)
	}
	r.cells = append(r.cells, cell)
}

func (r *countsReader) flow(t *tally.Tally) []Box {
	arms := Arms(r.plan)
	all := arms[len(arms)-1]
	flow := []Box{{Step: StepRows, Arm: all, People: int64(r.rows)}}
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
