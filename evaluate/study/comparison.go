package study

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"averted/evaluate/strict"
)

// Comparison is how the service's people are compared with those without it.
type Comparison struct {
	Who         Compared `json:"who"`
	Match       string   `json:"match"`           // nearest, or none
	Exact       []string `json:"exact,omitempty"` // traits that must agree
	Covariates  []string `json:"covariates,omitempty"`
	Use         []string `json:"use,omitempty"` // activities whose use before the index day people are made alike in
	Ratio       int      `json:"ratio,omitempty"`
	Caliper     float64  `json:"caliper,omitempty"` // in standard deviations of the score
	NoCaliper   bool     `json:"no_caliper,omitempty"`
	Replace     *bool    `json:"replace,omitempty"`       // a comparison person may stand for several; where it isn't said, if there are fewer of them than it takes
	Later       bool     `json:"later,omitempty"`         // the service's own people stand for comparison while they have not begun
	NeverServed bool     `json:"never_served,omitempty"`  // comparison people who had the service later are left out
	Registered  bool     `json:"registered,omitempty"`    // a randomised study that was registered before it began
	OwnIndex    bool     `json:"own_index_day,omitempty"` // comparison people without an index day of their own are left out
}

// Compared is who the comparison people are.
type Compared string

// The kinds of comparison people, from the weakest.
const (
	NotConnected Compared = "not_connected" // referred, and did not take the service up, or chose otherwise
	Waiting      Compared = "waiting"       // referred, and the service had not begun
	SameRule     Compared = "same_rule"     // chosen by the same rule where there was no service
	CutOff       Compared = "cut_off"       // who came was set by a line
	RandomOrder  Compared = "random_order"  // who came first was set by lot
	Randomised   Compared = "randomised"
)

// Ways of making people alike.
const (
	Nearest = "nearest"
	NoMatch = "none"
)

// Traits of people that don't stand in columns of covariates.
const (
	Age      = "age"
	Practice = "practice"
)

// MonthsAround says against which months the months around the index day are shown.
type MonthsAround struct {
	Reference string `json:"reference"` // last, early, or auto
}

// The reference months: the last before the index day, or the earlier half of those before. Auto takes the earlier half,
// since people are referred when things are bad, but where it was not their use that brought them in when it did.
const (
	LastMonth   = "last"
	EarlyMonths = "early"
	AutoMonths  = "auto"
)

// comparedPeople reports whether the study has people to compare with.
func (p *Plan) comparedPeople() bool {
	return (p.HasComparison() || p.Comparison != nil && p.Comparison.Later) && (len(p.Events) > 0 || p.Counts != nil)
}

// fillComparison puts defaults into how people are compared.
func (p *Plan) fillComparison() {
	if p.Series != nil && p.Series.Harmonics == nil {
		p.Series.Harmonics = new(int)
		*p.Series.Harmonics = 2
	}
	if p.monthly() {
		if p.Months == nil {
			p.Months = &MonthsAround{}
		}
		or(&p.Months.Reference, AutoMonths)
	}
	if !p.comparedPeople() || !slices.Contains(p.Methods, Compare) {
		return
	}
	if p.Comparison == nil {
		p.Comparison = &Comparison{}
	}
	c := p.Comparison
	or(&c.Who, NotConnected)
	match := Nearest
	if c.Who == Randomised {
		match = NoMatch
	}
	if or(&c.Match, match); c.Match != NoMatch {
		if _, asked := p.keys.Lines["comparison.ratio"]; !asked { // a 0 that is given is a fault
			c.Ratio = 1
		}
		if _, asked := p.keys.Lines["comparison.caliper"]; !asked && !c.NoCaliper {
			c.Caliper = 0.2
		}
	}
	if len(c.Use) == 0 {
		for _, a := range p.Activities {
			if kind := p.KindOf(a.Name); kind == p.KindOf(p.Primary.Activity) {
				c.Use = append(c.Use, a.Name)
			}
		}
	}
	if c.Covariates == nil {
		for _, name := range p.knownTraits() {
			if name != Practice && name != Locality && !slices.Contains(c.Exact, name) {
				c.Covariates = append(c.Covariates, name)
			}
		}
	}
}

// monthly reports whether the study shows months around the index day.
func (p *Plan) monthly() bool { return len(p.Events) > 0 && slices.Contains(p.Methods, MonthByMonth) }

// EarlyReference reports whether months are shown against the earlier half of those before the index day.
func (p *Plan) EarlyReference() bool {
	switch {
	case p.Months == nil:
		return false
	case p.Months.Reference == AutoMonths:
		return p.Comparison == nil || !slices.Contains([]Compared{CutOff, RandomOrder, Randomised}, p.Comparison.Who)
	}
	return p.Months.Reference == EarlyMonths
}

// covariates are the columns that hold what people are made alike in.
func (p *Plan) covariates() map[string]string {
	switch {
	case p.People != nil:
		return p.People.Columns.Covariates
	case p.Counts != nil:
		return p.Counts.Columns.Covariates
	}
	return nil
}

// knownTraits are the traits that the study's columns tell of.
func (p *Plan) knownTraits() []string {
	var list []string
	if p.People != nil {
		for _, of := range [][2]string{{Age, p.People.Columns.BirthYear}, {Sex, p.People.Columns.Sex}, {Practice, p.People.Columns.Practice}, {Locality, p.People.Columns.Locality}} {
			if of[1] != "" {
				list = append(list, of[0])
			}
		}
	}
	return append(list, slices.Sorted(maps.Keys(p.covariates()))...)
}

// Traits are what is read of everybody to make people alike, in order: each named once.
func (p *Plan) Traits() []string {
	if p.Comparison == nil {
		return nil
	}
	var list []string
	for _, name := range slices.Concat(p.Comparison.Exact, p.Comparison.Covariates) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// TraitColumn is the column that holds a trait; "" for age, which is worked out from the year of birth.
func (p *Plan) TraitColumn(trait string) string {
	if p.People != nil {
		switch trait {
		case Age:
			return ""
		case Sex:
			return p.People.Columns.Sex
		case Locality:
			return p.People.Columns.Locality
		case Practice:
			return p.People.Columns.Practice
		}
	} else if trait == Practice && p.Counts != nil && p.covariates()[trait] == "" {
		return p.Counts.Columns.Practice
	}
	return p.covariates()[trait]
}

func (p *Plan) checkComparison(d *decoder) {
	if m := p.Months; m != nil {
		oneOf(d, "months.reference", m.Reference, AutoMonths, LastMonth, EarlyMonths)
		if !p.monthly() {
			d.At("months", "A007", "months around the index day are told of rows of events, with methods: [%s]", MonthByMonth)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.covariates())) {
		column := p.covariates()[name]
		at := "people.columns.covariates." + name
		if p.People == nil {
			at = "counts.columns.covariates." + name
		}
		switch {
		case column == "":
			d.At(at, "A005", "name the column that holds it")
		case strings.TrimSpace(name) != name || name == "":
			d.At(at, "A007", "want a name without blanks at its ends")
		case p.People != nil && slices.Contains([]string{Age, Sex, Practice, Locality}, name):
			d.At(at, "A007", "%s comes from a column of its own: birth_year:, sex:, practice:, locality:", name)
		}
	}
	c := p.Comparison
	if c == nil {
		return
	}
	if !p.comparedPeople() {
		d.At("comparison", "A007", "a comparison needs people of both arms (arms: {service: [...], comparison: [...]}) with rows of events or ready counts, or later: true")
		return
	}
	if !slices.Contains(p.Methods, Compare) {
		d.At("comparison", "A007", "methods: does not ask for %s", Compare)
		return
	}
	oneOf(d, "comparison.who", string(c.Who), string(NotConnected), string(Waiting), string(SameRule), string(CutOff), string(RandomOrder), string(Randomised))
	oneOf(d, "comparison.match", c.Match, Nearest, NoMatch)
	asked := func(key string) bool { _, ok := d.Lines["comparison."+key]; return ok }
	switch {
	case c.Match == NoMatch && (asked("ratio") || asked("caliper") || asked("replace") || asked("exact") || c.NoCaliper):
		d.At("comparison.match", "A007", "ratio:, caliper:, replace: and exact: are of match: nearest")
	case c.Match == NoMatch:
	case c.Ratio < 1 || c.Ratio > 20:
		d.At("comparison.ratio", "A007", "want a number of comparison people for each of the service's, from 1 to 20")
	case c.NoCaliper && c.Caliper > 0:
		d.At("comparison.caliper", "A007", "give a caliper or no_caliper: true, not both")
	case !c.NoCaliper && !(c.Caliper > 0 && c.Caliper <= 5):
		d.At("comparison.caliper", "A007", "want standard deviations of the score, above 0 and up to 5: 0.2; or no_caliper: true")
	}
	if c.Registered && c.Who != Randomised {
		d.At("comparison.registered", "A007", "registered: is of who: randomised")
	}
	for _, key := range []string{"use", "exact", "covariates"} {
		if list := map[string][]string{"use": c.Use, "exact": c.Exact, "covariates": c.Covariates}[key]; asked(key) && len(list) == 0 {
			d.At("comparison."+key, "A005", "name at least one, or take the key out")
		}
	}
	known := p.knownTraits()
	for _, of := range []struct {
		key  string
		list []string
	}{{"exact", c.Exact}, {"covariates", c.Covariates}} {
		for i, name := range of.list {
			at := fmt.Sprintf("comparison.%s[%d]", of.key, i+1)
			switch {
			case !slices.Contains(known, name) && len(known) == 0:
				d.At(at, "A007", "no column tells of it: people.columns: {covariates: {%s: COLUMN}}", name)
			case !slices.Contains(known, name):
				d.At(at, "A007", "no column tells of it%s", strict.DidYouMean(name, known))
			case slices.Contains(of.list[:i], name):
				d.At(at, "A007", "this is listed twice")
			}
		}
	}
	for i, name := range c.Use {
		if slices.Contains(c.Use[:i], name) {
			d.At(fmt.Sprintf("comparison.use[%d]", i+1), "A007", "this is listed twice")
		}
		oneOf(d, fmt.Sprintf("comparison.use[%d]", i+1), name, p.activityNames()...)
	}
	switch {
	case c.Later && (len(p.Events) == 0 || p.HasComparison()):
		d.At("comparison.later", "A007", "later: is of a study with rows of events and one arm, whose people started at different times")
	case c.Later && c.Who != RandomOrder:
		d.At("comparison.who", "A007", "later: is right where nothing about people set who began when: who: random_order. Where people come in when things are bad, those who have not yet come are on their way there")
	}
	if c.OwnIndex && len(p.Events) == 0 {
		d.At("comparison.own_index_day", "A007", "index days are of rows of events")
	}
	if c.NeverServed && (len(p.Events) == 0 || p.People == nil || p.People.Columns.Start == "") {
		d.At("comparison.never_served", "A007", "who had the service later is told by people.columns: {start: COLUMN}")
	}
}
