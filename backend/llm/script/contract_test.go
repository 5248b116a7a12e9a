package script_test

import (
	"testing"

	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/script"
)

func TestRepliesKeepTheContract(t *testing.T) {
	llmtest.Contract(t, false, func(t *testing.T, c llmtest.Case) llm.Model {
		return script.NewReplies([]llm.Reply{c.Says})
	})
}

// The question of llmtest's scripted agent is that of the sample, so that one file fits both.
func TestSalesTaskIsTheSample(t *testing.T) {
	if got := script.Samples()[0].Task; got != llmtest.SalesTask {
		t.Errorf("%q, %q", got, llmtest.SalesTask)
	}
}
