package memfs

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Sub is a read-only view of the folder at path for the host. It shows the present state; an opened file keeps the
// content that it had when it was opened.
func (f *FS) Sub(path string) fs.FS { return view{f, path} }

type view struct {
	f   *FS
	top string
}

// Open implements fs.FS.
func (v view) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	v.f.mu.Lock()
	defer v.f.mu.Unlock()
	n, e := v.f.walk(v.f.root, split(v.top+"/"+name))
	if e != 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	in := info{path.Base(name), n.stat()}
	if n.kind != Dir {
		n.frozen = max(n.frozen, len(n.data)) // the code must copy before it overwrites what we now show
		if n.src != nil {
			return &openFile{info: in, ReadSeeker: io.NewSectionReader(n.src, 0, n.size)}, nil
		}
		return &openFile{info: in, ReadSeeker: bytes.NewReader(n.data)}, nil
	}
	d := &openDir{info: in, name: name}
	for name, k := range n.kids {
		d.entries = append(d.entries, fs.FileInfoToDirEntry(info{name, k.stat()}))
	}
	sortEntries(d.entries)
	return d, nil
}

type info struct {
	name string
	stat Stat
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.stat.Size }
func (i info) Mode() fs.FileMode  { return i.stat.mode() }
func (i info) ModTime() time.Time { return time.Unix(0, i.stat.ModTime) }
func (i info) IsDir() bool        { return i.stat.Kind == Dir }
func (i info) Sys() any           { return nil }

type openFile struct {
	info
	io.ReadSeeker
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

type openDir struct {
	info
	name    string
	entries []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: fs.ErrInvalid}
}

// ReadDir implements fs.ReadDirFile.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		out := d.entries
		d.entries = nil
		return out, nil
	}
	if len(d.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.entries))
	out := d.entries[:n]
	d.entries = d.entries[n:]
	return out, nil
}

func sortEntries(e []fs.DirEntry) {
	slices.SortFunc(e, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}
