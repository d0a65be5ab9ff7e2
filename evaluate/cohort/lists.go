package cohort

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"averted/evaluate/source"
	"averted/evaluate/study"
)

// optOut reads the list of people who opted out, or of those who did not.
func (r *reader) optOut(ctx context.Context) error {
	o := r.plan.OptOut
	if o.List() == "" {
		return nil
	}
	listed, err := readOptOut(ctx, r.plan, r.files, r.problems)
	if err != nil {
		return err
	}
	r.out = map[string]bool{}
	loose := make(map[string]bool, len(listed))
	for id := range listed {
		loose[source.Loose(id)] = true
	}
	found, near := 0, 0
	for _, p := range r.people {
		if listed[p.ID] {
			found++
		} else if loose[source.Loose(p.ID)] {
			near++
		}
		r.out[p.ID] = listed[p.ID] == (o.Remove != "")
	}
	switch {
	case near > 0:
		r.problems.Add(source.Problem{File: o.List(), Code: "A148", Text: "people are on the list if case, blanks, hyphens and leading zeros are passed over, and not otherwise: write the identifiers alike in every file"})
	case found == 0 && o.Remove != "":
		r.quality.Note("OPT_OUT_UNMATCHED", "nobody of the people table is on the opt-out list: are the identifiers of one kind?")
	}
	if o.Keep != "" && found == 0 && !r.problems.Any() {
		r.problems.Add(source.Problem{File: o.List(), Code: "A146", Text: "nobody of the people is on the list of those to keep: are the identifiers of one kind?"})
	}
	return nil
}

// optedOut reads the opt-out list, if there is one, and tells who is to be left out by it.
func optedOut(ctx context.Context, plan *study.Plan, files *source.Files, problems *source.Problems) (out func(id string) bool, err error) {
	if plan.OptOut.List() == "" {
		return func(string) bool { return false }, nil
	}
	listed, err := readOptOut(ctx, plan, files, problems)
	return func(id string) bool { return listed[id] == (plan.OptOut.Remove != "") }, err
}

// readOptOut reads the identifiers of an opt-out list.
func readOptOut(ctx context.Context, plan *study.Plan, files *source.Files, problems *source.Problems) (listed map[string]bool, err error) {
	o := plan.OptOut
	listed = map[string]bool{}
	var quality source.Quality
	rows, err := files.Open(ctx, source.Table{File: o.List()}, "opt_out", []string{plan.OptOutColumn()}, problems, &quality)
	if err != nil || rows == nil {
		return listed, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	ids := rows.Identifiers(0)
	defer ids.Done(problems)
	for {
		more, err := rows.Next()
		if err != nil {
			return listed, err
		}
		if !more {
			break
		}
		ids.See()
		if id := rows.Field(0); id != "" {
			listed[strings.Clone(id)] = true
		}
	}
	if len(listed) == 0 && !problems.Any() {
		problems.Add(source.Problem{File: o.List(), Code: "A146", Text: "the opt-out list is empty: a list that reached nobody can't be told from one that failed"})
	}
	return listed, nil
}

// practicesOfEvents gives people a practice from the files their events stand in, where the people have none of their own.
func (r *reader) practicesOfEvents(ctx context.Context) error {
	if r.plan.People.Columns.Practice != "" {
		return nil
	}
	in := map[string]bool{}
	for _, p := range r.people {
		in[p.ID] = true
	}
	several := false
	for i, e := range r.plan.Events {
		if e.Columns.Practice == "" {
			continue
		}
		var heard source.Problems // told when the events are counted
		var quality source.Quality
		rows, err := r.files.Open(ctx, e.Table, fmt.Sprintf("events[%d]", i+1), []string{e.Columns.Person, e.Columns.Practice}, &heard, &quality)
		if err != nil || rows == nil {
			return err
		}
		for {
			more, err := rows.Next()
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			if !more {
				break
			}
			label, _ := Label(rows.Field(1))
			switch known, ok := r.labels[rows.Field(0)]; {
			case !ok || label == "" || known == label || !in[rows.Field(0)]:
			case known == "":
				r.labels[strings.Clone(rows.Field(0))] = strings.Clone(label)
			default:
				r.labels[strings.Clone(rows.Field(0))] = split
				several = true
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	for id, label := range r.labels {
		if label == split {
			r.labels[id] = ""
		}
	}
	if several {
		r.quality.Note("SEVERAL_PRACTICES", "some people have rows in the files of more than one practice: they are of none")
	}
	return nil
}

// split stands for a person of several practices.
const split = "\x00"

// Label is a name from the data as it may stand in a sheet or on a page: without control characters, tags, and the
// characters that make a formula of a cell. It reports whether anything was taken out.
func Label(text string) (string, bool) {
	clean := tags.ReplaceAllString(text, "")
	clean = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '<' || c == '>' {
			return ' '
		}
		return c
	}, clean)
	clean = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(clean), "=+-@"))
	return clean, clean != text
}

var tags = regexp.MustCompile(`</?[A-Za-z][^>]*>`)
