package estimate

import "math"

// OverPeople is what an interval from people's contributions is called.
const OverPeople = "robust over people, t"

// FromInfluence is the estimate of a ratio from people's contributions to its log: people[i] contribute l[i] each.
//
// The interval is exp(log value ± t·SE) at 95%, with t of G-1 degrees of freedom over G people and
//
//	SE² = G/(G-1) Σ nᵢLᵢ² + known
//
// known being the variance of what was estimated from other people than these.
//
// Special cases are:
//   - fewer than two people: refused with TOO_FEW_PERSONS, the ratio as value
//   - everybody contributes nothing: refused with ZERO_VARIANCE, the ratio as value
//   - few people, one or a few who decide the interval: SMALL_N, DOMINANT_PERSON, HEAVY_TAIL
func FromInfluence(value float64, people []int64, l []float64, known float64) Estimate {
	e := Estimate{Level: 0.95, Interval: OverPeople, Value: finite(value)}
	n, squares, fourth, most := int64(0), 0.0, 0.0, 0.0
	for i, k := range people {
		n += k
		squares += float64(float64(k) * l[i] * l[i])
		fourth += float64(float64(k) * l[i] * l[i] * l[i] * l[i])
		most = max(most, l[i]*l[i])
	}
	switch {
	case n < 2:
		e.Refused = Refuse(TooFewPersons)
	case e.Value == nil || !(value > 0):
		e.Value, e.Refused = nil, Refuse(BadInput)
	default:
		e.onLog(value, math.Sqrt(squares*float64(n)/float64(n-1)+known), float64(n-1))
	}
	if e.Refused != nil {
		return e
	}
	switch e.Warnings = smallN(n); {
	case most > 0.3*squares:
		e.Warnings = append(e.Warnings, Warning{DominantPerson, "one person makes over three tenths of the variance; more people would cure it"})
	case len(e.Warnings) == 0 && squares*squares < FewCarry*fourth:
		e.Warnings = append(e.Warnings, heavyTail())
	}
	return e
}
