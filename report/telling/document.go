package telling

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// Document is the report in the order of telling, for every renderer of running text: the page, the Word file and the Markdown say
// the same.
type Document struct {
	Title, Question, Date string
	Synthetic             string // the sentence that says that the data are made up, "" for real ones
	Logo                  *Picture
	Colours               []string // the author's two, #rrggbb: of headings, and of lines and links; nil for ours
	Key                   []KeyFigure
	Sections              []Section
	Signs                 []string // what [c], [x] and [z] are
	Made                  string   // what made it
}

// KeyFigure is one figure of the first page, with what it is of.
type KeyFigure struct{ Label, Figure, Of string }

// Section is one part of a document, in the order of telling.
type Section struct {
	ID, Heading string
	Appendix    bool // detail behind the report
	Lead        []string
	Points      []string
	Pictures    []Picture
	Tables      []Table
	Cards       []Card
	Author      []Block  // the author's own words
	Sheets      []string // of the workbook, with the same figures and more
}

// Picture is a chart, or a picture of the author's, in its forms.
type Picture struct {
	Name       string // of its files, without ending; the author's with it
	Title, Alt string
	SVG, PNG   []byte
	JPEG       []byte // in place of both, of an author's photograph
}

// Table is a table of a document. The first cell of a row heads it.
type Table struct {
	Caption string
	Header  []Column
	Rows    [][]string
	Small   bool // fits beside another
}

// Column is a column's name, and whether it holds figures.
type Column struct {
	Name   string
	Figure bool
}

// Card is a quotation or a case study.
type Card struct{ Heading, Text, By, Figures string }

// columns makes columns of names, those that end in # of figures.
func columns(names ...string) []Column {
	var list []Column
	for _, n := range names {
		name, figures := strings.CutSuffix(n, "#")
		list = append(list, Column{name, figures})
	}
	return list
}

// teller makes a document of what it has.
type teller struct {
	r        *release.Released
	pictures []Picture
	sheets   []string
}

// Tell is the report as a document, with its pictures; sheets are those of the workbook, in their order.
func Tell(r *release.Released, pictures []Picture, sheets []string) *Document {
	b := &teller{r, pictures, sheets}
	d := &Document{Title: r.Study.Title, Question: r.Study.Question, Date: r.Study.Date, Synthetic: Synthetic(r), Key: KeyFigures(r), Sections: b.sections(),
		Signs: []string{"[c]: hidden, since too few people stand behind it or it would give a hidden figure away.", "[x]: not available.", "[z]: not applicable."},
		Made:  fmt.Sprintf("averted %s, study %s, seed %d, release profile %s.", r.Provenance.Version, r.Study.Hash, r.Study.Seed, r.Study.Profile)}
	if l := r.Look; l != nil {
		d.Colours = l.Colours
		if l.Logo != nil {
			d.Logo = pictureOf(*l.Logo)
		}
	}
	return d
}

// picture takes the pictures whose names begin so, in their order: a name that ends in a hyphen begins several.
func (b *teller) picture(names ...string) []Picture {
	var list []Picture
	for _, name := range names {
		for _, p := range b.pictures {
			if p.Name == name || strings.HasSuffix(name, "-") && strings.HasPrefix(p.Name, name) {
				list = append(list, p)
			}
		}
	}
	return list
}

// sections are those that have something to say, with the author's words of each.
func (b *teller) sections() []Section {
	var list []Section
	left := slices.Clone(b.sheets) // of sections that say nothing: the last, on method, names them
	for _, s := range b.all() {
		s.Author = Authored(b.r, s.ID)
		if len(s.Lead)+len(s.Points)+len(s.Tables)+len(s.Pictures)+len(s.Cards)+len(s.Author) == 0 {
			continue
		}
		if s.ID == "method" {
			s.Sheets = left
		}
		s.Sheets = slices.DeleteFunc(s.Sheets, func(name string) bool { return !slices.Contains(left, name) })
		left = slices.DeleteFunc(slices.Clone(left), func(name string) bool { return slices.Contains(s.Sheets, name) })
		list = append(list, s)
	}
	return list
}

// all is every section there can be, those without anything to say too.
func (b *teller) all() []Section {
	r, window := b.r, Main(b.r).Label
	suffix := strings.ReplaceAll(window, " ", "-")
	worth := append(append([]string{}, Variants(r, window)...), Worth(r, window)...)
	money := []string{}
	for _, w := range r.Study.Windows {
		if t := Money(r, w.Label, service); t != "" {
			money = append(money, t)
		}
	}
	return []Section{
		{ID: "answer", Heading: "The answer", Lead: []string{strings.TrimSpace(strings.TrimPrefix(Answer(r), Synthetic(r)))}, Sheets: []string{"Cover", "Summary"}},
		{ID: "trust", Heading: "How far to trust it", Points: Trust(r)},
		{ID: "context", Heading: "The context"},
		{ID: "service", Heading: "The service"},
		{ID: "staffing", Heading: "Who works there"},
		{ID: "pathway", Heading: "How people come to it and go on"},
		{ID: "agreed-method", Heading: "The method as it was agreed"},
		{ID: "months", Heading: "Months around the index day", Points: MonthsAround(r), Pictures: b.picture("months-around", "months-compared"), Sheets: []string{"Months"}},
		{ID: "series", Heading: "The monthly series", Points: SeriesText(r), Pictures: b.picture("series"), Sheets: []string{"Series"}},
		{ID: "activity", Heading: "Before and after, by activity", Tables: b.changes(), Pictures: b.picture("before-after-"+suffix, "dumbbell"), Sheets: []string{"Activity", "Chart_data"}},
		{ID: "anyway", Heading: "What would have happened anyway", Points: slices.Concat(Panel(r), Against(r)), Pictures: b.picture("came-anyway-"+suffix, "compared-"+suffix, "balance"), Sheets: []string{"Came_anyway", "Compared", "Balance"}},
		{ID: "money", Heading: "What the difference is worth", Lead: money, Points: slices.Concat(worth, Cases(r)), Tables: b.prices(), Pictures: b.picture("waterfall-"+suffix, "tornado-"+suffix, "attribution-"+suffix),
			Sheets: []string{"Assumptions", "Cost_avoidance", "Net_of_cost", "Who_pays", "Capacity", "Present_value", "Sensitivity", "Attribution", "Case_costs", "Waterfall"}},
		{ID: "people", Heading: "Who the people are", Points: reachedShort(r), Tables: b.people(), Pictures: b.picture("reached", "people-flow", "referrals", "age-and-sex", "reasons", "contacts", "onward"),
			Sheets: []string{"People_flow", "Reached", "Who", "Reasons", "Referrals", "Contacts", "Onward"}},
		{ID: "words", Heading: "What changed for them, in their own words and scores", Points: feltShort(r), Tables: b.states(), Pictures: b.picture("states-"), Sheets: []string{"States", "Moves", "Scores"}},
		{ID: "answers", Heading: "What was answered", Points: Answered(r), Pictures: b.picture("survey-"), Sheets: []string{"Surveys", "Courses"}},
		b.singles(),
		{ID: "practices", Heading: "Practices beside each other", Points: funnelsText(r), Tables: b.practices(), Pictures: b.picture("funnel-"), Sheets: []string{"Practices", "Funnel"}},
		{ID: "beside", Heading: "Whether it lasts, on whom it hangs, and other methods", Points: Beside(r), Pictures: b.picture("persistence", "concentration"), Sheets: []string{"Beside", "Subgroups", "Concentration"}},
		{ID: "recommendations", Heading: "What follows"},
		b.claims(),
		{ID: "published", Heading: "What published evaluations of such services found", Points: Class(r.Published), Appendix: true, Sheets: []string{"Published"}},
		{ID: "not-looked-at", Heading: "What was not looked at", Points: b.missing(), Appendix: true},
		{ID: "method", Heading: "Method, data and caveats", Points: slices.Concat(reading(r), own(r)), Tables: b.quality(), Appendix: true},
	}
}

// KeyFigures are the figures of the first page: of how many people, what changed of each activity, what that is worth, and the
// evidence grade. A figure that can't be stood behind says so in its place.
func KeyFigures(r *release.Released) []KeyFigure {
	var list []KeyFigure
	p := Primary(r)
	if p == nil {
		return nil
	}
	if p.Arm == service {
		list = append(list, KeyFigure{"People analysed", CountText(p.People), Who(r, p.Arm, p.FollowUp) + ", " + p.Window + " before and after"})
	}
	for _, c := range Changes(r, p.Window, p.Arm) {
		k := KeyFigure{Label: c.Label(), Figure: number.Hidden, Of: "too few people stand behind it"}
		switch e := c.Percent; {
		case e.Value == nil && e.Refused != "":
			k.Figure, k.Of = number.NotAvailable, why(e)
		case e.Value != nil && e.Expected != nil && e.After != nil:
			k.Figure, k.Of = number.SignedPercent(*e.Value), fmt.Sprintf("%s expected at their own earlier rate, %s after", number.Events(*e.Expected), number.Count(*e.After))
			if e.Low != nil && e.High != nil {
				k.Of += "; 95% interval " + number.To(number.SignedPercent(*e.Low), number.SignedPercent(*e.High))
			}
		}
		list = append(list, k)
	}
	if x := LeadingComparison(r, p.Activity, p.Window); x != nil && x.Value != nil && p.Arm == service {
		k := keyRatio(Label(r, p.Activity)+" against comparison people", x)
		if x.ComparisonPeople != nil && x.People != nil {
			k.Of += fmt.Sprintf("; %s people and %s comparison people", number.Count(*x.People), number.Count(*x.ComparisonPeople))
		}
		list = append(list, k)
	}
	if x := LeadingExpectation(r, p.Activity, p.Window); x != nil && x.Value != nil && p.Arm == service {
		k := keyRatio(Label(r, p.Activity)+" against what would have come anyway", x)
		if x.Expected != nil && x.After != nil {
			k.Of += fmt.Sprintf("; about %s expected without the service, %s after", number.Events(math.Round(*x.Expected)), number.Count(*x.After))
		}
		list = append(list, k)
	}
	if p.Arm == service {
		list = append(list, keyMoney(r, p.Window)...)
	}
	return append(list, KeyFigure{"Evidence grade", fmt.Sprintf("%d of 5", r.Study.Grade.Level), "Maryland scale; why stands under how far to trust it"})
}

// keyRatio is a ratio as a percent change, with its interval.
func keyRatio(label string, x *result.Estimate) KeyFigure {
	k := KeyFigure{Label: label, Figure: number.SignedPercent(*PercentOf(x.Value)), Of: "without an interval that can be shown"}
	if x.Low != nil && x.High != nil {
		k.Of = "95% interval " + number.To(number.SignedPercent(*PercentOf(x.Low)), number.SignedPercent(*PercentOf(x.High)))
	}
	return k
}

// keyMoney is the difference at list price against each expectation, and the service's cost.
func keyMoney(r *release.Released, window string) []KeyFigure {
	var list []KeyFigure
	var cost *result.Account
	for _, a := range Accounts(r, window) {
		difference := Position(a, ListPrice)
		if difference == nil {
			continue
		}
		what := number.Sentence(Which(r, a)) + " at list price"
		if a.Basis == CameAnyway {
			what = "Difference against what would have come anyway, at list price"
		}
		k := KeyFigure{what, Amount(a, difference.Difference), "all priced activities over " + window + ", in " + r.Bill.PriceYear + " prices; no budget falls by that amount"}
		if MayBeNothing(r, a) {
			k.Figure, k.Of = "may be nothing", "all priced activities over "+window+": the interval includes nothing"
		}
		if list = append(list, k); cost == nil && a.Cost != nil {
			cost = a
		}
	}
	if cost != nil {
		list = append(list, KeyFigure{"Cost of the service", number.Pounds(*cost.Cost), "of the people analysed; what share of the difference would cover it stands under what the difference is worth"})
	}
	return list
}

func (b *teller) singles() Section {
	s := Section{ID: "case-studies", Heading: "In people's own words", Sheets: []string{"In_their_words"}}
	told := Singles(b.r)
	for _, q := range b.r.Quotes {
		s.Cards = append(s.Cards, Card{Text: q.Text, By: q.By})
	}
	for i, c := range b.r.CaseStudies {
		s.Cards = append(s.Cards, Card{Heading: c.Title, Text: c.Text, Figures: told[i], By: c.Source})
	}
	if len(b.r.CaseStudies) > 0 {
		s.Lead = []string{CaseWarning}
	}
	return s
}

func (b *teller) claims() Section {
	s := Section{ID: "claims", Heading: "The published claims", Appendix: true, Sheets: []string{"Findings", "Against"}}
	if c := b.r.Claims; c != nil {
		s.Lead = []string{c.Report.Title + "."}
		s.Points = ClaimsShort(c)
	}
	return s
}

// missing is what was not collected, and what was neither counted nor said to be missing.
func (b *teller) missing() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(b.r.Study.NotCollected)) {
		list = append(list, fmt.Sprintf("%s: %s.", number.Sentence(strings.ReplaceAll(Usual(name), "_", " ")), b.r.Study.NotCollected[name]))
	}
	if len(b.r.Study.NotSaid) > 0 {
		list = append(list, notSaid(b.r))
	}
	return list
}

// pictureOf is a picture of the author's.
func pictureOf(p result.AuthorPicture) *Picture {
	picture := &Picture{Name: p.Name, Alt: p.Alt}
	if p.JPEG() {
		picture.JPEG = p.Data
	} else {
		picture.PNG = p.Data
	}
	return picture
}
