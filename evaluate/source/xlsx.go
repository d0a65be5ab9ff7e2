package source

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook: what a real extract never reaches, and a small file that unpacks to fill a disk does.
const (
	mostUnpacked = 4 << 30 // bytes
	mostSqueezed = 500     // times, of files that unpack to more than 64 MB
	inMemory     = 16 << 20
)

// workbook is an XLSX file, open.
type workbook struct {
	file   *excelize.File
	path   string
	sheets []string
	hidden []string
	base   int // days to add to a serial number: 0, or 1462 where days count from 1904
}

// errLocked and the others are told as problems.
var (
	errLocked  = errors.New("this workbook has a password, or is of the kind before 2007 (.xls): save it without a password as .xlsx")
	errBomb    = errors.New("this workbook unpacks to far more than it seems to hold, and is not opened")
	errNoBook  = errors.New("this is no workbook, or it is damaged or cut short")
	errOrder   = errors.New("the rows or cells of this sheet are not in order in the file: open the workbook in a spreadsheet and save it, then run again")
	errNoSheet = errors.New("this workbook has no sheet with rows")
)

func openWorkbook(name, spill string) (*workbook, error) {
	if err := safe(name); err != nil {
		return nil, err
	}
	file, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: inMemory, TmpDir: spill})
	if err != nil {
		return nil, errNoBook
	}
	w := &workbook{file: file, path: name, sheets: file.GetSheetList()}
	for _, sheet := range w.sheets {
		if visible, err := file.GetSheetVisible(sheet); err == nil && !visible {
			w.hidden = append(w.hidden, sheet)
		}
	}
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		w.base = 1462
	}
	return w, nil
}

// safe looks at a workbook before it is unpacked.
func safe(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // opened for reading
	start := make([]byte, 8)
	n, err := io.ReadFull(file, start)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	if bytes.HasPrefix(start[:n], []byte("\xd0\xcf\x11\xe0")) {
		return errLocked
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(file, info.Size())
	if err != nil {
		return errNoBook
	}
	var unpacked, packed uint64
	for _, f := range archive.File {
		unpacked += f.UncompressedSize64
		packed += f.CompressedSize64
		if unpacked > mostUnpacked {
			return errBomb
		}
	}
	if unpacked > 64<<20 && unpacked/max(1, packed) > mostSqueezed {
		return errBomb
	}
	return nil
}

// sheetRecords reads one sheet.
type sheetRecords struct {
	rows   *excelize.Rows
	row    int
	last   int   // the number of the last row that must be met
	hidden int64 // rows
	told   func(int64)
}

func (w *workbook) open(sheet string, progress func(rows int64)) (*sheetRecords, error) {
	rows, err := w.file.Rows(sheet)
	if err != nil {
		return nil, errNoSheet
	}
	return &sheetRecords{rows: rows, told: progress}, nil
}

func (s *sheetRecords) next() ([]string, int, error) {
	for s.rows.Next() {
		s.row++
		hidden := s.rows.GetRowOpts().Hidden
		cells, err := s.rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, 0, &malformed{s.row, "the workbook is damaged here; nothing after it was read"}
		}
		if s.told != nil && s.row%1024 == 0 {
			s.told(int64(s.row))
		}
		if blank(cells) {
			continue
		}
		if hidden {
			s.hidden++
		}
		return cells, s.row, nil
	}
	if err := s.rows.Error(); err != nil {
		return nil, 0, &malformed{s.row + 1, "the workbook is damaged here; nothing after it was read"}
	}
	if s.row < s.last {
		return nil, 0, &malformed{s.row + 1, "the workbook is damaged here; nothing after it was read"}
	}
	return nil, 0, io.EOF
}

func (s *sheetRecords) close() error { return s.rows.Close() }

// scanned is what the look over a sheet's XML found.
type scanned struct {
	blanks []cellPlace // that hold a formula and no value: the workbook was written by a program and never opened
	last   int         // the number of the last row with cells
}

type cellPlace struct{ column, row int } // columns from 0

// scan looks over a sheet before it is read: the library takes what it can and says nothing of the rest. The error is
// errNoBook for XML that breaks off or is not whole, and errOrder for rows or cells out of order.
func (w *workbook) scan(sheet string) (scanned, error) {
	archive, err := zip.OpenReader(w.path)
	if err != nil {
		return scanned{}, errNoBook
	}
	defer func() { _ = archive.Close() }() // opened for reading
	part, err := partOf(&archive.Reader, sheet)
	if err != nil || part == "" {
		return scanned{}, errors.Join(err, errNoBook)
	}
	for _, f := range archive.File {
		if !strings.EqualFold(strings.ReplaceAll(f.Name, "\\", "/"), part) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return scanned{}, errNoBook
		}
		defer func() { _ = in.Close() }() // opened for reading
		return scanSheet(in)
	}
	return scanned{}, errNoBook
}

// partOf is the archive's file that holds a sheet, "" if that can't be told.
func partOf(archive *zip.Reader, sheet string) (string, error) {
	var book struct {
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	for name, into := range map[string]any{"xl/workbook.xml": &book, "xl/_rels/workbook.xml.rels": &links} {
		in, err := archive.Open(name)
		if err != nil {
			return "", nil
		}
		err = xml.NewDecoder(io.LimitReader(in, inMemory)).Decode(into)
		if err := errors.Join(err, in.Close()); err != nil {
			return "", errNoBook
		}
	}
	for _, s := range book.Sheets {
		if s.Name != sheet {
			continue
		}
		for _, a := range s.Attrs {
			for _, l := range links.Links {
				if a.Name.Local == "id" && a.Value == l.ID {
					if strings.HasPrefix(l.Target, "/") {
						return strings.TrimPrefix(l.Target, "/"), nil
					}
					return path.Join("xl", l.Target), nil
				}
			}
		}
	}
	return "", nil
}

// scanSheet reads a sheet's XML. A formula whose value is an empty text has a place for it and its cell the type of a
// text.
func scanSheet(in io.Reader) (found scanned, err error) {
	var (
		at                              cellPlace
		formula, value, held, text, inV bool // held: there is a place for the value
		row, depth                      int
		whole                           bool // the rows came to their end
		open                            []string
	)
	decoder := xml.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	for {
		token, err := decoder.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return found, errNoBook
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := t.Name.Local
			if open = append(open, name); name == "sheetData" {
				depth = len(open)
			}
			if depth == 0 {
				continue
			}
			switch name {
			case "row":
				next := row + 1
				if r := attribute(t, "r"); r != "" {
					if next, err = strconv.Atoi(r); err != nil || next <= row {
						return found, errOrder
					}
				}
				row, at.column = next, -1
			case "c":
				column := at.column + 1
				if r := attribute(t, "r"); r != "" {
					letters := strings.TrimRight(r, "0123456789")
					c, _, ok := cellAt(letters + "1")
					if !ok || c < column || r[len(letters):] != strconv.Itoa(row) {
						return found, errOrder
					}
					column = c
				}
				at = cellPlace{column, row}
				found.last = row
				formula, value, held, text = false, false, false, attribute(t, "t") == "str"
			case "f":
				formula = true
			case "v":
				held, inV = true, true
			}
		case xml.CharData:
			value = value || inV && len(bytes.TrimSpace(t)) > 0
		case xml.EndElement:
			name := t.Name.Local
			if len(open) == 0 || open[len(open)-1] != name {
				return found, errNoBook
			}
			open = open[:len(open)-1]
			switch {
			case depth == 0:
			case name == "sheetData":
				depth, whole = 0, true
			case name == "v":
				inV = false
			case name == "c" && formula && !value && (!text || !held) && len(found.blanks) < mostBlanks:
				found.blanks = append(found.blanks, at)
			}
		}
	}
	if !whole || len(open) > 0 {
		return found, errNoBook
	}
	return found, nil
}

// mostBlanks is how many cells without a value are remembered.
const mostBlanks = 10_000

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (w *workbook) close() error { return w.file.Close() }

// pick is the sheets that a table's sheet: means. The problem is "" if it means some.
func (w *workbook) pick(want string) (sheets []string, problem string) {
	switch {
	case want == "*":
		return w.sheets, ""
	case want != "":
		if i := slices.IndexFunc(w.sheets, func(s string) bool { return strings.EqualFold(s, want) }); i >= 0 {
			return w.sheets[i : i+1], ""
		}
		return nil, fmt.Sprintf("no sheet %s; there are %s", want, w.named())
	case len(w.sheets) == 1:
		return w.sheets, ""
	case len(w.sheets) == 0:
		return nil, errNoSheet.Error()
	}
	return nil, fmt.Sprintf("the workbook has %d sheets, %s: name the one to read, or \"*\" for all", len(w.sheets), w.named())
}

// named is the names of the sheets. A name with three digits or more may be a person's: its place stands for it.
func (w *workbook) named() string {
	names := slices.Clone(w.sheets)
	for i, name := range names {
		if digits.MatchString(name) {
			names[i] = fmt.Sprintf("sheet number %d", i+1)
		}
	}
	return strings.Join(names, ", ")
}

var digits = regexp.MustCompile(`[0-9].*[0-9].*[0-9]`)
