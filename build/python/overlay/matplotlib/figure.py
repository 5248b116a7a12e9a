from matplotlib._figure import Figure  # noqa: F401  where code looks for it
