# What agents of a team hand to each other. Runs once at boot, before driver.py, in its namespace. Besides what tools take,
# data frames travel: {"__frame__": {"columns", "types", "data" (by column), "index" or "range", "named"?, "series"?}}. No pickles: reading one
# runs code, and a called agent may have read a stranger's page.
import json, os


def without_missing(values, missing):
    return [None if m else v for v, m in zip(values, missing)]


def column_form(s):
    kind = str(s.dtype)
    missing = s.isna().tolist()
    if kind.startswith("datetime64"):
        values = [None if m else v.isoformat() for v, m in zip(s.tolist(), missing)]
    elif kind.startswith("timedelta64"):
        values = without_missing(s.astype("timedelta64[ns]").astype("int64").tolist(), missing)
    else:
        values = without_missing(s.astype(object).tolist(), missing)
        if s.dtype.kind == "f":
            values = [v if v is None or abs(v) < float("inf") else str(v) for v in values]
    return kind, values


def frame_form(v):
    form = {"columns": [list(c) if type(c) is tuple else c if type(c) is int else str(c) for c in v.columns]}
    columns = [column_form(v.iloc[:, i]) for i in range(v.shape[1])]
    form["types"], form["data"] = [k for k, _ in columns], [d for _, d in columns]
    if any(n is not None for n in v.columns.names):
        form["named"] = list(v.columns.names)
    index = v.index
    if type(index).__name__ != "RangeIndex":
        levels = index.to_frame(index=False)
        form["index"] = [[n, *column_form(levels.iloc[:, i])] for i, n in enumerate(index.names)]
    else:
        form["range"] = [index.start, index.stop, index.step, index.name]
    return form


def is_pandas(v, name):
    return type(v).__name__ == name and type(v).__module__.startswith("pandas.")


def handed(v):
    """What goes to another agent besides JSON's own types."""
    if is_pandas(v, "DataFrame"):
        return {"__frame__": frame_form(v)}
    if is_pandas(v, "Series"):
        form = frame_form(v.to_frame())
        form["series"] = v.name if v.name is None or type(v.name) is int else str(v.name)
        return {"__frame__": form}
    if isinstance(v, tuple):
        return list(v)
    return plain(v)


hand_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=handed).encode


def column_of(pandas, kind, values):
    if kind.startswith("datetime64"):
        s = pandas.Series(pandas.to_datetime(values, format="ISO8601", utc="," in kind))
        return s.astype(kind)
    if kind.startswith("timedelta64"):
        return pandas.Series(pandas.to_timedelta(values, unit="ns")).astype(kind)
    s = pandas.Series(values, dtype=object)
    return s if kind == "object" else s.astype(kind)


def revive_frame(form):
    """A data frame again, or a list of dicts where there is no pandas."""
    pandas = sys.modules.get("pandas")
    columns = [tuple(c) if type(c) is list else c for c in form["columns"]]
    if pandas is None:
        return [dict(zip(columns, row)) for row in zip(*form["data"])]
    data = [column_of(pandas, k, d) for k, d in zip(form["types"], form["data"])]
    if "range" in form:
        start, stop, step, name = form["range"]
        index = pandas.RangeIndex(start, stop, step, name=name)
    else:
        levels = [pandas.Index(column_of(pandas, k, d), name=n) for n, k, d in form["index"]]
        index = levels[0] if len(levels) == 1 else pandas.MultiIndex.from_arrays(levels)
    frame = pandas.concat(data, axis=1, ignore_index=True).set_axis(index) if data else pandas.DataFrame(index=index)
    frame.columns = pandas.MultiIndex.from_tuples(columns) if any(type(c) is tuple for c in columns) else columns
    if named := form.get("named"):
        frame.columns.names = named
    if "series" in form:
        series = frame.iloc[:, 0]
        series.name = form["series"]
        return series
    return frame


def take_over(answer):
    """What a called agent answered: its files go to the scratch folder, and its value is what the call gives."""
    for name, data in (answer.get("files") or {}).items():
        path = os.path.join("/scratch", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
    return answer.get("value")


def give_answer(request):
    """The last answer as it goes to the manager."""
    try:
        return '{"answer":' + hand_dumps(last_answer) + "}"
    except BaseException as e:
        return dumps({"failed": f"{type(e).__name__}: {e}"})
