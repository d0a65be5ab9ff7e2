package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/report/chart"
	"averted/report/release"
	"averted/report/result"
)

// figures is a released result of activities with expected and after counts; a count of -1 is one that two
// people stand behind.
func figures(t *testing.T, counts ...[2]int64) *release.Released {
	t.Helper()
	r := &result.Result{Study: result.Study{Title: "t", Date: "2020-01-01", FollowUp: "observed", Profile: "local", HideBelow: 8,
		Windows: []result.Window{{Label: "12 months", Days: 365, Equal: true}}, Arms: []result.Arm{{Arm: "service", Label: "service"}}},
		Bill: &result.Bill{PriceYear: "2018/19", Adjust: result.Adjust{Attribution: result.Share{Value: 1}}, Accounts: []result.Account{{Window: "12 months", Basis: "own_rate", Days: 365}}}}
	total := int64(0)
	for i, c := range counts {
		name, unit, people, users, top := fmt.Sprint("a", i), int64(1000), int64(100), int64(80), 0.1
		if c[0] < 0 {
			users, c[0] = 2, 9
		}
		before, after, expected := c[0], c[1], float64(c[0])
		ratio := float64(after) / expected
		percent, low, high := 100*(ratio-1), 100*(ratio*0.9-1), 100*(ratio*1.1-1)
		averted := expected - float64(after)
		gross := int64(averted) * unit
		grossLow, grossHigh := gross-5000, gross+5000
		total += gross
		e := result.Estimate{Activity: name, Window: "12 months", Arm: "service", FollowUp: "observed", Method: "percent_change", Value: &percent, Low: &low, High: &high,
			People: &people, Before: &before, After: &after, Expected: &expected, UsersBefore: &users, UsersAfter: &users, TopBefore: &top, TopAfter: &top, Changed: &users, TopChange: &top}
		lead := e
		lead.Method, lead.Value = "rate_ratio", &ratio
		r.Estimates = append(r.Estimates, lead, e)
		r.Activities = append(r.Activities, result.Activity{Name: name, Label: "Activity <" + name + "> & more", UnitCost: &unit, Price: &result.Price{}})
		r.Bill.Lines = append(r.Bill.Lines, result.Line{Activity: name, Window: "12 months", Arm: "service", FollowUp: "observed", Basis: "own_rate", People: &people, Before: &before, After: &after,
			Expected: &expected, Averted: &averted, UnitCost: &unit, Gross: &gross, GrossLow: &grossLow, GrossHigh: &grossHigh})
	}
	low, high := total-9000, total+9000
	r.Bill.Totals = []result.Total{{Window: "12 months", Arm: "service", FollowUp: "observed", Basis: "own_rate", Gross: &total, GrossLow: &low, GrossHigh: &high}}
	safe, err := release.Control(r)
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

func drawn(t *testing.T, r *release.Released) map[string]chart.Chart {
	t.Helper()
	charts, err := chart.Draw(r)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]chart.Chart{}
	for _, c := range charts {
		named[c.Name] = c
		if dir := os.Getenv("AVERTED_LOOK"); dir != "" { // to look at them
			if err := os.WriteFile(filepath.Join(dir, t.Name()+"-"+c.Name+".png"), c.PNG, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return named
}

// TestDrawn wants pictures that open, say what they show, and are the same twice.
func TestDrawn(t *testing.T) {
	r := figures(t, [2]int64{500, 400}, [2]int64{300, 330}, [2]int64{900, 500})
	once, twice := drawn(t, r), drawn(t, r)
	if len(once) != 3 {
		t.Fatalf("%d charts, want 3", len(once))
	}
	for name, c := range once {
		if !bytes.Equal(c.SVG, twice[name].SVG) || !bytes.Equal(c.PNG, twice[name].PNG) {
			t.Errorf("%s is drawn otherwise the second time", name)
		}
		if _, err := png.Decode(bytes.NewReader(c.PNG)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for d := xml.NewDecoder(bytes.NewReader(c.SVG)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", name, err)
			}
		}
		if !bytes.Contains(c.SVG, []byte(`role="img"`)) || !bytes.Contains(c.SVG, []byte("<desc")) || !strings.Contains(c.Alt, c.Title) || !strings.Contains(c.Alt, name+".csv") {
			t.Errorf("%s has no role, description or alt text: %s", name, c.Alt)
		}
	}
	if got := once["before-after-12-months"].Title; got != "Two of three kinds of use were lower in the 12 months after" {
		t.Errorf("title: %s", got)
	}
	if got := once["waterfall-12-months"].Title; got != "Difference over 12 months: £4,700 at list price" {
		t.Errorf("title: %s", got)
	}
}

// TestBelowZero draws a bill that is a rise, and one whose interval includes nothing.
func TestBelowZero(t *testing.T) {
	c := drawn(t, figures(t, [2]int64{500, 400}, [2]int64{300, 700}))["waterfall-12-months"]
	if c.Title != "Difference over 12 months: −£3,000 at list price" && !strings.Contains(c.Title, "may be nothing") {
		t.Errorf("title: %s", c.Title)
	}
	c = drawn(t, figures(t, [2]int64{500, 498}))["waterfall-12-months"]
	if !strings.Contains(c.Title, "it may be nothing, between") {
		t.Errorf("title: %s", c.Title)
	}
}

// TestHiddenIsNotDrawn leaves out what may not be shown.
func TestHiddenIsNotDrawn(t *testing.T) {
	charts := drawn(t, figures(t, [2]int64{500, 400}, [2]int64{-1, 9}))
	if c := charts["before-after-12-months"]; len(c.Rows) != 2 || bytes.Contains(c.SVG, []byte("a1")) {
		t.Errorf("%v", c.Rows)
	}
	if _, ok := charts["waterfall-12-months"]; ok {
		t.Error("a waterfall whose total is hidden was drawn")
	}
}

func TestOnlyReleased(t *testing.T) {
	if _, err := chart.Draw(&release.Released{}); err == nil {
		t.Error("figures that were never controlled were drawn")
	}
}
