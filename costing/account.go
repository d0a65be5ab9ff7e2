package costing

import (
	"math"
	"slices"

	"averted/costing/money"
)

// Inputs is all that an account is worked out from: change one, and the account is what it would be then.
type Inputs struct {
	Window string
	Days   int   // of the window
	People int64 // analysed, to whom the service's cost is apportioned
	Items  []Item

	Cost     money.Pence // of the service over its periods; 0 where it isn't stated
	CostLow  *money.Pence
	CostHigh *money.Pence
	Served   int64 // people of those periods
	Funders  []Part

	Attribution    float64 // share of the difference credited to the service; 1 unless the user says
	Deadweight     float64 // share that would have come without it; 0 unless the user says
	Optimism       float64 // share by which the difference is cut
	Attributions   *Range  // and the ranges that were given of them
	Deadweights    *Range
	Optimisms      *Range
	OptimismOnCost float64 // and the cost raised
	Rate           float64 // of discounting, a year beyond the first
}

// Item is one activity in one window, with its price as it is applied. Shares that nobody stated are nil.
type Item struct {
	Activity string
	Averted  float64 // events; negative for a rise
	Priced   bool
	UnitCost money.Pence
	Low      *money.Pence // of the unit cost, where it has a range
	High     *money.Pence
	Factor   float64 // how many of the price's unit one event is
	Bridge   string  // the factor's name, "" where the units agree
	Factors  *Range
	Contract *money.Pence // nil: the unit cost
	Payable  *float64
	Cashable *float64
	BorneBy  string
	Given    *money.Pence // of events that were priced one by one: expected less observed

	PerEvent *Takes // what one event takes up
}

// Range is the low and the high end of an input.
type Range struct{ Low, High float64 }

// Takes is what an event takes up, in minutes of a GP or nights in a bed.
type Takes struct{ Minutes, Nights float64 }

// Amounts are what one activity's averted events come to, each rounded once to the penny.
type Amounts struct {
	Gross    money.Pence
	Payable  *money.Pence // nil: not stated
	Cashable *money.Pence
}

// Amounts prices an item.
//
//	gross = averted × factor × unit cost
//	payable = averted × factor × contract price × payable share
//	cashable = averted × factor × unit cost × cashable share
func (i Item) Amounts() Amounts {
	var a Amounts
	share := func(unit money.Pence, of *float64) *money.Pence {
		if of == nil {
			return nil
		}
		p := unit.Times(i.Averted * i.Factor * *of)
		if i.Given != nil {
			p = i.Given.Times(*of)
		}
		return &p
	}
	contract := i.UnitCost
	if i.Contract != nil {
		contract = *i.Contract
	}
	if i.Given != nil {
		a.Gross = *i.Given
	} else {
		a.Gross = i.UnitCost.Times(i.Averted * i.Factor)
	}
	a.Payable, a.Cashable = share(contract, i.Payable), share(i.UnitCost, i.Cashable)
	return a
}

// Measure is what of a difference is told.
type Measure string

// The measures.
const (
	ListPrice Measure = "list price"
	Payable   Measure = "payable"
	Cashable  Measure = "cashable"
)

// Account is what a difference comes to, and what is left of it net of the service's cost. Amounts are in pence of one price
// year.
type Account struct {
	Cost      *money.Pence // of the people analysed; nil where it isn't stated
	Raised    *money.Pence // with its own correction for optimism
	Funders   []Part       // who pays it
	Positions []Position   // by measure; Payable and Cashable only where every priced activity states its share
	Years     []Year       // of the window, for the difference at list price
	Bearers   []Bearer
	Uses      []Use
	PerHead   *money.Pence // difference at list price a person analysed
	CostEach  *money.Pence // the service's cost a person analysed
	Return    *Return      // set against its cost: nil where there is none
}

// Position is one measure of the difference.
type Position struct {
	Measure    Measure
	Difference money.Pence
	Credited   money.Pence  // after attribution, deadweight, optimism and discounting: only what the user gave
	Net        *money.Pence // credited less the service's cost
	BreakEven  *float64     // share of the difference that must be due to the service; nil where no share would do
}

// Year is one year of a window. The difference is spread evenly over the window's days.
type Year struct {
	N        int // 0 is the first
	Share    float64
	Factor   float64
	Credited money.Pence
}

// Bearer is who bears the cost of activities that were averted.
type Bearer struct {
	Name     string
	Amounts  Amounts
	Activity []string
}

// Use is what one activity's averted events are beside pounds.
type Use struct {
	Activity   string
	PerDay     float64      // events
	Beds       *float64     // that stood empty, on average
	HoursAWeek *float64     // of a GP
	CostOf     *money.Pence // of the service for one averted event; nil for a rise
	BreaksEven *money.Pence // of an activity without a price: the price of one at which the service would break even
}

// Return is what the credited difference is against the cost.
type Return struct{ BenefitCost, ROI float64 }

// Reckon works an account out.
//
//	credited = Σ_year round(difference × attribution × (1 - deadweight) × (1 - optimism) × share_year × factor_year)
//	factor_year = (1 + rate)^-year,  year 0 undiscounted
//	cost = sum over periods × people analysed ÷ people served,  raised = cost × (1 + optimism on cost)
//	net = credited - raised,  break-even = cost ÷ difference
//
// Corrections are of the total; one below nothing is credited whole. Lines are rounded once to the penny and totals add rounded
// lines, so parts add to totals. The cost is counted in the first year.
//
// HM Treasury, The Green Book, 2022, on discounting and optimism.
func Reckon(in Inputs) Account {
	var a Account
	total, payable, cashable, priced := money.Pence(0), money.Pence(0), money.Pence(0), 0
	allPayable, allCashable := true, true
	for _, i := range in.Items {
		if !i.Priced {
			continue
		}
		priced++
		of := i.Amounts()
		total += of.Gross
		if of.Payable != nil {
			payable += *of.Payable
		}
		if of.Cashable != nil {
			cashable += *of.Cashable
		}
		allPayable, allCashable = allPayable && of.Payable != nil, allCashable && of.Cashable != nil
		a.bears(i, of)
	}
	if in.Cost > 0 && in.Served > 0 {
		cost := in.Cost.Times(float64(in.People) / float64(in.Served))
		raised := in.Cost.Times((1 + in.OptimismOnCost) * float64(in.People) / float64(in.Served))
		a.Cost, a.Raised = &cost, &raised
		var weights []int64
		for _, f := range in.Funders {
			weights = append(weights, int64(f.Amount))
		}
		for i, amount := range money.Split(cost, weights) {
			a.Funders = append(a.Funders, Part{in.Funders[i].Name, amount})
		}
	}
	if priced > 0 {
		for _, p := range []struct {
			measure Measure
			sum     money.Pence
			stated  bool
		}{{ListPrice, total, true}, {Payable, payable, allPayable}, {Cashable, cashable, allCashable}} {
			if p.stated {
				a.position(in, p.measure, p.sum)
			}
		}
		if in.People > 0 {
			each := total.Times(1 / float64(in.People))
			a.PerHead = &each
		}
	}
	if a.Cost != nil && in.People > 0 {
		each := a.Cost.Times(1 / float64(in.People))
		a.CostEach = &each
	}
	for _, i := range in.Items {
		a.Uses = append(a.Uses, a.use(in, i, total))
	}
	return a
}

func (a *Account) bears(i Item, of Amounts) {
	name := i.BorneBy
	if name == "" {
		name = NotStated
	}
	at := slices.IndexFunc(a.Bearers, func(b Bearer) bool { return b.Name == name })
	if at < 0 {
		a.Bearers = append(a.Bearers, Bearer{Name: name, Amounts: of, Activity: []string{i.Activity}})
		return
	}
	b := &a.Bearers[at]
	b.Activity = append(b.Activity, i.Activity)
	b.Amounts = Amounts{Gross: b.Amounts.Gross + of.Gross, Payable: plus(b.Amounts.Payable, of.Payable), Cashable: plus(b.Amounts.Cashable, of.Cashable)}
}

// plus is both together; nil where either isn't stated.
func plus(a, b *money.Pence) *money.Pence {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}

// keep is the share of a difference that the user's own corrections leave.
func (in Inputs) keep() float64 {
	return float64(in.Attribution*(1-in.Deadweight)) * (1 - in.Optimism)
}

func (a *Account) position(in Inputs, measure Measure, sum money.Pence) {
	p := Position{Measure: measure, Difference: sum}
	kept := in.keep()
	if sum < 0 { // a correction never makes a rise smaller
		kept = 1
	}
	for _, y := range years(in) {
		y.Credited = sum.Times(kept * y.Share * y.Factor)
		p.Credited += y.Credited
		if measure == ListPrice {
			a.Years = append(a.Years, y)
		}
	}
	if a.Cost != nil {
		net := p.Credited - *a.Raised
		p.Net = &net
		if sum > 0 {
			share := float64(*a.Cost) / float64(sum)
			p.BreakEven = &share
		}
		if measure == ListPrice {
			benefit := float64(p.Credited) / float64(*a.Raised)
			a.Return = &Return{BenefitCost: benefit, ROI: benefit - 1}
		}
	}
	a.Positions = append(a.Positions, p)
}

// yearDays is the days of a year of discounting: windows of twelve months have as many.
const yearDays = 365

// years cuts a window into years.
func years(in Inputs) []Year {
	var list []Year
	for from := 0; from < max(in.Days, 1); from += yearDays {
		y := Year{N: from / yearDays, Share: 1, Factor: 1}
		if in.Days > yearDays {
			y.Share = float64(min(in.Days-from, yearDays)) / float64(in.Days)
		}
		y.Factor = math.Pow(1+in.Rate, -float64(y.N))
		list = append(list, y)
	}
	return list
}

func (a *Account) use(in Inputs, i Item, total money.Pence) Use {
	u := Use{Activity: i.Activity}
	if in.Days > 0 {
		u.PerDay = i.Averted / float64(in.Days)
		if t := i.PerEvent; t != nil && t.Minutes > 0 {
			hours := i.Averted * t.Minutes / 60 / (float64(in.Days) / 7)
			u.HoursAWeek = &hours
		}
		if t := i.PerEvent; t != nil && t.Nights > 0 {
			beds := i.Averted * t.Nights / float64(in.Days)
			u.Beds = &beds
		}
	}
	if a.Cost == nil || i.Averted <= 0 {
		return u
	}
	each := a.Cost.Times(1 / i.Averted)
	u.CostOf = &each
	if !i.Priced {
		price := max(0, *a.Cost-total).Times(1 / i.Averted)
		u.BreaksEven = &price
	}
	return u
}
