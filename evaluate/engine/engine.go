// Package engine counts the events of the right people in the right windows. Every engine gives the
// same tally of the same plan; the memory engine is the plain one by which the others are judged.
package engine

import (
	"context"
	"fmt"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Engine counts.
type Engine interface {
	// Name is the engine's name in the manifest.
	Name() string
	// Tally counts the plan's events around the cohort's people. The error is *[source.Rejected] if rows
	// can't be used, and wraps what the engine or the operating system says otherwise, never a row.
	Tally(ctx context.Context, plan *study.Plan, people *cohort.Cohort, files *source.Files) (*Counted, error)
}

// Counted is a tally with what was noticed of the files on the way.
type Counted struct {
	Tally   *tally.Tally
	Quality []source.Quality // parallel to Plan.Events
	Linked  int64            // people with at least one event in any file, whatever its day
}

// Layout is what an engine counts for each person: events on days in spans. The spans of window w are
// before = 2w and after = 2w+1; behind them stand the segments, then the stages.
type Layout struct {
	Windows int
	Stages  []string
	Groups  []tally.Group
	People  []Subject
	Kinds   []tally.Cell  // people alike in everything but their counts
	Holes   []window.Span // days inside the feeds' hull that some feed missed
	Reach   window.Span   // from the first day of anybody's windows to the last

	place map[string]int32 // person by identifier
	loose map[string]int32 // and by [source.Loose]
}

// Place is where a person stands in People.
func (l *Layout) Place(id string) (int32, bool) {
	at, ok := l.place[id]
	return at, ok
}

// Loosely is where a person stands whose identifier is the same but for case, blanks, hyphens and leading zeros.
func (l *Layout) Loosely(id string) (int32, bool) {
	at, ok := l.loose[source.Loose(id)]
	return at, ok
}

// Subject is one person as an engine sees them.
type Subject struct {
	ID    string
	Born  int // year, 0 if it is not known
	Died  *window.Day
	Kind  int // place in Layout.Kinds
	Spans []window.Span
}

// The segments are counted behind the windows' spans, in the order of [tally.Parts].
const (
	segIndexDay = iota
	segLastThirty
	segEarlier
	segWaiting
	segments
)

// Spans is the number of spans of each subject.
func (l *Layout) Spans() int { return 2*l.Windows + segments + len(l.Stages) }

// stage is the place of the first stage among the spans.
func (l *Layout) stage() int { return 2*l.Windows + segments }

// Lay works out what to count. Events count only if their day is watched: spans are already cut to the
// time in which the person was under observation.
func Lay(plan *study.Plan, people *cohort.Cohort) *Layout {
	l := &Layout{Windows: len(plan.Windows), place: make(map[string]int32, len(people.People)), loose: make(map[string]int32, len(people.People))}
	hull := window.Set{people.Feeds.Hull()}
	l.Holes = hull.Without(people.Feeds...)
	longest := Longest(plan)
	l.Groups = people.Groups
	edges, stages := Stages(plan.Windows[longest])
	l.Stages = stages
	kinds := map[string]int{}
	for _, p := range people.People {
		kind := tally.Cell{Arm: p.Arm, Practice: p.Practice, Levels: p.Levels, Stages: make([]tally.Stage, len(stages))}
		spans := make([]window.Span, l.Spans())
		for w, placed := range p.Windows {
			seen := tally.Seen{In: placed.Status == window.Included, Complete: placed.Complete}
			if seen.In {
				seen.DaysBefore, seen.DaysAfter = int64(placed.DaysBefore), int64(placed.DaysAfter)
				spans[2*w], spans[2*w+1] = placed.WatchedBefore, placed.WatchedAfter
				if l.Reach.Days() == 0 {
					l.Reach = placed.Before
				}
				l.Reach = window.Span{Start: min(l.Reach.Start, placed.Before.Start), End: max(l.Reach.End, placed.After.End)}
			}
			kind.Windows = append(kind.Windows, seen)
		}
		if placed := p.Windows[longest]; placed.Status == window.Included {
			segment(spans[2*l.Windows:], p, placed, p.Life.Observed(people.Feeds))
			for s := range stages {
				span := window.Span{Start: placed.After.Start + edges[s], End: placed.After.Start + edges[s+1]}.Intersect(placed.WatchedAfter)
				spans[l.stage()+s] = span
				kind.Stages[s].Days = int64(people.Feeds.DaysIn(span))
			}
		}
		key := kindKey(kind)
		at, ok := kinds[key]
		if !ok {
			at = len(l.Kinds)
			kinds[key] = at
			l.Kinds = append(l.Kinds, kind)
		}
		l.place[p.ID], l.loose[source.Loose(p.ID)] = int32(len(l.People)), int32(len(l.People))
		l.People = append(l.People, Subject{ID: p.ID, Born: p.Born, Died: p.Life.Died, Kind: at, Spans: spans})
	}
	return l
}

// stageMonths are the months after which a stage of the window after ends: who comes back to their old use does so in
// the second half.
var stageMonths = []int{3, 6, 12, 18, 24}

// Stages is where the stages of a window after begin and end, in days from its start, and what they are called; none for
// windows that are not of months, or have only one stage.
func Stages(length window.Length) (edges []window.Day, names []string) {
	if length.Unit != window.Months {
		return nil, nil
	}
	edges = []window.Day{0}
	before := 0
	for i, month := range append(slices.Clone(stageMonths), length.N) {
		if month > length.N || i == len(stageMonths) && before >= length.N {
			continue
		}
		edges = append(edges, window.Day(window.Length{N: month, Unit: window.Months}.Days()))
		names = append(names, fmt.Sprintf("months %d to %d", before+1, month))
		before = month
	}
	if len(names) < 2 {
		return nil, nil
	}
	return edges, names
}

// RunUp is how many days before the index day are set against the rest of the window before.
const RunUp = 30

func segment(spans []window.Span, p cohort.Person, placed window.Placed, observed window.Span) {
	index := *p.Life.Index
	spans[segIndexDay] = window.Through(index, index).Intersect(observed)
	near := window.Span{Start: index - RunUp, End: index}
	spans[segLastThirty] = near.Intersect(placed.WatchedBefore)
	spans[segEarlier] = window.Span{Start: placed.WatchedBefore.Start, End: min(placed.WatchedBefore.End, near.Start)}
	if p.Start != nil && *p.Start > index {
		spans[segWaiting] = window.Span{Start: index + 1, End: *p.Start}.Intersect(observed)
	}
}

// Longest is the place of the plan's longest window.
func Longest(plan *study.Plan) int {
	longest := 0
	for i, w := range plan.Windows {
		if w.Days() > plan.Windows[longest].Days() {
			longest = i
		}
	}
	return longest
}

func kindKey(c tally.Cell) string {
	key := []byte(c.Arm)
	number := func(n int64) {
		for range 8 {
			key = append(key, byte(n))
			n >>= 8
		}
	}
	number(int64(c.Practice))
	for _, s := range c.Windows {
		flags := int64(0)
		if s.In {
			flags++
		}
		if s.Complete {
			flags += 2
		}
		number(flags)
		number(s.DaysBefore)
		number(s.DaysAfter)
	}
	for _, level := range c.Levels {
		number(int64(level))
	}
	for _, stage := range c.Stages {
		number(stage.Days)
	}
	return string(key)
}

// Alike is people of one kind with the same counts: Counts[activity*spans+span], and behind the activities what is told by [Kept].
type Alike struct {
	Kind   int
	People int64
	Counts []int64
}

// Assemble makes the tally of what an engine counted. Every engine ends here, so that they can't differ
// in it.
func Assemble(plan *study.Plan, l *Layout, feeds window.Set, groups []Alike) *tally.Tally {
	t := &tally.Tally{Kind: study.KindEvents, Timed: true, Groups: l.Groups, Stages: l.Stages}
	var places []int // in Plan.Activities of those that have events
	for i, a := range plan.Activities {
		if plan.KindOf(a.Name) == study.KindEvents {
			t.Activities, places = append(t.Activities, a.Name), append(places, i)
		}
	}
	for _, w := range plan.Windows {
		t.Windows = append(t.Windows, w.String())
	}
	spans, priced := l.Spans(), plan.PricedOneByOne()
	t.Segments = emptySegments(t, l, feeds)
	cells := make([]tally.Cell, 0, len(groups))
	for _, g := range groups {
		cell := l.Kinds[g.Kind]
		cell.People = g.People
		cell.Windows = slices.Clone(cell.Windows)
		for w := range cell.Windows {
			seen := &cell.Windows[w]
			seen.Before, seen.After = make([]int64, len(t.Activities)), make([]int64, len(t.Activities))
			for a, place := range places {
				seen.Before[a] = g.Counts[place*spans+2*w]
				seen.After[a] = g.Counts[place*spans+2*w+1]
			}
			if len(priced) == 0 {
				continue
			}
			seen.PenceBefore, seen.PenceAfter = make([]int64, len(t.Activities)), make([]int64, len(t.Activities))
			for i, place := range priced {
				a, at := slices.Index(places, place), len(plan.Activities)+i
				seen.PenceBefore[a] = g.Counts[at*spans+2*w]
				seen.PenceAfter[a] = g.Counts[at*spans+2*w+1]
			}
		}
		cell.Stages = slices.Clone(cell.Stages)
		for s := range cell.Stages {
			events := make([]int64, len(t.Activities))
			for a, place := range places {
				events[a] = g.Counts[place*spans+l.stage()+s]
			}
			cell.Stages[s].Events = events
		}
		cells = append(cells, cell)
		for i := range t.Segments {
			s := &t.Segments[i]
			n := g.Counts[places[s.Activity]*spans+2*l.Windows+slices.Index(tally.Parts, s.Part)]
			if s.Arm == cell.Arm && n > 0 {
				s.Events += g.People * n
				s.Users += g.People
				s.Most = max(s.Most, n)
			}
		}
	}
	t.Cells = tally.Compress(cells)
	return t
}

// emptySegments is a segment for each arm, activity and part, with its days watched and no events yet.
func emptySegments(t *tally.Tally, l *Layout, feeds window.Set) []tally.Segment {
	days := map[tally.Arm]*[segments]int64{tally.Service: {}, tally.Comparison: {}}
	for _, p := range l.People {
		for s := range segments {
			days[l.Kinds[p.Kind].Arm][s] += int64(feeds.DaysIn(p.Spans[2*l.Windows+s]))
		}
	}
	var list []tally.Segment
	for _, arm := range []tally.Arm{tally.Service, tally.Comparison} {
		for a := range t.Activities {
			for s, part := range tally.Parts {
				list = append(list, tally.Segment{Part: part, Arm: arm, Activity: a, Days: days[arm][s]})
			}
		}
	}
	return list
}
