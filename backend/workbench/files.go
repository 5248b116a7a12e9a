package workbench

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
	"sandglass/backend/tables"
	"sandglass/backend/tools/builtin"
)

const (
	headBytes = 64 << 10  // what a look at a file reads to tell its kind
	countMost = 512 << 20 // larger tables are not counted
)

// InspectFiles looks at input files: what they are, and whether they can be used. Variables are made unique.
func (w *Workbench) InspectFiles(refs []FileRef) ([]FileInfo, error) {
	out := make([]FileInfo, len(refs))
	taken := map[string]bool{}
	for i, ref := range refs {
		out[i] = inspect(ref, taken)
	}
	return out, nil
}

func inspect(ref FileRef, taken map[string]bool) FileInfo {
	info := FileInfo{Path: ref.Path, Name: filepath.Base(ref.Path), MediaType: event.MediaType(ref.Path)}
	info.Var = ref.Var
	if info.Var == "" {
		info.Var = variable(info.Name)
	}
	info.Var = unique(info.Var, taken)
	if abs, err := filepath.Abs(ref.Path); err == nil {
		info.Path = abs
	}
	if err := info.look(); err != nil {
		info.Fault = fault.Of(err)
	}
	return info
}

// look reads the beginning of the file, and counts the rows of a table.
func (info *FileInfo) look() error {
	f, size, err := openRegular(info.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	info.Size = size
	head := make([]byte, headBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return unreadable(info.Path, err)
	}
	head = head[:n]
	if info.lookAtImage(head, f) {
		return nil
	}
	if tables.Detect(head) != "" {
		info.lookAtTable(f)
		return nil
	}
	enc := builtin.GuessEncoding(head)
	if enc == "" { // not text
		return nil
	}
	info.Encoding = enc
	if info.MediaType == "application/octet-stream" {
		info.MediaType = "text/plain"
	}
	if info.MediaType == "text/csv" || info.MediaType == "text/tab-separated-values" {
		info.Delimiter = delimiter(head)
		if size <= countMost && !strings.HasPrefix(enc, "utf-16") && !strings.HasPrefix(enc, "utf-32") {
			info.Rows = countRows(io.MultiReader(bytes.NewReader(head), f)) - 1
		}
	}
	return nil
}

// columnsTold is how much of a table's columns the prompt tells, in characters.
const columnsTold = 2000

// lookAtTable reads what a Parquet or Feather file says of itself. One that is damaged can be used all the same: its bytes
// are read as those of any file.
func (info *FileInfo) lookAtTable(src io.ReaderAt) {
	t, err := tables.Open(src, info.Size)
	if err != nil || t == nil {
		info.Table = fault.Of(err).Error() + ": pandas cannot read it"
		return
	}
	info.Rows = max(t.Rows, 0)
	read := "pd.read_parquet"
	if t.Format == tables.Feather {
		read = "pd.read_feather"
	}
	var columns strings.Builder
	for i, c := range t.Columns {
		if columns.Len() > columnsTold {
			fmt.Fprintf(&columns, " and %d more", len(t.Columns)-i)
			break
		}
		if i > 0 {
			columns.WriteString(", ")
		}
		fmt.Fprintf(&columns, "%s %s", c.Name, c.Type)
	}
	info.Table = fmt.Sprintf("%s, read it with %s, %d columns: %s", t.Format, read, len(t.Columns), columns.String())
}

// openRegular opens a file that can be given to a task. A pipe or a device would block for ever.
func openRegular(name string) (*os.File, int64, error) {
	st, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fault.Wrap(err, fault.NotFound, "The file "+name+" is not there", "it was moved or deleted, or its name is spelt differently", "Choose it again.")
	case err != nil:
		return nil, 0, unreadable(name, err)
	case st.IsDir():
		return nil, 0, fault.New(fault.Invalid, name+" is a folder", "", "Choose the files in it.")
	case !st.Mode().IsRegular():
		return nil, 0, fault.New(fault.Invalid, name+" is no ordinary file", "", "Choose a file.")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, unreadable(name, err)
	}
	return f, st.Size(), nil
}

func unreadable(name string, err error) error {
	return fault.Wrap(err, fault.Denied, "The file "+name+" cannot be read", err.Error(), "Check its permissions.")
}

var notName = regexp.MustCompile(`[^\pL\pN_]+`)

// variable makes a Python name of a file's name: "Sales 2026.csv" becomes sales_2026.
func variable(name string) string {
	name = strings.TrimSuffix(name, path.Ext(name))
	v := strings.Trim(notName.ReplaceAllString(strings.ToLower(name), "_"), "_")
	switch {
	case v == "":
		return "file"
	case pythonKeywords[v], v[0] >= '0' && v[0] <= '9':
		return "file_" + v
	}
	return v
}

var pythonKeywords = map[string]bool{
	"and": true, "as": true, "assert": true, "async": true, "await": true, "break": true, "class": true,
	"continue": true, "def": true, "del": true, "elif": true, "else": true, "except": true, "finally": true, "for": true,
	"from": true, "global": true, "if": true, "import": true, "in": true, "is": true, "lambda": true, "nonlocal": true,
	"not": true, "or": true, "pass": true, "raise": true, "return": true, "try": true, "while": true, "with": true, "yield": true,
	// names that a task's code would miss
	"print": true, "list": true, "dict": true, "sum": true, "open": true, "input": true, "str": true, "len": true,
	"min": true, "max": true, "sorted": true, "set": true, "type": true, "final_answer": true,
}

func unique(v string, taken map[string]bool) string {
	name := v
	for i := 2; taken[name]; i++ {
		name = v + "_" + strconv.Itoa(i)
	}
	taken[name] = true
	return name
}

// delimiter is the one of , ; tab | that parts the first lines into the same number of columns; "," if none does.
func delimiter(head []byte) string {
	lines := strings.SplitN(string(head), "\n", 12)
	if len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	best, columns := ",", 0
	for _, d := range []string{",", ";", "\t", "|"} {
		n := strings.Count(lines[0], d)
		same := n > 0
		for _, l := range lines {
			same = same && (strings.TrimSpace(l) == "" || strings.Count(l, d) >= n)
		}
		if same && n > columns {
			best, columns = d, n
		}
	}
	return best
}

// countRows counts lines; the last one may lack its end.
func countRows(r io.Reader) int64 {
	br := bufio.NewReaderSize(r, 1<<20)
	var rows int64
	last := byte('\n')
	buf := make([]byte, 1<<20)
	for {
		n, err := br.Read(buf)
		if n > 0 {
			rows += int64(bytes.Count(buf[:n], []byte{'\n'}))
			last = buf[n-1]
		}
		if err != nil {
			break
		}
	}
	if last != '\n' {
		rows++
	}
	return rows
}

// openFiles makes the inputs of a run. The files are read where they lie, when the code reads them: 200 MB are not
// copied. A file that has vanished is a fault now, before anything starts.
func openFiles(refs []FileRef, vars []event.InputVar, earlier ...event.InputFile) (out []agent.File, err error) {
	taken := map[string]bool{}
	for _, v := range vars {
		taken[v.Name] = true
	}
	names := map[string]bool{}
	for _, f := range earlier { // of the run that this one goes on from
		taken[f.Var], names[f.Name] = true, true
	}
	for _, ref := range refs {
		info := inspect(ref, taken)
		if info.Fault != nil {
			return nil, info.Fault
		}
		name := info.Name
		for i := 2; names[name]; i++ { // two files of the same name from two folders
			ext := path.Ext(info.Name)
			name = fmt.Sprintf("%s_%d%s", strings.TrimSuffix(info.Name, ext), i, ext)
		}
		names[name] = true
		out = append(out, agent.File{
			InputFile: event.InputFile{
				Name: name, Var: info.Var, Path: path.Join(sandbox.InputDir, name), Source: info.Path, Size: info.Size,
				MediaType: info.MediaType, Hint: info.hint(),
			},
			Open: opener(info.Path),
		})
		if ref.Image {
			if err := shown(&out[len(out)-1], info.Path); err != nil {
				return nil, err
			}
		}
		in := &out[len(out)-1].InputFile
		if in.ModTime, in.SHA256, err = fingerprint(info.Path); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func opener(name string) func() (io.ReadSeekCloser, error) {
	return func() (io.ReadSeekCloser, error) {
		f, _, err := openRegular(name)
		return f, err
	}
}

// hashMost bounds what is read of an input file to know later whether it is still the same: half a second's work.
const hashMost = 256 << 20

func fingerprint(name string) (modTime int64, sum string, err error) {
	f, size, err := openRegular(name)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return 0, "", unreadable(name, err)
	}
	if size > hashMost {
		return st.ModTime().UnixMilli(), "", nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return 0, "", unreadable(name, err)
	}
	return st.ModTime().UnixMilli(), hex.EncodeToString(h.Sum(nil)), nil
}

// What look finds.
const (
	fileSame    = "same"
	fileChanged = "changed"
	fileGone    = "gone"
	fileUnknown = "unknown" // not compared by content
)

// look compares an input file with what it was when a run began.
func look(in event.InputFile) string {
	if in.Blob != "" {
		return fileSame
	}
	f, size, err := openRegular(in.Source)
	if err != nil {
		return fileGone
	}
	f.Close()
	if size != in.Size {
		return fileChanged
	}
	at, sum, err := fingerprint(in.Source)
	switch {
	case err != nil:
		return fileGone
	case sum == "" || in.SHA256 == "":
		if in.ModTime != 0 && at != in.ModTime {
			return fileChanged
		}
		return fileUnknown
	case sum != in.SHA256:
		return fileChanged
	}
	return fileSame
}

// hint is what the prompt says of a file: kind, size, encoding, and the first lines of a table, which save a model
// the step of looking.
func (info *FileInfo) hint() string {
	var parts []string
	switch {
	case info.Delimiter != "":
		parts = append(parts, "CSV", fmt.Sprintf("delimiter %q", info.Delimiter))
	case info.Encoding != "":
		parts = append(parts, "text")
	default:
		parts = append(parts, info.MediaType)
	}
	if info.Width > 0 {
		parts = append(parts, fmt.Sprintf("%d × %d pixels", info.Width, info.Height))
	}
	parts = append(parts, byteSize(info.Size))
	if info.Rows > 0 {
		parts = append(parts, fmt.Sprintf("%d rows", info.Rows))
	}
	if info.Table != "" {
		parts = append(parts, info.Table)
	}
	if info.Encoding != "" && info.Encoding != "utf-8" {
		parts = append(parts, fmt.Sprintf("encoding %q", info.Encoding))
	}
	return strings.Join(parts, ", ")
}

func byteSize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1e6:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func writeFrom(name string, r io.Reader) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Denied, "The file cannot be stored", err.Error(), "")
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
