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
func (Engine) Tally(ctx context.Context, plan *study.Plan, people *cohort.Cohort) (*engine.Counted, error) {
	layout := engine.Lay(plan, people)
	counts := engine.NewCounts(plan, layout)
	counted := &engine.Counted{}
	var problems source.Problems
	for _, e := range plan.Events {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, err := engine.Scan(plan, e, &problems, counts.Knows, counts.Visit(e))
		if err != nil {
			return nil, err
		}
		counted.Files = append(counted.Files, file)
	}
	groups := make([]engine.Alike, len(layout.People))
	for i, p := range layout.People {
		of := counts.Of(i)
		if of != nil {
			counted.Linked++
		} else {
			of = make([]int64, layout.Spans()*len(plan.Activities))
		}
		groups[i] = engine.Alike{Kind: p.Kind, People: 1, Counts: of}
	}
	if !problems.Any() {
		engine.Unlinked(plan, counted.Linked, &problems)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	counted.Tally = engine.Assemble(plan, layout, people.Feeds, groups)
	return counted, nil
}
