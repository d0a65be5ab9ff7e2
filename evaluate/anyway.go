package evaluate

import (
	"context"
	"slices"

	"averted/evaluate/cohort"
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
	Tried            string // where none leads: the first method that might have, "" if nothing could be tried
	Why              string // why it doesn't, or what it would take
	// ChosenHere is that people were chosen by their count of this very activity in the window before, or a part of it.
	ChosenHere bool
}

// Again is how the rule played again went: exact, for whoever runs the study.
type Again struct {
	People, Taken int      // reference people, and those whom the rule takes in
	Reaches       []string // windows whose time after reaches into the service's
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
	plan    *study.Plan
	tally   *tally.Tally
	timed   bool // days watched are known
	windows []string
	again   string // the method by which the cohort is set against those whom the rule takes in; "" where there are none
	all     bool   // everybody is known of whom people could have been chosen
	early   func(activity string, w int) bool
	other   func(activity string, w int) bool
	spread  bool   // people who are said to have come in on one day have index days apart, or are more than the list is long
	wrong   string // why the reference people are none
	counted bool   // the count that the rule looks at is there
	taken   *Again
	trends  []trends // by window
	// By window: the time after of all reference people, and of those whom the rule takes in, reaches into the service's.
	otherReaches, againReaches []bool
	runUp                      expect.Trend
	knowsRunUp                 bool
	indexAfter                 bool // what brought people in on the index day stands in the window after
}

// trends are the population's ratios for what is set against each other in one window: chosen is from the time that the rule
// looks at to the window after, other is that over the same of the reference people; early from the earlier window; again is
// the ratio of the cohort's windows over that of those whom the rule takes in.
type trends struct{ chosen, early, other, again expect.Trend }

// anyway tells what would have come anyway, where the study asks for it.
func (r *run) anyway(ctx context.Context, found *Found, people *cohort.Cohort) error {
	if !slices.Contains(r.plan.Methods, study.RegressionToMean) {
		return nil
	}
	r.step("counting reference people and earlier windows")
	for _, t := range found.Tallies {
		var o *others
		var err error
		switch t.Kind {
		case study.KindEvents:
			o, err = r.othersOfEvents(ctx, found, people)
		case study.KindCounts:
			o, err = r.othersOfCounts(ctx, found, people, t)
		}
		if err != nil {
			return err
		}
		if o == nil {
			continue
		}
		o.windows, o.timed = t.Windows, t.Timed
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
	how := o.referral(activity)
	one := Anyway{Activity: activity, Window: o.windows[w], FollowUp: followUp, ChosenHere: o.chosenHere(activity) && !how.Unmet}
	tries := o.methods(activity, w, followUp == study.Watched)
	one.Leads = how.Lead(func(method string) bool {
		return slices.ContainsFunc(tries, func(m tried) bool { return m.name == method && m.Refused == nil && !m.thin })
	})
	var list []Estimate
	for _, m := range tries {
		e := *lead
		e.Method, e.Quantity, e.Primary, e.Estimate, e.Behind = m.name, "events after over those expected without the service", false, m.Estimate, m.behind
		x := Expected{Reference: m.Reference, Trend: float64(m.trend), Thin: m.thin, Leads: m.name == one.Leads}
		if m.Value != nil && *m.Value > 0 {
			x.Events = float64(m.behind.After) / *m.Value
			if m.behind.Expected > 0 {
				x.RuleAlone = 100 * (x.Events/m.behind.Expected - 1)
			}
			e.Behind.Expected = x.Events
		}
		var may bool
		if may, x.Why = how.MayLead(m.name); may && m.thin {
			x.Why = expect.TooFew
		}
		if how.NotReferred && m.name != expect.NameEarly && m.Reference > 0 {
			e.warn(estimate.Warning{Code: estimate.FutureCondition, Text: "the reference people are those whom the service left over: who is left over depends on what came after, which can turn nothing into twice as much"})
		}
		e.Anyway = &x
		list = append(list, e)
	}
	if one.Leads == "" {
		one.Tried, one.Why = o.needs(list)
	}
	f.Estimates = append(f.Estimates, list...)
	f.Anyway = append(f.Anyway, one)
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

// needs says which method might have led and why it doesn't, or what it would take.
func (o *others) needs(list []Estimate) (method, why string) {
	for _, e := range list {
		switch {
		case !slices.Contains(expect.Order, e.Method):
		case e.Refused != nil:
			return e.Method, e.Refused.Text
		case e.Anyway.Why != "":
			return e.Method, e.Anyway.Why
		}
	}
	return "", needs(o.plan)
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
