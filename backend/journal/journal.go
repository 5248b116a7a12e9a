// Package journal writes the facts of a run down and tells who watches. It is the only way into the log: first the
// event is on disk, then a signal goes out, so that nobody is ever shown what a crash could take back.
package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Log keeps events; backend/store implements it.
type Log interface {
	// Append gives the event its Seq and writes it, together with the run's row in the history, in one transaction.
	// When it returns without an error, a crash of the app cannot lose the event.
	Append(ctx context.Context, run event.RunID, span int64, b event.Body, at time.Time) (event.Event, error)
	// Events gives the events of a run with Seq > after, in order, at most limit of them (0 for all).
	Events(ctx context.Context, run event.RunID, after int64, limit int) ([]event.Event, error)
}

// Signal says that a run's log has grown up to Seq.
type Signal struct {
	Run event.RunID
	Seq int64
}

// Journal records events. It is safe for concurrent use.
type Journal struct {
	log Log
	now func() time.Time

	mu       sync.Mutex
	runs     map[event.RunID]*open // running runs that were recorded here
	ended    map[event.RunID]bool
	watchers map[*watcher]bool
}

// open serialises the recording of one run, so that nothing can slip in behind its ending.
type open struct{ mu sync.Mutex }

// New makes a journal that writes to log; now is the clock (time.Now in the app).
func New(log Log, now func() time.Time) *Journal {
	return &Journal{
		log: log, now: now,
		runs:     map[event.RunID]*open{},
		ended:    map[event.RunID]bool{},
		watchers: map[*watcher]bool{},
	}
}

// Record appends b to the run, then signals. An ending (RunFinished, RunFailed, RunStopped, RunInterrupted) is
// written even when ctx is cancelled already: stopping a run is the usual reason for its end, and it must not be
// the reason why the end is missing. After an ending, recording is refused with a Conflict.
func (j *Journal) Record(ctx context.Context, run event.RunID, span int64, b event.Body) (event.Event, error) {
	if b == nil {
		return event.Event{}, errors.New("record event: no body")
	}
	end := Ends(b)
	if end {
		ctx = context.WithoutCancel(ctx)
	}
	j.mu.Lock()
	o := j.runs[run]
	if o == nil {
		o = &open{}
		j.runs[run] = o
	}
	j.mu.Unlock()

	o.mu.Lock()
	defer o.mu.Unlock()
	if j.hasEnded(run) {
		return event.Event{}, fault.Newf(fault.Conflict, "The run %s has ended; %s cannot be recorded any more", run, b.Kind())
	}
	e, err := j.log.Append(ctx, run, span, b, j.now().UTC().Truncate(time.Millisecond))
	if err != nil {
		return event.Event{}, fmt.Errorf("record %s: %w", b.Kind(), err)
	}
	j.mu.Lock()
	if end {
		j.ended[run] = true
		delete(j.runs, run)
	}
	for w := range j.watchers {
		w.put(Signal{run, e.Seq})
	}
	j.mu.Unlock()
	return e, nil
}

func (j *Journal) hasEnded(run event.RunID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ended[run]
}

// Events gives the events of a run after a Seq, in order, at most limit of them (0 for all).
func (j *Journal) Events(ctx context.Context, run event.RunID, after int64, limit int) ([]event.Event, error) {
	return j.log.Events(ctx, run, after, limit)
}

// For binds the journal to one run: the Recorder that the loop of an agent gets.
func (j *Journal) For(run event.RunID) Recorder { return Recorder{j, run} }

// Recorder records events of one run.
type Recorder struct {
	j   *Journal
	run event.RunID
}

// Record is Journal.Record for the bound run.
func (r Recorder) Record(ctx context.Context, span int64, b event.Body) (event.Event, error) {
	return r.j.Record(ctx, r.run, span, b)
}

// Ends says whether b is the ending of a run.
func Ends(b event.Body) bool {
	switch b.(type) {
	case event.RunFinished, event.RunFailed, event.RunStopped, event.RunInterrupted:
		return true
	}
	return false
}
