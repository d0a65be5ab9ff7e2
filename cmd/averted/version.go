package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"averted/report"

	"github.com/urfave/cli/v2"
)

func versionCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print the version and the engines of this build", ArgsUsage: "[--json]",
		Description: "Examples:\n   averted version\n   averted version --json",
		Flags:       []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "as JSON"}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return &usage{"averted version takes no argument"}
			}
			engine := engineOf("", limits{}).Name()
			if c.Bool("json") {
				return json.NewEncoder(to.out).Encode(map[string]string{"version": report.Version, "engine": engine, "go": runtime.Version()})
			}
			_, err := fmt.Fprintf(to.out, "averted %s (engine %s)\n", report.Version, engine)
			return err
		},
	}
}
