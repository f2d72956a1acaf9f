"""A long recording of which we know what is said in it, and when: unheard voices over background noise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kws_helpers import mode
from kws_helpers.data import KEYWORDS, SAMPLE_RATE, Dataset

_PIECE = 5.0  # seconds before the background changes
_FADE = 0.02  # seconds: a clip that began at once would click
_QUIETER = (10.0, 30.0)  # decibel by which the background is quieter than an average clip
_SHORT_MINUTES = 1  # while grading


class Word(NamedTuple):
    """Something that is said in a recording; its clip takes the samples from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str
    label: int | None  # the number of the keyword, None for any other word
    above_noise: float  # decibel by which the clip is louder than the background under it


@dataclass(frozen=True, eq=False)
class Recording:
    """A recording of some minutes and all words in it, in order."""

    audio: np.ndarray  # (n,) float32 in [-1, 1], 16 kHz
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.audio) / SAMPLE_RATE

    def truth(self, chunk: int, patience: float = 0.5) -> list[tuple[int, int, int]]:
        """Return when which keyword may be detected: [(first frame, last frame, class)], ends included.

        A frame is what is computed after `chunk` new samples: frame t has heard all samples before (t + 1) * chunk.
        A keyword counts from the frame in which its clip begins until `patience` seconds after the clip.
        """
        late = round(patience * SAMPLE_RATE)
        return [(word.start // chunk, (word.end + late) // chunk, word.label)
                for word in self.words if word.label is not None]

    def part(self, start: float, end: float) -> "Recording":
        """Return the part between two times in seconds, with the words that lie in it as a whole."""
        first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
        inside = [word for word in self.words if first <= word.start and word.end <= last]
        moved = tuple(word._replace(start=word.start - first, end=word.end - first) for word in inside)
        return Recording(self.audio[first:last], moved)

    def __repr__(self) -> str:
        keywords = sum(word.label is not None for word in self.words)
        return f"<Recording: {self.seconds:.0f} s, {keywords} keywords, {len(self.words) - keywords} other words>"


def long_recording(dataset: Dataset, split: str, minutes: float = 8, keyword_share: float = 0.5, seed: int = 0,
                   gap: tuple[float, float] = (0.5, 3.5)) -> Recording:
    """Return words of one split's voices, with pauses between them, over that split's background noise.

    Every clip is used once before any is used again.

    Args:
        dataset: what clips and noise are taken from.
        split: "validation" or "testing", so that no network has heard the voices (or the noise) in training.
        minutes: length; while grading it is one minute.
        keyword_share: share of the words that are keywords; the others are words that the spotter must ignore. Where
            the split has only one of the two, all are of that.
        seed: for everything that is drawn. Equal seeds give equal recordings.
        gap: the shortest and the longest pause between two words, in seconds.

    Raises:
        ValueError: nobody says a word in this split.
    """
    rng = np.random.default_rng(seed)
    minutes = min(minutes, _SHORT_MINUTES) if mode.short_training() else minutes
    n = round(minutes * 60 * SAMPLE_RATE)
    clips = dataset.recordings
    spoken = (clips.splits == split) & ~np.char.startswith(clips.words, "_")
    is_keyword = np.isin(clips.words, KEYWORDS)
    keyword_share = keyword_share if (spoken & ~is_keyword).any() else 1
    keyword_share = keyword_share if (spoken & is_keyword).any() else 0
    if not spoken.any():
        raise ValueError(f"{dataset.name} has no {split} clips in which a word is said, so there is nothing to hear.")
    keywords = _again_and_again(np.flatnonzero(spoken & is_keyword), rng)
    others = _again_and_again(np.flatnonzero(spoken & ~is_keyword), rng)
    average = np.sqrt(np.mean([np.mean(clips.clips[i] ** 2) for i in np.flatnonzero(spoken)]))
    audio = _background(dataset.noise[split], n, average, rng)
    words, end = [], 0
    while True:
        start = end + round(rng.uniform(*gap) * SAMPLE_RATE)
        number = next(keywords if rng.random() < keyword_share else others)
        clip = clips.clips[number]
        end = start + len(clip)
        if end + SAMPLE_RATE > n:  # a second at the end, so that the last word can be detected
            return Recording(np.clip(audio, -1, 1), tuple(words))
        above = _decibel(clip) - _decibel(audio[start:end])
        audio[start:end] += _faded(clip)
        text = str(clips.words[number])
        words.append(Word(start, end, text, KEYWORDS.index(text) if text in KEYWORDS else None, above))


def _again_and_again(numbers: np.ndarray, rng: np.random.Generator) -> Iterator[int]:
    """Yield the numbers in a random order, and then again in another."""
    while True:
        yield from rng.permutation(numbers).tolist()


def _background(noise: list[np.ndarray], n: int, average: float, rng: np.random.Generator) -> np.ndarray:
    """Return (n,) samples: pieces of noise that fade into each other, each some decibels quieter than `average`.

    Without noise they are zeros.
    """
    length, fade = round(_PIECE * SAMPLE_RATE), round(0.5 * SAMPLE_RATE)
    rise = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32))
    audio = np.zeros(n + length + fade, np.float32)
    for start in range(0, n if noise else 0, length):
        recording = noise[rng.integers(len(noise))]
        first = rng.integers(max(1, len(recording) - length - fade + 1))
        piece = np.resize(recording[first:], length + fade)
        loudness = max(float(np.sqrt(np.mean(piece**2))), 1e-6)
        piece *= average * 10 ** (-rng.uniform(*_QUIETER) / 20) / loudness
        piece[:fade] *= rise
        piece[-fade:] *= rise[::-1]
        audio[start : start + length + fade] += piece
    return audio[:n]


def _decibel(audio: np.ndarray) -> float:
    return 10 * float(np.log10(max(np.mean(audio**2), 1e-12)))


def _faded(clip: np.ndarray) -> np.ndarray:
    fade = round(_FADE * SAMPLE_RATE)
    envelope = np.ones(len(clip), np.float32)
    envelope[:fade] = np.linspace(0, 1, fade)
    envelope[-fade:] = envelope[:fade][::-1]
    return clip * envelope
