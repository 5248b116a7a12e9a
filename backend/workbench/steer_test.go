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
		if err := w.Steer(newest(t, w), 0, text); err != nil {
			t.Errorf("%q: %+v", text, err)
		}
	}
	model := &interrupted{Model: scripted(code("print(1)"), code("print(2)"), code("final_answer('done')"))}
	model.during = func(call int) {
		switch call {
		case 1:
			if err := w.Steer(newest(t, w), 0, " \n"); !fault.Is(err, fault.Invalid) {
				t.Errorf("an empty message: %v", err)
			}
			if err := w.Steer(newest(t, w), 0, strings.Repeat("x", 40_000)); !fault.Is(err, fault.Invalid) {
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
	if err := w.Steer(run.ID, 0, "more"); !fault.Is(err, fault.NotFound) {
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

// heardBy is a model that speaks for several agents, and during whose calls something happens.
type heardBy struct {
	llm.Model
	during func(name string, call int)
	calls  map[string]int
	sent   map[string][]string // what each was told last, by call
}

func (m *heardBy) For(name string) llm.Model { return &heardOne{m, name} }

type heardOne struct {
	*heardBy
	name string
}

func (m *heardOne) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	m.calls[m.name]++
	m.sent[m.name] = append(m.sent[m.name], prompt(req.Messages))
	m.during(m.name, m.calls[m.name])
	return m.Model.(interface{ For(string) llm.Model }).For(m.name).Generate(ctx, req, emit)
}

func prompt(messages []llm.Message) string {
	var b strings.Builder
	for _, m := range messages[1:] {
		b.WriteString(m.Content() + "\n")
	}
	return b.String()
}

// TestSteerATeam: while a called agent works, the user says something to it or to its manager, and has its folded steps told
// whole; what it did not read, its manager is told, and a run that goes on unfolds what a member remembers.
func TestSteerATeam(t *testing.T) {
	w := open(t, t.TempDir())
	long := func(name string) string { return code("print('" + name + "' * 1800)") }
	// Room for a long reply: 1,275 tokens are many, and 5,488 still fit. Neither is near what these prompts have.
	save(t, w, workbench.Agent{Name: "Reader", Options: llm.Options{ContextTokens: 6000, MaxTokens: 4500}}, workbench.Agent{Name: "Boss", Team: mates("Reader:memory")})
	model := &heardBy{calls: map[string]int{}, sent: map[string][]string{}, Model: voices(t, map[string][]string{
		"Boss":   {code("reader('Read')"), code("final_answer(2)")},
		"Reader": {long("a"), long("b"), code("print(1)"), code("print(2)"), code("final_answer(1)")},
	})}
	var call int64
	model.during = func(name string, n int) {
		id := newest(t, w)
		at, err := w.AtWork(id)
		if err != nil || (len(at) == 1) != (name == "Reader") {
			t.Fatalf("at work while %s is asked: %+v %v", name, at, err)
		}
		if name == "Boss" {
			return
		}
		call = at[0].Call
		say := func(to int64, text string) {
			if err := w.Steer(id, to, text); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
		switch n {
		case 1:
			say(call, "To the reader.")
			say(0, "To the boss.")
			if err := w.Steer(id, 3, "To nobody."); !fault.Is(err, fault.NotFound) {
				t.Errorf("to nobody: %v", err)
			}
			if err := w.UndoCompaction(id, call); !fault.Is(err, fault.Conflict) {
				t.Errorf("nothing is folded: %v", err)
			}
		case 5:
			say(call, "Too late.")
		}
	}
	run := runToEnd(t, w, workbench.Spec{Task: "Go", Agent: "Boss", With: model})
	if run.Status != event.Finished || len(model.sent["Reader"]) != 5 {
		t.Fatalf("%+v %+v", run, run.Fault)
	}
	const short = "What you did so far, in short"
	if p := model.sent["Reader"]; !strings.Contains(p[1], "To the reader.") || strings.Contains(p[4], "boss.") || !strings.Contains(p[4], short) {
		t.Errorf("the reader was told:\n%s", p[4])
	}
	if p := model.sent["Boss"][1]; !strings.Contains(p, "To the boss.") || strings.Contains(p, "To the reader.") || !strings.Contains(p, "(to reader, which ended before it could read it) Too late.") {
		t.Errorf("its manager was told:\n%s", p)
	}
	if err := w.Steer(run.ID, call, "x"); !fault.Is(err, fault.Conflict) {
		t.Errorf("to one that has ended: %v", err)
	}

	for _, unfold := range []bool{false, true} {
		on := &heardBy{calls: map[string]int{}, sent: map[string][]string{}, during: func(string, int) {}, Model: voices(t, map[string][]string{
			"Boss":   {code("reader('Read on')"), code("final_answer(2)")},
			"Reader": {code("final_answer(1)")},
		})}
		from := &workbench.From{Run: run.ID, Step: workbench.LastStep, Unfold: unfold}
		next := runToEnd(t, w, workbench.Spec{Task: "On", From: from, With: on})
		if next.Status != event.Finished || strings.Contains(on.sent["Reader"][0], short) == unfold || !strings.Contains(on.sent["Reader"][0], "Too late.") {
			t.Errorf("unfolded %v: %+v %+v\n%s", unfold, next, next.Fault, on.sent["Reader"])
		}
		derivable(t, events(t, w, next.ID))
		if err := w.Steer(next.ID, call, "x"); !fault.Is(err, fault.Conflict) {
			t.Errorf("to one that has ended before: %v", err)
		}
	}
}
