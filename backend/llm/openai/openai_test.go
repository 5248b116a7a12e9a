package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
)

const key = "sk-secret-1234"

func open(t *testing.T, s *llmtest.OpenAI, id string) llm.Model {
	t.Helper()
	p, err := New("acme", s.URL, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ask(text string) llm.Request {
	return llm.Request{Messages: []llm.Message{llm.Say(llm.User, text)}}
}

// TestContract runs the contract with thoughts in either of the two usual fields.
func TestContract(t *testing.T) {
	for _, field := range []string{"reasoning_content", "reasoning"} {
		t.Run(field, func(t *testing.T) {
			llmtest.Contract(t, true, func(t *testing.T, c llmtest.Case) llm.Model {
				chunks := append(llmtest.Words(field, c.Says.Thinking), llmtest.Words("content", c.Says.Text)...)
				finish := "stop"
				for i, call := range c.Says.Calls {
					finish = "tool_calls"
					half := len(call.Args) / 2
					chunks = append(chunks,
						llmtest.Delta(fmt.Sprintf(`"tool_calls":[{"index":%d,"id":"c%d","type":"function","function":{"name":%q,"arguments":""}}]`, i, i, call.Name)),
						llmtest.Delta(fmt.Sprintf(`"tool_calls":[{"index":%d,"function":{"arguments":%q}}]`, i, call.Args[:half])),
						llmtest.Delta(fmt.Sprintf(`"tool_calls":[{"index":%d,"function":{"arguments":%q}}]`, i, call.Args[half:])))
				}
				answer := llmtest.Answer{Body: llmtest.Events(append(chunks, llmtest.Finish(finish), llmtest.Usage)...) + llmtest.Done}
				if t.Name() == "" || strings.Contains(t.Name(), "cancelled in the middle") {
					answer = llmtest.Answer{Body: llmtest.Events(chunks...), Hang: true}
				}
				return open(t, llmtest.NewOpenAI(t, answer), "m")
			})
		})
	}
}

func TestRequest(t *testing.T) {
	s := llmtest.NewOpenAI(t, llmtest.Says("ok"))
	zero, seed := 0.0, int64(7)
	_, err := open(t, s, "o1-mini").Generate(context.Background(), llm.Request{ // a name that go-openai refuses with these options
		Messages: []llm.Message{
			llm.Say(llm.System, "sys"),
			{Role: llm.User, Parts: []llm.Part{llm.Text{Text: "see"}, llm.Image{MediaType: "image/png", Data: []byte{1, 2}}}},
			{Role: llm.Assistant, Parts: []llm.Part{llm.Thinking{Text: "secret thought"}, llm.Text{Text: "I call."}, llm.Call{ID: "c1", Name: "f"}, llm.Call{ID: "c2", Name: "g", Args: json.RawMessage(`{"x":1}`)}}},
			{Role: llm.Tool, Parts: []llm.Part{llm.Result{CallID: "c1", Name: "f", Text: "one"}, llm.Result{CallID: "c2", Name: "g"}}},
		},
		Tools:   []llm.ToolSpec{{Name: "f", Description: "d"}},
		Stop:    []string{"A", "B", "C", "D", "E"},
		Format:  json.RawMessage(`{"type":"object"}`),
		Options: llm.Options{Temperature: &zero, Seed: &seed, MaxTokens: 99, Think: "low"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"model":"o1-mini","temperature":0,"seed":7,"max_tokens":99,"reasoning_effort":"low","stream":true,
		"stream_options":{"include_usage":true},"stop":["A","B","C","D"],
		"response_format":{"type":"json_schema","json_schema":{"name":"reply","schema":{"type":"object"},"strict":true}},
		"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}],
		"messages":[
			{"role":"system","content":"sys"},
			{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQI="}}]},
			{"role":"assistant","content":"I call.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"x\":1}"}}]},
			{"role":"tool","content":"one","tool_call_id":"c1"},
			{"role":"tool","content":"(no output)","tool_call_id":"c2"}]}`
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wanted, s.Requests()[0]); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
	if got := s.Headers()[0].Get("Authorization"); got != "Bearer "+key {
		t.Errorf("Authorization: %q", got)
	}
}

// TestRefusedNames: go-openai refuses these options for these names, whatever the server is; we send them.
func TestRefusedNames(t *testing.T) {
	half := 0.5
	for _, id := range []string{"o1-mini", "o3-mini", "gpt-5", "gpt-5-mini", "gpt-3.5-turbo-instruct"} {
		s := llmtest.NewOpenAI(t, llmtest.Says("ok"))
		req := ask("hi")
		req.Tools, req.Options = []llm.ToolSpec{{Name: "f"}}, llm.Options{MaxTokens: 5, Temperature: &half}
		if _, err := open(t, s, id).Generate(context.Background(), req, nil); err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if r := s.Requests()[0]; r["model"] != id || r["max_tokens"] != 5.0 || r["temperature"] != 0.5 || r["tools"] == nil {
			t.Errorf("%s: sent %v", id, r)
		}
	}
}

// TestNothingUnasked: what nobody asked for is left to the server: some refuse it, and each has defaults of its own
// (a missing temperature is 1.0 on Ollama's /v1).
func TestNothingUnasked(t *testing.T) {
	s := llmtest.NewOpenAI(t, llmtest.Says("ok"))
	if _, err := open(t, s, "m").Generate(context.Background(), ask("hi"), nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for k := range s.Requests()[0] {
		got = append(got, k)
	}
	slices.Sort(got)
	if d := cmp.Diff([]string{"messages", "model", "stream", "stream_options"}, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
}

// TestRefusals: what a server refuses is left out in the next try, and not sent again.
func TestRefusals(t *testing.T) {
	half, seed := 0.5, int64(1)
	full := llm.Options{Temperature: &half, Seed: &seed, MaxTokens: 5, Think: "high"}
	tests := []struct {
		name, refusal string
		status        int
		gone, instead string
	}{
		{"stop", `{"error":{"message":"Unsupported parameter: 'stop' is not supported with this model.","param":"stop","code":"unsupported_parameter"}}`, 400, "stop", ""},
		{"max_tokens", `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}}`, 400, "max_tokens", "max_completion_tokens"},
		{"temperature", `{"error":{"message":"Unsupported value: 'temperature' does not support 0.5 with this model."}}`, 400, "temperature", ""},
		{"seed, FastAPI", `{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}`, 422, "seed", ""},
		{"stream_options", `{"error":"unknown field stream_options"}`, 400, "stream_options", ""},
		{"reasoning_effort", `{"message":"Unrecognized request argument supplied: reasoning_effort"}`, 400, "reasoning_effort", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := llmtest.NewOpenAI(t, llmtest.Fails(tt.status, tt.refusal), llmtest.Says("one STOP two"), llmtest.Says("three"))
			m := open(t, s, "m")
			req := ask("hi")
			req.Stop, req.Options = []string{"STOP"}, full
			status := ""
			r, err := m.Generate(context.Background(), req, func(d llm.Delta) { status += d.Status })
			if err != nil || r.Text != "one " || status == "" {
				t.Fatalf("%+v %v, status %q", r, err, status)
			}
			if _, err := m.Generate(context.Background(), req, nil); err != nil {
				t.Fatal(err)
			}
			reqs := s.Requests()
			if len(reqs) != 3 || reqs[0][tt.gone] == nil || reqs[1][tt.gone] != nil || reqs[2][tt.gone] != nil {
				t.Errorf("%d requests: %v", len(reqs), reqs)
			}
			if tt.instead != "" && reqs[1][tt.instead] == nil {
				t.Errorf("%s is not sent instead", tt.instead)
			}
		})
	}
}

func TestSchemaBeyondStrictMode(t *testing.T) {
	s := llmtest.NewOpenAI(t, llmtest.Fails(400, `{"error":{"message":"Invalid schema for response_format 'reply': 'additionalProperties' is required to be supplied and to be false."}}`), llmtest.Says("{}"))
	req := ask("hi")
	req.Format = json.RawMessage(`{"type":"object"}`)
	if r, err := open(t, s, "m").Generate(context.Background(), req, nil); err != nil || r.Text != "{}" {
		t.Fatalf("%+v %v", r, err)
	}
	if f := fmt.Sprint(s.Requests()[1]["response_format"]); !strings.Contains(f, "strict:false") {
		t.Error(f)
	}
}

// TestStopAppliedToThoughts: a server that stops a model inside its thought is asked again without stop strings.
func TestStopAppliedToThoughts(t *testing.T) {
	cut := llmtest.Answer{Body: llmtest.Events(append(llmtest.Words("reasoning", "hm hm"), llmtest.Finish("stop"))...) + llmtest.Done}
	s := llmtest.NewOpenAI(t, cut, llmtest.Says("yes STOP no"))
	req := ask("hi")
	req.Stop = []string{"STOP"}
	r, err := open(t, s, "m").Generate(context.Background(), req, nil)
	if err != nil || r.Text != "yes " || r.Usage.Output == 0 {
		t.Fatalf("%+v %v", r, err)
	}
	if s.Requests()[1]["stop"] != nil {
		t.Error("stop was sent again")
	}
}

func TestStreams(t *testing.T) {
	whole := `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"hello","reasoning_content":"hm"},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":1}}`
	call := func(name, args string) []llm.Call {
		return []llm.Call{{ID: "a", Name: name, Args: json.RawMessage(args)}}
	}
	tests := []struct {
		name   string
		answer llmtest.Answer
		want   llm.Reply
	}{
		{"what it cost", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`), llmtest.Finish("stop"), `{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"cost":0.00125}}`) + llmtest.Done},
			llm.Reply{Text: "hi", Finish: llm.FinishStop, Usage: llm.Usage{Input: 9, Output: 2, Cost: 0.00125}}},
		{"usage in an extra chunk", llmtest.Says("hi you"), llm.Reply{Text: "hi you", Finish: llm.FinishStop, Usage: llm.Usage{Input: 11, Output: 7, Cached: 3}}},
		{"comments, events, CRLF and no space", llmtest.Answer{Body: ": keep-alive\r\n\r\nevent: x\r\nid: 1\r\ndata:" + llmtest.Delta(`"content":"hi"`) + "\r\n\r\n" + strings.Repeat(":\n\n", 400) + "data:" + llmtest.Finish("stop") + "\r\n\r\n"},
			llm.Reply{Text: "hi", Finish: llm.FinishStop}},
		{"no line break at the end", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`)) + "data: " + llmtest.Finish("length")}, llm.Reply{Text: "hi", Finish: llm.FinishLength}},
		{"killed after the finish", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`), llmtest.Finish("stop")), Kill: true}, llm.Reply{Text: "hi", Finish: llm.FinishStop}},
		{"not streamed at all", llmtest.Answer{Header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, Body: whole},
			llm.Reply{Text: "hello", Thinking: "hm", Finish: llm.FinishStop, Usage: llm.Usage{Input: 2, Output: 1}}},
		{"thoughts in two fields", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"reasoning":"hm","reasoning_content":"hm"`), llmtest.Delta(`"content":"x"`), llmtest.Finish("eos"))},
			llm.Reply{Text: "x", Thinking: "hm", Finish: llm.FinishStop}},
		{"content in parts", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]`), llmtest.Delta(`"content":null`), llmtest.Finish("stop"))},
			llm.Reply{Text: "ab", Finish: llm.FinishStop}},
		{"refusal", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"refusal":"No."`), llmtest.Finish("stop"))}, llm.Reply{Text: "No.", Finish: llm.FinishStop}},
		{"call whole, without index", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`), llmtest.Finish("stop"))},
			llm.Reply{Calls: call("f", `{"x":1}`), Finish: llm.FinishTools}},
		{"call with arguments as an object", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}]`), llmtest.Finish("tool_calls"))},
			llm.Reply{Calls: call("f", `{"x":1}`), Finish: llm.FinishTools}},
		{"call with bare Python", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"python","arguments":"print(1)"}}]`), llmtest.Finish("tool_calls"))},
			llm.Reply{Calls: call("python", `{"":"print(1)"}`), Finish: llm.FinishTools}},
		{"two whole calls with one index", llmtest.Answer{Body: llmtest.Events(
			llmtest.Delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]`),
			llmtest.Delta(`"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]`), llmtest.Finish("tool_calls"))},
			llm.Reply{Calls: append(call("f", `{}`), llm.Call{ID: "b", Name: "g", Args: json.RawMessage(`{}`)}), Finish: llm.FinishTools}},
		{"call cut off", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x"}}]`), llmtest.Finish("length"))},
			llm.Reply{Calls: call("f", `{"":"{\"x"}`), Finish: llm.FinishLength}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := open(t, llmtest.NewOpenAI(t, tt.answer), "m").Generate(context.Background(), ask("hi"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, r); d != "" {
				t.Errorf("reply (-want +got):\n%s", d)
			}
		})
	}
}

func TestList(t *testing.T) {
	s := llmtest.NewOpenAI(t)
	p, err := New("acme", s.URL+"/chat/completions/", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	infos, err := p.List(context.Background())
	if err != nil || len(infos) != 2 || infos[0].Ref != "acme/alpha" || infos[0].Modified.Year() != 2023 || infos[0].Cloud {
		t.Errorf("%+v %v", infos, err)
	}
	if _, err := p.Open(" "); err == nil {
		t.Error("a model without a name was opened")
	}
}

func TestLocal(t *testing.T) {
	for host, want := range map[string]bool{"localhost:1": true, "127.0.0.2": true, "192.168.1.5:80": true, "[::1]": true, "nas.local": true, "nas": true,
		"api.openai.com": false, "8.8.8.8": false, "localhost.example.com": false} {
		p, err := New("acme", "http://"+host+"/v1", "", nil)
		if err != nil || p.local() != want {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func FuzzTidyLine(f *testing.F) {
	for _, s := range []string{"data: {\"error\":\"x\"}", ": c", "data:[DONE]", "{\"error\":1}", "data:"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		out := tidyLine(line)
		if len(out) > 0 && (!strings.HasPrefix(string(out), "data: ") || !strings.HasSuffix(string(out), "\n")) {
			t.Fatalf("%q became %q", line, out)
		}
	})
}

// FuzzAnswer feeds foreign streams: no panic, and an error is a fault or the reply is whole.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(llmtest.Delta(`"content":"a","tool_calls":[{"id":"x","function":{"arguments":3}}]`)), []byte(llmtest.Finish("stop")))
	f.Add([]byte(`{"choices":[{"delta":null,"message":{"content":{"a":1}}}],"usage":{}}`), []byte(`{"error":{"message":["a","b"]}}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var ps pieces
		builder := llm.NewReplyBuilder(llm.Request{}, nil)
		for _, data := range [][]byte{a, b} {
			_ = message(data)
			var c chunk
			if json.Unmarshal(data, &c) != nil {
				continue
			}
			for _, choice := range c.Choices {
				if choice.Delta != nil {
					builder.Text(string(choice.Delta.Content))
					for _, call := range choice.Delta.Calls {
						ps.add(call)
					}
				}
			}
		}
		ps.into(builder)
		for _, call := range builder.Reply(llm.FinishStop).Calls {
			var o map[string]any
			if err := json.Unmarshal(call.Args, &o); err != nil {
				t.Fatalf("arguments %q: %v", call.Args, err)
			}
		}
	})
}
