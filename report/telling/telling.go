// Package telling puts what may leave into sentences, and in order. Every sentence is written from released
// figures; none says effect, caused or saved.
package telling

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"averted/evaluate/estimate"
	"averted/evaluate/grade"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// fewUnits is the warning of totals of too few practices for an interval.
const fewUnits = "FEW_UNITS"

// Change is one activity in one window for one arm: the lead in percent, and its line of the bill.
type Change struct {
	Activity result.Activity
	Percent  *result.Estimate // percent_change
	Line     *result.Line     // nil without a bill
}

// Label is the activity's label.
func (c Change) Label() string { return c.Activity.Label }

// Changes are the leads of one arm in a window, in the study's order.
func Changes(r *release.Released, window, arm string) []Change {
	var list []Change
	for _, a := range r.Activities {
		c := Change{Activity: a}
		c.Percent = Percent(r, a.Name, window, arm, r.FollowUp(a.Name))
		if r.Bill != nil {
			for i, l := range r.Bill.Lines {
				if l.Activity == a.Name && l.Window == window && l.Arm == arm && l.Basis == OwnRate {
					c.Line = &r.Bill.Lines[i]
				}
			}
		}
		if c.Percent != nil {
			list = append(list, c)
		}
	}
	return list
}

// Percent is the lead in percent of one activity, window, arm and follow-up; nil if there is none.
func Percent(r *release.Released, activity, window, arm, followUp string) *result.Estimate {
	for i, e := range r.Estimates {
		if e.Method == "percent_change" && e.Activity == activity && e.Window == window && e.Arm == arm && e.FollowUp == followUp && e.On == "" && e.Washout == "" {
			return &r.Estimates[i]
		}
	}
	return nil
}

// Arm is what an arm is called.
func Arm(r *release.Released, arm string) string {
	for _, a := range r.Study.Arms {
		if a.Arm == arm {
			return a.Label
		}
	}
	if arm == "" {
		return "one set against the other"
	}
	return arm
}

// Who is the people of an arm, in words: people connected and watched throughout.
func Who(r *release.Released, arm, followUp string) string {
	who := "people"
	if label := Arm(r, arm); len(r.Study.Arms) > 1 && label == arm {
		who += " of the " + arm + " arm"
	} else if len(r.Study.Arms) > 1 {
		who += " " + label
	}
	switch {
	case followUp != "complete":
		return who
	case who == "people":
		return who + " watched throughout"
	case strings.HasSuffix(who, " arm"):
		return who + " who were watched throughout"
	}
	return who + " and watched throughout"
}

// Longest is the longest window.
func Longest(r *release.Released) result.Window {
	if len(r.Study.Windows) == 0 { // a series of months alone
		return result.Window{}
	}
	longest := r.Study.Windows[0]
	for _, w := range r.Study.Windows {
		if w.Days > longest.Days {
			longest = w
		}
	}
	return longest
}

// Primary is the study's one estimate, in percent.
func Primary(r *release.Released) *result.Estimate {
	for _, e := range r.Estimates {
		if e.Primary {
			return Percent(r, e.Activity, e.Window, e.Arm, e.FollowUp)
		}
	}
	return nil
}

// Synthetic is the sentence that says the data are made up, "" for real data.
func Synthetic(r *release.Released) string {
	if r.Study.Synthetic == "" {
		return ""
	}
	return "Synthetic data: " + strings.TrimSuffix(r.Study.Synthetic, ".") + "."
}

// FollowUp says in words how people who were lost are dealt with.
func FollowUp(followUp string) string {
	if followUp == "complete" {
		return "people watched throughout"
	}
	return "everybody for the time observed"
}

// Label is what an activity is called.
func Label(r *release.Released, activity string) string {
	for _, a := range r.Activities {
		if a.Name == activity {
			return a.Label
		}
	}
	return activity
}

// Lower puts a label into a sentence: its first letter is made small unless it begins an abbreviation.
func Lower(label string) string {
	if len(label) > 1 && label[1] >= 'a' && label[1] <= 'z' {
		return strings.ToLower(label[:1]) + label[1:]
	}
	return label
}

// Answer says what changed, how sure that is, what it is worth and what it can't say, from the primary
// estimate.
func Answer(r *release.Released) string {
	e := Primary(r)
	if e == nil {
		if list := SeriesText(r); len(list) > 0 {
			return strings.TrimSpace(Synthetic(r) + " " + strings.Join(list, " "))
		}
		if r.Alone() {
			return strings.TrimSpace(Synthetic(r) + " Nobody's use of services was counted: this tells of people and of what they said, and nothing here says whether use changed.")
		}
		return "The study's primary estimate was not made."
	}
	var parts []string
	if s := Synthetic(r); s != "" {
		parts = append(parts, s)
	}
	parts = append(parts, changed(r, e))
	if e.Value != nil {
		if s := unsure(r, e); s != "" {
			parts = append(parts, s)
		}
		parts = append(parts, cannotSay(r, e))
	}
	for _, s := range []string{worth(r, e), covered(r, e.Window)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	for _, w := range r.Warnings {
		if w.Activity == e.Activity && w.Window == e.Window && w.Arm == e.Arm && w.FollowUp == e.FollowUp {
			switch w.Code {
			case "DEATHS_UNKNOWN":
				parts = append(parts, "This rests on counts whose deaths are unknown: "+w.Text+".")
			case "INCOMPLETE_FOLLOW_UP":
				parts = append(parts, both(r, e))
			}
		}
	}
	return strings.Join(parts, " ")
}

// changed is the sentence of the change itself.
func changed(r *release.Released, e *result.Estimate) string {
	label := Lower(Label(r, e.Activity))
	who := Who(r, e.Arm, e.FollowUp)
	if e.People == nil || e.After == nil || e.Expected == nil {
		return fmt.Sprintf("The change in %s over %s can't be shown: too few people stand behind it.", label, e.Window)
	}
	earlier := fmt.Sprintf("at their own earlier rate they would have had %s", number.Events(*e.Expected))
	had := fmt.Sprintf("In the %s after the index day the %s %s had %s %s; %s", e.Window, number.Count(*e.People), who, number.Count(*e.After), label, earlier)
	switch {
	case e.Value == nil:
		return had + ": the change is not estimable, since " + why(e) + "."
	case e.Low == nil:
		reason := ""
		switch {
		case e.Refused != "":
			reason = ", since " + why(e)
		case slices.Contains(e.Warnings, fewUnits):
			reason = ", since there are too few practices for one (" + fewUnits + ")"
		}
		return fmt.Sprintf("%s: %s, without an interval%s.", had, number.Fewer(*e.Value), reason)
	}
	return fmt.Sprintf("%s: %s (95%% interval %s).", had, number.Fewer(*e.Value), number.FewerInterval(*e.Low, *e.High))
}

// why is the reason of a refusal in words, with its code.
func why(e *result.Estimate) string {
	if e.Why == "" {
		return "it was refused (" + e.Refused + ")"
	}
	return e.Why + " (" + e.Refused + ")"
}

// unsure says what stands against the interval: that it includes no change, with the smallest fall that could have been
// told, and that few people decide it.
func unsure(r *release.Released, e *result.Estimate) string {
	if e.Low == nil || e.High == nil {
		return ""
	}
	var parts []string
	if *e.Low <= 0 && *e.High >= 0 {
		text := "The interval includes no change"
		if s := other(r, e, "smallest_fall"); s != nil && s.Value != nil {
			text += fmt.Sprintf("; the smallest fall these data could have told from none is about %s", number.Percent(*s.Value))
		}
		parts = append(parts, text+".")
	}
	for _, code := range fewDecide {
		if slices.Contains(e.Warnings, code) {
			who := "people"
			if r.Kind(e.Activity) == "totals" {
				who = "practices"
			}
			parts = append(parts, "Few "+who+" decide this figure, so the interval holds the truth less often than 95 times in 100 ("+code+").")
			break
		}
	}
	return strings.Join(parts, " ")
}

// fewDecide are the warnings that few people decide an interval, the strongest first.
var fewDecide = []string{"SMALL_N", "DOMINANT_PERSON", "HEAVY_TAIL"}

// other is what another method gives of the same people.
func other(r *release.Released, e *result.Estimate, method string) *result.Estimate {
	for i, o := range r.Estimates {
		if o.Method == method && o.Activity == e.Activity && o.Window == e.Window && o.Arm == e.Arm && o.FollowUp == e.FollowUp && o.On == "" && o.Washout == "" && o.Stage == "" {
			return &r.Estimates[i]
		}
	}
	return nil
}

// cannotSay is what a before-and-after design leaves open.
func cannotSay(r *release.Released, e *result.Estimate) string {
	var b strings.Builder
	beside := Percent(r, e.Activity, e.Window, "comparison", e.FollowUp)
	text := compared(r, e)
	switch {
	case text != "":
		b.WriteString(text + " " + effect(r))
	case r.Study.Grade.Level >= grade.EffectFrom:
		return effect(r)
	case e.Arm == "service" && beside != nil && beside.Value != nil && beside.People != nil:
		fmt.Fprintf(&b, "The %s %s had %s in the same time; the two groups are set side by side, so this is a change, not an effect.",
			number.Count(*beside.People), Who(r, "comparison", "observed"), number.Fewer(*beside.Value))
	case beside != nil:
		b.WriteString("The groups are set side by side, so this is a change, not an effect.")
	case setAgainst(r, e):
		b.WriteString("This is a change, not an effect.")
	default:
		b.WriteString("Nobody without the service was followed, so this is a change, not an effect.")
	}
	if s := notCompared(r, e); s != "" {
		b.WriteString(" " + s)
	}
	if s := cameAnyway(r, e); s != "" && (text == "" || LeadingExpectation(r, e.Activity, e.Window) != nil) {
		b.WriteString(" " + s)
	}
	return b.String()
}

// both gives the lead beside the other follow-up.
func both(r *release.Released, e *result.Estimate) string {
	other := "observed"
	if e.FollowUp == "observed" {
		other = "complete"
	}
	o := Percent(r, e.Activity, e.Window, e.Arm, other)
	if o == nil || o.Value == nil {
		return "Follow-up is incomplete, and the figure for " + FollowUp(other) + " can't be shown beside it."
	}
	return fmt.Sprintf("Follow-up is incomplete: for %s it is %s.", FollowUp(other), number.Fewer(*o.Value))
}

// ChangeText is a percent change with its interval for a table: −17% (−21% to −12%). Refused, it is the
// reason; hidden, [c].
func ChangeText(e *result.Estimate) string {
	switch {
	case e.Value == nil && e.Refused != "":
		return "not estimable: " + why(e)
	case e.Value == nil:
		return number.Hidden
	case e.Low == nil:
		return number.SignedPercent(*e.Value)
	}
	return fmt.Sprintf("%s (%s)", number.SignedPercent(*e.Value), number.To(number.SignedPercent(*e.Low), number.SignedPercent(*e.High)))
}

// CountText is a count for a table.
func CountText(n *int64) string {
	if n == nil {
		return number.Hidden
	}
	return number.Count(*n)
}

// EventsText is a number of events, maybe a fraction, for a table.
func EventsText(x *float64) string {
	if x == nil {
		return number.Hidden
	}
	return number.Events(*x)
}

// Caveats are the notes every report carries, with how far to trust it and what was not looked at, then the study's own, then its
// warnings in words.
func Caveats(r *release.Released) []string {
	list := reading(r)
	if len(r.Study.NotCollected) > 0 {
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(r.Study.NotCollected)) {
			parts = append(parts, name+" ("+r.Study.NotCollected[name]+")")
		}
		list = append(list, "Not collected: "+strings.Join(parts, ", ")+".")
	}
	if len(r.Study.NotSaid) > 0 {
		list = append(list, notSaid(r))
	}
	return slices.Concat(list, Trust(r), own(r))
}

// notSaid is the usual activities that were neither counted nor said to be missing.
func notSaid(r *release.Released) string {
	return "Not looked at, and not said why: " + strings.Join(r.Study.NotSaid, ", ") + "."
}

// own is the study's own notes, its warnings, and what disclosure control did.
func own(r *release.Released) []string {
	return append(slices.Concat(r.Notes, Warnings(r)), fmt.Sprintf("Disclosure control: profile %s. Counts of 1 to %d people are hidden ([c]), as are event counts behind which fewer than %d people stand or one has over half. Figures of other people than the lead's are worked out from counts to the nearest 5, of subgroups to the nearest 10; a p-value of 0.001 stands for any below.", r.Study.Profile, r.Study.HideBelow-1, r.Study.HideBelow))
}

// reading is how the figures are to be read.
func reading(r *release.Released) []string {
	list := []string{
		"A change between two windows is not an effect. People come to a service when things are bad, so use tends to fall afterwards whatever is done (regression to the mean); " + toTheMean(r) + ".",
		"Expected is what the same people would have had after, at their own earlier rate, for the time they were watched. Averted is expected less observed. Percent × expected = averted, and averted × price = pounds, each printed from one number.",
	}
	if r.Alone() {
		list = nil
	} else if len(r.Study.Windows) == 0 { // a series of months alone
		list = []string{"What the series was about to be is its own trend and season, as fitted to the months before and after, without the change at the start; beside a control series, with what happened to that. Percent × expected = averted.",
			"Of each figure two standard errors are worked out, for months that vary more than chance and for months that hang together, and the larger is shown."}
	}
	if slices.ContainsFunc(r.Activities, func(a result.Activity) bool { return a.Kind != "totals" && a.Kind != "series" }) {
		list = append(list, "Intervals are 95% percentile bootstraps over people: people are drawn again, not events, since one person's events come together.")
	}
	if slices.ContainsFunc(r.Activities, func(a result.Activity) bool { return a.Kind == "totals" }) {
		list = append(list, "Of totals, the practice is what is one of many: intervals are 95% percentile bootstraps over practices, and there is none for fewer than ten.")
	}
	if slices.ContainsFunc(r.Estimates, func(e result.Estimate) bool {
		return e.Method == "percent_change" && OverPractices(e)
	}) {
		list = append(list, "Where a surgery's booking changes for all its people at once (GP activity), an interval over practices is shown, and its money drawn over practices, where that is wider.")
	}
	if r.Bill != nil {
		list = append(list, moneyCaveats(r)...)
	}
	for _, w := range r.Study.Windows {
		if w.Equal {
			list = append(list, fmt.Sprintf("A window of %s is %d days, the same before and after for everybody; the index day is in neither (%s), washout %s.", w.Label, w.Days, r.Study.IndexDay, r.Study.Washout))
		}
	}
	return list
}

// toTheMean says where the report says how much of a change is regression to the mean.
func toTheMean(r *release.Released) string {
	for _, e := range r.Estimates {
		if e.Leads && e.Value != nil {
			return "what is left of the change when that is allowed for stands under what would have come anyway, or against comparison people"
		}
	}
	return "this report does not say how much of the change that is"
}

// OverPractices reports whether an estimate's interval is over practices.
func OverPractices(e result.Estimate) bool {
	return strings.HasPrefix(e.Interval, estimate.OverPractices)
}

// Warnings are the warnings of the leads, each text once with where it applies.
func Warnings(r *release.Released) []string {
	var texts []string
	where := map[string][]string{}
	for _, w := range r.Warnings {
		if w.FollowUp != r.FollowUp(w.Activity) {
			continue
		}
		key := w.Code + ": " + w.Text
		if where[key] == nil {
			texts = append(texts, key)
		}
		place := Lower(Label(r, w.Activity)) + " over " + w.Window
		if strings.HasPrefix(w.Window, "from ") { // of a series
			place = Lower(Label(r, w.Activity)) + " " + w.Window
		}
		if len(r.Study.Arms) > 1 {
			place += ", " + Arm(r, w.Arm)
		}
		if !slices.Contains(where[key], place) {
			where[key] = append(where[key], place)
		}
	}
	for i, text := range texts {
		texts[i] = fmt.Sprintf("%s (%s).", text, strings.Join(where[text], "; "))
	}
	return texts
}

// AvertedText is expected less after for a table.
func AvertedText(e *result.Estimate) string {
	if e.Expected == nil || e.After == nil {
		return number.Hidden
	}
	return number.Events(*e.Expected - float64(*e.After))
}
