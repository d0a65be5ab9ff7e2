package estimate_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/estimatetest"
)

// forms is the cohort of estimatetest written in other ways: a cell split, another order, people one by one.
func forms() map[string][]estimate.Cell {
	split := slices.Clone(estimatetest.Cells)
	split[0].People -= 5
	split = append(split, estimate.Cell{TimeBefore: 1, TimeAfter: 1, People: 5})
	reversed := slices.Clone(estimatetest.Cells)
	slices.Reverse(reversed)
	var each []estimate.Cell
	for _, c := range estimatetest.Cells {
		for range c.People {
			c.People = 1
			each = append(each, c)
		}
	}
	return map[string][]estimate.Cell{"split": split, "reversed": reversed, "one by one": each}
}

// TestFormsChangeNothing is for what gives more than one number, or none with an interval.
func TestFormsChangeNothing(t *testing.T) {
	for name, method := range map[string]func([]estimate.Cell) any{
		"wilcoxon": func(c []estimate.Cell) any {
			p, _ := estimate.Pairs(c)
			return estimate.Wilcoxon(p, estimate.Pratt, estimate.MostExact)
		},
		"wilcoxon without zeros": func(c []estimate.Cell) any {
			p, _ := estimate.Pairs(c)
			return estimate.Wilcoxon(p, estimate.WithoutZero, estimate.MostExact)
		},
		"concentration": func(c []estimate.Cell) any { x, _ := estimate.Concentration(c); return x },
		"smallest fall": func(c []estimate.Cell) any { return *smallestFall(c).Value },
		"BCa": func(c []estimate.Cell) any {
			b, _ := estimate.BCa(c, [][]float64{{60, 100}, {70, 100}, {90, 80}}, 0.95)
			return b
		},
		"by practice":     func(c []estimate.Cell) any { return *estimate.RatioClustered(dealt(c), nil).Low },
		"the whole":       func(c []estimate.Cell) any { return estimate.FixedEffectPoisson(c) },
		"a period's own":  func(c []estimate.Cell) any { return estimate.NegativeBinomialPeriod(c) },
		"enumerated, few": func(c []estimate.Cell) any { return estimate.Enumerate(c).Refused.Code },
	} {
		want := method(estimatetest.Cells)
		for form, cells := range forms() {
			if got := method(cells); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: %+v, want %+v", name, form, got, want)
			}
		}
	}
}

// dealt gives each practice people with one number of events before and after.
func dealt(cells []estimate.Cell) [][]estimate.Cell {
	lists := make([][]estimate.Cell, 12)
	for _, c := range cells {
		at := (c.Before + 2*c.After) % 12
		lists[at] = append(lists[at], c)
	}
	for i := range lists {
		if len(lists[i]) == 0 {
			lists[i] = []estimate.Cell{{Before: 1, After: 1, TimeBefore: 1, TimeAfter: 1, People: 1}}
		}
	}
	return lists
}

// TestWilcoxonSwaps: falls and rises change places, and nothing else.
func TestWilcoxonSwaps(t *testing.T) {
	var swapped []estimate.Pair
	pairs, _ := estimate.Pairs(estimatetest.Cells)
	for _, p := range pairs {
		swapped = append(swapped, estimate.Pair{Before: p.After, After: p.Before, People: p.People})
	}
	a, b := estimate.Wilcoxon(pairs, estimate.Pratt, estimate.MostExact), estimate.Wilcoxon(swapped, estimate.Pratt, estimate.MostExact)
	if a.Plus != b.Minus || a.Minus != b.Plus || a.Z != -b.Z || math.Abs(*a.PExact-*b.PExact) > 1e-12 {
		t.Errorf("%+v, swapped %+v", a, b)
	}
	if math.Abs(*a.PExact-a.P) > 0.02 {
		t.Errorf("exact %g, by the normal %g", *a.PExact, a.P)
	}
	if many := estimate.Wilcoxon([]estimate.Pair{{Before: 1, After: 0, People: 700}, {Before: 0, After: 2, People: 700}}, estimate.Pratt, estimate.MostExact); many.PExact != nil || many.Used != 1400 {
		t.Errorf("1,400 people: %+v", many)
	}
}

// TestWithinPeopleEqualsPooled is the identity of methods.md 2.8: with equal time the conditional fit is the pooled
// ratio, its robust error is CR0, and its own that of the exact method's binomial.
func TestWithinPeopleEqualsPooled(t *testing.T) {
	f := estimate.FixedEffectPoisson(estimatetest.Cells)
	r := estimate.RatioRobust(estimatetest.Cells, estimate.Robust{Uncorrected: true, Normal: true})
	s := estimate.Sum(estimatetest.Cells)
	model := math.Sqrt(1/float64(s.After) + 1/float64(s.Before))
	if math.Abs(*f.Value-*r.Value) > 1e-12 || math.Abs(*f.SE-*r.SE) > 1e-12 || math.Abs(f.SEModel-model) > 1e-12 {
		t.Errorf("%g, %g, %g; want %g, %g, %g", *f.Value, *f.SE, f.SEModel, *r.Value, *r.SE, model)
	}
}

// TestExactHasNoEnd: nothing before leaves a lower limit alone.
func TestExactHasNoEnd(t *testing.T) {
	e := estimate.ExactRatio(4, 0, 1, 1)
	if e.Refused != nil || e.Value != nil || e.High != nil || !(*e.Low > 0.5 && *e.Low < 1) {
		t.Errorf("%+v", e)
	}
	e = estimate.ExactRatio(0, 4, 1, 1)
	if *e.Value != 0 || *e.Low != 0 || !(*e.High > 1 && *e.High < 2) {
		t.Errorf("%g (%g to %g)", *e.Value, *e.Low, *e.High)
	}
	for _, c := range []struct {
		a, b int64
		t    float64
		want estimate.Code
	}{{0, 0, 1, estimate.NoEvents}, {-1, 2, 1, estimate.BadInput}, {1, 2, math.NaN(), estimate.BadInput}} {
		if e := estimate.ExactRatio(c.a, c.b, c.t, 1); e.Refused == nil || e.Refused.Code != c.want {
			t.Errorf("%+v: %v", c, e.Refused)
		}
	}
}

// TestExactOfMany keeps its digits with a million events: the interval is near the normal one.
func TestExactOfMany(t *testing.T) {
	e := estimate.ExactRatio(1_000_000, 1_001_000, 1, 1)
	z, se := 1.959963984540054, math.Sqrt(1/1e6+1/1.001e6)
	if math.Abs(math.Log(*e.High)-(math.Log(1/1.001)+z*se)) > 3e-6 || math.Abs(math.Log(*e.Low)-(math.Log(1/1.001)-z*se)) > 3e-6 {
		t.Errorf("%.9g to %.9g", *e.Low, *e.High)
	}
}

func TestRegressionRefusals(t *testing.T) {
	row := func(count int64, x ...float64) estimate.Observation {
		return estimate.Observation{Count: count, Time: 1, Covariates: x, People: 1}
	}
	same := func(n int, o estimate.Observation) []estimate.Observation {
		return slices.Repeat([]estimate.Observation{o}, n)
	}
	for name, c := range map[string]struct {
		names []string
		rows  []estimate.Observation
		want  estimate.Code
	}{
		"nothing":    {nil, same(5, row(0)), estimate.NoEvents},
		"few":        {[]string{"x"}, []estimate.Observation{row(1, 0), row(2, 1)}, estimate.TooFewPersons},
		"collinear":  {[]string{"x", "y"}, []estimate.Observation{row(1, 1, 2), row(2, 3, 6), row(0, 4, 8), row(5, 9, 18)}, estimate.Collinear},
		"constant":   {[]string{"x"}, []estimate.Observation{row(1, 7), row(2, 7), row(0, 7), row(5, 7)}, estimate.Collinear},
		"separation": {[]string{"x"}, append(same(5, row(0, 1)), row(2, 0), row(1, 0), row(3, 0)), estimate.Separation},
		"not number": {[]string{"x"}, append(same(5, row(1, math.NaN())), row(2, 0)), estimate.BadInput},
		"negative":   {nil, same(5, row(-1)), estimate.BadInput},
	} {
		for _, r := range []estimate.Regression{estimate.PoissonRegression(c.names, c.rows), estimate.NegativeBinomialRegression(c.names, c.rows)} {
			if r.Refused == nil || r.Refused.Code != c.want {
				t.Errorf("%s: %v, want %s", name, r.Refused, c.want)
			}
		}
	}
	even := estimate.NegativeBinomialRegression(nil, append(same(20, row(2)), same(20, row(3))...))
	if even.Refused == nil || even.Refused.Code != estimate.NoOverdispersion {
		t.Errorf("counts of 2 and 3: %v", even.Refused)
	}
}

// TestRegressionWithDates: a covariate of size 1e5 gives what it gives in units of its own.
func TestRegressionWithDates(t *testing.T) {
	var small, large []estimate.Observation
	for i := range 60 {
		y := int64((i*7)%5 + i/20)
		small = append(small, estimate.Observation{Count: y, Time: 1, Covariates: []float64{float64(i) / 60}, People: 1})
		large = append(large, estimate.Observation{Count: y, Time: 1, Covariates: []float64{43_000 + 100_000*float64(i)/60}, People: 1})
	}
	a, b := estimate.PoissonRegression([]string{"x"}, small), estimate.PoissonRegression([]string{"x"}, large)
	if math.Abs(a.Coefficients[1]-1e5*b.Coefficients[1]) > 1e-7*math.Abs(a.Coefficients[1]) || math.Abs(a.SERobust[1]-1e5*b.SERobust[1]) > 1e-7 {
		t.Errorf("%g, %g; %g, %g", a.Coefficients[1], 1e5*b.Coefficients[1], a.SERobust[1], 1e5*b.SERobust[1])
	}
}

func TestSubgroups(t *testing.T) {
	cells := estimatetest.Cells
	alike := estimate.SubgroupInteraction([]string{"a", "b"}, [][]estimate.Cell{cells, cells})
	if alike.Refused != nil || alike.Q > 1e-20 || math.Abs(alike.P-1) > 1e-9 {
		t.Errorf("two subgroups that are one: %+v", alike)
	}
	small := []estimate.Cell{{Before: 3, After: 1, TimeBefore: 1, TimeAfter: 1, People: 19}}
	i := estimate.SubgroupInteraction([]string{"a", "b", "c"}, [][]estimate.Cell{cells, cells, small})
	if i.DF != 1 || !i.Subgroups[2].Small || len(i.Subgroups) != 3 {
		t.Errorf("a small subgroup: %+v", i)
	}
	if one := estimate.SubgroupInteraction([]string{"a", "b"}, [][]estimate.Cell{cells, small}); one.Refused == nil || one.Refused.Code != estimate.TooFewPersons {
		t.Errorf("one left: %v", one.Refused)
	}
}

func TestAdjusted(t *testing.T) {
	for _, bad := range [][]float64{{-0.1}, {1.1}, {math.NaN()}} {
		if _, refused := estimate.Holm(bad); refused == nil {
			t.Errorf("Holm of %v is not refused", bad)
		}
		if _, refused := estimate.BenjaminiHochberg(bad); refused == nil {
			t.Errorf("Benjamini-Hochberg of %v is not refused", bad)
		}
	}
	p := []float64{0.01, 0.04, 0.03}
	holm, _ := estimate.Holm(p)
	bh, _ := estimate.BenjaminiHochberg(p)
	for i := range p {
		if holm[i] < p[i] || bh[i] < p[i] || bh[i] > holm[i] {
			t.Errorf("%v: %v, %v", p, holm, bh)
		}
	}
}

// TestConcentration by hand: 20 people, of whom the one group of ties straddles the eighth place.
func TestConcentration(t *testing.T) {
	cells := []estimate.Cell{
		{Before: 10, After: 4, TimeBefore: 1, TimeAfter: 1, People: 4}, {Before: 2, After: 2, TimeBefore: 1, TimeAfter: 1, People: 8}, {Before: 1, After: 1, TimeBefore: 1, TimeAfter: 1, People: 8},
	}
	top, refused := estimate.Concentration(cells) // eight: the four, and half of the next eight
	if refused != nil || top.People != 8 || top.Before != 48.0/64 || top.After != 24.0/40 || *top.Averted != 1 || *top.RatioOfRest != 1 {
		t.Errorf("%+v, %v", top, refused)
	}
	if _, refused := estimate.Concentration(cells[:2]); refused != nil {
		t.Error(refused)
	}
	if _, refused := estimate.Concentration(cells[:1]); refused == nil || refused.Code != estimate.TooFewPersons {
		t.Errorf("four people: %v", refused)
	}
}

// TestEnumerated agrees with drawing, and refuses what it can't hold.
func TestEnumerated(t *testing.T) {
	cells := []estimate.Cell{{Before: 4, After: 1, TimeBefore: 1, TimeAfter: 1, People: 3}, {Before: 2, After: 3, TimeBefore: 1, TimeAfter: 1, People: 2}, {Before: 1, After: 0, TimeBefore: 1, TimeAfter: 0.5, People: 2}}
	e := estimate.Enumerate(cells)
	drawn := lead(cells)
	if e.Refused != nil || math.Abs(e.Low-*drawn.Low) > 0.03 || math.Abs(e.High-*drawn.High) > 0.03 {
		t.Errorf("%+v, drawn %g to %g", e, *drawn.Low, *drawn.High)
	}
	if e := estimate.Enumerate(estimatetest.Cells); e.Refused == nil || e.Refused.Code != estimate.BadInput {
		t.Errorf("%v", e.Refused)
	}
}

func smallestFall(cells []estimate.Cell) estimate.Estimate {
	return estimate.SmallestFall(estimate.OwnRateRobust(cells), estimate.Sum(estimate.Canonical(cells)))
}

// TestSmallestFallOfRare: of 18 events a fall to two can be told, though one to a single event cannot.
func TestSmallestFallOfRare(t *testing.T) {
	rare := []estimate.Cell{{Before: 1, After: 0, TimeBefore: 1, TimeAfter: 1, People: 18}, {Before: 0, After: 1, TimeBefore: 1, TimeAfter: 1, People: 18}, {TimeBefore: 1, TimeAfter: 1, People: 164}}
	if e := smallestFall(rare); e.Refused != nil || *e.Value < 75 || *e.Value > 90 {
		t.Errorf("%v, %v", e.Refused, e.Value)
	}
}

// TestSmallestFallOfFew: three people with a few events can tell no fall.
func TestSmallestFallOfFew(t *testing.T) {
	few := []estimate.Cell{{Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1, People: 2}, {Before: 0, After: 2, TimeBefore: 1, TimeAfter: 1, People: 1}}
	if e := smallestFall(few); e.Refused == nil || e.Refused.Code != estimate.TooFewPersons || e.Value != nil {
		t.Errorf("%v, %v", e.Refused, e.Value)
	}
}

func TestEValueRefuses(t *testing.T) {
	for _, c := range [][3]float64{{0, 0.1, 0.2}, {0.5, 0, 0.7}, {0.5, 0.8, 0.7}, {math.Inf(1), 1, 2}} {
		if _, _, refused := estimate.EValue(c[0], c[1], c[2]); refused == nil {
			t.Errorf("%v is not refused", c)
		}
	}
}

// TestSignFlipsByHand: three people with ranks 1, 2, 3; two of eight sign patterns lie as far out as all falls.
func TestSignFlipsByHand(t *testing.T) {
	w := estimate.Wilcoxon([]estimate.Pair{{Before: 1, After: 0, People: 1}, {Before: 2, After: 0, People: 1}, {Before: 3, After: 0, People: 1}}, estimate.Pratt, estimate.MostExact)
	if *w.PExact != 0.25 || w.Minus != 6 || w.Plus != 0 {
		t.Errorf("%+v", w)
	}
}
