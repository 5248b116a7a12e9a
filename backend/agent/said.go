package agent

import (
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
	if r.ports.Said != nil {
		for _, e := range r.ports.Said() {
			r.memory.Apply(e)
		}
	}
	return r.memory.unheard()
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
			m.listenTo(b.Text)
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
