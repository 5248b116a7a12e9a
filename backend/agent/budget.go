package agent

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// What is kept when a context gets full.
const (
	fullAt     = 85   // per cent of the context, less what the reply needs, at which old steps are folded
	keepTurns  = 2    // steps that stay whole; one after the server refused a prompt
	foldedStep = 240  // characters of an old step's observation
	foldedAll  = 6000 // of all folded steps together
	leastReply = 512  // tokens for the reply, when a person wants all steps told
)

// weight counts a request's tokens by part. The estimate is corrected by what the server counted for the prompts before.
func (r *run) weight(req llm.Request) event.Budget {
	var b event.Budget
	for i, msg := range req.Messages {
		switch n := r.memory.tokens(i, msg); i {
		case 0:
			b.System += n
		case 1:
			b.Task += n
		default:
			b.Steps += n
		}
	}
	if plan := Tokens(r.memory.planText); plan > 0 { // it stands in the task or in a step
		b.Plan = plan
		if r.memory.planAt <= 1 {
			b.Task = max(0, b.Task-plan)
		} else {
			b.Steps = max(0, b.Steps-plan)
		}
	}
	for _, t := range req.Tools {
		b.Tools += Tokens(t.Name) + Tokens(t.Description) + Tokens(string(t.Parameters))
	}
	if r.scale > 0 {
		for _, part := range []*int{&b.System, &b.Tools, &b.Task, &b.Plan, &b.Steps} {
			*part = int(float64(*part) * r.scale)
		}
	}
	return b
}

// learn corrects the estimate by the server's count. A count far below it is one of a server that leaves out what it
// had kept from the prompt before.
func (r *run) learn(b event.Budget, counted int) {
	estimated := float64(b.Total())
	if r.scale > 0 {
		estimated /= r.scale
	}
	if ratio := float64(counted) / max(1, estimated); ratio > 0.5 && ratio < 4 {
		r.scale = ratio
	}
}

// overfull says whether a prompt leaves too little room for the reply.
func (r *run) overfull(b event.Budget) bool {
	if b.Limit == 0 {
		return false // unknown: the server says so, see ask
	}
	reply := r.agent.Options.MaxTokens
	if reply == 0 {
		reply = min(1024, b.Limit/4)
	}
	if r.memory.wantsWhole() {
		return b.Total() > b.Limit-min(reply, leastReply)
	}
	return b.Total() > (b.Limit-reply)*fullAt/100
}

// whyFold says for a person why steps are folded before a call.
func (r *run) whyFold(b event.Budget) string {
	if r.memory.wantsWhole() {
		return fmt.Sprintf("all steps whole are about %d tokens, and the context has %d", b.Total(), b.Limit)
	}
	return "the context gets full"
}

// compact folds old steps into a summary and records it. It is false if there is nothing left to fold.
func (r *run) compact(ctx context.Context, span int64, keep int, why string) (bool, error) {
	heard := r.memory.undoneBy()
	if heard > 0 {
		r.memory.unfoldHeard(heard)
	}
	messages, summary := r.memory.foldable(keep)
	if messages == 0 {
		return false, nil
	}
	_, err := r.record(ctx, span, event.ContextCompacted{Messages: messages, Summary: summary, Why: why, Heard: heard})
	return err == nil, err
}

// foldable is how many messages after the task can be folded so that keep turns stay whole, and what they come to. The
// summary is made of the steps' own words: asking the model for one would need the context that is full.
func (m *Memory) foldable(keep int) (messages int, summary string) {
	end := len(m.messages)
	for ; keep > 0 && end > 2; keep-- {
		for end--; end > 2 && m.messages[end].Role != llm.Assistant; end-- {
		}
	}
	if end <= 2 {
		return 0, ""
	}
	var b strings.Builder
	for i := 2; i < end; i++ {
		if slices.Contains(m.unusable, i) || slices.Contains(m.unusable, i-1) {
			continue // a reply that missed the form did nothing
		}
		text := m.inShort(i)
		if text == "" { // a message of the user and nothing else: it is kept whole, see folded
			continue
		}
		if m.messages[i].Role == llm.Assistant {
			fmt.Fprintf(&b, "- %s\n", text)
		} else {
			fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
		}
	}
	return end - 2, strings.TrimRight(b.String(), "\n")
}

// inShort is a message in a few words.
func (m *Memory) inShort(i int) string {
	if a, ok := m.actions[i]; ok {
		if a.Thought != "" {
			return cutMiddle(a.Thought, foldedStep)
		}
		return cutMiddle(a.Code, foldedStep)
	}
	msg := m.messages[i]
	var parts []string
	if text := strings.TrimSpace(strings.TrimPrefix(m.withoutTold(i, msg.Content()), "Observation:")); text != "" {
		parts = append(parts, cutMiddle(text, foldedStep))
	}
	for _, p := range msg.Parts {
		switch p := p.(type) {
		case llm.Call:
			parts = append(parts, cutMiddle(fmt.Sprintf("%s(%s)", p.Name, p.Args), foldedStep))
		case llm.Result:
			parts = append(parts, cutMiddle(p.Name+": "+p.Text, foldedStep))
		}
	}
	return strings.Join(parts, "\n")
}

const foldedHeader = "\n\nWhat you did so far, in short (variables and files are as you left them):\n"

// folded takes the messages out and puts the summary behind the task, after those of before. What the user said in them
// is told whole with the task.
func (m *Memory) folded(b event.ContextCompacted) {
	m.unfoldHeard(b.Heard)
	n := min(b.Messages, len(m.messages)-2)
	m.keepFold(n)
	m.unfolded = false
	if m.summary != "" {
		m.summary += "\n"
	}
	m.summary = cutMiddle(m.summary+b.Summary, foldedAll)
	var images []llm.Part
	for _, msg := range m.messages[1 : 2+n] {
		images = append(images, imagesIn(msg)...)
	}
	rest := append(m.messages[:1:1], llm.Say(llm.User, m.task+m.keepTold(n)+foldedHeader+m.summary))
	actions := map[int]event.CodeStarted{}
	for i, a := range m.actions {
		if i >= 2+n {
			actions[i-n] = a
		}
	}
	unusable := m.unusable[:0:0]
	for _, i := range m.unusable {
		if i >= 2+n {
			unusable = append(unusable, i-n)
		}
	}
	rest[1] = withImages(rest[1], images)
	m.messages, m.actions, m.unusable = append(rest, m.messages[2+n:]...), actions, unusable
	m.planAt = max(1, m.planAt-n)
	m.counted = nil
}

// size is the count of a message that was counted before: a run of a thousand steps counts each once.
type size struct{ bytes, tokens int }

func (m *Memory) tokens(i int, msg llm.Message) int {
	bytes := 0
	for _, p := range msg.Parts {
		bytes += len(partText(p))
	}
	for len(m.counted) <= i {
		m.counted = append(m.counted, size{-1, 0})
	}
	if m.counted[i].bytes != bytes {
		n := 4 // a message's own frame
		for _, p := range msg.Parts {
			n += Tokens(partText(p)) + imageTokens(p)
		}
		m.counted[i] = size{bytes, n}
	}
	return m.counted[i].tokens
}

func partText(p llm.Part) string {
	switch p := p.(type) {
	case llm.Text:
		return p.Text
	case llm.Call:
		return p.Name + string(p.Args)
	case llm.Result:
		return p.Text
	}
	return ""
}
