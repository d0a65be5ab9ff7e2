// Package source turns the user's files into rows. A file is never half-read: what can't be read as it
// stands is a [Problem] with its row, and no part of it is used.
package source

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// CSV is a comma-separated file with a header, being read.
type CSV struct {
	name    string
	file    *os.File
	reader  *csv.Reader
	header  []string
	columns []int    // for each wanted column, where it stands
	fields  []string // the wanted fields of the current row
	row     int      // of the current row, as a spreadsheet counts
	lastEnd int      // the line of the file on which the current row ends
}

// Open opens a CSV file and finds the wanted columns in its header. name is what problems call the
// file. It returns nil and adds to problems if the file is missing or lacks a column; the error is for
// what the operating system refuses.
func Open(path, name string, want []string, problems *Problems) (*CSV, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		problems.Add(Problem{File: name, Code: "A100", Text: "there is no such file beside the study file"})
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, errors.Unwrap(err))
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		problems.Add(Problem{File: name, Code: "A100", Text: "this is a folder, not a file"})
		return nil, file.Close()
	}
	text := bufio.NewReaderSize(file, 1<<16)
	if start, _ := text.Peek(1 << 16); bytes.ContainsRune(start, '\r') && !bytes.ContainsRune(start, '\n') {
		problems.Add(Problem{File: name, Code: "A101", Text: "lines end in a carriage return alone: save the file again as CSV with ordinary line ends"})
		return nil, file.Close()
	}
	if mark, _ := text.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = text.Discard(3) // a byte order mark; Peek has buffered it
	}
	if mark, _ := text.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		problems.Add(Problem{File: name, Code: "A101", Text: "this is UTF-16: save the file again as CSV UTF-8"})
		return nil, file.Close()
	}
	c := &CSV{name: name, file: file, reader: csv.NewReader(text)}
	c.reader.ReuseRecord = true
	if !c.readHeader(want, problems) {
		return nil, c.Close()
	}
	return c, nil
}

func (c *CSV) readHeader(want []string, problems *Problems) bool {
	header, err := c.reader.Read()
	if err != nil {
		text := "the file is empty: want a header with the columns " + strings.Join(want, ", ")
		if err != io.EOF {
			text = "row 1 can't be read as a header: is a quote not closed?"
		}
		problems.Add(Problem{File: c.name, Row: 1, Code: "A101", Text: text})
		return false
	}
	c.header = make([]string, len(header))
	for i, name := range header {
		c.header[i] = strings.Trim(name, " \t")
	}
	c.row, c.lastEnd = 1, c.endLine(header)
	c.fields = make([]string, len(want))
	found := 0
	var missing []string
	for _, name := range want {
		at := slices.Index(c.header, name)
		c.columns = append(c.columns, at)
		switch {
		case at < 0:
			missing = append(missing, name)
		case slices.Index(c.header[at+1:], name) >= 0:
			problems.Add(Problem{File: c.name, Row: 1, Name: name, Code: "A102", Text: "two columns have this name"})
			return false
		default:
			found++
		}
	}
	if len(missing) == 0 {
		return true
	}
	// A first row that has none of the columns, or one unlike a header, may be data, so it is not repeated.
	text := "no column " + strings.Join(missing, ", ") + " in the header, "
	odd := slices.ContainsFunc(c.header, func(h string) bool { return len(h) > 60 || strings.ContainsAny(h, "\r\n") })
	if found == 0 || odd || len(c.header) > 400 {
		text += "nor any other column wanted: is there a header, and are commas between the columns?"
	} else {
		text += "which has " + strings.Join(c.header, ", ")
	}
	problems.Add(Problem{File: c.name, Row: 1, Code: "A102", Text: text})
	return false
}

func (c *CSV) endLine(record []string) int {
	last := len(record) - 1
	line, _ := c.reader.FieldPos(last)
	return line + strings.Count(record[last], "\n")
}

// Header is the names of all columns, in their order.
func (c *CSV) Header() []string { return slices.Clone(c.header) }

// Next reads the next row, of which [CSV.Field] and [CSV.Row] then tell. It returns false at the end,
// and after a row from which the rest can't be read.
func (c *CSV) Next(problems *Problems) (bool, error) {
	for {
		record, err := c.reader.Read()
		if err == io.EOF {
			return false, nil
		}
		var malformed *csv.ParseError
		if errors.As(err, &malformed) && !errors.Is(err, csv.ErrFieldCount) {
			c.row += max(1, malformed.StartLine-c.lastEnd)
			problems.Add(Problem{File: c.name, Row: c.row, Code: "A103", Text: "a quote is stray or not closed; nothing after it was read"})
			return false, nil
		}
		if err != nil && malformed == nil {
			return false, fmt.Errorf("reading %s: %w", c.name, err)
		}
		start, _ := c.reader.FieldPos(0)
		c.row += start - c.lastEnd // more than 1 after blank lines, which a spreadsheet counts
		c.lastEnd = c.endLine(record)
		if err != nil {
			problems.Add(Problem{File: c.name, Row: c.row, Code: "A103",
				Text: fmt.Sprintf("want %d columns as in the header, found %d", len(c.header), len(record))})
			continue
		}
		if c.take(record, problems) {
			return true, nil
		}
	}
}

// take keeps the wanted fields of a record. It reports false, with a problem, if one is no text.
func (c *CSV) take(record []string, problems *Problems) bool {
	for i, at := range c.columns {
		c.fields[i] = strings.Trim(record[at], " \t")
		text := ""
		switch {
		case !utf8.ValidString(c.fields[i]):
			text = "this is not UTF-8: save the file again as CSV UTF-8"
		case strings.ContainsRune(c.fields[i], 0):
			text = "there is a NUL byte in it: the file is damaged"
		default:
			continue
		}
		problems.Add(Problem{File: c.name, Row: c.row, Name: c.header[at], Code: "A103", Text: text})
		return false
	}
	return true
}

// Field is the i-th wanted column of the current row, without blanks around it. The text is only good
// until the next row is read.
func (c *CSV) Field(i int) string { return c.fields[i] }

// Row is the number of the current row.
func (c *CSV) Row() int { return c.row }

// Close closes the file.
func (c *CSV) Close() error { return c.file.Close() }

// DayText cuts a timestamp to the date it shows: 2018-03-01T23:30+01:00 is 2018-03-01. The date is kept
// as written, never converted.
func DayText(text string) string {
	if len(text) > 10 && (text[10] == 'T' || text[10] == ' ') {
		return text[:10]
	}
	return text
}
