package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"averted/fixtures/golden"
)

// TestReadme runs every command of the README's console blocks, one after the other, and wants the output that
// stands there.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the demo")
	}
	path, err := filepath.Abs(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	commands := 0
	block := regexp.MustCompile("(?s)```console\n\\$ averted ([^\n]*)\n.*?```")
	made := block.ReplaceAllFunc(text, func(found []byte) []byte {
		line := string(block.FindSubmatch(found)[1])
		commands++
		var out, talk bytes.Buffer
		if code := run(t.Context(), append([]string{"averted"}, strings.Fields(line)...), streams{&out, &talk}); code != codeDone {
			t.Errorf("averted %s: exit code %d\n%s", line, code, talk.String())
		}
		text := out.String() + talk.String()
		if shown, cut, _ := strings.Cut(string(found), "\n...\n"); cut == "```" { // so many lines are shown, and not the rest
			lines := strings.SplitAfter(text, "\n")
			text = strings.Join(lines[:min(len(lines), strings.Count(shown, "\n")-1)], "") + "...\n"
		}
		return []byte("```console\n$ averted " + line + "\n" + text + "```")
	})
	if commands < 3 {
		t.Fatalf("only %d commands", commands)
	}
	golden.Check(t, path, made)
}
