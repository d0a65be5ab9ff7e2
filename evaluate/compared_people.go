package evaluate

import (
	"context"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// The slots of the tally of people who are compared, for each window: as of the service, as comparison, and as comparison
// until their own service began; behind them the windows before the over one before, of both roles.
const (
	asService = iota
	asComparison
	asCensored
	perCompared
)

// comparedByEvents counts everybody who is compared, one by one.
func (r *run) comparedByEvents(ctx context.Context, people *cohort.Cohort, t *tally.Tally) (*compared, error) {
	plan := r.plan
	c := &compared{plan: plan, knowsEarly: func(string) bool { return true }}
	slots := perCompared*len(plan.Windows) + 1
	var all []cohort.Person
	over := matchedOver(plan, t)
	c.window = over
	pool := r.pseudo(people)
	c.pseudo = pool
	drawn := people.Drawn
	for i, p := range people.People {
		of := one{traits: p.Traits, practice: p.Practice, service: make([]tally.Seen, len(plan.Windows)), comparison: make([]tally.Seen, len(plan.Windows)), censored: make([]tally.Seen, len(plan.Windows)), joins: make([]bool, len(plan.Windows))}
		q := cohort.Person{ID: p.ID, Arm: p.Arm, Practice: -1, Born: p.Born, Life: p.Life, Windows: make([]window.Placed, slots), Levels: []int{i}}
		early := &q.Windows[slots-1]
		if p.Arm == tally.Service {
			for w := range plan.Windows {
				q.Windows[perCompared*w+asService] = p.Windows[w]
			}
			of.index[0] = indexOf(p.Life)
			if before := earlier(plan, p.Life, people.Feeds, plan.Windows[over]); p.Windows[over].Status == window.Included {
				early.Before, early.WatchedBefore, early.DaysBefore = before.Before, before.WatchedBefore, before.DaysBefore
			}
		}
		life := p.Life
		if pool[i] != nil {
			life.Index = pool[i]
			drawn++
		}
		if p.Arm == tally.Comparison || pool[i] != nil {
			of.served = p.Start != nil && life.Index != nil && *p.Start <= *life.Index
			of.index[1] = indexOf(life)
			if plan.Comparison.NeverServed && p.Start != nil {
				of.served = true
			}
			for w, length := range plan.Windows {
				placed := window.Place(plan.Rule(length), people.Feeds, life)
				q.Windows[perCompared*w+asComparison] = placed
				cut := life
				if began := begins(p); began != nil && !of.served && placed.Status == window.Included && *began < placed.After.End {
					of.joins[w] = true
					if cut.Left == nil || *began < *cut.Left {
						cut.Left = began
					}
				}
				q.Windows[perCompared*w+asCensored] = window.Place(plan.Rule(length), people.Feeds, cut)
			}
			if before := earlier(plan, life, people.Feeds, plan.Windows[over]); q.Windows[perCompared*over+asComparison].Status == window.Included {
				early.After, early.WatchedAfter, early.DaysAfter = before.Before, before.WatchedBefore, before.DaysBefore
			}
		}
		if early.DaysBefore > 0 || early.DaysAfter > 0 {
			early.Status = window.Included
			if early.DaysBefore == 0 {
				early.Before = window.Span{Start: early.After.Start, End: early.After.Start}
			}
			if early.DaysAfter == 0 {
				early.After = window.Span{Start: early.Before.End, End: early.Before.End}
			}
		}
		if q.Life.Index == nil {
			q.Life.Index = life.Index
		}
		c.people, all = append(c.people, of), append(all, q)
	}
	other := *plan
	other.Windows = slices.Repeat([]window.Length{{N: 1, Unit: window.Days}}, slots)
	counted, err := r.engine.Tally(ctx, &other, &cohort.Cohort{People: all, Feeds: people.Feeds}, r.files)
	if err != nil {
		return nil, wrap("counting the events of comparison people", err)
	}
	for _, cell := range counted.Tally.Cells {
		of := &c.people[cell.Levels[0]]
		for w := range plan.Windows {
			of.service[w], of.comparison[w], of.censored[w] = cell.Windows[perCompared*w+asService], cell.Windows[perCompared*w+asComparison], cell.Windows[perCompared*w+asCensored]
		}
		early := cell.Windows[slots-1]
		of.early[0] = tally.Seen{In: early.In && early.DaysBefore > 0, Before: early.Before, DaysBefore: early.DaysBefore}
		of.early[1] = tally.Seen{In: early.In && early.DaysAfter > 0, Before: early.After, DaysBefore: early.DaysAfter}
	}
	c.drawn = int64(drawn)
	return c, nil
}

// matchedOver is the place of the window over which people are matched: the primary one, or the longest where it has none of this data.
func matchedOver(plan *study.Plan, t *tally.Tally) int {
	if at := slices.Index(t.Windows, plan.Primary.Window.String()); at >= 0 {
		return at
	}
	return longest(t)
}

func indexOf(life window.Life) window.Day {
	if life.Index == nil {
		return 0
	}
	return *life.Index
}

// begins is the day on which the service began for somebody who stands for comparison: of the service's own people that of
// their referral, where it is not known better.
func begins(p cohort.Person) *window.Day {
	if p.Arm == tally.Service && (p.Start == nil || p.Life.Index != nil && *p.Life.Index < *p.Start) {
		return p.Life.Index
	}
	return p.Start
}

// pseudo gives the service's people a day before their own index day on which they stand for comparison, where the study lets
// them: drawn from the days of those of their stratum who came in before them.
func (r *run) pseudo(people *cohort.Cohort) []*window.Day {
	pool := make([]*window.Day, len(people.People))
	if !r.plan.Comparison.Later {
		return pool
	}
	days := map[string][]window.Day{}
	for _, p := range people.People {
		if p.Arm == tally.Service && p.Life.Index != nil {
			at := cohort.Stratum(r.plan, p.Traits)
			days[at] = append(days[at], *p.Life.Index)
		}
	}
	for _, list := range days {
		slices.Sort(list)
	}
	for i, p := range people.People {
		if p.Arm != tally.Service || p.Life.Index == nil {
			continue
		}
		list := days[cohort.Stratum(r.plan, p.Traits)]
		if before, _ := slices.BinarySearch(list, *p.Life.Index); before > 0 {
			day := list[cohort.Chance(r.plan, p.ID).IntN(before)]
			pool[i] = &day
		}
	}
	return pool
}

// earlier is the window before the one before, as long, where all of it was watched.
func earlier(plan *study.Plan, life window.Life, feeds window.Set, length window.Length) window.Placed {
	if life.Index == nil || !length.Equal() {
		return window.Placed{}
	}
	before, _ := plan.Rule(length).Around(*life.Index)
	return whole(life, feeds, window.Span{Start: before.Start - window.Day(length.Days()), End: before.Start}, window.Span{})
}

// comparedByCounts reads the ready counts of everybody who is compared.
func (r *run) comparedByCounts(ctx context.Context, people *cohort.Cohort, t *tally.Tally) (*compared, error) {
	if !r.plan.HasComparison() {
		return nil, nil
	}
	linked, _, err := cohort.ReadLinked(ctx, r.plan, r.files, people)
	if err != nil {
		return nil, wrap("reading the counts of comparison people", err)
	}
	over := matchedOver(r.plan, t)
	c := &compared{plan: r.plan, window: over, knowsEarly: func(activity string) bool { return r.plan.EarlyKnown(t.Windows[over], activity) }}
	if people != nil {
		c.drawn = int64(people.Drawn)
	}
	for _, l := range linked {
		if l.Own == nil {
			continue // a reference person
		}
		of := one{traits: l.Traits, service: make([]tally.Seen, len(t.Windows)), comparison: make([]tally.Seen, len(t.Windows)), censored: make([]tally.Seen, len(t.Windows)), joins: make([]bool, len(t.Windows))}
		role := 0
		if l.Arm == tally.Comparison {
			role = 1
		}
		copy([][]tally.Seen{of.service, of.comparison}[role], l.Own)
		if l.Early != nil && r.plan.Earlier() != nil && l.Own[over].In {
			of.early[role] = tally.Seen{In: true, Before: l.Early[over].Before, DaysBefore: 1}
			if t.Timed { // all of it, as far as is known
				length, _ := window.ParseLength(t.Windows[over]) // a window's own label
				of.early[role].DaysBefore = int64(length.Days())
			}
		}
		c.people = append(c.people, of)
	}
	return c, nil
}
