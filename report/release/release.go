// Package release is disclosure control: the one door between what a study found and what may leave. A
// renderer takes a [Released] and nothing else, and only [Control] makes one.
//
// Counts are of distinct people: an event count is hidden when fewer than eight people stand behind it or
// one of them has over half. A hidden value is nil and named in Hidden, never 0. What is derived is worked
// out again from what is released.
//
// Under nhs-england every count is rounded to the nearest 5. Under local the leading figures of whole
// cohorts stay exact where 50 people or more contribute in each window; whatever stands beside them (the
// other follow-up, a washout, the people of another window, days around the index day, the people flow by
// window) is rounded, so that no difference of two exact figures is a count of a few people.
package release

import (
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/estimate/expect"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/report/result"
)

// Released is a result that may leave. Its zero value is empty; [Control] makes one.
type Released struct {
	result.Result
	controlled bool
}

// Controlled reports whether the value came from [Control]: renderers refuse one that did not.
func (r *Released) Controlled() bool { return r != nil && r.controlled }

// enough is how many people must contribute in each window for leading figures to stay exact under local.
const enough = 50

// The words of results, as the packages that make them write them.
const (
	service    = string(tally.Service)
	comparison = string(tally.Comparison)
	all        = string(tally.All)
	observed   = string(study.Observed)
	complete   = string(study.Watched)
	lastThirty = string(tally.LastThirty)
	earlier    = string(tally.Earlier)
)

// Control applies the result's own profile. The error is for a profile that doesn't exist.
func Control(exact *result.Result) (*Released, error) {
	c := newControl(exact)
	switch exact.Study.Profile {
	case "local":
		c.local = true
	case "nhs-england":
	default:
		return nil, fmt.Errorf("no release profile %q", exact.Study.Profile)
	}
	out := *exact
	out.Apart, out.Study.DiedOrLeft = nil, nil // internal
	out.Claims = nil                           // held against exact figures: report holds them against the released ones
	out.Quality = slices.Clone(exact.Quality)
	for i := range out.Quality {
		out.Quality[i].Internal = nil
	}
	out.Series = c.series(exact.Series)
	out.Estimates = make([]result.Estimate, len(exact.Estimates))
	for i, e := range exact.Estimates {
		if !expect.Is(e.Method) && !e.Compared && !trend.OfMonths(e.Method) {
			out.Estimates[i] = c.estimate(e)
		}
	}
	c.released = out.Estimates
	for i, e := range exact.Estimates {
		switch {
		case e.Compared:
			out.Estimates[i] = c.compared(e)
		case trend.OfMonths(e.Method):
			out.Estimates[i] = c.monthly(e)
		case expect.Is(e.Method):
			out.Estimates[i] = c.anyway(e)
		case !classical(e.Method):
			out.Estimates[i] = c.beside(e)
		}
	}
	c.stages(out.Estimates)
	out.Anyway = c.anyways(exact.Anyway, out.Estimates)
	out.Matching = c.matchings(exact.Matching)
	out.Months = c.months(exact.Months)
	out.Interrupted = c.interrupted(exact.Interrupted)
	out.Study.Grade = c.graded(exact.Study.Grade, out.Anyway, out.Estimates)
	out.Concentration = c.concentrations(exact.Concentration)
	out.Subgroups = c.divisions(exact.Subgroups)
	out.Practices = c.practices(exact.Practices)
	out.Flow = c.flow(exact.Flow)
	out.Lost = make([]result.Lost, len(exact.Lost))
	for i, l := range exact.Lost {
		out.Lost[i] = c.lost(l)
	}
	out.Around = make([]result.Around, len(exact.Around))
	for i, a := range exact.Around {
		out.Around[i] = c.around(a)
	}
	if out.Bill = c.bill(exact.Bill); out.Bill != nil {
		Lead(out.Bill, out.Study.Grade.Level)
	}
	c.whole(&out)
	out.Warnings = c.warnings(exact.Warnings)
	out.Notes = append(slices.Clone(exact.Notes), c.rounded5()...)
	out.MayLeave = true
	return &Released{Result: out, controlled: true}, nil
}

// rounded5 says so where a leading figure is rounded.
func (c *control) rounded5() []string {
	var labels []string
	for _, e := range c.released {
		if e.Method != "rate_ratio" || e.On != "" || e.Washout != "" || e.FollowUp != c.exact.FollowUp(e.Activity) || e.People == nil || c.exactly(keyOf(e)) {
			continue
		}
		for _, a := range c.exact.Activities {
			if a.Name == e.Activity && !slices.Contains(labels, a.Label) {
				labels = append(labels, a.Label)
			}
		}
	}
	if len(labels) == 0 {
		return nil
	}
	return []string{"To protect people, counts are rounded to the nearest 5 and what follows from them is worked out from those, for some or all figures of: " + strings.Join(labels, ", ") + "."}
}

// series is the months that may leave: counts hidden where they are few, others to the nearest 5.
func (c *control) series(exact []result.Month) []result.Month {
	list := slices.Clone(exact)
	names := map[string]string{}
	for i, m := range list {
		if m.Group != "" && !c.exact.Study.NamePractices {
			if names[m.Group] == "" {
				names[m.Group] = fmt.Sprintf("group %d", len(names)+1)
			}
			list[i].Group = names[m.Group]
		}
		list[i].Count = c.round(*m.Count)
		if list[i].Count == nil {
			list[i].Hidden = append(list[i].Hidden, "count")
		}
		if m.Population == nil {
			continue
		}
		if list[i].Population = c.round(*m.Population); list[i].Population == nil {
			list[i].Hidden = append(list[i].Hidden, "population")
		}
	}
	return list
}

type control struct {
	local     bool
	hideBelow int64
	exact     *result.Result
	leads     map[key]int // places of the leads in Estimates
	apart     map[pair][]result.Apart
	exactOf   map[key]bool      // what exactly has found
	released  []result.Estimate // parallel to exact.Estimates
}

// pair is an activity and an arm.
type pair struct{ activity, arm string }

func newControl(exact *result.Result) *control {
	c := &control{hideBelow: int64(exact.Study.HideBelow), exact: exact, leads: map[key]int{}, apart: map[pair][]result.Apart{}, exactOf: map[key]bool{}}
	for i, e := range exact.Estimates {
		if e.Method == "rate_ratio" {
			c.leads[keyOf(e)] = i
		}
	}
	for _, p := range exact.Apart {
		at := pair{p.Activity, p.Arm}
		c.apart[at] = append(c.apart[at], p)
	}
	return c
}

// few reports whether a number of people is one that must not be shown.
func (c *control) few(n int64) bool { return n > 0 && n < c.hideBelow }

// round is a count to the nearest 5; nil if it is from 1 to the limit.
func (c *control) round(n int64) *int64 {
	if c.few(n) {
		return nil
	}
	return ptr(toFive(n))
}

// toFive is the multiple of 5 that is nearest to a count.
func toFive(n int64) int64 { return (n + 2) / 5 * 5 }

// behind reports whether an event count has enough people behind it, none of them with over half. A count
// of no events is shown.
func (c *control) behind(events, users int64, top float64) bool {
	return events == 0 || users >= c.hideBelow && top <= 0.5
}

// key says which people an estimate or a line is about.
type key struct{ activity, window, on, washout, arm, followUp string }

func keyOf(e result.Estimate) key {
	return key{e.Activity, e.Window, e.On, e.Washout, e.Arm, e.FollowUp}
}

func (k key) of(arm string) key { k.arm = arm; return k }

func (k key) watched(followUp string) key { k.followUp = followUp; return k }

// lead finds the exact lead of these people.
func (c *control) lead(k key) *result.Estimate {
	if i, ok := c.leads[k]; ok {
		return &c.exact.Estimates[i]
	}
	return nil
}

// shown finds the released lead of these people.
func (c *control) shown(k key) *result.Estimate {
	if i, ok := c.leads[k]; ok {
		return &c.released[i]
	}
	return nil
}

// exactly reports whether the figures of these people may stay exact: under local, leading figures of arms to
// which enough people contribute, and of both arms together where both are exact. A shorter window is
// rounded if only a few people, or one above all, make the difference to a longer one.
func (c *control) exactly(k key) bool {
	known, ok := c.exactOf[k]
	if !ok {
		known = c.mayBeExact(k)
		c.exactOf[k] = known
	}
	return known
}

func (c *control) mayBeExact(k key) bool {
	if !c.local || k.on != "" || k.washout != "" || k.followUp != c.exact.FollowUp(k.activity) || c.exact.Kind(k.activity) == study.KindTotals {
		return false
	}
	if k.arm == all {
		return c.exactly(k.of(service)) && c.exactly(k.of(comparison))
	}
	e := c.lead(k)
	if e != nil && c.otherKind(k, *e.People) {
		return false
	}
	if e == nil || *e.UsersBefore < enough || *e.UsersAfter < enough || *e.TopBefore > 0.5 || *e.TopAfter > 0.5 {
		return false
	}
	if c.thin(*e.Changed, *e.TopChange) { // exact limits would tell how few changed
		return false
	}
	for _, p := range c.apart[pair{k.activity, k.arm}] {
		if p.Other != figure(k) && p.Lead != figure(k) {
			continue
		}
		longer := p.Lead == figure(k) && p.Other.On == "" && p.Other.FollowUp == k.followUp && c.days(p.Other.Window) > c.days(k.window) ||
			p.Other == figure(k) && c.days(p.Lead.Window) > c.days(k.window)
		// Exact time under observation gives a few people who were lost away.
		lost := k.followUp == observed && p.Lead == figure(k) && p.Other.Window == k.window && p.Other.On == "" && c.few(p.People)
		if longer && c.close(p) || lost {
			return false
		}
	}
	return true
}

// otherKind reports whether a leading figure of another kind of data, of whatever window, is of people who are a few more or fewer: the two together would
// tell of those.
func (c *control) otherKind(k key, people int64) bool {
	for other, i := range c.leads {
		if other.arm != k.arm || other.on != "" || other.washout != "" || other.followUp != c.exact.FollowUp(other.activity) || c.exact.Kind(other.activity) == c.exact.Kind(k.activity) || c.exact.Kind(other.activity) == study.KindTotals {
			continue
		}
		if c.few(apart(*c.exact.Estimates[i].People, people)) {
			return true
		}
	}
	return false
}

func figure(k key) result.Figure {
	return result.Figure{Window: k.window, On: k.on, FollowUp: k.followUp}
}

// days is the length of a window.
func (c *control) days(window string) int {
	for _, w := range c.exact.Study.Windows {
		if w.Label == window {
			return w.Days
		}
	}
	return 0
}

// close reports whether the difference of two figures is one of a few people, or of one above all.
func (c *control) close(p result.Apart) bool {
	return c.few(p.People) || c.thin(p.UsersBefore, p.TopBefore) || c.thin(p.UsersAfter, p.TopAfter)
}

// thin reports whether a difference of events has too few people behind it, or one with over half.
func (c *control) thin(users int64, top float64) bool {
	return users > 0 && (c.few(users) || top > 0.5)
}

// near says which counts of people that are not exact would, beside an exact leading figure, tell of a few people.
func (c *control) near(k key) (people, before, after bool) {
	for _, p := range c.apart[pair{k.activity, k.arm}] {
		anchor := p.Lead
		switch figure(k) {
		case p.Other:
		case p.Lead:
			anchor = p.Other
		default:
			continue
		}
		// Of two rounded figures, people watched throughout and all, the one that does not lead goes.
		beside := k.followUp != c.exact.FollowUp(k.activity) && anchor.Window == k.window && anchor.On == "" && c.few(p.People)
		if k.washout == "" && (beside || c.exactly(key{k.activity, anchor.Window, anchor.On, "", k.arm, anchor.FollowUp})) {
			people = people || c.few(p.People)
			before = before || c.thin(p.UsersBefore, p.TopBefore)
			after = after || c.thin(p.UsersAfter, p.TopAfter)
		}
	}
	if k.washout != "" { // beside a window whose people are hidden, those of its washout would narrow them
		whole := k
		whole.washout = ""
		hidden, _, _ := c.near(whole)
		people = people || hidden
	}
	if k.washout != "" { // the days left out are those of the last 30; who differs further back isn't known
		for _, a := range c.exact.Around {
			if a.Part == lastThirty && a.Activity == k.activity && a.Arm == k.arm && !c.behind(*a.Events, *a.Users, share(a)) {
				before = true
			}
		}
	}
	return people, before, after
}

// share is what one person has of the events around the index day.
func share(a result.Around) float64 {
	if *a.Events == 0 {
		return 0
	}
	return float64(*a.Most) / float64(*a.Events)
}

// practices are true where there are ten or more, eight people to each, and the counts they were told from are shown.
func (c *control) practices(exact []result.Practices) []result.Practices {
	list := slices.Clone(exact)
	for i := range list {
		p := &list[i]
		e := c.shown(key{activity: p.Activity, window: p.Window, arm: p.Arm, followUp: c.exact.FollowUp(p.Activity)})
		if *p.Practices < 10 || e == nil || e.People == nil || e.Before == nil || e.After == nil || *e.People < c.hideBelow**p.Practices {
			p.Practices, p.Fell, p.Hidden = nil, nil, []string{"practices", "fell"}
		}
	}
	return list
}

// lost is the difference of two released figures, to the nearest 5, so that it tells nothing that they don't.
func (c *control) lost(l result.Lost) result.Lost {
	l.Users = nil
	if *l.People == 0 {
		return l
	}
	l.People, l.Before, l.After, l.Share = nil, nil, nil, nil
	k := key{activity: l.Activity, window: l.Window, arm: l.Arm}
	o, w := c.shown(k.watched(observed)), c.shown(k.watched(complete))
	if o != nil && w != nil {
		if l.People = c.less(o.People, w.People); l.People != nil {
			l.Before, l.After = c.less(o.Before, w.Before), c.less(o.After, w.After)
		}
		if l.Before != nil && *o.Before > 0 {
			share := float64(100 * *l.Before / *o.Before)
			l.Share = &share
		}
	}
	for _, f := range []struct {
		name string
		gone bool
	}{{"people", l.People == nil}, {"before", l.Before == nil}, {"after", l.After == nil}, {"share_of_before", l.Share == nil}} {
		if f.gone {
			l.Hidden = append(l.Hidden, f.name)
		}
	}
	return l
}

// less is a less b, both released, rounded; nil where either is hidden or few remain, or seem to.
func (c *control) less(a, b *int64) *int64 {
	if a == nil || b == nil || *a-*b < c.hideBelow {
		return nil
	}
	return c.round(*a - *b)
}

// around is rounded under every profile: days that no window tells of, counted out of windows that are told.
// The days watched would give the people away and stay internal.
func (c *control) around(a result.Around) result.Around {
	shown := c.behind(*a.Events, *a.Users, share(a))
	for _, b := range c.exact.Around { // the two parts make up the window before: who hides one hides the other
		both := a.Part == lastThirty && b.Part == earlier || a.Part == earlier && b.Part == lastThirty
		if both && b.Activity == a.Activity && b.Arm == a.Arm {
			shown = shown && c.behind(*b.Events, *b.Users, share(b))
		}
	}
	events := *a.Events
	a.Users, a.Most, a.Days, a.Events, a.Hidden = nil, nil, nil, nil, []string{"days"}
	if shown {
		a.Events = c.round(events)
	}
	if a.Events == nil {
		a.Hidden = []string{"days", "events"}
	}
	return a
}

// warnings are those that still stand on a released estimate.
func (c *control) warnings(exact []result.Warning) []result.Warning {
	list := []result.Warning{}
	for _, w := range exact {
		if slices.ContainsFunc(c.released, func(e result.Estimate) bool {
			return e.Activity == w.Activity && e.Window == w.Window && e.Arm == w.Arm && e.FollowUp == w.FollowUp && slices.Contains(e.Warnings, w.Code)
		}) {
			list = append(list, w)
		}
	}
	return list
}
