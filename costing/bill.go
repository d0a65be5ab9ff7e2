package costing

import (
	"context"
	"math"
	"slices"
	"strings"

	"averted/costing/money"
	"averted/evaluate"
	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Basis is what a difference is from: what is taken as expected. It is always named.
type Basis string

// The bases. None is added to another: each is the same events against another expectation.
const (
	OwnRate    Basis = "own_rate"    // the same people's own earlier rate
	CameAnyway Basis = "came_anyway" // what would have come anyway, by the method that leads
	Comparison Basis = "comparison"  // comparison people, by the comparison that leads
)

// Bases lists them in the order in which they are told.
var Bases = []Basis{OwnRate, CameAnyway, Comparison}

// Bill is what the averted events are worth. Below evidence grade 3 that is a difference at list price, and
// nothing more is said of it.
type Bill struct {
	PriceYear string
	Prices    *PriceList
	Lines     []Line
	Totals    []Total
	Accounts  []Bookkeeping // of the service's people
	Cases     []Case
}

// Line is one activity in one window, for one arm. Price is nil where none was given: the events are shown
// all the same.
type Line struct {
	Activity, Window string
	Arm              tally.Arm
	FollowUp         study.FollowUp
	Basis            Basis
	Method           string // that gives what is expected
	Behind           evaluate.Behind
	Averted          float64 // expected less observed events; negative for a rise
	AvertedLow       *float64
	AvertedHigh      *float64
	Price            *Applied
	Gross            money.Pence // averted × factor × price, rounded once
	Low, High        *money.Pence
	ByEvent          bool // its events were priced one by one

	ratio *[2]float64 // the limits of the rate ratio; nil where it has none
}

// Total is the priced lines of one window, arm and basis added up. Its interval moves all activities of a person
// together, and prices that have a standard error.
type Total struct {
	Window    string
	Arm       tally.Arm
	FollowUp  study.FollowUp
	Basis     Basis
	Gross     money.Pence
	Low, High *money.Pence
	Lines     int
	Draws     int
	Practices bool     // drawn over practices, not over people
	Wider     bool     // since that is wider
	Alone     bool     // one priced line, whose interval it has
	Added     bool     // standard deviations were added: wide enough however what they are of goes together
	Kinds     int      // of data, if they are several: their variances were added
	Varied    []string // activities whose prices were drawn too
	Missing   []string // priced activities that this basis says nothing of: then there is no total

	spread *spread
}

// spread is how a total varies: its draws, or a normal distribution.
type spread struct {
	draws    *Intervals
	mean, se float64
}

// above is the chance that a share of the total is at least an amount, in pounds.
func (s *spread) above(share, pounds float64) float64 {
	if s.draws != nil {
		return s.draws.Above(share, pounds)
	}
	return Above(s.mean, s.se, share, pounds)
}

// Above is the chance that a share of a total is at least an amount, by the normal distribution of the total; 0 where it has no spread.
// All are in one unit of money.
func Above(mean, se, share, amount float64) float64 {
	if share <= 0 || se <= 0 {
		return 0
	}
	return 0.5 * math.Erfc((amount/share-mean)/(se*math.Sqrt2))
}

// Price prices what a study found, for people as the study's follow_up says.
//
//	averted = E - A,  gross = averted × factor × unit cost,  total = Σ gross
//
// A rise counts against it. Intervals of lines and of the total are percentile bootstraps of E - A over people: a draw takes whole
// people, so every activity of a person moves with the others, and what is expected moves with what is observed. (The limits of the
// percentage, put on E, would take E as known: at a ratio of 0.45 they hold the truth in 70 of 100.) Where an activity is clustered
// by practice it is drawn over practices too, and the wider interval is shown. Against comparison people, their factors are worked
// out again in every draw. Where what would have come anyway is allowed for, the interval is
//
//	(E - A) ± 1.96·(|E - A|·SD(log A) + E·SD(log A/E))
//
// which is wide enough however the two go together; so are its lines' added. Prices with a standard error or a range are drawn
// beside (gamma), or widen it in the same way. The error is only that ctx was cancelled.
func Price(ctx context.Context, found *evaluate.Found, prices *PriceList) (*Bill, error) {
	bill := &Bill{PriceYear: prices.PriceYear, Prices: prices}
	for _, e := range found.Estimates {
		if line, ok := lineOf(found, e); ok {
			bill.price(found, &line)
			bill.Lines = append(bill.Lines, line)
		}
	}
	for _, window := range found.Plan.Windows {
		for _, arm := range arms(bill, window.String()) {
			total(ctx, bill, found, window.String(), arm)
		}
		for _, basis := range Bases[1:] {
			against(ctx, bill, found, window.String(), basis)
		}
	}
	if prices.PriceYear != "" {
		bill.keep(found)
	}
	for _, c := range found.Plan.Cases {
		bill.Cases = append(bill.Cases, caseOf(c))
	}
	return bill, ctx.Err()
}

// lineOf is the line of an estimate that says what is expected, and leads.
func lineOf(found *evaluate.Found, e evaluate.Estimate) (Line, bool) {
	line := Line{Activity: e.Activity, Window: e.Window, Arm: e.Arm, FollowUp: e.FollowUp, Basis: OwnRate, Method: e.Method, Behind: e.Behind}
	switch {
	case e.Anyway != nil && e.Anyway.Leads && e.Value != nil && *e.Value > 0:
		line.Basis = CameAnyway
	case e.Compared != nil && e.Compared.Leads && e.Value != nil:
		line.Basis, line.Arm = Comparison, tally.Service
		if e.Method == trend.NameThroughout {
			line.FollowUp = study.Watched
		}
	case e.Method != "rate_ratio" || e.FollowUp != found.FollowUp(e.Activity) || e.On != "" || e.Washout != "":
		return line, false
	}
	line.Averted = line.Behind.Expected - float64(line.Behind.After)
	if e.Low != nil && e.High != nil {
		line.ratio = &[2]float64{*e.Low, *e.High}
	}
	return line, true
}

// price gives a line its price and what it comes to. Events that are priced one by one have a price against people's own
// earlier rate alone: what others' would have cost is not known.
func (bill *Bill) price(found *evaluate.Found, line *Line) {
	price, ok := bill.Prices.Of[line.Activity]
	if !ok {
		return
	}
	if price.By == "" {
		line.Price = &price
		line.Gross = price.UnitCost.Times(line.Averted * price.factor())
		return
	}
	if line.Basis != OwnRate {
		return
	}
	if gross, ok := pounds(found, *line); ok {
		line.Price, line.ByEvent, line.Gross = &price, true, gross
	}
}

// pounds is what the events of a line that were priced one by one would have cost after at people's own earlier rate, less what they
// cost; false where they have no prices.
func pounds(found *evaluate.Found, line Line) (money.Pence, bool) {
	for _, t := range found.Tallies {
		w, a := slices.Index(t.Windows, line.Window), slices.Index(t.Activities, line.Activity)
		if w < 0 || a < 0 {
			continue
		}
		after, expected := int64(0), 0.0
		for _, c := range t.Cells {
			s := c.Windows[w]
			if !line.Arm.Has(c.Arm) || !s.Told(line.FollowUp == study.Watched) {
				continue
			}
			if s.PenceBefore == nil {
				return 0, false
			}
			after += c.People * s.PenceAfter[a]
			expected += float64(float64(c.People) * penceOf(s, a).Expected())
		}
		return money.Pence(math.Round(expected)) - money.Pence(after), true
	}
	return 0, false
}

// penceOf is a cell whose counts are pence.
func penceOf(s tally.Seen, a int) estimate.Cell {
	s.Before, s.After = s.PenceBefore, s.PenceAfter
	return estimate.CellOf(s, a, 1)
}

func arms(bill *Bill, window string) []tally.Arm {
	var list []tally.Arm
	for _, l := range bill.Lines {
		if l.Window == window && l.Basis == OwnRate && !slices.Contains(list, l.Arm) {
			list = append(list, l.Arm)
		}
	}
	return list
}

// of is the places of the lines of a window, arm and basis.
func (bill *Bill) of(window string, arm tally.Arm, basis Basis) []int {
	var list []int
	for i, l := range bill.Lines {
		if l.Window == window && l.Arm == arm && l.Basis == basis {
			list = append(list, i)
		}
	}
	return list
}

// Normal is the quantile of a 95% interval of the normal distribution.
const Normal = 1.959963984540054

// unitCost is the price of an event as it varies, in pounds.
func unitCost(p *Applied) UnitCost {
	f := p.factor()
	return UnitCost{Mean: p.UnitCost.Pounds() * f, SE: p.StandardError().Pounds() * f, Name: p.Key()}
}

// total adds a window's lines up for one arm, against people's own earlier rate, and gives the lines and their total
// intervals.
func total(ctx context.Context, bill *Bill, found *evaluate.Found, window string, arm tally.Arm) {
	sum := Total{Window: window, Arm: arm, Basis: OwnRate}
	var kinds []*Intervals // of the priced kinds
	measured := true
	for _, t := range found.Tallies {
		w := slices.Index(t.Windows, window)
		if w < 0 || len(t.Activities) == 0 {
			continue
		}
		followUp := found.FollowUp(t.Activities[0])
		var lines []*Line
		unit := make([]UnitCost, len(t.Activities))
		var given []int // places of activities whose events are priced one by one
		priced := 0
		for _, i := range bill.of(window, arm, OwnRate) {
			l := &bill.Lines[i]
			if !slices.Contains(t.Activities, l.Activity) {
				continue
			}
			lines = append(lines, l)
			if l.Price == nil {
				continue
			}
			sum.Gross += l.Gross
			priced++
			at := slices.Index(t.Activities, l.Activity)
			if l.ByEvent {
				given = append(given, at)
				continue
			}
			if unit[at] = unitCost(l.Price); unit[at].SE > 0 {
				sum.Varied = append(sum.Varied, l.Activity)
			}
		}
		if len(lines) == 0 {
			continue
		}
		for range given {
			unit = append(unit, UnitCost{Mean: 1})
		}
		if sum.FollowUp == "" {
			sum.FollowUp = followUp
		}
		sum.Lines += priced
		var intervals *Intervals
		if t.Kind != study.KindTotals || len(t.Cells) >= evaluate.FewestPractices {
			people := peopleWith(t, w, arm, followUp == study.Watched, given)
			stream := strings.Join([]string{"cost_bootstrap", window, string(arm), string(followUp)}, "|")
			if t.Kind == study.KindTotals {
				stream += "|" + strings.Join(t.Activities, ",")
			}
			intervals = Resampled(people, unit, estimate.Draws{Seed: *found.Plan.Seed, Stream: stream, Stop: ctx.Done()})
		}
		var practices *Intervals
		clustered := func(l *Line) bool { return found.Plan.ClusteredByPractice(l.Activity) }
		if slices.ContainsFunc(lines, clustered) {
			stream := strings.Join([]string{"cost_bootstrap", window, string(arm), string(followUp), "practices"}, "|")
			practices = Resampled(practicesWith(t, w, arm, followUp == study.Watched, given), unit, estimate.Draws{Seed: *found.Plan.Seed, Stream: stream, Stop: ctx.Done()})
		}
		if priced > 0 {
			whole := intervals
			if practices != nil && whole != nil && width(practices.Total) > width(whole.Total) &&
				slices.ContainsFunc(lines, func(l *Line) bool { return l.Price != nil && clustered(l) }) {
				whole, sum.Practices, sum.Wider = practices, true, true
			}
			sum.Practices = sum.Practices || t.Kind == study.KindTotals
			kinds = append(kinds, whole)
			measured = measured && intervals != nil
		}
		if intervals == nil {
			continue
		}
		for _, l := range lines {
			a := slices.Index(t.Activities, l.Activity)
			drawn := intervals
			if practices != nil && clustered(l) && width(practices.Averted[a]) > width(intervals.Averted[a]) {
				drawn = practices
			}
			in := a
			if l.ByEvent {
				in = len(t.Activities) + slices.Index(given, a)
			}
			l.limits(drawn.Averted[a], drawn.Pounds[in])
		}
	}
	if sum.Lines == 0 {
		return
	}
	switch {
	case !measured:
	case len(kinds) == 1:
		sum.drawn(kinds[0])
	default:
		variance, mean := 0.0, sum.Gross.Pounds()
		for _, k := range kinds {
			variance += float64(k.SE * k.SE)
		}
		se := math.Sqrt(variance)
		half := Normal * se
		sum.Kinds, sum.spread = len(kinds), &spread{mean: mean, se: se}
		sum.Low, sum.High = pence([2]float64{mean - half, mean + half})
	}
	bill.alone(&sum)
	bill.Totals = append(bill.Totals, sum)
}

// limits gives a line the limits of expected less observed: events, and pounds, which vary with the price too.
func (l *Line) limits(averted, inPounds [2]float64) {
	l.AvertedLow, l.AvertedHigh = &averted[0], &averted[1]
	if l.Price != nil {
		l.Low, l.High = pence(inPounds)
	}
}

// drawn gives a total the interval of its draws.
func (t *Total) drawn(i *Intervals) {
	if i == nil {
		return
	}
	t.Draws, t.spread = i.Draws, &spread{draws: i}
	t.Low, t.High = pence(i.Total)
}

// alone gives a total of one line the line's own interval: one amount has one interval.
func (bill *Bill) alone(t *Total) {
	if t.Lines != 1 || t.spread == nil {
		return
	}
	for _, i := range bill.of(t.Window, t.Arm, t.Basis) {
		if l := bill.Lines[i]; l.Price != nil {
			t.Low, t.High, t.Alone = l.Low, l.High, true
		}
	}
}

// against adds up a window's lines of another basis, of the service's people. There is a total only where every activity that
// is priced has a line of that basis: parts of two expectations are never added.
func against(ctx context.Context, bill *Bill, found *evaluate.Found, window string, basis Basis) {
	places := bill.of(window, tally.Service, basis)
	if len(places) == 0 {
		return
	}
	sum := Total{Window: window, Arm: tally.Service, Basis: basis, FollowUp: bill.Lines[places[0]].FollowUp}
	for _, i := range bill.of(window, tally.Service, OwnRate) {
		own := bill.Lines[i]
		if own.Price != nil && !slices.ContainsFunc(places, func(at int) bool { return bill.Lines[at].Activity == own.Activity && bill.Lines[at].Price != nil }) {
			sum.Missing = append(sum.Missing, own.Activity)
		}
	}
	kinds := map[string]bool{}
	bounded, half := basis == CameAnyway, 0.0 // pounds
	for _, at := range places {
		l := &bill.Lines[at]
		var unit UnitCost
		if l.Price != nil {
			unit = unitCost(l.Price)
		}
		events, ok := 0.0, false
		if basis == CameAnyway {
			events, ok = bound(found, *l)
		}
		own := events*(unit.Mean+unit.SE) + math.Abs(l.Averted)*Normal*unit.SE
		if ok {
			gross := l.Gross.Pounds()
			l.limits([2]float64{l.Averted - events, l.Averted + events}, [2]float64{gross - own, gross + own})
		}
		if l.Price == nil {
			continue
		}
		sum.Lines++
		sum.Gross += l.Gross
		kinds[found.Plan.KindOf(l.Activity)] = true
		if unit.SE > 0 {
			sum.Varied = append(sum.Varied, l.Activity)
		}
		bounded = bounded && ok
		half += own
	}
	if sum.Lines == 0 {
		return
	}
	if basis == Comparison && len(kinds) == 1 {
		joint(ctx, bill, found, &sum, places)
	}
	if len(sum.Missing) > 0 {
		sum.Gross, sum.Low, sum.High, sum.spread = 0, nil, nil, nil
		bill.Totals = append(bill.Totals, sum)
		return
	}
	if bounded {
		at := sum.Gross.Pounds()
		sum.Low, sum.High = pence([2]float64{at - half, at + half})
		sum.Added, sum.spread = true, &spread{mean: at, se: half / Normal}
	}
	bill.alone(&sum)
	bill.Totals = append(bill.Totals, sum)
}

// bound is half the width of a line's interval where what would have come anyway is allowed for, in events; false where it has none.
func bound(found *evaluate.Found, l Line) (half float64, ok bool) {
	if l.ratio == nil || !(l.ratio[0] > 0) || l.Behind.After == 0 {
		return 0, false
	}
	return Bound(l.Behind.Expected, float64(l.Behind.After), spreadAfter(found, l), *l.ratio), true
}

// Bound is half the width of a 95% interval of E - A, wide enough however what was expected and what came go together:
//
//	1.96·|E - A|·SD(log A) + E·log(high/low)/2
//
// with the limits of A/E. The standard deviation of a sum is at most the sum of the standard deviations.
func Bound(expected, after, logAfter float64, ratio [2]float64) float64 {
	return math.Abs(expected-after)*Normal*logAfter + expected*math.Log(ratio[1]/ratio[0])/2
}

// spreadAfter is the standard deviation of the log of the cohort's events after.
func spreadAfter(found *evaluate.Found, l Line) float64 {
	for _, t := range found.Tallies {
		w, a := slices.Index(t.Windows, l.Window), slices.Index(t.Activities, l.Activity)
		if w < 0 || a < 0 {
			continue
		}
		n, sum, squares := 0.0, 0.0, 0.0
		for _, c := range t.Cells {
			if s := c.Windows[w]; l.Arm.Has(c.Arm) && s.Told(l.FollowUp == study.Watched) {
				people, after := float64(c.People), float64(s.After[a])
				n += people
				sum += people * after
				squares += people * after * after
			}
		}
		if sum > 0 && n > 1 {
			return math.Sqrt((squares-sum*sum/n)*n/(n-1)) / sum
		}
	}
	return 0
}

// joint draws the people behind a comparison again, all activities together.
func joint(ctx context.Context, bill *Bill, found *evaluate.Found, sum *Total, places []int) {
	j := found.Joint(bill.Lines[places[0]].Activity, sum.Window)
	if j == nil {
		return
	}
	unit := make([]UnitCost, len(j.Activities))
	clustered := false
	for _, at := range places {
		l := bill.Lines[at]
		if a := slices.Index(j.Activities, l.Activity); a >= 0 && l.Price != nil {
			unit[a] = unitCost(l.Price)
			clustered = clustered || found.Plan.ClusteredByPractice(l.Activity)
		}
	}
	draws := estimate.Draws{Seed: *found.Plan.Seed, Stream: strings.Join([]string{"cost_did", sum.Window}, "|"), Stop: ctx.Done()}
	drawn := ResampledAgainst(j, unit, draws, false)
	if clustered && drawn != nil {
		draws.Stream += "|practices"
		if p := ResampledAgainst(j, unit, draws, true); p != nil && width(p.Total) > width(drawn.Total) {
			drawn, sum.Practices, sum.Wider = p, true, true
		}
	}
	if drawn == nil {
		return
	}
	for _, at := range places {
		if l := &bill.Lines[at]; slices.Contains(j.Activities, l.Activity) {
			a := slices.Index(j.Activities, l.Activity)
			l.limits(drawn.Averted[a], drawn.Pounds[a])
		}
	}
	sum.drawn(drawn)
}

func width(limits [2]float64) float64 { return limits[1] - limits[0] }

func pence(pounds [2]float64) (low, high *money.Pence) {
	l, h := money.Pence(1).Times(100*pounds[0]), money.Pence(1).Times(100*pounds[1])
	return &l, &h
}
