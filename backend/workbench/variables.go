package workbench

import (
	"context"
	"fmt"
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
	n, last := codesUntil(events, q.Code)
	if n == 0 {
		return event.Page{}, fault.New(fault.NotFound, "This run has no such code, or it was not finished", "", "")
	}
	if live := w.liveSession(id); live != nil && last {
		return live.Inspect(ctx, q.Name, q.Path, q.Offset, q.Limit)
	}
	return event.Page{}, fault.New(fault.NotFound, fmt.Sprintf("The state after step %d is not kept", n), "", "")
}

// codesUntil counts the pieces of code that were finished up to the one that the event code began, itself included; 0 if
// it was not finished. last says whether nothing was begun after it.
func codesUntil(events []event.Event, code int64) (n int, last bool) {
	codes := 0
	for _, e := range events {
		switch e.Body.(type) {
		case event.CodeStarted:
			last = false
		case event.CodeFinished:
			if codes++; e.Span == code {
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
