# Which modules steps may import. Runs once at boot; the list comes when a session opens, and what is not on it is
# asked of the host at first need.
#
# This is policy, not a wall: Python cannot be contained from within. The wall is WebAssembly.
import _host, builtins, importlib, importlib.machinery, importlib.util, json, linecache, sys

OP_IMPORT = 5  # as in guest.go
allowed, denied = None, ()  # names; None allows everything
names = None  # globals of the steps, see driver.py
asking = _host.call
real_import, real_import_module, get_frame = builtins.__import__, importlib.import_module, sys._getframe
find_spec, resolve_name = importlib.machinery.PathFinder.find_spec, importlib.util.resolve_name
source_line = linecache.getline
ask_dumps = json.JSONEncoder().encode
TRUSTED = ("<frozen ", "/lib/", "<sandglass>")
STEP = "<step "
COMMON = "collections csv datetime functools io itertools json math pathlib random re statistics string time urllib".split()
WITHOUT = ": pd.read_parquet and pd.read_feather read such files without it"
INSTEAD = {"pyarrow": WITHOUT, "fastparquet": WITHOUT}


def set_allowed(patterns, but=()):
    global allowed, denied
    modules = {p.removesuffix(".*") for p in patterns}
    allowed = None if "*" in modules else frozenset(modules)
    denied = frozenset(p.removesuffix(".*") for p in but)


def covers(modules, name):
    while name:
        if name in modules:
            return True
        name = name.rpartition(".")[0]
    return False


def is_allowed(name):
    if denied and ("*" in denied or covers(denied, name)):
        return False
    return allowed is None or covers(allowed, name)


def is_trusted(frame):
    """Whether a library imports. Code that was generated (exec, eval, compile: "<string>") counts as its caller."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(TRUSTED):
            return True
        if not name.startswith("<") or name.startswith(STEP) or frame.f_globals is names:
            return False
        frame = frame.f_back
    return False


def place(frame):
    """{"line", "source"} of the step's code that runs, for a person who is asked."""
    while frame is not None and not frame.f_code.co_filename.startswith(STEP):
        frame = frame.f_back
    if frame is None:
        return {"line": 0, "source": ""}
    line = frame.f_lineno or 0
    return {"line": line, "source": source_line(frame.f_code.co_filename, line)[:1000]}


def is_there(name):
    """Whether the sandbox's Python has the package at all: nobody should be asked about one that it has not."""
    top = name.partition(".")[0]
    try:
        return top in sys.modules or top in sys.builtin_module_names or find_spec(top) is not None
    except Exception:
        return True


def listed():
    """The list in few words: packages, then the standard library's modules. The prompt has all of them."""
    if not allowed:
        return "*" if allowed is None else "none"
    names = sorted(allowed)
    packages = [n for n in names if n.partition(".")[0] not in sys.stdlib_module_names]
    standard = [n for n in names if n not in packages]
    if len(standard) > 20:
        known = [n for n in standard if n in COMMON]
        standard = [*known, f"and {len(standard) - len(known)} more"]
    return "; of the standard library: ".join(", ".join(part) for part in (packages, standard) if part)


def missing(name, more=""):
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        text = f"No module named {name!r}: it cannot work inside WebAssembly"
    else:
        text = f"No module named {top!r}: it is not part of the sandbox's Python, and nothing can be installed{INSTEAD.get(top, '')}"
    return ModuleNotFoundError(text + more, name=top)


def judge(name, fromlist, level, frame):
    if level == 0 and (is_allowed(name) or fromlist and all(is_allowed(name + "." + x) for x in fromlist)):
        return
    why = ""
    if level == 0 and type(name) is str:
        if not is_there(name):
            raise missing(name, f". Authorized imports: {listed()}")
        answer = asking(OP_IMPORT, ask_dumps({"module": name, **place(frame)}).encode())
        if answer[:1] == b"v":
            return
        why = answer[1:].decode("utf-8", "replace")
    raise ImportError(
        f"import of {'.' * level + name!r} is not authorized{why and ': ' + why}. Authorized imports: {listed()}", name=name
    )


def imports_by_itself(frame, fromlist):
    """C code (strptime, pickle) imports through PyImport_Import without a frame of its own, so that the step seems to
    import. It passes an empty list, where import statements pass a tuple."""
    code = frame.f_code
    return type(fromlist) is list and not fromlist and "__import__" not in code.co_names + code.co_consts


def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
    # The standard library may import what it likes.
    frame = get_frame(1)
    if frame.f_code.co_filename.startswith(TRUSTED) or imports_by_itself(frame, fromlist) or is_trusted(frame):
        return real_import(name, globals, locals, fromlist, level)
    if allowed is not None or denied:
        judge(name, fromlist, level, frame)
    try:
        return real_import(name, globals, locals, fromlist, level)
    except ModuleNotFoundError as e:
        top = name.partition(".")[0]
        if e.name != top and not (top in sys.stdlib_module_names and e.name in sys.stdlib_module_names):
            raise
        error = missing(e.name)
    raise error


def guarded_import_module(name, package=None):
    """Import a module, as the import statement does."""
    frame = get_frame(1)
    if (allowed is not None or denied) and type(name) is str and not is_trusted(frame):
        judge(resolve_name(name, package) if name.startswith(".") else name, (), 0, frame)
    return real_import_module(name, package)


builtins.__import__ = importlib.__import__ = guarded_import
importlib.import_module = guarded_import_module
