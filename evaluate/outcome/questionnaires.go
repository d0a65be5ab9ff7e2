package outcome

import "slices"

// Band is a range of a score, from its least value.
type Band struct {
	From   float64 `json:"from"`
	Name   string  `json:"name"`
	Source string  `json:"source"`
}

// Sourced is a number with where it was seen.
type Sourced struct {
	Value  float64 `json:"value"`
	Source string  `json:"source"`
}

// Questionnaire is what is known of a questionnaire: how it is added up, never what it asks.
type Questionnaire struct {
	Label     string
	Items     int // that are added up; 0 where only a ready score is taken
	Low, High int // of an item
	Least     float64
	Most      float64
	Better    Better
	Reverse   []int     // items, from 1, that count the other way round
	Missing   int       // how many items may be missing, each filled with the mean of the others
	Apart     bool      // the items are told one by one and never added up
	Names     []string  // of the items told one by one
	Metric    []float64 // the score that a raw sum stands for, from the least sum
	Dichotomy []int     // per item, from 1: the least answer that counts as 1; the sum is of those
	Bands     []Band
	Change    *Sourced // a change of this size is called reliable, or important, by a source
	Note      string
}

const (
	iapt  = "NHS Talking Therapies manual: caseness and reliable change"
	owner = "scored by its owner's rules: only the ready score is taken"
)

// Questionnaires by name. What could not be seen in a source is left out: no band or threshold stands here from memory.
var Questionnaires = map[string]Questionnaire{
	"ons4": {Label: "ONS4 personal well-being", Items: 4, Low: 0, High: 10, Least: 0, Most: 10, Better: Higher, Apart: true,
		Names: []string{"life satisfaction", "worthwhile", "happiness", "anxiety"}, Reverse: []int{4}, Note: "the four are told apart: the Office for National Statistics makes no sum of them"},
	"wemwbs": {Label: "WEMWBS", Items: 14, Low: 1, High: 5, Least: 14, Most: 70, Better: Higher, Note: "every item is wanted"},
	"swemwbs": {Label: "SWEMWBS", Items: 7, Low: 1, High: 5, Least: 7, Most: 35, Better: Higher, Note: "raw sums are turned into the metric score; every item is wanted",
		Metric: []float64{7, 9.51, 11.25, 12.40, 13.33, 14.08, 14.75, 15.32, 15.84, 16.36, 16.88, 17.43, 17.98, 18.59, 19.25, 19.98, 20.73, 21.54, 22.35, 23.21, 24.11, 25.03, 26.02, 27.03, 28.13, 29.31, 30.70, 32.55, 35},
		Change: &Sourced{2.87, "2.77 standard errors of measurement (Shah and others 2018, 172 people)"}},
	"phq9":  {Label: "PHQ-9", Items: 9, Low: 0, High: 3, Least: 0, Most: 27, Better: Lower, Bands: []Band{{0, "below the cut-off", iapt}, {10, "at or above the cut-off", iapt}}, Change: &Sourced{6, iapt}},
	"gad7":  {Label: "GAD-7", Items: 7, Low: 0, High: 3, Least: 0, Most: 21, Better: Lower, Bands: []Band{{0, "below the cut-off", iapt}, {8, "at or above the cut-off", iapt}}, Change: &Sourced{4, iapt}},
	"ucla3": {Label: "UCLA three-item loneliness", Items: 3, Low: 1, High: 3, Least: 3, Most: 9, Better: Lower, Note: "no cut-off is used: sources differ"},
	"dejonggierveld6": {Label: "De Jong Gierveld loneliness, 6 items", Items: 6, Low: 1, High: 3, Least: 0, Most: 6, Better: Lower,
		Dichotomy: []int{2, 2, 2, -2, -2, -2}, Note: "items in the order of the manual: three of emotional, three of social loneliness; answers 1 no, 2 more or less, 3 yes; the middle answer counts as lonely"},
	"pam":    {Label: "Patient Activation Measure", Least: 0, Most: 100, Better: Higher, Note: owner},
	"eq5d":   {Label: "EQ-5D index", Least: -1, Most: 1, Better: Higher, Note: owner},
	"mycaw":  {Label: "MYCaW", Least: 0, Most: 6, Better: Lower, Note: owner},
	"core10": {Label: "CORE-10", Items: 10, Low: 0, High: 4, Least: 0, Most: 40, Better: Lower, Note: "items in the questionnaire's order, as marked on the sheet"},
}

// Sum is the score of a sheet by arithmetic alone; nil where an item is missing: a sheet that isn't whole has no score.
//
// Items are added, those of Reverse the other way round; of Dichotomy the items are counted whose answer reaches the one it
// names, or, below 0, doesn't pass it; Metric then turns the sum into the score that it stands for.
func (q Questionnaire) Sum(items []*float64) *float64 {
	sum := 0.0
	for i, v := range items {
		switch {
		case v == nil:
			return nil
		case q.Dichotomy != nil:
			if from := float64(q.Dichotomy[i]); from > 0 && *v >= from || from < 0 && *v <= -from {
				sum++
			}
		case slices.Contains(q.Reverse, i+1):
			sum += float64(q.Low+q.High) - *v
		default:
			sum += *v
		}
	}
	if q.Metric != nil {
		sum = q.Metric[int(sum)-q.Items*q.Low]
	}
	return &sum
}
