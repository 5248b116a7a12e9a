package agent_test

import (
	"context"
	"io"
	"io/fs"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// teammate is a member of a team in a conversation.
type teammate struct {
	Name     string        `json:"name"`
	Doc      string        `json:"doc"`
	Memory   bool          `json:"memory"`
	Mode     event.Mode    `json:"mode"`
	MaxSteps int           `json:"max_steps"`
	Context  int           `json:"context"`
	Checks   []event.Check `json:"checks"`
	Team     []teammate    `json:"team"`
}

// hire makes the members callable.
func hire(replies *script.Replies, team []teammate, heard *ear, kept *memberStates) (out []tools.Tool) {
	for _, m := range team {
		member := &agent.Member{Name: m.Name, Agent: "The " + m.Name, Model: "script/test", Doc: m.Doc, Memory: m.Memory}
		member.Hire = func(context.Context, []agent.File) (agent.Hired, error) {
			a := &agent.Agent{
				Name: "The " + m.Name, Ref: "script/test", Sandbox: sandbox.Keep(engine(), kept.keeper), MaxSteps: m.MaxSteps, Mode: m.Mode, Checks: m.Checks,
				Model: &listener{Model: replies.For(m.Name), ear: heard}, Imports: []string{"math", "json"}, Tools: []tools.Tool{double},
			}
			a.Options.ContextTokens = m.Context
			a.Tools = append(a.Tools, hire(replies, m.Team, heard, kept)...)
			return agent.Hired{Agent: a}, nil
		}
		out = append(out, member.Tool())
	}
	return out
}

// memberStates keeps the states of called agents in memory, and brings them back.
type memberStates struct {
	mu sync.Mutex
	of map[int64]*states
}

func (m *memberStates) keeper(ctx context.Context) sandbox.Keeper {
	m.mu.Lock()
	defer m.mu.Unlock()
	who := agent.Called(ctx)
	if m.of[who] == nil {
		m.of[who] = &states{}
	}
	return m.of[who]
}

// Resume implements agent.Past. What was kept last is what is asked for: no conversation goes back behind it.
func (m *memberStates) Resume(ctx context.Context, box sandbox.Sandbox, events []event.Event, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	m.mu.Lock()
	kept := m.of[events[0].Seq]
	m.mu.Unlock()
	if len(kept.chain) == 0 {
		return box.Open(ctx, cfg, host)
	}
	return box.Restore(ctx, cfg, host, kept.chain)
}

func (m *memberStates) Open(event.InputFile) (io.ReadSeekCloser, error) { return nil, fs.ErrNotExist }

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
