package profile

import (
	"averted/evaluate/estimate"
	"math"
)

// Signal is a rule that a month breaks.
type Signal string

// The signals of Making Data Count. "" is common variation.
const (
	Beyond    Signal = "beyond a limit"
	Shift     Signal = "seven or more on one side of the mean"
	Trend     Signal = "seven or more in one direction"
	NearLimit Signal = "two of three near a limit"
)

// Monthly is one month on the chart.
type Monthly struct {
	Value  float64
	Signal Signal
}

// Control is an XmR chart: a value a month, with the limits within which it varies for no special cause.
type Control struct {
	Months    []Monthly
	Mean      float64
	Range     float64 // mean of the moving ranges
	Low, High float64 // of ordinary variation; Low is never below 0
	Warnings  []estimate.Warning
	Refused   *estimate.Refusal
}

// ProcessControl reports how much a monthly count varies by itself, and which months don't fit that.
//
//	limits = mean ± 2.66 × mean moving range,  moving range = |xᵢ - xᵢ₋₁|
//
// A month is special if it lies beyond a limit, in seven or more on one side of the mean, in seven or more rising or falling
// one after the other, or in two of three in the outer third between mean and limit, on one side. The first that applies is
// said, in that order.
//
// A signal says that something changed, not what. Months without one are not to be explained one by one.
//
// Special cases are:
//   - fewer than twelve months: refused with TOO_FEW_POINTS
//   - a value that is no number or below 0: refused with BAD_INPUT
//   - every month alike: refused with ZERO_VARIANCE
//
// Wheeler, Understanding Variation, 1993; NHS England, Making Data Count, 2019.
func ProcessControl(values []float64) Control {
	var c Control
	for _, v := range values {
		if !(v >= 0) || math.IsInf(v, 0) {
			return Control{Refused: estimate.Refuse(estimate.BadInput)}
		}
		c.Months = append(c.Months, Monthly{Value: v})
		c.Mean += v
	}
	if len(values) < leastMonths {
		c.Refused = estimate.Refuse(estimate.TooFewPoints)
		return c
	}
	c.Mean /= float64(len(values))
	for i := 1; i < len(values); i++ {
		c.Range += math.Abs(values[i] - values[i-1])
	}
	if c.Range /= float64(len(values) - 1); c.Range == 0 {
		c.Refused = estimate.Refuse(estimate.ZeroVariance)
		return c
	}
	reach := perRange * c.Range
	c.Low, c.High = max(0, c.Mean-reach), c.Mean+reach
	mark := func(from, to int, s Signal) {
		for i := from; i < to; i++ {
			if c.Months[i].Signal == "" {
				c.Months[i].Signal = s
			}
		}
	}
	for i, v := range values {
		if v > c.High || v < c.Mean-reach {
			mark(i, i+1, Beyond)
		}
	}
	runs(values, inShift, func(a, b float64) bool { return (a-c.Mean)*(b-c.Mean) > 0 }, func(from, to int) { mark(from, to, Shift) })
	for _, way := range []float64{1, -1} {
		runs(values, inTrend, func(a, b float64) bool { return (b-a)*way > 0 }, func(from, to int) { mark(from, to, Trend) })
	}
	for i := range len(values) - 2 {
		for _, way := range []float64{1, -1} {
			var near []int
			for j := i; j < i+3; j++ {
				if away := (values[j] - c.Mean) * way; away > reach*2/3 && away <= reach {
					near = append(near, j)
				}
			}
			if len(near) >= 2 {
				for _, j := range near {
					mark(j, j+1, NearLimit)
				}
			}
		}
	}
	return c
}

const (
	leastMonths = 12
	perRange    = 2.66 // 3/1.128
	inShift     = 7
	inTrend     = 7
)

// runs finds the longest runs in which each value goes with the next, and tells of those of least or more.
func runs(values []float64, least int, with func(a, b float64) bool, tell func(from, to int)) {
	from := 0
	for i := 1; i <= len(values); i++ {
		if i < len(values) && with(values[i-1], values[i]) {
			continue
		}
		if i-from >= least {
			tell(from, i)
		}
		from = i
	}
}
