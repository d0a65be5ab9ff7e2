package telling_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/grade"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

// What stands in a sentence that may be quoted.
var (
	quotedPeriod = regexp.MustCompile(`\b\d+ (months|weeks|days)\b|at first and at review|From \d{4}-\d{2} to|Asked once`)
	quotedDesign = regexp.MustCompile(`compared with nobody|[Ee]vidence grade \d of 5|compares nothing|of those who answered`)
	quotedPeople = regexp.MustCompile(`\b\d[\d,]* (people|of )|of \d[\d,]* people`)
)

// fell is a change of 17% with its interval, at an evidence grade.
func fell(level int, warnings ...string) *release.Released {
	return told(level, ptr(-17.0), ptr(-21.0), ptr(-12.0), 830, "", "", warnings...)
}

// TestQuotable wants every sentence that may be quoted to have its people, its period and how it is known inside, and no causal word below
// grade 3; and each that may not to have a reason.
func TestQuotable(t *testing.T) {
	period, design, of := quotedPeriod, quotedDesign, quotedPeople
	for level := 1; level <= 5; level++ {
		for name, r := range map[string]*release.Released{
			"fall": fell(level), "few": fell(level, "SMALL_N"), "rise": told(level, ptr(12.0), ptr(5.0), ptr(20.0), 1120, "", ""),
			"none": told(level, ptr(-4.0), ptr(-9.0), ptr(2.0), 960, "", ""), "refused": told(level, nil, nil, nil, 50, "ZERO_BEFORE", "there were no events before"),
		} {
			may, not := telling.Quotable(r)
			for _, s := range may {
				if !period.MatchString(s) || !design.MatchString(s) || !of.MatchString(s) {
					t.Errorf("grade %d, %s: no people, period or design in: %s", level, name, s)
				}
				if found := forbidden(s); level < grade.EffectFrom && len(found) > 0 {
					t.Errorf("grade %d, %s: says %q: %s", level, name, found, s)
				}
				if strings.Contains(s, "%") && !strings.Contains(s, "400") {
					t.Errorf("grade %d, %s: a percentage without counts: %s", level, name, s)
				}
			}
			if len(not) == 0 {
				t.Errorf("grade %d, %s: anything may be said", level, name)
			}
			for _, u := range not {
				if len(u.Why) < 20 || slices.Contains(may, u.Text) {
					t.Errorf("grade %d, %s: %q has no reason, or may be said too: %s", level, name, u.Text, u.Why)
				}
			}
			all := ""
			for _, u := range not {
				all += u.Text + " " + u.Why + "\n"
			}
			switch {
			case name == "refused" && (len(may) != 0 || !strings.Contains(all, "ZERO_BEFORE")):
				t.Errorf("what is refused may be quoted: %q", may)
			case name != "refused" && len(may) == 0:
				t.Errorf("grade %d, %s: nothing may be quoted", level, name)
			case name == "few" && !strings.Contains(may[0], "SMALL_N"):
				t.Errorf("nothing is said of few people: %s", may[0])
			case name == "none" && (!strings.Contains(may[0], "includes no change") || !strings.Contains(all, "includes no change")):
				t.Errorf("an interval that includes no change: %s\n%s", may[0], all)
			case level < grade.EffectFrom && !strings.Contains(all, "The service reduced A&E attendances."):
				t.Errorf("grade %d: that the service did it may be said", level)
			case level >= grade.EffectFrom && strings.Contains(all, "The service reduced A&E attendances."):
				t.Errorf("grade %d: what the design can tell may not be said", level)
			}
		}
	}
}

// TestThreats wants the strongest threats first, at most three, each with its size where it has one, and none where there is no figure.
func TestThreats(t *testing.T) {
	names := func(r *release.Released) string {
		var list []string
		for _, x := range telling.Threats(r) {
			list = append(list, x.Name)
		}
		return strings.Join(list, ", ")
	}
	if got := names(fell(1)); got != "regression to the mean, season and trend" {
		t.Errorf("a fall of one group: %s", got)
	}
	if got := names(told(1, ptr(12.0), ptr(5.0), ptr(20.0), 1120, "", "")); got != "season and trend" {
		t.Errorf("a rise: %s", got)
	}
	if got := names(told(1, ptr(-4.0), ptr(-9.0), ptr(2.0), 960, "", "")); !strings.HasPrefix(got, "chance, regression to the mean") {
		t.Errorf("an interval that includes no change: %s", got)
	}
	if got := names(told(1, nil, nil, nil, 50, "ZERO_BEFORE", "none before")); got != "" {
		t.Errorf("a figure that is refused: %s", got)
	}
	if got := names(fell(4)); got != "" {
		t.Errorf("a trial: %s", got)
	}
	r := fell(1)
	r.Concentration = []result.Concentration{{Activity: "ae", Window: "12 months", Arm: "service", FollowUp: "observed", Top: ptr(int64(20)), ShareAverted: ptr(81.0), Rest: ptr(0.97)}}
	r.Lost = []result.Lost{{Activity: "ae", Window: "12 months", Arm: "service", People: ptr(int64(100)), Share: ptr(45.0)}}
	r.Quality = []result.Table{{Holds: "A&E attendances", People: "a quarter to half"}}
	r.Months = []result.MonthByMonth{{Activity: "ae", Arm: "service", Unit: "month", Reference: []int{-12, -11}, Points: []result.Point{{Month: -12, Rate: ptr(100.0)}, {Month: -11, Rate: ptr(110.0)}, {Month: -1, Rate: ptr(210.0)}}}}
	if got := names(r); got != "regression to the mean, concentration in few people, linkage" {
		t.Errorf("all of them: %s", got)
	}
	text := strings.Join(telling.ThreatsText(r), "\n")
	for _, want := range []string{"the rate was 100% higher than in months −12 to −11 (210 against 105 a thousand people)", "the 20 people with most events make up 81% of the difference; everybody else had 3% fewer", "a quarter to half of the study's people are found"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
	if found := forbidden(text); len(found) > 0 {
		t.Errorf("says %q", found)
	}
	for _, line := range telling.ThreatsText(r) {
		if !slices.Contains(telling.Trust(r), line) {
			t.Errorf("not under how far to trust it: %s", line)
		}
	}
}

// TestKeyFigures wants every percentage on the first page to stand beside its counts, and what may be nothing to say so.
func TestKeyFigures(t *testing.T) {
	for level := 1; level <= 5; level++ {
		for _, r := range []*release.Released{fell(level), told(level, ptr(-4.0), ptr(-9.0), ptr(2.0), 960, "", ""), told(level, nil, nil, nil, 50, "ZERO_BEFORE", "none before")} {
			list := telling.KeyFigures(r)
			if len(list) < 3 || list[len(list)-1].Label != "Evidence grade" {
				t.Fatalf("%+v", list)
			}
			for _, k := range list {
				if strings.Contains(k.Figure, "%") && !(strings.Contains(k.Of, "expected") && strings.Contains(k.Of, "after")) {
					t.Errorf("%s %s, of %s: a percentage without counts", k.Label, k.Figure, k.Of)
				}
				if k.Figure == "" || k.Of == "" {
					t.Errorf("%+v", k)
				}
			}
		}
	}
}

// TestProse reads what authors write: headings, lists in lists, tables, quotations, pictures, links. Nothing of it is markup of the page.
func TestProse(t *testing.T) {
	source := "# Heading *one*\n\nSome **bold** and *slanted* text,\nover two lines, with a [link](https://example.org/a?b=c&d) and [another](javascript:alert(1)).\n\n" +
		"- one\n- two\n  1. inner\n\n> said\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n![A pathway](pathway.png)\n\n<script>alert(1)</script>\n\n<!-- a note to myself -->\n\nafter <b>this</b>\n\n    code\n"
	blocks := telling.Prose(source, func(name string) *telling.Picture { return &telling.Picture{Name: name} })
	var kinds []string
	for _, b := range blocks {
		kinds = append(kinds, b.Kind)
	}
	if got := strings.Join(kinds, " "); got != "heading paragraph list quote table picture paragraph paragraph paragraph" {
		t.Fatalf("%s", got)
	}
	if b := blocks[0]; b.Level != 1 || telling.TextOf(b.Text) != "Heading one" || !b.Text[1].Italic {
		t.Errorf("%+v", b)
	}
	links := map[string]string{}
	for _, r := range blocks[1].Text {
		if r.Link != "" || r.Text == "another" {
			links[r.Text] = r.Link
		}
	}
	if links["link"] != "https://example.org/a?b=c&d" || links["another"] != "" || len(links) != 2 {
		t.Errorf("links %v", links)
	}
	if two := blocks[2].Blocks[1]; two.Kind != telling.Item || two.Blocks[1].Kind != telling.Numbered {
		t.Errorf("%+v", two)
	}
	if table := blocks[4].Table; table.Header[1].Name != "b" || !table.Header[1].Figure || table.Rows[0][1] != "1" {
		t.Errorf("%+v", table)
	}
	if p := blocks[5].Picture; p.Name != "pathway.png" || p.Alt != "A pathway" {
		t.Errorf("%+v", p)
	}
	if got := telling.TextOf(blocks[6].Text); got != "<script>alert(1)</script>" {
		t.Errorf("markup is %q, want its text", got)
	}
	plain := strings.Join(telling.Plain(blocks), "\n")
	if strings.Contains(plain, "a note to myself") || !strings.Contains(plain, "– two") || !strings.Contains(plain, "a; b\nx; 1") || !strings.Contains(plain, "Picture: A pathway") {
		t.Errorf("%s", plain)
	}
	if got := telling.Pictures(source); len(got) != 1 || got["pathway.png"] != "A pathway" {
		t.Errorf("pictures %v", got)
	}
}

// TestSections wants each section once, the answer first, and the author's words in theirs: those of sections that say nothing else too.
func TestSections(t *testing.T) {
	names := telling.AuthorSections()
	if names[0] != "answer" || names[1] != "trust" {
		t.Errorf("%v", names)
	}
	for i, n := range names {
		if slices.Contains(names[:i], n) || !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(n) {
			t.Errorf("%s stands twice, or is no name of a file", n)
		}
	}
	r := fell(1)
	r.Narrative = &result.Narrative{}
	for _, n := range names {
		r.Narrative.Passages = append(r.Narrative.Passages, result.Passage{Section: n, Text: "Words of " + n + "."})
	}
	d := telling.Tell(r, nil, nil)
	for i, s := range d.Sections {
		if s.ID != names[i] || len(s.Author) != 1 || telling.TextOf(s.Author[0].Text) != "Words of "+s.ID+"." {
			t.Errorf("section %d is %s, with %+v", i+1, s.ID, s.Author)
		}
	}
	if len(d.Sections) != len(names)-1 { // the key findings are a page of their own
		t.Errorf("%d sections of %d", len(d.Sections), len(names)-1)
	}
	if without := telling.Tell(fell(1), nil, nil); len(without.Sections) >= len(d.Sections) {
		t.Error("a section that says nothing is there")
	}
}

// TestQuotableExamples is [TestQuotable] over every example, with money, comparisons, outcomes and surveys in them.
func TestQuotableExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "studies", "*", "expected", "release.json"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := release.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		may, not := telling.Quotable(r)
		if len(may) == 0 || len(not) == 0 {
			t.Errorf("%s: %d may be quoted, %d may not", r.Study.Title, len(may), len(not))
		}
		for _, s := range may {
			if len(r.Study.Windows) == 0 && len(r.Outcomes)+len(r.Surveys)+len(r.Courses) == 0 { // a series, of no people
				continue
			}
			if !quotedPeriod.MatchString(s) || !quotedDesign.MatchString(s) || !quotedPeople.MatchString(s) {
				t.Errorf("%s: no people, period or design in: %s", r.Study.Title, s)
			}
			if found := forbidden(s); r.Study.Grade.Level < grade.EffectFrom && len(found) > 0 {
				t.Errorf("%s: says %q: %s", r.Study.Title, found, s)
			}
			if strings.Contains(s, "[c]") || strings.Contains(s, "(raw)") && strings.Contains(s, "Evidence grade") || r.Study.Synthetic != "" && !strings.Contains(s, "Synthetic data") {
				t.Errorf("%s: hidden, of a design that is not its own, or made up and not said to be: %s", r.Study.Title, s)
			}
		}
		all := ""
		for _, u := range not {
			all += u.Text + "\n"
		}
		if r.Bill != nil && !strings.Contains(all, "The service saved money.") {
			t.Errorf("%s: that money was saved may be said", r.Study.Title)
		}
	}
}
