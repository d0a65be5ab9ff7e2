//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
)

// literal quotes a text for SQL. Everything of the user's that stands in SQL goes through it.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func literals(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = literal(t)
	}
	return strings.Join(quoted, ", ")
}

// pass is the one statement that reads an events file: for each person and activity, the events in each
// span; rows of nobody in the cohort fall under a person of NULL, rows of no activity under an activity
// of NULL. header is the file's own.
func pass(plan *study.Plan, layout *engine.Layout, events study.Events, path string, header []string) string {
	column := func(name string) string {
		return fmt.Sprintf(`coalesce(trim(c%d, ' ' || chr(9)), '')`, slices.Index(header, name))
	}
	names := make([]string, len(header))
	for i := range header {
		names[i] = fmt.Sprintf("'c%d': 'VARCHAR'", i)
	}
	activity := fmt.Sprint(plan.Activities.Find(events.Activity.Name))
	if events.Activity.Column != "" {
		var b strings.Builder
		b.WriteString("CASE")
		for i, a := range plan.Activities {
			if texts := events.Activity.Values[a.Name]; len(texts) > 0 {
				fmt.Fprintf(&b, " WHEN %s IN (%s) THEN %d", column(events.Activity.Column), literals(texts), i)
			}
		}
		activity = b.String() + " END"
	}
	kept := "true"
	for _, name := range slices.Sorted(maps.Keys(events.Where)) {
		kept += fmt.Sprintf(" AND %s IN (%s)", column(name), literals(events.Where[name]))
	}
	event := "NULL"
	if events.Columns.Event != "" {
		event = fmt.Sprintf("nullif(%s, '')", column(events.Columns.Event))
	}
	date := column(events.Columns.Date)
	var fed []string // rows outside the days for which the file is complete don't count
	for _, span := range events.Complete.Days() {
		fed = append(fed, fmt.Sprintf("day >= %d AND day < %d", span.Start, span.End))
	}
	watched := "(" + strings.Join(fed, " OR ") + ")"
	if len(fed) == 0 {
		watched = "false"
	}
	for _, hole := range layout.Holes {
		watched += fmt.Sprintf(" AND NOT (day >= %d AND day < %d)", hole.Start, hole.End)
	}
	counts := make([]string, layout.Spans())
	for s := range counts {
		counts[s] = fmt.Sprintf("count(*) FILTER (used AND %s AND day >= start%d AND day < end%d) AS n%d", watched, s, s, s)
	}
	// An event id may stand once in the whole file, so repeats are counted over all of it: one more grouping of
	// the same pass, whose row has overall = 1.
	repeats, grouping := "0", "ord, activity"
	if events.Columns.Event != "" {
		repeats = "count(event) FILTER (used AND ord IS NOT NULL AND day IS NOT NULL) - count(DISTINCT event) FILTER (used AND ord IS NOT NULL AND day IS NOT NULL)"
		grouping = "GROUPING SETS ((ord, activity), ())"
	}
	return fmt.Sprintf(`
SELECT ord, activity, %s,
	count(*) AS n_rows,
	count(*) FILTER (NOT kept) AS left_out,
	count(*) FILTER (kept AND id = '') AS no_person,
	count(*) FILTER (kept AND id <> '' AND activity IS NULL) AS unmapped,
	count(*) FILTER (used AND day IS NULL) AS bad_dates,
	count(*) FILTER (used AND day IS NOT NULL) AS usable,
	%s AS repeats, grouping(ord) AS overall
FROM (
	SELECT id, activity, kept, kept AND id <> '' AND activity IS NOT NULL AS used, event,
		CASE WHEN regexp_full_match(date, '\d{4}-\d{2}-\d{2}([T ](.|\n)*)?') THEN try_cast(left(date, 10) AS DATE) - DATE '1970-01-01' END AS day
	FROM (
		SELECT %s AS id, %s AS date, %s AS activity, %s AS kept, %s AS event
		FROM read_csv(%s, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
			columns = {%s}, null_padding = false, ignore_errors = false, strict_mode = true)
	)
) AS e LEFT JOIN person USING (id)
GROUP BY %s`,
		strings.Join(counts, ", "), repeats,
		column(events.Columns.Person), date, activity, kept, event,
		literal(path), strings.Join(names, ", "), grouping)
}

// count reads one events file: in one statement if it is as DuckDB reads it, else row by row. The row reader
// names the rows that can't be used, and counts what is legal and too odd for DuckDB.
func (db *database) count(ctx context.Context, plan *study.Plan, layout *engine.Layout, i int, events study.Events, problems *source.Problems) (engine.File, error) {
	file, read, err := db.countInSQL(ctx, plan, layout, i, events)
	if err != nil || read {
		return file, err
	}
	return db.countByRow(plan, layout, events, problems)
}

// countInSQL reports false, and keeps nothing, if DuckDB can't read the file or if some row can't be used.
func (db *database) countInSQL(ctx context.Context, plan *study.Plan, layout *engine.Layout, i int, events study.Events) (engine.File, bool, error) {
	file := engine.File{Name: events.File}
	var unheard source.Problems // the row reader finds them again
	want, _ := engine.Columns(events)
	opened, err := source.Open(plan.Path(events.File), events.File, want, &unheard)
	if err != nil || opened == nil {
		return file, false, err
	}
	header := opened.Header()
	if err := opened.Close(); err != nil {
		return file, false, fmt.Errorf("closing %s: %w", events.File, err)
	}
	path, err := filepath.Abs(plan.Path(events.File))
	if err != nil {
		return file, false, fmt.Errorf("finding %s: %w", events.File, err)
	}
	if strings.ContainsAny(path, "*?[") { // DuckDB would look for other files too
		return file, false, nil
	}
	rows, whole, err := source.Preflight(path)
	if err != nil || !whole {
		return file, false, err
	}
	table := fmt.Sprintf("counted%d", i)
	if _, err := db.conn.ExecContext(ctx, "CREATE TABLE "+table+" AS "+pass(plan, layout, events, path, header)); err != nil {
		if ctx.Err() != nil {
			return file, false, failure("reading "+events.File, ctx.Err())
		}
		return file, false, nil
	}
	each := func(column string) string { return "sum(" + column + ") FILTER (overall = 0)" }
	sums := strings.Join([]string{each("n_rows"), each("left_out"), each("no_person"), each("unmapped"), each("bad_dates"),
		"sum(usable) FILTER (overall = 0 AND ord IS NOT NULL)", "sum(usable) FILTER (overall = 0 AND ord IS NULL)", "max(repeats) FILTER (overall = 1)"}, ", ")
	quality := make([]any, 8)
	for k, into := range []*int64{&file.Rows, &file.LeftOut, &file.NoPerson, &file.Unmapped, &file.BadDates, &file.Matched, &file.Unmatched, &file.TwiceSeen} {
		quality[k] = &nullable{into}
	}
	if err := db.conn.QueryRowContext(ctx, "SELECT "+sums+" FROM "+table).Scan(quality...); err != nil {
		return file, false, failure("counting the rows of "+events.File, err)
	}
	if file.Rows != rows || file.BadDates > 0 || file.TwiceSeen > 0 || file.NoPerson*100 > file.Rows {
		return file, false, nil
	}
	columns := strings.Join(spanColumns(layout, "n%d"), ", ")
	if _, err := db.conn.ExecContext(ctx, fmt.Sprintf(
		"INSERT INTO hit SELECT ord, activity, %s FROM %s WHERE overall = 0 AND ord IS NOT NULL AND activity IS NOT NULL AND usable > 0; DROP TABLE %s", columns, table, table)); err != nil {
		return file, false, failure("keeping the counts of "+events.File, err)
	}
	return file, true, nil
}

// countByRow counts with the row reader and hands DuckDB the counts.
func (db *database) countByRow(plan *study.Plan, layout *engine.Layout, events study.Events, problems *source.Problems) (engine.File, error) {
	counts := engine.NewCounts(plan, layout)
	file, err := engine.Scan(plan, events, problems, counts.Knows, counts.Visit(events))
	if err != nil || problems.Any() { // with a problem anywhere nothing is told
		return file, err
	}
	row := make([]driver.Value, 2+layout.Spans())
	err = db.appendRows("hit", func(add func(...driver.Value) error) error {
		for ord := range layout.People {
			of := counts.Of(ord)
			for activity := range plan.Activities {
				if of == nil {
					continue
				}
				row[0], row[1] = int32(ord), int32(activity)
				for s := range layout.Spans() {
					row[2+s] = of[activity*layout.Spans()+s]
				}
				if err := add(row...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return file, failure("keeping the counts of "+events.File, err)
	}
	return file, nil
}

// nullable scans a sum, which is NULL over no rows.
type nullable struct{ into *int64 }

func (n *nullable) Scan(value any) error {
	*n.into = 0
	if value == nil {
		return nil
	}
	var text = fmt.Sprint(value) // sums of BIGINT come as HUGEINT
	_, err := fmt.Sscan(text, n.into)
	return err
}

// groups joins people of one kind with the same counts.
func (db *database) groups(ctx context.Context, plan *study.Plan, layout *engine.Layout) ([]engine.Alike, error) {
	var sums, names []string
	for a := range plan.Activities {
		for s := range layout.Spans() {
			name := fmt.Sprintf("a%d_%d", a, s)
			sums = append(sums, fmt.Sprintf("coalesce(sum(n%d) FILTER (activity = %d), 0)::BIGINT AS %s", s, a, name))
			names = append(names, name)
		}
	}
	rows, err := db.conn.QueryContext(ctx, fmt.Sprintf(
		"SELECT kind, count(*), %s FROM (SELECT ord, kind, %s FROM person LEFT JOIN hit USING (ord) GROUP BY ord, kind) GROUP BY ALL",
		strings.Join(names, ", "), strings.Join(sums, ", ")))
	if err != nil {
		return nil, failure("joining people who are alike", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err is looked at
	var groups []engine.Alike
	for rows.Next() {
		g := engine.Alike{Counts: make([]int64, len(names))}
		into := []any{&g.Kind, &g.People}
		for i := range g.Counts {
			into = append(into, &g.Counts[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, failure("joining people who are alike", err)
		}
		groups = append(groups, g)
	}
	if err := rows.Err(); err != nil {
		return nil, failure("joining people who are alike", err)
	}
	return groups, nil
}

func (db *database) linked(ctx context.Context) (int64, error) {
	var n int64
	if err := db.conn.QueryRowContext(ctx, "SELECT count(DISTINCT ord) FROM hit").Scan(&n); err != nil {
		return 0, failure("counting the people found in the files", err)
	}
	return n, nil
}
