package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"averted/evaluate/draft"
	"averted/evaluate/source"

	"github.com/urfave/cli/v2"
)

func initCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "init", Usage: "write a study file for your own files, with guesses marked", ArgsUsage: "FILE... [--out study.yaml]",
		Description: "Examples:\n   averted init people.csv ae.csv admissions.csv\n   averted init people.csv hospital/*.csv surgeries/*.xlsx\n\nIt asks nothing. It reads headings, words and dates of CSV and XLSX files and writes study.yaml in the folder\nthey lie in, or below which they lie. Every guess is marked; averted check says what is missing.",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "the study file to write; it must lie in a folder above the files"}},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return &usage{"averted init wants the files to look at"}
			}
			return initStudy(c, to)
		},
	}
}

func initStudy(c *cli.Context, to streams) (err error) {
	var paths []string
	for _, arg := range c.Args().Slice() {
		list := []string{arg}
		if source.IsGlob(arg) { // where the shell doesn't
			if list, err = filepath.Glob(arg); err != nil || len(list) == 0 {
				return &usage{fmt.Sprintf("no file has a name like %s", arg)}
			}
		}
		for _, path := range list {
			absolute, err := filepath.Abs(path)
			if err != nil {
				return fmt.Errorf("finding a file: %w", err)
			}
			if info, err := os.Stat(absolute); errors.Is(err, fs.ErrNotExist) {
				return &usage{fmt.Sprintf("there is no file %s", path)}
			} else if err == nil && info.IsDir() {
				return &usage{fmt.Sprintf("%s is a folder: name the files in it", path)}
			}
			paths = append(paths, absolute)
		}
	}
	dir := filepath.Dir(paths[0])
	for _, path := range paths {
		for !strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator)) {
			dir = filepath.Dir(dir)
		}
	}
	out := c.String("out")
	if out == "" {
		out = filepath.Join(dir, "study.yaml")
		if here, err := os.Getwd(); err == nil {
			if short, err := filepath.Rel(here, out); err == nil && filepath.IsLocal(short) {
				out = short
			}
		}
	} else if dir, err = filepath.Abs(filepath.Dir(out)); err != nil {
		return fmt.Errorf("finding the folder of %s: %w", out, err)
	}
	var names []string
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil || !filepath.IsLocal(name) {
			return &usage{"the study file must lie in a folder above all its files"}
		}
		names = append(names, filepath.ToSlash(name))
	}
	if _, err := os.Stat(out); err == nil {
		return &usage{fmt.Sprintf("%s is there already: name another with --out", out)}
	}
	files := source.NewFiles(dir, nil)
	defer func() { err = errors.Join(err, files.Close()) }()
	text, strange, err := draft.Draft(c.Context, files, names)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", out, errors.Unwrap(err))
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", out, err)
	}
	if len(strange) > 0 {
		_, _ = fmt.Fprintf(to.out, "Nothing could be guessed from %s: name it in the study file by hand.\n", strings.Join(strange, ", ")) // the next line fails too
	}
	_, err = fmt.Fprintf(to.out, "Wrote %s. Read it, mend what is guessed wrong, then:\n   averted check %s\n", out, out)
	return err
}
