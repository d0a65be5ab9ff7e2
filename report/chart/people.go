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

// flow draws how many of the service's people are left at each step to the figures that lead.
func flow(r *release.Released) (*Chart, error) {
	w := telling.Main(r).Label
	a := amounts{c: &Chart{Name: "people-flow"}, subtitle: "People of the service at each step, " + w, axis: counted, header: []string{"step", "window", "people", "left", "why"}, right: 150, room: 170,
		note: "Steps at which nobody left, or so few that it is not shown, stand in the workbook only."}
	add := func(b result.Box) {
		if b.People == nil {
			return
		}
		label, out := number.Count(*b.People), ""
		if b.Out != nil && *b.Out > 0 {
			label += fmt.Sprintf(" (%s left)", number.Count(*b.Out))
			out = fmt.Sprint(*b.Out)
		} else if len(a.list) > 0 {
			return
		}
		name := number.Sentence(b.Step)
		if out != "" && b.Why != "" {
			name = number.Sentence(b.Step) + "\n" + b.Why
		}
		a.list = append(a.list, amount{name, float64(*b.People), nil, label, []string{b.Step, b.Window, fmt.Sprint(*b.People), out, b.Why}})
	}
	for _, b := range r.Flow {
		if b.Arm == arm && (b.Window == "" || b.Window == w) {
			add(b)
		}
	}
	if len(a.list) < 3 {
		return nil, nil
	}
	first, last := a.list[0], a.list[len(a.list)-1]
	a.c.Title = fmt.Sprintf("Of %s people of the service %s stand in the figures of %s", strings.SplitN(first.label, " ", 2)[0], strings.SplitN(last.label, " ", 2)[0], w)
	a.tall = true
	return a.draw(r)
}

// perHundred is how many people the events of a dumbbell are of.
const perHundred = 100

// dumbbell draws events of a hundred people, expected and after, by activity.
func dumbbell(r *release.Released) (*Chart, error) {
	w := telling.Main(r)
	var list []telling.Change
	for _, x := range shown(r, w.Label) {
		if x.Percent.People != nil && *x.Percent.People > 0 {
			list = append(list, x)
		}
	}
	if len(list) < 2 {
		return nil, nil
	}
	c := &Chart{Name: "dumbbell", Rows: [][]string{{"activity", "window", "people", "expected_per_100", "after_per_100", "percent_change"}}}
	rate := func(x telling.Change, n float64) float64 { return perHundred * n / float64(*x.Percent.People) }
	var names, alt []string
	top := 0.0
	for _, x := range list {
		before, after := rate(x, *x.Percent.Expected), rate(x, float64(*x.Percent.After))
		names, top = append(names, x.Label()), max(top, before, after)
		alt = append(alt, fmt.Sprintf("%s from %s to %s", x.Label(), number.Fixed(before, 0), number.Fixed(after, 0)))
		c.Rows = append(c.Rows, []string{x.Label(), w.Label, fmt.Sprint(*x.Percent.People), plain(&before), plain(&after), plain(x.Percent.Value)})
	}
	most := slices.MaxFunc(list, func(a, b telling.Change) int {
		return int(rate(a, *a.Percent.Expected)*1000) - int(rate(b, *b.Percent.Expected)*1000)
	})
	c.Title = fmt.Sprintf("Of 100 people: %s %s expected and %s after over %s", number.Fixed(rate(most, *most.Percent.Expected), 0), telling.Lower(most.Label()), number.Fixed(rate(most, float64(*most.Percent.After)), 0), w.Label)
	c.Alt = c.Title + ". Events of 100 people: " + strings.Join(alt, "; ") + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 30*float64(len(list))), rightPad: 70, title: c.Title, subtitle: "Events of 100 people, expected at their own earlier rate and after",
		key: []swatch{{"Expected", grey, false}, {"After", blue, false}}, note: notes(r, "A change, not an effect. The percent change stands behind each row; its interval stands with the bars of before and after.")}
	return c, f.render(c, func() *plot.Plot {
		p := rowsOf(150, names, 0, top*1.04, counted)
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			label := style(10, true, ink)
			label.YAlign = text.YCenter
			for i, x := range list {
				y := ty(float64(len(list) - 1 - i))
				before, after := tx(rate(x, *x.Percent.Expected)), tx(rate(x, float64(*x.Percent.After)))
				dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(2)}, before, y, after, y)
				bar(dc, before-5, before+5, y, 5, grey)
				bar(dc, after-5, after+5, y, 5, blue)
				if x.Percent.Value != nil {
					words(dc, label, vg.Point{X: max(before, after) + 10, Y: y}, number.SignedPercent(*x.Percent.Value))
				}
			}
		}))
		return p
	})
}

// persistence draws the primary change by stage of the window after.
func persistence(r *release.Released) (*Chart, error) {
	p := telling.Primary(r)
	if p == nil {
		return nil, nil
	}
	c := &Chart{Name: "persistence", Rows: [][]string{{"stage", "window", "percent_change", "low", "high"}}}
	var points []point
	for _, e := range r.Estimates {
		if e.Stage == "" || e.Activity != p.Activity || e.Window != p.Window || e.Arm != p.Arm || e.FollowUp != p.FollowUp || e.Value == nil {
			continue
		}
		q := point{number.Sentence(e.Stage), telling.PercentOf(e.Value), telling.PercentOf(e.Low), telling.PercentOf(e.High), blue, true}
		points = append(points, q)
		c.Rows = append(c.Rows, []string{e.Stage, p.Window, plain(q.value), plain(q.low), plain(q.high)})
	}
	if len(points) < 2 {
		return nil, nil
	}
	first, last := points[0], points[len(points)-1]
	c.Title = fmt.Sprintf("%s: %s in %s and %s in %s", telling.Label(r, p.Activity), number.SignedPercent(*first.value), telling.Lower(first.name), number.SignedPercent(*last.value), telling.Lower(last.name))
	c.Alt = c.Title + ". " + altPoints(points) + ". The figures are in " + c.Name + ".csv."
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 30*float64(len(points))), rightPad: 132, title: c.Title, subtitle: "Percent change against the people's own earlier rate, by stage of the " + p.Window + " after",
		key: []swatch{{"Change", blue, false}, {"95% interval", nil, true}}, note: notes(r, "Every stage is set against the same earlier rate. Use is highest just before people come, so some fall comes by itself.")}
	return c, f.render(c, func() *plot.Plot { return forest(points) })
}

// concentration draws what share of events the people with most of them have.
func concentration(r *release.Released) (*Chart, error) {
	w := telling.Main(r).Label
	a := amounts{c: &Chart{Name: "concentration"}, axis: number.Percent, first: "Before", second: "After", earlier: true, header: []string{"activity", "window", "top_people", "percent_before", "percent_after"}, right: 130, room: 150,
		note: "The people with most events before and after together: the top 5%, at least eight. Where few people have much, the figure hangs on them."}
	top := int64(0)
	for _, x := range r.Concentration {
		if x.Arm != arm || x.Window != w || x.Top == nil || x.ShareBefore == nil || x.ShareAfter == nil {
			continue
		}
		top = *x.Top
		a.list = append(a.list, amount{telling.Label(r, x.Activity), *x.ShareBefore, x.ShareAfter, number.Percent(*x.ShareBefore) + ", then " + number.Percent(*x.ShareAfter), []string{telling.Label(r, x.Activity), w, fmt.Sprint(*x.Top), plain(x.ShareBefore), plain(x.ShareAfter)}})
	}
	if len(a.list) == 0 {
		return nil, nil
	}
	a.subtitle = fmt.Sprintf("Percent of all events that the %s people with most of them have, %s", number.Count(top), w)
	a.c.Title = fmt.Sprintf("The top 5%% of people have %s of %s before", number.Percent(a.list[0].value), telling.Lower(a.list[0].name))
	return a.draw(r)
}
