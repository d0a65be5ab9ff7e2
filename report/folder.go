package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"averted/evaluate/source"

	"github.com/gofrs/flock"
)

// Indented is JSON as the files have it.
func Indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return append(text, '\n'), nil
}

// tableOf writes rows as CSV. Text that a spreadsheet would take for a formula gets an apostrophe; numbers
// don't.
func tableOf(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		safe := slices.Clone(row)
		for i, field := range safe {
			var number json.Number
			if field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0])) && json.Unmarshal([]byte(field), &number) != nil {
				safe[i] = "'" + field
			}
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("writing CSV: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func sums(files map[string][]byte, under string) []byte {
	var names []string
	for name := range files {
		if strings.HasPrefix(name, under) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(files[name]), strings.TrimPrefix(name, under))
	}
	return b.Bytes()
}

// Held is the error of a folder that another run is writing to. By says which, as its lock does.
type Held struct{ Dir, By string }

// Error says which folder is held, and by whom.
func (h *Held) Error() string {
	by := ""
	if h.By != "" {
		by = " (" + h.By + ")"
	}
	return fmt.Sprintf("another run%s holds %s; wait until it is done", by, h.Dir)
}

// Folder is an output folder that this run alone writes to.
type Folder struct {
	dir  string
	lock *flock.Flock
}

// ErrHere is the error of an output folder that is the current one: it can't be replaced from inside.
var ErrHere = errors.New("the output folder is the current one")

// Open takes hold of an output folder, before any work is done: its parent must be there and writable. An
// old release that a killed run left aside is put back. A link is followed. The error is *[Held] if another run
// holds it, and [ErrHere] for the current folder.
func Open(dir string) (*Folder, error) {
	path, err := target(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: path}
	if err := f.hold(filepath.Clean(dir)); err != nil {
		return nil, err
	}
	if err := f.recover(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// mine is how a lock's text begins.
const mine = "process "

// hold takes the lock. The system lets go of it when the process ends, however it ends, so one that was left behind
// holds nobody up.
func (f *Folder) hold(dir string) error {
	path := f.dir + ".lock"
	fail := func(err error) error {
		return fmt.Errorf("the output folder %s: its parent must be there and writable: %w", dir, source.WithoutPath(err))
	}
	if text, err := os.ReadFile(path); err == nil && len(text) > 0 && !strings.HasPrefix(string(text), mine) {
		return fmt.Errorf("the output folder %s: %s.lock is a file of another kind, and would be replaced", dir, dir)
	}
	for range 10 {
		f.lock = flock.New(path, flock.SetPermissions(0o600))
		held, err := f.lock.TryLock()
		if err != nil {
			return fail(err)
		}
		if !held {
			by, _ := os.ReadFile(path) // it may be being written
			return &Held{dir, strings.TrimSpace(string(by))}
		}
		// The run before may have removed the file between opening and locking: then it is another's now.
		locked, err := f.lock.Stat()
		if now, errNow := os.Stat(path); err == nil && errNow == nil && os.SameFile(locked, now) {
			if err := os.WriteFile(path, fmt.Appendf(nil, mine+"%d\n", os.Getpid()), 0o600); err != nil {
				return errors.Join(fail(err), f.Close())
			}
			return nil
		}
		_ = f.lock.Close() // of a file that is gone
	}
	return &Held{Dir: dir}
}

// target is the absolute path of an output folder, links followed.
func target(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("the output folder %s: %w", dir, err)
	}
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("the output folder %s: %w", dir, err)
	}
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", fmt.Errorf("the output folder %s is a link that leads nowhere", dir)
		}
		info, err = os.Stat(path)
	}
	switch {
	case path == here:
		return "", ErrHere
	case err == nil && !info.IsDir():
		return "", fmt.Errorf("the output folder %s: there is a file of that name", dir)
	}
	return path, nil
}

// recover clears up after a run that was killed. Whatever lies here under the names averted uses and was not
// written by it stops the run.
func (f *Folder) recover() error {
	for _, dir := range []string{f.dir, f.old(), f.staging()} {
		if err := ours(dir); err != nil {
			return err
		}
	}
	if err := untouched(f.dir); err != nil {
		return err
	}
	_, err := os.Stat(f.dir)
	_, errOld := os.Stat(f.old())
	if errors.Is(err, fs.ErrNotExist) && errOld == nil {
		if err := os.Rename(f.old(), f.dir); err != nil {
			return fmt.Errorf("putting the earlier release back: %w", err)
		}
	}
	return discard(f.staging())
}

// discard removes a folder of a release: the list of its files goes last, so that what a killed run leaves of it is still
// known for a release's.
func discard(dir string) error {
	order, err := removal(dir)
	if err != nil {
		return err
	}
	for _, path := range order {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("the folder %s: %w", dir, source.WithoutPath(err))
		}
	}
	return os.RemoveAll(dir)
}

// removal lists a folder's files in the order in which they go.
func removal(dir string) ([]string, error) {
	list := filepath.Join(dir, "release", sumsFile)
	var order []string
	last := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == dir:
			return fs.SkipAll
		case err != nil:
			return fmt.Errorf("the folder %s: %w", dir, source.WithoutPath(err))
		case path == list:
			last = true
		case !d.IsDir():
			order = append(order, path)
		}
		return nil
	})
	if last {
		order = append(order, list)
	}
	return order, err
}

func (f *Folder) old() string     { return f.dir + ".old" }
func (f *Folder) staging() string { return f.dir + ".new" }

// ours refuses to replace a folder that averted did not write, or to which somebody added.
func ours(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the folder %s: %w", dir, errors.Unwrap(err))
	}
	listed := map[string]bool{"release/" + sumsFile: true, "internal/result.json": true}
	if text, err := os.ReadFile(filepath.Join(dir, "release", sumsFile)); err == nil {
		for line := range strings.Lines(string(text)) {
			if _, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
				listed["release/"+name] = true
			}
		}
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("the folder %s: %w", dir, errors.Unwrap(err))
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return fmt.Errorf("the folder %s: %w", dir, err)
		}
		if name = filepath.ToSlash(name); d.IsDir() && (name == "." || name == "release" || name == "internal" || name == "release/charts" || name == "release/pictures") || listed[name] {
			return nil
		}
		return fmt.Errorf("the folder %s holds %s, which is not of a release, and would be replaced: name another output folder", dir, name)
	})
}

// untouched refuses to replace a release of which somebody changed a file: a report in Word, say, that was edited.
func untouched(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "release", sumsFile))
	if err != nil {
		return nil // there is none yet
	}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, "release", filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away
		}
		if err != nil {
			return fmt.Errorf("the folder %s: %w", dir, source.WithoutPath(err))
		}
		if fmt.Sprintf("%x", sha256.Sum256(data)) != sum {
			return fmt.Errorf("the folder %s holds %s, which was changed since it was written, and would be replaced: move it away, or name another output folder", dir, "release/"+name)
		}
	}
	return nil
}

// Write replaces the folder's content with files, by path: whole, or not at all. internal/ is for its owner
// alone.
func (f *Folder) Write(files map[string][]byte) (err error) {
	defer func() {
		if err != nil {
			_ = discard(f.staging()) // the first error is told
		}
	}()
	// The list of files goes first: by it a later run knows what a killed one left.
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(name string) bool { return name == "release/"+sumsFile })
	names = append([]string{"release/" + sumsFile}, names...)
	for _, name := range names {
		text := files[name]
		path := filepath.Join(f.staging(), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(name, "internal/") {
			mode = 0o600
		}
		if err := os.WriteFile(path, text, mode); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	if err := os.Chmod(filepath.Join(f.staging(), "internal"), 0o700); err != nil {
		return fmt.Errorf("closing internal/ to others: %w", err)
	}
	if err := discard(f.old()); err != nil {
		return fmt.Errorf("removing an older release: %w", err)
	}
	if err := os.Rename(f.dir, f.old()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("setting the earlier release aside: %w", err)
	}
	if err := os.Rename(f.staging(), f.dir); err != nil {
		return errors.Join(fmt.Errorf("putting the release in place: %w", err), os.Rename(f.old(), f.dir))
	}
	return discard(f.old())
}

// Close lets go of the folder.
func (f *Folder) Close() error { return errors.Join(os.Remove(f.lock.Path()), f.lock.Close()) }
