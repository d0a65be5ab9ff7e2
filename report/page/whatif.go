package page

import (
	"fmt"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

// whatIf is the part of the page in which a reader changes the inputs of money. The script works out what costing.Reckon does, from
// these figures; a test in a browser holds it to the penny.
type whatIf struct {
	Data    inputs
	Why     string // there is none, "" where there is
	Lines   []*lineView
	Rows    [][]string // the report's own figures, as they stand without a script
	Of      string     // whom the cost is of
	Nothing []string   // differences that may be nothing, of which there is no what if
	First   string     // the account that is shown at first
}

// lineView is the controls of one activity.
type lineView struct {
	Key, Label, Averted string
	Asks                bool // for a price that nobody gave
}

// inputs is what the script reads. Money is in pence, shares lie from 0 to 1; null is not stated.
type inputs struct {
	Accounts    []account `json:"accounts"`
	Cost        *int64    `json:"cost"`
	Attribution float64   `json:"attribution"`
	Deadweight  float64   `json:"deadweight"`
	Optimism    float64   `json:"optimism"`
	OnCost      float64   `json:"onCost"`
}

type account struct {
	ID         string       `json:"id"`
	Label      string       `json:"label"`
	Whole      bool         `json:"whole"` // told in whole pounds
	Deadweight bool         `json:"deadweight"`
	People     int64        `json:"people"`
	Served     int64        `json:"served"`
	Years      [][2]float64 `json:"years"` // share of the window, and factor of discounting
	Lines      []line       `json:"lines"`
}

type line struct {
	Key      string   `json:"key"`
	Label    string   `json:"label"`
	Averted  float64  `json:"averted"`
	Factor   float64  `json:"factor"`
	Price    *int64   `json:"price"`
	Contract *int64   `json:"contract"`
	Payable  *float64 `json:"payable"`
	Cashable *float64 `json:"cashable"`
	Off      float64  `json:"off"`     // events that averted may be off by
	Nothing  bool     `json:"nothing"` // its interval holds nothing
}

// whatIfOf is the what if of a report's accounts; nil without any money.
func whatIfOf(r *release.Released) *whatIf {
	if r.Bill == nil || len(r.Bill.Accounts) == 0 {
		return nil
	}
	w := &whatIf{Why: "There is nothing to change here: each difference may be nothing, or a part of it can't be shown."}
	j := r.Bill.Adjust
	w.Data = inputs{Accounts: []account{}, Attribution: j.Attribution.Value, Deadweight: j.Deadweight.Value, Optimism: j.Optimism.Value, OnCost: j.OptimismOnCost}
	if c := r.Bill.Cost; c != nil {
		w.Data.Cost = &c.Sum
	}
	main := telling.Main(r).Label
	for _, leading := range []bool{true, false} { // the account that leads in the main window comes first
		for i := range r.Bill.Accounts {
			a := &r.Bill.Accounts[i]
			if leads := a.Leads && a.Window == main; leads != leading || len(a.Positions) == 0 || a.People == nil {
				continue
			}
			if telling.MayBeNothing(r, a) {
				w.Nothing = append(w.Nothing, fmt.Sprintf("Over %s, against %s, the difference may be nothing: there is no what if of it.", a.Window, telling.From(a.Basis)))
				continue
			}
			if one, ok := accountOf(r, a); ok {
				if len(w.Data.Accounts) == 0 {
					w.show(r, a, one)
				}
				w.Data.Accounts = append(w.Data.Accounts, one)
			}
		}
	}
	for _, activity := range r.Activities { // the controls of every account
		for _, one := range w.Data.Accounts {
			if at := slices.IndexFunc(one.Lines, func(l line) bool { return l.Key == activity.Name }); at >= 0 {
				l := one.Lines[at]
				w.Lines = append(w.Lines, &lineView{l.Key, l.Label, number.Events(l.Averted), l.Price == nil})
				break
			}
		}
	}
	return w
}

// accountOf is an account with its lines; false where events are priced one by one.
func accountOf(r *release.Released, a *result.Account) (account, bool) {
	one := account{ID: strings.ReplaceAll(a.Window+"-"+a.Basis, " ", "-"), Label: number.Sentence(a.Window) + ", against " + telling.From(a.Basis),
		Whole: a.Basis != telling.OwnRate, Deadweight: a.Basis == telling.OwnRate, People: *a.People, Served: *a.People}
	if c := r.Bill.Cost; c != nil {
		one.Served = c.Served
	}
	for _, y := range a.Years {
		one.Years = append(one.Years, [2]float64{y.Share, y.Factor})
	}
	for _, l := range r.Bill.Lines {
		if l.Window != a.Window || l.Basis != a.Basis || l.Arm != "service" {
			continue
		}
		if l.ByEvent {
			return one, false
		}
		if l.Averted == nil {
			continue
		}
		x := line{Key: l.Activity, Label: telling.Label(r, l.Activity), Averted: *l.Averted, Factor: 1, Price: l.UnitCost, Off: l.AvertedBy,
			Nothing: l.AvertedLow != nil && l.AvertedHigh != nil && *l.AvertedLow <= 0 && *l.AvertedHigh >= 0}
		if l.UnitCost == nil && telling.CoreFunded(l.Activity) {
			x.Payable = new(float64)
		}
		for _, activity := range r.Activities {
			if p := activity.Price; activity.Name == l.Activity && p != nil && l.UnitCost != nil {
				x.Contract, x.Payable, x.Cashable = p.Contract, p.PayableShare, p.CashableShare
				if p.Factor != nil {
					x.Factor = p.Factor.Value
				}
			}
		}
		one.Lines = append(one.Lines, x)
	}
	return one, true
}

// show fills in what stands there at first: the report's own figures.
func (w *whatIf) show(r *release.Released, a *result.Account, one account) {
	w.Why, w.First = "", one.Label
	w.Of = fmt.Sprintf("over its periods, for its %s people served", number.Count(one.Served))
	if r.Bill.Cost == nil {
		w.Of = fmt.Sprintf("of the %s people analysed", number.Count(one.People))
	}
	for _, measure := range []string{telling.ListPrice, telling.Payable, telling.Cashable} {
		w.Rows = append(w.Rows, telling.PositionText(a, measure))
	}
}

// controlView is a slider and a number that go together.
type controlView struct {
	ID, Label, Long string
	Pounds          bool
}

// controls are those of an activity, or of what is of all where none is named.
func controls(of ...*lineView) []controlView {
	if len(of) == 0 {
		return []controlView{{"cost", "Cost", "Cost of the service", true}, {"attribution", "Due to the service", "Share of the difference that is due to the service; 100% is no correction", false},
			{"deadweight", "Would have come anyway", "Share of the difference that would have come without the service", false}, {"optimism", "Cut for optimism", "Share by which the difference is cut for optimism", false}}
	}
	l, price := of[0], "Price of one"
	if l.Asks {
		price += " (none was given)"
	}
	return []controlView{{"price." + l.Key, price, price + ": " + l.Label, true}, {"payable." + l.Key, "Payable", "Payable share: " + l.Label, false}, {"cashable." + l.Key, "Cashable", "Cashable share: " + l.Label, false}}
}
