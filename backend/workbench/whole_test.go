package workbench_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/workbench"
)

// TestWholeOutput: an output beyond what the log keeps is there for a person and for the code of a run that goes on, and a
// run in which code read it is verified.
func TestWholeOutput(t *testing.T) {
	w := open(t, t.TempDir())
	run := runToEnd(t, w, workbench.Spec{Task: "Print much", With: scripted(code("print('first', 'x' * 200_000, 'last')"), code("final_answer(1)"))})
	var kept event.ArtefactSaved
	number := ""
	for _, e := range events(t, w, run.ID) {
		switch b := e.Body.(type) {
		case event.ArtefactSaved:
			kept = b
		case event.CodeFinished:
			if _, after, ok := strings.Cut(b.Observation, "full_output("); ok {
				number, _, _ = strings.Cut(after, ")")
			}
		}
	}
	if data, err := w.Artefact(run.ID, kept.Name); err != nil || !kept.Whole || number == "" || data.Size != 200_012 {
		t.Fatalf("%+v, %+v, %v, number %q", kept, data.Size, err, number)
	} else if text, err := base64.StdEncoding.DecodeString(data.Base64); err != nil || !strings.HasSuffix(string(text), " last\n") {
		t.Errorf("it ends with %q, %v", text[len(text)-20:], err)
	}
	if files, err := w.Artefacts(run.ID); err != nil || len(files) != 0 || run.Artefacts != 0 {
		t.Errorf("it counts as a file of the run: %+v, %v", files, err)
	}
	next := runToEnd(t, w, workbench.Spec{From: &workbench.From{Run: run.ID, Step: 1}, With: scripted(code("text = full_output("+number+")", "final_answer([len(text), text[-5:]])"))})
	if next.Status != event.Finished || next.Answer != `[200012,"last\n"]` {
		t.Errorf("%s %q %+v", next.Status, next.Answer, next.Fault)
	}
	if v := verify(t, w, next.ID); !v.Same {
		t.Errorf("verified: %+v", v)
	}
}

// TestUndoCompaction: only what is folded can be told whole again; a run that goes on from another one can begin so.
func TestUndoCompaction(t *testing.T) {
	w := open(t, t.TempDir())
	print := code("print('x' * 900)")
	run := runToEnd(t, w, workbench.Spec{
		Task: "Print", With: scripted(print, print+" ", print+"  ", "Thought: No.\n"+print, code("final_answer(1)")), Options: llm.Options{ContextTokens: 2600},
	})
	if !hasKind(events(t, w, run.ID), "context_compacted") {
		t.Fatalf("nothing was folded: %+v", run)
	}
	if err := w.UndoCompaction(run.ID, 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("the run has ended: %v", err)
	}
	steps := map[bool]int{}
	for _, unfold := range []bool{false, true} {
		next := runToEnd(t, w, workbench.Spec{
			Task: "Go on", From: &workbench.From{Run: run.ID, Step: workbench.LastStep, Unfold: unfold}, With: scripted(code("final_answer(2)")), Options: llm.Options{ContextTokens: 8000},
		})
		for _, e := range events(t, w, next.ID) {
			if b, ok := e.Body.(event.ModelStarted); ok {
				steps[unfold] = b.Budget.Steps
			}
		}
	}
	if steps[true] < steps[false]+150 {
		t.Errorf("steps in the prompt: %d tokens, and %d whole", steps[false], steps[true])
	}
	plain := runToEnd(t, w, workbench.Spec{Task: "Answer", With: scripted(code("final_answer(1)"))})
	if err := w.UndoCompaction(plain.ID, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("nothing is folded: %v", err)
	}
}
