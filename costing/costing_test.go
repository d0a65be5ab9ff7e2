package costing_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"averted/costing"
	"averted/evaluate/estimate"
	"averted/evaluate/tally"

	"gonum.org/v1/gonum/stat/distuv"
)

// cohort is people with two activities that go together: who uses one uses the other.
func cohort(random rand.Source, n int, fall float64) []costing.Person {
	rate := distuv.Gamma{Alpha: 0.8, Beta: 0.4, Src: random}
	var people []costing.Person
	for range n {
		u := rate.Rand()
		draw := func(mean float64) float64 { return distuv.Poisson{Lambda: mean, Src: random}.Rand() }
		people = append(people, costing.Person{People: 1, Expected: []float64{draw(u), draw(u / 4)}, After: []float64{draw(u * fall), draw(u / 4 * fall)}})
	}
	return people
}

// known are prices that are taken as known.
func known(pounds ...float64) []costing.UnitCost {
	var list []costing.UnitCost
	for _, p := range pounds {
		list = append(list, costing.UnitCost{Mean: p})
	}
	return list
}

// TestOrderAndSplitChangeNothing: the closed form is a sum over people.
func TestOrderAndSplitChangeNothing(t *testing.T) {
	people := cohort(rand.NewPCG(1, 1), 80, 0.8)
	want, err := costing.Closed(people, []float64{115, 1700}, nil)
	if err != nil {
		t.Fatal(err)
	}
	joined := append([]costing.Person{}, people[1:]...)
	joined = append(joined, people[0])
	got, err := costing.Closed(joined, []float64{115, 1700}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Total-want.Total) > 1e-6 || math.Abs(got.SE-want.SE) > 1e-6 {
		t.Errorf("%+v, want %+v", got, want)
	}
	doubled := append(append([]costing.Person{}, people...), people...)
	if twice, err := costing.Closed(doubled, []float64{115, 1700}, nil); err != nil || math.Abs(twice.Total-2*want.Total) > 1e-6 {
		t.Errorf("everybody twice: %g, want %g, %v", twice.Total, 2*want.Total, err)
	}
}

// TestActivitiesMoveTogether wants the joint interval wider than adding variances would make it, where the
// same people use both.
func TestActivitiesMoveTogether(t *testing.T) {
	people := cohort(rand.NewPCG(2, 2), 400, 0.5)
	a, err := costing.Closed(people, []float64{100, 400}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := costing.Resampled(people, known(100, 400), estimate.Draws{Seed: 1, Stream: "t"})
	if a.SE <= a.IndependentSE || i.SE <= a.IndependentSE || math.Abs(i.SE/a.BootstrapSE-1) > 4.5*math.Sqrt(0.5/9999)+0.01 {
		t.Errorf("SE %g, by the bootstrap %g, as if independent %g", a.SE, i.SE, a.IndependentSE)
	}
}

// TestTotalCoverage simulates 400 worlds: the interval of the total holds the true expected difference as
// often as it says, within the 99.9% band.
func TestTotalCoverage(t *testing.T) {
	for _, fall := range []float64{0.8, 0.45} { // a large fall too: what is expected is not known either
		totalCoverage(t, fall)
	}
}

func totalCoverage(t *testing.T, fall float64) {
	const worlds, n = 400, 200
	unit := []float64{115, 1700}
	truth := float64(n) * (1 - fall) * (2*115 + 0.5*1700) // mean rates 2 and 0.5
	source := rand.NewPCG(9, 2)
	closed, drawn := 0, 0
	for range worlds {
		people := cohort(source, n, fall)
		a, err := costing.Closed(people, unit, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Low <= truth && truth <= a.High {
			closed++
		}
		i := costing.Resampled(people, known(unit...), estimate.Draws{Seed: source.Uint64(), Replicates: 999})
		if i.Total[0] <= truth && truth <= i.Total[1] {
			drawn++
		}
	}
	band := 3.2905 * math.Sqrt(0.95*0.05/worlds)
	for name, held := range map[string]int{"closed": closed, "bootstrap": drawn} {
		if share := float64(held) / worlds; math.Abs(share-0.95) > band {
			t.Errorf("%s, ratio %g: the interval held the truth in %.3f of the worlds, want 0.95 ± %.3f", name, fall, share, band)
		}
	}
}

// TestUnequalWatch wants the expectation cut to the time watched after.
func TestUnequalWatch(t *testing.T) {
	table := &tally.Tally{Activities: []string{"ae"}, Windows: []string{"12 months"}, Cells: []tally.Cell{
		{Arm: tally.Service, People: 3, Windows: []tally.Seen{{In: true, DaysBefore: 365, DaysAfter: 73, Before: []int64{10}, After: []int64{1}}}},
		{Arm: tally.Service, People: 2, Windows: []tally.Seen{{}}},
	}}
	people := costing.People(table, 0, tally.Service, false)
	if len(people) != 1 || people[0].Expected[0] != 2 || people[0].People != 3 {
		t.Errorf("%+v", people)
	}
	if len(costing.People(table, 0, tally.Service, true)) != 0 {
		t.Error("people who were not watched throughout lead")
	}
}

func TestAllAlikeHaveNoInterval(t *testing.T) {
	if i := costing.Resampled([]costing.Person{{Expected: []float64{2}, After: []float64{1}, People: 9}}, known(100), estimate.Draws{}); i != nil {
		t.Errorf("an interval without variance: %+v", i)
	}
	if _, err := costing.Closed([]costing.Person{{Expected: []float64{2}, After: []float64{1}, People: 1}}, []float64{100}, nil); err == nil {
		t.Error("an interval for one person")
	}
}
