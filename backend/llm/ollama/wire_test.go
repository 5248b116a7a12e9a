package ollama

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/llm"
)

// TestRequest pins what is sent, to a server that says it can do everything: the models of the tests cannot see.
func TestRequest(t *testing.T) {
	var sent map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/show":
			fmt.Fprint(w, `{"capabilities":["completion","vision","tools"],"model_info":{"general.architecture":"x","x.context_length":4096}}`)
		case "/api/chat":
			data, err := io.ReadAll(r.Body)
			if err == nil {
				err = json.Unmarshal(data, &sent)
			}
			if err != nil {
				t.Error(err)
			}
			fmt.Fprint(w, `{"message":{"content":"ok"},"done":true,"done_reason":"stop"}`)
		default:
			fmt.Fprint(w, `{"models":[{"name":"m:latest"}]}`)
		}
	}))
	defer srv.Close()
	p, err := New(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	zero, seed := 0.0, int64(7)
	_, err = open(t, p, "m").Generate(context.Background(), llm.Request{
		Messages: []llm.Message{
			{Role: llm.User, Parts: []llm.Part{llm.Text{Text: "see"}, llm.Image{MediaType: "image/png", Data: []byte{1, 2}}}},
			{Role: llm.Assistant, Parts: []llm.Part{llm.Thinking{Text: "secret"}, llm.Text{Text: "I call."}, llm.Call{ID: "c1", Name: "f"}}},
			{Role: llm.Tool, Parts: []llm.Part{llm.Result{CallID: "c1", Name: "f", Text: "one"}, llm.Result{CallID: "c2", Name: "g", Text: "two"}}},
		},
		Tools:   []llm.ToolSpec{{Name: "f"}},
		Stop:    []string{"A"},
		Options: llm.Options{Temperature: &zero, Seed: &seed, MaxTokens: 9, ContextTokens: 2048, Think: "off", KeepAlive: "90m"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"model":"m","truncate":false,"shift":false,"think":false,"keep_alive":"1h30m0s",
		"options":{"temperature":0,"seed":7,"num_predict":9,"num_ctx":2048,"stop":["A"]},
		"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],
		"messages":[
			{"role":"user","content":"see","images":["AQI="]},
			{"role":"assistant","content":"I call.","tool_calls":[{"id":"c1","function":{"index":0,"name":"f","arguments":{}}}]},
			{"role":"tool","content":"one","tool_name":"f","tool_call_id":"c1"},
			{"role":"tool","content":"two","tool_name":"g","tool_call_id":"c2"}]}`
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wanted, sent); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
}
