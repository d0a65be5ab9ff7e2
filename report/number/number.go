// Package number prints every figure people see, so that a cell, a bar's label and a sentence agree.
package number

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Minus is the sign in front of negative figures; a hyphen is not.
const Minus = "\u2212"

// Shorthand for what is not there, as the Analysis Function advises.
const (
	Hidden       = "[c]" // hidden to protect people
	NotAvailable = "[x]"
	NotApplies   = "[z]"
)

// group puts commas between thousands.
func group(digits string) string {
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// Fixed prints a number with so many decimals: 2,982 or −0.27.
func Fixed(x float64, decimals int) string {
	text := strconv.FormatFloat(math.Abs(round(x, decimals)), 'f', decimals, 64)
	if strings.Trim(text, "0.") == "" || x > 0 {
		return group(text)
	}
	return Minus + group(text)
}

// round rounds half away from zero.
func round(x float64, decimals int) float64 {
	scale := math.Pow(10, float64(decimals))
	return math.Round(x*scale) / scale
}

// Count prints a whole number: 2,982.
func Count(n int64) string { return Fixed(float64(n), 0) }

// Events prints a number of events that may be a fraction: 507, or 556.6.
func Events(x float64) string {
	if round(x, 1) == math.Round(x) {
		return Fixed(x, 0)
	}
	return Fixed(x, 1)
}

// Percent prints whole percents: 17%, −17%.
func Percent(x float64) string { return Fixed(x, 0) + "%" }

// SignedPercent prints whole percents with their sign: −17%, +2%, 0%.
func SignedPercent(x float64) string { return SignedPercentTo(x, 0) }

// SignedPercentTo prints percents with their sign to so many decimals: −1.4%.
func SignedPercentTo(x float64, decimals int) string {
	if round(x, decimals) > 0 {
		return "+" + Fixed(x, decimals) + "%"
	}
	return Fixed(x, decimals) + "%"
}

// AtLeast prints percents that a figure must at least reach, rounded up: 13%.
func AtLeast(x float64) string { return Fixed(math.Ceil(x-1e-9), 0) + "%" }

// Plain prints a number as it was given, with no more decimals than it has, at most four: 1.16.
func Plain(x float64) string {
	text := strings.TrimRight(strings.TrimRight(Fixed(x, 4), "0"), ".")
	if text == "" || text == Minus {
		return "0"
	}
	return text
}

// PoundsOf prints pounds and pence of a number that is no amount of whole pence: £3.40.
func PoundsOf(pounds float64) string {
	if round(pounds, 2) < 0 {
		return Minus + "£" + Fixed(-pounds, 2)
	}
	return "£" + Fixed(pounds, 2)
}

// Ratio prints a ratio: 0.83.
func Ratio(x float64) string { return Fixed(x, 2) }

// Pounds prints pence as pounds: £58,305, or £58,304.50 where there are pence; −£2,262.
func Pounds(pence int64) string {
	sign, decimals := "", 2
	if pence < 0 {
		sign, pence = Minus, -pence
	}
	if pence%100 == 0 {
		decimals = 0
	}
	return sign + "£" + Fixed(float64(pence)/100, decimals)
}

// WholePounds prints pence to the nearest pound, as intervals are: £58,305.
func WholePounds(pence int64) string {
	return Pounds(100 * int64(math.Round(float64(pence)/100)))
}

// Fewer says a percent change in words: 17% fewer, 2% more, no change.
func Fewer(percent float64) string {
	switch whole := math.Round(percent); {
	case whole < 0:
		return Fixed(-whole, 0) + "% fewer"
	case whole > 0:
		return Fixed(whole, 0) + "% more"
	}
	return "no change to the nearest percent"
}

// FewerInterval says the interval of a percent change in words: 12% to 21% fewer; 5% fewer to 2% more.
func FewerInterval(low, high float64) string {
	low, high = math.Round(low), math.Round(high)
	switch {
	case high <= 0 && low < 0:
		return fmt.Sprintf("%s%% to %s%% fewer", Fixed(-high, 0), Fixed(-low, 0))
	case low >= 0 && high > 0:
		return fmt.Sprintf("%s%% to %s%% more", Fixed(low, 0), Fixed(high, 0))
	}
	return fmt.Sprintf("%s%% fewer to %s%% more", Fixed(-low, 0), Fixed(high, 0))
}

// Sentence makes a text's first letter a capital.
func Sentence(text string) string {
	if text == "" {
		return text
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// To joins the ends of an interval: 0.79 to 0.88.
func To(low, high string) string { return low + " to " + high }

// Joined is texts one behind the other; empty ones are left out.
func Joined(texts ...string) string {
	texts = slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return t == "" })
	return strings.Join(texts, "; ")
}
