package telling

import (
	"fmt"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/result"
)

// changes is the table of each window.
func (b *teller) changes() []Table {
	var list []Table
	for _, w := range b.r.Study.Windows {
		t := Table{Caption: fmt.Sprintf("%s: %s, %s", number.Sentence(w.Label), Arm(b.r, "service"), FollowUp(b.r.Study.FollowUp)),
			Header: columns("Activity", "People#", "Before#", "Expected#", "After#", "Averted#", "Change (95% interval)#")}
		if b.r.Bill != nil {
			t.Header = append(t.Header, Column{"At list price", true})
		}
		for _, c := range Changes(b.r, w.Label, "service") {
			row := []string{c.Label(), CountText(c.Percent.People), CountText(c.Percent.Before), EventsText(c.Percent.Expected), CountText(c.Percent.After), AvertedText(c.Percent), ChangeText(c.Percent)}
			if b.r.Bill != nil {
				row = append(row, PoundsText(c.Line))
			}
			t.Rows = append(t.Rows, row)
		}
		if len(t.Rows) > 0 {
			list = append(list, t)
		}
	}
	return list
}

// prices is the price of one event of each activity.
func (b *teller) prices() []Table {
	t := Table{Caption: "Prices", Header: columns("Activity", "Price of one#", "Price year", "Where it was seen")}
	for _, a := range b.r.Activities {
		if a.UnitCost == nil || a.Price == nil {
			continue
		}
		t.Rows = append(t.Rows, []string{a.Label, number.Pounds(*a.UnitCost), b.r.Bill.PriceYear, number.Joined(a.Price.Publisher, a.Price.Edition, a.Price.Within, a.Source)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}

// people is how far they came and what kind of people they are.
func (b *teller) people() []Table {
	p := b.r.Profile
	if p == nil {
		return nil
	}
	stages := Table{Caption: "How far people came", Header: columns("Stage", "People#", "Of the stage before#", "Of those referred#")}
	for i, s := range p.Stages {
		of := func(x *result.Portion) string {
			if i == 0 {
				return number.NotApplies
			}
			return PortionText(x)
		}
		stages.Rows = append(stages.Rows, []string{number.Sentence(s.Stage), CountText(s.People), of(s.OfPrevious), of(s.OfFirst)})
	}
	list := []Table{stages}
	for _, trait := range p.Traits {
		if len(trait.Levels) > longest { // the workbook has it
			continue
		}
		t := Table{Caption: trait.Label, Small: !trait.Arms && trait.Source == "", Header: columns("Level", "People#", "Share#")}
		if trait.Arms {
			t.Header = append(t.Header, columns("Connected#", "Share connected#")...)
		}
		if trait.Source != "" {
			t.Header = append(t.Header, Column{"Of the area's people", true})
		}
		for _, l := range trait.Levels {
			row := []string{l.Level, CountText(l.People), percent(l.Share)}
			if trait.Arms {
				row = append(row, CountText(l.Connected), PortionText(l.ConnectedShare))
			}
			if trait.Source != "" {
				row = append(row, percent(l.PopulationShare))
			}
			t.Rows = append(t.Rows, row)
		}
		list = append(list, t)
	}
	return list
}

// longest is how many levels a table of the page has.
const longest = 15

func percent(v *float64) string {
	if v == nil {
		return number.Hidden
	}
	return number.Percent(*v)
}

// states is what became of the worst and the best state, by area; and who moved, of areas themselves.
func (b *teller) states() []Table {
	var list []Table
	for _, o := range b.r.Outcomes {
		if len(o.States) == 0 {
			continue
		}
		t := Table{Caption: o.Label + ": before and after of the same people", Header: columns("Area", "State", "Asked twice#", "At first#", "At review#", "Change (95% interval)#")}
		for _, a := range o.Areas {
			name := a.Area
			if a.Indicator != "" { // the workbook has them
				continue
			}
			if name == "" {
				name = o.Label
			}
			for i, s := range []*result.Shift{a.Worst, a.Best} {
				if s != nil && (i == 0 || len(o.States) > 2) {
					t.Rows = append(t.Rows, []string{name, s.State, CountText(a.People), CountText(s.Before), CountText(s.After), shift(s)})
				}
			}
		}
		list = append(list, t)
		for _, a := range o.Areas {
			if a.Indicator != "" || a.Table == nil {
				continue
			}
			moves := Table{Small: true, Caption: strings.TrimPrefix(a.Area+": who moved from which state (rows) to which", ": "), Header: columns(append([]string{"At first"}, figured(o.States)...)...)}
			for i, from := range o.States {
				row := []string{from}
				for _, n := range a.Table[i] {
					row = append(row, CountText(n))
				}
				moves.Rows = append(moves.Rows, row)
			}
			list = append(list, moves)
		}
	}
	return list
}

func figured(names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, n+"#")
	}
	return list
}

func shift(s *result.Shift) string {
	switch {
	case s.Change == nil && s.Refused != "":
		return number.NotAvailable
	case s.Change == nil:
		return number.Hidden
	case s.Low == nil || s.High == nil:
		return number.SignedPercent(*s.Change)
	}
	return fmt.Sprintf("%s (%s)", number.SignedPercent(*s.Change), number.To(number.SignedPercent(*s.Low), number.SignedPercent(*s.High)))
}

// practices is in how many practices use fell.
func (b *teller) practices() []Table {
	t := Table{Caption: "In how many practices use fell", Header: columns("Activity", "Window", "Practices#", "Fell in#")}
	for _, p := range b.r.Practices {
		if p.Arm == "service" {
			t.Rows = append(t.Rows, []string{Label(b.r, p.Activity), p.Window, CountText(p.Practices), CountText(p.Fell)})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}

// quality is what each table held.
func (b *teller) quality() []Table {
	t := Table{Caption: "What was read", Header: columns("Table", "Holds", "Complete", "Rows", "Set aside", "Remarks")}
	for _, q := range b.r.Quality {
		complete := q.Complete
		if complete == "" {
			complete = number.NotApplies
		}
		remarks := strings.Join(slices.Concat(q.Why, q.Remarks), "; ")
		if remarks == "" {
			remarks = number.NotApplies
		}
		t.Rows = append(t.Rows, []string{q.Table, q.Holds, complete, q.About, q.SetAside, remarks})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}
