package agent

import (
	"context"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// commonContext is the context that a run begins with, in tokens, where there is memory for it: room for the system
// prompt, some files and a dozen ordinary steps.
const commonContext = 8192

// contextSize is how many tokens the run's calls may have; 0 if nobody knows.
type contextSize struct {
	room   llm.Room
	known  bool // room was asked for
	tokens int  // as it is set now; 0 if it is not ours to set
}

// setContext chooses the context of a call: what a person said; else the least step that the prompt and its reply fit
// into. It is never made smaller, and grows by doubling, because Ollama loads a model anew for another size.
func (r *run) setContext(ctx context.Context, req *llm.Request, b *event.Budget) {
	c := &r.context
	if !c.known && r.agent.Room != nil {
		c.room, c.known = r.agent.Room(ctx)
	}
	switch asked := r.agent.Options.ContextTokens; {
	case asked > 0:
		c.tokens = asked
		if most := c.room.Most; most > 0 && asked > most {
			c.tokens, b.Asked = most, asked // Ollama would do so without a word
		}
	case c.room.Fits > 0:
		c.tokens = max(c.tokens, min(max(commonContext, c.room.Least), c.room.Fits))
		for b.Limit = c.tokens; r.overfull(*b) && r.growContext(); {
			b.Limit = c.tokens
		}
	}
	req.Options.ContextTokens = c.tokens
	b.Limit, b.Most, b.Bytes = c.tokens, c.room.Most, int64(c.tokens)*c.room.PerToken
	if b.Limit == 0 {
		b.Limit = c.room.Most
	}
}

// growContext takes the next larger context, if it is ours to choose and there is one that fits.
func (r *run) growContext() bool {
	c := &r.context
	if r.agent.Options.ContextTokens > 0 || c.tokens >= c.room.Fits {
		return false
	}
	c.tokens = min(2*c.tokens, c.room.Fits)
	return true
}
