package agent

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

var readSpecs = []tools.Spec{{Name: "read_file", Params: []tools.Param{{Name: "path"}}}, {Name: "visit_webpage", Params: []tools.Param{{Name: "url"}}}}

// TestRead is the table of how models write their actions, and what is made of it.
func TestRead(t *testing.T) {
	const py = "print(1)"
	tests := []struct {
		name    string
		in      string
		calls   []llm.Call
		finish  llm.Finish
		parses  bool // what the sandbox would say of the code, where it is asked
		kind    Kind
		thought string
		code    string
		mended  bool
		advice  string // a part of it
	}{
		{name: "the form that is taught", in: "Thought: I look.\n```python\nprint(1)\n```", thought: "I look.", code: py},
		{name: "py", in: "I look.\n```py\nprint(1)\n```", thought: "I look.", code: py},
		{name: "capital Python", in: "```Python\nprint(1)\n```", code: py},
		{name: "python3 leaves no 3", in: "```python3\nprint(1)\n```", code: py},
		{name: "tool_code", in: "```tool_code\nprint(1)\n```", code: py},
		{name: "attributes", in: "```{.python .numberLines}\nprint(1)\n```", code: py},
		{name: "info string with a title", in: "```python title=\"a.py\"\nprint(1)\n```", code: py},
		{name: "bare fence", in: "So:\n```\nprint(1)\n```", thought: "So:", code: py},
		{name: "tildes", in: "~~~python\nprint(1)\n~~~", code: py},
		{name: "four backticks", in: "````python\nprint(1)\n````", code: py},
		{name: "indented fence", in: "1. Look:\n   ```python\n   for x in a:\n       print(x)\n   ```", thought: "1. Look:", code: "for x in a:\n    print(x)"},
		{name: "quoted fence", in: "> ```python\n> print(1)\n> ```", code: py},
		{name: "fence at the end of the last line", in: "```python\nprint(1)```", code: py},
		{name: "windows line ends", in: "Thought: a\r\n```python\r\nprint(1)\r\n```\r\n", thought: "a", code: py},
		{name: "code tag", in: "Thought: a\n<code>\nprint(1)\n</code>", thought: "a", code: py},
		{name: "code tag on one line", in: "<code>print(1)</code>", code: py},
		{name: "fence inside the code tag", in: "<code>\n```python\nprint(1)\n```\n</code>", code: py},
		{name: "execute tag", in: "<execute>\nprint(1)\n</execute>", code: py},
		{name: "python_tag", in: "<|python_tag|>print(1)", code: py},
		{name: "python_tag with end", in: "<|python_tag|>print(1)<|eom_id|>", code: py},
		{name: "interactive session", in: "```python\n>>> x = 1\n>>> print(x)\n1\n```", code: "x = 1\nprint(x)"},
		{name: "labels", in: "**Thought:** I look.\n\nCode:\n```python\nprint(1)\n```", thought: "I look.", code: py},

		{name: "thinking is never run", in: "<think>\n```python\nboom()\n```\n</think>\nThought: a\n```python\nprint(1)\n```", thought: "a", code: py, mended: true},
		{name: "thinking without an opener", in: "```python\nboom()\n```\nno…</think>\n```python\nprint(1)\n```", code: py, mended: true},
		{name: "thinking in brackets", in: "[THINK]```python\nboom()\n```\n[/THINK]\n```python\nprint(1)\n```", code: py, mended: true},
		{name: "kimi's thinking", in: "◁think▷\n```python\nboom()\n```\n◁/think▷\n```python\nprint(1)\n```", code: py, mended: true},
		{name: "an unclosed thought holds no action", in: "<think>\n```python\nboom()\n```", kind: Prose, advice: "held no Python"},

		{name: "several blocks are joined", in: "First:\n```python\nx = 1\n```\nthen:\n```python\nprint(x)\n```", thought: "First:\nthen:", code: "x = 1\n\nprint(x)", mended: true},
		{name: "a repeated block counts once", in: "```python\nprint(1)\n```\nAgain:\n```python\nprint(1)\n```", thought: "Again:", code: py, mended: true},
		{name: "other languages are not code", in: "```bash\nrm -rf /\n```\n```python\nprint(1)\n```", code: py},
		{name: "unclosed, complete", in: "Thought: a\n```python\nprint(1)", parses: true, thought: "a", code: py, mended: true},
		{name: "unclosed, incomplete", in: "```python\nprint(", kind: Broken, advice: "not closed"},
		{name: "unclosed at the limit of tokens", in: "```python\nprint(", finish: llm.FinishLength, kind: Broken, advice: "cut off"},
		{name: "empty block", in: "```python\n```", kind: Broken, advice: "no Python"},

		{name: "imitated observation", in: "```python\nprint(1)\n```\nObservation:\n1\n```python\nfinal_answer(1)\n```", code: py, mended: true},
		{name: "imitated tool call", in: "```python\nprint(1)\n```\nCalling tools:\n[{}]", code: py, mended: true},

		{name: "prose", in: "The capital is Paris.", kind: Prose, thought: "The capital is Paris.", advice: "final_answer"},
		{name: "one plain word is no code", in: "Paris", parses: true, kind: Prose, thought: "Paris", advice: "final_answer"},
		{name: "bare Python", in: "x = 1\nprint(x)", parses: true, code: "x = 1\nprint(x)", mended: true},
		{name: "bare Python that is none", in: "x = the answer", kind: Prose, thought: "x = the answer", advice: "final_answer"},

		{name: "native call", in: "I read.", calls: []llm.Call{{Name: "read_file", Args: json.RawMessage(`{"path":"/input/a"}`)}}, thought: "I read.", code: "result = read_file(path=\"/input/a\")\nprint(result)"},
		{name: "native calls", calls: []llm.Call{{Name: "read_file", Args: json.RawMessage(`{"path":"a"}`)}, {Name: "read_file", Args: json.RawMessage(`{"path":"b"}`)}}, code: "result1 = read_file(path=\"a\")\nprint(result1)\nresult2 = read_file(path=\"b\")\nprint(result2)"},
		{name: "native python call", calls: []llm.Call{{Name: "python", Args: json.RawMessage(`{"code":"print(1)"}`)}}, code: py},
		{name: "tool_call tag", in: "<tool_call>\n{\"name\": \"final_answer\", \"arguments\": {\"answer\": [1, null, true]}}\n</tool_call>", code: "final_answer([1, None, True])", mended: true},
		{name: "unclosed tool_call tag", in: "<tool_call>{\"name\":\"final_answer\",\"arguments\":{\"answer\":1}}", code: "final_answer(1)", mended: true},
		{name: "function tag", in: "<function=read_file>{\"path\":\"a\"}</function>", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "TOOL_CALLS", in: "[TOOL_CALLS][{\"name\":\"read_file\",\"arguments\":{\"path\":\"a\"}}]", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "json fence", in: "```json\n{\"tool\":\"read_file\",\"args\":{\"path\":\"a\"}}\n```", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "Action", in: "Action: {\"action\":\"read_file\",\"action_input\":{\"path\":\"a\"}}", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "bare object", in: "{\"name\":\"read_file\",\"parameters\":{\"path\":\"a\"}}", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "arguments as a string", in: "<tool_call>{\"name\":\"read_file\",\"arguments\":\"{\\\"path\\\":\\\"a\\\"}\"}</tool_call>", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "name with - and capitals", in: "<tool_call>{\"name\":\"Read-File\",\"arguments\":{\"path\":\"a\"}}</tool_call>", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "OpenAI shape", in: "<tool_call>{\"function\":{\"name\":\"read_file\",\"arguments\":\"{}\"}}</tool_call>", code: "result = read_file()\nprint(result)", mended: true},
		{name: "a call in a python block", in: "```python\n{\"name\":\"read_file\",\"arguments\":{\"path\":\"a\"}}\n```", code: "result = read_file(path=\"a\")\nprint(result)", mended: true},
		{name: "a dict in a python block stays one", in: "```python\nd = {\"name\": \"x\", \"arguments\": {}}\n```", code: "d = {\"name\": \"x\", \"arguments\": {}}"},
		{name: "unknown tool", in: "<tool_call>{\"name\":\"google\",\"arguments\":{}}</tool_call>", kind: Broken, advice: "the tools are: final_answer, read_file, visit_webpage"},
		{name: "unreadable call", in: "<tool_call>{\"name\":</tool_call>", kind: Broken, advice: "could not be read"},
		{name: "empty", in: "", kind: Prose, advice: "no Python"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(llm.Reply{Text: tt.in, Calls: tt.calls, Finish: tt.finish}, readSpecs, func(string) bool { return tt.parses })
			if got.Kind != tt.kind {
				t.Fatalf("kind = %d, want %d: %+v", got.Kind, tt.kind, got)
			}
			if d := cmp.Diff(tt.code, got.Code); d != "" {
				t.Errorf("code (-want +got):\n%s", d)
			}
			if tt.kind != Broken && got.Thought != tt.thought {
				t.Errorf("thought = %q, want %q", got.Thought, tt.thought)
			}
			if tt.mended != (len(got.Mended) > 0) {
				t.Errorf("mended = %q, want some: %v", got.Mended, tt.mended)
			}
			if !strings.Contains(got.Advice, tt.advice) || (tt.kind != Code && got.Advice == "") {
				t.Errorf("advice = %q, want it to hold %q", got.Advice, tt.advice)
			}
		})
	}
}

// FuzzRead: whatever a model writes, reading it ends, gives valid text, and never runs what stands in a thought.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"```python\nprint(1)\n```", "<think>a</think>b", "<code>```py\nx\n```</code>", "<tool_call>{\"name\":\"a\"}", "[TOOL_CALLS][]", "~~~\n", "Observation:", "<|python_tag|>", ">>> x"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, parses bool) {
		got := Read(llm.Reply{Text: s}, readSpecs, func(string) bool { return parses })
		switch got.Kind {
		case Code:
			if strings.TrimSpace(got.Code) == "" {
				t.Errorf("empty code from %q", s)
			}
		default:
			if got.Code != "" || got.Advice == "" || got.Reason == "" {
				t.Errorf("unusable, but: %+v", got)
			}
		}
		if utf8.ValidString(s) && !utf8.ValidString(got.Code+got.Thought) {
			t.Errorf("broken UTF-8 from %q", s)
		}
		inThought := Read(llm.Reply{Text: "<think>" + strings.NewReplacer("think", "", "THINK", "").Replace(s)}, readSpecs, func(string) bool { return parses })
		if inThought.Kind == Code {
			t.Errorf("a thought was run: %q", inThought.Code)
		}
	})
}
