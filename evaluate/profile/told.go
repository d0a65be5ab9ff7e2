package profile

import "averted/evaluate/window"

// Told is what a study's profile tells, in counts of people.
type Told struct {
	Stages   []Stage
	Tables   []Table
	Months   []Month // referrals
	Reasons  []Pair
	Contacts *Contacts
	Onward   []Sent
	Away     int64 // referrals onward of all kinds
	SentOn   int64 // people sent on
	MostAway int64 // referrals onward of one person
}

// Stages by their names.
const (
	Referred = "referred"
	TakenOn  = "taken on" // instead of referred, where a rule chose people
	// Agreed is the stage of people whose data may be used: those that follow are counted among them.
	Agreed     = "agreed to their data being used"
	Contacted  = "contacted"
	Connected  = "connected"
	FollowedUp = "followed up"
)

// ByDose is what the table of people by how many contacts they had is by.
const ByDose = "dose"

// Stage is how far people came.
type Stage struct {
	Name   string
	People int64
}

// Table is people by the levels of a trait.
type Table struct {
	By      string
	Label   string
	Several bool // a person may have several levels
	People  int64
	Arms    bool // who was connected is known
	Levels  []Level
	Source  string // of the population's figures
}

// Level is one level of a trait.
type Level struct {
	Name       string
	People     int64
	Connected  int64
	Population int64 // of the area
	Known      bool  // the population is given
}

// Month is a calendar month of a count.
type Month struct {
	Month  window.Month
	People int64
}

// Pair is two reasons, and the people who have both, one or neither.
type Pair struct {
	First, Second string
	Together
}

// Contacts is the service's contacts by month.
type Contacts struct {
	Months []ContactMonth
}

// ContactMonth is the contacts of one calendar month.
type ContactMonth struct {
	Month     window.Month
	Contacts  int64
	People    int64 // 0 where it is not known
	NewPeople int64
	Most      int64 // contacts of one person
}

// Sent is where people were sent on to: an organisation, or a sector.
type Sent struct {
	By        string // organisation or sector
	Name      string
	Referrals int64
	People    int64
	Most      int64 // referrals of one person
}

// Doses are the bands of how many contacts a person had up to the landmark day.
var Doses = []struct {
	Least int
	Name  string
}{{0, "none"}, {1, "1 or 2"}, {3, "3 to 5"}, {6, "6 or more"}}

// Dose is the band of a number of contacts.
func Dose(contacts int) int {
	at := 0
	for i, d := range Doses {
		if contacts >= d.Least {
			at = i
		}
	}
	return at
}

// Pairs counts people by every pair of levels of which a person may have several: pairs of which [Phi] can be told. has says
// which each person has.
func Pairs(names []string, has [][]bool) []Pair {
	var list []Pair
	for i := range names {
		for j := range i {
			var t Together
			for _, of := range has {
				t.Add(of[j], of[i])
			}
			if Phi(t).Refused == nil {
				list = append(list, Pair{First: names[j], Second: names[i], Together: t})
			}
		}
	}
	return list
}
