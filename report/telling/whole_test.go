package telling_test

import (
	"strings"
	"testing"

	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

// whole is a released study of words alone.
func whole(t *testing.T, r result.Result) *release.Released {
	t.Helper()
	r.Study = result.Study{Title: "t", Date: "2020-01-01", Profile: "local", HideBelow: 8}
	release.Derive(&r)
	safe, err := release.Control(&r)
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

func moves(area string, stay, left, came, never int64) result.Area {
	return result.Area{Area: area, People: ptr(stay + left + came + never), OnlyFirst: []*int64{ptr(int64(20)), ptr(int64(10))}, Warnings: []string{},
		Table: [][]*int64{{&stay, &left}, {&came, &never}}}
}

// TestWholeShort wants each figure with what it is of, what is hidden to be said to be, and a rise from nothing to be told.
func TestWholeShort(t *testing.T) {
	r := whole(t, result.Result{
		Outcomes: []result.Outcome{{Label: "Areas", States: []string{"bad", "good"}, Areas: []result.Area{moves("Home", 20, 60, 10, 40), moves("Money", 0, 0, 30, 100), moves("Few", 2, 1, 1, 2)}}},
		Surveys: []result.Survey{{Title: "Clients", Of: "people", Asked: ptr(int64(200)), Sheets: ptr(int64(100)), Questions: []result.Question{
			{Label: "Stars", People: ptr(int64(100)), Favourable: ptr(int64(90)), Answers: []result.Answer{{Answer: "1 to 3", Count: ptr(int64(10))}, {Answer: "4 or 5", Favourable: true, Count: ptr(int64(90))}}},
			{Label: "Seldom", People: ptr(int64(5)), Favourable: ptr(int64(3)), Answers: []result.Answer{{Answer: "no", Count: ptr(int64(2))}, {Answer: "yes", Favourable: true, Count: ptr(int64(3))}}}}}},
		Courses: []result.Course{{Label: "Course", Sessions: []result.Stage{{Stage: "day 1", People: ptr(int64(100))}, {Stage: "day 2", People: ptr(int64(120))}}}}})
	text := strings.Join(telling.WholeShort(r), "\n")
	for _, want := range []string{"of 130 people asked twice, bad at first and at review: home 80 to 30 (63% fewer;", "money 0 to 30", "few [c]", "30 more were asked at first only",
		"Clients (100 of 200 asked answered, 50%): stars: 90% of 100 say 4 or 5; seldom [c]", "120 to day 2, more than to the session before or beside one that is hidden, so without a share"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told:\n%s", want, text)
		}
	}
	full := strings.Join(telling.Felt(r), "\n")
	for _, want := range []string{"nobody was in it at first (ZERO_BEFORE)", "too few people", "not an effect"} {
		if !strings.Contains(full, want) {
			t.Errorf("%q is not told:\n%s", want, full)
		}
	}
}

// TestSingles wants rates only where both lengths are stated, and the warning with every case.
func TestSingles(t *testing.T) {
	c := result.CaseStudy{Title: "A case", Text: "t", Before: "3 months", Figures: []result.CaseCount{{What: "A&E attendances", Before: ptr(int64(19)), After: ptr(int64(7))}}}
	text := strings.Join(telling.Singles(whole(t, result.Result{CaseStudies: []result.CaseStudy{c}})), "\n")
	for _, want := range []string{"19 in the 3 months before and 7 after", "how long the time after is isn't stated, so there are no rates", "says nothing about the service"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told: %s", want, text)
		}
	}
	c.After, c.Figures[0].RateBefore, c.Figures[0].RateAfter = "6 months", ptr(76.0), ptr(14.0)
	if text := telling.Singles(whole(t, result.Result{CaseStudies: []result.CaseStudy{c}}))[0]; !strings.Contains(text, "a rate of 76 and 14 a year") || strings.Contains(text, "isn't stated") {
		t.Errorf("rates: %s", text)
	}
}
