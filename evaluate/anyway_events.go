package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// othersOfEvents counts the events of the cohort in its earlier windows, and those of the reference people, by the engine
// that counted the cohort's.
func (r *run) othersOfEvents(ctx context.Context, found *Found, people *cohort.Cohort) (*others, error) {
	plan := r.plan
	o := &others{plan: plan, counted: true, knowsRunUp: true, indexAfter: plan.IndexDay == window.After && inWithIndexDay(plan.Selection), early: func(string, int) bool { return true }, other: func(string, int) bool { return true }}
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
	onDay, came := map[window.Day]int{}, 0
	for i, p := range people.People {
		if p.Life.Index == nil {
			continue
		}
		o.place(&all[i], p, within, people.Feeds, &spans)
		if p.Arm == tally.Service {
			first = min(first, *p.Life.Index)
			onDay[*p.Life.Index]++
			came++
		}
	}
	o.spread = spread(plan, onDay, came)
	if plan.Reference != nil && plan.Reference.People != nil {
		others, quality, err := cohort.ReadOthers(ctx, plan, r.files)
		if err != nil {
			return nil, wrap("reading the reference people", err)
		}
		found.Quality = append(found.Quality, quality)
		if err := r.looksBack(people.Feeds, others, within); err != nil {
			return nil, err
		}
		o.all = true
		both := 0
		for _, other := range others {
			if at, in := byID[other.ID]; in {
				if all[at].Arm == tally.Service {
					both++
				}
			} else {
				byID[other.ID] = len(all)
				all = append(all, cohort.Person{ID: other.ID, Arm: tally.Comparison, Practice: -1, Life: other.Life, Windows: make([]window.Placed, slots+perWindow*len(plan.Windows))})
			}
		}
		o.wrong = wrongPeople(plan.Reference.Who, both, len(others))
		if err := r.again(ctx, o, people.Feeds, others, byID, all, within, &spans); err != nil {
			return nil, err
		}
	}
	into := func(list []window.Span) bool {
		return slices.ContainsFunc(list, func(s window.Span) bool { return plan.Reference.Who == study.BeforeService && s.End > first })
	}
	for w := range plan.Windows {
		o.otherReaches, o.againReaches = append(o.otherReaches, into(spans.otherAfter[w])), append(o.againReaches, into(spans.againAfter[w]))
	}
	if o.taken != nil {
		found.Again = o.taken
		for w, reaches := range o.againReaches {
			if reaches {
				found.Again.Reaches = append(found.Again.Reaches, plan.Windows[w].String())
			}
		}
	}
	slices.SortFunc(all, func(a, b cohort.Person) int { return strings.Compare(a.ID, b.ID) })
	other := *plan
	other.Windows = slices.Repeat([]window.Length{{N: 1, Unit: window.Days}}, slots+perWindow*len(plan.Windows))
	counted, err := r.engine.Tally(ctx, &other, &cohort.Cohort{People: all, Feeds: people.Feeds}, r.files)
	if err != nil {
		return nil, wrap("counting the events of reference people", err)
	}
	if o.tally = counted.Tally; o.all && !o.linked() {
		return nil, r.nobody(plan.Reference.People.File, plan.Reference.People.Columns.Person, "no reference person has an event that counts in any file: are the identifiers of one kind?")
	}
	return o, r.course(ctx, found, o, &spans, within)
}

// linked reports whether any reference person has an event in a window of theirs.
func (o *others) linked() bool {
	return slices.ContainsFunc(o.tally.Cells, func(c tally.Cell) bool {
		for w := range o.plan.Windows {
			for _, s := range []tally.Seen{c.Windows[slot(w, ofOther)], c.Windows[slot(w, ofAgain)]} {
				if s.In && (slices.Max(s.Before) > 0 || slices.Max(s.After) > 0) {
					return true
				}
			}
		}
		return false
	})
}

// nobody is the error of a table of reference people from whom nothing can be told.
func (r *run) nobody(file, column, text string) error {
	var problems source.Problems
	problems.Add(source.Problem{File: file, Name: column, Code: "A112", Text: text})
	return problems.Err()
}

// looksBack refuses reference people who are none, and a rule that would look back further than the feeds go.
func (r *run) looksBack(feeds window.Set, list []cohort.Other, within window.Length) error {
	of := r.plan.Reference
	if len(list) == 0 {
		return r.nobody(of.People.File, of.People.Columns.Person, "there are no reference people in this table")
	}
	if earliest := feeds.Hull().Start + window.Day(within.Days()); *of.From < earliest {
		return r.plan.Problem("reference.from", "A007", fmt.Sprintf("the feeds begin on %s and %s are looked back: from: %s or later", feeds.Hull().Start, within, earliest))
	}
	if last := feeds.Hull().End - 1; *of.From >= last {
		return r.plan.Problem("reference.from", "A007", fmt.Sprintf("the feeds end on %s, and a window after must lie before that", last))
	}
	return nil
}

// spread reports whether people who are said to have come in on one day have index days apart, or are more than the list
// is long.
func spread(plan *study.Plan, onDay map[window.Day]int, came int) bool {
	s := plan.Selection
	if !s.HasRule() || s.When != study.FixedDate {
		return false
	}
	most := 0
	for _, n := range onDay {
		most = max(most, n)
	}
	return float64(came-most) > mostUnmet*float64(came) || s.Top != nil && came > s.Top.N
}

// wrongPeople says why reference people are none, "" if they may be: so many of them are of the cohort.
func wrongPeople(who study.Who, both, of int) string {
	switch {
	case who != study.BeforeService && both > 0:
		return "some of the reference people are of the cohort, who had the service"
	case 2*both > of:
		return "over half of the reference people are of the cohort, so they were chosen by what came after"
	}
	return ""
}

// inWithIndexDay reports whether what happened on the index day was part of what brought people in: as they crossed a line,
// or by judgement.
func inWithIndexDay(s *study.Selection) bool {
	return !s.HasRule() || s.When == study.FirstCrossing
}

// spans are the windows of everybody, for the population's trend between them.
type spans struct {
	before, chosen, after, early, earlyAfter, otherChosen, otherAfter, againBefore, againAfter [][]window.Span
	far, near                                                                                  []window.Span
}

func (s *spans) make(windows int) {
	for _, of := range []*[][]window.Span{&s.before, &s.chosen, &s.after, &s.early, &s.earlyAfter, &s.otherChosen, &s.otherAfter, &s.againBefore, &s.againAfter} {
		*of = make([][]window.Span, windows)
	}
}

// place puts a person of the cohort's slots: what the rule saw, whether use ran up, and for each window the own and the
// early one.
func (o *others) place(into *cohort.Person, p cohort.Person, within window.Length, feeds window.Set, all *spans) {
	plan, index := o.plan, *p.Life.Index
	seen := window.Span{Start: index - window.Day(within.Days()), End: index}
	into.Windows[slotEve] = whole(p.Life, feeds, seen, window.Span{})
	if inWithIndexDay(plan.Selection) {
		seen.Start, seen.End = seen.Start+1, seen.End+1
	}
	into.Windows[slotChosen] = whole(p.Life, feeds, seen, window.Span{})
	if within.Days() > 2*expect.RunDays {
		far, near := window.Span{Start: index - window.Day(within.Days()), End: index - expect.RunDays}, window.Span{Start: index - expect.RunDays, End: index}
		if ran := whole(p.Life, feeds, far, near); ran.DaysBefore > 0 && ran.DaysAfter > 0 {
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
		end := seen.Start - (own.After.Start - seen.End)
		early := window.Span{Start: end - window.Day(length.Days()), End: end}
		placed := whole(p.Life, feeds, early, window.Span{})
		if !length.Equal() || placed.DaysBefore == 0 {
			placed.Status = window.HistoryTooShort
		}
		into.Windows[slot(w, ofEarly)] = placed
		if p.Arm != tally.Service {
			continue
		}
		all.before[w], all.after[w] = append(all.before[w], own.WatchedBefore), append(all.after[w], own.WatchedAfter)
		if into.Windows[slotChosen].DaysBefore > 0 {
			all.chosen[w] = append(all.chosen[w], seen)
		}
		if placed.Status == window.Included {
			all.early[w], all.earlyAfter[w] = append(all.early[w], early), append(all.earlyAfter[w], own.WatchedAfter)
		}
	}
}

// whole is two spans of days as an engine counts them, before and after: of each the days are 0 where not all of it was
// watched, while the feeds ran.
func whole(life window.Life, feeds window.Set, before, after window.Span) window.Placed {
	observed := feeds.Intersect(window.Union(life.Observed(feeds)))
	p := window.Placed{Status: window.Included, Complete: true, Before: before, After: after}
	if observed.DaysIn(before) == before.Days() {
		p.WatchedBefore, p.DaysBefore = before, before.Days()
	}
	if observed.DaysIn(after) == after.Days() {
		p.WatchedAfter, p.DaysAfter = after, after.Days()
	}
	if before.Days() == 0 { // what is counted begins and ends within both
		p.Before = window.Span{Start: after.Start, End: after.Start}
	}
	if after.Days() == 0 {
		p.After = window.Span{Start: before.End, End: before.End}
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
		seen := window.Span{Start: *plan.Reference.From - window.Day(within.Days()), End: *plan.Reference.From}
		reference := whole(life, feeds, window.Span{}, seen)
		for w, length := range plan.Windows {
			placed := window.Place(plan.Rule(length), feeds, life)
			p.Windows[slot(w, ofOther)] = placed
			if placed.Status == window.Included && reference.DaysAfter > 0 {
				spans.otherChosen[w], spans.otherAfter[w] = append(spans.otherChosen[w], seen), append(spans.otherAfter[w], placed.WatchedAfter)
			}
		}
		if chosen := &p.Windows[slotChosen]; chosen.Status != window.Included {
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
		histories[i].Score, histories[i].Observed = other.Score, feeds.Intersect(window.Union(other.Life.Observed(feeds)))
	}
	days, refused := rule.Replay(histories)
	if refused != nil { // the study's own checks let none through that is no rule
		return fmt.Errorf("playing the rule again: %w", refused)
	}
	o.again, o.taken = expect.NameReplay, &Again{People: len(list)}
	for i, other := range list {
		if days[i] == nil {
			continue
		}
		o.taken.Taken++
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
func (r *run) course(ctx context.Context, found *Found, o *others, s *spans, within window.Length) error {
	plan := r.plan
	o.trends = make([]trends, len(plan.Windows))
	t := plan.Trend
	if t.Series == nil {
		for w, length := range plan.Windows {
			o.trends[w] = fixed(plan, length, within)
		}
		return nil
	}
	months, quality, err := cohort.ReadCourse(ctx, plan, r.files)
	if err != nil {
		return wrap("reading the population's series", err)
	}
	found.Quality = append(found.Quality, quality)
	course := expect.Course(months)
	missing := false
	between := func(before, after []window.Span) expect.Trend {
		trend, gone, _ := course.Between(before, after)
		missing = missing || gone != nil
		return trend
	}
	over := func(a, b expect.Trend) expect.Trend {
		if a == 0 || b == 0 {
			return 0
		}
		return a / b
	}
	for w := range o.trends {
		chosen := between(s.chosen[w], s.after[w])
		o.trends[w] = trends{chosen: chosen, early: between(s.early[w], s.earlyAfter[w]), other: over(chosen, between(s.otherChosen[w], s.otherAfter[w])),
			again: over(between(s.before[w], s.after[w]), between(s.againBefore[w], s.againAfter[w]))}
	}
	o.runUp = between(s.far, s.near)
	if missing { // which months would tell of somebody's index day
		found.Notes = append(found.Notes, "The population's series does not cover all windows: where it has no row for a month, no trend is used (NO_TREND).")
	}
	return nil
}

// fixed are the trends that the study gives as numbers: they are of the primary window, and of what the rule looks at where
// that is as long.
func fixed(plan *study.Plan, length, within window.Length) trends {
	t := plan.Trend
	if !t.Given(t.Activity) || length != plan.Primary.Window {
		return trends{}
	}
	own := expect.Trend(t.Value)
	f := trends{chosen: own, early: expect.Trend(t.Early)}
	if t.Reference > 0 {
		f.other, f.again = own/expect.Trend(t.Reference), own/expect.Trend(t.Reference)
	}
	if within.Days() != length.Days() {
		f.chosen, f.other = 0, 0
	}
	return f
}
