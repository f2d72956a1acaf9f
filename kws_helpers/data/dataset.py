"""What `load` returns: clips that are read when they are asked for, and what is known about each."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..cache import release
from .layout import CLIP_SAMPLES, SILENCE_FOLDER, SPLITS

_AT_ONCE = 64  # clips: 4 MB
_FULL_SCALE = 32768  # of 16-bit samples


class Clips:
    """One-second clips, (N, 16000) float32 in [-1, 1], that take memory only when they are asked for.

    `clips[i]` is one clip (16000,), `clips[a:b]` and `clips[[3, 1, 4]]` are arrays of several;
    `np.asarray(clips)` is all of them, 64 kB each.
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, samples: np.ndarray, starts: np.ndarray, volumes: np.ndarray):
        """Clip i is `volumes[i]` times the second that begins at `starts[i]` of `samples`, (n,) int16."""
        self._samples = samples
        self._starts = np.asarray(starts, np.int64)
        self._factors = np.asarray(volumes, np.float32) / np.float32(_FULL_SCALE)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self), CLIP_SAMPLES

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index) -> np.ndarray:
        if isinstance(index, tuple):
            rows, *columns = index
            clips = self[rows]
            return clips[(..., *columns)]
        seconds = np.lib.stride_tricks.sliding_window_view(self._samples, CLIP_SAMPLES)
        return seconds[self._starts[index]] * self._factors[index][..., np.newaxis]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[i] for i in range(len(self)))

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        if copy is False:
            raise ValueError("clips are computed when they are read: an array of them is always a copy")
        array = np.empty(self.shape, self.dtype if dtype is None else dtype)
        for start in range(0, len(self), _AT_ONCE):
            array[start : start + _AT_ONCE] = self[start : start + _AT_ONCE]
        return array

    def release(self) -> None:
        """Give back the memory of what was read, when it will not be needed again soon."""
        release(self._samples)

    def __repr__(self) -> str:
        return f"<{len(self):,} clips of {CLIP_SAMPLES:,} samples, float32>"


@dataclass(frozen=True, eq=False)
class Split:
    """The clips of one split, sorted by name, silence last."""

    clips: Clips  # (N, 16000)
    labels: np.ndarray  # (N,) int64, indices into the class names
    words: np.ndarray  # (N,) str, what is really spoken: "bed" for an unknown, "_silence_" for silence
    speakers: np.ndarray  # (N,) str; for silence the name of the background recording
    names: np.ndarray  # (N,) str, "yes/0a7c2a8d_nohash_0.wav"; for silence "recording@first sample"
    key: str  # a digest of all this, the samples included

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"<Split: {len(self):,} clips, {count_speakers(self):,} speakers>"


@dataclass(frozen=True, eq=False)
class Recordings:
    """Every readable recording of a source, sorted by name."""

    clips: Clips
    words: np.ndarray
    speakers: np.ndarray
    names: np.ndarray
    splits: np.ndarray  # (N,) str: "training", "validation" or "testing"

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"<Recordings: {len(self):,} clips, {count_speakers(self):,} speakers>"


def count_speakers(part: Split | Recordings) -> int:
    """The number of different speakers; silence has none."""
    return len(set(part.speakers[part.words != SILENCE_FOLDER]))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Spoken keywords in three splits; no speaker and no background noise is in two of them."""

    name: str
    class_names: tuple[str, ...]
    training: Split
    validation: Split
    testing: Split
    noise: dict[str, list[np.ndarray]]  # split: background recordings, (n,) float32 in [-1, 1]
    recordings: Recordings
    left_out: tuple[str, ...]  # the names of files that could not be read

    def __str__(self) -> str:
        rows = [f"{split:<12}{clips:>8,}{speakers:>11,}" for split, clips, speakers in self._table()]
        return "\n".join([self.name, f"{'split':<12}{'clips':>8}{'speakers':>11}", *rows])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{s}</td><td>{clips:,}</td><td>{n:,}</td></tr>" for s, clips, n in self._table())
        head = "<tr><th>split</th><th>clips</th><th>speakers</th></tr>"
        return f"<table><caption>{html.escape(self.name)}</caption>{head}{rows}</table>"

    def _table(self) -> list[tuple[str, int, int]]:
        return [(name, len(split), count_speakers(split)) for name in SPLITS for split in [getattr(self, name)]]
