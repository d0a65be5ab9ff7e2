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
func (r *run) othersOfCounts(ctx context.Context, found *Found, people peopleOf, t *tally.Tally) (*others, error) {
	plan := r.plan
	linked, quality, err := cohort.ReadLinked(ctx, plan, r.files, people)
	if err != nil {
		return nil, wrap("reading the counts of reference people", err)
	}
	found.Quality = append(found.Quality, quality...)
	o := &others{plan: plan, trends: make([]trends, len(t.Windows)), reaches: make([]bool, len(t.Windows))}
	columns := func(c *study.Counts, activity string, named func(study.PairColumns) string) bool {
		return c != nil && slices.ContainsFunc(c.Windows, func(w study.CountsWindow) bool { return named(w.Columns[activity]) != "" })
	}
	o.early = func(activity string) bool {
		return columns(plan.Counts, activity, func(p study.PairColumns) string { return p.Early })
	}
	var reference *study.Counts
	if plan.Reference != nil {
		reference = plan.Reference.Counts
	}
	o.other = func(activity string) bool {
		return columns(reference, activity, func(p study.PairColumns) string { return p.Before })
	}
	by, within := plan.Selection.ByCount()
	chosen := slices.Index(t.Activities, by)
	ruled := slices.IndexFunc(t.Windows, func(label string) bool {
		length, err := window.ParseLength(label)
		return err == nil && length.Days() == within.Days()
	})
	// The count by which people were chosen stands there, but for the event of the day itself.
	knows := chosen >= 0 && ruled >= 0 && plan.Selection.When != study.FirstCrossing
	o.all = reference != nil && !plan.Reference.ChosenByRule && knows
	threshold := plan.Selection != nil && plan.Selection.Threshold != nil && plan.Selection.When == study.FixedDate
	if reference != nil && (plan.Reference.ChosenByRule || threshold && knows) {
		o.again = expect.NamePlacebo
	}
	if tr := plan.Trend; tr.Given(tr.Activity) {
		for w := range o.trends {
			o.trends[w] = fixed(tr)
		}
	}
	o.tally = &tally.Tally{Kind: t.Kind, Activities: t.Activities, Timed: t.Timed}
	for _, l := range linked {
		c := tally.Cell{Arm: l.Arm, Practice: -1, People: 1, Windows: make([]tally.Seen, slots+perWindow*len(t.Windows))}
		none := make([]int64, len(t.Activities))
		for i := range c.Windows {
			c.Windows[i] = tally.Seen{Before: none, After: none}
		}
		for w := range t.Windows {
			if l.Own != nil {
				c.Windows[slot(w, ofOwn)] = l.Own[w]
			}
			if l.Early != nil {
				early := l.Early[w]
				early.In = early.In && columnsOf(plan.Counts, t.Windows[w])
				c.Windows[slot(w, ofEarly)] = early
			}
			if l.Other == nil {
				continue
			}
			c.Windows[slot(w, ofOther)] = l.Other[w]
			if plan.Reference.ChosenByRule || o.again != "" && l.Other[ruled].In && l.Other[ruled].Before[chosen] >= int64(plan.Selection.Threshold.AtLeast) {
				c.Windows[slot(w, ofAgain)] = l.Other[w]
			}
		}
		if knows {
			by := tally.Seen{In: true, Complete: true, Before: none, After: none}
			if l.Own != nil && l.Own[ruled].In {
				by.Before, by.DaysBefore = l.Own[ruled].Before, l.Own[ruled].DaysBefore
			}
			if l.Other != nil && l.Other[ruled].In {
				by.After, by.DaysAfter = l.Other[ruled].Before, l.Other[ruled].DaysBefore
			}
			c.Windows[slotChosen] = by
		}
		o.tally.Cells = append(o.tally.Cells, c)
	}
	o.tally.Cells = tally.Compress(o.tally.Cells)
	return o, nil
}

// columnsOf reports whether a window of ready counts has columns of earlier ones.
func columnsOf(c *study.Counts, label string) bool {
	return slices.ContainsFunc(c.Windows, func(w study.CountsWindow) bool {
		if w.Window.String() != label {
			return false
		}
		for _, p := range w.Columns {
			if p.Early != "" {
				return true
			}
		}
		return false
	})
}
