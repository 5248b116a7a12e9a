# The guest half of a session: takes requests from the host, runs steps, reports. Runs once at boot, after values.py,
# standins.py and imports.py, in one namespace with its own copy of the builtins.
import _host, _signal, builtins, errno, gc, inspect, io, linecache, random, signal, sys, traceback, types

VALUE = ord("v")  # begins the answer of a tool that did not fail
OP_RESULT, OP_TOOL, OP_FINAL = 2, 3, 4  # as in ops.go
TRACEBACK_CHARS = 12_000
TOLD_CHARS = 4_000  # of a value's text reach the model (maxValue in package agent); what has more is kept as _
FRAMES_FIRST, FRAMES_LAST = 10, 20  # of a deep traceback
host_call, parts, version_of = _host.call, _host.parts, _host.version_of


# ---- output
class Out(io.TextIOBase):
    encoding, errors, mode = "utf-8", "backslashreplace", "w"

    def __init__(self, write, fd):
        self.write = write  # written in C: print does not run Python code
        self._fd = fd
        self.buffer = io.FileIO(fd, "w", closefd=False)
        self.name = "<stdout>" if fd == 1 else "<stderr>"

    def writable(self):
        return True

    def fileno(self):
        return self._fd

    def close(self):
        pass


stdout, stderr = Out(_host.stdout, 1), Out(_host.stderr, 2)
sys.stdout = sys.__stdout__ = stdout
sys.stderr = sys.__stderr__ = stderr
del sys.modules["_host"]


# ---- exceptions of our own
class ToolError(Exception):
    """A tool failed; its text says why."""


class StepTimeout(KeyboardInterrupt):
    """The time of the step is up. Not an Exception, so that `except Exception` does not swallow it; asyncio's loop swallows
    every other one as well."""


class FinalAnswer(BaseException):
    """Ends the step after final_answer."""


for c in (ToolError, StepTimeout, FinalAnswer):
    c.__module__ = "builtins"
builtins.ToolError, builtins.StepTimeout = ToolError, StepTimeout

armed = False  # whether a signal may raise: only while code of the step runs
patient = False  # whether it may not even then


def on_signal(signum, frame):
    global armed
    if armed and not patient:
        armed = False
        raise StepTimeout("the time limit of the step was reached")


SIGINT = int(signal.SIGINT)
_signal.signal(SIGINT, on_signal)


# ---- tools
def final_answer(*args, **kwargs):
    """Ends the task with an answer."""
    global last_answer
    values = [*args, *kwargs.values()]
    if len(values) == 1:
        answer = values[0]
    else:
        answer = kwargs if kwargs and not args else tuple(values) or None
    last_answer = answer
    told = show_value(answer, True) or describe(answer, True)
    host_call(OP_FINAL, encode(told))  # told at once: a bare `except:` cannot lose it
    raise FinalAnswer


def bind(name, params, rest, args, kwargs):
    """Arguments by parameter name, with the errors that a Python function would give."""
    names = [p["name"] for p in params]
    if len(args) > len(names):
        raise TypeError(f"{name}() takes {len(names)} positional arguments but {len(args)} were given")
    out = dict(zip(names, args))
    more = {}
    for k, v in kwargs.items():
        if k in out:
            raise TypeError(f"{name}() got multiple values for argument {k!r}")
        if k not in names and rest:
            more[k] = v
            continue
        if k not in names:
            raise TypeError(f"{name}() got an unexpected keyword argument {k!r}; its parameters are: {', '.join(names)}")
        out[k] = v
    if more:
        out[rest] = {**(out.get(rest) or {}), **more}
    for p in params:
        if p["name"] not in out:
            if p["required"]:
                raise TypeError(f"{name}() missing 1 required argument: {p['name']!r}")
            if "default" in p:
                out[p["name"]] = p["default"]
    return out


def encode_args(name, args, rest):
    try:
        return encode(hand_dumps(args) if rest else "".join(tool_chunks(args, 0)))
    except (TypeError, ValueError, RecursionError):
        pass
    for k, v in args.items():
        try:
            (hand_dumps if rest else tool_dumps)(v)
        except (TypeError, ValueError, RecursionError) as e:
            why = f"it holds a {e}" if type(e) is TypeError else str(e)
            raise TypeError(
                f"{name}(): the argument {k!r} cannot be passed to a tool ({why}); "
                f"{'agents' if rest else 'tools'} take text, numbers, booleans, None, bytes, {'data frames, ' if rest else ''}and lists and dicts of them"
            ) from None


def call_tool(name, head, args, rest):
    answer = host_call(OP_TOOL, head + encode_args(name, args, rest))
    text = str(memoryview(answer)[1:], "utf-8", "replace")  # a view: the answer may be large
    if answer[0] != VALUE:
        raise ToolError(text)
    return take_over(tool_loads(text)) if rest else tool_loads(text)


def make_tool(spec):
    name, params, head = spec["name"], spec["params"], spec["name"].encode() + b"\0"
    rest = spec.get("rest")  # of an agent: the parameter that takes arguments of other names
    order = tuple(p["name"] for p in params)

    def tool(*args, **kwargs):
        if kwargs or len(args) != len(order):
            return call_tool(name, head, bind(name, params, rest, args, kwargs), rest)
        return call_tool(name, head, dict(zip(order, args)), rest)

    tool.__name__ = tool.__qualname__ = name
    tool.__doc__ = spec["doc"]
    tool.__module__ = "tools"
    empty, kind = inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD
    shown = sorted(params, key=lambda p: not p["required"])  # a signature wants the optional ones last
    tool.__signature__ = inspect.Signature(
        [inspect.Parameter(p["name"], kind, default=empty if p["required"] else p.get("default")) for p in shown]
    )
    return tool


tool_code = make_tool({"name": "", "doc": "", "params": []}).__code__


# ---- errors
def ours(filename):
    return filename.startswith("<sandglass>")


def prune(te, seen):
    """Drops the driver's frames from an exception and those that it came from."""
    if te is None or id(te) in seen:
        return
    seen.add(id(te))
    te.stack[:] = [f for f in te.stack if not ours(f.filename)]
    for other in (te.__cause__, te.__context__, *(te.exceptions or ())):
        prune(other, seen)


def explain(e):
    if isinstance(e, OSError) and e.errno == errno.ENOSPC:
        return f" (files in /scratch and /tmp may hold {scratch['bytes'] >> 20} MiB in {scratch['files']:,} files)"
    if isinstance(e, OSError) and e.errno == errno.EROFS:
        return " (only /scratch and /tmp can be written to)"
    return ""


def text_of(e):
    try:
        return cut(str(e), 4_000) + explain(e)
    except BaseException as e2:
        return f"<its text failed with {type(e2).__name__}>"


def shorten(tb):
    """A traceback of a thousand frames takes half a second to format: keeps both ends, and tells how many it left out."""
    frames = []
    while tb is not None:
        frames.append(tb)
        tb = tb.tb_next
    left_out = len(frames) - FRAMES_FIRST - FRAMES_LAST
    if left_out <= 0:
        return frames[0] if frames else None, 0
    for f in reversed(frames[:FRAMES_FIRST] + frames[-FRAMES_LAST:]):
        tb = types.TracebackType(tb, f.tb_frame, f.tb_lasti, f.tb_lineno)
    return tb, left_out


def trace(e, plain_syntax_error):
    try:
        tb, left_out = shorten(e.__traceback__)
        te = traceback.TracebackException(type(e), e, tb, compact=True)
        if left_out:
            te.stack.insert(FRAMES_FIRST, traceback.FrameSummary("…", 0, f"{left_out} more calls", line="", lookup_line=False))
        prune(te, set())
        text = "".join(te.format_exception_only() if plain_syntax_error else te.format())
    except BaseException as e2:
        return f"{type(e).__name__}: {text_of(e)} (no traceback: {type(e2).__name__})"
    text = text.rstrip("\n") + explain(e)
    if len(text) > TRACEBACK_CHARS:
        text = text[: TRACEBACK_CHARS // 3] + "\n  …\n" + text[-TRACEBACK_CHARS * 2 // 3 :]
    return text


def error_of(e, filename):
    """{"type", "message", "line", "traceback"}; line is the innermost one in the step's code, 0 if there is none."""
    line, tb = 0, e.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == filename:
            line = tb.tb_lineno
        tb = tb.tb_next
    unparsed = not line and isinstance(e, SyntaxError) and e.filename == filename
    if unparsed:
        line = e.lineno or 0
    if type(e) is SystemExit:
        message = f"the step ended itself with exit({short_repr(e.code) if e.code is not None else ''})"
    else:
        message = text_of(e)
    return {"type": type(e).__name__, "message": message, "line": line, "traceback": trace(e, unparsed)}


# ---- steps
main = types.ModuleType("__main__")
main.__builtins__ = builtins
sys.modules["__main__"] = main
names = main.__dict__
scratch = {"bytes": 0, "files": 0}
builtins_dict, builtins_saved, builtins_version = builtins.__dict__, None, 0


NOTHING = {"n": 0, "code": "0", "parts": parts("0", "<step 0>")}  # the request for a step of nothing


def execute(code, filename, compiled):
    linecache.cache[filename] = (len(code), None, code.splitlines(True), filename)
    statements, last = compiled or parts(code, filename)
    if statements is not None:
        exec(statements, names)
    if last is not None:
        return eval(last, names)


def mend():
    """Undoes what a step may have done to its surroundings."""
    global builtins_version
    if version_of(builtins_dict) != builtins_version:  # an update takes longer than all the rest of an empty step's end
        builtins_dict.update(builtins_saved)
        builtins_version = version_of(builtins_dict)
    sys.stdout, sys.stderr = stdout, stderr
    names["__builtins__"] = builtins
    _signal.signal(SIGINT, on_signal)  # without the enums of signal.signal


def run(request):
    global armed
    filename = f"<step {request['n']}>"
    names["final_answer"] = final_answer  # models like to assign to it
    value, error, shown = None, None, "null"
    try:
        armed = True
        value = execute(request["code"], filename, request.get("parts"))
        armed = False
    except FinalAnswer:
        armed = False
    except BaseException as e:
        armed = False
        mend()
        error = error_of(e, filename)
    mend()
    if value is not None:
        try:
            armed = True
            shown = show_value(value, False) or describe(value)
            armed = False
            if len(shown) > TOLD_CHARS:
                names["_"] = value
        except BaseException as e:
            armed = False
            shown = dumps({"type": type(value).__name__, "repr": f"<not shown: {type(e).__name__}>"})
    return '{"value":' + shown + ',"error":' + ("null" if error is None else dumps(error)) + "}"


def check(request):
    try:
        compile(request["code"], "<step>", "exec", dont_inherit=True)
    except BaseException as e:
        return dumps({"error": error_of(e, "<step>")})
    return "{}"


def open_session(request):
    global asks_user
    set_allowed(request["imports"], request["denied"])
    scratch.update(request["scratch"])
    for spec in request["tools"]:
        names[spec["name"]] = make_tool(spec)
        asks_user = asks_user or spec["name"] == "user_input"
    names.update(tool_loads(request["vars"]))
    sys.path.extend(p for p in request["paths"] if p not in sys.path)
    reseed()
    return "{}"


def reseed():
    """Without this, every session from the image, or from the same kept state, would draw the same numbers."""
    random.seed()
    if tempfile := sys.modules.get("tempfile"):
        tempfile._name_sequence = None
    numpy_random = sys.modules.get("numpy.random")
    if seed := getattr(numpy_random, "seed", None):
        try:
            seed([random.getrandbits(32) for _ in range(8)])  # without an argument it takes ten times as long
        except BaseException:  # the code put something of its own there
            pass


def resume(request):
    """A session goes on from a kept state, maybe with other tools."""
    global asks_user
    asks_user = False
    for name, tool in list(names.items()):
        if isinstance(tool, types.FunctionType) and tool.__code__ is tool_code and tool.__name__ == name:
            del names[name]
    seen.clear()
    return open_session(request)


OPS = {"run": run, "check": check, "holds": holds, "answer": give_answer, "open": open_session, "resume": resume, "look": look, "inspect": inspect_value}


def step(request):
    request = scan_json(request.decode(), 0)[0]  # what the host writes has no space around it
    host_call(OP_RESULT, encode(OPS[request["op"]](request)))


def boot():
    """Brings the interpreter into the state that the memory image keeps."""
    global builtins_saved
    import importlib, locale, os

    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")  # pandas' strftime of periods asks C's library
    for module in PRELOAD:
        try:
            importlib.import_module(module)
        except ImportError as e:
            if module in ("numpy", "pandas"):  # the base runtime has none
                continue
            print(f"not in this runtime: {module}: {e}", file=stderr)
    make_attached()
    make_parquet()
    if "pandas" in sys.modules:
        # Where its code says that it lies: pandas looks for frames outside of that, so that a warning names the step's line.
        sys.modules["pandas"].__file__ = sys.modules["pandas"].array.__code__.co_filename.rpartition("/core/")[0] + "/__init__.py"
    os.chdir("/scratch")
    names.update(__name__="__main__", final_answer=final_answer)
    builtins_saved = dict(builtins_dict)
    set_allowed(["*"])
    before = set(names)
    for i in range(WARM_ROUNDS):
        for code in WARM_UP if i < 4 else WARM_UP[:-1]:
            run({"n": 0, "code": code})
            look({})
        for name in set(names) - before:
            del names[name]
        look({})
    seen.clear()
    linecache.cache.clear()
    gc.collect()
    gc.freeze()  # collections need not write to the image's pages
    print(sys.version.split()[0])


# What first steps would otherwise do for the first time: fill caches, and have the interpreter adapt the driver's bytecode
# to what it is used for. That would cost time, and memory pages of each session that are then part of its kept states.
WARM_ROUNDS = 30
WARM_UP = (
    "import datetime\ndatetime.datetime.strptime('2020', '%Y')\n[{'a': 1}]",
    "def f():\n  return {}['x']\nf()",
    "x = [i * i for i in range(100)]\ny = {'a': x, 'b': 'text', 'c': (1.5, None, True)}\nz = 2.5\nname = 'text'\nlen(x)",
    "class A:\n  def __init__(self, a):\n    self.a = a\nobjects = [A(i) for i in range(3)]\nset(x), f'{z}'\n",
    "try:\n  import pandas as pd\n  df = pd.DataFrame({'a': [1, 2, 3], 'b': list('xyz')})\nexcept ImportError:\n  df = None\ndf",
)

PRELOAD = """
abc array base64 binascii bisect calendar cmath collections collections.abc colorsys contextlib copy copyreg csv
dataclasses datetime decimal difflib enum fractions functools glob hashlib heapq html html.parser html.entities io
itertools json locale math numbers operator os pathlib pickle pprint queue random re secrets shutil sqlite3 stat
statistics string struct tempfile textwrap time timeit types typing unicodedata urllib.parse uuid warnings weakref
xml.etree.ElementTree zipfile zlib gzip zoneinfo _strptime http.client urllib.request pydoc numpy pandas
""".split()
boot()
