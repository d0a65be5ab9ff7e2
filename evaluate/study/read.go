package study

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/window"
)

// Invalid is the error of a study file that is wrong.
type Invalid struct{ Problems *source.Problems }

// Error lists the problems.
func (e *Invalid) Error() string {
	return "the study file is wrong:\n" + strings.Join(e.Problems.Lines(), "\n")
}

// Problem makes the error of one problem with the key at a path (activities.ae.price), found after the
// file was read: a price that is not in the price table, say.
func (p *Plan) Problem(path, code, text string) *Invalid {
	found := &decoder{file: p.keys.file, lines: p.keys.lines}
	found.at(path, code, "%s", text)
	return &Invalid{&found.problems}
}

// Read reads and checks a study file. The error is *[Invalid] if the file is wrong, and wraps what the
// operating system says if it can't be read.
func Read(path string) (*Plan, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		var problems source.Problems
		problems.Add(source.Problem{File: filepath.Base(path), Code: "A000", Text: "there is no such file"})
		return nil, &Invalid{&problems}
	}
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		var problems source.Problems
		problems.Add(source.Problem{File: filepath.Base(path), Code: "A000", Text: "this is a folder: name the study file in it"})
		return nil, &Invalid{&problems}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the study file: %w", err)
	}
	return Parse(filepath.Base(path), filepath.Dir(path), text)
}

// Parse is [Read] of a text: name is used in problems, dir is the folder its files lie in.
func Parse(name, dir string, text []byte) (*Plan, error) {
	d := &decoder{file: name}
	p := &Plan{dir: dir, keys: d}
	d.decode(text, p)
	if !d.problems.Any() { // with half a plan, further findings would be noise
		p.fill()
		p.check(d)
	}
	if d.problems.Any() {
		return nil, &Invalid{&d.problems}
	}
	return p, nil
}

// Path is where one of the study's files lies.
func (p *Plan) Path(file string) string { return filepath.Join(p.dir, filepath.FromSlash(file)) }

// fill puts the defaults in, so that they are seen wherever the plan is printed.
func (p *Plan) fill() {
	if len(p.Windows) == 0 {
		if p.Counts != nil && p.People == nil {
			for _, w := range p.Counts.Windows {
				p.Windows = append(p.Windows, w.Window)
			}
		} else {
			p.Windows = []window.Length{{N: 6, Unit: window.Months}, {N: 12, Unit: window.Months}}
		}
	}
	zero := window.Length{N: 0, Unit: window.Days}
	or(&p.Washout.Before, zero)
	or(&p.Washout.After, zero)
	or(&p.IndexDay, window.Exclude)
	or(&p.FollowUp, Observed)
	or(&p.Trend, Trend{Value: 1, Source: "none used"})
	or(&p.Trend.Source, "not stated")
	or(&p.Primary.Method, "rate_ratio")
	or(&p.Primary.Arm, "service")
	if len(p.Windows) > 0 {
		or(&p.Primary.Window, p.Windows[len(p.Windows)-1])
	}
	if len(p.Activities) > 0 {
		or(&p.Primary.Activity, p.Activities[0].Name)
	}
	if len(p.Methods) == 0 {
		p.Methods = []string{"change"}
	}
	or(&p.Release.Profile, "local")
	or(&p.Release.HideBelow, 8)
	for i := range p.Activities {
		or(&p.Activities[i].Label, p.Activities[i].Name)
	}
	for i := range p.Events {
		or(&p.Events[i].Dates, isoDates)
	}
	if p.People != nil {
		or(&p.People.Dates, isoDates)
		labels(&p.People.ArmLabels, p.People.Arms)
	}
	if p.Counts != nil {
		labels(&p.Counts.ArmLabels, p.Counts.Arms)
	}
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

// check looks for what decoding can't see. Paths in problems are keys of the study file.
func (p *Plan) check(d *decoder) {
	require := func(missing bool, path, want string) {
		if missing {
			d.at(path, "A005", "%s", want)
		}
	}
	require(p.Averted == 0, "averted", "say which form the file has: averted: 1")
	if p.Averted > 1 {
		d.at("averted", "A006", "this is a newer form than this version reads (1)")
	}
	require(p.Title == "", "title", "give the study a title")
	if p.Date != nil && (*p.Date < window.Date(1980, 1, 1) || *p.Date >= window.Date(2100, 1, 1)) {
		d.at("date", "A007", "want a date from 1980 to 2099")
	}
	require(p.Date == nil, "date", "give the date printed on the report, as YYYY-MM-DD")
	require(p.Seed == nil, "seed", "give a whole number; the same seed gives the same intervals")
	require(p.OptOut == nil, "opt_out", "say what was done about people who opted out, or opt_out: {not_applicable: the reason}")
	require(len(p.Activities) == 0, "activities", "name at least one activity")
	for _, key := range []struct {
		used bool
		path string
	}{
		{p.Totals.used, "totals"}, {p.Series.used, "series"}, {p.Outcomes.used, "outcomes"},
		{p.Trend.Value != 1, "trend.value"}, {p.ServiceCost != nil, "service_cost"},
		{p.Prices != nil && p.Prices.Table != "", "prices.table"}, {p.OptOut != nil && p.OptOut.File != "", "opt_out.file"},
	} {
		if key.used {
			d.at(key.path, "A009", "this version does not act on this key yet, and a result that ignored it would mislead: take it out")
		}
	}
	p.checkSources(d, require)
	p.checkChoices(d)
	p.checkRelease(d)
}

func (p *Plan) checkSources(d *decoder, require func(bool, string, string)) {
	switch {
	case p.Counts != nil && p.People != nil:
		d.at("counts", "A009", "this version reads counts or people with events, not both in one study")
	case p.Counts != nil:
		p.checkCounts(d, require)
	case p.People == nil:
		d.add(0, "people", "A005", "give people and events, or counts")
	default:
		p.checkPeople(d, require)
	}
}

func (p *Plan) checkPeople(d *decoder, require func(bool, string, string)) {
	p.checkFile(d, "people.file", p.People.File)
	p.checkDates(d, "people.dates", p.People.Dates)
	require(p.People.Columns.Person == "", "people.columns.person", "name the column that holds the person's pseudonym")
	require(p.People.Columns.Index == "", "people.columns.index", "name the column that holds the index day")
	checkArms(d, "people", p.People.Columns.Arm, p.People.Arms)
	oneOf(d, "people.index_rule", p.People.IndexRule, "", "first", "last")
	require(len(p.Events) == 0, "events", "name at least one table of events")
	for i, e := range p.Events {
		at := fmt.Sprintf("events[%d]", i+1)
		p.checkFile(d, at+".file", e.File)
		p.checkDates(d, at+".dates", e.Dates)
		require(e.Columns.Person == "", at+".columns.person", "name the column that holds the person's pseudonym")
		require(e.Columns.Date == "", at+".columns.date", "name the column that holds the day of the event")
		p.checkActivity(d, at+".activity", e.Activity)
		switch {
		case e.Complete == nil || e.Complete.From == nil || e.Complete.To == nil:
			d.at(at+".complete", "A005", "say from when to when the feed holds everything: complete: {from: YYYY-MM-DD, to: YYYY-MM-DD}")
		case *e.Complete.To < *e.Complete.From:
			d.at(at+".complete", "A007", "the feed ends before it begins")
		}
	}
	if d.problems.Any() {
		return
	}
	p.checkTwice(d)
	for _, a := range p.Activities {
		if !slices.ContainsFunc(p.Events, func(e Events) bool { return e.Feeds(a.Name) }) {
			d.at("activities."+a.Name, "A007", "no table of events feeds this activity; if it was not collected, say why under not_collected")
		}
	}
	if len(p.Feeds()) == 0 {
		d.at("events", "A007", "there is no day on which every feed is complete")
	}
}

// checkTwice refuses a file that feeds one activity twice.
func (p *Plan) checkTwice(d *decoder) {
	for i, e := range p.Events {
		for _, other := range p.Events[:i] {
			for _, a := range p.Activities {
				if filepath.Clean(e.File) == filepath.Clean(other.File) && e.Feeds(a.Name) && other.Feeds(a.Name) && len(e.Where)+len(other.Where) == 0 {
					d.at(fmt.Sprintf("events[%d].file", i+1), "A007", "this file feeds %s twice: every event would count twice", a.Name)
				}
			}
		}
	}
}

func (p *Plan) checkCounts(d *decoder, require func(bool, string, string)) {
	p.checkFile(d, "counts.file", p.Counts.File)
	require(p.Counts.Columns.Person == "", "counts.columns.person", "name the column that holds the person's pseudonym")
	require(len(p.Counts.Windows) == 0, "counts.windows", "name the columns of at least one window")
	checkArms(d, "counts", p.Counts.Columns.Arm, p.Counts.Arms)
	if p.Washout.Before.N+p.Washout.After.N > 0 || p.IndexDay != window.Exclude {
		d.at("washout", "A007", "ready counts were made with windows of their own: washout and index_day can't change them")
	}
	if n := p.Counts.DiedOrLeft; n != nil && *n < 0 {
		d.at("counts.died_or_left", "A007", "want a number of people, not negative")
	}
	for _, w := range p.Counts.Windows {
		at := "counts.windows." + w.Window.String()
		if !slices.Contains(p.Windows, w.Window) {
			d.at(at, "A007", "windows does not list this window")
		}
		for _, a := range p.Activities {
			c, ok := w.Columns[a.Name]
			require(!ok, at, "name the columns of activity "+a.Name)
			require(ok && (c.Before == "" || c.After == ""), at+"."+a.Name, "name the columns before and after")
			if c.Before != "" && c.Before == c.After || c.DaysBefore != "" && c.DaysBefore == c.DaysAfter {
				d.at(at+"."+a.Name, "A007", "one column can't be both before and after")
			}
			if (c.DaysBefore == "") != (c.DaysAfter == "") {
				d.at(at+"."+a.Name, "A007", "give days_before and days_after, or neither")
			}
			first := p.Counts.Windows[0].Columns[p.Activities[0].Name]
			same := w.Columns[p.Activities[0].Name]
			if (c.DaysBefore == "") != (first.DaysBefore == "") || c.DaysBefore != same.DaysBefore || c.DaysAfter != same.DaysAfter {
				d.at(at+"."+a.Name, "A009", "this version reads one pair of columns of days a window, the same for every activity, in all windows or in none")
			}
		}
		for name := range w.Columns {
			if p.Activities.Find(name) < 0 {
				d.at(at+"."+name, "A007", "activities does not name this%s", didYouMean(name, p.activityNames()))
			}
		}
	}
	for _, w := range p.Windows {
		if !slices.ContainsFunc(p.Counts.Windows, func(c CountsWindow) bool { return c.Window == w }) {
			d.at("windows", "A007", "counts.windows has no columns for %s", w)
		}
	}
	require(len(p.Events) > 0, "events", "a study of counts has no events")
}

func checkArms(d *decoder, path, column string, arms *Arms) {
	switch {
	case (column == "") != (arms == nil):
		d.at(path+".arms", "A007", "give columns.arm and arms: {service: [texts], comparison: [texts]} together, or neither")
	case arms == nil:
	case len(arms.Service) == 0:
		d.at(path+".arms", "A005", "say which texts in the arm column mean service")
	default:
		for _, text := range arms.Service {
			if slices.Contains(arms.Comparison, text) {
				d.at(path+".arms", "A007", "one text can't mean both arms")
			}
		}
	}
}

// checkActivity checks that events feed activities that exist.
func (p *Plan) checkActivity(d *decoder, path string, a ActivityOf) {
	if a.Column == "" {
		if p.Activities.Find(a.Name) < 0 {
			d.at(path, "A007", "activities does not name this%s", didYouMean(a.Name, p.activityNames()))
		}
		return
	}
	means := map[string]string{}
	for _, name := range p.activityNames() {
		for _, text := range a.Values[name] {
			if other, twice := means[text]; twice {
				d.at(path, "A007", "one text can't mean both %s and %s", other, name)
			}
			means[text] = name
		}
	}
	for name := range a.Values {
		if p.Activities.Find(name) < 0 {
			d.at(join(path+".values", name), "A007", "activities does not name this%s", didYouMean(name, p.activityNames()))
		}
	}
}

func (p *Plan) checkFile(d *decoder, path, file string) {
	switch {
	case file == "":
		d.at(path, "A005", "name the file")
	case filepath.IsAbs(file) || !filepath.IsLocal(filepath.FromSlash(file)):
		d.at(path, "A008", "a study's files lie in its own folder or below: want a path from there, without ..")
	case strings.ContainsAny(file, "*?[") || !strings.HasSuffix(strings.ToLower(file), ".csv"):
		d.at(path, "A009", "this version reads single .csv files")
	}
}

func (p *Plan) checkDates(d *decoder, path, layout string) {
	if layout != isoDates {
		d.at(path, "A009", "this version reads dates as yyyy-mm-dd")
	}
}

func (p *Plan) checkChoices(d *decoder) {
	names := p.activityNames()
	oneOf(d, "index_day", string(p.IndexDay), string(window.Exclude), string(window.After))
	oneOf(d, "follow_up", string(p.FollowUp), string(Observed), string(Watched))
	oneOf(d, "primary.activity", p.Primary.Activity, names...)
	oneOf(d, "primary.method", p.Primary.Method, "rate_ratio", "percent_change")
	oneOf(d, "primary.arm", p.Primary.Arm, "service", "comparison", "all")
	if !slices.Contains(p.Windows, p.Primary.Window) {
		d.at("primary.window", "A007", "windows does not list this window")
	}
	for i, w := range p.Windows {
		if w.Days() < 1 {
			d.at(fmt.Sprintf("windows[%d]", i+1), "A007", "a window has at least one day")
		}
		if slices.Contains(p.Windows[:i], w) {
			d.at(fmt.Sprintf("windows[%d]", i+1), "A007", "this window is listed twice")
		}
	}
	for i, m := range p.Methods {
		oneOf(d, fmt.Sprintf("methods[%d]", i+1), m, "change", "regression_to_mean", "comparison", "trend", "interrupted_series")
	}
	for _, a := range p.Activities {
		if a.Price != nil && p.Prices == nil {
			d.at("activities."+a.Name+".price", "A007", "no prices: key says where the price table is")
		}
		if _, ok := p.NotCollected[a.Name]; ok {
			d.at("not_collected."+a.Name, "A007", "this activity is counted, so it was collected")
		}
	}
	if p.Prices != nil && p.Prices.Table == "" {
		p.checkFile(d, "prices.file", p.Prices.File)
	}
	if p.Prices != nil && p.Prices.PriceYear == "" {
		d.at("prices.price_year", "A005", "say of which year the prices are: price_year: 2018/19")
	}
	if s := p.Selection; s != nil && s.Threshold != nil {
		oneOf(d, "selection.threshold.activity", s.Threshold.Activity, names...)
		oneOf(d, "selection.when", s.When, "first_crossing", "fixed_date", "")
	}
	if p.OptOut != nil && p.OptOut.NotApplicable == "" && p.OptOut.File == "" {
		d.at("opt_out", "A005", "give the reason why no opt-out list applies: opt_out: {not_applicable: ...}")
	}
}

func (p *Plan) checkRelease(d *decoder) {
	switch p.Release.Profile {
	case "opensafely", "threshold", "internal":
		d.at("release.profile", "A009", "this version has the profiles local and nhs-england")
	default:
		oneOf(d, "release.profile", p.Release.Profile, "local", "nhs-england")
	}
	if p.Release.HideBelow < 8 && p.Release.Agreement == "" {
		d.at("release.hide_below", "A007", "below 8 only with the agreement that allows it: agreement: ...")
	}
	if p.Release.HideBelow < 1 {
		d.at("release.hide_below", "A007", "want a number of people from 1")
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
	d.at(path, "A007", "want one of %s", strings.Join(known, ", "))
}
