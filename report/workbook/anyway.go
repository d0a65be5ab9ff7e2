package workbook

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/telling"
)

// fillAnyway is the raw change and what is left of it, side by side, for every activity and window of the service arm and
// every method of what would have come anyway.
func (b *book) fillAnyway() {
	s := b.newSheet("Came_anyway", "What would have come anyway", "People who are chosen because they used much fall back afterwards with no service at all. Raw is the change; by the rule alone is what would have come without the service; what is left is the one against the other.",
		"One method leads where how people came in allows it; models stand beside and never lead: the fall that they expect is too large if a few people are always heavy users, and too small if use comes in crises. Events averted, and their price, are of the raw change.")
	s.begin("Came_anyway", "Activity", "Window", "Method", "Leads", "Raw, %#", "By the rule alone, %#", "Left, %#", "Low, %#", "High, %#", "Expected without the service#", "After#", "Reference people#", "Trend#", "Remarks")
	s.widths = []float64{34, 12, 48, 12, 10, 14, 10, 10, 10, 20, 12, 14, 10, 70}
	for _, w := range b.r.Study.Windows {
		for _, a := range b.r.Activities {
			raw := telling.Percent(b.r, a.Name, w.Label, service, b.r.FollowUp(a.Name))
			if raw == nil {
				continue
			}
			for _, e := range telling.Expectations(b.r, a.Name, w.Label) {
				percent := func(name string, v *float64) cell {
					x := telling.PercentOf(v)
					if x != nil {
						*x = math.Round(*x)
					}
					return orShort(count, x, 1, absent(e.Hidden, name))
				}
				leads := "beside"
				if e.Leads {
					leads = "leads"
				}
				trend := number.NotApplies
				if e.Value != nil && e.Trend == nil {
					trend = hiddenOr(e.Hidden, "trend", "none")
				}
				remarks := append([]string{}, e.Warnings...)
				if e.Refused != "" {
					remarks = append(remarks, e.Why+" ("+e.Refused+")")
				}
				if e.BesideOnly != "" {
					remarks = append(remarks, e.BesideOnly)
				}
				remark := strings.Join(remarks, "; ")
				if remark == "" {
					remark = number.NotApplies
				}
				method := telling.Method(e.Method)
				row := s.add(text(words, a.Label), text(words, w.Label), text(wrapped, fmt.Sprintf("%s (%s)", method, e.Method)), text(words, leads),
					orShort(count, raw.Value, 1, absent(raw.Hidden, "value")), orShort(count, e.RuleAlone, 1, absent(e.Hidden, "rule_alone")),
					percent("value", e.Value), percent("low", e.Low), percent("high", e.High),
					orShort(count, e.Expected, 1, absent(e.Hidden, "expected")), orShortCount(e.After, number.Hidden), orShortCount(e.Reference, hiddenOr(e.Hidden, "reference_people", number.NotApplies)),
					orShort(ratio, e.Trend, 1, trend), text(wrapped, remark))
				s.heights[row] = 16 * float64(1+max(len([]rune(method))/40, len([]rune(remark))/62))
			}
		}
	}
	if s.next() > s.first+1 {
		b.anyway = s
	}
}

// hiddenOr is what stands for a figure that isn't there: hidden, or otherwise.
func hiddenOr(hidden []string, name, otherwise string) string {
	if slices.Contains(hidden, name) {
		return number.Hidden
	}
	return otherwise
}
