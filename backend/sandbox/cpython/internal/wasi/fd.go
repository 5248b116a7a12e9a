package wasi

import (
	"encoding/binary"

	"github.com/tetratelabs/wazero/api"

	"sandglass/backend/sandbox/cpython/internal/memfs"
)

// File types of preview 1.
const (
	typeUnknown = 0
	typeChar    = 2
	typeDir     = 3
	typeFile    = 4
)

const (
	rightRead  = 1 << 1
	rightWrite = 1 << 6
	allRights  = 1<<30 - 1

	flagAppend = 1
)

func fileType(k memfs.Kind) byte {
	switch k {
	case memfs.Dir:
		return typeDir
	case memfs.File:
		return typeFile
	}
	return typeChar
}

func fdClose(p *Process, _ api.Memory, a []uint64) Errno {
	if e := p.files.check(a[0]); e != 0 {
		return e
	}
	p.close(uint32(a[0]))
	return 0
}

func fdRenumber(p *Process, _ api.Memory, a []uint64) Errno {
	from, to := uint32(a[0]), uint32(a[1])
	h, e := p.files.get(a[0])
	if e != 0 {
		return e
	}
	if p.files.open[to] == nil {
		return memfs.EBADF
	}
	if from != to {
		p.close(to)
		delete(p.files.open, from)
		p.files.open[to] = h
	}
	return 0
}

func fdStat(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.get(a[0])
	if e != 0 {
		return e
	}
	var b [24]byte
	rights := uint64(allRights)
	b[0] = typeUnknown // not a terminal
	if h.node != nil {
		b[0] = fileType(p.FS.Stat(h.node).Kind)
	}
	if !h.read {
		rights &^= rightRead
	}
	if !h.write {
		rights &^= rightWrite
	}
	if h.append {
		b[2] = flagAppend
	}
	binary.LittleEndian.PutUint64(b[8:], rights)
	binary.LittleEndian.PutUint64(b[16:], allRights)
	return write(m, a[1], b[:])
}

func write(m api.Memory, at uint64, b []byte) Errno {
	if !m.Write(uint32(at), b) {
		return efault
	}
	return 0
}

func fdSetFlags(p *Process, _ api.Memory, a []uint64) Errno {
	h, e := p.files.get(a[0])
	if e == 0 {
		h.append = a[1]&flagAppend != 0
	}
	return e
}

func fdFileStat(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.get(a[0])
	if e != 0 {
		return e
	}
	if h.node == nil {
		return write(m, a[1], make([]byte, 64))
	}
	return putStat(m, a[1], p.FS.Stat(h.node))
}

func putStat(m api.Memory, at uint64, s memfs.Stat) Errno {
	var b [64]byte
	binary.LittleEndian.PutUint64(b[0:], 1)
	binary.LittleEndian.PutUint64(b[8:], s.Ino)
	b[16] = fileType(s.Kind)
	binary.LittleEndian.PutUint64(b[24:], 1)
	binary.LittleEndian.PutUint64(b[32:], uint64(s.Size))
	for _, o := range []int{40, 48, 56} {
		binary.LittleEndian.PutUint64(b[o:], uint64(s.ModTime))
	}
	return write(m, at, b[:])
}

func fdSetSize(p *Process, _ api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	switch {
	case e != 0:
		return e
	case !h.write:
		return memfs.EINVAL
	}
	return p.FS.Truncate(h.node, int64(a[1]))
}

func fdSetTimes(p *Process, _ api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	if e != 0 {
		return e
	}
	return p.setTimes(h.node, a[2], a[3])
}

// setTimes sets the time of change; the time of access is not kept.
func (p *Process) setTimes(n *memfs.Node, mtime, flags uint64) Errno {
	switch {
	case flags&8 != 0:
		wall, _ := p.Host.Clock()
		return p.FS.SetModTime(n, wall)
	case flags&4 != 0:
		return p.FS.SetModTime(n, int64(mtime))
	}
	return 0
}

func fdPrestat(p *Process, m api.Memory, a []uint64) Errno {
	if uint32(a[0]) != preopen || p.files.check(a[0]) != 0 {
		return memfs.EBADF
	}
	return put64(m, a[1], 1<<32) // tag 0 (a folder), length of its name 1
}

func fdPrestatName(p *Process, m api.Memory, a []uint64) Errno {
	if uint32(a[0]) != preopen || uint32(a[2]) < 1 {
		return memfs.EBADF
	}
	return write(m, a[1], []byte("/"))
}

// vectors calls f for each buffer of an iovec list until one is not filled or f fails, and counts bytes.
func vectors(m api.Memory, list, n uint64, f func(b []byte) (int, Errno)) (uint32, Errno) {
	if uint32(n) > 1024 { // IOV_MAX
		return 0, memfs.EINVAL
	}
	iov, ok := m.Read(uint32(list), uint32(n)*8)
	if !ok {
		return 0, efault
	}
	total := uint32(0)
	for ; len(iov) > 0; iov = iov[8:] {
		b, ok := m.Read(binary.LittleEndian.Uint32(iov), binary.LittleEndian.Uint32(iov[4:]))
		if !ok {
			return 0, efault
		}
		k, e := f(b)
		total += uint32(k)
		if e != 0 {
			if total > 0 {
				return total, 0 // a short count; the error comes with the next call
			}
			return 0, e
		}
		if k < len(b) {
			break
		}
	}
	return total, 0
}

func (p *Process) readVec(m api.Memory, h *handle, a []uint64, off *int64, result uint64) Errno {
	if !h.read {
		return memfs.EBADF
	}
	n, e := vectors(m, a[1], a[2], func(b []byte) (int, Errno) {
		k, e := p.FS.ReadAt(h.node, b, *off)
		*off += int64(k)
		return k, e
	})
	if e != 0 {
		return e
	}
	return put32(m, result, n)
}

func (p *Process) writeVec(m api.Memory, h *handle, a []uint64, off *int64, result uint64) Errno {
	if !h.write {
		return memfs.EBADF
	}
	n, e := vectors(m, a[1], a[2], func(b []byte) (int, Errno) {
		if h.append {
			*off = p.FS.Stat(h.node).Size
		}
		k, e := p.FS.WriteAt(h.node, b, *off)
		*off += int64(k)
		return k, e
	})
	if e != 0 {
		return e
	}
	return put32(m, result, n)
}

func fdRead(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.get(a[0])
	switch {
	case e != 0:
		return e
	case h.node == nil:
		if !h.read {
			return memfs.EBADF
		}
		return put32(m, a[3], 0) // standard input is at its end
	}
	return p.readVec(m, h, a, &h.off, a[3])
}

func fdPread(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	if e != 0 {
		return e
	}
	off := int64(a[3])
	return p.readVec(m, h, a, &off, a[4])
}

func fdWrite(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.get(a[0])
	switch {
	case e != 0:
		return e
	case h.node != nil:
		return p.writeVec(m, h, a, &h.off, a[3])
	case !h.write:
		return memfs.EBADF
	}
	stderr := uint32(a[0]) == 2
	n, e := vectors(m, a[1], a[2], func(b []byte) (int, Errno) {
		p.Host.Print(b, stderr)
		return len(b), 0
	})
	if e != 0 {
		return e
	}
	return put32(m, a[3], n)
}

func fdPwrite(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	if e != 0 {
		return e
	}
	off := int64(a[3])
	return p.writeVec(m, h, a, &off, a[4])
}

func fdSeek(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	if e != 0 {
		return e
	}
	st := p.FS.Stat(h.node)
	if st.Kind == memfs.Dir {
		return memfs.EBADF
	}
	off := int64(a[1])
	switch uint32(a[2]) {
	case 0:
	case 1:
		off += h.off
	case 2:
		off += st.Size
	default:
		return memfs.EINVAL
	}
	if off < 0 {
		return memfs.EINVAL
	}
	h.off = off
	return put64(m, a[3], uint64(off))
}

func fdTell(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	if e != 0 {
		return e
	}
	return put64(m, a[1], uint64(h.off))
}

// fdReaddir lists a folder. The cookie of an entry is its position; the listing is taken anew at position 0.
func fdReaddir(p *Process, m api.Memory, a []uint64) Errno {
	h, e := p.files.node(a[0])
	if e != 0 {
		return e
	}
	cookie := a[3]
	if cookie == 0 || h.entries == nil {
		list, e := p.FS.ReadDir(h.node)
		if e != 0 {
			return e
		}
		ino := p.FS.Stat(h.node).Ino
		p.files.list(h, append([]memfs.Entry{{Name: ".", Ino: ino}, {Name: "..", Ino: ino}}, list...))
	}
	buf, ok := m.Read(uint32(a[1]), uint32(a[2]))
	if !ok {
		return efault
	}
	used := 0
	for i := cookie; i < uint64(len(h.entries)) && used < len(buf); i++ {
		ent := h.entries[i]
		var d [24]byte
		binary.LittleEndian.PutUint64(d[0:], i+1)
		binary.LittleEndian.PutUint64(d[8:], ent.Ino)
		binary.LittleEndian.PutUint32(d[16:], uint32(len(ent.Name)))
		d[20] = fileType(ent.Kind)
		used += copy(buf[used:], d[:]) // what does not fit is cut: the guest asks again with a larger buffer
		used += copy(buf[used:], ent.Name)
	}
	return put32(m, a[4], uint32(used))
}
