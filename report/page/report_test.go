package page_test

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"averted/report/page"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

func ptr[T any](v T) *T { return &v }

// released is a study of words alone, with a title and a quotation that would be markup.
func released(t *testing.T) *release.Released {
	t.Helper()
	exact := &result.Result{Study: result.Study{Title: `<script>alert("x")</script>`, Question: "q & a", Date: "2020-01-01", Profile: "local", HideBelow: 8, Synthetic: "made up"},
		Quotes:      []result.Quote{{Text: `<img src=x onerror=alert(1)>`, By: "a client"}},
		CaseStudies: []result.CaseStudy{{Title: "A case", Text: "Text.", Before: "3 months", Figures: []result.CaseCount{{What: "A&E attendances", Before: ptr(int64(19)), After: ptr(int64(7))}}}},
		Courses:     []result.Course{{Label: "A course", Sessions: []result.Stage{{Stage: "day 1", People: ptr(int64(150))}, {Stage: "day 2", People: ptr(int64(135))}}}},
		Outcomes: []result.Outcome{{Label: "Areas", States: []string{"bad", "good"}, Areas: []result.Area{{Area: "Home", People: ptr(int64(100)), OnlyFirst: []*int64{ptr(int64(0)), ptr(int64(0))}, Warnings: []string{},
			Table: [][]*int64{{ptr(int64(20)), ptr(int64(30))}, {ptr(int64(10)), ptr(int64(40))}}}}}}}
	release.Derive(exact)
	safe, err := release.Control(exact)
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

// balanced reports a tag that is opened and not closed, or the other way round; "" if all are.
func balanced(text string) string {
	var open []string
	for _, tag := range regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^>]*>`).FindAllStringSubmatch(regexp.MustCompile(`(?s)<style>.*?</style>|<!.*?>`).ReplaceAllString(text, ""), -1) {
		switch {
		case slices.Contains([]string{"meta", "img", "br", "hr"}, tag[2]):
		case tag[1] == "":
			open = append(open, tag[2])
		case len(open) == 0 || open[len(open)-1] != tag[2]:
			return "/" + tag[2]
		default:
			open = open[:len(open)-1]
		}
	}
	return strings.Join(open, " ")
}

// TestWriteReport wants a page that asks for nothing from anywhere, runs nothing, has a heading, a place in the contents and an
// anchor for each section, and every table with headed columns and rows; the same bytes twice.
func TestWriteReport(t *testing.T) {
	r := released(t)
	pictures := []telling.Picture{{Name: "states-1", Title: "A finding", Alt: `It is "so" & so`, SVG: []byte("<svg></svg>")}, {Name: "unheard-of", SVG: []byte("x")}}
	var first, second bytes.Buffer
	if err := page.WriteReport(&first, r, telling.Tell(r, pictures, nil)); err != nil {
		t.Fatal(err)
	}
	if err := page.WriteReport(&second, r, telling.Tell(r, pictures, nil)); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("the same figures make other bytes (%v)", err)
	}
	text := first.String()
	if bad := regexp.MustCompile(`(?i)<script|href="[^#]|src="(?:[^d]|d[^a])|url\(|@import|<[^>]*\son\w+=|http:|https:`).FindString(text); bad != "" {
		t.Errorf("the page holds %q", bad)
	}
	if tag := balanced(text); tag != "" {
		t.Errorf("tags that don't balance: %s", tag)
	}
	sections := regexp.MustCompile(`<section id="([a-z-]+)" aria-labelledby="([a-z-]+)">\s*<h2 id="([a-z-]+)">([^<]+)</h2>`).FindAllStringSubmatch(text, -1)
	if len(sections) < 5 {
		t.Fatalf("%d sections", len(sections))
	}
	for _, s := range sections {
		if s[2] != s[3] || !strings.Contains(text, `<a href="#`+s[1]+`">`+s[4]+`</a>`) {
			t.Errorf("section %s has no place in the contents, or another heading", s[1])
		}
	}
	if tables, heads, rows := strings.Count(text, "<table>"), strings.Count(text, "<thead><tr><th scope="), strings.Count(text, "<caption>"); tables == 0 || heads != tables || rows != tables || strings.Count(text, "<tr><th scope=\"row\">") < tables {
		t.Errorf("%d tables, %d headed, %d with a caption", tables, heads, rows)
	}
	for _, img := range regexp.MustCompile(`<img [^>]*>`).FindAllString(text, -1) {
		if !regexp.MustCompile(`alt="[^"]+"`).MatchString(img) {
			t.Errorf("a picture without alt text")
		}
	}
	plain := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, ""))
	for _, want := range []string{`<script>alert("x")</script>`, "<img src=x onerror=alert(1)>", "q & a", "Synthetic data: made up.", "150 people came to day 1", "A&E attendances 19 in the 3 months before and 7 after", "says nothing about the service", "A finding. The figures are in charts/states-1.csv."} {
		if !strings.Contains(plain, want) {
			t.Errorf("not on the page: %s", want)
		}
	}
	if strings.Contains(text, "unheard-of") {
		t.Error("a picture that no section has a place for")
	}
}

// TestOnlyReleased wants figures that were never controlled to be refused, and the check of tags to be one that can fail.
func TestOnlyReleased(t *testing.T) {
	if err := page.WriteReport(&bytes.Buffer{}, &release.Released{}, &telling.Document{}); err == nil {
		t.Error("figures that were never controlled are on a page")
	}
	if balanced("<p><b></p></b>") == "" || balanced("<p>") == "" {
		t.Error("tags that don't balance pass")
	}
}
