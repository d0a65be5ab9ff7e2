package study

import (
	"fmt"
	"maps"
	"slices"

	"averted/evaluate/source"
	"averted/evaluate/window"
)

// Reference is people without the service, from whom it is told what would have come anyway: rows a person whose events
// stand in the events tables, or ready counts, or what is known of a population.
type Reference struct {
	Who          Who              `json:"who,omitempty"`
	People       *ReferencePeople `json:"people,omitempty"`
	From         *window.Day      `json:"from,omitempty"` // the first day on which the rule is played again
	To           *window.Day      `json:"to,omitempty"`   // and the last
	Counts       *Counts          `json:"counts,omitempty"`
	ChosenByRule bool             `json:"chosen_by_rule,omitempty"` // the ready counts are of those whom the rule chose, not of everybody
	Population   *Population      `json:"population,omitempty"`
}

// Who the reference people are.
type Who string

// The kinds of reference people.
const (
	BeforeService Who = "before_service" // everybody, before the service began
	Elsewhere     Who = "elsewhere"      // everybody in an area without the service
	NotReferred   Who = "not_referred"   // those whom the service left over
)

// ReferencePeople is the table of reference people, one row a person.
type ReferencePeople struct {
	source.Table
	Columns ReferenceColumns `json:"columns"`
	Dates   string           `json:"dates"`
}

// ReferenceColumns names the user's columns.
type ReferenceColumns struct {
	Person string `json:"person"`
	Joined string `json:"joined,omitempty"`
	Died   string `json:"died,omitempty"`
	Left   string `json:"left,omitempty"`
	Score  string `json:"score,omitempty"` // risk score, of a rule that takes the top by it
}

// Population is what is known of everybody who could have been chosen: mean and dispersion of the count that people are
// chosen by, over as long as the rule looks back.
type Population struct {
	Mean       float64 `json:"mean"`
	Dispersion float64 `json:"dispersion,omitempty"` // shape θ of a negative binomial; or
	Variance   float64 `json:"variance,omitempty"`
	People     int     `json:"people,omitempty"`
	Source     string  `json:"source"`
}

// Theta is the population's shape, from its variance where that is what is given; 0 if counts vary no more than chance.
func (p Population) Theta() float64 {
	if p.Dispersion > 0 {
		return p.Dispersion
	}
	if p.Variance > p.Mean {
		return p.Mean * p.Mean / (p.Variance - p.Mean)
	}
	return 0
}

// Trend is the population's own rate ratio between the windows that are set against each other: a number, or the series of
// months that it is worked out from.
type Trend struct {
	Value     float64      `json:"value"`               // after over before; 1 if none is given
	Early     float64      `json:"early,omitempty"`     // after over the earlier baseline
	Reference float64      `json:"reference,omitempty"` // after over before, of the reference people's windows
	Activity  string       `json:"activity,omitempty"`  // that it is of; "" is all
	Series    *TrendSeries `json:"series,omitempty"`
	Source    string       `json:"source"`
}

// TrendSeries is a table with a population's counts by calendar month; rows of one month are added up.
type TrendSeries struct {
	source.Table
	Columns TrendColumns        `json:"columns"`
	Dates   string              `json:"dates"` // yyyy-mm, or a layout of a day in the month
	Where   map[string][]string `json:"where,omitempty"`
}

// TrendColumns names the user's columns.
type TrendColumns struct {
	Month      string `json:"month"`
	Count      string `json:"count"`
	Population string `json:"population,omitempty"`
}

// noTrend is the source of the trend of a study that gives none.
const noTrend = "none used"

// Given reports whether the study gives a trend, and for an activity.
func (t Trend) Given(activity string) bool {
	return (t.Series != nil || t.Value != 1 || t.Source != noTrend && t.Source != notStated) && (t.Activity == "" || t.Activity == activity)
}

const notStated = "not stated"

// ByCount is the activity by whose count people were chosen, and over how long it was counted; "" if they were chosen by
// something else.
func (s *Selection) ByCount() (activity string, within window.Length) {
	switch {
	case s == nil:
	case s.Threshold != nil:
		return s.Threshold.Activity, s.Threshold.Within
	case s.Top != nil && s.Top.By != RiskScore:
		return s.Top.By, s.Top.Within
	}
	return "", window.Length{}
}

// RiskScore is what a top list goes by that is not a count.
const RiskScore = "risk_score"

// The moments at which people are taken in who meet a rule.
const (
	FixedDate     = "fixed_date"
	FirstCrossing = "first_crossing"
	Rolling       = "rolling"
)

// HasRule reports whether people were chosen by a rule that can be played again.
func (s *Selection) HasRule() bool {
	return s != nil && (s.Threshold != nil || s.Top != nil) && s.When != ""
}

// fillSelection puts defaults into how people came in and what is known of those who didn't.
func (p *Plan) fillSelection() {
	if _, asked := p.keys.Lines["trend.value"]; !asked { // a 0 that is given is a fault
		if p.Trend.Series == nil {
			or(&p.Trend.Source, noTrend)
		}
		p.Trend.Value = 1
	}
	or(&p.Trend.Source, notStated)
	if s := p.Trend.Series; s != nil {
		or(&s.Dates, "yyyy-mm")
		if len(p.Activities) == 1 {
			or(&p.Trend.Activity, p.Activities[0].Name)
		}
	}
	if s := p.Selection; s != nil {
		if s.Top != nil {
			or(&s.When, FixedDate)
		}
		if s.When == Rolling {
			or(&s.Every, window.Length{N: 30, Unit: window.Days})
		}
	}
	if r := p.Reference; r != nil && r.People != nil {
		or(&r.People.Dates, isoDates)
		if r.To == nil && r.From != nil {
			to := *r.From
			r.To = &to
		}
	}
}

// anyway reports whether the study gives something from which to tell what would have come anyway.
func (p *Plan) anyway() bool {
	return p.Reference != nil || p.Selection.HasRule() || p.Selection != nil && p.Selection.Threshold != nil
}

func (p *Plan) checkSelection(d *decoder) {
	s := p.Selection
	if s == nil {
		return
	}
	names := p.activityNames()
	said := 0
	for _, is := range []bool{s.Rule != "", s.Threshold != nil, s.Top != nil} {
		if is {
			said++
		}
	}
	if said != 1 {
		d.At("selection", "A007", "give one of rule: referred, threshold: {...} and top: {...}")
		return
	}
	if s.Rule == "" {
		oneOf(d, "selection.when", s.When, FirstCrossing, FixedDate, Rolling, "")
	} else if s.When != "" {
		d.At("selection.when", "A007", "when: is of a threshold or a top list")
	}
	if s.Every.Days() < 1 && s.When == Rolling || s.Every.Days() > 0 && s.When != Rolling {
		d.At("selection.every", "A007", "every: is the time between the reviews of when: rolling, at least a day")
	}
	if t := s.Threshold; t != nil {
		oneOf(d, "selection.threshold.activity", t.Activity, names...)
		if t.AtLeast < 1 {
			d.At("selection.threshold.at_least", "A007", "want a number of events from 1")
		}
		if t.Within.Days() < 1 {
			d.At("selection.threshold.within", "A005", "say over how long events are counted: within: 12 months")
		}
	}
	if t := s.Top; t != nil {
		oneOf(d, "selection.top.by", t.By, append(names, RiskScore)...)
		if t.N < 1 {
			d.At("selection.top.n", "A007", "want a number of people from 1")
		}
		if t.By != RiskScore && t.Within.Days() < 1 {
			d.At("selection.top.within", "A005", "say over how long events are counted: within: 12 months")
		}
		if s.When == FirstCrossing {
			d.At("selection.when", "A007", "a top list is taken on a fixed date or at reviews; only a threshold can be crossed")
		}
	}
}

func (p *Plan) checkReference(d *decoder, require func(bool, string, string)) {
	r := p.Reference
	if r == nil {
		return
	}
	if r.People == nil && r.Counts == nil && r.Population == nil {
		d.At("reference", "A005", "give people: (rows a person, whose events stand in the events tables), counts: (ready counts), or population: (mean and dispersion)")
		return
	}
	if r.People != nil || r.Counts != nil {
		oneOf(d, "reference.who", string(r.Who), string(BeforeService), string(Elsewhere), string(NotReferred))
	}
	if r.People != nil {
		d.table("reference.people", r.People.Table)
		d.dates("reference.people.dates", r.People.Dates)
		d.made("reference.people.columns", r.People.Columns)
		require(r.People.Columns.Person == "", "reference.people.columns.person", "name the column that holds the person's pseudonym")
		require(len(p.Events) == 0, "reference.people", "reference people's events are counted from the events tables, and the study has none; ready counts stand in reference: counts:")
		require(r.From == nil, "reference.from", "say on which day the rule is played again on them: from: YYYY-MM-DD (and to:, where people come in over some time)")
		if r.From != nil && r.To != nil && *r.To < *r.From {
			d.At("reference.to", "A007", "the last day lies before the first")
		}
		if s := p.Selection; s.HasRule() && s.When == FixedDate && r.From != nil && r.To != nil && *r.To != *r.From {
			d.At("reference.to", "A007", "a fixed date is one day: take to: out")
		}
		if s := p.Selection; s != nil && s.Top != nil && s.Top.By == RiskScore {
			require(r.People.Columns.Score == "", "reference.people.columns.score", "name the column that holds the risk score")
		}
	} else if r.From != nil || r.To != nil {
		d.At("reference.from", "A007", "from: and to: are of reference people with events")
	}
	if r.Counts != nil {
		c := r.Counts
		d.table("reference.counts", c.Table)
		d.made("reference.counts.columns", c.Columns)
		require(c.Columns.Person == "", "reference.counts.columns.person", "name the column that holds the person's pseudonym")
		require(p.Counts == nil, "reference.counts", "ready counts of reference people stand beside ready counts of the cohort, and the study has none")
		require(len(c.Windows) == 0, "reference.counts.windows", "name the columns of at least one window")
		if c.Columns.Arm+c.Columns.Practice != "" || c.Arms != nil || c.DiedOrLeft != nil {
			d.At("reference.counts", "A007", "reference people have no arms, practices or died_or_left")
		}
		if len(c.Windows) > 0 {
			p.checkWindows(d, "reference.counts.windows", c.Windows, require)
			for _, w := range c.Windows {
				if p.Counts != nil && len(p.Counts.Windows) > 0 && w.timed() != p.Counts.Timed() {
					d.At("reference.counts.windows", "A007", "give columns of days for the cohort and for the reference people, or for neither")
				}
			}
		}
	} else if r.ChosenByRule {
		d.At("reference.chosen_by_rule", "A007", "chosen_by_rule: is of ready counts")
	}
	if q := r.Population; q != nil {
		if !(q.Mean > 0 && q.Mean <= 1e6) || q.People < 0 || q.Dispersion < 0 || q.Variance < 0 || (q.Dispersion > 0) == (q.Variance > 0) {
			d.At("reference.population", "A007", "give a mean above 0, of no more than a million, and its dispersion (the shape of a negative binomial) or its variance, and a number of people that is not negative")
		}
		require(q.Source == "", "reference.population.source", "say where the figures come from")
		if by, _ := p.Selection.ByCount(); by == "" {
			d.At("reference.population", "A007", "a population's mean says something of people who were chosen by a count: selection: {threshold: ...}")
		}
	}
}

// A population's use may fall to leastTrend of what it was, or rise to mostTrend times it.
const (
	leastTrend = 0.1
	mostTrend  = 10.0
)

func (p *Plan) checkTrend(d *decoder, require func(bool, string, string)) {
	t := p.Trend
	for _, of := range []struct {
		key   string
		value float64
	}{{"value", t.Value}, {"early", t.Early}, {"reference", t.Reference}} {
		_, asked := d.Lines["trend."+of.key]
		if asked && !(of.value >= leastTrend && of.value <= mostTrend) {
			d.At("trend."+of.key, "A007", "want the population's rate after over its rate before, from %v to %v: 1.03, say", leastTrend, mostTrend)
		}
	}
	if t.Activity != "" {
		oneOf(d, "trend.activity", t.Activity, p.activityNames()...)
	}
	s := t.Series
	if (s != nil || t.Value != 1 || t.Early > 0 || t.Reference > 0) && t.Source == notStated {
		d.At("trend.source", "A005", "say where the trend comes from")
	}
	if s == nil {
		return
	}
	if t.Value != 1 || t.Early > 0 || t.Reference > 0 {
		d.At("trend", "A007", "give numbers or a series, not both")
	}
	d.table("trend.series", s.Table)
	d.made("trend.series.columns", s.Columns)
	d.months("trend.series", s.Dates, s.Columns.Month, s.Columns.Count, require)
	require(t.Activity == "", "trend.activity", "say of which activity the series is: activity: ae")
	if len(p.Events) == 0 {
		d.At("trend.series", "A007", "which months the windows lie in is known of rows of events alone: give the ratio as value:")
	}
}

// checkEarly checks the columns of earlier counts.
func (p *Plan) checkEarly(d *decoder) {
	if p.Counts == nil {
		return
	}
	for _, w := range p.Counts.Windows {
		for _, name := range slices.Sorted(maps.Keys(w.Columns)) {
			if c := w.Columns[name]; c.Early != "" && (c.Early == c.Before || c.Early == c.After) {
				d.At(fmt.Sprintf("counts.windows.%s.%s.early", w.Window, name), "A007", "one column can't be both")
			}
		}
	}
}

// Earlier is the plan with the earlier counts in the place of those before, nil if the study has none.
func (p *Plan) Earlier() *Plan {
	if p.Counts == nil {
		return nil
	}
	q, counts, found := *p, *p.Counts, false
	counts.Windows = nil
	for _, w := range p.Counts.Windows {
		columns := map[string]PairColumns{}
		for name, c := range w.Columns {
			found = found || c.Early != ""
			if c.Early != "" {
				c.Before = c.Early
			}
			columns[name] = c
		}
		counts.Windows = append(counts.Windows, CountsWindow{w.Window, columns})
	}
	q.Counts = &counts
	if !found {
		return nil
	}
	return &q
}

// EarlyKnown reports whether the ready counts of a window tell of an activity's use in the window before the one before.
func (p *Plan) EarlyKnown(label, activity string) bool {
	return p.Counts != nil && slices.ContainsFunc(p.Counts.Windows, func(w CountsWindow) bool {
		return w.Window.String() == label && w.Columns[activity].Early != ""
	})
}

// OptOutColumn is the heading under which the opt-out list has its identifiers.
func (p *Plan) OptOutColumn() string {
	switch {
	case p.OptOut.Column != "":
		return p.OptOut.Column
	case p.People != nil:
		return p.People.Columns.Person
	case p.Counts != nil:
		return p.Counts.Columns.Person
	}
	return ""
}
