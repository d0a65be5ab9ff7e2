package study

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/window"
)

// People is the table with one row a person.
type People struct {
	source.Table
	Columns       PeopleColumns `json:"columns"`
	Dates         string        `json:"dates"` // one of [source.DateLayouts], or several with " | " between
	Arms          *Arms         `json:"arms,omitempty"`
	ArmLabels     ArmLabels     `json:"arm_labels,omitzero"`
	ReferredTotal int           `json:"referred_total,omitempty"`
	IndexRule     string        `json:"index_rule,omitempty"`
}

// PeopleColumns names the user's columns. Only those named are ever kept. A name may be several with " | " between, of
// which each file has one, or a made one: see [source.Made].
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
	Reason    string `json:"reason,omitempty"` // several, with ";" between them

	// Of the profile: a day, or yes and no, on or by which the service reached the person, and followed them up; and what
	// kind of person it is.
	Contacted   string `json:"contacted,omitempty"`
	FollowedUp  string `json:"followed_up,omitempty"`
	Source      string `json:"source,omitempty"` // who referred them
	Ethnicity   string `json:"ethnicity,omitempty"`
	Deprivation string `json:"deprivation,omitempty"` // tenth, 1 the most deprived
	Carer       string `json:"carer,omitempty"`
	AlsoIn      string `json:"also_in,omitempty"` // other services, several with ";" between them

	Covariates map[string]string `json:"covariates,omitempty"` // what people are made alike in: our name for it, and its column
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
	source.Table
	Layout       string              `json:"layout,omitempty"` // a ready-made mapping: see [layout.All]
	Activity     ActivityOf          `json:"activity"`
	Columns      EventColumns        `json:"columns"`
	Dates        string              `json:"dates"`
	Where        map[string][]string `json:"where,omitempty"`     // rows are kept whose text is one of these
	WhereNot     map[string][]string `json:"where_not,omitempty"` // and is none of these
	Complete     *Complete           `json:"complete"`
	Duplicates   Duplicates          `json:"duplicates"`
	EventRule    string              `json:"event_rule,omitempty"` // first or last, of rows with one event id
	Spells       Spells              `json:"spells,omitempty"`
	MergeGapDays *int                `json:"merge_gap_days,omitempty"`
}

// EventColumns names the user's columns.
type EventColumns struct {
	Person   string `json:"person"`
	Date     string `json:"date"`
	End      string `json:"end,omitempty"`
	Event    string `json:"event,omitempty"`
	Practice string `json:"practice,omitempty"` // of the person, where the people table has none
	Code     string `json:"code,omitempty"`     // by which the event is priced
	Price    string `json:"price,omitempty"`    // pounds on the record
}

// Duplicates says what is done with rows that are alike in every column.
type Duplicates string

// The two.
const (
	CopiesAside Duplicates = "aside"
	CopiesKept  Duplicates = "keep"
)

// Spells says what is done with rows of one person that overlap or begin on one day.
type Spells string

// The two; "" stops at such rows.
const (
	Merged  Spells = "merge"    // they are one spell
	AsGiven Spells = "as_given" // each is one
)

// Gap is how many days may lie between the end of a spell and the start of a row that becomes part of it.
func (e Events) Gap() window.Day {
	if e.MergeGapDays == nil {
		return 0
	}
	return window.Day(*e.MergeGapDays)
}

// HasSpells reports whether rows of an activity, by its place, last, so that they can overlap: its unit is a spell, or it
// has no unit and the table, which is of it alone, has ends or says spells:, or among several it is called an admission.
func (p *Plan) HasSpells(e Events, activity int) bool {
	switch of := p.Activities[activity]; {
	case of.Unit != "":
		return of.Unit == "spell"
	case e.Activity.Column != "":
		return strings.Contains(of.Name, "admission") || strings.Contains(of.Name, "spell")
	}
	return e.Columns.End != "" || e.Spells != ""
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
	Empty  []window.Month `json:"empty,omitempty"` // nothing happened in these: they stay in everybody's watch
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
	source.Table
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

	Covariates map[string]string `json:"covariates,omitempty"`
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
	Early      string `json:"early,omitempty"` // in the window before the one by which people were chosen
}

// MarshalJSON writes it as the study file does, with windows in their order.
func (c CountsWindows) MarshalJSON() ([]byte, error) {
	return ordered(len(c), func(i int) (string, any) { return c[i].Window.String(), c[i].Columns })
}

// Totals is a table with one row a practice and ready counts.
type Totals struct {
	source.Table
	Columns    TotalsColumns `json:"columns"`
	Windows    CountsWindows `json:"windows"`
	DiedOrLeft Number        `json:"died_or_left"`
}

// TotalsColumns names the user's columns.
type TotalsColumns struct {
	Practice string `json:"practice,omitempty"`
	People   string `json:"people,omitempty"`
}

// Number is a whole number, or unknown.
type Number struct {
	Known bool
	N     int
}

// MarshalJSON writes it as the study file does.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known {
		return []byte(`"unknown"`), nil
	}
	return json.Marshal(n.N)
}

// UnmarshalText reads a number, or the word unknown.
func (n *Number) UnmarshalText(text []byte) error {
	if string(text) == "unknown" {
		*n = Number{}
		return nil
	}
	value, err := strconv.Atoi(string(text))
	if err != nil || value < 0 {
		return errors.New("want a whole number, or unknown")
	}
	*n = Number{Known: true, N: value}
	return nil
}

// Series is a table with one row a calendar month, for an interrupted time series.
type Series struct {
	source.Table
	Columns  SeriesColumns `json:"columns"`
	Dates    string        `json:"dates"` // yyyy-mm, or a layout of a day in the month
	Activity string        `json:"activity,omitempty"`
	Start    *window.Day   `json:"start"` // of the service

	Arms      *Arms `json:"arms,omitempty"`       // texts in the group column: of the service, and of a control series
	LevelOnly bool  `json:"level_only,omitempty"` // no change of slope is fitted
	Harmonics *int  `json:"harmonics,omitempty"`  // pairs of sine and cosine over the year; 2
}

// SeriesColumns names the user's columns.
type SeriesColumns struct {
	Month      string `json:"month"`
	Count      string `json:"count"`
	Population string `json:"population,omitempty"`
	Group      string `json:"group,omitempty"`
}

// SetAside is how much of a table may be set aside before the run stops, in percent.
type SetAside struct {
	Rows   float64 `json:"rows"`
	People float64 `json:"people"`
}
