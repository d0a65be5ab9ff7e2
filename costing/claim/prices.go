package claim

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"averted/costing/tariff"
	"averted/report/number"
)

// priced is what is known of the price of one event of an activity.
type priced struct {
	stated  *Claim    // nil where no price is printed
	within  span      // of the stated price
	implied []float64 // whole pounds that divide every published total, the greatest first
	totals  []*Claim  // the totals they were found in
	other   int       // of them, of other reports
}

// certain is the one price there is; false where there are several, or none.
func (p priced) certain() (span, bool) {
	switch {
	case p.stated != nil:
		return p.within, true
	case len(p.implied) == 1 && len(p.totals) > 1: // of one total a single divisor is no evidence
		return span{p.implied[0], p.implied[0]}, true
	}
	return span{}, false
}

// candidates are the prices that may be, the best reading first.
func (p priced) candidates() []span {
	if p.stated != nil {
		return []span{p.within}
	}
	var list []span
	for _, v := range p.implied {
		list = append(list, span{v, v})
	}
	return list
}

// wholePounds is a total that was printed to the pound and may be so many whole prices; false for others.
func wholePounds(c *Claim) (int64, bool) {
	s := c.Says
	if s.Unit != Pounds || s.Scaled || s.Digits <= 2 && s.Value >= 1000 || s.Range || s.Value < 1 || s.Value != math.Trunc(s.Value) || c.Is.When != "" && c.Is.When != "averted" {
		return 0, false
	}
	return int64(s.Value), true
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// priceOf is what is known of an activity's price, from this report and from others of its publisher.
func (c *checker) priceOf(activity string) priced {
	p, known := c.priced[activity]
	if !known {
		p = c.findPrice(activity)
		c.priced[activity] = p
	}
	return p
}

func (c *checker) findPrice(activity string) priced {
	var p priced
	for _, u := range c.of("unit_cost") {
		if kin(u.Is.Activity, activity) && p.stated == nil {
			p.stated, p.within = u, u.span()
		}
	}
	seen := map[int64]bool{}
	common := int64(0)
	for i, f := range append([]*File{c.file}, c.file.Others...) {
		for _, t := range f.of("avoidance") {
			total, ok := wholePounds(t)
			if !ok || t.Is.Unit != "" || !kin(t.Is.Activity, activity) || seen[total] || i > 0 && normal(f.Report.Publisher) != normal(c.file.Report.Publisher) {
				continue
			}
			seen[total] = true
			p.totals = append(p.totals, t)
			if common = gcd(common, total); i > 0 {
				p.other++
			}
		}
	}
	likely, ok := plausible(activity)
	if !ok || common == 0 {
		return p
	}
	for v := int64(math.Floor(likely.high)); v >= int64(math.Ceil(likely.low)); v-- {
		if common%v == 0 {
			p.implied = append(p.implied, float64(v))
		}
	}
	return p
}

// wholePriced reports whether one of some claims is a price in whole pounds by which other lines multiply to the pound.
func (c *checker) wholePriced(parts []*Claim) bool {
	var price *Claim
	for _, p := range parts {
		if p.Is.Kind == "unit_cost" && p.Says.Value == math.Trunc(p.Says.Value) {
			price = p
		}
	}
	if price == nil {
		return false
	}
	exact := 0
	for _, t := range c.of("product") {
		others := c.parts(t)
		if slices.Equal(ids(others...), ids(parts...)) {
			continue
		}
		value, whole := 1.0, false
		for _, o := range others {
			value *= o.Says.Value
			whole = whole || o.Is.Kind == "unit_cost" && o.Says.Value == math.Trunc(o.Says.Value)
		}
		if total, ok := wholePounds(t); whole && ok && float64(total) == value {
			exact++
		}
	}
	return exact > 0 || c.exactLines("") > 0
}

// exactLines is how many pounds of activities other than one are a count averted times a whole price, both printed.
func (c *checker) exactLines(but string) int {
	n := 0
	for _, t := range c.of("avoidance") {
		total, ok := wholePounds(t)
		if !ok || but != "" && t.ID == but {
			continue
		}
		p := c.priceOf(t.Is.Activity)
		events, _ := c.events(t)
		if p.stated != nil && p.stated.Says.Value == math.Trunc(p.stated.Says.Value) && events != nil && events.low == events.high && events.low*p.stated.Says.Value == float64(total) {
			n++
		}
	}
	return n
}

// events is how many events averted are printed for what a claim is about, and the claims that say so; nil if none are.
func (c *checker) events(of *Claim) (*span, []*Claim) {
	if averted := c.counted(of, "averted"); averted != nil {
		s := averted.span()
		return &s, []*Claim{averted}
	}
	before, after := c.counted(of, "before"), c.counted(of, "after")
	if before != nil && after != nil {
		s := before.span().minus(after.span())
		return &s, []*Claim{before, after}
	}
	return nil, nil
}

// activities are those that have pounds, in order.
func (c *checker) activities() []string {
	var list []string
	for _, t := range c.of("avoidance") {
		if t.Is.Activity != "" && !slices.ContainsFunc(list, func(a string) bool { return kin(a, t.Is.Activity) }) {
			list = append(list, t.Is.Activity)
		}
	}
	return list
}

// prices finds the price of one event.
func (c *checker) prices() {
	for _, activity := range c.activities() {
		p := c.priceOf(activity)
		if p.stated != nil {
			c.statedPrice(activity, p)
			continue
		}
		c.impliedPrice(activity, p)
	}
	c.twoActivities()
}

// statedPrice holds pounds against events and price, where both are printed.
func (c *checker) statedPrice(activity string, p priced) {
	for _, t := range c.of("avoidance") {
		if !kin(t.Is.Activity, activity) || t.Says.Range {
			continue
		}
		events, from := c.events(t)
		if events == nil {
			got, ok := t.span().over(p.within)
			if !ok {
				continue
			}
			if !got.wholeIn() && !t.Says.Round {
				c.untold(ids(t, p.stated), "the counts before and after, and how what was expected was worked out", "How many events is "+t.Says.Text+"?",
					"%s ÷ %s = %s, which is no whole number of events: the price is another, or what was expected isn't the count before", t.Says.Text, p.stated.Says.Text, about(t.Says.Value/p.stated.Says.Value))
				continue
			}
			if before := c.counted(t, "before"); before != nil && got.low > before.span().high {
				c.fails(ids(t, p.stated, before), "Which of the pounds, the price and the count before is right?", "%s ÷ %s = %s events averted, of %s before", t.Says.Text, p.stated.Says.Text, between(got, count), before.Says.Text)
				continue
			}
			c.holds(ids(t, p.stated), "%s ÷ %s = %s events averted", t.Says.Text, p.stated.Says.Text, between(got, count))
			continue
		}
		list := ids(append([]*Claim{t, p.stated}, from...)...)
		n := (events.low + events.high) / 2
		value := n * p.stated.Says.Value
		got := events.times(p.within)
		text := fmt.Sprintf("%s × %s = %s", number.Events(n), p.stated.Says.Text, pounds(math.Round(100*value)/100))
		ask := "Which price, and which count, is " + t.Says.Text + " of?"
		whole := p.stated.Says.Value == math.Trunc(p.stated.Says.Value) && events.low == events.high
		near := math.Abs(value-t.Says.Value) <= (t.Says.High-t.Says.Low)/2+1e-6
		switch {
		case near:
			c.holds(list, "%s%s", text, asPrinted(t, value))
		case !got.meets(t.wide()) && !rounds(t, got) && c.elsewhere(t, from) && slip(t.Says.Value, value) == "":
			c.untold(list, "what was expected, and how many that is averted", ask, "%s, printed is %s: with comparison people or an adjustment, events averted are against what was expected, which isn't the count before", text, t.Says.Text)
		case !got.meets(t.wide()) && !rounds(t, got):
			text += ", printed is " + t.Says.Text
			if why := slip(t.Says.Value, value); why != "" {
				text += ": " + why
			} else if n != 0 {
				text += fmt.Sprintf(", which is %s each", pounds(t.Says.Value/n))
			}
			c.fails(list, ask, "%s", text)
		case whole && c.exactLines(t.ID) > 0 && !t.Says.Round:
			c.fails(list, ask, "%s, printed is %s. Other lines multiply to the pound with a whole price, so rounding of this one doesn't explain it", text, t.Says.Text)
		case whole && !t.Says.Round:
			c.untold(list, "the price to the penny", ask, "%s, printed is %s: right only at a price of %s, which would be printed as %s", text, t.Says.Text, pounds(t.Says.Value/n), p.stated.Says.Text)
		default:
			c.holds(list, "%s, printed as %s, which rounding explains", text, t.Says.Text)
		}
	}
}

// elsewhere reports whether events averted may be against something other than the count before: a design with comparison people or
// an adjustment, unless the count averted is printed, or other lines show that counts are plain.
func (c *checker) elsewhere(t *Claim, from []*Claim) bool {
	return len(from) == 2 && c.ofExpected(t)
}

// ofExpected reports whether a figure may be against what was expected without the service: a design with comparison people or an
// adjustment, unless other lines show that counts are plain.
func (c *checker) ofExpected(f *Claim) bool { return c.adjusted() && !c.plainLines(f) }

var adjusting = regexp.MustCompile(`\b(adjust\w*|expected|trend|projected|modelled|counterfactual|exposure|standardi[sz]ed)\b`)

// adjusted reports whether the design may hold figures against something other than the count before.
func (c *checker) adjusted() bool {
	level, _ := c.level()
	return level > 1 || adjusting.MatchString(normal(c.file.Report.Design))
}

// plainLines reports whether another activity's percentage, or count averted, is that of its plain counts before and after.
func (c *checker) plainLines(but *Claim) bool {
	for _, r := range c.of("reduction", "count") {
		if r.Is.Kind == "count" && r.Is.When != "averted" || same(r.Is.Activity, but.Is.Activity) {
			continue
		}
		before, after := c.counted(r, "before"), c.counted(r, "after")
		if before == nil || after == nil || before.Says.Value == 0 {
			continue
		}
		got := before.span().minus(after.span())
		if r.Is.Kind == "reduction" {
			got = fell(before.span(), after.span())
		}
		if got.meets(r.span()) {
			return true
		}
	}
	return false
}

// impliedPrice tells which whole prices divide the published pounds.
func (c *checker) impliedPrice(activity string, p priced) {
	if len(p.totals) == 0 {
		return
	}
	list := ownIDs(c.file, p.totals)
	likely, known := plausible(activity)
	var totals []string
	for _, t := range p.totals {
		totals = append(totals, t.Says.Text)
	}
	ask := "At which price, of which year and source, is one " + one(activity) + " counted?"
	if !known {
		c.untold(list, "the price of one "+one(activity), ask, "%s: no price is printed, and none is known to hold it against", and(totals))
		return
	}
	from := ""
	if p.other > 0 {
		from = fmt.Sprintf(" (%d of another report of the publisher)", p.other)
	}
	within := fmt.Sprintf("between %s and %s", pounds(math.Ceil(likely.low)), pounds(math.Floor(likely.high)))
	var readings []string
	for _, v := range p.implied {
		readings = append(readings, fmt.Sprintf("%s (%s)", pounds(v), each(p, v)))
	}
	needs := "the price of one " + one(activity)
	switch {
	case len(p.implied) == 0:
		c.untold(list, needs, ask, "no whole price %s divides %s%s: the price has pence, or what was expected isn't the count before", within, and(totals), from)
	case len(p.totals) == 1:
		c.untold(list, needs, ask, "whole prices %s that divide %s, with the events they imply: %s. Of one total alone that tells little: many a number has such a divisor by chance", within, and(totals), some(readings, 6))
	case len(p.implied) == 1:
		c.holds(list, "%s is the only whole price %s that divides %s%s: %s averted. A price with pence would not show", pounds(p.implied[0]), within, and(totals), from, each(p, p.implied[0]))
	default:
		c.untold(list, needs, ask, "whole prices %s that divide all of %s%s, with the events they imply: %s. The greatest that divides all is %s; it may be a multiple of the price, where the counts have a divisor in common", within, and(totals), from, some(readings, 10), pounds(p.implied[0]))
	}
}

// ownIDs are the ids of those claims that are in a file.
func ownIDs(f *File, claims []*Claim) []string {
	var list []string
	for _, c := range claims {
		if f.claim(c.ID) == c {
			list = append(list, c.ID)
		}
	}
	return list
}

// each is the events that a price implies in every total: 507 and 199 events.
func each(p priced, price float64) string {
	var list []string
	for _, t := range p.totals {
		list = append(list, count(t.Says.Value/price))
	}
	return and(list) + " events"
}

// one is a name of one event of an activity.
func one(activity string) string {
	_, name, _ := strings.Cut(aOne(activity), " ")
	return name
}

// aOne is one event of an activity, with its article.
func aOne(activity string) string {
	switch Meaning(activity) {
	case ae:
		return "an A&E attendance"
	case admission:
		return "an admission"
	case gpSurgery:
		return "a GP surgery consultation"
	case gpPhone:
		return "a GP telephone consultation"
	case gpVisit:
		return "a GP home visit"
	}
	return "a " + strings.TrimSuffix(strings.ReplaceAll(activity, "_", " "), "s")
}

// mostSplit is the largest total, in pounds, that is split into whole numbers of two prices.
const mostSplit = 100_000_000

// twoActivities splits pounds of two activities together into whole numbers of each.
func (c *checker) twoActivities() {
	known := c.named()
	for _, t := range c.of("avoidance") {
		total, ok := wholePounds(t)
		if !ok || total > mostSplit || c.file.claim(t.SameAs) != nil {
			continue
		}
		names, prices := c.pairOf(t, known)
		if len(names) != 2 {
			continue
		}
		p, q := int64(prices[0]), int64(prices[1])
		if p < 10 || q < 10 { // no such prices, and at 0 nothing divides
			continue
		}
		var found [][2]int64
		for b := int64(0); b*q <= total; b++ {
			if (total-b*q)%p == 0 {
				found = append(found, [2]int64{(total - b*q) / p, b})
			}
		}
		ask := fmt.Sprintf("How many of each are in %s?", t.Says.Text)
		needs := "how many of each were averted, or the pounds of each"
		at := fmt.Sprintf("at %s %s and %s %s", pounds(prices[0]), aOne(names[0]), pounds(prices[1]), aOne(names[1]))
		if len(found) == 0 {
			c.untold(ids(t), needs, ask, "%s, %s: no whole numbers of the two add to it, so one of the prices isn't what it was in other figures", said(t), at)
			continue
		}
		var readings []string
		for _, f := range found {
			readings = append(readings, fmt.Sprintf("%s and %s", number.Count(f[0]), number.Count(f[1])))
		}
		c.untold(ids(t), needs, ask, "%s, %s: %s add to it: %s%s", said(t), at, pairs(len(found)), some(readings, 15), c.likely(names, found))
	}
}

func pairs(n int) string {
	if n == 1 {
		return "one pair of whole numbers"
	}
	return fmt.Sprintf("%d pairs of whole numbers", n)
}

// likely are those pairs of A&E attendances and admissions averted that, with the printed falls, mean one to ten times as many
// attendances before as admissions.
func (c *checker) likely(names []string, found [][2]int64) string {
	fall := func(name string) float64 {
		for _, r := range c.of("reduction") {
			if same(r.Is.Activity, name) && r.Says.Unit == Percent && r.Says.Value > 0 {
				return r.Says.Value / 100
			}
		}
		return 0
	}
	if Meaning(names[0]) != ae || Meaning(names[1]) != admission || fall(names[0]) == 0 || fall(names[1]) == 0 {
		return ""
	}
	var list []string
	for _, f := range found {
		attendances, admissions := float64(f[0])/fall(names[0]), float64(f[1])/fall(names[1])
		if admissions > 0 && attendances >= admissions && attendances <= 10*admissions {
			list = append(list, fmt.Sprintf("%s and %s (%s and %s before)", number.Count(f[0]), number.Count(f[1]), count(attendances), count(admissions)))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return ". With the printed falls, one to ten attendances before for each admission: " + some(list, 6)
}

// named are the activities with pounds, a fall or a price, of this report and those beside it.
func (c *checker) named() []string {
	var list []string
	for _, f := range append([]*File{c.file}, c.file.Others...) {
		for _, o := range f.of("avoidance", "reduction", "unit_cost") {
			if o.Is.Activity != "" && !slices.ContainsFunc(list, func(a string) bool { return same(a, o.Is.Activity) }) {
				list = append(list, o.Is.Activity)
			}
		}
	}
	return list
}

// pairOf is the two activities, with their prices, that pounds without an activity, or of an activity that holds others, are of:
// those with a percentage in the report, or below it. Empty unless there are just two with one price each.
func (c *checker) pairOf(t *Claim, known []string) (names []string, prices []float64) {
	for _, a := range known {
		switch {
		case t.Is.Activity == "":
			if !slices.ContainsFunc(c.of("reduction"), func(r *Claim) bool { return same(r.Is.Activity, a) }) {
				continue
			}
		case same(t.Is.Activity, a) || !covers(t.Is.Activity, a):
			continue
		}
		p := c.priceOf(a)
		price := 0.0
		switch {
		case p.stated != nil && p.stated.Says.Value == math.Trunc(p.stated.Says.Value):
			price = p.stated.Says.Value
		case len(p.implied) > 0 && (len(p.implied) == 1 || len(p.totals) > 1):
			price = p.implied[0]
		default:
			continue
		}
		names, prices = append(names, a), append(prices, price)
	}
	return names, prices
}

// twoPrices compares the prices that figures of one activity imply.
func (c *checker) twoPrices() {
	type implied struct {
		claims []*Claim
		price  span
		text   string
	}
	found := map[string][]implied{}
	var order []string
	add := func(activity string, i implied) {
		key := activity
		for _, known := range order {
			if kin(known, activity) {
				key = known
			}
		}
		if found[key] == nil {
			order = append(order, key)
		}
		found[key] = append(found[key], i)
	}
	for _, t := range c.of("avoidance", "cost") {
		if t.Is.Activity == "" || t.Says.Range {
			continue
		}
		var events *span
		var from []*Claim
		if t.Is.Kind == "avoidance" || t.Is.When == "averted" {
			events, from = c.events(t)
		} else if n := c.counted(t, t.Is.When); n != nil && t.Is.When != "" {
			s := n.span()
			events, from = &s, []*Claim{n}
		}
		if events == nil {
			r, b := c.alike(t, "reduction", ""), c.counted(t, "before")
			if t.Is.Kind != "avoidance" || r == nil || b == nil || r.Says.Unit != Percent {
				continue
			}
			s := b.span().times(span{r.Says.Low / 100, r.Says.High / 100})
			events, from = &s, []*Claim{r, b}
		}
		if events.low <= 0 {
			continue
		}
		price, ok := t.wide().over(*events)
		if ok && (t.Is.Kind == "cost" || !c.elsewhere(t, from)) {
			add(t.Is.Activity, implied{append([]*Claim{t}, from...), price, fmt.Sprintf("%s ÷ %s = %s", t.Says.Text, between(*events, number.Events), between(price, pounds))})
		}
	}
	for _, u := range c.of("unit_cost") {
		add(u.Is.Activity, implied{[]*Claim{u}, u.span(), u.Says.Text + " stated"})
	}
	for _, key := range order {
		list := found[key]
		if len(list) < 2 {
			continue
		}
		failed := false
		for i, a := range list {
			for _, b := range list[i+1:] {
				stated := a.claims[0].Is.Kind == "unit_cost" || b.claims[0].Is.Kind == "unit_cost"
				years := a.claims[0].Is.PriceYear != b.claims[0].Is.PriceYear && a.claims[0].Is.Kind == b.claims[0].Is.Kind
				if a.price.meets(b.price) {
					continue
				}
				failed = true
				if a.claims[0].Is.Kind == "cost" && b.claims[0].Is.Kind == "cost" {
					c.untold(ids(append(slices.Clone(a.claims), b.claims...)...), "the price of each event, or that costs are each person's own", "Is every event counted at one price?", "%s, but %s: one price it is not", a.text, b.text)
					continue
				}
				if stated && a.claims[0].Is.Kind != b.claims[0].Is.Kind && c.toldByPrice(a.claims, b.claims) || years && stated {
					continue
				}
				c.fails(ids(append(slices.Clone(a.claims), b.claims...)...), "Which price is one "+one(key)+" counted at, and why do two figures differ?", "%s, but %s", a.text, b.text)
			}
		}
		if !failed {
			var texts []string
			var claims []*Claim
			for _, i := range list {
				texts, claims = append(texts, i.text), append(claims, i.claims...)
			}
			c.holds(ids(claims...), "%s: one price", some(texts, 4))
		}
	}
}

// toldByPrice reports whether pounds against a stated price are told of by the rule of the implied price.
func (c *checker) toldByPrice(a, b []*Claim) bool {
	for _, claims := range [][]*Claim{a, b} {
		if claims[0].Is.Kind == "avoidance" {
			events, _ := c.events(claims[0])
			return events != nil
		}
	}
	return false
}

// priceYears compares the year of prices with the time of the activity.
func (c *checker) priceYears() {
	covers := c.file.Report.Covers
	for _, u := range c.of("unit_cost") {
		if u.Is.PriceYear == "" {
			c.untold(ids(u), "the price year", "Of which year is "+u.Says.Text+"?", "%s has no price year", said(u))
			continue
		}
		year, err := tariff.YearOf(yearForm(u.Is.PriceYear))
		switch {
		case err != nil:
			c.untold(ids(u), "the price year, such as 2016/17", "Of which year is "+u.Says.Text+"?", "%s is of %s, which is no year", said(u), u.Is.PriceYear)
		case covers == nil:
			c.untold(ids(u), "from when to when the data cover", "Which months do the data cover?", "%s is of %s; when the activity was isn't stated", said(u), u.Is.PriceYear)
		default:
			ends := float64(year) + 1.25 // the financial year ends in March
			if !strings.Contains(u.Is.PriceYear, "/") && !strings.Contains(u.Is.PriceYear, "-") {
				ends = float64(year) + 1
			}
			from, to := yearsOf(covers.From.Day.Calendar()), yearsOf((covers.To.Day + 1).Calendar())
			switch {
			case ends <= from+0.01 && ends > from-1.01 && to-from < 2.01:
				c.untold(ids(u), "the prices of the activity's own year, or an index to move these by", "Were the prices moved to the year of the activity?", "%s is of %s, the year before the activity (%s to %s)", said(u), u.Is.PriceYear, covers.From.Day, covers.To.Day)
			case float64(year) > to+1:
				c.untold(ids(u), "the prices of the activity's own years", "Why are later prices used, and what is the total at the activity's own?", "%s is of %s, and the activity of %s to %s: later prices are higher, and so is the total", said(u), u.Is.PriceYear, covers.From.Day, covers.To.Day)
			case ends <= from+0.01 || ends < (from+to)/2-2:
				c.fails(ids(u), "Why is the activity of "+covers.From.Day.String()+" to "+covers.To.Day.String()+" counted at prices of "+u.Is.PriceYear+"?", "%s is of %s; the activity is of %s to %s: its pounds are of another year's money", said(u), u.Is.PriceYear, covers.From.Day, covers.To.Day)
			default:
				c.holds(ids(u), "%s is of %s; the activity is of %s to %s", said(u), u.Is.PriceYear, covers.From.Day, covers.To.Day)
			}
		}
	}
	if len(c.of("unit_cost")) == 0 && len(c.of("avoidance")) > 0 {
		c.untold(ids(c.of("avoidance")...), "the prices, their source and their year", "Which prices, of which year and source, were used?", "pounds are printed, and no price year")
	}
}

var shortYear = regexp.MustCompile(`^\s*(\d{2})?(\d{2})\s*[-/–]\s*(?:\d{2})?(\d{2})\s*$`)

// yearForm writes a price year as price tables do: 2016/17, of 2016-17, 2016/2017 and 16/17.
func yearForm(text string) string {
	m := shortYear.FindStringSubmatch(text)
	if m == nil {
		return strings.TrimSpace(text)
	}
	return cmp.Or(m[1], "20") + m[2] + "/" + m[3]
}

func yearsOf(year, month, day int) float64 {
	return float64(year) + (float64(month-1)+float64(day-1)/31)/12
}
