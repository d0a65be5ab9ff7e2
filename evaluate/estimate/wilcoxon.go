package estimate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Zeros says what [Wilcoxon] does with people who didn't change.
type Zeros string

// The rules for zeros. The zero value is Pratt's.
const (
	Pratt       Zeros = ""         // they are ranked, then left out
	WithoutZero Zeros = "wilcoxon" // they are left out, then the rest are ranked: R's wilcox.test
)

// Ranks is a signed-rank test.
type Ranks struct {
	Pairs, Zero, Used int64
	Plus, Minus       float64 // sums of the ranks of rises and of falls
	Z                 float64
	P                 float64  // by the normal approximation, without a correction for continuity
	ZCorrected        float64  // half a rank nearer 0
	PCorrected        float64  // of that
	PExact            *float64 // with ties; nil above so many people who changed as were asked for
	Refused           *Refusal
}

// MostExact is up to how many people who changed an exact p-value can be asked for. Its cost grows with their number and with
// the sum of their ranks, in which Pratt's zeros count: with a sum above mostRanks there is none.
const (
	MostExact = 1000
	mostRanks = 4_000_000 // doubled
)

// Wilcoxon reports the signed-rank test of whether changes lie evenly about 0.
//
//	V₊ = Σ rank|dᵢ| over dᵢ > 0,  z = (V₊ - E)/√Var
//
// With Pratt's zeros, ranks r of all n people, n₀ of whom didn't change, and t people in each tie:
//
//	E = [n(n+1) - n₀(n₀+1)]/4
//	Var = [n(n+1)(2n+1) - n₀(n₀+1)(2n₀+1)]/24 - Σ(t³ - t)/48
//
// With Wilcoxon's, n is the people who changed and n₀ is 0. The exact p-value is the share of all ways of giving signs
// to the ranks that lie as far from E, counted on doubled ranks, for up to exact people who changed. Counts have many
// zeros: leaving them out first can make a result "more significant" when more people don't change, so Pratt's is the
// default.
//
// Wilcoxon is a test of symmetry, not of totals, and has no interval here: it stands beside [RateRatio] only.
//
// Special cases are:
//   - nobody changed: refused with NO_NONZERO_DIFFERENCE
//   - a value that is no number: refused with BAD_INPUT
//
// Pratt, Journal of the American Statistical Association 1959; Conover, the same 1973.
func Wilcoxon(pairs []Pair, zeros Zeros, exact int64) Ranks {
	var w Ranks
	changes, refused := differences(pairs)
	if refused != nil {
		w.Refused = refused
		return w
	}
	sizes := absolute(changes)
	for _, s := range sizes {
		w.Pairs += s.fell + s.rose
		if s.by == 0 {
			w.Zero = s.fell + s.rose
		}
	}
	w.Used = w.Pairs - w.Zero
	if w.Used == 0 {
		w.Refused = Refuse(NoNonzeroDifference)
		return w
	}
	n, n0 := float64(w.Used), 0.0
	below := 0.0 // people with a smaller change
	if zeros == Pratt {
		n, n0, below = float64(w.Pairs), float64(w.Zero), float64(w.Zero)
	}
	ties := 0.0
	var ranks []rank
	for _, s := range sizes {
		if s.by == 0 {
			continue
		}
		t := float64(s.fell + s.rose)
		r := below + (t+1)/2
		below += t
		w.Plus += float64(r * float64(s.rose))
		w.Minus += float64(r * float64(s.fell))
		ties += float64(t*t*t) - t
		ranks = append(ranks, rank{int(math.Round(2 * r)), s.fell + s.rose})
	}
	mean := (float64(n*(n+1)) - float64(n0*(n0+1))) / 4
	variance := (float64(n*(n+1)*(2*n+1))-float64(n0*(n0+1)*(2*n0+1)))/24 - ties/48
	sd := math.Sqrt(variance)
	off := w.Plus - mean
	corrected := off - 0.5*float64(sign(off))
	w.Z, w.ZCorrected = off/sd, corrected/sd
	w.P, w.PCorrected = 2*distuv.UnitNormal.CDF(-math.Abs(w.Z)), 2*distuv.UnitNormal.CDF(-math.Abs(w.ZCorrected))
	if w.Used <= min(exact, MostExact) && 2*(w.Plus+w.Minus) <= mostRanks {
		w.PExact = number(signFlips(ranks, int(math.Round(2*w.Plus))))
	}
	return w
}

// size is people whose values changed by as much, up or down.
type size struct {
	by         float64
	fell, rose int64 // of people who didn't change, rose
}

// absolute puts falls and rises of one size together.
func absolute(changes []change) []size {
	var list []size
	for _, c := range changes {
		s := size{by: math.Abs(c.by)}
		if c.by < 0 {
			s.fell = c.people
		} else {
			s.rose = c.people
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b size) int { return cmp.Compare(a.by, b.by) })
	var joined []size
	for _, s := range list {
		if last := len(joined) - 1; last >= 0 && joined[last].by == s.by {
			joined[last].fell += s.fell
			joined[last].rose += s.rose
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// rank is a doubled rank that as many people have.
type rank struct {
	doubled int
	people  int64
}

// signFlips is the share of all ways of giving signs to ranks whose sum of positive ones lies as far from the middle as
// the observed one, by adding one rank after the other to the distribution of the sum.
func signFlips(ranks []rank, observed int) float64 {
	total := 0
	for _, r := range ranks {
		total += r.doubled * int(r.people)
	}
	share := make([]float64, total+1)
	share[0] = 1
	reached := 0
	for _, r := range ranks {
		for range r.people {
			reached += r.doubled
			for v := reached; v >= r.doubled; v-- {
				share[v] = (share[v] + share[v-r.doubled]) / 2
			}
			for v := range min(r.doubled, reached+1) {
				share[v] /= 2
			}
		}
	}
	away := max(2*observed-total, total-2*observed)
	p := 0.0
	for v := range share {
		if 2*v-total >= away || total-2*v >= away {
			p += share[v]
		}
	}
	return min(1, p)
}
