package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/report"
	"averted/report/release"

	"github.com/urfave/cli/v2"
)

// formText is the summary as averted run prints it.
const formText = "text"

// endings are how the name of a file of each form ends.
var endings = map[string]string{report.FormWorkbook: ".xlsx", report.FormPage: ".html", report.FormKeyFindings: ".html", report.FormWord: ".docx", report.FormMarkdown: ".md", report.FormQuotes: ".md", formText: ".txt"}

func renderCommand(to streams) *cli.Command {
	forms := append(report.Forms(), formText)
	return &cli.Command{
		Name: "render", Usage: "make the workbook, the page or another form again, without the data", ArgsUsage: "RESULT --format FORM [--out FILE]",
		Description: "RESULT is the folder of a run, or its release/release.json. FORM is " + strings.Join(forms, ", ") + ".\n\nExamples:\n   averted render report --format docx --out report.docx\n   averted render report/release/release.json --format text\n   averted render report --format html --study study.yaml --out report.html",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: strings.Join(forms, ", ")},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "the file to write, or for charts the new folder; text, md and quotes are printed without one"},
			&cli.StringFlag{Name: "study", Usage: "take the author's words, logo and colours anew from this study file"},
			&cli.BoolFlag{Name: "tables-only", Usage: "with xlsx: the accessible edition, tables of values alone"},
		},
		Action: func(c *cli.Context) error { return renderResult(c, to) },
	}
}

func renderResult(c *cli.Context, to streams) error {
	path, err := one(c, "a folder that averted run wrote, or its release.json")
	if err != nil {
		return err
	}
	form, out := c.String("format"), c.String("out")
	forms := append(report.Forms(), formText)
	switch {
	case form == "":
		return &usage{"averted render wants --format, one of " + strings.Join(forms, ", ")}
	case !slices.Contains(forms, form):
		return &usage{"--format wants one of " + strings.Join(forms, ", ")}
	case c.Bool("tables-only") && form != report.FormWorkbook:
		return &usage{"--tables-only goes with --format xlsx"}
	case out != "" && form != report.FormCharts && !strings.EqualFold(filepath.Ext(out), endings[form]):
		return &usage{fmt.Sprintf("--out for --format %s wants a name that ends in %s", form, endings[form])}
	case out == "" && !slices.Contains([]string{formText, report.FormMarkdown, report.FormQuotes}, form):
		return &usage{"averted render wants --out for --format " + form}
	}
	safe, file, err := readRelease(path)
	if err != nil {
		return err
	}
	if c.IsSet("study") {
		if err := wordsAnew(safe, c.String("study")); err != nil {
			return err
		}
	}
	if err := spared(form, out, file, c.String("study")); err != nil {
		return err
	}
	if form == formText {
		var b bytes.Buffer
		if err := summary(&b, safe, ""); err != nil {
			return err
		}
		return deliver(to, out, b.Bytes())
	}
	files, err := report.Files(safe, report.Rendering{TablesOnly: c.Bool("tables-only")}, form)
	if err != nil {
		return err
	}
	if form == report.FormCharts { // a folder
		return writeNew(to, out, files)
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(name string) bool { return strings.Contains(name, "/") })
	if err := deliver(to, out, files[names[0]]); err != nil || out == "" {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) { // pictures that the Markdown names
		if name == names[0] {
			continue
		}
		path := filepath.Join(filepath.Dir(out), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("writing %s: %w", name, source.WithoutPath(err))
		}
		if err := rewrite(path, files[name]); err != nil {
			return err
		}
	}
	return nil
}

// spared is an error where an output would take the place of what it is made of, or of a file of a release or of an author.
func spared(form, out, file, studyFile string) error {
	if out == "" {
		return nil
	}
	dir := filepath.Dir(out)
	_, sums := os.Stat(filepath.Join(dir, "sha256sums"))
	_, studied := os.Stat(filepath.Join(filepath.Dir(dir), "study.yaml"))
	switch info, err := os.Stat(out); {
	case sameFile(out, file) || studyFile != "" && sameFile(out, studyFile):
		return &usage{"--out would write over what it is made of"}
	case sums == nil:
		return &usage{"--out lies in a release, whose files have their hashes in sha256sums: name another folder"}
	case filepath.Base(dir) == study.NarrativeFolder && studied == nil:
		return &usage{"--out lies among an author's words: name another folder"}
	case err == nil && info.IsDir() && form != report.FormCharts:
		return &usage{"--out is a folder: name the file in it"}
	}
	return nil
}

// deliver prints a product, or writes it to a file and says so.
func deliver(to streams, out string, text []byte) error {
	if out == "" {
		_, err := to.out.Write(text)
		return err
	}
	if err := rewrite(out, text); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to.out, "Wrote %s\n", filepath.Clean(out))
	return err
}

// writeNew writes files into a folder that isn't there yet, or is empty.
func writeNew(to streams, out string, files map[string][]byte) error {
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &usage{"--out wants a new folder for charts: this one has something in it, or is a file"}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("the folder %s: %w", out, source.WithoutPath(err))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := rewrite(filepath.Join(out, filepath.Base(name)), files[name]); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(to.out, "Wrote %d files into %s\n", len(files), filepath.Clean(out))
	return err
}

// readRelease reads what may leave, from a run's folder or from its release.json, and where it lies. Where sha256sums lies beside it, it has
// to be as it was written there: a change by mistake is noticed, one on purpose is not.
func readRelease(path string) (*release.Released, string, error) {
	file := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		file = filepath.Join(path, "release", "release.json")
		if _, err := os.Stat(file); err != nil {
			file = filepath.Join(path, "release.json")
		}
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", &usage{"there is no such result: name a folder that averted run wrote, or its release.json"}
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading the result: %w", source.WithoutPath(err))
	}
	safe, err := release.Read(text)
	if err != nil {
		return nil, "", &usage{"the result can't be rendered: " + err.Error()}
	}
	sums, err := os.ReadFile(filepath.Join(filepath.Dir(file), "sha256sums"))
	switch lists := strings.Count(string(sums), "  release.json\n"); {
	case errors.Is(err, fs.ErrNotExist): // taken out of its folder
	case err != nil:
		return nil, "", fmt.Errorf("reading sha256sums: %w", source.WithoutPath(err))
	case filepath.Base(file) == "release.json" && (lists != 1 || !strings.Contains(string(sums), fmt.Sprintf("%x  release.json\n", sha256.Sum256(text)))):
		return nil, "", &no{"release.json is not as averted run wrote it: its hash is not the one in sha256sums beside it"}
	}
	return safe, file, nil
}

// wordsAnew takes the author's words and looks from a study file.
func wordsAnew(safe *release.Released, path string) error {
	plan, err := study.Read(path)
	if err != nil {
		return err
	}
	if plan.Content() != safe.Study.Hash {
		return &usage{"--study: this is another study than the result's, or it was changed since; run it again"}
	}
	safe.Narrative, safe.Look, err = report.Author(plan)
	return err
}
