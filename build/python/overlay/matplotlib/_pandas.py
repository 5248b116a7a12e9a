"""df.plot() and its like: pandas calls these as its plotting backend."""

from matplotlib import pyplot as plt
from matplotlib._values import is_many, many

KINDS = ("line", "bar", "barh", "hist", "box", "scatter", "area", "pie", "density", "kde", "hexbin")


def series(data, columns=None):
    """(name, column) of a table, of its numbers only unless they are asked for."""
    if not hasattr(data, "columns"):
        return [(getattr(data, "name", None), data)]
    if columns is not None:
        names = list(columns) if is_many(columns) else [columns]
        return [(n, data[n]) for n in names]
    found = [(n, data[n]) for n in data.columns if numeric(data[n])]
    if not found:
        raise TypeError("no numeric data to plot")
    return found


def numeric(column):
    return getattr(getattr(column, "dtype", None), "kind", "f") in "iufb" and getattr(column, "dtype", None) != object


def looks(ax, kw, xs=None):
    """What every kind of plot takes; out of kw."""
    for name, call in (("title", ax.set_title), ("xlabel", ax.set_xlabel), ("ylabel", ax.set_ylabel), ("xlim", ax.set_xlim), ("ylim", ax.set_ylim)):
        v = kw.pop(name, None)
        if v is not None and not (name == "title" and isinstance(v, list)):
            call(v)
    for name, call in (("xticks", ax.set_xticks), ("yticks", ax.set_yticks)):
        if (v := kw.pop(name, None)) is not None:
            call(v)
    if kw.pop("logy", False) or kw.get("loglog"):
        ax.set_yscale("log")
    if kw.pop("logx", False) or kw.pop("loglog", False):
        ax.set_xscale("log")
    if kw.pop("grid", None):
        ax.grid(True)
    turn, size = kw.pop("rot", None), kw.pop("fontsize", None)
    if turn is not None:
        ax.tick_params(axis="x", rotation=turn)
    for name in ("table", "style", "use_index", "sharex", "sharey", "mark_right", "include_bool", "sort_columns", "subplots", "layout", "backend", "colorbar", "position", "legend_", "xerr_", "secondary_y"):
        kw.pop(name, None)
    return size


def plot(data, kind="line", x=None, y=None, ax=None, figsize=None, legend=True, subplots=False, layout=None, secondary_y=False, **kw):
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of plot: use one of {', '.join(KINDS)}")
    if kind in ("kde", "density", "hexbin"):
        raise NotImplementedError(f"kind={kind!r} needs scipy or a real matplotlib, which are not in the sandbox: use kind='hist', or plotly.express")
    if subplots and kind != "pie":
        return several(data, kind, x, y, figsize, layout, legend, kw)
    if ax is None:
        ax = plt.figure(figsize=figsize).gca()
    if isinstance(title := kw.get("title"), list):
        kw["title"] = title[0]
    looks(ax, kw)
    kw.pop("ax", None)
    draw = {"scatter": scatter, "pie": pie, "hist": hist, "box": box}.get(kind)
    if draw is not None:
        draw(ax, data, x, y, kw)
    else:
        along(ax, data, kind, x, y, kw, many(secondary_y) if is_many(secondary_y) else secondary_y)
    named = [t for t in ax.traces if t.get("name")]
    if legend and kind not in ("pie", "box", "scatter") and (hasattr(data, "columns") and named or legend == "reverse"):
        ax.legend()
    return ax


def several(data, kind, x, y, figsize, layout, legend, kw):
    columns = series(data, y)
    if x is not None:
        columns = [(n, c) for n, c in columns if n != x]
    rows, across = layout or (len(columns), 1)
    if rows == -1:
        rows = -(-len(columns) // across)
    if across == -1:
        across = -(-len(columns) // rows)
    fig, grid = plt.subplots(rows, across, figsize=figsize, squeeze=False)
    titles = kw.pop("title", None)
    if isinstance(titles, str):
        fig.suptitle(titles)
        titles = None
    for i, (name, _) in enumerate(columns):
        ax = grid[i // across][i % across]
        plot(data, kind=kind, x=x, y=name, ax=ax, legend=legend, **dict(kw, title=titles[i] if titles else None))
    return grid


def along(ax, data, kind, x, y, kw, secondary):
    """Lines, areas and bars over the index or a column."""
    columns = series(data, y)
    if x is not None:
        columns = [(n, c) for n, c in columns if n != x] if y is None else columns
    at = many(data[x]) if x is not None else many(data.index)
    if x is not None and "title" not in ax._axis("x"):
        ax.set_xlabel(x)
    elif x is None and getattr(data.index, "name", None) is not None and "title" not in ax._axis("x"):
        ax.set_xlabel(data.index.name)
    colours, stacked, width = kw.pop("color", None), kw.pop("stacked", kind == "area"), kw.pop("width", 0.5 if len(columns) == 1 else 0.8)
    kw.pop("colormap", None), kw.pop("cmap", None)
    labels = kw.pop("label", None)
    if kind in ("bar", "barh"):
        low, n = [0] * len(at), len(columns)
        for i, (name, column) in enumerate(columns):
            options = dict(kw, color=chosen(colours, name, i), label=labels if labels is not None and n == 1 else name)
            values = [v or 0 for v in many(column)]
            wide = width if stacked else width / n
            places = list(range(len(at))) if stacked else [p - width / 2 + wide * (i + 0.5) for p in range(len(at))]
            base = {"bottom" if kind == "bar" else "left": low} if stacked else {}
            (ax.bar if kind == "bar" else ax.barh)(places, values, wide, **base, **options)
            if stacked:
                low = [a + b for a, b in zip(low, values)]
        ax._ticks("x" if kind == "bar" else "y", list(range(len(at))), [str(v).removesuffix("T00:00:00") for v in at], {})
        if kind == "barh" and (title := ax._axis("x").pop("title", None)):
            ax._axis("y")["title"] = title
        return
    low = [0] * len(at)
    for i, (name, column) in enumerate(columns):
        target = ax
        if secondary is True or isinstance(secondary, list) and name in secondary:
            target = getattr(ax, "_right", None) or ax.twinx()
            ax._right = target
        options = dict(kw, label=labels if labels is not None and len(columns) == 1 else None if name is None else name)
        colour = chosen(colours, name, i)
        values = many(column)
        if kind == "area":
            alpha = options.pop("alpha", None)
            high = [a + (b or 0) for a, b in zip(low, values)] if stacked else values
            target.fill_between(at, high, low if stacked else 0, color=colour, alpha=alpha or (1 if stacked else 0.5), label=options["label"])
            low = high
        else:
            if colour is not None:
                options["color"] = colour
            target.plot(at, values, **options)


def chosen(colours, name, i):
    if colours is None or isinstance(colours, str):
        return colours
    if isinstance(colours, dict):
        return colours.get(name)
    return list(colours)[i % len(list(colours))]


def scatter(ax, data, x, y, kw):
    if x is None or y is None:
        raise ValueError("scatter requires an x and y column")
    c, s = kw.pop("c", kw.pop("color", None)), kw.pop("s", None)
    kw.pop("color", None)
    named = isinstance(c, str) and c in data.columns
    size = data[s] if isinstance(s, str) else s
    kw["cmap"] = kw.pop("colormap", kw.get("cmap"))
    found = ax.scatter(data[x], data[y], s=size, c=data[c] if named else c, **kw)
    if named:
        ax.figure.colorbar(found, label=c)
    for way, name in (("x", x), ("y", y)):
        if "title" not in ax._axis(way):
            ax._label(way, name, {})


def pie(ax, data, x, y, kw):
    column = data[y] if y is not None else data
    if hasattr(column, "columns"):
        raise ValueError("pie requires either y column or 'subplots=True'")
    labels = kw.pop("labels", None)
    kw.pop("label", None)
    ax.pie(column, labels=labels if labels is not None else many(column.index), **kw)


def hist(ax, data, x, y, kw):
    by = kw.pop("by", None)
    if by is not None:
        raise NotImplementedError("hist(by=…) is not known here: loop over df.groupby(…) and plot each group")
    columns = series(data, y)
    bins, stacked, alpha = kw.pop("bins", 10), kw.pop("stacked", False), kw.pop("alpha", None)
    values = [[v for v in many(c) if v is not None] for _, c in columns]
    names = [None if n is None else str(n) for n, _ in columns]
    colour = kw.pop("color", None)
    if not is_many(bins):
        from matplotlib._draw import edges

        bins = edges([v for s in values for v in s], bins, kw.pop("range", None))
    for name in ("x", "y", "label", "colormap"):
        kw.pop(name, None)
    if stacked:
        ax.hist(values, bins=bins, stacked=True, label=names, color=colour, alpha=alpha, **kw)
    else:
        for i, (v, n) in enumerate(zip(values, names)):
            ax.hist(v, bins=bins, label=n, color=chosen(colour, n, i), alpha=alpha if alpha is not None else (0.6 if len(values) > 1 else None), **kw)
    if "title" not in ax._axis("y"):
        ax.set_ylabel("Frequency")


def box(ax, data, x, y, kw):
    by = kw.pop("by", None)
    if by is not None:
        return grouped_box(ax, data, y, by)
    columns = series(data, y)
    vert = kw.pop("vert", True)
    ax.boxplot([many(c) for _, c in columns], labels=[str(n) for n, _ in columns], vert=vert)


def grouped_box(ax, data, column, by):
    names = many(column) if column is not None else [n for n, _ in series(data) if n != by]
    groups = list(data.groupby(by))
    labels = [str(k) if len(names) == 1 else f"{k}, {n}" for n in names for k, _ in groups]
    ax.boxplot([many(g[n]) for n in names for _, g in groups], labels=labels)
    ax.set_xlabel(by if isinstance(by, str) else ", ".join(by))


def boxplot_frame(self, column=None, by=None, ax=None, figsize=None, rot=0, grid=True, **kw):
    if ax is None:
        ax = plt.figure(figsize=figsize).gca()
    if by is not None:
        grouped_box(ax, self, column, by)
    else:
        box(ax, self, None, column, {})
    if rot:
        ax.tick_params(axis="x", rotation=rot)
    return ax


def boxplot(data, column=None, by=None, ax=None, **kw):
    return boxplot_frame(data, column, by, ax, **{k: v for k, v in kw.items() if k in ("figsize", "rot", "grid")})


def hist_series(self, by=None, ax=None, grid=True, figsize=None, bins=10, legend=False, **kw):
    for name in ("xlabelsize", "xrot", "ylabelsize", "yrot"):
        kw.pop(name, None)
    return plot(self, "hist", ax=ax, figsize=figsize, bins=bins, grid=grid, by=by, legend=legend, ylabel="", **kw)


def hist_frame(data, column=None, by=None, grid=True, figsize=None, bins=10, layout=None, ax=None, legend=False, sharex=False, sharey=False, **kw):
    for name in ("xlabelsize", "xrot", "ylabelsize", "yrot"):
        kw.pop(name, None)
    if by is not None:
        raise NotImplementedError("hist(by=…) is not known here: loop over df.groupby(…) and plot each group")
    columns = series(data, column)
    wide = layout[1] if layout else max(1, round(len(columns) ** 0.5 + 0.49))
    rows = layout[0] if layout else -(-len(columns) // wide)
    if ax is not None:
        return hist(ax, data, None, column, dict(kw, bins=bins))
    fig, axes = plt.subplots(rows, wide, figsize=figsize, squeeze=False)
    for i, (name, values) in enumerate(columns):
        cell = axes[i // wide][i % wide]
        cell.hist([v for v in many(values) if v is not None], bins=bins, **kw)
        cell.set_title(name)
        cell.grid(grid)
    for i in range(len(columns), rows * wide):
        axes[i // wide][i % wide].set_visible(False)
    return axes


def register():
    """For dates; nothing to do."""


deregister = register
