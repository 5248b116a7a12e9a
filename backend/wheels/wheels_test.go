package wheels_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/wheels"
)

// parts is a wheel before it is packed; each test changes one.
type parts struct {
	files  map[string]string
	record func(string) string               // changes RECORD
	header func(*zip.FileHeader)             // changes how a file is packed
	extra  func(t *testing.T, z *zip.Writer) // adds to the archive
}

const info = "greet-1.2.dist-info"

func greet() parts {
	return parts{files: map[string]string{
		"greet/__init__.py": "def hello(): return 'hello'\n", "greet/data.txt": "x", "greet_more.py": "n = 1\n",
		info + "/WHEEL":    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		info + "/METADATA": "Metadata-Version: 2.1\nName: Greet\nVersion: 1.2\nSummary: Says hello\nRequires-Dist: numpy (>=1.19)\nRequires-Dist: lxml; python_version >= \"3.8\"\nRequires-Dist: enum34; python_version < \"3.4\"\nRequires-Dist: pytest; extra == 'test'\n\nName: not a header\n",
	}}
}

func (p parts) pack(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	record := ""
	var names []string
	for name := range p.files {
		names = append(names, name)
	}
	slices.Sort(names)
	write := func(name, text string) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if p.header != nil {
			p.header(h)
		}
		f, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		sum := sha256.Sum256([]byte(p.files[name]))
		record += fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(p.files[name]))
		write(name, p.files[name])
	}
	record += info + "/RECORD,,\n"
	if p.record != nil {
		record = p.record(record)
	}
	write(info+"/RECORD", record)
	if p.extra != nil {
		p.extra(t, z)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func with(name, text string) func(*parts) { return func(p *parts) { p.files[name] = text } }

func TestInspect(t *testing.T) {
	got, err := wheels.Inspect(greet().pack(t))
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Greet" || got.Version != "1.2" || got.Summary != "Says hello" || fmt.Sprint(got.Modules) != "[greet greet_more]" || len(got.Requires) != 3 {
		t.Errorf("%+v", got)
	}
	if m := wheels.Missing(got.Requires, []string{"numpy"}); len(m) != 1 || !strings.HasPrefix(m[0], "lxml") {
		t.Errorf("missing: %q", m)
	}
	if m := wheels.Missing([]string{"PyYAML>=5", "typing_extensions", "beautifulsoup4[html5lib]", "colorama; sys_platform == 'win32'", "tzdata", "other (>=2) ; platform_system != 'Windows'"}, []string{"yaml", "altair", "bs4"}); len(m) != 1 || !strings.HasPrefix(m[0], "other") {
		t.Errorf("missing: %q", m)
	}
}

func TestInspectRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*parts)
		say    string
	}{
		"compiled":      {with("greet/fast.cpython-313-x86_64-linux-gnu.so", "\x7fELF"), "compiled code"},
		"versioned so":  {with("greet/libx.so.1", "x"), "compiled code"},
		"escape":        {with("../evil.py", "x"), "leads out of it"},
		"absolute":      {with("/etc/evil.py", "x"), "leads out of it"},
		"backslash":     {with(`greet\..\evil.py`, "x"), "leads out of it"},
		"drive":         {with("C:evil.py", "x"), "leads out of it"},
		"control":       {with("greet/a\nb.py", "x"), "leads out of it"},
		"no utf-8":      {with("greet/\xff.py", "x"), "leads out of it"},
		"two of a name": {with("greet/DATA.txt", "y"), "twice"},
		"not pure":      {with(info+"/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n"), "not pure Python"},
		"platform":      {with(info+"/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: cp313-cp313-manylinux_2_17_x86_64\n"), "made for cp313"},
		"Python 2":      {with(info+"/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\n"), "made for py2"},
		"wheel 2.0":     {with(info+"/WHEEL", "Wheel-Version: 2.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"), `version "2.0"`},
		"other name":    {with(info+"/METADATA", "Name: other\nVersion: 1.2\n"), "its folder is"},
		"bad name":      {with(info+"/METADATA", "Name: ../x\nVersion: 1.2\n"), "cannot be right"},
		"no metadata":   {func(p *parts) { delete(p.files, info+"/METADATA") }, "has no " + info + "/METADATA"},
		"two packages":  {with("other-1.dist-info/METADATA", "x"), "two packages"},
		"moved modules": {with("greet-1.2.data/purelib/x.py", "x"), "moved"},
		"no module":     {func(p *parts) { delete(p.files, "greet/__init__.py"); delete(p.files, "greet_more.py") }, "no Python module"},
		"changed": {func(p *parts) {
			p.record = func(r string) string { return strings.Replace(r, "sha256=", "sha256=A", 1) }
		}, "not what its RECORD says"},
		"no sum":            {func(p *parts) { p.record = func(r string) string { return strings.Replace(r, "sha256=", "md5=", 1) } }, "no usable checksum"},
		"unlisted":          {func(p *parts) { p.record = func(r string) string { _, r, _ = strings.Cut(r, "\n"); return r } }, "does not list"},
		"listed, not there": {func(p *parts) { p.record = func(r string) string { return r + "ghost.py,sha256=x,1\n" } }, `lists "ghost.py"`},
		"broken RECORD":     {func(p *parts) { p.record = func(r string) string { return r + "a,b\n" } }, "RECORD cannot be read"},
		"link": {func(p *parts) {
			p.header = func(h *zip.FileHeader) {
				if h.Name == "greet/data.txt" {
					h.SetMode(os.ModeSymlink | 0o777)
				}
			}
		}, "a link"},
		"encrypted": {func(p *parts) { p.header = func(h *zip.FileHeader) { h.Flags |= 1 } }, "encrypted"},
		"twice in the zip": {func(p *parts) {
			p.extra = func(t *testing.T, z *zip.Writer) {
				if _, err := z.Create("greet/__init__.py"); err != nil {
					t.Fatal(err)
				}
			}
		}, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			p := greet()
			c.change(&p)
			_, err := wheels.Inspect(p.pack(t))
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%v; want %q", err, c.say)
			}
		})
	}
	if _, err := wheels.Inspect([]byte("PK no")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "no zip archive") {
		t.Error(err)
	}
	data := greet().pack(t)
	at := bytes.Index(data, []byte("greet/data.txt")) + len("greet/data.txt")
	data[at] ^= 0xff // content of a file: its checksum no longer fits
	if _, err := wheels.Inspect(data); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestShelf(t *testing.T) {
	dir := t.TempDir()
	shelf := wheels.Open(filepath.Join(dir, "packages"))
	if list, err := shelf.List(); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	file := filepath.Join(dir, "greet-1.2-py3-none-any.whl")
	if err := os.WriteFile(file, greet().pack(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := shelf.Add(file, true, []string{"greet"}, time.Now()); !fault.Is(err, fault.Invalid) {
		t.Errorf("a module of the runtime: %v", err)
	}
	if _, err := shelf.Add(filepath.Join(dir, "none.whl"), true, nil, time.Now()); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	p, err := shelf.Add(file, true, nil, time.UnixMilli(5))
	if err != nil || !p.Everyone || p.Added != 5 {
		t.Fatal(p, err)
	}
	if err := shelf.SetEveryone("gReEt", false); err != nil {
		t.Fatal(err)
	}
	list, err := shelf.List()
	if err != nil || len(list) != 1 || list[0].Everyone || list[0].SHA256 != p.SHA256 {
		t.Fatal(list, err)
	}
	if data, err := shelf.Load(list[0]); err != nil || !bytes.Equal(data, greet().pack(t)) {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "packages", "greet.whl"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := shelf.Load(list[0]); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "changed after it was added") {
		t.Error(err)
	}
	if err := shelf.Remove("../packages/greet"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if err := shelf.Remove("greet"); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "packages")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func FuzzInspect(f *testing.F) {
	t := &testing.T{}
	f.Add(greet().pack(t))
	bad := greet()
	bad.files["../x.py"] = "x"
	f.Add(bad.pack(t))
	f.Fuzz(func(t *testing.T, data []byte) {
		about, err := wheels.Inspect(data)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if about.Name == "" || len(about.Modules) == 0 {
			t.Fatalf("%+v", about)
		}
		wheels.Missing(about.Requires, nil)
	})
}
