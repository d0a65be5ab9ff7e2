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

// Unquotable is a sentence that may not be quoted, with why.
type Unquotable struct{ Text, Why string }

// Quotable is the sentences that may be quoted, each with its people, period and design inside, and those that people are tempted to
// say and may not, with why.
func Quotable(r *release.Released) (may []string, not []Unquotable) {
	q := &quotes{r: r}
	for _, w := range r.Study.Windows {
		for _, c := range Changes(r, w.Label, service) {
			q.change(c, w.Label)
			q.compared(c.Activity, w.Label)
			q.anyway(c.Activity, w.Label)
		}
		q.money(w.Label)
	}
	q.temptations()
	q.series()
	q.reach()
	q.outcomes()
	q.general()
	synthetic := ""
	if s := Synthetic(r); s != "" {
		synthetic = " Synthetic data, of nobody real."
	}
	for i := range q.may {
		q.may[i] += synthetic
	}
	return q.may, q.not
}

type quotes struct {
	r   *release.Released
	may []string
	not []Unquotable
}

func (q *quotes) never(text, why string) {
	if !slices.ContainsFunc(q.not, func(u Unquotable) bool { return u.Text == text }) {
		q.not = append(q.not, Unquotable{text, why})
	}
}

// design is how the evidence was come by, for the end of a sentence.
func (q *quotes) design() string {
	g := q.r.Study.Grade
	return fmt.Sprintf("evidence grade %d of 5 (%s)", g.Level, g.Why)
}

// change is the sentence of one activity in one window.
func (q *quotes) change(c Change, window string) {
	e, label := c.Percent, c.Label()
	verb := "fell"
	if e.Value != nil && *e.Value > 0 {
		verb = "rose"
	}
	switch {
	case e.Value == nil && e.Refused != "":
		q.never(fmt.Sprintf("%s fell over %s.", label, window), "The change is not estimable: "+why(e)+".")
	case e.People == nil || e.After == nil || e.Expected == nil || e.Value == nil:
		q.never(fmt.Sprintf("%s fell over %s.", label, window), "The figures are hidden, since too few people stand behind them.")
	default:
		text := fmt.Sprintf("In the %s after the index day %s %s had %s %s; at their own earlier rate they would have had %s", window, number.Count(*e.People), Who(q.r, e.Arm, e.FollowUp), number.Count(*e.After), Lower(label), number.Events(*e.Expected))
		bare := fmt.Sprintf("%s %s by %s.", label, verb, number.Percent(max(*e.Value, -*e.Value)))
		if math.Round(*e.Value) == 0 {
			bare = label + " did not change."
		}
		switch {
		case e.Low == nil || e.High == nil:
			text += ": " + number.Fewer(*e.Value) + ", without an interval"
			q.never(bare, "It has no interval, and says neither of whom nor over which time nor how it is known.")
		case *e.Low <= 0 && *e.High >= 0:
			text += fmt.Sprintf(": the interval of the change runs from %s, so it includes no change", number.FewerInterval(*e.Low, *e.High))
			q.never(bare, fmt.Sprintf("Over %s the interval runs from %s: it includes no change.", window, number.FewerInterval(*e.Low, *e.High)))
		default:
			text += fmt.Sprintf(": %s (95%% interval %s)", number.Fewer(*e.Value), number.FewerInterval(*e.Low, *e.High))
			q.never(bare, "It says neither of whom nor over which time nor how sure that is, and reads as if the service had done it.")
		}
		text += ". This is before and after the same people, who are compared with nobody here: a change, not an effect."
		for _, code := range fewDecide {
			if slices.Contains(e.Warnings, code) {
				text += " Few people decide this figure (" + code + ")."
				break
			}
		}
		if slices.Contains(e.Warnings, "INCOMPLETE_FOLLOW_UP") {
			text += " Follow-up is incomplete."
		}
		q.may = append(q.may, text)
	}
}

// compared is the sentence of the comparison that leads.
func (q *quotes) compared(a result.Activity, window string) {
	x := LeadingComparison(q.r, a.Name, window)
	if x == nil || x.Value == nil || x.People == nil || x.ComparisonPeople == nil {
		return
	}
	alike := ""
	if m := MatchingOf(q.r, a.Name); m != nil && m.Match != "none" && x.Method != trend.NameEveryone {
		alike = ", matched on what was known of them before"
	}
	if x.Method == trend.NameThroughout {
		alike += ", all watched throughout"
	}
	beside := fmt.Sprintf("Over %s, %s of %s %s, set against the change of %s %s%s: ", window, Lower(a.Label), number.Count(*x.People), Who(q.r, service, "observed"), number.Count(*x.ComparisonPeople), Who(q.r, "comparison", "observed"), alike)
	percent := number.Fewer(*PercentOf(x.Value))
	interval := ", without an interval that can be shown"
	none := false
	if x.Low != nil && x.High != nil {
		none = *x.Low <= 1 && *x.High >= 1
		interval = fmt.Sprintf(" (95%% interval %s)", number.FewerInterval(*PercentOf(x.Low), *PercentOf(x.High)))
	}
	text := beside + percent + interval
	if none {
		text += ", which includes no difference"
	}
	if x.After != nil && x.Expected != nil {
		text += fmt.Sprintf("; %s came, and about %s would have come, had theirs gone as the others' did", number.Count(*x.After), number.Events(math.Round(*x.Expected)))
	}
	q.may = append(q.may, text+". "+number.Sentence(q.design())+".")
	if none {
		q.never(fmt.Sprintf("%s: people of the service did better than others.", a.Label), fmt.Sprintf("Against comparison people over %s the interval runs from %s: it includes no difference.", window, number.FewerInterval(*PercentOf(x.Low), *PercentOf(x.High))))
	}
}

// anyway is the sentence of what would have come anyway, where a method leads.
func (q *quotes) anyway(a result.Activity, window string) {
	e := Percent(q.r, a.Name, window, service, q.r.FollowUp(a.Name))
	if e == nil || e.Value == nil || e.People == nil || LeadingExpectation(q.r, a.Name, window) == nil {
		return
	}
	q.may = append(q.may, fmt.Sprintf("%s of %s %s over %s: %s Before and after the same people, with what would have come anyway taken off, %s.", a.Label, number.Count(*e.People), Who(q.r, service, e.FollowUp), window, cameAnyway(q.r, e), q.design()))
}

// money is the sentences of the difference at list price, against each expectation.
func (q *quotes) money(window string) {
	r := q.r
	if Total(r, window, service) == nil {
		return
	}
	list := Accounts(r, window)
	if len(list) == 0 {
		q.never(fmt.Sprintf("The difference over %s is worth so much.", window), "A part of it is hidden, or nothing leads.")
	}
	for _, a := range list {
		q.priced(a)
		worth := Amount(a, Position(a, ListPrice).Difference)
		switch {
		case MayBeNothing(r, a):
			q.never(fmt.Sprintf("Against %s the difference over %s is %s.", From(a.Basis), window, worth), "Its interval includes nothing.")
		case Position(a, ListPrice).Difference > 0:
			q.never(fmt.Sprintf("The service saved %s.", worth), "It is a difference at list price, of which it is not known how much is due to the service, and no budget falls by that amount.")
		}
	}
}

// temptations are what people make of money and of time whatever the figures are.
func (q *quotes) temptations() {
	r := q.r
	if r.Bill == nil {
		return
	}
	q.never("The service saved money.", "What is told is a difference at list price: it is not cash, and no budget falls by it.")
	a := Account(r, Main(r).Label)
	if a == nil || Position(a, Cashable) == nil {
		q.never("The money can be spent on something else.", "No cashable share is stated, or shown.")
	}
	if a == nil || a.Cost == nil {
		q.never("The service pays for itself.", "What it cost isn't stated, or can't be set against the difference.")
	} else if a.Benefit == nil {
		q.never("Every pound spent gave more than a pound back.", fmt.Sprintf("A return is told from evidence grade %d, against comparison people, of a difference that is not nothing; this is %s.", grade.EffectFrom, q.design()))
	}
	if len(r.Study.Windows) > 1 {
		q.never("The differences over "+windowNames(r)+" together come to their sum.", "The shorter window lies inside the longer: the same events would be counted twice.")
	}
	if len(r.Study.Windows) > 0 {
		q.never("Over five years this comes to five times as much.", fmt.Sprintf("Nobody was watched for longer than %s, and whether a change lasts is not known beyond that.", Longest(r).Label))
	}
}

// priced is the sentence of one account: the difference at list price, and what share of it would cover the cost.
func (q *quotes) priced(a *result.Account) {
	r := q.r
	design := "This is before and after the same people, who are compared with nobody here: a change, not an effect."
	switch a.Basis {
	case CameAnyway:
		design = "This is before and after the same people, with what would have come anyway taken off: " + q.design() + "."
	case Comparison:
		design = "This is against comparison people: " + q.design() + "."
	}
	t := TotalFrom(r, a.Window, a.Basis)
	if a.People == nil || t == nil {
		return
	}
	about := fmt.Sprintf("The difference over %s of %s people, against %s", a.Window, number.Count(*a.People), From(a.Basis))
	if MayBeNothing(r, a) {
		q.may = append(q.may, fmt.Sprintf("%s, lies between %s and %s at %s list prices (95%% interval): it may be nothing. %s", about, number.WholePounds(*t.GrossLow), number.WholePounds(*t.GrossHigh), r.Bill.PriceYear, design))
		return
	}
	difference, interval := Position(a, ListPrice).Difference, ", without an interval"
	if t.GrossLow != nil {
		interval = " (95% interval " + number.To(number.WholePounds(*t.GrossLow), number.WholePounds(*t.GrossHigh)) + ")"
	}
	what := "what the priced events that did not come would have cost"
	if difference < 0 {
		what = "what the events that came beyond those expected cost"
	}
	q.may = append(q.may, fmt.Sprintf("%s, is %s at %s list prices%s: %s. It is not cash, and no budget falls by it. %s", about, Amount(a, difference), r.Bill.PriceYear, interval, what, design))
	if a.Cost != nil {
		q.may = append(q.may, fmt.Sprintf("Set against the %s that the service cost for %s people, all of it against %s, and against %s: %s. %s", number.Pounds(*a.Cost), number.Count(*a.People), a.Window, From(a.Basis), breakEvenAtList(a), design))
	}
}

func windowNames(r *release.Released) string {
	var list []string
	for _, w := range r.Study.Windows {
		list = append(list, w.Label)
	}
	return strings.Join(list, " and ")
}

// series is the sentence of a monthly series.
func (q *quotes) series() {
	if e := SeriesLead(q.r); e != nil && e.Value != nil {
		q.may = append(q.may, strings.Join(SeriesText(q.r), " ")+" "+number.Sentence(q.design())+".")
	}
}

// reach is how many people came, a count of a time.
func (q *quotes) reach() {
	p := q.r.Profile
	if p == nil {
		return
	}
	if text := stagesText(p.Stages); text != "" {
		when := ""
		if n := len(p.Referrals); n > 0 {
			when = fmt.Sprintf("From %s to %s: ", p.Referrals[0].Month, p.Referrals[n-1].Month)
		}
		q.may = append(q.may, when+text+" A count of people who came, which compares nothing.")
	}
}

// outcomes are what people said of themselves.
func (q *quotes) outcomes() {
	r := q.r
	for _, o := range r.Outcomes {
		text := ""
		if len(o.States) > 0 {
			text = statesShort(o)
		} else if len(o.Scores) > 0 {
			text = strings.Join(scoreText(o.Scores[0]), " ")
		}
		if text != "" && !strings.Contains(text, number.Hidden) {
			q.may = append(q.may, strings.TrimSuffix(text, ".")+". People asked twice, at first and at review, and compared with nobody: a change, not an effect.")
		}
		if len(o.States) > 0 {
			q.never(fmt.Sprintf("%s: the service got people out of the worst state.", o.Label), "The same people were asked twice and compared with nobody, and those who were not asked again may have fared otherwise.")
		}
	}
	for _, s := range r.Surveys {
		if text := surveyShort(s); text != "" {
			if !strings.Contains(text, number.Hidden) {
				q.may = append(q.may, strings.TrimSuffix(text, ".")+". Asked once; of those who answered.")
			}
			q.never(fmt.Sprintf("%s: all of them say so.", s.Title), "Only those who answered say anything: "+cameBack(s)+".")
		}
	}
	if len(r.CaseStudies)+len(r.Quotes) > 0 {
		q.never("What one person tells is how it goes for people of the service.", "A single case was chosen, and says nothing about the others.")
	}
	if r.Profile != nil && len(r.Profile.Funnels) > 0 {
		q.never("The best surgery is …", "Practices differ by chance and by whom they refer: what is shown is whether more lie far out than chance gives, and no ranking.")
	}
	for _, d := range r.Subgroups {
		if d.Refused == "" {
			q.never("It works better for some people than for others.", "Subgroups are told of with a test of their difference, and many were looked at: one that stands out may do so by chance.")
		}
	}
}

// general is what this design lets nobody say.
func (q *quotes) general() {
	g, p := q.r.Study.Grade, Primary(q.r)
	what := "use"
	if p != nil {
		what = Lower(Label(q.r, p.Activity))
	}
	says := "The service reduced " + what + "."
	var x *result.Estimate
	if p != nil {
		if x = LeadingComparison(q.r, p.Activity, p.Window); x == nil {
			x = LeadingExpectation(q.r, p.Activity, p.Window)
		}
	}
	switch {
	case q.r.Alone():
		q.never("The service reduced the use of hospitals.", "Nobody's use of services was counted.")
	case g.Level < grade.EffectFrom:
		q.never(says, fmt.Sprintf("That takes a design that can tell what would have come without it, from grade %d; this is %s.", grade.EffectFrom, q.design()))
	case x != nil && x.Low != nil && x.High != nil && *x.High >= 1:
		q.never(says, fmt.Sprintf("The interval runs from %s: no fall is shown.", number.FewerInterval(*PercentOf(x.Low), *PercentOf(x.High))))
	}
}
