package main

import (
	"slices"
	"strings"
	"testing"

	"sandglass/backend/llm/llmtest"
	"sandglass/backend/workbench"
)

// TestJudgeModel: the answer of one provider's model is judged by another provider's; each is asked at its own address.
func TestJudgeModel(t *testing.T) {
	dir := home(t)
	worker := llmtest.NewOpenAI(t, llmtest.Says("```python\nfinal_answer('6')\n```"), llmtest.Says("```python\nfinal_answer('six')\n```"))
	judge := llmtest.NewOpenAI(t, llmtest.Says("It is a digit: FAILED"), llmtest.Says("PASSED"))
	w, err := workbench.Open(workbench.Config{Home: dir})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	s.Providers = append(s.Providers,
		workbench.Provider{Name: "work", Kind: workbench.KindOpenAI, BaseURL: worker.URL},
		workbench.Provider{Name: "court", Kind: workbench.KindOpenAI, BaseURL: judge.URL})
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := sandglass(t, "", "run", "--model", "work/alpha", "--no-tools", "--check", "judge=the number is a word", "--judge-model", "court/beta", "2 x 3")
	if code != 0 || out != "six\n" {
		t.Fatalf("exit %d, %q\n%s", code, out, errs)
	}
	for server, want := range map[*llmtest.OpenAI]struct {
		model  string
		asked  int
		judges bool
	}{worker: {"alpha", 2, false}, judge: {"beta", 2, true}} {
		requests := server.Requests()
		if len(requests) != want.asked {
			t.Errorf("%s was asked %d times", want.model, len(requests))
		}
		for _, r := range requests {
			first := r["messages"].([]any)[0].(map[string]any)["content"].(string)
			if r["model"] != want.model || strings.Contains(first, "judge") != want.judges {
				t.Errorf("%s was asked as %v: %s", want.model, r["model"], first)
			}
		}
	}
	told := worker.Requests()[1]["messages"].([]any)
	if last := told[len(told)-1].(map[string]any)["content"].(string); !strings.Contains(last, "It is a digit") {
		t.Errorf("the agent was not told why its answer failed: %s", last)
	}
	if !slices.ContainsFunc(strings.Split(errs, "\n"), func(l string) bool { return strings.Contains(l, "the number is a word") }) {
		t.Errorf("the check is not shown:\n%s", errs)
	}
}
