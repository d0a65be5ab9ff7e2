// Package word writes the report as a Word file to edit: headings, captions, tables whose header rows repeat, charts with alt text.
// The same document gives the same bytes. It writes Office Open XML (ECMA-376) with the standard library: the libraries that were tried
// lose alt text or header rows, or can't be used under this licence.
package word

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of pictures
	_ "image/png"
	"io"
	"strings"
	"time"

	"averted/report/release"
	"averted/report/telling"
)

// Write writes the Word file of released figures. The error is for figures that did not pass disclosure control, a picture that can't be
// read, or a writer that fails.
func Write(w io.Writer, r *release.Released, d *telling.Document) error {
	if !r.Controlled() {
		return fmt.Errorf("word: the figures have not passed disclosure control")
	}
	made, err := time.Parse("2006-01-02", d.Date)
	if err != nil {
		return fmt.Errorf("word: the study's date: %w", err)
	}
	b := &body{head: "003087", link: "005EB8", count: map[string]int{}}
	if len(d.Colours) == 2 {
		b.head, b.link = strings.ToUpper(strings.TrimPrefix(d.Colours[0], "#")), strings.ToUpper(strings.TrimPrefix(d.Colours[1], "#"))
	}
	if err := b.document(d); err != nil {
		return err
	}
	files := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", core(d, r.Provenance.Version, made)},
		{"docProps/app.xml", app},
		{"word/document.xml", b.xml()},
		{"word/_rels/document.xml.rels", b.relations()},
		{"word/styles.xml", styles(b.head, b.link)},
		{"word/numbering.xml", b.numbering()},
		{"word/settings.xml", settings},
		{"word/footer1.xml", footer},
	}
	archive := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
		if err == nil {
			_, err = part.Write(data)
		}
		if err != nil {
			return fmt.Errorf("word: writing %s: %w", name, err)
		}
		return nil
	}
	for _, f := range files {
		if err := put(f.name, []byte(f.text)); err != nil {
			return err
		}
	}
	for _, m := range b.media {
		if err := put("word/media/"+m.name, m.data); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("word: %w", err)
	}
	return nil
}

// body is the text of the document as it grows.
type body struct {
	strings.Builder
	head  string // colour of headings, RRGGBB
	link  string
	media []medium
	links []string
	count map[string]int // of captions, by kind
	lists int            // numbered lists so far, each of which begins at 1
}

type medium struct {
	name string
	data []byte
}

// The page is A4 with margins of 2.2 cm, in twentieths of a point and in the units of drawings, of which an inch has 914,400.
const (
	textWidth  = 9411
	inch       = 914400
	fullWidth  = textWidth * inch / 1440
	fullHeight = 19 * inch * 100 / 254
)

func (b *body) document(d *telling.Document) error {
	if d.Logo != nil {
		if err := b.picture(*d.Logo, 96, 4*inch/3); err != nil {
			return err
		}
	}
	b.line("Title", d.Title)
	b.line("Subtitle", strings.TrimSpace(d.Question+" "+d.Date))
	if d.Synthetic != "" {
		b.line("Banner", d.Synthetic)
	}
	if len(d.Key) > 0 {
		t := telling.Table{Caption: "Key figures", Header: []telling.Column{{Name: "What"}, {Name: "Figure", Figure: true}, {Name: "Of what"}}}
		for _, k := range d.Key {
			t.Rows = append(t.Rows, []string{k.Label, k.Figure, k.Of})
		}
		b.table(t)
	}
	for _, s := range d.Sections {
		b.line("Heading1", s.Heading)
		for i, text := range s.Lead {
			style := "Normal"
			if s.ID == "answer" && i == 0 {
				style = "Answer"
			}
			b.line(style, text)
		}
		for _, p := range s.Points {
			b.listed(p)
		}
		for _, c := range s.Cards {
			b.card(c)
		}
		for _, p := range s.Pictures {
			if err := b.picture(p, 200, fullWidth); err != nil {
				return err
			}
			b.caption("Figure", p.Title+". The figures are in charts/"+p.Name+".csv.")
		}
		for _, t := range s.Tables {
			b.table(t)
		}
		if len(s.Author) > 0 {
			b.paragraph(`<w:pStyle w:val="Whose"/><w:keepNext/>`, run("", "In the author’s words"))
			if err := b.blocks(s.Author, list{}); err != nil {
				return err
			}
		}
		if len(s.Sheets) > 0 {
			b.line("Whose", "In the workbook: "+strings.Join(s.Sheets, ", ")+".")
		}
	}
	b.line("Heading1", "How to read it")
	for _, s := range d.Signs {
		b.listed(s)
	}
	b.line("Normal", d.Made)
	return nil
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes all
	return b.String()
}

func (b *body) paragraph(properties, content string) {
	if properties != "" {
		properties = "<w:pPr>" + properties + "</w:pPr>"
	}
	b.WriteString("<w:p>" + properties + content + "</w:p>")
}

func run(properties, text string) string {
	if properties != "" {
		properties = "<w:rPr>" + properties + "</w:rPr>"
	}
	return "<w:r>" + properties + `<w:t xml:space="preserve">` + escaped(text) + "</w:t></w:r>"
}

func (b *body) line(style, text string) {
	b.paragraph(`<w:pStyle w:val="`+style+`"/>`, run("", text))
}

// listed is a point of a list.
func (b *body) listed(text string) {
	b.paragraph(`<w:pStyle w:val="ListParagraph"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>`, run("", text))
}

func (b *body) card(c telling.Card) {
	if c.Heading != "" {
		b.line("Heading2", c.Heading)
		b.line("Normal", c.Text)
	} else {
		b.line("Quote", c.Text)
	}
	if c.Figures != "" {
		b.line("Normal", c.Figures)
	}
	if c.By != "" {
		b.line("Whose", c.By)
	}
}

// caption is a figure's, which stands below it, or a table's, which stays with it. The number is a field, so that it stays right when
// the text is edited.
func (b *body) caption(kind, text string) {
	b.count[kind]++
	keep := ""
	if kind == "Table" {
		keep = "<w:keepNext/>"
	}
	b.paragraph(`<w:pStyle w:val="Caption"/>`+keep, run("", kind+" ")+fmt.Sprintf(`<w:fldSimple w:instr=" SEQ %s \* ARABIC ">%s</w:fldSimple>`, kind, run("", fmt.Sprint(b.count[kind])))+run("", ". "+text))
}

// table is a table with its caption above.
func (b *body) table(t telling.Table) {
	b.caption("Table", t.Caption)
	widths := widthsOf(t)
	fmt.Fprintf(b, `<w:tbl><w:tblPr><w:tblStyle w:val="Figures"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val="%s"/></w:tblPr><w:tblGrid>`, textWidth, escaped(t.Caption))
	for _, width := range widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, width)
	}
	b.WriteString("</w:tblGrid>")
	row := func(properties string, cells []string) {
		b.WriteString("<w:tr><w:trPr><w:cantSplit/>" + properties + "</w:trPr>")
		for i, c := range cells {
			align := ""
			if t.Header[i].Figure {
				align = `<w:jc w:val="right"/>`
			}
			fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, widths[i])
			b.paragraph(`<w:pStyle w:val="Cell"/>`+align, run("", c))
			b.WriteString("</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	var names []string
	for _, c := range t.Header {
		names = append(names, c.Name)
	}
	row("<w:tblHeader/>", names)
	for _, r := range t.Rows {
		row("", r)
	}
	b.WriteString("</w:tbl>")
	b.paragraph(`<w:pStyle w:val="Cell"/>`, "") // or two tables become one
}

// What a letter and a cell's margins take, in twentieths of a point.
const (
	letterWidth = 88
	cellMargins = 190
)

// widthsOf shares the page's width among columns: each has what its longest word needs, and what is left goes to those whose texts are
// longer.
func widthsOf(t telling.Table) []int {
	least, more := make([]float64, len(t.Header)), make([]float64, len(t.Header))
	needed, wanted := 0.0, 0.0
	for i, c := range t.Header {
		texts := []string{c.Name}
		for _, r := range t.Rows {
			texts = append(texts, r[i])
		}
		word, text := 0, 0
		for n, s := range texts {
			if n > 0 && c.Figure { // an interval stays in one piece where there is room
				word = max(word, min(24, len([]rune(s))))
			}
			text = max(text, min(70, len([]rune(s))))
			for _, w := range strings.Fields(s) {
				if n == 0 {
					w += "_" // names are bold
				}
				word = max(word, min(25, len([]rune(w))))
			}
		}
		least[i], more[i] = float64(word*letterWidth+cellMargins), float64((text-word)*letterWidth)
		needed, wanted = needed+least[i], wanted+max(0, more[i])
	}
	widths, left := make([]int, len(least)), textWidth
	for i := range least {
		if spare := textWidth - needed; spare < 0 {
			widths[i] = int(textWidth * least[i] / needed)
		} else if wanted > 0 {
			widths[i] = int(least[i] + spare*max(0, more[i])/wanted)
		} else {
			widths[i] = int(least[i] + spare/float64(len(least)))
		}
		left -= widths[i]
	}
	widths[0] += left
	return widths
}

// picture is a picture with its alt text, at so many dots an inch and at most so wide.
func (b *body) picture(p telling.Picture, dots int, widest int) error {
	data, ending := p.PNG, "png"
	if p.JPEG != nil {
		data, ending = p.JPEG, "jpeg"
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("word: the picture %s: %w", p.Name, err)
	}
	width, height := float64(size.Width)*inch/float64(dots), float64(size.Height)*inch/float64(dots)
	by := min(1, float64(widest)/width, fullHeight/height)
	n := len(b.media) + 1
	b.media = append(b.media, medium{fmt.Sprintf("picture%d.%s", n, ending), data})
	keep := ""
	if dots == 200 { // with its caption
		keep = "<w:keepNext/>"
	}
	b.paragraph(keep, fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%[1]d" cy="%[2]d"/><wp:docPr id="%[3]d" name="Picture %[3]d" descr="%[4]s"/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%[3]d" name="Picture %[3]d" descr="%[4]s"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdP%[3]d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[2]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		int(width*by), int(height*by), n, escaped(p.Alt)))
	return nil
}
