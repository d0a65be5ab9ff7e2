package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/study"
	"averted/report"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
	"averted/report/workbook"
)

// examples are the committed releases of every example.
func examples(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "fixtures", "studies", "*", "expected", "release.json"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	list := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list[filepath.Base(filepath.Dir(filepath.Dir(file)))] = text
	}
	return list
}

// TestSheets wants every sheet of the workbook to be named by exactly one section of the report, and every section to name sheets that
// are there.
func TestSheets(t *testing.T) {
	for name, text := range examples(t) {
		r, err := release.Read(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, tablesOnly := range []bool{false, true} {
			sheets := workbook.Sheets(r, tablesOnly)
			named := map[string]int{}
			for _, s := range telling.Tell(r, nil, sheets).Sections {
				for _, sheet := range s.Sheets {
					named[sheet]++
				}
			}
			for _, sheet := range sheets {
				if named[sheet] != 1 {
					t.Errorf("%s: %d sections name the sheet %s", name, named[sheet], sheet)
				}
			}
			if len(named) != len(sheets) {
				t.Errorf("%s: %d sheets, %d named", name, len(sheets), len(named))
			}
		}
	}
}

// TestRead wants what leaves to be read again as it was, and nothing else to be taken for it.
func TestRead(t *testing.T) {
	for name, text := range examples(t) {
		r, err := release.Read(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := report.Indented(r.Result)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("%s: read and written again it has other bytes (%v)", name, err)
		}
		internal, err := os.ReadFile(filepath.Join("..", "fixtures", "studies", name, "expected", "result.json"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := release.Read(internal); !errors.Is(err, release.ErrInternal) {
			t.Errorf("%s: its internal result is read as a release (%v)", name, err)
		}
	}
	for _, bad := range []string{"", "{}", "[]", `{"schema": 1, "may_leave": true, "unheard_of": 1}`, "not JSON", `{"schema": 1, "may_leave": true}`,
		`{"schema": 1, "may_leave": true, "study": {"date": "2020-01-01"}, "narrative": {"passages": [], "pictures": [{"name": "../x.png", "data": "iVBORw0KGgo="}]}}`,
		`{"schema": 1, "may_leave": true, "study": {"date": "2020-01-01"}, "narrative": {"passages": [], "pictures": [{"name": "x.png", "data": "AAAA"}]}}`,
		`{"schema": 1, "may_leave": true, "study": {"date": "2020-01-01"}, "look": {"colours": ["red;}</style>", "#005eb8"]}}`} {
		if _, err := release.Read([]byte(bad)); !errors.Is(err, release.ErrForm) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	newer, err := json.Marshal(result.Result{Schema: result.Schema + 1, MayLeave: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := release.Read(newer); err == nil || !strings.Contains(err.Error(), "schema") {
		t.Errorf("a newer schema: %v", err)
	}
}

// TestFiles wants every form to be made, the same bytes twice, and nothing of an internal figure's name in any that is text.
func TestFiles(t *testing.T) {
	r, err := release.Read(examples(t)["known-effect"])
	if err != nil {
		t.Fatal(err)
	}
	one, err := report.Files(r, report.Rendering{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := report.Files(r, report.Rendering{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"report.xlsx", "report.html", "report.docx", "report.md", "key-findings.html", "quotes.md", "charts/waterfall-12-months.svg", "charts/waterfall-12-months.png", "charts/waterfall-12-months.csv"} {
		if len(one[want]) == 0 {
			t.Errorf("no %s", want)
		}
	}
	for name := range one {
		if !bytes.Equal(one[name], two[name]) {
			t.Errorf("%s has other bytes the second time", name)
		}
		if bytes.Contains(one[name], []byte("users_before")) {
			t.Errorf("%s holds what is internal", name)
		}
	}
	if _, err := report.Files(r, report.Rendering{}, "pdf"); err == nil {
		t.Error("a form that there is not is made")
	}
}

// plan is a study whose author's part is as given.
func plan(t *testing.T, lines string, files map[string][]byte) *study.Plan {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := study.Parse("study.yaml", dir, []byte("averted: 1\ntitle: t\ndate: 2020-01-01\nseed: 1\nopt_out: {not_applicable: synthetic data}\nquotes: [{text: a, by: b, consent: written}]\n"+lines))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAuthor reads the author's words, pictures and looks, and refuses what can't be used.
func TestAuthor(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 10, 10))); err != nil {
		t.Fatal(err)
	}
	dot := picture.Bytes()
	words, look, err := report.Author(plan(t, "report: {logo: logo.png, logo_alt: Logo of the service, colours: [\"#003087\", \"#005EB8\"], consent: written}\n", map[string][]byte{
		"logo.png": dot, "narrative/service.md": []byte("\ufeffWords.\r\n![A picture](p.png)\r\n"), "narrative/p.png": dot, "narrative/answer.md": []byte("More."), "narrative/case-studies.md": []byte("A case."),
		"narrative/staffing.md": []byte(" \n"), "narrative/README.md": []byte("not of the report"), "narrative/other.jpg": []byte("nor this"), "narrative/.hidden": []byte("nor this")}))
	if err != nil {
		t.Fatal(err)
	}
	var sections []string
	for _, p := range words.Passages {
		sections = append(sections, p.Section)
	}
	if !slices.Equal(sections, []string{"answer", "service", "case-studies"}) || words.Passages[1].Text != "Words.\n![A picture](p.png)\n" || len(words.Pictures) != 1 {
		t.Errorf("%+v", words)
	}
	if look.Logo.Name != "report-logo.png" || look.Logo.Alt != "Logo of the service" || !bytes.Equal(look.Logo.Data, dot) || len(look.Colours) != 2 {
		t.Errorf("%+v", look)
	}
	if words, look, err := report.Author(plan(t, "", nil)); err != nil || words != nil || look != nil {
		t.Errorf("nothing of the author's: %v, %v, %v", words, look, err)
	}
	for _, c := range []struct {
		lines string
		files map[string][]byte
		want  string
	}{
		{"report: {narrative: texts}\n", nil, "texts: there is no such folder [A161]"},
		{"", map[string][]byte{"narrative/Service.md": []byte("x")}, "no section is called so"},
		{"", map[string][]byte{"narrative/case-studies.md": []byte("x")}, "consent in writing"},
		{"", map[string][]byte{"narrative/service.txt": []byte("x")}, "it would be left out"},
		{"", map[string][]byte{"narrative/more/service.md": []byte("x")}, "it would be left out"},
		{"", map[string][]byte{"narrative/key-findings.md": bytes.Repeat([]byte("long "), 250)}, "would not stand on the one page"},
		{"", map[string][]byte{"narrative/service.md": []byte("\xff\xfe")}, "no text in UTF-8"},
		{"", map[string][]byte{"narrative/service.md": []byte("a\n9434765919")}, "narrative/service.md:2: ten digits"},
		{"", map[string][]byte{"narrative/service.md": []byte("![a](../x.png)")}, "lies in this folder"},
		{"", map[string][]byte{"narrative/service.md": []byte("![a](https://example.org/x.png)")}, "lies in this folder"},
		{"", map[string][]byte{"narrative/service.md": []byte("![a](p.png)"), "narrative/p.png": []byte("GIF89a")}, "want a picture as PNG or JPEG"},
		{"", map[string][]byte{"narrative/service.md": []byte("![](p.png)"), "narrative/p.png": dot}, "no words for people who can't see it"},
		{"report: {logo: logo.png, logo_alt: x}\n", nil, "there is no such picture"},
	} {
		_, _, err := report.Author(plan(t, c.lines, c.files))
		var invalid *study.Invalid
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.want, err)
		}
		if err != nil && strings.Contains(err.Error(), "9434765919") {
			t.Errorf("the number itself is told: %v", err)
		}
	}
}
