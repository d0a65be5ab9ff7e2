// Package costing turns averted events into pounds: events × price, at list price, with the uncertainty of
// the estimate carried through.
package costing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"averted/costing/tariff"
	"averted/evaluate/source"
	"averted/evaluate/study"
)

// PriceList is the price of each activity of a plan that has one.
type PriceList struct {
	PriceYear string
	Of        map[string]tariff.Price // by activity name
}

// Prices reads the plan's price table and finds each activity's price. A study without prices has an
// empty list. The error is *[source.Rejected] if the table can't be used, or has no price for an activity in
// the price year, and *[study.Invalid] if the study's key means several rows, or a price in another unit.
func Prices(plan *study.Plan) (*PriceList, error) {
	list := &PriceList{Of: map[string]tariff.Price{}}
	if plan.Prices == nil {
		return list, nil
	}
	list.PriceYear = plan.Prices.PriceYear
	files := source.NewFiles(plan.Path("."), nil)
	table, err := tariff.Read(files, plan.Prices.File)
	if err = errors.Join(err, files.Close()); err != nil {
		return nil, fmt.Errorf("reading the prices: %w", err)
	}
	for _, a := range plan.Activities {
		if a.Price == nil {
			continue
		}
		price, text := find(table, *a.Price, list.PriceYear)
		if text == "" && a.Unit != "" && a.Unit != price.Unit {
			text = fmt.Sprintf("the activity is counted in units of one %s, its price (%s:%d) is for one %s", a.Unit, table.Name, price.Row, price.Unit)
		}
		if wrong := plan.Problem("activities."+a.Name+".price", "A130", text); text != "" && price.Row > 0 {
			return nil, wrong
		} else if text != "" { // the table lacks it
			return nil, &source.Rejected{Problems: wrong.Problems}
		}
		list.Of[a.Name] = price
	}
	return list, nil
}

// find is the one row that a key means, or what is wrong with the key.
func find(table *tariff.Table, key study.PriceKey, year string) (tariff.Price, string) {
	var found []tariff.Price
	var years, names []string
	for _, p := range table.Prices {
		names = append(names, p.Activity)
		if p.Activity != key.Activity || (key.Code != "" && p.Code != key.Code) || (key.Variant != "" && p.Variant != key.Variant) {
			continue
		}
		years = append(years, p.PriceYear)
		if p.PriceYear == year {
			found = append(found, p)
		}
	}
	slices.Sort(names)
	slices.Sort(years)
	switch {
	case len(found) == 1:
		return found[0], ""
	case len(found) > 1:
		var rows []string
		for _, p := range found {
			rows = append(rows, fmt.Sprintf("row %d", p.Row))
		}
		return found[0], fmt.Sprintf("%s has %s for it; say which: {activity: %s, code: ..., variant: ...}", table.Name, strings.Join(rows, " and "), key.Activity)
	case len(years) > 0:
		return tariff.Price{}, fmt.Sprintf("%s has this price for %s and not for %s; prices are not moved between years unasked", table.Name, strings.Join(slices.Compact(years), ", "), year)
	}
	return tariff.Price{}, fmt.Sprintf("%s has no such row; it has %s", table.Name, strings.Join(slices.Compact(names), ", "))
}
