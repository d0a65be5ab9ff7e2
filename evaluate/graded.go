package evaluate

import (
	"averted/evaluate/estimate"
	"averted/evaluate/grade"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Grade grades the primary estimate by its design: before and after, with an allowance for how people were chosen where a
// method of it leads and the population's trend is given; or by the comparison people, where their comparison leads.
func (f *Found) Grade() grade.Grade {
	e := grade.Evidence{Design: grade.BeforeAfter}
	p := f.Plan.Primary
	for _, x := range f.Estimates {
		if x.Anyway != nil && x.Anyway.Leads && x.Anyway.Trend > 0 && x.Activity == p.Activity && x.Window == p.Window.String() && string(x.Arm) == p.Arm {
			e.Design = grade.Adjusted
		}
		for _, w := range x.Warnings {
			e.IncompleteFollowUp = e.IncompleteFollowUp || x.Primary && w.Code == estimate.IncompleteFollowUp
		}
	}
	f.design(&e)
	return grade.Of(e)
}

// design is the design of the primary comparison, where one leads, with what is known of it.
func (f *Found) design(e *grade.Evidence) {
	p := f.Plan.Primary
	if len(f.Tallies) == 0 && f.Interrupted != nil && f.Interrupted.Refused == nil {
		e.Design, e.Control = grade.Series, f.Interrupted.Controlled != nil
	}
	e.NotCompared = len(f.Matchings) > 0
	for _, x := range f.Estimates {
		if x.Compared == nil || !x.Compared.Leads || x.Activity != p.Activity || x.Window != p.Window.String() || p.Arm != string(tally.Service) {
			continue
		}
		m := Matching{}
		for _, of := range f.Matchings {
			if of.Kind == f.Plan.KindOf(p.Activity) {
				m = of
			}
		}
		e.Design = map[study.Compared]grade.Design{study.NotConnected: grade.SelfSelected, study.Waiting: grade.SelfSelected, study.SameRule: grade.Comparison,
			study.CutOff: grade.CutOff, study.RandomOrder: grade.CutOff, study.Randomised: grade.Randomised}[m.Who]
		e.Drawn = 20*m.Drawn > m.Pool
		e.Registered = f.Plan.Comparison.Registered
		e.Matched, e.BalancedTwice, e.DifferentPopulations = m.Share(), m.BalancedUse && m.TwoWindows, m.Apart && m.Match == study.Nearest
		for _, w := range x.Warnings {
			e.IncompleteFollowUp = e.IncompleteFollowUp || w.Code == estimate.IncompleteFollowUp
		}
		for _, month := range f.Months {
			if month.Activity == p.Activity && month.Arm == Contrast && month.Refused == nil {
				e.PreTrend, e.Differs = true, month.PreTrend.P != nil && *month.PreTrend.P < 0.05
			}
		}
	}
}
