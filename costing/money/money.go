// Package money is whole pence. Pounds with fractions exist only inside one calculation and are rounded
// once, half away from zero.
package money

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Pence is an amount of money in whole pence.
type Pence int64

// Pounds is the amount in pounds.
func (p Pence) Pounds() float64 { return float64(p) / 100 }

// Times is n events at this price each, rounded once to the penny, half away from zero.
func (p Pence) Times(n float64) Pence { return Pence(math.Round(n * float64(p))) }

// Parse reads pounds written as 280.17 or 280: at most two decimals, no sign, no £, no commas.
func Parse(text string) (Pence, error) {
	pounds, pence, dot := strings.Cut(text, ".")
	if dot && (len(pence) < 1 || len(pence) > 2) {
		return 0, errAmount
	}
	for len(pence) < 2 {
		pence += "0"
	}
	n, err := strconv.ParseUint(pounds+pence, 10, 62)
	if err != nil || pounds == "" || strings.ContainsAny(pounds+pence, "+-_") {
		return 0, errAmount
	}
	return Pence(n), nil
}

var errAmount = errors.New("want pounds such as 280.17, with at most two decimals, no sign and no commas")
