"""kaleido.scopes.plotly.PlotlyScope, as plotly.io uses it."""

import _pictures


class PlotlyScope:
    _all_formats = _pictures.FORMATS

    def __init__(self, **settings):
        self.plotlyjs = self.mathjax = self.topojson = self.mapbox_access_token = None
        self.default_format, self.default_width, self.default_height, self.default_scale = "png", 700, 500, 1
        self.__dict__.update(settings)

    def transform(self, figure, format=None, width=None, height=None, scale=None):
        from plotly.io.json import to_json_plotly

        form = (format or self.default_format).lower()
        if form not in _pictures.FORMATS:
            raise ValueError(f"{form} pictures cannot be made here: use {' or '.join(_pictures.FORMATS)}, or write_html for a page that draws the figure")
        text = to_json_plotly(figure)
        own = figure.get("layout", {}) if isinstance(figure, dict) else {}
        width = width or own.get("width") or self.default_width
        height = height or own.get("height") or self.default_height
        return _pictures.draw(text, form, width, height, scale or self.default_scale)

    def _shutdown_kaleido(self):
        pass
