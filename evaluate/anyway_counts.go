package evaluate

import (
	"context"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// othersOfCounts links the cohort's ready counts with its earlier ones and with those of the reference people.
func (r *run) othersOfCounts(ctx context.Context, found *Found, people *cohort.Cohort, t *tally.Tally) (*others, error) {
	plan := r.plan
	linked, quality, err := cohort.ReadLinked(ctx, plan, r.files, people)
	if err != nil {
		return nil, wrap("reading the counts of reference people", err)
	}
	found.Quality = append(found.Quality, quality...)
	o := &others{plan: plan, otherReaches: make([]bool, len(t.Windows)), againReaches: make([]bool, len(t.Windows))}
	by, within := plan.Selection.ByCount()
	if by == "" { // by judgement, or a score: of the primary activity
		by, within = plan.Primary.Activity, plan.Primary.Window
	}
	lengths := make([]int64, len(t.Windows)) // in days
	for w, label := range t.Windows {
		length, _ := window.ParseLength(label) // a window's own label
		lengths[w] = int64(length.Days())
		o.trends = append(o.trends, fixed(plan, length, within))
	}
	columns := func(c *study.Counts, activity string, w int, named func(study.PairColumns) string) bool {
		return c != nil && slices.ContainsFunc(c.Windows, func(of study.CountsWindow) bool {
			return of.Window.String() == t.Windows[w] && named(of.Columns[activity]) != ""
		})
	}
	var reference *study.Counts
	if plan.Reference != nil {
		reference = plan.Reference.Counts
	}
	o.other = func(activity string, w int) bool {
		return columns(reference, activity, w, func(p study.PairColumns) string { return p.Before })
	}
	chosen := slices.Index(t.Activities, by)
	ruled := slices.Index(lengths, int64(within.Days()))
	o.early = func(activity string, w int) bool { // as long as the rule looks back, so that it lies before that
		return (plan.Selection == nil || within.Days() == 0 || lengths[w] == int64(within.Days())) && columns(plan.Counts, activity, w, func(p study.PairColumns) string { return p.Early })
	}
	// The count by which people were chosen stands there, but for the event of the day itself.
	knowsCount := chosen >= 0 && ruled >= 0 && (plan.Selection == nil || plan.Selection.When != study.FirstCrossing)
	o.all = reference != nil && !plan.Reference.ChosenByRule && knowsCount
	o.counted = knowsCount
	threshold := plan.Selection != nil && plan.Selection.Threshold != nil && plan.Selection.When == study.FixedDate
	if reference != nil && (plan.Reference.ChosenByRule || threshold && knowsCount) {
		o.again = expect.NamePlacebo
	}
	both, of := 0, 0
	for _, l := range linked {
		if l.Other != nil {
			of++
			if l.Own != nil && l.Arm == tally.Service {
				both++
			}
		}
	}
	if reference != nil {
		o.wrong = wrongPeople(plan.Reference.Who, both, of)
	}
	if o.wrong == "" && knowsCount && reference != nil && !plan.Reference.ChosenByRule && !o.other(by, ruled) {
		o.wrong = "the reference people have no counts over the time that the rule looks at"
	}
	o.spread = plan.Selection.HasRule() && plan.Selection.When == study.FixedDate && plan.Selection.Top != nil && len(linked)-of+both > plan.Selection.Top.N
	// Without columns of days everybody was watched throughout, as long as the windows are.
	timed := func(seen tally.Seen, w int) tally.Seen {
		if !t.Timed && seen.In {
			seen.DaysBefore, seen.DaysAfter = lengths[w], lengths[w]
		}
		return seen
	}
	o.tally = &tally.Tally{Kind: t.Kind, Activities: t.Activities}
	for _, l := range linked {
		c := tally.Cell{Arm: l.Arm, Practice: -1, People: 1, Windows: make([]tally.Seen, slots+perWindow*len(t.Windows))}
		none := make([]int64, len(t.Activities))
		for i := range c.Windows {
			c.Windows[i] = tally.Seen{Before: none, After: none}
		}
		for w := range t.Windows {
			if l.Own != nil {
				c.Windows[slot(w, ofOwn)] = timed(l.Own[w], w)
			}
			if l.Early != nil {
				c.Windows[slot(w, ofEarly)] = timed(l.Early[w], w)
			}
			if l.Other == nil {
				continue
			}
			c.Windows[slot(w, ofOther)] = timed(l.Other[w], w)
			if plan.Reference.ChosenByRule || o.again != "" && l.Other[ruled].In && l.Other[ruled].Before[chosen] >= int64(plan.Selection.Threshold.AtLeast) {
				c.Windows[slot(w, ofAgain)] = timed(l.Other[w], w)
			}
		}
		if knowsCount {
			by := tally.Seen{In: true, Complete: true, Before: none, After: none}
			// Known where all of it was watched.
			if l.Own != nil {
				if own := timed(l.Own[ruled], ruled); own.In && own.DaysBefore == lengths[ruled] {
					by.Before, by.DaysBefore = own.Before, own.DaysBefore
				}
			}
			if l.Other != nil {
				if other := timed(l.Other[ruled], ruled); other.In && other.DaysBefore == lengths[ruled] {
					by.After, by.DaysAfter = other.Before, other.DaysBefore
				}
			}
			c.Windows[slotChosen] = by
		}
		o.tally.Cells = append(o.tally.Cells, c)
	}
	o.tally.Cells = tally.Compress(o.tally.Cells)
	return o, nil
}
