package study

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Report is where the author's own words lie and how the report looks. No figure depends on it.
type Report struct {
	Narrative string   `json:"narrative,omitempty"` // a folder of Markdown, a file a section; narrative where there is one
	Consent   string   `json:"consent,omitempty"`   // in writing, of whom its case studies are about
	Logo      string   `json:"logo,omitempty"`
	LogoAlt   string   `json:"logo_alt,omitempty"`
	Colours   []string `json:"colours,omitempty"` // of headings, and of lines and links, #rrggbb
}

// NarrativeFolder is where the author's words lie unless the study names another folder.
const NarrativeFolder = "narrative"

// Consented reports whether the study says that people whom its author writes about consented in writing.
func (r *Report) Consented() bool { return r != nil && r.Consent == written }

var colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// IsColour reports whether a text is a colour as the study file writes it, #rrggbb.
func IsColour(text string) bool { return colour.MatchString(text) }

// leastContrast is what text on white needs to be read (WCAG 2.2, 1.4.3).
const leastContrast = 4.5

func (p *Plan) checkReport(d *decoder, require func(bool, string, string)) {
	r := p.Report
	if r == nil {
		return
	}
	if _, given := d.Lines["report.narrative"]; given {
		d.fileIn("report.narrative", r.Narrative)
	}
	if _, given := d.Lines["report.logo"]; given {
		d.fileIn("report.logo", r.Logo)
		require(r.LogoAlt == "", "report.logo_alt", "say in words whose logo it is, for people who can't see it")
	}
	if r.Consent != "" {
		oneOf(d, "report.consent", r.Consent, written)
	}
	if r.Colours != nil && len(r.Colours) != 2 {
		d.At("report.colours", "A007", `want two: ["#003087", "#005eb8"], of headings, and of lines and links`)
	}
	for i, c := range r.Colours {
		at := fmt.Sprintf("report.colours[%d]", i+1)
		switch {
		case !IsColour(c):
			d.At(at, "A007", "want a colour as #rrggbb, in quotes")
		case contrast(c) < leastContrast:
			d.At(at, "A160", "its contrast to white is %.1f to 1, and text and links need %.1f: want a darker one", math.Floor(10*contrast(c))/10, leastContrast)
		}
	}
}

// contrast is a colour's contrast to white.
//
//	(1 + 0.05) / (L + 0.05),  L = 0.2126 R + 0.7152 G + 0.0722 B, each made linear
//
// W3C, Web Content Accessibility Guidelines 2.2, relative luminance.
func contrast(rrggbb string) float64 {
	luminance := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(rrggbb[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		luminance += weight * v
	}
	return 1.05 / (luminance + 0.05)
}
