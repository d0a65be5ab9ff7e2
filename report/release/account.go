package release

import (
	"math"
	"slices"

	"averted/costing"
	"averted/costing/money"
	"averted/evaluate/grade"
	"averted/report/result"
)

// AccountOf is an account as it stands in a result. Exact results are made of it, and what may leave: an account is worked out
// again from released lines.
func AccountOf(k costing.Bookkeeping) result.Account {
	people := k.Inputs.People
	a := result.Account{Window: k.Window, Basis: string(k.Basis), Days: k.Inputs.Days, People: &people, Cost: pence(k.Cost), Raised: pence(k.Raised), Funders: Parts(k.Funders), PerHead: pence(k.PerHead), CostEach: pence(k.CostEach),
		Positions: []result.Position{}, Years: []result.Year{}, Bearers: []result.Bearer{}, Uses: []result.Use{}, Curve: []result.Chance{}, Swings: []result.Swing{}, Covers: k.Covers}
	for _, p := range k.Positions {
		a.Positions = append(a.Positions, result.Position{Measure: string(p.Measure), Difference: int64(p.Difference), Credited: int64(p.Credited), Net: pence(p.Net), BreakEven: p.BreakEven})
	}
	for _, y := range k.Years {
		a.Years = append(a.Years, result.Year{N: y.N, Share: y.Share, Factor: y.Factor, Credited: int64(y.Credited)})
	}
	for _, b := range k.Bearers {
		a.Bearers = append(a.Bearers, result.Bearer{Name: b.Name, Activities: b.Activity, Gross: int64(b.Amounts.Gross), Payable: pence(b.Amounts.Payable), Cashable: pence(b.Amounts.Cashable)})
	}
	for _, u := range k.Uses {
		a.Uses = append(a.Uses, result.Use{Activity: u.Activity, PerDay: u.PerDay, Beds: u.Beds, HoursAWeek: u.HoursAWeek, CostOf: pence(u.CostOf), BreaksEven: pence(u.BreaksEven)})
	}
	for _, c := range k.Curve {
		a.Curve = append(a.Curve, result.Chance{Share: c.Share, Probability: c.Probability})
	}
	for _, s := range k.Swings {
		a.Swings = append(a.Swings, result.Swing{Of: s.Of, Activity: s.Activity, Input: s.Input, Unit: s.Unit, Low: s.Low, High: s.High, AtLow: int64(s.AtLow), AtHigh: int64(s.AtHigh)})
	}
	if k.Return != nil {
		a.Benefit, a.ROI = &k.Return.BenefitCost, &k.Return.ROI
	}
	return a
}

// Parts are parts of an amount as they stand in a result.
func Parts(list []costing.Part) []result.Part {
	parts := []result.Part{}
	for _, p := range list {
		parts = append(parts, result.Part{Name: p.Name, Amount: int64(p.Amount)})
	}
	return parts
}

func pence(p *money.Pence) *int64 {
	if p == nil {
		return nil
	}
	n := int64(*p)
	return &n
}

func inPence(p *int64) *money.Pence {
	if p == nil {
		return nil
	}
	n := money.Pence(*p)
	return &n
}

// Lead says of each window which account leads: from evidence grade 3 that against comparison people, where the window has one, else
// that against people's own earlier rate. Where comparison people have no whole total then, none leads. Below that grade no return is
// told, nor how likely all of the difference covers the cost; nor a return where the difference may be nothing or is a rise.
func Lead(b *result.Bill, level int) {
	for i := range b.Accounts {
		a := &b.Accounts[i]
		compared := slices.ContainsFunc(b.Lines, func(l result.Line) bool {
			return l.Window == a.Window && l.Arm == service && l.Basis == string(costing.Comparison) && l.Priced()
		})
		leads := costing.OwnRate
		if level >= grade.EffectFrom && compared {
			leads = costing.Comparison
		}
		if a.Leads = a.Basis == string(leads); leads == costing.OwnRate {
			a.Benefit, a.ROI, a.Covers = nil, nil, nil
		}
		if n := len(a.Curve); level < grade.EffectFrom && n > 0 && a.Curve[n-1].Share == 1 {
			a.Curve = a.Curve[:n-1]
		}
		if len(a.Positions) > 0 && a.Positions[0].Credited <= 0 { // nothing comes of what rose
			a.Benefit, a.ROI = nil, nil
		}
		for _, t := range b.Totals {
			if t.Window == a.Window && t.Arm == service && t.Basis == a.Basis && MayBeNothing(t.GrossLow, t.GrossHigh) {
				a.Benefit, a.ROI = nil, nil
			}
		}
	}
}

// MayBeNothing reports whether an interval holds nothing.
func MayBeNothing(low, high *int64) bool { return low != nil && *low <= 0 && *high >= 0 }

// accounts are the bill's accounts worked out again from its released lines. An account of which a part is hidden has nothing but
// its name.
func (c *control) accounts(exact, b *result.Bill) []result.Account {
	list := []result.Account{}
	for _, was := range exact.Accounts {
		a := result.Account{Window: was.Window, Basis: was.Basis, Days: was.Days, Positions: []result.Position{}, Years: []result.Year{}, Bearers: []result.Bearer{}, Uses: []result.Use{}, Curve: []result.Chance{}, Swings: []result.Swing{}, Funders: []result.Part{}}
		in, labels, whole := c.inputs(b, was)
		if !whole {
			a.Hidden = []string{"people", "service_cost", "positions", "uses", "per_head", "cost_per_head", "attribution_curve", "sensitivity"}
			list = append(list, a)
			continue
		}
		a = AccountOf(costing.Bookkeeping{Window: was.Window, Basis: costing.Basis(was.Basis), Inputs: in, Account: costing.Reckon(in), Swings: costing.Swings(in, labels)})
		// How likely it is, from the interval that leaves and not from the draws: those are of the exact figures.
		for i, t := range b.Totals {
			if t.Window != was.Window || t.Basis != was.Basis || t.Arm != service {
				continue
			}
			if a.RoundedBy = t.RoundedBy; t.GrossLow == nil && exact.Totals[i].GrossLow != nil {
				a.Hidden = append(a.Hidden, "attribution_curve")
			}
			if t.GrossLow == nil || a.Cost == nil {
				break
			}
			for _, p := range was.Curve {
				a.Curve = append(a.Curve, result.Chance{Share: p.Share, Probability: twentieth(above(t, p.Share, *a.Cost))})
			}
			if !own(a.Basis) && a.Positions[0].Difference > 0 { // Lead says whether it is told
				covers := twentieth(above(t, float64(a.Positions[0].Credited)/float64(a.Positions[0].Difference), *a.Raised))
				a.Covers = &covers
			}
		}
		list = append(list, a)
	}
	return list
}

// above is the chance that a share of a total is at least a cost, by the normal distribution whose 95% lie within the total's interval.
func above(t result.Total, share float64, cost int64) float64 {
	se := float64(*t.GrossHigh-*t.GrossLow) / (2 * costing.Normal)
	return costing.Above(float64(*t.Gross), se, share, float64(cost))
}

// twentieth is a share to the nearest twentieth.
func twentieth(p float64) float64 { return math.Round(20*p) / 20 }

// cost is what may leave of the service's cost. Where people served differ by a few, or not at all, from people whom a line of the
// bill is of, the two together would tell who was lost: they stand as those then. So do those who differ by a few from a step of the
// people flow.
func (c *control) cost(exact *result.ServiceCost, lines []result.Line) *result.ServiceCost {
	if exact == nil {
		return nil
	}
	s := *exact
	var analysed, flow []int64
	for _, l := range lines {
		if l.Arm == service && l.People != nil {
			analysed = append(analysed, *l.People)
		}
	}
	for _, f := range c.flow(c.exact.Flow) {
		if f.People != nil {
			flow = append(flow, *f.People)
		}
	}
	for _, list := range [][]int64{analysed, flow} {
		nearest := int64(-1)
		for _, n := range list {
			if nearest < 0 || apart(n, exact.Served) < apart(nearest, exact.Served) {
				nearest = n
			}
		}
		if nearest > 0 && apart(nearest, exact.Served) < c.hideBelow {
			s.Served, s.Snapped = nearest, true
			break
		}
	}
	return &s
}

// inputs are an account's inputs from released lines; false where a line of it is hidden.
func (c *control) inputs(b *result.Bill, of result.Account) (in costing.Inputs, labels map[string]string, whole bool) {
	j := b.Adjust
	labels = map[string]string{}
	in = costing.Inputs{Window: of.Window, Days: of.Days, Attribution: j.Attribution.Value, Deadweight: j.Deadweight.Value, Optimism: j.Optimism.Value, OptimismOnCost: j.OptimismOnCost, Rate: j.Rate,
		Attributions: rangeOf(j.Attribution), Deadweights: rangeOf(j.Deadweight), Optimisms: rangeOf(j.Optimism)}
	in.Against(costing.Basis(of.Basis))
	if s := b.Cost; s != nil {
		in.Cost, in.CostLow, in.CostHigh, in.Served = money.Pence(s.Sum), inPence(s.Low), inPence(s.High), s.Served
		for _, f := range s.Funders {
			in.Funders = append(in.Funders, costing.Part{Name: f.Name, Amount: money.Pence(f.Amount)})
		}
	}
	primary := ""
	for _, e := range c.exact.Estimates {
		if e.Primary {
			primary = e.Activity
		}
	}
	people := map[string]int64{}
	for _, l := range b.Lines {
		if l.Window != of.Window || l.Basis != of.Basis || l.Arm != service {
			continue
		}
		if !l.Priced() && (l.Averted == nil || l.People == nil) { // nothing is added up of it
			continue
		}
		if l.Averted == nil || l.People == nil || l.Priced() && l.Gross == nil {
			return in, labels, false
		}
		in.Items = append(in.Items, c.item(l))
		people[l.Activity] = *l.People
	}
	for _, a := range c.exact.Activities {
		labels[a.Name] = a.Label
	}
	in.People = costing.Analysed(primary, people)
	return in, labels, len(in.Items) > 0
}

// item is the events of a line with its activity's price.
func (c *control) item(l result.Line) costing.Item {
	item := costing.Item{Activity: l.Activity, Averted: *l.Averted, Factor: 1, Priced: l.Priced()}
	at := slices.IndexFunc(c.exact.Activities, func(a result.Activity) bool { return a.Name == l.Activity })
	if at < 0 {
		return item
	}
	a := c.exact.Activities[at]
	if a.Takes != nil {
		item.PerEvent = &costing.Takes{Minutes: a.Takes.Minutes, Nights: a.Takes.Nights}
	}
	p := a.Price
	if p == nil || !item.Priced {
		return item
	}
	item.Contract, item.Payable, item.Cashable, item.BorneBy = inPence(p.Contract), p.PayableShare, p.CashableShare, p.BorneBy
	if l.ByEvent {
		item.Given = inPence(l.Gross)
		return item
	}
	item.UnitCost, item.Low, item.High = money.Pence(*a.UnitCost), inPence(p.Low), inPence(p.High)
	if f := p.Factor; f != nil {
		item.Factor, item.Bridge, item.Factors = f.Value, f.Name, rangeOf(result.Share{Low: f.Low, High: f.High})
	}
	return item
}

func rangeOf(s result.Share) *costing.Range {
	if s.Low == nil || s.High == nil {
		return nil
	}
	return &costing.Range{Low: *s.Low, High: *s.High}
}

// otherwise is a line against another expectation than people's own earlier rate, from what leaves of its estimate: the events
// after and the ratio. Where a comparison's counts are hidden since they are those of the leading figure but for a few people, the
// leading figure's own stand for them.
func (c *control) otherwise(l result.Line) result.Line {
	exact := l
	l.People, l.Before, l.Expected, l.After, l.Averted, l.AvertedLow, l.AvertedHigh = nil, nil, nil, nil, nil, nil, nil
	l.Gross, l.GrossLow, l.GrossHigh, l.Payable, l.Cashable = nil, nil, nil, nil, nil
	at := slices.IndexFunc(c.exact.Estimates, func(e result.Estimate) bool {
		return e.Method == l.Method && e.Activity == l.Activity && e.Window == l.Window && e.Leads
	})
	if at >= 0 && c.released[at].Value != nil && *c.released[at].Value > 0 {
		e, was := c.released[at], c.exact.Estimates[at]
		l.People, l.Before, l.After = e.People, e.Before, e.After
		if lead := c.leadOf(l.Activity, l.Window, *was.People); l.After == nil && e.People != nil && lead != nil {
			l.People, l.Before, l.After = lead.People, lead.Before, lead.After
		}
		if l.After != nil {
			expected := float64(*l.After) / *e.Value
			averted := expected - float64(*l.After)
			l.Expected, l.Averted = &expected, &averted
			if e.Low != nil && e.High != nil {
				c.spread(&l, exact)
			}
		}
	}
	c.amounts(&l, exact)
	l.Hidden, l.RoundedBy, l.AvertedBy = hiddenOf(l, exact), c.roundedBy(l), c.eventsOff(l)
	return l
}

// leadOf is a released leading figure of the service's people, as observed or watched throughout, from whom so many people differ by a few;
// nil if there is none.
func (c *control) leadOf(activity, window string, people int64) *result.Estimate {
	for _, followUp := range []string{complete, observed} {
		k := key{activity: activity, window: window, arm: service, followUp: followUp}
		if lead := c.lead(k); lead != nil && (c.few(apart(*lead.People, people)) || *lead.People == people) {
			if shown := c.shown(k); shown.After != nil && shown.People != nil {
				return shown
			}
		}
	}
	return nil
}

// spread gives a line the width of its interval around what is released, to two figures and never less, and as much as what is released
// may be off.
func (c *control) spread(l *result.Line, exact result.Line) {
	if exact.AvertedLow == nil || l.Averted == nil {
		return
	}
	off := c.off(*l)
	low, high := *l.Averted-up(*exact.Averted-*exact.AvertedLow)-off, *l.Averted+up(*exact.AvertedHigh-*exact.Averted)+off
	l.AvertedLow, l.AvertedHigh = &low, &high
}

// up is a width to two figures, rounded up.
func up(x float64) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, 1-math.Floor(math.Log10(math.Abs(x))))
	return math.Ceil(math.Abs(x)*scale-1e-9) / scale * math.Copysign(1, x)
}

// amounts prices a line of what is released of its events, each amount rounded once. Limits in pounds follow from those in events,
// unless the price varies too: then they have a width of their own.
func (c *control) amounts(l *result.Line, exact result.Line) {
	if l.Averted == nil || exact.UnitCost == nil {
		return
	}
	item := c.item(*l)
	of := item.Amounts()
	l.Gross, l.Payable, l.Cashable = pence(&of.Gross), pence(of.Payable), pence(of.Cashable)
	if l.AvertedLow == nil {
		return
	}
	low, high := int64(item.UnitCost.Times(*l.AvertedLow*item.Factor)), int64(item.UnitCost.Times(*l.AvertedHigh*item.Factor))
	if exact.Varied {
		off := c.roundedBy(*l)
		low, high = *l.Gross-outward(*exact.Gross-*exact.GrossLow)-off, *l.Gross+outward(*exact.GrossHigh-*exact.Gross)+off
	}
	l.GrossLow, l.GrossHigh = &low, &high
}

// off is by how many events what is released of a line may be off, since its counts or its ratio leave rounded.
func (c *control) off(l result.Line) float64 {
	const count, ratio = 2.5, 0.005 // half of what counts and ratios are rounded to
	switch {
	case own(l.Basis) && c.exactly(lineKey(l)):
		return 0
	case own(l.Basis):
		return 2 * count
	}
	r := float64(*l.After) / *l.Expected
	return *l.Expected/r*ratio + count*math.Abs(1/r-1)
}

// eventsOff is that, rounded up to a tenth of an event; nothing where averted is hidden.
func (c *control) eventsOff(l result.Line) float64 {
	if l.Averted == nil {
		return 0
	}
	return math.Ceil(10*c.off(l)) / 10
}

// roundedBy is the same in pence.
func (c *control) roundedBy(l result.Line) int64 {
	if l.Averted == nil || l.UnitCost == nil {
		return 0
	}
	return int64(math.Ceil(float64(*l.UnitCost) * c.item(l).Factor * c.off(l)))
}

// hiddenOf lists the fields of a line that do not leave.
func hiddenOf(l, exact result.Line) []string {
	var names []string
	for _, f := range []struct {
		name string
		gone bool
	}{
		{"averted", l.Averted == nil}, {"averted_low", l.AvertedLow == nil && exact.AvertedLow != nil}, {"averted_high", l.AvertedHigh == nil && exact.AvertedHigh != nil},
		{"gross", l.Gross == nil && exact.Gross != nil}, {"gross_low", l.GrossLow == nil && exact.GrossLow != nil}, {"gross_high", l.GrossHigh == nil && exact.GrossHigh != nil},
		{"payable", l.Payable == nil && exact.Payable != nil}, {"cashable", l.Cashable == nil && exact.Cashable != nil},
	} {
		if f.gone {
			names = append(names, f.name)
		}
	}
	return names
}

// byEvent is what leaves of a line whose events are priced one by one: its events, and nothing of what they cost. With public prices
// that would tell how many had which code, and with amounts on records who had a dear one; counts of people by code, which would
// say where it doesn't, are not kept.
func (c *control) byEvent(l, exact result.Line) result.Line {
	l.Gross, l.GrossLow, l.GrossHigh, l.Payable, l.Cashable = nil, nil, nil, nil, nil
	l.Hidden = hiddenOf(l, exact)
	return l
}

// own reports whether a line or a total is against people's own earlier rate.
func own(basis string) bool { return basis == string(costing.OwnRate) }
