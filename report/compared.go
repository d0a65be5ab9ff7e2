package report

import (
	"math"

	"averted/evaluate"
	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/report/result"
)

// comparedOf adds what a comparison tells to its estimate.
func comparedOf(r *result.Estimate, e evaluate.Estimate) {
	x := e.Compared
	if x == nil {
		return
	}
	r.Compared, r.Leads, r.BesideOnly, r.Thin = true, x.Leads, x.Why, &x.Thin
	b := x.Comparison
	r.ComparisonPeople, r.ComparisonBefore, r.ComparisonAfter = &b.People, &b.Before, &b.After
	r.ComparisonInternal = &result.Side{UsersBefore: b.UsersBefore, UsersAfter: b.UsersAfter, TopBefore: b.TopBefore, TopAfter: b.TopAfter, NearService: x.NearService, NearComparison: x.NearComparison}
	r.EValue, r.EValueLimit = x.EValue, x.EValueLimit
	if r.Expected = nil; e.Behind.Expected > 0 {
		r.Expected = &e.Behind.Expected
	}
	if x.RatioComparison > 0 {
		r.ServiceChange, r.ComparisonChange = &x.RatioService, &x.RatioComparison
	}
}

func matchingOf(m evaluate.Matching) result.Matching {
	share := 100 * m.Share()
	r := result.Matching{Kind: m.Kind, Who: string(m.Who), Match: m.Match, Window: m.Window, Service: ptr(m.Service), Pool: ptr(m.Pool), Matched: ptr(m.Matched), Used: ptr(m.Used), Share: &share,
		Replaced: m.Replaced, TwoWindows: m.TwoWindows, Warnings: codes(m.Warnings), Balance: []result.Covariate{}}
	if m.Refused != nil {
		r.Refused, r.Why = string(m.Refused.Code), m.Refused.Text
	}
	use := map[int]bool{}
	for _, at := range m.UseAt {
		use[at] = true
	}
	for i, c := range m.Balance {
		x := m.Rare[i]
		one := result.Covariate{Name: c.Name, Use: use[i], MeanService: ptr(c.MeanService), MeanComparison: ptr(c.MeanComparison), SMD: c.SMD, VarianceRatio: c.VarianceRatio,
			Internal: &result.Rare{Everybody: x.Everybody, Matched: x.Matched, Spread: x.Spread}}
		if m.Refused == nil && m.Match != study.NoMatch {
			one.MatchedService, one.MatchedComparison, one.MatchedSMD, one.MatchedVarianceRatio = ptr(c.MatchedService), ptr(c.MatchedCompared), c.MatchedSMD, c.MatchedVarianceRatio
		}
		r.Balance = append(r.Balance, one)
	}
	if m.Refused != nil {
		r.Matched, r.Used, r.Share = nil, nil, nil
	}
	return r
}

func codes(list []estimate.Warning) []string {
	names := []string{}
	for _, w := range list {
		names = append(names, string(w.Code))
	}
	return names
}

// aMonth is the days of a month that rates are told by.
const aMonth = 365.0 / 12

func monthsOf(m evaluate.MonthByMonth, hideBelow int64) result.MonthByMonth {
	r := result.MonthByMonth{Activity: m.Activity, Arm: string(m.Arm), Unit: "month", Reference: m.Reference, People: ptr(m.People), Points: []result.Point{}}
	if m.Quarters {
		r.Unit = "quarter"
	}
	if m.Refused != nil {
		r.Refused, r.Why = string(m.Refused.Code), m.Refused.Text
	}
	if m.Arm == evaluate.Contrast {
		r.PreTrend, r.P, r.DF = m.PreTrend.Statistic, m.PreTrend.P, ptr(int64(m.PreTrendDF))
	}
	rate := func(events, days float64) *float64 {
		if !(days > 0) {
			return nil
		}
		return ptr(events / days * aMonth * 1000)
	}
	for _, p := range m.Rates {
		point := result.Point{Month: p.Month, Events: ptr(p.Events), Days: ptr(p.Days), Rate: rate(p.Events, p.Days), Thin: ptr(thinMonth(p.Events, p.Users, p.Most, hideBelow))}
		if m.Arm == evaluate.Contrast {
			point.ComparisonRate, point.ComparisonEvents = rate(p.ComparisonEvents, p.ComparisonDays), ptr(p.ComparisonEvents)
			*point.Thin = *point.Thin || thinMonth(p.ComparisonEvents, p.ComparisonUsers, p.ComparisonMost, hideBelow)
		}
		for _, told := range m.Points {
			if told.Month == p.Month && told.Refused == nil {
				point.Value, point.Low, point.High = told.Value, told.Low, told.High
			}
		}
		r.Points = append(r.Points, point)
	}
	return r
}

func interruptedOf(i *evaluate.Interrupted) *result.Interrupted {
	if i == nil {
		return nil
	}
	f := i.Fitted
	r := &result.Interrupted{Activity: i.Activity, Start: i.Start.String(), LeftOut: i.LeftOut, Controlled: i.Controlled != nil, Exposed: i.Exposed, Harmonics: i.Harmonics, Fewer: i.Fewer, Months: f.N, Before: f.Before, Terms: []result.Term{}, Points: []result.SeriesPoint{}, Warnings: []string{}}
	if i.Refused != nil {
		r.Refused, r.Why = string(i.Refused.Code), i.Refused.Text
	}
	for k, m := range i.Months {
		p := result.SeriesPoint{Month: m.String(), Count: ptr(float64(i.Counts[k]))}
		if i.Controls != nil {
			p.Control = ptr(float64(i.Controls[k]))
		}
		r.Points = append(r.Points, p)
	}
	if i.Refused != nil {
		return r
	}
	averted, expected, without := f.Averted, f.Expected, f.Counterfactual
	r.Warnings = codes(f.Warnings)
	r.Terms = terms(f.Names, f.Terms)
	if c := i.Controlled; c != nil {
		averted, expected, without, r.Warnings = c.Averted, c.Expected, c.Counterfactual, codes(c.Warnings)
		r.Control = terms(c.Names, c.Terms)
	}
	r.Dispersion, r.ACF1, r.LjungBoxP = &f.Dispersion, &f.ACF1, &f.PLjungBox
	r.Observed, r.Expected, r.Averted, r.Low, r.High = ptr(float64(f.Observed)), &expected, &averted.Value, &averted.Low, &averted.High
	for k := range r.Points {
		r.Points[k].Fitted = ptr(f.Fitted[k])
		if k >= f.Before {
			r.Points[k].Expected = ptr(without[k])
		}
	}
	return r
}

// thinMonth reports whether too few people, or one with over half, stand behind a month's events.
func thinMonth(events float64, users, most, hideBelow int64) bool {
	return users < hideBelow || 2*float64(most) > events
}

// terms are the coefficients that are told: the trend, and the changes of level and slope.
func terms(names []string, figures []trend.Figure) []result.Term {
	var list []result.Term
	for i, name := range names {
		if name == "time" || name == "level" || name == "slope" {
			f := figures[i]
			list = append(list, result.Term{Name: name, Value: ptr(math.Exp(f.Value)), Low: ptr(math.Exp(f.Low)), High: ptr(math.Exp(f.High)), P: ptr(f.P)})
		}
	}
	return list
}
