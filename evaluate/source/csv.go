package source

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// records is one file, or one sheet, as rows of texts: headings and all.
type records interface {
	// next is the cells of the next row that is not blank, good until the call after it, and the row's number
	// as a spreadsheet counts. The error is io.EOF at the end and *malformed for what can't be read.
	next() ([]string, int, error)
	close() error
}

// malformed is a row from which a file can't be read on.
type malformed struct {
	row  int
	text string
}

func (m *malformed) Error() string { return m.text }

// csvRecords reads a text file.
type csvRecords struct {
	file    *os.File
	reader  *csv.Reader
	row     int // of the current row
	lastEnd int // the line on which it ends
	told    func(int64)
}

func openCSV(path string, text Text, comma rune, progress func(done int64)) (*csvRecords, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c := &csvRecords{file: file, told: progress}
	in, err := decoded(path, file, text)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	c.reader = newReader(in, comma)
	return c, nil
}

func newReader(in io.Reader, comma rune) *csv.Reader {
	r := csv.NewReader(bufio.NewReaderSize(in, 1<<16))
	r.ReuseRecord, r.FieldsPerRecord, r.Comma = true, -1, comma
	r.TrimLeadingSpace = comma != '\t' // a blank may stand before a quote
	return r
}

func (c *csvRecords) next() ([]string, int, error) {
	record, err := c.reader.Read()
	if err == io.EOF {
		return nil, 0, io.EOF
	}
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return nil, 0, &malformed{c.row + max(1, wrong.StartLine-c.lastEnd), "a quote is stray or not closed; nothing after it was read"}
	}
	if err != nil {
		return nil, 0, err
	}
	start, _ := c.reader.FieldPos(0)
	c.row += start - c.lastEnd // more than 1 after blank lines, which a spreadsheet counts
	last := len(record) - 1
	line, _ := c.reader.FieldPos(last)
	c.lastEnd = line + strings.Count(record[last], "\n")
	if c.told != nil && c.row%4096 == 0 {
		c.told(c.reader.InputOffset())
	}
	return record, c.row, nil
}

func (c *csvRecords) close() error { return c.file.Close() }

// sniff finds the delimiter under which most wanted columns stand in the header.
func sniff(path string, text Text, headerRow int, wanted func(header []string) int) (rune, error) {
	best, most := ',', 0
	for _, d := range delimiters {
		found, err := sniffed(path, text, d.char, headerRow, wanted)
		if err != nil {
			return best, err
		}
		if found > most {
			best, most = d.char, found
		}
	}
	return best, nil
}

func sniffed(path string, text Text, comma rune, headerRow int, wanted func([]string) int) (found int, err error) {
	c, err := openCSV(path, text, comma, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	for {
		record, row, err := c.next()
		if err != nil || row > headerRow && headerRow > 0 {
			return 0, nil // what is wrong is told when the file is read
		}
		if headerRow == 0 || row == headerRow {
			return wanted(record), nil
		}
	}
}

// blank reports whether every cell is empty.
func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// firstText is the first cell that is not empty.
func firstText(record []string) string {
	for _, cell := range record {
		if cell = strings.TrimSpace(cell); cell != "" {
			return cell
		}
	}
	return ""
}

func failedReading(name string, err error) error {
	return fmt.Errorf("reading %s: %w", name, WithoutPath(err))
}

// WithoutPath is what the system says of a file, without its path: whose machine it is on is nobody's business.
func WithoutPath(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
