package telling

import (
	"fmt"
	"slices"
	"strings"

	"averted/costing"
	"averted/evaluate/grade"
	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
)

// What a difference is from.
const (
	OwnRate    = string(costing.OwnRate)
	CameAnyway = string(costing.CameAnyway)
	Comparison = string(costing.Comparison)
)

// The measures of a difference.
const (
	ListPrice = string(costing.ListPrice)
	Payable   = string(costing.Payable)
	Cashable  = string(costing.Cashable)
)

// The units of an input.
const (
	InPounds  = costing.Pounds
	InShares  = costing.Share
	InNumbers = costing.Number
)

// From says in words what a difference is from.
func From(basis string) string {
	switch basis {
	case CameAnyway:
		return "what would have come anyway (regression to the mean allowed for)"
	case Comparison:
		return "the change of comparison people"
	}
	return "their own earlier rate (raw)"
}

// Total is the bill's total of a window and arm, against people's own earlier rate; nil if there is none.
func Total(r *release.Released, window, arm string) *result.Total {
	if r.Bill == nil {
		return nil
	}
	for i, t := range r.Bill.Totals {
		if t.Window == window && t.Arm == arm && t.Basis == OwnRate {
			return &r.Bill.Totals[i]
		}
	}
	return nil
}

// TotalFrom is the total of the service's people in a window against an expectation; nil if there is none.
func TotalFrom(r *release.Released, window, basis string) *result.Total {
	if r.Bill == nil {
		return nil
	}
	for i, t := range r.Bill.Totals {
		if t.Window == window && t.Arm == service && t.Basis == basis {
			return &r.Bill.Totals[i]
		}
	}
	return nil
}

const service = "service"

// Account is the account of a window that leads; nil without a bill, or where a part of it is hidden.
func Account(r *release.Released, window string) *result.Account {
	if r.Bill == nil {
		return nil
	}
	for i, a := range r.Bill.Accounts {
		if a.Window == window && a.Leads && len(a.Hidden) == 0 || a.Window == window && a.Leads && len(a.Uses) > 0 {
			return &r.Bill.Accounts[i]
		}
	}
	return nil
}

// Position is one measure of an account; nil where it isn't stated.
func Position(a *result.Account, measure string) *result.Position {
	for i, p := range a.Positions {
		if p.Measure == measure {
			return &a.Positions[i]
		}
	}
	return nil
}

// worth is the money of the primary activity.
func worth(r *release.Released, e *result.Estimate) string {
	for _, c := range Changes(r, e.Window, e.Arm) {
		if c.Activity.Name != e.Activity || c.Line == nil {
			continue
		}
		switch l := c.Line; {
		case !l.Priced():
			return "No price was given for " + Lower(c.Label()) + "."
		case l.Gross == nil:
			return ""
		case l.GrossLow == nil:
			return fmt.Sprintf("At list prices the difference is %s, without an interval; no budget falls by that amount.", number.Pounds(*l.Gross))
		case *l.GrossLow <= 0 && *l.GrossHigh >= 0:
			return fmt.Sprintf("At list prices the difference lies between %s and %s: it may be nothing.", number.WholePounds(*l.GrossLow), number.WholePounds(*l.GrossHigh))
		default:
			raw := ""
			if LeadingComparison(r, e.Activity, e.Window) != nil || LeadingExpectation(r, e.Activity, e.Window) != nil {
				raw = "raw "
			}
			return fmt.Sprintf("At list prices the %sdifference is %s; no budget falls by that amount.", raw, number.Pounds(*l.Gross))
		}
	}
	return ""
}

// Money is the sentence of the bill's total in a window for an arm; "" without one.
func Money(r *release.Released, window, arm string) string {
	t := Total(r, window, arm)
	if t == nil {
		return ""
	}
	if t.Gross == nil {
		return "The difference at list price over all activities can't be shown: too few people stand behind a part of it."
	}
	unpriced := ""
	for _, c := range Changes(r, window, arm) {
		if c.Activity.Price == nil {
			unpriced += ", " + Lower(c.Label())
		}
	}
	if unpriced != "" {
		unpriced = "; no price given for " + unpriced[2:]
	}
	if t.GrossLow == nil {
		return fmt.Sprintf("Difference at list price over %s, all priced activities: %s, without an interval, in %s prices%s.", window, number.Pounds(*t.Gross), r.Bill.PriceYear, unpriced)
	}
	interval := number.To(number.WholePounds(*t.GrossLow), number.WholePounds(*t.GrossHigh))
	if *t.GrossLow <= 0 && *t.GrossHigh >= 0 {
		return fmt.Sprintf("Difference at list price over %s, all priced activities: between %s (95%% interval), so it may be nothing%s.", window, strings.Replace(interval, " to ", " and ", 1), unpriced)
	}
	return fmt.Sprintf("Difference at list price over %s, all priced activities: %s (95%% interval %s), in %s prices%s.", window, number.Pounds(*t.Gross), interval, r.Bill.PriceYear, unpriced)
}

// PoundsText is money for a table: hidden, or without a price.
func PoundsText(l *result.Line) string {
	switch {
	case l == nil || !l.Priced():
		return "no price given"
	case l.Gross == nil:
		return number.Hidden
	}
	return number.Pounds(*l.Gross)
}

// Variants are the same events in pounds against each expectation, of the service's people in a window, a sentence each; none where
// there is one expectation alone.
func Variants(r *release.Released, window string) []string {
	if r.Bill == nil {
		return nil
	}
	var list []string
	several := false
	for _, basis := range []string{OwnRate, CameAnyway, Comparison} {
		t := TotalFrom(r, window, basis)
		several = several || basis != OwnRate && t != nil
		switch {
		case t == nil:
		case len(t.Missing) > 0:
			var missing []string
			for _, name := range t.Missing {
				missing = append(missing, Lower(Label(r, name)))
			}
			list = append(list, fmt.Sprintf("Against %s: %s. There is no total, since nothing of it is known for %s.", From(basis), linesFrom(r, window, basis), strings.Join(missing, ", ")))
		case t.Gross == nil:
			list = append(list, fmt.Sprintf("Against %s: hidden, since too few people stand behind a part of it.", From(basis)))
		default:
			people := ""
			if n := peopleFrom(r, window, basis); n != "" && basis != OwnRate {
				people = ", of " + n + " people"
			}
			list = append(list, fmt.Sprintf("Against %s: %s%s.", From(basis), amountOf(t), people))
		}
	}
	if !several {
		return nil
	}
	return list
}

// amountOf is a total with its interval; where that includes nothing it is the interval alone.
func amountOf(t *result.Total) string {
	if t.GrossLow != nil && *t.GrossLow <= 0 && *t.GrossHigh >= 0 {
		return fmt.Sprintf("between %s and %s (95%% interval), so it may be nothing", number.WholePounds(*t.GrossLow), number.WholePounds(*t.GrossHigh))
	}
	if t.Basis != OwnRate { // of a ratio in whole percents
		return number.WholePounds(*t.Gross) + limits(t.GrossLow, t.GrossHigh)
	}
	return number.Pounds(*t.Gross) + limits(t.GrossLow, t.GrossHigh)
}

func limits(low, high *int64) string {
	if low == nil {
		return ", without an interval"
	}
	return " (95% interval " + number.To(number.WholePounds(*low), number.WholePounds(*high)) + ")"
}

// linesFrom is the priced lines of an expectation in words.
func linesFrom(r *release.Released, window, basis string) string {
	var parts []string
	for _, l := range r.Bill.Lines {
		if l.Window == window && l.Arm == service && l.Basis == basis && l.Priced() {
			parts = append(parts, Lower(Label(r, l.Activity))+" "+PoundsText(&l)+limits(l.GrossLow, l.GrossHigh))
		}
	}
	if len(parts) == 0 {
		return "no priced activity"
	}
	return strings.Join(parts, ", ")
}

func peopleFrom(r *release.Released, window, basis string) string {
	for _, l := range r.Bill.Lines {
		if l.Window == window && l.Arm == service && l.Basis == basis && l.People != nil {
			return number.Count(*l.People)
		}
	}
	return ""
}

// Worth says what the difference of a window is against the service's cost, what of it is payable and cashable, and what it is beside
// pounds: a sentence each. Nothing is said of a return below evidence grade 3.
func Worth(r *release.Released, window string) []string {
	a := Account(r, window)
	if a == nil {
		return nil
	}
	var list []string
	if s := payable(r, a); s != "" {
		list = append(list, s)
	}
	if s := corrected(r, a); s != "" {
		list = append(list, s)
	}
	list = append(list, covers(r, a)...)
	if s := capacity(r, a); s != "" {
		list = append(list, s)
	}
	list = append(list, unpriced(r, a)...)
	return list
}

// payable says what of the difference would move between budgets, and what somebody could spend less.
func payable(r *release.Released, a *result.Account) string {
	list := Position(a, ListPrice)
	if list == nil {
		return ""
	}
	of := func(measure string) string {
		if p := Position(a, measure); p != nil {
			return number.Pounds(p.Difference)
		}
		return "not stated"
	}
	text := fmt.Sprintf("Of %s at list price, payable under the contracts: %s; cashable, that is what somebody can spend less: %s", number.Pounds(list.Difference), of(Payable), of(Cashable))
	if a.Leads && a.Basis == Comparison {
		text += " (against comparison people)"
	}
	if Position(a, Payable) == nil || Position(a, Cashable) == nil {
		text += "; a share that nobody stated is not taken as 100%"
	}
	return text + "."
}

// corrected says what the study's own corrections leave.
func corrected(r *release.Released, a *result.Account) string {
	list := Position(a, ListPrice)
	j := r.Bill.Adjust
	if list == nil || list.Credited == list.Difference {
		return ""
	}
	var parts []string
	if j.Attribution.Reason != "" {
		parts = append(parts, fmt.Sprintf("attribution %s (%s)", number.Percent(100*j.Attribution.Value), j.Attribution.Reason))
	}
	if j.Deadweight.Reason != "" {
		parts = append(parts, fmt.Sprintf("deadweight %s (%s)", number.Percent(100*j.Deadweight.Value), j.Deadweight.Reason))
	}
	if j.Optimism.Reason != "" {
		parts = append(parts, fmt.Sprintf("optimism %s (%s)", number.Percent(100*j.Optimism.Value), j.Optimism.Reason))
	}
	if len(a.Years) > 1 {
		parts = append(parts, fmt.Sprintf("discounting beyond the first year at %s%%", number.Fixed(100*j.Rate, 1)))
	}
	return fmt.Sprintf("With the study's own corrections (%s) %s of it is credited.", strings.Join(parts, "; "), number.Pounds(list.Credited))
}

// covers says what share of the difference must be due to the service for it to cover its cost.
func covers(r *release.Released, a *result.Account) []string {
	if a.Cost == nil || a.People == nil || r.Bill.Cost == nil {
		return nil
	}
	c := r.Bill.Cost
	text := fmt.Sprintf("The service cost %s for these %s people (%s over its %s people served)", number.Pounds(*a.Cost), number.Count(*a.People), number.Pounds(c.Sum), number.Count(c.Served))
	list := Position(a, ListPrice)
	if list == nil {
		return []string{text + "."}
	}
	sentences := []string{text + "; " + BreakEven(a) + "."}
	if list.Net != nil {
		verb := "more than"
		if *list.Net < 0 {
			verb = "less than"
		}
		what := "The difference at list price is"
		if list.Credited != list.Difference {
			what = "What is credited of it is"
		}
		sentences = append(sentences, fmt.Sprintf("%s %s %s that cost.", what, number.Pounds(max(*list.Net, -*list.Net)), verb))
	}
	if r.Study.Grade.Level >= grade.EffectFrom && a.Benefit != nil {
		text := fmt.Sprintf("Against comparison people, %s comes back at list price for each pound spent", number.PoundsOf(*a.Benefit))
		if a.Covers != nil {
			text += fmt.Sprintf("; the chance that it covers its cost is about %s", number.Percent(100**a.Covers))
		}
		sentences = append(sentences, text+". No budget falls by the list price.")
	}
	if slices.Contains(r.Bill.Warnings, "NO_OPTIMISM_BIAS") {
		sentences = append(sentences, "No correction for optimism was given, so none is made (NO_OPTIMISM_BIAS).")
	}
	return sentences
}

// BreakEven is the share of the difference, of what is payable and of what is cashable that must be due to the service.
func BreakEven(a *result.Account) string {
	share := func(measure string) string {
		p := Position(a, measure)
		switch {
		case p == nil:
			return "not stated"
		case p.BreakEven == nil:
			return "it can't"
		case *p.BreakEven > 1:
			return "it can't, even if all of it is"
		}
		return "at least " + number.AtLeast(100**p.BreakEven)
	}
	list := share(ListPrice)
	if strings.HasPrefix(list, "it can't") {
		return "the difference at list price does not cover that, even if all of it is due to the service (payable: " + share(Payable) + "; cashable: " + share(Cashable) + ")"
	}
	return fmt.Sprintf("to cover its cost %s of this difference must be due to the service (payable: %s; cashable: %s)", list, share(Payable), share(Cashable))
}

// capacity says what the averted events are beside pounds.
func capacity(r *release.Released, a *result.Account) string {
	var parts []string
	for _, u := range a.Uses {
		label := Lower(Label(r, u.Activity))
		switch {
		case u.Beds != nil:
			parts = append(parts, fmt.Sprintf("%s: %s of a bed", label, number.Fixed(*u.Beds, 1)))
		case u.HoursAWeek != nil:
			parts = append(parts, fmt.Sprintf("%s: %s GP hours a week", label, number.Fixed(*u.HoursAWeek, 1)))
		default:
			parts = append(parts, fmt.Sprintf("%s: %s a day", label, number.Fixed(u.PerDay, 1)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Fewer, as capacity: " + strings.Join(parts, "; ") + ". Cash needs a step of that size to be closed."
}

// unpriced says of activities without a price at which one the service would break even.
func unpriced(r *release.Released, a *result.Account) []string {
	var list []string
	for _, u := range a.Uses {
		if u.BreaksEven == nil {
			continue
		}
		text := fmt.Sprintf("%s have no price; averted tariff ask says where to look one up", Label(r, u.Activity))
		if *u.BreaksEven > 0 {
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
		text := fmt.Sprintf("%s: %s a %s × %s × a chance of %s = %s", c.What, number.Pounds(c.UnitCost), c.Unit, number.Events(c.Units), number.Percent(100*c.Probability), number.Pounds(c.Expected))
		if c.BorneBy != "" {
			text += ", borne by " + c.BorneBy
		}
		list = append(list, text+" ("+c.Evidence+").")
	}
	return list
}

// covered is the sentence of the answer on the service's cost: "" where it isn't stated.
func covered(r *release.Released, window string) string {
	a := Account(r, window)
	if a == nil || a.Cost == nil {
		return ""
	}
	list := Position(a, ListPrice)
	if list == nil {
		return ""
	}
	from := ""
	if a.Basis == Comparison {
		from = " against comparison people"
	}
	return fmt.Sprintf("Over all priced activities the difference%s is %s at list price and the service cost %s: %s.", from, number.Pounds(list.Difference), number.Pounds(*a.Cost), BreakEven(a))
}

// MoneyNotes are what must be known of this bill: factors between units, prices moved between years, what was taken for want of a
// statement.
func MoneyNotes(r *release.Released) []string {
	if r.Bill == nil {
		return nil
	}
	var list []string
	if r.Bill.Prices != "" {
		list = append(list, "Priced at the study's other prices "+r.Bill.Prices+", in place of its own.")
	}
	for _, a := range r.Activities {
		if p := a.Price; p != nil && p.Factor != nil {
			list = append(list, fmt.Sprintf("%s are counted in units of one %s and priced for one %s: one is taken as %s (%s; %s).", a.Label, a.Unit, p.Unit, number.Plain(p.Factor.Value), p.Factor.Name, p.Factor.Source))
		}
	}
	return append(list, r.Bill.Notes...)
}

// moneyCaveats are the notes on money.
func moneyCaveats(r *release.Released) []string {
	b := r.Bill
	prices := "at the prices on the Assumptions sheet"
	if b.Prices != "" {
		prices = "at the study's other prices " + b.Prices + " (on the Assumptions sheet), in place of its own,"
	}
	list := []string{"Money is called difference at list price: what the averted events would cost " + prices + " in " + b.PriceYear +
		" prices. It is not cash released, and no budget falls by that amount. Six months lies inside twelve: the two are never added."}
	list = append(list, MoneyNotes(r)...)
	if len(b.Cases) > 0 {
		list = append(list, "Costs of single cases stand in a table of their own: they are not annualised, and never added to the cohort's figures.")
	}
	if b.Cost != nil {
		list = append(list, "What the service cost in the window is its cost over its periods × people analysed ÷ people served, those who never engaged included. Break-even is that cost over the difference.")
	}
	if slices.ContainsFunc(b.Accounts, func(a result.Account) bool { return len(a.Curve) > 0 }) {
		list = append(list, "How likely a share of the difference covers the cost is told from the draws of its interval, to the nearest 5%; people move all their activities together, and unit costs vary where their standard error or range is stated.")
	}
	return list
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
		steps = append(steps, Step{Label: "Cost of the service", Step: StepCost, Pence: -*a.Cost}, Step{Label: "Net of its cost", Step: StepNet, Pence: *p.Net, Total: true})
	}
	return steps
}
