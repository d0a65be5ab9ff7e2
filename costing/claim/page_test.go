package claim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"averted/costing/claim"
	"averted/fixtures/golden"
)

// TestPage runs the files of docs/claims.md: below each of a rule's section stands what the rule says of it. Every rule has a section,
// with something that does not hold or can't be told, and something that holds or can be told.
func TestPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "claims.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n# The rules\n")
	if !ok {
		t.Fatal("no chapter of rules")
	}
	head := strings.TrimSuffix(string(text), rest)
	rules, tail, _ := strings.Cut(rest, "\n# Against a study\n")
	sections := regexp.MustCompile(`(?m)^## `).Split(rules, -1)
	var out strings.Builder
	out.WriteString(head + sections[0])
	file := regexp.MustCompile("(?s)```yaml\n(.*?)```\n(\n```text\n.*?```\n)?")
	names := map[string]bool{}
	for _, section := range sections[1:] {
		name, _, _ := strings.Cut(section, "\n")
		names[name] = true
		verdicts := map[claim.Verdict]int{}
		out.WriteString("## " + file.ReplaceAllStringFunc(section, func(block string) string {
			source := file.FindStringSubmatch(block)[1]
			f, err := claim.Parse(name+".yaml", []byte("averted-claims: 1\n"+source))
			if err != nil {
				t.Fatalf("%s: %s", name, err)
			}
			var said strings.Builder
			for _, x := range claim.Check(f) {
				if x.Rule == name {
					verdicts[x.Verdict]++
					fmt.Fprintf(&said, "%s: %s\n", x.Verdict, strings.Join(append(x.Claims, x.Text), ": "))
				}
			}
			if said.Len() == 0 {
				t.Errorf("%s: nothing is said of\n%s", name, source)
			}
			return "```yaml\n" + source + "```\n\n```text\n" + said.String() + "```\n"
		}))
		onlyOne := map[string]claim.Verdict{"best of k": claim.DoesNotHold, "same people twice": claim.CannotBeTold}
		if want, ok := onlyOne[name]; ok && len(verdicts) == 1 && verdicts[want] > 0 {
			continue
		}
		if verdicts[claim.Holds] == 0 || len(verdicts) < 2 {
			t.Errorf("%s: verdicts %v: want both directions", name, verdicts)
		}
	}
	for _, r := range claim.Rules() {
		if !names[r.Name] {
			t.Errorf("the page has no section on %s", r.Name)
		}
	}
	if len(names) != len(claim.Rules()) {
		t.Errorf("%d sections, %d rules", len(names), len(claim.Rules()))
	}
	golden.Check(t, path, []byte(out.String()+"\n# Against a study\n"+tail))
}

// TestPageFile reads the file that the page shows in full.
func TestPageFile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "claims.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```yaml\n(averted-claims: 1\n.*?)```").FindSubmatch(text)
	if m == nil {
		t.Fatal("no whole file")
	}
	if _, err := claim.Parse("claims.yaml", m[1]); err != nil {
		t.Error(err)
	}
	if _, err := claim.Parse("claims.yaml", []byte(claim.Template())); err != nil {
		t.Error(err)
	}
}
