package cohort

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// ReadTotals reads the totals of a plan, a tally for each table. The error is *[source.Rejected] if rows can't be used.
func ReadTotals(ctx context.Context, plan *study.Plan, files *source.Files) ([]*Ready, error) {
	var problems source.Problems
	var list []*Ready
	for i, t := range plan.Totals {
		r := &totalsReader{plan: plan, table: t, problems: &problems, at: fmt.Sprintf("totals[%d]", i+1), seen: map[string]int{}}
		if err := r.read(ctx, files); err != nil {
			return nil, err
		}
		list = append(list, &Ready{Tally: r.tally, Quality: []source.Quality{r.quality}, Flow: r.flow()})
	}
	return list, problems.Err()
}

type totalsReader struct {
	plan     *study.Plan
	table    study.Totals
	at       string
	problems *source.Problems
	quality  source.Quality
	seen     map[string]int
	tally    *tally.Tally
	sums     []int64 // of the counts so far
}

func (r *totalsReader) read(ctx context.Context, files *source.Files) (err error) {
	r.tally = ready(r.plan, study.KindTotals, r.table.Windows)
	c := r.table.Columns
	want := []string{c.Practice, c.People}
	for _, w := range r.table.Windows {
		for _, name := range r.tally.Activities {
			want = append(want, w.Columns[name].Before, w.Columns[name].After)
		}
	}
	want = distinct(want...)
	rows, err := files.Open(ctx, r.table.Table, r.at, want, r.problems, &r.quality)
	if err != nil || rows == nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	field := func(name string) string { return rows.Field(slices.Index(want, name)) }
	add := func(name, code, text string) { rows.Problem(slices.Index(want, name), code, text, "") }
	for {
		more, err := rows.Next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		label := ""
		if c.Practice != "" {
			label, _ = Label(field(c.Practice))
			_, row := rows.Place()
			if label == "" {
				add(c.Practice, "A108", "this row has no practice")
				continue
			}
			if first, twice := r.seen[label]; twice {
				add(c.Practice, "A107", fmt.Sprintf("the practice of row %d stands here again: its people would count twice", first))
				continue
			}
			r.seen[strings.Clone(label)] = row
		}
		if c.People != "" {
			r.tally.Clients += whole(c.People, mostTotal, field, add)
		}
		cell := tally.Cell{Arm: tally.Service, Practice: len(r.tally.Cells), People: 1}
		for _, label := range r.tally.Windows {
			i := slices.IndexFunc(r.table.Windows, func(w study.CountsWindow) bool { return w.Window.String() == label })
			seen := tally.Seen{In: true, Complete: true, DaysBefore: 1, DaysAfter: 1}
			for _, name := range r.tally.Activities {
				pair := r.table.Windows[i].Columns[name]
				seen.Before = append(seen.Before, whole(pair.Before, mostTotal, field, add))
				seen.After = append(seen.After, whole(pair.After, mostTotal, field, add))
			}
			cell.Windows = append(cell.Windows, seen)
		}
		if r.addsUp(cell) {
			rows.Problem(-1, "A117", "every number of this row is the sum of those above: it is a row of totals, not of data", "")
			continue
		}
		r.quality.Used++
		r.tally.Cells = append(r.tally.Cells, cell)
	}
	slices.SortFunc(r.tally.Cells, tally.Compare)
	for i := range r.tally.Cells { // practices differ in their counts alone: the order of the rows says nothing
		r.tally.Cells[i].Practice = i
	}
	return nil
}

// addsUp reports whether a row's counts are the sums of those above, and adds them to the sums.
func (r *totalsReader) addsUp(cell tally.Cell) bool {
	var counts []int64
	for _, w := range cell.Windows {
		counts = append(append(counts, w.Before...), w.After...)
	}
	above := len(r.tally.Cells)
	is := above > 1 && slices.Equal(counts, r.sums) && slices.ContainsFunc(counts, func(n int64) bool { return n > 0 })
	if r.sums == nil {
		r.sums = make([]int64, len(counts))
	}
	for i, n := range counts {
		r.sums[i] += n
	}
	return is
}

func (r *totalsReader) flow() []Box {
	if r.plan.People != nil || r.plan.Counts != nil {
		return nil
	}
	flow := []Box{{Step: StepRows, Arm: tally.Service, People: r.quality.Rows}}
	for _, w := range r.tally.Windows {
		flow = append(flow, Box{Step: StepAnalysed, Window: w, Arm: tally.Service, People: r.tally.Clients})
	}
	return flow
}

// MonthCount is one calendar month of a series.
type MonthCount struct {
	Group      string
	Month      window.Month
	Count      int64
	Population int64 // 0 where it is not given
}

// ReadSeries reads the monthly series of a plan, in order of group and month. The error is *[source.Rejected] if rows
// can't be used.
func ReadSeries(ctx context.Context, plan *study.Plan, files *source.Files) (series []MonthCount, quality source.Quality, err error) {
	var problems source.Problems
	s := plan.Series
	want := distinct(s.Columns.Month, s.Columns.Count, s.Columns.Population, s.Columns.Group)
	rows, err := files.Open(ctx, s.Table, "series", want, &problems, &quality)
	if err != nil {
		return nil, quality, err
	}
	if rows == nil {
		return nil, quality, problems.Err()
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	field := func(name string) string { return rows.Field(slices.Index(want, name)) }
	add := func(name, code, text string) { rows.Problem(slices.Index(want, name), code, text, "") }
	reader := &months{rows: rows, dates: rows.Dates(0, s.Dates, *plan.Date), layout: s.Dates, plan: plan}
	seen := map[MonthCount]bool{}
	for {
		more, err := rows.Next()
		if err != nil {
			return nil, quality, err
		}
		if !more {
			break
		}
		var m MonthCount
		var ok bool
		if m.Month, ok = reader.month(); !ok {
			continue
		}
		if s.Columns.Group != "" {
			label, _ := Label(field(s.Columns.Group))
			m.Group = strings.Clone(label)
		}
		if s.Arms != nil && !slices.Contains(s.Arms.Service, m.Group) && !slices.Contains(s.Arms.Comparison, m.Group) {
			quality.LeftOut++
			continue
		}
		if seen[m] {
			add(s.Columns.Month, "A107", "this month stands here twice")
			continue
		}
		seen[m] = true
		m.Count = whole(s.Columns.Count, mostTotal, field, add)
		if s.Columns.Population != "" {
			if m.Population = whole(s.Columns.Population, mostTotal, field, add); m.Population == 0 && field(s.Columns.Population) != "" {
				add(s.Columns.Population, "A113", "nobody could have had an event: want a population above 0")
			}
		}
		quality.Used++
		series = append(series, m)
	}
	if s.Arms != nil {
		for _, group := range slices.Concat(s.Arms.Service, s.Arms.Comparison) {
			if !problems.Any() && !slices.ContainsFunc(series, func(m MonthCount) bool { return m.Group == group }) {
				problems.Add(source.Problem{File: s.File, Name: s.Columns.Group, Code: "A145", Text: "no row has one of the texts of series.arms: are they written as in the file?"})
				break
			}
		}
	}
	slices.SortFunc(series, func(a, b MonthCount) int {
		if c := strings.Compare(a.Group, b.Group); c != 0 {
			return c
		}
		return int(a.Month.Span().Start - b.Month.Span().Start)
	})
	if uneven(series, s.Arms) {
		problems.Add(source.Problem{File: s.File, Name: s.Columns.Group, Code: "A145", Text: "groups that are added up have rows for different months: from where one of them begins, all of them would seem to rise"})
	}
	for i := 1; i < len(series); i++ {
		if a, b := series[i-1], series[i]; a.Group == b.Group && a.Month.Span().End != b.Month.Span().Start {
			problems.Add(source.Problem{File: s.File, Code: "A145", Text: "there is no row for the month after " + a.Month.String() + ": a series has every month"})
		}
	}
	return series, quality, problems.Err()
}

// uneven reports whether groups of one arm, or all where there are no arms, have rows for different months.
func uneven(series []MonthCount, arms *study.Arms) bool {
	months := map[string][2]window.Month{} // the first and the last, by group
	for _, m := range series {             // in order of group and month
		of, ok := months[m.Group]
		if !ok {
			of[0] = m.Month
		}
		of[1] = m.Month
		months[m.Group] = of
	}
	same := func(in func(group string) bool) bool {
		var first *[2]window.Month
		for group, of := range months {
			switch {
			case !in(group):
			case first == nil:
				first = &of
			case of != *first:
				return false
			}
		}
		return true
	}
	if arms == nil {
		return !same(func(string) bool { return true })
	}
	return !same(func(g string) bool { return slices.Contains(arms.Service, g) }) || !same(func(g string) bool { return slices.Contains(arms.Comparison, g) })
}

// months reads the month of each row of a series, from its first column.
type months struct {
	rows   *source.Rows
	dates  *source.DateColumn
	layout string
	plan   *study.Plan
}

func (m *months) month() (window.Month, bool) {
	if m.layout == "yyyy-mm" {
		var month window.Month
		err := month.UnmarshalText([]byte(m.rows.Field(0)))
		if day, ok := source.ParseDate("yyyy-mm-dd", m.rows.Field(0), *m.plan.Date); ok { // a day of the month
			month, err = window.MonthOf(day), nil
		}
		if err != nil {
			m.rows.Problem(0, "A104", "want a month as YYYY-MM", "")
		}
		return month, err == nil
	}
	day, outcome := m.dates.Day()
	if outcome == source.DayMissing {
		m.rows.Problem(0, "A104", "want a day in the month", "")
	}
	return window.MonthOf(day), outcome == source.DayRead
}
