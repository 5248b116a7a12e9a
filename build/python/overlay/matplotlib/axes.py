from matplotlib._axes import Axes  # noqa: F401  where code looks for it
