package report

import (
	"fmt"

	"averted/costing"
	"averted/costing/money"
	"averted/evaluate"
	"averted/evaluate/estimate"
	"averted/evaluate/study"
	"averted/report/release"
	"averted/report/result"
)

func activities(found *evaluate.Found, prices *costing.PriceList) []result.Activity {
	var list []result.Activity
	for _, a := range found.Plan.Activities {
		activity := result.Activity{Name: a.Name, Label: a.Label, Kind: found.Plan.KindOf(a.Name), FollowUp: string(found.FollowUp(a.Name)), Timed: timed(found, a.Name), Unit: a.Unit}
		if t := costing.Taking(a); t != nil {
			activity.Takes = &result.Takes{Minutes: t.Minutes, Nights: t.Nights}
			if a.Capacity != nil {
				activity.Takes.Source = a.Capacity.Source
			}
		}
		if p, ok := prices.Of[a.Name]; ok {
			activity.PriceYear, activity.Variant, activity.Basis, activity.Source, activity.Licence = p.PriceYear, p.Variant, p.Basis, p.Source, p.Licence
			if p.By == "" {
				activity.UnitCost = pence(p.UnitCost)
			}
			if activity.Unit == "" {
				activity.Unit = p.Unit
			}
			activity.Price = priceOf(prices, p)
		}
		list = append(list, activity)
	}
	return list
}

func priceOf(prices *costing.PriceList, p costing.Applied) *result.Price {
	r := &result.Price{Table: prices.Table, Row: p.Row, Activity: p.Activity, Unit: p.Unit, Code: p.Code, Publisher: p.Publisher, Edition: p.Edition, Within: p.Table, Note: p.Note, By: p.By,
		SE: pencePointer(p.SE), Contract: pencePointer(p.ContractPrice), PayableShare: p.PayableShare, FromStudy: append([]string{}, p.FromStudy...), CoreFunded: p.CoreFunded, CashableShare: p.CashableShare, BorneBy: p.BorneBy}
	if low, high, ranged := p.Range(); ranged {
		r.Low, r.High = pence(low), pence(high)
	}
	if f := p.Factor; f != nil {
		r.Factor = &result.Factor{Name: f.Name, Value: f.Value, Low: f.Low, High: f.High, Source: f.Source}
	}
	if c := p.Converted; c != nil {
		r.Converted = &result.Converted{From: c.From, Was: int64(c.Was), Index: c.Index, Vintage: c.Vintage, Factor: c.Factor}
	}
	return r
}

func pence(p money.Pence) *int64 { return ptr(int64(p)) }

func pencePointer(p *money.Pence) *int64 {
	if p == nil {
		return nil
	}
	return pence(*p)
}

// Difference is what money is called below evidence grade 3.
const Difference = "difference at list price"

func billOf(found *evaluate.Found, bill *costing.Bill) *result.Bill {
	if bill.PriceYear == "" {
		return nil
	}
	prices := bill.Prices
	b := &result.Bill{Label: Difference, Currency: money.GBP, PriceYear: bill.PriceYear, Prices: prices.Name, Table: prices.Table, Adjust: adjustOf(found.Plan),
		Accounts: []result.Account{}, Notes: append([]string{}, prices.Notes...), Warnings: []string{}}
	if c := prices.Cost; c != nil {
		b.Cost = &result.ServiceCost{Sum: int64(c.Sum), Low: pencePointer(c.Low), High: pencePointer(c.High), Served: c.Served, Parts: costParts(c.Parts), Funders: release.Parts(c.Funders), Periods: c.Periods}
		if found.Plan.Adjust == nil || found.Plan.Adjust.Optimism == nil {
			b.Warnings = append(b.Warnings, string(estimate.NoOptimismBias))
		}
	}
	for _, l := range bill.Lines {
		line := result.Line{Activity: l.Activity, Window: l.Window, Arm: string(l.Arm), FollowUp: string(l.FollowUp), Basis: string(l.Basis), Method: l.Method, People: &l.Behind.People, Before: &l.Behind.Before,
			Expected: &l.Behind.Expected, After: &l.Behind.After, Averted: &l.Averted, AvertedLow: l.AvertedLow, AvertedHigh: l.AvertedHigh}
		if l.Price != nil {
			item := costing.ItemOf(l.Activity, l.Averted, l.Price)
			if l.ByEvent {
				line.ByEvent, item.Given = true, &l.Gross
			} else {
				line.UnitCost, line.Varied = pence(l.Price.UnitCost), l.Price.StandardError() > 0
			}
			of := item.Amounts()
			line.Gross, line.Payable, line.Cashable = pence(l.Gross), pencePointer(of.Payable), pencePointer(of.Cashable)
			line.GrossLow, line.GrossHigh = pencePointer(l.Low), pencePointer(l.High)
		}
		b.Lines = append(b.Lines, line)
	}
	for _, t := range bill.Totals {
		total := result.Total{Window: t.Window, Arm: string(t.Arm), FollowUp: string(t.FollowUp), Basis: string(t.Basis), Level: 0.95, Missing: t.Missing}
		if len(t.Missing) == 0 {
			total.Gross, total.GrossLow, total.GrossHigh, total.Interval = pence(t.Gross), pencePointer(t.Low), pencePointer(t.High), intervalOf(t)
		}
		b.Totals = append(b.Totals, total)
	}
	for _, k := range bill.Accounts {
		b.Accounts = append(b.Accounts, release.AccountOf(k))
	}
	for _, c := range bill.Cases {
		b.Cases = append(b.Cases, result.Case{What: c.What, UnitCost: study.Pence(c.UnitCost), Unit: c.Unit, Units: c.Units, Probability: c.Probability, Expected: int64(c.Expected), BorneBy: c.BorneBy, Evidence: c.Evidence})
	}
	release.Lead(b, found.Grade().Level)
	return b
}

func costParts(list []costing.CostPart) []result.CostPart {
	var parts []result.CostPart
	for _, p := range list {
		parts = append(parts, result.CostPart{Name: p.Name, Period: p.Period, Funder: p.Funder, Amount: int64(p.Amount), Moved: p.Moved})
	}
	return parts
}

// intervalOf says how a total's interval was made.
func intervalOf(t costing.Total) string {
	if t.Low == nil {
		return ""
	}
	units := "person"
	if t.Practices {
		units = "practice"
	}
	interval := fmt.Sprintf("%s bootstrap, percentile, all activities together, %d draws", units, t.Draws)
	switch {
	case t.Alone && !t.Added:
		return "that of its one line"
	case t.Added:
		return "standard deviations of what was expected and of what came, of lines and of prices added, which is wide enough however they go together"
	case t.Kinds > 1:
		return "bootstrap of each kind of data, whose variances are added"
	case t.Basis == costing.Comparison:
		interval += ", the comparison people's change worked out again in each"
	}
	if t.Wider {
		interval += ", wider than over people"
	}
	if len(t.Varied) > 0 {
		interval += ", unit costs drawn from a gamma distribution where their standard error or range is stated"
	}
	return interval
}

func adjustOf(plan *study.Plan) result.Adjust {
	d := plan.DiscountRate()
	adjust := result.Adjust{Attribution: result.Share{Value: 1}, Rate: d.Rate, RateReason: d.Reason}
	of := func(s *study.Share, into *result.Share) {
		if s != nil {
			*into = result.Share{Value: s.Value, Low: s.Low, High: s.High, Reason: s.Reason}
		}
	}
	if a := plan.Adjust; a != nil {
		of(a.Attribution, &adjust.Attribution)
		of(a.Deadweight, &adjust.Deadweight)
		if o := a.Optimism; o != nil {
			adjust.Optimism, adjust.OptimismOnCost = result.Share{Value: o.Value, Low: o.Low, High: o.High, Reason: o.Reason}, o.OnCost
		}
	}
	return adjust
}
