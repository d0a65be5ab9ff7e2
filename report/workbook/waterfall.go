package workbook

import (
	"fmt"

	"averted/report/telling"
)

// fillWaterfall is the figures behind the waterfall: each step's start and end, cut into parts above and
// below zero so that stacked bars with unseen bases draw it.
func (b *book) fillWaterfall() {
	w := telling.Main(b.r)
	steps := telling.Waterfall(b.r, w.Label)
	if len(steps) == 0 {
		return
	}
	a := telling.Account(b.r, w.Label)
	s := b.newSheet("Waterfall", "Figures behind the waterfall", "Over "+w.Label+", from the difference at list price to what is left of it.")
	s.begin("Waterfall", "Step", "Amount#", "Kind", "Start#", "End#", "Base above#", "Base below#", "Fewer above#", "Fewer below#", "More above#", "More below#", "Total above#", "Total below#")
	s.widths = []float64{34, 16, 10, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16}
	end := 0.0
	for _, x := range steps {
		net := b.netAt[amount{"", a.Window, a.Basis, telling.ListPrice}]
		formula := map[string]string{
			telling.StepTotal:       b.totalRef(a.Window, a.Basis, "I"),
			telling.StepNotCredited: fmt.Sprintf("%s-%s", ref(b.net, "F", net), ref(b.net, "E", net)),
			telling.StepCost:        "-" + ref(b.net, "H", net),
			telling.StepNet:         ref(b.net, "I", net),
		}[x.Step]
		if x.Activity != "" {
			formula = ref(b.cost, "I", b.costAt[amount{x.Activity, a.Window, a.Basis, ""}])
		}
		kind := "step"
		if x.Total {
			kind = "total"
		}
		end = b.step(s, x.Label, kind, formula, float64(x.Pence)/100, end)
	}
	b.waterfall = s
}

// step is one row: it starts where the one before ended, unless it is a total.
func (b *book) step(s *sheet, label, kind, formula string, amount, before float64) (end float64) {
	row := s.next()
	startFormula, start := fmt.Sprintf("E%d", row-1), before
	if kind == "total" || row == s.first+1 {
		startFormula, start = "0", 0
	}
	end = start + amount
	base, under := max(0, min(start, end)), min(0, max(start, end))
	above, below := max(0, start, end)-base, min(0, start, end)-under
	part := func(when, formula string, on bool, v float64) cell {
		if !on {
			v = 0
		}
		return live(pounds, fmt.Sprintf(`IF(%s,%s,0)`, when, formula), v)
	}
	up, down := fmt.Sprintf("MAX(0,D%d,E%d)-F%d", row, row, row), fmt.Sprintf("MIN(0,D%d,E%d)-G%d", row, row, row)
	fewer, more, sum := fmt.Sprintf(`AND(C%d="step",B%d>=0)`, row, row), fmt.Sprintf(`AND(C%d="step",B%d<0)`, row, row), fmt.Sprintf(`C%d="total"`, row)
	s.add(text(words, label), live(pounds, formula, amount), text(words, kind), live(pounds, startFormula, start), live(pounds, fmt.Sprintf("D%d+B%d", row, row), end),
		live(pounds, fmt.Sprintf("MAX(0,MIN(D%d,E%d))", row, row), base), live(pounds, fmt.Sprintf("MIN(0,MAX(D%d,E%d))", row, row), under),
		part(fewer, up, kind == "step" && amount >= 0, above), part(fewer, down, kind == "step" && amount >= 0, below),
		part(more, up, kind == "step" && amount < 0, above), part(more, down, kind == "step" && amount < 0, below),
		part(sum, up, kind == "total", above), part(sum, down, kind == "total", below))
	return end
}
