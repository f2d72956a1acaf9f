"""What was spoken: every word by every voice once, kept in a folder, so that a second run need not say it again."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tools.voices import espeak, festival, flite, kokoro, pico
from tools.voices.cast import Voice

RATE = 16_000  # samples per second
_QUIET = 0.02  # of the largest sample: what is below before and after a word is silence

Speak = Callable[[Voice, str], tuple[np.ndarray, int]]


class Studio:
    """Where voices speak. `styles` is the npm package kokoro-js, with the voices of Kokoro."""

    def __init__(self, folder: Path, styles: Path) -> None:
        self._folder = folder
        self._engines: dict[str, Speak] = {
            "kokoro": kokoro.Kokoro(styles).speak, "flite": flite.speak, "festival": festival.speak, "pico": pico.speak,
            "espeak": espeak.speak,
        }  # fmt: skip

    def spoken(self, voice: Voice, word: str) -> np.ndarray:
        """The word without the silence around it: samples (n,), float32, at RATE."""
        import soundfile
        import soxr

        file = self._folder / str(voice) / f"{word}.wav"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(".unfinished")
            samples, rate = self._engines[voice.engine](voice, word)
            soundfile.write(unfinished, samples, rate, "PCM_16", format="WAV")
            unfinished.replace(file)
        samples, rate = soundfile.read(file, dtype="float32")
        quiet = kokoro.QUIET.get(word, _QUIET) if voice.engine == "kokoro" else _QUIET
        return trimmed(soxr.resample(samples, rate, RATE), quiet)


def trimmed(samples: np.ndarray, quiet: float = _QUIET) -> np.ndarray:
    """Without what is `quiet` before and after, as a share of the largest sample.

    Raises:
        ValueError: there is nothing but silence.
    """
    loud = np.flatnonzero(np.abs(samples) > quiet * np.abs(samples).max(initial=0))
    if not len(loud):
        raise ValueError("nothing can be heard")
    return samples[loud[0] : loud[-1] + 1]
