package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"averted/evaluate/source"
	"averted/evaluate/window"
)

// Lock is a plan as it stood before the data arrived. What proves it is that its hash was sent to somebody; the file
// beside the study says what has changed since.
type Lock struct {
	Form int             `json:"averted_lock"`
	On   window.Day      `json:"locked_on"`
	Hash string          `json:"hash"` // [Plan.Content]
	Plan json.RawMessage `json:"plan"`
}

// LockFile is the file that a study's lock stands in: study.yaml's is study.lock.json.
func LockFile(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".lock.json" }

// Lock is the plan's lock of a day. Names and forms of files, and numbers that only the data tell, are not part of it.
func (p *Plan) Lock(on window.Day) Lock {
	text, err := json.Marshal(p.content())
	if err != nil {
		panic("study: a plan that can't be written: " + err.Error())
	}
	return Lock{Form: 1, On: on, Hash: p.Content(), Plan: text}
}

// ReadLock reads the lock beside the study file, nil if there is none. The error is *[Invalid] for a file that is no
// lock.
func (p *Plan) ReadLock() (*Lock, error) {
	name := LockFile(p.keys.file)
	text, err := os.ReadFile(p.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the lock %s: %w", name, source.WithoutPath(err))
	}
	var lock Lock
	if err := json.Unmarshal(text, &lock); err != nil || lock.Form != 1 || len(lock.Plan) == 0 || !lock.whole() {
		var problems source.Problems
		problems.Add(source.Problem{File: name, Code: "A010", Text: "this is no lock as averted writes it, or it was changed; put back the one that was written, or take it away and the result says that the study was not locked"})
		return nil, &Invalid{&problems}
	}
	return &lock, nil
}

// whole reports whether the plan in a lock is the one that its hash is of.
func (l Lock) whole() bool {
	text, err := json.Marshal(l.Plan) // without the blanks of the file
	return err == nil && hashOf(text) == l.Hash
}

// Changed lists the keys of the plan that are not as they were locked, sorted; none if nothing changed.
func (p *Plan) Changed(lock Lock) ([]string, error) {
	if p.Content() == lock.Hash {
		return nil, nil
	}
	var was, is any
	if err := json.Unmarshal(lock.Plan, &was); err != nil {
		return nil, fmt.Errorf("reading the lock's plan: %w", err)
	}
	if err := json.Unmarshal(p.Lock(lock.On).Plan, &is); err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	var keys []string
	differ("", was, is, &keys)
	slices.Sort(keys)
	return keys, nil
}

// differ collects the keys in which two JSON values are not the same. Lists are one value: their places mean nothing.
func differ(path string, was, is any, keys *[]string) {
	a, aIs := was.(map[string]any)
	b, bIs := is.(map[string]any)
	if !aIs || !bIs {
		if !reflect.DeepEqual(was, is) {
			*keys = append(*keys, path)
		}
		return
	}
	seen := map[string]bool{}
	for _, m := range []map[string]any{a, b} {
		for key := range m {
			if !seen[key] {
				seen[key] = true
				differ(join(path, key), a[key], b[key], keys)
			}
		}
	}
}
