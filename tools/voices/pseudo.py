"""Other speakers out of a voice: with other mouths, pitches, melodies, breaths.

WORLD (Morise and others 2016; pyworld) takes speech apart into pitch, spectral envelope and
noise, each of which can be changed, and builds it again.
"""

from dataclasses import dataclass

import numpy as np

from tools.voices.cast import Speaker
from tools.voices.chance import rng_of
from tools.voices.studio import RATE

_FRAME = 5.0  # milliseconds
_REFERENCE = 1000.0  # hertz, where a tilt changes nothing
_LOWEST = 100.0  # hertz, below which a tilt grows no further


@dataclass(frozen=True)
class Change:
    """How somebody differs from the voice that he or she is made of."""

    formants: float  # factor on the frequencies of the resonances: above 1 a smaller mouth
    pitch: float  # semitones
    melody: float  # factor on how far the pitch moves around its mean
    breath: float  # exponent on the share of noise: below 1 more of it
    tilt: float  # decibel per octave
    length: float  # factor


def change_of(speaker: Speaker) -> Change | None:
    """The first speaker of each voice of Kokoro's has it as it is; all other speakers are changed.

    The second to the fourth are changed more and more. Other voices are few, or sound like machines, and are changed
    most. Small mouths mostly go with high voices.
    """
    kokoro = speaker.voice.engine == "kokoro"
    if kokoro and speaker.number == 0:
        return None
    rng = rng_of("change", speaker.name)
    strength = 0.2 * speaker.number if kokoro else 1.0
    size = strength * rng.uniform(-1, 1)
    return Change(
        formants=1.2**size,
        pitch=5 * size + 3 * strength * rng.normal(),
        melody=rng.uniform(0.7, 1.4),
        breath=rng.uniform(0.75, 1.2),
        tilt=1.5 * strength * rng.normal(),
        length=rng.uniform(0.85, 1.25),
    )


def changed(samples: np.ndarray, change: Change) -> np.ndarray:
    """The word (n,), float32, by the other speaker."""
    import pyworld

    sound = samples.astype(np.float64)
    rough, times = pyworld.dio(sound, RATE, f0_floor=50, frame_period=_FRAME)
    pitch = pyworld.stonemask(sound, rough, times, RATE)
    envelope = pyworld.cheaptrick(sound, pitch, times, RATE)
    noise = pyworld.d4c(sound, pitch, times, RATE)
    built = pyworld.synthesize(
        _sung(pitch, change), _shaped(envelope, change), _stretched(noise, change.formants) ** change.breath, RATE,
        _FRAME * change.length,
    )  # fmt: skip
    return built.astype(np.float32)


def _sung(pitch: np.ndarray, change: Change) -> np.ndarray:
    """Pitch in hertz (frames,), 0 where the voice is silent."""
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    log = np.log(pitch[voiced])
    moved = pitch.copy()
    moved[voiced] = np.exp(log.mean() + change.melody * (log - log.mean())) * 2 ** (change.pitch / 12)
    return moved


def _shaped(envelope: np.ndarray, change: Change) -> np.ndarray:
    """Powers (frames, frequencies)."""
    frequencies = np.linspace(0, RATE / 2, envelope.shape[1])
    octaves = np.log2(np.maximum(frequencies, _LOWEST) / _REFERENCE)
    return _stretched(envelope, change.formants) * 10 ** (change.tilt * octaves / 10)


def _stretched(spectra: np.ndarray, factor: float) -> np.ndarray:
    """What was at the frequency f comes to `factor` f: (frames, frequencies)."""
    place = np.arange(spectra.shape[1])
    return np.ascontiguousarray([np.interp(place / factor, place, spectrum) for spectrum in spectra])
