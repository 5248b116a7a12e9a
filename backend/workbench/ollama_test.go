package workbench_test

import (
	"context"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/llmtest/tiny"
	"sandglass/backend/workbench"
)

// launchOn starts a run on a model of a real Ollama.
func launchOn(t *testing.T, w *workbench.Workbench, s *llmtest.Server, model, task string, o llm.Options) *workbench.Launched {
	t.Helper()
	l, err := w.Launch(context.Background(), workbench.Spec{
		NoTools: true, // a shorter prompt: the tiny models read it byte by byte
		Task:    task, Model: llm.Ref("ollama/" + model), Endpoint: workbench.Endpoint{OllamaHost: s.URL}, Options: o,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestOllamaThinking: what a model thinks is kept apart from what it does, and is not told to it again.
func TestOllamaThinking(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "thinker", true, []tiny.Line{
		{Last: "Task:", Reply: "<think>\n```python\nfinal_answer('from a thought')\n```\n</think>\n\nThought: I look.\n```python\nprint(6 * 7)\n```"},
		{Last: "Observation:\nPrinted:\n42", Reply: "```python\nfinal_answer(42)\n```"},
	})
	w := open(t, t.TempDir())
	l := launchOn(t, w, s, "thinker", "Compute.", llm.Options{})
	run := finish(t, w, l)
	if run.Status != event.Finished || run.Answer != "42" || run.Steps != 2 || run.Usage.Input == 0 || run.Usage.Output == 0 {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	log := events(t, w, run.ID)
	thoughts := 0
	for _, e := range log {
		switch b := e.Body.(type) {
		case event.ModelFinished:
			if strings.Contains(b.Thinking, "from a thought") {
				thoughts++
			}
			if strings.Contains(b.Text, "from a thought") {
				t.Errorf("thinking in the text: %q", b.Text)
			}
		case event.CodeStarted:
			if strings.Contains(b.Code, "from a thought") {
				t.Error("a thought was run")
			}
		}
	}
	if thoughts == 0 {
		t.Error("the thinking is not in the log")
	}
}

// TestOllamaStopMidToken stops a model in the middle of a long reply.
func TestOllamaStopMidToken(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "babbler", false, []tiny.Line{{Last: "Task:", Reply: llmtest.LongText + llmtest.LongText}})
	w := open(t, t.TempDir())
	messages, stop := w.Subscribe()
	defer stop()
	l := launchOn(t, w, s, "babbler", "Babble.", llm.Options{})
	for m := range messages { // until it speaks
		if live, ok := m.Data.(workbench.Live); ok && live.Text+live.Thinking != "" {
			break
		}
	}
	if err := w.Stop(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	if run := finish(t, w, l); run.Status != event.Stopped {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
}

// TestOllamaOverflow: a prompt that does not fit is a fault with what to do, and nothing is cut in silence.
func TestOllamaOverflow(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "small", false, llmtest.SalesLines())
	w := open(t, t.TempDir())
	run := finish(t, w, launchOn(t, w, s, "small", strings.Repeat("long ", 2000), llm.Options{ContextTokens: 512}))
	if run.Status != event.Failed || run.Fault == nil || run.Fault.Code != fault.ContextOverflow || run.Fault.Do == "" {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
}

// TestOllamaKilled: the model process dies in the middle of a reply, and the run goes on with the one that Ollama
// starts anew. Then the server itself dies; the run fails, says so, and is kept as far as it came.
func TestOllamaKilled(t *testing.T) {
	s := llmtest.OwnOllama(t)
	llmtest.Script(t, s, "babbler", false, []tiny.Line{{Last: "Task:\nBabble", Reply: llmtest.LongText + llmtest.LongText},
		{Last: "Task:\nAnswer", Reply: llmtest.LongText + "\n```python\nfinal_answer(42)\n```"}})
	w := open(t, t.TempDir())
	setTries(t, w, 2)
	messages, stop := w.Subscribe()
	defer stop()
	speaks := func(run event.RunID) {
		for m := range messages {
			if live, ok := m.Data.(workbench.Live); ok && live.Run == run && live.Text+live.Thinking != "" {
				return
			}
		}
	}
	l := launchOn(t, w, s, "babbler", "Answer.", llm.Options{})
	speaks(l.Run.ID)
	s.KillRunner(t)
	run := finish(t, w, l)
	if run.Status != event.Finished || run.Answer != "42" {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	if d := delays(t, w, run.ID); len(d) != 1 || d[0].Fault == nil || d[0].Fault.Code != fault.ModelFailed {
		t.Errorf("delays %+v", d)
	}

	l = launchOn(t, w, s, "babbler", "Babble.", llm.Options{})
	speaks(l.Run.ID)
	s.Kill()
	run = finish(t, w, l)
	if run.Status != event.Failed || run.Fault == nil || run.Fault.Code != fault.ModelUnreachable || !strings.Contains(run.Fault.Why, "tried 2 times") || run.Fault.Do == "" {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	if !hasKind(events(t, w, run.ID), "model_started") {
		t.Error("the log does not tell how far it came")
	}
}

// TestOllamaContext: the context is chosen, told with what it takes of the memory, and it is what Ollama loads. More
// than the model reads is not asked for, and said.
func TestOllamaContext(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "fits", false, []tiny.Line{{Last: "Task:", Reply: "```python\nfinal_answer(1)\n```"}})
	w := open(t, t.TempDir())
	for _, tt := range []struct {
		asked int
		want  event.Budget
	}{
		{0, event.Budget{Limit: 8192, Most: tiny.Context}},
		{10 * tiny.Context, event.Budget{Limit: tiny.Context, Most: tiny.Context, Asked: 10 * tiny.Context}},
	} {
		run := finish(t, w, launchOn(t, w, s, "fits", "Answer.", llm.Options{ContextTokens: tt.asked}))
		var told event.Budget
		for _, e := range events(t, w, run.ID) {
			if b, ok := e.Body.(event.ModelStarted); ok {
				told = event.Budget{Limit: b.Budget.Limit, Most: b.Budget.Most, Asked: b.Budget.Asked}
				if b.Budget.Bytes == 0 {
					t.Error("what it takes is not told")
				}
			}
		}
		ps, err := s.Client.ListRunning(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		loaded := 0
		for _, m := range ps.Models {
			if strings.HasPrefix(m.Name, "fits") {
				loaded = m.ContextLength
			}
		}
		if run.Answer != "1" || told != tt.want || loaded != tt.want.Limit {
			t.Errorf("asked %d: answer %q, told %+v, loaded with %d", tt.asked, run.Answer, told, loaded)
		}
	}
}

// TestOllamaImages: a model without vision is not shown an image, and no run begins; as a file only, its code reads it.
func TestOllamaImages(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "blind", false, []tiny.Line{
		{Last: "Task:", Reply: "```python\nfinal_answer(str(open(photo, 'rb').read(4)))\n```"},
	})
	w := open(t, t.TempDir())
	path, _ := pngFile(t, "photo.png")
	spec := workbench.Spec{
		NoTools: true, Unattended: true, Task: "Look.", Model: "ollama/blind", Endpoint: workbench.Endpoint{OllamaHost: s.URL},
		Files: []workbench.FileRef{{Path: path, Image: true}},
	}
	if _, err := w.Launch(context.Background(), spec); !fault.Is(err, fault.ModelUnsupported) || !strings.Contains(err.Error(), "ollama/blind") {
		t.Errorf("%v", err)
	}
	if page, err := w.Runs(workbench.RunQuery{}); err != nil || page.Total != 0 {
		t.Errorf("a run began: %+v, %v", page, err)
	}
	spec.Files[0].Image = false
	if run := runToEnd(t, w, spec); run.Answer != `b'\x89PNG'` {
		t.Errorf("%+v, %+v", run, run.Fault)
	}
}
