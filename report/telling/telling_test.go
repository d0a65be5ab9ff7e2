package telling_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestWords reads what the examples are told as, and wants no word there that needs a better design than before
// and after.
func TestWords(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "studies", "*", "expected", "telling.txt"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbidden(string(text)); len(found) > 0 {
			t.Errorf("%s says %q", file, found)
		}
	}
	for _, bad := range []string{"The service saved £5.", "An effect of 5%.", "fell because of the service", "caused a fall", "a significant fall", "savings"} {
		if len(forbidden(bad)) == 0 {
			t.Errorf("%q passes", bad)
		}
	}
}

var (
	denied = regexp.MustCompile(`(?i)\b(not an effect|no effect is shown|is not cash)\b`)
	never  = regexp.MustCompile(`(?i)\b(saved|savings?|effects?|caused?|because of|prevented|significant(ly)?|proven)\b`)
)

// forbidden is the words that may not be said, those said in a denial aside.
func forbidden(text string) []string {
	return never.FindAllString(denied.ReplaceAllString(text, ""), -1)
}
