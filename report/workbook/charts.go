package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"averted/report/number"
	"averted/report/telling"

	"github.com/xuri/excelize/v2"
)

const (
	grey     = "768692"
	blue     = "005EB8"
	darkBlue = "003087"
	orange   = "D5730A"
)

func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// ours are the colours of a report whose author gives none.
var ours = colours{heading: darkBlue, line: blue}

// mostCharts is how many native charts the Summary has.
const mostCharts = 4

// chartRows is how many rows of the Summary a native chart takes.
const chartRows = 21

// charts puts the native charts on the Summary, two beside each other, each bound to cells that are released.
func (b *book) charts(f *excelize.File) error {
	top, n := len(b.summary.rows)+2, 0
	for _, make := range []func() *native{b.barChart, b.waterfallChart, b.monthsChart, b.stagesChart, b.referralsChart} {
		c := make()
		if c == nil || n == mostCharts {
			continue
		}
		if err := f.AddChart("Summary", fmt.Sprintf("%s%d", []string{"A", "C"}[n%2], top+chartRows*(n/2)), c.chart); err != nil {
			return err
		}
		n++
		if c.plus != "" {
			if err := errorBars(f, n, 1, c.plus, c.minus); err != nil {
				return err
			}
		}
		if err := b.conform(f, fmt.Sprintf("xl/charts/chart%d.xml", n)); err != nil {
			return err
		}
	}
	return nil
}

// native is a chart of the library's, with the cells of its error bars.
type native struct {
	chart       *excelize.Chart
	plus, minus string
}

// span is cells of one column of a sheet.
func span(s *sheet, column string, first, last int) string {
	return fmt.Sprintf("%s!$%s$%d:$%s$%d", s.name, column, first, column, last)
}

// barChart is events expected and after, with the interval of the change.
func (b *book) barChart() *native {
	first, last := b.bars.first+1, len(b.bars.rows)
	if last < first {
		return nil
	}
	w := telling.Main(b.r)
	var facts []string
	for _, c := range telling.Changes(b.r, w.Label, service) {
		facts = append(facts, c.Label()+" "+telling.ChangeText(c.Percent))
	}
	chart := horizontal("Events over "+w.Label+", expected and after (bars show 95% interval of the change)", "Change over "+w.Label+": "+strings.Join(facts, ", ")+". The figures are on the sheet Chart_data.")
	chart.Type, chart.GapWidth, chart.Overlap = excelize.Bar, ptr(uint(60)), ptr(0)
	chart.Legend = excelize.ChartLegend{Position: "bottom", Font: &excelize.Font{Size: 10, Color: "212B32"}}
	chart.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "#,##0"}
	names := span(b.bars, "A", first, last)
	chart.Series = []excelize.ChartSeries{
		{Name: fmt.Sprintf("Chart_data!$B$%d", b.bars.first), Categories: names, Values: span(b.bars, "B", first, last), Fill: solid(grey)},
		{Name: fmt.Sprintf("Chart_data!$C$%d", b.bars.first), Categories: names, Values: span(b.bars, "C", first, last), Fill: solid(blue)},
	}
	return &native{chart, span(b.bars, "D", first, last), span(b.bars, "E", first, last)}
}

// waterfallChart is the way from each activity's difference to what is left.
func (b *book) waterfallChart() *native {
	if b.waterfall == nil {
		return nil
	}
	w := telling.Main(b.r)
	first, last := b.waterfall.first+1, len(b.waterfall.rows)
	chart := horizontal("From the difference at list price to what is left, over "+w.Label, telling.Money(b.r, w.Label, service)+" The figures are on the sheet Waterfall.")
	chart.Type, chart.GapWidth, chart.Overlap = excelize.BarStacked, ptr(uint(35)), ptr(100)
	chart.Legend = excelize.ChartLegend{Position: "none"}
	chart.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: `"£"#,##0`}
	for i, colour := range []string{"", "", blue, blue, orange, orange, darkBlue, darkBlue} {
		column := string(rune('F' + i))
		series := excelize.ChartSeries{Name: fmt.Sprintf("Waterfall!$%s$%d", column, b.waterfall.first), Categories: span(b.waterfall, "A", first, last), Values: span(b.waterfall, column, first, last)}
		if colour == "" {
			series.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFFFFF"}, Transparency: 100}
		} else {
			series.Fill = solid(colour)
		}
		chart.Series = append(chart.Series, series)
	}
	return &native{chart: chart}
}

// monthsChart is the primary activity's rate month by month around the index day.
func (b *book) monthsChart() *native {
	p := telling.Primary(b.r)
	if b.months == nil || p == nil {
		return nil
	}
	first, last := 0, 0
	for i, row := range b.months.rows[b.months.first:] {
		if row[0].value != telling.Label(b.r, p.Activity) || row[1].value != ownReference {
			continue
		}
		if _, rate := row[6].value.(float64); !rate { // a month is hidden
			return nil
		}
		if last = b.months.first + i + 1; first == 0 {
			first = last
		}
	}
	if first == 0 {
		return nil
	}
	unit, _ := b.months.rows[first-1][2].value.(string)
	chart := horizontal(fmt.Sprintf("%s a thousand people, by %s from the index day", telling.Label(b.r, p.Activity), unit), strings.Join(telling.MonthsAround(b.r), " ")+" The figures are on the sheet Months.")
	chart.Type, chart.GapWidth = excelize.Col, ptr(uint(25))
	chart.Legend = excelize.ChartLegend{Position: "none"}
	chart.XAxis.ReverseOrder, chart.XAxis.TickLabelPosition, chart.YAxis.TickLabelPosition = false, excelize.ChartTickLabelLow, excelize.ChartTickLabelNextToAxis
	chart.YAxis.NumFmt, chart.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "#,##0"}, excelize.ChartNumFmt{CustomNumFmt: "0;" + number.Minus + "0"}
	chart.YAxis.Minimum, chart.XAxis.Font.Size = ptr(0.0), 8
	chart.Series = []excelize.ChartSeries{{Name: fmt.Sprintf("Months!$G$%d", b.months.first), Categories: span(b.months, "D", first, last), Values: span(b.months, "G", first, last), Fill: solid(blue)}}
	return &native{chart: chart}
}

// referralsChart is people referred by calendar month.
func (b *book) referralsChart() *native {
	if b.referrals == nil || len(b.referrals.rows) < b.referrals.first+3 {
		return nil
	}
	first, last := b.referrals.first+1, len(b.referrals.rows)
	for _, row := range b.referrals.rows[b.referrals.first:] {
		if _, counted := row[1].value.(int64); !counted {
			return nil
		}
	}
	chart := horizontal("People referred, by calendar month", "People referred in each calendar month, to the nearest 5. The figures are on the sheet Referrals.")
	chart.Type, chart.GapWidth = excelize.Col, ptr(uint(25))
	chart.Legend = excelize.ChartLegend{Position: "none"}
	chart.XAxis.ReverseOrder, chart.YAxis.TickLabelPosition, chart.XAxis.Font.Size = false, excelize.ChartTickLabelNextToAxis, 8
	chart.YAxis.NumFmt, chart.YAxis.Minimum = excelize.ChartNumFmt{CustomNumFmt: "#,##0"}, ptr(0.0)
	chart.XAxis.TickLabelSkip = 1 + (last-first)/12
	chart.Series = []excelize.ChartSeries{{Name: fmt.Sprintf("Referrals!$B$%d", b.referrals.first), Categories: span(b.referrals, "A", first, last), Values: span(b.referrals, "B", first, last), Fill: solid(blue)}}
	return &native{chart: chart}
}

// stagesChart is how far people came.
func (b *book) stagesChart() *native {
	if b.reached == nil {
		return nil
	}
	first, last := b.reached.first+1, len(b.reached.rows)
	for _, row := range b.reached.rows[b.reached.first:] {
		if _, counted := row[1].value.(int64); !counted {
			return nil
		}
	}
	chart := horizontal("How far people came", strings.Join(telling.Reached(b.r)[:1], " ")+" The figures are on the sheet Reached.")
	chart.Type, chart.GapWidth = excelize.Bar, ptr(uint(45))
	chart.Legend = excelize.ChartLegend{Position: "none"}
	chart.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "#,##0"}
	chart.Series = []excelize.ChartSeries{{Name: fmt.Sprintf("Reached!$B$%d", b.reached.first), Categories: span(b.reached, "A", first, last), Values: span(b.reached, "B", first, last), Fill: solid(blue)}}
	return &native{chart: chart}
}

// horizontal is what all charts share.
func horizontal(title, alt string) *excelize.Chart {
	font := excelize.Font{Size: 10, Color: "212B32", Family: "Arial"}
	return &excelize.Chart{
		Format:     excelize.GraphicOptions{AltText: alt, Name: title},
		Dimension:  excelize.ChartDimension{Width: 540, Height: 360},
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Bold: true, Size: 11, Color: "212B32", Family: "Arial"}}}},
		VaryColors: ptr(false),
		XAxis:      excelize.ChartAxis{ReverseOrder: true, Font: font},
		YAxis:      excelize.ChartAxis{MajorGridLines: true, TickLabelPosition: excelize.ChartTickLabelHigh, Font: font},
		Border:     excelize.LineOptions{Type: excelize.LineNone},
	}
}

// errorBars puts custom error bars on one series of a chart, for which excelize has no call.
func errorBars(f *excelize.File, chart, series int, plus, minus string) error {
	part := fmt.Sprintf("xl/charts/chart%d.xml", chart)
	raw, ok := f.Pkg.Load(part)
	if !ok {
		return fmt.Errorf("no part %s", part)
	}
	bars := `<errBars><errBarType val="both"/><errValType val="cust"/><noEndCap val="0"/><plus><numRef><f>` + plus + `</f></numRef></plus><minus><numRef><f>` + minus +
		`</f></numRef></minus><spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="212B32"/></a:solidFill></a:ln></spPr></errBars>`
	pieces := strings.Split(string(raw.([]byte)), "<cat>")
	if len(pieces) < series+2 {
		return fmt.Errorf("%s has no series %d", part, series)
	}
	var out strings.Builder
	for i, piece := range pieces {
		if i > 0 {
			if i == series+1 {
				out.WriteString(bars)
			}
			out.WriteString("<cat>")
		}
		out.WriteString(piece)
	}
	f.Pkg.Store(part, []byte(out.String()))
	return nil
}

var (
	series     = regexp.MustCompile(`(?s)<ser>.*?</ser>`)
	inverts    = regexp.MustCompile(`<invertIfNegative[^>]*></invertIfNegative>`)
	smooths    = regexp.MustCompile(`<smooth[^>]*></smooth>`)
	numCaches  = regexp.MustCompile(`<numCache>.*?</numCache>`)
	references = regexp.MustCompile(`<(str|num)Ref><f>([^<]*)</f></(?:str|num)Ref>`)
)

// conform puts a chart's part in the order of its schema (ECMA-376, CT_BarSer: invertIfNegative before dLbls, and no smooth), which
// the library does not keep, and fills in the values of the cells it is bound to, so that a previewer that reads no cells shows the
// chart too.
func (b *book) conform(f *excelize.File, part string) error {
	raw, ok := f.Pkg.Load(part)
	if !ok {
		return fmt.Errorf("no part %s", part)
	}
	body := series.ReplaceAllFunc(raw.([]byte), func(ser []byte) []byte {
		invert := inverts.Find(ser)
		ser = inverts.ReplaceAll(smooths.ReplaceAll(ser, nil), nil)
		return bytes.Replace(ser, []byte("<dLbls>"), append(append([]byte{}, invert...), "<dLbls>"...), 1)
	})
	body = bytes.Replace(numCaches.ReplaceAll(body, nil), []byte(`<lang val="en-US">`), []byte(`<lang val="en-GB">`), 1)
	var failed error
	body = references.ReplaceAllFunc(body, func(reference []byte) []byte {
		m := references.FindSubmatch(reference)
		values, err := b.valuesOf(string(m[2]))
		if err != nil {
			failed = err
			return reference
		}
		kind := string(m[1])
		var cache bytes.Buffer
		fmt.Fprintf(&cache, "<%sRef><f>%s</f><%sCache>", kind, m[2], kind)
		if kind == "num" {
			cache.WriteString("<formatCode>General</formatCode>")
		}
		fmt.Fprintf(&cache, `<ptCount val="%d"/>`, len(values))
		for i, v := range values {
			if _, err := strconv.ParseFloat(v, 64); kind == "num" && err != nil { // not available
				continue
			}
			var text bytes.Buffer
			if err := xml.EscapeText(&text, []byte(v)); err != nil {
				failed = err
			}
			fmt.Fprintf(&cache, `<pt idx="%d"><v>%s</v></pt>`, i, text.Bytes())
		}
		fmt.Fprintf(&cache, "</%sCache></%sRef>", kind, kind)
		return cache.Bytes()
	})
	f.Pkg.Store(part, body)
	return failed
}

// valuesOf is the values of cells of one column, as a chart keeps them.
func (b *book) valuesOf(cells string) ([]string, error) {
	name, place, _ := strings.Cut(strings.ReplaceAll(cells, "$", ""), "!")
	from, to, several := strings.Cut(place, ":")
	if !several {
		to = from
	}
	column, first, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return nil, err
	}
	_, last, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return nil, err
	}
	for _, s := range b.sheets() {
		if s.name != name {
			continue
		}
		var values []string
		for _, row := range s.rows[first-1 : last] {
			switch v := row[column-1].value.(type) {
			case float64:
				values = append(values, strconv.FormatFloat(v, 'g', -1, 64))
			default:
				values = append(values, fmt.Sprint(v))
			}
		}
		return values, nil
	}
	return nil, fmt.Errorf("no sheet %s", name)
}
