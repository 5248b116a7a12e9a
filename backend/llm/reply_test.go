package llm

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestReplyBuilder(t *testing.T) {
	tests := []struct {
		name           string
		in             string
		stop           []string
		format         string
		text, thinking string
		finish         Finish
	}{
		{"text", "hello", nil, "", "hello", "", FinishLength},
		{"stop", "hello\nObservation: 42", []string{"Observation:"}, "", "hello\n", "", FinishStop},
		{"earliest stop", "a STOP b END", []string{"END", "STOP"}, "", "a ", "", FinishStop},
		{"stop at once", "STOP b", []string{"STOP"}, "", "", "", FinishStop},
		{"nearly a stop", "a STO", []string{"STOP"}, "", "a STO", "", FinishLength},
		{"stop inside a thought", "<think>Observation: no</think>yes", []string{"Observation:"}, "", "yes", "Observation: no", FinishLength},
		{"stop after a thought", "<think>a</think>yes Observation: x", []string{"Observation:"}, "", "yes ", "a", FinishStop},
		{"empty stop is no stop", "a b", []string{""}, "", "a b", "", FinishLength},
		{"blank before a thought", "\n\n<think>a</think>\n\nb", nil, "", "b", "a", FinishLength},
		{"held text turns into thinking", "a STO</think>b", []string{"STOP"}, "", "b", "a STO", FinishLength},
		{"JSON holds no thoughts", `{"code":"x <think> y"}`, nil, `{}`, `{"code":"x <think> y"}`, "", FinishLength},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n := 1; n <= len(tt.in); n++ {
				req := Request{Stop: tt.stop}
				if tt.format != "" {
					req.Format = json.RawMessage(tt.format)
				}
				var seen strings.Builder
				b := NewReplyBuilder(req, func(d Delta) { seen.WriteString(d.Text + d.Thinking) })
				for s := tt.in; s != ""; {
					k := min(n, len(s))
					if !b.Text(s[:k]) {
						break
					}
					s = s[k:]
				}
				r := b.Reply(FinishLength)
				if r.Text != tt.text || r.Thinking != tt.thinking || r.Finish != tt.finish {
					t.Fatalf("in fragments of %d: %+v", n, r)
				}
				if !strings.Contains(seen.String(), strings.TrimSpace(r.Text)) {
					t.Fatalf("in fragments of %d the deltas were %q", n, seen.String())
				}
			}
		})
	}
}

func TestReplyBuilderCalls(t *testing.T) {
	req := Request{Messages: []Message{{Assistant, []Part{Call{ID: "call_1", Name: "a"}}}}}
	b := NewReplyBuilder(req, nil)
	b.Call("", "f", nil)
	b.Call("x7", "g", json.RawMessage(`{"n":1}`))
	r := b.Reply(FinishStop)
	if r.Finish != FinishTools || len(r.Calls) != 2 || r.Calls[0].ID != "call_2" || string(r.Calls[0].Args) != "{}" || r.Calls[1].ID != "x7" {
		t.Fatalf("%+v", r)
	}
}

func TestReplyBuilderEmpty(t *testing.T) {
	b := NewReplyBuilder(Request{}, nil)
	b.Text("<think>only thoughts")
	if !b.Empty() {
		t.Error("thinking counts as an answer")
	}
	b.Text("</think>x")
	if b.Empty() {
		t.Error("an answer counts as none")
	}
}

func TestRefSplit(t *testing.T) {
	for ref, want := range map[Ref][2]string{
		"ollama/qwen3:8b":      {"ollama", "qwen3:8b"},
		"openrouter/qwen/qwen": {"openrouter", "qwen/qwen"},
		"demo":                 {"demo", ""},
	} {
		if p, id := ref.Split(); p != want[0] || id != want[1] {
			t.Errorf("%s: %q %q", ref, p, id)
		}
	}
}
