package result

// Claims is what was found of somebody's published claims. It holds what was published, and nothing of anybody.
type Claims struct {
	Schema    int         `json:"schema"`
	Report    Publication `json:"report"`
	Figures   []Figures   `json:"figures"`
	Findings  []Finding   `json:"findings"` // those that don't hold first
	Silent    []string    `json:"nothing_to_look_at"`
	Rules     []Rule      `json:"rules"`
	Version   string      `json:"version"`
	Against   *Against    `json:"against,omitempty"`
	Published []Published `json:"published"` // evaluations of the same activities
}

// Rule is a way of looking at a report.
type Rule struct {
	Rule string `json:"rule"`
	Does string `json:"does"`
}

// Publication is a report whose figures are looked at.
type Publication struct {
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Date      string `json:"date"`
	Design    string `json:"design"`
	Selection string `json:"selection"`
	Covers    string `json:"covers"`
	Came      string `json:"came"`
	Cohort    string `json:"cohort"`
	File      string `json:"file"`
}

// Figures is one published figure, as it is printed.
type Figures struct {
	Claim  string `json:"claim"`
	Says   string `json:"says"`
	Is     string `json:"is"`
	Beside string `json:"beside"` // what else is stated: people, words, the same elsewhere
	Where  string `json:"where"`
}

// Finding is what a rule says of figures: does not hold, cannot be told or holds.
type Finding struct {
	Rule    string   `json:"rule"`
	Claims  []string `json:"claims"`
	Verdict string   `json:"verdict"`
	Text    string   `json:"arithmetic"`
	Needs   string   `json:"needs"`
	Ask     string   `json:"ask"`
}

// Against is a report's claims beside a study's figures. Exact says that those are internal.
type Against struct {
	Study  string     `json:"study"`
	Hash   string     `json:"hash"`
	Exact  bool       `json:"exact"`
	Claims []Compared `json:"claims"`
}

// Compared is a claim beside what a study found: reproduced, not reproduced or not comparable.
type Compared struct {
	Claim   string   `json:"claim"`
	Outcome string   `json:"outcome"`
	Value   *float64 `json:"value"`
	Text    string   `json:"text"`
}

// Published is a figure of a published evaluation of such a service. Changes are in percent.
type Published struct {
	Evaluation string   `json:"evaluation"`
	Year       string   `json:"year"`
	Design     string   `json:"design"`
	Level      int      `json:"grade_at_best"`
	Activity   string   `json:"activity"`
	Window     string   `json:"window"`
	People     string   `json:"people"`
	Change     *float64 `json:"change"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Direction  string   `json:"direction"`
	Source     string   `json:"source"`
	Note       string   `json:"note"`
}
