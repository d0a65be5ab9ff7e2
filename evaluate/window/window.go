// Package window is the rules of time: which days of a person's life count as before, which as after,
// and for how many of them the person was watched. Everything here is a pure function of dates.
//
// All windows are half-open runs of local calendar days. By default the index day lies in neither
// window, and a window of months is a fixed number of days, the same before and after for everybody,
// so that totals can be compared.
package window

import (
	"fmt"
	"strconv"
	"strings"
)

// Unit is what a Length counts.
type Unit string

// The units. A month is 365/12 days cut to whole days over the length (12 months are 365 days, 6 are
// 182); a calendar month follows the calendar, so that windows differ in length between people.
const (
	Days           Unit = "days"
	Weeks          Unit = "weeks"
	Months         Unit = "months"
	CalendarMonths Unit = "calendar months"
)

// Length is how long a window is.
type Length struct {
	N    int
	Unit Unit
}

// ParseLength reads "12 months", "8 weeks", "90 days" or "6 calendar months".
func ParseLength(text string) (Length, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.Atoi(number)
	unit = strings.TrimSpace(unit)
	if !strings.HasSuffix(unit, "s") {
		unit += "s" // "1 month"
	}
	switch u := Unit(unit); u {
	case Days, Weeks, Months, CalendarMonths:
		if err == nil && n >= 0 && n <= 10_000 {
			return Length{n, u}, nil
		}
	}
	return Length{}, fmt.Errorf(`want a length such as "12 months", "8 weeks" or "90 days"`)
}

// String writes the length as the study file does: "12 months".
func (l Length) String() string {
	unit := string(l.Unit)
	if l.N == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return fmt.Sprintf("%d %s", l.N, unit)
}

// MarshalText writes the length as the study file does.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (l *Length) UnmarshalText(text []byte) error {
	parsed, err := ParseLength(string(text))
	*l = parsed
	return err
}

// Days is the number of days of the length: N, 7N, or floor(365N/12). For calendar months, whose days
// depend on the index day, it is that same round figure.
func (l Length) Days() int {
	switch l.Unit {
	case Weeks:
		return 7 * l.N
	case Months, CalendarMonths:
		return 365 * l.N / 12
	}
	return l.N
}

// Equal reports whether windows of this length are equally long before and after for everybody.
func (l Length) Equal() bool { return l.Unit != CalendarMonths }

// IndexDay says which window the index day itself belongs to.
type IndexDay string

// The choices: in neither window (the default: people are often referred because of what happened
// that day), or the first day of the window after.
const (
	Exclude IndexDay = "exclude"
	After   IndexDay = "after"
)

// Rule is a pair of windows around any index day. Its zero value but for Length is the default.
type Rule struct {
	Length        Length
	WashoutBefore int      // days left out just before the index day
	WashoutAfter  int      // days left out just after it
	IndexDay      IndexDay // "" means Exclude
}

// Around is the windows of an index day d.
//
//	             start                    end
//	before       d - w_b - L              d - w_b
//	after        d + w_a + x              d + w_a + x + L
//
// With calendar months before starts at A(d - w_b, -M) and after ends at A(d + w_a, M) + x, where A is
// [AddMonths]. x is 1 if the index day is left out and else 0.
func (r Rule) Around(d Day) (before, after Span) {
	x := Day(1)
	if r.IndexDay == After {
		x = 0
	}
	before.End = d - Day(r.WashoutBefore)
	after.Start = d + Day(r.WashoutAfter) + x
	if r.Length.Unit == CalendarMonths {
		before.Start = AddMonths(before.End, -r.Length.N)
		after.End = AddMonths(d+Day(r.WashoutAfter), r.Length.N) + x
		return before, after
	}
	before.Start = before.End - Day(r.Length.Days())
	after.End = after.Start + Day(r.Length.Days())
	return before, after
}

// Bins cuts the windows around d into k bins each, for a picture by months: bin j of before lies
// between edges j and j+1. Calendar months step from the anchor; other lengths are cut at floor(jL/k).
func (r Rule) Bins(d Day, k int) (before, after []Day) {
	spanBefore, spanAfter := r.Around(d)
	for j := k; j >= 0; j-- {
		if r.Length.Unit == CalendarMonths {
			before = append(before, AddMonths(spanBefore.End, -j*r.Length.N/k))
			continue
		}
		before = append(before, spanBefore.End-Day(j*r.Length.Days()/k))
	}
	anchor := d + Day(r.WashoutAfter)
	for j := 0; j <= k; j++ {
		if r.Length.Unit == CalendarMonths {
			after = append(after, AddMonths(anchor, j*r.Length.N/k)+(spanAfter.Start-anchor))
			continue
		}
		after = append(after, spanAfter.Start+Day(j*r.Length.Days()/k))
	}
	return before, after
}
