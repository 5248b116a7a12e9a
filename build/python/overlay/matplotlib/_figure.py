"""A Figure: axes in a grid, and how all of it becomes a figure of plotly.js."""

import json
import math

from matplotlib import INSTEAD, rcParams
from matplotlib._axes import PLACES, Axes, Quiet
from matplotlib._handles import Text, alias, font, lines
from matplotlib._values import css, is_many, plain

MEDIA = "application/vnd.plotly.v1+json"
PIXELS = 80  # of an inch of figsize; 6.4 inches are then 512 pixels wide
FRAME = {"showgrid": False, "zeroline": False, "showline": True, "mirror": True, "ticks": "outside"}


class Figure:
    def __init__(self, figsize=None, dpi=None, facecolor=None, num=None, **kw):
        self.axes, self.number = [], num
        self._size = figsize or rcParams["figure.figsize"]
        self._sized = figsize is not None or dict.get(rcParams, "figure.figsize") is not None
        self._grid, self._ratios, self._gaps = (1, 1), (None, None), (None, None)
        self._suptitle = self._face = self._barmode = self._mappable = self._supx = self._supy = self._legend = None
        self.dpi, self.patch, self.canvas = dpi or 100, Quiet(), Quiet()

    # ---- axes
    def add_subplot(self, *args, projection=None, polar=False, sharex=None, sharey=None, **kw):
        if projection not in (None, "rectilinear") or polar:
            kind = "Scatter3d, Surface" if projection == "3d" else "Scatterpolar"
            raise NotImplementedError(f"the stand-in for matplotlib has no projection {projection or 'polar'!r}: use plotly's go.{kind}")
        if len(args) == 1 and hasattr(args[0], "cell"):  # of a GridSpec
            self._grid, self._ratios = args[0].grid.shape, args[0].grid.ratios
            cell = args[0].cell
        else:
            if len(args) == 1:
                args = [int(d) for d in str(args[0])]
            n, m, at = args or (1, 1, 1)
            first, last = (at[0] - 1, at[1] - 1) if is_many(at) else (at - 1, at - 1)
            if not 0 <= first <= last < n * m:
                raise ValueError(f"the number of the subplot must be from 1 to {n * m}, and is {at}")
            (r0, c0), (r1, c1) = divmod(first, m), divmod(last, m)
            cell = (r0, c0, r1 - r0 + 1, c1 - c0 + 1)
            if (n, m) != self._grid and self.axes:
                cell = self._rescale((n, m), cell)
            else:
                self._grid = (n, m)
        for ax in self.axes:
            if ax.cell == cell and ax._parent is None:
                return ax
        ax = Axes(self, cell)
        for way, other in (("x", sharex), ("y", sharey)):
            if isinstance(other, Axes):
                ax._shared[way] = other
        self.axes.append(ax)
        return ax

    def _rescale(self, shape, cell):
        """subplot(2, 1, 1) followed by subplot(2, 2, 3): one grid that both fit into."""
        n, m = math.lcm(self._grid[0], shape[0]), math.lcm(self._grid[1], shape[1])

        def spread(c, grid):
            a, b = n // grid[0], m // grid[1]
            return (c[0] * a, c[1] * b, c[2] * a, c[3] * b)

        for ax in self.axes:
            ax.cell = spread(ax.cell, self._grid)
        self._grid = (n, m)
        return spread(cell, shape)

    def add_axes(self, rect=None, **kw):
        raise NotImplementedError("the stand-in for matplotlib places axes in a grid only: use plt.subplots or fig.add_gridspec")

    def add_gridspec(self, nrows=1, ncols=1, **kw):
        from matplotlib.gridspec import GridSpec

        return GridSpec(nrows, ncols, figure=self, **kw)

    def subplots(self, nrows=1, ncols=1, *, sharex=False, sharey=False, squeeze=True, width_ratios=None, height_ratios=None, subplot_kw=None, gridspec_kw=None):
        given = gridspec_kw or {}
        self._grid = (nrows, ncols)
        self._ratios = (height_ratios or given.get("height_ratios"), width_ratios or given.get("width_ratios"))
        self._gaps = (given.get("hspace"), given.get("wspace"))
        made = [[self.add_subplot(nrows, ncols, r * ncols + c + 1, **(subplot_kw or {})) for c in range(ncols)] for r in range(nrows)]
        for way, share in (("x", sharex), ("y", sharey)):
            if share not in (False, "none", None):
                for r, row in enumerate(made):
                    for c, ax in enumerate(row):
                        first = made[0][c] if share == "col" else made[r][0] if share == "row" else made[0][0]
                        if first is not ax:
                            ax._shared[way] = first
                        if way == "x" and r < nrows - 1 and share != "row" or way == "y" and c > 0 and share != "col":
                            ax._axis(way)["showticklabels"] = False
        return axes_array(made, squeeze)

    def subplot_mosaic(self, mosaic, **kw):
        rows_ = [list(r) for r in mosaic.split("\n") if r.strip()] if isinstance(mosaic, str) and "\n" in mosaic else mosaic.split(";") if isinstance(mosaic, str) else mosaic
        rows_ = [[c for c in r if c != " "] if isinstance(r, str) else list(r) for r in rows_]
        self._grid, found = (len(rows_), len(rows_[0])), {}
        for name in dict.fromkeys(c for r in rows_ for c in r if c != "."):
            cells = [(i, j) for i, r in enumerate(rows_) for j, c in enumerate(r) if c == name]
            (r0, c0), (r1, c1) = cells[0], cells[-1]
            found[name] = Axes(self, (r0, c0, r1 - r0 + 1, c1 - c0 + 1))
            self.axes.append(found[name])
        return found

    def _twin(self, ax, way):
        twin = Axes(self, ax.cell)
        twin._parent, twin._twin_way = ax, way
        twin._colour = ax._colour
        self.axes.append(twin)
        return twin

    def gca(self):
        return self.axes[-1] if self.axes else self.add_subplot(1, 1, 1)

    def sca(self, ax):
        self.axes.remove(ax)
        self.axes.append(ax)

    def clear(self):
        self.__init__(self._size if self._sized else None, num=self.number)

    clf = clear

    # ---- texts and legend
    def suptitle(self, t, **kw):
        self._suptitle = {"text": lines(t), "font": font(kw)}
        return Text(self._suptitle)

    def supxlabel(self, t, **kw):
        self._supx = lines(t)

    def supylabel(self, t, **kw):
        self._supy = lines(t)

    def text(self, x, y, s, **kw):
        return self.gca().text(x, y, s, transform="figure", **kw)

    def legend(self, *args, **kw):
        for ax in self.axes:
            ax.legend(*args, **dict(kw))
        return Quiet()

    def colorbar(self, mappable=None, cax=None, ax=None, label=None, **kw):
        mappable = mappable or self._mappable
        if mappable is None or not hasattr(mappable, "trace"):
            raise RuntimeError("colorbar() needs what imshow, scatter(c=…), pcolormesh or contourf gave")
        part = mappable.trace.get("marker") if mappable.trace["type"] == "scatter" else mappable.trace
        part["showscale"] = True
        mappable._bar = part.setdefault("colorbar", {})
        if label is not None:
            part["colorbar"]["title"] = {"text": lines(label)}
        bar = Quiet()
        bar.set_label = lambda text, **k: part["colorbar"].update(title={"text": lines(text)})
        return bar

    def set_size_inches(self, w, h=None):
        self._size, self._sized = tuple(w) if h is None else (w, h), True

    def get_size_inches(self):
        return tuple(self._size)

    def set_figwidth(self, w):
        self.set_size_inches(w, self._size[1])

    def set_figheight(self, h):
        self.set_size_inches(self._size[0], h)

    def set_facecolor(self, c):
        pass

    def tight_layout(self, *args, **kw):
        pass

    set_tight_layout = set_constrained_layout = set_layout_engine = autofmt_xdate = align_labels = align_ylabels = set_dpi = tight_layout

    def subplots_adjust(self, hspace=None, wspace=None, **kw):
        self._gaps = (hspace if hspace is not None else self._gaps[0], wspace if wspace is not None else self._gaps[1])

    # ---- as plotly.js has it
    def to_plotly_json(self):
        from matplotlib._compose import compose

        return compose(self)

    to_dict = to_plotly_json

    def to_json(self):
        return json.dumps(self.to_plotly_json(), ensure_ascii=False, separators=(",", ":"))

    def _sandglass_figure_(self):
        return MEDIA, self.to_plotly_json()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {MEDIA: self.to_plotly_json(), "text/plain": repr(self)}

    def __repr__(self):
        kinds = [t["type"] + (f" {t['name']!r}" if t.get("name") else "") for ax in self.axes for t in ax.traces]
        title = self._suptitle or next((ax._title for ax in self.axes if ax._title), None)
        named = f" {title['text']!r}" if title else ""
        return f"<Figure{named} with {len(self.axes)} axes: {', '.join(kinds[:8]) or 'empty'}{', …' if len(kinds) > 8 else ''}>"

    def show(self, *args, **kw):
        import builtins

        show = getattr(builtins, "display", None)
        if show is None:
            print(repr(self))
        else:
            show(self)

    def savefig(self, fname, *, format=None, **kw):
        from matplotlib._save import save

        save(self, fname, format, **kw)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(f"the stand-in for matplotlib has no Figure.{name}: {INSTEAD}")


class Grid(list):
    """Axes in rows, where there is no numpy."""

    @property
    def flat(self):
        return iter(self.flatten())

    @property
    def shape(self):
        return (len(self), len(self[0])) if self and isinstance(self[0], Grid) else (len(self),)

    @property
    def size(self):
        return len(self.flatten())

    def flatten(self):
        return Grid(a for r in self for a in (r if isinstance(r, Grid) else [r]))

    ravel = flatten

    def __getitem__(self, key):
        if isinstance(key, tuple):
            row, column = key
            found = list.__getitem__(self, row)
            return Grid(r[column] for r in found) if isinstance(row, slice) else found[column]
        return list.__getitem__(self, key)


def axes_array(made, squeeze):
    """Axes as real matplotlib gives them: one, a row or a table of them."""
    n, m = len(made), len(made[0])
    if squeeze and n == m == 1:
        return made[0][0]
    try:
        import numpy
    except ImportError:
        return Grid(a for r in made for a in r) if squeeze and 1 in (n, m) else Grid(Grid(r) for r in made)
    out = numpy.empty((n, m), object)
    for i, row in enumerate(made):
        for j, ax in enumerate(row):
            out[i, j] = ax
    return out.ravel() if squeeze and 1 in (n, m) else out
