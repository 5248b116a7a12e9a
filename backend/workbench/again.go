package workbench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// again executes the code of a run's log once more, in a session of its own, with all that came in from outside then.
type again struct {
	w      *Workbench
	events []event.Event // of one agent

	at      int               // the next event
	base    event.RunStarted  // what the run began with
	now     *event.RunStarted // what it goes on with from here; nil if that is what is open
	files   []event.InputFile // all, as far as the log was read
	session sandbox.Session

	number   int   // of the step
	seq      int64 // of the CodeStarted
	code     event.CodeStarted
	finished event.CodeFinished
	written  map[string]string     // name and hash of the files that the code wrote
	shown    map[string]string     // and of what it displayed
	stopped  bool                  // the code has no ending in the log
	received []event.ArtefactSaved // files that members gave since the code before
}

// next finds the next piece of code.
func (a *again) next() bool {
	for ; a.at < len(a.events); a.at++ {
		switch b := a.events[a.at].Body.(type) {
		case event.RunStarted:
			a.base, a.files = b, b.Files
		case event.AgentStarted:
			if b.Since == 0 {
				a.base, a.files = b.Now, b.Now.Files
			} else {
				a.now, a.files = &b.Now, append(slices.Clone(a.files), b.Now.Files...)
			}
		case event.ArtefactSaved:
			if b.From != "" {
				a.received = append(a.received, b)
			}
		case event.RunForked:
			a.now, a.files = &b.Now, append(slices.Clone(a.files), b.Now.Files...)
		case event.StepStarted:
			a.number = b.Number
		case event.CodeStarted:
			a.code, a.seq = b, a.events[a.at].Seq
			a.ending(a.events[a.at].Seq)
			if !a.finished.Ran() {
				continue
			}
			a.at++
			return true
		}
	}
	return false
}

// ending finds what the log says of the code in a span.
func (a *again) ending(span int64) {
	a.finished, a.written, a.shown, a.stopped = event.CodeFinished{}, map[string]string{}, map[string]string{}, true
	for _, e := range a.events[a.at:] {
		if e.Span != span {
			continue
		}
		switch b := e.Body.(type) {
		case event.CodeFinished:
			a.finished, a.stopped = b, false
		case event.ArtefactSaved:
			switch {
			case b.Whole: // the step's own output
			case b.Displayed:
				a.shown[b.Name] = b.Blob
			default:
				a.written[b.Name] = b.Blob
			}
		}
	}
}

// open opens the session that the next code runs in, or lets the one that is open go on as the log says.
func (a *again) open(ctx context.Context) error {
	if a.session == nil {
		cfg, err := a.config(a.base)
		if err != nil {
			return err
		}
		if a.session, err = a.w.engine.Open(ctx, cfg, noHost{}); err != nil {
			return err
		}
	}
	for _, f := range a.received {
		if err := a.w.putAgain(ctx, a.session, f); err != nil {
			return err
		}
	}
	a.received = nil
	if a.now == nil {
		return nil
	}
	cfg, err := a.config(*a.now)
	if err != nil {
		return err
	}
	st, err := a.session.Snapshot(ctx, true)
	if err != nil {
		return err
	}
	next, err := a.w.engine.Restore(ctx, cfg, noHost{}, []sandbox.State{st})
	if err != nil {
		return err
	}
	a.session.Close()
	a.session, a.now = next, nil
	return nil
}

// config is what a session was opened with. All input files are there; those that begun brought with it set variables.
func (a *again) config(begun event.RunStarted) (cfg sandbox.Config, err error) {
	if len(begun.Setup) == 0 {
		return cfg, fault.New(fault.Conflict, "The run's code cannot be executed again",
			"it was recorded by a version of Sandglass that did not note what came in from outside", "Start its task anew.")
	}
	if err := json.Unmarshal(begun.Setup, &cfg); err != nil {
		return cfg, fault.Wrap(err, fault.Invalid, "The run's settings cannot be read", err.Error(), "")
	}
	for _, t := range cfg.Tools {
		for i := range t.Params {
			if string(t.Params[i].Default) == "null" { // how earlier versions wrote that there is none
				t.Params[i].Default = nil
			}
		}
	}
	if cfg.Packages, err = a.w.packagesAgain(cfg.Packages); err != nil {
		return cfg, err
	}
	cfg.Vars = map[string]json.RawMessage{}
	for _, v := range begun.Vars {
		cfg.Vars[v.Name] = v.JSON
	}
	for _, f := range a.files {
		in := sandbox.File{Name: f.Name, Size: f.Size, Open: a.w.openInput(f)}
		if slices.ContainsFunc(begun.Files, func(own event.InputFile) bool { return own.Name == f.Name }) {
			in.Var = f.Var
		}
		if look(f) == fileGone {
			in.Open = func() (io.ReadSeekCloser, error) { return missingFile{}, nil }
		}
		cfg.Files = append(cfg.Files, in)
	}
	return cfg, nil
}

// step executes the code that next found.
func (a *again) step(ctx context.Context) (sandbox.Output, error) {
	if err := a.open(ctx); err != nil {
		return sandbox.Output{}, err
	}
	tape, err := a.tape()
	if err != nil {
		return sandbox.Output{}, err
	}
	return a.session.Replay(ctx, a.code.Code, tape)
}

func (a *again) tape() ([]byte, error) {
	if a.finished.TapeBlob == "" {
		return a.finished.Tape, nil
	}
	return a.w.blob(a.finished.TapeBlob)
}

// putAgain puts a file that a member gave into the scratch folder.
func (w *Workbench) putAgain(ctx context.Context, s sandbox.Session, f event.ArtefactSaved) error {
	data, err := w.blob(f.Blob)
	if err != nil {
		return err
	}
	return s.Put(ctx, f.Name, data)
}

func (a *again) close() {
	if a.session != nil {
		a.session.Close()
	}
}

// noHost is a host that is never asked: answers come from the tape.
type noHost struct{}

func (noHost) CallTool(context.Context, string, json.RawMessage) (json.RawMessage, error) {
	return nil, errors.New("no tool is called when code is executed again")
}
func (noHost) Output(string, bool) {}

// missingFile stands for an input file that is not there any more.
type missingFile struct{}

func (missingFile) Read([]byte) (int, error)       { return 0, fs.ErrNotExist }
func (missingFile) Seek(int64, int) (int64, error) { return 0, nil }
func (missingFile) Close() error                   { return nil }

// Difference is one thing that was not the same when a step was executed again.
type Difference struct {
	What string `json:"what"` // "stdout", "value", "error", "file log.txt", …
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// String is the difference on one line.
func (d Difference) String() string { return fmt.Sprintf("%s was %q and is %q", d.What, d.Was, d.Is) }

// compare says what of an execution is not as it was recorded.
func compare(was event.CodeFinished, is sandbox.Output) []Difference {
	var out []Difference
	add := func(what, a, b string) {
		if a != b {
			out = append(out, Difference{what, a, b})
		}
	}
	add("stdout", was.Stdout, is.Stdout)
	add("stderr", was.Stderr, is.Stderr)
	add("dropped output", fmt.Sprint(was.Truncated), fmt.Sprint(is.Truncated))
	value := func(what string, a, b *event.Value) {
		if a != nil && b != nil && a.Repr != b.Repr {
			add(what, a.Repr, b.Repr) // which says it best
		} else {
			add(what, text(a), text(b))
		}
	}
	value("value", was.Value, is.Value)
	value("final answer", was.Final, is.Final)
	add("error", text(was.Error), text(is.Error))
	add("stopped because of", was.Killed, is.Killed)
	if is.Diverged != "" {
		out = append(out, Difference{What: "what it did", Was: "", Is: is.Diverged})
	}
	return out
}

// text is a value or an error as it is kept.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" {
		return ""
	}
	// Once more, because JSON within JSON is written compactly.
	var again any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if d.Decode(&again) != nil {
		return string(b)
	}
	b, _ = json.Marshal(again)
	return string(b)
}

// compareShown compares what a step displayed with what was kept of it.
func (a *again) compareShown(is sandbox.Output) (out []Difference) {
	for _, d := range is.Displayed {
		sum := sha256.Sum256(d.Data)
		was, ok := a.shown[d.Name]
		if is := hex.EncodeToString(sum[:]); !ok {
			out = append(out, Difference{d.Name, "not displayed", "displayed"})
		} else if was != is {
			out = append(out, Difference{d.Name, "sha256 " + was, "sha256 " + is})
		}
		delete(a.shown, d.Name)
	}
	for name := range a.shown {
		out = append(out, Difference{name, "displayed", "not displayed"})
	}
	return out
}

// compareFiles compares what a step wrote with what was kept of it.
func (a *again) compareFiles(is sandbox.Output) ([]Difference, error) {
	var out []Difference
	seen := map[string]bool{}
	for _, name := range is.Written {
		hash, err := hashOf(a.session.Scratch(), name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // written and removed again
		}
		if err != nil {
			return nil, err
		}
		seen[name] = true
		if was, ok := a.written[name]; !ok {
			out = append(out, Difference{"file " + name, "not written", "written"})
		} else if was != hash {
			out = append(out, Difference{"file " + name, "sha256 " + was, "sha256 " + hash})
		}
	}
	for name := range a.written {
		if _, err := fs.Stat(a.session.Scratch(), name); !seen[name] && err != nil {
			out = append(out, Difference{"file " + name, "written", "not written"})
		}
	}
	return out, nil
}

func hashOf(folder fs.FS, name string) (string, error) {
	f, err := folder.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
