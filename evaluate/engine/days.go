package engine

import (
	"context"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Days are the days of one activity's events of each of a cohort's people, in order, after the rules of copies, event ids
// and spells: what a rule of referral looks at. Days that no table is complete for hold none. Parallel to people.People.
//
// The rows are read here whatever the engine, since a rule needs days and not counts. Problems with rows are told when the
// events are counted.
func Days(ctx context.Context, plan *study.Plan, people *cohort.Cohort, activity string, files *source.Files) ([][]window.Day, error) {
	layout := Lay(plan, people)
	of := int32(plan.Activities.Find(activity))
	days := make([][]window.Day, len(layout.People))
	var heard source.Problems
	for i, e := range plan.Events {
		if !e.Feeds(activity) {
			continue
		}
		var events []Event
		table, err := Scan(ctx, plan, layout, files, i, &heard, func(e Event) error {
			events = append(events, e)
			return nil
		})
		if err != nil {
			return nil, err
		}
		fed := e.Complete.Days()
		for _, event := range Resolve(plan, i, table, events, &heard).Events {
			if event.Activity == of && fed.Contains(event.Day) {
				days[event.Person] = append(days[event.Person], event.Day)
			}
		}
	}
	for _, d := range days {
		slices.Sort(d)
	}
	return days, nil
}
