package chart

import (
	"fmt"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// waterfall draws the bill: each priced activity on top of the one before, their total, and what is left of it net of the
// service's cost, which may lie below nothing.
func waterfall(r *release.Released, window, suffix string) (*Chart, error) {
	steps := telling.Waterfall(r, window)
	if len(steps) < 2 {
		return nil, nil
	}
	a := telling.Account(r, window)
	total := telling.TotalFrom(r, window, a.Basis)
	c := &Chart{Name: "waterfall-" + suffix, Rows: [][]string{{"step", "window", "pounds"}}}
	type span struct{ from, to int64 }
	var spans []span
	var names, alt []string
	at, low, high := int64(0), int64(0), int64(0)
	key := []swatch{{"Fewer events", blue, false}}
	more := false
	for _, s := range steps {
		if s.Total {
			at = 0
		}
		spans = append(spans, span{at, at + s.Pence})
		at += s.Pence
		low, high = min(low, spans[len(spans)-1].from, at), max(high, spans[len(spans)-1].from, at)
		names = append(names, s.Label)
		c.Rows = append(c.Rows, []string{s.Label, window, fmt.Sprintf("%.2f", float64(s.Pence)/100)})
		alt = append(alt, s.Label+" "+telling.Amount(a, s.Pence))
		more = more || s.Pence < 0 && !s.Total
	}
	if more {
		key = append(key, swatch{"More events, cost, or not credited", orange, false})
	}
	key = append(key, swatch{"Total", darkBlue, false})
	if low == high {
		return nil, nil
	}
	c.Title = waterfallTitle(r, window, a, total)
	c.Alt = c.Title + ". " + strings.Join(alt, ", ") + ". The figures are in " + c.Name + ".csv."
	note := "Events averted × unit cost; no budget falls by that amount. Unit costs are on the workbook's Assumptions sheet."
	if a.Cost != nil {
		note += " The service's cost is of the people analysed. " + telling.SetAgainst(r, a)
	}
	if total.GrossLow != nil {
		note += fmt.Sprintf(" 95%% interval of the difference: %s.", number.To(number.WholePounds(*total.GrossLow), number.WholePounds(*total.GrossHigh)))
	}
	for _, text := range telling.Variants(r, window) {
		if !strings.HasPrefix(text, "Against "+telling.From(a.Basis)) {
			note += " " + text
		}
	}
	if list := withoutPrice(r, window, a.Basis); len(list) > 0 {
		note += " Without a price: " + strings.Join(list, ", ") + "."
	}
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(162 + 30*float64(len(steps))), rightPad: 84,
		title: c.Title, subtitle: "In " + r.Bill.PriceYear + " prices, against " + telling.From(a.Basis),
		key: key, note: notes(r, note)}
	room := 0.02 * float64(high-low) / 100
	return c, f.render(c, func() *plot.Plot {
		left, right := float64(low)/100, float64(high)/100+room
		if low < 0 {
			left -= room
		}
		p := rows(names, left, right, short)
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			x := func(pence int64) vg.Length { return tx(float64(pence) / 100) }
			for i, s := range steps {
				y := ty(float64(len(steps) - 1 - i))
				fill, label := blue, style(10, s.Total, ink)
				label.YAlign = text.YCenter
				if s.Total {
					fill = darkBlue
				} else if s.Pence < 0 {
					fill = orange
				}
				bar(dc, x(spans[i].from), x(spans[i].to), y, 9, fill)
				if i+1 < len(steps) {
					line := draw.LineStyle{Color: second, Width: vg.Points(0.7), Dashes: []vg.Length{2, 2}}
					dc.StrokeLine2(line, x(spans[i].to), y-9, x(spans[i].to), ty(float64(len(steps)-2-i))+9)
				}
				words(dc, label, vg.Point{X: max(x(spans[i].from), x(spans[i].to)) + 6, Y: y}, telling.Amount(a, s.Pence))
			}
		}))
		return p
	})
}

func waterfallTitle(r *release.Released, window string, a *result.Account, total *result.Total) string {
	what := number.Sentence(telling.Which(r, a))
	if release.MayBeNothing(total.GrossLow, total.GrossHigh) {
		return fmt.Sprintf("%s over %s: it may be nothing, between %s and %s at list price", what, window, number.WholePounds(*total.GrossLow), number.WholePounds(*total.GrossHigh))
	}
	title := fmt.Sprintf("%s over %s: %s at list price", what, window, telling.Amount(a, *total.Gross))
	if list := telling.Position(a, telling.ListPrice); a.Cost != nil && list != nil {
		title += fmt.Sprintf("; the service cost %s", number.Pounds(*a.Cost))
	}
	return title
}

// withoutPrice lists the activities of an expectation that have no price.
func withoutPrice(r *release.Released, window, basis string) []string {
	var list []string
	for _, l := range r.Bill.Lines {
		if label := telling.Label(r, l.Activity); l.Window == window && l.Arm == arm && l.Basis == basis && !l.Priced() && !slices.Contains(list, label) {
			if l.Averted != nil && *l.Averted < 0 {
				label += " (which rose)"
			}
			list = append(list, label)
		}
	}
	return list
}

// short prints pounds for an axis: £200k, £1.5m.
func short(pounds float64) string {
	s := ""
	if pounds < 0 {
		s, pounds = number.Minus, -pounds
	}
	trim := func(x float64) string { return strings.TrimSuffix(number.Fixed(x, 1), ".0") }
	switch {
	case pounds >= 1e6:
		return s + "£" + strings.TrimSuffix(strings.TrimSuffix(number.Fixed(pounds/1e6, 2), "0"), ".0") + "m"
	case pounds >= 1e3:
		return s + "£" + trim(pounds/1e3) + "k"
	}
	return s + "£" + number.Fixed(pounds, 0)
}

// fewestSwings is how many inputs must have a range for a tornado.
const fewestSwings = 3

// tornado draws what is left with one input at either end of its range, the widest first.
func tornado(r *release.Released, window, suffix string) (*Chart, error) {
	a := telling.Account(r, window)
	if a == nil || len(a.Swings) < fewestSwings {
		return nil, nil
	}
	swings := slices.DeleteFunc(slices.Clone(a.Swings), func(s result.Swing) bool { return s.AtLow == s.AtHigh })
	if len(swings) < fewestSwings {
		return nil, nil
	}
	slices.SortStableFunc(swings, func(x, y result.Swing) int {
		wide := func(s result.Swing) int64 { return max(s.AtHigh-s.AtLow, s.AtLow-s.AtHigh) }
		return int(wide(y) - wide(x))
	})
	list := telling.Position(a, telling.ListPrice)
	left, what := list.Credited, "The difference at list price"
	if list.Net != nil {
		left, what = *list.Net, "What is left net of the service's cost"
	}
	c := &Chart{Name: "tornado-" + suffix, Rows: [][]string{{"input", "window", "low", "high", "pounds_at_low", "pounds_at_high"}}}
	c.Title = fmt.Sprintf("%s hangs most on: %s", what, strings.ToLower(swings[0].Input[:1])+swings[0].Input[1:])
	low, high := left, left
	var names, alt []string
	for _, s := range swings {
		names = append(names, s.Input+"\n"+number.To(inUnit(s.Unit, s.Low), inUnit(s.Unit, s.High)))
		low, high = min(low, s.AtLow, s.AtHigh), max(high, s.AtLow, s.AtHigh)
		c.Rows = append(c.Rows, []string{s.Input, window, fmt.Sprint(s.Low), fmt.Sprint(s.High), fmt.Sprintf("%.2f", float64(s.AtLow)/100), fmt.Sprintf("%.2f", float64(s.AtHigh)/100)})
		alt = append(alt, fmt.Sprintf("%s from %s: %s", s.Input, number.To(inUnit(s.Unit, s.Low), inUnit(s.Unit, s.High)), number.To(number.Pounds(s.AtLow), number.Pounds(s.AtHigh))))
	}
	if low == high {
		return nil, nil
	}
	c.Alt = c.Title + ". " + strings.Join(alt, "; ") + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 40*float64(len(swings))), rightPad: 84, title: c.Title,
		subtitle: fmt.Sprintf("Over %s, at list price in %s prices; %s as stated", window, r.Bill.PriceYear, number.Pounds(left)),
		key:      []swatch{{"Input at its low end", grey, false}, {"Input at its high end", blue, false}},
		note:     notes(r, "One input at a time at either end of the range that was stated for it, the others as they are. What has no range isn't here: none is made up.")}
	label := style(9.5, false, ink)
	const namesWidth, plotWidth = 190.0, 216.0 // points, of the names and of what is left for bars
	beside := float64(label.Width(number.WholePounds(low))+12) / plotWidth
	room := float64(high-low) / 100 * min(1.5, beside/(1-min(0.6, beside)))
	return c, f.render(c, func() *plot.Plot {
		p := rowsOf(namesWidth, names, float64(low)/100-room, float64(high)/100+room/20, short)
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			x := func(pence int64) vg.Length { return tx(float64(pence) / 100) }
			for i, s := range swings {
				y := ty(float64(len(swings) - 1 - i))
				bar(dc, x(left), x(s.AtLow), y, 8, grey)
				bar(dc, x(left), x(s.AtHigh), y, 8, blue)
				label.YAlign = text.YCenter
				from, to := min(s.AtLow, s.AtHigh), max(s.AtLow, s.AtHigh)
				words(dc, label, vg.Point{X: x(to) + 6, Y: y}, number.WholePounds(to))
				words(dc, label, vg.Point{X: x(from) - 6 - label.Width(number.WholePounds(from)), Y: y}, number.WholePounds(from))
			}
			dc.StrokeLine2(draw.LineStyle{Color: ink, Width: vg.Points(1)}, x(left), dc.Min.Y, x(left), dc.Max.Y)
		}))
		return p
	})
}

func inUnit(unit string, v float64) string {
	switch unit {
	case telling.InPounds:
		return number.PoundsOf(v)
	case telling.InShares:
		return number.Percent(100 * v)
	}
	return number.Plain(v)
}

// onlyCompared says of a difference that nobody compared what it leaves open.
func onlyCompared(a *result.Account) string {
	if a.Basis == telling.Comparison {
		return ""
	}
	return "How large it is a difference that nobody compared can't tell. "
}

// attribution draws how likely a share of the difference covers the service's cost.
func attribution(r *release.Released, window, suffix string) (*Chart, error) {
	a := telling.Account(r, window)
	if a == nil || len(a.Curve) == 0 {
		return nil, nil
	}
	c := &Chart{Name: "attribution-" + suffix, Rows: [][]string{{"share_of_the_difference", "window", "chance_that_it_covers_the_cost"}}}
	half := -1.0
	var xs, ys []float64
	for _, p := range a.Curve {
		c.Rows = append(c.Rows, []string{number.Plain(p.Share), window, number.Plain(p.Probability)})
		xs, ys = append(xs, 100*p.Share), append(ys, 100*p.Probability)
		if half < 0 && p.Probability > 0.5 {
			half = p.Share
		}
	}
	c.Title = "No share of the difference is likely to cover the service's cost"
	if half > 0 {
		c.Title = fmt.Sprintf("The cost is likely to be covered if about %s of the difference or more is real", number.Percent(100*half))
	}
	if telling.MayBeNothing(r, a) {
		c.Title = "The difference may be nothing: how likely shares of it would cover the cost"
	}
	c.Alt = c.Title + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(300), rightPad: 20, title: c.Title,
		subtitle: fmt.Sprintf("Over %s, at list price against %s; cost of the service for these people %s", window, telling.From(a.Basis), number.Pounds(*a.Cost)),
		key:      []swatch{{"Chance that a share of the difference covers the cost, to the nearest 5%", blue, false}},
		note:     notes(r, "Across: the share of the difference that is the service's doing, before the study's own corrections. "+onlyCompared(a)+"No budget falls by the list price.")}
	return c, f.render(c, func() *plot.Plot {
		p := plot.New()
		unframed(p, style(10, false, ink))
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 101, 0, 102
		percent := scale{func(v float64) string { return number.Percent(v) }}
		p.X.Tick.Marker, p.Y.Tick.Marker = percent, scale{func(v float64) string {
			if v == 0 { // it stands on the other axis
				return ""
			}
			return number.Percent(v)
		}}
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			for _, t := range percent.Ticks(0, 100) {
				dc.StrokeLine2(gridLine(t.Value, 100), dc.Min.X, ty(t.Value), dc.Max.X, ty(t.Value))
				dc.StrokeLine2(gridLine(t.Value, 100), tx(t.Value), dc.Min.Y, tx(t.Value), dc.Max.Y)
			}
			line := draw.LineStyle{Color: blue, Width: vg.Points(2)}
			for i := range xs {
				from, at := 0.0, 0.0
				if i > 0 {
					from, at = xs[i-1], ys[i-1]
				}
				dc.StrokeLine2(line, tx(from), ty(at), tx(xs[i]), ty(ys[i]))
				bar(dc, tx(xs[i])-2.5, tx(xs[i])+2.5, ty(ys[i]), 2.5, blue)
			}
		}))
		return p
	})
}
