package engine

import (
	"fmt"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Counts counts events row by row: for each person of a layout, by activity and span.
type Counts struct {
	layout *Layout
	width  int
	place  map[string]int
	of     [][]int64 // nil for people without an event
}

// NewCounts is counts of nothing yet.
func NewCounts(plan *study.Plan, layout *Layout) *Counts {
	c := &Counts{layout: layout, width: layout.Spans() * len(plan.Activities), place: make(map[string]int, len(layout.People)), of: make([][]int64, len(layout.People))}
	for i, p := range layout.People {
		c.place[p.ID] = i
	}
	return c
}

// Knows reports whether a person is in the layout.
func (c *Counts) Knows(id string) bool { _, ok := c.place[id]; return ok }

// Of is the counts of the i-th person, at activity × spans + span; nil if they have no event in any file.
func (c *Counts) Of(i int) []int64 { return c.of[i] }

// Visit counts the events of one table, on days for which the table is complete and every feed ran.
func (c *Counts) Visit(e study.Events) func(id string, day window.Day, activity int) {
	fed := e.Complete.Days()
	return func(id string, day window.Day, activity int) {
		i := c.place[id]
		if c.of[i] == nil {
			c.of[i] = make([]int64, c.width)
		}
		if !fed.Contains(day) || slices.ContainsFunc(c.layout.Holes, func(hole window.Span) bool { return hole.Contains(day) }) {
			return
		}
		for s, span := range c.layout.People[i].Spans {
			if span.Contains(day) {
				c.of[i][activity*c.layout.Spans()+s]++
			}
		}
	}
}

// alikeEnough is the share of the smaller table's events that another table may hold too before they are taken for
// the same events: two hospitals rarely see one person on one day.
const alikeEnough = 0.2

// Overlaps adds a problem for every two tables of one activity that are complete over the same days and hold the same
// events in them: those would count twice.
func Overlaps(plan *study.Plan, people *cohort.Cohort, problems *source.Problems) error {
	known := make(map[string]bool, len(people.People))
	for _, p := range people.People {
		known[p.ID] = true
	}
	for i, e := range plan.Events {
		for _, other := range plan.Events[:i] {
			both := e.Complete.Days().Intersect(other.Complete.Days())
			if len(both) == 0 || !slices.ContainsFunc(plan.Activities, func(a study.Activity) bool { return e.Feeds(a.Name) && other.Feeds(a.Name) }) {
				continue
			}
			mine, err := personDays(plan, e, both, known)
			if err != nil {
				return err
			}
			theirs, err := personDays(plan, other, both, known)
			if err != nil {
				return err
			}
			shared := 0
			for k := range mine {
				if theirs[k] {
					shared++
				}
			}
			if least := min(len(mine), len(theirs)); least > 0 && float64(shared) > alikeEnough*float64(least) {
				problems.Add(source.Problem{File: e.File, Code: "A115", Text: fmt.Sprintf(
					"%d of %d events in the days for which %s is complete too stand in both files and would count twice: end one file's complete: before the other's begins", shared, least, other.File)})
			}
		}
	}
	return nil
}

// personDay is one activity of one person on one day.
type personDay struct {
	id       string
	day      window.Day
	activity int
}

func personDays(plan *study.Plan, e study.Events, in window.Set, known map[string]bool) (map[personDay]bool, error) {
	found := map[personDay]bool{}
	var heard source.Problems // told when the files were counted
	_, err := Scan(plan, e, &heard, func(id string) bool { return known[id] }, func(id string, day window.Day, activity int) {
		if in.Contains(day) {
			found[personDay{string([]byte(id)), day, activity}] = true
		}
	})
	return found, err
}
