// Package memfs is the file system that code in the sandbox sees: a tree in memory with writable folders under quotas,
// read-only files that are read from their source on demand, and transactions, so that a killed step leaves no trace.
// It has no symbolic or hard links and no way to a folder of the computer.
package memfs

import (
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// Errno is an error number of WASI preview 1; 0 is success. CPython's errno module shows the same numbers.
type Errno uint16

// The error numbers that the file system gives (source: WASI preview 1, typenames.witx).
const (
	EBADF        Errno = 8
	EEXIST       Errno = 20
	EFBIG        Errno = 22
	EINVAL       Errno = 28
	EIO          Errno = 29
	EISDIR       Errno = 31
	ENAMETOOLONG Errno = 37
	ENOENT       Errno = 44
	ENOSPC       Errno = 51
	ENOTDIR      Errno = 54
	ENOTEMPTY    Errno = 55
	EROFS        Errno = 69
)

// Kind is what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Dir Kind = iota
	File
	Null // like /dev/null
)

const (
	maxName  = 255
	maxDepth = 100 // a deeper tree would make recursive walks on the host's side costly
)

// Node is a file or folder. Its fields belong to the FS.
type Node struct {
	kind     Kind
	readOnly bool
	ino      uint64
	parent   *Node // of folders, for ".."
	kids     map[string]*Node
	data     []byte
	src      io.ReaderAt // content of a read-only file; data is then nil
	size     int64       // of src; negative if it is not known before it is read
	mtime    int64       // nanoseconds since 1970
	linked   bool
	frozen   int // the leading bytes of data that something else also refers to: copy before overwriting
	open     int // handles

	version uint64 // names the content
	saved   uint64 // epoch in which the undo record was made
	changed uint64 // epoch of the last change of content or name
}

// FS is one tree. It is safe for concurrent use.
type FS struct {
	mu       sync.Mutex
	root     *Node
	maxBytes int64
	maxFiles int
	now      func() time.Time
	version  uint64 // of changes, never taken back

	counts
	epoch uint64
	undo  []undo
	atTx  counts
}

type counts struct {
	used    int64 // bytes in writable files, also of unlinked ones that are still open
	files   int   // writable files and folders
	nextIno uint64
}

type undo struct {
	node *Node
	old  Node
}

// New makes a tree with the writable, empty folders that are named, each below the root. All of them together hold at
// most maxBytes of content and maxFiles files and folders. now gives the times of changes.
func New(maxBytes int64, maxFiles int, now func() time.Time, writable ...string) *FS {
	f := &FS{maxBytes: maxBytes, maxFiles: maxFiles, now: now, epoch: 1}
	f.root = f.node(Dir)
	f.root.readOnly, f.root.linked = true, true
	f.root.parent = f.root
	for _, name := range writable {
		f.add(f.root, name, Dir).readOnly = false
	}
	f.add(f.add(f.root, "dev", Dir), "null", Null)
	return f
}

// AddFile puts a read-only file at an absolute path and makes the folders on the way. An existing file is replaced. A
// negative size means that only reading tells where the end is.
func (f *FS) AddFile(path string, src io.ReaderAt, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.root
	parts := split(path)
	for _, name := range parts[:len(parts)-1] {
		if d.kids[name] == nil {
			f.add(d, name, Dir)
		}
		d = d.kids[name]
	}
	n := f.add(d, parts[len(parts)-1], File)
	n.src, n.size = src, size
}

// AddDir makes an empty read-only folder below the root.
func (f *FS) AddDir(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root.kids[name] == nil {
		f.add(f.root, name, Dir)
	}
}

func (f *FS) add(d *Node, name string, kind Kind) *Node {
	n := f.node(kind)
	n.readOnly, n.linked, n.parent = kind != Null, true, d
	d.kids[name] = n
	return n
}

func (f *FS) node(kind Kind) *Node {
	f.nextIno++
	f.version++
	n := &Node{kind: kind, ino: f.nextIno, mtime: f.now().UnixNano(), version: f.version}
	if kind == Dir {
		n.kids = map[string]*Node{}
	}
	return n
}

// Root is the folder "/".
func (f *FS) Root() *Node { return f.root }

// Begin makes the present state the one that Rollback returns to.
func (f *FS) Begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.undo, f.atTx = nil, f.counts
	f.epoch++
}

// Rollback undoes everything since Begin. The caller restores its handles and their counts: see Retain.
func (f *FS) Rollback() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range f.undo {
		open := u.node.open
		*u.node = u.old
		u.node.open = open
	}
	f.undo, f.counts = nil, f.atTx
	f.epoch++
}

// touch saves a node before its first change in this transaction.
func (f *FS) touch(n *Node) {
	if n.saved != f.epoch {
		old := *n
		// Without capacity to spare: after a rollback, appending must not write where a view of the host may still read.
		old.data = old.data[:len(old.data):len(old.data)]
		if n.kids != nil {
			old.kids = make(map[string]*Node, len(n.kids))
			for k, v := range n.kids {
				old.kids[k] = v
			}
		}
		f.undo = append(f.undo, undo{n, old})
		n.saved, n.frozen = f.epoch, len(n.data)
	}
	n.changed = f.epoch
	f.version++
	n.version = f.version
	n.mtime = f.now().UnixNano()
}

func split(p string) []string {
	out := strings.Split(p, "/")
	kept := out[:0]
	for _, s := range out {
		if s != "" && s != "." {
			kept = append(kept, s)
		}
	}
	return kept
}

// walk finds the node at a path relative to dir; an absolute path starts at the root.
func (f *FS) walk(dir *Node, parts []string) (*Node, Errno) {
	n := dir
	for _, name := range parts {
		if n.kind != Dir {
			return nil, ENOTDIR
		}
		if name == ".." {
			n = n.parent
			continue
		}
		k := n.kids[name]
		if k == nil {
			return nil, ENOENT
		}
		n = k
	}
	return n, 0
}

// place finds the folder and the name for an entry that is to be made, removed or renamed.
func (f *FS) place(dir *Node, path string) (*Node, string, Errno) {
	parts := split(path)
	if len(parts) == 0 || parts[len(parts)-1] == ".." {
		return nil, "", EINVAL
	}
	name := parts[len(parts)-1]
	if len(name) > maxName {
		return nil, "", ENAMETOOLONG
	}
	if len(parts) > maxDepth {
		return nil, "", ENAMETOOLONG
	}
	d, e := f.walk(f.start(dir, path), parts[:len(parts)-1])
	if e != 0 {
		return nil, "", e
	}
	if d.kind != Dir {
		return nil, "", ENOTDIR
	}
	return d, name, 0
}

func (f *FS) start(dir *Node, path string) *Node {
	if strings.HasPrefix(path, "/") {
		return f.root
	}
	return dir
}

func (n *Node) depth() int {
	d := 0
	for ; n != n.parent && d <= maxDepth; n = n.parent {
		d++
	}
	return d
}

// Stat is what is known of a node.
type Stat struct {
	Ino      uint64
	Kind     Kind
	Size     int64 // bytes
	ModTime  int64 // nanoseconds since 1970
	ReadOnly bool
}

func (n *Node) length() int64 {
	if n.src != nil {
		return max(n.size, 0)
	}
	return int64(len(n.data))
}

func (n *Node) stat() Stat {
	return Stat{Ino: n.ino, Kind: n.kind, Size: n.length(), ModTime: n.mtime, ReadOnly: n.readOnly}
}

func (s Stat) mode() fs.FileMode {
	m := fs.FileMode(0o644)
	if s.ReadOnly {
		m = 0o444
	}
	if s.Kind == Dir {
		m |= fs.ModeDir | 0o111
	}
	return m
}
