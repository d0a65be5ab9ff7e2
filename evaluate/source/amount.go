package source

import (
	"errors"
	"strconv"
	"strings"
)

// Pence reads an amount of pounds in a user's table, such as 280.17: whole pence, a pound sign before and zeros behind them
// allowed. The error says what is wanted, and not what stood there.
func Pence(text string) (int64, error) {
	pounds, pence, _ := strings.Cut(strings.TrimPrefix(text, "£"), ".")
	pence = strings.TrimRight(pence, "0")
	for len(pence) < 2 {
		pence += "0"
	}
	n, err := strconv.ParseUint(pounds+pence, 10, 62)
	if err != nil || pounds == "" || len(pence) > 2 || strings.ContainsAny(pounds+pence, "+-_") {
		return 0, errAmount
	}
	return int64(n), nil
}

var errAmount = errors.New("want pounds such as 280.17, in whole pence, not negative and without commas; every event of this activity has an amount")
