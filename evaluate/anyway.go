package evaluate

import (
	"context"
	"fmt"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Anyway is what would have come anyway of one activity in one window, of the service's people: which method leads, or why
// none does. The methods themselves stand among the estimates.
type Anyway struct {
	Activity, Window string
	FollowUp         study.FollowUp
	Leads            string // a method's name, "" for none
	Why              string // why none leads, and what it would take
	// ChosenHere is that people were chosen by their count of this very activity in the window before, or a part of it.
	ChosenHere bool
}

// Expected is what a method of what would have come anyway tells beside its estimate, which is of the events after over
// those expected.
type Expected struct {
	Events    float64 // that would have come without the service
	RuleAlone float64 // the percent change that would have come without the service
	Reference int64   // people
	Trend     float64 // of the population; 0 if none is given
	Leads     bool
	Why       string // why it may not lead, "" if it may
	Thin      bool   // few people, or one with over half, stand behind what it rests on
}

// slots are the windows of the tally that links people with themselves and with reference people: what the rule counted and
// whether use ran up, then for each window of the study the own one, the early one, that of all reference people, and that of
// those whom the rule takes in.
const (
	slotChosen = iota // before: of the cohort; after: of the reference people
	slotRun           // before: earlier in the time that the rule looks at; after: the last 3 months
	slotEve           // before: what the rule would have counted on the day before
	slots
)

const (
	ofOwn   = iota
	ofEarly // before alone
	ofOther
	ofAgain
	perWindow
)

func slot(w, of int) int { return slots + w*perWindow + of }

// others is one kind of data of a study with its reference people.
type others struct {
	plan       *study.Plan
	tally      *tally.Tally
	windows    []string
	again      string // the method by which the cohort is set against those whom the rule takes in; "" where there are none
	all        bool   // everybody is known of whom people could have been chosen
	early      func(activity string) bool
	other      func(activity string) bool
	trends     []trends // by window
	reaches    []bool   // by window: the reference people's time reaches into the service's
	runUp      expect.Trend
	knowsRunUp bool
}

// trends are the population's ratios for what is set against each other in one window.
type trends struct{ own, early, other, again expect.Trend }

// anyway tells what would have come anyway, where the study asks for it.
func (r *run) anyway(ctx context.Context, found *Found, people peopleOf) error {
	if !slices.Contains(r.plan.Methods, study.RegressionToMean) {
		return nil
	}
	r.step("counting reference people and earlier windows")
	for _, t := range found.Tallies {
		var o *others
		var err error
		switch t.Kind {
		case study.KindEvents:
			o, err = r.othersOfEvents(ctx, found, people, t)
		case study.KindCounts:
			o, err = r.othersOfCounts(ctx, found, people, t)
		}
		if err != nil {
			return err
		}
		if o == nil {
			continue
		}
		o.windows = t.Windows
		for w := range t.Windows {
			for _, activity := range t.Activities {
				found.expect(o, activity, w)
			}
		}
	}
	return nil
}

// expect puts every method to one activity and window.
func (f *Found) expect(o *others, activity string, w int) {
	followUp := f.FollowUp(activity)
	lead := f.lead(activity, o.windows[w], followUp)
	if lead == nil || lead.Value == nil {
		return
	}
	any := Anyway{Activity: activity, Window: o.windows[w], FollowUp: followUp, ChosenHere: o.chosenHere(activity)}
	how := o.referral()
	var list []Estimate
	for _, m := range o.methods(activity, w, followUp == study.Watched) {
		e := *lead
		e.Method, e.Quantity, e.Primary, e.Estimate, e.Behind = m.name, "events after over those expected without the service", false, m.Estimate, m.behind
		x := Expected{Reference: m.Reference, Trend: float64(m.trend), Thin: m.thin}
		if m.Value != nil && *m.Value > 0 {
			x.Events = float64(m.behind.After) / *m.Value
			if m.behind.Expected > 0 {
				x.RuleAlone = 100 * (x.Events/m.behind.Expected - 1)
			}
			e.Behind.Expected = x.Events
		}
		may, why := how.MayLead(m.name)
		if x.Why = why; may && m.Refused == nil && any.Leads == "" {
			x.Leads, any.Leads = true, m.name
		}
		if how.NotReferred && m.name != expect.NameEarly && m.Reference > 0 {
			e.Warnings = append(slices.Clone(e.Warnings), estimate.Warning{Code: estimate.FutureCondition, Text: "the reference people are those whom the service left over: who is left over depends on what came after, which can turn nothing into twice as much"})
		}
		e.Anyway = &x
		list = append(list, e)
	}
	if any.Leads == "" {
		any.Why = o.needs(list)
	}
	f.Estimates = append(f.Estimates, list...)
	f.Anyway = append(f.Anyway, any)
}

// lead is the leading rate ratio of the service's people.
func (f *Found) lead(activity, window string, followUp study.FollowUp) *Estimate {
	for i, e := range f.Estimates {
		if e.Method == "rate_ratio" && e.Activity == activity && e.Window == window && e.Arm == tally.Service && e.FollowUp == followUp && e.On == "" && e.Washout == "" {
			return &f.Estimates[i]
		}
	}
	return nil
}

// chosenHere reports whether people were chosen by their count of an activity.
func (o *others) chosenHere(activity string) bool {
	by, _ := o.plan.Selection.ByCount()
	return by == activity
}

// referral is how people came in.
func (o *others) referral() expect.Referral {
	how := expect.Referral{NotReferred: o.plan.Reference != nil && o.plan.Reference.Who == study.NotReferred}
	if s := o.plan.Selection; s.HasRule() {
		how.When = expect.When(s.When)
	}
	how.Unmet = o.unmet()
	if at := o.chosenAt(); o.knowsRunUp && at >= 0 {
		how.RunUp = expect.RunUp(o.cells(slotRun, at, false), o.runUp)
	}
	return how
}

// mostUnmet is the share of people who may have come in without meeting the rule.
const mostUnmet = 0.1

// unmet reports whether more than a tenth of the people did not meet the rule on their index day: then it is not what chose
// them. A top list can't be checked, since the others are not known.
func (o *others) unmet() bool {
	s, at := o.plan.Selection, o.chosenAt()
	if s == nil || s.Threshold == nil || s.When == "" || at < 0 {
		return false
	}
	people, unmet := int64(0), int64(0)
	for _, c := range o.tally.Cells {
		by, eve := c.Windows[slotChosen], c.Windows[slotEve]
		if c.Arm != tally.Service || !by.In || by.DaysBefore == 0 {
			continue
		}
		people += c.People
		k := int64(s.Threshold.AtLeast)
		if by.Before[at] < k || eve.In && s.When == study.FirstCrossing && eve.Before[at] >= k {
			unmet += c.People
		}
	}
	return float64(unmet) > mostUnmet*float64(people)
}

// chosenAt is the place of the activity that people were chosen by; where that is not known, of the primary one.
func (o *others) chosenAt() int {
	by, _ := o.plan.Selection.ByCount()
	if by == "" {
		by = o.plan.Primary.Activity
	}
	return slices.Index(o.tally.Activities, by)
}

// tried is one method's answer.
type tried struct {
	name string
	expect.Expectation
	trend  expect.Trend
	behind Behind
	thin   bool
}

// methods are those that the data allow, in the order in which one leads; what can't be tried has its reason.
func (o *others) methods(activity string, w int, complete bool) []tried {
	a, chosen := slices.Index(o.tally.Activities, activity), o.chosenAt()
	own := behind(o.cells(slot(w, ofOwn), a, complete), o.tally.Timed)
	hideBelow := int64(o.plan.Release.HideBelow)
	var list []tried
	add := func(name string, x expect.Expectation, trend expect.Trend, b Behind, restsOn ...[]estimate.Cell) {
		t := tried{name: name, Expectation: x, trend: trend, behind: b}
		for _, cells := range restsOn {
			t.thin = t.thin || thinAlone(cells, hideBelow)
		}
		list = append(list, t)
	}
	refused := func(name, why string) {
		add(name, expect.Expectation{Estimate: estimate.Estimate{Level: 0.95, Refused: &estimate.Refusal{Code: estimate.BadInput, Text: why}}}, 0, own)
	}
	var tr trends
	if o.plan.Trend.Activity == "" || o.plan.Trend.Activity == activity {
		tr = o.trends[w]
	}
	if o.again != "" || o.all {
		switch {
		case o.reaches[w]:
			why := "the reference people's window after reaches into the time of the service: let to: of reference: end earlier"
			refused(expect.NameReplay, why)
			refused(expect.NameTransition, why)
		case !o.other(activity):
			refused(expect.NameTransition, "the reference people have no counts of this activity")
		default:
			if o.again != "" {
				people := o.people(w, ofAgain, a, chosen, complete)
				x := expect.RuleReplay
				if o.again == expect.NamePlacebo {
					x = expect.PlaceboIndex
				}
				add(o.again, x(people, tr.again).Expectation, tr.again, own, expect.Reference(people))
			}
			if o.all && chosen >= 0 {
				people := o.people(w, ofOther, a, chosen, complete)
				add(expect.NameTransition, expect.Transition(people, tr.other, nil).Expectation, tr.other, own, expect.Reference(people))
			}
		}
	}
	if o.early(activity) {
		o.addEarly(add, w, a, complete, tr.early)
	}
	if o.chosenHere(activity) {
		o.models(add, refused, w, a, complete, tr.own, own)
	}
	return list
}

// addEarly sets the window after against the one before that by which people were chosen, for those watched so early.
func (o *others) addEarly(add func(string, expect.Expectation, expect.Trend, Behind, ...[]estimate.Cell), w, a int, complete bool, trend expect.Trend) {
	var cells, same []estimate.Cell
	chosen, time := int64(0), 0.0
	for _, c := range o.tally.Cells {
		own, early := c.Windows[slot(w, ofOwn)], c.Windows[slot(w, ofEarly)]
		if c.Arm != tally.Service || !own.Told(complete) || !early.In {
			continue
		}
		cells = append(cells, estimate.Cell{Before: early.Before[a], After: own.After[a], TimeBefore: float64(early.DaysBefore), TimeAfter: float64(own.DaysAfter), People: c.People})
		same = append(same, estimate.CellOf(own, a, c.People))
		chosen += c.People * own.Before[a]
		time += float64(float64(c.People) * float64(own.DaysBefore))
	}
	if len(cells) == 0 {
		x := expect.Expectation{Estimate: estimate.Estimate{Level: 0.95, Refused: estimate.Refuse(estimate.HistoryTooShort)}}
		add(expect.NameEarly, x, trend, Behind{})
		return
	}
	add(expect.NameEarly, expect.EarlyBaseline(cells, chosen, time, trend).Expectation, trend, behind(estimate.Canonical(same), o.tally.Timed), cells)
}

// models are the methods that never lead, of the count by which people were chosen.
func (o *others) models(add func(string, expect.Expectation, expect.Trend, Behind, ...[]estimate.Cell), refused func(name, why string), w, a int, complete bool, trend expect.Trend, own Behind) {
	var cells []estimate.Cell
	for _, c := range o.tally.Cells {
		seen, by := c.Windows[slot(w, ofOwn)], c.Windows[slotChosen]
		if c.Arm == tally.Service && seen.Told(complete) && by.In && by.DaysBefore > 0 {
			cells = append(cells, estimate.Cell{Before: by.Before[a], After: seen.After[a], TimeBefore: float64(by.DaysBefore), TimeAfter: float64(seen.DaysAfter), People: c.People})
		}
	}
	cells = estimate.Canonical(cells)
	if len(cells) == 0 {
		return
	}
	if p, ok := o.population(a); ok {
		add(expect.NameBayes, expect.EmpiricalBayes(cells, p, trend).Expectation, trend, own)
	}
	switch s := o.plan.Selection; {
	case s.Threshold == nil:
	case s.When != study.FixedDate:
		refused(expect.NameTruncated, "it is only for people who all had at least so many events in one and the same window (when: fixed_date)")
	default:
		add(expect.NameTruncated, expect.TruncatedNegativeBinomial(cells, int64(s.Threshold.AtLeast), trend).Expectation, trend, own)
	}
	if o.all && !o.reaches[w] {
		add(expect.NameRobbins, expect.Robbins(o.people(w, ofOther, a, a, complete), trend, nil).Expectation, trend, own)
	}
}

// population is that which the study gives, else the reference people's own counts, a unit of the tally's time.
func (o *others) population(a int) (expect.Population, bool) {
	if r := o.plan.Reference; r != nil && r.Population != nil {
		p := expect.Population{Mean: r.Population.Mean, Theta: r.Population.Theta(), People: int64(r.Population.People)}
		if p.Theta == 0 {
			p.Theta = 1e9 // they vary no more than chance
		}
		if p.People > 0 {
			p.VarLogMean = (1/p.Mean + 1/p.Theta) / float64(p.People)
		}
		if o.tally.Timed {
			_, within := o.plan.Selection.ByCount()
			p.Mean /= float64(within.Days())
		}
		return p, true
	}
	if !o.all {
		return expect.Population{}, false
	}
	counts, time, people := map[int64]int64{}, 0.0, 0.0
	for _, c := range o.tally.Cells {
		if by := c.Windows[slotChosen]; c.Windows[slot(0, ofOther)].In && by.DaysAfter > 0 {
			counts[by.After[a]] += c.People
			time += float64(float64(c.People) * float64(by.DaysAfter))
			people += float64(c.People)
		}
	}
	p, refused := expect.NegativeBinomialPopulation(counts)
	if refused != nil {
		return p, false
	}
	p.Mean *= people / time
	return p, true
}

// cells are the cohort's in one slot.
func (o *others) cells(at, a int, complete bool) []estimate.Cell {
	return gather(o.tally, func(c tally.Cell) (estimate.Cell, bool) {
		return estimate.CellOf(c.Windows[at], a, c.People), c.Arm == tally.Service && c.Windows[at].Told(complete)
	})
}

// people links the cohort with the reference people of one slot; chosen is the place of the activity by which they are set
// against each other.
func (o *others) people(w, of, a, chosen int, complete bool) []expect.People {
	var list []expect.People
	for _, c := range o.tally.Cells {
		own, other, by := c.Windows[slot(w, ofOwn)], c.Windows[slot(w, of)], c.Windows[slotChosen]
		p := expect.People{N: c.People, InCohort: c.Arm == tally.Service && own.Told(complete), InReference: other.Told(complete)}
		if p.InCohort {
			p.Cohort = seenOf(own, a)
			p.Cohort.Chosen = p.Cohort.Before
		}
		if p.InReference {
			p.Reference = seenOf(other, a)
			p.Reference.Chosen = p.Reference.Before
		}
		if chosen >= 0 && by.In {
			if p.InCohort {
				p.Cohort.Chosen = by.Before[chosen]
			}
			if p.InReference {
				p.Reference.Chosen = by.After[chosen]
			}
		}
		if p.InCohort || p.InReference {
			list = append(list, p)
		}
	}
	return expect.Canonical(list)
}

func seenOf(s tally.Seen, a int) expect.Seen {
	return expect.Seen{Before: s.Before[a], After: s.After[a], TimeBefore: float64(s.DaysBefore), TimeAfter: float64(s.DaysAfter)}
}

// thinAlone reports whether too few people, or one with over half, stand behind the events of cells on either side.
func thinAlone(cells []estimate.Cell, hideBelow int64) bool {
	b := behind(estimate.Canonical(cells), false)
	return b.People < hideBelow || b.UsersBefore < hideBelow || b.UsersAfter < hideBelow || b.TopBefore > 0.5 || b.TopAfter > 0.5
}

// needs says why nothing leads and what it would take.
func (o *others) needs(list []Estimate) string {
	for _, e := range list {
		switch {
		case !slices.Contains(expect.Order, e.Method):
		case e.Refused != nil:
			return fmt.Sprintf("%s is refused: %s", e.Method, e.Refused.Text)
		case e.Anyway.Why != "":
			return fmt.Sprintf("%s stands beside, and %s", e.Method, e.Anyway.Why)
		}
	}
	return needs(o.plan)
}

// needs says what a study would have to give.
func needs(plan *study.Plan) string {
	switch s := plan.Selection; {
	case s == nil:
		return "the study doesn't say how people came in (selection:)"
	case s.Threshold == nil && s.Top == nil:
		return "people came in by judgement; it would take everybody's events from before the service, or from an area without it (reference:)"
	case s.When == study.FixedDate:
		return "it would take an earlier window of the same people (two years of events, or a column early:), or the events of everybody whom the rule could have chosen (reference:)"
	}
	return "it would take the events of everybody whom the rule could have chosen, from before the service or from an area without it (reference:)"
}
