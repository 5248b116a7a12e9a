// Package wheels keeps the Python packages that a person added from files. A wheel comes from anywhere, so all of it is
// checked before it is kept; its code runs in the sandbox only.
package wheels

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sandglass/backend/fault"
)

// Bounds of a wheel. The largest pure Python packages in use have a fifth of that.
const (
	maxBytes    = 64 << 20 // of the file
	maxUnpacked = 256 << 20
	maxFiles    = 20_000
	maxText     = 1 << 20 // of METADATA and WHEEL
	maxRecord   = 8 << 20
)

// About is what a wheel says of itself (source: packaging.python.org, "Binary distribution format" and "Core metadata").
type About struct {
	Name     string   `json:"name"` // as the package writes it; two that differ in case or in - _ . are the same
	Version  string   `json:"version"`
	Summary  string   `json:"summary,omitempty"`
	Modules  []string `json:"modules"`            // what is imported, sorted
	Requires []string `json:"requires,omitempty"` // other packages, as METADATA writes them, those of extras left out
	Size     int64    `json:"size"`               // of the file, bytes
}

// Inspect reads a wheel and checks all of it: that it is pure Python, that no name leads out of it, that its content is
// what its RECORD says. The fault is Invalid.
func Inspect(data []byte) (About, error) {
	if len(data) > maxBytes {
		return About{}, refuse(fmt.Sprintf("it has more than %d MB", maxBytes>>20), "")
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return About{}, refuse("it is no zip archive, or a damaged one", "Get it again. A wheel's name ends with .whl; source archives (.tar.gz) cannot be added.")
	}
	w := wheel{files: map[string]*zip.File{}}
	for _, check := range []func(*zip.Reader) error{w.list, w.identify, w.checkTags, w.readMetadata, w.checkRecord, w.findModules} {
		if err := check(archive); err != nil {
			return About{}, err
		}
	}
	w.about.Size = int64(len(data))
	return w.about, nil
}

type wheel struct {
	about About
	files map[string]*zip.File // without folders
	info  string               // "NAME-VERSION.dist-info"
}

func refuse(why, do string) error {
	return fault.New(fault.Invalid, "The wheel cannot be added", why, do)
}

const onlyPure = "Only pure Python can be added: compiled code has no meaning in WebAssembly. Look for a wheel that ends with py3-none-any.whl."

// list goes through the names. Those of a zip are free text.
func (w *wheel) list(archive *zip.Reader) error {
	if len(archive.File) > maxFiles {
		return refuse(fmt.Sprintf("it holds more than %d files", maxFiles), "")
	}
	var unpacked uint64
	folded := map[string]bool{}
	for _, f := range archive.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case !utf8.ValidString(name), strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == ':' }), !fs.ValidPath(name), name == ".":
			return refuse(fmt.Sprintf("it holds a file with the name %q, which leads out of it or cannot be a name", f.Name), "")
		case f.Flags&1 != 0:
			return refuse(name+" in it is encrypted", "")
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return refuse(fmt.Sprintf("%s in it is compressed by a method (%d) that Python cannot import from", name, f.Method), "")
		}
		if mode := f.Mode(); mode&fs.ModeSymlink != 0 || mode&fs.ModeType != 0 && !mode.IsDir() {
			return refuse(name+" in it is a link or a device", "")
		}
		if strings.HasSuffix(f.Name, "/") {
			if f.UncompressedSize64 != 0 {
				return refuse(fmt.Sprintf("the folder %s in it has content", name), "")
			}
			continue
		}
		if folded[strings.ToLower(name)] {
			return refuse("it holds "+name+" twice", "")
		}
		folded[strings.ToLower(name)] = true
		if compiled(name) {
			return refuse("it holds compiled code ("+name+")", onlyPure)
		}
		if unpacked += f.UncompressedSize64; unpacked > maxUnpacked || f.UncompressedSize64 > maxUnpacked {
			return refuse(fmt.Sprintf("it unpacks to more than %d MB", maxUnpacked>>20), "")
		}
		w.files[name] = f
	}
	return nil
}

func compiled(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, end := range []string{".so", ".pyd", ".dll", ".dylib", ".a", ".lib", ".exe", ".wasm"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return strings.Contains(base, ".so.")
}

// identify finds the folder with what the wheel says of itself.
func (w *wheel) identify(*zip.Reader) error {
	for name := range w.files {
		top, rest, _ := strings.Cut(name, "/")
		if strings.HasSuffix(top, ".dist-info") && rest != "" {
			if w.info != "" && w.info != top {
				return refuse("it describes two packages: "+w.info+" and "+top, "")
			}
			w.info = top
		}
		if strings.HasSuffix(top, ".data") {
			if kind, _, _ := strings.Cut(rest, "/"); kind == "purelib" || kind == "platlib" {
				return refuse("it wants its modules to be moved when it is installed ("+top+"/"+kind+")", "Nothing is installed here: modules are imported from the file as it is.")
			}
		}
	}
	if w.info == "" {
		return refuse("it has no .dist-info folder: it is a zip archive, but not a wheel", "")
	}
	return nil
}

// text reads a small file.
func (w *wheel) text(name string, most int64) (string, error) {
	f := w.files[name]
	if f == nil {
		return "", refuse("it has no "+name, "")
	}
	r, err := f.Open()
	if err != nil {
		return "", refuse(name+" in it cannot be read: "+err.Error(), "")
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return "", refuse(name+" in it is damaged: "+err.Error(), "Get it again.")
	}
	if int64(len(b)) > most {
		return "", refuse(name+" in it is too long", "")
	}
	if !utf8.Valid(b) {
		return "", refuse(name+" in it is not UTF-8", "")
	}
	return string(b), nil
}

// fields reads headers as of a mail: the part of a text before its first empty line.
func fields(text string) map[string][]string {
	out := map[string][]string{}
	key := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if line[0] == ' ' || line[0] == '\t' { // goes on
			if n := len(out[key]); n > 0 {
				out[key][n-1] += " " + strings.TrimSpace(line)
			}
			continue
		}
		k, v, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		key = strings.ToLower(strings.TrimSpace(k))
		out[key] = append(out[key], strings.TrimSpace(v))
	}
	return out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

var pureTag = regexp.MustCompile(`^(py3|py2\.py3|py3\d+|cp3\d+)(\.(py3\d*))*-none-any$`)

func (w *wheel) checkTags(*zip.Reader) error {
	text, err := w.text(w.info+"/WHEEL", maxText)
	if err != nil {
		return err
	}
	about := fields(text)
	if v := first(about["wheel-version"]); !strings.HasPrefix(v, "1.") {
		return refuse(fmt.Sprintf("it is of the version %q of the format; 1.x is known", v), "")
	}
	if v := first(about["root-is-purelib"]); !strings.EqualFold(v, "true") {
		return refuse("it says itself that it is not pure Python", onlyPure)
	}
	tags := about["tag"]
	if !slices.ContainsFunc(tags, pureTag.MatchString) {
		return refuse(fmt.Sprintf("it is made for %s", strings.Join(tags, ", ")), onlyPure)
	}
	return nil
}

var (
	distName    = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	distVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.!+_-]*$`)
)

func (w *wheel) readMetadata(*zip.Reader) error {
	text, err := w.text(w.info+"/METADATA", maxText)
	if err != nil {
		return err
	}
	about := fields(text)
	w.about.Name, w.about.Version = first(about["name"]), first(about["version"])
	if len(w.about.Name) > 200 || !distName.MatchString(w.about.Name) || len(w.about.Version) > 100 || !distVersion.MatchString(w.about.Version) {
		return refuse(fmt.Sprintf("its METADATA gives the name %q and the version %q, which cannot be right", w.about.Name, w.about.Version), "")
	}
	if want := strings.TrimSuffix(w.info, ".dist-info"); Normal(want) != Normal(w.about.Name+"-"+w.about.Version) {
		return refuse(fmt.Sprintf("its METADATA is of %s %s, and its folder is %s", w.about.Name, w.about.Version, w.info), "")
	}
	if s := first(about["summary"]); len(s) <= 500 {
		w.about.Summary = s
	}
	for _, r := range about["requires-dist"] {
		if len(r) <= 500 && !strings.Contains(markerOf(r), "extra") {
			w.about.Requires = append(w.about.Requires, r)
		}
	}
	return nil
}

// findModules names what code imports: the packages and modules at the top.
func (w *wheel) findModules(*zip.Reader) error {
	found := map[string]bool{}
	for name := range w.files {
		top, rest, _ := strings.Cut(name, "/")
		if !strings.HasSuffix(name, ".py") && !strings.HasSuffix(name, ".pyc") {
			continue
		}
		if rest == "" {
			top = strings.TrimSuffix(strings.TrimSuffix(top, "c"), ".py")
		}
		if moduleName.MatchString(top) {
			found[top] = true
		}
	}
	for m := range found {
		w.about.Modules = append(w.about.Modules, m)
	}
	slices.Sort(w.about.Modules)
	if len(w.about.Modules) == 0 {
		return refuse("there is no Python module in it", "")
	}
	return nil
}

var moduleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

var separators = regexp.MustCompile(`[-_.]+`)

// Normal is the name of a package as it is compared (PEP 503).
func Normal(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}
