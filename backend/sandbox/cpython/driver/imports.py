# Which modules steps may import. Runs once at boot; the list comes when a session opens.
#
# This is policy, not a wall: Python cannot be contained from within. The wall is WebAssembly.
import builtins, sys

allowed = None  # names; None allows everything
real_import, get_frame = builtins.__import__, sys._getframe
TRUSTED = ("<frozen ", "/lib/", "<sandglass>")


def set_allowed(patterns):
    global allowed
    names = {p.removesuffix(".*") for p in patterns}
    allowed = None if "*" in names else frozenset(names)


def is_allowed(name):
    while name:
        if name in allowed:
            return True
        name = name.rpartition(".")[0]
    return False


def judge(name, fromlist, level):
    if level == 0 and (is_allowed(name) or fromlist and all(is_allowed(name + "." + x) for x in fromlist)):
        return
    raise ImportError(
        f"import of {'.' * level + name!r} is not authorized. Authorized imports: {', '.join(sorted(allowed))}", name=name
    )


def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
    # The standard library may import what it likes. C code (strptime, pickle) imports through PyImport_Import without a
    # frame of its own, so that the step seems to import; it passes a list, and import statements a tuple.
    frame = get_frame(1)
    if type(fromlist) is list or frame.f_code.co_filename.startswith(TRUSTED):
        return real_import(name, globals, locals, fromlist, level)
    if allowed is not None:
        judge(name, fromlist, level)
    try:
        return real_import(name, globals, locals, fromlist, level)
    except ModuleNotFoundError as e:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names and e.name in sys.stdlib_module_names:
            text = f"No module named {e.name!r}: it cannot work inside WebAssembly"
        elif e.name == top:
            text = f"No module named {top!r}: it is not part of the sandbox's Python, and nothing can be installed"
        else:
            raise
    raise ModuleNotFoundError(text, name=top)


builtins.__import__ = guarded_import
