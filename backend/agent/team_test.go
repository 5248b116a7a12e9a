package agent_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/tools"
)

// teammate is a member of a team in a conversation.
type teammate struct {
	Name     string        `json:"name"`
	Doc      string        `json:"doc"`
	Memory   bool          `json:"memory"`
	Mode     event.Mode    `json:"mode"`
	MaxSteps int           `json:"max_steps"`
	Checks   []event.Check `json:"checks"`
	Team     []teammate    `json:"team"`
}

// hire makes the members callable.
func hire(replies *script.Replies, team []teammate, heard *ear, rec *log) (out []tools.Tool) {
	for _, m := range team {
		member := &agent.Member{Name: m.Name, Agent: "The " + m.Name, Model: "script/test", Doc: m.Doc, Memory: m.Memory}
		member.Hire = func(context.Context, []agent.File) (agent.Hired, error) {
			a := &agent.Agent{
				Name: "The " + m.Name, Ref: "script/test", Sandbox: engine(), MaxSteps: m.MaxSteps, Mode: m.Mode, Checks: m.Checks,
				Model: &listener{Model: replies.For(m.Name), ear: heard}, Imports: []string{"math", "json"}, Tools: []tools.Tool{double},
			}
			a.Tools = append(a.Tools, hire(replies, m.Team, heard, rec)...)
			return agent.Hired{Agent: a}, nil
		}
		out = append(out, member.Tool())
	}
	return out
}

// ear hears what all models of a run were sent, by the span of the call.
type ear struct {
	mu sync.Mutex
	of map[int64][]llm.Message
}

func (e *ear) hear(ctx context.Context, messages []llm.Message) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.of[agent.SpanOf(ctx)] = messages
}

// eachDerivedIsSent is derivedIsSent for agents that ask at the same time: by the span of the call.
func eachDerivedIsSent(t *testing.T, events []event.Event, sent map[int64][]llm.Message) {
	t.Helper()
	n := 0
	for _, e := range events {
		call, ok := e.Body.(event.ModelStarted)
		if !ok {
			continue
		}
		n++
		if d := cmp.Diff(sent[e.Seq], agent.Prompt(events, call)); d != "" {
			t.Errorf("prompt %d: derived is not sent (-sent +derived):\n%s", n, d)
		}
	}
	if n != len(sent) {
		t.Errorf("%d calls recorded, %d made", n, len(sent))
	}
}
