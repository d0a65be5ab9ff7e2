//go:build cgo

package duckdb

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/study"
)

type node struct {
	Name     string `json:"name"`
	Children []node `json:"children"`
}

func (n node) has(name string) bool {
	if strings.Contains(strings.ToUpper(n.Name), name) {
		return true
	}
	for _, c := range n.Children {
		if c.has(name) {
			return true
		}
	}
	return false
}

func (n node) find(name string) *node {
	if strings.Contains(strings.ToUpper(n.Name), name) {
		return &n
	}
	for _, c := range n.Children {
		if found := c.find(name); found != nil {
			return found
		}
	}
	return nil
}

// TestPeopleAreTheBuildSide looks at the plan of the counting pass: one scan of the file, and the join's
// hash table built on the people.
func TestPeopleAreTheBuildSide(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var cohortRows strings.Builder
	for i := range 5_000 { // enough that DuckDB, which can't tell the length of a CSV, would turn the join round
		fmt.Fprintf(&cohortRows, "P%d,2020-01-01\n", i)
	}
	write("people.csv", "person,index\n"+cohortRows.String())
	write("ae.csv", "person,date\n"+strings.Repeat("P1,2020-01-05\n", 50_000))
	plan, err := study.Parse("study.yaml", dir, []byte(`{averted: 1, title: t, date: 2022-01-01, seed: 1, opt_out: {not_applicable: synthetic data},
people: {file: people.csv, columns: {person: person, index: index}}, activities: {ae: {}}, windows: [10 days],
events: [{file: ae.csv, activity: ae, columns: {person: person, date: date}, complete: {from: 2019-01-01, to: 2021-12-31}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	people, err := cohort.Read(plan)
	if err != nil {
		t.Fatal(err)
	}
	layout := engine.Lay(plan, people)
	db, err := Engine{}.open(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	if err := db.load(t.Context(), layout); err != nil {
		t.Fatal(err)
	}
	query := pass(plan, layout, plan.Events[0], filepath.Join(dir, "ae.csv"), []string{"person", "date"})
	var key, text string
	if err := db.conn.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+query).Scan(&key, &text); err != nil {
		t.Fatal(err)
	}
	var roots []node
	if err := json.Unmarshal([]byte(text), &roots); err != nil || len(roots) == 0 {
		t.Fatalf("reading the plan: %v\n%s", err, text)
	}
	if got := strings.Count(strings.ToUpper(text), "READ_CSV"); got == 0 {
		t.Fatalf("no scan of the file in the plan:\n%s", text)
	}
	join := roots[0].find("JOIN")
	if join == nil || len(join.Children) != 2 {
		t.Fatalf("no join of two sides in the plan:\n%s", text)
	}
	if probe, build := join.Children[0], join.Children[1]; !probe.has("READ_CSV") || build.has("READ_CSV") {
		t.Errorf("the hash table is built on the events:\n%s", text)
	}
}

// TestOnlyTheStudysFilesCanBeRead tries to read something else.
func TestOnlyTheStudysFilesCanBeRead(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.csv")
	if err := os.WriteFile(other, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Engine{}.open(t.Context(), &study.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	for _, statement := range []string{
		"SELECT * FROM read_csv(" + literal(other) + ")",
		"SET enable_external_access = true",
		"COPY (SELECT 1) TO " + literal(filepath.Join(dir, "out.csv")),
		"INSTALL httpfs",
	} {
		if _, err := db.conn.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
}
