package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/telling"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Draw draws every chart that the released figures allow, for each window and the service arm.
func Draw(r *release.Released) ([]Chart, error) {
	if !r.Controlled() {
		return nil, fmt.Errorf("chart: the figures have not passed disclosure control")
	}
	var charts []Chart
	for _, w := range r.Study.Windows {
		name := strings.ReplaceAll(w.Label, " ", "-")
		for _, make := range []func(*release.Released, string, string) (*Chart, error){beforeAfter, waterfall, cameAnyway, compared} {
			c, err := make(r, w.Label, name)
			if err != nil {
				return nil, err
			}
			if c != nil {
				charts = append(charts, *c)
			}
		}
	}
	for _, make := range []func(*release.Released) (*Chart, error){monthsAround, monthsCompared, balance, series} {
		c, err := make(r)
		if err != nil {
			return nil, err
		}
		if c != nil {
			charts = append(charts, *c)
		}
	}
	return charts, nil
}

const arm = "service"

// shown is the changes of which both counts may be shown.
func shown(r *release.Released, window string) []telling.Change {
	var list []telling.Change
	for _, c := range telling.Changes(r, window, arm) {
		if c.Percent.Expected != nil && c.Percent.After != nil {
			list = append(list, c)
		}
	}
	return list
}

// notes is the note under every chart.
func notes(r *release.Released, more string) string {
	s := more
	if r.Study.Synthetic != "" {
		s = "Synthetic data. " + s
	}
	return s
}

func who(r *release.Released, c telling.Change) string {
	return telling.CountText(c.Percent.People) + " " + telling.Who(r, arm, r.Study.FollowUp)
}

// beforeAfter draws events before and after, with the interval of the change on the bar of after.
func beforeAfter(r *release.Released, window, suffix string) (*Chart, error) {
	changes := shown(r, window)
	if len(changes) == 0 {
		return nil, nil
	}
	c := &Chart{Name: "before-after-" + suffix, Rows: [][]string{{"activity", "window", "expected", "after", "percent_change", "low", "high"}}}
	var names []string
	top, fell := 0.0, 0
	for _, x := range changes {
		names = append(names, x.Label())
		top = max(top, *x.Percent.Expected, float64(*x.Percent.After), whiskerEnd(x, x.Percent.High))
		if float64(*x.Percent.After) < *x.Percent.Expected {
			fell++
		}
		c.Rows = append(c.Rows, []string{x.Label(), window, plain(x.Percent.Expected), fmt.Sprint(*x.Percent.After), plain(x.Percent.Value), plain(x.Percent.Low), plain(x.Percent.High)})
	}
	c.Title = fmt.Sprintf("%s of %s were lower in the %s after", inWords(fell), kinds(len(changes)), window)
	if len(changes) == 1 {
		c.Title = fmt.Sprintf("%s: %s in the %s after", changes[0].Label(), strings.Split(telling.ChangeText(changes[0].Percent), " (")[0], window)
	}
	c.Alt = c.Title + ". " + altRows(changes) + " The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 44*float64(len(changes))), rightPad: 128,
		title: c.Title, subtitle: fmt.Sprintf("Events of %s", who(r, changes[0])),
		key:  []swatch{{"Expected at their own earlier rate", grey, false}, {"After", blue, false}, {"95% interval", nil, true}},
		note: notes(r, "A change, not an effect. The interval is that of the change, put on the bar of what came after."),
	}
	return c, f.render(c, func() *plot.Plot {
		p := rows(names, 0, top*1.02, func(v float64) string { return number.Fixed(v, 0) })
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			label := style(10, true, ink)
			label.YAlign = text.YCenter
			for i, x := range changes {
				y := ty(float64(len(changes) - 1 - i))
				bar(dc, tx(0), tx(*x.Percent.Expected), y+8.5, 7.5, grey)
				bar(dc, tx(0), tx(float64(*x.Percent.After)), y-7.5, 7.5, blue)
				end := max(tx(*x.Percent.Expected), tx(float64(*x.Percent.After)))
				if x.Percent.Low != nil {
					left, right := tx(whiskerEnd(x, x.Percent.Low)), tx(whiskerEnd(x, x.Percent.High))
					whisker(dc, left, right, y-7.5, ink)
					end = max(end, right)
				}
				words(dc, label, vg.Point{X: end + 6, Y: y}, telling.ChangeText(x.Percent))
			}
		}))
		return p
	})
}

// whiskerEnd is where an end of the interval of a percent change lies among counts.
func whiskerEnd(c telling.Change, percent *float64) float64 {
	if percent == nil {
		return 0
	}
	return *c.Percent.Expected * (1 + *percent/100)
}

func plain(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(math.Round(*x*1e4)/1e4, 'f', -1, 64)
}

func altRows(changes []telling.Change) string {
	var parts []string
	for _, x := range changes {
		parts = append(parts, fmt.Sprintf("%s: expected %s, after %s, %s.", x.Label(), telling.EventsText(x.Percent.Expected), telling.CountText(x.Percent.After), telling.ChangeText(x.Percent)))
	}
	return strings.Join(parts, " ")
}

var numerals = []string{"None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"}

func inWords(n int) string {
	if n < len(numerals) {
		return numerals[n]
	}
	return number.Count(int64(n))
}

func kinds(n int) string { return strings.ToLower(inWords(n)) + " kinds of use" }

// waterfall draws the bill: each priced activity on top of the one before, and their total.
func waterfall(r *release.Released, window, suffix string) (*Chart, error) {
	total := telling.Total(r, window, arm)
	if total == nil || total.Gross == nil {
		return nil, nil
	}
	type step struct {
		name     string
		from, to float64 // pounds
		pence    int64
		total    bool
	}
	var steps []step
	at := int64(0)
	var unpriced []string
	for _, x := range telling.Changes(r, window, arm) {
		if x.Line == nil || x.Line.Gross == nil {
			unpriced = append(unpriced, x.Label())
			continue
		}
		steps = append(steps, step{x.Label(), float64(at) / 100, float64(at+*x.Line.Gross) / 100, *x.Line.Gross, false})
		at += *x.Line.Gross
	}
	steps = append(steps, step{"Difference at list price", 0, float64(*total.Gross) / 100, *total.Gross, true})
	c := &Chart{Name: "waterfall-" + suffix, Rows: [][]string{{"step", "window", "pounds"}}}
	c.Title = fmt.Sprintf("The difference over %s comes to %s at list price", window, number.Pounds(*total.Gross))
	if total.GrossLow != nil && *total.GrossLow <= 0 && *total.GrossHigh >= 0 {
		c.Title = fmt.Sprintf("The difference over %s may be nothing: between %s and %s at list price", window, number.WholePounds(*total.GrossLow), number.WholePounds(*total.GrossHigh))
	}
	low, high := 0.0, 0.0
	var names, alt []string
	key := []swatch{{"Fewer events", blue, false}, {"Total", darkBlue, false}}
	for _, s := range steps {
		if s.pence < 0 && len(key) == 2 {
			key = slices.Insert(key, 1, swatch{"More events", orange, false})
		}
		names = append(names, s.name)
		low, high = min(low, s.from, s.to), max(high, s.from, s.to)
		c.Rows = append(c.Rows, []string{s.name, window, fmt.Sprintf("%.2f", float64(s.pence)/100)})
		alt = append(alt, s.name+" "+number.Pounds(s.pence))
	}
	if low == high {
		return nil, nil
	}
	c.Alt = c.Title + ". " + strings.Join(alt, ", ") + ". The figures are in " + c.Name + ".csv."
	note := "Events averted × unit cost; no budget falls by that amount. Unit costs are on the workbook's Assumptions sheet."
	if total.GrossLow != nil {
		note += fmt.Sprintf(" 95%% interval of the total: %s.", number.To(number.WholePounds(*total.GrossLow), number.WholePounds(*total.GrossHigh)))
	}
	if len(unpriced) > 0 {
		note += " Without a price: " + strings.Join(unpriced, ", ") + "."
	}
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 30*float64(len(steps))), rightPad: 76,
		title: c.Title, subtitle: "In " + r.Bill.PriceYear + " prices, " + telling.FollowUp(r.Study.FollowUp),
		key: key, note: notes(r, note)}
	return c, f.render(c, func() *plot.Plot {
		p := rows(names, low-0.02*(high-low)*sign(low), high*1.02, short)
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			for i, s := range steps {
				y := ty(float64(len(steps) - 1 - i))
				fill, label := blue, style(10, s.total, ink)
				label.YAlign = text.YCenter
				if s.total {
					fill = darkBlue
				} else if s.pence < 0 {
					fill = orange
				}
				bar(dc, tx(s.from), tx(s.to), y, 9, fill)
				if i+1 < len(steps) {
					line := draw.LineStyle{Color: second, Width: vg.Points(0.7), Dashes: []vg.Length{2, 2}}
					dc.StrokeLine2(line, tx(s.to), y-9, tx(s.to), ty(float64(len(steps)-2-i))+9)
				}
				words(dc, label, vg.Point{X: max(tx(s.from), tx(s.to)) + 6, Y: y}, number.Pounds(s.pence))
			}
		}))
		return p
	})
}

func sign(x float64) float64 {
	if x < 0 {
		return 1
	}
	return 0
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
		return s + "£" + trim(math.Round(pounds/1e5)/10) + "m"
	case pounds >= 1e3:
		return s + "£" + trim(pounds/1e3) + "k"
	}
	return s + "£" + number.Fixed(pounds, 0)
}
