package cpython_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

// rawTool calls the tool past the driver, with any bytes for arguments.
const rawTool = "import _host\ndef raw(args, name=b'tool', op=3): return _host.call(op, name + b'\\0' + args)\n"

// TestRaidOnTheHost abuses the calls that lead to the host: through the driver, and past it.
func TestRaidOnTheHost(t *testing.T) {
	const refusedArguments = "b'ethere is no such tool in this session'"
	raid(t, []attempt{
		// Values.
		{"not a number", "tool(float('nan'))", "TypeError"},
		{"infinity in depth", "tool({'a': [1, {'b': -float('inf')}]})", "TypeError"},
		{"a cycle", "a = {}; a['a'] = [a]; tool(a)", "TypeError"},
		{"deep", "a = []\nfor i in range(20_000): a = [a]\ntool(a)", "TypeError"},
		{"as deep as it goes", "a = []\nfor i in range(900): a = [a]\nlen(repr(tool(a)))", "1809 or TypeError or RecursionError"},
		{"wide", "len(tool(list(range(200_000)))['x'])", "200000 or killed time"},
		{"huge", "tool('x' * (1 << 20)) and 1", "1 or killed"},
		{"huge integer", "tool(10**4000) and 1", "1"},
		{"larger than text may be", "tool(10**5000)", "TypeError or ValueError"},
		{"lone surrogates", "tool('\\udcff\\ud800')['x']", "'\\udcff\\ud800'"},
		{"zero bytes and separators", "tool('\\0\\u2028\\x1f\\x7f\\U0010ffff')['x'] == '\\0\\u2028\\x1f\\x7f\\U0010ffff'", "True"},
		{"bytes that are not", "tool({'__bytes__': 'not base64!'}), tool({'__bytes__': 5}), tool({'__bytes__': 'AA=='})", "Error or binascii or TypeError"},
		{"strange keys", "tool({None: 1, 1: 2, 1.5: 3, True: 4})['x']", "{'null': 1"},
		{"keys that collide", "tool({1: 'a', '1': 'b'})['x']", "{'1': 'b'}"},
		{"keys that are no text", "tool({(1, 2): 3})", "TypeError"},
		{"names of parameters", "tool(**{'x': 1, 'y\\0z': 2, '__class__': 3})", "TypeError"},
		{"subclasses that lie", "class S(str):\n    def __str__(s): return '\\0'\n    def __len__(s): return -1\n    def encode(s): 1/0\nclass I(int):\n    def __repr__(s): return '}]'\nclass D(dict):\n    def items(s): return [(1, 2)] * 3\ntool([S('a'), I(5), D(a=1)])", "{'x': ['a', 5"},
		{"a list that grows", "class L(list):\n    def __iter__(s):\n        while True: yield bytes(10_000)\ntool(L([1]))", "killed or TypeError or {'x': [1]}"},
		{"a dict that grows", "class D(dict):\n    def items(s):\n        i = 0\n        while True: i += 1; yield str(i), 'x' * 1000\ntool(D(a=1))", "killed or TypeError or MemoryError"},
		{"a path that is not", "import pathlib\nclass P(pathlib.PurePosixPath):\n    def __str__(s): raise SystemExit\ntool(P('x'))", "SystemExit or TypeError"},
		{"numpy's name", "class N:\n    __module__ = 'numpy'\n    def tolist(s): return N()\nN.__module__ = 'numpy'\ntool(N())", "TypeError or RecursionError or killed"},

		// Figures.
		{"a figure that is none", rawTool + "_host.call(10, b'{}\\0[]')[:1]", "b'e'"},
		{"options that are none", rawTool + "[_host.call(10, d)[:1] for d in (b'', b'\\0', b'[]\\0{}', b'{\"scale\":\"x\"}\\0{}', b'{\"format\":\"../x\"}\\0{}', bytes(5000))]", "[b'e', b'e', b'e', b'e', b'e', b'e']"},
		{"a picture without end", rawTool + "_host.call(10, b'{\"format\":\"png\",\"width\":1e9,\"height\":1e9}\\0{\"data\":[]}')[:1]", "b'e'"},
		{"a figure as deep as a well", rawTool + "_host.call(10, b'{\"format\":\"svg\"}\\0' + b'[' * 1000000)[:1]", "b'e'"},
		{"a figure of ten thousand series", rawTool + "_host.call(10, b'{\"format\":\"svg\"}\\0{\"data\":[' + b','.join([b'{}'] * 10000) + b']}')[:1]", "b'e'"},
		{"a figure with an address", rawTool + "b'example' in _host.call(10, b'{\"format\":\"svg\"}\\0{\"data\":[{\"type\":\"image\",\"source\":\"file:///etc/example\"}],\"layout\":{\"title\":\"<a href=http://example>x</a>\"}}')", "False"},

		// Reentrancy.
		{"a call within a call", "class D(dict):\n    def items(s):\n        tool('inner')\n        return [('a', tool('again')['x'])]\ntool(D(a=1))['x']", "{'a': 'again'}"},
		{"a call from a finalizer", "class F:\n    def __del__(s): tool('late')\ndef f():\n    x = F()\n    tool([1, 2])\nf(); F(); import gc; gc.collect(); 'ok'", "'ok'"},
		{"a call from a finalizer at the end", "class F:\n    def __del__(s): tool('late')\nx = F()\nx = F(), 1/0", "ZeroDivisionError"},
		{"a call from a signal handler", "import signal\nsignal.signal(signal.SIGINT, lambda *a: tool('late'))\nsignal.raise_signal(signal.SIGINT)\ntool(1)", "{'x': 1}"},
		{"a call from a repr", "class R:\n    def __repr__(s): return repr(tool('shown'))\nR()", "{'x': 'shown'}"},
		{"a call from an exception's text", "class E(Exception):\n    def __str__(s): return repr(tool('said'))\nraise E", "E: {'x': 'said'}"},
		{"a call from a trace function", "import sys\nsys.settrace(lambda *a: tool('traced') and None)\ndef f(): pass\nf()\nsys.settrace(None)", "any"},
		{"a call from an audit hook", "import sys\nsys.addaudithook(lambda *a: tool('heard'))", "any"},
		{"a call from the collector", "import gc\ngc.callbacks.append(lambda *a: tool('collected'))\ngc.collect()\ngc.callbacks.clear()", "any"},
		{"many calls", "while True: tool(1)", "killed time"},
		{"many failing calls", "while True:\n    try: tool('fail')\n    except ToolError: pass", "killed time"},
		{"recursion through a tool", "def f(n): return tool(f(n + 1))\nf(0)", "RecursionError"},
		{"the tool replaced", "t = tool; tool = lambda x: 'mine'\ntool = t", "any"},
		{"the tool's code replaced", "c = tool.__code__\ntool.__code__ = c\ntool.__defaults__ = (1,); tool.__kwdefaults__ = {}\ntool.__closure__[0].cell_contents", "any"},

		// Final answers.
		{"an answer that is no value", "final_answer(object())", ""},
		{"an answer without end", "a = []; a.append(a); final_answer(a)", ""},
		{"a deep answer", "a = []\nfor i in range(20_000): a = [a]\nfinal_answer(a)", ""},
		{"a large answer", "final_answer('x' * 300_000)", ""},
		{"an answer with a hostile repr", "class R:\n    def __repr__(s): raise SystemExit\nfinal_answer(R())", ""},
		{"an answer whose repr loops", "class R:\n    def __repr__(s):\n        while True: pass\nfinal_answer(R())", "any"},
		{"an answer of not a number", "final_answer(float('nan'))", ""},
		{"an answer within an answer", "class R:\n    def __repr__(s): final_answer(2)\nfinal_answer(R())", ""},
		{"answers with any names", "final_answer(1, 2, x=3, **{'\\0': 4, '\\udcff': 5})", ""},
		{"an answer and then a loop", "try: final_answer(1)\nexcept BaseException:\n    while True: pass", "killed time"},
		{"a table of lies", "class K(dict):\n    def keys(s): return {'a': 1}.keys()\n    def __getitem__(s, k): 1/0\nfinal_answer([{'a': 1}, K(b=2)])", "any"},
		{"a frame of lies", "class F:\n    columns = property(lambda s: 1/0); index = 5; shape = ('x', 2**70)\n    def head(s, n): return s\n    def itertuples(s, **k): return iter(int, 1)\n    def reset_index(s): return s\nF()", "<__main__.F or killed"},
		{"a frame without end", "class F:\n    columns = ['a']; index = 5; shape = (1, 1)\n    def head(s, n): return s\n    def itertuples(s, **k): return iter(lambda: (1,), 0)\n    def reset_index(s): return s\nF()", "<__main__.F or killed"},

		// Past the driver.
		{"operations that are not", rawTool + "import random\nn = 0\nfor op in [99, 1000, -1, -2**31, 2**31 - 1] + [random.randrange(20, 2**31) for _ in range(200)]:\n    try: _host.call(op, bytes(50)); n += 1\n    except RuntimeError: pass\nn", "0"},
		{"numbers that are no operation", rawTool + "_host.call(2**40, b'')", "OverflowError"},
		{"arguments of a wrong kind", rawTool + "_host.call('3', 'x')", "TypeError"},
		{"nothing", rawTool + "[_host.call(3, b'')[:30]]", "[" + refusedArguments[:10]},
		{"another tool", rawTool + "raw(b'{}', b'delete_everything')", refusedArguments},
		{"final_answer as a tool", rawTool + "raw(b'{}', b'final_answer')", refusedArguments},
		{"a name with tricks", rawTool + "[raw(b'{}', n) for n in (b'Tool', b'tool ', b' tool', b'tool\\n', b'', b'\\xff', '\\u202etool'.encode(), b'to\\xc2\\xadol')] == [" + refusedArguments + "] * 8", "True"},
		{"arguments that are no object", rawTool + "[raw(a) for a in (b'', b'[]', b'1', b'null', b'\"x\"', b'{', b'{}}', b'{} {}', b'\\xff', b'NaN', b'{\"x\":NaN}', b'{\"x\":1e}', b'{\\'x\\':1}')] == [" + refusedArguments + "] * 13", "True"},
		{"arguments of a deep kind", rawTool + "raw(b'{\"x\":' + b'[' * 100_000 + b']' * 100_000 + b'}')", refusedArguments},
		{"a key twice", rawTool + "raw(b'{\"x\":1,\"x\":2}')", "b'v{"},
		{"numbers beyond measure", rawTool + "raw(b'{\"x\":1e999999,\"y\":-0.0,\"z\":' + b'9' * 10_000 + b'}')[:2]", "b'v{"},
		{"text that is no UTF-8", rawTool + "raw(b'{\"x\":\"\\xff\\xc0\\x80\\\\ud800\"}')[:1]", "b'v' or b'e'"},
		{"a false report", "import _host\n_host.call(2, b'{\"value\":{\"type\":\"int\",\"repr\":\"5\"},\"error\":null}')\n7", "7"},
		{"a false report and an exit", "import _host, os\n_host.call(2, b'{\"value\":null,\"error\":null}')\nos._exit(0)", "killed exit"},
		{"a false error", "import _host, os\n_host.call(2, b'{\"error\":{\"type\":\"StepTimeout\",\"message\":\"\",\"line\":-7,\"traceback\":5}}')", "any"},
		{"a report of lies", "import _host\nfinal_answer.__globals__['encode'] = lambda t: b'{\"value\":{\"type\":5}}'", "killed"},
		{"a report without end", "import _host\nd = b'{\"value\":' + b'[' * 2_000_000\n_host.call(2, d)", "any"},
		{"final values that are not", "import _host\nn = 0\nfor d in (b'', b'{', b'[]', b'5', b'\\xff', b'{\"type\":[]}', b'{\"table\":{\"columns\":5}}', b'{\"table\":{\"columns\":[\"a\"],\"rows\":[[{}]]}}', b'{\"json\":' + b'[' * 20_000):\n    try: _host.call(4, d); n += 1\n    except RuntimeError: pass\nn", "0"},
		{"prints past the driver", "import _host\nn = 0\nfor op in (0, 1):\n    for d in (b'', b'\\xff' * 100, bytes(1000)): _host.call(op, d)\nfor x in (5, None, b'x'):\n    try: _host.stdout(x)\n    except TypeError: n += 1\nn", "3"},
		{"a host module made again", "import _imp, sys, importlib.machinery as m\nh = _imp.create_builtin(m.ModuleSpec('_host', None))\nh.call(3, b'tool\\0{}')", "b'v{}'"},
		{"every operation with noise", rawTool + "import os\nfor i in range(300):\n    for op in range(12):\n        if op not in (2, 4):\n            try: _host.call(op, os.urandom(i % 40))\n            except Exception: pass", "any"},
		{"every operation with half a sentence", rawTool + "d = b'{\"name\":\"tool\",\"host\":\"127.0.0.1\",\"url\":\"http://127.0.0.1:{port}/\",\"method\":\"GET\",\"headers\":[[1]],\"body\":null,\"value\":{\"type\":1}}'\nfor n in range(len(d)):\n    for op in range(5, 12):\n        try: _host.call(op, d[:n])\n        except Exception: pass", "any"},
	})
}

// rawGate speaks the operations of the gate past the driver: imports (5), requests (6), and what is displayed (7).
const rawGate = rawTool + `import json
def ask(module, **more): return _host.call(5, json.dumps({'module': module, 'line': 1, 'source': 'x', **more}).encode())[:1]
def get(message=b'GET / HTTP/1.1\r\n\r\n', **head):
    return _host.call(6, json.dumps({'scheme': 'http', 'host': '127.0.0.1', 'port': {port}, 'timeout': 1.0, **head}).encode() + b'\0' + message)[:1]
`

func TestRaidOnTheGate(t *testing.T) {
	raid(t, []attempt{
		{"modules that are no names", rawGate + "{ask(m) for m in ('', '.', 'a..b', 'a b', 'os\\n', '\\u202eso', '../x', '*', 'x' * 10_000, 'os\\0', '\\udcff')}", "{b'e'}"},
		{"modules of a wrong kind", rawGate + "{_host.call(5, d)[:1] for d in (b'', b'[]', b'{', b'{\"module\":5}', b'{\"module\":[\"os\"]}', b'\\xff', b'{\"module\":' + b'[' * 20_000)}", "{b'e'}"},
		{"a place that deceives", rawGate + "ask('socket', source='safe\\r\\n\\x1b[2J\\u202e\\u0000' * 1000, line=-2**31)", "b'e'"},
		{"a line beyond measure", rawGate + "ask('socket', line=10**30)", "b'e'"},
		{"schemes", rawGate + "{get(scheme=s) for s in ('file', 'ftp', 'gopher', 'unix', 'HTTP ', 'http://x', '', 'javascript')}", "{b'e'}"},
		{"hosts", rawGate + "{get(host=h) for h in ('', ' ', 'a b', 'user@127.0.0.1', '127.0.0.1/x', '127.0.0.1#', '127.0.0.1?', '127.0.0.1\\r\\nX: y', '[::1', '\\u2024', '%6c', '/run/docker.sock', 'x' * 10_000)}", "{b'e'}"},
		{"other names of this computer", rawGate + "{get(host=h) for h in ('localhost', 'LOCALHOST.', '::1', '0', '0.0.0.0', '127.1', '2130706433', '0x7f000001', '017700000001', '::ffff:127.0.0.1', '127.0.0.1.')}", "{b'e'}"},
		{"ports", rawGate + "{get(port=p) for p in (-1, 0, 65536, 2**40, 1.5, '80', None)}", "{b'e'}"},
		{"times", rawGate + "{get(timeout=x) for x in (-1, 1e308, -1e308, '1', None, 0)}", "{b'e'}"},
		{"a second request in the first", rawGate + "get(b'POST / HTTP/1.1\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nGET /secret HTTP/1.1\\r\\n\\r\\n')", "b'e'"},
		{"headers", rawGate + "{get(b'GET / HTTP/1.1\\r\\n' + h + b'\\r\\n\\r\\n') for h in (b'Host: evil', b'Host: a\\r\\nHost: b', b'X: a\\x00b', b'X\\x0b: y', b' X: y', b'X: y\\r\\n z', b'X' * 100_000 + b': y', b'X: y\\r\\n' * 10_000)}", "{b'e'}"},
		{"targets", rawGate + "{get(b'GET ' + u + b' HTTP/1.1\\r\\n\\r\\n') for u in (b'http://evil/', b'//evil/', b'/\\\\@evil', b'*', b'', b'/ x', b'/\\xff', b'file:///etc/passwd', b'/' + b'a' * 100_000)}", "{b'e'}"},
		{"methods", rawGate + "{get(m + b' / HTTP/1.1\\r\\n\\r\\n') for m in (b'CONNECT', b'TRACE', b'G\\xffT', b'', b'GET\\t', b'PRI', b'X' * 10_000)}", "{b'e'}"},
		{"no request at all", rawGate + "{_host.call(6, d)[:1] for d in (b'', b'\\0', b'{}', b'{}\\0', b'null\\0GET / HTTP/1.1\\r\\n\\r\\n', b'[' * 20_000 + b'\\0')}", "{b'e'}"},
		{"displays that are none", rawGate + "{_host.call(7, d)[:1] for d in (b'', b'\\0', b'text\\0x', b'a/b/c\\0', b'\\xff/x\\0', b'x' * 5000 + b'\\0', b'application/json\\0{', b'application/json\\0NaN')}", "{b'e'}"},
		{"too many displays", rawGate + "[_host.call(7, b'text/plain\\0x')[:1] for _ in range(150)].count(b'v')", "100"},
		{"names by display", rawGate + "_host.call(7, b'text/plain; name=\"../../x\"\\0x'), _host.call(7, b'image/../../x\\0x')[:1]", "(b'vdisplayed/step"},
	})
}

// TestToolArgumentsHaveALimit: what is handed to the host is copied there, so it must not be as large as the guest's memory.
func TestToolArgumentsHaveALimit(t *testing.T) {
	p := newPrey(t)
	s := open(t, sandbox.Config{Imports: []string{"*"}, Tools: []sandbox.Tool{{Name: "tool", Params: []sandbox.Param{{Name: "x"}}}}}, p.host(t))
	if got := show(run(t, s, rawTool+"raw(bytes(65 << 20))")); !strings.HasPrefix(got, "b'ethe arguments are larger than 64 MiB") {
		t.Errorf("got %.200s", got)
	}
	if p.calls.Load() != 0 {
		t.Error("the tool was called")
	}
}

// TestHostilePanicsOfAHost: whatever the host's own functions do, the step ends with an error and not the app.
func TestHostilePanicsOfAHost(t *testing.T) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"null": func(context.Context, json.RawMessage) (any, error) { panic("a mistake in a tool") },
		"deep": func(context.Context, json.RawMessage) (any, error) {
			return json.RawMessage(strings.Repeat("[", 9000) + strings.Repeat("]", 9000)), nil
		},
		"invalid": func(context.Context, json.RawMessage) (any, error) { return json.RawMessage("{\"a\":NaN}"), nil },
		"binary":  func(context.Context, json.RawMessage) (any, error) { return json.RawMessage("\"\xff\xfe\""), nil },
	}}
	s := open(t, sandbox.Config{Tools: []sandbox.Tool{{Name: "null"}, {Name: "deep"}, {Name: "invalid"}, {Name: "binary"}}}, h)
	for _, c := range []struct{ code, want string }{
		{"null()", "ToolError: the tool broke down"},
		{"deep()", "RecursionError: maximum recursion depth exceeded"},
		{"invalid()", "ToolError: the tool's result is not JSON"},
		{"binary()", "'\ufffd\ufffd'"},
		{"6 * 7", "42"},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.code, got, c.want)
		}
	}
}
