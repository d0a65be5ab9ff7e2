package window

import (
	"fmt"
	"strings"
)

// UnmarshalText reads a date written as YYYY-MM-DD.
func (d *Day) UnmarshalText(text []byte) error {
	day, ok := ParseDay(strings.TrimSpace(string(text)))
	if !ok {
		return fmt.Errorf("want a date as YYYY-MM-DD")
	}
	*d = day
	return nil
}

// Month is a calendar month.
type Month struct{ Year, Month int }

// Span is the days of the month.
func (m Month) Span() Span {
	return Through(Date(m.Year, m.Month, 1), Date(m.Year, m.Month, DaysIn(m.Year, m.Month)))
}

// MarshalText writes the month as YYYY-MM.
func (m Month) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%04d-%02d", m.Year, m.Month), nil
}

// UnmarshalText reads a month written as YYYY-MM.
func (m *Month) UnmarshalText(text []byte) error {
	day, ok := ParseDay(strings.TrimSpace(string(text)) + "-01")
	if !ok {
		return fmt.Errorf("want a month as YYYY-MM")
	}
	m.Year, m.Month, _ = day.Calendar()
	return nil
}

// MonthOf is the month that a day lies in.
func MonthOf(d Day) Month {
	year, month, _ := d.Calendar()
	return Month{year, month}
}

// Next is the month after.
func (m Month) Next() Month { return MonthOf(m.Span().End) }

// String writes the month as YYYY-MM.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }
