package cpython_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// same is all of an Output that a replay must give again.
func same(o sandbox.Output) sandbox.Output {
	o.Duration, o.Tape = 0, nil
	return o
}

func showAll(o sandbox.Output) string {
	b, err := json.MarshalIndent(same(o), "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// TestReplayIsTheSameToTheByte runs what depends on the world outside, and then all of it again without that world.
func TestReplayIsTheSameToTheByte(t *testing.T) {
	calls := 0
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"count": func(context.Context, json.RawMessage) (any, error) { calls++; return calls, nil },
		"fails": func(context.Context, json.RawMessage) (any, error) { return nil, fmt.Errorf("failure %d", calls) },
		"slow": func(context.Context, json.RawMessage) (any, error) {
			time.Sleep(30 * time.Millisecond)
			return json.RawMessage(`"` + strings.Repeat("long ", 2000) + `"`), nil
		},
	}}
	cfg := sandbox.Config{
		Imports: []string{"*"}, Limits: sandbox.Limits{MemoryBytes: 96 << 20, OutputBytes: 10_000, Step: 400 * time.Millisecond, Grace: 200 * time.Millisecond},
		Tools:  []sandbox.Tool{{Name: "count"}, {Name: "fails"}, {Name: "slow"}},
		Origin: sandbox.Origin{Seed: bytes.Repeat([]byte{7}, 32), Clock: 1_700_000_000_123_456_789},
	}
	steps := []string{
		"import random, time, uuid, secrets, tempfile, os, sys, datetime, asyncio\nrandom.random(), uuid.uuid4(), secrets.token_hex(), os.urandom(5)",
		"t0 = time.time(); p0 = time.perf_counter(); datetime.datetime.now()",
		"[time.time() for _ in range(5)] + [time.monotonic_ns() for _ in range(3)]",
		"n = 0\nwhile time.perf_counter() < p0 + 0.15: n += 1\nn",
		"time.sleep(0.05); time.time() - t0",
		"asyncio.run(asyncio.wait_for(asyncio.sleep(0.02, 'slept'), 1)), time.time_ns()",
		"count(), count(), len(slow()), time.time_ns()", "fails()",
		"open('a', 'w').write('x'); os.stat('a').st_mtime_ns, os.stat('a').st_ino, os.stat('/scratch').st_mtime, tempfile.mkdtemp()",
		"object(), id(n), hash('x'), {'a', 'b', 'c'}, [object() for _ in range(3)]",
		"i = 0\nwhile True: i += 1", // no limit of its own: killed
		"i = 0\ntry:\n    while True: i += 1\nexcept StepTimeout:\n    pass\ni, time.time_ns()",
		"time.sleep(100)",
		"try:\n    time.sleep(100)\nexcept StepTimeout:\n    x = random.random()\nx, time.time()",
		"i = 0\nwhile True:\n    try:\n        while True: i += 1\n    except BaseException: pass",
		"import itertools\nfor i in itertools.count(): print(i, random.random())",
		"for i in range(60_000): print(i, end=' ')",
		"sys.stderr.write(str(random.random()))\nprint(time.time())",
		"a = [random.random()]\nwhile True: a.append(bytes(100_000))",
		"random.random(), os.listdir()", "import os; os._exit(3)", "random.random(), 1/0",
		"final_answer({'r': random.random(), 'count': count()})",
	}
	live := open(t, cfg, h)
	var outs []sandbox.Output
	for i, code := range steps {
		if i%3 == 0 { // what the agent looks at between the steps must not matter
			if _, err := live.Check(context.Background(), "x = "+strings.Repeat("(1, ", 40)+strings.Repeat(")", 40)); err != nil {
				t.Fatal(err)
			}
		}
		outs = append(outs, run(t, live, code))
	}
	again := open(t, cfg, &host{})
	for i, code := range steps {
		out, err := again.Replay(context.Background(), code, outs[i].Tape)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(same(out), same(outs[i])) {
			t.Errorf("step %d %q:\nwas %s\nis %s", i+1, code, showAll(outs[i]), showAll(out))
		}
		if len(outs[i].Tape) > 12_000 {
			t.Errorf("step %d: a tape of %d bytes", i+1, len(outs[i].Tape))
		}
	}
	// Without the origin it must not be the same: else this test proves nothing.
	cfg.Origin = sandbox.Origin{}
	other, err := open(t, cfg, nil).Replay(context.Background(), steps[0], outs[0].Tape)
	if err != nil || reflect.DeepEqual(same(other), same(outs[0])) {
		t.Errorf("another seed, and the same: %s %v", showAll(other), err)
	}
}

// TestReplayNotices that a step goes another way than then.
func TestReplayNotices(t *testing.T) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"ask": func(_ context.Context, args json.RawMessage) (any, error) { return args, nil },
	}}
	cfg := sandbox.Config{Imports: []string{"*"}, Tools: []sandbox.Tool{{Name: "ask", Params: []sandbox.Param{{Name: "q"}}}}}
	s := open(t, cfg, h)
	out := run(t, s, "import time\nask(1), ask('two'), time.time()")
	for _, c := range []struct{ code, want string }{
		{"import time\nask(1), ask('two'), time.time()", ""},
		{"import time\nask(1), ask('three'), time.time()", "called ask with other arguments"},
		{"import time\nask(1), ask('two'), ask('three')", "called ask"},
		{"import time\nask(1)", "ended earlier"},
		{"ask(1), ask('two')", "ended earlier"},
	} {
		got, err := open(t, cfg, nil).Replay(context.Background(), c.code, out.Tape)
		if err != nil || !strings.Contains(got.Diverged, c.want) || (c.want == "") != (got.Diverged == "") {
			t.Errorf("%q: %q, %v; want %q", c.code, got.Diverged, err, c.want)
		}
	}
	if _, err := s.Replay(context.Background(), "1", out.Tape[:len(out.Tape)/2]); !fault.Is(err, fault.StateUnusable) {
		t.Errorf("a damaged tape: %v", err)
	}
	if got := show(run(t, s, "6*7")); got != "42" {
		t.Errorf("after it: %s", got)
	}
}

// TestStoppedReplay: a person's Stop ends a replay, and the state is that before the step.
func TestStoppedReplay(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}, Limits: hasty}, nil)
	out := run(t, s, "while True: pass")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Replay(ctx, "while True: pass", out.Tape); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
