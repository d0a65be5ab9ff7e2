// Package study reads study.yaml: one text file that says everything a run depends on. [Read] gives a
// [Plan] with every default filled in, so that what is printed of it is what was done.
package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"averted/evaluate/source"
	"averted/evaluate/window"
)

// Plan is a study file, checked, with its defaults filled in. Its JSON is the canonical form: the same
// words as the study file, in a fixed order.
type Plan struct {
	Averted      int               `json:"averted"`
	Title        string            `json:"title"`
	Question     string            `json:"question,omitempty"`
	Date         *window.Day       `json:"date"` // printed on the report; there is no clock
	Synthetic    string            `json:"synthetic,omitempty"`
	Seed         *uint64           `json:"seed"`
	People       *People           `json:"people,omitempty"`
	Events       []Events          `json:"events,omitempty"`
	Counts       *Counts           `json:"counts,omitempty"`
	Totals       []Totals          `json:"totals,omitempty"`
	Series       *Series           `json:"series,omitempty"`
	Activities   Activities        `json:"activities"`
	NotCollected map[string]string `json:"not_collected,omitempty"`
	Windows      []window.Length   `json:"windows"`
	IndexDay     window.IndexDay   `json:"index_day"`
	Washout      Washout           `json:"washout"`
	FollowUp     FollowUp          `json:"follow_up"`
	Selection    *Selection        `json:"selection,omitempty"`
	Reference    *Reference        `json:"reference,omitempty"`
	Trend        Trend             `json:"trend"`
	Comparison   *Comparison       `json:"comparison,omitempty"`
	Months       *MonthsAround     `json:"months,omitempty"`
	Primary      Primary           `json:"primary"`
	Methods      []string          `json:"methods"`
	Subgroups    []string          `json:"subgroups,omitempty"`
	AgeBands     []int             `json:"age_bands,omitempty"`
	Prices       *Prices           `json:"prices,omitempty"`
	ServiceCost  ServiceCosts      `json:"service_cost,omitempty"`
	Adjust       *Adjust           `json:"adjust,omitempty"`
	Discount     *Discount         `json:"discount,omitempty"`
	Cases        []Case            `json:"cases,omitempty"`
	Profile      *Profile          `json:"profile,omitempty"`
	Outcomes     []Outcome         `json:"outcomes,omitempty"`
	Surveys      []Survey          `json:"surveys,omitempty"`
	Courses      []Course          `json:"courses,omitempty"`
	Quotes       []Quote           `json:"quotes,omitempty"`
	CaseStudies  []CaseStudy       `json:"case_studies,omitempty"`
	Claims       string            `json:"claims,omitempty"` // a claims file, whose figures the result is held against
	Report       *Report           `json:"report,omitempty"`
	OptOut       *OptOut           `json:"opt_out"`
	SetAside     SetAside          `json:"set_aside"`
	Release      Release           `json:"release"`

	codes map[string]map[string]int64 // pence by activity and code

	dir  string
	keys *decoder // where each key stands
}

// Activities are the kinds of use that are counted, in the order in which they are told.
type Activities []Activity

// Activity is one kind of use.
type Activity struct {
	Name  string    `json:"-"`
	Label string    `json:"label"`
	Unit  string    `json:"unit,omitempty"`
	Price *PriceKey `json:"price,omitempty"`

	CodeList *CodeList `json:"code_list,omitempty"`
	Capacity *Capacity `json:"capacity,omitempty"`
	Cluster  Cluster   `json:"cluster,omitempty"`
}

// CodeList is the list of codes by which events are called avoidable, say.
type CodeList struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// Cluster is what an activity's events come in bundles of: a person's, or, where booking changes for all at once, a
// practice's too.
type Cluster string

// The clusters.
const (
	ByPerson   Cluster = "person"
	ByPractice Cluster = "practice"
)

// MarshalJSON writes it as the study file does, in its order.
func (a Activities) MarshalJSON() ([]byte, error) {
	return ordered(len(a), func(i int) (string, any) { return a[i].Name, a[i] })
}

// Find is the index of the activity of that name, or -1.
func (a Activities) Find(name string) int {
	for i := range a {
		if a[i].Name == name {
			return i
		}
	}
	return -1
}

// Washout is the time left out on each side of the index day.
type Washout struct {
	Before window.Length `json:"before"`
	After  window.Length `json:"after"`
}

// FollowUp says who leads: everybody with their time as observed, or people watched throughout.
type FollowUp string

// The two, of which the other is always shown beside.
const (
	Observed FollowUp = "observed"
	Watched  FollowUp = "complete"
)

// Selection is how people came in, so that regression to the mean can be judged.
type Selection struct {
	Rule      string     `json:"rule,omitempty"`
	Threshold *Threshold `json:"threshold,omitempty"`
	Top       *Top       `json:"top,omitempty"`
	When      string     `json:"when,omitempty"` // fixed_date, first_crossing, rolling; "" is not known

	Every window.Length `json:"every,omitzero"` // between reviews, of rolling
}

// Threshold is selection by a count.
type Threshold struct {
	Activity string        `json:"activity"`
	AtLeast  int           `json:"at_least"`
	Within   window.Length `json:"within"`
}

// Top is selection by rank.
type Top struct {
	N      int           `json:"n"`
	By     string        `json:"by"`
	Within window.Length `json:"within,omitzero"`
}

// Primary is the one estimate the study is about.
type Primary struct {
	Activity string        `json:"activity"`
	Window   window.Length `json:"window"`
	Method   string        `json:"method"`
	Arm      string        `json:"arm"`
}

// OptOut says what was done about people who don't want their data used: a required line.
type OptOut struct {
	NotApplicable string      `json:"not_applicable,omitempty"` // the reason
	Remove        string      `json:"remove,omitempty"`         // a file of people to take out
	Keep          string      `json:"keep,omitempty"`           // a file of people, of whom all others are taken out
	Column        string      `json:"column,omitempty"`         // of the file; "" is the name of the person column of the people
	Date          *window.Day `json:"date,omitempty"`           // of the list
	GoodFor       int         `json:"good_for,omitempty"`       // days that the list may be older than the report
}

// List is the file of an opt-out list, "" if there is none.
func (o OptOut) List() string { return o.Remove + o.Keep }

// Release says what may leave.
type Release struct {
	Profile       string `json:"profile"`
	NamePractices bool   `json:"name_practices"`
	HideBelow     int    `json:"hide_below"`
	Agreement     string `json:"agreement,omitempty"`
	Ledger        string `json:"ledger,omitempty"`
}

// Rule is the windows of one length as this plan draws them.
func (p *Plan) Rule(length window.Length) window.Rule {
	return window.Rule{
		Length:        length,
		WashoutBefore: p.Washout.Before.Days(),
		WashoutAfter:  p.Washout.After.Days(),
		IndexDay:      p.IndexDay,
	}
}

// Feeds is the days on which every activity that has events was fed: several files of one activity are a
// union, and the activities intersect.
func (p *Plan) Feeds() window.Set {
	var feeds window.Set
	first := true
	for _, activity := range p.Activities {
		if p.KindOf(activity.Name) != KindEvents {
			continue
		}
		var spans []window.Span
		for _, e := range p.Events {
			if e.Feeds(activity.Name) {
				spans = append(spans, e.Complete.Days()...)
			}
		}
		if union := window.Union(spans...); first {
			feeds, first = union, false
		} else {
			feeds = feeds.Intersect(union)
		}
	}
	return feeds
}

// Feeds reports whether the table can hold events of an activity.
func (e Events) Feeds(activity string) bool {
	if e.Activity.Column == "" {
		return e.Activity.Name == activity
	}
	_, ok := e.Activity.Values[activity]
	return ok
}

// Kinds of data, of which each activity has one.
const (
	KindEvents = "events"
	KindCounts = "counts"
	KindTotals = "totals"
	KindSeries = "series" // of months alone
)

// KindOf is the kind of data that an activity has; "" for none.
func (p *Plan) KindOf(activity string) string {
	feeds := func(windows CountsWindows) bool {
		return slices.ContainsFunc(windows, func(w CountsWindow) bool { _, ok := w.Columns[activity]; return ok })
	}
	switch {
	case slices.ContainsFunc(p.Events, func(e Events) bool { return e.Feeds(activity) }):
		return KindEvents
	case p.Counts != nil && feeds(p.Counts.Windows):
		return KindCounts
	case slices.ContainsFunc(p.Totals, func(t Totals) bool { return feeds(t.Windows) }):
		return KindTotals
	case p.Series != nil && (p.Series.Activity == activity || p.Series.Activity == "" && len(p.Activities) == 1):
		return KindSeries
	}
	return ""
}

// Of is the activities that have a kind of data, in their order.
func (p *Plan) Of(kind string) Activities {
	var list Activities
	for _, a := range p.Activities {
		if p.KindOf(a.Name) == kind {
			list = append(list, a)
		}
	}
	return list
}

// ClusteredByPractice reports whether an activity's events come in bundles of a practice's, and can be told by practice.
func (p *Plan) ClusteredByPractice(activity string) bool {
	at := p.Activities.Find(activity)
	return at >= 0 && p.Activities[at].Cluster == ByPractice && p.KindOf(activity) == KindEvents
}

// HasComparison reports whether the study has two arms.
func (p *Plan) HasComparison() bool {
	return p.arms() != nil && len(p.arms().Comparison) > 0
}

// Divides reports whether the study asks for subgroups by something.
func (p *Plan) Divides(by string) bool { return slices.Contains(p.Subgroups, by) }

func (p *Plan) arms() *Arms {
	switch {
	case p.People != nil:
		return p.People.Arms
	case p.Counts != nil:
		return p.Counts.Arms
	}
	return nil
}

// Labels is what the arms are called.
func (p *Plan) Labels() ArmLabels {
	switch {
	case p.People != nil:
		return p.People.ArmLabels
	case p.Counts != nil:
		return p.Counts.ArmLabels
	}
	return ArmLabels{Service: "service"}
}

// Hash is the SHA-256 of the canonical form, in hexadecimal.
func (p *Plan) Hash() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("study: a plan that can't be written: " + err.Error())
	}
	return hashOf(text)
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Content is the hash of the plan without the names and forms of its files: the same study of the same rows has the
// same, whether they come as CSV, as a workbook or split over several files. Numbers of people that the study says are
// left out too: who has the study file could try them until the hash fits.
func (p *Plan) Content() string {
	return p.with(func(source.Table) source.Table { return source.Table{} }, func(string) string { return "" }).Hash()
}

// lockable is the plan without the names of its files and how their text is written: what chooses rows and reads dates
// stays.
func (p *Plan) lockable() *Plan {
	q := p.with(func(t source.Table) source.Table {
		kept := source.Table{Query: t.Query, FromTable: t.FromTable, Sheet: t.Sheet, Until: t.Until}
		if t.HeaderRow > 1 {
			kept.HeaderRow = t.HeaderRow
		}
		return kept
	}, func(dates string) string { return dates })
	if q.Prices != nil {
		prices := *q.Prices
		prices.File, prices.Others = "", maps.Clone(prices.Others)
		for name, other := range prices.Others {
			other.File = ""
			prices.Others[name] = other
		}
		q.Prices = &prices
	}
	return q
}

// with is the plan with its tables and layouts of dates changed, and without the numbers of people that it says.
func (p *Plan) with(table func(source.Table) source.Table, dates func(string) string) *Plan {
	q := *p
	q.Claims, q.Report = "", nil // no figure depends on them
	if p.People != nil {
		people := *p.People
		people.Table, people.Dates, people.ReferredTotal = table(people.Table), dates(people.Dates), 0
		q.People = &people
	}
	q.Events = slices.Clone(p.Events)
	for i := range q.Events {
		q.Events[i].Table, q.Events[i].Dates = table(q.Events[i].Table), dates(q.Events[i].Dates)
	}
	if p.Counts != nil {
		counts := *p.Counts
		counts.Table, counts.DiedOrLeft = table(counts.Table), nil
		q.Counts = &counts
	}
	q.Totals = slices.Clone(p.Totals)
	for i := range q.Totals {
		q.Totals[i].Table, q.Totals[i].DiedOrLeft = table(q.Totals[i].Table), Number{}
	}
	if p.Series != nil {
		series := *p.Series
		series.Table, series.Dates = table(series.Table), dates(series.Dates)
		q.Series = &series
	}
	if p.Trend.Series != nil {
		series := *p.Trend.Series
		series.Table, series.Dates = table(series.Table), dates(series.Dates)
		q.Trend.Series = &series
	}
	if f := p.Profile; f != nil {
		profile := *f
		if f.Population != nil {
			x := *f.Population
			x.Table = table(x.Table)
			profile.Population = &x
		}
		if f.Contacts != nil {
			x := *f.Contacts
			x.Table, x.Dates = table(x.Table), dates(x.Dates)
			profile.Contacts = &x
		}
		if f.Onward != nil {
			x := *f.Onward
			x.Table = table(x.Table)
			profile.Onward = &x
		}
		q.Profile = &profile
	}
	q.Outcomes, q.Surveys = slices.Clone(p.Outcomes), slices.Clone(p.Surveys)
	for i := range q.Outcomes {
		q.Outcomes[i].Table = table(q.Outcomes[i].Table)
	}
	for i := range q.Surveys {
		q.Surveys[i].Table = table(q.Surveys[i].Table)
	}
	if p.Reference != nil {
		r := *p.Reference
		if r.People != nil {
			people := *r.People
			people.Table, people.Dates = table(people.Table), dates(people.Dates)
			r.People = &people
		}
		if r.Counts != nil {
			counts := *r.Counts
			counts.Table = table(counts.Table)
			r.Counts = &counts
		}
		q.Reference = &r
	}
	return &q
}
