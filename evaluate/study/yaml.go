package study

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"averted/evaluate/window"

	"github.com/goccy/go-yaml/ast"
)

// ordered writes a JSON object whose keys keep their order.
func ordered(n int, at func(i int) (string, any)) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range n {
		name, value := at(i)
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// later is a key of the contract that this version reads past: its place is known and, if it holds
// anything, [Plan] is refused with a problem that says so.
type later struct{ used bool }

func (l *later) fromYAML(_ *decoder, _ string, node ast.Node) {
	switch n := node.(type) {
	case *ast.SequenceNode:
		l.used = len(n.Values) > 0
	default:
		l.used = true
	}
}

// IsZero keeps an unused key out of the canonical form.
func (l later) IsZero() bool { return true }

// plain reports whether a node is one value: a name such as ae, or 111.
func plain(node ast.Node) bool {
	switch node.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return true
	}
	return false
}

func (a *ActivityOf) fromYAML(d *decoder, path string, node ast.Node) {
	if plain(node) {
		name, _ := d.scalar(path, node)
		a.Name = strings.TrimSpace(name)
		return
	}
	var by struct {
		Column string              `json:"column"`
		Values map[string][]string `json:"values"`
	}
	d.value(path, node, reflect.ValueOf(&by).Elem())
	a.Column, a.Values = by.Column, by.Values
	if a.Column = strings.TrimSpace(a.Column); a.Column == "" || len(a.Values) == 0 {
		d.add(line(node), path, "A003", "want an activity's name, or {column: ..., values: {activity: [texts]}}")
	}
}

func (k *PriceKey) fromYAML(d *decoder, path string, node ast.Node) {
	if plain(node) {
		name, _ := d.scalar(path, node)
		k.Activity = strings.TrimSpace(name)
		return
	}
	type plain PriceKey
	d.value(path, node, reflect.ValueOf((*plain)(k)).Elem())
}

func (a *Activities) fromYAML(d *decoder, path string, node ast.Node) {
	found, _ := d.pairs(path, node)
	for _, p := range found {
		activity := Activity{Name: p.key}
		d.value(join(path, p.key), p.value, reflect.ValueOf(&activity).Elem())
		*a = append(*a, activity)
	}
}

func (c *CountsWindows) fromYAML(d *decoder, path string, node ast.Node) {
	found, _ := d.pairs(path, node)
	for _, p := range found {
		length, err := window.ParseLength(p.key)
		if err != nil {
			d.add(p.line, join(path, p.key), "A003", "%s", err)
			continue
		}
		w := CountsWindow{Window: length}
		d.value(join(path, p.key), p.value, reflect.ValueOf(&w.Columns).Elem())
		*c = append(*c, w)
	}
}
