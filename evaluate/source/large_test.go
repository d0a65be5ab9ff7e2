package source

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// largeBook writes a workbook as a spreadsheet does: texts shared, dates as numbers.
func largeBook(t testing.TB, path string, rows int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(file)
	part := func(name string, write func(w io.Writer)) {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		buffered := bufio.NewWriter(w)
		write(buffered)
		if err := buffered.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	text := func(name, body string) {
		part(name, func(w io.Writer) { _, _ = io.WriteString(w, head+body) }) // buffered
	}
	text("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`)
	text("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	text("xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Events" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	text("xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
	part("xl/sharedStrings.xml", func(w io.Writer) {
		fmt.Fprintf(w, `%s<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d"><si><t>visit</t></si><si><t>ref</t></si><si><t>arrived</t></si><si><t>words</t></si>`, head, 3*rows, rows+4)
		for i := range rows {
			fmt.Fprintf(w, `<si><t>V%08d</t></si>`, i)
		}
		_, _ = io.WriteString(w, `</sst>`) // buffered
	})
	part("xl/worksheets/sheet1.xml", func(w io.Writer) {
		fmt.Fprint(w, head+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>`)
		for i := range rows {
			fmt.Fprintf(w, `<row r="%[1]d"><c r="A%[1]d" t="s"><v>%[2]d</v></c><c r="B%[1]d" t="s"><v>%[3]d</v></c><c r="C%[1]d"><v>%[4]d</v></c><c r="D%[1]d" t="s"><v>3</v></c></row>`, i+2, i+4, i%5000+4, 42005+i%1400)
		}
		_, _ = io.WriteString(w, `</sheetData></worksheet>`) // buffered
	})
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// mostHeap is what a workbook of any length may take: its parts and its texts lie in a folder of their own.
const mostHeap = 400 << 20

// TestLargeWorkbook reads 500,000 rows of a workbook and looks at the memory on the way.
func TestLargeWorkbook(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads a large workbook")
	}
	const rows = 500_000
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	largeBook(t, filepath.Join(dir, "large.xlsx"), rows)
	files := NewFiles(dir, nil)
	var problems Problems
	var quality Quality
	runtime.GC()
	r, err := files.Open(t.Context(), Table{File: "large.xlsx"}, "events[1]", []string{"ref", "arrived", "visit"}, &problems, &quality)
	if err != nil || r == nil {
		t.Fatal(err, problems.Lines())
	}
	dates := r.Dates(1, "yyyy-mm-dd", 40000)
	most, read := uint64(0), 0
	for {
		more, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		if _, outcome := dates.Day(); outcome == DayRead {
			read++
		}
		if read%50_000 == 1 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows, at most %d MB of heap", read, most>>20)
	if read != rows || problems.Any() {
		t.Errorf("%d rows: %v", read, problems.Lines())
	}
	if most > mostHeap {
		t.Errorf("%d MB", most>>20)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}
