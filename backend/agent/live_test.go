package agent_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
)

// TestFreely: how a structured reply looks to whoever watches it come.
func TestFreely(t *testing.T) {
	for _, c := range []struct{ name, reply, want string }{
		{"thought and code", `{"thought": "I look.", "code": "x = 1\nprint(\"a\\n\")"}`, "Thought: I look.\n```python\nx = 1\nprint(\"a\\n\")\n```\n"},
		{"code first", "\n {\"code\":\"1\",\"thought\":\"so\"}\n", "\n```python\n1\n```\nThought: so"},
		{"not whole", `{"thought": "I lo`, "Thought: I lo"},
		{"not whole code", `{"thought": "", "code": "pri`, "\n```python\npri"},
		{"in an escape", `{"thought": "I lo\`, "Thought: I lo"},
		{"no code", `{"thought": "done", "code": ""}`, "Thought: done"},
		{"its own fence", `{"thought": "a", "code": "\n` + "```python" + `\n1\n` + "```" + `"}`, "Thought: a\n```python\n1\n```"},
		{"a backtick", `{"thought": "a", "code": "` + "`" + `"}`, "Thought: a\n```python\n`\n```\n"},
		{"escapes", `{"thought": "\u00e9\ud83d\ude00\ud83dx\udc00 \/\t\q"}`, "Thought: é😀\ufffdx\ufffd /\tq"},
		{"more than was asked for", `{"thought": "a", "list": [1, "]", {"code": "no"}], "n": 2, "code": "1"} and so on`, "Thought: a\n```python\n1\n```\n"},
		{"another object", `{"name": "python", "arguments": {"code": "1"}}`, `{"name": "python", "arguments": {"code": "1"}}`},
		{"a thought that is no text", `{"thought": 1, "code": "1"}`, `{"thought": 1, "code": "1"}`},
		{"free form", "Thought: a\n```python\n{\"thought\": 1}\n```", "Thought: a\n```python\n{\"thought\": 1}\n```"},
		{"only begun", ` {"tho`, ` {"tho`},
		{"nothing", "", ""},
	} {
		if got := agent.Freely(c.reply); got != c.want {
			t.Errorf("%s: %q\nwant %q", c.name, got, c.want)
		}
	}
}

// FuzzFreely: the borders of the fragments change nothing, and what encoding/json reads is what is shown.
func FuzzFreely(f *testing.F) {
	f.Add(`{"thought": "é\ud83d\ude00", "code": "print(\"x\")\n"}`, 7)
	f.Add("{\"code\": \"```py\\n1\", \"x\": [\"}\"], \"thought\": \"\\\\\"}", 3)
	f.Add("```python\n1\n```", 1)
	f.Fuzz(func(t *testing.T, reply string, cut int) {
		whole := agent.Freely(reply)
		if len(reply) > 0 {
			at := max(0, cut) % len(reply)
			if got := agent.FreelyIn(reply[:at], reply[at:]); got != whole {
				t.Errorf("cut at %d: %q, whole: %q", at, got, whole)
			}
		}
		var said struct{ Thought, Code *string }
		var keys map[string]json.RawMessage
		if !utf8.ValidString(reply) || json.Unmarshal([]byte(reply), &keys) != nil || len(keys) != 2 || keys["thought"] == nil || keys["code"] == nil ||
			json.Unmarshal([]byte(reply), &said) != nil || said.Thought == nil || said.Code == nil || strings.Count(reply, `"`) != 8 {
			return
		}
		if *said.Thought != "" && !strings.Contains(whole, "Thought: "+*said.Thought) {
			t.Errorf("%q: the thought %q is not in %q", reply, *said.Thought, whole)
		}
		if code := strings.TrimLeft(*said.Code, "\r\n"); strings.TrimSpace(code) != "" && !strings.Contains(whole, code) {
			t.Errorf("%q: the code %q is not in %q", reply, code, whole)
		}
	})
}

// watcher keeps what streams, by span.
type watcher struct{ text map[int64]string }

func (w watcher) Streamed(span int64, d llm.Delta) { w.text[span] += d.Text }
func (w watcher) Printed(int64, string, bool)      {}

// TestStructuredStream: a structured reply is watched in the free form while it comes; the log has it as it was written.
func TestStructuredStream(t *testing.T) {
	said := `{"thought": "Two lines.", "code": "x = 'a\\nb'\nfinal_answer(x)"}`
	rec, seen := &log{}, watcher{map[int64]string{}}
	a := &agent.Agent{Name: "Tester", Model: script.NewReplies([]llm.Reply{{Text: said}}), Ref: "script/test", Sandbox: engine(), Mode: event.ModeStructured}
	if _, err := a.Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: rec, Watch: seen}); err != nil {
		t.Fatal(err)
	}
	for _, e := range rec.events {
		if b, ok := e.Body.(event.ModelFinished); ok {
			if b.Text != said || seen.text[e.Span] != "Thought: Two lines.\n```python\nx = 'a\\nb'\nfinal_answer(x)\n```\n" {
				t.Errorf("recorded %q, shown %q", b.Text, seen.text[e.Span])
			}
			return
		}
	}
	t.Error("no reply")
}
