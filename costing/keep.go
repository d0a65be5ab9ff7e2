package costing

import (
	"slices"

	"averted/costing/money"
	"averted/evaluate"
	"averted/evaluate/grade"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Bookkeeping is the account of one window and basis, what it was worked out from, and how sure it is.
type Bookkeeping struct {
	Window string
	Basis  Basis
	Inputs Inputs
	Account
	Curve  []Chance // how likely the difference covers the cost, by the share of it that is real; nil without a cost
	Swings []Swing  // the account with each input at its low and its high end, where it has a range
	// How likely the credited difference is above the cost: from evidence grade 3, against comparison people. Nil otherwise.
	Covers *float64
	// A return is told from that grade too; the account's is left out below it.
}

// Chance is how likely a share of the difference covers the cost.
type Chance struct{ Share, Probability float64 }

// Swing is the account with one input at either end of its range. Amounts are net at list price, or where no cost is stated
// credited.
type Swing struct {
	Of            string  // what is changed: one of the names of inputs
	Activity      string  // whose, "" for what is of all
	Input         string  // in words
	Low, High     float64 // of the input, in Unit
	Unit          string  // pounds, share or number
	AtLow, AtHigh money.Pence
}

// keep makes the accounts: of each window, against each basis that has a total.
func (bill *Bill) keep(found *evaluate.Found) {
	graded := found.Grade().Level
	for _, w := range found.Plan.Windows {
		for _, basis := range Bases {
			if len(bill.of(w.String(), tally.Service, basis)) == 0 {
				continue
			}
			t := bill.Total(w.String(), tally.Service, basis)
			if t != nil && len(t.Missing) > 0 || t == nil && basis != OwnRate {
				continue
			}
			b := Bookkeeping{Window: w.String(), Basis: basis, Inputs: bill.inputs(found, w.String(), w.Days(), basis)}
			b.Account = Reckon(b.Inputs)
			b.Swings = Swings(b.Inputs, labels(found.Plan))
			if b.Cost != nil && t != nil && t.spread != nil {
				for share := 1; share <= curveSteps; share++ {
					of := float64(share) / curveSteps
					b.Curve = append(b.Curve, Chance{of, t.spread.above(of, b.Cost.Pounds())})
				}
			}
			if graded < grade.EffectFrom || basis != Comparison {
				b.Return = nil
			} else if b.Cost != nil && t != nil && t.spread != nil {
				kept := 0.0 // of a pound
				for _, y := range b.Years {
					kept += b.Inputs.keep() * y.Share * y.Factor
				}
				covers := t.spread.above(kept, b.Raised.Pounds())
				b.Covers = &covers
			}
			bill.Accounts = append(bill.Accounts, b)
		}
	}
}

// curveSteps is how many shares the attribution curve has: every twentieth.
const curveSteps = 20

// Total is that of a window, arm and basis; nil if there is none.
func (bill *Bill) Total(window string, arm tally.Arm, basis Basis) *Total {
	for i, t := range bill.Totals {
		if t.Window == window && t.Arm == arm && t.Basis == basis {
			return &bill.Totals[i]
		}
	}
	return nil
}

func labels(plan *study.Plan) map[string]string {
	list := map[string]string{}
	for _, a := range plan.Activities {
		list[a.Name] = a.Label
	}
	return list
}

// inputs are those of one window and basis.
func (bill *Bill) inputs(found *evaluate.Found, window string, days int, basis Basis) Inputs {
	plan := found.Plan
	in := Corrected(plan)
	in.Window, in.Days = window, days
	in.Against(basis)
	if c := bill.Prices.Cost; c != nil {
		in.Cost, in.CostLow, in.CostHigh, in.Served, in.Funders = c.Sum, c.Low, c.High, c.Served, c.Funders
	}
	people := map[string]int64{}
	for _, at := range bill.of(window, tally.Service, basis) {
		l := bill.Lines[at]
		item := ItemOf(l.Activity, l.Averted, l.Price)
		if l.ByEvent {
			given := l.Gross
			item.Given = &given
		}
		if i := plan.Activities.Find(l.Activity); i >= 0 {
			item.PerEvent = Taking(plan.Activities[i])
		}
		in.Items = append(in.Items, item)
		people[l.Activity] = l.Behind.People
	}
	in.People = Analysed(plan.Primary.Activity, people)
	return in
}

// Analysed is how many people an account is of: those of the primary activity, or where that isn't in it, the most of any activity.
func Analysed(primary string, people map[string]int64) int64 {
	if n, ok := people[primary]; ok {
		return n
	}
	most := int64(0)
	for _, n := range people {
		most = max(most, n)
	}
	return most
}

// Against leaves out of a basis's inputs what it takes off already: what would have come without the service.
func (in *Inputs) Against(basis Basis) {
	if basis != OwnRate {
		in.Deadweight, in.Deadweights = 0, nil
	}
}

// Taking is what one event of an activity takes up; nil where nothing is known of it.
func Taking(a study.Activity) *Takes {
	switch {
	case a.Capacity != nil:
		return &Takes{Minutes: a.Capacity.Minutes, Nights: a.Capacity.Nights}
	case slices.Contains([]string{"night", "bed night", "bed day", "day in bed"}, a.Unit):
		return &Takes{Nights: 1}
	}
	return nil
}

// ItemOf is an activity's averted events with their price; price is nil for none.
func ItemOf(activity string, averted float64, price *Applied) Item {
	i := Item{Activity: activity, Averted: averted, Factor: 1}
	if price == nil {
		return i
	}
	i.Priced, i.UnitCost, i.Factor = true, price.UnitCost, price.factor()
	if low, high, ranged := price.Range(); ranged {
		i.Low, i.High = &low, &high
	}
	if f := price.Factor; f != nil {
		i.Bridge, i.Factors = f.Name, rangeOf(f.Low, f.High)
	}
	i.Contract, i.Payable, i.Cashable, i.BorneBy = price.ContractPrice, price.PayableShare, price.CashableShare, price.BorneBy
	return i
}

// Corrected is inputs with the plan's own corrections, and none that it doesn't give.
func Corrected(plan *study.Plan) Inputs {
	in := Inputs{Attribution: 1, Rate: plan.DiscountRate().Rate}
	if a := plan.Adjust; a != nil {
		if a.Attribution != nil {
			in.Attribution, in.Attributions = a.Attribution.Value, rangeOf(a.Attribution.Low, a.Attribution.High)
		}
		if a.Deadweight != nil {
			in.Deadweight, in.Deadweights = a.Deadweight.Value, rangeOf(a.Deadweight.Low, a.Deadweight.High)
		}
		if a.Optimism != nil {
			in.Optimism, in.OptimismOnCost, in.Optimisms = a.Optimism.Value, a.Optimism.OnCost, rangeOf(a.Optimism.Low, a.Optimism.High)
		}
	}
	return in
}

// Swings works an account out with each input that has a range at its low and at its high end, the others as they are: the
// one-way sensitivity of what is left. Labels are those of the activities.
func Swings(in Inputs, labels map[string]string) []Swing {
	var list []Swing
	left := func(in Inputs) money.Pence {
		for _, p := range Reckon(in).Positions {
			switch {
			case p.Measure != ListPrice:
			case p.Net != nil:
				return *p.Net
			default:
				return p.Credited
			}
		}
		return 0
	}
	add := func(what, activity, input, unit string, of *Range, set func(in *Inputs, to float64)) {
		if of == nil {
			return
		}
		at := func(to float64) money.Pence {
			changed := in
			changed.Items = slices.Clone(in.Items)
			set(&changed, to)
			return left(changed)
		}
		list = append(list, Swing{Of: what, Activity: activity, Input: input, Unit: unit, Low: of.Low, High: of.High, AtLow: at(of.Low), AtHigh: at(of.High)})
	}
	for i, item := range in.Items {
		if !item.Priced || item.Given != nil {
			continue
		}
		add(OfUnitCost, item.Activity, "Unit cost: "+labels[item.Activity], Pounds, inPounds(item.Low, item.High), func(in *Inputs, to float64) { in.Items[i].UnitCost = money.Pence(study.Pence(to)) })
		add(OfFactor, item.Activity, "Factor: "+item.Bridge+", "+labels[item.Activity], Number, item.Factors, func(in *Inputs, to float64) { in.Items[i].Factor = to })
	}
	if in.Cost > 0 {
		add(OfCost, "", "Service cost", Pounds, inPounds(in.CostLow, in.CostHigh), func(in *Inputs, to float64) { in.Cost = money.Pence(study.Pence(to)) })
	}
	add(OfAttribution, "", "Attribution", Share, in.Attributions, func(in *Inputs, to float64) { in.Attribution = to })
	add(OfDeadweight, "", "Deadweight", Share, in.Deadweights, func(in *Inputs, to float64) { in.Deadweight = to })
	add(OfOptimism, "", "Optimism", Share, in.Optimisms, func(in *Inputs, to float64) { in.Optimism = to })
	return list
}

// The names of inputs.
const (
	OfUnitCost    = "unit_cost"
	OfFactor      = "factor"
	OfCost        = "service_cost"
	OfAttribution = "attribution"
	OfDeadweight  = "deadweight"
	OfOptimism    = "optimism"
)

// The units of inputs.
const (
	Pounds = "pounds"
	Number = "number"
	Share  = "share"
)

func inPounds(low, high *money.Pence) *Range {
	if low == nil || high == nil {
		return nil
	}
	return &Range{low.Pounds(), high.Pounds()}
}

func rangeOf(low, high *float64) *Range {
	if low == nil || high == nil {
		return nil
	}
	return &Range{*low, *high}
}

// Case is a cost that one case is said to have avoided: unit cost × units × probability. It is never added to the cohort's.
type Case struct {
	study.Case
	Expected money.Pence
}

func caseOf(c study.Case) Case {
	return Case{c, money.Pence(study.Pence(c.UnitCost)).Times(c.Units * c.Probability)}
}
