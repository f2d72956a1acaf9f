"""Training clips that are changed afresh in every epoch: a thousand voices, rooms and microphones out of a few.

The changes are made where they cost least: on the powers in the mel bands, between the Fourier transform and the
cosine transform of the MFCC. There, a shift in time moves rows; another speed or another voice stretches one of the
axes; loudness is a factor; noise adds its own powers (as unrelated sounds do on average), so many decibel quieter than
an average word; and a microphone is one more constant for each coefficient.
"""

import math
from dataclasses import dataclass

import keras
import numpy as np

from kws_helpers import features
from kws_helpers.data import Dataset
from kws_helpers.features import FRAMES, HOP, LEVEL, N_MELS, NEPER_IN_DECIBEL, Prepared

_QUIET = np.int16(-100 / LEVEL)  # the smallest power that there is


@dataclass(frozen=True)
class Changes:
    """How far clips are changed; 0 (None for the noise) leaves that alone. Each clip draws its own values, evenly.

    Example:
        >>> Changes(loudness=6).loudness, Changes().shift
        (6, 0.1)
    """

    shift: float = 0.1  # seconds, to either side
    speed: float = 0.15  # share by which a clip gets faster or slower
    voice: float = 0.1  # share by which the mel axis is stretched: larger and smaller mouths (Jaitly & Hinton 2013)
    loudness: float = 10.0  # decibel, to either side
    noise: tuple[float, float] | None = (20.0, 45.0)  # decibel by which the background is quieter than an average word
    microphone: float = 0.5  # standard deviation of a constant on the coefficients 1 to 19, in units of theirs
    mask: int = 8  # frames that are masked at most, twice (SpecAugment: Park et al. 2019)


class AugmentedClips(keras.utils.PyDataset):
    """The training clips in batches, in another order and changed by other random values in every epoch.

    Keras makes the next batches while the network learns: ``network.fit(AugmentedClips(dataset, prepared), …)``,
    without `y` and `batch_size`. All that is random follows from the seed, and from the numbers of the epoch and of the
    batch. The epochs are counted on when the same object is given to `fit` once more.

    Args:
        dataset: what the clips and the background noise are taken from (the training split's only).
        prepared: the same as features, for their mean and standard deviation.
        changes: how far clips are changed; None for the usual.
        batch_size: clips per batch; the last batch may have fewer.
        seed: any whole number from 0.

    Example:
        >>> from kws_helpers import data, features
        >>> dataset = data.load(max_per_word=10)
        >>> clips = AugmentedClips(dataset, features.prepare(dataset), Changes(shift=0.2), batch_size=32)
        >>> x, y = clips[0]
        >>> x.shape, y.shape
        ((32, 49, 40), (32,))
    """

    def __init__(self, dataset: Dataset, prepared: Prepared, changes: Changes | None = None, batch_size: int = 64,
                 seed: int = 0) -> None:
        super().__init__()
        self.changes, self.batch_size, self.seed = changes or Changes(), batch_size, seed
        self.y = dataset.training.labels
        self._levels = features.mel_levels_of(dataset.training)
        self._spoken = dataset.training.words != "_silence_"
        self._noise = [_of_loudness_1(np.exp(features.mel_decibel(recording) / NEPER_IN_DECIBEL))
                       for recording in dataset.noise["training"]]
        some = self._levels[np.flatnonzero(self._spoken)[::5]]
        self._loudness = _loudness(_power(some, np.zeros(len(some))))
        self._standardised = prepared.standardised
        self._epoch = -1
        self.on_epoch_end()

    def on_epoch_end(self) -> None:
        """Draw the order of the clips for the next epoch."""
        self._epoch += 1
        self._order = np.random.default_rng([self.seed, self._epoch]).permutation(len(self.y))

    def __len__(self) -> int:
        """Return how many batches are in an epoch."""
        return math.ceil(len(self.y) / self.batch_size)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Make a batch of this epoch: standardised MFCC (n, 49, 40) and labels (n,).

        Raises:
            IndexError: there is no such batch. (With older versions of Keras, nothing else ends a loop over batches.)
        """
        if not 0 <= number < len(self):
            raise IndexError(f"an epoch has the batches 0 to {len(self) - 1}; {number} was asked for")
        chosen = self._order[number * self.batch_size : (number + 1) * self.batch_size]
        rng = np.random.default_rng([self.seed, self._epoch, number])
        return self.augmented(chosen, rng), self.y[chosen]

    def augmented(self, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Change the training clips with the numbers `chosen` (n,); return standardised MFCC (n, 49, 40)."""
        changes, n = self.changes, len(chosen)
        spoken = self._spoken[chosen]
        levels = _warped_in_time(self._levels, chosen, *_time_warps(changes, spoken, rng))
        levels = _with_other_voices(levels, changes.voice * spoken * rng.uniform(-1, 1, n))
        power = _power(levels, rng.uniform(-changes.loudness, changes.loudness, n))
        if changes.noise and self._noise:
            noise = self._loudness * 10 ** (-rng.uniform(*changes.noise, n) / 10)
            power += self._noise_stretches(n, _column(noise), rng)
        x = self._standardised(features.cepstrum(features.decibel_of(power)))
        x[..., 1:20] += rng.normal(0, changes.microphone, size=(n, 1, 19)).astype(np.float32)
        return _mask_frames(x, changes.mask, rng)

    def _noise_stretches(self, n: int, factors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A second of a random recording, times its factor, for each of n clips: (n, 49, 128)."""
        stretches = np.empty((n, FRAMES, N_MELS), np.float32)
        for stretch, factor, number in zip(stretches, factors, rng.integers(len(self._noise), size=n), strict=True):
            start = rng.integers(len(self._noise[number]) - FRAMES + 1)
            np.multiply(self._noise[number][start : start + FRAMES], factor, out=stretch)
        return stretches


def _power(levels: np.ndarray, louder: np.ndarray) -> np.ndarray:
    """Powers of levels (n, 49, 128), each clip so many decibel louder, (n,)."""
    power = np.multiply(levels, LEVEL / NEPER_IN_DECIBEL, dtype=np.float32)
    power += _column(louder / NEPER_IN_DECIBEL)
    return np.exp(power, out=power)  # in place: memory that is new costs more than the arithmetic


def _loudness(power: np.ndarray) -> float:
    """Return the power (..., T, 128) of all bands together, the mean over time."""
    return float(power.sum(axis=-1, dtype=float).mean())


def _of_loudness_1(power: np.ndarray) -> np.ndarray:
    return power * np.float32(1 / max(_loudness(power), 1e-10))


def _column(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)[:, np.newaxis, np.newaxis]


def _time_warps(changes: Changes, spoken: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n = len(spoken)
    limit = changes.shift * features.SAMPLE_RATE / HOP
    return spoken * rng.uniform(-limit, limit, n), 1 + spoken * rng.uniform(-changes.speed, changes.speed, n)


def _warped_in_time(levels: np.ndarray, chosen: np.ndarray, shift: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """The chosen clips, each moved by `shift` frames and played `rate` times as fast around its middle.

    Each frame is the nearest one of the clip; silence comes in at the ends.
    """
    frames = levels.shape[1]
    middle = (frames - 1) / 2
    place = middle + rate[:, np.newaxis] * (np.arange(frames) - middle - shift[:, np.newaxis])
    place = np.rint(place).astype(int)
    warped = levels[chosen[:, np.newaxis], np.clip(place, 0, frames - 1)]
    warped[(place < 0) | (place >= frames)] = _QUIET
    return warped


def _with_other_voices(levels: np.ndarray, stretch: np.ndarray) -> np.ndarray:
    """Stretch the mel axis of each clip by 1 + `stretch`, in steps of a hundredth; each band is the nearest one."""
    percent = np.rint(100 * stretch).astype(int)
    warped = np.empty_like(levels)
    for one in np.unique(percent):
        bands = np.rint(np.minimum(np.arange(N_MELS) * (1 + one / 100), N_MELS - 1)).astype(int)
        warped[percent == one] = levels[percent == one].take(bands, axis=-1)
    return warped


def _mask_frames(x: np.ndarray, width: int, rng: np.random.Generator) -> np.ndarray:
    frame = np.arange(x.shape[1])
    for _ in range(2):
        widths = rng.integers(0, width + 1, len(x))
        starts = rng.integers(0, x.shape[1] - widths + 1)
        masked = (frame >= starts[:, np.newaxis]) & (frame < (starts + widths)[:, np.newaxis])
        x[masked] = 0
    return x
