package word

import (
	"fmt"

	"averted/report/telling"
)

// list is the list that blocks stand in: which one, 0 for none, and how deep.
type list struct{ number, depth int }

// blocks are the author's words.
func (b *body) blocks(blocks []telling.Block, in list) error {
	for _, block := range blocks {
		switch block.Kind {
		case telling.Heading:
			b.paragraph(fmt.Sprintf(`<w:pStyle w:val="Heading%d"/>`, min(block.Level+1, 4)), b.runs(block.Text))
		case telling.List, telling.Numbered:
			inner := list{1, in.depth}
			if in.number != 0 {
				inner.depth++
			}
			if block.Kind == telling.Numbered {
				b.lists++
				inner.number = b.lists + 1
			}
			if err := b.blocks(block.Blocks, inner); err != nil {
				return err
			}
		case telling.Item:
			if err := b.item(block, in); err != nil {
				return err
			}
		case telling.Quoted:
			for _, q := range block.Blocks {
				if q.Kind == telling.Paragraph {
					b.paragraph(`<w:pStyle w:val="Quote"/>`, b.runs(q.Text))
				} else if err := b.blocks([]telling.Block{q}, list{}); err != nil {
					return err
				}
			}
		case telling.Tabled:
			t := *block.Table
			t.Caption = "As the author has it"
			b.table(t)
		case telling.Shown:
			if err := b.picture(*block.Picture, 96, fullWidth); err != nil {
				return err
			}
		default:
			b.paragraph("", b.runs(block.Text))
		}
	}
	return nil
}

// item is a point of a list, its first paragraph with the bullet or the number.
func (b *body) item(item telling.Block, in list) error {
	marked := false
	for _, block := range item.Blocks {
		if block.Kind != telling.Paragraph {
			if err := b.blocks([]telling.Block{block}, in); err != nil {
				return err
			}
			continue
		}
		properties := `<w:pStyle w:val="ListParagraph"/>`
		if !marked {
			properties += fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, min(in.depth, deepest-1), in.number)
			marked = true
		}
		b.paragraph(properties, b.runs(block.Text))
	}
	return nil
}

func (b *body) runs(runs []telling.Run) string {
	text := ""
	for _, r := range runs {
		look := ""
		if r.Link != "" {
			look += `<w:rStyle w:val="Hyperlink"/>`
		}
		if r.Bold {
			look += "<w:b/>"
		}
		if r.Italic {
			look += "<w:i/>"
		}
		one := run(look, r.Text)
		if r.Link != "" {
			b.links = append(b.links, r.Link)
			one = fmt.Sprintf(`<w:hyperlink r:id="rIdL%d">%s</w:hyperlink>`, len(b.links), one)
		}
		if text += one; r.Break {
			text += "<w:r><w:br/></w:r>"
		}
	}
	return text
}
