package report

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"averted/report/chart"
	"averted/report/markdown"
	"averted/report/page"
	"averted/report/release"
	"averted/report/result"
	"averted/report/telling"
	"averted/report/word"
	"averted/report/workbook"
)

// sumsFile lists the hashes of a release's files, and so which files are a release's.
const sumsFile = "sha256sums"

// What is rendered, by the words of the command.
const (
	FormWorkbook    = "xlsx"
	FormPage        = "html"
	FormWord        = "docx"
	FormMarkdown    = "md"
	FormKeyFindings = "key-findings"
	FormQuotes      = "quotes"
	FormCharts      = "charts"
)

// Forms are all that can be rendered.
func Forms() []string {
	return []string{FormWorkbook, FormPage, FormWord, FormMarkdown, FormKeyFindings, FormQuotes, FormCharts}
}

// Rendering says how a release is rendered. The zero value is a live workbook.
type Rendering struct {
	TablesOnly bool // the workbook as the accessible edition, without live money
}

// Files renders what may leave in some forms, all of them where none is named, by path in the release's folder.
func Files(safe *release.Released, how Rendering, forms ...string) (map[string][]byte, error) {
	if len(forms) == 0 {
		forms = Forms()
	}
	var charts []chart.Chart
	var document *telling.Document
	if slices.ContainsFunc(forms, func(form string) bool { return form != FormWorkbook && form != FormQuotes }) {
		var err error
		if charts, err = chart.Draw(safe); err != nil {
			return nil, err
		}
		var pictures []telling.Picture
		for _, c := range charts {
			pictures = append(pictures, telling.Picture{Name: c.Name, Title: c.Title, Alt: c.Alt, SVG: c.SVG, PNG: c.PNG})
		}
		document = telling.Tell(safe, pictures, workbook.Sheets(safe, how.TablesOnly))
	}
	files := map[string][]byte{}
	for _, form := range forms {
		var b bytes.Buffer
		name, write := "", (func(io.Writer) error)(nil)
		switch form {
		case FormWorkbook:
			name, write = "report.xlsx", func(w io.Writer) error {
				if how.TablesOnly {
					return workbook.WriteTables(w, safe)
				}
				return workbook.Write(w, safe)
			}
		case FormPage:
			name, write = "report.html", func(w io.Writer) error { return page.WriteReport(w, safe, document) }
		case FormWord:
			name, write = "report.docx", func(w io.Writer) error { return word.Write(w, safe, document) }
		case FormMarkdown:
			name, write = "report.md", func(w io.Writer) error { return markdown.Write(w, safe, document) }
			maps.Copy(files, authorPictures(&safe.Result))
			if !slices.Contains(forms, FormCharts) { // which it names
				if err := chartFiles(files, charts, false); err != nil {
					return nil, err
				}
			}
		case FormKeyFindings:
			name, write = "key-findings.html", func(w io.Writer) error { return page.WriteKeyFindings(w, safe, document) }
		case FormQuotes:
			name, write = "quotes.md", func(w io.Writer) error { return markdown.WriteQuotes(w, safe) }
		case FormCharts:
			if err := chartFiles(files, charts, true); err != nil {
				return nil, err
			}
			continue
		default:
			return nil, fmt.Errorf("nothing is rendered as %s; there are %s", form, strings.Join(Forms(), ", "))
		}
		if err := write(&b); err != nil {
			return nil, err
		}
		files[name] = b.Bytes()
	}
	return files, nil
}

// chartFiles adds the files of charts: PNG and the figures, and SVG too where it is asked for.
func chartFiles(files map[string][]byte, charts []chart.Chart, svg bool) error {
	for _, c := range charts {
		base := "charts/" + c.Name
		table, err := tableOf(c.Rows)
		if err != nil {
			return err
		}
		if files[base+".png"], files[base+".csv"] = c.PNG, table; svg {
			files[base+".svg"] = c.SVG
		}
	}
	return nil
}

// authorPictures are the author's pictures that the Markdown names, by path.
func authorPictures(r *result.Result) map[string][]byte {
	files := map[string][]byte{}
	if r.Look != nil && r.Look.Logo != nil {
		files["pictures/"+r.Look.Logo.Name] = r.Look.Logo.Data
	}
	if r.Narrative != nil {
		for _, p := range r.Narrative.Pictures {
			files["pictures/"+p.Name] = p.Data
		}
	}
	return files
}

// Render makes the files of release/ and internal/, by path, from an exact result and what may leave of it.
func Render(exact *result.Result, safe *release.Released, how Rendering) (map[string][]byte, error) {
	rendered, err := Files(safe, how)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, data := range rendered {
		files["release/"+name] = data
	}
	if files["release/release.json"], err = Indented(safe.Result); err != nil {
		return nil, err
	}
	if files["internal/result.json"], err = Indented(exact); err != nil {
		return nil, err
	}
	files["release/"+sumsFile] = sums(files, "release/")
	return files, nil
}
