// Package tariff reads price tables: what one event of an activity costs, of which year, in which unit,
// and where that was seen. A table and an index come with it; see [Embedded] and [EmbeddedIndex].
package tariff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"averted/costing/money"
	"averted/evaluate/source"
)

// Price is one row of a price table. Amounts are in pence of the price year.
type Price struct {
	Activity  string
	Unit      string // one of which the amount buys: attendance, finished consultant episode, hour
	Code      string
	Variant   string
	PriceYear string
	UnitCost  money.Pence
	Basis     string // full cost, tariff, marginal or local
	Publisher string
	Edition   string
	Table     string
	Source    string
	Licence   string
	Note      string

	SE            *money.Pence // standard error of the unit cost
	Low, High     *money.Pence // a range of 95%
	ContractPrice *money.Pence // what the contract moves by for one more or one fewer
	PayableShare  *float64     // of the contract price, from 0 to 1
	CashableShare *float64     // of the unit cost, from 0 to 1
	BorneBy       string

	Row       int        // of its table, as a spreadsheet counts
	Converted *Converted // nil where the amounts are as published
}

// Key tells a row from the others of its table: activity, code, variant, price year and unit.
func (p Price) Key() string {
	return strings.Join([]string{p.Activity, p.Code, p.Variant, p.PriceYear, p.Unit}, "\x00")
}

// Table is a price table.
type Table struct {
	Name   string
	Prices []Price
}

// Row is the price of a row of the table; the zero price if it has no such row.
func (t *Table) Row(n int) Price {
	for _, p := range t.Prices {
		if p.Row == n {
			return p
		}
	}
	return Price{}
}

// required are the columns every price table has, besides exactly one of value_gbp and value_pence.
var required = []string{"activity", "unit", "price_year", "source", "licence"}

// optional are the columns that are read where they are. Amounts are in the unit of the value's column.
var optional = []string{"value_gbp", "value_pence", "code", "variant", "basis", "publisher", "edition", "table", "se", "low", "high",
	"contract_price", "payable_share", "cashable_share", "borne_by", "note"}

// Columns lists all columns of a price table, in the order in which one is written.
func Columns() []string {
	return []string{"activity", "unit", "code", "variant", "price_year", "value_gbp", "basis", "publisher", "edition", "table", "se", "low", "high",
		"contract_price", "payable_share", "cashable_share", "borne_by", "source", "licence", "note"}
}

// Record is a price as a row of [Columns].
func (p Price) Record() []string {
	amount := func(a *money.Pence) string {
		if a == nil {
			return ""
		}
		return a.Decimal()
	}
	share := func(s *float64) string {
		if s == nil {
			return ""
		}
		return strconv.FormatFloat(*s, 'f', -1, 64)
	}
	return []string{p.Activity, p.Unit, p.Code, p.Variant, p.PriceYear, p.UnitCost.Decimal(), p.Basis, p.Publisher, p.Edition, p.Table, amount(p.SE), amount(p.Low), amount(p.High),
		amount(p.ContractPrice), share(p.PayableShare), share(p.CashableShare), p.BorneBy, p.Source, p.Licence, p.Note}
}

// Read reads a price table, a file below a folder. The error is *[source.Rejected] if rows can't be used: a
// column or a value is missing, a price is no amount, or two rows have one key.
func Read(folder, name string) (*Table, error) {
	files := source.NewFiles(folder, nil)
	table, err := read(files, name)
	return table, errors.Join(err, files.Close())
}

func read(files *source.Files, name string) (*Table, error) {
	var problems source.Problems
	columns, err := present(files, name, &problems)
	if err != nil {
		return nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	file, err := open(files, name, columns, &problems)
	if err != nil || file == nil {
		return nil, err
	}
	r := reader{columns: columns, name: name, problems: &problems, keys: map[string]int{}, table: &Table{Name: name}}
	for {
		more, err := file.Next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		_, row := file.Place()
		r.add(row, func(i int) string { return strings.Clone(file.Field(i)) })
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	return r.table, problems.Err()
}

// present is the columns to read: the required ones and those of the optional that the file has.
func present(files *source.Files, name string, problems *source.Problems) ([]string, error) {
	file, err := open(files, name, required, problems)
	if err != nil || file == nil {
		return nil, err
	}
	columns := slices.Clone(required)
	for _, c := range optional {
		if slices.Contains(file.Header(), c) {
			columns = append(columns, c)
		}
	}
	if slices.Contains(columns, "value_gbp") == slices.Contains(columns, "value_pence") {
		problems.Add(source.Problem{File: name, Row: 1, Code: "A120", Text: "want exactly one of the columns value_gbp and value_pence"})
	}
	return columns, file.Close()
}

// open opens a price table. It is small, so nobody waits to cancel it.
func open(files *source.Files, name string, columns []string, problems *source.Problems) (*source.Rows, error) {
	return files.Open(context.Background(), source.Table{File: name}, "prices", columns, problems, &source.Quality{})
}

// reader makes prices of rows.
type reader struct {
	columns  []string
	name     string
	problems *source.Problems
	keys     map[string]int // row by key
	table    *Table
}

// add takes a row in, whose fields are parallel to the columns.
func (r *reader) add(row int, at func(i int) string) {
	field := func(column string) string {
		if i := slices.Index(r.columns, column); i >= 0 {
			return at(i)
		}
		return ""
	}
	wrong := func(column, text string) {
		r.problems.Add(source.Problem{File: r.name, Row: row, Name: column, Code: "A121", Text: text})
	}
	for _, c := range required {
		if field(c) == "" {
			wrong(c, "every price has one")
		}
	}
	price := Price{Activity: field("activity"), Unit: field("unit"), Code: field("code"), Variant: field("variant"), PriceYear: field("price_year"),
		Basis: field("basis"), Publisher: field("publisher"), Edition: field("edition"), Table: field("table"), Source: field("source"), Licence: field("licence"),
		Note: field("note"), BorneBy: field("borne_by"), Row: row}
	value := "value_gbp"
	amount := func(column string) money.Pence {
		p, err := money.Parse(field(column))
		if err != nil {
			wrong(column, err.Error())
		}
		return p
	}
	if slices.Contains(r.columns, "value_pence") {
		value = "value_pence"
		amount = func(column string) money.Pence {
			pence, err := strconv.ParseUint(field(column), 10, 62)
			if err != nil {
				wrong(column, "want whole pence, not negative")
			}
			return money.Pence(pence)
		}
	}
	if price.UnitCost = amount(value); price.UnitCost == 0 && strings.Trim(field(value), "0.") == "" && field(value) != "" {
		wrong(value, "a price is above nothing; an activity without a price has no row")
	}
	for column, into := range map[string]**money.Pence{"se": &price.SE, "low": &price.Low, "high": &price.High, "contract_price": &price.ContractPrice} {
		if field(column) != "" {
			p := amount(column)
			*into = &p
		}
	}
	for column, into := range map[string]**float64{"payable_share": &price.PayableShare, "cashable_share": &price.CashableShare} {
		if text := field(column); text != "" {
			share, err := strconv.ParseFloat(text, 64)
			if err != nil || !(share >= 0 && share <= 1) {
				wrong(column, "want a share from 0 to 1")
			}
			*into = &share
		}
	}
	switch {
	case price.SE != nil && price.Low != nil:
		wrong("se", "give a standard error or a range, not both")
	case price.SE != nil && *price.SE > price.UnitCost:
		wrong("se", "the standard error is above the value")
	case (price.Low == nil) != (price.High == nil):
		wrong("low", "a range has a low and a high end")
	case price.Low != nil && (*price.Low > price.UnitCost || price.UnitCost > *price.High):
		wrong("low", "the value lies outside its own range")
	}
	if price.Basis != "" && !slices.Contains(bases, price.Basis) {
		wrong("basis", "want one of "+strings.Join(bases, ", "))
	}
	if first, twice := r.keys[price.Key()]; twice {
		r.problems.Add(source.Problem{File: r.name, Row: row, Code: "A122",
			Text: fmt.Sprintf("row %d has the same activity, code, variant, price year and unit", first)})
	}
	r.keys[price.Key()] = row
	r.table.Prices = append(r.table.Prices, price)
}

// bases are what a price can be: what care costs on average, what is paid by a tariff, what one more costs, or whatever was
// agreed locally.
var bases = []string{"full cost", "tariff", "marginal", "local"}

// Range is the low and the high end that a price states, or that its standard error gives (1.96 of it either way); false
// where it states neither.
func (p Price) Range() (low, high money.Pence, stated bool) {
	switch {
	case p.Low != nil:
		return *p.Low, *p.High, true
	case p.SE != nil && *p.SE > 0:
		half := p.SE.Times(1.959963984540054)
		return max(0, p.UnitCost-half), p.UnitCost + half, true
	}
	return 0, 0, false
}

// StandardError is that of a price: as stated, or a range of 95% over 3.92; 0 where neither is stated.
func (p Price) StandardError() money.Pence {
	switch {
	case p.SE != nil:
		return *p.SE
	case p.Low != nil:
		return (*p.High - *p.Low).Times(1 / 3.919927969080108)
	}
	return 0
}

// Select is the rows of an activity, and of a code and a variant where those are named, in the order of the table.
func (t *Table) Select(activity, code, variant string) []Price {
	var found []Price
	for _, p := range t.Prices {
		if p.Activity == activity && (code == "" || p.Code == code) && (variant == "" || p.Variant == variant) {
			found = append(found, p)
		}
	}
	return found
}

// Years lists the price years of some rows, the earliest first.
func Years(prices []Price) []string {
	var years []string
	for _, p := range prices {
		if !slices.Contains(years, p.PriceYear) {
			years = append(years, p.PriceYear)
		}
	}
	slices.SortFunc(years, cmp.Compare[string])
	return years
}
