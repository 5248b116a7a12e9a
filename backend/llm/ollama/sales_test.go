package ollama

import (
	"context"
	"strings"
	"testing"

	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
)

// TestSalesConversation plays the code agent's conversation that other packages use for their end-to-end tests: which
// reply comes depends on the first user message and on the last one.
func TestSalesConversation(t *testing.T) {
	s := llmtest.Ollama(t)
	llmtest.Script(t, s, "sales", false, llmtest.SalesLines())
	m := open(t, provider(t, s), "sales")
	messages := []llm.Message{llm.Say(llm.System, "You are an agent.")}
	turn := func(user, want string) {
		t.Helper()
		messages = append(messages, llm.Say(llm.User, user))
		r, err := m.Generate(context.Background(), llm.Request{Messages: messages, Stop: []string{"\nObservation:"}}, nil)
		if err != nil || !strings.Contains(r.Text, want) || !strings.HasSuffix(r.Text, "\n```") {
			t.Fatalf("after %q: %q lacks %q (%v)", user, r.Text, want, err)
		}
		messages = append(messages, llm.Say(llm.Assistant, r.Text))
	}
	turn("Task:\n"+llmtest.SalesTask+"\n\nThese Python variables are already set:\n- `sales`: '/input/sales.csv'", "open(sales)")
	turn("Observation:\nPrinted:\n1201 date;region", "float(row")
	turn("Observation:\nError:\nValueError: could not convert string to float: '233,78'", "decimal comma")
	turn("Observation:\nLast value:\n[{'region': 'North'}]", "final_answer(")

	other := llm.Request{Messages: []llm.Message{llm.Say(llm.User, "Task:\nWrite a poem"), llm.Say(llm.User, "Observation:\nPrinted:\nx")}}
	if r, err := m.Generate(context.Background(), other, nil); err != nil || !strings.Contains(r.Text, "nothing is scripted") {
		t.Errorf("another task: %q %v", r.Text, err)
	}
}
