package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Tools are wrapped, not given flags: each wrapper adds one thing. Unwrap gives what is inside, so that As finds the
// optional powers through all layers.

// As finds an optional power (a Scoper, say) of a tool or of what it wraps.
func As[T any](t Tool) (power T, ok bool) {
	for t != nil {
		if power, ok = t.(T); ok {
			return power, true
		}
		u, wraps := t.(interface{ Unwrap() Tool })
		if !wraps {
			break
		}
		t = u.Unwrap()
	}
	return power, false
}

// WithScope gives a tool the power to say what a call would reach.
func WithScope(t Tool, scope func(args json.RawMessage) Scope) Tool { return &scoped{t, scope} }

type scoped struct {
	Tool
	scope func(json.RawMessage) Scope
}

func (s *scoped) Unwrap() Tool                     { return s.Tool }
func (s *scoped) Scope(args json.RawMessage) Scope { return s.scope(args) }

// Timeout makes calls fail after a time. The failure is the tool's, not the run's: the model is told and can go on.
// It does not wait for a tool that ignores its context; such a tool runs on, its result dropped.
func Timeout(t Tool, limit time.Duration) Tool { return &timed{t, limit} }

type timed struct {
	Tool
	limit time.Duration
}

func (t *timed) Unwrap() Tool { return t.Tool }

func (t *timed) Call(ctx context.Context, args json.RawMessage) (json.RawMessage, error) {
	inner, cancel := context.WithTimeout(ctx, t.limit)
	defer cancel()
	type outcome struct {
		result json.RawMessage
		err    error
	}
	done := make(chan outcome, 1) // buffered: a late result must not block its goroutine for ever
	go func() {
		result, err := t.Tool.Call(inner, args)
		done <- outcome{result, err}
	}()
	var o outcome
	select {
	case o = <-done:
		if o.err == nil {
			return o.result, nil
		}
	case <-inner.Done():
		o.err = inner.Err()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if inner.Err() != nil && errors.Is(o.err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("%s() did not finish within %s", t.Spec().Name, t.limit)
	}
	return nil, o.err
}

// Truncate bounds the size of results. A text that is longer than limit characters is cut, and says so at its end;
// any other result that is longer than limit bytes of JSON is an error, because half a list would be taken for all
// of it.
func Truncate(t Tool, limit int) Tool { return &cut{t, limit} }

type cut struct {
	Tool
	limit int
}

func (c *cut) Unwrap() Tool { return c.Tool }

func (c *cut) Call(ctx context.Context, args json.RawMessage) (json.RawMessage, error) {
	result, err := c.Tool.Call(ctx, args)
	if err != nil || len(result) <= c.limit {
		return result, err
	}
	var text string
	if json.Unmarshal(result, &text) != nil {
		return nil, fmt.Errorf("%s() gave a result of %d bytes, and only %d are allowed: ask for less", c.Spec().Name, len(result), c.limit)
	}
	return json.Marshal(CutText(text, c.limit))
}

// CutText cuts a text to its first limit characters and says so at its end.
func CutText(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	r := []rune(text)
	if len(r) <= limit {
		return text
	}
	return fmt.Sprintf("%s\n… [cut: %d of %d characters shown]", string(r[:limit]), limit, len(r))
}
