package workbench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/workbench"
)

// voices is a scripted model that says something else for each agent.
func voices(t *testing.T, of map[string][]string) llm.Model {
	t.Helper()
	data, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	replies, err := script.ParseScript(data)
	if err != nil {
		t.Fatal(err)
	}
	return replies
}

func save(t *testing.T, w *workbench.Workbench, agents ...workbench.Agent) {
	t.Helper()
	for _, a := range agents {
		if err := w.SaveAgent(a); err != nil {
			t.Fatalf("save %s: %v", a.Name, err)
		}
	}
}

func mates(names ...string) (out []workbench.Teammate) {
	for _, n := range names {
		name, memory := strings.CutSuffix(n, ":memory")
		out = append(out, workbench.Teammate{Agent: name, Memory: memory})
	}
	return out
}

// TestTeam: a manager hands files and data frames to a saved agent that remembers; the run is one log, from which the
// prompts of all agents are derived, that verifies, is gone on from and forked with the member's memory, and travels.
func TestTeam(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	save(t, w, workbench.Agent{Name: "Table maker", Description: "Makes tables."}, workbench.Agent{Name: "Boss", Team: mates("Table maker:memory")})
	input := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(input, []byte("one two"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := runToEnd(t, w, workbench.Spec{Task: "Go", Agent: "Boss", Files: []workbench.FileRef{{Path: input}}, With: voices(t, map[string][]string{
		"Boss": {
			code("import pandas as pd", "df = pd.DataFrame({'n': [1.5, None], 'd': pd.to_datetime(['2024-01-02', None])}, index=['a', 'b'])",
				"open('own.txt', 'w').write('mine')", "out = table_maker('Read words.txt', table=df, own='own.txt', given=words)",
				"print(type(out).__name__, list(out.columns), list(out.index), out.d.dtype)"),
			code("made = table_maker('Write it to a file')", "final_answer([out.n.tolist()[0], made['rows'], open(made['file']).read()])"),
		},
		"table_maker": {
			code("kept = [open(given).read(), open(own).read(), str(table.d.dtype)]", "table['n'] *= 2"),
			code("final_answer(table)"),
			code("table.n.to_csv('made.csv')", "open('other.txt', 'w').write('stays')", "final_answer({'file': 'made.csv', 'rows': len(table)})"),
		},
	})})
	if first.Answer != `[3,2,"a,3.0\nb,\n"]` && first.Answer != `[3.0,2,",n\na,3.0\nb,\n"]` || first.Steps != 2 {
		t.Fatalf("%q %d %+v", first.Answer, first.Steps, first.Fault)
	}
	log := events(t, w, first.ID)
	if !strings.Contains(mustJSON(t, log), `DataFrame ['n', 'd'] ['a', 'b'] datetime64[ns]`) {
		t.Error("the table did not come back as a data frame")
	}
	if v := verify(t, w, first.ID); !v.Same || len(v.Steps) != 5 || v.Steps[4].Agent != "table_maker" || v.Steps[4].Step != 3 {
		t.Errorf("verify: %+v", v)
	}
	files, err := w.Artefacts(first.ID)
	if names := mustJSON(t, files); err != nil || !strings.Contains(names, `"team/table_maker/other.txt"`) || !strings.Contains(names, `"made.csv"`) || strings.Contains(names, `"other.txt"`) {
		t.Errorf("files: %s %v", names, err)
	}
	// A variable of the member's own is looked into.
	for _, e := range log {
		if c, ok := e.Body.(event.CodeStarted); ok && strings.HasPrefix(c.Code, "kept =") {
			page, err := w.Variable(first.ID, workbench.VariableQuery{Code: e.Seq, Name: "kept", Limit: 10})
			if text := mustJSON(t, page); err != nil || !strings.Contains(text, "one two") || !strings.Contains(text, "mine") || !strings.Contains(text, "datetime64[ns]") {
				t.Errorf("kept: %s %v", text, err)
			}
		}
	}
	w.Close()

	w = open(t, home) // nothing of it is in this process
	for step, want := range map[int]string{workbench.LastStep: `["one two",3,true]`, 1: `["one two",3,false]`} {
		child := runToEnd(t, w, workbench.Spec{Task: "More", From: &workbench.From{Run: first.ID, Step: step}, With: voices(t, map[string][]string{
			"Boss":        {code("final_answer(table_maker('What do you have?', also=5))")},
			"Table maker": {code("import pathlib", "final_answer([kept[0], table.n['a'].item(), pathlib.Path('made.csv').exists()])")},
		})})
		if strings.ReplaceAll(child.Answer, "3.0", "3") != want {
			t.Errorf("from step %d: %q %+v", step, child.Answer, child.Fault)
		}
		if v := verify(t, w, child.ID); !v.Same {
			t.Errorf("verify from step %d: %+v", step, v)
		}
		derivable(t, events(t, w, child.ID))
	}
	// It travels with the file that the manager made for its member.
	data, err := w.ExportRun(first.ID, "json")
	if err != nil {
		t.Fatal(err)
	}
	if py, err := w.ExportRun(first.ID, "py"); err != nil || !strings.Contains(string(py), "# The agent table_maker, called here, took 3 steps") || strings.Contains(string(py), "kept =") {
		t.Errorf("%s %v", py, err)
	}
	there := open(t, t.TempDir())
	if _, err := there.ImportRun(data); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(input, input+".gone"); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, there, first.ID); len(v.Steps) != 5 || v.Steps[0].Same == false || v.Files[0].State != "gone" {
		t.Errorf("verify of an import: %+v", v)
	}
	if page, err := there.Runs(workbench.RunQuery{Search: "kept given"}); err != nil || page.Total != 1 {
		t.Errorf("search: %+v %v", page, err)
	}
}

// TestMembersStatesAreKept: after a restart, and when its code would not do the same again, a called agent's variables are
// still there at each step, and one that remembers goes on with them; without kept states it remembers within a run.
func TestMembersStatesAreKept(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	save(t, w, workbench.Agent{Name: "Keeper"}, workbench.Agent{Name: "Once"}, workbench.Agent{Name: "Boss", Team: mates("Keeper:memory", "Once")})
	input := filepath.Join(t.TempDir(), "words.txt")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one two")
	says := map[string][]string{
		"Boss":   {code("a = keeper('Read', given=words)", "b = [once('Read', given=words) for _ in range(2)]"), code("keeper('And this', more=7)"), code("final_answer([a, b, keeper('What is it?')])")},
		"Keeper": {code("text = open(given).read()", "print(text)"), code("final_answer(1)"), "I will remember that.", "As I said.", code("final_answer([text, more])")},
		"Once":   {code("big = list(range(1000))", "big.append(open(given).read())"), code("final_answer(2)"), code("big = 5"), code("final_answer(3)")},
	}
	spec := workbench.Spec{Task: "Go", Agent: "Boss", Files: []workbench.FileRef{{Path: input}}, With: voices(t, says)}
	first := runToEnd(t, w, spec)
	if first.Answer != `[1,[2,3],["one two",7]]` {
		t.Fatalf("%q %+v", first.Answer, first.Fault)
	}
	w.Close()
	write("three")

	w = open(t, home)
	look := func(id event.RunID, code, name, want string) {
		t.Helper()
		for _, e := range events(t, w, id) {
			if c, ok := e.Body.(event.CodeStarted); ok && strings.HasPrefix(c.Code, code) {
				page, err := w.Variable(id, workbench.VariableQuery{Code: e.Seq, Name: name, Offset: 1000, Limit: 10})
				if text := mustJSON(t, page); err != nil || !strings.Contains(text, want) {
					t.Errorf("%s: %s %v", name, text, err)
				}
				return
			}
		}
		t.Errorf("there is no code %q", code)
	}
	look(first.ID, "big = list", "big", "one two")
	on := func() event.Run {
		return runToEnd(t, w, workbench.Spec{Task: "More", From: &workbench.From{Run: first.ID, Step: 2}, With: voices(t, map[string][]string{
			"Boss":   {code("final_answer(keeper('What do you have?', also=8))"), code("final_answer('it could not')")},
			"Keeper": {code("final_answer([text, more, also])")},
		})})
	}
	child := on()
	if child.Answer != `["one two",7,8]` {
		t.Errorf("%q %+v", child.Answer, child.Fault)
	}
	look(child.ID, "big = list", "big", "one two") // the states went along
	if kept, err := w.KeptStates(); err != nil || kept.Runs != 2 {
		t.Errorf("%+v %v", kept, err)
	}

	if err := w.BoundStates(0, 0); err != nil {
		t.Fatal(err)
	}
	if kept, err := w.KeptStates(); err != nil || kept.Runs != 0 || kept.Bytes != 0 {
		t.Errorf("%+v %v", kept, err)
	}
	if child := on(); child.Answer != "it could not" || !strings.Contains(mustJSON(t, events(t, w, child.ID)), "The code does not do the same again") {
		t.Errorf("nothing was kept, and the code does not do the same again: %q %+v", child.Answer, child.Fault)
	}
	spec.With = voices(t, says)
	if again := runToEnd(t, w, spec); again.Answer != `[1,[2,3],["three",7]]` {
		t.Errorf("%q %+v", again.Answer, again.Fault)
	}
}

// derivable checks that each prompt is that of the agent that was asked.
func derivable(t *testing.T, log []event.Event) {
	t.Helper()
	for _, e := range log {
		call, ok := e.Body.(event.ModelStarted)
		if !ok {
			continue
		}
		messages := agent.Prompt(log, call)
		var cast event.Cast
		whose := int64(0)
		for _, o := range log {
			if in, _ := cast.See(o); o.Seq == e.Seq {
				whose = in
			}
		}
		if isMember := strings.Contains(messages[1].Content(), "submitted this task by your manager"); isMember != (whose != 0) {
			t.Errorf("the prompt of %d is another agent's:\n%s", e.Seq, messages[1].Content())
		}
	}
}

// endless is a model that never stops writing, for the agents that are not the first to be asked.
type endless struct {
	llm.Model
	writes chan struct{}
}

func (e *endless) For(name string) llm.Model {
	if name == "Boss" {
		return e.Model
	}
	return &writer{e.writes}
}

type writer struct{ writes chan struct{} }

func (w *writer) Generate(ctx context.Context, _ llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	emit(llm.Delta{Text: "I"})
	w.writes <- struct{}{}
	<-ctx.Done()
	return llm.Reply{}, ctx.Err()
}

// TestStopATeam: Stop reaches agents that were called, in their middle, those that run at the same time included; the run
// can then be gone on from.
func TestStopATeam(t *testing.T) {
	w := open(t, t.TempDir())
	save(t, w, workbench.Agent{Name: "A"}, workbench.Agent{Name: "B"}, workbench.Agent{Name: "Boss", Mode: event.ModeTools, Team: mates("A", "B")})
	both := []llm.Call{{ID: "1", Name: "a", Args: json.RawMessage(`{"task":"x"}`)}, {ID: "2", Name: "b", Args: json.RawMessage(`{"task":"y"}`)}}
	model := &endless{writes: make(chan struct{}), Model: script.NewReplies([]llm.Reply{
		{Calls: []llm.Call{{ID: "0", Name: "python", Args: json.RawMessage(`{"code":"n = 5"}`)}}}, {Calls: both},
	})}
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Agent: "Boss", Model: "script/x", With: model})
	if err != nil {
		t.Fatal(err)
	}
	<-model.writes
	<-model.writes // both write, at the same time
	if err := w.Stop(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	run := finish(t, w, l)
	stopped := 0
	for _, e := range events(t, w, run.ID) {
		if b, ok := e.Body.(event.AgentFinished); ok && b.Status == event.Stopped {
			stopped++
		}
	}
	if run.Status != event.Stopped || stopped != 2 || run.Steps != 2 {
		t.Errorf("%s, %d agents stopped, %d steps", run.Status, stopped, run.Steps)
	}
	next := runToEnd(t, w, workbench.Spec{Task: "On", From: &workbench.From{Run: run.ID, Step: workbench.LastStep}, Mode: event.ModeCode, With: scripted(code("final_answer(n)"))})
	if next.Answer != "5" || next.ParentStep != 1 {
		t.Errorf("%+v", next)
	}
}

// TestTeamAsks: cards and questions say which agent asks; a permission for the run holds for the whole team, one for once
// does not.
func TestTeamAsks(t *testing.T) {
	w := open(t, t.TempDir())
	save(t, w, workbench.Agent{Name: "Asker", Tools: []string{"user_input"}}, workbench.Agent{Name: "Boss", Team: mates("Asker")})
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Agent: "Boss", Model: "script/x", With: voices(t, map[string][]string{
		"Boss": {code("import os"), code("final_answer(asker('Ask'))")},
		"Asker": {
			code(tryImports, "final_answer([tried('os'), tried('shutil'), user_input('Who?')])"),
		},
	})})
	if err != nil {
		t.Fatal(err)
	}
	e := card(t, w, l.Run.ID, 0)
	if asked := e.Body.(event.PermissionAsked); asked.Agent != "" {
		t.Errorf("the run's own agent asks as %q", asked.Agent)
	}
	decide(t, w, e, true, event.Once)
	e = card(t, w, l.Run.ID, e.Seq)
	if asked := e.Body.(event.PermissionAsked); asked.Agent != "Asker" || asked.Scope.Value != "os" {
		t.Errorf("%+v", asked)
	}
	decide(t, w, e, true, event.ThisRun)
	decide(t, w, card(t, w, l.Run.ID, e.Seq), false, event.ThisRun)
	messages, stop := w.Subscribe()
	defer stop()
	for !hasKind(events(t, w, l.Run.ID), "question_asked") {
		<-messages
	}
	for w.Answer(l.Run.ID, "me") != nil {
		<-messages
	}
	run := finish(t, w, l)
	if !strings.HasPrefix(run.Answer, `["yes","import of`) || !strings.HasSuffix(run.Answer, `"me"]`) {
		t.Errorf("%s %+v", run.Answer, run.Fault)
	}
	for _, e := range events(t, w, run.ID) {
		if q, ok := e.Body.(event.QuestionAsked); ok && q.Agent != "Asker" {
			t.Errorf("the question does not say who asks: %+v", q)
		}
	}
}

// TestTeamsAreChecked: what cannot be a team is refused when it is saved, or when a run begins, with a reason.
func TestTeamsAreChecked(t *testing.T) {
	w := open(t, t.TempDir())
	var chain []workbench.Agent
	for i := range agent.MaxDepth + 1 {
		a := workbench.Agent{Name: fmt.Sprintf("L%d", i)}
		if i > 0 {
			a.Team = mates(fmt.Sprintf("L%d", i-1))
		}
		chain = append(chain, a)
	}
	save(t, w, chain...)
	save(t, w, workbench.Agent{Name: "Twin one"}, workbench.Agent{Name: "twin-one!"}, workbench.Agent{Name: "read file"})
	top := chain[len(chain)-1].Name
	for name, c := range map[string]struct {
		agent workbench.Agent
		want  string
	}{
		"itself":  {workbench.Agent{Name: "Me", Team: mates("me")}, "circle"},
		"circle":  {workbench.Agent{Name: "L0", Team: mates(top)}, "circle"},
		"deep":    {workbench.Agent{Name: "Top", Team: mates(top)}, "levels deep"},
		"unknown": {workbench.Agent{Name: "X", Team: mates("Nobody")}, "not here: Nobody"},
		"twice":   {workbench.Agent{Name: "X", Team: mates("L0", "l0")}, "twice"},
		"names":   {workbench.Agent{Name: "X", Team: mates("Twin one", "twin-one!")}, "twin_one"},
		"tool":    {workbench.Agent{Name: "X", Tools: []string{"read_file"}, Team: mates("read file")}, "tool of that name"},
	} {
		if err := w.SaveAgent(c.agent); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		draft := c.agent
		_, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Draft: &draft, Model: "script/x", With: scripted()})
		if name != "circle" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, when a run begins: %v", name, err)
		}
	}
	if _, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Agent: "L0", AddTeam: mates(top), Model: "script/x", With: scripted()}); !fault.Is(err, fault.Invalid) {
		t.Errorf("added to a run: %v", err)
	}
	// A new name is followed; an agent that was deleted is missed.
	if err := w.RenameAgent("L0", "Ground floor"); err != nil {
		t.Fatal(err)
	}
	if a, err := w.Agent("L1"); err != nil || a.Team[0].Agent != "Ground floor" {
		t.Errorf("%+v %v", a, err)
	}
	if err := w.DeleteAgent("Ground floor"); err != nil {
		t.Fatal(err)
	}
	if lacks, err := w.AgentLacks(t.Context(), workbench.Agent{Name: "X", Team: mates("Ground floor")}); err != nil || len(lacks) != 1 || lacks[0].Kind != workbench.LackAgent {
		t.Errorf("%+v %v", lacks, err)
	}
	if got := workbench.CallName(" Web-Researcher 2 (fast) "); got != "web_researcher_2_fast" {
		t.Error(got)
	}
	for _, odd := range []string{"Übersicht", "42", "class", "Python", "日本"} {
		if err := w.SaveAgent(workbench.Agent{Name: "O", Team: mates("L1")}); err == nil {
			t.Error("its member lacks a member")
		}
		if name := workbench.CallName(odd); name == "" || name == "class" || name == "python" || name[0] >= '0' && name[0] <= '9' {
			t.Errorf("%s is called %q", odd, name)
		}
	}
}
