package journal

import (
	"sync"

	"sandglass/backend/event"
)

// Watch gives a channel of signals about all runs, until stop is called; the channel is closed then. A slow reader
// never holds up recording and misses no run: signals of one run that it did not take yet become one, with the
// latest Seq. The events themselves are pulled from the log.
func (j *Journal) Watch() (<-chan Signal, func()) {
	w := &watcher{
		pending: map[event.RunID]int64{},
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
		out:     make(chan Signal),
	}
	j.mu.Lock()
	j.watchers[w] = true
	j.mu.Unlock()
	go w.deliver()
	var once sync.Once
	return w.out, func() {
		once.Do(func() {
			j.mu.Lock()
			delete(j.watchers, w)
			j.mu.Unlock()
			close(w.done)
		})
	}
}

type watcher struct {
	mu      sync.Mutex
	pending map[event.RunID]int64 // latest Seq not delivered yet
	order   []event.RunID         // the keys of pending, longest waiting first: no run starves another

	wake chan struct{} // holds one token when pending has grown
	done chan struct{}
	out  chan Signal
}

func (w *watcher) put(s Signal) {
	w.mu.Lock()
	last, waiting := w.pending[s.Run]
	if !waiting {
		w.order = append(w.order, s.Run)
	}
	w.pending[s.Run] = max(last, s.Seq)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// next looks at the signal that has waited longest, without taking it.
func (w *watcher) next() (Signal, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.order) == 0 {
		return Signal{}, false
	}
	return Signal{w.order[0], w.pending[w.order[0]]}, true
}

// delivered takes the signal away, unless a later one of the same run came meanwhile.
func (w *watcher) delivered(s Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.order = w.order[1:]
	if w.pending[s.Run] > s.Seq {
		w.order = append(w.order, s.Run)
		return
	}
	delete(w.pending, s.Run)
}

func (w *watcher) deliver() {
	defer close(w.out)
	for {
		s, ok := w.next()
		out := w.out
		if !ok {
			out = nil // nothing to send: wait
		}
		select {
		case out <- s:
			w.delivered(s)
		case <-w.wake:
		case <-w.done:
			return
		}
	}
}
