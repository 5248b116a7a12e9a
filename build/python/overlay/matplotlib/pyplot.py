"""The calls of matplotlib.pyplot, on a current figure and its current axes."""

from matplotlib import INSTEAD, cm, colors, rc, rc_context, rcParams, rcdefaults, style  # noqa: F401  names that code looks for here
from matplotlib._axes import Axes
from matplotlib._figure import Figure
from matplotlib._handles import Handle as Line2D
from matplotlib.patches import Circle, Patch, Rectangle  # noqa: F401
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator, NullFormatter, NullLocator  # noqa: F401

_figures = {}  # number or name: Figure; the last one is the current one


def figure(num=None, figsize=None, dpi=None, clear=False, **kw):
    if isinstance(num, Figure):
        num = num.number
    if num is not None and num in _figures:
        _figures[num] = _figures.pop(num)
        if clear:
            _figures[num].clear()
        return _figures[num]
    if num is None:
        num = max((n for n in _figures if isinstance(n, int)), default=0) + 1
    _figures[num] = Figure(figsize=figsize, dpi=dpi, num=num)
    return _figures[num]


def gcf():
    return next(reversed(_figures.values())) if _figures else figure()


def gca():
    return gcf().gca()


def sca(ax):
    figure(ax.figure.number)
    ax.figure.sca(ax)


def cla():
    gca().clear()


def clf():
    gcf().clear()


def subplots(nrows=1, ncols=1, *, sharex=False, sharey=False, squeeze=True, width_ratios=None, height_ratios=None,
             subplot_kw=None, gridspec_kw=None, num=None, figsize=None, dpi=None, **kw):  # fmt: skip
    fig = figure(num, figsize=figsize, dpi=dpi, clear=True)
    return fig, fig.subplots(nrows, ncols, sharex=sharex, sharey=sharey, squeeze=squeeze, width_ratios=width_ratios,
                             height_ratios=height_ratios, subplot_kw=subplot_kw, gridspec_kw=gridspec_kw)  # fmt: skip


def subplot(*args, **kw):
    fig = gcf()
    ax = fig.add_subplot(*args, **kw)
    fig.sca(ax)
    return ax


def subplot2grid(shape, loc, rowspan=1, colspan=1, fig=None, **kw):
    from matplotlib.gridspec import GridSpec

    grid = GridSpec(*shape)
    return (fig or gcf()).add_subplot(grid[loc[0] : loc[0] + rowspan, loc[1] : loc[1] + colspan])


def subplot_mosaic(mosaic, *, figsize=None, **kw):
    fig = figure(figsize=figsize)
    return fig, fig.subplot_mosaic(mosaic)


def axes(*args, **kw):
    return gca() if not args and not kw else gcf().add_subplot(**kw) if not args else gcf().add_axes(*args)


def show(*args, **kw):
    """Shows the open figures to the user and closes them."""
    for fig in list(_figures.values()):
        if fig.axes:
            fig.show()
    _figures.clear()


def close(fig=None):
    if fig == "all":
        _figures.clear()
    elif fig is None:
        if _figures:
            _figures.popitem()
    else:
        _figures.pop(fig.number if isinstance(fig, Figure) else fig, None)


def draw(*args, **kw):
    pass


pause = ion = ioff = draw_all = switch_backend = set_loglevel = draw


def get_fignums():
    return sorted(n for n in _figures if isinstance(n, int))


def fignum_exists(num):
    return num in _figures


def savefig(*args, **kw):
    gcf().savefig(*args, **kw)


def colorbar(mappable=None, cax=None, ax=None, **kw):
    return gcf().colorbar(mappable, cax=cax, ax=ax, **kw)


def clim(vmin=None, vmax=None):
    gcf()._mappable.set_clim(vmin, vmax)


def get_cmap(name=None, lut=None):
    return cm.get_cmap(name, lut)


def set_cmap(cmap):
    pass


def suptitle(t, **kw):
    return gcf().suptitle(t, **kw)


def figtext(x, y, s, **kw):
    return gcf().text(x, y, s, **kw)


def figlegend(*args, **kw):
    return gcf().legend(*args, **kw)


def tight_layout(*args, **kw):
    pass


def subplots_adjust(**kw):
    gcf().subplots_adjust(**kw)


def autoscale(*args, **kw):
    pass


def box(on=None):
    pass


def _limits(way, args, kw):
    ax = gca()
    if args or kw:
        return getattr(ax, f"set_{way}lim")(*args, **kw)
    return getattr(ax, f"get_{way}lim")()


def xlim(*args, **kw):
    return _limits("x", args, kw)


def ylim(*args, **kw):
    return _limits("y", args, kw)


def _ticks(way, ticks, labels, kw):
    ax = gca()
    if ticks is not None:
        ax._ticks(way, ticks, labels, kw)
    else:
        ax._tick_style(way, kw)
        if labels is not None:
            ax._tick_labels(way, labels, {})
    return getattr(ax, f"get_{way}ticks")(), getattr(ax, f"get_{way}ticklabels")()


def xticks(ticks=None, labels=None, *, minor=False, **kw):
    return _ticks("x", ticks, labels, kw)


def yticks(ticks=None, labels=None, *, minor=False, **kw):
    return _ticks("y", ticks, labels, kw)


def loglog(*args, **kw):
    gca().set_xscale("log")
    gca().set_yscale("log")
    return gca().plot(*args, **kw)


def semilogx(*args, **kw):
    gca().set_xscale("log")
    return gca().plot(*args, **kw)


def semilogy(*args, **kw):
    gca().set_yscale("log")
    return gca().plot(*args, **kw)


def title(label, *args, **kw):
    return gca().set_title(label, *args, **kw)


def xlabel(text, *args, **kw):
    return gca().set_xlabel(text, *args, **kw)


def ylabel(text, *args, **kw):
    return gca().set_ylabel(text, *args, **kw)


def xscale(value, **kw):
    gca().set_xscale(value, **kw)


def yscale(value, **kw):
    gca().set_yscale(value, **kw)


def setp(obj, *args, **kw):
    for o in obj if isinstance(obj, (list, tuple)) else [obj]:
        for k, v in kw.items():
            call = getattr(o, "set_" + k, None)
            if call:
                call(v)


def _of_axes(name):
    def call(*args, **kw):
        return getattr(gca(), name)(*args, **kw)

    call.__name__ = name
    return call


for _name in """annotate axhline axhspan axis axvline axvspan bar bar_label barh boxplot clabel contour contourf errorbar fill
    fill_between fill_betweenx grid hist hlines imshow legend locator_params margins matshow minorticks_off minorticks_on
    pcolor pcolormesh pie plot scatter stackplot stem step text tick_params ticklabel_format twinx twiny violinplot
    vlines""".split():
    globals()[_name] = _of_axes(_name)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"the stand-in for matplotlib has no pyplot.{name}: {INSTEAD}")
