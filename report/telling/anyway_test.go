package telling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/estimate/expect"
	"averted/report/result"
	"averted/report/telling"
)

// TestCameAnyway is over what leads × its interval × its counts × its warnings: the answer says what would have come anyway
// or why it can't be told, never that the service did it, and the panel has every method.
func TestCameAnyway(t *testing.T) {
	seen := 0
	for _, method := range append([]string{""}, expect.Order...) {
		for _, limits := range [][2]*float64{{ptr(0.70), ptr(0.90)}, {ptr(0.80), ptr(1.20)}, {nil, nil}} {
			for _, whole := range []bool{true, false} { // of the whole cohort, or of those with an earlier window
				for _, warnings := range [][]string{nil, {"NO_TREND"}, {"SMALL_N"}, {"NO_TREND", "HEAVY_TAIL"}} {
					for _, chosen := range []bool{true, false} {
						seen++
						name := fmt.Sprintf("%q, %v, %v, %v", method, limits[0] != nil, whole, warnings)
						r := told(2, ptr(-40.0), ptr(-45.0), ptr(-34.0), 600, "", "")
						r.Study.Selection = "5 or more A&E attendances within 12 months, on one day"
						a := result.Anyway{Activity: "ae", Window: "12 months", Arm: "service", FollowUp: "observed", Leads: method, ChosenHere: chosen}
						if method == "" {
							a.Tried, a.Why = expect.NameTransition, "use ran up"
						}
						r.Anyway = []result.Anyway{a}
						for _, m := range append(slices.Clone(expect.Order), expect.NameBayes) {
							e := result.Estimate{Activity: "ae", Window: "12 months", Method: m, Arm: "service", FollowUp: "observed", Value: ptr(0.8), Low: limits[0], High: limits[1], People: ptr(int64(400)),
								After: ptr(int64(600)), Warnings: warnings, Leads: m == method, Reference: ptr(int64(300))}
							if whole {
								e.Expected, e.RuleAlone = ptr(750.0), ptr(-25.0)
							}
							r.Estimates = append(r.Estimates, e)
						}
						answer, panel := telling.Answer(r), strings.Join(telling.Panel(r), "\n")
						says := func(want bool, parts ...string) {
							for _, part := range parts {
								if strings.Contains(answer, part) != want {
									t.Errorf("%s: %q is said: %v, want %v\n%s", name, part, !want, want, answer)
								}
							}
						}
						if found := forbidden(answer + panel); len(found) > 0 {
							t.Errorf("%s: says %q\n%s", name, found, answer)
						}
						says(true, "40% fewer", "a change, not an effect")
						says(chosen, "They were chosen by this very count (5 or more A&E attendances within 12 months, on one day)")
						says(method == "", "can't be told: going by people without the service who had as many before can't lead, since use ran up")
						says(method != "", "20% fewer", "Going by ")
						says(method != "" && whole, "about 750 anyway", "25% fewer than at their own earlier rate")
						says(method != "" && limits[0] != nil && *limits[1] == 1.2, "That interval includes no change")
						says(method != "" && slices.Contains(warnings, "NO_TREND"), "(NO_TREND)")
						says(method != "" && limits[0] != nil && (slices.Contains(warnings, "SMALL_N") || slices.Contains(warnings, "HEAVY_TAIL")), "Few people decide that interval")
						if strings.Count(panel, "left is −20%") != len(expect.Order)+1 || strings.Contains(panel, "This leads") != (method != "") || !strings.Contains(panel, "raw: −40%") {
							t.Errorf("%s: %s", name, panel)
						}
					}
				}
			}
		}
	}
	if seen != 5*3*2*4*2 {
		t.Errorf("%d answers", seen)
	}
}

// TestCameAnywayHidden: where the figures behind what leads are hidden, that is said, and no figure.
func TestCameAnywayHidden(t *testing.T) {
	r := told(1, ptr(-40.0), ptr(-45.0), ptr(-34.0), 600, "", "")
	r.Anyway = []result.Anyway{{Activity: "ae", Window: "12 months", Arm: "service", FollowUp: "observed", Tried: expect.NameReplay, Why: "too few people stand behind it to be shown"}}
	r.Estimates = append(r.Estimates, result.Estimate{Activity: "ae", Window: "12 months", Method: expect.NameReplay, Arm: "service", FollowUp: "observed", Hidden: []string{"value"}})
	if answer := telling.Answer(r); !strings.Contains(answer, "too few people stand behind it") || strings.Contains(answer, "Nobody without the service was followed") {
		t.Error(answer)
	}
	if panel := strings.Join(telling.Panel(r), "\n"); !strings.Contains(panel, "[c]") {
		t.Error(panel)
	}
}
