"""Patches, as they are used to write legends by hand. Shapes are added to axes as plotly's."""

from matplotlib._handles import alias
from matplotlib._values import css


class Patch:
    def __init__(self, *, label=None, **kw):
        alias(kw, c="color", facecolor="color", fc="color")
        self.label, self.color = label, css(kw.get("color"))

    def proxy(self):
        marker = {"symbol": "square", "size": 12}
        if self.color:
            marker["color"] = self.color
        return {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": str(self.label), "marker": marker}

    def get_label(self):
        return self.label


class Rectangle(Patch):
    def __init__(self, xy, width, height, **kw):
        super().__init__(label=kw.pop("label", None), **kw)
        self.xy, self.width, self.height = xy, width, height


class Circle(Patch):
    def __init__(self, xy=(0, 0), radius=5, **kw):
        super().__init__(label=kw.pop("label", None), **kw)
        self.xy, self.radius = xy, radius
