package study

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"averted/evaluate/outcome"
	"averted/evaluate/source"
	"averted/evaluate/window"
)

// Profile says what is told of who the people are. What stands in people.columns is told without further ado.
type Profile struct {
	Population *AreaPeople `json:"population,omitempty"`
	Contacts   *Contacts   `json:"contacts,omitempty"`
	Onward     *Onward     `json:"onward,omitempty"`
}

// AreaPeople is a table of the area's own people: a row for each level of a trait.
type AreaPeople struct {
	source.Table
	Columns PopulationColumns `json:"columns"`
	Source  string            `json:"source"` // of the figures
}

// PopulationColumns names the user's columns.
type PopulationColumns struct {
	Trait  string `json:"trait"` // sex, age_band, ethnicity, deprivation, carer, locality
	Level  string `json:"level"`
	People string `json:"people"`
}

// Contacts is a table of the service's own contacts with people, a row a contact; or of ready counts, a row a month.
type Contacts struct {
	source.Table
	Columns  ContactColumns `json:"columns"`
	Dates    string         `json:"dates"`
	Complete *Complete      `json:"complete,omitempty"` // months that aren't wholly in it are not on the chart
	Landmark window.Length  `json:"landmark"`           // after the index day: contacts until then are a person's dose
}

// ContactColumns names the user's columns: person and date of a row a contact, month, contacts and new_people of a row a
// month.
type ContactColumns struct {
	Person    string `json:"person,omitempty"`
	Date      string `json:"date,omitempty"`
	Month     string `json:"month,omitempty"`
	Contacts  string `json:"contacts,omitempty"`
	NewPeople string `json:"new_people,omitempty"`
}

// Monthly reports whether the table has a row a month.
func (c Contacts) Monthly() bool { return c.Columns.Month != "" }

// Onward is a table of where people were sent on to, a row a referral.
type Onward struct {
	source.Table
	Columns OnwardColumns `json:"columns"`
}

// OnwardColumns names the user's columns.
type OnwardColumns struct {
	Person       string `json:"person"`
	Organisation string `json:"organisation,omitempty"`
	Sector       string `json:"sector,omitempty"`
}

// Traits that a profile can tell of, in the order in which it does. Of the last three a person may have several.
const (
	Ethnicity   = "ethnicity"
	Deprivation = "deprivation"
	Carer       = "carer"
	ReferredBy  = "source"
	Practices   = "practice"
	Reason      = "reason"
	AlsoIn      = "also_in"
)

// Told lists the traits that the study's profile tells of, with the column of each; nil without a profile.
func (p *Plan) Told() (traits, columns []string) {
	if p.Profile == nil || p.People == nil {
		return nil, nil
	}
	c := p.People.Columns
	for _, t := range []struct{ trait, column string }{
		{AgeBand, c.BirthYear}, {Sex, c.Sex}, {Ethnicity, c.Ethnicity}, {Deprivation, c.Deprivation}, {Carer, c.Carer}, {Locality, c.Locality}, {ReferredBy, c.Source}, {Practices, c.Practice},
		{Reason, c.Reason}, {AlsoIn, c.AlsoIn},
	} {
		if t.column != "" {
			traits, columns = append(traits, t.trait), append(columns, t.column)
		}
	}
	return traits, columns
}

// Several reports whether a person may have several levels of a trait, with ";" between them.
func Several(trait string) bool { return trait == Reason || trait == AlsoIn }

const landmark = 90

func (p *Plan) fillProfile() {
	if p.Profile == nil {
		return
	}
	if len(p.AgeBands) == 0 && p.People != nil && p.People.Columns.BirthYear != "" {
		p.AgeBands = usualAges()
	}
	if c := p.Profile.Contacts; c != nil {
		if c.Monthly() {
			or(&c.Dates, "yyyy-mm")
		} else {
			or(&c.Dates, isoDates)
			or(&c.Landmark, window.Length{N: landmark, Unit: window.Days})
		}
	}
}

// usualAges is the last year of each age band where a study doesn't say.
func usualAges() []int { return []int{17, 44, 64, 79} }

func (p *Plan) checkProfile(d *decoder, require func(bool, string, string)) {
	f := p.Profile
	if f == nil {
		return
	}
	if p.People == nil {
		d.At("profile", "A007", "a profile tells of people: it needs a table of them")
		return
	}
	if x := f.Population; x != nil {
		d.table("profile.population", x.Table)
		d.made("profile.population.columns", x.Columns)
		for name, column := range map[string]string{"trait": x.Columns.Trait, "level": x.Columns.Level, "people": x.Columns.People} {
			require(column == "", "profile.population.columns."+name, "name the column: "+name+": ...")
		}
		reasoned(d, "profile.population.source", x.Source, "say where the population's figures were seen: source: ...")
	}
	if x := f.Contacts; x != nil {
		at := "profile.contacts"
		d.table(at, x.Table)
		d.made(at+".columns", x.Columns)
		if c := x.Columns; x.Monthly() {
			d.months(at, x.Dates, c.Month, c.Contacts, require)
			require(c.Person+c.Date != "", at+".columns", "a table has a row a contact (person:, date:) or a row a month (month:, contacts:, new_people:)")
		} else {
			d.dates(at+".dates", x.Dates)
			require(c.Person == "" || c.Date == "", at+".columns", "name the columns of the person and the day, or of month:, contacts: and new_people:")
			if k := x.Complete; k != nil && (k.From == nil || k.To == nil || *k.To < *k.From) {
				d.At(at+".complete", "A007", "say from when to when the chart goes: complete: {from: YYYY-MM-DD, to: YYYY-MM-DD}")
			}
			require(x.Landmark.Days() < 1, at+".landmark", "want a length from the index day: landmark: 90 days")
		}
	}
	if x := f.Onward; x != nil {
		d.table("profile.onward", x.Table)
		d.made("profile.onward.columns", x.Columns)
		require(x.Columns.Person == "", "profile.onward.columns.person", "name the column that holds the person's pseudonym")
		require(x.Columns.Organisation+x.Columns.Sector == "", "profile.onward.columns", "name the column of the organisation:, of its sector:, or both")
	}
}

// Outcome is one table of what people said of themselves, at first and again: their state in target areas, or a
// questionnaire.
type Outcome struct {
	source.Table
	Label      string         `json:"label"`
	Instrument string         `json:"instrument"` // states, score, or a questionnaire by name
	Columns    OutcomeColumns `json:"columns"`
	Items      *Items         `json:"items,omitempty"`
	States     States         `json:"states,omitempty"` // of states: from the worst to the best, with the texts that mean each
	Better     string         `json:"better,omitempty"` // of a ready score: higher or lower
	Range      []float64      `json:"range,omitempty"`  // of a ready score: its least and its greatest value
	Bands      []outcome.Band `json:"bands,omitempty"`

	Reliability *outcome.Sourced `json:"reliability,omitempty"`
	Chosen      *ChosenCut       `json:"chosen,omitempty"` // people came because the score was beyond a cut
}

// Kinds of an outcome that are no questionnaire by name.
const (
	StatesInstrument = "states"
	ScoreInstrument  = "score"
)

// OutcomeColumns names the user's columns.
type OutcomeColumns struct {
	Person    string `json:"person"`
	Area      string `json:"area,omitempty"`
	Indicator string `json:"indicator,omitempty"`
	Before    string `json:"before,omitempty"`
	After     string `json:"after,omitempty"`
}

// Items is the columns of a questionnaire's items, in its order.
type Items struct {
	Before []string `json:"before"`
	After  []string `json:"after"`
}

// ChosenCut is a cut of a score by which people came, with what is known of the population.
type ChosenCut struct {
	Below       *float64 `json:"below,omitempty"`
	Above       *float64 `json:"above,omitempty"`
	Mean        float64  `json:"mean"`        // of the population
	Correlation float64  `json:"correlation"` // of two measurements as far apart as these, of people left alone
	Source      string   `json:"source"`
}

// States is states from the worst to the best.
type States []State

// State is one of them, with the texts that mean it.
type State struct {
	Name  string
	Texts []string
}

// Survey is what people, practices or staff were asked: a table with a row an answer sheet, or ready counts.
type Survey struct {
	source.Table
	Title     string    `json:"title"`
	Of        string    `json:"of"` // people, practices or staff
	Asked     int       `json:"asked,omitempty"`
	Questions Questions `json:"questions"`
	Source    string    `json:"source,omitempty"` // of ready counts
}

// Who a survey can be of.
const (
	OfPeople    = "people"
	OfPractices = "practices"
	OfStaff     = "staff"
)

// Questions is the questions of a survey, in order.
type Questions []Question

// Question is one question: its column, and what can be answered, from the worst to the best.
type Question struct {
	Name       string   `json:"-"`
	Column     string   `json:"column,omitempty"`
	Label      string   `json:"label"`
	Answers    []string `json:"answers"`
	Favourable []string `json:"favourable"`
	Counts     []int    `json:"counts,omitempty"` // parallel to answers, where there is no table
}

// Course is a course of sessions.
type Course struct {
	Label    string    `json:"label"`
	Source   string    `json:"source,omitempty"`
	Sessions []Session `json:"sessions"`
}

// Session is one session of a course, with how many people came.
type Session struct {
	Label  string `json:"label"`
	People int    `json:"people"`
}

// Quote is what somebody said, as the author supplies it.
type Quote struct {
	Text    string `json:"text"`
	By      string `json:"by"`
	Consent string `json:"consent"`
}

// CaseStudy is one person's story, as text and figures that its author typed. Nothing of it is worked out from rows.
type CaseStudy struct {
	Title   string      `json:"title"`
	Text    string      `json:"text"`
	Consent string      `json:"consent"`
	Chosen  string      `json:"chosen,omitempty"` // why this person
	Before  *CaseCounts `json:"before,omitempty"`
	After   *CaseCounts `json:"after,omitempty"`
	Source  string      `json:"source,omitempty"`
}

// CaseCounts is what one person had in some time.
type CaseCounts struct {
	Length window.Length  `json:"length,omitzero"` // nothing where it isn't stated: then there is no rate
	Counts map[string]int `json:"counts"`
}

// written is the one consent that a person's words and story may be shown with.
const written = "written"

func (p *Plan) fillOutcomes() {
	for i := range p.Outcomes {
		o := &p.Outcomes[i]
		o.Instrument = strings.ToLower(strings.NewReplacer("-", "", " ", "", "_", "").Replace(o.Instrument))
		or(&o.Label, o.Instrument)
	}
	for i := range p.Surveys {
		or(&p.Surveys[i].Of, OfPeople)
		for j := range p.Surveys[i].Questions {
			q := &p.Surveys[i].Questions[j]
			or(&q.Label, q.Name)
			if p.Surveys[i].File != "" {
				or(&q.Column, q.Name)
			}
		}
	}
}

func (p *Plan) checkOutcomes(d *decoder, require func(bool, string, string)) {
	for i, o := range p.Outcomes {
		if slices.ContainsFunc(p.Outcomes[:i], func(other Outcome) bool { return other.Label == o.Label }) {
			d.At(fmt.Sprintf("outcomes[%d].label", i+1), "A007", "two outcomes have one label: give each its own")
		}
		p.checkOutcome(d, fmt.Sprintf("outcomes[%d]", i+1), &p.Outcomes[i], require)
	}
	for i := range p.Surveys {
		checkSurvey(d, fmt.Sprintf("surveys[%d]", i+1), &p.Surveys[i], require)
	}
	for i, c := range p.Courses {
		at := fmt.Sprintf("courses[%d]", i+1)
		reasoned(d, at+".label", c.Label, "say what the course is")
		require(len(c.Sessions) < 2, at+".sessions", "name two sessions or more, each with label: and people:")
		for j, s := range c.Sessions {
			reasoned(d, fmt.Sprintf("%s.sessions[%d].label", at, j+1), s.Label, "say which session")
			require(s.People < 0, fmt.Sprintf("%s.sessions[%d].people", at, j+1), "want a number of people")
		}
	}
	for i, q := range p.Quotes {
		at := fmt.Sprintf("quotes[%d]", i+1)
		reasoned(d, at+".text", q.Text, "write what was said")
		reasoned(d, at+".by", q.By, "say who said it, without a name: a client in their sixties")
		consented(d, at, q.Consent)
	}
	for i, c := range p.CaseStudies {
		at := fmt.Sprintf("case_studies[%d]", i+1)
		reasoned(d, at+".title", c.Title, "give the case study a title")
		reasoned(d, at+".text", c.Text, "write the case study")
		consented(d, at, c.Consent)
		require((c.Before == nil) != (c.After == nil), at, "give before: and after:, or neither")
		if c.Before == nil || c.After == nil {
			continue
		}
		for side, counts := range map[string]*CaseCounts{"before": c.Before, "after": c.After} {
			for name, n := range counts.Counts {
				require(n < 0, at+"."+side+".counts."+name, "want a number of events")
			}
		}
	}
}

func consented(d *decoder, at, consent string) {
	if consent != written {
		d.At(at+".consent", "A150", "one person's words and story are shown only with their consent in writing: consent: written")
	}
}

func (p *Plan) checkOutcome(d *decoder, at string, o *Outcome, require func(bool, string, string)) {
	d.table(at, o.Table)
	d.made(at+".columns", o.Columns)
	c := o.Columns
	require(c.Person == "", at+".columns.person", "name the column that holds the person's pseudonym")
	switch o.Instrument {
	case StatesInstrument:
		require(len(o.States) < 2, at+".states", "name the states from the worst to the best, each with the texts that mean it: {not managing: [...], managing: [...]}")
		require(c.Before == "" || c.After == "", at+".columns", "name the columns of the state before: and after:")
		means := map[string]string{}
		for _, s := range o.States {
			for _, text := range s.Texts {
				if other, twice := means[text]; twice {
					d.At(at+".states", "A007", "one text can't mean both %s and %s", other, s.Name)
				}
				means[text] = s.Name
			}
		}
		return
	case ScoreInstrument:
		require(len(o.Range) != 2 || o.Range[0] >= o.Range[1], at+".range", "give the score's least and greatest value: range: [0, 100]")
		oneOf(d, at+".better", o.Better, "higher", "lower")
	default:
		q, known := outcome.Questionnaires[o.Instrument]
		if !known {
			d.At(at+".instrument", "A007", "want states, score, or one of %s", strings.Join(slices.Sorted(maps.Keys(outcome.Questionnaires)), ", "))
			return
		}
		if o.Items != nil && q.Items == 0 {
			d.At(at+".items", "A007", "this questionnaire's items are scored by its owner's rules: give the ready score in columns: {before: ..., after: ...}")
		}
		if o.Items != nil && (len(o.Items.Before) != q.Items || len(o.Items.After) != q.Items) {
			d.At(at+".items", "A007", "want %d columns before and %d after, in the questionnaire's order", q.Items, q.Items)
		}
		require(o.Better != "" || o.Range != nil, at, "range: and better: are of instrument: score; this questionnaire's are known")
	}
	require(len(o.States) > 0, at+".states", "states: are of instrument: states")
	require(o.Items == nil && (c.Before == "" || c.After == ""), at+".columns", "name the columns of the score before: and after:, or the items:")
	require(o.Items != nil && c.Before+c.After != "", at+".items", "give items: or ready scores, not both")
	if r := o.Reliability; r != nil {
		require(r.Value <= 0 || r.Value >= 1, at+".reliability.value", "want a number between 0 and 1")
		reasoned(d, at+".reliability.source", r.Source, "say where the reliability was seen: source: ...")
	}
	if x := o.Chosen; x != nil {
		require((x.Below == nil) == (x.Above == nil), at+".chosen", "give one of below: and above:")
		require(!(x.Correlation > 0 && x.Correlation < 1), at+".chosen.correlation", "give the correlation of two measurements as far apart as these, of people left alone, between 0 and 1: a reliability within one sheet is too high")
		reasoned(d, at+".chosen.source", x.Source, "say where the population's mean and the correlation were seen: source: ...")
	}
	least, most := bounds(o)
	for i, b := range o.Bands {
		if b.From < least || b.From > most || i == 0 && b.From > least {
			d.At(fmt.Sprintf("%s.bands[%d].from", at, i+1), "A007", "bands begin at the score's least value, %v, and lie within it and %v", least, most)
		}
		reasoned(d, fmt.Sprintf("%s.bands[%d].name", at, i+1), b.Name, "name the band")
		reasoned(d, fmt.Sprintf("%s.bands[%d].source", at, i+1), b.Source, "say where the band was seen: source: ...")
		if i > 0 && b.From <= o.Bands[i-1].From {
			d.At(fmt.Sprintf("%s.bands[%d].from", at, i+1), "A007", "bands rise")
		}
	}
}

// bounds is the least and the greatest value of an outcome's score.
func bounds(o *Outcome) (least, most float64) {
	if o.Instrument == ScoreInstrument && len(o.Range) == 2 {
		return o.Range[0], o.Range[1]
	}
	q := outcome.Questionnaires[o.Instrument]
	return q.Least, q.Most
}

func checkSurvey(d *decoder, at string, s *Survey, require func(bool, string, string)) {
	reasoned(d, at+".title", s.Title, "give the survey a title")
	oneOf(d, at+".of", s.Of, OfPeople, OfPractices, OfStaff)
	require(len(s.Questions) == 0, at+".questions", "name the questions")
	require(s.Asked < 0, at+".asked", "want a number")
	ready := s.File == ""
	if !ready {
		d.table(at, s.Table)
	} else {
		reasoned(d, at+".source", s.Source, "say where the counts were seen: source: ...; or give file:")
	}
	for _, q := range s.Questions {
		of := at + ".questions." + q.Name
		require(len(q.Answers) < 2, of+".answers", "list what can be answered, from the worst to the best")
		require(ready && len(q.Counts) != len(q.Answers), of+".counts", "want a count for each of answers:")
		require(!ready && q.Counts != nil, of+".counts", "counts: are for a survey without a file")
		for i, a := range q.Answers {
			require(slices.Contains(q.Answers[:i], a), of+".answers", "an answer is listed twice")
		}
		require(len(q.Favourable) == 0 || len(q.Favourable) >= len(q.Answers), of+".favourable", "say which answers are favourable: some, and not all")
		for _, a := range q.Favourable {
			require(!slices.Contains(q.Answers, a), of+".favourable", "answers: does not list this")
		}
		for _, n := range q.Counts {
			require(n < 0, of+".counts", "want numbers of answers")
		}
	}
}
