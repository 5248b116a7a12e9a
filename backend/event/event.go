// Package event holds the facts of a run, in the past tense and append-only. Everything that the app shows or sends
// to a model is a fold over them: the run's row in the history, the transcript in the window, the next prompt.
package event

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// RunID names a run: a ULID, so that ids sort by time.
type RunID string

// Event is one fact. Span is the Seq of the event that opened the span it belongs to (0 for RunStarted itself):
// a model call, a code execution and a tool call belong to their step, a step to its run or sub-agent.
type Event struct {
	Run  RunID
	Seq  int64 // 1, 2, 3 … within the run, without gaps
	Span int64
	At   time.Time // millisecond precision, UTC
	Body Body
}

// Body is what happened. The set is closed: see Bodies.
type Body interface{ Kind() string }

// wire is the JSON form of an Event, the same in SQLite, on the command line (--events) and in TypeScript.
type wire struct {
	Run  RunID           `json:"run"`
	Seq  int64           `json:"seq"`
	Span int64           `json:"span"`
	At   int64           `json:"at"` // milliseconds since 1970
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// MarshalJSON writes {"run","seq","span","at","kind","body"}; at is in milliseconds since 1970.
func (e Event) MarshalJSON() ([]byte, error) {
	if e.Body == nil {
		return nil, fmt.Errorf("event %s/%d has no body", e.Run, e.Seq)
	}
	b, err := json.Marshal(e.Body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Body.Kind(), err)
	}
	return json.Marshal(wire{e.Run, e.Seq, e.Span, e.At.UnixMilli(), e.Body.Kind(), b})
}

// UnmarshalJSON reads what MarshalJSON wrote. A kind that this version does not know becomes Unknown, so that an
// older app can still show a newer run.
func (e *Event) UnmarshalJSON(data []byte) error {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("decode event: %w", err)
	}
	body, err := DecodeBody(w.Kind, w.Body)
	if err != nil {
		return err
	}
	*e = Event{w.Run, w.Seq, w.Span, time.UnixMilli(w.At).UTC(), body}
	return nil
}

// EncodeBody gives the kind and JSON of a body, as the store keeps them.
func EncodeBody(b Body) (kind string, data []byte, err error) {
	if b == nil {
		return "", nil, fmt.Errorf("encode event: no body")
	}
	data, err = json.Marshal(b)
	if err != nil {
		return "", nil, fmt.Errorf("encode %s: %w", b.Kind(), err)
	}
	return b.Kind(), data, nil
}

// DecodeBody is the inverse of EncodeBody.
func DecodeBody(kind string, data []byte) (Body, error) {
	t, ok := byKind[kind]
	if !ok {
		return Unknown{Name: kind, Data: append(json.RawMessage(nil), data...)}, nil
	}
	p := reflect.New(t)
	if len(data) > 0 {
		if err := json.Unmarshal(data, p.Interface()); err != nil {
			return nil, fmt.Errorf("decode %s: %w", kind, err)
		}
	}
	return p.Elem().Interface().(Body), nil
}

var byKind = func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, b := range Bodies() {
		m[b.Kind()] = reflect.TypeOf(b)
	}
	return m
}()

// Unknown is an event of a newer version of the app.
type Unknown struct {
	Name string
	Data json.RawMessage
}

// Kind is the name that the newer version gave it.
func (u Unknown) Kind() string { return u.Name }

// MarshalJSON gives back exactly what was read.
func (u Unknown) MarshalJSON() ([]byte, error) {
	if len(u.Data) == 0 {
		return []byte("{}"), nil
	}
	return u.Data, nil
}
