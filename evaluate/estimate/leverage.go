package estimate

import "math"

// Leading is how much hangs on one person. It is about somebody, so it stays internal: what may
// leave is the warning DOMINANT_PERSON.
type Leading struct {
	TopVariance, TopBefore, TopAfter float64 // the largest share held by one person
	RateRatio, RateRatioWithoutTop   float64 // without the person with most events before
}

// Leverage reports the largest share that one person has of the events before, the events after, and the
// variance of the pooled rate ratio, and that ratio without the person who had most events before.
//
// Special cases are:
//   - refused like [RatioRobust]: the refusal is the error
func Leverage(cells []Cell) (Leading, error) {
	cells = Canonical(cells)
	if r := check(cells); r != nil {
		return Leading{}, r
	}
	s := Sum(cells)
	if clusterSE(cells, pooled(s), false) < negligible {
		return Leading{}, Refuse(ZeroVariance)
	}
	var c Leading
	c.RateRatio = float64(s.After) / s.TimeAfter / (float64(s.Before) / s.TimeBefore)
	c.TopVariance, c.TopBefore, c.TopAfter = shares(cells, pooled(s))
	top := cells[len(cells)-1] // cells are sorted by events before
	a, b := float64(s.After-top.After), float64(s.Before-top.Before)
	c.RateRatioWithoutTop = a / (s.TimeAfter - top.TimeAfter) / (b / (s.TimeBefore - top.TimeBefore))
	if math.IsNaN(c.RateRatioWithoutTop) || math.IsInf(c.RateRatioWithoutTop, 0) {
		return c, Refuse(ZeroBefore)
	}
	return c, nil
}

// shares is the largest share of one person in the variance, the events before and the events after.
func shares(cells []Cell, contribution func(Cell) float64) (variance, before, after float64) {
	s := Sum(cells)
	sum := 0.0
	for _, c := range cells {
		l := contribution(c)
		sum += float64(float64(c.People) * l * l)
		variance = max(variance, l*l)
		before = max(before, float64(c.Before)/float64(s.Before))
		after = max(after, float64(c.After)/float64(s.After))
	}
	return variance / sum, before, after
}

// dominant warns if one person decides the ratio.
func dominant(cells []Cell, contribution func(Cell) float64) []Warning {
	variance, before, after := shares(cells, contribution)
	if before <= 0.2 && after <= 0.2 && variance <= 0.3 {
		return nil
	}
	return []Warning{{DominantPerson, "one person has over a fifth of the events or three tenths of the variance; the bootstrap interval is to be preferred, and more people would cure it"}}
}

// FewCarry is how many people must carry an interval for it to keep its promise: (Σ L²)²/Σ L⁴, the number of people who,
// contributing alike, would give a variance as uneven.
const FewCarry = 15

// shaky warns of few people, of one who decides the ratio, or else of a few who do: intervals then hold the truth less
// often than they say. How often is in docs/methods/coverage.md.
func shaky(cells []Cell, contribution func(Cell) float64) []Warning {
	list := append(smallN(Sum(cells).People), dominant(cells, contribution)...)
	if len(list) > 0 {
		return list
	}
	squares, fourth := 0.0, 0.0
	for _, c := range cells {
		l := contribution(c)
		squares += float64(float64(c.People) * l * l)
		fourth += float64(float64(c.People) * l * l * l * l)
	}
	if float64(squares*squares)/fourth >= FewCarry {
		return nil
	}
	return []Warning{heavyTail()}
}

func heavyTail() Warning {
	return Warning{HeavyTail, "few people decide how wide the interval is, and such intervals hold the truth less often than they say (docs/methods/coverage.md); more people would cure it"}
}
