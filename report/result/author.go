package result

import "strings"

// Look is how the author wants the report to look.
type Look struct {
	Logo    *AuthorPicture `json:"logo,omitempty"`
	Colours []string       `json:"colours,omitempty"` // two, as #rrggbb
}

// Narrative is the author's own words: nothing in them is worked out or checked.
type Narrative struct {
	Passages []Passage       `json:"passages"`
	Pictures []AuthorPicture `json:"pictures,omitempty"`
}

// Passage is the author's words of one section, as Markdown.
type Passage struct {
	Section string `json:"section"`
	Text    string `json:"text"`
}

// AuthorPicture is a picture of the author's, PNG or JPEG.
type AuthorPicture struct {
	Name string `json:"name"` // of its file
	Alt  string `json:"alt,omitempty"`
	Data []byte `json:"data"`
}

// JPEG reports whether a picture is one, and not PNG.
func (p AuthorPicture) JPEG() bool { return strings.HasPrefix(string(p.Data), "\xff\xd8\xff") }

// PNG reports whether a picture is one.
func (p AuthorPicture) PNG() bool { return strings.HasPrefix(string(p.Data), "\x89PNG\r\n\x1a\n") }
