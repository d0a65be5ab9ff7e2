package claim

import (
	_ "embed"
	"encoding/csv"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"averted/evaluate/window"
)

// days is the length of a window in words, 0 where it isn't one.
func days(text string) float64 {
	fields := strings.Fields(shortMonths.ReplaceAllString(strings.ReplaceAll(strings.ToLower(text), "-", " "), "$1 months"))
	switch {
	case len(fields) == 1 && fields[0] == "year":
		fields = []string{"1", "years"}
	case len(fields) != 2:
		return 0
	}
	if n := slices.Index(numberWords, fields[0]); n >= 0 {
		fields[0] = strconv.Itoa(n)
	} else if fields[0] == "a" {
		fields[0] = "1"
	}
	unit := strings.TrimSuffix(fields[1], "s") + "s"
	if unit == "years" {
		years, err := strconv.ParseFloat(fields[0], 64)
		if err != nil || years <= 0 || years > 100 {
			return 0
		}
		return 365 * years
	}
	length, err := window.ParseLength(fields[0] + " " + unit)
	if err != nil {
		return 0
	}
	return float64(length.Days())
}

var (
	shortMonths = regexp.MustCompile(`^\s*(\d+)\s*m\s*$`)
	numberWords = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve")
)

// daysOf is the length of a window in whole days.
func daysOf(text string) window.Day { return window.Day(days(text)) }

// sameWindow reports whether two windows are of one length, 52 weeks and 12 months too; windows that aren't stated are not.
func sameWindow(a, b string) bool {
	x, y := days(a), days(b)
	return x > 0 && y > 0 && math.Abs(x-y) <= 0.025*max(x, y)
}

// agree reports whether two windows may be one: one of them isn't stated, or both are of one length.
func agree(a, b string) bool { return a == "" || b == "" || sameWindow(a, b) }

// normal is a name in lower case, its words one blank apart: A&E attendances are ae attendances, and call-outs callouts.
func normal(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	blank := false
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case c == '&' && i > 0 && i+1 < len(name) && (name[i-1] == 'A' || name[i-1] == 'a') && (name[i+1] == 'E' || name[i+1] == 'e'):
			continue // A&E
		default:
			blank = true
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteByte(c)
	}
	return joinedUp.Replace(b.String())
}

// joinedUp writes as one word what is written as two.
var joinedUp = strings.NewReplacer("a e ", "ae ", "a and e", "ae", "call out", "callout", "out patient", "outpatient", "in patient", "inpatient", "non elective", "nonelective", "follow up", "followup")

// The activities that are known by their meaning.
const (
	ae        = "ae"
	admission = "admission"
	gp        = "gp"
	gpSurgery = "gp_surgery"
	gpPhone   = "gp_telephone"
	gpVisit   = "gp_home_visit"
	ambulance = "ambulance"
	outpat    = "outpatient"
)

// Meaning is which of the usual activities a free name means, "" for none: A&E attendances are ae, inpatient admissions
// admission. A&E admissions are neither: it may be attendances, or those that end in an admission.
func Meaning(name string) string {
	n := " " + normal(name) + " "
	if parts := strings.Split(strings.ReplaceAll(n, "accident and emergency", "ae"), " and "); len(parts) > 1 { // several together
		m := Meaning(parts[0])
		for _, p := range parts[1:] {
			if other := Meaning(p); other != m && strings.HasPrefix(m, gp) && strings.HasPrefix(other, gp) {
				m = gp
			} else if other != m {
				return ""
			}
		}
		return m
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(n, " "+w+" ") || strings.Contains(n, " "+w+"s ") })
	}
	emergency := has("ae", "ed", "emergency department", "emergency dept", "accident and emergency", "emergency attendance", "casualty department", "casualty attendance", "attendances at casualty")
	admitted := has("admission", "inpatient", "spell", "nel", "nonelective", "admitted", "hospitalisation", "hospitalization")
	general := has("gp", "general practice", "primary care", "practice") && !has("nurse") || has("surgery consultation", "surgery appointment", "surgery visit", "surgery contact")
	switch {
	case has("ambulance", "999", "999 call", "callout"):
		return ambulance
	case has("111"):
		return "call_111"
	case has("outpatient"):
		return outpat
	case has("bed day", "bed night", "occupied bed"):
		return "bed_day"
	case has("prescription", "medication", "prescribing item"):
		return "prescription"
	case has("social prescribing", "link worker"):
		return ""
	case emergency && admitted:
		return ""
	case emergency:
		return ae
	case admitted:
		return admission
	case has("home visit"):
		return gpVisit
	case general && has("telephone", "phone") || has("telephone consultation", "telephone call"):
		return gpPhone
	case general && has("surgery", "consultation", "appointment", "face to face", "attendance") && !has("overall", "all", "total"):
		return gpSurgery
	case general:
		return gp
	}
	return ""
}

// usualWords are those by which the usual activities are known; what else a name has, qualifies it.
var usualWords = strings.Fields("a ae ed an by with who incident incidents attended casualty conveyance conveyances accident and emergency department dept attendance attendances visit visits admission admissions inpatient inpatients spell spells hospital gp general practice primary care surgery consultation consultations appointment appointments contact contacts telephone phone call calls home ambulance 999 callout callouts out outpatient outpatients number of to the in")

// emergencyWords all say that an admission was not planned.
var emergencyWords = strings.Fields("emergency unplanned unscheduled nonelective nel urgent")

// softWords qualify a name without changing what one event costs.
var softWords = strings.Fields("avoidable avoided preventable unnecessary inappropriate all total overall fewer reduced")

// stem is a name without the endings of its words: visits and visit, nursing and nurse.
func stem(name string) string {
	words := strings.Fields(normal(name))
	for i, w := range words {
		w = strings.TrimSuffix(w, "s")
		if len(w) > 6 {
			w = strings.TrimSuffix(strings.TrimSuffix(w, "ing"), "e")
		}
		words[i] = strings.TrimSuffix(w, "e")
	}
	return strings.Join(words, " ")
}

// qualifiers are the words that qualify the name of a usual activity, in order.
func qualifiers(name string, but []string) string {
	list := strings.Fields(normal(name))
	m := Meaning(name)
	for i, w := range list {
		if slices.Contains(emergencyWords, w) {
			list[i] = "emergency"
		}
	}
	list = slices.DeleteFunc(list, func(w string) bool {
		usual := slices.Contains(usualWords, w) && !(w == "emergency" && m == admission)
		return usual || w == "emergency" && m != admission || slices.Contains(but, w)
	})
	list = slices.Compact(list)
	slices.Sort(list)
	return strings.Join(list, " ")
}

// same reports whether two names mean one activity: ae and ED attendances, but not avoidable ones and all.
func same(a, b string) bool { return alike(a, b, nil) }

// kin reports whether two names mean activities whose events cost the same: avoidable attendances and all, but not emergency
// admissions and elective ones.
func kin(a, b string) bool { return alike(a, b, softWords) }

func alike(a, b string, but []string) bool {
	if a == b || normal(a) == normal(b) || stem(a) == stem(b) {
		return true
	}
	m := Meaning(a)
	return m != "" && m == Meaning(b) && qualifiers(a, but) == qualifiers(b, but)
}

// covers reports whether an activity holds another: gp holds gp_surgery.
func covers(whole, part string) bool {
	if same(whole, part) || strings.HasPrefix(normal(part), normal(whole)+" ") {
		return true
	}
	return Meaning(whole) == gp && strings.HasPrefix(Meaning(part), "gp")
}

// words is a name as it is told: the usual activities by their usual names, others as they are given.
func words(name string) string {
	switch name {
	case ae, "ae_attendance":
		return "A&E attendances"
	case admission:
		return "admissions"
	case gp:
		return "GP contacts"
	case gpSurgery:
		return "GP surgery consultations"
	case gpPhone:
		return "GP telephone consultations"
	case gpVisit:
		return "GP home visits"
	}
	return strings.ReplaceAll(name, "_", " ")
}

//go:embed plausible-prices.csv
var plausiblePrices string

// plausible is from where to where an average price of one event of an activity may lie: half the lowest to one and a half
// times the highest that was seen, of plausible-prices.csv; not ok for activities of which none was seen.
func plausible(activity string) (s span, ok bool) {
	rows, err := csv.NewReader(strings.NewReader(plausiblePrices)).ReadAll()
	if err != nil {
		panic("claim: plausible-prices.csv: " + err.Error())
	}
	for _, row := range rows[1:] {
		if row[0] == Meaning(activity) {
			return span{0.5 * parseNumber(row[1]), 1.5 * parseNumber(row[2])}, true
		}
	}
	return span{}, false
}

// mostAHead is how many events a person a year are beyond belief even among those who use most: an assumption of ours.
func mostAHead(activity string) (float64, bool) {
	most, ok := map[string]float64{ae: 40, admission: 20, gp: 150, gpSurgery: 120, gpPhone: 120, gpVisit: 100, ambulance: 40}[Meaning(activity)]
	return most, ok
}

// people is how many the claim is about, of the counts the cohort names, and what they are called: the narrowest that is given, else
// the largest count that isn't of something else.
func (f *File) people(c *Claim) (n float64, what string) {
	for _, cohort := range []Cohort{ownCohort(c), f.cohort(c)} {
		for _, name := range []string{"analysed", "analyzed", "included", "connected", "supported", "engaged", "seen", "participants", "people", "patients", "clients", "referred", "referrals"} {
			if v, ok := cohort[name]; ok && v > 0 {
				return float64(v), name
			}
		}
		for _, name := range slices.Sorted(maps.Keys(cohort)) {
			if v := float64(cohort[name]); v > n && !notOfPeople.MatchString(normal(name)) {
				n, what = v, strings.ReplaceAll(name, "_", " ")
			}
		}
		if n > 0 {
			return n, what
		}
	}
	return 0, ""
}

func ownCohort(c *Claim) Cohort {
	if c == nil {
		return nil
	}
	return c.Cohort
}

var notOfPeople = regexp.MustCompile(`follow|died|death|dead|left|leaver|moved|deregistered|surger|practice|population|registered|list size|respond|answer|survey|comparison|control|staff|home|site|team|service|eligible|complete|decline`)

// ofComparison reports whether a figure is of comparison people.
func (c *Claim) ofComparison() bool {
	return comparisonUnit.MatchString(normal(c.Is.Unit)) || comparisonUnit.MatchString(normal(c.Is.Activity)) || comparisonUnit.MatchString(normal(c.ID))
}

var comparisonUnit = regexp.MustCompile(`\b(comparison|comparator|controls?|usual care|not connected|declined)\b`)

// entry is a count of the cohort by a name, however it is written.
func entry(cohort Cohort, name string) (float64, bool) {
	for _, as := range []func(string) string{normal, singular} {
		for _, key := range slices.Sorted(maps.Keys(cohort)) {
			if as(key) == as(name) {
				return float64(cohort[key]), true
			}
		}
	}
	return 0, false
}

// within is the count of the cohort that words are about: of people referred, referred. False unless the words are one name and
// such words as people, all and who.
func within(cohort Cohort, text string) (n float64, name string, ok bool) {
	var rest []string
	for _, w := range strings.Fields(normal(text)) {
		if !slices.Contains([]string{"people", "person", "patients", "clients", "all", "the", "of", "who", "were", "those", "total"}, w) {
			rest = append(rest, w)
		}
	}
	if len(rest) == 0 {
		return 0, "", false
	}
	name = strings.Join(rest, " ")
	n, ok = entry(cohort, name)
	return n, name, ok
}

func singular(name string) string { return strings.TrimSuffix(normal(name), "s") }
