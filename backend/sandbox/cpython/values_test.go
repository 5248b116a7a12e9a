package cpython_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

func TestValues(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	for _, c := range []struct{ code, typ, repr, json string }{
		{"1+1", "int", "2", "2"},
		{"2**70", "int", "1180591620717411303424", "1180591620717411303424"},
		{"0.1", "float", "0.1", "0.1"},
		{"float('nan')", "float", "nan", ""},
		{"[1, float('inf')]", "list", "[1, inf]", ""},
		{"'héllo 🐍'", "str", "'héllo 🐍'", `"héllo 🐍"`},
		{"'\\ud800'", "str", "'\\ud800'", `"\ud800"`},
		{"b'\\x00\\xff'", "bytes", `b'\x00\xff'`, ""},
		{"True", "bool", "True", "true"},
		{"[1, None, 'x']", "list", "[1, None, 'x']", `[1,null,"x"]`},
		{"(1, 2)", "tuple", "(1, 2)", "[1,2]"},
		{"{'a': {'b': [1]}}", "dict", "{'a': {'b': [1]}}", `{"a":{"b":[1]}}`},
		{"{1, 2}", "set", "{1, 2}", ""},
		{"a = []; a.append(a); a", "list", "[[...]]", ""},
		{"object", "type", "<class 'object'>", ""},
		{"class P:\n    def __repr__(self): return 'P!'\nP()", "P", "P!", ""},
		{"class B:\n    def __repr__(self): 1/0\nB()", "B", "<B: its repr failed with ZeroDivisionError>", ""},
		{"import decimal; decimal.Decimal('1.50')", "Decimal", "Decimal('1.50')", ""},
	} {
		out := run(t, s, c.code)
		if out.Value == nil {
			t.Errorf("%q: no value: %s", c.code, show(out))
			continue
		}
		got := event.Value{Type: out.Value.Type, Repr: out.Value.Repr, JSON: out.Value.JSON}
		want := event.Value{Type: c.typ, Repr: c.repr}
		if c.json != "" {
			want.JSON = json.RawMessage(c.json)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.code, d)
		}
	}
	for _, code := range []string{"None", "x = 1", "", "# nothing", "def f(): pass", "for i in range(2): i", "print(end='')"} {
		if out := run(t, s, code); out.Value != nil || out.Error != nil {
			t.Errorf("%q has a value or an error: %s", code, show(out))
		}
	}
}

func TestLongValuesAreCut(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	out := run(t, s, "'é' * 50_000")
	if n := len([]rune(out.Value.Repr)); n != 20_001 || !strings.HasSuffix(out.Value.Repr, "…") {
		t.Errorf("repr has %d characters", n)
	}
	if len(out.Value.JSON) != 100_002 {
		t.Errorf("JSON has %d bytes, want all", len(out.Value.JSON))
	}
	if out := run(t, s, "list(range(300_000))"); out.Value.JSON != nil {
		t.Errorf("JSON of a huge list: %d bytes", len(out.Value.JSON))
	}
}

func TestTables(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	out := run(t, s, "[{'name': 'Ada', 'n': 1, 'ok': True, 'x': None, 'o': [1]}] + [{'name': 'B', 'n': 2.5, 'ok': False, 'x': 2**60, 'o': float('nan')}] * 99")
	want := &event.Table{
		Columns: []string{"name", "n", "ok", "x", "o"}, Total: 100,
		Rows: [][]any{{"Ada", 1.0, true, nil, "[1]"}, {"B", 2.5, false, "1152921504606846976", "nan"}},
	}
	got := out.Value.Table
	if got == nil || len(got.Rows) != 50 {
		t.Fatalf("table %+v", got)
	}
	got.Rows = got.Rows[:2]
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	frame := `class DataFrame:
    columns, shape, index = ["a", "b"], (2, 2), range(2)
    def head(self, n): return self
    def reset_index(self): return self
    def itertuples(self, index, name): return iter([(1, "x"), (2, "y")])
DataFrame()`
	if got := run(t, s, frame).Value.Table; cmp.Diff(&event.Table{Columns: []string{"a", "b"}, Rows: [][]any{{1.0, "x"}, {2.0, "y"}}, Total: 2}, got) != "" {
		t.Errorf("data frame: %+v", got)
	}
	for _, code := range []string{"[]", "[{}]", "[{'a': 1}, {'b': 1}]", "[{'a': 1}, 2]", "[{1: 2}]", "{'a': 1}"} {
		if v := run(t, s, code).Value; v.Table != nil {
			t.Errorf("%q is no table: %+v", code, v.Table)
		}
	}
}

func TestStateIsKept(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	run(t, s, "import math\nx = [1]\ndef f(n):\n    return math.sqrt(n) + len(x)\ngen = iter(range(10))")
	run(t, s, "x.append(2)\n1/0")
	if got := show(run(t, s, "f(9), x, next(gen), next(gen)")); got != "(5.0, [1, 2], 0, 1)" {
		t.Errorf("got %s", got)
	}
	if got := show(run(t, s, "__name__, 'x' in globals(), f.__module__")); got != "('__main__', True, '__main__')" {
		t.Errorf("got %s", got)
	}
}

func TestOutput(t *testing.T) {
	h := &host{}
	s := open(t, sandbox.Config{Imports: []string{"*"}}, h)
	out := run(t, s, "import sys, os\nprint('a', 1, sep='-')\nprint('err', file=sys.stderr)\nsys.stdout.write('é\\n')\nos.write(1, b'raw\\n')\nsys.stdout.buffer.write(b'\\xff')\nNone")
	if out.Stdout != "a-1\né\nraw\n\uFFFD" || out.Stderr != "err\n" {
		t.Errorf("stdout %q stderr %q", out.Stdout, out.Stderr)
	}
	if got := h.live(); got != "a-1\n|!err\n|é\n|raw\n|\xff" {
		t.Errorf("live %q", got)
	}
	if out := run(t, s, "print('\\ud800')"); out.Stdout != "\\ud800\n" {
		t.Errorf("surrogate: %q", out.Stdout)
	}
	if got := show(run(t, s, "print(1, file=None, end=3)")); !strings.Contains(got, "TypeError") {
		t.Errorf("got %s", got)
	}
	if got := show(run(t, s, "sys.stdout.write(5)")); !strings.Contains(got, "must be str, not int") {
		t.Errorf("got %s", got)
	}
	out = run(t, s, "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as f: print('inside')\nsys.stdout = None\nf.getvalue()")
	if out.Stdout != "" || show(out) != `'inside\n'` {
		t.Errorf("redirected: %q %s", out.Stdout, show(out))
	}
	if out := run(t, s, "print('again')"); out.Stdout != "again\n" {
		t.Errorf("stdout was not restored: %q", out.Stdout)
	}
	if out := run(t, s, "import warnings; warnings.warn('careful')"); !strings.Contains(out.Stderr, "UserWarning: careful") {
		t.Errorf("stderr %q", out.Stderr)
	}
}

func TestOutputIsCut(t *testing.T) {
	h := &host{}
	s := open(t, sandbox.Config{Limits: sandbox.Limits{OutputBytes: 1000}}, h)
	out := run(t, s, "for i in range(500): print('é')")
	if out.Killed != "" || len(out.Stdout) != 999 || out.Truncated != 501 {
		t.Errorf("killed %q, %d bytes, %d lost", out.Killed, len(out.Stdout), out.Truncated)
	}
	if n := len(strings.ReplaceAll(h.live(), "|", "")); n != 999 {
		t.Errorf("the live view got %d bytes", len(h.live()))
	}
	if out := run(t, s, "print('é' * 999)"); len(out.Stdout) != 1000 || out.Truncated != 999 {
		t.Errorf("%d bytes, %d lost", len(out.Stdout), out.Truncated)
	}
	if out := run(t, s, "print('x' + 'é' * 999)"); len(out.Stdout) != 999 || !strings.HasSuffix(out.Stdout, "é") {
		t.Errorf("cut in the middle of a character: %q", out.Stdout[990:])
	}
}

func TestErrors(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, "\n\ndef earlier(d):\n    return d['missing']")
	for _, c := range []struct {
		code, typ, message string
		line               int
		traceback          string
	}{
		{"1/0", "ZeroDivisionError", "division by zero", 1, ""},
		{"x = 1\n\nprint(undefined)", "NameError", "name 'undefined' is not defined", 3, ""},
		{"def g(n):\n    return {}[n]\n\ng('k')", "KeyError", "'k'", 2, "line 4, in <module>\n    g('k')"},
		{"a = 1\nearlier({})", "KeyError", "'missing'", 2, "line 4, in earlier\n    return d['missing']"},
		{"import json\njson.loads('{')", "JSONDecodeError", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", 2, "/lib/python3.13/json/"},
		{"x = 1\nfor i in range(3)\n    print(i)", "SyntaxError", "expected ':' (<step 7>, line 2)", 2, "    for i in range(3)\n                     ^"},
		{"if True:\nx", "IndentationError", "expected an indented block after 'if' statement on line 1 (<step 8>, line 2)", 2, ""},
		{"eval('1 +')", "SyntaxError", "invalid syntax (<string>, line 1)", 1, "line 1, in <module>\n    eval('1 +')"},
		{"try:\n    1/0\nexcept Exception as e:\n    raise ValueError('bad') from e", "ValueError", "bad", 4, "direct cause"},
		{"import sys\nsys.exit(3)", "SystemExit", "the step ended itself with exit(3)", 2, ""},
		{"exit()", "SystemExit", "the step ended itself with exit()", 1, ""},
		{"raise KeyboardInterrupt", "KeyboardInterrupt", "", 1, ""},
		{"class E(Exception):\n    def __str__(self): 1/0\nraise E", "E", "<its text failed with ZeroDivisionError>", 3, ""},
		{"def f(n): return f(n+1)\nf(0)", "RecursionError", "maximum recursion depth exceeded", 1, ""},
		{"assert 1 == 2, 'no'", "AssertionError", "no", 1, ""},
		{"raise ExceptionGroup('g', [ValueError(1)])", "ExceptionGroup", "g (1 sub-exception)", 1, "ValueError: 1"},
		{"\x00", "SyntaxError", "source code string cannot contain null bytes", 0, ""},
	} {
		out := run(t, s, c.code)
		e := out.Error
		if e == nil {
			t.Errorf("%q: no error, but %s", c.code, show(out))
			continue
		}
		if e.Type != c.typ || e.Message != c.message || e.Line != c.line || out.Killed != "" || out.Value != nil {
			t.Errorf("%q: %s, killed %q; want %s: %s (line %d)", c.code, show(out), out.Killed, c.typ, c.message, c.line)
		}
		if !strings.Contains(e.Traceback, c.traceback) || !strings.Contains(e.Traceback, c.typ) || strings.Contains(e.Traceback, "<sandglass>") {
			t.Errorf("%q: traceback\n%s\nwant in it: %q", c.code, e.Traceback, c.traceback)
		}
	}
	if got := show(run(t, s, "6*7")); got != "42" {
		t.Errorf("after all: %s", got)
	}
}

func TestDeepTracebacksAreShort(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	out := run(t, s, "def even(n): return odd(n+1)\ndef odd(n): return even(n+1)\neven(0)")
	if n := strings.Count(out.Error.Traceback, "\n"); n > 150 || !strings.Contains(out.Error.Traceback, "more calls") {
		t.Errorf("%d lines:\n%s", n, out.Error.Traceback)
	}
}

func TestFinalAnswer(t *testing.T) {
	for _, c := range []struct{ name, code, repr, stdout string }{
		{"plain", "final_answer(41 + 1)\nprint('never')", "42", ""},
		{"by name", "final_answer(answer={'a': [1]})", "{'a': [1]}", ""},
		{"two values", "final_answer(1, 2)", "(1, 2)", ""},
		{"nothing", "final_answer()", "None", ""},
		{"except Exception", "try:\n    final_answer(1)\nexcept Exception:\n    print('swallowed')", "1", ""},
		{"bare except", "try:\n    final_answer(1)\nexcept:\n    print('swallowed')", "1", "swallowed\n"},
		{"the first one counts", "try:\n    final_answer('good')\nexcept:\n    final_answer('failed')", "'good'", ""},
		{"finally", "try:\n    final_answer(1)\nfinally:\n    print('clean')", "1", "clean\n"},
		{"inside a function", "def f():\n    final_answer('deep')\nf()", "'deep'", ""},
		{"not JSON-able", "final_answer(object)", "<class 'object'>", ""},
		{"assigned before", "final_answer = 3", "", ""},
		{"asyncio", "import asyncio\nasync def m(): final_answer(7)\nasyncio.run(m())", "7", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
			out := run(t, s, c.code)
			if out.Error != nil || out.Stdout != c.stdout {
				t.Errorf("error %s, stdout %q", show(out), out.Stdout)
			}
			got := ""
			if out.Final != nil {
				got = out.Final.Repr
			}
			if got != c.repr {
				t.Errorf("final %q, want %q", got, c.repr)
			}
			if out := run(t, s, "final_answer('later')"); out.Final == nil || out.Final.Repr != "'later'" {
				t.Errorf("the next step: %+v", out)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	run(t, s, "x = 1")
	for _, c := range []struct {
		code string
		line int
	}{{"x = 2", 0}, {"x = 2\ny = (", 2}, {"return 1", 1}, {"def f(:\n pass", 1}} {
		e, err := s.Check(t.Context(), c.code)
		if err != nil {
			t.Fatal(err)
		}
		if (e == nil) != (c.line == 0) || e != nil && (e.Line != c.line || e.Type != "SyntaxError") {
			t.Errorf("%q: %+v", c.code, e)
		}
	}
	if got := show(run(t, s, "x")); got != "1" {
		t.Errorf("Check ran the code: x is %s", got)
	}
}
