package grade

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What published.csv says of designs, beside the designs of [Of].
const (
	NotStated  Design = "not stated"
	NotMatched Design = "comparison people, not matched"
)

// Published is one figure of a published evaluation of such a service. Change is in percent, with the limits that are printed
// with it; nil where only the direction is known.
type Published struct {
	Evaluation string
	Year       string // "" where it was not seen
	Design     Design // "not stated" where it isn't
	Level      int    // at best, from what is stated
	Activity   string // ae, admission, gp, cost, or all
	Window     string
	People     string
	Change     *float64
	Low, High  *float64
	Direction  string // fewer, more, no change
	Source     string
	Note       string
}

//go:embed published.csv
var published string

// PublishedEvaluations are the figures of published evaluations, by activity, then by grade, in which order a reader sees what
// weak and strong designs found. Each has its source; none is used in an estimate.
func PublishedEvaluations() []Published {
	rows, err := csv.NewReader(strings.NewReader(published)).ReadAll()
	if err != nil {
		panic("grade: published.csv: " + err.Error())
	}
	var list []Published
	for _, row := range rows[1:] {
		p := Published{Evaluation: row[0], Year: row[1], Design: Design(row[2]), Activity: row[3], Window: row[4], People: row[5],
			Change: number(row[6]), Low: number(row[7]), High: number(row[8]), Direction: row[9], Source: row[10], Note: row[11]}
		p.Level = AtBest(p.Design).Level
		list = append(list, p)
	}
	order := []string{"ae", "admission", "gp", "cost", "all"}
	slices.SortStableFunc(list, func(a, b Published) int {
		if x, y := slices.Index(order, a.Activity), slices.Index(order, b.Activity); x != y {
			return x - y
		}
		return a.Level - b.Level
	})
	return list
}

func number(text string) *float64 {
	if text == "" {
		return nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("grade: published.csv: %q is no number", text))
	}
	return &x
}

// AtBest grades a design of which nothing else is known: what isn't stated is taken as done well. Level 0 is for a design that isn't
// stated, and comparison people who were not matched fall short of grade 3.
func AtBest(d Design) Grade {
	switch d {
	case NotStated:
		return Grade{0, "the design isn't stated"}
	case NotMatched:
		return Of(Evidence{Design: Comparison})
	}
	return Of(Evidence{Design: d, Registered: true, BalancedTwice: true, Matched: 1, PreTrend: true, Control: true})
}
