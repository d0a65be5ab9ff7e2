package expect

import (
	"math"

	"averted/evaluate/estimate"
)

// A negative binomial above k is a power series: from one count x to the next its weight grows by q(θ+x)/(x+1), with
// q = t/(β+t). Weights relative to that of k keep all their digits wherever the parameters lie, and at θ → 0 they are the
// log-series, with ratio q·x/(x+1). At θ → ∞, where q → 0 and qθ → λt, the ratio is λt/(x+1).
//
// Parameters are (log β, log θ) inside, (log β) for the log-series, and (log λ) for the Poisson.
type truncated struct {
	cells     []estimate.Cell
	k         int64
	boundary  Boundary
	p         []float64
	at        float64 // log likelihood
	logSeries float64
}

// series is the logs of weights above k summed, and the means of what the scores need.
type series struct {
	cut              bool    // at mostTerms
	logSum           float64 // log Σ_{x≥k} w_x/w_k
	steps, harmonics float64 // means of x-k, and of Σ_{j=k}^{x-1} θ/(θ+j)
}

// mostTerms ends a series that all but doesn't converge: of counts of many thousands, or of times that differ as much.
const mostTerms = 20_000

// known is what scores and weights of all counts need of the parameters: for a count b, at b-k, Σ log of the part of the
// ratios that time does not touch, and Σ θ/(θ+j), over j from k to b-1.
type known struct{ logs, parts []float64 }

func (f *truncated) knows(p []float64) known {
	most := f.cells[len(f.cells)-1].Before // cells are sorted by events before
	n := known{make([]float64, most-f.k+1), make([]float64, most-f.k+1)}
	theta := 0.0
	if f.boundary == Inside {
		theta = math.Exp(p[1])
	}
	for x := f.k; x < most; x++ {
		at, j := x-f.k, float64(x)
		if f.boundary == Poisson {
			n.logs[at+1] = n.logs[at] - math.Log(j+1)
			continue
		}
		n.logs[at+1] = n.logs[at] + math.Log((theta+j)/(j+1))
		if theta > 0 {
			n.parts[at+1] = n.parts[at] + theta/(theta+j)
		}
	}
	return n
}

// summed reports whether every series was added up to its end.
func (f *truncated) summed() bool {
	whole := true
	f.each(f.p, func(_ estimate.Cell, s series) { whole = whole && !s.cut })
	return whole
}

// stepOf is the part of the ratio of the weights of x+1 and x that is the same for all x.
func (f *truncated) stepOf(t float64, p []float64) float64 {
	if f.boundary == Poisson {
		return math.Exp(p[0]) * t
	}
	return t / (math.Exp(p[0]) + t)
}

func (f *truncated) sum(t float64, p []float64) series {
	weight, total, steps, harmonics, h := 1.0, 1.0, 0.0, 0.0, 0.0
	beta, theta, scale := math.Exp(p[0]), 0.0, 1.0
	if f.boundary == Inside {
		theta = math.Exp(p[1])
	}
	q := t / (beta + t)
	x, cut := float64(f.k), true
	for n := 1; n < mostTerms; n++ {
		var ratio float64
		if f.boundary == Poisson {
			ratio = beta * t / (x + 1)
		} else {
			ratio = q * (theta + x) / (x + 1)
			if theta > 0 {
				h += theta / (theta + x)
			}
		}
		weight *= ratio
		x++
		total += weight
		steps += float64(weight * float64(n))
		harmonics += float64(weight * h)
		if weight > 1e200 { // weights rise before they fall
			weight, total, steps, harmonics = weight*1e-200, total*1e-200, steps*1e-200, harmonics*1e-200
			scale++
		}
		if ratio < 1 && weight*float64(n)/(1-ratio) < 1e-17*total {
			cut = false
			break
		}
	}
	return series{cut, math.Log(total) + float64((scale-1)*200*math.Ln10), steps / total, harmonics / total}
}

// each gives every cell with the series of its time, which is made once for cells of one time.
func (f *truncated) each(p []float64, do func(c estimate.Cell, s series)) {
	made := map[float64]series{}
	for _, c := range f.cells {
		s, ok := made[c.TimeBefore]
		if !ok {
			s = f.sum(c.TimeBefore, p)
			made[c.TimeBefore] = s
		}
		do(c, s)
	}
}

// log is the log likelihood.
func (f *truncated) log(p []float64) float64 {
	sum, n := 0.0, f.knows(p)
	f.each(p, func(c estimate.Cell, s series) {
		above := c.Before - f.k
		sum += float64(float64(c.People) * (float64(float64(above)*math.Log(f.stepOf(c.TimeBefore, p))) + n.logs[above] - s.logSum))
	})
	return sum
}

// score is the slopes of one person's log likelihood.
func (f *truncated) score(c estimate.Cell, p []float64, s series, n known) []float64 {
	above := c.Before - f.k
	beyond := float64(above) - s.steps
	switch f.boundary {
	case Poisson:
		return []float64{beyond}
	case LogSeries:
		return []float64{-(1 - f.stepOf(c.TimeBefore, p)) * beyond}
	}
	return []float64{-(1 - f.stepOf(c.TimeBefore, p)) * beyond, n.parts[above] - s.harmonics}
}

// gradient is the slopes of the log likelihood.
func (f *truncated) gradient(p []float64) []float64 {
	g, n := make([]float64, len(p)), f.knows(p)
	f.each(p, func(c estimate.Cell, s series) {
		for i, score := range f.score(c, p, s, n) {
			g[i] += float64(float64(c.People) * score)
		}
	})
	return g
}

// informationAt is minus the second derivatives of the log likelihood, by central differences of its slopes.
func (f *truncated) informationAt(p []float64) [][]float64 {
	const h = 1e-5
	m := make([][]float64, len(p))
	for j := range p {
		up, down := append([]float64(nil), p...), append([]float64(nil), p...)
		up[j] += h
		down[j] -= h
		a, b := f.gradient(up), f.gradient(down)
		for i := range p {
			if m[i] == nil {
				m[i] = make([]float64, len(p))
			}
			m[i][j] = (b[i] - a[i]) / (2 * h)
		}
	}
	return m
}

func (f *truncated) information() [][]float64 { return f.informationAt(f.p) }

// expects is a person's expected events after, without a trend.
func (f *truncated) expects(c estimate.Cell) float64 { return f.expectsAt(c, f.p) }

func (f *truncated) expectsAt(c estimate.Cell, p []float64) float64 {
	switch f.boundary {
	case Poisson:
		return c.TimeAfter * math.Exp(p[0])
	case LogSeries:
		return c.TimeAfter * float64(c.Before) / (math.Exp(p[0]) + c.TimeBefore)
	}
	return c.TimeAfter * (math.Exp(p[1]) + float64(c.Before)) / (math.Exp(p[0]) + c.TimeBefore)
}

// slopes is those of log E in the parameters.
func (f *truncated) slopes(expected, trend float64) []float64 {
	g := make([]float64, len(f.p))
	for _, c := range f.cells {
		n := float64(c.People) * trend / expected
		e := f.expects(c)
		if f.boundary == Poisson {
			g[0] += float64(n * e)
			continue
		}
		beta := math.Exp(f.p[0])
		g[0] -= float64(n * e * beta / (beta + c.TimeBefore))
		if f.boundary == Inside {
			g[1] += float64(n * c.TimeAfter * math.Exp(f.p[1]) / (beta + c.TimeBefore))
		}
	}
	return g
}

// solve is m⁻¹g for one or two parameters.
func solve(m [][]float64, g []float64) []float64 {
	if len(g) == 1 {
		return []float64{g[0] / m[0][0]}
	}
	off := (m[0][1] + m[1][0]) / 2
	det := float64(m[0][0]*m[1][1]) - float64(off*off)
	return []float64{(float64(m[1][1]*g[0]) - float64(off*g[1])) / det, (float64(m[0][0]*g[1]) - float64(off*g[0])) / det}
}

// level finds the root in p[0] of the slope there, with the rest of p held; the slope falls along the natural parameter, so
// there is one root.
func (f *truncated) level(p []float64) []float64 {
	q := append([]float64(nil), p...)
	slope := func(v float64) float64 {
		q[0] = v
		return f.gradient(q)[0]
	}
	// Of β the likelihood's slope is above 0 to the left of the maximum, as of λ.
	left, right := p[0], p[0]
	if slope(p[0]) > 0 {
		for step := 0.5; slope(right) > 0 && right < 40; step *= 1.5 {
			left, right = right, right+step
		}
	} else {
		for step := 0.5; slope(left) < 0 && left > -14; step *= 1.5 {
			left, right = left-step, left
		}
	}
	for range 200 {
		middle := (left + right) / 2
		if middle == left || middle == right {
			break
		}
		if slope(middle) > 0 {
			left = middle
		} else {
			right = middle
		}
		if right-left < 1e-12*(1+math.Abs(left)) {
			break
		}
	}
	q[0] = (left + right) / 2
	return q
}

// better is by how much the log likelihood inside must exceed that of a boundary.
const better = 1e-6

// fitTruncated finds the maximum: inside by the best shape of a grid and Newton steps from there, or at a boundary.
func fitTruncated(cells []estimate.Cell, k int64) *truncated {
	s := estimate.Sum(cells)
	start := math.Log(s.TimeBefore / float64(s.Before)) // β, for people whose rates are as they were seen
	zero := &truncated{cells: cells, k: k, boundary: LogSeries}
	zero.p = zero.level([]float64{start})
	zero.at = zero.log(zero.p)
	zero.logSeries = zero.at
	end := &truncated{cells: cells, k: k, boundary: Poisson, logSeries: zero.at}
	end.p = end.level([]float64{-start})
	end.at = end.log(end.p)
	in := &truncated{cells: cells, k: k, boundary: Inside, logSeries: zero.at}
	profile := func(logTheta, from float64) ([]float64, float64) {
		p := in.level([]float64{from, logTheta})
		return p, in.log(p)
	}
	from := zero.p[0]
	in.at = math.Inf(-1)
	for logTheta := -7.0; logTheta <= 11; logTheta++ {
		p, at := profile(logTheta, from)
		from = p[0]
		if at > in.at {
			in.p, in.at = p, at
		}
	}
	left, right := in.p[1]-1, in.p[1]+1 // the best of the grid lies between its neighbours
	golden := (math.Sqrt(5) - 1) / 2
	for range 30 {
		a, b := right-golden*(right-left), left+golden*(right-left)
		pa, ata := profile(a, in.p[0])
		pb, atb := profile(b, in.p[0])
		if ata > atb {
			right = b
		} else {
			left = a
		}
		for _, c := range []struct {
			p  []float64
			at float64
		}{{pa, ata}, {pb, atb}} {
			if c.at > in.at {
				in.p, in.at = c.p, c.at
			}
		}
	}
	switch {
	case in.at <= zero.at+better && zero.at >= end.at:
		return zero
	case in.at <= end.at+better:
		return end
	case in.at <= zero.at+better:
		return zero
	}
	in.newton()
	return in
}

// newton goes the last bit to the maximum.
func (f *truncated) newton() {
	for range 50 {
		step := solve(f.informationAt(f.p), f.gradient(f.p))
		if !(math.Abs(step[0]) < 1 && math.Abs(step[1]) < 1) {
			return
		}
		next := []float64{f.p[0] + step[0], f.p[1] + step[1]}
		at := f.log(next)
		if at < f.at-1e-9 {
			return
		}
		f.p, f.at = next, at
		if math.Abs(step[0])+math.Abs(step[1]) < 1e-11 {
			return
		}
	}
}
