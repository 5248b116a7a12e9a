package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/llmtest/tiny"
)

// models are made once: creating one takes the server about a second.
var models sync.Once

// real gives a provider for the shared server, with the models plain and thinker (scripted) and babbler (random).
func real(t *testing.T) *Provider {
	t.Helper()
	s := llmtest.Ollama(t)
	models.Do(func() {
		lines := append(llmtest.CaseLines(),
			tiny.Line{Last: "18 degrees", Exact: true, Reply: "It is 18 degrees in Paris."},
			tiny.Line{Last: "Laugh", Reply: "Well," + strings.Repeat(" ha", 80)},
			tiny.Line{Last: "Who?", Reply: `{"name":"Ada","age":36}`},
			tiny.Line{Last: "Whom?", Reply: "<think>Somebody.</think>{\"name\":\"Ada\"}"},
			tiny.Line{Last: "Long", Reply: strings.Repeat("This sentence makes the reply long. ", 300)},
		)
		llmtest.Script(t, s, "plain", false, lines)
		llmtest.Script(t, s, "thinker", true, lines)
		llmtest.Random(t, s, "babbler")
	})
	return provider(t, s)
}

func provider(t *testing.T, s *llmtest.Server) *Provider {
	t.Helper()
	p, err := New(s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t *testing.T, p *Provider, id string) llm.Model {
	t.Helper()
	m, err := p.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ask(text string) llm.Request {
	return llm.Request{Messages: []llm.Message{llm.Say(llm.User, text)}}
}

// TestContract runs the contract against the real server, with a model that the server knows to think and one that
// it does not.
func TestContract(t *testing.T) {
	p := real(t)
	llmtest.Contract(t, true, func(t *testing.T, c llmtest.Case) llm.Model {
		if c.Inline {
			return open(t, p, "plain")
		}
		if c.Says.Thinking != "" {
			return open(t, p, "thinker")
		}
		return open(t, p, "plain:latest")
	})
	t.Run("stop inside an inline thought", func(t *testing.T) {
		req := ask("Case: stop inside a thought")
		req.Stop = []string{"\nObservation:"}
		r, err := open(t, p, "plain").Generate(context.Background(), req, nil)
		if err != nil || r.Text != "one two" || !strings.Contains(r.Thinking, "Observation: no") {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestThinkSwitch(t *testing.T) {
	p := real(t)
	for _, think := range []string{"", "on"} {
		req := ask("Case: thinking apart")
		req.Options.Think = think
		r, err := open(t, p, "thinker").Generate(context.Background(), req, nil)
		if err != nil || r.Thinking != "Some thoughts." || r.Text != "The answer." {
			t.Errorf("think %q: %+v %v", think, r, err)
		}
	}
	req := ask("Case: text")
	req.Options.Think = "off"
	if r, err := open(t, p, "thinker").Generate(context.Background(), req, nil); err != nil || r.Thinking != "" {
		t.Errorf("off: %+v %v", r, err)
	}
}

func TestToolResult(t *testing.T) {
	p := real(t)
	r, err := open(t, p, "plain").Generate(context.Background(), llm.Request{
		Tools: []llm.ToolSpec{{Name: "get_weather", Description: "d", Parameters: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"}}}`)}, {Name: "bare"}},
		Messages: []llm.Message{
			llm.Say(llm.User, "Case: calls"),
			{Role: llm.Assistant, Parts: []llm.Part{llm.Thinking{Text: "hm"}, llm.Call{ID: "c1", Name: "get_weather", Args: json.RawMessage(`{"city":"Paris"}`)}}},
			{Role: llm.Tool, Parts: []llm.Part{llm.Result{CallID: "c1", Name: "get_weather", Text: "18 degrees"}}},
		},
	}, nil)
	if err != nil || r.Text != "It is 18 degrees in Paris." {
		t.Errorf("%+v %v", r, err)
	}
}

func TestFormat(t *testing.T) {
	p := real(t)
	req := ask("Who?")
	req.Format = json.RawMessage(`{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"]}`)
	r, err := open(t, p, "plain").Generate(context.Background(), req, nil)
	var who struct {
		Name string
		Age  int
	}
	if err != nil || json.Unmarshal([]byte(r.Text), &who) != nil || who.Name != "Ada" || who.Age != 36 {
		t.Errorf("%+v %v", r, err)
	}
	// Even a model that only babbles keeps to a schema.
	req.Format = json.RawMessage(`{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}`)
	zero := 0.0
	req.Options = llm.Options{MaxTokens: 200, Temperature: &zero}
	r, err = open(t, p, "babbler").Generate(context.Background(), req, nil)
	var any map[string]bool
	if err != nil || r.Finish == llm.FinishStop && json.Unmarshal([]byte(r.Text), &any) != nil {
		t.Errorf("%+v %v", r, err)
	}
}

func TestOptions(t *testing.T) {
	p := real(t)
	seed, hot := int64(42), 1.5
	req := ask("babble")
	req.Options = llm.Options{Seed: &seed, Temperature: &hot, MaxTokens: 20, ContextTokens: 2048}
	first, err := open(t, p, "babbler").Generate(context.Background(), req, nil)
	if err != nil || first.Finish != llm.FinishLength || first.Usage.Output != 20 || first.Usage.Input == 0 {
		t.Fatalf("%+v %v", first, err)
	}
	second, err := open(t, p, "babbler").Generate(context.Background(), req, nil)
	if err != nil || second.Text != first.Text {
		t.Errorf("the same seed gave %q and %q (%v)", first.Text, second.Text, err)
	}
	if first.Timing.Output <= 0 || first.Timing.Prompt <= 0 {
		t.Errorf("timing %+v", first.Timing)
	}
}

// TestKeepAlive: a model that is not kept at all is loaded for each reply, visibly, and is gone afterwards.
func TestKeepAlive(t *testing.T) {
	p := real(t)
	m := open(t, p, "plain")
	for range 2 {
		req := ask("Who?")
		req.Options = llm.Options{KeepAlive: "0s", ContextTokens: 1024} // a size that no other test loads
		loads := 0
		reply, err := m.Generate(context.Background(), req, func(d llm.Delta) {
			if d.Loading {
				loads++
			}
		})
		if err != nil || !strings.Contains(reply.Text, "Ada") || loads != 1 {
			t.Fatalf("%+v %v, loaded %d times", reply, err, loads)
		}
		for loaded := true; loaded; { // Ollama unloads after it has answered
			infos, err := p.List(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			loaded = slices.ContainsFunc(infos, func(i llm.Info) bool { return sameModel(i.Name, "plain") && i.Loaded })
		}
	}
	req := ask("Who?")
	req.Options.KeepAlive = "a while"
	if _, err := m.Generate(context.Background(), req, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a while: %v", err)
	}
}

// TestContextEnds: while writing, the context is not shifted; the reply ends with FinishLength.
func TestContextEnds(t *testing.T) {
	p := real(t)
	req := ask("Long")
	req.Options = llm.Options{ContextTokens: 512}
	r, err := open(t, p, "plain").Generate(context.Background(), req, nil)
	if err != nil || r.Finish != llm.FinishLength || r.Usage.Input+r.Usage.Output > 520 {
		t.Errorf("finish %q, %+v, %v", r.Finish, r.Usage, err)
	}
}

func TestContextBeyondTheModel(t *testing.T) {
	p := real(t)
	req := ask("Case: text")
	req.Options.ContextTokens = 10 * tiny.Context
	var said []string
	if _, err := open(t, p, "plain").Generate(context.Background(), req, func(d llm.Delta) { said = append(said, d.Status) }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(said, ""), "at most 32768 tokens") {
		t.Errorf("status %q", said)
	}
}

func TestList(t *testing.T) {
	p := real(t)
	ctx := context.Background()
	if _, err := open(t, p, "thinker").Generate(ctx, ask("Case: text"), nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		infos, err := p.List(ctx)
		if err != nil || len(infos) < 3 {
			t.Fatalf("%+v %v", infos, err)
		}
		by := map[llm.Ref]llm.Info{}
		for _, i := range infos {
			by[i.Ref] = i
		}
		b, th := by["ollama/babbler:latest"], by["ollama/thinker:latest"]
		if !slices.Contains(th.Capabilities, "thinking") || !slices.Contains(th.Capabilities, "tools") || !th.Loaded || th.Cloud {
			t.Errorf("thinker: %+v", th)
		}
		if slices.Contains(b.Capabilities, "tools") || !slices.Contains(b.Capabilities, "completion") {
			t.Errorf("babbler: %+v", b)
		}
		if b.ContextTokens != tiny.Context || b.Size == 0 || b.Modified.IsZero() || b.Parameters == "" {
			t.Errorf("babbler: %+v", b)
		}
	}
	if v, err := p.Version(ctx); err != nil || v == "" {
		t.Errorf("version %q, %v", v, err)
	}
	if err := p.Heartbeat(ctx); err != nil {
		t.Error(err)
	}
}

// TestRealFaults are the rows that can be provoked in the real server.
func TestRealFaults(t *testing.T) {
	p := real(t)
	image := []llm.Message{{Role: llm.User, Parts: []llm.Part{llm.Text{Text: "see"}, llm.Image{MediaType: "image/png", Data: []byte("x")}}}}
	tests := []struct {
		name, model string
		req         llm.Request
		code        fault.Code
		says        []string
	}{
		{"not pulled", "nothere:7b", ask("hi"), fault.ModelNotFound, []string{`"nothere:7b"`, "plain:latest", "`ollama pull nothere:7b`"}},
		{"not pulled, with stop", "nothere", llm.Request{Messages: ask("hi").Messages, Stop: []string{"x"}}, fault.ModelNotFound, []string{"pulled are"}},
		{"overflow", "babbler", llm.Request{Messages: ask(strings.Repeat("long ", 400)).Messages, Options: llm.Options{ContextTokens: 512}}, fault.ContextOverflow, []string{"num_ctx"}},
		{"tools", "babbler", llm.Request{Messages: ask("hi").Messages, Tools: []llm.ToolSpec{{Name: "f"}}}, fault.ModelUnsupported, []string{"cannot call tools"}},
		{"think", "babbler", llm.Request{Messages: ask("hi").Messages, Options: llm.Options{Think: "on"}}, fault.ModelUnsupported, []string{"told to think"}},
		{"think level", "thinker", llm.Request{Messages: ask("hi").Messages, Options: llm.Options{Think: "sideways"}}, "", nil},
		{"images", "babbler", llm.Request{Messages: image}, fault.ModelUnsupported, []string{"cannot see images"}},
		{"schema", "plain", llm.Request{Messages: ask("hi").Messages, Format: json.RawMessage(`{"type":"nonsense"}`)}, fault.Invalid, []string{"schema"}},
		{"tool schema", "plain", llm.Request{Messages: ask("hi").Messages, Tools: []llm.ToolSpec{{Name: "f", Parameters: json.RawMessage(`{"properties":{"x":true}}`)}}}, fault.Invalid, []string{`"f"`}},
		{"no messages", "plain", llm.Request{}, fault.Invalid, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(t, p, tt.model).Generate(context.Background(), tt.req, nil)
			if tt.code == "" { // the server's choice of words decides; it must be a fault
				if err == nil || fault.Is(err, fault.Internal) {
					t.Error(err)
				}
				return
			}
			check(t, err, tt.code, tt.says...)
		})
	}
}

// TestStuck: a model that repeats itself for ever is hung up on by Ollama without a word; we say so.
func TestStuck(t *testing.T) {
	p := real(t)
	_, err := open(t, p, "plain").Generate(context.Background(), ask("Laugh"), nil)
	check(t, err, fault.ModelFailed, "got stuck", `"ha"`)
	if !llm.Transient(err) {
		t.Error("with some randomness, another try may go well")
	}
	req, zero := ask("Laugh"), 0.0
	req.Options.Temperature = &zero
	if _, err := open(t, p, "plain").Generate(context.Background(), req, nil); llm.Transient(err) || !fault.Is(err, fault.ModelFailed) {
		t.Errorf("without randomness, the same would come again: %v", err)
	}
}

func TestDeadline(t *testing.T) {
	p := real(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	req := ask("babble")
	req.Options.ContextTokens = tiny.Context // so that it cannot come to its end
	if _, err := open(t, p, "babbler").Generate(ctx, req, nil); !errors.Is(err, context.DeadlineExceeded) || !fault.Is(err, fault.Timeout) {
		t.Error(err)
	}
}

// TestKilled kills a model process, then the server, both in the middle of an answer.
func TestKilled(t *testing.T) {
	s := llmtest.OwnOllama(t)
	llmtest.Random(t, s, "babbler")
	p := provider(t, s)
	m := open(t, p, "babbler")
	var status []string
	generate := func(kill func()) error {
		n := 0
		_, err := m.Generate(context.Background(), ask("babble"), func(d llm.Delta) {
			if d.Status != "" {
				status = append(status, d.Status)
			}
			if d.Text != "" {
				if n++; n == 3 {
					kill()
				}
			}
		})
		return err
	}
	check(t, generate(func() { s.KillRunner(t) }), fault.ModelFailed, "Try again")
	if !slices.Contains(status, "loading the model") {
		t.Errorf("status %q", status)
	}
	// The next request starts the process anew; then the server goes.
	check(t, generate(s.Kill), fault.ModelFailed, "broke off", "ollama serve")
	check(t, generate(func() {}), fault.ModelUnreachable, s.URL, "ollama serve", "demo", "refused")
	_, err := p.List(context.Background())
	check(t, err, fault.ModelUnreachable, s.URL)
}
