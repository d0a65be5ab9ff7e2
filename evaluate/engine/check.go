package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/cohort"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Settle writes into a table's quality what an engine's resolving found, and adds a problem if more was set aside than
// the study allows.
func (t *Table) Settle(plan *study.Plan, at int, copies []int32, ruled, merged int64, problems *source.Problems) {
	q := &t.Quality
	for _, person := range copies {
		q.Set(source.Copy)
		t.touched[person] = true
	}
	q.Used -= int64(len(copies))
	q.Ruled, q.Merged = ruled, merged
	for _, found := range t.found {
		if found {
			q.People++
		}
	}
	q.Touched = int64(len(t.touched))
	t.sortMonths(plan)
	gone := q.Gone()
	rows, people := 100*float64(gone) > plan.SetAside.Rows*float64(q.Rows), 100*float64(q.Touched) > plan.SetAside.People*float64(q.People)
	if gone == 0 || !rows && !people {
		return
	}
	e := plan.Events[at]
	p := source.Problem{File: e.File, Name: e.Columns.Person, Code: "A108", Cure: cohort.Allowance(gone, q.Rows, q.Touched, q.People, plan)}
	p.Text = fmt.Sprintf("%d of %d rows would be set aside (%s), from %d of the %d people found; the run stops above %v%% of rows or %v%% of people", gone, q.Rows, cohort.Reasons(*q), q.Touched, q.People, plan.SetAside.Rows, plan.SetAside.People)
	switch copied := q.Aside[source.Copy]; {
	case 2*copied <= gone:
	case len(q.Files) > 1:
		p.Text += "; do two of the files hold the same rows?"
	case e.Columns.Event == "":
		p.At, p.Cure = fmt.Sprintf("events[%d]", at+1), "duplicates: keep"
		p.Text += "; if rows that are alike are contacts of their own, keep them, or name the column of their ids event:"
	}
	if 2*q.Aside[source.NoPerson] > q.Rows {
		p.Text += "; is it the right column, and are cells merged?"
	}
	problems.Add(p)
}

func (t *Table) sortMonths(plan *study.Plan) {
	for m, rows := range t.months {
		t.Quality.Months = append(t.Quality.Months, source.Month{Activity: plan.Activities[m.activity].Name, Month: m.month.String(), Rows: rows})
	}
	slices.SortFunc(t.Quality.Months, func(a, b source.Month) int {
		if c := plan.Activities.Find(a.Activity) - plan.Activities.Find(b.Activity); c != 0 {
			return c
		}
		return strings.Compare(a.Month, b.Month)
	})
}

// floor is how many rows the months beside must have for an empty month, or a low one, to mean something.
const floor = 20

// longestGap is how many months in a row a feed misses by accident. Longer gaps are told, and may be meant.
const longestGap = 3

// Months adds a problem for calendar months inside everybody's windows that are empty while those beside are not, and a
// note for months that hold under half of those beside.
func (t *Table) Months(plan *study.Plan, at int, layout *Layout, problems *source.Problems) {
	e := plan.Events[at]
	fed := e.Complete.Days()
	covered := func(m window.Month) bool { return fed.DaysIn(m.Span()) == m.Span().Days() }
	if layout.Reach.Days() == 0 {
		return
	}
	missing := map[window.Month]bool{}
	for a, activity := range plan.Activities {
		if !e.Feeds(activity.Name) {
			continue
		}
		rows := func(m window.Month) int64 { return t.months[month{a, m}] }
		last := window.MonthOf(layout.Reach.End - 1)
		for m := window.MonthOf(layout.Reach.Start); m.Span().Start <= last.Span().Start; {
			inside := func(m window.Month) bool {
				return covered(m) && layout.Reach.Intersect(m.Span()) == m.Span() && !slices.Contains(e.Complete.Empty, m)
			}
			if !inside(m) {
				m = m.Next()
				continue
			}
			before := window.MonthOf(m.Span().Start - 1)
			run := []window.Month{m} // months without rows, or this one
			for rows(m) == 0 && inside(m.Next()) && rows(m.Next()) == 0 {
				m = m.Next()
				run = append(run, m)
			}
			after := m.Next()
			if covered(before) && covered(after) && rows(before) >= floor && rows(after) >= floor {
				switch n := rows(run[0]); {
				case n == 0 && len(run) > longestGap:
					t.Quality.Note("EMPTY_MONTHS", fmt.Sprintf("%s: no rows from %s to %s, while the months beside have %d or more: say except: if the feed missed them", activity.Label, run[0], m, floor))
				case n == 0:
					for _, gone := range run {
						missing[gone] = true
					}
				case 4*n < rows(before)+rows(after): // under half of their mean
					t.Quality.Note("LOW_MONTH", fmt.Sprintf("%s: %s has under half the rows of the months beside", activity.Label, m))
				}
			}
			m = after
		}
	}
	t.edges(plan, at, layout, problems)
	if len(missing) == 0 {
		return
	}
	var names []string
	for m := range missing {
		names = append(names, m.String())
	}
	slices.Sort(names)
	except := slices.Clone(names)
	for _, m := range e.Complete.Except {
		except = append(except, m.String())
	}
	slices.Sort(except)
	problems.Add(source.Problem{File: e.File, Code: "A145", At: fmt.Sprintf("events[%d]", at+1),
		Text: "no rows in " + strings.Join(names, ", ") + ", while the months beside have 20 or more: the feed missed it; if nothing did happen then, say empty: in place of except:",
		Cure: fmt.Sprintf("complete: {from: %s, to: %s, except: [%s]}", e.Complete.From, e.Complete.To, strings.Join(except, ", "))})
}

// steadyMonths is how many months with many rows show that a feed ran.
const steadyMonths = 6

// edges adds a problem, or for a single month a note, where the table has no rows at all in months at the beginning or the end of the days for which it is
// said to be complete, inside the windows, while the six beside have many each.
func (t *Table) edges(plan *study.Plan, at int, layout *Layout, problems *source.Problems) {
	e := plan.Events[at]
	rows := map[window.Month]int64{}
	for m, n := range t.months {
		rows[m.month] += n
	}
	from, to := *e.Complete.From, *e.Complete.To
	inside := func(m window.Month) bool {
		return layout.Reach.Intersect(m.Span()) == m.Span() && m.Span().Start >= from && m.Span().End <= to+1 &&
			!slices.Contains(e.Complete.Empty, m) && !slices.Contains(e.Complete.Except, m)
	}
	before := func(m window.Month) window.Month { return window.MonthOf(m.Span().Start - 1) }
	first, last := window.MonthOf(max(from, layout.Reach.Start)), window.MonthOf(min(to, layout.Reach.End-1))
	if !inside(first) {
		first = first.Next()
	}
	if !inside(last) {
		last = before(last)
	}
	start, end := first, last
	for inside(start) && rows[start] == 0 {
		start = start.Next()
	}
	for inside(end) && rows[end] == 0 {
		end = before(end)
	}
	if end.Span().Start < start.Span().Start { // no rows at all, or every month is declared
		return
	}
	add := func(what string, a, b window.Month, from, to window.Day) {
		if a == b {
			t.Quality.Note("EMPTY_MONTHS", fmt.Sprintf("no rows in %s, at the %s of the days for which the table is said to be complete, and many in the six months beside", a, what))
			return
		}
		text := fmt.Sprintf("no rows from %s to %s, at the %s of the days for which the table is said to be complete", a, b, what)
		problems.Add(source.Problem{File: e.File, Code: "A145", At: fmt.Sprintf("events[%d]", at+1), Text: text + "; if nothing did happen then, say empty: with those months",
			Cure: fmt.Sprintf("complete: {from: %s, to: %s}", from, to)})
	}
	// steady reports whether the months from one on each have many rows, as a feed has them that runs.
	steady := func(m window.Month, next func(window.Month) window.Month) bool {
		for range steadyMonths {
			if rows[m] < floor {
				return false
			}
			m = next(m)
		}
		return true
	}
	if start != first && inside(start) && steady(start, window.Month.Next) {
		add("beginning", first, before(start), start.Span().Start, to)
	}
	if end != last && inside(end) && steady(end, before) {
		add("end", end.Next(), last, from, end.Span().End-1)
	}
}

// Tell looks at the tables together: who is found, and whether two hold the same events. The error is
// *[source.Rejected] if there is a problem, of those already found too. The tally is left to the engine.
func Tell(ctx context.Context, plan *study.Plan, layout *Layout, files *source.Files, tables []*Table, problems *source.Problems) (*Counted, error) {
	counted := &Counted{Linked: links(plan, layout, tables, problems)}
	if !problems.Any() {
		if err := overlaps(ctx, plan, layout, files, problems); err != nil {
			return nil, err
		}
	}
	for _, t := range tables {
		counted.Quality = append(counted.Quality, t.Quality)
	}
	return counted, problems.Err()
}

// links looks at how many of the people are found in the tables, and adds a problem if that shows identifiers of
// another kind.
func links(plan *study.Plan, layout *Layout, tables []*Table, problems *source.Problems) (linked int64) {
	people := int64(len(layout.People))
	found := make([]bool, people)
	for i, t := range tables {
		near := int64(0)
		for p := range layout.People {
			found[p] = found[p] || t.found[p]
			if t.loosely[p] && !t.found[p] {
				near++
			}
		}
		if 5*near >= people && near > 0 {
			problems.Add(source.Problem{File: plan.Events[i].File, Name: plan.Events[i].Columns.Person, Code: "A148", Text: fmt.Sprintf(
				"%d of %d people are not found here and would be if case, blanks, hyphens and leading zeros were passed over: write the identifiers alike in every file", near, people)})
		} else if t.Quality.People == 0 && t.Quality.Rows > 0 {
			t.Quality.Note("NOBODY_FOUND", "nobody of the study stands in this table")
		}
	}
	for _, is := range found {
		if is {
			linked++
		}
	}
	switch {
	case people == 0: // the people's own problems are told
	case linked == 0 && !problems.Any():
		problems.Add(source.Problem{File: plan.People.File, Name: plan.People.Columns.Person, Code: "A112",
			Text: "no person of this table has an event that counts in any file: are the identifiers of one kind, and do where: and values: keep any row?"})
	case 2*linked < people && len(tables) > 0:
		tables[0].Quality.Note("FEW_LINKED", "under half of the people have a row in any table of events: the others used nothing, or their identifiers are wrong")
	}
	return linked
}
