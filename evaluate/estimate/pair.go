package estimate

import (
	"cmp"
	"math"
	"slices"
)

// Pair is people who had alike values before and after: counts in windows of one length, or scores.
type Pair struct {
	Before, After float64
	People        int64
}

// Pairs is the pairs of cells, refused with BAD_INPUT if somebody's times before and after differ: their counts can't
// be set against each other.
func Pairs(cells []Cell) ([]Pair, *Refusal) {
	var pairs []Pair
	for _, c := range Canonical(cells) {
		if c.Before < 0 || c.After < 0 || c.TimeBefore != c.TimeAfter {
			return nil, Refuse(BadInput)
		}
		pairs = append(pairs, Pair{float64(c.Before), float64(c.After), c.People})
	}
	return pairs, nil
}

// differences sorts pairs by their change, after less before, and joins those that are alike.
func differences(pairs []Pair) ([]change, *Refusal) {
	var list []change
	for _, p := range pairs {
		d := p.After - p.Before
		if math.IsNaN(d) || math.IsInf(d, 0) || p.People < 0 {
			return nil, Refuse(BadInput)
		}
		if p.People > 0 {
			list = append(list, change{d, p.People})
		}
	}
	slices.SortFunc(list, func(a, b change) int { return cmp.Compare(a.by, b.by) })
	var joined []change
	for _, c := range list {
		if last := len(joined) - 1; last >= 0 && joined[last].by == c.by {
			joined[last].people += c.people
			continue
		}
		joined = append(joined, c)
	}
	return joined, nil
}

// change is people whose values changed by the same.
type change struct {
	by     float64
	people int64
}
