package evaluate

import (
	"fmt"
	"math"
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// Interrupted is the interrupted series of a study: of the service, and of a control where there is one.
type Interrupted struct {
	Activity   string
	Start      window.Month // the first month with the service
	LeftOut    bool         // the month in which it began is in neither
	Months     []window.Month
	Counts     []int64
	Controls   []int64 // of the control series; nil without
	Exposed    bool    // by population
	Harmonics  int     // pairs of waves that were fitted
	Fewer      bool    // than the study asks for
	Fitted     trend.Series
	Controlled *trend.Controlled
	Refused    *estimate.Refusal

	uncontrolled *estimate.Refusal // why a control series tells nothing
}

// interrupted estimates the study's monthly series.
func (r *run) interrupted(found *Found) {
	s := r.plan.Series
	if s == nil || !slices.Contains(r.plan.Methods, study.InterruptedSeries) || len(found.Series) == 0 {
		return
	}
	r.step("estimating the series")
	start := window.MonthOf(*s.Start)
	first := found.Series[0].Month.Span().Start
	i := &Interrupted{Activity: s.Activity, Start: start, Exposed: s.Columns.Population != ""}
	if i.Activity == "" {
		i.Activity = r.plan.Primary.Activity
	}
	if start.Span().Start != *s.Start { // it is half with the service
		i.LeftOut = true
		i.Start = window.MonthOf(start.Span().End)
	}
	for _, m := range found.Series {
		first = min(first, m.Month.Span().Start)
	}
	service := gatherMonths(found.Series, first, func(group string) bool { return s.Arms == nil || slices.Contains(s.Arms.Service, group) })
	var control []monthSum
	if s.Arms != nil && len(s.Arms.Comparison) > 0 {
		control = gatherMonths(found.Series, first, func(group string) bool { return slices.Contains(s.Arms.Comparison, group) })
	}
	out := func(m monthSum) bool { return i.LeftOut && m.month == start }
	service, control = slices.DeleteFunc(service, out), slices.DeleteFunc(control, out)
	if control != nil { // months that both have
		has := func(list []monthSum, m monthSum) bool {
			return slices.ContainsFunc(list, func(o monthSum) bool { return o.month == m.month })
		}
		service = slices.DeleteFunc(service, func(m monthSum) bool { return !has(control, m) })
		control = slices.DeleteFunc(control, func(m monthSum) bool { return !has(service, m) })
	}
	for _, m := range service {
		i.Months, i.Counts = append(i.Months, m.month), append(i.Counts, m.Count)
	}
	for _, m := range control {
		i.Controls = append(i.Controls, m.Count)
	}
	o := trend.Interruption{FirstPost: monthsBetween(window.MonthOf(first), i.Start) + 1, Level: true, Slope: !s.LevelOnly, Harmonics: *s.Harmonics}
	if len(service) < 24 { // too short for a season
		o.Harmonics = 0
	}
	for o.Harmonics > 0 && 4*(3+2*o.Harmonics+1) > len(service) {
		o.Harmonics--
	}
	i.Harmonics, i.Fewer = o.Harmonics, o.Harmonics < *s.Harmonics
	i.Fitted = trend.InterruptedSeries(months(service), o)
	i.Refused = i.Fitted.Refused
	if i.Refused != nil && i.Refused.Code == estimate.TooFewPoints { // months are no people: how many there are may be told
		i.Refused = &estimate.Refusal{Code: estimate.TooFewPoints, Text: fmt.Sprintf("there are %d months before %s and %d from then on; it takes 12 and 6, or 8 and 3 with level_only: true and harmonics: 0, and four for each term of the model", i.Fitted.Before, i.Start, i.Fitted.N-i.Fitted.Before)}
		i.Fitted.Refused = i.Refused
	}
	if i.Refused == nil && control != nil {
		c := trend.InterruptedWithControl(months(service), months(control), o)
		if i.Controlled = &c; c.Refused != nil { // the series itself stands
			c.Refused = &estimate.Refusal{Code: c.Refused.Code, Text: "the control series: " + c.Refused.Text}
			i.Controlled, i.uncontrolled = nil, c.Refused
		}
	}
	found.Interrupted = i
	found.Estimates = append(found.Estimates, i.estimates()...)
}

// monthSum is one month of the groups of a series that are told together.
type monthSum struct {
	trend.Month
	month window.Month
}

func gatherMonths(list []cohort.MonthCount, first window.Day, of func(group string) bool) []monthSum {
	var sums []monthSum
	for _, m := range list {
		if !of(m.Group) {
			continue
		}
		at := slices.IndexFunc(sums, func(s monthSum) bool { return s.month == m.Month })
		if at < 0 {
			at = len(sums)
			sums = append(sums, monthSum{trend.Month{Time: monthsBetween(window.MonthOf(first), m.Month) + 1, Calendar: m.Month.Month}, m.Month})
		}
		sums[at].Count += m.Count
		sums[at].Exposure += float64(m.Population)
	}
	for i := range sums {
		if sums[i].Exposure == 0 {
			sums[i].Exposure = 1
		}
	}
	slices.SortFunc(sums, func(a, b monthSum) int { return a.Time - b.Time })
	return sums
}

func months(list []monthSum) []trend.Month {
	var plain []trend.Month
	for _, m := range list {
		plain = append(plain, m.Month)
	}
	return plain
}

// monthsBetween is how many months b is after a.
func monthsBetween(a, b window.Month) int {
	return 12*(b.Year-a.Year) + b.Month - a.Month
}

// estimates are what the series tells as estimates: events from the start on over those expected, alone and beside the
// control.
func (i *Interrupted) estimates() []Estimate {
	base := Estimate{Activity: i.Activity, Window: "from " + i.Start.String(), Arm: tally.Service, FollowUp: study.Observed, Quantity: "events from the start on over those expected"}
	for k, m := range i.Months {
		if m.Span().Start < i.Start.Span().Start {
			base.Behind.Before += i.Counts[k]
		} else {
			base.Behind.After += i.Counts[k]
		}
	}
	of := func(method string, change trend.Figure, expected float64, refused *estimate.Refusal, warnings []estimate.Warning) Estimate {
		e := base
		e.Method, e.Level, e.Interval, e.Refused, e.Warnings = method, 0.95, "the larger of quasi-Poisson and Newey–West, t", refused, warnings
		if refused == nil {
			ratio, low, high := math.Exp(change.Value), math.Exp(change.Low), math.Exp(change.High)
			se, df, p := change.SE, change.DF, change.P
			e.Value, e.Low, e.High, e.SE, e.DF, e.P, e.Behind.Expected = &ratio, &low, &high, &se, &df, &p, expected
		}
		e.Series = true
		return e
	}
	list := []Estimate{of(trend.NameSeries, i.Fitted.Change, i.Fitted.Expected, i.Fitted.Refused, i.Fitted.Warnings)}
	switch c := i.Controlled; {
	case c != nil:
		list = append(list, of(trend.NameControlled, c.Change, c.Expected, c.Refused, c.Warnings))
	case i.uncontrolled != nil:
		list = append(list, of(trend.NameControlled, trend.Figure{}, 0, i.uncontrolled, nil))
	}
	return list
}
