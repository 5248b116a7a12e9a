package workbench_test

import (
	"context"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/workbench"
)

// interrupted is a model during whose calls something happens.
type interrupted struct {
	llm.Model
	calls  int
	during func(call int)
}

func (m *interrupted) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	m.calls++
	m.during(m.calls)
	return m.Model.Generate(ctx, req, emit)
}

// newest is the run that was started last.
func newest(t *testing.T, w *workbench.Workbench) event.RunID {
	t.Helper()
	page, err := w.Runs(workbench.RunQuery{Limit: 1})
	if err != nil || len(page.Runs) == 0 {
		t.Fatal(page, err)
	}
	return page.Runs[0].ID
}

// TestSteer: what the user says to a running agent is read with the next step, in order; what came too late is there
// when the run is continued, in another process too.
func TestSteer(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	steer := func(text string) {
		if err := w.Steer(newest(t, w), text); err != nil {
			t.Errorf("%q: %+v", text, err)
		}
	}
	model := &interrupted{Model: scripted(code("print(1)"), code("print(2)"), code("final_answer('done')"))}
	model.during = func(call int) {
		switch call {
		case 1:
			if err := w.Steer(newest(t, w), " \n"); !fault.Is(err, fault.Invalid) {
				t.Errorf("an empty message: %v", err)
			}
			if err := w.Steer(newest(t, w), strings.Repeat("x", 40_000)); !fault.Is(err, fault.Invalid) {
				t.Errorf("a message as long as a book: %v", err)
			}
			steer("  In French.\n")
			steer("And short.")
		case 3:
			steer("Zanzibar too.")
		}
	}
	run := runToEnd(t, w, workbench.Spec{Task: "Count", With: model})
	if run.Status != event.Finished {
		t.Fatalf("%+v", run)
	}
	want := "Printed:\n1\n\nNew message from the user:\nIn French.\n\nNew message from the user:\nAnd short.\nassistant: "
	if got := prompts(t, w, run.ID); !strings.Contains(got, want) || strings.Contains(got, "Zanzibar") {
		t.Errorf("the last prompt:\n%s", got)
	}
	if err := w.Steer(run.ID, "more"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the end: %v", err)
	}
	if page, err := w.Runs(workbench.RunQuery{Search: "Zanzibar"}); err != nil || page.Total != 1 {
		t.Errorf("search: %+v, %v", page, err)
	}
	w.Close()

	w = open(t, home)
	run = runToEnd(t, w, workbench.Spec{Task: "Now in German.", From: &workbench.From{Run: run.ID, Step: workbench.LastStep}, With: scripted(code("final_answer('fertig')"))})
	want = "The answer was given.\n\nNew message from the user:\nZanzibar too.\n\nNew message from the user:\nTask:\nNow in German.\n"
	if got := prompts(t, w, run.ID); run.Answer != "fertig" || !strings.Contains(got, want) {
		t.Errorf("%+v; the prompt of the continued run:\n%s", run, got)
	}
}

// TestEditPlan: the user changes the plan of a running agent, begins a step of a finished run anew with another one, and
// gives one to an agent that has none.
func TestEditPlan(t *testing.T) {
	w := open(t, t.TempDir())
	model := &interrupted{Model: scripted("1. Guess.\n2. Answer.", code("print('guessed')"), code("final_answer(1)"))}
	model.during = func(call int) {
		if call == 2 {
			if err := w.EditPlan(newest(t, w), "1. Compute.\n"); err != nil {
				t.Errorf("%+v", err)
			}
		}
	}
	run := runToEnd(t, w, workbench.Spec{Task: "Count", PlanEvery: 1, With: model})
	if got := prompts(t, w, run.ID); run.Status != event.Finished || strings.Contains(got, "Guess.") ||
		!strings.HasSuffix(got, "guessed\n\nYour plan, as the user has written it (keep to it):\n1. Compute.\n") {
		t.Errorf("%+v; the last prompt:\n%s", run, got)
	}

	plan := "1. Count on your fingers."
	forked := runToEnd(t, w, workbench.Spec{PlanEvery: 1, From: &workbench.From{Run: run.ID, Step: 0, Plan: &plan}, With: scripted(code("final_answer(2)"))})
	if got := prompts(t, w, forked.ID); forked.Answer != "2" || !strings.HasSuffix(got, "(keep to it):\n1. Count on your fingers.\n") {
		t.Errorf("%+v; the prompt of the fork:\n%s", forked, got)
	}
	model = &interrupted{Model: scripted(code("print(1)"), code("final_answer(3)"))}
	model.during = func(call int) {
		if call == 1 {
			if err := w.EditPlan(newest(t, w), plan); err != nil {
				t.Errorf("%+v", err)
			}
		}
	}
	run = runToEnd(t, w, workbench.Spec{Task: "Count", With: model}) // an agent that makes no plans
	if got := prompts(t, w, run.ID); run.Answer != "3" || !strings.HasSuffix(got, "Printed:\n1\n\nYour plan, as the user has written it (keep to it):\n"+plan+"\n") {
		t.Errorf("%+v; the prompt with a plan that was added:\n%s", run, got)
	}
	if err := w.EditPlan(run.ID, plan); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the end: %v", err)
	}
}
