"""savefig: as a picture that the app draws, as JSON of plotly.js, or as a page that draws it."""

import json
import os
import pathlib

import _pictures
from matplotlib import rcParams
from matplotlib._values import css

PIXELS = 80  # of an inch of figsize, as in _figure.py
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Figure</title><script>%s</script></head>
<body><div id="figure"></div><script>Plotly.newPlot("figure", %s, %s, {"responsive": true})</script></body></html>
"""
LOOKS = set("bbox_inches pad_inches edgecolor metadata orientation papertype pil_kwargs backend bbox_extra_artists".split())


def save(fig, target, form=None, dpi=None, transparent=None, facecolor=None, **looks):
    if unknown := sorted(looks.keys() - LOOKS):
        raise TypeError(f"savefig() of the stand-in for matplotlib does not know {', '.join(map(repr, unknown))}: leave it out")
    name = os.fspath(target) if isinstance(target, (str, os.PathLike)) else None
    suffix = pathlib.PurePath(name).suffix.lstrip(".") if name else ""
    form = (form or suffix or "png").lower()
    if form == "json":
        data = fig.to_json().encode()
    elif form in ("html", "htm"):
        data = page(fig).encode()
    elif form in _pictures.FORMATS:
        data = picture(fig, form, dpi, transparent, facecolor)
    else:
        raise ValueError(f"the stand-in for matplotlib cannot write {form}: use png or svg for a picture, html for a page that draws the figure, or json")
    if name is not None:
        path = pathlib.Path(name if suffix else f"{name}.{form}")  # matplotlib adds the suffix too
        path.write_bytes(data)
        return
    try:
        target.write(data)
    except TypeError:  # opened for text
        target.write(data.decode())


def picture(fig, form, dpi, transparent, facecolor):
    figure = fig.to_plotly_json()
    layout = figure["layout"]
    wide, high = fig._size
    subtitles = any(note.get("yref") == "paper" for note in layout.get("annotations", ()))
    # As little room around the plots as labels need: the drawing widens it for them.
    layout.setdefault("margin", {"l": 30, "r": 20, "b": 30, "t": 20 + 24 * ("title" in layout) + 16 * subtitles})
    layout.setdefault("font", {"size": 11})
    dpi = next((d for d in (dpi, dict.get(rcParams, "savefig.dpi"), fig.dpi) if isinstance(d, (int, float)) and d > 0), 100)
    ground = "rgba(0,0,0,0)" if transparent else css(facecolor) if facecolor not in (None, "auto") else ""
    if transparent:
        layout["plot_bgcolor"] = ground
    text = json.dumps(figure, ensure_ascii=False, separators=(",", ":"))
    return _pictures.draw(text, form, round(wide * PIXELS), round(high * PIXELS), dpi / PIXELS, ground)


def page(fig):
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise ValueError("this runtime has no plotly, so no page can be written: save it as PNG or SVG") from None
    figure = fig.to_plotly_json()
    data, layout = (json.dumps(figure[k]).replace("</", "<\\/") for k in ("data", "layout"))
    return PAGE % (get_plotlyjs(), data, layout)
