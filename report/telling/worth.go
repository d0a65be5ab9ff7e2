package telling

import (
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/grade"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// Main is the window of the study's primary estimate; the longest where it has none.
func Main(r *release.Released) result.Window {
	for _, w := range r.Study.Windows {
		if e := Primary(r); e != nil && e.Window == w.Label {
			return w
		}
	}
	return Longest(r)
}

// Worth says what the difference of a window is against the service's cost, what of it is payable and cashable, and what it is beside
// pounds: a sentence each. Nothing is said of a return below evidence grade 3, and of no share of a difference that may be nothing.
func Worth(r *release.Released, window string) []string {
	a := Account(r, window)
	if a == nil {
		return unled(r, window)
	}
	var list []string
	for _, s := range []string{payable(r, a), corrected(r, a)} {
		if s != "" {
			list = append(list, s)
		}
	}
	list = append(list, covers(r, a)...)
	if s := capacity(r, a); s != "" {
		list = append(list, s)
	}
	return append(list, unpriced(r, a)...)
}

// unled says of a window in which no account leads that none does, from evidence grade 3: there the raw difference does not take the
// place of that against comparison people.
func unled(r *release.Released, window string) []string {
	if r.Bill == nil || r.Study.Grade.Level < grade.EffectFrom || !slices.ContainsFunc(r.Bill.Lines, func(l result.Line) bool { return l.Window == window && l.Basis == Comparison }) {
		return nil
	}
	text := "Against comparison people there is no total that may be told: a part of it is hidden, or an activity has none"
	if c := r.Bill.Cost; c != nil {
		text += fmt.Sprintf("; so nothing is set against what the service cost (%s over its %s people served)", number.Pounds(c.Sum), number.Count(c.Served))
	}
	return []string{text + "."}
}

// Which names the difference of an account where there are several: the raw one, or that against comparison people.
func Which(r *release.Released, a *result.Account) string {
	if a.Basis == Comparison {
		return "difference against comparison people"
	}
	for _, l := range r.Bill.Lines {
		if l.Window == a.Window && l.Arm == service && l.Basis != OwnRate {
			return "raw difference"
		}
	}
	return "difference"
}

// Amount prints an amount of an account: to the penny, or in whole pounds where it rests on a ratio in whole percents.
func Amount(a *result.Account, pence int64) string {
	if a.Basis == OwnRate {
		return number.Pounds(pence)
	}
	return number.WholePounds(pence)
}

// MayBeNothing reports whether the interval of an account's difference holds nothing.
func MayBeNothing(r *release.Released, a *result.Account) bool {
	t := TotalFrom(r, a.Window, a.Basis)
	return t != nil && release.MayBeNothing(t.GrossLow, t.GrossHigh)
}

// payable says what of the difference would move between budgets, and what somebody could spend less.
func payable(r *release.Released, a *result.Account) string {
	list := Position(a, ListPrice)
	if list == nil {
		return ""
	}
	if MayBeNothing(r, a) {
		return "The " + Which(r, a) + " may be nothing, and so may what of it is payable under the contracts or cashable."
	}
	of := func(measure string) string {
		if p := Position(a, measure); p != nil {
			return Amount(a, p.Difference)
		}
		return "not stated"
	}
	text := fmt.Sprintf("The %s: %s at list price; payable under the contracts: %s; cashable, that is what somebody can spend less: %s", Which(r, a), Amount(a, list.Difference), of(Payable), of(Cashable))
	if Position(a, Payable) == nil || Position(a, Cashable) == nil {
		text += "; a share that nobody stated is not taken as 100%"
	}
	return text + "."
}

// corrected says what the study's own corrections leave, and discounting.
func corrected(r *release.Released, a *result.Account) string {
	list := Position(a, ListPrice)
	j := r.Bill.Adjust
	if list == nil || list.Credited == list.Difference || MayBeNothing(r, a) {
		return ""
	}
	var parts []string
	for _, s := range []struct {
		name string
		of   result.Share
		told bool
	}{{"attribution", j.Attribution, true}, {"deadweight", j.Deadweight, a.Basis == OwnRate}, {"optimism", j.Optimism, true}} {
		if s.of.Reason != "" && s.told {
			parts = append(parts, fmt.Sprintf("%s %s (%s)", s.name, number.Plain(100*s.of.Value)+"%", s.of.Reason))
		}
	}
	discounted := fmt.Sprintf("discounted beyond the first year at %s%%", number.Plain(100*j.Rate))
	switch {
	case len(parts) == 0:
		return fmt.Sprintf("%s, %s of it is credited.", number.Sentence(discounted), Amount(a, list.Credited))
	case len(a.Years) > 1:
		parts = append(parts, discounted)
	}
	return fmt.Sprintf("With the study's own corrections (%s) %s of it is credited.", strings.Join(parts, "; "), Amount(a, list.Credited))
}

// covers says what share of the difference must be due to the service for it to cover its cost, and what is left net of it; of each
// expectation.
func covers(r *release.Released, a *result.Account) []string {
	if a.Cost == nil || a.People == nil || r.Bill.Cost == nil {
		return nil
	}
	c := r.Bill.Cost
	text := fmt.Sprintf("The service cost %s for these %s people (%s over its %s people served)", number.Pounds(*a.Cost), number.Count(*a.People), number.Pounds(c.Sum), number.Count(c.Served))
	if *a.Raised != *a.Cost {
		text += fmt.Sprintf(", %s with the study's own correction for optimism (%s%% on cost)", number.Pounds(*a.Raised), number.Plain(100*r.Bill.Adjust.OptimismOnCost))
	}
	if *a.People > c.Served {
		text += "; fewer people were served in those periods than are analysed, so it is scaled up"
	}
	sentences := []string{text + "."}
	for _, basis := range []string{a.Basis, OwnRate, CameAnyway, Comparison} {
		for i := range r.Bill.Accounts {
			o := &r.Bill.Accounts[i]
			if o.Window == a.Window && o.Basis == basis && len(o.Positions) > 0 && (basis == a.Basis) == (o.Leads) {
				if s := SetAgainst(r, o); !slices.Contains(sentences, s) {
					sentences = append(sentences, s)
				}
			}
		}
	}
	if a.Benefit != nil {
		text := fmt.Sprintf("Set against comparison people, the credited difference at list price is %s for each pound spent", number.PoundsOf(*a.Benefit))
		if a.Covers != nil {
			text += "; the chance that it covers its cost is " + chance(*a.Covers)
		}
		sentences = append(sentences, text+". No budget falls by the list price.")
	}
	if slices.Contains(r.Bill.Warnings, "NO_OPTIMISM_BIAS") {
		sentences = append(sentences, "No correction for optimism was given, so none is made (NO_OPTIMISM_BIAS).")
	}
	return sentences
}

// SetAgainst sets one account's difference against the service's cost.
func SetAgainst(r *release.Released, a *result.Account) string {
	if MayBeNothing(r, a) {
		return "Against " + From(a.Basis) + " the difference may be nothing: what share of it would cover the cost can't be told."
	}
	list := Position(a, ListPrice)
	net := func(measure string) string { return netText(a, Position(a, measure)) }
	of := "were all of it due to the service"
	if list.Credited != list.Difference || *a.Raised != *a.Cost {
		of = "after the study's own corrections (" + short(r, a) + ")"
	}
	return fmt.Sprintf("Against %s: %s. Net of the cost, %s: %s at list price; payable: %s; cashable: %s.", From(a.Basis), BreakEven(a), of, net(ListPrice), net(Payable), net(Cashable))
}

// netText is what is left of one measure of an account.
func netText(a *result.Account, p *result.Position) string {
	switch {
	case p == nil || p.Net == nil:
		return "not stated"
	case near(a, p, *p.Net):
		return "nearer to nothing than figures are rounded"
	}
	return Amount(a, *p.Net)
}

// PositionText is one measure of an account for a table: the difference, what of it is credited, what is left net of the cost, and what
// share of it must be due to the service to cover the cost.
func PositionText(a *result.Account, measure string) []string {
	p, name := Position(a, measure), map[string]string{ListPrice: "At list price", Payable: "Payable under the contracts", Cashable: "Cashable"}[measure]
	if p == nil {
		return []string{name, "not stated", "not stated", "not stated", "not stated"}
	}
	share := "no cost stated"
	if a.Cost != nil {
		share = breakEvenShare(a, p)
	}
	return []string{name, Amount(a, p.Difference), Amount(a, p.Credited), netText(a, p), share}
}

// noShare is a measure of which not even all would cover the cost.
const noShare = "no share would do"

// breakEvenShare is the share of a measure that must be due to the service to cover the cost.
func breakEvenShare(a *result.Account, p *result.Position) string {
	switch {
	case p == nil:
		return "not stated"
	case near(a, p, p.Difference-*a.Cost):
		return "nearer to it than figures are rounded, so it can't be told"
	case p.BreakEven == nil || *p.BreakEven > 1:
		return noShare
	}
	return "at least " + number.AtLeast(100**p.BreakEven)
}

// short lists the corrections of an account without their reasons.
func short(r *release.Released, a *result.Account) string {
	j := r.Bill.Adjust
	var parts []string
	add := func(name string, value float64, told bool) {
		if told {
			parts = append(parts, name+" "+number.Plain(100*value)+"%")
		}
	}
	list := Position(a, ListPrice)
	fell := list.Difference > 0
	add("attribution", j.Attribution.Value, fell && j.Attribution.Value != 1)
	add("deadweight", j.Deadweight.Value, fell && j.Deadweight.Value != 0 && a.Basis == OwnRate)
	add("optimism", j.Optimism.Value, fell && j.Optimism.Value != 0)
	add("optimism on cost", j.OptimismOnCost, j.OptimismOnCost != 0)
	add("discounting", j.Rate, len(a.Years) > 1)
	if !fell {
		parts = append(parts, "none of which makes a rise smaller")
	}
	return strings.Join(parts, ", ")
}

// near reports whether an amount of an account is less than the rounding of its difference, in one measure.
func near(a *result.Account, p *result.Position, amount int64) bool {
	by := float64(a.RoundedBy)
	if list := Position(a, ListPrice); list != nil && list.Difference != 0 {
		by *= float64(p.Difference) / float64(list.Difference)
	}
	return by != 0 && max(amount, -amount) <= int64(max(by, -by))
}

// BreakEven is the share of the difference, of what is payable and of what is cashable that must be due to the service.
func BreakEven(a *result.Account) string {
	share := func(measure string) string { return breakEvenShare(a, Position(a, measure)) }
	if p := Position(a, ListPrice); p != nil && p.Difference <= 0 {
		return breakEvenAtList(a)
	}
	return fmt.Sprintf("%s (payable: %s; cashable: %s)", breakEvenAtList(a), share(Payable), share(Cashable))
}

// breakEvenAtList is the share of the difference at list price that must be due to the service to cover its cost, in words.
func breakEvenAtList(a *result.Account) string {
	p := Position(a, ListPrice)
	if p != nil && p.Difference <= 0 {
		return "use rose, so there is nothing to cover the cost with"
	}
	list := breakEvenShare(a, p)
	switch {
	case strings.HasPrefix(list, "nearer"):
		return "whether the difference at list price covers its cost can't be told, since the two are nearer than figures are rounded to protect people"
	case list == noShare:
		return "the difference at list price does not cover its cost, even if all of it is due to the service"
	}
	before := ""
	if p.Credited != p.Difference || *a.Raised != *a.Cost {
		before = ", before the study's own corrections"
	}
	return fmt.Sprintf("to cover its cost %s of this difference must be due to the service%s", list, before)
}

// capacity says what the averted events are beside pounds.
func capacity(r *release.Released, a *result.Account) string {
	if MayBeNothing(r, a) {
		return ""
	}
	from := ""
	if a.Basis == Comparison {
		from = " against comparison people"
	}
	var fewer, more []string
	for _, u := range a.Uses {
		v, unit := u.PerDay, " a day"
		switch {
		case u.Beds != nil:
			v, unit = *u.Beds, " of a bed"
		case u.HoursAWeek != nil:
			v, unit = *u.HoursAWeek, " GP hours a week"
		}
		amount := number.Fixed(max(v, -v), 1)
		if amount == "0.0" {
			amount = "under 0.1"
		}
		part := Lower(Label(r, u.Activity)) + ": " + amount + unit
		if v >= 0 {
			fewer = append(fewer, part)
		} else {
			more = append(more, part)
		}
	}
	text := ""
	if len(fewer) > 0 {
		text = "Fewer" + from + ", as capacity: " + strings.Join(fewer, "; ") + ". Cash needs a step of that size to be closed."
	}
	if len(more) > 0 {
		text = strings.TrimSpace(text + " More" + from + ": " + strings.Join(more, "; ") + ".")
	}
	return text
}

// unpriced says of activities without a price at which one the service would break even.
func unpriced(r *release.Released, a *result.Account) []string {
	var list []string
	for _, u := range a.Uses {
		if u.BreaksEven == nil {
			continue
		}
		text := fmt.Sprintf("%s have no price; averted tariff ask says where to look one up", Label(r, u.Activity))
		if *u.BreaksEven > 0 && !MayBeNothing(r, a) {
			text += fmt.Sprintf(". The service would break even at %s each, were all of the difference due to it", number.Pounds(*u.BreaksEven))
		}
		list = append(list, text+".")
	}
	return list
}

// Cases are the costs that single cases are said to have avoided, a sentence each.
func Cases(r *release.Released) []string {
	if r.Bill == nil {
		return nil
	}
	var list []string
	for _, c := range r.Bill.Cases {
		text := fmt.Sprintf("%s: %s per %s × %s × a chance of %s%% = %s", c.What, number.Pounds(c.UnitCost), c.Unit, number.Plain(c.Units), number.Plain(100*c.Probability), number.Pounds(c.Expected))
		if c.BorneBy != "" {
			text += ", borne by " + c.BorneBy
		}
		list = append(list, text+" ("+c.Evidence+").")
	}
	return list
}

// covered is the sentences of the answer on the service's cost, against each expectation: "" where the cost isn't stated.
func covered(r *release.Released, window string) string {
	a := Account(r, window)
	if a == nil || a.Cost == nil {
		return ""
	}
	list, t := Position(a, ListPrice), TotalFrom(r, window, a.Basis)
	if list == nil || t == nil {
		return ""
	}
	text := fmt.Sprintf("Over all priced activities the %s is %s at list price and the service cost %s: %s.", Which(r, a), Amount(a, list.Difference), number.Pounds(*a.Cost), BreakEven(a))
	if MayBeNothing(r, a) {
		text = fmt.Sprintf("Over all priced activities the %s lies between %s and %s at list price (95%% interval), so it may be nothing; the service cost %s.", Which(r, a), number.WholePounds(*t.GrossLow), number.WholePounds(*t.GrossHigh), number.Pounds(*a.Cost))
	}
	for _, o := range Accounts(r, window) {
		switch {
		case o == a || o.Basis == OwnRate:
		case MayBeNothing(r, o):
			text += " Against " + From(o.Basis) + " the difference may be nothing."
		default:
			text += " Against " + From(o.Basis) + ": " + breakEvenAtList(o) + "."
		}
	}
	return text
}

// Step is one step of the waterfall: an activity's amount, a total, or what is taken from it.
type Step struct {
	Label    string
	Activity string // "" for what is of all
	Step     string // of what is of all
	Pence    int64
	Total    bool
}

// What a step is that is of all activities.
const (
	StepTotal       = "total"
	StepNotCredited = "not credited"
	StepCost        = "cost"
	StepNet         = "net"
)

// Waterfall is the steps from each priced activity's difference to what is left net of the service's cost, in the leading account of
// a window; nil where a part is hidden.
func Waterfall(r *release.Released, window string) []Step {
	a := Account(r, window)
	if a == nil {
		return nil
	}
	p := Position(a, ListPrice)
	if p == nil {
		return nil
	}
	var steps []Step
	for _, l := range r.Bill.Lines {
		if l.Window == window && l.Arm == service && l.Basis == a.Basis && l.Gross != nil {
			steps = append(steps, Step{Label: Label(r, l.Activity), Activity: l.Activity, Pence: *l.Gross})
		}
	}
	steps = append(steps, Step{Label: "Difference at list price", Step: StepTotal, Pence: p.Difference, Total: true})
	if p.Credited != p.Difference {
		steps = append(steps, Step{Label: "Not credited to it", Step: StepNotCredited, Pence: p.Credited - p.Difference})
	}
	if a.Cost != nil {
		label := "Cost of the service"
		if *a.Raised != *a.Cost {
			label += ", raised for optimism"
		}
		steps = append(steps, Step{Label: label, Step: StepCost, Pence: -*a.Raised}, Step{Label: "Net of its cost", Step: StepNet, Pence: *p.Net, Total: true})
	}
	return steps
}
