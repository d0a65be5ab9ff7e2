package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"averted/evaluate/window"
)

// read reads two columns of a text as a file of a name.
func read(t testing.TB, name, text string, table Table, want ...string) (rows [][]string, problems *Problems, quality Quality) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files := NewFiles(dir, nil)
	defer func() {
		if err := files.Close(); err != nil {
			t.Error(err)
		}
	}()
	table.File = name
	problems = &Problems{}
	r, err := files.Open(context.Background(), table, "events[1]", want, problems, &quality)
	if err != nil {
		t.Fatal(err)
	}
	if r == nil {
		return nil, problems, quality
	}
	for {
		more, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		var row []string
		for i := range want {
			row = append(row, strings.Clone(r.Field(i)))
		}
		rows = append(rows, row)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return rows, problems, quality
}

func wide(text string, order binary.ByteOrder, mark bool) string {
	var b bytes.Buffer
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	for _, u := range units {
		_ = binary.Write(&b, order, u) // into memory
	}
	return b.String()
}

func TestTextForms(t *testing.T) {
	const plain = "id,place,day\nA1,Brontë Road,2018-03-01\n A2 ,\"two, \"\"halves\"\"\",2018-03-02\n"
	for name, text := range map[string]string{
		"utf-8": plain, "marked": "\ufeff" + plain, "crlf": strings.ReplaceAll(plain, "\n", "\r\n"), "cr": strings.ReplaceAll(plain, "\n", "\r"),
		"windows-1252": strings.ReplaceAll(plain, "ë", "\xeb"), "utf-16le": wide(plain, binary.LittleEndian, true), "utf-16be": wide(plain, binary.BigEndian, true),
		"utf-16 without a mark": wide(plain, binary.LittleEndian, false), "utf-16be without a mark": wide(plain, binary.BigEndian, false),
		"blank lines": "\n\n" + plain + "\n\n", "blank columns": plain + ",,\n", "tabs": strings.ReplaceAll(strings.ReplaceAll(plain, "two, ", "two; "), ",", "\t"),
		"pipes": strings.ReplaceAll(strings.ReplaceAll(plain, "two, ", "two; "), ",", "|"), "no end": strings.TrimSuffix(plain, "\n"),
	} {
		rows, problems, _ := read(t, "a.csv", text, Table{}, "id", "place", "day")
		second := `two, "halves"`
		if name == "tabs" || name == "pipes" {
			second = `two; "halves"`
		}
		want := [][]string{{"A1", "Brontë Road", "2018-03-01"}, {"A2", second, "2018-03-02"}}
		if problems.Any() || !slices.EqualFunc(rows, want, slices.Equal) {
			t.Errorf("%s: %q, %v", name, rows, problems.Lines())
		}
	}
}

// TestRowNumbers wants the numbers that a spreadsheet shows.
func TestRowNumbers(t *testing.T) {
	_, problems, _ := read(t, "a.csv", "id,day\n\nA,1\n\"B\nB\",2\nC,3,4\n", Table{}, "id", "day")
	if got := problems.Lines(); len(got) != 1 || !strings.HasPrefix(got[0], "a.csv:5: want 2 columns") {
		t.Errorf("%q", got)
	}
	_, problems, _ = read(t, "a.csv", "A title\nid,day\nA,1\nB\n", Table{HeaderRow: 2}, "id", "day")
	if got := problems.Lines(); len(got) != 1 || !strings.HasPrefix(got[0], "a.csv:4: ") {
		t.Errorf("%q", got)
	}
}

func TestMadeColumns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"Elm Road", "Oak Lane"} {
		if err := os.WriteFile(filepath.Join(dir, "gp "+name+" 2018.csv"), []byte("Surgery:,"+name+" Surgery\nid,day\nA,1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files := NewFiles(dir, nil)
	var problems Problems
	var quality Quality
	r, err := files.Open(t.Context(), Table{File: "gp * 2018.csv", HeaderRow: 2}, "events[1]", []string{"id", "@match", "@file", "@cell B1"}, &problems, &quality)
	if err != nil || r == nil {
		t.Fatal(err, problems.Lines())
	}
	var got []string
	for {
		more, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		got = append(got, r.Field(1)+"|"+r.Field(2)+"|"+r.Field(3))
	}
	want := []string{"Elm Road|gp Elm Road 2018|Elm Road Surgery", "Oak Lane|gp Oak Lane 2018|Oak Lane Surgery"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEitherHeading(t *testing.T) {
	if rows, problems, _ := read(t, "a.csv", "Ref,Seen\nA,1\n", Table{}, "Client ID | Ref", "Date | Seen"); problems.Any() || len(rows) != 1 || rows[0][0] != "A" {
		t.Errorf("%q %v", rows, problems.Lines())
	}
	if _, problems, _ := read(t, "a.csv", "Ref,Client ID,Seen\nA,B,1\n", Table{}, "Client ID | Ref", "Seen"); !problems.Any() {
		t.Error("two of the headings stand there, and one is taken")
	}
}

func TestParseDate(t *testing.T) {
	last := window.Date(2020, 3, 31)
	for _, c := range []struct{ layout, text, want string }{
		{"yyyy-mm-dd", "2018-03-01", "2018-03-01"}, {"yyyy-mm-dd", "2018-03-01T23:59:59+05:30", "2018-03-01"}, {"yyyy-mm-dd", "2018-03-01 00:00:00", "2018-03-01"},
		{"yyyy-mm-dd", "2018-02-29", ""}, {"yyyy-mm-dd", "2018-3-1", ""}, {"yyyy-mm-dd", "2018-03-01x", ""}, {"yyyy-mm-dd", "2018-03-01 x", ""}, {"yyyy-mm-dd", "18-03-01", ""},
		{"dd/mm/yyyy", "31/12/2018", "2018-12-31"}, {"dd/mm/yyyy", "1/2/2018", "2018-02-01"}, {"dd/mm/yyyy", "12/31/2018", ""}, {"dd/mm/yyyy", "31/12/18", ""}, {"dd/mm/yyyy", "01/02/2018 09:30", "2018-02-01"},
		{"mm/dd/yyyy", "12/31/2018", "2018-12-31"}, {"dd-mmm-yyyy", "01-MAR-2018", "2018-03-01"}, {"dd-mmm-yyyy", "1-Sept-2018", "2018-09-01"}, {"dd mmmm yyyy", "1 September 2018", "2018-09-01"},
		{"dd mmm yyyy", "01 September 2018", ""}, {"yyyymmdd", "20180301", "2018-03-01"}, {"yyyymmdd", "2018031", ""}, {"yyyymmdd", "20180301T1200", "2018-03-01"}, {"ddmmyyyy", "01032018", "2018-03-01"},
		{"dd/mm/yy", "01/03/18", "2018-03-01"}, {"dd/mm/yy", "01/03/21", "1921-03-01"}, {"dd/mm/yy", "01/03/20", "2020-03-01"}, {"dd.mm.yyyy", "01.03.2018", "2018-03-01"},
		{"excel", "43160", "2018-03-01"}, {"excel", "43160.75", "2018-03-01"}, {"excel", "2018", ""}, {"excel", "20180301", ""}, {"excel", "0", "1900-01-01"}, {"excel", "-5", ""}, {"excel", "NaN", ""},
	} {
		day, ok := ParseDate(c.layout, c.text, last)
		if got := day.String(); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s %q: %s, %v; want %q", c.layout, c.text, got, ok, c.want)
		}
	}
}

func TestNHSNumber(t *testing.T) {
	for text, want := range map[string]bool{"9434765919": true, "943 476 5919": true, "943-476-5919": true, "9434765918": false, "943476591": false, "94347659191": false, "943476591A": false, "": false, "9990000000": false} {
		if IsNHSNumber(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestLoose(t *testing.T) {
	for _, text := range []string{"ab 0012", "AB-0012", "0ab0012"} {
		if Loose(text) != "ab0012" {
			t.Errorf("%q: %q", text, Loose(text))
		}
	}
}

// FuzzPreflight wants what the pre-flight finds to hold when the text is read: UTF-8 comes out, no byte of a plain file is
// lost, and nothing panics.
func FuzzPreflight(f *testing.F) {
	for _, text := range []string{"", "a", "a,b\n1,2\n", "\ufeffa\r\n", "\xff\xfea\x00", "\xfe\xff\x00a\x00b", "caf\xe9\n", "café\n", "é\xe9", "\x00a\x00b\x00c\x00d\x00e\x00f\x00g\x00h", "a\rb\r", "\x81\x8d"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := preflight(bytes.NewReader(text), "")
		if err != nil || found.trouble != "" {
			return
		}
		in, err := decoded("a.csv", bytes.NewReader(text), found)
		if err != nil {
			if len(text) > 3 {
				t.Fatal(err)
			}
			return
		}
		var out bytes.Buffer
		if _, err := out.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(out.Bytes()) {
			t.Errorf("%q became %q, which is no UTF-8", text, out.Bytes())
		}
		if plain := bytes.TrimPrefix(text, []byte("\ufeff")); found.Encoding == "utf-8" && !found.ReturnEnd && !bytes.Equal(plain, out.Bytes()) {
			t.Errorf("%q became %q", plain, out.Bytes())
		}
	})
}

// FuzzRows reads anything as a table: no panic, every row that a problem names is in the file, and no field of a row
// below the header is in a problem.
func FuzzRows(f *testing.F) {
	for _, text := range []string{"id,day\nA,2018-01-01\n", "id;day\nA;1\n", "x\n\nid,day\nA,1\n", "id,day\n\"A,1\n", "id,day\nA,1,2\nTotal,2\n", "", "\n", "id,id,day\n", "id,day\nid,day\n"} {
		f.Add([]byte(text), 0, "")
		f.Add([]byte(text), 3, "Total")
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte, headerRow int, until string) {
		if headerRow < 0 || headerRow > 100 {
			return
		}
		path := filepath.Join(dir, "a.csv")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		files := NewFiles(dir, nil)
		var problems Problems
		var quality Quality
		r, err := files.Open(context.Background(), Table{File: "a.csv", HeaderRow: headerRow, Until: until}, "events[1]", []string{"id", "day"}, &problems, &quality)
		if err != nil {
			t.Fatal(err)
		}
		rows := int64(0)
		for r != nil {
			more, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			rows++
		}
		if r != nil {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if rows != quality.Rows {
			t.Errorf("%d rows read, %d counted", rows, quality.Rows)
		}
		lines := 2 + bytes.Count(text, []byte("\n")) + bytes.Count(text, []byte("\r"))
		for _, p := range problems.All() {
			if p.Row < 0 || p.Row > max(lines, headerRow) {
				t.Errorf("row %d of %d: %s", p.Row, lines, p)
			}
		}
	})
}

// FuzzParseDate reads anything by every layout: a day that comes out is one of the calendar, and reads back the same.
func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2018-03-01", "31/12/2018", "1-Sept-18", "43160", "9999-12-31", "", "29 February 2020", "1e300"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, layout := range DateLayouts {
			day, ok := ParseDate(layout, text, window.Date(2020, 3, 31))
			if !ok {
				continue
			}
			if again, ok := ParseDate("yyyy-mm-dd", day.String(), 0); !ok || again != day {
				t.Errorf("%s %q: %s is no date", layout, text, day)
			}
		}
	})
}
