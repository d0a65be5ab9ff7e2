// Package tariff reads price tables: what one event of an activity costs, of which year, in which unit,
// and where that was seen.
package tariff

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"averted/costing/money"
	"averted/evaluate/source"
)

// Price is one row of a price table.
type Price struct {
	Activity  string
	Unit      string
	Code      string
	Variant   string
	PriceYear string
	UnitCost  money.Pence
	Basis     string
	Source    string
	Licence   string
	Note      string
	Row       int // of the file
}

// Table is a price table.
type Table struct {
	Name   string
	Prices []Price
}

// required are the columns every price table has, besides exactly one of value_gbp and value_pence.
var required = []string{"activity", "unit", "price_year", "source", "licence"}

// optional are the columns that are read where they are.
var optional = []string{"value_gbp", "value_pence", "code", "variant", "basis", "note"}

// Read reads a price table, a file below the study's folder. The error is *[source.Rejected] if rows can't be used: a
// column or a value is missing, a price is no amount, or two rows have one key.
func Read(files *source.Files, name string) (*Table, error) {
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
	table := &Table{Name: name}
	keys := map[string]int{}
	for {
		more, err := file.Next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		price := read(file, columns, name, &problems)
		key := strings.Join([]string{price.Activity, price.Code, price.Variant, price.PriceYear, price.Unit}, "\x00")
		if first, twice := keys[key]; twice {
			problems.Add(source.Problem{File: name, Row: row(file), Code: "A122",
				Text: fmt.Sprintf("row %d has the same activity, code, variant, price year and unit", first)})
		}
		keys[key] = row(file)
		table.Prices = append(table.Prices, price)
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	return table, problems.Err()
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

func row(file *source.Rows) int {
	_, row := file.Place()
	return row
}

func read(file *source.Rows, columns []string, name string, problems *source.Problems) Price {
	field := func(column string) string {
		if i := slices.Index(columns, column); i >= 0 {
			return strings.Clone(file.Field(i))
		}
		return ""
	}
	add := func(column, text string) {
		problems.Add(source.Problem{File: name, Row: row(file), Name: column, Code: "A121", Text: text})
	}
	for _, c := range required {
		if field(c) == "" {
			add(c, "every price has one")
		}
	}
	price := Price{Activity: field("activity"), Unit: field("unit"), Code: field("code"), Variant: field("variant"),
		PriceYear: field("price_year"), Basis: field("basis"), Source: field("source"), Licence: field("licence"), Note: field("note"), Row: row(file)}
	if slices.Contains(columns, "value_gbp") {
		amount, err := money.Parse(field("value_gbp"))
		if err != nil {
			add("value_gbp", err.Error())
		}
		price.UnitCost = amount
		return price
	}
	pence, err := strconv.ParseUint(field("value_pence"), 10, 62)
	if err != nil {
		add("value_pence", "want whole pence, not negative")
	}
	price.UnitCost = money.Pence(pence)
	return price
}
