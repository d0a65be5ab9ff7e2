package source

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/window"
)

// DateLayouts lists the layouts that dates: may declare, in the order in which they are tried when a declared one
// doesn't fit. d and m stand for one digit or two where something stands behind them.
var DateLayouts = []string{
	"yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy", "dd-mm-yyyy", "dd.mm.yyyy", "yyyy/mm/dd", "yyyymmdd", "dd-mmm-yyyy", "dd mmm yyyy",
	"dd mmmm yyyy", "ddmmmyyyy", "dd/mmm/yyyy", "mm-dd-yyyy", "dd/mm/yy", "mm/dd/yy", "dd-mmm-yy", "dd-mm-yy", "ddmmyyyy", "excel",
}

// Null dates stand for no date in some systems.
var nullDates = []window.Day{window.Date(1, 1, 1), window.Date(1753, 1, 1), window.Date(1800, 1, 1), window.Date(1801, 1, 1), window.Date(1900, 1, 1), window.Date(9999, 12, 31)}

// Layouts splits the text of dates: into layouts, of which a date may have any. It reports the one that is unknown.
func Layouts(text string) (layouts []string, unknown string) {
	for _, name := range headings(text) {
		if !slices.Contains(DateLayouts, name) {
			return nil, name
		}
		layouts = append(layouts, name)
	}
	return layouts, ""
}

// ParseDate reads a text as a layout says, and reports false if it is not so. A time behind the date is cut off: the
// day is the one that stands there, whatever the zone. last is the last day a two-digit year can mean.
func ParseDate(layout, text string, last window.Day) (window.Day, bool) {
	if layout == "excel" {
		serial, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, false
		}
		return serialDay(serial, 0)
	}
	year, month, day := 0, 0, 0
	short := false
	rest := text
	for pattern := layout; pattern != ""; {
		letter := pattern[0]
		n := 1
		for n < len(pattern) && pattern[n] == letter {
			n++
		}
		pattern = pattern[n:]
		switch {
		case letter == 'm' && n > 2:
			var ok bool
			if month, rest, ok = monthName(rest, n > 3); !ok {
				return 0, false
			}
		case letter == 'y' || letter == 'm' || letter == 'd':
			closed := pattern != "" && !strings.ContainsRune("ymd", rune(pattern[0])) // something stands behind
			digits := 0
			for digits < len(rest) && digits < n && rest[digits] >= '0' && rest[digits] <= '9' {
				digits++
			}
			if digits == 0 || digits < n && (letter == 'y' || !closed) {
				return 0, false
			}
			value, err := strconv.Atoi(rest[:digits])
			if err != nil {
				return 0, false
			}
			rest = rest[digits:]
			switch letter {
			case 'y':
				year, short = value, n == 2
			case 'm':
				month = value
			default:
				day = value
			}
		default:
			if rest == "" || rest[0] != letter {
				return 0, false
			}
			rest = rest[n:]
		}
	}
	if rest != "" && rest[0] >= '0' && rest[0] <= '9' && layout != "yyyymmdd" {
		return 0, false
	}
	if rest != "" && !clock.MatchString(rest) && !(layout == "yyyymmdd" && packed.MatchString(rest)) {
		return 0, false
	}
	if short {
		lastYear, _, _ := last.Calendar()
		if year += 2000; year > lastYear {
			year -= 100
		}
	}
	if month < 1 || month > 12 || day < 1 || year < 1 || day > window.DaysIn(year, month) {
		return 0, false
	}
	return window.Date(year, month, day), true
}

// clock is what may stand behind a date: a time, with its zone.
var clock = regexp.MustCompile(`^([Tt_:]|,| at)?[ \x{202f}]*\d{1,2}([:.h]?\d{2}){0,2}([.,]\d+)?([ \x{202f}]?[AaPp]\.?[Mm]\.?)?( ?[+-] ?\d{2}(:?\d{2})?)?( ?\(?[A-Za-z]{1,5}([+-]\d{1,2})?\)?)?( ?\[?[A-Za-z]+(/[A-Za-z_]+)?\]?)?$`)

// packed is a time in digits alone behind a date in digits alone.
var packed = regexp.MustCompile(`^\d{4}(\d{2})?$`)

var monthNames = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

func monthName(text string, long bool) (month int, rest string, ok bool) {
	lower := strings.ToLower(text)
	for i, name := range monthNames {
		if !long {
			if i == 8 && strings.HasPrefix(lower, "sept") && !strings.HasPrefix(lower, "septe") {
				return 9, text[4:], true
			}
			name = name[:3]
		}
		if strings.HasPrefix(lower, name) {
			return i + 1, text[len(name):], true
		}
	}
	return 0, text, false
}

// serialDay is the day of a spreadsheet's serial number. Numbers that mean days before 1920 or after 2119 are taken for
// something else, but for those of the null dates.
func serialDay(serial float64, base int) (window.Day, bool) {
	whole := int(math.Floor(serial)) + base
	if serial == 0 || whole == 1 || whole == 2958465 {
		return window.Date(1900, 1, 1), true // stands for none
	}
	day := window.Date(1899, 12, 30) + window.Day(whole)
	if serial < 0 || serial > 1e6 || day < window.Date(1920, 1, 1) || day >= window.Date(2120, 1, 1) {
		return 0, false
	}
	return day, true
}

// Outcome is what became of a date.
type Outcome int

// The outcomes.
const (
	DayRead    Outcome = iota
	DayMissing         // nothing stands there, or a date that stands for none
	DayWrong           // not as declared
)

// DateColumn reads the dates of one wanted column and remembers what else they could have been.
type DateColumn struct {
	rows      *Rows
	column    int
	layouts   []string
	last      window.Day
	read      int64
	typed     int64
	over      bool     // a day over 12 was read where day and month could be exchanged
	under     bool     // and one up to 12
	texts     int64    // dates read so
	typedOver bool     // a date that a workbook keeps as one lies on a day over 12
	either    bool     // a layout was used in which they could
	others    []string // the layouts that read every date which was wrong
	wrong     int64
}

// Dates reads the wanted column that way. layouts is the text of dates:, last the date of the report.
func (r *Rows) Dates(column int, layouts string, last window.Day) *DateColumn {
	list, _ := Layouts(layouts)
	r.dated = append(r.dated, column)
	return &DateColumn{rows: r, column: column, layouts: list, last: last}
}

// Day is the day in the current row. A problem is added for one that is not as declared.
func (d *DateColumn) Day() (window.Day, Outcome) {
	text := d.rows.fields[d.column]
	if text == "" || Missing(text) {
		return 0, DayMissing
	}
	day, ok := d.parse(text)
	if !ok {
		d.miss(text)
		return 0, DayWrong
	}
	if slices.Contains(nullDates, day) {
		return 0, DayMissing
	}
	d.read++
	return day, DayRead
}

func (d *DateColumn) parse(text string) (window.Day, bool) {
	if d.rows.typed[d.column] {
		d.typed++
		return ParseDate("yyyy-mm-dd", text, d.last)
	}
	for _, layout := range d.layouts {
		if layout == "excel" && d.rows.book != nil { // below, by the workbook's own count of days
			continue
		}
		if day, ok := ParseDate(layout, text, d.last); ok {
			d.note(layout, day)
			return day, true
		}
	}
	if d.rows.book != nil { // as a workbook keeps dates
		if serial, err := strconv.ParseFloat(text, 64); err == nil {
			if day, ok := serialDay(serial, d.rows.book.base); ok {
				d.typed++
				_, _, n := day.Calendar()
				d.typedOver = d.typedOver || n > 12
				return day, true
			}
		}
	}
	return 0, false
}

func (d *DateColumn) note(layout string, day window.Day) {
	first := strings.TrimLeft(layout, "dm")
	if len(first) == len(layout) || strings.Contains(layout, "mmm") || layout == "ddmmyyyy" {
		return
	}
	d.either = true
	_, _, n := day.Calendar()
	d.over = d.over || n > 12
	d.under = d.under || n <= 12
	d.texts++
}

// miss adds a problem, with the layout that would have read this date and all before it that were wrong.
func (d *DateColumn) miss(text string) {
	var fit []string
	for _, layout := range DateLayouts {
		if d.wrong > 0 && !slices.Contains(d.others, layout) {
			continue
		}
		if _, ok := ParseDate(layout, text, d.last); ok {
			fit = append(fit, layout)
		}
	}
	d.others = fit
	d.wrong++
	d.rows.Problem(d.column, "A104", "want a date as "+strings.ToUpper(strings.Join(d.layouts, " or ")), "")
}

// swapped is the layout with day and month exchanged.
var swapped = map[string]string{"dd/mm/yyyy": "mm/dd/yyyy", "mm/dd/yyyy": "dd/mm/yyyy", "dd/mm/yy": "mm/dd/yy", "mm/dd/yy": "dd/mm/yy", "dd-mm-yyyy": "mm-dd-yyyy", "mm-dd-yyyy": "dd-mm-yyyy"}

// Exchangeable reports whether two of the layouts read one text as two days.
func Exchangeable(layouts string) bool {
	list, _ := Layouts(layouts)
	return slices.ContainsFunc(list, func(l string) bool { return slices.Contains(list, swapped[l]) })
}

// mend is what would cure the dates that are not as declared, now that all were seen.
func (d *DateColumn) mend() (cure, text string) {
	if len(d.others) == 0 {
		return "", ""
	}
	turned := slices.ContainsFunc(d.layouts, func(l string) bool { return slices.Contains(d.others, swapped[l]) })
	switch {
	case d.read == d.typed: // none was read as declared
		return "dates: " + d.others[0], ""
	case turned && d.over:
		return "", "dates in " + d.rows.want[d.column] + " are day and month in some rows and month and day in others: they can't be told apart; have the file made again"
	case turned:
		return "dates: " + swapped[d.layouts[0]], ""
	}
	return "dates: [" + strings.Join(append(slices.Clone(d.layouts), d.others[0]), ", ") + "]", ""
}

// Notes says which reading was used if every date could be read two ways.
func (d *DateColumn) Notes(q *Quality) {
	if d.wrong > 0 {
		cure, text := d.mend()
		d.rows.problems.cure(d.rows.at, "A104", d.rows.want[d.column], cure)
		if text != "" {
			d.rows.problem(Problem{Code: "A104", Text: text})
		}
	}
	// A spreadsheet that takes dd/mm for mm/dd makes dates of those it can, and leaves the others as text.
	if d.rows.ofBook && d.typed >= 10 && d.texts >= 10 && !d.typedOver && !d.under {
		d.rows.problem(Problem{Code: "A104", Text: "in " + d.rows.want[d.column] + " what a spreadsheet keeps as dates lies on days up to 12, and what it keeps as text on later days: it has taken day for month; have the file made again"})
	}
	if last := len(q.Files) - 1; last >= 0 && d.either && !d.over && d.read > d.typed && len(d.layouts) == 1 {
		q.Files[last].Notes = append(q.Files[last].Notes, "every date in "+d.rows.want[d.column]+" could be day and month or month and day: read as "+d.layouts[0])
	}
}
