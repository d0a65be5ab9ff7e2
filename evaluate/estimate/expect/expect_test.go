package expect_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/window"
)

// cohort and reference people of whom every method can tell; some are of both.
var people = []expect.People{
	of(40, 3, 1, -1, -1), of(20, 4, 3, -1, -1), of(15, 7, 4, 3, 2), of(8, 5, 6, -1, -1), of(6, 11, 3, 5, 8),
	of(300, -1, -1, 0, 0), of(200, -1, -1, 1, 1), of(150, -1, -1, 2, 1), of(110, -1, -1, 3, 1), of(90, -1, -1, 4, 4), of(60, -1, -1, 5, 3), of(40, -1, -1, 7, 5), of(30, -1, -1, 11, 9),
}

func of(n, before, after, x, y int64) expect.People {
	p := expect.People{N: n, InCohort: before >= 0, InReference: x >= 0}
	if p.InCohort {
		p.Cohort = expect.Seen{Chosen: before, Before: before, After: after, TimeBefore: 1, TimeAfter: 1}
	}
	if p.InReference {
		p.Reference = expect.Seen{Chosen: x, Before: x, After: y, TimeBefore: 1, TimeAfter: 1}
	}
	return p
}

// above keeps of the reference people those whom the rule chooses.
func above(list []expect.People) []expect.People {
	return slices.DeleteFunc(slices.Clone(list), func(p expect.People) bool { return !p.InCohort && p.Reference.Before < 3 })
}

var methods = map[string]func([]expect.People) expect.Expectation{
	expect.NameReplay:  func(p []expect.People) expect.Expectation { return expect.RuleReplay(above(p), 1.1).Expectation },
	expect.NamePlacebo: func(p []expect.People) expect.Expectation { return expect.PlaceboIndex(above(p), 1.1).Expectation },
	expect.NameTransition: func(p []expect.People) expect.Expectation {
		return expect.Transition(p, 1.1, []int64{3, 5}).Expectation
	},
	expect.NameEarly: func(p []expect.People) expect.Expectation {
		return expect.EarlyBaseline(expect.Cohort(p), 500, 89, 1.1).Expectation
	},
	expect.NameBayes: func(p []expect.People) expect.Expectation {
		return expect.EmpiricalBayes(expect.Cohort(p), expect.Population{Mean: 1.6, Theta: 0.6}, 1.1).Expectation
	},
	expect.NameTruncated: func(p []expect.People) expect.Expectation {
		return expect.TruncatedNegativeBinomial(expect.Cohort(p), 3, 1.1).Expectation
	},
	expect.NameRobbins: func(p []expect.People) expect.Expectation { return expect.Robbins(p, 1.1, []int64{3, 5}).Expectation },
}

// TestInvariants: splitting people who are alike, another order, and people one by one change nothing; the caller's people
// stay as they are; everybody twice keeps the value and narrows the interval.
func TestInvariants(t *testing.T) {
	if len(methods) != len(expect.Order)+len(expect.Models) {
		t.Fatal("a method is missing here")
	}
	for name, method := range methods {
		given := slices.Clone(people)
		want := method(given)
		if !slices.Equal(given, people) {
			t.Errorf("%s: the caller's people were changed", name)
		}
		if want.Refused != nil || want.Low == nil || !(*want.Low < *want.Value && *want.Value < *want.High) {
			t.Fatalf("%s: %+v", name, want)
		}
		same := func(what string, got expect.Expectation) {
			if *got.Value != *want.Value || *got.Low != *want.Low || *got.High != *want.High || got.Expected != want.Expected {
				t.Errorf("%s, %s: %g (%g to %g), want %g (%g to %g)", name, what, *got.Value, *got.Low, *got.High, *want.Value, *want.Low, *want.High)
			}
		}
		split := slices.Clone(people)
		split[0].N = 15
		split = append(split, of(25, 3, 1, -1, -1))
		same("split", method(split))
		reversed := slices.Clone(people)
		slices.Reverse(reversed)
		same("reversed", method(reversed))
		var each []expect.People
		twice := slices.Clone(people)
		for i, p := range people {
			twice[i].N *= 2
			for range p.N {
				p.N = 1
				each = append(each, p)
			}
		}
		same("one by one", method(each))
		got := method(twice)
		if math.Abs(*got.Value / *want.Value - 1) > 1e-6 || *got.High-*got.Low >= *want.High-*want.Low {
			t.Errorf("%s: everybody twice %g (%g to %g), was %g (%g to %g)", name, *got.Value, *got.Low, *got.High, *want.Value, *want.Low, *want.High)
		}
		if want.Naive > 0 && name != expect.NameEarly && math.Abs(*want.Value*want.RuleAlone/want.Naive-1) > 1e-9 {
			t.Errorf("%s: what is left times the rule alone is %g, the raw ratio %g", name, *want.Value*want.RuleAlone, want.Naive)
		}
		if math.Abs(float64(want.Observed) / *want.Value - want.Expected) > 1e-9*want.Expected {
			t.Errorf("%s: A/R is %g, E is %g", name, float64(want.Observed) / *want.Value, want.Expected)
		}
	}
}

// TestNothingLeft: people set against themselves have nothing left, and no measure of chance.
func TestNothingLeft(t *testing.T) {
	var both []expect.People
	for _, p := range people[:5] {
		both = append(both, of(p.N, p.Cohort.Before, p.Cohort.After, p.Cohort.Before, p.Cohort.After))
	}
	for name, x := range map[string]expect.Placebo{"replay": expect.RuleReplay(both, 1), "placebo": expect.PlaceboIndex(both, 1)} {
		if math.Abs(*x.Value-1) > 1e-12 || x.Refused == nil || x.Refused.Code != estimate.ZeroVariance || x.Overlap != x.Distinct {
			t.Errorf("%s: %+v", name, x)
		}
	}
	if x := expect.Transition(both, 1, []int64{3, 5, 12}); math.Abs(*x.Value-1) > 1e-12 {
		t.Errorf("transition: %g", *x.Value)
	}
}

// TestRefusals: what can't be told is refused, in the order of methods.md section 12.
func TestRefusals(t *testing.T) {
	cell := func(before, after, people int64) estimate.Cell {
		return estimate.Cell{Before: before, After: after, TimeBefore: 1, TimeAfter: 1, People: people}
	}
	known := expect.Population{Mean: 1, Theta: 1}
	for _, c := range []struct {
		name string
		got  estimate.Estimate
		want estimate.Code
	}{
		{"nobody", expect.EmpiricalBayes(nil, known, 1).Estimate, estimate.TooFewPersons},
		{"no events", expect.EmpiricalBayes([]estimate.Cell{cell(0, 0, 5)}, known, 1).Estimate, estimate.NoEvents},
		{"one person", expect.EmpiricalBayes([]estimate.Cell{cell(3, 1, 1)}, known, 1).Estimate, estimate.TooFewPersons},
		{"nothing after", expect.EmpiricalBayes([]estimate.Cell{cell(3, 0, 5)}, known, 1).Estimate, estimate.ZeroAfter},
		{"negative", expect.EmpiricalBayes([]estimate.Cell{cell(-3, 1, 5)}, known, 1).Estimate, estimate.BadInput},
		{"no mean", expect.EmpiricalBayes([]estimate.Cell{cell(3, 1, 5)}, expect.Population{Theta: 1}, 1).Estimate, estimate.BadInput},
		{"no time", expect.EmpiricalBayes([]estimate.Cell{{Before: 3, After: 1, TimeBefore: 1, People: 5}}, known, 1).Estimate, estimate.BadInput},
		{"a trend below nothing", expect.EmpiricalBayes([]estimate.Cell{cell(3, 1, 5)}, known, -1).Estimate, estimate.BadInput},
		{"a trend without end", expect.EmpiricalBayes([]estimate.Cell{cell(3, 1, 5)}, known, expect.Trend(math.Inf(1))).Estimate, estimate.BadInput},
		{"no threshold", expect.TruncatedNegativeBinomial([]estimate.Cell{cell(3, 1, 5), cell(4, 2, 5)}, 0, 1).Estimate, estimate.BadInput},
		{"below", expect.TruncatedNegativeBinomial([]estimate.Cell{cell(2, 1, 5), cell(4, 2, 5)}, 3, 1).Estimate, estimate.BelowThreshold},
		{"on the line", expect.TruncatedNegativeBinomial([]estimate.Cell{cell(3, 1, 5)}, 3, 1).Estimate, estimate.NoSpreadAboveThreshold},
		{"nothing after, above", expect.TruncatedNegativeBinomial([]estimate.Cell{cell(3, 0, 5), cell(4, 0, 5)}, 3, 1).Estimate, estimate.ZeroAfter},
		{"no early events", expect.EarlyBaseline([]estimate.Cell{cell(0, 1, 5)}, 5, 5, 1).Estimate, estimate.ZeroBefore},
		{"no reference", expect.RuleReplay(people[:2], 1).Estimate, estimate.TooFewPersons},
		{"reference without events", expect.PlaceboIndex([]expect.People{of(5, 3, 1, -1, -1), of(4, 4, 2, -1, -1), of(9, -1, -1, 0, 0)}, 1).Estimate, estimate.NoEvents},
		{"reference without events before", expect.PlaceboIndex([]expect.People{of(5, 3, 1, -1, -1), of(4, 4, 2, -1, -1), of(9, -1, -1, 0, 2)}, 1).Estimate, estimate.ZeroBefore},
		{"reference without events after", expect.RuleReplay([]expect.People{of(5, 3, 1, -1, -1), of(4, 4, 2, -1, -1), of(9, -1, -1, 4, 0)}, 1).Estimate, estimate.ZeroAfter},
		{"cohort without events before", expect.RuleReplay([]expect.People{of(5, 0, 1, -1, -1), of(9, -1, -1, 4, 3)}, 1).Estimate, estimate.ZeroBefore},
		{"a band of nobody", expect.Transition([]expect.People{of(5, 3, 1, -1, -1), of(5, 30, 9, -1, -1), of(40, -1, -1, 3, 2)}, 1, []int64{3, 20}).Estimate, estimate.EmptyBand},
		{"below the bands", expect.Transition(people, 1, []int64{4}).Estimate, estimate.BelowThreshold},
		{"bands that fall", expect.Transition(people, 1, []int64{3, 3}).Estimate, estimate.BadInput},
		{"nothing expected", expect.Transition([]expect.People{of(5, 3, 1, -1, -1), of(40, -1, -1, 3, 0)}, 1, nil).Estimate, estimate.ZeroBefore},
		{"windows of two lengths", expect.Robbins(append(slices.Clone(people), expect.People{N: 3, InReference: true, Reference: expect.Seen{TimeBefore: 2, TimeAfter: 1}}), 1, nil).Estimate, estimate.BadInput},
	} {
		if c.got.Refused == nil || c.got.Refused.Code != c.want {
			t.Errorf("%s: %+v, want %s", c.name, c.got.Refused, c.want)
		}
		if c.got.Low != nil || c.got.High != nil || c.got.Value != nil && *c.got.Value != 0 {
			t.Errorf("%s: refused and a figure: %+v", c.name, c.got)
		}
	}
}

// TestNoTrend: without a trend it is said, with one not, and the ratio is over it.
func TestNoTrend(t *testing.T) {
	without, with := expect.RuleReplay(above(people), 0), expect.RuleReplay(above(people), 1.25)
	has := func(x expect.Placebo) bool {
		return slices.ContainsFunc(x.Warnings, func(w estimate.Warning) bool { return w.Code == estimate.NoTrend })
	}
	if !has(without) || has(with) || math.Abs(*without.Value / *with.Value - 1.25) > 1e-12 || math.Abs(*without.Low / *with.Low - 1.25) > 1e-9 {
		t.Errorf("%g and %g", *without.Value, *with.Value)
	}
}

// TestNoNumberThatIsNone draws cohorts of every kind, small and large counts, odd times: what is given is finite, and the
// interval holds the value.
func TestNoNumberThatIsNone(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	told := map[string]int{}
	if testing.Short() {
		t.Skip("takes its time")
	}
	for range 60 {
		var list []expect.People
		scale := []int64{3, 12, 300}[random.IntN(3)]
		k, time := 1+random.Int64N(4), []float64{1, 365, 0.001}[random.IntN(3)]
		for range 2 + random.IntN(12) {
			seen := func(least int64) expect.Seen {
				b := least + random.Int64N(scale)
				return expect.Seen{Chosen: b, Before: b, After: random.Int64N(scale), TimeBefore: time * (1 - random.Float64()/2), TimeAfter: time * (1 - random.Float64()/2)}
			}
			p := expect.People{N: 1 + random.Int64N(20), InCohort: random.IntN(2) == 0, InReference: random.IntN(2) == 0}
			p.Cohort, p.Reference = seen(k), seen(0)
			list = append(list, p)
		}
		cells := expect.Cohort(list)
		for name, e := range map[string]estimate.Estimate{
			"replay": expect.RuleReplay(list, 1).Estimate, "transition": expect.Transition(list, 1, nil).Estimate,
			"bayes": expect.EmpiricalBayes(cells, expect.Population{Mean: 1, Theta: 0.5}, 1).Estimate, "truncated": expect.TruncatedNegativeBinomial(cells, k, 1).Estimate,
			"early": expect.EarlyBaseline(cells, 10, 3, 1).Estimate,
		} {
			for _, v := range []*float64{e.Value, e.Low, e.High, e.SE, e.P} {
				if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
					t.Fatalf("%s: %+v of %+v", name, e, list)
				}
			}
			if e.Refused == nil {
				told[name]++
				if !(*e.Low <= *e.Value && *e.Value <= *e.High) {
					t.Errorf("%s: %g is not in %g to %g", name, *e.Value, *e.Low, *e.High)
				}
			}
		}
	}
	for _, name := range []string{"replay", "transition", "bayes", "truncated", "early"} {
		if told[name] < 12 {
			t.Errorf("%s told of %d cohorts only", name, told[name])
		}
	}
}

// TestBarnettBySimulation: the formula is the mean change of a bivariate normal chosen beyond the cut.
func TestBarnettBySimulation(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	s := expect.Score{Mean: 60, SD: 15, Correlation: 0.6, Cut: 45, Below: true}
	r, refused := expect.Barnett(s)
	if refused != nil {
		t.Fatal(refused)
	}
	n, first, second := 0.0, 0.0, 0.0
	for range 400_000 {
		own := 60 + 15*math.Sqrt(0.6)*random.NormFloat64()
		a, b := own+15*math.Sqrt(0.4)*random.NormFloat64(), own+15*math.Sqrt(0.4)*random.NormFloat64()
		if a < s.Cut {
			n, first, second = n+1, first+a, second+b
		}
	}
	if math.Abs(second/n-first/n-r.Effect) > 0.2 || math.Abs(first/n-r.MeanSelected) > 0.2 {
		t.Errorf("%g from %g; the formula says %g from %g", second/n-first/n, first/n, r.Effect, r.MeanSelected)
	}
	for _, bad := range []expect.Score{{SD: 0}, {SD: 1, Correlation: 2}, {SD: 1, Measurements: -1}, {SD: math.NaN()}, {SD: 1, Cut: math.NaN()}, {SD: 1, Cut: 100}} {
		if _, refused := expect.Barnett(bad); refused == nil {
			t.Errorf("%+v is not refused", bad)
		}
	}
}

// TestBands: bands end with 20 people, a few at the top belong to the band below, and none begins above the cohort's highest.
func TestBands(t *testing.T) {
	list := []expect.People{of(3, 3, 1, -1, -1), of(3, 9, 1, -1, -1)}
	for count := int64(0); count <= 20; count++ {
		list = append(list, of(12, -1, -1, count, 0))
	}
	if got := expect.Bands(list, 20); !slices.Equal(got, []int64{3, 5, 7, 9, 10}) {
		t.Errorf("%v", got)
	}
	list = append(list[:2:2], of(30, -1, -1, 3, 0), of(2, -1, -1, 8, 0))
	if got := expect.Bands(list, 20); !slices.Equal(got, []int64{3, 10}) {
		t.Errorf("%v", got)
	}
	if got := expect.Bands(nil, 20); got != nil {
		t.Errorf("%v", got)
	}
}

// TestCourse: a trend weighs the days of the windows, and a month that the series lacks is named.
func TestCourse(t *testing.T) {
	c := expect.Course{{Year: 2020, Month: 1}: 10, {Year: 2020, Month: 2}: 20, {Year: 2020, Month: 3}: 40}
	day := func(month, d int) window.Day { return window.Date(2020, month, d) }
	before := []window.Span{{Start: day(1, 1), End: day(2, 1)}}
	after := []window.Span{{Start: day(2, 20), End: day(3, 11)}, {Start: day(2, 20), End: day(3, 1)}} // ten days of February twice, ten of March
	if trend, missing, ok := c.Between(before, after); !ok || missing != nil || math.Abs(float64(trend)-(20*20+10*40)/30.0/10) > 1e-12 {
		t.Errorf("%g %v %v", trend, missing, ok)
	}
	if _, missing, ok := c.Between(before, []window.Span{{Start: day(3, 1), End: day(4, 2)}}); ok || missing == nil || missing.Month != 4 {
		t.Errorf("%v %v", missing, ok)
	}
	if _, _, ok := c.Between(nil, after); ok {
		t.Error("a trend from no days")
	}
}

// TestReplay: who crosses, when, and who doesn't.
func TestReplay(t *testing.T) {
	all := window.Union(window.Span{Start: 0, End: 1000})
	history := func(days ...window.Day) expect.History { return expect.History{Days: days, Observed: all} }
	rule := expect.Rule{When: expect.FirstCrossing, AtLeast: 3, Within: 10, From: 100, To: 200}
	for _, c := range []struct {
		name string
		h    expect.History
		want window.Day // -1: not referred
	}{
		{"the third in ten days", history(91, 95, 100), 100},
		{"the first is eleven days back", history(90, 95, 100), -1},
		{"three on one day", history(150, 150, 150), 150},
		{"over the line before", history(97, 98, 99, 100), -1},
		{"over the line before, below, and again", history(97, 98, 99, 120, 121, 122), 122},
		{"after the last day", history(199, 200, 201), -1},
		{"on the last day", history(198, 199, 200), 200},
		{"not yet under observation", expect.History{Days: []window.Day{101, 102, 103}, Observed: window.Union(window.Span{Start: 95, End: 1000})}, -1},
		{"the feed missed a day", expect.History{Days: []window.Day{101, 102, 103}, Observed: window.Union(window.Span{Start: 0, End: 95}, window.Span{Start: 96, End: 1000})}, -1},
		{"left before", expect.History{Days: []window.Day{101, 102, 103}, Observed: window.Union(window.Span{Start: 0, End: 103})}, -1},
	} {
		got, refused := rule.Replay([]expect.History{c.h})
		if refused != nil || (got[0] == nil) != (c.want < 0) || got[0] != nil && *got[0] != c.want {
			t.Errorf("%s: %v %v", c.name, got[0], refused)
		}
	}
	top := expect.Rule{When: expect.Rolling, Top: 1, Within: 10, From: 100, To: 120, Every: 10}
	got, refused := top.Replay([]expect.History{history(95, 105), history(94, 95), history(95), history()})
	if refused != nil || got[0] == nil || *got[0] != 110 || got[1] == nil || *got[1] != 100 || got[2] != nil || got[3] != nil {
		t.Errorf("%v %v", got, refused)
	}
	for _, bad := range []expect.Rule{{}, {When: expect.FixedDate, AtLeast: 1}, {When: expect.FirstCrossing, Top: 1, Within: 1}, {When: expect.FixedDate, AtLeast: 1, Top: 1, Within: 1},
		{When: expect.Rolling, AtLeast: 1, Within: 1, From: 1, To: 9}, {When: expect.FirstCrossing, AtLeast: 1, Within: 1, From: 9, To: 1}, {When: "later", AtLeast: 1, Within: 1}} {
		if _, refused := bad.Replay(nil); refused == nil {
			t.Errorf("%+v is a rule", bad)
		}
	}
}

// TestMayLead: how people came in decides, as methods.md section 4 has it.
func TestMayLead(t *testing.T) {
	for _, c := range []struct {
		how  expect.Referral
		want []string
	}{
		{expect.Referral{When: expect.FixedDate}, expect.Order},
		{expect.Referral{When: expect.FirstCrossing}, []string{expect.NameReplay, expect.NamePlacebo}},
		{expect.Referral{When: expect.FirstCrossing, RunUp: 1.1}, []string{expect.NameReplay, expect.NamePlacebo, expect.NameTransition}},
		{expect.Referral{When: expect.Rolling, RunUp: 3}, []string{expect.NameReplay, expect.NamePlacebo}},
		{expect.Referral{}, nil},
		{expect.Referral{RunUp: 1.1}, []string{expect.NameTransition}},
		{expect.Referral{RunUp: 1.4}, nil},
		{expect.Referral{When: expect.FixedDate, NotReferred: true}, []string{expect.NameEarly}},
		{expect.Referral{RunUp: 1.1, NotReferred: true}, nil},
		{expect.Referral{When: expect.FixedDate, ByScore: true}, []string{expect.NameReplay, expect.NamePlacebo}},
		{expect.Referral{When: expect.FixedDate, Unmet: true}, nil},
		{expect.Referral{When: expect.FixedDate, Unmet: true, RunUp: 1.1}, []string{expect.NameTransition}},
	} {
		for _, method := range append(slices.Clone(expect.Order), expect.Models...) {
			may, why := c.how.MayLead(method)
			if may != slices.Contains(c.want, method) || may == (why != "") {
				t.Errorf("%+v, %s: %v %q", c.how, method, may, why)
			}
		}
		first := ""
		if len(c.want) > 0 {
			first = c.want[0]
		}
		if got := c.how.Lead(func(string) bool { return true }); got != first {
			t.Errorf("%+v: %q leads, want %q", c.how, got, first)
		}
		if got := c.how.Lead(func(method string) bool { return method != first }); len(c.want) > 1 && got != c.want[1] {
			t.Errorf("%+v: %q leads where %s can't, want %q", c.how, got, first, c.want[1])
		}
	}
}

// TestRunUp: few people show nothing, and twice as busy is a run.
func TestRunUp(t *testing.T) {
	cells := func(n int64, before, after int64) []estimate.Cell {
		return []estimate.Cell{{Before: before, After: after, TimeBefore: 3, TimeAfter: 1, People: n}, {Before: before + 3, After: after, TimeBefore: 3, TimeAfter: 1, People: n}, {Before: before, After: after + 1, TimeBefore: 3, TimeAfter: 1, People: n}}
	}
	steady, few, busy := expect.RunUp(cells(200, 9, 3), 1), expect.RunUp(cells(2, 9, 3), 1), expect.RunUp(cells(200, 9, 6), 1)
	if steady > expect.MostRunUp || few < steady || busy < 1.5 || expect.RunUp(nil, 1) != 0 || math.Abs(expect.RunUp(cells(200, 9, 3), 2)*2-steady) > 1e-12 {
		t.Errorf("%g %g %g", steady, few, busy)
	}
}
