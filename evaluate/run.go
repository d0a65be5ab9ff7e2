package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/profile"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Found is what a study found: exact and internal.
type Found struct {
	Plan        *study.Plan
	Flow        []cohort.Box
	Quality     []source.Quality // of every table: people, events, counts, totals, series
	Tallies     []*tally.Tally   // one for each kind of data, and for each table of totals
	Series      []cohort.MonthCount
	Estimates   []Estimate
	Lost        []Lost
	Around      []Around
	Apart       []Apart
	Practices   []Practices
	Divided     []Divided // by subgroup
	Anyway      []Anyway
	Again       *Again // nil where no rule is played again
	Matchings   []Matching
	Interrupted *Interrupted // nil where no series is estimated
	Months      []MonthByMonth
	matched     *compared // of events; nil where nobody is compared
	compared    []*compared

	Profile  *profile.Told // nil where the study asks for none
	Outcomes []Answered
	Surveys  []Surveyed
	Funnels  []Funnel

	Concentrations []Concentration
	Notes          []string // what else the reader must know
}

// Progress is told what is being done: of a file, how much of how much, in bytes or in rows; total is 0 where it is
// not known, and done too at the start of a step.
type Progress func(what string, done, total int64)

// Run reads the people of a plan, has an engine count their events, and estimates the change. progress may be nil.
//
// The error is *[source.Rejected] if the data can't be used; anything else is a failure of the engine or
// the file system, wrapped with its step.
func Run(ctx context.Context, plan *study.Plan, e engine.Engine, progress Progress) (*Found, error) {
	r := newRun(plan, e, progress)
	found, err := r.run(ctx)
	if err := errors.Join(err, r.files.Close()); err != nil {
		return nil, err
	}
	return found, nil
}

// Count reads and counts as [Run] does, and estimates nothing: what `averted check` does.
func Count(ctx context.Context, plan *study.Plan, e engine.Engine, progress Progress) (*Found, error) {
	r := newRun(plan, e, progress)
	found, people, err := r.counted(ctx)
	if err == nil {
		err = r.anyway(ctx, found, people) // reads and counts; there is no lead to set it against
	}
	if err == nil {
		err = r.compare(ctx, found, people, false)
	}
	if err == nil {
		err = r.unchanged(ctx)
	}
	if err := errors.Join(err, r.files.Close()); err != nil {
		return nil, err
	}
	for _, t := range found.Tallies {
		found.Around = append(found.Around, around(plan, t)...)
	}
	return found, nil
}

// Top is the share of an activity's events in its longest window, before and after, that one person has (of totals, one
// practice). Internal.
type Top struct {
	Activity, Window string
	Before, After    float64
}

// Tops lists the shares of all activities.
func (f *Found) Tops() []Top {
	var list []Top
	for _, t := range f.Tallies {
		w := longest(t)
		for a, name := range t.Activities {
			b := behind(pick(t, a, w, w, tally.All, false), t.Timed)
			list = append(list, Top{name, t.Windows[w], b.TopBefore, b.TopAfter})
		}
	}
	return list
}

// run is one run of a study.
type run struct {
	plan     *study.Plan
	engine   engine.Engine
	files    *source.Files
	progress Progress
}

func newRun(plan *study.Plan, e engine.Engine, progress Progress) *run {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	database, _ := e.(source.Database) // nil for an engine that reads no tables of its own
	files := source.NewFiles(plan.Path("."), database)
	files.Progress = progress
	return &run{plan, e, files, progress}
}

func (r *run) step(name string) { r.progress(name, 0, 0) }

func (r *run) run(ctx context.Context) (*Found, error) {
	found, people, err := r.counted(ctx)
	if err != nil {
		return nil, err
	}
	r.step("estimating")
	for _, t := range found.Tallies {
		found.tell(ctx, t)
		if t.Kind == study.KindEvents && people != nil && r.plan.Profile != nil {
			found.Funnels = append(found.Funnels, funnels(r.plan, t, people.Practices)...)
		}
	}
	if err := r.further(ctx, found, people); err != nil {
		if changed := r.unchanged(ctx); changed != nil { // files that are another's by now have faults of their own
			return nil, changed
		}
		return nil, err
	}
	found.primary()
	adjust(found.Divided)
	found.Notes = append(found.Notes, notes(r.plan, people, found)...)
	if err := r.unchanged(ctx); err != nil {
		return nil, err
	}
	return found, ctx.Err()
}

// further counts again what the change alone doesn't tell of, and estimates from it.
func (r *run) further(ctx context.Context, found *Found, people *cohort.Cohort) error {
	if runUp(found.Around) && r.plan.Washout.Before.Days() < engine.RunUp {
		r.step("counting again with a washout")
		more, err := r.withWashout(ctx)
		if err != nil {
			return err
		}
		found.Estimates = append(found.Estimates, more...)
	}
	if err := r.anyway(ctx, found, people); err != nil {
		return err
	}
	if err := r.compare(ctx, found, people, true); err != nil {
		return err
	}
	if err := r.monthly(ctx, found, people); err != nil {
		return err
	}
	r.interrupted(found)
	return nil
}

// tell adds what a tally tells.
func (f *Found) tell(ctx context.Context, t *tally.Tally) {
	if t.Kind == study.KindTotals {
		f.Estimates = append(f.Estimates, totals(ctx, f.Plan, t)...)
		return
	}
	f.Estimates = append(f.Estimates, estimates(ctx, f.Plan, t)...)
	f.Lost = append(f.Lost, lost(f.Plan, t)...)
	f.Around = append(f.Around, around(f.Plan, t)...)
	f.Apart = append(f.Apart, apart(f.Plan, t)...)
	f.Practices = append(f.Practices, practices(f.Plan, t)...)
	f.Concentrations = append(f.Concentrations, concentrations(f.Plan, t, cohort.Arms(f.Plan))...)
	f.Divided = append(f.Divided, divided(f.Plan, t)...)
}

// unchanged stops a run during which a file changed.
func (r *run) unchanged(ctx context.Context) error {
	var problems source.Problems
	if err := r.files.Unchanged(ctx, &problems); err != nil {
		return wrap("looking at the files again", err)
	}
	return problems.Err()
}

// counted is the part of a run that estimates nothing, with the people, who are nil in a study without a table of them.
func (r *run) counted(ctx context.Context) (*Found, *cohort.Cohort, error) {
	found := &Found{Plan: r.plan}
	var problems source.Problems // of all tables, so that one doesn't hide the others
	people, err := r.people(ctx, found, &problems)
	if err != nil {
		return nil, nil, err
	}
	if r.plan.Counts != nil {
		r.step("reading counts")
		known := people
		if known == nil && r.plan.People != nil { // they have problems; those of the counts are told with them
			known = &cohort.Cohort{}
		}
		ready, err := cohort.ReadCounts(ctx, r.plan, r.files, known)
		if err := problems.Join(err); err != nil {
			return nil, nil, wrap("reading the counts", err)
		}
		found.add(ready)
	}
	if len(r.plan.Totals) > 0 {
		list, err := cohort.ReadTotals(ctx, r.plan, r.files)
		if err := problems.Join(err); err != nil {
			return nil, nil, wrap("reading the totals", err)
		}
		for _, ready := range list {
			found.add(ready)
		}
	}
	if r.plan.Series != nil {
		series, quality, err := cohort.ReadSeries(ctx, r.plan, r.files)
		if err := problems.Join(err); err != nil {
			return nil, nil, wrap("reading the series", err)
		}
		found.Series, found.Quality = series, append(found.Quality, quality)
	}
	if err := r.whole(ctx, found, people, &problems); err != nil {
		return nil, nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	if people != nil && len(r.plan.Events) > 0 {
		if err := people.Empty(r.plan); err != nil {
			return nil, nil, err
		}
	}
	return found, people, nil
}

func (f *Found) add(ready *cohort.Ready) {
	if ready == nil {
		return
	}
	f.Tallies = append(f.Tallies, ready.Tally)
	f.Quality = append(f.Quality, ready.Quality...)
	f.Flow = append(f.Flow, ready.Flow...)
}

// people reads the people and has their events counted. People are nil if there are none, or if they have problems.
func (r *run) people(ctx context.Context, found *Found, problems *source.Problems) (*cohort.Cohort, error) {
	if r.plan.People == nil {
		return nil, nil
	}
	r.step("reading people")
	people, err := cohort.Read(ctx, r.plan, r.files)
	if err := problems.Join(err); err != nil {
		return nil, wrap("reading the people", err)
	}
	if people == nil { // their events are still read, as nobody's, so that all files are told of at once
		people = &cohort.Cohort{Feeds: r.plan.Feeds()}
	}
	if len(r.plan.Events) > 0 {
		r.step("counting events")
		counted, err := r.engine.Tally(ctx, r.plan, people, r.files)
		if err := problems.Join(err); err != nil {
			return nil, wrap("counting events", err)
		}
		if counted != nil {
			found.Tallies = append(found.Tallies, counted.Tally)
			found.Quality = append(append(found.Quality, people.Quality), counted.Quality...)
			if len(people.Flow) > 0 {
				found.Flow = flow(people, counted)
			}
		}
	} else {
		found.Quality, found.Flow = append(found.Quality, people.Quality), people.Flow[:min(len(people.Flow), people.Whole)]
	}
	if len(people.Flow) == 0 {
		return nil, nil
	}
	return people, nil
}

// flow is the people flow with, beside it, how many people are in any file at all.
func flow(people *cohort.Cohort, counted *engine.Counted) []cohort.Box {
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
func (r *run) withWashout(ctx context.Context) ([]Estimate, error) {
	other := *r.plan
	other.Washout.Before = window.Length{N: engine.RunUp, Unit: window.Days}
	people, err := cohort.Read(ctx, &other, r.files)
	if err == nil {
		var counted *engine.Counted
		if counted, err = r.engine.Tally(ctx, &other, people, r.files); err == nil {
			return washoutEstimates(ctx, &other, counted.Tally), nil
		}
	}
	var rejected *source.Rejected
	if errors.As(err, &rejected) { // the longer reach has faults that the study itself has not
		return nil, nil
	}
	return nil, wrap("counting again with a washout of 30 days", err)
}
