package script

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

func TestParseReplies(t *testing.T) {
	got, err := ParseReplies([]byte(`["hello",
		{"content": "c", "thinking": "t", "usage": {"input_tokens": 12, "output_tokens": 3}},
		{"tool_calls": [{"id": "a", "name": "f", "arguments": {"x": 1}}, {"type": "function", "function": {"name": "g", "arguments": "{\"y\": 2}"}}, {"name": "h"}]},
		{}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []llm.Reply{
		{Text: "hello"},
		{Text: "c", Thinking: "t", Usage: llm.Usage{Input: 12, Output: 3}},
		{Calls: []llm.Call{{ID: "a", Name: "f", Args: json.RawMessage(`{"x": 1}`)}, {Name: "g", Args: json.RawMessage(`{"y": 2}`)}, {Name: "h", Args: json.RawMessage(`{}`)}}},
		{},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseRepliesFaults(t *testing.T) {
	for in, want := range map[string][]string{
		``:                             {"not a JSON list"},
		`{"content":"x"}`:              {"not a JSON list"},
		"[\"a\",\n\"b\"\n\"c\"]":       {"not a JSON list", "line 3"},
		`["a", 7]`:                     {"Entry 2"},
		`[null]`:                       {"Entry 1", "null"},
		`["a", "b", {"contnet": "x"}]`: {"Entry 3", `unknown field "contnet"`},
		`[{"tool_calls": [{}]}]`:       {"Entry 1", "tool call 1 has no name"},
		`[{"tool_calls": [{"name":"f","arguments":[1]}]}]`:    {"Entry 1", "tool call 1", "not a JSON object"},
		`[{"tool_calls": [{"name":"f","arguments":"nope"}]}]`: {"Entry 1", "not a JSON object"},
	} {
		_, err := ParseReplies([]byte(in))
		if !fault.Is(err, fault.Invalid) || fault.Of(err).Do == "" {
			t.Errorf("%s: %v", in, err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q lacks %q", in, err, w)
			}
		}
	}
}

func FuzzParseReplies(f *testing.F) {
	f.Add([]byte(`["a", {"content": "b", "tool_calls": [{"name": "f", "arguments": "{}"}]}]`))
	f.Add([]byte("\xef\xbb\xbf[]"))
	f.Add([]byte(`{"A": ["a"], "B c": []}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if of, err := ParseScript(data); err == nil {
			_, _ = of.For("B_c").Generate(context.Background(), llm.Request{}, nil)
		} else if !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		replies, err := ParseReplies(data)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		m := NewReplies(replies)
		for range replies {
			if _, err := m.Generate(context.Background(), llm.Request{}, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestRepliesRunOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.json")
	if err := os.WriteFile(path, []byte(`["one", {"content": "two STOP three", "thinking": "hm", "usage": {"input_tokens": 5}}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := ReadReplies(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	first, err := m.Generate(ctx, llm.Request{}, nil)
	if err != nil || first.Text != "one" || first.Finish != llm.FinishStop || m.Left() != 1 {
		t.Fatalf("%+v %v", first, err)
	}
	fragments := 0
	second, err := m.Generate(ctx, llm.Request{Stop: []string{"STOP"}}, func(llm.Delta) { fragments++ })
	if err != nil || second.Text != "two " || second.Thinking != "hm" || second.Usage.Input != 5 || fragments < 2 {
		t.Fatalf("%+v %v, %d fragments", second, err, fragments)
	}
	for range 2 {
		if _, err = m.Generate(ctx, llm.Request{}, nil); !fault.Is(err, fault.ModelFailed) || !strings.Contains(err.Error(), "it holds 2") {
			t.Fatal(err)
		}
	}
}

func TestReadRepliesFaults(t *testing.T) {
	if _, err := ReadReplies(filepath.Join(t.TempDir(), "none.json")); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestRepliesCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := NewReplies([]llm.Reply{{Text: "a long reply of several words"}})
	if _, err := m.Generate(ctx, llm.Request{}, func(llm.Delta) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
