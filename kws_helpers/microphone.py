"""Sound from the learner's own world: the microphone of the browser, and files of their own.

The browser (`microphone.js`) sends what its microphone hears, a tenth of a second at a time, at the sample rate of the
sound card. Python resamples it to 16 kHz and hands it on in chunks of equal length. Where the browser allows no
microphone, a sentence says why; where there is no browser (in a notebook that was executed without one) there is a
picture.
"""

import functools
import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers import mode
from kws_helpers.data.decode import DecodeError, decode_noise
from kws_helpers.plotting import show, to_html
from kws_helpers.spotting.stream import Chunks
from kws_helpers.widgets import does_not_work, in_words, player

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FULL_SCALE = np.float32(32_768)  # of 16-bit samples

Hear = Callable[[np.ndarray], tuple[np.ndarray, str | None]]


def listen(hear: Hear, names: Sequence[str], picture: tuple["Figure", str]) -> None:
    """Show a button that starts the microphone, the probabilities as bars that move, and the last words detected.

    Args:
        hear: is given each chunk of 0.1 s, (1600,) float32 at 16 kHz, and returns the probabilities of the names and
            the word that was detected in this chunk, or None.
        names: what the probabilities are called.
        picture: a figure and its description, for where nothing can be heard (a web page, paper).
    """
    if not mode.grading():
        widget = _listening_class()(hear, names)
        show(*picture, lambda _: widget)


def upload(draw: Callable[[np.ndarray], tuple["Figure", str]], picture: tuple["Figure", str]) -> None:
    """Show a button that takes a sound file, and the figure of `draw(audio)` for it, with the sound to play.

    Args:
        draw: takes the file's sound, (n,) float32 at 16 kHz, and returns a figure and its description. Of long files
            it is given the first five minutes.
        picture: a figure and its description, for where nothing can be uploaded.
    """
    if mode.grading():
        return
    import ipywidgets

    button = ipywidgets.FileUpload(accept="audio/*", description="Choose a recording", layout={"width": "17em"})
    page = ipywidgets.HTML("WAV, FLAC, Ogg and MP3 files can be read.")

    def take(change: Any) -> None:
        if change["new"]:
            page.value = "Listening ..."
            file = change["new"][0]
            page.value = _answer(draw, bytes(file["content"]), file["type"])

    button.observe(take, names="value")
    show(*picture, lambda _: ipywidgets.VBox([button, page]))


def _answer(draw: Callable, content: bytes, kind: str) -> str:
    """Return what is shown for an uploaded file, as HTML; `kind` is its media type, such as "audio/flac"."""
    try:
        audio = decode_noise(content) / _FULL_SCALE
    except DecodeError as problem:
        return (f"<p>This file cannot be used: {html.escape(str(problem))}. WAV, FLAC, Ogg and MP3 files of at least "
                "one second can be read; a phone's own format may have to be converted first.</p>")
    try:
        figure, description = draw(audio)
    except Exception as error:
        return does_not_work(error)
    return to_html(figure, description) + player(content, kind)


@functools.cache
def _listening_class() -> type:
    """Return the widget's class. anywidget is imported only here: nothing else needs it."""
    import anywidget
    import traitlets

    class Listening(anywidget.AnyWidget):
        _esm = Path(__file__).with_suffix(".js")
        _css = Path(__file__).with_suffix(".css")
        names = traitlets.List(traitlets.Unicode()).tag(sync=True)

        def __init__(self, hear: Hear, names: Sequence[str]) -> None:
            super().__init__(names=list(names))
            self._hear, self._chunks = hear, None
            self.on_msg(self._take)

        def _take(self, widget: Any, content: dict, buffers: list) -> None:
            """Sound has come: 16-bit samples. Every message is answered, so that the browser knows that we keep up."""
            try:
                if self._chunks is None or content["first"]:
                    self._chunks = Chunks(content["rate"])
                samples = np.concatenate([np.frombuffer(piece, "<i2") for piece in buffers]) / _FULL_SCALE
                heard = [self._hear(chunk) for chunk in self._chunks.of(samples)]
                self.send({"bars": [float(one) for one in heard[-1][0]] if heard else None,
                           "words": [word for _, word in heard if word is not None]})
            except Exception as error:
                self.send({"problem": in_words(error)})

    return Listening
