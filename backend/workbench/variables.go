package workbench

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// inspectLimit bounds a look into a run's variables, restoring included.
const inspectLimit = 30 * time.Second

// Variable gives a page of a variable as it was after a piece of a run's code; see sandbox.Session.Inspect.
func (w *Workbench) Variable(id event.RunID, q VariableQuery) (event.Page, error) {
	ctx, cancel := context.WithTimeout(w.base, inspectLimit)
	defer cancel()
	events, err := w.store.Events(ctx, id, 0, 0)
	if err != nil {
		return event.Page{}, err
	}
	whose := int64(0)
	var cast event.Cast
	for _, e := range events {
		if in, _ := cast.See(e); e.Seq == q.Code {
			whose = in
		}
	}
	events = event.Of(events, whose)
	n, last := codesUntil(events, q.Code)
	if n == 0 {
		return event.Page{}, fault.New(fault.NotFound, "This run has no such code, or it was not finished", "", "")
	}
	if live := w.liveSession(id); live != nil && last && whose == 0 {
		return live.Inspect(ctx, q.Name, q.Path, q.Offset, q.Limit)
	}
	then, err := w.stateAfter(ctx, id, whose, events, n)
	if whose != 0 && (fault.Is(err, fault.NotFound) || fault.Is(err, fault.StateUnusable)) {
		return w.memberVariable(ctx, events, q)
	}
	if err != nil {
		return event.Page{}, err
	}
	defer then.Close()
	return then.Inspect(ctx, q.Name, q.Path, q.Offset, q.Limit)
}

// memberVariable looks into a variable of a called agent whose state is not kept, or not yet: its code is executed again up
// to there.
func (w *Workbench) memberVariable(ctx context.Context, events []event.Event, q VariableQuery) (event.Page, error) {
	again := &again{w: w, events: events}
	defer again.close()
	for again.next() {
		if _, err := again.step(ctx); err != nil {
			return event.Page{}, err
		}
		if again.seq == q.Code {
			break
		}
	}
	return again.session.Inspect(ctx, q.Name, q.Path, q.Offset, q.Limit)
}

// stateAfter restores the sandbox of an agent as it was after n pieces of its code, to look at.
func (w *Workbench) stateAfter(ctx context.Context, id event.RunID, whose int64, events []event.Event, n int) (sandbox.Session, error) {
	chain, err := w.store.StateChain(ctx, id, whose, n)
	if err != nil {
		return nil, fault.Wrap(err, fault.Of(err).Code, "The variables of this step cannot be looked into any more", fault.Of(err).Error(),
			"What the list shows of them stays. In the settings more states can be kept.")
	}
	cfg := sandbox.Config{Imports: []string{}}
	var files []event.InputFile
	for _, e := range events {
		switch b := e.Body.(type) {
		case event.RunStarted:
			files, cfg.Limits = append(files, b.Files...), limitsOf(b)
		case event.RunForked:
			files, cfg.Limits = append(files, b.Now.Files...), limitsOf(b.Now)
		case event.AgentStarted:
			files, cfg.Limits = append(files, b.Now.Files...), limitsOf(b.Now)
		}
	}
	for _, f := range files { // without their variables, which would be set anew
		in := sandbox.File{Name: f.Name, Size: f.Size, Open: w.openInput(f)}
		if look(f) == fileGone {
			in.Open = func() (io.ReadSeekCloser, error) { return missingFile{}, nil }
		}
		cfg.Files = append(cfg.Files, in)
	}
	return w.engine.Restore(ctx, cfg, noHost{}, chain)
}

// limitsOf are those that a run's sandbox had: its memory must fit again.
func limitsOf(begun event.RunStarted) sandbox.Limits {
	var cfg sandbox.Config
	_ = json.Unmarshal(begun.Setup, &cfg) // without it, the defaults
	return cfg.Limits
}

// codesUntil counts the pieces of code that were finished up to the one that the event code began, itself included; 0 if
// it was not finished. last says whether nothing was begun after it.
func codesUntil(events []event.Event, code int64) (n int, last bool) {
	codes := 0
	for _, e := range events {
		switch b := e.Body.(type) {
		case event.CodeStarted:
			last = false
		case event.CodeFinished:
			if b.Ran() {
				codes++
			}
			if e.Span == code {
				n, last = codes, true
			}
		}
	}
	return n, last
}

// liveSession is the sandbox of a run that goes on here; nil if there is none.
func (w *Workbench) liveSession(id event.RunID) sandbox.Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := w.runs[id]; l != nil && l.session != nil {
		return l.session.open()
	}
	return nil
}
