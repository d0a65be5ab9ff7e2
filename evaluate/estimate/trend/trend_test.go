package trend_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/estimatetest"
	"averted/evaluate/estimate/trend"
)

// people of both groups, alike in rows; some are in both at different times.
func groups() []trend.Person {
	r := rand.New(rand.NewPCG(1, 2))
	var list []trend.Person
	for i := range 40 {
		p := trend.Person{N: int64(1 + i%4), InService: i%2 == 0, InComparison: i%2 == 1 || i%5 == 0, Weight: 0.5 + float64(i%3)}
		draw := func() estimate.Cell {
			return estimate.Cell{Before: int64(r.IntN(6)), After: int64(r.IntN(5)), TimeBefore: 365, TimeAfter: float64(200 + 55*r.IntN(4))}
		}
		p.Service, p.Comparison = draw(), draw()
		list = append(list, p)
	}
	return list
}

var differences = map[string]func([]trend.Person) estimate.Estimate{
	"ratio": func(p []trend.Person) estimate.Estimate { return trend.DifferenceInDifferences(p).Estimate },
	"difference": func(p []trend.Person) estimate.Estimate {
		p = slices.Clone(p)
		for i := range p {
			p[i].Service.TimeAfter, p[i].Comparison.TimeAfter = 365, 365
		}
		return trend.LinearDifference(p).Estimate
	},
}

// TestInvariants: splitting people who are alike, another order and people one by one change nothing to the last digit but
// one; the caller's people stay as they are; everybody twice keeps the value and narrows the interval.
func TestInvariants(t *testing.T) {
	for name, method := range differences {
		given := groups()
		want := method(given)
		if !slices.Equal(given, groups()) {
			t.Errorf("%s: the caller's people were changed", name)
		}
		reversed := groups()
		slices.Reverse(reversed)
		estimatetest.Same(t, name+": another order", method(reversed), want)
		var each []trend.Person
		for _, p := range groups() {
			for range p.N {
				one := p
				one.N = 1
				each = append(each, one)
			}
		}
		near(t, name+": one by one", *method(each).Value, *want.Value)
		near(t, name+": one by one, SE", *method(each).SE, *want.SE)
		doubled := groups()
		for i := range doubled {
			doubled[i].N *= 2
		}
		twice := method(doubled)
		near(t, name+": everybody twice", *twice.Value, *want.Value)
		if *twice.SE >= *want.SE {
			t.Errorf("%s: everybody twice: the interval is no narrower", name)
		}
		nobody := append(groups(), trend.Person{N: 5, InComparison: true, Weight: 0, Comparison: estimate.Cell{Before: 9, After: 1, TimeBefore: 365, TimeAfter: 365}})
		estimatetest.Same(t, name+": people who weigh nothing", method(nobody), want)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestDifference: groups swapped invert the ratio; weights and units of time that are alike for all change nothing; what is
// expected after is what the ratio says.
func TestDifference(t *testing.T) {
	only := func(p trend.Person) trend.Person { p.Weight = 1; return p }
	var list, swapped, scaled []trend.Person
	for _, p := range groups() {
		p = only(p)
		list = append(list, p)
		q := p
		q.InService, q.InComparison, q.Service, q.Comparison = p.InComparison, p.InService, p.Comparison, p.Service
		swapped = append(swapped, q)
		q = p
		q.Weight = 3
		q.Comparison.TimeBefore, q.Comparison.TimeAfter = p.Comparison.TimeBefore/365, p.Comparison.TimeAfter/365
		scaled = append(scaled, q)
	}
	d, s := trend.DifferenceInDifferences(list), trend.DifferenceInDifferences(swapped)
	near(t, "swapped", *d.Value**s.Value, 1)
	near(t, "swapped, SE", *d.SE, *s.SE)
	near(t, "weights and units", *trend.DifferenceInDifferences(scaled).Value, *d.Value)
	after := int64(0)
	for _, p := range list {
		if p.InService {
			after += p.N * p.Service.After
		}
	}
	near(t, "expected", float64(after)/d.Expected, *d.Value)
	same := slices.Clone(list)
	for i := range same { // everybody is in both groups with the same events: nothing differs
		same[i].InService, same[i].InComparison, same[i].Comparison = true, true, same[i].Service
	}
	if z := trend.DifferenceInDifferences(same); math.Abs(*z.Value-1) > 1e-12 || z.Refused == nil || z.Refused.Code != estimate.ZeroVariance {
		t.Errorf("the same people twice: %v, %v", *z.Value, z.Refused)
	}
}

func TestRefusals(t *testing.T) {
	person := func(service bool, before, after int64) trend.Person {
		c := estimate.Cell{Before: before, After: after, TimeBefore: 1, TimeAfter: 1}
		return trend.Person{N: 1, InService: service, InComparison: !service, Weight: 1, Service: c, Comparison: c}
	}
	for _, c := range []struct {
		name   string
		people []trend.Person
		code   estimate.Code
	}{
		{"nobody", nil, estimate.NoEvents},
		{"no events", []trend.Person{person(true, 0, 0), person(true, 0, 0), person(false, 0, 0), person(false, 0, 0)}, estimate.NoEvents},
		{"one of the service", []trend.Person{person(true, 1, 2), person(false, 1, 1), person(false, 2, 2)}, estimate.TooFewPersons},
		{"nothing after", []trend.Person{person(true, 1, 0), person(true, 2, 0), person(false, 1, 1), person(false, 2, 2)}, estimate.ZeroCell},
		{"less than nothing", []trend.Person{person(true, -1, 2), person(true, 2, 2), person(false, 1, 1), person(false, 2, 2)}, estimate.BadInput},
	} {
		if d := trend.DifferenceInDifferences(c.people); d.Refused == nil || d.Refused.Code != c.code {
			t.Errorf("%s: %v", c.name, d.Refused)
		}
	}
	if d := trend.LinearDifference(groups()); d.Refused == nil || d.Refused.Code != estimate.BadInput {
		t.Errorf("windows of different length: %v", d.Refused)
	}
	if m := trend.MatchedDifference(nil, nil, false); m.Refused.Code != estimate.NoMatch {
		t.Errorf("no sets: %v", m.Refused)
	}
	if m := trend.MatchedDifference([]trend.Set{{Service: trend.Pair{Before: 1}, Comparison: []int{0}}}, []trend.Pair{{Before: 1, After: 2}}, false); m.Refused.Code != estimate.TooFewPersons {
		t.Errorf("one set: %v", m.Refused)
	}
}

// paths are people with months from -6 to 5.
func paths(n int, seed uint64) ([]int, []trend.Path) {
	r := rand.New(rand.NewPCG(seed, 3))
	var months []int
	for m := -6; m < 6; m++ {
		months = append(months, m)
	}
	draw := func(factor float64) []trend.Stretch {
		list := make([]trend.Stretch, len(months))
		for i, m := range months {
			rate := 0.5
			if m >= 0 {
				rate *= factor
			}
			list[i].Days = 30
			for range 3 {
				if r.Float64() < rate {
					list[i].Events++
				}
			}
		}
		return list
	}
	var list []trend.Path
	for i := range n {
		p := trend.Path{N: 1, Weight: 1}
		if i%2 == 0 {
			p.Service = draw(0.7)
		} else {
			p.Comparison = draw(1)
		}
		list = append(list, p)
	}
	return months, list
}

func TestEventStudy(t *testing.T) {
	months, list := paths(600, 1)
	m := trend.EventStudy(months, list, []int{-1})
	if m.Refused != nil || len(m.Points) != 11 || m.PreTrendDF != 5 {
		t.Fatalf("%v, %d points, %d months before", m.Refused, len(m.Points), m.PreTrendDF)
	}
	reversed := slices.Clone(list)
	slices.Reverse(reversed)
	again := trend.EventStudy(months, reversed, []int{-1})
	for i, p := range m.Points {
		estimatetest.Same(t, "another order", again.Points[i].Estimate, p.Estimate)
	}
	// Two months as two windows are the difference in differences.
	var people []trend.Person
	for _, p := range list {
		q := trend.Person{N: 1, Weight: 1, InService: p.Service != nil, InComparison: p.Comparison != nil}
		of := func(s []trend.Stretch) estimate.Cell {
			if s == nil {
				return estimate.Cell{}
			}
			return estimate.Cell{Before: s[5].Events, After: s[8].Events, TimeBefore: 30, TimeAfter: 30}
		}
		q.Service, q.Comparison = of(p.Service), of(p.Comparison)
		people = append(people, q)
	}
	d := trend.DifferenceInDifferences(people)
	near(t, "month 2 against month -1", *m.Points[7].Value, *d.Value)
	near(t, "month 2 against month -1, SE", *m.Points[7].SE, *d.SE)
	// Another month without events is refused, and told; in quarters it is not.
	for i := range list {
		if list[i].Service != nil {
			list[i].Service[3].Events = 0
		}
	}
	if z := trend.EventStudy(months, list, []int{-1}); z.Refused == nil || z.Refused.Code != estimate.ZeroCell || !slices.Equal(z.Zero, []int{-3}) {
		t.Errorf("a month without events: %v, %v", z.Refused, z.Zero)
	}
	quarters, joined := trend.Quarters(months, list)
	if q := trend.EventStudy(quarters, joined, []int{-1}); q.Refused != nil || !slices.Equal(quarters, []int{-2, -1, 0, 1}) {
		t.Errorf("quarters %v: %v", quarters, q.Refused)
	}
}

// made is a series of so many months whose counts are what the model says, exactly.
func made(n int, effect, slope float64) []trend.Month {
	var list []trend.Month
	for i := range n {
		post := 0.0
		if i+1 > 36 {
			post = effect + slope*float64(i+1-37)
		}
		mu := 1e7 * math.Exp(0.002*float64(i+1)+0.1*math.Sin(2*math.Pi*float64(i%12+1)/12)+post)
		list = append(list, trend.Month{Time: i + 1, Calendar: i%12 + 1, Count: int64(math.Round(mu)), Exposure: 1e9})
	}
	return list
}

func TestSeries(t *testing.T) {
	o := trend.Interruption{FirstPost: 37, Level: true, Slope: true, Harmonics: 1}
	list := made(60, -0.2, 0.01)
	s := trend.InterruptedSeries(list, o)
	if s.Refused != nil {
		t.Fatal(s.Refused)
	}
	close := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	close("trend", s.Terms[1].Value, 0.002)
	close("level", s.Terms[2].Value, -0.2)
	close("slope", s.Terms[3].Value, 0.01)
	effect := s.EffectAt(11)
	close("a year on", effect.Value, -0.2+0.11)
	close("what is averted and what came", (s.Averted.Value+float64(s.Observed))/s.Expected, 1)
	// Another order, another first month and another unit of exposure change nothing.
	turned := slices.Clone(list)
	slices.Reverse(turned)
	for i := range turned {
		turned[i].Time += 100
		turned[i].Exposure /= 1e6
	}
	shifted := o
	shifted.FirstPost += 100
	again := trend.InterruptedSeries(turned, shifted)
	close("level in other units", again.Terms[2].Value, s.Terms[2].Value)
	close("averted in other units", again.Averted.Value/s.Averted.Value, 1)
	if f := s.Terms[2]; f.SE != max(f.Quasi, f.NeweyWest) || !(f.Low < f.Value && f.Value < f.High) {
		t.Error("the larger standard error is not the one shown")
	}
	// A control that changes alike takes the change away.
	c := trend.InterruptedWithControl(list, made(60, -0.2, 0.01), o)
	close("level beside itself", c.Terms[0].Value, 0)
	close("averted beside itself", c.Averted.Value/c.Expected, 0)
	c = trend.InterruptedWithControl(list, made(60, -0.05, 0), o)
	close("level beside a control", c.Terms[0].Value, -0.15)
	for _, r := range []struct {
		name   string
		months []trend.Month
		o      trend.Interruption
		code   estimate.Code
	}{
		{"five after", list[:41], o, estimate.TooFewPoints},
		{"eleven before", list[:36], trend.Interruption{FirstPost: 12, Level: true, Slope: true}, estimate.TooFewPoints},
		{"a level alone needs less", list[:20], trend.Interruption{FirstPost: 18, Level: true}, ""},
		{"a season in 23 months", list[:23], trend.Interruption{FirstPost: 13, Level: true, Harmonics: 1}, estimate.TooFewPoints},
		{"as many terms as a third of the months", list[20:44], trend.Interruption{FirstPost: 37, Level: true, Slope: true, Harmonics: 2}, estimate.TooFewPoints},
		{"a month twice", append(slices.Clone(list), list[3]), o, estimate.BadInput},
	} {
		got := trend.InterruptedSeries(r.months, r.o)
		code := estimate.Code("")
		if got.Refused != nil {
			code = got.Refused.Code
		}
		if code != r.code {
			t.Errorf("%s: %q, want %q", r.name, code, r.code)
		}
	}
	if c := trend.InterruptedWithControl(list, list[1:], o); c.Refused == nil || c.Refused.Code != estimate.BadInput {
		t.Error("series of other months are set against each other")
	}
}
