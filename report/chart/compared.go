package chart

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
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

// compared draws the raw change of the primary activity, that of comparison people, and what is left of the one against the
// other.
func compared(r *release.Released, window, suffix string) (*Chart, error) {
	p := telling.Primary(r)
	if p == nil || p.Arm != arm {
		return nil, nil
	}
	raw := telling.Percent(r, p.Activity, window, arm, p.FollowUp)
	if raw == nil || raw.Value == nil {
		return nil, nil
	}
	c := &Chart{Name: "compared-" + suffix, Rows: [][]string{{"figure", "window", "leads", "percent_change", "low", "high"}}}
	points := []point{{"Raw change", raw.Value, raw.Low, raw.High, darkBlue, true}}
	c.Rows = append(c.Rows, []string{"raw change", window, "", plain(raw.Value), plain(raw.Low), plain(raw.High)})
	var lead *result.Estimate
	for _, e := range telling.Comparisons(r, p.Activity, window) {
		if e.Value == nil || telling.OfEvents(e) {
			continue
		}
		if telling.OfMatched(e) && e.Leads && e.ComparisonChange != nil {
			theirs := telling.PercentOf(e.ComparisonChange)
			points = append(points, point{"Matched comparison people", theirs, nil, nil, grey, false})
			c.Rows = append(c.Rows, []string{"matched comparison people", window, "", plain(theirs), "", ""})
		}
		q := point{telling.Short(e.Method), telling.PercentOf(e.Value), telling.PercentOf(e.Low), telling.PercentOf(e.High), second, e.Leads}
		if e.Leads {
			lead, q.fill = &e, blue
		}
		points = append(points, q)
		c.Rows = append(c.Rows, []string{e.Method, window, fmt.Sprint(e.Leads), plain(q.value), plain(q.low), plain(q.high)})
	}
	return setAgainst{r, c, label(r, p.Activity, window), points, lead, "no comparison leads", "%s against comparison people",
		"Percent change, and how much it differs from that of people without the service",
		[]swatch{{"Against comparison people (leads)", blue, false}, {"Beside only", second, false}},
		"Comparison people tell what would have come anyway as far as they are like the service's people, also in what isn't known."}.draw()
}

// monthsAround draws the rate of the primary activity month by month around the index day.
func monthsAround(r *release.Released) (*Chart, error) { return monthly(r, arm, "months-around") }

// monthsCompared draws the same against comparison people.
func monthsCompared(r *release.Released) (*Chart, error) { return monthly(r, "", "months-compared") }

func monthly(r *release.Released, of, name string) (*Chart, error) {
	p := telling.Primary(r)
	if p == nil || p.Arm != arm {
		return nil, nil
	}
	at := slices.IndexFunc(r.Months, func(m result.MonthByMonth) bool {
		return m.Activity == p.Activity && m.Arm == of && !slices.Contains(m.Hidden, "points") && len(m.Points) > 1
	})
	if at < 0 {
		return nil, nil
	}
	m := r.Months[at]
	c := &Chart{Name: name, Rows: [][]string{{"activity", "unit", m.Unit, "rate", "comparison_rate", "ratio", "low", "high"}}}
	label := telling.Label(r, m.Activity)
	lower, after := 0, 0
	for _, q := range m.Points {
		c.Rows = append(c.Rows, []string{label, m.Unit, fmt.Sprint(q.Month), plain(q.Rate), plain(q.ComparisonRate), plain(q.Value), plain(q.Low), plain(q.High)})
		if q.Month >= 0 && q.Value != nil {
			after++
			if *q.Value < 1 {
				lower++
			}
		}
	}
	if of == arm {
		return c, rates(r, c, m, label, lower, after)
	}
	return c, ratios(r, c, m, label, lower, after)
}

// rates draws events a thousand people and month, before and after the index day.
func rates(r *release.Released, c *Chart, m result.MonthByMonth, label string, lower, after int) error {
	c.Title = fmt.Sprintf("%s: lower in %d of %d %ss after than in %s", label, lower, after, m.Unit, telling.ReferenceMonths(m))
	if m.Refused != "" {
		c.Title = label + " around the index day, " + m.Unit + " by " + m.Unit
	}
	var alt []string
	top := 0.0
	for _, q := range m.Points {
		if q.Rate != nil {
			alt = append(alt, fmt.Sprintf("%s %s: %s", m.Unit, signed(q.Month), number.Fixed(*q.Rate, 0)))
			top = max(top, *q.Rate)
		}
	}
	c.Alt = c.Title + ". Events a thousand people: " + strings.Join(alt, ", ") + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: 3.6 * vg.Inch, title: c.Title,
		subtitle: fmt.Sprintf("Events a thousand people in each %s from the index day; %s people", m.Unit, telling.CountText(m.People)),
		key:      []swatch{{"Before", grey, false}, {"After", blue, false}},
		note:     notes(r, "People come when things are bad: a rise just before the index day and a fall after it come by themselves too.")}
	return f.render(c, func() *plot.Plot {
		drawn := columns(monthTicks(m), 0, top*1.08, func(v float64) string { return number.Fixed(v, 0) })
		drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
			tx, ty := drawn.Transforms(&dc)
			half := (tx(1) - tx(0)) * 0.36
			for i, q := range m.Points {
				if q.Rate == nil {
					continue
				}
				dc.SetColor(monthColor(q.Month))
				box := vg.Rectangle{Min: vg.Point{X: tx(float64(i)) - half, Y: ty(0)}, Max: vg.Point{X: tx(float64(i)) + half, Y: ty(*q.Rate)}}
				dc.Fill(box.Path())
			}
			divide(dc, tx, m)
		}))
		return drawn
	})
}

// ratios draws each month against the reference months, over the same of comparison people.
func ratios(r *release.Released, c *Chart, m result.MonthByMonth, label string, lower, after int) error {
	if m.Refused != "" {
		return nil
	}
	c.Title = fmt.Sprintf("Against comparison people, %s: lower in %d of %d %ss after than in %s", telling.Lower(label), lower, after, m.Unit, telling.ReferenceMonths(m))
	low, high := 0.0, 0.0
	var alt []string
	for _, q := range m.Points {
		for _, v := range []*float64{q.Value, q.Low, q.High} {
			if v != nil {
				low, high = min(low, 100*(*v-1)), max(high, 100*(*v-1))
			}
		}
		if q.Value != nil {
			alt = append(alt, fmt.Sprintf("%s %s: %s", m.Unit, signed(q.Month), number.SignedPercent(*telling.PercentOf(q.Value))))
		}
	}
	high = min(high, 150) // an interval of few events may have no end to look at
	c.Alt = c.Title + ". " + strings.Join(alt, ", ") + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: 3.8 * vg.Inch, title: c.Title,
		subtitle: fmt.Sprintf("Difference from %s in percent, over the same of comparison people", telling.ReferenceMonths(m)),
		key:      []swatch{{"Before", grey, false}, {"After", blue, false}, {"95% interval", nil, true}},
		note:     notes(r, telling.PowerCaveat())}
	return f.render(c, func() *plot.Plot {
		drawn := columns(monthTicks(m), low-5, high+5, func(v float64) string { return number.SignedPercent(v) })
		drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
			tx, ty := drawn.Transforms(&dc)
			y := func(v float64) vg.Length { return ty(min(max(100*(v-1), low-5), high+5)) }
			for i, q := range m.Points {
				if q.Value == nil {
					continue
				}
				x := tx(float64(i))
				if q.Low != nil {
					line := draw.LineStyle{Color: ink, Width: vg.Points(1.1)}
					dc.StrokeLine2(line, x, y(*q.Low), x, y(*q.High))
					for _, end := range []float64{*q.Low, *q.High} {
						dc.StrokeLine2(line, x-2.5, y(end), x+2.5, y(end))
					}
				}
				bar(dc, x-3.5, x+3.5, y(*q.Value), 3.5, monthColor(q.Month))
			}
			divide(dc, tx, m)
		}))
		return drawn
	})
}

func signed(month int) string { return number.Fixed(float64(month), 0) }

func monthTicks(m result.MonthByMonth) []string {
	var names []string
	for _, q := range m.Points {
		names = append(names, signed(q.Month))
	}
	return names
}

// monthColor tells months after the index day from those before.
func monthColor(month int) color.Color {
	if month < 0 {
		return grey
	}
	return blue
}

// divide draws the index day between before and after.
func divide(dc draw.Canvas, tx func(float64) vg.Length, m result.MonthByMonth) {
	for i, q := range m.Points {
		if q.Month == 0 {
			x := tx(float64(i) - 0.5)
			dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1), Dashes: []vg.Length{3, 3}}, x, dc.Min.Y, x, dc.Max.Y)
			label := style(9, false, second)
			words(dc, label, vg.Point{X: x + 4, Y: dc.Max.Y - 2}, "index day")
		}
	}
}

// columns is a plot of upright columns with names below, on a value axis at the left.
func columns(names []string, low, high float64, label func(float64) string) *plot.Plot {
	p := plot.New()
	p.X.Min, p.X.Max = -0.6, float64(len(names))-0.4
	p.Y.Min, p.Y.Max = low, high
	p.Y.Tick.Marker = scale{label}
	unframed(p, style(9.5, false, ink))
	step := 1 + (len(names)-1)/25 // as many as there is room for
	var ticks []plot.Tick
	for i, name := range names {
		if i%step != 0 {
			name = ""
		}
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	p.Add(mark(func(c draw.Canvas, p *plot.Plot) {
		_, ty := p.Transforms(&c)
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			c.StrokeLine2(gridLine(t.Value, high-low), c.Min.X, ty(t.Value), c.Max.X, ty(t.Value))
		}
	}))
	return p
}

// balance draws how alike the groups are, before matching and after: a love plot.
func balance(r *release.Released) (*Chart, error) {
	p := telling.Primary(r)
	if p == nil {
		return nil, nil
	}
	m := telling.MatchingOf(r, p.Activity)
	if m == nil || m.Refused != "" {
		return nil, nil
	}
	c := &Chart{Name: "balance", Rows: [][]string{{"trait", "before", "after"}}}
	var shown []result.Covariate
	worst, most := 0.0, 0.1
	for _, b := range m.Balance {
		if b.SMD == nil || b.MatchedSMD == nil && m.Match != "none" {
			continue
		}
		if b.MatchedSMD == nil { // nobody is matched
			b.MatchedSMD = b.SMD
		}
		shown = append(shown, b)
		c.Rows = append(c.Rows, []string{b.Name, plain(b.SMD), plain(b.MatchedSMD)})
		worst, most = max(worst, math.Abs(*b.MatchedSMD)), max(most, math.Abs(*b.SMD), math.Abs(*b.MatchedSMD))
	}
	if len(shown) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(shown, func(a, b result.Covariate) int {
		return cmp.Compare(math.Abs(*b.SMD), math.Abs(*a.SMD))
	})
	matched := m.Match != "none"
	switch {
	case !matched:
		c.Title = fmt.Sprintf("The groups differ by up to %s standard deviations in what was known before", number.Fixed(worst, 2))
	case worst <= 0.1:
		c.Title = "Matched people are alike in all that was known before"
	default:
		c.Title = fmt.Sprintf("Matched people still differ by up to %s standard deviations", number.Fixed(worst, 2))
	}
	var alt []string
	for _, b := range shown {
		alt = append(alt, fmt.Sprintf("%s %s before, %s after", b.Name, number.Fixed(*b.SMD, 2), number.Fixed(*b.MatchedSMD, 2)))
	}
	c.Alt = c.Title + ". " + strings.Join(alt, "; ") + ". The figures are in " + c.Name + ".csv."
	key := []swatch{{"Before matching", grey, false}, {"After", blue, false}}
	if !matched {
		key = []swatch{{"Standardised difference", blue, false}}
	}
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(140 + 26*float64(len(shown))), rightPad: 12, title: c.Title,
		subtitle: "Standardised difference of the service's people from comparison people", key: key,
		note: notes(r, "Up to 0.1 either way (dashed) is alike. Nothing makes people alike in what isn't known.")}
	return c, f.render(c, func() *plot.Plot {
		var names []string
		for _, b := range shown {
			names = append(names, b.Name)
		}
		drawn := rowsOf(190, names, -most*1.1, most*1.1, func(v float64) string { return number.Fixed(v, 2) })
		drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
			tx, ty := drawn.Transforms(&dc)
			for _, v := range []float64{-0.1, 0.1} {
				dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(0.8), Dashes: []vg.Length{3, 3}}, tx(v), dc.Min.Y, tx(v), dc.Max.Y)
			}
			for i, b := range shown {
				y := ty(float64(len(shown) - 1 - i))
				if matched {
					dc.StrokeLine2(draw.LineStyle{Color: faint, Width: vg.Points(1.5)}, tx(*b.SMD), y, tx(*b.MatchedSMD), y)
					bar(dc, tx(*b.SMD)-4, tx(*b.SMD)+4, y, 4, grey)
				}
				bar(dc, tx(*b.MatchedSMD)-4, tx(*b.MatchedSMD)+4, y, 4, blue)
			}
		}))
		return drawn
	})
}

// series draws a monthly series with what was fitted, and what it was about to be.
func series(r *release.Released) (*Chart, error) {
	i := r.Interrupted
	if i == nil || i.Refused != "" || len(i.Points) == 0 {
		return nil, nil
	}
	c := &Chart{Name: "series", Rows: [][]string{{"month", "count", "control", "fitted", "expected"}}}
	top, start := 0.0, 0
	for k, p := range i.Points {
		c.Rows = append(c.Rows, []string{p.Month, plain(p.Count), plain(p.Control), plain(p.Fitted), plain(p.Expected)})
		for _, v := range []*float64{p.Count, p.Fitted, p.Expected} {
			if v != nil {
				top = max(top, *v)
			}
		}
		if p.Expected == nil {
			start = k + 1
		}
	}
	label := telling.Label(r, i.Activity)
	c.Title = label + ", month by month"
	subtitle := "Events a month"
	if e := telling.SeriesLead(r); e != nil {
		as := "than the series was about to be"
		if i.Controlled {
			as = "than its course and the control series led to expect"
		}
		c.Title = fmt.Sprintf("%s from %s on: %s %s", label, i.Start, number.Fewer(*telling.PercentOf(e.Value)), as)
		if e.Low != nil && *e.Low <= 1 && *e.High >= 1 {
			c.Title = fmt.Sprintf("%s from %s on: no difference from its course can be told from chance", label, i.Start)
		}
		if e.Low != nil {
			subtitle += fmt.Sprintf("; 95%% interval %s", number.FewerInterval(*telling.PercentOf(e.Low), *telling.PercentOf(e.High)))
		}
	}
	c.Alt = c.Title + fmt.Sprintf(". %d months, %d of them before. The figures are in %s.csv.", i.Months, i.Before, c.Name)
	note := "One series can't tell the service from anything else that began then."
	if i.Controlled {
		note = "The control series is taken to have been struck by everything else that struck this one."
	}
	f := frame{width: 7.2 * vg.Inch, height: 3.8 * vg.Inch, title: c.Title, subtitle: subtitle,
		key: []swatch{{"Observed", grey, false}, {"Fitted", blue, false}, {"About to be", orange, false}}, note: notes(r, note)}
	return c, f.render(c, func() *plot.Plot {
		var names []string
		step := 12 * (1 + len(i.Points)/200)
		for k, p := range i.Points {
			name := ""
			if k%step == 0 {
				name = p.Month
			}
			names = append(names, name)
		}
		drawn := columns(nil, 0, top*1.06, func(v float64) string { return number.Fixed(v, 0) })
		drawn.X.Max = float64(len(names)) - 0.4
		var ticks []plot.Tick
		for k, name := range names {
			if name != "" && k > 0 && (len(i.Points) < 72 || k%(2*step) == 0) {
				ticks = append(ticks, plot.Tick{Value: float64(k), Label: name})
			}
		}
		drawn.X.Tick.Marker = plot.ConstantTicks(ticks)
		drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
			tx, ty := drawn.Transforms(&dc)
			for k, p := range i.Points {
				if p.Count != nil {
					bar(dc, tx(float64(k))-1.8, tx(float64(k))+1.8, ty(*p.Count), 1.8, grey)
				}
			}
			line := func(of func(result.SeriesPoint) *float64, colour color.Color, dashes []vg.Length) {
				for k := 1; k < len(i.Points); k++ {
					a, b := of(i.Points[k-1]), of(i.Points[k])
					if a != nil && b != nil && (k != start || colour == color.Color(orange)) {
						dc.StrokeLine2(draw.LineStyle{Color: colour, Width: vg.Points(1.6), Dashes: dashes}, tx(float64(k-1)), ty(*a), tx(float64(k)), ty(*b))
					}
				}
			}
			line(func(p result.SeriesPoint) *float64 { return p.Fitted }, blue, nil)
			line(func(p result.SeriesPoint) *float64 { return p.Expected }, orange, []vg.Length{4, 2})
			x := tx(float64(start) - 0.5)
			dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1), Dashes: []vg.Length{3, 3}}, x, dc.Min.Y, x, dc.Max.Y)
			s := style(9, false, second)
			s.YAlign = text.YCenter
			words(dc, s, vg.Point{X: x - s.Width("start") - 5, Y: dc.Max.Y - 6}, "start")
		}))
		return drawn
	})
}
