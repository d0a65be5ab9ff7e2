// Package grade says how far a figure can be trusted to be what a service did: one function, for a study's own result and
// for somebody's claim.
package grade

// Design is how what happened is set against what would have.
type Design string

// The designs, from the weakest. A figure without any design of these is BeforeAfter.
const (
	BeforeAfter  Design = "before and after"            // the same people, nobody else
	Adjusted     Design = "before and after, adjusted"  // with the population's trend and a regression-to-the-mean method that may lead
	Series       Design = "a series of months"          // with its own trend, and maybe a control series
	SelfSelected Design = "people who chose otherwise"  // connected against not connected
	Comparison   Design = "comparison people"           // chosen by the same rule, with the same kind of index day
	CutOff       Design = "a cut-off or a random order" // who came first was not chosen
	Randomised   Design = "randomised"
)

// Evidence is what is known of a figure.
type Evidence struct {
	Design     Design
	Registered bool // a randomised study that was registered before it began

	// Of comparison people:
	NotCompared   bool    // there are some, and no comparison with them leads
	BalancedTwice bool    // standardised differences of at most 0.1 in two windows of earlier use
	Matched       float64 // share of the service's people who were matched
	PreTrend      bool    // the months before are shown side by side
	Differs       bool    // and differ, by the test of the months before (p < 0.05)
	Drawn         bool    // their index days were drawn, and are none of their own
	Control       bool    // of a series: beside a control series

	// What lowers it by one:
	IncompleteFollowUp   bool
	DifferentPopulations bool
}

// Grade is a place on the Maryland scale, from 1 to 5, with its reason.
type Grade struct {
	Level int
	Why   string
}

// EffectFrom is the grade from which a change may be called an effect, and money may be set against cost.
const EffectFrom = 3

// FewestMatched is the share of the service's people who must be matched for grade 3.
const FewestMatched = 0.5

// Of grades evidence on the Maryland scientific methods scale, as the What Works network uses it.
//
//	1 before and after, whatever the p-value
//	2 before and after with a trend and a regression-to-the-mean method that may lead, a series of months, or people who chose
//	  otherwise
//	3 comparison people by the same rule, balanced in two windows of earlier use, half or more matched, pre-trend shown
//	4 a cut-off, or a randomly ordered roll-out
//	5 randomised and registered
//
// Follow-up that is incomplete, or populations that differ, cost one grade each time, down to 1.
//
// Special cases are:
//   - comparison people who fall short of grade 3 get 2, with what is short
//   - a randomised study that wasn't registered gets 4
//
// Sherman and others, Preventing Crime: What Works, What Doesn't, What's Promising, 1997.
func Of(e Evidence) Grade {
	g := Grade{1, "before and after the same people, with nobody to compare them with"}
	if e.NotCompared {
		g.Why = "before and after the same people: the comparison people there are could not be compared with them"
	}
	switch e.Design {
	case Adjusted:
		g = Grade{2, "before and after, with the population's trend and an allowance for how people were chosen"}
	case Series:
		g = Grade{2, "a series of months against its own trend, which can't tell the service from all else that began then"}
		if e.Control {
			g.Why = "a series of months beside a control series, which may have been struck otherwise"
		}
	case SelfSelected:
		g = Grade{2, "compared with people who chose otherwise or were waiting, who may differ in what isn't seen"}
	case Comparison:
		g = comparison(e)
	case CutOff:
		g = Grade{4, "who came was set by a cut-off or a random order"}
	case Randomised:
		if g = (Grade{5, "randomised, and registered before it began"}); !e.Registered {
			g = Grade{4, "randomised, but not registered before it began"}
		}
	}
	if e.IncompleteFollowUp {
		g = g.lower("people were lost who used more or less than others")
	}
	if e.DifferentPopulations {
		g = g.lower("the groups' use before differed so much that they may come from different populations")
	}
	return g
}

func comparison(e Evidence) Grade {
	short := func(what string) Grade { return Grade{2, "comparison people chosen by the same rule, but " + what} }
	switch {
	case !e.BalancedTwice:
		return short("their earlier use differs, or is known for one window only")
	case e.Matched < FewestMatched:
		return short("fewer than half of the service's people were matched")
	case e.Differs:
		return short("the months before differ between the groups")
	case e.Drawn:
		return short("their index days were drawn, so they are of no referral")
	case !e.PreTrend:
		return short("the months before are not shown side by side")
	}
	return Grade{3, "comparison people chosen by the same rule, alike in their use in two windows before"}
}

func (g Grade) lower(why string) Grade {
	if g.Level == 1 {
		return Grade{1, g.Why + "; " + why}
	}
	return Grade{g.Level - 1, g.Why + "; one grade lower, since " + why}
}
