// Package chart draws what may leave: SVG and PNG with a title that says the finding, the figures as a
// table, and alt text. The same figures give the same bytes.
package chart

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Chart is one picture in its forms. Rows are the figures behind it, header first.
type Chart struct {
	Name     string // the files' name, without ending
	Title    string
	Alt      string
	SVG, PNG []byte
	Rows     [][]string
}

// The colours of report-notes.md section 4, with their contrast to white.
var (
	blue     = color.RGBA{0x00, 0x5E, 0xB8, 0xFF} // after, difference: 6.4
	darkBlue = color.RGBA{0x00, 0x30, 0x87, 0xFF} // totals, headings: 11.9
	orange   = color.RGBA{0xD5, 0x73, 0x0A, 0xFF} // a rise, a cost: 3.3
	grey     = color.RGBA{0x76, 0x86, 0x92, 0xFF} // before: 3.8
	ink      = color.RGBA{0x21, 0x2B, 0x32, 0xFF}
	second   = color.RGBA{0x4C, 0x62, 0x72, 0xFF}
	faint    = color.RGBA{0xD8, 0xDD, 0xE0, 0xFF}
)

// dpi is the PNG's resolution.
const dpi = 200

// frame is a picture's bands: title, subtitle and key above the plot, a note below it.
type frame struct {
	width, height         vg.Length
	title, subtitle, note string
	key                   []swatch
	rightPad              vg.Length // room for labels behind the bars
}

// swatch is one entry of the key.
type swatch struct {
	label string
	fill  color.Color
	line  bool // a whisker in place of a box
}

// mark draws on the plot's own area.
type mark func(c draw.Canvas, p *plot.Plot)

// Plot makes a mark a plotter.
func (m mark) Plot(c draw.Canvas, p *plot.Plot) { m(c, p) }

func style(size float64, bold bool, colour color.Color) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
	if bold {
		f.Weight = 3 // font.WeightBold
	}
	return text.Style{Color: colour, Font: f, Handler: plot.DefaultTextHandler, YAlign: text.YTop}
}

// wrap breaks a text into lines no wider than width.
func wrap(words string, s text.Style, width vg.Length) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(words) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && s.Width(longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	return append(lines, line)
}

// atMost keeps so many lines and cuts what is wider than the width, each with an ellipsis.
func atMost(lines []string, n int, s text.Style, width vg.Length) []string {
	kept := slices.Clone(lines[:min(n, len(lines))])
	for i, line := range kept {
		cut := i == n-1 && len(lines) > n
		letters := []rune(line)
		for s.Width(line) > width && len(letters) > 1 && s.Width(string(letters)+"…") > width {
			letters, cut = letters[:len(letters)-1], true
		}
		if cut {
			kept[i] = strings.TrimRight(string(letters), " ,.;:") + "…"
		}
	}
	return kept
}

// draw draws the bands and the plot between them.
func (f frame) draw(canvas vg.CanvasSizer, p *plot.Plot) {
	dc := draw.New(canvas)
	dc.SetColor(color.White)
	dc.Fill(dc.Rectangle.Path())
	const pad = 14
	x, y := dc.Min.X+pad, dc.Max.Y-pad
	width := dc.Max.X - dc.Min.X - 2*pad
	band := func(words string, s text.Style, leading float64) {
		for _, line := range wrap(words, s, width) {
			dc.FillText(s, vg.Point{X: x, Y: y}, line)
			y -= vg.Points(leading)
		}
	}
	band(f.title, style(14, true, darkBlue), 18)
	band(f.subtitle, style(10.5, false, second), 14)
	y -= 3
	at := x
	for _, k := range f.key {
		s := style(10, false, ink)
		mid := y - 5
		if k.line {
			whisker(dc, at, at+16, mid, ink)
		} else {
			dc.SetColor(k.fill)
			box := vg.Rectangle{Min: vg.Point{X: at, Y: mid - 5}, Max: vg.Point{X: at + 16, Y: mid + 5}}
			dc.Fill(box.Path())
		}
		dc.FillText(s, vg.Point{X: at + 21, Y: y}, k.label)
		at += 21 + s.Width(k.label) + 18
	}
	y -= 20
	note := style(9, false, second)
	lines := wrap(f.note, note, width)
	bottom := dc.Min.Y + pad + vg.Length(len(lines))*12
	for i, line := range lines {
		dc.FillText(note, vg.Point{X: x, Y: bottom - vg.Length(i)*12}, line)
	}
	p.BackgroundColor = color.Transparent
	p.Draw(draw.Canvas{Canvas: dc.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: x, Y: bottom + 10}, Max: vg.Point{X: dc.Max.X - pad - f.rightPad, Y: y}}})
}

// whisker draws an interval from left to right with ends.
func whisker(c draw.Canvas, left, right, y vg.Length, colour color.Color) {
	line := draw.LineStyle{Color: colour, Width: vg.Points(1.2)}
	c.StrokeLine2(line, left, y, right, y)
	c.StrokeLine2(line, left, y-3, left, y+3)
	c.StrokeLine2(line, right, y-3, right, y+3)
}

// render writes the picture in both forms.
func (f frame) render(c *Chart, make func() *plot.Plot) error {
	svg := vgsvg.New(f.width, f.height)
	f.draw(svg, make())
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil {
		return fmt.Errorf("drawing %s: %w", c.Name, err)
	}
	c.SVG = accessible(b.Bytes(), c)
	img := vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(dpi))
	f.draw(img, make())
	var raster bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: img}).WriteTo(&raster); err != nil {
		return fmt.Errorf("drawing %s: %w", c.Name, err)
	}
	c.PNG = raster.Bytes()
	return nil
}

// accessible gives an SVG a role, a title and a description, and fonts that exist elsewhere.
func accessible(svg []byte, c *Chart) []byte {
	s := strings.ReplaceAll(string(svg), "font-family:Liberation Sans", "font-family:Arial,'Liberation Sans',Helvetica,sans-serif")
	at := strings.Index(s, "<svg")
	end := at + strings.Index(s[at:], ">")
	head := fmt.Sprintf(` role="img" aria-labelledby="%s-title %s-desc"`, c.Name, c.Name)
	body := fmt.Sprintf("\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>", c.Name, html.EscapeString(c.Title), c.Name, html.EscapeString(c.Alt))
	return []byte(s[:end] + head + ">" + body + s[end+1:])
}

// scale is a 1-2-2.5-5 axis from its least to its greatest value.
type scale struct{ label func(float64) string }

// Ticks are at most seven round steps.
func (s scale) Ticks(low, high float64) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10((high-low)/6)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if (high-low)/(step*m) <= 6 {
			step *= m
			break
		}
	}
	var ticks []plot.Tick
	for v := math.Ceil(low/step) * step; v <= high+step/1000; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: s.label(v + 0)})
	}
	return ticks
}

// rows is a plot of horizontal rows with names, the first on top, on a value axis.
func rows(names []string, low, high float64, label func(float64) string) *plot.Plot {
	return rowsOf(120, names, low, high, label)
}

// rowsOf is [rows] with room for names of so many points.
func rowsOf(room float64, names []string, low, high float64, label func(float64) string) *plot.Plot {
	p := plot.New()
	p.X.Min, p.X.Max = low, high
	p.Y.Min, p.Y.Max = -0.5, float64(len(names))-0.5
	p.X.Tick.Marker = scale{label}
	s := style(10, false, ink)
	unframed(p, s)
	var ticks []plot.Tick
	for i, name := range names {
		lines := wrap(name, s, vg.Points(room))
		if first, second, two := strings.Cut(name, "\n"); two { // each a line of its own
			lines = append(atMost(wrap(first, s, vg.Points(room)), 1, s, vg.Points(room)), second)
		}
		label := strings.Join(atMost(lines, 2, s, vg.Points(room)), "\n")
		ticks = append(ticks, plot.Tick{Value: float64(len(names) - 1 - i), Label: label})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Add(mark(func(c draw.Canvas, p *plot.Plot) {
		tx, _ := p.Transforms(&c)
		for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			c.StrokeLine2(gridLine(t.Value, high-low), tx(t.Value), c.Min.Y, tx(t.Value), c.Max.Y)
		}
	}))
	return p
}

// unframed takes the lines of a plot's axes away, and writes their labels in a style.
func unframed(p *plot.Plot, s draw.TextStyle) {
	p.X.LineStyle.Width, p.X.Tick.Length, p.Y.LineStyle.Width, p.Y.Tick.Length = 0, 0, 0, 0
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Tick.Label.Font, p.X.Tick.Label.Color = s.Font, s.Color
	p.Y.Tick.Label.Font, p.Y.Tick.Label.Color = s.Font, s.Color
}

// gridLine is the line at a value of an axis of that span: that at 0 is darker.
func gridLine(at, span float64) draw.LineStyle {
	line := draw.LineStyle{Color: faint, Width: vg.Points(0.7)}
	if math.Abs(at) < 1e-9*span {
		line.Color = second
	}
	return line
}

func bar(c draw.Canvas, from, to, y, half vg.Length, fill color.Color) {
	c.SetColor(fill)
	box := vg.Rectangle{Min: vg.Point{X: min(from, to), Y: y - half}, Max: vg.Point{X: max(from, to), Y: y + half}}
	c.Fill(box.Path())
}

// words writes a label on a white plate, so that no grid line runs through it.
func words(c draw.Canvas, s text.Style, at vg.Point, label string) {
	c.SetColor(color.White)
	plate := vg.Rectangle{Min: vg.Point{X: at.X - 2, Y: at.Y - 7}, Max: vg.Point{X: at.X + s.Width(label) + 2, Y: at.Y + 7}}
	c.Fill(plate.Path())
	c.FillText(s, at, label)
}
