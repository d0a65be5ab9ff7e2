// Package layout holds ready-made mappings of extracts whose columns are published: what layout: in a study file fills
// in where the study says nothing of its own.
package layout

import "slices"

// Layout is one mapping. Columns are as the publisher names them; where two are given with " | " between, older
// extracts have the second.
type Layout struct {
	Name     string
	Title    string
	Source   string // where the columns are published
	Person   string // "" where the published list has none, and the study must say
	Date     string
	End      string
	Event    string
	Dates    string
	Activity string              // the one activity
	Column   string              // or the column that tells which
	Values   map[string][]string // activity: texts
	Where    map[string][]string
	WhereNot map[string][]string
	Spells   string
	Needs    string // a column on which the study itself must say where:, since no published list of its codes was seen
	Notes    []string
}

// Admission methods by kind, as the NHS Data Dictionary's method of admission has them.
var methods = map[string][]string{
	"emergency_admission": {"21", "22", "23", "24", "25", "28", "2A", "2B", "2C", "2D"},
	"elective_admission":  {"11", "12", "13"},
	"maternity_admission": {"31", "32"},
}

const (
	pilot = "Artificial HES, NHS Digital: the pilot's files and columns (OGL v3)"
	tpp   = "OpenSAFELY's published schema of SUS tables as TPP holds them"
)

// All lists the mappings.
var All = []Layout{
	{
		Name: "hes-ae", Title: "HES A&E (to 2019/20)", Source: "HES A&E data dictionary, field list and attendance categories",
		Person: "PSEUDO_HESID | ENCRYPTED_HESID", Date: "ARRIVALDATE", Event: "AEKEY", Dates: "yyyy-mm-dd", Activity: "ae",
		Where: map[string][]string{"AEATTENDCAT": {"1", "3"}},
		Notes: []string{"Unplanned attendances only: first (1) and unplanned follow-up (3). A planned follow-up (2) is no attendance that could be averted."},
	},
	{
		Name: "hes-apc", Title: "HES admitted patient care, a row an episode", Source: pilot,
		Person: "PSEUDO_HESID | ENCRYPTED_HESID", Date: "ADMIDATE", End: "DISDATE", Event: "EPIKEY", Dates: "yyyy-mm-dd",
		Activity: "admission", Column: "ADMIMETH", Values: methods,
		Where: map[string][]string{"EPIORDER": {"1", "01"}, "CLASSPAT": {"1", "2", "5"}},
		Notes: []string{"Rows are episodes; the first of each admission (EPIORDER 1) is counted, so that a stay of several episodes counts once.",
			"Regular day and night attenders (CLASSPAT 3 and 4) are left out, and counted among the rows left out; look at these codes beside your extract's dictionary."},
	},
	{
		Name: "sus-ec", Title: "SUS emergency care", Source: tpp,
		Person: "Patient_ID", Date: "Arrival_Date", Event: "EC_Ident", Dates: "yyyy-mm-dd", Activity: "ae", Needs: "EC_AttendanceCategory",
		Notes: []string{"The study says which codes of EC_AttendanceCategory are unplanned: where: {EC_AttendanceCategory: [...]}."},
	},
	{
		Name: "ecds", Title: "Emergency Care Data Set, with the columns in which SUS holds it", Source: tpp,
		Person: "Patient_ID", Date: "Arrival_Date", Event: "EC_Ident", Dates: "yyyy-mm-dd", Activity: "ae", Needs: "EC_AttendanceCategory",
		Notes: []string{"The study says which codes of EC_AttendanceCategory are unplanned: where: {EC_AttendanceCategory: [...]}."},
	},
	{
		Name: "sus-apc", Title: "SUS admitted patient care, a row a spell", Source: tpp,
		Person: "Patient_ID", Date: "Admission_Date", End: "Discharge_Date", Event: "APCS_Ident", Dates: "yyyy-mm-dd",
		Activity: "admission", Column: "Admission_Method", Values: methods,
		Where: map[string][]string{"Patient_Classification": {"1", "2", "5"}},
		Notes: []string{"Regular day and night attenders (Patient_Classification 3 and 4) are left out, and counted among the rows left out; look at these codes beside your extract's dictionary."},
	},
	{
		Name: "gp-appointments", Title: "GP appointments by mode", Source: "Appointments in General Practice, NHS Digital: published columns, statuses and modes",
		Date: "Appointment_Date", Dates: "yyyy-mm-dd", Column: "APPT_MODE",
		Values: map[string][]string{
			"gp_surgery":    {"Face to Face (Surgery)", "Face-to-Face", "Face to Face"},
			"gp_home_visit": {"Face to Face (Home Visit)", "Home Visit"},
			"gp_telephone":  {"Telephone/Audio", "Telephone"},
			"gp_video":      {"Video with Audio", "Video/Online", "Video Conference/Online"},
			"gp_written":    {"Written (incl. online)", "Written"},
		},
		Where:    map[string][]string{"APPT_STATUS": {"Attended", "Seen", "Attended/Seen"}},
		WhereNot: map[string][]string{"HCP_TYPE": {"Social Prescribing Link Worker", "Link Worker", "Social Prescriber"}},
		Notes: []string{"The public columns have no person: columns: {person: ...} names the local one.",
			"Appointments not attended (DNA), cancelled or never closed (Booked) are left out, and the service's own entries too: a link worker's appointments would rise as the service begins. The words for link workers are this tool's guess: look at those of your system.",
		},
	},
	{
		Name: "synthea-encounters", Title: "Synthea encounters (synthetic data)", Source: "Synthea's wiki: CSV file data dictionary",
		Person: "PATIENT", Date: "START", End: "STOP", Event: "Id", Dates: "yyyy-mm-dd", Column: "ENCOUNTERCLASS",
		Values: map[string][]string{"ae": {"emergency", "urgentcare"}, "admission": {"inpatient"}, "outpatient": {"outpatient"}, "gp_surgery": {"ambulatory", "wellness"}},
		Spells: "merge",
		Notes:  []string{"Synthetic people of the United States: good for trying volume, not for NHS prices."},
	},
}

// Names lists their names.
func Names() []string {
	names := make([]string, len(All))
	for i, l := range All {
		names[i] = l.Name
	}
	return names
}

// Find is the mapping of that name.
func Find(name string) (Layout, bool) {
	i := slices.IndexFunc(All, func(l Layout) bool { return l.Name == name })
	if i < 0 {
		return Layout{}, false
	}
	return All[i], true
}
