package cohort

import (
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// The steps of the people flow before windows matter.
const (
	StepRows    = "rows read"
	StepPeople  = "people"
	StepConsent = "with consent"
	StepOptOut  = "not opted out"
	StepAlive   = "alive to the end of the windows"
	StepWatched = "watched throughout"
	StepCounted = "with a row of ready counts" // beside the others too
	StepLinked  = "linked to any activity"     // beside the others: people with an event in any file
)

// steps are those of one window, in order, each with the status that leads out there.
var steps = []struct {
	step string
	out  window.Status
	why  string
}{
	{"with an index day", window.NoIndex, "no index day"},
	{"alive on the index day", window.DiedBeforeIndex, "died before the index day"},
	{"observed on the index day", window.NotObservedAtIndex, "index day outside the time observed"},
	{"history long enough", window.HistoryTooShort, "observed for too short a time before"},
	{"follow-up due", window.FollowUpNotDue, "the data end before the window does"},
	{"analysed", window.NoFollowUp, "no day observed after"},
}

// StepAnalysed is the step whose people stand in the observed estimates.
const StepAnalysed = "analysed"

// Arms lists the arms a study shows.
func Arms(plan *study.Plan) []tally.Arm {
	if plan.HasComparison() {
		return []tally.Arm{tally.Service, tally.Comparison, tally.All}
	}
	return []tally.Arm{tally.Service}
}

func (c *Cohort) flow(plan *study.Plan, r *reader) {
	all := tally.All
	if !plan.HasComparison() {
		all = tally.Service
	}
	c.Flow = append(c.Flow, Box{Step: StepRows, Arm: all, People: int64(c.Rows)})
	for _, arm := range Arms(plan) {
		refused, people := int64(0), int64(0)
		for a, n := range r.refused {
			if arm.Has(a) {
				refused += n
			}
		}
		for _, p := range c.People {
			if arm.Has(p.Arm) {
				people++
			}
		}
		opted := int64(0)
		for a, n := range r.opted {
			if arm.Has(a) {
				opted += n
			}
		}
		box := Box{Step: StepPeople, Arm: arm, People: people + refused + opted}
		if arm == all {
			rest := int64(c.Rows)
			for _, step := range []struct {
				step string
				out  int64
				why  string
			}{
				{"rows with an identifier", c.Quality.Aside[source.NoPerson], string(source.NoPerson)},
				{"rows that are no copies", c.Quality.Aside[source.Copy], string(source.Copy)},
			} {
				if step.out > 0 {
					rest -= step.out
					c.Flow = append(c.Flow, Box{Step: step.step, Arm: all, People: rest, Out: step.out, Why: step.why})
				}
			}
			box.Out, box.Why = rest-box.People, "a further row of one person"
		}
		c.Flow = append(c.Flow, box)
		if plan.People.Columns.Consent != "" {
			c.Flow = append(c.Flow, Box{Step: StepConsent, Arm: arm, People: people + opted, Out: refused, Why: "no consent recorded"})
		}
		if plan.OptOut.List() != "" {
			c.Flow = append(c.Flow, Box{Step: StepOptOut, Arm: arm, People: people, Out: opted, Why: "opted out"})
		}
	}
	c.Whole = len(c.Flow)
	for w, length := range plan.Windows {
		for _, arm := range Arms(plan) {
			c.flowOf(w, length.String(), arm)
		}
	}
}

func (c *Cohort) flowOf(w int, label string, arm tally.Arm) {
	left := map[window.Status]int64{}
	people, complete, died := int64(0), int64(0), int64(0)
	for _, p := range c.People {
		if !arm.Has(p.Arm) {
			continue
		}
		people++
		left[p.Windows[w].Status]++
		if p.Windows[w].Complete {
			complete++
		} else if death := p.Life.Died; p.Windows[w].Status == window.Included && death != nil && *death+1 == p.Life.Observed(c.Feeds).End {
			died++
		}
	}
	for _, s := range steps {
		people -= left[s.out]
		c.Flow = append(c.Flow, Box{Step: s.step, Window: label, Arm: arm, People: people, Out: left[s.out], Why: s.why})
	}
	c.Flow = append(c.Flow, Box{Step: StepAlive, Window: label, Arm: arm, People: people - died, Out: died, Why: "died inside the windows"},
		Box{Step: StepWatched, Window: label, Arm: arm, People: complete, Out: people - died - complete, Why: "left, or joined, inside the windows"})
}

// Touching is how many of the people analysed have a window, the w-th pair, that shares a day with the span.
func (c *Cohort) Touching(w int, span window.Span) int {
	n := 0
	for _, p := range c.People {
		placed := p.Windows[w]
		if placed.Status == window.Included && (placed.Before.Intersect(span).Days() > 0 || placed.After.Intersect(span).Days() > 0) {
			n++
		}
	}
	return n
}

// Empty adds a problem for every arm of which nobody's windows are covered: the run stops there.
func (c *Cohort) Empty(plan *study.Plan) error {
	var problems source.Problems
	for _, arm := range Arms(plan) {
		if arm == tally.All {
			continue
		}
		found := false
		var why []string
		people := int64(0)
		for _, b := range c.Flow {
			found = found || b.Step == StepAnalysed && b.Arm == arm && b.People > 0
			if b.Window == "" && b.Arm == arm {
				people = b.People
			}
			if b.Window == plan.Windows[0].String() && b.Arm == arm && b.Out > 0 && b.Step != StepWatched {
				why = append(why, b.Why)
			}
		}
		switch {
		case found:
		case people == 0:
			problems.Add(source.Problem{File: plan.People.File, Code: "A110", Text: "nobody is in arm " + string(arm) + ", or nobody there gave consent"})
		default:
			problems.Add(source.Problem{File: plan.People.File, Code: "A110",
				Text: "the feeds cover nobody's windows in arm " + string(arm) + " (" + strings.Join(why, "; ") + "): compare the index days with events' complete: from and to"})
		}
	}
	return problems.Err()
}
