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

// entry is an input of money: a row on Assumptions, with the defined name of the value that is used.
type entry struct {
	name  string
	row   int
	share bool // from 0 to 1
}

// notStated stands where nobody stated a share or a cost: never 100%.
const notStated = "not stated"

// The scenarios: each input at its low end, as stated, or at its high end, where it has a range.
var scenarios = []string{"Low", "Central", "High"}

// orNone is a text, or the sign that it doesn't apply.
func orNone(t string) string { return cmp.Or(t, number.NotApplies) }

// fillAssumptions is every input of money, each with the value that is used, its range and its source.
func (b *book) fillAssumptions() {
	s := b.newSheet("Assumptions", "Assumptions: prices and other inputs", "Change a value in the marked column (change here) or the scenario, and every £ cell follows. Statistics and sentences are values: intervals hold for the inputs as supplied.", "Low and High take every input at the low or the high end of its range, be that good or bad for the service: they are not its worst and best case.")
	s.locked = true
	s.stillSays = "Prices and the other inputs of money, with their ranges where they have one and their sources."
	s.widths = []float64{46, 26, 14, 14, 16, 14, 16, 10, 11, 11, 24, 10, 60, 22, 26}
	b.assumptions = s
	s.add()
	b.scenery = s.add(text(words, "Scenario: Low, Central or High (change here)"), value(inputWords, "Central"))
	s.begin("Assumptions", "Input", "Unit", "Value used#", "Low#", "Central, change here#", "High#", "Central as supplied#", "Changed#", "Price year", "Basis", "Variant", "Code", "Source", "Licence", "Where it stands")
	taken := map[string]bool{}
	for _, a := range b.r.Activities {
		b.priceInputs(a, taken)
	}
	if b.r.Bill != nil {
		b.moneyInputs(*b.r.Bill)
	}
}

// row is one input's row. Texts are unit, price year, basis, variant, code, source, licence and place.
type inputRow struct {
	name        string
	label, unit string
	kinds       [2]kind // of the value, and of the input
	at          any     // a number, or text where nobody stated it
	low, high   any     // nil where there is none
	formula     string  // of the central value, where it is no input
	texts       [7]string
}

// input adds a row. The value used is that of the scenario where the input has a range.
func (b *book) input(in inputRow) {
	s := b.assumptions
	row := s.next()
	end := func(v any) cell {
		if v == nil {
			return text(short, number.NotApplies)
		}
		return value(in.kinds[0], v)
	}
	used := cell{in.kinds[0], fmt.Sprintf(`IF(AND(scenario="Low",ISNUMBER(D%[1]d)),D%[1]d,IF(AND(scenario="High",ISNUMBER(F%[1]d)),F%[1]d,E%[1]d))`, row), in.at}
	central, changed := value(in.kinds[1], in.at), live(count, fmt.Sprintf("IF(E%d=G%d,0,1)", row, row), 0)
	if in.formula != "" {
		central = live(in.kinds[0], in.formula, in.at)
	}
	cells := []cell{text(wrapped, in.label), text(wrapped, in.unit), used, end(in.low), central, end(in.high), value(in.kinds[0], in.at), changed}
	for _, t := range in.texts {
		cells = append(cells, text(wrapped, orNone(t)))
	}
	s.tall(cells...)
	b.inputs = append(b.inputs, entry{in.name, row, in.kinds[1] == inputShare})
}

// nameOf is a defined name of letters, digits and underscores, not long, and unlike the others whatever their case, as
// spreadsheets want.
func nameOf(what, of string, taken map[string]bool) string {
	safe := []rune(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, of))
	name := what + string(safe[:min(len(safe), 40)])
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s%s_%d", what, string(safe[:min(len(safe), 40)]), n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

func inPounds(p *int64) any {
	if p == nil {
		return nil
	}
	return float64(*p) / 100
}

func orNil(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// priceInputs are the rows of one activity's price.
func (b *book) priceInputs(a result.Activity, taken map[string]bool) {
	p := a.Price
	if p == nil {
		none := []cell{text(words, "Unit cost: "+a.Label), text(words, orNone(a.Unit))}
		for range 6 {
			none = append(none, text(short, number.NotApplies))
		}
		none = append(none, text(words, "no price given"))
		for range 6 {
			none = append(none, text(words, number.NotApplies))
		}
		b.assumptions.add(none...)
		return
	}
	place := ""
	if p.Row > 0 {
		place = fmt.Sprintf("%s, row %d", p.Table, p.Row)
	}
	from := number.Joined(p.Publisher, p.Edition, p.Within, a.Source, p.Note)
	stated := func(key string) (from, place string) { // where a share or a contract price was stated
		if slices.Contains(p.FromStudy, key) {
			return "the study file", "price: " + key
		}
		return "stated with the price", ""
	}
	texts := [7]string{a.PriceYear, a.Basis, a.Variant, p.Code, from, a.Licence, place}
	b.unitNames[a.Name] = nameOf("unit_cost_", a.Name, taken)
	suffix := strings.TrimPrefix(b.unitNames[a.Name], "unit_cost_")
	if a.UnitCost != nil {
		b.input(inputRow{name: "unit_cost_" + suffix, label: "Unit cost: " + a.Label, unit: "£ per " + cmp.Or(p.Unit, "unit"), kinds: [2]kind{pence, input}, at: float64(*a.UnitCost) / 100, low: inPounds(p.Low), high: inPounds(p.High), texts: texts})
	}
	if f := p.Factor; f != nil {
		b.input(inputRow{name: "factor_" + suffix, label: "Factor: " + f.Name + ", " + a.Label, unit: p.Unit + " per " + a.Unit, kinds: [2]kind{plain, inputPlain}, at: f.Value, low: orNil(f.Low), high: orNil(f.High), texts: [7]string{"", "", "", "", f.Source}})
	}
	if p.Contract != nil {
		contract := texts
		if from, at := stated("contract_price"); at != "" {
			if c := p.Converted; c != nil {
				from += fmt.Sprintf(", of %s, converted by %s", c.From, c.Index)
			}
			contract = [7]string{a.PriceYear, "", "", "", from, "", at}
		} else if p.Converted != nil {
			contract[4] = number.Joined(p.Publisher, p.Edition, p.Within, a.Source) + fmt.Sprintf("; converted from %s by %s", p.Converted.From, p.Converted.Index)
		}
		b.input(inputRow{name: "contract_price_" + suffix, label: "Contract price: " + a.Label, unit: "£ per " + cmp.Or(p.Unit, "unit"), kinds: [2]kind{pence, input}, at: float64(*p.Contract) / 100, texts: contract})
	}
	share := func(name, label string, v *float64, why string) {
		in := inputRow{name: name + suffix, label: label + ": " + a.Label, unit: "share from 0 to 1", kinds: [2]kind{share, inputShare}, at: notStated, texts: [7]string{"", "", "", "", cmp.Or(why, notStated)}}
		if v != nil {
			in.at = *v
			if in.texts[4], in.texts[6] = stated(strings.TrimSuffix(name, "_")); why != "" {
				in.texts[4] = why
			}
		}
		b.input(in)
	}
	why := ""
	if p.CoreFunded {
		why = "GP contacts are under core funding"
	}
	share("payable_share_", "Payable share", p.PayableShare, why)
	share("cashable_share_", "Cashable share", p.CashableShare, "")
}

// moneyInputs are the rows of what is not a price.
func (b *book) moneyInputs(bill result.Bill) {
	if c := bill.Cost; c != nil {
		first := b.assumptions.next()
		for i, p := range c.Parts {
			b.parts = append(b.parts, b.assumptions.next())
			b.input(inputRow{name: fmt.Sprintf("service_cost_part_%d", i+1), label: "Service cost: " + p.Name, unit: "£, " + p.Period, kinds: [2]kind{pounds, input}, at: float64(p.Amount) / 100,
				texts: [7]string{bill.PriceYear, "", "", "", number.Joined("paid by "+p.Funder, p.Moved), "", "service_cost"}})
		}
		b.input(inputRow{name: "service_cost", label: "Service cost, all parts", unit: "£", kinds: [2]kind{pounds, pounds}, at: float64(c.Sum) / 100, low: inPounds(c.Low), high: inPounds(c.High),
			formula: fmt.Sprintf("SUM(C%d:C%d)", first, b.assumptions.next()-1), texts: [7]string{bill.PriceYear, "", "", "", "the parts added up", "", "service_cost"}})
		b.input(inputRow{name: "people_served", label: "People served in those periods", unit: "people", kinds: [2]kind{count, inputCount}, at: float64(c.Served), texts: [7]string{"", "", "", "", "those who never engaged too", "", "service_cost"}})
	}
	j := bill.Adjust
	correction := func(name, label string, s result.Share) {
		b.input(inputRow{name: name, label: label, unit: "share from 0 to 1", kinds: [2]kind{share, inputShare}, at: s.Value, low: orNil(s.Low), high: orNil(s.High), texts: [7]string{"", "", "", "", cmp.Or(s.Reason, "none given, so none is made")}})
	}
	correction("attribution", "Attribution: share of the difference credited to the service", j.Attribution)
	correction("deadweight", "Deadweight: share that would have come without it", j.Deadweight)
	correction("optimism", "Optimism: share by which the difference is cut", j.Optimism)
	correction("optimism_on_cost", "Optimism on cost: share by which the service's cost is raised", result.Share{Value: j.OptimismOnCost, Reason: j.Optimism.Reason})
	b.input(inputRow{name: "discount_rate", label: "Discount rate a year, beyond the first", unit: "share a year", kinds: [2]kind{share, inputShare}, at: j.Rate, texts: [7]string{"", "", "", "", cmp.Or(j.RateReason, "HM Treasury, The Green Book")}})
}

// inputCell is a cell of an input's row on Assumptions.
func (b *book) inputCell(name, column string) string {
	for _, e := range b.inputs {
		if e.name == name {
			return ref(b.assumptions, column, e.row)
		}
	}
	return "0"
}

// suffix is the end of the defined names of an activity's inputs.
func (b *book) suffix(activity string) string {
	return strings.TrimPrefix(b.unitNames[activity], "unit_cost_")
}

// activityOf is one activity of the result.
func (b *book) activityOf(name string) result.Activity {
	for _, a := range b.r.Activities {
		if a.Name == name {
			return a
		}
	}
	return result.Activity{}
}

// label is what an activity is called.
func (b *book) label(activity string) string { return telling.Label(b.r, activity) }
