package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Table says where the rows of a table are and what form they have. Its keys stand in the study file, in
// people, events, counts, totals and series.
type Table struct {
	File      string `json:"file"`                 // a path below the study file, or a glob
	Sheet     string `json:"sheet,omitempty"`      // of a workbook: its name, or "*" for all
	HeaderRow int    `json:"header_row,omitempty"` // the row that has the headings; 0 is row 1
	Until     string `json:"until,omitempty"`      // the rows end above one whose first text begins so
	Delimiter string `json:"delimiter,omitempty"`  // between columns; "" is found from the header
	Encoding  string `json:"encoding,omitempty"`   // utf-8, utf-16, windows-1252; "" is found from the bytes
	FromTable string `json:"table,omitempty"`      // of a DuckDB file (an embedded struct's field can't have its name)
	Query     string `json:"query,omitempty"`      // a SELECT on a DuckDB file
	Rows      int64  `json:"rows,omitempty"`       // how many there must be
	SHA256    string `json:"sha256,omitempty"`     // of the file, as its sender gave it
}

// Encodings lists the encodings that a table may declare.
var Encodings = []string{"utf-8", "utf-16", "windows-1252"}

// delimiters are looked for in this order; their names are for a study file and for notes.
var delimiters = []struct {
	char rune
	name string
}{{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "pipe"}}

// Comma is the character that a delimiter: names: itself, or comma, semicolon, tab, pipe.
func Comma(text string) (rune, bool) {
	for _, d := range delimiters {
		if text == d.name || text == string(d.char) {
			return d.char, true
		}
	}
	runes := []rune(text)
	if len(runes) == 1 && !strings.ContainsRune("\"\r\n \ufeff\ufffd", runes[0]) {
		return runes[0], true
	}
	return 0, false
}

func delimiterName(char rune) string {
	for _, d := range delimiters {
		if d.char == char {
			return d.name
		}
	}
	return string(char)
}

// Form is what kind of file a table is in.
type Form string

// The forms.
const (
	CSV      Form = "csv"
	Workbook Form = "xlsx"
	Parquet  Form = "parquet"
	DuckDB   Form = "duckdb"
)

// FormOf is the form of a file, by its name. It reports false for a name that tells no form.
func FormOf(name string) (Form, bool) {
	name = strings.ToLower(name)
	for _, squeezed := range []string{".gz", ".zst"} {
		if cut, ok := strings.CutSuffix(name, squeezed); ok {
			return CSV, slices.Contains([]string{".csv", ".txt", ".tsv", ".dat"}, filepath.Ext(cut))
		}
	}
	switch filepath.Ext(name) {
	case ".csv", ".txt", ".tsv", ".dat":
		return CSV, true
	case ".xlsx", ".xlsm":
		return Workbook, true
	case ".parquet":
		return Parquet, true
	case ".duckdb", ".db", ".ddb":
		return DuckDB, true
	}
	return "", false
}

// IsGlob reports whether a file name stands for several.
func IsGlob(name string) bool { return strings.ContainsAny(name, "*?[") }

// either is the separator between headings of which a file has one.
const either = " | "

// headings are the names a wanted column may have.
func headings(want string) []string {
	names := strings.Split(want, either)
	for i := range names {
		names[i] = heading(names[i])
	}
	return names
}

// Made reports whether a column is not in the rows but made from where they stand: @file, @match, @sheet
// and @cell B2.
func Made(column string) bool { return strings.HasPrefix(column, "@") }

// CheckMade reports what is wrong with a made column, "" if nothing.
func CheckMade(column string) string {
	switch name, cell, _ := strings.Cut(column, " "); name {
	case "@file", "@match", "@sheet":
		if cell == "" {
			return ""
		}
	case "@cell":
		if _, _, ok := cellAt(cell); ok {
			return ""
		}
		return "want a cell above the headings, such as @cell B2"
	}
	return "made columns are @file, @match, @sheet and @cell B2"
}

// cellAt is the column (from 0) and row (from 1) of a cell such as B2.
func cellAt(text string) (column, row int, ok bool) {
	letters := 0
	for letters < len(text) && text[letters] >= 'A' && text[letters] <= 'Z' {
		column = column*26 + int(text[letters]-'A') + 1
		letters++
	}
	if letters == 0 || letters > 3 {
		return 0, 0, false
	}
	if _, err := fmt.Sscanf(text[letters:], "%d", &row); err != nil || row < 1 || row > 100 || fmt.Sprint(row) != text[letters:] {
		return 0, 0, false
	}
	return column - 1, row, true
}

// matched is the part of a file's name that the first * of a glob stands for.
func matched(glob, name string) string {
	at := strings.IndexByte(glob, '*')
	if at < 0 || strings.ContainsAny(glob[:at], "?[") || at > len(name) {
		return ""
	}
	rest := glob[at+1:]
	for end := len(name); end >= at; end-- {
		if ok, err := filepath.Match(rest, name[end:]); err == nil && ok {
			return name[at:end]
		}
	}
	return ""
}
