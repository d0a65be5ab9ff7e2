package telling_test

import (
	"fmt"
	"strings"
	"testing"

	"averted/evaluate/grade"
	"averted/report/result"
	"averted/report/telling"
)

// TestComparedAnswer is over the evidence grade × what became of the comparison: its counts stand with it; below grade 3 it is
// a comparison, not an effect; an interval that includes no difference is said to; what could not be compared says why.
func TestComparedAnswer(t *testing.T) {
	type comparison struct {
		name             string
		value, low, high *float64
		refused, beside  string
		leads            bool
	}
	for level := 1; level <= 5; level++ {
		for _, c := range []comparison{
			{"fewer", ptr(0.77), ptr(0.63), ptr(0.94), "", "", true}, {"fewer or nothing", ptr(0.98), ptr(0.83), ptr(1.14), "", "", true}, {"more", ptr(1.2), ptr(1.05), ptr(1.4), "", "", true},
			{"not matched", nil, nil, nil, "NO_MATCH", "", false}, {"unlike", ptr(0.8), ptr(0.7), ptr(0.9), "", "the matched people still differ", false}, {"hidden", nil, nil, nil, "", "", false},
		} {
			name := fmt.Sprintf("grade %d, %s", level, c.name)
			r := told(level, ptr(-17.0), ptr(-21.0), ptr(-12.0), 830, "", "")
			r.Study.Arms = append(r.Study.Arms, result.Arm{Arm: "comparison", Label: "who were waiting"})
			e := result.Estimate{Activity: "ae", Window: "12 months", Method: "did_poisson_matched", Arm: "", FollowUp: "observed", Compared: true, Value: c.value, Low: c.low, High: c.high, Leads: c.leads, Refused: c.refused, BesideOnly: c.beside,
				People: ptr(int64(395)), Before: ptr(int64(990)), After: ptr(int64(825)), ComparisonPeople: ptr(int64(390)), ComparisonBefore: ptr(int64(985)), ComparisonAfter: ptr(int64(1065)), ServiceChange: ptr(0.83), ComparisonChange: ptr(1.08)}
			if c.refused != "" {
				e.Why = "fewer than half found anybody"
			}
			if c.leads && (*c.low > 1 || *c.high < 1) {
				e.EValue, e.EValueLimit = ptr(1.9), ptr(1.3)
			}
			r.Estimates = append(r.Estimates, e)
			r.Matching = []result.Matching{{Kind: "events", Who: "waiting", Match: "nearest", Refused: c.refused, Why: e.Why, Pool: ptr(int64(900)), Used: ptr(int64(390)), Share: ptr(90.0), TwoWindows: true,
				Balance: []result.Covariate{{Name: "age", SMD: ptr(0.31), MatchedSMD: ptr(0.04)}}}}
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
			says(c.leads, "Set against 390 people who were waiting", "17% fewer against 8% more of theirs")
			says(c.leads && level < grade.EffectFrom, "This is a comparison, not an effect")
			says(level >= grade.EffectFrom, fmt.Sprintf("Evidence grade %d of 5: ", level))
			says(c.name == "fewer", "23% fewer (95% interval 6% to 37% fewer)")
			says(c.name == "fewer or nothing", "That interval includes no difference")
			says(e.EValue != nil, "E-value")
			if !c.leads && level < grade.EffectFrom {
				says(c.refused != "", "could not be compared: fewer than half found anybody (NO_MATCH)")
				says(c.beside != "", "the matched people still differ")
				says(c.name == "hidden", "can't be shown compared")
				says(true, "a change, not an effect")
			}
			lines := strings.Join(telling.Against(r), "\n")
			if !strings.Contains(lines, "people who were waiting: who they are may go with what came after") || c.leads != strings.Contains(lines, "This comparison leads.") || (c.refused == "") != strings.Contains(lines, "after it in age (0.04)") {
				t.Errorf("%s: %s", name, lines)
			}
		}
	}
}

// TestMonthsAround tells of months against their reference, and never of their test without what it can miss.
func TestMonthsAround(t *testing.T) {
	r := told(1, ptr(-17.0), ptr(-21.0), ptr(-12.0), 830, "", "")
	points := []result.Point{{Month: -2, Rate: ptr(40.0)}, {Month: -1, Rate: ptr(44.0), Value: ptr(1.1)}, {Month: 0, Rate: ptr(36.0), Value: ptr(0.9)}, {Month: 1, Rate: ptr(41.0), Value: ptr(1.02)}}
	r.Months = []result.MonthByMonth{{Activity: "ae", Arm: "service", Unit: "quarter", Reference: []int{-2}, Points: points}, {Activity: "ae", Arm: "", Unit: "month", Reference: []int{-12, -11, -10}, Points: points, P: ptr(0.4), DF: ptr(int64(3))},
		{Activity: "ae", Arm: "", Unit: "month", Points: points, Hidden: []string{"points"}}}
	lines := telling.MonthsAround(r)
	if len(lines) != 3 || !strings.Contains(lines[0], "quarter −2: 1 of 2 quarters after are lower") || !strings.Contains(lines[1], "months −12 to −10, over the same of comparison people") ||
		!strings.Contains(lines[1], "p = 0.40") || !strings.Contains(lines[1], "no proof") || strings.Contains(lines[0], "p =") || !strings.Contains(lines[2], "can't be shown") {
		t.Errorf("%q", lines)
	}
}

// TestSeriesText tells of a series what came, what was about to come, and what it can't tell.
func TestSeriesText(t *testing.T) {
	r := told(1, ptr(-17.0), ptr(-21.0), ptr(-12.0), 830, "", "")
	if telling.SeriesText(r) != nil {
		t.Error("a series that isn't there")
	}
	r.Interrupted = &result.Interrupted{Activity: "ae", Start: "2020-01", Months: 60, Before: 36, Observed: ptr(900.0), Expected: ptr(1000.0), Terms: []result.Term{{Name: "level", Value: ptr(0.9), Low: ptr(0.8), High: ptr(1.01)}}, Warnings: []string{"AUTOCORRELATION"}}
	r.Estimates = append(r.Estimates, result.Estimate{Activity: "ae", Method: "its", Arm: "service", Value: ptr(0.9), Low: ptr(0.82), High: ptr(0.99), Before: ptr(int64(1200)), After: ptr(int64(900)), Expected: ptr(1000.0)})
	text := strings.Join(telling.SeriesText(r), " ")
	for _, part := range []string{"24 months, there were 900 A&E attendances", "about 1,000: 10% fewer (95% interval 1% to 18% fewer)", "level at the start −10% (−20% to +1%)", "AUTOCORRELATION", "anything else that began then"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said: %s", part, text)
		}
	}
	r.Interrupted.Refused, r.Interrupted.Why = "TOO_FEW_POINTS", "too few months"
	if text := strings.Join(telling.SeriesText(r), " "); !strings.Contains(text, "refused: too few months (TOO_FEW_POINTS)") {
		t.Error(text)
	}
}
