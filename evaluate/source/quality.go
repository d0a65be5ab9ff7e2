package source

// Quality is what a table held: what was read, what was used, what was set aside and why. Counts are of rows.
type Quality struct {
	Table     string          // where it stands in the study file: people, events[2]
	Files     []Read          // in the order in which they were read
	Rows      int64           // read
	LeftOut   int64           // by where: and where_not:
	Unmapped  int64           // of an activity that values: does not name
	Unmatched int64           // of people who are not in the study
	Outside   int64           // of people who are, on days for which the table is not complete
	Used      int64           // of people who are; with the four above and what was set aside, these are all rows
	Aside     map[Aside]int64 // set aside, by reason
	Touched   int64           // people in the study with a row set aside
	People    int64           // people in the study with a row that is used
	Merged    int64           // rows that became part of an earlier spell; they are of those used
	Ruled     int64           // rows that a declared rule passed over; they are of those used
	Months    []Month         // rows of each calendar month, of everybody, where the table has events
	Notes     []Note
}

// Read is one file that was read.
type Read struct {
	Name   string
	Form   Form
	Rows   int64
	SHA256 string
	Notes  []string
}

// Aside is why a row was set aside.
type Aside string

// The reasons, in the order in which they are looked for.
const (
	NoPerson    Aside = "no identifier"
	NoDate      Aside = "no date, or a date that stands for none"
	Future      Aside = "after the date of the report"
	BeforeBirth Aside = "before the person was born"
	AfterDeath  Aside = "after the person died"
	Backwards   Aside = "ends before it begins"
	Copy        Aside = "a copy of another row"
)

// Asides lists them in order.
var Asides = []Aside{NoPerson, NoDate, Future, BeforeBirth, AfterDeath, Backwards, Copy}

// Set counts a row that is set aside.
func (q *Quality) Set(why Aside) {
	if q.Aside == nil {
		q.Aside = map[Aside]int64{}
	}
	q.Aside[why]++
}

// Gone is how many rows were set aside.
func (q *Quality) Gone() int64 {
	n := int64(0)
	for _, rows := range q.Aside {
		n += rows
	}
	return n
}

// Month is the rows of a calendar month.
type Month struct {
	Activity string
	Month    string // 2016-05
	Rows     int64
}

// Note is what a reader should know of a table and what no rule stops at. It has no value of a row in it.
type Note struct {
	Code string
	Text string
}

// Note adds a note, once.
func (q *Quality) Note(code, text string) {
	for _, n := range q.Notes {
		if n.Code == code && n.Text == text {
			return
		}
	}
	q.Notes = append(q.Notes, Note{code, text})
}
