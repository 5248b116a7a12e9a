package agent

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// Memory is what the model is told: a fold over the run's events, one message after the other. The loop folds as it
// records; Prompt folds a log that was read back. Both give the same, byte for byte, so a prompt need not be stored.
//
// Thinking is never part of it, and a code action is always retold in the one form that the system prompt teaches,
// however untidily the model wrote it: small models imitate what they see.
type Memory struct {
	messages []llm.Message
	through  int64
	reply    string // the last reply, until it is known what became of it
	aside    bool   // the last call was none for an action
	planText string
	planAt   int // the message after which the plan was made
	mode     event.Mode
	actions  map[int]event.CodeStarted // by the index of the message that retells them
	unusable []int                     // where a reply that could not be used stands, and the advice behind it
	pending  results
	task     string // the first message of the user
	spoken

	summary       string // of steps that were folded
	folds         []fold // what they were, the oldest first
	unfolded      bool   // a person wants them whole
	counted       []size
	prompts       map[string]string // of the agent's own
	concedeAdvice string
	lastStep      int // that the agent has
}

// Prompt derives the messages that were sent with a ModelStarted from the run's events. They are those of the agent whose
// event Through is.
func Prompt(events []event.Event, call event.ModelStarted) []llm.Message {
	var m Memory
	for _, e := range event.Of(events, agentAt(events, call.Through)) {
		if e.Seq <= call.Through {
			m.Apply(e)
		}
	}
	return m.Messages(call)
}

// agentAt is the agent that an event is about; an AgentStarted is about the called one.
func agentAt(events []event.Event, seq int64) int64 {
	var cast event.Cast
	for _, e := range events {
		if whose, opens := cast.See(e); e.Seq == seq {
			return cmp.Or(opens, whose)
		}
	}
	return 0
}

// Through is the Seq of the last event that the memory holds.
func (m *Memory) Through() int64 { return m.through }

// Messages is the prompt of a call, for its purpose. The slice is the caller's to keep.
func (m *Memory) Messages(call event.ModelStarted) []llm.Message {
	if call.Purpose == purposeJudge {
		return []llm.Message{llm.Say(llm.System, judgePrompt), llm.Say(llm.User, m.task+"\n\n"+call.About)}
	}
	asked := Memory{messages: slices.Clone(m.messages), folds: m.folds, actions: m.actions, unusable: m.unusable, planText: m.planText, planAt: m.planAt, spoken: m.spoken.clone()}
	asked.hear(call.Heard)
	asked.planned()
	switch call.Purpose {
	case purposePlan:
		if asked.planText == "" {
			asked.more("\n" + m.text(promptPlan))
		} else {
			asked.more("\n" + m.replan())
		}
	case purposeConcede:
		asked.more("\n" + m.concedeAdvice)
	}
	return asked.messages
}

// Apply folds one event.
func (m *Memory) Apply(e event.Event) {
	m.through = max(m.through, e.Seq) // what the user said is recorded beside the loop, see Ports.Said
	switch b := e.Body.(type) {
	case event.RunStarted:
		m.begin(b, taskText(b))
	case event.AgentStarted:
		m.calledAgent(b)
	case event.ModeChanged:
		m.changeMode(b)
	case event.ModelStarted:
		m.aside = b.Purpose == purposeJudge || b.Purpose == purposePlan
		m.hear(b.Heard)
	case event.ModelFinished:
		if !m.aside {
			m.reply = b.Text
		}
	case event.PlanMade:
		m.planText, m.planAt, m.planEdited = b.Plan, len(m.messages)-1, false
	case event.StepStarted:
		m.step = b.Number
	case event.UserSteered, event.CompactionUndone:
		m.wait(e)
	case event.PlanEdited:
		m.wait(e)
		m.editedFor = m.step + 1
	case event.ContextCompacted:
		m.folded(b)
	case event.AnswerChecked:
		m.checked(b)
	case event.RunForked:
		m.fork(b.Now, taskText(b.Now), forkText(b))
	case event.CodeStarted:
		m.reply = ""
		if b.Call != "" {
			m.pending.opened(e.Seq, b.Call)
			return
		}
		if m.actions == nil {
			m.actions = map[int]event.CodeStarted{}
		}
		m.actions[len(m.messages)] = b
		m.say(llm.Assistant, m.retold(b))
	case event.CodeFinished:
		if m.pending.closed(e.Span, strings.TrimPrefix(b.Observation, "Observation:\n")) {
			m.showResults()
			return
		}
		m.say(llm.User, b.Observation)
	case event.CallsMade:
		m.reply = ""
		m.called(b)
	case event.ToolStarted:
		m.pending.opened(e.Seq, b.Call)
	case event.ToolFinished:
		if m.pending.closed(e.Span, toolText(b)) {
			m.showResults()
		}
	case event.ReplyUnusable:
		m.unusable = append(m.unusable, len(m.messages))
		m.say(llm.Assistant, m.reply)
		m.say(llm.User, b.Advice)
		m.reply = ""
	case event.LoopNoticed:
		m.more(b.Advice)
	}
}

// say appends a message. Servers refuse empty ones, and some chat templates two of the same role in a row: what is
// said to the model between two of its replies is therefore one message, see more.
func (m *Memory) say(role llm.Role, text string) {
	if strings.TrimSpace(text) == "" {
		text = "(nothing)"
	}
	m.messages = append(m.messages, llm.Say(role, text))
}

// more adds to the last message, which is the user's or holds results of calls.
func (m *Memory) more(text string) { addTo(m.messages, len(m.messages)-1, text) }

func addTo(messages []llm.Message, i int, text string) {
	if messages[i].Role == llm.Tool {
		parts := slices.Clone(messages[i].Parts)
		r := parts[len(parts)-1].(llm.Result) // a tool message holds nothing else
		r.Text += "\n" + text
		parts[len(parts)-1] = r
		messages[i].Parts = parts
		return
	}
	messages[i] = withImages(llm.Say(llm.User, messages[i].Content()+"\n"+text), imagesIn(messages[i]))
}

// retold is a code action in the form that the system prompt teaches.
func (m *Memory) retold(b event.CodeStarted) string {
	if m.mode == event.ModeStructured {
		return structuredText(b)
	}
	return actionText(b)
}

// begin is the beginning of a conversation.
func (m *Memory) begin(b event.RunStarted, task string) {
	m.mode = b.Mode
	m.say(llm.System, b.System)
	m.given(b, task)
	m.say(llm.User, m.task)
	m.show(b)
}

// calledAgent is a task from a manager: the first one, or one more in a conversation that goes on.
func (m *Memory) calledAgent(b event.AgentStarted) {
	task := b.Brief
	if inputs := inputsText(b.Now); inputs != "" {
		task += "\n" + inputs
	}
	if b.Since == 0 {
		m.begin(b.Now, task)
		return
	}
	m.fork(b.Now, task, task)
}

// given notes what the answer is held against, and how far the agent may go for it.
func (m *Memory) given(b event.RunStarted, task string) {
	m.task, m.prompts, m.lastStep = task, b.Prompts, m.step+b.MaxSteps
	m.concedeAdvice = m.text(promptFinal)
	if len(b.Checks) > 0 && m.prompts[promptFinal] == "" {
		m.concedeAdvice = concedeAnswer
	}
}

// text is one of the run's texts, the agent's own or the default.
func (m *Memory) text(name string) string { return cmp.Or(m.prompts[name], DefaultPrompt(name)) }

// fork goes on with a conversation, with the system prompt of now: from another run, or from the call before.
func (m *Memory) fork(now event.RunStarted, task, text string) {
	if now.Mode != m.mode {
		m.changeMode(event.ModeChanged{To: now.Mode, System: now.System})
	}
	m.messages[0] = llm.Say(llm.System, now.System)
	if now.Task == "" {
		task = m.task
	}
	m.given(now, task)
	if m.reply != "" { // an answer in prose
		m.say(llm.Assistant, m.reply)
		m.reply = ""
	}
	m.hear(m.through)
	last := m.messages[len(m.messages)-1].Role
	switch {
	case last == llm.Assistant:
		m.say(llm.User, cmp.Or(text, "Go on."))
	case last == llm.Tool && text != "":
		m.say(llm.User, text)
	case text != "":
		m.more("\n" + text)
	}
	m.show(now)
}

func actionText(b event.CodeStarted) string {
	var s strings.Builder
	if b.Thought != "" {
		fmt.Fprintf(&s, "Thought: %s\n", b.Thought)
	}
	fmt.Fprintf(&s, "```python\n%s\n```", strings.TrimRight(b.Code, "\n"))
	return s.String()
}

// taskText is the first user message: the task and what comes with it.
func taskText(b event.RunStarted) string {
	task := strings.TrimSpace(b.Task)
	if task != "" {
		task = "Task:\n" + task + "\n"
	}
	return strings.TrimRight(task+inputsText(b), "\n")
}

// inputsText is what comes with a task: values, files, and what the answer must meet.
func inputsText(b event.RunStarted) string {
	var s strings.Builder
	if len(b.Files)+len(b.Vars) > 0 {
		s.WriteString("\nThese Python variables are already set:\n")
	}
	for _, f := range b.Files {
		fmt.Fprintf(&s, "- `%s`: '%s'", f.Var, f.Path)
		if f.Hint != "" {
			fmt.Fprintf(&s, " (%s)", strings.ReplaceAll(f.Hint, "\n", "\n  "))
		}
		s.WriteString("\n")
	}
	for _, v := range b.Vars {
		text := varText(v.JSON)
		fmt.Fprintf(&s, "- `%s` = %s\n", v.Name, text)
	}
	if len(b.Checks) > 0 {
		s.WriteString("\nThe answer must:\n")
	}
	for _, c := range b.Checks {
		fmt.Fprintf(&s, "- %s\n", requirement(c))
	}
	return strings.TrimRight(s.String(), "\n")
}

// varText is a value in a line; a data frame (see sandbox.Tool.Rest) by its columns.
func varText(value json.RawMessage) string {
	var in struct {
		Frame *struct {
			Columns []json.RawMessage   `json:"columns"`
			Data    [][]json.RawMessage `json:"data"`
		} `json:"__frame__"`
	}
	if bytes.HasPrefix(value, []byte(`{"__frame__":`)) && json.Unmarshal(value, &in) == nil && in.Frame != nil && len(in.Frame.Data) > 0 {
		return cutMiddle(fmt.Sprintf("a data frame of %d rows with the columns %s", len(in.Frame.Data[0]), bytes.Join(rawList(in.Frame.Columns), []byte(", "))), 500)
	}
	text := string(value)
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}

func rawList(all []json.RawMessage) [][]byte {
	out := make([][]byte, len(all))
	for i, r := range all {
		out[i] = r
	}
	return out
}
