package study

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"averted/evaluate/strict"
	"averted/evaluate/window"
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

// alternatives reports whether a key takes several texts of which any one will do: a column's headings, layouts of dates.
func alternatives(path string) bool {
	return strings.Contains(path, ".columns.") || strings.HasSuffix(path, ".dates") || strings.HasSuffix(path, ".activity.column")
}

func (a *ActivityOf) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	if strict.Plain(node) {
		name, _ := d.Scalar(path, node)
		a.Name = strings.TrimSpace(name)
		return
	}
	var by struct {
		Column string              `json:"column"`
		Values map[string][]string `json:"values"`
	}
	d.Value(path, node, reflect.ValueOf(&by).Elem())
	a.Column, a.Values = by.Column, by.Values
	if a.Column = strings.TrimSpace(a.Column); a.Column == "" || len(a.Values) == 0 {
		d.Add(strict.Line(node), path, "A003", "want an activity's name, or {column: ..., values: {activity: [texts]}}")
	}
}

func (k *PriceKey) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	if strict.Plain(node) {
		name, _ := d.Scalar(path, node)
		k.Activity = strings.TrimSpace(name)
		return
	}
	type plain PriceKey
	d.Value(path, node, reflect.ValueOf((*plain)(k)).Elem())
}

func (a *Activities) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	found, _ := d.Pairs(path, node)
	for _, p := range found {
		activity := Activity{Name: p.Key}
		d.Value(strict.Join(path, p.Key), p.Value, reflect.ValueOf(&activity).Elem())
		*a = append(*a, activity)
	}
}

func (c *CountsWindows) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	found, _ := d.Pairs(path, node)
	for _, p := range found {
		length, err := window.ParseLength(p.Key)
		if err != nil {
			d.Add(p.Line, strict.Join(path, p.Key), "A003", "%s", err)
			continue
		}
		w := CountsWindow{Window: length}
		d.Value(strict.Join(path, p.Key), p.Value, reflect.ValueOf(&w.Columns).Elem())
		*c = append(*c, w)
	}
}

// MarshalJSON writes it as the study file does, in its order.
func (s States) MarshalJSON() ([]byte, error) {
	return ordered(len(s), func(i int) (string, any) { return s[i].Name, s[i].Texts })
}

func (s *States) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	found, _ := d.Pairs(path, node)
	for _, p := range found {
		state := State{Name: p.Key}
		d.Value(strict.Join(path, p.Key), p.Value, reflect.ValueOf(&state.Texts).Elem())
		*s = append(*s, state)
	}
}

// MarshalJSON writes it as the study file does, in its order.
func (q Questions) MarshalJSON() ([]byte, error) {
	return ordered(len(q), func(i int) (string, any) { return q[i].Name, q[i] })
}

func (q *Questions) FromYAML(d *strict.Decoder, path string, node strict.Node) {
	found, _ := d.Pairs(path, node)
	for _, p := range found {
		question := Question{Name: p.Key}
		d.Value(strict.Join(path, p.Key), p.Value, reflect.ValueOf(&question).Elem())
		*q = append(*q, question)
	}
}
