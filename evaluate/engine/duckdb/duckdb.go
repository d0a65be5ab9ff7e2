//go:build cgo

// Package duckdb is the embedded engine: the events that can be used go into a table, and copies, event ids, spells and
// windows are settled in SQL. Rules of time stay in Go; what the database gets is a table of people with spans of days,
// and what it gives back is counts. It also reads Parquet and DuckDB files for the row reader.
package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"

	"github.com/duckdb/duckdb-go/v2"
)

// Engine is the DuckDB engine. Its zero value is ready to use.
type Engine struct {
	Threads     int    // 0: as many as there are cores
	MemoryLimit string // such as "4GB"; "": four fifths of the machine's memory, DuckDB's own default
}

// Name is "duckdb".
func (Engine) Name() string { return "duckdb" }

// Tally counts the plan's events. See [engine.Engine].
func (e Engine) Tally(ctx context.Context, plan *study.Plan, people *cohort.Cohort, files *source.Files) (*engine.Counted, error) {
	layout := engine.Lay(plan, people)
	spill, err := files.Spill()
	if err != nil {
		return nil, err
	}
	db, err := e.open(ctx, spill)
	if err != nil {
		return nil, err
	}
	defer db.close()
	if err := db.load(ctx, layout); err != nil {
		return nil, err
	}
	var problems source.Problems
	var tables []*engine.Table
	for i := range plan.Events {
		table, err := db.count(ctx, plan, layout, files, i, &problems)
		if err != nil {
			return nil, err
		}
		table.Months(plan, i, layout, &problems)
		tables = append(tables, table)
	}
	counted, err := engine.Tell(ctx, plan, layout, files, tables, &problems)
	if err != nil {
		return nil, err
	}
	groups, err := db.groups(ctx, plan, layout)
	if err != nil {
		return nil, err
	}
	counted.Tally = engine.Assemble(plan, layout, people.Feeds, groups)
	return counted, nil
}

type database struct {
	pool *sql.DB
	conn *sql.Conn
}

// open starts a database in memory that can read the files named and nothing else.
func (e Engine) open(ctx context.Context, spill string, allowed ...string) (*database, error) {
	settings := []string{
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET temp_directory = " + literal(spill),
	}
	if e.Threads > 0 {
		settings = append(settings, fmt.Sprintf("SET threads = %d", e.Threads))
	}
	if e.MemoryLimit != "" {
		settings = append(settings, "SET memory_limit = "+literal(e.MemoryLimit))
	}
	paths := make([]string, len(allowed))
	for i, path := range allowed {
		paths[i] = literal(path)
	}
	settings = append(settings,
		"SET allowed_paths = ["+strings.Join(paths, ", ")+"]",
		"SET enable_external_access = false",
		"SET lock_configuration = true")
	connector, err := duckdb.NewConnector("", func(conn driver.ExecerContext) error {
		for _, s := range settings {
			if _, err := conn.ExecContext(ctx, s, nil); err != nil {
				return failure("setting DuckDB up", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, failure("starting DuckDB", err)
	}
	db := &database{pool: sql.OpenDB(connector)}
	if db.conn, err = db.pool.Conn(ctx); err != nil {
		db.close()
		return nil, failure("starting DuckDB", err)
	}
	return db, nil
}

func (db *database) close() {
	if db.conn != nil {
		_ = db.conn.Close() // a database in memory: nothing to lose
	}
	_ = db.pool.Close()
}

// failure wraps an engine's error without its message, since engines quote rows.
func failure(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var e *duckdb.Error
	if errors.As(err, &e) {
		if e.Type == duckdb.ErrorTypeOutOfMemory || strings.Contains(e.Msg, "No space left") {
			return fmt.Errorf("%s: there was not enough memory, or disk to spill to: --memory says how much may be used, TMPDIR where temporary files go (now %s)", doing, os.TempDir())
		}
		if kind, _, ok := strings.Cut(e.Msg, ":"); ok && len(kind) < 40 {
			return fmt.Errorf("%s: DuckDB reports %q", doing, kind)
		}
	}
	return fmt.Errorf("%s: the engine failed", doing)
}

// load fills the table of people: their kind, and their spans as day numbers.
func (db *database) load(ctx context.Context, layout *engine.Layout) error {
	columns := []string{"person INTEGER", "kind INTEGER"}
	for s := range layout.Spans() {
		columns = append(columns, fmt.Sprintf("start%d INTEGER, end%d INTEGER", s, s))
	}
	for _, statement := range []string{
		"CREATE TABLE person (" + strings.Join(columns, ", ") + ")",
		"CREATE TABLE hit (" + strings.Join(append([]string{"person INTEGER", "activity INTEGER"}, spanColumns(layout, "n%d BIGINT")...), ", ") + ")",
	} {
		if _, err := db.conn.ExecContext(ctx, statement); err != nil {
			return failure("making the table of people", err)
		}
	}
	row := make([]driver.Value, 2+2*layout.Spans())
	err := db.appendRows("person", func(add func(...driver.Value) error) error {
		for i, p := range layout.People {
			row[0], row[1] = int32(i), int32(p.Kind)
			for s, span := range p.Spans {
				row[2+2*s], row[3+2*s] = int32(span.Start), int32(span.End)
			}
			if err := add(row...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return failure("loading the people", err)
	}
	return nil
}

// appendRows puts rows into a table without SQL.
func (db *database) appendRows(table string, rows func(add func(...driver.Value) error) error) error {
	return db.conn.Raw(func(c any) error {
		appender, err := duckdb.NewAppenderFromConn(c.(driver.Conn), "", table)
		if err != nil {
			return err
		}
		if err := rows(appender.AppendRow); err != nil {
			_ = appender.Close() // the first error is told
			return err
		}
		return appender.Close()
	})
}

func spanColumns(layout *engine.Layout, format string) []string {
	columns := make([]string, layout.Spans())
	for s := range columns {
		columns[s] = fmt.Sprintf(format, s)
	}
	return columns
}
