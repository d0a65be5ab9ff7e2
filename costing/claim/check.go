package claim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/report/number"
)

// Verdict is what a rule says of figures.
type Verdict string

// The verdicts, those that matter most first.
const (
	DoesNotHold  Verdict = "does not hold"
	CannotBeTold Verdict = "cannot be told"
	Holds        Verdict = "holds"
)

// Finding is what a rule says of one claim or of several.
type Finding struct {
	Rule    string
	Claims  []string // their ids, none where it is about the whole report
	Verdict Verdict
	Text    string // the arithmetic, written out
	Needs   string // what would be needed, where it can't be told
	Ask     string // the question to put to the authors
}

// Rule is one way of looking at a report.
type Rule struct {
	Name string
	Does string
	look func(*checker)
}

// Rules are all rules in the order in which they are documented.
func Rules() []Rule {
	return []Rule{
		{"sum", "adds every total again, and multiplies, subtracts and divides what is said to be a product, a difference or a ratio", (*checker).sums},
		{"share", "asks whether a percentage, or a mean, is possible with the number of people or answers behind it", (*checker).shares},
		{"implied price", "finds the prices of one event that the published pounds allow, and the events averted that they imply", (*checker).prices},
		{"implied baseline", "works out the count before from pounds, price and percentage, and holds it against what is printed and what is plausible", (*checker).baselines},
		{"follow-up", "asks whether the people can have been followed so long before the data end", (*checker).followUp},
		{"nesting", "looks for six months added to the twelve they are part of", (*checker).nesting},
		{"same figure, two labels", "looks for one figure under two names, and for one thing with two figures", (*checker).labels},
		{"same figure, two cohorts", "looks for results that stay the same beside another number of people", (*checker).cohorts},
		{"left out", "looks for activities that were collected and have no pounds", (*checker).leftOut},
		{"best of k", "asks what the largest of so many like units would show by chance", (*checker).bestOf},
		{"base of a percentage", "works percentages out again from their counts, and asks of what a percentage of a percentage is", (*checker).bases},
		{"regression to the mean", "works out the fall that people chosen for high use would show with no service at all", (*checker).regression},
		{"unequal windows", "compares the lengths of the time before and the time after", (*checker).unequal},
		{"gross or net", "asks whether the service's cost is stated, and what turns the sign", (*checker).net},
		{"precision", "looks for words that claim more, or hedge more, than the digits beside them", (*checker).precision},
		{"words", "holds words such as saving, significant and proven against what they take", (*checker).words},
		{"design grade", "grades the design on the Maryland scale, from 1 to 5, from what is stated", (*checker).grades},
		{"price year", "asks whether the price is older than the activity", (*checker).priceYears},
		{"sums of shares", "adds the shares of one whole", (*checker).wholes},
		{"missing n", "lists percentages without a count", (*checker).missing},
		{"deaths and leavers", "works out the fall that deaths alone would make", (*checker).deaths},
		{"outside trend", "takes off what the whole area shows anyway", (*checker).outside},
		{"one activity, two prices", "divides pounds by events, and compares the prices of one activity", (*checker).twoPrices},
		{"same people twice", "looks for services added up over people who may be in both", (*checker).twice},
	}
}

// Check holds a report's figures against every rule. Findings come in order of verdict, then of rule.
func Check(f *File) []Finding {
	c := newChecker(f)
	for _, r := range Rules() {
		c.rule = r.Name
		r.look(c)
	}
	order := []Verdict{DoesNotHold, CannotBeTold, Holds}
	slices.SortStableFunc(c.found, func(a, b Finding) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return c.found
}

// Silent are the rules that have nothing to look at in a report.
func Silent(found []Finding) []string {
	var list []string
	for _, r := range Rules() {
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == r.Name }) {
			list = append(list, r.Name)
		}
	}
	return list
}

type checker struct {
	file  *File
	rule  string
	found []Finding

	priced map[string]priced // by activity
}

func newChecker(f *File) *checker { return &checker{file: f, priced: map[string]priced{}} }

func (c *checker) fails(ids []string, ask, format string, args ...any) {
	c.add(DoesNotHold, ids, "", ask, format, args)
}

func (c *checker) holds(ids []string, format string, args ...any) {
	c.add(Holds, ids, "", "", format, args)
}

func (c *checker) untold(ids []string, needs, ask, format string, args ...any) {
	c.add(CannotBeTold, ids, needs, ask, format, args)
}

func (c *checker) add(v Verdict, ids []string, needs, ask, format string, args []any) {
	c.found = append(c.found, Finding{Rule: c.rule, Claims: ids, Verdict: v, Text: number.Sentence(fmt.Sprintf(format, args...)), Needs: needs, Ask: ask})
}

// of are the claims of some kinds, in order.
func (c *checker) of(kinds ...string) []*Claim { return c.file.of(kinds...) }

func (f *File) of(kinds ...string) []*Claim {
	var list []*Claim
	for i := range f.Claims {
		if slices.Contains(kinds, f.Claims[i].Is.Kind) {
			list = append(list, &f.Claims[i])
		}
	}
	return list
}

// parts are the claims a total is made of.
func (c *checker) parts(total *Claim) []*Claim {
	var list []*Claim
	for _, id := range total.Is.Of {
		list = append(list, c.file.claim(id))
	}
	return list
}

// leavesOf are the figures of a total, or the figure itself.
func (c *checker) leavesOf(t *Claim) []*Claim {
	if t.Is.Kind == "sum" {
		return c.leaves(t)
	}
	return []*Claim{t}
}

// leaves are the claims a total is made of in the end, without totals.
func (c *checker) leaves(total *Claim) []*Claim {
	var list []*Claim
	for _, p := range c.parts(total) {
		if k, _ := kindOf(p.Is.Kind); k.list {
			list = append(list, c.leaves(p)...)
		} else {
			list = append(list, p)
		}
	}
	return list
}

// money reports whether a figure is pounds that were averted, or a total of such.
func (c *checker) money(of *Claim) bool {
	if of.Is.Kind == "product" {
		return of.Says.Unit == Pounds && slices.ContainsFunc(c.parts(of), func(p *Claim) bool { return p.Is.Kind == "unit_cost" })
	}
	if of.Is.Kind != "sum" {
		return of.Is.Kind == "avoidance"
	}
	for _, p := range c.leaves(of) {
		if p.Is.Kind == "avoidance" || p.Is.Kind == "unit_cost" {
			return true
		}
	}
	return false
}

func ids(claims ...*Claim) []string {
	var list []string
	for _, c := range claims {
		if !slices.Contains(list, c.ID) {
			list = append(list, c.ID)
		}
	}
	return list
}

// pounds prints a number of pounds, with pence where there are any.
func pounds(x float64) string {
	pence := math.Round(100 * x)
	if math.Abs(pence-100*x) < 1e-3 {
		return number.Pounds(int64(pence))
	}
	return number.PoundsOf(x)
}

// like prints a value as a claim's figure is printed: in pounds, percent or neither, with so many decimals.
func like(u Unit, x float64, decimals int) string {
	switch u {
	case Pounds:
		return pounds(math.Round(100*x) / 100)
	case Percent:
		return number.Fixed(x, decimals) + "%"
	}
	return number.Fixed(x, decimals)
}

// about prints a figure that was worked out: three digits or whole.
func about(x float64) string {
	switch a := math.Abs(x); {
	case a >= 100:
		return number.Fixed(x, 0)
	case a >= 10:
		return number.Fixed(x, 1)
	default:
		return number.Fixed(x, 2)
	}
}

// between prints a span: 2,897 to 3,073.
func between(s span, print func(float64) string) string {
	low, high := print(s.low), print(s.high)
	if low == high {
		return low
	}
	return number.To(low, high)
}

// whole prints a figure that was worked out, in whole pounds or as a whole number.
func whole(u Unit, x float64) string {
	if u == Pounds {
		return number.WholePounds(int64(math.Round(100 * x)))
	}
	return number.Fixed(x, 0)
}

func count(x float64) string { return number.Fixed(x, 0) }

func percent(x float64) string { return number.Fixed(x, 1) + "%" }

// said is a claim's figure as printed, with its id: 17% (ae-12m).
func said(c *Claim) string { return fmt.Sprintf("%s (%s)", c.Says.Text, c.ID) }

// subject is what a claim is about: A&E, 12 months.
func subject(c *Claim) string {
	what := words(cmp.Or(c.Is.Activity, c.Is.Kind))
	if c.Is.Window != "" {
		what += " over " + c.Is.Window
	}
	return what
}

// and joins words: a, b and c.
func and(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

// some joins at most so many of a list, and says how many more there are.
func some(list []string, most int) string {
	if len(list) <= most {
		return and(list)
	}
	return strings.Join(list[:most], ", ") + " and " + number.Count(int64(len(list)-most)) + " more"
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
