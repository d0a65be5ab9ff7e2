package study

import (
	"bytes"
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"averted/evaluate/source"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// decoder fills Go values from a YAML tree, strictly: an unknown key, a key given twice, a wrong kind of
// value are problems with their line, and all of them are collected. Keys are the json tags, so that
// the canonical form speaks the words of the study file.
type decoder struct {
	file     string
	problems source.Problems
	lines    map[string]int // where each key stands, for checks that come later
}

// fromYAML is a type that reads itself because the study file writes it in more than one way.
type fromYAML interface {
	fromYAML(d *decoder, path string, node ast.Node)
}

func (d *decoder) add(line int, name, code, format string, args ...any) {
	d.problems.Add(source.Problem{File: d.file, Row: line, Name: name, Code: code, Text: fmt.Sprintf(format, args...)})
}

// at reports a problem with the key at a path, found after decoding.
func (d *decoder) at(path, code, format string, args ...any) {
	line := 0
	for p := path; line == 0 && p != ""; {
		line = d.lines[p]
		cut := strings.LastIndexAny(p, ".[")
		p = p[:max(0, cut)]
	}
	d.add(line, path, code, format, args...)
}

// decode reads text into the struct that into points to.
func (d *decoder) decode(text []byte, into any) {
	d.lines = map[string]int{}
	file, err := parser.ParseBytes(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), 0)
	if err != nil {
		d.add(syntaxLine(err), "", "A001", "this is not YAML: %s", syntaxText(err))
		return
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		d.add(0, "", "A001", "want one YAML document")
		return
	}
	d.value("", file.Docs[0].Body, reflect.ValueOf(into).Elem())
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

func line(node ast.Node) int {
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

type pair struct {
	key   string
	line  int
	value ast.Node
}

// pairs is the keys of a mapping in order. It reports false, with a problem, if node is no mapping.
func (d *decoder) pairs(path string, node ast.Node) ([]pair, bool) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		d.add(line(node), path, "A003", "want keys and values")
		return nil, false
	}
	var found []pair
	seen := map[string]bool{}
	for _, v := range values {
		key := v.Key.GetToken().Value
		at := join(path, key)
		if v.Key.IsMergeKey() {
			d.add(line(v), at, "A003", "merge keys are not read: write the keys out")
			continue
		}
		if seen[key] {
			d.add(line(v), at, "A004", "this key is given twice")
			continue
		}
		seen[key] = true
		d.lines[at] = line(v.Key)
		found = append(found, pair{key, line(v.Key), v.Value})
	}
	return found, true
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// scalar is the text of a plain value. It reports false, with a problem, for anything else.
func (d *decoder) scalar(path string, node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.add(line(node), path, "A003", "anchors, aliases and tags are not read: write the value out")
		return "", false
	}
	d.add(line(node), path, "A003", "want one value")
	return "", false
}

func (d *decoder) value(path string, node ast.Node, into reflect.Value) {
	if into.Kind() == reflect.Pointer {
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		d.value(path, node, into.Elem())
		return
	}
	if custom, ok := into.Addr().Interface().(fromYAML); ok {
		custom.fromYAML(d, path, node)
		return
	}
	if text, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if s, ok := d.scalar(path, node); ok {
			if err := text.UnmarshalText([]byte(s)); err != nil {
				d.add(line(node), path, "A003", "%s", err)
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
			d.add(line(node), path, "A003", "want a list: [a, b]")
			return
		}
		for i, item := range list.Values {
			at := fmt.Sprintf("%s[%d]", path, i+1)
			d.lines[at] = line(item)
			element := reflect.New(into.Type().Elem()).Elem()
			d.value(at, item, element)
			into.Set(reflect.Append(into, element))
		}
	case reflect.Map:
		found, _ := d.pairs(path, node)
		if into.IsNil() {
			into.Set(reflect.MakeMap(into.Type()))
		}
		for _, p := range found {
			element := reflect.New(into.Type().Elem()).Elem()
			d.value(join(path, p.key), p.value, element)
			into.SetMapIndex(reflect.ValueOf(p.key).Convert(into.Type().Key()), element)
		}
	default:
		d.plain(path, node, into)
	}
}

func (d *decoder) plain(path string, node ast.Node, into reflect.Value) {
	text, ok := "", false
	if list, several := node.(*ast.SequenceNode); several && into.Kind() == reflect.String && alternatives(path) {
		var texts []string
		ok = true
		for _, item := range list.Values {
			one, good := d.scalar(path, item)
			texts, ok = append(texts, one), ok && good
		}
		text = strings.Join(texts, " | ")
	} else {
		text, ok = d.scalar(path, node)
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
			d.add(line(node), path, "A003", "want true or false")
		}
		into.SetBool(b)
	case reflect.Int, reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			d.add(line(node), path, "A003", "want a whole number")
		}
		into.SetInt(n)
	case reflect.Uint64:
		var n uint64
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			d.add(line(node), path, "A003", "want a whole number, not negative")
		}
		into.SetUint(n)
	case reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(text, 64); err != nil || f != f || f-f != 0 {
			d.add(line(node), path, "A003", "want a number")
			f = 0
		}
		into.SetFloat(f)
	default:
		panic("study: no way to read a " + into.Type().String())
	}
}

// alternatives reports whether a key takes several texts of which any one will do: a column's headings, layouts of dates.
func alternatives(path string) bool {
	return strings.Contains(path, ".columns.") || strings.HasSuffix(path, ".dates") || strings.HasSuffix(path, ".activity.column")
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

func (d *decoder) object(path string, node ast.Node, into reflect.Value) {
	found, ok := d.pairs(path, node)
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
		i, ok := fields[p.key]
		if !ok {
			known := make([]string, 0, len(fields))
			for name := range fields {
				known = append(known, name)
			}
			d.add(p.line, join(path, p.key), "A002", "no such key%s", didYouMean(p.key, known))
			continue
		}
		if _, null := p.value.(*ast.NullNode); null || p.value == nil {
			d.add(p.line, join(path, p.key), "A003", "this key has no value: fill it in or take the line out")
			continue
		}
		d.value(join(path, p.key), p.value, into.FieldByIndex(i))
	}
}

// didYouMean is the known word nearest to what was written, or the list of them if none is near.
func didYouMean(wrote string, known []string) string {
	slices.Sort(known)
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
