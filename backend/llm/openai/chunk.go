package openai

import (
	"encoding/json"
	"sort"
	"strings"
	"time"

	"sandglass/backend/llm"
)

// chunk is one event of a stream. It is not go-openai's type, because servers put thoughts into three fields of
// which go-openai reads one: reasoning_content (DeepSeek, vLLM, llama.cpp), reasoning (Ollama, OpenRouter, Groq),
// thinking (some proxies).
type chunk struct {
	Choices []struct {
		Delta   *said   `json:"delta"`
		Message *said   `json:"message"` // of a server that does not stream
		Finish  *string `json:"finish_reason"`
	} `json:"choices"`
	Usage *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
		Cost       any `json:"cost"` // OpenRouter, in US dollars
		Details    *struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
	Timings *struct { // llama.cpp
		Prompt float64 `json:"prompt_ms"`
		Output float64 `json:"predicted_ms"`
	} `json:"timings"`
	Error json.RawMessage `json:"error"`
}

type said struct {
	Content          content         `json:"content"`
	ReasoningContent content         `json:"reasoning_content"`
	Reasoning        content         `json:"reasoning"`
	Thinking         content         `json:"thinking"`
	Refusal          content         `json:"refusal"`
	Calls            []call          `json:"tool_calls"`
	Role             json.RawMessage `json:"role"`
}

type call struct {
	Index    *int   `json:"index"`
	ID       string `json:"id"`
	Function struct {
		Name string          `json:"name"`
		Args json.RawMessage `json:"arguments"` // a string, in fragments; from some servers an object, whole
	} `json:"function"`
}

// content is a text, or the parts of one (Mistral), of which the texts are joined.
type content string

func (c *content) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*c = content(s)
		return nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(data, &parts) == nil {
		for _, p := range parts {
			s += p.Text
		}
	}
	*c = content(s) // anything else is no text
	return nil
}

// thinking is the fragment of thinking, in whichever field it is; some servers send it in two at once.
func (s *said) thinking() string {
	for _, t := range []content{s.ReasoningContent, s.Reasoning, s.Thinking} {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

// pieces puts tool calls together that come in fragments or whole.
type pieces struct {
	calls map[int]*piece
	last  int
}

type piece struct {
	id, name string
	args     strings.Builder
}

// add takes a fragment. Without an index, a fragment with a new id or, if it has no id, with a name begins a call.
func (ps *pieces) add(c call) {
	if ps.calls == nil {
		ps.calls, ps.last = map[int]*piece{}, -1
	}
	at := ps.last
	switch {
	case c.Index != nil:
		at = *c.Index
		// Gemini's endpoint sends several whole calls, all with index 0.
		if old := ps.calls[at]; old != nil && c.ID != "" && old.id != "" && c.ID != old.id {
			at = len(ps.calls)
			for ps.calls[at] != nil {
				at++
			}
		}
	case at < 0, c.ID != "" && c.ID != ps.calls[at].id, c.ID == "" && c.Function.Name != "":
		at = ps.last + 1
	}
	ps.last = at
	p := ps.calls[at]
	if p == nil {
		p = &piece{}
		ps.calls[at] = p
	}
	if c.ID != "" {
		p.id = c.ID
	}
	if p.name == "" { // some servers repeat it in each fragment
		p.name = c.Function.Name
	}
	var text string
	switch {
	case json.Unmarshal(c.Function.Args, &text) == nil:
		p.args.WriteString(text)
	case len(c.Function.Args) > 0:
		p.args.Write(c.Function.Args)
	}
}

// into hands the calls over, in order. Arguments that are no JSON object, such as bare Python for a python tool, become
// the value of the key "", which the agent takes for the first parameter's.
func (ps *pieces) into(b *llm.ReplyBuilder) {
	var order []int
	for i := range ps.calls {
		order = append(order, i)
	}
	sort.Ints(order)
	for _, i := range order {
		p := ps.calls[i]
		if p.name == "" {
			continue
		}
		args := json.RawMessage(strings.TrimSpace(p.args.String()))
		var object map[string]json.RawMessage
		if len(args) > 0 && json.Unmarshal(args, &object) != nil {
			args, _ = json.Marshal(map[string]string{"": string(args)}) // a map of strings always encodes
		}
		b.Call(p.id, p.name, args)
	}
}

// sum collects what the chunks say of counts and times.
func (c *chunk) sum(u *llm.Usage, t *llm.Timing) {
	if c.Usage != nil {
		*u = llm.Usage{Input: c.Usage.Prompt, Output: c.Usage.Completion}
		if c.Usage.Details != nil {
			u.Cached = c.Usage.Details.Cached
		}
		if cost, ok := c.Usage.Cost.(float64); ok && cost > 0 {
			u.Cost = cost
		}
	}
	if c.Timings != nil {
		*t = llm.Timing{Prompt: milliseconds(c.Timings.Prompt), Output: milliseconds(c.Timings.Output)}
	}
}

func milliseconds(f float64) time.Duration {
	if !(f > 0 && f < 1e12) {
		return 0
	}
	return time.Duration(f * float64(time.Millisecond))
}
