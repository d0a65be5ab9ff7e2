package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// diedOrLeft says what the study says of ready counts, to the nearest 5: it is a count of people.
func diedOrLeft(n, hideBelow int) string {
	switch {
	case n == 0:
		return "Nobody died or left, the study says."
	case n < hideBelow:
		return "A few people died or left, the study says."
	}
	return fmt.Sprintf("About %d people died or left, the study says.", (n+2)/5*5)
}

// pandemic is the months that are marked wherever a window touches them.
var pandemic = window.Through(window.Date(2020, 3, 1), window.Date(2021, 6, 30))

// notes says what the study asks for that this version doesn't do, and what the calendar did.
func notes(plan *study.Plan, people *cohort.Cohort, found *Found) []string {
	var list []string
	list = append(list, found.comparisonNotes()...)
	switch asked := slices.Contains(plan.Methods, study.Compare); {
	case asked && len(found.Matchings) == 0:
		list = append(list, "Nobody is compared: it takes people of both arms (arms:) with rows of events or ready counts.")
	case !asked && plan.HasComparison():
		list = append(list, "The study has comparison people and asks for no method that compares them (methods: [comparison]).")
	}
	if slices.Contains(plan.Methods, study.MonthByMonth) && len(found.Months) == 0 {
		list = append(list, "Months around the index day are told of rows of events and of windows of half a year or more.")
	}
	if plan.Series != nil && found.Interrupted == nil {
		list = append(list, "The monthly series was read and checked, and not estimated: methods: asks for no interrupted_series.")
	}
	switch asked := slices.Contains(plan.Methods, study.RegressionToMean); {
	case !asked && len(found.Matchings) == 0 && len(found.Tallies) > 0:
		list = append(list, "What would have come anyway is not estimated: "+needs(plan)+".")
	case asked && len(found.Anyway) == 0:
		list = append(list, "What would have come anyway can't be told from totals, or where no change could be estimated.")
	}
	if plan.Reference != nil && !slices.Contains(plan.Methods, study.RegressionToMean) {
		list = append(list, "The study gives reference people and asks for no method that uses them (methods: [regression_to_mean]).")
	}
	if plan.Trend.Given(plan.Trend.Activity) && len(found.Anyway) == 0 {
		list = append(list, "The population's trend was not used: it acts on what would have come anyway.")
	}
	if len(plan.Subgroups) > 0 && slices.ContainsFunc(plan.Activities, func(a study.Activity) bool { return plan.KindOf(a.Name) != study.KindEvents }) {
		list = append(list, "Subgroups are told for activities with rows of events; ready counts and totals don't say who is in which.")
	}
	for _, t := range found.Tallies {
		var alone []string
		why := "Nobody's practice is known"
		for a, name := range t.Activities {
			if !plan.ClusteredByPractice(name) {
				continue
			}
			lists := clusters(plan, t, a, func(c tally.Cell) (estimate.Cell, bool) { return estimate.Cell{People: c.People}, true })
			if lists != nil {
				why = fmt.Sprintf("There are fewer than %d practices", FewestPractices)
			}
			if lists == nil || estimate.Filled(lists[1:]) < FewestPractices {
				alone = append(alone, plan.Activities[plan.Activities.Find(name)].Label)
			}
		}
		if len(alone) > 0 {
			list = append(list, why+", so that a practice's people change together can't be allowed for: intervals are over people alone, and may be too narrow, for: "+strings.Join(alone, ", ")+".")
		}
	}
	for _, w := range plan.Windows {
		if !w.Equal() {
			list = append(list, "Windows of "+w.String()+" differ in length before and after, so only rates are compared.")
		}
	}
	for w, length := range plan.Windows {
		if people != nil && len(plan.Events) > 0 && people.Touching(w, pandemic) > 0 {
			list = append(list, "Some windows of "+length.String()+" touch March 2020 to June 2021, when use of every service was unlike other years.")
		}
	}
	if people != nil && people.Further > 0 {
		list = append(list, "Some people had several index days; the "+plan.People.IndexRule+" was taken.")
	}
	if len(found.Tallies) > 1 && plan.Prices != nil {
		list = append(list, "The figures come from several kinds of data (rows of events, ready counts, totals). What they cost is added up with their variances, as if chance moved each by itself.")
	}
	if len(plan.Totals) > 0 && plan.OptOut.List() != "" {
		list = append(list, "Nobody can be taken out of totals: the opt-out list did not act on them.")
	}
	if plan.Prices != nil && !slices.ContainsFunc(plan.Activities, func(a study.Activity) bool { return a.Price != nil }) {
		list = append(list, "The study names a price table and no activity has a price: key, so nothing is priced.")
	}
	if len(plan.Totals) > 0 && plan.HasComparison() {
		list = append(list, "Totals can't be told by arm: they stand under everyone, and not in the figures of either arm.")
	}
	if plan.Counts != nil && plan.Counts.DiedOrLeft != nil {
		list = append(list, diedOrLeft(*plan.Counts.DiedOrLeft, plan.Release.HideBelow))
	}
	if slices.ContainsFunc(found.Estimates, func(e Estimate) bool { return e.Washout != "" }) {
		list = append(list, "In the last 30 days before the index day some activity ran at more than twice its earlier rate: the same figures with those 30 days left out stand beside.")
	}
	return list
}
