package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// Past brings back what a called agent had, in a run that goes on from another one.
type Past interface {
	// State executes the code of a called agent's events again and gives the state after it. Faults: StateUnusable.
	State(ctx context.Context, events []event.Event) (sandbox.State, error)
	Open(f event.InputFile) (io.ReadSeekCloser, error)
}

// staff is what the members of a run that keep their memory have of it, at all depths.
type staff struct {
	past []event.Event // of the run that this one goes on from

	mu   sync.Mutex
	kept map[staffKey]*kept
}

// staffKey names a member of an agent: by the first AgentStarted of that (0 for the run's own), and the member's name.
type staffKey struct {
	manager int64
	name    string
}

// of finds what a member has; one without a memory begins anew each time.
func (s *staff) of(manager *run, m *Member) *kept {
	if !m.Memory {
		return &kept{turn: make(chan struct{}, 1)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := staffKey{manager.session0(), m.Name}
	k := s.kept[key]
	if k == nil {
		k = s.remembered(key, manager.ports.Past)
		if s.kept == nil {
			s.kept = map[staffKey]*kept{}
		}
		s.kept[key] = k
	}
	return k
}

// remembered is what the log of the past tells of a member.
func (s *staff) remembered(key staffKey, past Past) *kept {
	k := &kept{turn: make(chan struct{}, 1), memory: true}
	var cast event.Cast
	for _, e := range s.past {
		whose, opens := cast.See(e)
		if b, ok := e.Body.(event.AgentStarted); ok && whose == key.manager && b.Name == key.name {
			k.since = opens
		}
	}
	if k.since == 0 {
		return k
	}
	k.events = event.Of(s.past, k.since)
	for _, e := range k.events {
		switch b := e.Body.(type) {
		case event.AgentStarted:
			for _, f := range b.Now.Files {
				k.files = append(k.files, File{InputFile: f, Inherited: true, Open: func() (io.ReadSeekCloser, error) {
					if past == nil {
						return nil, fs.ErrNotExist
					}
					return past.Open(f)
				}})
			}
		case event.StepStarted:
			k.steps = b.Number
		}
	}
	return k
}

// session0 names the agent that a run is done by: see staffKey.
func (r *run) session0() int64 {
	if r.member == nil {
		return 0
	}
	r.member.mu.Lock()
	defer r.member.mu.Unlock()
	if r.member.started.Since != 0 {
		return r.member.started.Since
	}
	return r.member.root
}

// kept is what a member keeps between calls: its events, its files, and the state of its sandbox.
type kept struct {
	turn   chan struct{} // holds one element while a call is made: the others queue
	memory bool

	mu     sync.Mutex
	since  int64 // Seq of the first AgentStarted, 0 if there was none
	events []event.Event
	files  []File
	steps  int
	state  *sandbox.State
}

func (k *kept) begin(ctx context.Context) error {
	select {
	case k.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *kept) end() { <-k.turn }

func (k *kept) began(seq int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.memory && k.since == 0 {
		k.since = seq
	}
}

func (k *kept) saw(e event.Event) {
	if !k.memory {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = append(k.events, e)
	if s, ok := e.Body.(event.StepStarted); ok && s.Number > k.steps {
		k.steps = s.Number
	}
}

// has notes the files of a call: they stay for the next one.
func (k *kept) has(files []File) {
	if !k.memory {
		return
	}
	k.files = slices.Clone(files)
	for i := range k.files {
		k.files[i].Inherited = true
	}
}

// from is what a call goes on from; nil if it begins anew.
func (k *kept) from() *Fork {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since == 0 {
		return nil
	}
	return &Fork{Step: k.steps, Events: event.Of(k.events, k.since)}
}

// memberPlace is the sandbox of one call: it begins with the state that was kept, keeps it at the end, and brings the answer.
type memberPlace struct {
	sandbox.Sandbox
	kept *kept
	past Past

	session sandbox.Session
	final   *event.Value // the last answer that code gave, and how it is handed on
	answer  json.RawMessage
	failed  error
}

// Open implements sandbox.Sandbox.
func (p *memberPlace) Open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	var err error
	if p.session, err = p.open(ctx, cfg, host); err != nil {
		return nil, err
	}
	return &memberSession{p.session, p}, nil
}

func (p *memberPlace) open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	k := p.kept
	if k.from() == nil || len(k.events) == 0 {
		return p.Sandbox.Open(ctx, cfg, host)
	}
	if k.state == nil && p.past != nil { // the run goes on from another one
		st, err := p.past.State(ctx, k.events)
		if err != nil {
			return nil, err
		}
		k.state = &st
	}
	if k.state == nil {
		return p.Sandbox.Open(ctx, cfg, host)
	}
	return p.Sandbox.Restore(ctx, cfg, host, []sandbox.State{*k.state})
}

type memberSession struct {
	sandbox.Session
	place *memberPlace
}

// Run implements sandbox.Session. An answer is taken while it is there: the code of the next step may change it.
func (s *memberSession) Run(ctx context.Context, code string) (sandbox.Output, error) {
	out, err := s.Session.Run(ctx, code)
	if err == nil && out.Final != nil {
		s.place.final = out.Final
		s.place.answer, s.place.failed = s.Session.Answer(ctx)
	}
	return out, err
}

// Close implements sandbox.Session.
func (s *memberSession) Close() error {
	var err error
	if k := s.place.kept; k.memory {
		st, serr := s.Session.Snapshot(context.Background(), true)
		if err = serr; err == nil {
			k.state = &st
		}
	}
	return errors.Join(err, s.Session.Close())
}

// handed is an answer as its manager gets it.
func (p *memberPlace) handed(v *event.Value) json.RawMessage {
	switch {
	case v == nil:
		return json.RawMessage("null")
	case v == p.final && p.failed == nil:
		return p.answer
	case len(v.JSON) > 0:
		return v.JSON
	}
	text, err := json.Marshal(fmt.Sprintf("(%s, which cannot be handed on) %s", v.Type, v.Repr))
	if err != nil { // a string always encodes
		return json.RawMessage("null")
	}
	return text
}
