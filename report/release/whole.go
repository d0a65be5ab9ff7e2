package release

import (
	"encoding/json"
	"math"
	"slices"

	"averted/evaluate/cohort"
	"averted/report/result"
)

// parts is the counts of the parts of a whole that may leave: each is up or down to a multiple of five, so that the parts add
// up to the whole rounded; one of few people is hidden, and with it the smallest of the others.
//
// With parts that add up to a rounded whole at least three values remain for each even where the whole is known exactly: a
// part's error is the others' error turned round, less the whole's, which is two at most.
func (c *control) parts(exact []int64) []*int64 {
	shown := make([]*int64, len(exact))
	whole, hidden := int64(0), 0
	for i, n := range exact {
		whole += n
		if c.few(n) {
			hidden++
			continue
		}
		shown[i] = ptr((n + 2) / 5 * 5)
	}
	if c.few(whole) {
		return make([]*int64, len(exact))
	}
	if hidden > 0 {
		c.conceal(exact, shown)
		return shown
	}
	sum := int64(0)
	for _, n := range shown {
		sum += *n
	}
	for target := (whole + 2) / 5 * 5; sum != target; {
		step := int64(5)
		if sum > target {
			step = -5
		}
		best, most := -1, math.Inf(-1)
		for i, n := range shown {
			gain := float64(exact[i]-*n) * float64(step)
			if exact[i] > 0 && !c.few(*n+step) && *n+step > 0 && apart(*n+step, exact[i]) < 5 && gain > most { // what is nearest to the other multiple
				best, most = i, gain
			}
		}
		if best < 0 { // all are as small as what may be shown: rounded, they would say so
			return make([]*int64, len(exact))
		}
		*shown[best] += step
		sum += step
	}
	return shown
}

// conceal hides, beside parts of few people, the smallest other part, always: hidden only where it is needed, it would say how little was
// left to choose from. Where what is hidden then adds up to little, everything goes.
func (c *control) conceal(exact []int64, shown []*int64) {
	smallest := -1
	for i, n := range shown {
		if n != nil && *n > 0 && (smallest < 0 || exact[i] < exact[smallest]) {
			smallest = i
		}
	}
	if smallest < 0 {
		return
	}
	shown[smallest] = nil
	hidden := int64(0)
	for i, n := range shown {
		if n == nil {
			hidden += exact[i]
		}
	}
	if hidden >= 4*c.hideBelow {
		return
	}
	for i := range shown {
		shown[i] = nil
	}
}

// five is a count to the nearest five that is nobody's alone: nil if it is of few.
func (c *control) five(n *int64) *int64 {
	if n == nil {
		return nil
	}
	return c.round(*n)
}

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
	Derive(out)
	c.widths(out)
}

func (c *control) profile(p *result.Profile, flow []result.Box) {
	var before int64 = -1
	for i := range p.Stages {
		s := &p.Stages[i]
		exact := *s.People
		switch step := map[string]string{"referred": cohort.StepPeople, "agreed to their data being used": cohort.StepConsent}[s.Stage]; {
		case step != "":
			s.People = boxOf(flow, step)
		case s.Stage == "connected" && boxIn(flow, service):
			s.People = connectedOf(flow)
		case before >= 0 && c.few(before-exact): // the difference of two stages is a count too
			s.People = nil
		default:
			s.People = c.round(exact)
		}
		if s.People == nil {
			s.Hidden = append(s.Hidden, "people")
		}
		before = exact
	}
	for i := range p.Traits {
		c.trait(&p.Traits[i])
	}
	for i := range p.Referrals {
		m := &p.Referrals[i]
		if m.People = c.five(m.People); m.People == nil {
			m.Hidden = append(m.Hidden, "people")
		}
	}
	for i := range p.Reasons {
		x := &p.Reasons[i]
		cells := c.parts([]int64{*x.Both, *x.Only1, *x.Only2, *x.Neither})
		x.Both, x.Only1, x.Only2, x.Neither = cells[0], cells[1], cells[2], cells[3]
		if slices.Contains(cells, nil) {
			x.Both, x.Only1, x.Only2, x.Neither = nil, nil, nil, nil
			x.Hidden = append(x.Hidden, "both", "first_only", "second_only", "neither", "phi")
		}
	}
	if p.Contacts != nil {
		for i := range p.Contacts.Months {
			m := &p.Contacts.Months[i]
			fewBehind := m.People != nil && c.few(*m.People)
			m.People = nil
			m.Contacts, m.NewPeople = c.five(m.Contacts), c.five(m.NewPeople)
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
		c.funnel(&p.Funnels[i])
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

// trait is the people of one trait by level.
func (c *control) trait(t *result.Trait) {
	var people []int64
	for _, l := range t.Levels {
		people = append(people, *l.People)
	}
	shown := make([]*int64, len(people))
	if t.Several { // levels overlap: they don't add up
		for i, n := range people {
			shown[i] = c.round(n)
		}
	} else {
		shown = c.parts(people)
	}
	hidden := 0
	for i := range t.Levels {
		l := &t.Levels[i]
		if l.Connected == nil {
			continue
		}
		if on, off := *l.Connected, *l.People-*l.Connected; c.few(on) || c.few(off) || shown[i] == nil {
			l.Connected = nil
			hidden++
		} else {
			l.Connected = ptr(min((on+2)/5*5, *shown[i]))
		}
	}
	if hidden > 0 && len(t.Levels)-hidden < 4 { // who is hidden could be told from the few others
		for i := range t.Levels {
			t.Levels[i].Connected = nil
		}
	}
	for i := range t.Levels {
		l := &t.Levels[i]
		l.People = shown[i]
		if l.People == nil {
			l.Hidden = append(l.Hidden, "people")
		}
		if t.Arms && l.Connected == nil {
			l.Hidden = append(l.Hidden, "connected")
		}
	}
	t.People = c.five(t.People)
	if t.Several {
		return
	}
	if sum := int64(0); !slices.Contains(shown, nil) { // shares are of what stands there
		for _, n := range shown {
			sum += *n
		}
		t.People = &sum
	}
}

func (c *control) onward(o *result.Onward) {
	exactly := c.local && *o.People >= enough
	if !exactly {
		o.Referrals = c.five(o.Referrals)
	}
	by := map[string][]int{}
	for i, s := range o.To {
		by[s.By] = append(by[s.By], i)
	}
	for _, places := range by {
		var counts []int64
		for _, i := range places {
			counts = append(counts, *o.To[i].Referrals)
		}
		shown := c.parts(counts)
		for k, i := range places {
			s := &o.To[i]
			if s.Referrals = shown[k]; s.People == nil || c.few(*s.People) {
				s.Referrals = nil
			}
			if s.People = nil; s.Referrals == nil {
				s.Hidden = append(s.Hidden, "referrals")
			}
		}
	}
	o.People = c.five(o.People)
}

// leastOfPractice is how many people a practice must have to stand in a funnel by itself.
const leastOfPractice = 20

// funnel keeps practices of enough people, with counts to the nearest five; the others are told together.
func (c *control) funnel(f *result.Funnel) {
	var kept []result.Practice
	var pooled result.Practice
	small, users := int64(0), int64(math.MaxInt64)
	for _, p := range f.Practices {
		if *p.People >= leastOfPractice && *p.UsersBefore >= c.hideBelow && *p.UsersAfter >= c.hideBelow && *p.Top <= 0.5 {
			kept = append(kept, p)
			continue
		}
		if small == 0 {
			pooled, users = result.Practice{Practice: "smaller practices together", People: ptr(int64(0)), After: ptr(int64(0)), Expected: ptr(0.0)}, 0
		}
		small++
		*pooled.People += *p.People
		*pooled.After += *p.After
		*pooled.Expected += *p.Expected
		users += min(*p.UsersBefore, *p.UsersAfter)
	}
	f.Pooled = nil
	if small > 0 && users >= c.hideBelow {
		kept, f.Pooled = append(kept, pooled), &small
	}
	for i := range kept {
		p := &kept[i]
		p.People, p.After = c.five(p.People), c.five(p.After)
		p.Expected = ptr(math.Max(5, 5*math.Round(*p.Expected/5)))
		p.UsersBefore, p.UsersAfter, p.Top = nil, nil, nil
	}
	f.Practices = kept
}

// area is one area's states. Where a move is of few people all moves are hidden, and how many were in each state before and
// after is told.
func (c *control) area(a *result.Area) {
	size := len(a.Table)
	var cells []int64
	before, after := make([]int64, size), make([]int64, size)
	few := false
	for i, row := range a.Table {
		for j, n := range row {
			cells = append(cells, *n)
			before[i] += *n
			after[j] += *n
			few = few || c.few(*n)
		}
	}
	var gone []int64
	for _, n := range a.OnlyFirst {
		gone = append(gone, *n)
	}
	a.OnlyFirst = c.parts(gone)
	a.Before, a.After = nil, nil
	if shown := c.parts(cells); !few && !slices.Contains(shown, nil) {
		sum := int64(0)
		for i := range a.Table {
			a.Table[i] = shown[i*size : (i+1)*size]
			for _, n := range a.Table[i] {
				sum += *n
			}
		}
		a.People = &sum
	} else {
		a.Table, a.Moved = nil, nil
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

// widths gives an area whose moves are hidden its shifts: the change of released counts, with an interval whose width on the
// log is the exact one to two figures.
func (c *control) widths(out *result.Result) {
	for i := range out.Outcomes {
		o := &out.Outcomes[i]
		for j := range o.Areas {
			a, exact := &o.Areas[j], &c.exact.Outcomes[i].Areas[j]
			if a.Table != nil {
				continue
			}
			a.PHolm, a.Moved = exact.PHolm, nil
			a.Worst, a.Best = c.shift(exact.Worst, a, 0), c.shift(exact.Best, a, len(o.States)-1)
		}
	}
}

func (c *control) shift(exact *result.Shift, a *result.Area, state int) *result.Shift {
	x := &result.Shift{State: exact.State, Before: a.Before[state], After: a.After[state], P: exact.P}
	switch {
	case x.Before == nil || x.After == nil:
		x.P = nil
		return x
	case *x.Before == 0:
		x.Refused, x.Why = exact.Refused, exact.Why
		return x
	}
	ratio := float64(*x.After) / float64(*x.Before)
	x.Change = ptr(100 * (ratio - 1))
	if exact.Low == nil || exact.High == nil || ratio == 0 || *exact.Low <= -100 {
		x.Refused, x.Why = exact.Refused, exact.Why
		return x
	}
	half := twoFigures(math.Log((1+*exact.High/100)/(1+*exact.Low/100)) / 2)
	x.Low, x.High = ptr(100*(ratio*math.Exp(-half)-1)), ptr(100*(ratio*math.Exp(half)-1))
	return x
}

// twoFigures rounds to two figures that count.
func twoFigures(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 1-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// leastScored is how many people must have two scores for their means to be told.
const leastScored = 10

// score is one score's figures, to a decimal or two beside counts to the nearest five.
func (c *control) score(s *result.Score) {
	hide := func(names ...string) { s.Hidden = append(s.Hidden, names...) }
	if *s.People < max(leastScored, c.hideBelow) {
		*s = result.Score{Name: s.Name, Better: s.Better, Least: s.Least, Most: s.Most, Note: s.Note, ByItselfWhy: s.ByItselfWhy, Refused: s.Refused, Why: s.Why, Warnings: s.Warnings}
		hide("people", "mean_before", "mean_after", "mean_change", "low", "high")
		return
	}
	if c.few(*s.OnlyFirst) || *s.OnlyFirst < leastScored {
		s.Completers, s.ComplLow, s.ComplHigh = nil, nil, nil
	}
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
	s.P, s.PRanks = floored(s.P), floored(s.PRanks)
	if r := s.Reliable; r != nil {
		shown := c.parts([]int64{*r.Improved, *r.Worsened, *r.Unchanged})
		r.Improved, r.Worsened, r.Unchanged = shown[0], shown[1], shown[2]
		if r.Needed != nil {
			r.Needed = ptr(math.Round(*r.Needed/unit) * unit)
		}
	}
	if l := s.Large; l != nil {
		l.Improved, l.Worsened = c.five(l.Improved), c.five(l.Worsened)
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
	organisations := s.Of == "practices"
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
		n, good := int64(0), int64(0)
		for k := range q.Answers {
			q.Answers[k].Count = shown[k]
			n += *shown[k]
			if q.Answers[k].Favourable {
				good += *shown[k]
			}
		}
		q.People, q.Favourable = &n, &good
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
