package report

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestDiscardKilled stops the removal of an earlier release after every one of its steps: what is left is still known for
// a release's, and the next run clears it up.
func TestDiscardKilled(t *testing.T) {
	files := map[string][]byte{"release/release.json": []byte("{}"), "release/charts/a.csv": []byte("a"), "release/charts/a.svg": []byte("b"), "internal/result.json": []byte("{}")}
	files["release/"+sumsFile] = sums(files, "release/")
	for steps := range len(files) + 1 {
		dir := filepath.Join(t.TempDir(), "out")
		for _, aside := range []string{".old", ".new"} {
			for _, name := range slices.Sorted(maps.Keys(files)) {
				path := filepath.Join(dir+aside, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, files[name], 0o600); err != nil {
					t.Fatal(err)
				}
			}
			order, err := removal(dir + aside)
			if err != nil || len(order) != len(files) {
				t.Fatalf("removal of %s: %v, %v", aside, order, err)
			}
			for _, path := range order[:steps] {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := os.Mkdir(dir, 0o755); err != nil { // the new release is in place
			t.Fatal(err)
		}
		f, err := Open(dir)
		if err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		if err := f.Write(files); err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		for _, aside := range []string{".old", ".new", ".lock"} {
			if _, err := os.Stat(dir + aside); err == nil {
				t.Errorf("after %d steps: out%s is left", steps, aside)
			}
		}
	}
}
