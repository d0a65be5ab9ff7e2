// Package memory is the plain engine: it reads the files row by row and counts in maps. It is the
// reference for the others, and the engine of builds without cgo.
package memory

import (
	"context"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
)

// Engine is the memory engine. Its zero value is ready to use.
type Engine struct{}

// Name is "memory".
func (Engine) Name() string { return "memory" }

// Tally counts the plan's events. See [engine.Engine].
func (Engine) Tally(ctx context.Context, plan *study.Plan, people *cohort.Cohort, files *source.Files) (*engine.Counted, error) {
	layout := engine.Lay(plan, people)
	counts := engine.NewCounts(plan, layout)
	var problems source.Problems
	var tables []*engine.Table
	for i, e := range plan.Events {
		var events []engine.Event
		table, err := engine.Scan(ctx, plan, layout, files, i, &problems, func(e engine.Event) error {
			events = append(events, e)
			return nil
		})
		if err != nil {
			return nil, err
		}
		resolved := engine.Resolve(plan, i, table, events, &problems)
		table.Settle(plan, i, resolved.Copies, resolved.Ruled, resolved.Merged, &problems)
		table.Months(plan, i, layout, &problems)
		counts.Add(e, resolved.Events)
		tables = append(tables, table)
	}
	counted, err := engine.Tell(ctx, plan, layout, files, tables, &problems)
	if err != nil {
		return nil, err
	}
	groups := make([]engine.Alike, len(layout.People))
	for i, p := range layout.People {
		of := counts.Of(i)
		if of == nil {
			of = make([]int64, layout.Spans()*engine.Kept(plan))
		}
		groups[i] = engine.Alike{Kind: p.Kind, People: 1, Counts: of}
	}
	counted.Tally = engine.Assemble(plan, layout, people.Feeds, groups)
	return counted, nil
}
