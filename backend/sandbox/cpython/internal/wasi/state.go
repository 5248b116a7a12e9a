package wasi

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"sandglass/backend/sandbox/cpython/internal/memfs"
)

// FileState is an open descriptor as it can be kept outside of this process.
type FileState struct {
	FD      uint32
	Ino     uint64        `json:",omitempty"` // 0 for a standard stream
	Off     int64         `json:",omitempty"`
	Read    bool          `json:",omitempty"`
	Write   bool          `json:",omitempty"`
	Append  bool          `json:",omitempty"`
	Entries []memfs.Entry `json:",omitempty"` // of a folder that is being listed
}

// State lists the open descriptors, and the nodes that they hold.
func (p *Process) State() (open []FileState, held []*memfs.Node) {
	for fd, h := range p.files.open {
		st := FileState{FD: fd, Off: h.off, Read: h.read, Write: h.write, Append: h.append, Entries: h.entries}
		if h.node != nil {
			st.Ino = p.FS.Stat(h.node).Ino
			held = append(held, h.node)
		}
		open = append(open, st)
	}
	slices.SortFunc(open, func(a, b FileState) int { return cmp.Compare(a.FD, b.FD) })
	return open, held
}

// MissingFile is a file that a state has open and that is not there.
type MissingFile struct{ Ino uint64 }

func (e MissingFile) Error() string {
	return fmt.Sprintf("the file with number %d is open and not there", e.Ino)
}

// Load opens the descriptors of a State anew; nodes are those that FS.Load gave. The error may be a MissingFile.
func (p *Process) Load(open []FileState, nodes map[uint64]*memfs.Node) error {
	if len(open) > maxOpen {
		return errors.New("the open files of the state are damaged")
	}
	for fd := range p.files.open {
		p.close(fd)
	}
	for _, st := range open {
		h := &handle{off: st.Off, read: st.Read, write: st.Write, append: st.Append, entries: st.Entries}
		if st.Ino != 0 {
			if h.node = nodes[st.Ino]; h.node == nil {
				return MissingFile{st.Ino}
			}
			p.FS.Retain(h.node, +1)
		}
		if st.Off < 0 || p.files.open[st.FD] != nil {
			return errors.New("the open files of the state are damaged")
		}
		p.files.open[st.FD] = h
	}
	p.Begin()
	return nil
}
