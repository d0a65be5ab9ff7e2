package claim

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"averted/evaluate/grade"
	"averted/report/number"
)

// net asks what is left after the service's cost.
func (c *checker) net() {
	gross := c.grossTotal()
	costs, nets := c.of("service_cost"), c.of("net")
	stated := c.file.Report.ServiceCostStated
	for _, n := range nets {
		if len(costs) == 0 || gross == nil {
			continue
		}
		cost := c.costOf(n, costs)
		got := gross.span().minus(cost.span())
		text := fmt.Sprintf("%s − %s = %s", gross.Says.Text, cost.Says.Text, pounds(gross.Says.Value-cost.Says.Value))
		list := ids(n, gross, cost)
		switch {
		case got.meets(n.span()) || rounds(n, got):
			c.holds(list, "%s%s", text, asPrinted(n, gross.Says.Value-cost.Says.Value))
		case got.meets(span{-n.Says.High, -n.Says.Low}):
			c.fails(list, "Does the service cost more than it averted, or less?", "%s, printed is %s: the sign is the other way round", text, n.Says.Text)
		default:
			c.fails(list, "Net of which cost is "+n.Says.Text+"?", "%s, printed is %s", text, n.Says.Text)
		}
	}
	pounded := slices.DeleteFunc(c.of("avoidance"), func(a *Claim) bool { return a.Is.Unit != "" })
	if len(pounded) == 0 && gross == nil {
		return
	}
	all := ids(pounded...)
	if gross != nil {
		all = ids(gross)
	}
	ask := "What did the service cost over the same time, for how many people, and what is left?"
	switch {
	case len(costs) > 0 && gross != nil && len(nets) == 0:
		cost := costs[0]
		share := 100 * cost.Says.Value / gross.Says.Value
		if share > 100 {
			c.holds(ids(gross, cost), "%s is less than the service's cost, %s: it doesn't cover it, even if all of it is due to the service", gross.Says.Text, cost.Says.Text)
		} else {
			c.holds(ids(gross, cost), "the service cost %s: %s covers it if at least %s of it is due to the service, and a shrinkage of %s turns the sign", cost.Says.Text, gross.Says.Text, number.AtLeast(share), percent(100-share))
		}
	case len(costs) == 0 && stated != nil && *stated:
		c.untold(all, "the service's cost, as a claim (is: {service_cost: {}})", ask, "the report states what the service cost; it isn't in the claims file")
	case len(costs) == 0 && gross != nil:
		c.untold(all, "what the service cost", ask, "%s is before the service's cost, which isn't stated. Nothing is left if the service cost as much; at half of that cost, nothing is left if half of the fall would have come anyway", gross.Says.Text)
	case len(costs) == 0:
		c.untold(all, "what the service cost", ask, "the pounds are before the service's cost, which isn't stated, so nobody can tell whether anything is left")
	}
}

// grossTotal is the total of the pounds averted: the sum that holds most, or the only figure there is; nil if that isn't clear.
func (c *checker) grossTotal() *Claim {
	var best *Claim
	for _, t := range c.of("sum") {
		if c.money(t) && (best == nil || t.Says.Value > best.Says.Value) && len(c.leaves(t)) > 0 {
			best = t
		}
	}
	if best != nil {
		return best
	}
	var whole []*Claim
	for _, a := range c.of("avoidance") {
		if a.Is.Unit == "" && a.BestOf == 0 && a.SameAs == "" {
			whole = append(whole, a)
		}
	}
	totals := slices.DeleteFunc(slices.Clone(whole), func(a *Claim) bool { return a.Is.Activity != "" })
	switch {
	case len(totals) == 1:
		return totals[0]
	case len(whole) == 1:
		return whole[0]
	}
	return nil
}

func (c *checker) costOf(n *Claim, costs []*Claim) *Claim {
	for _, cost := range costs {
		if sameWindow(cost.Is.Window, n.Is.Window) {
			return cost
		}
	}
	return costs[0]
}

// wordsOf are the words used with a figure, in lower case, those printed beside its digits too.
func wordsOf(c *Claim) []string {
	var list []string
	for _, w := range c.Words {
		list = append(list, normal(w))
	}
	return append(list, normal(c.Says.Text))
}

// uses reports whether one of a claim's words is one of some, which are patterns, and which.
func uses(c *Claim, pattern *regexp.Regexp) string {
	for _, w := range wordsOf(c) {
		if m := pattern.FindString(w); m != "" {
			return m
		}
	}
	return ""
}

var (
	more        = regexp.MustCompile(`\b(over|more than|greater than|in excess of|at least)\b|[>≥]`)
	fewer       = regexp.MustCompile(`\b(nearly|almost|just under|under|less than|fewer than|about|around|approximately|approx|roughly|circa|some)\b|[~<≈≤]`)
	upToWord    = regexp.MustCompile(`\b(up to|as much as|as many as)\b`)
	savings     = regexp.MustCompile(`\b(savings?|saved|saves?)\b`)
	statistical = regexp.MustCompile(`\bsignificant(ly|ce)?\b`)
	avoided     = regexp.MustCompile(`\b(cost avoidance|avoidance|costs? avoided)\b`)
	proven      = regexp.MustCompile(`\b(proven|proved|proves?|proof|caused?|causes|causal|effects?|effective|because of|due to|thanks to|attributable|led to|leads to|results? in|resulted in|as a result|demonstrat\w*|clear evidence|undoubted\w*|definitive\w*)\b`)
)

// precision compares hedges with digits.
func (c *checker) precision() {
	for i := range c.file.Claims {
		f := &c.file.Claims[i]
		hedge := f.Says.Hedge
		if hedge == "" {
			for _, w := range f.Words {
				if m := more.FindString(normal(w)); m != "" {
					hedge = m
				} else if m := fewer.FindString(normal(w)); m != "" {
					hedge = m
				} else if m := upToWord.FindString(normal(w)); m != "" {
					hedge = m
				}
			}
		}
		if hedge == "" {
			continue
		}
		digits := fmt.Sprintf("%d %s", f.Says.Digits, plural(f.Says.Digits, "digit", "digits"))
		switch {
		case upToWord.MatchString(hedge):
			c.fails(ids(f), "What is the figure of everybody, not the largest?", "%s: the largest of several is told as if it were all", hedgedBy(f, hedge))
		case f.Says.Digits >= 4:
			c.fails(ids(f), "Is it "+digitsOf(f.Says.Text)+" or not, and how sure is it?", "%s: a figure of %s is said to the last one, and %q says that it isn't that. Neither tells how sure it is", hedgedBy(f, hedge), digits, hedge)
		default:
			c.holds(ids(f), "%s, a figure of %s", hedgedBy(f, hedge), digits)
		}
	}
}

// hedgedBy is a figure with its hedge in front.
func hedgedBy(f *Claim, hedge string) string {
	if f.Says.Hedge != "" {
		return said(f)
	}
	return hedge + " " + said(f)
}

// words holds words against what they take.
func (c *checker) words() {
	level, stated := c.level()
	for _, used := range c.using(savings) {
		money := slices.DeleteFunc(used.claims, func(f *Claim) bool {
			return f.Says.Unit != Pounds || f.Is.Kind == "service_cost" || f.Is.Kind == "unit_cost"
		})
		if len(money) > 0 {
			c.fails(ids(money...), "Which budget fell by this amount, and who spends less?", "%q of %s: events that did not happen, at list price, are cost avoidance. A saving is money that somebody no longer spends", used.word, texts(money))
		}
	}
	for _, used := range c.using(statistical) {
		tested := slices.DeleteFunc(slices.Clone(used.claims), func(f *Claim) bool { return f.Test == "" })
		for _, f := range tested {
			c.holds(ids(f), "%q of %s, with %s", used.word, said(f), f.Test)
		}
		if bare := slices.DeleteFunc(used.claims, func(f *Claim) bool { return f.Test != "" }); len(bare) > 0 {
			c.fails(ids(bare...), "By which test, with which interval, of how many people?", "%q of %s, without a test, an interval or a p-value (test: in the claims file)", used.word, texts(bare))
		}
	}
	for _, used := range c.using(proven) {
		list := ids(used.claims...)
		switch {
		case !stated:
			c.untold(list, "the design", "With whom were the people compared?", "%q of %s; what they were compared with isn't stated", used.word, texts(used.claims))
		case level < grade.EffectFrom:
			c.fails(list, "What would have happened without the service, and how is that known?", "%q of %s: a design of grade %d can show a change, not what made it; that takes grade %d", used.word, texts(used.claims), level, grade.EffectFrom)
		default:
			c.holds(list, "%q of %s, from a design of grade %d", used.word, texts(used.claims), level)
		}
	}
	for _, used := range c.using(avoided) {
		c.holds(ids(used.claims...), "%s %s called cost avoidance, and %s", texts(used.claims), plural(len(used.claims), "is", "are"), plural(len(used.claims), "it is", "they are"))
	}
}

// used is a word, and the claims that use it.
type used struct {
	word   string
	claims []*Claim
}

// using lists the words of a pattern that are used, each with its claims.
func (c *checker) using(pattern *regexp.Regexp) []used {
	var list []used
	for i := range c.file.Claims {
		f := &c.file.Claims[i]
		word := uses(f, pattern)
		if word == "" {
			continue
		}
		at := slices.IndexFunc(list, func(u used) bool { return u.word == word })
		if at < 0 {
			list = append(list, used{word: word})
			at = len(list) - 1
		}
		list[at].claims = append(list[at].claims, f)
	}
	return list
}

// Design is what a report's words say of its design, and whether they say anything that is known.
func Design(text string) (grade.Evidence, bool) {
	t := " " + normal(text) + " "
	for _, none := range []string{"no comparison", "without comparison", "without a comparison", "no control group", "no controls", "no control", "without a control", "without control", "without controls", "uncontrolled", "not controlled", "not randomised", "not randomized", "non randomised", "non randomized", "nonrandomised", "unmatched", "not matched", "no matched"} {
		t = strings.ReplaceAll(t, " "+none, " ")
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(t, w) })
	}
	best := grade.Evidence{Design: grade.Comparison, BalancedTwice: true, Matched: 1, PreTrend: true} // at best: what isn't stated is taken as done
	switch {
	case has("randomised", "randomized", " rct "):
		return grade.Evidence{Design: grade.Randomised, Registered: has("registered", "protocol")}, true
	case has("regression discontinuity", "cut off", "cutoff", "stepped wedge", "random order", "lottery"):
		return grade.Evidence{Design: grade.CutOff}, true
	case has("did not connect", "not connected", "declined", "did not engage", "waiting list", "self selected", "chose not"):
		return grade.Evidence{Design: grade.SelfSelected}, true
	case has("matched", "difference in difference", "differences in difference", "propensity", "synthetic control", "control practices", "comparison practices"):
		return best, true
	case has("interrupted time series", "time series", "its analysis"):
		return grade.Evidence{Design: grade.Series, Control: has("control")}, true
	case has("comparison", "control", "compared with", "comparator", "versus"):
		return grade.Evidence{Design: grade.Comparison}, true
	case has("before", "pre post", "pre and post", "prepost", "after", "single group", "case study", "one patient", "survey", "cohort", "descriptive", "interview"):
		return grade.Evidence{Design: grade.BeforeAfter}, true
	}
	return grade.Evidence{}, false
}

func (c *checker) level() (int, bool) {
	e, known := Design(c.file.Report.Design)
	if !known {
		return 1, false
	}
	return grade.Of(e).Level, true
}

// grades grades the report's design.
func (c *checker) grades() {
	e, known := Design(c.file.Report.Design)
	ask := "With whom were the people compared, how were those chosen, and were they alike before?"
	if !known {
		c.untold(nil, "the design: what the people were compared with", ask, "the report's design isn't stated, or not in words that are known: it is taken as before and after with nobody to compare, grade 1 of 5")
		return
	}
	g := grade.Of(e)
	if g.Level < grade.EffectFrom {
		c.untold(nil, "comparison people chosen by the same rule, or a cut-off, or a random order", ask, "grade %d of 5: %s. It shows a change; how much of it the service made can't be told", g.Level, g.Why)
		return
	}
	at := ""
	if e.Design == grade.Comparison {
		at = " at best, if they were alike in two windows before, half or more were matched and the months before are shown"
	}
	c.holds(nil, "grade %d of 5%s: %s", g.Level, at, g.Why)
}

// regression works out the fall that comes with no service at all.
func (c *checker) regression() {
	s := c.file.Report.Selection
	reductions := slices.DeleteFunc(c.of("reduction"), func(r *Claim) bool { return r.Says.Unit != Percent || r.BestOf > 0 })
	if len(reductions) == 0 {
		return
	}
	ask := "What did people chosen in the same way, without the service, do afterwards?"
	level, known := c.level()
	if known && level >= grade.EffectFrom {
		c.holds(ids(reductions...), "compared with people of a design of grade %d, who regress to the mean as well", level)
		return
	}
	if s.Threshold == nil && s.Top == nil {
		how := "how people were chosen isn't stated"
		if s.Rule != "" {
			how = "people were chosen so: " + words(s.Rule)
			if s.Rule == "referred" {
				how = "people were referred"
			}
		}
		c.untold(ids(reductions...), "the rule by which people were chosen, and their counts before (selection: in the claims file)", ask,
			"%s. People are chosen when things are bad, and some of %s would have come anyway; how much can't be told", how, some(figuresOf(reductions), 6))
		return
	}
	for _, r := range reductions {
		c.regressed(r, s, ask)
	}
}

func figuresOf(claims []*Claim) []string {
	var list []string
	for _, c := range claims {
		if !slices.Contains(list, c.Says.Text) {
			list = append(list, c.Says.Text)
		}
	}
	return list
}

// regressed holds one fall against what choosing makes.
func (c *checker) regressed(r *Claim, s Selection, ask string) {
	n, what := c.file.people(r)
	before := c.counted(r, "before")
	mean := 0.0
	if before != nil && n > 0 {
		mean = before.Says.Value / n
	}
	if rate := c.alike(r, "rate", "before"); mean == 0 && rate != nil && perOf(rate.Is.Per) > 0 {
		mean = rate.Says.Value / perOf(rate.Is.Per)
	}
	var fall span
	var how string
	var ok bool
	switch {
	case s.Threshold != nil && !same(s.Threshold.Activity, r.Is.Activity):
		c.untold(ids(r), "what people chosen so do without the service", ask, "people were chosen by %s, and %s goes with it: it falls too, by less; how much can't be told", strings.ReplaceAll(s.Threshold.Activity, "_", " "), called(r))
		return
	case s.Threshold != nil:
		fall, how, ok = thresholdFall(*s.Threshold, r, mean)
	case same(s.Top.By, r.Is.Activity):
		population, named := 0.0, false
		for _, name := range []string{"population", "registered", "list_size", "list size", "practice population", "eligible"} {
			if population, named = entry(c.file.cohort(r), name); named {
				break
			}
		}
		if !named {
			c.untold(ids(r), "of how many people they were the top (population: in the cohort)", ask, "the top %s by %s: of how many isn't stated", count(float64(s.Top.N)), s.Top.By)
			return
		}
		fall, how, ok = topFall(*s.Top, r, population)
	default:
		c.untold(ids(r), "what people chosen so do without the service", ask, "the top %s by %s were taken, and a score made from past use goes down afterwards with no service; how much can't be told", count(float64(s.Top.N)), strings.ReplaceAll(s.Top.By, "_", " "))
		return
	}
	if !ok {
		c.untold(ids(r), "the count before and the number of people it is of", ask, "a mean before of %s is below the threshold: the counts, or their windows, don't belong together", about(mean))
		return
	}
	seen := ""
	if mean > 0 {
		seen = fmt.Sprintf(", with %s ÷ %s %s = %s before", before0(before), count(n), what, about(mean))
	}
	text := fmt.Sprintf("chosen by %s%s, people fall by %s with no service at all (%s)", how, seen, between(fall, func(x float64) string { return number.Fixed(x, 0) + "%" }), assumed)
	if r.Says.Low > fall.high {
		c.holds(ids(r), "%s; printed is %s, of which that leaves %s", text, r.Says.Text, between(leftOf(r.Says.Value, fall), percent))
		return
	}
	c.fails(ids(r), ask, "%s; printed is %s, so all of it may have come anyway", text, r.Says.Text)
}

func before0(before *Claim) string {
	if before == nil {
		return "the rate"
	}
	return before.Says.Text
}

// leftOf is what is left of a fall when those that come anyway are taken off.
func leftOf(percent float64, fall span) span {
	left := func(f float64) float64 { return 100 * (1 - (1-percent/100)/(1-f/100)) }
	return span{math.Min(left(fall.low), left(fall.high)), math.Max(left(fall.low), left(fall.high))}
}
