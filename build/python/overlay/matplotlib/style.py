"""matplotlib.style: the app has one style, for light and for dark."""

import contextlib

available = ["default", "ggplot", "seaborn-v0_8", "seaborn-v0_8-whitegrid", "fivethirtyeight", "bmh", "dark_background", "classic"]
library = {name: {} for name in available}


def use(style):
    pass


@contextlib.contextmanager
def context(style, after_reset=False):
    yield
