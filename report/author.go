package report

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
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
	mostWords   = 1 << 18
	mostPicture = 4 << 20

	mostKeyFindings = 1000 // letters
)

// logoName is what the logo is called in a release, without its ending.
const logoName = "report-logo"

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
			a.bad(place, "A161", "no section is called so%s", strict.DidYouMean(name, known))
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
		shown := telling.Pictures(text)
		for _, picture := range slices.Sorted(maps.Keys(shown)) {
			if shown[picture] == "" {
				a.bad(place, "A162", "a picture has no words for people who can't see it: ![what it shows](%s)", picture)
			}
			wanted[picture] = place
		}
	}
	order := func(p, q result.Passage) int { return slices.Index(known, p.Section) - slices.Index(known, q.Section) }
	slices.SortFunc(n.Passages, order)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if strings.HasPrefix(name, logoName) {
			a.bad(wanted[name], "A162", "the logo has this name: give the picture another")
			continue
		}
		if filepath.Base(name) != name || !filepath.IsLocal(name) || strings.HasPrefix(name, ".") {
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

// tenDigits are ten digits as NHS numbers are written, together or in three groups with something between.
var tenDigits = regexp.MustCompile(`(?:^|\D)(\d{3}[\W_]{0,3}\d{3}[\W_]{0,3}\d{4})(?:\D|$)`)

var otherThanDigits = regexp.MustCompile(`\D`)

// numbered reports whether a text holds ten digits that could be an NHS number.
func numbered(text string) bool {
	for at := 0; at < len(text); {
		m := tenDigits.FindStringSubmatchIndex(text[at:])
		if m == nil {
			return false
		}
		if source.IsNHSNumber(otherThanDigits.ReplaceAllString(text[at+m[2]:at+m[3]], "")) {
			return true
		}
		at += m[2] + 1
	}
	return false
}

// deepestQuote is how many quotations may stand in each other.
var deepestQuote = regexp.MustCompile(`(?m)^[ \t]*(>[ \t]*){20}`)

// text is a file of words, with line ends as they are here.
func (a *author) text(place string) (string, error) {
	text, err := a.read(place, mostWords)
	switch {
	case errors.Is(err, errTooLong):
		a.bad(place, "A161", "this is longer than a quarter of a megabyte: it can't be a section's words")
		return "", nil
	case errors.Is(err, errElsewhere):
		a.bad(place, "A161", "this is no file of the study's folder")
		return "", nil
	case err != nil:
		return "", fmt.Errorf("the author's words: %s: %w", place, source.WithoutPath(err))
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case !utf8.Valid(text) || bytes.ContainsRune(text, 0):
		a.bad(place, "A161", "this is no text in UTF-8: save it so")
		return "", nil
	case deepestQuote.Match(text):
		a.bad(place, "A161", "twenty quotations stand in each other")
		return "", nil
	}
	words := strings.ReplaceAll(string(text), "\r\n", "\n")
	told := false
	for i, line := range strings.Split(words, "\n") {
		if numbered(line) {
			told = true
			a.problems.Add(source.Problem{File: place, Row: i + 1, Code: "A163", Text: "ten digits here could be an NHS number: nothing that names a person may stand in a report"})
		}
	}
	if !told && slices.ContainsFunc(telling.Plain(telling.Prose(words, func(name string) *telling.Picture { return &telling.Picture{Name: name} })), numbered) { // hidden by its marks
		a.bad(place, "A163", "ten digits here could be an NHS number: nothing that names a person may stand in a report")
	}
	return words, nil
}

var (
	errTooLong   = errors.New("too long")
	errElsewhere = errors.New("not a file of the study's folder")
)

// read is a file of the study's folder, of at most so many bytes: no link out of it, and nothing that is read without end.
func (a *author) read(place string, most int64) ([]byte, error) {
	path, err := filepath.EvalSymlinks(a.plan.Path(place))
	if err != nil {
		return nil, err
	}
	home, err := filepath.EvalSymlinks(a.plan.Path("."))
	if err != nil {
		return nil, err
	}
	if within, err := filepath.Rel(home, path); err != nil || !filepath.IsLocal(within) {
		return nil, errElsewhere
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errElsewhere
	case info.Size() > most:
		return nil, errTooLong
	}
	return os.ReadFile(path)
}

// mostPixels is how many a picture may have.
const mostPixels = 50_000_000

// picture is a picture's pixels, written anew: without what a camera adds of place and person. It is nil where it can't be used.
func (a *author) picture(place string) []byte {
	data, err := a.read(place, mostPicture)
	switch {
	case errors.Is(err, errTooLong):
		a.bad(place, "A162", "this picture has more than four megabytes: make it smaller")
		return nil
	case err != nil:
		a.bad(place, "A162", "there is no such picture in the study's folder, or it can't be read")
		return nil
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil || kind != "png" && kind != "jpeg":
		a.bad(place, "A162", "want a picture as PNG or JPEG")
		return nil
	case size.Width*size.Height > mostPixels:
		a.bad(place, "A162", "this picture has more than %d million pixels: make it smaller", mostPixels/1_000_000)
		return nil
	}
	pixels, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		a.bad(place, "A162", "this picture is cut short or damaged")
		return nil
	}
	var b bytes.Buffer
	if kind == "jpeg" {
		err = jpeg.Encode(&b, pixels, &jpeg.Options{Quality: 92})
	} else {
		err = png.Encode(&b, pixels)
	}
	if err != nil {
		a.bad(place, "A162", "this picture can't be written anew")
		return nil
	}
	return b.Bytes()
}

// look is the logo and the two colours.
func (a *author) look() *result.Look {
	r := a.plan.Report
	if r == nil || r.Logo == "" && len(r.Colours) == 0 {
		return nil
	}
	look := &result.Look{Colours: r.Colours}
	if r.Logo != "" {
		look.Logo = &result.AuthorPicture{Name: logoName + ".png", Alt: r.LogoAlt, Data: a.picture(r.Logo)}
		if look.Logo.JPEG() {
			look.Logo.Name = logoName + ".jpeg"
		}
	}
	return look
}
