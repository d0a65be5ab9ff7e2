package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// kind is how a cell looks and what it is.
type kind int

const (
	words    kind = iota // text
	wrapped              // text over several lines
	title                // A1: heading 1
	lead                 // a sentence under the title
	banner               // synthetic data
	header               // of a column of text
	headerN              // of a column of numbers
	label                // above a key figure
	keyCount             // key figures
	keyMoney
	keyPercent
	keyShare
	keyText
	count   // 2,982
	decimal // 556.6
	ratio   // 0.83
	chance  // 0.04, 0.001 or less
	percent // −17%
	pounds  // £58,305.00
	pence   // £115.00
	input   // £115.00, may be changed
	inputShare
	inputPlain
	inputCount
	inputWords
	share // 13.2%
	plain // 1.156
	short // [c], [x], [z], right-aligned
	totalText
	totalPounds
	totalShort
	link // to another sheet
	plainHeader
	plainHeaderN
	kinds
)

// cell is one cell: a value, or a formula with the engine's value beside it.
type cell struct {
	kind    kind
	formula string
	value   any
}

func text(k kind, s string) cell              { return cell{kind: k, value: clean(s)} }
func live(k kind, formula string, v any) cell { return cell{kind: k, formula: formula, value: v} }
func value(k kind, v any) cell                { return cell{kind: k, value: v} }

// clean takes control characters out of a label.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return ' '
		}
		return r
	}, s)
}

// orShort is a cell for a figure that may be hidden or not there.
func orShort(k kind, v *float64, scale float64, otherwise string) cell {
	if v == nil {
		return text(short, otherwise)
	}
	return value(k, *v*scale)
}

func orShortEvents(v *float64, otherwise string) cell {
	if v == nil {
		return text(short, otherwise)
	}
	return events("", *v)
}

func orShortCount(v *int64, otherwise string) cell {
	if v == nil {
		return text(short, otherwise)
	}
	return value(count, *v)
}

// sheet is one sheet: a title, sentences, and at most one table, whose header is in row first.
type sheet struct {
	name      string
	widths    []float64
	rows      [][]cell
	heights   map[int]float64
	first     int // row of the table's header, 0 without a table
	table     string
	columns   int
	gridlines bool
	locked    bool
	links     map[int]string // row: the sheet that its first cell leads to
	stillSays string         // in place of its sentences, in the edition where nothing is live
}

func newSheet(name, heading string, sentences ...string) *sheet {
	s := &sheet{name: name, heights: map[int]float64{}, gridlines: true, links: map[int]string{}}
	s.rows = append(s.rows, []cell{text(title, heading)})
	s.heights[1] = 26
	for _, t := range sentences {
		s.rows = append(s.rows, []cell{text(lead, t)})
	}
	return s
}

// begin starts the table with its header, below a blank row. A name that ends in # heads numbers.
func (s *sheet) begin(table string, headers ...string) {
	s.rows = append(s.rows, nil)
	var row []cell
	for _, h := range headers {
		if name, numbers := strings.CutSuffix(h, "#"); numbers {
			row = append(row, text(headerN, name))
		} else {
			row = append(row, text(header, h))
		}
	}
	s.rows = append(s.rows, row)
	s.first, s.table, s.columns = len(s.rows), table, len(headers)
	s.heights[s.first] = 34
}

// add appends a row and returns its number.
func (s *sheet) add(row ...cell) int {
	s.rows = append(s.rows, row)
	return len(s.rows)
}

// tall appends a row that is as high as its wrapped texts need.
func (s *sheet) tall(row ...cell) int {
	lines := 1
	for i, c := range row {
		if t, ok := c.value.(string); ok && c.kind == wrapped && i < len(s.widths) {
			lines = max(lines, len(breakLines(t, max(4, int(0.8*s.widths[i])))))
		}
	}
	at := s.add(row...)
	s.heights[at] = 16 * float64(lines)
	return at
}

// linked appends a row whose first cell leads to another sheet.
func (s *sheet) linked(to string, rest ...cell) {
	s.links[s.tall(append([]cell{text(link, to)}, rest...)...)] = to
}

// next is the number the next row will have.
func (s *sheet) next() int { return len(s.rows) + 1 }

// ref is a cell of another sheet.
func ref(s *sheet, column string, row int) string { return fmt.Sprintf("%s!%s%d", s.name, column, row) }

// styles makes a style for every kind of cell, in two colours.
func styles(f *excelize.File, in colours) ([kinds]int, error) {
	var ids [kinds]int
	font := func(size float64, bold bool, colour string) *excelize.Font {
		return &excelize.Font{Family: "Arial", Size: size, Bold: bold, Color: colour}
	}
	const ink = "212B32"
	blue, dark := in.line, in.heading
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}
	format := func(s string) *string { return &s }
	line := []excelize.Border{{Type: "top", Color: ink, Style: 1}}
	box := []excelize.Border{{Type: "left", Color: blue, Style: 1}, {Type: "right", Color: blue, Style: 1}, {Type: "top", Color: blue, Style: 1}, {Type: "bottom", Color: blue, Style: 1}}
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	numbers := map[kind]string{count: `#,##0;` + "\u2212" + `#,##0`, decimal: `#,##0.0;` + "\u2212" + `#,##0.0`, ratio: `#,##0.00;` + "\u2212" + `#,##0.00`, chance: `[<=0.001]"0.001 or less";0.0##`, percent: `+0.0%;` + "\u2212" + `0.0%;0.0%`,
		pounds: `"£"#,##0.00;` + "\u2212" + `"£"#,##0.00`, pence: `"£"#,##0.00`, input: `"£"#,##0.00`, inputShare: `0.0%`, inputPlain: `0.0###`, inputCount: `#,##0`, share: `0.0%;` + "\u2212" + `0.0%`, plain: `0.0###;` + "\u2212" + `0.0###`, keyShare: `0%`, keyCount: `#,##0`, keyMoney: `"£"#,##0;` + "\u2212" + `"£"#,##0`,
		keyPercent: `+0%;` + "\u2212" + `0%;0%`, totalPounds: `"£"#,##0.00;` + "\u2212" + `"£"#,##0.00`}
	for k := range kinds {
		s := &excelize.Style{Font: font(12, false, ink), Alignment: right}
		if n, ok := numbers[k]; ok {
			s.CustomNumFmt = format(n)
		}
		switch k {
		case words:
			s.Alignment = left
		case wrapped:
			s.Alignment = &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true, Indent: 1}
		case title:
			s.Font, s.Alignment = font(18, true, dark), &excelize.Alignment{Vertical: "center"}
		case lead:
			s.Alignment = &excelize.Alignment{Vertical: "center"}
		case banner:
			s.Font, s.Alignment = font(12, true, "7A3E00"), &excelize.Alignment{Vertical: "center"}
		case header, headerN:
			s.Font, s.Fill = font(12, true, "FFFFFF"), fill(dark)
			s.Alignment = &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true, Indent: 1}
			if k == headerN {
				s.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "center", WrapText: true}
			}
		case link:
			s.Font, s.Alignment = &excelize.Font{Family: "Arial", Size: 12, Color: blue, Underline: "single"}, left
		case plainHeader, plainHeaderN:
			s.Font = font(12, true, ink)
			s.Alignment = &excelize.Alignment{Horizontal: "left", Vertical: "bottom", WrapText: true, Indent: 1}
			if k == plainHeaderN {
				s.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "bottom", WrapText: true}
			}
		case label:
			s.Font, s.Alignment = font(11, false, "4C6272"), &excelize.Alignment{Horizontal: "left", Vertical: "bottom"}
		case keyCount, keyMoney, keyPercent, keyShare, keyText:
			s.Font, s.Alignment = font(18, true, blue), &excelize.Alignment{Horizontal: "left", Vertical: "center"}
		case input, inputShare, inputPlain, inputCount, inputWords:
			s.Border, s.Fill = box, fill("FFF7E0")
			unlocked := false
			s.Protection = &excelize.Protection{Locked: unlocked}
		case totalText:
			s.Font, s.Alignment, s.Border = font(12, true, ink), left, line
		case totalPounds, totalShort:
			s.Font, s.Border = font(12, true, ink), line
		}
		id, err := f.NewStyle(s)
		if err != nil {
			return ids, fmt.Errorf("workbook: style %d: %w", k, err)
		}
		ids[k] = id
	}
	name(f, ids[title], "Heading 1", 16)
	name(f, ids[input], "Input", 20)
	return ids, nil
}

// name ties a cell format to a built-in named style, so that screen readers and checkers find headings and
// inputs. excelize has no call for it.
func name(f *excelize.File, id int, named string, builtin int) {
	s := f.Styles
	format := s.CellXfs.Xf[id]
	format.XfID = nil
	s.CellStyleXfs.Xf = append(s.CellStyleXfs.Xf, format)
	s.CellStyleXfs.Count = len(s.CellStyleXfs.Xf)
	at := len(s.CellStyleXfs.Xf) - 1
	s.CellXfs.Xf[id].XfID = &at
	style := *s.CellStyles.CellStyle[0]
	style.Name, style.XfID, style.BuiltInID = named, at, &builtin
	s.CellStyles.CellStyle = append(s.CellStyles.CellStyle, &style)
	s.CellStyles.Count = len(s.CellStyles.CellStyle)
}
