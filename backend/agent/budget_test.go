package agent_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
)

// narrow is a server with a small context: it counts a token for every two characters, and refuses what does not fit.
type narrow struct {
	llm.Model
	limit   int
	refused int
}

func (n *narrow) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	tokens := 0
	for _, m := range req.Messages {
		tokens += len(m.Content()) / 2
	}
	if tokens > n.limit {
		n.refused++
		return llm.Reply{}, fault.New(fault.ContextOverflow, "The prompt is too long", "", "")
	}
	reply, err := n.Model.Generate(ctx, req, emit)
	reply.Usage.Input = tokens
	return reply, err
}

// steps are a run that prints much in each of n steps, and then answers.
func steps(n int) *script.Replies {
	var replies []llm.Reply
	for i := range n {
		replies = append(replies, llm.Reply{Text: fmt.Sprintf("Thought: Step %d.\n```python\nn = %d\nprint('x' * 1500, n)\n```", i+1, i+1)})
	}
	return script.NewReplies(append(replies, llm.Reply{Text: "```python\nfinal_answer(n)\n```"}))
}

// TestCompaction: a run whose steps do not fit its context goes on. Where the limit is known, old steps are folded
// before the server refuses; where it is not, after. The log tells it, and prompts are derived as they were sent.
func TestCompaction(t *testing.T) {
	for _, known := range []bool{true, false} {
		server := &narrow{Model: steps(12), limit: 6000}
		model := &listener{Model: server}
		a := tester(model)
		if known {
			a.Options.ContextTokens = server.limit
		}
		rec := &log{}
		ending, err := a.Run(t.Context(), agent.Task{Text: "Count."}, agent.Ports{Record: rec})
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := ending.(event.RunFinished); !ok || f.Text != "12" {
			t.Fatalf("known %v: %#v", known, ending)
		}
		derivedIsSent(t, rec.events, model.sent)
		folds, budget := 0, event.Budget{}
		for _, e := range rec.events {
			switch b := e.Body.(type) {
			case event.ContextCompacted:
				folds++
			case event.ModelStarted:
				budget = *b.Budget
			}
		}
		last := showPrompt(model.sent[len(model.sent)-1])
		if folds == 0 || !strings.Contains(last, "- Step 1.\n") || !strings.Contains(last, "Thought: Step 12.") {
			t.Errorf("known %v: %d folds; the last prompt:\n%s", known, folds, last)
		}
		if known == (server.refused > 0) {
			t.Errorf("known %v: the server refused %d", known, server.refused)
		}
		if known && (budget.System == 0 || budget.Task == 0 || budget.Steps == 0 || budget.Limit != server.limit || budget.Total() > server.limit) {
			t.Errorf("budget = %+v", budget)
		}
	}
}

// TestOverflowWithNothingToFold: a task that does not fit by itself is the server's fault with what to do, not a loop.
func TestOverflowWithNothingToFold(t *testing.T) {
	server := &narrow{Model: steps(1), limit: 100}
	ending, err := tester(server).Run(t.Context(), agent.Task{Text: "Count."}, agent.Ports{Record: &log{}})
	if f, ok := ending.(event.RunFailed); err != nil || !ok || f.Fault.Code != fault.ContextOverflow || server.refused != 1 {
		t.Errorf("%#v, %v, %d refused", ending, err, server.refused)
	}
}
