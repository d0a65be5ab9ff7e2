package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"averted/report/release"
	"averted/report/telling"
)

//go:embed report.html
var reportPage string

//go:embed whatif.js
var script string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"source":   source,
	"deeper":   func(level int) int { return min(level+2, 6) }, // under a section's own heading
	"join":     strings.Join,
	"minus":    func(a, b int) int { return a - b },
	"controls": controls,
}).Parse(reportPage))

// scriptHash is the one script that the page's content policy lets run.
var scriptHash = func() string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// source is a picture as it stands in the page itself.
func source(p telling.Picture) template.URL {
	kind, data := "svg+xml", p.SVG
	switch {
	case p.JPEG != nil:
		kind, data = "jpeg", p.JPEG
	case p.SVG == nil:
		kind, data = "png", p.PNG
	}
	return template.URL("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(data))
}

// view is what the templates are filled with.
type view struct {
	*telling.Document
	CSS    template.CSS
	WhatIf *whatIf
	Script template.JS
	Allow  template.HTMLAttr // scripts
	Brief  []telling.Section // of the page of key findings
	Chart  *telling.Picture
	Words  []telling.Block
}

func viewOf(d *telling.Document) view {
	style := css
	if len(d.Colours) == 2 { // of the form #rrggbb, as the study file's reader saw to
		style += fmt.Sprintf(":root { --dark: %s; --blue: %s; }\n", d.Colours[0], d.Colours[1])
	}
	return view{Document: d, CSS: template.CSS(style)}
}

// WriteReport writes the report's page of released figures. The error is for figures that did not pass disclosure control, or a writer
// that fails.
func WriteReport(w io.Writer, r *release.Released, d *telling.Document) error {
	if !r.Controlled() {
		return fmt.Errorf("page: the figures have not passed disclosure control")
	}
	v := viewOf(d)
	v.WhatIf = whatIfOf(r)
	if v.WhatIf != nil && len(v.WhatIf.Data.Accounts) > 0 {
		v.Script, v.Allow = template.JS(script), template.HTMLAttr(scriptHash)
	}
	return write(w, "report", v)
}

// WriteKeyFindings writes the one page of key findings.
func WriteKeyFindings(w io.Writer, r *release.Released, d *telling.Document) error {
	if !r.Controlled() {
		return fmt.Errorf("page: the figures have not passed disclosure control")
	}
	v := viewOf(d)
	v.Words = telling.Authored(r, telling.KeyFindings)
	for _, s := range d.Sections {
		switch s.ID {
		case "trust": // without how the plan came about: the report has it
			s.Points = append([]string{telling.Graded(r)}, telling.ThreatsText(r)...)
			v.Brief = append(v.Brief, s)
		case "answer":
			v.Brief = append(v.Brief, s)
		case "people", "words", "answers":
			if r.Alone() {
				v.Brief = append(v.Brief, s)
			}
		case "activity", "series":
			if len(s.Pictures) > 0 && v.Chart == nil {
				v.Chart = &s.Pictures[0]
			}
		}
	}
	return write(w, "key-findings", v)
}

func write(w io.Writer, name string, v view) error {
	var b bytes.Buffer
	if err := reportTemplate.ExecuteTemplate(&b, name, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}
