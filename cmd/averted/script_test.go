package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"averted/fixtures/studies"
	"averted/report"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"averted": main})
}

// TestScripts runs the command as its users do, one behaviour a file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// hold DIR: holds an output folder until the script ends, as another run would.
			"hold": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 1 {
					ts.Fatalf("usage: hold DIR")
				}
				folder, err := report.Open(ts.MkAbs(args[0]))
				ts.Check(err)
				ts.Defer(func() { ts.Check(folder.Close()) })
			},
			// code N program args...: runs a program and wants its exit code.
			"code": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: code N program args...")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				var exit *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
					got = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if got != want {
					ts.Fatalf("exit code %d, want %d", got, want)
				}
			},
		},
	})
}

// TestEveryCommandIsScripted wants each command named in a script that runs it with flags before and after
// its argument.
func TestEveryCommandIsScripted(t *testing.T) {
	for _, c := range newApp(streams{}).Commands {
		if files, err := filepath.Glob(filepath.Join("testdata", "script", c.Name+"*.txtar")); err != nil || len(files) == 0 {
			t.Errorf("no script %s*.txtar: %v", c.Name, err)
		}
	}
}

func TestReorder(t *testing.T) {
	app := newApp(streams{})
	for _, c := range []struct{ args, want []string }{
		{[]string{"averted", "run", "s.yaml", "--out", "d", "-q"}, []string{"averted", "run", "--out", "d", "-q", "--", "s.yaml"}},
		{[]string{"averted", "run", "--out=d", "s.yaml"}, []string{"averted", "run", "--out=d", "--", "s.yaml"}},
		{[]string{"averted", "run", "-q", "--", "--out"}, []string{"averted", "run", "-q", "--", "--out"}},
		{[]string{"averted", "check", "s.yaml", "--nonsense"}, []string{"averted", "check", "--nonsense", "--", "s.yaml"}},
		{[]string{"averted", "nonsense", "-x"}, []string{"averted", "nonsense", "-x"}},
		{[]string{"averted"}, []string{"averted"}},
		{[]string{"averted", "run", "s.yaml", "-h"}, []string{"averted", "run", "--help"}},
	} {
		got, err := reorder(app, c.args)
		if err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
		if len(got) != len(c.want) {
			t.Errorf("%v became %v, want %v", c.args, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v became %v, want %v", c.args, got, c.want)
				break
			}
		}
	}
}

// TestInterrupted wants 130 and nothing written when the run is stopped.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	files, err := studies.Open("dudley-integrated-plus")
	if err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(dir, "study"), files); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, talk bytes.Buffer
	out0 := filepath.Join(dir, "out")
	if code := run(ctx, []string{"averted", "run", filepath.Join(dir, "study", "study.yaml"), "--out", out0}, streams{&out, &talk}); code != codeInterrupted {
		t.Errorf("exit code %d: %s", code, talk.String())
	}
	if left, err := filepath.Glob(out0 + "*"); err != nil || len(left) > 0 || out.Len() > 0 {
		t.Errorf("left behind: %v, %q", left, out.String())
	}
}

// TestFault wants 70 and nothing of the fault's own text, which may hold a value.
func TestFault(t *testing.T) {
	var talk bytes.Buffer
	if code := run(t.Context(), []string{"averted", "version"}, streams{panicking{}, &talk}); code != codeFault {
		t.Errorf("exit code %d", code)
	}
	if bytes.Contains(talk.Bytes(), []byte("P1234")) {
		t.Errorf("the fault's text is shown: %s", talk.String())
	}
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("P1234 has 7 attendances") }
