package chart

import (
	"fmt"
	"math"
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
		for _, make := range []func(*release.Released, string, string) (*Chart, error){beforeAfter, waterfall, tornado, attribution, cameAnyway, compared} {
			c, err := make(r, w.Label, name)
			if err != nil {
				return nil, err
			}
			if c != nil {
				charts = append(charts, *c)
			}
		}
	}
	for _, make := range []func(*release.Released) (*Chart, error){monthsAround, monthsCompared, balance, series, dumbbell, persistence, concentration, flow, reached, referrals, ages, reasons, contacts, onward} {
		c, err := make(r)
		if err != nil {
			return nil, err
		}
		if c != nil {
			charts = append(charts, *c)
		}
	}
	for _, make := range []func(*release.Released) ([]Chart, error){funnels, states, surveys} {
		list, err := make(r)
		if err != nil {
			return nil, err
		}
		charts = append(charts, list...)
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
		if float64(*x.Percent.After) < *x.Percent.Expected && (x.Percent.High == nil || *x.Percent.High < 0) { // and not by chance alone
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
