"""Of matplotlib.colors: reading colours, and scales from values to 0…1."""

import math

from matplotlib import cm
from matplotlib._values import CYCLE, LETTERS, array, css, is_many
from matplotlib.cm import Colormap

TABLEAU_COLORS = dict(zip([f"tab:{n}" for n in "blue orange green red purple brown pink gray olive cyan".split()], CYCLE))
BASE_COLORS = {k: cm.rgb(v) for k, v in LETTERS.items()}


class Normalize:
    def __init__(self, vmin=None, vmax=None, clip=False):
        self.vmin, self.vmax = vmin, vmax

    def _place(self, x):
        return (x - self.vmin) / ((self.vmax - self.vmin) or 1)

    def __call__(self, value):
        if is_many(value):
            values = [float(v) for v in value]
            self.vmin = min(values) if self.vmin is None else self.vmin
            self.vmax = max(values) if self.vmax is None else self.vmax
            return array([self._place(v) for v in values])
        return self._place(value)


class LogNorm(Normalize):
    def _place(self, x):
        return (math.log(x) - math.log(self.vmin)) / ((math.log(self.vmax) - math.log(self.vmin)) or 1)


class TwoSlopeNorm(Normalize):
    def __init__(self, vcenter, vmin=None, vmax=None):
        super().__init__(vmin, vmax)
        self.vcenter = vcenter

    def _place(self, x):
        if x < self.vcenter:
            return 0.5 * (x - self.vmin) / ((self.vcenter - self.vmin) or 1)
        return 0.5 + 0.5 * (x - self.vcenter) / ((self.vmax - self.vcenter) or 1)


def ListedColormap(colors, name="listed", N=None):
    return Colormap(name, [to_hex(c) for c in colors], True, N)


class LinearSegmentedColormap(Colormap):
    @staticmethod
    def from_list(name, colors, N=256, gamma=1.0):
        return Colormap(name, [to_hex(c[1] if isinstance(c, tuple) and len(c) == 2 else c) for c in colors], False, N)


def to_rgba(c, alpha=None):
    text = css(c, alpha)
    if text.startswith("#"):
        return (*cm.rgb(text), 1.0 if alpha is None else alpha)
    if text.startswith("rgb"):
        parts = [float(x) for x in text[text.index("(") + 1 : -1].split(",")]
        return (*(x / 255 for x in parts[:3]), parts[3] if len(parts) > 3 else 1.0)
    if text.lower() in NAMED:
        return (*cm.rgb(NAMED[text.lower()]), 1.0 if alpha is None else alpha)
    raise ValueError(f"{c!r} is not a colour that is known here: use #rrggbb")


def to_rgb(c):
    return to_rgba(c)[:3]


def to_hex(c, keep_alpha=False):
    return "#" + "".join(f"{round(255 * x):02x}" for x in to_rgb(c))


NAMED = {
    "white": "#ffffff", "black": "#000000", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "yellow": "#ffff00",
    "cyan": "#00ffff", "magenta": "#ff00ff", "orange": "#ffa500", "purple": "#800080", "brown": "#a52a2a", "pink": "#ffc0cb",
    "gray": "#808080", "grey": "#808080", "lightgray": "#d3d3d3", "darkgray": "#a9a9a9", "navy": "#000080", "teal": "#008080",
    "gold": "#ffd700", "salmon": "#fa8072", "crimson": "#dc143c", "coral": "#ff7f50", "skyblue": "#87ceeb",
    "steelblue": "#4682b4", "darkblue": "#00008b", "darkred": "#8b0000", "darkgreen": "#006400", "lightblue": "#add8e6",
    "lightgreen": "#90ee90", "lime": "#00ff00", "olive": "#808000", "maroon": "#800000", "indigo": "#4b0082", "violet": "#ee82ee",
    "tomato": "#ff6347", "orangered": "#ff4500", "darkorange": "#ff8c00", "royalblue": "#4169e1", "turquoise": "#40e0d0",
}  # fmt: skip
CSS4_COLORS = NAMED
