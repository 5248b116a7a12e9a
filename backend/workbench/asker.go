package workbench

import (
	"context"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// asker puts a run's questions into its log and waits for an answer: from Workbench.Answer (the window), or from
// another asker (the terminal), whichever comes first.
type asker struct {
	desk    *Workbench
	run     event.RunID
	also    Asker
	answers chan string
	turn    chan struct{} // of the run's cards: one question at a time
}

// Ask waits until somebody answers or ctx ends.
func (a *asker) Ask(ctx context.Context, question string) (string, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-a.turn }()
	asked, err := a.desk.journal.Record(ctx, a.run, agent.SpanOf(ctx), event.QuestionAsked{Question: question, Agent: agent.Caller(ctx)})
	if err != nil {
		return "", err
	}
	answer, err := a.wait(ctx, question)
	if err != nil {
		return "", err
	}
	_, err = a.desk.journal.Record(ctx, a.run, asked.Seq, event.QuestionAnswered{Answer: answer})
	return answer, err
}

func (a *asker) wait(ctx context.Context, question string) (string, error) {
	type reply struct {
		text string
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	other := make(chan reply, 1)
	if a.also != nil {
		go func() {
			text, err := a.also.Ask(ctx, question)
			other <- reply{text, err}
		}()
	}
	select {
	case text := <-a.answers:
		return text, nil
	case r := <-other:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Answer answers the question that a run waits with. Faults: NotFound, Conflict (it asks nothing).
func (w *Workbench) Answer(id event.RunID, answer string) error {
	w.mu.Lock()
	l := w.runs[id]
	w.mu.Unlock()
	if l == nil {
		return notHere(id)
	}
	select {
	case l.asker.answers <- answer:
		return nil
	default:
		return fault.New(fault.Conflict, "The run does not wait for an answer", "", "")
	}
}

func notHere(id event.RunID) error {
	return fault.New(fault.NotFound, "The run "+string(id)+" does not go on here", "it has ended, or belongs to another Sandglass (the window, or a command line)", "")
}
