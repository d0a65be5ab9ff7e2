package outcome

import (
	"math"

	"averted/evaluate/estimate"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Transitions is how many people went from each state before (rows) to each after (columns).
type Transitions [][]int64

// People is how many there are.
func (t Transitions) People() int64 {
	n := int64(0)
	for _, row := range t {
		for _, k := range row {
			n += k
		}
	}
	return n
}

// Margins is how many were in each state before, and after.
func (t Transitions) Margins() (before, after []int64) {
	before, after = make([]int64, len(t)), make([]int64, len(t))
	for i, row := range t {
		for j, k := range row {
			before[i] += k
			after[j] += k
		}
	}
	return before, after
}

// In is who was in a state, and who was not.
func (t Transitions) In(state int) Paired {
	var p Paired
	for i, row := range t {
		for j, k := range row {
			switch {
			case i == state && j == state:
				p.Both += k
			case i == state:
				p.FirstOnly += k
			case j == state:
				p.SecondOnly += k
			default:
				p.Neither += k
			}
		}
	}
	return p
}

// Homogeneity is the two tests of a square table.
type Homogeneity struct {
	States        int // that are used
	StuartMaxwell float64
	DF            int
	P             float64
	Bowker        float64
	BowkerDF      int
	BowkerP       float64
	Warnings      []estimate.Warning
	Refused       *estimate.Refusal
}

// MarginalHomogeneity reports whether the distribution over k states moved (Stuart and Maxwell) and whether the moves
// between each two states are as many both ways (Bowker).
//
//	χ² = dᵀS⁻¹d on k-1 states,  dᵢ = nᵢ. - n.ᵢ,  Sᵢᵢ = nᵢ. + n.ᵢ - 2nᵢᵢ,  Sᵢⱼ = -(nᵢⱼ + nⱼᵢ)
//	Bowker: Σ (nᵢⱼ - nⱼᵢ)²/(nᵢⱼ + nⱼᵢ) over pairs between which somebody moved
//
// States in which nobody is before or after are left out. There is no interval: how much the worst state shrank is
// [StateReduction]'s.
//
// It does not say that a service moved anybody.
//
// Special cases are:
//   - nobody moved: refused with NO_DISCORDANT
//   - the moves of one state follow from those of others: refused with SINGULAR
//   - a table that is not square, or a negative count: refused with BAD_INPUT
//   - fewer than ten people moved into or out of a state: SMALL_CELLS
//
// Stuart, Biometrika 1955; Maxwell, British Journal of Psychiatry 1970; Bowker, Journal of the American Statistical
// Association 1948.
func MarginalHomogeneity(t Transitions) Homogeneity {
	var h Homogeneity
	for _, row := range t {
		for _, k := range row {
			if len(row) != len(t) || k < 0 {
				h.Refused = estimate.Refuse(estimate.BadInput)
				return h
			}
		}
	}
	before, after := t.Margins()
	var used []int
	for i := range t {
		if before[i]+after[i] > 0 {
			used = append(used, i)
		}
	}
	h.States, h.DF = len(used), len(used)-1
	few, moved := false, false
	for _, i := range used {
		out := before[i] + after[i] - 2*t[i][i]
		few = few || out > 0 && out < leastMoved
		moved = moved || out > 0
	}
	if !moved {
		h.Refused = estimate.Refuse(estimate.NoDiscordant)
		return h
	}
	for a, i := range used {
		for _, j := range used[a+1:] {
			if both := t[i][j] + t[j][i]; both > 0 {
				apart := float64(t[i][j] - t[j][i])
				h.Bowker += float64(apart*apart) / float64(both)
				h.BowkerDF++
			}
		}
	}
	h.BowkerP = distuv.ChiSquared{K: float64(h.BowkerDF)}.Survival(h.Bowker)
	s := mat.NewSymDense(h.DF, nil)
	d := mat.NewVecDense(h.DF, nil)
	for a, i := range used[:h.DF] {
		d.SetVec(a, float64(before[i]-after[i]))
		for b, j := range used[:a] {
			s.SetSym(a, b, -float64(t[i][j]+t[j][i]))
		}
		s.SetSym(a, a, float64(before[i]+after[i]-2*t[i][i]))
	}
	var factor mat.Cholesky
	if !factor.Factorize(s) || factor.Cond() > 1e12 {
		h.Refused = estimate.Refuse(estimate.Singular)
		return h
	}
	var x mat.VecDense
	if err := factor.SolveVecTo(&x, d); err != nil {
		h.Refused = estimate.Refuse(estimate.Singular)
		return h
	}
	h.StuartMaxwell = mat.Dot(d, &x)
	h.P = distuv.ChiSquared{K: float64(h.DF)}.Survival(h.StuartMaxwell)
	if few {
		h.Warnings = append(h.Warnings, estimate.Warning{Code: estimate.SmallCells, Text: "fewer than ten people moved into or out of a state, so the test's p-value is rough; more people would cure it"})
	}
	return h
}

// leastMoved is how many people must have moved into or out of a state for its test to be trusted.
const leastMoved = 10

// Reduction is how much rarer a state became among the same people.
type Reduction struct {
	Paired
	Relative          estimate.Estimate // percent fewer people in the state, of those in it before; below 0 where more are
	SELog             float64           // of the log of after over before
	Absolute          estimate.Estimate // share of all people, before less after; Newcombe's interval
	WaldLow, WaldHigh float64           // of Absolute
	ShareBefore       float64
	ShareAfter        float64
}

// StateReduction reports how much rarer a state became among people asked twice: "81% fewer are not managing".
//
//	relative = 100(1 - x₂/x₁),  absolute = (x₁ - x₂)/n
//
// with x₁ of n people in the state before and x₂ after. Of the rise of a good state the same figure is below 0.
//
// The interval of the relative reduction is 100(1 - exp(log(x₂/x₁) ± z·SE)), SE = √((b + c)/(x₁x₂)), with b people in the
// state before only and c after only; that of the absolute one is Newcombe's method 10, built from Wilson's intervals of
// both shares and their correlation. Wald's stands beside. A relative reduction without x₁ and n says little: 80% of ten
// people is eight.
//
// People who came because they were not managing will in part manage by themselves: the reduction among the selected is
// a change, not an effect, without people to compare with.
//
// Special cases are:
//   - nobody in the state before: the relative reduction is refused with ZERO_BEFORE
//   - nobody after: it is 100, refused an interval with ZERO_AFTER
//   - nobody asked, or a negative count: both refused with BAD_INPUT
//
// Newcombe, Statistics in Medicine 1998.
func StateReduction(p Paired) Reduction {
	r := Reduction{Paired: p}
	n := float64(p.People())
	if n <= 0 || !p.valid() {
		r.Relative, r.Absolute = refused(estimate.BadInput), refused(estimate.BadInput)
		return r
	}
	x1, x2, b, c := float64(p.Before()), float64(p.After()), float64(p.FirstOnly), float64(p.SecondOnly)
	r.ShareBefore, r.ShareAfter = x1/n, x2/n
	r.Relative = estimate.Estimate{Level: 0.95, Interval: "log ratio of paired shares, normal"}
	switch {
	case x1 == 0:
		r.Relative.Refused = estimate.Refuse(estimate.ZeroBefore)
	case x2 == 0:
		r.Relative.Value, r.Relative.Refused = finite(100), estimate.Refuse(estimate.ZeroAfter)
	default:
		r.SELog = math.Sqrt((b + c) / float64(x1*x2))
		log := math.Log(x2 / x1)
		r.Relative.Value = finite(100 * (1 - x2/x1))
		r.Relative.Low, r.Relative.High = finite(100*(1-math.Exp(log+float64(z*r.SELog)))), finite(100*(1-math.Exp(log-float64(z*r.SELog))))
	}
	d := (x1 - x2) / n
	half := float64(z * math.Sqrt(b+c-float64((b-c)*(b-c))/n) / n)
	r.WaldLow, r.WaldHigh = d-half, d+half
	low, high := newcombe(p)
	r.Absolute = estimate.Estimate{Level: 0.95, Interval: "Newcombe's method 10", Value: finite(d), Low: finite(low), High: finite(high)}
	return r
}

// newcombe is the interval of the difference of two paired shares, by his method 10.
func newcombe(p Paired) (low, high float64) {
	a, b, c, d := float64(p.Both), float64(p.FirstOnly), float64(p.SecondOnly), float64(p.Neither)
	n := a + b + c + d
	p1, p2 := (a+b)/n, (a+c)/n
	l1, u1 := wilson(p1, n)
	l2, u2 := wilson(p2, n)
	phi := 0.0
	if product := (a + b) * (c + d) * (a + c) * (b + d); product > 0 {
		over := float64(a*d) - float64(b*c)
		if over > 0 { // his correction for continuity
			over = max(over-n/2, 0)
		}
		phi = over / math.Sqrt(product)
	}
	down := func(x, y float64) float64 {
		return math.Sqrt(max(0, float64(x*x)-float64(2*phi*x*y)+float64(y*y)))
	}
	return p1 - p2 - down(p1-l1, u2-p2), p1 - p2 + down(u1-p1, p2-l2)
}
