"""The calls of an Axes that draw, as traces of plotly.js."""

from matplotlib import cm
from matplotlib._handles import BarContainer, Handle, Mappable, alias, font, leave, lines
from matplotlib._values import CYCLE, DASHES, MARKS, NO_LINE, array, columns, css, is_colour, is_many, many, parse_format, plain, rows


def dash_of(style):
    if isinstance(style, tuple):  # (offset, (on, off, …)) in points
        return ",".join(f"{p}px" for p in style[1]) if len(style) > 1 and style[1] else "solid"
    if style not in DASHES:
        raise ValueError(f"{style!r} is not a line style: use one of {', '.join(DASHES)}")
    return DASHES[style]


def mark_of(mark):
    if mark not in MARKS:
        raise ValueError(f"{mark!r} is not a mark: use one of {' '.join(MARKS)}")
    return MARKS[mark]


def spans(where):
    """The runs of true values, as (from, to)."""
    start = None
    for i, w in enumerate([*where, False]):
        if w and start is None:
            start = i
        elif not w and start is not None:
            yield start, i
            start = None


def edges(values, bins, limits):
    """The borders of a histogram's bins, as numpy has them."""
    if is_many(bins):
        return many(bins)
    if isinstance(bins, str):
        bins = max(1, round(len(values) ** 0.5)) if bins in ("sqrt", "auto", "fd", "doane", "scott", "rice") else None
        if bins is None:
            raise ValueError("bins is a number, a list of borders, or 'auto'")
    low, high = limits or (min(values, default=0), max(values, default=1))
    if low == high:
        low, high = low - 0.5, high + 0.5
    return [low + (high - low) * i / bins for i in range(int(bins) + 1)]


def count(values, weights, borders):
    from bisect import bisect_right

    out = [0] * (len(borders) - 1)
    for v, w in zip(values, weights):
        if borders[0] <= v <= borders[-1]:
            out[min(bisect_right(borders, v) - 1, len(out) - 1)] += w
    return out


class Draw:
    def _next(self):
        c = CYCLE[self._colour % len(CYCLE)]
        self._colour += 1
        return c

    def _add(self, trace, label=None, kind=Handle):
        if label is not None:
            trace["name"] = str(label)
        self.traces.append(trace)
        return kind(self, trace)

    # ---- lines and points
    def plot(self, *args, scalex=True, scaley=True, data=None, **kw):
        alias(kw, lw="linewidth", ls="linestyle", c="color", ms="markersize", mfc="markerfacecolor")
        args, out = [data[a] if data is not None and isinstance(a, str) and a in data else a for a in args], []
        while args:
            group = [args.pop(0)]
            if args and not isinstance(args[0], str):
                group.append(args.pop(0))
            elif args and is_many(group[0]) and args and isinstance(args[0], str) and not is_many(args[0]) and len(group) == 1:
                pass
            fmt = args.pop(0) if args and isinstance(args[0], str) else ""
            xs = many(group[0]) if len(group) == 2 else None
            if xs is None and hasattr(group[0], "index") and hasattr(group[0], "to_numpy"):
                xs = many(group[0].index)
            tables = columns(group[-1])
            for i, y in enumerate(tables):
                options = dict(kw)
                if len(tables) > 1 and is_many(options.get("label")):
                    options["label"] = many(options["label"])[i]
                out.append(self._line(xs if xs is not None else list(range(len(y))), y, fmt, options))
        return out

    def _line(self, x, y, fmt, kw):
        if len(x) != len(y):
            raise ValueError(f"x and y must have same first dimension, but have shapes ({len(x)},) and ({len(y)},)")
        colour, dash, mark = parse_format(fmt)
        if "linestyle" in kw:
            style = kw.pop("linestyle")
            dash = None if style in NO_LINE else dash_of(style)
            line = dash is not None
        else:
            line = dash is not None or mark is None
        mark = kw.pop("marker", mark)
        mark = None if mark in NO_LINE else mark
        alpha = kw.pop("alpha", None)
        colour = css(kw.pop("color", None)) or colour or self._next()
        shape = {"steps-pre": "vh", "steps": "vh", "steps-post": "hv", "steps-mid": "hvh"}.get(kw.pop("drawstyle", None))
        trace = {"type": "scatter", "x": x, "y": y, "mode": "+".join(["lines"] * line + ["markers"] * bool(mark)) or "none"}
        trace["line"] = {"color": colour, "width": kw.pop("linewidth", None) or 1.5}
        if dash and dash != "solid":
            trace["line"]["dash"] = dash
        if shape:
            trace["line"]["shape"] = shape
        size, face = kw.pop("markersize", 6), kw.pop("markerfacecolor", None)
        if mark:
            trace["marker"] = {"symbol": mark_of(mark), "size": round(size * (0.6 if mark == "." else 1.2), 1), "color": css(face) or colour}
        if alpha is not None:
            trace["opacity"] = alpha
        label = kw.pop("label", None)
        leave(kw, "plot")
        return self._add(trace, label)

    def scatter(self, x, y, s=None, c=None, marker="o", cmap=None, norm=None, vmin=None, vmax=None, alpha=None, label=None, data=None, **kw):
        if data is not None:
            x, y, s, c = (data[v] if isinstance(v, str) and v in data else v for v in (x, y, s, c))
        alias(kw, lw="linewidths", linewidth="linewidths", color="facecolors", facecolor="facecolors")
        x, y = many(x), many(y)
        if len(x) != len(y):
            raise ValueError("x and y must be the same size")
        face = kw.pop("facecolors", None)
        if c is None:
            c = face if face is not None and face not in ("none",) else None
        marks = {"symbol": mark_of(marker) + ("-open" if face == "none" else "")}
        size = 36 if s is None else s
        marks["size"] = [round(1.2 * (v or 0) ** 0.5, 2) for v in many(size)] if is_many(size) else round(1.2 * float(size) ** 0.5, 2)
        kind = Handle
        if c is None:
            marks["color"] = self._next()
        elif is_colour(c) and not (is_many(c) and not isinstance(c, str) and len(c) == len(x) and cmap is not None):
            marks["color"] = css(c)
        else:
            values = list(c)
            if values and (isinstance(values[0], str) or is_many(values[0])):
                marks["color"] = [css(v) for v in values]
            else:
                marks.update(color=many(c), colorscale=cm.scale(cmap), showscale=False)
                low, high = vmin if vmin is not None else getattr(norm, "vmin", None), vmax if vmax is not None else getattr(norm, "vmax", None)
                if low is not None and high is not None:
                    marks.update(cmin=plain(low), cmax=plain(high))
                kind = Mappable
        if alpha is not None:
            marks["opacity"] = plain(alpha) if not is_many(alpha) else many(alpha)
        kw.pop("linewidths", None)
        leave(kw, "scatter")
        found = self._add({"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": marks}, label, kind)
        if kind is Mappable:
            self.figure._mappable = found
        return found

    def step(self, x, y, *args, where="pre", **kw):
        if where not in ("pre", "post", "mid"):
            raise ValueError("where is 'pre', 'post' or 'mid'")
        return self.plot(x, y, *args, drawstyle="steps-" + where, **kw)

    def stem(self, *args, linefmt=None, markerfmt=None, basefmt=None, bottom=0, label=None, orientation="vertical", **kw):
        leave(kw, "stem")
        y = many(args[-1])
        x = many(args[0]) if len(args) > 1 else list(range(len(y)))
        colour = self._next()
        gaps = [v for p in x for v in (p, p, None)], [v for p in y for v in (bottom, p, None)]
        if orientation == "horizontal":
            x, y, gaps = y, x, gaps[::-1]
        line = {"type": "scatter", "x": gaps[0], "y": gaps[1], "mode": "lines", "line": {"color": colour, "width": 1.5}, "hoverinfo": "skip"}
        self._add(line)
        return self._add({"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": {"color": colour, "size": 7}}, label)

    def errorbar(self, x, y, yerr=None, xerr=None, fmt="", ecolor=None, elinewidth=None, capsize=None, **kw):
        alias(kw, lw="linewidth", ls="linestyle", c="color", ms="markersize", mfc="markerfacecolor")
        if fmt == "none":
            kw["linestyle"], fmt = "none", ""
        handle = self._line(many(x), many(y), fmt, kw)
        for name, err in (("error_x", xerr), ("error_y", yerr)):
            if err is not None:
                handle.trace[name] = self._error(err, len(handle.trace["x"])) | {"width": capsize or 0}
                if ecolor is not None:
                    handle.trace[name]["color"] = css(ecolor)
        return handle

    @staticmethod
    def _error(err, n):
        if not is_many(err):
            return {"type": "constant", "value": plain(err)}
        if getattr(err, "ndim", 1) == 2 or is_many(next(iter(err), None)):
            low, high = rows(err)
            return {"type": "data", "array": high, "arrayminus": low, "symmetric": False}
        return {"type": "data", "array": many(err)}

    # ---- bars
    def bar(self, x, height, width=0.8, bottom=None, align="center", **kw):
        return self._bars("v", x, height, width, bottom, align, kw)

    def barh(self, y, width, height=0.8, left=None, align="center", **kw):
        return self._bars("h", y, width, height, left, align, kw)

    def _bars(self, way, at, length, thick, base, align, kw):
        alias(kw, c="color", facecolor="color", fc="color", lw="linewidth")
        at, length = many(at), many(length)
        if len(length) == 1 and len(at) > 1:
            length = length * len(at)
        if len(at) != len(length):
            raise ValueError(f"shape mismatch: {len(at)} places and {len(length)} bars")
        thick = many(thick) if is_many(thick) else [plain(thick)] * len(at)
        bases = [0] * len(at) if base is None else many(base) if is_many(base) else [plain(base)] * len(at)
        words = any(isinstance(a, str) for a in at)
        if words and not all(isinstance(a, str) and a[:4].isdigit() and a[4:5] == "-" for a in at):
            at = [str(a) for a in at]
            seen = self._words.setdefault("x" if way == "v" else "y", {})
            places = [seen.setdefault(a, len(seen)) for a in at]
        else:
            places = at
            if align == "edge" and not words:
                at = places = [a + t / 2 for a, t in zip(at, thick)]
        c = kw.pop("color", None)
        colours = css(c) if c is not None and is_colour(c) else [css(v) for v in c] if c is not None else self._next()
        if isinstance(colours, list):
            colours = (colours * len(at))[: len(at)]
        along, across = ("y", "x") if way == "v" else ("x", "y")
        trace = {"type": "bar", across: at, along: length, "marker": {"color": colours}}
        if way == "h":
            trace["orientation"] = "h"
        if not words:
            trace["width"] = thick if len(set(thick)) > 1 else (thick or [0.8])[0]
        elif len(set(thick)) == 1:
            trace["width"] = thick[0]
        if base is not None:
            trace["base"] = bases
        edge, wide = kw.get("edgecolor"), kw.pop("linewidth", None)
        if edge not in (None, "none"):
            trace["marker"]["line"] = {"color": css(edge), "width": wide if wide is not None else 1}
        alpha = kw.pop("alpha", None)
        if alpha is not None:
            trace["opacity"] = alpha
        for name in ("xerr", "yerr"):
            err = kw.pop(name, None)
            if err is not None:
                trace["error_" + name[0]] = self._error(err, len(at)) | {"width": kw.get("capsize") or 0, "color": css(kw.get("ecolor") or "k")}
        for name in ("capsize", "ecolor", "error_kw"):
            kw.pop(name, None)
        if kw.pop("log", False):
            self._axis(along)["type"] = "log"
        names, label = kw.pop("tick_label", None), kw.pop("label", None)
        if names is not None:
            self._ticks(across, at, many(names), {})
        leave(kw, "bar" if way == "v" else "barh")
        if label is not None and is_many(label):
            label = None
        self.figure._barmode = "overlay"
        parts = []
        for p, t, n, b in zip(places, thick, length, bases):
            start = p - t / 2 if isinstance(p, (int, float)) else p
            parts.append((start, b, t, n) if way == "v" else (b, start, n, t))
        found = self._add(trace, label)
        found = BarContainer(self, found.trace, parts)
        self.containers.append(found)
        self.patches.extend(found.patches)
        return found

    def bar_label(self, container, labels=None, *, fmt="%g", label_type="edge", padding=0, **kw):
        font(kw)
        kw.pop("rotation", None)
        leave(kw, "bar_label")
        if labels is None:
            labels = [fmt(v) if callable(fmt) else fmt.format(v) if "{" in fmt else fmt % v for v in container.datavalues]
        container.trace["text"] = [lines(v) for v in labels]
        container.trace["textposition"] = "outside" if label_type == "edge" else "inside"
        container.trace["cliponaxis"] = False
        return []

    def hist(self, x, bins=None, range=None, density=False, weights=None, cumulative=False, bottom=None, histtype="bar", align="mid",
             orientation="vertical", log=False, color=None, label=None, stacked=False, alpha=None, data=None, **kw):  # fmt: skip
        if data is not None and isinstance(x, str):
            x = data[x]
        alias(kw, facecolor="color_", fc="color_")
        color = kw.pop("color_", color)
        sets = columns(x) if not (isinstance(x, (list, tuple)) and len(x) and is_many(x[0])) else [many(v) for v in x]
        sets = [[float(v) for v in s if v is not None] for s in sets]
        borders = edges([v for s in sets for v in s], 10 if bins is None else bins, range)
        widths = [b - a for a, b in zip(borders, borders[1:])]
        middles = [(a + b) / 2 for a, b in zip(borders, borders[1:])]
        colours = [color] * len(sets) if color is None or is_colour(color) else list(color)
        labels = list(label) if label is not None and not isinstance(label, str) and is_many(label) else [label] * len(sets)
        counts, below, containers = [], [0.0] * len(widths), []
        for i, (values, c, name) in enumerate(zip(sets, colours, labels)):
            n = count(values, [1] * len(values) if weights is None else many(weights), borders)
            if density:
                total = sum(n)
                n = [v / (total * w) if total else 0 for v, w in zip(n, widths)]
            if cumulative:
                sums, total = [], 0
                for v, w in zip(n, widths):
                    total += v * (w if density else 1)
                    sums.append(total)
                n = sums
            counts.append(n)
            wide = [w / len(sets) for w in widths] if len(sets) > 1 and not stacked and histtype == "bar" else widths
            places = [a + w * (i + 0.5) for a, w in zip(borders, wide)] if wide is not widths else middles
            if histtype in ("step", "stepfilled"):
                path = [borders[0], *[v for b in borders[:-1] for v in (b,)], borders[-1]]
                heights = [0, *n, 0]
                handle = self._line(path, heights, "", {"color": c, "label": name, "drawstyle": "steps-post", "alpha": alpha} | {k: kw[k] for k in ("linewidth", "linestyle") if k in kw})
                if histtype == "stepfilled":
                    handle.trace["fill"] = "tozeroy"
                containers.append(handle)
                continue
            options = dict(kw, color=c, label=name, alpha=alpha, log=log)
            draw = self.bar if orientation == "vertical" else self.barh
            containers.append(draw(places, n, wide, list(below) if stacked else None, **options))
            if stacked:
                below = [a + b for a, b in zip(below, n)]
        one = len(sets) == 1
        return array(counts[0]) if one else [array(n) for n in counts], array(borders), containers[0] if one else containers

    # ---- shares and distributions
    def pie(self, x, explode=None, labels=None, colors=None, autopct=None, startangle=0, counterclock=True, wedgeprops=None, **kw):
        leave(kw, "pie")
        values = many(x)
        trace = {"type": "pie", "values": values, "sort": False, "showlegend": False, "hoverinfo": "label+value+percent"}
        trace["direction"] = "counterclockwise" if counterclock else "clockwise"
        # plotly.js turns from twelve o'clock, and lays the first slice clockwise from there, whatever the direction
        first = 360 * (values[0] or 0) / (sum(v or 0 for v in values) or 1) if counterclock and values else 0
        trace["rotation"] = plain((90 - startangle - first) % 360)
        trace["labels"] = [str(v) for v in many(labels)] if labels is not None else [str(i + 1) for i, _ in enumerate(values)]
        trace["textinfo"] = "label" if labels is not None else "none"
        if autopct is not None:
            total = sum(v or 0 for v in values) or 1
            trace["text"] = [autopct(100 * (v or 0) / total) if callable(autopct) else autopct % (100 * (v or 0) / total) for v in values]
            trace["textinfo"] = "label+text" if labels is not None else "text"
        trace["marker"] = {"colors": [css(c) for c in colors] if colors is not None else [CYCLE[i % len(CYCLE)] for i in range(len(values))]}
        if explode is not None:
            trace["pull"] = many(explode)
        width = (wedgeprops or {}).get("width")
        if width is not None:
            trace["hole"] = round(max(0.0, 1 - width), 3)
        self._add(trace)
        return ([], [], []) if autopct is not None else ([], [])

    def boxplot(self, x, notch=None, sym=None, vert=None, positions=None, labels=None, tick_labels=None, showmeans=None, orientation=None, showfliers=True, **kw):
        leave(kw, "boxplot")
        return self._boxes({"type": "box", "boxpoints": "outliers" if showfliers else False, "boxmean": bool(showmeans)}, x, vert, orientation, positions, tick_labels or labels)

    def violinplot(self, dataset, positions=None, vert=None, showmeans=False, showmedians=False, orientation=None, side=None, **kw):
        leave(kw, "violinplot")
        return self._boxes({"type": "violin", "points": False, "meanline": {"visible": bool(showmeans)}, "box": {"visible": bool(showmedians)}}, dataset, vert, orientation, positions, None)

    def _boxes(self, kind, x, vert, orientation, positions, labels):
        if hasattr(x, "columns"):
            labels = labels if labels is not None else many(x.columns)
        if isinstance(x, dict):
            x, labels = list(x.values()), labels or list(x)
        sets = columns(x) if hasattr(x, "columns") or hasattr(x, "ndim") else [many(v) for v in x] if len(x) and is_many(list(x)[0]) else [many(x)]
        places = many(positions) if positions is not None else list(range(1, len(sets) + 1))
        flat = orientation == "horizontal" or vert is False or vert == 0
        along, across = ("x", "y") if flat else ("y", "x")
        for i, (values, place) in enumerate(zip(sets, places)):
            self._add({**kind, along: values, across: [place] * len(values), "orientation": "h" if flat else "v", "showlegend": False,
                       "line": {"color": CYCLE[i % len(CYCLE)]}, "name": str(many(labels)[i]) if labels is not None else str(place)})  # fmt: skip
        self._ticks(across, places, [str(v) for v in many(labels)] if labels is not None else [str(p) for p in places], {})
        return {"boxes": [], "medians": [], "whiskers": [], "caps": [], "fliers": [], "means": [], "bodies": []}
