package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
)

// From is a place in a run that another one goes on from.
type From struct {
	Run    event.RunID `json:"run"`              // or the beginning of its id
	Agent  string      `json:"agent,omitempty"`  // whose step it is, as it was called: "helper", or "helper#2" if it was called anew each time; "" for the run's own
	Step   int         `json:"step"`             // the last step that is taken over, 0 for none; -1 (LastStep) for the last whole one
	Code   string      `json:"code,omitempty"`   // what runs first, in place of what the model would say; "" for nothing
	Unfold bool        `json:"unfold,omitempty"` // steps that were folded are told whole again
	Plan   *string     `json:"plan,omitempty"`   // in place of the agent's plan, "" for none; nil to leave it
}

// LastStep means the last step that was finished.
const LastStep = -1

// past is what a run takes over from another one.
type past struct {
	run     event.Run
	step    int
	agent   int64         // whose step it is, see event.Cast
	events  []event.Event // up to the end of the step
	started event.RunStarted
	files   []event.InputFile
	gone    []string
	changed []string

	received []event.ArtefactSaved // from members, after the last code
}

// pastOf reads what a spec goes on from, and fills in what it does not say; nil if it begins anew.
func (w *Workbench) pastOf(spec *Spec) (*past, error) {
	if spec.From == nil {
		return nil, nil
	}
	p, err := w.past(*spec.From)
	if err != nil {
		return nil, err
	}
	if p.agent != 0 {
		events, err := w.store.Events(w.base, p.run.ID, 0, 0)
		if err != nil {
			return nil, err
		}
		return nil, p.noForkInside(events, spec.From.Agent)
	}
	p.inherit(spec, w)
	return p, nil
}

// past reads the log of a run up to the end of a step. Faults: NotFound, Invalid (no such step, or not finished),
// Conflict (it still runs).
func (w *Workbench) past(from From) (*past, error) {
	run, err := w.Run(from.Run)
	if err != nil {
		return nil, err
	}
	if run.Status == event.Running && from.Step == LastStep {
		return nil, fault.New(fault.Conflict, "The run is still going on", "", "Stop it first, or fork one of its steps.")
	}
	events, err := w.store.Events(w.base, run.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	if from.Agent != "" {
		return w.pastInside(run, events, from)
	}
	p := &past{run: run}
	through, last, err := cutAt(events, from.Step)
	if err != nil {
		return nil, err
	}
	p.step, p.events = last, events[:through]
	for _, e := range event.Of(p.events, 0) {
		switch b := e.Body.(type) {
		case event.RunStarted:
			p.started, p.files = b, slices.Clone(b.Files)
		case event.RunForked:
			p.started = b.Now
			p.files = append(p.files, b.Now.Files...)
		case event.CodeFinished:
			p.received = nil
		case event.ArtefactSaved:
			if b.From != "" {
				p.received = append(p.received, b)
			}
		}
	}
	return p, nil
}

// cutAt finds how many events of a log reach to the end of a step, and the step's number.
func cutAt(events []event.Event, step int) (through, last int, err error) {
	number, open, whole := 0, 0, true
	through = 1 // of step 0: only the beginning
	found := step == 0
	calls := map[int64]bool{} // of the model's own, that have not ended
	var cast event.Cast
	for i, e := range events {
		if whose, _ := cast.See(e); whose != 0 {
			continue
		}
		if endsStep(e.Body) && !found && number > 0 && whole && open == 0 && len(calls) == 0 {
			through, last = i, number
			found = number == step
		}
		switch b := e.Body.(type) {
		case event.StepStarted:
			number, open, whole = b.Number, 0, false
			clear(calls)
		case event.ToolStarted:
			if b.Call != "" {
				calls[e.Seq] = true
			}
		case event.ToolFinished:
			delete(calls, e.Span)
		case event.RunForked:
			whole = false // what follows belongs to no step yet
		case event.CodeStarted:
			open++
		case event.CodeFinished:
			open, whole = open-1, true
		case event.ModelFinished:
			whole = true
		}
	}
	switch {
	case found || step == LastStep:
		return through, last, nil
	case step > number || step < 0:
		return 0, 0, fault.New(fault.Invalid, fmt.Sprintf("The run has no step %d", step), fmt.Sprintf("its last one is %d", number), "")
	}
	return 0, 0, fault.New(fault.Invalid, fmt.Sprintf("Step %d was not finished", step), "", fmt.Sprintf("Go on from step %d.", last))
}

// endsStep says whether the step before is over.
func endsStep(b event.Body) bool {
	switch b.(type) {
	case event.StepStarted, event.RunForked, event.RunFinished, event.RunFailed, event.RunStopped, event.RunInterrupted:
		return true
	}
	return false
}

// inputFiles are those of the past; none of nil.
func (p *past) inputFiles() []event.InputFile {
	if p == nil {
		return nil
	}
	return p.files
}

// inputs opens the input files of the past where they lie. One that is gone, or has another content, is told: the state
// may have read all that it needs.
func (p *past) inputs(w *Workbench) []agent.File {
	var out []agent.File
	for _, in := range p.files {
		now := look(in)
		switch {
		case now == fileGone:
			p.gone = append(p.gone, in.Name)
			continue
		case now == fileChanged:
			p.changed = append(p.changed, in.Name)
		}
		out = append(out, agent.File{InputFile: in, Open: w.openInput(in), Inherited: true})
	}
	return out
}

// inherit fills in what the spec does not say with what the past had.
func (p *past) inherit(spec *Spec, w *Workbench) {
	if spec.Agent == "" {
		if _, err := w.agentFor(w.base, p.started.Agent); err == nil {
			spec.Agent = p.started.Agent
		}
	}
	if spec.Model == "" && spec.With == nil {
		spec.Model = p.started.Model
	}
	if spec.Tools == nil && !spec.NoTools {
		spec.Tools = append([]string{}, p.started.Tools...)
	}
	if spec.Team == nil {
		spec.Team = []Teammate{}
		for _, m := range p.started.Team {
			spec.Team = append(spec.Team, Teammate{Agent: m.Agent, Memory: m.Memory})
		}
	}
	spec.inherited = p.started.Imports
	spec.MaxSteps = firstNonZero(spec.MaxSteps, p.started.MaxSteps)
	spec.Mode = firstNonZero(spec.Mode, firstNonZero(p.started.Mode, event.ModeCode))
	if spec.Checks == nil {
		spec.Checks = p.started.Checks
	}
	spec.Options = mergeOptions(p.started.Options, spec.Options)
}

// decisions are those on permissions that hold for the whole run: what goes on from it has them in its log.
func (p *past) decisions() []given {
	if p == nil {
		return nil
	}
	var out []given
	for _, e := range p.events {
		if d, ok := e.Body.(event.PermissionDecided); ok && d.For == event.ThisRun {
			out = append(out, given{Rule: permit.Rule{Scope: d.Scope, Allow: d.Allow}})
		}
	}
	return out
}

// fork makes the task of a run that goes on from the past.
func (p *past) fork(from *From) *agent.Fork {
	return &agent.Fork{Parent: p.run.ID, Step: p.step, Gone: p.gone, Changed: p.changed, Events: p.events, Code: from.Code, Plan: from.Plan, Unfold: from.Unfold}
}

// resuming is a sandbox whose sessions begin with the state of the past.
type resuming struct {
	sandbox.Sandbox // keeps states
	w               *Workbench
	past            *past
	states          *runStates
}

// Open implements sandbox.Sandbox.
func (r *resuming) Open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	s, err := r.open(ctx, cfg, host)
	for _, f := range r.past.received { // after the state that is kept
		if err == nil {
			err = r.w.putAgain(ctx, s, f)
		}
	}
	if err != nil && s != nil {
		s.Close()
	}
	return s, err
}

func (r *resuming) open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	parent := &runStates{w: r.w, run: r.past.run.ID}
	return r.states.resume(ctx, r.Sandbox, parent, r.past.agent, event.Of(r.past.events, r.past.agent), cfg, host)
}

func cannotRestore(state, again error) error {
	if fault.Is(again, fault.Stopped) {
		return again
	}
	return fault.Wrap(errors.Join(state, again), fault.StateUnusable, "The state of the sandbox cannot be restored",
		fmt.Sprintf("%s, and the code cannot be executed again: %s", fault.Of(state).Error(), fault.Of(again).Error()),
		"Go on from another step, or start the task anew.")
}

// executeAll makes the state after an agent's code by executing all of it.
func (w *Workbench) executeAll(ctx context.Context, events []event.Event) (sandbox.State, error) {
	again := &again{w: w, events: events}
	defer again.close()
	for again.next() {
		out, err := again.step(ctx)
		if err != nil {
			return sandbox.State{}, err
		}
		if diffs := compare(again.finished, out); len(diffs) > 0 {
			return sandbox.State{}, fault.New(fault.StateUnusable, "The code does not do the same again", diffs[0].String(), "")
		}
	}
	if err := again.open(ctx); err != nil {
		return sandbox.State{}, err
	}
	return again.session.Snapshot(ctx, true)
}
