package cpython

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython/internal/linmem"
	"sandglass/backend/sandbox/cpython/internal/memfs"
	"sandglass/backend/sandbox/cpython/internal/wasi"
)

const pageBlock = 64 * pageSize

// kept is what a session remembers of the states that it gave.
type kept struct {
	last   string // ID of the last one, "" before the first
	pieces map[string]bool
	sums   map[uint64]fileSums // by inode: what was hashed and has not changed
}

type fileSums struct {
	version uint64
	sums    [][]byte
}

// Snapshot implements sandbox.Session. It waits for the commit of the last step; the next step waits for it.
func (s *session) Snapshot(ctx context.Context, full bool) (sandbox.State, error) {
	_, done, err := s.begin(ctx)
	if err != nil {
		return sandbox.State{}, err
	}
	defer done()
	st, err := s.snapshot(full)
	if err != nil {
		s.kept = kept{} // the changes since the last one may be lost: the next one is a full one
		return sandbox.State{}, failed(fmt.Errorf("capture the state: %w", err))
	}
	return st, nil
}

func (s *session) snapshot(full bool) (sandbox.State, error) {
	full = full || s.kept.last == ""
	head := stateHead{
		Image: s.g.p.image.ID, Step: s.n, Size: s.g.store.Size(), Stack: s.g.saved, Wall: s.g.clock.wall, Mono: s.elapsed(),
	}
	var pages [][]byte // in blocks: they are many megabytes where a step made large data
	wasFull, err := s.g.store.Changes(full, func(page int, old, new []byte) error {
		if n := len(head.Pages) - 1; n >= 0 && head.Pages[n][0]+head.Pages[n][1] == page {
			head.Pages[n][1]++
		} else {
			head.Pages = append(head.Pages, [2]int{page, 1})
		}
		n := len(pages) - 1
		if n < 0 || len(pages[n]) == cap(pages[n]) {
			pages, n = append(pages, make([]byte, 0, pageBlock)), n+1
		}
		at := len(pages[n])
		pages[n] = pages[n][:at+pageSize]
		xor(pages[n][at:], old, new)
		return nil
	})
	if err != nil {
		return sandbox.State{}, err
	}
	if wasFull || s.kept.pieces == nil {
		s.kept = kept{pieces: map[string]bool{}, sums: s.kept.sums}
	}
	head.Base = s.kept.last
	content := s.describeFiles(&head)
	w, err := newStateWriter(head)
	if err != nil {
		return sandbox.State{}, err
	}
	for _, b := range append(pages, content...) {
		w.write(b)
	}
	data, err := w.close()
	if err != nil {
		return sandbox.State{}, err
	}
	st := sandbox.State{ID: stateID(data), Base: head.Base, Image: head.Image, Step: head.Step, Raw: w.raw, Data: data}
	s.kept.last = st.ID
	return st, nil
}

// describeFiles describes files and descriptors in the head, and gives the pieces that are new.
func (s *session) describeFiles(head *stateHead) (content [][]byte) {
	open, held := s.g.proc.State()
	nodes, nextIno := s.g.proc.FS.State(held)
	head.Open, head.NextIno = open, nextIno
	sums := make(map[uint64]fileSums, len(nodes))
	for _, n := range nodes {
		sn := stateNode{NodeState: n}
		if !n.Given && n.Kind == memfs.File {
			sn.Size = int64(len(n.Data))
			known := s.kept.sums[n.Ino]
			if known.version != n.Version {
				known = fileSums{n.Version, sumPieces(n.Data)}
			}
			sums[n.Ino] = known
			sn.Pieces = known.sums
			for i, sum := range known.sums {
				if !s.kept.pieces[string(sum)] {
					s.kept.pieces[string(sum)] = true
					b := n.Data[i*pieceSize : min((i+1)*pieceSize, len(n.Data))]
					head.Pieces = append(head.Pieces, piece{sum, len(b)})
					content = append(content, b)
				}
			}
		}
		head.Nodes = append(head.Nodes, sn)
	}
	s.kept.sums = sums
	return content
}

func sumPieces(data []byte) (sums [][]byte) {
	for i := 0; i < len(data); i += pieceSize {
		sum := sha256.Sum256(data[i:min(i+pieceSize, len(data))])
		sums = append(sums, sum[:])
	}
	return sums
}

// Restore implements sandbox.Sandbox.
func (e *Engine) Restore(ctx context.Context, cfg sandbox.Config, host sandbox.Host, states []sandbox.State) (sandbox.Session, error) {
	o, err := e.prepareOpen(ctx, cfg, host, "resume")
	if err != nil {
		return nil, err
	}
	var c chain
	for _, st := range states {
		if err := c.add(st.Data, o.p.image.ID); err != nil {
			return nil, unusable(err)
		}
	}
	if c.id == "" {
		return nil, unusable(errors.New("there is none"))
	}
	s := newSession(o.p, cfg, o.lim, host, c.head.Size, func(max int64) *guest { return newGuest(o.p, linmem.NewStore(o.p.memory, int(max))) })
	s.tables, s.drawer = e.cfg.Tables, e.cfg.Draw
	if err := s.restore(ctx, &c, cfg.Files, o.request); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func unusable(err error) error {
	do := "The run's code can be executed again instead: sandglass replay."
	if errors.Is(err, errState) {
		do = "Go on from another step. " + do
	}
	return fault.Wrap(err, fault.StateUnusable, "The state of the sandbox cannot be restored", err.Error(), do)
}

func (s *session) restore(ctx context.Context, c *chain, files []sandbox.File, request []byte) error {
	if err := s.addFiles(files); err != nil {
		return err
	}
	pages := make(map[int][]byte, len(c.pages))
	for i, b := range c.pages {
		if i < c.head.Size/pageSize { // always so
			xor(b, b, s.g.store.Page(i))
			pages[i] = b
		}
	}
	if err := s.g.store.Load(c.head.Size, pages); err != nil {
		return unusable(err)
	}
	if err := s.restoreFiles(c); err != nil {
		return err
	}
	s.g.saved, s.n = c.head.Stack, c.head.Step
	s.mono = max(c.head.Mono, s.mono)
	s.g.clock.mono = s.mono
	s.kept = kept{last: c.id, pieces: make(map[string]bool, len(c.pieces))}
	for sum := range c.pieces {
		s.kept.pieces[sum] = true
	}
	return s.begun(ctx, request)
}

func (s *session) restoreFiles(c *chain) error {
	nodes, err := c.files()
	if err != nil {
		return unusable(err)
	}
	byIno, err := s.g.proc.FS.Load(nodes, c.head.NextIno)
	if err != nil {
		return unusable(err)
	}
	err = s.g.proc.Load(c.head.Open, byIno)
	var missing wasi.MissingFile
	if errors.As(err, &missing) {
		for _, n := range nodes {
			if n.Ino == missing.Ino {
				return fault.New(fault.StateUnusable, "The state of the sandbox cannot be restored",
					"its code has the input file "+n.Name+" open, which is not given", "Give the file, or go on from an earlier step.")
			}
		}
	}
	if err != nil {
		return unusable(err)
	}
	return nil
}
