package agent

import (
	"maps"
	"slices"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// fold is what the memory was before old steps were folded, as far as it is gone: what comes behind them goes on in the
// memory itself.
type fold struct {
	n        int           // messages that were folded
	messages []llm.Message // up to the last of them
	actions  map[int]event.CodeStarted
	unusable []int
	told     map[int][]string
	summary  string
	planText string
	planAt   int
}

// keepFold notes what is about to be folded, so that a person can undo it.
func (m *Memory) keepFold(n int) {
	f := fold{n: n, messages: m.messages[: 2+n : 2+n], actions: map[int]event.CodeStarted{}, told: map[int][]string{}, summary: m.summary, planText: m.planText, planAt: m.planAt}
	for i, a := range m.actions {
		if i < 2+n {
			f.actions[i] = a
		}
	}
	for _, i := range m.unusable {
		if i < 2+n {
			f.unusable = append(f.unusable, i)
		}
	}
	for i, texts := range m.told {
		if i < 2+n {
			f.told[i] = texts
		}
	}
	m.folds = append(m.folds[:len(m.folds):len(m.folds)], f)
}

// unfold tells all steps whole again. They stay so as long as they fit into the context at all, see overfull.
func (m *Memory) unfold() {
	for len(m.folds) > 0 {
		f := m.folds[len(m.folds)-1]
		m.folds = m.folds[:len(m.folds)-1]
		system := m.messages[0]
		m.messages = append(f.messages[:len(f.messages):len(f.messages)], m.messages[2:]...)
		m.messages[0] = system
		actions := maps.Clone(f.actions)
		for i, a := range m.actions {
			actions[i+f.n] = a
		}
		unusable := slices.Clone(f.unusable)
		for _, i := range m.unusable {
			unusable = append(unusable, i+f.n)
		}
		m.actions, m.unusable = actions, unusable
		told := maps.Clone(f.told)
		for i, texts := range m.told {
			if i >= 2 {
				told[i+f.n] = texts
			}
		}
		m.told = told
		if m.planText == f.planText && m.planAt == max(1, f.planAt-f.n) {
			m.planAt = f.planAt
		} else {
			m.planAt += f.n
		}
		m.summary, m.counted, m.unfolded = f.summary, nil, true
	}
}

// Folded says whether steps of an agent stand folded after its events, and nobody has undone that.
func Folded(events []event.Event) (folded bool) {
	for _, e := range events {
		switch e.Body.(type) {
		case event.ContextCompacted:
			folded = true
		case event.CompactionUndone:
			folded = false
		}
	}
	return folded
}

// undoneBy is the Seq of a CompactionUndone that the model was not told by yet; 0 if none waits.
func (m *Memory) undoneBy() (seq int64) {
	for _, e := range m.waiting {
		if _, undo := e.Body.(event.CompactionUndone); undo {
			seq = e.Seq
		}
	}
	return seq
}

// wantsWhole says that a person wants all steps told.
func (m *Memory) wantsWhole() bool { return m.unfolded || m.undoneBy() > 0 }

// unfoldHeard undoes the folding if a person wants it, before more is folded.
func (m *Memory) unfoldHeard(upTo int64) {
	var rest []event.Event
	for _, e := range m.waiting {
		if _, undo := e.Body.(event.CompactionUndone); undo && e.Seq <= upTo {
			m.unfold()
		} else {
			rest = append(rest, e)
		}
	}
	m.waiting = rest
}
