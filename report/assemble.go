// Package report puts together what was found and what it is worth, and writes the folder people get.
package report

import (
	"fmt"
	"slices"
	"strings"

	"averted/costing"
	"averted/costing/claim"
	"averted/evaluate"
	"averted/evaluate/cohort"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/report/result"
	"averted/report/telling"
)

// Version of the tool, as it stands in results. It changes when numbers may.
const Version = "0.1.0"

// Assemble makes the exact, internal result.
func Assemble(found *evaluate.Found, bill *costing.Bill, prices *costing.PriceList) *result.Result {
	r := &result.Result{Schema: result.Schema, Study: about(found), Provenance: result.Provenance{Version: Version},
		Practices: []result.Practices{}, Lost: []result.Lost{}, Concentration: []result.Concentration{}, Around: []result.Around{}, Warnings: []result.Warning{}, Notes: append([]string{}, found.Notes...)}
	r.Activities = activities(found, prices)
	for _, b := range found.Flow {
		r.Flow = append(r.Flow, result.Box{Step: b.Step, Window: b.Window, Arm: string(b.Arm), People: &b.People, Out: &b.Out, Why: b.Why})
	}
	r.Quality = Quality(found)
	for _, m := range found.Series {
		month := result.Month{Group: m.Group, Month: m.Month.String(), Count: ptr(m.Count)}
		if found.Plan.Series.Columns.Population != "" {
			month.Population = ptr(m.Population)
		}
		r.Series = append(r.Series, month)
	}
	for _, p := range found.Practices {
		of, fell := int64(p.Practices), int64(p.Fell)
		r.Practices = append(r.Practices, result.Practices{Activity: p.Activity, Window: p.Window, Arm: string(p.Arm), Practices: &of, Fell: &fell})
	}
	for _, e := range found.Estimates {
		r.Estimates = append(r.Estimates, estimateOf(e, e.Behind.DaysBefore > 0))
		for _, w := range e.Warnings {
			warning := result.Warning{Code: string(w.Code), Text: w.Text, Activity: e.Activity, Window: e.Window, Arm: string(e.Arm), FollowUp: string(e.FollowUp)}
			if !slices.Contains(r.Warnings, warning) {
				r.Warnings = append(r.Warnings, warning)
			}
		}
	}
	r.Secondary = found.Secondary()
	for _, c := range found.Concentrations {
		r.Concentration = append(r.Concentration, concentrationOf(c))
	}
	for _, d := range found.Divided {
		r.Subgroups = append(r.Subgroups, divisionOf(d))
	}
	for _, l := range found.Lost {
		share := 100 * l.ShareBefore
		r.Lost = append(r.Lost, result.Lost{Activity: l.Activity, Window: l.Window, Arm: string(l.Arm), People: &l.People, Before: &l.Before, After: &l.After, Share: &share, Users: &l.Users})
	}
	for _, p := range found.Apart {
		r.Apart = append(r.Apart, result.Apart{Activity: p.Activity, Arm: string(p.Arm), Lead: figureOf(p.Lead), Other: figureOf(p.Other), People: p.People,
			UsersBefore: p.Before.Users, UsersAfter: p.After.Users, TopBefore: p.Before.Top(), TopAfter: p.After.Top()})
	}
	for _, a := range found.Around {
		r.Around = append(r.Around, result.Around{Part: string(a.Part), Activity: a.Name, Arm: string(a.Arm), Events: &a.Events, Days: &a.Days, Users: &a.Users, Most: &a.Most})
	}
	for _, a := range found.Anyway {
		r.Anyway = append(r.Anyway, result.Anyway{Activity: a.Activity, Window: a.Window, Arm: string(tally.Service), FollowUp: string(a.FollowUp), Leads: a.Leads, Tried: a.Tried, Why: a.Why, ChosenHere: a.ChosenHere})
	}
	for _, m := range found.Matchings {
		r.Matching = append(r.Matching, matchingOf(m))
	}
	for _, m := range found.Months {
		r.Months = append(r.Months, monthsOf(m, int64(found.Plan.Release.HideBelow)))
	}
	r.Interrupted = interruptedOf(found.Interrupted)
	g := found.Grade()
	r.Study.Grade = result.Grade{Level: g.Level, Why: g.Why}
	r.Bill = billOf(found, bill)
	whole(r, found)
	var names []string
	for _, a := range r.Activities {
		names = append(names, claim.Meaning(a.Name), claim.Meaning(a.Label))
	}
	r.Published = PublishedOf(names)
	return r
}

func figureOf(f evaluate.Figure) result.Figure {
	return result.Figure{Window: f.Window, On: f.On, FollowUp: string(f.FollowUp)}
}

func about(found *evaluate.Found) result.Study {
	plan := found.Plan
	s := result.Study{
		Title: plan.Title, Question: plan.Question, Date: plan.Date.String(), Synthetic: plan.Synthetic, Hash: plan.Content(), Seed: *plan.Seed,
		FollowUp: string(followUp(found)), IndexDay: string(plan.IndexDay),
		Washout:   fmt.Sprintf("%s before, %s after", plan.Washout.Before, plan.Washout.After),
		Selection: selection(plan), NotCollected: plan.NotCollected, NotSaid: plan.NotSaid(), OptOut: optOut(plan),
		NamePractices: plan.Release.NamePractices, Profile: plan.Release.Profile, HideBelow: plan.Release.HideBelow,
	}
	if plan.Counts != nil && plan.Counts.DiedOrLeft != nil {
		s.DiedOrLeft = ptr(int64(*plan.Counts.DiedOrLeft))
	}
	for _, w := range plan.Windows {
		s.Windows = append(s.Windows, result.Window{Label: w.String(), Days: w.Days(), Equal: w.Equal()})
	}
	labels := map[tally.Arm]string{tally.Service: plan.Labels().Service, tally.Comparison: plan.Labels().Comparison, tally.All: "everyone"}
	for _, arm := range cohort.Arms(plan) {
		s.Arms = append(s.Arms, result.Arm{Arm: string(arm), Label: labels[arm]})
	}
	return s
}

// followUp is how people who were lost are dealt with: in the figures of events, where there are some, which alone can
// tell who was lost.
func followUp(found *evaluate.Found) study.FollowUp {
	for _, t := range found.Tallies {
		if t.Kind == study.KindEvents {
			return evaluate.FollowUps(found.Plan, t)[0]
		}
	}
	return found.FollowUp(found.Plan.Primary.Activity)
}

// timed reports whether the days watched behind an activity are known.
func timed(found *evaluate.Found, activity string) bool {
	return slices.ContainsFunc(found.Tallies, func(t *tally.Tally) bool { return t.Timed && slices.Contains(t.Activities, activity) })
}

// optOut says what was done about people who opted out.
func optOut(plan *study.Plan) string {
	o := plan.OptOut
	switch {
	case o.Remove != "":
		return fmt.Sprintf("people on the opt-out list of %s were taken out", o.Date)
	case o.Keep != "":
		return fmt.Sprintf("people who are not on the list of %s of those who did not opt out were taken out", o.Date)
	}
	return "no opt-out list applies: " + o.NotApplicable
}

func selection(plan *study.Plan) string {
	label := func(name string) string {
		if at := plan.Activities.Find(name); at >= 0 {
			return telling.Lower(plan.Activities[at].Label)
		}
		return strings.ReplaceAll(name, "_", " ")
	}
	when := ""
	switch s := plan.Selection; {
	case s == nil:
		return "not stated"
	case s.When == study.FixedDate:
		when = ", on one day"
	case s.When == study.FirstCrossing:
		when = ", each on the day on which they came to it"
	case s.When == study.Rolling:
		when = ", at reviews every " + s.Every.String()
	}
	switch s := plan.Selection; {
	case s.Threshold != nil:
		return fmt.Sprintf("%d or more %s within %s%s", s.Threshold.AtLeast, label(s.Threshold.Activity), s.Threshold.Within, when)
	case s.Top != nil && s.Top.By == study.RiskScore:
		return fmt.Sprintf("the top %d by risk score%s", s.Top.N, when)
	case s.Top != nil:
		return fmt.Sprintf("the top %d by %s within %s%s", s.Top.N, label(s.Top.By), s.Top.Within, when)
	default:
		return s.Rule
	}
}

func ptr[T any](v T) *T { return &v }

func estimateOf(e evaluate.Estimate, timed bool) result.Estimate {
	b := e.Behind
	r := result.Estimate{
		Activity: e.Activity, Window: e.Window, On: e.On, Washout: e.Washout, Method: e.Method, Arm: string(e.Arm), FollowUp: string(e.FollowUp),
		Subgroup: e.Subgroup, Stage: e.Stage,
		Quantity: e.Quantity, Value: e.Value, Low: e.Low, High: e.High, Level: e.Level, Interval: e.Interval, P: e.P,
		People: &b.People, Before: &b.Before, After: &b.After, Expected: &b.Expected, Primary: e.Primary, Warnings: []string{},
		UsersBefore: &b.UsersBefore, UsersAfter: &b.UsersAfter, TopBefore: &b.TopBefore, TopAfter: &b.TopAfter, Changed: &b.Changed.Users, TopChange: ptr(b.Changed.Top()),
	}
	if timed {
		r.DaysBefore, r.DaysAfter = &b.DaysBefore, &b.DaysAfter
	}
	if e.Refused != nil {
		r.Refused, r.Why = string(e.Refused.Code), e.Refused.Text
	}
	for _, w := range e.Warnings {
		r.Warnings = append(r.Warnings, string(w.Code))
	}
	comparedOf(&r, e)
	if e.Series { // of months
		r.People, r.UsersBefore, r.UsersAfter, r.TopBefore, r.TopAfter, r.Changed, r.TopChange = nil, nil, nil, nil, nil, nil, nil
	}
	if x := e.Anyway; x != nil {
		r.Leads, r.BesideOnly, r.Thin = x.Leads, x.Why, &x.Thin
		if r.Expected = nil; e.Value != nil && *e.Value > 0 {
			r.Expected, r.RuleAlone = &b.Expected, &x.RuleAlone
		}
		if x.Reference > 0 {
			r.Reference = &x.Reference
		}
		if x.Trend > 0 {
			r.Trend = &x.Trend
		}
	}
	return r
}

func concentrationOf(c evaluate.Concentration) result.Concentration {
	r := result.Concentration{Activity: c.Activity, Window: c.Window, Arm: string(c.Arm), FollowUp: string(c.FollowUp)}
	if c.Refused != nil {
		r.Refused, r.Why = string(c.Refused.Code), c.Refused.Text
		return r
	}
	r.Top, r.ShareBefore, r.ShareAfter, r.Rest, r.Thin = &c.Top.People, ptr(100*c.Top.Before), ptr(100*c.Top.After), c.RatioOfRest, &c.Thin
	if c.Averted != nil {
		r.ShareAverted = ptr(100 * *c.Averted)
	}
	return r
}

func divisionOf(d evaluate.Divided) result.Division {
	r := result.Division{Activity: d.Activity, Window: d.Window, Arm: string(d.Arm), FollowUp: string(d.FollowUp), By: d.By, PHolm: d.PHolm, PBH: d.PAll, Levels: []result.Estimate{}}
	for i, s := range d.Subgroups {
		r.Levels = append(r.Levels, estimateOf(evaluate.Estimate{Activity: d.Activity, Window: d.Window, Arm: d.Arm, FollowUp: d.FollowUp, Subgroup: d.By + ": " + s.Level,
			Method: "subgroup_interaction", Quantity: "rate ratio of a subgroup", Behind: d.Behind[i], Estimate: s.Estimate}, true))
	}
	if d.Refused != nil {
		r.Refused, r.Why = string(d.Refused.Code), d.Refused.Text
		return r
	}
	r.Q, r.DF, r.P, r.Wald, r.PWald = &d.Q, ptr(int64(d.DF)), &d.P, &d.Wald, &d.PWald
	return r
}
