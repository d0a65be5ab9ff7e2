package telling

import (
	"net/url"
	"regexp"
	"strings"

	"averted/report/number"
	"averted/report/release"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Kinds of block in the author's words.
const (
	Paragraph = "paragraph"
	Heading   = "heading"
	List      = "list"
	Numbered  = "numbered"
	Item      = "item"
	Quoted    = "quote"
	Tabled    = "table"
	Shown     = "picture"
)

// Block is a piece of the author's words: text, or blocks inside.
type Block struct {
	Kind    string
	Level   int // of a heading, 1 the highest
	Text    []Run
	Blocks  []Block
	Table   *Table
	Picture *Picture
}

// Run is text that looks alike.
type Run struct {
	Text         string
	Bold, Italic bool
	Link         string // an address of the web or of mail, "" for none
	Break        bool   // a line ends here
}

// AuthorSections are the sections that the author's words may stand in, each with its heading: those that are the author's alone, and
// the report's own.
func AuthorSections() []string {
	b := &teller{r: &release.Released{}}
	var list []string
	for _, s := range b.all() {
		list = append(list, s.ID)
	}
	return append(list, KeyFindings)
}

// KeyFindings is the author's words on the one page of key findings.
const KeyFindings = "key-findings"

// Authored is the author's words of a section.
func Authored(r *release.Released, section string) []Block {
	if r.Narrative == nil {
		return nil
	}
	for _, p := range r.Narrative.Passages {
		if p.Section == section {
			return Prose(p.Text, func(name string) *Picture {
				for _, picture := range r.Narrative.Pictures {
					if picture.Name == name {
						return pictureOf(picture)
					}
				}
				return nil
			})
		}
	}
	return nil
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// Prose reads Markdown into blocks. Markup of other kinds stands as the text that it is, comments of HTML are left out, and a link that
// does not lead to the web or to mail is text alone. picture finds a picture by the name of its file; nil if there is none.
func Prose(source string, picture func(name string) *Picture) []Block {
	p := &reader{source: []byte(source), picture: picture}
	return p.blocks(markdown.Parser().Parse(text.NewReader(p.source)))
}

// Pictures lists the pictures that Markdown names, each with its alt text.
func Pictures(source string) map[string]string {
	names := map[string]string{}
	walk(Prose(source, func(name string) *Picture { return &Picture{Name: name} }), func(b Block) {
		if b.Picture != nil {
			names[b.Picture.Name] = b.Picture.Alt
		}
	})
	return names
}

func walk(list []Block, see func(Block)) {
	for _, b := range list {
		see(b)
		walk(b.Blocks, see)
	}
}

// Plain is blocks as lines of text, for where there is no other form.
func Plain(list []Block) []string {
	var lines []string
	for _, b := range list {
		switch b.Kind {
		case List, Numbered, Quoted:
			lines = append(lines, Plain(b.Blocks)...)
		case Item:
			for i, line := range Plain(b.Blocks) {
				if i == 0 {
					line = "– " + line
				}
				lines = append(lines, line)
			}
		case Tabled:
			for _, row := range append([][]string{names(b.Table.Header)}, b.Table.Rows...) {
				lines = append(lines, strings.Join(row, "; "))
			}
		case Shown:
			lines = append(lines, "Picture: "+b.Picture.Alt)
		default:
			lines = append(lines, TextOf(b.Text))
		}
	}
	return lines
}

func names(columns []Column) []string {
	var list []string
	for _, c := range columns {
		list = append(list, c.Name)
	}
	return list
}

// TextOf is runs without their looks.
func TextOf(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
		if r.Break {
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

// comments are those of HTML, which a reader of Markdown does not see.
var comments = regexp.MustCompile(`(?s)<!--.*?(-->|$)`)

// reader makes blocks of a tree of Markdown.
type reader struct {
	source  []byte
	picture func(string) *Picture
}

func (p *reader) blocks(parent ast.Node) []Block {
	var list []Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			if runs := p.runs(n, Run{}); TextOf(runs) != "" {
				list = append(list, Block{Kind: Heading, Level: n.Level, Text: runs})
			}
			list = append(list, p.shown(n)...)
		case *ast.List:
			kind := List
			if n.IsOrdered() {
				kind = Numbered
			}
			list = append(list, Block{Kind: kind, Blocks: p.blocks(n)})
		case *ast.ListItem:
			list = append(list, Block{Kind: Item, Blocks: p.blocks(n)})
		case *ast.Blockquote:
			list = append(list, Block{Kind: Quoted, Blocks: p.blocks(n)})
		case *east.Table:
			list = append(append(list, Block{Kind: Tabled, Table: p.table(n)}), p.shown(n)...)
		case *ast.ThematicBreak:
		case *ast.HTMLBlock:
			text := p.lines(n)
			if n.HasClosure() {
				text += " " + string(n.ClosureLine.Value(p.source))
			}
			if text = strings.TrimSpace(comments.ReplaceAllString(text, "")); text != "" {
				list = append(list, Block{Kind: Paragraph, Text: []Run{{Text: text}}})
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			list = append(list, Block{Kind: Paragraph, Text: []Run{{Text: p.lines(n)}}})
		default:
			if runs := p.runs(n, Run{}); TextOf(runs) != "" {
				list = append(list, Block{Kind: Paragraph, Text: runs})
			}
			list = append(list, p.shown(n)...)
		}
	}
	return list
}

// lines is the text of a block as it stands.
func (p *reader) lines(n ast.Node) string {
	return strings.TrimSpace(string(n.Lines().Value(p.source)))
}

// shown is the pictures among a paragraph's text, each behind it as a block.
func (p *reader) shown(n ast.Node) []Block {
	var list []Block
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if image, ok := c.(*ast.Image); ok {
			if found := p.picture(string(image.Destination)); found != nil {
				picture := *found
				picture.Alt = TextOf(p.runs(image, Run{}))
				list = append(list, Block{Kind: Shown, Picture: &picture})
			}
			continue
		}
		list = append(list, p.shown(c)...)
	}
	return list
}

func (p *reader) table(t *east.Table) *Table {
	var table Table
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, TextOf(p.runs(cell, Run{})))
		}
		if _, head := row.(*east.TableHeader); head {
			for i, name := range cells {
				if name == "" {
					name = number.NotApplies
				}
				table.Header = append(table.Header, Column{name, i < len(t.Alignments) && t.Alignments[i] == east.AlignRight})
			}
			continue
		}
		for len(cells) < len(table.Header) {
			cells = append(cells, "")
		}
		if cells[0] == "" { // it heads its row
			cells[0] = "–"
		}
		table.Rows = append(table.Rows, cells[:len(table.Header)])
	}
	return &table
}

// runs is the text inside a node.
func (p *reader) runs(parent ast.Node, as Run) []Run {
	var list []Run
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			run := as
			run.Text, run.Break = p.said(n), n.HardLineBreak()
			if n.SoftLineBreak() {
				run.Text += " "
			}
			list = append(list, run)
		case *ast.String:
			run := as
			run.Text = string(n.Value)
			list = append(list, run)
		case *ast.Emphasis:
			run := as
			if n.Level > 1 {
				run.Bold = true
			} else {
				run.Italic = true
			}
			list = append(list, p.runs(n, run)...)
		case *ast.Link:
			run := as
			run.Link = address(string(n.Destination))
			list = append(list, p.runs(n, run)...)
		case *ast.AutoLink:
			run := as
			run.Text = string(n.Label(p.source))
			run.Link = address(string(n.URL(p.source)))
			list = append(list, run)
		case *ast.RawHTML:
			run := as
			for i := range n.Segments.Len() {
				at := n.Segments.At(i)
				run.Text += string(at.Value(p.source))
			}
			if !strings.HasPrefix(run.Text, "<!--") {
				list = append(list, run)
			}
		case *ast.Image: // a block of its own
		default:
			list = append(list, p.runs(n, as)...)
		}
	}
	return list
}

// said is a text as it is meant, without the marks that keep Markdown from reading it otherwise.
func (p *reader) said(n *ast.Text) string {
	text := n.Value(p.source)
	if n.IsRaw() {
		return string(text)
	}
	var b strings.Builder
	from := 0
	for at := 0; at <= len(text); at++ {
		escaped := at+1 < len(text) && text[at] == '\\' && util.IsPunct(text[at+1])
		if at < len(text) && !escaped {
			continue
		}
		b.Write(util.ResolveEntityNames(util.ResolveNumericReferences(text[from:at])))
		if escaped {
			b.WriteByte(text[at+1])
			at++
		}
		from = at + 1
	}
	return b.String()
}

// address is a link's address if it leads to the web or to mail, "" otherwise.
func address(to string) string {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if parsed, err := url.Parse(to); err == nil && !strings.ContainsAny(to, " \t\n<>\"") && parsed.String() != "" && len(to) > len(scheme) && strings.EqualFold(to[:len(scheme)], scheme) {
			return to
		}
	}
	return ""
}
