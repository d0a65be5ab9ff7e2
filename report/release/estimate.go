package release

import (
	"math"
	"slices"
	"sort"

	"averted/report/result"
)

// estimate is what may leave of an estimate.
func (c *control) estimate(e result.Estimate) result.Estimate {
	k := keyOf(e)
	users := [2]int64{*e.UsersBefore, *e.UsersAfter}
	top := [2]float64{*e.TopBefore, *e.TopAfter}
	e.UsersBefore, e.UsersAfter, e.TopBefore, e.TopAfter = nil, nil, nil, nil
	e.Warnings = slices.Clone(e.Warnings)
	if c.apart(k) {
		return hide(e, "people", "before", "after", "expected", "days_before", "days_after", "value", "low", "high", "p")
	}
	if c.exactly(k) {
		return e
	}
	exact := e
	e.People = c.round(*exact.People)
	e.Before, e.After = nil, nil
	if c.behind(*exact.Before, users[0], top[0]) {
		e.Before = c.round(*exact.Before)
	}
	if c.behind(*exact.After, users[1], top[1]) {
		e.After = c.round(*exact.After)
	}
	c.days(&e, exact)
	e.Expected = nil
	if e.Before != nil {
		expected := float64(*e.Before)
		if *exact.Expected != float64(*exact.Before) {
			expected = 5 * math.Round(*exact.Expected/5)
		}
		e.Expected = &expected
	}
	c.derive(&e, exact)
	var hidden []string
	for name, gone := range map[string]bool{
		"people": e.People == nil, "before": e.Before == nil, "after": e.After == nil, "expected": e.Expected == nil,
		"days_before": e.DaysBefore == nil && exact.DaysBefore != nil, "days_after": e.DaysAfter == nil && exact.DaysAfter != nil,
		"value": e.Value == nil && exact.Value != nil, "low": e.Low == nil && exact.Low != nil, "high": e.High == nil && exact.High != nil, "p": exact.P != nil,
	} {
		if gone {
			hidden = append(hidden, name)
		}
	}
	sort.Strings(hidden)
	e.P, e.Hidden = nil, hidden
	return e
}

func hide(e result.Estimate, fields ...string) result.Estimate {
	e.People, e.Before, e.After, e.Expected, e.DaysBefore, e.DaysAfter = nil, nil, nil, nil, nil, nil
	e.Value, e.Low, e.High, e.P = nil, nil, nil, nil
	e.Hidden = fields
	return e
}

// days are released people × the mean days to three figures.
func (c *control) days(e *result.Estimate, exact result.Estimate) {
	e.DaysBefore, e.DaysAfter = nil, nil
	if e.People == nil || exact.DaysBefore == nil || *exact.People == 0 {
		return
	}
	mean := func(days int64) *int64 {
		n := int64(math.Round(float64(*e.People) * figures(float64(days)/float64(*exact.People), 3)))
		return &n
	}
	e.DaysBefore, e.DaysAfter = mean(*exact.DaysBefore), mean(*exact.DaysAfter)
}

// derive works the estimate out again from released counts: whole percents, and the interval's true width
// on the log scale, to two figures, round the released point.
func (c *control) derive(e *result.Estimate, exact result.Estimate) {
	e.Value, e.Low, e.High = nil, nil, nil
	if exact.Value == nil || e.After == nil || e.Expected == nil || e.People == nil || *e.Expected == 0 || *e.People == 0 {
		return
	}
	if e.Method == "paired_t" {
		value := (float64(*e.After) - float64(*e.Before)) / float64(*e.People)
		value = math.Round(100*value) / 100
		e.Value = &value
		if exact.Low != nil {
			half := figures(*exact.High-*exact.Value, 2)
			low, high := value-half, value+half
			e.Low, e.High = &low, &high
		}
		return
	}
	percent := e.Method == "percent_change"
	ratio := func(x float64) float64 { // of an exact figure
		if percent {
			return 1 + x/100
		}
		return x
	}
	shown := func(r float64) *float64 { // in whole percents
		x := math.Round(100 * (r - 1))
		if !percent {
			x = 1 + x/100
		}
		return &x
	}
	point := float64(*e.After) / *e.Expected
	e.Value = shown(point)
	if exact.Low == nil || ratio(*exact.Low) <= 0 || point == 0 {
		return
	}
	below := figures(math.Log(ratio(*exact.Value)/ratio(*exact.Low)), 2)
	above := figures(math.Log(ratio(*exact.High)/ratio(*exact.Value)), 2)
	e.Low, e.High = shown(point*math.Exp(-below)), shown(point*math.Exp(above))
}

// figures rounds to so many significant figures.
func figures(x float64, n int) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, float64(n-1)-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}
