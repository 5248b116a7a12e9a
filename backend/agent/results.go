package agent

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// results are what came of the calls of one reply. They come in any order and are told in the order of the calls.
type results struct {
	calls []llm.Call
	texts []string
	spans map[int64]int // what was opened by a call: which one
}

// noResult stands for a call that has not ended: servers refuse a call without an answer.
const noResult = "(no result: the step broke off)"

func (p *results) opened(span int64, call string) {
	if call == "" {
		return
	}
	if i := slices.IndexFunc(p.calls, func(c llm.Call) bool { return c.ID == call }); i >= 0 {
		p.spans[span] = i
	}
}

// closed is false for what no call of the model had opened.
func (p *results) closed(span int64, text string) bool {
	i, ok := p.spans[span]
	if ok {
		p.texts[i] = text
	}
	return ok
}

// message tells the results: as answers to native calls, or as an observation in text.
func (p *results) message(inText bool) llm.Message {
	if inText {
		var b strings.Builder
		b.WriteString("Observation:\n")
		for i, c := range p.calls {
			fmt.Fprintf(&b, "Result of %s:\n%s\n", c.Name, p.texts[i])
		}
		return llm.Say(llm.User, strings.TrimRight(b.String(), "\n"))
	}
	m := llm.Message{Role: llm.Tool}
	for i, c := range p.calls {
		m.Parts = append(m.Parts, llm.Result{CallID: c.ID, Name: c.Name, Text: p.texts[i], IsError: strings.HasPrefix(p.texts[i], "Error:")})
	}
	return m
}

// called folds an action of tool calls: what the model said, and a place for the results.
func (m *Memory) called(b event.CallsMade) {
	m.reply = ""
	m.pending = results{calls: b.Calls, texts: make([]string, len(b.Calls)), spans: map[int64]int{}}
	for i := range m.pending.texts {
		m.pending.texts[i] = noResult
	}
	m.messages = append(m.messages, callsMessage(b.Thought, b.Calls, m.inText()), m.pending.message(m.inText()))
}

func (m *Memory) showResults() { m.messages[len(m.messages)-1] = m.pending.message(m.inText()) }

// callsMessage retells calls natively, or in the one form that the prompt teaches.
func callsMessage(thought string, calls []llm.Call, inText bool) llm.Message {
	m := llm.Message{Role: llm.Assistant}
	if inText {
		var b strings.Builder
		if thought != "" {
			b.WriteString(thought + "\n")
		}
		for _, c := range calls {
			fmt.Fprintf(&b, "<tool_call>\n%s\n</tool_call>\n", callJSON(c))
		}
		return llm.Say(llm.Assistant, strings.TrimRight(b.String(), "\n"))
	}
	if thought != "" {
		m.Parts = append(m.Parts, llm.Text{Text: thought})
	}
	for _, c := range calls {
		m.Parts = append(m.Parts, c)
	}
	return m
}

func callJSON(c llm.Call) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // a model would learn to write \u003c
	err := enc.Encode(struct {
		Name string          `json:"name"`
		Args json.RawMessage `json:"arguments"`
	}{c.Name, c.Args})
	if err != nil { // arguments that are no JSON
		return fmt.Sprintf(`{"name": %q, "arguments": {}}`, c.Name)
	}
	return strings.TrimSpace(b.String())
}

// toolText is what the model is told of a call.
func toolText(b event.ToolFinished) string {
	if b.Error != "" {
		return "Error: " + b.Error
	}
	if strings.TrimSpace(b.Result) == "" {
		return "(nothing)"
	}
	return b.Result
}

// dropUnusable forgets the replies that missed the form: they would show it to the model once more, and the advice
// speaks of a form that is no longer asked for.
func (m *Memory) dropUnusable() {
	messages, actions, told := m.messages, m.actions, m.told
	m.messages, m.actions, m.told = nil, map[int]event.CodeStarted{}, nil
	for i, msg := range messages {
		if slices.Contains(m.unusable, i) || slices.Contains(m.unusable, i-1) {
			for _, text := range told[i] {
				m.listenTo(text)
			}
			continue
		}
		if said := told[i]; said != nil {
			m.noteTold(len(m.messages), said...)
		}
		if i == m.planAt {
			m.planAt = len(m.messages)
		}
		if a, ok := actions[i]; ok {
			m.actions[len(m.messages)] = a
		}
		m.messages = append(m.messages, msg)
	}
	m.unusable = nil
}

// inText says that tool calls are retold as text, for a model that has no native ones.
func (m *Memory) inText() bool { return m.mode == event.ModeToolsInText }

// changeMode puts what was said so far into the form of another way of acting.
func (m *Memory) changeMode(b event.ModeChanged) {
	m.mode = b.To
	if b.To == event.ModeStructured {
		m.dropUnusable()
	}
	for i, msg := range m.messages {
		action, acted := m.actions[i]
		switch {
		case acted:
			m.messages[i] = llm.Say(llm.Assistant, m.retold(action))
		case msg.Role == llm.System:
			m.messages[i] = llm.Say(llm.System, b.System)
		case m.inText() && msg.Role == llm.Tool:
			var told results
			for _, p := range msg.Parts {
				r := p.(llm.Result) // a tool message holds nothing else
				told.calls, told.texts = append(told.calls, llm.Call{Name: r.Name}), append(told.texts, r.Text)
			}
			m.messages[i] = told.message(true)
		case m.inText() && msg.Role == llm.Assistant:
			var calls []llm.Call
			for _, p := range msg.Parts {
				if c, ok := p.(llm.Call); ok {
					calls = append(calls, c)
				}
			}
			if len(calls) > 0 {
				m.messages[i] = callsMessage(msg.Content(), calls, true)
			}
		}
	}
}
