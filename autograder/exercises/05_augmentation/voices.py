"""A made-up voice, and ways to change it."""

import numpy as np


def made_up_voice(rng, n=6000):
    """Return a few tones with a melody, and a little noise, (n,) float32."""
    time = np.arange(n) / 16_000
    melody = 200 + 60 * np.sin(2 * np.pi * 3 * time + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(melody) / 16_000
    voice = sum(rng.uniform(0.2, 0.6) * np.sin(k * phase) for k in (1, 2, 3, 5))
    return (voice + 0.02 * rng.normal(size=n)).astype(np.float32)


def played_faster(audio, rate):
    """Return the samples played faster, by which the pitch changes too."""
    n = round(len(audio) / rate)
    return np.interp(np.arange(n) * rate, np.arange(len(audio)), audio).astype(np.float32)


def librosa_effects():
    """Import librosa's effects, which takes a second, only when they are used."""
    import librosa.effects

    return librosa.effects
