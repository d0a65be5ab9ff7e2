// Package money is whole pence with a currency and a price year. Pounds with fractions exist only inside one
// calculation and are rounded once, half away from zero.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// GBP is the one currency that is read.
const GBP = "GBP"

// Pence is an amount of money in whole pence.
type Pence int64

// Pounds is the amount in pounds.
func (p Pence) Pounds() float64 { return float64(p) / 100 }

// Times is n events at this price each, rounded once to the penny, half away from zero.
func (p Pence) Times(n float64) Pence { return Pence(math.Round(n * float64(p))) }

// Decimal writes the amount as [Parse] reads it: 280.17; a minus sign before what is below nothing.
func (p Pence) Decimal() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}

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

// Amount is pence of a currency at the prices of a year.
type Amount struct {
	Pence     Pence
	Currency  string
	PriceYear string
}

// Add is a and b together. The error is [ErrUnlike] for amounts of two currencies or of two price years.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency || a.PriceYear != b.PriceYear {
		return Amount{}, fmt.Errorf("%w: %s %s and %s %s", ErrUnlike, a.Currency, a.PriceYear, b.Currency, b.PriceYear)
	}
	a.Pence += b.Pence
	return a, nil
}

// Less is a without b. The error is that of [Amount.Add].
func (a Amount) Less(b Amount) (Amount, error) {
	b.Pence = -b.Pence
	return a.Add(b)
}

// ErrUnlike is the error of adding money of different currencies or price years.
var ErrUnlike = errors.New("money of different currencies or price years can't be added; convert it first")

// Split divides an amount by weights: each part rounded to the penny but the last, which takes what is left, so that the parts
// always add to the whole. Weights that add to nothing leave all to the last part.
func Split(whole Pence, weights []int64) []Pence {
	sum := int64(0)
	for _, w := range weights {
		sum += w
	}
	parts := make([]Pence, len(weights))
	left := whole
	for i, w := range weights {
		if i == len(weights)-1 {
			parts[i] = left
			break
		}
		if sum > 0 {
			parts[i] = whole.Times(float64(w) / float64(sum))
		}
		left -= parts[i]
	}
	return parts
}
