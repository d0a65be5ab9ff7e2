package workbook_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"averted/fixtures/office"
	"averted/report/number"
	"averted/report/workbook"

	"github.com/xuri/excelize/v2"
)

var (
	changeable = regexp.MustCompile(`(?i)\b(change here|live|marked column|scenario)\b`)
	signs      = []string{number.Hidden, number.NotAvailable, number.NotApplies}
)

// unfit lists what the Government Analysis Function's checklist of the basics for accessible spreadsheets has against a workbook, as far
// as the file tells.
func unfit(t *testing.T, data []byte) []string {
	t.Helper()
	var problems []string
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	files := office.Parts(t, data)
	for name, text := range files {
		switch {
		case strings.HasPrefix(name, "xl/worksheets/sheet"):
			for what, found := range map[string]string{"merged cells": "<mergeCell", "a filter": "<autoFilter", "a header or footer": "<headerFooter", "frozen panes": "<pane ", "hidden rows or columns": ` hidden="`, "protection": "<sheetProtection",
				"a picture or chart": "<drawing", "a formula": "<f>"} {
				if bytes.Contains(text, []byte(found)) {
					bad("%s: %s", name, what)
				}
			}
		case strings.HasPrefix(name, "xl/tables/") && bytes.Contains(text, []byte("<autoFilter")):
			bad("%s: filter buttons", name)
		case strings.HasPrefix(name, "xl/drawings/") || strings.Contains(name, "vbaProject"):
			bad("%s: a floating thing, or macros", name)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	list := f.GetSheetList()
	if len(list) < 4 || list[0] != "Cover" || list[1] != "Contents" || list[2] != "Notes" {
		bad("the order of sheets: %v", list[:min(4, len(list))])
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title == "" || props.Language != "en-GB" || props.Creator == "" {
		bad("document information: %+v", props)
	}
	if f.GetActiveSheetIndex() != 0 {
		bad("the first sheet is not the one that opens")
	}
	var contents []string
	for _, sheet := range list {
		heading := raw(t, f, sheet, "A1")
		if heading == "" {
			bad("%s: A1 is empty", sheet)
		}
		if named(t, files, f, sheet, "A1") != "Heading 1" {
			bad("%s: A1 is no heading", sheet)
		}
		view, err := f.GetSheetView(sheet, 0)
		if err != nil || view.TopLeftCell != nil && *view.TopLeftCell != "A1" {
			bad("%s: opens elsewhere than at A1", sheet)
		}
		tables, err := f.GetTables(sheet)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if sheet == "Cover" {
			continue
		}
		if len(tables) != 1 {
			bad("%s: %d tables", sheet, len(tables))
			continue
		}
		from, to, _ := strings.Cut(tables[0].Range, ":")
		left, first, _ := excelize.CellNameToCoordinates(from)
		right, last, _ := excelize.CellNameToCoordinates(to)
		if left != 1 || last != len(rows) {
			bad("%s: a table away from the left edge, or something below it", sheet)
		}
		above := ""
		for i, row := range rows {
			if i+1 < first {
				if len(row) == 0 || row[0] == "" || len(row) > 1 {
					bad("%s: row %d above the table is blank, or wider than column A", sheet, i+1)
				}
				above += strings.Join(row, " ") + "\n"
				continue
			}
			if len(row) > right {
				bad("%s: something beside the table in row %d", sheet, i+1)
			}
			for j := range right {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				v := raw(t, f, sheet, cell)
				if v == "" {
					bad("%s!%s is blank", sheet, cell)
				}
				if slices.Contains(signs, v) && !strings.Contains(above, v+":") {
					bad("%s!%s: %s is not explained on the sheet", sheet, cell, v)
				}
				id, err := f.GetCellStyle(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				style, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				kind, err := f.GetCellType(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				text := kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString
				switch {
				case style.Font == nil || style.Font.Size < 12 || style.Font.Family != "Arial":
					bad("%s!%s: not in Arial of 12 points or more", sheet, cell)
				case style.Fill.Type == "pattern" && style.Fill.Pattern == 1 && len(style.Fill.Color) > 0:
					bad("%s!%s: a fill", sheet, cell)
				case i+1 > first && !text && (style.Alignment == nil || style.Alignment.Horizontal != "right"):
					bad("%s!%s: a number that is not to the right", sheet, cell)
				case i+1 > first && text && !slices.Contains(signs, v) && (style.Alignment == nil || style.Alignment.Horizontal != "left" && len([]rune(v)) > 20):
					bad("%s!%s: text that is not to the left", sheet, cell)
				case i+1 > first && text && len([]rune(v)) > 60 && !style.Alignment.WrapText:
					bad("%s!%s: long text that is not wrapped", sheet, cell)
				}
			}
		}
		if m := changeable.FindString(above + strings.Join(rows[first-1], " ")); m != "" {
			bad("%s speaks of what can be changed: %s", sheet, m)
		}
		if sheet == "Contents" {
			for i, row := range rows[first:] {
				contents = append(contents, row[0])
				if linked, to, err := f.GetCellHyperLink(sheet, fmt.Sprintf("A%d", first+1+i)); err != nil || !linked || to != row[0]+"!A1" {
					bad("Contents: %s leads to %q", row[0], to)
				}
			}
		}
	}
	if !slices.Equal(contents, list[2:]) {
		bad("contents %v, sheets %v", contents, list[2:])
	}
	slices.Sort(problems)
	return problems
}

// named is the named style of a cell.
func named(t *testing.T, files map[string][]byte, f *excelize.File, sheet, cell string) string {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	formats := regexp.MustCompile(`(?s)<cellXfs[^>]*>(.*?)</cellXfs>`).FindSubmatch(files["xl/styles.xml"])
	if formats == nil {
		t.Fatal("no cell formats")
	}
	format := regexp.MustCompile(`<xf [^>]*>`).FindAllString(string(formats[1]), -1)[id]
	of := regexp.MustCompile(`xfId="(\d+)"`).FindStringSubmatch(format)
	if of == nil {
		return ""
	}
	for _, s := range regexp.MustCompile(`<cellStyle [^>]*>`).FindAllString(string(files["xl/styles.xml"]), -1) {
		if strings.Contains(s, `xfId="`+of[1]+`"`) {
			return regexp.MustCompile(`name="([^"]*)"`).FindStringSubmatch(s)[1]
		}
	}
	return ""
}

// TestTablesOnly holds the accessible edition to the checklist, and wants it to have the figures of the live one.
func TestTablesOnly(t *testing.T) {
	for _, name := range tried {
		if testing.Short() && name == "dudley-integrated-plus" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			r := released(t, name, "")
			both := editions(t, r)
			for _, problem := range unfit(t, both["tables"]) {
				t.Error(problem)
			}
			if len(unfit(t, both["live"])) == 0 {
				t.Error("the live workbook passes: the check can't fail")
			}
			var again bytes.Buffer
			if err := workbook.WriteTables(&again, r); err != nil || !bytes.Equal(again.Bytes(), both["tables"]) {
				t.Errorf("the same figures give other bytes (%v)", err)
			}
			live, err := excelize.OpenReader(bytes.NewReader(both["live"]))
			if err != nil {
				t.Fatal(err)
			}
			tables, err := excelize.OpenReader(bytes.NewReader(both["tables"]))
			if err != nil {
				t.Fatal(err)
			}
			for _, sheet := range []string{"Activity", "Cost_avoidance"} {
				if i, err := live.GetSheetIndex(sheet); err != nil || i < 0 {
					continue
				}
				one, two := body(t, live, sheet), body(t, tables, sheet)
				if !slices.EqualFunc(one, two, slices.Equal[[]string]) {
					t.Errorf("%s: %d rows against %d, or other figures", sheet, len(one), len(two))
				}
			}
		})
	}
}

// body is the rows of a sheet's table.
func body(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	tables, err := f.GetTables(sheet)
	if err != nil || len(tables) != 1 {
		t.Fatalf("%s: %v", sheet, err)
	}
	from, _, _ := strings.Cut(tables[0].Range, ":")
	_, first, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows[first:]
}
