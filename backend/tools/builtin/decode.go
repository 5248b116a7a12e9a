package builtin

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// sampleSize is how much of a file is looked at to guess its encoding. A file of ASCII whose first umlaut comes
// later is read as UTF-8.
const sampleSize = 1 << 20

// ErrBinary means that the content is no text.
var ErrBinary = errors.New("this is no text file")

// Decode turns text in any encoding into UTF-8 without a byte order mark. name is that of the encoding, as people,
// Python or web pages write it, or "auto" (or "") to guess it; used is the one that was taken. What the encoding does
// not allow becomes U+FFFD. The error is ErrBinary, or says that the name is unknown.
func Decode(r io.Reader, name string) (text io.Reader, used string, err error) {
	br := bufio.NewReaderSize(r, sampleSize)
	sample, err := br.Peek(sampleSize)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	used = strings.ToLower(strings.TrimSpace(name))
	if used == "" || used == "auto" {
		if used = GuessEncoding(sample); used == "" {
			return nil, "", fmt.Errorf("%w but %s; open it in Python with a library that knows the format", ErrBinary, http.DetectContentType(sample))
		}
	}
	enc, err := encodingByName(used)
	if err != nil {
		return nil, "", err
	}
	return &lenient{transform.NewReader(br, enc.NewDecoder())}, used, nil
}

// lenient ends a text that breaks off in the middle of a character with U+FFFD instead of an error.
type lenient struct{ io.Reader }

func (l *lenient) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if errors.Is(err, transform.ErrShortSrc) {
		l.Reader, err = strings.NewReader("\ufffd"), nil
	}
	return n, err
}

func encodingByName(name string) (encoding.Encoding, error) {
	switch strings.NewReplacer("_", "-", " ", "-").Replace(name) {
	case "utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii":
		return unicode.UTF8BOM, nil // takes UTF-8 with and without the mark
	case "utf-16", "utf16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case "utf-16le", "utf-16-le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case "utf-16be", "utf-16-be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "utf-32", "utf32", "utf-32le", "utf-32-le":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), nil
	case "utf-32be", "utf-32-be":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), nil
	case "latin-1", "latin1", "iso-8859-1", "iso8859-1": // the web means windows-1252 by it, Python does not
		return charmap.ISO8859_1, nil
	case "cp1252":
		return charmap.Windows1252, nil
	case "cp437":
		return charmap.CodePage437, nil
	case "cp850":
		return charmap.CodePage850, nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("unknown encoding %q; try auto, utf-8, utf-16, windows-1252 or latin-1", name)
	}
	return enc, nil
}

// GuessEncoding guesses the encoding of the beginning of a text: utf-8, utf-16le, utf-16be, utf-32le, utf-32be,
// windows-1252 or latin-1; "" if it is no text.
func GuessEncoding(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe, 0, 0}):
		return "utf-32le"
	case bytes.HasPrefix(b, []byte{0, 0, 0xfe, 0xff}):
		return "utf-32be"
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return "utf-16le"
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return "utf-16be"
	case bytes.HasPrefix(b, []byte("%PDF-")): // its head is ASCII
		return ""
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return guessWide(b)
	}
	if control(b) {
		return ""
	}
	if validUTF8(b) {
		return "utf-8"
	}
	for _, c := range []byte{0x81, 0x8d, 0x8f, 0x90, 0x9d} { // not assigned in windows-1252
		if bytes.IndexByte(b, c) >= 0 {
			return "latin-1"
		}
	}
	return "windows-1252"
}

// guessWide tells UTF-16 and UTF-32 without a mark by where the zero bytes of Western text are.
func guessWide(b []byte) string {
	var zeros [4]int
	for i, c := range b {
		if c == 0 {
			zeros[i%4]++
		}
	}
	quarter := max(len(b)/4, 1)
	most := func(i int) bool { return zeros[i]*10 >= quarter*7 }
	few := func(i int) bool { return zeros[i]*10 <= quarter }
	switch {
	case few(0) && most(1) && most(2) && most(3):
		return "utf-32le"
	case most(0) && most(1) && most(2) && few(3):
		return "utf-32be"
	case few(0) && most(1) && few(2) && most(3):
		return "utf-16le"
	case most(0) && few(1) && most(2) && few(3):
		return "utf-16be"
	}
	return ""
}

// control says whether there are more control characters than a text has (some have a form feed or an escape).
func control(b []byte) bool {
	n := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			n++
		}
	}
	return n*50 > len(b)
}

// validUTF8 tolerates a character that the end of the sample cut.
func validUTF8(b []byte) bool {
	for range utf8.UTFMax - 1 {
		if utf8.Valid(b) {
			return true
		}
		if len(b) < sampleSize-utf8.UTFMax { // nothing was cut
			return false
		}
		b = b[:len(b)-1]
	}
	return utf8.Valid(b)
}
