package profile_test

import (
	"math"
	"slices"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/profile"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

// TestPhiKeeps wants phi to be the same of two things in either order, and the other way round of one thing's opposite.
func TestPhiKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int64 { return rapid.Int64Range(1, 300).Draw(t, name) }
		x := profile.Together{Both: n("both"), First: n("first"), Second: n("second"), Neither: n("neither")}
		a := profile.Phi(x)
		b := profile.Phi(profile.Together{Both: x.Both, First: x.Second, Second: x.First, Neither: x.Neither})
		c := profile.Phi(profile.Together{Both: x.Second, First: x.Neither, Second: x.Both, Neither: x.First})
		if !near(*a.Value, *b.Value) || !near(*a.Value, -*c.Value) || !near(a.PFisher, c.PFisher) || !near(a.PFisher, b.PFisher) {
			t.Errorf("%g, %g, %g", *a.Value, *b.Value, *c.Value)
		}
		if !(*a.Low < *a.Value && *a.Value < *a.High) || *a.Value > a.Most+1e-9 {
			t.Errorf("%g is not in %g to %g, at most %g", *a.Value, *a.Low, *a.High, a.Most)
		}
	})
	if a := profile.Phi(profile.Together{Both: 3, First: 4}); a.Refused == nil || a.Refused.Code != estimate.Constant {
		t.Error("everybody has the first")
	}
	if a := profile.Phi(profile.Together{Both: 9, Neither: 9}); *a.Value != 1 || *a.High != 1 {
		t.Error("always together")
	}
}

// TestFunnelKeeps wants another order of practices to change nothing, and limits to narrow with what is expected.
func TestFunnelKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var units []profile.Unit
		for range rapid.IntRange(10, 40).Draw(t, "n") {
			units = append(units, profile.Unit{Observed: rapid.Int64Range(0, 200).Draw(t, "o"), Expected: rapid.Float64Range(0.5, 200).Draw(t, "e")})
		}
		a := profile.PracticeFunnel(units)
		turned := slices.Clone(units)
		slices.Reverse(turned)
		b := profile.PracticeFunnel(turned)
		if !near(a.Phi, b.Phi) || !near(a.Tau2, b.Tau2) {
			t.Errorf("another order: %g and %g", a.Phi, b.Phi)
		}
		for _, u := range a.Units {
			if u.Additive.Low > u.Additive.High || u.AdditiveFar.Low > u.Additive.Low || u.AdditiveFar.High < u.Additive.High || u.Interval.Low > u.Ratio || u.Interval.High < u.Ratio || u.Poisson.Low < 0 {
				t.Errorf("limits: %+v", u)
			}
		}
	})
	if profile.PoissonLimit(10, 0.975) <= profile.PoissonLimit(100, 0.975) {
		t.Error("the limit of many is no narrower")
	}
	few := profile.PracticeFunnel([]profile.Unit{{Observed: 5, Expected: 4}, {Observed: 80, Expected: 4}})
	if len(few.Warnings) != 1 || few.Warnings[0].Code != estimate.FewUnits || few.Units[0].Additive != few.Units[0].Poisson || !few.Units[1].Outside {
		t.Errorf("two practices: %+v", few)
	}
	for _, wrong := range [][]profile.Unit{nil, {{Observed: 1}}, {{Observed: -1, Expected: 1}}} {
		if f := profile.PracticeFunnel(wrong); f.Refused == nil || f.Refused.Code != estimate.BadInput {
			t.Errorf("%v is not refused", wrong)
		}
	}
}

// TestEngage wants a stage that is larger than the one before to be warned of, and its share not to be given.
func TestEngage(t *testing.T) {
	e := profile.Engage([]int64{100, 60, 70})
	if len(e.Warnings) != 1 || e.Warnings[0].Code != estimate.NotMonotone || e.OfPrevious[1].Refused == nil || *e.OfFirst[1].Value != 0.7 {
		t.Errorf("%+v", e)
	}
	for _, wrong := range [][]int64{nil, {5}, {0, 0}, {5, -1}} {
		if profile.Engage(wrong).Refused == nil {
			t.Errorf("%v is not refused", wrong)
		}
	}
}

// TestProcessControl wants each signal where it stands, and none in months that vary by chance.
func TestProcessControl(t *testing.T) {
	quiet := []float64{10, 12, 9, 11, 13, 10, 8, 11, 12, 10, 9, 11, 10, 12}
	with := func(change func([]float64)) []float64 { v := slices.Clone(quiet); change(v); return v }
	for _, c := range []struct {
		what   string
		values []float64
		signal profile.Signal
		months []int
	}{
		{"nothing", quiet, "", nil},
		{"one month", with(func(v []float64) { v[13] = 40 }), profile.Beyond, []int{13}},
		{"a shift", []float64{10, 8, 10, 8, 10, 8, 10, 14, 12, 14, 12, 14, 12, 14}, profile.Shift, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}},
		{"a trend", []float64{10, 20, 10, 20, 10, 12, 13, 14, 15, 16, 17, 18, 10, 20}, profile.Trend, []int{4, 5, 6, 7, 8, 9, 10, 11}},
		{"near the limit", []float64{10, 12, 9, 11, 13, 10, 8, 11, 12, 10, 9, 16, 16, 11}, profile.NearLimit, []int{11, 12}},
	} {
		var got []int
		x := profile.ProcessControl(c.values)
		for i, m := range x.Months {
			if m.Signal == c.signal && c.signal != "" || m.Signal != "" && c.signal == "" {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, c.months) {
			t.Errorf("%s: months %v, want %v (%+v)", c.what, got, c.months, x)
		}
	}
	for code, values := range map[estimate.Code][]float64{estimate.TooFewPoints: quiet[:11], estimate.ZeroVariance: make([]float64, 12), estimate.BadInput: {-1}} {
		if x := profile.ProcessControl(values); x.Refused == nil || x.Refused.Code != code {
			t.Errorf("%s: %+v", code, x.Refused)
		}
	}
}
