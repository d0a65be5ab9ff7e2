package claim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"averted/report/number"
)

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
		differ := x != "" && y != "" && singular(x) != singular(y) && !(a.Is.Activity != "" && same(a.Is.Activity, b.Is.Activity))
		counted := slices.Contains([]string{"avoidance", "cost", "count"}, a.Is.Kind) && a.Is.When == b.Is.When
		ask := fmt.Sprintf("Which is it: %s, or %s?", x, y)
		switch {
		case declared && !a.span().meets(b.span()) && a.Says.Unit == b.Says.Unit:
			c.fails(ids(a, b), "Which figure is right?", "one thing has two figures: %s and %s", said(a), said(b))
		case declared && differ, !declared && differ && counted && a.precise():
			c.fails(ids(a, b), ask, "%s stands for %s (%s) and for %s (%s). One figure can't be both", a.Says.Text, x, a.ID, y, b.ID)
		case declared:
			c.holds(ids(a, b), "%s and %s agree", said(a), said(b))
		}
	})
	c.twoFigures()
	for i := range c.file.Claims {
		a := &c.file.Claims[i]
		if a.SameAs == "" || c.file.claim(a.SameAs) != nil {
			continue
		}
		x := a.label()
		if x == "" || singular(x) != singular(a.SameAs) && !same(a.Is.Activity, a.SameAs) {
			c.fails(ids(a), fmt.Sprintf("Which is it: %s, or %s?", cmp.Or(x, a.ID), a.SameAs), "%s stands for %s and for %s. One figure can't be both", said(a), cmp.Or(x, a.ID), words(a.SameAs))
		} else {
			c.holds(ids(a), "%s and %s are one name", x, a.SameAs)
		}
	}
}

// twoFigures looks for one thing that is printed with two figures.
func (c *checker) twoFigures() {
	list := c.of("count", "avoidance", "cost", "service_cost", "people", "reduction")
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.Is.Kind != b.Is.Kind || a.Is.When != b.Is.When || a.SameAs == b.ID || b.SameAs == a.ID || a.BestOf+b.BestOf > 0 || a.Is.Window != b.Is.Window && !sameWindow(a.Is.Window, b.Is.Window) ||
				normal(a.Is.Unit) != normal(b.Is.Unit) || c.differ(a, b) != "" || a.ofComparison() != b.ofComparison() || a.wide().meets(b.wide()) || a.Is.Period != nil || b.Is.Period != nil || !a.about(b) {
				continue
			}
			if a.Is.Kind == "reduction" || a.Is.Window == "" && a.Is.Kind != "people" {
				c.untold(ids(a, b), "of whom, or of which time, each is (unit:, window:, cohort:)", "Of whom, and of which time, is each?", "%s and %s are of one thing, unless they are of different people or times", said(a), said(b))
			} else {
				c.fails(ids(a, b), "Which figure is right?", "one thing has two figures: %s and %s", said(a), said(b))
			}
		}
	}
	for _, p := range c.of("people") {
		if n, ok := entry(c.file.cohort(p), p.Is.What); ok && p.Is.What != "" && p.exact() && n != p.Says.Value {
			c.fails(ids(p), "Which figure is right?", "one thing has two figures: %s, and %s in the cohort", said(p), count(n))
		}
	}
}

// about reports whether two claims are about the same thing by name.
func (c *Claim) about(o *Claim) bool {
	switch c.Is.Kind {
	case "service_cost":
		return true
	case "people":
		return c.Is.What != "" && singular(c.Is.What) == singular(o.Is.What)
	}
	return c.Is.Activity != "" && same(c.Is.Activity, o.Is.Activity)
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
		if !declared && !a.precise() && (!kin(a.label(), b.label()) || !agree(a.Is.Window, b.Is.Window)) {
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
			c.fails(ids(claims...), ask, "unchanged beside %s: %s. Results of one group of people were put beside another's", g.counts, some(figures, 8))
		} else {
			c.untold(ids(claims...), "the counts behind both", ask, "unchanged beside %s: %s, which may be chance in figures of so few digits", g.counts, some(figures, 8))
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
			if d := c.differ(a, b); d != "" && a.Is.Kind == b.Is.Kind && a.Is.When == b.Is.When && a.label() != "" && same(a.label(), b.label()) && agree(a.Is.Window, b.Is.Window) && normal(a.Is.Unit) == normal(b.Is.Unit) {
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
	if len(a.Cohort) == 0 && len(b.Cohort) == 0 {
		return ""
	}
	x, y := c.file.cohort(a), c.file.cohort(b)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(x)) {
		if v, ok := y[name]; ok && v != x[name] {
			list = append(list, fmt.Sprintf("%s %s and %s", name, number.Count(int64(x[name])), number.Count(int64(v))))
		}
	}
	return strings.Join(list, "; ")
}
