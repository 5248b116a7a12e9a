package retry

import (
	"context"
	"fmt"
	"time"

	"sandglass/backend/llm"
)

// worthTelling is the shortest wait for the rate limit that is kept in the log.
const worthTelling = time.Second

// keepRate waits until the rate allows a request, and gives how long it took.
func (m *patient) keepRate(ctx context.Context, try int, emit func(llm.Delta)) (time.Duration, error) {
	if m.limit == nil {
		return 0, ctx.Err()
	}
	place := m.limit.bucket.Reserve()
	wait := place.Delay()
	if wait <= 0 {
		return 0, ctx.Err()
	}
	n := m.limit.perMinute()
	slept, err := m.wait(ctx, Wait{Try: try, For: wait, PerMinute: n}, emit, func(left time.Duration) string {
		return fmt.Sprintf("waiting %s: at most %d requests a minute", seconds(left), n)
	})
	if err != nil {
		place.Cancel() // others need not wait for a request that is not made
	}
	return slept, err
}

// wait counts down. It ends early with ctx, whose error it gives, or when somebody hurries it.
func (m *patient) wait(ctx context.Context, w Wait, emit func(llm.Delta), say func(left time.Duration) string) (time.Duration, error) {
	if m.host.Waiting != nil && (w.Fault != nil || w.For >= worthTelling) {
		if err := m.host.Waiting(ctx, w); err != nil {
			return 0, err
		}
	}
	begun := time.Now()
	for {
		left := w.For - time.Since(begun)
		if left <= 0 {
			break
		}
		emit(llm.Delta{Status: say(left)})
		// Until the number that is shown changes.
		tick := time.NewTimer((left-1)%time.Second + 1)
		select {
		case <-tick.C:
			continue
		case <-m.host.Hurry:
			w.For = 0
		case <-ctx.Done():
		}
		tick.Stop()
		if ctx.Err() != nil {
			return time.Since(begun), ctx.Err()
		}
	}
	emit(llm.Delta{Status: "asking the model"})
	return time.Since(begun), ctx.Err()
}

// seconds is a duration for a person, rounded up.
func seconds(d time.Duration) string {
	s := int64((d + time.Second - 1) / time.Second)
	if s < 120 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min", (s+59)/60)
}
