package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"sandglass/backend/agent"
	"sandglass/backend/journal"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/store"
)

// overhead is what a step costs apart from the model and the code: reading the reply, recording to SQLite, deriving
// the prompt. Late steps next to early ones tell whether it grows with the run.
func overhead(ctx context.Context, t *table, e *cpython.Engine) error {
	const steps = 200
	dir, err := os.MkdirTemp("", "sandglass-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(dir)
	if err != nil {
		return err
	}
	defer st.Close()
	replies := make([]llm.Reply, steps+1)
	for i := range replies {
		replies[i] = llm.Reply{Text: fmt.Sprintf("Thought: step %d.\n```python\nx = %d\n```", i, i), Finish: llm.FinishStop}
	}
	clock := &stepClock{Model: script.NewReplies(replies)}
	a := &agent.Agent{Name: "bench", Model: clock, Ref: "script/bench", Sandbox: e, MaxSteps: steps}
	if _, err := a.Run(ctx, agent.Task{Text: "bench"}, agent.Ports{Record: journal.New(st, time.Now).For("bench")}); err != nil {
		return err
	}
	n := len(clock.between)
	early, late := median(clock.between[:n/4]), median(clock.between[3*n/4:])
	t.row("step of the agent (fsync of the log included)", show(early), "2 ms", "", "", "")
	t.row("  after 150 steps", fmt.Sprintf("%s (%.2f of an early one)", show(late), float64(late)/float64(early)), "", "", "", "")
	return nil
}

// stepClock measures the time between two calls of a model.
type stepClock struct {
	llm.Model
	last    time.Time
	between []time.Duration
}

func (c *stepClock) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if !c.last.IsZero() {
		c.between = append(c.between, time.Since(c.last))
	}
	r, err := c.Model.Generate(ctx, req, nil)
	c.last = time.Now()
	return r, err
}
