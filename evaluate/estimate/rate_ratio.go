package estimate

import (
	"fmt"
	"math"
)

// RateRatio reports how many events a cohort had after its index day compared with what its people's own
// earlier rates would have given in the time they were watched.
//
// With nᵢ people in cell i, each having bᵢ events in sᵢ days before and aᵢ in tᵢ days after,
//
//	R = A/E,  A = Σ nᵢaᵢ,  E = Σ nᵢ·bᵢ·tᵢ/sᵢ
//
// Percent change is 100(R - 1) and averted is E - A: one number, printed three ways.
//
// The interval is the percentile bootstrap over people at 95%: a draw takes Σ nᵢ people with replacement,
// which on cells is one multinomial draw. People are resampled, not events: one person's events come in
// clusters and stand on both sides of the ratio.
//
// RateRatio describes a change; it does not say what caused it, nor how much would have come anyway.
//
// Special cases are:
//   - no events at all: refused with NO_EVENTS; one person: TOO_FEW_PERSONS
//   - no events before: refused with ZERO_BEFORE, the ratio has no value
//   - no events after: refused with ZERO_AFTER, value 0
//   - everybody changed alike: refused with ZERO_VARIANCE, the ratio as value
//   - over 1% of the draws without events before: refused with TOO_MANY_UNDEFINED, the ratio as value
//   - fewer than 50 people: SMALL_N, and the interval is called illustrative below 10
//   - one person, or few, who decide the interval: DOMINANT_PERSON, HEAVY_TAIL
//   - the robust interval over a quarter wider or narrower on the log scale: INTERVALS_DISAGREE
//
// Davison and Hinkley, Bootstrap Methods and their Application, 1997; coverage in methods.md section 14.
func RateRatio(cells []Cell, draws Draws) Estimate {
	cells = Canonical(cells)
	e := OwnRateRobust(cells)
	e.Interval = fmt.Sprintf("person bootstrap, percentile, %d draws", draws.replicates())
	e.SE, e.Statistic, e.DF, e.P = nil, nil, nil, nil
	robustLow, robustHigh := e.Low, e.High
	e.Low, e.High = nil, nil
	if e.Refused != nil {
		return e
	}
	s := Sum(cells)
	if s.People < VeryFewPeople {
		e.Interval += Illustrative
	}
	people := make([]int64, len(cells))
	values := make([][]float64, len(cells))
	for i, c := range cells {
		people[i], values[i] = c.People, []float64{float64(c.After), c.Expected()}
	}
	low, high, refused := Percentile(Resample(people, values, draws), e.Level)
	if refused != nil {
		e.Refused = refused
		return e
	}
	e.Low, e.High = number(low), number(high)
	e.Warnings = append(e.Warnings, disagree(low, high, *robustLow, *robustHigh)...)
	return e
}

// Below VeryFewPeople an interval is only an illustration, and says so with Illustrative behind its name.
const (
	VeryFewPeople = 10
	Illustrative  = " (illustrative: fewer than 10 people)"
)

// OwnRateRobust is [RateRatio] with the robust interval of [RatioRobust] in place of the bootstrap:
//
//	Lᵢ = aᵢ/A - eᵢ/E
//
// [RateRatio] sets its own interval against it and warns where they disagree. It equals [RatioRobust] when
// everybody's watch is equal.
func OwnRateRobust(cells []Cell) Estimate {
	cells = Canonical(cells)
	s := Sum(cells)
	return ratio(cells, float64(s.After)/s.Expected, own(s), Robust{})
}

func disagree(low, high, robustLow, robustHigh float64) []Warning {
	width, robust := math.Log(high/low), math.Log(robustHigh/robustLow)
	if low > 0 && width <= 1.25*robust && robust <= 1.25*width {
		return nil
	}
	return []Warning{{IntervalsDisagree, "the bootstrap and the robust interval differ by more than a quarter in width: few people or a few heavy users decide it; more people would cure it"}}
}
