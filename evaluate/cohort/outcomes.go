package cohort

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/estimate"
	"averted/evaluate/outcome"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Answered is one table of outcomes: states by area and indicator, or the scores of a questionnaire. Parallel to the plan's.
type Answered struct {
	Areas  []outcome.Area
	Scores []outcome.Scored
}

// ReadOutcomes reads what people said of themselves at first and again. people, if not nil, says who is in. The error is
// *[source.Rejected] if rows can't be used.
func ReadOutcomes(ctx context.Context, plan *study.Plan, files *source.Files, people *Cohort) ([]Answered, []source.Quality, error) {
	var problems source.Problems
	r := &outcomeReader{plan: plan, files: files, problems: &problems, beside: func(string) bool { return false }}
	if people == nil {
		out, err := optedOut(ctx, plan, files, &problems)
		if err != nil {
			return nil, nil, err
		}
		r.in = func(id string) bool { return !out(id) }
	} else {
		known := make(map[string]bool, len(people.People))
		for _, p := range people.People {
			known[p.ID] = p.Arm == tally.Service // what changed is told of the service's people
		}
		r.in = func(id string) bool { return known[id] }
		r.beside = func(id string) bool { service, there := known[id]; return there && !service }
	}
	var list []Answered
	var quality []source.Quality
	for i := range plan.Outcomes {
		a, err := r.read(ctx, &plan.Outcomes[i], fmt.Sprintf("outcomes[%d]", i+1))
		if err != nil {
			return nil, nil, err
		}
		list, quality = append(list, a), append(quality, r.quality)
	}
	return list, quality, problems.Err()
}

type outcomeReader struct {
	plan     *study.Plan
	files    *source.Files
	problems *source.Problems
	in       func(id string) bool
	beside   func(id string) bool // of comparison people
	quality  source.Quality
}

// mostAreas is how many areas and indicators a table may have.
const mostAreas = 200

func (r *outcomeReader) read(ctx context.Context, o *study.Outcome, at string) (a Answered, err error) {
	c := o.Columns
	want := []string{c.Person, c.Area, c.Indicator, c.Before, c.After}
	if o.Items != nil {
		want = append(append(want, o.Items.Before...), o.Items.After...)
	}
	want = distinct(want...)
	r.quality = source.Quality{}
	rows, err := r.files.Open(ctx, o.Table, at, want, r.problems, &r.quality)
	if err != nil || rows == nil {
		return a, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	field := func(column string) string {
		if column == "" {
			return ""
		}
		return rows.Field(slices.Index(want, column))
	}
	problem := func(column, code, text string) { rows.Problem(slices.Index(want, column), code, text, "") }
	a.Scores = emptyScores(o)
	seen, found := map[string]bool{}, map[string]bool{}
	places := map[[2]string]int{} // of areas and indicators among a.Areas
	ids := rows.Identifiers(slices.Index(want, c.Person))
	for {
		more, err := rows.Next()
		if err != nil {
			return a, err
		}
		if !more {
			break
		}
		ids.See()
		id := field(c.Person)
		switch {
		case id == "" || source.Missing(id):
			r.quality.Set(source.NoPerson)
			continue
		case r.beside(id):
			r.quality.LeftOut++
			r.quality.Note("COMPARISON_ANSWERS", "answers of comparison people are left out: what changed is told of the service's people")
			continue
		case !r.in(id):
			r.quality.Unmatched++
			continue
		}
		key := id + "\x00" + field(c.Area) + "\x00" + field(c.Indicator)
		if seen[key] {
			problem(c.Person, "A107", "DUPLICATE_ID: a person stands here twice for one area or questionnaire: which is the answer?")
			continue
		}
		seen[key], found[strings.Clone(id)] = true, true
		r.quality.Used++
		if o.Instrument == study.StatesInstrument {
			a.state(o, places, field, problem, &r.quality)
		} else {
			score(o, a.Scores, field, problem, &r.quality)
		}
	}
	ids.Done(r.problems)
	r.quality.People = int64(len(found))
	if len(a.Areas) > mostAreas {
		r.problems.Add(source.Problem{File: o.File, Name: c.Indicator, Code: "A123", Text: fmt.Sprintf("there are %d different areas and indicators; a table can have %d", len(a.Areas), mostAreas)})
	}
	least := max(LeastNamed, r.plan.Release.HideBelow)
	all := len(a.Areas)
	a.Areas = slices.DeleteFunc(a.Areas, func(x outcome.Area) bool { both, first := x.People(); return both+first < int64(least) })
	if len(a.Areas) < all {
		r.quality.Note("FEW_ANSWERED", "areas or indicators that few people answered are left out, with their names")
	}
	slices.SortStableFunc(a.Areas, func(x, y outcome.Area) int {
		return strings.Compare(x.Area+"\x00"+x.Indicator, y.Area+"\x00"+y.Indicator)
	})
	return a, nil
}

// state counts one row of a person's states.
func (a *Answered) state(o *study.Outcome, places map[[2]string]int, field func(string) string, problem func(column, code, text string), quality *source.Quality) {
	place := func(column string) (int, bool) {
		text := field(column)
		at := slices.IndexFunc(o.States, func(s study.State) bool { return slices.Contains(s.Texts, text) })
		if at < 0 && (text == "" || source.Missing(text)) {
			return -1, true
		}
		if at < 0 {
			problem(column, "A152", "states: gives this text no state; every text must mean one, and nothing means that there is no answer")
		}
		return at, at >= 0
	}
	first, ok := place(o.Columns.Before)
	second, also := place(o.Columns.After)
	if ok && also && first < 0 && second >= 0 {
		reviewOnly(quality)
	}
	if !ok || !also || first < 0 {
		return // who has no first answer can't be set against anything
	}
	area, _ := Label(field(o.Columns.Area))
	indicator, _ := Label(field(o.Columns.Indicator))
	at, known := places[[2]string{area, indicator}]
	if !known {
		x := outcome.Area{Area: strings.Clone(area), Indicator: strings.Clone(indicator), OnlyFirst: make([]int64, len(o.States))}
		for _, s := range o.States {
			x.States, x.Table = append(x.States, s.Name), append(x.Table, make([]int64, len(o.States)))
		}
		a.Areas, at = append(a.Areas, x), len(a.Areas)
		places[[2]string{x.Area, x.Indicator}] = at
	}
	if second < 0 {
		a.Areas[at].OnlyFirst[first]++
	} else {
		a.Areas[at].Table[first][second]++
	}
}

// reviewOnly notes that an answer stands alone.
func reviewOnly(quality *source.Quality) {
	quality.Note("REVIEW_ONLY", "some people have an answer at review and none at first: no change can be told of them, and they are left out")
}

// emptyScores is a place for each score that an outcome tells of.
func emptyScores(o *study.Outcome) []outcome.Scored {
	switch o.Instrument {
	case study.StatesInstrument:
		return nil
	case study.ScoreInstrument:
		return []outcome.Scored{{Better: outcome.Better(o.Better), Least: o.Range[0], Most: o.Range[1]}}
	}
	q := outcome.Questionnaires[o.Instrument]
	one := outcome.Scored{Better: q.Better, Least: q.Least, Most: q.Most}
	if !q.Apart {
		return []outcome.Scored{one}
	}
	var list []outcome.Scored
	for i, name := range q.Names {
		x := one
		x.Name = name
		if slices.Contains(q.Reverse, i+1) {
			x.Better = outcome.Lower
		}
		list = append(list, x)
	}
	return list
}

// score scores one row of a questionnaire, by arithmetic only.
func score(o *study.Outcome, scores []outcome.Scored, field func(string) string, problem func(column, code, text string), quality *source.Quality) {
	q := outcome.Questionnaires[o.Instrument]
	if o.Items == nil {
		ready := func(column string) *float64 {
			v := number(field(column), column, scores[0].Least, scores[0].Most, problem)
			if v != nil && q.Metric != nil && !slices.ContainsFunc(q.Metric, func(m float64) bool { return math.Abs(m-*v) < 0.006 }) {
				problem(column, "A153", "want the metric score, of the published table: this is none of its values; raw sums are scored from items:")
			}
			return v
		}
		take(&scores[0], ready(o.Columns.Before), ready(o.Columns.After), false, quality)
		return
	}
	read := func(columns []string) (items []*float64) {
		for _, column := range columns {
			v := number(field(column), column, float64(q.Low), float64(q.High), problem)
			if v != nil && *v != math.Trunc(*v) {
				problem(column, "A153", "want a whole number")
			}
			items = append(items, v)
		}
		return items
	}
	before, after := read(o.Items.Before), read(o.Items.After)
	if q.Apart {
		for i := range scores {
			take(&scores[i], before[i], after[i], true, quality)
		}
		return
	}
	begun := func(sheet []*float64) bool {
		return slices.ContainsFunc(sheet, func(v *float64) bool { return v != nil })
	}
	if begun(after) && q.Sum(after) == nil {
		quality.Note("REVIEW_UNSCORED", "some second sheets lack an item and have no score: their people count as having a first score only")
	}
	take(&scores[0], q.Sum(before), q.Sum(after), begun(before), quality)
}

// take adds a person's scores. begun says that a sheet without a score was begun.
func take(s *outcome.Scored, before, after *float64, begun bool, quality *source.Quality) {
	switch {
	case before == nil && after != nil && !begun:
		reviewOnly(quality)
	case before == nil && begun:
		s.Unscored++
	case before == nil:
	case after == nil:
		s.FirstOnly = append(s.FirstOnly, *before)
	default:
		s.Pairs = append(s.Pairs, estimate.Pair{Before: *before, After: *after, People: 1})
	}
}

// number reads an answer or a score; nil where there is none, with a problem where it can't be one.
func number(text, column string, least, most float64, problem func(column, code, text string)) *float64 {
	if text == "" || source.Missing(text) {
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= least && v <= most) {
		problem(column, "A153", fmt.Sprintf("want a number from %v to %v, or nothing", least, most))
		return nil
	}
	return &v
}

// ReadSurveys counts the answers of each survey of a plan, parallel to it. The error is *[source.Rejected] if rows can't be
// used.
func ReadSurveys(ctx context.Context, plan *study.Plan, files *source.Files) (surveys [][]outcome.Answers, sheets []int64, quality []source.Quality, err error) {
	var problems source.Problems
	for i, s := range plan.Surveys {
		answers := make([]outcome.Answers, len(s.Questions))
		for j, q := range s.Questions {
			answers[j] = outcome.Answers{Label: q.Label, Answers: q.Answers, Counts: make([]int64, len(q.Answers))}
			for k, a := range q.Answers {
				answers[j].Favourable = append(answers[j].Favourable, slices.Contains(q.Favourable, a))
				if q.Counts != nil {
					answers[j].Counts[k] = int64(q.Counts[k])
				}
			}
		}
		n := int64(0)
		if s.File == "" {
			for _, a := range answers {
				of, _ := a.N()
				n = max(n, of)
			}
		} else {
			var q source.Quality
			if err := readSurvey(ctx, &plan.Surveys[i], fmt.Sprintf("surveys[%d]", i+1), files, answers, &problems, &q); err != nil {
				return nil, nil, nil, err
			}
			n = q.Used
			quality = append(quality, q)
		}
		if s.Asked > 0 && n > int64(s.Asked) {
			problems.Add(source.Problem{File: s.File, Code: "A109", At: fmt.Sprintf("surveys[%d]", i+1), Text: fmt.Sprintf("asked: says %d were asked, and there are %d answer sheets", s.Asked, n)})
		}
		surveys, sheets = append(surveys, answers), append(sheets, n)
	}
	return surveys, sheets, quality, problems.Err()
}

func readSurvey(ctx context.Context, s *study.Survey, at string, files *source.Files, answers []outcome.Answers, problems *source.Problems, quality *source.Quality) (err error) {
	var want []string
	for _, q := range s.Questions {
		want = append(want, q.Column)
	}
	want = distinct(want...)
	rows, err := files.Open(ctx, s.Table, at, want, problems, quality)
	if err != nil || rows == nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for {
		more, err := rows.Next()
		if err != nil || !more {
			return err
		}
		quality.Used++
		for j, q := range s.Questions {
			column := slices.Index(want, q.Column)
			text := rows.Field(column)
			k := slices.Index(q.Answers, text) // "none" may be one
			if k < 0 && (text == "" || source.Missing(text)) {
				continue
			}
			if k < 0 {
				rows.Problem(column, "A154", "answers: does not list this answer; nothing means that the question was not answered", "")
				continue
			}
			answers[j].Counts[k]++
		}
	}
}
