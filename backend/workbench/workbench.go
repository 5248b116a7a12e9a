package workbench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/journal"
	"sandglass/backend/keyring"
	"sandglass/backend/llm/retry"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/store"
	"sandglass/backend/tables"
)

// Config says where and as what a workbench opens.
type Config struct {
	Version string
	Home    string // data folder; "" for $SANDGLASS_HOME, else the platform's

	// Patience is how long a provider may take to list its models, or to answer a test, before it counts as not answering;
	// 0 for 10 s.
	Patience time.Duration
}

// Workbench is the desk with everything on it. It is safe for concurrent use; several may share one data folder
// (the window and the command line).
type Workbench struct {
	version string
	home    string
	store   *store.Store
	journal *journal.Journal
	keys    *keyring.Keyring
	engine  *cpython.Engine
	hub     *hub
	net     *network

	patience time.Duration // see Config

	base    context.Context // ends with Close
	end     context.CancelFunc
	working sync.WaitGroup

	mu      sync.Mutex
	limits  map[string]*retry.Limit   // by provider
	jobs    []*job                    // oldest first
	runs    map[event.RunID]*Launched // that go on here
	notices []fault.Error
}

// Home is the data folder that a Config means.
func (c Config) home() (string, error) {
	if c.Home != "" {
		return filepath.Abs(c.Home)
	}
	if h := os.Getenv("SANDGLASS_HOME"); h != "" {
		return filepath.Abs(h)
	}
	return platformHome()
}

// platformHome is where programs keep a user's data: XDG_DATA_HOME on Linux, else the config folder of the system.
func platformHome() (string, error) {
	if runtime.GOOS == "linux" {
		if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
			return filepath.Join(d, "sandglass"), nil
		}
		if h, err := os.UserHomeDir(); err == nil {
			return filepath.Join(h, ".local", "share", "sandglass"), nil
		}
	}
	d, err := os.UserConfigDir()
	if err != nil {
		return "", fault.Wrap(err, fault.NotFound, "There is no folder to keep data in", err.Error(), "Set SANDGLASS_HOME to a folder.")
	}
	return filepath.Join(d, "Sandglass"), nil
}

// Open opens the workbench: the store, the keys, and in the background the Python runtime, so that the first task
// need not wait for it. Runs that the app died in the middle of are marked interrupted.
func Open(cfg Config) (*Workbench, error) {
	home, err := cfg.home()
	if err != nil {
		return nil, err
	}
	st, err := store.Open(home)
	if fault.Is(err, fault.Internal) { // what has a name of its own says what to do
		err = fault.Wrap(err, fault.Denied, "The data folder "+home+" cannot be used", err.Error(), "Set SANDGLASS_HOME to a folder that you may write to.")
	}
	if err != nil {
		return nil, err
	}
	base, end := context.WithCancel(context.Background())
	w := &Workbench{
		version: cfg.Version, home: home, store: st, keys: keyring.Open(home), hub: newHub(), net: newNetwork(),
		base: base, end: end, runs: map[event.RunID]*Launched{}, limits: map[string]*retry.Limit{},
		engine: cpython.New(cpython.Config{Tables: tables.Parts, Draw: drawFigure}), patience: firstNonZero(cfg.Patience, 10*time.Second),
	}
	w.journal = journal.New(st, time.Now)
	if n := st.Notice(); n != nil {
		w.notices = append(w.notices, *n)
	}
	marked, err := st.MarkInterrupted(base)
	if err != nil {
		w.notices = append(w.notices, *fault.Of(err))
	}
	if n := len(marked); n > 0 {
		w.notices = append(w.notices, *endedUnexpectedly(n))
	}
	signals, stop := w.journal.Watch()
	w.background(func() { w.relay(signals, stop) })
	w.background(w.prepare)
	w.background(func() { _ = w.pruneUploads() }) // what cannot be deleted now is tried at the next start
	return w, nil
}

// endedUnexpectedly tells that the app died in the middle of n runs: a crash must not pass unnoticed.
func endedUnexpectedly(n int) *fault.Error {
	what := "a run was"
	if n > 1 {
		what = fmt.Sprintf("%d runs were", n)
	}
	return fault.New(fault.Internal, "Sandglass ended unexpectedly while "+what+" going on",
		"it crashed, was killed, or the computer lost power",
		"What was done until then is kept: look for the status \"interrupted\" in the list of runs, and run the task again.")
}

func (w *Workbench) background(f func()) {
	w.working.Add(1)
	go func() {
		defer w.working.Done()
		f()
	}()
}

// relay passes the journal's signals on to the roofs.
func (w *Workbench) relay(signals <-chan journal.Signal, stop func()) {
	defer stop()
	for {
		select {
		case <-w.base.Done():
			return
		case s, ok := <-signals:
			if !ok {
				return
			}
			w.hub.signal(Signal{Run: s.Run, Seq: s.Seq})
		}
	}
}

// prepare compiles the Python runtime. What goes wrong is told by Status and by the first run.
func (w *Workbench) prepare() {
	_ = w.engine.Prepare(w.base, func(string) { w.hub.statusChanged() })
	w.hub.statusChanged()
}

// Close stops the runs that go on, waits for their endings to be recorded, and closes the store.
func (w *Workbench) Close() error {
	w.end()
	w.working.Wait()
	return w.store.Close()
}

// Notices are the faults that the start survived: they are to be shown once.
func (w *Workbench) Notices() []fault.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]fault.Error(nil), w.notices...)
}

// Subscribe gives the stream of messages until stop is called.
func (w *Workbench) Subscribe() (<-chan Message, func()) { return w.hub.subscribe() }
