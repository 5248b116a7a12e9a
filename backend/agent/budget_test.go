package agent_test

import (
	"context"
	"fmt"
	"slices"
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

// TestContextGrows: a context that is ours to choose is doubled when a prompt does not fit, up to what there is memory
// for, and only then are steps folded. What a person sets stays, as far as the model reads that much.
func TestContextGrows(t *testing.T) {
	for _, tt := range []struct {
		name  string
		room  llm.Room
		asked int
		want  []int // the sizes that were sent, each once
		folds bool
		told  event.Budget // of the last call: Limit, Most, Asked, Bytes
	}{
		{"grows", llm.Room{Most: 40_960, Fits: 40_960, PerToken: 1000}, 0, []int{8192, 16_384}, false, event.Budget{Limit: 16_384, Most: 40_960, Bytes: 16_384_000}},
		{"begins with what is loaded", llm.Room{Most: 40_960, Fits: 40_960, Least: 32_768}, 0, []int{32_768}, false, event.Budget{Limit: 32_768, Most: 40_960}},
		{"no memory for more", llm.Room{Most: 40_960, Fits: 9216}, 0, []int{8192, 9216}, true, event.Budget{Limit: 9216, Most: 40_960}},
		{"a person's", llm.Room{Most: 40_960, Fits: 40_960}, 6000, []int{6000}, true, event.Budget{Limit: 6000, Most: 40_960}},
		{"more than the model reads", llm.Room{Most: 9216, Fits: 9216}, 100_000, []int{9216}, true, event.Budget{Limit: 9216, Most: 9216, Asked: 100_000}},
		{"the server's to decide", llm.Room{Most: 9216}, 0, []int{0}, true, event.Budget{Limit: 9216, Most: 9216}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			model := &listener{Model: steps(12)}
			a := tester(&narrow{Model: model, limit: 1 << 20})
			a.Options.ContextTokens = tt.asked
			a.Room = func(context.Context) (llm.Room, bool) { return tt.room, true }
			rec := &log{}
			if _, err := a.Run(t.Context(), agent.Task{Text: "Count."}, agent.Ports{Record: rec}); err != nil {
				t.Fatal(err)
			}
			var sizes []int
			folds, last := false, event.Budget{}
			for _, e := range rec.events {
				switch b := e.Body.(type) {
				case event.ContextCompacted:
					folds = true
				case event.ModelStarted:
					if n := b.Options.ContextTokens; len(sizes) == 0 || sizes[len(sizes)-1] != n {
						sizes = append(sizes, n)
					}
					last = *b.Budget
				}
			}
			last = event.Budget{Limit: last.Limit, Most: last.Most, Asked: last.Asked, Bytes: last.Bytes}
			if !slices.Equal(sizes, tt.want) || folds != tt.folds || last != tt.told {
				t.Errorf("sizes %v, folded %v, told %+v", sizes, folds, last)
			}
		})
	}
}
