package window

import (
	"fmt"
	"time"
)

// Day is a local calendar date, counted in whole days since 1970-01-01. It has no clock and no zone: a
// timestamp is cut to the date its own text shows before it becomes a Day.
type Day int32

// ParseDay reads a date written as YYYY-MM-DD. It reports false for anything else, and for a date that
// doesn't exist (2023-02-29).
func ParseDay(text string) (Day, bool) {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	year, ok1 := digits(text[0:4])
	month, ok2 := digits(text[5:7])
	day, ok3 := digits(text[8:10])
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) {
		return 0, false
	}
	return Date(year, month, day), true
}

func digits(text string) (int, bool) {
	n := 0
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// Date is the Day of a year, a month (1 to 12) and a day of that month.
func Date(year, month, day int) Day {
	return Day(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Calendar takes a Day apart into year, month (1 to 12) and day of the month.
func (d Day) Calendar() (year, month, day int) {
	y, m, dd := time.Unix(int64(d)*86400, 0).UTC().Date()
	return y, int(m), dd
}

// String writes the date as YYYY-MM-DD.
func (d Day) String() string {
	y, m, dd := d.Calendar()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, dd)
}

// MarshalText writes the date as YYYY-MM-DD.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// DaysIn is the number of days of a month in the Gregorian calendar: 2100 is no leap year.
func DaysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// AddMonths moves d by m calendar months and keeps the day of the month, cut to the last day of the
// month it lands in: 31 August less six months is 28 February. Step from the anchor, never month by
// month: two steps of one month from 31 January end on 28 March, one step of two on 31 March.
//
// time.Time.AddDate is not this: it carries 31 January plus one month into March.
func AddMonths(d Day, m int) Day {
	year, month, day := d.Calendar()
	months := year*12 + month - 1 + m
	year, month = months/12, months%12+1
	return Date(year, month, min(day, DaysIn(year, month)))
}
