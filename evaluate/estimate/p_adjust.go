package estimate

import (
	"cmp"
	"slices"
)

// Holm reports p-values adjusted for how many there are, so that the chance of any false alarm in a family of planned
// tests stays below the level.
//
//	p̃₍ᵢ₎ = max over j ≤ i of min(1, (m - j + 1) p₍ⱼ₎)
//
// Special cases are:
//   - a p-value outside 0 to 1: refused with BAD_INPUT
//
// Holm, Scandinavian Journal of Statistics 1979.
func Holm(p []float64) ([]float64, *Refusal) {
	order, refused := ranked(p)
	adjusted := make([]float64, len(p))
	most := 0.0
	for i, at := range order {
		most = max(most, min(1, float64(len(p)-i)*p[at]))
		adjusted[at] = most
	}
	return adjusted, refused
}

// BenjaminiHochberg reports p-values adjusted so that the share of false alarms among what is flagged stays below the
// level: for looking around, not for a claim.
//
//	p̃₍ᵢ₎ = min over j ≥ i of min(1, m p₍ⱼ₎/j)
//
// Special cases are:
//   - a p-value outside 0 to 1: refused with BAD_INPUT
//
// Benjamini and Hochberg, Journal of the Royal Statistical Society B 1995.
func BenjaminiHochberg(p []float64) ([]float64, *Refusal) {
	order, refused := ranked(p)
	adjusted := make([]float64, len(p))
	least := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		least = min(least, float64(len(p))*p[order[i]]/float64(i+1))
		adjusted[order[i]] = least
	}
	return adjusted, refused
}

// ranked is the places of p-values from the smallest up.
func ranked(p []float64) ([]int, *Refusal) {
	order := make([]int, len(p))
	for i, x := range p {
		if !(x >= 0 && x <= 1) {
			return nil, Refuse(BadInput)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order, nil
}
