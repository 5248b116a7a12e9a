# Values that are more than text: figures, images, tables, pages. Runs once at boot, in the driver's own namespace.
#
# What can be shown says so by a method of its class, as in Jupyter (_repr_mimebundle_, _repr_png_, …), by plotly's or
# altair's own, or by _sandglass_figure_() → (media type, what becomes JSON). These are the step's code and may raise.
import base64, builtins, datetime, math, struct, zlib

OP_DISPLAY = 7  # as in guest.go
PLOTLY, VEGA_LITE = "application/vnd.plotly.v1+json", "application/vnd.vegalite.v{}+json"
RICH = (PLOTLY, "application/vnd.vegalite.", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "text/html", "text/markdown")
METHODS = (
    ("image/svg+xml", "_repr_svg_"), ("image/png", "_repr_png_"), ("image/jpeg", "_repr_jpeg_"), ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
)
SHOWS = ("_sandglass_figure_", "to_plotly_json", "_repr_mimebundle_", *(m for _, m in METHODS))
IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
)
CSV_CELLS = 200_000  # a larger frame as the last value is shown by its first rows only; display() and final_answer take any


def method_of(v, name):
    """A method that the class itself has: an object with __getattr__ does not have all of them. None for a class."""
    return getattr(v, name) if not isinstance(v, type) and hasattr(type(v), name) else None


def image_type(data):
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((t for magic, t in IMAGES if data.startswith(magic)), None)


def chart_type(spec):
    """The media type of a Vega-Lite specification; None for another dict."""
    schema = spec.get("$schema") if type(spec) is dict else None
    if type(schema) is not str or "vega-lite/v" not in schema:
        return None
    return VEGA_LITE.format(schema.partition("vega-lite/v")[2][:1] or "5")


def is_data_frame(v):
    return all(hasattr(type(v), a) for a in ("itertuples", "head", "columns", "shape", "to_csv"))


def is_series(v):
    return all(hasattr(type(v), a) for a in ("to_frame", "head", "shape", "to_csv"))


# ---- JSON of figures
def loose(v):
    """What JSON's encoder does not know."""
    t = type(v)
    if to_json := method_of(v, "to_plotly_json"):
        return to_json()
    if isinstance(v, (datetime.datetime, datetime.date, datetime.time)):
        return v.isoformat()
    if isinstance(v, (set, frozenset, range)) or t.__name__ in ("dict_keys", "dict_values"):
        return list(v)
    if isinstance(v, (bytes, bytearray)):
        return base64.b64encode(v).decode()
    for name in ("tolist", "to_list", "item"):
        if convert := method_of(v, name):
            return [None if x is None or x != x else x for x in convert()] if name == "to_list" else convert()
    return str(v)


def finite(v):
    """The same with null for what JSON cannot say."""
    if isinstance(v, float):
        return v if math.isfinite(v) else None
    if isinstance(v, dict):
        return {k if type(k) is str else str(k): finite(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [finite(x) for x in v]
    if v is None or isinstance(v, (str, int)):
        return v
    return finite(loose(v))


figure_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=loose).encode


def figure_text(v):
    try:
        return encode(figure_dumps(v))
    except (ValueError, TypeError):  # NaN is usual in data
        return encode(dumps(finite(v)))


# ---- what a value is shown as
def payload(kind, content):
    """Bytes of a representation: text, bytes, base64 of an image as in Jupyter, or what becomes JSON."""
    if isinstance(content, (dict, list)) and not kind.startswith(("image/", "text/")):
        return figure_text(content)
    if isinstance(content, str):
        if kind.startswith("image/") and kind != "image/svg+xml":
            return base64.b64decode(content)
        return encode(content)
    if isinstance(content, (bytes, bytearray)):
        return bytes(content)
    raise TypeError(f"{kind} must be text or bytes, not {type(content).__name__}")


def shown_as(v, explicit):
    """(media type, bytes) of a value that is more than text; None for others. explicit: somebody asked for it to be shown."""
    t = type(v)
    if t in (int, float, bool, str, list, tuple, type(None)):
        return None
    if t is dict:
        if kind := chart_type(v):
            return kind, figure_text(v)
        return None
    if t in (bytes, bytearray):
        kind = image_type(v[:16])
        return (kind, bytes(v)) if kind else None
    if is_data_frame(v) or is_series(v):
        if explicit or v.shape[0] > TABLE_ROWS and math.prod(v.shape) <= CSV_CELLS:
            plain_index = type(v.index).__name__ == "RangeIndex"
            return "text/csv", encode(v.to_csv(index=not plain_index))
        return None
    if explicit and t.__module__ == "numpy" and (image := array_image(v)):
        return "image/png", image
    if figure := method_of(v, "_sandglass_figure_"):
        kind, content = figure()
        return str(kind), payload(str(kind), content)
    if to_json := method_of(v, "to_plotly_json"):
        spec = to_json()
        if isinstance(spec, dict) and "data" in spec:
            return PLOTLY, figure_text(spec)
    if t.__module__.partition(".")[0] == "altair" and (to_dict := method_of(v, "to_dict")):
        spec = to_dict()
        if kind := chart_type(spec):
            return kind, figure_text(spec)
    if bundle := method_of(v, "_repr_mimebundle_"):
        content = bundle()
        content = content[0] if isinstance(content, tuple) else content
        if isinstance(content, dict):
            for kind in RICH:
                for k, x in content.items():
                    if isinstance(k, str) and k.startswith(kind) and x is not None:
                        return k, payload(k, x)
    for kind, name in METHODS:
        if (method := method_of(v, name)) and (content := method()) is not None:
            return kind, payload(kind, content[0] if isinstance(content, tuple) else content)
    return None


def array_image(v):
    """PNG of an array that can only be a picture: bytes, height × width × 3 or 4."""
    if getattr(v, "ndim", 0) != 3 or v.shape[2] not in (3, 4) or str(v.dtype) != "uint8" or min(v.shape[:2]) < 2:
        return None
    h, w, n = v.shape
    data, row = v.tobytes(), w * n
    lines = b"".join([b"\0" + data[i * row : (i + 1) * row] for i in range(h)])

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", w, h, 8, 2 if n == 3 else 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b"")


# ---- to the host
def send(kind, content):
    """Hands it over and gives the name under which it is kept."""
    answer = host_call(OP_DISPLAY, kind.encode("ascii", "replace") + b"\0" + content)
    text = answer[1:].decode("utf-8", "replace")
    if answer[:1] != b"v":
        raise ValueError(text)
    return text


def display(*values):
    """Shows values to the user: figures, images, tables and pages as such, anything else as it would be printed."""
    for v in values:
        if shown := shown_as(v, True):
            send(*shown)
        else:
            print(v if type(v) is str else repr(v))


builtins.display = display


def show_value(v, explicit):
    """Shows a value if it is more than text, and gives the JSON text that describes it; None for others, and for what
    cannot be shown: it still is a value. Tables are both."""
    try:
        shown = shown_as(v, explicit)
        if shown is None:
            return None
        name = send(*shown)
    except (StepTimeout, MemoryError):
        raise
    except Exception as e:
        print(f"This {type(v).__name__} could not be shown as more than text: {type(e).__name__}: {text_of(e)}", file=stderr)
        return None
    if shown[0] == "text/csv":
        return describe(v, explicit)[:-1] + ',"display":' + dumps(name) + "}"
    text = f"<{type(v).__name__}, shown to the user: {name.rpartition('/')[2]}>"
    return dumps({"type": type(v).__name__, "repr": text, "display": name})
