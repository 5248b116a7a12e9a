# What a step left behind: a summary of its variables; pages.py reads the large ones. Runs once at boot, in the driver's own
# namespace.
#
# No code of the step runs here: no __repr__, __len__, __getattr__ or property, and no metaclass. Objects are read past
# their classes, with the descriptors of C types; types are told apart by their address, because even hash() of a class
# may be the step's own. Data frames are read with pandas' methods, which a step could replace: that is why all of it is
# interruptible.
import collections, datetime, decimal, fractions, gc, pathlib, re, sys, types, uuid, zlib, zoneinfo
from itertools import islice

WATCHED = 1_000  # variables that are looked at
TOLD = 200  # of those that changed, how many one step reports; the rest follows with the next one
TABLES = 10  # heads of tables in one report
DEEP, SHALLOW, MANY = 12, 2, 64  # containers inside of a variable that are looked into for changes; if there are many variables
HEAD = 128  # items of each
PREVIEW, CELL, HEAD_ROWS, HEAD_COLUMNS = 160, 100, 5, 40
PAGE_ROWS, PAGE_TEXT = 500, 20_000

type_dict = type.__dict__["__dict__"].__get__
type_mro = type.__dict__["__mro__"].__get__
type_name_of = type.__dict__["__name__"].__get__
type_module_of = type.__dict__["__module__"].__get__
type_flags = type.__dict__["__flags__"].__get__
module_dict = types.ModuleType.__dict__["__dict__"].__get__
IMMUTABLE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE: its methods are C's, and nobody replaced them


def ids(*ts):
    return frozenset(map(id, ts))


FLAT = ids(int, float, bool, str, bytes, types.NoneType, complex)  # hash and repr are C's
SHORT = ids(
    float, bool, types.NoneType, complex, range, types.EllipsisType, re.Pattern, decimal.Decimal, datetime.date,
    datetime.timedelta, datetime.timezone,
)
KNOWN = ids(fractions.Fraction, pathlib.PosixPath, pathlib.PurePosixPath, uuid.UUID)  # of the library, with repr in Python
ZONES = ids(types.NoneType, datetime.timezone, zoneinfo.ZoneInfo)
FUNCTIONS = ids(types.FunctionType, types.BuiltinFunctionType, types.MethodType)
GENERATORS = ids(types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
SEQUENCES = (list, tuple, collections.deque)
SETS = (set, frozenset)


def type_name(t):
    name = type_name_of(t)
    return name if type(name) is str else "?"


def module_of(t):
    try:
        name = type_module_of(t)
    except BaseException:  # a class whose body deleted it
        return ""
    return name if type(name) is str else ""


def base_of(t):
    """The builtin that t is, or is made from: its own methods read the content. None for other objects."""
    for b in type_mro(t):
        if id(b) in BASES:
            return b


BASES = ids(*SEQUENCES, *SETS, dict, str, bytes, bytearray, int, float)


def own_attributes(v):
    """The attributes that an object holds itself, by name: of __dict__ and of slots."""
    out = {}
    for c in type_mro(type(v)):
        d = type_dict(c)
        own = d.get("__dict__")
        if type(own) is types.GetSetDescriptorType:
            held = own.__get__(v)
            if type(held) is dict:
                out |= {k: x for k, x in held.items() if type(k) is str}
        if "__slots__" in d and not type_flags(c) & IMMUTABLE:
            for k, m in d.items():
                if type(m) is types.MemberDescriptorType and type(k) is str:
                    try:
                        out.setdefault(k, m.__get__(v))
                    except AttributeError:  # empty
                        pass
    return out


# ---- data frames and arrays
def is_array(v, t):
    return type_name(t) == "ndarray" and module_of(t) == "numpy" and type_flags(t) & IMMUTABLE


def is_numpy_scalar(t):
    return module_of(t) == "numpy" and type_flags(t) & IMMUTABLE and not type_name(t) in ("ndarray", "dtype", "ufunc")


def is_frame(t):
    if type_name(t) not in ("DataFrame", "Series") or not module_of(t).startswith("pandas."):
        return False
    init = type_dict(t).get("__init__")
    return type(init) is types.FunctionType and init.__code__.co_filename.startswith("/lib/")


KINDS = {"i": "int", "u": "uint", "f": "float", "c": "complex", "b": "bool", "O": "object", "M": "datetime64", "m": "timedelta64"}


def dtype_name(d):
    k = d.kind
    if k in "iufc":
        return KINDS[k] + str(8 * d.itemsize)
    if k in "US":
        return f"{'str' if k == 'U' else 'bytes'}{d.itemsize // (4 if k == 'U' else 1)}"
    return KINDS.get(k, "record")


def blocks_of(v):
    held = own_attributes(v).get("_mgr")
    return [b.values for b in held.blocks]


# ---- what changed
class Marks:
    """Numbers that change when a value does, as far as one can see cheaply: an item in the middle of a long list, or deep
    inside of others, may be missed."""

    def __init__(self, left):
        self.left = left

    def of(self, v, depth=3):
        t = type(v)
        if id(t) in FLAT:
            if t is str or t is bytes:
                return v if len(v) <= 128 else (id(v), len(v), v[:64], v[-64:])
            if t is int and v.bit_length() > 64:
                return id(v), v.bit_length(), v & 0xFFFFFFFF
            return id(t), v if v == v else None
        self.left -= 1
        if depth == 0 or self.left < 0:
            return id(v)
        if t is dict and len(v) <= HEAD:
            values = tuple(v.values())
            return id(v), hash(tuple(map(id, v))), self.items(values, depth)
        base = t if id(t) in BASES else base_of(t)
        if base is list or base is tuple:
            n = base.__len__(v)
            return id(v), n, self.items(base.__getitem__(v, slice(0, HEAD)), depth), n > HEAD and id(base.__getitem__(v, -1))
        if base is dict:
            n = dict.__len__(v)
            keys, values = list(islice(dict.keys(v), HEAD)), list(islice(dict.values(v), HEAD))
            return id(v), n, self.items(keys, 1), self.items(values, depth), self.attributes(v, t, depth) if t is not dict else 0
        if base is bytearray:
            return id(v), bytearray.__len__(v), zlib.crc32(bytearray.__getitem__(v, slice(0, 4096)))
        if base is collections.deque or base is set or base is frozenset:
            return id(v), base.__len__(v), self.items(list(islice(base.__iter__(v), HEAD)), depth)
        if is_array(v, t):
            return id(v), v.shape, v.dtype.str, zlib.crc32(v.flat[: max(1, 32_768 // max(1, v.itemsize))].tobytes())
        if is_frame(t):
            return id(v), v.shape, tuple([self.of(b, 1) if is_array(b, type(b)) else id(b) for b in blocks_of(v)])
        return id(v), self.attributes(v, t, depth)

    def items(self, head, depth):
        addresses = hash(tuple(map(id, head)))
        if FLAT.issuperset(map(id, map(type, head))):  # both: 1, 1.0 and True have one hash, and a freed one's address is reused
            return addresses, hash(tuple(head))
        return addresses, tuple([self.of(x, depth - 1) for x in head[: max(self.left, 0)]])

    def attributes(self, v, t, depth):
        if id(t) in FUNCTIONS or t is types.ModuleType or issubclass(t, type) or type_flags(t) & IMMUTABLE:
            return 0
        return self.items(list(islice(own_attributes(v).values(), HEAD)), depth)


# ---- how values look
def brief(v, room=PREVIEW, depth=3):
    """A value on a line, in about `room` characters."""
    t = type(v)
    if t is str:
        return clip(repr(v), room) if len(v) <= room else repr(v[:room])[: room - 1] + "…"
    if t is int:
        return repr(v) if v.bit_length() < 512 else f"{v.bit_length():,}-bit integer"
    if id(t) in SHORT or id(t) in KNOWN:
        return clip(repr(v), room)
    if t is datetime.datetime or t is datetime.time:
        return clip(repr(v) if id(type(v.tzinfo)) in ZONES else f"{type_name(t)}, with a time zone of {type_name(type(v.tzinfo))}", room)
    if id(t) in FUNCTIONS:
        return clip(function_text(v, t), room)
    if t is types.ModuleType:
        name = module_dict(v).get("__name__")
        return "module " + clip(name, room) if type(name) is str else "module"
    if issubclass(t, type):
        bases = [type_name(b) for b in type_mro(v)[1:2] if b is not object]
        return f"class {type_name(v)}" + (f"({bases[0]})" if bases else "")
    base = t if id(t) in BASES else base_of(t)
    if base is not None:
        return brief_builtin(v, t, base, room, depth)
    if is_array(v, t):
        head = brief_items(v.flat[:40].tolist(), v.size, "[", "]", room, depth)
        return f"{dtype_name(v.dtype)} {'×'.join(map(str, v.shape))} {head}" if v.shape else head
    if is_frame(t):
        return brief_frame(v, t, room)
    if is_numpy_scalar(t):
        return clip(repr(v), room)
    if id(t) in GENERATORS:
        return f"{type_name(t)} {clip(v.__name__, 80)}"
    return brief_object(v, t, room, depth)


def clip(text, room):
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def function_text(v, t):
    if t is types.MethodType:
        return "method of " + type_name(type(v.__self__))
    name = v.__name__ if type(v.__name__) is str else "?"
    if t is not types.FunctionType:
        return f"{name}(…)"
    c = v.__code__
    n = c.co_argcount + c.co_kwonlyargcount
    star = ["*" + x for x in c.co_varnames[n : n + bool(c.co_flags & 4)]]
    star += ["**" + x for x in c.co_varnames[n + len(star) : n + len(star) + bool(c.co_flags & 8)]]
    return f"{name}({', '.join([*c.co_varnames[:n], *star])})"


def brief_builtin(v, t, base, room, depth):
    named = "" if t is base else type_name(t)
    if base is str or base is bytes or base is bytearray:
        head = base.__getitem__(v, slice(0, room))
        text = base.__repr__(head) + ("…" if base.__len__(v) > room else "")
    elif base is int or base is float:
        if type(label := own_attributes(v).get("_name_")) is str:  # of an enumeration
            return f"{named}.{clip(label, room)}"
        text = brief(base.__pos__(v), room)
    elif base is dict:
        left = "{" if depth else "{…"
        text = brief_items(islice(dict.items(v), 40 if depth else 0), dict.__len__(v) if depth else 0, left, "}", room, depth, True)
    else:
        if base is list or base is tuple:
            head = base.__getitem__(v, slice(0, 40))
        else:
            head = islice(base.__iter__(v), 40)
        left, right = ("[", "]") if base is list or base is collections.deque else ("(", ")") if base is tuple else ("{", "}")
        if base is collections.deque or base is frozenset or base is set and not set.__len__(v):
            named = type_name(t)
        if base in SETS and not base.__len__(v):
            left = right = ""
        elif not depth:
            head, left = (), left + "…"
        text = brief_items(head, base.__len__(v) if depth else 0, left, right, room, depth)
        if base is tuple and depth and tuple.__len__(v) == 1:
            text = text[:-1] + ",)"
    return clip(f"{named}({text})" if named else text, room + 8)


def brief_items(items, total, left, right, room, depth, pairs=False):
    parts, used = [], len(left) + len(right)
    for x in items:
        if used >= room - 8:
            break
        text = f"{brief(x[0], 40, 1)}: {brief(x[1], max(room - used, 12), depth - 1)}" if pairs else brief(x, max(room - used, 12), depth - 1)
        parts.append(text)
        used += len(text) + 2
    if total > len(parts):
        parts.append("…")
    return left + ", ".join(parts) + right


def brief_object(v, t, room, depth):
    if issubclass(t, BaseException):
        return clip(f"{type_name(t)}{brief(BaseException.__dict__['args'].__get__(v), room, 2)}", room)
    held = {} if type_flags(t) & IMMUTABLE else own_attributes(v)
    if type(held.get("_name_")) is str and "_value_" in held:
        return clip(f"{type_name(t)}.{held['_name_']}", room)
    parts, used = [], 0
    for k, x in islice(held.items(), 20 if depth else 0):
        if used > room:
            parts.append("…")
            break
        parts.append(f"{clip(k, 40)}={brief(x, max(room - used, 12), depth - 1)}")
        used += len(parts[-1]) + 1
    return clip(f"<{' '.join([type_name(t), *parts])}>", room + 8)


def brief_frame(v, t, room):
    if len(v.shape) == 1:
        return clip(f"{v.shape[0]:,} values of {v.dtype}", room)
    return clip(f"{v.shape[0]:,} rows × {v.shape[1]:,} columns: {', '.join([str(c) for c in v.columns[:20]])}", room)


# ---- tables
def cell_of(v):
    t = type(v)
    if v is None or t is bool:
        return v
    if t is int and -(2**53) < v < 2**53 or t is float and abs(v) < float("inf"):
        return v
    if t is str:
        return clip(v, CELL)
    if is_numpy_scalar(t):
        x = v.item()
        return cell_of(x) if id(type(x)) in FLAT else clip(repr(v), CELL)
    return brief(v, CELL, 2)


def records(v, t):
    """The columns of a list of dicts that have the same keys, as far as the first of them tell; else None."""
    if t is not list or not v or type(v[0]) is not dict or not v[0]:
        return None
    keys = list(v[0])
    if not ids(str).issuperset(map(id, map(type, keys))):
        return None
    for r in v[1:HEAD_ROWS]:
        if type(r) is not dict or len(r) != len(keys) or list(r) != keys:
            return None
    return keys


def table_of(v, offset, limit, most):
    """({"columns", "rows", "total"}, dtypes) of a table from a row on; None for what is none."""
    t = type(v)
    if keys := records(v, t):
        keys, rows = keys[:most], v[offset : offset + limit]
        cells = [[cell_of(r.get(k)) if type(r) is dict else (brief(r, CELL, 2) if k is keys[0] else None) for k in keys] for r in rows]
        dtypes = [" | ".join(sorted({type_name(type(r.get(k))) for r in rows if type(r) is dict})) for k in keys]
        return {"columns": keys, "rows": cells, "total": len(v)}, dtypes
    if is_array(v, t) and len(v.shape) == 2 and v.shape[1] and v.dtype.kind != "V":
        rows = v[offset : offset + limit, :most].tolist()
        names = [str(i) for i in range(min(v.shape[1], most))]
        cells = [[cell_of(x) for x in r] for r in rows]
        return {"columns": names, "rows": cells, "total": v.shape[0]}, [dtype_name(v.dtype)] * len(names)
    if is_frame(t):
        part, index = v.iloc[offset : offset + limit], type_name(type(v.index)) != "RangeIndex"
        if len(v.shape) == 1:
            part = part.to_frame()
        part = part.iloc[:, :most]
        if index:
            try:
                part = part.reset_index()
            except ValueError:  # the index has the name of a column
                pass
        cells = [[cell_of(x) for x in r] for r in part.itertuples(index=False, name=None)]
        columns = [clip(str(c), CELL) for c in part.columns]
        return {"columns": columns, "rows": cells, "total": int(v.shape[0])}, [str(d) for d in part.dtypes]
    return None


# ---- summaries
def size_of(v, depth=2):
    """Bytes, roughly: what a container holds is guessed from its first items."""
    t = type(v)
    base = t if id(t) in BASES else base_of(t)
    if is_array(v, t):
        return v.nbytes
    if is_frame(t):
        return sum([b.nbytes for b in blocks_of(v)])
    if base is None:
        if id(t) in SHORT or type_flags(t) & IMMUTABLE:
            return object.__sizeof__(v)
        held = own_attributes(v)
        return object.__sizeof__(v) + (dict.__sizeof__(held) + (some(held.values(), len(held), depth) if depth else 0) if held else 0)
    size = base.__sizeof__(v)
    if not depth or base in (str, bytes, bytearray, int, float):
        return size
    if base is dict:
        return size + some(dict.keys(v), dict.__len__(v), depth) + some(dict.values(v), dict.__len__(v), depth)
    return size + some(base.__iter__(v), base.__len__(v), depth)


def some(items, n, depth):
    head = [size_of(x, depth - 1) for x in islice(items, 6)]
    return sum(head) * n // len(head) if head else 0


def kind_of(t):
    if t is types.ModuleType:
        return "module"
    if issubclass(t, type):
        return "class"
    return "function" if id(t) in FUNCTIONS else "data"


def summary(v, room=PREVIEW):
    """{"type", "kind", "preview"} and, as far as it has them, "len", "shape", "dtype", "size" and "more": whether there is
    a page behind it."""
    t = type(v)
    out = {"type": type_name(t), "kind": kind_of(t)}
    try:
        out["preview"] = brief(v, room)
        base = t if id(t) in BASES else base_of(t)
        if base is not None and base is not int and base is not float:
            out["len"] = base.__len__(v)
            out["more"] = out["len"] > 0
        elif is_array(v, t):
            out["shape"], out["dtype"], out["more"] = list(v.shape), dtype_name(v.dtype), v.size > 0
        elif is_frame(t):
            out["shape"], out["more"] = [int(n) for n in v.shape], v.shape[0] > 0
        elif out["kind"] == "data" and id(t) not in KNOWN and not type_flags(t) & IMMUTABLE:
            out["more"] = bool(own_attributes(v))
        if out["kind"] == "data":
            out["size"] = size_of(v)
    except StepTimeout:
        raise
    except BaseException as e:
        out["preview"] = f"<not shown: {type_name(type(e))}>"
    return out


seen = {}  # name → mark, of what was told last


def variables_now():
    return [
        (k, v) for k, v in list(names.items())
        if type(k) is str and not (k[:2] == "__" and k[-2:] == "__") and v is not final_answer
        and not (type(v) is types.FunctionType and v.__code__ is tool_code)
    ]


def variables():
    """The JSON text of what changed since the last call: {"all"?, "changed": [{"name", "new"?, …}], "removed", "total", "more"?}."""
    now = variables_now()
    whole, told, tables, changed = not seen, 0, 0, []
    watched = now if len(now) <= WATCHED else now[:WATCHED]
    marks, share = Marks(0), DEEP if len(watched) <= MANY else SHALLOW
    for name, v in watched:
        try:
            marks.left = share
            mark = marks.of(v)
        except StepTimeout:
            raise
        except BaseException as e:
            mark = id(v), type_name(type(e))
        old = seen.get(name)
        if old == mark or told == TOLD:
            continue
        told += 1
        entry = {"name": clip(name, 200)} | summary(v)
        if old is None:
            entry["new"] = True
        if tables < TABLES and (table := safe_table(v)):
            tables += 1
            entry["table"], entry["dtypes"] = table
        changed.append(entry)
        seen[name] = mark
    removed = []
    if len(seen) > len(watched) or told or len(seen) != len(now):
        there = {name for name, _ in watched}
        removed = [name for name in seen if name not in there]
        for name in removed:
            del seen[name]
    if not changed and not removed and len(now) == len(seen):
        return '{"changed":[],"removed":[],"total":%d}' % len(now)
    out = {"changed": changed, "removed": removed, "total": len(now)}
    if whole:
        out["all"] = True
    if len(now) > len(seen):
        out["more"] = len(now) - len(seen)
    return dumps(out)


def safe_table(v):
    try:
        return table_of(v, 0, HEAD_ROWS, HEAD_COLUMNS)
    except StepTimeout:
        raise
    except BaseException:
        return None


def look(request):
    """A step of nothing, to see that steps still run, and the variables."""
    global armed, patient
    patient = True
    text = run(NOTHING)
    patient = False
    traced, profiled, collecting = sys.gettrace(), sys.getprofile(), gc.isenabled()
    sys.settrace(None)
    sys.setprofile(None)
    gc.disable()  # or finalizers of the step would run in here
    try:
        armed = True
        told = variables()
        armed = False
    except BaseException as e:
        armed = False
        told = dumps({"fault": type_name(type(e))})
    if collecting:
        gc.enable()
    sys.setprofile(profiled)
    sys.settrace(traced)
    return text[:-1] + ',"variables":' + told + "}"
