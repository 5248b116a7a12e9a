"""savefig: as JSON of plotly.js, or as a page that draws it. There is nothing here that could paint pixels."""

import json
import os
import pathlib

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Figure</title><script>%s</script></head>
<body><div id="figure"></div><script>Plotly.newPlot("figure", %s, %s, {"responsive": true})</script></body></html>
"""


def save(fig, target, form=None):
    name = os.fspath(target) if isinstance(target, (str, os.PathLike)) else None
    form = (form or (pathlib.PurePath(name).suffix.lstrip(".") if name else "") or "png").lower()
    if form == "json":
        text = fig.to_json()
    elif form in ("html", "htm"):
        text = page(fig)
    else:
        raise ValueError(
            f"the stand-in for matplotlib cannot write {form}: nothing here paints pixels. Call plt.show() to show the figure to the "
            "user (it is then kept with the run), or save it as a page that draws it: savefig('figure.html'), or as JSON: savefig('figure.json')"
        )
    if name is not None:
        pathlib.Path(name).write_text(text, encoding="utf-8")
    else:
        try:
            target.write(text.encode())
        except TypeError:  # opened for text
            target.write(text)


def page(fig):
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise ValueError("this runtime has no plotly, so no page can be written: save it as JSON, savefig('figure.json')") from None
    figure = fig.to_plotly_json()
    data, layout = (json.dumps(figure[k]).replace("</", "<\\/") for k in ("data", "layout"))
    return PAGE % (get_plotlyjs(), data, layout)
