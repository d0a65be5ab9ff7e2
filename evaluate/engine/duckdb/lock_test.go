//go:build cgo

package duckdb

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"averted/evaluate/source"
)

// TestOnlyTheStudysFilesCanBeRead tries to read, write and load something else, and to unlock what was locked.
func TestOnlyTheStudysFilesCanBeRead(t *testing.T) {
	dir := t.TempDir()
	other, own := filepath.Join(dir, "other.csv"), filepath.Join(dir, "own.csv")
	for _, path := range []string{other, own} {
		if err := os.WriteFile(path, []byte("a\n1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := Engine{}.open(t.Context(), t.TempDir(), own)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	if _, err := db.conn.ExecContext(t.Context(), "SELECT * FROM read_csv("+literal(own)+")"); err != nil {
		t.Errorf("the study's own file can't be read: %v", err)
	}
	for _, statement := range []string{
		"SELECT * FROM read_csv(" + literal(other) + ")",
		"SELECT * FROM read_text(" + literal(filepath.Join(dir, "*")) + ")",
		"SELECT * FROM glob(" + literal(filepath.Join(dir, "*")) + ")",
		"SET enable_external_access = true",
		"SET allowed_paths = ['/']",
		"SET temp_directory = '/'",
		"COPY (SELECT 1) TO " + literal(filepath.Join(dir, "out.csv")),
		"ATTACH " + literal(filepath.Join(dir, "new.duckdb")),
		"INSTALL httpfs",
		"LOAD httpfs",
	} {
		if _, err := db.conn.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
}

// TestQueryIsOneSelect tries to do more with a query: than to select.
func TestQueryIsOneSelect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.duckdb")
	db, err := Engine{}.open(t.Context(), t.TempDir(), path, path+".wal", path+".wal.checkpoint", path+".wal.recovery")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.conn.ExecContext(t.Context(), "ATTACH "+literal(path)+" AS x; CREATE TABLE x.t AS SELECT 1 AS a; DETACH x"); err != nil {
		t.Skipf("the file can't be made under the lock: %v", err)
	}
	db.close()
	for _, query := range []string{"SELECT a FROM t; DROP TABLE t", "DROP TABLE t", "COPY t TO '" + path + ".csv'", "INSERT INTO t VALUES (2)", "SELECT * FROM read_csv('/etc/passwd')", "SELECT nothing FROM t"} {
		rows, err := Engine{}.OpenTable(t.Context(), path, t.TempDir(), source.DuckDB, source.Table{File: "x.duckdb", Query: query})
		var unreadable *source.Unreadable
		if !errors.As(err, &unreadable) {
			t.Errorf("%s: %v", query, err)
		}
		if rows != nil {
			_ = rows.Close() // of a query that went through
		}
	}
	rows, err := Engine{}.OpenTable(t.Context(), path, t.TempDir(), source.DuckDB, source.Table{File: "x.duckdb", Query: "SELECT a FROM t;"})
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Select([]int{0}); err != nil {
		t.Fatal(err)
	}
	if cells, _, err := rows.Next(); err != nil || cells[0] != "1" {
		t.Errorf("%v, %v", cells, err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
}
