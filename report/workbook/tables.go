package workbook

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"averted/report/number"
	"averted/report/release"
	"averted/report/telling"

	"github.com/xuri/excelize/v2"
)

// WriteTables writes the accessible edition of the workbook: the same figures as tables of values, one a sheet, after the checklist of
// the Government Analysis Function for statistics in spreadsheets. Nothing in it is live. The error is as for [Write].
func WriteTables(w io.Writer, r *release.Released) error {
	if !r.Controlled() {
		return fmt.Errorf("workbook: the figures have not passed disclosure control")
	}
	made, err := madeOn(r)
	if err != nil {
		return err
	}
	sheets := fill(r).tables()
	return save(w, sheets, coloursOf(r), made, func(f *excelize.File) error {
		return errors.Join(finishSheets(f, sheets), f.SetCalcProps(&excelize.CalcPropsOptions{}),
			properties(f, made, r.Provenance.Version, r.Study.Title, r.Study.Question, telling.Synthetic(r)))
	})
}

// Sheets are the names of the workbook's sheets, in order: of the live one, or of the accessible edition.
func Sheets(r *release.Released, tablesOnly bool) []string {
	b := fill(r)
	list := b.sheets()
	if tablesOnly {
		list = b.tables()
	}
	var names []string
	for _, s := range list {
		names = append(names, s.name)
	}
	return names
}

func madeOn(r *release.Released) (time.Time, error) {
	made, err := time.Parse("2006-01-02", r.Study.Date)
	if err != nil {
		return made, fmt.Errorf("workbook: the study's date: %w", err)
	}
	return made, nil
}

// tables are the sheets of the accessible edition: cover, contents, notes, then the tables.
func (b *book) tables() []*sheet {
	var data []*sheet
	for _, s := range b.sheets() {
		if !slices.Contains([]*sheet{b.cover, b.summary, b.notes, b.checks, b.bars, b.waterfall}, s) {
			data = append(data, s.still())
		}
	}
	cover := newSheet("Cover", b.r.Study.Title)
	cover.widths = []float64{120}
	for _, t := range []string{b.r.Study.Question, telling.Synthetic(b.r), strings.TrimSpace(strings.TrimPrefix(telling.Answer(b.r), telling.Synthetic(b.r))), telling.Graded(b.r), "Date: " + b.r.Study.Date + ".",
		"Disclosure control: profile " + b.r.Study.Profile + ".", "What each sheet holds is on the sheet Contents."} {
		if t != "" {
			cover.tall(text(wrapped, t))
		}
	}
	keys := newSheet("Key_figures", "Key figures", "What they are of stands beside each.")
	keys.begin("Key_figures", "What", "Figure", "Of what")
	keys.widths = []float64{60, 22, 90}
	for _, k := range telling.KeyFigures(b.r) {
		keys.add(text(words, k.Label), text(words, k.Figure), text(words, k.Of))
	}
	list := []*sheet{b.notes.still()}
	if len(keys.rows) > keys.first {
		list = append(list, keys.still())
	}
	list = append(list, data...)
	contents := newSheet("Contents", "Contents", "A table of what each sheet holds, with links to them.")
	contents.begin("Contents", "Sheet", "What it holds")
	contents.widths = []float64{24, 100}
	for _, s := range list {
		contents.linked(s.name, text(wrapped, s.title()))
	}
	return append([]*sheet{cover, contents.still()}, list...)
}

// title is what stands in A1.
func (s *sheet) title() string {
	t, _ := s.rows[0][0].value.(string)
	return t
}

// stills are what kinds of cell become where nothing may be changed, nor stands out by its fill.
var stills = map[kind]kind{input: pence, inputShare: share, inputPlain: plain, inputCount: count, inputWords: wrapped, words: wrapped, totalText: wrapped, totalPounds: pounds, totalShort: short,
	header: plainHeader, headerN: plainHeaderN, banner: lead}

// still is a sheet as the accessible edition has it: values alone, its sentences and then its table without a row between them, and what
// the shorthand in it means.
func (s *sheet) still() *sheet {
	out := &sheet{name: s.name, heights: map[int]float64{1: s.heights[1]}, gridlines: true, table: s.table, widths: s.widths, links: map[int]string{}}
	var keep []int // columns
	for i, h := range s.rows[s.first-1] {
		if name, _ := h.value.(string); name != "Changed" {
			keep = append(keep, i)
		}
	}
	if len(keep) < len(s.widths) {
		out.widths = nil
		for _, i := range keep {
			out.widths = append(out.widths, s.widths[min(i, len(s.widths)-1)])
		}
	}
	out.columns = len(keep)
	used := map[string]bool{}
	for _, row := range s.rows[s.first:] {
		for _, c := range row {
			if t, ok := c.value.(string); ok {
				used[t] = true
			}
		}
	}
	sentences := s.rows[:s.first-1]
	if s.stillSays != "" {
		sentences = [][]cell{sentences[0], {text(lead, s.stillSays)}, sentences[len(sentences)-1]}
	}
	for _, row := range sentences {
		if len(row) == 1 {
			out.rows = append(out.rows, []cell{{kind: row[0].kind, value: row[0].value}})
		}
	}
	for _, sign := range []struct{ short, means string }{{number.Hidden, "hidden to protect people"}, {number.NotAvailable, "not available, or not estimable"}, {number.NotApplies, "does not apply"}} {
		if used[sign.short] {
			out.rows = append(out.rows, []cell{text(lead, sign.short+": "+sign.means+".")})
		}
	}
	for i, row := range s.rows[s.first-1:] {
		var cells []cell
		for _, at := range keep {
			c := row[at]
			c.formula = ""
			if k, ok := stills[c.kind]; ok {
				c.kind = k
			}
			if i == 0 {
				c.value = strings.TrimSuffix(fmt.Sprint(c.value), ", change here")
			}
			cells = append(cells, c)
		}
		at := out.tall(cells...)
		if i == 0 {
			out.first = at
			out.heights[at] = max(34, out.heights[at])
		}
		if to := s.links[s.first+i]; to != "" {
			out.links[at] = to
		}
	}
	return out
}
