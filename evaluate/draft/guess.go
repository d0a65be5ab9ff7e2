package draft

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"averted/evaluate/source"
	"averted/evaluate/source/layout"
	"averted/evaluate/window"
)

// roles are the headings, without case, blanks and signs, by which a column is guessed; the first role that a heading
// fits has it.
var roles = []struct {
	role  string
	names []string
}{
	{"person", []string{"personid", "person", "clientid", "client", "clientref", "clientno", "patientid", "patientref", "patient", "pseudoid", "pseudonym", "pseudonhs", "pseudonymisedid", "studyid", "subject", "subjectid", "systmoneid", "emisno", "nhsnumber", "nhsno", "pseudohesid", "encryptedhesid", "ref", "refno", "reference", "id"}}, // the surest first
	{"index", []string{"referred", "referral", "referraldate", "datereferred", "dateofreferral", "indexdate", "indexday", "index", "enrolled", "enrolmentdate"}},
	{"start", []string{"started", "startdate", "firstcontact", "firstcontactdate", "firstappointment", "firstseen"}},
	{"died", []string{"died", "dateofdeath", "deathdate", "dod"}},
	{"left", []string{"deregistered", "deregistrationdate", "dateleft", "leftdate"}},
	{"joined", []string{"joined", "registered", "registrationdate", "dateregistered"}},
	{"birth_year", []string{"yearofbirth", "birthyear", "yob", "born"}},
	{"sex", []string{"sex", "gender"}},
	{"consent", []string{"consent", "consented"}},
	{"arm", []string{"connected", "arm", "group", "engaged"}},
	{"practice", []string{"surgery", "practice", "gppractice", "practicename", "gpsurgery"}},
	{"locality", []string{"locality", "neighbourhood", "pcn"}},
	{"end", []string{"discharged", "dischargedate", "datedischarged", "enddate", "disdate"}},
	{"date", []string{"arrival", "arrivaldate", "arrived", "date", "day", "dateseen", "eventdate", "consultationdate", "appointmentdate", "attendancedate", "admitted", "admissiondate", "dateadmitted", "admidate", "contactdate", "visitdate", "dateofcontact", "dateofattendance", "arrivaldatetime", "arrdt"}},
	{"kind", []string{"type", "mode", "contacttype", "consultationtype", "appointmenttype", "contactmode", "kind"}},
	{"category", []string{"attendancecategory", "aeattendcat", "attendcat", "attendancetype", "ecattendancecategory"}},
	{"people", []string{"clients", "people", "patients", "listsize", "n"}},
}

// plain is a heading without case, blanks and signs.
func plain(heading string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, heading)
}

// rank is how sure it is that a heading is the person: the less the surer.
func rank(heading string) int { return slices.Index(roles[0].names, plain(heading)) }

// roleOf is what a heading is guessed to be, "" for nothing.
func roleOf(heading string) string {
	p := plain(heading)
	for _, r := range roles {
		if slices.Contains(r.names, p) {
			return r.role
		}
	}
	words := strings.FieldsFunc(strings.ToLower(heading), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	switch {
	case slices.ContainsFunc(words, func(w string) bool { return w == "before" || w == "pre" }):
		return "before"
	case slices.ContainsFunc(words, func(w string) bool { return w == "after" || w == "post" }):
		return "after"
	case strings.HasSuffix(p, "id") && len(p) > 3:
		return "event"
	case (strings.HasPrefix(p, "date") || strings.HasSuffix(p, "date") || strings.HasSuffix(p, "datetime")) && !strings.Contains(p, "birth"):
		return "date"
	}
	return ""
}

// activities are the words in a file's name or in a text that tell an activity.
var activities = []struct {
	name, label, unit string
	words             *regexp.Regexp
}{
	{"ae", "A&E attendances", "attendance", regexp.MustCompile(`(?i)(^|[^a-z])(a ?&? ?e|ed|ecds|emergency department|attendances?)([^a-z]|$)`)},
	{"admission", "Inpatient admissions", "spell", regexp.MustCompile(`(?i)admission|inpatient|spells?|episodes?|apc`)},
	{"outpatient", "Outpatient appointments", "", regexp.MustCompile(`(?i)outpatient`)},
	{"ambulance", "Ambulance call-outs", "", regexp.MustCompile(`(?i)ambulance`)},
	{"nhs111", "NHS 111 calls", "", regexp.MustCompile(`(?i)111`)},
	{"gp_home_visit", "GP home visits", "", regexp.MustCompile(`(?i)home|visit`)},
	{"gp_telephone", "GP telephone consultations", "", regexp.MustCompile(`(?i)phone|call`)},
	{"gp_video", "GP video consultations", "", regexp.MustCompile(`(?i)video`)},
	{"gp_surgery", "GP surgery consultations", "", regexp.MustCompile(`(?i)(^|[^a-z])gp|surger|face|consult|appointment|primary`)},
}

func activityOf(text string) string {
	for _, a := range activities {
		if a.words.MatchString(text) {
			return a.name
		}
	}
	return ""
}

// table is what is guessed of one table.
type table struct {
	file               string
	files              []string // of a glob
	sheet              string
	headerRow          int
	until              string
	kind               string              // people, events, counts, totals
	columns            map[string][]string // headings by role
	dates              []string            // layouts
	sure               bool                // the layout is the only one that fits
	activity           string
	layout             string
	values             map[string][]string // activity: texts of the kind column
	unmapped           []string
	arms               []string
	categories         []string
	before             []string // headings, in order
	after              []string
	from, to           window.Day
	last               window.Day // of all rows
	prices             bool
	priceYears, priced []string // of a price table
}

// headed finds the row of headings: the one of the first twenty with most that are known.
func headed(s source.Sheet) (at int, hits int) {
	for i, row := range s.Rows[:min(20, len(s.Rows))] {
		known := 0
		if slices.Contains(row, "price_year") {
			return i, len(row)
		}
		seen := map[string]bool{}
		for _, cell := range row {
			role := roleOf(cell)
			if cell != "" && (role != "" || presetColumn(cell)) && len(cell) < 60 && !seen[cell] {
				known++
			}
			seen[cell] = true
		}
		if known > hits {
			at, hits = i, known
		}
	}
	return at, hits
}

func presetColumn(heading string) bool {
	return slices.ContainsFunc(layout.All, func(l layout.Layout) bool {
		return heading != "" && slices.Contains(append(strings.Split(l.Person, " | "), l.Date, l.Event), heading)
	})
}

var total = regexp.MustCompile(`(?i)^(grand |sub[- ]?)?totals?\b`)

// guess makes a table of a sheet. It reports false where there are no known headings.
func guess(name string, s source.Sheet) (*table, bool) {
	at, hits := headed(s)
	if hits == 0 {
		return nil, false
	}
	t := &table{file: name, files: []string{name}, columns: map[string][]string{}, values: map[string][]string{}}
	if s.Numbers[at] > 1 {
		t.headerRow = s.Numbers[at]
	}
	if last := s.Rows[len(s.Rows)-1]; len(s.Rows) > at+1 {
		for _, cell := range last {
			if cell != "" {
				t.until = total.FindString(cell)
				break
			}
		}
	}
	header, rows := s.Rows[at], s.Rows[at+1:]
	if t.until != "" {
		rows = rows[:len(rows)-1]
	}
	for _, l := range layout.All {
		if has := func(want string) bool {
			return want != "" && slices.ContainsFunc(strings.Split(want, " | "), func(n string) bool { return slices.Contains(header, n) })
		}; has(l.Person) && has(l.Date) && has(l.Event) && t.layout == "" {
			t.layout = l.Name
		}
	}
	place := map[string]int{}
	for i, text := range header {
		heading := strings.Join(strings.Fields(text), " ") // as the reader takes headings
		role := roleOf(heading)
		switch {
		case role == "" || heading == "":
		case role == "before":
			t.before = append(t.before, heading)
		case role == "after":
			t.after = append(t.after, heading)
		case len(t.columns[role]) == 0:
			t.columns[role], place[role] = []string{heading}, i
		case role == "person" && rank(heading) < rank(t.columns["person"][0]): // a surer one: the first is the event's
			if len(t.columns["event"]) == 0 {
				t.columns["event"], place["event"] = t.columns["person"], place["person"]
			}
			t.columns["person"], place["person"] = []string{heading}, i
		case role == "person" && len(t.columns["event"]) == 0: // a second identifier
			t.columns["event"], place["event"] = []string{heading}, i
		}
	}
	plains := []string{}
	for _, h := range header {
		plains = append(plains, plain(h))
	}
	if t.prices = slices.Contains(plains, "activity") && slices.Contains(plains, "priceyear"); t.prices {
		t.priceYears, t.priced = texts(rows, slices.Index(plains, "priceyear"), 12), texts(rows, slices.Index(plains, "activity"), 60)
	}
	t.settle()
	for _, role := range []string{"index", "date"} {
		if i, ok := place[role]; ok && len(t.dates) == 0 {
			t.dates, t.sure = layoutsOf(rows, i)
		}
	}
	if i, ok := place["kind"]; ok && t.kind == "events" {
		t.kinds(rows, i)
	}
	if i, ok := place["category"]; ok {
		t.categories = texts(rows, i, 8)
	}
	if i, ok := place["arm"]; ok && t.kind == "people" {
		t.arms = texts(rows, i, 4)
	}
	if t.activity == "" {
		base := path.Base(name)
		if t.activity = activityOf(strings.TrimSuffix(base, path.Ext(base))); t.activity == "" {
			t.activity = activityOf(path.Base(path.Dir(name)) + " ")
		}
	}
	return t, true
}

// settle says what kind of table it is.
func (t *table) settle() {
	has := func(role string) bool { return len(t.columns[role]) > 0 }
	pairs := len(t.before) > 0 && len(t.before) == len(t.after)
	switch {
	case t.prices:
		t.kind = "prices"
	case t.layout != "":
		t.kind = "events"
	case pairs && has("person") && !has("index"):
		t.kind = "counts"
	case pairs:
		t.kind = "totals"
	case has("index") && has("person"):
		t.kind = "people"
	case has("date") && has("person"):
		t.kind = "events"
	}
	if t.kind == "events" && has("index") {
		delete(t.columns, "index")
	}
}

// kinds maps the texts of the column that tells what an event is.
func (t *table) kinds(rows [][]string, column int) {
	list := texts(rows, column, 12)
	for _, text := range list {
		if name := activityOf(text); name != "" {
			t.values[name] = append(t.values[name], text)
		} else {
			t.unmapped = append(t.unmapped, text)
		}
	}
	if len(t.values) == 0 {
		t.values, t.unmapped = map[string][]string{}, nil
		delete(t.columns, "kind")
	}
}

// texts lists the different texts of a column, nil if there are more than most: then they are no kinds.
func texts(rows [][]string, column, most int) []string {
	var list []string
	for _, row := range rows {
		if column >= len(row) || row[column] == "" {
			continue
		}
		if at, ok := slices.BinarySearch(list, row[column]); !ok {
			list = slices.Insert(list, at, row[column])
		}
		if len(list) > most {
			return nil
		}
	}
	return list
}

// layoutsOf lists the layouts that read every date of a column; sure says that there is one.
func layoutsOf(rows [][]string, column int) (fit []string, sure bool) {
	fit = slices.Clone(source.DateLayouts)
	seen := 0
	for _, row := range rows {
		if column >= len(row) || row[column] == "" || source.SpreadsheetDay(row[column]) != "" { // as a workbook keeps dates
			continue
		}
		seen++
		if fit = slices.DeleteFunc(fit, func(l string) bool {
			_, ok := source.ParseDate(l, row[column], window.Date(2100, 1, 1))
			return !ok
		}); len(fit) == 0 {
			return nil, false
		}
	}
	if seen == 0 {
		return nil, true
	}
	return fit[:1], len(fit) == 1
}

// join takes another file of the same folder into a glob.
func (t *table) join(o *table) {
	t.files = append(t.files, o.files...)
	for role, names := range o.columns {
		for _, n := range names {
			if !slices.Contains(t.columns[role], n) {
				t.columns[role] = append(t.columns[role], n)
			}
		}
	}
	for activity, texts := range o.values {
		for _, text := range texts {
			if !slices.Contains(t.values[activity], text) {
				t.values[activity] = append(t.values[activity], text)
			}
		}
	}
	for _, text := range o.unmapped {
		if !slices.Contains(t.unmapped, text) {
			t.unmapped = append(t.unmapped, text)
		}
	}
	for _, l := range o.dates {
		if !slices.Contains(t.dates, l) {
			t.dates = append(t.dates, l)
		}
	}
	if t.until == "" {
		t.until = o.until
	}
	t.sure = t.sure || o.sure
}
