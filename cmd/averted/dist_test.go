package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestDist cross-builds the single files of make dist, without cgo, and runs the one for this system on the
// demo.
func TestDist(t *testing.T) {
	if testing.Short() {
		t.Skip("cross-builds five files")
	}
	dir := t.TempDir()
	build := exec.Command("make", "-C", filepath.Join("..", ".."), "dist", "DIST="+dir)
	build.Env = append(os.Environ(), "MAKEFLAGS=")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make dist: %v\n%s", err, text)
	}
	for _, name := range []string{"averted-windows-amd64.exe", "averted-darwin-amd64", "averted-darwin-arm64", "averted-linux-amd64", "averted-linux-arm64"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1<<20 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if runtime.GOOS != "linux" {
		t.Skip("the Linux file is run on Linux")
	}
	averted := filepath.Join(dir, "averted-linux-"+runtime.GOARCH)
	do := func(args ...string) string {
		text, err := exec.Command(averted, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, text)
		}
		return string(text)
	}
	if got := do("version"); !strings.Contains(got, "engine memory") {
		t.Errorf("the single file's engine: %s", got)
	}
	do("example", filepath.Join(dir, "demo"))
	told := do("run", filepath.Join(dir, "demo", "study.yaml"), "--out", filepath.Join(dir, "out"), "--quiet")
	for _, want := range []string{"£58,305", "£751,400", "£73,115", "£16,400", "£899,220"} {
		if !strings.Contains(told, want) {
			t.Errorf("the demo lacks %s:\n%s", want, told)
		}
	}
}
