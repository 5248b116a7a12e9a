package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/journal"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/store"
)

// benchSteps are the steps of a run; the first and the last hundred of them are compared.
const (
	benchSteps = 1000
	benchSome  = 100
)

// overhead is what a step costs apart from the model and the code: reading the reply, recording to SQLite, deriving
// and weighing the prompt. The last steps next to the first tell whether it grows with the run.
func overhead(ctx context.Context, t *table, e *cpython.Engine) error {
	for _, c := range []struct {
		name   string
		limit  int  // tokens of the context
		memory bool // nothing goes to the disk
	}{
		{"step of the agent, 1–100, without model and code", 1 << 30, false},
		{"  in a context of 8,192, which is folded", 8192, false},
		{"  without SQLite", 1 << 30, true},
	} {
		early, late, err := agentSteps(ctx, e, c.limit, c.memory)
		if err != nil {
			return err
		}
		t.row(c.name, show(early), "2 ms", "", "", "")
		t.row(fmt.Sprintf("    %d–%d", benchSteps-benchSome+1, benchSteps), fmt.Sprintf("%s (%.2f of an early one)", show(late), float64(late)/float64(early)), "2 ms", "", "", "")
	}
	return nil
}

// agentSteps runs an agent with a model that takes no time, and gives medians of its first and last steps.
func agentSteps(ctx context.Context, e *cpython.Engine, limit int, memory bool) (early, late time.Duration, err error) {
	dir, err := os.MkdirTemp("", "sandglass-bench-*")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	var record agent.Recorder = &inMemory{}
	if !memory {
		st, err := store.Open(dir)
		if err != nil {
			return 0, 0, err
		}
		defer st.Close()
		record = journal.New(st, time.Now).For("bench")
	}
	replies := make([]llm.Reply, benchSteps+1)
	for i := range replies { // as much as an ordinary step says and prints
		replies[i] = llm.Reply{Finish: llm.FinishStop, Text: fmt.Sprintf(
			"Thought: I look at the rows of part %d, and count them.\n```python\nrows_%d = list(range(%d))\nfor i in range(10):\n    print('row', i, 'of part %d:', rows_%d[:i], 'and what else there is')\nlen(rows_%d)\n```", i, i%50, i+20, i, i%50, i%50)}
	}
	clock := &stepClock{Model: script.NewReplies(replies), Sandbox: e}
	a := &agent.Agent{Name: "bench", Model: clock, Ref: "script/bench", Sandbox: clock, MaxSteps: benchSteps, Options: llm.Options{ContextTokens: limit}}
	ending, err := a.Run(ctx, agent.Task{Text: "bench"}, agent.Ports{Record: record})
	if err != nil {
		return 0, 0, err
	}
	if f, ok := ending.(event.RunFinished); !ok || f.Steps != benchSteps {
		return 0, 0, fmt.Errorf("the run ended as %#v", ending)
	}
	return median(clock.between[:benchSome]), median(clock.between[len(clock.between)-benchSome:]), nil
}

// inMemory is a Recorder that keeps nothing.
type inMemory struct{ seq int64 }

func (m *inMemory) Record(_ context.Context, span int64, b event.Body) (event.Event, error) {
	m.seq++
	return event.Event{Run: "bench", Seq: m.seq, Span: span, At: time.Now(), Body: b}, nil
}

// stepClock measures the time between two calls of a model, without that in which code ran.
type stepClock struct {
	llm.Model
	sandbox.Sandbox
	last    time.Time
	code    time.Duration
	between []time.Duration
}

func (c *stepClock) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if !c.last.IsZero() {
		c.between = append(c.between, time.Since(c.last)-c.code)
	}
	r, err := c.Model.Generate(ctx, req, nil)
	c.last, c.code = time.Now(), 0
	return r, err
}

func (c *stepClock) Open(ctx context.Context, cfg sandbox.Config, h sandbox.Host) (sandbox.Session, error) {
	s, err := c.Sandbox.Open(ctx, cfg, h)
	return &timedSession{Session: s, clock: c}, err
}

type timedSession struct {
	sandbox.Session
	clock *stepClock
}

func (s *timedSession) Run(ctx context.Context, code string) (sandbox.Output, error) {
	begun := time.Now()
	out, err := s.Session.Run(ctx, code)
	s.clock.code += time.Since(begun)
	return out, err
}
