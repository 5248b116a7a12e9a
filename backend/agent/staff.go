package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// Past brings back what a called agent had: in its call before, or in the run that this one goes on from.
type Past interface {
	// Resume opens a session of box with the state after the code of a called agent's events. Faults: those of
	// sandbox.Sandbox.Restore.
	Resume(ctx context.Context, box sandbox.Sandbox, events []event.Event, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error)
	Open(f event.InputFile) (io.ReadSeekCloser, error)
}

// staff is what the members of a run that keep their memory have of it, at all depths.
type staff struct {
	past   []event.Event // of the run that this one goes on from
	unfold bool          // what was folded in it is told whole again

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
	k.unfold = s.unfold && Folded(k.events)
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
	return r.member.who()
}

// kept is what a member keeps between calls: its events, from which its memory and its sandbox follow, and its files.
type kept struct {
	turn   chan struct{} // holds one element while a call is made: the others queue
	memory bool

	mu     sync.Mutex
	since  int64 // Seq of the first AgentStarted, 0 if there was none
	events []event.Event
	files  []File
	steps  int
	unfold bool // with the next call
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
	f := &Fork{Step: k.steps, Events: event.Of(k.events, k.since), Unfold: k.unfold}
	k.unfold = false
	return f
}

// memberPlace is the sandbox of one call: it begins with the state after the call before, and brings the answer.
type memberPlace struct {
	sandbox.Sandbox
	from  *Fork // nil if it begins anew
	ports Ports

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
	if p.from == nil || p.ports.Past == nil {
		return p.Sandbox.Open(ctx, cfg, host)
	}
	var u unsettled
	for _, e := range p.from.Events {
		u.see(e)
	}
	u.into(&cfg)
	s, err := p.ports.Past.Resume(ctx, p.Sandbox, p.from.Events, cfg, host)
	if err != nil {
		return nil, err
	}
	for _, f := range u.received {
		if err := p.put(ctx, s, f); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// put gives a session a file that a member of its agent had handed back.
func (p *memberPlace) put(ctx context.Context, s sandbox.Session, f event.ArtefactSaved) error {
	if p.ports.Blobs == nil {
		return nil
	}
	r, err := p.ports.Blobs.OpenBlob(ctx, f.Blob)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return s.Put(ctx, f.Name, data)
}

// unsettled is what came to a called agent after its last code, and is therefore in no state that is kept.
type unsettled struct {
	vars     []event.InputVar
	files    []event.InputFile
	received []event.ArtefactSaved
}

func (u *unsettled) see(e event.Event) {
	switch b := e.Body.(type) {
	case event.AgentStarted:
		u.vars, u.files = append(u.vars, b.Now.Vars...), append(u.files, b.Now.Files...)
	case event.ArtefactSaved:
		if b.From != "" {
			u.received = append(u.received, b)
		}
	case event.CodeFinished:
		if b.Ran() {
			*u = unsettled{}
		}
	}
}

// into has the variables set, below those of the call that begins.
func (u *unsettled) into(cfg *sandbox.Config) {
	for _, v := range u.vars {
		if _, given := cfg.Vars[v.Name]; !given {
			cfg.Vars[v.Name] = v.JSON
		}
	}
	for _, f := range u.files {
		for i, in := range cfg.Files {
			if in.Name == f.Name && in.Var == "" {
				cfg.Files[i].Var = f.Var
			}
		}
	}
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
