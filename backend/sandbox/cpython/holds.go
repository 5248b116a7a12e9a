package cpython

import (
	"context"
	"encoding/json"
	"strings"

	"sandglass/backend/event"
)

// Holds implements sandbox.Session. Whatever the expression does is undone: the state that a step left is what the next
// one finds, and what a replay of the steps alone comes to.
func (s *session) Holds(ctx context.Context, expr string, answer json.RawMessage) (bool, *event.PyError, error) {
	inner, done, err := s.begin(ctx)
	if err != nil {
		return false, nil, err
	}
	defer done()
	ask := map[string]any{"op": "holds", "expr": strings.ToValidUTF8(expr, "\uFFFD")}
	if answer != nil {
		ask["answer"] = string(answer)
	}
	request, err := json.Marshal(ask)
	if err != nil {
		return false, nil, failed(err)
	}
	r := newRun(inner, s.lim, nil)
	s.g.proc.Begin()
	rc, err := s.g.do(r, request)
	if rerr := s.rollback(); rerr != nil {
		return false, nil, rerr
	}
	if inner.Err() != nil {
		return false, nil, s.cancelled(ctx)
	}
	if err != nil || rc != 0 || r.result == nil {
		return false, &event.PyError{Type: "Crash", Message: "the expression could not be evaluated" + crashReason(err)}, nil
	}
	var res struct {
		Holds bool
		Error *event.PyError
	}
	if err := json.Unmarshal(r.result, &res); err != nil {
		return false, nil, failed(err)
	}
	return res.Holds, res.Error, nil
}
