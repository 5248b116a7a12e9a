package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sandglass/backend/sandbox/cpython"
)

// stops is how soon code ends after the user's Stop, the state rolled back included.
func stops(ctx context.Context, t *table, e *cpython.Engine) error {
	for _, c := range []struct{ name, code string }{
		{"stop in the middle of a loop", "while True: pass"},
		{"stop in the middle of a call into C", "sum(range(10**12))"},
		{"stop of sleeping code", "__import__('time').sleep(1000)"},
	} {
		var times []time.Duration
		for range *rounds {
			took, err := stop(ctx, e, c.code)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			times = append(times, took)
		}
		t.row(c.name, show(median(times)), "200 ms", "", "", "")
	}
	return nil
}

func stop(ctx context.Context, e *cpython.Engine, code string) (time.Duration, error) {
	s, err := e.Open(ctx, config, echo{})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	if _, err := do(ctx, s, "kept = bytes(10_000_000)"); err != nil {
		return 0, err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	var begun time.Time
	time.AfterFunc(50*time.Millisecond, func() { begun = time.Now(); cancel() })
	if _, err = s.Run(running, code); !errors.Is(err, context.Canceled) {
		return 0, fmt.Errorf("it ended by itself: %w", err)
	}
	return time.Since(begun), nil
}
