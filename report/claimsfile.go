package report

import (
	"fmt"
	"io"

	"averted/report/page"
	"averted/report/result"
	"averted/report/workbook"
)

// RenderClaims writes what was found of somebody's claims, to hand on: a workbook (.xlsx) or a page (.html).
func RenderClaims(w io.Writer, form string, c *result.Claims) error {
	if form == ".xlsx" {
		return workbook.WriteClaims(w, c)
	}
	if form == ".html" {
		return page.WriteClaims(w, c)
	}
	return fmt.Errorf("no form %s", form)
}
