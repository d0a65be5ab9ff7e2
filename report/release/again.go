package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

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
	return r, nil
}
