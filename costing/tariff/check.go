package tariff

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/costing/money"
)

// Finding is what [Check] finds of a row.
type Finding struct {
	Row     int // of the table
	Refused bool
	Text    string
}

// String writes the finding as a line.
func (f Finding) String() string {
	what := "warning"
	if f.Refused {
		what = "refused"
	}
	return fmt.Sprintf("row %d: %s: %s", f.Row, what, f.Text)
}

// The limits of what [Check] warns of.
const (
	jump     = 0.5 // a change from one year to the next
	farBelow = 0.5 // of the least price that the embedded table has for the unit
	farAbove = 2   // times the highest
	oldest   = 2   // years that a price may be older than the activity
)

// Check looks at a table that could be read. Mixed units, and a consultation whose length isn't said, are refused; a jump from
// one year to the next, a value that looks like two prices glued, one far from the embedded table's for the same unit, and one
// over two years older than the activity are warned of. activityYear is the price year of the activity, "" if it is not known.
func Check(t *Table, activityYear string) []Finding {
	var found []Finding
	add := func(p Price, refused bool, format string, args ...any) {
		found = append(found, Finding{p.Row, refused, fmt.Sprintf(format, args...)})
	}
	units := map[string]Price{}
	for _, p := range t.Prices {
		if first, ok := units[p.Activity]; ok && first.Unit != p.Unit {
			add(p, true, "this is the price of one %s, and row %d that of one %s: an activity has one unit; give them two names", p.Unit, first.Row, first.Unit)
		} else if !ok {
			units[p.Activity] = p
		}
		if consultation(p) && p.Variant == "" {
			add(p, true, "a consultation has a length: one of 9.22, 10 and 11.7 minutes costs differently; say which in variant")
		}
		if year, err := YearOf(p.PriceYear); err != nil {
			add(p, true, "price_year: %s", err)
		} else if of, err := YearOf(activityYear); err == nil && of-year > oldest {
			add(p, false, "%s", older(p.PriceYear, activityYear))
		}
		if glued(p) {
			add(p, false, "£%s looks like two prices written as one", p.UnitCost.Decimal())
		}
		if low, high, ok := around(p); ok && (p.UnitCost < low.Times(farBelow) || p.UnitCost > high.Times(farAbove)) {
			add(p, false, "£%s is far from what the %s has for one %s: £%s to £%s", p.UnitCost.Decimal(), NationalCostCollection, p.Unit, low.Decimal(), high.Decimal())
		}
	}
	for _, p := range t.Prices {
		if before, ok := yearBefore(t, p); ok && before.UnitCost > 0 {
			if change := float64(p.UnitCost)/float64(before.UnitCost) - 1; math.Abs(change) > jump {
				add(p, false, "£%s is %+.0f%% on the year before (£%s, row %d)", p.UnitCost.Decimal(), 100*change, before.UnitCost.Decimal(), before.Row)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return a.Row - b.Row })
	return found
}

func older(price, activity string) string {
	return fmt.Sprintf("the price is of %s and the activity of about %s: over %d years older", price, activity, oldest)
}

func consultation(p Price) bool {
	return strings.HasPrefix(p.Activity, "gp") && strings.Contains(p.Unit, "consultation")
}

// yearBefore is the price of the same thing a year earlier.
func yearBefore(t *Table, p Price) (Price, bool) {
	year, err := YearOf(p.PriceYear)
	if err != nil {
		return Price{}, false
	}
	for _, q := range t.Prices {
		if of, err := YearOf(q.PriceYear); err == nil && of == year-1 && q.Activity == p.Activity && q.Code == p.Code && q.Variant == p.Variant && q.Unit == p.Unit {
			return q, true
		}
	}
	return Price{}, false
}

// glued reports whether a price of something small looks like two written as one: £37/£32 read as 3,732.
func glued(p Price) bool {
	if !slices.ContainsFunc([]string{"consultation", "visit", "contact", "attendance", "call", "appointment"}, func(u string) bool { return strings.Contains(p.Unit, u) }) {
		return false
	}
	pounds := p.UnitCost / 100
	for _, base := range []money.Pence{100, 1000} { // two halves of two or of three digits
		first, second := pounds/base, pounds%base
		if p.UnitCost%100 == 0 && first >= base/10 && first < base && second >= base/10 && 2*first > second && 2*second > first {
			return true
		}
	}
	return false
}

// around is the least and the highest price that the embedded table has for an activity in the same unit.
func around(p Price) (low, high money.Pence, ok bool) {
	table, _ := Embedded(NationalCostCollection)
	for _, q := range table.Prices {
		if q.Activity != p.Activity || q.Unit != p.Unit {
			continue
		}
		if !ok || q.UnitCost < low {
			low = q.UnitCost
		}
		if !ok || q.UnitCost > high {
			high = q.UnitCost
		}
		ok = true
	}
	return low, high, ok
}

// Ask says where a price can be looked up that can't come with the tool, and which variant to take.
type Ask struct {
	Unit    string
	Where   string
	Variant string
}

// pssru is where unit costs of primary care are published.
const pssru = "Unit Costs of Health and Social Care (PSSRU and COReC; CC BY-NC-SA 4.0, so it can't come with the tool), the table of the general practitioner"

// WhereToAsk says where the price of an activity stands, by its name. It reports false for one that it knows nothing of.
func WhereToAsk(activity string) (Ask, bool) {
	variant := "with direct care staff costs; say whether with or without qualification costs, and the minutes: a surgery consultation of 10 minutes is £36 to £48 in the 2025 manual by variant"
	switch {
	case activity == "gp_telephone":
		return Ask{"consultation", pssru, "a telephone consultation, with its minutes; " + variant}, true
	case activity == "gp_home_visit":
		return Ask{"visit", pssru, "newer manuals give no home visit: price it by the GP's hour and the minutes of a visit with travel, and say so; " + variant}, true
	case activity == "gp" || strings.HasPrefix(activity, "gp_"):
		return Ask{"consultation", pssru, variant}, true
	case activity == "prescription":
		return Ask{"item", "NHS Business Services Authority, Prescription Cost Analysis, England (Open Government Licence): net ingredient cost over items", "the year and whether net ingredient or actual cost"}, true
	}
	table, _ := Embedded(NationalCostCollection)
	if rows := table.Select(activity, "", ""); len(rows) > 0 {
		return Ask{rows[0].Unit, "the table " + NationalCostCollection + " that comes with the tool: averted tariff show " + NationalCostCollection + " --activity " + activity, "as listed there"}, true
	}
	return Ask{}, false
}
