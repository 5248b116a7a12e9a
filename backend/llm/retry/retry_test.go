package retry_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/retry"
)

// try is what a scripted model does with one call.
type try struct {
	says   string        // streamed before err
	err    error         // nil: says is the reply
	load   time.Duration // loading first takes this long
	silent time.Duration // then nothing comes for this long
}

// scripted is a model that does one try after the other.
type scripted struct {
	mu    sync.Mutex
	tries []try
	calls int
}

func (s *scripted) Generate(ctx context.Context, _ llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	s.mu.Lock()
	t := s.tries[min(s.calls, len(s.tries)-1)]
	s.calls++
	s.mu.Unlock()
	pause := func(d time.Duration) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if t.load > 0 {
		emit(llm.Delta{Status: "loading the model", Loading: true})
		if err := pause(t.load); err != nil {
			return llm.Reply{}, err
		}
		emit(llm.Delta{Status: "loaded"})
	}
	if err := pause(t.silent); err != nil {
		return llm.Reply{}, err
	}
	if t.says != "" {
		emit(llm.Delta{Text: t.says})
	}
	if t.err != nil {
		return llm.Reply{}, t.err
	}
	return llm.Reply{Text: t.says, Finish: llm.FinishStop}, nil
}

var (
	busy     = fault.New(fault.ModelBusy, "It is busy", "the queue is full", "Wait.")
	broke    = fault.Wrap(llm.Passing{Err: errors.New("EOF")}, fault.ModelFailed, "It broke off", "EOF", "Try again.")
	gone     = fault.New(fault.ModelUnreachable, "It does not answer", "refused", "Start it.")
	tooLarge = fault.New(fault.ModelFailed, "It does not fit the memory", "64 GiB", "Choose a smaller one.")
)

func asked(after time.Duration) error {
	return fault.Wrap(llm.Busy{After: after}, fault.ModelBusy, "It is busy", "rate limit", "Wait.")
}

// shown joins what a person would have seen.
type shown struct{ text, status string }

func (s *shown) emit(d llm.Delta) {
	if d.Again {
		s.text = ""
	}
	s.text += d.Text
	if d.Status != "" {
		s.status += d.Status + "\n"
	}
}

func TestRetry(t *testing.T) {
	policy := retry.Policy{Tries: 4, First: time.Second, Longest: time.Minute}
	tests := []struct {
		name        string
		tries       []try
		calls       int
		code        fault.Code // "" for a reply
		least, most time.Duration
		says        string // in the statuses, or in the fault
	}{
		{"at once", []try{{says: "hi"}}, 1, "", 0, 0, ""},
		{"busy twice", []try{{err: busy}, {err: busy}, {says: "hi"}}, 3, "", 2250 * time.Millisecond, 3750 * time.Millisecond, "It is busy: trying again in 1 s (try 2 of 4)"},
		{"broken off while it spoke", []try{{says: "half a", err: broke}, {says: "hi"}}, 2, "", 750 * time.Millisecond, 1250 * time.Millisecond, "It broke off"},
		{"as long as it asks", []try{{err: asked(30 * time.Second)}, {says: "hi"}}, 2, "", 30 * time.Second, 33 * time.Second, "trying again in 29 s"},
		{"it asks for too long", []try{{err: asked(time.Hour)}}, 1, fault.ModelBusy, 0, 0, "rate limit"},
		{"always busy", []try{{err: busy}}, 4, fault.ModelBusy, 5250 * time.Millisecond, 8750 * time.Millisecond, "the queue is full (tried 4 times, waited"},
		{"never there", []try{{err: gone}}, 1, fault.ModelUnreachable, 0, 0, "refused"},
		{"ended, and started again", []try{{says: "half a", err: broke}, {err: gone}, {says: "hi"}}, 3, "", 2250 * time.Millisecond, 3750 * time.Millisecond, "does not answer"},
		{"cannot succeed", []try{{err: tooLarge}}, 1, fault.ModelFailed, 0, 0, "64 GiB"},
		{"wrong key", []try{{err: fault.New(fault.Unauthorized, "No", "key", "Set it.")}}, 1, fault.Unauthorized, 0, 0, "key"},
		{"no such model", []try{{err: fault.New(fault.ModelNotFound, "No", "name", "Pull it.")}}, 1, fault.ModelNotFound, 0, 0, "name"},
		{"too long a prompt", []try{{err: fault.New(fault.ContextOverflow, "No", "tokens", "Shorten.")}}, 1, fault.ContextOverflow, 0, 0, "tokens"},
		{"unsupported", []try{{err: fault.New(fault.ModelUnsupported, "No", "tools", "Another.")}}, 1, fault.ModelUnsupported, 0, 0, "tools"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []retry.Wait
				s, see := &scripted{tries: tt.tries}, &shown{}
				m := retry.Wrap(s, policy, nil, retry.Host{Waiting: func(_ context.Context, w retry.Wait) error {
					told = append(told, w)
					return nil
				}})
				begun := time.Now()
				reply, err := m.Generate(context.Background(), llm.Request{}, see.emit)
				took := time.Since(begun)
				if s.calls != tt.calls || len(told) != tt.calls-1 {
					t.Errorf("%d calls, %d waits told, want %d calls", s.calls, len(told), tt.calls)
				}
				if took < tt.least || took > tt.most { // the clock is synctest's
					t.Errorf("waited %v, want %v to %v", took, tt.least, tt.most)
				}
				for i, w := range told {
					if w.Try != i+2 || w.Fault == nil || w.For <= 0 {
						t.Errorf("wait %d: %+v", i, w)
					}
				}
				if tt.code == "" {
					if err != nil || reply.Text != "hi" || see.text != "hi" || reply.Timing.Waited != took || !strings.Contains(see.status, tt.says) {
						t.Errorf("reply %q, shown %q, waited %v, %v; statuses:\n%s", reply.Text, see.text, reply.Timing.Waited, err, see.status)
					}
				} else if !fault.Is(err, tt.code) || !strings.Contains(err.Error(), tt.says) || fault.Of(err).Do == "" {
					t.Errorf("fault %v, want %s with %q", err, tt.code, tt.says)
				}
			})
		})
	}
}

// TestWaitEnds: a wait ends with the run's Stop, and when somebody does not want to wait.
func TestWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hurry := make(chan struct{})
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		s := &scripted{tries: []try{{err: asked(time.Minute)}, {err: asked(time.Minute)}, {says: "never asked for"}}}
		m := retry.Wrap(s, retry.Default(), nil, retry.Host{Hurry: hurry})
		go func() {
			time.Sleep(2500 * time.Millisecond)
			hurry <- struct{}{}
			time.Sleep(3500 * time.Millisecond)
			stop()
		}()
		begun := time.Now()
		_, err := m.Generate(ctx, llm.Request{}, nil)
		if !errors.Is(err, context.Canceled) || s.calls != 2 || time.Since(begun) != 6*time.Second {
			t.Errorf("%v after %d calls and %v", err, s.calls, time.Since(begun))
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := retry.NewLimit(30)
		see := &shown{}
		var told []retry.Wait
		host := retry.Host{Waiting: func(_ context.Context, w retry.Wait) error {
			told = append(told, w)
			return nil
		}}
		s := &scripted{tries: []try{{says: "hi"}}}
		begun := time.Now()
		for range 4 { // each run has a model of its own; the limit is the server's
			if _, err := retry.Wrap(s, retry.Default(), limit, host).Generate(context.Background(), llm.Request{}, see.emit); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun).Round(time.Millisecond); took != 6*time.Second {
			t.Errorf("4 requests at 30 a minute took %v", took)
		}
		if len(told) != 3 || told[0].PerMinute != 30 || told[0].Try != 1 || told[0].Fault != nil || !strings.Contains(see.status, "waiting 2 s: at most 30 requests a minute") {
			t.Errorf("told %+v; statuses:\n%s", told, see.status)
		}
		ctx, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		if _, err := retry.Wrap(s, retry.Default(), limit, host).Generate(ctx, llm.Request{}, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a wait for the rate outlived its run: %v", err)
		}
		limit.Set(0)
		begun = time.Now()
		if _, err := retry.Wrap(s, retry.Default(), limit, host).Generate(context.Background(), llm.Request{}, nil); err != nil || time.Since(begun) != 0 {
			t.Errorf("no limit: %v after %v", err, time.Since(begun))
		}
	})
}

// TestFirstToken: loading has a limit of its own, and a model that speaks may take its time.
func TestFirstToken(t *testing.T) {
	policy := retry.Policy{Tries: 3, First: time.Second, Longest: time.Minute, FirstToken: 10 * time.Second, Load: time.Minute}
	tests := []struct {
		name string
		do   try
		says string // "" for a reply
	}{
		{"in time", try{says: "hi", silent: 9 * time.Second}, ""},
		{"silent", try{says: "hi", silent: 11 * time.Second}, "did not begin to answer"},
		{"loading does not count", try{says: "hi", load: 50 * time.Second, silent: 9 * time.Second}, ""},
		{"silent after loading", try{says: "hi", load: 50 * time.Second, silent: 11 * time.Second}, "did not begin to answer"},
		{"never loaded", try{says: "hi", load: 2 * time.Minute}, "was not loaded"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{tries: []try{tt.do}}
				_, err := retry.Wrap(s, policy, nil, retry.Host{}).Generate(context.Background(), llm.Request{}, nil)
				if tt.says == "" {
					if err != nil {
						t.Error(err)
					}
				} else if !fault.Is(err, fault.Timeout) || !strings.Contains(err.Error(), tt.says) || s.calls != 1 {
					t.Errorf("%v after %d calls, want %q", err, s.calls, tt.says)
				}
			})
		})
	}
}
