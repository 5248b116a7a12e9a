package agent

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// spoken is what the user said while the agent ran. It is recorded when it is said, by whoever the user says it to, and
// told with the next call: the ModelStarted says up to where, so the prompt does not depend on which came first.
type spoken struct {
	waiting    []event.Event    // not told yet
	told       map[int][]string // by the index of the message that holds it: it must survive when that is folded
	planEdited bool             // the plan is the user's
	step       int              // the last that began
	editedFor  int              // the step after that in which the user edited the plan last; 0 if in none
}

func (s spoken) clone() spoken {
	s.waiting, s.told = slices.Clone(s.waiting), maps.Clone(s.told)
	return s
}

// listen takes up what the user has said meanwhile and gives the Seq of the last of it that the model was not told yet.
func (r *run) listen() int64 {
	if r.ports.Ear != nil {
		call := int64(0)
		if r.member != nil {
			call = r.member.call()
		}
		for _, e := range r.ports.Ear.Hear(call) {
			r.memory.Apply(e)
			if r.member != nil {
				r.member.kept.saw(e)
			}
		}
	}
	return r.memory.unheard()
}

// passOn tells a manager what the user said to a called agent that ended before it read it. One that remembers reads it
// as well, when it is called again.
func (r *run) passOn(ctx context.Context, log *memberLog) error {
	call := log.call()
	if r.ports.Ear == nil || call == 0 {
		return nil
	}
	for _, e := range r.ports.Ear.Close(call) {
		log.kept.saw(e)
		said, ok := e.Body.(event.UserSteered)
		if !ok || ctx.Err() != nil {
			continue
		}
		if _, err := r.record(ctx, r.root, event.UserSteered{Text: said.Text, For: log.started.Name}); err != nil {
			return err
		}
	}
	return nil
}

// saidText is a message as the model is told it.
func saidText(b event.UserSteered) string {
	if b.For == "" {
		return b.Text
	}
	return fmt.Sprintf("(to %s, which ended before it could read it) %s", b.For, b.Text)
}

// wait puts what was said among what waits to be told, in the order of the log: what a called agent did not read is taken
// up before what was said to its manager meanwhile.
func (s *spoken) wait(e event.Event) {
	i := len(s.waiting)
	for i > 0 && s.waiting[i-1].Seq > e.Seq {
		i--
	}
	s.waiting = slices.Insert(s.waiting, i, e)
}

// unheard is the Seq of the last thing that waits to be told; 0 if nothing does.
func (m *Memory) unheard() int64 {
	if n := len(m.waiting); n > 0 {
		return m.waiting[n-1].Seq
	}
	return 0
}

// hear tells what waits, up to a Seq.
func (m *Memory) hear(upTo int64) {
	for len(m.waiting) > 0 && m.waiting[0].Seq <= upTo {
		e := m.waiting[0]
		m.waiting = m.waiting[1:]
		switch b := e.Body.(type) {
		case event.UserSteered:
			m.listenTo(saidText(b))
		case event.CompactionUndone:
			m.unfold()
		case event.PlanEdited:
			m.planText, m.planAt, m.planEdited = strings.TrimSpace(b.Plan), len(m.messages)-1, true
		}
	}
}

const saidHeader = "New message from the user:\n"

// listenTo adds a message of the user: to the last one if that is the user's too, behind results of calls as its own.
func (m *Memory) listenTo(text string) {
	if last := m.messages[len(m.messages)-1].Role; last == llm.User {
		m.more("\n" + saidHeader + text)
	} else {
		m.say(llm.User, saidHeader+text)
	}
	m.noteTold(len(m.messages)-1, text)
}

func (s *spoken) noteTold(i int, texts ...string) {
	if s.told == nil {
		s.told = map[int][]string{}
	}
	s.told[i] = append(slices.Clone(s.told[i]), texts...) // a prompt's clone of the memory shares the list
}

// keepTold gives what the user said in the task's message and the n messages behind it, which are about to be folded.
func (s *spoken) keepTold(n int) string {
	told := s.told
	s.told = nil
	var b strings.Builder
	for _, i := range slices.Sorted(maps.Keys(told)) {
		if i >= 2+n {
			s.noteTold(i-n, told[i]...)
			continue
		}
		s.noteTold(1, told[i]...)
		for _, text := range told[i] {
			b.WriteString("\n\n" + saidHeader + text)
		}
	}
	return b.String()
}

// withoutTold is a message without what the user said in it.
func (m *Memory) withoutTold(i int, content string) string {
	for _, text := range m.told[i] {
		content = strings.Replace(content, saidHeader+text, "", 1)
	}
	return content
}
