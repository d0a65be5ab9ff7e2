package expect

import (
	"math"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/stat/distuv"
)

// Score is a roughly normal score by which people are chosen beyond a cut.
type Score struct {
	Mean, SD     float64 // of the population, one measurement
	Correlation  float64 // between two measurements of a person
	Cut          float64
	Below        bool // chosen below the cut rather than above
	Measurements int  // averaged to choose; 0 means 1
}

// Regress is how far a score goes back to the mean by itself.
type Regress struct {
	Within, Between float64 // variances
	SDSelection     float64 // of what people are chosen by
	Z, C            float64 // the cut in standard deviations; the mean of a standard normal beyond it
	Effect          float64 // the expected change of the chosen, towards the mean, without anything done
	MeanSelected    float64 // the expected score that people were chosen with
}

// Barnett reports how far the mean score of people chosen beyond a cut goes back by itself when it is measured again.
//
//	effect = (σ_w²/m)/σ·C(z),  σ² = σ_b² + σ_w²/m,  z = (cut - μ)/σ above and (μ - cut)/σ below,  C(z) = φ(z)/(1 - Φ(z))
//
// with σ_w² = (1-ρ)·σ_t² within people and σ_b² = ρ·σ_t² between them, and m measurements averaged. It has no interval: it
// is for planning, and for scores of questionnaires, not for counts below some ten.
//
// Special cases are:
//   - a standard deviation that is not above 0, a correlation outside 0 to 1, fewer than one measurement, or a cut further
//     out than numbers go: refused with BAD_INPUT
//
// Barnett, van der Pols and Dobson, International Journal of Epidemiology 2005;34:215.
func Barnett(s Score) (Regress, *estimate.Refusal) {
	m := float64(s.Measurements)
	if s.Measurements == 0 {
		m = 1
	}
	bad := &estimate.Refusal{Code: estimate.BadInput, Text: "want a standard deviation above 0, a correlation from 0 to 1, and at least one measurement"}
	if !(s.SD > 0) || !(s.Correlation >= 0 && s.Correlation <= 1) || m < 1 || math.IsNaN(s.Mean-s.Cut) || math.IsInf(s.SD, 0) {
		return Regress{}, bad
	}
	r := Regress{Within: (1 - s.Correlation) * s.SD * s.SD, Between: s.Correlation * s.SD * s.SD}
	r.SDSelection = math.Sqrt(r.Between + r.Within/m)
	side := 1.0
	if s.Below {
		side = -1
	}
	r.Z = side * (s.Cut - s.Mean) / r.SDSelection
	r.C = distuv.UnitNormal.Prob(r.Z) / distuv.UnitNormal.Survival(r.Z)
	if math.IsNaN(r.C) || math.IsInf(r.C, 0) {
		return Regress{}, bad
	}
	r.Effect = r.Within / m / r.SDSelection * r.C
	r.MeanSelected = s.Mean + float64(side*r.SDSelection*r.C)
	return r, nil
}
