package report

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // an author's pictures are of these two kinds
	_ "image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"averted/evaluate/source"
	"averted/evaluate/strict"
	"averted/evaluate/study"
	"averted/report/result"
	"averted/report/telling"
)

// What an author's file may be at most, in bytes.
const (
	mostWords   = 1 << 20
	mostPicture = 4 << 20

	mostKeyFindings = 1000 // letters
)

// caseStudies is the section that tells of single people.
const caseStudies = "case-studies"

// author reads what a study's author wrote and how the report is to look.
type author struct {
	plan     *study.Plan
	folder   string // as the study names it
	problems source.Problems
}

// Author is the author's own words, and how the report is to look; nil where there is nothing of either. The error is *[study.Invalid]
// for a file of no section, a picture that can't be read or is missing, a case study without consent, or an NHS number in the words.
func Author(plan *study.Plan) (*result.Narrative, *result.Look, error) {
	a := &author{plan: plan, folder: study.NarrativeFolder}
	named := plan.Report != nil && plan.Report.Narrative != ""
	if named {
		a.folder = plan.Report.Narrative
	}
	words, err := a.words(named)
	if err != nil {
		return nil, nil, err
	}
	look := a.look()
	if a.problems.Any() {
		return nil, nil, &study.Invalid{What: "author's part", Problems: &a.problems}
	}
	return words, look, nil
}

func (a *author) bad(file, code, format string, args ...any) {
	a.problems.Add(source.Problem{File: file, Code: code, Text: fmt.Sprintf(format, args...)})
}

// words reads the folder of the author's words, a file a section.
func (a *author) words(named bool) (*result.Narrative, error) {
	entries, err := os.ReadDir(a.plan.Path(a.folder))
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		a.bad(a.folder, "A161", "there is no such folder")
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("the author's words: %w", source.WithoutPath(err))
	}
	known := telling.AuthorSections()
	n := &result.Narrative{}
	wanted := map[string]string{} // pictures, and where they are named
	for _, entry := range entries {
		name, markdown := strings.CutSuffix(entry.Name(), ".md")
		place := a.folder + "/" + entry.Name()
		switch {
		case strings.HasPrefix(name, ".") || strings.EqualFold(strings.TrimSuffix(name, filepath.Ext(name)), "readme") || slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(name))):
			continue
		case !markdown || entry.IsDir():
			a.bad(place, "A161", "this is neither Markdown (NAME.md) nor a picture (PNG or JPEG): it would be left out")
			continue
		case !slices.Contains(known, name):
			a.bad(place, "A161", "no section is called so%s", strict.DidYouMean(name, slices.Clone(known)))
			continue
		case name == caseStudies && !a.plan.Report.Consented():
			a.bad(place, "A150", "one person's words and story are shown only with their consent in writing: report: {consent: written}")
			continue
		}
		text, err := a.text(place)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if name == telling.KeyFindings && utf8.RuneCountInString(text) > mostKeyFindings {
			a.bad(place, "A161", "this is longer than %d letters: it would not stand on the one page", mostKeyFindings)
		}
		n.Passages = append(n.Passages, result.Passage{Section: name, Text: text})
		for picture, alt := range telling.Pictures(text) {
			if alt == "" {
				a.bad(place, "A162", "a picture has no words for people who can't see it: ![what it shows](%s)", picture)
			}
			wanted[picture] = place
		}
	}
	order := func(p, q result.Passage) int { return slices.Index(known, p.Section) - slices.Index(known, q.Section) }
	slices.SortFunc(n.Passages, order)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if filepath.Base(name) != name || !filepath.IsLocal(name) {
			a.bad(wanted[name], "A162", "a picture lies in this folder, and is named by its file's name alone")
			continue
		}
		if data := a.picture(a.folder + "/" + name); data != nil {
			n.Pictures = append(n.Pictures, result.AuthorPicture{Name: name, Data: data})
		}
	}
	if len(n.Passages) == 0 {
		return nil, nil
	}
	return n, nil
}

var tenDigits = regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`)

// text is a file of words, with line ends as they are here.
func (a *author) text(place string) (string, error) {
	text, err := os.ReadFile(a.plan.Path(place))
	if err != nil {
		return "", fmt.Errorf("the author's words: %s: %w", place, source.WithoutPath(err))
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case len(text) > mostWords:
		a.bad(place, "A161", "this is longer than a megabyte: it can't be a section's words")
	case !utf8.Valid(text) || bytes.ContainsRune(text, 0):
		a.bad(place, "A161", "this is no text in UTF-8: save it so")
	default:
		for i, line := range strings.Split(string(text), "\n") {
			for _, digits := range tenDigits.FindAllString(line, -1) {
				if source.IsNHSNumber(strings.NewReplacer(" ", "", "-", "").Replace(digits)) {
					a.problems.Add(source.Problem{File: place, Row: i + 1, Code: "A163", Text: "ten digits here could be an NHS number: nothing that names a person may stand in a report"})
				}
			}
		}
		return strings.ReplaceAll(string(text), "\r\n", "\n"), nil
	}
	return "", nil
}

// picture is a picture's bytes; nil where it can't be used.
func (a *author) picture(place string) []byte {
	data, err := os.ReadFile(a.plan.Path(place))
	if err != nil {
		a.bad(place, "A162", "there is no such picture, or it can't be read")
		return nil
	}
	_, kind, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil || kind != "png" && kind != "jpeg":
		a.bad(place, "A162", "want a picture as PNG or JPEG")
		return nil
	case len(data) > mostPicture:
		a.bad(place, "A162", "this picture has more than four megabytes: make it smaller")
		return nil
	}
	return data
}

// look is the logo and the two colours.
func (a *author) look() *result.Look {
	r := a.plan.Report
	if r == nil || r.Logo == "" && len(r.Colours) == 0 {
		return nil
	}
	look := &result.Look{Colours: r.Colours}
	if r.Logo != "" {
		look.Logo = &result.AuthorPicture{Name: "report-logo.png", Alt: r.LogoAlt, Data: a.picture(r.Logo)}
		if look.Logo.JPEG() {
			look.Logo.Name = "report-logo.jpeg"
		}
	}
	return look
}
