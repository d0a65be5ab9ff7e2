package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// part is one part of a stacked row.
type part struct {
	share float64 // percent of the row
	fill  color.Color
	ink   color.Color
}

// stacks draws rows of parts that add to 100 percent; from puts 0 between parts, with those before it to the left.
func stacks(r *release.Released, c *Chart, subtitle, note string, key []swatch, names []string, list [][]part, from int, labels []string) error {
	f := frame{width: 7.2 * vg.Inch, height: vg.Points(150 + 25*float64(len(names))), rightPad: 70, title: c.Title, subtitle: subtitle, key: key, note: notes(r, note)}
	low, high := 0.0, 100.0
	if from >= 0 {
		low, high = 0, 0
		for _, row := range list {
			left := 0.0
			for _, p := range row[:min(from, len(row))] {
				left += p.share
			}
			low, high = min(low, -left), max(high, 100-left)
		}
	}
	return f.render(c, func() *plot.Plot {
		p := rowsOf(190, names, low, high, func(v float64) string { return number.Percent(math.Abs(v)) })
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			for i, row := range list {
				y := ty(float64(len(list) - 1 - i))
				at := 0.0
				if from >= 0 {
					for _, q := range row[:min(from, len(row))] {
						at -= q.share
					}
				}
				for _, q := range row {
					bar(dc, tx(at), tx(at+q.share), y, 8, q.fill)
					if inside := number.Percent(q.share); q.share >= 7 {
						s := style(9, true, q.ink)
						s.XAlign, s.YAlign = text.XCenter, text.YCenter
						dc.FillText(s, vg.Point{X: (tx(at) + tx(at+q.share)) / 2, Y: y}, inside)
					}
					at += q.share
				}
				if labels != nil {
					s := style(9, false, second)
					s.YAlign = text.YCenter
					words(dc, s, vg.Point{X: dc.Max.X + 6, Y: y}, labels[i])
				}
			}
			if from >= 0 {
				dc.StrokeLine2(draw.LineStyle{Color: ink, Width: vg.Points(1)}, tx(0), dc.Min.Y, tx(0), dc.Max.Y)
			}
		}))
		return p
	})
}

// shades are the fills of ordered answers or states, from the worst to the best, with ink that is read on them.
func shades(n int, favourable []bool) []part {
	bad := []color.RGBA{{0xD5, 0x73, 0x0A, 0xFF}, {0xF0, 0xC0, 0x8A, 0xFF}}
	good := []color.RGBA{{0xCC, 0xDF, 0xF1, 0xFF}, {0x5C, 0x97, 0xD0, 0xFF}, {0x00, 0x5E, 0xB8, 0xFF}}
	first := slices.Index(favourable, true)
	if first < 0 {
		first = n
	}
	list := make([]part, n)
	for i := range list {
		if i < first {
			list[i].fill, list[i].ink = bad[min(1, i)], ink
			if first == 1 {
				list[i].fill = bad[0]
			}
			continue
		}
		at := len(good) - 1
		if of := n - first; of > 1 {
			at = (i - first) * (len(good) - 1) / (of - 1)
		}
		list[i].fill, list[i].ink = good[at], ink
		if at == len(good)-1 {
			list[i].ink = color.White
		}
	}
	return list
}

// ordered are the fills of states from the worst to the best, with ink that is read on them: the worst orange, those between from grey to
// light blue, the best blue.
func ordered(n int) []part {
	between := []color.RGBA{{0xE3, 0xE7, 0xEA, 0xFF}, {0xCC, 0xDF, 0xF1, 0xFF}, {0x9C, 0xC1, 0xE4, 0xFF}}
	list := make([]part, n)
	for i := range list {
		list[i] = part{0, between[min(max(i-1, 0), len(between)-1)], ink}
	}
	list[0].fill = orange
	list[n-1] = part{0, blue, color.White}
	return list
}

// states draws how many people were in each state at first and at review, by area.
func states(r *release.Released) ([]Chart, error) {
	var list []Chart
	for i, o := range r.Outcomes {
		if len(o.States) < 2 {
			continue
		}
		c := &Chart{Name: fmt.Sprintf("states-%d", i+1), Rows: [][]string{{"area", "when", "state", "people", "percent"}}}
		tones := ordered(len(o.States))
		var names, labels, alt []string
		var rows [][]part
		fell, areas := 0, 0
		for _, a := range o.Areas {
			if a.Indicator != "" || a.Before == nil || slices.Contains(a.Before, nil) || slices.Contains(a.After, nil) {
				continue
			}
			areas++
			if *a.After[0] < *a.Before[0] {
				fell++
			}
			name := a.Area
			if name == "" {
				name = o.Label
			}
			for k, side := range [][]*int64{a.Before, a.After} {
				when := []string{"at first", "at review"}[k]
				total := int64(0)
				for _, n := range side {
					total += *n
				}
				var row []part
				for s, n := range side {
					p := tones[s]
					p.share = 100 * float64(*n) / float64(max(1, total))
					row = append(row, p)
					c.Rows = append(c.Rows, []string{name, when, o.States[s], fmt.Sprint(*n), plain(&p.share)})
				}
				names, rows, labels = append(names, name+", "+when), append(rows, row), append(labels, "n = "+number.Count(total))
				alt = append(alt, fmt.Sprintf("%s, %s: %s %s", name, when, number.Percent(row[0].share), o.States[0]))
			}
		}
		if areas == 0 {
			continue
		}
		c.Title = fmt.Sprintf("%s: fewer people are %s at review in %d of %d areas", o.Label, o.States[0], fell, areas)
		if areas == 1 {
			c.Title = fmt.Sprintf("%s: %s %s at first, %s at review", o.Label, o.States[0], number.Percent(rows[0][0].share), number.Percent(rows[1][0].share))
		}
		c.Alt = c.Title + ". " + strings.Join(alt, "; ") + ". The figures are in " + c.Name + ".csv."
		var key []swatch
		for s, name := range o.States {
			key = append(key, swatch{number.Sentence(name), tones[s].fill, false})
		}
		if err := stacks(r, c, "Percent of the same people, asked at first and again", "A change of people who were asked twice, not an effect; who was not asked again is left out.", key, names, rows, -1, labels); err != nil {
			return nil, err
		}
		list = append(list, *c)
	}
	return list, nil
}

// surveys draws what was answered, favourable answers to the right.
func surveys(r *release.Released) ([]Chart, error) {
	var list []Chart
	for i, s := range r.Surveys {
		c := &Chart{Name: fmt.Sprintf("survey-%d", i+1), Rows: [][]string{{"question", "answer", "favourable", "answers", "percent"}}}
		var names, labels, alt []string
		var rows [][]part
		from := 0
		for _, q := range s.Questions {
			if q.Share == nil || q.People == nil {
				continue
			}
			var favourable []bool
			for _, a := range q.Answers {
				favourable = append(favourable, a.Favourable)
			}
			tones := shades(len(q.Answers), favourable)
			var bad, good []part
			for k, a := range q.Answers {
				p := tones[k]
				p.share = *a.Share
				c.Rows = append(c.Rows, []string{q.Label, a.Answer, fmt.Sprint(a.Favourable), fmt.Sprint(*a.Count), plain(a.Share)})
				if a.Favourable {
					good = append(good, p)
				} else {
					bad = append(bad, p)
				}
			}
			for len(bad) < maxUnfavourable { // so that the line between stands at one place of every row
				bad = append([]part{{0, faint, ink}}, bad...)
			}
			from = maxUnfavourable
			names, rows, labels = append(names, q.Label), append(rows, append(bad, good...)), append(labels, "n = "+number.Count(*q.People))
			alt = append(alt, fmt.Sprintf("%s: %s favourable of %s", q.Label, number.Percent(*q.Share.Value), number.Count(*q.People)))
		}
		if len(rows) == 0 {
			continue
		}
		least, most := math.Inf(1), 0.0
		for _, q := range s.Questions {
			if q.Share != nil {
				least, most = min(least, *q.Share.Value), max(most, *q.Share.Value)
			}
		}
		c.Title = fmt.Sprintf("%s: %s of answers are favourable", s.Title, number.Percent(most))
		if number.Percent(least) != number.Percent(most) {
			c.Title = fmt.Sprintf("%s: %s of answers are favourable", s.Title, number.To(number.Percent(least), number.Percent(most)))
		}
		c.Alt = c.Title + ". " + strings.Join(alt, "; ") + ". The figures are in " + c.Name + ".csv."
		key := []swatch{{"Not favourable", orange, false}, {"Favourable, from less to more", blue, false}}
		if err := stacks(r, c, "Percent of answers to each question; favourable ones to the right of the line", "Who answers differs from who does not. Which answers are favourable stands in the workbook.", key, names, rows, from, labels); err != nil {
			return nil, err
		}
		list = append(list, *c)
	}
	return list, nil
}

// maxUnfavourable is how many unfavourable answers a question may have.
const maxUnfavourable = 12
