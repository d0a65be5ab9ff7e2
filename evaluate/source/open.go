package source

import (
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// openFile looks at a file of whatever form, and says which sheets it has to read.
func (r *Rows) openFile() (bool, error) {
	place := r.files.Path(r.name)
	if ok, err := r.regular(place); err != nil || !ok {
		return false, err
	}
	form, _ := FormOf(r.name)
	read := Read{Name: r.name, Form: form}
	r.sheets = []string{""}
	switch form {
	case CSV:
		text, err := Preflight(r.ctx, place, r.table.Encoding)
		if err != nil {
			return false, r.cannot(err)
		}
		if text.trouble != "" {
			r.problem(Problem{Code: "A101", Text: text.trouble, Cure: "encoding: windows-1252"})
			return false, nil
		}
		read.SHA256, read.Notes, r.text = text.SHA256, text.notes(), text
		if !text.Whole {
			read.Notes = append(read.Notes, "its last line does not end, so it can't be told whether the file is complete")
		}
	default:
		sum, err := hashOf(r.ctx, place)
		if err != nil {
			return false, r.cannot(err)
		}
		read.SHA256 = sum
	}
	if form == Workbook {
		spill, err := r.files.Spill()
		if err != nil {
			return false, err
		}
		book, err := openWorkbook(place, spill)
		if err != nil {
			return false, r.cannot(err)
		}
		r.book, r.ofBook = book, true
		sheets, problem := book.pick(r.table.Sheet)
		if problem != "" {
			cure := ""
			if likely := r.likely(); likely != "" && !digits.MatchString(likely) { // else it may be a person's name
				cure = "sheet: " + Quoted(likely)
			}
			r.problem(Problem{Code: "A119", Text: problem, Cure: cure})
		}
		r.sheets = sheets
		for _, s := range sheets {
			if slices.Contains(book.hidden, s) {
				read.Notes = append(read.Notes, "a sheet that was read is hidden")
			}
		}
	}
	r.files.remember(place, read.SHA256)
	for _, other := range r.quality.Files {
		if other.SHA256 == read.SHA256 && other.Name != read.Name {
			r.problem(Problem{Code: "A115", Text: "this file and " + other.Name + " are the same, byte for byte: its rows would count twice"})
		}
	}
	if want := strings.ToLower(r.table.SHA256); want != "" && want != read.SHA256 {
		r.problem(Problem{Code: "A140", Text: "the file is not the one whose hash sha256: declares"})
	}
	r.quality.Files = append(r.quality.Files, read)
	return len(r.sheets) > 0, nil
}

func (r *Rows) regular(place string) (bool, error) {
	info, err := r.files.stat(place)
	switch {
	case err != nil:
		return false, failedReading(r.name, err)
	case info != nil && r.files.outside(place):
		r.problem(Problem{Code: "A100", Text: "this is a link that leads outside the study's folder"})
	case info == nil:
		r.problem(Problem{Code: "A100", Text: "there is no such file beside the study file"})
	case info.IsDir():
		r.problem(Problem{Code: "A100", Text: "this is a folder, not a file"})
	case !info.Mode().IsRegular():
		r.problem(Problem{Code: "A100", Text: "this is not a regular file"})
	default:
		return true, nil
	}
	return false, nil
}

// cannot makes a problem of an error about the file's content, and passes on what the system refuses.
func (r *Rows) cannot(err error) error {
	for _, known := range []error{errDamaged, errLocked, errBomb, errOrder, errNoBook, errNoSheet} {
		if errors.Is(err, known) {
			r.problem(Problem{Code: "A101", Text: known.Error()})
			return nil
		}
	}
	var unreadable *Unreadable
	if errors.As(err, &unreadable) {
		r.problem(Problem{Code: "A101", Text: unreadable.Text, Cure: unreadable.Cure})
		return nil
	}
	return failedReading(r.name, err)
}

// openSheet opens the next sheet of a file, of which a file that is no workbook has one, and reads its header.
func (r *Rows) openSheet() (bool, error) {
	r.sheet, r.sheets = r.sheets[0], r.sheets[1:]
	place := r.files.Path(r.name)
	read := &r.quality.Files[len(r.quality.Files)-1]
	r.ended = false
	var err error
	switch read.Form {
	case CSV:
		comma, ok := Comma(r.table.Delimiter)
		if !ok && r.text.sep != 0 {
			comma, ok = r.text.sep, true
		}
		if !ok {
			if comma, err = sniff(place, r.text, r.table.HeaderRow, r.wanted); err != nil {
				return false, r.cannot(err)
			}
		}
		if comma != ',' {
			read.Notes = append(read.Notes, "columns are split at each "+delimiterName(comma))
		}
		r.comma = comma
		c, err := openCSV(place, r.text, comma, r.files.progress(r.name, r.text.Size))
		if err != nil {
			return false, r.cannot(err)
		}
		r.records = c
	case Workbook:
		seen, err := r.book.scan(r.sheet)
		if err != nil {
			return false, r.cannot(err)
		}
		s, err := r.book.open(r.sheet, r.files.progress(r.name, 0))
		if err != nil {
			return false, r.cannot(err)
		}
		s.last = seen.last
		r.records = s
		if r.table.Sheet == "*" && r.most(r.sheet) == 0 {
			read.Notes = append(read.Notes, "a sheet without any of the columns was passed over")
			return false, nil
		}
		if !r.head(read) {
			return false, nil
		}
		r.blanks = map[int]bool{}
		for _, cell := range seen.blanks {
			if slices.Contains(r.columns, cell.column) {
				r.blanks[cell.row] = true
			}
		}
		return true, nil
	default:
		d, typed, err := r.openDatabase(place, read.Form)
		if err != nil {
			return false, r.cannot(err)
		}
		r.records = d
		ok := r.head(read)
		for i, at := range r.columns {
			r.typed[i] = ok && at >= 0 && typed[at]
		}
		return ok, nil
	}
	return r.head(read), nil
}

// likely is the sheet whose headings have most of the wanted columns, "" in a workbook without sheets.
func (r *Rows) likely() string {
	best, most := "", -1
	for _, sheet := range r.book.sheets {
		if n := r.most(sheet); n > most {
			best, most = sheet, n
		}
	}
	return best
}

// most is how many of the wanted columns one of the first rows of a sheet has.
func (r *Rows) most(sheet string) int {
	s, err := r.book.open(sheet, nil)
	if err != nil {
		return 0
	}
	most := 0
	for range 20 {
		record, _, err := s.next()
		if err != nil {
			break
		}
		most = max(most, r.wanted(record))
	}
	_ = s.close() // only looked at
	return most
}

func (r *Rows) headerRow() int { return max(1, r.table.HeaderRow) }

// wanted is how many wanted columns a header has.
func (r *Rows) wanted(header []string) int {
	n := 0
	for _, want := range r.want {
		if !Made(want) && place(header, want) >= 0 {
			n++
		}
	}
	return n
}

// heading is a heading with single blanks in place of line breaks and what else stands between its words.
func heading(text string) string { return strings.Join(strings.Fields(text), " ") }

// place is where a wanted column stands in a header, -1 if it doesn't, -2 if it stands there twice.
func place(header []string, want string) int {
	at := placed(header, want, func(a, b string) bool { return a == b })
	if at == -1 { // or one that differs in case alone
		at = placed(header, want, strings.EqualFold)
	}
	return at
}

func placed(header []string, want string, same func(a, b string) bool) int {
	found := -1
	for _, name := range headings(want) {
		for i, h := range header {
			if same(heading(h), name) {
				if found >= 0 {
					return -2
				}
				found = i
			}
		}
	}
	return found
}

// head reads down to the header and finds the columns in it.
func (r *Rows) head(read *Read) bool {
	above := map[int][]string{}
	var header []string
	for header == nil {
		record, row, err := r.records.next()
		var wrong *malformed
		switch {
		case errors.As(err, &wrong):
			r.problem(Problem{Row: wrong.row, Code: "A101", Text: "the headings can't be read: is a quote not closed?"})
			return false
		case err == io.EOF && r.table.Sheet == "*" && len(above) == 0:
			read.Notes = append(read.Notes, "an empty sheet was passed over")
			return false
		case err == io.EOF && len(above) == 0:
			r.problem(Problem{Row: 1, Code: "A101", Text: "the file is empty: want a header with the columns " + strings.Join(r.wantedNames(), ", ")})
			return false
		case err != nil && err != io.EOF:
			r.stopped = true
			r.problem(Problem{Code: "A101", Text: "the file can't be read"})
			return false
		case err == io.EOF, r.table.HeaderRow > 0 && row > r.table.HeaderRow:
			r.problem(Problem{Row: r.headerRow(), Code: "A102", Text: "header_row: says that the headings stand here, and this row is blank or not there"})
			return false
		case r.table.HeaderRow == 0 && row == 1 && read.Form == CSV && r.text.sep != 0: // a spreadsheet's word on what splits columns
		case r.table.HeaderRow == 0 || row == r.table.HeaderRow:
			header = trimmed(record)
			r.row = row
		default:
			above[row] = trimmed(record)
		}
	}
	r.header = header
	for i, want := range r.want {
		r.made[i] = r.make(want, above)
	}
	return r.find()
}

func trimmed(record []string) []string {
	out := make([]string, len(record))
	for i, cell := range record {
		out[i] = strings.Clone(strings.TrimSpace(cell))
	}
	return out
}

func (r *Rows) wantedNames() []string {
	return slices.DeleteFunc(slices.Clone(r.want), Made)
}

// make is the text of a made column.
func (r *Rows) make(column string, above map[int][]string) string {
	name, cell, _ := strings.Cut(column, " ")
	base := path.Base(r.name)
	switch name {
	case "@file":
		for _, end := range []string{".gz", ".zst"} {
			base = strings.TrimSuffix(base, end)
		}
		return strings.TrimSpace(strings.TrimSuffix(base, path.Ext(base)))
	case "@match":
		return strings.TrimSpace(matched(path.Base(filepath.ToSlash(r.table.File)), base))
	case "@sheet":
		return strings.TrimSpace(r.sheet)
	case "@cell":
		at, row, ok := cellAt(cell)
		if cells := above[row]; ok && at < len(cells) {
			return cells[at]
		}
		r.problem(Problem{Code: "A102", Text: "there is nothing in " + cell + " above the headings"})
	}
	return ""
}

// find finds the wanted columns in the header.
func (r *Rows) find() bool {
	var missing []string
	for i, want := range r.want {
		if Made(want) {
			r.columns[i] = -1
			continue
		}
		switch at := place(r.header, want); at {
		case -1:
			missing = append(missing, want)
		case -2:
			r.problem(Problem{Row: r.row, Name: want, Code: "A102", Text: "two columns have this name"})
			return false
		default:
			r.columns[i] = at
		}
	}
	if len(missing) == 0 {
		return true
	}
	text, cure := "no column "+strings.Join(missing, ", ")+" in the header, ", ""
	// A first row that has none of the columns, or one unlike a header, may be data, so it is not repeated.
	odd := slices.ContainsFunc(r.header, func(h string) bool { return len(h) > 60 || strings.ContainsAny(h, "0123456789") })
	if row := r.lower(); row > 0 {
		text += "and all of them in row " + fmt.Sprint(row)
		cure = fmt.Sprintf("header_row: %d", row)
	} else if char := r.better(); char != 0 {
		text += "nor any other column wanted, since its columns are split at each " + delimiterName(char)
		cure = "delimiter: " + delimiterName(char)
	} else if 2*len(missing) > len(r.wantedNames()) || odd || len(r.header) > 400 {
		text += map[bool]string{true: "nor any other column wanted", false: "and what stands there may be data"}[len(missing) == len(r.wantedNames())] + ": is there a header, and what stands between the columns?"
	} else {
		text += "which has " + strings.Join(r.header, ", ")
	}
	r.problem(Problem{Row: r.headerRow(), Code: "A102", Text: text, Cure: cure})
	return false
}

// better is a delimiter under which the header has the wanted columns, where the declared one is wrong; 0 for none.
func (r *Rows) better() rune {
	if r.table.Delimiter == "" || r.text.SHA256 == "" {
		return 0
	}
	char, err := sniff(r.files.Path(r.name), r.text, r.table.HeaderRow, r.wanted)
	if declared, _ := Comma(r.table.Delimiter); err != nil || char == declared {
		return 0
	}
	return char
}

// lower looks for the headings in the rows below, 0 if they are not there.
func (r *Rows) lower() int {
	for range 20 {
		record, row, err := r.records.next()
		if err != nil {
			return 0
		}
		if n := len(r.wantedNames()); n > 0 && r.wanted(record) == n {
			return row
		}
	}
	return 0
}
