package workbench

import (
	"context"
	"fmt"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Verdict says whether a run's code does the same again, to the byte: without the model, with the recorded clock,
// randomness, and answers of tools.
type Verdict struct {
	Run     event.RunID   `json:"run"`
	Same    bool          `json:"same"`
	Steps   []StepVerdict `json:"steps"`
	Files   []FileVerdict `json:"files,omitempty"`   // input files
	Runtime string        `json:"runtime,omitempty"` // says so if the Python runtime is another one than then
}

// StepVerdict is what came of one piece of code.
type StepVerdict struct {
	Step        int          `json:"step"`
	Agent       string       `json:"agent,omitempty"` // whose step it is, if not the run's own: as it was called
	Same        bool         `json:"same"`
	Skipped     string       `json:"skipped,omitempty"` // why it was not executed; "" if it was
	Differences []Difference `json:"differences,omitempty"`
}

// FileVerdict is the state of an input file.
type FileVerdict struct {
	Name  string `json:"name"`
	State string `json:"state"` // "same", "changed", "gone", or "unknown": too large to be compared by content, same size and time
}

// Verify executes the code of a run again and compares. each, which may be nil, is told of each step. Faults: NotFound,
// Conflict (the run goes on, or its recording does not suffice), those of the sandbox.
func (w *Workbench) Verify(ctx context.Context, id event.RunID, each func(StepVerdict)) (Verdict, error) {
	run, err := w.Run(id)
	if err != nil {
		return Verdict{}, err
	}
	if run.Status == event.Running {
		return Verdict{}, fault.New(fault.Conflict, "The run is still going on", "", "Wait until it has ended.")
	}
	events, err := w.store.Events(w.base, run.ID, 0, 0)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Run: run.ID, Same: true, Steps: []StepVerdict{}}
	then, err := w.verifyAgent(ctx, &v, events, 0, "", each)
	if err != nil {
		return v, err
	}
	for _, c := range calledAgents(events) {
		if _, err := w.verifyAgent(ctx, &v, events, c.agent, c.name, each); err != nil {
			return v, err
		}
	}
	if key := w.engine.Key(ctx); then != "" && key != then {
		v.Runtime = fmt.Sprintf("The Python runtime is another one than then (%s, then %s): what its library prints may differ.", key, then)
	}
	return v, nil
}

// verifyAgent executes the code of one agent of a run, in a session of its own, and gives the runtime that it had then.
func (w *Workbench) verifyAgent(ctx context.Context, v *Verdict, events []event.Event, whose int64, name string, each func(StepVerdict)) (string, error) {
	again := &again{w: w, events: event.Of(events, whose)}
	defer again.close()
	for again.next() {
		st, err := again.verdict(ctx)
		if err != nil {
			return "", err
		}
		st.Agent = name
		v.Steps = append(v.Steps, st)
		v.Same = v.Same && st.Same
		if each != nil {
			each(st)
		}
	}
	for _, f := range again.files {
		if whose == 0 {
			v.Files = append(v.Files, FileVerdict{f.Name, look(f)})
		}
	}
	return again.base.Runtime, nil
}

// called is an agent that was called in a run.
type called struct {
	agent int64 // Seq of its first AgentStarted
	name  string
}

func calledAgents(events []event.Event) (out []called) {
	var cast event.Cast
	for _, e := range events {
		if _, opens := cast.See(e); opens == e.Seq {
			out = append(out, called{opens, e.Body.(event.AgentStarted).Name})
		}
	}
	return out
}

func (a *again) verdict(ctx context.Context) (StepVerdict, error) {
	st := StepVerdict{Step: a.number, Same: true}
	if a.stopped {
		st.Skipped = "it was stopped in its middle, and what it did was undone"
		return st, nil
	}
	out, err := a.step(ctx)
	if err != nil {
		return st, err
	}
	st.Differences = append(compare(a.finished, out), a.compareShown(out)...)
	if out.Killed == "" {
		files, err := a.compareFiles(out)
		if err != nil {
			return st, err
		}
		st.Differences = append(st.Differences, files...)
	}
	st.Same = len(st.Differences) == 0
	return st, nil
}

// VerifyRun is Verify for somebody who watches.
func (w *Workbench) VerifyRun(id event.RunID) (Verdict, error) { return w.Verify(w.base, id, nil) }
