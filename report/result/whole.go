package result

// Profile is who the people are: counts of people, and shares in percent.
type Profile struct {
	Stages    []Stage    `json:"stages"`
	Traits    []Trait    `json:"traits"`
	Referrals []Referred `json:"referrals"` // by calendar month
	Reasons   []Pair     `json:"reasons,omitempty"`
	Contacts  *Contacts  `json:"contacts,omitempty"`
	Onward    *Onward    `json:"onward,omitempty"`
	Funnels   []Funnel   `json:"funnels,omitempty"`
}

// Portion is a share in percent with its 95% interval.
type Portion struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

// Stage is how far people came.
type Stage struct {
	Stage      string   `json:"stage"`
	People     *int64   `json:"people"`
	OfPrevious *Portion `json:"of_previous,omitempty"`
	OfFirst    *Portion `json:"of_first,omitempty"`
	Hidden     []string `json:"hidden,omitempty"`
}

// Trait is people by the levels of one trait.
type Trait struct {
	Trait   string  `json:"trait"`
	Label   string  `json:"label"`
	Several bool    `json:"several"` // a person may have several levels, so shares add to more than 100
	People  *int64  `json:"people"`
	Arms    bool    `json:"arms"` // who was connected is told
	Source  string  `json:"population_source,omitempty"`
	Levels  []Level `json:"levels"`
}

// Level is one level of a trait. Shares are of the trait's people; connected is of the level's.
type Level struct {
	Level           string   `json:"level"`
	People          *int64   `json:"people"`
	Share           *float64 `json:"share"`
	Connected       *int64   `json:"connected,omitempty"`
	ConnectedShare  *Portion `json:"connected_share,omitempty"`
	Population      *int64   `json:"population,omitempty"`
	PopulationShare *float64 `json:"population_share,omitempty"`
	Hidden          []string `json:"hidden,omitempty"`
}

// Referred is the people referred in one calendar month.
type Referred struct {
	Month  string   `json:"month"`
	People *int64   `json:"people"`
	Hidden []string `json:"hidden,omitempty"`
}

// Pair is two reasons and how far they go together: phi.
type Pair struct {
	First   string   `json:"first"`
	Second  string   `json:"second"`
	Both    *int64   `json:"both"`
	Only1   *int64   `json:"first_only"`
	Only2   *int64   `json:"second_only"`
	Neither *int64   `json:"neither"`
	Phi     *float64 `json:"phi"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	OfMost  *float64 `json:"of_most"` // phi over the most it could be
	PHolm   *float64 `json:"p_holm"`
	Hidden  []string `json:"hidden,omitempty"`
}

// Contacts is the service's contacts by month, with the limits of ordinary variation.
type Contacts struct {
	Months  []ContactMonth `json:"months"`
	Mean    *float64       `json:"mean"`
	Low     *float64       `json:"low"`
	High    *float64       `json:"high"`
	New     *float64       `json:"new_share"` // new people, in percent of contacts
	Refused string         `json:"refused"`
	Why     string         `json:"why"`
}

// ContactMonth is one month of contacts.
type ContactMonth struct {
	Month     string   `json:"month"`
	Contacts  *int64   `json:"contacts"`
	NewPeople *int64   `json:"new_people"`
	Signal    string   `json:"signal"`
	Hidden    []string `json:"hidden,omitempty"`

	People *int64 `json:"people,omitempty"` // internal, as is most
	Most   *int64 `json:"most,omitempty"`
}

// Onward is where people were sent on to.
type Onward struct {
	Referrals *int64   `json:"referrals"`
	People    *int64   `json:"people"`
	To        []SentOn `json:"to"`

	Most *int64 `json:"most,omitempty"` // of one person: internal
}

// SentOn is one organisation, or one sector.
type SentOn struct {
	By        string   `json:"by"`
	Name      string   `json:"name"`
	Referrals *int64   `json:"referrals"`
	Share     *float64 `json:"share"`
	Hidden    []string `json:"hidden,omitempty"`

	People *int64 `json:"people,omitempty"` // internal, as is most
	Most   *int64 `json:"most,omitempty"`
}

// Funnel is practices beside each other, of one activity in its longest window.
type Funnel struct {
	Activity  string     `json:"activity"`
	Window    string     `json:"window"`
	Practices []Practice `json:"practices"`
	Dispersed bool       `json:"dispersed"` // they differ by more than chance
	Tau       *float64   `json:"tau"`       // standard deviation between practices of the root of the ratio
	Warnings  []string   `json:"warnings"`
}

// Practice is one practice in a funnel. Expected is at its people's own earlier rate, changed as all practices' together.
type Practice struct {
	Practice string   `json:"practice"`
	People   *int64   `json:"people"`
	Before   *int64   `json:"before"`
	After    *int64   `json:"after"`
	Expected *float64 `json:"expected"`
	Ratio    *float64 `json:"ratio"`
	Low      *float64 `json:"low"` // of the practice's own, exact Poisson
	High     *float64 `json:"high"`
	Low95    *float64 `json:"limit_low_95"`
	High95   *float64 `json:"limit_high_95"`
	Low998   *float64 `json:"limit_low_998"`
	High998  *float64 `json:"limit_high_998"`
	Outside  bool     `json:"outside"` // beyond the 99.8% limits

	UsersBefore *int64   `json:"users_before,omitempty"`
	UsersAfter  *int64   `json:"users_after,omitempty"`
	Top         *float64 `json:"top_share,omitempty"`
}

// Outcome is one table of what people said of themselves.
type Outcome struct {
	Label      string   `json:"label"`
	Instrument string   `json:"instrument"`
	States     []string `json:"states,omitempty"` // from the worst to the best
	Areas      []Area   `json:"areas,omitempty"`
	Scores     []Score  `json:"scores,omitempty"`
	Compared   int      `json:"compared"` // areas and indicators, or scores, that were looked at
}

// Area is the states of people in one target area, or by one indicator of it. Table[i][j] is people who went from state i to
// state j.
type Area struct {
	Area      string     `json:"area"`
	Indicator string     `json:"indicator"`
	People    *int64     `json:"people"`        // asked twice
	OnlyFirst []*int64   `json:"only_at_first"` // not asked again, by state
	Before    []*int64   `json:"before"`
	After     []*int64   `json:"after"`
	Table     [][]*int64 `json:"table,omitempty"`
	Worst     *Shift     `json:"worst"`
	Best      *Shift     `json:"best"`
	Moved     *float64   `json:"moved_p"` // Stuart and Maxwell
	PHolm     *float64   `json:"p_holm"`  // of the worst state's McNemar, over all areas or all indicators
	Warnings  []string   `json:"warnings"`
	Hidden    []string   `json:"hidden,omitempty"`
}

// Shift is what became of one state: fewer of the worst, more of the best. Change is the percent change of how many are in it,
// below 0 for fewer.
type Shift struct {
	State   string   `json:"state"`
	Before  *int64   `json:"before"`
	After   *int64   `json:"after"`
	Change  *float64 `json:"change"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	Points  *float64 `json:"points"` // of the share of people, after less before
	Points1 *float64 `json:"points_low"`
	Points2 *float64 `json:"points_high"`
	P       *float64 `json:"p"` // McNemar, mid-p
	// The change among everybody asked at first, had all who were not asked again left the state, or come into it.
	Least   *float64 `json:"change_if_all_left"`
	Most    *float64 `json:"change_if_all_came"`
	Refused string   `json:"refused"`
	Why     string   `json:"why"`
}

// Score is what became of a questionnaire's score.
type Score struct {
	Name        string    `json:"name"`
	Better      string    `json:"better"`
	Least       float64   `json:"least"`
	Most        float64   `json:"greatest"`
	People      *int64    `json:"people"` // with both scores
	OnlyFirst   *int64    `json:"only_at_first"`
	Unscored    *int64    `json:"unscored"`
	Before      *float64  `json:"mean_before"`
	After       *float64  `json:"mean_after"`
	SDBefore    *float64  `json:"sd_before"`
	SDAfter     *float64  `json:"sd_after"`
	Change      *float64  `json:"mean_change"`
	Low         *float64  `json:"low"`
	High        *float64  `json:"high"`
	P           *float64  `json:"p"`       // paired t
	PRanks      *float64  `json:"p_ranks"` // Wilcoxon, Pratt
	Response    *float64  `json:"response_mean"`
	ResponseLow *float64  `json:"response_low"`
	ResponseHi  *float64  `json:"response_high"`
	Completers  *float64  `json:"completers_less_others"` // first score of people asked again, less that of the others
	ComplLow    *float64  `json:"completers_low"`
	ComplHigh   *float64  `json:"completers_high"`
	Reliable    *Reliable `json:"reliable,omitempty"`
	Large       *Large    `json:"large,omitempty"`
	ByItself    *float64  `json:"change_by_itself"` // regression to the mean, by normal theory
	ByItselfWhy string    `json:"by_itself_why"`
	Bands       []Band    `json:"bands,omitempty"`
	Refused     string    `json:"refused"`
	Why         string    `json:"why"`
	Note        string    `json:"note"`
	Warnings    []string  `json:"warnings"`
	Hidden      []string  `json:"hidden,omitempty"`

	Top    *float64 `json:"top_share,omitempty"` // of all change, of one person: internal, as is who differs from the commonest score
	Differ *int64   `json:"differ,omitempty"`
}

// Reliable is who changed by more than the questionnaire's own error.
type Reliable struct {
	Reliability float64  `json:"reliability"`
	Source      string   `json:"source"`
	Needed      *float64 `json:"change_needed"`
	Improved    *int64   `json:"improved"`
	Worsened    *int64   `json:"worsened"`
	Unchanged   *int64   `json:"unchanged"`
	Share       *Portion `json:"improved_share"`
}

// Large is who changed by as much as a source calls reliable or important.
type Large struct {
	By       float64 `json:"by"`
	Source   string  `json:"source"`
	Improved *int64  `json:"improved"`
	Worsened *int64  `json:"worsened"`
}

// Band is a range of a score and how many were in it.
type Band struct {
	Band   string  `json:"band"`
	From   float64 `json:"from"`
	Source string  `json:"source"`
	Before *int64  `json:"before"`
	After  *int64  `json:"after"`
}

// Survey is what people, practices or staff answered.
type Survey struct {
	Title     string     `json:"title"`
	Of        string     `json:"of"`
	Asked     *int64     `json:"asked"` // nil where it isn't said
	Sheets    *int64     `json:"sheets"`
	Back      *Portion   `json:"came_back,omitempty"`
	Source    string     `json:"source,omitempty"`
	Questions []Question `json:"questions"`
}

// Question is one question's answers, from the worst to the best.
type Question struct {
	Label      string   `json:"label"`
	Answers    []Answer `json:"answers"`
	People     *int64   `json:"answered"`
	Favourable *int64   `json:"favourable"`
	Share      *Portion `json:"favourable_share,omitempty"`
	Hidden     []string `json:"hidden,omitempty"`
}

// Answer is one answer, or several together.
type Answer struct {
	Answer     string   `json:"answer"`
	Favourable bool     `json:"favourable"`
	Count      *int64   `json:"count"`
	Share      *float64 `json:"share"`
}

// Course is who came to the sessions of a course.
type Course struct {
	Label    string  `json:"label"`
	Source   string  `json:"source,omitempty"`
	Sessions []Stage `json:"sessions"`
}

// Quote is what somebody said, as the author supplied it.
type Quote struct {
	Text string `json:"text"`
	By   string `json:"by"`
}

// CaseStudy is one person's story with figures, as the author typed them, with consent in writing.
type CaseStudy struct {
	Title   string      `json:"title"`
	Text    string      `json:"text"`
	Chosen  string      `json:"chosen"`
	Source  string      `json:"source,omitempty"`
	Before  string      `json:"before"` // how long, "" where it isn't stated
	After   string      `json:"after"`
	Figures []CaseCount `json:"figures"`
}

// CaseCount is one of them. The rates, a year, are nil unless both lengths are stated.
type CaseCount struct {
	What       string   `json:"what"`
	Before     *int64   `json:"before"` // nil where it isn't stated
	After      *int64   `json:"after"`
	RateBefore *float64 `json:"rate_before"`
	RateAfter  *float64 `json:"rate_after"`
}
