package source

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Preflight runs over a CSV file once, byte by byte, and reports how many rows it has below the header
// and whether every row is whole: quotes only around whole fields and closed, as many columns as the
// header. Database readers are lenient where this is not; a file that is not whole goes to the row
// reader, which names the rows.
func Preflight(path string) (rows int64, whole bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, false, fmt.Errorf("opening a CSV file: %w", err)
	}
	defer func() { _ = file.Close() }() // opened for reading
	return preflight(file)
}

// Where in a row the scanner is.
const (
	atRowStart = iota
	atFieldStart
	inPlain
	inQuotes
	afterQuote
	afterReturn // a carriage return outside quotes: a line feed must follow
)

func preflight(in io.Reader) (rows int64, whole bool, err error) {
	buffer := make([]byte, 1<<18)
	columns, fields, state := 0, 1, atRowStart
	records := int64(0)
	mark := []byte("\xef\xbb\xbf") // a byte order mark may stand first
	first := true
	endRow := func() bool {
		records++
		if columns == 0 {
			columns = fields
		}
		same := fields == columns
		fields, state = 1, atRowStart
		return same
	}
	for {
		n, err := io.ReadFull(in, buffer)
		chunk := buffer[:n]
		if first {
			chunk, first = bytes.TrimPrefix(chunk, mark), false
		}
		for _, c := range chunk {
			if state == inQuotes {
				if c == '"' {
					state = afterQuote
				}
				continue
			}
			switch c {
			case 0:
				return 0, false, nil
			case '"':
				switch state {
				case atRowStart, atFieldStart, afterQuote:
					state = inQuotes
				default:
					return 0, false, nil
				}
			case ',':
				if state == afterReturn {
					return 0, false, nil
				}
				fields++
				state = atFieldStart
			case '\r':
				switch state {
				case afterReturn:
					return 0, false, nil
				case atRowStart: // a blank line, if a line feed follows
					fields = 0
				}
				state = afterReturn
			case '\n':
				if state == atRowStart || fields == 0 {
					fields, state = 1, atRowStart
					continue // a blank line is no row
				}
				if !endRow() {
					return 0, false, nil
				}
			default:
				if state == afterQuote || state == afterReturn {
					return 0, false, nil
				}
				state = inPlain
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return 0, false, fmt.Errorf("reading a CSV file: %w", err)
		}
	}
	switch {
	case state == inQuotes || state == afterReturn:
		return 0, false, nil
	case state != atRowStart && !endRow():
		return 0, false, nil
	}
	return max(0, records-1), true, nil
}
