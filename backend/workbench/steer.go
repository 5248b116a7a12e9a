package workbench

import (
	"slices"
	"strings"
	"sync"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// maxSaid bounds a message to a running agent, in bytes: more would fill the context of most models.
const maxSaid = 32 << 10

// inbox holds what the user said to the agents of a run and they did not take up yet. All of it is in the log already.
type inbox struct {
	mu     sync.Mutex
	events map[int64][]event.Event // by the Seq of the AgentStarted; 0 for the run's own agent
	closed map[int64]bool
}

// Hear implements agent.Ear.
func (b *inbox) Hear(call int64) []event.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.take(call)
}

func (b *inbox) take(call int64) []event.Event {
	events := b.events[call]
	delete(b.events, call)
	return events
}

// Close implements agent.Ear.
func (b *inbox) Close(call int64) []event.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed == nil {
		b.closed = map[int64]bool{}
	}
	b.closed[call] = true
	return b.take(call)
}

// Steer tells a running agent something: the run's own (0), or one that works for it, by the Seq of its AgentStarted. Faults:
// Invalid, NotFound (the run does not go on here, there is no such agent), Conflict (it has just ended).
func (w *Workbench) Steer(id event.RunID, call int64, text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return fault.New(fault.Invalid, "The message is empty", "", "Write what the agent shall know.")
	}
	events, err := w.callOf(id, call)
	if err != nil {
		return err
	}
	for _, e := range events { // of a run that goes on from another one: it is not known here as closed
		if _, ended := e.Body.(event.AgentFinished); ended && e.Span == call {
			return agentEnded()
		}
	}
	return w.say(id, call, event.UserSteered{Text: text}, len(text))
}

// Worker is a called agent that works.
type Worker struct {
	Call    int64  // Seq of its AgentStarted
	Manager int64  // that of the agent that called it; 0 for the run's own
	Name    string // as it was called
}

// AtWork lists the called agents of a run that work now, in the order of their calls.
func (w *Workbench) AtWork(id event.RunID) (out []Worker, err error) {
	events, err := w.store.Events(w.base, id, 0, 0)
	inside := map[int64]int64{} // the call that a span lies in
	for _, e := range events {
		in := inside[e.Span]
		switch b := e.Body.(type) {
		case event.AgentStarted:
			out = append(out, Worker{Call: e.Seq, Manager: in, Name: b.Name})
			in = e.Seq
		case event.AgentFinished:
			out = slices.DeleteFunc(out, func(o Worker) bool { return o.Call == e.Span })
		}
		if in != 0 {
			inside[e.Seq] = in
		}
	}
	return out, err
}

// callOf gives the events of an agent of a run: see Steer. Faults: NotFound.
func (w *Workbench) callOf(id event.RunID, call int64) ([]event.Event, error) {
	events, err := w.store.Events(w.base, id, 0, 0)
	if err != nil || call == 0 {
		return event.Of(events, 0), err
	}
	var cast event.Cast
	for _, e := range events {
		if _, opens := cast.See(e); opens != 0 && e.Seq == call {
			return event.Of(events, opens), nil
		}
	}
	return nil, fault.New(fault.NotFound, "The run called no such agent", "", "")
}

// EditPlan puts another plan in the place of a running agent's. Faults as of Steer.
func (w *Workbench) EditPlan(id event.RunID, plan string) error {
	plan = strings.TrimSpace(plan)
	return w.say(id, 0, event.PlanEdited{Plan: plan}, len(plan))
}

// UndoCompaction has the model of a running agent told all steps whole again, from its next call on, as far as they fit into
// its context. Faults: Conflict (nothing was folded), and as of Steer.
func (w *Workbench) UndoCompaction(id event.RunID, call int64) error {
	events, err := w.callOf(id, call)
	if err != nil {
		return err
	}
	if !agent.Folded(events) {
		return fault.New(fault.Conflict, "No step is folded", "the model is told all of them whole", "")
	}
	return w.say(id, call, event.CompactionUndone{}, 0)
}

// say records what the user said and hands it to the agent, in this order: what an agent has read is in the log.
func (w *Workbench) say(id event.RunID, call int64, body event.Body, size int) error {
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
	if l.inbox.closed[call] {
		return agentEnded()
	}
	e, err := w.journal.Record(w.base, id, max(1, call), body) // 1: the run as a whole, whatever it is at
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "The run has just ended", "", "Continue it with this message.")
	}
	if err != nil {
		return err
	}
	if l.inbox.events == nil {
		l.inbox.events = map[int64][]event.Event{}
	}
	l.inbox.events[call] = append(l.inbox.events[call], e)
	return nil
}

func agentEnded() error {
	return fault.New(fault.Conflict, "This agent has ended its work", "", "Tell the run's own agent.")
}
