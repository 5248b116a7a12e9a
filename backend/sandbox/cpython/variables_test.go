package cpython_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// evil is a class whose every method tells that it was called.
const evil = `called = []
def tell(name):
    def f(self, *a, **k):
        called.append(name)
        raise SystemExit(name)
    return f
hooks = ("__repr__ __str__ __len__ __hash__ __eq__ __getattribute__ __getattr__ __iter__ __next__ __bool__ __format__ __sizeof__ "
    "__dir__ __reduce__ __reduce_ex__ __getitem__ __contains__ __index__ __int__ __float__ __array__ __buffer__ __class_getitem__ "
    "_repr_html_ _repr_mimebundle_ keys items values shape dtype").split()
class Meta(type):
    __hash__ = tell("meta hash"); __eq__ = tell("meta eq"); __getattribute__ = tell("meta getattribute")
    __instancecheck__ = tell("instancecheck"); __subclasscheck__ = tell("subclasscheck"); __repr__ = tell("meta repr")
    __name__ = property(tell("meta name")); mro = type.mro
def make(name, *bases):
    ns = {h: tell(h) for h in hooks} | {"__class__": property(tell("class")), "lazy": property(tell("lazy")), "__module__": "numpy"}
    return Meta(name, bases, ns)
`

// kept are the summaries of a session's variables: the fold of what its steps reported.
func kept(t *testing.T, into map[string]event.Variable, v *event.Variables) map[string]event.Variable {
	t.Helper()
	if v == nil {
		return into
	}
	if v.Fault != "" {
		t.Errorf("fault %s", v.Fault)
	}
	for _, name := range v.Removed {
		delete(into, name)
	}
	for _, c := range v.Changed {
		if _, had := into[c.Name]; had == c.New {
			t.Errorf("%s: new %v, but had before %v", c.Name, c.New, had)
		}
		into[c.Name] = c
	}
	if len(into) != v.Total-v.More {
		t.Errorf("%d variables are known, there are %d and %d more", len(into), v.Total, v.More)
	}
	return into
}

func TestVariableSummaries(t *testing.T) {
	s := open(t, sandbox.Config{
		Imports: []string{"*"}, Vars: map[string]json.RawMessage{"given": json.RawMessage(`"x"`)},
		Tools: []sandbox.Tool{{Name: "search"}},
	}, nil)
	for _, c := range []struct{ code, typ, preview string }{
		{"1", "int", "1"},
		{"True", "bool", "True"},
		{"2**5000", "int", "5,001-bit integer"},
		{"0.1", "float", "0.1"},
		{"float('nan')", "float", "nan"},
		{"None", "NoneType", "None"},
		{"'it\\'s'", "str", `"it's"`},
		{"'x' * 10_000", "str", "'" + strings.Repeat("x", 158) + "…"},
		{"b'\\x00' * 3", "bytes", `b'\x00\x00\x00'`},
		{"[1, 'a', None]", "list", "[1, 'a', None]"},
		{"list(range(10**6))", "list", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, …]"},
		{"(1,)", "tuple", "(1,)"},
		{"set()", "set", "set()"},
		{"frozenset([1])", "frozenset", "frozenset({1})"},
		{"{'a': {'b': [1]}}", "dict", "{'a': {'b': [1]}}"},
		{"[[[[1]]]]", "list", "[[[[…]]]]"},
		{"(lambda a: [a.append(a), a][1])([])", "list", "[[[[…]]]]"},
		{"range(3)", "range", "range(0, 3)"},
		{"(i for i in 'ab')", "generator", "generator <genexpr>"},
		{"lambda a, *b, c=1, **d: 0", "function", "<lambda>(a, c, *b, **d)"},
		{"len", "builtin_function_or_method", "len(…)"},
		{"__import__('math')", "module", "module math"},
		{"ValueError", "type", "class ValueError(Exception)"},
		{"ValueError('no')", "ValueError", "ValueError('no',)"},
		{"__import__('datetime').date(2026, 1, 2)", "date", "datetime.date(2026, 1, 2)"},
		{"__import__('pathlib').Path('/a/b')", "PosixPath", "PosixPath('/a/b')"},
		{"__import__('fractions').Fraction(1, 3)", "Fraction", "Fraction(1, 3)"},
		{"__import__('enum').Enum('C', 'A B').A", "C", "C.A"},
		{"__import__('enum').IntEnum('C', 'A B').B", "C", "C.B"},
		{"__import__('collections').namedtuple('P', 'a b')(1, 2)", "P", "P((1, 2))"},
		{"__import__('collections').Counter('hello')", "Counter", "Counter({'h': 1, 'e': 1, 'l': 2, 'o': 1})"},
		{"__import__('collections').deque([1], 5)", "deque", "deque([1])"},
		{"__import__('types').SimpleNamespace(a=1, b='x')", "SimpleNamespace", "<SimpleNamespace>"},
		{"type('P', (), {'__init__': lambda s: s.__dict__.update(x=1, y=[2])})()", "P", "<P x=1 y=[2]>"},
		{"type('Q', (), {'__slots__': ('x', 'y'), '__init__': lambda s: setattr(s, 'x', 5)})()", "Q", "<Q x=5>"},
		{"(lambda n: [n.up.append(n), n][1])(type('N', (), {'__init__': lambda s: s.__dict__.update(up=[])})())", "N", "<N up=[<N up=[…]>]>"},
		{"'\\ud800'", "str", `'\ud800'`},
	} {
		out := run(t, s, "v = "+c.code)
		if out.Error != nil || out.Variables == nil {
			t.Errorf("%s: %s, %+v", c.code, show(out), out.Variables)
			continue
		}
		v := out.Variables.Changed[len(out.Variables.Changed)-1]
		if v.Name != "v" || v.Type != c.typ || v.Preview != c.preview {
			t.Errorf("%s:\n got %s %s %s\nwant v %s %s", c.code, v.Name, v.Type, v.Preview, c.typ, c.preview)
		}
		if p, err := s.Inspect(t.Context(), "v", nil, 0, 10); err != nil || p.Value.Preview != v.Preview {
			t.Errorf("%s: page %+v, %v", c.code, p, err)
		}
	}
}

// TestVariableChanges runs steps, and says which variables each one changed; + is a new one, - one that is gone.
func TestVariableChanges(t *testing.T) {
	s := open(t, sandbox.Config{
		Imports: []string{"*"}, Vars: map[string]json.RawMessage{"given": json.RawMessage("1")}, Tools: []sandbox.Tool{{Name: "search"}},
	}, nil)
	all := map[string]event.Variable{}
	for _, c := range []struct{ code, want string }{
		{"0", "+given"},
		{"0", ""},
		{"x = 1; y = 'a'", "+x +y"},
		{"x = 1.0", "x"},
		{"x = True", "x"},
		{"y = 'a'", ""},
		{"z = 1/0", ""},
		{"z = [1]\n1/0", "+z"},
		{"z.append(2)", "z"},
		{"z[0] = -1", "z"},
		{"z[0] = -2", "z"},
		{"for i in range(2): z[0] += 0.5", "+i z"},
		{"del i, x", "-i -x"},
		{"d = {'a': {'b': [1, {'c': 1}]}}", "+d"},
		{"d['a']['b'][0] = 2", "d"},
		{"rows = [{'n': k, 's': str(k)} for k in range(1000)]", "+rows"},
		{"for r in rows: r['n'] *= 2", "+r rows"},
		{"rows[2]['n'] = None", "rows"},
		{"import numpy as np; a = np.zeros((3, 4)); b = a[1]", "+a +b +np"},
		{"b[2] = 1", "a b"},
		{"class P: pass\np = P()", "+P +p"},
		{"p.x = 1", "p"},
		{"p.x = 2", "p"},
		{"p.x = 2", ""},
		{"s = {1}; q = __import__('collections').deque()", "+q +s"},
		{"s.add(2); q.append(s)", "q s"},
		{"ba = bytearray(5)", "+ba"},
		{"ba[4] = 1", "ba"},
		{"search = 1", "+search"},
		{"del given", "-given"},
		{"_private = __dunder__ = 1", "+_private"},
		{"globals()[5] = 1; globals()['odd name'] = 1", "+odd name"},
		{"big = 2**100", "+big"},
		{"big += 1", "big"},
		{"n = float('nan')", "+n"},
		{"0", ""},
		{"x = 5\n__import__('os')._exit(1)", ""},
	} {
		out := run(t, s, c.code)
		kept(t, all, out.Variables)
		var got []string
		if v := out.Variables; v != nil {
			for _, name := range v.Removed {
				got = append(got, "-"+name)
			}
			for _, x := range v.Changed {
				name := x.Name
				if x.New {
					name = "+" + name
				}
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%q changed %q, want %q", c.code, g, c.want)
		}
	}
}

// TestVariablesRunNoCode has variables of classes that would tell if anything of theirs were called.
func TestVariablesRunNoCode(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	out := run(t, s, evil+`
import collections, enum, types
things = [make("E")()] + [make("E" + b.__name__, b)() for b in (list, dict, tuple, set, str, int, float, bytes, Exception, collections.deque)]
for i, x in enumerate(things): globals()[f"e{i}"] = x
cls = make("Cls")
ndarray = make("ndarray")
frame = types.new_class("DataFrame", (), {"metaclass": Meta}, lambda ns: ns.update({h: tell(h) for h in hooks}, __module__="pandas.core"))
liar = frame.__new__(frame) if False else object.__new__(frame)
array = object.__new__(ndarray)
it = iter([1, 2, 3]); gen = (x for x in [1, 2]); f = open("/scratch/f", "w+"); f.write("abc"); f.seek(1)
class Lazy(types.ModuleType):
    def __getattr__(self, n): called.append(n)
lazy = Lazy("lazy")
sys = __import__("sys")
sys.setprofile(lambda *a: None)
class Del:
    def __del__(self): called.append("del")
loop = Del(); loop.me = loop; del loop
None`)
	if out.Error != nil || out.Variables == nil || out.Variables.Fault != "" {
		t.Fatalf("%s %+v", show(out), out.Variables)
	}
	pages := 0
	for _, v := range out.Variables.Changed {
		if strings.Contains(v.Preview, "<not shown") {
			t.Errorf("%s: %s", v.Name, v.Preview)
		}
		p, err := s.Inspect(t.Context(), v.Name, nil, 0, 50)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		for i := range p.Items {
			if _, err := s.Inspect(t.Context(), v.Name, []int{i}, 0, 50); err != nil {
				t.Errorf("%s, %d: %v", v.Name, i, err)
			}
			pages++
		}
	}
	if pages < 30 {
		t.Errorf("only %d pages", pages)
	}
	if got := show(run(t, s, "sys.setprofile(None); called, next(it), next(gen), f.read(), sys.gettrace()")); got != "([], 1, 1, 'bc', None)" {
		t.Errorf("after looking at everything: %s", got)
	}
}

// TestManyVariables bounds what a step reports; what it leaves out follows, and the state is right all the time.
func TestManyVariables(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, "x = 0")
	all := map[string]event.Variable{"x": {}}
	out := run(t, s, "for i in range(10_000): globals()[f'v{i}'] = i")
	if n := len(out.Variables.Changed); n != 200 || out.Variables.Total != 10_002 || out.Variables.More != 10_002-201 {
		t.Errorf("%d changed, %d in all, %d more", n, out.Variables.Total, out.Variables.More)
	}
	kept(t, all, out.Variables)
	for range 5 {
		kept(t, all, run(t, s, "x += 1").Variables)
	}
	if len(all) != 1000 || all["x"].Preview != "5" {
		t.Errorf("%d are known, x is %s", len(all), all["x"].Preview)
	}
	kept(t, all, run(t, s, "for i in range(9_990): del globals()[f'v{i}']").Variables)
	if len(all) != 12 {
		t.Errorf("%d are left", len(all))
	}
}

func TestVariablesOfADamagedDriver(t *testing.T) {
	for name, code := range map[string]string{
		"broken":   "d = final_answer.__globals__\nd['summary'] = None\nx = 1",
		"nonsense": "d = final_answer.__globals__\nd['variables'] = lambda: '{\"changed\": 5}'",
		"slow":     "d = final_answer.__globals__\ndef f():\n while 1: pass\nd['variables_now'] = f",
	} {
		s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
		out := run(t, s, code)
		if out.Killed != "" || out.Variables == nil || out.Variables.Fault == "" {
			t.Errorf("%s: %s, %+v", name, show(out), out.Variables)
		}
		if got := show(run(t, s, "1+1")); got != "2" {
			t.Errorf("%s: the next step: %s", name, got)
		}
	}
}

func TestVariableTables(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	for _, c := range []struct {
		code   string
		shape  []int
		table  event.Table
		dtypes []string
	}{
		{
			"[{'name': 'Ada', 'n': 1}, {'name': None, 'n': 2.5}] * 10", nil,
			event.Table{Columns: []string{"name", "n"}, Rows: [][]any{{"Ada", 1.0}, {nil, 2.5}, {"Ada", 1.0}, {nil, 2.5}, {"Ada", 1.0}}, Total: 20},
			[]string{"NoneType | str", "float | int"},
		},
		{
			"__import__('numpy').array([[1.5, float('nan')], [3, 4]])", []int{2, 2},
			event.Table{Columns: []string{"0", "1"}, Rows: [][]any{{1.5, "nan"}, {3.0, 4.0}}, Total: 2}, []string{"float64", "float64"},
		},
	} {
		v := run(t, s, "t = "+c.code).Variables.Changed[0]
		if d := cmp.Diff(&c.table, v.Table); d != "" || !slices.Equal(v.DTypes, c.dtypes) || !slices.Equal(v.Shape, c.shape) {
			t.Errorf("%s: %v %v (-want +got):\n%s", c.code, v.DTypes, v.Shape, d)
		}
	}
	for _, code := range []string{"[]", "[{}]", "[{'a': 1}, {'b': 1}]", "[{1: 2}]", "{'a': 1}", "[1]", "__import__('numpy').zeros(3)", "__import__('numpy').zeros((2, 0))"} {
		if v := run(t, s, "t = "+code).Variables.Changed[0]; v.Table != nil {
			t.Errorf("%s is no table: %+v", code, v.Table)
		}
	}
}

func TestInspect(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, `rows = [{'n': i, 'text': 'é' * i} for i in range(1000)]
mixed = {'a': [1, 2, 3], (1, 2): {'k'}, 'obj': type('P', (), {'__init__': lambda s: s.__dict__.update(x=1, y=rows)})()}
text = 'abc' * 100_000
import numpy; cube = numpy.arange(24).reshape(2, 3, 4)`)
	for _, c := range []struct {
		name          string
		path          []int
		offset, limit int
		want          string
	}{
		{"rows", nil, 998, 10, "1000 rows from 998: n=998 text=éééééé"},
		{"rows", []int{2}, 0, 10, "2 entries from 0: 'n': 2, 'text': 'éé'"},
		{"rows", []int{2, 1}, 1, 1, "2 characters from 1: é"},
		{"mixed", nil, 1, 1, "3 entries from 1: (1, 2): {'k'}"},
		{"mixed", []int{0}, 1, 10, "3 entries from 1: 1: 2, 2: 3"},
		{"mixed", []int{1, 0}, 0, 10, "1 characters from 0: k"},
		{"mixed", []int{2}, 0, 1, "2 entries from 0: x: 1"},
		{"mixed", []int{2, 1}, 0, 1, "1000 rows from 0: n=0 text="},
		{"text", nil, 299_998, 1, "300000 characters from 299998: bc"},
		{"cube", nil, 0, 5, "2 entries from 0: 0: int64 3×4 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 1: int64 3×4 [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]"},
		{"cube", []int{1}, 2, 5, "3 rows from 2: 0=20 1=21"},
		{"rows", nil, 5000, 10, "1000 rows from 5000: "},
		{"rows", []int{1000}, 0, 10, "not_found"},
		{"nothing", nil, 0, 10, "not_found"},
		{"rows", nil, -1, 10, "not_found"},
		{"\xff", nil, 0, 10, "not_found"},
	} {
		p, err := s.Inspect(t.Context(), c.name, c.path, c.offset, c.limit)
		got := strings.ReplaceAll(tell(p), "int32", "int64") // numpy's own integers, whatever their size
		if err != nil {
			got = string(fault.Of(err).Code)
		}
		if got != c.want {
			t.Errorf("%s %v:\n got %s\nwant %s", c.name, c.path, got, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Inspect(ctx, "rows", nil, 0, 1); err == nil {
		t.Error("a cancelled context gives no error")
	}
	if got := show(run(t, s, "len(rows)")); got != "1000" {
		t.Errorf("got %s", got)
	}
}

func tell(p event.Page) string {
	var parts []string
	switch {
	case p.Table != nil:
		if len(p.Table.Rows) > 0 {
			for i, c := range p.Table.Columns[:2] {
				parts = append(parts, fmt.Sprintf("%s=%.6s", c, fmt.Sprint(p.Table.Rows[0][i])))
			}
		}
		return fmt.Sprintf("%d rows from %d: %s", p.Total, p.Offset, strings.Join(parts, " "))
	case p.Items != nil:
		for _, e := range p.Items {
			parts = append(parts, e.Key+": "+e.Preview)
		}
		return fmt.Sprintf("%d entries from %d: %s", p.Total, p.Offset, strings.Join(parts, ", "))
	}
	return fmt.Sprintf("%d characters from %d: %s", p.Total, p.Offset, p.Text)
}

// TestInspectLeavesNothing looks between the steps of one of two sessions that began alike: they stay alike.
func TestInspectLeavesNothing(t *testing.T) {
	origin := sandbox.Origin{Seed: make([]byte, 32), Clock: 1}
	var ids []string
	for _, looks := range []bool{false, true} {
		s := open(t, sandbox.Config{Imports: []string{"*"}, Origin: origin}, nil)
		run(t, s, "class P: pass\np = P(); p.x = [1]; rows = [{'a': i} for i in range(500)]")
		if looks {
			for _, name := range []string{"p", "rows", "P"} {
				if _, err := s.Inspect(t.Context(), name, nil, 0, 100); err != nil {
					t.Fatal(err)
				}
			}
		}
		ids = append(ids, show(run(t, s, "[id(object()), id([]), id('a' * 50), id({}), id(P())]")))
	}
	if ids[0] != ids[1] {
		t.Errorf("the addresses differ: %s", cmp.Diff(ids[0], ids[1]))
	}
}
