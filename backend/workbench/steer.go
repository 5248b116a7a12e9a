package workbench

import (
	"strings"
	"sync"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// maxSaid bounds a message to a running agent, in bytes: more would fill the context of most models.
const maxSaid = 32 << 10

// inbox holds what the user said to a run and its agent did not take up yet. All of it is in the log already.
type inbox struct {
	mu     sync.Mutex
	events []event.Event
}

// take empties it (agent.Ports.Said).
func (b *inbox) take() []event.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	events := b.events
	b.events = nil
	return events
}

// Steer tells a running agent something. Faults: Invalid, NotFound (it does not go on here), Conflict (it has just ended).
func (w *Workbench) Steer(id event.RunID, text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return fault.New(fault.Invalid, "The message is empty", "", "Write what the agent shall know.")
	}
	return w.say(id, event.UserSteered{Text: text}, len(text))
}

// EditPlan puts another plan in the place of a running agent's. Faults as of Steer.
func (w *Workbench) EditPlan(id event.RunID, plan string) error {
	plan = strings.TrimSpace(plan)
	return w.say(id, event.PlanEdited{Plan: plan}, len(plan))
}

// UndoCompaction has the model told all steps whole again, from its next call on, as far as they fit into its context.
// Faults: Conflict (nothing was folded), and as of Steer.
func (w *Workbench) UndoCompaction(id event.RunID) error {
	events, err := w.store.Events(w.base, id, 0, 0)
	if err != nil {
		return err
	}
	folded := false
	for _, e := range event.Of(events, 0) {
		switch e.Body.(type) {
		case event.ContextCompacted:
			folded = true
		case event.CompactionUndone:
			folded = false
		}
	}
	if !folded {
		return fault.New(fault.Conflict, "No step is folded", "the model is told all of them whole", "")
	}
	return w.say(id, event.CompactionUndone{}, 0)
}

// say records what the user said and hands it to the agent, in this order: what an agent has read is in the log.
func (w *Workbench) say(id event.RunID, body event.Body, size int) error {
	if size > maxSaid {
		return fault.Newf(fault.Invalid, "The text is longer than %d kB", maxSaid>>10)
	}
	w.mu.Lock()
	l := w.runs[id]
	w.mu.Unlock()
	if l == nil {
		return notHere(id)
	}
	l.inbox.mu.Lock()
	defer l.inbox.mu.Unlock()
	e, err := w.journal.Record(w.base, id, 1, body) // 1: the run as a whole, whatever it is at
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "The run has just ended", "", "Continue it with this message.")
	}
	if err != nil {
		return err
	}
	l.inbox.events = append(l.inbox.events, e)
	return nil
}
