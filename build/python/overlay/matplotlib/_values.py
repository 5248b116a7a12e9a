"""What matplotlib is given, as plotly.js wants it: lists for JSON, colours of CSS, names of lines and marks."""

import datetime
import math
import numbers

CYCLE = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"]
LETTERS = {"b": "#0000ff", "g": "#008000", "r": "#ff0000", "c": "#00bfbf", "m": "#bf00bf", "y": "#bfbf00", "k": "#000000", "w": "#ffffff"}
TAB = dict(zip("blue orange green red purple brown pink gray olive cyan".split(), CYCLE)) | {"grey": CYCLE[7]}
DASHES = {
    "-": "solid", "--": "dash", "-.": "dashdot", ":": "dot", "solid": "solid", "dashed": "dash", "dashdot": "dashdot",
    "dotted": "dot",
}  # fmt: skip
NO_LINE = ("", " ", "None", "none", None)
MARKS = {
    ".": "circle", ",": "circle", "o": "circle", "v": "triangle-down", "^": "triangle-up", "<": "triangle-left",
    ">": "triangle-right", "1": "y-down-open", "2": "y-up-open", "3": "y-left-open", "4": "y-right-open", "8": "octagon",
    "s": "square", "p": "pentagon", "P": "cross", "*": "star", "h": "hexagon", "H": "hexagon2", "+": "cross-thin-open",
    "x": "x-thin-open", "X": "x", "D": "diamond", "d": "diamond-tall", "|": "line-ns-open", "_": "line-ew-open",
}  # fmt: skip
def plain(v):
    """One value for JSON. NaN and infinity are gaps."""
    if v is None or isinstance(v, (str, bool)):
        return v
    if isinstance(v, numbers.Integral):
        return int(v)
    if isinstance(v, numbers.Real):
        v = float(v)
        return v if math.isfinite(v) else None
    if isinstance(v, (datetime.date, datetime.datetime)):
        text = v.isoformat()
        return None if text == "NaT" else text
    kind = type(v).__name__
    if kind in ("datetime64", "Period"):
        return None if str(v) == "NaT" else str(v)
    if kind == "NaTType" or kind == "NAType":
        return None
    if hasattr(v, "item"):
        return plain(v.item())
    try:
        return plain(float(v))
    except (TypeError, ValueError):
        return str(v)


def is_many(v):
    """Whether v is a sequence of values and not one of them."""
    return not isinstance(v, (str, bytes, dict)) and (hasattr(v, "__iter__") and getattr(v, "ndim", 1) != 0)


def many(v):
    """A sequence, an array or a column, as a list for JSON."""
    if v is None:
        return []
    if isinstance(v, dict):
        v = list(v)
    if not is_many(v):
        return [plain(v)]
    if getattr(v, "ndim", 1) > 1:
        v = v.ravel() if hasattr(v, "ravel") else v.to_numpy().ravel()
    return [plain(x) for x in v]


def rows(v):
    """Two dimensions, as a list of lists."""
    if hasattr(v, "to_numpy"):
        v = v.to_numpy()
    out = [many(r) for r in v]
    if len({len(r) for r in out}) > 1:
        raise ValueError("the rows have different lengths")
    return out


def columns(v):
    """What plot() and hist() make of a y: one series, or one for each column of a table."""
    if hasattr(v, "columns") and hasattr(v, "to_numpy"):  # a data frame
        return [many(v[c]) for c in v.columns]
    if getattr(v, "ndim", 1) == 2:
        return [many(c) for c in v.T]
    return [many(v)]


def array(v):
    """For results that real matplotlib gives as arrays."""
    try:
        import numpy
    except ImportError:
        return list(v)
    return numpy.array(v)


def css(c, alpha=None):
    """A colour of matplotlib as one of CSS; None stays None."""
    if c is None:
        return None
    if not isinstance(c, str):
        parts = [float(x) for x in c]
        if len(parts) not in (3, 4):
            raise ValueError(f"{c!r} is not a colour: three or four numbers from 0 to 1 are")
        if len(parts) == 4 and alpha is None:
            alpha = parts[3]
        rgb = [round(255 * x) for x in parts[:3]]
        return f"rgba({rgb[0]},{rgb[1]},{rgb[2]},{round(alpha, 3)})" if alpha is not None else f"rgb({rgb[0]},{rgb[1]},{rgb[2]})"
    name = c.strip()
    low = name.lower()
    if low == "none":
        return "rgba(0,0,0,0)"
    if name in LETTERS:
        name = LETTERS[name]
    elif low.startswith(("tab:", "xkcd:")):
        kind, _, rest = low.partition(":")
        name = TAB.get(rest, rest) if kind == "tab" else rest.replace(" ", "")
    elif len(name) > 1 and name[0] == "C" and name[1:].isdigit():
        name = CYCLE[int(name[1:]) % len(CYCLE)]
    else:
        try:
            grey = round(255 * float(name))
            name = f"#{grey:02x}{grey:02x}{grey:02x}"
        except ValueError:
            pass
    if alpha is not None and name.startswith("#") and len(name) == 7:
        return f"rgba({int(name[1:3], 16)},{int(name[3:5], 16)},{int(name[5:7], 16)},{alpha})"
    return name


def is_colour(c):
    """Whether c is one colour, and not a list of colours or numbers."""
    if isinstance(c, str):
        return True
    return is_many(c) and len(c) in (3, 4) and all(isinstance(x, numbers.Real) and not isinstance(x, bool) and 0 <= x <= 1 for x in c)


def parse_format(fmt):
    """'r--o' as (colour, dash, mark), each None if it is not said."""
    colour = dash = mark = None
    rest = fmt
    if is_name(fmt):
        return css(fmt), None, None
    while rest:
        for text in ("--", "-.", "-", ":"):
            if rest.startswith(text):
                if dash:
                    raise ValueError(f"{fmt!r} is not a format: it has two line styles")
                dash, rest = DASHES[text], rest[len(text) :]
                break
        else:
            head, rest = rest[0], rest[1:]
            if head == "C" and rest[:1].isdigit():
                colour, rest = css("C" + rest[0]), rest[1:]
            elif head in LETTERS and colour is None:
                colour = LETTERS[head]
            elif head in MARKS and mark is None:
                mark = head
            else:
                raise ValueError(f"{fmt!r} is not a format: colour letters are {''.join(LETTERS)}, lines - -- -. :, marks {''.join(MARKS)}")
    return colour, dash, mark


NAMES = set(TAB) | {"black", "white", "yellow", "magenta", "navy", "teal", "gold", "salmon", "crimson", "coral", "skyblue", "steelblue", "darkblue", "darkred", "darkgreen", "lightblue", "lightgreen", "indigo", "violet", "tomato", "maroon"}


def is_name(fmt):
    return fmt.lower() in NAMES or fmt.startswith(("#", "tab:", "xkcd:"))
