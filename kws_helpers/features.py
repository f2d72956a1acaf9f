"""MFCC: from the samples of a clip to the (49, 40) numbers that the networks see.

A 40 ms window every 20 ms, 128 mel bands, 40 coefficients: the values of `librosa.feature.mfcc(y=clip, sr=16000,
n_mfcc=40, n_fft=640, hop_length=320, center=False).T`, computed for many clips at a time.
"""

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from kws_helpers.data import KEYWORDS, SAMPLE_RATE, Clips, Dataset, Split
from kws_helpers.data.cache import cached_arrays
from kws_helpers.desk.messages import progress_line, warn
from kws_helpers.desk.text import listed

WINDOW = 640  # samples: 40 ms
HOP = 320  # samples: 20 ms
FRAMES = 49  # in a second
N_MELS = 128
N_MFCC = 40
TOP_DECIBEL = 80  # what is quieter than this below the loudest point of its clip is raised to it
_SMALLEST_POWER = 1e-10  # -100 dB
NEPER_IN_DECIBEL = np.float32(10 / np.log(10))
LEVEL = np.float32(1 / 128)  # decibel: a step of the 16-bit numbers in which powers are kept
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)  # periodic
_BATCH = 8  # clips computed at a time: 3 MB; more do not fit into the cache of a core
_BLOCK = 32  # bands
_MOST_THREADS = 8  # a small share of a large computer sees all of its cores
_SCALER_BATCH = 8192  # clips whose mean is taken at a time: 130 MB in double precision
_VERSION = 2  # to be raised when the values change: cached features are then not used


def mfcc(audio: np.ndarray | Clips) -> np.ndarray:
    """Compute mel-frequency cepstral coefficients.

    mfcc = DCT(max(10 log10 max(M S, 1e-10), loudest - 80 dB)) with S = |FFT(Hann window * frame)|^2, the mel filters M,
    the largest value of the clip, `loudest`, and the orthonormal DCT of type II.

    Args:
        audio: (..., n_samples) float in [-1, 1] at 16 kHz.

    Returns:
        (..., T, 40) float32 with T = 1 + (n_samples - 640) // 320, which is 49 for one second.

    Raises:
        ValueError: the audio is too short, not float, or not finite.

    Source: Davis & Mermelstein 1980, "Comparison of Parametric Representations for Monosyllabic Word Recognition".

    Example:
        >>> second = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
        >>> mfcc(second).shape
        (49, 40)
    """
    audio = audio if isinstance(audio, Clips) else np.asarray(audio)
    if not np.issubdtype(audio.dtype, np.floating):
        raise ValueError(f"audio must be float in [-1, 1], but is {audio.dtype}: divide 16-bit samples by 32768")
    if audio.ndim == 0 or audio.shape[-1] < WINDOW:
        raise ValueError(f"audio of shape {audio.shape} is shorter than one window of {WINDOW} samples")
    clips = audio if audio.ndim == 2 else audio.reshape(-1, audio.shape[-1])
    result = np.empty((len(clips), 1 + (audio.shape[-1] - WINDOW) // HOP, N_MFCC), np.float32)

    def compute(place: slice) -> None:
        batch = clips[place].astype(np.float32, copy=False)
        if not np.isfinite(batch).all():
            raise ValueError("audio holds samples that are not finite numbers (NaN or infinity)")
        result[place] = cepstrum(mel_decibel(batch))

    for _ in _in_batches(compute, len(clips)):
        pass
    return result.reshape(*audio.shape[:-1], *result.shape[1:])


def _in_batches(work: Callable[[slice], None], count: int) -> Iterator[int]:
    """Call `work` with the places of `count` clips, batch by batch, on all cores; yield how many are done."""
    places = [slice(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH)]
    if len(places) == 1:  # also what is called from a thread of this kind
        work(places[0])
        yield count
        return
    from threadpoolctl import threadpool_limits

    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:  # matrix products bring threads of their own along
        for place, _ in zip(places, pool.map(work, places), strict=True):
            yield place.stop


def mel_decibel(audio: np.ndarray) -> np.ndarray:
    """Compute the power in the mel bands in decibel, (..., T, 128) float32, of audio (..., n_samples) float32."""
    import scipy.fft

    frames = np.lib.stride_tricks.sliding_window_view(audio, WINDOW, axis=-1)[..., ::HOP, :]
    spectrum = scipy.fft.rfft(frames * _HANN, axis=-1)
    power = spectrum.real**2
    power += spectrum.imag**2
    mel = np.empty((*power.shape[:-1], N_MELS), np.float32)
    for bands, bins, filters in _mel_blocks():
        np.matmul(power[..., bins], filters, out=mel[..., bands])
    return decibel_of(mel)


def decibel_of(power: np.ndarray) -> np.ndarray:
    """Compute 10 log10 of powers, float32, in place: new memory costs more than the arithmetic."""
    np.maximum(power, _SMALLEST_POWER, out=power)
    np.log(power, out=power)  # several times as fast as log10
    power *= NEPER_IN_DECIBEL
    return power


def cepstrum(decibel: np.ndarray) -> np.ndarray:
    """Compute MFCC (..., T, 40) from powers in mel bands (..., T, 128) in decibel: the last step of `mfcc`."""
    import scipy.fft

    loudest = decibel.max(axis=(-2, -1), keepdims=True)
    return scipy.fft.dct(np.maximum(decibel, loudest - TOP_DECIBEL), norm="ortho", axis=-1)[..., :N_MFCC]


@functools.cache
def mel_filters() -> np.ndarray:
    """Return (128, 321) weights: triangles with corners evenly spaced in mel from 0 to 8 kHz, each of unit area.

    Source: Slaney 1998, "Auditory Toolbox": linear up to 1 kHz = 15 mel, then 27 mel for a factor of 6.4.
    """
    log_step = np.log(6.4) / 27
    mel = np.linspace(0, 15 + np.log(SAMPLE_RATE / 2 / 1000) / log_step, N_MELS + 2)
    corners = np.where(mel < 15, mel * 1000 / 15, 1000 * np.exp(log_step * (mel - 15)))
    low, peak, high = (corners[i : i + N_MELS, np.newaxis] for i in range(3))
    frequencies = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    rising = (frequencies - low) / (peak - low)
    falling = (high - frequencies) / (high - peak)
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)).astype(np.float32)


@functools.cache
def _mel_blocks() -> list[tuple[slice, slice, np.ndarray]]:
    """The mel filters in blocks of bands, each with the frequencies that it hears: three of four weights are zeros."""
    blocks = []
    for first in range(0, N_MELS, _BLOCK):
        bands = slice(first, first + _BLOCK)
        heard = np.flatnonzero(mel_filters()[bands].any(axis=0))
        bins = slice(heard[0], heard[-1] + 1)
        blocks.append((bands, bins, np.ascontiguousarray(mel_filters()[bands, bins].T)))
    return blocks


def mfcc_of(split: Split) -> np.ndarray:
    """Return the MFCC of every clip of a split: (N, 49, 40) float32, computed once and then read from the cache."""
    return _computed_once("mfcc", split, mfcc, N_MFCC, np.float32)


def mel_levels_of(split: Split) -> np.ndarray:
    """Return `mel_decibel` of every clip of a split, computed once: (N, 49, 128) int16, in units of LEVEL."""
    return _computed_once("mel", split, lambda audio: np.rint(mel_decibel(audio) / LEVEL), N_MELS, np.int16)


def _computed_once(name: str, split: Split, compute: Callable, size: int, dtype: type) -> np.ndarray:
    def make() -> list[np.ndarray]:
        features = np.empty((len(split), 1 + (split.clips.shape[1] - WINDOW) // HOP, size), dtype)

        def fill(place: slice) -> None:
            features[place] = compute(split.clips[place])
            split.clips.release()

        with progress_line(f"Computing {name.upper()} (once)", len(split)) as update:
            for done in _in_batches(fill, len(split)):
                update(done)
        return [features]

    [features] = cached_arrays([name], (_VERSION, WINDOW, HOP, N_MELS, size, TOP_DECIBEL, split.key), make)
    return features


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a network is given for one split."""

    x: np.ndarray  # (N, 49, 40) float32: standardised MFCC
    y: np.ndarray  # (N,) int64: labels

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, eq=False)
class Prepared:
    """Standardised features of three splits, and the (40,) float32 statistics that they were standardised with."""

    training: Inputs
    validation: Inputs
    testing: Inputs
    mean: np.ndarray
    std: np.ndarray

    def standardised(self, mfcc: np.ndarray) -> np.ndarray:
        """Return MFCC (..., 40) of any sound as the networks see it: (mfcc - mean) / std of the training split."""
        return (mfcc - self.mean) / self.std


def prepare(dataset: Dataset) -> Prepared:
    """Compute the MFCC of all splits, standardised per coefficient with the statistics of the training split alone.

    The validation and testing splits stand for clips that nobody has heard yet, so nothing may be learned from them,
    not even a mean.

    Raises:
        ValueError: a split of the dataset has no clips, such as training in the official test set.

    Example:
        >>> from kws_helpers import data
        >>> prepared = prepare(data.load(max_per_word=10))
        >>> prepared.training.x.shape[1:], prepared.mean.shape
        ((49, 40), (40,))
    """
    from sklearn.preprocessing import StandardScaler

    splits = {name: getattr(dataset, name) for name in ("training", "validation", "testing")}
    for name, split in splits.items():
        if not len(split):
            raise ValueError(f"{dataset.name} has no {name} clips, and a network needs all three splits.")
    heard = {dataset.class_names[label] for label in np.unique(dataset.training.labels)}
    if missing := [word for word in KEYWORDS if word not in heard]:
        warn(f"{dataset.name} has no training clips of {listed(missing, len(KEYWORDS))}. A cell that shows such a word "
             "stops with an IndexError; go on with the next one.")
    features = {name: mfcc_of(split) for name, split in splits.items()}
    scaler = StandardScaler()
    for start in range(0, len(features["training"]), _SCALER_BATCH):
        scaler.partial_fit(features["training"][start : start + _SCALER_BATCH].reshape(-1, N_MFCC))
    inputs = {name: Inputs(_scale(scaler, features[name]), split.labels) for name, split in splits.items()}
    return Prepared(**inputs, mean=scaler.mean_.astype(np.float32), std=scaler.scale_.astype(np.float32))


def _scale(scaler, features: np.ndarray) -> np.ndarray:
    return scaler.transform(features.reshape(-1, N_MFCC)).reshape(features.shape)
