package tariff

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"averted/evaluate/source"
)

// TestEmbedded wants every row that comes with the tool to be traceable and licensed, none of a GP contact, and some figures as
// they were published.
func TestEmbedded(t *testing.T) {
	table, ok := Embedded(NationalCostCollection)
	if !ok || len(table.Prices) != 50 {
		t.Fatalf("%d rows", len(table.Prices))
	}
	for _, p := range table.Prices {
		if p.Source == "" || p.Publisher == "" || p.Edition == "" || p.Table == "" || p.Licence != "Open Government Licence v3.0" || p.Basis == "" || p.UnitCost <= 0 || p.Row < 2 {
			t.Errorf("row %d: %+v", p.Row, p)
		}
		if _, err := YearOf(p.PriceYear); err != nil || strings.HasPrefix(p.Activity, "gp") {
			t.Errorf("row %d: %s %s, %v", p.Row, p.Activity, p.PriceYear, err)
		}
		if got := table.Row(p.Row); got.Key() != p.Key() {
			t.Errorf("row %d is not found again", p.Row)
		}
	}
	for _, c := range []struct {
		activity, year string
		pence          int64
	}{{"ae_attendance", "2016/17", 14800}, {"ae_attendance", "2024/25", 28017}, {"ae_attendance", "2023/24", 27297}, {"admission_daycase", "2016/17", 73800}} {
		found := false
		for _, p := range table.Select(c.activity, "", "") {
			found = found || p.Code == "" && p.PriceYear == c.year && int64(p.UnitCost) == c.pence
		}
		if !found {
			t.Errorf("%s of %s is not %d pence", c.activity, c.year, c.pence)
		}
	}
	if _, ok := Embedded("psssru"); ok {
		t.Error("a table that may not come with the tool")
	}
}

// TestAsGiven wants the tables that come with the tool to be those that were given with their sources, value for value, where those
// lie beside the project.
func TestAsGiven(t *testing.T) {
	read := func(name string) [][]string {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "tariffs", name))
		if err != nil {
			t.Skip("the tables as they were given are not here")
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	table, _ := Embedded(NationalCostCollection)
	given := read("national-cost-collection.csv") // activity, unit, code, price_year, value_gbp, basis, variant
	if len(given) != len(table.Prices) {
		t.Fatalf("%d rows, given %d", len(table.Prices), len(given))
	}
	for i, row := range given {
		p := table.Prices[i]
		value, err := strconv.ParseFloat(row[4], 64)
		if err != nil || p.Activity != row[0] || p.Unit != row[1] || p.Code != row[2] || p.PriceYear != row[3] || int64(p.UnitCost) != int64(math.Round(100*value)) || p.Basis != row[5] || p.Variant != row[6] {
			t.Errorf("row %d: %+v, given %v", p.Row, p, row)
		}
	}
	index, _ := EmbeddedIndex(GDPDeflator)
	deflator := read("gdp-deflator.csv")
	if len(deflator) != len(index.Of) || !strings.Contains(index.Vintage, "December 2025") {
		t.Errorf("%d years of %d, %s", len(index.Of), len(deflator), index.Vintage)
	}
	for _, row := range deflator {
		year, errYear := strconv.Atoi(row[0])
		value, errValue := strconv.ParseFloat(row[1], 64)
		if errYear != nil || errValue != nil || index.Of[year] != value {
			t.Errorf("%v: %g", row, index.Of[year])
		}
	}
}

func TestYearOf(t *testing.T) {
	for text, want := range map[string]int{"2018/19": 2018, "1999/00": 1999, "2016": 2016} {
		if got, err := YearOf(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2018-19", "2018/20", "18/19", "2018/1", "banana", "2018/19 "} {
		if got, err := YearOf(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

// TestConvert moves a price by hand: 2018/19 takes 2018, so £115 × 100/79.1606; to its own year nothing moves; twice is refused.
func TestConvert(t *testing.T) {
	table, err := read1(t, "activity,unit,price_year,value_gbp,se,contract_price,source,licence\nae,attendance,2018/19,115,10,60,somebody,facts\n")
	if err != nil {
		t.Fatal(err)
	}
	index, _ := EmbeddedIndex(GDPDeflator)
	p, err := index.Convert(table.Prices[0], "2024/25")
	if err != nil || p.UnitCost != 14527 || *p.SE != 1263 || *p.ContractPrice != 7580 || p.PriceYear != "2024/25" || p.Converted.From != "2018/19" || p.Converted.Was != 11500 || !strings.Contains(p.Note, "December 2025") {
		t.Errorf("%+v, %v", p, err)
	}
	if same, err := index.Convert(table.Prices[0], "2018/19"); err != nil || same.Converted != nil || same.UnitCost != 11500 {
		t.Errorf("%+v, %v", same, err)
	}
	if _, err := index.Convert(p, "2020/21"); err == nil {
		t.Error("a converted price was converted again")
	}
	if _, err := index.Convert(table.Prices[0], "2031/32"); err == nil || !strings.Contains(err.Error(), "2010 to 2024") {
		t.Errorf("%v", err)
	}
	if *table.Prices[0].SE != 1000 {
		t.Error("the published price was changed")
	}
}

// TestWritten wants a table that is written to read back the same.
func TestWritten(t *testing.T) {
	table, _ := Embedded(NationalCostCollection)
	var b bytes.Buffer
	if err := Write(&b, table.Prices); err != nil {
		t.Fatal(err)
	}
	again, err := read1(t, b.String())
	if err != nil || len(again.Prices) != len(table.Prices) {
		t.Fatal(err)
	}
	for i, p := range again.Prices {
		if q := table.Prices[i]; p.Key() != q.Key() || p.UnitCost != q.UnitCost || p.Note != q.Note || p.Source != q.Source {
			t.Errorf("row %d: %+v, was %+v", p.Row, p, q)
		}
	}
}

func TestRefusesRanges(t *testing.T) {
	const header = "activity,unit,price_year,value_gbp,se,low,high,payable_share,source,licence\n"
	for text, want := range map[string]string{
		"ae,attendance,2018/19,115,5,100,130,,somebody,facts\n": "not both",
		"ae,attendance,2018/19,115,500,,,,somebody,facts\n":     "above the value",
		"ae,attendance,2018/19,115,,120,130,,somebody,facts\n":  "outside its own range",
		"ae,attendance,2018/19,115,,100,,,somebody,facts\n":     "a low and a high end",
		"ae,attendance,2018/19,115,,,,1.5,somebody,facts\n":     "a share from 0 to 1",
		"ae,attendance,2018/19,0,,,,,somebody,facts\n":          "above nothing",
	} {
		_, err := read1(t, header+text)
		var rejected *source.Rejected
		if !errors.As(err, &rejected) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestRange is a range as stated, or of 1.96 standard errors; none where neither is.
func TestRange(t *testing.T) {
	table, err := read1(t, "activity,unit,price_year,value_gbp,se,low,high,source,licence\na,x,2018/19,100,10,,,s,l\nb,x,2018/19,100,,80,150,s,l\nc,x,2018/19,100,,,,s,l\n")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		low, high, se int64
		ranged        bool
	}{{8040, 11960, 1000, true}, {8000, 15000, 1786, true}, {0, 0, 0, false}} {
		low, high, ranged := table.Prices[i].Range()
		if int64(low) != want.low || int64(high) != want.high || ranged != want.ranged || int64(table.Prices[i].StandardError()) != want.se {
			t.Errorf("%s: %d to %d, %d, %v", table.Prices[i].Activity, low, high, table.Prices[i].StandardError(), ranged)
		}
	}
}

func FuzzReadIndex(f *testing.F) {
	f.Add("year,index,vintage,source\n2018,100,of 2026,our own\n2019,110,of 2026,our own\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "index.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := ReadIndex(dir, "index.csv")
		var rejected *source.Rejected
		if err != nil && !errors.As(err, &rejected) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		for year, value := range x.Of {
			if year < 1900 || year > 2200 || !(value > 0) || x.Vintage == "" {
				t.Fatalf("%d: %g, %q", year, value, x.Vintage)
			}
		}
	})
}
