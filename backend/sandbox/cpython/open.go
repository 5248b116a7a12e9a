package cpython

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// minMemory is the least that a session can be limited to: the image must fit, with room to work.
const minMemory = 16 << 20

// openRequest is what the driver is told when a session begins.
type openRequest struct {
	Op      string         `json:"op"`
	Imports []string       `json:"imports"`
	Denied  []string       `json:"denied"`
	Tools   []toolSpec     `json:"tools"`
	Vars    string         `json:"vars"` // JSON within JSON: it is decoded like a tool's result
	Scratch map[string]any `json:"scratch"`
	Paths   []string       `json:"paths"` // of packages, for sys.path
}

type toolSpec struct {
	Name   string      `json:"name"`
	Doc    string      `json:"doc"`
	Params []paramSpec `json:"params"`
	Rest   string      `json:"rest,omitempty"`
}

type paramSpec struct {
	Name     string          `json:"name"`
	Required bool            `json:"required"`
	Default  json.RawMessage `json:"default,omitempty"`
}

// Open starts a session from the image. If the engine is not ready yet, it waits for Prepare.
func (e *Engine) Open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	o, err := e.prepareOpen(ctx, cfg, host, "open")
	if err != nil {
		return nil, err
	}
	s := newSession(o.p, cfg, o.lim, host, o.p.image.Size, o.p.spares.take)
	s.tables, s.drawer = e.cfg.Tables, e.cfg.Draw
	if err := s.open(ctx, cfg.Files, o.request); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// opening is what a session begins with, however it begins.
type opening struct {
	p       *prepared
	lim     sandbox.Limits
	request []byte
}

func (e *Engine) prepareOpen(ctx context.Context, cfg sandbox.Config, host sandbox.Host, op string) (o opening, err error) {
	if host == nil {
		return o, fault.New(fault.Invalid, "A session needs a host", "", "")
	}
	if n := len(cfg.Origin.Seed); n != 0 && n != 32 {
		return o, fault.Newf(fault.Invalid, "The seed of a session has %d bytes, not 32", n)
	}
	o.lim = cfg.Limits.WithDefaults()
	if o.request, err = newOpenRequest(op, cfg, o.lim); err != nil {
		return o, err
	}
	o.p, err = e.wait(ctx, nil)
	return o, err
}

// newSession makes a session for a memory that has size bytes at first; take gives it its guest.
func newSession(p *prepared, cfg sandbox.Config, lim sandbox.Limits, host sandbox.Host, size int, take func(max int64) *guest) *session {
	s := &session{lim: lim, host: host, tools: map[string]bool{}}
	for _, t := range cfg.Tools {
		s.tools[t.Name] = true
	}
	s.max = memoryMax(lim, size)
	s.lim.MemoryBytes = s.max // what messages tell
	s.g = take(s.max)
	origin := withOrigin(cfg.Origin)
	s.seed = origin.Seed
	s.g.clock = clock{origin.Clock, openMono}
	s.mono, s.since = openMono, time.Now()
	s.g.proc = newProcess(p, s.g, lim)
	for _, pkg := range cfg.Packages {
		s.g.proc.FS.AddFile(packagePath(pkg), bytes.NewReader(pkg.Data), int64(len(pkg.Data)))
	}
	return s
}

// memoryMax is how many bytes a memory may have that begins with size bytes: whole pages of WebAssembly, at most the 4 GiB
// that it can address.
func memoryMax(lim sandbox.Limits, size int) int64 {
	const most = 1<<32 - 1<<16
	return min(max(lim.MemoryBytes&^(1<<16-1), int64(size)+minMemory), most)
}

func (s *session) open(ctx context.Context, files []sandbox.File, request []byte) error {
	if err := s.addFiles(files); err != nil {
		return err
	}
	return s.begun(ctx, request)
}

// begun starts the interpreter and tells the driver what the session has.
func (s *session) begun(ctx context.Context, request []byte) error {
	if s.g.mod == nil {
		if err := s.g.start(); err != nil {
			return failed(err)
		}
	}
	r := s.newOwnRun(ctx)
	r.random = randomness(s.seed, forOpening, s.n)
	rc, err := s.g.do(r, request)
	if ctx.Err() != nil {
		return fmt.Errorf("open a session: %w", ctx.Err())
	}
	if err != nil || rc != 0 || r.result == nil {
		return failed(fmt.Errorf("open a session: status %d, %v: %s", rc, err, r.stderr.text()))
	}
	s.commit()
	return nil
}

// addFiles opens the inputs now, so that one that vanished is noticed here and not in the middle of a run. Their
// content is read when the code reads it.
func (s *session) addFiles(files []sandbox.File) error {
	for _, f := range files {
		src, err := f.Open()
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "The file "+f.Name+" cannot be opened", err.Error(),
				"Choose the file again.")
		}
		s.inputs = append(s.inputs, src)
		size, err := src.Seek(0, io.SeekEnd)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "The file "+f.Name+" cannot be read", err.Error(), "Choose the file again.")
		}
		r := &seekReader{src: src}
		s.g.proc.FS.AddFile(sandbox.InputDir+"/"+f.Name, r, size)
		s.addTable(f.Name, r, size)
	}
	return nil
}

// tablesDir is where the driver finds inputs that are tables as pandas reads them: a folder for each, by its name.
const tablesDir = "/tables"

func (s *session) addTable(name string, src io.ReaderAt, size int64) {
	if s.tables == nil {
		return
	}
	index, columns := s.tables(src, size)
	if index == nil {
		return
	}
	dir := tablesDir + "/" + name + "/"
	s.g.proc.FS.AddFile(dir+"index", bytes.NewReader(index), int64(len(index)))
	for i, c := range columns {
		s.g.proc.FS.AddFile(dir+strconv.Itoa(i), c, -1)
	}
}

// seekReader reads at offsets from something that can only seek.
type seekReader struct {
	mu  sync.Mutex
	src io.ReadSeeker
}

func (r *seekReader) ReadAt(b []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.src.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r.src, b)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

func newOpenRequest(op string, cfg sandbox.Config, lim sandbox.Limits) ([]byte, error) {
	req := openRequest{
		Op: op, Imports: cfg.Imports, Denied: append([]string{}, cfg.Denied...), Tools: []toolSpec{},
		Scratch: map[string]any{"bytes": lim.ScratchBytes, "files": lim.ScratchFiles}, Paths: []string{},
	}
	for _, pkg := range cfg.Packages {
		if err := checkPackage(pkg, req.Paths); err != nil {
			return nil, err
		}
		req.Paths = append(req.Paths, packagePath(pkg))
	}
	if req.Imports == nil {
		req.Imports = sandbox.DefaultImports()
	}
	for _, t := range cfg.Tools {
		spec, err := newToolSpec(t)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(req.Tools, func(o toolSpec) bool { return o.Name == t.Name }) {
			return nil, fault.Newf(fault.Invalid, "There are two tools with the name %s", t.Name)
		}
		req.Tools = append(req.Tools, spec)
	}
	vars := map[string]json.RawMessage{}
	for name, v := range cfg.Vars {
		if err := checkName("variable", name); err != nil {
			return nil, err
		}
		if !json.Valid(v) {
			return nil, fault.Newf(fault.Invalid, "The value of the variable %s is not JSON", name)
		}
		vars[name] = v
	}
	for _, t := range cfg.Tools {
		if vars[t.Name] != nil {
			return nil, fault.Newf(fault.Invalid, "The variable %s has the name of a tool", t.Name)
		}
	}
	if err := addFileVars(vars, cfg.Files); err != nil {
		return nil, err
	}
	b, err := json.Marshal(vars)
	if err != nil {
		return nil, fmt.Errorf("encode variables: %w", err)
	}
	req.Vars = string(b)
	if b, err = json.Marshal(req); err != nil {
		return nil, fmt.Errorf("encode the session's settings: %w", err)
	}
	return b, nil
}

func newToolSpec(t sandbox.Tool) (toolSpec, error) {
	spec := toolSpec{Name: t.Name, Doc: t.Doc, Params: []paramSpec{}, Rest: t.Rest}
	if err := checkName("tool", t.Name); err != nil {
		return spec, err
	}
	for _, p := range t.Params {
		if err := checkName("parameter of "+t.Name, p.Name); err != nil {
			return spec, err
		}
		if p.Default != nil && !json.Valid(p.Default) {
			return spec, fault.Newf(fault.Invalid, "The default of %s of the tool %s is not JSON", p.Name, t.Name)
		}
		if slices.ContainsFunc(spec.Params, func(o paramSpec) bool { return o.Name == p.Name }) {
			return spec, fault.Newf(fault.Invalid, "The tool %s has two parameters with the name %s", t.Name, p.Name)
		}
		spec.Params = append(spec.Params, paramSpec(p))
	}
	return spec, nil
}

func addFileVars(vars map[string]json.RawMessage, files []sandbox.File) error {
	seen := map[string]bool{}
	for _, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsRune(f.Name, 0) {
			return fault.Newf(fault.Invalid, "%q cannot be the name of an input file", f.Name)
		}
		if seen[f.Name] {
			return fault.Newf(fault.Invalid, "There are two input files with the name %s", f.Name)
		}
		for d := f.Name; d != ""; {
			i := strings.LastIndexByte(d, '/')
			d = d[:max(i, 0)]
			if d != "" && seen[d] {
				return fault.Newf(fault.Invalid, "The input %s is both a file and a folder", d)
			}
		}
		seen[f.Name] = true
		if f.Var == "" {
			continue
		}
		if err := checkName("variable", f.Var); err != nil {
			return err
		}
		if vars[f.Var] != nil {
			return fault.Newf(fault.Invalid, "The variable %s is set twice", f.Var)
		}
		path, err := json.Marshal(sandbox.InputDir + "/" + f.Name)
		if err != nil {
			return err
		}
		vars[f.Var] = path
	}
	return nil
}

// keywords of Python 3.13 (source: Lib/keyword.py).
var keywords = strings.Fields(`False None True and as assert async await break class continue def del elif else except
	finally for from global if import in is lambda nonlocal not or pass raise return try while with yield`)

// checkName wants what Python takes as an identifier.
func checkName(what, name string) error {
	ok := name != "" && !slices.Contains(keywords, name)
	for i, c := range name {
		ok = ok && (c == '_' || unicode.IsLetter(c) || i > 0 && (unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)))
	}
	if ok {
		return nil
	}
	return fault.New(fault.Invalid, fmt.Sprintf("%q cannot be the name of a %s", name, what),
		"it is not a name in Python", "Use letters, digits and underscores, and no digit at the beginning.")
}

// failed is a failure of the sandbox itself.
func failed(err error) error {
	return fault.Wrap(err, fault.SandboxFailed, "The Python sandbox failed", err.Error(),
		"Start the run again; if it stays, report it with the log.")
}
