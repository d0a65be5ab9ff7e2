package word

import (
	"fmt"
	"strings"
	"time"

	"averted/report/telling"
)

const header = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const contentTypes = header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="png" ContentType="image/png"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

const relation = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`

const packageRels = header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relation + `/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="` + relation + `/extended-properties" Target="docProps/app.xml"/></Relationships>`

const app = header + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>averted</Application></Properties>`

const settings = header + `<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-GB"/></w:settings>`

const footer = header + `<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t xml:space="preserve">Page </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>`

func core(d *telling.Document, version string, made time.Time) string {
	stamp := made.UTC().Format(time.RFC3339)
	return header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		fmt.Sprintf(`<dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:creator>%s</dc:creator><dc:description>%s</dc:description><dc:language>en-GB</dc:language>`, escaped(d.Title), escaped(d.Question), escaped(strings.TrimSpace("averted "+version)), escaped(d.Synthetic)) +
		fmt.Sprintf(`<dcterms:created xsi:type="dcterms:W3CDTF">%[1]s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%[1]s</dcterms:modified></cp:coreProperties>`, stamp)
}

func (b *body) xml() string {
	return header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + relation + `" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` +
		b.String() +
		`<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1247" w:bottom="1247" w:left="1247" w:header="624" w:footer="624" w:gutter="0"/></w:sectPr></w:body></w:document>`
}

func (b *body) relations() string {
	text := header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	for i, part := range []string{"styles", "numbering", "settings", "footer"} {
		target := part
		if part == "footer" {
			target = "footer1"
		}
		text += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/%s" Target="%s.xml"/>`, i+1, relation, part, target)
	}
	for i, m := range b.media {
		text += fmt.Sprintf(`<Relationship Id="rIdP%d" Type="%s/image" Target="media/%s"/>`, i+1, relation, m.name)
	}
	for i, l := range b.links {
		text += fmt.Sprintf(`<Relationship Id="rIdL%d" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`, i+1, relation, escaped(l))
	}
	return text + `</Relationships>`
}

// deepest is how deep lists go.
const deepest = 4

// numbering is the lists: bullets are the first, then each numbered list of its own.
func (b *body) numbering() string {
	var text strings.Builder
	text.WriteString(header + `<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`)
	for id := range 2 {
		fmt.Fprintf(&text, `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="hybridMultilevel"/>`, id)
		for level := range deepest {
			form := `<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>`
			if id == 1 {
				form = fmt.Sprintf(`<w:numFmt w:val="decimal"/><w:lvlText w:val="%%%d."/>`, level+1)
			}
			fmt.Fprintf(&text, `<w:lvl w:ilvl="%d"><w:start w:val="1"/>%s<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="284"/></w:pPr></w:lvl>`, level, form, 397*(level+1))
		}
		text.WriteString(`</w:abstractNum>`)
	}
	text.WriteString(`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`)
	for n := range b.lists {
		fmt.Fprintf(&text, `<w:num w:numId="%d"><w:abstractNumId w:val="1"/>`, n+2)
		for level := range deepest {
			fmt.Fprintf(&text, `<w:lvlOverride w:ilvl="%d"><w:startOverride w:val="1"/></w:lvlOverride>`, level)
		}
		text.WriteString(`</w:num>`)
	}
	text.WriteString(`</w:numbering>`)
	return text.String()
}

// styles are the document's, headings in the author's first colour.
func styles(head, link string) string {
	var b strings.Builder
	b.WriteString(header + `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/><w:color w:val="212B32"/><w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="271" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	style := func(id, name, paragraph, character string) {
		first := ""
		if id == "Normal" {
			first = ` w:default="1"`
		}
		based := `<w:basedOn w:val="Normal"/>`
		if first != "" {
			based = ""
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph"%s w:styleId="%s"><w:name w:val="%s"/>%s<w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, first, id, name, based, paragraph, character)
	}
	style("Normal", "Normal", "", "")
	style("Title", "Title", `<w:spacing w:after="60"/>`, `<w:b/><w:color w:val="`+head+`"/><w:sz w:val="44"/>`)
	style("Subtitle", "Subtitle", "", `<w:color w:val="4C6272"/>`)
	style("Banner", "Banner", `<w:pBdr><w:left w:val="single" w:sz="36" w:space="8" w:color="8A5A00"/></w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="FDF6E7"/>`, `<w:b/>`)
	style("Answer", "Answer", "", `<w:sz w:val="24"/>`)
	for level, size := range []int{30, 25, 22, 21} {
		style(fmt.Sprintf("Heading%d", level+1), fmt.Sprintf("heading %d", level+1), fmt.Sprintf(`<w:keepNext/><w:keepLines/><w:spacing w:before="%d" w:after="100"/><w:outlineLvl w:val="%d"/>`, 360-60*level, level), fmt.Sprintf(`<w:b/><w:color w:val="%s"/><w:sz w:val="%d"/>`, head, size))
	}
	style("ListParagraph", "List Paragraph", `<w:spacing w:after="70"/><w:ind w:left="397"/>`, "")
	style("Caption", "caption", `<w:spacing w:before="60" w:after="120"/>`, `<w:color w:val="4C6272"/><w:sz w:val="18"/>`)
	style("Cell", "Cell", `<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="17"/>`)
	style("Quote", "Quote", `<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="`+head+`"/></w:pBdr><w:ind w:left="284"/>`, `<w:sz w:val="23"/>`)
	style("Whose", "Whose", "", `<w:color w:val="4C6272"/><w:sz w:val="18"/>`)
	style("Footer", "footer", `<w:jc w:val="right"/>`, `<w:color w:val="4C6272"/><w:sz w:val="17"/>`)
	b.WriteString(`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="` + link + `"/><w:u w:val="single"/></w:rPr></w:style>`)
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	fmt.Fprintf(&b, `<w:style w:type="table" w:styleId="Figures"><w:name w:val="Figures"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="D8DDE0"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="D8DDE0"/></w:tblBorders></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="FFFFFF"/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="%s"/><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>`, head)
	b.WriteString(`</w:styles>`)
	return b.String()
}
