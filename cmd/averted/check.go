package main

import (
	"encoding/json"
	"fmt"

	"averted/costing"
	"averted/evaluate"
	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/study"
	"averted/report/number"

	"github.com/urfave/cli/v2"
)

func checkCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "check", Usage: "read a study and all its data, and estimate nothing", ArgsUsage: "STUDY [--json]",
		Description: "Examples:\n   averted check study.yaml\n   averted check study.yaml --json\n\nWith --json it prints the study as it is understood, defaults filled in, with its hash.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the canonical study, its hash and the people flow as JSON"},
			&cli.StringFlag{Name: "engine", Usage: "what counts: " + engineNames},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress"},
		},
		Action: func(c *cli.Context) error {
			plan, found, err := counted(c, to)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				e := json.NewEncoder(to.out)
				e.SetIndent("", " ")
				return e.Encode(map[string]any{"study": plan, "hash": plan.Hash(), "flow": found.Flow})
			}
			return tellCheck(to, plan, found)
		},
	}
}

// chosen is the study file and the engine that a command was given.
func chosen(c *cli.Context) (string, engine.Engine, error) {
	path, err := one(c, "one study file")
	if err != nil {
		return "", nil, err
	}
	e := engineOf(c.String("engine"))
	if e == nil {
		return "", nil, &usage{"there is no such engine; this build has " + engineNames}
	}
	return path, e, nil
}

// counted reads and counts a study, and its prices too.
func counted(c *cli.Context, to streams) (*study.Plan, *evaluate.Found, error) {
	path, e, err := chosen(c)
	if err != nil {
		return nil, nil, err
	}
	plan, err := study.Read(path)
	if err != nil {
		return nil, nil, err
	}
	if _, err := costing.Prices(plan); err != nil {
		return nil, nil, err
	}
	p := newProgress(to.talk, c.Bool("quiet"))
	found, err := evaluate.Count(c.Context, plan, e, p.step)
	p.done()
	return plan, found, err
}

func tellCheck(to streams, plan *study.Plan, found *evaluate.Found) error {
	w := &printer{out: to.out}
	w.line("%s", plan.Title)
	w.line("Hash %s", plan.Hash())
	w.line("")
	for _, f := range found.Files {
		w.line("%s: %s rows, %s of people in the study, %s of others, %s left out by where:, %s of no activity", f.Name, number.Count(f.Rows), number.Count(f.Matched), number.Count(f.Unmatched), number.Count(f.LeftOut), number.Count(f.Unmapped))
	}
	window := ""
	for _, b := range found.Flow {
		if b.Step != cohort.StepRows && b.Step != cohort.StepAnalysed && b.Step != cohort.StepWatched && b.Step != cohort.StepPeople {
			continue
		}
		if b.Window != window {
			window = b.Window
			w.line("%s:", window)
		}
		w.line("   %-20s %-10s %8s", b.Step, b.Arm, number.Count(b.People))
	}
	w.line("")
	w.line("Nothing is wrong. These counts are exact and for you alone.")
	return w.err
}

// printer keeps the first error of many prints.
type printer struct {
	out interface{ Write([]byte) (int, error) }
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}
