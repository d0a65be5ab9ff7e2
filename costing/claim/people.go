package claim

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"averted/report/number"

	"gonum.org/v1/gonum/stat/distuv"
)

// outcomes are the claims of what changed over a window.
func (c *checker) outcomes() []*Claim {
	return slices.DeleteFunc(c.of("reduction", "increase", "avoidance", "net", "count"), func(o *Claim) bool { return days(o.Is.Window) == 0 || o.Is.When == "before" })
}

// byWindow groups claims by the length of their window, the shortest first.
func byWindow(claims []*Claim) [][]*Claim {
	groups := map[float64][]*Claim{}
	var order []float64
	for _, o := range claims {
		d := days(o.Is.Window)
		if groups[d] == nil {
			order = append(order, d)
		}
		groups[d] = append(groups[d], o)
	}
	sort.Float64s(order)
	var list [][]*Claim
	for _, d := range order {
		list = append(list, groups[d])
	}
	return list
}

// followed is how many people are said to have been followed for a window; what says how it is called, "" if nobody says.
func (c *checker) followed(of *Claim) (n float64, what string) {
	cohort := c.file.cohort(of)
	window := days(of.Is.Window)
	loose, called := 0.0, ""
	take := func(name string, v float64) bool {
		if !strings.Contains(normal(name), "follow") && !strings.Contains(normal(name), "complete data") {
			return false
		}
		told := windowIn(name)
		if told == window && window > 0 {
			n, what = v, name
			return true
		}
		if told == 0 && loose == 0 {
			loose, called = v, name
		}
		return false
	}
	var names []string
	for name := range cohort {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if take(name, float64(cohort[name])) {
			return n, what
		}
	}
	for _, p := range c.of("people") {
		if take(firstOf(p.Is.What, p.ID)+" "+p.Is.Window, p.Says.Value) {
			return n, strings.TrimSpace(what)
		}
	}
	return loose, strings.TrimSpace(called)
}

// windowIn is the length that is said in words such as followed for 12 months, in days; 0 if none is.
func windowIn(text string) float64 {
	fields := strings.Fields(normal(text))
	for i := 0; i+1 < len(fields); i++ {
		if d := days(fields[i] + " " + fields[i+1]); d > 0 {
			return d
		}
		for _, unit := range []string{"months", "month", "m"} { // followed_12_months, followed_12m
			if n, ok := strings.CutSuffix(fields[i+1], unit); ok && n != "" {
				if d := days(n + " months"); d > 0 {
					return d
				}
			}
		}
	}
	return 0
}

// followUp asks whether the people can have been followed for the window before the data end.
func (c *checker) followUp() {
	covers := c.file.Report.Covers
	for _, group := range byWindow(c.outcomes()) {
		o := group[0]
		list := ids(group...)
		window := o.Is.Window
		all, what := c.file.people(o)
		followed, called := c.followed(o)
		ask := "How many people were followed for the whole " + window + ", and are the figures of them alone?"
		if covers == nil {
			if followed > 0 && all > 0 && followed > all {
				c.fails(list, ask, "%s %s are more than the %s %s", count(followed), called, count(all), what)
				continue
			}
			c.untold(list, "from when to when people came, and when the data end", ask, "figures over %s; when people came, and when the data end, isn't stated", window)
			continue
		}
		long := float64(covers.To-covers.From) + 1
		share := math.Max(0, (long-days(window))/long)
		last := covers.To - daysOf(window) // who came later can't be followed
		most := ""
		if all > 0 {
			most = fmt.Sprintf(", about %s of the %s %s if they came evenly (%s)", count(math.Floor(share*all)), count(all), what, number.Percent(100*share))
		}
		switch date := c.file.Report.Date; {
		case followed > 0 && all > 0 && followed > all:
			c.fails(list, ask, "%s %s are more than the %s %s", count(followed), called, count(all), what)
		case followed > 0 && all > 0 && followed <= share*all*1.02+1:
			c.holds(list, "%s %s, of %s %s: possible, since the data cover %s to %s and people who came up to %s can be followed for %s%s", count(followed), called, count(all), what, covers.From, covers.To, last, window, most)
		case followed > 0 && followed < all:
			c.untold(list, "how many came in each month", ask, "%s %s of %s %s; the data cover %s to %s, so people who came after %s can't be followed for %s%s, unless more came early", count(followed), called, count(all), what, covers.From, covers.To, last, window, most)
		case date.Given && daysOf(window)+covers.To <= date.Day && followed == 0:
			c.untold(list, "when the data end, and how many were followed throughout", ask, "figures over %s; people came from %s to %s. If the data end then too, those who came after %s can't be followed so long%s", window, covers.From, covers.To, last, most)
		default:
			who := "the people"
			if all > 0 {
				who = fmt.Sprintf("all %s %s", count(all), what)
			}
			c.fails(list, ask, "figures over %s can't be of %s: the data cover %s to %s, so people who came after %s had no %s afterwards. Followed throughout are at most those who came before%s", window, who, covers.From, covers.To, last, window, most)
		}
	}
}

// pairs calls look with every two claims of one kind that are told of as one figure, or print the same.
func (c *checker) pairs(look func(a, b *Claim, declared bool)) {
	list := c.file.Claims
	for i := range list {
		for j := range list {
			a, b := &list[i], &list[j]
			if b.SameAs == a.ID && i != j {
				look(a, b, true)
				continue
			}
			if j <= i || a.SameAs == b.ID || a.Is.Kind != b.Is.Kind || len(a.Is.Of) > 0 || a.Says.Value != b.Says.Value || a.Says.Unit != b.Says.Unit || a.Says.Value == 0 {
				continue
			}
			look(a, b, false)
		}
	}
}

// precise reports whether a figure has so many digits that another like it is no accident.
func (c *Claim) precise() bool {
	return c.Says.Digits >= 4 || c.Says.Unit == Pounds && c.Says.Digits >= 3
}

// label is what a claim calls its subject.
func (c *Claim) label() string {
	switch {
	case c.Is.Activity != "":
		return words(c.Is.Activity)
	case c.Is.What != "":
		return strings.ReplaceAll(c.Is.What, "_", " ")
	}
	return strings.ReplaceAll(c.Is.Base, "_", " ")
}

// labels looks for one figure under two names.
func (c *checker) labels() {
	c.pairs(func(a, b *Claim, declared bool) {
		x, y := a.label(), b.label()
		differ := x != "" && y != "" && singular(x) != singular(y) && !(a.Is.Activity != "" && singular(a.Is.Activity) == singular(b.Is.Activity))
		ask := fmt.Sprintf("Which is it: %s, or %s?", x, y)
		switch {
		case declared && !a.span().meets(b.span()) && a.Says.Unit == b.Says.Unit:
			c.fails(ids(a, b), "Which figure is right?", "one thing has two figures: %s and %s", said(a), said(b))
		case declared && differ, !declared && differ && a.precise():
			c.fails(ids(a, b), ask, "%s stands for %s (%s) and for %s (%s). One count can't be both", a.Says.Text, x, a.ID, y, b.ID)
		case declared:
			c.holds(ids(a, b), "%s and %s agree", said(a), said(b))
		}
	})
	for i := range c.file.Claims {
		a := &c.file.Claims[i]
		if a.SameAs == "" || c.file.claim(a.SameAs) != nil {
			continue
		}
		x := a.label()
		if x == "" || singular(x) != singular(a.SameAs) && singular(a.Is.Activity) != singular(a.SameAs) {
			c.fails(ids(a), fmt.Sprintf("Which is it: %s, or %s?", firstOf(x, a.ID), a.SameAs), "%s stands for %s and for %s. One count can't be both", said(a), firstOf(x, a.ID), words(a.SameAs))
		} else {
			c.holds(ids(a), "%s and %s are one name", x, a.SameAs)
		}
	}
}

// cohorts looks for results that are the same beside other numbers of people.
func (c *checker) cohorts() {
	type group struct {
		counts       string
		sure, unsure [][2]*Claim
	}
	groups := map[string]*group{}
	var order []string
	c.pairs(func(a, b *Claim, declared bool) {
		counts := c.differ(a, b)
		if counts == "" || a.Says.Value != b.Says.Value || a.Is.Kind == "people" || a.Is.Kind == "unit_cost" {
			return
		}
		if !declared && !a.precise() && (!same(a.label(), b.label()) || !agree(a.Is.Window, b.Is.Window)) {
			return
		}
		g := groups[counts]
		if g == nil {
			g = &group{counts: counts}
			groups[counts], order = g, append(order, counts)
		}
		if declared || a.precise() {
			g.sure = append(g.sure, [2]*Claim{a, b})
		} else {
			g.unsure = append(g.unsure, [2]*Claim{a, b})
		}
	})
	if len(order) == 0 {
		c.changed()
	}
	for _, key := range order {
		g := groups[key]
		var claims []*Claim
		var figures []string
		for _, p := range append(g.sure, g.unsure...) {
			claims = append(claims, p[0], p[1])
			if !slices.Contains(figures, p[0].Says.Text) {
				figures = append(figures, p[0].Says.Text)
			}
		}
		ask := "Of which people are the results, and why did they not change with their number?"
		if len(g.sure) > 0 || len(g.unsure) >= 3 {
			c.fails(ids(claims...), ask, "%s stand unchanged beside %s. Results of one group of people were put beside another's", some(figures, 8), g.counts)
		} else {
			c.untold(ids(claims...), "the counts behind both", ask, "%s stands unchanged beside %s, which may be chance in a figure of so few digits", some(figures, 8), g.counts)
		}
	}
}

// changed tells of results that changed with their people.
func (c *checker) changed() {
	var claims []*Claim
	counts := ""
	list := c.of("reduction", "increase", "avoidance", "count", "share")
	for i, a := range list {
		for _, b := range list[i+1:] {
			if d := c.differ(a, b); d != "" && a.Is.Kind == b.Is.Kind && a.label() != "" && same(a.label(), b.label()) && agree(a.Is.Window, b.Is.Window) && normal(a.Is.Unit) == normal(b.Is.Unit) {
				claims, counts = append(claims, a, b), d
			}
		}
	}
	if len(claims) > 0 {
		c.holds(ids(claims...), "%s: results changed with their people (%s)", texts(claims), counts)
	}
}

// differ says which counts differ between the people of two claims: referred 3,756 and 4,326; connected 2,720 and 3,132.
func (c *checker) differ(a, b *Claim) string {
	x, y := c.file.cohort(a), c.file.cohort(b)
	var names, list []string
	for name := range x {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if v, ok := y[name]; ok && v != x[name] {
			list = append(list, fmt.Sprintf("%s %s and %s", name, number.Count(int64(x[name])), number.Count(int64(v))))
		}
	}
	return strings.Join(list, "; ")
}

// leftOut looks for activities without pounds.
func (c *checker) leftOut() {
	priced := slices.DeleteFunc(c.of("avoidance", "cost"), func(p *Claim) bool { return p.Is.When == "before" })
	if len(priced) == 0 {
		return
	}
	if len(c.file.Report.Collected) == 0 {
		c.untold(ids(priced...), "which activities were collected (collected: in the claims file)", "Which activities were collected, and what did each of them do?", "pounds are given for %s; which activities were collected isn't stated", firstOf(some(labelsOf(priced), 6), "all together"))
		return
	}
	whole := slices.ContainsFunc(priced, func(p *Claim) bool { return p.Is.Activity == "" })
	var missing, all []string
	for _, a := range c.file.Report.Collected {
		all = append(all, words(a))
		if !slices.ContainsFunc(priced, func(p *Claim) bool { return p.Is.Unit == "" && c.holdsIn(p, a, priced) }) {
			missing = append(missing, words(a))
		}
	}
	switch {
	case len(missing) == 0:
		c.holds(ids(priced...), "every activity that was collected has pounds: %s", some(all, 8))
	case whole && len(labelsOf(priced)) == 0:
		c.untold(ids(priced...), "the pounds of each activity", "Which activities are in the total?", "pounds are given in one figure; whether it holds %s can't be told", and(missing))
	default:
		c.fails(ids(priced...), "What did "+and(missing)+" do, and what is that in pounds?", "collected, and without pounds: %s. Pounds are given for %s. What rises is a cost, and leaving it out flatters the total", and(missing), and(labelsOf(priced)))
	}
}

// holdsIn reports whether pounds are of an activity, or of several with it in them: not where one of those has pounds of its own.
func (c *checker) holdsIn(p *Claim, activity string, priced []*Claim) bool {
	if p.Is.Activity == "" || same(p.Is.Activity, activity) {
		return p.Is.Activity != ""
	}
	return covers(p.Is.Activity, activity) && !slices.ContainsFunc(priced, func(o *Claim) bool {
		return o.Is.Activity != "" && !same(o.Is.Activity, p.Is.Activity) && covers(p.Is.Activity, o.Is.Activity)
	})
}

func labelsOf(claims []*Claim) []string {
	var list []string
	for _, c := range claims {
		if l := words(c.Is.Activity); l != "" && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

// bestOf says what the largest of so many alike would show.
func (c *checker) bestOf() {
	for i := range c.file.Claims {
		b := &c.file.Claims[i]
		if b.BestOf < 2 {
			continue
		}
		k := float64(b.BestOf)
		text := fmt.Sprintf("%s was picked as the largest of %d. The largest of many is large by chance too, and will be smaller next time", said(b), b.BestOf)
		if share := c.shareOf(b); share != "" {
			text += ". " + share
		}
		if most := c.largest(b, k); most != "" {
			text += ". " + most
		}
		c.fails(ids(b), fmt.Sprintf("What do all %d show, with their sizes, and in how many did it rise?", b.BestOf), "%s", text)
	}
}

// shareOf is what share of the total one unit has, beside its share of the people.
func (c *checker) shareOf(b *Claim) string {
	total := c.totalOf(b)
	own, what := c.file.people(b)
	all, same := c.file.people(nil)
	if total == nil || own == 0 || all == 0 || what != same || own >= all {
		return ""
	}
	return fmt.Sprintf("It has %s of %s, and %s of the %s %s", percent(100*b.Says.Value/total.Says.Value), total.Says.Text, percent(100*own/all), count(all), what)
}

// totalOf is the figure of all units of which this is one; nil if there is none.
func (c *checker) totalOf(b *Claim) *Claim {
	var best *Claim
	for _, t := range append(c.of("sum"), c.of(b.Is.Kind)...) {
		leaves := []*Claim{t}
		if t.Is.Kind == "sum" {
			leaves = c.leaves(t)
		}
		fits := b.Is.Activity != "" && !slices.ContainsFunc(leaves, func(l *Claim) bool {
			return l == b || l.Is.Kind != b.Is.Kind || l.BestOf > 0 || l.Is.Unit != "" || !covers(b.Is.Activity, l.Is.Activity) || !agree(l.Is.Window, b.Is.Window)
		})
		if fits && t.Says.Value > b.Says.Value && (best == nil || t.Says.Value > best.Says.Value) {
			best = t
		}
	}
	return best
}

// largest is what the largest of k units alike would show, where the total, a price and the count before are known.
func (c *checker) largest(b *Claim, k float64) string {
	total := c.totalOf(b)
	if total == nil {
		return ""
	}
	mean := total.Says.Value / k
	text := fmt.Sprintf("%s ÷ %s = %s each on average", total.Says.Text, count(k), whole(b.Says.Unit, mean))
	price := 1.0
	if b.Is.Kind == "avoidance" {
		p, ok := c.priceOf(total.Is.Activity).certain()
		if !ok {
			return text
		}
		price = middle(p)
	}
	before := c.counted(total, "before")
	share := c.alike(total, "reduction", "")
	events := total.Says.Value / price
	n := 0.0
	switch {
	case before != nil:
		n = before.Says.Value
	case share != nil && share.Says.Value > 0:
		n = events / (share.Says.Value / 100)
	default:
		return text
	}
	// Blom's approximation of the largest of k normal values; a difference of two counts varies by the sum of both.
	z := distuv.UnitNormal.Quantile((k - 0.375) / (k + 0.25))
	top := (events/k + z*math.Sqrt((2*n-events)/k)) * price
	return text + fmt.Sprintf("; if all were alike and of one size, the largest would still show about %s by the chance of counts alone. Larger units show more, and units differ", whole(b.Says.Unit, top))
}

// unequal compares the time before with the time after.
func (c *checker) unequal() {
	counts := c.of("count", "rate", "cost")
	done := map[string]bool{}
	for _, b := range counts {
		if b.Is.When != "before" {
			continue
		}
		var equal, other *Claim
		for _, a := range counts {
			if a.Is.When != "after" || a.Is.Kind != b.Is.Kind || !same(a.Is.Activity, b.Is.Activity) || normal(a.Is.Unit) != normal(b.Is.Unit) || !c.together(a, b) {
				continue
			}
			if sameWindow(a.Is.Window, b.Is.Window) {
				equal = a
			} else if other == nil {
				other = a
			}
		}
		switch {
		case equal != nil:
			c.holds(ids(b, equal), "%s and %s are both of %s", said(b), said(equal), b.Is.Window)
		case other == nil:
		case b.Is.Window == "" || other.Is.Window == "":
			missing := "the length of the time before"
			if b.Is.Window != "" {
				missing = "the length of the time after"
			} else if other.Is.Window == "" {
				missing = "the lengths of both times"
			}
			key := b.ID + other.ID
			if done[key] {
				continue
			}
			done[key] = true
			c.untold(ids(b, other), missing, "Over how many days was each counted?", "%s%s, then %s%s: %s isn't stated, so no rate can be compared", said(b), over(b), said(other), over(other), missing)
		default:
			if slices.ContainsFunc(counts, func(x *Claim) bool {
				return x.Is.When == "before" && x != b && x.Is.Kind == b.Is.Kind && same(x.Is.Activity, b.Is.Activity) && sameWindow(x.Is.Window, other.Is.Window)
			}) {
				continue // the count after belongs to that one
			}
			dB, dA := days(b.Is.Window), days(other.Is.Window)
			text := fmt.Sprintf("%s over %s, then %s over %s", said(b), b.Is.Window, said(other), other.Is.Window)
			if b.Is.Kind != "rate" {
				text += fmt.Sprintf(". For %s: %s before, %s after", number.Count(30)+" days", about(b.Says.Value/dB*30), about(other.Says.Value/dA*30))
			}
			c.fails(ids(b, other), "What are the counts over times of one length?", "%s", text)
		}
	}
	for _, r := range c.of("reduction", "increase", "avoidance") {
		if r.Is.Window == "" && c.counted(r, "before") == nil {
			done["windows"] = true
		}
	}
	if done["windows"] {
		var list []*Claim
		for _, r := range c.of("reduction", "increase", "avoidance") {
			if r.Is.Window == "" && c.counted(r, "before") == nil {
				list = append(list, r)
			}
		}
		c.untold(ids(list...), "the lengths of the times before and after", "Over how many months before, and how many after, is each counted?", "%s: over which time isn't stated", texts(list))
	}
}

func over(c *Claim) string {
	if c.Is.Window == "" {
		return ""
	}
	return " over " + c.Is.Window
}

// deathShares and deathUses are how many die, and how much more of the service they used, in the table of what deaths do.
var (
	deathShares = []float64{0.04, 0.08, 0.12}
	deathUses   = []float64{1, 3}
)

// deathFall is the fall, in percent, that deaths of a share d of the people make by themselves, spread over the window, of people
// who use k times what others do: half of their share of the use is missing after.
func deathFall(d, k float64) float64 { return 100 * d * k / (1 - d + d*k) / 2 }

// deaths works out the fall that deaths make.
func (c *checker) deaths() {
	for _, group := range byWindow(slices.DeleteFunc(c.of("reduction", "avoidance", "count"), func(o *Claim) bool {
		return days(o.Is.Window) == 0 || o.Is.When == "before" || o.Is.Kind == "count" && o.Is.Unit != ""
	})) {
		o := group[0]
		cohort := c.file.cohort(o)
		n, what := c.file.people(o)
		lost, told := 0.0, []string{}
		for _, name := range []string{"died", "deaths", "dead", "left", "leavers", "moved", "deregistered"} {
			if v, ok := entry(cohort, name); ok {
				lost += v
				told = append(told, count(v)+" "+name)
			}
		}
		for _, p := range c.of("people") {
			if w := singular(p.Is.What); (w == "died" || w == "left" || w == "death") && len(told) == 0 {
				lost += p.Says.Value
				told = append(told, p.Says.Text+" "+p.Is.What)
			}
		}
		ask := "How many died or left, and were they counted as people who used nothing?"
		if followed, called := c.followed(o); len(told) == 0 && followed > 0 {
			c.untold(ids(group...), "whether all of them were watched throughout", ask, "%s %s; whether those who died or left among them are left out, or stay as people who use nothing, isn't stated", count(followed), called)
			continue
		}
		if len(told) == 0 {
			var parts []string
			for _, d := range deathShares {
				parts = append(parts, fmt.Sprintf("%s if %s died", number.To(number.Fixed(deathFall(d, deathUses[0]), 0), number.Percent(deathFall(d, deathUses[1]))), number.Percent(100*d)))
			}
			c.untold(ids(group...), "how many died or left", ask, "over %s nobody says how many died or left. By themselves, deaths spread over the window, of people with one to three times the use of others, would make a fall of %s", o.Is.Window, strings.Join(parts, ", "))
			continue
		}
		if n == 0 || lost >= n {
			c.untold(ids(group...), "of how many people", ask, "%s; of how many isn't stated", and(told))
			continue
		}
		fall := span{deathFall(lost/n, deathUses[0]), deathFall(lost/n, deathUses[1])}
		text := fmt.Sprintf("%s of %s %s (%s): by themselves they would make a fall of %s, if they used one to three times what others did", and(told), count(n), what, percent(100*lost/n), between(fall, percent))
		small := slices.ContainsFunc(group, func(r *Claim) bool { return r.Is.Kind == "reduction" && r.Says.Value <= fall.high })
		if small {
			c.untold(ids(group...), "the change among people watched throughout", ask, "%s, which is as much as is claimed", text)
		} else {
			c.holds(ids(group...), "%s", text)
		}
	}
}

// outside takes off what the area shows.
func (c *checker) outside() {
	reductions := slices.DeleteFunc(c.of("reduction"), func(r *Claim) bool { return r.Says.Unit != Percent || r.BestOf > 0 })
	var without []*Claim
	for _, r := range reductions {
		var trend *Trend
		for i, t := range c.file.Trends {
			if same(t.Activity, r.Is.Activity) && agree(t.Window, r.Is.Window) {
				trend = &c.file.Trends[i]
				break
			}
		}
		if trend == nil {
			without = append(without, r)
			continue
		}
		ratio := trend.After / trend.Before
		fall := 100 * (1 - ratio)
		text := fmt.Sprintf("the area's went from %s to %s (%s)", number.Plain(trend.Before), number.Plain(trend.After), number.SignedPercentTo(-fall, 1))
		if ratio <= 0 {
			continue
		}
		left := 100 * (1 - (1-r.Says.Value/100)/ratio)
		if r.Says.High <= fall {
			c.fails(ids(r), "What did people without the service do in the same months?", "%s fell by %s, and %s: all of the fall came outside too", called(r), r.Says.Text, text)
		} else {
			c.holds(ids(r), "%s fell by %s, and %s: %s is left of it", called(r), r.Says.Text, text, percent(left))
		}
	}
	if len(without) > 0 {
		c.untold(ids(without...), "the area's counts in the same months (trends: in the claims file)", "What did the whole area's figures do in the same months?", "%s: what the area shows anyway isn't given", texts(without))
	}
}
