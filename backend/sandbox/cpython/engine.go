package cpython

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// Config says where things lie.
type Config struct {
	RuntimeDir string // the folder with python.wasm; "" to look for it with FindRuntime
	CacheDir   string // where compiled code and the memory image are kept; "" for DefaultCacheDir
	// Uninterruptible leaves the look at the limits out of loops: to measure what it costs. A step that loops cannot be
	// stopped then, and stops the app with it.
	Uninterruptible bool
	// Tables reads a file that is a table for pandas, attached or made by code: its description as JSON and a stream for each column, which
	// driver/attached.py understands; nil, nil for any other file. nil if there is none.
	Tables tablesFunc
	// Draw makes a picture of a figure of plotly.js, which is JSON that code wrote and may be anything. missing are characters
	// that the picture shows as boxes. nil if figures cannot be drawn.
	Draw drawFunc
}

type drawFunc = func(ctx context.Context, figure []byte, how Drawing) (picture []byte, missing string, err error)

type tablesFunc = func(src io.ReaderAt, size int64) (index []byte, columns []io.ReaderAt)

// State is how far an Engine is.
type State string

// The states of an Engine.
const (
	Missing   State = "missing"   // there is no runtime
	Preparing State = "preparing" // or not begun yet
	Ready     State = "ready"
	Failed    State = "failed"
)

// Status describes an Engine for a person.
type Status struct {
	State    State        `json:"state"`
	Progress string       `json:"progress,omitempty"` // what Prepare does at the moment
	Python   string       `json:"python,omitempty"`   // version: "3.13.5"
	Key      string       `json:"key,omitempty"`      // names the runtime and driver: the same key, the same behaviour
	Packages []string     `json:"packages,omitempty"` // when ready: what can be imported besides the standard library
	Fault    *fault.Error `json:"fault,omitempty"`    // if missing or failed
}

// Engine opens sessions. It is safe for concurrent use; one per process is enough.
type Engine struct {
	cfg Config

	mu     sync.Mutex
	status Status
	job    *job // the running or successful preparation
	closed bool
}

var _ sandbox.Sandbox = (*Engine)(nil)

type job struct {
	done     chan struct{}
	key      string // of the runtime, once keyed is closed; "" if it cannot be read
	keyed    chan struct{}
	told     sync.Once
	progress []func(string)
	ready    *prepared
	err      error
}

func (j *job) tell(key string) {
	j.told.Do(func() {
		j.key = key
		close(j.keyed)
	})
}

// New makes an engine; it does nothing until Prepare or Open.
func New(cfg Config) *Engine {
	return &Engine{cfg: cfg, status: Status{State: Preparing}}
}

// Status says how far the engine is.
func (e *Engine) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.status
}

// Prepare compiles the runtime and boots the image, or loads both from the cache: seconds the first time, then about
// 0.2 s. The work is done once, in the background, and goes on if ctx ends; Prepare waits for it. progress, which may be
// nil, gets short sentences for a person. After a failure the next call tries again.
func (e *Engine) Prepare(ctx context.Context, progress func(string)) error {
	_, err := e.wait(ctx, progress)
	return err
}

// Key is that of Status, which is known long before the engine is ready; "" if the runtime cannot be read.
func (e *Engine) Key(ctx context.Context) string {
	j, err := e.begin(nil)
	if err != nil {
		return ""
	}
	select {
	case <-j.keyed:
		return j.key
	case <-ctx.Done():
		return ""
	}
}

// begin gives the preparation, which it starts if need be.
func (e *Engine) begin(progress func(string)) (*job, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	j := e.job
	if j == nil {
		j = &job{done: make(chan struct{}), keyed: make(chan struct{})}
		e.job = j
		e.status = Status{State: Preparing}
		go e.prepare(j)
	}
	if progress != nil {
		j.progress = append(j.progress, progress)
	}
	return j, nil
}

func (e *Engine) wait(ctx context.Context, progress func(string)) (*prepared, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j, err := e.begin(progress)
	if err != nil {
		return nil, err
	}
	select {
	case <-j.done:
		return j.ready, j.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the Python runtime: %w", ctx.Err())
	}
}

var errClosed = fault.New(fault.SandboxFailed, "The sandbox was closed", "", "")

func (e *Engine) prepare(j *job) {
	ready, err := prepare(e.cfg, func(s string) {
		e.mu.Lock()
		e.status.Progress = s
		told := j.progress
		e.mu.Unlock()
		for _, f := range told {
			f(s)
		}
	}, func(key string) { j.tell(key) })
	e.mu.Lock()
	defer e.mu.Unlock()
	defer close(j.done)
	j.tell("")
	if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			f = fault.Wrap(err, fault.SandboxFailed, "Python could not be started", err.Error(),
				"Run `sandglass doctor`; deleting the cache folder of Sandglass is safe.")
		}
		e.status = Status{State: Failed, Fault: f}
		if f.Code == fault.RuntimeMissing {
			e.status.State = Missing
		}
		j.err, e.job = f, nil
		return
	}
	j.ready = ready
	e.status = Status{State: Ready, Python: ready.image.Python, Key: ready.key, Packages: ready.packages}
	if e.closed {
		ready.close()
	}
}

// Close frees the compiled code. Sessions must be closed before.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	if e.job != nil && e.job.ready != nil {
		e.job.ready.close()
	}
	return nil
}
