package evaluate

import (
	"context"
	"fmt"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Found is what a study found: exact and internal.
type Found struct {
	Plan      *study.Plan
	Flow      []cohort.Box
	Files     []engine.File
	Tally     *tally.Tally
	Estimates []Estimate
	Lost      []Lost
	Around    []Around
	Apart     []Apart
	Practices []Practices
	Notes     []string // what else the reader must know
}

// Run reads the people of a plan, has an engine count their events, and estimates the change. progress, if
// not nil, is called at the start of each step with its name.
//
// The error is *[source.Rejected] if the data can't be used; anything else is a failure of the engine or
// the file system, wrapped with its step.
func Run(ctx context.Context, plan *study.Plan, e engine.Engine, progress func(step string)) (*Found, error) {
	if progress == nil {
		progress = func(string) {}
	}
	found, people, err := counted(ctx, plan, e, progress)
	if err != nil {
		return nil, err
	}
	progress("estimating")
	found.Estimates = estimates(ctx, plan, found.Tally)
	found.Lost = lost(plan, found.Tally)
	found.Around = around(plan, found.Tally)
	found.Apart = apart(plan, found.Tally)
	found.Practices = practices(plan, found.Tally)
	if runUp(found.Around) && plan.Washout.Before.Days() < engine.RunUp {
		progress("counting again with a washout")
		more, err := withWashout(ctx, plan, e)
		if err != nil {
			return nil, err
		}
		found.Estimates = append(found.Estimates, more...)
	}
	found.Notes = notes(plan, people, found)
	return found, ctx.Err()
}

// Count reads and counts as [Run] does, and estimates nothing: what `averted check` does.
func Count(ctx context.Context, plan *study.Plan, e engine.Engine, progress func(step string)) (*Found, error) {
	if progress == nil {
		progress = func(string) {}
	}
	found, _, err := counted(ctx, plan, e, progress)
	return found, err
}

// counted is the part of [Run] that estimates nothing, with the people.
func counted(ctx context.Context, plan *study.Plan, e engine.Engine, progress func(string)) (*Found, *cohort.Cohort, error) {
	people, counted, err := count(ctx, plan, e, progress)
	if err != nil {
		return nil, nil, err
	}
	if err := empty(plan, people); err != nil {
		return nil, nil, err
	}
	return &Found{Plan: plan, Flow: flow(people, counted), Files: counted.Files, Tally: counted.Tally}, people, nil
}

func count(ctx context.Context, plan *study.Plan, e engine.Engine, progress func(string)) (*cohort.Cohort, *engine.Counted, error) {
	progress("reading people")
	if plan.Counts != nil {
		people, counts, err := cohort.ReadCounts(plan)
		return people, &engine.Counted{Tally: counts}, wrap("reading the counts", err)
	}
	people, err := cohort.Read(plan)
	if err != nil {
		return nil, nil, wrap("reading the people", err)
	}
	progress("counting events")
	counted, err := e.Tally(ctx, plan, people)
	if err != nil {
		return nil, nil, wrap("counting events", err)
	}
	var problems source.Problems
	if err := engine.Overlaps(plan, people, &problems); err != nil {
		return nil, nil, wrap("comparing the files", err)
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	return people, counted, nil
}

// empty stops a study in one of whose arms nobody remains. It is asked after the files are read, so that
// their problems are not hidden behind this one.
func empty(plan *study.Plan, people *cohort.Cohort) error {
	if plan.Counts != nil {
		return nil
	}
	return people.Empty(plan)
}

// flow is the people flow with, beside it, how many people are in any file at all.
func flow(people *cohort.Cohort, counted *engine.Counted) []cohort.Box {
	if len(counted.Files) == 0 {
		return people.Flow
	}
	all := people.Flow[0].Arm
	return append(slices.Clone(people.Flow), cohort.Box{Step: cohort.StepLinked, Arm: all, People: counted.Linked})
}

func wrap(step string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", step, err)
}

// runUpFactor is how much busier the days before the index day must be than those earlier for a washout of as
// many days to be shown unasked.
const runUpFactor = 2

// withWashout estimates the lead again, 30 days before the index day left out.
func withWashout(ctx context.Context, plan *study.Plan, e engine.Engine) ([]Estimate, error) {
	other := *plan
	other.Washout.Before = window.Length{N: engine.RunUp, Unit: window.Days}
	_, counted, err := count(ctx, &other, e, func(string) {})
	if err != nil {
		return nil, wrap("counting again with a washout of 30 days", err)
	}
	return washoutEstimates(ctx, &other, counted.Tally), nil
}
