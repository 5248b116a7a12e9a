package agent_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// behaviour is one thing that smolagents' agents do, or ours do besides, and the conversations that show it. The other
// readers of testdata/runs (frontend/src/run/conversations.test.ts, e2e/web/conversations.spec.ts) show the same ones.
// What smolagents does was read in its source: agents.py, memory.py, local_python_executor.py, tests/test_agents.py.
type behaviour struct {
	name  string
	does  string // smolagents
	ours  string // Sandglass, and why; "" if it does the same
	shown []string
	holds func(t *testing.T, c map[string]*conversation)
}

// TestSemantics plays each behaviour's conversations and looks for it in what they left.
func TestSemantics(t *testing.T) {
	names, used := map[string]bool{}, map[string]bool{}
	for _, b := range slices.Concat(semantics, ownSemantics) {
		if names[b.name] {
			t.Errorf("%q stands twice in the table", b.name)
		}
		names[b.name] = true
		t.Run(b.name, func(t *testing.T) {
			c := map[string]*conversation{}
			for _, name := range b.shown {
				used[name], c[name] = true, play(t, name)
			}
			b.holds(t, c)
		})
	}
	for _, name := range conversationNames(t) {
		if !used[name] && !t.Failed() {
			t.Errorf("no behaviour is shown by testdata/runs/%s.txtar: add it to the table, or remove it", name)
		}
	}
}

const tableMark = "<!-- from backend/agent/semantics_test.go, by go test -update -->\n"

// TestSemanticsAreDocumented holds docs/agents-semantics.md to the tables.
func TestSemanticsAreDocumented(t *testing.T) {
	const file = "../../docs/agents-semantics.md"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(data), tableMark)
	if len(parts) != 5 {
		t.Fatalf("%s has %d marks, it should have 4", file, len(parts)-1)
	}
	parts[1] = docTable("smolagents", semantics, func(b behaviour) string { return b.does + " | " + cell(b.ours, "the same") })
	parts[3] = docTable("", ownSemantics, func(b behaviour) string { return b.ours })
	want := strings.Join(parts, tableMark)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, string(data)); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

func docTable(theirs string, rows []behaviour, text func(behaviour) string) string {
	var s strings.Builder
	if theirs != "" {
		s.WriteString("| behaviour | smolagents | Sandglass | shown by |\n|---|---|---|---|\n")
	} else {
		s.WriteString("| behaviour | what it is | shown by |\n|---|---|---|\n")
	}
	for _, b := range rows {
		var links []string
		for _, name := range b.shown {
			links = append(links, fmt.Sprintf("[%s](../testdata/runs/%s.txtar)", name, name))
		}
		fmt.Fprintf(&s, "| %s | %s | %s |\n", b.name, text(b), strings.Join(links, ", "))
	}
	return s.String()
}

func cell(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// only is for a behaviour with one conversation.
func only(holds func(t *testing.T, c *conversation)) func(*testing.T, map[string]*conversation) {
	return func(t *testing.T, cs map[string]*conversation) {
		for _, c := range cs {
			holds(t, c)
		}
	}
}

// all are the bodies of one kind, of the run's own agent.
func all[B event.Body](c *conversation) (out []B) {
	for _, e := range event.Of(c.events, 0) {
		if b, ok := e.Body.(B); ok {
			out = append(out, b)
		}
	}
	return out
}

// called are the bodies of one kind, of all agents.
func called[B event.Body](c *conversation) (out []B) {
	for _, e := range c.events {
		if b, ok := e.Body.(B); ok {
			out = append(out, b)
		}
	}
	return out
}

// prompts are what the run's own agent was sent for a purpose.
func (c *conversation) prompts(purpose string) (out []string) {
	for _, call := range all[event.ModelStarted](c) {
		if call.Purpose == purpose {
			out = append(out, showPrompt(agent.Prompt(c.events, call)))
		}
	}
	return out
}

// purposes are those of the calls of the run's own agent, and steps the numbers at which they were made.
func (c *conversation) purposes() (out []string) {
	step := 0
	for _, e := range event.Of(c.events, 0) {
		switch b := e.Body.(type) {
		case event.StepStarted:
			step = b.Number
		case event.ModelStarted:
			out = append(out, fmt.Sprintf("%d %s", step, b.Purpose))
		}
	}
	return out
}

func (c *conversation) prompt() string { return showPrompt(c.last) }

func (c *conversation) row() event.Run { return event.Fold(c.events) }

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// holdsText wants parts in a text, in this order.
func holdsText(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		i := strings.Index(rest, p)
		if i < 0 {
			t.Errorf("%q is missing, or not in its place, in:\n%s", p, text)
			return
		}
		rest = rest[i+len(p):]
	}
}

func lacksText(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("%q stands in:\n%s", p, text)
		}
	}
}

// roles are those of the messages of the last prompt.
func (c *conversation) roles() (out []llm.Role) {
	for _, m := range c.last {
		out = append(out, m.Role)
	}
	return out
}

func answered(t *testing.T, c *conversation, answer string) {
	t.Helper()
	if r := c.row(); r.Status != event.Finished || r.Answer != answer {
		t.Errorf("%s: %q, want %q", r.Status, r.Answer, answer)
	}
}

func numbers(c *conversation) (out []int) {
	for _, s := range all[event.StepStarted](c) {
		out = append(out, s.Number)
	}
	return out
}

func jsonOf(t *testing.T, v *event.Value) any {
	t.Helper()
	var out any
	if v == nil || json.Unmarshal(v.JSON, &out) != nil {
		t.Errorf("no JSON in %+v", v)
	}
	return out
}

func keys(m map[string]*conversation) []*conversation {
	var out []*conversation
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}
