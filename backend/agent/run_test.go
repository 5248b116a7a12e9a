package agent_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
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
	for name, mode := range map[string]event.Mode{
		"system": event.ModeCode, "short": event.ModeCode, "team": event.ModeCode,
		"structured": event.ModeStructured, "tools": event.ModeTools, "tools-in-text": event.ModeToolsInText,
	} {
		a := tester(nil)
		a.Mode, a.Short = mode, name == "short"
		if name == "team" { // as by code, with somebody to call
			a.Tools = append(a.Tools, (&agent.Member{Name: "researcher", Doc: "Finds things out on the web."}).Tool())
		}
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

// TestHugeOutput: the model gets both ends of a long output, a long value and a long result, and is told how code gets at
// all of it; code does.
func TestHugeOutput(t *testing.T) {
	huge := tools.New("huge", "Gives much.", func(context.Context, struct{}) (string, error) {
		return "begin" + strings.Repeat("y", 20_000) + "end", nil
	})
	all := regexp.MustCompile(`full_output\((\d+)\) in Python returns all`)
	for _, mode := range []event.Mode{event.ModeCode, event.ModeTools} {
		rec, blobs := &log{}, &blobs{}
		ask := func(code string) llm.Reply {
			if mode == event.ModeCode {
				return llm.Reply{Text: "```python\n" + code + "\n```", Finish: llm.FinishStop}
			}
			args, err := json.Marshal(map[string]string{"code": code})
			if err != nil {
				t.Fatal(err)
			}
			return llm.Reply{Calls: []llm.Call{{ID: "1", Name: "python", Args: args}}}
		}
		step := 0
		var told string // the last observation
		model := modelFunc(func(req llm.Request) llm.Reply {
			last := req.Messages[len(req.Messages)-1]
			told = last.Content()
			for _, p := range last.Parts {
				if r, ok := p.(llm.Result); ok {
					told += r.Text
				}
			}
			number := ""
			if m := all.FindStringSubmatch(told); m != nil {
				number = m[1]
			}
			if len(told) > 12_000 {
				t.Errorf("%s: step %d is told %d bytes", mode, step, len(told))
			}
			switch step++; step {
			case 1: // fits into the log
				return ask("print('first'); print('x' * 30_000); print('last')")
			case 2:
				return ask("a = full_output(" + number + ")\nprint('z' * 100_000, 'end')")
			case 3: // does not
				return ask("b = full_output(" + number + ")\nlist(range(9999))")
			case 4:
				if !strings.Contains(told, "the variable _ holds the whole value") {
					t.Errorf("%s: of a long value it is told %q", mode, told)
				}
				if mode == event.ModeTools {
					return llm.Reply{Calls: []llm.Call{{ID: "1", Name: "huge", Args: []byte("{}")}}}
				}
				number = "999"
			}
			if mode == event.ModeTools {
				return ask("final_answer([len(a), a[-5:], len(b), b[-4:], len(_), len(full_output('" + number + "'))])")
			}
			return ask("try:\n    full_output(" + number + ")\nexcept ToolError as e:\n    c = len(str(e)) > 40\nfinal_answer([len(a), a[-5:], len(b), b[-4:], len(_), c])")
		})
		a := tester(model)
		a.Mode, a.MaxSteps, a.Tools = mode, 6, append(a.Tools, huge)
		ending, err := a.Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: rec, Blobs: blobs})
		if err != nil {
			t.Fatal(err)
		}
		want := `[30011,"\nlast",100005,"end\n",9999,true]`
		if mode == event.ModeTools {
			want = `[30011,"\nlast",100005,"end\n",9999,20008]`
		}
		if f, ok := ending.(event.RunFinished); !ok || f.Text != want {
			t.Errorf("%s: %#v", mode, ending)
		}
	}
}

// modelFunc is a model that answers at once.
type modelFunc func(llm.Request) llm.Reply

func (f modelFunc) Generate(_ context.Context, req llm.Request, _ func(llm.Delta)) (llm.Reply, error) {
	return f(req), nil
}

// blobs keeps contents in memory.
type blobs struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (b *blobs) PutBlob(_ context.Context, _ string, r io.Reader) (string, int64, error) {
	data, err := io.ReadAll(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept == nil {
		b.kept = map[string][]byte{}
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(data))
	b.kept[hash] = data
	return hash, int64(len(data)), err
}

func (b *blobs) OpenBlob(_ context.Context, hash string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return io.NopCloser(bytes.NewReader(b.kept[hash])), nil
}
