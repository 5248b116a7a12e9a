"""Formatters and locators, as far as plotly.js has the like."""

import math


class Formatter:
    def __call__(self, x, pos=None):
        return f"{x:g}"

    def _apply(self, axis, bounds):
        """Writes the labels of the ticks that plotly.js would probably choose."""
        if "ticktext" in axis:
            return
        ticks = axis.get("tickvals") or steps(*(axis.get("range") or bounds))
        axis.update(tickmode="array", tickvals=ticks, ticktext=[str(self(v, i)) for i, v in enumerate(ticks)])


def steps(low, high, most=8):
    """Round numbers between low and high."""
    if not all(isinstance(v, (int, float)) for v in (low, high)) or low == high:
        return []
    low, high = sorted((low, high))
    raw = (high - low) / most
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round((first + i) * step, 12) for i in range(int((high - first * step) / step + 1e-9) + 1)]


class FuncFormatter(Formatter):
    def __init__(self, func):
        self._func = func

    def __call__(self, x, pos=None):
        try:
            return self._func(x, pos)
        except TypeError:
            return self._func(x)


class StrMethodFormatter(Formatter):
    def __init__(self, fmt):
        self._fmt = fmt

    def __call__(self, x, pos=None):
        return self._fmt.format(x=x, pos=pos)


class FormatStrFormatter(Formatter):
    def __init__(self, fmt):
        self._fmt = fmt

    def __call__(self, x, pos=None):
        return self._fmt % x


class PercentFormatter(Formatter):
    def __init__(self, xmax=100, decimals=None, symbol="%", **kw):
        self._max, self._decimals, self._symbol = xmax, decimals, symbol

    def __call__(self, x, pos=None):
        v = 100 * x / self._max
        return (f"{v:g}" if self._decimals is None else f"{v:.{self._decimals}f}") + self._symbol


class EngFormatter(Formatter):
    def __init__(self, unit="", places=None, sep=" ", **kw):
        self._unit = unit

    def _apply(self, axis, bounds):
        axis.update(exponentformat="SI", ticksuffix=self._unit)


class ScalarFormatter(Formatter):
    def __init__(self, *args, **kw):
        pass

    def set_scientific(self, b):
        pass

    set_powerlimits = set_useOffset = set_scientific

    def _apply(self, axis, bounds):
        axis["exponentformat"] = "none"


class NullFormatter(Formatter):
    def _apply(self, axis, bounds):
        axis["showticklabels"] = False


class LogFormatter(Formatter):
    def __init__(self, *args, **kw):
        pass

    def _apply(self, axis, bounds):
        pass


class MultipleLocator:
    def __init__(self, base=1.0, offset=0.0):
        self._base = base

    def _apply(self, axis):
        axis["dtick"] = self._base


class MaxNLocator:
    def __init__(self, nbins=None, integer=False, **kw):
        self._n, self._integer = nbins, integer

    def _apply(self, axis):
        if isinstance(self._n, int):
            axis["nticks"] = self._n + 1
        if self._integer:
            axis["tickformat"] = ",d"


class FixedLocator:
    def __init__(self, locs, nbins=None):
        self._locs = list(locs)

    def _apply(self, axis):
        axis.update(tickmode="array", tickvals=self._locs)


class NullLocator:
    def _apply(self, axis):
        axis.update(tickmode="array", tickvals=[])


class AutoLocator:
    def __init__(self, *args, **kw):
        pass

    def _apply(self, axis):
        pass


AutoMinorLocator = LogLocator = LinearLocator = AutoLocator
