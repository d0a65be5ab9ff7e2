package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"averted/fixtures/office"
	"averted/report/release"
	"averted/report/result"
	"averted/report/workbook"

	"github.com/xuri/excelize/v2"
)

// element is an element of a part.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// walk sees an element and all below it.
func (e element) walk(see func(element)) {
	see(e)
	for _, c := range e.Children {
		c.walk(see)
	}
}

func (e element) all(name string) []element {
	var list []element
	e.walk(func(x element) {
		if x.XMLName.Local == name {
			list = append(list, x)
		}
	})
	return list
}

// order is the order of children that the schema (ECMA-376, part 1) gives the elements that stand in the parts the library writes or that
// we change. An element that is not listed may have children in any order.
var order = map[string][]string{
	"worksheet": {"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr",
		"conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"},
	"workbook":   {"fileVersion", "fileSharing", "workbookPr", "AlternateContent", "workbookProtection", "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "extLst"},
	"table":      {"autoFilter", "sortState", "tableColumns", "tableStyleInfo", "extLst"},
	"chartSpace": {"date1904", "lang", "roundedCorners", "AlternateContent", "style", "clrMapOvr", "pivotSource", "protection", "chart", "spPr", "txPr", "externalData", "printSettings", "userShapes", "extLst"},
	"chart":      {"title", "autoTitleDeleted", "pivotFmts", "view3D", "floor", "sideWall", "backWall", "plotArea", "legend", "plotVisOnly", "dispBlanksAs", "showDLblsOverMax", "extLst"},
	"title":      {"tx", "layout", "overlay", "spPr", "txPr", "extLst"},
	"plotArea":   {"layout", "barChart", "catAx", "valAx", "dTable", "spPr", "extLst"},
	"barChart":   {"barDir", "grouping", "varyColors", "ser", "dLbls", "gapWidth", "overlap", "serLines", "axId", "extLst"},
	"ser":        {"idx", "order", "tx", "spPr", "invertIfNegative", "pictureOptions", "dPt", "dLbls", "trendline", "errBars", "cat", "val", "shape", "extLst"},
	"dLbls":      {"dLbl", "delete", "numFmt", "spPr", "txPr", "dLblPos", "showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize", "separator", "showLeaderLines", "leaderLines", "extLst"},
	"errBars":    {"errDir", "errBarType", "errValType", "noEndCap", "plus", "minus", "val", "spPr", "extLst"},
	"catAx":      {"axId", "scaling", "delete", "axPos", "majorGridlines", "minorGridlines", "title", "numFmt", "majorTickMark", "minorTickMark", "tickLblPos", "spPr", "txPr", "crossAx", "crosses", "crossesAt", "auto", "lblAlgn", "lblOffset", "tickLblSkip", "tickMarkSkip", "noMultiLvlLbl", "extLst"},
	"valAx":      {"axId", "scaling", "delete", "axPos", "majorGridlines", "minorGridlines", "title", "numFmt", "majorTickMark", "minorTickMark", "tickLblPos", "spPr", "txPr", "crossAx", "crosses", "crossesAt", "crossBetween", "majorUnit", "minorUnit", "dispUnits", "extLst"},
	"scaling":    {"logBase", "orientation", "max", "min", "extLst"},
	"numCache":   {"formatCode", "ptCount", "pt", "extLst"},
	"strCache":   {"ptCount", "pt", "extLst"},
	"legend":     {"legendPos", "legendEntry", "layout", "overlay", "spPr", "txPr", "extLst"},
	"styleSheet": {"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"},
}

// broken lists what of a package Excel would want to repair, as far as that can be told without it.
func broken(t *testing.T, data []byte) []string {
	t.Helper()
	files, problems := office.Parts(t, data), []string(nil)
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	read := map[string]element{}
	for name, text := range files {
		if strings.HasPrefix(name, "xl/media/") {
			continue
		}
		var e element
		if err := xml.Unmarshal(text, &e); err != nil {
			bad("%s is no XML: %v", name, err)
			continue
		}
		read[name] = e
		if path.Ext(name) == ".rels" || name == "[Content_Types].xml" {
			continue
		}
		e.walk(func(x element) {
			want, known := order[x.XMLName.Local]
			if !known || x.XMLName.Local == "title" && len(x.Children) == 0 {
				return
			}
			at := 0
			for _, c := range x.Children {
				place := slices.Index(want, c.XMLName.Local)
				if place < 0 {
					bad("%s: <%s> may not hold <%s>", name, x.XMLName.Local, c.XMLName.Local)
				} else if place < at {
					bad("%s: in <%s>, <%s> stands too late", name, x.XMLName.Local, c.XMLName.Local)
				}
				at = max(at, place)
			}
		})
	}
	// Every part has a type, and no type is of a part that is not there.
	defaults, overrides := map[string]bool{}, map[string]bool{}
	for _, x := range read["[Content_Types].xml"].Children {
		if x.XMLName.Local == "Default" {
			defaults[x.attr("Extension")] = true
			continue
		}
		name := strings.TrimPrefix(x.attr("PartName"), "/")
		if overrides[name] {
			bad("two types of %s", name)
		}
		if overrides[name] = true; files[name] == nil {
			bad("a type of %s, which is not there", name)
		}
	}
	for name := range files {
		if name != "[Content_Types].xml" && !overrides[name] && !defaults[strings.TrimPrefix(path.Ext(name), ".")] {
			bad("%s has no type", name)
		}
	}
	// Every relation has an identifier of its own and leads to a part; every identifier that is used is a relation.
	for name, rels := range read {
		if path.Ext(name) != ".rels" {
			continue
		}
		folder := path.Dir(path.Dir(name))
		owner := path.Join(folder, strings.TrimSuffix(path.Base(name), ".rels"))
		seen := map[string]bool{}
		for _, r := range rels.Children {
			if seen[r.attr("Id")] {
				bad("%s: %s stands twice", name, r.attr("Id"))
			}
			seen[r.attr("Id")] = true
			target := path.Join(folder, r.attr("Target"))
			if strings.HasPrefix(r.attr("Target"), "/") {
				target = strings.TrimPrefix(r.attr("Target"), "/")
			}
			if r.attr("TargetMode") != "External" && files[target] == nil {
				bad("%s leads to %s, which is not there", name, target)
			}
		}
		if e, ok := read[owner]; ok {
			e.walk(func(x element) {
				for _, a := range x.Attrs {
					if strings.HasSuffix(a.Name.Space, "officeDocument/2006/relationships") && !seen[a.Value] {
						bad("%s uses %s, which is no relation", owner, a.Value)
					}
				}
			})
		}
	}
	// Identifiers and names that have to be unlike.
	ids, names := map[string]bool{}, map[string]bool{}
	for name, e := range read {
		switch {
		case strings.HasPrefix(name, "xl/tables/"):
			if ids[e.attr("id")] || names[strings.ToLower(e.attr("displayName"))] {
				bad("%s has the id or the name of another table", name)
			}
			ids[e.attr("id")], names[strings.ToLower(e.attr("displayName"))] = true, true
			from, to, _ := strings.Cut(e.attr("ref"), ":")
			left, _, err := excelize.CellNameToCoordinates(from)
			right, _, err2 := excelize.CellNameToCoordinates(to)
			if columns := e.all("tableColumn"); err != nil || err2 != nil || len(columns) != right-left+1 {
				bad("%s: %s and %d columns", name, e.attr("ref"), len(columns))
			}
			if len(e.all("autoFilter")) > 0 {
				bad("%s has filter buttons", name)
			}
		case strings.HasPrefix(name, "xl/drawings/") && path.Ext(name) == ".xml":
			seen := map[string]bool{}
			for _, p := range e.all("cNvPr") {
				if seen[p.attr("id")] || p.attr("descr") == "" {
					bad("%s: a drawing without words, or with the id of another", name)
				}
				seen[p.attr("id")] = true
			}
		case strings.HasPrefix(name, "xl/charts/"):
			var axes, used []string
			for _, a := range slices.Concat(e.all("catAx"), e.all("valAx")) {
				axes = append(axes, a.Children[0].attr("val"))
			}
			for _, chart := range e.all("barChart") {
				for _, c := range chart.Children {
					if c.XMLName.Local == "axId" {
						used = append(used, c.attr("val"))
					}
				}
			}
			slices.Sort(axes)
			if slices.Sort(used); !slices.Equal(axes, used) {
				bad("%s: axes %v, of which %v are used", name, axes, used)
			}
			for _, cache := range slices.Concat(e.all("numCache"), e.all("strCache")) {
				if count := cache.all("ptCount"); len(count) != 1 || count[0].attr("val") != fmt.Sprint(len(cache.all("pt"))) || len(cache.all("pt")) == 0 {
					bad("%s: a cache without its points", name)
				}
			}
		}
	}
	// Sheets, and what is counted.
	book := read["xl/workbook.xml"]
	sheets := map[string]bool{}
	for _, s := range book.all("sheet") {
		if name := strings.ToLower(s.attr("name")); sheets[name] || len([]rune(s.attr("name"))) > 31 || strings.ContainsAny(name, `:\/?*[] '`) {
			bad("the sheet %s", s.attr("name"))
		} else {
			sheets[name] = true
		}
	}
	for _, d := range book.all("definedName") {
		if sheet, _, ok := strings.Cut(d.Text, "!"); ok && !strings.Contains(d.Text, "(") && !sheets[strings.ToLower(sheet)] {
			bad("the name %s leads to no sheet", d.attr("name"))
		}
	}
	styles := read["xl/styles.xml"]
	for _, group := range []string{"cellXfs", "cellStyleXfs", "cellStyles", "fonts", "fills", "borders", "numFmts"} {
		for _, g := range styles.all(group) {
			if g.attr("count") != "" && g.attr("count") != fmt.Sprint(len(g.Children)) {
				bad("styles: %s says %s and has %d", group, g.attr("count"), len(g.Children))
			}
		}
	}
	formats := 0
	for _, g := range styles.all("cellXfs") {
		formats = len(g.Children)
	}
	for name, e := range read {
		if !strings.HasPrefix(name, "xl/worksheets/sheet") {
			continue
		}
		for _, c := range e.all("c") {
			var style int
			if _, err := fmt.Sscan(c.attr("s"), &style); c.attr("s") != "" && (err != nil || style >= formats) {
				bad("%s!%s has no style %s", name, c.attr("r"), c.attr("s"))
			}
			formula, value := len(c.all("f")) > 0, c.all("v")
			if formula && (len(value) != 1 || value[0].Text == "") {
				bad("%s!%s has a formula and no value", name, c.attr("r"))
			}
			if len(value) == 1 && len(value[0].Text) > 32767 {
				bad("%s!%s holds more than a cell can", name, c.attr("r"))
			}
		}
		for _, h := range e.all("hyperlink") {
			sheet, _, _ := strings.Cut(h.attr("location"), "!")
			if !sheets[strings.ToLower(strings.Trim(sheet, "'"))] {
				bad("%s: a link to %s", name, h.attr("location"))
			}
		}
	}
	slices.Sort(problems)
	return problems
}

func editions(t *testing.T, r *release.Released) map[string][]byte {
	t.Helper()
	var live, tables bytes.Buffer
	if err := errors.Join(workbook.Write(&live, r), workbook.WriteTables(&tables, r)); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"live": live.Bytes(), "tables": tables.Bytes()}
}

var tried = []string{"dudley-integrated-plus", "known-effect", "dudley-hiu", "seat-belts", "worcestershire-neighbourhood", "epilepsy-trial"}

// TestPackage wants nothing in the file that Excel would repair, of either edition, and the header cells of each table to be what the
// table says they are.
func TestPackage(t *testing.T) {
	for _, name := range tried {
		if testing.Short() && name == "dudley-integrated-plus" {
			continue
		}
		for edition, data := range editions(t, released(t, name, "")) {
			t.Run(name+"/"+edition, func(t *testing.T) {
				for _, problem := range broken(t, data) {
					t.Error(problem)
				}
				f, err := excelize.OpenReader(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = f.Close() }()
				for _, sheet := range f.GetSheetList() {
					headersAgree(t, f, sheet)
				}
			})
		}
	}
}

// TestLook wants the author's colours and logo in both editions, as far as they go there, and nothing that Excel would repair.
func TestLook(t *testing.T) {
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 300, 100))); err != nil {
		t.Fatal(err)
	}
	r := *released(t, "epilepsy-trial", "")
	r.Look = &result.Look{Colours: []string{"#702080", "#206050"}, Logo: &result.AuthorPicture{Name: "report-logo.png", Alt: "A logo", Data: logo.Bytes()}}
	for edition, data := range editions(t, &r) {
		for _, problem := range broken(t, data) {
			t.Errorf("%s: %s", edition, problem)
		}
		files := office.Parts(t, data)
		if !bytes.Contains(files["xl/styles.xml"], []byte("702080")) || bytes.Contains(files["xl/styles.xml"], []byte("003087")) {
			t.Errorf("%s: not in the author's colours", edition)
		}
		shown := false
		for name, text := range files {
			shown = shown || strings.HasPrefix(name, "xl/drawings/") && bytes.Contains(text, []byte(`descr="A logo"`))
		}
		if shown != (edition == "live") {
			t.Errorf("%s: the logo is shown: %v", edition, shown)
		}
	}
}

// headersAgree wants the cells of a table's header to be text, unlike each other.
func headersAgree(t *testing.T, f *excelize.File, sheet string) {
	t.Helper()
	tables, err := f.GetTables(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		from, to, _ := strings.Cut(table.Range, ":")
		left, row, err := excelize.CellNameToCoordinates(from)
		right, _, err2 := excelize.CellNameToCoordinates(to)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for column := left; column <= right; column++ {
			cell, _ := excelize.CoordinatesToCellName(column, row)
			name := raw(t, f, sheet, cell)
			if name == "" || seen[strings.ToLower(name)] {
				t.Errorf("%s!%s: the header %q is empty or stands twice", sheet, cell, name)
			}
			seen[strings.ToLower(name)] = true
			if kind, err := f.GetCellType(sheet, cell); err != nil || kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString {
				t.Errorf("%s!%s: a header that is no text (%v, %v)", sheet, cell, kind, err)
			}
		}
	}
}

// TestPackageNotices wants the check of packages to be one that can fail: parts out of order, without a type, relations that lead nowhere,
// tables and drawings of one identifier.
func TestPackageNotices(t *testing.T) {
	data := editions(t, released(t, "known-effect", ""))["live"]
	if problems := broken(t, data); len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct{ part, old, new string }{
		{"xl/charts/chart1.xml", "<order val=\"0\"></order>", ""},
		{"xl/charts/chart1.xml", "</cat>", "</cat><smooth val=\"0\"/>"},
		{"xl/charts/chart1.xml", `<ptCount val="`, `<ptCount val="9`},
		{"[Content_Types].xml", "/xl/charts/chart1.xml", "/xl/charts/chart9.xml"},
		{"xl/tables/table2.xml", `id="2"`, `id="1"`},
		{"xl/drawings/drawing1.xml", ` descr="`, ` other="`},
		{"xl/worksheets/_rels/sheet2.xml.rels", "drawing1.xml", "drawing9.xml"},
		{"xl/workbook.xml", `name="Summary"`, `name="Cover"`},
	} {
		files := office.Parts(t, data)
		text, ok := files[c.part]
		if !ok || !bytes.Contains(text, []byte(c.old)) {
			t.Fatalf("%s has no %s", c.part, c.old)
		}
		if c.new == "" { // moved to where it stands too late
			text = bytes.Replace(text, []byte(c.old), nil, 1)
			c.new = "</val>" + c.old
			c.old = "</val>"
		}
		files[c.part] = bytes.Replace(text, []byte(c.old), []byte(c.new), 1)
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, text := range files {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write(text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if len(broken(t, b.Bytes())) == 0 {
			t.Errorf("%s with %q in place of %q passes", c.part, c.new, c.old)
		}
	}
}

// reader reads a workbook with openpyxl and with pandas, and prints what they find.
const reader = `
import json, sys, warnings
warnings.simplefilter("error")
import openpyxl, pandas
path = sys.argv[1]
values = openpyxl.load_workbook(path, data_only=True)
formulas = openpyxl.load_workbook(path)
found = {"sheets": values.sheetnames, "title": values.properties.title, "language": values.properties.language, "formulas": 0, "without": [], "tables": {}, "frames": {}}
for sheet in formulas:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                found["formulas"] += 1
                if values[sheet.title][cell.coordinate].value is None:
                    found["without"].append(sheet.title + "!" + cell.coordinate)
    for table in sheet.tables.values():
        first, last = table.ref.split(":")
        head = [c.value for c in sheet[first:last][0]]
        found["tables"][sheet.title] = head == table.column_names and len(sheet[first:last]) - 1
        start = sheet[first].row - 1
        frame = pandas.read_excel(path, sheet_name=sheet.title, header=start)
        found["frames"][sheet.title] = [len(frame), int(frame.iloc[:, :len(head)].isna().sum().sum())]
print(json.dumps(found))
`

// TestRead reads both editions with openpyxl and pandas: every table with all its rows, no value missing behind a formula, no blank in a
// table.
func TestRead(t *testing.T) {
	if testing.Short() {
		t.Skip("runs Python")
	}
	const python = "/usr/bin/python3" // the one that Debian's packages are for
	if err := exec.CommandContext(t.Context(), python, "-c", "import openpyxl, pandas").Run(); err != nil {
		if os.Getenv("AVERTED_ALL") != "" {
			t.Fatal("openpyxl or pandas is missing; make test installs them")
		}
		t.Skip("openpyxl or pandas is missing; make test installs them")
	}
	for _, name := range []string{"dudley-integrated-plus", "known-effect"} {
		for edition, data := range editions(t, released(t, name, "")) {
			file := filepath.Join(t.TempDir(), "report.xlsx")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), python, "-c", reader, file).CombinedOutput()
			if err != nil {
				t.Fatalf("%s, %s: %v\n%s", name, edition, err, out)
			}
			var found struct {
				Sheets, Without []string
				Title, Language string
				Formulas        int
				Tables          map[string]any
				Frames          map[string][]int
			}
			if err := json.Unmarshal(out, &found); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if (found.Formulas > 0) != (edition == "live") || len(found.Without) > 0 || found.Title == "" || found.Language != "en-GB" {
				t.Errorf("%s, %s: %d formulas, without a value %v, title %q, language %q", name, edition, found.Formulas, found.Without, found.Title, found.Language)
			}
			if len(found.Tables) < 10 {
				t.Errorf("%s, %s: only %d tables", name, edition, len(found.Tables))
			}
			for sheet, rows := range found.Tables {
				if n, ok := rows.(float64); !ok || found.Frames[sheet][0] != int(n) || found.Frames[sheet][1] != 0 {
					t.Errorf("%s, %s, %s: openpyxl has %v rows, pandas %v with blanks", name, edition, sheet, rows, found.Frames[sheet])
				}
			}
		}
	}
}
