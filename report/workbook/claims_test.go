package workbook_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/costing/claim"
	"averted/fixtures/office"
	"averted/report"
	"averted/report/workbook"
)

// TestWriteClaims wants every finding on a row of its own, the same bytes twice, and a file that LibreOffice opens.
func TestWriteClaims(t *testing.T) {
	f, err := claim.Read(filepath.Join("..", "..", "fixtures", "claims", "dudley-integrated-plus.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c := report.Claims(f, &released(t, "dudley-integrated-plus", "").Result)
	var first, second bytes.Buffer
	if err := workbook.WriteClaims(&first, c); err != nil {
		t.Fatal(err)
	}
	if err := workbook.WriteClaims(&second, c); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("the same claims make other bytes (%v)", err)
	}
	path := filepath.Join(t.TempDir(), "claims.xlsx")
	if err := os.WriteFile(path, first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	book := open(t, path)
	if got := strings.Join(book.GetSheetList(), " "); got != "Findings Against Figures Rules Published" {
		t.Errorf("sheets %s", got)
	}
	rows, err := book.GetRows("Findings")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, row := range rows {
		if len(row) == 6 {
			told[strings.ToLower(row[0])+row[1]+row[3]] = true
		}
	}
	for _, x := range c.Findings {
		if !told[x.Verdict+x.Rule+x.Text] {
			t.Errorf("no row for %s: %s", x.Rule, x.Text)
		}
	}
	if len(c.Against.Claims) != len(c.Figures) {
		t.Errorf("%d of %d figures held against the study", len(c.Against.Claims), len(c.Figures))
	}
	if testing.Short() {
		return
	}
	again := open(t, office.Recalculate(t, path))
	if got, err := again.GetRows("Findings"); err != nil || len(got) != len(rows) {
		t.Errorf("LibreOffice has %d rows of %d (%v)", len(got), len(rows), err)
	}
}
