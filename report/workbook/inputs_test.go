package workbook_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"averted/costing"
	"averted/costing/money"
	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/study"
	"averted/fixtures/office"
	"averted/report"
	"averted/report/release"
	"averted/report/workbook"

	"github.com/xuri/excelize/v2"
)

// moneyStudy has every input of money that there is: ranges, a factor, contract prices, shares, a cost in parts from two funders,
// corrections, a window of two years, an activity without a price, one of beds and one of a GP's minutes.
const moneyStudy = `averted: 1
title: money
date: 2020-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
activities:
  ae: {label: A&E attendances, unit: attendance, price: {activity: ae, payable_share: 0.5, cashable_share: 0.25}}
  admission:
    label: Admissions
    unit: spell
    capacity: {nights: 5.5, source: a local audit}
    price: {activity: admission, borne_by: the board, cashable_share: 0.1, payable_share: 0.4, contract_price: 1200.5, factor: {name: episodes_per_spell, value: 1.25, low: 1.1, high: 1.5, source: a local audit}}
  gp: {label: GP consultations, capacity: {minutes: 9.22, source: a local audit}, price: {activity: gp, cashable_share: 0}}
  calls: {label: Calls}
prices: {file: prices.csv, price_year: 2018/19}
service_cost:
  - {parts: {staff: 30000.5, overheads: 4000.25}, low: 30000, high: 40000, period: {from: 2018-04-01, to: 2019-03-31}, people_served: 210, funded_by: the council}
  - {amount: 12000, period: {from: 2019-04-01, to: 2020-03-31}, people_served: 80, price_year: 2018/19, funded_by: the board}
adjust:
  attribution: {value: 0.7, low: 0.4, high: 0.9, reason: a guess}
  deadweight: {value: 0.1, low: 0, high: 0.2, reason: a guess}
  optimism: {value: 0.15, low: 0.05, high: 0.3, on_cost: 0.1, reason: a guess}
cases:
  - {what: A placement that did not happen, unit_cost: 950.5, unit: week, units: 26, probability: 0.35, evidence: a letter}
counts:
  file: counts.csv
  columns: {person: id}
  died_or_left: 0
  windows:
    12 months: {ae: {before: b, after: a}, admission: {before: c, after: d}, gp: {before: e, after: f}, calls: {before: f, after: e}}
    24 months: {ae: {before: b, after: a}, admission: {before: c, after: d}, gp: {before: e, after: f}, calls: {before: f, after: e}}
`

const moneyPrices = `activity,unit,price_year,value_gbp,se,low,high,contract_price,borne_by,source,licence
ae,attendance,2018/19,115.37,,90,150,100.25,the trust,made up,synthetic data
admission,episode,2018/19,1700.11,120,,,,the trust,made up,synthetic data
gp,consultation,2018/19,36.99,,,,,the surgeries,made up,synthetic data
`

// moneyPlan writes the study of money into a folder and counts it.
func moneyPlan(t *testing.T) (*study.Plan, *evaluate.Found, *costing.PriceList) {
	t.Helper()
	dir := t.TempDir()
	rows := "id,a,b,c,d,e,f\n"
	for i := range 240 {
		rows += strings.Join([]string{"P" + strconv.Itoa(i), strconv.Itoa(i % 5), strconv.Itoa((3*i + i/7) % 8), strconv.Itoa((i + i/9) % 4), strconv.Itoa(i % 3), strconv.Itoa((5*i + i/11) % 9), strconv.Itoa(i % 7)}, ",") + "\n"
	}
	for name, text := range map[string]string{"study.yaml": moneyStudy, "prices.csv": moneyPrices, "counts.csv": rows} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Read(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	prices, err := costing.Prices(plan)
	if err != nil {
		t.Fatal(err)
	}
	found, err := evaluate.Run(t.Context(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan, found, prices
}

// billed is what the engine gives at some prices, as may leave.
func billed(t *testing.T, found *evaluate.Found, prices *costing.PriceList) *release.Released {
	t.Helper()
	bill, err := costing.Price(t.Context(), found, prices)
	if err != nil {
		t.Fatal(err)
	}
	safe, err := release.Control(report.Assemble(found, bill, prices))
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

// changes are one change of each kind of input: how the engine takes it, and the row and the value on Assumptions; row
// "scenario" is the scenario.
var changes = []struct {
	row    string
	value  any
	engine func(plan *study.Plan, prices *costing.PriceList)
}{
	{"Unit cost: A&E attendances", 230.74, func(_ *study.Plan, l *costing.PriceList) {
		of(l, "ae", func(a *costing.Applied) { a.UnitCost = 23074 })
	}},
	{"Factor: episodes_per_spell, Admissions", 1.4, func(_ *study.Plan, l *costing.PriceList) {
		of(l, "admission", func(a *costing.Applied) { factor(a, 1.4) })
	}},
	{"Contract price: Admissions", 999.99, func(_ *study.Plan, l *costing.PriceList) {
		of(l, "admission", func(a *costing.Applied) { a.ContractPrice = amount(99999) })
	}},
	{"Payable share: A&E attendances", 0.9, func(_ *study.Plan, l *costing.PriceList) {
		of(l, "ae", func(a *costing.Applied) { a.PayableShare = share(0.9) })
	}},
	{"Cashable share: Admissions", 0.35, func(_ *study.Plan, l *costing.PriceList) {
		of(l, "admission", func(a *costing.Applied) { a.CashableShare = share(0.35) })
	}},
	{"Cashable share: A&E attendances", "not stated", func(_ *study.Plan, l *costing.PriceList) {
		of(l, "ae", func(a *costing.Applied) { a.CashableShare = nil })
	}},
	{"Service cost: staff", 90000.0, func(_ *study.Plan, l *costing.PriceList) { parts(l, "staff", 9000000) }},
	{"People served in those periods", 500.0, func(_ *study.Plan, l *costing.PriceList) { l.Cost.Served = 500 }},
	{"Attribution: share of the difference credited to the service", 0.33, func(p *study.Plan, _ *costing.PriceList) { p.Adjust.Attribution.Value = 0.33 }},
	{"Deadweight: share that would have come without it", 0.5, func(p *study.Plan, _ *costing.PriceList) { p.Adjust.Deadweight.Value = 0.5 }},
	{"Optimism: share by which the difference is cut", 0.4, func(p *study.Plan, _ *costing.PriceList) { p.Adjust.Optimism.Value = 0.4 }},
	{"Optimism on cost: share by which the service's cost is raised", 0.65, func(p *study.Plan, _ *costing.PriceList) { p.Adjust.Optimism.OnCost = 0.65 }},
	{"Discount rate a year, beyond the first", 0.07, func(p *study.Plan, _ *costing.PriceList) { p.Discount = &study.Discount{Rate: 0.07} }},
	{"scenario", "Low", func(p *study.Plan, l *costing.PriceList) { scene(p, l, true) }},
	{"scenario", "High", func(p *study.Plan, l *costing.PriceList) { scene(p, l, false) }},
}

func of(l *costing.PriceList, activity string, change func(*costing.Applied)) {
	a := l.Of[activity]
	change(&a)
	l.Of[activity] = a
}

func factor(a *costing.Applied, to float64) {
	f := *a.Factor
	f.Value = to
	a.Factor = &f
}

func amount(p money.Pence) *money.Pence { return &p }
func share(s float64) *float64          { return &s }

func parts(l *costing.PriceList, name string, to money.Pence) {
	c := *l.Cost
	c.Parts, c.Funders = append([]costing.CostPart{}, c.Parts...), append([]costing.Part{}, c.Funders...)
	for i := range c.Parts {
		if c.Parts[i].Name == name {
			c.Sum += to - c.Parts[i].Amount
			for f := range c.Funders {
				if c.Funders[f].Name == c.Parts[i].Funder {
					c.Funders[f].Amount += to - c.Parts[i].Amount
				}
			}
			c.Parts[i].Amount = to
		}
	}
	l.Cost = &c
}

// scene sets every input that has a range to one end of it.
func scene(p *study.Plan, l *costing.PriceList, low bool) {
	for name, a := range l.Of {
		if from, to, ranged := a.Range(); ranged {
			a.SE, a.Low, a.High = nil, &from, &to // the range stays where it was stated
			if a.UnitCost = to; low {
				a.UnitCost = from
			}
		}
		if a.Factor != nil && a.Factor.Low != nil {
			if low {
				factor(&a, *a.Factor.Low)
			} else {
				factor(&a, *a.Factor.High)
			}
		}
		l.Of[name] = a
	}
	c := *l.Cost
	if c.Sum = *c.High; low {
		c.Sum = *c.Low
	}
	l.Cost = &c
	end := func(value *float64, from, to *float64) {
		if *value = *to; low {
			*value = *from
		}
	}
	end(&p.Adjust.Attribution.Value, p.Adjust.Attribution.Low, p.Adjust.Attribution.High)
	end(&p.Adjust.Deadweight.Value, p.Adjust.Deadweight.Low, p.Adjust.Deadweight.High)
	end(&p.Adjust.Optimism.Value, p.Adjust.Optimism.Low, p.Adjust.Optimism.High)
}

// sheets are those whose £ cells must be what the engine gives for changed inputs.
var moneySheets = []string{"Cost_avoidance", "Net_of_cost", "Who_pays", "Capacity", "Present_value", "Sensitivity", "Waterfall", "Case_costs"}

// TestEveryInput changes each kind of input in the workbook, has LibreOffice work all out again, and wants to the penny what the
// engine gives for that input.
func TestEveryInput(t *testing.T) {
	if testing.Short() {
		t.Skip("recalculates in LibreOffice")
	}
	_, found, prices := moneyPlan(t)
	asItIs := save(t, billed(t, found, prices))
	dir := t.TempDir()
	var paths []string
	wanted := map[string]*excelize.File{}
	for i, c := range changes {
		changedPlan, err := study.Read(filepath.Join(found.Plan.Path("."), "study.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		list, err := costing.Prices(changedPlan)
		if err != nil {
			t.Fatal(err)
		}
		c.engine(changedPlan, list)
		changed := *found
		changed.Plan = changedPlan
		engine := billed(t, &changed, list)
		var b bytes.Buffer
		if err := workbook.Write(&b, engine); err != nil {
			t.Fatal(err)
		}
		want, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		f := open(t, asItIs)
		if c.row == "scenario" {
			err = f.SetCellValue("Assumptions", "B"+at(t, f, "Assumptions", "Scenario: Low, Central or High (change here)"), c.value)
		} else {
			err = f.SetCellValue("Assumptions", "E"+at(t, f, "Assumptions", c.row), c.value)
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "changed-"+strconv.Itoa(i)+".xlsx")
		if err := f.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		paths, wanted[path] = append(paths, path), want
	}
	again := office.RecalculateAll(t, append(paths, asItIs))
	before := open(t, again[len(paths)])
	for i, c := range changes {
		got, want := open(t, again[i]), wanted[paths[i]]
		cells, differ := differences(t, want, got, moneySheets...)
		if len(differ) > 0 {
			t.Errorf("%s = %v: %d cells are not what the engine gives (engine against workbook): %.5v", c.row, c.value, len(differ), differ)
		}
		if _, moved := differences(t, before, got, moneySheets...); cells < 150 || len(moved) == 0 {
			t.Errorf("%s = %v: %d cells were looked at and %d moved", c.row, c.value, cells, len(moved))
		}
	}
}

// at is the row of a sheet whose first cell holds a text.
func at(t *testing.T, f *excelize.File, sheet, text string) string {
	t.Helper()
	for i := 1; i < 80; i++ {
		if raw(t, f, sheet, "A"+strconv.Itoa(i)) == text {
			return strconv.Itoa(i)
		}
	}
	t.Fatalf("no row of %s is %q", sheet, text)
	return ""
}
