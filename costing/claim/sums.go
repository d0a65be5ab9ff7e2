package claim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"averted/report/number"
)

// sums adds, multiplies, subtracts and divides again.
func (c *checker) sums() {
	for _, total := range c.of("sum", "product", "difference", "ratio") {
		if total.whole() {
			continue // sums of shares
		}
		parts := c.parts(total)
		switch total.Is.Kind {
		case "sum":
			c.sum(total, parts)
		case "product":
			c.combined(total, parts, " × ", func(a, b span) (span, bool) { return a.times(b), true })
		case "difference":
			c.combined(total, parts, " − ", func(a, b span) (span, bool) { return a.minus(b), true })
		case "ratio":
			c.combined(total, parts, " ÷ ", span.over)
		}
	}
	c.countsAverted()
	c.rates()
}

// sum holds a total against its parts.
func (c *checker) sum(total *Claim, parts []*Claim) {
	var all span
	value := 0.0
	var texts []string
	loose := 0.0
	for i, p := range parts {
		all, value = all.plus(p.span()), value+p.Says.Value
		text := p.Says.Text
		if p.Says.Value < 0 && i > 0 {
			text = "− " + strings.TrimLeft(text, "-−–")
		} else if i > 0 {
			text = "+ " + text
		}
		texts = append(texts, text)
		loose += roundedBy(p)
	}
	sum := strings.Join(texts, " ")
	got := like(total.Says.Unit, value, decimalsOf(parts))
	list := ids(append([]*Claim{total}, parts...)...)
	switch off := total.Says.Value - value; {
	case all.meets(total.span()):
		c.holds(list, "%s = %s%s", sum, got, asPrinted(total, value))
	case rounds(total, all):
		c.holds(list, "%s = %s, printed rounded as %s", sum, got, total.Says.Text)
	case math.Abs(off) <= loose+roundedBy(total)+(all.high-all.low)/2:
		c.untold(list, "the parts as they were before they were rounded", "What are the parts of "+total.Says.Text+" to the last digit?",
			"%s = %s, printed is %s: %s %s, which rounding of the parts may explain", sum, got, total.Says.Text, like(total.Says.Unit, math.Abs(off), 0), direction(off))
	default:
		text := fmt.Sprintf("%s = %s, printed is %s: %s too %s", sum, got, total.Says.Text, like(total.Says.Unit, math.Abs(off), decimalsOf(parts)), map[bool]string{true: "much", false: "little"}[off > 0])
		if why := slips(total, parts, value); len(why) > 0 {
			text += ". One slip would explain it: " + strings.Join(why, "; or ")
		}
		c.fails(list, fmt.Sprintf("Is %s or %s right, and which of its parts?", total.Says.Text, got), "%s", text)
	}
}

func direction(off float64) string {
	if off > 0 {
		return "more"
	}
	return "less"
}

// asPrinted says so where a value is not what is printed, and rounding explains it.
func asPrinted(total *Claim, value float64) string {
	if math.Abs(value-total.Says.Value) < 1e-9*(1+math.Abs(value)) {
		return ", as printed"
	}
	return ", printed as " + total.Says.Text + ", which rounding explains"
}

// roundedBy is by how much a figure that looks rounded, though its digits don't say so, may be out: 450,000 by 5,000.
func roundedBy(c *Claim) float64 {
	if c.exact() || !c.Says.Round && c.Says.Hedge == "" {
		return 0
	}
	return max((c.Says.High-c.Says.Low)/2, 0.005*math.Abs(c.Says.Value))
}

// rounds reports whether a total is what its parts give, rounded to the zeros at its end.
func rounds(total *Claim, all span) bool {
	if total.exact() && total.Says.Digits > 2 {
		return false
	}
	n := zeros(digitsOf(total.Says.Text))
	if n < 2 {
		return false
	}
	half := 0.5 * math.Pow10(n)
	return all.meets(span{total.Says.Value - half, total.Says.Value + half})
}

// digitsOf is a printed figure's digits with their commas: of £89,915 a year, 89,915.
func digitsOf(text string) string {
	if m := figure.FindStringSubmatch(spaced.ReplaceAllString(text, "$1,$2")); m != nil {
		return m[6]
	}
	return ""
}

func decimalsOf(claims []*Claim) int {
	n := 0
	for _, c := range claims {
		n = max(n, c.Says.decimals())
	}
	return n
}

// slips are single slips that would explain why a total is not the sum of its parts.
func slips(total *Claim, parts []*Claim, value float64) []string {
	var list []string
	add := func(s string) {
		if !slices.Contains(list, s) && len(list) < 4 {
			list = append(list, s)
		}
	}
	if why := slip(total.Says.Value, value); why != "" {
		add(fmt.Sprintf("%s in the total, for %s", why, like(total.Says.Unit, value, decimalsOf(parts))))
	}
	off := total.Says.Value - value
	for _, p := range parts {
		switch {
		case math.Abs(off+p.Says.Value) < 1e-6:
			add(said(p) + " was left out")
		case math.Abs(off-p.Says.Value) < 1e-6:
			add(said(p) + " was added twice")
		}
		if why := slip(p.Says.Value, p.Says.Value+off); why != "" {
			add(fmt.Sprintf("%s in %s, for %s", why, p.ID, like(p.Says.Unit, p.Says.Value+off, p.Says.decimals())))
		}
	}
	return list
}

// slip names the single slip between a printed number and another: one digit, or two neighbours changed over.
func slip(printed, other float64) string {
	const scale = 100
	if other < 0 {
		return ""
	}
	a, b := strconv.FormatFloat(math.Round(printed*scale), 'f', 0, 64), strconv.FormatFloat(math.Round(other*scale), 'f', 0, 64)
	if len(a) != len(b) {
		return ""
	}
	var at []int
	for i := range a {
		if a[i] != b[i] {
			at = append(at, i)
		}
	}
	switch {
	case len(at) == 1:
		return "one digit"
	case len(at) == 2 && at[1] == at[0]+1 && a[at[0]] == b[at[1]] && a[at[1]] == b[at[0]]:
		return "two digits changed over"
	}
	return ""
}

// combined holds a product, a difference or a quotient against its parts.
func (c *checker) combined(total *Claim, parts []*Claim, sign string, do func(a, b span) (span, bool)) {
	list := ids(append([]*Claim{total}, parts...)...)
	within, exact := parts[0].wide(), span{parts[0].Says.Value, parts[0].Says.Value}
	var texts []string
	for i, p := range parts {
		texts = append(texts, p.Says.Text)
		if i == 0 {
			continue
		}
		var ok, also bool
		within, ok = do(within, p.wide())
		exact, also = do(exact, span{p.Says.Value, p.Says.Value})
		if !ok || !also {
			c.untold(list, "a divisor other than 0", "By what was it divided?", "%s has no value: the divisor may be 0", strings.Join(texts, sign))
			return
		}
	}
	if total.Is.Kind == "product" { // percentages multiply as shares
		for _, p := range parts {
			if p.Says.Unit == Percent {
				within, exact = within.times(span{0.01, 0.01}), exact.times(span{0.01, 0.01})
			}
		}
	}
	printed := total.wide()
	if total.Says.Unit == Percent && (total.Is.Kind == "ratio" || total.Is.Kind == "product") {
		within, exact = within.times(span{100, 100}), exact.times(span{100, 100})
	}
	expression := strings.Join(texts, sign)
	got := like(total.Says.Unit, exact.low, max(total.Says.decimals(), map[bool]int{true: 2}[total.Says.Unit == Plain && math.Abs(exact.low) < 100]))
	if total.Says.Unit == Percent {
		got = percent(exact.low)
	}
	opposite := total.Is.Kind == "difference" && span{-within.high, -within.low}.meets(printed)
	// A product of a whole price is exact where other lines show that the price is: 507 × £115.
	tight := total.Is.Kind == "product" && c.wholePriced(parts) && math.Abs(exact.low-total.Says.Value) > (total.Says.High-total.Says.Low)/2+1e-6
	switch {
	case tight && within.meets(printed):
		c.fails(list, "Which of the three figures is right?", "%s = %s, printed is %s. Other lines multiply to the pound with the price as it is printed, so rounding of the price doesn't explain it", expression, got, total.Says.Text)
	case within.meets(printed) || opposite:
		c.holds(list, "%s = %s%s", expression, got, asPrinted(total, exact.low*map[bool]float64{true: -1, false: 1}[opposite]))
	case rounds(total, within):
		c.holds(list, "%s = %s, printed rounded as %s", expression, got, total.Says.Text)
	default:
		text := fmt.Sprintf("%s = %s, printed is %s", expression, got, total.Says.Text)
		if low, high := like(total.Says.Unit, within.low, 1), like(total.Says.Unit, within.high, 1); low != high {
			text += fmt.Sprintf("; with every figure as far off as its digits allow, %s", between(within, func(x float64) string { return like(total.Says.Unit, x, 1) }))
		}
		c.fails(list, fmt.Sprintf("Which of %s and %s is right?", total.Says.Text, some(texts, 3)), "%s", text)
	}
}

// whole reports whether a total is 100%: its parts are shares of one whole.
func (c *Claim) whole() bool {
	return c.Is.Kind == "sum" && c.Says.Unit == Percent && math.Abs(c.Says.Value-100) < 1e-9
}

// wholes adds shares of one whole.
func (c *checker) wholes() {
	for _, total := range c.of("sum") {
		if !total.whole() {
			continue
		}
		parts := c.parts(total)
		var all span
		value := 0.0
		var texts []string
		for _, p := range parts {
			all, value = all.plus(p.span()), value+p.Says.Value
			texts = append(texts, p.Says.Text)
		}
		list := ids(append([]*Claim{total}, parts...)...)
		sum := strings.Join(texts, " + ") + " = " + number.Fixed(value, decimalsOf(parts)) + "%"
		if all.meets(span{100, 100}) {
			c.holds(list, "%s; rounding of %d shares allows %s", sum, len(parts), between(all, percent))
			continue
		}
		why := "some are missing"
		if value > 100 {
			why = "the shares overlap, or one is too large"
		}
		c.fails(list, "Could people have more than one of these, or is a group missing?", "%s; rounding of %d shares allows %s, not 100%%: %s", sum, len(parts), between(all, percent), why)
	}
}

// countsAverted holds counts before, after and averted against each other.
func (c *checker) countsAverted() {
	for _, averted := range c.of("count") {
		if averted.Is.When != "averted" {
			continue
		}
		before, after := c.counted(averted, "before"), c.counted(averted, "after")
		if before != nil && averted.span().low > before.span().high {
			c.fails(ids(averted, before), "Which of the counts is right?", "%s averted of %s before", averted.Says.Text, before.Says.Text)
			continue
		}
		if before == nil || after == nil {
			continue
		}
		got := before.span().minus(after.span())
		list := ids(averted, before, after)
		text := fmt.Sprintf("%s − %s = %s", before.Says.Text, after.Says.Text, number.Events(before.Says.Value-after.Says.Value))
		switch {
		case got.meets(averted.span()):
			c.holds(list, "%s, as printed", text)
		case c.ofExpected(averted):
			c.untold(list, "what was expected without the service", "Against what are the events averted?", "%s, printed is %s averted: with comparison people or an adjustment, events averted are against what was expected", text, averted.Says.Text)
		default:
			c.fails(list, "Which of the three counts is right?", "%s, printed is %s averted", text, averted.Says.Text)
		}
	}
}

// counted is the count before or after of what a claim is about, in its window and its unit; nil if there is none.
func (c *checker) counted(of *Claim, when string) *Claim { return c.alike(of, "count", when) }

// alike is the claim of a kind that is about the same activity, window and unit as another; nil if there is none, or if there are
// several of different windows and the other says none.
func (c *checker) alike(of *Claim, kind, when string) *Claim {
	var loose *Claim
	several := false
	for _, o := range append(c.of(kind), c.derived(kind)...) {
		if o == of || o.Is.When != when || !same(o.Is.Activity, of.Is.Activity) || normal(o.Is.Unit) != normal(of.Is.Unit) || of.Is.Unit == "" && !c.together(o, of) {
			continue
		}
		if o.Is.Window == of.Is.Window || sameWindow(o.Is.Window, of.Is.Window) {
			return o
		}
		if agree(o.Is.Window, of.Is.Window) {
			several = several || loose != nil && !sameWindow(o.Is.Window, loose.Is.Window)
			loose = o
		}
	}
	if several {
		return nil
	}
	return loose
}

// derived are totals of counts of one activity, time and window, as counts of everybody.
func (c *checker) derived(kind string) []*Claim {
	var list []*Claim
	if kind != "count" {
		return nil
	}
	for _, t := range c.of("sum") {
		leaves := c.leaves(t)
		first := leaves[0]
		if slices.ContainsFunc(leaves, func(l *Claim) bool {
			return l.Is.Kind != kind || !same(l.Is.Activity, first.Is.Activity) || l.Is.When != first.Is.When || l.Is.Window != first.Is.Window
		}) {
			continue
		}
		whole := *t
		whole.Is = Is{Kind: kind, Activity: first.Is.Activity, When: first.Is.When, Window: first.Is.Window}
		list = append(list, &whole)
	}
	return list
}

// together reports whether two claims are about people of the same counts.
func (c *checker) together(a, b *Claim) bool {
	if len(a.Cohort) == 0 && len(b.Cohort) == 0 {
		return true
	}
	x, y := c.file.cohort(a), c.file.cohort(b)
	for name, n := range x {
		if m, ok := y[name]; ok && n != m {
			return false
		}
	}
	return true
}

// ofOne reports whether two figures are of one activity, unit and group of people.
func (c *checker) ofOne(a, b *Claim) bool {
	return same(a.Is.Activity, b.Is.Activity) && normal(a.Is.Unit) == normal(b.Is.Unit) && c.together(a, b)
}

// nested reports whether two figures of one activity, unit and group of people are over windows of different lengths, both stated.
func (c *checker) nested(a, b *Claim) bool {
	return a.Is.Window != "" && b.Is.Window != "" && !sameWindow(a.Is.Window, b.Is.Window) && c.ofOne(a, b)
}

// rates divides counts by people again: by any of the counts that are named.
func (c *checker) rates() {
	for _, rate := range c.of("rate") {
		counted := c.counted(rate, rate.Is.When)
		per := perOf(rate.Is.Per)
		cohort := c.file.cohort(rate)
		if counted == nil || per == 0 || len(cohort) == 0 || rate.Says.Value == 0 {
			continue
		}
		times := []float64{1}
		if window := days(rate.Is.Window); window > 0 {
			times = append(times, 365/window)
		}
		fits := ""
		for _, name := range slices.Sorted(maps.Keys(cohort)) {
			n := float64(cohort[name])
			for _, yearly := range times {
				if got, ok := counted.span().times(span{per * yearly, per * yearly}).over(span{n, n}); ok && got.meets(rate.span()) && (fits == "" || notOfPeople.MatchString(fits)) {
					fits = fmt.Sprintf("%s ÷ %s %s × %s = %s, printed as %s", counted.Says.Text, count(n), words(name), number.Plain(per*yearly), about(counted.Says.Value*per*yearly/n), rate.Says.Text)
				}
			}
		}
		if fits != "" {
			c.holds(ids(rate, counted), "%s", fits)
			continue
		}
		n, what := c.file.people(rate)
		if len(rate.Cohort) == 1 { // it says of whom
			for name, own := range rate.Cohort {
				n, what = float64(own), words(name)
			}
			c.fails(ids(rate, counted), "Of how many people is "+rate.Says.Text+"?", "%s ÷ %s %s × %s = %s, printed is %s", counted.Says.Text, count(n), what, number.Plain(per), about(counted.Says.Value*per/n), rate.Says.Text)
			continue
		}
		if n == 0 {
			continue
		}
		c.untold(ids(rate, counted), "the number of people the rate is of", "Of how many people is "+rate.Says.Text+"?", "%s ÷ %s %s × %s = %s, printed is %s; it would be right of %s people", counted.Says.Text, count(n), what, number.Plain(per), about(counted.Says.Value*per/n), rate.Says.Text, count(counted.Says.Value*per/rate.Says.Value))
	}
}

// perOf is the number of people a rate is of: person, 1,000 people.
func perOf(text string) float64 {
	if text == "" {
		return 0
	}
	if f, err := parseFigure(text); err == nil && f.Value > 0 {
		return f.Value
	}
	switch singular(text) {
	case "person", "head", "patient", "client", "capita", "people", "a person", "each":
		return 1
	}
	return 0
}

// nesting looks for windows that lie in each other and were added.
func (c *checker) nesting() {
	for _, total := range c.of("sum") {
		if !c.money(total) && !c.counts(total) {
			continue
		}
		parts := c.leaves(total)
		var unstated []*Claim
		var windows []string
		for _, p := range parts {
			switch {
			case p.Is.Window == "":
				unstated = append(unstated, p)
			case !slices.ContainsFunc(windows, func(w string) bool { return sameWindow(w, p.Is.Window) }):
				windows = append(windows, p.Is.Window)
			}
		}
		list := ids(append([]*Claim{total}, parts...)...)
		twice := c.addedTwice(parts)
		switch {
		case twice != "":
			c.fails(list, "What is the total with each figure once?", "%s adds %s", said(total), twice)
		case len(windows) > 1 && c.oneActivity(parts):
			c.fails(list, "Which window is the total of?", "%s adds figures of one activity over %s. The shorter window lies inside the longer one, so what fell in it counts twice", said(total), and(windows))
		case len(windows) > 1 && slices.ContainsFunc(parts, func(p *Claim) bool { return !c.together(parts[0], p) }):
			c.untold(list, "what each is over one time", "What are the parts over times of one length?", "%s adds figures of different people over different times: %s", said(total), and(windows))
		case len(windows) > 1:
			c.fails(list, "What are the parts over times of one length?", "%s adds figures over different times, %s: it is a total of neither", said(total), and(windows))
		case len(windows) == 0 && !c.money(total):
		case len(unstated) > 0:
			c.untold(list, "the window of "+some(ids(unstated...), 6), "Over which months is each part of "+total.Says.Text+" counted?", "%s adds figures whose windows aren't all stated", said(total))
		default:
			c.holds(list, "%s adds figures that are all over %s", said(total), windows[0])
		}
	}
	c.undeclared()
	c.longer()
}

// addedTwice says what stands in a total more than once: a figure, or one that another holds.
func (c *checker) addedTwice(parts []*Claim) string {
	for i, a := range parts {
		for _, b := range parts[i+1:] {
			switch {
			case a == b:
				return said(a) + " twice"
			case a.Is.Kind != b.Is.Kind || a.Is.Activity == "" || a.Is.When != b.Is.When || !c.together(a, b):
			case same(a.Is.Activity, b.Is.Activity) && (a.Is.Unit == "") != (b.Is.Unit == ""):
				return fmt.Sprintf("%s and %s, of which one holds the other", said(a), said(b))
			case normal(a.Is.Unit) == normal(b.Is.Unit) && kin(a.Is.Activity, b.Is.Activity) && !same(a.Is.Activity, b.Is.Activity) && sameWindow(a.Is.Window, b.Is.Window):
				return fmt.Sprintf("%s and %s, of which one holds the other", said(a), said(b))
			}
		}
	}
	return ""
}

// oneActivity reports whether some figures of one activity, unit and group of people are over different windows.
func (c *checker) oneActivity(parts []*Claim) bool {
	for i, a := range parts {
		for _, b := range parts[i+1:] {
			if c.nested(a, b) {
				return true
			}
		}
	}
	return false
}

func (c *checker) counts(total *Claim) bool {
	return slices.ContainsFunc(c.leaves(total), func(p *Claim) bool { return p.Is.Kind == "count" })
}

// undeclared looks for a total of one activity that is its windows added up, two or more of them that lie in each other.
func (c *checker) undeclared() {
	for _, kind := range []string{"avoidance", "count"} {
		list := c.of(kind)
		for _, total := range list {
			if total.Is.Window != "" {
				continue
			}
			var parts []*Claim // the same over different windows
			for _, o := range list {
				if o != total && o.Is.Window != "" && o.Is.When == total.Is.When && c.ofOne(o, total) && !slices.ContainsFunc(parts, func(n *Claim) bool { return sameWindow(n.Is.Window, o.Is.Window) }) {
					parts = append(parts, o)
				}
			}
			c.addedUp(total, parts)
		}
		for _, total := range list {
			if total.Is.Activity != "" {
				continue
			}
			for _, a := range list {
				if a.Is.Activity == "" || a.Is.Window == "" {
					continue
				}
				b := c.otherWindow(list, a)
				if b != nil && days(a.Is.Window) < days(b.Is.Window) && a.Is.When == total.Is.When {
					c.addedUp(total, []*Claim{a, b})
				}
			}
		}
	}
}

// otherWindow is the same figure over another window; nil if there is none.
func (c *checker) otherWindow(list []*Claim, of *Claim) *Claim {
	for _, o := range list {
		if o.Is.When == of.Is.When && c.nested(o, of) {
			return o
		}
	}
	return nil
}

// addedUp finds a total that is figures over windows that lie in each other, added up.
func (c *checker) addedUp(total *Claim, nested []*Claim) {
	if len(nested) < 2 || total.Says.Digits < 3 {
		return
	}
	sum := 0.0
	var parts []string
	for _, n := range nested {
		sum += n.Says.Value
		parts = append(parts, fmt.Sprintf("%s (%s)", n.Says.Text, n.Is.Window))
	}
	if math.Abs(sum-total.Says.Value) < 0.5 {
		c.fails(ids(append([]*Claim{total}, nested...)...), "Which window is "+total.Says.Text+" of?", "%s = %s: the shorter window lies inside the longer one, so what fell in it counts twice", said(total), strings.Join(parts, " + "))
	}
}

// longer looks for counts of a shorter window that are larger than those of the longer one it lies in.
func (c *checker) longer() {
	list := c.of("count")
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.Is.When != b.Is.When || a.Is.When == "averted" || a.Is.When == "" || !c.nested(a, b) {
				continue
			}
			short, long := a, b
			if days(a.Is.Window) > days(b.Is.Window) {
				short, long = b, a
			}
			if short.span().low > long.span().high {
				c.fails(ids(short, long), "Are these the same people?", "%s %s over %s, and only %s over the %s that hold them", short.Says.Text, a.Is.When, short.Is.Window, long.Says.Text, long.Is.Window)
			}
		}
	}
}

// twice looks for sums over services whose people may overlap.
func (c *checker) twice() {
	for _, total := range c.of("sum") {
		parts := c.leaves(total)
		services := map[string]bool{}
		for _, p := range parts {
			if len(p.Cohort) > 0 {
				services[fmt.Sprint(p.Cohort)] = true
			}
		}
		units := map[string]bool{}
		for _, p := range parts {
			if u := normal(p.Is.Unit); strings.Contains(u, "service") || strings.Contains(u, "programme") || strings.Contains(u, "project") || strings.Contains(u, "scheme") {
				units[u] = true
			}
		}
		if len(services) < 2 && len(units) < 2 && !(len(services) == 1 && slices.ContainsFunc(parts, func(p *Claim) bool { return len(p.Cohort) == 0 })) {
			continue
		}
		if text := c.overlap(parts); text != "" {
			c.fails(ids(append([]*Claim{total}, parts...)...), "How many people were in more than one of these services, and are they counted once?", "%s adds figures of different groups of people, and %s", said(total), text)
			continue
		}
		c.untold(ids(append([]*Claim{total}, parts...)...), "how many people are in more than one of them, and whether they are counted once", "How many people were in more than one of these services, and are they counted once?",
			"%s adds figures of different groups of people. Whoever is in two of them counts twice", said(total))
	}
}

// overlap says so where the people of a total's parts are more than all there are.
func (c *checker) overlap(parts []*Claim) string {
	for _, name := range slices.Sorted(maps.Keys(c.file.Cohort)) {
		sum := Count(0)
		var each []string
		for _, p := range parts {
			if n, ok := p.Cohort[name]; ok {
				sum += n
				each = append(each, count(float64(n)))
			}
		}
		if all := c.file.Cohort[name]; len(each) == len(parts) && len(each) > 1 && sum > all {
			return fmt.Sprintf("%s = %s %s are more than the %s there are: some are in two", strings.Join(each, " + "), count(float64(sum)), words(name), count(float64(all)))
		}
	}
	return ""
}
