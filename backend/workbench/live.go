package workbench

import (
	"sync"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// Message is what the roofs are told without asking: "run" (Signal), "live" (Live), "job" (Job),
// "status" (nothing: ask again).
type Message struct {
	Name string `json:"name"`
	Data any    `json:"data"`
}

// liveEvery bounds how often fragments go out: 20 times a second looks continuous, and a window that gets thousands
// of events a second freezes (measured: Wails' EventsEmit is fire and forget).
const liveEvery = 50 * time.Millisecond

// hub sends messages to subscribers. Signals of a run are coalesced to the newest, fragments are joined, so a slow
// subscriber gets fewer and larger messages and never holds anybody up.
type hub struct {
	mu   sync.Mutex
	subs map[*subscriber]bool
}

type subscriber struct {
	out  chan Message
	wake chan struct{}
	done chan struct{}

	mu      sync.Mutex
	signals []Signal // newest of each run, oldest run first
	live    []Live   // one for each span
	jobs    []Job    // newest state of each
	status  bool
}

func newHub() *hub { return &hub{subs: map[*subscriber]bool{}} }

// subscribe gives a stream of messages; stop ends it and closes the channel.
func (h *hub) subscribe() (<-chan Message, func()) {
	s := &subscriber{out: make(chan Message), wake: make(chan struct{}, 1), done: make(chan struct{})}
	h.mu.Lock()
	h.subs[s] = true
	h.mu.Unlock()
	go s.pump()
	var once sync.Once
	return s.out, func() {
		once.Do(func() {
			h.mu.Lock()
			delete(h.subs, s)
			h.mu.Unlock()
			close(s.done)
		})
	}
}

func (h *hub) each(f func(s *subscriber)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.mu.Lock()
		f(s)
		s.mu.Unlock()
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

func (h *hub) signal(sig Signal) {
	h.each(func(s *subscriber) {
		for i := range s.signals {
			if s.signals[i].Run == sig.Run {
				s.signals[i].Seq = max(s.signals[i].Seq, sig.Seq)
				return
			}
		}
		s.signals = append(s.signals, sig)
	})
}

func (h *hub) fragment(l Live) {
	h.each(func(s *subscriber) {
		for i := range s.live {
			if o := &s.live[i]; o.Run == l.Run && o.Span == l.Span {
				if l.Again { // what came before is void, sent or not
					*o = l
					return
				}
				o.Text += l.Text
				o.Thinking += l.Thinking
				o.Stdout += l.Stdout
				o.Stderr += l.Stderr
				if l.Status != "" {
					o.Status = l.Status
				}
				return
			}
		}
		s.live = append(s.live, l)
	})
}

func (h *hub) job(j Job) {
	h.each(func(s *subscriber) {
		for i := range s.jobs {
			if s.jobs[i].ID == j.ID {
				s.jobs[i] = j
				return
			}
		}
		s.jobs = append(s.jobs, j)
	})
}

func (h *hub) statusChanged() { h.each(func(s *subscriber) { s.status = true }) }

// pump sends what has gathered, at most every liveEvery. Fragments go before signals: a signal means that the
// recorded event is there, which supersedes the fragments of its span.
func (s *subscriber) pump() {
	defer close(s.out)
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		s.mu.Lock()
		signals, live, jobs, status := s.signals, s.live, s.jobs, s.status
		s.signals, s.live, s.jobs, s.status = nil, nil, nil, false
		s.mu.Unlock()
		var batch []Message
		for _, l := range live {
			batch = append(batch, Message{"live", l})
		}
		for _, g := range signals {
			batch = append(batch, Message{"run", g})
		}
		for _, j := range jobs {
			batch = append(batch, Message{"job", j})
		}
		if status {
			batch = append(batch, Message{"status", nil})
		}
		for _, m := range batch {
			select {
			case s.out <- m:
			case <-s.done:
				return
			}
		}
		select {
		case <-time.After(liveEvery):
		case <-s.done:
			return
		}
	}
}

// watcher hands the fragments of one run to the hub.
type watcher struct {
	hub *hub
	run event.RunID
}

func (w watcher) Streamed(span int64, d llm.Delta) {
	w.hub.fragment(Live{Run: w.run, Span: span, Text: d.Text, Thinking: d.Thinking, Status: d.Status, Again: d.Again})
}

func (w watcher) Printed(span int64, text string, stderr bool) {
	l := Live{Run: w.run, Span: span}
	if stderr {
		l.Stderr = text
	} else {
		l.Stdout = text
	}
	w.hub.fragment(l)
}
