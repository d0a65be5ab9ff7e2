package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"averted/costing/claim"
	"averted/evaluate/source"
	"averted/report"
	"averted/report/result"
	"averted/report/telling"

	"github.com/urfave/cli/v2"
)

func claimsCommand(to streams) *cli.Command {
	command := to.subcommand
	inJSON := &cli.BoolFlag{Name: "json", Usage: "print it as JSON"}
	return &cli.Command{
		Name: "claims", Usage: "check somebody else's published figures: check, init, rules, schema",
		Description: "Examples:\n   averted claims init\n   averted claims check claims.yaml",
		Action:      func(c *cli.Context) error { return noSubcommand(c) },
		Subcommands: []*cli.Command{
			command("check", "hold published figures against every rule; exit 1 if something does not hold", "FILE", "Examples:\n   averted claims check claims.yaml\n   averted claims check claims.yaml --against report/release/release.json --out findings.xlsx",
				[]cli.Flag{
					&cli.StringFlag{Name: "against", Usage: "a study's result.json or release.json, to hold the claims against what it found"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write a report to hand on: NAME.xlsx or NAME.html"}, inJSON,
				}, claimsCheck),
			command("init", "write a claims file with comments, to fill in from a report", "[FILE]", "Examples:\n   averted claims init\n   averted claims init their-report.yaml", nil, claimsInit),
			command("rules", "list the rules", "", "Examples:\n   averted claims rules\n   averted claims rules --json", []cli.Flag{inJSON}, claimsRules),
			command("schema", "print the claims file's JSON Schema, for editors", "", "Examples:\n   averted claims schema\n   averted claims schema > claims.schema.json", nil, claimsSchema),
		},
	}
}

func claimsCheck(c *cli.Context, to streams) error {
	path, err := one(c, "one claims file")
	if err != nil {
		return err
	}
	out := c.String("out")
	form := strings.ToLower(filepath.Ext(out))
	if c.IsSet("out") && form != ".xlsx" && form != ".html" {
		return &usage{"--out wants a name that ends in .xlsx or .html"}
	}
	for _, input := range []string{path, c.String("against")} {
		if out != "" && input != "" && sameFile(out, input) {
			return &usage{"--out would overwrite what is read: give it another name"}
		}
	}
	f, err := claim.Read(path)
	if err != nil {
		return err
	}
	var against *result.Result
	if c.IsSet("against") {
		if against, err = readAgainst(c.String("against")); err != nil {
			return err
		}
		if out != "" && report.Exact(against) {
			return &usage{"what is handed on may rest on released figures alone: with --out, hold the claims against release/release.json"}
		}
	}
	found := report.Claims(f, against)
	if out != "" {
		if err := writeClaims(out, form, found); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		err = printJSON(to, found)
	} else {
		err = tellClaims(&printer{out: to.out}, found, out)
	}
	if err != nil {
		return err
	}
	return claimsHold(found)
}

// claimsHold is an error that says no where something does not hold, or wasn't reproduced.
func claimsHold(found *result.Claims) error {
	for _, f := range found.Findings {
		if f.Verdict == string(claim.DoesNotHold) {
			return &no{"something does not hold"}
		}
	}
	if found.Against != nil {
		for _, x := range found.Against.Claims {
			if x.Outcome == string(claim.NotReproduced) {
				return &no{"something is not reproduced"}
			}
		}
	}
	return nil
}

func readAgainst(path string) (*result.Result, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &usage{"--against: there is no such file"}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the result: %w", source.WithoutPath(err))
	}
	r, err := report.ReadResult(text)
	if err != nil {
		return nil, &usage{"--against: " + err.Error()}
	}
	return r, nil
}

// writeClaims writes the report to hand on, whole or not at all.
// sameFile reports whether two names lead to one file.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

func writeClaims(out, form string, found *result.Claims) error {
	var b bytes.Buffer
	if err := report.RenderClaims(&b, form, found); err != nil {
		return err
	}
	return rewrite(out, b.Bytes())
}

// rewrite writes a file beside its place and renames it.
func rewrite(name string, text []byte) error {
	fail := func(err error) error { return fmt.Errorf("writing %s: %w", name, source.WithoutPath(err)) }
	f, err := os.CreateTemp(filepath.Dir(name), ".averted-*") // a name of nobody's
	if err != nil {
		return fail(err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is told
		return fail(err)
	}
	return nil
}

// tellClaims prints the findings, those that don't hold first.
func tellClaims(w *printer, found *result.Claims, out string) error {
	title := found.Report.Title
	if title == "" {
		title = found.Report.File
	}
	if found.Report.Publisher != "" {
		title += ", " + found.Report.Publisher
	}
	w.line("%s", title)
	w.line("%s", strings.Repeat("=", min(width, len([]rune(title)))))
	w.line("")
	w.paragraph(telling.ClaimsAnswer(found))
	for _, v := range telling.Verdicts(found) {
		w.line("")
		w.line("%s", v.Heading)
		w.line("%s", strings.Repeat("-", len(v.Heading)))
		for _, f := range v.Findings {
			w.wrapped("", "      ", telling.About(f))
			w.wrapped("   ", "   ", f.Text)
			if f.Needs != "" {
				w.wrapped("   Needed: ", "      ", f.Needs)
			}
			if f.Ask != "" {
				w.wrapped("   Ask: ", "      ", f.Ask)
			}
		}
	}
	if found.Against != nil {
		w.line("")
		heading := "Against the study " + found.Against.Study
		if found.Against.Exact {
			heading += " (exact figures, for you alone)"
		}
		w.line("%s", heading)
		w.line("%s", strings.Repeat("-", min(width, len([]rune(heading)))))
		for _, x := range found.Against.Claims {
			w.wrapped("", "      ", x.Outcome+": "+x.Text)
		}
	}
	if class := telling.Class(found.Published); len(class) > 0 {
		w.line("")
		w.line("What published evaluations of such services found (at best, of the Maryland grades 1 to 5)")
		w.bullets(class)
	}
	if len(found.Silent) > 0 {
		w.line("")
		w.wrapped("Nothing to look at for: ", "   ", strings.Join(found.Silent, "; ")+".")
	}
	if out != "" {
		w.line("")
		w.line("To hand on:  %s", out)
	}
	return w.err
}

func claimsInit(c *cli.Context, to streams) error {
	name := "claims.yaml"
	switch {
	case c.NArg() > 1:
		return &usage{"averted claims init wants one name, and nothing else"}
	case c.NArg() == 1 && c.Args().First() != "":
		name = c.Args().First()
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return &usage{fmt.Sprintf("%s is there already: name another", name)}
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, source.WithoutPath(err))
	}
	_, err = file.WriteString(claim.Template())
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, source.WithoutPath(err))
	}
	_, err = fmt.Fprintf(to.out, "Wrote %s. Fill it in from the report, a figure a line, then:\n   averted claims check %s\n", name, name)
	return err
}

func claimsRules(c *cli.Context, to streams) error {
	if c.Args().Present() {
		return &usage{"averted claims rules wants no argument"}
	}
	if c.Bool("json") {
		return printJSON(to, report.ClaimRules())
	}
	w := &printer{out: to.out}
	for _, r := range report.ClaimRules() {
		w.wrapped(fmt.Sprintf("%-25s ", r.Rule), strings.Repeat(" ", 26), r.Does)
	}
	return w.err
}

func claimsSchema(c *cli.Context, to streams) error {
	if c.Args().Present() {
		return &usage{"averted claims schema wants no argument"}
	}
	_, err := fmt.Fprint(to.out, claim.Schema())
	return err
}
