package workbench

import (
	"context"
	"fmt"

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

// stateKeeper keeps the states of one run in the store, within the bounds of the settings.
type stateKeeper struct {
	w     *Workbench
	run   event.RunID
	max   int64 // bytes, for all runs
	own   int64 // of this run since its last full state
	tries int   // failures in a row
}

// maxFailures is after how many failures in a row a run's states are not kept any more.
const maxFailures = 3

// Keep implements sandbox.Keeper.
func (k *stateKeeper) Keep(ctx context.Context, st sandbox.State) (again bool, err error) {
	if k.tries >= maxFailures {
		return false, nil
	}
	if st.Base == "" {
		k.own = 0
	}
	stored, err := k.w.store.PutState(ctx, k.run, st)
	if err != nil {
		if k.tries++; k.tries == maxFailures {
			k.w.notice(fault.Wrap(err, fault.Of(err).Code, "The states of a run's sandbox cannot be kept", fault.Of(err).Error(),
				"The run goes on; it can be forked by executing its code again."))
		}
		return true, err
	}
	k.tries = 0
	if k.own += stored; k.own <= k.max {
		return false, nil
	}
	// This run alone has more than is allowed: what a full state does not need goes.
	_, err = k.w.store.PruneStates(ctx, k.max, -1)
	return true, err
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

// keepStates makes a sandbox whose sessions keep their states under the run's name.
func (w *Workbench) keepStates(s Settings, run event.RunID, inner sandbox.Sandbox) (sandbox.Sandbox, sandbox.Keeper) {
	if s.StateRuns == 0 || s.StateMiB == 0 {
		return inner, noKeeper{}
	}
	k := &stateKeeper{w: w, run: run, max: int64(s.StateMiB) << 20}
	return sandbox.Keep(inner, func() sandbox.Keeper { return k }), k
}

type noKeeper struct{}

func (noKeeper) Keep(context.Context, sandbox.State) (bool, error) { return false, nil }

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
