package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestAgents: agents are listed, shown, exchanged as files and deleted; what is missing here is told on standard error.
func TestAgents(t *testing.T) {
	home(t)
	bring := file(t, "a.json", []byte(`{"sandglass_agent": 1, "agent": {"name": "Far", "description": "From afar.", "model": "else/m",
		"tools": ["hammer"], "imports": ["torch"], "max_steps": 7, "options": {"temperature": 0}}}`))
	code, out, errs := sandglass(t, "", "agents", "import", bring)
	if code != 0 || out != "Far\n" || !strings.Contains(errs, "the tool hammer") || !strings.Contains(errs, "the import torch") || !strings.Contains(errs, "the model else/m") {
		t.Fatalf("import: %d %q %q", code, out, errs)
	}
	if code, out, errs := sandglass(t, "", "agents", "import", bring); code != 1 || out != "" || !strings.Contains(errs, "already an agent") {
		t.Errorf("its name is taken: %d %q %q", code, out, errs)
	}
	if code, out, _ := sandglass(t, "", "agents", "import", "--as", "Near", bring); code != 0 || out != "Near\n" {
		t.Errorf("--as: %d %q", code, out)
	}
	code, out, _ = sandglass(t, "", "agents", "import", "--replace", "--json", bring)
	var imported struct {
		Agent struct{ Name string }
		Lacks []struct{ Kind, Name, Why string }
	}
	if err := json.Unmarshal([]byte(out), &imported); code != 0 || err != nil || imported.Agent.Name != "Far" || len(imported.Lacks) != 3 {
		t.Errorf("--replace: %d %q %v", code, out, err)
	}
	if code, _, errs := sandglass(t, "", "agents", "import", file(t, "b.json", []byte(`{"sandglass_agent": 1, "agent": {"name": "X", "key": 1}}`))); code != 2 || !strings.Contains(errs, `"key"`) {
		t.Errorf("a field that is not known: %d %q", code, errs)
	}

	if code, out, _ := sandglass(t, "", "agents", "list"); code != 0 || !strings.HasPrefix(out, "Analyst ") || !strings.Contains(out, "Far ") || !strings.Contains(out, "From afar.") {
		t.Errorf("list: %d %q", code, out)
	}
	var list []struct{ Name string }
	if _, out, _ := sandglass(t, "", "agents", "list", "--json"); json.Unmarshal([]byte(out), &list) != nil || len(list) != 3 {
		t.Errorf("list --json: %q", out)
	}
	if code, out, errs := sandglass(t, "", "agents", "show", "far"); code != 0 || !strings.Contains(out, "most steps   7\n") || !strings.Contains(out, "temperature  0\n") || !strings.Contains(errs, "hammer") {
		t.Errorf("show: %d\n%s\n%s", code, out, errs)
	}
	if code, _, errs := sandglass(t, "", "agents", "show", "none"); code != 1 || !strings.Contains(errs, "Analyst, Far, Near") {
		t.Errorf("show none: %d %q", code, errs)
	}

	exported := filepath.Join(t.TempDir(), "far.json")
	_, text, _ := sandglass(t, "", "agents", "export", "Far")
	if code, _, errs := sandglass(t, "", "agents", "export", "Far", "-o", exported); code != 0 {
		t.Fatal(errs)
	}
	for i := range 2 {
		if code, _, errs := sandglass(t, "", "agents", "delete", "Far"); (code != 0) != (i == 1) {
			t.Errorf("delete %d: %d %q", i, code, errs)
		}
	}
	sandglass(t, "", "agents", "import", exported)
	if _, again, _ := sandglass(t, "", "agents", "export", "Far"); again != text || !strings.Contains(text, `"sandglass_agent": 1`) {
		t.Errorf("exported twice:\n%s\n%s", text, again)
	}
}

// TestAgentPrompts: what a model is told can be read, and what an agent changed of it.
func TestAgentPrompts(t *testing.T) {
	home(t)
	bring := file(t, "a.json", []byte(`{"sandglass_agent": 1, "agent": {"name": "Own", "tools": ["user_input"], "prompts": {"plan": "Plan it my way."}, "options": {"stop": ["END"], "keep_alive": "1h"}}}`))
	if code, _, errs := sandglass(t, "", "agents", "import", bring); code != 0 {
		t.Fatal(errs)
	}
	for _, tt := range []struct{ args, want string }{
		{"prompts Own", "plan     about 5 tokens    its own"},
		{"prompts own code", "def user_input(question: str) -> str:"},
		{"prompts Own --diff", "+ Plan it my way."},
		{"prompts Own plan --json", `"preview":"Plan it my way."`},
		{"show Own", "stops at     \"END\"\nkept loaded  1h\n"},
	} {
		if code, out, errs := sandglass(t, "", append([]string{"agents"}, strings.Fields(tt.args)...)...); code != 0 || !strings.Contains(out, tt.want) {
			t.Errorf("%s: %d\n%s\n%s", tt.args, code, out, errs)
		}
	}
	if code, _, errs := sandglass(t, "", "agents", "prompts", "Own", "plans"); code != 2 || !strings.Contains(errs, "code, tools, plan") {
		t.Errorf("plans: %d %q", code, errs)
	}
}
