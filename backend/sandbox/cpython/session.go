package cpython

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// ownTimeout bounds what the session asks of the driver for itself. That takes milliseconds; a busy computer may take
// a thousand times as long.
const ownTimeout = 30 * time.Second

// newOwnRun is for such a call.
func (s *session) newOwnRun(ctx context.Context) *run {
	lim := s.lim
	lim.Step, lim.Grace = ownTimeout, 0
	r := newRun(ctx, lim, nil)
	r.random = randomness(s.seed, forItself, s.n)
	return r
}

type session struct {
	lim    sandbox.Limits
	max    int64 // bytes of memory
	host   sandbox.Host
	tools  map[string]bool
	inputs []io.Closer
	tables tablesFunc // Config.Tables
	drawer drawFunc   // Config.Draw

	mu      sync.Mutex // held while the guest is used
	g       *guest
	seed    []byte
	n       int        // steps so far
	commits chan error // the commit that is under way, nil if none
	broken  error      // why the session cannot go on

	stopping sync.Mutex // guards what Close needs while a step runs
	cancel   context.CancelFunc
	closed   bool

	kept  kept
	mono  int64 // the monotonic clock at since
	since time.Time
}

// begin takes the guest for one call; done gives it back.
func (s *session) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("run a step: %w", err)
	}
	s.mu.Lock()
	s.stopping.Lock()
	defer s.stopping.Unlock()
	if s.closed {
		s.mu.Unlock()
		return nil, nil, errClosed
	}
	s.settle()
	if s.broken != nil {
		s.mu.Unlock()
		return nil, nil, s.broken
	}
	ctx, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	return ctx, func() {
		cancel()
		s.mu.Unlock()
	}, nil
}

// Run implements sandbox.Session.
func (s *session) Run(ctx context.Context, code string) (sandbox.Output, error) {
	return s.execute(ctx, code, func(r *run) error {
		r.tape = newTape(time.Now().UnixNano(), s.elapsed())
		return nil
	})
}

// Replay implements sandbox.Session.
func (s *session) Replay(ctx context.Context, code string, recorded []byte) (sandbox.Output, error) {
	return s.execute(ctx, code, func(r *run) (err error) {
		if r.tape, err = readTape(recorded); err != nil {
			return fault.Wrap(err, fault.StateUnusable, "The step cannot be executed again", err.Error(), "")
		}
		r.hard = r.started.Add(10*(s.lim.Step+s.lim.Grace) + time.Minute)
		return nil
	})
}

// elapsed is the monotonic clock: it goes on between steps, and after a restore from where it was.
func (s *session) elapsed() int64 {
	return max(s.mono+int64(time.Since(s.since)), s.g.clock.mono)
}

// execute runs one step; prepare gives it its tape.
func (s *session) execute(ctx context.Context, code string, prepare func(*run) error) (sandbox.Output, error) {
	inner, done, err := s.begin(ctx)
	if err != nil {
		return sandbox.Output{}, err
	}
	defer done()
	r := newRun(inner, s.lim, s.host)
	if err := prepare(r); err != nil {
		return sandbox.Output{}, err
	}
	s.n++
	request, err := json.Marshal(map[string]any{"op": "run", "n": s.n, "code": strings.ToValidUTF8(code, "\uFFFD")})
	if err != nil {
		return sandbox.Output{}, failed(err)
	}
	s.g.proc.Begin()
	s.g.store.Refused() // forget what the step before was refused
	r.step, r.tools, r.tables, r.drawer, r.random = s.n, s.tools, s.tables, s.drawer, randomness(s.seed, forStep, s.n)
	rc, err := s.g.do(r, request)
	r.tape.end()

	out := sandbox.Output{Final: r.final, Stdout: r.stdout.text(), Stderr: r.stderr.text()}
	out.Displayed = r.shown
	if out.Truncated = r.stdout.lost + r.stderr.lost; out.Truncated > 0 {
		out.Whole = slices.Concat(r.stdout.buf, r.stdout.rest, r.stderr.buf, r.stderr.rest)
	}
	out.Duration = time.Since(r.started)
	out.Tape, out.Diverged = r.tape.out, r.tape.diverged
	s.judge(&out, r, rc, err)
	for _, v := range []*event.Value{out.Value, out.Final} {
		if v != nil {
			r.checkDisplay(&v.Display)
		}
	}
	if out.Killed == "" {
		var sound bool
		if out.Variables, sound = s.look(inner); !sound {
			out.Killed = killCrash
			if inner.Err() != nil {
				out.Killed = killCancel
			}
			explainKill(&out, r, errUnsound)
		}
	}
	if out.Killed == "" {
		out.Written = s.g.proc.FS.Written(sandbox.ScratchDir)
		s.commit()
		return out, nil
	}
	if err := s.rollback(); err != nil {
		return out, err
	}
	if out.Killed == killCancel {
		return sandbox.Output{}, s.cancelled(ctx)
	}
	return out, nil
}

var errUnsound = errors.New("the code damaged the part of the interpreter that runs steps")

func (s *session) cancelled(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("run a step: %w", err)
	}
	return errClosed
}

// judge says what came of a call: fills in value and error, or why the step counts as killed.
func (s *session) judge(out *sandbox.Output, r *run, rc int32, err error) {
	var k killed
	var x exited
	switch {
	case errors.As(err, &k):
		out.Killed = k.why
		out.Error = &event.PyError{Line: k.line}
	case errors.As(err, &x):
		out.Killed = killExit
		out.Error = &event.PyError{Line: r.line}
	case err != nil || rc != 0 || r.result == nil:
		out.Killed = killCrash
		out.Error = &event.PyError{Line: r.line}
	default:
		res, derr := decodeResult(r.result)
		if derr != nil {
			out.Killed, err = killCrash, derr
			break
		}
		out.Value, out.Error = res.Value, res.Error
		refused := s.g.store.Refused()
		switch {
		case res.Error == nil:
			return
		case r.interrupted && (res.Error.Type == "StepTimeout" || strings.Contains(res.Error.Traceback, "\nStepTimeout: ")):
			// The second: something failed because the interruption came in the middle of it.
			out.Killed = killTime
		case res.Error.Type == "MemoryError" && (refused || res.Error.Message == ""), tooLarge(res.Error):
			// It could go on, but perhaps with its memory full: every later step would fail as well.
			out.Killed = killMemory
		default:
			return
		}
	}
	if out.Killed == killCrash && s.g.store.Refused() {
		out.Killed = killMemory // C code that does not look at what malloc gives
	}
	explainKill(out, r, err)
}

// tooLarge knows what 32-bit Python says of 'x' * 10**10, where 64-bit Python runs out of memory.
func tooLarge(e *event.PyError) bool {
	return e.Type == "OverflowError" && e.Message == "cannot fit 'int' into an index-sized integer"
}

// explainKill says in the error what happened; if Python raised something, its line and traceback stay.
func explainKill(out *sandbox.Output, r *run, err error) {
	e := out.Error
	if e == nil {
		e = &event.PyError{}
		out.Error = e
	}
	out.Value = nil
	const kept = " Nothing of this step was kept: variables and files are as before it."
	switch out.Killed {
	case killTime:
		e.Type = "StepTimeout"
		e.Message = fmt.Sprintf("the step was stopped after %v, its time limit.", r.lim.Step) + kept
	case killMemory:
		e.Type = "MemoryError"
		e.Message = fmt.Sprintf("the step needed more than the %d MiB of memory that it may use.", r.lim.MemoryBytes>>20) + kept
	case killOutput:
		e.Type = "OutputLimit"
		e.Message = fmt.Sprintf("the step was stopped after printing %d KiB.", r.printed>>10) + kept
	case killExit:
		e.Type = "Exit"
		e.Message = "the code ended the interpreter (os._exit)." + kept
	case killCrash:
		e.Type = "Crash"
		e.Message = "the interpreter crashed" + crashReason(err) + "." + kept
	}
	e.Traceback = lastLine(e, r.step)
}

// lastLine puts the message at the end of the traceback, in place of what Python wrote there.
func lastLine(e *event.PyError, step int) string {
	last := e.Type + ": " + e.Message
	if i := strings.LastIndexByte(e.Traceback, '\n'); i >= 0 {
		return e.Traceback[:i+1] + last
	}
	if e.Line > 0 {
		return fmt.Sprintf("  File \"<step %d>\", line %d\n", step, e.Line) + last
	}
	return last
}

func crashReason(err error) string {
	if err == nil {
		return ""
	}
	if errors.Is(err, errUnsound) {
		return ": " + err.Error()
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	first = strings.TrimSuffix(first, " (recovered by wazero)")
	switch {
	case strings.Contains(first, "out of bounds"), strings.Contains(first, "stack overflow"):
		return " (" + first + "; most likely too deep recursion)"
	case strings.Contains(first, "unreachable"):
		return " (it aborted; see stderr)"
	}
	return " (" + first + ")"
}

// Check implements sandbox.Session. It takes an interpreter of its own, fresh from the image: parsing leaves traces in
// memory (where the next object lies, say), and a replay of the steps must not depend on what was checked between them.
func (s *session) Check(ctx context.Context, code string) (*event.PyError, error) {
	inner, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	request, err := json.Marshal(map[string]any{"op": "check", "code": strings.ToValidUTF8(code, "\uFFFD")})
	if err != nil {
		return nil, failed(err)
	}
	g := s.g.p.spares.take(s.max)
	defer g.drop()
	g.proc = newProcess(g.p, g, s.lim)
	if g.mod == nil {
		if err := g.start(); err != nil {
			return nil, failed(err)
		}
	}
	r := s.newOwnRun(inner)
	rc, err := g.do(r, request)
	if err != nil || rc != 0 || r.result == nil {
		if inner.Err() != nil {
			return nil, s.cancelled(ctx)
		}
		return &event.PyError{Type: "Crash", Message: "the code could not be parsed" + crashReason(err)}, nil
	}
	res, err := decodeResult(r.result)
	if err != nil {
		return nil, failed(err)
	}
	return res.Error, nil
}

// commit makes the present state the one that a killed step falls back to. Memory is written in the background: the
// model's next reply takes longer.
func (s *session) commit() {
	s.g.saved = uint32(s.g.stack.Get())
	c := make(chan error, 1)
	s.commits = c
	// What lies below the stack pointer is left over from calls that have returned.
	go func() { c <- s.g.store.Commit(int(s.g.saved)) }()
}

// settle waits for the commit that is under way.
func (s *session) settle() {
	if s.commits != nil {
		if err := <-s.commits; err != nil && s.broken == nil {
			s.broken = failed(fmt.Errorf("commit a step: %w", err))
		}
		s.commits = nil
	}
}

// rollback returns to the last commit.
func (s *session) rollback() error {
	s.g.stop()
	s.g.proc.Rollback()
	if err := s.g.start(); err != nil {
		s.broken = failed(err)
		return s.broken
	}
	return nil
}

// Scratch implements sandbox.Session.
func (s *session) Scratch() fs.FS { return s.g.proc.FS.Sub(sandbox.ScratchDir) }

// Close implements sandbox.Session. A step that is under way is stopped first.
func (s *session) Close() error {
	s.stopping.Lock()
	already := s.closed
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.stopping.Unlock()
	if already {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	s.g.drop()
	for _, f := range s.inputs {
		_ = f.Close() // only read from
	}
	return nil
}
