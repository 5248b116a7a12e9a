package cpython

import (
	"sync"
	"time"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython/internal/linmem"
)

// spares keeps one interpreter from the image started ahead of the next session. Starting one takes 2 to 3 ms, nearly
// all of it in wazero, which evaluates an expression for each of some 10,000 entries of the function table.
type spares struct {
	p *prepared

	mu     sync.Mutex
	g      *guest // the spare one; nil if there is none
	max    int64  // bytes that its memory may grow to
	busy   sync.WaitGroup
	making bool
	closed chan struct{}
}

// spareAfter is how long the next spare one waits: made at once, it would slow down the session that took the last one.
const spareAfter = 20 * time.Millisecond

func newSpares(p *prepared) *spares {
	s := &spares{p: p, closed: make(chan struct{})}
	s.refill(memoryMax(sandbox.Limits{}.WithDefaults(), p.image.Size))
	return s
}

// take gives a guest whose memory may grow to max bytes: the spare one, which has an instance, or a new one, which has
// none yet. Either way the next one is then made in the background.
func (s *spares) take(max int64) *guest {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.g
	if g != nil && s.max == max {
		s.g = nil
	} else {
		g = newGuest(s.p, linmem.NewStore(s.p.memory, int(max)))
	}
	s.refill(max)
	return g
}

// refill makes the spare one unless there is one of this size; the caller holds mu, or is the only one that knows s.
func (s *spares) refill(max int64) {
	if s.making || s.g != nil && s.max == max {
		return
	}
	old := s.g
	s.g, s.making = nil, true
	s.busy.Add(1)
	go func() {
		defer s.busy.Done()
		if old != nil {
			old.drop()
		}
		select {
		case <-time.After(spareAfter):
		case <-s.closed:
			return
		}
		g := newGuest(s.p, linmem.NewStore(s.p.memory, int(max)))
		err := g.start() // if it fails, the session that needs one fails as well, and says why
		s.mu.Lock()
		defer s.mu.Unlock()
		s.making = false
		if err != nil {
			g.drop()
			return
		}
		s.g, s.max = g, max
	}()
}

// close drops the spare one. Nothing is taken any more.
func (s *spares) close() {
	close(s.closed)
	s.busy.Wait()
	if s.g != nil {
		s.g.drop()
	}
}

// drop frees a guest and its memory.
func (g *guest) drop() {
	g.stop()
	g.store.Close()
}
