"""Puts the axes of a Figure together: domains, names of axes, annotations, one legend."""

import math

from matplotlib._axes import PLACES
from matplotlib._figure import FRAME, PIXELS


def tracks(n, ratios, gap):
    """n places from 0 to 1 with gaps between them, as (from, to)."""
    ratios = list(ratios or [1] * n)
    space = gap * (n - 1)
    unit, at, out = (1 - space) / sum(ratios), 0.0, []
    for r in ratios:
        out.append((at, at + r * unit))
        at += r * unit + gap
    return out


def gap(asked, n, usual):
    """hspace and wspace are parts of a mean axes' size."""
    if n == 1:
        return 0.0
    if asked is None:
        return usual / n
    return asked / (n + asked * (n - 1))


def logarithm(v):
    return round(math.log10(v), 6) if isinstance(v, (int, float)) and v > 0 else None


def compose(fig):
    if not fig.axes:
        return {"data": [], "layout": {}}
    rows, columns = fig._grid
    across = tracks(columns, fig._ratios[1], gap(fig._gaps[1], columns, 0.2))
    down = tracks(rows, fig._ratios[0], gap(fig._gaps[0], rows, 0.3))
    layout = {"annotations": [], "shapes": []}
    if fig._sized:
        layout.update(width=round(fig._size[0] * PIXELS), height=round(fig._size[1] * PIXELS))
    data, names = [], {}
    shown = [ax for ax in fig.axes if ax._visible]
    for number, ax in enumerate(shown, 1):
        names[id(ax)] = ("x", "y") if number == 1 else (f"x{number}", f"y{number}")
    plots = [ax for ax in shown if ax._parent is None]
    for ax in shown:
        x, y = names[id(ax)]
        row, column, high, wide = ax.cell
        domain_x = [across[column][0], across[column + wide - 1][1]]
        domain_y = [1 - down[row + high - 1][1], 1 - down[row][0]]
        if ax._parent is not None:
            px, py = names[id(ax._parent)]
            x, y = (px, y) if ax._twin_way == "y" else (x, py)
        pies = [t for t in ax.traces if t["type"] == "pie"]
        for trace in ax.traces:
            data.append(finish(trace, ax, x, y, domain_x, domain_y))
        if not pies:
            axes_of(layout, fig, ax, names, x, y, domain_x, domain_y)
        marks(layout, ax, x, y, domain_x, domain_y)
        if ax._title and (len(plots) > 1 or fig._suptitle):
            layout["annotations"].append({
                "text": ax._title["text"], "x": round(sum(domain_x) / 2, 4), "y": round(domain_y[1], 4), "xref": "paper", "yref": "paper",
                "xanchor": "center", "yanchor": "bottom", "showarrow": False, "font": {"size": 14} | ax._title["font"],
            })  # fmt: skip
    title = fig._suptitle or (plots[0]._title if len(plots) == 1 else None)
    if title:
        layout["title"] = {"text": title["text"], "x": {"left": 0, "right": 1}.get(title.get("loc"), 0.5)}
        if title["font"]:
            layout["title"]["font"] = title["font"]
    for text, x, y, turn in ((fig._supx, 0.5, -0.12, 0), (fig._supy, -0.1, 0.5, -90)):
        if text:
            layout["annotations"].append({"text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False, "textangle": turn})
    if fig._barmode:
        layout.update(barmode=fig._barmode)
    legend(layout, shown, plots)
    return {"data": data, "layout": {k: v for k, v in layout.items() if v != []}}


def finish(trace, ax, x, y, domain_x, domain_y):
    out = dict(trace)
    if trace["type"] == "pie":
        out["domain"] = {"x": [round(v, 4) for v in domain_x], "y": [round(v, 4) for v in domain_y]}
        return out
    if x != "x":
        out["xaxis"] = x
    if y != "y":
        out["yaxis"] = y
    holder = ax._parent or ax
    if trace["type"] not in ("heatmap", "contour", "image"):
        named = trace.get("name", "")
        out["showlegend"] = bool((ax._legend or holder._legend) and named and not named.startswith("_"))
    scale = out.get("marker", {}).get("colorbar") if trace["type"] == "scatter" else out.get("colorbar")
    if scale is not None:
        bar = {"x": round(domain_x[1] + 0.01, 4), "y": round(sum(domain_y) / 2, 4), "len": round(domain_y[1] - domain_y[0], 4), **scale}
        if trace["type"] == "scatter":
            out["marker"] = out["marker"] | {"colorbar": bar}
        else:
            out["colorbar"] = bar
    return out


def axes_of(layout, fig, ax, names, x, y, domain_x, domain_y):
    for way, name, domain, other in (("x", x, domain_x, y), ("y", y, domain_y, x)):
        if ax._parent is not None and ax._twin_way != way:
            continue
        axis = FRAME | ax._axis(way)
        if axis.get("type") == "-":
            axis.pop("type")
        if (r := axis.get("range")) is not None:
            if axis.get("type") == "log":
                r = [logarithm(v) for v in r]
            axis["range"] = list(r)
            if None in r:
                low = r[0] is None
                axis["autorange"] = ("min" if low else "max") if r != [None, None] else True
        if axis.get("scaleanchor"):
            axis["scaleanchor"] = x
        axis["domain"], axis["anchor"] = [round(v, 4) for v in domain], other
        if (shared := ax._shared.get(way)) is not None and id(shared) in names and shared is not ax:
            axis["matches"] = names[id(shared)][0 if way == "x" else 1]
        if ax._parent is not None:
            axis.update(overlaying=names[id(ax._parent)][0 if way == "x" else 1], side="right" if way == "y" else "top", mirror=False)
            axis.pop("domain")
        if way in ax._formatters:
            form = ax._formatters[way]
            if hasattr(form, "_apply"):
                form._apply(axis, ax._bounds(way))
        layout[way + "axis" + name[1:]] = axis


def marks(layout, ax, x, y, domain_x, domain_y):
    """Shapes and annotations, which say in whose coordinates they are."""
    for shape in ax.shapes:
        across = shape["_across"]
        out = {k: v for k, v in shape.items() if k != "_across"}
        out["xref"] = x + " domain" if across == "x" else x
        out["yref"] = y + " domain" if across == "y" else y
        layout["shapes"].append(out)
    for note in ax.notes:
        out = {k: v for k, v in note.items() if not k.startswith("_") and v != {}}
        place = note.get("_in")
        if place == "figure":
            out.update(xref="paper", yref="paper")
        elif place == "axes":
            out.update(xref=x + " domain", yref=y + " domain")
        else:
            out.update(xref=x, yref=y)
            for way in "xy":
                if ax._axis(way).get("type") == "log" and isinstance(out[way], (int, float)):
                    out[way] = logarithm(out[way])  # plotly.js wants an annotation's place so, and a shape's not
        if note.get("_tail"):
            out.update(axref=x, ayref=y)
            for way in "xy":
                if ax._axis(way).get("type") == "log":
                    out["a" + way] = logarithm(out["a" + way])
        layout["annotations"].append(out)


def legend(layout, shown, plots):
    asked = [ax._legend for ax in shown if ax._legend]
    layout["showlegend"] = bool(asked)
    if not asked:
        return
    first, out = asked[0], {}
    if first["title"]:
        out["title"] = {"text": str(first["title"])}
    if first["columns"] and first["columns"] > 1:
        out["orientation"] = "h"
    place = PLACES.get(first["loc"])
    if place and first["anchor"] is None and len(plots) == 1:
        out.update(x=place[0], y=place[1], xanchor=place[2], yanchor=place[3])
    if out:
        layout["legend"] = out
