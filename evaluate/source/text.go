package source

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Text is what the pre-flight of a text file found: everything that must be known before its first row can be
// read rightly.
type Text struct {
	SHA256    string // of the file as it lies there, still compressed
	Size      int64  // of the text, in bytes
	Encoding  string // one of [Encodings]
	bigEndian bool
	mark      bool // a byte order mark stands first
	Mixed     bool // some lines end in CR LF and some in LF
	ReturnEnd bool // lines end in CR alone
	Whole     bool // the last line ends
	sep       rune // what a first line of sep=; says that columns are split at; 0 without one
	trouble   string
}

// errDamaged is a compressed file that can't be unpacked.
var errDamaged = errors.New("the compressed file is damaged or cut short")

// Preflight reads a text file once, byte by byte, and finds its encoding and line ends. declared is the encoding that
// the study file says, or "".
func Preflight(ctx context.Context, path, declared string) (Text, error) {
	file, err := os.Open(path)
	if err != nil {
		return Text{}, err
	}
	defer func() { _ = file.Close() }() // opened for reading
	sum := sha256.New()
	unpacked, err := unpack(path, io.TeeReader(stoppable{ctx, file}, sum))
	if err != nil {
		return Text{}, err
	}
	found, err := preflight(unpacked, declared)
	if err != nil {
		return Text{}, err
	}
	return found, finish(&found, file, sum)
}

// stoppable ends with its context.
type stoppable struct {
	ctx context.Context
	io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// finish reads what stands behind the text of a compressed file, so that the hash is of the whole.
func finish(found *Text, file io.Reader, sum hash.Hash) error {
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	found.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// unpack undoes .gz and .zst.
func unpack(path string, in io.Reader) (io.Reader, error) {
	switch path = strings.ToLower(path); {
	case strings.HasSuffix(path, ".gz"):
		out, err := gzip.NewReader(bufio.NewReaderSize(in, 1<<16))
		if errors.Is(err, context.Canceled) {
			return nil, err
		}
		if err != nil {
			return nil, errDamaged
		}
		return checked{out}, nil
	case strings.HasSuffix(path, ".zst"):
		out, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<28))
		if err != nil {
			return nil, errDamaged
		}
		return checked{out}, nil
	}
	return in, nil
}

// checked tells every error of an unpacker as damage.
type checked struct{ io.Reader }

func (c checked) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil && err != io.EOF && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		err = errDamaged
	}
	return n, err
}

// preflight looks at every byte.
func preflight(in io.Reader, declared string) (Text, error) {
	var t Text
	buffer := make([]byte, 1<<16)
	var (
		carry         []byte // the start of a character that the next chunk ends
		start         []byte // of the text, to know UTF-16 by
		bad, multi    int64  // bytes that are no UTF-8, and characters of several bytes that are
		unassigned    int64  // bytes that Windows-1252 gives no character
		crlf, cr, lf  int64
		last, earlier byte
	)
	for {
		n, err := io.ReadFull(in, buffer)
		chunk := buffer[:n]
		if len(start) < 4096 {
			start = append(start, chunk[:min(n, 4096-len(start))]...)
		}
		t.Size += int64(n)
		for _, c := range chunk {
			switch {
			case c == '\n' && last == '\r':
				crlf++
			case c == '\n':
				lf++
			case last == '\r':
				cr++
			}
			if c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d {
				unassigned++
			}
			earlier, last = last, c
		}
		carry = count(append(carry, chunk...), err != nil, &bad, &multi)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return t, err
		}
	}
	if last == '\r' {
		cr++
	}
	t.Mixed, t.ReturnEnd = crlf > 0 && lf > 0, cr > 0 && crlf+lf == 0
	t.Whole = t.Size == 0 || last == '\n' || t.ReturnEnd && last == '\r'
	wide, big, mark := isUTF16(start)
	if m := sepLine.FindSubmatch(start); m != nil {
		t.sep = rune(m[1][0])
	}
	t.mark = mark || strings.HasPrefix(string(start), "\xef\xbb\xbf")
	switch {
	case wide && (declared == "" || declared == "utf-16"), declared == "utf-16":
		t.Encoding, t.bigEndian = "utf-16", big
		t.Whole = t.Size%2 == 0 && (last == '\n' && earlier == 0 || last == 0 && earlier == '\n')
		t.Mixed, t.ReturnEnd = false, false // not looked for
		if t.Size%2 != 0 {
			t.trouble = "this is UTF-16 with half a character at its end: the file is cut short"
		}
		return t, nil
	case declared == "windows-1252", declared == "" && bad > 0:
		t.Encoding = "windows-1252"
		if declared == "" && multi > 0 {
			t.trouble = "some of its text is UTF-8 and some is not: the file was put together from two"
		} else if unassigned > 0 {
			t.trouble = "this is neither UTF-8 nor Windows-1252"
		}
	default:
		t.Encoding = "utf-8"
		if bad > 0 {
			t.trouble = "this is not the UTF-8 that encoding: declares"
		}
	}
	return t, nil
}

var sepLine = regexp.MustCompile("^(?:\xef\xbb\xbf)?sep=([,;|\t])\r?\n")

// count adds up characters of several bytes and bytes that are no UTF-8. It returns the start of a character that the
// text breaks off in.
func count(text []byte, end bool, bad, multi *int64) []byte {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		if !end && !utf8.FullRune(text) {
			return append([]byte(nil), text...)
		}
		_, size := utf8.DecodeRune(text)
		if size == 1 {
			*bad++
		} else if string(text[:size]) != "\ufeff" {
			*multi++
		}
		text = text[size:]
	}
	return nil
}

// isUTF16 reports whether a text begins as UTF-16 does: with its mark, or with a zero in every other byte.
func isUTF16(start []byte) (is, bigEndian, mark bool) {
	if len(start) >= 2 && start[0] == 0xff && start[1] == 0xfe {
		return true, false, true
	}
	if len(start) >= 2 && start[0] == 0xfe && start[1] == 0xff {
		return true, true, true
	}
	var zeros [2]int
	for i, c := range start {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := len(start) / 2
	switch {
	case half >= 4 && zeros[1]*10 >= half*9 && zeros[0] == 0:
		return true, false, false
	case half >= 4 && zeros[0]*10 >= half*9 && zeros[1] == 0:
		return true, true, false
	}
	return false, false, false
}

// decoded is the file's text as UTF-8 with lines that end in LF or CR LF, without a mark.
func decoded(path string, in io.Reader, t Text) (io.Reader, error) {
	out, err := unpack(path, in)
	if err != nil {
		return nil, err
	}
	switch {
	case t.Encoding == "utf-16":
		order := unicode.LittleEndian
		if t.bigEndian {
			order = unicode.BigEndian
		}
		out = transform.NewReader(out, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	case t.Encoding == "windows-1252":
		out = transform.NewReader(out, charmap.Windows1252.NewDecoder())
	}
	if t.Encoding == "utf-8" && t.mark {
		buffered := bufio.NewReader(out)
		if _, err := buffered.Discard(3); err != nil {
			return nil, err
		}
		out = buffered
	}
	if t.ReturnEnd {
		out = returns{out}
	}
	return out, nil
}

// returns makes every CR a LF.
type returns struct{ io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// notes says what of a text's form a reader should know.
func (t Text) notes() []string {
	var notes []string
	if t.Encoding != "utf-8" {
		notes = append(notes, "read as "+map[string]string{"utf-16": "UTF-16", "windows-1252": "Windows-1252"}[t.Encoding])
	} else if t.mark {
		notes = append(notes, "begins with a byte order mark")
	}
	if t.Mixed {
		notes = append(notes, "its lines end in two ways")
	}
	if t.ReturnEnd {
		notes = append(notes, "its lines end in a carriage return alone")
	}
	return notes
}

func hashOf(ctx context.Context, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading a file again: %w", errors.Unwrap(err))
	}
	defer func() { _ = file.Close() }() // opened for reading
	sum := sha256.New()
	if _, err := io.Copy(sum, stoppable{ctx, file}); err != nil {
		return "", fmt.Errorf("reading a file again: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
