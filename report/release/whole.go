package release

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/profile"
	"averted/evaluate/study"
	"averted/report/result"
)

// copied is a deep copy, so that what is hidden stays in the exact result.
func copied[T any](v T) T {
	text, err := json.Marshal(v)
	if err != nil {
		panic("release: a result that can't be written: " + err.Error())
	}
	var other T
	if err := json.Unmarshal(text, &other); err != nil {
		panic("release: a result that can't be read: " + err.Error())
	}
	return other
}

// whole is who the people are and what they said, as it may leave.
func (c *control) whole(out *result.Result) {
	out.Profile, out.Outcomes, out.Surveys, out.Courses = copied(out.Profile), copied(out.Outcomes), copied(out.Surveys), copied(out.Courses)
	if out.Profile != nil {
		c.profile(out.Profile, out.Flow)
	}
	for i := range out.Outcomes {
		for j := range out.Outcomes[i].Areas {
			c.area(&out.Outcomes[i].Areas[j])
		}
		for j := range out.Outcomes[i].Scores {
			c.score(&out.Outcomes[i].Scores[j])
		}
	}
	for i := range out.Surveys {
		c.survey(&out.Surveys[i])
	}
	for i := range out.Courses {
		for j := range out.Courses[i].Sessions {
			s := &out.Courses[i].Sessions[j]
			if s.People = c.five(s.People); s.People == nil {
				s.Hidden = append(s.Hidden, "people")
			}
		}
	}
	derive(out, rounding)
	c.changes(out)
	c.subgroupsOf(out)
}

// subgroupsOf takes the people of a subgroup who are those of a level of the profile from there: rounded twice, they could be told.
func (c *control) subgroupsOf(out *result.Result) {
	if out.Profile == nil {
		return
	}
	for i := range out.Subgroups {
		for j := range out.Subgroups[i].Levels {
			e, exact := &out.Subgroups[i].Levels[j], c.exact.Subgroups[i].Levels
			if j >= len(exact) || e.People == nil {
				continue
			}
			for k, t := range c.exact.Profile.Traits {
				for _, l := range t.Levels {
					if t.Trait != out.Subgroups[i].By || !strings.HasSuffix(e.Subgroup, ": "+l.Level) || *l.People != *exact[j].People {
						continue
					}
					e.People = nil
					for _, shown := range out.Profile.Traits[k].Levels {
						if shown.Level == l.Level && shown.People != nil {
							e.People = tens(shown.People)
						}
					}
				}
			}
		}
	}
}

func (c *control) profile(p *result.Profile, flow []result.Box) {
	c.reached(p, flow)
	names := map[string]string{}
	for i := range p.Traits {
		if c.trait(&p.Traits[i]); p.Traits[i].Trait == study.Practices {
			names = c.renamed(p.Traits[i].Levels)
		}
	}
	var months []int64
	for _, m := range p.Referrals {
		months = append(months, *m.People)
	}
	for i, n := range c.parts(months) {
		if p.Referrals[i].People = n; n == nil {
			p.Referrals[i].Hidden = append(p.Referrals[i].Hidden, "people")
		}
	}
	for i := range p.Reasons {
		c.pair(&p.Reasons[i], p.Traits)
	}
	if p.Contacts != nil {
		var fresh []int64
		for _, m := range p.Contacts.Months {
			fresh = append(fresh, *m.NewPeople)
		}
		for i, n := range c.parts(fresh) {
			p.Contacts.Months[i].NewPeople = n
		}
		for i := range p.Contacts.Months {
			m := &p.Contacts.Months[i]
			fewBehind := m.People != nil && !c.manyBehind(*m.Contacts, *m.People, *m.Most)
			m.People, m.Most = nil, nil
			m.Contacts = c.five(m.Contacts)
			if fewBehind {
				m.Contacts = nil
			}
			for name, n := range map[string]*int64{"contacts": m.Contacts, "new_people": m.NewPeople} {
				if n == nil {
					m.Hidden = append(m.Hidden, name)
				}
			}
			slices.Sort(m.Hidden)
		}
	}
	if o := p.Onward; o != nil {
		c.onward(o)
	}
	for i := range p.Funnels {
		c.funnel(&p.Funnels[i], names)
	}
}

// boxOf is the released people of a step of everybody.
func boxOf(flow []result.Box, step string) *int64 {
	for _, arm := range []string{all, service} {
		for _, b := range flow {
			if b.Step == step && b.Window == "" && b.Arm == arm {
				return b.People
			}
		}
	}
	return nil
}

// boxIn reports whether the flow tells of the service's people apart.
func boxIn(flow []result.Box, arm string) bool {
	return slices.ContainsFunc(flow, func(b result.Box) bool { return b.Step == cohort.StepPeople && b.Arm == all }) &&
		slices.ContainsFunc(flow, func(b result.Box) bool { return b.Step == cohort.StepPeople && b.Arm == arm })
}

// connectedOf is the released people of the service's arm who agreed to their data being used.
func connectedOf(flow []result.Box) *int64 {
	var people *int64
	for _, b := range flow {
		if b.Window == "" && b.Arm == service && (b.Step == cohort.StepPeople || b.Step == cohort.StepConsent || b.Step == cohort.StepOptOut) {
			people = b.People
		}
	}
	return people
}

// reached is how far people came. A stage that differs from another, or from a box of the flow, by few people is hidden.
func (c *control) reached(p *result.Profile, flow []result.Box) {
	exact := make([]int64, len(p.Stages))
	for i, s := range p.Stages {
		exact[i] = *s.People
	}
	var last *int64
	for i := range p.Stages {
		s := &p.Stages[i]
		switch s.Stage {
		case profile.Referred, profile.TakenOn:
			s.People = boxOf(flow, cohort.StepPeople)
		case profile.Agreed:
			s.People = boxOf(flow, cohort.StepConsent)
		default:
			near := false
			for j, other := range exact {
				near = near || j != i && c.few(apart(other, exact[i]))
			}
			for _, b := range c.exact.Flow {
				near = near || b.Window == "" && c.few(apart(*b.People, exact[i]))
			}
			s.People = c.round(exact[i])
			if s.Stage == profile.Connected && boxIn(flow, service) {
				s.People = connectedOf(flow)
			} else if near {
				s.People = nil
			}
		}
		if s.People != nil && last != nil && *s.People > *last && exact[i] <= exact[max(0, i-1)] { // rounded up beyond the stage before
			s.People = ptr(*last)
		}
		if s.People == nil {
			s.Hidden = append(s.Hidden, "people")
		} else {
			last = s.People
		}
	}
}

// pair is two reasons together: how many have both stands beside how many have each, and the rest follows from those.
func (c *control) pair(x *result.Pair, traits []result.Trait) {
	both, only1, only2, neither := *x.Both, *x.Only1, *x.Only2, *x.Neither
	x.Both, x.Only1, x.Only2, x.Neither = nil, nil, nil, nil
	at := slices.IndexFunc(traits, func(t result.Trait) bool { return t.Trait == study.Reason })
	if at >= 0 && traits[at].People != nil && !c.few(both) && !c.few(only1) && !c.few(only2) && !c.few(neither) {
		level := func(name string) *int64 {
			for _, l := range traits[at].Levels {
				if l.Level == name {
					return l.People
				}
			}
			return nil
		}
		first, second, all := level(x.First), level(x.Second), *traits[at].People
		if together := toFive(both); first != nil && second != nil && *first >= together && *second >= together && all >= *first+*second-together {
			x.Both, x.Only1, x.Only2, x.Neither = &together, ptr(*first-together), ptr(*second-together), ptr(all-*first-*second+together)
			return
		}
	}
	x.Hidden = append(x.Hidden, "both", "first_only", "second_only", "neither", "phi")
}

// trait is the people of one trait by level.
func (c *control) trait(t *result.Trait) {
	var people, on []int64
	var few []bool
	sum := int64(0)
	for _, l := range t.Levels {
		people, sum = append(people, *l.People), sum+*l.People
		if l.Connected != nil {
			on, few = append(on, *l.Connected), append(few, c.few(*l.People-*l.Connected))
		}
	}
	var shown []*int64
	if t.Several && sum != *t.People { // levels overlap: they don't add up
		shown = make([]*int64, len(people))
		for i, n := range people {
			if shown[i] = c.round(n); shown[i] == nil {
				shown[(i+1)%len(people)] = nil
			}
		}
		for i, n := range people { // and who is in none, or next to few, is hidden with them
			if c.few(n) {
				shown[i], shown[(i+1)%len(people)] = nil, nil
			}
			if c.few(*t.People - n) { // those without it are few
				shown[i] = nil
			}
		}
	} else {
		shown = c.parts(people)
	}
	left := int64(0) // of the whole, by a landmark, say
	for _, s := range c.exact.Profile.Stages {
		if s.Stage == profile.Connected {
			left = apart(*s.People, *t.People)
		}
	}
	if t.Trait == profile.ByDose && c.few(left) {
		shown = make([]*int64, len(people))
	}
	connected := make([]*int64, len(people))
	if len(on) == len(people) {
		connected = c.partsBut(on, few)
	}
	for i := range t.Levels {
		l := &t.Levels[i]
		everybody := l.Connected != nil && *l.Connected == *l.People
		if l.People, l.Connected = shown[i], connected[i]; shown[i] == nil {
			l.Connected = nil
			l.Hidden = append(l.Hidden, "people")
		} else if l.Connected != nil {
			if l.Connected = ptr(min(*connected[i], *shown[i])); everybody {
				l.Connected = ptr(*shown[i])
			}
		}
		if t.Arms && l.Connected == nil {
			l.Hidden = append(l.Hidden, "connected")
		}
	}
	t.People = c.five(t.People)
	if t.Several {
		return
	}
	if sum := total(shown); sum != nil { // shares are of what stands there
		t.People = sum
	}
}

// manyBehind reports whether an event count has enough people behind it, none with over half; most is the events of the person with most.
func (c *control) manyBehind(events, people, most int64) bool {
	return c.behind(events, people, float64(most)/float64(max(1, events)))
}

func (c *control) onward(o *result.Onward) {
	enoughBehind := c.manyBehind(*o.Referrals, *o.People, *o.Most)
	exactly := c.local && *o.People >= enough && enoughBehind
	for i, s := range o.To {
		for _, other := range o.To[:i] { // a sector of one organisation: rounded in two tables beside an exact whole, it could be told
			exactly = exactly && (s.By == other.By || *s.Referrals != *other.Referrals)
		}
	}
	by := map[string][]int{}
	for i, s := range o.To {
		by[s.By] = append(by[s.By], i)
	}
	for _, places := range by {
		var counts []int64
		var few []bool
		for _, i := range places {
			s := o.To[i]
			thin := !c.manyBehind(*s.Referrals, *s.People, *s.Most)
			counts, few = append(counts, *s.Referrals), append(few, thin)
			exactly = exactly && !thin
		}
		shown := c.partsBut(counts, few)
		for k, i := range places {
			s := &o.To[i]
			s.People, s.Most = nil, nil
			if s.Referrals = shown[k]; s.Referrals == nil || !enoughBehind {
				s.Referrals, s.Hidden = nil, append(s.Hidden, "referrals")
			}
		}
	}
	switch {
	case !enoughBehind:
		o.Referrals = nil
	case !exactly: // beside a hidden place an exact whole would say too much
		o.Referrals = c.five(o.Referrals)
	}
	o.People, o.Most = c.five(o.People), nil
}

// leastOfPractice is how many people a practice must have to stand in a funnel by itself.
const leastOfPractice = 20

// funnel keeps practices of enough people, with events to the nearest five; the others are told together, with as many of the smallest of
// those kept as it takes for nobody among them to stand out. How many people a practice has stands in the profile alone: rounded twice,
// it could be told.
func (c *control) funnel(f *result.Funnel, names map[string]string) {
	var kept, rest []result.Practice
	for _, p := range f.Practices {
		if *p.People >= leastOfPractice && *p.UsersBefore >= c.hideBelow && *p.UsersAfter >= c.hideBelow && *p.Top <= 0.5 {
			kept = append(kept, p)
		} else {
			rest = append(rest, p)
		}
	}
	if len(rest) > 0 {
		slices.SortStableFunc(kept, func(a, b result.Practice) int { return cmp.Compare(*b.People, *a.People) })
		pooled, safe := result.Practice{}, false
		for !safe && len(kept) > 0 { // always with one that could stand alone
			rest, kept = append(rest, kept[len(kept)-1]), kept[:len(kept)-1]
			pooled, safe = c.pool(rest)
		}
		if !safe {
			f.Practices = nil
			return
		}
		kept = append(kept, pooled)
	}
	var before, after []int64
	for _, p := range kept {
		before, after = append(before, *p.Before), append(after, *p.After)
	}
	b, a := c.parts(before), c.parts(after)
	for i := range kept {
		p := &kept[i]
		p.Practice = cmp.Or(names[p.Practice], p.Practice)
		p.People, p.Before, p.After = nil, b[i], a[i]
		p.Expected = ptr(math.Max(5, fives(*p.Expected)))
		p.UsersBefore, p.UsersAfter, p.Top = nil, nil, nil
	}
	slices.SortStableFunc(kept, func(a, b result.Practice) int {
		return cmp.Compare(practiceNumber(a.Practice), practiceNumber(b.Practice))
	})
	if f.Tau != nil {
		f.Tau = ptr(figures(*f.Tau, 2))
	}
	f.Practices = kept
}

// pool is practices together, and whether enough people are behind them, none with over half.
func (c *control) pool(list []result.Practice) (result.Practice, bool) {
	var people, before, after, usersBefore, usersAfter int64
	expected, most := 0.0, 0.0
	for _, p := range list {
		people, before, after = people+*p.People, before+*p.Before, after+*p.After
		usersBefore, usersAfter, expected = usersBefore+*p.UsersBefore, usersAfter+*p.UsersAfter, expected+*p.Expected
		most = math.Max(most, *p.Top*float64(max(*p.Before, *p.After)))
	}
	safe := people >= leastOfPractice && usersBefore >= c.hideBelow && usersAfter >= c.hideBelow && most <= 0.5*float64(min(before, after))
	return result.Practice{Practice: smaller, People: &people, Before: &before, After: &after, Expected: &expected}, safe
}

// renamed gives unnamed practices numbers by how many people are shown of them, from the one with most down, those alike in the order in
// which they stood, and says which became which.
func (c *control) renamed(levels []result.Level) map[string]string {
	names := map[string]string{}
	if c.exact.Study.NamePractices {
		return names
	}
	people := func(l result.Level) int64 {
		if practiceNumber(l.Level) == math.MaxInt {
			return -2 // not known, or other: last
		}
		if l.People == nil {
			return -1
		}
		return *l.People
	}
	slices.SortStableFunc(levels, func(a, b result.Level) int { return cmp.Compare(people(b), people(a)) })
	for i, l := range levels {
		if practiceNumber(l.Level) != math.MaxInt {
			names[l.Level] = fmt.Sprintf("practice %d", i+1)
			levels[i].Level = names[l.Level]
		}
	}
	return names
}

// practiceNumber is the number of an unnamed practice; the greatest number for what is none.
func practiceNumber(name string) int {
	n := 0
	if _, err := fmt.Sscanf(name, "practice %d", &n); err != nil {
		return math.MaxInt
	}
	return n
}

// area is one area's states. Where a move is of few people all moves are hidden, and how many were in each state before and
// after is told.
func (c *control) area(a *result.Area) {
	exact, size := exactArea(*a), len(a.Table)
	a.OnlyFirst, a.Before, a.After = c.parts(exact.OnlyFirst), nil, nil
	if shown := c.parts(slices.Concat(exact.Table...)); !slices.Contains(shown, nil) { // a move of few is hidden
		for i := range a.Table {
			a.Table[i] = shown[i*size : (i+1)*size]
		}
		a.People = total(shown)
	} else {
		a.Table, a.Moved, a.PHolm, a.Worst, a.Best = nil, nil, nil, nil, nil
		before, after := exact.Table.Margins()
		a.Before, a.After = c.parts(before), c.parts(after)
		a.Hidden = append(a.Hidden, "table", "moved_p")
		a.People = c.five(a.People)
	}
	for name, list := range map[string][]*int64{"before": a.Before, "after": a.After, "only_at_first": a.OnlyFirst} {
		if slices.Contains(list, nil) {
			a.Hidden = append(a.Hidden, name)
		}
	}
	slices.Sort(a.Hidden)
}

// changes gives an area whose moves are hidden the change of released counts, without an interval or a p-value: both would say how few
// moved.
func (c *control) changes(out *result.Result) {
	for i := range out.Outcomes {
		o := &out.Outcomes[i]
		for j := range o.Areas {
			if a := &o.Areas[j]; a.Table == nil {
				a.Worst, a.Best = changed(o.States[0], a, 0), changed(o.States[len(o.States)-1], a, len(o.States)-1)
			}
		}
	}
}

func changed(state string, a *result.Area, at int) *result.Shift {
	x := &result.Shift{State: state, Before: a.Before[at], After: a.After[at]}
	switch {
	case x.Before == nil || x.After == nil:
	case *x.Before == 0:
		x.Refused, x.Why = string(estimate.ZeroBefore), "nobody was in it at first"
	default:
		x.Change = ptr(100 * (float64(*x.After)/float64(*x.Before) - 1))
	}
	return x
}

// leastScored is how many people must have two scores for their means to be told.
const leastScored = 20

// score is one score's figures, to a decimal or two beside counts to the nearest five.
func (c *control) score(s *result.Score) {
	hide := func(names ...string) { s.Hidden = append(s.Hidden, names...) }
	alike := s.SDBefore == nil || s.SDAfter == nil || *s.SDBefore == 0 || *s.SDAfter == 0 || s.P == nil
	if *s.People < max(leastScored, c.hideBelow) || *s.Top > 0.5 || *s.Differ < c.hideBelow || s.Most-s.Least <= 2 && s.Least >= 0 || alike { // who is alike, or alone, could be told
		*s = result.Score{Name: s.Name, Better: s.Better, Least: s.Least, Most: s.Most, Note: s.Note, ByItselfWhy: s.ByItselfWhy, Warnings: []string{}}
		hide("people", "mean_before", "mean_after", "mean_change", "low", "high")
		return
	}
	if c.few(*s.OnlyFirst) || *s.OnlyFirst < leastScored {
		s.Completers, s.ComplLow, s.ComplHigh = nil, nil, nil
	}
	exactPeople := *s.People
	s.People, s.OnlyFirst, s.Unscored = c.five(s.People), c.five(s.OnlyFirst), c.five(s.Unscored)
	unit := 0.1
	if s.Most-s.Least < 2 {
		unit = 0.01
	}
	for _, v := range []**float64{&s.Before, &s.After, &s.SDBefore, &s.SDAfter, &s.Change, &s.Low, &s.High, &s.Completers, &s.ComplLow, &s.ComplHigh, &s.ByItself} {
		if *v != nil {
			*v = ptr(math.Round(**v/unit) * unit)
		}
	}
	for _, v := range []**float64{&s.Response, &s.ResponseLow, &s.ResponseHi} {
		if *v != nil {
			*v = ptr(math.Round(**v*100) / 100)
		}
	}
	s.P, s.PRanks = roundP(s.P), roundP(s.PRanks)
	if r := s.Reliable; r != nil {
		shown := c.parts([]int64{*r.Improved, *r.Worsened, *r.Unchanged})
		r.Improved, r.Worsened, r.Unchanged = shown[0], shown[1], shown[2]
		if r.Needed != nil {
			r.Needed = ptr(math.Round(*r.Needed/unit) * unit)
		}
	}
	s.Top, s.Differ = nil, nil
	if s.Reliable != nil { // nearly the same people
		s.Large = nil
	}
	if l := s.Large; l != nil {
		shown := c.parts([]int64{*l.Improved, *l.Worsened, max(0, exactPeople-*l.Improved-*l.Worsened)})
		l.Improved, l.Worsened = shown[0], shown[1]
	}
	var before, after []int64
	for _, b := range s.Bands {
		before, after = append(before, *b.Before), append(after, *b.After)
	}
	first, second := c.parts(before), c.parts(after)
	for i := range s.Bands {
		s.Bands[i].Before, s.Bands[i].After = first[i], second[i]
	}
	for name, n := range map[string]*int64{"people": s.People, "only_at_first": s.OnlyFirst, "unscored": s.Unscored} {
		if n == nil {
			hide(name)
		}
	}
	slices.Sort(s.Hidden)
}

// survey is a survey's answers. Answers of few people are put together with their neighbours that are as favourable. Surgeries are
// no people: where ten or more answered, their counts are true.
func (c *control) survey(s *result.Survey) {
	organisations := s.Of == study.OfPractices
	if !organisations {
		s.Sheets, s.Asked = c.five(s.Sheets), c.five(s.Asked)
	}
	for i := range s.Questions {
		q := &s.Questions[i]
		if organisations {
			if *q.People < 10 {
				hideAnswers(q)
			}
			continue
		}
		q.Answers = c.merged(q.Answers)
		var counts []int64
		for _, a := range q.Answers {
			counts = append(counts, *a.Count)
		}
		shown := c.parts(counts)
		if slices.Contains(shown, nil) {
			hideAnswers(q)
			continue
		}
		good := int64(0)
		for k := range q.Answers {
			q.Answers[k].Count = shown[k]
			if q.Answers[k].Favourable {
				good += *shown[k]
			}
		}
		q.People, q.Favourable = total(shown), &good
	}
	if organisations && *s.Sheets < 10 {
		s.Sheets, s.Asked = nil, nil
	}
}

func hideAnswers(q *result.Question) {
	q.People, q.Favourable, q.Hidden = nil, nil, []string{"answered", "favourable", "count"}
	for k := range q.Answers {
		q.Answers[k].Count = nil
	}
}

// merged puts answers of few people together with a neighbour of the same side.
func (c *control) merged(list []result.Answer) []result.Answer {
	list = slices.Clone(list)
	for {
		at := slices.IndexFunc(list, func(a result.Answer) bool { return c.few(*a.Count) })
		if at < 0 {
			return list
		}
		with := -1
		for _, k := range []int{at - 1, at + 1} {
			if k >= 0 && k < len(list) && list[k].Favourable == list[at].Favourable && (with < 0 || *list[k].Count < *list[with].Count) {
				with = k
			}
		}
		if with < 0 {
			return list
		}
		first, second := min(at, with), max(at, with)
		list[first] = result.Answer{Answer: list[first].Answer + " or " + list[second].Answer, Favourable: list[first].Favourable, Count: ptr(*list[first].Count + *list[second].Count)}
		list = slices.Delete(list, second, second+1)
	}
}
