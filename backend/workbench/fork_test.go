package workbench_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

// runToEnd runs a task to its end.
func runToEnd(t *testing.T, w *workbench.Workbench, spec workbench.Spec) event.Run {
	t.Helper()
	spec.Unattended = true
	if spec.Model == "" {
		spec.Model = "script/test"
	}
	l, err := w.Launch(context.Background(), spec)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return finish(t, w, l)
}

func code(lines ...string) string { return "```python\n" + strings.Join(lines, "\n") + "\n```" }

// parentRun is a run of four steps with a file, randomness, time and a file written.
func parentRun(t *testing.T, w *workbench.Workbench) (event.Run, string) {
	t.Helper()
	input := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(input, []byte("one\ntwo\nthree\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := runToEnd(t, w, workbench.Spec{Task: "Count the words", Files: []workbench.FileRef{{Path: input}}, With: scripted(
		code("n = len(open(words).readlines())", "seen = [n]", "print(n)"),
		code("import random, time", "r = random.random(); t = time.time()", "seen.append(r)",
			"class Page:\n    def _repr_html_(self): return '<b>%s</b>' % r", "display(Page())", "print(r, t, list_files('.'))"),
		code("gen = (i * n for i in range(100)); next(gen), next(gen)", "open('out.txt', 'w').write('x' * 3000)", "1/0"),
		code("final_answer([n, next(gen)])"),
	)})
	if run.Status != event.Finished || run.Answer != "[3,6]" {
		t.Fatalf("%s %q %+v", run.Status, run.Answer, run.Fault)
	}
	return run, input
}

func verify(t *testing.T, w *workbench.Workbench, id event.RunID) workbench.Verdict {
	t.Helper()
	v, err := w.VerifyRun(id)
	if err != nil {
		t.Fatalf("verify: %+v", err)
	}
	return v
}

func prompts(t *testing.T, w *workbench.Workbench, id event.RunID) (last string) {
	t.Helper()
	log := events(t, w, id)
	for _, e := range log {
		if call, ok := e.Body.(event.ModelStarted); ok {
			last = ""
			for _, m := range agent.Prompt(log, call) {
				last += string(m.Role) + ": " + m.Content() + "\n"
			}
		}
	}
	return last
}

// TestContinueInANewProcess goes on from a finished run after a restart: state, memory and log are there.
func TestContinueInANewProcess(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	parent, _ := parentRun(t, w)
	w.Close()

	w = open(t, home)
	child := runToEnd(t, w, workbench.Spec{Task: "And the next two?", From: &workbench.From{Run: parent.ID, Step: workbench.LastStep},
		With: scripted(code("print(seen[0], random.random() == r)"), code("final_answer([next(gen), next(gen), len(open('out.txt').read())])"))})
	if child.Status != event.Finished || child.Answer != "[9,12,3000]" || child.Steps != 6 || child.Parent != parent.ID || child.ParentStep != 4 || child.Title != "And the next two?" {
		t.Errorf("child: %+v", child)
	}
	prompt := prompts(t, w, child.ID)
	for _, want := range []string{"Count the words", "The answer was given.", "New message from the user:\nTask:\nAnd the next two?", "3 False"} {
		if !strings.Contains(prompt, want) {
			t.Errorf("the prompt lacks %q:\n%s", want, prompt)
		}
	}
	if folded := event.Fold(events(t, w, child.ID)); folded.Answer != child.Answer || folded.LastSeq != child.LastSeq || folded.Usage != child.Usage {
		t.Errorf("the row is not the fold:\n%+v\n%+v", child, folded)
	}
	for _, id := range []event.RunID{parent.ID, child.ID} {
		if v := verify(t, w, id); !v.Same || len(v.Files) != 1 || v.Files[0].State != "same" || v.Runtime != "" {
			t.Errorf("verify %s: %+v", id, v)
		}
	}
	if shown, err := w.Artefacts(parent.ID); err != nil || !slices.ContainsFunc(shown, func(a workbench.ArtefactFile) bool { return strings.HasPrefix(a.Name, "displayed/") }) {
		t.Errorf("nothing was displayed: %+v %v", shown, err)
	}
	// The child needs its parent for nothing.
	if err := w.DeleteRun(parent.ID); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, w, child.ID); !v.Same || len(v.Steps) != 6 {
		t.Errorf("verify without the parent: %+v", v)
	}
	data, err := w.ExportRun(child.ID, "json")
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, t.TempDir())
	if _, err := other.ImportRun(data); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, other, child.ID); !v.Same {
		t.Errorf("verify after an import: %+v", v)
	}
	// Its states were not exported: they are made again by executing the code.
	grandchild := runToEnd(t, other, workbench.Spec{From: &workbench.From{Run: child.ID, Step: 5}, With: scripted(code("final_answer(next(gen))"))})
	if grandchild.Answer != "9" || grandchild.Steps != 6 {
		t.Errorf("grandchild: %+v %+v", grandchild, grandchild.Fault)
	}
}

// TestForkAStep goes another way from the middle of a run, with code that a person wrote.
func TestForkAStep(t *testing.T) {
	w := open(t, t.TempDir())
	parent, input := parentRun(t, w)
	fork := func(step int, first string, replies ...string) event.Run {
		t.Helper()
		return runToEnd(t, w, workbench.Spec{From: &workbench.From{Run: parent.ID[:20], Step: step, Code: first}, With: scripted(replies...)})
	}
	if r := fork(2, "n = 50\nprint('by hand')", code("final_answer([n, seen[1] == r])")); r.Answer != "[50,true]" || r.Steps != 4 || !strings.Contains(prompts(t, w, r.ID), "by hand") {
		t.Errorf("with code: %+v", r)
	} else if v := verify(t, w, r.ID); !v.Same {
		t.Errorf("%+v", v)
	}
	if r := fork(1, "", code("final_answer('r' in globals())")); r.Answer != "false" {
		t.Errorf("step 1: %+v", r)
	}
	if r := fork(0, "", code("final_answer([words, 'n' in globals()])")); r.Answer != `["/input/words.txt",false]` || r.Steps != 1 {
		t.Errorf("step 0: %+v", r)
	} else if v := verify(t, w, r.ID); !v.Same {
		t.Errorf("%+v", v)
	}
	for step, why := range map[int]string{5: "its last one is 4", -7: "no step"} {
		_, err := w.Launch(context.Background(), workbench.Spec{From: &workbench.From{Run: parent.ID, Step: step}, With: scripted()})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), why) {
			t.Errorf("step %d: %v", step, err)
		}
	}
	// An input that is gone does not matter to a state that has read it; the model is told.
	if err := os.Remove(input); err != nil {
		t.Fatal(err)
	}
	r := fork(3, "", code("final_answer(next(gen))"))
	if r.Answer != "6" || !strings.Contains(prompts(t, w, r.ID), "words.txt is not there any more") {
		t.Errorf("without the input: %+v", r)
	}
	s, err := w.OpenSandbox(context.Background(), workbench.Spec{From: &workbench.From{Run: parent.ID, Step: 2}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if out, err := s.Run(context.Background(), "seen == [3, r]"); err != nil || out.Value == nil || out.Value.Repr != "True" {
		t.Errorf("looking around: %+v %v", out, err)
	}
}

// TestStatesAreBounded: without kept states, or with damaged ones, code is executed again, and nothing is lost.
func TestStatesAreBounded(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	parent, _ := parentRun(t, w)
	next := func(what string) {
		t.Helper()
		r := runToEnd(t, w, workbench.Spec{From: &workbench.From{Run: parent.ID, Step: 3}, With: scripted(code("final_answer([next(gen), seen[1] == r])"))})
		if r.Answer != "[6,true]" {
			t.Errorf("%s: %+v %+v", what, r, r.Fault)
		}
	}
	next("kept")
	blobs, err := filepath.Glob(filepath.Join(home, "blobs", "*", "*"))
	if err != nil || len(blobs) < 4 {
		t.Fatal(blobs, err)
	}
	for _, name := range blobs {
		if st, err := os.Stat(name); err == nil && st.Size() > 3000 { // states; not the tapes and artefacts
			if err := os.WriteFile(name, []byte("damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	next("damaged")
	s, err := w.Settings()
	if err != nil || s.StateRuns == 0 || s.StateMiB == 0 {
		t.Fatal(s, err)
	}
	s.StateRuns = 0
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	next("not kept")
	if v := verify(t, w, parent.ID); !v.Same {
		t.Errorf("%+v", v)
	}
}

// TestVerifyTells what is not the same: here the log was changed, and the input.
func TestVerifyTells(t *testing.T) {
	w := open(t, t.TempDir())
	parent, input := parentRun(t, w)
	data, err := w.ExportRun(parent.ID, "json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(input, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var told []int
	v, err := w.Verify(context.Background(), parent.ID, func(s workbench.StepVerdict) { told = append(told, s.Step) })
	if err != nil || v.Same || v.Files[0].State != "changed" || len(told) != 4 {
		t.Fatalf("%+v %v", v, err)
	}
	if d := v.Steps[0].Differences; len(d) != 1 || d[0].What != "stdout" || d[0].Was != "3\n" || d[0].Is != "2\n" {
		t.Errorf("step 1: %+v", d)
	}
	if err := os.WriteFile(input, []byte("one\ntwo\nthree\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), `"stdout": "3\n"`, `"stdout": "4\n"`, 1)
	var x struct{ Events []event.Event }
	if err := json.Unmarshal([]byte(changed), &x); err != nil || changed == string(data) {
		t.Fatal(err)
	}
	other := open(t, t.TempDir())
	if _, err := other.ImportRun([]byte(changed)); err != nil {
		t.Fatal(err)
	}
	v = verify(t, other, parent.ID)
	if v.Same || v.Steps[0].Same || len(v.Steps[0].Differences) != 1 || !v.Steps[1].Same {
		t.Errorf("%+v", v)
	}
}

// TestForksAreFound: a run leads to those that go on from it, and they name it as long as it is here.
func TestForksAreFound(t *testing.T) {
	w := open(t, t.TempDir())
	first := finish(t, w, launch(t, w, workbench.Spec{}, "x = 1", "final_answer(x)"))
	l, err := w.Launch(t.Context(), workbench.Spec{From: &workbench.From{Run: first.ID, Step: 1}, With: scripted("```python\nfinal_answer(x + 1)\n```")})
	if err != nil {
		t.Fatal(err)
	}
	second := finish(t, w, l)
	found := func() []workbench.RunHit {
		page, err := w.Runs(workbench.RunQuery{Parent: first.ID})
		if err != nil {
			t.Fatal(err)
		}
		return page.Runs
	}
	if got := found(); len(got) != 1 || got[0].ID != second.ID || got[0].ParentTitle != first.Title || got[0].ParentStep != 1 {
		t.Errorf("forks %+v", got)
	}
	if err := w.DeleteRun(first.ID); err != nil {
		t.Fatal(err)
	}
	if got := found(); len(got) != 1 || got[0].ParentTitle != "" {
		t.Errorf("forks of a deleted run: %+v", got)
	}
}

// TestRefusedCode: code that a decorator refused (docs/hooks.md) counts as not run: what follows is verified and
// gone on from as if it had not been there.
func TestRefusedCode(t *testing.T) {
	w := open(t, t.TempDir())
	l := launch(t, w, workbench.Spec{}, "x = 1", "x = 2", "y = x + 40", "final_answer(x + y)")
	run := finish(t, w, l)
	data, err := w.ExportRun(run.ID, "json")
	if err != nil {
		t.Fatal(err)
	}
	var x map[string]any
	if err := json.Unmarshal(data, &x); err != nil {
		t.Fatal(err)
	}
	codes := 0
	for _, e := range x["events"].([]any) { // the log as it is when the second piece was refused
		e := e.(map[string]any)
		body, _ := e["body"].(map[string]any)
		switch {
		case e["kind"] != "code_finished":
		case codes == 1:
			e["body"] = map[string]any{"killed": "refused", "observation": "no", "duration_ms": 0}
			codes++
		default:
			if v, ok := body["final"].(map[string]any); ok {
				v["json"], v["repr"] = 42, "42"
			}
			codes++
		}
	}
	if data, err = json.Marshal(x); err != nil || codes != 4 {
		t.Fatal(codes, err)
	}
	there := open(t, t.TempDir())
	if _, err := there.ImportRun(data); err != nil {
		t.Fatal(err)
	}
	v, err := there.VerifyRun(run.ID)
	if err != nil || len(v.Steps) != 3 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, st := range v.Steps {
		for _, d := range st.Differences {
			if d.What != "variables" { // which the log of the other run tells of
				t.Errorf("step %d: %+v", st.Step, d)
			}
		}
	}
	next, err := there.Launch(t.Context(), workbench.Spec{From: &workbench.From{Run: run.ID, Step: 3}, With: scripted("```python\nfinal_answer([x, y])\n```")})
	if err != nil {
		t.Fatal(err)
	}
	if run := finish(t, there, next); string(run.AnswerJSON) != "[1,41]" {
		t.Errorf("gone on: %s, %+v", run.AnswerJSON, run.Fault)
	}
}
