package source

import (
	"context"
	"errors"
	"io"
)

// Sheet is one sheet of a file, or a file that has no sheets.
type Sheet struct {
	Name    string // "" in a text file
	Rows    [][]string
	Numbers []int // the rows' numbers, as a spreadsheet counts
}

// Read reads a text file or a workbook whole, as its user would see it, to guess from its headings. most is how many
// rows of each sheet are kept; the last is always kept too. The problems are added of a file that can't be read.
func (f *Files) Read(ctx context.Context, name string, most int, problems *Problems) ([]Sheet, error) {
	var quality Quality
	r := &Rows{ctx: ctx, files: f, table: Table{File: name, Sheet: "*"}, problems: problems, quality: &quality, seed: f.seed, name: name}
	ok, err := r.openFile()
	if err != nil || !ok {
		return nil, errors.Join(err, r.closeBook())
	}
	var sheets []Sheet
	for _, name := range r.sheets {
		sheet, err := r.whole(name, most)
		if err != nil {
			return nil, errors.Join(err, r.closeBook())
		}
		sheets = append(sheets, sheet)
	}
	return sheets, r.closeBook()
}

func (r *Rows) whole(name string, most int) (sheet Sheet, err error) {
	sheet.Name = name
	var from records
	if r.book != nil {
		from, err = r.book.open(name, nil)
	} else {
		widest := func(header []string) int { return len(header) - 1 }
		comma, failed := sniff(r.files.Path(r.name), r.text, 0, widest)
		if failed != nil {
			return sheet, r.cannot(failed)
		}
		from, err = openCSV(r.files.Path(r.name), r.text, comma, nil)
	}
	if err != nil {
		return sheet, r.cannot(err)
	}
	defer func() { err = errors.Join(err, from.close()) }()
	var last []string
	at := 0
	for {
		cells, row, err := from.next()
		var wrong *malformed
		if err == io.EOF || errors.As(err, &wrong) { // what is wrong is told when the study is checked
			break
		}
		if err != nil {
			return sheet, failedReading(r.name, err)
		}
		if err := r.ctx.Err(); err != nil {
			return sheet, err
		}
		if blank(cells) {
			continue
		}
		if len(sheet.Rows) < most {
			sheet.Rows, sheet.Numbers = append(sheet.Rows, trimmed(cells)), append(sheet.Numbers, row)
		} else {
			last, at = trimmed(cells), row
		}
	}
	if last != nil {
		sheet.Rows, sheet.Numbers = append(sheet.Rows, last), append(sheet.Numbers, at)
	}
	return sheet, nil
}

// SpreadsheetDay is the day of a serial number as a workbook keeps dates, as text: "" for what is none.
func SpreadsheetDay(text string) string {
	if day, ok := ParseDate("excel", text, 0); ok {
		return day.String()
	}
	return ""
}
