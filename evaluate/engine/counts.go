package engine

import (
	"context"
	"fmt"
	"slices"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Counts counts events one by one: for each person of a layout, by activity and span.
type Counts struct {
	layout *Layout
	pence  map[int32]int // by activity that is priced event by event: where its pence are kept
	width  int
	of     [][]int64 // nil for people without an event
}

// NewCounts is counts of nothing yet.
func NewCounts(plan *study.Plan, layout *Layout) *Counts {
	c := &Counts{layout: layout, pence: map[int32]int{}, width: layout.Spans() * Kept(plan), of: make([][]int64, len(layout.People))}
	for i, a := range plan.PricedOneByOne() {
		c.pence[int32(a)] = len(plan.Activities) + i
	}
	return c
}

// Kept is how much is counted in each span: every activity, and behind them what the events cost of those that are priced event
// by event.
func Kept(plan *study.Plan) int { return len(plan.Activities) + len(plan.PricedOneByOne()) }

// Of is the counts of the i-th person, at activity × spans + span; nil if they have no event in any file.
func (c *Counts) Of(i int) []int64 { return c.of[i] }

// Add counts the events of one table, on days for which the table is complete and every feed ran.
func (c *Counts) Add(e study.Events, events []Event) {
	fed := e.Complete.Days()
	for _, event := range events {
		if c.of[event.Person] == nil {
			c.of[event.Person] = make([]int64, c.width)
		}
		if !fed.Contains(event.Day) || slices.ContainsFunc(c.layout.Holes, func(hole window.Span) bool { return hole.Contains(event.Day) }) {
			continue
		}
		for s, span := range c.layout.People[event.Person].Spans {
			if span.Contains(event.Day) {
				c.of[event.Person][int(event.Activity)*c.layout.Spans()+s]++
				if at, ok := c.pence[event.Activity]; ok {
					c.of[event.Person][at*c.layout.Spans()+s] += event.Pence
				}
			}
		}
	}
}

// alikeEnough is the share of the smaller table's events that another table may hold too before they are taken for
// the same events: two hospitals rarely see one person on one day.
const alikeEnough = 0.2

// overlaps adds a problem for every two tables of one activity that are complete over the same days and hold the same
// events in them: those would count twice.
func overlaps(ctx context.Context, plan *study.Plan, layout *Layout, files *source.Files, problems *source.Problems) error {
	days := map[int]map[personDay]bool{} // by table
	of := func(i int) (map[personDay]bool, error) {
		var err error
		if days[i] == nil {
			days[i], err = personDays(ctx, plan, layout, files, i)
		}
		return days[i], err
	}
	for i, e := range plan.Events {
		for j, other := range plan.Events[:i] {
			both := e.Complete.Days().Intersect(other.Complete.Days())
			if len(both) == 0 || !slices.ContainsFunc(plan.Activities, func(a study.Activity) bool { return e.Feeds(a.Name) && other.Feeds(a.Name) }) {
				continue
			}
			mine, err := of(i)
			if err != nil {
				return err
			}
			theirs, err := of(j)
			if err != nil {
				return err
			}
			shared, least, ours := 0, 0, 0
			for k := range theirs {
				if both.Contains(k.day) {
					least++
				}
			}
			for k := range mine {
				if both.Contains(k.day) {
					ours++
					if theirs[k] {
						shared++
					}
				}
			}
			if least = min(least, ours); least > 0 && float64(shared) > alikeEnough*float64(least) {
				problems.Add(source.Problem{File: e.File, Code: "A115", At: fmt.Sprintf("events[%d]", i+1), Cure: apart(e, other), Text: fmt.Sprintf(
					"%d of %d events in the days for which %s is complete too stand in both files and would count twice: end one file's complete: before the other's begins", shared, least, other.File)})
			}
		}
	}
	return nil
}

// apart is the complete: of a table that doesn't meet another's, "" if none is left.
func apart(e, other study.Events) string {
	from, to := *e.Complete.From, *e.Complete.To
	switch {
	case *other.Complete.To < to:
		from = *other.Complete.To + 1
	case *other.Complete.From > from:
		to = *other.Complete.From - 1
	default:
		return ""
	}
	return fmt.Sprintf("complete: {from: %s, to: %s}", from, to)
}

// personDay is one activity of one person on one day.
type personDay struct {
	person, activity int32
	day              window.Day
}

func personDays(ctx context.Context, plan *study.Plan, layout *Layout, files *source.Files, i int) (map[personDay]bool, error) {
	found := map[personDay]bool{}
	var heard source.Problems // told when the files were counted
	_, err := Scan(ctx, plan, layout, files, i, &heard, func(e Event) error {
		found[personDay{e.Person, e.Activity, e.Day}] = true
		return nil
	})
	return found, err
}
