package main

import (
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"averted/report/number"
	"averted/report/release"
	"averted/report/telling"
)

const width = 100

// summary prints what a person can paste into a mail: the answer, the changes, the money, the warnings and
// where the files are.
func summary(out io.Writer, r *release.Released, dir string) error {
	w := &printer{out: out}
	w.line("%s", r.Study.Title)
	w.line("%s", strings.Repeat("=", utf8.RuneCountInString(r.Study.Title)))
	w.line("")
	w.paragraph(telling.Answer(r))
	for _, window := range r.Study.Windows {
		w.line("")
		w.line("%s, %s, %s", window.Label, telling.Arm(r, "service"), telling.FollowUp(r.Study.FollowUp))
		rows := [][]string{{"", "expected", "after", "averted", "change (95% interval)", "at list price"}}
		if r.Bill == nil {
			rows[0] = rows[0][:5]
		}
		for _, c := range telling.Changes(r, window.Label, "service") {
			row := []string{c.Label(), telling.EventsText(c.Percent.Expected), telling.CountText(c.Percent.After), telling.AvertedText(c.Percent), telling.ChangeText(c.Percent)}
			if r.Bill != nil {
				row = append(row, telling.PoundsText(c.Line))
			}
			rows = append(rows, row)
		}
		w.table(rows)
		if t := telling.Money(r, window.Label, "service"); t != "" {
			w.line("")
			w.paragraph(t)
		}
		if window.Label == telling.Main(r).Label {
			w.bullets(append(telling.Variants(r, window.Label), telling.Worth(r, window.Label)...))
		}
	}
	if cases := telling.Cases(r); len(cases) > 0 {
		w.line("")
		w.line("Single cases (never added to the figures above):")
		w.bullets(cases)
	}
	w.line("")
	w.line("How far to trust it:")
	w.bullets(telling.Trust(r))
	if panel := telling.Panel(r); len(panel) > 0 {
		w.line("")
		w.line("What would have come anyway (raw and allowed for, side by side):")
		w.bullets(panel)
	}
	claimsOf, claims := "", []string(nil)
	if c := r.Claims; c != nil {
		claimsOf, claims = "The published claims of "+c.Report.Title+":", telling.ClaimsShort(c)
	}
	for _, block := range []struct {
		heading string
		lines   []string
	}{{"Against comparison people:", telling.Against(r)}, {"Months around the index day:", telling.MonthsAround(r)}, {"The monthly series:", telling.SeriesText(r)},
		{"Who the people are, and what they said (a change of people asked twice is not an effect):", telling.WholeShort(r)},
		{"Beside the lead (of other people, from counts to the nearest 5; more in the report):", telling.BesideShort(r)}, {claimsOf, claims}} {
		if len(block.lines) > 0 {
			w.line("")
			w.line("%s", block.heading)
			w.bullets(block.lines)
		}
	}
	list := append(append([]string{}, r.Notes...), append(telling.MoneyNotes(r), telling.Warnings(r)...)...)
	if w.hidden {
		list = append(list, number.Hidden+": hidden, since too few people stand behind it or it would give a hidden figure away.")
	}
	if len(list) > 0 {
		w.line("")
		w.line("Notes:")
		w.bullets(list)
	}
	if dir == "" {
		return w.err
	}
	w.line("")
	w.line("To publish:  %s (profile %s)", filepath.Join(dir, "release", "report.html"), r.Study.Profile)
	for _, name := range []string{"key-findings.html", "report.xlsx", "report.docx", "report.md", "quotes.md", "charts"} {
		w.line("             %s", filepath.Join(dir, "release", name))
	}
	w.line("For you:     %s (exact)", filepath.Join(dir, "internal", "result.json"))
	return w.err
}

func (p *printer) paragraph(text string) { p.wrapped("", "", text) }

func (p *printer) bullets(list []string) {
	for _, text := range list {
		p.wrapped("- ", "  ", text)
	}
}

// wrapped breaks a text between words.
func (p *printer) wrapped(first, indent, text string) {
	line := first
	for word := range strings.FieldsSeq(text) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width && strings.TrimSpace(line) != "" {
			p.line("%s", strings.TrimRight(line, " "))
			line = indent
		}
		if line != "" && !strings.HasSuffix(line, " ") {
			line += " "
		}
		line += word
	}
	p.line("%s", line)
}

// table prints rows with the first column to the left and the others to the right.
func (p *printer) table(rows [][]string) {
	const widest = 44 // letters of a label
	widths := make([]int, len(rows[0]))
	for i, row := range rows {
		if letters := []rune(row[0]); len(letters) > widest {
			rows[i][0] = strings.TrimSpace(string(letters[:widest-1])) + "…"
		}
	}
	for _, row := range rows {
		for i, field := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(field))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, field := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(field))
			if i == 0 {
				b.WriteString("  " + field + pad)
			} else {
				b.WriteString("  " + pad + field)
			}
		}
		p.line("%s", strings.TrimRight(b.String(), " "))
	}
}
