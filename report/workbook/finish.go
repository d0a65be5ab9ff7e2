package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a logo
	_ "image/png"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"averted/report/telling"

	"github.com/xuri/excelize/v2"
)

func ptr[T any](v T) *T { return &v }

// finish adds what a streamed sheet can't have: tables, names, charts, protection, print layout.
func (b *book) finish(f *excelize.File, made time.Time) error {
	if err := finishSheets(f, b.sheets()); err != nil {
		return err
	}
	if err := b.names(f); err != nil {
		return fmt.Errorf("workbook: names: %w", err)
	}
	if err := b.charts(f); err != nil {
		return fmt.Errorf("workbook: charts: %w", err)
	}
	if err := b.logo(f); err != nil {
		return fmt.Errorf("workbook: the logo: %w", err)
	}
	return errors.Join(f.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: ptr(true)}),
		properties(f, made, b.r.Provenance.Version, b.r.Study.Title, b.r.Study.Question, telling.Synthetic(b.r)))
}

// logo puts the author's logo beside the cover's table, so high that it does not reach the print's second page.
func (b *book) logo(f *excelize.File) error {
	if b.r.Look == nil || b.r.Look.Logo == nil {
		return nil
	}
	const highest, widest = 90.0, 260.0 // in pixels
	l := b.r.Look.Logo
	size, kind, err := image.DecodeConfig(bytes.NewReader(l.Data))
	if err != nil {
		return err
	}
	by := min(1, highest/float64(size.Height), widest/float64(size.Width))
	return f.AddPictureFromBytes("Cover", "C1", &excelize.Picture{Extension: "." + kind, File: l.Data,
		Format: &excelize.GraphicOptions{AltText: l.Alt, Name: "Logo", ScaleX: by, ScaleY: by, Positioning: "oneCell"}})
}

func finishSheets(f *excelize.File, sheets []*sheet) error {
	for _, s := range sheets {
		if err := s.finish(f); err != nil {
			return fmt.Errorf("workbook: sheet %s: %w", s.name, err)
		}
	}
	return nil
}

// properties say what the file is, with a date of its own.
func properties(f *excelize.File, made time.Time, version, title, subject, description string) error {
	stamp := made.UTC().Format(time.RFC3339)
	return errors.Join(
		f.SetDocProps(&excelize.DocProperties{Title: title, Subject: subject, Creator: strings.TrimSpace("averted " + version),
			LastModifiedBy: "averted", Created: stamp, Modified: stamp, Language: "en-GB", Description: description}),
		f.SetAppProps(&excelize.AppProperties{Application: "averted", AppVersion: "00.0100"}),
	)
}

func (s *sheet) finish(f *excelize.File) error {
	view := &excelize.ViewOptions{ShowGridLines: ptr(s.gridlines), TopLeftCell: ptr("A1")}
	if err := errors.Join(
		f.SetSheetView(s.name, 0, view),
		f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: ptr(true)}),
		f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Orientation: ptr(map[bool]string{true: "portrait", false: "landscape"}[s.name == "Summary"]), Size: ptr(9), FitToWidth: ptr(1), FitToHeight: ptr(map[bool]int{true: 1, false: 0}[s.name == "Summary"])}),
	); err != nil {
		return err
	}
	for _, row := range slices.Sorted(maps.Keys(s.links)) {
		to := s.links[row]
		if err := f.SetCellHyperLink(s.name, fmt.Sprintf("A%d", row), to+"!A1", "Location", excelize.HyperlinkOpts{Tooltip: ptr("To the sheet " + to)}); err != nil {
			return err
		}
	}
	if s.locked {
		if err := f.ProtectSheet(s.name, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true}); err != nil {
			return err
		}
	}
	if s.first == 0 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(s.columns, len(s.rows))
	if err != nil {
		return err
	}
	if err := f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: fmt.Sprintf("%s!$%d:$%d", s.name, s.first, s.first)}); err != nil {
		return err
	}
	stripes := false
	return f.AddTable(s.name, &excelize.Table{Range: fmt.Sprintf("A%d:%s", s.first, last), Name: "tbl_" + s.table, StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
}

// names defines a name for every input, for the scenario, and one that tells whether any was changed.
func (b *book) names(f *excelize.File) error {
	for _, e := range b.inputs {
		if err := f.SetDefinedName(&excelize.DefinedName{Name: e.name, RefersTo: fmt.Sprintf("Assumptions!$C$%d", e.row)}); err != nil {
			return err
		}
	}
	if b.cost == nil {
		return nil
	}
	choice := excelize.NewDataValidation(true)
	choice.Sqref = fmt.Sprintf("B%d", b.scenery)
	if err := choice.SetDropList(scenarios); err != nil {
		return err
	}
	first, last := b.assumptions.first+1, len(b.assumptions.rows)
	for _, e := range b.inputs {
		if !e.share {
			continue
		}
		between := excelize.NewDataValidation(true)
		between.Sqref = fmt.Sprintf("E%d", e.row)
		between.SetError(excelize.DataValidationErrorStyleWarning, "A share", "A share lies between 0 and 1.")
		if err := errors.Join(between.SetRange(0, 1, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween), f.AddDataValidation("Assumptions", between)); err != nil {
			return err
		}
	}
	return errors.Join(f.AddDataValidation("Assumptions", choice),
		f.SetDefinedName(&excelize.DefinedName{Name: "scenario", RefersTo: fmt.Sprintf("Assumptions!$B$%d", b.scenery)}),
		f.SetDefinedName(&excelize.DefinedName{Name: "inputs_changed", RefersTo: fmt.Sprintf(`SUM(Assumptions!$H$%d:$H$%d)+IF(Assumptions!$B$%d="Central",0,1)`, first, last, b.scenery)}))
}

// archive writes the workbook's parts in a fixed order with a fixed date.
type archive struct {
	out   io.Writer
	made  time.Time
	parts map[string]*bytes.Buffer
}

func newArchive(made time.Time) func(io.Writer) excelize.ZipWriter {
	return func(w io.Writer) excelize.ZipWriter {
		return &archive{out: w, made: made, parts: map[string]*bytes.Buffer{}}
	}
}

// Create begins a part.
func (a *archive) Create(name string) (io.Writer, error) {
	part := &bytes.Buffer{}
	a.parts[name] = part
	return part, nil
}

// AddFS is not needed for a workbook.
func (a *archive) AddFS(fs.FS) error { return errors.New("workbook: not supported") }

var filter = regexp.MustCompile(`<autoFilter[^>]*(/>|>.*?</autoFilter>)`)

// Close writes the parts. Tables lose their filter buttons, which excelize always adds.
func (a *archive) Close() error {
	const types = "[Content_Types].xml"
	var names []string
	for name := range a.parts {
		names = append(names, name)
	}
	slices.Sort(names) // "[" sorts before the letters of the other parts
	z := zip.NewWriter(a.out)
	for _, name := range names {
		body := a.parts[name].Bytes()
		switch {
		case name == types:
			var err error
			if body, err = sortDefaults(body); err != nil {
				return err
			}
		case strings.HasPrefix(name, "xl/tables/"):
			body = filter.ReplaceAll(body, nil)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.made})
		if err != nil {
			return err
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
	}
	return z.Close()
}

var defaults = regexp.MustCompile(`<Default [^>]*?(/>|></Default>)`)

// sortDefaults puts the Default elements of the content types in order: excelize writes them in the order
// of a map.
func sortDefaults(body []byte) ([]byte, error) {
	if err := xml.Unmarshal(body, new(struct{ XMLName xml.Name })); err != nil {
		return nil, fmt.Errorf("workbook: content types: %w", err)
	}
	found := defaults.FindAll(body, -1)
	sorted := slices.Clone(found)
	slices.SortFunc(sorted, bytes.Compare)
	next := 0
	return defaults.ReplaceAllFunc(body, func([]byte) []byte { next++; return sorted[next-1] }), nil
}
