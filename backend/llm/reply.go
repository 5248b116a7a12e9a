package llm

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ReplyBuilder makes a Reply of the fragments that a server streams: the same rules for thinking, stop strings and
// call ids in every adapter. It is not safe for concurrent use.
type ReplyBuilder struct {
	emit  func(Delta)
	split ThinkSplitter
	stop  stopCutter
	plain bool // the reply is JSON that follows a schema: no inline thoughts to look for
	json  bool // a schema was asked for

	text, thinking strings.Builder
	calls          []Call
	firstCall      int // calls in the conversation so far, for ids that the server did not give
}

// NewReplyBuilder begins a reply to req. emit may be nil.
func NewReplyBuilder(req Request, emit func(Delta)) *ReplyBuilder {
	b := &ReplyBuilder{emit: emit, json: req.Format != nil}
	for _, s := range req.Stop {
		if s != "" {
			b.stop.stops = append(b.stop.stops, s)
		}
	}
	for _, m := range req.Messages {
		for _, p := range m.Parts {
			if _, ok := p.(Call); ok {
				b.firstCall++
			}
		}
	}
	return b
}

// Text takes a fragment of what the model says, inline thoughts included. It is false once a stop string came:
// nothing after it is wanted, and the adapter should hang up.
func (b *ReplyBuilder) Text(fragment string) (more bool) {
	if b.stop.done || fragment == "" {
		return !b.stop.done
	}
	if b.json && b.text.Len() == 0 && b.thinking.Len() == 0 && !b.plain {
		b.plain = strings.HasPrefix(strings.TrimSpace(fragment), "{")
	}
	if b.plain {
		b.say(fragment)
	} else {
		b.take(b.split.Write(fragment))
	}
	return !b.stop.done
}

// Thinking takes a fragment of thinking that the server had put aside.
func (b *ReplyBuilder) Thinking(fragment string) {
	if fragment == "" || b.stop.done {
		return
	}
	b.thinking.WriteString(fragment)
	b.send(Delta{Thinking: fragment})
}

// Status tells a person what is going on.
func (b *ReplyBuilder) Status(s string) { b.send(Delta{Status: s}) }

// Loading tells that the model is being loaded first. A Status must follow when it is.
func (b *ReplyBuilder) Loading() { b.send(Delta{Status: "loading the model", Loading: true}) }

// Call takes a whole tool call. An empty id gets one that is unique in the conversation; empty args become {}.
func (b *ReplyBuilder) Call(id, name string, args json.RawMessage) {
	if id == "" {
		id = fmt.Sprintf("call_%d", b.firstCall+len(b.calls)+1)
	}
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	b.calls = append(b.calls, Call{ID: id, Name: name, Args: args})
}

// Stopped says whether a stop string came.
func (b *ReplyBuilder) Stopped() bool { return b.stop.done }

// Empty says whether nothing but thinking came, so far.
func (b *ReplyBuilder) Empty() bool {
	return len(b.calls) == 0 && strings.TrimSpace(b.text.String()+b.stop.held+b.heldText()) == ""
}

func (b *ReplyBuilder) heldText() string {
	if b.split.Open() {
		return ""
	}
	return b.split.held
}

// Reply ends the reply. finish is the server's word; a stop string or a call overrules it.
func (b *ReplyBuilder) Reply(finish Finish) Reply {
	if !b.stop.done {
		b.take(b.split.Close())
		rest := b.stop.held
		b.stop.held = ""
		b.text.WriteString(rest)
		b.send(Delta{Text: rest})
	}
	switch {
	case b.stop.done:
		finish = FinishStop
	case len(b.calls) > 0 && finish != FinishLength:
		finish = FinishTools
	}
	r := Reply{Text: b.text.String(), Thinking: strings.TrimSpace(b.thinking.String()), Calls: b.calls, Finish: finish}
	if r.Thinking != "" {
		r.Text = strings.TrimLeft(r.Text, " \t\r\n")
	}
	return r
}

func (b *ReplyBuilder) take(text, thinking string, took bool) {
	if took {
		// What was shown as text was thinking; the deltas cannot be taken back, the reply is put right.
		b.thinking.WriteString(b.text.String() + b.stop.held)
		b.text.Reset()
		b.stop.held = ""
	}
	b.thinking.WriteString(thinking)
	b.send(Delta{Thinking: thinking})
	b.say(text)
}

func (b *ReplyBuilder) say(text string) {
	out := b.stop.write(text)
	b.text.WriteString(out)
	b.send(Delta{Text: out})
}

func (b *ReplyBuilder) send(d Delta) {
	if b.emit == nil || d == (Delta{}) {
		return
	}
	b.emit(d)
}

// stopCutter ends a text before the first stop string, wherever the borders of its fragments are.
type stopCutter struct {
	stops []string
	held  string // end of the text that may become a stop string
	done  bool
}

func (c *stopCutter) write(s string) string {
	if c.done || s == "" {
		return ""
	}
	s = c.held + s
	c.held = ""
	cut, keep := -1, 0
	for _, stop := range c.stops {
		if i := strings.Index(s, stop); i >= 0 && (cut < 0 || i < cut) {
			cut = i
		}
		keep = max(keep, overlap(s, stop))
	}
	if cut >= 0 {
		c.done = true
		return s[:cut]
	}
	c.held = s[len(s)-keep:]
	return s[:len(s)-keep]
}
