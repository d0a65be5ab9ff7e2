package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/fixtures/golden"
)

// TestMalformed checks every study of fixtures/malformed with both engines, and wants the exit code and every line that
// its expect.txt has. No value from a row stands in what is printed, and nothing is left in the folder for temporary
// files. A study in which nothing is wrong is run too, and no value stands in what it writes.
func TestMalformed(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", "fixtures", "malformed"))
	if err != nil {
		t.Fatal(err)
	}
	cases, err := filepath.Glob(filepath.Join(root, "*", "study.yaml"))
	if err != nil || len(cases) < 35 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	temp, outputs := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Chdir(root)
	for _, path := range cases {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			secrets := valuesOf(t, filepath.Dir(path))
			study := filepath.Join(name, "study.yaml")
			for _, engine := range []string{"duckdb", "memory"} {
				if engineOf(engine, limits{}) == nil || testing.Short() && engine == "memory" || engine == "memory" && (strings.HasPrefix(name, "parquet-") || strings.HasPrefix(name, "duckdb-")) {
					continue // a build without DuckDB can't read these, and says so
				}
				var out, talk bytes.Buffer
				code := run(t.Context(), []string{"averted", "check", study, "--quiet", "--engine", engine}, streams{&out, &talk})
				text := fmt.Sprintf("exit code %d\n%s%s", code, talk.String(), out.String())
				golden.Check(t, filepath.Join(filepath.Dir(path), "expect.txt"), []byte(text))
				holds(t, "what is printed", text, secrets)
				if code != codeDone {
					continue
				}
				dir := filepath.Join(outputs, name+" "+engine)
				out.Reset()
				if code := run(t.Context(), []string{"averted", "run", study, "--quiet", "--engine", engine, "--out", dir}, streams{&out, &talk}); code != codeDone {
					t.Errorf("run with %s: exit code %d\n%s", engine, code, talk.String())
				}
				holds(t, "what run prints", out.String(), secrets)
				holds(t, "what run writes", everything(t, dir), secrets)
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("left in the folder for temporary files: %v, %v", left, err)
			}
		})
	}
}

// valuesOf is every value of a person's row in the text files of a study that stands in no study file.
func valuesOf(t *testing.T, dir string) []string {
	t.Helper()
	study, err := os.ReadFile(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"SENTINEL"}
	for i := range 30 {
		secrets = append(secrets, fmt.Sprintf("ZQX%04d", 7*i+11))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) == "prices.csv" {
			continue
		}
		reader := csv.NewReader(bytes.NewReader(text))
		reader.FieldsPerRecord, reader.LazyQuotes = -1, true
		rows, err := reader.ReadAll()
		if err != nil {
			continue // as far as it can be read by others, it is also in the right study
		}
		for _, row := range rows[min(1, len(rows)):] {
			for _, cell := range row {
				if len(cell) >= 6 && !strings.Contains(string(study), cell) && !strings.HasPrefix(cell, "Total") && !slices.Contains(secrets, cell) &&
					!slices.Contains([]string{"arrived", "admitted", "discharged"}, cell) {
					secrets = append(secrets, cell)
				}
			}
		}
	}
	return secrets
}

func holds(t *testing.T, what, text string, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%s holds a value from a row: %q", what, s)
			return
		}
	}
}

// everything is the names and texts of all files in a folder.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		b.WriteString(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
