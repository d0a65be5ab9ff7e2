// Package workbook writes the Excel report. Money is live: every £ cell is a formula on the unit costs and
// also carries the engine's value, so that a previewer that doesn't calculate shows the same. Statistics are
// values and say so. The same figures give the same bytes.
package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"averted/report/release"

	"github.com/xuri/excelize/v2"
)

// Write writes the workbook of released figures. The error wraps what the library says of a sheet, or what
// the writer says.
func Write(w io.Writer, r *release.Released) error {
	if !r.Controlled() {
		return fmt.Errorf("workbook: the figures have not passed disclosure control")
	}
	b := fill(r)
	made, err := madeOn(r)
	if err != nil {
		return err
	}
	return save(w, b.sheets(), coloursOf(r), made, func(f *excelize.File) error { return b.finish(f, made) })
}

// colours are those of headings and of inputs, key figures and links, RRGGBB.
type colours struct{ heading, line string }

// coloursOf is the author's two colours, or ours.
func coloursOf(r *release.Released) colours {
	if r.Look != nil && len(r.Look.Colours) == 2 {
		return colours{strings.ToUpper(strings.TrimPrefix(r.Look.Colours[0], "#")), strings.ToUpper(strings.TrimPrefix(r.Look.Colours[1], "#"))}
	}
	return ours
}

// save writes sheets in two colours, with what a streamed sheet can't have put on by finish. Parts of the file are dated made.
func save(w io.Writer, sheets []*sheet, in colours, made time.Time, finish func(*excelize.File) error) error {
	first, err := stream(sheets, in)
	if err != nil {
		return err
	}
	defer func() { _ = first.Close() }() // temporary files only
	buffer, err := first.WriteToBuffer()
	if err != nil {
		return fmt.Errorf("workbook: writing cells: %w", err)
	}
	// Charts, tables and protection need the ordinary calls, which a streamed sheet takes only once it has
	// been written and opened again.
	f, err := excelize.OpenReader(buffer)
	if err != nil {
		return fmt.Errorf("workbook: opening what was written: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := finish(f); err != nil {
		return err
	}
	f.SetZipWriter(newArchive(made))
	if err := f.Write(w); err != nil {
		return fmt.Errorf("workbook: writing: %w", err)
	}
	return nil
}

// stream writes all cells, formulas with the engine's values, in a first pass.
func stream(sheets []*sheet, in colours) (*excelize.File, error) {
	f := excelize.NewFile()
	if err := f.SetDefaultFont("Arial"); err != nil {
		return nil, fmt.Errorf("workbook: font: %w", err)
	}
	style, err := styles(f, in)
	if err != nil {
		return nil, err
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		if err != nil {
			return nil, fmt.Errorf("workbook: sheet %s: %w", s.name, err)
		}
		if err := s.stream(f, style); err != nil {
			return nil, fmt.Errorf("workbook: sheet %s: %w", s.name, err)
		}
	}
	return f, nil
}

// tallest is how high a row can be.
const tallest = 409

func (s *sheet) stream(f *excelize.File, style [kinds]int) error {
	sw, err := f.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for i, width := range s.widths {
		if err := sw.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, row := range s.rows {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = excelize.Cell{StyleID: style[c.kind], Formula: c.formula, Value: c.value}
		}
		height := s.heights[i+1]
		if height == 0 {
			height = 18
		}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+1), cells, excelize.RowOpts{Height: min(height, tallest)}); err != nil {
			return err
		}
	}
	return sw.Flush()
}
