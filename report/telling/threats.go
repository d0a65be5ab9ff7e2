package telling

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/evaluate/grade"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// Threat is something that may make the leading figure tell of something other than the service, with its size where it has one.
type Threat struct {
	Name string // in the field's words: regression to the mean
	Text string
	// Weight is how much of the change it could make up, as a share of it: 1 is all. Where that can't be measured it is what is
	// assumed of the design.
	Weight float64
}

// strongest is how many threats are told.
const strongest = 3

// Threats are the strongest threats to the leading figure that are found in these data, the strongest first: at most three.
func Threats(r *release.Released) []Threat {
	e := Primary(r)
	if e == nil || e.Value == nil {
		return nil
	}
	var list []Threat
	for _, find := range []func(*release.Released, *result.Estimate) *Threat{byChance, toMean, lastDays, unlike, unfollowed, concentrated, unlinked, seasonal} {
		if t := find(r, e); t != nil {
			list = append(list, *t)
		}
	}
	slices.SortStableFunc(list, func(a, b Threat) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return 0
	})
	return list[:min(len(list), strongest)]
}

// ThreatsText are the threats, a sentence each.
func ThreatsText(r *release.Released) []string {
	var list []string
	for _, t := range Threats(r) {
		list = append(list, number.Sentence(t.Name)+": "+t.Text)
	}
	return list
}

// ofChange is a change in percent as a share of the leading one, none where it goes the other way.
func ofChange(percent float64, e *result.Estimate) float64 {
	if *e.Value == 0 {
		return 0
	}
	return max(0, min(1, percent/(*e.Value)))
}

// byChance is an interval that includes no change, of the figure that leads.
func byChance(r *release.Released, e *result.Estimate) *Threat {
	t := &Threat{Name: "chance", Weight: 1}
	least := ""
	if s := other(r, e, "smallest_fall"); s != nil && s.Value != nil {
		least = fmt.Sprintf(" The smallest fall these data could have told from none is about %s.", number.Percent(*s.Value))
	}
	y := LeadingExpectation(r, e.Activity, e.Window)
	switch x := LeadingComparison(r, e.Activity, e.Window); {
	case x != nil && x.Low != nil && *x.Low <= 1 && *x.High >= 1 && e.Arm == service:
		t.Text = fmt.Sprintf("against comparison people the interval runs from %s, so there may be no difference.", number.FewerInterval(*PercentOf(x.Low), *PercentOf(x.High)))
	case y != nil && y.Low != nil && *y.Low <= 1 && *y.High >= 1 && e.Arm == service:
		t.Text = fmt.Sprintf("against what would have come anyway the interval runs from %s, so nothing may be left of the change.", number.FewerInterval(*PercentOf(y.Low), *PercentOf(y.High)))
	case e.Low != nil && *e.Low <= 0 && *e.High >= 0:
		t.Text = fmt.Sprintf("the interval runs from %s, so there may be no change.%s", number.FewerInterval(*e.Low, *e.High), least)
	case e.Low == nil:
		t.Text = "the change has no interval that can be shown, so how much of it is chance can't be told." + least
	default:
		return nil
	}
	return t
}

// toMean is regression to the mean: what came to people without the service, what a method says would have come anyway, or the
// months just before the index day; its size isn't known where none of these is there.
func toMean(r *release.Released, e *result.Estimate) *Threat {
	if *e.Value >= 0 || r.Study.Grade.Level >= grade.EffectFrom { // from there the design takes it off
		return nil
	}
	t := &Threat{Name: "regression to the mean", Weight: 1}
	if x := LeadingComparison(r, e.Activity, e.Window); x != nil && x.ComparisonChange != nil && e.Arm == service {
		if *x.ComparisonChange >= 1 {
			return nil // nothing fell back
		}
		fell := *PercentOf(x.ComparisonChange)
		t.Weight = ofChange(fell, e)
		t.Text = fmt.Sprintf("people come when things are bad and use falls back by itself. Comparison people had %s in the same time without the service, of the service's people's %s.", number.Fewer(fell), number.Fewer(*e.Value))
		return t
	}
	if x := LeadingExpectation(r, e.Activity, e.Window); x != nil && x.RuleAlone != nil && e.Arm == service {
		t.Weight = ofChange(*x.RuleAlone, e)
		t.Text = fmt.Sprintf("people come when things are bad and use falls back by itself. Going by %s, %s would have come without the service, of the %s that came.", words(x.Method), number.Fewer(*x.RuleAlone), number.Fewer(*e.Value))
		return t
	}
	t.Text = "people come when things are bad and use falls back by itself; how much of the fall that is can't be told from these data."
	if s := beforeArrival(r, e); s != "" {
		t.Text += " " + s
	}
	return t
}

// beforeArrival says how much higher use was in the months just before the index day than earlier.
func beforeArrival(r *release.Released, e *result.Estimate) string {
	for _, m := range r.Months {
		if m.Activity != e.Activity || m.Arm != e.Arm || len(m.Hidden) > 0 {
			continue
		}
		last, earlier, n := 0.0, 0.0, 0.0
		for _, p := range m.Points {
			switch {
			case p.Rate == nil:
			case p.Month == -1:
				last = *p.Rate
			case slices.Contains(m.Reference, p.Month):
				earlier, n = earlier+*p.Rate, n+1
			}
		}
		if last == 0 || earlier == 0 || math.Round(100*(last*n/earlier-1)) <= 0 {
			return ""
		}
		return fmt.Sprintf("In the last %s before the index day the rate was %s higher than in %s (%s against %s a thousand people).", m.Unit, number.Percent(100*(last*n/earlier-1)), ReferenceMonths(m), number.Count(int64(math.Round(last))), number.Count(int64(math.Round(earlier/n))))
	}
	return ""
}

// lastDays is a change that hangs on the days just before the index day, when people were referred because they used much.
func lastDays(r *release.Released, e *result.Estimate) *Threat {
	for _, o := range r.Estimates {
		if o.Method != "percent_change" || o.Activity != e.Activity || o.Window != e.Window || o.Arm != e.Arm || o.FollowUp != e.FollowUp || o.Washout == "" || o.Value == nil || *e.Value == 0 {
			continue
		}
		moved := math.Abs(*o.Value-*e.Value) / math.Abs(*e.Value)
		if moved < 0.25 {
			return nil
		}
		text := fmt.Sprintf("with the last %s before the index day left out it is %s", o.Washout, number.Fewer(*o.Value))
		if o.Low != nil && o.High != nil {
			text += fmt.Sprintf(" (95%% interval %s)", number.FewerInterval(*o.Low, *o.High))
		}
		weight := moved
		if *o.Value**e.Value > 0 {
			weight = min(1, moved)
		}
		return &Threat{Name: "the days just before", Weight: weight, Text: fmt.Sprintf("%s, in place of %s: people are referred when they use most, and that falls back by itself.", text, number.Fewer(*e.Value))}
	}
	return nil
}

// unlike is comparison people who chose otherwise.
func unlike(r *release.Released, e *result.Estimate) *Threat {
	x := LeadingComparison(r, e.Activity, e.Window)
	if x == nil || e.Arm != service || r.Study.Grade.Level >= grade.EffectFrom {
		return nil
	}
	text := "comparison people may differ in what was not recorded."
	if m := MatchingOf(r, e.Activity); m != nil {
		if who, _, _ := strings.Cut(comparisonPeople[m.Who], ":"); who != "" {
			text = "they are " + who + ", and may differ in what was not recorded."
		}
		if worst := mostApart(m); worst != nil {
			text += fmt.Sprintf(" In what was recorded they differ most in %s, by %s standard deviations.", Lower(worst.Name), number.Fixed(math.Abs(*after(*worst)), 2))
		}
	}
	if x.EValueLimit != nil && *x.EValueLimit > 1 {
		text += fmt.Sprintf(" Something unseen that goes with both by a ratio of %s would bring nothing into the interval.", number.Ratio(*x.EValueLimit))
	}
	return &Threat{Name: "who the comparison people are", Text: text, Weight: 0.5}
}

func after(c result.Covariate) *float64 {
	if c.MatchedSMD != nil {
		return c.MatchedSMD
	}
	return c.SMD
}

// mostApart is the covariate in which both groups differ most; nil where none can be shown.
func mostApart(m *result.Matching) *result.Covariate {
	var worst *result.Covariate
	for i, c := range m.Balance {
		if v := after(c); v != nil && (worst == nil || math.Abs(*v) > math.Abs(*after(*worst))) {
			worst = &m.Balance[i]
		}
	}
	return worst
}

// unfollowed is people who died or left.
func unfollowed(r *release.Released, e *result.Estimate) *Threat {
	for _, l := range r.Lost {
		if l.Activity != e.Activity || l.Window != e.Window || l.Arm != e.Arm || l.People == nil || *l.People == 0 || e.People == nil {
			continue
		}
		text := fmt.Sprintf("%s people died or left before the window ended", number.Count(*l.People))
		if l.Share != nil && *l.Share > 0 {
			text += fmt.Sprintf(", with %s of the events before", number.Percent(*l.Share))
		}
		weight := float64(*l.People) / float64(*l.People+*e.People)
		otherwise := "observed"
		if e.FollowUp == "observed" {
			otherwise = "complete"
		}
		if o := Percent(r, e.Activity, e.Window, e.Arm, otherwise); o != nil && o.Value != nil {
			text += fmt.Sprintf("; of %s it is %s in place of %s", FollowUp(otherwise), number.Fewer(*o.Value), number.Fewer(*e.Value))
			if *e.Value != 0 {
				weight = max(weight, math.Abs((*o.Value-*e.Value)/(*e.Value)))
			}
		}
		return &Threat{Name: "follow-up", Text: text + ".", Weight: min(1, weight)}
	}
	return nil
}

// concentrated is a change that hangs on the people with most events.
func concentrated(r *release.Released, e *result.Estimate) *Threat {
	for _, c := range r.Concentration {
		if c.Activity != e.Activity || c.Window != e.Window || c.Arm != e.Arm || c.FollowUp != e.FollowUp || c.ShareAverted == nil || c.Top == nil || *c.ShareAverted < 20 {
			continue
		}
		text := fmt.Sprintf("the %s people with most events make up %s of the difference", number.Count(*c.Top), number.Percent(*c.ShareAverted))
		if p := PercentOf(c.Rest); p != nil {
			text += fmt.Sprintf("; everybody else had %s", number.Fewer(*p))
		}
		return &Threat{Name: "concentration in few people", Text: text + ".", Weight: min(1, *c.ShareAverted/100)}
	}
	switch {
	case slices.Contains(e.Warnings, "DOMINANT_PERSON"), slices.Contains(e.Warnings, "HEAVY_TAIL"):
		return &Threat{Name: "concentration in few people", Text: "few people have so many events that they decide the figure; their share can't be shown.", Weight: 0.5}
	case slices.Contains(e.Warnings, "SMALL_N"):
		return &Threat{Name: "few people", Text: "there are so few that an interval holds the truth less often than 95 times in 100.", Weight: 0.5}
	}
	return nil
}

// found is at least what share of the study's people each word says were found in a table.
var found = map[string]float64{"up to a quarter": 0, "a quarter to half": 0.25, "half to three quarters": 0.5}

// unlinked is people of whom a table has nothing: they used nothing, or could not be found in it.
func unlinked(r *release.Released, e *result.Estimate) *Threat {
	label := Label(r, e.Activity)
	for _, t := range r.Quality {
		least, ok := found[t.People]
		if !ok || !slices.Contains(strings.Split(t.Holds, ", "), label) {
			continue
		}
		return &Threat{Name: "linkage", Weight: (1 - least) / 2,
			Text: fmt.Sprintf("%s of the study's people are found in the records of %s. The others used none, or could not be found: the records can't tell which.", t.People, Lower(label))}
	}
	return nil
}

// seasonal is what happened to everybody's use in the same months, which nothing here allows for.
func seasonal(r *release.Released, e *result.Estimate) *Threat {
	if LeadingComparison(r, e.Activity, e.Window) != nil || r.Study.Grade.Level >= grade.EffectFrom {
		return nil
	}
	if x := LeadingExpectation(r, e.Activity, e.Window); x != nil && x.Trend != nil {
		return nil
	}
	text := "what happened to everybody's use in the same months is not allowed for."
	if e.Window != "12 months" && e.Window != "24 months" {
		text = "a window of " + e.Window + " compares other months of the year with each other, and " + text
	}
	return &Threat{Name: "season and trend", Text: text, Weight: 0.3}
}
