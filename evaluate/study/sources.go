package study

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/source/layout"
	"averted/evaluate/strict"
	"averted/evaluate/window"
)

func (p *Plan) checkSources(d *decoder, require func(bool, string, string)) {
	if p.People == nil && p.Counts == nil && len(p.Totals) == 0 && p.Series == nil {
		if p.wordsAlone() {
			return
		}
		d.Add(0, "people", "A005", "give people and events, or counts, or totals, or a series")
		return
	}
	require(p.People == nil && len(p.Events) > 0, "events", "events need people: a table with one row a person and the index day")
	if p.People != nil {
		p.checkPeople(d, require)
	}
	if p.Counts != nil {
		p.checkCounts(d, require)
	}
	for i := range p.Totals {
		p.checkTotals(d, fmt.Sprintf("totals[%d]", i+1), &p.Totals[i], require)
	}
	p.checkSeries(d, require)
	if d.Problems.Any() {
		return
	}
	p.checkKinds(d)
	if len(p.Events) > 0 && len(p.Feeds()) == 0 {
		d.At("events", "A007", "there is no day on which every feed is complete")
	}
}

// checkKinds checks that each activity has data, and of one kind.
func (p *Plan) checkKinds(d *decoder) {
	in := func(windows CountsWindows, name string) bool {
		return slices.ContainsFunc(windows, func(w CountsWindow) bool { _, ok := w.Columns[name]; return ok })
	}
	for _, a := range p.Activities {
		kinds := 0
		if slices.ContainsFunc(p.Events, func(e Events) bool { return e.Feeds(a.Name) }) {
			kinds++
		}
		if p.Counts != nil && in(p.Counts.Windows, a.Name) {
			kinds++
		}
		for _, t := range p.Totals {
			if in(t.Windows, a.Name) {
				kinds++
			}
		}
		switch {
		case kinds == 0 && p.KindOf(a.Name) == KindSeries:
		case kinds == 0:
			d.At("activities."+a.Name, "A007", "no events, counts, totals or series feed this activity; if it was not collected, say why under not_collected")
		case kinds > 1:
			d.At("activities."+a.Name, "A007", "more than one of events, counts and totals feed this activity: it would count twice")
		}
	}
}

func (p *Plan) checkPeople(d *decoder, require func(bool, string, string)) {
	d.table("people", p.People.Table)
	d.dates("people.dates", p.People.Dates)
	d.made("people.columns", p.People.Columns)
	require(p.People.Columns.Person == "", "people.columns.person", "name the column that holds the person's pseudonym")
	require(p.People.Columns.Index == "", "people.columns.index", "name the column that holds the index day")
	checkArms(d, "people", p.People.Columns.Arm, p.People.Arms)
	oneOf(d, "people.index_rule", p.People.IndexRule, "", "first", "last")
	require(len(p.Events) == 0 && p.Counts == nil && !p.wordsAlone(), "events", "name at least one table of events, or of counts")
	for i, e := range p.Events {
		at := fmt.Sprintf("events[%d]", i+1)
		d.table(at, e.Table)
		d.dates(at+".dates", e.Dates)
		d.made(at+".columns", e.Columns)
		if l, ok := layout.Find(e.Layout); e.Layout != "" && !ok {
			d.At(at+".layout", "A007", "no such layout%s", strict.DidYouMean(e.Layout, layout.Names()))
		} else if l.Needs != "" && len(e.Where[l.Needs]) == 0 {
			d.At(at+".layout", "A005", "say which codes are unplanned attendances: where: {%s: [...]}", l.Needs)
		}
		require(e.Columns.Person == "", at+".columns.person", "name the column that holds the person's pseudonym")
		require(e.Columns.Date == "", at+".columns.date", "name the column that holds the day of the event")
		if e.Activity.Name == "" && e.Activity.Column == "" {
			d.At(at+".activity", "A005", "say which activity the rows are: a name of activities, or {column: ..., values: {activity: [texts]}}")
		} else {
			p.checkActivity(d, at+".activity", e.Activity)
		}
		for a := range p.Activities {
			require(p.Nights(a) && e.Feeds(p.Activities[a].Name) && e.Columns.End == "", at+".columns.end", "nights are counted from the day a stay begins to the day it ends: name the column that holds the end")
		}
		oneOf(d, at+".duplicates", string(e.Duplicates), string(CopiesAside), string(CopiesKept))
		oneOf(d, at+".event_rule", e.EventRule, "", "first", "last")
		oneOf(d, at+".spells", string(e.Spells), "", string(Merged), string(AsGiven))
		if e.MergeGapDays != nil && (*e.MergeGapDays < 0 || *e.MergeGapDays > 31) {
			d.At(at+".merge_gap_days", "A007", "want a number of days from 0 to 31")
		}
		require(e.MergeGapDays != nil && e.Spells != Merged, at+".merge_gap_days", "merge_gap_days: is of spells: merge")
		require(e.EventRule != "" && e.Columns.Event == "", at+".event_rule", "event_rule: needs columns: {event: ...}")
		switch {
		case e.Complete == nil || e.Complete.From == nil || e.Complete.To == nil:
			d.At(at+".complete", "A005", "say from when to when the feed holds everything: complete: {from: YYYY-MM-DD, to: YYYY-MM-DD}")
		case *e.Complete.To < *e.Complete.From:
			d.At(at+".complete", "A007", "the feed ends before it begins")
		}
	}
	if !d.Problems.Any() {
		p.checkTwice(d)
	}
}

// volatile is what gives a query other rows another time.
var volatile = regexp.MustCompile(`(?i)\b(tablesample|sample|random|setseed|uuid|gen_random_uuid|now|today|get_current_time(stamp)?|current_(date|time|timestamp)|transaction_timestamp)\b`)

// table checks where a table is.
func (d *decoder) table(path string, t source.Table) {
	d.fileIn(path+".file", t.File)
	form, known := source.FormOf(t.File)
	at := func(key, text string) { d.At(path+"."+key, "A007", "%s", text) }
	switch {
	case t.File == "":
		return
	case strings.Contains(t.File, "**"):
		at("file", "** is not read as folders at any depth: name each folder's files")
	case volatile.MatchString(t.Query):
		at("query", "a query gives the same rows every time: no sample, chance or clock")
	case !known:
		at("file", "want a name that ends in .csv, .txt, .tsv or .dat (with .gz or .zst behind), .xlsx or .xlsm (save an .xls as .xlsx), .parquet, .duckdb or .db")
	case form != source.Workbook && t.Sheet != "":
		at("sheet", "only a workbook has sheets")
	case form != source.CSV && (t.Delimiter != "" || t.Encoding != ""):
		at("file", "delimiter: and encoding: are of text files")
	case form == source.DuckDB && (t.FromTable == "") == (t.Query == ""):
		at("file", "a DuckDB file needs table: or query:")
	case form != source.DuckDB && t.FromTable+t.Query != "":
		at("table", "table: and query: are of a DuckDB file")
	case form != source.CSV && form != source.Workbook && (t.HeaderRow != 0 || t.Until != ""):
		at("header_row", "header_row: and until: are of text files and workbooks")
	case source.IsGlob(t.File) && t.SHA256 != "":
		at("sha256", "sha256: is of one file")
	}
	if _, ok := source.Comma(t.Delimiter); t.Delimiter != "" && !ok {
		at("delimiter", "want comma, semicolon, tab, pipe, or one character")
	}
	if t.Encoding != "" {
		oneOf(d, path+".encoding", t.Encoding, source.Encodings...)
	}
	if t.HeaderRow < 0 || t.HeaderRow > 100 {
		at("header_row", "want a row from 1 to 100")
	}
	if t.Rows < 0 {
		at("rows", "want a number of rows")
	}
}

// made checks the made columns in a struct of columns.
func (d *decoder) made(path string, columns any) {
	v := reflect.ValueOf(columns)
	for i := range v.NumField() {
		if name := v.Field(i).String(); source.Made(name) {
			if wrong := source.CheckMade(name); wrong != "" {
				key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				d.At(path+"."+key, "A007", "%s", wrong)
			}
		}
	}
}

func (d *decoder) dates(path, text string) {
	if source.Exchangeable(text) {
		d.At(path, "A007", "day and month, and month and day: a date up to the 12th could be either, so one table can't have both")
	} else if _, unknown := source.Layouts(text); unknown != "" {
		d.At(path, "A007", "want one of %s, or a list of them", strings.Join(source.DateLayouts, ", "))
	}
}

// checkTwice refuses a file that feeds one activity twice.
func (p *Plan) checkTwice(d *decoder) {
	for i, e := range p.Events {
		for _, other := range p.Events[:i] {
			for _, a := range p.Activities {
				if filepath.Clean(e.File) == filepath.Clean(other.File) && e.Feeds(a.Name) && other.Feeds(a.Name) && len(e.Where)+len(other.Where) == 0 {
					d.At(fmt.Sprintf("events[%d].file", i+1), "A007", "this file feeds %s twice: every event would count twice", a.Name)
				}
			}
		}
	}
}

func (p *Plan) checkCounts(d *decoder, require func(bool, string, string)) {
	c := p.Counts
	d.table("counts", c.Table)
	d.made("counts.columns", c.Columns)
	require(c.Columns.Person == "", "counts.columns.person", "name the column that holds the person's pseudonym")
	require(len(c.Windows) == 0, "counts.windows", "name the columns of at least one window")
	if p.People != nil && (c.Columns.Arm != "" || c.Arms != nil) {
		d.At("counts.arms", "A007", "the arms stand in people")
	} else {
		checkArms(d, "counts", c.Columns.Arm, c.Arms)
	}
	if len(p.Events) == 0 && (p.Washout.Before.N+p.Washout.After.N > 0 || p.IndexDay != window.Exclude) {
		d.At("washout", "A007", "ready counts were made with windows of their own: washout and index_day can't change them")
	}
	if n := c.DiedOrLeft; n != nil && *n < 0 {
		d.At("counts.died_or_left", "A007", "want a number of people, not negative")
	}
	p.checkWindows(d, "counts.windows", c.Windows, require)
	for _, w := range c.Windows {
		for _, other := range c.Windows {
			for name := range other.Columns {
				if _, ok := w.Columns[name]; !ok {
					d.At("counts.windows."+w.Window.String(), "A007", "%s has columns for %s and not here: every window counts the same activities", name, other.Window)
				}
			}
		}
		days := map[PairColumns]bool{}
		for _, columns := range w.Columns {
			days[PairColumns{DaysBefore: columns.DaysBefore, DaysAfter: columns.DaysAfter}] = true
		}
		if len(days) > 1 || !sameDays(c.Windows[0], w) {
			d.At("counts.windows."+w.Window.String(), "A009", "this version reads one pair of columns of days a window, the same for every activity, in all windows or in none")
		}
	}
	if len(p.Events) == 0 && len(p.Totals) == 0 {
		for _, w := range p.Windows {
			if !slices.ContainsFunc(c.Windows, func(c CountsWindow) bool { return c.Window == w }) {
				d.At("windows", "A007", "counts.windows has no columns for %s", w)
			}
		}
	}
}

// sameDays reports whether days are given in both windows or in neither.
func sameDays(a, b CountsWindow) bool {
	return a.timed() == b.timed()
}

// timed reports whether days watched are given.
func (w CountsWindow) timed() bool {
	for _, c := range w.Columns {
		return c.DaysBefore != ""
	}
	return false
}

// Timed reports whether days watched are given: for all windows or for none.
func (c *Counts) Timed() bool { return slices.ContainsFunc(c.Windows, CountsWindow.timed) }

// checkWindows checks the columns of ready counts. Every window has the same activities.
func (p *Plan) checkWindows(d *decoder, path string, windows CountsWindows, require func(bool, string, string)) {
	for _, w := range windows {
		at := path + "." + w.Window.String()
		if !slices.Contains(p.Windows, w.Window) {
			d.At(at, "A007", "windows does not list this window")
		}
		for name := range windows[0].Columns {
			_, ok := w.Columns[name]
			require(!ok, at, "name the columns of activity "+name)
		}
		for _, name := range slices.Sorted(maps.Keys(w.Columns)) {
			c := w.Columns[name]
			if p.Activities.Find(name) < 0 {
				d.At(at+"."+name, "A007", "activities does not name this%s", strict.DidYouMean(name, p.activityNames()))
			}
			require(c.Before == "" || c.After == "", at+"."+name, "name the columns before and after")
			if c.Before != "" && c.Before == c.After || c.DaysBefore != "" && c.DaysBefore == c.DaysAfter {
				d.At(at+"."+name, "A007", "one column can't be both before and after")
			}
			if (c.DaysBefore == "") != (c.DaysAfter == "") {
				d.At(at+"."+name, "A007", "give days_before and days_after, or neither")
			}
		}
	}
}

func (p *Plan) checkTotals(d *decoder, at string, t *Totals, require func(bool, string, string)) {
	d.table(at, t.Table)
	d.made(at+".columns", t.Columns)
	require(t.Columns.People == "", at+".columns.people", "name the column that holds how many people the counts are of")
	require(len(t.Windows) == 0, at+".windows", "name the columns of at least one window")
	p.checkWindows(d, at+".windows", t.Windows, require)
	for _, w := range t.Windows {
		for name, c := range w.Columns {
			if c.DaysBefore != "" {
				d.At(at+".windows."+w.Window.String()+"."+name, "A009", "totals have no days: everybody's time is 1")
			}
		}
	}
}

func (p *Plan) checkSeries(d *decoder, require func(bool, string, string)) {
	s := p.Series
	if s == nil {
		return
	}
	d.table("series", s.Table)
	d.made("series.columns", s.Columns)
	d.months("series", s.Dates, s.Columns.Month, s.Columns.Count, require)
	require(s.Start == nil, "series.start", "say when the service began: start: YYYY-MM-DD")
	if s.Activity != "" {
		oneOf(d, "series.activity", s.Activity, p.activityNames()...)
	}
	if s.Arms != nil {
		checkArms(d, "series", s.Columns.Group, s.Arms)
	}
	if s.Harmonics != nil && (*s.Harmonics < 0 || *s.Harmonics > 4) {
		d.At("series.harmonics", "A007", "want a number of pairs of waves a year, from 0 to 4")
	}
}

// months checks what every table with a row a month must say.
func (d *decoder) months(path, dates, month, count string, require func(bool, string, string)) {
	if dates != "yyyy-mm" {
		d.dates(path+".dates", dates)
	}
	require(month == "", path+".columns.month", "name the column that holds the month")
	require(count == "", path+".columns.count", "name the column that holds the count")
}

func checkArms(d *decoder, path, column string, arms *Arms) {
	switch {
	case (column == "") != (arms == nil):
		d.At(path+".arms", "A007", "give columns.arm and arms: {service: [texts], comparison: [texts]} together, or neither")
	case arms == nil:
	case len(arms.Service) == 0:
		d.At(path+".arms", "A005", "say which texts in the arm column mean service")
	default:
		for _, text := range arms.Service {
			if slices.Contains(arms.Comparison, text) {
				d.At(path+".arms", "A007", "one text can't mean both arms")
			}
		}
	}
}

// checkActivity checks that events feed activities that exist.
func (p *Plan) checkActivity(d *decoder, path string, a ActivityOf) {
	if a.Column == "" {
		if p.Activities.Find(a.Name) < 0 {
			d.At(path, "A007", "activities does not name this%s", strict.DidYouMean(a.Name, p.activityNames()))
		}
		return
	}
	means := map[string]string{}
	for _, name := range p.activityNames() {
		for _, text := range a.Values[name] {
			if other, twice := means[text]; twice {
				d.At(path, "A007", "one text can't mean both %s and %s", other, name)
			}
			means[text] = name
		}
	}
	for name := range a.Values {
		if p.Activities.Find(name) < 0 {
			d.At(strict.Join(path+".values", name), "A007", "activities does not name this%s", strict.DidYouMean(name, p.activityNames()))
		}
	}
}

// file1 checks the name of a file of the study.
func (d *decoder) fileIn(path, file string) {
	switch {
	case file == "":
		d.At(path, "A005", "name the file")
	case filepath.IsAbs(file) || !filepath.IsLocal(filepath.FromSlash(file)):
		d.At(path, "A008", "a study's files lie in its own folder or below: want a path from there, without ..")
	}
}
