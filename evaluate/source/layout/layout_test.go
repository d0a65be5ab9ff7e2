package layout_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/source/layout"
	"averted/evaluate/study"
)

// extracts are a few rows as each layout's publisher has them: ten columns or so, of which the layout reads some. The
// person is P1, the index day 2019-01-01, and what is to be counted follows.
var extracts = map[string]struct {
	header string
	rows   []string
	lines  string // of the events entry
	want   string // activity before/after
}{
	"hes-ae": {"FYEAR,AEKEY,PSEUDO_HESID,ARRIVALDATE,AEATTENDCAT,AEDEPTTYPE", []string{
		"1819,1,P1,2018-06-01,1,01", "1819,2,P1,2018-06-09,2,01", "1819,3,P1,2018-07-01,3,01", "1819,4,P1,2019-03-01,1,04"}, "", "ae 2/1"},
	"hes-apc": {"EPIKEY,PSEUDO_HESID,ADMIDATE,DISDATE,ADMIMETH,CLASSPAT,EPIORDER", []string{
		"1,P1,2018-06-01,2018-06-09,21,1,1", "2,P1,2018-06-01,2018-06-09,21,1,2", "3,P1,2018-07-01,2018-07-01,11,3,1", "4,P1,2019-02-01,1801-01-01,2A,1,01", "5,P1,2019-05-01,2019-05-01,12,2,1"}, "", "admission 1/2"},
	"hes-apc by method": {"EPIKEY,ENCRYPTED_HESID,ADMIDATE,DISDATE,ADMIMETH,CLASSPAT,EPIORDER", []string{
		"1,P1,2018-06-01,2018-06-09,21,1,1", "2,P1,2018-06-01,2018-06-09,21,1,2", "4,P1,2019-02-01,2019-02-03,2A,1,01", "5,P1,2019-05-01,2019-05-01,12,2,1", "6,P1,2019-06-01,2019-06-02,31,1,1"}, "", "emergency_admission 1/1 elective_admission 0/1"},
	"sus-ec": {"Patient_ID,EC_Ident,Arrival_Date,Arrival_Time,EC_AttendanceCategory", []string{
		"P1,1,2018-06-01,23:59,1", "P1,2,2018-06-02,00:10,4", "P1,3,2019-06-02,00:10,3"}, `, where: {EC_AttendanceCategory: ["1", "3"]}`, "ae 1/1"},
	"ecds": {"Patient_ID,EC_Ident,Arrival_Date,EC_AttendanceCategory", []string{
		"P1,1,2018-06-01,1", "P1,2,2018-06-02,4"}, `, where: {EC_AttendanceCategory: ["1", "3"]}`, "ae 1/0"},
	"sus-apc": {"Patient_ID,APCS_Ident,Patient_Classification,Admission_Method,Admission_Date,Discharge_Date", []string{
		"P1,1,1,21,2018-06-01,2018-06-04", "P1,2,4,13,2018-07-01,2018-07-02", "P1,3,2,11,2019-07-01,2019-07-01"}, "", "admission 1/1"},
	"gp-appointments": {"local_id,Appointment_Date,APPT_STATUS,HCP_TYPE,APPT_MODE", []string{
		"P1,2018-06-01,Attended,GP,Face-to-Face", "P1,2018-06-02,DNA,GP,Face-to-Face", "P1,2018-06-03,Attended,Other Practice staff,Telephone",
		"P1,2019-02-03,Attended,Social Prescribing Link Worker,Telephone", "P1,2019-02-04,Attended,GP,Home Visit", "P1,2019-02-05,Booked,GP,Home Visit"}, ", columns: {person: local_id}", "gp_surgery 1/0 gp_telephone 1/0 gp_home_visit 0/1"},
	"synthea-encounters": {"Id,START,STOP,PATIENT,ORGANIZATION,ENCOUNTERCLASS,CODE", []string{
		"a,2018-06-01T22:00:00Z,2018-06-02T01:00:00Z,P1,o,emergency,1", "b,2018-06-02T01:00:00Z,2018-06-05T01:00:00Z,P1,o,inpatient,1", "c,2019-06-02T01:00:00Z,2019-06-02T01:15:00Z,P1,o,wellness,1"}, "", "ae 1/0 admission 1/0 gp_surgery 0/1"},
}

// TestLayouts counts a few rows of each layout.
func TestLayouts(t *testing.T) {
	tested := map[string]bool{}
	for name, x := range extracts {
		t.Run(name, func(t *testing.T) {
			preset, _, _ := strings.Cut(name, " ")
			tested[preset] = true
			dir := t.TempDir()
			for file, text := range map[string]string{"people.csv": "id,referred\nP1,2019-01-01\n", "x.csv": x.header + "\n" + strings.Join(x.rows, "\n") + "\n"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var activities []string
			for i, f := range strings.Fields(x.want) {
				if i%2 == 0 {
					unit := ""
					if strings.Contains(f, "admission") {
						unit = "unit: spell"
					}
					activities = append(activities, f+": {"+unit+"}")
				}
			}
			plan, err := study.Parse("study.yaml", dir, []byte(`averted: 1
title: t
date: 2022-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
people: {file: people.csv, columns: {person: id, index: referred}}
windows: [12 months]
activities: {`+strings.Join(activities, ", ")+`}
events: [{file: x.csv, layout: `+preset+x.lines+`, complete: {from: 2017-01-01, to: 2021-12-31}}]
`))
			if err != nil {
				t.Fatal(err)
			}
			found, err := evaluate.Count(t.Context(), plan, memory.Engine{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			seen := found.Tallies[0].Cells[0].Windows[0]
			for i, a := range found.Tallies[0].Activities {
				got = append(got, fmt.Sprintf("%s %d/%d", a, seen.Before[i], seen.After[i]))
			}
			if text := strings.Join(got, " "); text != x.want {
				t.Errorf("%s, want %s", text, x.want)
			}
		})
	}
	for _, name := range layout.Names() {
		if !tested[name] {
			t.Errorf("%s is not tested", name)
		}
	}
}
