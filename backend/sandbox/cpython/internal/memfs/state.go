package memfs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// NodeState is a file or folder as it can be kept outside of this process.
type NodeState struct {
	Ino    uint64
	Parent uint64 `json:",omitempty"` // inode of its folder; 0 if it has no name any more but is still open, and for "/"
	Name   string `json:",omitempty"`
	Kind   Kind   `json:",omitempty"`
	MTime  int64
	Given  bool `json:",omitempty"` // read-only: only its number and time are kept, it must exist where it is loaded

	Data    []byte `json:"-"` // of a writable file; it must not be changed, and is only valid until the next change
	Version uint64 `json:"-"` // the same number, the same content, within one FS
}

// State lists all nodes, folders before what is in them: those with a name, and those that held names but are only open.
func (f *FS) State(held []*Node) (nodes []NodeState, nextIno uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var visit func(n *Node, parent uint64, name string)
	visit = func(n *Node, parent uint64, name string) {
		nodes = append(nodes, NodeState{
			Ino: n.ino, Parent: parent, Name: name, Kind: n.kind, MTime: n.mtime, Given: n.readOnly || n.kind == Null,
			Data: n.data, Version: n.version,
		})
		names := make([]string, 0, len(n.kids))
		for k := range n.kids {
			names = append(names, k)
		}
		slices.Sort(names)
		for _, k := range names {
			visit(n.kids[k], n.ino, k)
		}
	}
	visit(f.root, 0, "")
	nameless := map[uint64]*Node{}
	for _, n := range held {
		if !n.linked {
			nameless[n.ino] = n
		}
	}
	var list []*Node
	for _, n := range nameless {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b *Node) int { return cmp.Compare(a.ino, b.ino) })
	for _, n := range list {
		visit(n, 0, "")
	}
	return nodes, f.nextIno
}

var errState = errors.New("the files of the state are damaged")

// Load puts the nodes of a State in place of what is in the writable folders, and gives them by inode. The given nodes are
// found by their paths; those that are missing here are missing in the answer. It is for a new FS that nothing has open.
func (f *FS) Load(nodes []NodeState, nextIno uint64) (map[uint64]*Node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := map[uint64]*Node{}
	seen := map[uint64]bool{}
	f.counts = counts{nextIno: nextIno}
	for i, st := range nodes {
		if st.Ino == 0 || st.Ino > nextIno || seen[st.Ino] || (i == 0) != (st.Parent == 0 && st.Given) || st.Kind > Null {
			return nil, errState
		}
		seen[st.Ino] = true
		if err := f.loadNode(found, st, i == 0); err != nil {
			return nil, err
		}
	}
	f.renumber(f.root, found)
	f.undo, f.atTx = nil, f.counts
	f.epoch++
	return found, nil
}

func (f *FS) loadNode(found map[uint64]*Node, st NodeState, root bool) error {
	d := found[st.Parent]
	var n *Node
	switch {
	case root:
		n = f.root
	case d == nil && st.Parent != 0:
		if st.Given {
			return nil // below a folder that is missing here
		}
		return errState
	case d != nil && d.kind != Dir:
		return errState
	case st.Given:
		if n = d.kids[st.Name]; n == nil || n.kind != st.Kind {
			return nil
		}
	case d != nil && d.readOnly: // one of the writable folders
		if n = d.kids[st.Name]; n == nil || n.kind != Dir || n.readOnly || st.Kind != Dir {
			return errState
		}
	default:
		if d != nil && (st.Name == "" || len(st.Name) > maxName || d.kids[st.Name] != nil || d.depth() >= maxDepth) {
			return fmt.Errorf("%w: the name %q", errState, st.Name)
		}
		n = &Node{kind: st.Kind, parent: d, linked: d != nil, data: st.Data}
		if n.kind == Dir {
			n.kids = map[string]*Node{}
		}
		n.frozen = len(n.data) // it belongs to the caller
		f.used += int64(len(n.data))
		if d != nil {
			d.kids[st.Name] = n
			f.files++
		} else {
			n.parent = f.root // of a folder that was removed while it was open
		}
	}
	f.version++
	n.ino, n.mtime, n.version = st.Ino, st.MTime, f.version
	found[st.Ino] = n
	return nil
}

// renumber gives new numbers to what the state did not know, so that no two nodes have the same.
func (f *FS) renumber(n *Node, found map[uint64]*Node) {
	if found[n.ino] != n {
		f.nextIno++
		n.ino = f.nextIno
	}
	names := make([]string, 0, len(n.kids))
	for k := range n.kids {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		f.renumber(n.kids[k], found)
	}
}
