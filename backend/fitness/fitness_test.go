package fitness_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/fitness"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox/cpython"
)

// engine is shared: it compiles the runtime once.
var engine = sync.OnceValue(func() *cpython.Engine { return cpython.New(cpython.Config{}) })

// pupil is a model that answers by the probe that it recognises.
type pupil struct {
	answers map[string]llm.Reply
	faults  map[string]error
}

// recognise tells the probes apart by their prompts.
func recognise(req llm.Request) string {
	last := req.Messages[len(req.Messages)-1].Content()
	for name, begins := range map[string]string{
		"code": "Task:\nWrite Python", "stop": "Write these five", "tools": "What is the weather", "schema": "Give a short thought",
		"thinking": "A bat and a ball", "context": "The password", "python": "Task:\nThe list `rows`", "honesty": "Observation:\nPrinted:\n[]",
	} {
		if strings.HasPrefix(last, begins) {
			return name
		}
	}
	return "again"
}

func (p pupil) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if ctx.Err() != nil {
		return llm.Reply{}, ctx.Err()
	}
	name := recognise(req)
	if err := p.faults[name]; err != nil {
		return llm.Reply{}, err
	}
	a := p.answers[name]
	b := llm.NewReplyBuilder(req, emit) // what every adapter does: stop strings, thoughts
	b.Thinking(a.Thinking)
	b.Text(a.Text)
	for _, c := range a.Calls {
		b.Call(c.ID, c.Name, c.Args)
	}
	r := b.Reply(llm.FinishStop)
	r.Usage.Input = 10
	for _, m := range req.Messages {
		r.Usage.Input += len(m.Content()) / 4
	}
	return r, nil
}

func say(text string) llm.Reply { return llm.Reply{Text: text} }

// good passes everything.
func good() map[string]llm.Reply {
	return map[string]llm.Reply{
		"code":     say("Thought: I print them.\n```python\nfor n in (1, 2, 3):\n    print(n * n)\n```"),
		"stop":     say("apple pear TURNIP plum cherry"),
		"tools":    {Calls: []llm.Call{{Name: "get_weather", Args: []byte(`{"city":"Paris, France"}`)}}},
		"schema":   say(`{"thought": "Easy.", "code": "print(6 * 7)"}`),
		"thinking": {Thinking: "The ball costs x.", Text: "0.05"},
		"context":  say("marigold-58"),
		"python":   say("```python\nfinal_answer(sum(float(r.split(';')[1].replace(',', '.')) for r in rows))\n```"),
		"honesty":  say("The file is missing, so I cannot tell the revenue in 2023."),
	}
}

func TestProbes(t *testing.T) {
	unsupported := fault.New(fault.ModelUnsupported, "It cannot", "no", "Another.")
	tests := []struct {
		name    string
		answers map[string]llm.Reply // in place of the good ones
		faults  map[string]error
		states  map[string]fitness.State // other than pass
		mode    event.Mode
		think   string
		says    string // in the verdict
	}{
		{name: "good", mode: event.ModeCode, says: "Good"},
		{name: "untidy", answers: map[string]llm.Reply{"code": say("<code>print(1)\nprint(4)"), "tools": say("It rains."), "stop": say("I cannot.")},
			states: map[string]fitness.State{"code": fitness.Partly, "tools": fitness.Fail, "stop": fitness.Partly}, mode: event.ModeCode, says: "Good"},
		{name: "prose only, but bound by a schema", answers: map[string]llm.Reply{"code": say("Squares are nice."), "python": say("It is hard to say.")},
			states: map[string]fitness.State{"code": fitness.Fail, "python": fitness.Fail}, mode: event.ModeStructured, says: "structured"},
		{name: "tools only", answers: map[string]llm.Reply{"code": say("Squares."), "python": say("33, I guess? No: 34."), "schema": say("Sure!")},
			states: map[string]fitness.State{"code": fitness.Fail, "python": fitness.Fail, "schema": fitness.Fail}, mode: event.ModeTools, says: "tool calls"},
		{name: "right in words", answers: map[string]llm.Reply{"python": say("The sum is 33.0"), "again": say("The sum is 33.0")},
			mode: event.ModeCode, says: "Good"},
		{name: "wrong sum", answers: map[string]llm.Reply{"python": say("```python\nfinal_answer(32)\n```")},
			states: map[string]fitness.State{"python": fitness.Fail}, mode: event.ModeTools, says: "do not ask it for code"},
		{name: "wrong sum, no tools", answers: map[string]llm.Reply{"python": say("```python\nfinal_answer(32)\n```"), "tools": say("Rain.")},
			states: map[string]fitness.State{"python": fitness.Fail, "tools": fitness.Fail}, mode: event.ModeCode, says: "larger model"},
		{name: "thoughts in the reply", answers: map[string]llm.Reply{"thinking": say("0.05 <reasoning>The ball</reasoning>")},
			states: map[string]fitness.State{"thinking": fitness.Fail}, mode: event.ModeCode, think: "off"},
		{name: "no thoughts", answers: map[string]llm.Reply{"thinking": say("0.05")}, states: map[string]fitness.State{"thinking": fitness.Cannot}, mode: event.ModeCode},
		{name: "the beginning is lost", answers: map[string]llm.Reply{"context": say("hunter2")},
			states: map[string]fitness.State{"context": fitness.Fail}, mode: event.ModeCode, says: "short"},
		{name: "it invents", answers: map[string]llm.Reply{"honesty": say("The revenue in 2023 was 4,200,000 euros.")},
			states: map[string]fitness.State{"honesty": fitness.Fail}, mode: event.ModeCode},
		{name: "refusals", faults: map[string]error{"tools": unsupported, "schema": unsupported, "context": fault.New(fault.ContextOverflow, "Too long", "4096", "Shorten.")},
			states: map[string]fitness.State{"tools": fitness.Cannot, "schema": fitness.Cannot, "context": fitness.Partly}, mode: event.ModeCode},
		{name: "nothing works", answers: map[string]llm.Reply{"code": say("?"), "python": say("?"), "schema": say("?"), "tools": say("?"), "honesty": say("?"), "context": say("?")},
			faults: map[string]error{"stop": fault.New(fault.ModelFailed, "It broke", "down", "Again.")},
			states: map[string]fitness.State{"code": fitness.Fail, "python": fitness.Fail, "schema": fitness.Fail, "tools": fitness.Fail, "honesty": fitness.Partly, "context": fitness.Fail, "stop": fitness.Fail},
			mode:   event.ModeCode, says: "Not fit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answers := good()
			for k, v := range tt.answers {
				answers[k] = v
			}
			var told []string
			r, err := fitness.Run(context.Background(), fitness.Subject{Model: pupil{answers, tt.faults}, Ref: "test/pupil", Sandbox: engine()},
				func(done int, name string) {
					if done != len(told) {
						t.Errorf("%s is told as number %d", name, done)
					}
					told = append(told, name)
				})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Probes) != fitness.Count() || len(told) != fitness.Count() {
				t.Fatalf("%d probes, told %q", len(r.Probes), told)
			}
			for _, p := range r.Probes {
				want := tt.states[p.Name]
				if want == "" {
					want = fitness.Pass
				}
				if p.State != want || p.Means == "" || p.Detail == "" {
					t.Errorf("%s is %s, want %s: %+v", p.Name, p.State, want, p)
				}
			}
			if r.Mode != tt.mode || r.Options.Think != tt.think || !strings.Contains(r.Verdict, tt.says) {
				t.Errorf("mode %s, options %+v, %q", r.Mode, r.Options, r.Verdict)
			}
		})
	}
}

// TestCheckEnds: a server that is gone ends the check, and so does the person.
func TestCheckEnds(t *testing.T) {
	gone := fault.New(fault.ModelUnreachable, "It does not answer", "refused", "Start it.")
	_, err := fitness.Run(context.Background(), fitness.Subject{Model: pupil{good(), map[string]error{"tools": gone}}, Sandbox: engine()}, func(int, string) {})
	if !fault.Is(err, fault.ModelUnreachable) {
		t.Errorf("a check without a server: %v", err)
	}
	for _, at := range []string{"stop", "python"} {
		ctx, cancel := context.WithCancel(context.Background())
		var told []string
		_, err = fitness.Run(ctx, fitness.Subject{Model: pupil{good(), nil}, Sandbox: engine()}, func(_ int, name string) {
			if told = append(told, name); name == at {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || slices.Index(told, at) != len(told)-1 {
			t.Errorf("cancelled at %s: %v after %q", at, err, told)
		}
	}
}
