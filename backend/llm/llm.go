// Package llm holds the words for talking to a language model: messages and their parts, a request, the fragments
// that stream in and the reply that is the truth. Adapters (ollama, openai, script) translate at their door.
package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Model is one language model behind one server. Generate streams fragments to emit (which may be nil, must not
// block for long and is never called after Generate returned) and gives the whole reply, or an error:
// a *fault.Error with code ModelUnreachable, ModelNotFound, ModelUnsupported, ModelBusy, ModelFailed,
// ContextOverflow or Unauthorized, or ctx's error when it was cancelled.
//
// The Reply is the truth; the Deltas are for watching and may be coalesced or lost.
type Model interface {
	Generate(ctx context.Context, req Request, emit func(Delta)) (Reply, error)
}

// Ref names a model as "provider/id", for example "ollama/qwen3:8b" or "demo/tour". The id may hold slashes.
type Ref string

// Split cuts a reference at its first slash.
func (r Ref) Split() (provider, id string) {
	provider, id, _ = strings.Cut(string(r), "/")
	return provider, id
}

// Seer is a Model that knows whether it can see images. Others are tried.
type Seer interface {
	Sees(ctx context.Context) (bool, error)
}

// Role says who speaks.
type Role string

// The roles. A Tool message holds Results only.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
	Tool      Role = "tool"
)

// Message is one turn of a conversation.
type Message struct {
	Role  Role
	Parts []Part
}

// Part is a piece of a message: Text, Thinking, Image, Call or Result.
type Part interface{ part() }

type (
	// Text is what was said.
	Text struct{ Text string }
	// Thinking is what a reasoning model thought aloud. It is shown, never executed and never sent back.
	Thinking struct{ Text string }
	// Image is a picture for a vision model.
	Image struct {
		MediaType     string // image/png or image/jpeg
		Data          []byte // nil until it is sent: prompts name their images by Blob
		Blob          string // hash in the blob store
		Width, Height int    // pixels
	}
	// Call is the model's wish to call a tool.
	Call struct {
		ID   string          `json:"id,omitempty"`
		Name string          `json:"name"`
		Args json.RawMessage `json:"args"` // a JSON object
	}
	// Result answers the Call with the same ID.
	Result struct {
		CallID  string
		Name    string
		Text    string
		IsError bool
	}
)

func (Text) part()     {}
func (Thinking) part() {}
func (Image) part()    {}
func (Call) part()     {}
func (Result) part()   {}

// Say makes a message of one text.
func Say(role Role, text string) Message { return Message{role, []Part{Text{text}}} }

// Content joins the texts of a message.
func (m Message) Content() string {
	var b strings.Builder
	for _, p := range m.Parts {
		if t, ok := p.(Text); ok {
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// ToolSpec offers a tool to a model that calls tools natively.
type ToolSpec struct {
	Name        string
	Description string
	Parameters  json.RawMessage // a JSON schema of type object
}

// Request is all that one call of a model needs.
type Request struct {
	Messages []Message
	Tools    []ToolSpec
	Stop     []string        // applied outside thinking only; the stop string itself is not part of the reply
	Format   json.RawMessage // a JSON schema that the reply must follow; nil for free text
	Options  Options
}

// Options are the knobs of a request. A zero value means: let the server decide.
type Options struct {
	Temperature   *float64 `json:"temperature,omitempty"`
	Seed          *int64   `json:"seed,omitempty"`
	MaxTokens     int      `json:"max_tokens,omitempty"`     // upper bound of the completion, in tokens
	ContextTokens int      `json:"context_tokens,omitempty"` // Ollama's num_ctx, in tokens
	Think         string   `json:"think,omitempty"`          // "", "on", "off", or a level: low, medium, high
	Stop          []string `json:"stop,omitempty"`           // of the user's; the agent asks for its own besides (Request.Stop)
	KeepAlive     string   `json:"keep_alive,omitempty"`     // how long Ollama keeps the model loaded: "10m", "0s", "forever"
}

// Forever is the KeepAlive of a model that stays loaded.
const Forever = "forever"

// ParseKeepAlive reads Options.KeepAlive; below zero stands for ever.
func ParseKeepAlive(s string) (time.Duration, error) {
	if s == Forever {
		return -1, nil
	}
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		err = fmt.Errorf("%s is below zero", s)
	}
	return d, err
}

// Delta is a fragment of a reply while it streams.
type Delta struct {
	Text     string `json:"text,omitempty"`
	Thinking string `json:"thinking,omitempty"`
	Status   string `json:"status,omitempty"`  // for a person: "loading the model", "trying again in 4 s"
	Loading  bool   `json:"loading,omitempty"` // the model is being loaded; the next Delta says that it is done
	Again    bool   `json:"again,omitempty"`   // the reply begins anew: what came before is void
}

// Finish says why a reply ended.
type Finish string

// The reasons. A reply that ended for no reason that the server gave is an error, not a Finish.
const (
	FinishStop   Finish = "stop"   // the model was done, or a stop string came
	FinishLength Finish = "length" // MaxTokens or the context ran out
	FinishTools  Finish = "tools"  // it wants tools called
)

// Usage counts tokens. Zero means unknown.
type Usage struct {
	Input  int `json:"input_tokens"`
	Output int `json:"output_tokens"`
	Cached int `json:"cached_tokens,omitempty"` // of Input, those that the server had kept
	// Cost in US dollars, as the server says or by the user's Price; 0 if it is not known.
	Cost float64 `json:"cost,omitempty"`
}

// Add sums two counts.
func (u Usage) Add(v Usage) Usage {
	return Usage{u.Input + v.Input, u.Output + v.Output, u.Cached + v.Cached, u.Cost + v.Cost}
}

// Price is what a model's tokens cost, in US dollars for a million.
type Price struct {
	Model  string  `json:"model"` // its id with the provider
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
	Cached float64 `json:"cached,omitempty"` // of the input that the server had kept; 0 for as other input
}

// Of is the cost of some tokens.
func (p Price) Of(u Usage) float64 {
	cached := p.Cached
	if cached == 0 {
		cached = p.Input
	}
	return (float64(u.Input-u.Cached)*p.Input + float64(u.Cached)*cached + float64(u.Output)*p.Output) / 1e6
}

// Timing is where a server says the time went; zero where it says nothing.
type Timing struct {
	Load   time.Duration `json:"load,omitempty"`   // loading the model
	Prompt time.Duration `json:"prompt,omitempty"` // reading the prompt
	Output time.Duration `json:"output,omitempty"` // writing the completion
	Waited time.Duration `json:"waited,omitempty"` // before the tries: for the rate limit, after faults (package retry)
}

// Reply is a whole completion, thinking kept apart from text.
type Reply struct {
	Text     string
	Thinking string
	Calls    []Call
	Finish   Finish
	Usage    Usage
	Timing   Timing
}

// Info is what is known of a model before it is used.
type Info struct {
	Ref           Ref       `json:"ref"`
	Name          string    `json:"name"`                 // for a person
	Digest        string    `json:"digest,omitempty"`     // of the model's files, where the server tells it
	Size          int64     `json:"size,omitempty"`       // bytes on disk
	Parameters    string    `json:"parameters,omitempty"` // "8.2B"
	Quantisation  string    `json:"quantisation,omitempty"`
	ContextTokens int       `json:"context_tokens,omitempty"` // the model's maximum
	ContextBytes  int64     `json:"context_bytes,omitempty"`  // memory that a token of context takes, about
	Capabilities  []string  `json:"capabilities,omitempty"`   // completion, tools, thinking, vision
	Cloud         bool      `json:"cloud,omitempty"`          // runs on somebody else's computer
	Loaded        bool      `json:"loaded,omitempty"`
	Modified      time.Time `json:"modified,omitzero"`
}

// Room is how large a context a model can be given, in tokens.
type Room struct {
	Most     int   // that the model reads at once; 0 if not known
	Fits     int   // of these, what there is memory for; 0 if the size is not ours to choose
	Least    int   // what it is set to or loaded with already: less would save nothing
	PerToken int64 // bytes of memory for each; 0 if not known
}

// Provider is a server of models: it lists them and opens one. Open does not connect.
type Provider interface {
	List(ctx context.Context) ([]Info, error)
	Open(id string) (Model, error)
}
