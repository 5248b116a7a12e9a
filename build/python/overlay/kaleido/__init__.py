"""A stand-in for kaleido, which plotly asks for pictures (fig.write_image, fig.to_image). It starts no browser: the app draws."""

__version__ = "0.2.1+standin"  # the names are those of 0.2
