package ollama

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ollama/ollama/api"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/llmtest/tiny"
)

// TestQuirksRemain asks the real server without us, in the ways that we avoid. It is still as odd as when what we do
// about it was written, and says it in the words that we know it by; docs/model-quirks.md lists all of it.
func TestQuirksRemain(t *testing.T) {
	real(t)
	s := llmtest.Ollama(t)
	raw := func(name, text string, change func(*api.ChatRequest)) (last api.ChatResponse, err error) {
		req := &api.ChatRequest{Model: name, Messages: []api.Message{{Role: "user", Content: text}}, Options: map[string]any{"num_predict": 1, "num_ctx": 512}}
		change(req)
		err = s.Client.Chat(context.Background(), req, func(r api.ChatResponse) error { last = r; return nil })
		return last, err
	}
	long := strings.Repeat("long ", 400)
	t.Run("an overflow is silent", func(t *testing.T) {
		if last, err := raw("babbler", long, func(*api.ChatRequest) {}); err != nil || !last.Done {
			t.Errorf("%+v %v", last, err)
		}
	})
	t.Run("an image is taken by a model that cannot see", func(t *testing.T) {
		if last, err := raw("babbler", "see", func(r *api.ChatRequest) { r.Messages[0].Images = []api.ImageData{[]byte("x")} }); err != nil || !last.Done {
			t.Errorf("%+v %v", last, err)
		}
	})
	t.Run("an option of a wrong type", func(t *testing.T) {
		_, err := raw("babbler", "x", func(r *api.ChatRequest) { r.Options["num_predict"] = "many" })
		if err == nil {
			t.Fatal("it is taken")
		}
		f := fault.Of(provider(t, s).explain(context.Background(), "babbler", err))
		if f.Code != fault.Invalid || !strings.Contains(err.Error(), `option "num_predict" must be of type integer`) {
			t.Errorf("%v: %+v", err, f)
		}
	})
	t.Run("an unknown option is ignored", func(t *testing.T) {
		if last, err := raw("babbler", "x", func(r *api.ChatRequest) { r.Options["nonsense"] = true }); err != nil || !last.Done {
			t.Errorf("%+v %v", last, err)
		}
	})
	t.Run("stop strings count in thoughts", func(t *testing.T) {
		var said string
		err := s.Client.Chat(context.Background(), &api.ChatRequest{
			Model: "thinker", Messages: []api.Message{{Role: "user", Content: "Case: stop inside a thought"}},
			Options: map[string]any{"stop": []string{"\nObservation:"}},
		}, func(r api.ChatResponse) error { said += r.Message.Content; return nil })
		if err != nil || said != "" {
			t.Errorf("%q %v", said, err)
		}
	})
	t.Run("a cancelled stream has no error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var last api.ChatResponse
		err := s.Client.Chat(ctx, &api.ChatRequest{Model: "babbler", Messages: []api.Message{{Role: "user", Content: "x"}}, Options: map[string]any{"num_ctx": tiny.Context}},
			func(r api.ChatResponse) error { last = r; cancel(); return nil })
		if err != nil || last.Done {
			t.Errorf("%+v %v", last, err)
		}
	})
}

// TestFormatWhileThinking: Ollama may make two requests of one, the thought and what is held to the schema. Both come.
func TestFormatWhileThinking(t *testing.T) {
	p := real(t)
	req := ask("Whom?")
	req.Format = json.RawMessage(`{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}`)
	req.Options.Think = "on"
	r, err := open(t, p, "thinker").Generate(context.Background(), req, nil)
	var who struct{ Name string }
	if err != nil || r.Thinking != "Somebody." || json.Unmarshal([]byte(r.Text), &who) != nil || who.Name != "Ada" {
		t.Errorf("%+v %v", r, err)
	}
}

// TestQueueFull fills the queue of a server: one request is served, one waits for its model to be loaded, one for that,
// and the next is refused.
func TestQueueFull(t *testing.T) {
	s := llmtest.OwnOllama(t, "OLLAMA_MAX_QUEUE=1", "OLLAMA_MAX_LOADED_MODELS=1")
	llmtest.Random(t, s, "babbler")
	m := open(t, provider(t, s), "babbler")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	generate := func(contextTokens int, emit func(llm.Delta)) error { // another context is another process
		req := ask("babble")
		req.Options.ContextTokens = contextTokens
		_, err := m.Generate(ctx, req, emit)
		return err
	}
	speaks, failed := make(chan bool, 1), make(chan error, 4)
	go func() {
		failed <- generate(tiny.Context, func(d llm.Delta) {
			if d.Text != "" {
				select {
				case speaks <- true:
				default:
				}
			}
		})
	}()
	select {
	case <-speaks:
	case err := <-failed:
		t.Fatal(err)
	}
	for _, size := range []int{512, 1024, 2048} {
		go func() { failed <- generate(size, nil) }()
	}
	err := <-failed
	check(t, err, fault.ModelBusy, "queue", "Wait")
	if !llm.Transient(err) {
		t.Error("it passes by itself")
	}
	cancel()
	for range 3 {
		<-failed
	}
}
