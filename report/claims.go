package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"averted/costing"
	"averted/costing/claim"
	"averted/evaluate/grade"
	"averted/report/page"
	"averted/report/result"
	"averted/report/telling"
	"averted/report/workbook"
)

// Claims puts together what was found of a report's claims; against is a study's result, nil without one.
func Claims(f *claim.File, against *result.Result) *result.Claims {
	c := &result.Claims{Schema: result.Schema, Version: Version, Rules: ClaimRules(), Findings: []result.Finding{},
		Report: result.Publication{Title: f.Report.Title, Publisher: f.Report.Publisher, Date: f.Report.Date.String(), Design: f.Report.Design, Selection: f.Report.Selection.String(),
			Covers: f.Report.Covers.String(), Came: f.Report.Came.String(), Cohort: f.Cohort.String(), File: f.Name}}
	for _, one := range f.Claims {
		c.Figures = append(c.Figures, result.Figures{Claim: one.ID, Says: one.Says.Text, Is: one.Is.String(), Beside: one.Beside(), Where: one.Where})
	}
	found := claim.Check(f)
	for _, x := range found {
		c.Findings = append(c.Findings, result.Finding{Rule: x.Rule, Claims: append([]string{}, x.Claims...), Verdict: string(x.Verdict), Text: x.Text, Needs: x.Needs, Ask: x.Ask})
	}
	c.Silent = append([]string{}, claim.Silent(found)...)
	if against != nil {
		c.Against = againstOf(f, against)
	}
	var activities []string
	for _, one := range f.Claims {
		activities = append(activities, claim.Meaning(one.Is.Activity))
	}
	c.Published = slices.DeleteFunc(PublishedOf(activities), func(p result.Published) bool { // a report isn't held beside itself
		return f.Report.Publisher != "" && strings.HasPrefix(p.Source, f.Report.Publisher)
	})
	return c
}

// ClaimRules are the rules by which claims are checked.
func ClaimRules() []result.Rule {
	var list []result.Rule
	for _, r := range claim.Rules() {
		list = append(list, result.Rule{Rule: r.Name, Does: r.Does})
	}
	return list
}

// PublishedOf are the published evaluations of some of the usual activities, with those of all use and of cost; none where none is
// usual.
func PublishedOf(activities []string) []result.Published {
	list := []result.Published{}
	for _, p := range grade.PublishedEvaluations() {
		if p.Activity == "all" || p.Activity == "cost" || slices.ContainsFunc(activities, func(a string) bool { return a == p.Activity || strings.HasPrefix(a, p.Activity+"_") }) {
			list = append(list, result.Published{Evaluation: p.Evaluation, Year: p.Year, Design: string(p.Design), Level: p.Level, Activity: p.Activity, Window: p.Window, People: p.People,
				Change: p.Change, Low: p.Low, High: p.High, Direction: p.Direction, Source: p.Source, Note: p.Note})
		}
	}
	if slices.ContainsFunc(list, func(p result.Published) bool { return p.Activity != "all" && p.Activity != "cost" }) {
		return list
	}
	return []result.Published{}
}

// ReadResult reads a result.json or a release.json. The error says what is wrong with its form.
func ReadResult(text []byte) (*result.Result, error) {
	r := &result.Result{}
	if err := json.Unmarshal(text, r); err != nil || r.Schema == 0 {
		return nil, fmt.Errorf("it is no result.json or release.json of averted run")
	}
	if r.Schema != result.Schema {
		return nil, fmt.Errorf("its schema is %d, and this version reads %d", r.Schema, result.Schema)
	}
	return r, nil
}

// Exact reports whether a result is internal: it has what disclosure control takes out.
func Exact(r *result.Result) bool {
	return slices.ContainsFunc(r.Quality, func(t result.Table) bool { return t.Internal != nil }) ||
		slices.ContainsFunc(r.Estimates, func(e result.Estimate) bool { return e.UsersBefore != nil })
}

func againstOf(f *claim.File, r *result.Result) *result.Against {
	a := &result.Against{Study: r.Study.Title, Hash: r.Study.Hash, Exact: Exact(r), Claims: []result.Compared{}}
	for _, x := range claim.Against(f, figuresOf(r)) {
		a.Claims = append(a.Claims, result.Compared{Claim: x.Claim, Outcome: string(x.Outcome), Value: x.Value, Text: x.Text})
	}
	return a
}

// figuresOf are a result's leading figures of the service's people, plain. Those of a release may be off by what it was rounded by.
func figuresOf(r *result.Result) []claim.Recomputed {
	exact := Exact(r)
	var list []claim.Recomputed
	add := func(c claim.Recomputed, off float64) {
		c.Low, c.High = c.Value-off, c.Value+off
		list = append(list, c)
	}
	names := map[string][]string{}
	for _, a := range r.Activities {
		names[a.Name] = []string{a.Name, a.Label}
		if a.UnitCost != nil {
			add(claim.Recomputed{Kind: "unit_cost", Activities: names[a.Name], PriceYear: a.PriceYear, Value: float64(*a.UnitCost) / 100}, 0)
		}
	}
	for _, e := range r.Estimates {
		if e.Method != "percent_change" || e.Arm != "service" || e.On != "" || e.Washout != "" || e.Subgroup != "" || e.Stage != "" || e.FollowUp != r.FollowUp(e.Activity) {
			continue
		}
		of := claim.Recomputed{Activities: names[e.Activity], Window: e.Window}
		rounded := !exact && e.Before != nil && e.After != nil && *e.Before%5 == 0 && *e.After%5 == 0
		half := map[bool]float64{true: 2, false: 0}[rounded]
		if e.Value != nil {
			c, off := of, 0.0
			c.Kind, c.Value = "reduction", -*e.Value
			if !exact { // below the whole cohort, and where counts are rounded, percentages are whole
				off = 0.5
			}
			if e.Expected != nil && *e.Expected > 0 && e.After != nil && !rounded {
				c.Value, off = 100*(1-float64(*e.After)/(*e.Expected)), 0
			}
			add(c, off)
		}
		for _, n := range []struct {
			when  string
			value *int64
		}{{"before", e.Before}, {"after", e.After}} {
			if n.value != nil {
				c := of
				c.Kind, c.When, c.Value = "count", n.when, float64(*n.value)
				add(c, half)
			}
		}
		if e.Expected != nil && e.After != nil {
			c := of
			c.Kind, c.When, c.Value = "count", "averted", *e.Expected-float64(*e.After)
			add(c, 2*half)
		}
		if e.People != nil && e.Primary {
			c := of
			c.Kind, c.Activities, c.What, c.Value = "people", nil, "analysed", float64(*e.People)
			add(c, half)
			c.What = "followed for " + e.Window
			add(c, half)
		}
	}
	off := map[bool]float64{true: 0, false: 2}[exact]
	for _, b := range r.Flow {
		if b.Step != "people" || b.People == nil {
			continue
		}
		called := []string{"people"}
		if b.Arm == "all" {
			called = []string{"people", "referred", "referrals"}
		}
		for _, a := range r.Study.Arms {
			if a.Arm == b.Arm {
				called = append(called, a.Label)
			}
		}
		for _, what := range called {
			add(claim.Recomputed{Kind: "people", What: what, Value: float64(*b.People)}, off)
		}
	}
	for i, p := range r.Practices {
		if p.Practices == nil || p.Fell == nil || p.Arm != "service" {
			continue
		}
		for _, what := range []string{"practices", "surgeries"} {
			if i == 0 {
				add(claim.Recomputed{Kind: "people", What: what, Value: float64(*p.Practices)}, 0)
			}
		}
		add(claim.Recomputed{Kind: "people", What: claim.Fell, Activities: names[p.Activity], Window: p.Window, Value: float64(*p.Fell)}, 0)
	}
	if r.Bill == nil {
		return list
	}
	for _, l := range r.Bill.Lines {
		if l.Basis == telling.OwnRate && l.Arm == "service" && l.Gross != nil && l.FollowUp == r.FollowUp(l.Activity) {
			add(claim.Recomputed{Kind: "avoidance", Activities: names[l.Activity], Window: l.Window, Value: float64(*l.Gross) / 100}, float64(l.RoundedBy)/100)
		}
	}
	for _, t := range r.Bill.Totals {
		if t.Basis == telling.OwnRate && t.Arm == "service" && t.Gross != nil {
			add(claim.Recomputed{Kind: "avoidance", Window: t.Window, Value: float64(*t.Gross) / 100}, float64(t.RoundedBy)/100)
		}
	}
	for _, a := range r.Bill.Accounts {
		if a.Basis != telling.OwnRate || a.Cost == nil {
			continue
		}
		add(claim.Recomputed{Kind: "service_cost", Window: a.Window, Value: float64(*a.Cost) / 100}, 0)
		for _, p := range a.Positions {
			if p.Measure == string(costing.ListPrice) && p.Net != nil {
				add(claim.Recomputed{Kind: "net", Window: a.Window, Value: float64(*p.Net) / 100}, float64(a.RoundedBy)/100)
			}
		}
	}
	return list
}

// RenderClaims writes what was found of somebody's claims, to hand on: a workbook (.xlsx) or a page (.html).
func RenderClaims(w io.Writer, form string, c *result.Claims) error {
	if form == ".xlsx" {
		return workbook.WriteClaims(w, c)
	}
	if form == ".html" {
		return page.WriteClaims(w, c)
	}
	return fmt.Errorf("no form %s", form)
}
