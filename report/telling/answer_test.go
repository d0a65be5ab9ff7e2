package telling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/grade"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

func ptr[T any](v T) *T { return &v }

// told is a study of one activity whose lead is as given.
func told(level int, value, low, high *float64, after int64, refused, why string, warnings ...string) *release.Released {
	e := result.Estimate{Activity: "ae", Window: "12 months", Method: "percent_change", Arm: "service", FollowUp: "observed", Quantity: "percent change",
		Value: value, Low: low, High: high, People: ptr(int64(400)), Before: ptr(int64(1000)), After: &after, Expected: ptr(1000.0), Refused: refused, Why: why, Warnings: warnings}
	lead, fall := e, e
	lead.Method, lead.Primary = "rate_ratio", true
	fall.Method, fall.Value, fall.Low, fall.High = "smallest_fall", ptr(9.0), nil, nil
	watched := e
	watched.FollowUp = "complete"
	r := result.Result{
		Study: result.Study{Title: "t", Date: "2026-03-01", Windows: []result.Window{{Label: "12 months", Days: 365, Equal: true}}, Arms: []result.Arm{{Arm: "service", Label: "service"}}, FollowUp: "observed", HideBelow: 8,
			Grade: result.Grade{Level: level, Why: "before and after the same people, with nobody to compare them with"}},
		Activities: []result.Activity{{Name: "ae", Label: "A&E attendances", FollowUp: "observed", Kind: "events", Timed: true, UnitCost: ptr(int64(11500))}},
		Estimates:  []result.Estimate{lead, e, fall, watched},
		Bill: &result.Bill{PriceYear: "2018/19", Lines: []result.Line{{Activity: "ae", Window: "12 months", Arm: "service", Basis: telling.OwnRate, UnitCost: ptr(int64(11500)),
			Gross: ptr((1000 - after) * 11500), GrossLow: grossOf(high), GrossHigh: grossOf(low)}}},
	}
	for _, code := range warnings {
		r.Warnings = append(r.Warnings, result.Warning{Code: code, Text: "as it is said", Activity: "ae", Window: "12 months", Arm: "service", FollowUp: "observed"})
	}
	return &release.Released{Result: r}
}

func grossOf(percent *float64) *int64 {
	if percent == nil {
		return nil
	}
	return ptr(int64(-*percent * 10 * 11500))
}

// TestAnswer is over the evidence grade × the direction × the interval × the warnings. Whatever they are, the answer has the
// counts that its percentage is of; below grade 3 it has no causal word; it says what stands against the figure.
func TestAnswer(t *testing.T) {
	type figure struct {
		name             string
		value, low, high *float64
		after            int64
		refused, why     string
	}
	figures := []figure{
		{"fall", ptr(-17.0), ptr(-21.0), ptr(-12.0), 830, "", ""}, {"fall or nothing", ptr(-4.0), ptr(-9.0), ptr(2.0), 960, "", ""},
		{"rise", ptr(12.0), ptr(5.0), ptr(20.0), 1120, "", ""}, {"rise or nothing", ptr(3.0), ptr(-4.0), ptr(11.0), 1030, "", ""},
		{"no interval", ptr(-30.0), nil, nil, 700, "ZERO_VARIANCE", "everybody changed alike, so the data hold no measure of chance"},
		{"nothing after", ptr(-100.0), nil, nil, 0, "ZERO_AFTER", "there were no events after, so the ratio is 0 and has no interval of this kind"},
		{"refused", nil, nil, nil, 50, "ZERO_BEFORE", "there were no events before, so a ratio to them has no value"},
	}
	seen := 0
	for level := 1; level <= 5; level++ {
		for _, f := range figures {
			for _, warnings := range [][]string{nil, {"SMALL_N"}, {"DOMINANT_PERSON"}, {"HEAVY_TAIL"}, {"INCOMPLETE_FOLLOW_UP"}, {"DEATHS_UNKNOWN"}, {"INCOMPLETE_FOLLOW_UP", "HEAVY_TAIL"}} {
				seen++
				name := fmt.Sprintf("grade %d, %s, %v", level, f.name, warnings)
				r := told(level, f.value, f.low, f.high, f.after, f.refused, f.why, warnings...)
				answer := telling.Answer(r)
				says := func(want bool, parts ...string) {
					for _, part := range parts {
						if strings.Contains(answer, part) != want {
							t.Errorf("%s: %q is said: %v, want %v\n%s", name, part, !want, want, answer)
						}
					}
				}
				if found := forbidden(answer); level < grade.EffectFrom && len(found) > 0 {
					t.Errorf("%s: says %q\n%s", name, found, answer)
				}
				says(true, "400", "1,000")
				includes := f.low != nil && *f.low <= 0 && *f.high >= 0
				says(includes, "The interval includes no change", "about 9%")
				says(f.refused != "", "("+f.refused+")")
				if f.refused != "" {
					says(true, f.why)
				}
				if f.value != nil {
					says(level < grade.EffectFrom, "a change, not an effect")
					says(level >= grade.EffectFrom, fmt.Sprintf("Evidence grade %d of 5", level))
					says(*f.value < 0 && level < grade.EffectFrom, "some fall would have come anyway")
				}
				if f.low != nil {
					says(includes, "it may be nothing")
					shaky := slices.ContainsFunc(warnings, func(w string) bool { return w == "SMALL_N" || w == "DOMINANT_PERSON" || w == "HEAVY_TAIL" })
					says(shaky, "Few people decide this figure")
				} else {
					says(false, "95% interval")
				}
				says(slices.Contains(warnings, "INCOMPLETE_FOLLOW_UP"), "Follow-up is incomplete")
				says(slices.Contains(warnings, "DEATHS_UNKNOWN"), "deaths are unknown")
			}
		}
	}
	if seen != 5*7*7 {
		t.Errorf("%d answers", seen)
	}
}

// TestTrust says whether the plan was locked, in each of its three ways.
func TestTrust(t *testing.T) {
	r := told(1, ptr(-17.0), ptr(-21.0), ptr(-12.0), 830, "", "")
	for _, c := range []struct {
		lock result.Lock
		want string
	}{
		{result.Lock{}, "The plan was not locked"}, {result.Lock{On: "2026-01-02", Hash: "ab12"}, "locked on 2026-01-02 (ab12), unchanged"},
		{result.Lock{On: "2026-03-02", Hash: "ab12"}, "locked on 2026-03-02, after the date of the report (ab12), unchanged"},
		{result.Lock{On: "2026-01-02", Hash: "ab12", Changed: []string{"primary.window", "seed"}}, "locked on 2026-01-02 (ab12); changed since: primary.window, seed"},
	} {
		r.Study.Lock = c.lock
		if text := strings.Join(telling.Trust(r), " "); !strings.Contains(text, c.want) || !strings.Contains(text, "Evidence grade 1 of 5") {
			t.Errorf("%+v: %s", c.lock, text)
		}
	}
}
