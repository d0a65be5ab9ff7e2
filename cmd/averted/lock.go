package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
	"averted/report"

	"github.com/urfave/cli/v2"
)

func lockCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "lock", Usage: "fix the plan before the data arrive, and print its hash to send", ArgsUsage: "STUDY",
		Description: "Examples:\n   averted lock study.yaml\n   averted lock study.yaml --json\n\nSend the hash to whoever will read the result. Every run says whether the plan is still the one that\nwas locked, or what has changed. Names of files may change; headings count. No data are needed.",
		Flags:       []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "as JSON"}},
		Action:      func(c *cli.Context) error { return lockStudy(c, to) },
	}
}

func lockStudy(c *cli.Context, to streams) error {
	path, err := one(c, "one study file")
	if err != nil {
		return err
	}
	plan, err := study.Read(path)
	if err != nil {
		return err
	}
	lock, err := plan.ReadLock()
	if err != nil {
		return err
	}
	name := filepath.Base(study.LockFile(path))
	again := lock != nil
	if again {
		changed, err := plan.Changed(*lock)
		if err != nil {
			return err
		}
		if len(changed) > 0 {
			return &no{fmt.Sprintf("the study was locked on %s and has changed since: %s. A plan that can be locked again is not locked. To start afresh, take %s away, send the new hash, and say that you did", lock.On, strings.Join(changed, ", "), name)}
		}
	} else {
		year, month, day := time.Now().Date() // a person locks on a day; no result depends on it but by saying it
		fresh := plan.Lock(window.Date(year, int(month), day))
		lock = &fresh
		if err := writeLock(study.LockFile(path), fresh); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return json.NewEncoder(to.out).Encode(map[string]any{"hash": lock.Hash, "locked_on": lock.On, "file": name, "already": again})
	}
	said := "Locked"
	if again {
		said = "Already locked, and unchanged,"
	}
	_, err = fmt.Fprintf(to.out, "%s\n\n%s on %s (%s). Send this hash to whoever will read the result, before the data arrive.\n", lock.Hash, said, lock.On, name)
	return err
}

// writeLock writes a lock whole, and only where there is none.
func writeLock(path string, lock study.Lock) error {
	text, err := report.Indented(lock)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return &no{"another lock was written at the same moment: look at it, and try again"}
	}
	if err != nil {
		return fmt.Errorf("writing the lock %s: %w", filepath.Base(path), source.WithoutPath(err))
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing the lock %s: %w", filepath.Base(path), source.WithoutPath(err)), os.Remove(path))
	}
	return nil
}
