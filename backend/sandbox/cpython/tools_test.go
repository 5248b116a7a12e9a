package cpython_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// echo gives its arguments back as the JSON that the host got.
func echo(_ context.Context, args json.RawMessage) (any, error) { return string(args), nil }

func TestToolArguments(t *testing.T) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){"echo": echo}}
	s := open(t, sandbox.Config{Imports: []string{"*"}, Tools: []sandbox.Tool{{Name: "echo", Doc: "Says it again.", Params: []sandbox.Param{
		{Name: "a", Required: true}, {Name: "b", Default: json.RawMessage(`"def"`)}, {Name: "c"},
	}}}}, h)
	for _, c := range []struct{ code, want string }{
		{"echo(1)", `{"a":1,"b":"def"}`},
		{"echo(1, 2)", `{"a":1,"b":2}`},
		{"echo(1, c=[3])", `{"a":1,"c":[3],"b":"def"}`},
		{"echo(b=None, a='é🐍')", `{"b":null,"a":"é🐍"}`},
		{"echo({'x': (1, 2.5, True, {3})})", `{"a":{"x":[1,2.5,true,[3]]},"b":"def"}`},
		{"echo(b'\\x00\\xff')", `{"a":{"__bytes__":"AP8="},"b":"def"}`},
		{"import pathlib, datetime\necho(pathlib.Path('/scratch/x'), datetime.date(2024, 1, 2))", `{"a":"/scratch/x","b":"2024-01-02"}`},
		{"import enum\nclass C(enum.IntEnum): X = 5\necho(C.X)", `{"a":5,"b":"def"}`},
		{"echo()", "TypeError: echo() missing 1 required argument: 'a'"},
		{"echo(1, 2, 3, 4)", "TypeError: echo() takes 3 positional arguments but 4 were given"},
		{"echo(1, a=2)", "TypeError: echo() got multiple values for argument 'a'"},
		{"echo(1, d=2)", "TypeError: echo() got an unexpected keyword argument 'd'; its parameters are: a, b, c"},
		{"echo(1, object())", "TypeError: echo(): the argument 'b' cannot be passed to a tool (it holds a object)"},
		{"echo([1, [len]])", "TypeError: echo(): the argument 'a' cannot be passed to a tool (it holds a builtin_function_or_method)"},
		{"echo(float('nan'))", "TypeError: echo(): the argument 'a' cannot be passed to a tool (Out of range float values"},
		{"echo({(1, 2): 3})", "TypeError: echo(): the argument 'a' cannot be passed"},
		{"a = []; a.append(a); echo(a)", "TypeError: echo(): the argument 'a' cannot be passed to a tool (Circular reference detected)"},
		{"import inspect; echo.__name__, echo.__doc__, str(inspect.signature(echo))", `('echo', 'Says it again.', "(a, b='def', c=None)")`},
	} {
		out := run(t, s, c.code)
		got := show(out)
		if out.Error == nil {
			var text string
			if json.Unmarshal(out.Value.JSON, &text) == nil {
				got = text
			}
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.code, got, c.want)
		}
		if out.Error != nil && (out.Error.Line == 0 || strings.Contains(out.Error.Traceback, "sandglass")) {
			t.Errorf("%q: line %d, traceback\n%s", c.code, out.Error.Line, out.Error.Traceback)
		}
	}
}

func TestToolResults(t *testing.T) {
	var result json.RawMessage
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"get":  func(context.Context, json.RawMessage) (any, error) { return result, nil },
		"boom": func(context.Context, json.RawMessage) (any, error) { return nil, errors.New("boom from Gö") },
		"bug":  func(context.Context, json.RawMessage) (any, error) { panic("a bug") },
	}}
	s := open(t, sandbox.Config{Tools: []sandbox.Tool{{Name: "get"}, {Name: "boom"}, {Name: "bug"}}}, h)
	for _, c := range []struct{ result, want string }{
		{`null`, "None"}, {``, "None"}, {`1`, "1"}, {`"é🐍\u0000"`, `'é🐍\x00'`}, {`[1.5,true,{"a":null}]`, "[1.5, True, {'a': None}]"},
		{`{"__bytes__":"AP8="}`, `b'\x00\xff'`}, {`[{"x":{"__bytes__":""}}]`, "[{'x': b''}]"}, {`"__bytes__"`, "'__bytes__'"},
		{`12345678901234567890123`, "12345678901234567890123"}, {`{`, "ToolError: the tool's result is not JSON (line 1)"},
	} {
		result = json.RawMessage(c.result)
		// In a tuple, so that None has a repr too.
		if got := show(run(t, s, "(get(),)")); got != "("+c.want+",)" && got != c.want {
			t.Errorf("%s: %s, want %s", c.result, got, c.want)
		}
	}
	if got := show(run(t, s, "x = 1\nboom()")); got != "ToolError: boom from Gö (line 2)" {
		t.Errorf("got %s", got)
	}
	if got := show(run(t, s, "try:\n    boom()\nexcept ToolError as e:\n    r = str(e)\nr")); got != "'boom from Gö'" {
		t.Errorf("got %s", got)
	}
	if got := show(run(t, s, "bug()")); got != "ToolError: the tool broke down: a bug (line 1)" {
		t.Errorf("got %s", got)
	}
}

func TestLargeToolData(t *testing.T) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"echo": func(_ context.Context, args json.RawMessage) (any, error) {
			var a struct{ V json.RawMessage }
			err := json.Unmarshal(args, &a)
			return a.V, err
		},
	}}
	s := open(t, sandbox.Config{Tools: []sandbox.Tool{{Name: "echo", Params: []sandbox.Param{{Name: "v", Required: true}}}}}, h)
	if got := show(run(t, s, "d = bytes(range(256)) * 20_000\necho(d) == d, echo('é' * 1_000_000) == 'é' * 1_000_000")); got != "(True, True)" {
		t.Errorf("got %s", got)
	}
}

func TestOutputComesBeforeTheTool(t *testing.T) {
	h := &host{}
	h.tools = map[string]func(context.Context, json.RawMessage) (any, error){
		"look": func(context.Context, json.RawMessage) (any, error) { return h.live(), nil },
	}
	s := open(t, sandbox.Config{Imports: []string{"*"}, Tools: []sandbox.Tool{{Name: "look"}}}, h)
	if got := show(run(t, s, "print('before')\nlook()")); got != `'before\n'` {
		t.Errorf("the tool saw %s", got)
	}
	// And a line before a long computation is seen while it goes on.
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(t, s, "print('working')\nimport time\nt = time.monotonic()\nwhile time.monotonic() < t + 1: pass\nprint('done')")
	}()
	for !strings.Contains(h.live(), "working") {
		select {
		case <-done:
			t.Fatal("seen only at the end")
		case <-time.After(5 * time.Millisecond):
		}
	}
	if strings.Contains(h.live(), "done") {
		t.Error("seen too late")
	}
	<-done
}

func TestTimeInToolsDoesNotCount(t *testing.T) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"slow": func(context.Context, json.RawMessage) (any, error) { time.Sleep(700 * time.Millisecond); return 1, nil },
	}}
	s := open(t, sandbox.Config{Limits: sandbox.Limits{Step: 500 * time.Millisecond, Grace: 100 * time.Millisecond}, Tools: []sandbox.Tool{{Name: "slow"}}}, h)
	if got := show(run(t, s, "slow()\nsum(range(1000))")); got != "499500" {
		t.Errorf("got %s", got)
	}
}

func TestVariables(t *testing.T) {
	s := open(t, sandbox.Config{Vars: map[string]json.RawMessage{
		"limit": json.RawMessage(`0.5`), "rows": json.RawMessage(`[{"a":"é"}]`), "blob": json.RawMessage(`{"__bytes__":"AAE="}`),
	}}, nil)
	if got := show(run(t, s, "limit, rows, blob")); got != `(0.5, [{'a': 'é'}], b'\x00\x01')` {
		t.Errorf("got %s", got)
	}
}

func TestOpenRefusesNonsense(t *testing.T) {
	one := json.RawMessage("1")
	for name, cfg := range map[string]sandbox.Config{
		"variable":           {Vars: map[string]json.RawMessage{"a b": one}},
		"keyword":            {Vars: map[string]json.RawMessage{"class": one}},
		"digit first":        {Vars: map[string]json.RawMessage{"1a": one}},
		"value":              {Vars: map[string]json.RawMessage{"a": json.RawMessage("{")}},
		"tool":               {Tools: []sandbox.Tool{{Name: "a-b"}}},
		"two tools":          {Tools: []sandbox.Tool{{Name: "a"}, {Name: "a"}}},
		"parameter":          {Tools: []sandbox.Tool{{Name: "a", Params: []sandbox.Param{{Name: ""}}}}},
		"default":            {Tools: []sandbox.Tool{{Name: "a", Params: []sandbox.Param{{Name: "p", Default: json.RawMessage("x")}}}}},
		"path":               {Files: []sandbox.File{{Name: "../x", Open: text("")}}},
		"absolute path":      {Files: []sandbox.File{{Name: "/x", Open: text("")}}},
		"two files":          {Files: []sandbox.File{{Name: "x", Open: text("")}, {Name: "x", Open: text("")}}},
		"file and folder":    {Files: []sandbox.File{{Name: "x", Open: text("")}, {Name: "x/y", Open: text("")}}},
		"variable set twice": {Vars: map[string]json.RawMessage{"v": one}, Files: []sandbox.File{{Name: "x", Var: "v", Open: text("")}}},
		"variable and tool":  {Vars: map[string]json.RawMessage{"v": one}, Tools: []sandbox.Tool{{Name: "v"}}},
		"vanished file":      {Files: []sandbox.File{{Name: "x", Open: gone}}},
	} {
		s, err := engine.Open(context.Background(), cfg, &host{})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			s.Close()
		}
	}
}
