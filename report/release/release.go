// Package release is disclosure control: the one door between what a study found and what may leave. A
// renderer takes a [Released] and nothing else, and only [Control] makes one.
//
// Counts are of distinct people: an event count is hidden when fewer than eight people stand behind it or
// one of them has over half. A hidden value is nil and named in Hidden, never 0. What is derived is worked
// out again from what is released.
package release

import (
	"fmt"
	"slices"

	"averted/report/result"
)

// Released is a result that may leave. Its zero value is empty; [Control] makes one.
type Released struct {
	result.Result
	controlled bool
}

// Controlled reports whether the value came from [Control]: renderers refuse one that did not.
func (r *Released) Controlled() bool { return r != nil && r.controlled }

// enough is how many people must contribute in each window for whole-cohort figures to stay exact under
// the local profile.
const enough = 50

// Control applies the result's own profile. The error is for a profile that doesn't exist.
func Control(exact *result.Result) (*Released, error) {
	c := &control{hideBelow: int64(exact.Study.HideBelow), exact: exact}
	switch exact.Study.Profile {
	case "local":
		c.local = true
	case "nhs-england":
	default:
		return nil, fmt.Errorf("no release profile %q", exact.Study.Profile)
	}
	out := *exact
	out.Quality = nil // rows of files: internal
	out.Flow = c.flow(exact.Flow)
	out.Practices = practices(exact.Practices)
	out.Estimates = make([]result.Estimate, len(exact.Estimates))
	for i, e := range exact.Estimates {
		out.Estimates[i] = c.estimate(e)
	}
	out.Lost = make([]result.Lost, len(exact.Lost))
	for i, l := range exact.Lost {
		out.Lost[i] = c.lost(l)
	}
	out.Around = make([]result.Around, len(exact.Around))
	for i, a := range exact.Around {
		out.Around[i] = c.around(a)
	}
	out.Bill = c.bill(exact.Bill)
	out.Warnings = slices.Clone(exact.Warnings)
	return &Released{Result: out, controlled: true}, nil
}

type control struct {
	local     bool
	hideBelow int64
	exact     *result.Result
}

// round is a count to the nearest 5; nil if it is from 1 to the limit.
func (c *control) round(n int64) *int64 {
	if n != 0 && n < c.hideBelow {
		return nil
	}
	rounded := (n + 2) / 5 * 5
	return &rounded
}

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

// lead finds the lead of the same people.
func (c *control) lead(k key) *result.Estimate {
	for i, e := range c.exact.Estimates {
		if e.Method == "rate_ratio" && keyOf(e) == k {
			return &c.exact.Estimates[i]
		}
	}
	return nil
}

// exactly reports whether the figures of these people may stay exact. Both arms together stay exact beside
// two exact arms or two rounded ones; beside one of each, the sum would give the rounded arm away.
func (c *control) exactly(k key) bool {
	if !c.local || !c.many(k) {
		return false
	}
	if k.arm != "all" {
		return true
	}
	service, comparison := k, k
	service.arm, comparison.arm = "service", "comparison"
	return c.many(service) == c.many(comparison)
}

// many reports whether enough people contribute in each window, none of them with over half.
func (c *control) many(k key) bool {
	e := c.lead(k)
	return e != nil && *e.UsersBefore >= enough && *e.UsersAfter >= enough && *e.TopBefore <= 0.5 && *e.TopAfter <= 0.5
}

// apart reports whether releasing these people beside the leading ones would show a difference of a few
// people: those who were lost, or those whose longer window was not watched.
func (c *control) apart(k key) bool {
	few := func(n int64) bool { return n > 0 && n < c.hideBelow }
	arms := []string{k.arm}
	if k.arm == "all" {
		arms = []string{"service", "comparison", "all"}
	}
	for _, l := range c.exact.Lost {
		if k.followUp != c.exact.Study.FollowUp && l.Activity == k.activity && l.Window == k.window && slices.Contains(arms, l.Arm) && (few(*l.People) || few(*l.Users)) {
			return true
		}
	}
	if k.on != "" || k.washout != "" {
		own := k
		own.on, own.washout = "", ""
		a, b := c.lead(own), c.lead(k)
		if a == nil || b == nil || few(*a.People-*b.People) || few(*b.People-*a.People) {
			return true
		}
	}
	return false
}

func practices(exact []result.Practices) []result.Practices {
	list := slices.Clone(exact)
	for i := range list {
		if p := &list[i]; *p.Practices < 10 {
			p.Practices, p.Fell, p.Hidden = nil, nil, []string{"practices", "fell"}
		}
	}
	return list
}

func (c *control) lost(l result.Lost) result.Lost {
	people, users := *l.People, *l.Users
	k := key{activity: l.Activity, window: l.Window, arm: l.Arm, followUp: c.exact.Study.FollowUp}
	l.Users = nil
	exact := c.exactly(k) && users >= enough
	switch {
	case people == 0:
	case people < c.hideBelow || users < c.hideBelow || !c.exactlyOrRounded(k):
		l.People, l.Before, l.After, l.Share = nil, nil, nil, nil
		l.Hidden = []string{"people", "before", "after", "share_of_before"}
	case !exact:
		whole := c.lead(key{l.Activity, l.Window, "", "", l.Arm, "observed"})
		if !c.exactly(k) { // else the flow's boxes give the people anyway
			l.People = c.round(people)
		}
		l.Before, l.After = c.round(*l.Before), c.round(*l.After)
		l.Share = nil
		if total := c.round(*whole.Before); total != nil && *total > 0 && l.Before != nil {
			share := float64(100 * *l.Before / *total)
			l.Share = &share
		}
		for name, missing := range map[string]bool{"before": l.Before == nil, "after": l.After == nil, "share_of_before": l.Share == nil} {
			if missing {
				l.Hidden = append(l.Hidden, name)
			}
		}
		slices.Sort(l.Hidden)
	}
	return l
}

// exactlyOrRounded reports whether the arm's own figures are shown at all.
func (c *control) exactlyOrRounded(k key) bool {
	e := c.lead(k)
	return e != nil && c.behind(*e.Before, *e.UsersBefore, *e.TopBefore) && c.behind(*e.After, *e.UsersAfter, *e.TopAfter)
}

func (c *control) around(a result.Around) result.Around {
	events, users, most := *a.Events, *a.Users, *a.Most
	a.Users, a.Most = nil, nil
	top := 0.0
	if events > 0 {
		top = float64(most) / float64(events)
	}
	if !c.behind(events, users, top) {
		a.Events, a.Hidden = nil, []string{"events"}
		return a
	}
	if !c.local || users < enough {
		a.Events = c.round(events)
		rounded := (*a.Days + 50) / 100 * 100
		a.Days = &rounded
	}
	return a
}
