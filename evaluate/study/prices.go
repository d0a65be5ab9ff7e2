package study

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"averted/evaluate/strict"
)

// PriceKey says which row of the price table prices an activity: by its activity name alone, or with its
// code and variant where that is not one row. What else it says stands beside what the row says, and before it.
type PriceKey struct {
	Activity string  `json:"activity"`
	Code     string  `json:"code,omitempty"`
	Variant  string  `json:"variant,omitempty"`
	Factor   *Factor `json:"factor,omitempty"`
	By       string  `json:"by,omitempty"` // code: each event by its code; record: the amount on each event's row

	PayableShare  *float64 `json:"payable_share,omitempty"`
	CashableShare *float64 `json:"cashable_share,omitempty"`
	ContractPrice *float64 `json:"contract_price,omitempty"` // pounds
	BorneBy       string   `json:"borne_by,omitempty"`
}

// How events are priced one by one.
const (
	ByCode   = "code"
	ByRecord = "record"
)

// Factor bridges two units: how many of the price's unit one of the activity's is.
type Factor struct {
	Name   string   `json:"name"` // episodes_per_spell
	Value  float64  `json:"value"`
	Low    *float64 `json:"low,omitempty"`
	High   *float64 `json:"high,omitempty"`
	Source string   `json:"source"`
}

// Capacity is what one event takes up: a GP's minutes, or nights in a bed.
type Capacity struct {
	Minutes float64 `json:"minutes,omitempty"`
	Nights  float64 `json:"nights,omitempty"`
	Source  string  `json:"source"`
}

// Prices says where unit costs come from.
type Prices struct {
	Name      string                 `json:"name,omitempty"` // of the other list that was chosen, "" for the study's own
	File      string                 `json:"file,omitempty"`
	Table     string                 `json:"table,omitempty"` // one that comes with the tool
	PriceYear string                 `json:"price_year"`
	Convert   *Convert               `json:"convert,omitempty"`
	Others    map[string]OtherPrices `json:"others,omitempty"`
}

// Convert moves prices to another year, by an index.
type Convert struct {
	To    string `json:"to"`
	Index string `json:"index"` // one that comes with the tool, or a file
}

// OtherPrices are prices at which the same events can be valued in place of the study's own, with the map of its activities to
// their rows; an activity that is not in the map has no price there.
type OtherPrices struct {
	File       string              `json:"file,omitempty"`
	Table      string              `json:"table,omitempty"`
	PriceYear  string              `json:"price_year"`
	Convert    *Convert            `json:"convert,omitempty"`
	Activities map[string]PriceKey `json:"activities"`
}

// ServiceCosts is what the service cost, period by period.
type ServiceCosts []ServiceCost

// ServiceCost is what the service cost over one period, in pounds: as one amount, or in parts.
type ServiceCost struct {
	Amount       float64            `json:"amount,omitempty"`
	Parts        map[string]float64 `json:"parts,omitempty"` // staff, overheads, spot purchase, budgets, VCS delivery
	Low          float64            `json:"low,omitempty"`
	High         float64            `json:"high,omitempty"`
	Period       *Complete          `json:"period,omitempty"`
	PeopleServed int                `json:"people_served"`        // also those who never engaged
	PriceYear    string             `json:"price_year,omitempty"` // that of the prices, unless said
	Index        string             `json:"index,omitempty"`      // that moves it to the year of the prices
	FundedBy     string             `json:"funded_by,omitempty"`
}

// Sum is the amount, or the parts added up, in pence.
func (c ServiceCost) Sum() int64 {
	sum := Pence(c.Amount)
	for _, part := range c.Parts {
		sum += Pence(part)
	}
	return sum
}

// amounts are all amounts of a period, by the end of their key.
func (c ServiceCost) amounts() map[string]float64 {
	all := map[string]float64{".amount": c.Amount, ".low": c.Low, ".high": c.High}
	for name, part := range c.Parts {
		all[".parts."+name] = part
	}
	return all
}

// wholePence reports whether pounds are whole pence, and no absurd amount.
func wholePence(pounds float64) bool {
	return math.Abs(100*pounds-math.Round(100*pounds)) < 1e-6 && math.Abs(pounds) < 1e9
}

// Pence is pounds of the study file in whole pence.
func Pence(pounds float64) int64 { return int64(math.Round(100 * pounds)) }

// Adjust is the user's own corrections of the difference, each with a reason. None is applied that isn't given.
type Adjust struct {
	Attribution *Share    `json:"attribution,omitempty"` // the share of the difference that is credited to the service
	Deadweight  *Share    `json:"deadweight,omitempty"`  // the share that would have come without it
	Optimism    *Optimism `json:"optimism,omitempty"`
}

// Share is a share from 0 to 1 that somebody chose.
type Share struct {
	Value  float64  `json:"value"`
	Low    *float64 `json:"low,omitempty"`
	High   *float64 `json:"high,omitempty"`
	Reason string   `json:"reason"`
}

// Optimism is a correction for optimism: the difference is cut by a share, the service's cost raised by another.
type Optimism struct {
	Value  float64  `json:"value"`
	OnCost float64  `json:"on_cost,omitempty"`
	Low    *float64 `json:"low,omitempty"`
	High   *float64 `json:"high,omitempty"`
	Reason string   `json:"reason"`
}

// Discount is how money beyond the first year is discounted.
type Discount struct {
	Rate   float64 `json:"rate"`
	Reason string  `json:"reason,omitempty"`
}

// GreenBook is HM Treasury's rate for costs, a year (The Green Book, 2022). Its rate for health effects, healthEffects, is never
// for avoided costs.
const (
	GreenBook     = 0.035
	healthEffects = 0.015
)

// Case is a cost that one person's case is said to have avoided. It stands apart from the cohort's figures.
type Case struct {
	What        string  `json:"what"`
	UnitCost    float64 `json:"unit_cost"` // pounds
	Unit        string  `json:"unit"`
	Units       float64 `json:"units"`       // how many, as of weeks
	Probability float64 `json:"probability"` // that it would have come
	BorneBy     string  `json:"borne_by,omitempty"`
	Evidence    string  `json:"evidence"`
}

// MarshalJSON writes one period as the study file does, without a list.
func (c ServiceCosts) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]ServiceCost(c))
}

func (c *ServiceCosts) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	if _, several := strict.List(node); several {
		d.Value(path, node, reflect.ValueOf((*[]ServiceCost)(c)).Elem())
		return
	}
	var one ServiceCost
	d.Value(path, node, reflect.ValueOf(&one).Elem())
	*c = ServiceCosts{one}
}

// At is the plan with other prices of it in place of its own. The error is *[Invalid] if it has none of that name.
func (p *Plan) At(name string) (*Plan, error) {
	var known []string
	if p.Prices != nil {
		known = slices.Sorted(maps.Keys(p.Prices.Others))
	}
	if !slices.Contains(known, name) {
		text := "the study names no other prices: write them under prices: {others: {NAME: {table: ..., price_year: ..., activities: {...}}}}"
		if len(known) > 0 {
			text = "no other prices of that name; there are " + strings.Join(known, ", ")
		}
		return nil, p.Problem("prices.others", "A131", text)
	}
	q, other := *p, p.Prices.Others[name]
	q.Prices = &Prices{Name: name, File: other.File, Table: other.Table, PriceYear: other.PriceYear, Convert: other.Convert}
	q.Activities = slices.Clone(p.Activities)
	for i := range q.Activities {
		q.Activities[i].Price = nil
		if key, ok := other.Activities[q.Activities[i].Name]; ok {
			q.Activities[i].Price = &key
		}
	}
	return &q, nil
}

// PricedOneByOne lists the places of activities whose events are priced one by one.
func (p *Plan) PricedOneByOne() []int {
	var list []int
	for i, a := range p.Activities {
		if a.Price != nil && a.Price.By != "" {
			list = append(list, i)
		}
	}
	return list
}

// PricedBy is how the events of an activity, by its place, are priced one by one, "" if they aren't; with the pence of each
// code, of those priced by code.
func (p *Plan) PricedBy(activity int) (by string, codes map[string]int64) {
	a := p.Activities[activity]
	if a.Price == nil {
		return "", nil
	}
	return a.Price.By, p.codes[a.Name]
}

// SetCodes says what each code costs, in pence, by activity: the prices are read elsewhere.
func (p *Plan) SetCodes(codes map[string]map[string]int64) { p.codes = codes }

// PricePath is the key of the study file that gives an activity its price.
func (p *Plan) PricePath(activity string) string {
	if p.Prices != nil && p.Prices.Name != "" {
		return "prices.others." + p.Prices.Name + ".activities." + activity
	}
	return "activities." + activity + ".price"
}

// checkMoney looks at all that money rests on.
func (p *Plan) checkMoney(d *decoder) {
	if p.Prices != nil {
		needed := !slices.ContainsFunc(p.Activities, func(a Activity) bool { return a.Price != nil && a.Price.By == ByRecord }) ||
			slices.ContainsFunc(p.Activities, func(a Activity) bool { return a.Price != nil && a.Price.By != ByRecord })
		d.priceTable("prices", needed, p.Prices.File, p.Prices.Table, p.Prices.PriceYear, p.Prices.Convert)
		for _, name := range slices.Sorted(maps.Keys(p.Prices.Others)) {
			other, at := p.Prices.Others[name], "prices.others."+name
			d.priceTable(at, true, other.File, other.Table, other.PriceYear, other.Convert)
			for _, activity := range slices.Sorted(maps.Keys(other.Activities)) {
				oneOf(d, at+".activities."+activity, activity, p.activityNames()...)
				p.checkPrice(d, at+".activities."+activity, activity, other.Activities[activity])
			}
		}
		if p.Prices.Name != "" {
			d.At("prices.name", "A007", "a name is of one of others:")
		}
	}
	for _, a := range p.Activities {
		at := "activities." + a.Name
		if a.Price != nil {
			if p.Prices == nil {
				d.At(at+".price", "A007", "no prices: key says where the price table is")
			}
			p.checkPrice(d, at+".price", a.Name, *a.Price)
		}
		if c := a.Capacity; c != nil {
			if (c.Minutes > 0) == (c.Nights > 0) || c.Minutes < 0 || c.Nights < 0 {
				d.At(at+".capacity", "A007", "want one of minutes: and nights:, above 0")
			}
			reasoned(d, at+".capacity.source", c.Source, "say where the length was seen: source: ...")
		}
	}
	p.checkServiceCost(d)
	p.checkAdjust(d)
	for i, c := range p.Cases {
		at := fmt.Sprintf("cases[%d]", i+1)
		reasoned(d, at+".what", c.What, "say what did not happen")
		reasoned(d, at+".unit", c.Unit, "say of what one unit is: week")
		reasoned(d, at+".evidence", c.Evidence, "say how it is known that it would have come")
		if c.UnitCost <= 0 || c.Units <= 0 || !wholePence(c.UnitCost) {
			d.At(at, "A007", "unit_cost: and units: are above 0, pounds with at most two decimals")
		}
		if c.Probability <= 0 || c.Probability > 1 {
			d.At(at+".probability", "A007", "want how likely it was, above 0 and at most 1")
		}
	}
}

func reasoned(d *decoder, path, text, want string) {
	if strings.TrimSpace(text) == "" {
		d.At(path, "A005", "%s", want)
	}
}

// priceTable checks where prices are; a table is not needed where all stand on the records.
func (d *decoder) priceTable(at string, needed bool, file, table, year string, convert *Convert) {
	switch {
	case file != "" && table != "":
		d.At(at, "A007", "give one of file: and table:")
	case table == "" && (needed || file != ""):
		d.fileIn(at+".file", file)
	}
	if year == "" {
		d.At(at+".price_year", "A005", "say of which year the prices are: price_year: 2018/19")
	}
	if convert != nil {
		reasoned(d, at+".convert.to", convert.To, "say to which price year: to: 2024/25")
		reasoned(d, at+".convert.index", convert.Index, "name the index: index: gdp-deflator, or a file with year, index, vintage and source")
	}
}

func (p *Plan) checkPrice(d *decoder, at, activity string, key PriceKey) {
	if f := key.Factor; f != nil {
		reasoned(d, at+".factor.name", f.Name, "name the factor: name: episodes_per_spell")
		reasoned(d, at+".factor.source", f.Source, "say where the factor was seen: source: ...")
		if !(f.Value > 0) {
			d.At(at+".factor.value", "A007", "want a number above 0")
		}
		d.ranged(at+".factor", f.Value, f.Low, f.High)
	}
	for name, share := range map[string]*float64{"payable_share": key.PayableShare, "cashable_share": key.CashableShare} {
		if share != nil && !(*share >= 0 && *share <= 1) {
			d.At(at+"."+name, "A007", "want a share from 0 to 1")
		}
	}
	if key.ContractPrice != nil && (*key.ContractPrice < 0 || !wholePence(*key.ContractPrice)) {
		d.At(at+".contract_price", "A007", "want pounds with at most two decimals, not negative")
	}
	switch key.By {
	case "":
		reasoned(d, at+".activity", key.Activity, "name the activity of the price table")
	case ByCode, ByRecord:
		p.checkByEvent(d, at, activity, key)
	default:
		d.At(at+".by", "A007", "want one of code, record")
	}
}

// checkByEvent looks at what pricing events one by one needs.
func (p *Plan) checkByEvent(d *decoder, at, activity string, key PriceKey) {
	if key.By == ByCode {
		reasoned(d, at+".activity", key.Activity, "name the activity of the price table whose codes price the events")
	}
	if key.Factor != nil || key.ContractPrice != nil {
		d.At(at, "A007", "events that are priced one by one have no factor: and no contract_price: of their own")
	}
	if p.KindOf(activity) != KindEvents {
		d.At(at+".by", "A007", "only rows of events are priced one by one")
	}
	for i, e := range p.Events {
		if !e.Feeds(activity) {
			continue
		}
		column := map[string]string{ByCode: e.Columns.Code, ByRecord: e.Columns.Price}[key.By]
		name := map[string]string{ByCode: "code", ByRecord: "price"}[key.By]
		if column == "" {
			d.At(fmt.Sprintf("events[%d].columns.%s", i+1, name), "A005", "name the column that prices each event of %s", activity)
		}
		if e.Spells == Merged {
			d.At(fmt.Sprintf("events[%d].spells", i+1), "A007", "rows that are merged have several prices: give a table with one row a spell")
		}
	}
}

// ranged checks that a value lies in its own range.
func (d *decoder) ranged(at string, value float64, low, high *float64) {
	switch {
	case (low == nil) != (high == nil):
		d.At(at, "A007", "a range has low: and high:")
	case low != nil && (*low > value || value > *high):
		d.At(at, "A007", "the value lies outside its own range")
	}
}

func (p *Plan) checkServiceCost(d *decoder) {
	for _, key := range []struct {
		name string
		used bool
	}{{"service_cost", len(p.ServiceCost) > 0}, {"adjust", p.Adjust != nil}, {"discount", p.Discount != nil}, {"cases", len(p.Cases) > 0}} {
		if key.used && p.Prices == nil {
			d.At(key.name, "A007", "this is told beside prices: say where they are, and of which year: prices: {...}")
		}
	}
	for i, c := range p.ServiceCost {
		at := "service_cost"
		if len(p.ServiceCost) > 1 {
			at = fmt.Sprintf("service_cost[%d]", i+1)
		}
		if (c.Amount != 0) == (len(c.Parts) > 0) {
			d.At(at, "A005", "give one of amount: and parts: {staff: ..., overheads: ...}, in pounds")
		}
		if c.Amount < 0 || slices.ContainsFunc(slices.Collect(maps.Values(c.Parts)), func(part float64) bool { return part < 0 }) || c.Sum() <= 0 && (c.Amount != 0 || len(c.Parts) > 0) {
			d.At(at, "A007", "want pounds above 0")
		}
		if c.PeopleServed < 1 {
			d.At(at+".people_served", "A005", "say how many people the service had in that period, those who never engaged too")
		}
		if c.Period == nil || c.Period.From == nil || c.Period.To == nil {
			d.At(at+".period", "A005", "say which period the cost is of: period: {from: YYYY-MM-DD, to: YYYY-MM-DD}")
		} else if *c.Period.To < *c.Period.From {
			d.At(at+".period", "A007", "the period ends before it begins")
		}
		for j, o := range p.ServiceCost[:i] {
			if c.Period == nil || o.Period == nil || c.Period.From == nil || c.Period.To == nil || o.Period.From == nil || o.Period.To == nil || *c.Period.From > *o.Period.To || *o.Period.From > *c.Period.To {
				continue
			}
			switch same := *c.Period.From == *o.Period.From && *c.Period.To == *o.Period.To; {
			case !same:
				d.At(at+".period", "A007", "it overlaps the period of service_cost[%d]: people served in both would count twice; give periods that don't meet, or one", j+1)
			case c.PeopleServed != o.PeopleServed:
				d.At(at+".people_served", "A007", "service_cost[%d] is of the same period and has another number of people: lines of one period are parts of one cost, of the same people", j+1)
			}
		}
		for name, pounds := range c.amounts() {
			if !wholePence(pounds) {
				d.At(at+name, "A007", "want pounds with at most two decimals, below a billion")
			}
		}
		if (c.Low != 0) != (c.High != 0) {
			d.At(at, "A007", "a range has low: and high:")
		} else if c.Low != 0 {
			if sum := float64(c.Sum()) / 100; c.Low > sum || sum > c.High {
				d.At(at, "A007", "the cost lies outside its own range (low:, high:)")
			}
		}
	}
}

func (p *Plan) checkAdjust(d *decoder) {
	share := func(at string, value float64, low, high *float64, reason string) {
		for _, v := range []*float64{&value, low, high} {
			if v != nil && !(*v >= 0 && *v <= 1) {
				d.At(at, "A007", "want shares from 0 to 1")
				return
			}
		}
		d.ranged(at, value, low, high)
		reasoned(d, at+".reason", reason, "say why: reason: ...")
	}
	if a := p.Adjust; a != nil {
		if s := a.Attribution; s != nil {
			share("adjust.attribution", s.Value, s.Low, s.High, s.Reason)
		}
		if s := a.Deadweight; s != nil {
			share("adjust.deadweight", s.Value, s.Low, s.High, s.Reason)
		}
		if o := a.Optimism; o != nil {
			share("adjust.optimism", o.Value, o.Low, o.High, o.Reason)
			if !(o.OnCost >= 0 && o.OnCost <= 1) {
				d.At("adjust.optimism.on_cost", "A007", "want a share from 0 to 1")
			}
		}
	}
	if x := p.Discount; x != nil {
		if _, said := d.Lines["discount.rate"]; !said {
			x.Rate = GreenBook
		}
		switch {
		case !(x.Rate >= 0 && x.Rate < 0.2):
			d.At("discount.rate", "A007", "want a rate a year from 0 to 0.2")
		case x.Rate == healthEffects:
			d.At("discount.rate", "A007", "1.5%% is for effects on health that are valued as such, never for avoided costs of the NHS: those are discounted by 3.5%%")
		case x.Rate != GreenBook:
			reasoned(d, "discount.reason", x.Reason, "say why it is not the Green Book's 3.5%: reason: ...")
		}
	}
}

// DiscountRate is the rate a year beyond the first.
func (p *Plan) DiscountRate() Discount {
	if p.Discount != nil {
		return *p.Discount
	}
	return Discount{Rate: GreenBook}
}
