package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/source"
	"averted/evaluate/source/layout"
	"averted/fixtures/golden"
)

// TestDataPage makes the lists of docs/data.md from the code, and wants every code that a problem can have to stand there,
// or, of claims files, in docs/claims.md.
func TestDataPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "data.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var layouts []string
	for _, l := range source.DateLayouts {
		layouts = append(layouts, "`"+l+"`")
	}
	page := regexp.MustCompile("(?s)(or a list of them: ).*?(\\. `d` and)").ReplaceAllString(string(text), "${1}"+strings.Join(layouts, ", ")+"$2")
	page = regexp.MustCompile("(?s)(whose columns are published:\n\n).*?(\n\n`emergency_admission`)").ReplaceAllString(page, "${1}"+presets()+"$2")
	golden.Check(t, path, []byte(page))
	claims, err := os.ReadFile(filepath.Join("..", "..", "docs", "claims.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codes(t) {
		if !listed(page+string(claims), code) {
			t.Errorf("%s stands in no table of docs/data.md or docs/claims.md", code)
		}
	}
}

func presets() string {
	var b strings.Builder
	b.WriteString("| layout | extract | columns: person, date, end, event | activity | rows kept | source |\n|---|---|---|---|---|---|\n")
	texts := func(of map[string][]string) string {
		var parts []string
		for column, list := range of {
			parts = append(parts, column+" "+strings.Join(list, ", "))
		}
		slices.Sort(parts)
		return strings.Join(parts, "; ")
	}
	for _, l := range layout.All {
		columns := []string{l.Person, l.Date, l.End, l.Event}
		for i, c := range columns {
			if columns[i] = strings.ReplaceAll(c, " | ", " or "); c == "" {
				columns[i] = "–"
			}
		}
		activity := l.Activity
		if l.Column != "" {
			if activity != "" {
				activity += ", or "
			}
			activity += "by " + l.Column + ": " + texts(l.Values)
		}
		kept := texts(l.Where)
		if len(l.WhereNot) > 0 {
			kept += "; not " + texts(l.WhereNot)
		}
		if l.Needs != "" {
			kept = "the study says: `where: {" + l.Needs + ": [...]}`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", l.Name, l.Title, strings.Join(columns, ", "), activity, kept, l.Source)
	}
	for _, l := range layout.All {
		fmt.Fprintf(&b, "\n`%s`: %s\n", l.Name, strings.Join(l.Notes, " "))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// codes lists the codes of problems in the code.
func codes(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"../../evaluate/*/*.go", "../../evaluate/*/*/*.go", "../../costing/*.go", "../../costing/*/*.go", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`"(A[0-9]{3})"`).FindAllStringSubmatch(string(text), -1) {
				if !slices.Contains(found, m[1]) {
					found = append(found, m[1])
				}
			}
		}
	}
	if len(found) < 30 {
		t.Fatalf("only %d codes", len(found))
	}
	return found
}

// listed reports whether a code stands in the table, by itself or in a range.
func listed(page, code string) bool {
	for _, m := range regexp.MustCompile(`A(\d{3})(?:–A(\d{3}))?`).FindAllStringSubmatch(page, -1) {
		if last := m[2]; code[1:] == m[1] || last != "" && code[1:] >= m[1] && code[1:] <= last {
			return true
		}
	}
	return false
}
