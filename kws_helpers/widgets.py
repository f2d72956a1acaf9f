"""Figures that answer to sliders, and that stay a picture where nothing can be moved."""

import base64
import html
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kws_helpers import mode
from kws_helpers.plotting import show, to_html

SAMPLE_RATE = 16_000


def slider(label: str, low: float, high: float, value: float, step: float | None = None) -> Any:
    """A slider for a whole number, or for a number where `step` or a limit is not whole."""
    import ipywidgets

    whole = all(isinstance(number, int) for number in (low, high, value)) and (step is None or isinstance(step, int))
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    step = step or (1 if whole else (high - low) / 50)
    return kind(value=value, min=low, max=high, step=step, description=label, continuous_update=False,
                style={"description_width": "initial"}, layout=_wide_enough(label))


def choice(label: str, options: Any, value: Any) -> Any:
    """A menu. `options` is a list, or a dict from what is shown to what is meant."""
    import ipywidgets

    return ipywidgets.Dropdown(options=options, value=value, description=label,
                               style={"description_width": "initial"}, layout=_wide_enough(label))


def _wide_enough(label: str) -> dict[str, str]:
    return {"width": f"{16 + 0.55 * len(label):.0f}em"}


def button(label: str) -> Any:
    """A button that stays down, for "on" and "off"; its value is a truth value."""
    import ipywidgets

    return ipywidgets.ToggleButton(value=False, description=label)


def explore(draw: Callable[..., tuple], controls: Mapping[str, Any]) -> None:
    """Show the figure of `draw(**values)` under its controls, and draw it anew when one is moved.

    Args:
        draw: takes the controls' values by name and returns a figure and its description, or a figure, its
            description and a sound (n_samples,) to be played.
        controls: a control for every argument of `draw`, from `slider`, `choice` or `button`, or any other
            ipywidgets widget with a `value`.

    Where nothing can be moved (on a web page, on paper) the first picture is shown. While grading, nothing is drawn.
    """
    if mode.grading():
        return
    figure, description, *sound = draw(**{name: control.value for name, control in controls.items()})
    show(figure, description, lambda picture: _live(draw, controls, _page(picture, *sound)))


def _live(draw: Callable[..., tuple], controls: Mapping[str, Any], first: str) -> dict[str, Any]:
    import ipywidgets

    page = ipywidgets.HTML(first)
    note = ipywidgets.HTML()

    def redraw(change: Any) -> None:
        try:
            figure, description, *sound = draw(**{name: control.value for name, control in controls.items()})
            page.value = _page(to_html(figure, description), *sound)
            note.value = ""
        except Exception as error:
            note.value = f"<p>This does not work: {html.escape(f'{type(error).__name__}: {error}')}</p>"

    for control in controls.values():
        control.observe(redraw, names="value")
    rows = ipywidgets.Box(list(controls.values()), layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([rows, note, page])._repr_mimebundle_()


def _page(picture: str, sound: np.ndarray | None = None) -> str:
    if sound is None:
        return picture
    return f'{picture}<br><audio controls src="data:audio/wav;base64,{base64.b64encode(_wav(sound)).decode()}"></audio>'


def _wav(sound: np.ndarray) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(sound, -1, 1), SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
