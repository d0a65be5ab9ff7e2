package workbook

import (
	"fmt"
	"strings"

	"averted/report/number"
	"averted/report/result"
	"averted/report/telling"
)

// fillBeside is what stands beside the lead: every other method, stage and test of the service arm, with what was refused
// and why.
func (b *book) fillBeside() {
	s := b.newSheet("Beside", "What stands beside the lead", "Other methods on the same people, whether a change lasts, and the smallest fall that could have been told.", telling.Secondary(b.r))
	s.begin("Beside", "Activity", "Window", "Method", "What the figure is", "Figure#", "Low#", "High#", "p#", "People#", "Interval", "Why there is none")
	s.widths = []float64{34, 12, 44, 44, 12, 12, 12, 16, 12, 38, 60}
	for _, e := range b.r.Estimates {
		if e.Arm != service || e.Method == "percent_change" || e.Method == "rate_ratio" || e.FollowUp != b.r.FollowUp(e.Activity) || e.On != "" || e.Washout != "" || telling.IsExpectation(e.Method) || telling.OfMonths(e) {
			continue
		}
		what := strings.ToUpper(e.Quantity[:1]) + e.Quantity[1:]
		method := telling.Method(e.Method)
		if e.Stage != "" {
			method += ", " + e.Stage
		}
		figure := func(name string, v *float64) cell { return orShort(ratio, v, 1, absent(e.Hidden, name)) }
		why := number.NotApplies
		if e.Refused != "" {
			why = e.Why + " (" + e.Refused + ")"
		}
		interval := e.Interval
		if interval == "" {
			interval = number.NotApplies
		}
		row := s.add(text(words, telling.Label(b.r, e.Activity)), text(words, e.Window), text(wrapped, method), text(wrapped, what), figure("value", e.Value), figure("low", e.Low), figure("high", e.High),
			orShort(chance, e.P, 1, absent(e.Hidden, "p")), orShortCount(e.People, number.Hidden), text(wrapped, interval), text(wrapped, why))
		s.heights[row] = 16 * float64(1+max(len([]rune(method))/40, len([]rune(what))/40, len([]rune(interval))/34, len([]rune(why))/54))
	}
	if s.next() == s.first+1 {
		return
	}
	b.beside = s
}

// absent is what stands for a figure that isn't there: hidden, or not available.
func absent(hidden []string, name string) string {
	return hiddenOr(hidden, name, number.NotAvailable)
}

// fillSubgroups is the figures by subgroup, with the test of whether they differ.
func (b *book) fillSubgroups() {
	if len(b.r.Subgroups) == 0 {
		return
	}
	s := b.newSheet("Subgroups", "Subgroups", "Counts are to the nearest 10, and levels of few people are not listed. That one subgroup's interval includes no change and another's doesn't is no difference between them: only the test of a difference is.")
	s.begin("Subgroups", "Activity", "Window", "Divided by", "Subgroup", "People#", "Before#", "After#", "Rate ratio#", "Low#", "High#", "p of a difference#", "p, Holm#", "p, Benjamini-Hochberg#", "Remarks")
	s.widths = []float64{34, 12, 14, 24, 12, 12, 12, 12, 12, 12, 18, 16, 18, 60}
	for _, d := range b.r.Subgroups {
		for _, e := range d.Levels {
			_, level, _ := strings.Cut(e.Subgroup, ": ")
			p := func(name string, v *float64) cell { return orShort(chance, v, 1, absent(d.Hidden, name)) }
			remark := besideTest(e, d)
			row := s.add(text(words, telling.Label(b.r, d.Activity)), text(words, d.Window), text(words, strings.ReplaceAll(d.By, "_", " ")), text(wrapped, level),
				orShortCount(e.People, number.Hidden), orShortCount(e.Before, number.Hidden), orShortCount(e.After, number.Hidden),
				orShort(ratio, e.Value, 1, absent(e.Hidden, "value")), orShort(ratio, e.Low, 1, absent(e.Hidden, "low")), orShort(ratio, e.High, 1, absent(e.Hidden, "high")),
				p("p", d.P), p("p_holm", d.PHolm), p("p_bh", d.PBH), text(wrapped, remark))
			s.heights[row] = 16 * float64(1+max(len([]rune(remark))/54, len([]rune(level))/20))
		}
	}
	b.subgroups = s
}

// besideTest is what stands against a subgroup or its test.
func besideTest(e result.Estimate, d result.Division) string {
	var list []string
	for _, code := range e.Warnings {
		if code == "SMALL_SUBGROUP" {
			list = append(list, "too few people or events for the test (SMALL_SUBGROUP)")
		}
	}
	if e.Refused != "" {
		list = append(list, fmt.Sprintf("%s (%s)", e.Why, e.Refused))
	}
	if d.Refused != "" {
		list = append(list, "no test: "+d.Why)
	}
	if len(list) == 0 {
		return number.NotApplies
	}
	return strings.Join(list, "; ")
}

// fillConcentration is how much hangs on the people with most events.
func (b *book) fillConcentration() {
	s := b.newSheet("Concentration", "How much hangs on few people", "The people with most events before and after together: the top 5%, at least eight. The rest's ratio is a description: who is left out was chosen by their use.")
	s.begin("Concentration", "Activity", "Window", "Top people#", "Their share before, %#", "Their share after, %#", "Their share of the difference, %#", "Rate ratio of everybody else#")
	s.widths = []float64{34, 12, 14, 18, 18, 20, 20}
	for _, c := range b.r.Concentration {
		if c.Arm == service {
			s.add(text(words, telling.Label(b.r, c.Activity)), text(words, c.Window), orShortCount(c.Top, number.Hidden), orShort(count, c.ShareBefore, 1, absent(c.Hidden, "share_before")),
				orShort(count, c.ShareAfter, 1, absent(c.Hidden, "share_after")), orShort(count, c.ShareAverted, 1, absent(c.Hidden, "share_averted")), orShort(ratio, c.Rest, 1, absent(c.Hidden, "rate_ratio_of_rest")))
		}
	}
	if s.next() > s.first+1 {
		b.concentration = s
	}
}
