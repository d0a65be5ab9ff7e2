package evaluate

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// chosenHere reports whether people were chosen by their count of an activity.
func (o *others) chosenHere(activity string) bool {
	by, _ := o.plan.Selection.ByCount()
	return by == activity
}

// chosenBy is the place of the activity on whose count people are set against each other: that by which they were chosen, or
// where no count chose them the one that is told of.
func (o *others) chosenBy(activity string) int {
	if by, _ := o.plan.Selection.ByCount(); by != "" {
		return slices.Index(o.tally.Activities, by)
	}
	return slices.Index(o.tally.Activities, activity)
}

// referral is how people came in, for what is told of an activity.
func (o *others) referral(activity string) expect.Referral {
	s := o.plan.Selection
	how := expect.Referral{NotReferred: o.plan.Reference != nil && o.plan.Reference.Who == study.NotReferred, Unmet: o.unmet()}
	if s.HasRule() {
		how.When, how.ByScore = expect.When(s.When), s.Top != nil && s.Top.By == study.RiskScore
	}
	at := o.chosenBy(activity)
	if !o.knowsRunUp || at < 0 {
		return how
	}
	trend := o.runUp
	if of := o.plan.Trend.Activity; of != "" && of != o.tally.Activities[at] {
		trend = 0
	}
	how.RunUp = expect.RunUp(o.cells(slotRun, at, false), trend)
	return how
}

// mostUnmet is the share of people who may have come in without meeting the rule.
const mostUnmet = 0.1

// Of people chosen by a threshold the most are on the line: of fewOnLine people and more, at least a share of leastNear are
// on it or a tenth above.
const (
	fewOnLine = 30
	leastNear = 0.05
)

// unmet reports whether more than a tenth of the people did not meet the rule on their index day, or are not known to have,
// or whether hardly anybody is near the line: then it is not what chose them. A top list can't be checked, since the others are not
// known.
func (o *others) unmet() bool {
	s := o.plan.Selection
	if o.spread {
		return true
	}
	if s == nil || s.Threshold == nil || s.When == "" || !o.counted {
		return false
	}
	at, k := slices.Index(o.tally.Activities, s.Threshold.Activity), int64(s.Threshold.AtLeast)
	people, unmet, near := int64(0), int64(0), int64(0)
	for _, c := range o.tally.Cells {
		in := false
		for w := range o.windows {
			in = in || c.Windows[slot(w, ofOwn)].In
		}
		if at < 0 || c.Arm != tally.Service || !in {
			continue
		}
		by, eve := c.Windows[slotChosen], c.Windows[slotEve]
		people += c.People
		switch {
		case !knows(by.DaysBefore) || by.Before[at] < k || s.When == study.FirstCrossing && knows(eve.DaysBefore) && eve.Before[at] >= k:
			unmet += c.People
		case by.Before[at] <= k+k/10:
			near += c.People
		}
	}
	return float64(unmet) > mostUnmet*float64(people) || people >= fewOnLine && float64(near) < leastNear*float64(people)
}

// knows reports whether what the rule looks at was watched: days are 0 where not all of it was.
func knows(days int64) bool { return days > 0 }

// tried is one method's answer.
type tried struct {
	name string
	expect.Expectation
	trend  expect.Trend
	behind Behind
	thin   bool
}

// attempt is the methods of one activity and window.
type attempt struct {
	*others
	w, a, chosen int // places of the window, the activity, and the one on whose count people are set against each other
	complete     bool
	trends       trends
	own          Behind // of the whole cohort
	list         []tried
}

// methods are those that the data allow, in the order in which one leads; what can't be tried has its reason.
func (o *others) methods(activity string, w int, complete bool) []tried {
	t := &attempt{others: o, w: w, a: slices.Index(o.tally.Activities, activity), chosen: o.chosenBy(activity), complete: complete}
	t.own = behind(o.cells(slot(w, ofOwn), t.a, complete), o.timed)
	if o.plan.Trend.Activity == "" || o.plan.Trend.Activity == activity {
		t.trends = o.trends[w]
	}
	t.replay(activity)
	t.transition(activity)
	if o.early(activity, w) {
		t.addEarly()
	}
	if t.a == t.chosen {
		t.models()
	}
	return t.list
}

// add takes a method's answer, with the cells that it rests on beside the cohort.
func (t *attempt) add(name string, x expect.Expectation, trend expect.Trend, of Behind, restsOn ...[]estimate.Cell) {
	one := tried{name: name, Expectation: x, trend: trend, behind: of}
	for _, cells := range restsOn {
		one.thin = one.thin || thinAlone(cells, int64(t.plan.Release.HideBelow))
	}
	t.list = append(t.list, one)
}

func (t *attempt) refuse(name, why string) {
	t.add(name, expect.Expectation{Estimate: estimate.Estimate{Level: 0.95, Refused: &estimate.Refusal{Code: estimate.BadInput, Text: why}}}, 0, t.own)
}

// replay sets the cohort against those whom the rule takes in without the service.
func (t *attempt) replay(activity string) {
	if t.again == "" {
		return
	}
	if why := t.unfit(activity, t.againReaches[t.w]); why != "" {
		t.refuse(t.again, why)
		return
	}
	people := t.people(ofAgain)
	x := expect.RuleReplay
	if t.again == expect.NamePlacebo {
		x = expect.PlaceboIndex
	}
	t.add(t.again, x(people, t.trends.again).Expectation, t.trends.again, t.own, expect.Reference(people))
}

// unfit says why nothing can be told from reference people, "" if something can. reaches is that their time after reaches
// into the service's.
func (t *attempt) unfit(activity string, reaches bool) string {
	switch {
	case t.wrong != "":
		return t.wrong
	case reaches:
		return "the reference people's window after reaches into the time of the service: reference: must end earlier"
	case !t.other(activity, t.w):
		return "the reference people have no counts of this activity in this window"
	}
	return ""
}

// unlike says why reference people can't be set against the cohort by their counts, "" if they can.
func (t *attempt) unlike(activity string) string {
	if why := t.unfit(activity, t.otherReaches[t.w]); why != "" {
		return why
	}
	switch {
	case !slices.ContainsFunc(t.tally.Cells, func(c tally.Cell) bool { return knows(c.Windows[slotChosen].DaysAfter) }):
		return "no reference person was watched for all of the time that the rule looks at"
	case t.indexAfter:
		return "what brought people in on the index day stands in the window after (index_day: after), and in no such window of the reference people"
	}
	return ""
}

// transition sets the cohort against reference people with as many events in the time that the rule looks at.
func (t *attempt) transition(activity string) {
	if !t.all || t.chosen < 0 {
		return
	}
	if why := t.unlike(activity); why != "" {
		t.refuse(expect.NameTransition, why)
		return
	}
	people := t.byCount()
	t.add(expect.NameTransition, expect.Transition(people, t.trends.other, nil).Expectation, t.trends.other, t.toldOf(), inBands(people))
}

// inBands are the reference people whose counts lie among the cohort's, or one above: those whom bands rest on.
func inBands(people []expect.People) []estimate.Cell {
	least, most := int64(math.MaxInt64), int64(-1)
	for _, p := range people {
		if p.InCohort {
			least, most = min(least, p.Cohort.Chosen), max(most, p.Cohort.Chosen)
		}
	}
	return expect.Reference(slices.DeleteFunc(slices.Clone(people), func(p expect.People) bool {
		return p.Reference.Chosen < least || p.Reference.Chosen > most+1
	}))
}

// addEarly sets the window after against the one before that by which people were chosen, for those watched so early.
func (t *attempt) addEarly() {
	var cells, same []estimate.Cell
	chosen, time := int64(0), 0.0
	for _, c := range t.tally.Cells {
		own, early := c.Windows[slot(t.w, ofOwn)], c.Windows[slot(t.w, ofEarly)]
		if c.Arm != tally.Service || !own.Told(t.complete) || !early.In {
			continue
		}
		cells = append(cells, estimate.Cell{Before: early.Before[t.a], After: own.After[t.a], TimeBefore: float64(early.DaysBefore), TimeAfter: float64(own.DaysAfter), People: c.People})
		same = append(same, estimate.CellOf(own, t.a, c.People))
		chosen += c.People * own.Before[t.a]
		time += float64(float64(c.People) * float64(own.DaysBefore))
	}
	if len(cells) == 0 {
		x := expect.Expectation{Estimate: estimate.Estimate{Level: 0.95, Refused: estimate.Refuse(estimate.HistoryTooShort)}}
		if t.plan.Windows[t.w].Unit == window.CalendarMonths {
			x.Refused = &estimate.Refusal{Code: estimate.HistoryTooShort, Text: "windows of calendar months have no earlier window as long; windows of months or days have"}
		}
		t.add(expect.NameEarly, x, t.trends.early, Behind{})
		return
	}
	t.add(expect.NameEarly, expect.EarlyBaseline(cells, chosen, time, t.trends.early).Expectation, t.trends.early, behind(estimate.Canonical(same), t.timed), cells, same)
}

// models are the methods that never lead, of the count by which people were chosen.
func (t *attempt) models() {
	people := t.byCount()
	cells := expect.Cohort(people)
	if len(cells) == 0 {
		return
	}
	told, trend := t.toldOf(), t.trends.chosen
	why := ""
	if t.all {
		why = t.unlike(t.tally.Activities[t.a])
	}
	switch of := t.plan.Reference; {
	case of != nil && of.Population != nil:
		t.add(expect.NameBayes, expect.EmpiricalBayes(cells, given(of.Population, cells[0].TimeBefore), trend).Expectation, trend, told)
	case why != "":
		t.refuse(expect.NameBayes, why)
	case t.all:
		t.bayes(cells, told)
	}
	switch s := t.plan.Selection; {
	case s == nil || s.Threshold == nil:
	case s.When != study.FixedDate:
		t.refuse(expect.NameTruncated, "it is only for people who all had at least so many events in one and the same window (when: fixed_date)")
	default:
		t.add(expect.NameTruncated, expect.TruncatedNegativeBinomial(cells, int64(s.Threshold.AtLeast), trend).Expectation, trend, told)
	}
	switch {
	case why != "":
		t.refuse(expect.NameRobbins, why)
	case t.all:
		t.add(expect.NameRobbins, expect.Robbins(people, trend, nil).Expectation, trend, told, upOnly(inBands(people)))
	}
}

// upOnly are cells as if what came before had come after too: a method that looks at no window after rests on it alone.
func upOnly(cells []estimate.Cell) []estimate.Cell {
	cells = slices.Clone(cells)
	for i := range cells {
		cells[i].After = cells[i].Before
	}
	return cells
}

// bayes draws the cohort to the reference people's own counts over the time that the rule looks at.
func (t *attempt) bayes(cells []estimate.Cell, told Behind) {
	counts := map[int64]int64{}
	var restsOn []estimate.Cell
	for _, c := range t.tally.Cells {
		if by := c.Windows[slotChosen]; t.stays(c) && knows(by.DaysAfter) {
			counts[by.After[t.a]] += c.People
			restsOn = append(restsOn, estimate.Cell{Before: by.After[t.a], TimeBefore: 1, TimeAfter: 1, People: c.People})
		}
	}
	var x expect.Expectation
	p, refused := expect.NegativeBinomialPopulation(counts)
	if refused != nil {
		x.Level, x.Refused = 0.95, &estimate.Refusal{Code: refused.Code, Text: "of the reference people, " + refused.Text}
	} else {
		p.Mean /= cells[0].TimeBefore // everybody's is as long
		x = expect.EmpiricalBayes(cells, p, t.trends.chosen).Expectation
	}
	t.add(expect.NameBayes, x, t.trends.chosen, told, upOnly(restsOn))
}

// stays reports whether a reference person is told of: where people watched throughout are, only such as they.
func (t *attempt) stays(c tally.Cell) bool {
	return !t.complete || c.Windows[slot(t.w, ofOther)].Told(true)
}

// given is the population that the study gives, whose mean is over as long as the rule looks back.
func given(q *study.Population, length float64) expect.Population {
	p := expect.Population{Mean: q.Mean / length, Theta: q.Theta(), People: int64(q.People)}
	if p.Theta == 0 {
		p.Theta, p.Warnings = math.Inf(1), []estimate.Warning{expect.NoSpread()}
	}
	if p.People > 0 {
		p.VarLogMean = (1/q.Mean + 1/p.Theta) / float64(p.People)
	}
	return p
}

// cells are the cohort's in one slot.
func (o *others) cells(at, a int, complete bool) []estimate.Cell {
	return pick(o.tally, a, at, at, tally.Service, complete)
}

// people links the cohort with the reference people of one slot.
func (t *attempt) people(of int) []expect.People {
	var list []expect.People
	for _, c := range t.tally.Cells {
		own, other := c.Windows[slot(t.w, ofOwn)], c.Windows[slot(t.w, of)]
		p := expect.People{N: c.People, InCohort: c.Arm == tally.Service && own.Told(t.complete), InReference: other.Told(t.complete)}
		if p.InCohort {
			p.Cohort = seenOf(own, t.a)
		}
		if p.InReference {
			p.Reference = seenOf(other, t.a)
		}
		list = append(list, p)
	}
	return expect.Canonical(list)
}

// byCount links the cohort with all reference people by their counts over the time that the rule looks at, which stand as
// before; who was not watched for all of it is left out.
func (t *attempt) byCount() []expect.People {
	var list []expect.People
	for _, c := range t.tally.Cells {
		own, other, by := c.Windows[slot(t.w, ofOwn)], c.Windows[slot(t.w, ofOther)], c.Windows[slotChosen]
		p := expect.People{N: c.People, InCohort: c.Arm == tally.Service && own.Told(t.complete) && knows(by.DaysBefore), InReference: other.Told(t.complete) && knows(by.DaysAfter)}
		if p.InCohort {
			n := by.Before[t.chosen]
			p.Cohort = expect.Seen{Chosen: n, Before: n, After: own.After[t.a], TimeBefore: float64(by.DaysBefore), TimeAfter: float64(own.DaysAfter)}
		}
		if p.InReference {
			n := by.After[t.chosen]
			p.Reference = expect.Seen{Chosen: n, Before: n, After: other.After[t.a], TimeBefore: float64(by.DaysAfter), TimeAfter: float64(other.DaysAfter)}
		}
		list = append(list, p)
	}
	return expect.Canonical(list)
}

// toldOf is the people of the cohort whose count over the time that the rule looks at is known.
func (t *attempt) toldOf() Behind {
	return behind(gather(t.tally, func(c tally.Cell) (estimate.Cell, bool) {
		own := c.Windows[slot(t.w, ofOwn)]
		return estimate.CellOf(own, t.a, c.People), c.Arm == tally.Service && own.Told(t.complete) && knows(c.Windows[slotChosen].DaysBefore)
	}), t.timed)
}

func seenOf(s tally.Seen, a int) expect.Seen {
	return expect.Seen{Chosen: s.Before[a], Before: s.Before[a], After: s.After[a], TimeBefore: float64(s.DaysBefore), TimeAfter: float64(s.DaysAfter)}
}

// thinAlone reports whether too few people, or one with over half, stand behind the events of cells on either side.
func thinAlone(cells []estimate.Cell, hideBelow int64) bool {
	b := behind(estimate.Canonical(cells), false)
	return b.People < hideBelow || b.UsersBefore < hideBelow || b.UsersAfter < hideBelow || b.TopBefore > 0.5 || b.TopAfter > 0.5
}
