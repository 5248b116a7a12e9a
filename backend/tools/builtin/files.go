package builtin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// Files are what read_file and list_files reach: the input files of the task under sandbox.InputDir, and what the
// code wrote under sandbox.ScratchDir. They are the very ports that the sandbox gets; no path of the host is ever
// opened, so none can be asked for.
type Files struct {
	Input   []sandbox.File
	Scratch func() fs.FS // as it stands now; nil, or nil returned, for none yet
}

// Limits of read_file.
const (
	DefaultChars = 20_000
	MaxChars     = 200_000
	maxScan      = 1 << 30 // bytes read to find a line; beyond, the file is too long for this tool
)

type fileEntry struct {
	Path      string `json:"path"`
	Size      int64  `json:"size" doc:"bytes"`
	MediaType string `json:"media_type"`
}

// ListFiles is list_files().
func ListFiles(files Files) tools.Tool {
	return tools.New("list_files", "Lists the input files (under /input) and the files that were written (under /scratch).",
		func(ctx context.Context, _ struct{}) ([]fileEntry, error) { return files.list(ctx) })
}

func (f Files) list(ctx context.Context) ([]fileEntry, error) {
	out := []fileEntry{}
	for _, in := range f.Input {
		out = append(out, entry(path.Join(sandbox.InputDir, in.Name), in.Size))
	}
	scratch := f.scratch()
	if scratch == nil {
		return out, nil
	}
	err := fs.WalkDir(scratch, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if !d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		out = append(out, entry(path.Join(sandbox.ScratchDir, name), info.Size()))
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	slices.SortFunc(out, func(a, b fileEntry) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

func entry(name string, size int64) fileEntry {
	return fileEntry{name, size, event.MediaType(name)}
}

func (f Files) scratch() fs.FS {
	if f.Scratch == nil {
		return nil
	}
	return f.Scratch()
}

// open finds a file by the path that the code would use: absolute in the sandbox, or relative to the working
// folder; a bare name may be an input's, too, because that is what people write in a task.
func (f Files) open(name string) (io.ReadCloser, string, error) {
	full := path.Clean(name)
	if !path.IsAbs(full) {
		full = path.Join(sandbox.ScratchDir, full)
	}
	if rel, ok := strings.CutPrefix(full, sandbox.ScratchDir+"/"); ok {
		if r, err := f.openScratch(rel); !errors.Is(err, fs.ErrNotExist) {
			return r, full, err
		}
	}
	bare := !strings.Contains(path.Clean(name), "/")
	for _, in := range f.Input {
		if where := path.Join(sandbox.InputDir, in.Name); full == where || bare && name == in.Name {
			r, err := in.Open()
			if err != nil {
				return nil, where, fmt.Errorf("%s cannot be opened: %w", where, hostless(err))
			}
			return r, where, nil
		}
	}
	return nil, full, f.missing(name)
}

func (f Files) openScratch(rel string) (io.ReadCloser, error) {
	scratch := f.scratch()
	if scratch == nil || !fs.ValidPath(rel) {
		return nil, fs.ErrNotExist
	}
	r, err := scratch.Open(rel)
	if err != nil {
		return nil, hostless(err)
	}
	if info, err := r.Stat(); err == nil && info.IsDir() {
		r.Close()
		return nil, fmt.Errorf("%s is a folder; list_files() shows what is in it", path.Join(sandbox.ScratchDir, rel))
	}
	return r, nil
}

// hostless drops the host's path from an error before the model sees it.
func hostless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (f Files) missing(name string) error {
	entries, err := f.list(context.Background())
	if err != nil || len(entries) == 0 {
		return fmt.Errorf("there is no file %s, and none at all", name)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Path)
	}
	more := ""
	if len(names) > 20 {
		names, more = names[:20], " …"
	}
	return fmt.Errorf("there is no file %s; there are: %s%s", name, strings.Join(names, ", "), more)
}

type readFileIn struct {
	Path      string `json:"path" doc:"as listed by list_files()"`
	Encoding  string `json:"encoding" default:"auto" doc:"auto, utf-8, utf-16, windows-1252, latin-1 …"`
	StartLine int    `json:"start_line" default:"1" doc:"first line to read, from 1"`
	MaxLines  int    `json:"max_lines" default:"0" doc:"lines to read at most; 0 for no limit"`
	MaxChars  int    `json:"max_chars" default:"20000" doc:"characters to return at most"`
}

// ReadFile is read_file(path, …). It reads no more of a large file than it returns.
func ReadFile(files Files) tools.Tool {
	return tools.New("read_file",
		"Returns the text of a file. For a table or a large file, open the path in Python instead.",
		func(ctx context.Context, in readFileIn) (string, error) {
			if in.StartLine < 1 || in.MaxLines < 0 || in.MaxChars < 1 {
				return "", errors.New("start_line and max_chars begin with 1, max_lines with 0")
			}
			r, name, err := files.open(in.Path)
			if err != nil {
				return "", err
			}
			defer r.Close()
			text, _, err := Decode(io.LimitReader(&untilDone{ctx, r}, maxScan), in.Encoding)
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			return readLines(text, in, name)
		})
}

// untilDone reads until the context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// readLines returns the lines asked for; if there is more, a note at the end says so and how to go on.
func readLines(r io.Reader, in readFileIn, name string) (string, error) {
	limit := min(in.MaxChars, MaxChars)
	br := bufio.NewReaderSize(r, 64<<10)
	var b strings.Builder
	line, chars := 1, 0
	for {
		c, _, err := br.ReadRune()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		if line >= in.StartLine {
			if in.MaxLines > 0 && line >= in.StartLine+in.MaxLines || chars == limit {
				return b.String() + more(b.String(), line, in), nil
			}
			b.WriteRune(c)
			chars++
		}
		if c == '\n' {
			line++
		}
	}
	if line < in.StartLine || line == in.StartLine && chars == 0 && in.StartLine > 1 {
		return "", fmt.Errorf("%s has only %d lines", name, line-1)
	}
	return b.String(), nil
}

func more(text string, line int, in readFileIn) string {
	if !strings.HasSuffix(text, "\n") {
		return fmt.Sprintf("\n… [cut in line %d after %d characters; the file goes on. Open it in Python to read all of it]", line, min(in.MaxChars, MaxChars))
	}
	return fmt.Sprintf("… [the file goes on: read_file(%q, start_line=%d)]", in.Path, line)
}
