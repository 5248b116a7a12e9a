package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"sandglass/backend/sandbox"
)

// saver writes what code left into a folder of the user's. Names come from the code: a root keeps them inside. A nil one
// writes nothing.
type saver struct {
	root  *os.Root
	files int
}

func newSaver(dir string) (*saver, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, usage("--save: %v", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, usage("--save: %v", err)
	}
	return &saver{root: root}, nil
}

// displayed writes the figures, tables and images that a cell showed.
func (s *saver) displayed(out sandbox.Output) error {
	if s == nil {
		return nil
	}
	for _, d := range out.Displayed {
		if err := s.write(d.Name, func(f io.Writer) error { _, err := f.Write(d.Data); return err }); err != nil {
			return err
		}
	}
	return nil
}

// scratch writes the files of the working folder, as they are at the end.
func (s *saver) scratch(files fs.FS) error {
	if s == nil {
		return nil
	}
	return fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		r, err := files.Open(name)
		if err != nil {
			return err
		}
		defer r.Close()
		return s.write(name, func(f io.Writer) error { _, err := io.Copy(f, r); return err })
	})
}

func (s *saver) write(name string, fill func(io.Writer) error) error {
	at := filepath.FromSlash(name)
	err := s.root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o755)
	if err != nil {
		return fmt.Errorf("--save %s: %w", s.root.Name(), err)
	}
	f, err := s.root.Create(at)
	if err != nil {
		return fmt.Errorf("--save %s: %w", s.root.Name(), err)
	}
	if err := errors.Join(fill(f), f.Close()); err != nil {
		return fmt.Errorf("--save %s: write %s: %w", s.root.Name(), name, err)
	}
	s.files++
	return nil
}
