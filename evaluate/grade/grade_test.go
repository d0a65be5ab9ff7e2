package grade_test

import (
	"strings"
	"testing"

	"averted/evaluate/grade"
)

func TestOf(t *testing.T) {
	full := grade.Evidence{Design: grade.Comparison, BalancedTwice: true, Matched: 0.8, PreTrend: true}
	with := func(change func(*grade.Evidence)) grade.Evidence { e := full; change(&e); return e }
	for _, c := range []struct {
		name string
		e    grade.Evidence
		want int
		says string
	}{
		{"nothing known", grade.Evidence{}, 1, "nobody to compare"},
		{"before and after", grade.Evidence{Design: grade.BeforeAfter}, 1, "nobody to compare"},
		{"before and after, people lost", grade.Evidence{Design: grade.BeforeAfter, IncompleteFollowUp: true}, 1, "lost"},
		{"adjusted", grade.Evidence{Design: grade.Adjusted}, 2, "trend"},
		{"adjusted, people lost", grade.Evidence{Design: grade.Adjusted, IncompleteFollowUp: true}, 1, "one grade lower"},
		{"self-selected, however well matched", with(func(e *grade.Evidence) { e.Design = grade.SelfSelected }), 2, "chose otherwise"},
		{"comparison", full, 3, "two windows"},
		{"comparison, one window", with(func(e *grade.Evidence) { e.BalancedTwice = false }), 2, "one window"},
		{"comparison, few matched", with(func(e *grade.Evidence) { e.Matched = 0.49 }), 2, "half"},
		{"comparison, half matched", with(func(e *grade.Evidence) { e.Matched = 0.5 }), 3, ""},
		{"comparison, no pre-trend", with(func(e *grade.Evidence) { e.PreTrend = false }), 2, "months before"},
		{"comparison, people lost", with(func(e *grade.Evidence) { e.IncompleteFollowUp = true }), 2, "lost"},
		{"comparison, both", with(func(e *grade.Evidence) { e.IncompleteFollowUp, e.DifferentPopulations = true, true }), 1, "populations"},
		{"cut-off", grade.Evidence{Design: grade.CutOff}, 4, "cut-off"},
		{"randomised", grade.Evidence{Design: grade.Randomised, Registered: true}, 5, "registered"},
		{"randomised, not registered", grade.Evidence{Design: grade.Randomised}, 4, "not registered"},
	} {
		g := grade.Of(c.e)
		if g.Level != c.want || !strings.Contains(g.Why, c.says) {
			t.Errorf("%s: %+v, want %d", c.name, g, c.want)
		}
	}
}

// TestPublishedEvaluations wants every figure with its source, a known activity and a direction that its number has.
func TestPublishedEvaluations(t *testing.T) {
	list := grade.PublishedEvaluations()
	levels := map[int]int{}
	for _, p := range list {
		levels[p.Level]++
		direction := ""
		switch {
		case p.Change == nil:
			direction = p.Direction
		case *p.Change < 0:
			direction = "fewer"
		case *p.Change > 0:
			direction = "more"
		}
		if p.Source == "" || p.Evaluation == "" || p.Direction != direction || !strings.Contains(" ae admission gp cost all ", " "+p.Activity+" ") {
			t.Errorf("%+v", p)
		}
		if p.Low != nil && (p.Change == nil || *p.Low > *p.Change || *p.High < *p.Change) {
			t.Errorf("%s: limits don't hold the change", p.Evaluation)
		}
	}
	if levels[0] < 5 || levels[1] < 5 || levels[3] < 5 {
		t.Errorf("by grade: %v", levels)
	}
}
