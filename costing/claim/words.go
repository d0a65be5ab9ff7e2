package claim

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"averted/evaluate/grade"
	"averted/report/number"
)

// gross is pounds averted, all together, and the claims that make them.
type gross struct {
	value  float64
	span   span
	text   string
	window string
	claims []*Claim
}

// net asks what is left after the service's cost.
func (c *checker) net() {
	all, clear := c.grossTotal()
	costs, nets := c.of("service_cost"), c.of("net")
	for _, n := range nets {
		if len(costs) > 0 && clear {
			c.netOf(n, all, c.costOf(n, costs))
		}
	}
	if len(all.claims) == 0 {
		return
	}
	list := ids(all.claims...)
	ask := "What did the service cost over the same time, for how many people, and what is left?"
	stated := c.file.Report.ServiceCostStated
	switch {
	case len(costs) > 0 && len(nets) == 0 && !clear:
		c.untold(append(list, ids(costs...)...), "one total of the pounds averted, in one window", ask, "%s against a service's cost of %s: which total it is to be held against isn't clear", texts(all.claims), costs[0].Says.Text)
	case len(costs) > 0 && len(nets) == 0:
		c.covers(all, costs[0], ask)
	case len(costs) > 0:
	case stated != nil && *stated:
		c.untold(list, "the service's cost, as a claim (is: {service_cost: {}})", ask, "the report states what the service cost; it isn't in the claims file")
	case clear:
		c.untold(list, "what the service cost", ask, "%s is before the service's cost, which isn't stated. Nothing is left if the service cost as much; at half of that cost, nothing is left if half of the fall would have come anyway", all.text)
	default:
		c.untold(list, "what the service cost", ask, "the pounds are before the service's cost, which isn't stated, so nobody can tell whether anything is left")
	}
}

// netOf holds what is left against what was averted and what the service cost, all together or a head.
func (c *checker) netOf(n *Claim, all gross, cost *Claim) {
	got := all.span.minus(cost.wide())
	value := all.value - cost.Says.Value
	list := ids(append([]*Claim{n, cost}, all.claims...)...)
	text := fmt.Sprintf("%s − %s = %s", all.text, cost.Says.Text, pounds(value))
	people, what := c.file.people(n)
	a := span{got.low / max(people, 1), got.high / max(people, 1)}
	apart := !agree(all.window, cost.Is.Window) || !agree(all.window, n.Is.Window) || !agree(cost.Is.Window, n.Is.Window)
	times := and(stated(all.window, cost.Is.Window, n.Is.Window))
	switch {
	case apart && (got.meets(n.wide()) || rounds(n, got)):
		c.fails(list, "What did the service cost over the time of the pounds averted?", "%s%s: of different times (%s), which don't subtract", text, asPrinted(n, value), times)
	case got.meets(n.wide()) || rounds(n, got):
		c.holds(list, "%s%s", text, asPrinted(n, value))
	case people > 0 && a.meets(n.wide()):
		c.holds(list, "%s, %s for each of the %s %s", text, pounds(math.Round(100*value/people)/100), count(people), what)
	case apart:
		c.untold(list, "all three over one time", "Over which time is each of them?", "%s, printed is %s: they are of different times (%s)", text, n.Says.Text, times)
	case got.meets(span{-n.Says.High, -n.Says.Low}):
		c.fails(list, "Does the service cost more than it averted, or less?", "%s, printed is %s: the sign is the other way round", text, n.Says.Text)
	default:
		c.fails(list, "Net of which cost is "+n.Says.Text+"?", "%s, printed is %s", text, n.Says.Text)
	}
}

// covers says what share of the pounds averted must be due to the service.
func (c *checker) covers(all gross, cost *Claim, ask string) {
	list := ids(append([]*Claim{cost}, all.claims...)...)
	share := 100 * cost.Says.Value / max(all.value, 0.01)
	switch {
	case all.value <= 0:
		c.holds(list, "nothing was averted (%s), and the service cost %s", all.text, cost.Says.Text)
	case all.window != "" && cost.Is.Window != "" && !sameWindow(all.window, cost.Is.Window):
		c.untold(list, "the cost of the time over which the pounds were averted", ask, "%s over %s, and a cost of %s over %s", all.text, all.window, cost.Says.Text, cost.Is.Window)
	case share > 100:
		c.holds(list, "%s is less than the service's cost, %s: it doesn't cover it, even if all of it is due to the service", all.text, cost.Says.Text)
	default:
		c.holds(list, "the service cost %s: %s covers it if at least %s of it is due to the service, and a shrinkage of %s turns the sign", cost.Says.Text, all.text, number.AtLeast(share), percent(100-share))
	}
}

// stated are those texts that aren't empty.
func stated(texts ...string) []string {
	var list []string
	for _, t := range texts {
		if t != "" && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// grossTotal is the pounds averted all together: a figure without an activity, or the totals that have no part in common, with the
// figures that are in none. Not clear where windows differ or activities overlap; then it is all figures.
func (c *checker) grossTotal() (gross, bool) {
	var tops []*Claim
	parts := map[string]bool{}
	for _, t := range c.of("sum", "product") {
		if c.money(t) {
			for _, p := range append(c.leaves(t), c.parts(t)...) {
				parts[p.ID] = true
			}
		}
	}
	seen := map[float64]bool{}
	all := slices.DeleteFunc(c.of("avoidance"), func(t *Claim) bool { return t.BestOf > 0 })
	oneUnit := !slices.ContainsFunc(all, func(t *Claim) bool { return normal(t.Is.Unit) != normal(all[0].Is.Unit) }) // that of everybody
	for i := range c.file.Claims {
		t := &c.file.Claims[i]
		if !c.money(t) || parts[t.ID] || t.Is.Unit != "" && !oneUnit || t.BestOf > 0 || t.SameAs != "" && c.file.claim(t.SameAs) != nil {
			continue
		}
		tops = append(tops, t)
	}
	for _, t := range c.file.Claims {
		if parts[t.ID] {
			seen[t.Says.Value] = true
		}
	}
	tops = slices.DeleteFunc(tops, func(t *Claim) bool { // printed again under another name, or beside another number of people
		again := seen[t.Says.Value]
		seen[t.Says.Value] = true
		return again && t.precise()
	})
	total := gross{claims: tops}
	clear := len(tops) > 0
	var activities []*Claim
	for _, t := range tops {
		if t.Is.Kind == "avoidance" && t.Is.Activity == "" && len(tops) > 1 {
			clear = false // of all, beside figures of some
		}
		for _, l := range c.leavesOf(t) {
			if w := l.Is.Window; w != "" && total.window != "" && !sameWindow(w, total.window) {
				clear = false
			} else if w != "" {
				total.window = w
			}
			if slices.ContainsFunc(activities, func(a *Claim) bool {
				return (covers(a.Is.Activity, l.Is.Activity) || covers(l.Is.Activity, a.Is.Activity)) && (normal(a.Is.Unit) == normal(l.Is.Unit) || a.Is.Unit == "" || l.Is.Unit == "")
			}) {
				clear = false
			}
			if l.Is.Activity != "" {
				activities = append(activities, l)
			}
		}
	}
	var printed []string
	for _, t := range tops {
		total.value += t.Says.Value
		total.span = total.span.plus(t.wide())
		printed = append(printed, t.Says.Text)
	}
	total.text = strings.Join(printed, " + ")
	if len(printed) > 1 {
		total.text += " = " + pounds(total.value)
	}
	return total, clear
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
		at := pattern.FindStringIndex(w)
		if at != nil && !negated.MatchString(w[:at[0]]) {
			return w[at[0]:at[1]]
		}
	}
	return ""
}

var (
	negated = regexp.MustCompile(`\b(not|no|non|never|isn t|wasn t|without|neither)\b`)
	pValue  = regexp.MustCompile(`(?i)\bp\s*(=|>|≥|<|≤|of)?\s*(0?\.\d+|[01]\b)`)
)

// tested is the test, the p-value or the interval that is printed with a claim, among its words too.
func (c *Claim) tested() string {
	if c.Test != "" {
		return c.Test
	}
	for _, w := range c.Words {
		if pValue.MatchString(w) || endsOf.MatchString(w) {
			return w
		}
	}
	return ""
}

// failed reports whether a printed test has a p-value of 0.05 or more.
func failed(test string) bool {
	m := pValue.FindStringSubmatch(test)
	if bare := strings.ReplaceAll(test, "95%", ""); m == nil {
		if ends := endsOf.FindStringSubmatch(strings.ReplaceAll(bare, "%", "")); ends != nil {
			low, high := signed(ends[1]), signed(ends[2])
			return low < 0 && high > 0 || low > 0 && low < 1 && high > 1 && !strings.Contains(bare, "%") // of a change, of a ratio
		}
	}
	if m == nil {
		return strings.Contains(normal(test), "not significant") || normal(test) == "ns" || normal(test) == "n s"
	}
	p := parseNumber(m[2])
	return p >= 0.05 && m[1] != "<" && m[1] != "≤" || p > 0.05
}

var (
	more        = regexp.MustCompile(`\b(over|more than|greater than|in excess of)\b|[>]`)
	fewer       = regexp.MustCompile(`\b(nearly|almost|just under|under|less than|fewer than|about|around|approximately|approx|roughly|circa|some)\b|[~<≈≤]`)
	upToWord    = regexp.MustCompile(`\b(up to|as much as|as many as)\b`)
	savings     = regexp.MustCompile(`\b(savings?|saved|saves?)\b`)
	statistical = regexp.MustCompile(`\bsignificant(ly|ce)?\b`)
	avoided     = regexp.MustCompile(`\b(cost avoidance|avoidance|costs? avoided)\b`)
	proven      = regexp.MustCompile(`\b(proven|proved|proves?|proof|caused?|causes|causal|effects?|effective|because of|due to|thanks to|attributable|led to|leads to|results? in|resulted in|as a result|demonstrat\w*|clear evidence|undoubted\w*|definitive\w*|prevent(?:ed|s)|stopped)\b`)
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
		bound := strings.Contains(hedge, "at least") || hedge == "≥" // true of what it is said of
		if hedge == "" || bound || upToWord.MatchString(hedge) && !slices.Contains([]string{"reduction", "increase", "avoidance", "net", "sum"}, f.Is.Kind) {
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
		if other := slices.DeleteFunc(slices.Clone(money), func(f *Claim) bool { return !f.unusual() }); len(other) > 0 {
			money = slices.DeleteFunc(money, (*Claim).unusual)
			c.untold(ids(other...), "whose spending ended, by how much and for how long", "Whose budget fell by this amount, and for how long?", "%q of %s: a saving if somebody stopped paying for it; whether they did isn't stated", used.word, texts(other))
		}
		if len(money) > 0 {
			c.fails(ids(money...), "Which budget fell by this amount, and who spends less?", "%q of %s: events that did not happen, at list price, are cost avoidance. A saving is money that somebody no longer spends", used.word, texts(money))
		}
	}
	for _, used := range c.using(statistical) {
		tested := slices.DeleteFunc(slices.Clone(used.claims), func(f *Claim) bool { return f.tested() == "" })
		for _, f := range tested {
			if failed(f.tested()) {
				c.fails(ids(f), "By which test is it significant?", "%q of %s, with %s: at that, chance alone does as much in one of twenty times or more", used.word, said(f), f.tested())
				continue
			}
			c.holds(ids(f), "%q of %s, with %s", used.word, said(f), f.tested())
		}
		if bare := slices.DeleteFunc(used.claims, func(f *Claim) bool { return f.tested() != "" }); len(bare) > 0 {
			c.fails(ids(bare...), "By which test, with which interval, of how many people?", "%q of %s, without a test, an interval or a p-value (test: in the claims file)", used.word, texts(bare))
		}
	}
	for _, used := range c.using(proven) {
		list := ids(used.claims...)
		switch {
		case !stated:
			c.untold(list, "the design", "With whom were the people compared?", "%q of %s; what they were compared with isn't stated", used.word, texts(used.claims))
		case level < grade.EffectFrom:
			c.fails(list, "What would have happened without the service, and how is that known?", "%q of %s: a design of grade %d can show a change at most, not what made it; that takes grade %d", used.word, texts(used.claims), level, grade.EffectFrom+1)
		case level == grade.EffectFrom:
			c.untold(list, "whether comparison people were chosen by the same rule and were alike in two windows before", "How were the comparison people chosen, and how alike were they before?", "%q of %s, from a design of grade %d at best", used.word, texts(used.claims), level)
		default:
			c.holds(list, "%q of %s, from a design of grade %d", used.word, texts(used.claims), level)
		}
	}
	for _, used := range c.using(avoided) {
		c.holds(ids(used.claims...), "%s: cost avoidance is the right word for events at list price; whether they were avoided is another question", texts(used.claims))
	}
}

// unusual reports whether pounds are of something other than the usual activities, which have list prices.
func (c *Claim) unusual() bool {
	return c.Is.Activity != "" && Meaning(c.Is.Activity) == "" && c.Is.Kind == "avoidance"
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

// The phrases by which designs are known.
var (
	clauses      = regexp.MustCompile(`[;:,.()]|\b(?:but|although|though|while|whereas)\b`)
	denied       = regexp.MustCompile(`\b(no|not|non|without|un(?:controlled|matched|randomi[sz]ed)|never|lack\w*|impossible|infeasible|unfeasible|instead of|rather than)\b`)
	randomised   = regexp.MustCompile(`\b(randomi[sz]ed|rct)\b`)
	registered   = regexp.MustCompile(`\b(registered|registration|isrctn|published protocol)\b`)
	byCutOff     = regexp.MustCompile(`\b(regression discontinuity|stepped wedge|random order|ordered at random|drawn by lot)\b`)
	otherwise    = regexp.MustCompile(`\b(did not|didn t|declined|refused|waiting list|decliners?|non participants|self selected|chose not|dropped out|never connected|not connected|not engage\w*)\b`)
	matched      = regexp.MustCompile(`\b(matched (comparison|comparator|control|cohort|group|people|patients|person|practices?|sample|areas?|on|to|with)|propensity|synthetic control|differences? in differences?|comparison practices|control practices)\b`)
	seriesDesign = regexp.MustCompile(`\b(interrupted time series|time series analysis|segmented regression)\b`)
	compared     = regexp.MustCompile(`\b(comparison|comparator|control|controls|compared (with|to)|versus)\b`)
	themselves   = regexp.MustCompile(`\b(own|themselves|same people|same patients|previous year|year before|baseline|earlier)\b`)
	beforeAfter  = regexp.MustCompile(`\b(before and after|before after|pre post|pre and post|prepost|single group|one group|single arm|one patient|one person|case study|case studies|survey|surveys|descriptive|interviews?|before|after|cohort)\b`)
)

// Design is what a report's words say of its design, and whether they say anything that is known. What a clause denies (a
// randomised trial was not feasible) is not taken from it.
func Design(text string) (grade.Evidence, bool) {
	known := false
	e := grade.Evidence{Design: grade.BeforeAfter}
	rank := 0
	take := func(n int, of grade.Evidence) {
		if known = true; n > rank {
			rank, e = n, of
		}
	}
	reg := false
	for _, clause := range clauses.Split(strings.ToLower(text), -1) {
		t := normal(clause)
		if otherwise.MatchString(t) {
			take(3, grade.Evidence{Design: grade.SelfSelected})
			continue
		}
		if denied.MatchString(t) {
			known = known || beforeAfter.MatchString(t) || compared.MatchString(t)
			continue
		}
		reg = reg || registered.MatchString(t)
		switch {
		case randomised.MatchString(t):
			take(6, grade.Evidence{Design: grade.Randomised})
		case byCutOff.MatchString(t):
			take(5, grade.Evidence{Design: grade.CutOff})
		case matched.MatchString(t) && !strings.Contains(t, "matched funding"):
			take(4, grade.Evidence{Design: grade.Comparison, BalancedTwice: true, Matched: 1, PreTrend: true}) // at best
		case seriesDesign.MatchString(t):
			take(2, grade.Evidence{Design: grade.Series, Control: strings.Contains(t, "control")})
		case compared.MatchString(t) && !themselves.MatchString(t):
			take(2, grade.Evidence{Design: grade.Comparison})
		case beforeAfter.MatchString(t), compared.MatchString(t):
			take(1, grade.Evidence{Design: grade.BeforeAfter})
		}
	}
	e.Registered = reg && e.Design == grade.Randomised
	return e, known
}

// level is the grade of the report's design, and whether it is stated. People who chose otherwise are told of in how people came in, too.
func (c *checker) level() (int, bool) {
	e, known := c.design()
	if !known {
		return 1, false
	}
	return grade.Of(e).Level, true
}

func (c *checker) design() (grade.Evidence, bool) {
	e, known := Design(c.file.Report.Design)
	if otherwise.MatchString(normal(c.file.Report.Selection.Rule)) {
		return grade.Evidence{Design: grade.SelfSelected}, true
	}
	return e, known
}

// grades grades the report's design.
func (c *checker) grades() {
	e, known := c.design()
	ask := "With whom were the people compared, how were those chosen, and were they alike before?"
	if !known {
		c.untold(nil, "the design: what the people were compared with", ask, "the report's design isn't stated, or not in words that are known: it is taken as with nobody to compare, grade 1 of 5")
		return
	}
	level := grade.Of(e).Level
	why := map[grade.Design]string{
		grade.BeforeAfter:  "nobody to compare the people with",
		grade.Series:       "a series of months, which can't tell the service from all else that began then",
		grade.SelfSelected: "compared with people who chose otherwise, who may differ in what isn't seen",
		grade.Comparison:   "comparison people; that they were chosen by the same rule and were alike before isn't stated",
		grade.CutOff:       "who came was set by a cut-off or a random order",
		grade.Randomised:   "randomised; whether it was registered before it began isn't stated",
	}[e.Design]
	switch {
	case level == grade.EffectFrom:
		c.holds(nil, "grade 3 of 5 at best: matched comparison people, if they were chosen by the same rule, alike in two windows before, and the months before are shown")
	case level > grade.EffectFrom:
		if e.Registered {
			why = "randomised, and registered before it began"
		}
		c.holds(nil, "grade %d of 5: %s", level, why)
	default:
		c.untold(nil, "comparison people chosen by the same rule, or a cut-off, or a random order", ask, "grade %d of 5: %s. At most it shows a change; how much of it the service made can't be told", level, why)
	}
}

// regression works out the fall that comes with no service at all.
func (c *checker) regression() {
	s := c.file.Report.Selection
	reductions := slices.DeleteFunc(c.of("reduction"), func(r *Claim) bool { return r.Says.Unit != Percent || r.BestOf > 0 || r.ofComparison() })
	if len(reductions) == 0 {
		return
	}
	ask := "What did people chosen in the same way, without the service, do afterwards?"
	if level, known := c.level(); known && level > grade.EffectFrom {
		c.holds(ids(reductions...), "compared with people of a design of grade %d, who regress to the mean as well", level)
		return
	} else if known && level == grade.EffectFrom {
		c.untold(ids(reductions...), "whether comparison people were chosen by the same rule, from their index day on, and had as many before", ask, "compared with people of a design of grade %d at best, who regress to the mean as well if they were chosen by the same rule", level)
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
	if followed, called := c.followed(r); followed > 0 {
		n, what = followed, called
	}
	before := c.counted(r, "before")
	mean := 0.0
	window := r.Is.Window
	if before != nil && n > 0 {
		mean, window = before.Says.Value/n, cmp.Or(r.Is.Window, before.Is.Window)
	}
	if rate := c.alike(r, "rate", "before"); mean == 0 && rate != nil && perOf(rate.Is.Per) > 0 {
		mean, window = rate.Says.Value/perOf(rate.Is.Per), cmp.Or(r.Is.Window, rate.Is.Window)
	}
	var fall falls
	var how string
	var ok bool
	switch {
	case s.Threshold != nil && !same(s.Threshold.Activity, r.Is.Activity):
		c.untold(ids(r), "what people chosen so do without the service", ask, "people were chosen by %s, and %s goes with it: it falls too, by less; how much can't be told", words(s.Threshold.Activity), subject(r))
		return
	case s.When == "first_crossing":
		c.untold(ids(r), "what people who reach the line do without the service", ask, "people came in as soon as they reached the line: what they do afterwards hangs on whether rates stay or come in crises, and may be no fall, or nearly all of it")
		return
	case s.Threshold != nil:
		fall, how, ok = thresholdFall(*s.Threshold, window, mean)
	case same(s.Top.By, r.Is.Activity):
		population, named := 0.0, false
		for _, name := range []string{"population", "registered", "list_size", "list size", "practice population", "eligible"} {
			if population, named = entry(c.file.cohort(r), name); named {
				break
			}
		}
		if !named {
			c.untold(ids(r), "of how many people they were the top (population: in the cohort)", ask, "the top %s by %s: of how many isn't stated", count(float64(s.Top.N)), words(s.Top.By))
			return
		}
		fall, how, ok = topFall(*s.Top, window, population, mean)
	default:
		c.untold(ids(r), "what people chosen so do without the service", ask, "the top %s by %s were taken, and a score made from past use goes down afterwards with no service; how much can't be told", count(float64(s.Top.N)), words(s.Top.By))
		return
	}
	if !ok {
		c.untold(ids(r), "the counts before of people chosen on one day, over a window that is stated", ask, "%s before each, at or below what it takes to be chosen: people came in as they reached the line, or the counts and the line are of different windows", about(mean))
		return
	}
	seen := ""
	if mean > 0 {
		seen = fmt.Sprintf(", with %s before each of the %s %s", about(mean), count(n), what)
	}
	whole := func(x float64) string { return number.Fixed(x, 0) + "%" }
	text := fmt.Sprintf("chosen by %s%s, people fall by %s with no service at all (%s)", how, seen, between(fall.span, whole), assumed)
	switch {
	case r.Says.Low > fall.high:
		c.holds(ids(r), "%s; printed is %s, more than choosing makes under these assumptions", text, r.Says.Text)
	case r.Says.Low > fall.middling:
		c.untold(ids(r), "what people chosen in the same way did without the service", ask, "%s; printed is %s, which may all have come anyway, or in part", text, r.Says.Text)
	default:
		c.fails(ids(r), ask, "%s; printed is %s, no more than choosing makes under middling assumptions (%s): it shows nothing of the service", text, r.Says.Text, whole(fall.middling))
	}
}
