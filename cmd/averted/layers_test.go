package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is what go list says of a package.
type module struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports, Deps   []string
	Standard        bool
}

func packages(t *testing.T) []module {
	t.Helper()
	text, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps,Standard", "averted/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []module
	for d := json.NewDecoder(strings.NewReader(string(text))); ; {
		var m module
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
}

func under(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}

// homes are the rooms of each third-party library; what isn't named here has none.
var homes = []struct {
	library string
	rooms   []string
}{
	{"github.com/urfave/cli", []string{"averted/cmd"}},
	{"github.com/schollz/progressbar", []string{"averted/cmd"}},
	{"golang.org/x/term", []string{"averted/cmd"}},
	{"github.com/xuri/excelize", []string{"averted/report/workbook", "averted/evaluate/source", "averted/fixtures"}}, // which make workbooks to read
	{"github.com/klauspost/compress", []string{"averted/evaluate/source"}},
	{"golang.org/x/text", []string{"averted/evaluate/source"}},
	{"github.com/gofrs/flock", []string{"averted/evaluate/source", "averted/report"}},
	{"gonum.org/v1/plot", []string{"averted/report/chart"}},
	{"gonum.org/v1/gonum", []string{"averted/evaluate/estimate", "averted/evaluate/match", "averted/evaluate/outcome", "averted/evaluate/profile", "averted/costing", "averted/fixtures/synth"}},
	{"github.com/goccy/go-yaml", []string{"averted/evaluate/strict"}},
	{"github.com/duckdb/duckdb-go", []string{"averted/evaluate/engine/duckdb", "averted/fixtures/malformed/make"}},
	{"github.com/google/go-cmp", []string{"averted/fixtures", "averted/evaluate/engine/enginetest"}},
	{"github.com/yuin/goldmark", []string{"averted/report/telling"}},
	{"github.com/chromedp", []string{"averted/fixtures/browser"}},
	{"golang.org/x/tools/txtar", []string{"averted/evaluate/engine/enginetest"}},
}

// TestLayers holds the rules of who may import whom.
func TestLayers(t *testing.T) {
	list := packages(t)
	if len(list) < 20 {
		t.Fatalf("only %d packages", len(list))
	}
	for _, m := range list {
		for _, problem := range layerProblems(m) {
			t.Error(problem)
		}
	}
}

func layerProblems(m module) (problems []string) {
	bad := func(what, imported string) { problems = append(problems, m.ImportPath+" "+what+" "+imported) }
	for _, d := range m.Deps {
		switch {
		case under(m.ImportPath, "averted/evaluate") && under(d, "averted/costing", "averted/report"),
			under(m.ImportPath, "averted/costing") && under(d, "averted/report") && d != "averted/report/number":
			bad("depends on", d)
		case d == "github.com/duckdb/duckdb-go/v2" && !under(m.ImportPath, "averted/evaluate/engine/duckdb", "averted/cmd", "averted/fixtures/malformed/make"):
			bad("links", d)
		}
	}
	for _, i := range m.Imports {
		renderer := under(m.ImportPath, "averted/report/workbook", "averted/report/chart", "averted/report/page", "averted/report/word", "averted/report/markdown")
		if renderer && under(i, "averted") && !under(i, "averted/report/result", "averted/report/release", "averted/report/telling", "averted/report/number") {
			bad("is a renderer and imports", i)
		}
		if !strings.Contains(i, ".") || under(i, "averted") { // the standard library, or ours
			continue
		}
		known := false
		for _, h := range homes {
			known = known || under(i, h.library) && under(m.ImportPath, h.rooms...)
		}
		if !known {
			bad("is no home of", i)
		}
	}
	return problems
}

// TestLayersCanFail gives the rules packages that break them.
func TestLayersCanFail(t *testing.T) {
	for _, m := range []module{
		{ImportPath: "averted/evaluate/estimate", Deps: []string{"averted/costing/money"}},
		{ImportPath: "averted/costing", Deps: []string{"averted/report/result"}},
		{ImportPath: "averted/report/workbook", Imports: []string{"averted/evaluate"}},
		{ImportPath: "averted/evaluate/cohort", Imports: []string{"github.com/xuri/excelize/v2"}},
		{ImportPath: "averted/evaluate/cohort", Imports: []string{"example.org/unknown"}},
		{ImportPath: "averted/costing", Deps: []string{"github.com/duckdb/duckdb-go/v2"}},
	} {
		if len(layerProblems(m)) == 0 {
			t.Errorf("%+v breaks no rule", m)
		}
	}
}

// TestNoInit wants no init function outside tests, and no file over 650 lines.
func TestNoInit(t *testing.T) {
	for _, m := range packages(t) {
		for _, name := range m.GoFiles {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(m.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s/%s has an init function", m.ImportPath, name)
				}
			}
			if lines := fset.File(file.Pos()).LineCount(); lines > 650 {
				t.Errorf("%s/%s has %d lines: split it", m.ImportPath, name, lines)
			}
			if strings.HasSuffix(name, "_windows.go") {
				t.Errorf("%s/%s is built only on Windows", m.ImportPath, name)
			}
		}
	}
}

// TestTopLevel wants nothing at the top but what the house has there; what is made (and ignored) may be too.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil || len(entries) < 12 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	house := strings.Fields("cmd evaluate costing report fixtures docs go.mod go.sum Makefile README.md LICENSE CHANGELOG.md CONTRIBUTING.md CITATION.cff out dist averted")
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(house, e.Name()) {
			t.Errorf("%s stands at the top", e.Name())
		}
	}
}
