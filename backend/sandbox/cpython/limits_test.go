package cpython_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// tight bounds everything but time: tests may run beside other things. hasty bounds time as well.
var (
	tight = sandbox.Limits{MemoryBytes: 96 << 20, OutputBytes: 10_000, ScratchBytes: 1 << 20, ScratchFiles: 50}
	hasty = sandbox.Limits{
		MemoryBytes: 96 << 20, OutputBytes: 10_000, ScratchBytes: 1 << 20, ScratchFiles: 50, Step: 200 * time.Millisecond, Grace: 100 * time.Millisecond,
	}
)

// TestLimits runs what careless and hostile code does. After a kill, variables and files are as they were.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name, code string
		killed     string
		line       int    // of the error; -1 for any
		want       string // begin of the value or error if it is not killed
	}{
		{"loop", "x = 2\nwhile True: pass", "time", 2, ""},
		{"for", "for i in iter(int, 1): pass", "time", 1, ""},
		{"deaf loop", "while True:\n    try:\n        while True: pass\n    except BaseException: pass", "time", -1, ""},
		{"C loop", "x = 2\nsum(range(10**12))", "time", 2, ""},
		{"C loop in a function", "def f():\n    return list(filter(None, iter(int, 1)))\nf()", "time", 2, ""},
		{"deque", "import itertools, collections\ncollections.deque(itertools.count(), maxlen=0)", "time", 2, ""},
		{"regex", "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')", "time", 2, ""},
		{"big integer", "9**9**9", "time", 1, ""},
		{"big integer's text", "import sys\nsys.set_int_max_str_digits(0)\nlen(str(3**3_000_000))", "time", 3, ""},
		{"sort", "sorted(iter(int, 1))", "?", -1, ""}, // time or memory
		{"sleep", "import time\ntime.sleep(100)", "time", 2, ""},
		{"select", "import select\nselect.select([], [], [], 100)", "time", 2, ""},
		{"asyncio", "import asyncio\nasyncio.run(asyncio.sleep(50))", "time", 2, ""},
		{"generator", "def g():\n    while True: yield\nfor _ in g(): pass", "time", -1, ""},
		{"finally", "try:\n    while True: pass\nfinally:\n    x = 3", "time", 2, ""},

		{"too long", "len('x' * 10**10)", "memory", 1, ""},
		{"too many", "x = [0] * 10**9", "memory", 1, ""},
		{"too long for an index", "'abc'[10**10]", "", 1, "IndexError"},
		{"one block", "x = 2\nb = bytearray(2**28)", "memory", 2, ""},
		{"a billion letters", "len('x' * 10**9)", "memory", 1, ""},
		{"small integers", "a = []\nwhile True: a.append(len(a))", "memory", 2, ""},
		{"small strings", "d = {}\nwhile True: d[len(d)] = str(len(d)) * 20", "memory", -1, ""},
		{"many strings", "a = []\nwhile True: a.append('x' * 100_000)", "memory", 2, ""},
		{"a dict", "d = {}\ni = 0\nwhile True:\n    d[i] = bytes(50_000)\n    i += 1", "memory", 4, ""},
		{"caught", "a = []\ntry:\n    while True: a.append(bytes(100_000))\nexcept MemoryError:\n    del a\n'went on'", "", 0, "'went on'"},

		{"flood", "x = 2\nwhile True: print('x' * 1000)", "output", 2, ""},
		{"raw flood", "import os\nwhile True: os.write(1, b'y' * 1000)", "output", 2, ""},
		{"one flood", "print('z' * 5_000_000)", "output", 1, ""},
		{"stderr flood", "import sys\nwhile True: print('x' * 1000, file=sys.stderr)", "output", 2, ""},

		{"recursion", "def f(n): return f(n+1)\nf(0)", "", 1, "RecursionError"},
		{"getattr recursion", "import sys\nsys.setrecursionlimit(10**6)\nclass A:\n    def __getattr__(s, n): return getattr(s, n + 'x')\nA().y", "?", -1, ""},
		{"sort recursion", "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return sorted([n], key=f)\nf(0)", "?", -1, ""},
		{"deep recursion", "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return f(n+1)\nf(0)", "?", -1, ""},
		{"JSON nesting", "import json\njson.loads('[' * 100_000)", "", 2, "RecursionError"},
		{"repr nesting", "a = []\nfor i in range(30_000): a = [a]\nrepr(a)", "", 3, "RecursionError"},
		{"free nesting", "a = []\nfor i in range(30_000): a = [a]\ndel a\n'freed'", "", 0, "'freed'"},
		{"parser", "eval('(' * 150 + ')' * 150)", "", 1, "MemoryError: Parser stack overflowed"},
		{"compiler", "eval('+'.join(['1'] * 20_000))", "", 1, "RecursionError"},
		{"pickle", "import pickle\na = []\nfor i in range(5000): a = [a]\nlen(pickle.dumps(a))", "", 4, "RecursionError"},

		{"minus signs", "eval('-' * 5000 + '1')", "", 1, "MemoryError: Parser stack overflowed"},
		{"regex nesting", "import re\nre.compile('(' * 2000 + ')' * 2000)", "", 2, "RecursionError"},
		{"deepcopy", "import copy\na = []\nfor i in range(5000): a = [a]\ncopy.deepcopy(a)", "", 4, "RecursionError"},
		{"free a list of objects", "class L: pass\nq = None\nfor i in range(50_000):\n    n = L(); n.next = q; q = n\ndel q, n\n'freed'", "", 0, "'freed'"},
		{"caught recursion", "def f(): f()\ntry: f()\nexcept RecursionError as e: r = str(e)\nr", "", 0, "'maximum recursion depth exceeded'"},

		{"scratch bytes", "open('big', 'wb').write(bytes(2 << 20))", "", 1, "OSError: [Errno 51] No space left on device (files in /scratch and /tmp may hold 1 MiB in 50 files)"},
		{"scratch bytes in pieces", "f = open('big', 'wb')\nwhile True: f.write(bytes(5000))", "", 2, "OSError: [Errno 51]"},
		{"scratch bytes in /tmp", "import tempfile\ntempfile.TemporaryFile().write(bytes(2 << 20))", "", 2, "OSError: [Errno 51]"},
		{"scratch files", "for i in range(60): open(str(i), 'w').close()", "", 1, "OSError: [Errno 51]"},
		{"room again", "import os\nfor i in range(200):\n    open('t', 'wb').write(bytes(500_000)); os.remove('t')\n'room'", "", 0, "'room'"},

		{"exit", "import sys\nsys.exit(3)", "", 2, "SystemExit: the step ended itself with exit(3)"},
		{"SystemExit", "raise SystemExit('bye')", "", 1, "SystemExit: the step ended itself with exit('bye')"},
		{"exit()", "exit()", "", 1, "SystemExit: the step ended itself with exit()"},
		{"_exit", "import os\nos._exit(7)", "exit", 2, ""},
		{"abort", "import os\nos.abort()", "crash", 2, ""},
		{"segfault", "import faulthandler\nfaulthandler._sigsegv()", "crash", 2, ""},
		{"driver destroyed", "import gc\nfor o in gc.get_objects():\n    if type(o) is dict:\n        try: o.clear()\n        except Exception: pass\nimport sys\nsys._getframe(3).f_globals.clear()", "?", -1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lim := tight
			if c.killed == "time" || c.killed == "?" {
				lim = hasty
			}
			lim.MemoryBytes = 48 << 20
			s := open(t, sandbox.Config{Imports: []string{"*"}, Limits: lim}, nil)
			run(t, s, "x = 1\nopen('kept', 'w').write('kept')\nheld = open('held', 'w+')\nheld.write('h'); held.flush()")
			line := c.line
			if line > 0 {
				line++ // because of the line before
			}
			// What is written before the fatal line must be gone as well.
			out := run(t, s, "open('kept', 'w').write('changed'); open('new', 'w').write('n'); held.write('more'); held.close()\n"+c.code)
			if c.killed != "?" && out.Killed != c.killed {
				t.Fatalf("%s (%+v), want killed %q", show(out), out.Error, c.killed)
			}
			if c.killed == "" && !strings.HasPrefix(show(out), c.want) {
				t.Errorf("%s, want %s", show(out), c.want)
			}
			if out.Killed != "" {
				if out.Error == nil || out.Error.Message == "" || out.Error.Type == "" || out.Value != nil || out.Written != nil {
					t.Errorf("a kill must be explained: %+v", out)
				}
				if out.Error != nil && c.line >= 0 && out.Error.Line != line {
					t.Errorf("line %d, want %d\n%s", out.Error.Line, line, out.Error.Traceback)
				}
				const before = "(1, 'kept', ['held', 'kept'], 'h', False)"
				if got := show(run(t, s, "import os\nx, open('kept').read(), sorted(os.listdir()), open('held').read(), held.closed")); got != before {
					t.Errorf("state after the kill: %s, want %s", got, before)
				}
				if got := show(run(t, s, "held.write('!'); held.close(); open('held').read()")); got != "'h!'" {
					t.Errorf("the open file: %s", got)
				}
			}
			if got := show(run(t, s, "6*7")); got != "42" {
				t.Errorf("dead: %s", got)
			}
		})
	}
}

// TestKillsDoNotWearOut: memory that a killed step grew is free again, however often.
func TestKillsDoNotWearOut(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}, Limits: tight}, nil)
	for i := range 20 {
		code := []string{"a = []\nwhile True: a.append(bytes(1 << 20))", "import os\nos._exit(1)", "while True: print('x' * 9000)"}[i%3]
		if out := run(t, s, code); out.Killed == "" {
			t.Fatalf("%q was not killed: %s", code, show(out))
		}
		if got := show(run(t, s, "n = globals().get('n', 0) + 1; big = bytes(20 << 20); n")); got != fmt.Sprint(i+1) {
			t.Fatalf("round %d: %s", i, got)
		}
	}
}

// TestStateAfterManyKills compares a session that is killed all the time with one that never is.
func TestStateAfterManyKills(t *testing.T) {
	steps := []string{
		"import random, re, json, collections, decimal, sqlite3; random.seed(5); v = {}",
		"v['a'] = [i * 3 for i in range(20_000)]", "v['b'] = {str(i): [i] for i in range(3000)}", "v['c'] = re.sub(r'(\\d)', r'<\\1>', '12345' * 500)",
		"del v['a'][::2]", "db = sqlite3.connect(':memory:'); db.execute('create table t(a)'); db.executemany('insert into t values (?)', [(i,) for i in range(500)])",
		"v['d'] = db.execute('select sum(a) from t').fetchone()", "g = (i * i for i in range(1000)); v['e'] = [next(g) for _ in range(10)]",
		"v['f'] = bytearray(3_000_000); v['f'][::1000] = b'x' * 3000", "1/0", "v['e'].append(next(g)); v['g'] = random.random()",
		"open('log', 'a').write(str(len(v)))", "v['f'][5] = 9; v['h'] = str(decimal.Decimal(1) / 7)", "v['i'] = open('log').read()",
	}
	const probe = "import hashlib\nhashlib.sha256(repr(sorted(v.items())).encode()).hexdigest()"
	kills := []string{"v.clear(); __import__('os')._exit(1)", "v['f'] = bytes(3_000_000)\nwhile True: print('x' * 9000)", "v['a'] = [0] * 10**9"}
	calm := open(t, sandbox.Config{Imports: []string{"*"}, Limits: tight}, nil)
	shaken := open(t, sandbox.Config{Imports: []string{"*"}, Limits: tight}, nil)
	for i, code := range steps {
		a, b := show(run(t, calm, code)), show(run(t, shaken, code))
		if a != b {
			t.Fatalf("step %d: %s and %s", i, a, b)
		}
		if out := run(t, shaken, kills[i%len(kills)]); out.Killed == "" {
			t.Fatalf("not killed: %s", show(out))
		}
		if a, b := show(run(t, calm, probe)), show(run(t, shaken, probe)); a != b || !strings.HasPrefix(a, "'") {
			t.Fatalf("after step %d: %s and %s", i, a, b)
		}
	}
}

func TestSwallowedTimeoutIsNoKill(t *testing.T) {
	s := open(t, sandbox.Config{Limits: hasty}, nil)
	if got := show(run(t, s, "try:\n    while True: pass\nexcept StepTimeout:\n    y = 'tidied up'\ny")); got != "'tidied up'" {
		t.Errorf("got %s", got)
	}
	if got := show(run(t, s, "try:\n    while True: pass\nexcept Exception:\n    y = 'swallowed'")); got != "killed time" {
		t.Errorf("got %s", got)
	}
	if got := show(run(t, s, "class Slow:\n    def __repr__(self):\n        while True: pass\nSlow()")); got != "<Slow: its repr failed with StepTimeout>" {
		t.Errorf("got %s", got)
	}
}

func TestKillKeepsOutputAndFinalAnswer(t *testing.T) {
	s := open(t, sandbox.Config{Limits: hasty}, nil)
	out := run(t, s, "print('before')\ntry:\n    final_answer(5)\nexcept:\n    pass\nwhile True:\n    try:\n        while True: pass\n    except: pass")
	if out.Killed != "time" || out.Stdout != "before\n" || out.Final == nil || out.Final.Repr != "5" {
		t.Errorf("%+v", out)
	}
}

// TestGarbageCollectorIsNotDelayed: Go can stop the world while Python loops. Without fuel, runtime.GC would wait for
// the end of the step.
func TestGarbageCollectorIsNotDelayed(t *testing.T) {
	for _, code := range []string{"while True: pass", "sum(range(10**12))", "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')", "9**9**9"} {
		s := open(t, sandbox.Config{Limits: sandbox.Limits{Step: time.Minute}}, nil)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if _, err := s.Run(ctx, code); !errors.Is(err, context.Canceled) {
				t.Errorf("%q: %v", code, err)
			}
		}()
		time.Sleep(20 * time.Millisecond)
		for range 5 {
			runtime.GC()
		}
		select {
		case <-ended:
			t.Errorf("%q: the loop ended before the collections did", code)
		default:
		}
		cancel()
		<-ended
	}
}

func TestCancel(t *testing.T) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"wait": func(ctx context.Context, _ json.RawMessage) (any, error) { <-ctx.Done(); return nil, ctx.Err() },
	}}
	s := open(t, sandbox.Config{Imports: []string{"*"}, Tools: []sandbox.Tool{{Name: "wait"}}}, h)
	run(t, s, "x = 1")
	for _, code := range []string{
		"while True: pass", "sum(range(10**12))", "import time\ntime.sleep(100)", "while True:\n    try: wait()\n    except BaseException: pass",
		"x = 5\nopen('f', 'w').write('x')\nwhile True: print('x', end='')",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var cancelled time.Time
		time.AfterFunc(100*time.Millisecond, func() { cancelled = time.Now(); cancel() })
		out, err := s.Run(ctx, code)
		t.Logf("%q stopped after %v", code, time.Since(cancelled)) // none of them would end by itself; `make bench` measures how soon
		if !errors.Is(err, context.Canceled) || !fault.Is(err, fault.Stopped) || out.Killed != "" {
			t.Errorf("%q: %v %+v", code, err, out)
		}
		if got := show(run(t, s, "import os\nx, os.listdir()")); got != "(1, [])" {
			t.Errorf("%q: state %s", code, got)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Run(ctx, "while True: pass"); !fault.Is(err, fault.Timeout) {
		t.Errorf("deadline: %v", err)
	}
	if _, err := s.Run(ctx, "x = 2"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("passed deadline: %v", err)
	}
}

func TestCloseStopsTheStep(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	started := make(chan struct{})
	ended := make(chan error)
	go func() {
		close(started)
		_, err := s.Run(context.Background(), "while True: pass")
		ended <- err
	}()
	<-started
	time.Sleep(30 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !fault.Is(err, fault.SandboxFailed) {
		t.Errorf("the step gave %v", err)
	}
	if _, err := s.Run(context.Background(), "1"); !fault.Is(err, fault.SandboxFailed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := fs.ReadDir(s.Scratch(), "."); err != nil {
		t.Errorf("the scratch folder after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}
