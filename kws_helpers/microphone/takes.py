"""Words that stand out of a recording, each cut out as a clip of one second."""

from collections.abc import Iterator

import numpy as np

from kws_helpers.data import CLIP_SAMPLES, SAMPLE_RATE

_FRAME = 160  # samples: 10 ms
_STANDS_OUT = 12  # decibel by which the loudest must be louder than the background, or nothing is said
_QUIETEST = -55  # decibel of full scale: what is never louder is no word
_BELOW_LOUDEST = 30  # decibel: the tail of a word may be so much quieter than its loudest part
_PAUSE = 30  # frames: a shorter one is inside a word
_SHORTEST = 8  # frames: what is shorter is a click
_MEMORY = 20 * SAMPLE_RATE  # of what is still being heard
_TOO_LOUD = 0.99


def words_in(audio: np.ndarray, ended: bool = True) -> list[tuple[int, int]]:
    """Return where words stand out of a sound (n,) in [-1, 1] at 16 kHz: [(first sample, end)].

    A word is what is louder than halfway (in decibels) between the background and the loudest, up to a pause of 0.3 s.
    Where the sound has not ended yet, the last word counts only once that pause was heard.
    """
    count = len(audio) // _FRAME
    if count < _PAUSE:
        return []
    power = np.mean(np.reshape(audio[: count * _FRAME], (count, _FRAME)) ** 2, axis=1)
    level = 10 * np.log10(np.convolve(power, np.ones(5) / 5, mode="same") + 1e-10)
    quiet, loudest = np.percentile(level, 20), np.percentile(level, 99)
    if loudest < max(quiet + _STANDS_OUT, _QUIETEST):
        return []
    loud = np.flatnonzero(level > max((quiet + loudest) / 2, loudest - _BELOW_LOUDEST))
    runs = [run for run in np.split(loud, np.flatnonzero(np.diff(loud) > _PAUSE) + 1) if len(run) >= _SHORTEST]
    if runs and not ended and count - runs[-1][-1] <= _PAUSE:
        runs.pop()
    return [(int(run[0]) * _FRAME, int(run[-1] + 1) * _FRAME) for run in runs]


def clip_around(audio: np.ndarray, start: int, end: int) -> np.ndarray:
    """Cut a second around a word (its loudest second, where it takes longer): (16000,)."""
    if end - start > CLIP_SAMPLES:
        energy = np.concatenate([[0], np.cumsum(audio[start:end].astype(float) ** 2)])
        first = start + int(np.argmax(energy[CLIP_SAMPLES:] - energy[:-CLIP_SAMPLES]))
    else:
        first = (start + end - CLIP_SAMPLES) // 2
    first = min(max(first, 0), max(len(audio) - CLIP_SAMPLES, 0))
    clip = audio[first : first + CLIP_SAMPLES]
    return np.pad(clip, (0, CLIP_SAMPLES - len(clip))).astype(np.float32)


class Takes:
    """Clips of a word that is said several times, from the microphone or from files.

    Iterating gives each clip with what is wrong with it, "" for nothing.
    """

    def __init__(self) -> None:
        self._clips: list[tuple[np.ndarray, str]] = []
        self.begin()

    @property
    def clips(self) -> np.ndarray:
        """What was recorded so far: (n, 16000) float32 in [-1, 1]."""
        return np.array([clip for clip, _ in self._clips], np.float32).reshape(-1, CLIP_SAMPLES)

    def __len__(self) -> int:
        return len(self._clips)

    def __iter__(self) -> Iterator[tuple[np.ndarray, str]]:
        return iter(self._clips)

    def begin(self) -> None:
        """Forget the sound that was heard last: what comes next is another recording."""
        self._sound, self._known = np.zeros(0, np.float32), 0

    def hear(self, chunk: np.ndarray) -> None:
        """Hear the next samples of a recording; a word is kept as soon as the pause after it was heard."""
        self._sound = np.concatenate([self._sound, chunk])
        for start, end in words_in(self._sound, ended=False):
            if start >= self._known and len(self._sound) >= CLIP_SAMPLES:
                self._keep(self._sound, start, end)
                self._known = end
        forgotten = max(0, len(self._sound) - _MEMORY)
        self._sound, self._known = self._sound[forgotten:], max(0, self._known - forgotten)

    def add(self, audio: np.ndarray) -> int:
        """Add all words of a whole recording (n,); return how many there are."""
        places = words_in(audio)
        for start, end in places:
            self._keep(audio, start, end)
        return len(places)

    def remove(self, number: int) -> None:
        """Remove the clip with this number, from 0."""
        del self._clips[number : number + 1]

    def _keep(self, audio: np.ndarray, start: int, end: int) -> None:
        clip = clip_around(audio, start, end)
        note = "too loud: go further away" if np.abs(clip).max() > _TOO_LOUD else ""
        self._clips.append((clip, "longer than a second" if end - start > CLIP_SAMPLES else note))
