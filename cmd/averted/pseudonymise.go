package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/cohort/pseudonym"
	"averted/evaluate/source"
	"averted/report/number"

	"github.com/urfave/cli/v2"
)

func pseudonymiseCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "pseudonymise", Usage: "replace NHS numbers in a table by identifiers that need a key to make", ArgsUsage: "FILE.csv --column NAME --key KEY --project NAME --out FILE",
		Description: "Examples:\n   averted pseudonymise --new-key dudley.key\n   averted pseudonymise ae.csv --column nhs_number --key dudley.key --project \"Dudley 2019\" --out pseudonymised/ae.csv\n\nThe same number has the same identifier in every file of a project, and another in another project. Keep the key\naway from the data: who has both can find people. A number that is not valid is left empty and counted.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "new-key", Usage: "make a key, write it to this file for its owner alone, and do nothing else"},
			&cli.StringFlag{Name: "column", Usage: "the column that holds the NHS number"},
			&cli.StringFlag{Name: "key", Usage: "the key file; or name an environment variable that holds its path: $NAME"},
			&cli.StringFlag{Name: "project", Usage: "the project's name"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "the CSV file to write, which must not be there"},
		},
		Action: func(c *cli.Context) error {
			if path := c.String("new-key"); path != "" {
				if err := pseudonym.NewKey(path); err != nil {
					return err
				}
				_, err := fmt.Fprintf(to.out, "Wrote the key %s. Without it these identifiers can't be made again; keep it away from the data.\n", path)
				return err
			}
			return pseudonymise(c, to)
		},
	}
}

func pseudonymise(c *cli.Context, to streams) error {
	path, err := one(c, "one table, in a text file")
	if err != nil {
		return err
	}
	if form, ok := source.FormOf(path); !ok || form != source.CSV {
		return &usage{"averted pseudonymise reads text files: save the sheet or the table as CSV first, which keeps its dates as they are shown"}
	}
	for _, name := range []string{"column", "key", "project", "out"} {
		if c.String(name) == "" {
			return &usage{fmt.Sprintf("averted pseudonymise wants --%s", name)}
		}
	}
	key := c.String("key")
	if name, ok := strings.CutPrefix(key, "$"); ok {
		key = os.Getenv(name)
	}
	secret, err := pseudonym.ReadKey(key)
	if err != nil {
		return err
	}
	maker, err := pseudonym.New(secret, strings.TrimSpace(c.String("project")))
	if err != nil {
		return &usage{err.Error()}
	}
	replaced, empty, err := replace(c, path, maker)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to.out, "Wrote %s: numbers replaced: %s; rows without a valid number, left empty: %s.\n", c.String("out"), number.Count(replaced), number.Count(empty))
	return err
}

// replace writes the table with pseudonyms beside its place and renames it, so that half a table is never there.
func replace(c *cli.Context, path string, maker *pseudonym.Maker) (replaced, empty int64, err error) {
	out := c.String("out")
	if _, err := os.Stat(out); err == nil {
		return 0, 0, &usage{fmt.Sprintf("%s is there already: name a new file", out)}
	}
	var problems source.Problems
	files := source.NewFiles(filepath.Dir(path), nil)
	defer func() { err = errors.Join(err, files.Close()) }()
	name := filepath.Base(path)
	probe, err := files.Open(c.Context, source.Table{File: name}, "", []string{c.String("column")}, &problems, &source.Quality{})
	if err != nil || probe == nil {
		return 0, 0, errors.Join(err, problems.WithoutCures())
	}
	header := probe.Header()
	if err := probe.Close(); err != nil {
		return 0, 0, err
	}
	for i, h := range header {
		if h == "" || slices.Contains(header[:i], h) {
			return 0, 0, &usage{"every column needs a heading of its own"}
		}
	}
	rows, err := files.Open(c.Context, source.Table{File: name}, "", header, &problems, &source.Quality{})
	if err != nil || rows == nil {
		return 0, 0, errors.Join(err, problems.WithoutCures())
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o700); err != nil {
		return 0, 0, errors.Join(fmt.Errorf("writing %s: %w", out, source.WithoutPath(err)), rows.Close())
	}
	file, err := os.CreateTemp(filepath.Dir(out), ".averted-*") // 0600
	if err != nil {
		return 0, 0, errors.Join(fmt.Errorf("writing %s: %w", out, source.WithoutPath(err)), rows.Close())
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the first error is told
		}
	}()
	w := csv.NewWriter(file)
	err = w.Write(header)
	at := slices.Index(header, c.String("column"))
	for err == nil {
		var more bool
		if more, err = rows.Next(); err != nil || !more {
			break
		}
		record := make([]string, len(header))
		for i := range header {
			record[i] = rows.Field(i)
		}
		made, ok := maker.Of(record[at])
		if record[at] = made; ok {
			replaced++
		} else {
			empty++
		}
		err = w.Write(record)
	}
	w.Flush()
	if err = errors.Join(err, w.Error(), file.Close(), rows.Close()); err != nil {
		return 0, 0, fmt.Errorf("writing %s: %w", out, source.WithoutPath(err))
	}
	if err := problems.Err(); err != nil {
		return 0, 0, err
	}
	if replaced == 0 {
		problems.Add(source.Problem{File: name, Name: c.String("column"), Code: "A144", Text: "no valid NHS number stands here"})
		return 0, 0, problems.Err()
	}
	if err = os.Link(file.Name(), out); err == nil { // unlike a renaming, a link never replaces a file
		err = os.Remove(file.Name())
	} else if _, there := os.Stat(out); errors.Is(there, fs.ErrNotExist) { // a file system without links
		err = os.Rename(file.Name(), out)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("writing %s: %w", out, source.WithoutPath(err))
	}
	return replaced, empty, nil
}
