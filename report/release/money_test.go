package release_test

import (
	"math"
	"testing"

	"averted/report/release"
	"averted/report/result"
)

// billed is a study of one activity of so many people, its exact difference, what the service cost and how many it served.
func billed(t *testing.T, people, before, after, users int64, gross, low, high, served int64) *release.Released {
	return billedWith(t, people, 0, before, after, users, gross, low, high, served)
}

// billedWith is [billed] with a comparison arm of so many people, if there are some.
func billedWith(t *testing.T, people, comparison, before, after, users int64, gross, low, high, served int64) *release.Released {
	t.Helper()
	expected, top, changed := float64(before), 0.05, users
	ratio := float64(after) / expected
	percent, rl, rh := 100*(ratio-1), ratio*0.8, ratio*1.2
	pl, ph := 100*(rl-1), 100*(rh-1)
	unit, averted := int64(10000), expected-float64(after)
	al, ah := averted-20, averted+20
	lead := result.Estimate{Activity: "ae", Window: "12 months", Arm: "service", FollowUp: "observed", Method: "rate_ratio", Value: &ratio, Low: &rl, High: &rh, Primary: true,
		People: &people, Before: &before, After: &after, Expected: &expected, UsersBefore: &users, UsersAfter: &users, TopBefore: &top, TopAfter: &top, Changed: &changed, TopChange: &top}
	other := lead
	other.Method, other.Value, other.Low, other.High, other.Primary = "percent_change", &percent, &pl, &ph, false
	r := &result.Result{Study: result.Study{Title: "t", Date: "2020-01-01", FollowUp: "observed", Profile: "local", HideBelow: 8, Windows: []result.Window{{Label: "12 months", Days: 365, Equal: true}}, Arms: []result.Arm{{Arm: "service", Label: "service"}}},
		Activities: []result.Activity{{Name: "ae", Label: "A&E", Kind: "events", FollowUp: "observed", UnitCost: &unit, Price: &result.Price{}}}, Estimates: []result.Estimate{lead, other},
		Bill: &result.Bill{PriceYear: "2018/19", Adjust: result.Adjust{Attribution: result.Share{Value: 1}, Rate: 0.035}, Cost: &result.ServiceCost{Sum: 500000, Served: served, Funders: []result.Part{{Name: "x", Amount: 500000}}, Parts: []result.CostPart{{Name: "all", Amount: 500000}}},
			Lines:    []result.Line{{Activity: "ae", Window: "12 months", Arm: "service", FollowUp: "observed", Basis: "own_rate", People: &people, Before: &before, After: &after, Expected: &expected, Averted: &averted, AvertedLow: &al, AvertedHigh: &ah, UnitCost: &unit, Gross: &gross, GrossLow: &low, GrossHigh: &high}},
			Totals:   []result.Total{{Window: "12 months", Arm: "service", FollowUp: "observed", Basis: "own_rate", Gross: &gross, GrossLow: &low, GrossHigh: &high}},
			Accounts: []result.Account{{Window: "12 months", Basis: "own_rate", Days: 365, People: &people, Curve: []result.Chance{{Share: 0.5, Probability: 0.123}, {Share: 0.95, Probability: 0.987}, {Share: 1, Probability: 0.99}}}}}}
	if comparison > 0 {
		theirs := lead
		theirs.Arm, theirs.People, theirs.Primary = "comparison", &comparison, false
		r.Estimates = append(r.Estimates, theirs)
	}
	safe, err := release.Control(r)
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

// TestCurveTellsNoMore wants how likely a share covers the cost to follow from what is released of the total: two exact results that
// leave alike have one curve, whatever the draws said. Below grade 3 it ends before all of the difference. The interval that leaves
// holds the exact one.
func TestCurveTellsNoMore(t *testing.T) {
	a, b := billed(t, 41, 43, 21, 30, 220000, 20000, 420000, 60), billed(t, 42, 44, 22, 30, 220000, 20000, 420000, 60)
	x, y := a.Bill.Accounts[0], b.Bill.Accounts[0]
	if len(x.Curve) != 2 || len(y.Curve) != 2 {
		t.Fatalf("%v and %v", x.Curve, y.Curve)
	}
	for i := range x.Curve {
		if x.Curve[i] != y.Curve[i] {
			t.Errorf("%v and %v of figures that leave alike", x.Curve[i], y.Curve[i])
		}
	}
	total := a.Bill.Totals[0]
	if *total.GrossLow > 20000 || *total.GrossHigh < 420000 || total.RoundedBy != 50000 {
		t.Errorf("%d to %d, off by up to %d: it does not hold the exact interval", *total.GrossLow, *total.GrossHigh, total.RoundedBy)
	}
}

// TestServedTellsNoMore wants people served who differ from those analysed by a few to stand as those: the two together would tell who
// was lost.
func TestServedTellsNoMore(t *testing.T) {
	exact := billed(t, 120, 300, 200, 90, 1000000, 500000, 1500000, 300)
	if exact.Bill.Cost.Served != 300 || exact.Bill.Cost.Snapped {
		t.Errorf("%+v", exact.Bill.Cost)
	}
	for served := int64(113); served <= 127; served++ {
		s := billed(t, 120, 300, 200, 90, 1000000, 500000, 1500000, served)
		if s.Bill.Cost.Served != 120 || !s.Bill.Cost.Snapped || *s.Bill.Accounts[0].Cost != 500000 {
			t.Errorf("%d served: %+v, %d", served, s.Bill.Cost, *s.Bill.Accounts[0].Cost)
		}
	}
}

// TestServedGoesByWhoIsAnalysed wants the comparison arm's number, which may be the very number served, not to say how many were served.
func TestServedGoesByWhoIsAnalysed(t *testing.T) {
	for served := int64(77); served <= 84; served++ {
		s := billedWith(t, 77, 80, 300, 200, 60, 1000000, 500000, 1500000, served)
		if s.Bill.Cost.Served != 77 || *s.Bill.Accounts[0].Cost != 500000 {
			t.Errorf("%d served: %+v", served, s.Bill.Cost)
		}
	}
}

// TestNothingOfNothing wants an interval that holds nothing to hold it when it leaves too.
func TestNothingOfNothing(t *testing.T) {
	for _, low := range []int64{-1, -5000, -90000} {
		s := billed(t, 42, 43, 22, 30, 210000, low, 410000, 60)
		if got := s.Bill.Totals[0]; *got.GrossLow > 0 || math.Abs(float64(*got.Gross)) > 1e6 {
			t.Errorf("from %d: %d", low, *got.GrossLow)
		}
	}
}
