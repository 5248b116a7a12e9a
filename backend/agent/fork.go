package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// TapeType is the media type of a recorded step's tape.
const TapeType = "application/vnd.sandglass.tape"

// maxTape is how long a tape in an event may be, in bytes; most have less than a hundred.
const maxTape = 1 << 10

// keepTape puts into the event what is needed to execute the step again.
func (r *run) keepTape(ctx context.Context, done *event.CodeFinished, tape []byte) error {
	if len(tape) <= maxTape || r.ports.Blobs == nil {
		done.Tape = tape
		return nil
	}
	hash, _, err := r.ports.Blobs.PutBlob(ctx, TapeType, bytes.NewReader(tape))
	if err != nil {
		return fmt.Errorf("keep what came into a step: %w", err)
	}
	done.TapeBlob = hash
	return nil
}

// begin records how the run begins: anew, or from a step of another run.
func (r *run) begin(ctx context.Context, task Task, system string, config sandbox.Config) error {
	setup, err := json.Marshal(config)
	if err != nil {
		return fmt.Errorf("record the sandbox's settings: %w", err)
	}
	started := r.agent.started(task, system, setup)
	if task.From == nil {
		if r.root, err = r.record(ctx, 0, started); err != nil {
			return err
		}
		return r.keepPictures(ctx, task)
	}
	f := task.From
	code := ""
	for _, e := range f.Events {
		r.memory.Apply(e)
		r.wholes.apply(e)
		switch b := e.Body.(type) { // the loop guard knows what was tried before the fork
		case event.CodeStarted:
			code = b.Code
		case event.CodeFinished:
			r.guard.saw(code, b.Observation)
		}
	}
	r.root, r.steps, r.first = 1, f.Step, f.Code
	if task.Text != "" { // something new is asked for, which the plan from before does not know
		r.asked = f.Step
	}
	_, err = r.record(ctx, r.root, event.RunForked{Parent: f.Parent, Step: f.Step, Gone: f.Gone, Changed: f.Changed, Now: started})
	if err == nil {
		err = r.keepPictures(ctx, task)
	}
	if err == nil && f.Unfold {
		_, err = r.record(ctx, r.root, event.CompactionUndone{})
	}
	if err == nil && f.Plan != nil {
		_, err = r.record(ctx, r.root, event.PlanEdited{Plan: *f.Plan})
	}
	return err
}

// forkText is what the model is told when a run goes on: what the user says now, and what has changed around it.
func forkText(b event.RunForked) string {
	now := b.Now
	text := ""
	if now.Task != "" || len(now.Files)+len(now.Vars) > 0 {
		text = "New message from the user:\n" + taskText(now)
	}
	for _, name := range b.Gone {
		text += fmt.Sprintf("\nNote: the input file %s is not there any more.", name)
	}
	for _, name := range b.Changed {
		text += fmt.Sprintf("\nNote: the content of the input file %s has changed.", name)
	}
	return strings.TrimLeft(text, "\n")
}
