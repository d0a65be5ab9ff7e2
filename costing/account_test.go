package costing_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"averted/costing"
	"averted/costing/money"
)

// random is inputs as they may come: rises, missing shares, several funders, odd corrections.
func random(r *rand.Rand) costing.Inputs {
	in := costing.Inputs{Window: "12 months", Days: 30 + r.IntN(1500), People: 1 + r.Int64N(5000), Attribution: r.Float64(), Deadweight: r.Float64(), Optimism: r.Float64() / 2, OptimismOnCost: r.Float64(), Rate: r.Float64() / 10}
	share := func() *float64 {
		if r.IntN(4) == 0 {
			return nil
		}
		v := math.Round(100*r.Float64()) / 100
		return &v
	}
	for i := range 1 + r.IntN(6) {
		item := costing.Item{Activity: string(rune('a' + i)), Averted: r.NormFloat64() * 1000, Priced: r.IntN(5) > 0, UnitCost: money.Pence(r.IntN(300000)), Factor: 1, Payable: share(), Cashable: share(), BorneBy: []string{"", "the trust", "the board"}[r.IntN(3)]}
		if r.IntN(3) == 0 {
			item.Factor = 0.5 + r.Float64()
			contract := money.Pence(r.IntN(200000))
			item.Contract = &contract
		}
		if r.IntN(6) == 0 {
			given := money.Pence(r.IntN(2000000) - 1000000)
			item.Given = &given
		}
		in.Items = append(in.Items, item)
	}
	if r.IntN(4) > 0 {
		in.Served = 1 + r.Int64N(6000)
		for i := range 1 + r.IntN(4) {
			f := costing.Part{Name: string(rune('p' + i)), Amount: money.Pence(r.IntN(10000000))}
			in.Funders, in.Cost = append(in.Funders, f), in.Cost+f.Amount
		}
	}
	return in
}

// TestPartsAddUp wants, of any inputs, every total to be the sum of its parts to the penny: lines, bearers, funders, years, and the
// net of each measure.
func TestPartsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 5))
	positions := 0
	for range 3000 {
		in := random(r)
		a := costing.Reckon(in)
		var gross, payable, cashable money.Pence
		allPayable, allCashable := true, true
		for _, i := range in.Items {
			if !i.Priced {
				continue
			}
			of := i.Amounts()
			gross += of.Gross
			if allPayable = allPayable && of.Payable != nil; allPayable {
				payable += *of.Payable
			}
			if allCashable = allCashable && of.Cashable != nil; allCashable {
				cashable += *of.Cashable
			}
		}
		var borne, years, paid money.Pence
		for _, b := range a.Bearers {
			borne += b.Amounts.Gross
		}
		for _, y := range a.Years {
			years += y.Credited
		}
		for _, f := range a.Funders {
			paid += f.Amount
		}
		if borne != gross {
			t.Fatalf("bearers %d, lines %d", borne, gross)
		}
		if a.Cost != nil && paid != *a.Cost {
			t.Fatalf("funders %d, cost %d", paid, *a.Cost)
		}
		for _, p := range a.Positions {
			positions++
			want := map[costing.Measure]money.Pence{costing.ListPrice: gross, costing.Payable: payable, costing.Cashable: cashable}[p.Measure]
			if p.Difference != want {
				t.Fatalf("%s: %d, lines %d", p.Measure, p.Difference, want)
			}
			if p.Measure == costing.ListPrice && p.Credited != years {
				t.Fatalf("years %d, credited %d", years, p.Credited)
			}
			if p.Measure == costing.Payable && !allPayable || p.Measure == costing.Cashable && !allCashable {
				t.Fatalf("%s is told where a share isn't stated", p.Measure)
			}
			switch {
			case a.Cost == nil:
				if p.Net != nil || p.BreakEven != nil {
					t.Fatal("net of a cost that isn't stated")
				}
			case *p.Net != p.Credited-*a.Raised || *a.Raised < *a.Cost:
				t.Fatalf("net %d, of %d less %d", *p.Net, p.Credited, *a.Raised)
			case p.Difference < 0 && len(a.Years) == 1 && p.Credited != p.Difference:
				t.Fatalf("a rise of %d was made %d", p.Difference, p.Credited)
			case p.BreakEven == nil != (p.Difference <= 0):
				t.Fatalf("break-even of %d", p.Difference)
			case p.BreakEven != nil && math.Abs(*p.BreakEven*float64(p.Difference)-float64(*a.Cost)) > 0.01:
				t.Fatalf("%g of %d is not %d", *p.BreakEven, p.Difference, *a.Cost)
			}
		}
	}
	if positions < 4000 {
		t.Errorf("only %d positions", positions)
	}
}

// TestOrderOfItems: an account doesn't hang on the order of its activities.
func TestOrderOfItems(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		in := random(r)
		turned := in
		turned.Items = nil
		for i := range in.Items {
			turned.Items = append(turned.Items, in.Items[len(in.Items)-1-i])
		}
		a, b := costing.Reckon(in), costing.Reckon(turned)
		for i := range a.Positions {
			if a.Positions[i].Difference != b.Positions[i].Difference || a.Positions[i].Credited != b.Positions[i].Credited {
				t.Fatalf("%+v, turned round %+v", a.Positions[i], b.Positions[i])
			}
		}
	}
}

// TestByHand is an account worked out on paper.
func TestByHand(t *testing.T) {
	half, tenth, none := 0.5, 0.1, 0.0
	contract := money.Pence(6000)
	in := costing.Inputs{Window: "24 months", Days: 730, People: 40, Attribution: 0.8, Optimism: 0.25, OptimismOnCost: 0.1, Rate: 0.035, Cost: 300000, Served: 50,
		Funders: []costing.Part{{Name: "x", Amount: 100000}, {Name: "y", Amount: 200000}},
		Items: []costing.Item{
			{Activity: "ae", Averted: 80, Priced: true, UnitCost: 10000, Factor: 1, Contract: &contract, Payable: &half, Cashable: &tenth, PerEvent: &costing.Takes{Minutes: 30}},
			{Activity: "gp", Averted: -10, Priced: true, UnitCost: 4000, Factor: 1, Payable: &none},
			{Activity: "calls", Averted: 25}}}
	a := costing.Reckon(in)
	// 80 x £100 - 10 x £40 = £7,600; 60% of it: £2,280 in the first year, £2,280/1.035 = £2,202.90 in the second.
	list, payable := a.Positions[0], a.Positions[1]
	if list.Difference != 760000 || list.Credited != 228000+220290 || *a.Cost != 240000 || *a.Raised != 264000 || *list.Net != 448290-264000 || len(a.Positions) != 2 {
		t.Errorf("%+v, cost %d", a.Positions, *a.Cost)
	}
	if payable.Measure != costing.Payable || payable.Difference != 240000 { // 80 x £60 x 0.5, GP contacts 0
		t.Errorf("%+v", payable)
	}
	if a.Funders[0].Amount != 80000 || a.Funders[1].Amount != 160000 || *a.PerHead != 19000 || *a.CostEach != 6000 {
		t.Errorf("%+v, %d, %d", a.Funders, *a.PerHead, *a.CostEach)
	}
	ae, gp, calls := a.Uses[0], a.Uses[1], a.Uses[2]
	if math.Abs(*ae.HoursAWeek-80*0.5/(730.0/7)) > 1e-12 || *ae.CostOf != 3000 || gp.CostOf != nil || *calls.BreaksEven != 0 {
		t.Errorf("%+v %+v %+v", ae, gp, calls)
	}
	if a.Return.BenefitCost != 4482.90/2640 {
		t.Errorf("%g", a.Return.BenefitCost)
	}
}

// TestSplit wants parts that add to the whole, whatever the weights.
func TestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		whole := money.Pence(r.IntN(2000001) - 1000000)
		weights := make([]int64, 1+r.IntN(6))
		for i := range weights {
			weights[i] = r.Int64N(1000)
		}
		sum := money.Pence(0)
		for _, p := range money.Split(whole, weights) {
			sum += p
		}
		if sum != whole {
			t.Fatalf("%v of %d add to %d", weights, whole, sum)
		}
	}
}

// TestUnlike wants money of two years never added.
func TestUnlike(t *testing.T) {
	a, b := money.Amount{Pence: 5, Currency: money.GBP, PriceYear: "2018/19"}, money.Amount{Pence: 7, Currency: money.GBP, PriceYear: "2024/25"}
	if _, err := a.Add(b); err == nil {
		t.Error("two price years were added")
	}
	if sum, err := a.Less(a); err != nil || sum.Pence != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}
