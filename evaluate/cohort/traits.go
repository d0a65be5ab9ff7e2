package cohort

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// traits reads what people are made alike in from a row, in the order of the plan's traits; age comes later.
func traits(plan *study.Plan, field func(column string) string) []string {
	var list []string
	for _, name := range plan.Traits() {
		text := ""
		if column := plan.TraitColumn(name); column != "" {
			text, _ = Label(field(column))
			if text = strings.Clone(text); source.Missing(text) {
				text = ""
			}
		}
		list = append(list, text)
	}
	return list
}

// traitColumns are the columns that [traits] reads.
func traitColumns(plan *study.Plan) []string {
	var list []string
	for _, name := range plan.Traits() {
		list = append(list, plan.TraitColumn(name))
	}
	return distinct(list...)
}

// Stratum is what must agree of people who are compared.
func Stratum(plan *study.Plan, traits []string) string {
	if plan.Comparison == nil {
		return ""
	}
	return strings.Join(traits[:min(len(traits), len(plan.Comparison.Exact))], "\x00") // they come first
}

// draw gives comparison people without an index day of their own one of the service's, by chance, within the strata that
// must agree (but for age, which an index day tells first). Each person's chance is their own, so that nobody's day moves because another is left out.
func (c *Cohort) draw(plan *study.Plan) {
	if plan.Comparison == nil {
		return
	}
	days := map[string][]window.Day{}
	for _, p := range c.People {
		if p.Arm == tally.Service && p.Life.Index != nil {
			at := Stratum(plan, p.Traits)
			days[at] = append(days[at], *p.Life.Index)
		}
	}
	for _, list := range days {
		slices.Sort(list)
	}
	for i := range c.People {
		p := &c.People[i]
		if list := days[Stratum(plan, p.Traits)]; p.Arm == tally.Comparison && p.Life.Index == nil && len(list) > 0 && !plan.Comparison.OwnIndex {
			day := list[Chance(plan, p.ID).IntN(len(list))]
			p.Life.Index = &day
			c.Drawn++
		}
		if at := slices.Index(plan.Traits(), study.Age); at >= 0 {
			p.Traits[at] = age(*p)
		}
	}
}

// Chance is the stream of random numbers of one person.
func Chance(plan *study.Plan, id string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte("index day|" + id)) // never fails
	return rand.New(rand.NewPCG(*plan.Seed, h.Sum64()))
}

// age is a person's age on the index day, as near as the year of birth tells; "" if either is not known.
func age(p Person) string {
	if p.Born == 0 || p.Life.Index == nil {
		return ""
	}
	year, _, _ := p.Life.Index.Calendar()
	return strconv.Itoa(year - p.Born)
}
