package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is a row, a column or a key of the user's that can't be used. It names the place and says what
// was wanted; it never carries the value that stood there, since that may be about a person.
type Problem struct {
	File string `json:"file"`           // as the study file names it
	Row  int    `json:"row,omitempty"`  // as a spreadsheet counts: the header is row 1; a line in a study file; 0 for the whole file
	Name string `json:"name,omitempty"` // the column or key
	Text string `json:"text"`           // what was wanted
	Code string `json:"code"`           // A and three digits
	At   string `json:"at,omitempty"`   // where the table stands in the study file: events[2]
	Cure string `json:"cure,omitempty"` // the line that would cure it there
}

// String writes the problem as file:row: name: text [code].
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Row > 0 {
		fmt.Fprintf(&b, ":%d", p.Row)
	}
	b.WriteString(": ")
	if p.Name != "" {
		b.WriteString(p.Name + ": ")
	}
	fmt.Fprintf(&b, "%s [%s]", p.Text, p.Code)
	return b.String()
}

// Mend is the line of the study file that would cure the problem, with where it goes; "" if none would.
func (p Problem) Mend() string {
	switch {
	case p.Cure == "":
		return ""
	case p.At == "":
		return "to cure it, write in the study file:  " + p.Cure
	}
	return "to cure it, write in the study file, in " + p.At + ":  " + p.Cure
}

// mostShown is how many problems of one file are listed; the rest are a number.
const mostShown = 20

// Problems collects what can't be used, many at a time, in order of position. More than twenty of a file
// are counted and not kept.
type Problems struct {
	list []Problem
	kept map[string]int // by file, also those not kept
	more map[string]int
}

// Add appends a problem.
func (p *Problems) Add(problem Problem) {
	if p.kept == nil {
		p.kept = map[string]int{}
	}
	if p.kept[problem.File]++; p.kept[problem.File] > mostShown {
		if p.more == nil {
			p.more = map[string]int{}
		}
		p.more[problem.File]++
		return
	}
	p.list = append(p.list, problem)
}

// cure sets what would cure the problems of one kind with a column, or headings, of a table.
func (p *Problems) cure(at, code, want, cure string) {
	for i, q := range p.list {
		if q.At == at && q.Code == code && slices.Contains(headings(want), heading(q.Name)) {
			p.list[i].Cure = cure
		}
	}
}

// WithoutCures is the problems as an error, where there is no study file to write a cure in.
func (p *Problems) WithoutCures() error {
	for i := range p.list {
		p.list[i].Cure = ""
	}
	return p.Err()
}

// Any reports whether there is a problem.
func (p *Problems) Any() bool { return len(p.list) > 0 }

// All lists the problems kept, by file in the order in which files were first met, then by row.
func (p *Problems) All() []Problem {
	files := map[string]int{}
	for _, q := range p.list {
		if _, ok := files[q.File]; !ok {
			files[q.File] = len(files)
		}
	}
	sorted := slices.Clone(p.list)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		if a.File != b.File {
			return files[a.File] - files[b.File]
		}
		return a.Row - b.Row
	})
	return sorted
}

// Lines writes the problems a line each, with "312 more" for those not kept. Behind the last problem that one line of
// the study file would cure stands that line.
func (p *Problems) Lines() []string {
	var lines []string
	all := p.All()
	for i, q := range all {
		lines = append(lines, q.String())
		if mend := q.Mend(); mend != "" && !slices.ContainsFunc(all[i+1:], func(o Problem) bool { return o.Mend() == mend }) {
			lines = append(lines, "   "+mend)
		}
		if last := i+1 == len(all) || all[i+1].File != q.File; last && p.more[q.File] > 0 {
			lines = append(lines, fmt.Sprintf("%s: %d more", q.File, p.more[q.File]))
		}
	}
	return lines
}

// Rejected is the error of a run whose data can't be used.
type Rejected struct{ Problems *Problems }

// Error lists the problems.
func (r *Rejected) Error() string {
	return "the data can't be used:\n" + strings.Join(r.Problems.Lines(), "\n")
}

// Join takes the problems of an error that is *[Rejected] in, and returns every other error.
func (p *Problems) Join(err error) error {
	var rejected *Rejected
	if !errors.As(err, &rejected) {
		return err
	}
	for _, problem := range rejected.Problems.list {
		p.Add(problem)
	}
	for file, n := range rejected.Problems.more {
		if p.more == nil {
			p.more = map[string]int{}
		}
		p.more[file] += n
	}
	return nil
}

// Err is the problems as an error, nil if there are none.
func (p *Problems) Err() error {
	if !p.Any() {
		return nil
	}
	return &Rejected{p}
}
