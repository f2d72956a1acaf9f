"""What `load` returns: clips that are read when they are asked for, and what is known about each."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kws_helpers.data.cache import release
from kws_helpers.data.layout import CLIP_SAMPLES, SILENCE_FOLDER, SPLITS

FULL_SCALE = np.float32(32768)  # of 16-bit samples
_AT_ONCE = 64  # clips: 4 MB


class Clips:
    """One-second clips, (N, 16000) float32 in [-1, 1], that take memory only when they are asked for.

    `clips[i]` is one clip (16000,), `clips[a:b]` and `clips[[3, 1, 4]]` are arrays of several;
    `np.asarray(clips)` is all of them, 64 kB each.

    Example:
        >>> clips = Clips(np.arange(48_000, dtype=np.int16), starts=[0, 32_000], volumes=[1, 0.5])
        >>> clips
        <2 clips of 16,000 samples, float32>
        >>> clips[0].shape, clips[[1, 0]].shape, clips[:, :100].shape
        ((16000,), (2, 16000), (2, 100))
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, samples: np.ndarray, starts: np.ndarray, volumes: np.ndarray):
        """Clip i is `volumes[i]` times the second that begins at `starts[i]` of `samples`, (n,) int16."""
        self._samples = samples
        self._starts = np.asarray(starts, np.int64)
        self._factors = np.asarray(volumes, np.float32) / FULL_SCALE

    @property
    def shape(self) -> tuple[int, int]:
        """The number of clips, and of the samples of each."""
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


@dataclass(frozen=True, eq=False, repr=False)
class _Spoken:
    """Clips (N, 16000) sorted by name, and what is known about each."""

    clips: Clips
    words: np.ndarray  # (N,) str, what is really spoken: "bed" for an unknown, "_silence_" for silence
    speakers: np.ndarray  # (N,) str; for silence the name of the background recording
    names: np.ndarray  # (N,) str, "yes/0a7c2a8d_nohash_0.wav"; for silence "recording@first sample"

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,} clips, {self.count_speakers():,} speakers>"

    def count_speakers(self) -> int:
        """Return the number of different speakers; silence has none."""
        return len(set(self.speakers[self.words != SILENCE_FOLDER]))


@dataclass(frozen=True, eq=False, repr=False)
class Split(_Spoken):
    """The clips of one split, silence last."""

    labels: np.ndarray  # (N,) int64, indices into the class names
    key: str  # a digest of all this, the samples included


@dataclass(frozen=True, eq=False, repr=False)
class Recordings(_Spoken):
    """Every readable recording of a source."""

    splits: np.ndarray  # (N,) str: "training", "validation" or "testing"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Spoken keywords in three splits; no speaker and no background noise is in two of them.

    Attributes:
        name: where the recordings come from.
        class_names: the 12 classes; a label is an index into them.
        training, validation, testing: the three splits.
        noise: background recordings of each split, (n,) float32 in [-1, 1].
        recordings: all clips, those included that are in no split because there are too many "unknown" ones.
        left_out: the names of files that could not be read.
    """

    name: str
    class_names: tuple[str, ...]
    training: Split
    validation: Split
    testing: Split
    noise: dict[str, list[np.ndarray]]
    recordings: Recordings
    left_out: tuple[str, ...]

    def __str__(self) -> str:
        rows = [f"{split:<12}{clips:>8,}{speakers:>11,}" for split, clips, speakers in self._table()]
        return "\n".join([self.name, f"{'split':<12}{'clips':>8}{'speakers':>11}", *rows])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{s}</td><td>{clips:,}</td><td>{n:,}</td></tr>" for s, clips, n in self._table())
        head = "<tr><th>split</th><th>clips</th><th>speakers</th></tr>"
        return f"<table><caption>{html.escape(self.name)}</caption>{head}{rows}</table>"

    def _table(self) -> list[tuple[str, int, int]]:
        return [(name, len(split), split.count_speakers()) for name in SPLITS for split in [getattr(self, name)]]
