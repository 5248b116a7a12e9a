package cpython_test

import "testing"

// TestRaidOnTheInterpreter turns Python against itself: the code may break its own memory, never more than the step.
func TestRaidOnTheInterpreter(t *testing.T) {
	raid(t, []attempt{
		// Native code.
		{"ctypes", "import ctypes\nctypes.string_at(0)", "ModuleNotFoundError"},
		{"_ctypes", "import _ctypes", "ModuleNotFoundError"},
		{"mmap", "import mmap\nmmap.mmap(-1, 100)", "ModuleNotFoundError or OSError or ImportError"},
		{"dynamic modules", "import _imp, importlib.machinery as m\nopen('x.so', 'wb').write(b'\\0asm\\1\\0\\0\\0')\n_imp.create_dynamic(m.ModuleSpec('x', None, origin='x.so'))", "AttributeError or ImportError or TypeError"},
		{"null pointer", "import faulthandler\nfaulthandler._sigsegv()", "killed"},
		{"stack overflow", "import faulthandler\nfaulthandler._stack_overflow()", "killed or AttributeError"},
		{"fatal error", "import faulthandler\nfaulthandler._fatal_error_c_thread()", "killed or RuntimeError"},
		{"memory of other objects", forgedBytearray + "m = forge(0, 2**31 - 1)\nlen(m), len(bytes(m[:1024]))", "(2147483647, 1024)"},
		{"memory behind the end", forgedBytearray + "m = forge(2**31, 2**31 - 1)\nm[2**31 - 100]", "killed crash"},
		{"memory overwritten", forgedBytearray + "m = forge(0, 2**31 - 1)\nm[8 << 20:12 << 20] = b'\\xff' * (4 << 20)", "killed"},
		{"memory overwritten with care", forgedBytearray + overwriteOutput, "True or killed"},
		{"frames in a circle", forgedBytearray + framesInACircle, "killed time"},

		// Code objects.
		{"garbage bytecode", "import os\nfor i in range(50):\n    try: exec((lambda: 0).__code__.replace(co_code=bytes(os.urandom(64)), co_stacksize=200))\n    except Exception: pass", "any"},
		{"constants that are not there", "(lambda: 0).__code__.replace(co_consts=())\nexec((lambda: 10**9).__code__.replace(co_consts=()))", "any"},
		{"locals that are not there", "f = lambda x: x\nf.__code__ = f.__code__.replace(co_varnames=(), co_argcount=0, co_nlocals=0)\nf()", "any"},
		{"no room on the stack", "f = lambda: [1, [2, [3, [4, (5, 6, 7, 8, f(), print)]]]]\nf.__code__ = f.__code__.replace(co_stacksize=1)\nf()", "any"},
		{"absurd stack", "(lambda: 0).__code__.replace(co_stacksize=2**31 - 1)\nexec((lambda: 0).__code__.replace(co_stacksize=2**28))", "any"},
		{"a jump to nowhere", "exec((lambda: 0).__code__.replace(co_code=bytes([79, 255, 79, 255])))", "any"},
		{"marshal", "import marshal, os\nfor i in range(300):\n    try: marshal.loads(bytes(os.urandom(40)))\n    except Exception: pass\nfor k in (b'[', b'(', b'{', b'<', b'c'):\n    try: marshal.loads(k + b'\\xff\\xff\\xff\\x7f' * 3)\n    except Exception: pass", "any"},
		{"pickle", "import pickle\npickle.loads(b\"cos\\nsystem\\n(S'touch {dir}/new'\\ntR.\")", "AttributeError or OSError"},
		{"pickle bomb", "import pickle\nd = b'(lp0\\n'\nfor i in range(60): d += b'(g%d\\ng%d\\nlp%d\\n' % (i, i, i + 1)\nlen(repr(pickle.loads(d + b'.'))[:9])", "any"},
		{"type confusion", "class A: __slots__ = ('a',)\nclass B: __slots__ = ('a', 'b', 'c')\nA.b = B.__dict__['c']\nA().b", "TypeError"},

		// Objects, frames, tracebacks.
		{"every object", "import gc\nn = 0\nfor o in gc.get_objects():\n    if type(o) is list and o is not kept and o != [{'name': 'x', 'required': False}]:\n        try: o.clear()\n        except Exception: pass", "any"},
		{"every function", "import gc, types\nfor o in gc.get_objects():\n    if type(o) is types.FunctionType: o.__code__ = (lambda *a, **k: None).__code__", "any"},
		{"every class", "import gc\nfor c in object.__subclasses__():\n    try: c.__init__ = c.__new__ = None\n    except Exception: pass", "any"},
		{"every dict", "import gc\nfor o in gc.get_objects() + [final_answer.__globals__]:\n    if type(o) is dict and 'host_call' in o: o.update(host_call=print, run=print, OPS={}, describe=None)", "killed"},
		{"referrers", "import gc\nfor r in gc.get_referrers(final_answer):\n    if type(r) is dict and 'OPS' in r: r['OPS']['run'] = lambda r: '{}'", "killed or any"},
		{"frames", "import sys\nf = sys._getframe()\nwhile f:\n    f.f_globals['armed'] = f.f_globals['dumps'] = None\n    f = f.f_back", "killed or any"},
		{"tracebacks", "try: 1/0\nexcept ZeroDivisionError as e:\n    t = e.__traceback__\n    t.tb_next = t if False else None\n    f = t.tb_frame.f_back\n    while f.f_back: f = f.f_back\n    f.f_globals.pop('error_of', None)\n    f.f_globals.pop('names', None)", "killed or any"},
		{"locals of the driver", "import sys\nf = sys._getframe()\nwhile f:\n    f.f_locals['filename'] = f.f_locals['request'] = f.f_locals['value'] = 5\n    f = f.f_back", "any"},
		{"builtins of the driver", "d = final_answer.__globals__['__builtins__']\nfor k in list(d): d[k] = None", "killed"},
		{"a class with a hostile repr", "class R:\n    def __repr__(self): raise SystemExit\n    def __str__(self): return 5\n    __class__ = property(lambda s: 1/0)\n    __len__ = __bool__ = __eq__ = __hash__ = lambda s: 1/0\n    def __getattribute__(self, n): 1/0\nR()", "any"},
		{"an exception with a hostile text", "class E(BaseException):\n    def __str__(self):\n        while True: pass\nraise E", "killed time"},
		{"an exception in its own text", "class E(Exception):\n    def __str__(self): raise E\n    __cause__ = property(lambda s: s)\nraise E", "E: <its text failed with E>"},
		{"an exception without end", "a = b = Exception()\nfor i in range(5000):\n    c = Exception(i); c.__cause__ = a; a = c\nb.__cause__ = a\nraise a", "Exception"},
		{"an exception group without end", "e = ValueError()\nfor i in range(5000): e = ExceptionGroup('g', [e, e])\nraise e", "ExceptionGroup or killed"},
		{"a name of a class that is no text", "raise type('E' * 100_000 + '\\udcff\\0', (Exception,), {})('\\udcff' * 100)", "EEE or ValueError or UnicodeEncodeError"},

		// What outlives a step.
		{"audit hook", "import sys\nsys.addaudithook(lambda *a: 1/0)", "killed or ZeroDivisionError"},
		{"trace", "import sys, threading\nsys.settrace(lambda *a: 1/0); threading.settrace(lambda *a: 1/0)", "any"},
		{"profile", "import sys\nsys.setprofile(lambda *a: 1/0)", "any"},
		{"trace that loops", "import sys\ndef t(*a):\n    while True: pass\nsys.settrace(t)", "any"},
		{"monitoring", "import sys\nm = sys.monitoring\nm.use_tool_id(2, 'x')\nm.set_events(2, m.events.PY_START | m.events.CALL)\nm.register_callback(2, m.events.PY_START, lambda *a: 1/0)", "any"},
		{"collector callbacks", "import gc\ngc.callbacks.append(lambda *a: 1/0)\ngc.collect()", "any"},
		{"finalizers", "class D:\n    def __del__(self):\n        D()\n        1/0\nD()\nclass L:\n    def __init__(self): self.me = self\n    def __del__(self): globals()['again'] = self\nL()", "any"},
		{"a finalizer that loops", "class D:\n    def __del__(self):\n        while True: pass\nD()", "killed time"},
		{"a finalizer at the next error", "class D:\n    def __del__(self): raise SystemExit\nd = [D()]; d.append(d); del d", "any"},
		{"weak references", "import weakref\nclass W: pass\nw = W(); r = [weakref.ref(w, lambda r: 1/0) for i in range(1000)]\ndel w", "any"},
		{"at exit", "import atexit\natexit.register(lambda: tool('bye'))\natexit._run_exitfuncs()", "any"},
		{"exit handlers and threads", "import threading\nthreading._shutdown()\nthreading._main_thread = None", "any"},
		{"hooks", "import sys, builtins\nsys.excepthook = sys.displayhook = sys.unraisablehook = lambda *a: 1/0\nsys.breakpointhook = builtins.__build_class__ = None", "any"},
		{"codecs", "import codecs, _codecs\ncodecs.register(lambda n: 1/0)\n_codecs.register_error('strict', lambda e: ('', 0)); _codecs.register_error('backslashreplace', lambda e: 1/0)", "any"},
		{"warnings", "import warnings\nwarnings.simplefilter('error')\nwarnings.showwarning = None", "any"},
		{"recursion limit", "import sys\nsys.setrecursionlimit(30)", "any"},
		{"switch interval", "import sys\nsys.setswitchinterval(1e9); sys.set_int_max_str_digits(640)", "any"},
		{"allocator", "import gc, sys\ngc.set_threshold(1, 1, 1); gc.freeze(); gc.set_debug(gc.DEBUG_SAVEALL); sys._clear_type_cache()", "any"},
		{"interned strings", "import sys\nfor i in range(20_000): sys.intern('s%d' % i)", "any"},
		{"time zone", "import os, time\nos.environ['TZ'] = ':/etc/passwd'\ntime.tzset()", "any"},
		{"decimal context", "import decimal\ndecimal.getcontext().prec = decimal.MAX_PREC\ndecimal.Decimal(1) / 7", "killed or MemoryError"},

		// The import machinery.
		{"a false module", "import sys, types\nfor n in ('json', 'math', 'ast', 'traceback', '_host'): sys.modules[n] = types.ModuleType(n)\nimport importlib\nimportlib.invalidate_caches(); del sys.modules['json'], sys.modules['math']", "any"},
		{"finders", "import sys\nsys.meta_path.insert(0, type('F', (), {'find_spec': lambda *a: 1/0})())\nsys.meta_path.pop(0)\nsys.path_importer_cache.clear()", "any"},
		{"path hooks", "import sys\nsys.path_hooks.clear(); sys.path_importer_cache.clear()", "any"},
		{"no finders", "import sys\nsys.meta_path.clear()", "any"},
		{"reload", "import importlib, ast, json, io, traceback, types, linecache, random, signal, inspect\nfor m in (ast, json, io, traceback, types, linecache, random, signal, inspect): importlib.reload(m)", "any"},
		{"reload of the stand-ins", "import importlib, socket, threading, asyncio\nfor m in (socket, threading): importlib.reload(m)\nsocket.socket()", "OSError"},
		{"modules emptied", "import ast, linecache, signal, traceback, sys\nfor m in (ast, linecache, signal, traceback): m.__dict__.clear()", "any"},
		{"the line cache", "import linecache\nlinecache.cache = None", "killed or any"},
		{"the host module", "import _host\n_host.call = _host.stdout = None", "any"},
		{"frozen importlib", "import _frozen_importlib as f\nf._find_and_load = f._handle_fromlist = None", "any"},
		{"without authorization", "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0]('touch {dir}/new', shell=True)", "OSError or IndexError"},
		{"the real import", "import sys\nf = [c for c in object.__subclasses__() if c.__name__ == 'BuiltinImporter'][0]\nf.load_module('posix').open('{dir}/secret', 0x04000000)", "FileNotFoundError"},
	})
}

// forgedBytearray makes an array of any memory, by bytecode that loads a constant from behind the tuple of constants
// (layouts of CPython 3.13 with 32-bit pointers).
const forgedBytearray = `import struct
def forge(start, size):
    fake = struct.pack('<IIiiIIi', 1 << 28, id(bytearray), size, size, start, start, 0)
    at = struct.pack('<I', id(fake) + 16)
    keep.extend((fake, at))
    consts = (None,)
    n = ((id(at) + 16 - id(consts) - 12) // 4) % (1 << 30)
    op = [149, 0]
    for shift in (24, 16, 8): op += [EXT, n >> shift & 255]
    code = bytes(op + [LOAD, n & 255, RET, 0])
    f = lambda: None
    f.__code__ = f.__code__.replace(co_code=code, co_consts=consts)
    return f()
import opcode
EXT, LOAD, RET = (opcode.opmap[o] for o in ('EXTENDED_ARG', 'LOAD_CONST', 'RETURN_VALUE'))
keep = []
`

// overwriteOutput puts nonsense into the buffer for printed text, which the host reads by itself.
const overwriteOutput = `m = forge(0, 2**31 - 1)
mark = 'find' + 'me' * 50
print(mark, end='')
at = bytes(m[8 << 20:16 << 20]).find(b'\x00\x00\x00\x00find' + b'me' * 50)
if at >= 0:
    at += (8 << 20) - 4
    for used, op in ((-1, 0), (2**31 - 1, 1), (32768, 99), (32769, -1)):
        m[at:at + 8] = struct.pack('<ii', used, op)
        for i in range(30_000): pass
at >= 0
`

// framesInACircle makes the running frame its own caller, so that whoever asks for the line of the step never finds it.
const framesInACircle = `m = forge(0, 2**31 - 1)
exec(compile('''import sys, signal, struct
f = sys._getframe()
at = struct.unpack('<I', m[id(f) + 12:id(f) + 16])[0]
m[at + 4:at + 8] = struct.pack('<I', at)
signal.signal(2, signal.SIG_IGN)
while True: pass''', 'other', 'exec'))
`
