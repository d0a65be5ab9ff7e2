package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/fixtures/studies"
)

// TestExample asks for every example by its folder's name, for one by --study in a folder named like another, and for
// the one that comes without a name; --list names them all.
func TestExample(t *testing.T) {
	t.Chdir(t.TempDir())
	do := func(args ...string) string {
		t.Helper()
		var out, talk bytes.Buffer
		if code := run(t.Context(), append([]string{"averted", "example"}, args...), streams{&out, &talk}); code != codeDone {
			t.Fatalf("example %v: %d\n%s", args, code, talk.String())
		}
		return out.String()
	}
	same := func(dir, name string) {
		t.Helper()
		want, err := os.ReadFile(example(t, name, filepath.Join(t.TempDir(), "want")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "study.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s doesn't hold the example %s", dir, name)
		}
	}
	list := do("--list")
	for _, name := range studies.Names() {
		if text := do(name); !strings.Contains(text, "the example "+name+" into") {
			t.Errorf("example %s says %q", name, text)
		}
		same(name, name)
		if !strings.Contains(list, "\n"+name+" ") && !strings.HasPrefix(list, name+" ") {
			t.Errorf("--list doesn't name %s", name)
		}
	}
	do("demo")
	same("demo", studies.Default)
	do(filepath.Join("under", "dudley-hiu"), "--study", "epilepsy-trial")
	same(filepath.Join("under", "dudley-hiu"), "epilepsy-trial")
}
