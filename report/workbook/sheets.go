package workbook

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
)

// book is the sheets being filled, with what they say of each other.
type book struct {
	r           *release.Released
	cover       *sheet
	summary     *sheet
	assumptions *sheet
	activity    *sheet
	cost        *sheet // nil without a bill
	net         *sheet
	payers      *sheet
	capacity    *sheet
	present     *sheet
	sensitivity *sheet
	attribution *sheet
	cases       *sheet
	flow        *sheet
	quality     *sheet
	practices   *sheet // nil without practices
	beside      *sheet
	anyway      *sheet // nil where nothing tells what would have come anyway
	subgroups   *sheet // nil without subgroups
	against     *sheet // nil where nobody is compared
	balance     *sheet
	months      *sheet // nil without months around the index day
	series      *sheet // nil without a monthly series

	// Who the people are and what they said; each nil where there is nothing of it.
	reached, who, reasons, referrals, contacts, onward, funnel *sheet
	states, moves, scores, surveys, courses, singles           *sheet

	concentration *sheet
	bars          *sheet
	waterfall     *sheet // nil without a total
	claims        *sheet // nil without a claims file
	claimed       *sheet
	published     *sheet // nil without usual activities
	authored      *sheet // nil without the author's words
	provenance    *sheet
	notes         *sheet
	checks        *sheet

	at      map[place]int  // row on Activity
	inputs  []entry        // on Assumptions, in order
	costAt  map[amount]int // row on Cost_avoidance
	netAt   map[amount]int // row on Net_of_cost
	scenery int            // row of the scenario on Assumptions
	parts   []int          // rows of the parts of the service's cost on Assumptions

	unitNames map[string]string // activity: the defined name of its unit cost
	verdict   string            // cell on Checks that says whether all agree
}

// place is where a figure of the service arm stands.
type place struct{ activity, window, arm, followUp, on string }

const service = "service"

func fill(r *release.Released) *book {
	b := &book{r: r, at: map[place]int{}, costAt: map[amount]int{}, netAt: map[amount]int{}, unitNames: map[string]string{}}
	b.fillAssumptions()
	b.fillActivity()
	b.fillMoney()
	b.fillFlow()
	b.fillPractices()
	b.fillAnyway()
	b.fillCompared()
	b.fillBalance()
	b.fillMonths()
	b.fillSeries()
	b.fillBeside()
	b.fillSubgroups()
	b.fillConcentration()
	b.fillWhole()
	b.fillQuality()
	b.fillBars()
	b.fillWaterfall()
	b.fillClaims()
	b.fillAuthored()
	b.fillNotes()
	b.fillProvenance()
	b.fillChecks()
	b.fillSummary()
	b.fillCover()
	return b
}

// newSheet is a sheet whose last sentence names the release profile.
func (b *book) newSheet(name, heading string, sentences ...string) *sheet {
	return newSheet(name, heading, append(sentences, "Disclosure control: profile "+b.r.Study.Profile+".")...)
}

// sheets lists those that are there, in order.
func (b *book) sheets() []*sheet {
	var list []*sheet
	for _, s := range []*sheet{b.cover, b.summary, b.assumptions, b.activity, b.cost, b.net, b.payers, b.capacity, b.present, b.sensitivity, b.attribution, b.cases, b.flow, b.quality, b.practices, b.anyway, b.against, b.balance, b.months, b.series, b.beside, b.subgroups, b.concentration, b.reached, b.who, b.reasons, b.referrals, b.contacts, b.onward, b.funnel, b.states, b.moves, b.scores, b.surveys, b.courses, b.singles, b.claims, b.claimed, b.published, b.bars, b.waterfall, b.authored, b.notes, b.checks, b.provenance} {
		if s != nil && (s.first == 0 || len(s.rows) > s.first) { // a table has rows
			list = append(list, s)
		}
	}
	return list
}

// events is a cell for a number of events: whole where it is whole.
func events(formula string, v float64) cell {
	k := decimal
	if v == math.Round(v) {
		k = count
	}
	return live(k, formula, v)
}

func (b *book) fillActivity() {
	s := b.newSheet("Activity", "Activity before and after", "Expected is what the same people would have had after, at their own earlier rate. Averted and change are live; intervals are values, person bootstraps unless Notes says otherwise.")
	s.stillSays = "Expected is what the same people would have had after, at their own earlier rate. Intervals are person bootstraps unless Notes says otherwise."
	s.begin("Activity", "Window", "Activity", "Group", "Follow-up", "People#", "Before#", "Expected after#", "After#", "Averted#", "Change#", "95% low#", "95% high#", "Notes")
	s.widths = []float64{16, 32, 28, 46, 11, 11, 12, 11, 11, 11, 11, 11, 44}
	for _, e := range b.r.Estimates {
		if e.Method != "percent_change" {
			continue
		}
		row := s.next()
		if e.On == "" && e.Washout == "" {
			b.at[place{e.Activity, e.Window, e.Arm, e.FollowUp, ""}] = row
		}
		follow := telling.FollowUp(e.FollowUp)
		if !b.r.Timed(e.Activity) {
			follow = "as counted, time not known"
		}
		if e.On != "" {
			follow += " for " + e.On
		}
		if e.Washout != "" {
			follow += ", last " + e.Washout + " before left out"
		}
		averted, change := text(short, number.Hidden), text(short, number.Hidden)
		if e.Expected != nil && e.After != nil {
			averted = events(fmt.Sprintf("G%d-H%d", row, row), *e.Expected-float64(*e.After))
			change = live(percent, fmt.Sprintf(`IF(G%d=0,"[x]",(H%d-G%d)/G%d)`, row, row, row, row), number.NotAvailable)
			if *e.Expected != 0 {
				change.value = (float64(*e.After) - *e.Expected) / *e.Expected
			} else {
				change.kind = short
			}
		}
		missing := number.NotAvailable // refused
		if len(e.Hidden) > 0 {
			missing = number.Hidden
		}
		s.add(text(words, e.Window), text(words, telling.Label(b.r, e.Activity)), text(words, telling.Arm(b.r, e.Arm)), text(words, follow),
			orShortCount(e.People, number.Hidden), orShortCount(e.Before, number.Hidden), orShortEvents(e.Expected, number.Hidden), orShortCount(e.After, number.Hidden),
			averted, change, orShort(percent, e.Low, 0.01, missing), orShort(percent, e.High, 0.01, missing), text(words, remarks(e)))
	}
	b.activity = s
}

func remarks(e result.Estimate) string {
	parts := append([]string{}, e.Warnings...)
	if e.Refused != "" {
		parts = append([]string{"not estimable: " + e.Refused}, parts...)
	}
	if telling.OverPractices(e) {
		parts = append(parts, "interval over practices")
	}
	if len(parts) == 0 {
		return number.NotApplies
	}
	return strings.Join(parts, ", ")
}

func (b *book) fillFlow() {
	s := b.newSheet("People_flow", "People flow", "From rows read to people analysed, with those who left at each step and why.")
	s.begin("People_flow", "Window", "Group", "Step", "People#", "Left at this step#", "Why")
	s.widths = []float64{16, 30, 30, 12, 18, 84}
	for _, f := range b.r.Flow {
		window, why := f.Window, f.Why
		if window == "" {
			window = "all"
		}
		if why == "" {
			why = number.NotApplies
		}
		arm := telling.Arm(b.r, f.Arm)
		s.add(text(words, window), text(words, arm), text(words, f.Step), orShortCount(f.People, number.Hidden), orShortCount(f.Out, number.Hidden), text(words, why))
	}
	b.flow = s
}

func (b *book) fillPractices() {
	if len(b.r.Practices) == 0 {
		return
	}
	s := b.newSheet("Practices", "Practices in which use fell", "A count of practices, not of people. With small practices many fall and rise by chance alone. Hidden ([c]) where there are fewer than ten, or fewer than eight people to each.")
	s.begin("Practices", "Window", "Activity", "Group", "Practices#", "Of which use fell#")
	s.widths = []float64{16, 34, 30, 14, 16}
	for _, p := range b.r.Practices {
		s.add(text(words, p.Window), text(words, telling.Label(b.r, p.Activity)), text(words, telling.Arm(b.r, p.Arm)), orShortCount(p.Practices, number.Hidden), orShortCount(p.Fell, number.Hidden))
	}
	b.practices = s
}

// fillQuality is what the tables held.
func (b *book) fillQuality() {
	if len(b.r.Quality) == 0 {
		return
	}
	s := b.newSheet("Quality", "Quality of the data", "What was read of each table, and what was not used and why. Exact counts are for whoever ran the study.")
	s.begin("Quality", "Table", "Holds", "Complete", "Rows", "Set aside", "Why", "Left out by rule", "People found", "Remarks")
	s.widths = []float64{12, 44, 28, 14, 12, 40, 20, 22, 60}
	for _, q := range b.r.Quality {
		row := s.add(text(wrapped, q.Table), text(wrapped, orNone(q.Holds)), text(wrapped, orNone(q.Complete)), text(wrapped, q.About), text(wrapped, q.SetAside), text(wrapped, orNone(strings.Join(q.Why, "; "))),
			text(wrapped, q.LeftOut), text(wrapped, orNone(q.People)), text(wrapped, orNone(strings.Join(q.Remarks, "; "))))
		long := max(len([]rune(strings.Join(q.Why, "; ")))/36, len([]rune(strings.Join(q.Remarks, "; ")))/54, len([]rune(q.Holds))/40, len([]rune(q.Complete))/26)
		s.heights[row] = 16 * float64(1+long)
	}
	b.quality = s
}

// fillBars is the figures behind the chart of events before and after.
func (b *book) fillBars() {
	w := telling.Main(b.r)
	s := b.newSheet("Chart_data", "Figures behind the chart of activity", "Over "+w.Label+"; the interval is that of the change, put on what came after.")
	s.begin("Chart_data", "Activity", "Expected#", "After#", "To the high end#", "To the low end#")
	s.widths = []float64{34, 14, 14, 16, 16}
	for _, c := range telling.Changes(b.r, w.Label, service) {
		e := c.Percent
		if e.Expected == nil || e.After == nil {
			continue
		}
		from, row := b.at[place{e.Activity, e.Window, e.Arm, e.FollowUp, ""}], s.next()
		up, down := text(short, number.NotAvailable), text(short, number.NotAvailable)
		if e.Low != nil {
			after := float64(*e.After)
			up = live(decimal, fmt.Sprintf("MAX(0,B%d*(1+%s)-C%d)", row, ref(b.activity, "L", from), row), max(0, *e.Expected*(1+*e.High/100)-after))
			down = live(decimal, fmt.Sprintf("MAX(0,C%d-B%d*(1+%s))", row, row, ref(b.activity, "K", from)), max(0, after-*e.Expected*(1+*e.Low/100)))
		}
		s.add(text(words, c.Label()), events(ref(b.activity, "G", from), *e.Expected), live(count, ref(b.activity, "H", from), *e.After), up, down)
	}
	b.bars = s
}

func (b *book) fillNotes() {
	s := b.newSheet("Notes", "Notes", "How to read the figures, and what they can't say.")
	s.begin("Notes", "Number#", "Note")
	s.widths = []float64{12, 130}
	list := telling.Caveats(b.r)
	if t := telling.Synthetic(b.r); t != "" {
		list = append([]string{t}, list...)
	}
	if b.r.Narrative != nil {
		list = append(list, "The sheet Authors_words has what the report's author wrote: nothing in it is worked out or checked.")
	}
	list = append(list, "Shorthand: [c] hidden to protect people, [x] not available or not estimable, [z] does not apply.",
		fmt.Sprintf("Study %s, seed %d, averted %s. The date on the cover is the study's own; nothing here depends on when it was made.", b.hash(), b.r.Study.Seed, b.r.Provenance.Version))
	for i, n := range list {
		row := s.add(value(count, i+1), text(wrapped, n))
		s.heights[row] = 16 * float64(1+len([]rune(n))/118)
	}
	b.notes = s
}

// hash is the beginning of the study's hash.
func (b *book) hash() string {
	if b.r.Study.Hash == "" {
		return number.Hidden
	}
	return b.r.Study.Hash[:12]
}

// fillAuthored is the author's own words, a paragraph a row.
func (b *book) fillAuthored() {
	if b.r.Narrative == nil {
		return
	}
	s := b.newSheet("Authors_words", "What the report's author wrote", "By section, as supplied: nothing in it is worked out or checked. Pictures stand on the page.")
	s.begin("Authors_words", "Section", "Words")
	s.widths = []float64{24, 130}
	for _, p := range b.r.Narrative.Passages {
		for _, line := range telling.Plain(telling.Authored(b.r, p.Section)) {
			if line != "" {
				s.tall(text(words, number.Sentence(strings.ReplaceAll(p.Section, "-", " "))), text(wrapped, line))
			}
		}
	}
	b.authored = s
}

// fillProvenance is what made the figures.
func (b *book) fillProvenance() {
	s := b.newSheet("Provenance", "Provenance", "The same study, rows and prices give the same bytes, on any machine. Names and hashes of files are in the internal folder of whoever ran the study.")
	s.begin("Provenance", "What", "Is")
	s.widths = []float64{34, 110}
	fact := func(what, is string) { s.tall(text(words, what), text(wrapped, orNone(is))) }
	fact("Version", "averted "+b.r.Provenance.Version)
	fact("Study", b.r.Study.Hash)
	fact("Seed", fmt.Sprint(b.r.Study.Seed))
	fact("Date of the report", b.r.Study.Date)
	if !b.r.Alone() {
		fact("Plan", telling.Locked(b.r.Study.Lock, b.r.Study.Date))
		fact("Index day", b.r.Study.IndexDay)
		fact("Washout", b.r.Study.Washout)
		fact("Follow-up", telling.FollowUp(b.r.Study.FollowUp))
	}
	for _, q := range b.r.Quality {
		if q.Complete != "" {
			fact("Records of "+q.Holds, "complete from "+q.Complete)
		}
	}
	fact("Release profile", fmt.Sprintf("%s, hides counts of 1 to %d people", b.r.Study.Profile, b.r.Study.HideBelow-1))
	b.provenance = s
}

func (b *book) fillChecks() {
	s := b.newSheet("Checks", "Checks", "Lines, totals and what is left against the engine's own values, totals added again, and percent × expected against averted. Changed inputs show as Changed.")
	s.begin("Checks", "Check", "Workbook value#", "Value wanted#", "Difference#", "Verdict")
	s.widths = []float64{100, 20, 20, 16, 14}
	check := func(k kind, what, formula string, v float64, wantFormula string, want float64) {
		row := s.next()
		s.add(text(words, what), live(k, formula, v), cell{k, wantFormula, want}, live(k, fmt.Sprintf("B%d-C%d", row, row), v-want),
			live(words, fmt.Sprintf(`IF(ABS(D%d)<0.005,"Agrees","Changed")`, row), "Agrees"))
	}
	b.moneyChecks(check)
	for _, e := range b.r.Estimates {
		row, ok := b.at[place{e.Activity, e.Window, e.Arm, e.FollowUp, ""}]
		if !ok || e.Method != "percent_change" || e.On != "" || e.Washout != "" || e.Arm != service || e.FollowUp != b.r.FollowUp(e.Activity) || e.Expected == nil || e.After == nil || *e.Expected == 0 {
			continue
		}
		averted := *e.Expected - float64(*e.After)
		check(decimal, telling.Label(b.r, e.Activity)+", "+e.Window+": percent × expected = averted",
			fmt.Sprintf("-%s*%s", ref(b.activity, "J", row), ref(b.activity, "G", row)), averted, ref(b.activity, "I", row), averted)
	}
	b.verdict = fmt.Sprintf("Checks!E%d:E%d", s.first+1, s.next()-1)
	b.checks = s
}

// breakLines cuts a text into lines of at most so many letters, between words.
func breakLines(s string, most int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > most {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

func (b *book) fillSummary() {
	s := b.newSheet("Summary", "Summary", breakLines(telling.Answer(b.r), 125)...)
	s.gridlines = false
	s.widths = []float64{38, 38, 38, 38}
	s.add()
	w := telling.Main(b.r)
	labels := []cell{}
	figures := []cell{}
	key := func(what string, c cell) {
		if letters := []rune(what); len(letters) > 42 {
			what = strings.TrimSpace(string(letters[:41])) + "…"
		}
		labels, figures = append(labels, text(label, what)), append(figures, c)
	}
	if p := telling.Primary(b.r); p != nil {
		row := b.at[place{p.Activity, p.Window, p.Arm, p.FollowUp, ""}]
		key("People analysed, "+p.Window, text(keyText, number.Hidden))
		if p.People != nil {
			figures[0] = live(keyCount, ref(b.activity, "E", row), *p.People)
		}
		key(telling.Label(b.r, p.Activity)+", "+p.Window, text(keyText, number.Hidden))
		switch {
		case p.Expected != nil && p.After != nil && *p.Expected != 0:
			figures[1] = live(keyPercent, ref(b.activity, "J", row), (float64(*p.After)-*p.Expected) / *p.Expected)
		case p.Refused != "":
			figures[1] = text(keyText, number.NotAvailable)
		}
		if lead := telling.LeadingComparison(b.r, p.Activity, p.Window); lead != nil && p.Arm == service {
			key("Against comparison people", value(keyPercent, *lead.Value-1))
		}
		if lead := telling.LeadingExpectation(b.r, p.Activity, p.Window); lead != nil && p.Arm == service {
			key("Left against what would have come anyway", value(keyPercent, *lead.Value-1))
		}
	}
	if total := telling.Total(b.r, w.Label, service); total != nil {
		key(b.rawly()+" at list price, "+w.Label, text(keyText, number.Hidden))
		switch {
		case total.Gross == nil:
		case release.MayBeNothing(total.GrossLow, total.GrossHigh):
			figures[len(figures)-1] = text(keyText, "may be nothing")
		default:
			figures[len(figures)-1] = live(keyMoney, b.totalRef(w.Label, telling.OwnRate, grossColumn), float64(*total.Gross)/100)
		}
	}
	b.keyMoney(key, w.Label)
	if len(b.checks.rows) > b.checks.first {
		key("Checks", live(keyText, b.agree(), "All agree"))
	}
	if e := telling.SeriesLead(b.r); e != nil && telling.Primary(b.r) == nil {
		key("Against what the series was about to be", value(keyPercent, *e.Value-1))
	}
	for across := len(s.widths); len(labels) > 0; {
		n := min(across, len(labels))
		s.add(labels[:n]...)
		s.heights[s.add(figures[:n]...)] = 30
		labels, figures = labels[n:], figures[n:]
	}
	for _, w := range b.r.Study.Windows {
		sentences := []string{telling.Money(b.r, w.Label, service)}
		if w.Label == telling.Main(b.r).Label {
			sentences = append(append(sentences, telling.Variants(b.r, w.Label)...), telling.Worth(b.r, w.Label)...)
		}
		for _, sentence := range sentences {
			for _, line := range breakLines(sentence, 125) {
				if line != "" {
					s.add(text(lead, line))
				}
			}
		}
	}
	b.summary = s
}

// agree is the formula that says whether all checks agree and no input was changed.
func (b *book) agree() string {
	changed := fmt.Sprintf(`COUNTIF(%s,"Changed")`, b.verdict)
	if b.cost != nil {
		changed += "+inputs_changed"
	}
	return fmt.Sprintf(`IF(%s=0,"All agree","Inputs changed")`, changed)
}

func (b *book) fillCover() {
	s := newSheet("Cover", b.r.Study.Title)
	s.gridlines = false
	s.widths = []float64{30, 110}
	line := func(k kind, t string) {
		for _, l := range breakLines(t, 125) {
			if l != "" {
				s.add(text(k, l))
			}
		}
	}
	line(lead, b.r.Study.Question)
	line(lead, "Disclosure control: profile "+b.r.Study.Profile+".")
	if t := telling.Synthetic(b.r); t != "" {
		s.add()
		line(banner, t)
	}
	s.begin("Cover", "About", "What it says")
	fact := func(what, is string) { s.add(text(words, what), text(words, is)) }
	fact("Date", b.r.Study.Date)
	for _, a := range b.r.Study.Arms {
		fact("Group: "+a.Arm, a.Label)
	}
	fact("How people came in", b.r.Study.Selection)
	fact("Who leads", telling.FollowUp(b.r.Study.FollowUp))
	fact("Opt-outs", b.r.Study.OptOut)
	fact("Release profile", b.r.Study.Profile)
	long := func(what, is string) {
		s.heights[s.add(text(words, what), text(wrapped, is))] = 16 * float64(1+len([]rune(is))/105)
	}
	long("Evidence grade", telling.Graded(b.r))
	if !b.r.Alone() {
		long("Plan locked", telling.Locked(b.r.Study.Lock, b.r.Study.Date))
	}
	for _, x := range []struct {
		s    *sheet
		what string
	}{
		{b.summary, "the answer, key figures and charts"}, {b.assumptions, "prices and all other inputs of money, which may be changed, with their sources"}, {b.activity, "events before and after, with intervals"},
		{b.cost, "averted events × unit cost, against each expectation"}, {b.net, "the difference net of what the service cost, and break-even"},
		{b.payers, "who bears what, and who pays for the service"}, {b.capacity, "averted events as beds, attendances a day and GP hours"}, {b.present, "the difference by year, discounted beyond the first"},
		{b.sensitivity, "what is left with each input at either end of its range"}, {b.attribution, "how likely a share of the difference covers the cost"}, {b.cases, "costs that single cases are said to have avoided"}, {b.flow, "who is in and who left, and why"}, {b.quality, "what was read of each table, and what was not used"}, {b.practices, "in how many practices use fell"},
		{b.anyway, "the raw change beside what would have come without the service"}, {b.against, "the service's people against comparison people"}, {b.balance, "how alike both groups are, before and after matching"},
		{b.months, "month by month around the index day"}, {b.series, "the monthly series, and what it was about to be"}, {b.beside, "other methods, whether a change lasts, and what was refused"}, {b.subgroups, "figures by subgroup, with the test of a difference"}, {b.concentration, "how much hangs on few people"},
		{b.reached, "how far people came"}, {b.who, "who the people are, beside the area's"}, {b.reasons, "reasons for referral that go together"}, {b.referrals, "referrals over time"}, {b.contacts, "contacts a month, with the limits of ordinary variation"},
		{b.onward, "where people were sent on to"}, {b.funnel, "practices beside each other"}, {b.states, "what became of states such as not managing"}, {b.moves, "who moved from which state to which"}, {b.scores, "questionnaires"},
		{b.surveys, "what people, practices and staff answered"}, {b.courses, "who came to courses"}, {b.singles, "quotations and case studies, as supplied"},
		{b.claims, "what holds of the published claims, and what does not"}, {b.claimed, "the published claims beside this study"}, {b.published, "what published evaluations of such services found"},
		{b.bars, "figures behind the chart of activity"}, {b.waterfall, "figures behind the waterfall"}, {b.authored, "what the report's author wrote"}, {b.notes, "how to read the figures"}, {b.checks, "the workbook checked against the engine"}, {b.provenance, "what made the figures, and what they were made from"},
	} {
		if slices.Contains(b.sheets(), x.s) {
			s.linked(x.s.name, text(words, x.what))
		}
	}
	b.cover = s
}
