package workbench_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/workbench"
)

func wholeAgent() workbench.Agent {
	warm, seed := 0.5, int64(7)
	return workbench.Agent{
		Name: "Tide / reader", Description: "Reads tides.", Instructions: "Be brief.\nUse metres.", Model: "nowhere/m",
		Tools: []string{"read_file"}, Imports: []string{"plotly", "*"}, Hosts: []string{"*.example.org"}, MaxSteps: 9,
		Mode: event.ModeTools, Structured: "off", Guidance: "short", PlanEvery: 3, Prompts: map[string]string{"plan": "Plan it."},
		Checks:  []event.Check{{Kind: event.CheckRange, Value: "0..1"}},
		Team:    []workbench.Teammate{{Agent: "Analyst", Memory: true}},
		Options: llm.Options{Temperature: &warm, Seed: &seed, ContextTokens: 8192, MaxTokens: 100, Think: "low", Stop: []string{"\nEnd"}, KeepAlive: "1h30m"},
	}
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a"+workbench.AgentFileSuffix)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAgentFile: an agent leaves as one file and comes to another computer whole; a name that is taken is not overwritten
// unless that is said.
func TestAgentFile(t *testing.T) {
	here := open(t, t.TempDir())
	if err := here.SaveAgent(wholeAgent()); err != nil {
		t.Fatal(err)
	}
	for f := range reflect.ValueOf(wholeAgent()).Fields() { // a new field must be in the example
		if v := reflect.ValueOf(wholeAgent()).FieldByName(f.Name); v.IsZero() && f.Name != "Builtin" && f.Name != "Changed" {
			t.Errorf("the agent of the test has no %s", f.Name)
		}
	}
	x, err := here.ExportAgent("tide / Reader")
	if err != nil || x.File != "Tide-reader.sandglass-agent.json" {
		t.Fatalf("%+v, %v", x, err)
	}
	path := written(t, x.Text)

	there := open(t, t.TempDir())
	f, err := there.ReadAgentFile(path)
	if err != nil || f.Taken || f.Free != "Tide / reader" || !reflect.DeepEqual(f.Agent, wholeAgent()) {
		t.Fatalf("read: %+v, %v", f, err)
	}
	if a, err := there.ImportAgent(path, "", false); err != nil || !reflect.DeepEqual(a, wholeAgent()) {
		t.Fatalf("imported: %+v, %v", a, err)
	}
	if a, err := there.Agent("Tide / reader"); err != nil || !reflect.DeepEqual(a, wholeAgent()) {
		t.Errorf("kept: %+v, %v", a, err)
	}
	if f, err := there.ReadAgentFile(path); err != nil || !f.Taken || f.Free != "Tide / reader 2" {
		t.Errorf("read again: %+v, %v", f, err)
	}
	if _, err := there.ImportAgent(path, "", false); !fault.Is(err, fault.Conflict) {
		t.Errorf("a name that is taken: %v", err)
	}
	if _, err := there.ImportAgent(path, " analyst ", false); !fault.Is(err, fault.Conflict) {
		t.Errorf("the name of the built-in agent: %v", err)
	}
	if a, err := there.ImportAgent(path, "Another", false); err != nil || a.Name != "Another" {
		t.Errorf("under another name: %+v, %v", a, err)
	}
	changed := written(t, strings.Replace(x.Text, "Be brief.", "Be long.", 1))
	if _, err := there.ImportAgent(changed, "", true); err != nil {
		t.Error(err)
	}
	if a, err := there.Agent("Tide / reader"); err != nil || a.Instructions != "Be long.\nUse metres." {
		t.Errorf("replaced: %+v, %v", a, err)
	}
}

// TestAgentFileLacks: what an agent names and this computer lacks is told, and stays with the agent.
func TestAgentFileLacks(t *testing.T) {
	w := open(t, t.TempDir())
	path := written(t, `{"sandglass_agent": 1, "agent": {"name": "Far", "model": "elsewhere/m", "tools": ["search_web", "read_file"],
		"imports": ["shutil", "tensorflow.*", "math", "torch"], "options": {}}}`)
	f, err := w.ReadAgentFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range f.Lacks {
		got = append(got, string(l.Kind)+" "+l.Name)
		if l.Why == "" {
			t.Errorf("%+v says nothing", l)
		}
	}
	if want := []string{"tool search_web", "import tensorflow", "import torch", "model elsewhere/m"}; !slices.Equal(got, want) {
		t.Errorf("lacks %q", got)
	}
	a, err := w.ImportAgent(path, "", false)
	if err != nil || !slices.Contains(a.Tools, "search_web") || len(a.Imports) != 4 {
		t.Errorf("imported: %+v, %v", a, err)
	}
	a.Description = "It can be edited as it is."
	if err := w.SaveAgent(a); err != nil {
		t.Error(err)
	}
	if _, err := w.Start(workbench.StartRequest{Task: "x", Agent: "Far", Model: workbench.DemoModel}); err == nil || !strings.Contains(err.Error(), "search_web") {
		t.Errorf("a run of it: %v", err)
	}
}

// TestAgentFileBad: a file that is no agent, or holds what cannot be, is refused with a reason, and nothing is kept.
func TestAgentFileBad(t *testing.T) {
	w := open(t, t.TempDir())
	agent := func(fields string) string {
		return `{"sandglass_agent": 1, "agent": {"name": "A", "tools": [], "options": {}` + fields + `}}`
	}
	if _, err := workbench.ReadAgent([]byte(agent(""))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, says string }{
		"empty":              {"", "ends too early"},
		"cut off":            {agent("")[:40], "ends too early"},
		"no JSON":            {"hello", "invalid character"},
		"a list":             {"[]", "array"},
		"another thing":      {`{"name": "A"}`, `field "name"`},
		"a run":              {`{"sandglass": 1, "run": "x"}`, `field "sandglass"`},
		"no version":         {`{"agent": {"name": "A"}}`, "sandglass_agent"},
		"a newer one":        {strings.Replace(agent(""), "1", "2", 1), "its form is 2"},
		"two":                {agent("") + agent(""), "follows after its end"},
		"unknown field":      {agent(`, "api_key": "sk-1"`), `field "api_key"`},
		"unknown inner one":  {strings.Replace(agent(""), `"options": {}`, `"options": {"top_k": 3}`, 1), `field "top_k"`},
		"wrong type":         {agent(`, "max_steps": "many"`), "max_steps cannot be a string"},
		"no name":            {strings.Replace(agent(""), `"A"`, `" "`, 1), "no name"},
		"lines in its name":  {strings.Replace(agent(""), `"A"`, `"A\u001b[2J"`, 1), "not one line"},
		"out of range":       {agent(`, "max_steps": -1`), "out of range"},
		"a bad mode":         {agent(`, "mode": "magic"`), "magic"},
		"a bad import":       {agent(`, "imports": ["os; rm"]`), "os; rm"},
		"a bad host":         {agent(`, "hosts": ["http://x/"]`), "http://x/"},
		"a bad check":        {agent(`, "checks": [{"kind": "regex", "value": "("}]`), "check"},
		"a bad prompt":       {agent(`, "prompts": {"code": "{{.Nothing}}"}`), "Nothing"},
		"a model, no server": {agent(`, "model": "qwen3"`), "names no model"},
		"bad thinking":       {strings.Replace(agent(""), `"options": {}`, `"options": {"think": "hard"}`, 1), "hard"},
		"too large":          {agent(`, "description": "` + strings.Repeat("x", 1<<20) + `"`), "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t, c.text)
			_, err := w.ReadAgentFile(path)
			if f := fault.Of(err); err == nil || f.Code != fault.Invalid || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%v", err)
			}
			if _, err := w.ImportAgent(path, "", false); !fault.Is(err, fault.Invalid) {
				t.Errorf("import: %v", err)
			}
		})
	}
	if all, err := w.Agents(); err != nil || len(all) != 1 {
		t.Errorf("something was kept: %+v, %v", all, err)
	}
}

// TestRenameAgent: what was decided for an agent goes with its new name, and with the agent when it is deleted.
func TestRenameAgent(t *testing.T) {
	w := open(t, t.TempDir())
	for _, name := range []string{"Old", "Other"} {
		if err := w.SaveAgent(workbench.Agent{Name: name, Tools: []string{"final_answer", "read_file"}}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	s.DefaultAgent = "Old"
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	l := launch(t, w, workbench.Spec{Agent: "Old"}, "import shutil\nfinal_answer(1)")
	decide(t, w, card(t, w, l.Run.ID, 0), true, event.ForAgent)
	finish(t, w, l)
	for want, err := range map[fault.Code]error{
		fault.Conflict: w.RenameAgent("Old", "other"),
		fault.NotFound: w.RenameAgent("None", "New"),
		fault.Invalid:  w.RenameAgent("Old", " "),
	} {
		if !fault.Is(err, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := w.RenameAgent(workbench.DefaultAgent, "Mine"); !fault.Is(err, fault.Conflict) {
		t.Errorf("the built-in one: %v", err)
	}
	if err := w.RenameAgent("Old", " old one "); err != nil {
		t.Fatal(err)
	}
	if a, err := w.Agent("Old one"); err != nil || !slices.Equal(a.Tools, []string{"read_file"}) {
		t.Errorf("renamed: %+v, %v", a, err)
	}
	if p, err := w.Permissions(); err != nil || len(p) != 1 || p[0].Agent != "old one" {
		t.Errorf("permissions %+v, %v", p, err)
	}
	if s, err := w.Settings(); err != nil || s.DefaultAgent != "old one" {
		t.Errorf("default %q, %v", s.DefaultAgent, err)
	}
	if err := w.DeleteAgent("old one"); err != nil {
		t.Fatal(err)
	}
	if p, err := w.Permissions(); err != nil || len(p) != 0 {
		t.Errorf("permissions of a deleted agent: %+v, %v", p, err)
	}
	if s, err := w.Settings(); err != nil || s.DefaultAgent != workbench.DefaultAgent {
		t.Errorf("default %q, %v", s.DefaultAgent, err)
	}

	if err := w.DeleteAgent(workbench.DefaultAgent); !fault.Is(err, fault.Conflict) {
		t.Errorf("the built-in one: %v", err)
	}
	own, err := w.Agent(workbench.DefaultAgent)
	if err != nil || own.Changed {
		t.Fatalf("%+v, %v", own, err)
	}
	own.MaxSteps = 3
	if err := w.SaveAgent(own); err != nil {
		t.Fatal(err)
	}
	if own, err = w.Agent(workbench.DefaultAgent); err != nil || !own.Changed || own.MaxSteps != 3 {
		t.Errorf("changed: %+v, %v", own, err)
	}
	if err := w.DeleteAgent(workbench.DefaultAgent); err != nil {
		t.Error(err)
	}
	if own, err = w.Agent(workbench.DefaultAgent); err != nil || own.Changed || own.MaxSteps != 0 {
		t.Errorf("as it was: %+v, %v", own, err)
	}
}

// TestDraft: an agent is tried as it is written, without being saved; its run is marked.
func TestDraft(t *testing.T) {
	w := open(t, t.TempDir())
	draft := workbench.Agent{Instructions: "Speak like a pirate.", MaxSteps: 4, Prompts: map[string]string{"plan": " "}}
	run, err := w.Start(workbench.StartRequest{Task: "x", Draft: &draft, Model: workbench.DemoModel})
	if err != nil {
		t.Fatal(err)
	}
	log := events(t, w, run.ID)
	begun, _ := log[0].Body.(event.RunStarted)
	if begun.Agent != "New agent" || begun.MaxSteps != 4 || !strings.Contains(begun.System, "pirate") {
		t.Errorf("begun %+v", begun)
	}
	if run, err = w.Run(run.ID); err != nil || !slices.Equal(run.Tags, []string{"trial"}) {
		t.Errorf("run %+v, %v", run, err)
	}
	if all, err := w.Agents(); err != nil || len(all) != 1 {
		t.Errorf("it was saved: %+v, %v", all, err)
	}
	draft.MaxSteps = -1
	if _, err := w.Start(workbench.StartRequest{Task: "x", Draft: &draft}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a draft that cannot be: %v", err)
	}
}

// FuzzReadAgent: whatever a file holds, it is an agent that can be saved, or a fault that says why not.
func FuzzReadAgent(f *testing.F) {
	f.Add([]byte(`{"sandglass_agent": 1, "agent": {"name": "A", "tools": ["x"], "imports": ["a.*"], "options": {"temperature": 1e9}}}`))
	f.Add([]byte(`{"sandglass_agent": 1, "agent": {"name": "A", "checks": [{"kind": "schema", "value": "{}"}], "prompts": {"code": "{{.Tools}}"}}}`))
	f.Add([]byte(`{"sandglass_agent": 1, "agent": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := workbench.ReadAgent(data)
		if err == nil && (strings.TrimSpace(a.Name) == "" || a.Builtin) {
			t.Errorf("%+v", a)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	})
}
