// Package profile tells who a service's people are: how far they came (referred, contacted, connected, followed up), when
// and by whom they were referred, what kind of people they are beside their area's, for which reasons, what they were sent
// on to, and how practices differ. Its methods take counts and know no names.
package profile

import (
	"averted/evaluate/estimate"
	"averted/evaluate/outcome"
)

// Engagement is how far people came, stage by stage.
type Engagement struct {
	OfPrevious []outcome.Share // of each stage but the first
	OfFirst    []outcome.Share
	Warnings   []estimate.Warning
	Refused    *estimate.Refusal
}

// Engage reports each stage's people as a share of the stage before and of the first, with Wilson's interval.
//
// It says how many came how far, not why others didn't; people who were referred lately may still come.
//
// Special cases are:
//   - fewer than two stages, a negative count, or nobody in the first: refused with BAD_INPUT
//   - a stage has more people than the one before: NOT_MONOTONE, and no share of it is given
//
// See [outcome.Wilson].
func Engage(counts []int64) Engagement {
	var e Engagement
	if len(counts) < 2 || counts[0] <= 0 {
		e.Refused = estimate.Refuse(estimate.BadInput)
		return e
	}
	for i, n := range counts[1:] {
		if n < 0 {
			return Engagement{Refused: estimate.Refuse(estimate.BadInput)}
		}
		if n > counts[i] {
			e.Warnings = append(e.Warnings, estimate.Warning{Code: estimate.NotMonotone, Text: "a stage has more people than the one before it, so it is no part of it: are they counted alike?"})
		}
		e.OfPrevious = append(e.OfPrevious, outcome.Wilson(n, counts[i]))
		e.OfFirst = append(e.OfFirst, outcome.Wilson(n, counts[0]))
	}
	return e
}
