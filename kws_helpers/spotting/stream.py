"""A spotter that hears sound without end: a window that slides, a look after every chunk, single detections."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kws_helpers.data import SAMPLE_RATE
from kws_helpers.features import FRAMES, HOP, WINDOW, cepstrum, mel_decibel
from kws_helpers.spotting.file import BATCH, CHUNK, Spotter


class Chunks:
    """Cuts a stream of sound, at any sample rate and in pieces of any length, into chunks at 16 kHz."""

    def __init__(self, rate: float, length: int = CHUNK) -> None:
        import soxr

        self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
        self._left, self._length = np.zeros(0, np.float32), length

    def of(self, samples: np.ndarray, last: bool = False) -> np.ndarray:
        """Return the chunks that are complete with these samples, (n, length) float32.

        Args:
            samples: (m,) float32.
            last: no more will come; a chunk that is not complete then is lost.
        """
        heard = np.concatenate([self._left, self._resampler.resample_chunk(samples, last=last)])
        complete = len(heard) // self._length * self._length
        self._left = heard[complete:]
        return heard[:complete].reshape(-1, self._length)


class Windows:
    """The last second of a sound after every chunk, as MFCC; it begins as zeros. A frame's power is computed once."""

    def __init__(self) -> None:
        self._samples = np.zeros(WINDOW - HOP, np.float32)  # with which the next frame begins
        self._frames = mel_decibel(np.zeros(FRAMES * HOP + WINDOW - HOP, np.float32))

    def of(self, chunks: np.ndarray) -> np.ndarray:
        """Return (n, 49, 40) for the next chunks (n, chunk) float32 at 16 kHz."""
        audio = np.concatenate([self._samples, chunks.ravel()])
        frames = np.concatenate([self._frames, mel_decibel(audio)])
        self._samples, self._frames = audio[len(audio) - len(self._samples) :], frames[-FRAMES:]
        by = chunks.shape[1] // HOP
        windows = np.lib.stride_tricks.sliding_window_view(frames, FRAMES, axis=0)[by::by]
        return cepstrum(windows.transpose(0, 2, 1))


class Look(NamedTuple):
    """What a spotter thinks after a chunk."""

    time: float  # seconds of sound that it has heard
    probabilities: np.ndarray  # (K,), smoothed
    detected: int | None  # the number of the class that was detected just now


class Stream:
    """What a spotter has heard so far; the window of one second begins as zeros."""

    def __init__(self, spotter: Spotter, threshold: float | None = None) -> None:
        """Listen with the spotter's own thresholds, or with one for all keywords."""
        self._spotter = spotter
        self.set_threshold(threshold)
        self._windows = Windows()
        self._recent = np.zeros((0, len(spotter.class_names)), np.float32)
        self._looks, self._last = 0, -np.inf

    def set_threshold(self, threshold: float | None) -> None:
        """Listen with one threshold for all keywords from now on, or with the spotter's own."""
        self._thresholds = np.array([
            (one if threshold is None else threshold) if name in self._spotter.keywords else np.inf
            for name, one in zip(self._spotter.class_names, self._spotter.thresholds)])

    def hear(self, chunks: np.ndarray) -> Iterator[Look]:
        """Yield a look after each of the next chunks (n, chunk) float32 at 16 kHz.

        Raises:
            ValueError: samples are not finite.
        """
        for start in range(0, len(chunks), BATCH):
            some = chunks[start : start + BATCH]
            if not np.isfinite(some).all():
                raise ValueError("the sound holds samples that are no finite numbers (NaN or infinity)")
            for probabilities in self._spotter.probabilities(self._windows.of(some)):
                yield self._look(probabilities)

    def _look(self, probabilities: np.ndarray) -> Look:
        self._recent = np.concatenate([self._recent, probabilities[np.newaxis]])[-self._spotter.smoothing :]
        smoothed = self._recent.mean(axis=0)
        self._looks += 1
        reached = np.where(smoothed >= self._thresholds, smoothed, -1)
        best = int(reached.argmax())
        is_new = reached[best] >= 0 and self._looks - self._last >= self._spotter.refractory
        self._last = self._looks if is_new else self._last
        return Look(self._looks * self._spotter.chunk / SAMPLE_RATE, smoothed, best if is_new else None)
