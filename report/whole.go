package report

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"

	"averted/evaluate"
	"averted/evaluate/cohort"
	"averted/evaluate/outcome"
	"averted/evaluate/profile"
	"averted/evaluate/study"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// whole puts in who the people are and what they said, in exact counts; what follows from counts is worked out by [release.Derive].
func whole(r *result.Result, found *evaluate.Found) {
	r.Profile = profileOf(found)
	for _, o := range found.Outcomes {
		r.Outcomes = append(r.Outcomes, outcomeOf(o))
	}
	for _, s := range found.Surveys {
		x := result.Survey{Title: s.Plan.Title, Of: s.Plan.Of, Sheets: ptr(s.Sheets), Source: s.Plan.Source}
		if s.Plan.Asked > 0 {
			x.Asked = ptr(int64(s.Plan.Asked))
		}
		for _, a := range s.Asked {
			n, good := a.N()
			q := result.Question{Label: a.Label, People: &n, Favourable: &good}
			for i, text := range a.Answers {
				q.Answers = append(q.Answers, result.Answer{Answer: text, Favourable: a.Favourable[i], Count: ptr(a.Counts[i])})
			}
			x.Questions = append(x.Questions, q)
		}
		r.Surveys = append(r.Surveys, x)
	}
	plan := found.Plan
	for _, c := range plan.Courses {
		x := result.Course{Label: c.Label, Source: c.Source}
		for _, s := range c.Sessions {
			x.Sessions = append(x.Sessions, result.Stage{Stage: s.Label, People: ptr(int64(s.People))})
		}
		r.Courses = append(r.Courses, x)
	}
	for _, q := range plan.Quotes {
		r.Quotes = append(r.Quotes, result.Quote{Text: q.Text, By: q.By})
	}
	for _, c := range plan.CaseStudies {
		r.CaseStudies = append(r.CaseStudies, caseStudyOf(plan, c))
	}
	release.Derive(r)
}

func profileOf(found *evaluate.Found) *result.Profile {
	told := found.Profile
	if told == nil {
		return nil
	}
	x := &result.Profile{Stages: []result.Stage{}, Traits: []result.Trait{}, Referrals: []result.Referred{}}
	for _, s := range told.Stages {
		if p := found.Plan.Selection; p != nil && (p.Threshold != nil || p.Top != nil) && s.Name == profile.Referred {
			s.Name = profile.TakenOn // nobody referred them: a rule chose them
		}
		x.Stages = append(x.Stages, result.Stage{Stage: s.Name, People: ptr(s.People)})
	}
	names := practiceNames(found)
	for _, t := range told.Tables {
		if t.By == study.Practices {
			t.Levels = slices.Clone(t.Levels)
			unnamed(t.Levels, names, func(l *profile.Level) *string { return &l.Name })
		}
		trait := result.Trait{Trait: t.By, Label: t.Label, Several: t.Several, People: ptr(t.People), Arms: t.Arms, Source: t.Source}
		for _, l := range t.Levels {
			level := result.Level{Level: l.Name, People: ptr(l.People)}
			if t.Arms {
				level.Connected = ptr(l.Connected)
			}
			if l.Known {
				level.Population = ptr(l.Population)
			}
			trait.Levels = append(trait.Levels, level)
		}
		x.Traits = append(x.Traits, trait)
	}
	for _, m := range told.Months {
		x.Referrals = append(x.Referrals, result.Referred{Month: m.Month.String(), People: ptr(m.People)})
	}
	for _, p := range told.Reasons {
		x.Reasons = append(x.Reasons, result.Pair{First: p.First, Second: p.Second, Both: ptr(p.Both), Only1: ptr(p.Together.First), Only2: ptr(p.Together.Second), Neither: ptr(p.Neither)})
	}
	if c := told.Contacts; c != nil {
		x.Contacts = &result.Contacts{}
		for _, m := range c.Months {
			month := result.ContactMonth{Month: m.Month.String(), Contacts: ptr(m.Contacts), NewPeople: ptr(m.NewPeople)}
			if m.People > 0 {
				month.People, month.Most = ptr(m.People), ptr(m.Most)
			}
			x.Contacts.Months = append(x.Contacts.Months, month)
		}
	}
	if told.Away > 0 {
		x.Onward = &result.Onward{Referrals: ptr(told.Away), People: ptr(told.SentOn), Most: ptr(told.MostAway)}
		for _, s := range told.Onward {
			x.Onward.To = append(x.Onward.To, result.SentOn{By: s.By, Name: s.Name, Referrals: ptr(s.Referrals), People: ptr(s.People), Most: ptr(s.Most)})
		}
	}
	for _, f := range found.Funnels {
		funnel := result.Funnel{Activity: f.Activity, Window: f.Window, Warnings: []string{}}
		f.Practices = slices.Clone(f.Practices)
		unnamed(f.Practices, names, func(p *evaluate.Practice) *string { return &p.Name })
		for _, p := range f.Practices {
			funnel.Practices = append(funnel.Practices, result.Practice{Practice: p.Name, People: ptr(p.People), Before: ptr(p.Before), After: ptr(p.After), Expected: ptr(p.Expected),
				UsersBefore: ptr(p.UsersBefore), UsersAfter: ptr(p.UsersAfter), Top: ptr(p.Top)})
		}
		x.Funnels = append(x.Funnels, funnel)
	}
	return x
}

// practiceNames gives practices numbers, in an order that follows from all that is counted of them and says nothing of which is which;
// what is released is numbered again, by how many people are shown. Nothing where the study names them.
func practiceNames(found *evaluate.Found) map[string]int {
	if found.Plan.Release.NamePractices {
		return nil
	}
	people, counted := map[string]int64{}, map[string]string{}
	for _, t := range found.Profile.Tables {
		for _, l := range t.Levels {
			if t.By == study.Practices && l.Name != cohort.Unknown && l.Name != cohort.Few {
				people[l.Name], counted[l.Name] = l.People, fmt.Sprint(l.People, l.Connected)
			}
		}
	}
	for _, f := range found.Funnels {
		for _, p := range f.Practices {
			if _, known := people[p.Name]; !known {
				people[p.Name] = p.People
			}
			counted[p.Name] += fmt.Sprint("|", p.People, p.Before, p.After)
		}
	}
	draw := func(name string) uint64 {
		h := fnv.New64a()
		_, _ = h.Write([]byte(counted[name])) // a hash takes everything
		return h.Sum64()
	}
	all := slices.Sorted(maps.Keys(people))
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Compare(draw(a), draw(b))
	})
	names := map[string]int{}
	for i, name := range all {
		names[name] = i + 1
	}
	return names
}

// unnamed puts practices in the order of their numbers, and gives them those for names. What has no number comes last.
func unnamed[T any](list []T, names map[string]int, of func(*T) *string) {
	if names == nil {
		return
	}
	slices.SortStableFunc(list, func(a, b T) int {
		return cmp.Compare(cmp.Or(names[*of(&a)], math.MaxInt), cmp.Or(names[*of(&b)], math.MaxInt))
	})
	for i := range list {
		if name := of(&list[i]); names[*name] > 0 {
			*name = fmt.Sprintf("practice %d", names[*name])
		}
	}
}

func outcomeOf(o evaluate.Answered) result.Outcome {
	x := result.Outcome{Label: o.Plan.Label, Instrument: o.Plan.Instrument}
	for _, s := range o.Plan.States {
		x.States = append(x.States, s.Name)
	}
	for _, a := range o.Areas {
		area := result.Area{Area: a.Area, Indicator: a.Indicator, Warnings: []string{}}
		both, _ := a.People()
		area.People = &both
		for _, n := range a.OnlyFirst {
			area.OnlyFirst = append(area.OnlyFirst, ptr(n))
		}
		for _, row := range a.Table {
			var list []*int64
			for _, n := range row {
				list = append(list, ptr(n))
			}
			area.Table = append(area.Table, list)
		}
		x.Areas = append(x.Areas, area)
	}
	for _, s := range o.Scores {
		x.Scores = append(x.Scores, scoreOf(o.Plan, s))
	}
	x.Compared = len(x.Areas) + len(x.Scores)
	return x
}

func scoreOf(o study.Outcome, s evaluate.Scored) result.Score {
	q := outcome.Questionnaires[o.Instrument]
	x := result.Score{Name: s.Name, Better: string(s.Better), Least: s.Least, Most: s.Most, People: ptr(s.Before.N), OnlyFirst: ptr(s.Gone.N), Unscored: ptr(s.Unscored), Top: ptr(s.Top), Differ: ptr(s.Differ), Warnings: []string{}}
	if x.Name = o.Label; s.Name != "" {
		x.Name += ": " + s.Name
	}
	if o.Items != nil || q.Items == 0 {
		x.Note = q.Note
	}
	if s.Before.N > 0 {
		x.Before, x.After = ptr(s.Before.Mean), ptr(s.After.Mean)
	}
	if s.Before.N > 1 {
		x.SDBefore, x.SDAfter = ptr(s.Before.SD), ptr(s.After.SD)
	}
	x.Change, x.Low, x.High, x.P = s.Change.Value, s.Change.Low, s.Change.High, s.Change.P
	if s.Change.Refused != nil {
		x.Refused, x.Why = string(s.Change.Refused.Code), s.Change.Refused.Text
	}
	if s.Ranks.Refused == nil {
		x.PRanks = ptr(s.Ranks.P)
		if s.Ranks.PExact != nil {
			x.PRanks = s.Ranks.PExact
		}
	}
	x.Response, x.ResponseLow, x.ResponseHi = s.Response.Value, s.Response.Low, s.Response.High
	x.Completers, x.ComplLow, x.ComplHigh = s.Completers.Value, s.Completers.Low, s.Completers.High
	if r := s.Reliable; r != nil && r.Refused == nil {
		x.Reliable = &result.Reliable{Reliability: o.Reliability.Value, Source: o.Reliability.Source, Needed: ptr(r.Needed), Improved: ptr(r.Improved), Worsened: ptr(r.Worsened), Unchanged: ptr(r.Unchanged)}
	}
	if q.Change != nil {
		x.Large = &result.Large{By: q.Change.Value, Source: q.Change.Source, Improved: ptr(s.Larger), Worsened: ptr(s.Smaller)}
	}
	switch {
	case s.ByItself != nil:
		x.ByItself, x.ByItselfWhy = s.ByItself, fmt.Sprintf("population's mean %s, correlation %s: %s", number.Plain(o.Chosen.Mean), number.Plain(o.Chosen.Correlation), o.Chosen.Source)
	case o.Chosen != nil:
		x.ByItselfWhy = "over a tenth of the first scores do not lie beyond the cut by which people are said to have come, so how much of the change comes by itself can't be told"
	default:
		x.ByItselfWhy = "how people were chosen by this score isn't stated (chosen:), so how much of the change comes by itself can't be told"
	}
	for i, b := range s.Bands {
		x.Bands = append(x.Bands, result.Band{Band: b.Name, From: b.From, Source: b.Source, Before: ptr(s.BandsBefore[i]), After: ptr(s.BandsAfter[i])})
	}
	return x
}

// daysInYear is how long a rate of a case study is.
const daysInYear = 365

func caseStudyOf(plan *study.Plan, c study.CaseStudy) result.CaseStudy {
	x := result.CaseStudy{Title: c.Title, Text: c.Text, Chosen: c.Chosen, Source: c.Source, Figures: []result.CaseCount{}}
	if c.Before == nil {
		return x
	}
	stated := func(c *study.CaseCounts) string {
		if c.Length.Days() == 0 {
			return ""
		}
		return c.Length.String()
	}
	x.Before, x.After = stated(c.Before), stated(c.After)
	names := slices.Concat(slices.Collect(maps.Keys(c.Before.Counts)), slices.Collect(maps.Keys(c.After.Counts)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		n := result.CaseCount{What: cmp.Or(study.UsualLabel(name), name)}
		if at := plan.Activities.Find(name); at >= 0 {
			n.What = plan.Activities[at].Label
		}
		if before, ok := c.Before.Counts[name]; ok {
			n.Before = ptr(int64(before))
		}
		if after, ok := c.After.Counts[name]; ok {
			n.After = ptr(int64(after))
			if x.Before != "" && x.After != "" && n.Before != nil {
				n.RateBefore = ptr(float64(*n.Before) * daysInYear / float64(c.Before.Length.Days()))
				n.RateAfter = ptr(float64(after) * daysInYear / float64(c.After.Length.Days()))
			}
		}
		x.Figures = append(x.Figures, n)
	}
	return x
}
