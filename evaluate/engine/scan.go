package engine

import (
	"fmt"
	"maps"
	"slices"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// Scan reads one events file row by row and calls visit with every event of a person for whom known
// reports true. It is how the memory engine reads, and how any engine finds the rows to name when a file
// can't be used. activity is the place in Plan.Activities.
func Scan(plan *study.Plan, e study.Events, problems *source.Problems, known func(id string) bool, visit func(id string, day window.Day, activity int)) (File, error) {
	found := File{Name: e.File}
	want, where := Columns(e)
	file, err := source.Open(plan.Path(e.File), e.File, want, problems)
	if err != nil || file == nil {
		return found, err
	}
	defer func() { _ = file.Close() }() // opened for reading
	column := func(name string) int { return slices.Index(want, name) }
	person, date, event, kind := column(e.Columns.Person), column(e.Columns.Date), column(e.Columns.Event), column(e.Activity.Column)
	activities := activityOf(plan, e)
	ids := map[string]int{}
	for {
		more, err := file.Next(problems)
		if err != nil {
			return found, err
		}
		if !more {
			break
		}
		found.Rows++
		if slices.ContainsFunc(where, func(w string) bool { return !slices.Contains(e.Where[w], file.Field(column(w))) }) {
			found.LeftOut++
			continue
		}
		id := file.Field(person)
		text := ""
		if kind >= 0 {
			text = file.Field(kind)
		}
		activity, mapped := activities[text]
		switch {
		case id == "":
			found.NoPerson++
			continue
		case !mapped:
			found.Unmapped++
			continue
		}
		day, ok := window.ParseDay(source.DayText(file.Field(date)))
		if !ok {
			found.BadDates++
			problems.Add(source.Problem{File: e.File, Row: file.Row(), Name: e.Columns.Date, Code: "A104", Text: "want a date as YYYY-MM-DD"})
			continue
		}
		if !known(id) {
			found.Unmatched++
			continue
		}
		found.Matched++
		if event >= 0 && file.Field(event) != "" {
			if first, twice := ids[file.Field(event)]; twice {
				found.TwiceSeen++
				problems.Add(source.Problem{File: e.File, Row: file.Row(), Name: e.Columns.Event, Code: "A111",
					Text: fmt.Sprintf("the event of row %d stands here again; an event is counted once", first)})
				continue
			}
			ids[string([]byte(file.Field(event)))] = file.Row()
		}
		visit(id, day, activity)
	}
	if found.NoPerson*100 > found.Rows {
		problems.Add(source.Problem{File: e.File, Name: e.Columns.Person, Code: "A108",
			Text: fmt.Sprintf("%d of %d rows have no identifier, more than 1%%", found.NoPerson, found.Rows)})
	}
	return found, nil
}

// Columns is the columns of an events file that are read, and those of them that where: looks at.
func Columns(e study.Events) (want, where []string) {
	where = slices.Sorted(maps.Keys(e.Where))
	for _, name := range append([]string{e.Columns.Person, e.Columns.Date, e.Columns.Event, e.Activity.Column}, where...) {
		if name != "" && !slices.Contains(want, name) {
			want = append(want, name)
		}
	}
	return want, where
}

// activityOf maps the texts of the activity column to places in Plan.Activities; without such a column
// the one text is "".
func activityOf(plan *study.Plan, e study.Events) map[string]int {
	if e.Activity.Column == "" {
		return map[string]int{"": plan.Activities.Find(e.Activity.Name)}
	}
	places := map[string]int{}
	for name, texts := range e.Activity.Values {
		for _, text := range texts {
			places[text] = plan.Activities.Find(name)
		}
	}
	return places
}

// Unlinked adds a problem if no person of the cohort is in any file.
func Unlinked(plan *study.Plan, linked int64, problems *source.Problems) {
	if linked == 0 {
		problems.Add(source.Problem{File: plan.People.File, Name: plan.People.Columns.Person, Code: "A112",
			Text: "no person of this table has an event that counts in any file: are the identifiers of one kind, and do where: and values: keep any row?"})
	}
}
