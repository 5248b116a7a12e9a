"""An Axes: what it draws is in _draw.py and _fields.py; here are its scales, labels and legend."""

from matplotlib import INSTEAD, rcParams
from matplotlib._draw import Draw
from matplotlib._fields import Fields
from matplotlib._handles import Handle, Text, alias, font, leave, lines
from matplotlib._values import css, is_many, many, plain

PLACES = {
    "upper right": (0.99, 0.99, "right", "top"), "upper left": (0.01, 0.99, "left", "top"),
    "lower left": (0.01, 0.01, "left", "bottom"), "lower right": (0.99, 0.01, "right", "bottom"),
    "center left": (0.01, 0.5, "left", "middle"), "center right": (0.99, 0.5, "right", "middle"),
    "right": (0.99, 0.5, "right", "middle"), "lower center": (0.5, 0.01, "center", "bottom"),
    "upper center": (0.5, 0.99, "center", "top"), "center": (0.5, 0.5, "center", "middle"),
}  # fmt: skip
NUMBERED = ["best", "upper right", "upper left", "lower left", "lower right", "right", "center left", "center right", "lower center", "upper center", "center"]


class Quiet:
    """Something that only looks depend on: takes every call."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *a, **k: None

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())

    def values(self):
        return [self]

    def items(self):
        return []


class Axis:
    """ax.xaxis or ax.yaxis."""

    def __init__(self, axes, way):
        self._axes, self._way = axes, way

    def _layout(self):
        return self._axes._axis(self._way)

    def set_major_formatter(self, f):
        if isinstance(f, str):
            from matplotlib.ticker import StrMethodFormatter

            f = StrMethodFormatter(f)
        elif callable(f) and not hasattr(f, "_apply"):
            from matplotlib.ticker import FuncFormatter

            f = FuncFormatter(f)
        self._axes._formatters[self._way] = f

    def set_major_locator(self, locator):
        getattr(locator, "_apply", lambda layout: None)(self._layout())

    def set_label_text(self, text, **kw):
        self._axes._label(self._way, text, kw)

    def set_visible(self, b):
        self._layout()["visible"] = bool(b)

    def set_ticks(self, ticks, labels=None, **kw):
        self._axes._ticks(self._way, many(ticks), None if labels is None else many(labels), kw)

    def set_ticklabels(self, labels, **kw):
        self._axes._tick_labels(self._way, many(labels), kw)

    def set_inverted(self, b):
        self._layout()["autorange"] = "reversed" if b else True

    def grid(self, visible=True, **kw):
        self._axes._grid(self._way, True if visible is None else visible, kw)

    def tick_right(self):
        self._layout()["side"] = "right"

    def tick_top(self):
        self._layout()["side"] = "top"

    def __getattr__(self, name):
        if name.startswith(("set_", "tick_")):
            return lambda *a, **k: None  # looks
        raise AttributeError(f"the stand-in for matplotlib has no Axis.{name}")


def both(name, way):
    """A method of Axes for one of its two axes."""
    method = name.replace("?", way)

    def make(f):
        def call(self, *args, **kw):
            return f(self, way, *args, **kw)

        call.__name__ = method
        return method, call

    return make


class Axes(Draw, Fields):
    def __init__(self, figure, cell):
        self.figure, self.cell = figure, cell  # cell: (row, column, rows, columns) from, and how many
        self._parent = None  # of a twin: the axes that it shares an axis with
        self._twin_way = None
        self._formatters = {}
        self._shared = {}  # "x" or "y": the axes whose range this one follows
        self.xaxis, self.yaxis = Axis(self, "x"), Axis(self, "y")
        self.spines, self.transAxes, self.transData = Quiet(), "axes", "data"
        self.clear()

    def clear(self):
        self.traces, self.shapes, self.notes, self.containers, self.patches = [], [], [], [], []
        self._layouts = {"x": {}, "y": {}}
        self._words = {}
        self._colour, self._title, self._legend, self._visible = 0, None, None, True
        if rcParams["axes.grid"]:
            self.grid(True)

    cla = clear

    def _axis(self, way):
        return self._layouts[way]

    @property
    def lines(self):
        return [Handle(self, t) for t in self.traces if t["type"] == "scatter"]

    # ---- titles and labels
    def set_title(self, label, fontdict=None, loc="center", **kw):
        kw = {**(fontdict or {}), **kw}
        self._title = {"text": lines(label), "font": font(kw), "loc": loc}
        return Text(self._title)

    def get_title(self, loc="center"):
        return Text(self._title).get_text() if self._title else ""

    def _label(self, way, text, kw):
        kw = {**(kw.pop("fontdict", None) or {}), **kw}
        title = {"text": lines(text)}
        if style := font(kw):
            title["font"] = style
        if kw.get("labelpad") is not None:
            title["standoff"] = kw["labelpad"]
        self._axis(way)["title"] = title
        return Text(title)

    # ---- limits and scales
    def _limit(self, way, low, high, kw):
        for name in (way + "min", "left", "bottom"):
            low = kw.pop(name, low)
        for name in (way + "max", "right", "top"):
            high = kw.pop(name, high)
        if is_many(low) and high is None:
            low, high = low
        # Plain values for now; a logarithmic axis takes the logarithms at the end.
        before = self._axis(way).get("range") or [None, None]
        self._axis(way)["range"] = [plain(low) if low is not None else before[0], plain(high) if high is not None else before[1]]
        return tuple(self._axis(way)["range"])

    def _bounds(self, way):
        if (r := self._axis(way).get("range")) and None not in r:
            return tuple(r)
        values = [v for t in self.traces for v in t.get(way) or () if isinstance(v, (int, float))]
        for t in self.traces:
            if t["type"] == "bar" and (t.get("orientation") == "h") == (way == "x"):
                values.append(0)
        low, high = min(values, default=0.0), max(values, default=1.0)
        edge = 0.05 * (high - low) or 0.5
        return low - edge, high + edge

    def _scale(self, way, scale, kw):
        known = {"linear": "linear", "log": "log"}
        if scale not in known:
            raise ValueError(f"the scale {scale!r} is not known here: use 'linear' or 'log'")
        self._axis(way)["type"] = known[scale] if scale == "log" else "-"

    def _ticks(self, way, ticks, labels, kw):
        axis = self._axis(way)
        axis["tickmode"], axis["tickvals"] = "array", many(ticks)
        axis.pop("ticktext", None)
        if labels is not None:
            if len(many(labels)) != len(axis["tickvals"]):
                raise ValueError(f"the number of ticks ({len(axis['tickvals'])}) and of labels ({len(many(labels))}) must be the same")
            axis["ticktext"] = [lines(v) for v in many(labels)]
        self._tick_style(way, kw)

    def _tick_labels(self, way, labels, kw):
        axis = self._axis(way)
        labels = [lines(v.get_text() if isinstance(v, Text) else v) for v in labels]
        if "tickvals" not in axis:
            axis["tickmode"], axis["tickvals"] = "array", list(range(len(labels)))
        axis["ticktext"] = labels
        self._tick_style(way, kw)

    def _tick_style(self, way, kw):
        turn = kw.pop("rotation", kw.pop("labelrotation", None))
        if turn is not None:
            self._axis(way)["tickangle"] = {"vertical": -90, "horizontal": 0}.get(turn, turn if isinstance(turn, str) else -turn)
        style = font({k: v for k, v in kw.items() if k in ("fontsize", "size", "color")})
        if "labelsize" in kw:
            style.update(font({"fontsize": kw["labelsize"]}))
        if style:
            self._axis(way)["tickfont"] = style

    def _grid(self, way, on, kw):
        axis = self._axis(way)
        axis["showgrid"] = bool(on)
        alias(kw, ls="linestyle", c="color", lw="linewidth")
        if kw.get("linestyle") in ("--", ":", "-.", "dashed", "dotted"):
            axis["griddash"] = {"--": "dash", "dashed": "dash", ":": "dot", "dotted": "dot"}.get(kw["linestyle"], "dashdot")

    def grid(self, visible=None, which="major", axis="both", **kw):
        on = not self._axis("y").get("showgrid") if visible is None and not kw else visible is not False
        for way in "xy" if axis == "both" else axis:
            self._grid(way, on, dict(kw))

    def tick_params(self, axis="both", **kw):
        for way in "xy" if axis == "both" else axis:
            self._tick_style(way, dict(kw))
            if kw.get("labelbottom", kw.get("labelleft")) is False:
                self._axis(way)["showticklabels"] = False

    def axis(self, arg=None, **kw):
        if arg in ("off", False):
            for way in "xy":
                self._axis(way)["visible"] = False
        elif arg in ("equal", "scaled", "image", "square"):
            self.set_aspect("equal")
        elif is_many(arg):
            left, right, low, high = arg
            self._limit("x", left, right, {}), self._limit("y", low, high, {})
        elif arg not in (None, "on", True, "auto", "tight"):
            raise ValueError(f"axis({arg!r}) is not known here: 'off', 'equal', 'tight' and [xmin, xmax, ymin, ymax] are")
        if kw:
            self.set(**{k: v for k, v in kw.items()})
        return (*self._bounds("x"), *self._bounds("y"))

    def set_axis_off(self):
        self.axis("off")

    def set_axis_on(self):
        for way in "xy":
            self._axis(way).pop("visible", None)

    def set_aspect(self, aspect, *args, **kw):
        if aspect == "auto":
            self._axis("y").pop("scaleanchor", None)
            return
        self._axis("y")["scaleanchor"] = True
        if aspect not in ("equal", 1):
            self._axis("y")["scaleratio"] = aspect

    def set_facecolor(self, c):
        self.figure._face = css(c)

    def set_visible(self, b):
        self._visible = bool(b)

    def get_visible(self):
        return self._visible

    def set(self, **kw):
        for k, v in kw.items():
            if k in ("xmargin", "ymargin"):
                continue
            call = getattr(self, "set_" + k, None)
            if call is None:
                leave({k: v}, "set")
            elif isinstance(v, (tuple, list)) and k in ("xlim", "ylim"):
                call(*v)
            else:
                call(v)
        return self

    # ---- legend
    def get_legend_handles_labels(self):
        found = [Handle(self, t) for t in self.traces if t.get("name") and not t["name"].startswith("_")]
        return found, [h.get_label() for h in found]

    def legend(self, *args, **kw):
        handles, labels = kw.pop("handles", None), kw.pop("labels", None)
        if len(args) == 2:
            handles, labels = args
        elif len(args) == 1:
            labels = args[0]
        if labels is not None:
            labels = [str(v) for v in labels]
            traces = [h.trace for h in handles if hasattr(h, "trace")] if handles is not None else [t for t in self.traces if "name" not in t or not t["name"].startswith("_")]
            for t, name in zip(traces, labels):
                t["name"] = name
        for h in handles or ():
            if isinstance(h, (list, tuple)):
                h = h[0]
            if hasattr(h, "proxy"):  # a Patch or Line2D that stands for nothing drawn
                self.traces.append(h.proxy())
        self._legend = {"title": kw.pop("title", None), "loc": kw.pop("loc", "best"), "anchor": kw.pop("bbox_to_anchor", None), "columns": kw.pop("ncol", kw.pop("ncols", 1))}
        if isinstance(self._legend["loc"], int):
            self._legend["loc"] = NUMBERED[self._legend["loc"]]
        return Quiet()

    def get_legend(self):
        return Quiet() if self._legend else None

    # ---- a second axis
    def twinx(self):
        return self.figure._twin(self, "y")

    def twiny(self):
        return self.figure._twin(self, "x")

    # ---- what has no picture of its own here
    def _sandglass_figure_(self):  # df.plot() at the end of a step shows what it drew
        return self.figure._sandglass_figure_()

    def get_figure(self):
        return self.figure

    def get_xaxis(self):
        return self.xaxis

    def get_yaxis(self):
        return self.yaxis

    def get_subplotspec(self):
        return Quiet()

    def label_outer(self, **kw):
        row, column, height, _ = self.cell
        if row + height < self.figure._grid[0]:
            self._axis("x")["showticklabels"] = False
            self._axis("x").pop("title", None)
        if column > 0:
            self._axis("y")["showticklabels"] = False
            self._axis("y").pop("title", None)

    def remove(self):
        self.figure.axes.remove(self)

    def margins(self, *args, **kw):
        pass

    autoscale = autoscale_view = relim = minorticks_on = minorticks_off = set_axisbelow = margins
    ticklabel_format = locator_params = set_prop_cycle = set_rasterized = set_zorder = set_position = set_box_aspect = set_autoscale_on = margins

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(f"the stand-in for matplotlib has no Axes.{name}: {INSTEAD}")


def methods(way):
    @both("set_?label", way)
    def set_label(self, way, text, fontdict=None, labelpad=None, loc=None, **kw):
        return self._label(way, text, dict(kw, fontdict=fontdict, labelpad=labelpad))

    @both("get_?label", way)
    def get_label(self, way):
        return self._axis(way).get("title", {}).get("text", "")

    @both("set_?lim", way)
    def set_lim(self, way, low=None, high=None, emit=True, auto=False, **kw):
        return self._limit(way, low, high, kw)

    @both("get_?lim", way)
    def get_lim(self, way):
        return self._bounds(way)

    @both("get_?bound", way)
    def get_bound(self, way):
        return tuple(sorted(self._bounds(way)))

    @both("set_?bound", way)
    def set_bound(self, way, low=None, high=None):
        self._limit(way, low, high, {})

    @both("set_?scale", way)
    def set_scale(self, way, scale, **kw):
        self._scale(way, scale, kw)

    @both("get_?scale", way)
    def get_scale(self, way):
        return "log" if self._axis(way).get("type") == "log" else "linear"

    @both("set_?ticks", way)
    def set_ticks(self, way, ticks, labels=None, minor=False, **kw):
        if not minor:
            self._ticks(way, ticks, labels, kw)

    @both("get_?ticks", way)
    def get_ticks(self, way, minor=False):
        return list(self._axis(way).get("tickvals") or ())

    @both("set_?ticklabels", way)
    def set_ticklabels(self, way, labels, minor=False, **kw):
        self._tick_labels(way, labels, kw)

    @both("get_?ticklabels", way)
    def get_ticklabels(self, way, minor=False, which=None):
        return [Text({"text": t}) for t in self._axis(way).get("ticktext") or ()]

    @both("invert_?axis", way)
    def invert(self, way):
        axis = self._axis(way)
        if axis.get("range"):
            axis["range"].reverse()
        else:
            axis["autorange"] = True if axis.get("autorange") == "reversed" else "reversed"

    @both("?axis_inverted", way)
    def inverted(self, way):
        return self._axis(way).get("autorange") == "reversed"

    @both("?axis_date", way)
    def date(self, way, tz=None):
        self._axis(way)["type"] = "date"

    return [v for v in locals().values() if isinstance(v, tuple)]


for _way in "xy":
    for _name, _call in methods(_way):
        setattr(Axes, _name, _call)
