package costing

import (
	"context"
	"math"
	"slices"
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

	ratio *[2]float64 // the limits of the rate ratio; nil where it has none
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
	Practices bool // drawn over practices, not over people
	Wider     bool // since that is wider
	Alone     bool // one priced line, whose interval it has
	Kinds     int  // of data, if they are several: their variances were added
}

// Price prices what a study found, for people as the study's follow_up says.
//
//	averted = E - A,  gross = averted × unit cost,  total = Σ gross
//
// A rise counts against it. A line's interval is that of its rate ratio, E·(1 - limit); where that has none, a percentile
// bootstrap over people. The total's is one too: a draw takes whole people, so every activity of a person moves with the
// others. Where a priced activity is clustered by practice the total is drawn over practices too, and has the wider interval.
// The error is only that ctx was cancelled.
func Price(ctx context.Context, found *evaluate.Found, prices *PriceList) (*Bill, error) {
	bill := &Bill{PriceYear: prices.PriceYear}
	for _, e := range found.Estimates {
		if followUp := found.FollowUp(e.Activity); e.Method != "rate_ratio" || e.FollowUp != followUp || e.On != "" || e.Washout != "" {
			continue
		}
		line := Line{Activity: e.Activity, Window: e.Window, Arm: e.Arm, FollowUp: e.FollowUp, Behind: e.Behind,
			Averted: e.Behind.Expected - float64(e.Behind.After)}
		if e.Low != nil && e.High != nil {
			line.ratio = &[2]float64{*e.Low, *e.High}
		}
		if price, ok := prices.Of[e.Activity]; ok {
			line.Price, line.Gross = &price, price.UnitCost.Times(line.Averted)
		}
		bill.Lines = append(bill.Lines, line)
	}
	for _, window := range found.Plan.Windows {
		for _, arm := range arms(bill, window.String()) {
			total(ctx, bill, found, window.String(), arm)
		}
	}
	return bill, ctx.Err()
}

func arms(bill *Bill, window string) []tally.Arm {
	var list []tally.Arm
	for _, l := range bill.Lines {
		if l.Window == window && !slices.Contains(list, l.Arm) {
			list = append(list, l.Arm)
		}
	}
	return list
}

// normal is the quantile of the interval that a sum of kinds of data gets: each is resampled over its own units, and
// the variances of what they cost add up.
const normal = 1.959963984540054

// total adds a window's lines up for one arm and gives the lines and their total intervals.
func total(ctx context.Context, bill *Bill, found *evaluate.Found, window string, arm tally.Arm) {
	sum := Total{Window: window, Arm: arm}
	var kinds []*Intervals // of the priced kinds
	measured := true
	for _, t := range found.Tallies {
		w := slices.Index(t.Windows, window)
		if w < 0 || len(t.Activities) == 0 {
			continue
		}
		followUp := found.FollowUp(t.Activities[0])
		var lines []*Line
		unit := make([]float64, len(t.Activities)) // pounds an event
		priced := 0
		for i := range bill.Lines {
			l := &bill.Lines[i]
			if l.Window != window || l.Arm != arm || !slices.Contains(t.Activities, l.Activity) {
				continue
			}
			lines = append(lines, l)
			if l.Price != nil {
				sum.Gross += l.Gross
				priced++
				unit[slices.Index(t.Activities, l.Activity)] = l.Price.UnitCost.Pounds()
			}
		}
		if len(lines) == 0 {
			continue
		}
		if sum.FollowUp == "" {
			sum.FollowUp = followUp
		}
		sum.Lines += priced
		var intervals *Intervals
		if t.Kind != study.KindTotals || len(t.Cells) >= evaluate.FewestPractices {
			people := People(t, w, arm, followUp == study.Watched)
			stream := strings.Join([]string{"cost_bootstrap", window, string(arm), string(followUp)}, "|")
			if t.Kind == study.KindTotals {
				stream += "|" + strings.Join(t.Activities, ",")
			}
			intervals = Resampled(people, unit, estimate.Draws{Seed: *found.Plan.Seed, Stream: stream, Stop: ctx.Done()})
		}
		var practices *Intervals
		clustered := func(l *Line) bool { return found.Plan.ClusteredByPractice(l.Activity) }
		if slices.ContainsFunc(lines, clustered) {
			stream := strings.Join([]string{"cost_bootstrap", window, string(arm), string(followUp), "practices"}, "|")
			practices = Resampled(Practices(t, w, arm, followUp == study.Watched), unit, estimate.Draws{Seed: *found.Plan.Seed, Stream: stream, Stop: ctx.Done()})
		}
		if priced > 0 {
			whole := intervals
			if practices != nil && whole != nil && width(practices.Total) > width(whole.Total) &&
				slices.ContainsFunc(lines, func(l *Line) bool { return l.Price != nil && clustered(l) }) {
				whole, sum.Practices, sum.Wider = practices, true, true
			}
			sum.Practices = sum.Practices || t.Kind == study.KindTotals
			kinds = append(kinds, whole)
			measured = measured && intervals != nil
		}
		if intervals == nil {
			continue
		}
		for _, l := range lines {
			a := slices.Index(t.Activities, l.Activity)
			low, high := intervals.Averted[a][0], intervals.Averted[a][1]
			if l.ratio != nil { // the limits of the percentage, so that they are one number too
				low, high = l.Behind.Expected*(1-l.ratio[1]), l.Behind.Expected*(1-l.ratio[0])
			}
			l.AvertedLow, l.AvertedHigh = &low, &high
			if l.Price != nil {
				l.Low, l.High = pence([2]float64{low * unit[a], high * unit[a]})
			}
		}
	}
	if sum.Lines == 0 {
		return
	}
	switch {
	case !measured:
	case sum.Lines == 1: // one amount has one interval
		for _, l := range bill.Lines {
			if l.Window == window && l.Arm == arm && l.Price != nil {
				sum.Low, sum.High, sum.Alone = l.Low, l.High, true
			}
		}
	case len(kinds) == 1:
		sum.Draws = kinds[0].Draws
		sum.Low, sum.High = pence(kinds[0].Total)
	default:
		variance := 0.0
		for _, k := range kinds {
			variance += float64(k.SE * k.SE)
		}
		half := normal * math.Sqrt(variance)
		sum.Kinds = len(kinds)
		sum.Low, sum.High = pence([2]float64{sum.Gross.Pounds() - half, sum.Gross.Pounds() + half})
	}
	bill.Totals = append(bill.Totals, sum)
}

func width(limits [2]float64) float64 { return limits[1] - limits[0] }

func pence(pounds [2]float64) (low, high *money.Pence) {
	l, h := money.Pence(1).Times(100*pounds[0]), money.Pence(1).Times(100*pounds[1])
	return &l, &h
}
