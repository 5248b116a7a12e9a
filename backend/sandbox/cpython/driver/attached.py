# pandas reads Parquet and Feather files without a library for them. Of those that the user attached, the host makes a folder
# each (package tables), /tables/NAME, with "index", a description as JSON, and a stream of segments for each column. Of
# others it is given the bytes, and asked for the same. Runs once at boot, before the steps' first import.
import _host

OP_TABLE, OP_COLUMN = 8, 9  # as in guest.go
table_call = _host.call


def make_attached():
    import ast, base64, datetime, decimal, errno, io, json, operator, os, struct, sys

    np = pd = None  # the base runtime has none
    BACKENDS = "dtype_backend is 'numpy_nullable' or left out here: there is no pyarrow in the sandbox"
    HEAD = struct.Struct("<6I")
    UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
    NAT = -(2**63)
    NULLABLE = "Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64 boolean string".split()

    # ---- one column
    def dtype_of(t):
        kind = t["kind"]
        if kind in ("int", "uint", "float"):
            return np.dtype(f"{kind}{t['bits']}")
        if kind in ("timestamp", "duration"):
            return np.dtype(f"{'M' if kind == 'timestamp' else 'm'}8[{t['unit']}]")
        return np.dtype({"bool": "bool", "date": "i4", "time": "i8"}[kind])

    def clock(n, unit):
        n = n * 10**6 // UNITS[unit]
        return (datetime.datetime.min + datetime.timedelta(microseconds=n)).time()

    def objects(values, missing=None):
        out = np.empty(len(values), object)
        out[:] = values
        if missing is not None:
            out[missing] = None
        return out

    def finished(t, values, missing, nullable):
        """What pandas has for values of fixed width; missing is a mask, or None if there are all."""
        kind = t["kind"]
        if kind in ("timestamp", "duration"):
            if missing is not None:
                values[missing] = "NaT"
            if not t.get("zone"):
                return values
            index = pd.DatetimeIndex(values).tz_localize("UTC")
            try:
                return index.tz_convert(t["zone"])
            except (KeyError, ValueError, OSError):  # a zone that nobody knows any more
                return index
        if kind == "date":
            return objects(values.astype("M8[D]").astype(object), missing)
        if kind == "time":
            return objects([clock(int(n), t["unit"]) for n in values], missing)
        if nullable and (kind != "float" or t["bits"] > 16):
            mask = np.zeros(len(values), bool) if missing is None else missing
            array = {"bool": pd.arrays.BooleanArray, "float": pd.arrays.FloatingArray}.get(kind, pd.arrays.IntegerArray)
            return array(values, mask)
        if missing is None:
            return values
        if kind == "bool":
            return objects(values, missing)
        if kind != "float":
            values = values.astype("float64")
        values[missing] = np.nan
        return values

    def words_of(t, ends, data):
        """The texts of a segment."""
        ends = np.frombuffer(ends, "<u4").tolist()
        if t["kind"] != "bytes":
            data = str(data, "utf-8")
        words = [data[a:b] for a, b in zip([0, *ends[:-1]], ends)]
        if t["kind"] == "bytes":
            words = [bytes(w) for w in words]
        return [decimal.Decimal(w) for w in words] if t["kind"] == "decimal" else words

    def maker(t):
        """Makes a value of a nested type of its JSON."""
        kind = t["kind"]
        if kind == "list":
            return list_maker(t["fields"][0]["type"])
        if kind == "struct":
            names, makers = [f["name"] for f in t["fields"]], [maker(f["type"]) for f in t["fields"]]
            return lambda v: v if v is None else {n: m(x) for n, m, x in zip(names, makers, v)}
        if kind == "map":
            key, value = (maker(f["type"]) for f in t["fields"])
            return lambda v: v if v is None else [(key(a), value(b)) for a, b in v]
        make = {
            "bytes": base64.b64decode,
            "decimal": decimal.Decimal,
            "date": lambda n: (datetime.datetime(1970, 1, 1) + datetime.timedelta(n)).date(),
            "time": lambda n: clock(n, t["unit"]),
            "timestamp": lambda n: pd.Timestamp(n, unit=t["unit"], tz=t.get("zone")),
            "duration": lambda n: pd.Timedelta(n, unit=t["unit"]),
        }.get(kind)
        return (lambda v: v) if make is None else lambda v: v if v is None else make(v)

    def list_maker(item):
        if item["kind"] in ("int", "uint", "float", "bool"):
            dtype = dtype_of(item)
            return lambda v: v if v is None else np.array(v, "O" if None in v and dtype == bool else "f8" if None in v and dtype.kind != "f" else dtype)
        if item["kind"] in ("timestamp", "duration"):
            dtype = dtype_of(item)
            return lambda v: v if v is None else np.array([NAT if x is None else x for x in v], "i8").view(dtype)
        make = maker(item)
        return lambda v: v if v is None else objects([make(x) for x in v])

    class Handed(io.RawIOBase):
        """A column of the table whose bytes the host was given last."""

        def __init__(self, i):
            self.i = i

        def read(self, n):
            parts, left = [], n
            while left and (part := table_call(OP_COLUMN, struct.pack("<II", self.i, left))):
                parts.append(part)
                left -= len(part)
            return parts[0] if len(parts) == 1 else b"".join(parts)

    def segments(file):
        """(kind, rows, mask of what is missing or None, three parts) of a column."""
        with file as f:
            while head := f.read(HEAD.size):
                kind, rows, *sizes = HEAD.unpack(head)
                parts = [memoryview(f.read(n)) for n in sizes]
                if kind == 0:
                    raise ValueError(str(parts[3], "utf-8"))
                yield kind, rows, np.frombuffer(parts[0], "u1") == 0 if sizes[0] else None, parts[1:]

    def column(file, t, nullable):
        kind, masks, pieces, rows, words, raw = t["kind"], [], [], 0, [], []
        for how, n, missing, (a, b, c) in segments(file):
            rows += n
            masks.append((n, missing))
            if how == 1:
                pieces.append(np.frombuffer(a, dtype_of(t)))
            elif how == 2:
                codes = np.frombuffer(a, "<u4")
                if t.get("category"):
                    codes = codes.astype("i4")
                    if missing is not None:
                        codes[missing] = -1
                    if kind in ("text", "bytes", "decimal"):
                        words += words_of(t, b, c)
                    else:
                        raw.append(bytes(c))
                    pieces.append(codes)
                else:
                    texts = objects([*words_of(t, b, c), None])
                    if missing is not None:
                        codes = np.where(missing, len(texts) - 1, codes)
                    pieces.append(texts[codes])
            elif how == 3:
                make = maker(t)
                pieces.append(objects([make(v) for v in json.loads(bytes(c))]))
        if t.get("category"):
            codes = np.concatenate(pieces) if pieces else np.empty(0, "i4")
            if kind not in ("text", "bytes", "decimal"):
                words = finished(t, np.frombuffer(b"".join(raw), dtype_of(t)).copy(), None, False)
            return rows, pd.Categorical.from_codes(codes, pd.Index(words, dtype=None if len(words) else object), ordered=t.get("ordered", False))
        if kind == "null":
            return rows, objects([None] * rows)
        fixed = kind not in ("text", "bytes", "decimal", "list", "struct", "map")
        if not pieces:
            values = np.empty(0, dtype_of(t) if fixed else object)
        else:
            values = pieces[0].copy() if fixed and len(pieces) == 1 else np.concatenate(pieces)
        pieces.clear()
        if fixed:
            missing = None
            if any(m is not None for _, m in masks):
                missing = np.concatenate([np.zeros(n, bool) if m is None else m for n, m in masks])
            return rows, finished(t, values, missing, nullable)
        if kind == "text" and nullable:
            return rows, pd.array(values, dtype="string")
        return rows, values

    # ---- the table
    def opened(path, what):
        """The index of a table, and what opens its columns by their numbers."""
        name = path if isinstance(path, (str, os.PathLike)) else getattr(path, "name", None)
        if isinstance(name, (str, os.PathLike)):
            name = os.path.abspath(os.fspath(name).removeprefix("file://"))
            folder = "/tables" + name.removeprefix("/input")
            if name.startswith("/input/") and os.path.exists(folder + "/index"):
                with open(folder + "/index", "rb") as f:
                    return json.loads(f.read()), lambda i: open(f"{folder}/{i}", "rb", buffering=0)
            if os.path.isdir(name):
                raise IsADirectoryError(errno.EISDIR, f"{what} reads one file at a time, and this is a folder", str(path))
        with pd.io.common.get_handle(path, "rb", is_text=False) as h:
            answer = table_call(OP_TABLE, h.handle.read())
        if answer == b"v":
            raise ValueError(f"{path} is neither a Parquet nor a Feather file")
        if answer[:1] != b"v":
            raise ValueError(f"{what}: {str(answer[1:], 'utf-8')}")
        return json.loads(answer[1:]), Handed

    def pandas_said(index):
        try:
            said = json.loads(index["pandas"] or "{}")
            return said if type(said) is dict else {}
        except ValueError:
            return {}

    COMPARE = {
        "==": operator.eq, "=": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
        "in": lambda s, v: s.isin(list(v)), "not in": lambda s, v: ~s.isin(list(v)),
    }  # fmt: skip

    def kept(frame, filters):
        """The rows that filters let through: a list of conditions, or of lists of them, one of which must hold."""
        groups = filters if filters and isinstance(filters[0], list) else [filters]
        some = False
        for group in groups:
            every = True
            for name, op, value in group:
                if op not in COMPARE:
                    raise ValueError(f"filters know {', '.join(COMPARE)}, not {op!r}")
                every = every & COMPARE[op](frame[name], value)
            some = some | every
        return frame[some]

    def read(path, what, columns=None, filters=None, dtype_backend=None):
        nonlocal np, pd
        import numpy as np, pandas as pd

        if dtype_backend not in (None, pd._libs.lib.no_default, "numpy_nullable"):
            raise ValueError(BACKENDS)
        index, column_file = opened(path, what)
        if "fault" in index:
            raise ValueError(index["fault"])
        said = pandas_said(index)
        about = {c.get("field_name", c.get("name")): c for c in said.get("columns", ()) if type(c) is dict}
        place = {}
        for i, c in enumerate(index["columns"]):
            place.setdefault(c["name"], i)
        indexes = [c for c in said.get("index_columns", ()) if type(c) is dict or c in place]
        wanted = range(len(index["columns"]))
        if columns is not None:
            columns = [columns] if isinstance(columns, str) else list(columns)
            needed = dict.fromkeys([*columns, *(c for c in indexes if type(c) is str)])
            for group in filters or ():
                for name, *_ in group if isinstance(group, list) else [group]:
                    needed[name] = None
            if unknown := [c for c in needed if c not in place]:
                raise ValueError(f"{path} has no column {unknown[0]!r}; it has: {', '.join(map(repr, place))}")
            wanted = [place[c] for c in needed]
        try:
            frame = table(column_file, index, wanted, about, dtype_backend == "numpy_nullable")
        except MemoryError:
            size = f"{index['rows']:,} rows and " if index["rows"] >= 0 else ""
            raise MemoryError(
                f"the table has {size}{len(wanted)} columns that were asked for, too much for the sandbox's memory: read fewer "
                f"columns with {what}(path, columns=[…]), or have the memory limit raised in the settings"
            ) from None
        if filters:
            frame = kept(frame, filters)
        if columns is not None:
            frame = frame[[*dict.fromkeys([*columns, *(c for c in indexes if type(c) is str)])]]
        return indexed(frame, indexes, about, said, columns)

    def table(column_file, index, wanted, about, nullable):
        data, names, rows = {}, [], max(index["rows"], 0)
        for k, i in enumerate(wanted):
            c = index["columns"][i]
            hint = about.get(c["name"], {})
            dtype = str(hint.get("numpy_type"))
            duration = dtype.startswith("timedelta64") and c["type"]["kind"] == "int"
            rows, data[k] = column(column_file(i), c["type"], nullable or duration or dtype.partition("[")[0] in NULLABLE)
            if duration:
                data[k] = data[k].to_numpy("i8", na_value=NAT).view(dtype)
            elif hint.get("pandas_type") == "categorical" and not isinstance(data[k], pd.Categorical):
                more = hint.get("metadata") or {}
                data[k] = pd.Categorical(data[k], more.get("categories"), ordered=more.get("ordered") is True)
            names.append(c["name"])
        frame = pd.DataFrame(data, index=pd.RangeIndex(rows), copy=False)
        frame.columns = pd.Index(names, dtype=object)
        return frame

    def indexed(frame, indexes, about, said, columns):
        """Gives the frame the index and the names of columns that pandas wrote it with."""
        named = [c for c in indexes if type(c) is str]
        if named:
            frame = frame.set_index(named)
            frame.index.names = [about.get(c, {}).get("name") for c in named]
        elif len(indexes) == 1 and indexes[0].get("kind") == "range":
            r = indexes[0]
            new = pd.RangeIndex(r["start"], r["stop"], r["step"], name=r.get("name"))
            if len(new) == len(frame):
                frame.index = new
        levels = [c for c in said.get("column_indexes", ()) if type(c) is dict]
        try:
            if len(levels) > 1:
                frame.columns = pd.MultiIndex.from_tuples([ast.literal_eval(c) for c in frame.columns], names=[c.get("name") for c in levels])
            elif levels:
                if columns is None and str(levels[0].get("numpy_type")).startswith(("int", "uint", "float")):
                    frame.columns = frame.columns.astype(levels[0]["numpy_type"])
                frame.columns.name = levels[0].get("name")
        except (ValueError, SyntaxError, TypeError):
            pass  # names that pandas does not have like that: they stay texts
        return frame

    # ---- what pandas gets
    def read_parquet(path, engine="auto", columns=None, storage_options=None, use_nullable_dtypes=False, dtype_backend=None, filesystem=None, filters=None, **kwargs):
        """Load a Parquet file as a DataFrame. columns: the names of those to read, None for all;
        filters: [(column, op, value), …]; dtype_backend: "numpy_nullable" for nullable dtypes. Other parameters do nothing."""
        return read(path, "pd.read_parquet", columns, filters, "numpy_nullable" if use_nullable_dtypes is True else dtype_backend)

    def read_feather(path, columns=None, use_threads=True, storage_options=None, dtype_backend=None):
        """Load a Feather (Arrow IPC) file as a DataFrame. columns: the names of those to read, None
        for all; dtype_backend: "numpy_nullable" for nullable dtypes. Other parameters do nothing."""
        return read(path, "pd.read_feather", columns, None, dtype_backend)

    def to_feather(df, *args, **kwargs):
        raise NotImplementedError("to_feather does not work in the sandbox, which reads such files only: use to_parquet, to_csv or to_pickle")

    pandas = sys.modules.get("pandas")
    if pandas is None:
        return
    from pandas.io import api, feather_format, parquet

    for f, module in ((read_parquet, parquet), (read_feather, feather_format)):
        f.__module__, f.__qualname__ = module.__name__, f.__name__  # where pickle finds them
    pandas.read_parquet = api.read_parquet = parquet.read_parquet = read_parquet
    pandas.read_feather = api.read_feather = feather_format.read_feather = read_feather
    feather_format.to_feather = to_feather
