// Package claim checks what somebody else published: a claims file restates a report's figures as data, and every rule
// looks at them and says what holds, what does not, and what can't be told. See docs/claims.md, which has a section a rule.
package claim

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/strict"
	"averted/evaluate/window"
	"averted/report/number"
)

// Version is the number of the form of claims files.
const Version = 1

// File is one published report, restated.
type File struct {
	Version int     `json:"averted-claims"`
	Report  Report  `json:"report"`
	Cohort  Cohort  `json:"cohort"`
	Trends  []Trend `json:"trends"`
	Claims  []Claim `json:"claims"`

	Name   string  `json:"-"` // of the file
	Others []*File `json:"-"` // reports of the same publisher, read for their prices

	everybody Cohort // see counted
}

// Report is what the report says of itself. What it doesn't say is left out.
type Report struct {
	Title             string    `json:"title"`
	Publisher         string    `json:"publisher"`
	Date              Date      `json:"date"`
	Covers            *Covers   `json:"covers"` // the data; and, where came isn't given, when people came
	Came              *Covers   `json:"came"`   // when people came, where it was a shorter time
	Design            string    `json:"design"`
	Selection         Selection `json:"selection"`
	Collected         []string  `json:"collected"`
	PricesStated      *bool     `json:"prices_stated"`
	ServiceCostStated *bool     `json:"service_cost_stated"`
	Beside            []string  `json:"beside"` // claims files of other reports of the publisher
}

// Date is a day, or the last day of a month or a year, as a report gives it: 2019-03-26, 2019-03 or 2019.
type Date struct {
	Day   window.Day
	Given bool
	text  string
}

// String is the date as it was given.
func (d Date) String() string { return d.text }

// UnmarshalText reads a date.
func (d *Date) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	d.text = s
	var year, month int
	switch {
	case len(s) == 7:
		if n, err := fmt.Sscanf(s, "%4d-%2d", &year, &month); err == nil && n == 2 && month >= 1 && month <= 12 {
			d.Day, d.Given = window.Date(year, month, window.DaysIn(year, month)), true
			return nil
		}
	case len(s) == 4:
		if n, err := fmt.Sscanf(s, "%4d", &year); err == nil && n == 1 && year > 1900 {
			d.Day, d.Given = window.Date(year, 12, 31), true
			return nil
		}
	}
	if err := d.Day.UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("want a day, a month or a year: 2019-03-26, 2019-03 or 2019")
	}
	d.Given = true
	return nil
}

// Covers is the time the report's data cover, both days included.
type Covers struct {
	From First `json:"from"`
	To   Date  `json:"to"`
}

// First is a day, or the first day of a month or a year.
type First struct {
	Day   window.Day
	Given bool
}

// UnmarshalText reads a date.
func (f *First) UnmarshalText(text []byte) error {
	var d Date
	if err := d.UnmarshalText(text); err != nil {
		return err
	}
	f.Given = true
	year, month, _ := d.Day.Calendar()
	switch len(strings.TrimSpace(string(text))) {
	case 7:
		f.Day = window.Date(year, month, 1)
	case 4:
		f.Day = window.Date(year, 1, 1)
	default:
		f.Day = d.Day
	}
	return nil
}

// Selection is how people came in. Rule is what else is said: referred.
type Selection struct {
	Rule      string     `json:"rule"`
	When      string     `json:"when"` // fixed_date, or first_crossing: as soon as they reached it
	Threshold *Threshold `json:"threshold"`
	Top       *Top       `json:"top"`
}

// Threshold takes everybody with so many events.
type Threshold struct {
	Activity string `json:"activity"`
	AtLeast  int    `json:"at_least"`
	Within   string `json:"within"`
}

// Top takes the first so many, by an activity or a score, of the population that the cohort names.
type Top struct {
	N      int    `json:"n"`
	By     string `json:"by"`
	Within string `json:"within"`
}

// Cohort is anything counted, by name: referred, connected, followed, died, surgeries.
type Cohort map[string]Count

// Count is a whole number, which may have commas between its thousands.
type Count int64

// UnmarshalText reads a count.
func (c *Count) UnmarshalText(text []byte) error {
	f, err := parseFigure(string(text))
	if err != nil || f.Unit != Plain || f.Range || f.Value != float64(int64(f.Value)) || f.Value < 0 {
		return fmt.Errorf("want a whole number")
	}
	*c = Count(f.Value)
	return nil
}

// Amount is a number, which may have commas between its thousands.
type Amount float64

// UnmarshalText reads a number.
func (a *Amount) UnmarshalText(text []byte) error {
	f, err := parseFigure(string(text))
	if err != nil || f.Unit != Plain || f.Range {
		return fmt.Errorf("want a number")
	}
	*a = Amount(f.Value)
	return nil
}

// Trend is what an activity did in the whole area between the same two windows.
type Trend struct {
	Activity string `json:"activity"`
	Window   string `json:"window"`
	Before   Amount `json:"before"`
	After    Amount `json:"after"`
	Source   string `json:"source"`
}

// Claim is one published figure.
type Claim struct {
	ID     string `json:"id"`
	Says   Figure `json:"says"`
	Is     Is     `json:"is"`
	SameAs string `json:"same_as"` // a claim's id, or another label
	Cohort Cohort `json:"cohort"`  // where it differs from the report's
	BestOf int    `json:"best_of"`
	Words  Words  `json:"words"`
	Test   string `json:"test"` // the test, p-value or interval that is printed with it
	Where  string `json:"where"`
}

// Words are words used with a figure: saving, significant, proven.
type Words []string

// Is says what a figure is, with the parameters that are known.
type Is struct {
	Kind string   // of [Kinds]
	Of   []string // claims, of sum, product, difference and ratio

	Activity  string  `json:"activity"`
	Window    string  `json:"window"`
	Unit      string  `json:"unit"`
	When      string  `json:"when"`
	What      string  `json:"what"`
	Per       string  `json:"per"`
	Base      string  `json:"of"` // of a share or a mean: a cohort entry, a claim, or words
	N         Count   `json:"n"`
	Scale     string  `json:"scale"`
	PriceYear string  `json:"price_year"`
	Period    *Period `json:"period"`
}

// Period is a stretch of time in days, or in words.
type Period struct {
	Covers
	Text string
}

// kind is something a figure can be: the keys it takes, and the one that a plain value stands for.
type kind struct {
	name  string
	keys  []string
	first string
	list  bool // of claims
	about string
}

// Kinds are all that a figure can be.
var kinds = []kind{
	{name: "sum", list: true, about: "a total of other claims; of shares of one whole, says: \"100%\""},
	{name: "product", list: true, about: "other claims multiplied"},
	{name: "difference", list: true, about: "the first of two claims less the second"},
	{name: "ratio", list: true, about: "the first of two claims over the second"},
	{name: "people", keys: []string{"what", "window"}, first: "what", about: "a number of people: referred, connected, followed for 12 months, died, left"},
	{name: "count", keys: []string{"activity", "when", "window", "unit"}, first: "activity", about: "a number of events, when: before, after or averted"},
	{name: "rate", keys: []string{"activity", "when", "window", "unit", "per"}, first: "activity", about: "events per so many people"},
	{name: "reduction", keys: []string{"activity", "window", "unit"}, first: "activity", about: "a fall, in percent"},
	{name: "increase", keys: []string{"activity", "window", "unit"}, first: "activity", about: "a rise, in percent"},
	{name: "avoidance", keys: []string{"activity", "window", "unit"}, first: "activity", about: "pounds said to be avoided or saved"},
	{name: "cost", keys: []string{"activity", "window", "unit", "when"}, first: "activity", about: "pounds spent"},
	{name: "unit_cost", keys: []string{"activity", "price_year"}, first: "activity", about: "the price of one event"},
	{name: "service_cost", keys: []string{"window", "period"}, first: "window", about: "what the service cost"},
	{name: "net", keys: []string{"window", "period"}, first: "window", about: "avoidance less the service's cost"},
	{name: "share", keys: []string{"of", "n", "what", "when"}, first: "of", about: "a percentage of people or of answers"},
	{name: "mean", keys: []string{"of", "n", "scale", "what", "when"}, first: "of", about: "a mean score"},
}

func kindOf(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// fileKind is what problems call the file.
const fileKind = "claims file"

// Read reads a claims file and the reports it names beside it. The error is *[strict.Invalid] if one of them is wrong, and wraps
// what the operating system says if it can't be read.
func Read(path string) (*File, error) {
	f, err := readOne(path)
	if err != nil {
		return nil, err
	}
	for _, name := range f.Report.Beside {
		other, err := readOne(filepath.Join(filepath.Dir(path), filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		f.Others = append(f.Others, other)
	}
	return f, nil
}

func readOne(path string) (*File, error) {
	text, err := strict.ReadFile(path, fileKind)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.Base(path), text)
}

// Parse is [Read] of a text, without the reports beside it. name is used in problems.
func Parse(name string, text []byte) (*File, error) {
	f := &File{Name: name}
	d := &strict.Decoder{File: name}
	d.Decode(text, f)
	if !d.Problems.Any() {
		f.check(d)
	}
	if d.Problems.Any() {
		return nil, &strict.Invalid{What: fileKind, Problems: &d.Problems}
	}
	for i := range f.Claims {
		f.Claims[i].shareOf()
		if s := &f.Claims[i].Says; f.Claims[i].Is.Kind == "reduction" && s.Value < 0 { // a fall printed as -17%
			s.Value, s.Low, s.High = -s.Value, -s.High, -s.Low
		}
	}
	f.everybody = f.counted()
	return f, nil
}

// mostClaims is how many figures a file may hold: rules compare every two.
const mostClaims = 1000

// mostEvents is the largest threshold that is looked at.
const mostEvents = 1000

// shareOf reads 34 of 43, of a share, as the share it is.
func (c *Claim) shareOf() {
	of := ofTotal.FindStringSubmatch(c.Says.Text)
	if of == nil || c.Is.Kind != "share" || c.Says.Unit != Plain || parseNumber(of[3]) == 0 {
		return
	}
	v := 100 * parseNumber(of[1]) / parseNumber(of[3])
	c.Says.Unit, c.Says.Value, c.Says.Low, c.Says.High = Percent, v, v, v
}

func (f *File) check(d *strict.Decoder) {
	if f.Version != Version {
		d.At("averted-claims", "A201", "want averted-claims: %d, the only form this version reads", Version)
	}
	if len(f.Claims) == 0 {
		d.At("claims", "A202", "want at least one claim: {id: ..., says: ..., is: {...}}")
	}
	for _, key := range []struct {
		name string
		of   *Covers
	}{{"report.covers", f.Report.Covers}, {"report.came", f.Report.Came}} {
		switch c := key.of; {
		case c == nil:
		case !c.From.Given || !c.To.Given:
			d.At(key.name, "A203", "give both ends: {from: 2014-09, to: 2018-08}")
		case c.From.Day > c.To.Day:
			d.At(key.name, "A203", "it ends before it begins")
		}
	}
	for i, name := range f.Report.Beside {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			d.At(fmt.Sprintf("report.beside[%d]", i+1), "A204", "want a claims file in the same folder or below it")
		}
	}
	if !slices.Contains([]string{"", "fixed_date", "first_crossing"}, f.Report.Selection.When) {
		d.At("report.selection.when", "A212", "want fixed_date (all on one day) or first_crossing (each as soon as they reached the line)")
	}
	if t := f.Report.Selection.Threshold; t != nil {
		if t.AtLeast < 1 || t.AtLeast > mostEvents {
			d.At("report.selection.threshold", "A205", "want at_least: a number of events, from 1 to %d", mostEvents)
		}
		checkWindow(d, "report.selection.threshold.within", t.Within)
	}
	if t := f.Report.Selection.Top; t != nil && t.N < 1 {
		d.At("report.selection.top", "A205", "want n: how many were taken")
	}
	for i, t := range f.Trends {
		if t.Activity == "" || t.Before <= 0 || t.After < 0 {
			d.At(fmt.Sprintf("trends[%d]", i+1), "A206", "want an activity, and the area's counts before and after")
		}
	}
	if len(f.Claims) > mostClaims {
		d.At("claims", "A202", "want at most %d claims: a file a service, or a report", mostClaims)
		return
	}
	ids := map[string]bool{}
	for i, c := range f.Claims {
		at := fmt.Sprintf("claims[%d]", i+1)
		switch {
		case c.ID == "":
			d.At(at, "A207", "want an id: a short name for other claims to call it by")
		case ids[c.ID]:
			d.At(at+".id", "A207", "another claim has this id")
		}
		ids[c.ID] = true
		if c.Says.Text == "" {
			d.At(at, "A208", "want says: the figure as it is printed")
		}
		if c.Is.Kind == "" {
			d.At(at, "A209", "want is: what the figure is, such as {reduction: {activity: ae, window: 12 months}}")
		}
		if c.BestOf < 0 {
			d.At(at+".best_of", "A210", "want the number of units of which this one was picked")
		}
	}
	for i, c := range f.Claims {
		f.checkClaim(d, fmt.Sprintf("claims[%d]", i+1), c)
	}
}

func (f *File) checkClaim(d *strict.Decoder, at string, c Claim) {
	known := []string{}
	for _, o := range f.Claims {
		if o.ID != c.ID {
			known = append(known, o.ID)
		}
	}
	in := at + ".is." + c.Is.Kind
	for i, id := range c.Is.Of {
		if !slices.Contains(known, id) {
			d.At(fmt.Sprintf("%s[%d]", in, i+1), "A211", "no other claim has this id%s", strict.DidYouMean(id, slices.Clone(known)))
		}
	}
	k, _ := kindOf(c.Is.Kind)
	pair := c.Is.Kind == "difference" || c.Is.Kind == "ratio"
	switch {
	case k.list && pair && len(c.Is.Of) != 2:
		d.At(in, "A211", "want two claims by their ids: [a, b]")
	case k.list && len(c.Is.Of) < 2:
		d.At(in, "A211", "want two claims or more by their ids: [a, b]")
	}
	checkWindow(d, in+".window", c.Is.Window)
	if c.Is.Kind == "count" || c.Is.Kind == "rate" || c.Is.Kind == "cost" {
		if !slices.Contains([]string{"", "before", "after", "averted"}, c.Is.When) {
			d.At(in+".when", "A212", "want before, after or averted")
		}
	}
	if money := slices.Contains([]string{"avoidance", "cost", "unit_cost", "service_cost", "net"}, c.Is.Kind); money && c.Says.Unit == Percent {
		d.At(at+".says", "A213", "want pounds: a percentage is a reduction, an increase or a share")
	} else if !money && c.Says.Unit == Pounds && slices.Contains([]string{"people", "count", "rate", "reduction", "increase", "share"}, c.Is.Kind) {
		d.At(at+".says", "A213", "pounds are an avoidance, a cost, a unit_cost, a service_cost or a net")
	}
	if c.Is.Kind == "people" && (c.Says.Unit != Plain || c.exact() != (c.Says.Hedge == "" && !c.Says.Scaled && !c.Says.Range)) {
		d.At(at+".says", "A213", "want a whole number of people: a percentage of them is a share")
	}
	if c.SameAs == c.ID {
		d.At(at+".same_as", "A211", "this is the claim itself: name another, or another label")
	}
	if c.Is.Kind == "sum" {
		for _, id := range c.Is.Of {
			if p := f.claim(id); p != nil && (p.Says.Unit == Pounds) != (c.Says.Unit == Pounds) {
				d.At(in, "A213", "pounds add to pounds: %s says %s, the total %s", id, p.Says.Text, c.Says.Text)
			}
		}
	}
	if f.reaches(c.ID, c.Is.Of, map[string]bool{}) {
		d.At(in, "A214", "this total is part of itself")
	}
}

// reaches reports whether a claim is one of others, or a part of them.
func (f *File) reaches(id string, others []string, seen map[string]bool) bool {
	for _, o := range others {
		if o == id {
			return true
		}
		if c := f.claim(o); c != nil && !seen[o] {
			seen[o] = true
			if f.reaches(id, c.Is.Of, seen) {
				return true
			}
		}
	}
	return false
}

func checkWindow(d *strict.Decoder, at, text string) {
	if text == "" || days(text) > 0 {
		return
	}
	d.At(at, "A215", "want a length such as 12 months, 6 months or 90 days")
}

// claim finds a claim by its id; nil if there is none.
func (f *File) claim(id string) *Claim {
	for i := range f.Claims {
		if f.Claims[i].ID == id {
			return &f.Claims[i]
		}
	}
	return nil
}

// cohort is what is counted of the people a claim is about, not to be changed.
func (f *File) cohort(c *Claim) Cohort {
	if c == nil || len(c.Cohort) == 0 {
		return f.everybody
	}
	all := maps.Clone(f.everybody)
	maps.Copy(all, c.Cohort)
	return all
}

// counted is the report's cohort, with the people that are told of as figures.
func (f *File) counted() Cohort {
	all := Cohort{}
	maps.Copy(all, f.Cohort)
	for i := range f.Claims {
		p := &f.Claims[i]
		if p.Is.Kind != "people" || p.Is.What == "" || len(p.Cohort) > 0 || !p.exact() {
			continue
		}
		if _, given := entry(f.Cohort, p.Is.What); !given {
			all[p.Is.What] = Count(p.Says.Value)
		}
	}
	return all
}

// FromYAML reads {kind: {key: value}}, {kind: [claims]} or a kind alone.
func (is *Is) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	if strict.Plain(node) {
		name, _ := d.Scalar(path, node)
		k, ok := kindOf(name)
		if !ok || k.list {
			d.Add(strict.Line(node), path, "A209", "a figure can't be this%s", strict.DidYouMean(name, names))
			return
		}
		is.Kind = name
		return
	}
	found, ok := d.Pairs(path, node)
	if !ok {
		return
	}
	if len(found) != 1 {
		d.Add(strict.Line(node), path, "A209", "a figure is one thing: %s", strings.Join(names, ", "))
		return
	}
	p := found[0]
	k, ok := kindOf(p.Key)
	at := strict.Join(path, p.Key)
	if !ok {
		d.Add(p.Line, at, "A209", "a figure can't be this%s", strict.DidYouMean(p.Key, names))
		return
	}
	is.Kind = k.name
	switch {
	case k.list:
		d.Set(at, p.Value, &is.Of)
	case strict.Empty(p.Value):
	case strict.Plain(p.Value):
		is.set(d, strict.Join(at, k.first), k.first, p.Value)
	default:
		keys, _ := d.Pairs(at, p.Value)
		for _, key := range keys {
			if !slices.Contains(k.keys, key.Key) {
				d.Add(key.Line, strict.Join(at, key.Key), "A002", "no such key%s", strict.DidYouMean(key.Key, slices.Clone(k.keys)))
				continue
			}
			is.set(d, strict.Join(at, key.Key), key.Key, key.Value)
		}
	}
}

// set reads one parameter.
func (is *Is) set(d *strict.Decoder, path, key string, node strict.Node) {
	into := map[string]any{"activity": &is.Activity, "window": &is.Window, "unit": &is.Unit, "when": &is.When, "what": &is.What, "per": &is.Per, "of": &is.Base,
		"n": &is.N, "scale": &is.Scale, "price_year": &is.PriceYear, "period": &is.Period}[key]
	d.Set(path, node, into)
	switch key {
	case "activity", "when", "unit", "what", "of":
		text := into.(*string)
		*text = strings.TrimSpace(*text)
	}
}

// FromYAML reads {from: ..., to: ...} or words.
func (p *Period) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	if strict.Plain(node) {
		d.Set(path, node, &p.Text)
		return
	}
	d.Set(path, node, &p.Covers)
}

// FromYAML reads referred, {rule: referred}, {threshold: {...}} or {top: {...}}.
func (s *Selection) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	if strict.Plain(node) {
		d.Set(path, node, &s.Rule)
		return
	}
	type plain Selection
	d.Set(path, node, (*plain)(s))
}

// FromYAML reads a list, or one word.
func (w *Words) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	if strict.Plain(node) {
		var one string
		d.Set(path, node, &one)
		*w = Words{one}
		return
	}
	d.Set(path, node, (*[]string)(w))
}

// String says what a figure is, as the file has it: reduction of ae over 12 months.
func (is Is) String() string {
	if len(is.Of) > 0 {
		return words(is.Kind) + " of " + and(is.Of)
	}
	text := words(is.Kind)
	for _, p := range []struct{ before, value string }{{"of", cmp.Or(is.Activity, is.What, is.Base)}, {"", is.When}, {"over", is.Window}, {"per", is.Per}, {"in", is.Unit}, {"at prices of", is.PriceYear}} {
		if p.value == "" {
			continue
		}
		text += strings.TrimRight(" "+p.before, " ") + " " + words(p.value)
	}
	return text
}

// String says from when to when; "" where it isn't stated.
func (c *Covers) String() string {
	if c == nil {
		return ""
	}
	return number.To(c.From.Day.String(), c.To.Day.String())
}

// String says how people came in, as the file has it.
func (s Selection) String() string {
	text := words(s.Rule)
	if t := s.Threshold; t != nil {
		text = fmt.Sprintf("%d or more %s", t.AtLeast, words(t.Activity))
		if t.Within != "" {
			text += " within " + t.Within
		}
	} else if t := s.Top; t != nil {
		text = fmt.Sprintf("the top %d by %s", t.N, words(t.By))
	}
	return number.Joined(text, words(s.When))
}

// String lists the counts by name.
func (c Cohort) String() string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		list = append(list, words(name)+" "+count(float64(c[name])))
	}
	return strings.Join(list, "; ")
}

// Beside is what else is stated of a claim.
func (c *Claim) Beside() string {
	prefix := func(what, text string) string {
		if text == "" {
			return ""
		}
		return what + text
	}
	best := ""
	if c.BestOf > 0 {
		best = fmt.Sprintf("the largest of %d", c.BestOf)
	}
	return number.Joined(prefix("people: ", c.Cohort.String()), prefix("words: ", strings.Join(c.Words, ", ")), prefix("the same as ", c.SameAs), best, prefix("test: ", c.Test))
}
