package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"averted/evaluate/study"
	"averted/report/result"
)

// ErrForm is the error of a file that is no release.json.
var ErrForm = errors.New("it is no release.json of averted run")

// ErrInternal is the error of a result that never passed disclosure control.
var ErrInternal = errors.New("its figures are exact and internal: want release/release.json, which may leave")

// Read takes up a release that was written before, so that it can be rendered again. The error is [ErrForm] for another file,
// [ErrInternal] for a result that is internal, and says so for a release of another schema.
func Read(text []byte) (*Released, error) {
	r := &Released{controlled: true}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var form struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(text, &form); err != nil || form.Schema == 0 {
		return nil, ErrForm
	}
	if form.Schema != result.Schema {
		return nil, fmt.Errorf("its schema is %d, and this version reads %d", form.Schema, result.Schema)
	}
	if err := d.Decode(&r.Result); err != nil {
		return nil, ErrForm
	}
	if !r.MayLeave {
		return nil, ErrInternal
	}
	if !sound(&r.Result) {
		return nil, ErrForm
	}
	return r, nil
}

// sound reports whether the author's part of a result is as a run writes it: it goes into names of files and into styles.
func sound(r *result.Result) bool {
	if _, err := time.Parse("2006-01-02", r.Study.Date); err != nil {
		return false
	}
	var pictures []result.AuthorPicture
	if l := r.Look; l != nil {
		if l.Logo != nil {
			pictures = append(pictures, *l.Logo)
		}
		if len(l.Colours) != 0 && (len(l.Colours) != 2 || !study.IsColour(l.Colours[0]) || !study.IsColour(l.Colours[1])) {
			return false
		}
	}
	if r.Narrative != nil {
		pictures = append(pictures, r.Narrative.Pictures...)
	}
	return !slices.ContainsFunc(pictures, func(p result.AuthorPicture) bool {
		return p.Name == "" || strings.HasPrefix(p.Name, ".") || strings.ContainsAny(p.Name, `/\`) || !p.JPEG() && !p.PNG()
	})
}
