package source

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// Files opens the tables of one study, for one run. What it reads it remembers, so that a file that changes while the
// run goes on is noticed.
type Files struct {
	Dir      string                               // the study's folder
	Database Database                             // reads Parquet and DuckDB files; nil in a build that can't
	Progress func(name string, done, total int64) // called now and then; total is 0 where it is not known
	seed     maphash.Seed
	spill    *Spill
	seen     map[string]string // hash by path
	lock     sync.Mutex
}

// NewFiles is the files of the study in a folder.
func NewFiles(dir string, database Database) *Files {
	return &Files{Dir: dir, Database: database, seed: maphash.MakeSeed(), seen: map[string]string{}}
}

// Path is where a file lies that the study names.
func (f *Files) Path(name string) string { return filepath.Join(f.Dir, filepath.FromSlash(name)) }

// find lists the files that a name or a glob means, as the study would name them, sorted.
func (f *Files) find(name string) ([]string, error) {
	if !IsGlob(name) {
		return []string{name}, nil
	}
	found, err := fs.Glob(os.DirFS(f.Dir), filepath.ToSlash(filepath.Clean(name)))
	if err != nil {
		return nil, nil // a bad glob means no file
	}
	found = slices.DeleteFunc(found, func(n string) bool { return strings.HasPrefix(filepath.Base(n), "~$") }) // a workbook that is open
	slices.Sort(found)
	return found, nil
}

func (f *Files) stat(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

// outside reports whether a file's links lead out of the study's folder.
func (f *Files) outside(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	home, err2 := filepath.EvalSymlinks(f.Dir)
	if err != nil || err2 != nil {
		return false // it can't be read either
	}
	inside, err := filepath.Rel(home, real)
	return err != nil || !filepath.IsLocal(inside)
}

func (f *Files) progress(name string, total int64) func(int64) {
	if f.Progress == nil {
		return nil
	}
	return func(done int64) { f.Progress(name, done, total) }
}

func (f *Files) remember(path, sum string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if old, ok := f.seen[path]; ok && old != sum {
		sum = "" // it changed between two readings: no hash will be the same
	}
	f.seen[path] = sum
}

// Unchanged adds a problem for every file that is not what it was when it was read.
func (f *Files) Unchanged(ctx context.Context, problems *Problems) error {
	paths := make([]string, 0, len(f.seen))
	for path := range f.seen {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		sum, err := hashOf(ctx, path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if sum != f.seen[path] || sum == "" {
			name, err := filepath.Rel(f.Dir, path)
			if err != nil {
				name = filepath.Base(path)
			}
			problems.Add(Problem{File: filepath.ToSlash(name), Code: "A142", Text: "the file changed while it was being read: nothing was kept; run again when it is finished"})
		}
	}
	return nil
}

// Spill is the folder for what doesn't fit into memory, made when it is first asked for.
func (f *Files) Spill() (string, error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.spill == nil {
		spill, err := NewSpill()
		if err != nil {
			return "", err
		}
		f.spill = spill
	}
	return f.spill.Dir, nil
}

// Close removes the spill folder.
func (f *Files) Close() error {
	if f.spill == nil {
		return nil
	}
	err := f.spill.Close()
	f.spill = nil
	return err
}

// Spill is a folder for temporary files, closed to others. It is held by a lock that ends with the process, so that a
// later run can tell a dead run's folder and remove it.
type Spill struct {
	Dir  string
	lock *flock.Flock
}

const spillName = "averted-spill-"

// NewSpill makes a spill folder in the system's folder for temporary files, and sweeps away those of runs that were
// killed.
func NewSpill() (*Spill, error) {
	sweep()
	dir, err := os.MkdirTemp("", spillName) // 0700
	if err != nil {
		return nil, fmt.Errorf("making a folder to spill to (TMPDIR says where): %w", errors.Unwrap(err))
	}
	s := &Spill{Dir: dir, lock: flock.New(filepath.Join(dir, "lock"))}
	if held, err := s.lock.TryLock(); err != nil || !held {
		return nil, errors.Join(fmt.Errorf("the folder to spill to can't be held (%v)", err), os.RemoveAll(dir))
	}
	return s, nil
}

// sweep removes the folders whose lock nobody holds. What can't be removed is another user's.
func sweep() {
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), spillName+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		info, err := os.Lstat(filepath.Join(dir, "lock"))
		if err != nil || !info.Mode().IsRegular() { // being made, or no lock of ours
			continue
		}
		lock := flock.New(filepath.Join(dir, "lock"))
		if held, err := lock.TryLock(); err == nil && held {
			_ = os.RemoveAll(dir) // another user's stays
			_ = lock.Unlock()
		}
	}
}

// Close removes the folder and all in it.
func (s *Spill) Close() error {
	return errors.Join(s.lock.Unlock(), os.RemoveAll(s.Dir))
}

// Database reads the forms that need an engine.
type Database interface {
	// OpenTable opens a Parquet file, or a table or query of a DuckDB file. The error is *[Unreadable] for what is
	// wrong with the file and never has a value of a row in it.
	// spill is a folder for what doesn't fit into memory.
	OpenTable(ctx context.Context, path, spill string, form Form, t Table) (DatabaseRows, error)
}

// Column is a column of a database's table.
type Column struct {
	Name string
	Kind Kind
}

// Kind is what a column holds.
type Kind string

// The kinds.
const (
	Texts    Kind = "texts"
	Dates    Kind = "dates"    // dates and timestamps, given as yyyy-mm-dd with the time behind
	Instants Kind = "instants" // timestamps with a zone, given in UTC
	Nested   Kind = "nested"   // lists, blobs
)

// DatabaseRows is rows of a database's table.
type DatabaseRows interface {
	Columns() []Column
	// Select says which columns are wanted, by place; the others are not loaded.
	Select(places []int) error
	// Next is the wanted cells of the next row, in the order of Select, and a hash of the whole row; io.EOF at the end.
	Next() (cells []string, content uint64, err error)
	Close() error
}

// Unreadable is the error of a database's table that can't be read.
type Unreadable struct{ Text, Cure string }

func (u *Unreadable) Error() string { return u.Text }

// databaseRecords makes records of a database's rows: the first is the header.
type databaseRecords struct {
	rows    DatabaseRows
	header  []string
	wanted  []int
	record  []string
	row     int
	told    func(int64)
	content uint64
}

func (r *Rows) openDatabase(path string, form Form) (*databaseRecords, []bool, error) {
	if r.files.Database == nil {
		return nil, nil, &Unreadable{Text: "this build, or this engine, reads CSV and XLSX only: use --engine duckdb, or save the table as CSV"}
	}
	spill, err := r.files.Spill()
	if err != nil {
		return nil, nil, err
	}
	rows, err := r.files.Database.OpenTable(r.ctx, path, spill, form, r.table)
	if err != nil {
		return nil, nil, err
	}
	d := &databaseRecords{rows: rows, told: r.files.progress(r.name, 0)}
	typed := make([]bool, len(rows.Columns()))
	for i, c := range rows.Columns() {
		d.header = append(d.header, c.Name)
		typed[i] = c.Kind == Dates || c.Kind == Instants
	}
	for _, want := range r.want {
		at := place(d.header, want)
		if at < 0 {
			continue
		}
		switch rows.Columns()[at].Kind {
		case Nested:
			return nil, nil, errors.Join(&Unreadable{Text: "column " + want + " is of a type that holds no plain values"}, rows.Close())
		case Instants:
			read := &r.quality.Files[len(r.quality.Files)-1]
			read.Notes = append(read.Notes, "the times in "+want+" have a zone: the day is the one in UTC")
		}
		if !slices.Contains(d.wanted, at) {
			d.wanted = append(d.wanted, at)
		}
	}
	if err := rows.Select(d.wanted); err != nil {
		return nil, nil, errors.Join(err, rows.Close())
	}
	d.record = make([]string, len(d.header))
	return d, typed, nil
}

func (d *databaseRecords) next() ([]string, int, error) {
	d.row++
	if d.row == 1 {
		return d.header, 1, nil
	}
	cells, content, err := d.rows.Next()
	if err == io.EOF {
		return nil, 0, io.EOF
	}
	var unreadable *Unreadable
	if errors.As(err, &unreadable) {
		return nil, 0, &malformed{d.row, unreadable.Text}
	}
	if err != nil {
		return nil, 0, err
	}
	d.content = content
	for i, at := range d.wanted {
		d.record[at] = cells[i]
	}
	if d.told != nil && d.row%4096 == 0 {
		d.told(int64(d.row))
	}
	return d.record, d.row, nil
}

func (d *databaseRecords) close() error { return d.rows.Close() }
