package source

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rows reads the rows of a table: of one file, or of several and of their sheets, one after the other. Only the
// wanted columns are kept of a row.
type Rows struct {
	ctx      context.Context
	files    *Files
	table    Table
	at       string // where the table stands in the study file, for what would cure a problem
	want     []string
	problems *Problems
	quality  *Quality

	paths   []string // still to open
	found   int      // how many there were
	book    *workbook
	ofBook  bool         // some file is a workbook
	blanks  map[int]bool // rows of the sheet in which a wanted cell has a formula and no value
	sheets  []string     // still to open
	records records
	typed   []bool // wanted columns whose dates are dates, not texts

	comma   rune
	dated   []int  // wanted columns that hold dates
	text    Text   // of the file, if it is one
	name    string // of the file, as the study file would name it
	sheet   string
	columns []int    // for each wanted column, where it stands; -1 for a made one
	made    []string // for each wanted column, its text if it is made
	header  []string
	fields  []string
	row     int
	content uint64
	seed    maphash.Seed
	ended   bool // until: was met
	inFile  int64
	stopped bool
}

// Open opens the table that stands at a key of the study file and finds the wanted columns in its header. It returns nil, and adds to problems,
// if that can't be done; the error is for what the operating system or the engine refuses. quality is filled as the
// rows are read.
func (f *Files) Open(ctx context.Context, t Table, at string, want []string, problems *Problems, quality *Quality) (*Rows, error) {
	r := &Rows{ctx: ctx, files: f, table: t, at: at, want: want, problems: problems, quality: quality, seed: f.seed}
	quality.Table = at
	r.fields, r.made, r.columns, r.typed = make([]string, len(want)), make([]string, len(want)), make([]int, len(want)), make([]bool, len(want))
	paths, err := f.find(t.File)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		text := "there is no such file beside the study file"
		if IsGlob(t.File) {
			text = "no file beside the study file has a name like this"
		}
		problems.Add(Problem{File: t.File, Code: "A100", Text: text})
		return nil, nil
	}
	r.paths, r.found = paths, len(paths)
	ok, err := r.advance()
	if err != nil || !ok {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// advance opens the next sheet or file. It reports false when there is none that can be read.
func (r *Rows) advance() (bool, error) {
	for {
		if err := r.finishOne(true); err != nil {
			return false, err
		}
		if len(r.sheets) == 0 {
			if err := r.closeBook(); err != nil {
				return false, err
			}
			if len(r.paths) == 0 {
				return false, nil
			}
			r.name, r.paths = r.paths[0], r.paths[1:]
			r.inFile = 0
			if ok, err := r.openFile(); err != nil {
				return false, err
			} else if !ok {
				r.sheets = nil
				continue
			}
		}
		ok, err := r.openSheet()
		if err != nil || ok {
			return ok, err
		}
	}
}

// Next reads the next row, of which [Rows.Field] and the others then tell. It returns false at the end.
func (r *Rows) Next() (bool, error) {
	for !r.stopped {
		if r.row%2048 == 0 {
			if err := r.ctx.Err(); err != nil {
				return false, err
			}
		}
		record, row, err := r.records.next()
		var wrong *malformed
		switch {
		case errors.As(err, &wrong):
			r.problem(Problem{Row: wrong.row, Code: "A103", Text: wrong.text})
			err = io.EOF
		case err != nil && err != io.EOF:
			return false, failedReading(r.name, err)
		}
		if err != io.EOF && r.until(record) {
			if err := r.below(); err != nil {
				return false, err
			}
			err = io.EOF
		}
		if err == io.EOF {
			ok, err := r.advance()
			if err != nil || !ok {
				r.stopped = true
				return false, err
			}
			continue
		}
		r.row = row
		if r.take(record) {
			r.inFile++
			r.quality.Rows++
			r.quality.Files[len(r.quality.Files)-1].Rows++
			return true, nil
		}
	}
	return false, nil
}

// until reports whether the rows end above this one.
func (r *Rows) until(record []string) bool {
	if r.table.Until == "" {
		return false
	}
	first := firstText(record)
	r.ended = len(first) >= len(r.table.Until) && strings.EqualFold(first[:len(r.table.Until)], r.table.Until)
	return r.ended
}

// below looks at the rows under the one that until: ends the table at: rows of data there would be lost.
func (r *Rows) below() error {
	end := r.row + 1
	for {
		record, row, err := r.records.next()
		var wrong *malformed
		switch {
		case err == io.EOF || errors.As(err, &wrong):
			return nil
		case err != nil:
			return failedReading(r.name, err)
		case r.ctx.Err() != nil:
			return r.ctx.Err()
		}
		filled := true
		for _, at := range r.columns {
			filled = filled && (at < 0 || at < len(record) && strings.TrimSpace(record[at]) != "")
		}
		if filled && r.wanted(record) == 0 {
			r.problem(Problem{Row: row, Code: "A118", Text: fmt.Sprintf("this row, below row %d at which until: ends the table, has all the columns wanted: are there rows of data below?", end)})
			return nil
		}
	}
}

// totals is what the first text of a row that adds up the others is like.
var totals = regexp.MustCompile(`(?i)^(grand |sub[- ]?)?totals?(\s*[:=(].*|\s+[\d(].*)?$`)

// total begins a row of totals only if some wanted field is empty.
var total = regexp.MustCompile(`(?i)^((grand |sub[- ]?)?totals?|all (patients|clients|people|surgeries|practices)|sum|overall)\b`)

// take keeps the wanted fields of a record. It reports false, with a problem, if the row is no row of data.
func (r *Rows) take(record []string) bool {
	form := r.quality.Files[len(r.quality.Files)-1].Form
	if form == CSV {
		if blank(record) {
			return false
		}
		if len(record) != len(r.header) {
			text, cure := fmt.Sprintf("want %d columns as in the header, found %d", len(r.header), len(record)), ""
			if first := firstText(record); total.MatchString(first) {
				text, cure = text+": is this a row of totals?", "until: "+Quoted(total.FindString(first))
			} else if len(record) == 1 {
				text += ": is this a footer? until: in the study file, with how it begins, ends the rows above it"
			}
			r.problem(Problem{Row: r.row, Code: "A103", Text: text, Cure: cure})
			return false
		}
	}
	var sum maphash.Hash
	sum.SetSeed(r.seed)
	last := len(record)
	for last > 0 && strings.TrimSpace(record[last-1]) == "" {
		last--
	}
	for i, cell := range record[:last] {
		if strings.IndexByte(cell, 0) >= 0 {
			name := ""
			if i < len(r.header) {
				name = r.header[i]
			}
			r.problem(Problem{Row: r.row, Name: name, Code: "A103", Text: "there is a NUL byte in it: the file is damaged"})
			return false
		}
		if form == CSV && strings.IndexByte(cell, '\n') >= 0 && r.swallows(cell) {
			r.problem(Problem{Row: r.row, Code: "A103", Text: "a quoted text runs over lines that look like rows of the table: is a quote stray?"})
			return false
		}
		_, _ = sum.WriteString(strings.TrimSpace(cell)) // a hash takes everything
		_ = sum.WriteByte(0)
	}
	if r.blanks[r.row] {
		r.problem(Problem{Row: r.row, Code: "A119", Text: "a cell has a formula and no value: open the workbook in a spreadsheet and save it, then run again"})
		return false
	}
	empty, again, named := false, true, false
	for i, at := range r.columns {
		switch {
		case at < 0:
			r.fields[i] = r.made[i]
			continue
		case at < len(record):
			r.fields[i] = strings.TrimSpace(record[at])
		default:
			r.fields[i] = ""
		}
		if strings.ContainsRune(r.fields[i], utf8.RuneError) {
			r.problem(Problem{Row: r.row, Name: r.header[at], Code: "A103", Text: "there is a character in it that can't be read: the file is damaged, or encoding: is another"})
			return false
		}
		named = true
		empty = empty || r.fields[i] == ""
		again = again && r.fields[i] == r.header[at]
	}
	if d, ok := r.records.(*databaseRecords); ok {
		_, _ = sum.Write(binary.LittleEndian.AppendUint64(nil, d.content)) // of the columns that were not loaded too
	}
	r.content = sum.Sum64()
	if again && named {
		r.problem(Problem{Row: r.row, Code: "A116", Text: "the header stands here again: were two files put together?"})
		return false
	}
	if first := firstText(record); totals.MatchString(first) || empty && total.MatchString(first) {
		r.problem(Problem{Row: r.row, Code: "A117", Text: "this is a row of totals, not of data", Cure: "until: " + Quoted(total.FindString(first))})
		return false
	}
	return true
}

// swallows reports whether a line of a quoted text is like a row: as many columns, nothing missing that is wanted, and dates
// where dates stand.
func (r *Rows) swallows(cell string) bool {
	_, below, _ := strings.Cut(cell, "\n")
	for line := range strings.Lines(below) {
		parts := strings.Split(strings.TrimSpace(line), string(r.comma))
		if len(parts) != len(r.header) || len(parts) < 2 {
			continue
		}
		like := true
		for i, at := range r.columns {
			if at < 0 {
				continue
			}
			part := strings.Trim(strings.TrimSpace(parts[at]), `"`)
			like = like && part != ""
			if slices.Contains(r.dated, i) {
				like = like && slices.ContainsFunc(DateLayouts, func(layout string) bool { _, ok := ParseDate(layout, part, 40000); return ok })
			}
		}
		if like {
			return true
		}
	}
	return false
}

// finishOne closes what is being read and tells what was noticed of it.
func (r *Rows) finishOne(whole bool) error {
	if r.records == nil {
		return nil
	}
	read := &r.quality.Files[len(r.quality.Files)-1]
	if s, ok := r.records.(*sheetRecords); ok && s.hidden > 0 {
		read.Notes = append(read.Notes, "hidden rows were read too")
	}
	if r.table.Until != "" && !r.ended && whole {
		read.Notes = append(read.Notes, "no row begins with the text of until:, so it can't be told whether the file is complete")
	}
	err := r.records.close()
	r.records = nil
	if len(r.sheets) == 0 && whole {
		r.cut(read)
	}
	if err != nil {
		return failedReading(r.name, err)
	}
	return nil
}

// excelRows are the numbers of rows at which a spreadsheet cuts a file.
var excelRows = []int64{65_536, 1_048_576}

func (r *Rows) cut(read *Read) {
	switch {
	case r.inFile == 0 && r.found > 1:
		read.Notes = append(read.Notes, "there is a header and no row")
	case r.table.Rows > 0 && r.found == 1 && r.table.Rows != r.inFile:
		r.problem(Problem{Code: "A140", Text: fmt.Sprintf("rows: declares %d rows, the file has %d", r.table.Rows, r.inFile)})
	case r.table.Rows > 0:
	case slices.Contains(excelRows, r.inFile) || slices.Contains(excelRows, r.inFile+1) || slices.Contains(excelRows, int64(r.row)):
		r.problem(Problem{Code: "A141", Text: fmt.Sprintf("the file has exactly as many rows as a spreadsheet holds (%d): it was cut there", r.inFile), Cure: fmt.Sprintf("rows: %d", r.inFile)})
	}
}

func (r *Rows) closeBook() error {
	if r.book == nil {
		return nil
	}
	err := r.book.close()
	r.book = nil
	if err != nil {
		return failedReading(r.name, err)
	}
	return nil
}

// Close closes the table, and tells what of it as a whole is wrong.
func (r *Rows) Close() error {
	r.sheets = nil
	err := errors.Join(r.finishOne(false), r.closeBook())
	if r.stopped && r.quality.Rows == 0 && !r.problems.Any() {
		r.problem(Problem{Code: "A101", Text: "there is a header and no row"})
	}
	if r.stopped && r.found > 1 && r.table.Rows > 0 && r.table.Rows != r.quality.Rows {
		r.problems.Add(Problem{File: r.table.File, Code: "A140", Text: fmt.Sprintf("rows: declares %d rows, the files have %d", r.table.Rows, r.quality.Rows)})
	}
	return err
}

// problem adds a problem with the file being read.
func (r *Rows) problem(p Problem) {
	p.File = r.name
	if r.book != nil && r.table.Sheet == "*" && r.sheet != "" {
		name := r.sheet
		if at := slices.Index(r.book.sheets, name); digits.MatchString(name) {
			name = fmt.Sprintf("sheet number %d", at+1) // it may be a person's name
		}
		p.File += " (" + name + ")"
	}
	p.At = r.at
	r.problems.Add(p)
}

// Problem adds a problem with a wanted column of the current row.
func (r *Rows) Problem(column int, code, text, cure string) {
	name := ""
	if column >= 0 {
		name = r.want[column]
		if at := r.columns[column]; at >= 0 && at < len(r.header) {
			name = r.header[at]
		}
	}
	r.problem(Problem{Row: r.row, Name: name, Code: code, Text: text, Cure: cure})
}

// Field is the i-th wanted column of the current row, without blanks around it. The text is only good until the next
// row is read.
func (r *Rows) Field(i int) string { return r.fields[i] }

// Content is a hash of the whole row, of the columns that are not wanted too. It means something in this run only.
func (r *Rows) Content() uint64 { return r.content }

// Place is the file and the row that is being read.
func (r *Rows) Place() (file string, row int) { return r.name, r.row }

// Header is the names of all columns of the file being read, in their order.
func (r *Rows) Header() []string { return slices.Clone(r.header) }

// Quoted is a text as YAML takes it.
func Quoted(text string) string {
	plain := !strings.ContainsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(" _-./", c)
	})
	if plain && text != "" && unicode.IsLetter([]rune(text)[0]) && strings.TrimSpace(text) == text && !slices.Contains([]string{"yes", "no", "true", "false", "null", "on", "off", "y", "n"}, strings.ToLower(text)) {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
