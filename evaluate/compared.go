package evaluate

import (
	"context"
	"fmt"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/match"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Matching is how the service's people were made alike with comparison people, of one kind of data.
type Matching struct {
	Kind        string // events or counts
	Who         study.Compared
	Match       string
	Window      string // over whose people it is
	Service     int64  // people who could be matched
	Pool        int64  // comparison people to choose from
	Matched     int64  // of the service's people
	Used        int64  // comparison people who stand for somebody
	Unknown     int64  // of the service's people, of whom a trait is not known
	Served      int64  // comparison people to whom the service had come by their index day, who are none
	Drawn       int64  // comparison people whose index day was drawn
	Replaced    bool   // a comparison person may stand for several
	TwoWindows  bool   // use was known in two windows before
	Balance     []match.Covariate
	UseAt       []int // places in Balance of use before
	Refused     *estimate.Refusal
	Warnings    []estimate.Warning
	BalancedUse bool // standardised differences of at most 0.1 in two windows of earlier use of the primary activity
	Apart       bool // the groups come from different populations
}

// Share is the share of the service's people who are matched.
func (m Matching) Share() float64 { return float64(m.Matched) / float64(max(1, m.Service+m.Unknown)) }

// Compared is what a comparison tells beside its estimate, whose Behind is of the service's people.
type Compared struct {
	Comparison                    Behind // each counted once, whatever their weight
	RatioService, RatioComparison float64
	Leads                         bool
	Why                           string // why it may not lead, "" if it may
	Thin                          bool   // few people, or one with over half, stand behind a count of either group
	EValue, EValueLimit           *float64
}

// Contrast is the arm of a comparison of both.
const Contrast tally.Arm = ""

// one is one person who is of the service, stands for comparison, or both at different times.
type one struct {
	arm        tally.Arm
	service    []tally.Seen // by window; In where they are of the service
	comparison []tally.Seen
	censored   []tally.Seen  // as comparison, watched until their own service began
	early      [2]tally.Seen // Before: in the window before the longest, as of the service and as comparison
	traits     []string
	practice   int
	served     bool // the service had come to them by their comparison's index day
	joins      bool // it came later
}

// compared is one kind of data of a study with everybody who is compared, in the order of their pseudonyms.
type compared struct {
	plan       *study.Plan
	kind       string
	activities []string
	windows    []string
	longest    int
	timed      bool
	drawn      int64
	knowsEarly func(activity string) bool // use in the window before the one before
	people     []one
	pseudo     []*window.Day // the day on which one of the service's people stands for comparison
	matching   *Matching
	weight     []float64 // of each as a comparison person, parallel to people; nil where nobody is matched
	inSet      []bool    // of the service, matched
	sets       []match.Set
	place      [][2]int // of the rows that were matched: the person, and 0 for the service or 1 for comparison
}

// compare matches comparison people, where the study asks for it, and sets the service's people against them, unless it is
// only to be told who is matched: nothing that came after is looked at for that.
func (r *run) compare(ctx context.Context, found *Found, people *cohort.Cohort, estimate bool) error {
	if r.plan.Comparison == nil {
		return nil
	}
	r.step("matching comparison people")
	for _, t := range found.Tallies {
		var c *compared
		var err error
		switch t.Kind {
		case study.KindEvents:
			c, err = r.comparedByEvents(ctx, people, t)
		case study.KindCounts:
			c, err = r.comparedByCounts(ctx, people, t)
		}
		if err != nil {
			return err
		}
		if c == nil {
			continue
		}
		c.kind, c.activities, c.windows, c.longest, c.timed = t.Kind, t.Activities, t.Windows, longest(t), t.Timed
		c.match()
		c.matching.Drawn = c.drawn
		found.Matchings = append(found.Matchings, *c.matching)
		for w := range c.windows {
			for a := range c.activities {
				if !estimate {
					continue
				}
				found.Estimates = append(found.Estimates, c.estimates(a, w)...)
			}
		}
		if t.Kind == study.KindEvents {
			found.matched = c
		}
	}
	return nil
}

// seen is one role of a person in one window.
type role func(one) tally.Seen

func (c *compared) service(w int) role    { return func(p one) tally.Seen { return p.service[w] } }
func (c *compared) comparison(w int) role { return func(p one) tally.Seen { return p.comparison[w] } }
func (c *compared) censored(w int) role   { return func(p one) tally.Seen { return p.censored[w] } }

// persons are the people of both roles in one activity, as the estimators take them. keep says who of the service is
// told of; weight is what comparison people count for, nil for 1.
func (c *compared) persons(a int, service, comparison role, keep func(i int) bool, weight []float64) []trend.Person {
	var list []trend.Person
	for i, p := range c.people {
		s, o := service(p), comparison(p)
		q := trend.Person{N: 1, InService: s.In && keep(i), InComparison: o.In && !p.served, Weight: 1}
		if weight != nil {
			q.Weight = weight[i]
		}
		if q.InComparison = q.InComparison && q.Weight > 0; !q.InService && !q.InComparison {
			continue
		}
		if q.InService {
			q.Service = estimate.CellOf(s, a, 1)
		}
		if c.plan.ClusteredByPractice(c.activities[a]) {
			q.Cluster = p.practice
		}
		if q.InComparison {
			q.Comparison = estimate.CellOf(o, a, 1)
		}
		list = append(list, q)
	}
	return alike(list)
}

// alike joins people who are alike.
func alike(list []trend.Person) []trend.Person {
	counts := map[trend.Person]int64{}
	for _, p := range list {
		n := p.N
		p.N = 1
		counts[p] += n
	}
	joined := make([]trend.Person, 0, len(counts))
	for p, n := range counts {
		p.N = n
		joined = append(joined, p)
	}
	return trend.Canonical(joined)
}

// estimates are the comparisons of one activity in one window.
func (c *compared) estimates(a, w int) []Estimate {
	all := func(int) bool { return true }
	var list []Estimate
	add := func(method, quantity string, people []trend.Person, e estimate.Estimate, tell *Compared, expected float64) {
		service, comparison := sides(people, c.timed)
		if tell == nil {
			tell = &Compared{}
		}
		tell.Comparison = comparison
		tell.Thin = c.thin(service) || c.thin(comparison)
		service.Expected = expected
		list = append(list, Estimate{Activity: c.activities[a], Window: c.windows[w], Method: method, Quantity: quantity, Arm: Contrast, FollowUp: study.Observed, Behind: service, Compared: tell, Estimate: e})
	}
	ratio := func(method, quantity string, people []trend.Person) {
		d := trend.DifferenceInDifferences(people)
		if c.plan.ClusteredByPractice(c.activities[a]) {
			clustered := trend.OverClusters(people)
			d.Estimate = wider(d.Estimate, &clustered)
		}
		tell := &Compared{RatioService: d.RatioService, RatioComparison: d.RatioComparison}
		if d.Refused == nil {
			if value, limit, refused := estimate.EValue(*d.Value, *d.Low, *d.High); refused == nil {
				tell.EValue, tell.EValueLimit = &value, &limit
			}
		}
		add(method, quantity, people, d.Estimate, tell, d.Expected)
	}
	leads := trend.NameEveryone
	if c.plan.Comparison.Match != study.NoMatch {
		leads = trend.NameMatched
		if c.matching.Refused != nil {
			people := c.persons(a, c.service(w), c.comparison(w), all, nil)
			add(trend.NameMatched, "ratio of rate ratios, matched people", people, estimate.Estimate{Level: 0.95, Refused: c.matching.Refused}, nil, 0)
		} else {
			matched := c.persons(a, c.service(w), c.comparison(w), func(i int) bool { return c.inSet[i] }, c.weight)
			ratio(trend.NameMatched, "ratio of rate ratios, matched people", matched)
			sets, reason := c.matchedSets(a, w)
			if reason != nil {
				sets.Estimate = estimate.Estimate{Level: 0.95, Refused: reason}
			}
			add(trend.NameSets, "events a person, change less that of those matched to them", matched, sets.Estimate, nil, 0)
			if slices.ContainsFunc(c.people, func(p one) bool { return p.joins }) {
				ratio(trend.NameCensored, "ratio of rate ratios, matched people, watched until the service came to them too", c.persons(a, c.service(w), c.censored(w), func(i int) bool { return c.inSet[i] }, c.weight))
			}
		}
	}
	everyone := c.persons(a, c.service(w), c.comparison(w), all, nil)
	ratio(trend.NameEveryone, "ratio of rate ratios, everybody as they are", everyone)
	if early := c.persons(a, c.fromEarly(w, 0), c.fromEarly(w, 1), all, nil); w == c.longest && len(early) > 0 && c.knowsEarly(c.activities[a]) {
		ratio(trend.NameEarlier, "ratio of rate ratios, from the window before that before", early)
	}
	throughout := slices.DeleteFunc(slices.Clone(everyone), func(p trend.Person) bool {
		return p.InService && p.Service.TimeBefore != p.Service.TimeAfter || p.InComparison && p.Comparison.TimeBefore != p.Comparison.TimeAfter
	})
	add(trend.NameLinear, "events a person, change less that of everybody compared, watched throughout", throughout, trend.LinearDifference(throughout).Estimate, nil, 0)
	c.lead(list, leads)
	return list
}

// fromEarly is somebody's window after, against the window before that before.
func (c *compared) fromEarly(w, of int) role {
	return func(p one) tally.Seen {
		own, early := p.service[w], p.early[of]
		if of == 1 {
			own = p.comparison[w]
		}
		if own.In = own.In && early.In; own.In {
			own.Before, own.DaysBefore = early.Before, early.DaysBefore
		}
		return own
	}
}

// lead says of each estimate whether it leads, or why it may not, and warns of what the matching warns of.
func (c *compared) lead(list []Estimate, leads string) {
	for i := range list {
		e := &list[i]
		ofMatched := slices.Contains([]string{trend.NameMatched, trend.NameCensored, trend.NameSets}, e.Method)
		if ofMatched {
			e.Warnings = append(slices.Clone(e.Warnings), c.matching.Warnings...)
		}
		if c.plan.Comparison.NeverServed && e.Refused == nil {
			e.Warnings = append(slices.Clone(e.Warnings), estimate.Warning{Code: estimate.FutureCondition, Text: "comparison people who had the service later were left out: who never has it depends on what came after, which can turn nothing into a rise of a tenth; take never_served: out"})
		}
		switch {
		case e.Method != leads:
			e.Compared.Why = "it stands beside"
		case e.Refused != nil:
			e.Compared.Why = e.Refused.Text
		case ofMatched && match.TooUnlike(c.matching.Balance):
			e.Compared.Why = "the matched people still differ by over a quarter of a standard deviation in what was known of them before"
		case e.Compared.Thin:
			e.Compared.Why = "too few people stand behind it"
		default:
			e.Compared.Leads = true
		}
	}
}

func (c *compared) thin(b Behind) bool {
	few := int64(c.plan.Release.HideBelow)
	return b.People < few || b.UsersBefore < few || b.UsersAfter < few || b.TopBefore > 0.5 || b.TopAfter > 0.5
}

// sides are the people and events of each group, each person once.
func sides(people []trend.Person, timed bool) (service, comparison Behind) {
	var own, theirs []estimate.Cell
	for _, p := range people {
		if p.InService {
			p.Service.People = p.N
			own = append(own, p.Service)
		}
		if p.InComparison {
			p.Comparison.People = p.N
			theirs = append(theirs, p.Comparison)
		}
	}
	return behind(estimate.Canonical(own), timed), behind(estimate.Canonical(theirs), timed)
}

// matchedSets is the difference in matched sets, of those of whom everybody was watched throughout.
func (c *compared) matchedSets(a, w int) (trend.Matched, *estimate.Refusal) {
	pair := func(s tally.Seen) (trend.Pair, bool) {
		return trend.Pair{Before: float64(s.Before[a]), After: float64(s.After[a])}, s.In && s.DaysBefore == s.DaysAfter
	}
	var sets []trend.Set
	var all []trend.Pair
	at := map[int]int{} // of comparison people
	for _, set := range c.sets {
		service, watched := pair(c.people[c.place[set.Service][0]].service[w])
		s := trend.Set{Service: service}
		for _, j := range set.Comparison {
			i := c.place[j][0]
			theirs, throughout := pair(c.people[i].comparison[w])
			watched = watched && throughout
			if _, ok := at[i]; !ok {
				at[i] = len(all)
				all = append(all, theirs)
			}
			s.Comparison = append(s.Comparison, at[i])
		}
		if watched {
			sets = append(sets, s)
		}
	}
	if 2*len(sets) < len(c.sets) {
		return trend.Matched{}, &estimate.Refusal{Code: estimate.BadInput, Text: "in more than half of the sets somebody was not watched throughout; the person-time comparison allows for that"}
	}
	return trend.MatchedDifference(sets, all, c.matching.Replaced), nil
}

// comparisonNotes says what else the reader must know of the comparison.
func (f *Found) comparisonNotes() []string {
	var list []string
	for _, m := range f.Matchings {
		if m.Drawn > 0 {
			list = append(list, "Comparison people without an index day of their own got one drawn from the service's, before anything was counted.")
		}
		if m.Unknown > 0 {
			list = append(list, "People of whom a trait that is matched on is not known could not be matched.")
		}
		if m.Refused != nil {
			list = append(list, fmt.Sprintf("Comparison people could not be matched: %s (%s).", m.Refused.Text, m.Refused.Code))
		}
	}
	return list
}
