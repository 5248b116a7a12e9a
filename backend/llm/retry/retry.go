// Package retry is patience with models: a decorator that tries again after faults that pass by themselves, keeps to a
// rate of requests, and does not wait for ever for a first word. Everything that it waits for can be seen while it
// waits (Delta.Status counts down), can be cut short, and is told to a host that keeps it.
package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Policy says how patient to be.
type Policy struct {
	Tries      int           // of one request, in all; 1: never again
	First      time.Duration // the wait after the first try; it doubles with each further one
	Longest    time.Duration // no wait is longer; a server that asks for more has given up on us
	FirstToken time.Duration // until the model begins to answer, loading not counted; 0: no limit
	Load       time.Duration // until the model is loaded; 0: no limit
}

// Default waits 1, 2, 4 and 8 seconds: a model process that is started anew needs some of that. A long prompt on a slow
// computer needs minutes before the first word, and so does a large model to load from a disk.
func Default() Policy {
	return Policy{Tries: 5, First: time.Second, Longest: 5 * time.Minute, FirstToken: 15 * time.Minute, Load: 15 * time.Minute}
}

// Wait is one wait before a try.
type Wait struct {
	Try       int           // the try that comes after it, from 1
	For       time.Duration // as planned: it can be cut short
	Fault     *fault.Error  // what went wrong with the try before; nil for the rate limit
	PerMinute int           // the rate limit, if that is the reason
}

// Host is what the decorator tells and by whom it can be hurried. Both may be nil.
type Host struct {
	Waiting func(ctx context.Context, w Wait) error // before a wait of some length; an error ends the request
	Hurry   <-chan struct{}                         // ends the wait that is under way
}

// Limit holds the requests to one server to a rate. It is shared by all models of that server, and may be nil.
type Limit struct{ bucket *rate.Limiter }

// NewLimit makes a limit of requests a minute, evenly spaced: servers that count per minute are as content with that
// as those that count per second. 0 is no limit.
func NewLimit(perMinute int) *Limit {
	l := &Limit{bucket: rate.NewLimiter(rate.Inf, 1)}
	l.Set(perMinute)
	return l
}

// Set changes the rate.
func (l *Limit) Set(perMinute int) {
	if perMinute <= 0 {
		l.bucket.SetLimit(rate.Inf)
	} else {
		l.bucket.SetLimit(rate.Limit(float64(perMinute) / 60))
	}
}

func (l *Limit) perMinute() int { return int(l.bucket.Limit()*60 + 0.5) }

// Wrap makes a patient model of m. It is for one run: a server that does not answer is waited for only if it answered
// in the same run. The limit may be nil.
func Wrap(m llm.Model, p Policy, limit *Limit, h Host) llm.Model {
	return &patient{model: m, policy: p, limit: limit, host: h}
}

type patient struct {
	model  llm.Model
	policy Policy
	limit  *Limit
	host   Host
	worked atomic.Bool // the server has answered before
}

// Generate implements llm.Model. The fault of the last try is given, and says how often it was tried.
func (m *patient) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if emit == nil {
		emit = func(llm.Delta) {}
	}
	var waited time.Duration
	for try := 1; ; try++ {
		slept, err := m.keepRate(ctx, try, emit)
		waited += slept
		if err != nil {
			return llm.Reply{}, err
		}
		reply, spoke, err := m.once(ctx, req, emit)
		if err == nil {
			m.worked.Store(true)
			reply.Timing.Waited = waited
			return reply, nil
		}
		if spoke {
			m.worked.Store(true)
		}
		wait, again := m.again(err, try)
		if !again || ctx.Err() != nil {
			return llm.Reply{}, tired(err, try, waited)
		}
		if spoke {
			emit(llm.Delta{Again: true})
		}
		f := fault.Of(err)
		slept, err = m.wait(ctx, Wait{Try: try + 1, For: wait, Fault: f}, emit, func(left time.Duration) string {
			return fmt.Sprintf("%s: trying again in %s (try %d of %d)", f.What, seconds(left), try+1, m.policy.Tries)
		})
		waited += slept
		if err != nil {
			return llm.Reply{}, err
		}
	}
}

// again decides on another try, and how long to wait for it.
func (m *patient) again(err error, try int) (time.Duration, bool) {
	if try >= m.policy.Tries || !llm.Transient(err) && !(fault.Is(err, fault.ModelUnreachable) && m.worked.Load()) {
		return 0, false
	}
	if asked, ok := llm.RetryAfter(err); ok {
		// A little later than asked: clocks differ, and others were told the same moment.
		return asked + time.Duration(rand.Int64N(int64(asked/10)+1)), asked <= m.policy.Longest
	}
	wait := min(m.policy.First<<min(try-1, 20), m.policy.Longest)
	return wait*3/4 + time.Duration(rand.Int64N(int64(wait/2)+1)), true // half to either side: no two come together
}

// tired says in the fault how much was tried.
func tired(err error, tries int, waited time.Duration) error {
	var f *fault.Error
	if tries == 1 || !errors.As(err, &f) {
		return err
	}
	told := *f
	told.Why = fmt.Sprintf("%s (tried %d times, waited %s)", f.Why, tries, seconds(waited))
	if f.Why == "" {
		told.Why = fmt.Sprintf("tried %d times, waited %s", tries, seconds(waited))
	}
	told.Err = err
	return &told
}

var (
	errSilent = errors.New("no first word in time")
	errSlow   = errors.New("not loaded in time")
)

// once is one try. spoke says that fragments of a reply came.
func (m *patient) once(ctx context.Context, req llm.Request, emit func(llm.Delta)) (reply llm.Reply, spoke bool, err error) {
	watched, end := context.WithCancelCause(ctx)
	defer end(nil)
	w := watch{end: end}
	defer w.stop()
	w.set(m.policy.FirstToken, errSilent)
	reply, err = m.model.Generate(watched, req, func(d llm.Delta) {
		switch {
		case d.Text != "" || d.Thinking != "":
			spoke = true
			w.stop()
		case spoke:
		case d.Loading:
			w.set(m.policy.Load, errSlow)
		default:
			w.set(m.policy.FirstToken, errSilent)
		}
		emit(d)
	})
	if err == nil || ctx.Err() != nil {
		return reply, spoke, err
	}
	switch context.Cause(watched) {
	case errSilent:
		err = fault.Wrap(err, fault.Timeout, "The model did not begin to answer", fmt.Sprintf("the limit for its first word is %v", m.policy.FirstToken),
			"Choose a smaller model or a shorter task, or raise the limit in Settings.")
	case errSlow:
		err = fault.Wrap(err, fault.Timeout, "The model was not loaded in time", fmt.Sprintf("the limit is %v", m.policy.Load),
			"Choose a smaller model, or see in the server's log why it takes so long.")
	}
	return reply, spoke, err
}

// watch ends a request when the time that was set last runs out.
type watch struct {
	end     context.CancelCauseFunc
	timer   *time.Timer
	why     error
	stopped bool
}

// set begins the time anew, unless it runs for the same reason already.
func (w *watch) set(d time.Duration, why error) {
	if w.why == why || w.stopped {
		return
	}
	w.halt()
	if w.why = why; d > 0 {
		w.timer = time.AfterFunc(d, func() { w.end(why) })
	}
}

func (w *watch) halt() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watch) stop() {
	w.stopped = true
	w.halt()
}
