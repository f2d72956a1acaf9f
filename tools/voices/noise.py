"""Background noise, twenty seconds of each kind, now soft, now loud.

The loader gives the first four by name to the training split, one to validation and the last to testing. So in the
babble only voices of the training split speak.
"""

from collections.abc import Iterable

import numpy as np

from tools.voices.chance import rng_of
from tools.voices.room import colour, filtered
from tools.voices.studio import RATE

_SECONDS = 20
_SAMPLES = _SECONDS * RATE
_LEVELS = -48.0, -18.0  # decibel of full scale, between which a noise swells and fades
_TURNS = 9  # points in time at which it begins to swell or to fade
_MAINS = 50.0  # hertz
_BLOWS = 8.0  # a second, in the clatter
_RINGING = 0.005, 0.08  # seconds until a blow has fallen to a third
_PITCHES = 400.0, 6000.0  # hertz of a blow

Words = Iterable[np.ndarray]


def backgrounds(words: Words) -> dict[str, np.ndarray]:
    """By name: samples (320000,), float32 in [-1, 1]. `words`: what the babble is made of."""
    made = {f"{name}_noise": _coloured(name, slope) for name, slope in (("white", 0), ("pink", -3), ("brown", -6))}
    made |= {"babble": _babble(words), "clatter": _clatter(), "hum": _hum()}
    return {name: _swelling(noise, name) for name, noise in sorted(made.items())}


def _coloured(name: str, slope: float) -> np.ndarray:
    """Noise by the second, since a filter is as long: each fades in where the one before fades out."""
    rng, fade = rng_of("noise", name), np.sin(np.pi * (np.arange(RATE) + 0.5) / RATE)
    noise = np.zeros(_SAMPLES + RATE)
    for start in range(0, _SAMPLES + 1, RATE // 2):
        noise[start : start + RATE] += fade * filtered(rng.normal(size=RATE), colour(slope))
    return noise[RATE // 2 : RATE // 2 + _SAMPLES]


def _babble(words: Words) -> np.ndarray:
    return _scattered("babble", words)


def _clatter() -> np.ndarray:
    rng = rng_of("blows")
    return _scattered("clatter", [_blow(rng) for _ in range(round(_BLOWS * _SECONDS))])


def _blow(rng: np.random.Generator) -> np.ndarray:
    """Something hard: a few tones that die away quickly, (8000,)."""
    times = np.arange(RATE // 2)[:, np.newaxis] / RATE
    ringing, pitches = (np.exp(rng.uniform(*np.log(limits), size=6)) for limits in (_RINGING, _PITCHES))
    tones = np.sin(2 * np.pi * pitches * times) * np.exp(-times / ringing)
    return tones.sum(axis=1) * rng.exponential()


def _hum() -> np.ndarray:
    """A machine: the mains, its harmonics, and a little pink noise."""
    rng, times = rng_of("hum"), np.arange(_SAMPLES) / RATE
    hum = 0.3 * _coloured("hum", -3)
    for harmonic in range(1, 30):
        hum += rng.exponential() / harmonic * np.sin(2 * np.pi * (_MAINS * harmonic * times + rng.uniform()))
    return hum


def _scattered(name: str, sounds: Words) -> np.ndarray:
    rng, scattered = rng_of("scattered", name), np.zeros(_SAMPLES)
    for sound in sounds:
        sound = sound[:_SAMPLES]
        start = rng.integers(_SAMPLES - len(sound) + 1)
        scattered[start : start + len(sound)] += sound
    return scattered


def _swelling(noise: np.ndarray, name: str) -> np.ndarray:
    levels = rng_of("swelling", name).uniform(*_LEVELS, size=_TURNS)
    decibel = np.interp(np.arange(_SAMPLES), np.linspace(0, _SAMPLES, _TURNS), levels)
    swelling = noise / np.sqrt(np.mean(noise**2)) * 10 ** (decibel / 20)
    return np.clip(swelling, -1, 1).astype(np.float32)
