package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"

	"averted/evaluate/source"
	"averted/evaluate/strict"
	"averted/evaluate/window"
)

// Lock is a plan as it stood before the data arrived. What proves it is that its hash was sent to somebody; the file
// beside the study says what has changed since.
type Lock struct {
	Form int             `json:"averted_lock"`
	On   window.Day      `json:"locked_on"`
	Hash string          `json:"hash"` // of day and plan
	Plan json.RawMessage `json:"plan"`
}

// LockFile is the file that a study's lock stands in, beside it: study.yaml.lock.json.
func LockFile(path string) string { return path + ".lock.json" }

// Lock is the plan's lock of a day. Names of files, how their text is written (encoding, delimiter), and numbers that only
// the data tell, are not part of it; headings, sheets, layouts of dates and everything that chooses rows are.
func (p *Plan) Lock(on window.Day) Lock {
	text, err := json.Marshal(p.lockable())
	if err != nil {
		panic("study: a plan that can't be written: " + err.Error())
	}
	return Lock{Form: 1, On: on, Hash: lockHash(on, text), Plan: text}
}

// lockHash is of the day too, so that neither can be changed behind it.
func lockHash(on window.Day, plan []byte) string {
	return hashOf(append([]byte(on.String()+"\n"), plan...))
}

// ReadLock reads the lock beside the study file, nil if there is none. The error is *[Invalid] for a file that is no
// lock.
func (p *Plan) ReadLock() (*Lock, error) {
	name := LockFile(p.keys.File)
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
		return nil, wrong(&problems)
	}
	return &lock, nil
}

// whole reports whether the plan in a lock is the one that its hash is of.
func (l Lock) whole() bool {
	text, err := json.Marshal(l.Plan) // without the blanks of the file
	return err == nil && lockHash(l.On, text) == l.Hash
}

// Changed lists the keys of the plan that are not as they were locked, sorted; none if nothing changed.
func (p *Plan) Changed(lock Lock) ([]string, error) {
	if p.Lock(lock.On).Hash == lock.Hash {
		return nil, nil
	}
	was, err := tree(lock.Plan)
	if err != nil {
		return nil, err
	}
	is, err := tree(p.Lock(lock.On).Plan)
	if err != nil {
		return nil, err
	}
	var keys []string
	differ("", was, is, &keys)
	if len(keys) == 0 { // maps that are told in order have the same keys in another
		keys = []string{"the order of activities or of windows"}
	}
	slices.Sort(keys)
	return keys, nil
}

// tree reads JSON with its numbers as they are written.
func tree(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading a plan: %w", err)
	}
	return v, nil
}

// differ collects the keys in which two JSON values are not the same. Lists of one length are looked at place by place, as
// events[1].
func differ(path string, was, is any, keys *[]string) {
	if a, ok := was.(map[string]any); ok {
		if b, ok := is.(map[string]any); ok {
			both := maps.Clone(a)
			maps.Copy(both, b)
			for key := range both {
				differ(strict.Join(path, key), a[key], b[key], keys)
			}
			return
		}
	}
	if a, ok := was.([]any); ok {
		if b, ok := is.([]any); ok && len(a) == len(b) {
			for i := range a {
				differ(fmt.Sprintf("%s[%d]", path, i+1), a[i], b[i], keys)
			}
			return
		}
	}
	if !reflect.DeepEqual(was, is) {
		*keys = append(*keys, path)
	}
}
