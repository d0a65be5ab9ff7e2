package page

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// Picture is a chart as it stands on the page.
type Picture struct {
	Name  string // of its files, without ending
	Title string
	Alt   string
	SVG   []byte
}

// section is one part of the page, in the order of telling.
type section struct {
	ID, Heading string
	Lead        []string // paragraphs
	Points      []string
	Tables      []table
	Figures     []figure
	Cards       []card
}

type table struct {
	Caption string
	Header  []column
	Rows    [][]string // the first cell heads its row
}

type column struct {
	Name   string
	Figure bool
}

type figure struct {
	Name, Title, Alt string
	Source           template.URL
}

// card is a quotation or a case study.
type card struct{ Heading, Text, By, Figures string }

// heads makes columns of names, those that end in # of figures.
func heads(names ...string) []column {
	var list []column
	for _, n := range names {
		name, figures := strings.CutSuffix(n, "#")
		list = append(list, column{name, figures})
	}
	return list
}

// WriteReport writes the report's page of released figures, with their pictures. The error is for figures that did not pass disclosure
// control, or a writer that fails.
func WriteReport(w io.Writer, r *release.Released, pictures []Picture) error {
	if !r.Controlled() {
		return fmt.Errorf("page: the figures have not passed disclosure control")
	}
	b := &builder{r: r, pictures: pictures}
	err := reportTemplate.Execute(w, struct {
		*release.Released
		Synthetic string
		Sections  []section
		CSS       template.CSS
	}{r, telling.Synthetic(r), b.sections(), template.CSS(css)})
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

type builder struct {
	r        *release.Released
	pictures []Picture
}

// figures takes the pictures whose names begin so, in their order.
func (b *builder) figures(names ...string) []figure {
	var list []figure
	for _, name := range names {
		for _, p := range b.pictures {
			if p.Name == name || strings.HasSuffix(name, "-") && strings.HasPrefix(p.Name, name) {
				list = append(list, figure{p.Name, p.Title, p.Alt, template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(p.SVG))})
			}
		}
	}
	return list
}

// sections are those that have something to say.
func (b *builder) sections() []section {
	r, window := b.r, telling.Main(b.r).Label
	suffix := strings.ReplaceAll(window, " ", "-")
	worth := append(append([]string{}, telling.Variants(r, window)...), telling.Worth(r, window)...)
	money := []string{}
	for _, w := range r.Study.Windows {
		if t := telling.Money(r, w.Label, "service"); t != "" {
			money = append(money, t)
		}
	}
	list := []section{
		{ID: "answer", Heading: "The answer", Lead: []string{strings.TrimSpace(strings.TrimPrefix(telling.Answer(r), telling.Synthetic(r)))}},
		{ID: "trust", Heading: "How far to trust it", Points: telling.Trust(r)},
		{ID: "months", Heading: "Months around the index day", Points: telling.MonthsAround(r), Figures: b.figures("months-around", "months-compared")},
		{ID: "series", Heading: "The monthly series", Points: telling.SeriesText(r), Figures: b.figures("series")},
		{ID: "activity", Heading: "Before and after, by activity", Tables: b.changes(), Figures: b.figures("before-after-"+suffix, "dumbbell")},
		{ID: "anyway", Heading: "What would have happened anyway", Points: slices.Concat(telling.Panel(r), telling.Against(r)), Figures: b.figures("came-anyway-"+suffix, "compared-"+suffix, "balance")},
		{ID: "money", Heading: "What the difference is worth", Lead: money, Points: slices.Concat(worth, telling.Cases(r)), Tables: b.prices(), Figures: b.figures("waterfall-"+suffix, "tornado-"+suffix, "attribution-"+suffix)},
		{ID: "people", Heading: "Who the people are", Points: telling.Reached(r), Tables: b.people(), Figures: b.figures("reached", "people-flow", "referrals", "age-and-sex", "reasons", "contacts", "onward")},
		{ID: "words", Heading: "What changed for them, in their own words and scores", Points: telling.Felt(r), Tables: b.states(), Figures: b.figures("states-")},
		{ID: "answers", Heading: "What was answered", Points: telling.Answered(r), Figures: b.figures("survey-")},
		{ID: "practices", Heading: "Practices beside each other", Tables: b.practices(), Figures: b.figures("funnel-")},
		{ID: "beside", Heading: "Whether it lasts, on whom it hangs, and other methods", Points: telling.Beside(r), Figures: b.figures("persistence", "concentration")},
		b.singles(),
		b.claims(),
		{ID: "published", Heading: "What published evaluations of such services found", Points: telling.Class(r.Published)},
		{ID: "not-looked-at", Heading: "What was not looked at", Points: b.missing()},
		{ID: "method", Heading: "Method, data and caveats", Points: slices.Concat(telling.Caveats(r), telling.MoneyNotes(r)), Tables: b.quality()},
	}
	return slices.DeleteFunc(list, func(s section) bool {
		return len(s.Lead)+len(s.Points)+len(s.Tables)+len(s.Figures)+len(s.Cards) == 0
	})
}

// changes is the table of each window.
func (b *builder) changes() []table {
	var list []table
	for _, w := range b.r.Study.Windows {
		t := table{Caption: fmt.Sprintf("%s: %s, %s", number.Sentence(w.Label), telling.Arm(b.r, "service"), telling.FollowUp(b.r.Study.FollowUp)),
			Header: heads("Activity", "People#", "Before#", "Expected#", "After#", "Averted#", "Change (95% interval)#")}
		if b.r.Bill != nil {
			t.Header = append(t.Header, column{"At list price", true})
		}
		for _, c := range telling.Changes(b.r, w.Label, "service") {
			row := []string{c.Label(), telling.CountText(c.Percent.People), telling.CountText(c.Percent.Before), telling.EventsText(c.Percent.Expected), telling.CountText(c.Percent.After), telling.AvertedText(c.Percent), telling.ChangeText(c.Percent)}
			if b.r.Bill != nil {
				row = append(row, telling.PoundsText(c.Line))
			}
			t.Rows = append(t.Rows, row)
		}
		if len(t.Rows) > 0 {
			list = append(list, t)
		}
	}
	return list
}

// prices is the price of one event of each activity.
func (b *builder) prices() []table {
	t := table{Caption: "Prices", Header: heads("Activity", "Price of one#", "Price year", "Where it was seen")}
	for _, a := range b.r.Activities {
		if a.UnitCost == nil || a.Price == nil {
			continue
		}
		t.Rows = append(t.Rows, []string{a.Label, number.Pounds(*a.UnitCost), b.r.Bill.PriceYear, number.Joined(a.Price.Publisher, a.Price.Edition, a.Price.Within, a.Source)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []table{t}
}

// people is how far they came and what kind of people they are.
func (b *builder) people() []table {
	p := b.r.Profile
	if p == nil {
		return nil
	}
	stages := table{Caption: "How far people came", Header: heads("Stage", "People#", "Of the stage before#", "Of those referred#")}
	for i, s := range p.Stages {
		of := func(x *result.Portion) string {
			if i == 0 {
				return number.NotApplies
			}
			return telling.PortionText(x)
		}
		stages.Rows = append(stages.Rows, []string{number.Sentence(s.Stage), telling.CountText(s.People), of(s.OfPrevious), of(s.OfFirst)})
	}
	list := []table{stages}
	for _, trait := range p.Traits {
		if len(trait.Levels) > longest { // the workbook has it
			continue
		}
		t := table{Caption: trait.Label, Header: heads("Level", "People#", "Share#")}
		if trait.Arms {
			t.Header = append(t.Header, heads("Connected#", "Share connected#")...)
		}
		if trait.Source != "" {
			t.Header = append(t.Header, column{"Of the area's people", true})
		}
		for _, l := range trait.Levels {
			row := []string{l.Level, telling.CountText(l.People), percent(l.Share)}
			if trait.Arms {
				row = append(row, telling.CountText(l.Connected), telling.PortionText(l.ConnectedShare))
			}
			if trait.Source != "" {
				row = append(row, percent(l.PopulationShare))
			}
			t.Rows = append(t.Rows, row)
		}
		list = append(list, t)
	}
	return list
}

// longest is how many levels a table of the page has.
const longest = 15

func percent(v *float64) string {
	if v == nil {
		return number.Hidden
	}
	return number.Percent(*v)
}

// states is what became of the worst and the best state, by area; and who moved, of areas themselves.
func (b *builder) states() []table {
	var list []table
	for _, o := range b.r.Outcomes {
		if len(o.States) == 0 {
			continue
		}
		t := table{Caption: o.Label + ": before and after of the same people", Header: heads("Area or indicator", "State", "Asked twice#", "At first#", "At review#", "Change (95% interval)#")}
		for _, a := range o.Areas {
			name := a.Area
			if a.Indicator != "" {
				name += ": " + a.Indicator
			}
			if name == "" {
				name = o.Label
			}
			for i, s := range []*result.Shift{a.Worst, a.Best} {
				if s != nil && (i == 0 || len(o.States) > 2) {
					t.Rows = append(t.Rows, []string{name, s.State, telling.CountText(a.People), telling.CountText(s.Before), telling.CountText(s.After), shift(s)})
				}
			}
		}
		list = append(list, t)
		for _, a := range o.Areas {
			if a.Indicator != "" || a.Table == nil {
				continue
			}
			moves := table{Caption: strings.TrimPrefix(a.Area+": who moved from which state (rows) to which", ": "), Header: heads(append([]string{"At first"}, figured(o.States)...)...)}
			for i, from := range o.States {
				row := []string{from}
				for _, n := range a.Table[i] {
					row = append(row, telling.CountText(n))
				}
				moves.Rows = append(moves.Rows, row)
			}
			list = append(list, moves)
		}
	}
	return list
}

func figured(names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, n+"#")
	}
	return list
}

func shift(s *result.Shift) string {
	switch {
	case s.Change == nil && s.Refused != "":
		return number.NotAvailable
	case s.Change == nil:
		return number.Hidden
	case s.Low == nil || s.High == nil:
		return number.SignedPercent(*s.Change)
	}
	return fmt.Sprintf("%s (%s)", number.SignedPercent(*s.Change), number.To(number.SignedPercent(*s.Low), number.SignedPercent(*s.High)))
}

// practices is in how many practices use fell.
func (b *builder) practices() []table {
	t := table{Caption: "In how many practices use fell", Header: heads("Activity", "Window", "Practices#", "Fell in#")}
	for _, p := range b.r.Practices {
		if p.Arm == "service" {
			t.Rows = append(t.Rows, []string{telling.Label(b.r, p.Activity), p.Window, telling.CountText(p.Practices), telling.CountText(p.Fell)})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []table{t}
}

func (b *builder) singles() section {
	s := section{ID: "single", Heading: "In people's own words"}
	told := telling.Singles(b.r)
	for _, q := range b.r.Quotes {
		s.Cards = append(s.Cards, card{Text: q.Text, By: q.By})
	}
	for i, c := range b.r.CaseStudies {
		s.Cards = append(s.Cards, card{Heading: c.Title, Text: c.Text, Figures: told[i], By: c.Source})
	}
	if len(b.r.CaseStudies) > 0 {
		s.Lead = []string{telling.CaseWarning}
	}
	return s
}

func (b *builder) claims() section {
	s := section{ID: "claims", Heading: "The published claims"}
	if c := b.r.Claims; c != nil {
		s.Lead = []string{c.Report.Title + "."}
		s.Points = telling.ClaimsShort(c)
	}
	return s
}

// missing is what was not collected, and what was neither counted nor said to be missing.
func (b *builder) missing() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(b.r.Study.NotCollected)) {
		list = append(list, fmt.Sprintf("%s: %s.", number.Sentence(strings.ReplaceAll(name, "_", " ")), b.r.Study.NotCollected[name]))
	}
	if len(b.r.Study.NotSaid) > 0 {
		list = append(list, "Not looked at, and not said why: "+strings.Join(b.r.Study.NotSaid, ", ")+".")
	}
	return list
}

// quality is what each table held.
func (b *builder) quality() []table {
	t := table{Caption: "What was read", Header: heads("Table", "Holds", "Complete", "Rows", "Set aside", "Remarks")}
	for _, q := range b.r.Quality {
		complete := q.Complete
		if complete == "" {
			complete = number.NotApplies
		}
		remarks := strings.Join(slices.Concat(q.Why, q.Remarks), "; ")
		if remarks == "" {
			remarks = number.NotApplies
		}
		t.Rows = append(t.Rows, []string{q.Table, q.Holds, complete, q.About, q.SetAside, remarks})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []table{t}
}
