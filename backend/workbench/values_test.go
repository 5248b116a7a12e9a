package workbench_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

// TestNamedValues: what a person types is JSON if it can be, and a text otherwise; the code has it as variables.
func TestNamedValues(t *testing.T) {
	w := open(t, t.TempDir())
	run, err := w.Start(workbench.StartRequest{Task: "x", Model: "demo/tour", Values: []workbench.NamedValue{
		{Name: "rate", Text: " 0.5 "}, {Name: "big", Text: "12345678901234567890"}, {Name: "who", Text: "Ada & co"}, {Name: "quoted", Text: `"7"`}, {Name: "none", Text: ""},
	}})
	if err != nil {
		t.Fatal(err)
	}
	begun := events(t, w, run.ID)[0].Body.(event.RunStarted)
	got := map[string]string{}
	for _, v := range begun.Vars {
		got[v.Name] = string(v.JSON)
	}
	text, _ := json.Marshal("Ada & co")
	if d := cmp.Diff(map[string]string{"rate": "0.5", "big": "12345678901234567890", "who": string(text), "quoted": `"7"`, "none": `""`}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, bad := range [][]workbench.NamedValue{{{Name: "", Text: "1"}}, {{Name: "class", Text: "1"}}, {{Name: "a b", Text: "1"}}, {{Name: "a", Text: "1"}, {Name: "a", Text: "2"}}} {
		if _, err := w.Start(workbench.StartRequest{Task: "x", Model: "demo/tour", Values: bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := w.Launch(t.Context(), workbench.Spec{Task: "x", With: scripted(), Vars: []event.InputVar{{Name: "a", JSON: json.RawMessage("{")}}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no JSON: %v", err)
	}
}
