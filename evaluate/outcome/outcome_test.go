package outcome_test

import (
	"math"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/outcome"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

// TestStatesKeep wants of any people: swapping before and after inverts the ratio, turns the difference round and leaves the
// test alone; of two states Stuart and Maxwell's test is McNemar's; another order of states changes nothing.
func TestStatesKeep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int64 { return rapid.Int64Range(1, 400).Draw(t, name) }
		p := outcome.Paired{Both: n("both"), FirstOnly: n("first"), SecondOnly: n("second"), Neither: n("neither")}
		swapped := outcome.Paired{Both: p.Both, FirstOnly: p.SecondOnly, SecondOnly: p.FirstOnly, Neither: p.Neither}
		a, b := outcome.StateReduction(p), outcome.StateReduction(swapped)
		if !near((1-*a.Relative.Value/100)*(1-*b.Relative.Value/100), 1) || !near(*a.Absolute.Value, -*b.Absolute.Value) {
			t.Errorf("swapped: %g and %g", *a.Relative.Value, *b.Relative.Value)
		}
		if !near(*a.Absolute.Low, -*b.Absolute.High) {
			t.Errorf("swapped, Newcombe: %g and %g", *a.Absolute.Low, *b.Absolute.High)
		}
		if m, k := outcome.McNemar(p), outcome.McNemar(swapped); m.PMid != k.PMid || m.PExact != k.PExact {
			t.Errorf("swapped, McNemar: %g and %g", m.PMid, k.PMid)
		}
		two := outcome.Transitions{{p.Both, p.FirstOnly}, {p.SecondOnly, p.Neither}}
		h, m := outcome.MarginalHomogeneity(two), outcome.McNemar(p)
		if !near(h.StuartMaxwell, m.ChiSquare) || !near(h.Bowker, m.ChiSquare) || two.In(0) != p {
			t.Errorf("two states: %g, %g, McNemar %g", h.StuartMaxwell, h.Bowker, m.ChiSquare)
		}
		doubled := outcome.StateReduction(outcome.Paired{Both: 2 * p.Both, FirstOnly: 2 * p.FirstOnly, SecondOnly: 2 * p.SecondOnly, Neither: 2 * p.Neither})
		if !near(*doubled.Relative.Value, *a.Relative.Value) || *doubled.Relative.High-*doubled.Relative.Low >= *a.Relative.High-*a.Relative.Low {
			t.Error("everybody twice: another value, or an interval no narrower")
		}
		var three, turned outcome.Transitions
		for i := range 3 {
			three = append(three, []int64{n("x"), n("y"), n("z")})
			turned = append(turned, make([]int64, 3))
			_ = i
		}
		for i := range 3 {
			for j := range 3 {
				turned[(i+1)%3][(j+1)%3] = three[i][j]
			}
		}
		if a, b := outcome.MarginalHomogeneity(three), outcome.MarginalHomogeneity(turned); !near(a.StuartMaxwell, b.StuartMaxwell) || !near(a.Bowker, b.Bowker) {
			t.Errorf("another order: %g and %g", a.StuartMaxwell, b.StuartMaxwell)
		}
	})
}

// TestScoresKeep wants scales to change nothing, and the other way to turn improvement round.
func TestScoresKeep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list, scaled, split []estimate.Pair
		for i := range rapid.IntRange(3, 20).Draw(t, "n") {
			p := estimate.Pair{Before: float64(rapid.IntRange(0, 30).Draw(t, "before")), After: float64(rapid.IntRange(0, 30).Draw(t, "after")), People: int64(i%3 + 1)}
			list = append(list, p)
			scaled = append(scaled, estimate.Pair{Before: 5 + 2*p.Before, After: 5 + 2*p.After, People: p.People})
			for range p.People {
				split = append(split, estimate.Pair{Before: p.Before, After: p.After, People: 1})
			}
		}
		a := outcome.ResponseMean(list)
		if a.Refused != nil {
			t.Skip("everybody alike")
		}
		for what, other := range map[string][]estimate.Pair{"another scale": scaled, "one by one": split} {
			if b := outcome.ResponseMean(other); !near(*a.Value, *b.Value) || !near(*a.Low, *b.Low) || !near(a.Glass, b.Glass) {
				t.Errorf("%s: %g, %g", what, *a.Value, *b.Value)
			}
			x, y := outcome.ReliableChange(list, 0.8, outcome.Higher), outcome.ReliableChange(other, 0.8, outcome.Higher)
			if x.Improved != y.Improved || x.Worsened != y.Worsened {
				t.Errorf("%s: %d and %d improved", what, x.Improved, y.Improved)
			}
		}
		x, y := outcome.ReliableChange(list, 0.8, outcome.Higher), outcome.ReliableChange(list, 0.8, outcome.Lower)
		if x.Improved != y.Worsened || x.Worsened != y.Improved || x.Improved+x.Worsened+x.Unchanged != x.People {
			t.Errorf("the other way: %+v, %+v", x, y)
		}
	})
}

// TestRefusals wants the code of each special case.
func TestRefusals(t *testing.T) {
	code := func(r *estimate.Refusal) estimate.Code {
		if r == nil {
			return ""
		}
		return r.Code
	}
	pair := func(before, after float64, people int64) []estimate.Pair {
		return []estimate.Pair{{Before: before, After: after, People: people}}
	}
	for what, c := range map[string]struct {
		got  *estimate.Refusal
		want estimate.Code
	}{
		"a share of nobody":       {outcome.Wilson(0, 0).Refused, estimate.BadInput},
		"more than everybody":     {outcome.Wilson(5, 4).Refused, estimate.BadInput},
		"nobody in it before":     {outcome.StateReduction(outcome.Paired{SecondOnly: 3, Neither: 9}).Relative.Refused, estimate.ZeroBefore},
		"nobody in it after":      {outcome.StateReduction(outcome.Paired{FirstOnly: 3, Neither: 9}).Relative.Refused, estimate.ZeroAfter},
		"nobody asked":            {outcome.StateReduction(outcome.Paired{}).Absolute.Refused, estimate.BadInput},
		"below nobody":            {outcome.McNemar(outcome.Paired{Both: -1}).Refused, estimate.BadInput},
		"nobody moved":            {outcome.McNemar(outcome.Paired{Both: 9, Neither: 2}).Refused, estimate.NoDiscordant},
		"nobody moved, states":    {outcome.MarginalHomogeneity(outcome.Transitions{{4, 0}, {0, 5}}).Refused, estimate.NoDiscordant},
		"not square":              {outcome.MarginalHomogeneity(outcome.Transitions{{4, 0, 1}, {0, 5, 2}}).Refused, estimate.BadInput},
		"two groups of states":    {outcome.MarginalHomogeneity(outcome.Transitions{{9, 9, 0, 0}, {8, 9, 0, 0}, {0, 0, 9, 9}, {0, 0, 7, 9}}).Refused, estimate.Singular},
		"one person":              {outcome.ResponseMean(pair(1, 2, 1)).Refused, estimate.TooFewPersons},
		"all changed alike":       {outcome.ResponseMean(pair(1, 2, 9)).Refused, estimate.ZeroVariance},
		"no number":               {outcome.ResponseMean(pair(math.NaN(), 2, 9)).Refused, estimate.BadInput},
		"reliability of 1":        {outcome.ReliableChange(pair(1, 2, 9), 1, outcome.Higher).Refused, estimate.BadInput},
		"reliability, all alike":  {outcome.ReliableChange(pair(1, 2, 9), 0.8, outcome.Higher).Refused, estimate.ZeroVariance},
		"reliability, one person": {outcome.ReliableChange(pair(1, 2, 1), 0.8, outcome.Higher).Refused, estimate.TooFewPersons},
		"a share of somebody":     {outcome.Wilson(0, 4).Refused, ""},
		"somebody moved":          {outcome.McNemar(outcome.Paired{FirstOnly: 1}).Refused, ""},
	} {
		if code(c.got) != c.want {
			t.Errorf("%s: %q, want %q", what, code(c.got), c.want)
		}
	}
	if h := outcome.MarginalHomogeneity(outcome.Transitions{{40, 3}, {2, 50}}); len(h.Warnings) != 1 || h.Warnings[0].Code != estimate.SmallCells {
		t.Errorf("five who moved: %v", h.Warnings)
	}
}
