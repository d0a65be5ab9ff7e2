// Package estimate holds the methods of before and after, one file a method. A method takes cells of
// people and gives an [Estimate]: a number with its interval, or a reason why there is none. It never
// reads a file and knows no names.
package estimate

import (
	"cmp"
	"math"
	"slices"

	"averted/evaluate/tally"

	"gonum.org/v1/gonum/stat/distuv"
)

// Cell is people who are alike: each had Before events in TimeBefore and After events in TimeAfter. The
// unit of time is the caller's, the same on both sides; without times, 1 and 1.
type Cell struct {
	Before, After         int64
	TimeBefore, TimeAfter float64
	People                int64
}

// CellOf is what was seen of one activity of people who are alike.
func CellOf(s tally.Seen, activity int, people int64) Cell {
	return Cell{Before: s.Before[activity], After: s.After[activity], TimeBefore: float64(s.DaysBefore), TimeAfter: float64(s.DaysAfter), People: people}
}

// Code names a refusal or a warning; methods.md section 12 lists them.
type Code string

// Refusals: the quantity has no value, or none that can be stood behind.
const (
	NoEvents         Code = "NO_EVENTS"
	TooFewPersons    Code = "TOO_FEW_PERSONS"
	ZeroBefore       Code = "ZERO_BEFORE"
	ZeroAfter        Code = "ZERO_AFTER"
	ZeroVariance     Code = "ZERO_VARIANCE"
	TooManyUndefined Code = "TOO_MANY_UNDEFINED"
	Collinear        Code = "COLLINEAR"
	Separation       Code = "SEPARATION"
	NoOverdispersion Code = "NO_OVERDISPERSION"

	NoNonzeroDifference Code = "NO_NONZERO_DIFFERENCE"
	Bundled             Code = "BUNDLED" // people of a practice change together

	// Of what would have come anyway, in estimate/expect:
	BelowThreshold         Code = "BELOW_THRESHOLD"
	NoSpreadAboveThreshold Code = "NO_SPREAD_ABOVE_THRESHOLD"
	EmptyBand              Code = "EMPTY_BAND"
	HistoryTooShort        Code = "HISTORY_TOO_SHORT"

	// Of comparison people and of series, in match and estimate/trend:
	NoMatch      Code = "NO_MATCH"
	ZeroCell     Code = "ZERO_CELL"
	Singular     Code = "SINGULAR"
	TooFewPoints Code = "TOO_FEW_POINTS"

	// Of states and scores, and of who people are, in outcome and profile:
	NoDiscordant Code = "NO_DISCORDANT"
	Constant     Code = "CONSTANT"

	BadInput Code = "BAD_INPUT"
)

// Warnings: the number stands, with this beside it.
const (
	SmallN             Code = "SMALL_N"
	DominantPerson     Code = "DOMINANT_PERSON"
	IncompleteFollowUp Code = "INCOMPLETE_FOLLOW_UP"
	IntervalsDisagree  Code = "INTERVALS_DISAGREE"
	BCaExtreme         Code = "BCA_EXTREME"
	HeavyTail          Code = "HEAVY_TAIL"
	SmallSubgroup      Code = "SMALL_SUBGROUP"
	DeathsUnknown      Code = "DEATHS_UNKNOWN"
	FewUnits           Code = "FEW_UNITS"

	// Of what would have come anyway:
	NoTrend           Code = "NO_TREND"
	StableRateAssumed Code = "STABLE_RATE_ASSUMED"
	ThetaBoundary     Code = "THETA_BOUNDARY"
	SmallNForRTM      Code = "SMALL_N_FOR_RTM"
	SparseBand        Code = "SPARSE_BAND"
	FutureCondition   Code = "FUTURE_CONDITION"

	// Of comparison people and of series:
	TooManyCovariates    Code = "TOO_MANY_COVARIATES"
	Unmatched            Code = "UNMATCHED"
	Imbalance            Code = "IMBALANCE"
	DifferentPopulations Code = "DIFFERENT_POPULATIONS"
	ReusedControl        Code = "REUSED_CONTROL"
	ServedWithin         Code = "SERVED_WITHIN" // comparison people had the service before the window ended
	Autocorrelation      Code = "AUTOCORRELATION"

	NoOptimismBias Code = "NO_OPTIMISM_BIAS" // of money

	// Of states and scores, and of who people are:
	MissingFollowUp Code = "MISSING_FOLLOW_UP"
	SmallCells      Code = "SMALL_CELLS"
	NotMonotone     Code = "NOT_MONOTONE"
)

// Refusal says why a quantity has no value.
type Refusal struct {
	Code Code
	Text string
}

// Error is the code and the text, so that a refusal can travel as an error where that is handy.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Text }

var refusals = map[Code]string{
	NoEvents:            "nobody had an event in either window",
	TooFewPersons:       "an interval over people needs at least two",
	ZeroBefore:          "there were no events before, so a ratio to them has no value",
	ZeroAfter:           "there were no events after, so the ratio is 0 and has no interval of this kind",
	NoNonzeroDifference: "nobody changed",
	ZeroVariance:        "everybody changed alike, so the data hold no measure of chance",
	TooManyUndefined:    "more than 1% of the resamples have no events before",
	Collinear:           "a covariate is made up of others, so their parts can't be told apart",
	Separation:          "a covariate tells without fail who has no events, so its coefficient has no end",
	NoOverdispersion:    "counts vary no more than chance alone would have it, so the negative binomial has no shape of its own; the Poisson model fits",
	BadInput:            "a count is negative, or a time is not above 0",

	BelowThreshold:         "somebody had fewer events before than the rule asks for, so the cohort was not chosen by this rule",
	NoSpreadAboveThreshold: "everybody had just as many events as the rule asks for, so the data say nothing of how people differ",
	EmptyBand:              "no reference person had as many events before as some of the cohort",
	HistoryTooShort:        "nobody was watched for long enough before the window in which people were chosen",

	NoMatch:      "fewer than half of the service's people have a comparison person like them",
	ZeroCell:     "a group had no events in a window, so its ratio has no value",
	Singular:     "the months hang together so closely that they can't be tested at once",
	TooFewPoints: "the series has too few months before or after the start",

	NoDiscordant: "nobody moved from one side to the other",
	Constant:     "everybody has it, or nobody, so it can't go with anything",
}

// Refuse is the refusal of a code, with its text.
func Refuse(code Code) *Refusal { return &Refusal{code, refusals[code]} }

// Warning is what has to be said beside a number, with what would cure it.
type Warning struct {
	Code Code   `json:"code"`
	Text string `json:"text"`
}

// Estimate is a number with its interval. Value, Low and High are nil where there is none; Refused then
// says why. A refused estimate may still have a Value (a ratio of 0, say).
type Estimate struct {
	Value, Low, High *float64
	Level            float64 // of the interval: 0.95
	SE               *float64
	Statistic        *float64
	DF               *float64
	P                *float64
	Interval         string // what the interval is, in words
	Refused          *Refusal
	Warnings         []Warning
}

func number(x float64) *float64 { return &x }

// finite is x, or nil where it has no value.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// Sums is what cells add up to.
type Sums struct {
	People                int64
	Before, After         int64   // events
	Expected              float64 // Σ bᵢ·t_aᵢ/t_bᵢ
	TimeBefore, TimeAfter float64
}

// Sum adds cells up. Products are rounded before they are added (float64(x*y)), here and below, so that machines
// that would fuse the two give the same bits.
func Sum(cells []Cell) Sums {
	var s Sums
	for _, c := range cells {
		s.People += c.People
		s.Before += c.People * c.Before
		s.After += c.People * c.After
		s.Expected += float64(float64(c.People) * c.Expected())
		s.TimeBefore += float64(float64(c.People) * c.TimeBefore)
		s.TimeAfter += float64(float64(c.People) * c.TimeAfter)
	}
	return s
}

// Expected is the events that each of the cell's people would have had after, at their own earlier rate.
func (c Cell) Expected() float64 {
	if c.TimeAfter == c.TimeBefore {
		return float64(c.Before) // a whole number stays whole
	}
	return float64(c.Before) * c.TimeAfter / c.TimeBefore
}

// Canonical sorts cells and joins those that are alike, so that no result depends on their order.
func Canonical(cells []Cell) []Cell {
	sorted := slices.DeleteFunc(slices.Clone(cells), func(c Cell) bool { return c.People == 0 })
	slices.SortFunc(sorted, compare)
	var joined []Cell
	for _, c := range sorted {
		if last := len(joined) - 1; last >= 0 && compare(joined[last], c) == 0 && c.People > 0 && joined[last].People > 0 {
			joined[last].People += c.People
			continue
		}
		joined = append(joined, c)
	}
	return joined
}

// compare orders cells; a time that is no number is one of its own, so that [check] still finds it.
func compare(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After), cmp.Compare(a.TimeBefore, b.TimeBefore), cmp.Compare(a.TimeAfter, b.TimeAfter))
}

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// IsTime reports whether a length of time can be reckoned with.
func IsTime(t float64) bool { return t > 1e-100 && t < 1e100 }

// check looks for the refusals that every ratio of after to before shares, in the order of methods.md
// section 12.
func check(cells []Cell) *Refusal {
	for _, c := range cells {
		if c.Before < 0 || c.After < 0 || c.People < 0 || !IsTime(c.TimeBefore) || !IsTime(c.TimeAfter) {
			return Refuse(BadInput)
		}
	}
	s := Sum(cells)
	switch {
	case s.Before == 0 && s.After == 0:
		return Refuse(NoEvents)
	case s.People < 2:
		return Refuse(TooFewPersons)
	case s.Before == 0:
		return Refuse(ZeroBefore)
	case s.After == 0:
		return Refuse(ZeroAfter)
	}
	return nil
}

// begin is the estimate of a ratio of after to before that is refused where such a ratio is; a ratio of nothing after has
// the value 0.
func begin(cells []Cell, interval string) Estimate {
	e := Estimate{Level: 0.95, Interval: interval}
	if e.Refused = check(cells); e.Refused != nil && e.Refused.Code == ZeroAfter {
		e.Value = number(0)
	}
	return e
}

// onLog gives an estimate its value and the interval exp(log value ± t·SE), with t of df degrees of freedom; +Inf is the
// normal distribution. A value without any measure of chance in the data is refused.
func (e *Estimate) onLog(value, se, df float64) {
	e.Value = number(value)
	if se < negligible {
		e.Refused = Refuse(ZeroVariance)
		return
	}
	log := math.Log(value)
	half := float64(QuantileT(1-(1-e.Level)/2, df) * se)
	e.SE, e.DF, e.Statistic, e.P = number(se), finite(df), number(log/se), number(TwoSidedT(log/se, df))
	e.Low, e.High = number(math.Exp(log-half)), number(math.Exp(log+half))
}

// clusterSE is the standard error of a sum of people's contributions to the log of an estimate:
// sqrt(Σ nᵢLᵢ²), times sqrt(G/(G-1)) over G people if small is true (CR1).
func clusterSE(cells []Cell, contribution func(Cell) float64, small bool) float64 {
	sum, people := 0.0, 0.0
	for _, c := range cells {
		l := contribution(c)
		sum += float64(float64(c.People) * l * l)
		people += float64(c.People)
	}
	if small {
		sum *= people / (people - 1)
	}
	return math.Sqrt(sum)
}

// negligible is below what rounding leaves of a standard error that is really 0.
const negligible = 1e-12

// QuantileT is the quantile of Student's t with df degrees of freedom, the normal one for +Inf.
func QuantileT(p, df float64) float64 {
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

// TwoSidedT is the two-sided p-value of a t statistic.
func TwoSidedT(t, df float64) float64 {
	if math.IsInf(df, 1) {
		return 2 * distuv.UnitNormal.CDF(-math.Abs(t))
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}

// FewPeople is how many people an interval needs to keep its promise: with fewer, SMALL_N is said.
const FewPeople = 50

// smallN warns of few people.
func smallN(people int64) []Warning {
	if people >= FewPeople {
		return nil
	}
	return []Warning{FewInCohort()}
}

// FewInCohort warns of few people in the cohort, whoever stands beside them.
func FewInCohort() Warning {
	return Warning{SmallN, "with fewer than 50 people no interval keeps its promise; more people would cure it"}
}
