package wasi

import (
	"github.com/tetratelabs/wazero/api"

	"sandglass/backend/sandbox/cpython/internal/memfs"
)

const maxPath = 4096

// at reads a path argument and finds the folder that it is relative to.
func (p *Process) at(m api.Memory, fd, ptr, n uint64) (*memfs.Node, string, Errno) {
	h, e := p.files.get(fd)
	if e != 0 {
		return nil, "", e
	}
	if h.node == nil {
		return nil, "", memfs.ENOTDIR
	}
	if uint32(n) > maxPath {
		return nil, "", memfs.ENAMETOOLONG
	}
	b, ok := m.Read(uint32(ptr), uint32(n))
	if !ok {
		return nil, "", efault
	}
	return h.node, string(b), 0
}

func pathOpen(p *Process, m api.Memory, a []uint64) Errno {
	dir, path, e := p.at(m, a[0], a[2], a[3])
	if e != 0 {
		return e
	}
	const create, directory, exclusive, truncate = 1, 2, 4, 8
	oflags, rights, flags := a[4], a[5], a[7]
	h := &handle{read: rights&rightRead != 0, write: rights&rightWrite != 0, append: flags&flagAppend != 0}
	if len(p.files.open) >= maxOpen {
		return emfile
	}
	h.node, e = p.FS.Open(dir, path, memfs.OpenFlags{
		// wasi-libc asks for every right on folders.
		Write:  h.write && oflags&directory == 0,
		Create: oflags&create != 0, Exclusive: oflags&exclusive != 0,
		Truncate: oflags&truncate != 0, Directory: oflags&directory != 0,
	})
	if e != 0 {
		return e
	}
	p.FS.Retain(h.node, +1)
	fd, e := p.files.add(h)
	if e != 0 {
		return e
	}
	return put32(m, a[8], fd)
}

func pathFileStat(p *Process, m api.Memory, a []uint64) Errno {
	n, e := p.lookup(m, a[0], a[2], a[3])
	if e != 0 {
		return e
	}
	return putStat(m, a[4], p.FS.Stat(n))
}

func (p *Process) lookup(m api.Memory, fd, ptr, size uint64) (*memfs.Node, Errno) {
	dir, path, e := p.at(m, fd, ptr, size)
	if e != 0 {
		return nil, e
	}
	return p.FS.Lookup(dir, path)
}

func pathSetTimes(p *Process, m api.Memory, a []uint64) Errno {
	n, e := p.lookup(m, a[0], a[2], a[3])
	if e != 0 {
		return e
	}
	return p.setTimes(n, a[5], a[6])
}

func pathReadlink(p *Process, m api.Memory, a []uint64) Errno {
	if _, e := p.lookup(m, a[0], a[1], a[2]); e != 0 {
		return e
	}
	return memfs.EINVAL // exists, and is not a link
}

func pathMkdir(p *Process, m api.Memory, a []uint64) Errno {
	dir, path, e := p.at(m, a[0], a[1], a[2])
	if e != 0 {
		return e
	}
	return p.FS.Mkdir(dir, path)
}

func pathRmdir(p *Process, m api.Memory, a []uint64) Errno {
	dir, path, e := p.at(m, a[0], a[1], a[2])
	if e != 0 {
		return e
	}
	return p.FS.Rmdir(dir, path)
}

func pathUnlink(p *Process, m api.Memory, a []uint64) Errno {
	dir, path, e := p.at(m, a[0], a[1], a[2])
	if e != 0 {
		return e
	}
	return p.FS.Unlink(dir, path)
}

func pathRename(p *Process, m api.Memory, a []uint64) Errno {
	d1, from, e := p.at(m, a[0], a[1], a[2])
	if e != 0 {
		return e
	}
	d2, to, e := p.at(m, a[3], a[4], a[5])
	if e != 0 {
		return e
	}
	return p.FS.Rename(d1, from, d2, to)
}
