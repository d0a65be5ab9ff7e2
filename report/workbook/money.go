package workbook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/result"
	"averted/report/telling"
)

// amount says which amount of money stands in a row: of an activity, or of all ("") against one expectation, and for what is net
// of the cost of which measure.
type amount struct{ activity, window, basis, measure string }

// grossColumn is where the difference at list price stands on Cost_avoidance; the measures follow.
const grossColumn = "I"

var columnOf = map[string]string{telling.ListPrice: "I", telling.Payable: "L", telling.Cashable: "M"}

func (b *book) totalRef(window, basis, column string) string {
	return ref(b.cost, column, b.costAt[amount{"", window, basis, ""}])
}

func (b *book) fillMoney() {
	if b.r.Bill == nil {
		return
	}
	b.fillCost()
	b.fillNet()
	b.fillPayers()
	b.fillCapacity()
	b.fillPresent()
	b.fillSensitivity()
	b.fillAttribution()
	b.fillCases()
}

// fillCost is averted events × price, against each expectation.
func (b *book) fillCost() {
	s := b.newSheet("Cost_avoidance", "Difference at list price", "Averted events × factor × unit cost, rounded once to a penny a line. No budget falls by that amount. Six months lies inside twelve, and each expectation is of the same events: none are added.")
	s.begin("Cost_avoidance", "Window", "Activity", "Expected from", "Averted#", "Averted, 95% low#", "Averted, 95% high#", "Unit cost#", "Factor#", "Difference at list price#", "95% low#", "95% high#", "Payable#", "Cashable#")
	s.widths = []float64{16, 40, 58, 12, 12, 12, 14, 10, 20, 20, 20, 18, 18}
	b.cost = s
	for _, w := range b.r.Study.Windows {
		for _, basis := range []string{telling.OwnRate, telling.CameAnyway, telling.Comparison} {
			first, n := s.next(), 0
			for _, l := range b.r.Bill.Lines {
				if l.Window == w.Label && l.Arm == service && l.Basis == basis {
					b.costLine(l)
					if l.Priced() {
						n++
					}
				}
			}
			if t := telling.TotalFrom(b.r, w.Label, basis); t != nil {
				b.costTotal(*t, first, n)
			}
		}
	}
}

// fixed writes a number into a formula, without an exponent.
func fixed(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// each is the price of one event in a formula: the unit cost, and the factor where there is one.
func (b *book) each(activity, price string) string {
	if p := b.activityOf(activity).Price; p != nil && p.Factor != nil {
		return "factor_" + b.suffix(activity) + "*" + price
	}
	return price
}

func (b *book) costLine(l result.Line) {
	s := b.cost
	row := s.next()
	b.costAt[amount{l.Activity, l.Window, l.Basis, ""}] = row
	a := b.activityOf(l.Activity)
	missing := number.NotAvailable
	if l.Averted == nil {
		missing = number.Hidden
	}
	z := text(short, number.NotApplies)
	cells := []cell{text(words, l.Window), text(words, a.Label), text(words, telling.From(l.Basis)), text(short, missing), orShortEvents(l.AvertedLow, missing), orShortEvents(l.AvertedHigh, missing),
		z, z, text(short, "no price given"), z, z, z, z}
	if l.Averted != nil {
		cells[3] = value(decimal, *l.Averted)
		if l.Basis == telling.OwnRate {
			cells[3] = events(ref(b.activity, "I", b.at[place{l.Activity, l.Window, l.Arm, l.FollowUp, ""}]), *l.Averted)
		}
	}
	if l.Priced() {
		b.priceLine(cells, row, l, a)
	}
	s.add(cells...)
}

// priceLine fills a line's cells of money.
func (b *book) priceLine(cells []cell, row int, l result.Line, a result.Activity) {
	suffix := b.suffix(l.Activity)
	missing := func(i int) cell {
		if l.Gross == nil || slices.Contains(l.Hidden, []string{"gross", "gross_low", "gross_high"}[i]) {
			return text(short, number.Hidden)
		}
		return text(short, number.NotAvailable)
	}
	given := l.ByEvent
	if given {
		cells[6] = text(short, "each event")
	} else {
		cells[6] = live(pence, "unit_cost_"+suffix, float64(*a.UnitCost)/100)
	}
	if f := a.Price.Factor; f != nil {
		cells[7] = live(plain, "factor_"+suffix, f.Value)
	}
	for i, p := range []*int64{l.Gross, l.GrossLow, l.GrossHigh} {
		switch {
		case p == nil:
			cells[8+i] = missing(i)
		case given:
			cells[8+i] = value(pounds, float64(*p)/100)
		case i > 0 && l.Varied:
			cells[8+i] = live(pounds, fmt.Sprintf(`IF(inputs_changed=0,%v,"[x]")`, fixed(float64(*p)/100)), float64(*p)/100)
		default:
			cells[8+i] = live(pounds, fmt.Sprintf("ROUND(%s%d*%s,2)", []string{"D", "E", "F"}[i], row, b.each(l.Activity, "unit_cost_"+suffix)), float64(*p)/100)
		}
	}
	if l.Gross == nil {
		cells[11], cells[12] = missing(0), missing(0)
		return
	}
	contract := "unit_cost_" + suffix
	if a.Price.Contract != nil {
		contract = "contract_price_" + suffix
	}
	for i, m := range []struct {
		share, price string
		v            *int64
	}{{"payable_share_" + suffix, contract, l.Payable}, {"cashable_share_" + suffix, "unit_cost_" + suffix, l.Cashable}} {
		of := fmt.Sprintf("D%d*%s*%s", row, b.each(l.Activity, m.price), m.share)
		if given {
			of = fmt.Sprintf("I%d*%s", row, m.share)
		}
		cells[11+i] = orStated(fmt.Sprintf(`IF(ISNUMBER(%s),ROUND(%s,2),"%s")`, m.share, of, notStated), m.v)
	}
}

// orStated is an amount by a formula that says so where nobody stated a share.
func orStated(formula string, pence *int64) cell {
	if pence == nil {
		return live(short, formula, notStated)
	}
	return live(pounds, formula, float64(*pence)/100)
}

func (b *book) costTotal(t result.Total, first, priced int) {
	s := b.cost
	last := s.next() - 1
	b.costAt[amount{"", t.Window, t.Basis, ""}] = s.next()
	z := text(totalShort, number.NotApplies)
	missing := number.Hidden
	if len(t.Missing) > 0 {
		missing = number.NotAvailable
	}
	x := text(totalShort, missing)
	row := []cell{text(totalText, t.Window), text(totalText, "All priced activities"), text(totalText, telling.From(t.Basis)), z, z, z, z, z, x, x, x, x, x}
	if t.Gross != nil {
		row[8] = live(totalPounds, fmt.Sprintf("SUM(I%d:I%d)", first, last), float64(*t.Gross)/100)
		row[9], row[10] = text(totalShort, number.NotAvailable), text(totalShort, number.NotAvailable)
		account := b.account(t.Window, t.Basis)
		for i, m := range []string{telling.Payable, telling.Cashable} {
			column := []string{"L", "M"}[i]
			sum := cell{totalShort, fmt.Sprintf(`IF(COUNT(%s%d:%s%d)=%d,SUM(%s%d:%s%d),"%s")`, column, first, column, last, priced, column, first, column, last, notStated), notStated}
			if account != nil {
				if p := telling.Position(account, m); p != nil {
					sum = cell{totalPounds, sum.formula, float64(p.Difference) / 100}
				}
			}
			row[11+i] = sum
		}
	}
	if t.GrossLow != nil {
		for i, end := range []int64{*t.GrossLow, *t.GrossHigh} {
			pounds := float64(end) / 100
			row[9+i] = live(totalPounds, fmt.Sprintf(`IF(inputs_changed=0,%v,"[x]")`, fixed(pounds)), pounds)
		}
	}
	s.add(row...)
}

// account is that of a window and an expectation, nil where it is hidden or there is none.
func (b *book) account(window, basis string) *result.Account {
	for i, a := range b.r.Bill.Accounts {
		if a.Window == window && a.Basis == basis && a.People != nil {
			return &b.r.Bill.Accounts[i]
		}
	}
	return nil
}

// keep is the share of a difference that the corrections leave, in a formula. Deadweight is taken off the raw difference alone.
func keep(a *result.Account) string {
	if a.Basis == telling.OwnRate {
		return "attribution*(1-deadweight)*(1-optimism)"
	}
	return "attribution*(1-optimism)"
}

// credited is what a difference comes to after corrections and discounting, in a formula. No correction makes a rise smaller.
func credited(a *result.Account, sum, keep string) string {
	var parts []string
	for _, y := range a.Years {
		parts = append(parts, fmt.Sprintf("ROUND((%s)*IF((%s)<0,1,%s)*%s*%s,2)", sum, sum, keep, shareOf(a, y), factorOf(y)))
	}
	return strings.Join(parts, "+")
}

// shareOf is the share of a window's days that lie in a year.
func shareOf(a *result.Account, y result.Year) string {
	if len(a.Years) == 1 {
		return "1"
	}
	const year = 365
	return fmt.Sprintf("(%d/%d)", min(a.Days-y.N*year, year), a.Days)
}

func factorOf(y result.Year) string { return fmt.Sprintf("(1+discount_rate)^-%d", y.N) }

// costFor is what the service cost for so many people, in a formula.
func costFor(people int64, sum string) string {
	return fmt.Sprintf("ROUND(%s*%d/people_served,2)", sum, people)
}

// raisedFor is the same with the study's own correction for optimism.
func raisedFor(people int64, sum string) string {
	return fmt.Sprintf("ROUND(%s*(1+optimism_on_cost)*%d/people_served,2)", sum, people)
}

// fillNet is each account: what is credited, the service's cost, what is left, and break-even.
func (b *book) fillNet() {
	s := b.newSheet("Net_of_cost", "The difference net of what the service cost", "Credited is the difference after the study's own corrections and discounting; break-even is the service's cost over the difference. Below evidence grade 3 no return is told, since a change is no effect.")
	s.begin("Net_of_cost", "Window", "Expected from", "Measure", "People analysed#", "Difference#", "Credited#", "Service cost for them#", "With optimism on cost#", "Net#", "Break-even share#", "Difference a head#", "Service cost a head#", "Difference for a pound spent#", "Chance that it covers its cost#")
	s.widths = []float64{16, 62, 14, 14, 18, 18, 18, 18, 18, 16, 16, 16, 16, 20}
	for i := range b.r.Bill.Accounts {
		a := &b.r.Bill.Accounts[i]
		if a.People == nil || len(a.Positions) == 0 {
			continue
		}
		for _, measure := range []string{telling.ListPrice, telling.Payable, telling.Cashable} {
			b.netLine(s, a, measure)
		}
	}
	b.net = s
}

// netLine is one measure of an account; where nobody stated a share it says so, until somebody fills the share in.
func (b *book) netLine(s *sheet, a *result.Account, measure string) {
	row, z, not := s.next(), text(short, number.NotApplies), text(short, notStated)
	b.netAt[amount{"", a.Window, a.Basis, measure}] = row
	var difference, left, net *int64
	breakEven := cell{short, "", notStated}
	if p := telling.Position(a, measure); p != nil {
		difference, left, net = &p.Difference, &p.Credited, p.Net
		if breakEven.value = "it can't"; p.BreakEven != nil {
			breakEven = cell{share, "", *p.BreakEven}
		}
	}
	e := fmt.Sprintf("E%d", row)
	cells := []cell{text(words, a.Window), text(words, telling.From(a.Basis)), text(words, measure), value(count, *a.People), orStated(b.totalRef(a.Window, a.Basis, columnOf[measure]), difference),
		orStated(ifNumber(e, credited(a, e, keep(a))), left), not, not, not, not, z, z, z, z}
	if a.Cost != nil {
		cells[6] = live(pounds, costFor(*a.People, "service_cost"), float64(*a.Cost)/100)
		cells[7] = live(pounds, raisedFor(*a.People, "service_cost"), float64(*a.Raised)/100)
		cells[8] = orStated(ifNumber(e, fmt.Sprintf("F%d-H%d", row, row)), net)
		breakEven.formula = fmt.Sprintf(`IF(ISNUMBER(E%d),IF(E%d>0,G%d/E%d,"it can't"),"%s")`, row, row, row, row, notStated)
		cells[9] = breakEven
	}
	if measure == telling.ListPrice {
		b.perHead(cells, row, a)
	}
	s.add(cells...)
}

// ifNumber is a formula where a cell holds a number, and what it says otherwise.
func ifNumber(at, formula string) string {
	return fmt.Sprintf("IF(ISNUMBER(%s),%s,%s)", at, formula, at)
}

func (b *book) perHead(cells []cell, row int, a *result.Account) {
	if a.PerHead != nil {
		cells[10] = live(pounds, fmt.Sprintf("ROUND(E%d/D%d,2)", row, row), float64(*a.PerHead)/100)
	}
	if a.CostEach != nil {
		cells[11] = live(pounds, fmt.Sprintf("ROUND(G%d/D%d,2)", row, row), float64(*a.CostEach)/100)
	}
	if a.Benefit != nil {
		cells[12] = live(pounds, fmt.Sprintf("F%d/H%d", row, row), *a.Benefit)
	}
	if a.Covers != nil {
		cells[13] = live(share, fmt.Sprintf(`IF(inputs_changed=0,%v,"[x]")`, fixed(*a.Covers)), *a.Covers)
	}
}

// fillPayers is who bears what, and who pays for the service.
func (b *book) fillPayers() {
	s := b.newSheet("Who_pays", "Who bears what was averted, and who pays for the service", "Of each window's leading account. One body may bear less where another goes on paying for the service.")
	s.begin("Who_pays", "Window", "Who", "What for", "Difference at list price#", "Payable#", "Cashable#", "Service cost#")
	s.widths = []float64{16, 36, 70, 22, 18, 18, 18}
	for _, w := range b.r.Study.Windows {
		a := telling.Account(b.r, w.Label)
		if a == nil || a.People == nil {
			continue
		}
		z := text(short, number.NotApplies)
		for _, p := range a.Bearers {
			sum := func(column string) (formula string, cells []string) {
				for _, activity := range p.Activities {
					cells = append(cells, ref(b.cost, column, b.costAt[amount{activity, a.Window, a.Basis, ""}]))
				}
				return strings.Join(cells, "+"), cells
			}
			stated := func(column string, v *int64) cell {
				formula, cells := sum(column)
				return orStated(fmt.Sprintf(`IF(COUNT(%s)=%d,%s,"%s")`, strings.Join(cells, ","), len(cells), formula, notStated), v)
			}
			var labels []string
			for _, activity := range p.Activities {
				labels = append(labels, b.label(activity))
			}
			gross, _ := sum("I")
			s.tall(text(words, a.Window), text(wrapped, p.Name), text(wrapped, "bears "+strings.Join(labels, ", ")), live(pounds, gross, float64(p.Gross)/100), stated("L", p.Payable), stated("M", p.Cashable), z)
		}
		first := s.next()
		for i, f := range a.Funders {
			total := costFor(*a.People, "service_cost")
			formula := total
			var mine []string
			for p, part := range b.r.Bill.Cost.Parts {
				if part.Funder == f.Name {
					mine = append(mine, fmt.Sprintf("Assumptions!C%d", b.parts[p]))
				}
			}
			switch {
			case i < len(a.Funders)-1:
				formula = fmt.Sprintf("ROUND(%s*(%s)/SUM(Assumptions!C%d:C%d),2)", total, strings.Join(mine, "+"), b.parts[0], b.parts[len(b.parts)-1])
			case i > 0:
				formula = fmt.Sprintf("%s-SUM(G%d:G%d)", total, first, s.next()-1)
			}
			s.tall(text(words, a.Window), text(wrapped, f.Name), text(wrapped, "pays for the service"), z, z, z, live(pounds, formula, float64(f.Amount)/100))
		}
	}
	b.payers = s
}

// fillCapacity is averted events as capacity.
func (b *book) fillCapacity() {
	s := b.newSheet("Capacity", "Averted events as capacity", "Of each window's leading account. Cash needs a step of that size to be closed: a ward, a session, a clinic. Negative is more use than expected.")
	s.begin("Capacity", "Window", "Activity", "Averted#", "Days#", "Events a day#", "Nights each#", "Beds#", "Minutes each#", "GP hours a week#", "Whole service cost for one averted#", "Price at which the service breaks even#", "Nights and minutes from")
	s.widths = []float64{16, 40, 14, 10, 14, 12, 12, 12, 16, 22, 24, 60}
	for _, w := range b.r.Study.Windows {
		a := telling.Account(b.r, w.Label)
		if a == nil || a.People == nil {
			continue
		}
		for _, u := range a.Uses {
			row, z := s.next(), text(short, number.NotApplies)
			cells := []cell{text(words, a.Window), text(words, b.label(u.Activity)), live(decimal, ref(b.cost, "D", b.costAt[amount{u.Activity, a.Window, a.Basis, ""}]), u.PerDay*float64(a.Days)), value(count, a.Days),
				live(ratio, fmt.Sprintf("C%d/D%d", row, row), u.PerDay), z, z, z, z, z, z, text(wrapped, number.NotApplies)}
			takes := b.activityOf(u.Activity).Takes
			if takes != nil {
				cells[11] = text(wrapped, cmp.Or(takes.Source, "the activity's own unit"))
			}
			if u.Beds != nil {
				cells[5], cells[6] = value(plain, takes.Nights), live(ratio, fmt.Sprintf("C%d*F%d/D%d", row, row, row), *u.Beds)
			}
			if u.HoursAWeek != nil {
				cells[7], cells[8] = value(plain, takes.Minutes), live(ratio, fmt.Sprintf("C%d*H%d/60/(D%d/7)", row, row, row), *u.HoursAWeek)
			}
			if u.CostOf != nil {
				cells[9] = live(pounds, fmt.Sprintf("ROUND(%s/C%d,2)", costFor(*a.People, "service_cost"), row), float64(*u.CostOf)/100)
			}
			if u.BreaksEven != nil {
				total := "0"
				if len(a.Positions) > 0 {
					total = b.totalRef(a.Window, a.Basis, "I")
				}
				cells[10] = live(pounds, fmt.Sprintf("ROUND(MAX(0,%s-%s)/C%d,2)", costFor(*a.People, "service_cost"), total, row), float64(*u.BreaksEven)/100)
			}
			s.tall(cells...)
		}
	}
	b.capacity = s
}

// fillPresent is the difference by year.
func (b *book) fillPresent() {
	s := b.newSheet("Present_value", "The difference by year, at present value", "The difference at list price of each leading account, spread evenly over the window's days; the first year is not discounted. The service's cost is counted in the first year.")
	s.begin("Present_value", "Window", "Year#", "Share of the days#", "Difference#", "Discount factor#", "Credited, present value#")
	s.widths = []float64{16, 10, 20, 20, 18, 26}
	for _, w := range b.r.Study.Windows {
		a := telling.Account(b.r, w.Label)
		if a == nil || len(a.Positions) == 0 {
			continue
		}
		for _, y := range a.Years {
			row := s.next()
			total := b.totalRef(a.Window, a.Basis, "I")
			s.add(text(words, a.Window), value(count, y.N+1), live(share, shareOf(a, y), y.Share), live(pounds, fmt.Sprintf("%s*C%d", total, row), float64(a.Positions[0].Difference)/100*y.Share),
				live(plain, factorOf(y), y.Factor), live(pounds, fmt.Sprintf("ROUND(%s*IF(%s<0,1,%s)*C%d*E%d,2)", total, total, keep(a), row, row), float64(y.Credited)/100))
		}
	}
	b.present = s
}

// fillSensitivity is what is left with one input at either end of its range.
func (b *book) fillSensitivity() {
	w := telling.Main(b.r)
	a := telling.Account(b.r, w.Label)
	if a == nil || len(a.Swings) == 0 {
		return
	}
	s := b.newSheet("Sensitivity", "What is left, with one input at the low and the high end of its range", "Over "+w.Label+", at list price, net of the service's cost where it is stated; the others as they are used.")
	s.begin("Sensitivity", "Input", "Unit", "Low#", "High#", "Left at low#", "Left at high#", "Left as used#", "Between the two#")
	s.widths = []float64{58, 14, 16, 16, 20, 20, 20, 20}
	left := a.Positions[0].Credited
	if a.Positions[0].Net != nil {
		left = *a.Positions[0].Net
	}
	for _, x := range a.Swings {
		name := b.swings(x)
		row := s.next()
		k := map[string]kind{telling.InPounds: pounds, telling.InShares: share, telling.InNumbers: plain}[x.Unit]
		between := x.AtHigh - x.AtLow
		s.add(text(words, x.Input), text(words, x.Unit), live(k, b.inputCell(name, "D"), x.Low), live(k, b.inputCell(name, "F"), x.High),
			live(pounds, b.leftWith(a, name, fmt.Sprintf("C%d", row)), float64(x.AtLow)/100), live(pounds, b.leftWith(a, name, fmt.Sprintf("D%d", row)), float64(x.AtHigh)/100),
			live(pounds, b.leftWith(a, "", ""), float64(left)/100), live(pounds, fmt.Sprintf("ABS(F%d-E%d)", row, row), float64(max(between, -between))/100))
	}
	b.sensitivity = s
}

// swings is the defined name of the input that a swing is of.
func (b *book) swings(x result.Swing) string {
	if x.Activity != "" {
		return x.Of + "_" + b.suffix(x.Activity)
	}
	return x.Of
}

// leftWith is what is left of an account with one input at a value, in a formula; as it is used where none is named.
func (b *book) leftWith(a *result.Account, name, at string) string {
	total := b.totalRef(a.Window, a.Basis, "I")
	cost, kept := "service_cost", keep(a)
	switch {
	case name == "service_cost":
		cost = at
	case name == "attribution" || name == "deadweight" || name == "optimism":
		kept = strings.Replace(keep(a), name, at, 1)
	case name != "":
		for _, u := range a.Uses {
			suffix := b.suffix(u.Activity)
			if suffix == "" || name != "unit_cost_"+suffix && name != "factor_"+suffix {
				continue
			}
			line := b.costAt[amount{u.Activity, a.Window, a.Basis, ""}]
			total += fmt.Sprintf("-%s+ROUND(%s*%s,2)", ref(b.cost, "I", line), ref(b.cost, "D", line), strings.Replace(b.each(u.Activity, "unit_cost_"+suffix), name, at, 1))
		}
	}
	formula := credited(a, total, kept)
	if a.Cost != nil {
		formula += "-" + raisedFor(*a.People, cost)
	}
	return formula
}

// fillAttribution is how likely a share of the difference covers the cost.
func (b *book) fillAttribution() {
	s := b.newSheet("Attribution", "How likely a share of the difference covers the service's cost", "From the interval of the total, to the nearest 5%, for the inputs as supplied and before corrections (the service's cost too). How large that share is, a difference that nobody compared can't tell.")
	s.begin("Attribution", "Window", "Expected from", "Share of the difference that is real#", "Chance that it covers the cost#")
	s.widths = []float64{16, 62, 24, 24}
	for _, a := range b.r.Bill.Accounts {
		for _, c := range a.Curve {
			s.add(text(words, a.Window), text(words, telling.From(a.Basis)), value(share, c.Share), live(share, fmt.Sprintf(`IF(inputs_changed=0,%v,"[x]")`, fixed(c.Probability)), c.Probability))
		}
	}
	b.attribution = s
}

// fillCases is the costs of single cases.
func (b *book) fillCases() {
	s := b.newSheet("Case_costs", "Costs that single cases are said to have avoided", "Unit cost × units × how likely it was. Not annualised, and never added to the cohort's figures.")
	s.begin("Case_costs", "What did not happen", "Unit cost#", "Unit", "Units#", "How likely#", "Expected#", "Borne by", "Evidence")
	s.widths = []float64{60, 16, 14, 10, 12, 18, 26, 90}
	for _, c := range b.r.Bill.Cases {
		row := s.next()
		s.tall(text(wrapped, c.What), value(pence, float64(c.UnitCost)/100), text(words, c.Unit), value(plain, c.Units), value(share, c.Probability), live(pounds, fmt.Sprintf("ROUND(B%d*D%d*E%d,2)", row, row, row), float64(c.Expected)/100),
			text(wrapped, cmp.Or(c.BorneBy, notStated)), text(wrapped, c.Evidence))
	}
	b.cases = s
}

// rawly names the difference against people's own earlier rate.
func (b *book) rawly() string {
	for _, l := range b.r.Bill.Lines {
		if l.Basis != telling.OwnRate {
			return "Raw difference"
		}
	}
	return "Difference"
}

// keyMoney is the key figures of what is left. Of a difference that may be nothing none is.
func (b *book) keyMoney(key func(string, cell), window string) {
	if b.r.Bill == nil {
		return
	}
	for i := range b.r.Bill.Accounts {
		a := &b.r.Bill.Accounts[i]
		t := telling.TotalFrom(b.r, window, a.Basis)
		if a.Window != window || len(a.Positions) == 0 || t == nil || t.Gross == nil {
			continue
		}
		from := map[string]string{telling.OwnRate: b.rawly(), telling.CameAnyway: "Left when what would have come anyway is allowed for", telling.Comparison: "Against comparison people"}[a.Basis]
		if telling.MayBeNothing(b.r, a) {
			if a.Basis != telling.OwnRate { // the raw one says so itself
				key(from+", 95% interval", text(keyText, "may be nothing"))
			}
			continue
		}
		if a.Basis != telling.OwnRate {
			key(from+", at list price", live(keyMoney, b.totalRef(window, a.Basis, grossColumn), float64(*t.Gross)/100))
		}
		if net := a.Positions[0].Net; net != nil && (a.Leads || a.Basis != telling.OwnRate) {
			key(from+", net of cost", live(keyMoney, ref(b.net, "I", b.netAt[amount{"", window, a.Basis, telling.ListPrice}]), float64(*net)/100))
		}
	}
}

// moneyChecks sets every £ cell against the engine's own value.
func (b *book) moneyChecks(check func(k kind, what, formula string, v float64, wantFormula string, want float64)) {
	if b.r.Bill == nil {
		return
	}
	from := func(basis string) string {
		if basis == telling.OwnRate {
			return ""
		}
		return ", against " + telling.From(basis)
	}
	for _, l := range b.r.Bill.Lines {
		if l.Arm != service || l.Gross == nil {
			continue
		}
		gross := float64(*l.Gross) / 100
		check(pounds, b.label(l.Activity)+", "+l.Window+from(l.Basis)+": pounds", ref(b.cost, "I", b.costAt[amount{l.Activity, l.Window, l.Basis, ""}]), gross, "", gross)
	}
	for _, t := range b.r.Bill.Totals {
		if t.Arm != service || t.Gross == nil {
			continue
		}
		gross, at := float64(*t.Gross)/100, b.totalRef(t.Window, t.Basis, "I")
		check(pounds, "All priced activities, "+t.Window+from(t.Basis)+": pounds", at, gross, "", gross)
		var parts []string
		for _, l := range b.r.Bill.Lines {
			if l.Window == t.Window && l.Arm == service && l.Basis == t.Basis && l.Priced() {
				row := b.costAt[amount{l.Activity, l.Window, l.Basis, ""}]
				part := fmt.Sprintf("ROUND(%s*%s,2)", ref(b.cost, "D", row), b.each(l.Activity, ref(b.cost, "G", row)))
				if l.ByEvent {
					part = ref(b.cost, "I", row)
				}
				parts = append(parts, part)
			}
		}
		check(pounds, "All priced activities, "+t.Window+from(t.Basis)+": lines added again", at, gross, strings.Join(parts, "+"), gross)
	}
	for _, a := range b.r.Bill.Accounts {
		for _, p := range a.Positions {
			if p.Net != nil {
				net := float64(*p.Net) / 100
				check(pounds, "Net of cost, "+a.Window+", "+p.Measure+from(a.Basis), ref(b.net, "I", b.netAt[amount{"", a.Window, a.Basis, p.Measure}]), net, "", net)
			}
		}
	}
}
