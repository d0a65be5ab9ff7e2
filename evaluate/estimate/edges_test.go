package estimate_test

import (
	"math"
	"testing"

	"averted/evaluate/estimate"
)

// TestNoTimeIsRefused: a time that is no number is not lost in a neighbour that is otherwise alike, nor a negative number
// of people.
func TestNoTimeIsRefused(t *testing.T) {
	for name, bad := range map[string]estimate.Cell{
		"NaN": {Before: 2, After: 1, TimeBefore: 1, TimeAfter: math.NaN(), People: 1}, "huge": {Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1e308, People: 1},
		"people": {Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1, People: -1},
	} {
		cells := []estimate.Cell{{Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1, People: 5}, bad, {Before: 4, After: 1, TimeBefore: 1, TimeAfter: 1, People: 5}}
		for method, refused := range map[string]*estimate.Refusal{
			"lead": lead(cells).Refused, "robust": robust(cells).Refused, "own": estimate.OwnRateRobust(cells).Refused, "quasi": estimate.QuasiPoisson(cells).Refused,
			"within": estimate.FixedEffectPoisson(cells).Refused, "period": estimate.NegativeBinomialPeriod(cells).Refused, "exact": estimate.ExactConditional(cells).Refused,
			"enumerated": estimate.Enumerate(cells).Refused, "clustered": estimate.RatioClustered([][]estimate.Cell{cells}, nil).Refused,
		} {
			if refused == nil || refused.Code != estimate.BadInput {
				t.Errorf("%s, %s: %v", name, method, refused)
			}
		}
	}
}

// TestNoShapeOfItsOwn: where counts vary exactly as chance would have it, rounding does not make up a shape.
func TestNoShapeOfItsOwn(t *testing.T) {
	for _, pairs := range [][][2]int64{{{6, 4}, {3, 8}, {0, 5}, {3, 3}}, {{5, 4}, {4, 2}, {1, 2}, {0, 2}}, {{6, 6}, {0, 6}}} {
		var cells []estimate.Cell
		for _, p := range pairs {
			cells = append(cells, estimate.Cell{Before: p[0], After: p[1], TimeBefore: 1, TimeAfter: 1, People: 1})
		}
		if p := estimate.NegativeBinomialPeriod(cells); p.Refused == nil || p.Refused.Code != estimate.NoOverdispersion {
			t.Errorf("%v: %v, shape %g", pairs, p.Refused, p.Theta)
		}
	}
}

// TestLargeCounts: the two ways of adding up a person's events meet, and a person with a million of them is no work.
func TestLargeCounts(t *testing.T) {
	fit := func(scale int64) estimate.Regression {
		var rows []estimate.Observation
		for i := range int64(40) {
			rows = append(rows, estimate.Observation{Count: scale * (1 + i*i%17), Time: 1, Covariates: []float64{float64(i % 2)}, People: 1})
		}
		return estimate.NegativeBinomialRegression([]string{"x"}, rows)
	}
	small, large := fit(59), fit(59_000) // counts of 59 to 1,003, and of a thousand times as many
	if small.Refused != nil || large.Refused != nil || math.Abs(small.Theta/large.Theta-1) > 0.05 || math.Abs(small.Coefficients[1]-large.Coefficients[1]) > 1e-6 {
		t.Errorf("shapes %g and %g, %v, %v", small.Theta, large.Theta, small.Refused, large.Refused)
	}
}

// TestNearlyCollinear: covariates that differ by little keep their standard errors, or are refused; they are never 0.
func TestNearlyCollinear(t *testing.T) {
	for _, apart := range []float64{1e-5, 1e-7, 1e-8, 1e-10, 0} {
		var rows []estimate.Observation
		for i, count := range []int64{1, 4, 3, 3, 9, 2, 5} {
			x := float64(i * i % 5)
			rows = append(rows, estimate.Observation{Count: count, Time: 1, Covariates: []float64{x, x + apart*float64(i%3)}, People: 3})
		}
		r := estimate.PoissonRegression([]string{"x", "y"}, rows)
		if r.Refused == nil && !(r.SEModel[1] > 0 && r.SERobust[1] > 0) || apart >= 1e-7 && r.Refused != nil || apart == 0 && r.Refused == nil {
			t.Errorf("apart by %g: %v, %v", apart, r.Refused, r.SEModel)
		}
	}
	two := []estimate.Observation{{Count: 1, Time: 1, Covariates: []float64{0, 1}, People: 100}, {Count: 3, Time: 1, Covariates: []float64{1, 0}, People: 100}}
	if r := estimate.PoissonRegression([]string{"x", "y"}, two); r.Refused == nil || r.Refused.Code != estimate.Collinear {
		t.Errorf("fewer kinds of people than coefficients: %v", r.Refused)
	}
}

// TestRunsAway: a step too far is halved, and is not taken for coefficients without an end. R's optim finds -5.111 and 6.143
// with a shape of 0.2196.
func TestRunsAway(t *testing.T) {
	p := estimate.NegativeBinomialPeriod([]estimate.Cell{
		{Before: 2, After: 1, TimeBefore: 365, TimeAfter: 365, People: 5}, {Before: 0, After: 30, TimeBefore: 365, TimeAfter: 1, People: 1}, {Before: 3, After: 2, TimeBefore: 365, TimeAfter: 365, People: 4},
	})
	if p.Refused != nil || math.Abs(p.Intercept+5.111) > 1e-3 || math.Abs(p.Theta-0.2196) > 1e-4 {
		t.Errorf("%v, %g, shape %g", p.Refused, p.Intercept, p.Theta)
	}
}

// TestRestOfNothing: where everybody but the top had nothing before, their ratio has no value, whatever rounding leaves.
func TestRestOfNothing(t *testing.T) {
	var cells []estimate.Cell
	for i := range int64(60) {
		cells = append(cells, estimate.Cell{Before: 2 + 15*i, After: 2 + i%3, TimeBefore: 365, TimeAfter: float64(1 + (i*37)%365), People: 1})
	}
	cells = append(cells, estimate.Cell{After: 1, TimeBefore: 365, TimeAfter: 200, People: 140}, estimate.Cell{TimeBefore: 365, TimeAfter: 365, People: 1000})
	if top, refused := estimate.Concentration(cells); refused != nil || top.RatioOfRest != nil || top.RestExpected != 0 {
		t.Errorf("%+v, %v", top, refused)
	}
}

// TestWithoutPractice: people without a practice are in the ratio, and are no practice among the ten that there must be.
func TestWithoutPractice(t *testing.T) {
	var practices [][]estimate.Cell
	var all []estimate.Cell
	for i := range int64(10) {
		practices = append(practices, []estimate.Cell{{Before: 3 + i%4, After: 2 + i%3, TimeBefore: 1, TimeAfter: 1, People: 5}})
		all = append(all, practices[i]...)
	}
	without := []estimate.Cell{{Before: 9, After: 1, TimeBefore: 1, TimeAfter: 1, People: 20}}
	nine := estimate.RatioClustered(practices[:9], without)
	if whole := lead(append(append([]estimate.Cell{}, all[:9]...), without...)); nine.Refused == nil || *nine.Value != *whole.Value {
		t.Errorf("nine practices: %v, %g, want %g", nine.Refused, *nine.Value, *whole.Value)
	}
	if ten := estimate.RatioClustered(practices, without); ten.Refused != nil || *ten.DF != 10 {
		t.Errorf("ten practices and people without one: %v, %v", ten.Refused, ten.DF)
	}
}

// TestFewReplicates: nothing to take quantiles of is refused, as is a level that reaches undefined ones, or is none.
func TestFewReplicates(t *testing.T) {
	cells := []estimate.Cell{{Before: 2, After: 1, TimeBefore: 1, TimeAfter: 1, People: 5}, {Before: 1, After: 1, TimeBefore: 1, TimeAfter: 1, People: 5}}
	sums := make([][]float64, 1000)
	for i := range sums {
		sums[i] = []float64{1, 1}
	}
	for i := range 10 {
		sums[i][1] = 0
	}
	for name, refused := range map[string]*estimate.Refusal{
		"none": second(estimate.BCa(cells, nil, 0.95)), "one": second(estimate.BCa(cells, [][]float64{{1, 2}}, 0.95)), "all of them": second(estimate.BCa(cells, sums, 1)),
		"undefined ones": third(estimate.Percentile(sums, 0.999)), "no level": third(estimate.Percentile(sums, math.NaN())),
		"of the formula": estimate.RatioRobust(cells, estimate.Robust{Level: 1.5}).Refused,
	} {
		if refused == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	if e := estimate.ExactConditional(nil); e.Refused == nil || e.Refused.Code != estimate.NoEvents {
		t.Errorf("nobody: %v", e.Refused)
	}
}

func second[A any](_ A, refused *estimate.Refusal) *estimate.Refusal   { return refused }
func third[A any](_, _ A, refused *estimate.Refusal) *estimate.Refusal { return refused }
