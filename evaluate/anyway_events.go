package evaluate

import (
	"context"
	"fmt"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// peopleOf is the people of a run, nil in a study without a table of them.
type peopleOf = *cohort.Cohort

// runDays is the days before the index day that are set against the rest of the time that the rule looks at.
const runDays = 91

// othersOfEvents counts the events of the cohort in its earlier windows, and those of the reference people, by the engine
// that counted the cohort's.
func (r *run) othersOfEvents(ctx context.Context, found *Found, people peopleOf, t *tally.Tally) (*others, error) {
	plan := r.plan
	o := &others{plan: plan, knowsRunUp: true, early: func(string) bool { return true }, other: func(string) bool { return true }}
	within := window.Length{N: 12, Unit: window.Months}
	if _, of := plan.Selection.ByCount(); of.Days() > 0 {
		within = of
	}
	byID := map[string]int{}
	var all []cohort.Person
	for _, p := range people.People {
		byID[p.ID] = len(all)
		all = append(all, cohort.Person{ID: p.ID, Arm: p.Arm, Practice: -1, Born: p.Born, Life: p.Life, Windows: make([]window.Placed, slots+perWindow*len(plan.Windows))})
	}
	var spans spans
	spans.make(len(plan.Windows))
	first := window.Day(1 << 30) // of the service
	for i, p := range people.People {
		if p.Life.Index == nil {
			continue
		}
		o.place(&all[i], p, within, people.Feeds, &spans)
		if p.Arm == tally.Service {
			first = min(first, *p.Life.Index)
		}
	}
	if plan.Reference != nil && plan.Reference.People != nil {
		others, quality, err := cohort.ReadOthers(ctx, plan, r.files)
		if err != nil {
			return nil, wrap("reading the reference people", err)
		}
		found.Quality = append(found.Quality, quality)
		o.all = true
		for _, other := range others {
			if _, both := byID[other.ID]; !both {
				byID[other.ID] = len(all)
				all = append(all, cohort.Person{ID: other.ID, Arm: tally.Comparison, Practice: -1, Life: other.Life, Windows: make([]window.Placed, slots+perWindow*len(plan.Windows))})
			}
		}
		if err := r.again(ctx, o, people.Feeds, others, byID, all, within, &spans); err != nil {
			return nil, err
		}
	}
	o.reaches = make([]bool, len(plan.Windows))
	for w := range plan.Windows {
		for _, of := range [][]window.Span{spans.otherAfter[w], spans.againAfter[w]} {
			for _, s := range of {
				o.reaches[w] = o.reaches[w] || plan.Reference.Who == study.BeforeService && s.End > first
			}
		}
	}
	slices.SortFunc(all, func(a, b cohort.Person) int { return cmpText(a.ID, b.ID) })
	other := *plan
	other.Windows = slices.Repeat([]window.Length{{N: 1, Unit: window.Days}}, slots+perWindow*len(plan.Windows))
	counted, err := r.engine.Tally(ctx, &other, &cohort.Cohort{People: all, Feeds: people.Feeds}, r.files)
	if err != nil {
		return nil, wrap("counting the events of reference people", err)
	}
	o.tally = counted.Tally
	return o, r.course(ctx, found, o, &spans)
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// spans are the windows of everybody, for the population's trend between them.
type spans struct {
	before, after, early, earlyAfter, otherBefore, otherAfter, againBefore, againAfter [][]window.Span
	far, near                                                                          []window.Span
}

func (s *spans) make(windows int) {
	for _, of := range []*[][]window.Span{&s.before, &s.after, &s.early, &s.earlyAfter, &s.otherBefore, &s.otherAfter, &s.againBefore, &s.againAfter} {
		*of = make([][]window.Span, windows)
	}
}

// place puts a person of the cohort's slots: what the rule saw, whether use ran up, and for each window the own and the
// early one.
func (o *others) place(into *cohort.Person, p cohort.Person, within window.Length, feeds window.Set, all *spans) {
	plan, index := o.plan, *p.Life.Index
	seen := window.Span{Start: index - window.Day(within.Days()), End: index}
	if !plan.Selection.HasRule() || plan.Selection.When == study.FirstCrossing { // what brought them in that day was known too
		seen.Start, seen.End = seen.Start+1, seen.End+1
	}
	into.Windows[slotChosen] = two(p.Life, feeds, &seen, nil)
	eve := window.Span{Start: index - window.Day(within.Days()), End: index}
	into.Windows[slotEve] = two(p.Life, feeds, &eve, nil)
	if within.Days() > 2*runDays {
		far, near := window.Span{Start: index - window.Day(within.Days()), End: index - runDays}, window.Span{Start: index - runDays, End: index}
		if ran := two(p.Life, feeds, &far, &near); ran.Complete {
			into.Windows[slotRun] = ran
			if p.Arm == tally.Service {
				all.far, all.near = append(all.far, far), append(all.near, near)
			}
		}
	}
	for w, length := range plan.Windows {
		own := p.Windows[w]
		if into.Windows[slot(w, ofOwn)] = own; own.Status != window.Included {
			continue
		}
		// As long before what the rule looks at as the window after lies behind it.
		end := index - window.Day(within.Days()) - window.Day(plan.Washout.After.Days())
		early := window.Span{Start: end - window.Day(length.Days()), End: end}
		placed := two(p.Life, feeds, &early, nil)
		if !length.Equal() || !placed.Complete || placed.DaysBefore != early.Days() {
			placed.Status = window.HistoryTooShort
		}
		into.Windows[slot(w, ofEarly)] = placed
		if p.Arm != tally.Service {
			continue
		}
		all.before[w], all.after[w] = append(all.before[w], own.WatchedBefore), append(all.after[w], own.WatchedAfter)
		if placed.Status == window.Included {
			all.early[w], all.earlyAfter[w] = append(all.early[w], early), append(all.earlyAfter[w], own.WatchedAfter)
		}
	}
}

// two is two spans of days as an engine counts them: before and after.
func two(life window.Life, feeds window.Set, before, after *window.Span) window.Placed {
	observed := life.Observed(feeds)
	p := window.Placed{Status: window.Included, Complete: true}
	for _, part := range []struct {
		span        *window.Span
		at, watched *window.Span
		days        *int
	}{{before, &p.Before, &p.WatchedBefore, &p.DaysBefore}, {after, &p.After, &p.WatchedAfter, &p.DaysAfter}} {
		if part.span == nil {
			continue
		}
		*part.at, *part.watched = *part.span, part.span.Intersect(observed)
		*part.days = feeds.DaysIn(*part.watched)
		p.Complete = p.Complete && *part.watched == *part.span
	}
	if before == nil { // the hull of what is counted begins where it begins
		p.Before = window.Span{Start: p.After.Start, End: p.After.Start}
	}
	if after == nil {
		p.After = window.Span{Start: p.Before.End, End: p.Before.End}
	}
	return p
}

// again places the reference people: all of them around the first day of reference:, and those whom the rule takes in around
// the day on which it does.
func (r *run) again(ctx context.Context, o *others, feeds window.Set, list []cohort.Other, byID map[string]int, all []cohort.Person, within window.Length, spans *spans) error {
	plan := r.plan
	only := &cohort.Cohort{Feeds: feeds}
	for _, other := range list {
		life := other.Life
		life.Index = plan.Reference.From
		p := &all[byID[other.ID]]
		if p.Life.Index == nil {
			p.Life.Index = life.Index // of people of the reference alone, whose own windows stay empty
		}
		for w, length := range plan.Windows {
			placed := window.Place(plan.Rule(length), feeds, life)
			p.Windows[slot(w, ofOther)] = placed
			if placed.Status == window.Included {
				spans.otherBefore[w], spans.otherAfter[w] = append(spans.otherBefore[w], placed.WatchedBefore), append(spans.otherAfter[w], placed.WatchedAfter)
			}
		}
		seen := window.Span{Start: *plan.Reference.From - window.Day(within.Days()), End: *plan.Reference.From}
		chosen := &p.Windows[slotChosen]
		reference := two(life, feeds, nil, &seen)
		if chosen.Status != window.Included {
			*chosen = reference
		} else {
			chosen.After, chosen.WatchedAfter, chosen.DaysAfter = reference.After, reference.WatchedAfter, reference.DaysAfter
		}
		only.People = append(only.People, cohort.Person{ID: other.ID, Practice: -1, Arm: tally.Comparison, Life: life, Windows: make([]window.Placed, len(plan.Windows))})
	}
	if !plan.Selection.HasRule() {
		return nil // people came in by judgement, which can't be played again
	}
	rule := ruleOf(plan)
	histories := make([]expect.History, len(list))
	if by, _ := plan.Selection.ByCount(); by != "" {
		days, err := engine.Days(ctx, plan, only, by, r.files)
		if err != nil {
			return wrap("reading the days of reference people's events", err)
		}
		for i := range histories {
			histories[i].Days = days[i]
		}
	}
	for i, other := range list {
		histories[i].Score, histories[i].Observed = other.Score, other.Life.Observed(feeds)
	}
	days, refused := rule.Replay(histories)
	if refused != nil { // the study's own checks let none through that is no rule
		return fmt.Errorf("playing the rule again: %w", refused)
	}
	o.again = expect.NameReplay
	for i, other := range list {
		if days[i] == nil {
			continue
		}
		life := other.Life
		life.Index = days[i]
		p := &all[byID[other.ID]]
		for w, length := range plan.Windows {
			placed := window.Place(plan.Rule(length), feeds, life)
			p.Windows[slot(w, ofAgain)] = placed
			if placed.Status == window.Included {
				spans.againBefore[w], spans.againAfter[w] = append(spans.againBefore[w], placed.WatchedBefore), append(spans.againAfter[w], placed.WatchedAfter)
			}
		}
	}
	return nil
}

// ruleOf is the study's rule of referral, on the days of its reference people.
func ruleOf(plan *study.Plan) expect.Rule {
	s, ref := plan.Selection, plan.Reference
	rule := expect.Rule{When: expect.When(s.When), From: *ref.From, To: *ref.To, Every: s.Every.Days()}
	if s.Threshold != nil {
		rule.AtLeast, rule.Within = s.Threshold.AtLeast, s.Threshold.Within.Days()
	} else {
		rule.Top, rule.Within, rule.ByScore = s.Top.N, s.Top.Within.Days(), s.Top.By == study.RiskScore
	}
	return rule
}

// course works the population's trend out for every pair of windows.
func (r *run) course(ctx context.Context, found *Found, o *others, s *spans) error {
	plan := r.plan
	o.trends = make([]trends, len(plan.Windows))
	t := plan.Trend
	if t.Series == nil {
		if t.Given(t.Activity) {
			for w := range o.trends {
				o.trends[w] = fixed(t)
			}
		}
		return nil
	}
	months, quality, err := cohort.ReadCourse(ctx, plan, r.files)
	if err != nil {
		return wrap("reading the population's series", err)
	}
	found.Quality = append(found.Quality, quality)
	course := expect.Course(months)
	var missing *window.Month
	between := func(before, after []window.Span) expect.Trend {
		trend, gone, _ := course.Between(before, after)
		if gone != nil && (missing == nil || gone.Span().Start < missing.Span().Start) {
			missing = gone
		}
		return trend
	}
	over := func(a, b expect.Trend) expect.Trend {
		if a == 0 || b == 0 {
			return 0
		}
		return a / b
	}
	for w := range o.trends {
		own := between(s.before[w], s.after[w])
		o.trends[w] = trends{own: own, early: between(s.early[w], s.earlyAfter[w]), other: over(own, between(s.otherBefore[w], s.otherAfter[w])), again: over(own, between(s.againBefore[w], s.againAfter[w]))}
	}
	o.runUp = between(s.far, s.near)
	if missing != nil {
		found.Notes = append(found.Notes, "The population's series has no row for "+missing.String()+", which some windows touch: no trend is used there.")
	}
	return nil
}

// fixed are the trends that the study gives as numbers.
func fixed(t study.Trend) trends {
	own := expect.Trend(t.Value)
	f := trends{own: own, early: expect.Trend(t.Early)}
	if t.Reference > 0 {
		f.other, f.again = own/expect.Trend(t.Reference), own/expect.Trend(t.Reference)
	}
	return f
}
