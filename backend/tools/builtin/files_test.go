package builtin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

type memFile struct{ *bytes.Reader }

func (memFile) Close() error { return nil }

func input(name string, content []byte) sandbox.File {
	return sandbox.File{Name: name, Size: int64(len(content)), Open: func() (io.ReadSeekCloser, error) {
		return memFile{bytes.NewReader(content)}, nil
	}}
}

func testFiles(inputs ...sandbox.File) Files {
	return Files{Input: inputs, Scratch: func() fs.FS {
		return fstest.MapFS{"out.txt": {Data: []byte("written\n")}, "sub/deep.csv": {Data: []byte("a,b\n1,2\n")}}
	}}
}

// call gives the result as text; of an error, its message.
func call(t *testing.T, tool tools.Tool, args map[string]any) (string, error) {
	t.Helper()
	data, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tool.Call(t.Context(), data)
	if err != nil {
		return err.Error(), err
	}
	var text string
	if json.Unmarshal(out, &text) != nil {
		text = string(out)
	}
	return text, nil
}

func TestListFiles(t *testing.T) {
	got, err := call(t, ListFiles(testFiles(input("sales.csv", []byte("x")))), nil)
	want := `[{"path":"/input/sales.csv","size":1,"media_type":"text/csv"},` +
		`{"path":"/scratch/out.txt","size":8,"media_type":"text/plain"},{"path":"/scratch/sub/deep.csv","size":8,"media_type":"text/csv"}]`
	if err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := call(t, ListFiles(Files{}), nil); err != nil || got != "[]" {
		t.Errorf("no files: %s, %v", got, err)
	}
}

func TestReadFileReachesOnlyWhatIsGiven(t *testing.T) {
	files := testFiles(input("sales.csv", []byte("region\n")), input("out.txt", []byte("shadowed\n")))
	for name, want := range map[string]string{
		"/input/sales.csv":    "region\n",
		"sales.csv":           "region\n",
		"./sales.csv":         "there is no file",
		"/scratch/out.txt":    "written\n",
		"out.txt":             "written\n", // as in Python: the working folder first
		"sub/deep.csv":        "a,b\n1,2\n",
		"/scratch/../input/x": "there is no file",
		"/etc/passwd":         "there is no file /etc/passwd; there are: /input/out.txt, /input/sales.csv",
		"../../etc/passwd":    "there is no file",
		"/input/../etc/hosts": "there is no file",
		"/scratch/sub":        "is a folder",
		"":                    "there is no file",
		"\x00":                "there is no file",
	} {
		got, _ := call(t, ReadFile(files), map[string]any{"path": name})
		if !strings.HasPrefix(got, want) && !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestHostPathsAreNotTold(t *testing.T) {
	broken := sandbox.File{Name: "x", Open: func() (io.ReadSeekCloser, error) {
		return nil, &fs.PathError{Op: "open", Path: "/home/zoe/secret/x", Err: fs.ErrPermission}
	}}
	got, err := call(t, ReadFile(testFiles(broken)), map[string]any{"path": "x"})
	if err == nil || strings.Contains(got, "zoe") || !errors.Is(err, fs.ErrPermission) {
		t.Error(got)
	}
}

func TestReadFileParts(t *testing.T) {
	var b strings.Builder
	for i := 1; i <= 100; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	tool := ReadFile(testFiles(input("f", []byte(b.String()))))
	for name, c := range map[string]struct {
		args map[string]any
		want string
	}{
		"some lines": {map[string]any{"start_line": 3, "max_lines": 2}, "line 3\nline 4\n… [the file goes on: read_file(\"f\", start_line=5)]"},
		"the last":   {map[string]any{"start_line": "100"}, "line 100\n"},
		"beyond":     {map[string]any{"start_line": 101}, "/input/f has only 100 lines"},
		"cut":        {map[string]any{"max_chars": 10}, "line 1\nlin\n… [cut in line 2 after 10 characters; the file goes on. Open it in Python to read all of it]"},
		"just fits":  {map[string]any{"start_line": 99, "max_lines": 2}, "line 99\nline 100\n"},
		"nonsense":   {map[string]any{"start_line": 0}, "start_line and max_chars begin with 1, max_lines with 0"},
	} {
		c.args["path"] = "f"
		if got, _ := call(t, tool, c.args); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got, err := call(t, ReadFile(testFiles(input("f", nil))), map[string]any{"path": "f"}); err != nil || got != "" {
		t.Errorf("empty file: %q, %v", got, err)
	}
}

// A large file is not read to its end.
func TestReadFileLarge(t *testing.T) {
	read := 0
	big := sandbox.File{Name: "big.csv", Size: 200 << 20, Open: func() (io.ReadSeekCloser, error) {
		return &endless{n: &read}, nil
	}}
	got, err := call(t, ReadFile(testFiles(big)), map[string]any{"path": "big.csv", "max_lines": 10})
	if err != nil || !strings.Contains(got, "the file goes on") {
		t.Errorf("%q, %v", got, err)
	}
	if read > 4<<20 {
		t.Errorf("%d bytes were read for ten lines", read)
	}
}

type endless struct {
	n *int
	io.Seeker
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "0123456789,\n"[(*e.n+i)%12]
	}
	*e.n += len(p)
	return len(p), nil
}
func (e *endless) Close() error { return nil }

func TestEncodings(t *testing.T) {
	const text = "Größe;Preis\nMünchen;3 €\n"
	const latin = "Größe;Preis\nMünchen;3\n"
	enc := func(e encoding.Encoding, s string) []byte {
		b, err := e.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		data []byte
		as   string
		want string
		used string
	}{
		"utf-8":              {[]byte(text), "auto", text, "utf-8"},
		"utf-8 with mark":    {append([]byte("\ufeff"), text...), "auto", text, "utf-8"},
		"utf-16 with mark":   {enc(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "auto", text, "utf-16le"},
		"utf-16 big, mark":   {enc(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text), "auto", text, "utf-16be"},
		"utf-16 no mark":     {enc(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), latin), "auto", latin, "utf-16le"},
		"utf-16 big no mark": {enc(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), latin), "auto", latin, "utf-16be"},
		"utf-32 with mark":   {enc(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), text), "auto", text, "utf-32le"},
		"utf-32 no mark":     {enc(utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), latin), "auto", latin, "utf-32be"},
		"windows-1252":       {enc(charmap.Windows1252, text), "auto", text, "windows-1252"},
		"latin-1":            {append(enc(charmap.ISO8859_1, latin), 0x81), "auto", latin + "\u0081", "latin-1"},
		"named":              {enc(charmap.ISO8859_5, "Привет"), "ISO-8859-5", "Привет", "iso-8859-5"},
		"named latin_1":      {enc(charmap.ISO8859_1, latin), "Latin_1", latin, "latin_1"},
		"named utf-16":       {enc(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "UTF-16", text, "utf-16"},
		"wrong but told":     {[]byte("M\xfcnchen"), "utf-8", "M\ufffdnchen", "utf-8"},
		"ascii":              {[]byte("abc"), "", "abc", "utf-8"},
		"empty":              {nil, "auto", "", "utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			r, used, err := Decode(bytes.NewReader(c.data), c.as)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || string(got) != c.want || used != c.used {
				t.Errorf("%q as %s, %v; want %q as %s", got, used, err, c.want, c.used)
			}
		})
	}
	// The sample ends in the middle of a character.
	long := strings.Repeat("a", sampleSize-1) + "ü" + strings.Repeat("b", 10)
	if r, used, err := Decode(strings.NewReader(long), "auto"); err != nil || used != "utf-8" {
		t.Errorf("cut sample: %s, %v", used, err)
	} else if got, err := io.ReadAll(r); err != nil || string(got) != long {
		t.Errorf("cut sample: %d bytes, %v", len(got), err)
	}
	if _, _, err := Decode(strings.NewReader("x"), "klingon"); err == nil || !strings.Contains(err.Error(), `unknown encoding "klingon"`) {
		t.Errorf("err = %v", err)
	}
}

func TestBinaryFiles(t *testing.T) {
	for name, data := range map[string]string{
		"image/png":                "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
		"application/zip":          "PK\x03\x04\x14\x00\x08\x00",
		"application/pdf":          "%PDF-1.7\n%\xe2\xe3\n1 0 obj",
		"application/octet-stream": "\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0e\x0f\x10",
	} {
		got, err := call(t, ReadFile(testFiles(input("x.bin", []byte(data)))), map[string]any{"path": "x.bin"})
		if !errors.Is(err, ErrBinary) || !strings.Contains(got, "/input/x.bin: this is no text file but "+name) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

type asker func(context.Context, string) (string, error)

func (a asker) Ask(ctx context.Context, q string) (string, error) { return a(ctx, q) }

func TestUserInput(t *testing.T) {
	tool := UserInput(asker(func(_ context.Context, q string) (string, error) { return "to " + q, nil }))
	if got, err := call(t, tool, map[string]any{"question": "Which year?"}); err != nil || got != "to Which year?" {
		t.Error(got, err)
	}
	if got, err := call(t, tool, map[string]any{"question": " "}); err == nil {
		t.Error(got)
	}
	if got, err := call(t, UserInput(nil), map[string]any{"question": "x"}); !errors.Is(err, ErrNobody) {
		t.Error(got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xff\xfea\x00"), "auto")
	f.Add([]byte("\x00\x00\xfe\xff\x00"), "")
	f.Add([]byte("é"), "utf-32")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		r, _, err := Decode(bytes.NewReader(data), name)
		if err != nil {
			return
		}
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("reading stops: %v", err)
		}
	})
}
