package estimate

import (
	"cmp"
	"slices"
)

// Top is how much hangs on the people with most events.
type Top struct {
	People           int64    // how many they are
	Before, Expected float64  // their share of the events before, and of those expected
	After            float64  // and after
	Averted          *float64 // and of expected less after; nil where all together is not above 0
	RatioOfRest      *float64 // the ratio of everybody else; nil where they had no events before
	RestBefore       float64  // events of everybody else
	RestExpected     float64
	RestAfter        float64
}

// FewestTop is how many people are at least among the top, so that what is said of them is said of nobody.
const FewestTop = 8

// Concentration reports what share of the events, and of the change, belongs to the people with most events in both
// windows together: the top 5%, at least eight people; and the ratio of everybody else.
//
//	k = max(8, ⌈n/20⌉),  R' = (A - A_top)/(E - E_top)
//
// People are taken by events before and after together: taken by those before alone, the rest would look as if they had
// risen (regression to the mean). Of people with equally many, as many as are needed are taken at random, and the figures
// are worked out from the mean events over all ways to take them.
//
// R' is a description and has no interval: who is left out is chosen by what is being compared.
//
// Special cases are:
//   - refused like [RatioRobust], as the second value
//   - no more than eight people: refused with TOO_FEW_PERSONS
//   - expected no more than after: the share of what was averted has no meaning, and is nil
//
// Concentration is described in docs/methods/concentration.md, with an R case in fixtures/oracles.
func Concentration(cells []Cell) (Top, *Refusal) {
	cells = Canonical(cells)
	if refused := check(cells); refused != nil {
		return Top{}, refused
	}
	s := Sum(cells)
	if s.People <= FewestTop {
		return Top{}, Refuse(TooFewPersons)
	}
	k := max(FewestTop, (s.People+19)/20)
	t := Top{People: k}
	slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(b.Before+b.After, a.Before+a.After) })
	var before, after, expected float64
	left := k
	for i := 0; i < len(cells); {
		// Everybody with equally many events, and the share of them that is taken.
		var tied []Cell
		for use := cells[i].Before + cells[i].After; i < len(cells) && cells[i].Before+cells[i].After == use; i++ {
			tied = append(tied, cells[i])
		}
		part := Sum(tied)
		took := min(left, part.People)
		share := float64(took) / float64(part.People)
		before += float64(share * float64(part.Before))
		after += float64(share * float64(part.After))
		expected += float64(share * part.Expected)
		t.RestBefore += float64((1 - share) * float64(part.Before))
		t.RestAfter += float64((1 - share) * float64(part.After))
		t.RestExpected += float64((1 - share) * part.Expected)
		left -= took
	}
	t.Before, t.After, t.Expected = before/float64(s.Before), after/float64(s.After), expected/s.Expected
	if all := s.Expected - float64(s.After); all > 0 {
		t.Averted = number((expected - after) / all)
	}
	if t.RestExpected > 0 {
		t.RatioOfRest = number(t.RestAfter / t.RestExpected)
	}
	return t, nil
}
