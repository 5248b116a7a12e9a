package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ollama/ollama/api"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

type model struct {
	p    *Provider
	name string

	mu    sync.Mutex
	known *facts
	used  time.Time // when the last reply ended well
}

// facts asks the server once.
func (m *model) facts(ctx context.Context) (facts, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known != nil {
		return *m.known, nil
	}
	f, err := m.p.show(ctx, m.name)
	if err != nil {
		return facts{}, err
	}
	m.known = &f
	return f, nil
}

// errHungUp ends a stream that has said all that is wanted.
var errHungUp = errors.New("a stop string came")

// Generate implements llm.Model with /api/chat. Ollama's habit of dropping the oldest messages, and of shifting the
// context while it writes, is switched off: an overflow is the fault ContextOverflow, or FinishLength while writing.
//
// Stop strings are sent to the server only if the model cannot think, because the server applies them to thoughts
// too. Otherwise they are found here and the connection is closed; Ollama then sends no counts, so that Usage.Output
// is the number of fragments (about one a token) and Usage.Input is unknown.
func (m *model) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	chat, err := m.request(ctx, req, func(s string) {
		if emit != nil {
			emit(llm.Delta{Status: s})
		}
	})
	if err != nil {
		return llm.Reply{}, err
	}
	reply, err := m.chat(ctx, req, chat, emit)
	if _, sent := chat.Options["stop"]; err == nil && sent && reply.Text == "" && len(reply.Calls) == 0 &&
		reply.Thinking != "" && reply.Finish == llm.FinishStop {
		// The model thinks although it does not say that it can, and the server stopped it inside its thought.
		delete(chat.Options, "stop")
		if emit != nil {
			emit(llm.Delta{Again: true})
		}
		return m.chat(ctx, req, chat, emit)
	}
	return reply, err
}

// request translates, and checks what the server would silently ignore; status tells a person what was changed.
func (m *model) request(ctx context.Context, req llm.Request, status func(string)) (*api.ChatRequest, error) {
	if len(req.Messages) == 0 { // the server would only load the model and say nothing
		return nil, fault.New(fault.Invalid, "There is nothing to ask the model", "the request has no messages", "")
	}
	messages, images, err := messages(req.Messages)
	if err != nil {
		return nil, err
	}
	no := false
	chat := &api.ChatRequest{
		Model: m.name, Messages: messages, Format: req.Format, Think: think(req.Options.Think),
		Truncate: &no, Shift: &no, Options: map[string]any{},
	}
	if chat.Tools, err = tools(req.Tools); err != nil {
		return nil, err
	}
	o := req.Options
	if o.KeepAlive != "" {
		d, err := llm.ParseKeepAlive(o.KeepAlive)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, fmt.Sprintf("A model cannot be kept loaded for %q", o.KeepAlive), "", "Write a time such as 10m, or forever.")
		}
		chat.KeepAlive = &api.Duration{Duration: d}
	}
	if o.Temperature != nil {
		chat.Options["temperature"] = *o.Temperature
	}
	if o.Seed != nil {
		chat.Options["seed"] = *o.Seed
	}
	if o.MaxTokens > 0 {
		chat.Options["num_predict"] = o.MaxTokens
	}
	if o.ContextTokens > 0 {
		chat.Options["num_ctx"] = o.ContextTokens
	}
	if !images && len(req.Stop) == 0 && o.ContextTokens == 0 {
		return chat, nil
	}
	f, err := m.facts(ctx)
	if err != nil {
		return nil, m.p.explain(ctx, m.name, err)
	}
	if f.context > 0 && o.ContextTokens > f.context {
		chat.Options["num_ctx"] = f.context // the server would do so without a word
		status(fmt.Sprintf("the model reads at most %d tokens at once, not %d", f.context, o.ContextTokens))
	}
	if images && !f.can("vision") {
		return nil, llm.Blind(m.name, "Ollama would pass their bytes on as text")
	}
	if len(req.Stop) > 0 && (!f.can("thinking") || o.Think == "off") {
		chat.Options["stop"] = req.Stop
	}
	return chat, nil
}

func (m *model) chat(ctx context.Context, req llm.Request, chat *api.ChatRequest, emit func(llm.Delta)) (llm.Reply, error) {
	b := llm.NewReplyBuilder(req, emit)
	load, err := m.load(ctx, chat, b)
	if err != nil {
		return llm.Reply{}, err
	}
	var last api.ChatResponse
	fragments := 0
	var same repeats
	err = m.p.client.Chat(ctx, chat, func(r api.ChatResponse) error {
		fragments++
		same.add(r.Message.Thinking + r.Message.Content)
		b.Thinking(r.Message.Thinking)
		more := b.Text(r.Message.Content)
		for _, c := range r.Message.ToolCalls {
			args, err := json.Marshal(c.Function.Arguments)
			if err != nil {
				return fmt.Errorf("encode the arguments of %s: %w", c.Function.Name, err)
			}
			b.Call(c.ID, c.Function.Name, args)
		}
		if r.Done {
			last = r
		}
		if !more && !r.Done {
			return errHungUp
		}
		return nil
	})
	switch {
	case errors.Is(err, errHungUp):
		m.touch()
		reply := b.Reply(llm.FinishStop)
		reply.Usage.Output = fragments
		return reply, nil
	case err != nil:
		return llm.Reply{}, m.p.explain(ctx, m.name, err)
	case !last.Done && same.n >= stuckAt && ctx.Err() == nil:
		return llm.Reply{}, stuck(same.last, req.Options.Temperature)
	case !last.Done:
		// The client reports no error for a killed server, a cancelled context or a passed deadline.
		return llm.Reply{}, m.p.explain(ctx, m.name, errBrokenOff)
	}
	finish := llm.FinishStop
	if last.DoneReason == "length" {
		finish = llm.FinishLength
	}
	m.touch()
	reply := b.Reply(finish)
	reply.Usage = llm.Usage{Input: last.PromptEvalCount, Output: last.EvalCount}
	reply.Timing = llm.Timing{Load: load + last.LoadDuration, Prompt: last.PromptEvalDuration, Output: last.EvalDuration}
	return reply, nil
}

// stuckAt is how many equal fragments Ollama lets pass. It then ends the answer, without an error and without a last
// fragment (llm/server.go, tokenRepeat).
const stuckAt = 30

// repeats counts equal fragments in a row, white space around them aside.
type repeats struct {
	last string
	n    int
}

func (r *repeats) add(fragment string) {
	if fragment = strings.TrimSpace(fragment); fragment != r.last {
		r.last, r.n = fragment, 0
	}
	r.n++
}

// stuck is the fault for it. With some randomness the next try may go another way.
func stuck(on string, temperature *float64) error {
	f := fault.New(fault.ModelFailed, "The model got stuck", fmt.Sprintf("it wrote %q over and over, until Ollama ended the answer", on),
		"Raise the temperature, or choose a larger model.")
	if temperature == nil || *temperature > 0 {
		f.Err = llm.Passing{Err: errBrokenOff}
	}
	return f
}

// load loads the model if it is not loaded, and gives how long that took by Ollama's own account. Loading is a request
// of its own, so that a person sees when it ends, and so that the limit for the first word does not count it. Whether
// it is needed is asked only if the model was not used lately: a run pays for that once, about a millisecond.
func (m *model) load(ctx context.Context, chat *api.ChatRequest, b *llm.ReplyBuilder) (time.Duration, error) {
	m.mu.Lock()
	used := m.used
	m.mu.Unlock()
	keep := chat.KeepAlive
	if time.Since(used) < surelyLoaded(keep) || !m.mustLoad(ctx, chat) {
		return 0, nil
	}
	if keep != nil && keep.Duration == 0 {
		keep = nil // a request without messages that keeps it for no time unloads it
	}
	b.Loading()
	var last api.ChatResponse
	// Without messages, Ollama loads a model and says nothing (server/routes.go, ChatHandler).
	err := m.p.client.Chat(ctx, &api.ChatRequest{Model: m.name, Options: chat.Options, Think: chat.Think, KeepAlive: keep}, func(r api.ChatResponse) error {
		last = r
		return nil
	})
	if err == nil && !last.Done {
		err = errBrokenOff
	}
	if err != nil {
		return 0, m.p.explain(ctx, m.name, err)
	}
	b.Status("the model is loaded: it reads the prompt")
	return last.LoadDuration, nil
}

// mustLoad asks the server whether the model is loaded, with the context that is wanted. A cloud model never is.
func (m *model) mustLoad(ctx context.Context, chat *api.ChatRequest) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	ps, err := m.p.client.ListRunning(ctx)
	if err != nil {
		return false // the chat request says what is wrong
	}
	for _, r := range ps.Models {
		if n, ok := chat.Options["num_ctx"].(int); sameModel(r.Name, m.name) && (!ok || n == r.ContextLength) {
			return false
		}
	}
	f, err := m.facts(ctx)
	return err == nil && !f.cloud
}

// Sees implements llm.Seer by what Ollama says of the model.
func (m *model) Sees(ctx context.Context) (bool, error) {
	f, err := m.facts(ctx)
	return f.can("vision"), m.p.explain(ctx, m.name, err)
}

// touch notes that the model was used just now.
func (m *model) touch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used = time.Now()
}

// keptLoaded is a little less than what Ollama keeps a model loaded after its last use, unless told otherwise.
const keptLoaded = 4 * time.Minute

// surelyLoaded is how long after its last use a model need not be asked about.
func surelyLoaded(keep *api.Duration) time.Duration {
	if keep == nil || keep.Duration < 0 {
		return keptLoaded
	}
	return min(keptLoaded, keep.Duration*4/5)
}
