package sandbox

import (
	"context"
	"sync"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Busy is the fault of a session that is asked for its variables while a step runs.
func Busy() error {
	return fault.New(fault.Conflict, "A step is running", "variables are read between steps", "Wait for its end.")
}

// Keeper keeps the states of one session outside of the process.
type Keeper interface {
	// Keep is given the state after each step, in order. An error is told by it where it belongs; the run goes on, and the
	// next state is a full one. again asks for a full one, too: nothing before it is needed any more.
	Keep(ctx context.Context, st State) (again bool, err error)
}

// Keep makes a Sandbox whose sessions give their state to keep after each step, in the background: a model takes longer
// for its next reply. keep is called for each session that is opened, with the context that it is opened with; with nil
// for a Keeper, the session's states are not kept.
func Keep(inner Sandbox, keep func(ctx context.Context) Keeper) Sandbox { return &keeping{inner, keep} }

type keeping struct {
	Sandbox
	keep func(ctx context.Context) Keeper
}

func (k *keeping) Open(ctx context.Context, cfg Config, host Host) (Session, error) {
	s, err := k.Sandbox.Open(ctx, cfg, host)
	if err != nil {
		return nil, err
	}
	if keeper := k.keep(ctx); keeper != nil {
		s = &keptSession{Session: s, keeper: keeper}
	}
	return s, nil
}

func (k *keeping) Restore(ctx context.Context, cfg Config, host Host, chain []State) (Session, error) {
	s, err := k.Sandbox.Restore(ctx, cfg, host, chain)
	if err != nil {
		return nil, err
	}
	keeper := k.keep(ctx)
	if keeper == nil {
		return s, nil
	}
	kept := &keptSession{Session: s, keeper: keeper}
	kept.length, kept.base = len(chain)-1, int64(len(chain[0].Data))
	for _, st := range chain[1:] {
		kept.differences += int64(len(st.Data))
	}
	return kept, nil
}

// A chain of differences ends, and a full state is kept, when restoring it would take too long (each adds about a
// millisecond) and keeping a full one costs little in comparison with what the chain already holds.
const (
	longChain = 16
	maxChain  = 64
)

type keptSession struct {
	Session
	keeper Keeper

	mu   sync.Mutex
	busy sync.WaitGroup // a state is being kept

	full              bool  // the next state must be a full one
	length            int   // differences since the last full state
	base, differences int64 // bytes
}

// Run implements Session. The state before must be captured before the step changes it.
func (k *keptSession) Run(ctx context.Context, code string) (Output, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.busy.Wait()
	out, err := k.Session.Run(ctx, code)
	if err == nil {
		k.busy.Add(1)
		go func() {
			defer k.busy.Done()
			k.capture(context.WithoutCancel(ctx))
		}()
	}
	return out, err
}

func (k *keptSession) capture(ctx context.Context) {
	full := k.full || k.length >= maxChain || k.length >= longChain && k.differences > k.base
	st, err := k.Snapshot(ctx, full)
	if err != nil {
		k.full = true
		return // the session is closed or broken; the next step says so
	}
	if st.Base == "" {
		k.length, k.base, k.differences = 0, int64(len(st.Data)), 0
	} else {
		k.length, k.differences = k.length+1, k.differences+int64(len(st.Data))
	}
	again, err := k.keeper.Keep(ctx, st)
	k.full = again || err != nil
}

// Inspect implements Session. A state that is being captured is waited for, a step is not.
func (k *keptSession) Inspect(ctx context.Context, name string, path []int, offset, limit int) (event.Page, error) {
	if !k.mu.TryLock() {
		return event.Page{}, Busy()
	}
	defer k.mu.Unlock()
	k.busy.Wait()
	return k.Session.Inspect(ctx, name, path, offset, limit)
}

// Close implements Session; the last state is kept before.
func (k *keptSession) Close() error {
	k.busy.Wait()
	return k.Session.Close()
}
