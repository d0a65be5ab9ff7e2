package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// IsNHSNumber reports whether a text is ten digits whose last is the check digit of the other nine: weights 10 to 2,
// modulo 11. Blanks and hyphens between them are passed over.
func IsNHSNumber(text string) bool {
	sum, n, last := 0, 0, 0
	for _, c := range text {
		switch {
		case c == ' ' || c == '-':
			continue
		case c < '0' || c > '9' || n == 10:
			return false
		}
		if last = int(c - '0'); n < 9 {
			sum += last * (10 - n)
		}
		n++
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	return n == 10 && check == last
}

// missing are the texts that programs and spreadsheets write for nothing.
var missing = []string{"null", "(null)", "none", "nan", "nat", "#n/a", "n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "-", "--", "0000-00-00", "0000-00-00 00:00:00"}

// Missing reports whether a text stands for nothing: NULL, #N/A.
func Missing(text string) bool {
	return len(text) <= 19 && slices.Contains(missing, strings.ToLower(text))
}

// asNumber is an identifier that a spreadsheet or a program has kept as a number: 9.43E+09, 1234.0.
var asNumber = regexp.MustCompile(`^\d(\.\d+)?[Ee]\+\d+$|^\d+\.0+$`)

// Identifiers looks at the identifiers of one wanted column as they are read.
type Identifiers struct {
	rows    *Rows
	column  int
	all     int64
	numbers int64     // pass the NHS number's check digit
	lengths [21]int64 // of those that are digits alone
	zeros   int64     // of those, begin with 0
}

// Identifiers looks at the wanted column that way.
func (r *Rows) Identifiers(column int) *Identifiers { return &Identifiers{rows: r, column: column} }

// See looks at the identifier in the current row. It adds a problem for one that was kept as a number.
func (i *Identifiers) See() {
	text := i.rows.fields[i.column]
	if text == "" || Missing(text) {
		return
	}
	i.all++
	if IsNHSNumber(text) {
		i.numbers++
	}
	if asNumber.MatchString(text) {
		i.rows.Problem(i.column, "A143", "an identifier was stored as a number, in which digits get lost: export the column as text", "")
		return
	}
	if len(text) <= 20 && strings.Trim(text, "0123456789") == "" {
		i.lengths[len(text)]++
		if text[0] == '0' {
			i.zeros++
		}
	}
}

// Done adds the problems that only all identifiers together show.
func (i *Identifiers) Done(problems *Problems) {
	add := func(code, text string) {
		problems.Add(Problem{File: i.rows.table.File, Name: i.rows.want[i.column], Code: code, Text: text})
	}
	if i.numbers*2 > i.all {
		add("A144", "over half of the identifiers are NHS numbers: replace them in every file with averted pseudonymise first")
	}
	digits, usual := int64(0), 0
	for length, n := range i.lengths {
		digits += n
		if n > i.lengths[usual] {
			usual = length
		}
	}
	shorter := int64(0)
	for _, n := range i.lengths[:usual] {
		shorter += n
	}
	// One in ten of random numbers begins with 0: where none does and some are shorter, they lost it.
	if usual >= 8 && i.zeros == 0 && digits >= 20 && shorter*50 >= digits && i.lengths[usual]*10 >= digits*7 {
		add("A143", fmt.Sprintf("most identifiers have %d digits, %d have fewer and none begins with 0: leading zeros were lost when they were stored as numbers; export the column as text", usual, shorter))
	}
}

// Loose is an identifier without what differs between systems that hold the same one: case, leading zeros, and all that
// is no letter or digit.
func Loose(id string) string {
	id = strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, strings.ToLower(id))
	return strings.TrimLeft(id, "0")
}
