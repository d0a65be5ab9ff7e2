package workbook

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/result"
	"averted/report/telling"
)

// fillCompared is every comparison with people without the service, of every activity and window.
func (b *book) fillCompared() {
	s := b.newSheet("Compared", "Against comparison people", "How much more the service's people changed than comparison people in the same time: their ratio of after to before over that of the others, less one; or, of the rows in events, after less before, less that of the others.",
		"One comparison leads, where the matched people are alike and enough of them; the others stand beside. Expected is what the service's people would have had, had theirs gone as the comparison people's did.")
	s.begin("Compared", "Activity", "Window", "Comparison", "Leads", "Difference, %#", "Low, %#", "High, %#", "In events a person#", "Low#", "High#", "People#", "Before#", "After#", "Expected#", "Comparison people#", "Their before#", "Their after#", "Their change, %#", "E-value#", "Of the limit#", "Remarks")
	s.widths = []float64{28, 12, 44, 9, 11, 8, 8, 11, 8, 8, 9, 9, 9, 10, 12, 9, 9, 10, 9, 9, 44}
	s.heights[s.first] = 50
	for _, w := range b.r.Study.Windows {
		for _, a := range b.r.Activities {
			for _, e := range telling.Comparisons(b.r, a.Name, w.Label) {
				b.compared(s, a.Label, e)
			}
		}
	}
	if s.next() > s.first+1 {
		b.against = s
	}
}

func (b *book) compared(s *sheet, label string, e result.Estimate) {
	percent := func(name string, v *float64) cell {
		x := telling.PercentOf(v)
		if x == nil {
			return text(short, absent(e.Hidden, name))
		}
		return value(count, math.Round(*x))
	}
	plain := func(name string, v *float64) cell { return orShort(ratio, v, 1, absent(e.Hidden, name)) }
	z := text(short, number.NotApplies)
	differences, events := []cell{percent("value", e.Value), percent("low", e.Low), percent("high", e.High)}, []cell{z, z, z}
	change, evalue, limit := percent("comparison_rate_ratio", e.ComparisonChange), plain("e_value", e.EValue), plain("e_value", e.EValueLimit)
	if telling.OfEvents(e) {
		differences, events = []cell{z, z, z}, []cell{plain("value", e.Value), plain("low", e.Low), plain("high", e.High)}
		change, evalue, limit = z, z, z
	}
	leads := "beside"
	if e.Leads {
		leads = "leads"
	}
	remarks := append([]string{}, e.Warnings...)
	if e.Refused != "" {
		remarks = append(remarks, e.Why+" ("+e.Refused+")")
	} else if e.BesideOnly != "" && telling.OfMatched(e) {
		remarks = append(remarks, e.BesideOnly)
	}
	remark := strings.Join(remarks, "; ")
	if remark == "" {
		remark = number.NotApplies
	}
	method := fmt.Sprintf("%s (%s)", telling.Method(e.Method), e.Method)
	row := append([]cell{text(words, label), text(words, e.Window), text(wrapped, method), text(words, leads)}, differences...)
	row = append(append(row, events...), orShortCount(e.People, number.Hidden), orShortCount(e.Before, number.Hidden), orShortCount(e.After, number.Hidden), orShort(count, e.Expected, 1, absent(e.Hidden, "expected")),
		orShortCount(e.ComparisonPeople, number.Hidden), orShortCount(e.ComparisonBefore, number.Hidden), orShortCount(e.ComparisonAfter, number.Hidden), change, evalue, limit, text(wrapped, remark))
	s.heights[s.add(row...)] = 16 * float64(1+max(len([]rune(method))/38, len([]rune(remark))/38))
}

// fillBalance is how alike both groups are, before matching and after.
func (b *book) fillBalance() {
	s := b.newSheet("Balance", "How alike the groups are", "Standardised differences: of means, in standard deviations of everybody. Up to 0.1 is alike; above 0.25 nothing is told of the matched people. A variance ratio is near 1 where both groups spread alike.",
		"Only what was known before the index day is matched on; nothing makes people alike in what isn't known.")
	for i := range b.r.Matching {
		s.rows = append(s.rows, []cell{text(lead, telling.Matched(b.r, &b.r.Matching[i]))})
	}
	s.begin("Balance", "Data", "Trait", "Mean of the service's people#", "Mean of comparison people#", "Standardised difference#", "Variance ratio#", "Matched, mean of the service's#", "Matched, mean of comparison#", "Matched, standardised difference#", "Matched, variance ratio#")
	s.widths = []float64{12, 66, 16, 16, 16, 12, 18, 18, 18, 16}
	s.heights[s.first] = 50
	for _, m := range b.r.Matching {
		for _, c := range m.Balance {
			of := func(name string, v *float64) cell {
				k := ratio
				if v != nil && strings.HasPrefix(name, "mean") && math.Abs(*v) >= 10 { // two figures
					k = count
				} else if v != nil && strings.HasPrefix(name, "mean") && math.Abs(*v) >= 1 {
					k = decimal
				}
				return orShort(k, v, 1, hiddenOr(c.Hidden, name, number.NotApplies))
			}
			row := []cell{text(words, m.Kind), text(words, c.Name), of("mean_service", c.MeanService), of("mean_comparison", c.MeanComparison), of("smd_before", c.SMD), of("variance_ratio_before", c.VarianceRatio)}
			after := []cell{of("mean_service_matched", c.MatchedService), of("mean_comparison_matched", c.MatchedComparison), of("smd_after", c.MatchedSMD), of("variance_ratio_after", c.MatchedVarianceRatio)}
			if m.Match == "none" || m.Refused != "" {
				for i := range after {
					after[i] = text(short, number.NotApplies)
				}
			}
			s.add(append(row, after...)...)
		}
	}
	if s.next() > s.first+1 {
		b.balance = s
	}
}

// ownReference is what a month is set against where nobody is compared.
const ownReference = "its own reference"

// fillMonths is the months around the index day.
func (b *book) fillMonths() {
	s := b.newSheet("Months", "Months around the index day", "Rates are events a thousand people in 365/12 days. The ratio is of each month to the reference months of the same people, over the same of comparison people where there are some; 100 is no difference.",
		"Months below 0 lie before the index day, month 0 begins just after it. "+telling.PowerCaveat())
	s.begin("Months", "Activity", "Set against", "Unit", "Month#", "Reference", "Events#", "Rate#", "Rate of comparison people#", "Ratio, %#", "Low, %#", "High, %#", "Remarks")
	s.widths = []float64{34, 26, 10, 10, 12, 11, 11, 16, 11, 11, 11, 60}
	s.heights[s.first] = 50
	for _, m := range b.r.Months {
		against := ownReference
		if m.Arm == "" {
			against = "comparison people"
		}
		remark := number.NotApplies
		switch {
		case m.Refused != "":
			remark = m.Why + " (" + m.Refused + ")"
		case m.P != nil:
			remark = fmt.Sprintf("months before, tested together: p = %s, %d degrees of freedom", number.Fixed(*m.P, 3), *m.DF)
		}
		for i, p := range m.Points {
			reference := "no"
			for _, r := range m.Reference {
				if r == p.Month {
					reference = "yes"
				}
			}
			of := func(v *float64) cell {
				switch {
				case v != nil:
					return value(count, math.Round(100**v))
				case slices.Contains(m.Hidden, "points"):
					return text(short, number.Hidden)
				case reference == "yes":
					return text(short, number.NotApplies)
				}
				return text(short, number.NotAvailable)
			}
			first := text(wrapped, number.NotApplies)
			if i == 0 {
				first = text(wrapped, remark)
			}
			theirs := hiddenOr(p.Hidden, "comparison_rate", hiddenOr(m.Hidden, "points", number.NotApplies))
			row := s.add(text(words, telling.Label(b.r, m.Activity)), text(words, against), text(words, m.Unit), value(count, p.Month), text(words, reference),
				orShort(count, p.Events, 1, number.Hidden), orShort(decimal, p.Rate, 1, number.Hidden), orShort(decimal, p.ComparisonRate, 1, theirs), of(p.Value), of(p.Low), of(p.High), first)
			if i == 0 {
				s.heights[row] = 16 * float64(1+len([]rune(remark))/54)
			}
		}
	}
	if s.next() > s.first+1 {
		b.months = s
	}
}

// fillSeries is the monthly series with what it was about to be.
func (b *book) fillSeries() {
	i := b.r.Interrupted
	if i == nil {
		return
	}
	s := b.newSheet("Series", "The monthly series", breakLines(strings.Join(telling.SeriesText(b.r), " "), 150)...)
	s.begin("Series", "Month", "Count#", "Control#", "Fitted#", "Expected without#")
	s.widths = []float64{14, 14, 14, 14, 26}
	for _, p := range i.Points {
		control := number.NotApplies
		if i.Controlled {
			control = number.Hidden
		}
		fitted := number.NotApplies
		if i.Refused != "" {
			fitted = number.NotAvailable
		} else if p.Fitted == nil && slices.Contains(i.Hidden, "fitted") {
			fitted = number.Hidden
		}
		s.add(text(words, p.Month), orShort(count, p.Count, 1, number.Hidden), orShort(count, p.Control, 1, control), orShort(count, p.Fitted, 1, fitted), orShort(count, p.Expected, 1, number.NotApplies))
	}
	b.series = s
}
