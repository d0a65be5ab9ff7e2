package workbook

import (
	"io"
	"strings"
	"time"

	"averted/report/number"
	"averted/report/result"
	"averted/report/telling"

	"github.com/xuri/excelize/v2"
)

// fillClaims puts what was found of the study's claims file on sheets of their own, and the published evaluations.
func (b *book) fillClaims() {
	if c := b.r.Claims; c != nil {
		b.claims, b.claimed = findings(c), against(c.Against)
	}
	if len(b.r.Published) > 0 {
		b.published = publishedSheet(b.r.Published)
	}
}

// undated is the date of files of reports that give none.
var undated = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// WriteClaims writes a workbook of what was found of somebody's published claims, to hand on. The error wraps what the library says
// of a sheet, or what the writer says.
func WriteClaims(w io.Writer, c *result.Claims) error {
	made, err := time.Parse("2006-01-02", c.Report.Date)
	if err != nil {
		made = undated
	}
	sheets := []*sheet{findings(c)}
	if c.Against != nil {
		sheets = append(sheets, against(c.Against))
	}
	sheets = append(sheets, figures(c), rules(c))
	if len(c.Published) > 0 {
		sheets = append(sheets, publishedSheet(c.Published))
	}
	return save(w, sheets, ours, made, func(f *excelize.File) error {
		if err := finishSheets(f, sheets); err != nil {
			return err
		}
		return properties(f, made, c.Version, "Claims checked: "+c.Report.Title, telling.ClaimsAnswer(c), "")
	})
}

func findings(c *result.Claims) *sheet {
	sentences := append([]string{strings.Trim(c.Report.Publisher+", "+c.Report.Date, ", ")}, breakLines(telling.ClaimsAnswer(c), 150)...)
	sentences = append(sentences, "A figure that holds is possible and agrees with the others; it may still be wrong. [z] does not apply, [x] not available.")
	s := newSheet("Findings", "Claims checked: "+c.Report.Title, sentences...)
	s.begin("Findings", "Verdict", "Rule", "Claims", "Arithmetic", "Needed", "Ask the authors")
	s.widths = []float64{17, 26, 30, 70, 34, 40}
	for _, f := range c.Findings {
		s.tall(text(wrapped, number.Sentence(f.Verdict)), text(wrapped, f.Rule), text(wrapped, orNone(telling.ClaimsOf(f, 12))), text(wrapped, f.Text), text(wrapped, orNone(f.Needs)), text(wrapped, orNone(f.Ask)))
	}
	return s
}

func against(a *result.Against) *sheet {
	s := newSheet("Against", "Against the study "+a.Study, "Reproduced: the study's figure is within half a unit of the claim's last printed digit, and within what rounding for release leaves open.")
	s.begin("Against", "Claim", "Outcome", "What the study finds")
	s.widths = []float64{30, 20, 110}
	for _, x := range a.Claims {
		s.tall(text(wrapped, x.Claim), text(wrapped, number.Sentence(x.Outcome)), text(wrapped, x.Text))
	}
	return s
}

func figures(c *result.Claims) *sheet {
	s := newSheet("Figures", "The figures, as they were restated", telling.Stated(c.Report)...)
	s.begin("Figures", "Claim", "Says#", "Is", "Beside it", "Where")
	s.widths = []float64{32, 20, 60, 60, 20}
	for _, f := range c.Figures {
		s.tall(text(wrapped, f.Claim), text(short, f.Says), text(wrapped, f.Is), text(wrapped, orNone(f.Beside)), text(wrapped, orNone(f.Where)))
	}
	return s
}

func rules(c *result.Claims) *sheet {
	s := newSheet("Rules", "What each rule does")
	s.begin("Rules", "Rule", "What it does")
	s.widths = []float64{30, 120}
	for _, r := range c.Rules {
		s.tall(text(wrapped, r.Rule), text(wrapped, number.Sentence(r.Does)))
	}
	return s
}

// publishedSheet is the published evaluations that a result or a claim stands beside.
func publishedSheet(list []result.Published) *sheet {
	s := newSheet("Published", "What published evaluations of such services found", "Grades are at best, from what is stated of the design: what isn't stated is taken as done well. Changes are as published, and no figure here is used in an estimate.")
	s.begin("Published", "Activity", "Grade#", "Evaluation", "Year#", "Design", "Window", "People#", "Change#", "Low#", "High#", "Direction", "Source", "Note")
	s.widths = []float64{22, 10, 40, 10, 24, 14, 12, 12, 12, 12, 14, 44, 44}
	for _, p := range list {
		s.tall(text(wrapped, telling.Usual(p.Activity)), level(p.Level), text(wrapped, p.Evaluation), text(short, orNone(p.Year)), text(wrapped, p.Design), text(wrapped, orNone(p.Window)), text(short, orNone(p.People)),
			orShort(percent, p.Change, 0.01, number.NotAvailable), orShort(percent, p.Low, 0.01, number.NotAvailable), orShort(percent, p.High, 0.01, number.NotAvailable), text(wrapped, p.Direction), text(wrapped, p.Source), text(wrapped, orNone(p.Note)))
	}
	return s
}

// level is a cell for a grade, which may not be known.
func level(n int) cell {
	if n == 0 {
		return text(short, number.NotAvailable)
	}
	return value(count, n)
}
