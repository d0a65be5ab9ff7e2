//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"averted/evaluate/source"

	"github.com/duckdb/duckdb-go/v2"
)

// OpenTable opens a Parquet file, or a table or query of a DuckDB file, to be read row by row. See [source.Database].
func (e Engine) OpenTable(ctx context.Context, path, spill string, form source.Form, t source.Table) (source.DatabaseRows, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", t.File, err)
	}
	if strings.ContainsAny(path, "*?[") {
		return nil, &source.Unreadable{Text: "the name of a folder above this file has a *, ? or [ in it, which DuckDB would read as several files"}
	}
	db, err := e.open(ctx, spill, path, path+".wal")
	if err != nil {
		return nil, err
	}
	rows := &tableRows{ctx: ctx, db: db, query: t.Query != ""}
	if err := rows.describe(path, form, t); err != nil {
		db.close()
		return nil, err
	}
	return rows, nil
}

type tableRows struct {
	ctx     context.Context
	db      *database
	from    string // what is selected from
	columns []source.Column
	rows    *sql.Rows
	cells   []string
	into    []any
	nulls   []sql.NullString
	content uint64
	query   bool
}

func (r *tableRows) describe(path string, form source.Form, t source.Table) error {
	unreadable := func(err error, text string) error {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return &source.Unreadable{Text: text}
	}
	switch {
	case form == source.Parquet:
		r.from = "read_parquet(" + literal(path) + ")"
	default:
		if _, err := os.Stat(path + ".wal"); err == nil {
			return &source.Unreadable{Text: "beside this file lie changes that are not in it yet (" + filepath.Base(path) + ".wal): open it with DuckDB and run CHECKPOINT"}
		}
		if _, err := r.db.conn.ExecContext(r.ctx, "ATTACH "+literal(path)+" AS given (READ_ONLY)"); err != nil {
			return unreadable(err, "this is no DuckDB file, it is damaged, another program has it open, or it was written by a newer DuckDB than this build has (there, ATTACH ... (STORAGE_VERSION 'v1.4.0') writes one that can be read)")
		}
		if _, err := r.db.conn.ExecContext(r.ctx, "USE given"); err != nil {
			return failure("opening "+t.File, err)
		}
		parts := strings.Split(t.FromTable, ".") // schema.table
		for i := range parts {
			parts[i] = name(parts[i])
		}
		r.from = strings.Join(parts, ".")
		if t.Query != "" {
			r.from = "(" + strings.TrimSuffix(strings.TrimSpace(t.Query), ";") + "\n)"
		}
	}
	// One statement alone can be prepared, so that a query can't carry another behind it.
	statement, err := r.db.conn.PrepareContext(r.ctx, "SELECT * FROM "+r.from+" AS given_rows LIMIT 0")
	if err != nil {
		text := "this is no Parquet file, or it is damaged or cut short"
		switch {
		case t.Query != "":
			text = "query: can't be run on this file: is it one SELECT, of tables that are there?" + r.tables()
		case t.FromTable != "":
			text = "there is no table of that name in the file" + r.tables()
		}
		return unreadable(err, text)
	}
	defer func() { _ = statement.Close() }() // nothing to lose
	rows, err := statement.QueryContext(r.ctx)
	if err != nil {
		return unreadable(err, "the columns can't be read: the file is damaged or cut short")
	}
	defer func() { _ = rows.Close() }() // no row is asked for
	types, err := rows.ColumnTypes()
	if err != nil {
		return failure("reading the columns of "+t.File, err)
	}
	for _, c := range types {
		r.columns = append(r.columns, source.Column{Name: c.Name(), Kind: kindOf(c.DatabaseTypeName())})
	}
	return nil
}

// tables lists the tables of the file: their names are no row's values.
func (r *tableRows) tables() string {
	rows, err := r.db.conn.QueryContext(r.ctx, "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'given' ORDER BY 1")
	if err != nil {
		return ""
	}
	defer func() { _ = rows.Close() }() // only names for a message
	var names []string
	for rows.Next() {
		var name string
		if rows.Scan(&name) == nil {
			names = append(names, name)
		}
	}
	return "; it has " + strings.Join(names, ", ")
}

func kindOf(typ string) source.Kind {
	switch {
	case typ == "DATE" || strings.HasPrefix(typ, "TIMESTAMP") && !strings.Contains(typ, "TZ") && !strings.Contains(typ, "ZONE"):
		return source.Dates
	case strings.HasPrefix(typ, "TIMESTAMP"):
		return source.Instants
	case typ == "BLOB" || typ == "BIT" || typ == "INTERVAL" || typ == "STRUCT" || typ == "MAP" || typ == "UNION" || typ == "LIST" || typ == "ARRAY" ||
		strings.HasSuffix(typ, "]") || strings.HasPrefix(typ, "STRUCT") || strings.HasPrefix(typ, "MAP"):
		return source.Nested
	}
	return source.Texts
}

func (r *tableRows) Columns() []source.Column { return r.columns }

func (r *tableRows) Select(places []int) error {
	list := []string{"hash(given_rows)"}
	for _, at := range places {
		list = append(list, "CAST("+name(r.columns[at].Name)+" AS VARCHAR)")
	}
	var err error
	r.rows, err = r.db.conn.QueryContext(r.ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+r.from+" AS given_rows")
	if err != nil {
		return r.wrong(err)
	}
	r.cells, r.nulls = make([]string, len(places)), make([]sql.NullString, len(places))
	r.into = []any{&r.content}
	for i := range places {
		r.into = append(r.into, &r.nulls[i])
	}
	return nil
}

func (r *tableRows) wrong(err error) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	var e *duckdb.Error
	if errors.As(err, &e) && e.Type == duckdb.ErrorTypeOutOfMemory {
		return failure("reading a table", err)
	}
	text := "the rows can't be read to the end: the file is damaged or cut short; nothing of it was used"
	if r.query {
		text = "query: failed while it ran; nothing of it was used"
	}
	return &source.Unreadable{Text: text}
}

func (r *tableRows) Next() ([]string, uint64, error) {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return nil, 0, r.wrong(err)
		}
		return nil, 0, io.EOF
	}
	if err := r.rows.Scan(r.into...); err != nil {
		return nil, 0, r.wrong(err)
	}
	for i, v := range r.nulls {
		r.cells[i] = v.String
	}
	return r.cells, r.content, nil
}

func (r *tableRows) Close() error {
	if r.rows != nil {
		_ = r.rows.Close() // read only
	}
	r.db.close()
	return nil
}

var _ source.Database = Engine{}
