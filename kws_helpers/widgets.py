"""Figures that answer to sliders, and that stay a picture where nothing can be moved."""

import base64
import html
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kws_helpers import mode
from kws_helpers.check.stub import needs, unwritten_in
from kws_helpers.data import SAMPLE_RATE
from kws_helpers.plotting import show, to_html


def slider(label: str, low: float, high: float, value: float, step: float | None = None) -> Any:
    """Return a slider for a whole number, or for any number where `step` or a limit is not whole.

    Example:
        >>> slider("threshold", 0.0, 1.0, 0.5).step
        0.02
    """
    import ipywidgets

    whole = all(isinstance(number, int) for number in (low, high, value)) and (step is None or isinstance(step, int))
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return kind(value=value, min=low, max=high, step=step or (1 if whole else (high - low) / 50),
                continuous_update=False, **_labelled(label))


def choice(label: str, options: Any, value: Any) -> Any:
    """Return a menu. `options` is a list, or a dict from what is shown to what is meant.

    Example:
        >>> choice("stride", {"one": 1, "two": 2}, value=2).label
        'two'
    """
    import ipywidgets

    return ipywidgets.Dropdown(options=options, value=value, **_labelled(label))


def _labelled(label: str) -> dict[str, Any]:
    """Return what makes a control wide enough for its label."""
    return {"description": label, "style": {"description_width": "initial"},
            "layout": {"width": f"{16 + 0.55 * len(label):.0f}em"}}


def button(label: str) -> Any:
    """Return a button that stays down, for "on" and "off"; its value is a truth value."""
    import ipywidgets

    return ipywidgets.ToggleButton(value=False, description=label)


def explore(draw: Callable[..., tuple], controls: Mapping[str, Any]) -> None:
    """Show the figure of `draw(**values)` under its controls, and draw it anew when one is moved.

    Where nothing can be moved (on a web page, on paper) the first picture is shown. While grading, nothing is drawn.

    Args:
        draw: takes the controls' values by name and returns a figure and its description, or a figure, its
            description and a sound (n_samples,) at 16 kHz to be played.
        controls: a control for every argument of `draw`, from `slider`, `choice` or `button`, or any other
            ipywidgets widget with a `value`.
    """
    if mode.grading():
        return

    def drawn() -> tuple:
        return draw(**{name: control.value for name, control in controls.items()})

    figure, description, *sound = drawn()
    show(figure, description, lambda picture: _live(drawn, controls, picture + _players(sound)))


def _live(drawn: Callable[[], tuple], controls: Mapping[str, Any], first: str) -> Any:
    """Return a widget with the controls, a note and a page that begins with `first`, HTML."""
    import ipywidgets

    page, note = ipywidgets.HTML(first), ipywidgets.HTML()

    def redraw(change: Any) -> None:
        try:
            figure, description, *sound = drawn()
            page.value = to_html(figure, description) + _players(sound)
            note.value = ""
        except Exception as error:
            note.value = does_not_work(error)

    for control in controls.values():
        control.observe(redraw, names="value")
    return ipywidgets.VBox([ipywidgets.Box(list(controls.values()), layout={"flex_flow": "row wrap"}), note, page])


def does_not_work(error: Exception) -> str:
    """Return, as HTML, that the learner's own code raised this error."""
    said = in_words(error) if unwritten_in(error) else f"This does not work: {in_words(error)}"
    return f"<p>{html.escape(said)}</p>"


def in_words(error: Exception) -> str:
    """Return an error with its kind, or which exercise to write first where that is why."""
    if exercise := unwritten_in(error):
        return needs("This", [exercise])
    return f"{type(error).__name__}: {error}"


def player(sound: bytes, kind: str) -> str:
    """Return an audio player, as HTML, for the content of a sound file; `kind` is its media type, "audio/wav"."""
    return f'<br><audio controls src="data:{html.escape(kind)};base64,{base64.b64encode(sound).decode()}"></audio>'


def _players(sounds: list[np.ndarray]) -> str:
    """Return players for sounds (n_samples,) in [-1, 1] at 16 kHz; what is beyond is cut off."""
    return "".join(player(as_wav(sound), "audio/wav") for sound in sounds)


def as_wav(sound: np.ndarray) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(sound, -1, 1), SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
