package workbook_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"averted/evaluate/engine/memory"
	"averted/evaluate/study"
	"averted/fixtures/office"
	"averted/report"
	"averted/report/release"
	"averted/report/workbook"

	"github.com/xuri/excelize/v2"
)

// made are the examples that were run, by name and profile: several tests look at one.
var made sync.Map

// released runs an example, with its release profile changed if profile is not "".
func released(t *testing.T, name, profile string) *release.Released {
	t.Helper()
	if r, ok := made.Load(name + " " + profile); ok {
		return r.(*release.Released)
	}
	r := run(t, name, profile)
	made.Store(name+" "+profile, r)
	return r
}

func run(t *testing.T, name, profile string) *release.Released {
	t.Helper()
	dir := filepath.Join("..", "..", "fixtures", "studies", name)
	text, err := os.ReadFile(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if profile != "" {
		text = []byte(strings.Replace(string(text), "profile: local", "profile: "+profile, 1))
	}
	plan, err := study.Parse("study.yaml", dir, text)
	if err != nil {
		t.Fatal(err)
	}
	_, safe, err := report.Make(t.Context(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

func save(t *testing.T, r *release.Released) string {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.xlsx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func raw(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// differences lists the formula cells whose values differ between two workbooks by more than half a penny, and counts the formula
// cells: of all sheets, or of some, where intervals that a change of inputs blanks are passed over.
func differences(t *testing.T, a, b *excelize.File, sheets ...string) (formulas int, differ []string) {
	t.Helper()
	some := len(sheets) > 0
	if !some {
		sheets = a.GetSheetList()
	}
	for _, sheet := range sheets {
		rows, err := a.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			for j := range 15 {
				cell, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := a.GetCellFormula(sheet, cell)
				if err != nil || formula == "" || some && strings.Contains(formula, "inputs_changed") {
					continue
				}
				formulas++
				x, y := raw(t, a, sheet, cell), raw(t, b, sheet, cell)
				fx, errX := strconv.ParseFloat(x, 64)
				fy, errY := strconv.ParseFloat(y, 64)
				if errX == nil && errY == nil && math.Abs(fx-fy) <= 0.005 || errX != nil && x == y {
					continue
				}
				differ = append(differ, sheet+"!"+cell+": "+x+" against "+y)
			}
		}
	}
	return formulas, differ
}

// TestFormulas recalculates the workbook, and wants every formula cell to agree with the engine's value in it.
// Then an input is changed: the total moves to what the engine gives for it, and the comparison notices.
func TestFormulas(t *testing.T) {
	if testing.Short() {
		t.Skip("recalculates in LibreOffice")
	}
	for _, c := range []struct {
		study, profile string
		least          int
	}{{"dudley-integrated-plus", "", 350}, {"dudley-integrated-plus", "nhs-england", 250}, {"known-effect", "", 150}, {"epilepsy-trial", "", 10}} {
		t.Run(c.study+" "+c.profile, func(t *testing.T) {
			path := save(t, released(t, c.study, c.profile))
			ours := open(t, path)
			formulas, differ := differences(t, ours, open(t, office.Recalculate(t, path)))
			if len(differ) > 0 {
				t.Errorf("%d cells differ: %.10v", len(differ), differ)
			}
			if formulas < c.least {
				t.Errorf("only %d formula cells", formulas)
			}
			t.Logf("%d formula cells agree", formulas)
			if c.study != "dudley-integrated-plus" || c.profile != "" {
				return
			}
			first := "E" + at(t, ours, "Assumptions", "Unit cost: A&E attendances")
			if got := raw(t, ours, "Assumptions", first); got != "115" {
				t.Fatalf("the first unit cost is %s, want 115", got)
			}
			if err := ours.SetCellValue("Assumptions", first, 230); err != nil {
				t.Fatal(err)
			}
			changed := filepath.Join(t.TempDir(), "changed.xlsx")
			if err := ours.SaveAs(changed); err != nil {
				t.Fatal(err)
			}
			again := open(t, office.Recalculate(t, changed))
			if _, differ := differences(t, ours, again); len(differ) == 0 {
				t.Error("an input was changed and no formula cell differs: the comparison can't fail")
			}
			// 507 × £230 + 442 × £1,700 + 2,089 × £35 + 205 × £80
			total := totalRow(t, again)
			if got := raw(t, again, "Cost_avoidance", "I"+total); got != "957525" {
				t.Errorf("with A&E at £230 the total is %s, want 957525", got)
			}
			if got := raw(t, again, "Cost_avoidance", "J"+total); got != "[x]" {
				t.Errorf("with another price the total's interval is %s, want [x]", got)
			}
			if got := verdict(t, again); got != "Inputs changed" {
				t.Errorf("the Summary says %s", got)
			}
		})
	}
}

// verdict is what the Summary says of the checks.
func verdict(t *testing.T, f *excelize.File) string {
	t.Helper()
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, v := range r {
			if v == "All agree" || v == "Inputs changed" {
				return v
			}
		}
	}
	t.Fatal("the Summary says nothing of the checks")
	return ""
}

// totalRow is the row of the raw total over 12 months.
func totalRow(t *testing.T, f *excelize.File) string {
	t.Helper()
	for i := 1; i < 60; i++ {
		row := strconv.Itoa(i)
		if raw(t, f, "Cost_avoidance", "A"+row) == "12 months" && raw(t, f, "Cost_avoidance", "B"+row) == "All priced activities" && strings.Contains(raw(t, f, "Cost_avoidance", "C"+row), "raw") {
			return row
		}
	}
	t.Fatal("no total over 12 months")
	return ""
}

// TestCachedValues wants a number or a text in every formula cell without any recalculation: what a
// previewer shows.
func TestCachedValues(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Dudley study")
	}
	f := open(t, save(t, released(t, "dudley-integrated-plus", "")))
	formulas, differ := differences(t, f, f)
	if formulas < 200 || len(differ) > 0 {
		t.Fatalf("%d formula cells, %v", formulas, differ)
	}
	rows, err := f.GetRows("Cost_avoidance", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, v := range r {
			if strings.HasPrefix(v, "#") {
				t.Errorf("an error value: %v", r)
			}
		}
	}
	if total := raw(t, f, "Cost_avoidance", "I"+totalRow(t, f)); total != "899220" {
		t.Errorf("the total's cached value is %q, want 899220", total)
	}
}

// TestAccessible checks the sheets against what the Analysis Function asks for and a file can show.
func TestAccessible(t *testing.T) {
	for _, name := range []string{"epilepsy-trial", "known-effect"} {
		if testing.Short() && name == "known-effect" {
			continue
		}
		t.Run(name, func(t *testing.T) { accessible(t, open(t, save(t, released(t, name, "")))) })
	}
}

func accessible(t *testing.T, f *excelize.File) {
	t.Helper()
	for _, sheet := range f.GetSheetList() {
		if raw(t, f, sheet, "A1") == "" {
			t.Errorf("%s: A1 is empty", sheet)
		}
		if merged, err := f.GetMergeCells(sheet); err != nil || len(merged) > 0 {
			t.Errorf("%s: %d merged cells, %v", sheet, len(merged), err)
		}
		tables, err := f.GetTables(sheet)
		if err != nil || len(tables) > 1 || sheet != "Summary" && len(tables) != 1 {
			t.Errorf("%s: %d tables, %v", sheet, len(tables), err)
		}
		for _, table := range tables {
			_, corner, _ := strings.Cut(table.Range, ":")
			columns, last, err := excelize.CellNameToCoordinates(corner)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(table.Range, ":")
			_, header, err := excelize.CellNameToCoordinates(first)
			if err != nil {
				t.Fatal(err)
			}
			for i := header; i <= last; i++ {
				for j := 1; j <= columns; j++ {
					if cell, _ := excelize.CoordinatesToCellName(j, i); raw(t, f, sheet, cell) == "" {
						t.Errorf("%s!%s in the table is blank", sheet, cell)
					}
				}
			}
		}
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title == "" || props.Language != "en-GB" {
		t.Errorf("title %q, language %q, %v", props.Title, props.Language, err)
	}
}

// TestOnlyReleased refuses figures that did not pass disclosure control.
func TestOnlyReleased(t *testing.T) {
	if err := workbook.Write(&bytes.Buffer{}, &release.Released{}); err == nil {
		t.Error("figures that were never controlled were written")
	}
}
