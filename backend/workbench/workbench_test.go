package workbench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/workbench"
)

func TestMain(m *testing.M) {
	os.Setenv("SANDGLASS_DEMO_PACE", "0")
	// Held open, so that the many engines of the tests share one preparation.
	engine := cpython.New(cpython.Config{})
	if err := engine.Prepare(context.Background(), nil); err != nil {
		fmt.Fprintln(os.Stderr, "the tests need the Python runtime:", err)
	}
	os.Exit(m.Run())
}

// open opens a workbench in a folder of the test. Its Ollama is an address where nobody listens.
func open(t *testing.T, home string) *workbench.Workbench {
	t.Helper()
	t.Setenv("OLLAMA_HOST", "127.0.0.1:1")
	w, err := workbench.Open(workbench.Config{Version: "test", Home: home})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func scripted(replies ...string) llm.Model {
	var list []llm.Reply
	for _, r := range replies {
		list = append(list, llm.Reply{Text: r, Finish: llm.FinishStop})
	}
	return script.NewReplies(list)
}

// finish waits for a run to end and gives its row.
func finish(t *testing.T, w *workbench.Workbench, l *workbench.Launched) event.Run {
	t.Helper()
	select {
	case <-l.Done():
	case <-time.After(2 * time.Minute):
		t.Fatal("the run does not end")
	}
	if l.Err() != nil {
		t.Fatal(l.Err())
	}
	run, err := w.Run(l.Run.ID)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func events(t *testing.T, w *workbench.Workbench, id event.RunID) []event.Event {
	t.Helper()
	page, err := w.RunEvents(id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return page.Events
}

// TestSamples is the main job without a model: each sample runs through the real loop and sandbox to an answer, and
// is found again by a new workbench.
func TestSamples(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	samples, err := w.Samples()
	if err != nil || len(samples) != 3 {
		t.Fatal(samples, err)
	}
	wants := map[string]string{"sales": "North sold most", "savings": "43 years", "log": ""}
	for _, s := range samples {
		messages, stop := w.Subscribe()
		begun, err := w.StartSample(s.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		run := begun
		for run.Status == event.Running {
			<-messages
			if run, err = w.Run(begun.ID); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if run.Status != event.Finished || run.Answer == "" || !strings.Contains(run.Answer, wants[s.ID]) {
			t.Errorf("%s: %s, %q, %v", s.ID, run.Status, run.Answer, run.Fault)
		}
		if folded := event.Fold(events(t, w, run.ID)); folded.Status != run.Status || folded.LastSeq != run.LastSeq || folded.Answer != run.Answer {
			t.Errorf("the row is not the fold: %+v, %+v", folded, run)
		}
	}
	w.Close()

	again := open(t, home)
	page, err := again.Runs(workbench.RunQuery{Search: "region"})
	if err != nil || page.Total == 0 {
		t.Fatalf("the run is not found after a restart: %+v, %v", page, err)
	}
	if hit := page.Runs[0]; hit.Files[0] != "sales.csv" || hit.Snippet == "" {
		t.Errorf("hit = %+v", hit)
	}
}

// TestRefusals: what cannot be started says what happened and what to do, and leaves no run behind.
func TestRefusals(t *testing.T) {
	w := open(t, t.TempDir())
	dir := t.TempDir()
	tests := []struct {
		name string
		spec workbench.Spec
		code fault.Code
		says string
	}{
		{"empty task", workbench.Spec{Task: " \n"}, fault.Invalid, "empty"},
		{"unknown agent", workbench.Spec{Task: "x", Agent: "Nobody"}, fault.NotFound, "Analyst"},
		{"unknown provider", workbench.Spec{Task: "x", Model: "acme/m"}, fault.ModelNotFound, "ollama, demo"},
		{"model without provider", workbench.Spec{Task: "x", Model: "qwen3"}, fault.Invalid, "ollama/qwen3"},
		{"unknown demo", workbench.Spec{Task: "x", Model: "demo/other"}, fault.ModelNotFound, ""},
		{"unknown tool", workbench.Spec{Task: "x", Model: "demo/tour", Tools: []string{"hammer"}}, fault.NotFound, "read_file"},
		{"vanished file", workbench.Spec{Task: "x", Model: "demo/tour", Files: []workbench.FileRef{{Path: filepath.Join(dir, "gone.csv")}}}, fault.NotFound, "gone.csv"},
		{"a folder", workbench.Spec{Task: "x", Model: "demo/tour", Files: []workbench.FileRef{{Path: dir}}}, fault.Invalid, "folder"},
		{"address", workbench.Spec{Task: "x", Model: "openai/m", Endpoint: workbench.Endpoint{BaseURL: "ftp://x"}}, fault.Invalid, "web address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.Launch(t.Context(), tt.spec)
			f := fault.Of(err)
			if f == nil || f.Code != tt.code || !strings.Contains(f.Error()+f.Do, tt.says) {
				t.Errorf("got %+v, want %s saying %q", f, tt.code, tt.says)
			}
		})
	}
	if page, err := w.Runs(workbench.RunQuery{}); err != nil || page.Total != 0 {
		t.Errorf("refused runs are in the history: %+v, %v", page, err)
	}
}

// TestOllamaAbsent: the run fails with what to do, and is kept.
func TestOllamaAbsent(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "ollama/qwen3:8b"})
	if err != nil {
		t.Fatal(err)
	}
	run := finish(t, w, l)
	if run.Status != event.Failed || run.Fault == nil || run.Fault.Code != fault.ModelUnreachable || run.Fault.Do == "" {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	st, err := w.Status()
	if err != nil || st.Ollama.Running || st.Ollama.Fault == nil {
		t.Errorf("status = %+v, %v", st.Ollama, err)
	}
}

// TestDefaultModelIsDemo: without any model, the demo answers.
func TestDefaultModelIsDemo(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "Write a poem."})
	if err != nil {
		t.Fatal(err)
	}
	run := finish(t, w, l)
	if run.Model != workbench.DemoModel || run.Status != event.Finished {
		t.Errorf("run = %+v", run)
	}
}

// TestStop stops in the middle of code; the ending is recorded, and the history says so.
func TestStop(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "script/x", With: scripted("```python\nwhile True: pass\n```")})
	if err != nil {
		t.Fatal(err)
	}
	messages, stop := w.Subscribe()
	defer stop()
	for !hasKind(events(t, w, l.Run.ID), "code_started") {
		<-messages
	}
	if err := w.Stop(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	if run := finish(t, w, l); run.Status != event.Stopped {
		t.Errorf("status = %s", run.Status)
	}
	if err := w.Stop(l.Run.ID); err != nil {
		t.Errorf("stopping what has stopped: %v", err)
	}
}

// TestCloseStops: closing the workbench ends its runs properly.
func TestCloseStops(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	l, err := w.Launch(context.Background(), workbench.Spec{Task: "x", Model: "script/x", With: scripted("```python\nwhile True: pass\n```")})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	again := open(t, home)
	if run, err := again.Run(l.Run.ID); err != nil || run.Status != event.Stopped {
		t.Errorf("run = %+v, %v", run, err)
	}
}

func hasKind(events []event.Event, kind string) bool {
	for _, e := range events {
		if e.Body.Kind() == kind {
			return true
		}
	}
	return false
}

// TestQuestion: the agent asks, the run waits, the answer goes on into the code.
func TestQuestion(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "script/x", With: scripted("```python\nfinal_answer('Hello ' + user_input('Your name?'))\n```")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Answer(l.Run.ID, "too early"); err != nil && !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	messages, stop := w.Subscribe()
	defer stop()
	for {
		run, err := w.Run(l.Run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if run.Waiting {
			break
		}
		<-messages
	}
	for err = errors.New("not yet"); err != nil; { // the question is on disk a moment before the answer is waited for
		err = w.Answer(l.Run.ID, "Ada")
		if err != nil && !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
	}
	if run := finish(t, w, l); run.Answer != "Hello Ada" || run.Waiting {
		t.Errorf("run = %+v", run)
	}
}

// TestNobodyToAsk: without a person the tool says so, and the agent decides for itself.
func TestNobodyToAsk(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "script/x", Unattended: true, With: scripted("```python\ntry:\n    user_input('Your name?')\nexcept Exception as e:\n    final_answer(str(e))\n```")})
	if err != nil {
		t.Fatal(err)
	}
	if run := finish(t, w, l); !strings.Contains(run.Answer, "no person") {
		t.Errorf("answer = %q", run.Answer)
	}
}

// TestFiles: inputs are read, tools see them and the scratch folder, what is written is kept.
func TestFiles(t *testing.T) {
	w := open(t, t.TempDir())
	dir := t.TempDir()
	csv := filepath.Join(dir, "Größen 2026.csv")
	if err := os.WriteFile(csv, []byte("a;b\nx;1,5\ny;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code := "```python\n" +
		"with open('out/', 'w') if False else open('result.txt', 'w') as f: f.write('done')\n" +
		"print(read_file(path='result.txt'))\n" +
		"print([f['path'] for f in list_files()])\n" +
		"final_answer({'lines': open(größen_2026).read().count('\\n'), 'tool': 'x;1,5' in str(read_file(path=größen_2026))})\n```"
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "script/x", Files: []workbench.FileRef{{Path: csv}}, With: scripted(code)})
	if err != nil {
		t.Fatal(err)
	}
	run := finish(t, w, l)
	if got := string(run.AnswerJSON); got != `{"lines":3,"tool":true}` && got != `{"lines": 3, "tool": true}` {
		t.Errorf("answer = %s, fault %+v\n%s", got, run.Fault, mustJSON(t, events(t, w, run.ID)))
	}
	arts, err := w.ExportArtefacts(run.ID)
	if err != nil || len(arts) != 1 || arts[0].Name != "result.txt" {
		t.Fatalf("artefacts = %+v, %v", arts, err)
	}
	if data, err := os.ReadFile(arts[0].Path); err != nil || string(data) != "done" {
		t.Errorf("content = %q, %v", data, err)
	}
	if err := w.DeleteRun(run.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(arts[0].Path); !os.IsNotExist(err) {
		t.Errorf("the exported file outlives its run: %v", err)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestInspectFiles is what the composer shows of dropped files.
func TestInspectFiles(t *testing.T) {
	w := open(t, t.TempDir())
	dir := t.TempDir()
	write := func(name string, data string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	tests := []struct {
		path     string
		variable string
		encoding string
		delim    string
		rows     int64
		fault    fault.Code
	}{
		{write("sales.csv", "a,b\n1,2\n3,4\n"), "sales", "utf-8", ",", 2, ""},
		{write("semi.csv", "a;b\n1,5;2\n3;4"), "semi", "utf-8", ";", 2, ""},
		{write("tab.tsv", "a\tb\n1\t2\n"), "tab", "utf-8", "\t", 1, ""},
		{write("latin.csv", "Stra\xdfe;n\nx;1\n"), "latin", "windows-1252", ";", 1, ""},
		{write("wide.csv", "\xff\xfea\x00;\x00b\x00\n\x00"), "wide", "utf-16le", "", 0, ""},
		{write("2026.txt", "x"), "file_2026", "utf-8", "", 0, ""},
		{write("class.txt", "x"), "file_class", "utf-8", "", 0, ""},
		{write("!!!.bin", "\x00\x01\x02\xff\xfe\x00"), "file", "", "", 0, ""},
		{write("SALES.csv", "a,b\n"), "sales_2", "utf-8", ",", 0, ""},
		{"../tables/testdata/mixed.zstd.parquet", "mixed_zstd", "", "", 5, ""},
		{write("half.parquet", "PAR1 and no end"), "half", "", "", 0, ""},
		{filepath.Join(dir, "gone"), "gone", "", "", 0, fault.NotFound},
		{dir, "", "", "", 0, fault.Invalid},
	}
	var refs []workbench.FileRef
	for _, tt := range tests {
		refs = append(refs, workbench.FileRef{Path: tt.path})
	}
	infos, err := w.InspectFiles(refs)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		got := infos[i]
		var code fault.Code
		if got.Fault != nil {
			code = got.Fault.Code
		}
		if (tt.variable != "" && got.Var != tt.variable) || got.Encoding != tt.encoding || (tt.delim != "" && got.Delimiter != tt.delim) || got.Rows != tt.rows || code != tt.fault {
			t.Errorf("%s: %+v", filepath.Base(tt.path), got)
		}
		told := map[string]string{"mixed.zstd.parquet": "Parquet, read it with pd.read_parquet, 19 columns: id int64, ", "half.parquet": "its end is missing: pandas cannot read it"}[got.Name]
		if !strings.Contains(got.Table, told) || told == "" && got.Table != "" {
			t.Errorf("%s: %s", got.Name, got.Table)
		}
	}
}

// TestSettingsAndAgents: what is saved comes back; what is wrong is refused with a word on what to do.
func TestSettingsAndAgents(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	s, err := w.Settings()
	if err != nil || s.Theme != "system" || s.DefaultAgent != workbench.DefaultAgent || len(s.Providers) != 2 {
		t.Fatalf("defaults = %+v, %v", s, err)
	}
	s.Theme = "dark"
	s.Providers = append(s.Providers, workbench.Provider{Name: "mine", Kind: workbench.KindOpenAI, BaseURL: "localhost:8000/v1/"})
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	if err := w.SetKey("mine", "secret-key"); err != nil {
		t.Fatal(err)
	}
	if err := w.SaveAgent(workbench.Agent{Name: " Reader ", Tools: []string{"read_file"}, Imports: []string{"os.*"}, MaxSteps: 3}); err != nil {
		t.Fatal(err)
	}
	w.Close()

	w = open(t, home)
	s, err = w.Settings()
	if err != nil || s.Theme != "dark" || s.Providers[len(s.Providers)-1].BaseURL != "http://localhost:8000/v1" {
		t.Errorf("settings = %+v, %v", s, err)
	}
	if !s.Providers[len(s.Providers)-1].HasKey {
		t.Error("the key is gone")
	}
	if db, err := os.ReadFile(filepath.Join(home, "sandglass.db")); err != nil || strings.Contains(string(db), "secret-key") {
		t.Errorf("the key is in the database (%v)", err)
	}
	if err := w.SetKey("mine", ""); err != nil {
		t.Error(err)
	}
	agents, err := w.Agents()
	if err != nil || len(agents) != 2 || agents[1].Name != "Reader" || !agents[0].Builtin {
		t.Errorf("agents = %+v, %v", agents, err)
	}
	for name, err := range map[string]error{
		"theme":    w.SaveSettings(workbench.Settings{Theme: "pink", StepSeconds: 1, MemoryMiB: 64}),
		"memory":   w.SaveSettings(workbench.Settings{Theme: "dark", StepSeconds: 1, MemoryMiB: 1}),
		"output":   w.SaveSettings(workbench.Settings{Theme: "dark", StepSeconds: 1, MemoryMiB: 64, OutputKiB: -1}),
		"files":    w.SaveSettings(workbench.Settings{Theme: "dark", StepSeconds: 1, MemoryMiB: 64, ScratchFiles: 1 << 30}),
		"provider": w.SaveSettings(workbench.Settings{Theme: "dark", StepSeconds: 1, MemoryMiB: 64, Providers: []workbench.Provider{{Name: "A B", Kind: workbench.KindOpenAI}}}),
		"key":      w.SetKey("mine", "two words"),
		"agent":    w.SaveAgent(workbench.Agent{}),
		"tool":     w.SaveAgent(workbench.Agent{Name: "x", Tools: []string{"hammer"}}),
		"import":   w.SaveAgent(workbench.Agent{Name: "x", Imports: []string{"a b"}}),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.DeleteAgent("Reader"); err != nil {
		t.Error(err)
	}
}

// TestDeniedHost: what the user denies is refused before anything is connected.
func TestDeniedHost(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "script/x", DenyHosts: []string{"example.org"}, With: scripted("```python\ntry:\n    visit_webpage(url='https://www.example.org/a')\nexcept Exception as e:\n    final_answer(str(e))\n```")})
	if err != nil {
		t.Fatal(err)
	}
	if run := finish(t, w, l); !strings.Contains(run.Answer, "does not allow www.example.org") {
		t.Errorf("answer = %q", run.Answer)
	}
}

// TestTwoInstances: the window and the command line share one data folder; neither disturbs the other's runs.
func TestTwoInstances(t *testing.T) {
	home := t.TempDir()
	one := open(t, home)
	l, err := one.Launch(context.Background(), workbench.Spec{Task: "x", Model: "script/x", With: scripted("```python\nwhile True: pass\n```")})
	if err != nil {
		t.Fatal(err)
	}
	two := open(t, home)
	if run, err := two.Run(l.Run.ID); err != nil || run.Status != event.Running {
		t.Errorf("seen from the other: %+v, %v", run, err)
	}
	if err := two.Stop(l.Run.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("stop from the other: %v", err)
	}
	m, err := two.Launch(t.Context(), workbench.Spec{Task: "y", Model: "script/x", With: scripted("```python\nfinal_answer(1)\n```")})
	if err != nil {
		t.Fatal(err)
	}
	if run := finish(t, two, m); run.Status != event.Finished {
		t.Errorf("run = %+v", run)
	}
	if err := one.Stop(l.Run.ID); err != nil {
		t.Error(err)
	}
	finish(t, one, l)
}

// TestBadHome: a data folder that cannot be made is a fault that names it and says what to do.
func TestBadHome(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := workbench.Open(workbench.Config{Home: filepath.Join(file, "home")})
	if f := fault.Of(err); f == nil || f.Code != fault.Denied || f.Do == "" || !strings.Contains(f.Error(), file) {
		t.Errorf("fault = %+v", f)
	}
}
