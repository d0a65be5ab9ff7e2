package expect

import (
	"slices"

	"averted/evaluate/window"
)

// Course is how a population's use went, month by month: events a day, or events a person and day.
type Course map[window.Month]float64

// Between reports the population's mean rate on the days of after over that on the days of before, each day counted as
// often as it lies in a span: so a cohort whose people came in at different times is set against the same days. It is the
// trend between two sets of windows.
//
// Special cases are:
//   - a month of the spans that the course does not have: ok is false, and missing is the first such month
//   - no days, or no use before: ok is false
func (c Course) Between(before, after []window.Span) (trend Trend, missing *window.Month, ok bool) {
	b, missing := c.mean(before)
	if missing != nil {
		return 0, missing, false
	}
	a, missing := c.mean(after)
	if missing != nil || !(b > 0) || !(a > 0) {
		return 0, missing, false
	}
	return Trend(a / b), nil, true
}

// mean is the mean rate over the days of spans.
func (c Course) mean(spans []window.Span) (float64, *window.Month) {
	change := map[window.Day]int64{} // how many spans begin, less how many end
	for _, s := range spans {
		if s.Days() > 0 {
			change[s.Start]++
			change[s.End]--
		}
	}
	var edges []window.Day
	for day := range change {
		edges = append(edges, day)
	}
	slices.Sort(edges)
	sum, days, open := 0.0, int64(0), int64(0)
	for i, day := range edges {
		open += change[day]
		for open > 0 && day < edges[i+1] {
			month := window.MonthOf(day)
			rate, ok := c[month]
			if !ok {
				return 0, &month
			}
			end := min(edges[i+1], month.Span().End)
			sum += float64(float64(open*int64(end-day)) * rate)
			days += open * int64(end-day)
			day = end
		}
	}
	if days == 0 {
		return 0, nil
	}
	return sum / float64(days), nil
}
