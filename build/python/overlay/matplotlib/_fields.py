"""The calls of an Axes that fill, map values to colours, draw lines across, and write."""

from matplotlib import cm
from matplotlib._draw import dash_of, spans
from matplotlib._handles import Handle, Mappable, Text, alias, font, leave, lines
from matplotlib._values import CYCLE, css, is_colour, is_many, many, plain, rows


class Fields:
    # ---- areas
    def fill_between(self, x, y1, y2=0, where=None, **kw):
        return self._fill(x, y1, y2, where, False, kw)

    def fill_betweenx(self, y, x1, x2=0, where=None, **kw):
        return self._fill(y, x1, x2, where, True, kw)

    def _fill(self, at, a, b, where, turned, kw):
        alias(kw, c="color", facecolor="color", fc="color", lw="linewidth")
        at = many(at)
        a = many(a) if is_many(a) else [plain(a)] * len(at)
        b = many(b) if is_many(b) else [plain(b)] * len(at)
        xs, ys = [], []
        for start, end in spans(where if where is not None else [True] * len(at)):
            if xs:
                xs, ys = [*xs, None], [*ys, None]
            xs += at[start:end] + at[start:end][::-1]
            ys += a[start:end] + b[start:end][::-1]
        if turned:
            xs, ys = ys, xs
        colour = css(kw.pop("color", None)) or self._next()
        for name in ("step", "linewidth", "linestyle", "interpolate"):
            kw.pop(name, None)
        alpha, label = kw.pop("alpha", None), kw.pop("label", None)
        leave(kw, "fill_between")
        trace = {"type": "scatter", "x": xs, "y": ys, "mode": "none", "fill": "toself", "fillcolor": css(colour, alpha if alpha is not None else 1), "hoverinfo": "skip", "line": {"color": colour}}
        if alpha is not None and trace["fillcolor"] == colour:  # a named colour keeps its name
            trace["opacity"] = alpha
        return self._add(trace, label)

    def fill(self, x, y, color=None, **kw):
        return self._fill(x, y, y, None, False, dict(kw, color=color))

    def stackplot(self, x, *args, labels=(), colors=None, baseline="zero", **kw):
        series = [many(r) for r in args[0]] if len(args) == 1 and is_many(next(iter(args[0]), None)) else [many(a) for a in args]
        low, out = [0] * len(many(x)), []
        for i, y in enumerate(series):
            high = [a + (b or 0) for a, b in zip(low, y)]
            names = {"label": list(labels)[i]} if i < len(list(labels)) else {}
            out.append(self.fill_between(x, high, low, color=list(colors)[i % len(list(colors))] if colors else None, **names, **kw))
            low = high
        return out

    # ---- fields
    def imshow(self, X, cmap=None, norm=None, *, aspect=None, alpha=None, vmin=None, vmax=None, origin=None, extent=None, **kw):
        leave(kw, "imshow")
        data = X.tolist() if hasattr(X, "tolist") else [list(r) for r in X]
        if data and data[0] and is_many(data[0][0]):
            top = 255 if any(v > 1 for r in data for p in r for v in p) else 1
            trace = {"type": "image", "z": [[[round(v * 255 / top) for v in p[:3]] for p in r] for r in data]}
            self._axis("y")["autorange"] = "reversed"
            return self._add(trace)
        found = self._field("heatmap", None, None, rows(X), cmap, norm, vmin, vmax, alpha)
        n, m = len(data), len(data[0]) if data else 0
        if extent is not None:
            left, right, low, high = extent
            found.trace.update(x0=left + (right - left) / m / 2, dx=(right - left) / m, y0=low + (high - low) / n / 2, dy=(high - low) / n)
            if origin != "lower":
                found.trace["z"].reverse()
        elif origin != "lower":
            self._axis("y")["autorange"] = "reversed"
        if aspect != "auto":
            self._axis("y")["scaleanchor"] = True
            self._axis("x")["constrain"] = self._axis("y")["constrain"] = "domain"
        return found

    def matshow(self, Z, **kw):
        return self.imshow(Z, **kw)

    def pcolormesh(self, *args, cmap=None, norm=None, vmin=None, vmax=None, alpha=None, **kw):
        leave(kw, "pcolormesh")
        x, y = (self._line_of(args[0], 0), self._line_of(args[1], 1)) if len(args) == 3 else (None, None)
        return self._field("heatmap", x, y, rows(args[-1]), cmap, norm, vmin, vmax, alpha)

    pcolor = pcolormesh

    @staticmethod
    def _line_of(v, way):
        """The coordinates along one side, also out of a mesh grid."""
        if getattr(v, "ndim", 1) == 2:
            return many(v[0]) if way == 0 else many(v.T[0])
        return many(v)

    def _field(self, kind, x, y, z, cmap, norm, vmin, vmax, alpha):
        trace = {"type": kind, "z": z, "colorscale": cm.scale(cmap), "showscale": False}
        if x is not None:
            trace.update(x=x, y=y)
        low, high = (a if a is not None else getattr(norm, n, None) for a, n in ((vmin, "vmin"), (vmax, "vmax")))
        if low is not None:
            trace["zmin"] = plain(low)
        if high is not None:
            trace["zmax"] = plain(high)
        if alpha is not None:
            trace["opacity"] = alpha
        self.figure._mappable = self._add(trace, None, Mappable)
        return self.figure._mappable

    def contour(self, *args, levels=None, colors=None, cmap=None, norm=None, vmin=None, vmax=None, alpha=None, **kw):
        return self._contour("lines", args, levels, cmap, norm, vmin, vmax, alpha, kw)

    def contourf(self, *args, levels=None, colors=None, cmap=None, norm=None, vmin=None, vmax=None, alpha=None, **kw):
        return self._contour("fill", args, levels, cmap, norm, vmin, vmax, alpha, kw)

    def _contour(self, colouring, args, levels, cmap, norm, vmin, vmax, alpha, kw):
        kw.pop("linewidths", None), kw.pop("linestyles", None), kw.pop("extend", None)
        leave(kw, "contour")
        if len(args) in (2, 4):
            *args, levels = args
        x, y = (self._line_of(args[0], 0), self._line_of(args[1], 1)) if len(args) == 3 else (None, None)
        found = self._field("contour", x, y, rows(args[-1]), cmap, norm, vmin, vmax, alpha)
        found.trace["contours"] = {"coloring": colouring}
        if is_many(levels) and len(levels) > 1:
            marks = many(levels)
            found.trace["contours"].update(start=marks[0], end=marks[-1], size=(marks[-1] - marks[0]) / (len(marks) - 1))
            found.trace["autocontour"] = False
        elif levels is not None and not is_many(levels):
            found.trace["ncontours"] = int(levels)
        return found

    def clabel(self, contours, *args, **kw):
        contours.trace["contours"]["showlabels"] = True
        return []

    # ---- lines across, and text
    def _across(self, way, at, kw, call):
        alias(kw, lw="linewidth", ls="linestyle", c="color")
        low, high = kw.pop("xmin" if way == "y" else "ymin", 0), kw.pop("xmax" if way == "y" else "ymax", 1)
        other = "x" if way == "y" else "y"
        line = {"color": css(kw.pop("color", None)) or CYCLE[0], "width": kw.pop("linewidth", None) or 1.5}
        style = kw.pop("linestyle", "-")
        if style != "-":
            line["dash"] = dash_of(style)
        shape = {"type": "line", way + "0": plain(at), way + "1": plain(at), other + "0": low, other + "1": high, "line": line, "_across": other}
        if (alpha := kw.pop("alpha", None)) is not None:
            shape["opacity"] = alpha
        label = kw.pop("label", None)
        leave(kw, call)
        self.shapes.append(shape)
        # A shape has no place in the legend; an empty line has.
        return self._add({"type": "scatter", "x": [None], "y": [None], "mode": "lines", "line": line}, label) if label is not None else Handle(self, {"line": line})

    def axhline(self, y=0, xmin=0, xmax=1, **kw):
        return self._across("y", y, dict(kw, xmin=xmin, xmax=xmax), "axhline")

    def axvline(self, x=0, ymin=0, ymax=1, **kw):
        return self._across("x", x, dict(kw, ymin=ymin, ymax=ymax), "axvline")

    def _band(self, way, low, high, kw, call):
        alias(kw, c="color", facecolor="color", fc="color", lw="linewidth")
        other = "x" if way == "y" else "y"
        colour = css(kw.pop("color", None)) or CYCLE[0]
        shape = {"type": "rect", way + "0": plain(low), way + "1": plain(high), other + "0": 0, other + "1": 1, "line": {"width": 0}, "_across": other,
                 "fillcolor": colour, "opacity": kw.pop("alpha", None) or 1, "layer": "below"}  # fmt: skip
        label = kw.pop("label", None)
        kw.pop("linewidth", None), kw.pop("linestyle", None)
        leave(kw, call)
        self.shapes.append(shape)
        square = {"symbol": "square", "size": 12, "color": colour, "opacity": shape["opacity"]}
        return self._add({"type": "scatter", "x": [None], "y": [None], "mode": "markers", "marker": square}, label) if label is not None else Handle(self, {})

    def axhspan(self, ymin, ymax, **kw):
        return self._band("y", ymin, ymax, kw, "axhspan")

    def axvspan(self, xmin, xmax, **kw):
        return self._band("x", xmin, xmax, kw, "axvspan")

    def hlines(self, y, xmin, xmax, colors=None, linestyles="-", label=None, **kw):
        return self._segments("y", y, xmin, xmax, colors, linestyles, label, kw)

    def vlines(self, x, ymin, ymax, colors=None, linestyles="-", label=None, **kw):
        return self._segments("x", x, ymin, ymax, colors, linestyles, label, kw)

    def _segments(self, way, at, low, high, colors, style, label, kw):
        alias(kw, lw="linewidth", linewidths="linewidth", ls="linestyle", linestyle="linestyles", color="colors", c="colors")
        colors, style = kw.pop("colors", colors), kw.pop("linestyles", style)
        at = many(at)
        low, high = (many(v) if is_many(v) else [plain(v)] * len(at) for v in (low, high))
        fixed, free = [v for p in at for v in (p, p, None)], [v for p, q in zip(low, high) for v in (p, q, None)]
        x, y = (fixed, free) if way == "x" else (free, fixed)
        options = {"color": colors if colors is None or is_colour(colors) else list(colors)[0], "linestyle": style, "label": label}
        return self._line(x, y, "", dict(kw, **options))

    def text(self, x, y, s, fontdict=None, transform=None, **kw):
        kw = {**(fontdict or {}), **kw}
        note = {"text": lines(s), "x": plain(x), "y": plain(y), "showarrow": False, "font": font(kw)}
        alias(kw, ha="horizontalalignment", va="verticalalignment")
        note["xanchor"] = {"center": "center", "right": "right"}.get(kw.pop("horizontalalignment", "left"), "left")
        note["yanchor"] = {"center": "middle", "top": "top", "center_baseline": "middle"}.get(kw.pop("verticalalignment", "baseline"), "bottom")
        if transform is not None and transform != "data":
            note["_in"] = transform
        return self._note(note, kw, "text")

    def _note(self, note, kw, call):
        turn = kw.pop("rotation", None)
        if turn is not None:
            note["textangle"] = {"vertical": -90, "horizontal": 0}.get(turn, turn if isinstance(turn, str) else -turn)
        box = kw.pop("bbox", None)
        if box is not None:
            note["bgcolor"] = css(box.get("facecolor", box.get("fc", "w")), box.get("alpha"))
        if (alpha := kw.pop("alpha", None)) is not None:
            note["opacity"] = alpha
        kw.pop("backgroundcolor", None)
        leave(kw, call)
        self.notes.append(note)
        return Text(note)

    def annotate(self, text, xy, xytext=None, xycoords="data", textcoords=None, arrowprops=None, annotation_clip=None, **kw):
        note = {"text": lines(text), "x": plain(xy[0]), "y": plain(xy[1]), "showarrow": arrowprops is not None, "font": font(kw)}
        alias(kw, ha="horizontalalignment", va="verticalalignment")
        ha, va = kw.pop("horizontalalignment", "left"), kw.pop("verticalalignment", "baseline")
        if xycoords not in ("data", "axes fraction", "figure fraction"):
            raise ValueError(f"xycoords={xycoords!r} is not known here: use 'data' or 'axes fraction'")
        if xycoords != "data":
            note["_in"] = "axes" if xycoords == "axes fraction" else "figure"
        if arrowprops is not None:
            note.update(arrowhead=2, arrowcolor=css(arrowprops.get("color", arrowprops.get("facecolor", "k"))), arrowwidth=1.2)
        if xytext is not None:
            if textcoords in ("offset points", "offset pixels"):
                dx, dy = (round(1.33 * v, 1) for v in xytext)
                note.update({"ax": dx, "ay": -dy} if arrowprops is not None else {"xshift": dx, "yshift": dy})
            elif arrowprops is not None and textcoords in (None, "data") and xycoords == "data":
                note.update(ax=plain(xytext[0]), ay=plain(xytext[1]), _tail="data")
            else:
                note.update(x=plain(xytext[0]), y=plain(xytext[1]))
                if textcoords not in (None, "data", "axes fraction"):
                    raise ValueError(f"textcoords={textcoords!r} is not known here: use 'data' or 'offset points'")
                if textcoords == "axes fraction":
                    note["_in"] = "axes"
        if not note["showarrow"]:
            note["xanchor"] = {"center": "center", "right": "right"}.get(ha, "left")
            note["yanchor"] = {"center": "middle", "top": "top"}.get(va, "bottom")
        return self._note(note, kw, "annotate")
