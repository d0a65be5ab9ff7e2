package trend

import "slices"

// The methods by the names that they have in a result.
const (
	NameMatched    = "did_poisson_matched"  // matched people
	NameEveryone   = "did_poisson"          // everybody as they are
	NameEarlier    = "did_poisson_early"    // from the window before that before
	NameCensored   = "did_poisson_censored" // matched people, watched until the service came to them too
	NameThroughout = "did_poisson_complete" // matched people who were watched throughout
	NameSets       = "att_did"              // in matched sets, events a person
	NameLinear     = "did_linear"           // everybody, events a person
	NameSeries     = "its"
	NameControlled = "its_control"
)

// Comparisons lists the methods of comparison people, in the order in which they are told.
var Comparisons = []string{NameMatched, NameThroughout, NameEveryone, NameEarlier, NameCensored, NameSets, NameLinear}

// OfEvents reports whether a comparison is of events a person, and not of ratios.
func OfEvents(method string) bool { return method == NameSets || method == NameLinear }

// OfMonths reports whether a method is of a series of months, and not of people.
func OfMonths(method string) bool {
	return slices.Contains([]string{NameSeries, NameControlled}, method)
}
