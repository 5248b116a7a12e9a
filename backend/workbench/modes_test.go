package workbench_test

import (
	"context"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/llmtest/tiny"
	"sandglass/backend/workbench"
)

// TestOllamaTools: an agent that acts by native tool calls, and one whose model has none and is asked to write them.
func TestOllamaTools(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "caller", false, []tiny.Line{
		{Last: "Task:", Reply: "I compute it.\n<tool_call>\n{\"name\": \"python\", \"arguments\": {\"code\": \"x = 6 * 7\\nprint(x)\"}}\n</tool_call>"},
		{Last: "Printed:\n42", Reply: "<tool_call>\n{\"name\": \"final_answer\", \"arguments\": {\"answer\": 42}}\n</tool_call>"},
	})
	llmtest.Random(t, s, "toolless")
	w := open(t, t.TempDir())
	launch := func(model string, o llm.Options, steps int) event.Run {
		l, err := w.Launch(context.Background(), workbench.Spec{
			NoTools: true, Task: "Compute.", Mode: event.ModeTools, Model: llm.Ref("ollama/" + model),
			Endpoint: workbench.Endpoint{OllamaHost: s.URL}, Options: o, MaxSteps: steps,
		})
		if err != nil {
			t.Fatal(err)
		}
		return finish(t, w, l)
	}
	run := launch("caller", llm.Options{}, 0)
	if log := events(t, w, run.ID); run.Answer != "42" || run.Steps != 2 || !hasKind(log, "calls_made") || hasKind(log, "mode_changed") {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	run = launch("toolless", llm.Options{MaxTokens: 8}, 1)
	if log := events(t, w, run.ID); run.Status != event.MaxSteps || !hasKind(log, "mode_changed") {
		t.Errorf("without tools: run = %+v, fault %+v", run, run.Fault)
	}
}
