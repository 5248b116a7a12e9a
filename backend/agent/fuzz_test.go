package agent

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// FuzzReadCalls: whatever a model writes, in the styles that are not code, reading it ends; calls have arguments that
// are objects, and ids of their own; an action has code; anything else has advice; and nothing in a thought is done.
func FuzzReadCalls(f *testing.F) {
	for _, s := range []string{
		"<tool_call>\n{\"name\": \"double\", \"arguments\": {\"n\": 4}}\n</tool_call>", "<tool_call>{\"name\":\"a\"}<tool_call>{\"name\"", "[TOOL_CALLS][{\"name\":\"a\",\"arguments\":\"{}\"}]",
		"<function=read_file>{\"path\":\"a\"}</function>", "Action: {\"action\":\"a\",\"action_input\":1}", "```json\n[{\"tool\":\"a\",\"input\":6}]\n```",
		"{\"thought\": \"t\", \"code\": \"```python\\nx\\n```\"}", "{\"code\": 1}", "```python\nprint(1)\n```\nObservation: 1", "{\"name\": \"python\", \"arguments\": {\"code\": \"1\"}}",
	} {
		f.Add(s, true)
	}
	var specced []tools.Tool
	for _, s := range readSpecs {
		specced = append(specced, named{spec: s})
	}
	r := &run{agent: &Agent{Tools: specced}}
	f.Fuzz(func(t *testing.T, s string, yes bool) {
		parses := func(string) bool { return yes }
		thought := "<think>" + strings.NewReplacer("think", "", "THINK", "").Replace(s)
		for _, mode := range []event.Mode{event.ModeTools, event.ModeToolsInText, event.ModeStructured} {
			got := styleOf(mode).read(r.agent, llm.Reply{Text: s}, parses)
			switch got.Kind {
			case Calling:
				seen := map[string]bool{}
				for _, c := range r.named(withIDs(got.Calls, 1)) {
					var args map[string]json.RawMessage
					if err := json.Unmarshal(c.Args, &args); err != nil || c.Name == "" || seen[c.ID] {
						t.Errorf("%s: call %+v of %q: %v", mode, c, s, err)
					}
					seen[c.ID] = true
					_, _ = answerOf(c.Args)
				}
				if len(seen) == 0 {
					t.Errorf("%s: no calls in %+v", mode, got)
				}
			case Code:
				if strings.TrimSpace(got.Code) == "" {
					t.Errorf("%s: no code in %q", mode, s)
				}
			default:
				if got.Code != "" || got.Advice == "" || got.Reason == "" {
					t.Errorf("%s: unusable, but: %+v", mode, got)
				}
			}
			if utf8.ValidString(s) && !utf8.ValidString(got.Code+got.Thought) {
				t.Errorf("%s: broken UTF-8 from %q", mode, s)
			}
			if in := styleOf(mode).read(r.agent, llm.Reply{Text: thought}, parses); in.Kind == Code || in.Kind == Calling {
				t.Errorf("%s: a thought was acted on: %+v", mode, in)
			}
		}
	})
}

// named is a tool that is only looked at.
type named struct {
	tools.Tool
	spec tools.Spec
}

func (n named) Spec() tools.Spec { return n.spec }

// FuzzReplaceText: what code hands to another agent stays JSON, and the same where there is nothing to change.
func FuzzReplaceText(f *testing.F) {
	for _, s := range []string{`{"a": ["x", 1e400, {"__bytes__": "eA=="}]}`, `"x"`, `{"__frame__": {"x": 1}, "y": "x"}`, `123456789012345678901234567890`, `[[[["x"]]]]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		same, err := replaceText(data, func(s string) string { return s })
		if err != nil {
			if json.Valid(data) {
				t.Errorf("%q: %v", data, err)
			}
			return
		}
		if json.Valid(data) && string(same) != string(data) {
			t.Errorf("%q became %q", data, same)
		}
		other, err := replaceText(data, func(s string) string { return s + "!" })
		if err != nil || json.Valid(data) && !json.Valid(other) {
			t.Errorf("%q became %q, %v", data, other, err)
		}
	})
}
