// Package page writes pages: one self-contained HTML file each, which asks for nothing from anywhere, runs no script, and prints
// well.
package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"averted/report/number"
	"averted/report/result"
	"averted/report/telling"
)

//go:embed claims.html
var claimsPage string

//go:embed page.css
var css string

var claimsTemplate = template.Must(template.New("claims").Funcs(template.FuncMap{
	"about":   telling.About,
	"stated":  telling.Stated,
	"class":   telling.Class,
	"usual":   telling.Usual,
	"outcome": number.Sentence,
	"change": func(p result.Published) string {
		if p.Change == nil {
			return p.Direction
		}
		text := number.SignedPercentTo(*p.Change, 1)
		if p.Low != nil {
			text += " (" + number.To(number.SignedPercentTo(*p.Low, 1), number.SignedPercentTo(*p.High, 1)) + ")"
		}
		return text
	},
}).Parse(claimsPage))

// WriteClaims writes a page of what was found of somebody's published claims. The error is for a writer that fails.
func WriteClaims(w io.Writer, c *result.Claims) error {
	err := claimsTemplate.Execute(w, struct {
		*result.Claims
		Answer   string
		Verdicts []telling.Verdict
		CSS      template.CSS
	}{c, telling.ClaimsAnswer(c), telling.Verdicts(c), template.CSS(css)})
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}
