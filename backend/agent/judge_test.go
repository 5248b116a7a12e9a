package agent_test

import (
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
)

// TestJudgeOfItsOwn: a check's model judges, and is asked without what is set for the run's; the log says which it was.
func TestJudgeOfItsOwn(t *testing.T) {
	judge := &listener{Model: script.NewReplies([]llm.Reply{{Text: "It is rude.\nFAILED"}, {Text: "Fine.\nPASSED"}})}
	a := tester(script.NewReplies([]llm.Reply{{Text: "```python\nfinal_answer('What.')\n```"}, {Text: "```python\nfinal_answer('Hello.')\n```"}}))
	a.Options = llm.Options{Think: "on", ContextTokens: 20_000}
	a.Checks = []event.Check{{Kind: event.CheckJudge, Value: "It is polite.", Model: "other/judge"}}
	a.Judges = map[llm.Ref]llm.Model{"other/judge": judge}
	rec := &log{}
	ending, err := a.Run(t.Context(), agent.Task{Text: "Greet."}, agent.Ports{Record: rec})
	if f, ok := ending.(event.RunFinished); err != nil || !ok || f.Text != "Hello." || len(judge.sent) != 2 {
		t.Fatalf("%#v, %v, asked %d times", ending, err, len(judge.sent))
	}
	if judge.last.Options.Think != "" || judge.last.Options.ContextTokens == 20_000 {
		t.Errorf("options %+v", judge.last.Options)
	}
	asked := map[llm.Ref]int{}
	for _, e := range rec.events {
		if b, ok := e.Body.(event.ModelStarted); ok {
			asked[b.Model]++
		}
	}
	if asked["other/judge"] != 2 || asked["script/test"] != 2 {
		t.Errorf("asked %v", asked)
	}
	if agent.ValidCheck(event.Check{Kind: event.CheckRange, Value: "0..1", Model: "other/judge"}) == nil {
		t.Error("a range has a model")
	}
}
