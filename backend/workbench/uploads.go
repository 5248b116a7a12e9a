package workbench

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// What a browser sends lies in a folder of its own until nothing refers to it: neither a run that it was given to, nor
// for some time a page in which a task is being written.

// uploadGrace is how long an upload is kept without a run: a task may be written for as long, with its files chosen.
const uploadGrace = 7 * 24 * time.Hour

func (w *Workbench) uploads() string { return filepath.Join(w.home, "uploads") }

// isUpload says whether a file came from a browser.
func (w *Workbench) isUpload(path string) bool {
	return strings.HasPrefix(path, w.uploads()+string(filepath.Separator))
}

// KeepUpload stores a file that a browser sent in the data folder and looks at it.
func (w *Workbench) KeepUpload(name string, r interface{ Read([]byte) (int, error) }) (FileInfo, error) {
	name = filepath.Base(filepath.Clean("/" + name))
	if name == "/" || name == "." || !utf8.ValidString(name) || len(name) > 200 {
		return FileInfo{}, fault.New(fault.Invalid, "The file's name cannot be used", "", "Rename it.")
	}
	dir := filepath.Join(w.uploads(), ulid.Make().String())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return FileInfo{}, fault.Wrap(err, fault.Denied, "The file cannot be stored", err.Error(), "Check the data folder "+w.home+".")
	}
	full := filepath.Join(dir, name)
	if err := writeFrom(full, r); err != nil {
		os.RemoveAll(dir)
		return FileInfo{}, err
	}
	infos, err := w.InspectFiles([]FileRef{{Path: full}})
	if err != nil {
		return FileInfo{}, err
	}
	return infos[0], nil
}

// pruneUploads deletes what browsers sent, if no run was given it and it is older than uploadGrace, or in the folders that
// were named, whatever their age.
func (w *Workbench) pruneUploads(folders ...string) error {
	kept, err := os.ReadDir(w.uploads())
	if errors.Is(err, os.ErrNotExist) || err == nil && len(kept) == 0 {
		return nil
	}
	given, gerr := w.store.InputSources(w.base)
	if err = cmp.Or(err, gerr); err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, source := range given {
		needed[filepath.Dir(source)] = true
	}
	for _, d := range kept {
		dir := filepath.Join(w.uploads(), d.Name())
		info, ierr := d.Info()
		old := ierr == nil && time.Since(info.ModTime()) > uploadGrace
		if !needed[dir] && (old || slices.Contains(folders, dir)) {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	return err
}

// uploadsOf are the folders of what browsers sent and the run was given.
func (w *Workbench) uploadsOf(id event.RunID) []string {
	var out []string
	events, err := w.store.Events(w.base, id, 0, 0)
	if err != nil {
		return nil // then they go when they are old
	}
	for _, e := range event.Of(events, 0) {
		for _, f := range givenBy(e) {
			if w.isUpload(f.Source) {
				out = append(out, filepath.Dir(f.Source))
			}
		}
	}
	return out
}
