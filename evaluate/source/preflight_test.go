package source

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzPreflight sets the scanner against the row reader: what the scanner calls whole, the row reader
// reads without a problem, to the same number of rows.
func FuzzPreflight(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "a,b\r\n1,2", "a,b\n\"1\n,\",2\n", "a,b\n\"1\"\"x\",2\n", "a,b\n1\n", "a,b\n1,2,3\n",
		"a,b\n\"1\"x,2\n", "a,b\n1\"x,2\n", "a,b\n\"1,2\n", "a,b\n\n\n1,2\n", "", "a", "\n", "a,b\r1,2\n", "\r\na\r\n", "a\n\x00\n", "\"\"\n\"\"\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, whole, err := preflight(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if !whole {
			return
		}
		reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\xef\xbb\xbf")))
		records := int64(0)
		for {
			_, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("called whole, but: %v", err)
			}
			records++
		}
		if want := max(0, records-1); rows != want {
			t.Errorf("%d rows, the row reader finds %d", rows, want)
		}
	})
}

func TestPreflightRefuses(t *testing.T) {
	for _, text := range []string{"a,b\n1\n", "a,b\n1,2,3\n", "a,b\n\"1\"x,2\n", "a,b\n1\"x,2\n", "a,b\n\"1,2\n", "a\n\x00\n", "a,b\r1,2\n"} {
		if _, whole, _ := preflight(strings.NewReader(text)); whole {
			t.Errorf("%q is called whole", text)
		}
	}
}
