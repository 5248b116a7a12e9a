package cpython_test

import (
	"os"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

func TestRaidOnTheNetwork(t *testing.T) {
	const refused = "OSError or URLError or ImportError or ModuleNotFoundError or PermissionError or AttributeError or RuntimeError or ConnectionError or ConnectionRefusedError or gaierror or ValueError"
	raid(t, []attempt{
		{"socket", "import socket\nsocket.socket().connect(('127.0.0.1', {port}))", refused},
		{"raw module", "import _socket\n_socket.socket(_socket.AF_INET).connect(('127.0.0.1', {port}))", refused},
		{"class made again", "import _socket, socket\nclass S(_socket.socket): pass\nS(2, 1, 0).connect(('127.0.0.1', {port}))", refused},
		{"undone refusal", "import socket, _socket\nsocket.socket.__init__ = _socket.socket.__init__\nsocket.socket().connect(('127.0.0.1', {port}))", refused},
		{"from a descriptor", "import socket\nr = []\nfor fd in range(20):\n    try: r.append(socket.socket(fileno=fd).send(b'x'))\n    except (OSError, AttributeError): pass\nr", "[]"},
		{"socket pair", "import socket\nsocket.socketpair()", refused},
		{"unix socket", "import socket\nsocket.socket(getattr(socket, 'AF_UNIX', 1)).connect('/run/docker.sock')", refused},
		{"server", "import socket\nsocket.create_server(('', 8000))", refused},
		{"names", "import socket\nsocket.getaddrinfo('localhost', {port})", refused},
		{"raw names", "import _socket\n_socket.getaddrinfo('localhost', {port})", refused},
		{"http.client", "import http.client\nc = http.client.HTTPConnection('127.0.0.1', {port}, timeout=1)\nc.request('GET', '/')\nc.getresponse().read()", refused},
		{"urllib", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}/').read()", refused},
		{"urllib with a proxy", "import urllib.request\nurllib.request.build_opener(urllib.request.ProxyHandler({'http': 'http://127.0.0.1:{port}'})).open('http://example.com')", refused},
		{"ftplib", "import ftplib\nftplib.FTP().connect('127.0.0.1', {port})", refused},
		{"smtplib", "import smtplib\nsmtplib.SMTP('127.0.0.1', {port})", refused},
		{"poplib and imaplib", "import poplib, imaplib\nn = 0\nfor f in (lambda: poplib.POP3('127.0.0.1', {port}), lambda: imaplib.IMAP4('127.0.0.1', {port})):\n    try: f(); n += 1\n    except OSError: pass\nn", "0 or " + refused},
		{"xmlrpc", "import xmlrpc.client\nxmlrpc.client.ServerProxy('http://127.0.0.1:{port}').x()", refused},
		{"asyncio streams", "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', {port}))", refused},
		{"asyncio server", "import asyncio\nasyncio.run(asyncio.start_server(print, '127.0.0.1', 8000))", refused},
		{"multiprocessing", "from multiprocessing.connection import Client\nClient(('127.0.0.1', {port}))", refused},
		{"log handler", "import logging.handlers\nh = logging.handlers.SocketHandler('127.0.0.1', {port})\nh.createSocket(); h.sock and h.sock.send(b'x')", "any"},
		{"socketserver", "import socketserver\nsocketserver.TCPServer(('', 8000), None)", refused},
		{"TLS", "import ssl, socket\nssl.create_default_context().wrap_socket(socket.socket()).connect(('127.0.0.1', {port}))", refused},
		{"device", "open('/dev/tcp/127.0.0.1/{port}', 'r+')", "FileNotFoundError"},
	})
}

func TestRaidOnProcesses(t *testing.T) {
	const refused = "OSError or AttributeError or ImportError or ModuleNotFoundError or PermissionError or RuntimeError or NotImplementedError"
	touch := "touch {dir}/new"
	raid(t, []attempt{
		{"os.system", "import os\nos.system('" + touch + "')", refused},
		{"posix.system", "import posix\nposix.system('" + touch + "')", refused},
		{"os.popen", "import os\nos.popen('" + touch + "').read()", refused},
		{"subprocess", "import subprocess\nsubprocess.run('" + touch + "', shell=True, check=True)", refused},
		{"undone refusal", "import importlib, subprocess\nimportlib.reload(subprocess).run('" + touch + "', shell=True)", refused},
		{"fork_exec", "import _posixsubprocess\n_posixsubprocess.fork_exec", refused},
		{"fork", "import os\nos.fork()", refused},
		{"forkpty", "import pty\npty.spawn('/bin/sh')", refused},
		{"exec", "import os\nr = []\nfor n in ('execv', 'execve', 'execvp', 'execl', 'spawnl', 'spawnv', 'spawnlp', 'posix_spawn', 'posix_spawnp', 'startfile', 'fexecve'):\n    f = getattr(os, n, None)\n    try: r.append(f and f('/bin/sh', ['sh', '-c', '" + touch + "']))\n    except (OSError, TypeError, NameError, AttributeError, NotImplementedError): pass\n[x for x in r if x]", "[]"},
		{"multiprocessing", "import multiprocessing\nmultiprocessing.Pool(1).map(print, [1])", refused},
		{"process pool", "import concurrent.futures as f\nf.ProcessPoolExecutor(1).submit(print).result()", refused},
		{"threads", "import _thread\n_thread.start_new_thread(print, ())", refused},
		{"joinable threads", "import _thread\n_thread.start_joinable_thread(print)", refused},
		{"subinterpreters", "import _interpreters as i\nn = i.create()\ni.run_string(n, 'import os; os.system(\"" + touch + "\")')", "any"},
		{"subinterpreter that loops", "import _interpreters as i\ni.run_string(i.create(), 'while True: pass')", "killed or " + refused},
		{"kill the host", "import os\nr = []\nfor pid in (0, 1, -1, 42, os.getpid(), os.getppid() if hasattr(os, 'getppid') else 1):\n    for sig in (0, 9, 15):\n        try: os.kill(pid, sig); r.append((pid, sig))\n        except (OSError, AttributeError, PermissionError): pass\nr", "[] or killed"},
		{"signal to oneself", "import signal\nsignal.raise_signal(signal.SIGKILL)", "killed or " + refused},
		{"abort by signal", "import signal\nsignal.raise_signal(signal.SIGABRT)", "killed or " + refused},
		{"users", "import os\nr = []\nfor f in ('setuid', 'setgid', 'seteuid', 'setsid', 'nice', 'getuid', 'getlogin', 'sched_setaffinity', 'setpriority'):\n    if hasattr(os, f): r.append(f)\nr", "[]"},
		{"limits", "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (9, 9))", refused},
		{"keyboard", "import sys, os\nsys.stdin and sys.stdin.read(), os.read(0, 9)", "('', b'') or (None, b'')"},
		{"terminal", "import os, sys\n[os.isatty(i) for i in range(4)], hasattr(os, 'openpty'), hasattr(os, 'tcgetpgrp')", "([False, False, False, False], False, False)"},
	})
}

// TestRaidOnTheEnvironment looks for what Python tells of the computer that it runs on.
func TestRaidOnTheEnvironment(t *testing.T) {
	p := newPrey(t)
	s := open(t, sandbox.Config{Imports: []string{"*"}}, p.host(t))
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{
		"import os\ndict(os.environ), dict(os.environb), os.getenv('PATH'), os.getenv('SANDGLASS_TREASURE')",
		"import posix\nposix.environ", "import os\nos.uname()", "import platform\nplatform.uname(), platform.platform(), platform.node()",
		"import os\nos.getcwd(), os.path.expanduser('~'), os.path.abspath('.'), os.path.realpath('.')", "import sys\nsys.path, sys.argv, sys.executable, sys.prefix, sys.orig_argv, sys.flags",
		"import sysconfig\nsysconfig.get_config_vars(), sysconfig.get_paths()", "import getpass\ngetpass.getuser()", "import pwd\npwd.getpwall()", "import socket\nsocket.gethostname()",
		"import uuid\nuuid.getnode(), uuid.uuid1()", "import site\nsite.getsitepackages(), site.getusersitepackages()", "import time, locale\ntime.tzname, locale.setlocale(0), locale.getdefaultlocale()",
		"import os\nos.cpu_count(), os.getpid(), os.times()", "import tempfile\ntempfile.gettempdir()", "import traceback, json\ntraceback.format_stack(), json.__file__",
		"import sys\n{n: repr(m) for n, m in sys.modules.items()}", "import os, pathlib\npathlib.Path.home(), os.confstr_names if hasattr(os, 'confstr_names') else 0",
		"import gc\n[o for o in gc.get_objects() if type(o) is str][:1], [v for o in gc.get_objects() if type(o) is dict for v in o.values() if type(v) is str and ('/home' in v or '/root' in v)]",
	} {
		out := run(t, s, code)
		p.check(t, out)
		if out.Killed != "" {
			t.Errorf("%q: %s", code, show(out))
		}
		text := show(out) + out.Stdout + out.Stderr
		for what, secret := range map[string]string{"the computer's name": name, "the working folder": here, "the home folder": home + "/"} {
			if len(secret) > 3 && strings.Contains(text, secret) {
				t.Errorf("%q tells %s: %s", code, what, text)
			}
		}
	}
}
