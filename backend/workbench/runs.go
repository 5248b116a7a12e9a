package workbench

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/store"
)

// pageSize is how many events go to a roof at once: some 100 kB of JSON, drawn in a frame.
const pageSize = 500

// Start begins a run of a task, for somebody who watches (the window, a browser).
func (w *Workbench) Start(req StartRequest) (event.Run, error) {
	run, err := w.start(Spec{Task: req.Task, Agent: req.Agent, Draft: req.Draft, Model: req.Model, Files: req.Files, Vars: varsOf(req.Values), From: req.From})
	if err == nil && req.Draft != nil { // its agent may never be saved as it was: the list of runs says so
		run.Tags = []string{draftTag}
		err = w.store.SetTags(w.base, run.ID, run.Tags)
	}
	return run, err
}

func (w *Workbench) start(spec Spec) (event.Run, error) {
	l, err := w.Launch(w.base, spec)
	if err != nil {
		return event.Run{}, err
	}
	return l.Run, nil
}

// Stop ends a run; its ending is recorded a moment later. Stopping a run that has ended is no error: the two may
// cross.
func (w *Workbench) Stop(id event.RunID) error {
	w.mu.Lock()
	l := w.runs[id]
	w.mu.Unlock()
	if l == nil {
		run, err := w.store.Run(w.base, id)
		if err != nil {
			return err
		}
		if run.Status == event.Running {
			return notHere(id)
		}
		return nil
	}
	l.stop(context.Canceled)
	return nil
}

// Runs is a page of the history.
func (w *Workbench) Runs(q RunQuery) (RunPage, error) {
	hits, total, err := w.store.Runs(w.base, store.Query{Search: q.Search, Status: q.Status, Agent: q.Agent, Tag: q.Tag, Parent: q.Parent, Limit: q.Limit, Before: q.Before})
	if err != nil {
		return RunPage{}, err
	}
	page := RunPage{Runs: make([]RunHit, len(hits)), Total: total}
	for i, h := range hits {
		page.Runs[i] = RunHit{Run: h.Run, Snippet: h.Snippet}
		if h.Parent == "" {
			continue
		}
		switch parent, err := w.store.Run(w.base, h.Parent); {
		case err == nil:
			page.Runs[i].ParentTitle = parent.Title
		case !fault.Is(err, fault.NotFound): // deleted, or on the computer that the run was imported from
			return RunPage{}, err
		}
	}
	return page, nil
}

// Run is one row of the history; the beginning of its id suffices.
func (w *Workbench) Run(id event.RunID) (event.Run, error) {
	return w.store.FindRun(w.base, string(id))
}

// RunEvents is a part of a run's log, after a Seq.
func (w *Workbench) RunEvents(id event.RunID, after int64) (EventPage, error) {
	events, err := w.store.Events(w.base, id, after, pageSize+1)
	if err != nil {
		return EventPage{}, err
	}
	page := EventPage{Events: events, Last: after, More: len(events) > pageSize}
	if page.More {
		page.Events = events[:pageSize]
	}
	if len(page.Events) == 0 {
		page.Events = []event.Event{} // [] in JSON, not null
		if after == 0 {
			_, err = w.store.Run(w.base, id)
		}
		return page, err
	}
	page.Last = page.Events[len(page.Events)-1].Seq
	return page, nil
}

// DeleteRun deletes a run and the files that only it had.
func (w *Workbench) DeleteRun(id event.RunID) error {
	w.mu.Lock()
	_, goesOn := w.runs[id]
	w.mu.Unlock()
	if goesOn {
		return fault.New(fault.Conflict, "The run is still going on", "", "Stop it first.")
	}
	sent := w.uploadsOf(id)
	if err := w.store.DeleteRun(w.base, id); err != nil {
		return err
	}
	if err := w.pruneUploads(sent...); err != nil {
		return fault.Wrap(err, fault.Denied, "The run is deleted, but not the files that were sent for it", err.Error(), "")
	}
	if err := os.RemoveAll(w.artefactDir(id)); err != nil {
		return fault.Wrap(err, fault.Denied, "The run is deleted, but not the files that were written out for it", err.Error(), "")
	}
	_, err := w.store.GC(w.base)
	return err
}

// TagRun sets a run's tags.
func (w *Workbench) TagRun(id event.RunID, tags []string) error {
	return w.store.SetTags(w.base, id, tags)
}

// ArtefactFile is a file that a run wrote, as it was last. Path is set by ExportArtefacts only: in the blob store
// the content is compressed.
type ArtefactFile struct {
	Name      string `json:"name"`
	Path      string `json:"path"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	Blob      string `json:"blob"`
}

// Artefacts are the files that a run wrote, each as it was last, in the order of their first writing.
func (w *Workbench) Artefacts(id event.RunID) ([]ArtefactFile, error) {
	events, err := w.store.Events(w.base, id, 0, 0)
	if err != nil {
		return nil, err
	}
	var out []ArtefactFile
	at := map[string]int{}
	callers := map[int64]string{}
	for _, e := range events {
		if s, ok := e.Body.(event.AgentStarted); ok {
			callers[e.Seq] = s.Name
		}
		b, ok := e.Body.(event.ArtefactSaved)
		if !ok || b.Whole {
			continue
		}
		if b.Agent != 0 { // what a called agent wrote, and did not hand to its manager, stands apart
			b.Name = path.Join("team", callers[b.Agent], b.Name)
		}
		f := ArtefactFile{Name: b.Name, MediaType: b.MediaType, Size: b.Size, Blob: b.Blob}
		if i, seen := at[b.Name]; seen {
			out[i] = f
			continue
		}
		at[b.Name] = len(out)
		out = append(out, f)
	}
	return out, nil
}

// ExportArtefacts writes the files of a run into the data folder, where scripts can read them, and tells their paths.
func (w *Workbench) ExportArtefacts(id event.RunID) ([]ArtefactFile, error) {
	files, err := w.Artefacts(id)
	if err != nil || len(files) == 0 {
		return files, err
	}
	dir := w.artefactDir(id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Denied, "The run's files cannot be written", err.Error(), "Check the data folder "+w.home+".")
	}
	root, err := os.OpenRoot(dir) // names come from an agent's code: none may lead out of the folder
	if err != nil {
		return nil, fmt.Errorf("write the files of run %s: %w", id, err)
	}
	defer root.Close()
	for i := range files {
		if err := w.exportArtefact(root, &files[i]); err != nil {
			return nil, fmt.Errorf("write file %s of run %s: %w", files[i].Name, id, err)
		}
		files[i].Path = filepath.Join(dir, filepath.FromSlash(files[i].Name))
	}
	return files, nil
}

func (w *Workbench) artefactDir(id event.RunID) string {
	return filepath.Join(w.home, "artefacts", string(id))
}

func (w *Workbench) exportArtefact(root *os.Root, f *ArtefactFile) error {
	r, _, err := w.store.Blob(w.base, f.Blob)
	if err != nil {
		return err
	}
	defer r.Close()
	name := filepath.FromSlash(f.Name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	out, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, out.Close())
}

// maxArtefact is what crosses to the window at once.
const maxArtefact = 64 << 20

// Artefact is the content of a file that a run wrote, or of a value that it displayed: as it was last if it is named, and
// exactly one version if its blob is; what a called agent wrote has no name of the run's. Faults: NotFound, Invalid (over 64 MiB).
func (w *Workbench) Artefact(id event.RunID, name string) (ArtefactData, error) {
	events, err := w.store.Events(w.base, id, 0, 0)
	if err != nil {
		return ArtefactData{}, err
	}
	for _, e := range slices.Backward(events) {
		f, ok := e.Body.(event.ArtefactSaved)
		if in := shownAs(e, name); in != nil {
			f, ok = event.ArtefactSaved{Name: in.Name, MediaType: in.Shown.MediaType, Size: in.Size, Blob: name}, true
		}
		if !ok || (f.Name != name || f.Agent != 0) && f.Blob != name {
			continue
		}
		if f.Size > maxArtefact {
			return ArtefactData{}, fault.New(fault.Invalid, fmt.Sprintf("%s is too large to show (%d MB)", f.Name, f.Size>>20), "", "")
		}
		data, err := w.blob(f.Blob)
		if err != nil {
			return ArtefactData{}, fmt.Errorf("read file %s of run %s: %w", f.Name, id, err)
		}
		return ArtefactData{Name: path.Base(f.Name), MediaType: f.MediaType, Size: f.Size, Base64: base64.StdEncoding.EncodeToString(data)}, nil
	}
	return ArtefactData{}, fault.New(fault.NotFound, fmt.Sprintf("The run wrote no file %q", name), "", "")
}

// StartSample begins a run of a sample task, with a model or the demo.
func (w *Workbench) StartSample(id string, model llm.Ref) (event.Run, error) {
	spec, err := w.sampleSpec(id)
	if err != nil {
		return event.Run{}, err
	}
	if spec.Model = model; model == "" {
		spec.Model = DemoModel
	}
	return w.start(spec)
}
