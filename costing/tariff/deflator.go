package tariff

import (
	"bytes"
	"context"
	_ "embed" // the tables that come with the tool
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"averted/costing/money"
	"averted/evaluate/source"
)

//go:embed tables/national-cost-collection.csv
var nationalCostCollection []byte

//go:embed tables/gdp-deflator.csv
var gdpDeflator []byte

// The tables that come with the tool.
const (
	NationalCostCollection = "national-cost-collection"
	GDPDeflator            = "gdp-deflator"
)

// Names lists the price tables that come with the tool.
func Names() []string { return []string{NationalCostCollection} }

// Embedded is a price table that comes with the tool: only tables whose licence allows it do. It reports false for
// another name.
func Embedded(name string) (*Table, bool) {
	if name != NationalCostCollection {
		return nil, false
	}
	rows, err := csv.NewReader(bytes.NewReader(nationalCostCollection)).ReadAll()
	if err != nil {
		panic("tariff: the embedded table can't be read: " + err.Error())
	}
	var problems source.Problems
	r := reader{columns: rows[0], name: name, problems: &problems, keys: map[string]int{}, table: &Table{Name: name}}
	for i, row := range rows[1:] {
		r.add(i+2, func(at int) string { return row[at] })
	}
	if err := problems.Err(); err != nil {
		panic("tariff: the embedded table is wrong: " + err.Error())
	}
	return r.table, true
}

// Index is a price index: what money of one year is worth in another.
type Index struct {
	Name    string
	Vintage string // which edition of the index
	Source  string
	Licence string
	Of      map[int]float64 // by calendar year
}

// Converted says how a price came from another year.
type Converted struct {
	From    string // the price year as published
	Was     money.Pence
	Index   string
	Vintage string
	Factor  float64
}

// Indexes lists the indexes that come with the tool.
func Indexes() []string { return []string{GDPDeflator} }

// EmbeddedIndex is an index that comes with the tool. It reports false for another name.
func EmbeddedIndex(name string) (*Index, bool) {
	if name != GDPDeflator {
		return nil, false
	}
	rows, err := csv.NewReader(bytes.NewReader(gdpDeflator)).ReadAll()
	if err != nil {
		panic("tariff: the embedded index can't be read: " + err.Error())
	}
	x := &Index{Name: name, Of: map[int]float64{}}
	for _, row := range rows[1:] {
		year, errYear := strconv.Atoi(row[0])
		value, errValue := strconv.ParseFloat(row[1], 64)
		if err := errors.Join(errYear, errValue); err != nil {
			panic("tariff: the embedded index is wrong: " + err.Error())
		}
		x.Of[year], x.Vintage, x.Source, x.Licence = value, row[2]+", "+row[3], row[4], row[5]
	}
	return x, true
}

// ReadIndex reads an index from a file below a folder, with the columns year, index, vintage and source, a row a calendar year. The
// error is *[source.Rejected] if rows can't be used.
func ReadIndex(folder, name string) (*Index, error) {
	files := source.NewFiles(folder, nil)
	index, err := readIndex(files, name)
	return index, errors.Join(err, files.Close())
}

func readIndex(files *source.Files, name string) (*Index, error) {
	var problems source.Problems
	columns := []string{"year", "index", "vintage", "source"}
	file, err := files.Open(context.Background(), source.Table{File: name}, "index", columns, &problems, &source.Quality{})
	if err != nil || file == nil {
		return nil, errors.Join(err, problems.Err())
	}
	x := &Index{Name: name, Of: map[int]float64{}}
	for {
		more, err := file.Next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		_, row := file.Place()
		wrong := func(column, text string) {
			problems.Add(source.Problem{File: name, Row: row, Name: column, Code: "A124", Text: text})
		}
		year, err := strconv.Atoi(file.Field(0))
		if err != nil || year < 1900 || year > 2200 {
			wrong("year", "want a calendar year")
		}
		value, err := strconv.ParseFloat(file.Field(1), 64)
		if err != nil || !(value > 0) || math.IsInf(value, 0) {
			wrong("index", "want a number above 0")
		}
		if _, twice := x.Of[year]; twice {
			wrong("year", "this year is given twice")
		}
		x.Of[year] = value
		vintage, from := strings.Clone(file.Field(2)), strings.Clone(file.Field(3))
		if vintage == "" || from == "" {
			wrong("vintage", "every row says of which edition it is, and where it was seen")
		}
		if x.Vintage != "" && vintage != x.Vintage {
			wrong("vintage", "an index has one vintage")
		}
		x.Vintage, x.Source = vintage, from
	}
	return x, errors.Join(file.Close(), problems.Err())
}

var (
	financial = regexp.MustCompile(`^(\d{4})/(\d{2})$`)
	calendar  = regexp.MustCompile(`^\d{4}$`)
)

// YearOf is the calendar year whose index a price year takes: 2018/19 takes 2018, 2018 itself. The error is for what is no
// year.
func YearOf(priceYear string) (int, error) {
	if m := financial.FindStringSubmatch(priceYear); m != nil {
		year, _ := strconv.Atoi(m[1])
		if next, _ := strconv.Atoi(m[2]); next == (year+1)%100 {
			return year, nil
		}
	}
	if calendar.MatchString(priceYear) {
		return strconv.Atoi(priceYear)
	}
	return 0, errors.New("want a price year such as 2018/19, or a calendar year")
}

// Factor is what a pound of one price year is worth in another. The error is for years that the index lacks.
func (x *Index) Factor(from, to string) (float64, error) {
	var of [2]float64
	for i, text := range []string{from, to} {
		year, err := YearOf(text)
		if err != nil {
			return 0, fmt.Errorf("%q: %w", text, err)
		}
		value, ok := x.Of[year]
		if !ok {
			var years []int
			for y := range x.Of {
				years = append(years, y)
			}
			slices.Sort(years)
			return 0, fmt.Errorf("%s (%s) has no value for %d, which %s takes; it has %d to %d", x.Name, x.Vintage, year, text, years[0], years[len(years)-1])
		}
		of[i] = value
	}
	return of[1] / of[0], nil
}

// Convert moves a price to another year: every amount times the index of that year over that of its own, rounded to the
// penny. A financial year takes the index of the calendar year in which it begins. The price says so of itself. The error is
// that of [Index.Factor], or that the price was converted before.
func (x *Index) Convert(p Price, to string) (Price, error) {
	if p.PriceYear == to {
		return p, nil
	}
	if p.Converted != nil {
		return p, fmt.Errorf("the price of %s was converted from %s already; convert the published one", p.Activity, p.Converted.From)
	}
	factor, err := x.Factor(p.PriceYear, to)
	if err != nil {
		return p, err
	}
	p.Converted = &Converted{From: p.PriceYear, Was: p.UnitCost, Index: x.Name, Vintage: x.Vintage, Factor: factor}
	said := fmt.Sprintf("converted from %s (£%s) by %s, %s; a financial year takes the calendar year in which it begins", p.PriceYear, p.UnitCost.Decimal(), x.Name, x.Vintage)
	if p.Note != "" {
		said = p.Note + "; " + said
	}
	p.PriceYear, p.Note, p.UnitCost = to, said, p.UnitCost.Times(factor)
	for _, amount := range []**money.Pence{&p.SE, &p.Low, &p.High, &p.ContractPrice} {
		if *amount != nil {
			moved := (*amount).Times(factor)
			*amount = &moved
		}
	}
	return p, nil
}

// Write writes prices as a table that [Read] reads.
func Write(out io.Writer, prices []Price) error {
	w := csv.NewWriter(out)
	rows := [][]string{Columns()}
	for _, p := range prices {
		rows = append(rows, p.Record())
	}
	return w.WriteAll(rows)
}
