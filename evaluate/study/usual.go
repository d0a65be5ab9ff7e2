package study

import (
	"regexp"
	"slices"
	"strings"
)

// Usual is an activity that studies of such services usually count, with what it is called. Those of one kind stand for each other: a
// study that counts one of them has looked at the kind.
type Usual struct{ Name, Label, Kind string }

// Usuals lists them in the order in which they are told.
var Usuals = []Usual{
	{"ae", "A&E attendances", "A&E"},
	{"emergency_admission", "Emergency admissions", "emergency admissions"},
	{"admission", "Inpatient admissions", "emergency admissions"},
	{"elective_admission", "Elective admissions", "elective admissions"},
	{"day_case", "Day cases", "elective admissions"},
	{"bed_night", "Nights in a hospital bed", "bed days"},
	{"outpatient", "Outpatient attendances", "outpatients"},
	{"ambulance", "Ambulance journeys", "ambulance"},
	{"call_999", "999 calls", "ambulance"},
	{"nhs111", "NHS 111 calls", "111"},
	{"gp_surgery", "GP surgery consultations", "GP contacts"},
	{"gp_telephone", "GP telephone consultations", "GP contacts"},
	{"gp_home_visit", "GP home visits", "GP contacts"},
	{"gp", "GP contacts", "GP contacts"},
	{"prescription_item", "Prescription items", "prescriptions"},
	{"mental_health", "Mental health contacts", "mental health"},
}

// UsualLabel is what an activity of that name is called, "" where it is none of the usual ones.
func UsualLabel(name string) string {
	for _, u := range Usuals {
		if u.Name == name {
			return u.Label
		}
	}
	return ""
}

// NotSaid lists the kinds of usual activities that the study neither counts nor says, with a reason, that it did not collect.
func (p *Plan) NotSaid() []string {
	var list []string
	for _, u := range Usuals {
		looked := slices.ContainsFunc(Usuals, func(o Usual) bool {
			_, said := p.NotCollected[o.Name]
			return o.Kind == u.Kind && (said || p.Activities.Find(o.Name) >= 0)
		})
		if !looked && !slices.Contains(list, u.Kind) {
			list = append(list, u.Kind)
		}
	}
	return list
}

// BedNight is the unit of an activity whose rows are stays and which counts the nights of them, each in the window that it is spent in.
const BedNight = "bed_night"

// Nights reports whether an activity, by its place, counts the nights of stays.
func (p *Plan) Nights(activity int) bool { return p.Activities[activity].Unit == BedNight }

// judged are words that say more of an event than that it happened.
var judged = regexp.MustCompile(`(?i)\b(avoidable|preventable|unnecessary|inappropriate|ambulatory[ -]care[ -]sensitive)\b`)

// checkJudged wants every activity whose name or label says that its events could have been avoided to say by which list of codes.
func (p *Plan) checkJudged(d *decoder) {
	for _, a := range p.Activities {
		at := "activities." + a.Name
		if c := a.CodeList; c != nil {
			reasoned(d, at+".code_list.name", c.Name, "name the list of codes")
			reasoned(d, at+".code_list.source", c.Source, "say where the list was seen: source: ...")
		}
		if !judged.MatchString(strings.ReplaceAll(a.Name, "_", " ") + " " + a.Label) {
			continue
		}
		chosen := slices.ContainsFunc(p.Events, func(e Events) bool {
			return e.Feeds(a.Name) && len(e.Where)+len(e.WhereNot) > 0 || e.Feeds(a.Name) && e.Activity.Column != ""
		})
		if a.CodeList == nil || !chosen && p.KindOf(a.Name) == KindEvents {
			d.At(at, "A155", "an event is called avoidable only by a list of codes: say which, code_list: {name: ..., source: ...}, and choose its rows with where:")
		}
	}
}
