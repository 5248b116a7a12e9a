package agent_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/tools"
)

func tester(model llm.Model) *agent.Agent {
	return &agent.Agent{Name: "Tester", Model: model, Ref: "script/test", Sandbox: engine(), Imports: []string{"math"}, Tools: []tools.Tool{double}, Instructions: "Answer in French."}
}

// TestSystemPrompt pins what every model is told first, in each way of acting, and keeps it short: it is sent with
// every call.
func TestSystemPrompt(t *testing.T) {
	for mode, name := range map[event.Mode]string{event.ModeCode: "system", event.ModeStructured: "structured", event.ModeTools: "tools", event.ModeToolsInText: "tools-in-text"} {
		a := tester(nil)
		a.Mode = mode
		got, err := a.SystemPrompt()
		if err != nil {
			t.Fatal(err)
		}
		if tokens := agent.Tokens(got); tokens > 1000 {
			t.Errorf("%s: about %d tokens", name, tokens)
		}
		name = "testdata/" + name + ".golden.txt"
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: -want +got:\n%s", name, d)
		}
	}
}

// TestOwnPrompts: an agent's own texts are used and recorded; what cannot work is refused with what is wrong.
func TestOwnPrompts(t *testing.T) {
	a := tester(script.NewReplies([]llm.Reply{{Text: "Plan: none."}, {Text: "```python\n1\n```"}, {Text: "I give up."}}))
	a.MaxSteps, a.PlanEvery = 1, 1
	a.Prompts = map[string]string{"code": "Use {{.Tools}} and {{.Imports}}", "plan": "PLAN, PLEASE", "final": "ENOUGH"}
	model := &listener{Model: a.Model}
	a.Model = model
	rec := &log{}
	if _, err := a.Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: rec}); err != nil {
		t.Fatal(err)
	}
	derivedIsSent(t, rec.events, model.sent)
	for i, want := range []string{"PLAN, PLEASE", "x", "ENOUGH"} {
		if got := showPrompt(model.sent[i]); !strings.Contains(got, want) {
			t.Errorf("prompt %d lacks %q:\n%s", i+1, want, got)
		}
	}
	if system := model.sent[0][0].Content(); !strings.HasPrefix(system, "Use def final_answer") || !strings.HasSuffix(system, "and math.") {
		t.Errorf("system prompt = %q", system)
	}
	for name, text := range map[string]string{
		"other": "x", "code": "{{.Tools", "tools": "{{.Tools}} {{.Tolls}}",
	} {
		if err := a.ValidPrompt(name, text); err == nil {
			t.Errorf("%s: %q is taken", name, text)
		}
	}
	for _, text := range []string{"no tools", "{{.Tools}}{{range 1000000}}xxxxxxxxxx{{end}}"} {
		if err := a.ValidPrompt("code", text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	for _, name := range agent.PromptNames() {
		if err := a.ValidPrompt(name, agent.DefaultPrompt(name)); err != nil {
			t.Errorf("the default %s: %v", name, err)
		}
	}
}

// TestUnloggedRunEnds: when the log cannot be written, nothing more is done, and the error says so: what is not
// recorded must not happen.
func TestUnloggedRunEnds(t *testing.T) {
	full := errors.New("disk full")
	for _, kind := range []string{"run_started", "step_started", "model_started", "model_finished", "code_started", "code_finished", "run_finished"} {
		t.Run(kind, func(t *testing.T) {
			rec := &log{fail: func(b event.Body) error {
				if b.Kind() == kind {
					return full
				}
				return nil
			}}
			model := script.NewReplies([]llm.Reply{{Text: "```python\nfinal_answer(1)\n```", Finish: llm.FinishStop}})
			if _, err := tester(model).Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: rec}); !errors.Is(err, full) {
				t.Errorf("error = %v", err)
			}
			for _, e := range rec.events {
				if e.Body.Kind() == "run_failed" || e.Body.Kind() == "run_finished" {
					t.Errorf("after the log broke, %s was recorded", e.Body.Kind())
				}
			}
		})
	}
}

// stopper is a model that is stopped by the user while it speaks.
type stopper struct{ stop context.CancelFunc }

func (s stopper) Generate(ctx context.Context, _ llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	emit(llm.Delta{Text: "I was about to"})
	s.stop()
	<-ctx.Done()
	return llm.Reply{}, ctx.Err()
}

// TestStopMidToken: the run ends as stopped, and its ending is in the log although the context is cancelled.
func TestStopMidToken(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	rec := &log{}
	ending, err := tester(stopper{stop}).Run(ctx, agent.Task{Text: "x"}, agent.Ports{Record: rec})
	if _, ok := ending.(event.RunStopped); !ok || err != nil {
		t.Fatalf("ending = %#v, %v", ending, err)
	}
	if last := rec.events[len(rec.events)-1]; last.Body.Kind() != "run_stopped" {
		t.Errorf("last event = %s", last.Body.Kind())
	}
}

// TestHugeOutput: the model gets both ends of a long output and is told what was left out.
func TestHugeOutput(t *testing.T) {
	rec := &log{}
	model := &listener{Model: script.NewReplies([]llm.Reply{
		{Text: "```python\nprint('first'); print('x' * 30_000); print('last')\n```", Finish: llm.FinishStop},
		{Text: "```python\nfinal_answer(1)\n```", Finish: llm.FinishStop},
	})}
	if _, err := tester(model).Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: rec}); err != nil {
		t.Fatal(err)
	}
	last := model.sent[1][len(model.sent[1])-1].Content()
	for _, want := range []string{"first", "last", "characters left out"} {
		if !strings.Contains(last, want) {
			t.Errorf("the observation lacks %q", want)
		}
	}
	if len(last) > 10_000 {
		t.Errorf("the observation has %d bytes", len(last))
	}
}
