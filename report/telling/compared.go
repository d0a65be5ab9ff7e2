package telling

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/evaluate/estimate/trend"
	"averted/evaluate/grade"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// comparing are the methods of comparison people.
var comparing = []naming{
	{trend.NameMatched, "against matched comparison people", "Against matched people"},
	{trend.NameThroughout, "the same, of people who were watched throughout", "Watched throughout"},
	{trend.NameEveryone, "against all comparison people, as they are", "Against everybody, as they are"},
	{trend.NameEarlier, "against all comparison people, from a window earlier", "Against everybody, from a window earlier"},
	{trend.NameCensored, "against matched comparison people, watched until the service came to them too", "Until the service came to them too"},
	{trend.NameSets, "in matched sets, events a person", "In matched sets, events a person"},
	{trend.NameLinear, "against all comparison people watched throughout, events a person", "Events a person, as they are"},
}

// OfEvents reports whether a comparison is of events a person, and not of ratios.
func OfEvents(e result.Estimate) bool { return trend.OfEvents(e.Method) }

// OfMonths reports whether an estimate is of a series of months.
func OfMonths(e result.Estimate) bool { return trend.OfMonths(e.Method) }

// OfMatched reports whether a comparison is of matched people and may lead.
func OfMatched(e result.Estimate) bool {
	return e.Method == trend.NameMatched || e.Method == trend.NameThroughout
}

// PowerCaveat has to stand beside every test of the months before.
func PowerCaveat() string {
	return strings.ToUpper(trend.PowerCaveat[:1]) + trend.PowerCaveat[1:] + "."
}

// Comparisons are what comparison people tell of one activity in one window, in the order in which they are told.
func Comparisons(r *release.Released, activity, window string) []result.Estimate {
	var list []result.Estimate
	for _, m := range trend.Comparisons {
		for _, e := range r.Estimates {
			if e.Compared && e.Method == m && e.Activity == activity && e.Window == window {
				list = append(list, e)
			}
		}
	}
	return list
}

// LeadingComparison is the comparison that leads, nil if none does.
func LeadingComparison(r *release.Released, activity, window string) *result.Estimate {
	list := Comparisons(r, activity, window)
	if at := slices.IndexFunc(list, func(e result.Estimate) bool { return e.Leads }); at >= 0 {
		return &list[at]
	}
	return nil
}

// MatchingOf is how people of an activity's data were made alike; nil where nobody was compared.
func MatchingOf(r *release.Released, activity string) *result.Matching {
	for i, m := range r.Matching {
		if m.Kind == r.Kind(activity) {
			return &r.Matching[i]
		}
	}
	return nil
}

// compared is the sentence of the comparison that leads; "" if none does.
func compared(r *release.Released, e *result.Estimate) string {
	x := LeadingComparison(r, e.Activity, e.Window)
	if e.Arm != "service" || x == nil || x.Value == nil {
		return ""
	}
	alike := ""
	if x.Method != trend.NameEveryone && !matchedNobody(r, e) {
		alike = ", matched on what was known of them before"
	}
	left := number.Fewer(*PercentOf(x.Value))
	if x.Low != nil {
		left += fmt.Sprintf(" (95%% interval %s)", number.FewerInterval(*PercentOf(x.Low), *PercentOf(x.High)))
	}
	if x.Method == trend.NameThroughout {
		alike += ", all watched throughout"
	}
	if x.Method == trend.NameCensored {
		alike += ", watched until the service came to them too"
	}
	each := ""
	switch {
	case x.ComparisonChange == nil:
	case x.ServiceChange == nil:
		each = fmt.Sprintf(" they had %s themselves, which makes", number.Fewer(*PercentOf(x.ComparisonChange)))
	default:
		each = fmt.Sprintf(" %s against %s of theirs, which makes", number.Fewer(*PercentOf(x.ServiceChange)), number.Fewer(*PercentOf(x.ComparisonChange)))
	}
	many := ""
	if x.ComparisonPeople != nil {
		many = number.Count(*x.ComparisonPeople) + " "
	}
	parts := []string{fmt.Sprintf("Set against %s%s%s:%s %s.", many, Who(r, "comparison", "observed"), alike, each, left)}
	if x.Low != nil && *x.Low <= 1 && *x.High >= 1 {
		text := "That interval includes no difference"
		if r.Study.Grade.Level >= grade.EffectFrom {
			text += ": no effect is shown"
		}
		parts = append(parts, text+".")
	}
	for _, code := range fewDecide {
		if slices.Contains(x.Warnings, code) {
			parts = append(parts, "Few people decide that interval ("+code+").")
			break
		}
	}
	if slices.Contains(x.Warnings, "INCOMPLETE_FOLLOW_UP") {
		parts = append(parts, otherFollowUp(r, e, x))
	}
	if slices.Contains(x.Warnings, "SERVED_WITHIN") {
		parts = append(parts, "Over a tenth of the others had the service themselves before the window ended, which draws this towards no difference (SERVED_WITHIN).")
	}
	if x.EValue != nil && x.EValueLimit != nil && *x.EValueLimit > 1 {
		parts = append(parts, fmt.Sprintf("Something unseen would have to go with both having the service and use, by a ratio of %s each, to explain that away, and of %s to make it nothing within the interval (E-value).", number.Ratio(*x.EValue), number.Ratio(*x.EValueLimit)))
	}
	return strings.Join(parts, " ")
}

// otherFollowUp gives the comparison beside that of the other follow-up.
func otherFollowUp(r *release.Released, e, x *result.Estimate) string {
	other, who := trend.NameThroughout, "those of them who were watched throughout"
	if x.Method == trend.NameThroughout {
		if other, who = trend.NameMatched, "all of them, for the time observed,"; matchedNobody(r, e) {
			other = trend.NameEveryone
		}
	}
	for _, o := range Comparisons(r, e.Activity, e.Window) {
		if o.Method == other && o.Value != nil {
			return fmt.Sprintf("People may have been lost who used more than others, in one group more than in the other: for %s it is %s (INCOMPLETE_FOLLOW_UP).", who, number.Fewer(*PercentOf(o.Value)))
		}
	}
	return "People may have been lost who used more than others, in one group more than in the other (INCOMPLETE_FOLLOW_UP)."
}

// matchedNobody reports whether a study sets both arms against each other as they are.
func matchedNobody(r *release.Released, e *result.Estimate) bool {
	m := MatchingOf(r, e.Activity)
	return m != nil && m.Match == "none"
}

// notCompared says why people of both arms could not be compared; "" where they could, or nobody asked.
func notCompared(r *release.Released, e *result.Estimate) string {
	m := MatchingOf(r, e.Activity)
	switch x := LeadingComparison(r, e.Activity, e.Window); {
	case x != nil || m == nil:
		return ""
	case m.Why != "":
		return fmt.Sprintf("They could not be compared: %s (%s).", m.Why, m.Refused)
	}
	for _, c := range Comparisons(r, e.Activity, e.Window) {
		if c.Method == trend.NameMatched && m.Match != "none" || m.Match == "none" && c.Method == trend.NameEveryone {
			switch {
			case c.Why != "":
				return fmt.Sprintf("They could not be compared: %s (%s).", c.Why, c.Refused)
			case c.Value != nil && c.BesideOnly != "":
				return "They are not compared in the answer, since " + c.BesideOnly + "."
			}
		}
	}
	return "They can't be shown compared: too few people stand behind it."
}

// Against are lines on the comparison with people without the service, of the primary activity and window.
func Against(r *release.Released) []string {
	p := Primary(r)
	if p == nil || p.Arm != "service" {
		return nil
	}
	m := MatchingOf(r, p.Activity)
	if m == nil {
		return nil
	}
	list := []string{Matched(r, m)}
	if s := Balanced(m); s != "" {
		list = append(list, s)
	}
	label := Label(r, p.Activity) + " over " + p.Window
	for _, e := range Comparisons(r, p.Activity, p.Window) {
		if e.Value != nil || e.Refused != "" { // what is hidden says nothing
			list = append(list, label+", "+ComparisonText(e))
		}
	}
	if lead := LeadingComparison(r, p.Activity, p.Window); lead != nil {
		for _, w := range r.Study.Windows {
			for _, e := range Comparisons(r, p.Activity, w.Label) {
				if w.Label != p.Window && e.Method == lead.Method && e.Value != nil {
					list = append(list, Label(r, p.Activity)+" over "+w.Label+", "+ComparisonText(e))
				}
			}
		}
	}
	for _, a := range r.Activities {
		if x := LeadingComparison(r, a.Name, p.Window); x != nil && a.Name != p.Activity {
			list = append(list, fmt.Sprintf("%s over %s, %s", a.Label, p.Window, ComparisonText(*x)))
		}
	}
	return list
}

// comparisonPeople says who comparison people are.
var comparisonPeople = map[string]string{
	"not_connected": "people who were referred and chose otherwise, or were not reached: who they are may go with what came after",
	"waiting":       "people who were waiting: who they are may go with what came after",
	"same_rule":     "people chosen by the same rule where there was no service",
	"cut_off":       "people on the other side of a line",
	"random_order":  "people whose turn came later, by lot",
	"randomised":    "people to whom no service was given, by lot",
}

// Matched says who was matched with whom.
func Matched(r *release.Released, m *result.Matching) string {
	who := comparisonPeople[m.Who]
	text := fmt.Sprintf("Comparison people: %s %s", CountText(m.Pool), who)
	switch {
	case m.Refused != "":
		return text + fmt.Sprintf("; not matched, since %s (%s).", m.Why, m.Refused)
	case m.Match == "none":
		return text + "; nobody is matched."
	}
	if m.Share != nil {
		of := number.Percent(*m.Share) + " or more of the"
		if *m.Share == 100 {
			of = "all"
		}
		text += fmt.Sprintf("; %s %s were matched to %s of them", of, Who(r, "service", "observed"), CountText(m.Used))
	} else {
		text += "; how many were matched is hidden, since with other figures it would tell of a few"
	}
	if m.Replaced {
		text += ", some of whom stand for several"
	}
	return text + "."
}

// Balanced says how alike the matched are, in what they differ most in.
func Balanced(m *result.Matching) string {
	worst, worstBefore, hidden := -1, -1, 0
	for i, b := range m.Balance {
		if b.SMD == nil || b.MatchedSMD == nil && m.Match != "none" {
			hidden += len(b.Hidden)
			continue
		}
		if m.Match != "none" && (worst < 0 || math.Abs(*b.MatchedSMD) > math.Abs(*m.Balance[worst].MatchedSMD)) {
			worst = i
		}
		if worstBefore < 0 || math.Abs(*b.SMD) > math.Abs(*m.Balance[worstBefore].SMD) {
			worstBefore = i
		}
	}
	if worstBefore < 0 || m.Refused != "" {
		return ""
	}
	before := m.Balance[worstBefore]
	text := fmt.Sprintf("How alike they are, in standard deviations: they differ most in %s (%s)", Lower(before.Name), number.Fixed(*before.SMD, 2))
	if m.Match == "none" {
		return text + "."
	}
	after := m.Balance[worst]
	text += fmt.Sprintf(" before matching, after it in %s (%s)", Lower(after.Name), number.Fixed(*after.MatchedSMD, 2))
	if math.Abs(*after.MatchedSMD) <= 0.1 {
		text += "; up to 0.1 is alike"
	}
	if !m.TwoWindows {
		text += ". Use is known in one window before: whether both went the same way before that can't be seen"
	}
	if hidden > 0 {
		text += ". Some traits that few people have are not shown"
	}
	return text + "."
}

// ComparisonText is one comparison as the end of a line.
func ComparisonText(e result.Estimate) string {
	by := words(e.Method)
	switch {
	case e.Refused != "":
		return fmt.Sprintf("%s: refused, since %s.", by, why(&e))
	case e.Value == nil:
		return by + ": " + number.Hidden + "."
	}
	text := by + ": "
	if trend.OfEvents(e.Method) {
		text += number.Fixed(*e.Value, 2)
		if e.Low != nil {
			text += fmt.Sprintf(" (%s)", number.To(number.Fixed(*e.Low, 2), number.Fixed(*e.High, 2)))
		}
	} else {
		text += ratioText(e)
	}
	if e.ComparisonPeople != nil {
		text += fmt.Sprintf("; %s and %s people", CountText(e.People), CountText(e.ComparisonPeople))
	}
	for _, w := range e.Warnings {
		text += ", " + w
	}
	if e.Leads {
		return text + ". This comparison leads."
	}
	return text + "."
}

// effect says of the grade what a comparison may be called.
func effect(r *release.Released) string {
	g := r.Study.Grade
	if g.Level >= grade.EffectFrom {
		return fmt.Sprintf("Evidence grade %d of 5: %s.", g.Level, g.Why)
	}
	return fmt.Sprintf("This is a comparison, not an effect (evidence grade %d of 5: %s).", g.Level, g.Why)
}

// MonthsAround are lines on the months around the index day, of the primary activity.
func MonthsAround(r *release.Released) []string {
	p := Primary(r)
	if p == nil || p.Arm != "service" {
		return nil
	}
	var list []string
	for _, m := range r.Months {
		if m.Activity != p.Activity || len(m.Points) == 0 {
			continue
		}
		label := Label(r, m.Activity)
		against := "its own " + ReferenceMonths(m)
		if m.Arm == "" {
			against += ", over the same of comparison people"
		}
		switch {
		case slices.Contains(m.Hidden, "points"):
			list = append(list, fmt.Sprintf("%s %s by %s can't be shown: too few people stand behind some of them.", label, m.Unit, m.Unit))
			continue
		case m.Refused != "":
			list = append(list, fmt.Sprintf("%s %s by %s against %s: refused, since %s (%s).", label, m.Unit, m.Unit, against, m.Why, m.Refused))
			continue
		}
		below, of := 0, 0
		for _, x := range m.Points {
			if x.Month >= 0 && x.Value != nil {
				of++
				if *x.Value < 1 {
					below++
				}
			}
		}
		text := fmt.Sprintf("%s %s by %s, against %s: %d of %d %ss after are lower", label, m.Unit, m.Unit, against, below, of, m.Unit)
		if m.Arm == "" {
			switch {
			case m.P != nil:
				text += fmt.Sprintf("; that the %ss before differ as much comes by chance with %s (%d degrees of freedom), and %s", m.Unit, pText(*m.P), *m.DF, trend.PowerCaveat)
			default:
				text += fmt.Sprintf("; the %ss before can't be tested", m.Unit)
			}
		}
		list = append(list, text+".")
	}
	return list
}

// ReferenceMonths is the reference months in words: months −12 to −7.
func ReferenceMonths(m result.MonthByMonth) string {
	reference := m.Reference
	if len(reference) == 0 {
		return ""
	}
	first, last := -reference[0], -reference[len(reference)-1]
	if first == last {
		return fmt.Sprintf("%s %s%d", m.Unit, number.Minus, first)
	}
	return fmt.Sprintf("%ss %s%d to %s%d", m.Unit, number.Minus, first, number.Minus, last)
}

// SeriesText are sentences on the interrupted series; none without one.
func SeriesText(r *release.Released) []string {
	i := r.Interrupted
	if i == nil {
		return nil
	}
	label := Lower(Label(r, i.Activity))
	var list []string
	switch {
	case i.Refused != "":
		return []string{fmt.Sprintf("The monthly series of %s (%d months, %d before %s) is refused: %s (%s).", label, i.Months, i.Before, i.Start, i.Why, i.Refused)}
	case i.Observed == nil || i.Expected == nil:
		return []string{fmt.Sprintf("The monthly series of %s can't be shown: its counts are too small.", label)}
	}
	for _, method := range []string{trend.NameControlled, trend.NameSeries} {
		for _, e := range r.Estimates {
			if e.Method != method || e.Value == nil {
				continue
			}
			var text string
			switch {
			case method == trend.NameControlled:
				text = fmt.Sprintf("From %s on, %d months, there were %s %s; as the series was going, and with what happened to the control series at the same time, there would have been", i.Start, i.Months-i.Before, CountText(e.After), label)
			case len(list) > 0:
				text = "As the series was going by itself there would have been"
			default:
				text = fmt.Sprintf("From %s on, %d months, there were %s %s; as the series was going there would have been", i.Start, i.Months-i.Before, CountText(e.After), label)
			}
			text += fmt.Sprintf(" about %s: %s", number.Events(math.Round(*round3(e.Expected))), number.Fewer(*PercentOf(e.Value)))
			if e.Low != nil {
				text += fmt.Sprintf(" (95%% interval %s)", number.FewerInterval(*PercentOf(e.Low), *PercentOf(e.High)))
				if *e.Low <= 1 && *e.High >= 1 {
					text += ", so it may be nothing"
				}
			}
			list = append(list, text+".")
		}
	}
	terms := i.Terms
	which := "The series itself: "
	if i.Controlled {
		terms, which = i.Control, "Beyond the control series: "
	}
	var parts []string
	for _, t := range terms {
		if t.Value == nil || t.Low == nil {
			continue
		}
		name, decimals := map[string]string{"time": "trend before, a month", "level": "level at the start", "slope": "slope after, a month"}[t.Name], 0
		if t.Name != "level" {
			decimals = 1
		}
		signed := func(x float64) string { return number.SignedPercentTo(100*(x-1), decimals) }
		parts = append(parts, fmt.Sprintf("%s %s (%s)", name, signed(*t.Value), number.To(signed(*t.Low), signed(*t.High))))
	}
	if len(parts) > 0 {
		list = append(list, which+strings.Join(parts, "; ")+".")
	} else {
		list = append(list, "What was fitted is hidden: counts of few in a month could be worked out from it.")
	}
	if i.Fewer {
		season := "a season of fewer waves than asked for is fitted"
		if i.Harmonics == 0 {
			season = "no season is fitted, so what comes round every year may be taken for the change"
		}
		list = append(list, fmt.Sprintf("With %d months %s.", i.Months, season))
	}
	for _, e := range r.Estimates {
		if e.Method == trend.NameControlled && e.Refused != "" {
			list = append(list, fmt.Sprintf("Beside the control series: refused, since %s.", why(&e)))
		}
	}
	if slices.Contains(i.Warnings, "AUTOCORRELATION") {
		list = append(list, "What the model leaves over hangs together from month to month, so the intervals may be too narrow (AUTOCORRELATION).")
	}
	if !i.Controlled {
		list = append(list, "One series can't tell the service from anything else that began then; a control series would cure it.")
	}
	return list
}

// SeriesLead is the estimate of the monthly series: beside a control where there is one; nil without.
func SeriesLead(r *release.Released) *result.Estimate {
	for _, method := range []string{trend.NameControlled, trend.NameSeries} {
		for i, e := range r.Estimates {
			if e.Method == method && e.Value != nil {
				return &r.Estimates[i]
			}
		}
	}
	return nil
}

// round3 is a number to three figures.
func round3(x *float64) *float64 {
	if x == nil || *x == 0 {
		return x
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(*x))))
	r := math.Round(*x*scale) / scale
	return &r
}
