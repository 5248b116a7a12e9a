package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox/cpython"
)

// TestMain lets the test binary be the command itself, so that tests can start, interrupt and kill a real process.
func TestMain(m *testing.M) {
	if os.Getenv("SANDGLASS_TEST_COMMAND") != "" {
		main()
	}
	os.Setenv("SANDGLASS_DEMO_PACE", "0")
	os.Setenv("OLLAMA_HOST", "127.0.0.1:1") // nobody listens there
	// Held open, so that the many engines of the tests share one preparation.
	engine := cpython.New(cpython.Config{})
	if err := engine.Prepare(context.Background(), nil); err != nil {
		fmt.Fprintln(os.Stderr, "the tests need the Python runtime:", err)
	}
	os.Exit(m.Run())
}

// sandglass runs a command line on the test's data folder.
func sandglass(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = command(args, strings.NewReader(stdin), &o, &e)
	return code, o.String(), e.String()
}

func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("SANDGLASS_HOME", dir)
	return dir
}

// process prepares the command as a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), "SANDGLASS_TEST_COMMAND=1")
	return c
}

func file(t *testing.T, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func sales(t *testing.T) string {
	return file(t, "sales.csv", script.Samples()[0].Files[0].Data)
}

const question = "Which region sold most, and by how much more than the second?"

// TestRun is the contract of `run`: the answer alone on standard output, progress on standard error, exit codes.
func TestRun(t *testing.T) {
	home(t)
	code, out, errs := sandglass(t, "", "run", "--file", sales(t), question)
	if code != 0 || !strings.HasPrefix(out, "North sold most") || strings.Count(out, "\n") != 1 {
		t.Errorf("exit %d, out %q", code, out)
	}
	for _, want := range []string{"demo model", "── Step 1", "ValueError", "finished"} {
		if !strings.Contains(errs, want) {
			t.Errorf("standard error lacks %q:\n%s", want, errs)
		}
	}
	if code, out, _ := sandglass(t, question, "run", "--model", "demo/tour", "--file", "umsatz="+sales(t), "-"); code != 0 || !strings.HasPrefix(out, "North") {
		t.Errorf("task from standard input: %d %q", code, out)
	}
}

// TestRunJSON checks the JSON of the contract in each status.
func TestRunJSON(t *testing.T) {
	home(t)
	replies := func(text string) string { return file(t, "replies.json", []byte(text)) }
	tests := []struct {
		name    string
		args    []string
		code    int
		status  string
		answer  string
		errCode string
	}{
		{"finished", []string{"--replies", replies("[\"```python\\nopen('a.txt', 'w').write('x')\\nfinal_answer({'n': rate * 2})\\n```\"]"), "--var", "rate=2"}, 0, "finished", `{"n":4}`, ""},
		{"steps spent", []string{"--replies", replies("[\"```python\\nprint(1)\\n```\", \"One, I think.\"]"), "--max-steps", "1"}, 3, "max_steps", `"One, I think."`, ""},
		{"tool calls", []string{"--mode", "tools", "--replies", replies(`[{"tool_calls": [{"name": "python", "arguments": {"code": "open('a.txt', 'w').write('x')\\nrate * 2"}}]},
			{"tool_calls": [{"name": "final_answer", "arguments": {"answer": {"n": 4}}}]}]`), "--var", "rate=2"}, 0, "finished", `{"n":4}`, ""},
		{"check failed", []string{"--check", "type=number", "--check", "range=..3", "--check", "python=answer == limit", "--var", "limit=3", "--max-steps", "2",
			"--replies", replies("[\"```python\\nfinal_answer('3')\\n```\", \"```python\\nfinal_answer(4)\\n```\", \"```python\\nfinal_answer(5)\\n```\"]")}, 5, "max_steps", "5", "checks_failed"},
		{"check passed", []string{"--check", "not-empty", "--check", "schema=" + file(t, "s.json", []byte(`{"type": "integer"}`)), "--check", "python=answer == limit",
			"--var", "limit=3", "--replies", replies("[\"```python\\nfinal_answer(2)\\n```\", \"```python\\nfinal_answer(3)\\n```\"]")}, 0, "finished", "3", ""},
		{"structured", []string{"--structured", "on", "--replies", replies(`["{\"thought\": \"Easy.\", \"code\": \"final_answer(7)\"}"]`)}, 0, "finished", "7", ""},
		{"plan", []string{"--plan-every", "5", "--replies", replies("[\"Plan:\\n1. Answer.\", \"```python\\nfinal_answer(7)\\n```\"]")}, 0, "finished", "7", ""},
		{"own prompts", []string{"--plan-every", "1", "--prompt", "plan=" + file(t, "plan.txt", []byte("Plan!")), "--prompt", "code=" + file(t, "code.txt", []byte("{{.Tools}}")),
			"--replies", replies("[\"1. Answer.\", \"```python\\nfinal_answer(7)\\n```\"]")}, 0, "finished", "7", ""},
		{"script ran out", []string{"--replies", replies("[]")}, 1, "failed", "null", "model_failed"},
		{"no Ollama", []string{"--model", "ollama/none"}, 1, "failed", "null", "model_unreachable"},
		{"file gone", []string{"--file", "/nowhere/x.csv"}, 1, "failed", "null", "not_found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := sandglass(t, "", append([]string{"run", "--json", "x"}, tt.args...)...)
			var r struct {
				Run, Status string
				Answer      json.RawMessage
				Steps       *int
				Usage       map[string]int
				DurationMS  *int64 `json:"duration_ms"`
				Artefacts   []struct{ Name, Path, MediaType string }
				Error       *struct{ Code, Message string }
			}
			if err := json.Unmarshal([]byte(out), &r); err != nil || strings.Count(out, "\n") != 1 {
				t.Fatalf("out %q: %v\n%s", out, err, errs)
			}
			if code != tt.code || r.Status != tt.status || string(r.Answer) != tt.answer || r.Steps == nil || r.DurationMS == nil || r.Artefacts == nil {
				t.Errorf("exit %d, %s", code, out)
			}
			if _, ok := r.Usage["input_tokens"]; !ok {
				t.Errorf("usage = %v", r.Usage)
			}
			switch {
			case tt.errCode == "" && r.Error != nil, tt.errCode != "" && (r.Error == nil || r.Error.Code != tt.errCode || r.Error.Message == ""):
				t.Errorf("error = %+v, want %q", r.Error, tt.errCode)
			}
			if tt.name == "finished" {
				if len(r.Artefacts) != 1 || r.Artefacts[0].Name != "a.txt" {
					t.Fatalf("artefacts = %+v", r.Artefacts)
				}
				if data, err := os.ReadFile(r.Artefacts[0].Path); err != nil || string(data) != "x" {
					t.Errorf("content %q, %v", data, err)
				}
			}
		})
	}
}

// TestEvents: --events prints the recorded events, one JSON object a line, in order.
func TestEvents(t *testing.T) {
	home(t)
	code, out, _ := sandglass(t, "", "run", "--events", "--model", "demo/tour", "--file", sales(t), question)
	var seq int64
	var last event.Event
	for line := range strings.Lines(out) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if seq++; last.Seq != seq {
			t.Fatalf("seq %d after %d", last.Seq, seq-1)
		}
	}
	if _, ok := last.Body.(event.RunFinished); !ok || code != 0 {
		t.Errorf("exit %d, last event %+v", code, last)
	}
}

// TestUsage: a mistake in the command line is one line on standard error that names it, and exit code 2.
func TestUsage(t *testing.T) {
	home(t)
	for _, tt := range []struct{ args, names string }{
		{"run --bogus x", "--bogus"},
		{"run", "TASK"},
		{"run a b", "TASK"},
		{"run --mode dance x", "code"},
		{"run --max-steps 0 x", "--max-steps"},
		{"run --max-steps many x", "--max-steps"},
		{"run --temperature 9 x", "--temperature"},
		{"run --max-tokens 0 x", "--max-tokens"},
		{"run --think much x", "low"},
		{"run --keep-alive long x", "--keep-alive"},
		{"run --stop= x", "--stop"},
		{"run --model qwen3 x", "--model"},
		{"run --var rate x", "--var"},
		{"run --var rate=two x", "--var"},
		{"run --import a-b x", "--import"},
		{"run --allow moon x", "--allow"},
		{"run --allow sun:moon x", "import, host and tool"},
		{"run --step-timeout 1 x", "--step-timeout"},
		{"run --step-timeout -1s x", "--step-timeout"},
		{"run --memory 1 x", "--memory"},
		{"run --json --events x", "--events"},
		{"run --replies /nowhere x", "--replies"},
		{"run --tool a --no-tools x", "--no-tools"},
		{"exec /nowhere.py", "nowhere.py"},
		{"exec --cells /nowhere", "--cells"},
		{"runs list --limit 0", "--limit"},
		{"runs show", "RUN"},
		{"serve --addr 0.0.0.0:1", "--addr"},
		{"dance", "dance"},
		{"runs dance", "dance"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			code, out, errs := sandglass(t, "", strings.Fields(tt.args)...)
			if code != 2 || out != "" || !strings.Contains(errs, tt.names) || strings.Count(errs, "\n") != 1 {
				t.Errorf("exit %d, out %q, err %q", code, out, errs)
			}
		})
	}
	if code, _, errs := sandglass(t, "", "run", " "); code != 2 || !strings.Contains(errs, "TASK is empty") {
		t.Errorf("empty task: %d %q", code, errs)
	}
}

// TestOptionFlags: what a model is asked for reaches it, and stands in the log.
func TestOptionFlags(t *testing.T) {
	home(t)
	s := llmtest.NewOpenAI(t, llmtest.Says("Thought: I know.\n```python\nfinal_answer(7)\n```\n# END and more"))
	code, out, errs := sandglass(t, "", "run", "--model", "openai/m", "--base-url", s.URL, "--max-tokens", "50", "--think", "low", "--seed", "3",
		"--temperature", "0", "--stop", "END", "--stop", "\n\n\n", "--keep-alive", "forever", "--events", "x")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	sent := s.Requests()[0]
	if sent["max_tokens"] != 50.0 || sent["reasoning_effort"] != "low" || sent["seed"] != 3.0 || sent["temperature"] != 0.0 {
		t.Errorf("sent %v", sent)
	}
	if got := fmt.Sprintf("%q", sent["stop"]); !strings.Contains(got, "Observation") || !strings.HasSuffix(got, `"END" "\n\n\n"]`) {
		t.Errorf("stop strings %s", got)
	}
	if !strings.Contains(out, `"keep_alive":"forever"`) || strings.Contains(out, "and more") {
		t.Errorf("log:\n%s", out)
	}
}

// TestHelp: --help works everywhere.
func TestHelp(t *testing.T) {
	home(t)
	for _, c := range []string{"", "run", "exec", "runs", "runs list", "models list", "tools list", "serve", "doctor"} {
		code, out, _ := sandglass(t, "", append(strings.Fields(c), "--help")...)
		if code != 0 || !strings.Contains(out, "Usage:") {
			t.Errorf("%s --help: %d %q", c, code, out)
		}
	}
}

// TestExec is the contract of `exec`.
func TestExec(t *testing.T) {
	home(t)
	if code, out, errs := sandglass(t, "import sys\nprint('hi')\nprint('oops', file=sys.stderr) if False else None\n1 + 1", "exec", "--import", "sys", "-"); code != 0 || out != "hi\n2\n" || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	if code, out, errs := sandglass(t, "x = 1\n1/0", "exec"); code != 1 || out != "" || !strings.Contains(errs, "line 2") || !strings.Contains(errs, "ZeroDivisionError") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	if code, out, _ := sandglass(t, "open(data).read()", "exec", "--file", "data="+file(t, "a.txt", []byte("content"))); code != 0 || out != "'content'\n" {
		t.Errorf("file: %d %q", code, out)
	}
	cells := file(t, "cells.json", []byte(`["x = 1", "x = 2\nwhile True: pass", "x", "{'a': [1, None]}", "final_answer(x + 1)", "1/0", "open('f.txt','w').write('x')", "import subprocess"]`))
	code, out, errs := sandglass(t, "", "exec", "--cells", cells, "--json", "--step-timeout", "300ms")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	want := []map[string]string{
		{"value": "null", "error": "null", "killed": "null"},
		{"killed": `"time"`},
		{"value": "1", "repr": `"1"`}, // as it was before the cell that was killed
		{"value": `{"a":[1,null]}`},
		{"final_answer": "2"},
		{"error": `ZeroDivisionError`},
		{"artefacts": `["f.txt"]`},
		{"error": "not authorized"},
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines: %s", len(lines), out)
	}
	for i, line := range lines {
		var got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for _, k := range []string{"stdout", "stderr", "value", "repr", "error", "artefacts", "ms", "killed"} {
			if _, ok := got[k]; !ok {
				t.Errorf("cell %d lacks %s", i, k)
			}
		}
		for k, v := range want[i] {
			if !strings.Contains(compact(t, got[k]), v) {
				t.Errorf("cell %d: %s = %s, want %s", i, k, got[k], v)
			}
		}
		if _, ok := got["final_answer"]; ok != (i == 4) {
			t.Errorf("cell %d: final_answer there: %v", i, ok)
		}
	}
}

func compact(t *testing.T, data json.RawMessage) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRuns: list, search, show, tag, delete.
func TestRuns(t *testing.T) {
	home(t)
	if code, out, errs := sandglass(t, "", "runs", "list"); code != 0 || out != "" || !strings.Contains(errs, "no runs yet") {
		t.Errorf("empty: %d %q %q", code, out, errs)
	}
	_, out, _ := sandglass(t, "", "run", "--json", "--model", "demo/tour", "--file", sales(t), question)
	var r struct{ Run string }
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, want string }{
		{"runs list", r.Run},
		{"runs list --json", `"total":1`},
		{"runs search decimal", "decimal"},
		{"runs show " + r.Run[:10], "North sold most"},
		{"runs show --json " + r.Run, `"kind":"run_finished"`},
		{"runs tag " + r.Run + " good sales", ""},
		{"runs list --json", `"tags":["good","sales"]`},
		{"runs delete " + r.Run, ""},
	} {
		if code, out, errs := sandglass(t, "", strings.Fields(tt.args)...); code != 0 || !strings.Contains(out, tt.want) {
			t.Errorf("%s: %d %q %q", tt.args, code, out, errs)
		}
	}
	if code, _, errs := sandglass(t, "", "runs", "show", r.Run); code != 1 || !strings.Contains(errs, "run") {
		t.Errorf("a deleted run: %d %q", code, errs)
	}
	if code, _, errs := sandglass(t, "", "runs", "search", `"unclosed AND (`); code != 0 {
		t.Errorf("odd search: %d %q", code, errs)
	}
}

// TestListsAndDoctor: models, tools, doctor, for people and as JSON.
func TestListsAndDoctor(t *testing.T) {
	home(t)
	for _, tt := range []struct{ args, out, errs string }{
		{"models list", "demo/tour", "Ollama does not answer"},
		{"models list --json", `"demo/tour"`, ""},
		{"tools list", "visit_webpage", ""},
		{"tools list --json", `"final_answer"`, ""},
		{"doctor", "CPython 3.13", ""},
		{"doctor --json", `"state":"ok"`, ""},
	} {
		if code, out, errs := sandglass(t, "", strings.Fields(tt.args)...); code != 0 || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
			t.Errorf("%s: %d %q %q", tt.args, code, out, errs)
		}
	}
	t.Setenv("SANDGLASS_RUNTIME", t.TempDir())
	if code, out, _ := sandglass(t, "", "doctor"); code != 1 || !strings.Contains(out, "make runtime") {
		t.Errorf("without a runtime: %d %q", code, out)
	}
}

// TestOllama is the main job on the command line through a real Ollama.
func TestOllama(t *testing.T) {
	home(t)
	server := llmtest.Ollama(t)
	llmtest.Script(t, server, "analyst", false, llmtest.SalesLines())
	code, out, errs := sandglass(t, "", "run", "--model", "ollama/analyst", "--ollama-host", server.URL, "--file", sales(t), question)
	if code != 0 || !strings.HasPrefix(out, "North sold most") {
		t.Fatalf("exit %d, %q\n%s", code, out, errs)
	}
	t.Setenv("OLLAMA_HOST", server.URL)
	if code, out, _ := sandglass(t, "", "models", "list"); code != 0 || !strings.Contains(out, "ollama/analyst") {
		t.Errorf("models list: %d %q", code, out)
	}
	if code, _, errs := sandglass(t, "", "run", "--model", "ollama/absent", "x"); code != 1 || !strings.Contains(errs, "ollama pull absent") {
		t.Errorf("a model that is not pulled: %d %q", code, errs)
	}
	// Without --model, the first local model is taken.
	if code, out, _ := sandglass(t, "", "run", "--file", sales(t), question); code != 0 || !strings.HasPrefix(out, "North") {
		t.Errorf("default model: %d %q", code, out)
	}
}

// TestGoingBack is the contract of --continue, --fork, exec --fork and replay: from one process to the next.
func TestGoingBack(t *testing.T) {
	home(t)
	input := file(t, "numbers.txt", []byte("1\n2\n3\n"))
	first := file(t, "first.json", []byte(`["`+"```python\\nn = [int(x) for x in open(numbers)]\\nprint(n)\\n```"+`", "`+"```python\\nimport random\\nr = random.random(); final_answer(sum(n))\\n```"+`"]`))
	next := file(t, "next.json", []byte(`["`+"```python\\nfinal_answer(sum(n) * 10)\\n```"+`"]`))
	code, out, _ := sandglass(t, "", "run", "--replies", first, "--file", input, "--json", "add them")
	var res struct{ Run, Answer any }
	if err := json.Unmarshal([]byte(out), &res); err != nil || code != 0 {
		t.Fatalf("%d %s %v", code, out, err)
	}
	run := res.Run.(string)
	for _, c := range []struct {
		args []string
		in   string
		code int
		want string
	}{
		{args: []string{"run", "--replies", next, "--continue", run, "ten times that"}, want: "60\n"},
		{args: []string{"run", "--replies", next, "--fork", run + ":1"}, want: "60\n"},
		{args: []string{"run", "--replies", next, "--fork", run + ":1", "--code", file(t, "n.py", []byte("n = [5]")), "go on"}, want: "50\n"},
		{args: []string{"exec", "--fork", run + ":1", "-"}, in: "print(n, 'r' in globals())", want: "[1, 2, 3] False\n"},
		{args: []string{"exec", "--fork", run + ":2", "-"}, in: "print(0 < r < 1)", want: "True\n"},
		{args: []string{"states", "--json"}, want: `"max_runs":200`},
		{args: []string{"states", "--runs", "0"}, want: "of 0 runs"},
		{args: []string{"exec", "--fork", run + ":2", "-"}, in: "print(sum(n))", want: "6\n"}, // by executing the code again
		{args: []string{"states", "--mib", "-1"}, code: 2},
		{args: []string{"replay", run}, want: "Step 2"},
		{args: []string{"replay", run, "--verify"}, want: "The same to the byte: 2 pieces of code."},
		{args: []string{"run", "--fork", run, "x"}, code: 2},
		{args: []string{"run", "--fork", run + ":9", "x"}, code: 2},
		{args: []string{"run", "--continue", run, "--fork", run + ":1", "x"}, code: 2},
		{args: []string{"run", "--continue", run}, code: 2},
		{args: []string{"run", "--code", "n.py", "x"}, code: 2},
		{args: []string{"replay", run, "--json"}, code: 2},
		{args: []string{"replay", "NOSUCHRUN"}, code: 1},
	} {
		code, out, errs := sandglass(t, c.in, c.args...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit %d, want %d\n%s\n%s", c.args, code, c.code, out, errs)
		}
	}
	if err := os.WriteFile(input, []byte("1\n2\n4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ = sandglass(t, "", "replay", run, "--verify")
	for _, want := range []string{"step 1  differs", "- [1, 2, 3]", "+ [1, 2, 4]", "numbers.txt has another content"} {
		if !strings.Contains(out, want) || code != 1 {
			t.Errorf("exit %d, without %q:\n%s", code, want, out)
		}
	}
}

// TestImageFlag: an image reaches the prompt and the code; what is none is refused before a run starts.
func TestImageFlag(t *testing.T) {
	home(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	photo := file(t, "photo.png", b.Bytes())
	replies := file(t, "replies.json", []byte(`["`+"```python\\nfinal_answer(len(open(cat, 'rb').read()))\\n```"+`"]`))
	code, out, errs := sandglass(t, "", "run", "--replies", replies, "--image", "cat="+photo, "x")
	if code != 0 || out != fmt.Sprintf("%d\n", b.Len()) || !strings.Contains(errs, "nobody looks at the images") {
		t.Errorf("exit %d, %q, %s", code, out, errs)
	}
	_, out, _ = sandglass(t, "", "runs", "list", "--json")
	var page struct{ Runs []struct{ ID string } }
	if err := json.Unmarshal([]byte(out), &page); err != nil || len(page.Runs) != 1 {
		t.Fatal(out, err)
	}
	if _, out, _ = sandglass(t, "", "runs", "show", "--json", page.Runs[0].ID); !strings.Contains(out, `"shown":{"blob":"`) {
		t.Errorf("the run does not know that it was shown: %s", out)
	}
	// A run that goes on takes another image of that name, and a file, beside what it has.
	next := file(t, "next.json", []byte(`["`+"```python\\nfinal_answer([cat, photo, open(notes).read(), n])\\n```"+`"]`))
	code, out, errs = sandglass(t, "", "run", "--replies", next, "--continue", page.Runs[0].ID, "--image", photo, "--file", file(t, "notes.txt", []byte("grey")), "--var", "n=3", "--json", "And this?")
	if code != 0 || !strings.Contains(out, `"answer":["/input/photo.png","/input/photo_2.png","grey",3]`) {
		t.Errorf("continued: exit %d, %s, %s", code, out, errs)
	}
	if code, _, errs := sandglass(t, "", "run", "--replies", replies, "--image", replies, "x"); code != 2 || !strings.Contains(errs, "replies.json is no image that models take") {
		t.Errorf("no image: exit %d, %s", code, errs)
	}
}

// TestStructuredOnTheTerminal: a structured reply is read as a thought and code, also while it comes.
func TestStructuredOnTheTerminal(t *testing.T) {
	home(t)
	replies := file(t, "replies.json", []byte(`["{\"thought\": \"I answer.\", \"code\": \"final_answer(7)\"}"]`))
	code, out, errs := sandglass(t, "", "run", "--structured", "on", "--replies", replies, "x")
	if code != 0 || out != "7\n" || strings.Count(errs, "Thought: I answer.\n```python\nfinal_answer(7)\n```") != 1 || strings.Contains(errs, `"thought"`) {
		t.Errorf("exit %d, %q, %s", code, out, errs)
	}
}
