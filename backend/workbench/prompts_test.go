package workbench_test

import (
	"strings"
	"testing"

	"sandglass/backend/workbench"
)

// TestPrompts: a person sees what a model would be told of an agent that is not saved yet, with its real tools; a text
// that cannot work is told with its reason, and is not saved.
func TestPrompts(t *testing.T) {
	w := open(t, t.TempDir())
	a := workbench.Agent{Name: "A", Tools: []string{"read_file"}, Imports: []string{"fancy.*"}, Instructions: "Be brief.",
		Prompts: map[string]string{"plan": "Plan!", "tools": "{{.Nothing}}"}}
	prompts, err := w.Prompts(a)
	if err != nil || len(prompts) != 7 {
		t.Fatal(len(prompts), err)
	}
	for _, p := range prompts {
		if p.Default == "" || (p.Tokens == 0 && p.Fault == nil) || (p.Fault != nil) != (p.Name == "tools") {
			t.Errorf("%s: %+v", p.Name, p)
		}
	}
	for _, want := range []string{"def read_file(", "fancy", "Be brief."} {
		if !strings.Contains(prompts[0].Preview, want) {
			t.Errorf("the preview lacks %q", want)
		}
	}
	if prompts[2].Preview != "Plan!" || prompts[2].Default == "Plan!" {
		t.Errorf("plan: %+v", prompts[2])
	}
	if err := w.SaveAgent(a); err == nil || !strings.Contains(err.Error(), "Nothing") {
		t.Errorf("saved: %v", err)
	}
	delete(a.Prompts, "tools")
	a.Prompts["final"] = " "
	if err := w.SaveAgent(a); err != nil {
		t.Fatal(err)
	}
	agents, err := w.Agents()
	if got := agents[len(agents)-1].Prompts; err != nil || len(got) != 1 || got["plan"] != "Plan!" {
		t.Errorf("prompts = %v, %v", got, err)
	}
}

// TestPromptsAreShort: what the built-in agent's model is told at the start, by our estimate, in both lengths. Of the
// tokenizers in bench/tokens, Mistral 7B's takes the most, a tenth more than the estimate: with it, 910 are still below 1,000.
func TestPromptsAreShort(t *testing.T) {
	w := open(t, t.TempDir())
	agents, err := w.Agents()
	if err != nil {
		t.Fatal(err)
	}
	for guidance, most := range map[string]int{"full": 910, "short": 735} {
		a := agents[0]
		a.Guidance = guidance
		prompts, err := w.Prompts(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range prompts {
			if p.Tokens >= most {
				t.Errorf("%s, %s: %d tokens", guidance, p.Name, p.Tokens)
			}
			if p.Name == "code" && strings.Contains(p.Preview, "Example:") != (guidance == "full") {
				t.Errorf("%s: %s", guidance, p.Preview)
			}
		}
	}
}
