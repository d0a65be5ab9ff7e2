package release

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/report/result"
)

// comparisonDesigned are refusals of a comparison that tell of the study and not of how many people there are.
var comparisonDesigned = []estimate.Code{estimate.BadInput, estimate.NoMatch, estimate.Separation, estimate.Collinear}

// comparisonWarnings are those that tell of the design.
var comparisonWarnings = []estimate.Code{estimate.DifferentPopulations, estimate.Imbalance, estimate.Unmatched, estimate.FutureCondition, estimate.ReusedControl, estimate.TooManyCovariates}

// compared is what may leave of a comparison of both arms: its ratio in whole percents, its interval's width around it to two
// figures, and each group's counts to the nearest 5, or to the nearest 10 where only a few people make the difference to a
// lead that is shown. Nothing leaves where few people, or one with over half, stand behind a count of either group.
func (c *control) compared(e result.Estimate) result.Estimate {
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange, e.Thin, e.ComparisonInternal = nil, nil, nil, nil, nil, nil, nil, nil
	e.Value, e.Low, e.High, e.P, e.Expected, e.EValue, e.EValueLimit, e.ComparisonChange = nil, nil, nil, nil, nil, nil, nil, nil
	e.DaysBefore, e.DaysAfter = nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	k := keyOf(e)
	k.followUp = observed
	e.People, e.Before, e.After = c.side(k.of(service), *exact.People, *exact.Before, *exact.After, *exact.Thin)
	e.ComparisonPeople, e.ComparisonBefore, e.ComparisonAfter = c.side(k.of(comparison), *exact.ComparisonPeople, *exact.ComparisonBefore, *exact.ComparisonAfter, *exact.Thin)
	shown := e.People != nil && e.Before != nil && e.After != nil && e.ComparisonPeople != nil && e.ComparisonBefore != nil && e.ComparisonAfter != nil
	if exact.Value != nil && shown {
		if trend.OfEvents(e.Method) {
			e.Value, e.Low, e.High = printed(exact.Value), hundredths(exact.Low, math.Floor), hundredths(exact.High, math.Ceil)
		} else {
			c.ratio(&e, exact, *exact.Value, false)
			e.ComparisonChange = printed(exact.ComparisonChange)
		}
	}
	if e.Value != nil && e.ComparisonChange != nil && *e.Value > 0 {
		events := float64(*e.After) / *e.Value
		e.Expected = &events
		if e.Low != nil && *e.Low > 0 {
			if value, limit, refused := estimate.EValue(*e.Value, *e.Low, *e.High); refused == nil {
				e.EValue, e.EValueLimit = printed(&value), printed(&limit)
			}
		}
	}
	if e.Refused != "" && (!shown || !slices.Contains(comparisonDesigned, estimate.Code(e.Refused))) {
		e.Refused, e.Why = "", ""
	}
	e.Warnings = slices.DeleteFunc(e.Warnings, func(code string) bool {
		switch {
		case !shown:
			return true
		case slices.Contains(comparisonWarnings, estimate.Code(code)):
			return false
		case e.Value == nil:
			return true
		case estimate.Code(code) == estimate.SmallN:
			return *e.People+*e.ComparisonPeople >= estimate.FewPeople
		}
		return *e.People+*e.ComparisonPeople < enough // who decides an interval of few is one of few
	})
	if e.Value == nil {
		e.Leads = false
		if e.Refused == "" {
			e.BesideOnly = ""
		}
	}
	if e.Low == nil {
		e.Interval = ""
	}
	e.Hidden = gone(e, exact)
	for _, f := range []struct {
		name string
		gone bool
	}{{"comparison_people", e.ComparisonPeople == nil}, {"comparison_before", e.ComparisonBefore == nil}, {"comparison_after", e.ComparisonAfter == nil},
		{"comparison_rate_ratio", e.ComparisonChange == nil && exact.ComparisonChange != nil}, {"e_value", e.EValue == nil && exact.EValue != nil}} {
		if f.gone {
			e.Hidden = append(e.Hidden, f.name)
		}
	}
	if exact.Expected == nil { // there is none
		e.Hidden = slices.DeleteFunc(e.Hidden, func(name string) bool { return name == "expected" })
	}
	return e
}

// hundredths is a limit to two decimals, away from the value.
func hundredths(x *float64, to func(float64) float64) *float64 {
	if x == nil {
		return nil
	}
	r := to(100**x) / 100
	return &r
}

// side is the counts of one group of a comparison: those of the lead where they are the same, to the nearest 10 where they differ
// from an exact figure by a few people.
func (c *control) side(k key, people, before, after int64, thin bool) (p, b, a *int64) {
	if thin || c.few(people) {
		return nil, nil, nil
	}
	near := false
	for _, followUp := range []string{observed, complete} {
		of := k.watched(followUp)
		lead, shown := c.lead(of), c.shown(of)
		if lead == nil {
			continue
		}
		if *lead.People == people && *lead.Before == before && *lead.After == after {
			return shown.People, shown.Before, shown.After
		}
		near = near || c.exactly(of) && c.few(apart(*lead.People, people))
	}
	if near {
		return tens(&people), tens(&before), tens(&after)
	}
	return c.round(people), c.round(before), c.round(after)
}

// matchings are how people were made alike: counts to the nearest 5, the share of the matched down to the last ten percent,
// means to two figures. What few people have, or have not, is hidden.
func (c *control) matchings(exact []result.Matching) []result.Matching {
	list := slices.Clone(exact)
	for i := range list {
		m := &list[i]
		service, matched, pool, used := *m.Service, *m.Matched, *m.Pool, *m.Used
		share := math.Floor(*m.Share/10) * 10
		m.Service, m.Matched, m.Pool, m.Used, m.Share = c.round(service), c.round(matched), c.round(pool), c.round(used), &share
		if c.few(service - matched) {
			m.Matched = nil
		}
		if c.few(pool - used) {
			m.Used = nil
		}
		if c.few(service) || c.few(matched) {
			m.Share = nil
		}
		for name, gone := range map[string]bool{"service_people": m.Service == nil, "matched": m.Matched == nil, "comparison_people": m.Pool == nil, "used": m.Used == nil, "matched_share": m.Share == nil} {
			if gone {
				m.Hidden = append(m.Hidden, name)
			}
		}
		slices.Sort(m.Hidden)
		if m.Service == nil || m.Pool == nil || !slices.Contains(comparisonDesigned, estimate.Code(m.Refused)) {
			m.Refused, m.Why = "", ""
		}
		if m.Share == nil || m.Used == nil && c.few(used) || m.Pool == nil {
			m.Warnings = []string{}
		}
		hide := c.few(service) || c.few(pool) || c.few(matched) || c.few(used)
		m.Balance = slices.Clone(m.Balance)
		for j := range m.Balance {
			b := &m.Balance[j]
			gone := hide || *b.Few
			b.Few = nil
			for _, f := range []struct {
				name    string
				of      **float64
				figures int
			}{{"mean_service", &b.MeanService, 2}, {"mean_comparison", &b.MeanComparison, 2}, {"smd_before", &b.SMD, 0}, {"variance_ratio_before", &b.VarianceRatio, 2},
				{"mean_service_matched", &b.MatchedService, 2}, {"mean_comparison_matched", &b.MatchedComparison, 2}, {"smd_after", &b.MatchedSMD, 0}, {"variance_ratio_after", &b.MatchedVarianceRatio, 2}} {
				switch {
				case *f.of == nil:
				case gone:
					*f.of = nil
					b.Hidden = append(b.Hidden, f.name)
				case f.figures == 0:
					*f.of = printed(*f.of)
				default:
					x := figures(**f.of, f.figures)
					*f.of = &x
				}
			}
		}
	}
	return list
}

// months are the months around the index day: all of an activity's, or none. Events are to the nearest 5 and rates follow from
// them; ratios are in whole percents.
func (c *control) months(exact []result.MonthByMonth) []result.MonthByMonth {
	list := slices.Clone(exact)
	for i := range list {
		m := &list[i]
		thin := slices.ContainsFunc(m.Points, func(p result.Point) bool { return *p.Thin }) || c.few(*m.People)
		m.People = c.round(*m.People)
		if m.PreTrend = nil; m.P != nil {
			p := max(leastP, math.Round(100**m.P)/100)
			m.P = &p
		}
		m.Points = slices.Clone(m.Points)
		if thin {
			m.P, m.Hidden, m.Refused, m.Why = nil, []string{"points"}, "", ""
		}
		for j := range m.Points {
			p := &m.Points[j]
			of := *p
			*p = result.Point{Month: of.Month}
			if thin {
				p.Hidden = []string{"events", "rate", "value"}
				continue
			}
			rounded := 5 * math.Round(*of.Events/5)
			p.Events = &rounded
			p.Rate = rateOf(of.Rate, *of.Events, rounded)
			if of.ComparisonRate != nil {
				p.ComparisonRate = rateOf(of.ComparisonRate, *of.ComparisonEvents, 5*math.Round(*of.ComparisonEvents/5))
			}
			if of.Value != nil {
				var told result.Estimate
				c.ratio(&told, result.Estimate{Value: of.Value, Low: of.Low, High: of.High}, *of.Value, false)
				p.Value, p.Low, p.High = told.Value, told.Low, told.High
			}
			p.Hidden = []string{"days"}
		}
	}
	return list
}

// rateOf is a rate as it would be with other events, to three figures.
func rateOf(rate *float64, events, rounded float64) *float64 {
	if rate == nil || events == 0 {
		return nil
	}
	r := figures(*rate*rounded/events, 3)
	return &r
}

// monthly is what may leave of an estimate of a series: its ratio in whole percents, and events to the nearest 5.
func (c *control) monthly(e result.Estimate) result.Estimate {
	exact := e
	before, after := c.round(*e.Before), c.round(*e.After)
	e.Before, e.After, e.P, e.Value, e.Low, e.High, e.Expected = before, after, roundP(e.P), nil, nil, nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	if exact.Value != nil && before != nil && after != nil {
		c.ratio(&e, exact, *exact.Value, false)
		if *e.Value > 0 {
			events := float64(*after) / *e.Value
			e.Expected = &events
		}
	}
	e.Hidden = slices.DeleteFunc(gone(e, exact), func(name string) bool { return name == "people" })
	return e
}

// interrupted is the fitted series: monthly counts to the nearest 5, everything fitted to three figures.
func (c *control) interrupted(exact *result.Interrupted) *result.Interrupted {
	if exact == nil {
		return nil
	}
	i := *exact
	three := func(x *float64) *float64 {
		if x == nil {
			return nil
		}
		r := figures(*x, 3)
		return &r
	}
	count := func(x *float64) *float64 {
		if x == nil || c.few(int64(*x)) {
			return nil
		}
		r := 5 * math.Round(*x/5)
		return &r
	}
	i.Points, i.Terms, i.Control = slices.Clone(exact.Points), slices.Clone(exact.Terms), slices.Clone(exact.Control)
	for k := range i.Points {
		p := &i.Points[k]
		if p.Count != nil && c.few(int64(*p.Count)) && len(i.Hidden) == 0 {
			i.Hidden = append(i.Hidden, "count")
		}
		p.Count, p.Control, p.Fitted, p.Expected = count(p.Count), count(p.Control), three(p.Fitted), three(p.Expected)
	}
	for _, list := range [][]result.Term{i.Terms, i.Control} {
		for k := range list {
			t := &list[k]
			round := func(x *float64) *float64 {
				r := math.Round(1e4**x) / 1e4
				return &r
			}
			t.Value, t.Low, t.High, t.P = round(t.Value), round(t.Low), round(t.High), roundP(t.P)
		}
	}
	i.Dispersion, i.ACF1, i.LjungBoxP = three(i.Dispersion), three(i.ACF1), roundP(i.LjungBoxP)
	i.Observed, i.Expected, i.Averted, i.Low, i.High = count(i.Observed), three(i.Expected), three(i.Averted), three(i.Low), three(i.High)
	return &i
}
