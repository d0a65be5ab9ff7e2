package page_test

import (
	"bytes"
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"averted/costing/claim"
	"averted/report"
	"averted/report/page"
	"averted/report/result"
)

func dudley(t *testing.T) *result.Claims {
	t.Helper()
	f, err := claim.Read(filepath.Join("..", "..", "fixtures", "claims", "dudley-integrated-plus.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return report.Claims(f, nil)
}

// TestWriteClaims wants every finding with its question on the page, no script, and nothing asked for from anywhere.
func TestWriteClaims(t *testing.T) {
	c := dudley(t)
	c.Report.Title = `<script>alert("x")</script>`
	var first, second bytes.Buffer
	if err := page.WriteClaims(&first, c); err != nil {
		t.Fatal(err)
	}
	if err := page.WriteClaims(&second, c); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("the same claims make other bytes (%v)", err)
	}
	text := first.String()
	plain := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, ""))
	for _, f := range c.Findings {
		if !strings.Contains(plain, f.Text) || !strings.Contains(plain, f.Ask) {
			t.Errorf("not on the page: %s", f.Text)
		}
	}
	if len(c.Findings) < 30 || len(c.Published) < 10 || !strings.Contains(plain, c.Published[3].Source) {
		t.Errorf("%d findings, %d published", len(c.Findings), len(c.Published))
	}
	if bad := regexp.MustCompile(`(?i)<script|src=|href=|url\(|@import|\son\w+=|http://|https://`).FindString(text); bad != "" {
		t.Errorf("the page holds %q", bad)
	}
	for _, want := range []string{`<html lang="en-GB">`, "default-src 'none'", `<th scope="col"`, `<th scope="row"`, "&lt;script&gt;"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
