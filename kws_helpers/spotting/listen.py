"""Listening to a file or to the machine's microphone, a detection at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kws_helpers.spotting.file import Spotter
from kws_helpers.spotting.stream import Chunks, Stream

_QUIET = 0.5  # seconds after the end of a file, so that its last word can be detected
_BLOCK = 3.2  # seconds of a file that are read at a time
_MOST_SAMPLES = 2**20  # of all channels together


class Detection(NamedTuple):
    """A word that was heard; the spotter knew it after `time` seconds of sound."""

    time: float
    word: str
    probability: float


def in_file(spotter: Spotter, path: Path, threshold: float | None = None) -> Iterator[Detection]:
    """Yield what is detected in a sound file, while it is read, in order; channels are mixed.

    Raises:
        ValueError: it is no sound, holds none, or holds numbers that are not finite.
        OSError: it cannot be read.
    """
    import soundfile

    path.open("rb").close()  # an error of the system says more than libsndfile's
    try:
        with soundfile.SoundFile(path) as file:
            rate, end = file.samplerate, 0.0
            chunks, stream = Chunks(rate, spotter.chunk), Stream(spotter, threshold)
            size = max(1, min(round(_BLOCK * rate), _MOST_SAMPLES // file.channels))
            while len(block := file.read(size, dtype="float32", always_2d=True)):
                end += len(block) / rate
                yield from _detected(spotter, stream, chunks.of(block.mean(axis=1)), end)
            if not end:
                raise ValueError(f"{path} holds no sound.")
            quiet = np.zeros(round(_QUIET * rate), np.float32)
            yield from _detected(spotter, stream, chunks.of(quiet, last=True), end)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} cannot be read as sound: {error.error_string} WAV, FLAC, Ogg and MP3 files can be "
                         "read.") from None


def in_room(spotter: Spotter, threshold: float | None = None) -> Iterator[Detection]:
    """Yield what is detected in the sound of the machine's microphone, without end.

    Raises:
        ValueError: there is no microphone, or nothing to hear it with; the message says what to do.
    """
    try:
        import sounddevice
    except ImportError:
        raise ValueError("The package sounddevice is missing. Install it: pip install sounddevice") from None
    except OSError:
        raise ValueError("The library PortAudio is missing. On Debian and Ubuntu: apt install libportaudio2") from None
    try:
        with sounddevice.InputStream(channels=1, dtype="float32") as microphone:
            chunks, stream = Chunks(microphone.samplerate, spotter.chunk), Stream(spotter, threshold)
            size = round(microphone.samplerate / 20)
            while True:
                block, _ = microphone.read(size)
                yield from _detected(spotter, stream, chunks.of(block[:, 0]), np.inf)
    except (sounddevice.PortAudioError, ValueError) as error:
        raise ValueError(f"No microphone can be heard: {error}. Is one connected, and may Python use it?") from None


def _detected(spotter: Spotter, stream: Stream, chunks: np.ndarray, end: float) -> Iterator[Detection]:
    for look in stream.hear(chunks):
        if (number := look.detected) is not None:
            yield Detection(min(look.time, end), spotter.class_names[number], float(look.probabilities[number]))
