package evaluate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Estimate is one estimate of a study with what it is of.
type Estimate struct {
	Activity string
	Window   string
	On       string // the window whose people it is about, if not its own
	Washout  string // a washout before the index day other than the plan's
	Subgroup string // whom it is of, if not all: "sex: F"
	Stage    string // of the window after, if not all of it: "months 1 to 3"
	Method   string // percent_change, rate_ratio, ratio_robust, paired_t; what stands beside is listed in beside.go
	Arm      tally.Arm
	FollowUp study.FollowUp
	Quantity string
	Primary  bool
	Behind   Behind
	Anyway   *Expected // of methods of what would have come anyway
	Compared *Compared // of comparisons of both arms
	Series   bool      // of months, not of people
	estimate.Estimate
}

// warn adds warnings, also where others share the list.
func (e *Estimate) warn(list ...estimate.Warning) {
	e.Warnings = append(slices.Clone(e.Warnings), list...)
}

// Behind is the people and events an estimate rests on. Days are 0 where they are not known.
type Behind struct {
	People, Before, After int64
	Expected              float64 // after, at people's own earlier rate
	DaysBefore, DaysAfter int64
	UsersBefore           int64   // people with an event before
	UsersAfter            int64   // and after
	TopBefore, TopAfter   float64 // the share of the events that one person has
	Changed               Difference
}

// Lost is people whose windows were not watched to the end, by death or leaving.
type Lost struct {
	Activity, Window string
	Arm              tally.Arm
	People           int64
	Users            int64 // of them with an event in either window
	Before, After    int64
	ShareBefore      float64 // of the arm's events before; 0 if there are none
}

// Around is what happened around the index day that no window tells of: see [tally.Segment].
type Around struct {
	tally.Segment
	Name string // of the activity
}

// Practices is in how many practices a count fell.
type Practices struct {
	Activity, Window string
	Arm              tally.Arm
	Practices, Fell  int
}

// pick is the cells of one activity, window and arm, as the estimators take them.
func pick(t *tally.Tally, activity, w, on int, arm tally.Arm, complete bool) []estimate.Cell {
	var cells []estimate.Cell
	for _, c := range t.Cells {
		if arm.Has(c.Arm) && c.Windows[w].In && c.Windows[on].Told(complete) {
			cells = append(cells, estimate.CellOf(c.Windows[w], activity, c.People))
		}
	}
	return estimate.Canonical(cells)
}

func behind(cells []estimate.Cell, timed bool) Behind {
	s := estimate.Sum(cells)
	b := Behind{People: s.People, Before: s.Before, After: s.After, Expected: s.Expected}
	if timed {
		b.DaysBefore, b.DaysAfter = int64(s.TimeBefore), int64(s.TimeAfter)
	}
	for _, c := range cells {
		if c.Before > 0 {
			b.UsersBefore += c.People
			b.TopBefore = max(b.TopBefore, float64(c.Before)/float64(s.Before))
		}
		b.Changed.add(c.Before, c.After, c.People)
		if c.After > 0 {
			b.UsersAfter += c.People
			b.TopAfter = max(b.TopAfter, float64(c.After)/float64(s.After))
		}
	}
	return b
}

// FollowUps lists how people who were lost are dealt with, the study's choice first. Ready counts without
// days can't tell who was lost.
func FollowUps(plan *study.Plan, t *tally.Tally) []study.FollowUp {
	switch {
	case !t.Timed:
		return []study.FollowUp{study.Observed}
	case plan.FollowUp == study.Watched:
		return []study.FollowUp{study.Watched, study.Observed}
	}
	return []study.FollowUp{study.Observed, study.Watched}
}

// longest is the place of the tally's longest window.
func longest(t *tally.Tally) int {
	best, days := 0, 0
	for i, label := range t.Windows {
		if length, err := window.ParseLength(label); err == nil && length.Days() > days {
			best, days = i, length.Days()
		}
	}
	return best
}

func estimates(ctx context.Context, plan *study.Plan, t *tally.Tally) []Estimate {
	var list []Estimate
	longest := longest(t)
	for _, arm := range cohort.Arms(plan) {
		for w := range t.Windows {
			for a := range t.Activities {
				if ctx.Err() != nil {
					return nil // Run says so
				}
				first := len(list)
				for i, followUp := range FollowUps(plan, t) {
					list = append(list, asked(ctx, plan, t, a, w, arm, followUp, i == 0)...)
				}
				incomplete(list[first:])
				if w != longest {
					list = append(list, leads(ctx, plan, t, a, w, longest, arm, FollowUps(plan, t)[0], "")...)
				}
			}
		}
	}
	return list
}

// primary marks the one estimate the study is about.
func (f *Found) primary() {
	p := f.Plan.Primary
	for i := range f.Estimates {
		e := &f.Estimates[i]
		e.Primary = e.Activity == p.Activity && e.Window == p.Window.String() && e.On == "" && e.Washout == "" && e.Method == p.Method &&
			string(e.Arm) == p.Arm && e.FollowUp == f.FollowUp(e.Activity)
	}
}

// FollowUp is how people who were lost are dealt with in the figures of an activity that lead.
func (f *Found) FollowUp(activity string) study.FollowUp {
	for _, t := range f.Tallies {
		if slices.Contains(t.Activities, activity) {
			return FollowUps(f.Plan, t)[0]
		}
	}
	return f.Plan.FollowUp
}

// asked is every method for one activity, window, arm and follow-up; with what stands beside, if it is the one that
// leads.
func asked(ctx context.Context, plan *study.Plan, t *tally.Tally, a, w int, arm tally.Arm, followUp study.FollowUp, leading bool) []Estimate {
	list := leads(ctx, plan, t, a, w, w, arm, followUp, "")
	cells := pick(t, a, w, w, arm, followUp == study.Watched)
	other := func(method, quantity string, e estimate.Estimate) {
		o := list[0]
		o.Method, o.Quantity, o.Estimate = method, quantity, e
		list = append(list, o)
	}
	other("ratio_robust", "pooled rate ratio", estimate.RatioRobust(cells, estimate.Robust{}))
	if pairs, unequal := estimate.Pairs(cells); unequal == nil {
		other("paired_t", "events a person, after less before", estimate.PairedT(pairs))
	}
	if leading {
		list = append(list, beside(plan, t, a, w, arm, followUp)...)
	}
	if !t.Timed && plan.Counts != nil && plan.Counts.DiedOrLeft == nil {
		for i := range list {
			list[i].warn(deathsUnknown())
		}
	}
	return list
}

// leads is the two forms of the lead: one number. on is the window whose people it is about.
func leads(ctx context.Context, plan *study.Plan, t *tally.Tally, a, w, on int, arm tally.Arm, followUp study.FollowUp, washout string) []Estimate {
	cells := pick(t, a, w, on, arm, followUp == study.Watched)
	about := ""
	if on != w {
		about = t.Windows[on]
	}
	// The very cells of the lead get its stream: the same people have one interval.
	streamOn, streamAs := about, followUp
	if first := FollowUps(plan, t)[0]; washout == "" && slices.Equal(cells, pick(t, a, w, w, arm, first == study.Watched)) {
		streamOn, streamAs = "", first
	}
	stream := strings.Join([]string{"rate_ratio", t.Activities[a], t.Windows[w], streamOn, string(arm), string(streamAs), washout}, "|")
	e := Estimate{
		Activity: t.Activities[a], Window: t.Windows[w], On: about, Washout: washout, Arm: arm, FollowUp: followUp,
		Method: "rate_ratio", Quantity: "rate ratio", Behind: behind(cells, t.Timed),
		Estimate: estimate.RateRatio(cells, estimate.Draws{Seed: *plan.Seed, Stream: stream, Stop: ctx.Done()}),
	}
	e.Estimate = wider(e.Estimate, clustered(plan, t, a, w, on, arm, followUp == study.Watched))
	percent := e
	percent.Method, percent.Quantity = "percent_change", "percent change"
	percent.Value, percent.Low, percent.High = change(e.Value), change(e.Low), change(e.High)
	return []Estimate{e, percent}
}

// change is 100(R - 1).
func change(ratio *float64) *float64 {
	if ratio == nil {
		return nil
	}
	percent := 100 * (*ratio - 1)
	return &percent
}

// tolerated is how many percentage points the lead and people watched throughout may differ.
const tolerated = 3

// incomplete warns both forms of the lead if they differ from those of people watched throughout.
func incomplete(list []Estimate) {
	var values []float64
	for _, e := range list {
		if e.Method == "percent_change" && e.Value != nil {
			values = append(values, *e.Value)
		}
	}
	if len(values) < 2 || math.Abs(values[0]-values[1]) <= tolerated {
		return
	}
	w := estimate.Warning{Code: estimate.IncompleteFollowUp, Text: fmt.Sprintf(
		"people watched throughout and everybody as observed differ by more than %d percentage points: people were lost who used more or less than others; both are given", tolerated)}
	for i := range list {
		if list[i].Method == "percent_change" || list[i].Method == "rate_ratio" {
			list[i].warn(w)
		}
	}
}

// deathsUnknown says what deaths would do to ready counts that don't tell of them.
func deathsUnknown() estimate.Warning {
	return estimate.Warning{Code: estimate.DeathsUnknown, Text: "the study doesn't say how many died or left, and the dead look like people who use nothing; by themselves deaths, spread over the window, of people with one to three times the use of others would make a fall of " +
		estimate.FallsByDeaths() + "; a number for died_or_left: in the study file would cure it"}
}

// washoutEstimates is the leads of a study counted with another washout.
func washoutEstimates(ctx context.Context, plan *study.Plan, t *tally.Tally) []Estimate {
	var list []Estimate
	for _, arm := range cohort.Arms(plan) {
		for w := range t.Windows {
			for a := range t.Activities {
				made := leads(ctx, plan, t, a, w, w, arm, FollowUps(plan, t)[0], plan.Washout.Before.String())
				if made[0].Behind.People > 0 { // the longer history may leave nobody
					list = append(list, made...)
				}
			}
		}
	}
	return list
}

func lost(plan *study.Plan, t *tally.Tally) []Lost {
	if !t.Timed {
		return nil
	}
	var list []Lost
	for _, arm := range cohort.Arms(plan) {
		for w, label := range t.Windows {
			for a, name := range t.Activities {
				l := Lost{Activity: name, Window: label, Arm: arm}
				all := int64(0)
				for _, c := range t.Cells {
					s := c.Windows[w]
					if !arm.Has(c.Arm) || !s.In {
						continue
					}
					all += c.People * s.Before[a]
					if s.Complete {
						continue
					}
					l.People += c.People
					l.Before += c.People * s.Before[a]
					l.After += c.People * s.After[a]
					if s.Before[a]+s.After[a] > 0 {
						l.Users += c.People
					}
				}
				if all > 0 {
					l.ShareBefore = float64(l.Before) / float64(all)
				}
				list = append(list, l)
			}
		}
	}
	return list
}

func around(plan *study.Plan, t *tally.Tally) []Around {
	var list []Around
	for _, s := range t.Segments {
		if s.Arm == tally.Comparison && !plan.HasComparison() {
			continue
		}
		list = append(list, Around{s, t.Activities[s.Activity]})
	}
	return list
}

// runUp reports whether some activity of the service arm ran at more than twice its earlier monthly rate
// in the last 30 days before the index day.
func runUp(list []Around) bool {
	for _, near := range list {
		for _, far := range list {
			if near.Arm == tally.Service && near.Part == tally.LastThirty && far.Part == tally.Earlier &&
				far.Arm == near.Arm && far.Activity == near.Activity && near.Events > 0 && near.Days > 0 && far.Days > 0 &&
				float64(near.Events)*float64(far.Days) > runUpFactor*float64(far.Events)*float64(near.Days) {
				return true
			}
		}
	}
	return false
}

// practices counts in how many practices the rate fell, on the people who lead.
func practices(plan *study.Plan, t *tally.Tally) []Practices {
	var list []Practices
	for _, arm := range cohort.Arms(plan) {
		for w, label := range t.Windows {
			for a, name := range t.Activities {
				cells := map[int][]estimate.Cell{}
				for _, c := range t.Cells {
					if c.Practice >= 0 && arm.Has(c.Arm) && c.Windows[w].Told(plan.FollowUp == study.Watched) {
						cells[c.Practice] = append(cells[c.Practice], estimate.CellOf(c.Windows[w], a, c.People))
					}
				}
				p := Practices{Activity: name, Window: label, Arm: arm, Practices: len(cells)}
				for _, of := range cells {
					if s := estimate.Sum(estimate.Canonical(of)); float64(s.After) < s.Expected {
						p.Fell++
					}
				}
				if p.Practices > 0 {
					list = append(list, p)
				}
			}
		}
	}
	return list
}
