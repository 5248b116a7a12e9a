package workbench

import (
	"context"
	"errors"
	"sync"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/permit"
)

// TestCardsQueue: several calls need something at once. Their cards come one after the other, and what one of them
// decided is not asked by the next.
func TestCardsQueue(t *testing.T) {
	w, err := Open(Config{Version: "test", Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	const run = event.RunID("01J00000000000000000000000")
	if _, err := w.journal.Record(t.Context(), run, 0, event.RunStarted{Task: "x"}); err != nil {
		t.Fatal(err)
	}
	g := w.newGate(run, "", &Spec{})
	signals, stop := w.journal.Watch()
	defer stop()

	hosts := []string{"a.example", "b.example", "a.example", "c.example", "b.example", "a.example"}
	var calls sync.WaitGroup
	for _, h := range hosts {
		calls.Go(func() {
			d, err := g.Ask(t.Context(), permit.Request{Scope: event.Scope{Kind: event.ScopeHost, Value: h}})
			if err != nil || d.Allow != (h != "c.example") {
				t.Errorf("%s: %+v, %v", h, d, err)
			}
		})
	}
	for decided := 0; decided < 3; {
		<-signals
		events, err := w.store.Events(t.Context(), run, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		waiting := 0
		for _, e := range events {
			switch e.Body.(type) {
			case event.PermissionAsked:
				waiting++
			case event.PermissionDecided:
				waiting--
			}
		}
		if waiting > 1 {
			t.Fatalf("%d cards at once", waiting)
		}
		last := events[len(events)-1]
		if b, ok := last.Body.(event.PermissionAsked); ok && g.answer(last.Seq, permit.Decision{
			Allow: b.Scope.Value != "c.example", For: event.ThisRun, By: event.ByUser,
		}) {
			decided++
		}
	}
	calls.Wait()

	// Stop frees those who wait for their turn, too.
	ctx, cancel := context.WithCancel(t.Context())
	for _, h := range []string{"d.example", "e.example"} {
		calls.Go(func() {
			if _, err := g.Ask(ctx, permit.Request{Scope: event.Scope{Kind: event.ScopeHost, Value: h}}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", h, err)
			}
		})
	}
	<-signals
	cancel()
	calls.Wait()
}
