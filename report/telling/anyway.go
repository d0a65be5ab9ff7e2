package telling

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/evaluate/estimate/expect"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// naming is a method in words, and what it is called on a picture.
type naming struct{ method, words, short string }

// byWords are the methods of what would have come anyway in words, and in few for a picture, in the order in which they are
// told.
var byWords = []naming{
	{expect.NameReplay, "the rule played again on people without the service", "Rule played again"},
	{expect.NamePlacebo, "people whom the same rule chose without the service", "Same rule elsewhere"},
	{expect.NameTransition, "people without the service who had as many before", "As many before"},
	{expect.NameEarly, "the same people's window before that by which they were chosen", "Earlier window"},
	{expect.NameBayes, "a model: people's counts drawn to the population's mean (empirical Bayes)", "Model: empirical Bayes"},
	{expect.NameTruncated, "a model: how the cohort's own counts fall off above the line (truncated negative binomial)", "Model: cohort alone"},
	{expect.NameRobbins, "a model: how many people had one event more (Robbins)", "Model: Robbins"},
}

// IsExpectation reports whether a method is one of what would have come anyway.
func IsExpectation(method string) bool { return expect.Is(method) }

// AnywayOf is which method leads of one activity and window, nil where nothing was tried.
func AnywayOf(r *release.Released, activity, window string) *result.Anyway {
	for i, a := range r.Anyway {
		if a.Activity == activity && a.Window == window {
			return &r.Anyway[i]
		}
	}
	return nil
}

// Expectations are the methods of what would have come anyway of one activity and window, in the order in which they are
// told.
func Expectations(r *release.Released, activity, window string) []result.Estimate {
	var list []result.Estimate
	for _, m := range byWords {
		for _, e := range r.Estimates {
			if e.Method == m.method && e.Activity == activity && e.Window == window && e.FollowUp == r.FollowUp(activity) {
				list = append(list, e)
			}
		}
	}
	return list
}

// LeadingExpectation is the one that leads and may be shown, nil if there is none.
func LeadingExpectation(r *release.Released, activity, window string) *result.Estimate {
	for _, e := range Expectations(r, activity, window) {
		if e.Leads && e.Value != nil {
			return &e
		}
	}
	return nil
}

// cameAnyway says in the answer what would have come anyway, or why that can't be told. Without anything tried it is what a
// fall leaves open.
func cameAnyway(r *release.Released, e *result.Estimate) string {
	a := AnywayOf(r, e.Activity, e.Window)
	if a == nil || e.Arm != a.Arm {
		if *e.Value < 0 {
			return "People come to a service when things are bad, and some fall would have come anyway; how much can't be told from these data."
		}
		return ""
	}
	var parts []string
	if a.ChosenHere {
		parts = append(parts, fmt.Sprintf("They were chosen by this very count (%s), so a fall was to be expected of the rule alone.", r.Study.Selection))
	}
	lead := LeadingExpectation(r, e.Activity, e.Window)
	if lead == nil {
		why := a.Why
		if a.Tried != "" {
			why = "going by " + words(a.Tried) + " can't lead, since " + why
		}
		return strings.Join(append(parts, "How much would have come anyway can't be told: "+why+"."), " ")
	}
	by := "Going by " + words(lead.Method)
	percent := PercentOf(lead.Value)
	left := number.Fewer(*percent)
	if lead.Low != nil && lead.High != nil {
		left += fmt.Sprintf(" (95%% interval %s)", number.FewerInterval(*PercentOf(lead.Low), *PercentOf(lead.High)))
	} else {
		left += ", without an interval that can be shown"
	}
	switch {
	case lead.Expected != nil:
		than := number.Fewer(*lead.RuleAlone) + " than"
		if math.Round(*lead.RuleAlone) == 0 {
			than = "as many as"
		}
		parts = append(parts, fmt.Sprintf("%s, they would have had about %s anyway, with no service, which is %s at their own earlier rate; against that they had %s.",
			by, number.Events(math.Round(*lead.Expected)), than, left))
	default:
		parts = append(parts, fmt.Sprintf("%s, of those of whom it can be told, they had %s against what would have come anyway.", by, left))
	}
	if lead.Low != nil && *lead.Low <= 1 && *lead.High >= 1 {
		parts = append(parts, "That interval includes no change: what is left may be nothing.")
	}
	for _, code := range fewDecide {
		if lead.Low != nil && slices.Contains(lead.Warnings, code) {
			parts = append(parts, "Few people decide that interval ("+code+").")
			break
		}
	}
	if slices.Contains(lead.Warnings, "NO_TREND") {
		parts = append(parts, "No trend of the population is allowed for (NO_TREND).")
	}
	return strings.Join(parts, " ")
}

// Short is what a method of what would have come anyway, or of comparison people, is called on a picture.
func Short(method string) string {
	for _, m := range slices.Concat(byWords, comparing) {
		if m.method == method {
			return m.short
		}
	}
	return method
}

// setAgainst reports whether people without the service were set against these, whether or not it can be shown.
func setAgainst(r *release.Released, e *result.Estimate) bool {
	return slices.ContainsFunc(Expectations(r, e.Activity, e.Window), func(x result.Estimate) bool {
		return x.Arm == e.Arm && x.Method != expect.NameEarly && slices.Contains(expect.Order, x.Method)
	})
}

func words(method string) string {
	for _, m := range slices.Concat(byWords, comparing) {
		if m.method == method {
			return m.words
		}
	}
	return method
}

// Panel is the raw change and what each method makes of it, a line each, of the primary activity and window: side by side.
func Panel(r *release.Released) []string {
	p := Primary(r)
	if p == nil || AnywayOf(r, p.Activity, p.Window) == nil || p.Arm != "service" {
		return nil
	}
	list := []string{fmt.Sprintf("%s over %s, raw: %s.", Label(r, p.Activity), p.Window, ChangeText(p))}
	for _, e := range Expectations(r, p.Activity, p.Window) {
		list = append(list, ExpectationText(e))
	}
	for _, a := range r.Activities {
		raw, lead := Percent(r, a.Name, p.Window, p.Arm, r.FollowUp(a.Name)), LeadingExpectation(r, a.Name, p.Window)
		if a.Name != p.Activity && raw != nil && lead != nil {
			list = append(list, fmt.Sprintf("%s over %s, raw: %s. %s", a.Label, p.Window, ChangeText(raw), ExpectationText(*lead)))
		}
	}
	return list
}

// ExpectationText is one method of what would have come anyway as a line.
func ExpectationText(e result.Estimate) string {
	by := Method(e.Method)
	switch {
	case e.Refused != "":
		return fmt.Sprintf("%s: refused, since %s.", by, why(&e))
	case e.Value == nil:
		return by + ": " + number.Hidden + "."
	}
	text := by + ": "
	if e.RuleAlone != nil {
		text += number.Fewer(*e.RuleAlone) + " would have come anyway, "
	}
	text += "left is " + ratioText(e)
	var more []string
	if e.Reference != nil {
		of := " reference people"
		if e.Method == expect.NameTransition || e.Method == expect.NameRobbins {
			of += " with as many before"
		}
		more = append(more, number.Count(*e.Reference)+of)
	}
	if e.Trend != nil {
		more = append(more, "trend "+number.Fixed(*e.Trend, 2))
	}
	more = append(more, e.Warnings...)
	if len(more) > 0 {
		text += "; " + strings.Join(more, ", ")
	}
	if e.Leads {
		return text + ". This leads."
	}
	if e.BesideOnly != "" {
		return text + ". Beside only: " + e.BesideOnly + "."
	}
	return text + "."
}
