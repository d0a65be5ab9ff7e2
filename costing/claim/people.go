package claim

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"averted/evaluate/estimate"
	"averted/evaluate/grade"
	"averted/evaluate/window"
	"averted/report/number"

	"gonum.org/v1/gonum/stat/distuv"
)

// outcomes are the claims of what changed over a window, of the service's people all together.
func (c *checker) outcomes() []*Claim {
	return slices.DeleteFunc(c.of("reduction", "increase", "avoidance", "net", "count"), func(o *Claim) bool {
		return days(o.Is.Window) == 0 || o.Is.When == "before" || o.Is.Unit != "" || o.BestOf > 0 || o.ofComparison()
	})
}

// byWindow groups claims by the length of their window, the shortest first, and by their people.
func (c *checker) byWindow(claims []*Claim) [][]*Claim {
	var list [][]*Claim
	for _, o := range claims {
		at := slices.IndexFunc(list, func(g []*Claim) bool { return sameWindow(g[0].Is.Window, o.Is.Window) && c.differ(g[0], o) == "" })
		if at < 0 {
			list = append(list, nil)
			at = len(list) - 1
		}
		list[at] = append(list[at], o)
	}
	slices.SortStableFunc(list, func(a, b []*Claim) int { return cmp.Compare(days(a[0].Is.Window), days(b[0].Is.Window)) })
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
	for _, name := range slices.Sorted(maps.Keys(cohort)) {
		if take(name, float64(cohort[name])) {
			return n, what
		}
	}
	for _, p := range c.of("people") {
		if take(withWindow(cmp.Or(p.Is.What, p.ID), p.Is.Window), p.Says.Value) {
			return n, strings.TrimSpace(what)
		}
	}
	return loose, strings.TrimSpace(called)
}

// withWindow is a name with its window, unless it says it already.
func withWindow(name, window string) string {
	if window == "" || windowIn(name) > 0 {
		return name
	}
	return name + " for " + window
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
	for _, group := range c.byWindow(slices.DeleteFunc(c.outcomes(), func(o *Claim) bool { return o.Is.Kind == "net" })) {
		c.follow(group)
	}
}

// joined are the names of people who came to a service over time.
var joined = regexp.MustCompile(`^(connected|supported|engaged|referred|referrals|clients)$`)

// nearly is by how many days a window of so many months may miss the calendar's months.
const nearly = 3

// times are when people came and when the data end, and whether both can be told: the data end with what they cover, and no later than
// the report came out.
func (c *checker) times() (came Covers, end window.Day, known bool) {
	r := c.file.Report
	switch {
	case r.Covers != nil:
		came, end, known = *r.Covers, r.Covers.To.Day, true
	case r.Came != nil && r.Date.Given:
		end, known = r.Date.Day, true
	}
	if r.Came != nil {
		came = *r.Came
	}
	if r.Date.Given {
		end = min(end, r.Date.Day)
	}
	return came, end, known
}

func (c *checker) follow(group []*Claim) {
	o := group[0]
	list := ids(group...)
	window := o.Is.Window
	all, what := c.file.people(o)
	followed, called := c.followed(o)
	ask := "How many people were followed for the whole " + window + ", and are the figures of them alone?"
	if followed > 0 && all > 0 && followed > all {
		c.fails(list, ask, "%s %s are more than the %s %s", count(followed), called, count(all), what)
		return
	}
	came, end, known := c.times()
	if !known {
		c.untold(list, "from when to when people came, and when the data end", ask, "figures over %s; when people came, and when the data end, isn't stated", window)
		return
	}
	long := float64(came.To.Day-came.From.Day) + 1
	last := end - daysOf(window) // who came later can't be followed
	if last < came.To.Day && last >= came.To.Day-nearly {
		last = came.To.Day // six months are 182 days here, and 184 to the end of February
	}
	share := min(1, max(0, (float64(last-came.From.Day)+1)/long))
	most := ""
	if all > 0 && share < 1 {
		most = fmt.Sprintf(", about %s of the %s %s if they came evenly (%s)", count(math.Floor(share*all)), count(all), what, number.Percent(100*share))
	}
	between := fmt.Sprintf("people came from %s to %s", came.From.Day, came.To.Day)
	date := c.file.Report.Date
	later := c.file.Report.Covers != nil && date.Given && end+daysOf(window) <= date.Day
	// As long before as after one day; or, of people who aren't said to have come to a service, a year after a year.
	oneStart := c.file.Report.Came == nil && long <= 2.1*days(window) && (long >= 1.9*days(window) || !joined.MatchString(what))
	needs := "when people came (came:), when the data end, and how many were followed throughout (followed: in the cohort)"
	switch {
	case last >= came.To.Day:
		c.holds(list, "%s and the data end on %s: all can be followed for %s", between, end, window)
	case followed > 0 && all == 0:
		c.untold(list, "how many came", ask, "%s %s; how many came isn't stated", count(followed), called)
	case followed > 0 && followed <= share*all*1.02+1:
		c.holds(list, "%s %s, of %s %s: possible, since %s, the data end on %s, and who came up to %s can be followed for %s%s", count(followed), called, count(all), what, between, end, last, window, most)
	case followed > 0 && followed < all:
		c.untold(list, "how many came in each month", ask, "%s %s, of %s %s; %s and the data end on %s, so who came after %s can't be followed for %s%s, unless more came early", count(followed), called, count(all), what, between, end, last, window, most)
	case all == 0, later, oneStart:
		c.untold(list, needs, ask, "figures over %s; %s. If the data end on %s, those who came after %s can't be followed so long%s", window, between, end, last, most)
	default:
		c.fails(list, ask, "figures over %s can't be of all %s %s: %s and the data end on %s, so who came after %s had no %s afterwards. Followed throughout are those who came before%s. If people came over a shorter time, say so (came: in the claims file)", window, count(all), what, between, end, last, window, most)
	}
}

// leftOut looks for activities without pounds.
func (c *checker) leftOut() {
	priced := slices.DeleteFunc(c.of("avoidance", "cost"), func(p *Claim) bool {
		return p.Is.Kind == "cost" && p.Is.When != "after" && p.Is.When != "averted" || p.BestOf > 0
	})
	if len(priced) == 0 {
		return
	}
	if len(c.file.Report.Collected) == 0 {
		c.untold(ids(priced...), "which activities were collected (collected: in the claims file)", "Which activities were collected, and what did each of them do?", "pounds are given for %s; which activities were collected isn't stated", cmp.Or(some(labelsOf(priced), 6), "all together"))
		return
	}
	whole := slices.ContainsFunc(priced, func(p *Claim) bool { return p.Is.Activity == "" })
	var missing, unclear []string
	for _, a := range c.file.Report.Collected {
		switch {
		case Meaning(a) == ae && slices.ContainsFunc(priced, func(p *Claim) bool {
			return Meaning(p.Is.Activity) == "" && strings.Contains(" "+normal(p.Is.Activity)+" ", " ae ")
		}):
			unclear = append(unclear, a)
		case !slices.ContainsFunc(priced, func(p *Claim) bool { return c.holdsIn(p, a, priced) }):
			missing = append(missing, a)
		}
	}
	without := and(called(missing))
	if len(unclear) > 0 {
		c.untold(ids(priced...), "whether A&E admissions are attendances, or those that end in an admission", "Which is it: attendances, or admissions?", "collected: %s. Pounds are given for %s", and(called(unclear)), and(labelsOf(priced)))
	}
	switch {
	case len(missing) == 0 && len(unclear) > 0:
	case len(missing) == 0:
		c.holds(ids(priced...), "every activity that was collected has pounds: %s", some(called(c.file.Report.Collected), 8))
	case whole && len(labelsOf(priced)) == 0:
		c.untold(ids(priced...), "the pounds of each activity", "Which activities are in the total?", "pounds are given in one figure; whether it holds %s can't be told", without)
	case c.kindred(missing, priced):
		c.untold(ids(priced...), "whether these are the same activities under other names", "Are these the same activities, and if not, what did each do?", "collected, and without pounds by that name: %s. Pounds are given for %s", without, and(labelsOf(priced)))
	case c.allFell(missing):
		c.untold(ids(priced...), "the pounds of "+without, "What is the change of "+without+" in pounds?", "collected, and without pounds: %s, which fell. Pounds are given for %s", without, and(labelsOf(priced)))
	default:
		c.fails(ids(priced...), "What did "+without+" do, and what is that in pounds?", "collected, and without pounds: %s. Pounds are given for %s. What rises is a cost, and leaving it out flatters the total", without, and(labelsOf(priced)))
	}
}

// kindred reports whether every one of some activities may be one that has pounds, under another name.
func (c *checker) kindred(names []string, priced []*Claim) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		m := Meaning(name)
		return m == "" || !slices.ContainsFunc(priced, func(p *Claim) bool { return Meaning(p.Is.Activity) == m })
	})
}

// allFell reports whether a fall is printed of every one of some activities.
func (c *checker) allFell(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return !slices.ContainsFunc(c.of("reduction"), func(r *Claim) bool { return same(r.Is.Activity, name) && r.Says.Value > 0 })
	})
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

// labelsOf are the activities of some claims, as they are told.
func labelsOf(claims []*Claim) []string {
	var list []string
	for _, c := range claims {
		if l := words(c.Is.Activity); l != "" && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

// called are names as they are told.
func called(names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, words(n))
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
		ask := fmt.Sprintf("What do all %d show, with their sizes, and in how many did it rise?", b.BestOf)
		if b.BestOf < 5 {
			c.untold(ids(b), "the figures of all "+count(k), ask, "%s was picked as the largest of %d: the others aren't told", said(b), b.BestOf)
			continue
		}
		text := fmt.Sprintf("%s was picked as the largest of %d. The largest of many is large by chance too, and tends to be smaller next time: it is no figure of what one such unit shows", said(b), b.BestOf)
		if share := c.shareOf(b); share != "" {
			text += ". " + share
		}
		if most := c.largest(b, k); most != "" {
			text += ". " + most
		}
		c.fails(ids(b), ask, "%s", text)
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
	if b.Says.Unit == Percent {
		return nil
	}
	for _, t := range append(c.of("sum"), c.of(b.Is.Kind)...) {
		fits := b.Is.Activity != "" && !slices.ContainsFunc(c.leavesOf(t), func(l *Claim) bool {
			return l == b || l.Is.Kind != b.Is.Kind || l.Is.When != b.Is.When || l.BestOf > 0 || l.Is.Unit != "" || !covers(b.Is.Activity, l.Is.Activity) || !agree(l.Is.Window, b.Is.Window)
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
	for _, b := range counts {
		if b.Is.When != "before" {
			continue
		}
		var equal, other *Claim
		for _, a := range counts {
			if a.Is.When != "after" || a.Is.Kind != b.Is.Kind || !c.ofOne(a, b) {
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
		case other == nil, b.Is.Kind == "rate" && timed.MatchString(normal(b.Is.Per)+" "+normal(other.Is.Per)): // a rate of so long a time
		case b.Is.Window == "" || other.Is.Window == "":
			missing := "the length of the time before isn't stated"
			if b.Is.Window != "" {
				missing = "the length of the time after isn't stated"
			} else if other.Is.Window == "" {
				missing = "neither length is stated"
			}
			c.untold(ids(b, other), "the lengths of both times", "Over how many days was each counted?", "%s%s, then %s%s: %s, so no rate can be compared", said(b), over(b), said(other), over(other), missing)
		default:
			if slices.ContainsFunc(counts, func(x *Claim) bool {
				return x.Is.When == "before" && x != b && x.Is.Kind == b.Is.Kind && same(x.Is.Activity, b.Is.Activity) && sameWindow(x.Is.Window, other.Is.Window)
			}) {
				continue // the count after belongs to that one
			}
			dB, dA := days(b.Is.Window), days(other.Is.Window)
			text := fmt.Sprintf("%s over %s, then %s over %s", said(b), b.Is.Window, said(other), other.Is.Window)
			a := about
			if b.Says.Unit == Pounds {
				a = func(x float64) string { return whole(Pounds, x) }
			}
			if b.Is.Kind != "rate" {
				text += fmt.Sprintf(". For %s: %s before, %s after", number.Count(30)+" days", a(b.Says.Value/dB*30), a(other.Says.Value/dA*30))
			}
			if r := c.perDay(b, other); r != nil {
				c.holds(ids(r, b, other), "%s, and %s is of the rates", text, said(r))
				continue
			}
			c.fails(ids(b, other), "What are the counts over times of one length?", "%s", text)
		}
	}
	unstated := slices.DeleteFunc(c.of("reduction", "increase", "avoidance"), func(r *Claim) bool {
		return r.Is.Window != "" || c.counted(r, "before") != nil || !c.ofUse(r)
	})
	if len(unstated) > 0 {
		c.untold(ids(unstated...), "the lengths of the times before and after", "Over how many months before, and how many after, is each counted?", "%s: over which time isn't stated", texts(unstated))
	}
}

var timed = regexp.MustCompile(`\b(year|month|week|day|quarter)s?\b`)

// perDay is the change in percent that counts over times of other lengths have a day, where one is printed; nil if none is.
func (c *checker) perDay(before, after *Claim) *Claim {
	dB, dA := days(before.Is.Window), days(after.Is.Window)
	if dB == 0 || dA == 0 || before.span().low <= 0 {
		return nil
	}
	fall := fell(before.span().times(span{1 / dB, 1 / dB}), after.span().times(span{1 / dA, 1 / dA}))
	for _, r := range c.of("reduction") {
		if same(r.Is.Activity, before.Is.Activity) && normal(r.Is.Unit) == normal(before.Is.Unit) && r.span().meets(fall) {
			return r
		}
	}
	return nil
}

// ofUse reports whether a figure is of use of services: of one of the usual activities, or of one that is counted, priced, or collected.
func (c *checker) ofUse(of *Claim) bool {
	a := of.Is.Activity
	return a == "" || Meaning(a) != "" || slices.ContainsFunc(c.file.Report.Collected, func(name string) bool { return same(name, a) }) ||
		slices.ContainsFunc(c.of("count", "avoidance", "cost", "unit_cost", "rate"), func(o *Claim) bool { return same(o.Is.Activity, a) })
}

func over(c *Claim) string {
	if c.Is.Window == "" {
		return ""
	}
	return " over " + c.Is.Window
}

// deaths works out the fall that deaths make.
func (c *checker) deaths() {
	var silent []*Claim
	var windows []string
	for _, group := range c.byWindow(slices.DeleteFunc(c.outcomes(), func(o *Claim) bool { return o.Is.Kind == "increase" || o.Is.Kind == "net" })) {
		o := group[0]
		n, what := c.file.people(o)
		lost, told := c.lost(o)
		list := ids(group...)
		ask := "How many died or left, and were they counted as people who used nothing?"
		if followed, called := c.followed(o); followed > 0 && len(told) == 0 {
			c.untold(list, "whether all of them were watched throughout", ask, "%s %s; whether those who died or left among them are left out, or stay as people who use nothing, isn't stated", count(followed), called)
			continue
		}
		if len(told) == 0 {
			silent = append(silent, group...)
			if !slices.Contains(windows, o.Is.Window) {
				windows = append(windows, o.Is.Window)
			}
			continue
		}
		if n == 0 || lost >= n {
			c.untold(list, "of how many people", ask, "%s; of how many isn't stated", and(told))
			continue
		}
		fall := span{estimate.FallByDeaths(lost/n, 1), estimate.FallByDeaths(lost/n, 3)}
		text := fmt.Sprintf("%s of %s %s (%s): if they were counted as people who used nothing from then on, that alone would make a fall of %s, at one to three times the use of others", and(told), count(n), what, percent(100*lost/n), between(fall, percent))
		var small []*Claim
		for _, r := range group {
			if r.Is.Kind == "reduction" && r.Says.Value <= fall.high {
				small = append(small, r)
			}
		}
		if len(small) > 0 {
			c.untold(list, "the change among people watched throughout", ask, "%s, as much as %s", text, texts(small))
		} else {
			c.holds(list, "%s", text)
		}
	}
	if len(silent) == 0 {
		return
	}
	c.untold(ids(silent...), "how many died or left", "How many died or left, and were they counted as people who used nothing?",
		"over %s nobody says how many died or left. By themselves, deaths spread over the window, of people with one to three times the use of others, would make a fall of %s", and(windows), estimate.FallsByDeaths())
}

// lost is how many are said to have died, and to have left.
func (c *checker) lost(of *Claim) (n float64, told []string) {
	cohort := c.file.cohort(of)
	for _, names := range [][]string{{"died", "deaths", "dead"}, {"left", "leavers", "moved", "deregistered"}} {
		for _, name := range names {
			v, ok := entry(cohort, name)
			if !ok {
				for _, p := range c.of("people") {
					if singular(p.Is.What) == singular(name) {
						v, ok = p.Says.Value, true
					}
				}
			}
			if ok {
				n += v
				told = append(told, count(v)+" "+name)
				break
			}
		}
	}
	return n, told
}

// outside takes off what the area shows.
func (c *checker) outside() {
	reductions := slices.DeleteFunc(c.of("reduction"), func(r *Claim) bool { return r.Says.Unit != Percent || r.BestOf > 0 || r.ofComparison() || !c.ofUse(r) })
	var without []*Claim
	level, _ := c.level()
	if level >= grade.EffectFrom && len(reductions) > 0 {
		c.holds(ids(reductions...), "compared with people of the same months: what the area shows is taken off already")
		return
	}
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
		ratio := float64(trend.After / trend.Before)
		fall := 100 * (1 - ratio)
		text := fmt.Sprintf("the area's went from %s to %s (%s)", number.Plain(float64(trend.Before)), number.Plain(float64(trend.After)), number.SignedPercentTo(-fall, 1))
		if ratio <= 0 {
			continue
		}
		left := 100 * (1 - (1-r.Says.Value/100)/ratio)
		switch {
		case fall > 0 && r.Says.Value <= fall:
			c.fails(ids(r), "What did people without the service do in the same months?", "%s fell by %s, and %s: all of the fall came outside too", subject(r), r.Says.Text, text)
		case fall > 0:
			c.holds(ids(r), "%s fell by %s, and %s: against the area, a fall of %s", subject(r), r.Says.Text, text, percent(left))
		default:
			c.holds(ids(r), "%s fell by %s, and %s, so none of the fall is the area's", subject(r), r.Says.Text, text)
		}
	}
	if len(without) > 0 {
		c.untold(ids(without...), "the area's counts in the same months (trends: in the claims file)", "What did the whole area's figures do in the same months?", "%s: what the area shows anyway isn't given", texts(without))
	}
}
