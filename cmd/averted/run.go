package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
	"averted/report"
	"averted/report/release"
	"averted/report/result"

	"github.com/urfave/cli/v2"
)

func runCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "run", Usage: "count, estimate, price and write the report", ArgsUsage: "STUDY --out DIR",
		Description: "Examples:\n   averted run study.yaml --out report\n   averted run study.yaml --out report --json --quiet\n   averted run study.yaml --out at-national --prices national-2024\n\nDIR/release may leave; DIR/internal has exact figures and is for you alone.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "the folder to write; an earlier release in it is replaced whole"},
			&cli.StringFlag{Name: "prices", Usage: "at other prices that the study names under prices: {others: ...}"},
			&cli.BoolFlag{Name: "tables-only", Usage: "write the workbook as the accessible edition: tables of values alone"},
			&cli.BoolFlag{Name: "json", Usage: "print what may leave as JSON in place of the summary"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress"},
		}, engineFlags()...),
		Action: func(c *cli.Context) error { return runStudy(c, to) },
	}
}

func runStudy(c *cli.Context, to streams) (err error) {
	path, e, err := chosen(c)
	if err != nil {
		return err
	}
	if c.String("out") == "" {
		return &usage{"averted run wants --out DIR, the folder to write"}
	}
	plan, err := study.Read(path)
	if err != nil {
		return err
	}
	if plan, err = pricesOf(c, plan); err != nil {
		return err
	}
	folder, err := report.Open(c.String("out"))
	if errors.Is(err, report.ErrHere) {
		return &usage{"--out wants a folder other than the one you are in"}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	p := newProgress(to.talk, c.Bool("quiet"))
	defer p.done()
	exact, safe, err := report.Make(c.Context, plan, e, p.step)
	if err != nil {
		return err
	}
	if err := told(exact, safe); err != nil {
		return err
	}
	p.step("writing the report", 0, 0)
	files, err := report.Render(exact, safe, report.Rendering{TablesOnly: c.Bool("tables-only")})
	if err != nil {
		return err
	}
	if err := c.Context.Err(); err != nil {
		return err
	}
	if err := folder.Write(files); err != nil {
		return err
	}
	p.done()
	if c.Bool("json") {
		return printJSON(to, safe.Result)
	}
	return summary(to.out, safe, filepath.Clean(c.String("out")))
}

// pricesOf is the plan at the prices that --prices names, or at its own.
func pricesOf(c *cli.Context, plan *study.Plan) (*study.Plan, error) {
	switch name := c.String("prices"); {
	case name != "":
		return plan.At(name)
	case c.IsSet("prices"):
		return nil, &usage{"--prices wants a name of the study's other prices"}
	}
	return plan, nil
}

// told refuses a run that has nothing to tell: every estimate refused, or every figure hidden.
func told(exact *result.Result, safe *release.Released) error {
	refused, shown := true, false
	for i, e := range exact.Estimates {
		refused = refused && (e.Method != "rate_ratio" && !trend.OfMonths(e.Method) || e.Value == nil)
		shown = shown || safe.Estimates[i].Value != nil
	}
	switch {
	case exact.Alone() && (len(safe.Courses)+len(safe.CaseStudies)+len(safe.Quotes)+len(safe.Surveys)+len(safe.Outcomes) > 0 || safe.Profile != nil): // nobody's use is counted
	case refused: // a ratio of 0 is refused an interval and has a value
		reason := ""
		if len(exact.Estimates) > 0 {
			reason = ", the first with " + exact.Estimates[0].Refused + ", since " + exact.Estimates[0].Why
		}
		return &nothing{fmt.Sprintf("every estimate is refused%s: nothing was written", reason)}
	case !shown:
		return &nothing{fmt.Sprintf("nothing can be released under the profile %s: too few people stand behind every figure; nothing was written", exact.Study.Profile)}
	}
	return nil
}
