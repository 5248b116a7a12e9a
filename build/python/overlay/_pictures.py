"""Pictures of figures: the app draws them (backend/figure), from the JSON that plotly.js would draw."""

import json
import warnings

OP_DRAW = 10  # as in guest.go
FORMATS = ("png", "svg")


def draw(figure, format, width=0, height=0, scale=1, background=""):
    """The bytes of a picture. figure is JSON text; sizes are pixels of plotly.js, and scale those of a PNG for each of them."""
    import _host

    how = {"format": format, "width": width or 0, "height": height or 0, "scale": scale or 1, "background": background or ""}
    answer = _host.call(OP_DRAW, json.dumps(how).encode() + b"\0" + figure.encode("utf-8", "replace"))
    if answer[:1] != b"v":
        raise ValueError(answer[1:].decode("utf-8", "replace"))
    missing, _, picture = answer[1:].partition(b"\0")
    if missing and format == "png":
        signs = " ".join(missing.decode("utf-8", "replace"))
        warnings.warn(f"the font of PNG pictures has no sign for {signs}: boxes stand for them; an SVG is shown with the reader's fonts", stacklevel=4)
    return picture
