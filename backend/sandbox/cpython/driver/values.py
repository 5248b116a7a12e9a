# Values as a person and a model can see them. Runs once at boot, in the driver's own namespace.
import base64, datetime, json, pathlib

REPR_CHARS = 20_000
TABLE_ROWS = 50
CELL_CHARS = 1_000
JSON_NODES = 200_000  # a larger value of a last expression is shown by its repr only

# NaN and infinity are not JSON: a value that holds them has no JSON form.
dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def cut(text, limit):
    return text if len(text) <= limit else text[:limit] + "…"


def short_repr(v):
    if type(v) is str and len(v) > REPR_CHARS:
        v = v[:REPR_CHARS]
    elif type(v) in (bytes, bytearray) and len(v) > REPR_CHARS:
        v = v[:REPR_CHARS]
    try:
        return cut(repr(v), REPR_CHARS)
    except BaseException as e:  # also StepTimeout: a slow repr must not lose the step
        return f"<{type(v).__name__}: its repr failed with {type(e).__name__}>"


def small(v):
    """Whether v has at most JSON_NODES parts."""
    left, todo = JSON_NODES, [v]
    while todo:
        x = todo.pop()
        if isinstance(x, dict):
            left -= len(x)
            todo.extend(x.values())
        elif isinstance(x, (list, tuple)):
            left -= len(x)
            if left > 0:
                todo.extend(x)
        elif isinstance(x, str):
            left -= len(x) // 16
        if left < 0:
            return False
    return True


def to_json(v, whole):
    try:
        return dumps(v) if whole or small(v) else None
    except BaseException:
        return None


def cell(v):
    item = getattr(v, "item", None)
    if item is not None and type(v).__module__ == "numpy":
        v = item()
    if v is None or isinstance(v, bool):
        return v
    if type(v) is int:
        return v if abs(v) < 2**53 else str(v)
    if type(v) is float and abs(v) < float("inf"):
        return v
    return cut(v if type(v) is str else repr(v), CELL_CHARS)


def frame_table(v):
    """A data frame, known by what it can do."""
    if type(getattr(v, "index", None)).__name__ != "RangeIndex":
        v = v.reset_index()
    rows = [[cell(x) for x in row] for row in v.head(TABLE_ROWS).itertuples(index=False, name=None)]
    return {"columns": [str(c) for c in v.columns], "rows": rows, "total": int(v.shape[0])}


def to_table(v):
    try:
        t = type(v)
        if t is list and v and type(v[0]) is dict and v[0]:
            keys = v[0].keys()
            if not all(type(r) is dict and r.keys() == keys for r in v) or not all(type(k) is str for k in keys):
                return None
            return {"columns": list(keys), "rows": [[cell(r[k]) for k in keys] for r in v[:TABLE_ROWS]], "total": len(v)}
        if all(hasattr(t, a) for a in ("itertuples", "head", "columns", "shape", "reset_index")):
            return frame_table(v)
        if all(hasattr(t, a) for a in ("to_frame", "head", "shape", "reset_index")):
            return frame_table(v.to_frame())
    except BaseException:
        pass
    return None


def describe(v, whole=False):
    """The JSON text of {"type", "repr", "json"?, "table"?}."""
    text = '{"type":' + dumps(type(v).__name__) + ',"repr":' + dumps(short_repr(v))
    js = to_json(v, whole)
    if js is not None:
        text += ',"json":' + js
    table = to_table(v)
    if table is not None:
        text += ',"table":' + dumps(table)
    return text + "}"


def encode(text):
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return text.encode("utf-8", "backslashreplace")


# What tools can be given besides JSON's own types.
def plain(v):
    if isinstance(v, (bytes, bytearray, memoryview)):
        return {"__bytes__": base64.b64encode(v).decode()}
    if isinstance(v, (set, frozenset)):
        return list(v)
    if isinstance(v, pathlib.PurePath):
        return str(v)
    if isinstance(v, (datetime.date, datetime.time)):
        return v.isoformat()
    if type(v).__module__ == "numpy":
        return v.tolist()
    raise TypeError(type(v).__name__)


tool_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain).encode
# The part of it in C, made once. It does not look for cycles: they are a RecursionError.
tool_chunks = json.encoder.c_make_encoder(None, plain, json.encoder.encode_basestring, None, ":", ",", False, False, False)


def revive(o):
    if len(o) != 1:
        return o
    if "__bytes__" in o:
        return base64.b64decode(o["__bytes__"])
    if type(form := o.get("__frame__")) is dict:
        try:
            return revive_frame(form)
        except Exception:  # something else has the same key
            return o
    return o


plain_loads = json.JSONDecoder().decode
bytes_loads = json.JSONDecoder(object_hook=revive).decode
scan_json = json.JSONDecoder().scan_once  # the part in C; it takes no space around the value


def tool_loads(text):
    if '"__bytes__"' in text or '"__frame__"' in text:
        return bytes_loads(text)
    return plain_loads(text) if text[0] in " \t\r\n" else scan_json(text, 0)[0]
