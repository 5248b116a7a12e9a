package openai

import (
	"context"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
)

// TestRealServer runs the contract against the /v1 of a real Ollama, which is one server of this protocol.
func TestRealServer(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "plain", false, llmtest.CaseLines())
	llmtest.Script(t, s, "thinker", true, llmtest.CaseLines())
	llmtest.Random(t, s, "babbler")
	p, err := New("local", s.URL+"/v1", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	model := func(t *testing.T, id string) llm.Model {
		m, err := p.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	llmtest.Contract(t, true, func(t *testing.T, c llmtest.Case) llm.Model {
		if c.Says.Thinking != "" {
			return model(t, "thinker")
		}
		return model(t, "plain")
	})
	ctx := context.Background()
	infos, err := p.List(ctx)
	if err != nil || len(infos) != 3 {
		t.Errorf("%+v %v", infos, err)
	}
	_, err = model(t, "nothere").Generate(ctx, ask("hi"), nil)
	check(t, err, fault.ModelNotFound, `"nothere"`)
	req := ask("hi")
	req.Tools = []llm.ToolSpec{{Name: "f"}}
	_, err = model(t, "babbler").Generate(ctx, req, nil)
	check(t, err, fault.ModelUnsupported, "tools")

	root, err := New("local", s.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = root.List(ctx)
	check(t, err, fault.ModelUnreachable, "try "+s.URL+"/v1")
}

// TestRealServerKilled: a stream that is killed can end without any error on the connection.
func TestRealServerKilled(t *testing.T) {
	s := llmtest.OwnOllama(t)
	llmtest.Random(t, s, "babbler")
	p, err := New("local", s.URL+"/v1", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Open("babbler")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	_, err = m.Generate(context.Background(), ask("babble"), func(d llm.Delta) {
		if n++; n == 3 {
			s.Kill()
		}
	})
	check(t, err, fault.ModelFailed, "broke off")
	if !strings.Contains(err.Error(), "middle of the answer") {
		t.Error(err)
	}
	_, err = m.Generate(context.Background(), ask("again"), nil)
	check(t, err, fault.ModelUnreachable, "refused")
}
