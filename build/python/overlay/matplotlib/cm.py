"""Colour maps, by some of their colours (the maps of matplotlib and ColorBrewer, read off)."""

from matplotlib._values import CYCLE, is_many

SEQUENCES = {
    "viridis": "#440154 #414487 #2a788e #22a884 #7ad151 #fde725", "plasma": "#0d0887 #6a00a8 #b12a90 #e16462 #fca636 #f0f921",
    "inferno": "#000004 #420a68 #932667 #dd513a #fca50a #fcffa4", "magma": "#000004 #3b0f70 #8c2981 #de4968 #fe9f6d #fcfdbf",
    "cividis": "#00224e #35456c #666970 #948e77 #c8b866 #fee838", "turbo": "#30123b #4686fb #1be5b5 #a4fc3c #fb8022 #7a0403",
    "jet": "#000080 #0000ff #00ffff #ffff00 #ff0000 #800000", "rainbow": "#8000ff #1996f3 #4df3ce #b2f396 #ff964f #ff0000",
    "hsv": "#ff0000 #ffff00 #00ff00 #00ffff #0000ff #ff00ff #ff0000", "hot": "#0b0000 #ff0000 #ffff00 #ffffff",
    "cool": "#00ffff #ff00ff", "spring": "#ff00ff #ffff00", "summer": "#008066 #ffff66", "autumn": "#ff0000 #ffff00",
    "winter": "#0000ff #00ff80", "copper": "#000000 #ffc77f", "gray": "#000000 #ffffff", "grey": "#000000 #ffffff",
    "binary": "#ffffff #000000", "greys": "#ffffff #000000", "reds": "#fff5f0 #fb6a4a #67000d", "blues": "#f7fbff #6baed6 #08306b",
    "greens": "#f7fcf5 #74c476 #00441b", "purples": "#fcfbfd #9e9ac8 #3f007d", "oranges": "#fff5eb #fd8d3c #7f2704",
    "ylgn": "#ffffe5 #78c679 #004529", "ylgnbu": "#ffffd9 #41b6c4 #081d58", "ylorbr": "#ffffe5 #fe9929 #662506",
    "ylorrd": "#ffffcc #fd8d3c #800026", "orrd": "#fff7ec #fc8d59 #7f0000", "pubu": "#fff7fb #74a9cf #023858",
    "bupu": "#f7fcfd #8c96c6 #4d004b", "gnbu": "#f7fcf0 #7bccc4 #084081", "bugn": "#f7fcfd #66c2a4 #00441b",
    "spectral": "#9e0142 #f46d43 #fee08b #e6f598 #66c2a5 #5e4fa2", "rdylgn": "#a50026 #f46d43 #fee08b #d9ef8b #66bd63 #006837",
    "rdylbu": "#a50026 #f46d43 #fee090 #e0f3f8 #74add1 #313695", "rdbu": "#67001f #d6604d #fddbc7 #d1e5f0 #4393c3 #053061",
    "piyg": "#8e0152 #de77ae #f7f7f7 #7fbc41 #276419", "prgn": "#40004b #9970ab #f7f7f7 #5aae61 #00441b",
    "brbg": "#543005 #bf812d #f5f5f5 #35978f #003c30", "coolwarm": "#3b4cc0 #7b9ff9 #dddcdc #ee8468 #b40426",
    "bwr": "#0000ff #ffffff #ff0000", "seismic": "#00004c #0000ff #ffffff #ff0000 #800000",
    "terrain": "#333399 #00cc66 #ffff99 #805c54 #ffffff", "twilight": "#e2d9e2 #6276ba #2f1436 #b25652 #e2d9e2",
}  # fmt: skip
LISTS = {
    "tab10": " ".join(CYCLE),
    "tab20": "#1f77b4 #aec7e8 #ff7f0e #ffbb78 #2ca02c #98df8a #d62728 #ff9896 #9467bd #c5b0d5 #8c564b #c49c94 #e377c2 #f7b6d2"
    " #7f7f7f #c7c7c7 #bcbd22 #dbdb8d #17becf #9edae5",
    "set1": "#e41a1c #377eb8 #4daf4a #984ea3 #ff7f00 #ffff33 #a65628 #f781bf #999999",
    "set2": "#66c2a5 #fc8d62 #8da0cb #e78ac3 #a6d854 #ffd92f #e5c494 #b3b3b3",
    "set3": "#8dd3c7 #ffffb3 #bebada #fb8072 #80b1d3 #fdb462 #b3de69 #fccde5 #d9d9d9 #bc80bd #ccebc5 #ffed6f",
    "pastel1": "#fbb4ae #b3cde3 #ccebc5 #decbe4 #fed9a6 #ffffcc #e5d8bd #fddaec #f2f2f2",
    "dark2": "#1b9e77 #d95f02 #7570b3 #e7298a #66a61e #e6ab02 #a6761d #666666",
    "paired": "#a6cee3 #1f78b4 #b2df8a #33a02c #fb9a99 #e31a1c #fdbf6f #ff7f00 #cab2d6 #6a3d9a #ffff99 #b15928",
}  # fmt: skip


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


class Colormap:
    def __init__(self, name, colours, listed, N=None):
        self.name, self._colours, self._listed = name, colours, listed
        self.N = N or (len(colours) if listed else 256)
        self.colors = [rgb(c) for c in colours]

    def __call__(self, x, alpha=None, bytes=False):
        if is_many(x):
            from matplotlib._values import array

            return array([self(v, alpha) for v in x])
        last = len(self._colours) - 1
        if self._listed or isinstance(x, int) and not isinstance(x, bool):
            # An integer is the number of a colour; a fraction is a place between the first and the last.
            i = x if isinstance(x, int) or not hasattr(x, "is_integer") else int(x * self.N)
            x = min(max(int(i), 0), self.N - 1) / max(self.N - 1, 1)
        x = min(max(float(x), 0.0), 1.0) * last
        if self._listed:
            return (*self.colors[round(x)], 1.0 if alpha is None else alpha)
        i = min(int(x), last - 1)
        a, b, f = self.colors[i], self.colors[i + 1], x - i
        return (*(p + (q - p) * f for p, q in zip(a, b)), 1.0 if alpha is None else alpha)

    def reversed(self):
        return Colormap(self.name + "_r", self._colours[::-1], self._listed, self.N)

    def resampled(self, n):
        return Colormap(self.name, self._colours, self._listed, n)


def get_cmap(name=None, lut=None):
    if isinstance(name, Colormap):
        return name
    name = name or "viridis"
    low = name.lower().removesuffix("_r")
    colours = SEQUENCES.get(low) or LISTS.get(low)
    if colours is None:
        raise ValueError(f"there is no colour map {name!r} here; there are: {', '.join(sorted(SEQUENCES.keys() | LISTS.keys()))}")
    found = Colormap(low, colours.split(), low in LISTS, lut)
    found = found.reversed() if name.lower().endswith("_r") else found
    found.name = name
    return found


def scale(cmap):
    """A colour map as plotly.js takes it."""
    m = get_cmap(cmap)
    last = max(len(m._colours) - 1, 1)
    return [[round(i / last, 4), c] for i, c in enumerate(m._colours)]


class Colormaps:
    def __getitem__(self, name):
        return get_cmap(name)

    def get_cmap(self, name):
        return get_cmap(name)

    def __contains__(self, name):
        return name.lower().removesuffix("_r") in SEQUENCES.keys() | LISTS.keys()

    def __iter__(self):
        return iter(sorted(SEQUENCES.keys() | LISTS.keys()))


colormaps = Colormaps()


class ScalarMappable:
    """A colour map with limits, as colorbar() takes it."""

    def __init__(self, norm=None, cmap=None):
        self.norm, self.cmap = norm, get_cmap(cmap)

    def set_array(self, values):
        pass

    def to_rgba(self, x, alpha=None):
        return self.cmap(self.norm(x) if self.norm else x, alpha)


def __getattr__(name):
    try:
        return get_cmap(name)
    except ValueError:
        raise AttributeError(f"matplotlib.cm has no {name!r} here") from None
