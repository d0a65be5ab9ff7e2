package evaluate

import (
	"cmp"
	"math"
	"slices"

	"averted/evaluate/engine"
	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// What stands beside the lead, of the people who lead: the other methods of before and after by the names of their
// estimators, stages of the window after (persistence), the interval over practices (ratio_clustered) and the smallest
// fall that the data could have shown (smallest_fall).
func beside(plan *study.Plan, t *tally.Tally, a, w int, arm tally.Arm, followUp study.FollowUp) []Estimate {
	complete := followUp == study.Watched
	cells := pick(t, a, w, w, arm, complete)
	base := Estimate{Activity: t.Activities[a], Window: t.Windows[w], Arm: arm, FollowUp: followUp, Behind: behind(cells, t.Timed)}
	var list []Estimate
	add := func(method, quantity string, e estimate.Estimate) {
		one := base
		one.Method, one.Quantity, one.Estimate = method, quantity, e
		list = append(list, one)
	}
	add("fixed_effect_poisson", "rate ratio within people", estimate.FixedEffectPoisson(cells).Estimate)
	add("nb_period", "rate ratio, negative binomial", estimate.NegativeBinomialPeriod(cells).Estimate)
	add("quasi_poisson", "rate ratio, quasi-Poisson", estimate.QuasiPoisson(cells))
	add("exact_conditional", "rate ratio, events taken as independent", estimate.ExactConditional(cells))
	if pairs, unequal := estimate.Pairs(cells); unequal == nil {
		signs := estimate.SignTest(pairs).Estimate
		signs.Value, signs.Low, signs.High = percent(signs.Value), percent(signs.Low), percent(signs.High)
		add("sign_test", "people with fewer events after, in percent of those who changed", signs)
		exact := int64(exactRanks)
		if base.Behind.People > exactAmong {
			exact = 0
		}
		add("wilcoxon", "signed rank, z (Pratt's zeros)", ranks(estimate.Wilcoxon(pairs, estimate.Pratt, exact)))
	}
	robust := estimate.OwnRateRobust(cells)
	if practices := clustered(plan, t, a, w, w, arm, complete); practices != nil {
		add("ratio_clustered", "rate ratio over practices", *practices)
		robust = wider(robust, practices)
	}
	add("smallest_fall", "smallest fall these data could have shown with 80% power, in percent", estimate.SmallestFall(robust, estimate.Sum(cells)))
	if len(t.Stages) > 0 && w == engine.Longest(plan) {
		list = append(list, stages(plan, t, a, w, arm, followUp)...)
	}
	return list
}

// A run works the exact p-value of signed ranks out for up to exactRanks people who changed among exactAmong; beyond, the
// normal one is the same to what is printed.
const (
	exactRanks = 200
	exactAmong = 2000
)

func percent(share *float64) *float64 {
	if share == nil {
		return nil
	}
	x := 100 * *share
	return &x
}

// ranks is a signed-rank test as an estimate: its z and its p-value, the exact one where there is one. It has no interval.
func ranks(w estimate.Ranks) estimate.Estimate {
	e := estimate.Estimate{Refused: w.Refused}
	if w.Refused == nil {
		e.Value, e.P = &w.Z, &w.P
		if w.PExact != nil {
			e.P = w.PExact
		}
	}
	return e
}

// clusters is the cells of each practice, nil where the activity's events are not clustered by practice or nobody's
// practice is known. The first is people without one.
//
// of gives what is counted of a cell, and whether it is at all.
func clusters(plan *study.Plan, t *tally.Tally, activity int, of func(tally.Cell) (estimate.Cell, bool)) [][]estimate.Cell {
	if !plan.ClusteredByPractice(t.Activities[activity]) {
		return nil
	}
	last := -1
	for _, c := range t.Cells {
		last = max(last, c.Practice)
	}
	if last < 0 {
		return nil
	}
	lists := make([][]estimate.Cell, last+2)
	for _, c := range t.Cells {
		if cell, in := of(c); in {
			lists[c.Practice+1] = append(lists[c.Practice+1], cell)
		}
	}
	return lists
}

// clustered is the lead with its interval over practices, on the people of the window on; nil where there is none.
func clustered(plan *study.Plan, t *tally.Tally, activity, w, on int, arm tally.Arm, complete bool) *estimate.Estimate {
	return overPractices(clusters(plan, t, activity, func(c tally.Cell) (estimate.Cell, bool) {
		return estimate.CellOf(c.Windows[w], activity, c.People), arm.Has(c.Arm) && c.Windows[w].In && c.Windows[on].Told(complete)
	}))
}

func overPractices(lists [][]estimate.Cell) *estimate.Estimate {
	if lists == nil {
		return nil
	}
	e := estimate.RatioClustered(lists[1:], lists[0])
	return &e
}

// widerName is what an interval over practices says behind its name where it is shown in place of one over people.
const widerName = ", wider than over people"

// wider takes the interval over practices in place of that over people where it is wider.
func wider(people estimate.Estimate, practices *estimate.Estimate) estimate.Estimate {
	if practices == nil || practices.Refused != nil || people.Refused != nil || !(*people.Low > 0) {
		return people
	}
	if math.Log(*practices.High / *practices.Low) > math.Log(*people.High / *people.Low) {
		people.Low, people.High, people.Interval = practices.Low, practices.High, practices.Interval+widerName
		if people.SE != nil { // of a robust interval; a bootstrap has none
			people.SE, people.DF, people.Statistic, people.P = practices.SE, practices.DF, practices.Statistic, practices.P
		}
	}
	return people
}

// stages is the lead in each stage of the window after: whether a change lasts.
func stages(plan *study.Plan, t *tally.Tally, a, w int, arm tally.Arm, followUp study.FollowUp) []Estimate {
	var list []Estimate
	for s, name := range t.Stages {
		of := func(c tally.Cell) (estimate.Cell, bool) {
			seen := c.Windows[w]
			return estimate.Cell{Before: seen.Before[a], After: c.Stages[s].Events[a], TimeBefore: float64(seen.DaysBefore), TimeAfter: float64(c.Stages[s].Days), People: c.People},
				arm.Has(c.Arm) && seen.Told(followUp == study.Watched) && c.Stages[s].Days > 0
		}
		cells := gather(t, of)
		list = append(list, Estimate{Activity: t.Activities[a], Window: t.Windows[w], Arm: arm, FollowUp: followUp, Stage: name, Behind: behind(cells, t.Timed),
			Method: "persistence", Quantity: "rate ratio in a stage of the window after", Estimate: wider(estimate.OwnRateRobust(cells), overPractices(clusters(plan, t, a, of)))})
	}
	return list
}

// gather is the cells that a choice takes.
func gather(t *tally.Tally, of func(tally.Cell) (estimate.Cell, bool)) []estimate.Cell {
	var cells []estimate.Cell
	for _, c := range t.Cells {
		if cell, in := of(c); in {
			cells = append(cells, cell)
		}
	}
	return estimate.Canonical(cells)
}

// Concentration is how much of an activity in one window hangs on the people with most events.
type Concentration struct {
	Activity, Window string
	Arm              tally.Arm
	FollowUp         study.FollowUp
	estimate.Top
	Thin    bool // fewer than eight people, or one with over half, stand behind a count of the top's or of the rest's
	Refused *estimate.Refusal
}

func concentrations(plan *study.Plan, t *tally.Tally, arms []tally.Arm) []Concentration {
	var list []Concentration
	followUp := FollowUps(plan, t)[0]
	for _, arm := range arms {
		for w, label := range t.Windows {
			for a, name := range t.Activities {
				cells := pick(t, a, w, w, arm, followUp == study.Watched)
				c := Concentration{Activity: name, Window: label, Arm: arm, FollowUp: followUp}
				c.Top, c.Refused = estimate.Concentration(cells)
				c.Thin = thin(cells, c.Top.People, int64(plan.Release.HideBelow))
				list = append(list, c)
			}
		}
	}
	return list
}

// thin reports whether too few people stand behind the events before or after of the top so many people, or of the rest.
// People as busy as the last of the top count for neither.
func thin(cells []estimate.Cell, top, hideBelow int64) bool {
	use := func(c estimate.Cell) int64 { return c.Before + c.After }
	sorted := slices.Clone(cells)
	slices.SortStableFunc(sorted, func(a, b estimate.Cell) int { return cmp.Compare(use(b), use(a)) })
	limit, reached := int64(0), int64(0)
	for _, c := range sorted {
		if limit = use(c); reached+c.People >= top {
			break
		}
		reached += c.People
	}
	var groups [2][]estimate.Cell
	for _, c := range sorted {
		switch {
		case use(c) > limit:
			groups[0] = append(groups[0], c)
		case use(c) < limit:
			groups[1] = append(groups[1], c)
		}
	}
	for _, g := range groups {
		b := behind(g, false)
		if b.UsersBefore < hideBelow || b.UsersAfter < hideBelow || b.TopBefore > 0.5 || b.TopAfter > 0.5 {
			return true
		}
	}
	return false
}

// Divided is an activity told apart by what people are divided by, with whether the change differs between them.
type Divided struct {
	Activity, Window, By string
	Arm                  tally.Arm
	FollowUp             study.FollowUp
	estimate.Interaction
	Behind      []Behind // parallel to Subgroups
	PHolm, PAll *float64 // adjusted over all divisions of the study: Holm, and Benjamini and Hochberg
}

// divided tells the service arm's figures by each subgroup that the study asks for.
func divided(plan *study.Plan, t *tally.Tally) []Divided {
	var list []Divided
	followUp := FollowUps(plan, t)[0]
	for g, group := range t.Groups {
		for w, label := range t.Windows {
			for a, name := range t.Activities {
				d := Divided{Activity: name, Window: label, By: group.By, Arm: tally.Service, FollowUp: followUp}
				var names []string
				var lists [][]estimate.Cell
				var practices []*estimate.Estimate
				for level, text := range group.Levels {
					of := func(c tally.Cell) (estimate.Cell, bool) {
						return estimate.CellOf(c.Windows[w], a, c.People), c.Arm == tally.Service && c.Levels[g] == level && c.Windows[w].Told(followUp == study.Watched)
					}
					if cells := gather(t, of); len(cells) > 0 {
						names, lists = append(names, text), append(lists, cells)
						d.Behind = append(d.Behind, behind(cells, t.Timed))
						practices = append(practices, overPractices(clusters(plan, t, a, of)))
					}
				}
				if len(names) == 0 {
					continue
				}
				d.Interaction = estimate.SubgroupInteraction(names, lists)
				d.bundled(practices)
				list = append(list, d)
			}
		}
	}
	return list
}

// bundled gives levels their interval over practices where it is wider, or none where they have too few practices; and
// takes the test away, which takes people for independent: practices are not spread evenly over levels.
func (d *Divided) bundled(practices []*estimate.Estimate) {
	for i, p := range practices {
		if p == nil {
			return
		}
		level := &d.Subgroups[i].Estimate
		if p.Refused != nil && level.Refused == nil {
			level.Low, level.High, level.P, level.SE, level.Interval, level.Refused = nil, nil, nil, nil, p.Interval, p.Refused
			continue
		}
		*level = wider(*level, p)
	}
	d.Q, d.DF, d.P, d.Wald, d.PWald = 0, 0, 0, 0, 0
	d.Refused = &estimate.Refusal{Code: estimate.Bundled, Text: "a practice's people change together, and practices are not spread evenly over the subgroups"}
}

// adjust gives every tested division its p-value adjusted for how many there are.
func adjust(list []Divided) {
	var p []float64
	var of []int
	for i, d := range list {
		if d.Refused == nil {
			p, of = append(p, d.P), append(of, i)
		}
	}
	holm, refused := estimate.Holm(p)
	if refused != nil {
		return
	}
	all, _ := estimate.BenjaminiHochberg(p) // refused alike
	for k, i := range of {
		list[i].PHolm, list[i].PAll = &holm[k], &all[k]
	}
}

// Secondary counts the estimates and tests that are not the primary one, of the service arm and the others. The two forms
// of the lead are one.
func (f *Found) Secondary() int {
	n := 0
	for _, e := range f.Estimates {
		if e.Method != "percent_change" {
			n++
		}
	}
	for _, e := range f.Estimates {
		if e.Primary {
			n--
		}
	}
	for _, d := range f.Divided {
		n += len(d.Subgroups)
	}
	for _, o := range f.Outcomes { // of each area the worst state and the best, of each score its change
		n += 2*len(o.Areas) + len(o.Scores)
	}
	if f.Profile != nil {
		n += len(f.Profile.Reasons)
	}
	return n + len(f.Concentrations)
}
