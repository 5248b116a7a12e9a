package cpython_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

func snapshot(t testing.TB, s sandbox.Session, full bool) sandbox.State {
	t.Helper()
	st, err := s.Snapshot(context.Background(), full)
	if err != nil {
		t.Fatalf("snapshot: %+v", err)
	}
	return st
}

func restore(t testing.TB, cfg sandbox.Config, chain ...sandbox.State) sandbox.Session {
	t.Helper()
	s, err := engine.Restore(context.Background(), cfg, &host{}, chain)
	if err != nil {
		t.Fatalf("restore: %+v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func inputFile(name, text string) sandbox.File {
	return sandbox.File{Name: name, Var: strings.Map(func(r rune) rune {
		if r == '.' || r == '/' {
			return '_'
		}
		return r
	}, name), Size: int64(len(text)), Open: func() (io.ReadSeekCloser, error) {
		return struct {
			io.ReadSeeker
			io.Closer
		}{strings.NewReader(text), io.NopCloser(nil)}, nil
	}}
}

// TestRestoreGoesOn restores each step of a session into new ones and looks whether all is there.
func TestRestoreGoesOn(t *testing.T) {
	cfg := sandbox.Config{Imports: []string{"*"}, Limits: tight, Files: []sandbox.File{inputFile("in.txt", "line 1\nline 2\nline 3\n")}}
	s := open(t, cfg, nil)
	steps := []struct{ code, probe, want string }{
		{"x = list(range(50_000))", "sum(x)", "1249975000"},
		{"def gen():\n    n = 0\n    while True:\n        n += 1\n        yield n\ng = gen(); [next(g) for _ in range(7)]", "next(g)", "8"},
		{"f = open('log', 'w+'); f.write('abc'); f.flush(); h = open('gone', 'w+'); h.write('held'); h.flush(); import os; os.remove('gone')",
			"f.write('d'); f.flush(); h.seek(0); (open('log').read(), h.read(), sorted(os.listdir()))", "('abcd', 'held', ['log'])"},
		{"src = open(in_txt); src.readline()", "src.readline(), open('/input/in.txt').read()[:4]", `('line 2\n', 'line')`},
		{"import sqlite3; db = sqlite3.connect('t.db'); db.execute('create table t(a)'); db.executemany('insert into t values(?)', [(i,) for i in range(1000)]); db.commit()",
			"db.execute('select sum(a) from t').fetchone()", "(499500,)"},
		{"os.makedirs('d/e'); open('d/e/f', 'wb').write(bytes(300_000)); os.rename('log', 'd/log'); it = os.scandir('d'); next(it).name",
			"next(it).name, os.path.getsize('d/e/f'), os.listdir()", "('log', 300000, ['d', 't.db'])"},
		{"open('d/e/f', 'ab').write(b'!'); big = bytearray(5_000_000); big[4_000_000] = 1; del x", "big.index(1), 'x' in globals(), os.path.getsize('d/e/f')", "(4000000, False, 300001)"},
		{"class A:\n    def __init__(self): self.v = {1: 'one'}\na = A(); import decimal, re; p = re.compile('o(n)e')", "p.match(a.v[1]).group(1), decimal.Decimal('1') / 7 > 0", "('n', True)"},
		{"while True: a.v = None; open('d/e/f', 'w')\n", "a.v", "{1: 'one'}"}, // killed
		{"1/0", "len(big)", "5000000"},
	}
	var states []sandbox.State
	cfgKill := cfg
	cfgKill.Limits = tight
	for i, st := range steps {
		code := st.code
		if strings.HasPrefix(code, "while True") {
			code = strings.ReplaceAll(code, "while True:", "a.v = None; open('d/e/f', 'w'); os._exit(1);")
		}
		run(t, s, code)
		states = append(states, snapshot(t, s, i == 6)) // one in the middle needs no other
	}
	for i, st := range steps {
		from := 0
		if i >= 6 {
			from = 6
		}
		r := restore(t, cfg, states[from:i+1]...)
		if got := show(run(t, r, st.probe)); got != st.want {
			t.Errorf("after step %d: %s, want %s", i+1, got, st.want)
		}
		if out := run(t, r, "1/0"); !strings.Contains(out.Error.Traceback, "<step "+string(rune('0'+(i+3)/10))) && i+3 >= 10 {
			t.Errorf("steps are counted anew: %s", out.Error.Traceback)
		}
		if st := snapshot(t, r, false); st.Base != states[i].ID {
			t.Errorf("step %d: the next state is based on %q", i, st.Base)
		}
	}
	if got := show(run(t, s, "next(g), f.closed, len(big)")); got != "(8, False, 5000000)" {
		t.Errorf("the session itself: %s", got)
	}
	for i, st := range states {
		t.Logf("state %d: %d bytes of %d", i+1, len(st.Data), st.Raw)
	}
}

// TestRestoreRefuses what cannot work, and says why.
func TestRestoreRefuses(t *testing.T) {
	files := []sandbox.File{inputFile("in.txt", "text")}
	s := open(t, sandbox.Config{Files: files}, nil)
	run(t, s, "x = 1")
	a := snapshot(t, s, false)
	run(t, s, "y = 2")
	b := snapshot(t, s, false)
	run(t, s, "z = 3; f = open(in_txt)")
	c := snapshot(t, s, false)
	alter := func(st sandbox.State, f func([]byte) []byte) sandbox.State {
		st.Data = f(bytes.Clone(st.Data))
		return st
	}
	for _, k := range []struct {
		name  string
		chain []sandbox.State
		why   string
	}{
		{"nothing", nil, "there is none"},
		{"no beginning", []sandbox.State{b}, "based"},
		{"a gap", []sandbox.State{a, c}, "based"},
		// Of the checksum. Elsewhere a bit may not matter: zeros copied from another distance are the same zeros.
		{"a bit", []sandbox.State{alter(a, func(d []byte) []byte { d[len(d)-1] ^= 4; return d })}, "damaged"},
		{"cut", []sandbox.State{alter(a, func(d []byte) []byte { return d[:len(d)-9] })}, "damaged"},
		{"empty", []sandbox.State{alter(a, func(d []byte) []byte { return nil })}, "damaged"},
		{"input missing", []sandbox.State{a, b, c}, "input file in.txt"},
	} {
		got, err := engine.Restore(context.Background(), sandbox.Config{}, &host{}, k.chain)
		if !fault.Is(err, fault.StateUnusable) || !strings.Contains(err.Error(), k.why) {
			t.Errorf("%s: %v", k.name, err)
		}
		if got != nil {
			got.Close()
		}
	}
	if got := show(run(t, restore(t, sandbox.Config{Files: files}, a, b, c), "x, y, z, f.read()")); got != "(1, 2, 3, 'text')" {
		t.Errorf("whole: %s", got)
	}
}

// TestEntropyAfterARestore: fresh numbers and a clock that goes on, unless the origin is the same.
func TestEntropyAfterARestore(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, "import random, time, os, tempfile; t = time.monotonic(); w = time.time(); random.seed(5); own = random.Random(1)")
	st := snapshot(t, s, false)
	const draw = "random.random(), os.urandom(4).hex(), tempfile.mkdtemp()"
	a, b := restore(t, sandbox.Config{Imports: []string{"*"}}, st), restore(t, sandbox.Config{Imports: []string{"*"}}, st)
	if x, y := show(run(t, a, draw)), show(run(t, b, draw)); x == y || x == "" {
		t.Errorf("both draw %s", x)
	}
	if x, y := show(run(t, a, "own.random()")), show(run(t, b, "own.random()")); x != y {
		t.Errorf("what the code seeded itself: %s and %s", x, y)
	}
	if got := show(run(t, a, "time.monotonic() >= t, time.time() >= w")); got != "(True, True)" {
		t.Errorf("the clock: %s", got)
	}
	cfg := sandbox.Config{Imports: []string{"*"}, Origin: sandbox.Origin{Seed: bytes.Repeat([]byte{1}, 32), Clock: 1e18}}
	first := run(t, restore(t, cfg, st), draw)
	again, err := restore(t, cfg, st).Replay(context.Background(), draw, first.Tape)
	if err != nil || show(again) != show(first) || again.Diverged != "" {
		t.Errorf("replayed: %s %q %v, was %s", show(again), again.Diverged, err, show(first))
	}
}

// TestRestoreWithOtherTools: what the session has is what cfg says.
func TestRestoreWithOtherTools(t *testing.T) {
	s := open(t, sandbox.Config{Tools: []sandbox.Tool{{Name: "old"}, {Name: "both"}}, Vars: map[string]json.RawMessage{"v": json.RawMessage("1")}}, nil)
	run(t, s, "saved = both; v += 1")
	st := snapshot(t, s, false)
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"both": func(context.Context, json.RawMessage) (any, error) { return "both", nil },
		"new":  func(context.Context, json.RawMessage) (any, error) { return "new", nil },
	}}
	r, err := engine.Restore(context.Background(), sandbox.Config{
		Tools: []sandbox.Tool{{Name: "both"}, {Name: "new"}}, Imports: []string{"json"},
		Vars: map[string]json.RawMessage{"w": json.RawMessage("5")}, Files: []sandbox.File{inputFile("b.txt", "b")},
	}, h, []sandbox.State{st})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct{ code, want string }{
		{"both(), new(), saved(), v, w, open(b_txt).read()", "('both', 'new', 'both', 2, 5, 'b')"},
		{"old()", "NameError: name 'old' is not defined (line 1)"},
		{"import json; json.dumps([])", "'[]'"}, {"import math", "ImportError"},
	} {
		if got := show(run(t, r, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.code, got, c.want)
		}
	}
}
