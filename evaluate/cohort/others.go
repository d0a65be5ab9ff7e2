package cohort

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Other is a reference person: of the population that people were referred from, or one like it.
type Other struct {
	ID    string
	Life  window.Life // without an index day
	Score float64
}

// ReadOthers reads the table of reference people, in the order of their identifiers. Who opted out is not among them. The
// error is *[source.Rejected] if rows can't be used.
func ReadOthers(ctx context.Context, plan *study.Plan, files *source.Files) (others []Other, quality source.Quality, err error) {
	var problems source.Problems
	of := plan.Reference.People
	c := of.Columns
	out, err := optedOut(ctx, plan, files, &problems)
	if err != nil {
		return nil, quality, err
	}
	want := distinct(c.Person, c.Joined, c.Died, c.Left, c.Score)
	rows, err := files.Open(ctx, of.Table, "reference.people", want, &problems, &quality)
	if err != nil || rows == nil {
		return nil, quality, errors.Join(err, problems.Err())
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	at := func(name string) int { return slices.Index(want, name) }
	var dates [3]*source.DateColumn
	for i, name := range []string{c.Joined, c.Died, c.Left} {
		if name != "" {
			dates[i] = rows.Dates(at(name), of.Dates, *plan.Date)
		}
	}
	ids := rows.Identifiers(at(c.Person))
	seen, alike := map[string]int{}, map[uint64]bool{}
	for {
		more, err := rows.Next()
		if err != nil {
			return nil, quality, err
		}
		if !more {
			break
		}
		ids.See()
		id := rows.Field(at(c.Person))
		if id == "" || source.Missing(id) {
			quality.Set(source.NoPerson)
			continue
		}
		if alike[rows.Content()] {
			quality.Set(source.Copy)
			continue
		}
		alike[rows.Content()] = true
		_, row := rows.Place()
		if first, twice := seen[id]; twice {
			rows.Problem(at(c.Person), "A107", fmt.Sprintf("DUPLICATE_ID: the person of row %d stands here again", first), "")
			continue
		}
		o := Other{ID: strings.Clone(id)}
		seen[o.ID] = row
		for i, into := range []**window.Day{&o.Life.Joined, &o.Life.Died, &o.Life.Left} {
			if dates[i] == nil {
				continue
			}
			if day, outcome := dates[i].Day(); outcome == source.DayRead {
				*into = &day
			}
		}
		if c.Score != "" {
			score, err := strconv.ParseFloat(rows.Field(at(c.Score)), 64)
			if err != nil || score-score != 0 {
				rows.Problem(at(c.Score), "A113", "want a number", "")
			}
			o.Score = score
		}
		if out(o.ID) {
			quality.Unmatched++ // they are not of the study
			continue
		}
		quality.Used++
		others = append(others, o)
	}
	ids.Done(&problems)
	for _, d := range dates {
		if d != nil {
			d.Notes(&quality)
		}
	}
	if gone := quality.Gone(); over(gone, quality.Rows, plan.SetAside.Rows) {
		problems.Add(source.Problem{File: of.File, Name: c.Person, Code: "A108", Cure: Allowance(gone, quality.Rows, 0, 0, plan),
			Text: fmt.Sprintf("%d of %d rows would be set aside (%s), more than %v%%", gone, quality.Rows, Reasons(quality), plan.SetAside.Rows)})
	}
	slices.SortFunc(others, func(a, b Other) int { return strings.Compare(a.ID, b.ID) })
	quality.People = int64(len(others))
	return others, quality, problems.Err()
}

// Linked is one person's ready counts: of the cohort, of its earlier window, and of the reference people. Each has a
// window for each of the study's that has counts, in order; nil where they are not of it.
type Linked struct {
	Arm               tally.Arm
	Own, Early, Other []tally.Seen
	Traits            []string // of the cohort's people, parallel to the plan's
}

// ReadLinked reads the ready counts of the cohort and of the reference people, joined by identifier, in its order. people, if not nil,
// says who is in the cohort. The error is *[source.Rejected] if rows can't be used.
func ReadLinked(ctx context.Context, plan *study.Plan, files *source.Files, people *Cohort) (linked []Linked, quality []source.Quality, err error) {
	at := map[string]int{}
	var ids []string
	of := func(id string) *Linked {
		if _, ok := at[id]; !ok {
			at[id] = len(linked)
			linked, ids = append(linked, Linked{Arm: tally.Comparison}), append(ids, id)
		}
		return &linked[at[id]]
	}
	var problems source.Problems
	read := func(q *study.Plan, people *Cohort, take func(*Linked, tally.Cell, []string)) error {
		r := newCountsReader(q, files, people, &problems)
		if err := errors.Join(r.optOut(ctx), r.read(ctx)); err != nil {
			return err
		}
		r.settle()
		for i, c := range r.cells {
			take(of(r.ids[i]), c, r.traits[i])
		}
		quality = append(quality, r.quality)
		return nil
	}
	if err := read(plan, people, func(l *Linked, c tally.Cell, traits []string) { l.Own, l.Arm, l.Traits = c.Windows, c.Arm, traits }); err != nil {
		return nil, nil, err
	}
	if q := plan.Earlier(); q != nil {
		if err := read(q, people, func(l *Linked, c tally.Cell, _ []string) { l.Early = c.Windows }); err != nil {
			return nil, nil, err
		}
	}
	quality = nil // those tables are told of with the cohort
	if r := plan.Reference; r != nil && r.Counts != nil {
		q, optOut := *plan, *plan.OptOut
		optOut.Column = plan.OptOutColumn() // the list's own heading, whatever theirs is
		q.Counts, q.People, q.OptOut, q.Comparison = r.Counts, nil, &optOut, nil
		if err := read(&q, nil, func(l *Linked, c tally.Cell, _ []string) { l.Other = spread(plan, &q, c.Windows) }); err != nil {
			return nil, nil, err
		}
	}
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(ids[a], ids[b]) })
	sorted := make([]Linked, len(linked))
	for i, k := range order {
		sorted[i] = linked[k]
	}
	return sorted, quality, problems.Err()
}

// spread puts the windows and activities of another table of counts where the plan's own have theirs; what it does not have
// is not in, or 0.
func spread(plan, other *study.Plan, windows []tally.Seen) []tally.Seen {
	var list []tally.Seen
	next := 0
	for _, length := range plan.Windows {
		has := func(p *study.Plan) bool {
			return slices.ContainsFunc(p.Counts.Windows, func(w study.CountsWindow) bool { return w.Window == length })
		}
		var seen tally.Seen
		if has(other) {
			seen = windows[next]
			next++
		}
		if !has(plan) {
			continue
		}
		before, after := seen.Before, seen.After
		seen.Before, seen.After = nil, nil
		theirs := other.Of(study.KindCounts)
		for _, a := range plan.Of(study.KindCounts) {
			b, c := int64(0), int64(0)
			if at := theirs.Find(a.Name); at >= 0 && at < len(before) {
				b, c = before[at], after[at]
			}
			seen.Before, seen.After = append(seen.Before, b), append(seen.After, c)
		}
		list = append(list, seen)
	}
	return list
}

// ReadCourse reads the population's counts by month of the study's trend: events a day, or events a person and day. The
// error is *[source.Rejected] if rows can't be used.
func ReadCourse(ctx context.Context, plan *study.Plan, files *source.Files) (course map[window.Month]float64, quality source.Quality, err error) {
	var problems source.Problems
	s := plan.Trend.Series
	where := slices.Sorted(maps.Keys(s.Where))
	want := distinct(append([]string{s.Columns.Month, s.Columns.Count, s.Columns.Population}, where...)...)
	rows, err := files.Open(ctx, s.Table, "trend.series", want, &problems, &quality)
	if err != nil || rows == nil {
		return nil, quality, errors.Join(err, problems.Err())
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	m := &months{rows: rows, dates: rows.Dates(0, s.Dates, *plan.Date), layout: s.Dates, plan: plan}
	events, people := map[window.Month]int64{}, map[window.Month]int64{}
	field := func(name string) string { return rows.Field(slices.Index(want, name)) }
	add := func(name, code, text string) { rows.Problem(slices.Index(want, name), code, text, "") }
	for {
		more, err := rows.Next()
		if err != nil {
			return nil, quality, err
		}
		if !more {
			break
		}
		if slices.ContainsFunc(where, func(name string) bool { return !slices.Contains(s.Where[name], field(name)) }) {
			quality.LeftOut++
			continue
		}
		month, ok := m.month()
		if !ok {
			continue
		}
		quality.Used++
		events[month] += whole(s.Columns.Count, mostTotal, field, add)
		if s.Columns.Population != "" {
			people[month] += whole(s.Columns.Population, mostTotal, field, add)
		}
	}
	course = map[window.Month]float64{}
	for _, month := range slices.SortedFunc(maps.Keys(events), func(a, b window.Month) int { return int(a.Span().Start - b.Span().Start) }) {
		course[month] = float64(events[month]) / float64(month.Span().Days())
		if s.Columns.Population == "" {
			continue
		}
		if people[month] == 0 {
			problems.Add(source.Problem{File: s.File, Name: s.Columns.Population, Code: "A113", Text: "the population of " + month.String() + " is 0"})
			continue
		}
		course[month] /= float64(people[month])
	}
	if len(course) == 0 && !problems.Any() {
		problems.Add(source.Problem{File: s.File, Code: "A145", Text: "no row is left of the population's series: does where: keep any?"})
	}
	return course, quality, problems.Err()
}
