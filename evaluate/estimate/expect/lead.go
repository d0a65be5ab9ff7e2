package expect

import (
	"slices"

	"averted/evaluate/estimate"
)

// Methods by their names in results, in the order in which one leads where several may.
const (
	NameReplay     = "rule_replay"
	NamePlacebo    = "placebo_index"
	NameTransition = "rtm_transition"
	NameEarly      = "early_baseline"
	NameBayes      = "rtm_eb"
	NameTruncated  = "rtm_truncated_nb"
	NameRobbins    = "robbins"
)

// Order is the methods of design, of which the first that may lead and has a value leads; Models follow, which never lead.
var (
	Order  = []string{NameReplay, NamePlacebo, NameTransition, NameEarly}
	Models = []string{NameBayes, NameTruncated, NameRobbins}
)

// Is reports whether a method is one of these.
func Is(method string) bool { return slices.Contains(Order, method) || slices.Contains(Models, method) }

// Referral is how people came in, as far as it decides which method may lead.
type Referral struct {
	When When // "" is a clinician's judgement, or a referral of which no more is known
	// RunUp is how many times busier, at most, the last 3 months before the index day were than the rest of the window by
	// which people were chosen: see [RunUp]. 0 where it is not known.
	RunUp float64
	// Unmet is that more than a few of the people did not come in by the rule as it is declared, so that it is not what chose
	// them.
	Unmet bool
	// ByScore is that a score chose people, which their count does not tell.
	ByScore bool
	// NotReferred is that the reference people are those who were not referred where and while the service ran: being left
	// over is something that came after.
	NotReferred bool
}

// RunDays is the last 3 months before the index day, which are set against the rest of the time that a rule looks at.
const RunDays = 91

// MostRunUp is up to what run-up the count before tells all that was seen in people when they were referred.
const MostRunUp = 1.25

// RunUp reports how many times busier, at most, people's last 3 months before the index day were than the rest of the
// window by which they were chosen: the upper limit of the interval of [estimate.RatioRobust] at 90%, over trend. Cells hold
// the rest as before and the last 3 months as after. It is 0 where that has no value.
//
// People whose use has just run up are in a crisis that reference people with as many events, at no particular time, are
// not in. It must be shown that they are not: too few people show nothing.
func RunUp(cells []estimate.Cell, trend Trend) float64 {
	e := estimate.RatioRobust(cells, estimate.Robust{Level: 0.9})
	if e.High == nil {
		return 0
	}
	return *e.High / trend.factor()
}

// MayLead reports whether a method may lead, and if not, why not in a few words that continue a sentence.
//
//   - all who met a rule on a fixed day: replay or placebo, transition, early baseline
//   - people taken in as they crossed a line, or at reviews: replay or placebo; transition, unless use ran up before the index
//     day; the early baseline is only
//     a bound
//   - a clinician's judgement: transition, unless use ran up before the index day
//   - where people did not meet the rule that is said to have chosen them: as by judgement
//   - models never; nothing whose reference people are those left over by the same service
//
// docs/methods/what-would-have-come-anyway.md shows by how much each errs.
func (r Referral) MayLead(method string) (may bool, why string) {
	if slices.Contains(Models, method) {
		return false, "a model, the direction of whose error can't be told"
	}
	if r.NotReferred && method != NameEarly {
		return false, "its reference people are those whom the service left over, and who is left over depends on what came after"
	}
	if r.Unmet && method != NameTransition {
		return false, "more than a tenth of the people did not come in by the rule as it is declared, so it is not what chose them"
	}
	if r.Unmet || r.ByScore && method == NameTransition {
		r.When = "" // as by judgement
	}
	switch {
	case method == NameEarly && r.When == "":
		return false, "it isn't known that all came in who were over a line on one fixed day, so it is only a bound"
	case method == NameEarly && r.ByScore:
		return false, "a score may look back into the earlier window, so it is only a bound"
	case method == NameEarly && r.When != FixedDate:
		return false, "people were not all over the line on one fixed day, so it is only a bound"
	case method == NameTransition && r.When != FixedDate && r.RunUp == 0:
		return false, "how busy people were just before they were referred isn't known, so their count may not tell all that was seen in them"
	case method == NameTransition && r.When != FixedDate && r.RunUp > MostRunUp:
		return false, "use ran up just before they were referred (or they are too few to show that it didn't), and people without the service who had as many in a year were in no such run"
	case method != NameTransition && method != NameEarly && r.When == "":
		return false, "there is no rule to play again where a clinician judges"
	}
	return slices.Contains(Order, method), ""
}

// TooFew is why a method does not lead, nor is shown, that rests on too few people.
const TooFew = "too few people stand behind it to be shown"

// Lead is the first method in order that may lead and can, "" if there is none. can reports whether a method has a figure to
// lead with.
func (r Referral) Lead(can func(method string) bool) string {
	for _, method := range Order {
		if may, _ := r.MayLead(method); may && can(method) {
			return method
		}
	}
	return ""
}
