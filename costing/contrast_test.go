package costing_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"averted/costing"
	"averted/evaluate"
	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"

	"gonum.org/v1/gonum/stat/distuv"
)

// groups is people of both groups with two activities; the service's people use falls to effect of what it would be, everybody's
// to trend.
func groups(source rand.Source, n int, effect, trend float64) *evaluate.Joint {
	j := &evaluate.Joint{Activities: []string{"ae", "admission"}}
	rate := distuv.Gamma{Alpha: 0.8, Beta: 0.4, Src: source}
	draw := func(mean float64) int64 { return int64(distuv.Poisson{Lambda: mean, Src: source}.Rand()) }
	for i := range 2 * n {
		p := evaluate.JointPerson{InService: i < n, InComparison: i >= n, Weight: 1}
		u, fall := rate.Rand(), trend
		if p.InService {
			fall *= effect
		}
		var cells []estimate.Cell
		for _, mean := range []float64{u, u / 4} {
			cells = append(cells, estimate.Cell{Before: draw(mean), After: draw(mean * fall), TimeBefore: 365, TimeAfter: 365, People: 1})
		}
		if p.InService {
			p.Service = cells
		} else {
			p.Comparison = cells
		}
		j.People = append(j.People, p)
	}
	return j
}

// TestAgainstCoverage simulates 300 worlds: the intervals of the total against comparison people hold the true difference as often as
// they say, within the 99.9% band.
func TestAgainstCoverage(t *testing.T) {
	const worlds, n, effect, trend = 300, 200, 0.75, 0.9
	unit := []costing.UnitCost{{Mean: 115}, {Mean: 1700}}
	truth := float64(n) * trend * (1 - effect) * (2*115 + 0.5*1700)
	source := rand.NewPCG(19, 4)
	closed, drawn := 0, 0
	for range worlds {
		j := groups(source, n, effect, trend)
		c, err := costing.Against(j, []float64{115, 1700})
		if err != nil {
			t.Fatal(err)
		}
		if c.Low <= truth && truth <= c.High {
			closed++
		}
		i := costing.ResampledAgainst(j, unit, estimate.Draws{Seed: source.Uint64(), Replicates: 599}, false)
		if i.Total[0] <= truth && truth <= i.Total[1] {
			drawn++
		}
	}
	band := 3.2905 * math.Sqrt(0.95*0.05/worlds)
	for name, held := range map[string]int{"closed": closed, "bootstrap": drawn} {
		if share := float64(held) / worlds; math.Abs(share-0.95) > band {
			t.Errorf("%s: the interval held the truth in %.3f of the worlds, want 0.95 ± %.3f", name, share, band)
		}
	}
}

// TestPricesCoverage simulates worlds in which the price that is known has been measured with an error: the interval with it drawn
// holds the truth as often as it says, and without it less often.
func TestPricesCoverage(t *testing.T) {
	const worlds, n, fall, price, se = 400, 400, 0.6, 100.0, 20.0
	truth := float64(n) * (1 - fall) * 2 * price
	source := rand.NewPCG(5, 91)
	measured := distuv.Normal{Mu: price, Sigma: se, Src: source}
	varied, fixed := 0, 0
	for range worlds {
		people := cohort(source, n, fall)
		for i := range people {
			people[i].Expected, people[i].After = people[i].Expected[:1], people[i].After[:1]
		}
		seen, seed := measured.Rand(), source.Uint64()
		held := func(se float64) bool {
			i := costing.Resampled(people, []costing.UnitCost{{Mean: seen, SE: se, Name: "p"}}, estimate.Draws{Seed: seed, Replicates: 999})
			return i.Total[0] <= truth && truth <= i.Total[1]
		}
		if held(se) {
			varied++
		}
		if held(0) {
			fixed++
		}
	}
	band := 3.2905 * math.Sqrt(0.95*0.05/worlds)
	if share := float64(varied) / worlds; math.Abs(share-0.95) > band {
		t.Errorf("with the price drawn the interval held the truth in %.3f of the worlds", share)
	}
	if share := float64(fixed) / worlds; share > 0.85 {
		t.Errorf("with the price taken as known it held it in %.3f: the test can't tell", share)
	}
}

// TestAgainstInvariants: order, splitting of weights and a person who is in neither group change nothing; the draws' spread is that of
// the closed form; where both groups change alike nothing is averted but by chance.
func TestAgainstInvariants(t *testing.T) {
	j := groups(rand.NewPCG(3, 8), 300, 0.7, 1)
	unit := []float64{115, 1700}
	a, err := costing.Against(j, unit)
	if err != nil {
		t.Fatal(err)
	}
	turned := &evaluate.Joint{Activities: j.Activities, People: slices.Clone(j.People)}
	slices.Reverse(turned.People)
	b, err := costing.Against(turned, unit)
	if err != nil || math.Abs(a.Total-b.Total) > 1e-6 || math.Abs(a.SE-b.SE) > 1e-6 {
		t.Errorf("turned round: %g ± %g, was %g ± %g, %v", b.Total, b.SE, a.Total, a.SE, err)
	}
	costs := []costing.UnitCost{{Mean: 115}, {Mean: 1700}}
	draws := estimate.Draws{Seed: 4, Stream: "x"}
	i, k := costing.ResampledAgainst(j, costs, draws, false), costing.ResampledAgainst(turned, costs, draws, false)
	if i.Total != k.Total {
		t.Errorf("turned round the draws give %v, were %v", k.Total, i.Total)
	}
	if math.Abs(i.SE/a.SE-1) > 0.08 {
		t.Errorf("the draws spread by %g, the closed form by %g", i.SE, a.SE)
	}
	none := &evaluate.Joint{Activities: j.Activities, People: slices.Clone(j.People)}
	for at := range none.People {
		if none.People[at].InComparison {
			cells := slices.Clone(none.People[at].Comparison)
			cells[0].Before = 0
			none.People[at].Comparison = cells
		}
	}
	if _, err := costing.Against(none, unit); err == nil {
		t.Error("a factor without events before")
	}
}

// TestDrawnPrices wants the moments that are asked for, the same prices twice, and none made up.
func TestDrawnPrices(t *testing.T) {
	for _, of := range []costing.Distribution{costing.Gamma, costing.Lognormal} {
		u := costing.UnitCost{Mean: 100, SE: 25, Name: "ae"}
		list := u.Draw(of, 7, 20000)
		mean, squares := 0.0, 0.0
		for _, x := range list {
			mean += x / 20000
			if x <= 0 {
				t.Fatalf("a price of %g", x)
			}
		}
		for _, x := range list {
			squares += (x - mean) * (x - mean) / 19999
		}
		if math.Abs(mean-100) > 1 || math.Abs(math.Sqrt(squares)-25) > 1 {
			t.Errorf("%s: mean %g, sd %g", of, mean, math.Sqrt(squares))
		}
		if !slices.Equal(list, u.Draw(of, 7, 20000)) || slices.Equal(list, costing.UnitCost{Mean: 100, SE: 25, Name: "other"}.Draw(of, 7, 20000)) {
			t.Error("a price is not drawn by its name and seed")
		}
	}
	for _, x := range (costing.UnitCost{Mean: 100}).Draw(costing.Gamma, 7, 10) {
		if x != 100 {
			t.Errorf("a price without a standard error was drawn as %g", x)
		}
	}
}

// TestBoundCoverage simulates worlds in which people are chosen by their count and set against others whom the same rule chose: the
// interval of what was averted holds the truth at least as often as it says.
func TestBoundCoverage(t *testing.T) {
	const worlds, n = 400, 150
	source := rand.NewPCG(11, 12)
	rate := distuv.Gamma{Alpha: 1, Beta: 0.5, Src: source}
	draw := func(mean float64) int64 { return int64(distuv.Poisson{Lambda: mean, Src: source}.Rand()) }
	for _, effect := range []float64{1, 0.6} {
		held := 0
		for range worlds {
			var people []expect.People
			a, squares := 0.0, 0.0
			for i := 0; i < 2*n; {
				u := rate.Rand()
				before := draw(u)
				if before < 3 {
					continue
				}
				seen := expect.Seen{Chosen: before, Before: before, TimeBefore: 1, TimeAfter: 1}
				p := expect.People{N: 1, InCohort: i < n, InReference: i >= n}
				if p.InCohort {
					seen.After = draw(u * effect)
					a += float64(seen.After)
					squares += float64(seen.After * seen.After)
					p.Cohort = seen
				} else {
					seen.After = draw(u)
					p.Reference = seen
				}
				people = append(people, p)
				i++
			}
			x := expect.PlaceboIndex(people, 1)
			sd := math.Sqrt((squares-a*a/n)*n/(n-1)) / a
			half := costing.Bound(x.Expected, a, sd, [2]float64{*x.Low, *x.High})
			if want := n * meanRate * (1 - effect); math.Abs(x.Expected-a-want) <= half {
				held++
			}
		}
		if share := float64(held) / worlds; share < 0.93 {
			t.Errorf("effect %g: the interval held the truth in %.3f of the worlds", effect, share)
		}
	}
}

// meanRate is the mean rate of people with 3 events or more, where rates are exponential with mean 2: counts are geometric with success 1/3,
// so that given a count b the rate's mean is (1+b)·2/3, and b's beyond 3 has the mean 2.
const meanRate = (1 + 3 + 2) * 2.0 / 3
