package match_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/match"

	"pgregory.net/rapid"
)

// plain matches as methods.md says it, looking at everybody each time.
func plain(people []match.Person, x []float64, o match.Options, caliper float64) map[int][]int {
	round := func(v float64) float64 { return math.Round(v*1e9) / 1e9 }
	var service []int
	for i, p := range people {
		if p.Service {
			service = append(service, i)
		}
	}
	slices.SortStableFunc(service, func(a, b int) int {
		switch p, q := round(x[a]), round(x[b]); {
		case p > q:
			return -1
		case p < q:
			return 1
		}
		return 0
	})
	used := map[int]bool{}
	found := map[int][]int{}
	best := func(i int, taken func(int) bool) int {
		at, least := -1, math.Inf(1)
		for j, p := range people {
			if d := round(math.Abs(x[i] - x[j])); !p.Service && p.Stratum == people[i].Stratum && (p.ID == 0 || p.ID != people[i].ID) && !taken(j) && d <= caliper && d < least {
				at, least = j, d
			}
		}
		return at
	}
	if o.Replace {
		for _, i := range service {
			for range o.Ratio {
				if j := best(i, func(j int) bool { return slices.Contains(found[i], j) }); j >= 0 {
					found[i] = append(found[i], j)
				}
			}
		}
		return found
	}
	for r := range o.Ratio {
		for _, i := range service {
			if len(found[i]) < r {
				continue
			}
			if j := best(i, func(j int) bool { return used[j] }); j >= 0 {
				found[i], used[j] = append(found[i], j), true
			}
		}
	}
	return found
}

// TestOneselfTwice: somebody who stands in the list several times for comparison is passed over each time.
func TestOneselfTwice(t *testing.T) {
	for _, replace := range []bool{true, false} {
		people := []match.Person{{Service: true, ID: 2}, {Service: true, ID: 3}, {ID: 2}, {ID: 2}, {ID: 2}, {ID: 4}, {ID: 5}}
		m := match.Nearest(people, make([]float64, len(people)), match.Options{Replace: replace, NoCaliper: true})
		if m.Refused != nil || len(m.Sets) != 2 || !slices.Equal(m.Sets[0].Comparison, []int{5}) || !slices.Equal(m.Sets[1].Comparison, []int{2}) {
			t.Errorf("replace %t: %+v", replace, m)
		}
	}
}

func TestNearestIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(6, 60).Draw(t, "people")
		var people []match.Person
		var x []float64
		for range n {
			people = append(people, match.Person{Service: rapid.IntRange(0, 2).Draw(t, "service") == 0, Stratum: rapid.IntRange(0, 1).Draw(t, "stratum"), ID: rapid.IntRange(0, 8).Draw(t, "id")})
			x = append(x, float64(rapid.IntRange(-6, 6).Draw(t, "score"))/3) // many ties
		}
		o := match.Options{Ratio: rapid.IntRange(1, 3).Draw(t, "ratio"), Replace: rapid.Bool().Draw(t, "replace"), NoCaliper: rapid.Bool().Draw(t, "no caliper"), Caliper: rapid.SampledFrom([]float64{0.2, 0.5, 1}).Draw(t, "caliper")}
		m := match.Nearest(people, x, o)
		if m.Refused != nil && m.Refused.Code == estimate.TooFewPersons {
			return
		}
		want := plain(people, x, o, m.Caliper)
		for _, s := range m.Sets {
			if !slices.Equal(s.Comparison, want[s.Service]) {
				t.Fatalf("person %d: %v, want %v", s.Service, s.Comparison, want[s.Service])
			}
			delete(want, s.Service)
		}
		for i, list := range want {
			if len(list) > 0 {
				t.Fatalf("person %d has nobody, want %v", i, list)
			}
		}
		sum := 0.0
		for i, w := range m.Weights(n) {
			if !people[i].Service {
				sum += w
			}
		}
		if math.Abs(sum-float64(len(m.Sets))) > 1e-9 {
			t.Fatalf("comparison people weigh %v, the service's %d", sum, len(m.Sets))
		}
	})
}

// drawn is people of whom the service's are older and use more.
func drawn(n int, seed uint64) []match.Person {
	r := rand.New(rand.NewPCG(seed, 1))
	people := make([]match.Person, n)
	for i := range people {
		age, use := 40+20*r.NormFloat64(), r.ExpFloat64()*2
		service := r.Float64() < 1/(1+math.Exp(3-0.02*age-0.4*use))
		people[i] = match.Person{Service: service, Covariates: []float64{math.Round(age), math.Floor(use)}}
	}
	return people
}

func TestPropensityInvariants(t *testing.T) {
	people := drawn(3000, 1)
	s := match.Propensity([]string{"age", "use"}, people)
	if s.Refused != nil {
		t.Fatal(s.Refused)
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-8*(1+math.Abs(want)) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	// Other units give the same score: dates and pounds, too.
	scaled := slices.Clone(people)
	for i, p := range scaled {
		scaled[i].Covariates = []float64{1e5 + 10*p.Covariates[0], p.Covariates[1] / 365}
	}
	other := match.Propensity([]string{"age", "use"}, scaled)
	near("coefficient in other units", other.Coefficients[1]*10, s.Coefficients[1])
	near("standard error in other units", other.SE[2]/365, s.SE[2])
	for i := range people {
		near("linear predictor", other.Linear[i], s.Linear[i])
	}
	// The fitted probabilities of all add up to the service's people: the score of the intercept.
	sum := 0.0
	for _, x := range s.Linear {
		sum += 1 / (1 + math.Exp(-x))
	}
	near("sum of probabilities", sum, float64(s.Service))
	// Groups swapped turn the signs.
	swapped := slices.Clone(people)
	for i := range swapped {
		swapped[i].Service = !swapped[i].Service
	}
	turned := match.Propensity([]string{"age", "use"}, swapped)
	near("swapped", turned.Coefficients[2], -s.Coefficients[2])
	near("area under the curve, swapped", turned.AUC, s.AUC)
	// The order of people doesn't matter to what is fitted.
	slices.Reverse(swapped)
	near("reversed", match.Propensity([]string{"age", "use"}, swapped).Coefficients[1], -s.Coefficients[1])
}

func TestPropensityRefuses(t *testing.T) {
	people := drawn(500, 2)
	with := func(f func(i int, p match.Person) []float64) []match.Person {
		list := slices.Clone(people)
		for i, p := range list {
			list[i].Covariates = f(i, p)
		}
		return list
	}
	for _, c := range []struct {
		name      string
		people    []match.Person
		code      estimate.Code
		covariate string
	}{
		{"constant", with(func(_ int, p match.Person) []float64 { return []float64{p.Covariates[0], 7.1} }), estimate.Collinear, "b"},
		{"twice", with(func(_ int, p match.Person) []float64 { return []float64{p.Covariates[0], 3 - 2*p.Covariates[0]} }), estimate.Collinear, "b"},
		{"tells without fail", with(func(_ int, p match.Person) []float64 {
			if p.Service {
				return []float64{p.Covariates[0], 1}
			}
			return []float64{p.Covariates[0], 0}
		}), estimate.Separation, "b"},
		{"tells one group of some", with(func(i int, p match.Person) []float64 {
			if p.Service && i%3 == 0 { // only the service's people have it
				return []float64{p.Covariates[0], 1}
			}
			return []float64{p.Covariates[0], 0}
		}), estimate.Separation, "b"},
		{"not a number", with(func(_ int, p match.Person) []float64 { return []float64{p.Covariates[0], math.NaN()} }), estimate.BadInput, ""},
	} {
		s := match.Propensity([]string{"a", "b"}, c.people)
		if s.Refused == nil || s.Refused.Code != c.code || s.Covariate != c.covariate {
			t.Errorf("%s: refused with %v because of %q", c.name, s.Refused, s.Covariate)
		}
	}
	// Somebody far out of whom nobody is like is no separation: among 100,000, a few are.
	rare := drawn(20000, 3)
	rare[0] = match.Person{Covariates: []float64{40, 0}}
	rare = append(rare, match.Person{Covariates: []float64{-900, 0}})
	if s := match.Propensity([]string{"age", "use"}, rare); s.Refused != nil {
		t.Errorf("somebody far out: %v", s.Refused)
	}
}

// TestBalance sets balance against sums by hand, and matching makes it better.
func TestBalance(t *testing.T) {
	people := drawn(4000, 4)
	names := []string{"age", "use"}
	s := match.Propensity(names, people)
	m := match.Nearest(people, s.Linear, match.Options{Ratio: 2})
	list := match.Balance(names, people, m.Weights(len(people)))
	for _, c := range list {
		if math.Abs(*c.MatchedSMD) >= math.Abs(*c.SMD) || math.Abs(*c.MatchedSMD) > match.Unlike {
			t.Errorf("%s: %v before, %v after", c.Name, *c.SMD, *c.MatchedSMD)
		}
	}
	if len(match.Unbalanced(list)) > 0 || match.TooUnlike(list) {
		t.Error("balanced people are said not to be")
	}
	one := make([]float64, len(people)) // weights of one are no matching
	for i := range one {
		one[i] = 1
	}
	for _, c := range match.Balance(names, people, one) {
		if math.Abs(*c.SMD-*c.MatchedSMD) > 1e-12 || math.Abs(*c.VarianceRatio-*c.MatchedVarianceRatio) > 1e-12 {
			t.Errorf("%s: weights of one change it", c.Name)
		}
	}
	if len(match.Unbalanced(match.Balance(names, people, one))) == 0 {
		t.Error("unlike people are not warned of")
	}
}

// TestLinear: four times as many comparison people take no more than five times the memory.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	bytes := func(n int) float64 {
		people := drawn(n, 6)
		names := []string{"age", "use"}
		return float64(testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				match.Nearest(people, match.Propensity(names, people).Linear, match.Options{})
			}
		}).AllocedBytesPerOp())
	}
	if few, many := bytes(10_000), bytes(40_000); many > 5*few {
		t.Errorf("%.0f bytes for 10,000 people, %.0f for 40,000", few, many)
	}
}

// BenchmarkNearest is matching 1,000 of the service's people to 100,000 others, with the fit of the score: against one
// sort of as many scores.
func BenchmarkNearest(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 1))
	var people []match.Person
	for i := range 101_000 {
		people = append(people, match.Person{Service: i < 1000, Stratum: i % 2, Covariates: []float64{math.Round(50 + 20*r.NormFloat64()), math.Floor(r.ExpFloat64() * 2), math.Floor(r.ExpFloat64() * 2), float64(i % 10)}})
	}
	names := []string{"age", "early", "before", "imd"}
	b.Run("fit and match", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := match.Propensity(names, people)
			if m := match.Nearest(people, s.Linear, match.Options{Ratio: 3}); m.Refused != nil {
				b.Fatal(m.Refused)
			}
		}
	})
	b.Run("one sort", func(b *testing.B) {
		for b.Loop() {
			x := make([]float64, len(people))
			for i := range x {
				x[i] = r.Float64()
			}
			slices.Sort(x)
		}
	})
}
