//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// literal quotes a text for SQL. Everything of the user's that stands in SQL goes through it or through name.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// name quotes an identifier for SQL.
func name(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// scan puts the usable rows of one events table into the table event. A scan that fails keeps its own error.
func (db *database) scan(ctx context.Context, plan *study.Plan, layout *engine.Layout, files *source.Files, i int, problems *source.Problems) (*engine.Table, error) {
	const create = `CREATE OR REPLACE TABLE event (person INTEGER, activity INTEGER, day INTEGER, fin INTEGER, stay BOOLEAN, id UBIGINT, content UBIGINT, file INTEGER, line INTEGER, pence BIGINT)`
	if _, err := db.conn.ExecContext(ctx, create); err != nil {
		return nil, failure("making the table of events", err)
	}
	var table *engine.Table
	var scanned error
	stays := make([]bool, len(plan.Activities))
	for a := range plan.Activities {
		stays[a] = plan.HasSpells(plan.Events[i], a)
	}
	err := db.appendRows("event", func(add func(...driver.Value) error) error {
		var id any
		table, scanned = engine.Scan(ctx, plan, layout, files, i, problems, func(e engine.Event) error {
			if id = nil; e.HasID {
				id = e.ID
			}
			if err := add(e.Person, e.Activity, int32(e.Day), int32(e.End), stays[e.Activity], id, e.Content, e.File, e.Row, e.Pence); err != nil {
				return failure("keeping the rows of "+plan.Events[i].File, err)
			}
			return nil
		})
		return scanned
	})
	if scanned != nil {
		return table, scanned
	}
	if err != nil {
		return table, failure("keeping the rows of "+plan.Events[i].File, err)
	}
	return table, nil
}

// count reads, resolves and counts one events table. Where a row needs a rule that the study doesn't declare, the
// reference resolves the table and names the rows.
func (db *database) count(ctx context.Context, plan *study.Plan, layout *engine.Layout, files *source.Files, i int, problems *source.Problems) (*engine.Table, error) {
	table, err := db.scan(ctx, plan, layout, files, i, problems)
	if err != nil {
		return table, err
	}
	e := plan.Events[i]
	copies, ruled, merged, settled, err := db.resolve(ctx, e)
	if err != nil {
		return table, err
	}
	if !settled {
		var events []engine.Event
		var heard source.Problems // heard already
		if table, err = engine.Scan(ctx, plan, layout, files, i, &heard, func(e engine.Event) error {
			events = append(events, e)
			return nil
		}); err != nil {
			return table, err
		}
		r := engine.Resolve(plan, i, table, events, problems)
		table.Settle(plan, i, r.Copies, r.Ruled, r.Merged, problems)
		if !problems.Any() {
			return table, fmt.Errorf("settling the rows of %s: the engine and its reference disagree", e.File)
		}
		return table, nil
	}
	table.Settle(plan, i, copies, ruled, merged, problems)
	if err := db.nights(ctx, plan, e); err != nil {
		return table, failure("counting the nights of "+e.File, err)
	}
	for _, statement := range hits(plan, e, layout) {
		if _, err := db.conn.ExecContext(ctx, statement); err != nil {
			return table, failure("counting the rows of "+e.File, err)
		}
	}
	return table, nil
}

// said is what an event says, and one is the row that stands for all that say it.
const said = "day, fin, activity, person, pence"

// resolve does in SQL what [engine.Resolve] does. It reports settled = false if some rows need a rule that is not
// declared.
func (db *database) resolve(ctx context.Context, e study.Events) (copies []int32, ruled, merged int64, settled bool, err error) {
	fail := func(err error) ([]int32, int64, int64, bool, error) {
		return nil, 0, 0, false, failure("settling the rows of "+e.File, err)
	}
	do := func(statement string) error {
		_, err := db.conn.ExecContext(ctx, statement)
		return err
	}
	if e.Duplicates == study.CopiesAside {
		if copies, err = db.people(ctx, "SELECT person FROM (SELECT person, row_number() OVER (PARTITION BY person, day, content) AS n FROM event) WHERE n > 1"); err != nil {
			return fail(err)
		}
		if err := do("CREATE OR REPLACE TABLE event AS SELECT * FROM event QUALIFY row_number() OVER (PARTITION BY person, day, content ORDER BY file, line) = 1"); err != nil {
			return fail(err)
		}
	}
	// Rows with one event id that say the same.
	again, err := db.people(ctx, "SELECT person FROM (SELECT person, row_number() OVER (PARTITION BY id) AS n FROM event WHERE id IN (SELECT id FROM event WHERE id IS NOT NULL GROUP BY id HAVING count(DISTINCT ("+said+")) = 1)) WHERE n > 1")
	if err != nil {
		return fail(err)
	}
	copies = append(copies, again...)
	const differing = "id IN (SELECT id FROM event WHERE id IS NOT NULL GROUP BY id HAVING count(DISTINCT (" + said + ")) > 1)"
	rows, err := db.number(ctx, "SELECT count(*) - count(DISTINCT id) FROM event WHERE "+differing)
	if err != nil {
		return fail(err)
	}
	several, err := db.number(ctx, "SELECT count(*) FROM (SELECT id FROM event WHERE "+differing+" GROUP BY id HAVING count(DISTINCT person) > 1)")
	if err != nil {
		return fail(err)
	}
	order, fin := said, "fin"
	switch {
	case rows == 0:
	case e.EventRule != "":
		ruled = rows
		if e.EventRule == "last" {
			order = strings.ReplaceAll(said, ",", " DESC,") + " DESC"
		}
	case e.Spells == study.Merged && several == 0:
		merged, fin = rows, "max(fin) OVER (PARTITION BY id)"
	default:
		return nil, 0, 0, false, nil
	}
	if err := do("CREATE OR REPLACE TABLE event AS SELECT person, activity, day, CASE WHEN id IS NULL THEN fin ELSE " + fin + " END AS fin, stay, id, content, file, line, pence FROM event QUALIFY id IS NULL OR row_number() OVER (PARTITION BY id ORDER BY " + order + ") = 1"); err != nil {
		return fail(err)
	}
	const earlier = "(PARTITION BY person ORDER BY " + said + ", file, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
	switch e.Spells {
	case study.AsGiven:
	case study.Merged:
		before, err := db.number(ctx, "SELECT count(*) FROM event")
		if err != nil {
			return fail(err)
		}
		if err := do(fmt.Sprintf(`CREATE OR REPLACE TABLE event AS SELECT * EXCLUDE (joined) FROM (
			SELECT *, stay AND coalesce(day <= max(CASE WHEN stay THEN fin END) OVER %s + %d, false) AS joined FROM event) WHERE NOT joined`, earlier, e.Gap())); err != nil {
			return fail(err)
		}
		after, err := db.number(ctx, "SELECT count(*) FROM event")
		if err != nil {
			return fail(err)
		}
		merged += before - after
	default:
		lying, err := db.number(ctx, "SELECT count(*) FROM (SELECT day < max(fin) OVER "+earlier+" OR day = max(day) OVER "+earlier+" AS lies FROM event WHERE stay) WHERE lies")
		if err != nil {
			return fail(err)
		}
		if lying > 0 {
			return nil, 0, 0, false, nil
		}
	}
	return copies, ruled, merged, true, nil
}

// nights puts a night a row in place of the stays of activities that count nights.
func (db *database) nights(ctx context.Context, plan *study.Plan, e study.Events) error {
	var of []string
	for a := range plan.Activities {
		if plan.Nights(a) && e.Feeds(plan.Activities[a].Name) {
			of = append(of, fmt.Sprint(a))
		}
	}
	if len(of) == 0 {
		return nil
	}
	in := "activity IN (" + strings.Join(of, ", ") + ")"
	_, err := db.conn.ExecContext(ctx, `CREATE OR REPLACE TABLE event AS SELECT * FROM event WHERE NOT `+in+`
		UNION ALL SELECT DISTINCT person, activity, night, night, false, NULL::UBIGINT, 0::UBIGINT, 0, 0, 0::BIGINT
		FROM (SELECT person, activity, unnest(range(day, fin))::INTEGER AS night FROM event WHERE `+in+` AND fin > day)`)
	return err
}

func (db *database) number(ctx context.Context, query string) (n int64, err error) {
	err = db.conn.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

func (db *database) people(ctx context.Context, query string) ([]int32, error) {
	rows, err := db.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err is looked at
	var list []int32
	for rows.Next() {
		var person int32
		if err := rows.Scan(&person); err != nil {
			return nil, err
		}
		list = append(list, person)
	}
	return list, rows.Err()
}

// hits counts the events of one table in each person's spans. Rows outside the days for which the table is complete,
// or on days that some feed missed, don't count. What events cost that are priced one by one is counted as another activity.
func hits(plan *study.Plan, e study.Events, layout *engine.Layout) []string {
	in := func(spans ...window.Span) string {
		var parts []string
		for _, span := range spans {
			parts = append(parts, fmt.Sprintf("day >= %d AND day < %d", span.Start, span.End))
		}
		if len(parts) == 0 {
			return "(false)"
		}
		return "(" + strings.Join(parts, " OR ") + ")"
	}
	watched := in(e.Complete.Days()...) + " AND NOT " + in(layout.Holes...)
	counted := func(what, as, where string) string {
		counts := make([]string, layout.Spans())
		for s := range counts {
			counts[s] = fmt.Sprintf("coalesce(%s FILTER (%s AND day >= start%d AND day < end%d), 0)::BIGINT", what, watched, s, s)
		}
		return "INSERT INTO hit SELECT person, " + as + ", " + strings.Join(counts, ", ") + " FROM event JOIN person USING (person)" + where + " GROUP BY person, activity"
	}
	statements := []string{counted("count(*)", "activity", "")}
	for i, a := range plan.PricedOneByOne() {
		if e.Feeds(plan.Activities[a].Name) {
			statements = append(statements, counted("sum(pence)", fmt.Sprint(len(plan.Activities)+i), fmt.Sprintf(" WHERE activity = %d", a)))
		}
	}
	return statements
}

// groups joins people of one kind with the same counts.
func (db *database) groups(ctx context.Context, plan *study.Plan, layout *engine.Layout) ([]engine.Alike, error) {
	var sums, names []string
	for a := range engine.Kept(plan) {
		for s := range layout.Spans() {
			column := fmt.Sprintf("a%d_%d", a, s)
			sums = append(sums, fmt.Sprintf("coalesce(sum(n%d) FILTER (activity = %d), 0)::BIGINT AS %s", s, a, column))
			names = append(names, column)
		}
	}
	rows, err := db.conn.QueryContext(ctx, fmt.Sprintf(
		"SELECT kind, count(*), %s FROM (SELECT person, kind, %s FROM person LEFT JOIN hit USING (person) GROUP BY person, kind) GROUP BY ALL",
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
