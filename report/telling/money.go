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

// CoreFunded reports whether nothing is payable of an activity unless somebody states a share.
func CoreFunded(activity string) bool { return costing.CoreFunded(activity) }

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
	return total(r, window, arm, OwnRate)
}

// TotalFrom is the total of the service's people in a window against an expectation; nil if there is none.
func TotalFrom(r *release.Released, window, basis string) *result.Total {
	return total(r, window, service, basis)
}

func total(r *release.Released, window, arm, basis string) *result.Total {
	if r.Bill == nil {
		return nil
	}
	for i, t := range r.Bill.Totals {
		if t.Window == window && t.Arm == arm && t.Basis == basis {
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

// Accounts are the whole accounts of a window, that which leads first.
func Accounts(r *release.Released, window string) []*result.Account {
	if r.Bill == nil {
		return nil
	}
	var list []*result.Account
	for _, leading := range []bool{true, false} {
		for i := range r.Bill.Accounts {
			if a := &r.Bill.Accounts[i]; a.Window == window && a.Leads == leading && len(a.Positions) > 0 {
				list = append(list, a)
			}
		}
	}
	return list
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
	if r.Study.Grade.Level >= grade.EffectFrom && e.Arm == service && r.Bill != nil {
		for _, l := range r.Bill.Lines {
			switch {
			case l.Activity != e.Activity || l.Window != e.Window || l.Basis != Comparison || l.Gross == nil:
			case *l.Gross < 0 && !release.MayBeNothing(l.GrossLow, l.GrossHigh):
				return fmt.Sprintf("At list prices the rise in %s against comparison people comes to %s: a cost.", Lower(Label(r, e.Activity)), amountOf(negated(l.Gross), negated(l.GrossHigh), negated(l.GrossLow), false))
			default:
				return fmt.Sprintf("At list prices the difference in %s against comparison people is %s; no budget falls by that amount.", Lower(Label(r, e.Activity)), amountOf(l.Gross, l.GrossLow, l.GrossHigh, false))
			}
		}
	}
	for _, c := range Changes(r, e.Window, e.Arm) {
		if c.Activity.Name != e.Activity || c.Line == nil {
			continue
		}
		switch l := c.Line; {
		case !l.Priced():
			return "No price was given for " + Lower(c.Label()) + "."
		case l.Gross == nil:
			return ""
		case *l.Gross < 0 && (l.GrossLow == nil || *l.GrossHigh < 0):
			return fmt.Sprintf("At list prices the rise in %s comes to %s: a cost.", Lower(c.Label()), number.Pounds(-*l.Gross))
		case l.GrossLow == nil:
			return fmt.Sprintf("At list prices the difference in %s is %s, without an interval; no budget falls by that amount.", Lower(c.Label()), number.Pounds(*l.Gross))
		case release.MayBeNothing(l.GrossLow, l.GrossHigh):
			return fmt.Sprintf("At list prices the difference in %s lies between %s and %s: it may be nothing.", Lower(c.Label()), number.WholePounds(*l.GrossLow), number.WholePounds(*l.GrossHigh))
		default:
			raw := ""
			if LeadingComparison(r, e.Activity, e.Window) != nil || LeadingExpectation(r, e.Activity, e.Window) != nil {
				raw = "raw "
			}
			return fmt.Sprintf("At list prices the %sdifference in %s is %s; no budget falls by that amount.", raw, Lower(c.Label()), number.Pounds(*l.Gross))
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
		why := "too few people stand behind a part of it"
		if slices.ContainsFunc(r.Bill.Lines, func(l result.Line) bool { return l.Window == window && l.Arm == arm && l.ByEvent }) {
			why = "what events come to that are priced one by one is internal"
		}
		return "The difference at list price over " + window + ", all priced activities, can't be shown: " + why + "."
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
	what := "Difference"
	if arm == service && len(Variants(r, window)) > 0 {
		what = "Raw difference"
	}
	if t.GrossLow == nil {
		return fmt.Sprintf(what+" at list price over %s, all priced activities: %s, without an interval, in %s prices%s.", window, number.Pounds(*t.Gross), r.Bill.PriceYear, unpriced)
	}
	interval := number.To(number.WholePounds(*t.GrossLow), number.WholePounds(*t.GrossHigh))
	if release.MayBeNothing(t.GrossLow, t.GrossHigh) {
		return fmt.Sprintf(what+" at list price over %s, all priced activities: between %s (95%% interval), so it may be nothing%s.", window, strings.Replace(interval, " to ", " and ", 1), unpriced)
	}
	return fmt.Sprintf(what+" at list price over %s, all priced activities: %s (95%% interval %s), in %s prices%s.", window, number.Pounds(*t.Gross), interval, r.Bill.PriceYear, unpriced)
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
			list = append(list, fmt.Sprintf("Against %s: %s%s.", From(basis), amountOf(t.Gross, t.GrossLow, t.GrossHigh, t.Basis == OwnRate), people))
		}
	}
	if !several {
		return nil
	}
	return list
}

// negated is an amount with the other sign.
func negated(pence *int64) *int64 {
	if pence == nil {
		return nil
	}
	n := -*pence
	return &n
}

// amountOf is an amount with its interval; where that includes nothing it is the interval alone. What rests on a ratio in whole
// percents is told in whole pounds.
func amountOf(gross, low, high *int64, toThePenny bool) string {
	if release.MayBeNothing(low, high) {
		return fmt.Sprintf("between %s and %s (95%% interval), so it may be nothing", number.WholePounds(*low), number.WholePounds(*high))
	}
	if !toThePenny {
		return number.WholePounds(*gross) + limits(low, high)
	}
	return number.Pounds(*gross) + limits(low, high)
}

// chance is a chance to the nearest 5%, and never certain.
func chance(p float64) string {
	switch {
	case p >= 0.975:
		return "over 97%"
	case p < 0.025:
		return "under 3%"
	}
	return "about " + number.Percent(100*p)
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
			text := PoundsText(&l)
			if l.Gross != nil {
				text = amountOf(l.Gross, l.GrossLow, l.GrossHigh, basis == OwnRate)
			}
			parts = append(parts, Lower(Label(r, l.Activity))+" "+text)
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
	if c := r.Bill.Cost; c != nil && c.Snapped {
		list = append(list, "People served are taken as people told of here, from whom they differ by a few or not at all.")
	}
	for _, l := range r.Bill.Lines {
		if l.ByEvent && l.Gross == nil && l.Arm == service && l.Window == Main(r).Label {
			list = append(list, fmt.Sprintf("%s are priced one by one: what they come to is internal, since with public prices it would tell how many had which code.", Label(r, l.Activity)))
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
		list = append(list, "What the service cost in the window is its cost over its periods × people analysed ÷ people served, those who never engaged included; it is set whole against each window, a short one too. Break-even is that cost over the difference. Deadweight is taken off the raw difference alone. Corrections are of the total; one below nothing is credited whole.")
	}
	if slices.ContainsFunc(b.Accounts, func(a result.Account) bool { return len(a.Curve) > 0 }) {
		list = append(list, "How likely a share of the difference covers the cost is told from its interval, by a normal distribution, to the nearest 5%; people move all their activities together in that interval, and unit costs vary where their standard error or range is stated.")
	}
	return list
}
