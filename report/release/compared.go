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
var comparisonWarnings = []estimate.Code{estimate.DifferentPopulations, estimate.Imbalance, estimate.Unmatched, estimate.FutureCondition, estimate.ReusedControl, estimate.TooManyCovariates, estimate.ServedWithin}

// compared is what may leave of a comparison of both arms: each group's counts to the nearest 5, and its ratio worked out again from
// them, in whole percents, with its interval's width around it to two figures. Where those who are told of differ from a leading
// figure by what few people have, their counts don't leave; the ratio of the two does, in whole percents, and that of the comparison people
// where both together don't tell of few events.
// People who are a few from those of a leading figure are told as they are there. Nothing leaves where few people, or one with over
// half, stand behind a count of either group.
func (c *control) compared(e result.Estimate) result.Estimate {
	exact := e
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter, e.Changed, e.TopChange, e.Thin, e.ComparisonInternal = nil, nil, nil, nil, nil, nil, nil, nil
	e.Value, e.Low, e.High, e.P, e.Expected, e.EValue, e.EValueLimit, e.ServiceChange, e.ComparisonChange = nil, nil, nil, nil, nil, nil, nil, nil, nil
	e.DaysBefore, e.DaysAfter = nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	side := exact.ComparisonInternal
	e.People, e.Before, e.After = c.side(*exact.People, *exact.Before, *exact.After, *exact.Thin, side.NearService)
	e.ComparisonPeople, e.ComparisonBefore, e.ComparisonAfter = c.side(*exact.ComparisonPeople, *exact.ComparisonBefore, *exact.ComparisonAfter, *exact.Thin, side.NearComparison)
	shown := e.People != nil && e.ComparisonPeople != nil
	if shown {
		own, theirs := c.leadPeople(exact, service), c.leadPeople(exact, comparison)
		e.People, e.ComparisonPeople = c.round(own), c.round(theirs)
		if n, of := *exact.ComparisonPeople, *exact.People; own != of && theirs == n && e.Method != trend.NameEveryone && !c.replaced(e.Activity) {
			e.ComparisonPeople = nil // by the number of those matched to them people could be counted
			if n%of == 0 {
				e.ComparisonPeople = c.round(n / of * own)
			}
		}
	}
	counts := shown && e.ComparisonPeople != nil && e.Before != nil && e.After != nil && e.ComparisonBefore != nil && e.ComparisonAfter != nil && *e.Before > 0 && *e.ComparisonBefore > 0 && *e.ComparisonAfter > 0
	if exact.Value != nil && shown {
		switch {
		case trend.OfEvents(e.Method):
			if counts && *exact.ComparisonPeople >= *exact.People { // of sets that share people it is a mean by weight, which is not theirs
				c.perPersonCompared(&e, exact)
			}
		case counts:
			// What weights and unequal watch make of the plain counts, to two figures.
			of := func(ratio *float64, after, before int64) float64 {
				return figures(*ratio/(float64(after)/float64(before)), 2)
			}
			own := float64(*e.After) / float64(*e.Before) * of(exact.ServiceChange, *exact.After, *exact.Before)
			theirs := float64(*e.ComparisonAfter) / float64(*e.ComparisonBefore) * of(exact.ComparisonChange, *exact.ComparisonAfter, *exact.ComparisonBefore)
			e.ServiceChange, e.ComparisonChange = printed(&own), printed(&theirs)
			c.ratio(&e, exact, own/theirs, false)
		default:
			if !side.NearComparison && c.coarse(exact) {
				e.ComparisonChange = printed(exact.ComparisonChange)
			}
			c.ratio(&e, exact, *exact.Value, false)
		}
	}
	if e.Value != nil && e.After != nil && *e.Value > 0 && !trend.OfEvents(e.Method) {
		events := float64(*e.After) / *e.Value
		e.Expected = &events
	}
	if e.Low != nil && *e.Low > 0 && !trend.OfEvents(e.Method) {
		if value, limit, refused := estimate.EValue(*e.Value, *e.Low, *e.High); refused == nil {
			e.EValue, e.EValueLimit = printed(&value), printed(&limit)
		}
	}
	if e.Refused != "" && (!shown || !slices.Contains(comparisonDesigned, estimate.Code(e.Refused))) {
		e.Refused, e.Why = "", ""
	}
	told := int64(0)
	if shown {
		told = *e.People
		if e.ComparisonPeople != nil {
			told += *e.ComparisonPeople
		}
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
			return told >= estimate.FewPeople
		}
		return told < enough // who decides an interval of few is one of few
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

// perPersonCompared is a difference of changes a person, of released counts, with the exact width of its interval around it to two
// figures.
func (c *control) perPersonCompared(e *result.Estimate, exact result.Estimate) {
	a := *e
	b := result.Estimate{People: e.ComparisonPeople, Before: e.ComparisonBefore, After: e.ComparisonAfter}
	perPerson(&a)
	perPerson(&b)
	value := *a.Value - *b.Value
	e.Value = printed(&value)
	if exact.Low != nil && exact.High != nil {
		low, high := value-figures(*exact.Value-*exact.Low, 2), value+figures(*exact.High-*exact.Value, 2)
		e.Low, e.High = printed(&low), printed(&high)
	}
}

// coarse reports whether more than a few counts of the service's events after are possible where the ratio and that of the comparison
// people are known in whole percents, and the events before.
func (c *control) coarse(e result.Estimate) bool {
	return float64(*e.Before)**e.ServiceChange*0.01*(1 / *e.Value + 1 / *e.ComparisonChange) >= float64(c.hideBelow-1) // as many whole numbers
}

// replaced reports whether comparison people may stand for several in the matching of an activity.
func (c *control) replaced(activity string) bool {
	return slices.ContainsFunc(c.exact.Matching, func(m result.Matching) bool { return m.Kind == string(c.exact.Kind(activity)) && m.Replaced })
}

// leadPeople is the people of a comparison's arm, or those of the leading figure that differ from them by a few.
func (c *control) leadPeople(e result.Estimate, arm string) int64 {
	told := *e.People
	if arm == comparison {
		told = *e.ComparisonPeople
	}
	for _, followUp := range []string{observed, complete} {
		if lead := c.lead(key{activity: e.Activity, window: e.Window, arm: arm, followUp: followUp}); lead != nil && c.few(apart(*lead.People, told)) {
			return *lead.People
		}
	}
	return told
}

// side is the counts of one group of a comparison: to the nearest 5; people alone where the counts would tell what few people have.
func (c *control) side(people, before, after int64, thin, near bool) (p, b, a *int64) {
	switch {
	case thin || c.few(people):
		return nil, nil, nil
	case near:
		return c.round(people), nil, nil
	}
	return c.round(people), c.round(before), c.round(after)
}

// matchings are how people were made alike: counts to the nearest 5, the share of the matched down to the last ten percent, means to
// two figures, shares to the percent. What few people have, or have not, is hidden; so is who was matched where a few weren't, of either
// group.
func (c *control) matchings(exact []result.Matching) []result.Matching {
	list := slices.Clone(exact)
	for i := range list {
		m := &list[i]
		own, pool := *m.Service, *m.Pool
		few, nearly := c.few(own) || c.few(pool), false
		m.Service, m.Pool = c.besideLead(own, m.Window, service), c.besideLead(pool, m.Window, comparison)
		if m.Refused == "" && m.Matched != nil {
			matched, used := *m.Matched, *m.Used
			share := math.Floor(*m.Share/10) * 10
			m.Matched, m.Used, m.Share = c.round(matched), c.round(used), &share
			few = few || c.few(matched) || c.few(used)
			nearly = c.few(own-matched) || c.few(pool-used)
			if few || nearly || m.Service == nil || m.Pool == nil {
				m.Share, m.Matched, m.Used = nil, nil, nil
			}
		}
		if few || !slices.Contains(comparisonDesigned, estimate.Code(m.Refused)) {
			m.Refused, m.Why = "", ""
		}
		if m.Warnings = slices.Clone(m.Warnings); few {
			m.Warnings = []string{}
		}
		m.Hidden = nil
		for _, f := range []struct {
			name string
			gone bool
		}{{"service_people", m.Service == nil}, {"comparison_people", m.Pool == nil}, {"matched", m.Matched == nil && exact[i].Matched != nil}, {"used", m.Used == nil && exact[i].Used != nil}, {"matched_share", m.Share == nil && exact[i].Share != nil}} {
			if f.gone {
				m.Hidden = append(m.Hidden, f.name)
			}
		}
		m.Balance = slices.Clone(m.Balance)
		for j := range m.Balance {
			c.balance(&m.Balance[j], few, nearly, min(own, pool) >= enough*2)
		}
	}
	return list
}

// besideLead is a number of people of an arm beside its leads: hidden where it differs from one of the study's follow-up by a few.
func (c *control) besideLead(people int64, window, arm string) *int64 {
	for _, e := range c.exact.Estimates {
		if e.Method == "rate_ratio" && e.Arm == arm && e.Window == window && e.On == "" && e.Washout == "" && e.FollowUp == c.exact.FollowUp(e.Activity) && c.few(apart(*e.People, people)) {
			return nil
		}
	}
	return c.round(people)
}

// balance is what may leave of one trait. nearly is that all but a few of a group are matched, so that what is told of the matched and of
// all would tell of those few: the difference after matching is then to the nearest twentieth, or hidden. Unless there are many people,
// every difference is to the nearest twentieth, since with the means it would tell how many they are and how many have the trait.
func (c *control) balance(b *result.Covariate, few, nearly, many bool) {
	x := *b.Internal
	b.Internal = nil
	hide := func(name string, of **float64, gone bool, to func(float64) float64) {
		switch {
		case *of == nil:
		case gone:
			*of = nil
			b.Hidden = append(b.Hidden, name)
		default:
			v := to(**of)
			*of = &v
		}
	}
	cents := func(v float64) float64 { return math.Round(100*v) / 100 }
	two := func(v float64) float64 {
		if math.Abs(v) < 1 {
			return cents(v)
		}
		return figures(v, 2)
	}
	before, after := cents, cents
	if !many {
		before = twentieth
	}
	if !many || nearly || x.Matched {
		after = twentieth
	}
	gone := few || x.Everybody
	hide("mean_service", &b.MeanService, gone, two)
	hide("mean_comparison", &b.MeanComparison, gone, two)
	hide("smd_before", &b.SMD, gone, before)
	hide("variance_ratio_before", &b.VarianceRatio, gone || x.Spread, two)
	hide("mean_service_matched", &b.MatchedService, gone || nearly || x.Matched, two)
	hide("mean_comparison_matched", &b.MatchedComparison, gone || nearly || x.Matched, two)
	hide("smd_after", &b.MatchedSMD, gone || !many && (nearly || x.Matched), after)
	hide("variance_ratio_after", &b.MatchedVarianceRatio, gone || x.Spread || nearly || x.Matched, two)
}

// months are the months around the index day: all of an activity's, or none. Events are to the nearest 5; rates are of them and of
// released people, whatever their watch, and ratios are worked out from them, in whole percents. Of people who differ from a leading
// figure by what few people have, ratios alone leave: their events would add up to those of the few.
func (c *control) months(exact []result.MonthByMonth) []result.MonthByMonth {
	list := slices.Clone(exact)
	for i := range list {
		m := &list[i]
		hidden := slices.ContainsFunc(m.Points, func(p result.Point) bool { return *p.Thin }) || m.People == nil || c.few(*m.People)
		people := c.monthPeople(*m)
		hidden = hidden || people == nil
		m.People, m.PreTrend = people, nil
		if m.P != nil {
			p := max(leastP, math.Round(100**m.P)/100)
			m.P = &p
		}
		if hidden {
			m.People, m.P, m.DF, m.Hidden = nil, nil, nil, []string{"points"}
			if !slices.Contains(comparisonDesigned, estimate.Code(m.Refused)) {
				m.Refused, m.Why = "", ""
			}
		}
		m.Points = slices.Clone(m.Points)
		if at := c.longest(*m); !hidden && m.Arm == "" && at >= 0 {
			if side := c.exact.Estimates[at].ComparisonInternal; side.NearService || side.NearComparison {
				m.Hidden = []string{"events", "rate", "comparison_rate"}
				for j, of := range m.Points {
					m.Points[j] = c.ratioAlone(of)
				}
				continue
			}
		}
		own, theirs := 0.0, 0.0 // events in the reference
		for _, p := range m.Points {
			if slices.Contains(m.Reference, p.Month) {
				own += fives(*p.Events)
				if p.ComparisonEvents != nil {
					theirs += fives(*p.ComparisonEvents)
				}
			}
		}
		for j := range m.Points {
			of := m.Points[j]
			if hidden {
				m.Points[j] = result.Point{Month: of.Month, Hidden: []string{"events", "rate", "value"}}
				continue
			}
			m.Points[j] = c.month(of, *people, own, theirs, len(m.Reference))
		}
	}
	return list
}

// longest finds the comparison of matched people over the longest window, that months are of; -1 without.
func (c *control) longest(m result.MonthByMonth) int {
	at := -1
	for i, e := range c.exact.Estimates {
		if e.Compared && e.Activity == m.Activity && e.Method == trend.NameMatched && e.Refused == "" {
			at = i
		}
	}
	return at
}

// monthPeople is the people of months that may leave; nil where a few make the difference to a leading figure.
func (c *control) monthPeople(m result.MonthByMonth) *int64 {
	if m.People == nil {
		return nil
	}
	arm, people := service, *m.People
	if m.Arm == "" {
		if i := c.longest(m); i >= 0 {
			people = c.leadPeople(c.exact.Estimates[i], service)
		}
		return c.round(people)
	}
	longest := ""
	for _, w := range c.exact.Study.Windows {
		if longest == "" || w.Days > c.days(longest) {
			longest = w.Label
		}
	}
	return c.besideLead(people, longest, arm)
}

// month is one month: its events to the nearest 5, and what follows from them.
func (c *control) month(of result.Point, people int64, own, theirs float64, reference int) result.Point {
	p := result.Point{Month: of.Month, Hidden: []string{"days"}}
	events := fives(*of.Events)
	p.Events = &events
	rate := func(events float64) *float64 {
		r := figures(1000*events/float64(people), 3)
		return &r
	}
	p.Rate = rate(events)
	point := events * float64(reference) / own
	if of.ComparisonEvents != nil {
		others := fives(*of.ComparisonEvents)
		p.ComparisonRate = rate(others)
		point /= others * float64(reference) / theirs
	}
	if of.Value != nil && own > 0 && (of.ComparisonEvents == nil || theirs > 0) && !math.IsInf(point, 0) && !math.IsNaN(point) {
		var told result.Estimate
		c.ratio(&told, result.Estimate{Value: of.Value, Low: of.Low, High: of.High}, point, false)
		p.Value, p.Low, p.High = told.Value, told.Low, told.High
	}
	return p
}

// ratioAlone is one month of people who differ from a leading figure by what few people have: its ratio in whole percents.
func (c *control) ratioAlone(of result.Point) result.Point {
	p := result.Point{Month: of.Month, Hidden: []string{"days", "events", "rate", "comparison_rate"}}
	if of.Value != nil {
		var told result.Estimate
		c.ratio(&told, result.Estimate{Value: of.Value, Low: of.Low, High: of.High}, *of.Value, false)
		p.Value, p.Low, p.High = told.Value, told.Low, told.High
	}
	return p
}

// fives is a number of events, maybe by weight, to the nearest 5.
func fives(x float64) float64 { return 5 * math.Round(x/5) }

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

// interrupted is the fitted series: monthly counts to the nearest 5, what is fitted in whole events or to three figures. Where a month's
// count is hidden nothing fitted leaves but the ratio, since the fit's equations would give the count.
func (c *control) interrupted(exact *result.Interrupted) *result.Interrupted {
	if exact == nil {
		return nil
	}
	i := *exact
	rounded := func(x *float64, to func(float64) float64) *float64 {
		if x == nil {
			return nil
		}
		r := to(*x)
		return &r
	}
	fitted := func(x *float64) *float64 {
		return rounded(x, func(x float64) float64 { return math.Round(figures(x, 3)) })
	}
	count := func(x *float64) *float64 {
		if x == nil || c.few(int64(*x)) {
			return nil
		}
		return rounded(x, fives)
	}
	i.Points, i.Terms, i.Control = slices.Clone(exact.Points), slices.Clone(exact.Terms), slices.Clone(exact.Control)
	few := map[string]bool{} // months in which a group has few: their sum would tell of them
	for _, m := range c.exact.Series {
		few[m.Month] = few[m.Month] || c.few(*m.Count)
	}
	for k := range i.Points {
		p := &i.Points[k]
		gone := []bool{p.Count != nil && (few[p.Month] || c.few(int64(*p.Count))), p.Control != nil && (few[p.Month] || c.few(int64(*p.Control)))}
		for n, name := range []string{"count", "control"} {
			if gone[n] && !slices.Contains(i.Hidden, name) {
				i.Hidden = append(i.Hidden, name)
			}
		}
		p.Count, p.Control, p.Fitted, p.Expected = count(p.Count), count(p.Control), fitted(p.Fitted), fitted(p.Expected)
		if gone[0] {
			p.Count = nil
		}
		if gone[1] {
			p.Control = nil
		}
	}
	for _, list := range [][]result.Term{i.Terms, i.Control} {
		for k := range list {
			t := &list[k]
			to := func(x float64) float64 { return math.Round(1000*x) / 1000 } // a slope a month is in tenths of a percent
			if t.Name == "level" {
				to = func(x float64) float64 { return math.Round(100*x) / 100 }
			}
			t.Value, t.Low, t.High, t.P = rounded(t.Value, to), rounded(t.Low, to), rounded(t.High, to), roundP(t.P)
		}
	}
	i.Dispersion = rounded(i.Dispersion, func(x float64) float64 { return figures(x, 2) })
	i.ACF1, i.LjungBoxP = rounded(i.ACF1, func(x float64) float64 { return math.Round(10*x) / 10 }), roundP(i.LjungBoxP)
	i.Observed, i.Expected, i.Averted, i.Low, i.High = count(i.Observed), fitted(i.Expected), fitted(i.Averted), fitted(i.Low), fitted(i.High)
	if len(i.Hidden) > 0 && i.Refused == "" {
		for k := range i.Points {
			i.Points[k].Fitted, i.Points[k].Expected = nil, nil
		}
		i.Terms, i.Control, i.Dispersion, i.ACF1, i.LjungBoxP = []result.Term{}, nil, nil, nil, nil
		i.Expected, i.Averted, i.Low, i.High = nil, nil, nil, nil
		i.Hidden = append(i.Hidden, "fitted", "terms", "dispersion", "acf1")
	}
	return &i
}
