package result

// Activity is one kind of use, with its price. Amounts are in pence; UnitCost is nil without a price, and of events that are
// priced one by one.
type Activity struct {
	Name      string `json:"activity"`
	Label     string `json:"label"`
	Kind      string `json:"kind"`      // of its data: events, counts, totals
	FollowUp  string `json:"follow_up"` // of its leading figures
	Timed     bool   `json:"timed"`     // days watched are known
	Unit      string `json:"unit"`
	UnitCost  *int64 `json:"unit_cost"`
	PriceYear string `json:"price_year"`
	Variant   string `json:"variant"`
	Basis     string `json:"basis"`
	Source    string `json:"source"`
	Licence   string `json:"licence"`
	Price     *Price `json:"price,omitempty"`
	Takes     *Takes `json:"takes,omitempty"`
}

// Price is the row of the price table that an activity takes, and what is said beside it. Shares that nobody stated are nil.
type Price struct {
	Table         string     `json:"table"`
	Row           int        `json:"row"` // as a spreadsheet counts
	Activity      string     `json:"activity"`
	Unit          string     `json:"unit"`
	Code          string     `json:"code"`
	Publisher     string     `json:"publisher"`
	Edition       string     `json:"edition"`
	Within        string     `json:"published_table"`
	Note          string     `json:"note"`
	By            string     `json:"by,omitempty"` // code or record, of events priced one by one
	SE            *int64     `json:"se"`
	Low           *int64     `json:"low"`
	High          *int64     `json:"high"`
	Contract      *int64     `json:"contract_price"`
	PayableShare  *float64   `json:"payable_share"`
	FromStudy     []string   `json:"from_study"`  // which of these the study file states, and not the row
	CoreFunded    bool       `json:"core_funded"` // nothing is payable, unless a share is stated
	CashableShare *float64   `json:"cashable_share"`
	BorneBy       string     `json:"borne_by"`
	Factor        *Factor    `json:"factor,omitempty"`
	Converted     *Converted `json:"converted,omitempty"`
}

// Factor is how many of the price's unit one event is.
type Factor struct {
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Source string   `json:"source"`
}

// Converted says how a price came from another year.
type Converted struct {
	From    string  `json:"from"`
	Was     int64   `json:"was"`
	Index   string  `json:"index"`
	Vintage string  `json:"vintage"`
	Factor  float64 `json:"factor"`
}

// Takes is what one event takes up.
type Takes struct {
	Minutes float64 `json:"minutes"` // of a GP
	Nights  float64 `json:"nights"`  // in a bed
	Source  string  `json:"source"`
}

// Bill is what averted events are worth at list price, and what of it is left.
type Bill struct {
	Label     string       `json:"label"`
	Currency  string       `json:"currency"`
	PriceYear string       `json:"price_year"`
	Prices    string       `json:"prices"` // of the study's other prices that were chosen, "" for its own
	Table     string       `json:"table"`
	Cost      *ServiceCost `json:"service_cost,omitempty"`
	Adjust    Adjust       `json:"adjust"`
	Lines     []Line       `json:"lines"`
	Totals    []Total      `json:"totals"`
	Accounts  []Account    `json:"accounts"`
	Cases     []Case       `json:"cases,omitempty"`
	Notes     []string     `json:"notes"`
	Warnings  []string     `json:"warnings"`
}

// ServiceCost is what the service cost over its periods, in pence of the bill's price year.
type ServiceCost struct {
	Sum     int64      `json:"sum"`
	Low     *int64     `json:"low"`
	High    *int64     `json:"high"`
	Served  int64      `json:"people_served"`
	Parts   []CostPart `json:"parts"`
	Funders []Part     `json:"funded_by"`
	Periods []string   `json:"periods"`
	Snapped bool       `json:"served_as_analysed"` // people served differ from people told of by a few, and stand as those
}

// CostPart is a part of the service's cost as the study gives it, in pence of the bill's price year.
type CostPart struct {
	Name   string `json:"name"`
	Period string `json:"period"`
	Funder string `json:"funded_by"`
	Amount int64  `json:"amount"`
	Moved  string `json:"moved"` // how it came to the price year, "" if it wasn't moved
}

// Part is a part of an amount, in pence.
type Part struct {
	Name   string `json:"name"`
	Amount int64  `json:"amount"`
}

// Adjust is the corrections that the study gives, each with its reason; those that it doesn't are 1 or 0, without one.
type Adjust struct {
	Attribution    Share   `json:"attribution"`
	Deadweight     Share   `json:"deadweight"`
	Optimism       Share   `json:"optimism"`
	OptimismOnCost float64 `json:"optimism_on_cost"`
	Rate           float64 `json:"discount_rate"`
	RateReason     string  `json:"discount_reason"`
}

// Share is a share from 0 to 1.
type Share struct {
	Value  float64  `json:"value"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Reason string   `json:"reason"`
}

// Line is one activity against one expectation: averted = expected - after, gross = averted × factor × unit cost rounded once to a
// penny.
type Line struct {
	Activity    string   `json:"activity"`
	Window      string   `json:"window"`
	Arm         string   `json:"arm"`
	FollowUp    string   `json:"follow_up"`
	Basis       string   `json:"expected_from"` // own_rate, came_anyway or comparison
	Method      string   `json:"method"`
	People      *int64   `json:"people"`
	Before      *int64   `json:"before"`
	Expected    *float64 `json:"expected"`
	After       *int64   `json:"after"`
	Averted     *float64 `json:"averted"`
	AvertedLow  *float64 `json:"averted_low"`
	AvertedHigh *float64 `json:"averted_high"`
	UnitCost    *int64   `json:"unit_cost"` // pence; nil: no price given, or events priced one by one
	ByEvent     bool     `json:"by_event,omitempty"`
	Gross       *int64   `json:"gross"` // pence
	GrossLow    *int64   `json:"gross_low"`
	GrossHigh   *int64   `json:"gross_high"`
	Payable     *int64   `json:"payable"` // nil: not stated
	Cashable    *int64   `json:"cashable"`
	RoundedBy   int64    `json:"rounded_by,omitempty"`         // pence that gross may be off by, since what leaves is rounded
	AvertedBy   float64  `json:"averted_rounded_by,omitempty"` // events that averted may be off by
	Varied      bool     `json:"price_varies,omitempty"`
	Hidden      []string `json:"hidden,omitempty"`
}

// Priced reports whether a line has a price.
func (l Line) Priced() bool { return l.UnitCost != nil || l.ByEvent }

// Total is the priced lines of one window, arm and expectation added up, in pence. Missing are priced activities of which that
// expectation says nothing: then nothing is added up.
type Total struct {
	Window    string   `json:"window"`
	Arm       string   `json:"arm"`
	FollowUp  string   `json:"follow_up"`
	Basis     string   `json:"expected_from"`
	Gross     *int64   `json:"gross"`
	GrossLow  *int64   `json:"gross_low"`
	GrossHigh *int64   `json:"gross_high"`
	Level     float64  `json:"level"`
	Interval  string   `json:"interval"`
	Missing   []string `json:"missing,omitempty"`
	RoundedBy int64    `json:"rounded_by,omitempty"`
	Hidden    []string `json:"hidden,omitempty"`
}

// Account is what the difference of one window, against one expectation, comes to, and what is left of it net of the service's
// cost. Amounts are in pence.
type Account struct {
	Window    string     `json:"window"`
	Basis     string     `json:"expected_from"`
	Leads     bool       `json:"leads"`
	Days      int        `json:"days"`
	People    *int64     `json:"people"`
	Cost      *int64     `json:"service_cost"`        // of these people
	Raised    *int64     `json:"service_cost_raised"` // by the study's own correction for optimism
	RoundedBy int64      `json:"rounded_by,omitempty"`
	Funders   []Part     `json:"funded_by"`
	Positions []Position `json:"positions"`
	Years     []Year     `json:"years"`
	Bearers   []Bearer   `json:"borne_by"`
	Uses      []Use      `json:"uses"`
	PerHead   *int64     `json:"per_head"`
	CostEach  *int64     `json:"cost_per_head"`
	Benefit   *float64   `json:"benefit_cost_ratio,omitempty"` // from evidence grade 3
	ROI       *float64   `json:"return_on_investment,omitempty"`
	Covers    *float64   `json:"probability_net_above_0,omitempty"`
	Curve     []Chance   `json:"attribution_curve"`
	Swings    []Swing    `json:"sensitivity"`
	Hidden    []string   `json:"hidden,omitempty"`
}

// Position is one measure of the difference: list price, payable or cashable.
type Position struct {
	Measure    string   `json:"measure"`
	Difference int64    `json:"difference"`
	Credited   int64    `json:"credited"` // after the study's own corrections and discounting
	Net        *int64   `json:"net"`
	BreakEven  *float64 `json:"break_even"` // share of the difference; nil where there is none, or no cost
}

// Year is one year of the window, of the difference at list price.
type Year struct {
	N        int     `json:"year"`
	Share    float64 `json:"share"`
	Factor   float64 `json:"factor"`
	Credited int64   `json:"credited"`
}

// Bearer is who bears what the averted events would have cost.
type Bearer struct {
	Name       string   `json:"name"`
	Activities []string `json:"activities"`
	Gross      int64    `json:"gross"`
	Payable    *int64   `json:"payable"`
	Cashable   *int64   `json:"cashable"`
}

// Use is what averted events of one activity are beside pounds.
type Use struct {
	Activity   string   `json:"activity"`
	PerDay     float64  `json:"events_a_day"`
	Beds       *float64 `json:"beds"`
	HoursAWeek *float64 `json:"gp_hours_a_week"`
	CostOf     *int64   `json:"service_cost_per_event"`
	BreaksEven *int64   `json:"break_even_price"` // of an activity without a price
}

// Chance is how likely a share of the difference covers the service's cost.
type Chance struct {
	Share       float64 `json:"share"`
	Probability float64 `json:"probability"`
}

// Swing is what is left, at list price, with one input at its low and at its high end, the others as they are.
type Swing struct {
	Of       string  `json:"of"` // unit_cost, factor, service_cost, attribution, deadweight or optimism
	Activity string  `json:"activity"`
	Input    string  `json:"input"`
	Unit     string  `json:"unit"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	AtLow    int64   `json:"at_low"`
	AtHigh   int64   `json:"at_high"`
}

// Case is a cost that one case is said to have avoided; never added to the cohort's figures.
type Case struct {
	What        string  `json:"what"`
	UnitCost    int64   `json:"unit_cost"`
	Unit        string  `json:"unit"`
	Units       float64 `json:"units"`
	Probability float64 `json:"probability"`
	Expected    int64   `json:"expected"`
	BorneBy     string  `json:"borne_by"`
	Evidence    string  `json:"evidence"`
}
