package claim

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Unit is what a figure is counted in.
type Unit string

// The units of figures.
const (
	Plain   Unit = ""
	Percent Unit = "percent"
	Pounds  Unit = "pounds"
)

// Figure is a figure as it is printed. Its digits fix its precision: what was rounded to it lies from Low to High. Pounds are in
// pounds, percentages in percent.
type Figure struct {
	Text      string
	Value     float64
	Low, High float64
	Unit      Unit
	Digits    int    // significant ones, zeros at the end of a whole number not among them
	Scaled    bool   // in thousands or millions: £1.2m, 18k
	Round     bool   // scaled, or so many zeros that it looks rounded: 450,000
	Hedge     string // over, nearly, about, up to: "" without
	Range     bool   // 20-40%
}

var (
	figure    = regexp.MustCompile(`(?i)^(.*?)(£|gbp\s?)?\s*(\()?\s*([-−–+]?)\s*(£|gbp\s?)?\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:(k|m|mn|mln|bn|thousand|million|billion)\b)?\s*(%|per ?cent\b|percent\b|p\b)?(.*)$`)
	upTo      = regexp.MustCompile(`(?i)^\s*(?:-|–|—|to|and)\s*£?\s*(\d[\d,]*(?:\.\d+)?)\s*(?:(k|m|mn|mln|bn|thousand|million|billion)\b)?\s*(%|per ?cent\b)?`)
	hedges    = regexp.MustCompile(`(?i)\b(over|more than|greater than|in excess of|at least|up to|as much as|as many as|nearly|almost|just under|under|less than|fewer than|about|around|approximately|approx|roughly|circa|some)\b|[~><≈≥≤]`)
	grouped   = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?$|^\d+(\.\d+)?$|^\.\d+$|^\d{1,3}-\d{1,3}$`)
	minusWord = regexp.MustCompile(`(?i)\b(minus|negative)\b`)
	ofTotal   = regexp.MustCompile(`(?i)^\s*(\d[\d,]*)\s+(in|out of|of)\s+(\d[\d,]*)\b`)
)

// UnmarshalText reads a figure as it is printed.
func (f *Figure) UnmarshalText(text []byte) error {
	read, err := parseFigure(string(text))
	*f = read
	return err
}

// MarshalText writes it as it is printed.
func (f Figure) MarshalText() ([]byte, error) { return []byte(f.Text), nil }

// fractions are those that reports write out; they are about as much.
var fractions = map[string]float64{"half": 50, "about half": 50, "a third": 100 / 3., "one third": 100 / 3., "about a third": 100 / 3., "two thirds": 200 / 3., "about two thirds": 200 / 3., "a quarter": 25, "one quarter": 25,
	"about a quarter": 25, "three quarters": 75, "about three quarters": 75, "one in two": 50, "one in three": 100 / 3., "one in four": 25, "one in five": 20, "one in ten": 10}

// spaced is a thin or plain blank between thousands.
var spaced = regexp.MustCompile(`(\d)[ \x{00a0}\x{2009}\x{202f}](\d{3})\b`)

// longest is how long a printed figure may be, with the words around it.
const longest = 200

func parseFigure(text string) (Figure, error) {
	f := Figure{Text: strings.TrimSpace(text)}
	if of, ok := fractions[normal(text)]; ok {
		f.Value, f.Low, f.High, f.Unit, f.Digits, f.Hedge = of, of, of, Percent, 1, "about"
		return f, nil
	}
	if len(f.Text) > longest {
		return f, fmt.Errorf("want the figure alone, as it is printed, in at most %d letters", longest)
	}
	joined := f.Text
	for spaced.MatchString(joined) { // a group ends where the next begins, so one pass joins every other one only
		joined = spaced.ReplaceAllString(joined, "$1,$2")
	}
	m := figure.FindStringSubmatch(joined)
	if m != nil && strings.HasPrefix(m[9], ":") {
		return f, fmt.Errorf("want one number: of 1:2.34 write 2.34")
	}
	if m == nil || !grouped.MatchString(m[6]) {
		return f, fmt.Errorf("want the figure as it is printed, such as £89,915, 17%% or 2,720")
	}
	if h := hedges.FindString(m[1]); h != "" {
		f.Hedge = strings.ToLower(h)
	}
	if len(m[6]) > 24 {
		return f, fmt.Errorf("want a figure of at most 18 digits")
	}
	scale := scaleOf(m[7])
	f.Value = parseNumber(m[6]) * scale
	half := halfUnit(m[6]) * scale
	switch {
	case m[2]+m[5] != "":
		f.Unit = Pounds
	case strings.EqualFold(m[8], "p"):
		f.Unit, f.Value, half = Pounds, f.Value/100, half/100
	case m[8] != "":
		f.Unit = Percent
	}
	if of := ofTotal.FindStringSubmatch(f.Text); of != nil && f.Unit == Plain { // 34 of 43 is a share
		if whole := parseNumber(of[3]); whole > 0 && of[2] != "of" { // of a share, 34 of 43 is one too: see [Parse]
			f.Unit, f.Value, half = Percent, 100*parseNumber(of[1])/whole, 0
			if of[2] == "in" { // 9 in 10 is about as much
				half = 50 / whole
			}
		}
	}
	f.Digits = significant(m[6])
	f.Scaled = scale > 1
	f.Round = f.Scaled || f.Digits <= 2 && zeros(m[6]) >= 3 || f.Digits <= 3 && zeros(m[6]) >= 2
	f.Low, f.High = f.Value-half, f.Value+half
	if r := upTo.FindStringSubmatch(m[9]); r != nil && m[8] == "" || r != nil && r[3] != "" {
		top := parseNumber(r[1]) * scaleOf(r[2])
		if r[2] != "" && m[7] == "" { // 1 to 2 million
			f.Value, f.Low = f.Value*scaleOf(r[2]), f.Low*scaleOf(r[2])
		}
		if r[3] != "" && f.Unit == Plain {
			f.Unit = Percent
		}
		if top > f.Value {
			f.Range, f.High = true, top
			f.Low = f.Value
			f.Value = (f.Low + f.High) / 2
		}
	}
	minus := strings.ContainsAny(m[4], "-−") || m[4] == "–" && strings.TrimSpace(m[1]) == "" || m[3] != "" && strings.TrimSpace(m[1]) == "" && strings.HasPrefix(strings.TrimSpace(m[9]), ")") || minusWord.MatchString(m[1])
	if minus && !f.Range {
		f.Value, f.Low, f.High = -f.Value, -f.High, -f.Low
	}
	return f, nil
}

func parseNumber(text string) float64 {
	n, _ := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64) // the pattern holds digits alone
	return n
}

func scaleOf(word string) float64 {
	switch strings.ToLower(word) {
	case "k", "thousand":
		return 1e3
	case "m", "mn", "mln", "million":
		return 1e6
	case "bn", "billion":
		return 1e9
	}
	return 1
}

// halfUnit is half of a unit of the last printed digit.
func halfUnit(text string) float64 {
	_, decimals, _ := strings.Cut(text, ".")
	return 0.5 * math.Pow10(-len(decimals))
}

func zeros(text string) int {
	digits := strings.ReplaceAll(text, ",", "")
	if strings.Contains(digits, ".") {
		return 0
	}
	return len(digits) - len(strings.TrimRight(digits, "0"))
}

func significant(text string) int {
	digits := strings.TrimLeft(strings.NewReplacer(",", "", ".", "").Replace(text), "0")
	if !strings.Contains(text, ".") {
		digits = strings.TrimRight(digits, "0")
	}
	return len(digits)
}

// decimals is how many digits a figure is printed with behind the point.
func (f Figure) decimals() int {
	half := (f.High - f.Low) / 2
	if f.Range || half <= 0 || half >= 0.5 {
		return 0
	}
	return int(math.Round(-math.Log10(2 * half)))
}

// exact reports whether the figure is a count: nothing was rounded.
func (c *Claim) exact() bool {
	return c.Says.Unit == Plain && (c.Is.Kind == "people" || c.Is.Kind == "count") && !c.Says.Scaled && c.Says.Hedge == "" && !c.Says.Range && c.Says.Value == math.Trunc(c.Says.Value)
}

// span is from where to where what was printed lies.
func (c *Claim) span() span {
	if c.exact() {
		return span{c.Says.Value, c.Says.Value}
	}
	return c.Says.hedged()
}

// hedged is from where to where a figure lies with its hedge: over 2,500 from there to 3,500, about 60% ten on each side.
func (f Figure) hedged() span {
	s := span{f.Low, f.High}
	if f.Hedge == "" || f.Range {
		return s
	}
	text := digitsOf(f.Text)
	step := math.Pow10(zeros(text)+1) * max(1, (f.High-f.Low)/(2*halfUnit(text)))
	if strings.Contains(text, ".") {
		step = 10 * (f.High - f.Low)
	}
	if f.Unit == Percent {
		step = min(step, 5)
	}
	switch {
	case more.MatchString(f.Hedge), strings.Contains(f.Hedge, "at least"), f.Hedge == "≥":
		return span{f.Low, f.High + step}
	case upToWord.MatchString(f.Hedge), strings.HasPrefix(f.Hedge, "nearly"), strings.HasPrefix(f.Hedge, "almost"), strings.Contains(f.Hedge, "under"), strings.Contains(f.Hedge, "less"), strings.Contains(f.Hedge, "fewer"), strings.ContainsAny(f.Hedge, "<≤"):
		return span{f.Low - step, f.High}
	}
	return span{f.Low - step/2, f.High + step/2}
}

// wide is the span of a figure that may have been rounded to the zeros at its end: 58,000 from 57,500 to 58,500.
func (c *Claim) wide() span {
	s := c.span()
	if c.Says.Round && !c.Says.Scaled && !c.exact() {
		half := 0.5 * math.Pow10(zeros(digitsOf(c.Says.Text)))
		return span{min(s.low, c.Says.Value-half), max(s.high, c.Says.Value+half)}
	}
	return s
}

// span is an interval that surely holds a figure.
type span struct{ low, high float64 }

func (s span) plus(t span) span  { return span{s.low + t.low, s.high + t.high} }
func (s span) minus(t span) span { return span{s.low - t.high, s.high - t.low} }
func (s span) times(t span) span {
	a, b, c, d := s.low*t.low, s.low*t.high, s.high*t.low, s.high*t.high
	return span{min(a, b, c, d), max(a, b, c, d)}
}

// over is a quotient; false where the divisor may be 0.
func (s span) over(t span) (span, bool) {
	if t.low <= 0 && t.high >= 0 {
		return span{}, false
	}
	return s.times(span{min(1/t.low, 1/t.high), max(1/t.low, 1/t.high)}), true
}

// meets reports whether two spans have a value in common, with room for floating error.
func (s span) meets(t span) bool {
	room := 1e-9 * (1 + math.Abs(s.high) + math.Abs(t.high))
	return s.low <= t.high+room && t.low <= s.high+room
}

// wholeIn reports whether a whole number lies in a span.
func (s span) wholeIn() bool { return math.Floor(s.high+1e-9) >= math.Ceil(s.low-1e-9) }

// fell is by how many percent a count went down, from one span to another.
func fell(before, after span) span {
	ratio, _ := after.over(before)
	return span{100 * (1 - ratio.high), 100 * (1 - ratio.low)}
}
