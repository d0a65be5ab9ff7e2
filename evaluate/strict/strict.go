// Package strict reads YAML strictly: an unknown key, a key given twice, a wrong kind of value are problems with their
// line, and all of them are collected.
package strict

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"averted/evaluate/source"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Decoder fills Go values from a YAML tree. Keys are the json tags, so that a canonical form speaks the words of the file.
type Decoder struct {
	File     string
	Problems source.Problems
	Lines    map[string]int // where each key stands, for checks that come later

	// Alternatives reports whether the key at a path takes several texts of which any one will do; they are joined with " | ".
	Alternatives func(path string) bool
}

// Node is a part of the YAML tree.
type Node = ast.Node

// FromYAML is a type that reads itself because the file writes it in more than one way.
type FromYAML interface {
	FromYAML(d *Decoder, path string, node Node)
}

// Invalid is the error of a file that is wrong. What says which: study file.
type Invalid struct {
	What     string
	Problems *source.Problems
}

// Error lists the problems.
func (e *Invalid) Error() string {
	return "the " + e.What + " is wrong:\n" + strings.Join(e.Problems.Lines(), "\n")
}

// ReadFile is a file's text. The error is *[Invalid] if there is no such file, and wraps what the operating system says if it
// can't be read. what is the kind of file: study file.
func ReadFile(path, what string) ([]byte, error) {
	text, err := os.ReadFile(path)
	missing := ""
	if errors.Is(err, fs.ErrNotExist) {
		missing = "there is no such file"
	} else if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		missing = "this is a folder: name the " + what + " in it"
	}
	if missing != "" {
		var problems source.Problems
		problems.Add(source.Problem{File: filepath.Base(path), Code: "A000", Text: missing})
		return nil, &Invalid{what, &problems}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", what, source.WithoutPath(err))
	}
	return text, nil
}

// Plain reports whether a node is one value: a name such as ae, or 111.
func Plain(node Node) bool {
	switch node.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return true
	}
	return false
}

// List reports whether a node is a list, and how long.
func List(node Node) (int, bool) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return 0, false
	}
	return len(list.Values), true
}

// Empty reports whether a node holds nothing: a key without a value, or {}.
func Empty(node Node) bool {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return true
	case *ast.MappingNode:
		return len(n.Values) == 0
	}
	return false
}

// Set reads a node into what a pointer points to.
func (d *Decoder) Set(path string, node Node, into any) {
	d.Value(path, node, reflect.ValueOf(into).Elem())
}

// Add reports a problem with what stands in a line.
func (d *Decoder) Add(line int, name, code, format string, args ...any) {
	d.Problems.Add(source.Problem{File: d.File, Row: line, Name: name, Code: code, Text: fmt.Sprintf(format, args...)})
}

// At reports a problem with the key at a path, found after decoding.
func (d *Decoder) At(path, code, format string, args ...any) {
	line := 0
	for p := path; line == 0 && p != ""; {
		line = d.Lines[p]
		cut := strings.LastIndexAny(p, ".[")
		p = p[:max(0, cut)]
	}
	d.Add(line, path, code, format, args...)
}

// Decode reads text into the struct that into points to.
func (d *Decoder) Decode(text []byte, into any) {
	d.Lines = map[string]int{}
	file, err := parser.ParseBytes(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), 0)
	if err != nil {
		d.Add(syntaxLine(err), "", "A001", "this is not YAML: %s", syntaxText(err))
		return
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		d.Add(0, "", "A001", "want one YAML document")
		return
	}
	d.Value("", file.Docs[0].Body, reflect.ValueOf(into).Elem())
}

func syntaxLine(err error) int {
	// goccy/go-yaml writes "[3:5] unexpected ..." before a quotation of the file.
	text, ok := strings.CutPrefix(err.Error(), "[")
	if !ok {
		return 0
	}
	line, _, _ := strings.Cut(text, ":")
	n, _ := strconv.Atoi(line)
	return n
}

func syntaxText(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	if _, rest, ok := strings.Cut(line, "] "); ok {
		return rest
	}
	return line
}

// Line is where a node stands.
func Line(node Node) int {
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

// Pair is one key of a mapping.
type Pair struct {
	Key   string
	Line  int
	Value Node
}

// Pairs is the keys of a mapping in order. It reports false, with a problem, if node is no mapping.
func (d *Decoder) Pairs(path string, node Node) ([]Pair, bool) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		d.Add(Line(node), path, "A003", "want keys and values")
		return nil, false
	}
	var found []Pair
	seen := map[string]bool{}
	for _, v := range values {
		key := v.Key.GetToken().Value
		at := Join(path, key)
		if v.Key.IsMergeKey() {
			d.Add(Line(v), at, "A003", "merge keys are not read: write the keys out")
			continue
		}
		if seen[key] {
			d.Add(Line(v), at, "A004", "this key is given twice")
			continue
		}
		seen[key] = true
		d.Lines[at] = Line(v.Key)
		found = append(found, Pair{key, Line(v.Key), v.Value})
	}
	return found, true
}

// Join is the path of a key below another.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Scalar is the text of a plain value. It reports false, with a problem, for anything else.
func (d *Decoder) Scalar(path string, node Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.Add(Line(node), path, "A003", "anchors, aliases and tags are not read: write the value out")
		return "", false
	}
	d.Add(Line(node), path, "A003", "want one value")
	return "", false
}

// Value reads a node into what it can be set to.
func (d *Decoder) Value(path string, node Node, into reflect.Value) {
	if into.Kind() == reflect.Pointer {
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		d.Value(path, node, into.Elem())
		return
	}
	if custom, ok := into.Addr().Interface().(FromYAML); ok {
		custom.FromYAML(d, path, node)
		return
	}
	if text, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if s, ok := d.Scalar(path, node); ok {
			if err := text.UnmarshalText([]byte(s)); err != nil {
				d.Add(Line(node), path, "A003", "%s", err)
			}
		}
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		d.object(path, node, into)
	case reflect.Slice:
		list, ok := node.(*ast.SequenceNode)
		if !ok {
			d.Add(Line(node), path, "A003", "want a list: [a, b]")
			return
		}
		for i, item := range list.Values {
			at := fmt.Sprintf("%s[%d]", path, i+1)
			d.Lines[at] = Line(item)
			element := reflect.New(into.Type().Elem()).Elem()
			d.Value(at, item, element)
			into.Set(reflect.Append(into, element))
		}
	case reflect.Map:
		found, _ := d.Pairs(path, node)
		if into.IsNil() {
			into.Set(reflect.MakeMap(into.Type()))
		}
		for _, p := range found {
			element := reflect.New(into.Type().Elem()).Elem()
			d.Value(Join(path, p.Key), p.Value, element)
			into.SetMapIndex(reflect.ValueOf(p.Key).Convert(into.Type().Key()), element)
		}
	default:
		d.plain(path, node, into)
	}
}

func (d *Decoder) plain(path string, node Node, into reflect.Value) {
	text, ok := "", false
	if list, several := node.(*ast.SequenceNode); several && into.Kind() == reflect.String && d.Alternatives != nil && d.Alternatives(path) {
		var texts []string
		ok = true
		for _, item := range list.Values {
			one, good := d.Scalar(path, item)
			texts, ok = append(texts, one), ok && good
		}
		text = strings.Join(texts, " | ")
	} else {
		text, ok = d.Scalar(path, node)
	}
	if !ok {
		return
	}
	var err error
	switch into.Kind() {
	case reflect.String:
		into.SetString(strings.TrimSpace(printable(text)))
	case reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); err != nil {
			d.Add(Line(node), path, "A003", "want true or false")
		}
		into.SetBool(b)
	case reflect.Int, reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			d.Add(Line(node), path, "A003", "want a whole number")
		}
		into.SetInt(n)
	case reflect.Uint64:
		var n uint64
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			d.Add(Line(node), path, "A003", "want a whole number, not negative")
		}
		into.SetUint(n)
	case reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(text, 64); err != nil || f != f || f-f != 0 {
			d.Add(Line(node), path, "A003", "want a number")
			f = 0
		}
		into.SetFloat(f)
	default:
		panic("strict: no way to read a " + into.Type().String())
	}
}

// printable puts a blank in place of every control character: labels go into pictures and sheets.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

func (d *Decoder) object(path string, node Node, into reflect.Value) {
	found, ok := d.Pairs(path, node)
	if !ok {
		return
	}
	fields := map[string][]int{}
	for _, field := range reflect.VisibleFields(into.Type()) { // those of an embedded struct stand beside its own
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = field.Index
		}
	}
	for _, p := range found {
		i, ok := fields[p.Key]
		if !ok {
			known := make([]string, 0, len(fields))
			for name := range fields {
				known = append(known, name)
			}
			hint := DidYouMean(p.Key, known)
			if strings.Contains(p.Key, " ") {
				hint = "; a text with a comma in it, inside {...}, wants quotes"
			}
			d.Add(p.Line, Join(path, p.Key), "A002", "no such key%s", hint)
			continue
		}
		if _, null := p.Value.(*ast.NullNode); null || p.Value == nil {
			d.Add(p.Line, Join(path, p.Key), "A003", "this key has no value: fill it in or take the line out")
			continue
		}
		d.Value(Join(path, p.Key), p.Value, into.FieldByIndex(i))
	}
}

// DidYouMean is the known word nearest to what was written, or the list of them if none is near.
func DidYouMean(wrote string, known []string) string {
	known = slices.Sorted(slices.Values(known))
	best, least := "", 1+max(2, len(wrote)/3)
	for _, k := range known {
		if n := distance(wrote, k); n < least {
			best, least = k, n
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if len(known) == 0 {
		return ""
	}
	return "; known here: " + strings.Join(known, ", ")
}

// distance is the number of letters to insert, delete, replace or swap with their neighbour to get
// from a to b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
