# df.to_parquet without a library for it: what pandas has, in Parquet's simplest form, which every reader knows. Plain values or
# a dictionary of them, one level of lists, pages packed with gzip. Runs once at boot; read_parquet is in attached.py.
def make_parquet():
    import datetime, decimal, json, struct, sys, zlib

    if "pandas" not in sys.modules:
        return
    np = pd = None  # imported by the first step that writes
    BOOLEAN, INT32, INT64, FLOAT, DOUBLE, BYTE_ARRAY, FIXED = 0, 1, 2, 4, 5, 6, 7  # Type
    PLAIN, RLE, RLE_DICTIONARY = 0, 3, 8  # Encoding
    GZIP = 2  # CompressionCodec
    GROUP, PAGE = 1 << 20, 1 << 16  # rows
    UNITS = {"s": "ms", "ms": "ms", "us": "us", "ns": "ns"}
    UNIT_FIELD = {"ms": 1, "us": 2, "ns": 3}  # of the union TimeUnit
    EPOCH = datetime.date(1970, 1, 1).toordinal()

    # ---- Thrift's compact protocol. A struct is a dict of field numbers; values say their type.
    class I8(int): ...

    class I32(int): ...

    def varint(n):
        out = bytearray()
        while n > 127:
            out.append(n & 127 | 128)
            n >>= 7
        out.append(n)
        return bytes(out)

    def thrift(v):
        """(type, bytes) of a value."""
        t = type(v)
        if t is bool:
            return 1 if v else 2, b""
        if t is I8:
            return 3, struct.pack("b", v)
        if t is I32 or t is int:
            return 5 if t is I32 else 6, varint(v * 2 if v >= 0 else -v * 2 - 1)
        if t is str:
            v = v.encode("utf-8", "surrogatepass")
        if t is str or t is bytes:
            return 8, varint(len(v)) + v
        if t is list:
            parts = [thrift(x) for x in v]
            kind = parts[0][0] if parts else 12
            head = bytes([len(v) << 4 | kind]) if len(v) < 15 else bytes([0xF0 | kind]) + varint(len(v))
            return 9, head + b"".join(p for _, p in parts)
        out, last = [], 0
        for field, value in v.items():
            if value is not None:
                kind, data = thrift(value)
                out += (bytes([field - last << 4 | kind]), data)  # fields are close to each other, and in order
                last = field
        return 12, b"".join(out) + b"\0"

    # ---- levels and indices: one bit-packed run
    def packed(values, width):
        values = np.asarray(values, "u4")
        values = np.concatenate([values, np.zeros(-len(values) % 8, "u4")])
        bits = (values[:, None] >> np.arange(width, dtype="u4") & 1).astype("u1")
        return varint(len(values) // 8 << 1 | 1) + np.packbits(bits.ravel(), bitorder="little").tobytes()

    def levels(values, most):
        if not most:
            return b""
        data = packed(values, most.bit_length())
        return struct.pack("<I", len(data)) + data

    # ---- what pandas has, as what Parquet has
    class Leaf:
        """Values of one physical type, without those that are missing."""

        def __init__(self, physical, values, converted=None, logical=None, length=None, about=("object", "object", None), **more):
            self.physical, self.values, self.converted, self.logical, self.length = physical, values, converted, logical, length
            self.about, self.more = about, more

        def plain(self, values):
            if self.physical == BOOLEAN:
                return np.packbits(np.asarray(values, bool), bitorder="little").tobytes()
            if self.physical == BYTE_ARRAY:
                return b"".join(x for v in values for x in (struct.pack("<I", len(v)), v))
            if self.physical == FIXED:
                return b"".join(values)
            return values.tobytes()

    def fixed(values, name):
        """A leaf of a numpy array of numbers or times."""
        dtype, kind, size = values.dtype, values.dtype.kind, values.dtype.itemsize
        about = (str(dtype), str(dtype), None)
        if kind == "b":
            return Leaf(BOOLEAN, values, about=("bool", "bool", None))
        if kind in "iu":
            wide = INT64 if size == 8 else INT32
            converted = {1: 15, 2: 16, 4: 17, 8: 18}[size] - (4 if kind == "u" else 0)
            logical = {10: {1: I8(size * 8), 2: kind == "i"}}
            plain = kind == "i" and size >= 4
            return Leaf(wide, values.astype("i8" if wide == INT64 else "i4"), None if plain else converted, None if plain else logical, about=about)
        if kind == "f":
            if size > 8:
                values = values.astype("f8")
            return Leaf(DOUBLE if values.dtype.itemsize == 8 else FLOAT, values.astype("f8" if values.dtype.itemsize == 8 else "f4"), about=about)
        if kind == "M":
            unit = np.datetime_data(dtype)[0]
            return times(values.astype(f"M8[{UNITS.get(unit, 's')}]").astype("i8"), UNITS.get(unit, "ms"), False, ("datetime", f"datetime64[{unit}]", None))
        if kind == "m":  # Parquet has no durations; numpy_type says to pandas what the numbers are
            return Leaf(INT64, values.astype("i8"), about=("timedelta", str(dtype), None))
        raise TypeError(f"the column {name!r} has the type {dtype}, which Parquet does not have: convert it first")

    def times(numbers, unit, utc, about):
        converted = {"ms": 9, "us": 10}.get(unit)
        return Leaf(INT64, numbers, converted, {8: {1: utc, 2: {UNIT_FIELD[unit]: {}}}}, about=about)

    def texts(values, pandas_type="unicode", numpy_type="object"):
        data = [v.encode("utf-8", "surrogatepass") for v in values]
        return Leaf(BYTE_ARRAY, data, 0, {1: {}}, about=(pandas_type, numpy_type, None))

    def decimals(values):
        parts = [v.as_tuple() for v in values]
        if any(not isinstance(p.exponent, int) for p in parts):
            raise ValueError("Parquet has no infinite decimals")
        scale = max([0, *(-p.exponent for p in parts)])
        whole = [int(v.scaleb(scale, decimal.Context(prec=200))) for v in values]
        digits = max([1, scale, *(len(str(abs(n))) for n in whole)])
        size = max((10**digits).bit_length() // 8 + 1, 1)
        data = [n.to_bytes(size, "big", signed=True) for n in whole]
        return Leaf(FIXED, data, 5, {5: {1: I32(scale), 2: I32(digits)}}, size, about=("decimal", "object", {"precision": digits, "scale": scale}), scale=scale, precision=digits)

    def objects(values, name):
        """A leaf of Python objects, none of them missing; None if they are lists."""
        kind = pd.api.types.infer_dtype(values, skipna=True)
        if kind == "empty":
            return Leaf(INT32, np.empty(0, "i4"), None, {11: {}}, about=("empty", "object", None))
        if kind == "string":
            return texts(values)
        if kind == "bytes":
            return Leaf(BYTE_ARRAY, list(values), about=("bytes", "object", None))
        if kind == "boolean":
            return fixed(np.array(values, bool), name)
        if kind == "integer":
            return fixed(np.array(values, "i8"), name)
        if kind in ("floating", "mixed-integer-float"):
            return fixed(np.array(values, "f8"), name)
        if kind == "decimal":
            return decimals(values)
        if kind == "date":
            return Leaf(INT32, np.array([v.toordinal() - EPOCH for v in values], "i4"), 6, {6: {}}, about=("date", "object", None))
        if kind in ("datetime", "datetime64"):
            leaf, _ = column(pd.Series(pd.DatetimeIndex(list(values)).as_unit("us")), name)
            return leaf
        if kind in ("timedelta", "timedelta64"):
            return fixed(np.array(values, "m8[us]"), name)
        if kind == "time":
            day = np.array([((v.hour * 60 + v.minute) * 60 + v.second) * 10**6 + v.microsecond for v in values], "i8")
            return Leaf(INT64, day, 8, {7: {1: False, 2: {2: {}}}}, about=("time", "object", None))
        if all(isinstance(v, (list, tuple, np.ndarray)) for v in values):
            return None
        wrong = next((v for v in values if not isinstance(v, str)), values[0])
        raise TypeError(f"the column {name!r} has values of different types, or of a type that to_parquet does not write here ({type(wrong).__name__}): make them texts, e.g. df[{name!r}].map(json.dumps)")

    def column(s, name):
        """(leaf, mask of what is there) of a Series; the leaf of a list has counts of its elements."""
        dtype, there = s.dtype, ~np.asarray(s.isna(), bool)
        if isinstance(dtype, pd.CategoricalDtype):
            inner = pd.Series(dtype.categories)
            leaf, _ = column(inner, name)
            leaf.categories, leaf.values = leaf.values, np.asarray(s.cat.codes)[there]
            about = {"num_categories": len(inner), "ordered": bool(dtype.ordered)}
            if len(inner) <= 1000 and pd.api.types.infer_dtype(inner) in ("string", "integer"):
                about["categories"] = inner.tolist()  # their order, for attached.py
            leaf.about = ("categorical", str(s.cat.codes.dtype), about)
            return leaf, there
        if isinstance(dtype, pd.DatetimeTZDtype):
            utc = s.dt.tz_convert("UTC").dt.tz_localize(None)
            unit = UNITS[dtype.unit]
            numbers = utc.to_numpy().astype(f"M8[{unit}]").astype("i8")[there]
            return times(numbers, unit, True, ("datetimetz", f"datetime64[{dtype.unit}]", {"timezone": str(dtype.tz)})), there
        if isinstance(dtype, pd.StringDtype):
            return texts(s.to_numpy(object)[there], numpy_type="string"), there
        if dtype == object:
            values = s.to_numpy()[there]
            leaf = objects(values, name)
            if leaf is None:
                leaf = listed(values, name)
            return leaf, there
        if pd.api.types.is_extension_array_dtype(dtype):
            if not hasattr(dtype, "numpy_dtype"):
                raise TypeError(f"the column {name!r} has the type {dtype}, which to_parquet does not write here: convert it first, e.g. with astype(str)")
            leaf = fixed(s[there].to_numpy(dtype.numpy_dtype), name)
            leaf.about = (leaf.about[0], str(dtype), None)
            return leaf, there
        values = s.to_numpy()
        if values.dtype.kind in "fc":
            there = np.ones(len(values), bool) if values.dtype.kind == "c" else there
        return fixed(values[there], name), there

    def listed(values, name):
        counts = np.array([len(v) for v in values], "i8")
        flat = np.empty(int(counts.sum()), object)
        if len(flat):
            flat[:] = [x.item() if isinstance(x, np.generic) and x.dtype.kind in "biuf" else x for v in values for x in v]
        present = ~np.asarray(pd.isna(flat), bool)
        leaf = objects(flat[present], name)
        if leaf is None:
            raise TypeError(f"the column {name!r} has lists of lists, which to_parquet does not write here")
        leaf.counts, leaf.present = counts, present
        leaf.about = (f"list[{leaf.about[0]}]", "object", None)
        return leaf

    # ---- the file
    class File:
        def __init__(self, packs):
            self.parts, self.size, self.packs = [], 0, packs
            self.write(b"PAR1")

        def write(self, data):
            self.parts.append(data)
            self.size += len(data)

        def page(self, kind, data, header):
            pressed = data
            if self.packs:
                squeeze = zlib.compressobj(6, zlib.DEFLATED, 31)
                pressed = squeeze.compress(data) + squeeze.flush()
            head = thrift({1: I32(kind), 2: I32(len(data)), 3: I32(len(pressed)), **header})[1]
            self.write(head)
            self.write(pressed)
            return len(head) + len(data), len(head) + len(pressed)

        def chunk(self, name, leaf, there, lo, hi, before):
            """The column's rows from lo to hi; before counts what was written of it: values and elements."""
            dictionary, codes, start = None, None, self.size
            values, elements = before
            is_list = hasattr(leaf, "counts")
            rows = int(there[lo:hi].sum())
            if is_list:
                n_elements = int(leaf.counts[values : values + rows].sum())
                n_values = int(leaf.present[elements : elements + n_elements].sum())
                first = int(leaf.present[:elements].sum())
            else:
                n_elements, n_values, first = 0, rows, values
            mine = leaf.values[first : first + n_values]
            if hasattr(leaf, "categories"):
                codes, dictionary = mine, leaf.categories
            elif leaf.physical == BYTE_ARRAY and n_values:
                found = {}
                codes = np.fromiter((found.setdefault(v, len(found)) for v in mine), "u4", n_values)
                dictionary = list(found) if len(found) * 2 <= n_values else None
            raw = pressed = 0
            if dictionary is not None:
                r, p = self.page(2, leaf.plain(dictionary), {7: {1: I32(len(dictionary)), 2: I32(PLAIN)}})
                raw, pressed = raw + r, pressed + p
                width = max(len(dictionary) - 1, 1).bit_length()
            data_at, total, v_at, e_at, r_at = self.size, 0, 0, elements, values
            for a in range(lo, hi, PAGE):
                here = there[a : min(a + PAGE, hi)]
                if is_list:
                    k = int(here.sum())
                    counts = np.zeros(len(here), "i8")
                    counts[here] = leaf.counts[r_at : r_at + k]
                    slots = np.maximum(counts, 1)  # an empty list and a missing one have a place too
                    starts = np.cumsum(slots) - slots
                    m = int(counts.sum())
                    repetition = np.ones(int(slots.sum()), "u1")
                    repetition[starts] = 0
                    definition = np.repeat(np.where(here, 1, 0), slots)
                    definition[np.repeat(counts > 0, slots)] = 2 + leaf.present[e_at : e_at + m]
                    n = int(leaf.present[e_at : e_at + m].sum())
                    r_at, e_at = r_at + k, e_at + m
                    body, slots = levels(repetition, 1) + levels(definition, 3), len(definition)
                else:
                    n, slots = int(here.sum()), len(here)
                    body = levels(here, 1)
                if dictionary is None:
                    body += leaf.plain(mine[v_at : v_at + n])
                else:
                    body += bytes([width]) + packed(codes[v_at : v_at + n], width)
                encoding = PLAIN if dictionary is None else RLE_DICTIONARY
                r, p = self.page(0, body, {5: {1: I32(slots), 2: I32(encoding), 3: I32(RLE), 4: I32(RLE)}})
                raw, pressed, total, v_at = raw + r, pressed + p, total + slots, v_at + n
            path = [name, "list", "element"] if is_list else [name]
            encodings = [I32(PLAIN), I32(RLE)] + ([I32(RLE_DICTIONARY)] if dictionary is not None else [])
            about = {
                1: I32(leaf.physical), 2: encodings, 3: path, 4: I32(GZIP if self.packs else 0), 5: total, 6: raw, 7: pressed,
                9: data_at, 11: start if dictionary is not None else None,
            }  # fmt: skip
            return {2: start, 3: about}, raw, (values + rows, elements + n_elements)

    def element(name, leaf):
        return {
            1: I32(leaf.physical), 2: leaf.length and I32(leaf.length), 3: I32(1), 4: name, 6: None if leaf.converted is None else I32(leaf.converted),
            7: "scale" in leaf.more and I32(leaf.more["scale"]) or None, 8: "precision" in leaf.more and I32(leaf.more["precision"]) or None, 10: leaf.logical,
        }  # fmt: skip

    def said(fields, indexes, df):
        """What pandas reads of itself: types, index and names of columns."""
        about = []
        for field, (name, (leaf, _)) in fields.items():
            pandas_type, numpy_type, more = leaf.about
            about.append({"name": name, "field_name": field, "pandas_type": pandas_type, "numpy_type": numpy_type, "metadata": more})
        levels = []
        for i in range(df.columns.nlevels):
            level = df.columns.get_level_values(i)
            kind = "unicode" if pd.api.types.infer_dtype(level) == "string" else str(level.dtype)
            levels.append({"name": df.columns.names[i], "field_name": df.columns.names[i], "pandas_type": kind, "numpy_type": str(level.dtype), "metadata": {"encoding": "UTF-8"} if kind == "unicode" else None})
        return json.dumps({"index_columns": indexes, "column_indexes": levels, "columns": about, "creator": {"library": "sandglass", "version": "1"}, "pandas_version": pd.__version__}, default=str)

    def written(df, index, packs):
        if not isinstance(df, pd.DataFrame):
            raise ValueError("to_parquet only supports IO with DataFrames")
        fields, indexes = {}, []
        for i, name in enumerate(df.columns):
            if str(name) in fields:
                raise ValueError(f"Duplicate column names found: {list(df.columns)}")
            fields[str(name)] = (name if isinstance(name, str) else str(name), column(df.iloc[:, i], name))
        if index is None and type(df.index) is pd.RangeIndex:
            r = df.index
            indexes = [{"kind": "range", "name": r.name, "start": r.start, "stop": r.stop, "step": r.step}]
        elif index is not False:
            for i in range(df.index.nlevels):
                name = df.index.names[i]
                field = str(name) if name is not None and str(name) not in fields else f"__index_level_{i}__"
                fields[field] = (name, column(pd.Series(df.index.get_level_values(i)), name))
                indexes.append(field)
        rows, file, groups, before = len(df), File(packs), [], dict.fromkeys(fields, (0, 0))
        schema = [{4: "schema", 5: I32(len(fields))}]
        for field, (_, (leaf, _)) in fields.items():
            if hasattr(leaf, "counts"):
                schema += ({3: I32(1), 4: field, 5: I32(1), 6: I32(3), 10: {3: {}}}, {3: I32(2), 4: "list", 5: I32(1)}, element("element", leaf))
            else:
                schema.append(element(field, leaf))
        for lo in range(0, rows, GROUP):
            hi, chunks, total = min(lo + GROUP, rows), [], 0
            for field, (_, (leaf, there)) in fields.items():
                chunk, raw, before[field] = file.chunk(field, leaf, there, lo, hi, before[field])
                chunks.append(chunk)
                total += raw
            groups.append({1: chunks, 2: total, 3: hi - lo})
        footer = thrift({
            1: I32(2), 2: schema, 3: rows, 4: groups, 5: [{1: "pandas", 2: said(fields, indexes, df)}], 6: "sandglass",
        })[1]  # fmt: skip
        file.write(footer)
        file.write(struct.pack("<I", len(footer)) + b"PAR1")
        return b"".join(file.parts)

    def to_parquet(df, path=None, engine="auto", compression="snappy", index=None, storage_options=None, partition_cols=None, filesystem=None, **kwargs):
        """Write a DataFrame as a Parquet file. path: where to, a file object, or None for bytes; compression: None, or gzip
        whatever else it says; index: whether to write it (None: but for a plain one). Other parameters do nothing."""
        nonlocal np, pd
        import numpy as np, pandas as pd

        if engine not in ("auto", "pyarrow", "fastparquet"):
            raise ValueError("engine must be one of 'pyarrow', 'fastparquet', 'auto'")
        if partition_cols:
            raise NotImplementedError("to_parquet writes one file in the sandbox: leave partition_cols out, or write a file for each group")
        data = written(df, index, compression is not None)
        if path is None:
            return data
        with pd.io.common.get_handle(path, "wb", is_text=False) as h:
            h.handle.write(data)

    from pandas.io import parquet

    to_parquet.__module__, to_parquet.__qualname__ = parquet.__name__, "to_parquet"
    parquet.to_parquet = to_parquet
