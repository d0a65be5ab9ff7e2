package evaluate

import (
	"context"
	"math"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/outcome"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Answered is one table of outcomes.
type Answered struct {
	Plan   study.Outcome
	Areas  []outcome.Area
	Scores []Scored
}

// Scored is what became of a score.
type Scored struct {
	outcome.Scored
	Before, After, Gone outcome.Spread
	Change              estimate.Estimate // mean, paired t
	Ranks               estimate.Ranks
	Response            outcome.Response
	Completers          estimate.Estimate
	Reliable            *outcome.Reliable // nil without a reliability
	ByItself            *float64          // nil where nobody says how people were chosen by the score
	Bands               []outcome.Band
	BandsBefore         []int64
	BandsAfter          []int64
	Larger, Smaller     int64   // people whose change, for better and for worse, is as large as a source calls reliable or important
	Top                 float64 // see [outcome.Scored.Top]
	Differ              int64
}

// Surveyed is one survey: how many sheets came back, and what they say.
type Surveyed struct {
	Plan   study.Survey
	Sheets int64
	Asked  []outcome.Answers
}

// Practice is a practice in the funnel of one activity: its people, and what they had.
type Practice struct {
	Name                    string
	People, Before, After   int64
	Expected                float64 // at its people's own earlier rate, changed as all practices' together
	UsersBefore, UsersAfter int64
	Top                     float64 // the larger share of one person, before or after
}

// Funnel is the practices of one activity, in the longest window, of the service's people.
type Funnel struct {
	Activity, Window string
	Arm              tally.Arm
	FollowUp         study.FollowUp
	Practices        []Practice
}

// whole reads who the people are and what they said.
func (r *run) whole(ctx context.Context, found *Found, people *cohort.Cohort, problems *source.Problems) error {
	if r.plan.Profile != nil && people != nil {
		r.step("reading who people are")
		told, quality, err := cohort.ReadProfile(ctx, r.plan, r.files, people)
		if err := problems.Join(err); err != nil {
			return wrap("reading who people are", err)
		}
		found.Profile, found.Quality = told, append(found.Quality, quality...)
	}
	if len(r.plan.Outcomes) > 0 && (people != nil || r.plan.People == nil) {
		r.step("reading outcomes")
		list, quality, err := cohort.ReadOutcomes(ctx, r.plan, r.files, people)
		if err := problems.Join(err); err != nil {
			return wrap("reading outcomes", err)
		}
		found.Quality = append(found.Quality, quality...)
		for i, a := range list {
			found.Outcomes = append(found.Outcomes, Answered{Plan: r.plan.Outcomes[i], Areas: a.Areas, Scores: scores(r.plan.Outcomes[i], a.Scores)})
		}
	}
	if len(r.plan.Surveys) > 0 {
		r.step("reading surveys")
		list, sheets, quality, err := cohort.ReadSurveys(ctx, r.plan, r.files)
		if err := problems.Join(err); err != nil {
			return wrap("reading surveys", err)
		}
		found.Quality = append(found.Quality, quality...)
		for i := range list {
			found.Surveys = append(found.Surveys, Surveyed{r.plan.Surveys[i], sheets[i], list[i]})
		}
	}
	return nil
}

func scores(o study.Outcome, list []outcome.Scored) []Scored {
	var told []Scored
	q := outcome.Questionnaires[o.Instrument]
	for _, s := range list {
		x := Scored{Scored: s, Bands: o.Bands}
		if x.Bands == nil {
			x.Bands = q.Bands
		}
		x.Before, x.After, x.Gone = s.Spreads()
		x.Change, x.Response, x.Completers = estimate.PairedT(s.Pairs), outcome.ResponseMean(s.Pairs), s.Completers()
		x.Ranks = estimate.Wilcoxon(s.Pairs, estimate.Pratt, estimate.MostExact)
		if o.Reliability != nil {
			r := outcome.ReliableChange(s.Pairs, o.Reliability.Value, s.Better)
			x.Reliable = &r
		}
		if c := o.Chosen; c != nil && x.Before.N > 0 && beyond(s, *c) {
			by := outcome.ByItself(x.Before.Mean, c.Mean, c.Correlation)
			x.ByItself = &by
		}
		x.BandsBefore, x.BandsAfter = make([]int64, len(x.Bands)), make([]int64, len(x.Bands))
		for _, p := range s.Pairs {
			if at := band(x.Bands, p.Before); at >= 0 {
				x.BandsBefore[at] += p.People
			}
			if at := band(x.Bands, p.After); at >= 0 {
				x.BandsAfter[at] += p.People
			}
			if q.Change == nil {
				continue
			}
			better := p.After - p.Before
			if s.Better == outcome.Lower {
				better = -better
			}
			if better >= q.Change.Value {
				x.Larger += p.People
			}
			if -better >= q.Change.Value {
				x.Smaller += p.People
			}
		}
		x.Top, x.Differ = s.Top()
		told = append(told, x)
	}
	return told
}

// beyond reports whether nine in ten first scores lie beyond the cut by which people are said to have come.
func beyond(s outcome.Scored, c study.ChosenCut) bool {
	in, all := 0, 0
	for _, p := range s.Pairs {
		all++
		if c.Below != nil && p.Before < *c.Below || c.Above != nil && p.Before > *c.Above {
			in++
		}
	}
	return 10*in >= 9*all
}

func band(bands []outcome.Band, score float64) int {
	at := -1
	for i, b := range bands {
		if score >= b.From {
			at = i
		}
	}
	return at
}

// funnels puts practices beside each other, of every activity of events in the longest window.
func funnels(plan *study.Plan, t *tally.Tally, names []string) []Funnel {
	w := longest(t)
	var list []Funnel
	for a, name := range t.Activities {
		cells := map[int][]estimate.Cell{}
		var all []estimate.Cell
		for _, c := range t.Cells {
			if c.Practice >= 0 && c.Practice < len(names) && tally.Service.Has(c.Arm) && c.Windows[w].Told(plan.FollowUp == study.Watched) {
				cell := estimate.CellOf(c.Windows[w], a, c.People)
				cells[c.Practice], all = append(cells[c.Practice], cell), append(all, cell)
			}
		}
		together := estimate.Sum(estimate.Canonical(all))
		if together.Expected <= 0 || together.After == 0 {
			continue
		}
		f := Funnel{Activity: name, Window: t.Windows[w], Arm: tally.Service, FollowUp: plan.FollowUp}
		for i := range names {
			of := estimate.Canonical(cells[i])
			if len(of) == 0 {
				continue
			}
			s := estimate.Sum(of)
			p := Practice{Name: names[i], People: s.People, Before: s.Before, After: s.After, Expected: s.Expected * float64(together.After) / together.Expected}
			most := 0.0
			for _, c := range of {
				if c.Before > 0 {
					p.UsersBefore += c.People
				}
				if c.After > 0 {
					p.UsersAfter += c.People
				}
				most = math.Max(most, math.Max(float64(c.Before)/math.Max(1, float64(s.Before)), float64(c.After)/math.Max(1, float64(s.After))))
			}
			p.Top = most
			f.Practices = append(f.Practices, p)
		}
		if len(f.Practices) > 1 {
			list = append(list, f)
		}
	}
	return slices.Clip(list)
}
