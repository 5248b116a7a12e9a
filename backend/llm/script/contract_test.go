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
