package evaluate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

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
	Window      string   // over whose people it is
	Service     int64    // people who could be matched
	Pool        int64    // comparison people to choose from
	Matched     int64    // of the service's people
	Used        int64    // comparison people who stand for somebody
	Unknown     int64    // of the service's people, of whom a trait is not known
	Served      int64    // comparison people to whom the service had come by their index day, who are none
	Dropped     []string // traits in which nobody differs
	Drawn       int64    // comparison people whose index day was drawn
	Replaced    bool     // a comparison person may stand for several
	TwoWindows  bool     // use was known in two windows before
	Balance     []match.Covariate
	Rare        []Rare // parallel to Balance
	UseAt       []int  // places in Balance of use before
	Refused     *estimate.Refusal
	Warnings    []estimate.Warning
	BalancedUse bool // standardised differences of at most 0.1 in two windows of earlier use of the primary activity
	Apart       bool // the groups come from different populations
}

// Rare says of a covariate whether few people differ from what most have, or one by over half of all: of everybody of a group, and
// of the matched or those left over.
type Rare struct{ Everybody, Matched, Spread bool }

// Share is the share of the service's people who are matched.
func (m Matching) Share() float64 { return float64(m.Matched) / float64(max(1, m.Service+m.Unknown)) }

// Compared is what a comparison tells beside its estimate, whose Behind is of the service's people.
type Compared struct {
	Comparison                    Behind // each counted once, whatever their weight
	RatioService, RatioComparison float64
	Leads                         bool
	Why                           string // why it may not lead, "" if it may
	// The service's people, or comparison people, who are told of differ from a leading figure by what few people have.
	NearService, NearComparison bool
	Thin                        bool // few people, or one with over half, stand behind a count of either group
	EValue, EValueLimit         *float64
}

// Contrast is the arm of a comparison of both.
const Contrast tally.Arm = ""

// one is one person who is of the service, stands for comparison, or both at different times.
type one struct {
	service    []tally.Seen // by window; In where they are of the service
	comparison []tally.Seen
	censored   []tally.Seen  // as comparison, watched until their own service began
	early      [2]tally.Seen // Before: in the window before the longest, as of the service and as comparison
	traits     []string
	practice   int
	index      [2]window.Day // as of the service, and as comparison; 0 of ready counts
	served     bool          // the service had come to them by their comparison's index day
	joins      []bool        // by window: it came later, within the window after
}

// compared is one kind of data of a study with everybody who is compared, in the order of their pseudonyms.
type compared struct {
	plan       *study.Plan
	kind       string
	activities []string
	windows    []string
	window     int // over whose people, and on whose use before, people are matched: the primary one
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
		c.kind, c.activities, c.windows, c.timed = t.Kind, t.Activities, t.Windows, t.Timed
		c.match()
		c.matching.Drawn = c.drawn
		found.Matchings, found.compared = append(found.Matchings, *c.matching), append(found.compared, c)
		if t.Kind == study.KindEvents {
			found.matched = c
		}
		if !estimate {
			continue
		}
		for w := range c.windows {
			for a := range c.activities {
				found.Estimates = append(found.Estimates, c.estimates(a, w)...)
			}
		}
	}
	return nil
}

// role is what was seen of a person in one role and window.
type role func(one) tally.Seen

func (c *compared) service(w int) role    { return func(p one) tally.Seen { return p.service[w] } }
func (c *compared) comparison(w int) role { return func(p one) tally.Seen { return p.comparison[w] } }
func (c *compared) censored(w int) role   { return func(p one) tally.Seen { return p.censored[w] } }

// persons are the people of both roles in one activity, as the estimators take them.
func (c *compared) persons(a int, of selection) []trend.Person {
	var list []trend.Person
	for i, p := range c.people {
		q := trend.Person{N: 1}
		if q.InService, q.InComparison, q.Weight = of.told(i, p); !q.InService && !q.InComparison {
			continue
		}
		if q.InService {
			q.Service = estimate.CellOf(of.service(p), a, 1)
		}
		if c.plan.ClusteredByPractice(c.activities[a]) {
			q.Cluster = p.practice
		}
		if q.InComparison {
			q.Comparison = estimate.CellOf(of.comparison(p), a, 1)
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

// selection is who is told of in a comparison: in which roles of people, and with what weight those who stand for comparison.
type selection struct {
	service, comparison role
	in                  func(i int) bool // of the service; nil is everybody
	weight              []float64        // nil is 1
}

// told reports in which roles a person is told of, the i-th of all, and with what weight for comparison.
func (s selection) told(i int, p one) (service, comparison bool, weight float64) {
	weight = 1
	if s.weight != nil {
		weight = s.weight[i]
	}
	return s.service(p).In && (s.in == nil || s.in(i)), s.comparison(p).In && !p.served && weight > 0, weight
}

// estimates are the comparisons of one activity in one window.
func (c *compared) estimates(a, w int) []Estimate {
	var list []Estimate
	add := func(method, quantity string, of selection, people []trend.Person, e estimate.Estimate, tell *Compared, expected float64) {
		service, comparison := sides(people, c.timed)
		if tell == nil {
			tell = &Compared{}
		}
		tell.Comparison = comparison
		tell.Thin = c.thin(service) || c.thin(comparison) || heaviest(people) > 0.5
		tell.NearService, tell.NearComparison = c.near(a, w, c.service(w), of.service, of.in), c.near(a, w, c.comparison(w), of.comparison, func(i int) bool { return of.weight == nil || of.weight[i] > 0 })
		service.Expected = expected
		list = append(list, Estimate{Activity: c.activities[a], Window: c.windows[w], Method: method, Quantity: quantity, Arm: Contrast, FollowUp: study.Observed, Behind: service, Compared: tell, Estimate: e})
	}
	ratio := func(method, quantity string, of selection) {
		people := c.persons(a, of)
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
		add(method, quantity, of, people, d.Estimate, tell, d.Expected)
	}
	everyone := selection{service: c.service(w), comparison: c.comparison(w)}
	leads, _ := c.leading(w)
	if c.plan.Comparison.Match == study.NoMatch {
		c.watched(everyone, ratio)
	} else {
		matched := everyone
		matched.in, matched.weight = func(i int) bool { return c.inSet[i] }, c.weight
		if c.matching.Refused != nil {
			add(trend.NameMatched, "ratio of rate ratios, matched people", everyone, c.persons(a, everyone), estimate.Estimate{Level: 0.95, Refused: c.matching.Refused}, nil, 0)
		} else {
			ratio(trend.NameMatched, "ratio of rate ratios, matched people", matched)
			c.watched(matched, ratio)
			sets, told, refused := c.matchedSets(a, w)
			if refused != nil {
				sets.Estimate = estimate.Estimate{Level: 0.95, Refused: refused}
			}
			add(trend.NameSets, "events a person, change less that of those matched to them", told, c.persons(a, told), sets.Estimate, nil, 0)
			if c.joined(w) > 0 {
				until := matched
				until.comparison = c.censored(w)
				ratio(trend.NameCensored, "ratio of rate ratios, matched people, watched until the service came to them too", until)
				if tell := list[len(list)-1].Compared; c.fewJoined(a, w) {
					tell.Thin = true
				}
			}
		}
	}
	ratio(trend.NameEveryone, "ratio of rate ratios, everybody as they are", everyone)
	early := selection{service: c.fromEarly(w, 0), comparison: c.fromEarly(w, 1)}
	if w == c.window && c.knowsEarly(c.activities[a]) && len(c.persons(a, early)) > 0 {
		ratio(trend.NameEarlier, "ratio of rate ratios, from the window before that before", early)
	}
	all := selection{service: c.throughout(everyone.service), comparison: c.throughout(everyone.comparison)}
	people := c.persons(a, all)
	add(trend.NameLinear, "events a person, change less that of everybody compared, watched throughout", all, people, trend.LinearDifference(people).Estimate, nil, 0)
	c.lead(list, leads)
	c.followUps(list)
	return list
}

// watched adds the comparison of those who were watched on every day.
func (c *compared) watched(of selection, ratio func(method, quantity string, of selection)) {
	if c.timed {
		of.service, of.comparison = c.throughout(of.service), c.throughout(of.comparison)
		ratio(trend.NameThroughout, "ratio of rate ratios, people watched throughout", of)
	}
}

// followUps warns a comparison where that of people watched throughout differs by more than is tolerated, and by more than chance
// makes of those who were lost (Hausman's difference of variances): people may have been lost who used more or less than others, in
// one group more than in the other.
func (c *compared) followUps(list []Estimate) {
	of := func(method string) *Estimate {
		at := slices.IndexFunc(list, func(e Estimate) bool { return e.Method == method && e.Refused == nil })
		if at < 0 {
			return nil
		}
		return &list[at]
	}
	observed, complete := of(trend.NameMatched), of(trend.NameThroughout)
	if c.plan.Comparison.Match == study.NoMatch {
		observed = of(trend.NameEveryone)
	}
	if observed == nil || complete == nil || math.Abs(*observed.Value-*complete.Value) <= tolerated/100.0 {
		return
	}
	chance := math.Sqrt(max(0, *complete.SE**complete.SE-*observed.SE**observed.SE))
	if math.Abs(math.Log(*observed.Value / *complete.Value)) <= 1.96*chance {
		return
	}
	w := estimate.Warning{Code: estimate.IncompleteFollowUp, Text: fmt.Sprintf("people watched throughout and all for the time observed differ by more than %d percentage points, and by more than chance: people may have been lost who used more or less than others, in one group more than in the other; both are given", tolerated)}
	for _, e := range []*Estimate{observed, complete, of(trend.NameCensored)} {
		if e != nil {
			e.warn(w)
		}
	}
}

// throughout is a role of those who were watched on every day.
func (c *compared) throughout(of role) role {
	return func(p one) tally.Seen {
		s := of(p)
		s.In = s.Told(true)
		return s
	}
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
		ofMatched := c.plan.Comparison.Match != study.NoMatch && slices.Contains([]string{trend.NameMatched, trend.NameThroughout, trend.NameCensored, trend.NameSets}, e.Method)
		if ofMatched {
			e.warn(c.matching.Warnings...)
		}
		if e.Method != trend.NameCensored && e.Method != trend.NameEarlier && e.Refused == nil && 10*c.joined(slices.Index(c.windows, e.Window)) > 1 {
			e.warn(estimate.Warning{Code: estimate.ServedWithin, Text: "over a tenth of the comparison people had the service themselves before the window ended, which draws the comparison towards no difference; did_poisson_censored watches them until then"})
		}
		if c.plan.Comparison.NeverServed && e.Refused == nil {
			e.warn(estimate.Warning{Code: estimate.FutureCondition, Text: "comparison people who had the service later were left out: who never has it depends on what came after, which can turn nothing into a rise of a tenth; take never_served: out"})
		}
		switch {
		case e.Method != leads:
			e.Compared.Why = "it stands beside"
		case ofMatched && e.Window != c.windows[c.window]:
			e.Compared.Why = "people were matched on their use over " + c.windows[c.window] + ", not over this window"
		case e.Refused != nil:
			e.Compared.Why = e.Refused.Text
		case (ofMatched || c.plan.Comparison.Who != study.Randomised) && match.TooUnlike(c.matching.Balance):
			e.Compared.Why = "the groups differ by over a quarter of a standard deviation in what was known of them before"
		case e.Compared.Thin:
			e.Compared.Why = "too few people stand behind it"
		default:
			e.Compared.Leads = true
		}
	}
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

// matchedSets is the difference in matched sets, of those of whom everybody was watched throughout, and who they are.
func (c *compared) matchedSets(a, w int) (trend.Matched, selection, *estimate.Refusal) {
	pair := func(s tally.Seen) (trend.Pair, bool) {
		if !s.In {
			return trend.Pair{}, false
		}
		return trend.Pair{Before: float64(s.Before[a]), After: float64(s.After[a])}, s.Complete && s.DaysBefore == s.DaysAfter
	}
	var sets []trend.Set
	var all []trend.Pair
	at := map[int]int{} // of comparison people
	in, weight := make([]bool, len(c.people)), make([]float64, len(c.people))
	for _, set := range c.sets {
		i := c.place[set.Service][0]
		service, watched := pair(c.people[i].service[w])
		s := trend.Set{Service: service}
		for _, k := range set.Comparison {
			_, throughout := pair(c.people[c.place[k][0]].comparison[w])
			watched = watched && throughout
		}
		if !watched {
			continue
		}
		in[i] = true
		for _, k := range set.Comparison {
			j := c.place[k][0]
			weight[j] += 1 / float64(len(set.Comparison))
			if _, ok := at[j]; !ok {
				theirs, _ := pair(c.people[j].comparison[w])
				at[j] = len(all)
				all = append(all, theirs)
			}
			s.Comparison = append(s.Comparison, at[j])
		}
		sets = append(sets, s)
	}
	told := selection{service: c.service(w), comparison: c.comparison(w), in: func(i int) bool { return in[i] }, weight: weight}
	if 2*len(sets) < len(c.sets) {
		return trend.Matched{}, told, &estimate.Refusal{Code: estimate.BadInput, Text: "in more than half of the sets somebody was not watched throughout, or for as long after as before; the person-time comparison allows for that"}
	}
	return trend.MatchedDifference(sets, all, c.matching.Replaced), told, nil
}

// comparisonNotes says what else the reader must know of the comparison.
func (f *Found) comparisonNotes() []string {
	var list []string
	for _, m := range f.Matchings {
		if m.Drawn >= int64(f.Plan.Release.HideBelow) {
			list = append(list, "Comparison people without an index day of their own got one drawn from the service's, before anything was counted.")
		}
		if len(m.Dropped) > 0 {
			list = append(list, "Nobody differs in "+strings.Join(m.Dropped, " or ")+", so nobody is matched on it.")
		}
		if m.Unknown >= int64(f.Plan.Release.HideBelow) && m.Match != study.NoMatch {
			list = append(list, "People of whom a trait that is matched on is not known could not be matched.")
		}
	}
	return list
}
