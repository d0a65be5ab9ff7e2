//go:build cgo

package main

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
)

// TestFormsAgree runs one study from files of every form: what may leave is the same, byte for byte.
func TestFormsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("runs whole studies")
	}
	right := filepath.Join("..", "..", "fixtures", "malformed", "right")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(right, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	ae, people := read("ae.csv"), read("people.csv")
	// Rows that the rules act on: two copies, one planned row left out by where, and mixed blanks.
	ae += strings.SplitAfter(ae, "\n")[44]
	study := strings.Replace(read("study.yaml"), "file: ae.csv\n", "FORM", 1)
	write := func(dir, name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shuffled := func(text string, seed uint64) []string {
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		lines[len(lines)-1] += "\n"
		rows := lines[1:]
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		return append([]string{lines[0]}, rows...)
	}
	british := func(text string) string {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for i, l := range lines[1:] {
			fields := strings.Split(l, ",")
			if d, err := time.Parse("2006-01-02", fields[2]); err == nil {
				fields[2] = d.Format("02/01/2006")
			}
			lines[i+1] = strings.Join(fields, ",")
		}
		return strings.Join(lines, "\n") + "\n"
	}
	inDuckDB := func(dir, file, statement string) {
		write(dir, "source.csv", ae)
		db, err := sql.Open("duckdb", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(fmt.Sprintf(statement, "read_csv('"+filepath.Join(dir, "source.csv")+"')")); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	const where = "    "
	forms := []struct {
		name, lines string
		make        func(dir string)
	}{
		{"csv", "file: ae.csv\n", func(dir string) { write(dir, "ae.csv", ae) }},
		{"shuffled", "file: ae.csv\n", func(dir string) { write(dir, "ae.csv", strings.Join(shuffled(ae, 3), "")) }},
		{"split over files", "file: ae-*.csv\n", func(dir string) {
			rows := shuffled(ae, 4)
			for i := range 3 {
				text := rows[0]
				for k := 1 + i; k < len(rows); k += 3 {
					text += rows[k]
				}
				write(dir, fmt.Sprintf("ae-%d.csv", i), text)
			}
		}},
		{"gz", "file: ae.csv.gz\n", func(dir string) {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			_, _ = w.Write([]byte(ae)) // into memory
			_ = w.Close()
			write(dir, "ae.csv.gz", b.String())
		}},
		{"zst", "file: ae.csv.zst\n", func(dir string) {
			w, err := zstd.NewWriter(nil)
			if err != nil {
				t.Fatal(err)
			}
			write(dir, "ae.csv.zst", string(w.EncodeAll([]byte(ae), nil)))
		}},
		{"utf-16, tabs", "file: ae.txt\n", func(dir string) {
			var b bytes.Buffer
			b.WriteString("\xfe\xff")
			for _, u := range utf16.Encode([]rune(strings.ReplaceAll(ae, ",", "\t"))) {
				_ = binary.Write(&b, binary.BigEndian, u) // into memory
			}
			write(dir, "ae.txt", b.String())
		}},
		{"windows line ends, semicolons, other dates", "file: ae.csv\n" + where + "dates: dd/mm/yyyy\n", func(dir string) {
			write(dir, "ae.csv", "\ufeff"+strings.ReplaceAll(strings.ReplaceAll(british(ae), ",", ";"), "\n", "\r\n"))
		}},
		{"a title and a total", "file: ae.csv\n" + where + "header_row: 3\n" + where + "until: Total\n", func(dir string) {
			write(dir, "ae.csv", "Attendances\n\n"+ae+"Total,1151,,\n")
		}},
		{"xlsx", "file: ae.xlsx\n", func(dir string) {
			f := excelize.NewFile()
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				t.Fatal(err)
			}
			w, err := f.NewStreamWriter("Sheet1")
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range strings.Split(strings.TrimSuffix(ae, "\n"), "\n") {
				var cells []any
				for _, field := range strings.Split(l, ",") {
					cell := excelize.Cell{Value: field}
					if d, err := time.Parse("2006-01-02", field); err == nil {
						cell = excelize.Cell{StyleID: style, Value: int(d.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)}
					}
					cells = append(cells, cell)
				}
				if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if err := f.SaveAs(filepath.Join(dir, "ae.xlsx")); err != nil {
				t.Fatal(err)
			}
		}},
		{"parquet", "file: ae.parquet\n", func(dir string) {
			inDuckDB(dir, "", "COPY (SELECT * FROM %s ORDER BY random()) TO '"+filepath.Join(dir, "ae.parquet")+"' (FORMAT parquet)")
		}},
		{"duckdb table", "file: ae.duckdb\n" + where + "table: attendances\n", func(dir string) {
			inDuckDB(dir, filepath.Join(dir, "ae.duckdb"), "CREATE TABLE attendances AS SELECT * FROM %s")
		}},
		{"duckdb query", "file: ae.duckdb\n" + where + "query: SELECT * FROM attendances WHERE visit <> 'V'\n", func(dir string) {
			inDuckDB(dir, filepath.Join(dir, "ae.duckdb"), "CREATE TABLE attendances AS SELECT * FROM %s")
		}},
	}
	var want map[string][]byte
	for i, form := range forms {
		for _, engine := range []string{"duckdb", "memory"} {
			if engine == "memory" && (form.name == "parquet" || strings.HasPrefix(form.name, "duckdb")) {
				continue
			}
			t.Run(form.name+"/"+engine, func(t *testing.T) {
				dir := t.TempDir()
				form.make(dir)
				write(dir, "people.csv", strings.Join(shuffled(people, uint64(i)), ""))
				write(dir, "stays.csv", read("stays.csv"))
				write(dir, "study.yaml", strings.Replace(study, "FORM", form.lines, 1))
				var out, talk bytes.Buffer
				if code := run(t.Context(), []string{"averted", "run", filepath.Join(dir, "study.yaml"), "--out", filepath.Join(dir, "out"), "--quiet", "--engine", engine, "--threads", fmt.Sprint(1 + i%2)}, streams{&out, &talk}); code != codeDone {
					t.Fatalf("exit code %d\n%s", code, talk.String())
				}
				got := map[string][]byte{}
				paths, err := filepath.Glob(filepath.Join(dir, "out", "release", "*"))
				charts, err2 := filepath.Glob(filepath.Join(dir, "out", "release", "charts", "*"))
				if err != nil || err2 != nil {
					t.Fatal(err, err2)
				}
				for _, path := range append(paths, charts...) {
					if text, err := os.ReadFile(path); err == nil { // a folder is none
						got[filepath.Base(path)] = text
					}
				}
				if len(got) < 6 {
					t.Fatalf("only %d files", len(got))
				}
				if want == nil {
					want = got
				}
				for name := range want {
					if !bytes.Equal(want[name], got[name]) {
						t.Errorf("%s differs", name)
					}
				}
				if len(want) != len(got) {
					t.Errorf("%d files, want %d", len(got), len(want))
				}
			})
		}
	}
}
