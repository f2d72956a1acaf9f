"""Training clips that are changed afresh in every epoch: a thousand voices, rooms and microphones out of a few.

The changes are made where they cost least: on the powers in the mel bands, between the Fourier transform and the
cosine transform of the MFCC. There, a shift in time moves rows; another speed or another voice stretches one of the
axes; loudness is a factor; noise adds its own powers (on average: sounds that have nothing to do with each other
neither help nor hinder one another); and a microphone is one more constant for each coefficient.
"""

from dataclasses import dataclass

import numpy as np

from kws_helpers import features
from kws_helpers.data import Dataset
from kws_helpers.features import HOP, N_MELS, Prepared

_FRAMES = 49
_QUIET = -100.0  # decibel
_NEPER = np.float32(np.log(10) / 10)  # in a decibel; exp and log are several times as fast as powers of 10 and log10


@dataclass(frozen=True)
class Changes:
    """How far clips are changed; 0 leaves that alone. Each clip draws its own values, evenly up to the limit."""

    shift: float = 0.1  # seconds, to either side
    speed: float = 0.15  # share by which a clip gets faster or slower
    voice: float = 0.1  # share by which the mel axis is stretched: larger and smaller mouths (Jaitly & Hinton 2013)
    loudness: float = 10.0  # decibel, to either side
    noise: float = 0.3  # largest volume of the background noise
    noise_share: float = 0.8  # share of the clips that get noise
    microphone: float = 0.5  # standard deviation of a constant on the coefficients 1 to 19, in units of theirs
    mask: int = 8  # frames that are masked at most, twice (SpecAugment: Park et al. 2019)


class AugmentedClips:
    """The training split in batches, every clip changed by other random values in every epoch.

    Use it in place of the training clips: ``training.fit(model, AugmentedClips(dataset, prepared), …)``. The
    next clips are made while the network trains. Training with the same seed sees the same clips.

    Args:
        dataset: what the clips and the background noise are taken from (the training split's only).
        prepared: the same as features, for their mean and standard deviation.
        changes: how far clips are changed.
    """

    def __init__(self, dataset: Dataset, prepared: Prepared, changes: Changes | None = None) -> None:
        self.changes = changes or Changes()
        self.y = prepared.training.y
        self._decibel = features.mel_decibel_of(dataset.training)
        self._spoken = dataset.training.words != "_silence_"
        noise = [features.mel_decibel(recording) for recording in dataset.noise["training"]]
        self._noise = [_power(one) for one in noise]
        self._standardised = prepared.standardised

    def __len__(self) -> int:
        """Clips in an epoch."""
        return len(self.y)

    def augmented(self, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The training clips with the numbers `chosen` (n,), changed: standardised MFCC (n, 49, 40)."""
        changes, n = self.changes, len(chosen)
        spoken = self._spoken[chosen]
        decibel = self._decibel[chosen].astype(np.float32)
        decibel = _warp_time(decibel, *_time_warps(changes, spoken, rng))
        decibel = _warp_voice(decibel, changes.voice * spoken * rng.uniform(-1, 1, n))
        power = _power(decibel + _column(rng.uniform(-changes.loudness, changes.loudness, n)))
        volume = rng.uniform(0, changes.noise, n) * (rng.uniform(size=n) < changes.noise_share)
        power += self._noise_stretches(n, rng) * _column(volume**2)
        x = self._standardised(features.cepstrum(_decibel(power)))
        x[..., 1:20] += rng.normal(0, changes.microphone, size=(n, 1, 19)).astype(np.float32)
        return _mask_frames(x, changes.mask, rng)

    def _noise_stretches(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """A second of a random recording for each of n clips: (n, 49, 128)."""
        stretches = np.empty((n, _FRAMES, N_MELS), np.float32)
        for stretch, number in zip(stretches, rng.integers(len(self._noise), size=n)):
            start = rng.integers(len(self._noise[number]) - _FRAMES + 1)
            stretch[:] = self._noise[number][start : start + _FRAMES]
        return stretches


def _power(decibel: np.ndarray) -> np.ndarray:
    power = _NEPER * decibel
    return np.exp(power, out=power)  # in place: large new arrays cost more than the arithmetic


def _decibel(power: np.ndarray) -> np.ndarray:
    decibel = np.maximum(power, np.float32(1e-10))
    np.log(decibel, out=decibel)
    decibel /= _NEPER
    return decibel


def _column(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)[:, np.newaxis, np.newaxis]


def _time_warps(changes: Changes, spoken: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n = len(spoken)
    limit = changes.shift * features.SAMPLE_RATE / HOP
    return spoken * rng.uniform(-limit, limit, n), 1 + spoken * rng.uniform(-changes.speed, changes.speed, n)


def _warp_time(decibel: np.ndarray, shift: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Move each clip by `shift` frames and play it `rate` times as fast around its middle; silence comes in."""
    n, frames, bands = decibel.shape
    middle = (frames - 1) / 2
    place = middle + rate[:, np.newaxis] * (np.arange(frames) - middle - shift[:, np.newaxis])
    quiet = np.full((n, 1, bands), _QUIET, np.float32)
    padded = np.concatenate([quiet, decibel, quiet], axis=1)
    place = np.clip(place + 1, 0, frames + 1 - 1e-4)
    before = place.astype(int)
    weight = (place - before).astype(np.float32)[..., np.newaxis]
    clip = np.arange(n)[:, np.newaxis]
    return _between(padded[clip, before], padded[clip, before + 1], weight)


def _warp_voice(decibel: np.ndarray, stretch: np.ndarray) -> np.ndarray:
    """Stretch the mel axis of each clip by 1 + `stretch`, in steps of a hundredth."""
    percent = np.rint(100 * stretch).astype(int)
    warped = np.empty_like(decibel)
    for one in np.unique(percent):
        place = np.minimum(np.arange(N_MELS) * (1 + one / 100), N_MELS - 1.001)
        before = place.astype(int)
        weight = (place - before).astype(np.float32)
        clips = decibel[percent == one]
        warped[percent == one] = _between(clips.take(before, axis=-1), clips.take(before + 1, axis=-1), weight)
    return warped


def _between(start: np.ndarray, end: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(1 - weight) start + weight end; what was in the two arrays is lost."""
    end -= start
    end *= weight
    start += end
    return start


def _mask_frames(x: np.ndarray, width: int, rng: np.random.Generator) -> np.ndarray:
    frame = np.arange(x.shape[1])
    for _ in range(2):
        widths = rng.integers(0, width + 1, len(x))
        starts = rng.integers(0, x.shape[1] - widths + 1)
        masked = (frame >= starts[:, np.newaxis]) & (frame < (starts + widths)[:, np.newaxis])
        x[masked] = 0
    return x
