"""Sound from the learner's own world: the microphone of the browser, and files of their own.

The browser (`microphone.js`) sends what its microphone hears, a tenth of a second at a time, at the sample rate of the
sound card. Python resamples it to 16 kHz and hands it on in chunks of equal length. Where the browser allows no
microphone, a sentence says why; where there is no browser (in a notebook that was executed without one) there is a
picture.
"""

import base64
import functools
import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers import mode
from kws_helpers.data.decode import DecodeError, decode_noise
from kws_helpers.microphone.takes import Takes, words_in
from kws_helpers.plotting import draw_ears, show, to_html
from kws_helpers.spotting import Spotter
from kws_helpers.spotting.stream import Chunks, Stream
from kws_helpers.widgets import as_wav, does_not_work, in_words, player

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Takes", "listen", "record", "try_spotter", "upload", "words_in"]

_FULL_SCALE = np.float32(32_768)  # of 16-bit samples

Hear = Callable[[np.ndarray, float], tuple[np.ndarray, str | None]]


def listen(hear: Hear, names: Sequence[str], picture: tuple["Figure", str], threshold: float = 0.5) -> None:
    """Show a button that starts the microphone, the probabilities as bars that move, and the last words detected.

    Args:
        hear: is given each chunk of 0.1 s, (1600,) float32 at 16 kHz, and the threshold that is set at that moment. It
            returns the probabilities of the names, and the word that was detected in this chunk, or None.
        names: what the probabilities are called.
        picture: a figure and its description, for where nothing can be heard (a web page, paper).
        threshold: where the slider begins; a line on every bar shows it.
    """
    if not mode.grading():
        widget = _listening_class()(hear, names, threshold)
        show(*picture, lambda _: widget)


def try_spotter(spotter: Spotter, sound: np.ndarray) -> None:
    """Let a finished spotter listen, as `listen` does. The picture shows, and a line says, what it makes of a sound.

    Args:
        spotter: from `spotting.load`.
        sound: a word, (n,) in [-1, 1] at 16 kHz.
    """
    if mode.grading():
        return
    numbers = [spotter.class_names.index(name) for name in spotter.keywords]
    threshold = float(np.median(spotter.thresholds[numbers]))

    def ears() -> Hear:
        stream = Stream(spotter, threshold)

        def hear(chunk: np.ndarray, threshold: float) -> tuple[np.ndarray, str | None]:
            stream.set_threshold(threshold)
            [look] = stream.hear(chunk[np.newaxis])
            return look.probabilities[numbers], None if look.detected is None else spotter.class_names[look.detected]

        return hear

    hear = ears()
    sound = np.pad(sound, (0, spotter.chunk * spotter.smoothing))
    chunks = sound[: len(sound) // spotter.chunk * spotter.chunk].reshape(-1, spotter.chunk)
    looks = [hear(chunk, threshold) for chunk in chunks]
    bars, _ = next((look for look in looks if look[1]), looks[-1])
    said = [word for _, word in looks if word]
    print(f"To the sound above it says: {', '.join(said) or 'nothing'}.")
    listen(ears(), spotter.keywords, draw_ears(bars, spotter.keywords, said, threshold), threshold)


def record(word: str, picture: tuple["Figure", str], count: int = 10) -> Takes:
    """Show a button that records a word said several times, and a way to take it from a file.

    Args:
        word: what is to be said.
        picture: a figure and its description, for where nothing can be recorded.
        count: how often it is to be said.

    Returns:
        What has been recorded; its `clips` are there as soon as they were said.
    """
    takes = Takes()
    if not mode.grading():
        widget = _recording_class()(takes, word, count)
        show(*picture, lambda _: widget)
    return takes


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
        audio = _decoded(content)
    except DecodeError as problem:
        return f"<p>{html.escape(str(problem))}</p>"
    try:
        figure, description = draw(audio)
    except Exception as error:
        return does_not_work(error)
    return to_html(figure, description) + player(content, kind)


def _decoded(content: bytes) -> np.ndarray:
    """Return the sound of a file, (n,) float32 at 16 kHz; the message of a DecodeError is a sentence."""
    try:
        return decode_noise(content) / _FULL_SCALE
    except DecodeError as problem:
        raise DecodeError(f"This file cannot be used: {problem}. WAV, FLAC, Ogg and MP3 files of at least one second "
                          "can be read; a phone's own format may have to be converted first.") from problem


def _chunks_of(chunks: Chunks | None, content: dict) -> Chunks:
    """Return what cuts the sound of a message of the browser: anew where it is the first."""
    return Chunks(content["rate"]) if chunks is None or content["first"] else chunks


def _samples(buffers: list) -> np.ndarray:
    """Return what came from the browser as (n,) float32 in [-1, 1]."""
    return np.concatenate([np.frombuffer(piece, "<i2") for piece in buffers]) / _FULL_SCALE


def _script(name: str) -> str:
    """Return the JavaScript of a widget, with what all widgets of the microphone share before it."""
    folder = Path(__file__).parent
    return "".join((folder / file).read_text("utf-8") for file in ("microphone.js", name))


@functools.cache
def _listening_class() -> type:
    """Return the widget's class. anywidget is imported only here: nothing else needs it."""
    import anywidget
    import traitlets

    class Listening(anywidget.AnyWidget):
        _esm = _script("listen.js")
        _css = Path(__file__).with_name("microphone.css")
        names = traitlets.List(traitlets.Unicode()).tag(sync=True)
        threshold = traitlets.Float().tag(sync=True)

        def __init__(self, hear: Hear, names: Sequence[str], threshold: float) -> None:
            super().__init__(names=list(names), threshold=float(threshold))
            self._hear, self._chunks = hear, None
            self.on_msg(self._take)

        def _take(self, widget: Any, content: dict, buffers: list) -> None:
            """Sound has come: 16-bit samples. Every message is answered, so that the browser knows that we keep up."""
            try:
                self._chunks = _chunks_of(self._chunks, content)
                heard = [self._hear(chunk, self.threshold) for chunk in self._chunks.of(_samples(buffers))]
                self.send({"bars": [float(one) for one in heard[-1][0]] if heard else None,
                           "words": [word for _, word in heard if word is not None]})
            except Exception as error:
                self.send({"problem": in_words(error)})

    return Listening


@functools.cache
def _recording_class() -> type:
    """Return the class of the widget that records a word."""
    import anywidget
    import traitlets

    class Recording(anywidget.AnyWidget):
        _esm = _script("record.js")
        _css = Path(__file__).with_name("microphone.css")
        word = traitlets.Unicode().tag(sync=True)
        count = traitlets.Int().tag(sync=True)

        def __init__(self, takes: Takes, word: str, count: int) -> None:
            super().__init__(word=word, count=count)
            self._takes, self._chunks = takes, None
            self.on_msg(self._take)

        def _take(self, widget: Any, content: dict, buffers: list) -> None:
            """Sound has come, or a file, or a clip is to be removed. The answer says what there is now."""
            before, answer = len(self._takes), {"heard": "rate" in content}
            try:
                if "rate" in content:
                    self._hear(content, buffers)
                elif "file" in content:
                    self._take_file(bytes(buffers[0]))
                elif content["again"] is not None:
                    self._takes.remove(content["again"])
            except DecodeError as problem:
                answer["problem"] = str(problem)
            if len(self._takes) != before or "rate" not in content:
                answer["takes"] = [{"sound": _source(clip), "note": note} for clip, note in self._takes]
            self.send(answer)

        def _hear(self, content: dict, buffers: list) -> None:
            if content["first"]:
                self._takes.begin()
            self._chunks = _chunks_of(self._chunks, content)
            for chunk in self._chunks.of(_samples(buffers)):
                if len(self._takes) < self.count:
                    self._takes.hear(chunk)

        def _take_file(self, content: bytes) -> None:
            if not self._takes.add(_decoded(content)):
                raise DecodeError("No word stands out in this file. Record it again, closer to the microphone, with a "
                                  "pause after each time that you say it.")

    return Recording


def _source(clip: np.ndarray) -> str:
    """Return a clip as a browser can play it, as an address."""
    return f"data:audio/wav;base64,{base64.b64encode(as_wav(clip)).decode()}"
