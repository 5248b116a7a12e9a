package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/journal"
)

// memory is a Log that forgets at the end of the test; the real one is tested in backend/store.
type memory struct {
	mu     sync.Mutex
	events map[event.RunID][]event.Event
	fail   error
}

func (m *memory) Append(ctx context.Context, run event.RunID, span int64, b event.Body, at time.Time) (event.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail); err != nil {
		return event.Event{}, err
	}
	e := event.Event{Run: run, Seq: int64(len(m.events[run]) + 1), Span: span, At: at, Body: b}
	if m.events == nil {
		m.events = map[event.RunID][]event.Event{}
	}
	m.events[run] = append(m.events[run], e)
	return e, nil
}

func (m *memory) Events(_ context.Context, run event.RunID, after int64, _ int) ([]event.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]event.Event(nil), m.events[run][after:]...), nil
}

func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678_999_999, time.UTC) }

func TestRecordWritesThenSignals(t *testing.T) {
	log := &memory{}
	j := journal.New(log, clock)
	ch, stop := j.Watch()
	defer stop()
	e, err := j.For("A").Record(t.Context(), 0, event.RunStarted{Task: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if want := clock().Truncate(time.Millisecond); !e.At.Equal(want) || e.Seq != 1 {
		t.Errorf("event %+v, want Seq 1 at %v", e, want)
	}
	if s := <-ch; s != (journal.Signal{Run: "A", Seq: 1}) {
		t.Errorf("signal %+v", s)
	}
}

func TestFailedAppendGivesNoSignal(t *testing.T) {
	log := &memory{fail: fault.New(fault.DiskFull, "The disk is full", "", "")}
	j := journal.New(log, clock)
	ch, stop := j.Watch()
	if _, err := j.Record(t.Context(), "A", 0, event.RunStarted{}); !fault.Is(err, fault.DiskFull) {
		t.Fatalf("err = %v, want the fault of the log", err)
	}
	stop()
	if s, ok := <-ch; ok {
		t.Errorf("signal %+v for an event that was not written", s)
	}
}

func TestEndings(t *testing.T) {
	for _, end := range []event.Body{
		event.RunFinished{Status: event.Finished}, event.RunFailed{}, event.RunStopped{}, event.RunInterrupted{},
	} {
		t.Run(end.Kind(), func(t *testing.T) {
			j := journal.New(&memory{}, clock)
			ctx, cancel := context.WithCancel(t.Context())
			if _, err := j.Record(ctx, "A", 0, event.RunStarted{}); err != nil {
				t.Fatal(err)
			}
			cancel()
			if _, err := j.Record(ctx, "A", 1, event.StepStarted{Number: 1}); !errors.Is(err, context.Canceled) {
				t.Errorf("a step after the cancellation: %v", err)
			}
			if _, err := j.Record(ctx, "A", 1, end); err != nil {
				t.Errorf("the ending after the cancellation: %v", err)
			}
			if _, err := j.Record(t.Context(), "A", 1, event.StepStarted{Number: 2}); !fault.Is(err, fault.Conflict) {
				t.Errorf("an event after the ending: %v, want a conflict", err)
			}
			if _, err := j.Record(t.Context(), "B", 0, event.RunStarted{}); err != nil {
				t.Errorf("another run: %v", err)
			}
		})
	}
}

// Many writers race to end a run: one ending is written, and nothing behind it.
func TestNothingBehindTheEnding(t *testing.T) {
	log := &memory{}
	j := journal.New(log, clock)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			var b event.Body = event.StepStarted{Number: i}
			if i%10 == 5 {
				b = event.RunStopped{}
			}
			_, _ = j.Record(t.Context(), "A", 0, b) // refusals are the point
		})
	}
	wg.Wait()
	events, _ := log.Events(t.Context(), "A", 0, 0)
	for i, e := range events {
		if last := i == len(events)-1; journal.Ends(e.Body) != last {
			t.Fatalf("event %d of %d is %s", i+1, len(events), e.Body.Kind())
		}
	}
}

// A watcher that does not read must not hold up recording, and must learn the last Seq of every run later.
func TestSlowWatcherLosesNoRun(t *testing.T) {
	j := journal.New(&memory{}, clock)
	ch, stop := j.Watch()
	defer stop()
	const runs, each = 20, 200
	var wg sync.WaitGroup
	for r := range runs {
		wg.Go(func() {
			for range each {
				if _, err := j.Record(t.Context(), event.RunID(fmt.Sprint(r)), 0, event.StepStarted{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	last, got := map[event.RunID]int64{}, 0
	for complete := 0; complete < runs; got++ {
		s := <-ch
		if s.Seq <= last[s.Run] {
			t.Fatalf("run %s: signal %d after %d", s.Run, s.Seq, last[s.Run])
		}
		if last[s.Run] = s.Seq; s.Seq == each {
			complete++
		}
	}
	if got > 2*runs {
		t.Errorf("%d signals for %d runs: not coalesced", got, runs)
	}
}

func TestStopClosesTheChannel(t *testing.T) {
	j := journal.New(&memory{}, clock)
	ch, stop := j.Watch()
	stop()
	stop()
	for range ch {
		t.Error("a signal after stop")
	}
	if _, err := j.Record(t.Context(), "A", 0, event.RunStarted{}); err != nil {
		t.Fatal(err)
	}
}
