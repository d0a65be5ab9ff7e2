// Package tally holds what is counted: people alike are one row with a weight, and everything is a whole
// number. A tally has no names and no dates.
package tally

import (
	"cmp"
	"slices"
)

// Arm is the group a person belongs to.
type Arm string

// The arms. All is both together; a person is in one of the other two.
const (
	Service    Arm = "service"
	Comparison Arm = "comparison"
	All        Arm = "all"
)

// Has reports whether somebody of arm other belongs to a.
func (a Arm) Has(other Arm) bool { return a == All || a == other }

// Tally is the counts of one kind of data of a study.
type Tally struct {
	Kind       string // events, counts or totals
	Activities []string
	Windows    []string
	Groups     []Group  // by which people are divided
	Stages     []string // of the longest window after: "months 1 to 3"
	Cells      []Cell
	Segments   []Segment
	Timed      bool // days watched are known; if not, every window has one unit of time
	// Of totals, each cell is a practice: People is 1, since it is the practice that is one of many, and this is how
	// many people the practices have, 0 where it is not known.
	Clients int64
}

// Group is what people are divided by, and its levels.
type Group struct {
	By     string
	Levels []string
}

// Stage is what was seen of each of a cell's people in one stage of the longest window after.
type Stage struct {
	Days   int64
	Events []int64 // parallel to Tally.Activities
}

// Cell is people who are alike in everything that is counted.
type Cell struct {
	Arm      Arm
	Practice int    // the practice's place in the sorted list of practices, -1 if there is none
	Windows  []Seen // parallel to Tally.Windows
	Levels   []int  // places in the levels of Tally.Groups, parallel to it
	Stages   []Stage
	People   int64
}

// Seen is what was seen of each of a cell's people in one pair of windows.
type Seen struct {
	In         bool // included; everything else is 0 if not
	Complete   bool // under observation on every day of both windows
	DaysBefore int64
	DaysAfter  int64
	Before     []int64 // parallel to Tally.Activities
	After      []int64

	PenceBefore []int64 // what the events cost, of activities that are priced event by event; nil where none is
	PenceAfter  []int64
}

// Told reports whether a figure counts the cell's people: those watched throughout, or all who are included.
func (s Seen) Told(complete bool) bool { return s.In && (!complete || s.Complete) }

// Part is a stretch of days around the index day that no window tells of.
type Part string

// The parts.
const (
	IndexDay   Part = "index day"
	LastThirty Part = "last 30 days before the index day"
	Earlier    Part = "earlier in the longest window before"
	Waiting    Part = "between the index day and the start of the service"
)

// Parts lists them in order.
var Parts = []Part{IndexDay, LastThirty, Earlier, Waiting}

// Segment is the events of one arm and activity in one part, among people included in the longest window.
type Segment struct {
	Part     Part
	Arm      Arm
	Activity int
	Events   int64
	Days     int64 // watched
	Users    int64 // people with an event
	Most     int64 // events of one person
}

// Compare orders cells: by arm, practice, then what was seen, window by window.
func Compare(a, b Cell) int {
	if c := cmp.Or(cmp.Compare(a.Arm, b.Arm), cmp.Compare(a.Practice, b.Practice)); c != 0 {
		return c
	}
	for i := range a.Windows {
		v, w := &a.Windows[i], &b.Windows[i]
		if c := cmp.Or(yesNo(v.In, w.In), yesNo(v.Complete, w.Complete),
			cmp.Compare(v.DaysBefore, w.DaysBefore), cmp.Compare(v.DaysAfter, w.DaysAfter),
			slices.Compare(v.Before, w.Before), slices.Compare(v.After, w.After),
			slices.Compare(v.PenceBefore, w.PenceBefore), slices.Compare(v.PenceAfter, w.PenceAfter)); c != 0 {
			return c
		}
	}
	if c := slices.Compare(a.Levels, b.Levels); c != 0 {
		return c
	}
	for i := range a.Stages {
		if c := cmp.Or(cmp.Compare(a.Stages[i].Days, b.Stages[i].Days), slices.Compare(a.Stages[i].Events, b.Stages[i].Events)); c != 0 {
			return c
		}
	}
	return 0
}

func yesNo(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Compress sorts cells and joins those that are alike.
func Compress(cells []Cell) []Cell {
	sorted := slices.Clone(cells)
	slices.SortFunc(sorted, Compare)
	var joined []Cell
	for _, c := range sorted {
		if last := len(joined) - 1; last >= 0 && Compare(joined[last], c) == 0 {
			joined[last].People += c.People
			continue
		}
		joined = append(joined, c)
	}
	return joined
}
