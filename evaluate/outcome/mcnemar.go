package outcome

import (
	"math"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Paired is people by whether something was true of them before and after.
type Paired struct{ Both, FirstOnly, SecondOnly, Neither int64 }

// People is how many there are.
func (p Paired) People() int64 { return p.Both + p.FirstOnly + p.SecondOnly + p.Neither }

// Before is of how many it was true before.
func (p Paired) Before() int64 { return p.Both + p.FirstOnly }

// After is of how many it is true after.
func (p Paired) After() int64 { return p.Both + p.SecondOnly }

func (p Paired) valid() bool { return min(p.Both, p.FirstOnly, p.SecondOnly, p.Neither) >= 0 }

// Moved is McNemar's test in its forms. The mid-p value leads.
type Moved struct {
	Paired
	ChiSquare, PAsymptotic         float64
	ChiSquareCorrected, PCorrected float64
	PExact, PMid                   float64
	Refused                        *estimate.Refusal
}

// McNemar reports whether as many people moved one way as the other, of something that is true or not.
//
//	χ² = (b - c)²/(b + c),  exact p = P(two-sided) of min(b, c) in Bin(b + c, ½)
//	mid-p = 2 P(X ≤ min(b, c)) - P(X = min(b, c))
//
// with b people of whom it was true before only and c after only. Those who stayed say nothing of movement. The mid-p
// value leads: the exact one is too careful, the asymptotic one too bold where few moved; corrected is (|b - c| - 1)², at
// least 0.
//
// McNemar tests a movement; how large it was is said by [StateReduction]. People who were chosen because they were not
// managing move by themselves too.
//
// Special cases are:
//   - nobody moved: refused with NO_DISCORDANT, both exact p-values being 1
//   - a negative count: refused with BAD_INPUT
//
// McNemar, Psychometrika 1947; Fagerland, Lydersen and Laake, BMC Medical Research Methodology 2013.
func McNemar(p Paired) Moved {
	m := Moved{Paired: p, PExact: 1, PMid: 1}
	b, c := p.FirstOnly, p.SecondOnly
	switch {
	case !p.valid():
		m.Refused = estimate.Refuse(estimate.BadInput)
		return m
	case b+c == 0:
		m.Refused = estimate.Refuse(estimate.NoDiscordant)
		return m
	}
	n, apart := float64(b+c), math.Abs(float64(b-c))
	chi := distuv.ChiSquared{K: 1}
	m.ChiSquare = float64(apart*apart) / n
	less := max(apart-1, 0)
	m.ChiSquareCorrected = float64(less*less) / n
	m.PAsymptotic, m.PCorrected = chi.Survival(m.ChiSquare), chi.Survival(m.ChiSquareCorrected)
	fewer := min(b, c)
	atMost := mathext.RegIncBeta(n-float64(fewer), float64(fewer)+1, 0.5)
	if fewer == b+c {
		atMost = 1
	}
	m.PExact = min(1, 2*atMost)
	m.PMid = 2*atMost - math.Exp(estimate.LogChoose(b+c, fewer)-n*math.Ln2)
	return m
}
