// Package enginetest is the suite that every engine must pass: the rules of time, person by person, and
// agreement with the memory engine on random studies.
package enginetest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/fixtures/specs"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// common is the study file that a spec's own lines are added to. Everybody is their own practice, so that
// the cells of a tally tell people apart.
const common = `averted: 1
title: spec
date: 2022-01-01
seed: 1
opt_out: {not_applicable: synthetic data}
set_aside: {rows: 100, people: 100}
people:
  file: people.csv
  columns: {person: person, practice: person, index: index, joined: joined, died: died, left: left}
`

const commonEvents = `activities: {ae: {}}
events:
  - {file: ae.csv, activity: ae, columns: {person: person, date: date}, complete: {from: 2018-01-01, to: 2021-12-31}}
`

// Specs runs every spec on an engine.
func Specs(t *testing.T, e engine.Engine) {
	names, err := fs.Glob(specs.Files, "*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(name, ".txt"), func(t *testing.T) {
			text, err := specs.Files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(text)
			got, stages := Table(t, e, archive)
			if want := section(t, archive, "expect"); normal(got) != normal(want) {
				t.Errorf("%s\n%s", archive.Comment, cmp.Diff(normal(want), normal(got)))
			}
			if want := optional(archive, "expect stages"); want != "" && normal(stages) != normal(want) {
				t.Errorf("%s\n%s", archive.Comment, cmp.Diff(normal(want), normal(stages)))
			}
		})
	}
}

// optional is a section, "" if the spec has none of that name.
func optional(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func section(t *testing.T, archive *txtar.Archive, name string) string {
	text := optional(archive, name)
	if text == "" {
		t.Fatalf("the spec has no section %s", name)
	}
	return text
}

// normal makes blanks between columns one.
func normal(table string) string {
	var lines []string
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 0 {
			lines = append(lines, strings.Join(fields, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// Table runs a spec and writes what came out as the spec's own table does, and another of the stages of the longest
// window after.
func Table(t *testing.T, e engine.Engine, archive *txtar.Archive) (table, stages string) {
	dir := t.TempDir()
	lines := section(t, archive, "study")
	text := common + lines
	if !strings.Contains(lines, "events:") {
		text += commonEvents
	}
	for _, f := range archive.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Parse("study.yaml", dir, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	files := open(t, dir, e)
	people, err := cohort.Read(t.Context(), plan, files)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := e.Tally(t.Context(), plan, people, files)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, plan, counted.Tally)
	var b, later strings.Builder
	fmt.Fprintln(&later, "person stage days events")
	fmt.Fprintln(&b, "person window status days_before days_after before after complete")
	for _, p := range people.People {
		for _, cell := range counted.Tally.Cells {
			if cell.Practice != p.Practice {
				continue
			}
			for s, stage := range cell.Stages {
				fmt.Fprintln(&later, p.ID, strings.ReplaceAll(counted.Tally.Stages[s], " ", "_"), stage.Days, plus(stage.Events))
			}
		}
		for w, length := range plan.Windows {
			for _, cell := range counted.Tally.Cells {
				if cell.Practice != p.Practice {
					continue
				}
				s := cell.Windows[w]
				complete := "no"
				if s.Complete {
					complete = "yes"
				}
				fmt.Fprintln(&b, p.ID, length, p.Windows[w].Status, s.DaysBefore, s.DaysAfter, plus(s.Before), plus(s.After), complete)
			}
		}
	}
	return b.String(), later.String()
}

// sound checks what is true of every tally: the stages of the longest window after make up the whole of it.
func sound(t *testing.T, plan *study.Plan, counted *tally.Tally) {
	t.Helper()
	longest := engine.Longest(plan)
	for _, cell := range counted.Cells {
		if len(cell.Stages) == 0 {
			continue
		}
		whole, days, events := cell.Windows[longest], int64(0), make([]int64, len(counted.Activities))
		for _, stage := range cell.Stages {
			days += stage.Days
			for a, n := range stage.Events {
				events[a] += n
			}
		}
		if days != whole.DaysAfter || !slices.Equal(events, whole.After) {
			t.Errorf("the stages have %d days and %v events, the window %d and %v", days, events, whole.DaysAfter, whole.After)
		}
	}
}

// open is the files of a study in a folder, with what an engine can read.
func open(t *testing.T, dir string, e engine.Engine) *source.Files {
	database, _ := e.(source.Database)
	files := source.NewFiles(dir, database)
	t.Cleanup(func() {
		if err := files.Close(); err != nil {
			t.Error(err)
		}
	})
	return files
}

func plus(counts []int64) string {
	texts := make([]string, len(counts))
	for i, n := range counts {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, "+")
}
