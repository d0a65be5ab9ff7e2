// Package costing turns averted events into pounds: events × price at list price, what of it is payable and cashable, and
// what is left of it net of the service's cost; with the uncertainty of the estimate and of the prices carried through.
package costing

import (
	"fmt"
	"slices"
	"strings"

	"averted/costing/money"
	"averted/costing/tariff"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// PriceList is the price of each activity of a plan that has one.
type PriceList struct {
	PriceYear string
	Name      string             // of the study's other prices that were chosen, "" for its own
	Table     string             // the file or the table that comes with the tool
	Of        map[string]Applied // by activity name
	Cost      *Cost              // what the service cost; nil where the study doesn't say
	Notes     []string           // what the reader must know of the prices

	Codes map[string]map[string]int64 // pence by activity and code, of activities priced by code: for [study.Plan.SetCodes]
}

// Applied is a price as an activity takes it: the row, and what the study says beside it.
type Applied struct {
	tariff.Price
	Factor        *study.Factor // nil where activity and price have one unit
	PayableShare  *float64      // nil where nobody stated it
	CashableShare *float64
	ContractPrice *money.Pence // nil: the unit cost
	BorneBy       string
	FromStudy     []string // which of the shares and the contract price the study file states, and not the row
	CoreFunded    bool     // nothing is payable, since the activity is under core funding
	By            string   // study.ByCode, study.ByRecord or ""
}

// factor is how many of the price's unit one event is.
func (a Applied) factor() float64 {
	if a.Factor == nil {
		return 1
	}
	return a.Factor.Value
}

// Cost is what the service cost, in the price year of the bill.
type Cost struct {
	Sum       money.Pence // over all periods
	Low, High *money.Pence
	Served    int64 // people, over all periods
	Parts     []CostPart
	Funders   []Part
	Periods   []string
	Notes     []string // how it came to the price year
}

// CostPart is a part of the service's cost as the study gives it.
type CostPart struct {
	Name, Period, Funder string
	Amount               money.Pence // in the price year of the bill
	Moved                string      // how it came there, "" if it wasn't moved
}

// Part is a part of a cost, by name.
type Part struct {
	Name   string
	Amount money.Pence
}

// Prices reads the plan's price table and finds each activity's price. A study without prices has an
// empty list. The error is *[source.Rejected] if the table can't be used, and *[study.Invalid] if the study's key means no row or
// several, a table or an index that doesn't exist, a year that can't be converted, a price in another unit without a factor,
// or a cost of another year.
func Prices(plan *study.Plan) (*PriceList, error) {
	list := &PriceList{Of: map[string]Applied{}, Codes: map[string]map[string]int64{}}
	if plan.Prices == nil {
		return list, nil
	}
	keys := plan.Prices
	list.PriceYear, list.Name = keys.PriceYear, keys.Name
	if _, err := tariff.YearOf(keys.PriceYear); err != nil {
		return nil, plan.Problem("prices.price_year", "A132", err.Error())
	}
	table, err := priceTable(plan)
	if err != nil {
		return nil, err
	}
	if table != nil {
		list.Table = table.Name
	}
	var index *tariff.Index
	if keys.Convert != nil {
		if index, err = indexNamed(plan, keys.Convert.Index, "prices.convert.index"); err != nil {
			return nil, err
		}
		list.PriceYear = keys.Convert.To
	}
	warned := findings(table, activityYear(plan))
	for _, a := range plan.Activities {
		if a.Price == nil {
			continue
		}
		applied, err := apply(plan, table, a, keys.PriceYear)
		if err != nil {
			return nil, err
		}
		for _, w := range warned[applied.Row] {
			list.note("%s: %s (%s:%d).", a.Label, w, table.Name, applied.Row)
		}
		if index != nil && applied.By == study.ByRecord {
			return nil, plan.Problem(plan.PricePath(a.Name), "A132", "amounts on the records are of the years in which they were paid and are not moved (convert:); price these events by code, or leave the year as it is")
		}
		if index != nil {
			if applied.Price, err = index.Convert(applied.Price, keys.Convert.To); err != nil {
				return nil, plan.Problem("prices.convert", "A132", err.Error())
			}
			if c := applied.Converted; c != nil && applied.ContractPrice != nil {
				moved := applied.ContractPrice.Times(c.Factor)
				applied.ContractPrice = &moved
			}
		}
		if applied.By == study.ByCode {
			if list.Codes[a.Name], err = codes(plan, table, index, a); err != nil {
				return nil, err
			}
		}
		if applied.CoreFunded {
			list.note("%s: nothing is payable, since GP contacts are under core funding and no share is stated.", a.Label)
		}
		list.Of[a.Name] = applied
	}
	if index != nil {
		list.note("Prices of %s were moved to %s by %s, %s; a financial year takes the calendar year in which it begins.", keys.PriceYear, keys.Convert.To, index.Name, index.Vintage)
	}
	list.Cost, err = costOf(plan, list, index)
	if list.Cost != nil {
		list.Notes = append(list.Notes, list.Cost.Notes...)
	}
	return list, err
}

func (l *PriceList) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(l.Notes, text) {
		l.Notes = append(l.Notes, text)
	}
}

// priceTable is the table that the study names; nil for one that prices nothing or only by the record.
func priceTable(plan *study.Plan) (*tariff.Table, error) {
	if name := plan.Prices.Table; name != "" {
		table, ok := tariff.Embedded(name)
		if !ok {
			return nil, plan.Problem("prices.table", "A133", "no table of that name comes with the tool; there is "+strings.Join(tariff.Names(), ", "))
		}
		return table, nil
	}
	if plan.Prices.File == "" {
		for _, a := range plan.Activities {
			if a.Price != nil && a.Price.By != study.ByRecord {
				return nil, plan.Problem("prices", "A133", "say where the price table is: file: prices.csv, or table: "+tariff.NationalCostCollection)
			}
		}
		return nil, nil
	}
	table, err := tariff.Read(plan.Path("."), plan.Prices.File)
	if err != nil {
		return nil, fmt.Errorf("reading the prices: %w", err)
	}
	return table, nil
}

func indexNamed(plan *study.Plan, name, path string) (*tariff.Index, error) {
	if index, ok := tariff.EmbeddedIndex(name); ok {
		return index, nil
	}
	if !strings.Contains(name, ".") {
		return nil, plan.Problem(path, "A132", "no index of that name comes with the tool; there is "+strings.Join(tariff.Indexes(), ", ")+", or name a file")
	}
	index, err := tariff.ReadIndex(plan.Path("."), name)
	if err != nil {
		return nil, fmt.Errorf("reading the index: %w", err)
	}
	return index, nil
}

// findings is what is to be warned of in the rows of a table, by row.
func findings(table *tariff.Table, activityYear string) map[int][]string {
	found := map[int][]string{}
	if table == nil {
		return found
	}
	for _, f := range tariff.Check(table, activityYear) {
		if !f.Refused {
			found[f.Row] = append(found[f.Row], f.Text)
		}
	}
	return found
}

// activityYear is the financial year in which the middle of the feeds' days lies, "" where no days are known.
func activityYear(plan *study.Plan) string {
	if days := plan.Feeds().Hull(); days.Days() > 0 {
		return financialYear((days.Start + window.Day(days.Days()/2)).String())
	}
	return ""
}

// financialYear is that of a day as YYYY-MM-DD: it begins in April.
func financialYear(day string) string {
	var year, month, date int
	if _, err := fmt.Sscanf(day, "%d-%d-%d", &year, &month, &date); err != nil {
		return ""
	}
	if month < 4 {
		year--
	}
	return fmt.Sprintf("%d/%02d", year, (year+1)%100)
}

// apply finds an activity's row, and lays what the study says over it.
func apply(plan *study.Plan, table *tariff.Table, a study.Activity, year string) (Applied, error) {
	key, path := *a.Price, plan.PricePath(a.Name)
	applied := Applied{Factor: key.Factor, By: key.By}
	switch key.By {
	case study.ByRecord:
		applied.Price = tariff.Price{Activity: a.Name, Unit: a.Unit, PriceYear: year, Basis: "tariff", Source: "the amount on each record", Licence: "the study's own data"}
	case study.ByCode:
		rows := table.Select(key.Activity, "", key.Variant)
		rows = slices.DeleteFunc(rows, func(p tariff.Price) bool { return p.Code == "" || p.PriceYear != year })
		if len(rows) == 0 {
			return applied, plan.Problem(path, "A130", fmt.Sprintf("%s has no codes of it for %s", table.Name, year))
		}
		applied.Price = rows[0]
		applied.Code, applied.Variant, applied.UnitCost, applied.SE, applied.Low, applied.High = "by code", fmt.Sprintf("%d codes", len(rows)), 0, nil, nil, nil
	default:
		price, text := find(table, key, year)
		if text == "" {
			text = unlike(a, price, key, table.Name)
		}
		if text != "" {
			return applied, plan.Problem(path, "A130", text)
		}
		applied.Price = price
	}
	applied.PayableShare, applied.CashableShare, applied.ContractPrice, applied.BorneBy = applied.Price.PayableShare, applied.Price.CashableShare, applied.Price.ContractPrice, applied.Price.BorneBy
	if key.PayableShare != nil {
		applied.PayableShare, applied.FromStudy = key.PayableShare, append(applied.FromStudy, "payable_share")
	}
	if key.CashableShare != nil {
		applied.CashableShare, applied.FromStudy = key.CashableShare, append(applied.FromStudy, "cashable_share")
	}
	if key.ContractPrice != nil {
		contract := money.Pence(study.Pence(*key.ContractPrice))
		applied.ContractPrice, applied.FromStudy = &contract, append(applied.FromStudy, "contract_price")
	}
	if key.BorneBy != "" {
		applied.BorneBy = key.BorneBy
	}
	if applied.PayableShare == nil && CoreFunded(a.Name) {
		nothing := 0.0
		applied.PayableShare, applied.CoreFunded = &nothing, true
	}
	return applied, nil
}

// CoreFunded reports whether an activity is a contact of a GP surgery, of which nothing is payable unless somebody states a share.
func CoreFunded(activity string) bool { return activity == "gp" || strings.HasPrefix(activity, "gp_") }

// unlike says that an activity and its price have different units and no factor bridges them, or that a factor bridges what is
// one unit; "" if all is well.
func unlike(a study.Activity, price tariff.Price, key study.PriceKey, table string) string {
	differ := a.Unit != "" && a.Unit != price.Unit
	switch {
	case differ && key.Factor == nil:
		return fmt.Sprintf("the activity is counted in units of one %s, its price (%s:%d) is for one %s; declare how many one is: factor: {name: ..., value: ..., source: ...}", a.Unit, table, price.Row, price.Unit)
	case !differ && key.Factor != nil:
		return fmt.Sprintf("a factor bridges two units; the activity's is the price's own (%s), or isn't said: unit: ...", price.Unit)
	}
	return ""
}

// find is the one row that a key means, or what is wrong with the key.
func find(table *tariff.Table, key study.PriceKey, year string) (tariff.Price, string) {
	if table == nil {
		return tariff.Price{}, "the study names no price table"
	}
	rows := table.Select(key.Activity, key.Code, key.Variant)
	var found []tariff.Price
	for _, p := range rows {
		if p.PriceYear == year {
			found = append(found, p)
		}
	}
	if whole := slices.DeleteFunc(slices.Clone(found), func(p tariff.Price) bool { return p.Code != "" }); len(found) > 1 && len(whole) == 1 && key.Code == "" {
		found = whole // the row of the activity as a whole, beside those of its codes
	}
	switch {
	case len(found) == 1:
		return found[0], ""
	case len(found) > 1:
		var list []string
		for _, p := range found {
			list = append(list, fmt.Sprintf("row %d", p.Row))
		}
		return found[0], fmt.Sprintf("%s has %s for it; say which: {activity: %s, code: ..., variant: ...}", table.Name, strings.Join(list, " and "), key.Activity)
	case len(rows) > 0:
		return tariff.Price{}, fmt.Sprintf("%s has this price for %s and not for %s; prices are not moved between years unasked (convert: {to: %s, index: %s})", table.Name, strings.Join(tariff.Years(rows), ", "), year, year, tariff.GDPDeflator)
	}
	var names []string
	for _, p := range table.Prices {
		if !slices.Contains(names, p.Activity) {
			names = append(names, p.Activity)
		}
	}
	slices.Sort(names)
	return tariff.Price{}, fmt.Sprintf("%s has no such row; it has %s", table.Name, strings.Join(names, ", "))
}

// codes is the price in pence of each code of an activity that is priced by code.
func codes(plan *study.Plan, table *tariff.Table, index *tariff.Index, a study.Activity) (map[string]int64, error) {
	of := map[string]int64{}
	for _, p := range table.Select(a.Price.Activity, "", a.Price.Variant) {
		if p.Code == "" || p.PriceYear != plan.Prices.PriceYear {
			continue
		}
		if _, twice := of[p.Code]; twice {
			return nil, plan.Problem(plan.PricePath(a.Name), "A130", fmt.Sprintf("%s has the code of row %d twice; say which variant", table.Name, p.Row))
		}
		if index != nil {
			var err error
			if p, err = index.Convert(p, plan.Prices.Convert.To); err != nil {
				return nil, plan.Problem("prices.convert", "A132", err.Error())
			}
		}
		of[p.Code] = int64(p.UnitCost)
	}
	return of, nil
}

// costOf is what the service cost, in the price year of the list.
func costOf(plan *study.Plan, list *PriceList, index *tariff.Index) (*Cost, error) {
	if len(plan.ServiceCost) == 0 {
		return nil, nil
	}
	cost := &Cost{}
	low, high, ranged := money.Pence(0), money.Pence(0), false
	add := func(parts []Part, name string, amount money.Pence) []Part {
		for i := range parts {
			if parts[i].Name == name {
				parts[i].Amount += amount
				return parts
			}
		}
		return append(parts, Part{name, amount})
	}
	for _, c := range plan.ServiceCost {
		factor, err := cost.toYear(plan, c, list.PriceYear, index)
		if err != nil {
			return nil, err
		}
		period, funder := money.Pence(0), c.FundedBy
		if funder == "" {
			funder = NotStated
		}
		part := func(name string, pounds float64) {
			amount := money.Pence(study.Pence(pounds)).Times(factor)
			part := CostPart{Name: name, Period: fmt.Sprintf("%s to %s", c.Period.From, c.Period.To), Funder: funder, Amount: amount}
			if factor != 1 {
				part.Moved = fmt.Sprintf("£%s × %.4f", money.Pence(study.Pence(pounds)).Decimal(), factor)
			}
			cost.Parts = append(cost.Parts, part)
			period += amount
		}
		if len(c.Parts) == 0 {
			part("the whole", c.Amount)
		}
		for _, name := range sortedKeys(c.Parts) {
			part(name, c.Parts[name])
		}
		cost.Sum += period
		if label := fmt.Sprintf("%s to %s", c.Period.From, c.Period.To); !slices.Contains(cost.Periods, label) { // lines of one period are of the same people
			cost.Served += int64(c.PeopleServed)
			cost.Periods = append(cost.Periods, label)
		}
		cost.Funders = add(cost.Funders, funder, period)
		if c.High != 0 {
			ranged = true
			low, high = low+money.Pence(study.Pence(c.Low)).Times(factor), high+money.Pence(study.Pence(c.High)).Times(factor)
		} else {
			low, high = low+period, high+period
		}
	}
	if ranged {
		cost.Low, cost.High = &low, &high
	}
	return cost, nil
}

// toYear is the factor that moves a cost to the price year of the bill. A cost that says no year is of the year of the price table,
// and moves with the prices.
func (cost *Cost) toYear(plan *study.Plan, c study.ServiceCost, year string, moves *tariff.Index) (float64, error) {
	own := financialYear(c.Period.To.String())
	if c.PriceYear == "" && moves != nil {
		factor, err := moves.Factor(plan.Prices.PriceYear, year)
		if err != nil {
			return 0, plan.Problem("prices.convert", "A132", err.Error())
		}
		cost.Notes = append(cost.Notes, fmt.Sprintf("What the service cost from %s to %s is taken as in %s prices, since the study says no other, and was moved to %s as the prices were.", c.Period.From, c.Period.To, plan.Prices.PriceYear, year))
		return factor, nil
	}
	switch {
	case c.PriceYear == "" && own != year:
		cost.Notes = append(cost.Notes, fmt.Sprintf("What the service cost from %s to %s is taken as in %s prices, since the study says no other (price_year: and index: would move it).", c.Period.From, c.Period.To, year))
		return 1, nil
	case c.PriceYear == "" || c.PriceYear == year:
		return 1, nil
	}
	if c.Index == "" {
		return 0, plan.Problem("service_cost.price_year", "A134", fmt.Sprintf("what the service cost is of %s and the prices of %s: money of two price years can't be set against each other; name the index that moves it: index: %s", c.PriceYear, year, tariff.GDPDeflator))
	}
	index, err := indexNamed(plan, c.Index, "service_cost.index")
	if err != nil {
		return 0, err
	}
	factor, err := index.Factor(c.PriceYear, year)
	if err != nil {
		return 0, plan.Problem("service_cost.index", "A132", err.Error())
	}
	cost.Notes = append(cost.Notes, fmt.Sprintf("What the service cost was moved from %s to %s prices by %s, %s.", c.PriceYear, year, index.Name, index.Vintage))
	return factor, nil
}

func sortedKeys(m map[string]float64) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// NotStated stands for who bears or pays what nobody stated.
const NotStated = "not stated"
