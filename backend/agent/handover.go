package agent

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// maxHanded bounds the files of one answer together, in bytes: code gets them at once.
const maxHanded = 48 << 20

// handed is what a manager gives with a task.
type handed struct {
	files []File // those of earlier calls first
	vars  []event.InputVar
}

// handOver finds what the arguments of a call mean: values become variables, and a text that is the path of a file of the
// manager's becomes that file. Files that the task names by their path or name go with it, too.
func (r *run) handOver(ctx context.Context, task string, args map[string]json.RawMessage, before []File) (handed, error) {
	h := &handing{run: r, ctx: ctx}
	h.files = slices.Clone(before)
	odd := map[string]json.RawMessage{}
	for _, name := range sortedKeys(args) {
		value := args[name]
		var text string
		if isText(value) && json.Unmarshal(value, &text) == nil && tools.CheckName(name) == nil {
			if f, ok := h.find(text); ok {
				if _, err := h.add(f, name); err != nil {
					return handed{}, err
				}
				continue
			}
		}
		value, err := replaceText(value, h.replace)
		if err != nil {
			return handed{}, err
		}
		if tools.CheckName(name) != nil {
			odd[name] = value
			continue
		}
		h.vars = append(h.vars, event.InputVar{Name: name, JSON: value})
	}
	if len(odd) > 0 {
		data, err := json.Marshal(odd)
		if err != nil {
			return handed{}, err
		}
		h.vars = append(h.vars, event.InputVar{Name: argsParam, JSON: data})
	}
	for _, word := range wordsOf(task) {
		if f, ok := h.find(word); ok {
			if _, err := h.add(f, ""); err != nil {
				return handed{}, err
			}
		}
	}
	return h.handed, h.err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// avoid renames variables that have the name of a tool.
func (h *handed) avoid(names []string) {
	free := func(name string) string {
		for slices.Contains(names, name) {
			name += "_"
		}
		return name
	}
	for i := range h.vars {
		h.vars[i].Name = free(h.vars[i].Name)
	}
	for i := range h.files {
		if h.files[i].Var != "" {
			h.files[i].Var = free(h.files[i].Var)
		}
	}
}

// handing is a hand-over under way.
type handing struct {
	handed
	run *run
	ctx context.Context
	err error
}

// found is a file of the manager's: one that it was given, or one that its code wrote.
type found struct {
	given *File
	name  string // in its scratch folder
}

// find says which file of the manager's a text names: /input/NAME, or a path in its scratch folder.
func (h *handing) find(text string) (found, bool) {
	if len(text) > 1000 || strings.ContainsAny(text, "\n\x00") {
		return found{}, false
	}
	input, isInput := strings.CutPrefix(text, sandbox.InputDir+"/")
	for i, f := range h.run.files {
		if f.Name == input && (isInput || path.Ext(f.Name) != "") {
			return found{given: &h.run.files[i]}, true
		}
	}
	if isInput || h.run.session == nil {
		return found{}, false
	}
	name, ok := scratchName(h.run.session.Scratch(), text)
	return found{name: name}, ok
}

// scratchName is the name of a file in a scratch folder that a text is the path of.
func scratchName(scratch fs.FS, text string) (string, bool) {
	name, absolute := strings.CutPrefix(text, sandbox.ScratchDir+"/")
	if !absolute {
		name = path.Clean(text)
	}
	if text == "" || !fs.ValidPath(name) || name == "." {
		return "", false
	}
	st, err := fs.Stat(scratch, name)
	return name, err == nil && st.Mode().IsRegular()
}

// add puts a file among those that go along, under a variable if it has a name, and gives its path there.
func (h *handing) add(f found, variable string) (string, error) {
	var file File
	if f.given != nil {
		file = *f.given
		file.Inherited = false
	} else {
		var err error
		if file, err = h.run.written(h.ctx, f.name); err != nil {
			return "", err
		}
	}
	for i, other := range h.files {
		if sameFile(other.InputFile, file.InputFile) {
			switch {
			case variable == "" || variable == other.Var && !other.Inherited:
			case other.Inherited: // the file is there already
				h.vars = append(h.vars, event.InputVar{Name: variable, JSON: quoted(other.Path)})
			default:
				h.files[i].Var = variable
			}
			return other.Path, nil
		}
	}
	for n := 2; slices.ContainsFunc(h.files, func(o File) bool { return o.Name == file.Name }); n++ {
		file.Name = fmt.Sprintf("%d-%s", n, strings.TrimPrefix(file.Name, fmt.Sprintf("%d-", n-1)))
	}
	file.Var, file.Path = cmp.Or(variable, h.variable(file.Name)), sandbox.InputDir+"/"+file.Name
	h.files = append(h.files, file)
	return file.Path, nil
}

func quoted(s string) json.RawMessage {
	data, err := json.Marshal(s)
	if err != nil { // a string always encodes
		return json.RawMessage(`""`)
	}
	return data
}

func sameFile(a, b event.InputFile) bool {
	if a.Blob != "" || b.Blob != "" {
		return a.Blob == b.Blob
	}
	return a.Name == b.Name && a.Source == b.Source && a.SHA256 == b.SHA256
}

// variable makes a Python name of a file's name that no other variable has.
func (h *handing) variable(name string) string {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	v := strings.Map(func(c rune) rune {
		if c < 128 && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
		return '_'
	}, base)
	if tools.CheckName(v) != nil {
		v = "file_" + v
	}
	taken := func(v string) bool {
		return slices.ContainsFunc(h.files, func(f File) bool { return f.Var == v }) ||
			slices.ContainsFunc(h.vars, func(x event.InputVar) bool { return x.Name == v })
	}
	for taken(v) {
		v += "_"
	}
	return v
}

// replace gives the path that a file of the manager's has for the called agent.
func (h *handing) replace(text string) string {
	f, ok := h.find(text)
	if !ok {
		return text
	}
	p, err := h.add(f, "")
	if err != nil {
		h.err = err
		return text
	}
	return p
}

// written is a file that the manager's code wrote, as it is now.
func (r *run) written(ctx context.Context, name string) (File, error) {
	data, err := fs.ReadFile(r.session.Scratch(), name)
	if err != nil {
		return File{}, fmt.Errorf("read the file %s: %w", name, err)
	}
	f := File{InputFile: event.InputFile{Name: name, Size: int64(len(data)), MediaType: event.MediaType(name)}}
	if r.ports.Blobs != nil {
		if f.Blob, _, err = r.ports.Blobs.PutBlob(ctx, f.MediaType, bytes.NewReader(data)); err != nil {
			return f, fmt.Errorf("keep the file %s: %w", name, err)
		}
	}
	f.Open = func() (io.ReadSeekCloser, error) { return nopCloser{bytes.NewReader(data)}, nil }
	return f, nil
}

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }

// replaceText changes the texts in a JSON value, at any depth. What stands for bytes or a data frame stays as it is.
func replaceText(value json.RawMessage, change func(string) string) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	changed := false
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			if to := change(v); to != v {
				changed = true
				return to
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			if len(v) == 1 && (v["__frame__"] != nil || v["__bytes__"] != nil) {
				return v
			}
			for k := range v {
				v[k] = walk(v[k])
			}
		}
		return v
	}
	if v = walk(v); !changed {
		return value, nil
	}
	return json.Marshal(v)
}

// wordsOf are the words of a text that may be names of files.
func wordsOf(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("\"'`,;:()[]{}<>|*", c) }) {
		if w = strings.TrimRight(w, ".!?"); strings.ContainsAny(w, "./") && !slices.Contains(out, w) && len(out) < 1000 {
			out = append(out, w)
		}
	}
	return out
}

// brought is an answer with its files.
type brought struct {
	value json.RawMessage
	text  string
	names []string // of the files, as the manager gets them
	files map[string]inBytes
}

// bring finds the files of the called agent that its answer names, and gives them names that are free at its manager's.
func (p *memberPlace) bring(value json.RawMessage, text string, to fs.FS) (brought, error) {
	b := brought{text: text, files: map[string]inBytes{}}
	if p.session == nil {
		b.value = value
		return b, nil
	}
	scratch, size := p.session.Scratch(), 0
	as := map[string]string{}
	var failed error
	take := func(word string) (string, bool) {
		name, ok := scratchName(scratch, word)
		if !ok {
			return "", false
		}
		if to, seen := as[name]; seen {
			return to, true
		}
		data, err := fs.ReadFile(scratch, name)
		if size += len(data); err != nil || size > maxHanded {
			failed = cmp.Or(err, fmt.Errorf("the files of the answer are larger than %d MiB", maxHanded>>20))
			return "", false
		}
		as[name] = freeName(to, name, data)
		b.files[as[name]] = data
		b.names = append(b.names, as[name])
		return as[name], true
	}
	var err error
	b.value, err = replaceText(value, func(s string) string {
		if to, ok := take(s); ok {
			return to
		}
		return s
	})
	if err != nil {
		return b, err
	}
	for _, w := range wordsOf(text) {
		if to, ok := take(w); ok && to != w {
			b.text = strings.ReplaceAll(b.text, w, to)
			if isText(b.value) {
				b.value = quoted(b.text)
			}
		}
	}
	return b, failed
}

// freeName is a name under which nothing else lies in a folder.
func freeName(folder fs.FS, name string, data []byte) string {
	ext := path.Ext(name)
	stem, free := strings.TrimSuffix(name, ext), name
	for n := 2; ; n++ {
		there, err := fs.ReadFile(folder, free)
		if err != nil || bytes.Equal(there, data) {
			return free
		}
		free = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
}

// receive puts the files of an answer into the scratch folder of a manager whose model called the agent itself.
func (r *run) receive(ctx context.Context, from string, b brought) error {
	for _, name := range b.names {
		data := b.files[name]
		if err := r.session.Put(ctx, name, data); err != nil {
			return err
		}
		if r.ports.Blobs == nil {
			continue
		}
		kind := event.MediaType(name)
		hash, size, err := r.ports.Blobs.PutBlob(ctx, kind, bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("keep file %s: %w", name, err)
		}
		if _, err := r.record(ctx, SpanOf(ctx), event.ArtefactSaved{Name: name, MediaType: kind, Size: size, Blob: hash, From: from}); err != nil {
			return err
		}
	}
	return nil
}
