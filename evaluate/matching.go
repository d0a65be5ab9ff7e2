package evaluate

import (
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
	m := &Matching{Kind: c.kind, Who: c.plan.Comparison.Who, Match: c.plan.Comparison.Match, Window: c.windows[c.longest]}
	c.matching = m
	rows := c.candidates()
	names, at, refused := c.design(rows)
	m.Refused = refused
	if refused != nil {
		return
	}
	rows = slices.DeleteFunc(rows, func(r candidate) bool { return r.covariates == nil })
	people := make([]match.Person, len(rows))
	strata := map[string]int{}
	for i, r := range rows {
		stratum := cohort.Stratum(c.plan, c.people[r.person].traits)
		if _, ok := strata[stratum]; !ok {
			strata[stratum] = len(strata)
		}
		people[i] = match.Person{Service: r.role == 0, Covariates: r.covariates, Stratum: strata[stratum]}
		c.place = append(c.place, [2]int{r.person, r.role})
		if r.role == 0 {
			m.Service++
		} else {
			m.Pool++
		}
	}
	weights := make([]float64, len(people))
	for i := range weights {
		weights[i] = 1
	}
	if m.Match != study.NoMatch {
		weights = c.nearest(names, people)
	}
	m.Balance, m.UseAt = match.Balance(names, people, weights), at
	if m.Match == study.NoMatch {
		m.Matched, m.Used = m.Service, m.Pool
	} else {
		m.Warnings = append(m.Warnings, match.Unbalanced(m.Balance)...)
	}
	c.judge()
}

// nearest finds comparison people, and gives everybody's weight.
func (c *compared) nearest(names []string, people []match.Person) []float64 {
	m, of := c.matching, c.plan.Comparison
	x := make([]float64, len(people)) // nothing to make alike: everybody is
	if len(names) > 0 {
		s := match.Propensity(names, people)
		if m.Refused = s.Refused; s.Refused != nil {
			return make([]float64, len(people))
		}
		m.Warnings, x = s.Warnings, s.Linear
	}
	m.Replaced = of.Replace != nil && *of.Replace || of.Replace == nil && m.Pool < m.Service*int64(of.Ratio)
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
		for role, seen := range []tally.Seen{p.service[c.longest], p.comparison[c.longest]} {
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

// design fills the candidates' covariates in: traits, then use before. at is the places of use before among the names.
func (c *compared) design(rows []candidate) (names []string, at []int, refused *estimate.Refusal) {
	for i := range rows {
		rows[i].covariates = []float64{}
	}
	add := func(name string, value func(candidate) (float64, bool)) {
		first, varies := math.NaN(), false
		column := make([]float64, len(rows))
		for i, r := range rows {
			if r.covariates == nil {
				continue
			}
			v, known := value(r)
			if column[i] = v; !known {
				rows[i].covariates = nil
				continue
			}
			varies = varies || !math.IsNaN(first) && v != first
			first = v
		}
		if !varies {
			return // nobody differs in it
		}
		names = append(names, name)
		for i := range rows {
			if rows[i].covariates != nil {
				rows[i].covariates = append(rows[i].covariates, column[i])
			}
		}
	}
	if c.matching.Match != study.NoMatch {
		for _, trait := range c.plan.Comparison.Covariates {
			if refused = c.trait(trait, rows, add); refused != nil {
				return nil, nil, refused
			}
		}
	}
	c.matching.TwoWindows = c.twoWindows(rows) && !slices.ContainsFunc(c.plan.Comparison.Use, func(name string) bool { return slices.Contains(c.activities, name) && !c.knowsEarly(name) })
	for a, name := range c.activities {
		if !slices.Contains(c.plan.Comparison.Use, name) && (c.matching.Match != study.NoMatch || name != c.plan.Primary.Activity) {
			continue
		}
		days := int64(0) // of the whole window before
		for _, r := range rows {
			days = max(days, r.own.DaysBefore)
		}
		label := c.plan.Activities[c.plan.Activities.Find(name)].Label
		before := len(names)
		if c.matching.TwoWindows {
			add(fmt.Sprintf("%s in the window before that before", label), func(r candidate) (float64, bool) {
				if !r.early.In {
					return 0, true
				}
				return float64(r.early.Before[a]), true
			})
		}
		add(fmt.Sprintf("%s before", label), func(r candidate) (float64, bool) {
			if r.own.DaysBefore == days {
				return float64(r.own.Before[a]), true
			}
			return float64(r.own.Before[a]) * float64(days) / float64(r.own.DaysBefore), true
		})
		for i := before; i < len(names); i++ {
			at = append(at, i)
		}
	}
	if c.matching.TwoWindows { // who was not watched so early is matched with such as they
		add("watched in the window before that before", func(r candidate) (float64, bool) {
			if r.early.In {
				return 1, true
			}
			return 0, true
		})
	}
	for _, r := range rows {
		if r.covariates == nil && r.role == 0 {
			c.matching.Unknown++
		}
	}
	return names, at, nil
}

// trait adds a trait: a number, or, of texts, whether it is each of them but the most common one.
func (c *compared) trait(trait string, rows []candidate, add func(string, func(candidate) (float64, bool))) *estimate.Refusal {
	at := slices.Index(c.plan.Traits(), trait)
	text := func(r candidate) string { return c.people[r.person].traits[at] }
	people := map[string]int{}
	numbers := true
	for _, r := range rows {
		if t := text(r); t != "" {
			people[t]++
			x, err := strconv.ParseFloat(t, 64)
			numbers = numbers && err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
		}
	}
	if numbers {
		add(trait, func(r candidate) (float64, bool) {
			x, err := strconv.ParseFloat(text(r), 64)
			return x, err == nil
		})
		return nil
	}
	if len(people) > mostTexts {
		return &estimate.Refusal{Code: estimate.BadInput, Text: fmt.Sprintf("%s has more than %d different texts; let it agree (exact:), or group it", trait, mostTexts)}
	}
	texts := make([]string, 0, len(people))
	for t := range people {
		texts = append(texts, t)
	}
	slices.SortFunc(texts, func(a, b string) int {
		if people[a] != people[b] {
			return people[b] - people[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
	for _, t := range texts[min(1, len(texts)):] {
		add(trait+": "+t, func(r candidate) (float64, bool) {
			if text(r) == t {
				return 1, text(r) != ""
			}
			return 0, text(r) != ""
		})
	}
	return nil
}

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
	label := c.plan.Activities[c.plan.Activities.Find(c.plan.Primary.Activity)].Label
	alike := 0
	for _, at := range m.UseAt {
		b := m.Balance[at]
		m.Apart = m.Apart || b.SMD != nil && math.Abs(*b.SMD) > match.OtherPeople
		if (b.Name == label+" before" || b.Name == label+" in the window before that before") && b.MatchedSMD != nil && math.Abs(*b.MatchedSMD) <= match.Unlike {
			alike++
		}
	}
	m.BalancedUse = alike == 2
	if m.Apart && m.Match != study.NoMatch {
		m.Warnings = append(m.Warnings, estimate.Warning{Code: estimate.DifferentPopulations, Text: "before matching the groups' use differed by more than half a standard deviation: if they come from different populations, matched people fall back to different means, and the comparison errs; comparison people chosen by the same rule would cure it"})
	}
}
