// Package draft guesses a study file from the headings of the files that somebody has.
package draft

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/window"
)

// mostRows is how many rows of a sheet are looked at for its words and date layouts.
const mostRows = 2000

// Draft writes a study file for the files named, which lie below the folder of files. Every guess is marked as one. strange
// lists the files from which nothing could be guessed. The error is *[source.Rejected] if a file can't be read.
func Draft(ctx context.Context, files *source.Files, names []string) (text string, strange []string, err error) {
	var problems source.Problems
	var tables []*table
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		form, ok := source.FormOf(name)
		if !ok || form != source.CSV && form != source.Workbook {
			strange = append(strange, name)
			continue
		}
		sheets, err := files.Read(ctx, name, mostRows, &problems)
		if err != nil {
			return "", nil, err
		}
		sheets = slices.DeleteFunc(sheets, func(s source.Sheet) bool { return len(s.Rows) == 0 })
		found := guessed(name, sheets)
		if len(found) == 0 {
			strange = append(strange, name)
		}
		tables = append(tables, found...)
	}
	if err := problems.Err(); err != nil {
		return "", nil, err
	}
	tables = grouped(tables)
	for _, t := range tables {
		if t.kind == "events" {
			if err := t.cover(ctx, files); err != nil {
				return "", nil, err
			}
		}
	}
	return write(tables, strange), strange, nil
}

// guessed is the tables of one file: one if its sheets are alike.
func guessed(name string, sheets []source.Sheet) []*table {
	var list []*table
	for _, s := range sheets {
		t, ok := guess(name, s)
		if !ok || t.kind == "" {
			continue
		}
		if len(sheets) > 1 {
			t.sheet = s.Name
		}
		list = append(list, t)
	}
	if len(list) > 1 && len(list) == len(sheets) && !slices.ContainsFunc(list, func(t *table) bool {
		return t.kind != list[0].kind || fmt.Sprint(t.columns) != fmt.Sprint(list[0].columns) || t.headerRow != list[0].headerRow
	}) {
		list[0].sheet = "*"
		return list[:1]
	}
	return list
}

// grouped joins files of one folder whose own names tell no activity: a file for each surgery.
func grouped(tables []*table) []*table {
	folders := map[string][]*table{}
	var order []string
	for _, t := range tables {
		base := path.Base(t.file)
		key := t.file + t.sheet
		if own := activityOf(strings.TrimSuffix(base, path.Ext(base))); t.kind == "events" && t.layout == "" && (own == "" || own == "gp_surgery") {
			key = path.Dir(t.file) + "/*" + path.Ext(t.file)
		}
		if folders[key] == nil {
			order = append(order, key)
		}
		folders[key] = append(folders[key], t)
	}
	var list []*table
	for _, key := range order {
		group := folders[key]
		if len(group) < 3 {
			list = append(list, group...)
			continue
		}
		one := group[0]
		for _, t := range group[1:] {
			one.join(t)
		}
		one.file = path.Clean(key)
		one.columns["practice"] = []string{"@file"}
		list = append(list, one)
	}
	return list
}

// source is the table as a study would name it.
func (t *table) source() source.Table {
	return source.Table{File: t.file, Sheet: t.sheet, HeaderRow: t.headerRow, Until: t.until}
}

// cover proposes for which days the feed is complete: from its first full month to its last.
func (t *table) cover(ctx context.Context, files *source.Files) (err error) {
	var heard source.Problems // told when the study is checked
	var quality source.Quality
	want := strings.Join(t.columns["date"], " | ")
	if want == "" {
		return nil
	}
	rows, err := files.Open(ctx, t.source(), "", []string{want}, &heard, &quality)
	if err != nil || rows == nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	layouts := strings.Join(t.dates, " | ")
	if layouts == "" {
		layouts = "yyyy-mm-dd"
	}
	dates := rows.Dates(0, layouts, window.Date(2100, 1, 1))
	months := map[window.Month]int64{}
	for {
		more, err := rows.Next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if day, outcome := dates.Day(); outcome == source.DayRead {
			if t.from == 0 || day < t.from {
				t.from = day
			}
			t.to = max(t.to, day)
			months[window.MonthOf(day)]++
		}
	}
	if t.to == 0 {
		return nil
	}
	t.last = t.to
	first, last := window.MonthOf(t.from), window.MonthOf(t.to)
	if _, _, day := t.from.Calendar(); day > 7 || 2*months[first] < months[first.Next()] {
		first = first.Next()
	}
	before := window.MonthOf(last.Span().Start - 1)
	if t.to < last.Span().End-8 || 2*months[last] < months[before] {
		last = before
	}
	if first.Span().Start < last.Span().End {
		t.from, t.to = first.Span().Start, last.Span().End-1
	}
	return nil
}

// writer writes lines of YAML.
type writer struct{ b strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func write(tables []*table, strange []string) string {
	w := &writer{}
	w.line("# A draft, guessed from the headings of your files. Read every line; those that say guess may be wrong.")
	w.line("# averted check tells what is still missing or doesn't fit the data, and how to mend it.")
	w.line("averted: 1")
	w.line("title: A service, a place                 # change it")
	w.line("# question: Did people use A&E less after they came?")
	last := window.Day(0)
	for _, t := range tables {
		last = max(last, t.last)
	}
	if last == 0 {
		last = window.Date(2020, 1, 1)
	}
	w.line("date: %s                          # printed on the report; guess: the day after the data end", last+1)
	w.line("seed: 1                                   # the same seed gives the same intervals")
	w.line("")
	of := func(kind string) (list []*table) {
		for _, t := range tables {
			if t.kind == kind {
				list = append(list, t)
			}
		}
		return list
	}
	people, events := of("people"), of("events")
	for i, t := range people {
		if i > 0 {
			w.line("# %s looks like a list of people too: a study has one", t.file)
			continue
		}
		w.people(t)
	}
	if len(people) == 0 && len(events) > 0 {
		w.line("people:                                   # no file with a person and a referral date was found: name it")
		w.line("  file: people.csv")
		w.line("  columns: {person: person_id, index: referral_date}")
	}
	if len(events) > 0 {
		w.line("")
		w.line("events:                                   # a row an event")
		for _, t := range events {
			w.events(t)
		}
	}
	names := w.ready(of("counts"), of("totals"))
	w.rest(events, of("prices"), names, strange)
	return w.b.String()
}

func (w *writer) place(indent string, t *table) {
	if t.sheet != "" {
		w.line("%ssheet: %s", indent, source.Quoted(t.sheet))
	}
	if t.headerRow > 0 {
		w.line("%sheader_row: %-28d# guess: the first row with headings that are known", indent, t.headerRow)
	}
	if t.until != "" {
		w.line("%suntil: %-33s# the row of totals at the end, and what is below it, are not read", indent, source.Quoted(t.until))
	}
}

func name(list []string) string {
	quoted := make([]string, len(list))
	for i, n := range list {
		quoted[i] = source.Quoted(n)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func (w *writer) columns(indent string, t *table, roles ...string) {
	w.line("%scolumns:                                # ours: theirs; guesses", indent)
	for _, role := range roles {
		if n := t.columns[role]; len(n) > 0 {
			w.line("%s  %s: %s", indent, role, name(n))
		}
	}
}

func (w *writer) dates(indent string, t *table) {
	switch {
	case len(t.dates) == 0 || len(t.dates) == 1 && t.dates[0] == "yyyy-mm-dd":
	case t.sure:
		w.line("%sdates: %s", indent, name(t.dates))
	default:
		w.line("%sdates: %-33s# guess: month and day could be the other way round", indent, name(t.dates))
	}
}

func (w *writer) people(t *table) {
	w.line("people:                                   # a row a person")
	w.line("  file: %s", source.Quoted(t.file))
	w.place("  ", t)
	w.columns("  ", t, "person", "index", "start", "arm", "practice", "locality", "birth_year", "sex", "joined", "died", "left", "consent")
	w.dates("  ", t)
	if len(t.columns["arm"]) > 0 {
		yes, no := []string{}, []string{}
		for _, text := range t.arms {
			if slices.Contains([]string{"no", "n", "0", "false", "not connected", "control", "comparison", "declined"}, strings.ToLower(text)) {
				no = append(no, text)
			} else {
				yes = append(yes, text)
			}
		}
		list := func(texts []string) string {
			quoted := []string{}
			for _, text := range texts {
				quoted = append(quoted, source.Quoted(text))
			}
			return "[" + strings.Join(quoted, ", ") + "]"
		}
		w.line("  arms: {service: %s, comparison: %s}   # guess: which texts mean which", list(yes), list(no))
	}
	w.line("  # index_rule: first                     # of several index days of one person; or last")
}

func (w *writer) events(t *table) {
	w.line("  - file: %s", source.Quoted(t.file))
	w.place("    ", t)
	if t.layout != "" {
		w.line("    layout: %s                        # guess: its columns are there", t.layout)
	} else {
		if len(t.values) > 0 {
			w.line("    activity:                             # guess: by the words in a column")
			w.line("      column: %s", name(t.columns["kind"]))
			w.line("      values:")
			for _, a := range activities {
				if texts := t.values[a.name]; len(texts) > 0 {
					slices.Sort(texts)
					w.line("        %s: [%s]", a.name, strings.Trim(name(append([]string{}, texts...)), "[]"))
				}
			}
			if len(t.unmapped) > 0 {
				w.line("      # of no activity, and left out: %s", strings.Join(t.unmapped, ", "))
			}
		} else {
			w.line("    activity: %-28s# guess, from the file's name", or(t.activity, "ae"))
		}
		w.columns("    ", t, "person", "date", "end", "event", "practice")
	}
	if n := t.columns["category"]; len(n) > 0 && t.layout == "" {
		w.line("    # where: {%s: [...]}   # which of these are unplanned? %s", source.Quoted(n[0]), strings.Join(t.categories, ", "))
	}
	w.dates("    ", t)
	if t.to > 0 {
		w.line("    complete: {from: %s, to: %s}   # guess: the first and the last full month; ask who sent it", t.from, t.to)
	} else {
		w.line("    # complete: {from: 2015-01-01, to: 2019-12-31}   # from when to when does it hold everything?")
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// ready writes counts and totals, and returns the activities they have.
func (w *writer) ready(counts, totals []*table) []string {
	var names []string
	windows := func(indent string, t *table) {
		w.line("%swindows:                                # guess: how long before and after, and which activity", indent)
		w.line("%s  12 months:", indent)
		for i := range t.before {
			activity := or(activityOf(t.before[i]), "ae")
			if len(t.before) == 1 && t.activity != "" { // the file is of one activity
				activity = t.activity
			}
			if slices.Contains(names, activity) {
				activity = fmt.Sprintf("%s_%d", activity, i+1)
			}
			names = append(names, activity)
			w.line("%s    %s: {before: %s, after: %s}", indent, activity, source.Quoted(t.before[i]), source.Quoted(t.after[i]))
		}
	}
	for i, t := range counts {
		if i > 0 {
			w.line("# %s looks like ready counts too: a study has one file of them", t.file)
			continue
		}
		w.line("")
		w.line("counts:                                   # ready counts, a row a person")
		w.line("  file: %s", source.Quoted(t.file))
		w.place("  ", t)
		w.columns("  ", t, "person")
		windows("  ", t)
		w.line("  # died_or_left: 0                       # how many of them died or left in the time after")
	}
	if len(totals) > 0 {
		w.line("")
		w.line("totals:                                   # a row a practice")
	}
	for _, t := range totals {
		w.line("  - file: %s", source.Quoted(t.file))
		w.place("    ", t)
		w.columns("    ", t, "practice", "people")
		windows("    ", t)
		w.line("    died_or_left: unknown                 # or a number")
	}
	return names
}

func (w *writer) rest(events, prices []*table, names, strange []string) {
	w.line("")
	w.line("activities:")
	for _, t := range events {
		fed := []string{or(t.activity, "ae")}
		if len(t.values) > 0 {
			fed = nil
			for _, a := range activities {
				if len(t.values[a.name]) > 0 {
					fed = append(fed, a.name)
				}
			}
		}
		if t.layout == "hes-apc" || t.layout == "sus-apc" {
			fed = []string{"admission"}
		}
		names = append(names, fed...)
	}
	listed := slices.Compact(sorted(names))
	for _, a := range activities {
		for _, n := range listed {
			numbered := regexp.MustCompile("^" + a.name + `_\d+$`).MatchString(n)
			if n != a.name && !numbered {
				continue
			}
			unit := ""
			if a.unit != "" {
				unit = ", unit: " + a.unit
			}
			w.line("  %s: {label: %s%s}", n, source.Quoted(a.label), unit)
		}
	}
	w.line("# not_collected: {ambulance: why not}")
	w.line("")
	w.line("windows: [6 months, 12 months]")
	w.line("# follow_up: complete                     # people watched throughout lead; else everybody as observed")
	w.line("# selection: {rule: referred}             # how people came in")
	if len(prices) > 0 && len(prices[0].priceYears) > 0 {
		w.line("prices: {file: %s, price_year: %s}   # guess; each activity that has a price says price: and one of: %s", source.Quoted(prices[0].file), source.Quoted(prices[0].priceYears[len(prices[0].priceYears)-1]), strings.Join(prices[0].priced, ", "))
	} else {
		w.line("# prices: {file: prices.csv, price_year: 2018/19}   # and a price: key in each activity that has one")
	}
	w.line("# opt_out: {not_applicable: why no opt-out list applies}")
	w.line("# opt_out: {remove: opted_out.csv, date: 2020-01-01}   # one of the two is required")
	for _, s := range strange {
		w.line("# %s: nothing could be guessed from it, so it was left out", s)
	}
}

func sorted(list []string) []string {
	s := slices.Clone(list)
	slices.Sort(s)
	return s
}
