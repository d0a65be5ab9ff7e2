// Package memory is the plain engine: it reads the files row by row and counts in maps. It is the
// reference for the others, and the engine of builds without cgo.
package memory

import (
	"context"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Engine is the memory engine. Its zero value is ready to use.
type Engine struct{}

// Name is "memory".
func (Engine) Name() string { return "memory" }

// Tally counts the plan's events. See [engine.Engine].
func (Engine) Tally(ctx context.Context, plan *study.Plan, people *cohort.Cohort) (*engine.Counted, error) {
	layout := engine.Lay(plan, people)
	place := make(map[string]int, len(layout.People))
	for i, p := range layout.People {
		place[p.ID] = i
	}
	counts := make([][]int64, len(layout.People)) // nil for people without an event
	width := layout.Spans() * len(plan.Activities)
	known := func(id string) bool { _, ok := place[id]; return ok }
	count := func(id string, day window.Day, activity int) {
		i := place[id]
		if counts[i] == nil {
			counts[i] = make([]int64, width)
		}
		for _, hole := range layout.Holes {
			if hole.Contains(day) {
				return
			}
		}
		for s, span := range layout.People[i].Spans {
			if span.Contains(day) {
				counts[i][activity*layout.Spans()+s]++
			}
		}
	}
	counted := &engine.Counted{}
	var problems source.Problems
	for _, e := range plan.Events {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, err := engine.Scan(plan, e, &problems, known, count)
		if err != nil {
			return nil, err
		}
		counted.Files = append(counted.Files, file)
	}
	groups := make([]engine.Alike, len(layout.People))
	for i, p := range layout.People {
		if counts[i] != nil {
			counted.Linked++
		} else {
			counts[i] = make([]int64, width)
		}
		groups[i] = engine.Alike{Kind: p.Kind, People: 1, Counts: counts[i]}
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
