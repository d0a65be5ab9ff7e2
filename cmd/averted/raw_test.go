package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"averted/fixtures/studies"
)

// example writes an example study and returns its study file.
func example(t *testing.T, name, dir string) string {
	t.Helper()
	files, err := studies.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "study.yaml")
}

// TestFromRawFiles goes from the mixed example's raw files to a report: six commands at most and three stops, each of
// which prints the lines that mend it.
func TestFromRawFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs whole studies")
	}
	if engineOf("duckdb", limits{}) == nil {
		t.Log("with the memory engine")
	}
	dir := t.TempDir()
	path := example(t, "hospital-and-surgeries", dir)
	for _, made := range []string{"study.yaml", "README.md", "prices.csv", "trust-monthly.csv"} {
		if err := os.Remove(filepath.Join(dir, made)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	commands, stops := 0, 0
	do := func(args ...string) (int, string) {
		commands++
		var out, talk bytes.Buffer
		code := run(t.Context(), append([]string{"averted"}, args...), streams{&out, &talk})
		return code, talk.String()
	}
	if code, text := do("init", "people.csv", "nhs111.csv", "home-visits.xlsx", "hospital/*.csv", "surgeries/*.xlsx"); code != codeDone {
		t.Fatalf("init: %d\n%s", code, text)
	}
	for {
		code, text := do("run", "study.yaml", "--out", "report", "--quiet")
		if code == codeDone {
			break
		}
		if stops++; code != codeUsage && code != codeRejected || stops > 3 {
			t.Fatalf("stop %d: exit code %d\n%s", stops, code, text)
		}
		mended := mend(t, path, text)
		if mended == 0 {
			t.Fatalf("a stop without its mend:\n%s", text)
		}
	}
	t.Logf("%d commands, %d stops", commands, stops)
	if commands > 6 {
		t.Errorf("%d commands", commands)
	}
	if _, err := os.Stat(filepath.Join("report", "release", "report.xlsx")); err != nil {
		t.Error(err)
	}
}

var mends = regexp.MustCompile(`(?m)^   to cure it, write in the study file(?:, in (\w+)(?:\[(\d+)\])?)?:  (.+)$`)

// mend writes the lines that a stop prints where it says, as its reader would.
func mend(t *testing.T, path, talk string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	found := mends.FindAllStringSubmatch(talk, -1)
	for _, m := range found {
		if m[1] == "" {
			lines = append(lines, m[3])
			continue
		}
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, m[1]+":") })
		indent := "  "
		if m[2] != "" {
			indent = "    "
			n, err := strconv.Atoi(m[2])
			if err != nil {
				t.Fatal(err)
			}
			for ; n > 0; n-- {
				at += 1 + slices.IndexFunc(lines[at+1:], func(l string) bool { return strings.HasPrefix(l, "  - ") })
			}
		}
		lines = slices.Insert(lines, at+1, indent+m[3])
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return len(found)
}
