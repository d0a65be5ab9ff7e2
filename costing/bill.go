package costing

import (
	"context"
	"strings"

	"averted/costing/money"
	"averted/costing/tariff"
	"averted/evaluate"
	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Bill is what the averted events are worth at list price. Below evidence grade 3 that is a difference, and
// nothing more is said of it.
type Bill struct {
	PriceYear string
	Lines     []Line
	Totals    []Total
}

// Line is one activity in one window, for one arm. Price is nil where none was given: the events are shown
// all the same.
type Line struct {
	Activity, Window string
	Arm              tally.Arm
	FollowUp         study.FollowUp
	Behind           evaluate.Behind
	Averted          float64 // expected less observed events; negative for a rise
	AvertedLow       *float64
	AvertedHigh      *float64
	Price            *tariff.Price
	Gross            money.Pence // averted × price, rounded once
	Low, High        *money.Pence
}

// Total is the priced lines of one window and arm added up. Its interval moves all activities of a person
// together.
type Total struct {
	Window    string
	Arm       tally.Arm
	FollowUp  study.FollowUp
	Gross     money.Pence
	Low, High *money.Pence
	Lines     int
	Draws     int
}

// Price prices what a study found, for people as the study's follow_up says.
//
//	averted = E - A,  gross = averted × unit cost,  total = Σ gross
//
// A rise counts against it. The intervals are percentile bootstraps over people: a draw takes whole
// people, so every activity of a person moves with the others. The error is only that ctx was cancelled.
func Price(ctx context.Context, found *evaluate.Found, prices *PriceList) (*Bill, error) {
	bill := &Bill{PriceYear: prices.PriceYear}
	plan, t := found.Plan, found.Tally
	followUp := evaluate.FollowUps(plan, t)[0]
	for _, e := range found.Estimates {
		if e.Method != "rate_ratio" || e.FollowUp != followUp || e.On != "" || e.Washout != "" {
			continue
		}
		line := Line{Activity: e.Activity, Window: e.Window, Arm: e.Arm, FollowUp: followUp, Behind: e.Behind,
			Averted: e.Behind.Expected - float64(e.Behind.After)}
		if price, ok := prices.Of[e.Activity]; ok {
			line.Price, line.Gross = &price, price.UnitCost.Times(line.Averted)
		}
		bill.Lines = append(bill.Lines, line)
	}
	for w, label := range t.Windows {
		for _, arm := range arms(bill, label) {
			total(ctx, bill, plan, t, w, arm, followUp)
		}
	}
	return bill, ctx.Err()
}

func arms(bill *Bill, window string) []tally.Arm {
	var list []tally.Arm
	for _, l := range bill.Lines {
		if l.Window == window && (len(list) == 0 || list[len(list)-1] != l.Arm) {
			list = append(list, l.Arm)
		}
	}
	return list
}

// total adds a window's lines up for one arm and gives the lines and their total intervals.
func total(ctx context.Context, bill *Bill, plan *study.Plan, t *tally.Tally, w int, arm tally.Arm, followUp study.FollowUp) {
	var lines []*Line
	sum := Total{Window: t.Windows[w], Arm: arm, FollowUp: followUp}
	unit := make([]float64, len(t.Activities)) // pounds an event
	for i := range bill.Lines {
		l := &bill.Lines[i]
		if l.Window != t.Windows[w] || l.Arm != arm {
			continue
		}
		lines = append(lines, l)
		if l.Price != nil {
			sum.Gross += l.Gross
			sum.Lines++
			unit[len(lines)-1] = l.Price.UnitCost.Pounds()
		}
	}
	people := People(t, w, arm, followUp == study.Watched)
	stream := strings.Join([]string{"cost_bootstrap", t.Windows[w], string(arm), string(followUp)}, "|")
	intervals := Resampled(people, unit, estimate.Draws{Seed: *plan.Seed, Stream: stream, Stop: ctx.Done()})
	if intervals != nil {
		sum.Draws = intervals.Draws
		if sum.Lines > 0 {
			sum.Low, sum.High = pence(intervals.Total)
		}
		for i, l := range lines {
			low, high := intervals.Averted[i][0], intervals.Averted[i][1]
			l.AvertedLow, l.AvertedHigh = &low, &high
			if l.Price != nil {
				l.Low, l.High = pence([2]float64{low * unit[i], high * unit[i]})
			}
		}
	}
	if sum.Lines > 0 {
		bill.Totals = append(bill.Totals, sum)
	}
}

func pence(pounds [2]float64) (low, high *money.Pence) {
	l, h := money.Pence(1).Times(100*pounds[0]), money.Pence(1).Times(100*pounds[1])
	return &l, &h
}
