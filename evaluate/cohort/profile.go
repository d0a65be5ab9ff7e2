package cohort

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/profile"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/evaluate/window"
)

// ReadProfile reads what the profile of a plan tells of its people. The error is *[source.Rejected] if rows can't be used.
func ReadProfile(ctx context.Context, plan *study.Plan, files *source.Files, people *Cohort) (*profile.Told, []source.Quality, error) {
	var problems source.Problems
	r := &profileReader{plan: plan, files: files, problems: &problems, people: people, at: map[string]int{}, levelOf: map[string]map[string]string{}, told: &profile.Told{}}
	for i, p := range people.People {
		r.at[p.ID] = i
	}
	for _, read := range []func(context.Context) error{r.traits, r.population, r.contacts, r.onward} {
		if err := read(ctx); err != nil {
			return nil, nil, err
		}
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	return r.told, r.quality, nil
}

type profileReader struct {
	levelOf  map[string]map[string]string // by trait: the level of a text of the data, in small letters
	plan     *study.Plan
	files    *source.Files
	problems *source.Problems
	people   *Cohort
	at       map[string]int // place in people, by identifier
	told     *profile.Told
	quality  []source.Quality
}

// traitNames is what traits are called.
var traitNames = map[string]string{study.AgeBand: "Age on the index day", study.Sex: "Sex", study.Ethnicity: "Ethnicity", study.Deprivation: "Deprivation of the area, in tenths", study.Carer: "Carer",
	study.Locality: "Locality", study.ReferredBy: "Referred by", study.Practices: "Practice", study.Reason: "Reason for referral", study.AlsoIn: "Also in another service"}

// traits reads the people again, for what kind of people they are.
func (r *profileReader) traits(ctx context.Context) (err error) {
	traits, columns := r.plan.Told()
	c := r.plan.People.Columns
	want := distinct(append([]string{c.Person, c.Index, c.Contacted, c.FollowedUp}, columns...)...)
	var quality source.Quality // the people were read before, and their quality told
	rows, err := r.files.Open(ctx, r.plan.People.Table, "people", want, r.problems, &quality)
	if err != nil || rows == nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	place := func(column string) int { return slices.Index(want, column) }
	index := rows.Dates(place(c.Index), r.plan.People.Dates, *r.plan.Date)
	texts := make([][]string, len(r.people.People)) // parallel to traits
	reached, followed := make([]bool, len(texts)), make([]bool, len(texts))
	for {
		more, err := rows.Next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		i, known := r.at[rows.Field(place(c.Person))]
		if !known {
			continue
		}
		day, outcome := index.Day()
		if chosen := r.people.People[i].Life.Index; texts[i] != nil && (chosen == nil || outcome != source.DayRead || day != *chosen) {
			continue // another row of the person is the one that counts
		}
		list := make([]string, len(traits))
		for t, column := range columns {
			text := rows.Field(place(column))
			if label, _ := Label(text); !source.Missing(label) {
				list[t] = strings.Clone(label)
			}
			if traits[t] == study.Deprivation && list[t] != "" {
				if n, err := strconv.Atoi(list[t]); err != nil || n < 1 || n > 10 {
					rows.Problem(place(column), "A105", "want a whole number from 1, the most deprived tenth, to 10", "")
				}
			}
		}
		texts[i] = list
		said := func(column string) bool {
			if column == "" {
				return false
			}
			was, ok := r.yes(rows.Field(place(column)))
			if !ok {
				rows.Problem(place(column), "A105", "want a day as people.dates: says, or yes or no; nothing means no", "")
			}
			return was
		}
		reached[i], followed[i] = said(c.Contacted), said(c.FollowedUp)
	}
	r.stages(reached, followed)
	for t, trait := range traits {
		r.table(t, trait, columns[t], texts)
	}
	r.referrals()
	return nil
}

// yes reports whether a column of days, or of yes and no, says that something was; false where the text is neither.
func (r *profileReader) yes(text string) (was, ok bool) {
	switch strings.ToLower(text) {
	case "", "no", "n", "false", "0":
		return false, true
	case "yes", "y", "true", "1":
		return true, true
	}
	if source.Missing(text) {
		return false, true
	}
	layouts, _ := source.Layouts(r.plan.People.Dates)
	for _, layout := range layouts {
		if _, ok := source.ParseDate(layout, text, *r.plan.Date); ok {
			return true, true
		}
	}
	return false, false
}

func (r *profileReader) stages(reached, followed []bool) {
	var contacted, connected, again int64
	all := int64(len(r.people.People))
	for i, p := range r.people.People {
		on := r.connected(p)
		if on || reached[i] {
			contacted++
		}
		if on {
			connected++
		}
		if followed[i] && (on || !r.knowsConnected()) {
			again++
		}
	}
	referred, consent := all, int64(-1)
	for _, b := range r.people.Flow {
		if whole := b.Arm == tally.All || !r.plan.HasComparison(); b.Window == "" && whole {
			switch b.Step {
			case StepPeople:
				referred = b.People
			case StepConsent:
				consent = b.People
			}
		}
	}
	add := func(name string, n int64) {
		r.told.Stages = append(r.told.Stages, profile.Stage{Name: name, People: n})
	}
	add(profile.Referred, referred)
	if consent >= 0 {
		add(profile.Agreed, consent)
	}
	if r.plan.People.Columns.Contacted != "" {
		add(profile.Contacted, contacted)
	}
	if r.knowsConnected() {
		add(profile.Connected, connected)
	}
	if r.plan.People.Columns.FollowedUp != "" {
		add(profile.FollowedUp, again)
	}
}

// knowsConnected reports whether it is known for whom the service began.
func (r *profileReader) knowsConnected() bool {
	return r.plan.HasComparison() || r.plan.People.Columns.Start != ""
}

// connected reports whether the service began for a person.
func (r *profileReader) connected(p Person) bool {
	if r.plan.HasComparison() {
		return p.Arm == tally.Service
	}
	return p.Start != nil
}

// mostPractices is how many practices are told one by one.
const mostPractices = 400

// table counts people by the levels of one trait.
func (r *profileReader) table(t int, trait, column string, texts [][]string) {
	x := profile.Table{By: trait, Label: traitNames[trait], Several: study.Several(trait), People: int64(len(r.people.People)),
		Arms: r.knowsConnected()}
	each := make([][]string, len(texts)) // the levels of each person
	spelt := map[string]string{}         // of one text in different letters the first in order
	for _, own := range texts {
		for part := range strings.SplitSeq(at(own, t), ";") {
			part = strings.TrimSpace(part)
			if other, ok := spelt[strings.ToLower(part)]; !ok || part < other {
				spelt[strings.ToLower(part)] = part
			}
		}
	}
	var flat []string
	for i, p := range r.people.People {
		text := at(texts[i], t)
		switch {
		case trait == study.AgeBand:
			text = band(p, r.plan.AgeBands)
		case trait == study.Practices && p.Practice >= 0:
			text = r.people.Practices[p.Practice]
		case trait == study.Deprivation && text == "1":
			text = "1 (most deprived)"
		case trait == study.Deprivation && text == "10":
			text = "10 (least deprived)"
		}
		if !x.Several {
			each[i] = []string{cmp.Or(spelt[strings.ToLower(text)], text)}
		} else {
			for part := range strings.SplitSeq(text, ";") {
				if part = spelt[strings.ToLower(strings.TrimSpace(part))]; part != "" && !slices.Contains(each[i], part) {
					each[i] = append(each[i], part)
				}
			}
			if len(each[i]) == 0 {
				each[i] = []string{""}
			}
		}
		flat = append(flat, each[i]...)
	}
	most := mostLevels
	if trait == study.Practices {
		most = mostPractices
	}
	if different := slices.Compact(slices.Sorted(slices.Values(flat))); len(different) > most {
		r.problems.Add(source.Problem{File: r.plan.People.File, Name: column, Code: "A123",
			Text: fmt.Sprintf("the profile tells people by this column, which has %d different texts; it can tell of at most %d", len(different), most)})
		return
	}
	var levels []string
	if trait == study.AgeBand {
		for i := range len(r.plan.AgeBands) + 1 {
			levels = append(levels, bandName(r.plan.AgeBands, i))
		}
	} else {
		levels = named(flat, max(LeastNamed, r.plan.Release.HideBelow)) // flat's texts of few are now "other"
		slices.SortStableFunc(levels, func(a, b string) int { return tenth(trait, a) - tenth(trait, b) })
	}
	if slices.Contains(flat, "") {
		levels = append(levels, noLevel(trait))
	}
	for _, name := range levels {
		x.Levels = append(x.Levels, profile.Level{Name: name})
	}
	has := make([][]bool, len(each))
	r.levelOf[trait] = map[string]string{}
	k := 0
	for i, own := range each {
		has[i] = make([]bool, len(levels))
		for which := range own {
			at := slices.Index(levels, flat[k])
			if flat[k] == "" {
				at = len(levels) - 1
			} else if at >= 0 {
				r.levelOf[trait][strings.ToLower(own[which])] = levels[at]
			}
			k++
			if at < 0 || has[i][at] { // other twice
				continue
			}
			has[i][at] = true
			x.Levels[at].People++
			if r.connected(r.people.People[i]) {
				x.Levels[at].Connected++
			}
		}
	}
	r.told.Tables = append(r.told.Tables, x)
	if trait == study.Reason {
		named := len(levels)
		for named > 0 && (levels[named-1] == noLevel(trait) || levels[named-1] == Few) {
			named--
		}
		r.told.Reasons = profile.Pairs(levels[:named], has)
	}
}

// noLevel is the level of people of whom no text is there: who is in no other service has none.
func noLevel(trait string) string {
	if trait == study.AlsoIn {
		return "none recorded"
	}
	return Unknown
}

// at is a person's text of a trait, "" where the person has no row.
func at(own []string, trait int) string {
	if own == nil {
		return ""
	}
	return own[trait]
}

// tenth is the place of a tenth of deprivation among its levels; others keep their order.
func tenth(trait, level string) int {
	if trait != study.Deprivation {
		return 0
	}
	number, _, _ := strings.Cut(level, " ")
	if n, err := strconv.Atoi(number); err == nil {
		return n
	}
	return 11
}

// referrals counts index days by month.
func (r *profileReader) referrals() {
	count := map[window.Month]int64{}
	var first, last window.Day
	for _, p := range r.people.People {
		if p.Life.Index == nil || p.Arm == tally.Comparison && r.people.Drawn > 0 {
			continue // whose day was drawn was not referred on it
		}
		m := window.MonthOf(*p.Life.Index)
		if len(count) == 0 {
			first, last = m.Span().Start, m.Span().Start
		}
		first, last = min(first, m.Span().Start), max(last, m.Span().Start)
		count[m]++
	}
	for m := window.MonthOf(first); len(count) > 0 && m.Span().Start <= last; m = m.Next() {
		r.told.Months = append(r.told.Months, profile.Month{Month: m, People: count[m]})
	}
}

// population reads the area's own people and puts them beside the levels that they are of. Every level that the profile tells of
// must have its people, or the shares of the others would be of a part of the area.
func (r *profileReader) population(ctx context.Context) error {
	x := r.plan.Profile.Population
	if x == nil {
		return nil
	}
	want := []string{x.Columns.Trait, x.Columns.Level, x.Columns.People}
	seen := map[[2]string]bool{}
	err := r.each(ctx, x.Table, "profile.population", want, func(rows *source.Rows) bool {
		field := func(string) string { return rows.Field(2) }
		n := whole(x.Columns.People, mostTotal, field, func(_, code, text string) { rows.Problem(2, code, text, "") })
		trait, text := strings.Clone(rows.Field(0)), strings.ToLower(strings.Clone(rows.Field(1)))
		at := slices.IndexFunc(r.told.Tables, func(t profile.Table) bool { return t.By == trait })
		switch {
		case at < 0 || study.Several(trait):
			rows.Problem(0, "A151", "the profile tells of no such trait, or of one of which a person may have several levels", "")
			return false
		case trait == study.Practices && !r.plan.Release.NamePractices:
			rows.Problem(0, "A151", "list sizes are public, and would name the practices that name_practices: false keeps back", "")
			return false
		case seen[[2]string{trait, text}]:
			rows.Problem(1, "A107", "this level stands here twice", "")
			return false
		}
		seen[[2]string{trait, text}] = true
		t := &r.told.Tables[at]
		t.Source = x.Source
		if trait == study.Deprivation && (text == "1" || text == "10") {
			text = map[string]string{"1": "1 (most deprived)", "10": "10 (least deprived)"}[text]
		}
		name, known := r.levelOf[trait][text]
		if !known {
			name = text
		}
		level := slices.IndexFunc(t.Levels, func(l profile.Level) bool { return strings.EqualFold(l.Name, name) })
		if level < 0 && trait == study.AgeBand {
			rows.Problem(1, "A151", "no age band is called so: they are named by their ages, as 24 to 63", "")
			return false
		}
		if level < 0 { // nobody of the service
			label, _ := Label(rows.Field(1))
			t.Levels = append(t.Levels, profile.Level{Name: strings.Clone(label)})
			level = len(t.Levels) - 1
		}
		t.Levels[level].Population += n
		t.Levels[level].Known = true
		return true
	})
	for _, t := range r.told.Tables {
		for _, l := range t.Levels {
			if t.Source != "" && !l.Known && l.Name != Unknown && l.Name != Few {
				r.problems.Add(source.Problem{File: x.File, Name: x.Columns.Level, Code: "A151", At: "profile.population", Text: "a level of " + t.By + " that the profile tells of has no row here: give the area's people of every level, or of none"})
				break
			}
		}
	}
	return err
}

// each reads a table row by row. A row that use does not take is set aside.
func (r *profileReader) each(ctx context.Context, table source.Table, at string, want []string, use func(*source.Rows) bool) (err error) {
	var quality source.Quality
	rows, err := r.files.Open(ctx, table, at, want, r.problems, &quality)
	if err != nil || rows == nil {
		return err
	}
	defer func() {
		err = errors.Join(err, rows.Close())
		r.quality = append(r.quality, quality)
	}()
	for {
		more, err := rows.Next()
		if err != nil || !more {
			return err
		}
		if use(rows) {
			quality.Used++
		} else {
			quality.Unmatched++
		}
	}
}
