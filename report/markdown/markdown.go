// Package markdown writes the report as Markdown, and the sentences that may be quoted.
package markdown

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"averted/report/release"
	"averted/report/telling"
)

// Write writes the report of released figures, which names pictures in charts/ and pictures/ beside it. The error is for figures that
// did not pass disclosure control, or a writer that fails.
func Write(w io.Writer, r *release.Released, d *telling.Document) error {
	b := &page{}
	b.line("# " + safe(d.Title))
	if d.Question != "" || d.Date != "" {
		b.line(safe(strings.TrimSpace(d.Question + " " + d.Date)))
	}
	if d.Synthetic != "" {
		b.line("**" + safe(d.Synthetic) + "**")
	}
	if d.Logo != nil {
		b.line(fmt.Sprintf("![%s](<pictures/%s>)", brackets.Replace(safe(d.Logo.Alt)), d.Logo.Name))
	}
	if len(d.Key) > 0 {
		t := telling.Table{Header: []telling.Column{{Name: "Key figure"}, {Name: "Figure", Figure: true}, {Name: "Of what"}}}
		for _, k := range d.Key {
			t.Rows = append(t.Rows, []string{k.Label, k.Figure, k.Of})
		}
		b.table(t)
	}
	for _, s := range d.Sections {
		b.line("## " + safe(s.Heading))
		for _, text := range s.Lead {
			b.line(safe(text))
		}
		b.points(s.Points)
		for _, c := range s.Cards {
			if c.Heading != "" {
				b.line("### " + safe(c.Heading))
				b.line(safe(c.Text))
			} else {
				b.line("> " + safe(c.Text))
			}
			for _, text := range []string{c.Figures, c.By} {
				if text != "" {
					b.line(safe(text))
				}
			}
		}
		for _, p := range s.Pictures {
			b.line(fmt.Sprintf("![%s](charts/%s.png)", safe(p.Alt), p.Name))
			b.line(fmt.Sprintf("*%s.* The figures are in charts/%s.csv.", safe(p.Title), p.Name))
		}
		for _, t := range s.Tables {
			b.table(t)
		}
		if len(s.Author) > 0 {
			b.line("*In the author’s words*")
			b.blocks(s.Author, "")
		}
		if len(s.Sheets) > 0 {
			b.line("In the workbook: " + strings.Join(s.Sheets, ", ") + ".")
		}
	}
	b.line("---")
	b.points(d.Signs)
	b.line(safe(d.Made))
	return write(w, r, b)
}

// WriteQuotes writes the sentences that may be quoted, each with its people, period and design inside, and those that may not, with
// why.
func WriteQuotes(w io.Writer, r *release.Released) error {
	b := &page{}
	may, not := telling.Quotable(r)
	b.line("# What may be quoted")
	b.line(safe(r.Study.Title) + ", " + r.Study.Date + ". " + safe(telling.Synthetic(r)))
	b.line("## These sentences may be quoted, whole")
	b.line("Each says of how many people, over which time and by which design. A part of one says less than is needed.")
	if len(may) == 0 {
		b.line("None: no figure can be stood behind.")
	}
	b.points(may)
	b.line("## These may not, or anything like them")
	for _, s := range not {
		b.points([]string{"“" + s.Text + "” " + s.Why})
	}
	b.line("---")
	b.line(fmt.Sprintf("averted %s, study %s, seed %d, release profile %s.", r.Provenance.Version, r.Study.Hash, r.Study.Seed, r.Study.Profile))
	return write(w, r, b)
}

func write(w io.Writer, r *release.Released, b *page) error {
	if !r.Controlled() {
		return fmt.Errorf("markdown: the figures have not passed disclosure control")
	}
	if _, err := w.Write(bytes.TrimLeft(b.Bytes(), "\n")); err != nil {
		return fmt.Errorf("markdown: %w", err)
	}
	return nil
}

// page is the text as it grows.
type page struct{ bytes.Buffer }

// line is a paragraph of one line.
func (b *page) line(text string) { b.WriteString("\n" + strings.TrimRight(text, " ") + "\n") }

func (b *page) points(list []string) {
	if len(list) == 0 {
		return
	}
	b.WriteByte('\n')
	for _, p := range list {
		b.WriteString("- " + safe(p) + "\n")
	}
}

func (b *page) table(t telling.Table) {
	if t.Caption != "" {
		b.line("**" + safe(t.Caption) + "**")
	}
	b.WriteByte('\n')
	row := func(cells []string) {
		b.WriteByte('|')
		for _, c := range cells {
			b.WriteString(" " + strings.ReplaceAll(safe(c), "|", `\|`) + " |")
		}
		b.WriteByte('\n')
	}
	var names, rule []string
	for _, c := range t.Header {
		names = append(names, c.Name)
		if c.Figure {
			rule = append(rule, "---:")
		} else {
			rule = append(rule, "---")
		}
	}
	row(names)
	b.WriteString("| " + strings.Join(rule, " | ") + " |\n")
	for _, r := range t.Rows {
		row(r)
	}
}

// blocks are the author's words, each line behind an indent.
func (b *page) blocks(list []telling.Block, indent string) {
	for _, block := range list {
		switch block.Kind {
		case telling.Heading:
			b.line(indent + strings.Repeat("#", min(block.Level+2, 6)) + " " + runs(block.Text))
		case telling.List, telling.Numbered:
			for n, item := range block.Blocks {
				mark := "- "
				if block.Kind == telling.Numbered {
					mark = fmt.Sprintf("%d. ", n+1)
				}
				b.within(item.Blocks, indent+mark, indent+strings.Repeat(" ", len(mark)))
			}
		case telling.Quoted:
			b.within(block.Blocks, indent+"> ", indent+"> ")
		case telling.Tabled:
			b.table(*block.Table)
		case telling.Shown:
			b.line(fmt.Sprintf("%s![%s](<pictures/%s>)", indent, brackets.Replace(safe(block.Picture.Alt)), block.Picture.Name))
		default:
			b.line(indent + begun(runs(block.Text)))
		}
	}
}

// within writes blocks with a mark before the first line and others behind an indent.
func (b *page) within(list []telling.Block, mark, indent string) {
	inner := &page{}
	inner.blocks(list, "")
	b.WriteByte('\n')
	for i, line := range strings.Split(strings.Trim(inner.String(), "\n"), "\n") {
		if i == 0 {
			b.WriteString(mark + line + "\n")
			continue
		}
		b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
	}
}

func runs(list []telling.Run) string {
	var b strings.Builder
	for _, r := range list {
		text := brackets.Replace(safe(r.Text))
		trimmed := strings.TrimSpace(text)
		if trimmed != "" {
			look := trimmed
			if r.Italic {
				look = "*" + look + "*"
			}
			if r.Bold {
				look = "**" + look + "**"
			}
			if r.Link != "" {
				look = "[" + look + "](<" + r.Link + ">)"
			}
			text = strings.Replace(text, trimmed, look, 1)
		}
		if b.WriteString(text); r.Break {
			b.WriteString("<br>")
		}
	}
	return strings.TrimSpace(b.String())
}

var escapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "<", `\<`, "](", `\](`, "][", `\][`, "]:", `\]:`, "~~", `\~\~`, "\n", " ")

var (
	// underscores that do not stand inside a word, where they are text anyway.
	underscores = regexp.MustCompile(`(^|\W)_|_(\W|$)`)
	// entities are what would be read as another letter.
	entities = regexp.MustCompile(`&(#?\w+;)`)
	// beginnings of a line that would be read as a heading, a list or a quotation.
	beginnings = regexp.MustCompile(`^(\d*)([-#+>=.)]+)( |$)`)
)

// safe is text that Markdown shows as it is.
func safe(text string) string {
	text = underscores.ReplaceAllStringFunc(escapes.Replace(text), func(at string) string { return strings.Replace(at, "_", `\_`, 1) })
	return entities.ReplaceAllString(text, `\&$1`)
}

// brackets are escaped wherever an author's text is put together of pieces.
var brackets = strings.NewReplacer(`\]`, `\]`, "[", `\[`, "]", `\]`, "!", `\!`)

// begun is a paragraph that begins with what Markdown would read otherwise.
func begun(text string) string { return beginnings.ReplaceAllString(text, `$1\$2$3`) }
