package llmtest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/llm"
)

// Case is one conversation that every adapter must get right.
type Case struct {
	Name  string
	Says  llm.Reply // what the model is to say: thinking, then text, then calls
	Stop  []string
	Tools []llm.ToolSpec
	Want  llm.Reply // Text, Thinking, Calls (ids are not compared) and Finish
	// Inline says that Says.Text holds tags, as if the server did not know that the model thinks.
	Inline bool
}

// Prompt is the user's message of the case.
func (c Case) Prompt() string { return "Case: " + c.Name }

// LongText is a reply that is long enough to be cancelled in its middle.
var LongText = strings.TrimSpace(strings.Repeat("This sentence makes the reply long. ", 60))

var weather = []llm.ToolSpec{{Name: "get_weather", Description: "The weather in a city.",
	Parameters: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string","description":"the city"}},"required":["city"]}`)}}

// Cases are the conversations of the contract. "long" is the one that is cancelled.
func Cases() []Case {
	code := "Thought: I compute it — schöne Grüße 🎉.\n```python\nfinal_answer(27 ** (1/3))\n```"
	calls := []llm.Call{{Name: "get_weather", Args: json.RawMessage(`{"city":"Paris"}`)}, {Name: "get_weather", Args: json.RawMessage(`{"city":"Oslo"}`)}}
	says := func(text string) llm.Reply { return llm.Reply{Text: text, Finish: llm.FinishStop} }
	thinks := func(thinking, text string) llm.Reply {
		return llm.Reply{Thinking: thinking, Text: text, Finish: llm.FinishStop}
	}
	return []Case{
		{Name: "text", Says: says(code), Want: says(code)},
		{Name: "thinking apart", Says: thinks("Some thoughts.", "The answer."), Want: thinks("Some thoughts.", "The answer.")},
		{Name: "thinking inline", Inline: true, Says: says("<think>\nSome thoughts.\n</think>\n\nThe answer."), Want: thinks("Some thoughts.", "The answer.")},
		{Name: "thinking without its opening tag", Inline: true, Says: says("Some thoughts.\n</think>\n\nThe answer."), Want: thinks("Some thoughts.", "The answer.")},
		{Name: "thinking unclosed", Inline: true, Says: says("<think>\nfinal_answer(1)"), Want: thinks("final_answer(1)", "")},
		{Name: "stop", Says: says("one two\nObservation: three"), Stop: []string{"\nObservation:"}, Want: says("one two")},
		{Name: "stop inside a thought", Says: thinks("first,\nObservation: no", "one two\nObservation: three"), Stop: []string{"\nObservation:"},
			Want: thinks("first,\nObservation: no", "one two")},
		{Name: "calls", Says: llm.Reply{Calls: calls}, Tools: weather, Want: llm.Reply{Calls: calls, Finish: llm.FinishTools}},
		{Name: "text although tools are offered", Says: says("No need."), Tools: weather, Want: says("No need.")},
		{Name: "long", Says: says(LongText), Want: says(LongText)},
	}
}

// Contract checks an adapter. open gives a model that says c.Says when the last message is c.Prompt(), once for each
// call of open; usage tells whether it counts tokens.
func Contract(t *testing.T, usage bool, open func(t *testing.T, c Case) llm.Model) {
	for _, c := range Cases() {
		req := llm.Request{Messages: []llm.Message{llm.Say(llm.System, "Sys."), llm.Say(llm.User, c.Prompt())}, Stop: c.Stop, Tools: c.Tools}
		t.Run(c.Name, func(t *testing.T) { keeps(t, open(t, c), req, c, usage) })
		if c.Name != "long" {
			continue
		}
		t.Run("cancelled in the middle", func(t *testing.T) { cancels(t, open(t, c), req) })
		t.Run("cancelled before", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := open(t, c).Generate(ctx, req, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want context.Canceled", err)
			}
		})
		t.Run("nobody watches", func(t *testing.T) {
			r, err := open(t, c).Generate(context.Background(), req, nil)
			if err != nil || r.Text != LongText {
				t.Errorf("%v, text %q", err, r.Text)
			}
		})
	}
}

func keeps(t *testing.T, m llm.Model, req llm.Request, c Case, usage bool) {
	var text, thinking strings.Builder
	returned := false
	r, err := m.Generate(context.Background(), req, func(d llm.Delta) {
		if returned {
			t.Error("emit was called after Generate returned")
		}
		text.WriteString(d.Text)
		thinking.WriteString(d.Thinking)
	})
	returned = true
	if err != nil {
		t.Fatal(err)
	}
	got := r
	got.Usage, got.Timing, got.Calls = llm.Usage{}, llm.Timing{}, nil
	want := c.Want
	want.Calls = nil
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("reply (-want +got):\n%s", d)
	}
	sameCalls(t, c.Want.Calls, r.Calls)
	if all := thinking.String() + text.String(); !strings.Contains(all, strings.TrimSpace(r.Text)) || !strings.Contains(all, r.Thinking) {
		t.Errorf("the fragments %q do not hold the reply %+v", all, r)
	}
	if !c.Inline && strings.TrimSpace(text.String()) != r.Text {
		t.Errorf("the fragments of text are %q, the reply's is %q", text.String(), r.Text)
	}
	if usage && len(c.Stop) == 0 && (r.Usage.Input == 0 || r.Usage.Output == 0) {
		t.Errorf("usage %+v", r.Usage)
	}
}

func sameCalls(t *testing.T, want, got []llm.Call) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d calls, want %d: %+v", len(got), len(want), got)
	}
	ids := map[string]bool{}
	for i, g := range got {
		var a, b any
		if err := errors.Join(json.Unmarshal(want[i].Args, &a), json.Unmarshal(g.Args, &b)); err != nil {
			t.Fatal(err)
		}
		if g.Name != want[i].Name || !cmp.Equal(a, b) {
			t.Errorf("call %d is %s(%s), want %s(%s)", i, g.Name, g.Args, want[i].Name, want[i].Args)
		}
		if g.ID == "" || ids[g.ID] {
			t.Errorf("call %d has the id %q, which is empty or taken", i, g.ID)
		}
		ids[g.ID] = true
	}
}

func cancels(t *testing.T, m llm.Model, req llm.Request) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	fragments := 0
	_, err := m.Generate(ctx, req, func(d llm.Delta) {
		if d.Text == "" {
			return
		}
		if fragments++; fragments == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || fragments < 3 {
		t.Errorf("after %d fragments: %v, want context.Canceled", fragments, err)
	}
}
