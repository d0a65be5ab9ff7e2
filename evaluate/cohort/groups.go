package cohort

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Unknown is the level of people of whom it is not known.
const Unknown = "not known"

// Few is the level of people whose own has few.
const Few = "other"

// divides keeps what the study divides people by.
func (r *reader) divides(id, sex, locality string) {
	keep := func(into map[string]string, text string) {
		if text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " "); text != "" && !source.Missing(text) {
			into[id] = strings.Clone(text)
		}
	}
	if r.plan.Divides(study.Sex) {
		keep(r.sex, sex)
	}
	if r.plan.Divides(study.Locality) {
		keep(r.locality, locality)
	}
}

// LeastNamed is how many people a level must have for its text to be kept, whatever is agreed of counts: a text of few may
// be a name.
const LeastNamed = 8

// mostLevels is how many levels a subgroup may have: a column with more is one of names or addresses.
const mostLevels = 40

// levels looks whether the columns that people are divided by can be that.
func (r *reader) levels() {
	for _, by := range r.plan.Subgroups {
		var column string
		var texts map[string]string
		switch by {
		case study.Sex:
			column, texts = r.plan.People.Columns.Sex, r.sex
		case study.Locality:
			column, texts = r.plan.People.Columns.Locality, r.locality
		}
		different, practices := map[string]bool{}, map[string]bool{}
		for _, label := range r.labels {
			practices[strings.ToLower(label)] = label != ""
		}
		ofPractices := false
		for _, text := range texts {
			different[text] = true
			ofPractices = ofPractices || practices[strings.ToLower(text)]
		}
		if ofPractices && !r.plan.Release.NamePractices {
			r.problems.Add(source.Problem{File: r.plan.People.File, Name: column, Code: "A123",
				Text: fmt.Sprintf("subgroups: %s divides people by this column, which holds names of practices, and release: name_practices: is false", by)})
		}
		if len(different) > mostLevels {
			r.problems.Add(source.Problem{File: r.plan.People.File, Name: column, Code: "A123",
				Text: fmt.Sprintf("subgroups: %s divides people by this column, which has %d different texts; a subgroup has at most %d, and what is told of each must be of many people", by, len(different), mostLevels)})
		}
	}
}

// divide puts everybody into a level of each subgroup that the study asks for. Levels are sorted, those of age by age, and
// "not known" is the last.
func (c *Cohort) divide(plan *study.Plan, r *reader) {
	for _, by := range plan.Subgroups {
		level := func(p Person) string { return r.sex[p.ID] }
		switch by {
		case study.Locality:
			level = func(p Person) string { return r.locality[p.ID] }
		case study.AgeBand:
			level = func(p Person) string { return band(p, plan.AgeBands) }
		}
		group := tally.Group{By: by}
		if by == study.AgeBand {
			for i := range len(plan.AgeBands) + 1 {
				group.Levels = append(group.Levels, bandName(plan.AgeBands, i))
			}
		}
		texts := make([]string, len(c.People))
		for i, p := range c.People {
			texts[i] = level(p)
		}
		if by != study.AgeBand {
			group.Levels = named(texts, max(LeastNamed, plan.Release.HideBelow))
		}
		if slices.Contains(texts, "") {
			group.Levels = append(group.Levels, Unknown)
		}
		for i, text := range texts {
			at := slices.Index(group.Levels, text)
			if text == "" {
				at = len(group.Levels) - 1
			}
			c.People[i].Levels = append(c.People[i].Levels, at)
		}
		c.Groups = append(c.Groups, group)
	}
}

// named is the sorted levels that texts name. A level of few people may be a name or an address: those are one level
// together, and their texts go.
func named(texts []string, hideBelow int) []string {
	people := map[string]int{}
	for _, text := range texts {
		people[text]++
	}
	var levels []string
	few := false
	for text, n := range people {
		switch {
		case text == "":
		case n < hideBelow:
			few = true
		default:
			levels = append(levels, text)
		}
	}
	slices.Sort(levels)
	if few {
		levels = append(levels, Few)
	}
	for i, text := range texts {
		if people[text] < hideBelow && text != "" {
			texts[i] = Few
		}
	}
	return levels
}

// band is the band of a person's age on the index day, as near as the year of birth tells; "" if either is not known.
func band(p Person, last []int) string {
	if p.Born == 0 || p.Life.Index == nil {
		return ""
	}
	year, _, _ := p.Life.Index.Calendar()
	age := year - p.Born
	if age < 0 {
		return ""
	}
	at, _ := slices.BinarySearch(last, age)
	return bandName(last, at)
}

func bandName(last []int, i int) string {
	switch {
	case i == len(last):
		return fmt.Sprintf("%d and over", last[i-1]+1)
	case i == 0:
		return fmt.Sprintf("0 to %d", last[0])
	}
	return fmt.Sprintf("%d to %d", last[i-1]+1, last[i])
}
