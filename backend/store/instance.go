package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"sandglass/backend/event"
)

// instance is one open store: a file in instances/ that is locked for as long as the process lives. The system
// gives up the lock however the process ends, kill -9 included, and unlike a process number it cannot be confused
// with that of a later process. (On a network file system whose locks do not reach other computers, two computers
// would take each other's runs for interrupted; sharing a data folder that way is not supported.)
type instance struct {
	id   string
	file *os.File
	path string
}

const lockSuffix = ".lock"

func lockPath(dir, id string) string { return filepath.Join(dir, "instances", id+lockSuffix) }

// register makes and locks the file of this instance.
func register(dir string) (*instance, error) {
	if err := os.MkdirAll(filepath.Join(dir, "instances"), 0o700); err != nil {
		return nil, err
	}
	for {
		id := ulid.Make().String()
		path := lockPath(dir, id)
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if ok, err := lockFile(f); err != nil {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		} else if ok && sameFile(f, path) {
			return &instance{id, f, path}, nil
		}
		// Between making and locking, a sweep took the file for an orphan: again, with a new id.
		f.Close()
	}
}

func sameFile(f *os.File, path string) bool {
	a, err1 := f.Stat()
	b, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// release removes the file first where the system lets it, so that no instance sees an unlocked file of a live one.
func (i *instance) release() {
	err := os.Remove(i.path)
	i.file.Close()
	if err != nil { // Windows does not remove open files
		_ = os.Remove(i.path)
	}
}

// reap says whether the instance is gone, and removes its file if so.
func reap(dir, id string) (gone bool, err error) {
	path := lockPath(dir, id)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	free, err := lockFile(f)
	if err != nil || !free {
		return false, err
	}
	(&instance{id, f, path}).release()
	return true, nil
}

// others lists the other instances that are alive, and removes the files of those that are not.
func others(dir string, me *instance) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, "instances"))
	if err != nil {
		return nil, err
	}
	var alive []string
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), lockSuffix)
		if !ok || id == me.id {
			continue
		}
		gone, err := reap(dir, id)
		if err != nil {
			return nil, err
		}
		if !gone {
			alive = append(alive, id)
		}
	}
	return alive, nil
}

// MarkInterrupted ends, with RunInterrupted, the runs without an ending whose instance of the app is gone, and gives
// their ids. Runs of this instance and of others that are alive are not touched. Call it at the start of the app.
func (s *Store) MarkInterrupted(ctx context.Context) ([]event.RunID, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, instance FROM runs WHERE status = ? AND instance <> ? ORDER BY id`,
		event.Running, s.inst.id)
	if err != nil {
		return nil, s.wrap("find interrupted runs", err)
	}
	defer rows.Close()
	type owned struct {
		run   event.RunID
		owner string
	}
	var open []owned
	for rows.Next() {
		var o owned
		if err := rows.Scan(&o.run, &o.owner); err != nil {
			return nil, s.wrap("find interrupted runs", err)
		}
		open = append(open, o)
	}
	if err := rows.Err(); err != nil {
		return nil, s.wrap("find interrupted runs", err)
	}
	gone := map[string]bool{}
	var marked []event.RunID
	for _, o := range open {
		dead, known := gone[o.owner]
		if !known {
			if dead, err = reap(s.dir, o.owner); err != nil {
				return marked, s.wrap("look for other instances", err)
			}
			gone[o.owner] = dead
		}
		if !dead {
			continue
		}
		// Another instance that starts now may be doing the same: then ours is refused, and that is fine.
		switch _, err := s.Append(ctx, o.run, 1, event.RunInterrupted{}, time.Now()); {
		case err == nil:
			marked = append(marked, o.run)
		case !conflict(err):
			return marked, fmt.Errorf("mark run %s: %w", o.run, err)
		}
	}
	_, err = others(s.dir, s.inst) // tidies up
	return marked, s.wrap("look for other instances", err)
}
