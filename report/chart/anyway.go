package chart

import (
	"fmt"
	"image/color"
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

// point is one row of a picture of changes in percent.
type point struct {
	name             string
	value, low, high *float64
	fill             color.Color
	bold             bool
}

// cameAnyway draws the raw change of the primary activity beside what is left of it by each method of what would have come
// anyway.
func cameAnyway(r *release.Released, window, suffix string) (*Chart, error) {
	p := telling.Primary(r)
	if p == nil || p.Arm != arm {
		return nil, nil
	}
	raw := telling.Percent(r, p.Activity, window, arm, p.FollowUp)
	methods := telling.Expectations(r, p.Activity, window)
	if raw == nil || raw.Value == nil {
		return nil, nil
	}
	c := &Chart{Name: "came-anyway-" + suffix, Rows: [][]string{{"figure", "window", "leads", "percent_change", "low", "high", "rule_alone"}}}
	points := []point{{"Raw change", raw.Value, raw.Low, raw.High, darkBlue, true}}
	c.Rows = append(c.Rows, []string{"raw change", window, "", plain(raw.Value), plain(raw.Low), plain(raw.High), ""})
	var lead *result.Estimate
	for i, e := range methods {
		if e.Value == nil {
			continue
		}
		q := point{telling.Short(e.Method), telling.PercentOf(e.Value), telling.PercentOf(e.Low), telling.PercentOf(e.High), grey, e.Leads}
		if e.Leads {
			lead, q.fill = &methods[i], blue
		}
		points = append(points, q)
		c.Rows = append(c.Rows, []string{e.Method, window, fmt.Sprint(e.Leads), plain(q.value), plain(q.low), plain(q.high), plain(e.RuleAlone)})
	}
	return setAgainst{r, c, label(r, p.Activity, window), points, lead, "what would have come anyway can't be told", "left is %s against what would have come anyway",
		"Percent change, and what is left of it when what would have come without the service is allowed for",
		[]swatch{{"What is left (leads)", blue, false}, {"What is left (beside only)", grey, false}},
		"People who are chosen because they used much fall back by themselves. What is left is a change against what would have come anyway, not an effect."}.draw()
}

// setAgainst is a picture of a raw change, the first of the points, and of what is set against it.
type setAgainst struct {
	r              *release.Released
	c              *Chart
	of             string // the activity and window
	points         []point
	lead           *result.Estimate
	nothing, leads string // the title's end where nothing leads, and where something does, with its percent
	subtitle       string
	key            []swatch // of what leads, and of what stands beside
	note           string
}

func label(r *release.Released, activity, window string) string {
	return telling.Label(r, activity) + " over " + window
}

// draw draws the points; nothing where the raw change stands alone.
func (a setAgainst) draw() (*Chart, error) {
	if len(a.points) == 1 {
		return nil, nil
	}
	c, end := a.c, a.nothing
	key := []swatch{{"Raw change", darkBlue, false}}
	if a.lead != nil {
		end = fmt.Sprintf(a.leads, number.SignedPercent(*telling.PercentOf(a.lead.Value)))
		key = append(key, a.key[0])
	}
	key = append(key, a.key[1], swatch{"95% interval", nil, true})
	c.Title = fmt.Sprintf("%s: raw %s; %s", a.of, number.SignedPercent(*a.points[0].value), end)
	c.Alt = c.Title + ". " + altPoints(a.points) + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 30*float64(len(a.points))), rightPad: 132, title: c.Title,
		subtitle: a.subtitle, key: key, note: notes(a.r, a.note)}
	return c, f.render(c, func() *plot.Plot { return forest(a.points) })
}

// altPoints is the rows of a picture in words.
func altPoints(points []point) string {
	var parts []string
	for _, q := range points {
		parts = append(parts, q.name+" "+pointText(q))
	}
	return strings.Join(parts, "; ")
}

// forest is rows of changes in percent with their intervals.
func forest(points []point) *plot.Plot {
	low, high := 0.0, 0.0
	var names []string
	for _, q := range points {
		names = append(names, q.name)
		for _, v := range []*float64{q.value, q.low, q.high} {
			if v != nil {
				low, high = min(low, *v), max(high, *v)
			}
		}
	}
	room := 0.04 * (high - low)
	drawn := rows(names, low-room, high+room, func(v float64) string { return number.SignedPercent(v) })
	drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
		tx, ty := drawn.Transforms(&dc)
		dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1)}, tx(0), dc.Min.Y, tx(0), dc.Max.Y)
		for i, q := range points {
			y := ty(float64(len(points) - 1 - i))
			at, end := tx(*q.value), tx(*q.value)
			if q.low != nil && q.high != nil {
				whisker(dc, tx(*q.low), tx(*q.high), y, ink)
				end = tx(*q.high)
			}
			bar(dc, at-4, at+4, y, 4, q.fill)
			label := style(10, q.bold, ink)
			label.YAlign = text.YCenter
			words(dc, label, vg.Point{X: max(end, tx(0)) + 6, Y: y}, pointText(q))
		}
	}))
	return drawn
}

func pointText(q point) string {
	return telling.ChangeText(&result.Estimate{Value: q.value, Low: q.low, High: q.high})
}
