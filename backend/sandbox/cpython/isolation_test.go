package cpython_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"sandglass/backend/sandbox"
)

func TestNothingOfTheHost(t *testing.T) {
	t.Setenv("SANDGLASS_SECRET", "hunter2")
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/secret", []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	for _, c := range []struct{ code, want string }{
		{"import os; dict(os.environ)", "{'HOME': '/scratch', 'TMPDIR': '/tmp'}"},
		{"sorted(os.listdir('/'))", "['dev', 'input', 'lib', 'scratch', 'tmp']"},
		{"os.listdir('/lib')", "['site.zip', 'stdlib.zip']"},
		{"open('/etc/passwd')", "FileNotFoundError"},
		{"open('/scratch/../../../etc/passwd')", "FileNotFoundError"},
		{fmt.Sprintf("open(%q)", dir+"/secret"), "FileNotFoundError"},
		{"[os.path.exists(p) for p in ('/proc', '/home', '/root', '/dev/mem', '/etc')]", "[False, False, False, False, False]"},
		{"n = 0\nfor fd in range(4, 2000):\n    try:\n        os.fstat(fd); n += 1\n    except OSError: pass\nn", "0"},
		{"import socket; socket.socket()", "OSError: there are no sockets in the sandbox"},
		{"socket.create_connection(('1.1.1.1', 80))", "OSError: there are no sockets"},
		{"import _socket; _socket.socket()", "OSError"},
		{"import urllib.request; urllib.request.urlopen('http://example.com')", "URLError: <urlopen error [Errno 2] there is no network in this sandbox>"},
		{"import subprocess; subprocess.run(['ls'])", "OSError: there are no other processes"},
		{"subprocess.check_output('ls', shell=True)", "OSError: there are no other processes"},
		{"os.system('ls')", "OSError: there are no other processes"},
		{"import multiprocessing; multiprocessing.Process(target=print).start()", "OSError: there are no other processes"},
		{"import threading; threading.Thread(target=print).start()", "RuntimeError: there are no threads in the sandbox"},
		{"import concurrent.futures as f; list(f.ThreadPoolExecutor(2).map(abs, [1, -2]))", "[1, 2]"},
		{"f.ThreadPoolExecutor().submit(int, 'x').result()", "ValueError: invalid literal"},
		{"import ctypes", "ModuleNotFoundError: No module named '_ctypes': it cannot work inside WebAssembly"},
		{"import numpyy", "ModuleNotFoundError: No module named 'numpyy': it is not part of the sandbox's Python"},
		{"input('name?')", "RuntimeError: input() cannot ask in the sandbox: nobody is there"},
		{"breakpoint()", "RuntimeError: there is no debugger"},
		{"os.getpid() == 42, os.name", "(True, 'posix')"},
		{"import time, datetime; abs(time.time() - datetime.datetime.now().timestamp()) < 5, time.time() > 1.7e9", "(True, True)"},
		{"a = time.monotonic(); time.sleep(0.02); 0.015 < time.monotonic() - a < 5", "True"},
		{"import zoneinfo; datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin')).utcoffset()", "datetime.timedelta(seconds=7200)"},
		{"import secrets, uuid; len({secrets.token_hex(8) for _ in range(9)}), uuid.uuid4() != uuid.uuid4()", "(9, True)"},
		{"import hashlib; hashlib.sha256(b'x').hexdigest()[:8], hashlib.md5(b'x').hexdigest()[:8]", "('2d711642', '9dd4e461')"},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.code, got, c.want)
		}
	}
	if got := show(run(t, open(t, sandbox.Config{Tools: []sandbox.Tool{{Name: "user_input"}}}, nil), "input()")); !strings.Contains(got, "call the tool user_input(question)") {
		t.Errorf("input: %s", got)
	}
}

func TestAsyncio(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	for _, c := range []struct{ code, want string }{
		{"import asyncio\nasync def m(i):\n    await asyncio.sleep(0.01 * i)\n    return i\nasyncio.run(m(1))", "1"},
		{"async def g(): return await asyncio.gather(*(m(i) for i in range(4)))\nasyncio.run(g())", "[0, 1, 2, 3]"},
		{"async def w():\n    try:\n        await asyncio.wait_for(asyncio.sleep(5), 0.02)\n    except TimeoutError as e:\n        return 'late'\nasyncio.run(w())", "'late'"},
		{"asyncio.run(asyncio.to_thread(abs, -1))", "1"},
		{"async def dead(): await asyncio.Event().wait()\nasyncio.run(dead())", "RuntimeError: deadlock"},
		{"async def q():\n    q = asyncio.Queue()\n    async with asyncio.TaskGroup() as tg:\n        tg.create_task(q.put(1))\n        return await q.get()\nasyncio.run(q())", "1"},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

func TestImports(t *testing.T) {
	const no = "ImportError: import of "
	for _, c := range []struct {
		imports string // "" for the default list
		code    string
		want    string
	}{
		{"", "import math, collections.abc, xml.etree.ElementTree as ET, urllib.parse; math.floor(1.5)", "1"},
		{"", "from urllib import parse; parse.quote('a b')", "'a%20b'"},
		{"", "from collections import OrderedDict, abc; from html import parser; 1", "1"},
		{"", "import datetime; datetime.datetime.strptime('2024-01-02', '%Y-%m-%d').day", "2"}, // C code imports _strptime
		{"", "import os", no + "'os' is not authorized. Authorized imports: matplotlib; of the standard library: collections, csv, datetime, functools, io, itertools, json, math, pathlib, random, re, statistics, string, time, urllib, and 22 more"},
		{"", "import sys", no + "'sys'"}, {"", "from os import path", no + "'os'"}, {"", "import os.path", no + "'os.path'"},
		{"urllib.parse", "import urllib.request", no + "'urllib.request'"}, {"urllib.parse", "from urllib import request, parse", no + "'urllib'"},
		{"", "import urllib.request, http.client; 1", "1"}, // harmless: a request is judged when it is made
		{"", "__import__('subprocess')", no + "'subprocess'"}, {"", "exec('import socket')", no + "'socket'"},
		{"", "from . import x", no + "'.'"}, {"", "def f():\n    import shutil\nf()", no + "'shutil'"},
		{"math", "import numpy", no + "'numpy'"}, {"numpy.*", "import numpy.linalg; 1", "1"},
		{"math", "import math; 1", "1"}, {"math", "import json", no + "'json' is not authorized. Authorized imports: math"},
		{"os.*", "import os, os.path; 1", "1"}, {"os", "import os.path; 1", "1"}, {"os.path", "import os.path; 1", "1"},
		{"os.path", "import os", no + "'os'"}, {"*", "import sys, os, subprocess; 1", "1"},
		{"oss", "import os", no + "'os'"}, {"o", "import os", no + "'os'"},
	} {
		cfg := sandbox.Config{}
		if c.imports != "" {
			cfg.Imports = []string{c.imports}
		}
		if got := show(run(t, open(t, cfg, nil), c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q allows %q\n got %s\nwant %s", c.imports, c.code, got, c.want)
		}
	}
	none := open(t, sandbox.Config{Imports: []string{}}, nil)
	if got := show(run(t, none, "import math")); !strings.HasPrefix(got, no) {
		t.Errorf("an empty list allows %s", got)
	}
	if got := show(run(t, none, "[len(str(x)) for x in (1.5, 'é')]")); got != "[3, 1]" {
		t.Errorf("without imports: %s", got)
	}
}

// TestTampering breaks what the driver stands on. Each is either harmless or undone with the step.
func TestTampering(t *testing.T) {
	for _, code := range []string{
		"import builtins\nfor n in ('print', 'len', 'isinstance', 'repr', 'compile', 'eval', 'exec', 'type', 'str', 'dict'): setattr(builtins, n, None)",
		"import builtins\nbuiltins.__import__ = None", "import builtins\nbuiltins.__dict__.clear()",
		"import json\njson.dumps = json.loads = json.JSONEncoder = None", "import sys\nsys.modules.clear()",
		"import traceback\ntraceback.TracebackException = None", "import linecache\nlinecache.getlines = None\n1/0",
		"import sys\nsys.stdout = sys.stderr = None", "import os\nos.close(0); os.close(1); os.close(2); os.close(3)",
		"import signal\nsignal.signal(2, signal.SIG_IGN)", "import sys\nsys.excepthook = sys.displayhook = None",
		"import sys\nsys.settrace(lambda *a: 1/0)", "import sys\nsys.setrecursionlimit(60)", "import gc\ngc.disable(); gc.set_threshold(1)",
		"final_answer.__globals__.clear()", "import sys\nsys._getframe(3).f_globals['step'] = None", "import sys\nsys._getframe(3).f_globals['OPS'].clear()",
		"del __builtins__", "__builtins__ = None", "globals().clear()", "final_answer = None", "import os\nos.chdir('/')",
		"import _host\n_host.call(2, b'{}')", "import _host\n_host.call(2, b'nonsense')", "import _host\n_host.call(4, b'{\"table\":{\"columns\":[\"a\"],\"rows\":[[1,2]]}}')",
		"import _host\n_host.call(3, b'no such tool')", "import _host\n_host.call(99, b'')", "import _host\n_host.call(-1, bytes(1000))",
	} {
		s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
		run(t, s, "x = 1")
		first := run(t, s, code)
		second := run(t, s, "print(len('abc'))\nimport math\nx = [math.floor(1.5)]\nx")
		if show(second) != "[1]" || second.Stdout != "3\n" {
			t.Errorf("%q gave %s; then: %s %q", code, show(first), show(second), second.Stdout)
		}
		if got := show(run(t, s, "1/0")); !strings.HasPrefix(got, "ZeroDivisionError") {
			t.Errorf("%q; then 1/0: %s", code, got)
		}
		if out := run(t, s, "final_answer(1)"); out.Final == nil {
			t.Errorf("%q; then no final answer: %s", code, show(out))
		}
	}
}

func TestSessionsAreApart(t *testing.T) {
	var wg sync.WaitGroup
	seen := make([]string, 8)
	for i := range seen {
		wg.Add(1)
		go func() {
			defer wg.Done()
			h := &host{}
			s := open(t, sandbox.Config{Imports: []string{"*"}, Limits: tight}, h)
			code := fmt.Sprintf("x = %d\nopen('f', 'w').write(str(x))\nprint(x)", i)
			run(t, s, code)
			if i%2 == 0 {
				run(t, s, "x = -1\n__import__('os')._exit(0)")
			}
			out := run(t, s, "import random, time\ntime.sleep(0.01)\nx, open('f').read(), len(globals()) < 30")
			if want := fmt.Sprintf("(%d, '%d', True)", i, i); show(out) != want || h.live() != fmt.Sprintf("%d\n", i) {
				t.Errorf("%s, want %s; printed %q", show(out), want, h.live())
			}
			seen[i] = show(run(t, s, "random.random(), random.getrandbits(64)"))
		}()
	}
	wg.Wait()
	for i := range seen {
		for j := range i {
			if seen[i] == seen[j] {
				t.Errorf("sessions %d and %d have the same random numbers: %s", i, j, seen[i])
			}
		}
	}
}
