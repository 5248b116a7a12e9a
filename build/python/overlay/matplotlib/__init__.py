"""A stand-in for matplotlib, which cannot be built for WebAssembly yet: the common calls of pyplot become a figure that
the app draws. What it cannot do raises an error that says what to use instead."""

import sys

__version__ = "3.9+standin"  # the names are those of 3.9


class rcParamsType(dict):
    """Takes every setting. Of what can be set, figure.figsize and axes.grid are used; the rest is the app's style."""

    def __missing__(self, key):
        return {"figure.figsize": [6.4, 4.8], "figure.dpi": 100, "axes.grid": False, "font.size": 10, "lines.linewidth": 1.5}.get(key)


rcParams = rcParamsDefault = rcParamsType()


def rc(group, **settings):
    rcParams.update({f"{group}.{k}": v for k, v in settings.items()})


def rcdefaults():
    rcParams.clear()


def rc_context(rc=None, fname=None):
    import contextlib

    @contextlib.contextmanager
    def context():
        before = dict(rcParams)
        rcParams.update(rc or {})
        try:
            yield
        finally:
            rcParams.clear()
            rcParams.update(before)

    return context()


def use(backend, force=True):
    """There is one way of drawing."""


def get_backend():
    return "sandglass"


def interactive(b=True):
    pass


def is_interactive():
    return False


INSTEAD = "use plotly (import plotly.graph_objects as go, or plotly.express as px), which is complete here"


class Missing:
    """Says of a submodule of the real matplotlib that is not here what to use instead."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith(("matplotlib.", "mpl_toolkits")):
            raise ModuleNotFoundError(f"there is no {name}: matplotlib is a small stand-in in the sandbox; {INSTEAD}", name=name)


sys.meta_path.append(Missing)


def __getattr__(name):
    if name in ("colormaps", "cm", "colors", "pyplot", "ticker", "dates", "patches", "style", "lines", "gridspec"):
        import importlib

        if name == "colormaps":
            return importlib.import_module("matplotlib.cm").colormaps
        return importlib.import_module(f"matplotlib.{name}")
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"the stand-in for matplotlib has no matplotlib.{name}: {INSTEAD}")
