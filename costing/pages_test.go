package costing_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"averted/costing"
	"averted/costing/money"
	"averted/evaluate"
	"averted/evaluate/estimate"
)

// rows is an example's rows by column.
type rows []map[string]float64

// worked gives the figures of each worked example of the pages on money.
var worked = map[string]func(rows) (map[string]float64, error){
	"reckon": func(r rows) (map[string]float64, error) {
		x := r[0]
		contract, payable, cashable := money.Pence(100*x["contract"]), x["payable"], x["cashable"]
		a := costing.Reckon(costing.Inputs{Days: int(x["days"]), People: int64(x["people"]), Cost: money.Pence(100 * x["cost"]), Served: int64(x["served"]), Attribution: x["attribution"], Optimism: x["optimism"], OptimismOnCost: x["optimism_on_cost"], Rate: x["rate"],
			Items: []costing.Item{{Averted: x["averted"], Priced: true, UnitCost: money.Pence(100 * x["unit_cost"]), Factor: 1, Contract: &contract, Payable: &payable, Cashable: &cashable}}})
		list := a.Positions[0]
		return map[string]float64{"difference": list.Difference.Pounds(), "payable": a.Positions[1].Difference.Pounds(), "cashable": a.Positions[2].Difference.Pounds(), "credited": list.Credited.Pounds(),
			"service_cost": a.Cost.Pounds(), "raised": a.Raised.Pounds(), "net": list.Net.Pounds(), "break_even": *list.BreakEven}, nil
	},
	"cost_avoidance": func(r rows) (map[string]float64, error) {
		var people []costing.Person
		for _, x := range r {
			people = append(people, costing.Person{People: int64(x["people"]), Expected: []float64{x["gp_before"], x["admission_before"]}, After: []float64{x["gp_after"], x["admission_after"]}})
		}
		c, err := costing.Closed(people, []float64{42, 2840}, nil)
		return map[string]float64{"total": c.Total, "se": c.SE, "low": c.Low, "high": c.High}, err
	},
	"cost_did": func(r rows) (map[string]float64, error) {
		j := &evaluate.Joint{Activities: []string{"ae"}}
		for _, x := range r {
			for range int(x["people"]) {
				cells := []estimate.Cell{{Before: int64(x["before"]), After: int64(x["after"]), TimeBefore: 1, TimeAfter: 1, People: 1}}
				p := evaluate.JointPerson{Weight: 1, InService: x["service"] == 1, InComparison: x["service"] == 0, Service: cells, Comparison: cells}
				j.People = append(j.People, p)
			}
		}
		c, err := costing.Against(j, []float64{178})
		return map[string]float64{"factor": c.Factor[0], "total": c.Total, "se": c.SE}, err
	},
	"psa_parameters": func(r rows) (map[string]float64, error) {
		shape, scale := costing.GammaParameters(r[0]["mean"], r[0]["se"])
		mean, sd := costing.LognormalParameters(r[0]["mean"], r[0]["se"])
		return map[string]float64{"shape": shape, "scale": scale, "meanlog": mean, "sdlog": sd}, nil
	},
	"psa_moments": func(r rows) (map[string]float64, error) {
		var people []costing.Person
		for _, x := range r {
			people = append(people, costing.Person{People: int64(x["people"]), Expected: []float64{x["averted"]}, After: []float64{0}})
		}
		m, err := costing.MomentsOf(people, []costing.UnitCost{{Mean: r[0]["mean"], SE: r[0]["se"]}})
		return map[string]float64{"mean": m.Mean, "sd": m.SD, "quantities": m.Quantities, "prices": m.Prices}, err
	},
	"economics": func(r rows) (map[string]float64, error) {
		x := r[0]
		e, err := costing.Economic(costing.Programme{Benefit: x["benefit"], Cost: x["cost"], OptimismOnBenefit: x["optimism"], OptimismOnCost: x["optimism_on_cost"], People: int64(x["people"])})
		return map[string]float64{"net": e.Net, "roi": e.ROI, "bcr": e.BenefitCost, "net_corrected": e.NetCorrected, "break_even": e.BreakEvenFraction, "break_even_people": float64(e.BreakEvenPeople)}, err
	},
}

// TestPages works every example of the pages on money out, and wants what the page gives, to its last digit.
func TestPages(t *testing.T) {
	found := map[string]bool{}
	for _, page := range []string{"money", "cost-avoidance", "unit-costs", "economics"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", "methods", page+".md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "```worked\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			name, gives := example(t, block)
			found[name] = true
			if gives == 0 {
				t.Errorf("%s: an example that gives nothing", page)
			}
		}
	}
	for name := range worked {
		if !found[name] {
			t.Errorf("no page works %s out", name)
		}
	}
}

func example(t *testing.T, block string) (name string, gives int) {
	lines := strings.Split(strings.TrimSpace(block), "\n")
	name = lines[0]
	columns := strings.Fields(lines[1])
	var r rows
	var got map[string]float64
	for _, line := range lines[2:] {
		fields := strings.Fields(line)
		switch {
		case line == "gives":
			var err error
			if got, err = worked[name](r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		case got == nil:
			row := map[string]float64{}
			for i, c := range columns {
				v, err := strconv.ParseFloat(fields[i], 64)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				row[c] = v
			}
			r = append(r, row)
		default:
			gives++
			_, digits, _ := strings.Cut(fields[1], ".")
			if v, ok := got[fields[0]]; !ok || fmt.Sprintf("%.*f", len(digits), v) != fields[1] {
				t.Errorf("%s: %s is %.*f, the page says %s", name, fields[0], len(digits)+1, v, fields[1])
			}
		}
	}
	return name, gives
}
