"""What drawing calls return: little objects that change the trace they stand for."""

from matplotlib._values import MARKS, css, many


def alias(kw, **names):
    """Spells out short forms of keyword arguments: alias(kw, lw='linewidth')."""
    for short, name in names.items():
        if short in kw:
            kw.setdefault(name, kw.pop(short))


# Said for looks only; the app draws in its own style.
IGNORED = set("""zorder antialiased antialiaseds aa rasterized clip_on clip_box clip_path snap path_effects gid url picker
    animated solid_capstyle solid_joinstyle dash_capstyle dash_joinstyle capstyle joinstyle drawstyle fillstyle markevery
    capthick barsabove lolims uplims interpolation interpolation_stage filternorm resample aspect shadow frame hatch edgecolors
    edgecolor ec markeredgecolor mec markeredgewidth mew fontfamily fontname family fontstyle style fontstretch stretch
    fontvariant variant multialignment wrap linespacing in_layout rotation_mode usetex patch_artist notch whis widths showcaps
    showbox bootstrap usermedians conf_intervals meanline manage_ticks boxprops whiskerprops flierprops medianprops capprops
    meanprops sym points bw_method quantiles showextrema labeldistance pctdistance radius textprops normalize rotatelabels
    shading plotnonfinite rwidth basefmt fontproperties clip_on""".split())  # fmt: skip


def leave(kw, call):
    """What nobody took: looks are ignored, anything else would draw something other than what was asked for."""
    unknown = sorted(k for k in kw if k not in IGNORED)
    if unknown:
        raise TypeError(f"{call}() of the stand-in for matplotlib does not know {', '.join(map(repr, unknown))}: leave it out, or use plotly")


class Handle:
    """A trace of a plot."""

    def __init__(self, axes, trace):
        self.axes, self.trace = axes, trace

    @property
    def figure(self):
        return self.axes.figure

    def get_label(self):
        return self.trace.get("name") or "_nolegend_"

    def set_label(self, label):
        self.trace["name"] = str(label)

    def get_color(self):
        return self.trace.get("line", {}).get("color") or self.trace.get("marker", {}).get("color")

    get_facecolor = get_color

    def set_color(self, c):
        for part in ("line", "marker"):
            if part in self.trace:
                self.trace[part]["color"] = css(c)

    set_facecolor = set_color

    def set_alpha(self, alpha):
        self.trace["opacity"] = alpha

    def set_visible(self, b):
        self.trace["visible"] = bool(b)

    def set_linewidth(self, w):
        self.trace.setdefault("line", {})["width"] = w

    def set_marker(self, m):
        self.trace.setdefault("marker", {})["symbol"] = MARKS[m]

    def set_data(self, x, y):
        self.trace["x"], self.trace["y"] = many(x), many(y)

    def set_xdata(self, x):
        self.trace["x"] = many(x)

    def set_ydata(self, y):
        self.trace["y"] = many(y)

    def get_xdata(self):
        return self.trace["x"]

    def get_ydata(self):
        return self.trace["y"]

    def remove(self):
        self.axes.traces.remove(self.trace)

    def set(self, **kw):
        for k, v in kw.items():
            call = getattr(self, "set_" + k, None)
            if call:
                call(v)
            else:
                leave({k: v}, "set")

    def __getattr__(self, name):
        if name.startswith("set_"):
            return lambda *a, **k: None  # looks
        raise AttributeError(name)


class Mappable(Handle):
    """A trace whose colours stand for values: what colorbar() is for."""

    def set_clim(self, vmin=None, vmax=None):
        part = self.trace["marker"] if self.trace["type"] == "scatter" else self.trace
        low, high = ("cmin", "cmax") if self.trace["type"] == "scatter" else ("zmin", "zmax")
        part.update({low: vmin, high: vmax})


class Bar:
    """One bar, in the coordinates of its axes."""

    def __init__(self, container, i):
        self._c, self._i = container, i

    def _get(self, what):
        return self._c.parts[self._i][what]

    def get_x(self):
        return self._get(0)

    def get_y(self):
        return self._get(1)

    def get_width(self):
        return self._get(2)

    def get_height(self):
        return self._get(3)

    def get_xy(self):
        return self.get_x(), self.get_y()

    def get_center(self):
        return self.get_x() + self.get_width() / 2, self.get_y() + self.get_height() / 2

    def set_color(self, c):
        marker = self._c.trace["marker"]
        if not isinstance(marker.get("color"), list):
            marker["color"] = [marker.get("color")] * len(self._c.parts)
        marker["color"][self._i] = css(c)

    set_facecolor = set_color

    def get_facecolor(self):
        c = self._c.trace["marker"].get("color")
        return c[self._i] if isinstance(c, list) else c

    def __getattr__(self, name):
        if name.startswith("set_"):
            return lambda *a, **k: None  # looks
        raise AttributeError(name)


class BarContainer(Handle):
    """The bars of one call; parts are (x, y, width, height)."""

    def __init__(self, axes, trace, parts):
        super().__init__(axes, trace)
        self.parts = parts
        self.patches = [Bar(self, i) for i in range(len(parts))]
        self.datavalues = [p[2] if trace.get("orientation") == "h" else p[3] for p in parts]

    def __iter__(self):
        return iter(self.patches)

    def __len__(self):
        return len(self.patches)

    def __getitem__(self, i):
        return self.patches[i]


class Text:
    """An annotation of the layout."""

    def __init__(self, note):
        self.note = note

    def set_text(self, s):
        self.note["text"] = lines(s)

    def get_text(self):
        return self.note["text"].replace("<br>", "\n")

    def set_color(self, c):
        self.note.setdefault("font", {})["color"] = css(c)

    def __getattr__(self, name):
        if name.startswith("set_"):
            return lambda *a, **k: None  # looks
        raise AttributeError(name)


def lines(s):
    """Text for plotly.js, which reads a little HTML. Of mathematics, the dollars go."""
    text = str(s).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return text.replace("$", "") if text.count("$") >= 2 and text.count("$") % 2 == 0 and "\\" not in text else text


def font(kw):
    """The parts of a text that are said in a call; takes them out of kw."""
    alias(kw, size="fontsize", c="color", weight="fontweight", fontcolor="color")
    out = {}
    size = kw.pop("fontsize", None)
    if size is not None:
        sizes = {"xx-small": 6, "x-small": 7, "small": 8, "medium": 10, "large": 12, "x-large": 14, "xx-large": 17}
        out["size"] = round(1.3 * sizes.get(size, size if not isinstance(size, str) else 10), 1)
    if kw.get("color") is not None:
        out["color"] = css(kw.pop("color"))
    if kw.pop("fontweight", None) in ("bold", "heavy", "black", 700, 800):
        out["weight"] = "bold"
    return out
