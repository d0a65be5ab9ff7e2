package study

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/source/layout"
	"averted/evaluate/strict"
	"averted/evaluate/window"
)

// Invalid is the error of a study file that is wrong.
type Invalid = strict.Invalid

const what = "study file"

func wrong(problems *source.Problems) *Invalid {
	return &Invalid{What: what, Problems: problems}
}

// decoder reads the study file, with checks of its own.
type decoder struct{ *strict.Decoder }

func newDecoder(file string) *decoder {
	return &decoder{&strict.Decoder{File: file, Alternatives: alternatives}}
}

// Problem makes the error of one problem with the key at a path (activities.ae.price), found after the
// file was read: a price that is not in the price table, say.
func (p *Plan) Problem(path, code, text string) *Invalid {
	found := newDecoder(p.keys.File)
	found.Lines = p.keys.Lines
	found.At(path, code, "%s", text)
	return wrong(&found.Problems)
}

// Read reads and checks a study file. The error is *[Invalid] if the file is wrong, and wraps what the
// operating system says if it can't be read.
func Read(path string) (*Plan, error) {
	text, err := strict.ReadFile(path, what)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.Base(path), filepath.Dir(path), text)
}

// Parse is [Read] of a text: name is used in problems, dir is the folder its files lie in.
func Parse(name, dir string, text []byte) (*Plan, error) {
	d := newDecoder(name)
	p := &Plan{dir: dir, keys: d}
	d.Decode(text, p)
	if !d.Problems.Any() { // with half a plan, further findings would be noise
		p.fill()
		p.check(d)
	}
	if d.Problems.Any() {
		return nil, wrong(&d.Problems)
	}
	return p, nil
}

// Path is where one of the study's files lies.
func (p *Plan) Path(file string) string { return filepath.Join(p.dir, filepath.FromSlash(file)) }

// fill puts the defaults in, so that they are seen wherever the plan is printed.
func (p *Plan) fill() {
	if len(p.Windows) == 0 {
		if len(p.Events) > 0 {
			p.Windows = []window.Length{{N: 6, Unit: window.Months}, {N: 12, Unit: window.Months}}
		}
		for _, w := range p.ready() {
			if !slices.Contains(p.Windows, w.Window) {
				p.Windows = append(p.Windows, w.Window)
			}
		}
	}
	zero := window.Length{N: 0, Unit: window.Days}
	or(&p.Washout.Before, zero)
	or(&p.Washout.After, zero)
	or(&p.IndexDay, window.Exclude)
	or(&p.FollowUp, Observed)
	p.fillSelection()
	or(&p.Primary.Method, "rate_ratio")
	or(&p.Primary.Arm, "service")
	if len(p.Windows) > 0 {
		or(&p.Primary.Window, p.Windows[len(p.Windows)-1])
	}
	if len(p.Activities) > 0 {
		or(&p.Primary.Activity, p.Activities[0].Name)
	}
	if len(p.Methods) == 0 {
		p.Methods = []string{Change}
		if p.anyway() {
			p.Methods = append(p.Methods, RegressionToMean)
		}
		if p.comparedPeople() {
			p.Methods = append(p.Methods, Compare)
		}
		if len(p.Events) > 0 {
			p.Methods = append(p.Methods, MonthByMonth)
		}
		if p.Series != nil {
			p.Methods = append(p.Methods, InterruptedSeries)
		}
	}
	p.fillComparison()
	p.fillProfile()
	p.fillOutcomes()
	or(&p.Release.Profile, "local")
	or(&p.Release.HideBelow, 8)
	for i := range p.Activities {
		a := &p.Activities[i]
		or(&a.Label, UsualLabel(a.Name))
		or(&a.Label, a.Name)
		if a.Name == "gp" || strings.HasPrefix(a.Name, "gp_") {
			or(&a.Cluster, ByPractice)
		}
		or(&a.Cluster, ByPerson)
	}
	if slices.Contains(p.Subgroups, AgeBand) && len(p.AgeBands) == 0 {
		p.AgeBands = usualAges()
	}
	or(&p.SetAside, SetAside{Rows: 1, People: 5})
	for i := range p.Events {
		p.lay(&p.Events[i])
		or(&p.Events[i].Dates, isoDates)
		or(&p.Events[i].Duplicates, CopiesAside)
	}
	if p.People != nil {
		or(&p.People.Dates, isoDates)
		labels(&p.People.ArmLabels, p.People.Arms)
	}
	if p.Counts != nil {
		labels(&p.Counts.ArmLabels, p.Counts.Arms)
	}
	if p.Series != nil {
		or(&p.Series.Dates, "yyyy-mm")
	}
	if p.OptOut != nil && p.OptOut.List() != "" {
		or(&p.OptOut.GoodFor, goodFor)
	}
}

// goodFor is how many days an opt-out list may be older than the report.
const goodFor = 31

// lay fills in what a ready-made layout says and the study doesn't.
func (p *Plan) lay(e *Events) {
	l, ok := layout.Find(e.Layout)
	if !ok {
		return // check says so
	}
	or(&e.Columns.Person, l.Person)
	or(&e.Columns.Date, l.Date)
	or(&e.Columns.End, l.End)
	or(&e.Columns.Event, l.Event)
	or(&e.Dates, l.Dates)
	if e.Where == nil {
		e.Where = l.Where
	}
	if e.WhereNot == nil {
		e.WhereNot = l.WhereNot
	}
	if e.Spells == "" {
		e.Spells = Spells(l.Spells)
	}
	if e.Activity.Name != "" || e.Activity.Column != "" {
		return
	}
	values := map[string][]string{} // of the activities that the study has
	for name, texts := range l.Values {
		if p.Activities.Find(name) >= 0 {
			values[name] = texts
		}
	}
	if len(values) > 0 {
		e.Activity.Column, e.Activity.Values = l.Column, values
	} else {
		e.Activity.Name = l.Activity
	}
}

// ready is the windows for which counts are given ready.
func (p *Plan) ready() []CountsWindow {
	var list []CountsWindow
	if p.Counts != nil {
		list = append(list, p.Counts.Windows...)
	}
	for _, t := range p.Totals {
		list = append(list, t.Windows...)
	}
	return list
}

const isoDates = "yyyy-mm-dd"

func labels(l *ArmLabels, arms *Arms) {
	or(&l.Service, "service")
	if arms != nil && len(arms.Comparison) > 0 {
		or(&l.Comparison, "comparison")
	}
}

func or[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
	}
}

// wordsAlone reports whether a study counts no use of services: it tells of people, of what they said, or of single cases.
func (p *Plan) wordsAlone() bool {
	use := len(p.Events) > 0 || p.Counts != nil || len(p.Totals) > 0 || p.Series != nil
	return !use && len(p.Activities) == 0 && (p.Profile != nil || len(p.Outcomes)+len(p.Surveys)+len(p.Courses)+len(p.CaseStudies)+len(p.Quotes) > 0)
}

// check looks for what decoding can't see. Paths in problems are keys of the study file.
func (p *Plan) check(d *decoder) {
	require := func(missing bool, path, want string) {
		if missing {
			d.At(path, "A005", "%s", want)
		}
	}
	require(p.Averted == 0, "averted", "say which form the file has: averted: 1")
	if p.Averted > 1 {
		d.At("averted", "A006", "this is a newer form than this version reads (1)")
	}
	require(p.Title == "", "title", "give the study a title")
	if p.Date != nil && (*p.Date < window.Date(1980, 1, 1) || *p.Date >= window.Date(2100, 1, 1)) {
		d.At("date", "A007", "want a date from 1980 to 2099")
	}
	require(p.Date == nil, "date", "give the date printed on the report, as YYYY-MM-DD")
	require(p.Seed == nil, "seed", "give a whole number; the same seed gives the same intervals")
	if p.OptOut == nil {
		d.Problems.Add(source.Problem{File: d.File, Name: "opt_out", Code: "A005", Cure: "opt_out: {not_applicable: why no list applies}   # or {remove: FILE, date: YYYY-MM-DD}",
			Text: "say what was done about people who opted out, or opt_out: {not_applicable: the reason}"})
	}
	require(len(p.Activities) == 0 && !p.wordsAlone(), "activities", "name at least one activity")
	p.checkSources(d, require)
	p.checkSelection(d)
	p.checkReference(d, require)
	p.checkTrend(d, require)
	p.checkEarly(d)
	p.checkComparison(d)
	p.checkChoices(d)
	p.checkProfile(d, require)
	p.checkOutcomes(d, require)
	p.checkJudged(d)
	p.checkMoney(d)
	p.checkRelease(d)
	p.checkReport(d, require)
	if _, given := d.Lines["claims"]; given {
		d.fileIn("claims", p.Claims)
	}
}

func (p *Plan) checkChoices(d *decoder) {
	names := p.activityNames()
	oneOf(d, "index_day", string(p.IndexDay), string(window.Exclude), string(window.After))
	oneOf(d, "follow_up", string(p.FollowUp), string(Observed), string(Watched))
	if len(names) > 0 {
		oneOf(d, "primary.activity", p.Primary.Activity, names...)
	}
	oneOf(d, "primary.method", p.Primary.Method, "rate_ratio", "percent_change")
	oneOf(d, "primary.arm", p.Primary.Arm, "service", "comparison", "all")
	if !slices.Contains(p.Windows, p.Primary.Window) && (len(p.Windows) > 0 || p.Primary.Window.Days() > 0) {
		d.At("primary.window", "A007", "windows does not list this window")
	}
	for i, w := range p.Windows {
		if w.Days() < 1 {
			d.At(fmt.Sprintf("windows[%d]", i+1), "A007", "a window has at least one day")
		}
		if slices.Contains(p.Windows[:i], w) {
			d.At(fmt.Sprintf("windows[%d]", i+1), "A007", "this window is listed twice")
		}
	}
	if p.Series != nil && p.People == nil && p.Counts == nil && len(p.Totals) == 0 && !slices.Contains(p.Methods, InterruptedSeries) {
		d.At("methods", "A007", "a series alone is told by methods: [%s]", InterruptedSeries)
	}
	for i, m := range p.Methods {
		if slices.Contains(p.Methods[:i], m) {
			d.At(fmt.Sprintf("methods[%d]", i+1), "A007", "this is listed twice")
		}
		oneOf(d, fmt.Sprintf("methods[%d]", i+1), m, Change, RegressionToMean, Compare, MonthByMonth, InterruptedSeries)
	}
	p.checkSubgroups(d)
	for _, a := range p.Activities {
		at := "activities." + a.Name + ".cluster"
		oneOf(d, at, string(a.Cluster), string(ByPerson), string(ByPractice))
		if _, asked := d.Lines[at]; asked && a.Cluster == ByPractice && !p.knowsPractices(a.Name) {
			d.At(at, "A007", "practices are told of rows of events alone, with a practice: column of the people or of the events")
		}
		if _, ok := p.NotCollected[a.Name]; ok {
			d.At("not_collected."+a.Name, "A007", "this activity is counted, so it was collected")
		}
	}
	if p.SetAside.Rows < 0 || p.SetAside.Rows > 100 || p.SetAside.People < 0 || p.SetAside.People > 100 {
		d.At("set_aside", "A007", "want percentages from 0 to 100")
	}
	p.checkOptOut(d)
}

// Families of methods that a study can ask for, and that are built.
const (
	Change           = "change"
	RegressionToMean = "regression_to_mean"

	Compare           = "comparison"
	MonthByMonth      = "months"
	InterruptedSeries = "interrupted_series"
)

// knowsPractices reports whether the people of an activity's events have a practice.
func (p *Plan) knowsPractices(activity string) bool {
	return p.ClusteredByPractice(activity) && (p.People != nil && p.People.Columns.Practice != "" ||
		slices.ContainsFunc(p.Events, func(e Events) bool { return e.Columns.Practice != "" }))
}

// Subgroups by which a study can ask for its figures.
const (
	Sex      = "sex"
	Locality = "locality"
	AgeBand  = "age_band"
)

func (p *Plan) checkSubgroups(d *decoder) {
	for i, by := range p.Subgroups {
		at := fmt.Sprintf("subgroups[%d]", i+1)
		oneOf(d, at, by, Sex, Locality, AgeBand)
		if slices.Contains(p.Subgroups[:i], by) {
			d.At(at, "A007", "this subgroup is listed twice")
		}
		column := map[string]string{Sex: "sex", Locality: "locality", AgeBand: "birth_year"}[by]
		if column == "" {
			continue
		}
		named := p.People != nil && map[string]string{Sex: p.People.Columns.Sex, Locality: p.People.Columns.Locality, AgeBand: p.People.Columns.BirthYear}[by] != ""
		if !named {
			d.At(at, "A007", "people.columns names no column for it: %s: ...", column)
		}
	}
	for i, year := range p.AgeBands {
		if year < 0 || year > 120 || i > 0 && year <= p.AgeBands[i-1] {
			d.At(fmt.Sprintf("age_bands[%d]", i+1), "A007", "want the last year of each band, rising: [16, 24, 64]")
		}
	}
}

func (p *Plan) checkOptOut(d *decoder) {
	o := p.OptOut
	if o == nil {
		return
	}
	said := 0
	for _, text := range []string{o.NotApplicable, o.Remove, o.Keep} {
		if text != "" {
			said++
		}
	}
	switch {
	case said != 1:
		d.At("opt_out", "A005", "give one of remove: FILE, keep: FILE and not_applicable: REASON")
	case o.NotApplicable != "":
	case o.Date == nil || p.Date == nil:
		d.At("opt_out.date", "A005", "say of when the list is: date: YYYY-MM-DD")
	case *o.Date > *p.Date:
		d.At("opt_out.date", "A007", "the list is of a day after the report")
	case int(*p.Date-*o.Date) > o.GoodFor:
		d.At("opt_out.date", "A007", "the list was %d days old on the date of the report and is good for %d: get a new one, or say good_for: %d with whoever answers for it", int(*p.Date-*o.Date), o.GoodFor, int(*p.Date-*o.Date))
	case p.People == nil && p.Counts == nil:
		d.At("opt_out", "A007", "totals have no people to take out: say not_applicable: and why")
	default:
		d.table("opt_out", source.Table{File: o.List()})
	}
}

func (p *Plan) checkRelease(d *decoder) {
	switch p.Release.Profile {
	case "opensafely", "threshold", "internal":
		d.At("release.profile", "A009", "this version has the profiles local and nhs-england")
	default:
		oneOf(d, "release.profile", p.Release.Profile, "local", "nhs-england")
	}
	if p.Release.HideBelow < 8 && p.Release.Agreement == "" {
		d.At("release.hide_below", "A007", "below 8 only with the agreement that allows it: agreement: ...")
	}
	if p.Release.HideBelow < 1 {
		d.At("release.hide_below", "A007", "want a number of people from 1")
	}
}

func (p *Plan) activityNames() []string {
	names := make([]string, len(p.Activities))
	for i, a := range p.Activities {
		names[i] = a.Name
	}
	return names
}

func oneOf(d *decoder, path, got string, known ...string) {
	if slices.Contains(known, got) {
		return
	}
	known = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == "" })
	d.At(path, "A007", "want one of %s", strings.Join(known, ", "))
}
