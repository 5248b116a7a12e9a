"""matplotlib.lines.Line2D, as it is used to write legends by hand."""

from matplotlib._draw import dash_of, mark_of
from matplotlib._handles import alias
from matplotlib._values import NO_LINE, css


class Line2D:
    def __init__(self, xdata=(), ydata=(), **kw):
        alias(kw, lw="linewidth", ls="linestyle", c="color", ms="markersize", mfc="markerfacecolor")
        self._kw = kw

    def proxy(self):
        kw, modes = self._kw, []
        trace = {"type": "scatter", "x": [None], "y": [None], "name": str(kw.get("label", ""))}
        if kw.get("linestyle", "-") not in NO_LINE:
            modes.append("lines")
            trace["line"] = {"dash": dash_of(kw.get("linestyle", "-")), "width": kw.get("linewidth", 1.5)}
            if kw.get("color") is not None:
                trace["line"]["color"] = css(kw["color"])
        if kw.get("marker") not in NO_LINE:
            modes.append("markers")
            trace["marker"] = {"symbol": mark_of(kw["marker"]), "color": css(kw.get("markerfacecolor") or kw.get("color"))}
        trace["mode"] = "+".join(modes) or "none"
        return trace

    def get_label(self):
        return self._kw.get("label", "")
