package engine

import (
	"cmp"
	"fmt"
	"slices"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Resolved is the events of one table after its rules of copies, event ids and spells.
type Resolved struct {
	Events []Event
	Copies []int32 // whose rows were copies, one entry a row
	Ruled  int64   // rows that event_rule passed over
	Merged int64   // rows that became part of an earlier spell
}

// Resolve applies a table's rules, and adds a problem for rows that need a rule that is not declared. It is the
// reference: an engine that resolves in its own way must give the same.
//
//  1. Rows alike in every column are copies of one.
//  2. Rows with one event id are one event. Alike in person, days and activity they are copies; if not, event_rule
//     takes the first or the last, or with spells: merge they are parts of one spell.
//  3. Rows of spells that overlap or begin on one day are merged, or counted as given.
//  4. Of an activity that counts nights, each night of a person is one event, however many rows tell of it.
func Resolve(plan *study.Plan, at int, t *Table, events []Event, problems *source.Problems) Resolved {
	r := resolver{plan: plan, e: plan.Events[at], at: fmt.Sprintf("events[%d]", at+1), table: t, problems: problems}
	events = slices.Clone(events)
	if r.e.Duplicates == study.CopiesAside {
		events = r.copies(events)
	}
	events = r.ids(events)
	r.found.Events = r.nights(r.spells(events))
	return r.found
}

type resolver struct {
	plan     *study.Plan
	e        study.Events
	at       string
	table    *Table
	problems *source.Problems
	found    Resolved
}

// nights puts a night a row in place of the stays of activities that count nights.
func (r *resolver) nights(events []Event) []Event {
	type night struct {
		person, activity int32
		day              window.Day
	}
	seen := map[night]bool{}
	var list []Event
	for _, e := range events {
		if !r.plan.Nights(int(e.Activity)) {
			list = append(list, e)
			continue
		}
		for day := e.Day; day < e.End; day++ {
			if at := (night{e.Person, e.Activity, day}); !seen[at] {
				seen[at] = true
				one := e
				one.Day, one.End = day, day
				list = append(list, one)
			}
		}
	}
	return list
}

func (r *resolver) copies(events []Event) []Event {
	type key struct {
		person  int32
		day     window.Day
		content uint64
	}
	seen := make(map[key]bool, len(events))
	return slices.DeleteFunc(events, func(e Event) bool {
		k := key{e.Person, e.Day, e.Content}
		if seen[k] {
			r.found.Copies = append(r.found.Copies, e.Person)
			return true
		}
		seen[k] = true
		return false
	})
}

// byContent orders events by what they say.
func byContent(a, b Event) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.End, b.End), cmp.Compare(a.Activity, b.Activity), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Pence, b.Pence))
}

func byPlace(a, b Event) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row)) }

func (r *resolver) ids(events []Event) []Event {
	groups := map[uint64][]Event{}
	var kept, order []Event
	for _, e := range events {
		if !e.HasID {
			kept = append(kept, e)
			continue
		}
		if len(groups[e.ID]) == 0 {
			order = append(order, e)
		}
		groups[e.ID] = append(groups[e.ID], e)
	}
	for _, first := range order {
		group := groups[first.ID]
		slices.SortStableFunc(group, byContent)
		last := len(group) - 1
		one := group[0]
		same := byContent(one, group[last]) == 0
		switch {
		case same:
			for _, e := range group[1:] {
				r.found.Copies = append(r.found.Copies, e.Person)
			}
		case r.e.EventRule != "":
			if r.e.EventRule == "last" {
				one = group[last]
			}
			r.found.Ruled += int64(last)
		case r.e.Spells == study.Merged && !slices.ContainsFunc(group, func(e Event) bool { return e.Person != one.Person }):
			for _, e := range group {
				one.End = max(one.End, e.End)
			}
			r.found.Merged += int64(last)
		default:
			r.conflict(group)
		}
		kept = append(kept, one)
	}
	return kept
}

func (r *resolver) conflict(group []Event) {
	slices.SortFunc(group, byPlace)
	cure := "event_rule: last"
	if r.plan.HasSpells(r.e, int(group[0].Activity)) {
		cure = "spells: merge"
	}
	r.problem(group[1], r.e.Columns.Event, "A111", fmt.Sprintf("the event of %s stands here again and says something else; an event is counted once", r.place(group[0], group[1])), cure)
}

func (r *resolver) place(e, from Event) string {
	if e.File != from.File {
		return fmt.Sprintf("%s:%d", r.table.Quality.Files[e.File].Name, e.Row)
	}
	return fmt.Sprintf("row %d", e.Row)
}

func (r *resolver) problem(e Event, column, code, text, cure string) {
	r.problems.Add(source.Problem{File: r.table.Quality.Files[e.File].Name, Row: int(e.Row), Name: column, Code: code, Text: text, At: r.at, Cure: cure})
}

func (r *resolver) spells(events []Event) []Event {
	if r.e.Spells == study.AsGiven {
		return events
	}
	var kept, stays []Event
	for _, e := range events {
		if r.plan.HasSpells(r.e, int(e.Activity)) {
			stays = append(stays, e)
		} else {
			kept = append(kept, e)
		}
	}
	slices.SortFunc(stays, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Person, b.Person), byContent(a, b), byPlace(a, b)) })
	for i := 0; i < len(stays); {
		spell := stays[i]
		longest := spell // the row that reaches the furthest so far
		for i++; i < len(stays) && stays[i].Person == spell.Person; i++ {
			next := stays[i]
			if r.e.Spells == study.Merged {
				if next.Day > spell.End+r.e.Gap() {
					break
				}
				spell.End = max(spell.End, next.End)
				r.found.Merged++
				continue
			}
			if next.Day >= longest.End && next.Day != spell.Day {
				break
			}
			pair := []Event{longest, next}
			slices.SortFunc(pair, byPlace)
			r.problem(pair[1], r.e.Columns.Date, "A147", "this stay begins on the same day as that of "+r.place(pair[0], pair[1])+" or lies in it: are these episodes of one admission? They would cost twice", "spells: merge")
			if next.End > longest.End {
				longest = next
			}
		}
		kept = append(kept, spell)
	}
	return kept
}
