package workbench

import (
	"context"
	"fmt"
	"sync"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// How many states of the sandbox are kept if nothing else is set. A step of an agent takes some 10 kB, the first one of
// a run a few hundred.
const (
	defaultStateRuns = 200
	defaultStateMiB  = 2048
)

// runStates keeps the states of one run's agents in the store, within the bounds of the settings.
type runStates struct {
	w   *Workbench
	run event.RunID
	max int64 // bytes, for all runs; 0 keeps none

	mu    sync.Mutex
	own   int64 // of this run since states were dropped
	drops int   // how often they were
	tries int   // failures in a row
	held  map[int64][]sandbox.State
}

// maxFailures is after how many failures in a row a run's states are not kept any more.
const maxFailures = 3

func (w *Workbench) statesOf(s Settings, run event.RunID) *runStates {
	r := &runStates{w: w, run: run, held: map[int64][]sandbox.State{}}
	if s.StateRuns != 0 {
		r.max = int64(s.StateMiB) << 20
	}
	return r
}

// keep makes a sandbox whose sessions keep their states. Where none are to be kept, those of an agent that remembers
// earlier calls are held in memory.
func (r *runStates) keep(inner sandbox.Sandbox, remembers bool) sandbox.Sandbox {
	return sandbox.Keep(inner, func(ctx context.Context) sandbox.Keeper {
		return r.keeper(agent.Called(ctx), remembers)
	})
}

// keeper is that of an agent (see event.Cast); nil if its states are not kept.
func (r *runStates) keeper(of int64, remembers bool) sandbox.Keeper {
	switch {
	case r.max > 0:
		return &stateKeeper{r, of, r.dropped()}
	case remembers:
		return heldKeeper{r, of}
	}
	return nil
}

// chain gives the states that lead to the one after n pieces of an agent's code. Faults: NotFound, StateUnusable.
func (r *runStates) chain(ctx context.Context, of int64, n int) ([]sandbox.State, error) {
	r.mu.Lock()
	held := r.held[of]
	r.mu.Unlock()
	if last := len(held) - 1; last >= 0 && held[last].Step == n {
		return held, nil
	}
	return r.w.store.StateChain(ctx, r.run, of, n)
}

// resume opens a session with the state after an agent's events, as it is kept in those of from. A state that is gone,
// damaged, or of another version is made again. Faults: StateUnusable and those of the sandbox.
func (r *runStates) resume(ctx context.Context, box sandbox.Sandbox, from *runStates, of int64, events []event.Event, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	chain, err := from.chain(ctx, of, codesIn(events))
	if err == nil {
		s, rerr := box.Restore(ctx, cfg, host, chain)
		if rerr == nil || !fault.Is(rerr, fault.StateUnusable) {
			return s, rerr
		}
		err = rerr
	}
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.StateUnusable) {
		return nil, err
	}
	st, xerr := r.w.executeAll(ctx, events)
	if xerr != nil {
		return nil, cannotRestore(err, xerr)
	}
	if keeper := r.keeper(of, of != 0); keeper != nil {
		if _, err := keeper.Keep(ctx, st); err != nil {
			return nil, err
		}
	}
	return box.Restore(ctx, cfg, host, []sandbox.State{st})
}

// codesIn counts the pieces of code that were executed.
func codesIn(events []event.Event) (n int) {
	for _, e := range events {
		if c, ok := e.Body.(event.CodeFinished); ok && c.Ran() {
			n++
		}
	}
	return n
}

func (r *runStates) dropped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.drops
}

// stateKeeper keeps the states of one agent.
type stateKeeper struct {
	*runStates
	agent int64
	drops int // that it knows of
}

// Keep implements sandbox.Keeper.
func (k *stateKeeper) Keep(ctx context.Context, st sandbox.State) (again bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.runStates.tries >= maxFailures {
		return false, nil
	}
	stored, err := k.w.store.PutState(ctx, k.run, k.agent, st)
	if err != nil {
		if k.tries++; k.tries == maxFailures {
			k.w.notice(fault.Wrap(err, fault.Of(err).Code, "The states of a run's sandbox cannot be kept", fault.Of(err).Error(),
				"The run goes on; it can be forked by executing its code again."))
		}
		return true, err
	}
	k.tries = 0
	if k.own += stored; k.own > k.max {
		// This run alone has more than is allowed: what a full state does not need goes.
		k.runStates.drops++
		if _, err = k.w.store.PruneStates(ctx, k.max, -1); err == nil {
			k.own, err = k.left(ctx)
		}
	}
	again = k.drops != k.runStates.drops // what the next state is based on may be gone
	k.drops = k.runStates.drops
	return again, err
}

// left is how many bytes the run has.
func (r *runStates) left(ctx context.Context) (n int64, err error) {
	kept, err := r.w.store.States(ctx, r.run)
	for _, st := range kept {
		n += st.Size
	}
	return n, err
}

// heldKeeper holds the states of one agent in memory.
type heldKeeper struct {
	*runStates
	agent int64
}

// Keep implements sandbox.Keeper.
func (k heldKeeper) Keep(_ context.Context, st sandbox.State) (again bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if st.Base == "" {
		k.held[k.agent] = nil
	}
	k.held[k.agent] = append(k.held[k.agent][:len(k.held[k.agent]):len(k.held[k.agent])], st)
	return false, nil
}

// KeptStates is what is kept of the sandbox's states, and what may be.
type KeptStates struct {
	Runs    int   `json:"runs"`
	Bytes   int64 `json:"bytes"` // on disk
	MaxRuns int   `json:"max_runs"`
	MaxMiB  int   `json:"max_mib"`
}

// KeptStates looks at the store and the settings.
func (w *Workbench) KeptStates() (k KeptStates, err error) {
	s, err := w.Settings()
	if err != nil {
		return k, err
	}
	k.MaxRuns, k.MaxMiB = s.StateRuns, s.StateMiB
	k.Runs, k.Bytes, err = w.store.StatesKept(w.base)
	return k, err
}

// BoundStates sets how much is kept; what is beyond it goes at once. Faults: Invalid.
func (w *Workbench) BoundStates(runs, mib int) error {
	s, err := w.Settings()
	if err != nil {
		return err
	}
	s.StateRuns, s.StateMiB = runs, mib
	if err := w.SaveSettings(s); err != nil {
		return err
	}
	_, err = w.store.PruneStates(w.base, int64(mib)<<20, runs)
	return err
}

// String is the sentence for a person.
func (k KeptStates) String() string {
	return fmt.Sprintf("of %d runs, %s on disk (at most %d runs and %d MiB)", k.Runs, byteSize(k.Bytes), k.MaxRuns, k.MaxMiB)
}

// pruneStates holds the bounds of the settings.
func (w *Workbench) pruneStates() {
	s, err := w.Settings()
	if err == nil {
		_, err = w.store.PruneStates(w.base, int64(s.StateMiB)<<20, s.StateRuns)
	}
	if err != nil && w.base.Err() == nil {
		w.notice(fault.Of(err))
	}
}

func (w *Workbench) notice(f *fault.Error) {
	w.mu.Lock()
	w.notices = append(w.notices, *f)
	w.mu.Unlock()
	w.hub.statusChanged()
}
