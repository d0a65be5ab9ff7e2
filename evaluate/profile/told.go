package profile

import (
	"averted/evaluate/estimate"
	"averted/evaluate/window"
)

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

// Pair is two reasons and how far they go together, with the p-value adjusted over all pairs.
type Pair struct {
	First, Second string
	Association
	PHolm float64
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

// Pairs tests every pair of levels of which a person may have several. has says which each person has.
func Pairs(names []string, has [][]bool) []Pair {
	var list []Pair
	var p []float64
	for i := range names {
		for j := range i {
			var t Together
			for _, of := range has {
				switch {
				case of[j] && of[i]:
					t.Both++
				case of[j]:
					t.First++
				case of[i]:
					t.Second++
				default:
					t.Neither++
				}
			}
			a := Phi(t)
			if a.Refused == nil {
				list, p = append(list, Pair{First: names[j], Second: names[i], Association: a}), append(p, a.PFisher)
			}
		}
	}
	adjusted, _ := estimate.Holm(p) // p-values are within 0 and 1
	for i := range list {
		list[i].PHolm = adjusted[i]
	}
	return list
}
