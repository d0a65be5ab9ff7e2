package claim

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"averted/report/number"
)

// Recomputed is one figure of a study, to hold claims against: plain, in percent, pounds or counts. Low and High are where rounding
// for release leaves it.
type Recomputed struct {
	Kind       string   // people, count, reduction, avoidance, unit_cost, service_cost or net
	Activities []string // its names; none where it is of all
	Window     string
	When       string // of a count: before, after or averted
	What       string // of people: analysed
	PriceYear  string
	Value      float64
	Low, High  float64
}

// Outcome is what comes of holding a claim against a study.
type Outcome string

// The outcomes.
const (
	NotReproduced Outcome = "not reproduced"
	Reproduced    Outcome = "reproduced"
	NotComparable Outcome = "not comparable"
)

// Compared is one claim beside what a study found.
type Compared struct {
	Claim   string
	Outcome Outcome
	Value   *float64 // recomputed, in the claim's unit; nil where there is none
	Text    string
}

// Against holds every claim against a study's figures: reproduced when the study's is within half a unit of the claim's last
// printed digit, and within what rounding for release leaves open. Those that weren't reproduced come first.
func Against(f *File, study []Recomputed) []Compared {
	c := newChecker(f)
	var list []Compared
	for i := range f.Claims {
		list = append(list, c.against(&f.Claims[i], study))
	}
	order := []Outcome{NotReproduced, Reproduced, NotComparable}
	slices.SortStableFunc(list, func(a, b Compared) int {
		return slices.Index(order, a.Outcome) - slices.Index(order, b.Outcome)
	})
	return list
}

func (c *checker) against(of *Claim, study []Recomputed) Compared {
	found, why := c.recompute(of, study)
	if len(found) == 0 {
		return Compared{Claim: of.ID, Outcome: NotComparable, Text: said(of) + ": " + why}
	}
	room := 1e-9 * (1 + math.Abs(of.Says.Value))
	best := found[0]
	for _, r := range found {
		if math.Abs(r.Value-of.Says.Value) < math.Abs(best.Value-of.Says.Value) {
			best = r
		}
	}
	value := best.Value
	out := Compared{Claim: of.ID, Value: &value, Outcome: NotReproduced}
	printed := like(of.Says.Unit, value, shownDecimals(of))
	if best.Low < best.High {
		printed += fmt.Sprintf(" (%s, as it is released)", between(span{best.Low, best.High}, func(x float64) string { return like(of.Says.Unit, x, shownDecimals(of)) }))
	}
	text := fmt.Sprintf("%s: the study finds %s", said(of), printed)
	if of.Is.Window == "" && best.Window != "" {
		text += " over " + best.Window + ", and the claim states no window"
	}
	if span := of.span(); best.Low <= span.high+room && best.High >= span.low-room {
		out.Outcome, out.Text = Reproduced, text
		return out
	}
	off := value - of.Says.Value
	by := like(of.Says.Unit, math.Abs(off), shownDecimals(of))
	if of.Says.Unit == Percent {
		by = number.Fixed(math.Abs(off), shownDecimals(of)) + " points"
	}
	out.Text = fmt.Sprintf("%s, %s %s", text, by, direction(off))
	return out
}

func shownDecimals(c *Claim) int {
	switch {
	case c.exact():
		return 0
	case c.Says.Unit == Percent:
		return c.Says.decimals() + 1
	}
	return c.Says.decimals()
}

// recompute are the study's figures for a claim: several where the claim states no window; none, with the reason, where there is
// none.
func (c *checker) recompute(of *Claim, study []Recomputed) ([]Recomputed, string) {
	if of.Is.Unit != "" || of.BestOf > 0 {
		return nil, "it is of " + cmp.Or(of.Is.Unit, "one unit") + ", and the study's figures are of everybody"
	}
	if other := c.differ(of, &Claim{}); other != "" {
		return nil, "it is of other people than the report's (" + other + ")"
	}
	switch of.Is.Kind {
	case "sum", "difference":
		return c.recomputeTotal(of, study)
	case "people", "count", "reduction", "increase", "avoidance", "unit_cost", "service_cost", "net":
	default:
		return nil, "a " + words(of.Is.Kind) + " is not recomputed"
	}
	kind, sign := of.Is.Kind, 1.0
	if kind == "increase" {
		kind, sign = "reduction", -1
	}
	var list []Recomputed
	activity, window := false, false
	for _, r := range study {
		if r.Kind != kind {
			continue
		}
		if kind == "people" {
			if !counts(of, r) || !agree(of.Is.Window, r.Window) {
				continue
			}
		} else if !fits(of.Is.Activity, r.Activities) {
			continue
		}
		activity = true
		if !agree(of.Is.Window, r.Window) {
			continue
		}
		window = true
		if r.When != of.Is.When && !(kind == "count" && of.Is.When == "") || of.Is.PriceYear != "" && r.PriceYear != "" && of.Is.PriceYear != r.PriceYear {
			continue
		}
		r.Value *= sign
		r.Low, r.High = r.Low*sign, r.High*sign
		if sign < 0 {
			r.Low, r.High = r.High, r.Low
		}
		list = append(list, r)
	}
	switch {
	case len(list) > 0 && kind == "count" && of.Is.When == "":
		return nil, "it doesn't say whether it was counted before or after"
	case len(list) > 0:
		return list, ""
	case !activity && kind == "people":
		return nil, "the study has no number of people of that name; it has " + some(peopleIn(study), 6)
	case !activity:
		return nil, "the study has no such figure of " + cmp.Or(words(of.Is.Activity), "all activities together")
	case !window:
		return nil, "the study has no window of " + of.Is.Window
	}
	return nil, "the study has no such figure"
}

// Fell is the number of practices in which an activity fell, among people.
const Fell = "practices where it fell"

var fewerIn = regexp.MustCompile(`\b(fewer|fell|falls?|decreases?d?|reduced|reductions?|less)\b`)

// counts reports whether a number of people, or of practices, is the one a claim names.
func counts(of *Claim, r Recomputed) bool {
	if what := normal(of.Is.What); r.What == Fell {
		return fewerIn.MatchString(what) && (strings.Contains(what, "surger") || strings.Contains(what, "practice")) && fits(Meaning(what), r.Activities)
	}
	return singular(r.What) == singular(of.Is.What)
}

// fits reports whether a claim's activity is one of a figure's names, or both are of all.
func fits(activity string, names []string) bool {
	if activity == "" || len(names) == 0 {
		return activity == "" && len(names) == 0
	}
	return slices.ContainsFunc(names, func(name string) bool { return same(activity, name) })
}

func peopleIn(study []Recomputed) []string {
	var list []string
	for _, r := range study {
		if r.Kind == "people" && r.What != Fell && !slices.Contains(list, r.What) {
			list = append(list, r.What)
		}
	}
	return list
}

// recomputeTotal adds, or subtracts, the study's figures of a total's parts, window by window.
func (c *checker) recomputeTotal(of *Claim, study []Recomputed) ([]Recomputed, string) {
	var totals []Recomputed
	for i, p := range c.parts(of) {
		found, why := c.recompute(p, study)
		if len(found) == 0 {
			return nil, "of its parts, " + said(p) + ": " + why
		}
		if i == 0 {
			totals = found
			continue
		}
		var next []Recomputed
		for _, t := range totals {
			for _, r := range found {
				if !agree(t.Window, r.Window) {
					continue
				}
				sum := Recomputed{Window: cmp.Or(t.Window, r.Window), Value: t.Value + r.Value, Low: t.Low + r.Low, High: t.High + r.High}
				if of.Is.Kind == "difference" {
					sum.Value, sum.Low, sum.High = t.Value-r.Value, t.Low-r.High, t.High-r.Low
				}
				next = append(next, sum)
			}
		}
		totals = next
	}
	if len(totals) == 0 {
		return nil, "its parts are of different windows"
	}
	return totals, ""
}
