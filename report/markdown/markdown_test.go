package markdown_test

import (
	"bytes"
	"strings"
	"testing"

	"averted/report/markdown"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

func safe(t *testing.T) *release.Released {
	t.Helper()
	r, err := release.Control(&result.Result{Study: result.Study{Title: "t_1", Date: "2020-01-01", Profile: "local", HideBelow: 8}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWrite reads back what was written: each text is the text that it was, whatever Markdown means by its letters.
func TestWrite(t *testing.T) {
	tricky := `a *b* _c_ <d> \e ` + "`f`" + ` SMALL_N`
	author := telling.Prose("# Heading\n\nWith **bold *and more*** and [a link](https://example.org/a_b).\n\n- one\n\n  still one\n- two\n  1. inner\n\n> said\n\n| a | b\\|c |\n|---|--:|\n| x | 1 |\n\n![Alt words](p.png)\n", func(name string) *telling.Picture { return &telling.Picture{Name: name} })
	d := &telling.Document{Title: "A " + tricky, Question: "q?", Date: "2020-01-01", Synthetic: "Synthetic data: made up.", Made: "averted", Key: []telling.KeyFigure{{Label: "People", Figure: "1,954", Of: "a | b"}},
		Sections: []telling.Section{{ID: "answer", Heading: "The answer", Lead: []string{tricky}, Points: []string{tricky}, Pictures: []telling.Picture{{Name: "a-chart", Title: "A finding", Alt: "words"}}, Author: author,
			Tables: []telling.Table{{Caption: "A table", Header: []telling.Column{{Name: "what"}, {Name: "n", Figure: true}}, Rows: [][]string{{"a|b", "−17%"}}}}}}}
	var b bytes.Buffer
	if err := markdown.Write(&b, safe(t), d); err != nil {
		t.Fatal(err)
	}
	blocks := telling.Prose(b.String(), func(name string) *telling.Picture { return &telling.Picture{Name: name} })
	lines := strings.Join(telling.Plain(blocks), "\n")
	for _, want := range []string{"A " + tricky, "\n" + tricky, "– " + tricky, "People; 1,954; a | b", "what; n\na|b; −17%", "Picture: words", "Heading", "With bold and more and a link.", "– one\nstill one", "– two\n– inner", "said", "a; b|c\nx; 1", "Picture: Alt words", "Synthetic data: made up."} {
		if !strings.Contains("\n"+lines, want) {
			t.Errorf("nothing of %q in\n%s", want, b.String())
		}
	}
	if !strings.Contains(b.String(), "[a link](<https://example.org/a_b>)") || !strings.Contains(b.String(), "| ---: |") || !strings.Contains(b.String(), "](charts/a-chart.png)") || !strings.Contains(b.String(), "](<pictures/p.png>)") {
		t.Errorf("%s", b.String())
	}
}

// TestNoMarkup wants what an author escaped to stay text: no link, picture or heading comes of it, nor of words for people who can't see.
func TestNoMarkup(t *testing.T) {
	source := `\[click\](javascript:alert(1)) \!\[b\](https://evil.example/x.png)` + "\n\n\\# no heading\n\n1\\. no list\n\n<div>[l](javascript:alert(1))</div>\n\n![foo\\](https://evil.example/b.png) bar](p.png)\n\n&amp;lt; and \\*stars\\*\n"
	blocks := telling.Prose(source, func(name string) *telling.Picture { return &telling.Picture{Name: name} })
	d := &telling.Document{Title: "t", Sections: []telling.Section{{ID: "service", Heading: "s", Author: blocks}}}
	var b bytes.Buffer
	if err := markdown.Write(&b, safe(t), d); err != nil {
		t.Fatal(err)
	}
	again := telling.Prose(b.String(), func(name string) *telling.Picture { return &telling.Picture{Name: name} })
	if got, want := strings.Join(telling.Plain(again), "\n"), strings.Join(telling.Plain(blocks), "\n"); !strings.Contains(got, want) {
		t.Errorf("it reads\n%s\nwant\n%s\nof\n%s", got, want, b.String())
	}
	for name := range telling.Pictures(b.String()) {
		if name != "pictures/p.png" {
			t.Errorf("a picture %s", name)
		}
	}
}

// TestOnlyReleased refuses figures that did not pass disclosure control.
func TestOnlyReleased(t *testing.T) {
	if markdown.Write(&bytes.Buffer{}, &release.Released{}, &telling.Document{}) == nil || markdown.WriteQuotes(&bytes.Buffer{}, &release.Released{}) == nil {
		t.Error("figures that were never controlled were written")
	}
	var b bytes.Buffer
	if err := markdown.WriteQuotes(&b, safe(t)); err != nil || !strings.Contains(b.String(), "None: no figure can be stood behind.") || !strings.Contains(b.String(), "The service reduced the use of hospitals.") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
