package telling

import (
	"fmt"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// Beside is what stands beside the primary lead, a line each: the pooled ratio and the robust interval, the
// other follow-up with who was lost, the other arms, and shorter windows on the longest window's people.
func Beside(r *release.Released) []string {
	p := Primary(r)
	if p == nil {
		return nil
	}
	label := Label(r, p.Activity) + " over " + p.Window
	var list []string
	for _, e := range r.Estimates {
		same := e.Activity == p.Activity && e.Window == p.Window && e.Arm == p.Arm && e.On == "" && e.Washout == ""
		switch {
		case same && e.FollowUp == p.FollowUp && e.Method == "ratio_robust" && e.Value != nil && e.Low != nil:
			list = append(list, fmt.Sprintf("%s, pooled rate ratio with a robust interval: %s (%s).", label, number.Ratio(*e.Value), number.To(number.Ratio(*e.Low), number.Ratio(*e.High))))
		case same && e.FollowUp == p.FollowUp && e.Method == "paired_t" && e.Value != nil && e.Low != nil:
			list = append(list, fmt.Sprintf("%s, mean change a person: %s (%s).", label, number.Fixed(*e.Value, 2), number.To(number.Fixed(*e.Low, 2), number.Fixed(*e.High, 2))))
		}
	}
	list = append(list, others(r, p, label)...)
	for _, e := range r.Estimates {
		if e.Method != "percent_change" || e.Activity != p.Activity || e.Arm != p.Arm || (e.On == "" && e.Washout == "") {
			continue
		}
		what := fmt.Sprintf("%s over %s, on the people of %s", Label(r, e.Activity), e.Window, e.On)
		if e.Washout != "" {
			what = fmt.Sprintf("%s over %s, the last %s before the index day left out", Label(r, e.Activity), e.Window, e.Washout)
		}
		list = append(list, fmt.Sprintf("%s (%s): %s.", what, CountText(e.People), ChangeText(&e)))
	}
	for _, x := range r.Around {
		if x.Activity == p.Activity && x.Arm == p.Arm && (x.Part == "index day" || strings.HasPrefix(x.Part, "between")) {
			list = append(list, fmt.Sprintf("%s %s, in no window: %s.", Label(r, x.Activity), onPart(x.Part), CountText(x.Events)))
		}
	}
	list = append(list, methods(r, p, label)...)
	list = append(list, stages(r, p, label)...)
	list = append(list, top(r, p, label)...)
	list = append(list, Subgroups(r)...)
	for _, x := range r.Practices {
		if x.Arm == p.Arm && x.Window == p.Window && x.Fell != nil {
			list = append(list, fmt.Sprintf("%s over %s fell in %s of %s practices.", Label(r, x.Activity), x.Window, number.Count(*x.Fell), number.Count(*x.Practices)))
		}
	}
	return list
}

// BesideShort is what stands beside the primary lead for whoever reads no more than a summary: the other follow-up, the other arms,
// whether it lasts, and on whom it hangs.
func BesideShort(r *release.Released) []string {
	p := Primary(r)
	if p == nil {
		return nil
	}
	label := Label(r, p.Activity) + " over " + p.Window
	return slices.Concat(others(r, p, label), stages(r, p, label), top(r, p, label))
}

// others is the lead's other follow-up, with who was lost, and the other arms.
func others(r *release.Released, p *result.Estimate, label string) []string {
	var list []string
	for _, e := range r.Estimates {
		if e.Activity == p.Activity && e.Window == p.Window && e.Arm == p.Arm && e.On == "" && e.Washout == "" && e.FollowUp != p.FollowUp && e.Method == "percent_change" {
			list = append(list, fmt.Sprintf("%s, %s (%s): %s.%s", label, FollowUp(e.FollowUp), CountText(e.People), ChangeText(&e), lost(r, p)))
		}
	}
	for _, a := range r.Study.Arms {
		if e := Percent(r, p.Activity, p.Window, a.Arm, p.FollowUp); e != nil && a.Arm != p.Arm {
			list = append(list, fmt.Sprintf("%s, %s (%s): %s.", label, a.Label, CountText(e.People), ChangeText(e)))
		}
	}
	return list
}

func onPart(part string) string {
	if part == "index day" {
		return "on the index day"
	}
	return part
}

// lost says how many died or left and what share of the events before they had.
func lost(r *release.Released, p *result.Estimate) string {
	for _, l := range r.Lost {
		if l.Activity == p.Activity && l.Window == p.Window && l.Arm == p.Arm {
			if l.People == nil {
				return " " + number.Hidden + " died or left."
			}
			text := fmt.Sprintf(" %s died or left", number.Count(*l.People))
			if l.Share != nil {
				text += fmt.Sprintf(", with %s of the events before", number.Percent(*l.Share))
			}
			return text + "."
		}
	}
	return ""
}

func further(n int) string {
	switch n {
	case 0:
		return "nothing else stands"
	case 1:
		return "1 further estimate or test stands"
	}
	return number.Count(int64(n)) + " further estimates and tests, for looking around, stand"
}

// named are the methods beside the lead in words, in the order in which they are told.
var named = []naming{
	{"fixed_effect_poisson", "each person with their own earlier use (conditional Poisson)", ""},
	{"nb_period", "negative binomial model", ""},
	{"quasi_poisson", "quasi-Poisson model, windows taken for different people", ""},
	{"exact_conditional", "exact, events taken as independent (too narrow)", ""},
	{"ratio_clustered", "over practices, whose people change together", ""},
}

// Method is what a method is called.
func Method(name string) string {
	for _, m := range slices.Concat(byWords, comparing, named) {
		if m.method == name {
			return strings.ToUpper(m.words[:1]) + m.words[1:]
		}
	}
	switch name {
	case "ratio_robust":
		return "Pooled rate ratio with a robust interval"
	case "paired_t":
		return "Mean change a person (paired t)"
	case "sign_test":
		return "Sign test"
	case "wilcoxon":
		return "Signed ranks (Wilcoxon, Pratt's zeros)"
	case "smallest_fall":
		return "Smallest fall that could have been told"
	case "persistence":
		return "Whether it lasts"
	case "its":
		return "Interrupted series"
	case "its_control":
		return "Interrupted series with a control series"
	}
	return name
}

// methods is what the other methods make of the primary figure: what they give, and what is refused, with its reason.
func methods(r *release.Released, p *result.Estimate, label string) []string {
	var list []string
	for _, m := range named {
		e := other(r, p, m.method)
		switch {
		case e == nil:
		case e.Value != nil && e.Low != nil && e.High != nil:
			list = append(list, fmt.Sprintf("%s, %s: %s (%s).", label, m.words, number.Ratio(*e.Value), number.To(number.Ratio(*e.Low), number.Ratio(*e.High))))
		case e.Refused != "":
			list = append(list, fmt.Sprintf("%s, %s: not estimable, since %s.", label, m.words, why(e)))
		}
	}
	var tests []string
	for _, m := range []struct{ method, words string }{{"wilcoxon", "signed ranks"}, {"sign_test", "signs"}} {
		if e := other(r, p, m.method); e != nil && e.P != nil {
			tests = append(tests, m.words+" "+pText(*e.P))
		} else if e != nil && e.Refused != "" {
			tests = append(tests, m.words+" not estimable, since "+why(e))
		}
	}
	if len(tests) > 0 {
		list = append(list, label+", tests of whether as many people rose as fell: "+strings.Join(tests, "; ")+".")
	}
	if e := other(r, p, "smallest_fall"); e != nil && e.Value != nil {
		list = append(list, fmt.Sprintf("%s, smallest fall these data could have told from none (80%% power): about %s.", label, number.Percent(*e.Value)))
	}
	return list
}

// pText is a p-value to one figure.
func pText(p float64) string {
	switch {
	case p <= 0.001: // the least that leaves
		return "p = 0.001 or less"
	case p < 0.01:
		return "p = " + number.Fixed(p, 3)
	}
	return "p = " + number.Fixed(p, 2)
}

// ratioText is a ratio with its interval as a change in percent.
func ratioText(e result.Estimate) string {
	e.Value, e.Low, e.High = PercentOf(e.Value), PercentOf(e.Low), PercentOf(e.High)
	return ChangeText(&e)
}

// PercentOf is a ratio as a change in percent; nil where there is none.
func PercentOf(ratio *float64) *float64 {
	if ratio == nil {
		return nil
	}
	percent := 100 * (*ratio - 1)
	return &percent
}

// stages is whether the primary change lasts.
func stages(r *release.Released, p *result.Estimate, label string) []string {
	var parts []string
	for _, e := range r.Estimates {
		if e.Stage == "" || e.Activity != p.Activity || e.Window != p.Window || e.Arm != p.Arm || e.FollowUp != p.FollowUp {
			continue
		}
		switch {
		case e.Value != nil && e.Low != nil && e.High != nil:
			parts = append(parts, e.Stage+" "+ratioText(e))
		case e.Refused != "":
			parts = append(parts, e.Stage+" not estimable ("+e.Refused+")")
		default:
			parts = append(parts, e.Stage+" "+number.Hidden)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{label + ", whether it lasts: " + strings.Join(parts, "; ") + "."}
}

// top is how much of the primary figure hangs on few people.
func top(r *release.Released, p *result.Estimate, label string) []string {
	for _, c := range r.Concentration {
		if c.Activity != p.Activity || c.Window != p.Window || c.Arm != p.Arm || c.Top == nil || c.ShareBefore == nil || c.ShareAfter == nil {
			continue
		}
		text := fmt.Sprintf("%s, the %s people with most events had %s of those before and %s after", label, number.Count(*c.Top), number.Percent(*c.ShareBefore), number.Percent(*c.ShareAfter))
		switch {
		case c.ShareAverted != nil && *c.ShareAverted < 0:
			text += ": theirs rose while all together fell"
		case c.ShareAverted != nil:
			text += fmt.Sprintf(", and %s of the difference", number.Percent(*c.ShareAverted))
		}
		if c.Rest != nil {
			text += fmt.Sprintf("; everybody else %s", number.SignedPercent(100*(*c.Rest-1)))
		}
		return []string{text + "."}
	}
	return nil
}

// Subgroups are sentences on whether the primary activity's change differs between subgroups. Never "in one and not in the
// other": only the difference between them is tested.
func Subgroups(r *release.Released) []string {
	p := Primary(r)
	var list []string
	for _, d := range r.Subgroups {
		if p == nil || d.Activity != p.Activity || d.Window != p.Window || len(d.Levels) == 0 {
			continue
		}
		var parts []string
		hidden := 0
		for _, e := range d.Levels {
			if e.People == nil {
				hidden++
				continue
			}
			_, level, _ := strings.Cut(e.Subgroup, ": ")
			text := number.Hidden
			if e.Value != nil && e.Low != nil && e.High != nil {
				text = ratioText(e)
			} else if e.Value != nil {
				text = number.SignedPercent(100*(*e.Value-1)) + ", without an interval"
			} else if e.Refused != "" {
				text = "not estimable (" + e.Refused + ")"
			}
			if slices.Contains(e.Warnings, "SMALL_SUBGROUP") {
				text += ", too few for the test"
			}
			parts = append(parts, level+" "+text)
		}
		if hidden > 0 {
			parts = append(parts, fmt.Sprintf("%d of %d levels rest on too few people to be shown, or would give those away", hidden, len(d.Levels)))
		}
		test := "whether they differ can't be shown"
		switch {
		case d.P != nil && d.PHolm != nil:
			test = fmt.Sprintf("a difference between them as large comes by chance with %s (%s for all divisions together, Holm)", pText(*d.P), pText(*d.PHolm))
		case d.Refused != "":
			test = "not tested, since " + d.Why + " (" + d.Refused + ")"
		}
		list = append(list, fmt.Sprintf("%s over %s by %s: %s; %s.", Label(r, d.Activity), d.Window, strings.ReplaceAll(d.By, "_", " "), strings.Join(parts, "; "), test))
	}
	return list
}

// Trust is how far the figures can be trusted: the evidence grade, the strongest threats that are found in these data, whether the plan
// was locked, and how much else was looked at.
func Trust(r *release.Released) []string {
	if r.Alone() {
		return []string{Graded(r)}
	}
	list := append(append([]string{Graded(r)}, ThreatsText(r)...), Locked(r.Study.Lock, r.Study.Date))
	if s := Secondary(r); s != "" {
		list = append(list, s)
	}
	return list
}

// Graded says the evidence grade and its reason.
func Graded(r *release.Released) string {
	if r.Alone() {
		return "No evidence grade: nobody's use of services was counted, and what people say of themselves is compared with nobody."
	}
	return fmt.Sprintf("Evidence grade %d of 5 (Maryland scale): %s.", r.Study.Grade.Level, r.Study.Grade.Why)
}

// Locked says whether the plan was locked, and what has changed since. Dates are as YYYY-MM-DD.
func Locked(l result.Lock, reported string) string {
	if l.On == "" {
		return "The plan was not locked before the data arrived (averted lock): what leads may have been chosen after looking."
	}
	late := ""
	if l.On > reported {
		late = ", after the date of the report"
	}
	if len(l.Changed) == 0 {
		return fmt.Sprintf("The plan was locked on %s%s (%s), unchanged.", l.On, late, l.Hash)
	}
	return fmt.Sprintf("The plan was locked on %s%s (%s); changed since: %s.", l.On, late, l.Hash, strings.Join(l.Changed, ", "))
}

// Secondary says what leads and how much stands beside it; "" where nothing leads.
func Secondary(r *release.Released) string {
	p := Primary(r)
	if p == nil {
		return ""
	}
	return fmt.Sprintf("One estimate leads (%s over %s, %s); %s beside it.",
		Lower(Label(r, p.Activity)), p.Window, Arm(r, p.Arm), further(r.Secondary))
}
