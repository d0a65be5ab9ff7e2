package release

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"averted/report/result"
)

func local(hideBelow int) *control {
	return newControl(&result.Result{Study: result.Study{Profile: "local", HideBelow: hideBelow}})
}

// TestPartsLeaveThree pins every part of small tables down as far as who knows the whole exactly, and how parts are made, can:
// at least three values remain for each part that is shown, and five for one that is hidden.
func TestPartsLeaveThree(t *testing.T) {
	c := local(8)
	for _, levels := range []int{2, 3, 4} {
		for whole := int64(16); whole <= map[int]int64{2: 140, 3: 62, 4: 40}[levels]; whole++ {
			worlds := map[string][][]int64{} // by what is published, all tables with this whole
			var all func(exact []int64, left int64)
			all = func(exact []int64, left int64) {
				if len(exact) == levels-1 {
					exact = append(slices.Clone(exact), left)
					text := ""
					for _, n := range c.parts(exact) {
						if text += " "; n == nil {
							text += "c"
						} else {
							text += strconv.FormatInt(*n, 10)
						}
					}
					worlds[text] = append(worlds[text], exact)
					return
				}
				for n := int64(0); n <= left; n++ {
					all(append(exact, n), left-n)
				}
			}
			all(nil, whole)
			for published, list := range worlds {
				for i, shown := range strings.Fields(published) {
					values := map[int64]bool{}
					for _, exact := range list {
						values[exact[i]] = true
					}
					least := 3
					if shown == "c" {
						least = 5
					}
					given := len(values) == 1 && (values[0] || values[whole]) // nobody is shown as nobody, and everybody is known
					if !given && len(values) < least {
						t.Errorf("whole %d,%s: part %d is one of %v", whole, published, i, values)
					}
				}
			}
		}
	}
}

// TestPartsAddUp wants shown parts to be multiples of five that add up to the rounded whole, none more than four off, and
// parts of few hidden.
func TestPartsAddUp(t *testing.T) {
	c := local(8)
	random := rand.New(rand.NewPCG(5, 5))
	for range 5000 {
		exact := make([]int64, 2+random.IntN(12))
		whole, few := int64(0), false
		for i := range exact {
			exact[i] = int64(random.ExpFloat64() * 60)
			whole += exact[i]
			few = few || c.few(exact[i])
		}
		sum := int64(0)
		shown := c.parts(exact)
		if !slices.ContainsFunc(shown, func(n *int64) bool { return n != nil }) { // all are small
			if whole > 16*int64(len(exact)) && !few {
				t.Fatalf("%v: all is hidden", exact)
			}
			continue
		}
		for i, n := range shown {
			switch {
			case n == nil && !few:
				t.Fatalf("%v: part %d is hidden", exact, i)
			case n == nil:
			case c.few(exact[i]):
				t.Fatalf("%v: part %d of few is shown", exact, i)
			case *n%5 != 0 || math.Abs(float64(*n-exact[i])) > 4 || exact[i] > 0 && *n == 0:
				t.Fatalf("%v: part %d is shown as %d", exact, i, *n)
			default:
				sum += *n
			}
		}
		if !few && sum != (whole+2)/5*5 {
			t.Fatalf("%v: parts add up to %d", exact, sum)
		}
	}
}

// exactStudy is a result of people, states, scores and answers, small enough that much is hidden.
func exactStudy(random *rand.Rand) *result.Result {
	n := func(most float64) *int64 { return ptr(int64(random.ExpFloat64() * most)) }
	r := &result.Result{Study: result.Study{Profile: "local", HideBelow: 8, Seed: 1}}
	p := &result.Profile{}
	for range 3 {
		trait := result.Trait{Trait: "source", People: ptr(int64(0)), Arms: true}
		for i := range 4 {
			people := *n(30)
			*trait.People += people
			trait.Levels = append(trait.Levels, result.Level{Level: string(rune('a' + i)), People: &people, Connected: ptr(int64(random.Float64() * float64(people)))})
		}
		p.Traits = append(p.Traits, trait)
	}
	p.Reasons = []result.Pair{{First: "a", Second: "b", Both: n(20), Only1: n(20), Only2: n(20), Neither: n(60)}}
	p.Referrals = []result.Referred{{Month: "2020-01", People: n(10)}, {Month: "2020-02", People: n(10)}}
	p.Contacts = &result.Contacts{Months: []result.ContactMonth{{Month: "2020-01", Contacts: n(30), NewPeople: n(10), People: n(15), Most: n(10)}}}
	p.Onward = &result.Onward{Referrals: ptr(int64(60)), People: ptr(int64(40)), Most: ptr(int64(9)), To: []result.SentOn{{By: "sector", Name: "x", Referrals: n(30), People: n(15), Most: n(9)}, {By: "sector", Name: "y", Referrals: n(30), People: n(15), Most: n(9)}}}
	p.Funnels = []result.Funnel{{Activity: "ae", Practices: []result.Practice{{Practice: "practice 1", People: n(60), Before: n(60), After: n(60), Expected: ptr(30.0), UsersBefore: n(20), UsersAfter: n(20), Top: ptr(random.Float64())}}}}
	r.Profile = p
	area := result.Area{Area: "x", People: ptr(int64(0)), OnlyFirst: []*int64{n(10), n(10), n(10)}, Warnings: []string{}}
	for range 3 {
		row := []*int64{n(20), n(20), n(20)}
		for _, k := range row {
			*area.People += *k
		}
		area.Table = append(area.Table, row)
	}
	people := n(30)
	r.Outcomes = []result.Outcome{{Label: "o", States: []string{"bad", "middling", "good"}, Areas: []result.Area{area},
		Scores: []result.Score{{Name: "s", Least: 0, Most: 30, People: people, OnlyFirst: n(10), Unscored: n(4), Before: ptr(10.123), After: ptr(12.345), Change: ptr(2.222), Low: ptr(1.111), High: ptr(3.333), P: ptr(0.00001), SDBefore: ptr(2.0), SDAfter: ptr(2.0), Top: ptr(random.Float64()), Differ: n(20),
			Reliable: &result.Reliable{Improved: n(9), Worsened: n(9), Unchanged: n(9), Needed: ptr(3.33)}, Bands: []result.Band{{Band: "low", Before: n(9), After: n(9)}, {Band: "high", Before: n(9), After: n(9)}}}}}}
	r.Surveys = []result.Survey{{Title: "t", Of: "people", Asked: n(90), Sheets: n(60), Questions: []result.Question{{Label: "q", People: ptr(int64(0)), Favourable: ptr(int64(0))}}}}
	q := &r.Surveys[0].Questions[0]
	for i := range 5 {
		k := n(12)
		q.Answers = append(q.Answers, result.Answer{Answer: string(rune('1' + i)), Favourable: i > 2, Count: k})
		*q.People += *k
		if i > 2 {
			*q.Favourable += *k
		}
	}
	r.Courses = []result.Course{{Label: "c", Sessions: []result.Stage{{Stage: "1", People: n(20)}, {Stage: "2", People: n(10)}}}}
	Derive(r)
	return r
}

// TestNoFewLeave wants no count of 1 to 7 people anywhere in what is released, and nothing internal, whatever the exact
// counts are; and the exact result to stay as it was.
func TestNoFewLeave(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	shown := 0
	for range 400 {
		exact := exactStudy(random)
		before, err := json.Marshal(exact)
		if err != nil {
			t.Fatal(err)
		}
		safe, err := Control(exact)
		if err != nil {
			t.Fatal(err)
		}
		if after, _ := json.Marshal(exact); string(after) != string(before) {
			t.Fatal("the exact result was changed")
		}
		text, err := json.Marshal(map[string]any{"p": safe.Profile, "o": safe.Outcomes, "s": safe.Surveys, "c": safe.Courses})
		if err != nil {
			t.Fatal(err)
		}
		for _, internal := range []string{"users_", "top_share", `"most":`, `"people":1,`, `"internal"`} {
			if strings.Contains(string(text), internal) {
				t.Errorf("%s leaves", internal)
			}
		}
		var counts func(key string, v any)
		counts = func(key string, v any) {
			switch x := v.(type) {
			case map[string]any:
				for k, inner := range x {
					counts(k, inner)
				}
			case []any:
				for _, inner := range x {
					counts(key, inner)
				}
			case float64:
				if slices.Contains([]string{"people", "connected", "both", "first_only", "second_only", "neither", "contacts", "new_people", "referrals", "after", "before", "table", "only_at_first", "improved", "worsened", "unchanged", "count",
					"answered", "favourable", "asked", "sheets", "unscored"}, key) {
					shown++
					if x > 0 && x < 5 || x != math.Trunc(x/5)*5 && key != "referrals" {
						t.Errorf("%s: %g", key, x)
					}
				}
			}
		}
		var plain any
		if err := json.Unmarshal(text, &plain); err != nil {
			t.Fatal(err)
		}
		counts("", plain)
	}
	if shown < 5000 {
		t.Errorf("only %d counts were looked at", shown)
	}
}

// TestPercentIsOfReleased wants every share and every change of state to be that of the counts beside it.
func TestPercentIsOfReleased(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 11))
	checked := 0
	near := func(what string, got *float64, want float64) {
		if got == nil {
			return
		}
		checked++
		if math.Abs(*got-want) > 1e-9 {
			t.Errorf("%s: %g, want %g", what, *got, want)
		}
	}
	for range 300 {
		safe, err := Control(exactStudy(random))
		if err != nil {
			t.Fatal(err)
		}
		for _, trait := range safe.Profile.Traits {
			for _, l := range trait.Levels {
				if l.People != nil && trait.People != nil && *trait.People > 0 {
					near("share", l.Share, 100*float64(*l.People)/float64(*trait.People))
				}
				if l.Connected != nil && l.ConnectedShare != nil {
					near("connected", l.ConnectedShare.Value, 100*float64(*l.Connected)/float64(*l.People))
				}
			}
		}
		for _, a := range safe.Outcomes[0].Areas {
			for _, s := range []*result.Shift{a.Worst, a.Best} {
				if s != nil && s.Before != nil && s.After != nil && *s.Before > 0 {
					near("change", s.Change, 100*(float64(*s.After)/float64(*s.Before)-1))
				}
			}
		}
		for _, q := range safe.Surveys[0].Questions {
			if q.Share != nil {
				near("favourable", q.Share.Value, 100*float64(*q.Favourable)/float64(*q.People))
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d were checked", checked)
	}
}

// TestSurgeriesAreCounted wants true counts of surveys of practices where ten or more answered, and none where fewer did.
func TestSurgeriesAreCounted(t *testing.T) {
	for answered, told := range map[int64]bool{36: true, 9: false} {
		r := &result.Result{Study: result.Study{Profile: "local", HideBelow: 8}, Surveys: []result.Survey{{Of: "practices", Sheets: &answered, Questions: []result.Question{{People: ptr(answered), Favourable: ptr(answered - 4),
			Answers: []result.Answer{{Answer: "no", Count: ptr(int64(4))}, {Answer: "yes", Favourable: true, Count: ptr(answered - 4)}}}}}}}
		safe, err := Control(r)
		if err != nil {
			t.Fatal(err)
		}
		q := safe.Surveys[0].Questions[0]
		if (q.People != nil) != told || told && (*q.Answers[0].Count != 4 || math.Abs(*q.Share.Value-100*32.0/36) > 1e-9) {
			t.Errorf("%d surgeries: %+v", answered, q)
		}
	}
}
