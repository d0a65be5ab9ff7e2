package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// FewestPractices is how many practices an interval over practices needs.
const FewestPractices = estimate.FewestClusters

// ArmOf is the arm that a tally's figures are of: totals don't tell the arms of a study with two apart, so they are of
// everybody.
func ArmOf(plan *study.Plan, t *tally.Tally) tally.Arm {
	if t.Kind == study.KindTotals && plan.HasComparison() {
		return tally.All
	}
	return tally.Service
}

// totals estimates the change of totals by practice. The practice is what is one of many: with ten or more it is
// resampled, with fewer there is a change and no interval.
func totals(ctx context.Context, plan *study.Plan, t *tally.Tally) []Estimate {
	var list []Estimate
	arm := ArmOf(plan, t)
	for w := range t.Windows {
		for a := range t.Activities {
			made := leads(ctx, plan, t, a, w, w, arm, study.Observed, "totals")
			cells := pick(t, a, w, w, arm, false)
			robust := made[0]
			robust.Method, robust.Quantity, robust.Estimate = "ratio_robust", "pooled rate ratio", estimate.RatioRobust(cells, estimate.Robust{})
			for i, e := range append(made, robust) {
				e.Washout = ""
				e.Behind = ofClients(e.Behind, t.Clients)
				e.Interval = ofPractices(e.Interval)
				for k, w := range e.Warnings {
					if k == 0 {
						e.Warnings = slices.Clone(e.Warnings)
					}
					e.Warnings[k].Text = ofPractices(w.Text)
				}
				if len(t.Cells) < FewestPractices {
					if i == 2 {
						continue // it is there for its interval
					}
					e.Estimate = bare(e.Estimate, e.Behind, e.Method == "percent_change")
				}
				if !diedKnown(plan, t) {
					e.warn(deathsUnknown())
				}
				list = append(list, e)
			}
		}
	}
	return list
}

// ofClients is what is behind a figure of totals. How many people had an event isn't known: at most each client, and
// each event another. Nor is the share that one person has.
func ofClients(b Behind, clients int64) Behind {
	b.People = clients
	b.UsersBefore, b.UsersAfter = min(clients, b.Before), min(clients, b.After)
	b.TopBefore, b.TopAfter, b.Changed = 0, 0, Difference{}
	return b
}

func ofPractices(text string) string {
	return strings.NewReplacer("one person", "one practice", "person", "practice", "people", "practices").Replace(text)
}

// bare is an estimate without an interval.
func bare(e estimate.Estimate, b Behind, percent bool) estimate.Estimate {
	if b.Before == 0 {
		return e // it is refused
	}
	ratio := float64(b.After) / b.Expected
	value := &ratio
	if percent {
		value = change(value)
	}
	return estimate.Estimate{Value: value, Level: e.Level, Warnings: []estimate.Warning{{Code: estimate.FewUnits,
		Text: fmt.Sprintf("totals of fewer than %d practices can't tell chance: the change has no interval; rows of people or events would cure it", FewestPractices)}}}
}

// diedKnown reports whether the study says how many died or left of the people of a table of totals.
func diedKnown(plan *study.Plan, t *tally.Tally) bool {
	for _, table := range plan.Totals {
		if len(t.Activities) > 0 && len(table.Windows) > 0 {
			if _, ok := table.Windows[0].Columns[t.Activities[0]]; ok {
				return table.DiedOrLeft.Known
			}
		}
	}
	return false
}
