package wasi

import (
	"sandglass/backend/sandbox/cpython/internal/memfs"
)

const (
	maxOpen   = 1024
	maxListed = 50_000 // entries of folders that are kept for handles, together
	preopen   = 3      // the descriptor of "/", found by wasi-libc with fd_prestat_get
)

// handle is an open file description. node is nil for the standard streams.
type handle struct {
	node        *memfs.Node
	off         int64
	read, write bool
	append      bool
	entries     []memfs.Entry // of a folder that is being listed
}

// files is the table of descriptors.
type files struct {
	open   map[uint32]*handle
	saved  map[uint32]handle
	listed int // entries that were kept since they were last dropped
}

func (t *files) init(fs *memfs.FS) {
	t.open = map[uint32]*handle{
		0: {read: true}, 1: {write: true}, 2: {write: true}, preopen: {node: fs.Root(), read: true},
	}
}

func (t *files) begin() {
	t.saved = make(map[uint32]handle, len(t.open))
	for fd, h := range t.open {
		t.saved[fd] = *h
	}
}

// list keeps the entries of a folder for a handle. A thousand handles may be open on folders of thousands of files, so
// now and then all other handles lose theirs; they read their folder again when the guest asks on.
func (t *files) list(h *handle, entries []memfs.Entry) {
	if t.listed += len(entries); t.listed > maxListed {
		for _, other := range t.open {
			other.entries = nil
		}
		t.listed = len(entries)
	}
	h.entries = entries
}

func (t *files) rollback(fs *memfs.FS) {
	for _, h := range t.open {
		if h.node != nil {
			fs.Recount(h.node, -1)
		}
	}
	t.open = make(map[uint32]*handle, len(t.saved))
	for fd, h := range t.saved {
		if h.node != nil {
			fs.Recount(h.node, +1)
		}
		t.open[fd] = &h
	}
}

func (t *files) get(fd uint64) (*handle, Errno) {
	if h := t.open[uint32(fd)]; h != nil {
		return h, 0
	}
	return nil, memfs.EBADF
}

func (t *files) check(fd uint64) Errno {
	_, e := t.get(fd)
	return e
}

// node gives the file or folder of a descriptor that is not a standard stream.
func (t *files) node(fd uint64) (*handle, Errno) {
	h, e := t.get(fd)
	if e == 0 && h.node == nil {
		return nil, espipe
	}
	return h, e
}

// add takes the lowest free number, as POSIX demands.
func (t *files) add(h *handle) (uint32, Errno) {
	if len(t.open) >= maxOpen {
		return 0, emfile
	}
	fd := uint32(0)
	for t.open[fd] != nil {
		fd++
	}
	t.open[fd] = h
	return fd, 0
}

func (p *Process) close(fd uint32) {
	if h := p.files.open[fd]; h != nil {
		delete(p.files.open, fd)
		if h.node != nil {
			p.FS.Retain(h.node, -1)
		}
	}
}
