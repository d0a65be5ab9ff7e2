// Package study reads study.yaml: one text file that says everything a run depends on. [Read] gives a
// [Plan] with every default filled in, so that what is printed of it is what was done.
package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

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
	Totals       later             `json:"totals,omitzero"`
	Series       later             `json:"series,omitzero"`
	Activities   Activities        `json:"activities"`
	NotCollected map[string]string `json:"not_collected,omitempty"`
	Windows      []window.Length   `json:"windows"`
	IndexDay     window.IndexDay   `json:"index_day"`
	Washout      Washout           `json:"washout"`
	FollowUp     FollowUp          `json:"follow_up"`
	Selection    *Selection        `json:"selection,omitempty"`
	Trend        Trend             `json:"trend"`
	Primary      Primary           `json:"primary"`
	Methods      []string          `json:"methods"`
	Subgroups    []string          `json:"subgroups,omitempty"`
	AgeBands     []int             `json:"age_bands,omitempty"`
	Prices       *Prices           `json:"prices,omitempty"`
	ServiceCost  *ServiceCost      `json:"service_cost,omitempty"`
	Outcomes     later             `json:"outcomes,omitzero"`
	OptOut       *OptOut           `json:"opt_out"`
	Release      Release           `json:"release"`

	dir  string
	keys *decoder // where each key stands
}

// People is the table with one row a person.
type People struct {
	File          string        `json:"file"`
	Columns       PeopleColumns `json:"columns"`
	Dates         string        `json:"dates"`
	Arms          *Arms         `json:"arms,omitempty"`
	ArmLabels     ArmLabels     `json:"arm_labels,omitzero"`
	ReferredTotal int           `json:"referred_total,omitempty"`
	IndexRule     string        `json:"index_rule,omitempty"`
}

// PeopleColumns names the user's columns. Only those named are ever kept.
type PeopleColumns struct {
	Person    string `json:"person"`
	Index     string `json:"index"`
	Start     string `json:"start,omitempty"`
	Arm       string `json:"arm,omitempty"`
	Practice  string `json:"practice,omitempty"`
	Locality  string `json:"locality,omitempty"`
	BirthYear string `json:"birth_year,omitempty"`
	Sex       string `json:"sex,omitempty"`
	Joined    string `json:"joined,omitempty"`
	Died      string `json:"died,omitempty"`
	Left      string `json:"left,omitempty"`
	Consent   string `json:"consent,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Arms lists the texts in the arm column that mean each arm.
type Arms struct {
	Service    []string `json:"service"`
	Comparison []string `json:"comparison"`
}

// ArmLabels is what the arms are called in the report.
type ArmLabels struct {
	Service    string `json:"service,omitempty"`
	Comparison string `json:"comparison,omitempty"`
}

// Events is a table with one row an event.
type Events struct {
	File     string              `json:"file"`
	Activity ActivityOf          `json:"activity"`
	Columns  EventColumns        `json:"columns"`
	Dates    string              `json:"dates"`
	Where    map[string][]string `json:"where,omitempty"`
	Complete *Complete           `json:"complete"`
}

// EventColumns names the user's columns.
type EventColumns struct {
	Person string `json:"person"`
	Date   string `json:"date"`
	End    string `json:"end,omitempty"`
	Event  string `json:"event,omitempty"`
}

// ActivityOf says which activity a row is: always one, or by the text in a column.
type ActivityOf struct {
	Name   string
	Column string
	Values map[string][]string // activity: the texts that mean it
}

// MarshalJSON writes it as the study file does.
func (a ActivityOf) MarshalJSON() ([]byte, error) {
	if a.Column == "" {
		return json.Marshal(a.Name)
	}
	return json.Marshal(map[string]any{"column": a.Column, "values": a.Values})
}

// Complete is when a feed is known to hold everything: both days included, less the months it missed.
type Complete struct {
	From   *window.Day    `json:"from"`
	To     *window.Day    `json:"to"`
	Except []window.Month `json:"except,omitempty"`
}

// Days is the days the feed covers.
func (c Complete) Days() window.Set {
	missed := make([]window.Span, 0, len(c.Except))
	for _, month := range c.Except {
		missed = append(missed, month.Span())
	}
	return window.Union(window.Through(*c.From, *c.To)).Without(missed...)
}

// Counts is a table with one row a person and ready counts.
type Counts struct {
	File       string        `json:"file"`
	Columns    CountsColumns `json:"columns"`
	Arms       *Arms         `json:"arms,omitempty"`
	ArmLabels  ArmLabels     `json:"arm_labels,omitzero"`
	Windows    CountsWindows `json:"windows"`
	DiedOrLeft *int          `json:"died_or_left,omitempty"`
}

// CountsColumns names the user's columns.
type CountsColumns struct {
	Person   string `json:"person"`
	Arm      string `json:"arm,omitempty"`
	Practice string `json:"practice,omitempty"`
}

// CountsWindows is the count columns by window and activity, in the order of the study file.
type CountsWindows []CountsWindow

// CountsWindow is the count columns of one window.
type CountsWindow struct {
	Window  window.Length
	Columns map[string]PairColumns // by activity
}

// PairColumns names the columns of one activity in one window. Without days, everybody's time is 1.
type PairColumns struct {
	Before     string `json:"before"`
	After      string `json:"after"`
	DaysBefore string `json:"days_before,omitempty"`
	DaysAfter  string `json:"days_after,omitempty"`
}

// MarshalJSON writes it as the study file does, with windows in their order.
func (c CountsWindows) MarshalJSON() ([]byte, error) {
	return ordered(len(c), func(i int) (string, any) { return c[i].Window.String(), c[i].Columns })
}

// Activities are the kinds of use that are counted, in the order in which they are told.
type Activities []Activity

// Activity is one kind of use.
type Activity struct {
	Name  string    `json:"-"`
	Label string    `json:"label"`
	Unit  string    `json:"unit,omitempty"`
	Price *PriceKey `json:"price,omitempty"`
}

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

// PriceKey says which row of the price table prices an activity: by its activity name alone, or with its
// code and variant where that is not one row.
type PriceKey struct {
	Activity string `json:"activity"`
	Code     string `json:"code,omitempty"`
	Variant  string `json:"variant,omitempty"`
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
	When      string     `json:"when,omitempty"`
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

// Trend is the population's own rate ratio between the same windows.
type Trend struct {
	Value  float64 `json:"value"`
	Source string  `json:"source"`
}

// Primary is the one estimate the study is about.
type Primary struct {
	Activity string        `json:"activity"`
	Window   window.Length `json:"window"`
	Method   string        `json:"method"`
	Arm      string        `json:"arm"`
}

// Prices says where unit costs come from.
type Prices struct {
	File      string `json:"file,omitempty"`
	Table     string `json:"table,omitempty"`
	PriceYear string `json:"price_year"`
}

// ServiceCost is what the service cost over a period.
type ServiceCost struct {
	Amount       float64   `json:"amount"`
	Period       *Complete `json:"period,omitempty"`
	PeopleServed int       `json:"people_served"`
}

// OptOut says what was done about people who don't want their data used: a required line.
type OptOut struct {
	NotApplicable string      `json:"not_applicable,omitempty"`
	File          string      `json:"file,omitempty"`
	Keep          string      `json:"keep,omitempty"`
	Remove        string      `json:"remove,omitempty"`
	Date          *window.Day `json:"date,omitempty"`
}

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

// Feeds is the days on which every activity of the study was fed: several files of one activity are a
// union, and the activities intersect.
func (p *Plan) Feeds() window.Set {
	var feeds window.Set
	first := true
	for _, activity := range p.Activities {
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

// HasComparison reports whether the study has two arms.
func (p *Plan) HasComparison() bool {
	return p.arms() != nil && len(p.arms().Comparison) > 0
}

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
	return ArmLabels{}
}

// Hash is the SHA-256 of the canonical form, in hexadecimal.
func (p *Plan) Hash() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("study: a plan that can't be written: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
