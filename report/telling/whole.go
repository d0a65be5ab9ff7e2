package telling

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/evaluate/estimate"
	"averted/evaluate/outcome"
	"averted/evaluate/profile"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// WholeShort is who the people are and what they said, in few sentences: for the end of a run.
func WholeShort(r *release.Released) []string {
	list := append(reachedShort(r), outcomesShort(r)...)
	for _, s := range r.Surveys {
		list = append(list, surveyShort(s))
	}
	for _, c := range r.Courses {
		list = append(list, courseText(c))
	}
	return append(list, Singles(r)...)
}

// reachedShort is how far people came and what goes together, without the traits that a table has.
func reachedShort(r *release.Released) []string {
	p := r.Profile
	if p == nil {
		return nil
	}
	return slices.DeleteFunc([]string{stagesText(p.Stages), together(p.Reasons), contactsText(p.Contacts), OnwardText(p.Onward)}, func(s string) bool { return s == "" })
}

// outcomesShort is what became of states, all areas in a sentence, and of scores.
func outcomesShort(r *release.Released) []string {
	var list []string
	for _, o := range r.Outcomes {
		list = append(list, statesShort(o), indicators(o))
		for _, s := range o.Scores {
			list = append(list, strings.Join(scoreText(s), " "))
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// feltShort is [outcomesShort] with what such figures can't say.
func feltShort(r *release.Released) []string {
	list := outcomesShort(r)
	if len(list) > 0 {
		list = append(list, feltCaveat)
	}
	return list
}

// feltCaveat is what a change of people asked twice can't say.
const feltCaveat = "A change of people who were asked twice is not an effect: people without the service were not asked or are left out, people come when things are bad and some would manage anyway, and who was not asked again may be worse off."

// funnelsText is each activity's practices beside each other.
func funnelsText(r *release.Released) []string {
	if r.Profile == nil {
		return nil
	}
	var list []string
	for _, f := range r.Profile.Funnels {
		list = append(list, funnelText(r, f))
	}
	if len(list) > 0 {
		list = append(list, "A practice outside is one to ask about; none is the best.")
	}
	return list
}

// statesShort is what became of the worst state of each area, in one sentence.
func statesShort(o result.Outcome) string {
	var parts []string
	var people, gone int64
	crosses := false
	for _, a := range o.Areas {
		if a.Indicator != "" || a.Worst == nil {
			continue
		}
		name := Lower(a.Area)
		switch {
		case a.People == nil || a.Worst.Before == nil || a.Worst.After == nil:
			parts = append(parts, strings.TrimSpace(name+" "+number.Hidden))
			continue
		case a.Worst.Change == nil:
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s to %s", name, number.Count(*a.Worst.Before), number.Count(*a.Worst.After))))
		case a.Worst.Low == nil:
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s to %s (%s)", name, number.Count(*a.Worst.Before), number.Count(*a.Worst.After), number.Fewer(*a.Worst.Change))))
		default:
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s to %s (%s; %s)", name, number.Count(*a.Worst.Before), number.Count(*a.Worst.After), number.Fewer(*a.Worst.Change), number.FewerInterval(*a.Worst.Low, *a.Worst.High))))
		}
		people, gone = max(people, *a.People), max(gone, sum(a.OnlyFirst))
		crosses = crosses || a.Worst.Most != nil && a.Worst.Change != nil && *a.Worst.Most >= 0 && *a.Worst.Change < 0
	}
	if len(parts) == 0 {
		return ""
	}
	text := fmt.Sprintf("%s, of %s people asked twice, %s at first and at review: %s", o.Label, number.Count(people), o.States[0], strings.Join(parts, ", "))
	if gone > 0 {
		text += fmt.Sprintf("; %s more were asked at first only", number.Count(gone))
		if crosses {
			text += ", and had all of them come into it, some of these falls would be none"
		}
	}
	return text + "."
}

// surveyShort is how many answered, and of each question how many favourably.
func surveyShort(s result.Survey) string {
	var parts []string
	for _, q := range s.Questions {
		if q.Share == nil {
			parts = append(parts, Lower(q.Label)+" "+number.Hidden)
			continue
		}
		var good []string
		for _, a := range q.Answers {
			if a.Favourable {
				good = append(good, a.Answer)
			}
		}
		parts = append(parts, fmt.Sprintf("%s: %s of %s say %s", Lower(q.Label), number.Percent(*q.Share.Value), number.Count(*q.People), strings.Join(good, " or ")))
	}
	return fmt.Sprintf("%s (%s): %s.", s.Title, cameBack(s), strings.Join(parts, "; "))
}

func cameBack(s result.Survey) string {
	switch {
	case s.Sheets != nil && s.Asked != nil && s.Back != nil:
		return fmt.Sprintf("%s of %s asked answered, %s", number.Count(*s.Sheets), number.Count(*s.Asked), number.Percent(*s.Back.Value))
	case s.Sheets != nil:
		return fmt.Sprintf("%s answered; how many were asked isn't stated", number.Count(*s.Sheets))
	}
	return "too few answered to be shown"
}

// PortionText is a share with its interval: 72% (71% to 74%).
func PortionText(p *result.Portion) string {
	if p == nil || p.Value == nil {
		return number.Hidden
	}
	if p.Low == nil || p.High == nil {
		return number.Percent(*p.Value)
	}
	return fmt.Sprintf("%s (%s)", number.Percent(*p.Value), number.To(number.Percent(*p.Low), number.Percent(*p.High)))
}

// Reached says how far people came, who they are, for what they were referred, and what they were sent on to: a sentence each.
func Reached(r *release.Released) []string {
	p := r.Profile
	if p == nil {
		return nil
	}
	list := []string{stagesText(p.Stages)}
	for _, t := range p.Traits {
		if s := traitText(t); s != "" {
			list = append(list, s)
		}
	}
	list = append(list, together(p.Reasons), contactsText(p.Contacts), OnwardText(p.Onward))
	list = append(list, funnelsText(r)...)
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

func stagesText(stages []result.Stage) string {
	var parts []string
	base := "of those referred"
	for i, s := range stages {
		switch {
		case s.People == nil:
		case i == 0:
			parts = append(parts, fmt.Sprintf("%s people were %s", number.Count(*s.People), s.Stage))
		default:
			parts = append(parts, fmt.Sprintf("%s %s, %s %s", number.Count(*s.People), s.Stage, PortionText(s.OfFirst), base))
			if s.Stage == profile.Agreed {
				base = "of those who agreed"
			}
		}
	}
	if len(parts) < 2 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// largest is the levels of a trait from the one with most people down.
func largest(t result.Trait) []result.Level {
	list := slices.DeleteFunc(slices.Clone(t.Levels), func(l result.Level) bool { return l.Share == nil || *l.People == 0 })
	slices.SortStableFunc(list, func(a, b result.Level) int { return int(*b.People - *a.People) })
	return list
}

// mostTold is how many levels of a trait a sentence tells of.
const mostTold = 3

func traitText(t result.Trait) string {
	list := largest(t)
	if len(list) == 0 || t.People == nil || t.Trait == "practice" || t.Trait == "locality" {
		return ""
	}
	var parts []string
	for _, l := range list[:min(mostTold, len(list))] {
		text := fmt.Sprintf("%s %s", l.Level, number.Percent(*l.Share))
		if l.PopulationShare != nil && *l.Population > 0 {
			text += fmt.Sprintf(" (of the area's people %s)", number.Percent(*l.PopulationShare))
		}
		parts = append(parts, text)
	}
	text := fmt.Sprintf("%s, of %s people: %s", t.Label, number.Count(*t.People), strings.Join(parts, "; "))
	if t.Several {
		text += "; a person may have several"
	}
	return text + "."
}

// together says which two reasons go together most, with the figure and not with a word for it.
func together(pairs []result.Pair) string {
	var best *result.Pair
	tested := 0
	for i, p := range pairs {
		if p.Phi == nil {
			continue
		}
		tested++
		if best == nil || *p.Phi > *best.Phi {
			best = &pairs[i]
		}
	}
	if best == nil || *best.Phi <= 0 {
		return ""
	}
	text := fmt.Sprintf("Of %s pairs of reasons, %s and %s go together most: phi %s (95%% interval %s)", number.Count(int64(tested)), Lower(best.First), Lower(best.Second), number.Ratio(*best.Phi), number.To(number.Ratio(*best.Low), number.Ratio(*best.High)))
	if best.OfMost != nil {
		text += fmt.Sprintf(", %s of the most it could be with reasons as common as these", number.Percent(100**best.OfMost))
	}
	return text + fmt.Sprintf("; %s people have both.", number.Count(*best.Both))
}

func contactsText(c *result.Contacts) string {
	if c == nil {
		return ""
	}
	if c.Mean == nil {
		if c.Why == "" {
			return ""
		}
		return "Contacts a month: " + c.Why + "."
	}
	special := 0
	for _, m := range c.Months {
		if m.Signal != "" {
			special++
		}
	}
	text := fmt.Sprintf("%s contacts a month on average over %s months, with ordinary variation from %s to %s; special months: %s", number.Fixed(*c.Mean, 0), number.Count(int64(len(c.Months))), number.Fixed(*c.Low, 0), number.Fixed(*c.High, 0), number.Count(int64(special)))
	if c.New != nil && *c.New > 0 {
		text += fmt.Sprintf("; %s of contacts are somebody's first", number.Percent(*c.New))
	}
	return text + "."
}

// OnwardText says how many were sent on, and to which sectors.
func OnwardText(o *result.Onward) string {
	if o == nil || o.Referrals == nil {
		return ""
	}
	text := fmt.Sprintf("%s referrals onward", number.Count(*o.Referrals))
	if o.People != nil {
		text += fmt.Sprintf(" of %s people", number.Count(*o.People))
	}
	var parts []string
	sectors := slices.DeleteFunc(slices.Clone(o.To), func(s result.SentOn) bool { return s.By != "sector" || s.Share == nil })
	slices.SortStableFunc(sectors, func(a, b result.SentOn) int { return int(*b.Referrals - *a.Referrals) })
	for _, s := range sectors {
		parts = append(parts, fmt.Sprintf("%s %s", Lower(s.Name), number.Percent(*s.Share)))
	}
	if len(parts) > 0 {
		text += ", by sector: " + strings.Join(parts, ", ")
	}
	return text + "."
}

func funnelText(r *release.Released, f result.Funnel) string {
	out, of := 0, 0
	for _, p := range f.Practices {
		if p.Low95 != nil {
			of++
		}
		if p.Outside {
			out++
		}
	}
	text := fmt.Sprintf("%s, by practice over %s", Label(r, f.Activity), f.Window)
	if of == 0 {
		return text + ": with fewer than ten practices, chance alone says too little of how they differ, so none is set against a limit."
	}
	text += fmt.Sprintf(": %s of %s lie beyond the funnel's 99.8%% limits", number.Count(int64(out)), number.Count(int64(of)))
	if len(f.Practices) > of {
		text += " (the smallest are told together)"
	}
	return text + "."
}

// Felt says what became of the states that people said they were in, and of their scores: a sentence each, and what such
// figures can't say.
func Felt(r *release.Released) []string {
	var list []string
	for _, o := range r.Outcomes {
		for _, a := range o.Areas {
			if a.Indicator == "" {
				list = append(list, areaText(o, a))
			}
		}
		if s := indicators(o); s != "" {
			list = append(list, s)
		}
		for _, s := range o.Scores {
			list = append(list, scoreText(s)...)
		}
	}
	if len(list) > 0 {
		list = append(list, feltCaveat)
	}
	return list
}

// StateWhy says why a change of state has no percentage or no interval.
func StateWhy(code string) string {
	if code == string(estimate.ZeroBefore) {
		return "nobody was in it at first (" + code + ")"
	}
	return "nobody is in it any more (" + code + ")"
}

// WholeWarning is what a warning of states or scores says, with its code.
func WholeWarning(code string) string {
	text := map[estimate.Code]string{
		estimate.MissingFollowUp: "over a fifth of those asked at first were not asked again",
		estimate.SmallCells:      "fewer than ten people moved into or out of a state, so the test of the whole distribution is rough",
		estimate.SmallN:          "fewer than 30 people have two scores, so the mean change hangs on few",
	}[estimate.Code(code)]
	return text + " (" + code + ")"
}

// WholeWarnings are several of them.
func WholeWarnings(codes []string) string {
	var list []string
	for _, c := range codes {
		list = append(list, WholeWarning(c))
	}
	return strings.Join(list, "; ")
}

// ShiftText is what became of one state: 395 at first, 75 at review: 81% fewer (76% to 85% fewer).
func ShiftText(s *result.Shift) string {
	if s == nil || s.Before == nil || s.After == nil {
		return "too few people to be shown"
	}
	text := fmt.Sprintf("%s at first and %s at review", number.Count(*s.Before), number.Count(*s.After))
	switch {
	case s.Change == nil:
		return text + ", which gives no percentage, since nobody was in it at first (" + cmp.Or(s.Refused, string(estimate.ZeroBefore)) + ")"
	case s.Low == nil && *s.After == 0:
		return text + ": nobody is in it any more, without an interval (" + cmp.Or(s.Refused, string(estimate.ZeroAfter)) + ")"
	case s.Low == nil:
		return text + ": " + number.Fewer(*s.Change)
	}
	return fmt.Sprintf("%s: %s (95%% interval %s)", text, number.Fewer(*s.Change), number.FewerInterval(*s.Low, *s.High))
}

func areaText(o result.Outcome, a result.Area) string {
	name := a.Area
	if name == "" {
		name = o.Label
	}
	if a.People == nil || a.Worst == nil {
		return fmt.Sprintf("%s: too few people were asked twice to be shown.", name)
	}
	text := fmt.Sprintf("%s, of %s people asked twice: %s, %s", name, number.Count(*a.People), a.Worst.State, ShiftText(a.Worst))
	if len(o.States) > 2 {
		text += fmt.Sprintf("; %s, %s", a.Best.State, ShiftText(a.Best))
	}
	if gone := sum(a.OnlyFirst); gone > 0 && a.Worst.Least != nil && a.Worst.Most != nil {
		text += fmt.Sprintf(". %s more were asked at first only: had all of them left %q, or come into it, it would be %s or %s", number.Count(gone), a.Worst.State, number.Fewer(*a.Worst.Least), number.Fewer(*a.Worst.Most))
	}
	return text + "."
}

// OnlyFirst is how many people were asked at first only; nil where some of them are hidden.
func OnlyFirst(a result.Area) *int64 {
	if slices.Contains(a.OnlyFirst, nil) {
		return nil
	}
	n := sum(a.OnlyFirst)
	return &n
}

func sum(list []*int64) int64 {
	n := int64(0)
	for _, x := range list {
		if x != nil {
			n += *x
		}
	}
	return n
}

// indicators says which indicator moved most and which least, and among how many.
func indicators(o result.Outcome) string {
	var list []result.Area
	for _, a := range o.Areas {
		if a.Indicator != "" && a.Worst != nil && a.Worst.Change != nil {
			list = append(list, a)
		}
	}
	if len(list) < 2 {
		return ""
	}
	slices.SortStableFunc(list, func(a, b result.Area) int {
		switch {
		case *a.Worst.Change < *b.Worst.Change:
			return -1
		case *a.Worst.Change > *b.Worst.Change:
			return 1
		}
		return 0
	})
	first, last := list[0], list[len(list)-1]
	text := func(a result.Area) string {
		return fmt.Sprintf("%q of %s (%s)", a.Indicator, Lower(a.Area), number.Fewer(*a.Worst.Change))
	}
	return fmt.Sprintf("Of %s indicators, by how many fewer are %s: most %s, least %s. The best and the worst of so many are partly so by chance; p-values are adjusted over all (Holm).", number.Count(int64(len(list))), o.States[0], text(first), text(last))
}

// score prints a score's figure: 21.3, or 0.43 of a score from 0 to 1.
func score(s result.Score, v float64) string {
	if s.Most-s.Least < 2 {
		return number.Fixed(v, 2)
	}
	return number.Fixed(v, 1)
}

func scoreText(s result.Score) []string {
	if s.People == nil || s.Before == nil {
		return []string{s.Name + ": too few people have two scores to be shown."}
	}
	better := "higher is better"
	if s.Better == string(outcome.Lower) {
		better = "lower is better"
	}
	text := fmt.Sprintf("%s (%s to %s, %s), of %s people with two scores: %s at first and %s at review", s.Name, number.Plain(s.Least), number.Plain(s.Most), better, number.Count(*s.People), score(s, *s.Before), score(s, *s.After))
	if s.Change != nil && s.Low != nil {
		text += fmt.Sprintf(", a mean change of %s (95%% interval %s)", score(s, *s.Change), number.To(score(s, *s.Low), score(s, *s.High)))
	} else if s.Refused != "" {
		text += ", without an interval: " + s.Why + " (" + s.Refused + ")"
	}
	list := []string{text + "."}
	if r := s.Reliable; r != nil && r.Improved != nil && r.Needed != nil && r.Share != nil {
		more := fmt.Sprintf("%s: %s of people changed for the better by more than the score's own error (%s; reliability %s, %s)", s.Name, PortionText(r.Share), score(s, *r.Needed), number.Plain(r.Reliability), r.Source)
		if r.Worsened != nil {
			more += fmt.Sprintf("; %s people for the worse", number.Count(*r.Worsened))
		}
		list = append(list, more+". By error alone 2.5% would.")
	}
	if s.ByItself != nil && s.Change != nil {
		list = append(list, fmt.Sprintf("%s: going back to the mean alone, without any service, it would have changed by about %s (%s); recovery that comes by itself is on top of that.", s.Name, score(s, *s.ByItself), s.ByItselfWhy))
	}
	if s.ByItself == nil && s.ByItselfWhy != "" {
		list = append(list, s.Name+": "+s.ByItselfWhy+".")
	}
	if s.Completers != nil && s.ComplLow != nil && s.OnlyFirst != nil && math.Abs(*s.Completers) > 0 {
		list = append(list, fmt.Sprintf("%s: at first the people asked again scored %s than the %s who were not (95%% interval of the difference %s).", s.Name, moreOrLess(s, *s.Completers), number.Count(*s.OnlyFirst), number.To(score(s, *s.ComplLow), score(s, *s.ComplHigh))))
	}
	return list
}

// moreOrLess is a difference of scores in words.
func moreOrLess(s result.Score, v float64) string {
	if v < 0 {
		return score(s, -v) + " points less"
	}
	return score(s, v) + " points more"
}

// Answered says what surveys and courses tell: a sentence each.
func Answered(r *release.Released) []string {
	var list []string
	for _, s := range r.Surveys {
		list = append(list, fmt.Sprintf("%s: %s.", s.Title, cameBack(s)))
		for _, q := range s.Questions {
			if q.Share == nil || len(q.Answers) == 0 {
				continue
			}
			var good []string
			for _, a := range q.Answers {
				if a.Favourable {
					good = append(good, a.Answer)
				}
			}
			list = append(list, fmt.Sprintf("%s: %s of %s answers are %s: %s.", q.Label, number.Count(*q.Favourable), number.Count(*q.People), strings.Join(good, " or "), PortionText(q.Share)))
		}
	}
	for _, c := range r.Courses {
		if s := courseText(c); s != "" {
			list = append(list, s)
		}
	}
	if len(r.Surveys) > 0 {
		list = append(list, "Who answers differs from who does not: these are shares of answers, not of everybody served.")
	}
	return list
}

func courseText(c result.Course) string {
	var parts []string
	for i, s := range c.Sessions {
		switch {
		case s.People == nil:
			parts = append(parts, s.Stage+" "+number.Hidden)
		case s.OfPrevious == nil && i > 0:
			parts = append(parts, fmt.Sprintf("%s to %s, more than to the session before or beside one that is hidden, so without a share", number.Count(*s.People), s.Stage))
		case s.OfPrevious == nil:
			parts = append(parts, fmt.Sprintf("%s people came to %s", number.Count(*s.People), s.Stage))
		default:
			parts = append(parts, fmt.Sprintf("%s to %s, %s of those at the session before", number.Count(*s.People), s.Stage, PortionText(s.OfPrevious)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return c.Label + ": " + strings.Join(parts, ", ") + "."
}

// CaseWarning is what has to be said of every case study.
const CaseWarning = "A case chosen because it is extreme says nothing about the service: whoever has had most comes down most, with or without it. It is shown as its author wrote it, with consent in writing, and nothing of it is worked out from the data."

// Singles are the case studies, a sentence each, with the warning that belongs to them.
func Singles(r *release.Released) []string {
	var list []string
	for _, c := range r.CaseStudies {
		var parts []string
		in := func(n *int64, when, length string) string {
			switch {
			case n == nil:
				return when + " isn't stated"
			case length == "":
				return number.Count(*n) + " " + when
			}
			return fmt.Sprintf("%s in the %s %s", number.Count(*n), length, when)
		}
		for _, f := range c.Figures {
			part := fmt.Sprintf("%s %s and %s", Lower(f.What), in(f.Before, "before", c.Before), in(f.After, "after", c.After))
			if f.RateBefore != nil {
				part += fmt.Sprintf(", a rate of %s and %s a year", number.Fixed(*f.RateBefore, 0), number.Fixed(*f.RateAfter, 0))
			}
			parts = append(parts, part)
		}
		text := c.Title
		if len(parts) > 0 {
			text += ": " + strings.Join(parts, "; ")
			var missing []string
			if c.Before == "" {
				missing = append(missing, "before")
			}
			if c.After == "" {
				missing = append(missing, "after")
			}
			if len(missing) > 0 {
				text += "; how long the time " + strings.Join(missing, " and ") + " is isn't stated, so there are no rates"
			}
		}
		list = append(list, strings.TrimSuffix(text, ".")+".")
	}
	if len(list) > 0 {
		list = append(list, CaseWarning)
	}
	return list
}
