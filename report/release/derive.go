package release

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/outcome"
	"averted/evaluate/profile"
	"averted/evaluate/study"
	"averted/report/result"
)

// Derive works out what follows from the counts of who people are and what they said: shares with their intervals, how far
// reasons go together, limits of months and practices, and what became of states. What rests on a count that isn't there is
// not there. It is used of exact counts and of released ones alike; intervals of released ones are wider by what rounding may have
// moved each count.
func Derive(r *result.Result) { derive(r, 0) }

// rounding is by how much a released count may be off: as much as a part that was rounded to add up.
const rounding = 4

func derive(r *result.Result, off int64) {
	if p := r.Profile; p != nil {
		stages(p.Stages, off)
		for i := range p.Traits {
			trait(&p.Traits[i], off)
		}
		reasons(p.Reasons)
		if p.Contacts != nil {
			contacts(p.Contacts)
		}
		if o := p.Onward; o != nil {
			for i := range o.To {
				o.To[i].Share = percentOf(o.To[i].Referrals, o.Referrals)
			}
		}
		for i := range p.Funnels {
			funnel(&p.Funnels[i], off == 0)
		}
	}
	for i := range r.Outcomes {
		states(&r.Outcomes[i], off)
		for j := range r.Outcomes[i].Scores {
			scored(&r.Outcomes[i].Scores[j], off)
		}
	}
	for i := range r.Surveys {
		s := &r.Surveys[i]
		slack := off
		if s.Of == study.OfPractices { // counted truly
			slack = 0
		}
		s.Back = shareOf(s.Sheets, s.Asked, slack)
		for j := range s.Questions {
			q := &s.Questions[j]
			q.Share = shareOf(q.Favourable, q.People, slack)
			for k := range q.Answers {
				q.Answers[k].Share = percentOf(q.Answers[k].Count, q.People)
			}
		}
	}
	for i := range r.Courses {
		stages(r.Courses[i].Sessions, off)
	}
}

func ptr[T any](v T) *T { return &v }

// hundred is a share as a percentage.
func hundred(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return ptr(100 * *v)
}

func percentOf(part, whole *int64) *float64 {
	if part == nil || whole == nil || *whole <= 0 {
		return nil
	}
	return ptr(100 * float64(*part) / float64(*whole))
}

// shareOf is a share with its interval; nil where a count isn't there, or the part is larger than the whole. The interval holds what
// counts that are off by so much would give.
func shareOf(part, whole *int64, off int64) *result.Portion {
	if part == nil || whole == nil {
		return nil
	}
	s := outcome.Wilson(*part, *whole)
	if s.Refused != nil {
		return nil
	}
	if off > 0 && *part > 0 && *part < *whole {
		s.Low = outcome.Wilson(max(0, *part-off), *whole+off).Low
		s.High = outcome.Wilson(min(*part+off, max(1, *whole-off)), max(1, *whole-off)).High
	}
	return &result.Portion{Value: hundred(s.Value), Low: hundred(s.Low), High: hundred(s.High)}
}

func stages(list []result.Stage, off int64) {
	base := 0
	for i := range list {
		if i > 0 {
			list[i].OfPrevious, list[i].OfFirst = shareOf(list[i].People, list[i-1].People, off), shareOf(list[i].People, list[base].People, off)
		}
		if list[i].Stage == profile.Agreed && list[i].People != nil {
			base = i
		}
	}
}

func trait(t *result.Trait, off int64) {
	population := int64(0)
	for _, l := range t.Levels {
		if l.Population != nil {
			population += *l.Population
		}
	}
	for i := range t.Levels {
		l := &t.Levels[i]
		l.Share, l.ConnectedShare = percentOf(l.People, t.People), shareOf(l.Connected, l.People, off)
		l.PopulationShare = percentOf(l.Population, &population)
	}
}

// leastCompared is below how many people with two scores a comparison of means hangs on few.
const leastCompared = 30

func scored(s *result.Score, off int64) {
	s.Warnings = []string{}
	if s.Reliable != nil {
		s.Reliable.Share = shareOf(s.Reliable.Improved, s.People, off)
	}
	if s.People == nil {
		return
	}
	if s.OnlyFirst != nil {
		for _, w := range outcome.FollowedUp(*s.People, *s.OnlyFirst) {
			s.Warnings = append(s.Warnings, string(w.Code))
		}
	}
	if *s.People < leastCompared {
		s.Warnings = append(s.Warnings, string(estimate.SmallN))
	}
}

func reasons(list []result.Pair) {
	var p []float64
	var at []int
	for i := range list {
		x := &list[i]
		x.Phi, x.Low, x.High, x.OfMost, x.PHolm = nil, nil, nil, nil, nil
		if x.Both == nil || x.Only1 == nil || x.Only2 == nil || x.Neither == nil {
			continue
		}
		a := profile.Phi(profile.Together{Both: *x.Both, First: *x.Only1, Second: *x.Only2, Neither: *x.Neither})
		if a.Refused != nil {
			continue
		}
		x.Phi, x.Low, x.High = a.Value, a.Low, a.High
		if a.Most > 0 && *a.Value > 0 {
			x.OfMost = ptr(*a.Value / a.Most)
		}
		p, at = append(p, a.PFisher), append(at, i)
	}
	adjusted, _ := estimate.Holm(p) // p-values are within 0 and 1
	for k, i := range at {
		list[i].PHolm = roundP(&adjusted[k])
	}
}

func contacts(c *result.Contacts) {
	c.Mean, c.Low, c.High, c.New, c.Refused, c.Why = nil, nil, nil, nil, "", ""
	var values []float64
	all, fresh := int64(0), int64(0)
	for _, m := range c.Months {
		if m.Contacts == nil {
			return
		}
		values = append(values, float64(*m.Contacts))
		all += *m.Contacts
		if m.NewPeople != nil {
			fresh += *m.NewPeople
		}
	}
	c.New = percentOf(&fresh, &all)
	x := profile.ProcessControl(values)
	if x.Refused != nil {
		c.Refused, c.Why = string(x.Refused.Code), x.Refused.Text
		if x.Refused.Code == estimate.TooFewPoints {
			c.Why = "limits of ordinary variation need twelve months"
		}
		return
	}
	c.Mean, c.Low, c.High = &x.Mean, &x.Low, &x.High
	for i := range c.Months {
		c.Months[i].Signal = string(x.Months[i].Signal)
	}
}

// funnel puts practices beside each other. Which lie outside, and how far practices differ, is judged on exact counts; the limits drawn are
// those at the expectations shown.
func funnel(f *result.Funnel, judge bool) {
	var units []profile.Unit
	var at []int
	for i, p := range f.Practices {
		if p.After != nil && p.Expected != nil && p.Before != nil && *p.Expected > 0 && *p.Before > 0 && p.Practice != smaller {
			units, at = append(units, profile.Unit{Observed: *p.After, Expected: *p.Expected, Before: *p.Before}), append(at, i)
		}
	}
	x := profile.PracticeFunnel(units)
	if x.Refused != nil {
		return
	}
	few := len(units) < fewestPractices
	f.Warnings = []string{}
	for _, w := range x.Warnings {
		f.Warnings = append(f.Warnings, string(w.Code))
	}
	if judge {
		f.Dispersed, f.Tau = x.Dispersed, ptr(math.Sqrt(x.Tau2))
	}
	for k, i := range at {
		p, u := &f.Practices[i], x.Units[k]
		p.Ratio, p.Low, p.High = &u.Ratio, &u.Interval.Low, finite(u.Interval.High)
		p.Low95, p.High95, p.Low998, p.High998 = nil, nil, nil, nil
		if few { // chance alone says too little of how practices differ
			p.Outside = false
			continue
		}
		near, far := profile.LimitsAt(u.Unit, *f.Tau, 0.975), profile.LimitsAt(u.Unit, *f.Tau, 0.999)
		p.Low95, p.High95, p.Low998, p.High998 = &near.Low, &near.High, &far.Low, &far.High
		if judge {
			p.Outside = u.Outside
		}
	}
}

// fewestPractices is below how many practices no limits are drawn.
const fewestPractices = 10

// smaller is what practices are called that are told together.
const smaller = "smaller practices together"

func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// exactArea is the counts of an area, nil where one of them isn't there.
func exactArea(a result.Area) *outcome.Area {
	x := outcome.Area{OnlyFirst: make([]int64, len(a.Table))}
	for i, row := range a.Table {
		x.Table = append(x.Table, make([]int64, len(row)))
		for j, n := range row {
			if n == nil {
				return nil
			}
			x.Table[i][j] = *n
		}
	}
	if len(a.Table) == 0 {
		return nil
	}
	for i, n := range a.OnlyFirst {
		if n != nil {
			x.OnlyFirst[i] = *n
		}
	}
	return &x
}

// states works out what became of the worst and of the best state of every area, with p-values adjusted over all areas, and
// over all indicators.
func states(o *result.Outcome, off int64) {
	p, at := map[bool][]float64{}, map[bool][]int{}
	for i := range o.Areas {
		a := &o.Areas[i]
		a.Warnings = []string{}
		if gone := total(a.OnlyFirst); gone != nil && a.People != nil {
			for _, w := range outcome.FollowedUp(*a.People, *gone) {
				a.Warnings = append(a.Warnings, string(w.Code))
			}
		}
		x := exactArea(*a)
		if x == nil {
			continue
		}
		before, after := x.Table.Margins()
		a.Before, a.After = nil, nil
		for s := range before {
			a.Before, a.After = append(a.Before, &before[s]), append(a.After, &after[s])
		}
		h := outcome.MarginalHomogeneity(x.Table)
		a.Moved = nil
		if h.Refused == nil {
			a.Moved = roundP(&h.P)
		}
		for _, w := range h.Warnings {
			a.Warnings = append(a.Warnings, string(w.Code))
		}
		bounds := !slices.Contains(a.OnlyFirst, nil)
		a.Worst, a.Best = shiftOf(o.States[0], x.Shift(0), bounds, off), shiftOf(o.States[len(o.States)-1], x.Shift(len(o.States)-1), bounds, off)
		if a.Worst.P != nil {
			indicator := a.Indicator != ""
			p[indicator], at[indicator] = append(p[indicator], x.Shift(0).Moved.PMid), append(at[indicator], i)
		}
	}
	for indicator, list := range p {
		adjusted, _ := estimate.Holm(list) // p-values are within 0 and 1
		for k, i := range at[indicator] {
			o.Areas[i].PHolm = roundP(&adjusted[k])
		}
	}
}

// turned is a reduction as a change: below 0 for fewer.
func turned(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return ptr(0 - *v)
}

// total adds counts; nil where one isn't there.
func total(list []*int64) *int64 {
	if slices.Contains(list, nil) {
		return nil
	}
	n := int64(0)
	for _, k := range list {
		n += *k
	}
	return &n
}

func shiftOf(state string, s outcome.Shift, bounds bool, off int64) *result.Shift {
	before, after := s.Before(), s.After()
	x := &result.Shift{State: state, Before: &before, After: &after, Change: turned(s.Relative.Value), Low: turned(s.Relative.High), High: turned(s.Relative.Low)}
	if s.Relative.Refused != nil {
		x.Refused, x.Why = string(s.Relative.Refused.Code), s.Relative.Refused.Text
	}
	if off > 0 && x.Low != nil && x.High != nil { // what counts that are off by so much would give
		less, more := math.Max(0, float64(after-off))/float64(before+off), float64(after+off)/math.Max(1, float64(before-off))
		ratio := float64(after) / float64(before)
		x.Low, x.High = ptr(100*((1+*x.Low/100)*less/ratio-1)), ptr(100*((1+*x.High/100)*more/ratio-1))
	}
	points := func(v *float64) *float64 { return turned(hundred(v)) }
	x.Points, x.Points1, x.Points2 = points(s.Absolute.Value), points(s.Absolute.High), points(s.Absolute.Low)
	if s.Moved.Refused == nil {
		x.P = roundP(&s.Moved.PMid)
	}
	if bounds {
		x.Least, x.Most = turned(s.Most), turned(s.Least)
	}
	return x
}
