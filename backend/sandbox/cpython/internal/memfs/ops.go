package memfs

import (
	"io"
	"sort"
	"strings"
)

// OpenFlags say how Open treats what is or isn't there.
type OpenFlags struct {
	Write, Create, Exclusive, Truncate, Directory bool
}

// Open finds or makes the file or folder at path, relative to dir. The caller holds the node with Retain.
func (f *FS) Open(dir *Node, path string, o OpenFlags) (*Node, Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, e := f.walk(f.start(dir, path), split(path))
	switch {
	case e == ENOENT && o.Create && !o.Directory && !strings.HasSuffix(path, "/"):
		return f.create(dir, path, File)
	case e != 0:
		return nil, e
	case o.Create && o.Exclusive:
		return nil, EEXIST
	case n.kind == Dir && (o.Write || o.Truncate || o.Create && !o.Directory):
		return nil, EISDIR
	case n.kind != Dir && (o.Directory || strings.HasSuffix(path, "/")):
		return nil, ENOTDIR
	case n.readOnly && (o.Write || o.Truncate):
		return nil, EROFS
	}
	if o.Truncate && n.kind == File {
		return n, f.resize(n, 0)
	}
	return n, 0
}

// Mkdir makes a folder.
func (f *FS) Mkdir(dir *Node, path string) Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, e := f.walk(f.start(dir, path), split(path)); e == 0 {
		return EEXIST
	}
	_, e := f.create(dir, path, Dir)
	return e
}

func (f *FS) create(dir *Node, path string, kind Kind) (*Node, Errno) {
	d, name, e := f.place(dir, path)
	switch {
	case e != 0:
		return nil, e
	case d.readOnly:
		return nil, EROFS
	case !d.linked:
		return nil, ENOENT
	case f.files >= f.maxFiles:
		return nil, ENOSPC
	case d.depth() >= maxDepth:
		return nil, ENAMETOOLONG
	}
	f.touch(d)
	n := f.node(kind)
	n.linked, n.parent = true, d
	n.saved, n.changed = f.epoch, f.epoch // nothing to undo: without its name it is gone
	f.files++
	d.kids[name] = n
	return n, 0
}

// Unlink removes a file. Its content lives on until the last handle is released.
func (f *FS) Unlink(dir *Node, path string) Errno { return f.remove(dir, path, false) }

// Rmdir removes an empty folder.
func (f *FS) Rmdir(dir *Node, path string) Errno { return f.remove(dir, path, true) }

func (f *FS) remove(dir *Node, path string, wantDir bool) Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, name, e := f.place(dir, path)
	if e != 0 {
		return e
	}
	n := d.kids[name]
	switch {
	case n == nil:
		return ENOENT
	case wantDir && n.kind != Dir:
		return ENOTDIR
	case !wantDir && n.kind == Dir:
		return EISDIR
	case d.readOnly:
		return EROFS
	case len(n.kids) > 0:
		return ENOTEMPTY
	}
	f.touch(d)
	delete(d.kids, name)
	f.drop(n)
	return 0
}

// drop forgets a node that has just lost its name.
func (f *FS) drop(n *Node) {
	f.touch(n)
	n.linked = false
	f.files--
	if n.open == 0 {
		f.used -= int64(len(n.data))
	}
}

// Rename moves a file or folder, replacing a file or an empty folder.
func (f *FS) Rename(fromDir *Node, from string, toDir *Node, to string) Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	d1, name1, e := f.place(fromDir, from)
	if e != 0 {
		return e
	}
	d2, name2, e := f.place(toDir, to)
	if e != 0 {
		return e
	}
	n, old := d1.kids[name1], d2.kids[name2]
	switch {
	case n == nil:
		return ENOENT
	case d1.readOnly || d2.readOnly:
		return EROFS
	case !d2.linked:
		return ENOENT
	case n == old:
		return 0
	case old != nil && old.kind == Dir && n.kind != Dir:
		return EISDIR
	case old != nil && old.kind != Dir && n.kind == Dir:
		return ENOTDIR
	case old != nil && len(old.kids) > 0:
		return ENOTEMPTY
	case d2.depth()+n.height() > maxDepth:
		return ENAMETOOLONG
	}
	for up := d2; up != up.parent; up = up.parent {
		if up == n {
			return EINVAL // a folder into itself
		}
	}
	f.touch(d1)
	f.touch(d2)
	if old != nil {
		f.drop(old)
	}
	delete(d1.kids, name1)
	d2.kids[name2] = n
	f.moved(n)
	n.parent = d2
	return 0
}

func (n *Node) height() int {
	h := 0
	for _, k := range n.kids {
		h = max(h, k.height())
	}
	return h + 1
}

// moved marks what has a new path as changed.
func (f *FS) moved(n *Node) {
	mtime := n.mtime
	f.touch(n)
	n.mtime = mtime // moving keeps the time
	for _, k := range n.kids {
		f.moved(k)
	}
}

// Lookup finds the node at path, relative to dir.
func (f *FS) Lookup(dir *Node, path string) (*Node, Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, e := f.walk(f.start(dir, path), split(path))
	if e == 0 && n.kind != Dir && strings.HasSuffix(path, "/") {
		return nil, ENOTDIR
	}
	return n, e
}

// Stat describes a node.
func (f *FS) Stat(n *Node) Stat {
	f.mu.Lock()
	defer f.mu.Unlock()
	return n.stat()
}

// SetModTime sets the time of the last change, in nanoseconds since 1970.
func (f *FS) SetModTime(n *Node, t int64) Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.readOnly {
		return EROFS
	}
	f.touch(n)
	n.mtime = t
	return 0
}

// ReadAt reads content; fewer bytes than asked for means the end.
func (f *FS) ReadAt(n *Node, b []byte, off int64) (int, Errno) {
	if off < 0 {
		return 0, EINVAL
	}
	f.mu.Lock()
	switch {
	case n.kind == Dir:
		f.mu.Unlock()
		return 0, EISDIR
	case n.src == nil:
		defer f.mu.Unlock()
		if off >= int64(len(n.data)) {
			return 0, 0
		}
		return copy(b, n.data[off:]), 0
	}
	f.mu.Unlock() // a slow disk must not block the host's view of the scratch folder
	if n.size >= 0 {
		b = b[:max(min(int64(len(b)), n.size-off), 0)]
	}
	if len(b) == 0 {
		return 0, 0
	}
	k, err := n.src.ReadAt(b, off)
	if err != nil && err != io.EOF {
		return k, EIO
	}
	return k, 0
}

// WriteAt writes content; the file grows as needed, with zeros before off.
func (f *FS) WriteAt(n *Node, b []byte, off int64) (int, Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case n.kind == Null:
		return len(b), 0
	case n.kind == Dir:
		return 0, EISDIR
	case n.readOnly:
		return 0, EROFS
	case off < 0:
		return 0, EINVAL
	case off > 1<<62:
		return 0, EFBIG
	}
	f.touch(n)
	if end := off + int64(len(b)); end > int64(len(n.data)) {
		if e := f.resize(n, end); e != 0 {
			return 0, e
		}
	}
	if off < int64(n.frozen) {
		n.data, n.frozen = append([]byte(nil), n.data...), 0
	}
	return copy(n.data[off:], b), 0
}

// Truncate cuts or extends a file.
func (f *FS) Truncate(n *Node, size int64) Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case n.kind == Null:
		return 0
	case n.kind == Dir:
		return EISDIR
	case n.readOnly:
		return EROFS
	case size < 0:
		return EINVAL
	}
	return f.resize(n, size)
}

// resize is the only place where content grows: the quota is kept here.
func (f *FS) resize(n *Node, size int64) Errno {
	f.touch(n)
	have := int64(len(n.data))
	if size > have && size-have > f.maxBytes-f.used {
		return ENOSPC
	}
	switch {
	case size <= have:
		// The capacity ends here too: growing again must not write into bytes that an undo record still shows.
		n.data = n.data[:size:size]
		n.frozen = min(n.frozen, int(size))
	case size <= int64(cap(n.data)):
		n.data = n.data[:size]
		clear(n.data[have:])
	default:
		d := make([]byte, size, min(max(size, 2*have), max(size, f.maxBytes)))
		copy(d, n.data)
		n.data, n.frozen = d, 0
	}
	f.used += size - have
	return 0
}

// Retain counts a handle on a node; delta is +1 or -1. The bytes of an unlinked file are free after the last one.
func (f *FS) Retain(n *Node, delta int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n.open += delta
	if n.open == 0 && !n.linked {
		f.used -= int64(len(n.data))
	}
}

// Recount sets the number of handles without freeing anything: after Rollback.
func (f *FS) Recount(n *Node, delta int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n.open += delta
}

// Entry is a name in a folder.
type Entry struct {
	Name string
	Ino  uint64
	Kind Kind
}

// ReadDir lists a folder, sorted by name, without "." and "..".
func (f *FS) ReadDir(n *Node) ([]Entry, Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.kind != Dir {
		return nil, ENOTDIR
	}
	out := make([]Entry, 0, len(n.kids))
	for name, k := range n.kids {
		out = append(out, Entry{name, k.ino, k.kind})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, 0
}

// Written lists the files below the folder at path that were made, changed or moved since Begin, sorted, relative to it.
func (f *FS) Written(path string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	top, e := f.walk(f.root, split(path))
	if e != 0 {
		return nil
	}
	var out []string
	var visit func(prefix string, n *Node)
	visit = func(prefix string, n *Node) {
		for name, k := range n.kids {
			switch {
			case k.kind == Dir:
				visit(prefix+name+"/", k)
			case k.changed == f.epoch:
				out = append(out, prefix+name)
			}
		}
	}
	visit("", top)
	sort.Strings(out)
	return out
}
