package chart

import (
	"fmt"
	"strings"

	"averted/report/number"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Error is how far two figures of one simulated case are off the truth, in points of percent: without an allowance, and
// with what leads. Leads is nil where nothing leads. A case with a name alone is a heading.
type Error struct {
	Name       string
	Raw, Leads *float64
}

// Errors draws how far figures are off, a row a case: for a page of the docs.
func Errors(name, title, subtitle, note string, cases []Error) (*Chart, error) {
	c := &Chart{Name: name, Title: title, Rows: [][]string{{"case", "raw_points", "leading_points"}}}
	low, high := 0.0, 0.0
	var names, alt []string
	for _, e := range cases {
		names = append(names, e.Name)
		for _, v := range []*float64{e.Raw, e.Leads} {
			if v != nil {
				low, high = min(low, *v), max(high, *v)
			}
		}
		if e.Raw == nil {
			alt = append(alt, e.Name+":")
			continue
		}
		c.Rows = append(c.Rows, []string{e.Name, plain(e.Raw), plain(e.Leads)})
		alt = append(alt, fmt.Sprintf("%s raw %s, %s", e.Name, points(e.Raw), leading(e.Leads)))
	}
	c.Alt = title + ". " + strings.Join(alt, "; ") + "."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 16*float64(len(cases))), rightPad: 90, title: title, subtitle: subtitle,
		key: []swatch{{"Raw change", grey, false}, {"What leads", blue, false}}, note: note}
	return c, f.render(c, func() *plot.Plot {
		room := 0.03 * (high - low)
		p := rows(names, low-room, high+room, func(v float64) string { return points(&v) })
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			for _, limit := range []float64{-5, 5} {
				dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(0.7), Dashes: []vg.Length{2, 2}}, tx(limit), dc.Min.Y, tx(limit), dc.Max.Y)
			}
			dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1)}, tx(0), dc.Min.Y, tx(0), dc.Max.Y)
			for i, e := range cases {
				if e.Raw == nil {
					continue
				}
				y := ty(float64(len(cases) - 1 - i))
				if e.Leads != nil {
					dc.StrokeLine2(draw.LineStyle{Color: grey, Width: vg.Points(1)}, tx(*e.Raw), y, tx(*e.Leads), y)
				}
				bar(dc, tx(*e.Raw)-3.5, tx(*e.Raw)+3.5, y, 3.5, grey)
				if e.Leads != nil {
					bar(dc, tx(*e.Leads)-3.5, tx(*e.Leads)+3.5, y, 3.5, blue)
				}
				label := style(9, false, ink)
				label.YAlign = text.YCenter
				words(dc, label, vg.Point{X: dc.Max.X + 6, Y: y}, leading(e.Leads))
			}
		}))
		return p
	})
}

func points(v *float64) string {
	if *v > -0.05 && *v < 0.05 {
		return "0"
	}
	return strings.TrimSuffix(number.SignedPercent(*v), "%")
}

func leading(v *float64) string {
	if v == nil {
		return "nothing leads"
	}
	return points(v) + " points"
}
