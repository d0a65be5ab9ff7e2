package expect

import (
	"cmp"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/window"
)

// When is at which moment people are taken in who meet a rule.
type When string

// The moments.
const (
	FixedDate     When = "fixed_date"     // all who meet it on one day
	FirstCrossing When = "first_crossing" // each on the day on which their count reaches the threshold
	Rolling       When = "rolling"        // at reviews, all who meet it and were not taken in before
)

// Rule is a rule by which people are referred: at least so many events in the days before, or the top so many.
type Rule struct {
	When     When
	AtLeast  int        // events, for a threshold; 0 for a top list
	Top      int        // how many are taken in at a review, for a top list; 0 for a threshold
	ByScore  bool       // of a top list: by History.Score in place of the count
	Within   int        // days over which events are counted
	From, To window.Day // the first and the last day on which the rule is applied; a fixed date is From
	Every    int        // days between reviews, of a rolling rule
}

// History is what the rule knows of one person.
type History struct {
	Days     []window.Day // of events, in order; a day may stand there several times
	Observed window.Set   // days under observation, while the feeds ran; the rule sees where it has all of Within days
	Score    float64      // for a top list by score
}

// Replay reports on which day each person would have been referred, nil for those who would not: the rule of a service
// played again on people at a time, or in a place, without it.
//
//   - FixedDate: with D = From, those with AtLeast events or more in [D-Within, D), or the Top by that count or by score,
//     are referred on D.
//   - FirstCrossing: on the first day d of From to To on which the events of the Within days that end with d reach AtLeast,
//     having been below the day before. Who was over the line already is referred if they fall below and cross again.
//   - Rolling: as FixedDate, on From and every Every days after until To, each person once.
//
// Of a top list those with the most come first; among equals those who come first in people. Who has not been observed on
// that day and on all Within days before it is passed over.
//
// Special cases are:
//   - a rule that is none (no days, no threshold, a top list by crossing): refused with BAD_INPUT
func (r Rule) Replay(people []History) ([]*window.Day, *estimate.Refusal) {
	bad := func(text string) ([]*window.Day, *estimate.Refusal) {
		return nil, &estimate.Refusal{Code: estimate.BadInput, Text: text}
	}
	switch {
	case (r.AtLeast > 0) == (r.Top > 0) || r.AtLeast < 0 || r.Top < 0:
		return bad("a rule has a threshold or a top list")
	case r.Within < 1 && !r.ByScore || r.Within < 0:
		return bad("a rule counts the events of at least one day")
	case r.When == FirstCrossing && r.AtLeast == 0:
		return bad("only a threshold can be crossed")
	case r.When != FixedDate && r.To < r.From || r.When == Rolling && r.Every < 1:
		return bad("a rule is applied on a run of days")
	}
	found := make([]*window.Day, len(people))
	switch r.When {
	case FixedDate:
		r.review(people, found, r.From)
	case Rolling:
		for day := r.From; day <= r.To; day += window.Day(r.Every) {
			r.review(people, found, day)
		}
	case FirstCrossing:
		for i, h := range people {
			found[i] = r.crossing(h)
		}
	default:
		return bad("a rule is one of fixed_date, first_crossing and rolling")
	}
	return found, nil
}

// count is how many events lie in the Within days that end before a day.
func (r Rule) count(h History, day window.Day) int {
	from, _ := slices.BinarySearch(h.Days, day-window.Day(r.Within))
	to, _ := slices.BinarySearch(h.Days, day)
	return to - from
}

// sees reports whether a person has been observed for long enough, and still is.
func (r Rule) sees(h History, day window.Day) bool {
	return h.Observed.DaysIn(window.Span{Start: day - window.Day(r.Within), End: day + 1}) == r.Within+1
}

func (r Rule) review(people []History, found []*window.Day, day window.Day) {
	type place struct {
		person int
		by     float64
	}
	var list []place
	for i, h := range people {
		if found[i] != nil || !r.sees(h, day) {
			continue
		}
		n := r.count(h, day)
		switch {
		case r.AtLeast > 0 && n >= r.AtLeast:
			found[i] = &day
		case r.Top > 0 && r.ByScore:
			list = append(list, place{i, h.Score})
		case r.Top > 0 && n > 0:
			list = append(list, place{i, float64(n)})
		}
	}
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(b.by, a.by) })
	for _, p := range list[:min(r.Top, len(list))] {
		found[p.person] = &day
	}
}

func (r Rule) crossing(h History) *window.Day {
	for i, day := range h.Days {
		// The count that ends with a day is that before the next.
		if day < r.From || day > r.To || i+1 < len(h.Days) && h.Days[i+1] == day || !r.sees(h, day) {
			continue
		}
		if r.count(h, day+1) >= r.AtLeast && r.count(h, day) < r.AtLeast {
			return &day
		}
	}
	return nil
}
