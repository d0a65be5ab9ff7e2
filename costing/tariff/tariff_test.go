package tariff

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/evaluate/source"
)

func read1(t testing.TB, text string) (*Table, error) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prices.csv"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(dir, "prices.csv")
}

func TestRead(t *testing.T) {
	table, err := read1(t, "activity,unit,code,price_year,value_gbp,basis,variant,source,licence,extra\nae,attendance,,2018/19,115,local,a variant,somebody,facts,x\nae,attendance,VB11Z,2018/19,126.76,full cost,,somebody,OGL v3,x\n")
	if err != nil {
		t.Fatal(err)
	}
	if p := table.Prices[1]; len(table.Prices) != 2 || p.UnitCost != 12676 || p.Code != "VB11Z" || p.Row != 3 || p.Licence != "OGL v3" {
		t.Errorf("%+v", table.Prices)
	}
	table, err = read1(t, "activity,unit,price_year,value_pence,source,licence\nae,attendance,2018/19,11500,somebody,facts\n")
	if err != nil || table.Prices[0].UnitCost != 11500 {
		t.Errorf("%v, %v", table, err)
	}
}

func TestRefuses(t *testing.T) {
	const header = "activity,unit,price_year,value_gbp,source,licence\n"
	for _, c := range []struct{ name, text, want string }{
		{"no price year", header + "ae,attendance,,115,somebody,facts\n", "prices.csv:2: price_year: every price has one [A121]"},
		{"negative", header + "ae,attendance,2018/19,-115,somebody,facts\n", "prices.csv:2: value_gbp: want pounds"},
		{"two prices glued", header + "ae,attendance,2018/19,37/32,somebody,facts\n", "prices.csv:2: value_gbp: want pounds"},
		{"twice", header + "ae,attendance,2018/19,115,somebody,facts\nae,attendance,2018/19,116,somebody,facts\n", "prices.csv:3: row 2 has the same activity"},
		{"both columns", "activity,unit,price_year,value_gbp,value_pence,source,licence\nae,attendance,2018/19,115,11500,somebody,facts\n", "exactly one of the columns"},
		{"neither column", "activity,unit,price_year,source,licence\nae,attendance,2018/19,somebody,facts\n", "exactly one of the columns"},
		{"no licence column", "activity,unit,price_year,value_gbp,source\nae,attendance,2018/19,115,somebody\n", "no column licence in the header"},
	} {
		_, err := read1(t, c.text)
		var rejected *source.Rejected
		if !errors.As(err, &rejected) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("activity,unit,price_year,value_gbp,source,licence\nae,attendance,2018/19,115,somebody,facts\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := read1(t, text)
		var rejected *source.Rejected
		if err != nil && !errors.As(err, &rejected) {
			t.Fatal(err)
		}
		if rejected != nil {
			for _, p := range rejected.Problems.All() {
				if p.Row > strings.Count(text, "\n")+1 {
					t.Fatalf("row %d is not in the file", p.Row)
				}
			}
			return
		}
		for _, p := range table.Prices {
			if p.UnitCost < 0 || p.PriceYear == "" || p.Source == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}
