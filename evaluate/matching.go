package evaluate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"averted/evaluate/cohort"
	"averted/evaluate/estimate"
	"averted/evaluate/match"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// mostTexts is how many different texts a trait may have that people are made alike in by their score; a trait with more must
// agree (exact:).
const mostTexts = 12

// match makes the service's people alike with comparison people in what was known of them before: over the people of the
// longest window, whatever came of them later.
func (c *compared) match() {
	m := &Matching{Kind: c.kind, Who: c.plan.Comparison.Who, Match: c.plan.Comparison.Match, Window: c.windows[c.window]}
	c.matching = m
	rows := c.candidates()
	d := c.design(rows)
	for _, r := range rows {
		switch {
		case r.covariates == nil && m.Match != study.NoMatch && r.role == 0:
			m.Unknown++
		case r.role == 0:
			m.Service++
		case r.covariates != nil || m.Match == study.NoMatch:
			m.Pool++
		}
	}
	rows = slices.DeleteFunc(rows, func(r candidate) bool { return r.covariates == nil })
	people := make([]match.Person, len(rows))
	strata := map[string]int{}
	for i, r := range rows {
		stratum := cohort.Stratum(c.plan, c.people[r.person].traits)
		if _, ok := strata[stratum]; !ok {
			strata[stratum] = len(strata)
		}
		people[i] = match.Person{Service: r.role == 0, Covariates: r.covariates, Stratum: strata[stratum], ID: r.person + 1}
		c.place = append(c.place, [2]int{r.person, r.role})
	}
	weights := make([]float64, len(people))
	for i := range weights {
		weights[i] = 1
	}
	m.Dropped, m.Refused = d.dropped, d.refused
	switch {
	case m.Match == study.NoMatch:
		m.Refused, m.Matched, m.Used = nil, m.Service, m.Pool
	case m.Service+m.Unknown > 0 && d.pool == 0:
		m.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "there is nobody to compare with: nobody of the comparison arm was there, without the service, on their index day, and watched around it"}
	case m.Refused == nil && (m.Service <= m.Unknown || m.Pool == 0):
		m.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: d.least + " is not known of half of the service's people or more, or only one of the groups has what they have; leave it out"}
	case m.Refused == nil:
		weights = c.nearest(d.names, people)
	}
	if m.Balance, m.UseAt = match.Balance(d.names, people, weights), d.useAt; m.Match != study.NoMatch && m.Refused == nil {
		if m.Warnings = append(m.Warnings, match.Unbalanced(m.Balance)...); m.Share() < 0.9 && !slices.ContainsFunc(m.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.Unmatched }) {
			m.Warnings = append(m.Warnings, estimate.Warning{Code: estimate.Unmatched, Text: "of over a tenth of the service's people a trait or earlier use is not known, or nobody of the other group has what they have, so the comparison is of the others"})
		}
	}
	for j := range m.Balance {
		m.Rare = append(m.Rare, rare(people, weights, j, int64(c.plan.Release.HideBelow)))
	}
	c.judge()
}

// rare looks at who has something else than most people in one covariate.
func rare(people []match.Person, weights []float64, j int, few int64) (r Rare) {
	counts := map[float64]int64{}
	for _, p := range people {
		counts[p.Covariates[j]]++
	}
	most, of := 0.0, int64(-1)
	for x, n := range counts {
		if n > of || n == of && x < most {
			most, of = x, n
		}
	}
	thin := func(in func(i int) bool) (rare, spread bool) {
		differ, sum, top, squares, square := int64(0), 0.0, 0.0, 0.0, 0.0
		for i, p := range people {
			if off := math.Abs(p.Covariates[j] - most); off > 0 && in(i) {
				differ++
				sum += off
				squares += off * off
				top, square = max(top, off), max(square, off*off)
			}
		}
		return differ > 0 && (differ < few || top > 0.5*sum), differ > 0 && square > 0.2*squares
	}
	for _, service := range []bool{true, false} {
		group := func(i int) bool { return people[i].Service == service }
		everybody, spread := thin(group)
		r.Everybody, r.Spread = r.Everybody || everybody, r.Spread || spread
		for _, matched := range []bool{true, false} {
			part, _ := thin(func(i int) bool { return group(i) && (weights[i] > 0) == matched })
			r.Matched = r.Matched || part
		}
	}
	return r
}

// nearest finds comparison people, and gives everybody's weight.
func (c *compared) nearest(names []string, people []match.Person) []float64 {
	m, of := c.matching, c.plan.Comparison
	m.Replaced = of.Replace != nil && *of.Replace || of.Replace == nil && scarce(people, of.Ratio)
	x := make([]float64, len(people)) // nothing to make alike: everybody is
	if len(names) > 0 {
		s := match.Propensity(names, people)
		if m.Refused = s.Refused; s.Refused != nil {
			if s.Covariate == "index day" { // nobody asked for it
				m.Refused = &estimate.Refusal{Code: s.Refused.Code, Text: "the groups' index days lie apart, so that what changed with the years can't be told from the service"}
			}
			return make([]float64, len(people))
		}
		m.Warnings, x = s.Warnings, s.Linear
	}
	found := match.Nearest(people, x, match.Options{Ratio: of.Ratio, Caliper: of.Caliper, NoCaliper: of.NoCaliper, Replace: m.Replaced})
	m.Matched, m.Used = int64(len(found.Sets)), int64(found.Used)
	if m.Refused = found.Refused; m.Refused == nil && m.Share() < 0.5 {
		m.Refused = estimate.Refuse(estimate.NoMatch)
	}
	m.Warnings = append(m.Warnings, found.Warnings...)
	weights := found.Weights(len(people))
	c.sets, c.weight, c.inSet = found.Sets, make([]float64, len(c.people)), make([]bool, len(c.people))
	for i, place := range c.place {
		if place[1] == 0 {
			c.inSet[place[0]] = weights[i] > 0
		} else {
			c.weight[place[0]] = weights[i]
		}
	}
	return weights
}

// scarce reports whether there are fewer comparison people than it takes, in some stratum.
func scarce(people []match.Person, ratio int) bool {
	left := map[int]int{}
	for _, p := range people {
		if p.Service {
			left[p.Stratum] -= ratio
		} else {
			left[p.Stratum]++
		}
	}
	for _, n := range left {
		if n < 0 {
			return true
		}
	}
	return false
}

// candidate is somebody in one role who may be matched: 0 of the service, 1 for comparison. Covariates are nil of people of
// whom one is not known.
type candidate struct {
	person, role int
	own, early   tally.Seen
	covariates   []float64
}

// candidates are the people of the longest window.
func (c *compared) candidates() []candidate {
	var list []candidate
	for i, p := range c.people {
		for role, seen := range []tally.Seen{p.service[c.window], p.comparison[c.window]} {
			switch {
			case !seen.In:
			case role == 1 && p.served:
				c.matching.Served++
			default:
				list = append(list, candidate{person: i, role: role, own: seen, early: p.early[role]})
			}
		}
	}
	return list
}

// design is the covariates by which people are made alike.
type design struct {
	names   []string
	useAt   []int    // places of use before among the names
	dropped []string // nobody differs in them
	least   string   // the trait that is known of fewest
	pool    int      // comparison people, whatever is known of them
	refused *estimate.Refusal
}

// column is one covariate: what it is of somebody, and whether that is known.
type column struct {
	name  string
	trait string // "" of use before
	value func(candidate) (float64, bool)
}

// design fills the candidates' covariates in: use before, then traits. Who isn't known in one of them, or in a trait that must
// agree, has none; nobody else is looked at to see whether people differ in one.
func (c *compared) design(rows []candidate) (d design) {
	columns := c.use(rows)
	use := len(columns)
	for _, trait := range c.plan.Comparison.Covariates {
		list, refused := c.trait(trait, rows)
		if refused != nil {
			d.refused = refused
		}
		columns = append(columns, list...)
	}
	if k, apart := c.indexDay(rows); apart {
		columns = append(columns, k)
	}
	unknown := map[string]int{}
	for i, r := range rows {
		d.pool += r.role
		rows[i].covariates = []float64{}
		for at, trait := range c.plan.Comparison.Exact {
			if c.people[r.person].traits[at] == "" { // they come first
				rows[i].covariates = nil
				unknown[trait]++
			}
		}
		for _, k := range columns {
			if _, known := k.value(r); !known {
				rows[i].covariates = nil
				unknown[k.trait]++
			}
		}
	}
	for _, trait := range append(c.plan.Traits(), watchedEarly) {
		if unknown[trait] > unknown[d.least] {
			d.least = trait
		}
	}
	varies := map[string]bool{}
	for at, k := range columns {
		first, differs := math.NaN(), false
		for _, r := range rows {
			if r.covariates != nil {
				v, _ := k.value(r)
				differs = differs || !math.IsNaN(first) && v != first
				first = v
			}
		}
		if !differs {
			continue
		}
		varies[k.trait] = true
		if d.names = append(d.names, k.name); at < use && k.trait == "" {
			d.useAt = append(d.useAt, len(d.names)-1)
		}
		for i, r := range rows {
			if r.covariates != nil {
				v, _ := k.value(r)
				rows[i].covariates = append(rows[i].covariates, v)
			}
		}
	}
	for _, trait := range c.plan.Comparison.Covariates {
		if !varies[trait] && d.refused == nil {
			d.dropped = append(d.dropped, trait)
		}
	}
	if len(d.names) == 0 && d.refused == nil {
		d.refused = &estimate.Refusal{Code: estimate.BadInput, Text: "nobody differs in anything that is known of them before, so there is nothing to make people alike in"}
	}
	return d
}

// use is the columns of use before: of the activities that the study names, or of all of this kind of data.
func (c *compared) use(rows []candidate) []column {
	named := func(name string) bool { return slices.Contains(c.plan.Comparison.Use, name) }
	if !slices.ContainsFunc(c.activities, named) {
		named = func(string) bool { return true }
	}
	window := c.windows[c.window]
	c.matching.TwoWindows = c.twoWindows(rows) && slices.ContainsFunc(c.activities, func(name string) bool { return named(name) && c.knowsEarly(name) })
	days := int64(0) // of the whole window before
	for _, r := range rows {
		days = max(days, r.own.DaysBefore)
	}
	var list []column
	for a, name := range c.activities {
		if !named(name) {
			continue
		}
		label := c.plan.Activities[c.plan.Activities.Find(name)].Label
		list = append(list, column{name: useName(label, window), value: func(r candidate) (float64, bool) {
			if r.own.DaysBefore == days {
				return float64(r.own.Before[a]), true
			}
			return float64(r.own.Before[a]) * float64(days) / float64(r.own.DaysBefore), true
		}})
		if c.matching.TwoWindows && c.knowsEarly(name) {
			list = append(list, column{name: earlyName(label, window), value: func(r candidate) (float64, bool) {
				if !r.early.In {
					return 0, true
				}
				return float64(r.early.Before[a]), true
			}})
		}
	}
	if c.matching.TwoWindows { // who was not watched so early is matched with such as they, where both groups have some
		var not [2]int
		for _, r := range rows {
			if !r.early.In {
				not[r.role]++
			}
		}
		both := min(not[0], not[1]) >= cohort.LeastNamed
		list = append(list, column{name: "watched in the " + window + " before those", trait: watchedEarly, value: func(r candidate) (float64, bool) {
			if r.early.In {
				return 1, true
			}
			return 0, both
		}})
	}
	return list
}

// watchedEarly is what is not known of people who were not watched in the window before the one before.
const watchedEarly = "use in the window before the one before"

// apartInTime is the difference of the groups' index days, in standard deviations, from which they are made alike in that too.
const apartInTime = 0.2

// indexDay is the column of people's index days, and whether the groups came in at different times: use changes with the years.
func (c *compared) indexDay(rows []candidate) (column, bool) {
	k := column{name: "index day", trait: "index day", value: func(r candidate) (float64, bool) { return float64(c.people[r.person].index[r.role]), true }}
	var people []match.Person
	var one []float64
	for _, r := range rows {
		if c.people[r.person].index[r.role] == 0 { // of ready counts it isn't known
			return k, false
		}
		v, _ := k.value(r)
		people, one = append(people, match.Person{Service: r.role == 0, Covariates: []float64{v}}), append(one, 1)
	}
	b := match.Balance([]string{k.name}, people, one)[0]
	return k, b.SMD == nil || math.Abs(*b.SMD) > apartInTime
}

// useName and earlyName are what use in the window before, and in the one before that, is called.
func useName(label, window string) string   { return label + ", " + window + " before" }
func earlyName(label, window string) string { return label + ", the " + window + " before those" }

// trait is the columns of a trait: a number, or, of texts, whether it is each of them but the most common one. Texts that few people
// have are one together: a text of few may be a name. Where most texts are numbers, others are not known.
func (c *compared) trait(trait string, rows []candidate) ([]column, *estimate.Refusal) {
	at := slices.Index(c.plan.Traits(), trait)
	text := func(r candidate) string { return c.people[r.person].traits[at] }
	number := func(t string) (float64, bool) {
		x, err := strconv.ParseFloat(t, 64)
		return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	people := map[string]int{}
	numbers, all := 0, 0
	for _, r := range rows {
		if t := text(r); t != "" {
			people[t]++
			all++
			if _, ok := number(t); ok {
				numbers++
			}
		}
	}
	if 2*numbers > all || all == 0 {
		return []column{{trait, trait, func(r candidate) (float64, bool) { return number(text(r)) }}}, nil
	}
	var texts []string
	few := max(cohort.LeastNamed, c.plan.Release.HideBelow)
	for t, n := range people {
		if n >= few {
			texts = append(texts, t)
		}
	}
	if len(texts) > mostTexts {
		return nil, &estimate.Refusal{Code: estimate.BadInput, Text: fmt.Sprintf("%s has more than %d different texts; let it agree (exact:), or group it", trait, mostTexts)}
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(cmp.Compare(people[b], people[a]), cmp.Compare(a, b)) })
	level := func(r candidate) string {
		if t := text(r); people[t] >= few {
			return t
		}
		return otherText
	}
	if len(texts) < len(people) {
		texts = append(texts, otherText)
	}
	var of [2]map[string]bool // which levels each group has: who has one of the other alone is like nobody
	for role := range of {
		of[role] = map[string]bool{}
	}
	for _, r := range rows {
		of[r.role][level(r)] = of[r.role][level(r)] || text(r) != ""
	}
	known := func(r candidate) bool { return text(r) != "" && of[0][level(r)] && of[1][level(r)] }
	var list []column
	for _, t := range texts[min(1, len(texts)):] {
		list = append(list, column{trait + ": " + t, trait, func(r candidate) (float64, bool) {
			if level(r) == t {
				return 1, known(r)
			}
			return 0, known(r)
		}})
	}
	return list, nil
}

// otherText is the level of people whose own text few have.
const otherText = "other"

// twoWindows reports whether use is known in a window before the one before, of half of the service's people or more and of
// comparison people.
func (c *compared) twoWindows(rows []candidate) bool {
	var known, all [2]int
	for _, r := range rows {
		if all[r.role]++; r.early.In {
			known[r.role]++
		}
	}
	return 2*known[0] >= all[0] && 2*known[1] >= all[1] && known[0] > 0 && known[1] > 0
}

// judge says how alike people were, and are, in their use before.
func (c *compared) judge() {
	m := c.matching
	if m.Service == 0 || m.Pool == 0 {
		return
	}
	label := c.plan.Activities[c.plan.Activities.Find(c.plan.Primary.Activity)].Label
	alike := 0
	for _, at := range m.UseAt {
		b := m.Balance[at]
		m.Apart = m.Apart || b.SMD != nil && math.Abs(*b.SMD) > match.OtherPeople
		if (b.Name == useName(label, m.Window) || b.Name == earlyName(label, m.Window)) && b.MatchedSMD != nil && math.Abs(*b.MatchedSMD) <= match.Unlike {
			alike++
		}
	}
	m.BalancedUse = alike == 2
	if m.Apart && m.Match != study.NoMatch {
		m.Warnings = append(m.Warnings, estimate.Warning{Code: estimate.DifferentPopulations, Text: "before matching the groups' use differed by more than half a standard deviation: they may come from different populations, and then matched people fall back to different means and the comparison errs; comparison people of the same place and time, who were chosen alike, would cure it"})
	}
}
