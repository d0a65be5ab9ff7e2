package estimate

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// Draws says how people are resampled. The zero value is the default but for Seed and Stream.
type Draws struct {
	Seed       uint64
	Stream     string // a name of its own for each estimate, so that adding one moves none
	Replicates int    // 0 means 9,999
	Poisson    bool   // each person comes a Poisson number of times, 1 on average, in place of drawing n of n

	Stop <-chan struct{} // if closed, drawing ends early and what it gives is worth nothing
}

func (d Draws) replicates() int {
	if d.Replicates == 0 {
		return 9999
	}
	return d.Replicates
}

// block is how many replicates share a stream of random numbers; blocks are what cores divide.
const block = 256

// Resample draws people with replacement and adds up what they bring: people[c] are in cell c and each
// brings values[c], all of one length k. It returns replicates rows of k sums. The same seed, stream and
// cells give the same sums on any number of cores.
//
// On cells, a draw of n people with replacement is one multinomial draw of cell counts. It is made cell
// by cell with conditional binomials where there are few cells for so many people, else person by person.
//
// Davison and Hinkley, Bootstrap Methods and their Application, 1997.
func Resample(people []int64, values [][]float64, draws Draws) [][]float64 {
	if len(people) == 0 {
		return nil
	}
	k := len(values[0])
	flat := make([]float64, 0, len(values)*k)
	for _, v := range values {
		flat = append(flat, v...)
	}
	n := int64(0)
	for _, m := range people {
		n += m
	}
	byCell := draws.Poisson || int64(len(people))*50 <= n
	var owner []int32
	if !byCell {
		for c, m := range people {
			for range m {
				owner = append(owner, int32(c))
			}
		}
	}
	sums := make([][]float64, draws.replicates())
	backing := make([]float64, len(sums)*k)
	for r := range sums {
		sums[r] = backing[r*k : (r+1)*k]
	}
	key := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(draws.Stream), draws.Seed))
	blocks := (len(sums) + block - 1) / block
	next := make(chan int, blocks)
	for b := range blocks {
		next <- b
	}
	close(next)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		workers.Go(func() {
			for b := range next {
				select {
				case <-draws.Stop: // never, if nil
					return
				default:
				}
				source := rand.NewPCG(binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:16])+uint64(b))
				for r := b * block; r < min(len(sums), (b+1)*block); r++ {
					switch {
					case draws.Poisson:
						drawPoisson(source, people, flat, sums[r])
					case byCell:
						drawCells(source, people, n, flat, sums[r])
					default:
						drawPeople(rand.New(source), owner, flat, sums[r])
					}
				}
			}
		})
	}
	workers.Wait()
	return sums
}

func drawPeople(random *rand.Rand, owner []int32, flat, sums []float64) {
	k, n := len(sums), uint32(len(owner))
	if k == 2 { // the usual case, worth its own loop
		a, b := 0.0, 0.0
		for range owner {
			at := 2 * owner[random.Uint32N(n)]
			a += flat[at]
			b += flat[at+1]
		}
		sums[0], sums[1] = a, b
		return
	}
	for range owner {
		at := int(owner[random.Uint32N(n)]) * k
		for i := range sums {
			sums[i] += flat[at+i]
		}
	}
}

func drawCells(source rand.Source, people []int64, n int64, flat, sums []float64) {
	k := len(sums)
	left, mass := n, n
	for c, m := range people {
		if left == 0 {
			return
		}
		took := left
		if m < mass {
			took = int64(distuv.Binomial{N: float64(left), P: float64(m) / float64(mass), Src: source}.Rand())
		}
		for i := range sums {
			sums[i] += float64(float64(took) * flat[c*k+i])
		}
		left -= took
		mass -= m
	}
}

func drawPoisson(source rand.Source, people []int64, flat, sums []float64) {
	k := len(sums)
	for c, m := range people {
		took := distuv.Poisson{Lambda: float64(m), Src: source}.Rand()
		for i := range sums {
			sums[i] += float64(took * flat[c*k+i])
		}
	}
}

// Quantile is the quantile of sorted replicates: with rk = (B+1)p, the rk-th smallest if rk is whole, else
// between its neighbours on the normal scale (Davison and Hinkley, equation 5.6); beyond the ends, the end.
func Quantile(sorted []float64, p float64) float64 {
	b := float64(len(sorted))
	rk := (b + 1) * p
	if whole := math.Round(rk); math.Abs(rk-whole) < 1e-9 {
		rk = whole
	}
	k := math.Floor(rk)
	switch {
	case k < 1:
		return sorted[0]
	case k >= b:
		return sorted[len(sorted)-1]
	case k == rk:
		return sorted[int(k)-1]
	}
	z := distuv.UnitNormal.Quantile
	low, high := sorted[int(k)-1], sorted[int(k)]
	return low + float64((z(p)-z(k/(b+1)))/(z((k+1)/(b+1))-z(k/(b+1)))*(high-low))
}

// Percentile is the percentile interval of the ratios of sums (numerator first, denominator second). A
// replicate with nothing below the line is +Inf, or left out if there is nothing above it either; with
// more than 1% of such the interval is refused.
func Percentile(sums [][]float64, level float64) (low, high float64, refused *Refusal) {
	ratios, refused := ratiosOf(sums)
	if refused != nil {
		return 0, 0, refused
	}
	if !(level > 0 && level < 1) {
		return 0, 0, &Refusal{BadInput, "a level lies between 0 and 1"}
	}
	alpha := (1 - level) / 2
	low, high = Quantile(ratios, alpha), Quantile(ratios, 1-alpha)
	if math.IsInf(high, 0) || math.IsNaN(high) { // a wide level reaches the few that are undefined
		return 0, 0, Refuse(TooManyUndefined)
	}
	return low, high, nil
}

// ratiosOf is the sorted ratios of sums: two or more.
func ratiosOf(sums [][]float64) ([]float64, *Refusal) {
	if len(sums) < 2 {
		return nil, &Refusal{BadInput, "there are fewer than two replicates"}
	}
	ratios := make([]float64, 0, len(sums))
	undefined := 0
	for _, s := range sums {
		switch {
		case s[1] != 0:
			ratios = append(ratios, s[0]/s[1])
			continue
		case s[0] > 0:
			ratios = append(ratios, math.Inf(1))
		}
		undefined++
	}
	if undefined*100 > len(sums) {
		return nil, Refuse(TooManyUndefined)
	}
	slices.Sort(ratios)
	return ratios, nil
}
