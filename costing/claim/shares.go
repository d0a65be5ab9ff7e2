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

// possible reports whether some whole number of n, rounded, is a percentage. A half may have been rounded either way.
func possible(n float64, printed Figure) bool {
	of := span{printed.Low / 100 * n, printed.High / 100 * n}
	return of.wholeIn() && of.high >= 0
}

// whichN lists the n up to the largest for which a percentage is possible.
func whichN(most int, printed ...Figure) []int {
	var list []int
	for n := 1; n <= most; n++ {
		if !slices.ContainsFunc(printed, func(f Figure) bool { return !possible(float64(n), f) }) {
			list = append(list, n)
		}
	}
	return list
}

// base is the number a percentage is of, and what it is called; 0 if it isn't given.
func (c *checker) base(of *Claim) (n float64, what string) {
	if of.Is.N > 0 {
		return float64(of.Is.N), cmp.Or(of.Is.Base, "people")
	}
	if of.Is.Base == "" {
		return 0, ""
	}
	if n, ok := entry(of.Cohort, of.Is.Base); ok && n > 0 { // where its people differ from the report's
		return n, of.Is.Base
	}
	if other := c.file.claim(of.Is.Base); other != nil {
		if other.exact() {
			return other.Says.Value, strings.ReplaceAll(cmp.Or(other.Is.What, other.ID), "_", " ")
		}
		return 0, ""
	}
	if n, ok := entry(c.file.cohort(of), of.Is.Base); ok && n > 0 {
		return n, of.Is.Base
	}
	if n, name, ok := within(c.file.cohort(of), of.Is.Base); ok && n > 0 {
		return n, name
	}
	for _, p := range c.of("people") {
		if p.exact() && singular(p.Is.What) == singular(of.Is.Base) {
			return p.Says.Value, p.Is.What
		}
	}
	return 0, ""
}

// shares asks of every percentage with a number behind it whether the two are possible together (the GRIM test: Brown and
// Heathers, Social Psychological and Personality Science, 2017), and of several without one how many people they take at least.
func (c *checker) shares() {
	groups, anyOf := map[string][]*Claim{}, map[string][]*Claim{}
	var order, large []string
	for _, s := range c.of("share") {
		if s.Says.Unit != Percent || s.Says.Hedge != "" || s.Says.Range || s.Says.Value < 0 {
			continue
		}
		if s.Says.Value > 100 {
			c.fails(ids(s), "Of what is this a share?", "%s is more than all", said(s))
			continue
		}
		n, what := c.base(s)
		if n == 0 {
			if c.file.claim(s.Is.Base) == nil {
				key := singular(s.Is.Base)
				if groups[key] == nil {
					order = append(order, key)
				}
				groups[key] = append(groups[key], s)
			}
			continue
		}
		if key := count(n) + " " + what; n >= 100/(s.Says.High-s.Says.Low) && !s.exactShare() {
			if anyOf[key] == nil {
				large = append(large, key)
			}
			anyOf[key] = append(anyOf[key], s)
			continue
		}
		c.share(s, n, what)
	}
	for _, key := range large {
		c.holds(ids(anyOf[key]...), "%s of %s: with so many, every percentage of so few digits is possible", some(figuresOf(anyOf[key]), 8), key)
	}
	for _, key := range order {
		c.smallest(groups[key])
	}
	c.reductionsOf()
	c.means()
}

func (c *checker) share(s *Claim, n float64, what string) {
	if s.exactShare() {
		return
	}
	if possible(n, s.Says) {
		x := math.Round(s.Says.Value * n / 100)
		if !(x/n*100 >= s.Says.Low-1e-9 && x/n*100 <= s.Says.High+1e-9) {
			x = math.Ceil(s.Says.Low / 100 * n)
		}
		c.holds(ids(s), "%s of %s %s can be: %s of %s is %s", s.Says.Text, count(n), what, count(x), count(n), number.Fixed(100*x/n, s.Says.decimals()+1)+"%")
		return
	}
	below := math.Floor(s.Says.Value * n / 100)
	text := fmt.Sprintf("%s of %s %s can't be: %s of %s is %s, %s is %s", s.Says.Text, count(n), what, count(below), count(n), number.Fixed(100*below/n, s.Says.decimals()+1)+"%", count(below+1), number.Fixed(100*(below+1)/n, s.Says.decimals()+1)+"%")
	if cut := math.Floor(100*(below+1)/n*math.Pow10(s.Says.decimals())) / math.Pow10(s.Says.decimals()); math.Abs(cut-s.Says.Value) < 1e-9 {
		text += " (cut off rather than rounded, it would be what is printed)"
	}
	if list := whichN(int(min(n, 1000)), s.Says); len(list) > 0 {
		text += fmt.Sprintf(". Up to %s it is possible of %s", count(min(n, 1000)), numbers(list, 12))
	} else {
		text += fmt.Sprintf(". It is possible of no number up to %s", count(min(n, 1000)))
	}
	c.fails(ids(s), fmt.Sprintf("Of how many is %s, and how many of the %s did not answer?", s.Says.Text, what), "%s", text)
}

// exactShare reports whether the percentage was worked out here, from "34 of 43".
func (c *Claim) exactShare() bool { return c.Says.Low == c.Says.High }

// smallest says how many people percentages of one group without a number take at least.
func (c *checker) smallest(group []*Claim) {
	var printed []Figure
	var texts []string
	for _, s := range group {
		if s.exactShare() {
			continue
		}
		printed, texts = append(printed, s.Says), append(texts, s.Says.Text)
	}
	if len(printed) < 2 {
		return // missing n says so
	}
	list := whichN(1000, printed...)
	if len(list) == 0 {
		return
	}
	of := cmp.Or(group[0].Is.Base, "the people asked")
	c.untold(ids(group...), "how many answered", "How many "+of+" answered each question, of how many asked?",
		"%s of %s: together they take %d at least, if all were of the same number", and(texts), of, list[0])
}

// reductionsOf asks of falls whose count before is printed, and small, whether they are possible.
func (c *checker) reductionsOf() {
	for _, r := range c.of("reduction") {
		before := c.counted(r, "before")
		if before == nil || !before.exact() || c.counted(r, "after") != nil || r.Says.Unit != Percent || r.Says.Hedge != "" || r.Says.Range || before.Says.Value > 100/(r.Says.High-r.Says.Low) {
			continue
		}
		n := before.Says.Value
		if possible(n, r.Says) {
			c.holds(ids(r, before), "a fall of %s of %s can be: to %s", r.Says.Text, count(n), count(n-math.Round(r.Says.Value*n/100)))
			continue
		}
		below := math.Floor(r.Says.Value * n / 100)
		c.fails(ids(r, before), "What was the count after?", "a fall of %s of %s can't be: %s fewer is %s, %s fewer is %s", r.Says.Text, count(n), count(below), percent(100*below/n), count(below+1), percent(100*(below+1)/n))
	}
}

var endsOf = regexp.MustCompile(`([-−]?\d+(?:\.\d+)?)\s*(?:to|-|–|—|and|,|\.\.)\s*([-−]?\d+(?:\.\d+)?)`)

// continuous are scores that aren't whole: an index, a metric score, a mean of items.
var continuous = regexp.MustCompile(`\b(index|eq 5d\w*|eq5d\w*|utility|swemwbs|swebs|metric|rasch|qaly\w*|hours?|days?|minutes?|pounds|rate|change|difference|ages?|years?)\b`)

// means asks whether a mean lies in its scale, and, of whole scores, whether it is possible with its number.
func (c *checker) means() {
	for _, m := range c.of("mean") {
		name := normal(m.Is.Base + " " + m.Is.What)
		change := m.Says.Value < 0 || strings.Contains(name, "change") || strings.Contains(name, "difference")
		ends := endsOf.FindStringSubmatch(m.Is.Scale)
		var low, high float64
		if ends != nil {
			low, high = signed(ends[1]), signed(ends[2])
			if low < high && (m.Says.High < low || m.Says.Low > high) && !change {
				c.fails(ids(m), "Which scale is this mean of?", "%s lies outside the scale from %s to %s", said(m), number.Plain(low), number.Plain(high))
				continue
			}
		}
		n, _ := c.base(m)
		if n == 0 || m.Says.Hedge != "" || m.Says.Unit != Plain {
			continue
		}
		if (span{m.Says.Low * n, m.Says.High * n}).wholeIn() {
			c.holds(ids(m), "a mean of %s of %s answers can be: whole scores that add to %s", m.Says.Text, count(n), count(math.Round(m.Says.Value*n)))
			continue
		}
		below := math.Floor(m.Says.Value * n)
		d := m.Says.decimals()
		text := fmt.Sprintf("a mean of %s of %s answers can't be if scores are whole: %s ÷ %s is %s, %s ÷ %s is %s", m.Says.Text, count(n),
			count(below), count(n), number.Fixed(below/n, d+1), count(below+1), count(n), number.Fixed((below+1)/n, d+1))
		whole := ends != nil && low == math.Trunc(low) && high == math.Trunc(high) && high-low >= 2 && !continuous.MatchString(name) && !change
		if whole {
			c.fails(ids(m), "Of how many is the mean, and are the scores whole?", "%s", text)
		} else {
			c.untold(ids(m), "whether each score is a whole number (scale: in the claims file)", "Of how many is the mean, and are the scores whole?", "%s", text)
		}
	}
}

func signed(text string) float64 {
	if rest, ok := strings.CutPrefix(strings.ReplaceAll(text, "−", "-"), "-"); ok {
		return -parseNumber(rest)
	}
	return parseNumber(text)
}

// numbers lists whole numbers, runs as first to last.
func numbers(list []int, most int) string {
	var texts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		switch {
		case j > i+1:
			texts = append(texts, fmt.Sprintf("%d to %d", list[i], list[j]))
		default:
			for k := i; k <= j; k++ {
				texts = append(texts, fmt.Sprint(list[k]))
			}
		}
		i = j + 1
	}
	return some(texts, most)
}

// missing lists percentages without a count.
func (c *checker) missing() {
	var shares, changes []*Claim
	for _, s := range c.of("share", "mean") {
		if n, _ := c.base(s); n == 0 && (s.Is.Kind == "mean" || !s.exactShare()) && !c.ofShare(s) {
			shares = append(shares, s)
		}
	}
	for _, r := range c.of("reduction", "increase") {
		if c.counted(r, "before") == nil {
			changes = append(changes, r)
		}
	}
	if len(shares) > 0 {
		c.untold(ids(shares...), "how many answered, of how many asked", "How many people is each of these of?", "%s %s no count beside %s", texts(shares), plural(len(shares), "has", "have"), plural(len(shares), "it", "them"))
	}
	if len(changes) > 0 {
		c.untold(ids(changes...), "the counts before and after", "What were the counts before and after, and of how many people?", "%s %s no count before, so nobody can tell how large the change is or how sure", texts(changes), plural(len(changes), "has", "have"))
	}
	if len(shares)+len(changes) == 0 && len(c.of("share", "mean", "reduction", "increase")) > 0 {
		c.holds(nil, "every percentage and mean has a count beside it")
	}
}

func texts(claims []*Claim) string {
	var list []string
	for _, c := range claims {
		list = append(list, said(c))
	}
	return some(list, 6)
}

// ofShare reports whether a percentage is of another percentage.
func (c *checker) ofShare(s *Claim) bool {
	other := c.file.claim(s.Is.Base)
	return other != nil && other.Says.Unit == Percent
}

// bases works percentages out again.
func (c *checker) bases() {
	for _, s := range c.of("share") {
		other := c.file.claim(s.Is.Base)
		if other == nil || other.Says.Unit != Percent || s.Says.Unit != Percent {
			continue
		}
		c.untold(ids(s, other), "whether it is a share of all, or of those "+other.Says.Text, "Is "+s.Says.Text+" of everybody, or of the "+other.Says.Text+"?",
			"%s of which %s: either %s of all, or %s × %s = %s of all", other.Says.Text, s.Says.Text, s.Says.Text, s.Says.Text, other.Says.Text, percent(s.Says.Value*other.Says.Value/100))
	}
	for _, r := range c.of("reduction", "increase") {
		if r.Says.Unit != Percent || r.Says.Range {
			continue
		}
		if r.Is.Kind == "reduction" && r.span().low > 100 {
			c.fails(ids(r), "Of what is "+r.Says.Text+" a percentage?", "%s is more than all there was before", said(r))
			continue
		}
		before, after := c.counted(r, "before"), c.counted(r, "after")
		averted := c.counted(r, "averted")
		for _, kind := range []string{"rate", "cost"} {
			if before == nil {
				before, after, averted = c.alike(r, kind, "before"), c.alike(r, kind, "after"), nil
			}
		}
		if before != nil && after == nil && averted == nil && before.Is.Kind == "count" { // counted over times of other lengths
			for _, o := range c.of("count") {
				if o.Is.When == "after" && same(o.Is.Activity, r.Is.Activity) && normal(o.Is.Unit) == normal(r.Is.Unit) && days(o.Is.Window) > 0 && days(before.Is.Window) > 0 && c.together(o, r) {
					after = o
				}
			}
		}
		switch {
		case before == nil || before.Says.Low <= 0:
		case after != nil:
			c.percentOf(r, before, after)
		case averted != nil && r.Is.Kind == "reduction":
			c.percentAverted(r, before, averted)
		}
	}
}

// percentOf holds a fall or a rise against its counts.
func (c *checker) percentOf(r, before, after *Claim) {
	sign := 1.0
	if r.Is.Kind == "increase" {
		sign = -1
	}
	if !agree(before.Is.Window, after.Is.Window) && c.perDay(before, after) != nil {
		return // unequal windows says so
	}
	change := fell(before.span(), after.span()).times(span{sign, sign})
	b, a := before.Says.Value, after.Says.Value
	value := 100 * sign * (b - a) / b
	printed := r.Says
	list := ids(r, before, after)
	text := fmt.Sprintf("(%s − %s) ÷ %s = %s", before.Says.Text, after.Says.Text, before.Says.Text, percent(value))
	if sign < 0 {
		text = fmt.Sprintf("(%s − %s) ÷ %s = %s", after.Says.Text, before.Says.Text, before.Says.Text, percent(value))
	}
	if printed.hedged().meets(change) {
		c.holds(list, "%s, as printed (%s)", text, printed.Text)
		return
	}
	if change.meets(span{-printed.High, -printed.Low}) && value < 0 && r.Is.Kind == "reduction" && printed.Value < 0 {
		c.holds(list, "%s, as printed (%s)", text, printed.Text)
		return
	}
	text += ", printed is " + printed.Text
	if sign > 0 && value < 0 && strings.ContainsAny(printed.Text, "-−") && change.meets(span{-printed.High, -printed.Low}) {
		c.untold(list, "whether it fell or rose", "Did it fall or rise?", "%s: it rose, and the minus may say so, or that it fell", text)
		return
	}
	other := c.otherBase(r, before, after, sign)
	if other == "" && c.ofExpected(r) {
		c.untold(list, "what was expected without the service", "Against what is "+printed.Text+" a change?", "%s: with comparison people or an adjustment, the percentage may be of what was expected", text)
		return
	}
	if other != "" {
		text += "; " + other
	}
	c.fails(list, "Of what is "+printed.Text+" a percentage?", "%s", text)
}

// otherBase says of what else a printed change is a percentage, "" of nothing that is known. sign is −1 for a rise.
func (c *checker) otherBase(r, before, after *Claim, sign float64) string {
	n, what := c.file.people(r)
	b, a := before.Says.Value, after.Says.Value
	for _, other := range []struct {
		value float64
		is    string
	}{
		{100 * sign * (b - a) / a, "it is of the count after, " + after.Says.Text},
		{-100 * sign * (b - a) / b, "the sign is the other way round"},
		{100 * a / b, "it is what is left, not what is gone"},
		{100 * sign * (b - a) / (b + a), "it is of both counts together"},
		{sign * (b - a), "it is the difference itself, in points"},
		{map[bool]float64{true: 100 * sign * (b - a) / max(n, 1), false: math.NaN()}[n > 0], "it is of the " + count(n) + " " + what + ", not of the count before"},
	} {
		if other.value >= r.Says.Low-1e-9 && other.value <= r.Says.High+1e-9 {
			return other.is
		}
	}
	return ""
}

func (c *checker) percentAverted(r, before, averted *Claim) {
	got, _ := averted.span().over(before.span())
	got = got.times(span{100, 100})
	value := 100 * averted.Says.Value / before.Says.Value
	text := fmt.Sprintf("%s ÷ %s = %s", averted.Says.Text, before.Says.Text, percent(value))
	if r.span().meets(got) {
		c.holds(ids(r, averted, before), "%s, as printed (%s)", text, r.Says.Text)
		return
	}
	if c.ofExpected(r) {
		c.untold(ids(r, averted, before), "what was expected without the service", "Against what is "+r.Says.Text+" a change?", "%s, printed is %s: with comparison people or an adjustment, the percentage may be of what was expected", text, r.Says.Text)
		return
	}
	c.fails(ids(r, averted, before), "Of what is "+r.Says.Text+" a percentage?", "%s, printed is %s", text, r.Says.Text)
}
