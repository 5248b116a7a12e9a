package cpython

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython/internal/memfs"
)

// Answer implements sandbox.Session. As with Holds, whatever it does in the interpreter is undone.
func (s *session) Answer(ctx context.Context) (json.RawMessage, error) {
	inner, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	r := newRun(inner, s.lim, nil)
	s.g.proc.Begin()
	rc, err := s.g.do(r, []byte(`{"op":"answer"}`))
	if rerr := s.rollback(); rerr != nil {
		return nil, rerr
	}
	if inner.Err() != nil {
		return nil, s.cancelled(ctx)
	}
	if err != nil || rc != 0 || r.result == nil {
		return nil, errors.New("it could not be read" + crashReason(err))
	}
	var res struct {
		Answer json.RawMessage
		Failed string
	}
	if err := json.Unmarshal(r.result, &res); err != nil {
		return nil, failed(err)
	}
	if res.Failed != "" {
		return nil, errors.New(cut(res.Failed, maxText))
	}
	return res.Answer, nil
}

// Put implements sandbox.Session.
func (s *session) Put(ctx context.Context, name string, data []byte) error {
	_, done, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	if !fs.ValidPath(name) || name == "." {
		return fault.Newf(fault.Invalid, "%q cannot be the name of a file", name)
	}
	tree := s.g.proc.FS
	dir, e := tree.Lookup(tree.Root(), sandbox.ScratchDir)
	for parent := range parents(name) {
		if e == 0 {
			if e = tree.Mkdir(dir, parent); e == memfs.EEXIST {
				e = 0
			}
		}
	}
	var n *memfs.Node
	if e == 0 {
		n, e = tree.Open(dir, name, memfs.OpenFlags{Write: true, Create: true, Truncate: true})
	}
	if e == 0 {
		_, e = tree.WriteAt(n, data, 0)
	}
	switch e {
	case 0:
		return nil
	case memfs.ENOSPC:
		return fault.New(fault.DiskFull, "The file "+name+" does not fit into the scratch folder", "", "Raise the limit of files in the settings.")
	}
	return fault.Newf(fault.Invalid, "The file %s cannot be written (error %d)", name, e)
}

// parents gives the folders above a path, the uppermost first.
func parents(name string) func(func(string) bool) {
	return func(yield func(string) bool) {
		var all []string
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			all = append(all, d)
		}
		for i := len(all) - 1; i >= 0; i-- {
			if !yield(all[i]) {
				return
			}
		}
	}
}
