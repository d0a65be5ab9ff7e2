package word_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"averted/fixtures/office"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
	"averted/report/word"
)

func dot(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 200))
	m.Set(1, 1, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// document is one with everything in it that a report can have, and text that would be markup.
func document(t *testing.T) (*release.Released, *telling.Document) {
	t.Helper()
	safe, err := release.Control(&result.Result{Study: result.Study{Title: "t", Date: "2020-01-01", Profile: "local", HideBelow: 8}})
	if err != nil {
		t.Fatal(err)
	}
	picture := telling.Picture{Name: "a-chart", Title: "A finding", Alt: `It is "so" & <so>`, PNG: dot(t)}
	words := telling.Prose("# A heading\n\nText with **bold** and a [link](https://example.org/?a=1&b=2).\n\n- one\n  - inner\n- two\n\n1. first\n2. second\n\n1) again\n\n> said\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n![Alt words](p.png)\n", func(string) *telling.Picture { return &picture })
	return safe, &telling.Document{Title: "A & B <study>", Question: "q?", Date: "2020-01-01", Synthetic: "Synthetic data: made up.", Colours: []string{"#112233", "#445566"}, Logo: &picture, Made: "averted",
		Key:   []telling.KeyFigure{{Label: "People", Figure: "1,954", Of: "connected"}},
		Signs: []string{"[c]: hidden."},
		Sections: []telling.Section{{ID: "answer", Heading: "The answer", Lead: []string{"17% fewer."}, Points: []string{"A point."}, Pictures: []telling.Picture{picture, picture}, Author: words, Sheets: []string{"Cover"},
			Tables: []telling.Table{{Caption: "A table", Header: []telling.Column{{Name: "what"}, {Name: "n", Figure: true}}, Rows: [][]string{{"a", "1"}, {"b", "2"}}}},
			Cards:  []telling.Card{{Text: "Said.", By: "a client"}, {Heading: "A case", Text: "Text.", Figures: "19 and 7"}}}}}
}

func written(t *testing.T) []byte {
	t.Helper()
	safe, d := document(t)
	var b, again bytes.Buffer
	if err := errors.Join(word.Write(&b, safe, d), word.Write(&again, safe, d)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same document gives other bytes")
	}
	return b.Bytes()
}

// TestParts wants every part to be XML with a type, every relation to lead somewhere and every one that is used to be there, and no two
// drawings of one identifier.
func TestParts(t *testing.T) {
	data := written(t)
	files := map[string]string{}
	for name, text := range office.Parts(t, data) {
		files[name] = string(text)
		if ending := path.Ext(name); ending == ".xml" || ending == ".rels" {
			if err := xml.Unmarshal(text, new(struct{ XMLName xml.Name })); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	types := files["[Content_Types].xml"]
	for name := range files {
		if name != "[Content_Types].xml" && !strings.Contains(types, `PartName="/`+name+`"`) && !strings.Contains(types, `Extension="`+strings.TrimPrefix(path.Ext(name), ".")+`"`) {
			t.Errorf("%s has no type", name)
		}
	}
	for _, m := range regexp.MustCompile(`PartName="/([^"]*)"`).FindAllStringSubmatch(types, -1) {
		if files[m[1]] == "" {
			t.Errorf("a type of %s, which is not there", m[1])
		}
	}
	rels, body := files["word/_rels/document.xml.rels"], files["word/document.xml"]
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`Id="([^"]*)" Type="[^"]*" Target="([^"]*)"( TargetMode="External")?`).FindAllStringSubmatch(rels, -1) {
		if ids[m[1]] || m[3] == "" && files["word/"+m[2]] == "" {
			t.Errorf("the relation %s stands twice, or leads to %s, which is not there", m[1], m[2])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`r:(?:id|embed)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !ids[m[1]] {
			t.Errorf("%s is no relation", m[1])
		}
	}
	drawings := map[string]bool{}
	for _, m := range regexp.MustCompile(`<wp:docPr id="(\d+)" name="[^"]*" descr="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if drawings[m[1]] || m[2] == "" {
			t.Errorf("drawing %s stands twice or has no words", m[1])
		}
		drawings[m[1]] = true
	}
	if len(drawings) != 4 {
		t.Errorf("%d drawings, want the logo, two charts and the author's own", len(drawings))
	}
	styles := files["word/styles.xml"]
	for _, m := range regexp.MustCompile(`<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(styles, `w:styleId="`+m[1]+`"`) {
			t.Errorf("no style %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`<w:numId w:val="(\d+)"`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(files["word/numbering.xml"], `<w:num w:numId="`+m[1]+`"`) {
			t.Errorf("no list %s", m[1])
		}
	}
	if tables, heads := strings.Count(body, "<w:tbl>"), strings.Count(body, "<w:tblHeader/>"); tables != 3 || heads != tables {
		t.Errorf("%d tables, %d with a header row", tables, heads)
	}
	if figures, want := strings.Count(body, " SEQ Figure "), 2; figures != want {
		t.Errorf("%d captions of figures, want %d", figures, want)
	}
	for _, want := range []string{"A &amp; B &lt;study&gt;", `descr="It is &#34;so&#34; &amp; &lt;so&gt;"`, `w:val="112233"`} {
		if !strings.Contains(body+styles, want) {
			t.Errorf("nothing of %s", want)
		}
	}
	if !strings.Contains(styles, `w:lang w:val="en-GB"`) || !strings.Contains(files["docProps/core.xml"], "<dc:language>en-GB</dc:language>") {
		t.Error("the language is not said")
	}
}

// TestOpens has LibreOffice open the file and print it: all words are there, headings too, and lists are numbered anew.
func TestOpens(t *testing.T) {
	if testing.Short() {
		t.Skip("opens LibreOffice")
	}
	file := filepath.Join(t.TempDir(), "report.docx")
	if err := os.WriteFile(file, written(t), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", office.Print(t, file), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`\s+`).ReplaceAllString(string(out), " ")
	for _, want := range []string{"A & B <study>", "Synthetic data: made up.", "The answer", "17% fewer.", "• A point.", "Figure 1. A finding", "Figure 2. A finding", "Table 2. A table", "what n a 1 b 2", "A heading", "with bold and a link", "1. first 2. second 1. again", "Said.", "Page 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in %s", want, text)
		}
	}
	if n := fmt.Sprint(strings.Count(text, "[c]: hidden.")); n != "1" {
		t.Errorf("the signs stand %s times", n)
	}
}

// TestOnlyReleased refuses figures that did not pass disclosure control, and a picture that is none.
func TestOnlyReleased(t *testing.T) {
	safe, d := document(t)
	if err := word.Write(&bytes.Buffer{}, &release.Released{}, d); err == nil {
		t.Error("figures that were never controlled were written")
	}
	d.Sections[0].Pictures[0].PNG = []byte("no picture")
	if err := word.Write(&bytes.Buffer{}, safe, d); err == nil {
		t.Error("a picture that is none was written")
	}
}
