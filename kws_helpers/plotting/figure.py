"""What all figures share: style, panels, labels, and the way they are shown."""

import base64
import html
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers import mode
from kws_helpers.plotting.colours import COLOUR_MAP, CYCLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FINENESS = 2
"""Dots of a picture for each pixel of a plain screen: on a fine one it is as sharp as the words around it."""

_DOTS = 100  # per inch, on a plain screen
_STYLE = {
    "figure.dpi": _DOTS, "figure.facecolor": "white", "figure.constrained_layout.use": True, "font.size": 11,
    "savefig.facecolor": "white", "axes.titlesize": 12, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": False,
}


def new_figure(rows: int = 1, columns: int = 1, width: float = 8, height: float = 3.2, **options):
    """Return a figure and its axes in the course's style (`options` go to ``Figure.subplots``). Size in inches."""
    import matplotlib
    from cycler import cycler
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**_STYLE, "axes.prop_cycle": cycler(color=CYCLE)}):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots(rows, columns, **options)
    return figure, axes


def new_panels(entries: Mapping[str, Any], columns: int = 0, ylabel: str = "", titles: Mapping[str, Any] | None = None,
               **options) -> tuple["Figure", list[tuple["Axes", Any]]]:
    """Return a figure with a panel for each entry, titled, and the panels with their entries.

    Args:
        entries: what the panels show, by their titles.
        columns: panels side by side; 0 for all of them.
        ylabel: the label of the first panel's y axis.
        titles: settings of the titles, such as their font size.
        options: as for `new_figure`.
    """
    columns = columns or len(entries)
    figure, axes = new_figure(-(-len(entries) // columns), columns, squeeze=False, **options)
    for axis, title in zip(axes.flat, entries, strict=False):
        axis.set_title(title, **(titles or {}))
    for axis in axes.flat[len(entries):]:
        axis.set_axis_off()
    axes[0, 0].set_ylabel(ylabel)
    return figure, list(zip(axes.flat, entries.values(), strict=False))


def label(axis: "Axes", percent: str = "", whole: str = "", legend: bool = False, **settings: Any) -> None:
    """Label an axis and its ticks.

    Args:
        axis: what is labelled.
        percent, whole: "x", "y" or "xy": which ticks are shares, to be written in per cent, or whole numbers.
        legend: whether a legend goes to the right of it.
        settings: as for ``Axes.set``.
    """
    axis.set(**settings)
    for name in percent:
        getattr(axis, f"{name}axis").set_major_formatter("{x:.0%}")
    for name in whole:
        getattr(axis, f"{name}axis").get_major_locator().set_params(integer=True)
    if legend:
        axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def legend_below(figure: "Figure", columns: int) -> None:
    """Put the first panel's legend below all panels."""
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=columns, frameon=False)


def picture(axis: "Axes", values: Any, limits: tuple[float, float] | None = None, masked: str = "") -> Any:
    """Draw features (T, F), time to the right and F upwards; what is exactly 0 gets the colour `masked`, if any."""
    import matplotlib

    values, cmap = np.asarray(values).T, matplotlib.colormaps[COLOUR_MAP]
    if masked:
        values, cmap = np.ma.masked_equal(values, 0), cmap.with_extremes(bad=masked)
    low, high = limits or (None, None)
    return axis.imshow(values, origin="lower", aspect="auto", vmin=low, vmax=high, cmap=cmap)


def frame(axis: "Axes", left: float, low: float, width: float, height: float, **options: Any) -> None:
    """Draw the outline of a rectangle."""
    from matplotlib.patches import Rectangle

    axis.add_patch(Rectangle((left, low), width, height, fill=False, **options))


def spread_in_words(values: np.ndarray) -> str:
    """Say between which limits the means and standard deviations of the columns of `values` (n, k) lie."""
    mean, std = np.mean(values, axis=0), np.std(values, axis=0)
    return (f"means from {mean.min():.2f} to {mean.max():.2f}, standard deviations from {std.min():.2f} to "
            f"{std.max():.2f}")


def to_png(figure: "Figure") -> bytes:
    """Return the figure as a PNG picture, `FINENESS` times as fine as it is meant to be shown.

    It has 256 colours, none of them far from its own, which takes a third of the bytes.
    """
    import matplotlib
    from PIL import Image

    drawn, picture = io.BytesIO(), io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(drawn, format="png", dpi=FINENESS * _DOTS, pil_kwargs={"compress_level": 1})
    few = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(picture, format="png")
    return picture.getvalue()


def to_html(figure: "Figure", description: str) -> str:
    """Return the figure as HTML, with its description, in the size that it is meant to have."""
    return _image(to_png(figure), figure, description)


def show(figure: "Figure", description: str, live: Callable[[str], Any] | None = None) -> None:
    """Show a figure in the notebook, and elsewhere its description.

    While grading, the description is all that is shown: drawing takes half a second, and no grade depends on it.

    Args:
        figure: as `new_figure` makes it.
        description: what is to be seen, for those who cannot see it.
        live: is given the figure as HTML and returns a widget; the figure is for where nothing can be moved, as on
            paper.
    """
    from IPython.display import display

    display(_Shown(figure, description, live))


class _Shown:
    """A figure as Jupyter asks for it, drawn only then."""

    def __init__(self, figure: "Figure", description: str, live: Callable[[str], Any] | None) -> None:
        self._figure, self._description, self._live = figure, description, live

    def __repr__(self) -> str:
        return f"Figure: {self._description}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        if mode.grading():
            return {"text/plain": repr(self)}, {}
        png, (width, height) = to_png(self._figure), _size(self._figure)
        page = _image(png, self._figure, self._description)
        widget = self._live(page)._repr_mimebundle_() if self._live else {}
        widget = widget[0] if isinstance(widget, tuple) else widget
        told = {"alt": self._description, "width": width, "height": height}
        return {**widget, "text/html": page, "image/png": png, "text/plain": repr(self)}, {"image/png": told}


def _image(png: bytes, figure: "Figure", description: str) -> str:
    """JupyterLab shows a picture's description only if it is HTML (jupyter/enhancement-proposals, issue 120)."""
    width, _ = _size(figure)
    return (f'<img alt="{html.escape(description)}" width="{width}" style="max-width: 100%; height: auto" '
            f'src="data:image/png;base64,{base64.b64encode(png).decode()}">')


def _size(figure: "Figure") -> tuple[int, int]:
    """Return width and height in the browser's pixels."""
    width, height = figure.get_size_inches()
    return round(width * _DOTS), round(height * _DOTS)
