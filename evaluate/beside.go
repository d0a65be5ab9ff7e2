package evaluate

import (
	"math"

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
	if pairs, unequal := estimate.Pairs(cells); unequal == nil && (complete || !t.Timed) {
		signs := estimate.SignTest(pairs).Estimate
		signs.Value, signs.Low, signs.High = percent(signs.Value), percent(signs.Low), percent(signs.High)
		add("sign_test", "people with fewer events after, in percent of those who changed", signs)
		add("wilcoxon", "signed rank, z (Pratt's zeros)", ranks(estimate.Wilcoxon(pairs, estimate.Pratt, exactRanks)))
	}
	add("smallest_fall", "smallest fall these data could have shown with 80% power, in percent", estimate.SmallestFall(cells))
	if lists := clusters(plan, t, a, w, arm, complete); lists != nil {
		add("ratio_clustered", "rate ratio over practices", estimate.RatioClustered(lists))
	}
	if w == longest(t) {
		list = append(list, stages(t, a, w, arm, followUp)...)
	}
	return list
}

// exactRanks is up to how many people who changed a run works the exact p-value of signed ranks out; beyond, the normal
// one is the same to what is printed.
const exactRanks = 200

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
// practice is known. People without one are a practice together.
func clusters(plan *study.Plan, t *tally.Tally, activity, w int, arm tally.Arm, complete bool) [][]estimate.Cell {
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
		if s := c.Windows[w]; arm.Has(c.Arm) && s.Told(complete) {
			lists[c.Practice+1] = append(lists[c.Practice+1], estimate.CellOf(s, activity, c.People))
		}
	}
	return lists
}

// clustered is the lead with its interval over practices; nil where there is none.
func clustered(plan *study.Plan, t *tally.Tally, activity, w int, arm tally.Arm, complete bool) *estimate.Estimate {
	lists := clusters(plan, t, activity, w, arm, complete)
	if lists == nil {
		return nil
	}
	e := estimate.RatioClustered(lists)
	return &e
}

// OverPractices is what an interval over practices says behind its name where it is shown in place of one over people.
const OverPractices = ", wider than over people"

// wider takes the interval over practices in place of that over people where it is wider.
func wider(people estimate.Estimate, practices *estimate.Estimate) estimate.Estimate {
	if practices == nil || practices.Refused != nil || people.Refused != nil || !(*people.Low > 0) {
		return people
	}
	if math.Log(*practices.High / *practices.Low) > math.Log(*people.High / *people.Low) {
		people.Low, people.High, people.Interval = practices.Low, practices.High, practices.Interval+OverPractices
	}
	return people
}

// stages is the lead in each stage of the window after: whether a change lasts.
func stages(t *tally.Tally, a, w int, arm tally.Arm, followUp study.FollowUp) []Estimate {
	var list []Estimate
	for s, name := range t.Stages {
		var cells []estimate.Cell
		for _, c := range t.Cells {
			seen := c.Windows[w]
			if arm.Has(c.Arm) && seen.Told(followUp == study.Watched) && c.Stages[s].Days > 0 {
				cells = append(cells, estimate.Cell{Before: seen.Before[a], After: c.Stages[s].Events[a],
					TimeBefore: float64(seen.DaysBefore), TimeAfter: float64(c.Stages[s].Days), People: c.People})
			}
		}
		cells = estimate.Canonical(cells)
		list = append(list, Estimate{Activity: t.Activities[a], Window: t.Windows[w], Arm: arm, FollowUp: followUp, Stage: name, Behind: behind(cells, t.Timed),
			Method: "persistence", Quantity: "rate ratio in a stage of the window after", Estimate: estimate.OwnRateRobust(cells)})
	}
	return list
}

// Concentration is how much of an activity in one window hangs on the people with most events.
type Concentration struct {
	Activity, Window string
	Arm              tally.Arm
	FollowUp         study.FollowUp
	estimate.Top
	MostOfTop float64 // the share of their events that one person has; internal
	Refused   *estimate.Refusal
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
				most, s := int64(0), estimate.Sum(cells)
				for _, cell := range cells {
					most = max(most, cell.Before+cell.After)
				}
				if events := c.Top.Before*float64(s.Before) + c.Top.After*float64(s.After); events > 0 {
					c.MostOfTop = float64(most) / events
				}
				list = append(list, c)
			}
		}
	}
	return list
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
				for level, text := range group.Levels {
					var cells []estimate.Cell
					for _, c := range t.Cells {
						if s := c.Windows[w]; c.Arm == tally.Service && c.Levels[g] == level && s.Told(followUp == study.Watched) {
							cells = append(cells, estimate.CellOf(s, a, c.People))
						}
					}
					if cells = estimate.Canonical(cells); len(cells) > 0 {
						names, lists = append(names, text), append(lists, cells)
						d.Behind = append(d.Behind, behind(cells, t.Timed))
					}
				}
				d.Interaction = estimate.SubgroupInteraction(names, lists)
				list = append(list, d)
			}
		}
	}
	return list
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

// Secondary counts the estimates and tests that are not the primary one, of the service arm and the others.
func (f *Found) Secondary() int {
	n := 0
	for _, e := range f.Estimates {
		if !e.Primary && e.Method != "percent_change" {
			n++
		}
	}
	for _, d := range f.Divided {
		n += len(d.Subgroups)
	}
	return n + len(f.Concentrations)
}
