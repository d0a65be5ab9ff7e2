// Package result is the plain model of what a study found: structs only, written as result.json (exact,
// internal) and, after disclosure control, as release.json. A nil number is refused (see Refused) or hidden
// (its field's name is in Hidden), never 0.
package result

// Schema is the number of this form.
const Schema = 1

// Result is one study's result. Percentages are in percent, money is in whole pence, days in days.
type Result struct {
	Schema     int         `json:"schema"`
	MayLeave   bool        `json:"may_leave,omitempty"` // it passed disclosure control
	Study      Study       `json:"study"`
	Activities []Activity  `json:"activities"`
	Flow       []Box       `json:"flow"`
	Quality    []Table     `json:"quality"`
	Series     []Month     `json:"series,omitempty"`
	Practices  []Practices `json:"practices"`
	Estimates  []Estimate  `json:"estimates"`
	Lost       []Lost      `json:"lost"`
	Around     []Around    `json:"around"`
	Apart      []Apart     `json:"apart,omitempty"` // internal
	Subgroups  []Division  `json:"subgroups,omitempty"`
	Secondary  int         `json:"secondary"` // estimates and tests that were made beside the primary one

	Concentration []Concentration `json:"concentration"`
	Anyway        []Anyway        `json:"anyway,omitempty"`
	Matching      []Matching      `json:"matching,omitempty"`
	Months        []MonthByMonth  `json:"months,omitempty"`
	Interrupted   *Interrupted    `json:"interrupted,omitempty"`
	Bill          *Bill           `json:"bill,omitempty"`
	Profile       *Profile        `json:"profile,omitempty"`
	Outcomes      []Outcome       `json:"outcomes,omitempty"`
	Surveys       []Survey        `json:"surveys,omitempty"`
	Courses       []Course        `json:"courses,omitempty"`
	Quotes        []Quote         `json:"quotes,omitempty"`
	CaseStudies   []CaseStudy     `json:"case_studies,omitempty"`
	Claims        *Claims         `json:"claims,omitempty"`
	Narrative     *Narrative      `json:"narrative,omitempty"`
	Look          *Look           `json:"look,omitempty"`
	Published     []Published     `json:"published,omitempty"` // evaluations of the same activities, which this one stands beside
	Warnings      []Warning       `json:"warnings"`
	Notes         []string        `json:"notes"`
	Provenance    Provenance      `json:"provenance"`
}

// Study is what the study file says about itself.
type Study struct {
	Title         string            `json:"title"`
	Question      string            `json:"question"`
	Date          string            `json:"date"`
	Synthetic     string            `json:"synthetic"` // how the data were made up, "" for real data
	Hash          string            `json:"hash"`
	Lock          Lock              `json:"lock"`
	Grade         Grade             `json:"grade"`
	Seed          uint64            `json:"seed"`
	Windows       []Window          `json:"windows"`
	Arms          []Arm             `json:"arms"`
	FollowUp      string            `json:"follow_up"`
	IndexDay      string            `json:"index_day"`
	Washout       string            `json:"washout"`
	Selection     string            `json:"selection"`
	NotCollected  map[string]string `json:"not_collected"`
	NotSaid       []string          `json:"not_said,omitempty"` // usual activities that were neither counted nor said to be missing
	OptOut        string            `json:"opt_out"`
	Profile       string            `json:"profile"`
	HideBelow     int               `json:"hide_below"`
	NamePractices bool              `json:"name_practices"`
	DiedOrLeft    *int64            `json:"died_or_left,omitempty"` // internal: what a study of ready counts says
}

// Lock says whether the plan was fixed before the data arrived. On is "" where it was not.
type Lock struct {
	On      string   `json:"locked_on"`
	Hash    string   `json:"hash"`
	Changed []string `json:"changed_since"` // keys of the study file
}

// Grade is how far the change can be trusted to be what the service did: 1 to 5 on the Maryland scale.
type Grade struct {
	Level int    `json:"level"`
	Why   string `json:"why"`
}

// Window is one window's length in days, the same before and after unless Equal is false.
type Window struct {
	Label string `json:"label"`
	Days  int    `json:"days"`
	Equal bool   `json:"equal"`
}

// Arm is what an arm is called.
type Arm struct {
	Arm   string `json:"arm"`
	Label string `json:"label"`
}

// Box is one step of the people flow.
type Box struct {
	Step   string   `json:"step"`
	Window string   `json:"window"`
	Arm    string   `json:"arm"`
	People *int64   `json:"people"`
	Out    *int64   `json:"out"`
	Why    string   `json:"why"`
	Hidden []string `json:"hidden,omitempty"`
}

// Table is what one table held: its quality. Counts of rows are exact and internal; what may leave says about how many
// rows there were and what share was set aside, and nothing of the form of the files, so that the same rows from other
// files say the same.
type Table struct {
	Table    string   `json:"table"`    // where it stands in the study file: events[2]
	Holds    string   `json:"holds"`    // the labels of its activities
	Complete string   `json:"complete"` // from when to when the feed holds everything, "" where that is not asked
	About    string   `json:"about"`    // how many rows, to two figures
	SetAside string   `json:"set_aside"`
	Why      []string `json:"why"`      // rows were set aside
	LeftOut  string   `json:"left_out"` // by where: and where_not:, and of no activity
	People   string   `json:"people"`   // of the study who were found, in words
	Remarks  []string `json:"remarks"`
	Internal *Rows    `json:"internal,omitempty"`
}

// Rows is the exact counts of a table. Used, LeftOut, Unmapped, Unmatched and all set aside add up to Rows.
type Rows struct {
	Rows      int64            `json:"rows"`
	Used      int64            `json:"used"`
	LeftOut   int64            `json:"left_out"`
	Unmapped  int64            `json:"unmapped"`
	Unmatched int64            `json:"unmatched"`
	Outside   int64            `json:"outside"` // of those used, on days for which the table is not complete
	Merged    int64            `json:"merged"`  // of those used, part of an earlier spell
	Ruled     int64            `json:"ruled"`   // of those used, passed over by a rule
	Aside     map[string]int64 `json:"aside"`   // by reason
	People    int64            `json:"people"`  // of the study who were found
	Touched   int64            `json:"touched"` // of them, with a row set aside
	Files     []File           `json:"files"`
	Months    []MonthRows      `json:"months,omitempty"`
}

// File is a file that was read.
type File struct {
	Name   string   `json:"file"`
	Form   string   `json:"form"`
	Rows   int64    `json:"rows"`
	SHA256 string   `json:"sha256"`
	Notes  []string `json:"notes"`
}

// MonthRows is the rows of a calendar month.
type MonthRows struct {
	Activity string `json:"activity"`
	Month    string `json:"month"`
	Rows     int64  `json:"rows"`
}

// Month is a calendar month of a series.
type Month struct {
	Group      string   `json:"group"`
	Month      string   `json:"month"`
	Count      *int64   `json:"count"`
	Population *int64   `json:"population,omitempty"`
	Hidden     []string `json:"hidden,omitempty"`
}

// Practices is in how many practices a count fell.
type Practices struct {
	Activity  string   `json:"activity"`
	Window    string   `json:"window"`
	Arm       string   `json:"arm"`
	Practices *int64   `json:"practices"`
	Fell      *int64   `json:"fell"`
	Hidden    []string `json:"hidden,omitempty"`
}

// Estimate is one estimate. Users and Top are how many people stand behind the events and what share one
// of them has: internal.
type Estimate struct {
	Activity   string   `json:"activity"`
	Window     string   `json:"window"`
	On         string   `json:"on"`      // the window whose people it is about, "" for its own
	Washout    string   `json:"washout"` // before the index day, where other than the study's
	Method     string   `json:"method"`
	Arm        string   `json:"arm"`
	Subgroup   string   `json:"subgroup"`
	Stage      string   `json:"stage"` // of the window after, "" for all of it
	FollowUp   string   `json:"follow_up"`
	Quantity   string   `json:"quantity"`
	Value      *float64 `json:"value"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Level      float64  `json:"level"`
	Interval   string   `json:"interval"`
	P          *float64 `json:"p"`
	People     *int64   `json:"people"`
	Before     *int64   `json:"before"`
	After      *int64   `json:"after"`
	Expected   *float64 `json:"expected"`
	DaysBefore *int64   `json:"days_before"`
	DaysAfter  *int64   `json:"days_after"`
	Primary    bool     `json:"primary"`
	Refused    string   `json:"refused"`
	Why        string   `json:"why"` // it was refused, in words
	Warnings   []string `json:"warnings"`
	Hidden     []string `json:"hidden,omitempty"`

	// Of methods of what would have come anyway, whose Expected is without the service:
	RuleAlone  *float64 `json:"rule_alone,omitempty"`       // the percent change that would have come without the service
	Reference  *int64   `json:"reference_people,omitempty"` // people without the service
	Trend      *float64 `json:"trend,omitempty"`            // the population's own rate ratio; nil where none is given
	Leads      bool     `json:"leads,omitempty"`
	BesideOnly string   `json:"beside_only,omitempty"` // why it may not lead, in words
	Thin       *bool    `json:"thin,omitempty"`        // few people stand behind what it rests on: internal

	// Of comparisons of both arms (arm ""), whose other counts are of the service's people and whose Expected is had theirs
	// gone as the comparison's did:
	Compared           bool     `json:"compared,omitempty"`
	ComparisonPeople   *int64   `json:"comparison_people,omitempty"`
	ComparisonBefore   *int64   `json:"comparison_before,omitempty"`
	ComparisonAfter    *int64   `json:"comparison_after,omitempty"`
	ServiceChange      *float64 `json:"service_rate_ratio,omitempty"`
	ComparisonChange   *float64 `json:"comparison_rate_ratio,omitempty"`
	EValue             *float64 `json:"e_value,omitempty"`
	EValueLimit        *float64 `json:"e_value_limit,omitempty"` // of the limit nearer to no change
	ComparisonInternal *Side    `json:"comparison_internal,omitempty"`

	UsersBefore *int64   `json:"users_before,omitempty"`
	UsersAfter  *int64   `json:"users_after,omitempty"`
	TopBefore   *float64 `json:"top_before,omitempty"`
	TopAfter    *float64 `json:"top_after,omitempty"`
	Changed     *int64   `json:"changed,omitempty"` // people with more or fewer events after than before
	TopChange   *float64 `json:"top_change,omitempty"`
}

// Anyway says of one activity in one window, of the service's people, which method of what would have come anyway leads,
// or why none does.
type Anyway struct {
	Activity   string `json:"activity"`
	Window     string `json:"window"`
	Arm        string `json:"arm"`
	FollowUp   string `json:"follow_up"`
	Leads      string `json:"leads"`       // a method, "" for none
	Tried      string `json:"tried"`       // where none leads: the first that might have, "" if nothing could be tried
	Why        string `json:"why"`         // why it does not, or what it would take
	ChosenHere bool   `json:"chosen_here"` // people were chosen by their count of this activity in the window before
}

// Side is who stands behind the counts of comparison people: internal.
type Side struct {
	UsersBefore int64   `json:"users_before"`
	UsersAfter  int64   `json:"users_after"`
	TopBefore   float64 `json:"top_before"`
	TopAfter    float64 `json:"top_after"`
	// Who is told of differs from a leading figure by what few people have: of the service, and of comparison people.
	NearService    bool `json:"near_service"`
	NearComparison bool `json:"near_comparison"`
}

// Matching is how the service's people were made alike with comparison people, of one kind of data.
type Matching struct {
	Kind       string      `json:"kind"`
	Who        string      `json:"who"`
	Match      string      `json:"match"`
	Window     string      `json:"window"`
	Service    *int64      `json:"service_people"` // who could be matched
	Pool       *int64      `json:"comparison_people"`
	Matched    *int64      `json:"matched"`
	Used       *int64      `json:"used"`
	Share      *float64    `json:"matched_share"` // of the service's people, in percent
	Replaced   bool        `json:"replaced"`      // a comparison person may stand for several
	TwoWindows bool        `json:"two_windows"`   // use was known in two windows before
	Balance    []Covariate `json:"balance"`
	Refused    string      `json:"refused"`
	Why        string      `json:"why"`
	Warnings   []string    `json:"warnings"`
	Hidden     []string    `json:"hidden,omitempty"`
}

// Covariate is how alike both groups are in one trait: standardised mean differences and variance ratios, before and after
// matching.
type Covariate struct {
	Name                 string   `json:"covariate"`
	Use                  bool     `json:"use"` // of use before, not a trait
	MeanService          *float64 `json:"mean_service"`
	MeanComparison       *float64 `json:"mean_comparison"`
	SMD                  *float64 `json:"smd_before"`
	VarianceRatio        *float64 `json:"variance_ratio_before"`
	MatchedService       *float64 `json:"mean_service_matched"`
	MatchedComparison    *float64 `json:"mean_comparison_matched"`
	MatchedSMD           *float64 `json:"smd_after"`
	MatchedVarianceRatio *float64 `json:"variance_ratio_after"`
	Internal             *Rare    `json:"internal,omitempty"`
	Hidden               []string `json:"hidden,omitempty"`
}

// Rare says whether few people differ in a trait from what most have, or one by over half of all: of everybody, of the matched or those
// left over, and in squares. Internal.
type Rare struct {
	Everybody bool `json:"everybody"`
	Matched   bool `json:"matched"`
	Spread    bool `json:"spread"`
}

// MonthByMonth is one activity month by month around the index day. Arm is "" with comparison people.
type MonthByMonth struct {
	Activity  string   `json:"activity"`
	Arm       string   `json:"arm"`
	Unit      string   `json:"unit"`      // month, or quarter
	Reference []int    `json:"reference"` // below 0 before the index day
	People    *int64   `json:"people"`
	Points    []Point  `json:"points"`
	PreTrend  *float64 `json:"pre_trend"` // Wald's statistic of the months before
	DF        *int64   `json:"pre_trend_df"`
	P         *float64 `json:"pre_trend_p"`
	Refused   string   `json:"refused"`
	Why       string   `json:"why"`
	Hidden    []string `json:"hidden,omitempty"`
}

// Point is one month, or quarter. Rates are events a thousand people, exact ones in 365/12 days watched; Value is the ratio to the
// reference, over that of comparison people where there are some, nil in the reference.
type Point struct {
	Month          int      `json:"month"`
	Events         *float64 `json:"events"`
	Days           *float64 `json:"days"`
	Rate           *float64 `json:"rate"`
	ComparisonRate *float64 `json:"comparison_rate"`
	Value          *float64 `json:"value"`
	Low            *float64 `json:"low"`
	High           *float64 `json:"high"`
	Hidden         []string `json:"hidden,omitempty"`
	Thin           *bool    `json:"thin,omitempty"` // few people stand behind it, or one with over half: internal

	ComparisonEvents *float64 `json:"comparison_events,omitempty"` // by weight: internal
}

// Interrupted is an interrupted series: what was fitted, and what the series was about to be.
type Interrupted struct {
	Activity   string        `json:"activity"`
	Start      string        `json:"start"`    // the first month with the service
	LeftOut    bool          `json:"left_out"` // the month in which it began, which is half with the service
	Controlled bool          `json:"controlled"`
	Exposed    bool          `json:"by_population"`
	Harmonics  int           `json:"harmonics"`       // pairs of waves over the year
	Fewer      bool          `json:"fewer_harmonics"` // than the study asks for: there are too few months
	Months     int           `json:"months"`
	Before     int           `json:"months_before"`
	Terms      []Term        `json:"terms"`
	Control    []Term        `json:"control_terms,omitempty"` // of the difference from the control series
	Dispersion *float64      `json:"dispersion"`
	ACF1       *float64      `json:"acf1"`
	LjungBoxP  *float64      `json:"ljung_box_p"`
	Observed   *float64      `json:"observed"`
	Expected   *float64      `json:"expected"`
	Averted    *float64      `json:"averted"`
	Low        *float64      `json:"averted_low"`
	High       *float64      `json:"averted_high"`
	Points     []SeriesPoint `json:"points"`
	Refused    string        `json:"refused"`
	Why        string        `json:"why"`
	Warnings   []string      `json:"warnings"`
	Hidden     []string      `json:"hidden,omitempty"`
}

// Term is a coefficient of a series as a ratio: of a month to the one before (time), of the level at the start, of the
// slope a month.
type Term struct {
	Name  string   `json:"term"`
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	P     *float64 `json:"p"`
}

// SeriesPoint is one month of a series. Expected is what it was about to be, nil before the start.
type SeriesPoint struct {
	Month    string   `json:"month"`
	Count    *float64 `json:"count"`
	Control  *float64 `json:"control,omitempty"`
	Fitted   *float64 `json:"fitted"`
	Expected *float64 `json:"expected"`
}

// Division is one activity told apart by subgroup. P is of whether the change differs between them.
type Division struct {
	Activity string     `json:"activity"`
	Window   string     `json:"window"`
	Arm      string     `json:"arm"`
	FollowUp string     `json:"follow_up"`
	By       string     `json:"by"`
	Levels   []Estimate `json:"levels"`
	Q        *float64   `json:"q"`
	DF       *int64     `json:"df"`
	P        *float64   `json:"p"`
	Wald     *float64   `json:"wald"`
	PWald    *float64   `json:"p_wald"`
	PHolm    *float64   `json:"p_holm"`
	PBH      *float64   `json:"p_bh"` // Benjamini and Hochberg
	Refused  string     `json:"refused"`
	Why      string     `json:"why"`
	Hidden   []string   `json:"hidden,omitempty"`
}

// Concentration is how much hangs on the people with most events. Shares are in percent.
type Concentration struct {
	Activity     string   `json:"activity"`
	Window       string   `json:"window"`
	Arm          string   `json:"arm"`
	FollowUp     string   `json:"follow_up"`
	Top          *int64   `json:"top"` // how many people
	ShareBefore  *float64 `json:"share_before"`
	ShareAfter   *float64 `json:"share_after"`
	ShareAverted *float64 `json:"share_averted"`
	Rest         *float64 `json:"rate_ratio_of_rest"`
	Refused      string   `json:"refused"`
	Why          string   `json:"why"`
	Hidden       []string `json:"hidden,omitempty"`
	Thin         *bool    `json:"thin,omitempty"` // too few people stand behind some count of the top's or the rest's; internal
}

// Lost is people whose windows were not watched to the end, by death or leaving, with their events. Share
// is of the arm's events before, in percent.
type Lost struct {
	Activity string   `json:"activity"`
	Window   string   `json:"window"`
	Arm      string   `json:"arm"`
	People   *int64   `json:"people"`
	Before   *int64   `json:"before"`
	After    *int64   `json:"after"`
	Share    *float64 `json:"share_of_before"`
	Hidden   []string `json:"hidden,omitempty"`
	Users    *int64   `json:"users,omitempty"`
}

// Apart is what makes the difference between a leading figure and another of the same arm and activity: people in one
// only, and those whose events differ. Internal.
type Apart struct {
	Activity    string  `json:"activity"`
	Arm         string  `json:"arm"`
	Lead        Figure  `json:"lead"`
	Other       Figure  `json:"other"`
	People      int64   `json:"people"`
	UsersBefore int64   `json:"users_before"`
	UsersAfter  int64   `json:"users_after"`
	TopBefore   float64 `json:"top_before"`
	TopAfter    float64 `json:"top_after"`
}

// Figure says which windows of whom a figure is about.
type Figure struct {
	Window   string `json:"window"`
	On       string `json:"on"`
	FollowUp string `json:"follow_up"`
}

// Around is events around the index day that no window tells of.
type Around struct {
	Part     string   `json:"part"`
	Activity string   `json:"activity"`
	Arm      string   `json:"arm"`
	Events   *int64   `json:"events"`
	Days     *int64   `json:"days"`
	Hidden   []string `json:"hidden,omitempty"`
	Users    *int64   `json:"users,omitempty"`
	Most     *int64   `json:"most,omitempty"`
}

// Warning is what has to be said beside some estimates.
type Warning struct {
	Code     string `json:"code"`
	Text     string `json:"text"`
	Activity string `json:"activity"`
	Window   string `json:"window"`
	Arm      string `json:"arm"`
	FollowUp string `json:"follow_up"`
}

// Provenance says what made the result.
type Provenance struct {
	Version string `json:"version"`
}

// FollowUp is that of an activity's leading figures.
func (r *Result) FollowUp(activity string) string {
	for _, a := range r.Activities {
		if a.Name == activity && a.FollowUp != "" {
			return a.FollowUp
		}
	}
	return r.Study.FollowUp
}

// Kind is the kind of data that an activity has.
func (r *Result) Kind(activity string) string {
	for _, a := range r.Activities {
		if a.Name == activity {
			return a.Kind
		}
	}
	return ""
}

// Timed reports whether the days watched behind an activity are known.
func (r *Result) Timed(activity string) bool {
	for _, a := range r.Activities {
		if a.Name == activity {
			return a.Timed
		}
	}
	return false
}

// Alone reports whether a result tells of people and what they said, and of nobody's use of services.
func (r *Result) Alone() bool { return len(r.Activities) == 0 }
