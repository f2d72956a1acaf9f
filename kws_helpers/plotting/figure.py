"""What all figures share: style, colours, and the way they are shown."""

import base64
import html
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kws_helpers import mode

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), ordered so that neighbours also differ in grey.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#222222")
PICTURE_COLOURS = "cividis"  # rises evenly in grey, too

FINENESS = 2
"""Dots of a picture for each pixel of a plain screen: on a fine one it is as sharp as the words around it."""

_DOTS = 100  # per inch, on a plain screen
_STYLE = {
    "figure.dpi": _DOTS, "figure.facecolor": "white", "figure.constrained_layout.use": True, "font.size": 11,
    "savefig.facecolor": "white", "axes.titlesize": 12, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": False,
}


def new_figure(rows: int = 1, columns: int = 1, width: float = 8, height: float = 3.2, **options):
    """A figure and its axes in the course's style (`options` go to ``Figure.subplots``). Size in inches."""
    import matplotlib
    from cycler import cycler
    from matplotlib.figure import Figure

    colours = cycler(color=[BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, BLACK])
    with matplotlib.rc_context({**_STYLE, "axes.prop_cycle": colours}):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots(rows, columns, **options)
    return figure, axes


def to_png(figure: "Figure") -> bytes:
    """The figure as a PNG picture, `FINENESS` times as fine as it is meant to be shown.

    It has 256 colours, none of them far from its own, which takes a third of the bytes.
    """
    import matplotlib
    from PIL import Image

    drawn, picture = io.BytesIO(), io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(drawn, format="png", dpi=FINENESS * _DOTS, pil_kwargs={"compress_level": 1})
    colours = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    colours.save(picture, format="png")
    return picture.getvalue()


def to_html(figure: "Figure", description: str) -> str:
    """The figure as HTML, with its description, in the size that it is meant to have."""
    return _image(to_png(figure), figure, description)


def show(figure: "Figure", description: str, live: Callable[[str], Mapping[str, Any]] | None = None) -> None:
    """Show a figure in the notebook. `description` says what is to be seen, for those who cannot see it.

    `live` is given the figure as HTML, and returns what a widget has for Jupyter to show; the figure is for where
    nothing can be moved, as on paper.

    While grading, the description is all that is shown: drawing takes half a second, and no grade depends on it.
    """
    from IPython.display import display

    text = {"text/plain": f"Figure: {description}"}
    if mode.grading():
        display(text, raw=True)
        return
    picture, (width, height) = to_png(figure), _size(figure)
    page = _image(picture, figure, description)
    display({**(live(page) if live else {}), "text/html": page, "image/png": picture, **text},
            metadata={"image/png": {"alt": description, "width": width, "height": height}}, raw=True)


def _image(picture: bytes, figure: "Figure", description: str) -> str:
    """JupyterLab shows a picture's description only if it is HTML (jupyter/enhancement-proposals, issue 120)."""
    width, _ = _size(figure)
    return (f'<img alt="{html.escape(description)}" width="{width}" style="max-width: 100%; height: auto" '
            f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">')


def _size(figure: "Figure") -> tuple[int, int]:
    """Width and height in the browser's pixels."""
    width, height = figure.get_size_inches()
    return round(width * _DOTS), round(height * _DOTS)
