package openai

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"

	openai "github.com/sashabaranov/go-openai"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

type model struct {
	p  *Provider
	id string

	mu      sync.Mutex
	refused map[string]bool // parameters that this server refused for this model
}

// refusable are the parameters that a request can do without, or in another form, in the order in which a refusal is
// looked for. The status is for a person.
var refusable = []struct {
	param, status string
	named         *regexp.Regexp // how a refusal names it
}{
	{"max_tokens", "the server wants max_completion_tokens: asking again", regexp.MustCompile(`max_tokens`)},
	{"max_completion_tokens", "the server takes no limit of tokens: asking again without", regexp.MustCompile(`max_completion_tokens`)},
	{"stream_options", "the server does not count tokens: asking again", regexp.MustCompile(`stream_options|include_usage`)},
	{"temperature", "the model has a fixed temperature: asking again without", regexp.MustCompile(`(?i)temperature`)},
	{"seed", "the server takes no seed: asking again without", regexp.MustCompile(`\bseed\b`)},
	{"reasoning_effort", "the model has no levels of thinking: asking again without", regexp.MustCompile(`(?i)reasoning|effort|\bthink`)},
	{"strict", "the schema is beyond strict mode: asking again", regexp.MustCompile(`(?i)strict|additionalProperties|'required' is required`)},
	{"stop", "the server takes no stop strings: asking again", regexp.MustCompile(`\bstop\b`)},
}

// Generate implements llm.Model with streamed chat completions. Parameters that the server refuses are left out in a
// second try and from then on; stop strings are cut here in any case. If a stop string came from here, the
// connection is closed before the server sends its counts: Usage.Output is then the number of fragments and
// Usage.Input unknown.
func (m *model) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if len(req.Messages) == 0 {
		return llm.Reply{}, fault.New(fault.Invalid, "There is nothing to ask the model", "the request has no messages", "")
	}
	for {
		sent := map[string]bool{}
		body, more, err := m.request(req, sent)
		if err != nil {
			return llm.Reply{}, err
		}
		b := llm.NewReplyBuilder(req, emit)
		reply, err := m.stream(withExtra(ctx, more), body, b)
		if status := m.adapt(err, sent); status != "" {
			b.Status(status)
			continue
		}
		if err != nil {
			return llm.Reply{}, m.p.explain(ctx, m.id, err)
		}
		if sent["stop"] && reply.Finish == llm.FinishStop && reply.Text == "" && reply.Thinking != "" && len(reply.Calls) == 0 {
			m.refuse("stop") // the server applied it to the thoughts
			continue
		}
		return reply, nil
	}
}

// adapt remembers the parameter that err refuses, if it was sent and can be left out; "" if there is none.
// Each parameter is refused once at most, so Generate ends.
func (m *model) adapt(err error, sent map[string]bool) (status string) {
	var e *httpError
	if !errors.As(err, &e) || e.status != 400 && e.status != 422 || overflow.MatchString(e.message()) {
		return ""
	}
	for _, r := range refusable {
		if sent[r.param] && r.named.MatchString(e.message()) {
			m.refuse(r.param)
			return r.status
		}
	}
	return ""
}

func (m *model) refuse(param string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refused == nil {
		m.refused = map[string]bool{}
	}
	m.refused[param] = true
}

func (m *model) refuses(param string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.refused[param]
}

// anyModel stands in go-openai's request: it looks at the name and refuses temperatures, max_tokens and tools for
// names like o1-mini or gpt-5, although the server may be another one. The true name is put in by the wire.
const anyModel = "any"

func (m *model) request(req llm.Request, sent map[string]bool) (openai.ChatCompletionRequest, extra, error) {
	body := openai.ChatCompletionRequest{Model: anyModel}
	more := extra{"model": m.id}
	send := func(param string) bool {
		sent[param] = !m.refuses(param)
		return sent[param]
	}
	var err error
	if body.Messages, err = messages(req.Messages); err != nil {
		return body, nil, err
	}
	for _, t := range req.Tools {
		params := t.Parameters
		if len(params) == 0 {
			params = json.RawMessage(`{"type":"object","properties":{}}`)
		}
		body.Tools = append(body.Tools, openai.Tool{Type: openai.ToolTypeFunction,
			Function: &openai.FunctionDefinition{Name: t.Name, Description: t.Description, Parameters: params}})
	}
	if send("stream_options") {
		body.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	if len(req.Stop) > 0 && send("stop") {
		body.Stop = req.Stop[:min(len(req.Stop), 4)] // OpenAI's limit
	}
	if len(req.Format) > 0 {
		body.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "reply", Schema: req.Format, Strict: send("strict")}}
	}
	o := req.Options
	if o.Temperature != nil && send("temperature") {
		more["temperature"] = *o.Temperature
	}
	if o.Seed != nil && send("seed") {
		more["seed"] = *o.Seed
	}
	if o.MaxTokens > 0 {
		if send("max_tokens") {
			more["max_tokens"] = o.MaxTokens
		} else if send("max_completion_tokens") {
			more["max_completion_tokens"] = o.MaxTokens
		}
	}
	if level := effort(o.Think); level != "" && send("reasoning_effort") {
		more["reasoning_effort"] = level
	}
	return body, more, nil
}

// effort translates Options.Think; "on" is what models that think do anyway.
func effort(think string) string {
	switch think {
	case "", "on":
		return ""
	case "off":
		return "none"
	}
	return think
}

func messages(in []llm.Message) ([]openai.ChatCompletionMessage, error) {
	var out []openai.ChatCompletionMessage
	for _, m := range in {
		msg := openai.ChatCompletionMessage{Role: string(m.Role)}
		var images []openai.ChatMessagePart
		for _, p := range m.Parts {
			switch p := p.(type) {
			case llm.Image:
				url := "data:" + p.MediaType + ";base64," + base64.StdEncoding.EncodeToString(p.Data)
				images = append(images, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: url}})
			case llm.Call:
				args := string(p.Args)
				if args == "" {
					args = "{}"
				}
				msg.ToolCalls = append(msg.ToolCalls, openai.ToolCall{ID: p.ID, Type: openai.ToolTypeFunction,
					Function: openai.FunctionCall{Name: p.Name, Arguments: args}})
			case llm.Result:
				text := p.Text
				if text == "" { // go-openai leaves out an empty content, which servers refuse
					text = "(no output)"
				}
				out = append(out, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleTool, Content: text, ToolCallID: p.CallID})
			}
		}
		if m.Role == llm.Tool {
			continue
		}
		if text := m.Content(); len(images) == 0 {
			msg.Content = text
		} else {
			if text != "" {
				msg.MultiContent = append(msg.MultiContent, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeText, Text: text})
			}
			msg.MultiContent = append(msg.MultiContent, images...)
		}
		out = append(out, msg)
	}
	return out, nil
}

var (
	errBrokenOff = errors.New("the stream ended without a finish_reason")
	errFiltered  = errors.New("content_filter")
)

// stream reads one answer. Its errors are raw.
func (m *model) stream(ctx context.Context, body openai.ChatCompletionRequest, b *llm.ReplyBuilder) (llm.Reply, error) {
	s, err := m.p.client.CreateChatCompletionStream(ctx, body)
	if err != nil {
		return llm.Reply{}, err
	}
	defer s.Close()
	var (
		calls     pieces
		usage     llm.Usage
		timing    llm.Timing
		finish    string
		fragments int
	)
	for {
		line, err := s.RecvRaw() // Recv would drop what go-openai's types do not know
		if err != nil {
			if finish != "" { // all was said; only the counts may be missing
				break
			}
			if errors.Is(err, io.EOF) {
				err = errBrokenOff
			}
			return llm.Reply{}, err
		}
		var c chunk
		if err := json.Unmarshal(line, &c); err != nil {
			return llm.Reply{}, fmt.Errorf("read a chunk: %w", err)
		}
		if e := message(c.Error); e != "" {
			return llm.Reply{}, &streamError{e}
		}
		c.sum(&usage, &timing)
		for _, choice := range c.Choices[:min(len(c.Choices), 1)] {
			for _, d := range []*said{choice.Delta, choice.Message} {
				if d == nil {
					continue
				}
				fragments++
				b.Thinking(d.thinking())
				b.Text(string(d.Content))
				b.Text(string(d.Refusal))
				for _, c := range d.Calls {
					calls.add(c)
				}
			}
			if choice.Finish != nil && *choice.Finish != "" && *choice.Finish != "null" {
				finish = *choice.Finish
			}
		}
		if b.Stopped() && finish == "" {
			reply := b.Reply(llm.FinishStop)
			reply.Usage.Output = fragments
			return reply, nil
		}
	}
	calls.into(b)
	reply := b.Reply(llm.FinishStop)
	switch finish {
	case "length", "max_tokens", "MAX_TOKENS":
		reply.Finish = llm.FinishLength
	case "content_filter", "SAFETY":
		return llm.Reply{}, errFiltered
	case "error":
		return llm.Reply{}, errBrokenOff
	}
	reply.Usage, reply.Timing = usage, timing
	return reply, nil
}

// streamError is an error that came in the stream, after the answer had begun with status 200.
type streamError struct{ text string }

func (e *streamError) Error() string { return e.text }
