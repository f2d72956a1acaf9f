"""From a word to a recording: a room, a microphone, noise, somewhere in a second, somehow loud.

Whoever speaks does so in one room, at one microphone; what is said lies elsewhere in every clip. How real clips lie and
how loud and noisy they are was measured on Speech Commands.
"""

import numpy as np

from tools.voices.cast import Clip
from tools.voices.chance import rng_of
from tools.voices.studio import RATE

SAMPLES = 16_000  # of a clip: one second

_REVERBERATION = 0.1, 0.4  # seconds until an echo has fallen by 60 dB
_DIRECT = 7.0, 25.0  # decibel by which what comes straight is louder than all echoes
_FIRST_ECHO = 0.003  # seconds
_BANDS = np.array([50.0, 120.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])  # hertz
_CURVE = 2.5  # decibel, standard deviation of a microphone in a band
_EDGES = (20.0, 200.0), (4500.0, 16000.0)  # hertz below and above which a microphone hears little
_SLOPE = 12.0  # decibel per octave, there
_NOISE = 20.0, 65.0  # decibel by which the word is louder
_COLOURS = -6.0, 0.0  # decibel per octave: from brown noise to white
_MIDDLE = 0.5, 0.09  # seconds: where the middle of a word lies, and the standard deviation
_PEAK = 0.05, 0.95


def recorded(word: np.ndarray, clip: Clip) -> np.ndarray:
    """One second (16000,), float32 in [-1, 1], of the word (n,)."""
    place, rng = rng_of("room", clip.speaker.name), rng_of("take", clip.name)
    sound = placed(filtered(_echoing(word, place), microphone(place)), len(word), rng)
    noise = filtered(rng.normal(size=SAMPLES), colour(place.uniform(*_COLOURS)))
    sound += noise * np.sqrt(_power(word) / _power(noise) / 10 ** (place.uniform(*_NOISE) / 10))
    return levelled(sound, rng.uniform(*_PEAK))


def placed(sound: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """A second (16000,) in which the first `length` samples lie around the middle, more or less."""
    start = round(RATE * rng.normal(*_MIDDLE) - length / 2)
    if length < SAMPLES:
        start = int(np.clip(start, 0, SAMPLES - length))  # a word that has room is whole
    padded = np.concatenate([np.zeros(max(start, 0)), sound[max(-start, 0) :], np.zeros(SAMPLES)])
    return padded[:SAMPLES]


def levelled(sound: np.ndarray, peak: float) -> np.ndarray:
    """As float32, with `peak` as its largest sample."""
    return (sound * (peak / np.abs(sound).max())).astype(np.float32)


def filtered(sound: np.ndarray, decibel: np.ndarray) -> np.ndarray:
    """The sound (n,) with its frequencies louder by so much, given at as many as `_frequencies` has."""
    spectrum = np.fft.rfft(sound, 2 * SAMPLES)
    return np.fft.irfft(spectrum * 10 ** (decibel / 20))[: len(sound)]


def colour(slope: float) -> np.ndarray:
    """Decibel at `_frequencies`: noise that gets louder by `slope` with every octave, as a filter of white noise."""
    return slope * np.log2(np.maximum(_frequencies(), _BANDS[0]) / 1000)


def microphone(rng: np.random.Generator) -> np.ndarray:
    """Decibel at `_frequencies`: uneven, and deaf at both ends."""
    frequencies = np.maximum(_frequencies(), 1)
    uneven = np.interp(np.log(frequencies), np.log(_BANDS), rng.normal(0, _CURVE, len(_BANDS)))
    low, high = (np.exp(rng.uniform(*np.log(edge))) for edge in _EDGES)
    return uneven - _SLOPE * (np.maximum(np.log2(low / frequencies), 0) + np.maximum(np.log2(frequencies / high), 0))


def _frequencies() -> np.ndarray:
    """Hertz of the spectrum of two seconds."""
    return np.fft.rfftfreq(2 * SAMPLES, 1 / RATE)


def _echoing(word: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The word and its echoes in a room: noise that dies away, after the sound that comes straight."""
    seconds, direct = rng.uniform(*_REVERBERATION), rng.uniform(*_DIRECT)
    times = np.arange(round(seconds * RATE)) / RATE
    echoes = rng.normal(size=len(times)) * 10 ** (-3 * times / seconds) * (times > _FIRST_ECHO)
    response = echoes / np.sqrt(np.sum(echoes**2) * 10 ** (direct / 10))
    response[0] += 1
    both = np.fft.rfft(word, 2 * SAMPLES) * np.fft.rfft(response, 2 * SAMPLES)
    return np.fft.irfft(both)[: len(word) + len(response)]


def _power(sound: np.ndarray) -> float:
    return float(np.mean(np.square(sound)))
