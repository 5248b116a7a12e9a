package script

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"unicode"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Replies is a model that gives prepared replies, one per call, whatever it is asked. It is also the provider of
// that one model. It may be used from several goroutines; each call takes the next reply.
type Replies struct {
	mu      sync.Mutex
	replies []llm.Reply
	given   int
	of      map[string]*Replies // by name of an agent, if they are apart
}

// NewReplies makes a model of replies.
func NewReplies(replies []llm.Reply) *Replies { return &Replies{replies: replies} }

// ReadReplies reads the file of `--replies`; see ParseReplies.
func ReadReplies(path string) (*Replies, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The replies cannot be read", err.Error(), "Give --replies the path of a JSON file.")
	}
	return ParseScript(data)
}

const repliesHelp = `Write a JSON list; an entry is a "text" or {"content", "thinking", "tool_calls", "usage"}. For a team, also an object of such lists by the agents' names.`

// ParseScript reads a list of replies (see ParseReplies) that all agents of a run take theirs from, in the order of their
// calls; or an object of such lists by the names of agents.
func ParseScript(data []byte) (*Replies, error) {
	var lists map[string]json.RawMessage
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &lists) != nil {
		replies, err := ParseReplies(data)
		if err != nil {
			return nil, err
		}
		return NewReplies(replies), nil
	}
	r := &Replies{of: map[string]*Replies{}}
	for name, list := range lists {
		replies, err := ParseReplies(list)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, fmt.Sprintf("The replies of %q cannot be used", name), err.Error(), repliesHelp)
		}
		r.of[plain(name)] = NewReplies(replies)
	}
	return r, nil
}

// plain lets an agent be named as it is called from code, too.
func plain(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), "_")
}

// For is the model of one of a run's agents: its own list, or the one that all share.
func (r *Replies) For(agent string) llm.Model {
	if r.of == nil {
		return r
	}
	if own := r.of[plain(agent)]; own != nil {
		return own
	}
	return &Replies{}
}

// ParseReplies reads a JSON list of replies. An entry is the text itself or an object:
//
//	{"content": "…", "thinking": "…",
//	 "tool_calls": [{"id": "c1", "name": "f", "arguments": {…}}],
//	 "usage": {"input_tokens": 12, "output_tokens": 3}}
//
// All fields are optional, unknown ones are refused. Arguments may also be a string that holds a JSON object, and a
// call may be wrapped as OpenAI does, {"function": {"name", "arguments"}}. The fault is Invalid and names the entry,
// counting from 1.
func ParseReplies(data []byte) ([]llm.Reply, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &raw); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The replies are not a JSON list", where(data, err), repliesHelp)
	}
	replies := make([]llm.Reply, 0, len(raw))
	for i, r := range raw {
		reply, err := parseReply(r)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, fmt.Sprintf("Entry %d of the replies is not a reply", i+1), err.Error(), repliesHelp)
		}
		replies = append(replies, reply)
	}
	return replies, nil
}

type entry struct {
	Content  string `json:"content"`
	Thinking string `json:"thinking"`
	Calls    []call `json:"tool_calls"`
	Usage    struct {
		Input  int `json:"input_tokens"`
		Output int `json:"output_tokens"`
		Cached int `json:"cached_tokens"`
	} `json:"usage"`
}

type call struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"` // OpenAI's "function"; nothing to learn from it
	Name     string          `json:"name"`
	Args     json.RawMessage `json:"arguments"`
	Function *struct {
		Name string          `json:"name"`
		Args json.RawMessage `json:"arguments"`
	} `json:"function"`
}

func parseReply(data json.RawMessage) (llm.Reply, error) {
	var text string
	if json.Unmarshal(data, &text) == nil && !bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return llm.Reply{Text: text}, nil
	}
	var e *entry
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return llm.Reply{}, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if e == nil {
		return llm.Reply{}, fmt.Errorf("it is null")
	}
	reply := llm.Reply{Text: e.Content, Thinking: e.Thinking, Usage: llm.Usage{Input: e.Usage.Input, Output: e.Usage.Output, Cached: e.Usage.Cached}}
	for i, c := range e.Calls {
		if c.Function != nil {
			c.Name, c.Args = c.Function.Name, c.Function.Args
		}
		if c.Name == "" {
			return llm.Reply{}, fmt.Errorf("tool call %d has no name", i+1)
		}
		args, err := object(c.Args)
		if err != nil {
			return llm.Reply{}, fmt.Errorf("tool call %d: %w", i+1, err)
		}
		reply.Calls = append(reply.Calls, llm.Call{ID: c.ID, Name: c.Name, Args: args})
	}
	return reply, nil
}

// object gives arguments as a JSON object, be they one, a string that holds one, or missing.
func object(args json.RawMessage) (json.RawMessage, error) {
	var s string
	if json.Unmarshal(args, &s) == nil {
		args = json.RawMessage(s)
	}
	if len(bytes.TrimSpace(args)) == 0 {
		return json.RawMessage("{}"), nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(args, &m); err != nil || m == nil {
		return nil, fmt.Errorf("arguments are not a JSON object: %.80s", args)
	}
	return args, nil
}

// where adds the line to a JSON syntax error.
func where(data []byte, err error) string {
	if s, ok := err.(*json.SyntaxError); ok {
		return fmt.Sprintf("line %d: %v", 1+bytes.Count(data[:min(int(s.Offset), len(data))], []byte("\n")), err)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// Generate gives the next reply. Once all are given, the fault is ModelFailed.
func (r *Replies) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if err := ctx.Err(); err != nil {
		return llm.Reply{}, err
	}
	r.mu.Lock()
	n := r.given
	r.given = min(n+1, len(r.replies))
	r.mu.Unlock()
	if n == len(r.replies) {
		return llm.Reply{}, fault.New(fault.ModelFailed, "The script has run out of replies",
			fmt.Sprintf("it holds %d and all were given", n), "Add a reply to the file, or let the last one call final_answer.")
	}
	next := r.replies[n]
	b := llm.NewReplyBuilder(req, emit)
	if err := stream(ctx, b, next.Thinking, next.Text, 0); err != nil {
		return llm.Reply{}, err
	}
	if !b.Stopped() {
		for _, c := range next.Calls {
			b.Call(c.ID, c.Name, c.Args)
		}
	}
	finish := next.Finish
	if finish == "" {
		finish = llm.FinishStop
	}
	reply := b.Reply(finish)
	reply.Usage, reply.Timing = next.Usage, next.Timing
	return reply, nil
}

// Left is how many replies were not given yet.
func (r *Replies) Left() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.replies) - r.given
}

// List offers the one model there is.
func (r *Replies) List(context.Context) ([]llm.Info, error) {
	return []llm.Info{{Ref: "script/replies", Name: "Prepared replies", Capabilities: []string{"completion", "tools", "thinking"}}}, nil
}

// Open gives the one model there is, whatever the id.
func (r *Replies) Open(string) (llm.Model, error) { return r, nil }
