package evaluate

import (
	"context"
	"math"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// MonthByMonth is one activity month by month around the index day, of the people of the longest window.
type MonthByMonth struct {
	Activity string
	Arm      tally.Arm // Service, or Contrast with comparison people
	Quarters bool      // months without events, or of few people, were joined to quarters
	Early    bool      // the reference is the earlier half of those before
	trend.Months
}

// A window is cut into months if it is this long, in days.
const leastMonthly = 150

// monthly counts the months around the index day of the service's people, and of those matched to them.
func (r *run) monthly(ctx context.Context, found *Found, people *cohort.Cohort) error {
	plan := r.plan
	if plan.Months == nil || people == nil || len(plan.Events) == 0 {
		return nil
	}
	longest := engine.Longest(plan)
	length := plan.Windows[longest]
	k := int(math.Round(float64(length.Days()) * 12 / 365))
	if length.Days() < leastMonthly {
		return nil
	}
	r.step("counting month by month")
	var all []cohort.Person
	var weights []float64 // of those who stand for comparison, by level
	c := found.matched
	if c != nil && c.matching.Refused != nil {
		c = nil // nobody is like them: their own months alone
	}
	for i, p := range people.People {
		q := cohort.Person{ID: p.ID, Arm: p.Arm, Practice: -1, Born: p.Born, Life: p.Life, Windows: make([]window.Placed, 2*k), Levels: []int{-1, 1}}
		service, weight := p.Windows[longest].Status == window.Included && p.Arm == tally.Service, 0.0
		if c != nil {
			of := c.people[i]
			if weight = 1; c.weight != nil {
				weight = c.weight[i]
			}
			if !of.comparison[longest].In || of.served {
				weight = 0
			}
		}
		if service {
			bins(plan, length, k, p.Life, people.Feeds, q.Windows[:k])
		}
		if weight > 0 {
			life := p.Life
			if at := c.pseudo[i]; at != nil {
				life.Index = at
			}
			bins(plan, length, k, life, people.Feeds, q.Windows[k:])
			if q.Levels[0] = slices.Index(weights, weight); q.Levels[0] < 0 {
				q.Levels[0] = len(weights)
				weights = append(weights, weight)
			}
		}
		if c != nil && c.inSet != nil && !c.inSet[i] {
			q.Levels[1] = 0 // not matched
		}
		if service || weight > 0 {
			all = append(all, q)
		}
	}
	if len(all) == 0 {
		return nil
	}
	other := *plan
	other.Windows = slices.Repeat([]window.Length{{N: 1, Unit: window.Days}}, 2*k)
	counted, err := r.engine.Tally(ctx, &other, &cohort.Cohort{People: all, Feeds: people.Feeds}, r.files)
	if err != nil {
		return wrap("counting month by month", err)
	}
	early := plan.EarlyReference()
	for a, activity := range counted.Tally.Activities {
		var compared, alone []trend.Path
		for _, cell := range counted.Tally.Cells {
			p := trend.Path{N: cell.People, Service: stretches(cell.Windows[:k], a), Comparison: stretches(cell.Windows[k:], a)}
			if cell.Levels[0] >= 0 {
				p.Weight = weights[cell.Levels[0]]
			}
			if p.Service != nil {
				own := p
				own.Comparison = nil
				alone = append(alone, own)
			}
			if cell.Levels[1] == 0 {
				p.Service = nil
			}
			compared = append(compared, p)
		}
		found.Months = append(found.Months, byMonth(activity, tally.Service, k, alone, early, int64(plan.Release.HideBelow)))
		if found.matched != nil {
			if c == nil {
				found.Months = append(found.Months, MonthByMonth{Activity: activity, Arm: Contrast, Early: early, Months: trend.Months{Refused: found.matched.matching.Refused}})
				continue
			}
			found.Months = append(found.Months, byMonth(activity, Contrast, k, compared, early, int64(plan.Release.HideBelow)))
		}
	}
	return nil
}

// byMonth tells of the months, or, where some have no events, or those of few people, of quarters.
func byMonth(activity string, arm tally.Arm, k int, paths []trend.Path, early bool, hideBelow int64) MonthByMonth {
	var months []int
	for m := -k; m < k; m++ {
		months = append(months, m)
	}
	reference := func(months []int) []int {
		before := slices.Index(months, 0)
		if early && before > 1 {
			return months[:before/2]
		}
		return months[before-1 : before]
	}
	m := MonthByMonth{Activity: activity, Arm: arm, Early: early, Months: trend.EventStudy(months, paths, reference(months))}
	few := func(p trend.Point) bool { // of whom it could not be told
		return p.Users < hideBelow || arm == Contrast && p.ComparisonUsers < hideBelow
	}
	if len(m.Zero) > 0 || slices.ContainsFunc(m.Rates, few) {
		quarters, joined := trend.Quarters(months, paths)
		m.Quarters, m.Months = true, trend.EventStudy(quarters, joined, reference(quarters))
	}
	return m
}

// bins puts the months of somebody's windows into slots: in slot j the months j+1 before and j after.
func bins(plan *study.Plan, length window.Length, k int, life window.Life, feeds window.Set, slots []window.Placed) {
	before, after := plan.Rule(length).Bins(*life.Index, k)
	observed := life.Observed(feeds)
	for j := range slots {
		p := window.Placed{Status: window.Included, Complete: true,
			Before: window.Span{Start: before[k-1-j], End: before[k-j]}, After: window.Span{Start: after[j], End: after[j+1]}}
		p.WatchedBefore, p.WatchedAfter = p.Before.Intersect(observed), p.After.Intersect(observed)
		p.DaysBefore, p.DaysAfter = feeds.DaysIn(p.WatchedBefore), feeds.DaysIn(p.WatchedAfter)
		slots[j] = p
	}
}

// stretches are somebody's months in order, nil where they have none.
func stretches(slots []tally.Seen, a int) []trend.Stretch {
	if !slots[0].In {
		return nil
	}
	k := len(slots)
	list := make([]trend.Stretch, 2*k)
	for j, s := range slots {
		list[k-1-j] = trend.Stretch{Events: s.Before[a], Days: float64(s.DaysBefore)}
		list[k+j] = trend.Stretch{Events: s.After[a], Days: float64(s.DaysAfter)}
	}
	return list
}
