package chart

import (
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

// amount is one row of a chart of rows: a bar from 0, maybe with a second one below it.
type amount struct {
	name   string
	value  float64
	beside *float64 // a second bar
	label  string   // behind the bars
	row    []string // of the CSV
}

// amounts is a chart of rows.
type amounts struct {
	c        *Chart
	subtitle string
	first    string // the key, where there are two bars
	second   string
	note     string
	axis     func(float64) string
	list     []amount
	header   []string
	room     float64 // for names, in points
	right    vg.Length
	tall     bool // names have two lines
	earlier  bool // the first bar is of before, and grey
}

func (a amounts) draw(r *release.Released) (*Chart, error) {
	a.c.Rows = append(a.c.Rows, a.header)
	var names, alt []string
	top, two := 0.0, false
	for _, x := range a.list {
		names, alt = append(names, x.name), append(alt, strings.ReplaceAll(x.name, "\n", ", ")+" "+x.label)
		top = max(top, x.value)
		if x.beside != nil {
			top, two = max(top, *x.beside), true
		}
		a.c.Rows = append(a.c.Rows, x.row)
	}
	a.c.Alt = a.c.Title + ". " + strings.Join(alt, "; ") + ". The figures are in " + a.c.Name + ".csv."
	each, first, second := 24.0, blue, grey
	f := frame{width: 7.2 * vg.Inch, rightPad: max(a.right, 60), title: a.c.Title, subtitle: a.subtitle, note: notes(r, a.note)}
	if two {
		if a.earlier {
			first, second = grey, blue
		}
		each, f.key = 32, []swatch{{a.first, first, false}, {a.second, second, false}}
	}
	if a.tall {
		each = 36
	}
	f.height = vg.Points(132 + each*float64(len(a.list)))
	return a.c, f.render(a.c, func() *plot.Plot {
		p := rowsOf(max(a.room, 120), names, 0, top*1.02, a.axis)
		p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
			tx, ty := p.Transforms(&dc)
			label := style(10, true, ink)
			label.YAlign = text.YCenter
			for i, x := range a.list {
				y := ty(float64(len(a.list) - 1 - i))
				end := tx(x.value)
				if x.beside == nil {
					bar(dc, tx(0), tx(x.value), y, 7, blue)
				} else {
					bar(dc, tx(0), tx(x.value), y+6.5, 5.5, first)
					bar(dc, tx(0), tx(*x.beside), y-6.5, 5.5, second)
					end = max(end, tx(*x.beside))
				}
				words(dc, label, vg.Point{X: end + 6, Y: y}, x.label)
			}
		}))
		return p
	})
}

func counted(v float64) string { return number.Fixed(v, 0) }

// reached draws how far people came.
func reached(r *release.Released) (*Chart, error) {
	if r.Profile == nil {
		return nil, nil
	}
	a := amounts{c: &Chart{Name: "reached"}, subtitle: "People at each stage, and their share of those referred", axis: counted, header: []string{"stage", "people", "percent_of_referred"}, right: 90,
		note: "People referred lately may still come."}
	for _, s := range r.Profile.Stages {
		if s.People == nil {
			continue
		}
		label, percent := number.Count(*s.People), ""
		if s.OfFirst != nil {
			label += " (" + number.Percent(*s.OfFirst.Value) + ")"
			percent = plain(s.OfFirst.Value)
		}
		a.list = append(a.list, amount{number.Sentence(s.Stage), float64(*s.People), nil, label, []string{s.Stage, fmt.Sprint(*s.People), percent}})
	}
	if len(a.list) < 2 {
		return nil, nil
	}
	last := a.list[len(a.list)-1]
	a.c.Title = fmt.Sprintf("%s of %s people referred were %s", last.label, number.Count(int64(a.list[0].value)), strings.ToLower(last.name))
	return a.draw(r)
}

// trait is the levels of a trait that may be shown; nil where the profile doesn't tell of it.
func trait(r *release.Released, name string) *result.Trait {
	if r.Profile == nil {
		return nil
	}
	for i, t := range r.Profile.Traits {
		if t.Trait == name && t.People != nil {
			return &r.Profile.Traits[i]
		}
	}
	return nil
}

// shares are the levels of a trait as rows of percent, with the area's people beside where they are known.
func shares(t *result.Trait, under string) []amount {
	var list []amount
	for _, l := range t.Levels {
		if l.Share == nil {
			continue
		}
		x := amount{name: under + l.Level, value: *l.Share, label: number.Percent(*l.Share), row: []string{t.Label, l.Level, fmt.Sprint(*l.People), plain(l.Share), plain(l.PopulationShare)}}
		if l.PopulationShare != nil && *l.Population > 0 {
			x.beside, x.label = l.PopulationShare, number.Percent(*l.Share)+" beside "+number.Percent(*l.PopulationShare)
		}
		list = append(list, x)
	}
	return list
}

// ages draws age and sex beside the area's people.
func ages(r *release.Released) (*Chart, error) {
	age, sex := trait(r, "age_band"), trait(r, "sex")
	a := amounts{c: &Chart{Name: "age-and-sex"}, axis: number.Percent, first: "People of the service", second: "The area's people", header: []string{"about", "level", "people", "percent", "percent_of_area"}, right: 110,
		note: "People whose age or sex is not known are counted in the whole. Counts are to the nearest 5."}
	var source string
	for _, t := range []*result.Trait{age, sex} {
		if t == nil {
			continue
		}
		under := ""
		if t == sex {
			under = "Sex: "
		}
		a.list = append(a.list, shares(t, under)...)
		source = t.Source
		a.subtitle = fmt.Sprintf("Percent of %s people", number.Count(*t.People))
	}
	if len(a.list) < 2 {
		return nil, nil
	}
	if source != "" {
		a.subtitle += "; the area's people: " + source
	}
	top := slices.MaxFunc(a.list[:min(len(a.list), levels(age, sex))], func(x, y amount) int { return int(math.Round(x.value*100) - math.Round(y.value*100)) })
	a.c.Title = fmt.Sprintf("%s of people are %s", number.Percent(top.value), strings.ToLower(top.name[:1])+top.name[1:])
	return a.draw(r)
}

// levels is how many rows of age there are, or of sex where there is no age.
func levels(age, sex *result.Trait) int {
	if age != nil {
		return len(shares(age, ""))
	}
	return len(shares(sex, ""))
}

// reasons draws why people were referred.
func reasons(r *release.Released) (*Chart, error) {
	t := trait(r, "reason")
	if t == nil {
		return nil, nil
	}
	a := amounts{c: &Chart{Name: "reasons"}, subtitle: fmt.Sprintf("Percent of %s people (to the nearest 5); a person may have several reasons", number.Count(*t.People)), axis: number.Percent, header: []string{"about", "level", "people", "percent", "percent_of_area"}, room: 170,
		note: "Which reasons go together stands in the workbook, with the figure."}
	a.list = shares(t, "")
	if len(a.list) < 2 {
		return nil, nil
	}
	slices.SortStableFunc(a.list, func(x, y amount) int { return int(math.Round(y.value*100) - math.Round(x.value*100)) })
	a.c.Title = fmt.Sprintf("%s were referred for %s", a.list[0].label, a.list[0].name)
	return a.draw(r)
}

// onward draws where people were sent on to, by sector, or by organisation where no sector is told.
func onward(r *release.Released) (*Chart, error) {
	if r.Profile == nil || r.Profile.Onward == nil || r.Profile.Onward.Referrals == nil {
		return nil, nil
	}
	o := r.Profile.Onward
	by := "organisation"
	if slices.ContainsFunc(o.To, func(s result.SentOn) bool { return s.By == "sector" }) {
		by = "sector"
	}
	a := amounts{c: &Chart{Name: "onward"}, subtitle: fmt.Sprintf("%s referrals onward, by %s", number.Count(*o.Referrals), by), axis: counted, header: []string{"by", "name", "referrals", "percent"}, right: 90, room: 150,
		note: "A referral onward says that somebody was sent on, not that they went."}
	for _, s := range o.To {
		if s.By == by && s.Referrals != nil && s.Share != nil {
			a.list = append(a.list, amount{number.Sentence(s.Name), float64(*s.Referrals), nil, fmt.Sprintf("%s (%s)", number.Count(*s.Referrals), number.Percent(*s.Share)), []string{s.By, s.Name, fmt.Sprint(*s.Referrals), plain(s.Share)}})
		}
	}
	if len(a.list) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(a.list, func(x, y amount) int { return int(y.value - x.value) })
	a.c.Title = fmt.Sprintf("%s referrals onward, %s of them: %s", number.Count(*o.Referrals), strings.TrimSuffix(strings.SplitN(a.list[0].label, "(", 2)[1], ")"), strings.ToLower(a.list[0].name))
	return a.draw(r)
}

// yearly names months so that an axis has a name for each January, and for the first month.
func yearly(months []string) []string {
	names := make([]string, len(months))
	for i, m := range months {
		year, month, _ := strings.Cut(m, "-")
		switch {
		case len(months) <= 18:
			names[i] = month
			if i == 0 || month == "01" {
				names[i] = month + "\n" + year
			}
		case month == "01":
			names[i] = year
		}
	}
	return names
}

// referrals draws people referred by month.
func referrals(r *release.Released) (*Chart, error) {
	if r.Profile == nil || len(r.Profile.Referrals) < 3 {
		return nil, nil
	}
	c := &Chart{Name: "referrals", Rows: [][]string{{"month", "people"}}}
	var months []string
	top, least, all, hidden := 0.0, math.Inf(1), int64(0), 0
	for _, m := range r.Profile.Referrals {
		months = append(months, m.Month)
		row := []string{m.Month, ""}
		if m.People != nil {
			row[1] = fmt.Sprint(*m.People)
			top, least, all = max(top, float64(*m.People)), min(least, float64(*m.People)), all+*m.People
		} else {
			hidden++
		}
		c.Rows = append(c.Rows, row)
	}
	if top == 0 {
		return nil, nil
	}
	c.Title = fmt.Sprintf("%s to %s people were referred a month", number.Fixed(least, 0), number.Fixed(top, 0))
	c.Alt = fmt.Sprintf("%s, from %s to %s. The figures are in %s.csv.", c.Title, months[0], months[len(months)-1], c.Name)
	note := "Counts to the nearest 5."
	if hidden > 0 {
		note += fmt.Sprintf(" Months of few people are left out: %d.", hidden)
	}
	f := frame{width: 7.2 * vg.Inch, height: 3.3 * vg.Inch, title: c.Title, subtitle: "People by the calendar month of their index day", note: notes(r, note)}
	return c, f.render(c, func() *plot.Plot {
		drawn := columns(yearly(months), 0, top*1.08, counted)
		drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
			tx, ty := drawn.Transforms(&dc)
			half := (tx(1) - tx(0)) * 0.38
			for i, m := range r.Profile.Referrals {
				if m.People != nil {
					dc.SetColor(blue)
					box := vg.Rectangle{Min: vg.Point{X: tx(float64(i)) - half, Y: ty(0)}, Max: vg.Point{X: tx(float64(i)) + half, Y: ty(float64(*m.People))}}
					dc.Fill(box.Path())
				}
			}
		}))
		return drawn
	})
}

// contacts draws contacts a month with the limits of ordinary variation.
func contacts(r *release.Released) (*Chart, error) {
	if r.Profile == nil || r.Profile.Contacts == nil || r.Profile.Contacts.Mean == nil {
		return nil, nil
	}
	k := r.Profile.Contacts
	c := &Chart{Name: "contacts", Rows: [][]string{{"month", "contacts", "new_people", "mean", "lower_limit", "upper_limit", "special"}}}
	var months []string
	top, special := *k.High, 0
	for _, m := range k.Months {
		months = append(months, m.Month)
		top = max(top, float64(*m.Contacts))
		if m.Signal != "" {
			special++
		}
		fresh := ""
		if m.NewPeople != nil {
			fresh = fmt.Sprint(*m.NewPeople)
		}
		c.Rows = append(c.Rows, []string{m.Month, fmt.Sprint(*m.Contacts), fresh, plain(k.Mean), plain(k.Low), plain(k.High), m.Signal})
	}
	c.Title = fmt.Sprintf("%s contacts a month on average; %d of %d months are special", number.Fixed(*k.Mean, 0), special, len(k.Months))
	c.Alt = fmt.Sprintf("%s. Ordinary variation is from %s to %s. The figures are in %s.csv.", c.Title, number.Fixed(*k.Low, 0), number.Fixed(*k.High, 0), c.Name)
	f := frame{width: 7.2 * vg.Inch, height: 3.6 * vg.Inch, title: c.Title, subtitle: "Contacts of the service with people, by calendar month",
		key:  []swatch{{"Ordinary", blue, false}, {"Special", orange, false}},
		note: notes(r, "Lines: mean, and limits of ordinary variation (mean ± 2.66 × mean moving range). Special: beyond a limit, seven on one side of the mean, seven rising or falling, two of three near a limit.")}
	return c, f.render(c, func() *plot.Plot {
		drawn := columns(yearly(months), 0, top*1.08, counted)
		drawn.Add(mark(func(dc draw.Canvas, drawn *plot.Plot) {
			tx, ty := drawn.Transforms(&dc)
			for _, l := range []struct {
				at   float64
				dash []vg.Length
			}{{*k.Mean, nil}, {*k.Low, []vg.Length{4, 3}}, {*k.High, []vg.Length{4, 3}}} {
				dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1), Dashes: l.dash}, dc.Min.X, ty(l.at), dc.Max.X, ty(l.at))
			}
			for i, m := range k.Months {
				x, y := tx(float64(i)), ty(float64(*m.Contacts))
				if i > 0 {
					dc.StrokeLine2(draw.LineStyle{Color: blue, Width: vg.Points(1.2)}, tx(float64(i-1)), ty(float64(*k.Months[i-1].Contacts)), x, y)
				}
			}
			for i, m := range k.Months {
				x, y := tx(float64(i)), ty(float64(*m.Contacts))
				if m.Signal == "" {
					bar(dc, x-2.5, x+2.5, y, 2.5, blue)
				} else {
					bar(dc, x-3.5, x+3.5, y, 3.5, orange)
				}
			}
		}))
		return drawn
	})
}

// funnels draws practices beside each other, a chart for each activity.
func funnels(r *release.Released) ([]Chart, error) {
	if r.Profile == nil {
		return nil, nil
	}
	var list []Chart
	for _, f := range r.Profile.Funnels {
		var dots []result.Practice
		for _, p := range f.Practices {
			if p.Ratio != nil && p.Low95 != nil {
				dots = append(dots, p)
			}
		}
		if len(dots) < 3 {
			continue
		}
		slices.SortStableFunc(dots, func(a, b result.Practice) int { return int(*a.Expected - *b.Expected) })
		label := telling.Label(r, f.Activity)
		c := &Chart{Name: "funnel-" + strings.ReplaceAll(f.Activity, "_", "-"), Rows: [][]string{{"practice", "people", "after", "expected", "ratio", "limit_low_95", "limit_high_95", "limit_low_998", "limit_high_998", "beyond_998"}}}
		out, low, high := 0, 1.0, 1.0
		for _, p := range dots {
			if p.Outside {
				out++
			}
			low, high = min(low, *p.Ratio, *p.Low998), max(high, *p.Ratio, *p.High998)
			people, after := "", ""
			if p.People != nil {
				people = fmt.Sprint(*p.People)
			}
			if p.After != nil {
				after = fmt.Sprint(*p.After)
			}
			c.Rows = append(c.Rows, []string{p.Practice, people, after, plain(p.Expected), plain(p.Ratio), plain(p.Low95), plain(p.High95), plain(p.Low998), plain(p.High998), fmt.Sprint(p.Outside)})
		}
		high = min(high, 3)
		c.Title = fmt.Sprintf("%s by practice: %d of %d lie beyond the 99.8%% limits", label, out, len(dots))
		c.Alt = fmt.Sprintf("%s. Ratios of after to expected run from %s to %s. The figures are in %s.csv.", c.Title, number.Ratio(low), number.Ratio(high), c.Name)
		fr := frame{width: 7.2 * vg.Inch, height: 4 * vg.Inch, title: c.Title, subtitle: "After over expected in the " + f.Window + " after, by how much was expected",
			key: []swatch{{"Practice", blue, false}, {"Beyond 99.8%", orange, false}}, note: notes(r, "Lines: 95% (dashed) and 99.8% limits. Which lie beyond is judged on exact counts. Some lie near a limit by chance: this is no ranking, and a practice outside is one to ask about.")}
		err := fr.render(c, func() *plot.Plot {
			p := plot.New()
			most := *dots[len(dots)-1].Expected
			p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, most*1.04, max(0, low-0.05), high+0.05
			p.X.Tick.Marker, p.Y.Tick.Marker = scale{counted}, scale{number.Ratio}
			unframed(p, style(10, false, ink))
			p.Add(mark(func(dc draw.Canvas, p *plot.Plot) {
				tx, ty := p.Transforms(&dc)
				for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
					dc.StrokeLine2(draw.LineStyle{Color: faint, Width: vg.Points(0.7)}, dc.Min.X, ty(t.Value), dc.Max.X, ty(t.Value))
				}
				dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1)}, dc.Min.X, ty(1), dc.Max.X, ty(1))
				y := func(v float64) vg.Length { return ty(min(max(v, p.Y.Min), p.Y.Max)) }
				for _, of := range []struct {
					at   func(result.Practice) float64
					dash []vg.Length
				}{{func(p result.Practice) float64 { return *p.Low95 }, []vg.Length{4, 3}}, {func(p result.Practice) float64 { return *p.High95 }, []vg.Length{4, 3}},
					{func(p result.Practice) float64 { return *p.Low998 }, nil}, {func(p result.Practice) float64 { return *p.High998 }, nil}} {
					for i := 1; i < len(dots); i++ {
						dc.StrokeLine2(draw.LineStyle{Color: second, Width: vg.Points(1), Dashes: of.dash}, tx(*dots[i-1].Expected), y(of.at(dots[i-1])), tx(*dots[i].Expected), y(of.at(dots[i])))
					}
				}
				for _, d := range dots {
					fill := color.Color(blue)
					if d.Outside {
						fill = orange
					}
					bar(dc, tx(*d.Expected)-3, tx(*d.Expected)+3, y(*d.Ratio), 3, fill)
				}
			}))
			return p
		})
		if err != nil {
			return nil, err
		}
		list = append(list, *c)
	}
	return list, nil
}
