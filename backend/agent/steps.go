package agent

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// MemoryStep is a part of what an agent has in its memory, as smolagents' agent.memory.get_succinct_steps() and
// get_full_steps() give it: with the same names, for people and scripts that know those. Empty fields are left out.
type MemoryStep struct {
	Type         string      `json:"type"` // system_prompt, task, planning, action, user, compaction, final_answer
	Number       int         `json:"step_number,omitempty"`
	SystemPrompt string      `json:"system_prompt,omitempty"`
	Task         string      `json:"task,omitempty"` // of task and user: with all that the model is told beside it
	TaskImages   []string    `json:"task_images,omitempty"`
	Plan         *string     `json:"plan,omitempty"`
	ByUser       bool        `json:"by_user,omitempty"` // a person wrote the plan or the code
	Timing       *StepTiming `json:"timing,omitempty"`
	// ModelInput is what the model was sent, one list of messages for each call; only in the full view.
	ModelInput   [][]StepMessage `json:"model_input_messages,omitempty"`
	ModelOutput  string          `json:"model_output,omitempty"`
	Thinking     string          `json:"thinking,omitempty"`
	CodeAction   string          `json:"code_action,omitempty"`
	ToolCalls    []StepCall      `json:"tool_calls,omitempty"`
	Observations string          `json:"observations,omitempty"`
	Error        *StepError      `json:"error,omitempty"`
	ActionOutput json.RawMessage `json:"action_output,omitempty"` // of the last expression, or the answer
	IsFinal      bool            `json:"is_final_answer,omitempty"`
	TokenUsage   *StepUsage      `json:"token_usage,omitempty"`
	Summary      string          `json:"summary,omitempty"` // of folded steps
	Output       json.RawMessage `json:"output,omitempty"`  // the final answer
}

// StepTiming is when a step was; Duration is in seconds.
type StepTiming struct {
	Start    time.Time `json:"start_time"`
	End      time.Time `json:"end_time"`
	Duration float64   `json:"duration"`
}

// StepMessage is a message that a model was sent.
type StepMessage struct {
	Role      llm.Role      `json:"role"`
	Content   []StepContent `json:"content,omitempty"`
	ToolCalls []StepCall    `json:"tool_calls,omitempty"`
}

// StepContent is a part of it: a text, an image by its hash in the blob store, or the result of a call.
type StepContent struct {
	Type   string `json:"type"` // text, image, tool_result
	Text   string `json:"text,omitempty"`
	Image  string `json:"image,omitempty"`
	CallID string `json:"tool_call_id,omitempty"`
}

// StepCall is a call of a tool.
type StepCall struct {
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type"` // function
	Function StepFunction `json:"function"`
}

// StepFunction is what was called.
type StepFunction struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// StepError is what went wrong in a step, as the model was told.
type StepError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// StepUsage counts the tokens of a step.
type StepUsage struct {
	Input  int `json:"input_tokens"`
	Output int `json:"output_tokens"`
	Cached int `json:"cached_tokens,omitempty"`
	Total  int `json:"total_tokens"`
}

// Steps is an agent's memory as a list: of the run's own agent with 0, else of the called one whose first AgentStarted has
// this Seq. full adds the messages of every call, which makes it long: each call is sent all that came before.
func Steps(events []event.Event, agent int64, full bool) []MemoryStep {
	s := steps{full: full}
	for _, e := range event.Of(events, agent) {
		s.apply(e)
	}
	return s.all
}

// steps folds events to steps. Each is open until the next begins; memory is what the messages of calls come from.
type steps struct {
	full   bool
	all    []MemoryStep
	memory Memory
	judged bool           // the last call was no turn of the agent's
	called map[int64]bool // by the Seq of their ToolStarted: calls by the model, not by code
}

func (s *steps) add(m MemoryStep) *MemoryStep {
	s.all = append(s.all, m)
	return &s.all[len(s.all)-1]
}

// open is the step that something belongs to; one without a number if none has begun.
func (s *steps) open(kind string, at time.Time) *MemoryStep {
	if n := len(s.all); n > 0 && s.all[n-1].Type == kind {
		return &s.all[n-1]
	}
	return s.add(MemoryStep{Type: kind, Timing: &StepTiming{Start: at, End: at}})
}

func (s *steps) apply(e event.Event) {
	defer s.memory.Apply(e) // a call is sent what was before it
	switch b := e.Body.(type) {
	case event.RunStarted:
		s.begin(b, taskText(b))
	case event.AgentStarted:
		s.begin(b.Now, strings.TrimSpace(b.Brief+"\n"+inputsText(b.Now)))
	case event.RunForked:
		s.begin(b.Now, forkText(b))
	case event.ModeChanged:
		s.add(MemoryStep{Type: "system_prompt", SystemPrompt: b.System})
	case event.UserSteered:
		s.add(MemoryStep{Type: "user", Task: b.Text})
	case event.PlanEdited:
		s.add(MemoryStep{Type: "planning", Plan: &b.Plan, ByUser: true})
	case event.ContextCompacted:
		s.add(MemoryStep{Type: "compaction", Summary: b.Summary})
	case event.StepStarted:
		s.add(MemoryStep{Type: "action", Number: b.Number, Timing: &StepTiming{Start: e.At, End: e.At}})
	case event.ModelStarted:
		s.asked(e, b)
	case event.ModelFinished:
		s.replied(e, b)
	case event.PlanMade:
		s.planned(b.Plan)
	case event.RunFinished:
		s.add(MemoryStep{Type: "final_answer", Output: answerJSON(b.Answer, b.Text)})
	case event.AgentFinished:
		s.add(MemoryStep{Type: "final_answer", Output: answerJSON(b.Answer, b.Text)})
	default:
		s.acted(e)
	}
}

// begin is a task, and what the model is told first.
func (s *steps) begin(b event.RunStarted, task string) {
	s.add(MemoryStep{Type: "system_prompt", SystemPrompt: b.System})
	if task == "" { // it goes on from another run without a word
		return
	}
	t := s.add(MemoryStep{Type: "task", Task: task})
	for _, f := range b.Files {
		if f.Shown != nil {
			t.TaskImages = append(t.TaskImages, f.Name)
		}
	}
}

// asked is a call of the model. A call for a plan stands before the step in which it was made, as in smolagents.
func (s *steps) asked(e event.Event, b event.ModelStarted) {
	if s.judged = b.Purpose == purposeJudge; s.judged {
		return
	}
	step := s.open("action", e.At)
	if spent := (StepError{"AgentMaxStepsError", "the steps were spent"}); b.Purpose == purposeConcede && (step.Error == nil || *step.Error != spent) {
		step = s.add(MemoryStep{Type: "action", Timing: &StepTiming{Start: e.At, End: e.At}, Error: &spent})
	}
	if s.full {
		step.ModelInput = append(step.ModelInput, stepMessages(s.memory.Messages(b)))
	}
}

func (s *steps) replied(e event.Event, b event.ModelFinished) {
	step := s.open("action", e.At)
	if step.TokenUsage == nil && b.Usage != (llm.Usage{}) {
		step.TokenUsage = &StepUsage{}
	}
	if u := step.TokenUsage; u != nil {
		u.Input, u.Output, u.Cached = u.Input+b.Usage.Input, u.Output+b.Usage.Output, u.Cached+b.Usage.Cached
		u.Total = u.Input + u.Output
	}
	if !s.judged {
		step.ModelOutput, step.Thinking = b.Text, b.Thinking
	}
	step.end(e.At)
}

// planned turns what was asked and replied so far in the step into a planning step before it.
func (s *steps) planned(plan string) {
	n := len(s.all) - 1
	if n < 0 || s.all[n].Type != "action" {
		s.add(MemoryStep{Type: "planning", Plan: &plan})
		return
	}
	made := s.all[n]
	next := MemoryStep{Type: "action", Number: made.Number, Timing: &StepTiming{Start: made.Timing.End, End: made.Timing.End}}
	made.Type, made.Number, made.Plan = "planning", 0, &plan
	s.all = append(s.all[:n], made, next)
}

// acted is what came of a reply.
func (s *steps) acted(e event.Event) {
	step := func() *MemoryStep {
		m := s.open("action", e.At)
		m.end(e.At)
		return m
	}
	switch b := e.Body.(type) {
	case event.CodeStarted:
		m := step()
		m.CodeAction, m.ByUser = strings.TrimSpace(m.CodeAction+"\n"+b.Code), b.Edited
	case event.CodeFinished:
		m := step()
		m.observe(b.Observation)
		if b.Error != nil {
			m.Error = &StepError{b.Error.Type, b.Error.Message}
		}
		switch {
		case b.Final != nil:
			m.ActionOutput, m.IsFinal = answerJSON(b.Final, b.Final.Repr), true
		case b.Value != nil:
			m.ActionOutput = answerJSON(b.Value, b.Value.Repr)
		}
	case event.CallsMade:
		m := step()
		m.ToolCalls = append(m.ToolCalls, stepCalls(b.Calls)...)
		for _, c := range b.Calls {
			m.IsFinal = m.IsFinal || c.Name == "final_answer" && len(b.Calls) == 1
		}
	case event.ToolStarted:
		if b.Call != "" {
			if s.called == nil {
				s.called = map[int64]bool{}
			}
			s.called[e.Seq] = true
		}
	case event.ToolFinished:
		if !s.called[e.Span] { // the code got it, and the model was told what the code printed
			return
		}
		m := step()
		m.observe(b.Name + ": " + toolText(b))
		if b.Error != "" {
			m.Error = &StepError{"AgentToolExecutionError", b.Error}
		}
	case event.ReplyUnusable:
		m := step()
		m.Error = &StepError{"AgentParsingError", b.Reason}
		m.observe(b.Advice)
	case event.LoopNoticed:
		step().observe(b.Advice)
	case event.AnswerChecked:
		if !b.Passed {
			m := step()
			m.IsFinal, m.Error = false, &StepError{"AgentError", "the answer did not pass its checks"}
			m.observe(b.Advice)
		}
	}
}

func (m *MemoryStep) observe(text string) {
	m.Observations = strings.TrimSpace(m.Observations + "\n" + text)
}

func (m *MemoryStep) end(at time.Time) {
	m.Timing.End, m.Timing.Duration = at, at.Sub(m.Timing.Start).Seconds()
}

// answerJSON is a value as JSON; what has none is the text.
func answerJSON(v *event.Value, text string) json.RawMessage {
	if v != nil && len(v.JSON) > 0 {
		return v.JSON
	}
	data, err := json.Marshal(text)
	if err != nil { // a string is always JSON
		panic(err)
	}
	return data
}

func stepCalls(calls []llm.Call) []StepCall {
	out := make([]StepCall, len(calls))
	for i, c := range calls {
		out[i] = StepCall{c.ID, "function", StepFunction{c.Name, c.Args}}
	}
	return out
}

func stepMessages(messages []llm.Message) []StepMessage {
	out := make([]StepMessage, len(messages))
	for i, m := range messages {
		out[i].Role = m.Role
		for _, p := range m.Parts {
			switch p := p.(type) {
			case llm.Text:
				out[i].Content = append(out[i].Content, StepContent{Type: "text", Text: p.Text})
			case llm.Image:
				out[i].Content = append(out[i].Content, StepContent{Type: "image", Image: cmp.Or(p.Blob, p.MediaType)})
			case llm.Result:
				out[i].Content = append(out[i].Content, StepContent{Type: "tool_result", Text: p.Text, CallID: p.CallID})
			case llm.Call:
				out[i].ToolCalls = append(out[i].ToolCalls, stepCalls([]llm.Call{p})...)
			}
		}
	}
	return out
}
