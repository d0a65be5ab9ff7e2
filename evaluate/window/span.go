package window

import (
	"cmp"
	"slices"
)

// Span is a run of days from Start up to but not including End.
type Span struct{ Start, End Day }

// Through is the span of two days and all between them, both included.
func Through(first, last Day) Span { return Span{first, last + 1} }

// Days is the number of days in the span: never negative.
func (s Span) Days() int { return max(0, int(s.End-s.Start)) }

// Contains reports whether d lies in the span.
func (s Span) Contains(d Day) bool { return s.Start <= d && d < s.End }

// Intersect is the days that lie in both spans.
func (s Span) Intersect(t Span) Span {
	both := Span{max(s.Start, t.Start), min(s.End, t.End)}
	if both.End < both.Start {
		both.End = both.Start
	}
	return both
}

// Set is days as spans that are in order and don't touch. Make one with Union.
type Set []Span

// Union is the days that lie in any of the spans.
func Union(spans ...Span) Set {
	spans = slices.Clone(spans)
	spans = slices.DeleteFunc(spans, func(s Span) bool { return s.Days() == 0 })
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var set Set
	for _, s := range spans {
		if last := len(set) - 1; last >= 0 && s.Start <= set[last].End {
			set[last].End = max(set[last].End, s.End)
			continue
		}
		set = append(set, s)
	}
	return set
}

// Intersect is the days that lie in both sets.
func (s Set) Intersect(t Set) Set {
	var both Set
	for i, j := 0, 0; i < len(s) && j < len(t); {
		if common := s[i].Intersect(t[j]); common.Days() > 0 {
			both = append(both, common)
		}
		if s[i].End < t[j].End {
			i++
		} else {
			j++
		}
	}
	return both
}

// Without is the days of the set that lie in none of the spans.
func (s Set) Without(spans ...Span) Set {
	left := slices.Clone(s)
	for _, out := range Union(spans...) {
		var next Set
		for _, in := range left {
			if in.Intersect(out).Days() == 0 {
				next = append(next, in)
				continue
			}
			if in.Start < out.Start {
				next = append(next, Span{in.Start, out.Start})
			}
			if out.End < in.End {
				next = append(next, Span{out.End, in.End})
			}
		}
		left = next
	}
	return left
}

// DaysIn is the number of the set's days that lie in the span.
func (s Set) DaysIn(in Span) int {
	days := 0
	for _, part := range s {
		days += part.Intersect(in).Days()
	}
	return days
}

// Contains reports whether d lies in the set.
func (s Set) Contains(d Day) bool {
	for _, part := range s {
		if part.Contains(d) {
			return true
		}
	}
	return false
}

// Hull is the span from the set's first day to its last, gaps included. The hull of no days is empty.
func (s Set) Hull() Span {
	if len(s) == 0 {
		return Span{}
	}
	return Span{s[0].Start, s[len(s)-1].End}
}
