package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/study"
	"averted/fixtures/studies"

	"github.com/urfave/cli/v2"
)

func exampleCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "example", Usage: "write an example study into a folder", ArgsUsage: "DIR [--study NAME] [--list]",
		Description: "Examples:\n   averted example demo\n   averted example trial --study epilepsy-trial\n   averted example --list\n   averted example dudley-hiu\n\nStudies: " + strings.Join(studies.Names(), ", ") + ".",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "study", Value: studies.Default, Usage: "which example"}, &cli.BoolFlag{Name: "list", Usage: "list the examples"}},
		Action: func(c *cli.Context) error {
			if c.Bool("list") {
				return list(to)
			}
			dir, err := one(c, "one folder to write to")
			if err != nil {
				return err
			}
			name := c.String("study")
			if base := filepath.Base(dir); !c.IsSet("study") && slices.Contains(studies.Names(), base) {
				name = base // who asks for a folder named like an example means that example
			}
			files, err := studies.Open(name)
			if err != nil {
				return &usage{fmt.Sprintf("there is no example %q; there are %s", name, strings.Join(studies.Names(), ", "))}
			}
			if err := write(dir, files); err != nil {
				return err
			}
			file := filepath.Join(dir, "study.yaml")
			_, err = fmt.Fprintf(to.out, "Wrote the example %s into %s. Next:\n   averted check %s\n   averted run %s --out %s\n", name, dir, file, file, filepath.Join(dir, "report"))
			return err
		},
	}
}

// list names the examples with their titles.
func list(to streams) error {
	for _, name := range studies.Names() {
		files, err := studies.Open(name)
		if err != nil {
			return fmt.Errorf("listing the examples: %w", err)
		}
		text, err := fs.ReadFile(files, "study.yaml")
		if err != nil {
			return fmt.Errorf("listing the examples: %w", err)
		}
		plan, err := study.Parse("study.yaml", ".", text)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(to.out, "%-28s %s\n", name, plan.Title); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(to.out, "\naverted example DIR --study NAME writes one; without a name it is %s, or the one that DIR is named like.\n", studies.Default)
	return err
}

// write copies files into a folder that is new or empty.
func write(dir string, files fs.FS) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing the example: %w", err)
	}
	if len(entries) > 0 {
		return &usage{fmt.Sprintf("the folder %s is not empty: name a new one", dir)}
	}
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return fmt.Errorf("writing the example: %w", err)
		}
		place := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			return fmt.Errorf("writing the example: %w", err)
		}
		if err := os.WriteFile(place, text, 0o644); err != nil {
			return fmt.Errorf("writing the example: %w", err)
		}
		return nil
	})
}
